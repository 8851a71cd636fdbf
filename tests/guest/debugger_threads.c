/*
 * debugger_threads.c - a debugger and the threads of its debuggee: who stands and who runs, late answers, hidden threads; what a
 * process that starts under a debugger is like.
 *
 *	debugger_threads.exe child WHAT		what the debuggee does
 */
#include "debuggee.h"

#include <winternl.h>

#define THREADS 4
#define ROUNDS 50
#define THREAD_HIDE 17
#ifndef DBG_REPLY_LATER
#define DBG_REPLY_LATER 0x40010001
#endif

NTSTATUS NTAPI NtSetInformationThread(HANDLE, THREADINFOCLASS, PVOID, ULONG);
NTSTATUS NTAPI NtQueryInformationThread(HANDLE, THREADINFOCLASS, PVOID, ULONG, PULONG);

static volatile LONG counter, passes, seen;

static void pass(void)
{
	__asm__ volatile("int3");
	InterlockedIncrement(&passes);
}

static DWORD WINAPI passing_thread(void *argument)
{
	for (int i = 0; i < ROUNDS; i++)
		pass();
	return 7;
}

static DWORD WINAPI counting_thread(void *argument)
{
	for (;;)
		counter++;
	return 0;
}

static DWORD WINAPI hidden_thread(void *argument)
{
	if (NtSetInformationThread(GetCurrentThread(), THREAD_HIDE, NULL, 0))
		return 1;
	/* Nobody hears of it but the process itself. */
	RaiseException(OWN_CODE, 0, 0, NULL);
	return 6;
}

static LONG CALLBACK handler(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ExceptionRecord->ExceptionCode != OWN_CODE)
		return EXCEPTION_CONTINUE_SEARCH;
	seen++;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static int child(const char *what)
{
	HANDLE threads[THREADS];
	DWORD code = 0;

	if (!strcmp(what, "pass")) {
		for (int i = 0; i < THREADS; i++)
			threads[i] = CreateThread(NULL, 0, passing_thread, NULL, 0, NULL);
		WaitForMultipleObjects(THREADS, threads, TRUE, LONG_TIME);
		return passes == THREADS * ROUNDS ? 20 : 21;
	}
	if (!strcmp(what, "count")) {
		CreateThread(NULL, 0, counting_thread, NULL, 0, NULL);
		while (!counter)
			Sleep(1);
		RaiseException(OWN_CODE, 0, 0, NULL);
		return 22;
	}
	if (!strcmp(what, "hidden")) {
		AddVectoredExceptionHandler(1, handler);
		threads[0] = CreateThread(NULL, 0, hidden_thread, NULL, 0, NULL);
		WaitForSingleObject(threads[0], LONG_TIME);
		GetExitCodeThread(threads[0], &code);
		return (int)code + seen;
	}
	if (!strcmp(what, "mend")) {
		volatile int *place = (volatile int *)(ULONG_PTR)(counter + 16);

		*place = 1;
		return 23;
	}
	if (!strcmp(what, "heap")) {
		BYTE *block = HeapAlloc(GetProcessHeap(), 0, 16);
		ULONG flags = *(ULONG *)((BYTE *)NtCurrentTeb()->ProcessEnvironmentBlock + 0xBC);

		return (int)(flags & 0x70) | (block[16] == 0xAB ? 1 : 0);
	}
	if (!strcmp(what, "wide")) {
		OutputDebugStringW(L"wide");
		return 24;
	}
	if (!strcmp(what, "killer"))
		return TerminateProcess(GetCurrentProcess(), 25);
	return 99;
}

