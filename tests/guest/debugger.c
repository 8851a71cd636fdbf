/*
 * debugger.c - a debugger and its debuggees: every kind of event, what they say, answers, ends.
 *
 *	debugger.exe child WHAT		what the debuggee does
 */
#include "guest.h"

#include <winternl.h>

#define LONG_TIME 60000
#define OWN_CODE 0xE0001234

NTSTATUS NTAPI NtQueryInformationProcess(HANDLE, PROCESSINFOCLASS, PVOID, ULONG, PULONG);
NTSTATUS NTAPI NtCreateDebugObject(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, ULONG);
NTSTATUS NTAPI NtDebugActiveProcess(HANDLE, HANDLE);
NTSTATUS NTAPI NtRemoveProcessDebug(HANDLE, HANDLE);
NTSTATUS NTAPI NtWaitForDebugEvent(HANDLE, BOOLEAN, PLARGE_INTEGER, PVOID);
NTSTATUS NTAPI NtDebugContinue(HANDLE, CLIENT_ID *, NTSTATUS);

static char self[MAX_PATH];
static volatile LONG handled, counter, stepped;
static volatile LONG watched;
static const char text[] = "what is told";
static const WCHAR wide_text[] = L"w\x00e4s is told";

static LONG CALLBACK handler(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ExceptionRecord->ExceptionCode == OWN_CODE) {
		handled++;
		return EXCEPTION_CONTINUE_EXECUTION;
	}
	return EXCEPTION_CONTINUE_SEARCH;
}

static DWORD WINAPI short_thread(void *argument)
{
	return (DWORD)(ULONG_PTR)argument;
}

static DWORD WINAPI counting_thread(void *argument)
{
	for (;;)
		counter++;
	return 0;
}

/* Two instructions for single steps and breakpoints, and a place to be changed. */
static __declspec(noinline) int answer(int number)
{
	stepped++;
	return number + 1;
}

static int child(const char *what)
{
	if (!strcmp(what, "events")) {
		ULONG_PTR arguments[2] = {11, 22};
		HANDLE thread;
		HMODULE dll;

		AddVectoredExceptionHandler(1, handler);
		thread = CreateThread(NULL, 0, short_thread, (void *)33, 0, NULL);
		WaitForSingleObject(thread, LONG_TIME);
		dll = LoadLibraryA("loader_b.dll");
		FreeLibrary(dll);
		OutputDebugStringA(text);
		OutputDebugStringW(wide_text);
		RaiseException(OWN_CODE, 0, 2, arguments);
		RaiseException(OWN_CODE, 0, 2, arguments);
		return handled == 1 && dll ? 77 : 78;
	}
	if (!strcmp(what, "crash")) {
		*(volatile int *)(ULONG_PTR)(counter + 16) = 1;
		return 5;
	}
	if (!strcmp(what, "code")) {
		int got = answer(1) + answer(2);

		watched = 7;
		return got;
	}
	if (!strcmp(what, "count")) {
		counting_thread(NULL);
	}
	if (!strcmp(what, "present"))
		return IsDebuggerPresent() ? 1 : 2;
	if (!strcmp(what, "wait")) {
		Sleep(LONG_TIME);
		return 3;
	}
	if (!strcmp(what, "parent")) {
		STARTUPINFOA startup = {.cb = sizeof(startup)};
		PROCESS_INFORMATION made;
		char line[MAX_PATH + 32];
		DWORD code = 0;

		snprintf(line, sizeof(line), "\"%s\" child present", self);
		if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made))
			return 90;
		WaitForSingleObject(made.hProcess, LONG_TIME);
		GetExitCodeProcess(made.hProcess, &code);
		return (int)code + 10;
	}
	return 99;
}

static PROCESS_INFORMATION start(const char *what, DWORD flags)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION made = {0};
	char line[MAX_PATH + 32];

	snprintf(line, sizeof(line), "\"%s\" child %s", self, what);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, &made));
	return made;
}

static void close_both(PROCESS_INFORMATION *made)
{
	CloseHandle(made->hProcess);
	CloseHandle(made->hThread);
}

static DWORD end_code(PROCESS_INFORMATION *made)
{
	DWORD code = 0;

	CHECK_EQUAL(WaitForSingleObject(made->hProcess, LONG_TIME), WAIT_OBJECT_0);
	GetExitCodeProcess(made->hProcess, &code);
	return code;
}

static void go_on(const DEBUG_EVENT *event, DWORD status)
{
	CHECK(ContinueDebugEvent(event->dwProcessId, event->dwThreadId, status));
}

