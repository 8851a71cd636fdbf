/*
 * shared_objects.c - events, mutexes, semaphores and timers that several processes have by name: this program starts
 * itself.
 *
 *	shared_objects.exe child WHAT NAME		what the child does; its exit code is the answer
 */
#include "guest.h"

#define LONG_TIME 120000 /* milliseconds: a wait that ends, ends before */

static char self[MAX_PATH], prefix[64];

/* A name that only this run has: "PREFIX.what". */
static const char *name_of(const char *what)
{
	static char names[8][128];
	static unsigned next;
	char *name = names[next++ % 8];

	snprintf(name, 128, "%s.%s", prefix, what);
	return name;
}

static int child(const char *what)
{
	HANDLE both[3];
	DWORD result;

	if (!strcmp(what, "set")) {
		HANDLE event = OpenEventA(EVENT_MODIFY_STATE, FALSE, name_of("event"));

		return event && SetEvent(event) ? 0 : (int)GetLastError();
	}
	if (!strcmp(what, "wait")) {
		HANDLE event = OpenEventA(SYNCHRONIZE, FALSE, name_of("event"));
		HANDLE ready = OpenSemaphoreA(SEMAPHORE_MODIFY_STATE, FALSE, name_of("ready"));

		if (!event || !ready || !ReleaseSemaphore(ready, 1, NULL))
			return 90;
		return (int)WaitForSingleObject(event, LONG_TIME);
	}
	if (!strcmp(what, "any")) { /* a private and two shared ones */
		both[0] = CreateEventA(NULL, TRUE, FALSE, NULL);
		both[1] = OpenEventA(SYNCHRONIZE, FALSE, name_of("event"));
		both[2] = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name_of("tokens"));
		return (int)WaitForMultipleObjects(3, both, FALSE, LONG_TIME);
	}
	if (!strcmp(what, "all")) {
		both[0] = CreateEventA(NULL, FALSE, TRUE, NULL);
		both[1] = OpenEventA(SYNCHRONIZE, FALSE, name_of("event"));
		both[2] = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name_of("tokens"));
		result = WaitForMultipleObjects(3, both, TRUE, LONG_TIME);
		/* All three were taken. */
		for (int i = 0; i < 3 && !result; i++)
			if (WaitForSingleObject(both[i], 0) != WAIT_TIMEOUT)
				result = 80 + i;
		return (int)result;
	}
	if (!strcmp(what, "own")) { /* and end without a word */
		HANDLE mutex = CreateMutexA(NULL, FALSE, name_of("mutex"));

		if (WaitForSingleObject(mutex, LONG_TIME) != WAIT_OBJECT_0)
			return 91;
		TerminateProcess(GetCurrentProcess(), 7);
	}
	if (!strcmp(what, "hold")) { /* until killed */
		HANDLE mutex = CreateMutexA(NULL, FALSE, name_of("mutex"));

		if (WaitForSingleObject(mutex, LONG_TIME) != WAIT_OBJECT_0)
			return 92;
		SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, name_of("event")));
		Sleep(INFINITE);
	}
	if (!strcmp(what, "open")) { /* it, and nothing else */
		HANDLE mutex = OpenMutexA(SYNCHRONIZE, FALSE, name_of("mutex"));

		SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, name_of("event")));
		return mutex ? (int)WaitForSingleObject(OpenEventA(SYNCHRONIZE, FALSE, name_of("end")), LONG_TIME) : 98;
	}
	if (!strcmp(what, "count")) { /* a counter that the mutex guards, in a semaphore's count */
		HANDLE mutex = OpenMutexA(SYNCHRONIZE, FALSE, name_of("mutex"));
		HANDLE event = OpenEventA(EVENT_ALL_ACCESS, FALSE, name_of("event"));
		HANDLE tokens = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name_of("tokens"));

		for (int i = 0; i < 200; i++) {
			if (WaitForSingleObject(mutex, LONG_TIME) != WAIT_OBJECT_0)
				return 93;
			/* Nobody else is between these two. */
			if (WaitForSingleObject(event, 0) != WAIT_TIMEOUT || !SetEvent(event))
				return 94;
			if (!ReleaseSemaphore(tokens, 1, NULL))
				return 95;
			if (WaitForSingleObject(event, 0) != WAIT_OBJECT_0)
				return 96;
			ReleaseMutex(mutex);
		}
		return 0;
	}
	if (!strcmp(what, "pong")) {
		HANDLE ping = OpenEventA(EVENT_ALL_ACCESS, FALSE, name_of("ping"));
		HANDLE pong = OpenEventA(EVENT_ALL_ACCESS, FALSE, name_of("pong"));

		for (int i = 0; i < 500; i++) {
			if (WaitForSingleObject(ping, LONG_TIME) != WAIT_OBJECT_0)
				return 97;
			SetEvent(pong);
		}
		return 0;
	}
	if (!strcmp(what, "exit"))
		ExitProcess(0xABCDEF01);
	if (!strcmp(what, "timer"))
		return (int)WaitForSingleObject(OpenWaitableTimerA(SYNCHRONIZE, FALSE, name_of("timer")), LONG_TIME);
	if (!strcmp(what, "settimer")) {
		HANDLE timer = OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, name_of("timer"));
		LARGE_INTEGER due = {.QuadPart = -200000};

		return !SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
	}
	return 99;
}