/* Past the first breakpoint; the image's base there. */
static char *past_first_break(DEBUG_EVENT *event)
{
	char *base;

	CHECK_EQUAL(next(event), CREATE_PROCESS_DEBUG_EVENT);
	CloseHandle(event->u.CreateProcessInfo.hFile);
	base = event->u.CreateProcessInfo.lpBaseOfImage;
	go_on(event, DBG_CONTINUE);
	CHECK_EQUAL(next(event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event->u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_BREAKPOINT);
	return base;
}

static void to_last(DEBUG_EVENT *event, PROCESS_INFORMATION *made, DWORD code)
{
	while (next(event) == EXIT_THREAD_DEBUG_EVENT)
		go_on(event, DBG_CONTINUE);
	CHECK_EQUAL(event->dwDebugEventCode, EXIT_PROCESS_DEBUG_EVENT);
	CHECK_EQUAL(event->u.ExitProcess.dwExitCode, code);
	go_on(event, DBG_CONTINUE);
	CHECK_EQUAL(WaitForSingleObject(made->hProcess, LONG_TIME), WAIT_OBJECT_0);
	CloseHandle(made->hProcess);
	CloseHandle(made->hThread);
}

/* Several threads come to a breakpoint, again and again: each time is told once, nothing is lost. */
static void test_breakpoint(void)
{
	PROCESS_INFORMATION made = start("pass", DEBUG_ONLY_THIS_PROCESS);
	int hits = 0, created = 0, ended = 0;
	static CONTEXT context;
	DEBUG_EVENT event;

	past_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	while (next(&event) && event.dwDebugEventCode != EXIT_PROCESS_DEBUG_EVENT) {
		HANDLE thread;

		switch (event.dwDebugEventCode) {
		case CREATE_THREAD_DEBUG_EVENT:
			created++;
			break;
		case EXIT_THREAD_DEBUG_EVENT:
			CHECK_EQUAL(event.u.ExitThread.dwExitCode, 7);
			ended++;
			break;
		case EXCEPTION_DEBUG_EVENT:
			CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_BREAKPOINT);
			hits++;
			thread = OpenThread(THREAD_GET_CONTEXT, FALSE, event.dwThreadId);
			context.ContextFlags = CONTEXT_CONTROL;
			CHECK(GetThreadContext(thread, &context));
			CHECK_EQUAL(context.Rip, (ULONG_PTR)event.u.Exception.ExceptionRecord.ExceptionAddress + 1);
			CloseHandle(thread);
			break;
		default:
			break;
		}
		go_on(&event, DBG_CONTINUE);
	}
	CHECK_EQUAL(created, THREADS);
	CHECK_EQUAL(ended, THREADS);
	CHECK_EQUAL(hits, THREADS * ROUNDS);
	CHECK_EQUAL(event.u.ExitProcess.dwExitCode, 20);
	go_on(&event, DBG_CONTINUE);
	WaitForSingleObject(made.hProcess, LONG_TIME);
	CloseHandle(made.hProcess);
	CloseHandle(made.hThread);
}

static LONG read_counter(HANDLE process, char *base)
{
	LONG value = 0;

	CHECK(ReadProcessMemory(process, there(base, (const void *)&counter), &value, sizeof(value), NULL));
	return value;
}

/* All threads stand between an event and its answer; with DBG_REPLY_LATER the others go on while its thread is suspended. */
static void test_late_answer(void)
{
	PROCESS_INFORMATION made = start("count", DEBUG_ONLY_THIS_PROCESS);
	DEBUG_EVENT event;
	char *base = past_first_break(&event);
	HANDLE thread;
	LONG before;

	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), CREATE_THREAD_DEBUG_EVENT);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, OWN_CODE);
	before = read_counter(made.hProcess, base);
	Sleep(30);
	CHECK_EQUAL(read_counter(made.hProcess, base), before);
	thread = OpenThread(THREAD_ALL_ACCESS, FALSE, event.dwThreadId);
	/* It is not suspended: the counts do not show it. */
	CHECK_EQUAL(SuspendThread(thread), 0);
	go_on(&event, DBG_REPLY_LATER);
	while (read_counter(made.hProcess, base) == before)
		Sleep(5);
	CHECK_FAILS(WaitForDebugEvent(&event, 30), ERROR_SEM_TIMEOUT);
	CHECK_EQUAL(ResumeThread(thread), 1);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionCode, OWN_CODE);
	CHECK_EQUAL(event.u.Exception.dwFirstChance, 1);
	CloseHandle(thread);
	go_on(&event, DBG_CONTINUE);
	/* The counting thread is ended by the end of the process, which says so. */
	CHECK_EQUAL(next(&event), EXIT_THREAD_DEBUG_EVENT);
	CHECK_EQUAL(event.u.ExitThread.dwExitCode, 22);
	go_on(&event, DBG_CONTINUE);
	to_last(&event, &made, 22);
}