/* The next event but for DLLs. */
static DWORD next(DEBUG_EVENT *event)
{
	memset(event, 0, sizeof(*event));
	while (WaitForDebugEvent(event, LONG_TIME)) {
		if (event->dwDebugEventCode != LOAD_DLL_DEBUG_EVENT && event->dwDebugEventCode != UNLOAD_DLL_DEBUG_EVENT)
			return event->dwDebugEventCode;
		if (event->dwDebugEventCode == LOAD_DLL_DEBUG_EVENT && event->u.LoadDll.hFile)
			CloseHandle(event->u.LoadDll.hFile);
		go_on(event, DBG_CONTINUE);
	}
	return 0;
}

/* Up to the first breakpoint, which is left to be continued from. */
static void to_first_break(DEBUG_EVENT *event)
{
	CHECK_EQUAL(next(event), CREATE_PROCESS_DEBUG_EVENT);
	CloseHandle(event->u.CreateProcessInfo.hFile);
	go_on(event, DBG_CONTINUE);
	CHECK_EQUAL(next(event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event->u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_BREAKPOINT);
}

static void to_end(DEBUG_EVENT *event, DWORD code)
{
	CHECK_EQUAL(next(event), EXIT_PROCESS_DEBUG_EVENT);
	CHECK_EQUAL(event->u.ExitProcess.dwExitCode, code);
	go_on(event, DBG_CONTINUE);
}

static BOOL ends_with(const WCHAR *name, const WCHAR *end)
{
	size_t length = wcslen(name), wanted = wcslen(end);

	return length >= wanted && !_wcsicmp(name + length - wanted, end);
}

static void read_dll_name(HANDLE process, const DEBUG_EVENT *event, WCHAR *name, SIZE_T chars)
{
	void *at = NULL;

	memset(name, 0, chars * sizeof(WCHAR));
	CHECK(event->u.LoadDll.fUnicode);
	CHECK(event->u.LoadDll.lpImageName != NULL);
	CHECK(ReadProcessMemory(process, event->u.LoadDll.lpImageName, &at, sizeof(at), NULL));
	for (SIZE_T i = 0; at && i + 1 < chars; i++)
		if (!ReadProcessMemory(process, (WCHAR *)at + i, &name[i], sizeof(WCHAR), NULL) || !name[i])
			break;
}

static void test_events(void)
{
	PROCESS_INFORMATION made = start("events", DEBUG_ONLY_THIS_PROCESS);
	DEBUG_EVENT event;
	HANDLE process, thread, new_thread;
	DWORD thread_id = 0, present = 0, code;
	WCHAR name[MAX_PATH], buffer[64];
	char narrow[64];
	void *base, *ntdll = NULL;
	BYTE mark[2];
	int dlls = 0;
	BOOL broken = FALSE;

	CHECK(WaitForDebugEvent(&event, LONG_TIME));
	CHECK_EQUAL(event.dwDebugEventCode, CREATE_PROCESS_DEBUG_EVENT);
	CHECK_EQUAL(event.dwProcessId, made.dwProcessId);
	CHECK_EQUAL(event.dwThreadId, made.dwThreadId);
	process = event.u.CreateProcessInfo.hProcess;
	thread = event.u.CreateProcessInfo.hThread;
	CHECK_EQUAL(GetProcessId(process), made.dwProcessId);
	CHECK_EQUAL(GetThreadId(thread), made.dwThreadId);
	CHECK(event.u.CreateProcessInfo.hFile != NULL);
	CHECK(GetFinalPathNameByHandleW(event.u.CreateProcessInfo.hFile, name, MAX_PATH, 0) != 0);
	CHECK(ends_with(name, L"debugger.exe"));
	CHECK(CloseHandle(event.u.CreateProcessInfo.hFile));
	CHECK(event.u.CreateProcessInfo.lpBaseOfImage != NULL);
	CHECK(event.u.CreateProcessInfo.lpStartAddress != NULL);
	CHECK(event.u.CreateProcessInfo.lpThreadLocalBase != NULL);
	CHECK(ReadProcessMemory(process, event.u.CreateProcessInfo.lpBaseOfImage, mark, 2, NULL) && mark[0] == 'M' && mark[1] == 'Z');
	CHECK(CheckRemoteDebuggerPresent(process, (BOOL *)&present) && present);
	/* Nobody else's, and once. */
	CHECK_FAILS(ContinueDebugEvent(made.dwProcessId, made.dwThreadId + 4, DBG_CONTINUE), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(ContinueDebugEvent(made.dwProcessId, made.dwThreadId, 12345), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(WaitForDebugEvent(&event, 0), ERROR_SEM_TIMEOUT);
	go_on(&event, DBG_CONTINUE);
	CHECK_FAILS(ContinueDebugEvent(made.dwProcessId, made.dwThreadId, DBG_CONTINUE), ERROR_INVALID_PARAMETER);

	/* ntdll first, the program's DLLs, then the breakpoint. */
	while (!broken && WaitForDebugEvent(&event, LONG_TIME)) {
		if (event.dwDebugEventCode == EXCEPTION_DEBUG_EVENT) {
			broken = TRUE;
			break;
		}
		CHECK_EQUAL(event.dwDebugEventCode, LOAD_DLL_DEBUG_EVENT);
		CHECK_EQUAL(event.dwThreadId, made.dwThreadId);
		read_dll_name(process, &event, name, MAX_PATH);
		if (dlls == 0) {
			CHECK(ends_with(name, L"ntdll.dll"));
			ntdll = event.u.LoadDll.lpBaseOfDll;
		} else if (dlls == 1) {
			CHECK(ends_with(name, L"kernel32.dll"));
		}
		CHECK(ReadProcessMemory(process, event.u.LoadDll.lpBaseOfDll, mark, 2, NULL) && mark[0] == 'M');
		if (event.u.LoadDll.hFile)
			CHECK(CloseHandle(event.u.LoadDll.hFile));
		dlls++;
		go_on(&event, DBG_CONTINUE);
	}
	CHECK(dlls >= 2);
	CHECK(broken);
	CHECK_EQUAL(event.dwThreadId, made.dwThreadId);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_BREAKPOINT);
	CHECK_EQUAL(event.u.Exception.dwFirstChance, 1);
	CHECK_EQUAL((ULONG_PTR)event.u.Exception.ExceptionRecord.ExceptionAddress & ~(ULONG_PTR)0xFFFFFFF, (ULONG_PTR)ntdll & ~(ULONG_PTR)0xFFFFFFF);
	go_on(&event, DBG_CONTINUE);

	/* A thread. */
	CHECK_EQUAL(next(&event), CREATE_THREAD_DEBUG_EVENT);
	thread_id = event.dwThreadId;
	new_thread = event.u.CreateThread.hThread;
	CHECK(thread_id != made.dwThreadId);
	CHECK_EQUAL(GetThreadId(new_thread), thread_id);
	CHECK(event.u.CreateThread.lpThreadLocalBase != NULL);
	CHECK(event.u.CreateThread.lpStartAddress != NULL);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXIT_THREAD_DEBUG_EVENT);
	CHECK_EQUAL(event.dwThreadId, thread_id);
	CHECK_EQUAL(event.u.ExitThread.dwExitCode, 33);
	go_on(&event, DBG_CONTINUE);

	/* A DLL of a file. */
	CHECK(WaitForDebugEvent(&event, LONG_TIME));
	CHECK_EQUAL(event.dwDebugEventCode, LOAD_DLL_DEBUG_EVENT);
	read_dll_name(process, &event, name, MAX_PATH);
	CHECK(ends_with(name, L"loader_b.dll"));
	CHECK(event.u.LoadDll.hFile != NULL);
	CHECK(GetFinalPathNameByHandleW(event.u.LoadDll.hFile, name, MAX_PATH, 0) && ends_with(name, L"loader_b.dll"));
	CHECK(CloseHandle(event.u.LoadDll.hFile));
	base = event.u.LoadDll.lpBaseOfDll;
	go_on(&event, DBG_CONTINUE);
	CHECK(WaitForDebugEvent(&event, LONG_TIME));
	CHECK_EQUAL(event.dwDebugEventCode, UNLOAD_DLL_DEBUG_EVENT);
	CHECK(event.u.UnloadDll.lpBaseOfDll == base);
	go_on(&event, DBG_CONTINUE);

	/* Text. */
	CHECK_EQUAL(next(&event), OUTPUT_DEBUG_STRING_EVENT);
	CHECK_EQUAL(event.u.DebugString.fUnicode, 0);
	CHECK_EQUAL(event.u.DebugString.nDebugStringLength, sizeof(text));
	CHECK(ReadProcessMemory(process, event.u.DebugString.lpDebugStringData, narrow, sizeof(text), NULL) && !strcmp(narrow, text));
	go_on(&event, DBG_CONTINUE);
	CHECK(WaitForDebugEventEx(&event, LONG_TIME));
	CHECK_EQUAL(event.dwDebugEventCode, OUTPUT_DEBUG_STRING_EVENT);
	CHECK_EQUAL(event.u.DebugString.fUnicode, 1);
	CHECK(ReadProcessMemory(process, event.u.DebugString.lpDebugStringData, buffer, sizeof(wide_text), NULL) &&
	      !wcscmp(buffer, wide_text));
	go_on(&event, DBG_CONTINUE);

	/* An exception that the debugger handles, and one that it does not. */
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, OWN_CODE);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.NumberParameters, 2);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionInformation[1], 22);
	CHECK_EQUAL(event.u.Exception.dwFirstChance, 1);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, OWN_CODE);
	go_on(&event, DBG_EXCEPTION_NOT_HANDLED);

	/* The end: the process is there until it is continued. */
	CHECK_EQUAL(next(&event), EXIT_PROCESS_DEBUG_EVENT);
	CHECK_EQUAL(event.u.ExitProcess.dwExitCode, 77);
	CHECK_EQUAL(WaitForSingleObject(made.hProcess, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(thread, 0), WAIT_TIMEOUT);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(end_code(&made), 77);
	/* The event's handles are closed. */
	CHECK(!GetExitCodeProcess(process, &code));
	close_both(&made);
	CHECK_FAILS(WaitForDebugEvent(&event, 0), ERROR_SEM_TIMEOUT);
}

