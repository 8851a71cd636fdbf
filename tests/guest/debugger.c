/*
 * debugger.c - a debugger and its debuggees: every kind of event and what it says, breakpoints, steps, debug registers, second
 * chances.
 *
 *	debugger.exe child WHAT		what the debuggee does
 */
#include "debuggee.h"

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
	return 99;
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
	code = there(created.u.CreateProcessInfo.lpBaseOfImage, (void *)answer);
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

static volatile LONG own_steps;

static LONG CALLBACK note_step(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ExceptionRecord->ExceptionCode != EXCEPTION_SINGLE_STEP)
		return EXCEPTION_CONTINUE_SEARCH;
	own_steps++;
	pointers->ContextRecord->EFlags |= 0x10000; /* resume */
	return EXCEPTION_CONTINUE_EXECUTION;
}

static DWORD WINAPI call_answer(void *argument)
{
	return (DWORD)answer(1);
}

/* Virtual machines and containers may have none to give. */
static BOOL have_registers(void)
{
	HANDLE thread = CreateThread(NULL, 0, call_answer, NULL, CREATE_SUSPENDED, NULL);
	void *handle = AddVectoredExceptionHandler(1, note_step);
	static CONTEXT context;

	context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
	context.Dr0 = (ULONG_PTR)answer;
	context.Dr7 = 1;
	CHECK(SetThreadContext(thread, &context));
	ResumeThread(thread);
	WaitForSingleObject(thread, LONG_TIME);
	CloseHandle(thread);
	RemoveVectoredExceptionHandler(handle);
	return own_steps != 0;
}

/* Debug registers: a breakpoint on both calls, and one on a write. */
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
	code = there(created.u.CreateProcessInfo.lpBaseOfImage, (void *)answer);
	go_on(&created, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	context = context_of(thread, CONTEXT_DEBUG_REGISTERS);
	context.Dr0 = (ULONG_PTR)there(created.u.CreateProcessInfo.lpBaseOfImage, (const void *)&watched);
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

int main(int argc, char **argv)
{
	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc > 2 && !strcmp(argv[1], "child"))
		return child(argv[2]);
	test_events();
	test_code();
	if (have_registers())
		test_registers();
	test_crash();
	return guest_result();
}