static HANDLE start_inheriting(const char *what, BOOL inherit)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	char line[512];

	snprintf(line, sizeof(line), "\"%s\" child %s %s", self, what, prefix);
	if (!CreateProcessA(self, line, NULL, NULL, inherit, 0, NULL, NULL, &startup, &process)) {
		CHECK_EQUAL(GetLastError(), 0);
		return NULL;
	}
	CloseHandle(process.hThread);
	return process.hProcess;
}

static HANDLE start(const char *what)
{
	return start_inheriting(what, FALSE);
}

static DWORD result_of(HANDLE process)
{
	DWORD code = 0xDEAD;

	CHECK_EQUAL(WaitForSingleObject(process, 2 * LONG_TIME), WAIT_OBJECT_0);
	GetExitCodeProcess(process, &code);
	CloseHandle(process);
	return code;
}

static void test_events(void)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, name_of("event"));
	HANDLE ready = CreateSemaphoreA(NULL, 0, 100, name_of("ready"));
	HANDLE waiters[3];

	CHECK_EQUAL(result_of(start("set")), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	/* A wait that sleeps already. */
	waiters[0] = start("set");
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(result_of(waiters[0]), 0);
	/* Three set, three released. */
	for (int i = 0; i < 3; i++)
		waiters[i] = start("wait");
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(WaitForSingleObject(ready, LONG_TIME), WAIT_OBJECT_0);
	for (int i = 0; i < 3; i++) {
		SetEvent(event);
		CHECK(WaitForMultipleObjects(3, waiters, FALSE, LONG_TIME) < 3);
		for (int j = 0; j < 3; j++) {
			if (WaitForSingleObject(waiters[j], 0) == WAIT_OBJECT_0) {
				CHECK_EQUAL(result_of(waiters[j]), 0);
				waiters[j] = CreateEventA(NULL, TRUE, FALSE, NULL);
			}
		}
	}
	for (int j = 0; j < 3; j++)
		CloseHandle(waiters[j]);
	/* A killed waiter takes nothing. */
	waiters[0] = start("wait");
	CHECK_EQUAL(WaitForSingleObject(ready, LONG_TIME), WAIT_OBJECT_0);
	Sleep(50);
	TerminateProcess(waiters[0], 1);
	result_of(waiters[0]);
	SetEvent(event);
	SetEvent(event);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	CloseHandle(ready);
	CloseHandle(event);
	CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, name_of("event")), ERROR_FILE_NOT_FOUND);
}

static void test_manual_reset(void)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, name_of("event"));
	HANDLE ready = CreateSemaphoreA(NULL, 0, 100, name_of("ready"));
	HANDLE waiters[2] = {start("wait"), start("wait")};

	for (int i = 0; i < 2; i++)
		CHECK_EQUAL(WaitForSingleObject(ready, LONG_TIME), WAIT_OBJECT_0);
	Sleep(100);
	SetEvent(event);
	ResetEvent(event);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	SetEvent(event); /* for one that had not begun to wait after all */
	CHECK_EQUAL(result_of(waiters[0]), 0);
	CHECK_EQUAL(result_of(waiters[1]), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CloseHandle(ready);
	CloseHandle(event);
}