/* What the debuggee has at the same place as this process: the program has no other base than the one it prefers, or both moved. */
static void *there(const DEBUG_EVENT *created, const void *here)
{
	return (char *)created->u.CreateProcessInfo.lpBaseOfImage + ((char *)here - (char *)GetModuleHandleA(NULL));
}

static void patch(HANDLE process, void *address, BYTE byte)
{
	CHECK(WriteProcessMemory(process, address, &byte, 1, NULL));
	CHECK(FlushInstructionCache(process, address, 1));
}

static CONTEXT context_of(HANDLE thread, DWORD flags)
{
	static CONTEXT aligned;

	memset(&aligned, 0, sizeof(aligned));
	aligned.ContextFlags = flags;
	CHECK(GetThreadContext(thread, &aligned));
	return aligned;
}

static void test_code(void)
{
	PROCESS_INFORMATION made = start("code", DEBUG_ONLY_THIS_PROCESS);
	static CONTEXT context;
	DEBUG_EVENT event, created;
	HANDLE process, thread;
	BYTE *code, before, got;
	DWORD64 return_address;
	int steps;

	CHECK_EQUAL(next(&created), CREATE_PROCESS_DEBUG_EVENT);
	CloseHandle(created.u.CreateProcessInfo.hFile);
	process = created.u.CreateProcessInfo.hProcess;
	thread = created.u.CreateProcessInfo.hThread;
	code = there(&created, (void *)answer);
	go_on(&created, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	/* The instruction pointer is behind the breakpoint. */
	context = context_of(thread, CONTEXT_FULL);
	CHECK_EQUAL(context.Rip, (ULONG_PTR)event.u.Exception.ExceptionRecord.ExceptionAddress + 1);
	CHECK(ReadProcessMemory(process, code, &before, 1, NULL));
	patch(process, code, 0xCC);
	CHECK(ReadProcessMemory(process, code, &got, 1, NULL) && got == 0xCC);
	go_on(&event, DBG_CONTINUE);

	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_BREAKPOINT);
	CHECK(event.u.Exception.ExceptionRecord.ExceptionAddress == code);
	context = context_of(thread, CONTEXT_ALL);
	CHECK_EQUAL(context.Rip, (ULONG_PTR)code + 1);
	CHECK_EQUAL((DWORD)context.Rcx, 1);
	CHECK(ReadProcessMemory(process, (void *)context.Rsp, &return_address, 8, NULL));
	/* Another argument, the instruction as it was, and steps to the return. */
	patch(process, code, before);
	context.Rip = (ULONG_PTR)code;
	context.Rcx = 40;
	context.EFlags |= 0x100;
	CHECK(SetThreadContext(thread, &context));
	for (steps = 0; steps < 100; steps++) {
		go_on(&event, DBG_CONTINUE);
		if (next(&event) != EXCEPTION_DEBUG_EVENT ||
		    event.u.Exception.ExceptionRecord.ExceptionCode != EXCEPTION_SINGLE_STEP)
			break;
		context = context_of(thread, CONTEXT_ALL);
		CHECK_EQUAL(context.Rip, (ULONG_PTR)event.u.Exception.ExceptionRecord.ExceptionAddress);
		if (context.Rip == return_address)
			break;
		context.EFlags |= 0x100;
		CHECK(SetThreadContext(thread, &context));
	}
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_SINGLE_STEP);
	CHECK(steps > 1 && steps < 100);
	CHECK_EQUAL((DWORD)context.Rax, 41);
	go_on(&event, DBG_CONTINUE);
	to_end(&event, 41 + 3);
	CHECK_EQUAL(end_code(&made), 44);
	close_both(&made);
}

