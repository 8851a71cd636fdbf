/*
 * execution_rows_names.c - rows 116 to 121 of the execution facts: names of objects, in one process and between two.
 *
 *	execution_rows_names.exe child PREFIX		exit code: the line of the first check that failed, or 0
 */
#include "execution_objects.h"

NTSTATUS NTAPI NtCreateTimer(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG);
NTSTATUS NTAPI NtOpenSection(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
NTSTATUS NTAPI NtOpenDirectoryObject(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);

static char prefix[64];

static const char *name_of(const char *what)
{
	static char names[8][160];
	static unsigned next;
	char *name = names[next++ % 8];

	snprintf(name, 160, what, prefix);
	return name;
}

static void test_win32_names(void)
{
	HANDLE first, second;

	ROW(116, "execution");
	SetLastError(0xDEADBEEF);
	first = CreateEventA(NULL, TRUE, FALSE, name_of("%s.One"));
	CHECK_EQUAL(GetLastError(), 0);
	second = CreateEventA(NULL, FALSE, TRUE, name_of("%s.One"));
	CHECK_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
	CHECK(second != NULL && second != first);
	/* It is the first one: manual reset, not signalled. */
	CHECK_EQUAL(WaitForSingleObject(second, 0), WAIT_TIMEOUT);
	SetEvent(second);
	CHECK_EQUAL(WaitForSingleObject(first, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(first, 0), WAIT_OBJECT_0);
	CloseHandle(second);
	SetLastError(0xDEADBEEF);
	second = CreateEventA(NULL, TRUE, FALSE, name_of("%s.ONE"));
	CHECK_EQUAL(GetLastError(), 0);
	CHECK_EQUAL(WaitForSingleObject(second, 0), WAIT_TIMEOUT);
	CloseHandle(second);
	CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, name_of("%s.oNE")), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, NULL), ERROR_INVALID_PARAMETER);
	second = OpenEventA(EVENT_ALL_ACCESS, FALSE, name_of("%s.One"));
	CHECK(second != NULL);
	CloseHandle(first);
	CHECK_EQUAL(WaitForSingleObject(second, 0), WAIT_OBJECT_0);
	CloseHandle(second);
	CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, name_of("%s.One")), ERROR_FILE_NOT_FOUND);

	ROW(117, "execution");
	first = CreateEventA(NULL, TRUE, FALSE, name_of("%s.Type"));
	CHECK_FAILS(CreateMutexA(NULL, FALSE, name_of("%s.Type")), ERROR_INVALID_HANDLE);
	CHECK_FAILS(CreateSemaphoreA(NULL, 0, 1, name_of("%s.Type")), ERROR_INVALID_HANDLE);
	CHECK_FAILS(OpenMutexA(SYNCHRONIZE, FALSE, name_of("%s.Type")), ERROR_INVALID_HANDLE);
	CHECK_FAILS(CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name_of("%s.Type")),
		    ERROR_INVALID_HANDLE);
	CloseHandle(first);

	ROW(119, "execution");
	first = CreateEventA(NULL, TRUE, FALSE, name_of("%s.Space"));
	second = OpenEventA(SYNCHRONIZE, FALSE, name_of("Local\\%s.Space"));
	CHECK(second != NULL);
	CloseHandle(second);
	CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, name_of("Global\\%s.Space")), ERROR_FILE_NOT_FOUND);
	second = CreateEventA(NULL, TRUE, TRUE, name_of("Global\\%s.Space"));
	CHECK_EQUAL(WaitForSingleObject(second, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(first, 0), WAIT_TIMEOUT);
	CloseHandle(first);
	CloseHandle(second);
	CHECK_FAILS(CreateEventA(NULL, TRUE, FALSE, name_of("%s\\Below")), ERROR_PATH_NOT_FOUND);
	CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, name_of("%s\\Below")), ERROR_PATH_NOT_FOUND);
}

