/*
 * other_process.c - what one process does to another: memory, threads, information; children that are changed before they run.
 *
 *	other_process.exe child WHAT ARGUMENTS...	what the child does
 */
#include "guest.h"

#include <psapi.h>
#include <tlhelp32.h>
#include <winternl.h>

#define LONG_TIME 60000

NTSTATUS NTAPI NtMapViewOfSection(HANDLE, HANDLE, PVOID *, ULONG_PTR, SIZE_T, PLARGE_INTEGER, PSIZE_T, ULONG, ULONG, ULONG);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE, PVOID);
NTSTATUS NTAPI NtSuspendProcess(HANDLE);
NTSTATUS NTAPI NtResumeProcess(HANDLE);

static char self[MAX_PATH];
static HANDLE started, stop; /* events that the child has by name */
static volatile LONG patched = 41;
static volatile LONG counter;
static char text[] = "what the child has here";

static __declspec(noinline) int answer(void)
{
	return patched;
}

static DWORD WINAPI twice(void *argument)
{
	return (DWORD)(ULONG_PTR)argument * 2;
}

static DWORD WINAPI wait_alertable(void *argument)
{
	/* One that was there before the thread ran has run by now. */
	while (!counter)
		SleepEx(INFINITE, TRUE);
	return (DWORD)counter;
}

static void CALLBACK apc(ULONG_PTR value)
{
	counter = (LONG)value;
}

static DWORD WINAPI count(void *argument)
{
	while (counter >= 0)
		counter = (counter + 1) & 0x7FFFFFFF;
	return 0;
}

static int child(int argc, char **argv)
{
	const char *what = argv[2];

	if (!strcmp(what, "answer"))
		return answer();
	if (!strcmp(what, "idle")) {
		/* Nothing here is shared but the names. */
		HANDLE ready = OpenEventA(EVENT_ALL_ACCESS, FALSE, argv[3]), end = OpenEventA(SYNCHRONIZE, FALSE, argv[4]);

		if (!ready || !end)
			return 101;
		SetEvent(ready);
		return WaitForSingleObjectEx(end, LONG_TIME, TRUE) == WAIT_OBJECT_0 ? 55 : 102;
	}
	if (!strcmp(what, "busy")) {
		HANDLE ready = OpenEventA(EVENT_ALL_ACCESS, FALSE, argv[3]);

		SetEvent(ready);
		count(NULL);
	}
	return 103;
}

static BOOL start(const char *what, DWORD flags, PROCESS_INFORMATION *process)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	char line[1024];

	snprintf(line, sizeof(line), "\"%s\" child %s op.started.%lu op.stop.%lu", self, what, GetCurrentProcessId(),
		 GetCurrentProcessId());
	ResetEvent(started);
	ResetEvent(stop);
	return CreateProcessA(self, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, process);
}

static DWORD end(PROCESS_INFORMATION *process)
{
	DWORD code = 0;

	CHECK_EQUAL(WaitForSingleObject(process->hProcess, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process->hProcess, &code));
	CloseHandle(process->hProcess);
	CloseHandle(process->hThread);
	return code;
}

/* Where the child has something of this image: both may lie elsewhere. */
static void *there(HANDLE process, const void *here)
{
	HMODULE base = NULL;
	DWORD needed;

	CHECK(EnumProcessModules(process, &base, sizeof(base), &needed));
	return (char *)base + ((const char *)here - (const char *)GetModuleHandleA(NULL));
}