/* Debug registers: a breakpoint on the second call, and one on a write. */
static void test_registers(void)
{
	PROCESS_INFORMATION made = start("code", DEBUG_ONLY_THIS_PROCESS);
	static CONTEXT context;
	DEBUG_EVENT event, created;
	HANDLE thread;
	BYTE *code;

	CHECK_EQUAL(next(&created), CREATE_PROCESS_DEBUG_EVENT);
	CloseHandle(created.u.CreateProcessInfo.hFile);
	thread = created.u.CreateProcessInfo.hThread;
	code = there(&created, (void *)answer);
	go_on(&created, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	context = context_of(thread, CONTEXT_DEBUG_REGISTERS);
	context.Dr0 = (ULONG_PTR)there(&created, (const void *)&watched);
	context.Dr7 = 0x1 | 0xD0000; /* four bytes, written */
	context.Dr1 = (ULONG_PTR)code;
	context.Dr7 |= 0x4;
	CHECK(SetThreadContext(thread, &context));
	go_on(&event, DBG_CONTINUE);
	for (int i = 0; i < 2; i++) {
		CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
		CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_SINGLE_STEP);
		CHECK(event.u.Exception.ExceptionRecord.ExceptionAddress == code);
		context = context_of(thread, CONTEXT_ALL);
		CHECK_EQUAL(context.Dr6 & 0xF, 2);
		CHECK_EQUAL((DWORD)context.Rcx, i + 1);
		context.EFlags |= 0x10000; /* resume */
		CHECK(SetThreadContext(thread, &context));
		go_on(&event, DBG_CONTINUE);
	}
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_SINGLE_STEP);
	context = context_of(thread, CONTEXT_ALL);
	CHECK_EQUAL(context.Dr6 & 0xF, 1);
	go_on(&event, DBG_CONTINUE);
	to_end(&event, 5);
	end_code(&made);
	close_both(&made);
}