static void test_several(void)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, name_of("event"));
	HANDLE tokens = CreateSemaphoreA(NULL, 0, 2, name_of("tokens"));
	HANDLE process = start("any");
	LONG previous;

	Sleep(50);
	ReleaseSemaphore(tokens, 1, NULL);
	CHECK_EQUAL(result_of(process), 2);
	process = start("any");
	Sleep(50);
	SetEvent(event);
	CHECK_EQUAL(result_of(process), 1);
	process = start("all");
	Sleep(50);
	SetEvent(event);
	CHECK_EQUAL(WaitForSingleObject(process, 50), WAIT_TIMEOUT);
	ReleaseSemaphore(tokens, 1, NULL);
	CHECK_EQUAL(result_of(process), 0);
	CHECK(ReleaseSemaphore(tokens, 2, &previous));
	CHECK_EQUAL(previous, 0);
	CHECK_FAILS(ReleaseSemaphore(tokens, 1, &previous), ERROR_TOO_MANY_POSTS);
	CloseHandle(tokens);
	CloseHandle(event);
}

static void test_mutexes(void)
{
	HANDLE mutex = CreateMutexA(NULL, TRUE, name_of("mutex"));
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, name_of("event"));
	HANDLE tokens = CreateSemaphoreA(NULL, 0, 10000, name_of("tokens"));
	HANDLE processes[3], process, end;

	/* Abandoned: the process ended. */
	process = start("own");
	Sleep(50);
	CHECK_EQUAL(WaitForSingleObject(process, 50), WAIT_TIMEOUT);
	CHECK(ReleaseMutex(mutex));
	CHECK_EQUAL(result_of(process), 7);
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_TIME), WAIT_ABANDONED);
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	CHECK(ReleaseMutex(mutex));
	CHECK(ReleaseMutex(mutex));
	CHECK_FAILS(ReleaseMutex(mutex), ERROR_NOT_OWNER);
	/* Killed while somebody waits. */
	process = start("hold");
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_TIMEOUT);
	CHECK_FAILS(ReleaseMutex(mutex), ERROR_NOT_OWNER);
	TerminateProcess(process, 3);
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_TIME), WAIT_ABANDONED);
	CHECK_EQUAL(result_of(process), 3);
	CHECK(ReleaseMutex(mutex));
	/* Killed, and another process has come before anybody looks. */
	end = CreateEventA(NULL, TRUE, FALSE, name_of("end"));
	process = start("hold");
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	TerminateProcess(process, 3);
	CHECK_EQUAL(result_of(process), 3);
	process = start("open");
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_TIME / 4), WAIT_ABANDONED);
	CHECK(ReleaseMutex(mutex));
	SetEvent(end);
	CHECK_EQUAL(result_of(process), 0);
	CloseHandle(end);
	for (int i = 0; i < 3; i++)
		processes[i] = start("count");
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(result_of(processes[i]), 0);
	for (int i = 0; i < 600; i++)
		CHECK_EQUAL(WaitForSingleObject(tokens, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(tokens, 0), WAIT_TIMEOUT);
	CloseHandle(tokens);
	CloseHandle(event);
	CloseHandle(mutex);
}

static void test_ping_pong(void)
{
	HANDLE ping = CreateEventA(NULL, FALSE, FALSE, name_of("ping"));
	HANDLE pong = CreateEventA(NULL, FALSE, FALSE, name_of("pong"));
	HANDLE process = start("pong");

	for (int i = 0; i < 500; i++) {
		SetEvent(ping);
		CHECK_EQUAL(WaitForSingleObject(pong, LONG_TIME), WAIT_OBJECT_0);
	}
	CHECK_EQUAL(result_of(process), 0);
	CloseHandle(ping);
	CloseHandle(pong);
}

static void test_timers(void)
{
	HANDLE timer = CreateWaitableTimerA(NULL, FALSE, name_of("timer"));
	LARGE_INTEGER due = {.QuadPart = -10000000000};
	HANDLE process;

	CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
	CHECK_EQUAL(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
	process = start("timer");
	Sleep(50);
	due.QuadPart = -200000;
	CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE)); /* who waits learns of the new time */
	CHECK_EQUAL(result_of(process), 0);
	CHECK_EQUAL(WaitForSingleObject(timer, 100), WAIT_TIMEOUT);
	/* Set by a process that is gone when it is due. */
	CHECK_EQUAL(result_of(start("settimer")), 0);
	CHECK_EQUAL(WaitForSingleObject(timer, LONG_TIME), WAIT_OBJECT_0);
	due.QuadPart = -100000;
	CHECK(SetWaitableTimer(timer, &due, 10, NULL, NULL, FALSE));
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(WaitForSingleObject(timer, LONG_TIME), WAIT_OBJECT_0);
	CHECK(CancelWaitableTimer(timer));
	CloseHandle(timer);
}