static void test_hidden(void)
{
	PROCESS_INFORMATION made = start("hidden", DEBUG_ONLY_THIS_PROCESS);
	DEBUG_EVENT event;

	past_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), CREATE_THREAD_DEBUG_EVENT);
	go_on(&event, DBG_CONTINUE);
	/* Not of its exception. */
	CHECK(next(&event) == EXIT_PROCESS_DEBUG_EVENT || event.dwDebugEventCode == EXIT_THREAD_DEBUG_EVENT);
	if (event.dwDebugEventCode == EXIT_THREAD_DEBUG_EVENT) {
		go_on(&event, DBG_CONTINUE);
		CHECK_EQUAL(next(&event), EXIT_PROCESS_DEBUG_EVENT);
	}
	CHECK_EQUAL(event.u.ExitProcess.dwExitCode, 7);
	go_on(&event, DBG_CONTINUE);
	WaitForSingleObject(made.hProcess, LONG_TIME);
	CloseHandle(made.hProcess);
	CloseHandle(made.hThread);
}

/* A debugger mends at the second chance what nobody in the process could. */
static void test_second_chance(void)
{
	PROCESS_INFORMATION made = start("mend", DEBUG_ONLY_THIS_PROCESS);
	static CONTEXT context;
	DEBUG_EVENT event;
	HANDLE thread;
	char *base = past_first_break(&event);
	DWORD64 *general = &context.Rax;
	int changed = 0;

	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.dwFirstChance, 1);
	go_on(&event, DBG_EXCEPTION_NOT_HANDLED);
	CHECK_EQUAL(next(&event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event.u.Exception.dwFirstChance, 0);
	CHECK_EQUAL(event.u.Exception.ExceptionRecord.ExceptionInformation[1], 16);
	thread = OpenThread(THREAD_ALL_ACCESS, FALSE, event.dwThreadId);
	context.ContextFlags = CONTEXT_FULL;
	CHECK(GetThreadContext(thread, &context));
	CHECK_EQUAL(context.Rip, (ULONG_PTR)event.u.Exception.ExceptionRecord.ExceptionAddress);
	for (int i = 0; i < 16; i++) {
		/* the register that points there, or (by displacement) to 0 */
		if (general[i] == 16 || (i != 4 && general[i] == 0)) {
			general[i] = (ULONG_PTR)there(base, (const void *)&seen) - (general[i] ? 0 : 16);
			changed++;
			break;
		}
	}
	CHECK(changed);
	CHECK(SetThreadContext(thread, &context));
	CloseHandle(thread);
	go_on(&event, DBG_CONTINUE);
	to_last(&event, &made, 23);
}

static void test_start(void)
{
	PROCESS_INFORMATION made = start("heap", DEBUG_ONLY_THIS_PROCESS);
	DEBUG_EVENT event;

	/* The heap of a process that a debugger starts checks its blocks. */
	past_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	to_last(&event, &made, 0x71);
	SetEnvironmentVariableA("_NO_DEBUG_HEAP", "1");
	made = start("heap", DEBUG_ONLY_THIS_PROCESS);
	past_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	to_last(&event, &made, 0);
	SetEnvironmentVariableA("_NO_DEBUG_HEAP", NULL);

	/* Suspended: nothing is told until it runs. */
	made = start("killer", DEBUG_ONLY_THIS_PROCESS | CREATE_SUSPENDED);
	CHECK_FAILS(WaitForDebugEvent(&event, 30), ERROR_SEM_TIMEOUT);
	CHECK_EQUAL(ResumeThread(made.hThread), 1);
	past_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	to_last(&event, &made, 25);

	/* Text in UTF-16 for who knows the narrow form only. */
	made = start("wide", DEBUG_ONLY_THIS_PROCESS);
	past_first_break(&event);
	go_on(&event, DBG_CONTINUE);
	CHECK_EQUAL(next(&event), OUTPUT_DEBUG_STRING_EVENT);
	CHECK_EQUAL(event.u.DebugString.fUnicode, 0);
	CHECK_EQUAL(event.u.DebugString.nDebugStringLength, 5);
	go_on(&event, DBG_CONTINUE);
	to_last(&event, &made, 24);
}

int main(int argc, char **argv)
{
	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc > 2 && !strcmp(argv[1], "child"))
		return child(argv[2]);
	test_start();
	test_breakpoint();
	test_late_answer();
	test_hidden();
	test_second_chance();
	return guest_result();
}