/* Nobody takes it: the second chance, then the end. */
static void test_crash(void)
{
	PROCESS_INFORMATION made = start("crash", DEBUG_ONLY_THIS_PROCESS);
	DEBUG_EVENT event;

	to_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	for (DWORD first = 1; first < 2; first--) {
		CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
		CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_ACCESS_VIOLATION);
		CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionInformation[0], 1);
		CHECK_EQUAL(event.u.Exception.dwFirstChance, first);
		if (event.dwDebugEventCode != EXCEPTION_DEBUG_EVENT)
			break;
		go_on(&event, DBG_EXCEPTION_NOT_HANDLED);
	}
	to_end(&event, EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(end_code(&made), EXCEPTION_ACCESS_VIOLATION);
	close_both(&made);
}

/* A process that runs already: what it has, the break-in, all of it stopped, and that it goes on alone. */
static void test_attach(void)
{
	PROCESS_INFORMATION made = start("count", 0);
	DEBUG_EVENT event, created;
	BOOL broken = FALSE, present = FALSE, main_dll = FALSE;
	DWORD breaker = 0;
	LONG before, after;
	void *place;

	/* It counts: it has started. */
	place = (void *)&counter;
	for (before = 0; !before; Sleep(10))
		ReadProcessMemory(made.hProcess, place, &before, sizeof(before), NULL);
	CHECK_FAILS(DebugActiveProcess(GetCurrentProcessId()), ERROR_ACCESS_DENIED);
	CHECK(DebugActiveProcess(made.dwProcessId));
	CHECK(!DebugActiveProcess(made.dwProcessId));
	CHECK(CheckRemoteDebuggerPresent(made.hProcess, &present) && present);
	CHECK(WaitForDebugEvent(&created, LONG_TIME));
	CHECK_EQUAL(created.dwDebugEventCode, CREATE_PROCESS_DEBUG_EVENT);
	CHECK_EQUAL(created.dwThreadId, made.dwThreadId);
	CHECK(created.u.CreateProcessInfo.hFile != NULL);
	CloseHandle(created.u.CreateProcessInfo.hFile);
	CHECK(created.u.CreateProcessInfo.lpBaseOfImage != NULL);
	go_on(&created, DBG_CONTINUE);
	while (!broken && WaitForDebugEvent(&event, LONG_TIME)) {
		switch (event.dwDebugEventCode) {
		case LOAD_DLL_DEBUG_EVENT:
			main_dll = TRUE;
			if (event.u.LoadDll.hFile)
				CloseHandle(event.u.LoadDll.hFile);
			break;
		case CREATE_THREAD_DEBUG_EVENT:
			breaker = event.dwThreadId;
			break;
		case EXCEPTION_DEBUG_EVENT:
			CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_BREAKPOINT);
			CHECK_EQUAL(event.dwThreadId, breaker);
			broken = TRUE;
			continue;
		default:
			CHECK(!"an event of another kind");
			break;
		}
		go_on(&event, DBG_CONTINUE);
	}
	CHECK(main_dll);
	CHECK(broken);
	CHECK(ReadProcessMemory(made.hProcess, place, &before, sizeof(before), NULL));
	Sleep(50);
	CHECK(ReadProcessMemory(made.hProcess, place, &after, sizeof(after), NULL));
	CHECK_EQUAL(before, after);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXIT_THREAD_DEBUG_EVENT);
	CHECK_EQUAL(event.dwThreadId, breaker);
	go_on(&event, DBG_CONTINUE);

	/* Once more on demand. */
	CHECK(DebugBreakProcess(made.hProcess));
	CHECK_EQUAL(next(&event), CREATE_THREAD_DEBUG_EVENT);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXIT_THREAD_DEBUG_EVENT);
	go_on(&event, DBG_CONTINUE);

	CHECK(DebugActiveProcessStop(made.dwProcessId));
	CHECK(!DebugActiveProcessStop(made.dwProcessId));
	CHECK(CheckRemoteDebuggerPresent(made.hProcess, &present) && !present);
	CHECK(ReadProcessMemory(made.hProcess, place, &before, sizeof(before), NULL));
	do {
		Sleep(10);
		CHECK(ReadProcessMemory(made.hProcess, place, &after, sizeof(after), NULL));
	} while (before == after);
	CHECK(TerminateProcess(made.hProcess, 9));
	CHECK_EQUAL(end_code(&made), 9);
	close_both(&made);
	CHECK_FAILS(WaitForDebugEvent(&event, 0), ERROR_SEM_TIMEOUT);
}