static void memory(HANDLE process)
{
	char copy[sizeof(text)], *block, *large, *pattern = malloc(1000000);
	MEMORY_BASIC_INFORMATION info;
	SIZE_T done = 77;
	DWORD old;

	CHECK(ReadProcessMemory(process, there(process, text), copy, sizeof(copy), &done));
	CHECK_EQUAL(done, sizeof(copy));
	CHECK(!memcmp(copy, text, sizeof(copy)));
	/* Reserved, committed, protected, asked about, written, read. */
	block = VirtualAllocEx(process, NULL, 0x20000, MEM_RESERVE, PAGE_READWRITE);
	CHECK(block != NULL && (ULONG_PTR)block % 0x10000 == 0);
	CHECK(VirtualAllocEx(process, block + 0x1000, 0x2000, MEM_COMMIT, PAGE_READWRITE) == block + 0x1000);
	CHECK_EQUAL(VirtualQueryEx(process, block + 0x1800, &info, sizeof(info)), sizeof(info));
	CHECK(info.BaseAddress == block + 0x1000 && info.AllocationBase == block && info.RegionSize == 0x2000);
	CHECK(info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE && info.Type == MEM_PRIVATE);
	CHECK_EQUAL(VirtualQueryEx(process, block + 0x3000, &info, sizeof(info)), sizeof(info));
	CHECK_EQUAL(info.State, MEM_RESERVE);
	CHECK(WriteProcessMemory(process, block + 0x1FF0, "0123456789abcdefghijklmnopqrstuv", 32, &done));
	CHECK_EQUAL(done, 32);
	CHECK(ReadProcessMemory(process, block + 0x1FF8, copy, 16, NULL));
	CHECK(!memcmp(copy, "89abcdefghijklmn", 16));
	/* Beyond what is committed: nothing is read; a write fails. */
	done = 77;
	CHECK_FAILS(ReadProcessMemory(process, block + 0x2FF0, copy, 32, &done), ERROR_PARTIAL_COPY);
	CHECK_FAILS(ReadProcessMemory(process, block, copy, 1, &done), ERROR_PARTIAL_COPY);
	CHECK_EQUAL(done, 0);
	CHECK(!WriteProcessMemory(process, block, "x", 1, &done));
	CHECK_EQUAL(done, 0);
	CHECK(VirtualProtectEx(process, block + 0x1000, 0x1000, PAGE_READONLY, &old));
	CHECK_EQUAL(old, PAGE_READWRITE);
	CHECK_EQUAL(VirtualQueryEx(process, block + 0x1000, &info, sizeof(info)), sizeof(info));
	CHECK(info.Protect == PAGE_READONLY && info.RegionSize == 0x1000);
	CHECK(VirtualProtectEx(process, block + 0x1000, 0x1000, PAGE_READWRITE | PAGE_GUARD, &old));
	CHECK(VirtualFreeEx(process, block + 0x2000, 0x1000, MEM_DECOMMIT));
	CHECK(VirtualFreeEx(process, block, 0, MEM_RELEASE));
	CHECK_EQUAL(VirtualQueryEx(process, block, &info, sizeof(info)), sizeof(info));
	CHECK_EQUAL(info.State, MEM_FREE);
	CHECK_FAILS(VirtualFreeEx(process, block, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
	/* More than goes into one piece. */
	large = VirtualAllocEx(process, NULL, 1000000, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
	for (unsigned i = 0; i < 1000000; i++)
		pattern[i] = (char)(i * 7 >> 3);
	CHECK(WriteProcessMemory(process, large, pattern, 1000000, &done));
	CHECK_EQUAL(done, 1000000);
	memset(pattern, 0, 1000000);
	CHECK(ReadProcessMemory(process, large, pattern, 1000000, &done));
	CHECK_EQUAL(done, 1000000);
	for (unsigned i = 0; i < 1000000; i++) {
		if (pattern[i] != (char)(i * 7 >> 3)) {
			CHECK_EQUAL(i, 1000000);
			break;
		}
	}
	CHECK(FlushInstructionCache(process, large, 1000000));
	CHECK(VirtualFreeEx(process, large, 0, MEM_RELEASE));
	free(pattern);
}

static void views(HANDLE process)
{
	HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x20000, NULL);
	char *here = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0), copy[16];
	MEMORY_BASIC_INFORMATION info;
	LARGE_INTEGER offset = {.QuadPart = 0x10000};
	SIZE_T size = 0;
	void *view = NULL;

	strcpy(here + 0x10000, "shared");
	CHECK_EQUAL(NtMapViewOfSection(section, process, &view, 0, 0, &offset, &size, 2, 0, PAGE_READWRITE), 0);
	CHECK(view != NULL);
	CHECK_EQUAL(size, 0x10000);
	CHECK(ReadProcessMemory(process, view, copy, 7, NULL) && !strcmp(copy, "shared"));
	CHECK(WriteProcessMemory(process, view, "SHARED", 7, NULL));
	CHECK(!strcmp(here + 0x10000, "SHARED"));
	CHECK_EQUAL(VirtualQueryEx(process, view, &info, sizeof(info)), sizeof(info));
	CHECK(info.Type == MEM_MAPPED && info.RegionSize == 0x10000);
	CHECK_EQUAL(NtUnmapViewOfSection(process, view), 0);
	CHECK(NtUnmapViewOfSection(process, view) != 0);
	UnmapViewOfFile(here);
	CloseHandle(section);
}

static void information(PROCESS_INFORMATION *process)
{
	PROCESS_BASIC_INFORMATION basic;
	char name[MAX_PATH], base[MAX_PATH];
	HMODULE modules[64];
	MODULEINFO info;
	FILETIME times[4];
	DWORD length, session[2], needed, handles = 0, found = 0, untouched[2] = {7, 8};
	HANDLE snapshot, again;
	MODULEENTRY32 entry = {.dwSize = sizeof(entry)};
	PEB peb;

	CHECK_EQUAL(NtQueryInformationProcess(process->hProcess, ProcessBasicInformation, &basic, sizeof(basic), NULL), 0);
	/* What fails leaves the buffer alone. */
	CHECK_EQUAL(NtQueryInformationProcess(process->hProcess, (PROCESSINFOCLASS)22 /* ProcessPriorityBoost */, untouched,
					      sizeof(untouched), NULL),
		    (NTSTATUS)0xC0000004);
	CHECK_EQUAL(untouched[0], 7);
	CHECK_EQUAL(untouched[1], 8);
	CHECK(basic.PebBaseAddress != NULL);
	CHECK_EQUAL(basic.UniqueProcessId, process->dwProcessId);
	CHECK(ReadProcessMemory(process->hProcess, basic.PebBaseAddress, &peb, sizeof(peb), NULL));
	CHECK(peb.Ldr != NULL && peb.ProcessParameters != NULL);
	CHECK(EnumProcessModules(process->hProcess, modules, sizeof(modules), &needed));
	CHECK(needed >= 3 * sizeof(HMODULE));
	CHECK(GetModuleFileNameExA(process->hProcess, modules[0], name, sizeof(name)) > 0 && !_stricmp(name, self));
	CHECK(GetModuleFileNameExA(process->hProcess, NULL, name, sizeof(name)) > 0 && !_stricmp(name, self));
	CHECK(GetModuleBaseNameA(process->hProcess, modules[1], base, sizeof(base)) > 0 && !_stricmp(base, "ntdll.dll"));
	CHECK(GetModuleInformation(process->hProcess, modules[0], &info, sizeof(info)) && info.lpBaseOfDll == modules[0]);
	CHECK(info.SizeOfImage > 0x1000);
	length = sizeof(name);
	CHECK(QueryFullProcessImageNameA(process->hProcess, PROCESS_NAME_NATIVE, name, &length));
	CHECK_EQUAL(GetProcessImageFileNameA(process->hProcess, base, sizeof(base)), length);
	CHECK(!strcmp(name, base));
	CHECK_FAILS(GetProcessImageFileNameA(process->hProcess, base, length), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(GetProcessImageFileNameA(process->hProcess, NULL, 0), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(QueryFullProcessImageNameA(process->hProcess, 0, NULL, &length), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(GetProcessVersion(process->dwProcessId), GetProcessVersion(0));
	CHECK(ProcessIdToSessionId(process->dwProcessId, &session[0]) && ProcessIdToSessionId(GetCurrentProcessId(), &session[1]));
	CHECK_EQUAL(session[0], session[1]);
	CHECK_FAILS(ProcessIdToSessionId(0x7FFFFFF0, &session[0]), ERROR_INVALID_PARAMETER);
	CHECK(GetProcessHandleCount(process->hProcess, &handles) && handles > 0 && handles < 1000);
	CHECK(GetProcessTimes(process->hProcess, &times[0], &times[1], &times[2], &times[3]));
	CHECK(times[0].dwHighDateTime != 0 && times[1].dwHighDateTime == 0);
	CHECK_EQUAL(GetPriorityClass(process->hProcess), NORMAL_PRIORITY_CLASS);
	CHECK(SetPriorityClass(process->hProcess, BELOW_NORMAL_PRIORITY_CLASS));
	CHECK_EQUAL(GetPriorityClass(process->hProcess), BELOW_NORMAL_PRIORITY_CLASS);
	snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, process->dwProcessId);
	CHECK(snapshot != INVALID_HANDLE_VALUE);
	for (BOOL more = Module32First(snapshot, &entry); more; more = Module32Next(snapshot, &entry))
		found += !_stricmp(entry.szModule, "kernel32.dll");
	CHECK_EQUAL(found, 1);
	CloseHandle(snapshot);
	/* A handle with few rights. */
	again = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process->dwProcessId);
	CHECK(again != NULL);
	CHECK_FAILS(ReadProcessMemory(again, modules[0], name, 2, NULL), ERROR_ACCESS_DENIED);
	CHECK_FAILS(VirtualAllocEx(again, NULL, 1, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateRemoteThread(again, NULL, 0, twice, NULL, 0, NULL), ERROR_ACCESS_DENIED);
	CloseHandle(again);
}

/* More than fits into one message. */
static void large_answers(HANDLE process)
{
	const SIZE_T size = 40 << 20, pages = size / 4096;
	PSAPI_WORKING_SET_INFORMATION *set = malloc(1 << 20);
	PSAPI_WORKING_SET_EX_INFORMATION *each = calloc(pages, sizeof(*each));
	char *block = VirtualAllocEx(process, NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE), *bytes = calloc(1, size);
	SIZE_T done, valid = 0;

	CHECK(block && set && each && bytes);
	memset(bytes, 'm', size);
	CHECK(WriteProcessMemory(process, block, bytes, size, &done));
	CHECK(QueryWorkingSet(process, set, 1 << 20));
	CHECK(set->NumberOfEntries >= pages);
	for (SIZE_T i = 0; i < set->NumberOfEntries; i++)
		valid += set->WorkingSetInfo[i].VirtualPage - ((ULONG_PTR)block >> 12) < pages;
	CHECK_EQUAL(valid, pages);
	CHECK(!QueryWorkingSet(process, set, 4096));
	CHECK_EQUAL(GetLastError(), ERROR_BAD_LENGTH);
	CHECK(set->NumberOfEntries >= pages);
	for (SIZE_T i = 0; i < pages; i++)
		each[i].VirtualAddress = block + i * 4096;
	CHECK(QueryWorkingSetEx(process, each, pages * sizeof(*each)));
	valid = 0;
	for (SIZE_T i = 0; i < pages; i++)
		valid += each[i].VirtualAttributes.Valid && each[i].VirtualAddress == block + i * 4096;
	CHECK_EQUAL(valid, pages);
	CHECK(VirtualFreeEx(process, block, 0, MEM_RELEASE));
	free(set);
	free(each);
	free(bytes);
}

#define ASKERS 90

static DWORD WINAPI ask_often(void *process)
{
	char got[sizeof(text)];
	SIZE_T done;

	for (int i = 0; i < 30; i++) {
		memset(got, 0, sizeof(got));
		if (!ReadProcessMemory(process, there(process, text), got, sizeof(got), &done))
			return GetLastError();
		if (memcmp(got, text, sizeof(got)) != 0)
			return 1;
	}
	return 0;
}

/* Everybody at once. */
static void many_askers(HANDLE process)
{
	HANDLE threads[ASKERS];
	DWORD code;

	for (int i = 0; i < ASKERS; i++)
		CHECK((threads[i] = CreateThread(NULL, 65536, ask_often, process, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL)) != NULL);
	for (int i = 0; i < ASKERS; i++) {
		CHECK_EQUAL(WaitForSingleObject(threads[i], LONG_TIME), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(threads[i], &code));
		CHECK_EQUAL(code, 0);
		CloseHandle(threads[i]);
	}
}

static void threads(PROCESS_INFORMATION *process)
{
	HANDLE thread, opened;
	DWORD id = 0, code = 0, before;
	CONTEXT context;
	SIZE_T done;
	LONG value;

	thread = CreateRemoteThread(process->hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)there(process->hProcess, twice), (void *)21,
				    0, &id);
	CHECK(thread != NULL && id != 0 && id != GetCurrentThreadId());
	CHECK_EQUAL(GetThreadId(thread), id);
	CHECK_EQUAL(GetProcessIdOfThread(thread), process->dwProcessId);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 42);
	CloseHandle(thread);

	/* Suspended, looked at, changed, let go. */
	thread = CreateRemoteThread(process->hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)there(process->hProcess, twice), (void *)1,
				    CREATE_SUSPENDED, &id);
	CHECK(thread != NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
	CHECK(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
	memset(&context, 0, sizeof(context));
	context.ContextFlags = CONTEXT_FULL;
	CHECK(GetThreadContext(thread, &context));
	CHECK_EQUAL(context.Rcx, (ULONG_PTR)there(process->hProcess, twice));
	CHECK_EQUAL(context.Rdx, 1);
	context.Rdx = 50;
	CHECK(SetThreadContext(thread, &context));
	CHECK_EQUAL(SuspendThread(thread), 1);
	CHECK_EQUAL(ResumeThread(thread), 2);
	opened = OpenThread(THREAD_ALL_ACCESS, FALSE, id);
	CHECK(opened != NULL);
	CHECK_EQUAL(ResumeThread(opened), 1);
	CHECK_EQUAL(WaitForSingleObject(opened, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 100);
	CloseHandle(thread);
	CloseHandle(opened);

	/* An APC. */
	thread = CreateRemoteThread(process->hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)there(process->hProcess, wait_alertable), NULL,
				    0, NULL);
	CHECK(QueueUserAPC((PAPCFUNC)there(process->hProcess, apc), thread, 4711));
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 4711);
	CloseHandle(thread);

	/* One that computes: stopped, it stands still; ended, it is gone. */
	thread = CreateRemoteThread(process->hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)there(process->hProcess, count), NULL, 0, NULL);
	CHECK(ReadProcessMemory(process->hProcess, there(process->hProcess, (void *)&counter), &before, 4, &done));
	do {
		Sleep(1);
		CHECK(ReadProcessMemory(process->hProcess, there(process->hProcess, (void *)&counter), &value, 4, &done));
	} while (value == (LONG)before && !guest_failures);
	CHECK_EQUAL(SuspendThread(thread), 0);
	memset(&context, 0, sizeof(context));
	context.ContextFlags = CONTEXT_CONTROL;
	CHECK(GetThreadContext(thread, &context));
	CHECK(ReadProcessMemory(process->hProcess, there(process->hProcess, (void *)&counter), &before, 4, &done));
	Sleep(20);
	CHECK(ReadProcessMemory(process->hProcess, there(process->hProcess, (void *)&counter), &value, 4, &done));
	CHECK_EQUAL(value, before);
	CHECK(TerminateThread(thread, 999));
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 999);
	CloseHandle(thread);

	CHECK_EQUAL(NtSuspendProcess(process->hProcess), 0);
	CHECK(ReadProcessMemory(process->hProcess, there(process->hProcess, text), &value, 4, &done));
	CHECK_EQUAL(NtResumeProcess(process->hProcess), 0);
}

