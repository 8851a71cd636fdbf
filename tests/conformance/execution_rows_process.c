/*
 * execution_rows_process.c - rows 109 and 135 to 147 of the execution facts that ../guest/process_api.c does not show: how a child
 * is named and started, its standard handles, and how processes end.  The program starts itself:
 *
 *	execution_rows_process.exe child WHAT ARGUMENTS...
 */
#include "../guest/guest.h"

#include <tlhelp32.h>

typedef LONG NTSTATUS;
NTSTATUS NTAPI NtTerminateProcess(HANDLE, NTSTATUS);
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE, PVOID *, ULONG_PTR, PSIZE_T, ULONG, ULONG);
BOOLEAN NTAPI RtlDllShutdownInProgress(void);

static char self[MAX_PATH], directory[MAX_PATH]; /* with its backslash */

static DWORD finish(PROCESS_INFORMATION *information)
{
	DWORD code = 0xBAD;

	CHECK_EQUAL(WaitForSingleObject(information->hProcess, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(information->hProcess, &code));
	CHECK(CloseHandle(information->hProcess));
	CHECK(CloseHandle(information->hThread));
	return code;
}

/* Runs this program as a child; its exit code. */
static DWORD run_child(const char *arguments, BOOL inherit, STARTUPINFOA *startup, DWORD flags)
{
	STARTUPINFOA plain = {sizeof(plain)};
	PROCESS_INFORMATION information;
	char line[1024];

	snprintf(line, sizeof(line), "\"%s\" child %s", self, arguments);
	if (!CreateProcessA(self, line, NULL, NULL, inherit, flags, NULL, NULL, startup ? startup : &plain, &information)) {
		CHECK(!"CreateProcess");
		return 0xBAD;
	}
	return finish(&information);
}

/* --- rows 135 to 139: names and start-up values --- */

static void names(void)
{
	static const struct {
		const char *application, *line;
		DWORD error, other;
	} refused[] = {
		{"", "x.exe", ERROR_PATH_NOT_FOUND, 0},
		{"", "", ERROR_PATH_NOT_FOUND, 0},
		{NULL, "", ERROR_FILE_NOT_FOUND, ERROR_INVALID_PARAMETER},
		{NULL, "no_such_program_here", ERROR_FILE_NOT_FOUND, 0},
		{"no_such_program_here.exe", NULL, ERROR_FILE_NOT_FOUND, 0},
		{"C:\\no such directory\\x.exe", NULL, ERROR_PATH_NOT_FOUND, 0},
	};
	STARTUPINFOA startup = {sizeof(startup)}, before;
	PROCESS_INFORMATION information;
	char line[MAX_PATH * 2], name[MAX_PATH + 16];

	ROW(135, "execution");
	startup.dwX = 77;
	before = startup;
	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		memset(&information, 0xCC, sizeof(information));
		strcpy(line, refused[i].line ? refused[i].line : "");
		SetLastError(0xDEADBEEF);
		CHECK(!CreateProcessA(refused[i].application, refused[i].line ? line : NULL, NULL, NULL, FALSE, 0, NULL, NULL,
				      &startup, &information));
		DWORD error = GetLastError();
		if (error != refused[i].error && error != refused[i].other)
			printf("case %u: error %lu\n", i, error);
		CHECK(error == refused[i].error || (refused[i].other && error == refused[i].other));
		ROW(139, "execution");
		CHECK(!information.hProcess && !information.hThread && !information.dwProcessId && !information.dwThreadId);
		CHECK(!memcmp(&startup, &before, sizeof(startup)));
		ROW(135, "execution");
	}
	/* The application's name is not searched for and gets no .exe. */
	snprintf(name, sizeof(name), "%.*s", (int)strlen(self) - 4, self);
	CHECK_FAILS(CreateProcessA(name, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information), ERROR_FILE_NOT_FOUND);
	/* No command line: the application's name, in quotes. */
	SetEnvironmentVariableA("PEWTER_ROWS", "line");
	CHECK(CreateProcessA(self, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(finish(&information), 135);
	SetEnvironmentVariableA("PEWTER_ROWS", NULL);

	ROW(137, "execution");
	CHECK_EQUAL(run_child("cached", FALSE, NULL, 0), 137);

	ROW(138, "execution");
	strcpy(line, "x child");
	CHECK_FAILS(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, "C:\\no such directory", &startup, &information),
		    ERROR_DIRECTORY);
	CHECK_EQUAL(run_child("directory", FALSE, NULL, 0), 138);
}

/* --- row 109: memory of a process whose only thread is suspended in an alertable wait --- */

static void stopped_memory(void)
{
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	char line[1024], name[64];
	HANDLE ready;
	void *block;

	ROW(109, "execution");
	snprintf(name, sizeof(name), "rows.109.%lu", GetCurrentProcessId());
	ready = CreateEventA(NULL, FALSE, FALSE, name);
	snprintf(line, sizeof(line), "\"%s\" child alertable %s", self, name);
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(WaitForSingleObject(ready, 30000), WAIT_OBJECT_0);
	for (int i = 0; i < 20; i++) {
		/* In the wait, or on its way there. */
		CHECK_EQUAL(SuspendThread(information.hThread), 0);
		block = VirtualAllocEx(information.hProcess, NULL, 65536, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
		CHECK(block != NULL);
		CHECK(WriteProcessMemory(information.hProcess, block, "stopped", 8, NULL));
		CHECK(VirtualFreeEx(information.hProcess, block, 0, MEM_RELEASE));
		CHECK_EQUAL(ResumeThread(information.hThread), 1);
	}
	CHECK(TerminateProcess(information.hProcess, 109));
	CHECK_EQUAL(finish(&information), 109);
	CloseHandle(ready);
}

/* --- row 146: a lock of the PEB that goes down with its thread --- */

static void held_peb_lock(void)
{
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	char line[1024], name[64];
	HANDLE ready;

	ROW(146, "execution");
	snprintf(name, sizeof(name), "rows.146.%lu", GetCurrentProcessId());
	ready = CreateEventA(NULL, FALSE, FALSE, name);
	snprintf(line, sizeof(line), "\"%s\" child peb_lock %s", self, name);
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(WaitForSingleObject(ready, 30000), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(information.hProcess, 300), WAIT_TIMEOUT);
	CHECK(TerminateProcess(information.hProcess, 0x146));
	CHECK_EQUAL(finish(&information), 0x146);
	CloseHandle(ready);
	CHECK_EQUAL(run_child("peb_lock_own", FALSE, NULL, 0), 0x1460);
}

static DWORD WINAPI holds_peb_lock(void *ready)
{
	((void(NTAPI *)(void))GetProcAddress(GetModuleHandleA("ntdll"), "RtlAcquirePebLock"))();
	SetEvent(ready);
	Sleep(INFINITE);
	return 0;
}

/* --- rows 139 to 142: handles --- */

static void standard_handles(void)
{
	SECURITY_ATTRIBUTES security = {sizeof(security), NULL, TRUE};
	STARTUPINFOA startup = {sizeof(startup)};
	HANDLE plain = CreateEventA(NULL, FALSE, FALSE, NULL), inheritable = CreateEventA(&security, FALSE, FALSE, NULL);
	HANDLE old = GetStdHandle(STD_INPUT_HANDLE), file, copy;
	char arguments[128];

	ROW(139, "execution");
	CHECK_EQUAL(run_child("startup", FALSE, NULL, 0), 139);

	ROW(140, "execution");
	startup.dwFlags = STARTF_USESTDHANDLES;
	startup.hStdInput = plain;
	startup.hStdOutput = inheritable;
	startup.hStdError = NULL;
	snprintf(arguments, sizeof(arguments), "values %Ix %Ix 0", (ULONG_PTR)plain, (ULONG_PTR)inheritable);
	CHECK_EQUAL(run_child(arguments, TRUE, &startup, 0), 140);

	ROW(141, "execution");
	CHECK_EQUAL(run_child("values 0 0 0", FALSE, &startup, 0), 140);
	startup.hStdInput = INVALID_HANDLE_VALUE;
	startup.hStdOutput = NULL;
	CHECK_EQUAL(run_child("values 0 0 0", TRUE, &startup, 0), 140);

	ROW(142, "execution");
	/* A file that is not inheritable, as standard input: the child gets it all the same, under whatever value. */
	file = CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK(SetStdHandle(STD_INPUT_HANDLE, file));
	CHECK_EQUAL(run_child("reads", FALSE, NULL, 0), 142);
	CHECK(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &copy, 0, TRUE, DUPLICATE_SAME_ACCESS));
	CHECK(SetStdHandle(STD_INPUT_HANDLE, copy));
	SetFilePointer(copy, 0, NULL, FILE_BEGIN);
	snprintf(arguments, sizeof(arguments), "reads %Ix", (ULONG_PTR)copy);
	CHECK_EQUAL(run_child(arguments, TRUE, NULL, 0), 142);
	CHECK_EQUAL(run_child("values 0 0 0", FALSE, NULL, DETACHED_PROCESS), 140);
	SetStdHandle(STD_INPUT_HANDLE, old);
	CloseHandle(copy);
	CloseHandle(file);
	CloseHandle(plain);
	CloseHandle(inheritable);
}

/* --- rows 143 to 147: ends --- */

static void ends(void)
{
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	char line[MAX_PATH + 64], buffer[16];
	void *memory;
	SIZE_T size = 0x1000, count;
	DWORD code, old;
	HANDLE handle;

	ROW(143, "execution");
	CHECK_FAILS(TerminateProcess(NULL, 1), ERROR_INVALID_HANDLE);
	CHECK_EQUAL(run_child("last_thread", FALSE, NULL, 0), 0x143);
	ROW(144, "execution");
	CHECK_EQUAL(run_child("exit", FALSE, NULL, 0), 0x144);
	ROW(145, "execution");
	CHECK_EQUAL(run_child("locked", FALSE, NULL, 0), 0x145);
	ROW(147, "execution");
	CHECK_EQUAL(run_child("kill_threads", FALSE, NULL, 0), 0x147);

	/* A dead process whose handle is open. */
	snprintf(line, sizeof(line), "\"%s\" child nothing", self);
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(WaitForSingleObject(information.hProcess, 30000), WAIT_OBJECT_0);
	CHECK_FAILS(VirtualAllocEx(information.hProcess, NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
	CHECK_FAILS(VirtualProtectEx(information.hProcess, self, 1, PAGE_READWRITE, &old), ERROR_ACCESS_DENIED);
	CHECK_FAILS(VirtualFreeEx(information.hProcess, self, 0, MEM_RELEASE), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateRemoteThread(information.hProcess, NULL, 0, (void *)ends, NULL, 0, NULL), ERROR_ACCESS_DENIED);
	memory = NULL;
	CHECK_EQUAL((DWORD)NtAllocateVirtualMemory(information.hProcess, &memory, 0, &size, MEM_COMMIT, PAGE_READWRITE), 0xC000010A);
	CHECK(!ReadProcessMemory(information.hProcess, self, buffer, sizeof(buffer), &count));
	CHECK(GetLastError() == ERROR_PARTIAL_COPY || GetLastError() == ERROR_ACCESS_DENIED);
	CHECK(GetExitCodeProcess(information.hProcess, &code) && code == 0);
	CHECK_EQUAL(GetProcessId(information.hProcess), information.dwProcessId);
	CHECK_FAILS(DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), information.hProcess, &handle, 0, FALSE,
				    DUPLICATE_SAME_ACCESS),
		    ERROR_ACCESS_DENIED);
	CloseHandle(information.hProcess);
	CloseHandle(information.hThread);
}

/* --- row 148 --- */

static DWORD WINAPI sleeper(void *parameter)
{
	Sleep(INFINITE);
	return (DWORD)(ULONG_PTR)parameter;
}

static void snapshots(void)
{
	DWORD own[3] = {GetCurrentThreadId()};
	HANDLE threads[2], snapshot;
	THREADENTRY32 thread = {sizeof(thread)};
	PROCESSENTRY32 process = {sizeof(process)};
	MODULEENTRY32 module = {sizeof(module)};
	unsigned found = 0;
	BOOL here = FALSE;

	ROW(148, "execution");
	for (int i = 0; i < 2; i++)
		threads[i] = CreateThread(NULL, 0, sleeper, NULL, 0, &own[i + 1]);
	snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
	CHECK(snapshot != INVALID_HANDLE_VALUE);
	for (BOOL more = Thread32First(snapshot, &thread); more; more = Thread32Next(snapshot, &thread)) {
		if (thread.th32OwnerProcessID != GetCurrentProcessId())
			continue;
		CHECK(found < 3 && thread.th32ThreadID == own[found]);
		found++;
	}
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_FILES);
	CHECK_EQUAL(found, 3);
	CHECK_FAILS(Process32First(snapshot, &process), ERROR_NO_MORE_FILES);
	CHECK_FAILS(Module32First(snapshot, &module), ERROR_NO_MORE_FILES);
	CHECK(CloseHandle(snapshot));

	snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS | TH32CS_SNAPMODULE, 0);
	CHECK(snapshot != INVALID_HANDLE_VALUE);
	for (BOOL more = Process32First(snapshot, &process); more; more = Process32Next(snapshot, &process)) {
		if (process.th32ProcessID == GetCurrentProcessId()) {
			here = TRUE;
			CHECK(!lstrcmpiA(process.szExeFile, strrchr(self, '\\') + 1));
			CHECK(process.cntThreads >= 3);
		}
	}
	CHECK(here);
	CHECK(Module32First(snapshot, &module) && module.modBaseAddr == (BYTE *)GetModuleHandleA(NULL));
	CHECK(!lstrcmpiA(module.szExePath, self));
	CHECK(Module32Next(snapshot, &module) && module.hModule == GetModuleHandleA("ntdll.dll"));
	CHECK_FAILS(Thread32First(snapshot, &thread), ERROR_NO_MORE_FILES);
	process.dwSize = 8;
	CHECK(!Process32First(snapshot, &process));
	CloseHandle(snapshot);
	CHECK(CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, 0xFFFFFFF0) == INVALID_HANDLE_VALUE);
	for (int i = 0; i < 2; i++) {
		TerminateThread(threads[i], 0);
		CloseHandle(threads[i]);
	}
}