static void test_nt_names(void)
{
	HANDLE first, second;
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING string;
	WCHAR wide[200], directory[80];
	DWORD session = 0;
	NTSTATUS status;

	ProcessIdToSessionId(GetCurrentProcessId(), &session);
	if (session)
		swprintf(directory, 80, L"\\Sessions\\%lu\\BaseNamedObjects", session);
	else
		swprintf(directory, 80, L"\\BaseNamedObjects");
	swprintf(wide, 200, L"%ls\\%hs.Nt", directory, prefix);
	RtlInitUnicodeString(&string, wide);
	InitializeObjectAttributes(&attributes, &string, 0, NULL, NULL);

	ROW(118, "execution");
	status = NtCreateEvent(&first, EVENT_ALL_ACCESS, &attributes, MANUAL_RESET, FALSE);
	CHECK_EQUAL((DWORD)status, 0);
	second = (HANDLE)0xDEAD;
	status = NtCreateEvent(&second, EVENT_ALL_ACCESS, &attributes, MANUAL_RESET, FALSE);
	CHECK_EQUAL((DWORD)status, 0xC0000035);
	attributes.Attributes = OBJ_OPENIF;
	status = NtCreateEvent(&second, EVENT_ALL_ACCESS, &attributes, MANUAL_RESET, FALSE);
	CHECK_EQUAL((DWORD)status, 0x40000000);
	CloseHandle(second);
	status = NtCreateMutant(&second, MUTEX_ALL_ACCESS, &attributes, FALSE);
	CHECK_EQUAL((DWORD)status, 0xC0000024);
	second = OpenEventA(SYNCHRONIZE, FALSE, name_of("%s.Nt"));
	CHECK(second != NULL);
	CloseHandle(second);

	ROW(116, "execution");
	swprintf(wide, 200, L"%ls\\%hs.nT", directory, prefix);
	RtlInitUnicodeString(&string, wide);
	attributes.Attributes = 0;
	CHECK_EQUAL((DWORD)NtOpenEvent(&second, SYNCHRONIZE, &attributes), 0xC0000034);
	attributes.Attributes = OBJ_CASE_INSENSITIVE;
	CHECK_EQUAL((DWORD)NtOpenEvent(&second, SYNCHRONIZE, &attributes), 0);
	CloseHandle(second);

	ROW(120, "execution");
	CHECK_EQUAL((DWORD)NtOpenEvent(&second, 0, &attributes), 0xC0000022);
	attributes.Attributes |= OBJ_OPENIF;
	CHECK_EQUAL((DWORD)NtCreateEvent(&second, 0, &attributes, MANUAL_RESET, FALSE), 0xC0000022);
	CloseHandle(first);
	CHECK_EQUAL((DWORD)NtCreateEvent(&first, 0, &attributes, MANUAL_RESET, TRUE), 0);
	CHECK_EQUAL(WaitForSingleObject(first, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CHECK(DuplicateHandle(GetCurrentProcess(), first, GetCurrentProcess(), &second, EVENT_ALL_ACCESS, FALSE, 0));
	CHECK_EQUAL(WaitForSingleObject(second, 0), WAIT_OBJECT_0);
	CloseHandle(first);
	/* To no access, and back. */
	CHECK(DuplicateHandle(GetCurrentProcess(), second, GetCurrentProcess(), &first, 0, FALSE, 0));
	CHECK_EQUAL(WaitForSingleObject(first, 0), WAIT_FAILED);
	CHECK_FAILS(SetEvent(first), ERROR_ACCESS_DENIED);
	CloseHandle(second);
	CHECK(DuplicateHandle(GetCurrentProcess(), first, GetCurrentProcess(), &second, EVENT_ALL_ACCESS, FALSE, 0));
	CHECK(ResetEvent(second) && WaitForSingleObject(second, 0) == WAIT_TIMEOUT);
	CloseHandle(second);
	CloseHandle(first);
	/* The other kinds. */
	attributes.Attributes = OBJ_OPENIF;
	CHECK_EQUAL((DWORD)NtCreateMutant(&first, MUTEX_ALL_ACCESS, &attributes, FALSE), 0);
	CHECK_EQUAL((DWORD)NtOpenMutant(&second, 0, &attributes), 0xC0000022);
	CHECK_EQUAL((DWORD)NtCreateMutant(&second, 0, &attributes, FALSE), 0xC0000022);
	CloseHandle(first);
	CHECK_EQUAL((DWORD)NtCreateSemaphore(&first, SEMAPHORE_ALL_ACCESS, &attributes, 0, 1), 0);
	CHECK_EQUAL((DWORD)NtOpenSemaphore(&second, 0, &attributes), 0xC0000022);
	CHECK_EQUAL((DWORD)NtCreateSemaphore(&second, 0, &attributes, 0, 1), 0xC0000022);
	CloseHandle(first);

	ROW(119, "execution");
	RtlInitUnicodeString(&string, L"\\Device\\NamedPipe\\pewter.rows");
	attributes.Attributes = 0;
	CHECK_EQUAL((DWORD)NtCreateMutant(&first, MUTEX_ALL_ACCESS, &attributes, FALSE), 0xC000003A);
	RtlInitUnicodeString(&string, L"\\??\\PIPE\\pewter.rows");
	CHECK_EQUAL((DWORD)NtCreateMutant(&first, MUTEX_ALL_ACCESS, &attributes, FALSE), 0xC000003A);

	ROW(121, "execution");
	CHECK_EQUAL((DWORD)NtOpenEvent(&second, SYNCHRONIZE, NULL), 0xC000000D);
	CHECK_EQUAL((DWORD)NtOpenMutant(&second, SYNCHRONIZE, NULL), 0xC000000D);
	CHECK_EQUAL((DWORD)NtOpenSemaphore(&second, SYNCHRONIZE, NULL), 0xC000000D);
	CHECK_EQUAL((DWORD)NtOpenTimer(&second, SYNCHRONIZE, NULL), 0xC000000D);
	CHECK_EQUAL((DWORD)NtCreateEvent(NULL, EVENT_ALL_ACCESS, NULL, MANUAL_RESET, FALSE), 0xC0000005);
	CHECK_EQUAL((DWORD)NtCreateMutant(NULL, MUTEX_ALL_ACCESS, NULL, FALSE), 0xC0000005);
	CHECK_EQUAL((DWORD)NtCreateSemaphore(NULL, SEMAPHORE_ALL_ACCESS, NULL, 0, 1), 0xC0000005);
	InitializeObjectAttributes(&attributes, NULL, 0, NULL, NULL);
	CHECK_EQUAL((DWORD)NtOpenProcess(&second, SYNCHRONIZE, &attributes, NULL), 0xC0000030);
	CLIENT_ID id = {(HANDLE)(ULONG_PTR)GetCurrentProcessId(), NULL};
	CHECK_EQUAL((DWORD)NtOpenProcess(&second, SYNCHRONIZE, NULL, &id), 0xC0000005);
	CHECK_EQUAL((DWORD)NtOpenProcess(&second, SYNCHRONIZE, &attributes, &id), 0);
	CloseHandle(second);
	CHECK_EQUAL((DWORD)NtCreateTimer(NULL, TIMER_ALL_ACCESS, NULL, 0), 0xC0000005);
	CHECK_EQUAL((DWORD)NtOpenSection(&second, SECTION_MAP_READ, NULL), 0xC000000D);
	CHECK_EQUAL((DWORD)NtOpenDirectoryObject(&second, 1, NULL), 0xC000000D);
	id.UniqueProcess = (HANDLE)0x0FFFFFF0;
	second = (HANDLE)0xDEAD;
	CHECK_EQUAL((DWORD)NtOpenProcess(&second, SYNCHRONIZE, &attributes, &id), 0xC000000B);
	CHECK(second == NULL);
}

/* What the other process finds of the objects that main has. */
#define MUST(condition)                                                                                                     \
	do {                                                                                                                \
		if (!(condition))                                                                                           \
			return __LINE__;                                                                                    \
	} while (0)

static int child(void)
{
	HANDLE handle;

	/* 116, 117 */
	SetLastError(0xDEADBEEF);
	handle = CreateEventA(NULL, FALSE, FALSE, name_of("%s.Shared"));
	MUST(handle && GetLastError() == ERROR_ALREADY_EXISTS);
	MUST(WaitForSingleObject(handle, 0) == WAIT_OBJECT_0 && WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
	MUST(!OpenEventA(SYNCHRONIZE, FALSE, name_of("%s.SHARED")) && GetLastError() == ERROR_FILE_NOT_FOUND);
	MUST(!CreateMutexA(NULL, FALSE, name_of("%s.Shared")) && GetLastError() == ERROR_INVALID_HANDLE);
	MUST(!OpenSemaphoreA(SYNCHRONIZE, FALSE, name_of("%s.Shared")) && GetLastError() == ERROR_INVALID_HANDLE);
	/* 119 */
	MUST(OpenEventA(SYNCHRONIZE, FALSE, name_of("Local\\%s.Shared")));
	MUST(!OpenEventA(SYNCHRONIZE, FALSE, name_of("Global\\%s.Shared")) && GetLastError() == ERROR_FILE_NOT_FOUND);
	MUST(OpenMutexA(SYNCHRONIZE, FALSE, name_of("Global\\%s.Mutex")));
	MUST(!OpenMutexA(SYNCHRONIZE, FALSE, name_of("%s.Mutex")) && GetLastError() == ERROR_FILE_NOT_FOUND);
	/* 120 */
	MUST(!OpenEventA(0, FALSE, name_of("%s.Shared")) && GetLastError() == ERROR_ACCESS_DENIED);
	MUST(OpenEventA(MAXIMUM_ALLOWED, FALSE, name_of("%s.Shared")));
	/* A right that the handle has not. */
	handle = OpenEventA(SYNCHRONIZE, FALSE, name_of("%s.Shared"));
	MUST(!SetEvent(handle) && GetLastError() == ERROR_ACCESS_DENIED);
	/* One that only this process has; main looks for it afterwards. */
	MUST(CreateEventA(NULL, TRUE, TRUE, name_of("%s.Child")) && GetLastError() == 0);
	return 0;
}

static void test_two_processes(const char *self)
{
	HANDLE event = CreateEventA(NULL, TRUE, TRUE, name_of("%s.Shared"));
	HANDLE mutex = CreateMutexA(NULL, FALSE, name_of("Global\\%s.Mutex"));
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	char line[512];
	DWORD code = 0;

	ROW(116, "execution");
	snprintf(line, sizeof(line), "\"%s\" child %s", self, prefix);
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 120000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CHECK_EQUAL(code, 0);
	CloseHandle(process.hThread);
	CloseHandle(process.hProcess);
	CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, name_of("%s.Child")), ERROR_FILE_NOT_FOUND);
	CloseHandle(event);
	CloseHandle(mutex);
	CHECK_FAILS(OpenMutexA(SYNCHRONIZE, FALSE, name_of("Global\\%s.Mutex")), ERROR_FILE_NOT_FOUND);
}

int main(int argc, char **argv)
{
	char self[MAX_PATH];

	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc == 3 && !strcmp(argv[1], "child")) {
		snprintf(prefix, sizeof(prefix), "%s", argv[2]);
		return child();
	}
	snprintf(prefix, sizeof(prefix), "pewter.names.%lu", GetCurrentProcessId());
	test_win32_names();
	test_nt_names();
	test_two_processes(self);
	return guest_result();
}