/* A thread of a process that is killed ends with it. */
static void killed(void)
{
	PROCESS_INFORMATION process;
	HANDLE thread;
	DWORD code;
	char byte;

	CHECK(start("idle", 0, &process));
	CHECK_EQUAL(WaitForSingleObject(started, LONG_TIME), WAIT_OBJECT_0);
	thread = CreateRemoteThread(process.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)there(process.hProcess, wait_alertable), NULL, 0,
				    NULL);
	CHECK(thread != NULL);
	CHECK(TerminateProcess(process.hProcess, 31));
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 31);
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, LONG_TIME), WAIT_OBJECT_0);
	/* Nothing can be done to it any more. */
	ROW(147, "execution");
	CHECK_FAILS(VirtualAllocEx(process.hProcess, NULL, 1, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateRemoteThread(process.hProcess, NULL, 0, twice, NULL, 0, NULL), ERROR_ACCESS_DENIED);
	CHECK(!ReadProcessMemory(process.hProcess, text, &byte, 1, NULL));
	guest_row[0] = 0;
	CloseHandle(thread);
	CHECK_EQUAL(end(&process), 31);
}

/* Before a child runs its memory and its first thread can be changed. */
static void suspended(void)
{
	PROCESS_INFORMATION process;
	PROCESS_BASIC_INFORMATION basic;
	CONTEXT context = {.ContextFlags = CONTEXT_FULL};
	static const unsigned char code[] = {0xB9, 0x4D, 0, 0, 0, 0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0}; /* ExitProcess(77) */
	unsigned char bytes[sizeof(code)];
	LONG value = 42;
	char *base = NULL, *block;
	HANDLE thread;
	FARPROC exit_process = GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlExitUserProcess");
	DWORD result;

	/* Data. */
	CHECK(start("answer", CREATE_SUSPENDED, &process));
	CHECK(GetThreadContext(process.hThread, &context));
	CHECK_EQUAL(NtQueryInformationProcess(process.hProcess, ProcessBasicInformation, &basic, sizeof(basic), NULL), 0);
	CHECK_EQUAL(context.Rdx, (ULONG_PTR)basic.PebBaseAddress);
	CHECK(ReadProcessMemory(process.hProcess, (char *)basic.PebBaseAddress + 0x10, &base, sizeof(base), NULL));
	CHECK(base != NULL && context.Rcx > (ULONG_PTR)base);
	CHECK(WriteProcessMemory(process.hProcess, base + ((char *)&patched - (char *)GetModuleHandleA(NULL)), &value, sizeof(value),
				 NULL));
	CHECK_EQUAL(SuspendThread(process.hThread), 1);
	CHECK_EQUAL(ResumeThread(process.hThread), 2);
	CHECK_EQUAL(ResumeThread(process.hThread), 1);
	CHECK_EQUAL(end(&process), 42);

	/* A thread before the first: LoadLibrary works in it, the first still stands. */
	CHECK(start("answer", CREATE_SUSPENDED, &process));
	block = VirtualAllocEx(process.hProcess, NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	CHECK(WriteProcessMemory(process.hProcess, block, "version.dll", 12, NULL));
	thread = CreateRemoteThread(process.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)LoadLibraryA, block, 0, NULL);
	CHECK(thread != NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &result));
	CHECK(result != 0);
	CloseHandle(thread);
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 50), WAIT_TIMEOUT);
	CHECK_EQUAL(ResumeThread(process.hThread), 1);
	CHECK_EQUAL(end(&process), 41);

	/* Another entry point. */
	CHECK(start("answer", CREATE_SUSPENDED, &process));
	memcpy(bytes, code, sizeof(code));
	memcpy(bytes + 7, &exit_process, sizeof(exit_process));
	block = VirtualAllocEx(process.hProcess, NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
	CHECK(WriteProcessMemory(process.hProcess, block, bytes, sizeof(bytes), NULL));
	CHECK(GetThreadContext(process.hThread, &context));
	context.Rcx = (ULONG_PTR)block;
	CHECK(SetThreadContext(process.hThread, &context));
	CHECK_EQUAL(ResumeThread(process.hThread), 1);
	CHECK_EQUAL(end(&process), 77);
}