/* --- the child --- */

static HANDLE end_thread, end_mutex, end_ready;
static DWORD end_fls, detached_in, expected_code;
static int fls_calls;
static CRITICAL_SECTION end_section;
static void (*run_in_detach)(void);

static VOID WINAPI fls_callback(void *value)
{
	fls_calls += value == (void *)0x144 && GetCurrentThreadId() == detached_in;
}

static DWORD WINAPI holder(void *parameter)
{
	(void)parameter;
	WaitForSingleObject(end_mutex, INFINITE);
	EnterCriticalSection(&end_section);
	SetEvent(end_ready);
	Sleep(INFINITE);
	return 0;
}

/* A thread that holds a mutex and a critical section; an FLS value of the caller's. */
static void start_holder(void)
{
	end_ready = CreateEventA(NULL, FALSE, FALSE, NULL);
	end_mutex = CreateMutexA(NULL, FALSE, NULL);
	InitializeCriticalSection(&end_section);
	end_fls = FlsAlloc(fls_callback);
	FlsSetValue(end_fls, (void *)0x144);
	end_thread = CreateThread(NULL, 0, holder, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(end_ready, 30000), WAIT_OBJECT_0);
}

/* In DLL_PROCESS_DETACH at the end of the process. */
static void on_detach(DWORD reason, void *reserved)
{
	DWORD code;
	HMODULE module;

	if (reason != DLL_PROCESS_DETACH) {
		guest_failures++;
		return;
	}
	CHECK(reserved != NULL);
	CHECK_EQUAL(GetCurrentThreadId(), detached_in);
	CHECK(RtlDllShutdownInProgress());
	CHECK_EQUAL(WaitForSingleObject(end_thread, 0), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(end_thread, &code) && code == expected_code);
	CHECK_EQUAL(WaitForSingleObject(end_mutex, 0), WAIT_ABANDONED);
	CHECK_EQUAL(fls_calls, 1);
	CHECK_FAILS(CreateThread(NULL, 0, holder, NULL, 0, NULL), ERROR_ACCESS_DENIED);
	module = LoadLibraryA("version.dll");
	CHECK(module != NULL);
	FreeLibrary(module);
	CHECK(GetModuleHandleA("version.dll") == module);
	if (guest_failures)
		TerminateProcess(GetCurrentProcess(), 0xBAD);
	if (run_in_detach)
		run_in_detach();
}