/* The children of a debuggee: debugged with it, or not. */
static void test_children(void)
{
	PROCESS_INFORMATION made = start("parent", DEBUG_PROCESS);
	DWORD processes = 0, ends = 0, breaks = 0, last = 0, flags = 7;
	DEBUG_EVENT event;

	while (ends < 2 && next(&event)) {
		switch (event.dwDebugEventCode) {
		case CREATE_PROCESS_DEBUG_EVENT:
			processes++;
			CHECK(event.dwProcessId != last);
			last = event.dwProcessId;
			CloseHandle(event.u.CreateProcessInfo.hFile);
			break;
		case EXCEPTION_DEBUG_EVENT:
			breaks++;
			break;
		case EXIT_PROCESS_DEBUG_EVENT:
			CHECK_EQUAL(event.u.ExitProcess.dwExitCode, event.dwProcessId == made.dwProcessId ? 11 : 1);
			ends++;
			break;
		default:
			break;
		}
		go_on(&event, DBG_CONTINUE);
	}
	CHECK_EQUAL(processes, 2);
	CHECK_EQUAL(breaks, 2);
	CHECK_EQUAL(end_code(&made), 11);
	close_both(&made);

	made = start("parent", DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS);
	to_first_break(&event);
	CHECK_EQUAL((DWORD)NtQueryInformationProcess(made.hProcess, 31, &flags, sizeof(flags), NULL), 0);
	CHECK_EQUAL(flags, 0);
	go_on(&event, DBG_CONTINUE);
	to_end(&event, 12);
	end_code(&made);
	close_both(&made);
}

/* Who is killed says so all the same. */
static void test_killed(void)
{
	PROCESS_INFORMATION made = start("wait", DEBUG_ONLY_THIS_PROCESS), second;
	DEBUG_EVENT event, other;

	to_first_break(&event);
	CHECK(TerminateProcess(made.hProcess, 21));
	CHECK_FAILS(WaitForDebugEvent(&other, 0), ERROR_SEM_TIMEOUT);
	go_on(&event, DBG_CONTINUE);
	to_end(&event, 21);
	CHECK_EQUAL(end_code(&made), 21);
	close_both(&made);

	/* Two at once: one stands while the other one goes on. */
	made = start("present", DEBUG_ONLY_THIS_PROCESS);
	to_first_break(&event);
	second = start("present", DEBUG_ONLY_THIS_PROCESS);
	to_first_break(&other);
	CHECK_EQUAL(other.dwProcessId, second.dwProcessId);
	go_on(&other, DBG_CONTINUE);
	to_end(&other, 1);
	CHECK_EQUAL(end_code(&second), 1);
	go_on(&event, DBG_CONTINUE);
	to_end(&event, 1);
	CHECK_EQUAL(end_code(&made), 1);
	close_both(&made);
	close_both(&second);
}