static DWORD WINAPI waiter(void *event)
{
	return WaitForSingleObject(event, LONG_TIME);
}

static DWORD WINAPI waiter_for_two(void *events)
{
	return WaitForMultipleObjects(2, events, TRUE, LONG_TIME);
}

/* Objects that have no name go to a child with their handles; threads wait for them already. */
static void test_inheritance(void)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	HANDLE event = CreateEventA(&inherit, FALSE, FALSE, NULL), mutex = CreateMutexA(NULL, TRUE, NULL);
	HANDLE semaphore = CreateSemaphoreA(NULL, 2, 5, NULL), both[2], threads[2], process;
	char what[128];
	DWORD code;

	both[0] = CreateEventA(&inherit, TRUE, FALSE, NULL);
	both[1] = CreateEventA(NULL, TRUE, FALSE, NULL);
	CHECK(SetHandleInformation(mutex, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
	CHECK(SetHandleInformation(semaphore, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	threads[0] = CreateThread(NULL, 0, waiter, event, 0, NULL);
	threads[1] = CreateThread(NULL, 0, waiter_for_two, both, 0, NULL);
	Sleep(50);
	snprintf(what, sizeof(what), "inherited:%u:%u:%u:%u", (unsigned)(ULONG_PTR)event, (unsigned)(ULONG_PTR)mutex,
		 (unsigned)(ULONG_PTR)semaphore, (unsigned)(ULONG_PTR)both[0]);
	process = start_inheriting(what, TRUE);
	/* The child has set both events. */
	CHECK_EQUAL(WaitForSingleObject(threads[0], LONG_TIME), WAIT_OBJECT_0);
	SetEvent(both[1]);
	CHECK_EQUAL(WaitForSingleObject(threads[1], LONG_TIME), WAIT_OBJECT_0);
	for (int i = 0; i < 2; i++) {
		CHECK(GetExitCodeThread(threads[i], &code));
		CHECK_EQUAL(code, WAIT_OBJECT_0);
		CloseHandle(threads[i]);
	}
	CHECK(ReleaseMutex(mutex));
	CHECK_EQUAL(WaitForSingleObject(process, 50), WAIT_TIMEOUT);
	CHECK(ReleaseMutex(mutex));
	CHECK_EQUAL(result_of(process), 0);
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_TIME), WAIT_ABANDONED);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
	/* Not inheritable, or not inherited. */
	snprintf(what, sizeof(what), "missing:%u", (unsigned)(ULONG_PTR)both[1]);
	CHECK_EQUAL(result_of(start_inheriting(what, TRUE)), ERROR_INVALID_HANDLE);
	snprintf(what, sizeof(what), "missing:%u", (unsigned)(ULONG_PTR)event);
	CHECK_EQUAL(result_of(start_inheriting(what, FALSE)), ERROR_INVALID_HANDLE);
	CloseHandle(event);
	CloseHandle(mutex);
	CloseHandle(semaphore);
	CloseHandle(both[0]);
	CloseHandle(both[1]);
}

/* The child's part: sets the events, waits for the mutex, takes one of the semaphore, and ends. */
static int inherited(const char *values)
{
	unsigned handle[4];

	if (sscanf(values, "%u:%u:%u:%u", &handle[0], &handle[1], &handle[2], &handle[3]) != 4)
		return 70;
	if (!SetEvent((HANDLE)(ULONG_PTR)handle[0]) || !SetEvent((HANDLE)(ULONG_PTR)handle[3]))
		return 71;
	if (WaitForSingleObject((HANDLE)(ULONG_PTR)handle[2], 0) != WAIT_OBJECT_0)
		return 72;
	return (int)WaitForSingleObject((HANDLE)(ULONG_PTR)handle[1], LONG_TIME);
}

/* Processes by their ids. */
static void test_open_process(void)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, name_of("event")), process, again, thread;
	char what[64];
	DWORD id, code;

	process = start("hold");
	id = GetProcessId(process);
	again = OpenProcess(PROCESS_ALL_ACCESS, FALSE, id);
	CHECK(again != NULL && again != process);
	CHECK_EQUAL(GetProcessId(again), id);
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	CHECK(TerminateProcess(again, 0x12345678));
	CHECK_EQUAL(WaitForSingleObject(again, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(again, &code));
	CHECK_EQUAL(code, 0x12345678);
	CloseHandle(again);
	CHECK_EQUAL(result_of(process), 0x12345678);
	/* A child of a child, and our own child looking at us. */
	snprintf(what, sizeof(what), "open:%lu", GetCurrentProcessId());
	process = start(what);
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(result_of(process), 0);
	thread = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId());
	CHECK_EQUAL(WaitForSingleObject(thread, 0), WAIT_TIMEOUT);
	CloseHandle(thread);
	CHECK_FAILS(OpenProcess(PROCESS_ALL_ACCESS, FALSE, 4 * 0x3FFFFF), ERROR_INVALID_PARAMETER);
	CloseHandle(event);
}