static void enter_held_section(void)
{
	EnterCriticalSection(&end_section);
	TerminateProcess(GetCurrentProcess(), 0xBAD1);
}

static void load_detach(void)
{
	char path[MAX_PATH + 64];
	HMODULE module;

	snprintf(path, sizeof(path), "%sexecution_rows_detach.dll", directory);
	module = LoadLibraryA(path);
	CHECK(module != NULL);
	*(void (**)(DWORD, void *))GetProcAddress(module, "detach_function") = on_detach;
	detached_in = GetCurrentThreadId();
}

static DWORD WINAPI last_thread(void *parameter)
{
	WaitForSingleObject(parameter, INFINITE);
	Sleep(20);
	ExitThread(0x143);
}

static BOOL standard_is(DWORD which, const char *text)
{
	return GetStdHandle(which) == (HANDLE)(ULONG_PTR)strtoull(text, NULL, 16);
}

static int child(int argc, char **argv)
{
	const char *what = argv[2];
	STARTUPINFOA a;
	STARTUPINFOW w;
	HANDLE handle;
	char byte[2];
	DWORD count;

	if (!strcmp(what, "nothing"))
		return 0;
	if (!strcmp(what, "peb_lock")) {
		handle = CreateEventA(NULL, FALSE, FALSE, NULL);
		HANDLE thread = CreateThread(NULL, 0, holds_peb_lock, handle, 0, NULL);
		WaitForSingleObject(handle, INFINITE);
		TerminateThread(thread, 0);
		WaitForSingleObject(thread, INFINITE);
		SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, argv[3]));
		ExitProcess(1);
	}
	if (!strcmp(what, "peb_lock_own")) {
		/* One's own hinders nobody. */
		((void(NTAPI *)(void))GetProcAddress(GetModuleHandleA("ntdll"), "RtlAcquirePebLock"))();
		ExitProcess(0x1460);
	}
	if (!strcmp(what, "alertable")) {
		SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, argv[3]));
		for (;;)
			SleepEx(INFINITE, TRUE);
	}
	if (!strcmp(what, "cached")) {
		/* The command line is what it was at the start, whatever the PEB says now. */
		char *parameters = *(char **)((char *)*(void **)((char *)NtCurrentTeb() + 0x60) + 0x20);
		WCHAR *line = GetCommandLineW(), **buffer = (WCHAR **)(parameters + 0x78);
		BOOL same = *buffer == line;
		*buffer = (WCHAR *)L"changed";
		*(USHORT *)(parameters + 0x70) = 14;
		return same && GetCommandLineW() == line && strstr(GetCommandLineA(), "cached") ? 137 : 1;
	}
	if (!strcmp(what, "directory")) {
		char *parameters = *(char **)((char *)*(void **)((char *)NtCurrentTeb() + 0x60) + 0x20);
		USHORT length = *(USHORT *)(parameters + 0x38);
		return (*(WCHAR **)(parameters + 0x40))[length / 2 - 1] == '\\' ? 138 : 1;
	}
	if (!strcmp(what, "startup")) {
		memset(&a, 0xCC, sizeof(a));
		memset(&w, 0xCC, sizeof(w));
		GetStartupInfoA(&a);
		GetStartupInfoW(&w);
		return a.hStdInput == INVALID_HANDLE_VALUE && a.hStdOutput == INVALID_HANDLE_VALUE &&
				       w.hStdInput == (HANDLE)0xCCCCCCCCCCCCCCCC && w.hStdError == (HANDLE)0xCCCCCCCCCCCCCCCC
			       ? 139
			       : 1;
	}
	if (!strcmp(what, "values"))
		return standard_is(STD_INPUT_HANDLE, argv[3]) && standard_is(STD_OUTPUT_HANDLE, argv[4]) &&
				       standard_is(STD_ERROR_HANDLE, argv[5])
			       ? 140
			       : 1;
	if (!strcmp(what, "reads")) {
		handle = GetStdHandle(STD_INPUT_HANDLE);
		SetFilePointer(handle, 0, NULL, FILE_BEGIN);
		if (argc > 3 && !standard_is(STD_INPUT_HANDLE, argv[3]))
			return 1;
		return ReadFile(handle, byte, 2, &count, NULL) && count == 2 && byte[0] == 'M' && byte[1] == 'Z' ? 142 : 2;
	}
	if (!strcmp(what, "last_thread")) {
		CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &handle, 0, FALSE,
				      DUPLICATE_SAME_ACCESS));
		CreateThread(NULL, 0, last_thread, handle, 0, NULL);
		ExitThread(1);
	}
	start_holder();
	if (!strcmp(what, "exit") || !strcmp(what, "locked")) {
		load_detach();
		expected_code = what[0] == 'e' ? 0x144 : 0x145;
		run_in_detach = what[0] == 'e' ? NULL : enter_held_section;
		if (guest_failures)
			return 0xBAD;
		ExitProcess(expected_code);
	}
	if (!strcmp(what, "kill_threads")) {
		CHECK_EQUAL((DWORD)NtTerminateProcess(NULL, 0x146), 0);
		CHECK_EQUAL(WaitForSingleObject(end_thread, 0), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(end_thread, &count) && count == 0x146);
		CHECK_FAILS(CreateThread(NULL, 0, holder, NULL, 0, NULL), ERROR_ACCESS_DENIED);
		CHECK(GetExitCodeProcess(GetCurrentProcess(), &count) && (count == STILL_ACTIVE || count == 0x146));
		if (guest_failures)
			return 0xBAD;
		NtTerminateProcess(GetCurrentProcess(), 0x147);
	}
	return 99;
}

int main(int argc, char **argv)
{
	GetModuleFileNameA(NULL, self, sizeof(self));
	strcpy(directory, self);
	strrchr(directory, '\\')[1] = 0;
	if (getenv("PEWTER_ROWS") && !strcmp(getenv("PEWTER_ROWS"), "line")) {
		char expected[MAX_PATH + 2];

		snprintf(expected, sizeof(expected), "\"%s\"", self);
		return !strcmp(GetCommandLineA(), expected) ? 135 : 1;
	}
	if (argc > 2 && !strcmp(argv[1], "child"))
		return child(argc, argv);
	names();
	stopped_memory();
	held_peb_lock();
	standard_handles();
	ends();
	snapshots();
	return guest_result();
}