/* One that never comes to the border by itself. */
static void busy(void)
{
	PROCESS_INFORMATION process;
	LONG value = 0;

	CHECK(start("busy", 0, &process));
	CHECK_EQUAL(WaitForSingleObject(started, LONG_TIME), WAIT_OBJECT_0);
	CHECK(ReadProcessMemory(process.hProcess, there(process.hProcess, (void *)&patched), &value, sizeof(value), NULL));
	CHECK_EQUAL(value, 41);
	CHECK(TerminateThread(process.hThread, 12));
	CHECK_EQUAL(end(&process), 12);
}

int main(int argc, char **argv)
{
	PROCESS_INFORMATION process;
	char name[64];

	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc > 2 && !strcmp(argv[1], "child"))
		return child(argc, argv);
	snprintf(name, sizeof(name), "op.started.%lu", GetCurrentProcessId());
	started = CreateEventA(NULL, TRUE, FALSE, name);
	snprintf(name, sizeof(name), "op.stop.%lu", GetCurrentProcessId());
	stop = CreateEventA(NULL, TRUE, FALSE, name);
	CHECK(start("idle", 0, &process));
	CHECK_EQUAL(WaitForSingleObject(started, LONG_TIME), WAIT_OBJECT_0);
	memory(process.hProcess);
	views(process.hProcess);
	information(&process);
	large_answers(process.hProcess);
	many_askers(process.hProcess);
	threads(&process);
	SetEvent(stop);
	CHECK_EQUAL(end(&process), 55);
	killed();
	suspended();
	busy();
	return guest_result();
}