/* A child gets a handle to its parent's process and first thread, and to a brother of its own. */
static void test_inherited_processes(void)
{
	HANDLE self_process, self_thread, brother, event = CreateEventA(NULL, FALSE, FALSE, name_of("event"));
	char what[128];

	CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &self_process, 0, TRUE,
			      DUPLICATE_SAME_ACCESS));
	CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self_thread, 0, TRUE,
			      DUPLICATE_SAME_ACCESS));
	brother = start("hold");
	CHECK(SetHandleInformation(brother, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	snprintf(what, sizeof(what), "family:%u:%u:%u", (unsigned)(ULONG_PTR)self_process,
		 (unsigned)(ULONG_PTR)self_thread, (unsigned)(ULONG_PTR)brother);
	CHECK_EQUAL(result_of(start_inheriting(what, TRUE)), 0);
	CHECK_EQUAL(result_of(brother), 0x99999999);
	CloseHandle(self_process);
	CloseHandle(self_thread);
	CloseHandle(event);
}

/* The child's part: looks at them, and ends the brother. */
static int family(const char *values)
{
	unsigned handle[3];
	HANDLE parent, thread, brother;

	if (sscanf(values, "%u:%u:%u", &handle[0], &handle[1], &handle[2]) != 3)
		return 40;
	parent = (HANDLE)(ULONG_PTR)handle[0];
	thread = (HANDLE)(ULONG_PTR)handle[1];
	brother = (HANDLE)(ULONG_PTR)handle[2];
	if (GetProcessId(parent) == GetCurrentProcessId() || WaitForSingleObject(parent, 0) != WAIT_TIMEOUT)
		return 41;
	if (WaitForSingleObject(thread, 0) != WAIT_TIMEOUT || GetProcessIdOfThread(thread) != GetProcessId(parent))
		return 42;
	if (WaitForSingleObject(brother, 0) != WAIT_TIMEOUT || !TerminateProcess(brother, 0x99999999))
		return 43;
	return (int)WaitForSingleObject(brother, LONG_TIME);
}

static int open_parent(DWORD id)
{
	HANDLE parent = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id), grandchild, opened;
	DWORD code;

	if (!parent || GetProcessId(parent) != id || WaitForSingleObject(parent, 0) != WAIT_TIMEOUT)
		return 60;
	if (!GetExitCodeProcess(parent, &code) || code != STILL_ACTIVE)
		return 61;
	grandchild = start("exit");
	opened = OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetProcessId(grandchild));
	if (!opened || WaitForSingleObject(opened, LONG_TIME) || !GetExitCodeProcess(opened, &code) ||
	    code != 0xABCDEF01)
		return 62;
	SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, name_of("event")));
	return 0;
}

int main(int argc, char **argv)
{
	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc == 4 && !strcmp(argv[1], "child")) {
		snprintf(prefix, sizeof(prefix), "%s", argv[3]);
		if (!strncmp(argv[2], "inherited:", 10))
			return inherited(argv[2] + 10);
		if (!strncmp(argv[2], "family:", 7))
			return family(argv[2] + 7);
		if (!strncmp(argv[2], "missing:", 8))
			return SetEvent((HANDLE)(ULONG_PTR)atoi(argv[2] + 8)) ? 0 : (int)GetLastError();
		if (!strncmp(argv[2], "open:", 5))
			return open_parent(strtoul(argv[2] + 5, NULL, 10));
		return child(argv[2]);
	}
	snprintf(prefix, sizeof(prefix), "pewter.test.%lu", GetCurrentProcessId());
	test_events();
	test_manual_reset();
	test_several();
	test_mutexes();
	test_ping_pong();
	test_timers();
	test_inheritance();
	test_open_process();
	test_inherited_processes();
	return guest_result();
}
