/*
 * debugger_attach.c - debuggers come and go: attaching and letting go, children of debuggees, the end of either side, NT's debug
 * objects.
 *
 *	debugger_attach.exe child WHAT			what the debuggee does
 *	debugger_attach.exe debug KILL PIPE EVENT	a debugger that will be killed
 */
#include "debuggee.h"

#include <winternl.h>

NTSTATUS NTAPI NtQueryInformationProcess(HANDLE, PROCESSINFOCLASS, PVOID, ULONG, PULONG);
NTSTATUS NTAPI NtCreateDebugObject(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, ULONG);
NTSTATUS NTAPI NtDebugActiveProcess(HANDLE, HANDLE);
NTSTATUS NTAPI NtRemoveProcessDebug(HANDLE, HANDLE);
NTSTATUS NTAPI NtWaitForDebugEvent(HANDLE, BOOLEAN, PLARGE_INTEGER, PVOID);
NTSTATUS NTAPI NtDebugContinue(HANDLE, CLIENT_ID *, NTSTATUS);

static volatile LONG counter;

static int child(const char *what)
{
	if (!strcmp(what, "count"))
		for (;;)
			counter++;
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
	test_attach();
	test_children();
	test_killed();
	test_control();
	test_objects();
	test_debugger_ends(TRUE);
	test_debugger_ends(FALSE);
	return guest_result();
}