/* The debugger keeps it, or the process ends of it. */
static void test_control(void)
{
	PROCESS_INFORMATION made = start("wait", DEBUG_ONLY_THIS_PROCESS | CREATE_NEW_PROCESS_GROUP);
	DEBUG_EVENT event;

	to_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	for (int i = 0; i < 2; i++) {
		CHECK(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, made.dwProcessId));
		CHECK_EQUAL(next(&event), CREATE_THREAD_DEBUG_EVENT);
		go_on(&event, DBG_CONTINUE);
		CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
		CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, DBG_CONTROL_BREAK);
		CHECK_EQUAL(event.u.Exception.dwFirstChance, 1);
		go_on(&event, i ? DBG_EXCEPTION_NOT_HANDLED : DBG_CONTINUE);
		CHECK_EQUAL(next(&event), EXIT_THREAD_DEBUG_EVENT);
		go_on(&event, DBG_CONTINUE);
	}
	to_end(&event, 0xC000013A);
	CHECK_EQUAL(end_code(&made), 0xC000013A);
	close_both(&made);
}

static DWORD WINAPI short_lived_debugger(void *argument)
{
	PROCESS_INFORMATION *made = argument;
	DEBUG_EVENT event;

	*made = start("wait", DEBUG_ONLY_THIS_PROCESS);
	to_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	return 0;
}

/* Debug objects of NT. */
static void test_objects(void)
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
	PROCESS_INFORMATION made = start("wait", 0);
	HANDLE object = NULL, again = NULL;
	LARGE_INTEGER none = {.QuadPart = 0};
	ULONG_PTR port = 7;
	CLIENT_ID id = {(HANDLE)(ULONG_PTR)made.dwProcessId, (HANDLE)(ULONG_PTR)made.dwThreadId};
	BYTE change[0xC0];

	CHECK_EQUAL((DWORD)NtCreateDebugObject(&object, 0x1F000F, &attributes, 2), 0xC000000D);
	CHECK_EQUAL((DWORD)NtCreateDebugObject(&object, 0x1F000F, &attributes, 1), 0);
	CHECK_EQUAL((DWORD)NtQueryInformationProcess(made.hProcess, ProcessDebugPort, &port, sizeof(port), NULL), 0);
	CHECK_EQUAL(port, 0);
	CHECK_EQUAL((DWORD)NtQueryInformationProcess(made.hProcess, 30, &again, sizeof(again), NULL), 0xC0000353);
	CHECK_EQUAL((DWORD)NtRemoveProcessDebug(made.hProcess, object), 0xC0000353);
	CHECK_EQUAL((DWORD)NtDebugActiveProcess(GetCurrentProcess(), object), 0xC0000022);
	CHECK_EQUAL((DWORD)NtDebugActiveProcess(made.hProcess, object), 0);
	CHECK_EQUAL((DWORD)NtDebugActiveProcess(made.hProcess, object), 0xC0000048);
	CHECK_EQUAL((DWORD)NtQueryInformationProcess(made.hProcess, ProcessDebugPort, &port, sizeof(port), NULL), 0);
	CHECK_EQUAL(port, (ULONG_PTR)-1);
	CHECK_EQUAL((DWORD)NtQueryInformationProcess(made.hProcess, 30, &again, sizeof(again), NULL), 0);
	CHECK(again && again != object);
	CHECK(CloseHandle(again));
	/* It can be waited for. */
	CHECK_EQUAL(WaitForSingleObject(object, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL((DWORD)NtWaitForDebugEvent(object, FALSE, NULL, change), 0);
	CHECK_EQUAL(*(DWORD *)change, 3);
	CHECK(((CLIENT_ID *)(change + 8))->UniqueProcess == id.UniqueProcess);
	CHECK(((CLIENT_ID *)(change + 8))->UniqueThread == id.UniqueThread);
	CloseHandle(*(HANDLE *)(change + 0x18));
	CloseHandle(*(HANDLE *)(change + 0x20));
	CloseHandle(*(HANDLE *)(change + 0x30));
	CHECK_EQUAL((DWORD)NtWaitForDebugEvent(object, FALSE, &none, change), WAIT_TIMEOUT);
	CHECK_EQUAL((DWORD)NtDebugContinue(object, &id, 5), 0xC000000D);
	CHECK_EQUAL((DWORD)NtDebugContinue(object, &id, DBG_CONTINUE), 0);
	CHECK_EQUAL((DWORD)NtDebugContinue(object, &id, DBG_CONTINUE), 0xC000000D);
	CHECK_EQUAL((DWORD)NtRemoveProcessDebug(made.hProcess, object), 0);
	CHECK_EQUAL(WaitForSingleObject(object, 0), WAIT_TIMEOUT);
	CHECK_EQUAL((DWORD)NtDebugActiveProcess(made.hProcess, object), 0);
	/* With its debug object goes the process. */
	CHECK(CloseHandle(object));
	CHECK_EQUAL(end_code(&made), 0xC0000354);
	close_both(&made);
}

/* With a debugger's process goes what it debugs, unless it said otherwise. */
static void test_debugger_ends(BOOL kill)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
	HANDLE stands = CreateEventA(&inherited, TRUE, FALSE, NULL), debuggee;
	PROCESS_INFORMATION made;
	char line[MAX_PATH + 64], answer_text[16] = "";
	HANDLE from, to;
	DWORD got, code = 0;

	CHECK(CreatePipe(&from, &to, &inherited, 0));
	snprintf(line, sizeof(line), "\"%s\" debug %d %p %p", self, kill, (void *)to, (void *)stands);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &made));
	CHECK_EQUAL(WaitForSingleObject(stands, LONG_TIME), WAIT_OBJECT_0);
	CHECK(ReadFile(from, answer_text, sizeof(answer_text) - 1, &got, NULL));
	debuggee = OpenProcess(PROCESS_ALL_ACCESS, FALSE, strtoul(answer_text, NULL, 10));
	CHECK(debuggee != NULL);
	/* Nothing of its own runs any more. */
	CHECK(TerminateProcess(made.hProcess, 1));
	end_code(&made);
	if (kill) {
		CHECK_EQUAL(WaitForSingleObject(debuggee, LONG_TIME), WAIT_OBJECT_0);
		CHECK(GetExitCodeProcess(debuggee, &code));
		CHECK_EQUAL(code, 0xC0000354);
	} else {
		BOOL present = TRUE;

		while (present && CheckRemoteDebuggerPresent(debuggee, &present))
			Sleep(10);
		CHECK(!present);
		CHECK_EQUAL(WaitForSingleObject(debuggee, 0), WAIT_TIMEOUT);
		CHECK(TerminateProcess(debuggee, 0));
	}
	CloseHandle(debuggee);
	CloseHandle(from);
	CloseHandle(to);
	CloseHandle(stands);
	close_both(&made);
}

/* In the process of a debugger that will be killed. */
static int debug(BOOL kill, HANDLE tell, HANDLE stands)
{
	PROCESS_INFORMATION made;
	char id[16];
	DWORD put;

	short_lived_debugger(&made);
	CHECK(DebugSetProcessKillOnExit(kill));
	snprintf(id, sizeof(id), "%lu", made.dwProcessId);
	WriteFile(tell, id, (DWORD)strlen(id) + 1, &put, NULL);
	SetEvent(stands);
	Sleep(LONG_TIME);
	return 0;
}

static void test_defaults(void)
{
	PROCESS_INFORMATION made = {0};
	DEBUG_EVENT event;
	HANDLE thread;

	CHECK(!IsDebuggerPresent());
	/* A thread without debuggees has nothing to wait for. */
	CHECK_FAILS(WaitForDebugEvent(&event, 0), ERROR_INVALID_HANDLE);
	CHECK_FAILS(DebugSetProcessKillOnExit(TRUE), ERROR_INVALID_HANDLE);
	/* With the thread goes what it debugs. */
	thread = CreateThread(NULL, 0, short_lived_debugger, &made, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(end_code(&made), 0xC0000354);
	close_both(&made);
	CloseHandle(thread);
}

int main(int argc, char **argv)
{
	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc > 2 && !strcmp(argv[1], "child"))
		return child(argv[2]);
	if (argc > 4 && !strcmp(argv[1], "debug"))
		return debug(atoi(argv[2]), (HANDLE)(ULONG_PTR)strtoull(argv[3], NULL, 16), (HANDLE)(ULONG_PTR)strtoull(argv[4], NULL, 16));
	test_defaults();
	test_events();
	test_code();
	test_registers();
	test_crash();
	test_attach();
	test_children();
	test_killed();
	test_control();
	test_objects();
	test_debugger_ends(TRUE);
	test_debugger_ends(FALSE);
	return guest_result();
}
