/*
 * execution_rows_sync.c - rows 105 to 114, 127 and 128 of the execution facts: waits, events, mutexes, semaphores, timers,
 * completion ports.
 */
#include "execution_objects.h"

#define LONG_TIME 120000 /* milliseconds: a wait that ends, ends before */

static DWORD run_thread(LPTHREAD_START_ROUTINE routine, void *argument)
{
	HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
	DWORD code = 0xDEAD;

	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	GetExitCodeThread(thread, &code);
	CloseHandle(thread);
	return code;
}

static void test_single_waits(void)
{
	HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL);

	ROW(105, "execution");
	SetLastError(0xDEADBEEF);
	CHECK_EQUAL(WaitForSingleObject((HANDLE)((ULONG_PTR)event | 1), 0), WAIT_OBJECT_0);
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(event, 1), WAIT_TIMEOUT);
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	CHECK_EQUAL(WaitForSingleObject((HANDLE)0x7FFF0, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	CHECK_EQUAL(WaitForSingleObject(GetCurrentProcess(), 0), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(GetCurrentThread(), 0), WAIT_TIMEOUT);
	CloseHandle(event);
}

static void test_multiple_waits(void)
{
	HANDLE events[65], same[2];

	ROW(106, "execution");
	for (int i = 0; i < 65; i++)
		events[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
	SetEvent(events[5]);
	SetEvent(events[63]);
	CHECK_EQUAL(WaitForMultipleObjects(64, events, FALSE, LONG_TIME), WAIT_OBJECT_0 + 5);
	CHECK_EQUAL(WaitForMultipleObjects(64, events, FALSE, LONG_TIME), WAIT_OBJECT_0 + 63);
	CHECK_EQUAL(WaitForMultipleObjects(64, events, FALSE, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForMultipleObjects(65, events, FALSE, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	SetLastError(0);
	CHECK_EQUAL(WaitForMultipleObjects(0, events, FALSE, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	/* All or none. */
	for (int i = 0; i < 63; i++)
		SetEvent(events[i]);
	CHECK_EQUAL(WaitForMultipleObjects(64, events, TRUE, 10), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(events[7], 0), WAIT_OBJECT_0);
	SetEvent(events[7]);
	SetEvent(events[63]);
	CHECK_EQUAL(WaitForMultipleObjects(64, events, TRUE, 0), WAIT_OBJECT_0);
	for (int i = 0; i < 64; i++)
		CHECK_EQUAL(WaitForSingleObject(events[i], 0), WAIT_TIMEOUT);
	same[0] = same[1] = events[0];
	CHECK_EQUAL(WaitForMultipleObjects(2, same, TRUE, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL((DWORD)NtWaitForMultipleObjects(2, same, 0, FALSE, &(LARGE_INTEGER){.QuadPart = 0}), 0xC0000030);
	SetEvent(events[0]);
	CHECK_EQUAL(WaitForMultipleObjects(2, same, FALSE, 0), WAIT_OBJECT_0);
	same[1] = GetCurrentProcess();
	CHECK_EQUAL(WaitForMultipleObjects(2, same, FALSE, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	for (int i = 0; i < 65; i++)
		CloseHandle(events[i]);
}

static int apcs;
static HANDLE apc_semaphore;

static void CALLBACK count_apc(ULONG_PTR argument)
{
	apcs++;
}

static void CALLBACK taking_apc(ULONG_PTR argument)
{
	apcs++;
	ReleaseSemaphore(apc_semaphore, 1, NULL);
	WaitForSingleObject(apc_semaphore, 0);
}

static DWORD WINAPI apc_before_start(void *unused)
{
	return (DWORD)apcs;
}

static void test_apcs(void)
{
	HANDLE thread;
	LARGE_INTEGER timeout;

	ROW(107, "execution");
	QueueUserAPC(count_apc, GetCurrentThread(), 0);
	QueueUserAPC(count_apc, GetCurrentThread(), 0);
	CHECK_EQUAL(SleepEx(0, FALSE), 0);
	CHECK_EQUAL(apcs, 0);
	CHECK_EQUAL(SleepEx(LONG_TIME, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(apcs, 2);
	CHECK_EQUAL(SleepEx(0, TRUE), 0);
	apc_semaphore = CreateSemaphoreA(NULL, 0, 1, NULL);
	QueueUserAPC(taking_apc, GetCurrentThread(), 0);
	CHECK_EQUAL(WaitForSingleObjectEx(apc_semaphore, LONG_TIME, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(WaitForSingleObject(apc_semaphore, 0), WAIT_TIMEOUT);
	/* An absolute time that is past. */
	timeout.QuadPart = 1;
	CHECK_EQUAL((DWORD)NtWaitForSingleObject(apc_semaphore, FALSE, &timeout), WAIT_TIMEOUT);
	CloseHandle(apc_semaphore);

	ROW(108, "execution");
	CHECK_EQUAL((DWORD)NtQueueApcThread(GetCurrentThread(), NULL, NULL, NULL, NULL), 0);
	CHECK_EQUAL(SleepEx(0, TRUE), 0);
	apcs = 0;
	QueueUserAPC(count_apc, GetCurrentThread(), 0);
	CHECK_EQUAL((DWORD)NtTestAlert(), 0);
	CHECK_EQUAL(apcs, 1);
	thread = CreateThread(NULL, 0, apc_before_start, NULL, CREATE_SUSPENDED, NULL);
	CHECK(QueueUserAPC(count_apc, thread, 0));
	ResumeThread(thread);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	DWORD code = 0;
	GetExitCodeThread(thread, &code);
	CHECK_EQUAL(code, 2);
	CHECK_FAILS(QueueUserAPC(count_apc, thread, 0), ERROR_GEN_FAILURE);
	CloseHandle(thread);
}

static HANDLE turn, done;

/* A released waiter finds the event as the release left it. */
static DWORD WINAPI setter(void *event)
{
	for (int i = 0; i < 2000; i++) {
		WaitForSingleObject(turn, INFINITE);
		SetEvent(event);
	}
	return 0;
}

static void test_events(void)
{
	HANDLE event, thread;
	LONG previous = 7;
	struct {
		LONG type, state;
	} info;

	ROW(110, "execution");
	CHECK_EQUAL((DWORD)NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, 2, FALSE), 0xC000000D);
	CHECK_EQUAL((DWORD)NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, MANUAL_RESET, FALSE), 0);
	CHECK_EQUAL((DWORD)NtSetEvent(event, &previous), 0);
	CHECK_EQUAL(previous, 0);
	CHECK_EQUAL((DWORD)NtSetEvent(event, &previous), 0);
	CHECK_EQUAL(previous, 1);
	CHECK_EQUAL((DWORD)NtQueryEvent(event, 0, &info, sizeof(info), NULL), 0);
	CHECK(info.type == MANUAL_RESET && info.state == 1);
	CHECK_EQUAL((DWORD)NtPulseEvent(event, &previous), 0);
	CHECK_EQUAL(previous, 1);
	CHECK_EQUAL((DWORD)NtResetEvent(event, &previous), 0);
	CHECK_EQUAL(previous, 0);
	turn = CreateEventA(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, setter, event, 0, NULL);
	for (int i = 0; i < 2000; i++) {
		SetEvent(turn);
		CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
		CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
		ResetEvent(event);
	}
	WaitForSingleObject(thread, LONG_TIME);
	CloseHandle(thread);
	CloseHandle(turn);
	CloseHandle(event);
}

static DWORD WINAPI try_mutex(void *mutex)
{
	DWORD result = WaitForSingleObject(mutex, 0);

	if (result != WAIT_TIMEOUT)
		return result;
	return ReleaseMutex(mutex) ? 1 : GetLastError();
}

static DWORD WINAPI keep_mutex(void *mutex)
{
	return WaitForSingleObject(mutex, LONG_TIME);
}

static void test_mutexes(void)
{
	HANDLE mutex = CreateMutexA(NULL, TRUE, NULL), limited;
	LONG previous;
	struct {
		LONG count;
		BOOLEAN owned, abandoned;
	} info;

	ROW(110, "execution");
	CHECK_EQUAL((DWORD)NtQueryMutant(mutex, 0, &info, sizeof(info), NULL), 0);
	CHECK(info.count == 0 && info.owned && !info.abandoned);
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	NtQueryMutant(mutex, 0, &info, sizeof(info), NULL);
	CHECK_EQUAL(info.count, -1);
	CHECK_EQUAL(run_thread(try_mutex, mutex), ERROR_NOT_OWNER);
	CHECK_EQUAL((DWORD)NtReleaseMutant(mutex, &previous), 0);
	CHECK_EQUAL(previous, -1);
	CHECK_EQUAL((DWORD)NtReleaseMutant(mutex, &previous), 0);
	CHECK_EQUAL(previous, 0);
	CHECK_EQUAL((DWORD)NtReleaseMutant(mutex, &previous), 0xC0000046);
	CHECK_FAILS(ReleaseMutex(mutex), ERROR_NOT_OWNER);

	ROW(111, "execution");
	CHECK_EQUAL(run_thread(keep_mutex, mutex), WAIT_OBJECT_0);
	NtQueryMutant(mutex, 0, &info, sizeof(info), NULL);
	CHECK(info.count == 1 && !info.owned && info.abandoned);
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_ABANDONED);
	NtQueryMutant(mutex, 0, &info, sizeof(info), NULL);
	CHECK(info.count == 0 && info.owned && !info.abandoned);
	CHECK(ReleaseMutex(mutex));
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);

	ROW(112, "execution");
	CHECK(DuplicateHandle(GetCurrentProcess(), mutex, GetCurrentProcess(), &limited, READ_CONTROL, FALSE, 0));
	CHECK_EQUAL(WaitForSingleObject(limited, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CHECK(ReleaseMutex(limited));
	CloseHandle(limited);
	CloseHandle(mutex);
	mutex = CreateMutexA(NULL, FALSE, "pewter.row.112");
	CHECK_FAILS(OpenMutexA(0, FALSE, "pewter.row.112"), ERROR_ACCESS_DENIED);
	CHECK_FAILS(OpenMutexA(ACCESS_SYSTEM_SECURITY, FALSE, "pewter.row.112"), ERROR_PRIVILEGE_NOT_HELD);
	static const DWORD rights[] = {1, DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE,
				       GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL, MAXIMUM_ALLOWED};
	for (unsigned i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		limited = OpenMutexA(rights[i], FALSE, "pewter.row.112");
		CHECK(limited != NULL);
		/* To give it up no right is needed, to wait one. */
		CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
		CHECK(ReleaseMutex(limited));
		CHECK_EQUAL(WaitForSingleObject(limited, 0),
			    rights[i] == SYNCHRONIZE || rights[i] == MAXIMUM_ALLOWED ||
					    (rights[i] & (GENERIC_EXECUTE | GENERIC_ALL))
				    ? WAIT_OBJECT_0
				    : WAIT_FAILED);
		ReleaseMutex(mutex);
		CloseHandle(limited);
	}
	/* Bits that mean nothing to a mutex open nothing. */
	for (DWORD bit = 2; bit < 0x10000; bit <<= 1)
		CHECK_FAILS(OpenMutexA(bit, FALSE, "pewter.row.112"), ERROR_ACCESS_DENIED);
	CHECK_FAILS(OpenMutexA(0x200000, FALSE, "pewter.row.112"), ERROR_ACCESS_DENIED);
	CHECK_FAILS(OpenMutexA(0x800000, FALSE, "pewter.row.112"), ERROR_ACCESS_DENIED);
	CloseHandle(mutex);
}

static DWORD WINAPI take_one(void *semaphore)
{
	return WaitForSingleObject(semaphore, LONG_TIME);
}

static void test_semaphores(void)
{
	HANDLE semaphore, event;
	LONG previous = 77;

	ROW(113, "execution");
	CHECK_FAILS(CreateSemaphoreA(NULL, 2, 1, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CreateSemaphoreA(NULL, -1, 1, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CreateSemaphoreA(NULL, 0, 0, NULL), ERROR_INVALID_PARAMETER);
	semaphore = CreateSemaphoreA(NULL, 1, 3, NULL);
	CHECK_FAILS(ReleaseSemaphore(semaphore, 3, &previous), ERROR_TOO_MANY_POSTS);
	CHECK_EQUAL(previous, 77);
	CHECK_FAILS(ReleaseSemaphore(semaphore, 0, &previous), ERROR_INVALID_PARAMETER);
	CHECK(ReleaseSemaphore(semaphore, 2, &previous));
	CHECK_EQUAL(previous, 1);
	CHECK_FAILS(ReleaseSemaphore(semaphore, 1, NULL), ERROR_TOO_MANY_POSTS);
	CHECK_EQUAL((DWORD)NtReleaseSemaphore(semaphore, 1, NULL), 0xC0000047);
	/* A thread that ends with what it took keeps it. */
	CHECK_EQUAL(run_thread(take_one, semaphore), WAIT_OBJECT_0);
	CHECK(ReleaseSemaphore(semaphore, 1, &previous));
	CHECK_EQUAL(previous, 2);
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);

	ROW(114, "execution");
	event = CreateEventA(NULL, FALSE, FALSE, NULL);
	CHECK_EQUAL(SignalObjectAndWait(event, event, 0, FALSE), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(SignalObjectAndWait(semaphore, semaphore, 0, FALSE), WAIT_OBJECT_0);
	CHECK(ReleaseSemaphore(semaphore, 3, NULL));
	CHECK_EQUAL(SignalObjectAndWait(semaphore, event, 0, FALSE), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_TOO_MANY_POSTS);
	CHECK_EQUAL(SignalObjectAndWait(GetCurrentProcess(), event, 0, FALSE), WAIT_FAILED);
	CHECK_EQUAL(SignalObjectAndWait(GetStdHandle(STD_OUTPUT_HANDLE), event, 0, FALSE), WAIT_FAILED);
	{
		char path[MAX_PATH];
		HANDLE file;

		GetModuleFileNameA(NULL, path, sizeof(path));
		file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
		CHECK(file != INVALID_HANDLE_VALUE);
		SetLastError(0);
		CHECK_EQUAL(SignalObjectAndWait(file, event, 0, FALSE), WAIT_FAILED);
		CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
		CloseHandle(file);
	}
	CloseHandle(event);
	CloseHandle(semaphore);
}

static DWORD timer_argument;

static void CALLBACK timer_apc(void *argument, DWORD low, DWORD high)
{
	timer_argument = (DWORD)(ULONG_PTR)argument;
}

static void test_timers(void)
{
	HANDLE manual = CreateWaitableTimerA(NULL, TRUE, NULL), automatic = CreateWaitableTimerA(NULL, FALSE, NULL);
	LARGE_INTEGER due = {.QuadPart = -100000}, never = {.QuadPart = -36000000000ll};

	ROW(114, "execution");
	CHECK(SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE));
	CHECK_EQUAL(WaitForSingleObject(manual, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
	/* Set again: not signalled, and the old time is forgotten. */
	CHECK(SetWaitableTimer(manual, &never, 0, NULL, NULL, FALSE));
	CHECK_EQUAL(WaitForSingleObject(manual, 30), WAIT_TIMEOUT);
	CHECK(SetWaitableTimer(automatic, &due, 5, NULL, NULL, FALSE));
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(WaitForSingleObject(automatic, LONG_TIME), WAIT_OBJECT_0);
	CHECK(CancelWaitableTimer(automatic));
	due.QuadPart = 0; /* at once */
	CHECK(SetWaitableTimer(automatic, &due, 0, timer_apc, (void *)0x1234, FALSE));
	CHECK_EQUAL(SleepEx(LONG_TIME, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(timer_argument, 0x1234);
	CloseHandle(manual);
	CloseHandle(automatic);
}

static DWORD WINAPI dequeue_abandoned(void *port)
{
	OVERLAPPED *overlapped;
	ULONG_PTR key;
	DWORD count;

	SetEvent(done);
	return GetQueuedCompletionStatus(port, &count, &key, &overlapped, LONG_TIME) ? 0 : GetLastError();
}

static void test_ports(void)
{
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), thread;
	OVERLAPPED_ENTRY entries[4];
	ULONG count;
	DWORD code;

	ROW(127, "execution");
	for (ULONG_PTR i = 1; i <= 5; i++)
		CHECK(PostQueuedCompletionStatus(port, (DWORD)i, i * 10, NULL));
	CHECK(GetQueuedCompletionStatusEx(port, entries, 4, &count, LONG_TIME, FALSE));
	CHECK_EQUAL(count, 4);
	for (ULONG i = 0; i < 4; i++)
		CHECK(entries[i].lpCompletionKey == (i + 1) * 10 && entries[i].dwNumberOfBytesTransferred == i + 1);
	CHECK(GetQueuedCompletionStatusEx(port, entries, 4, &count, LONG_TIME, FALSE));
	CHECK_EQUAL(count, 1);
	CHECK_FAILS(GetQueuedCompletionStatusEx(port, entries, 4, &count, 1, FALSE), WAIT_TIMEOUT);

	ROW(128, "execution");
	done = CreateEventA(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, dequeue_abandoned, port, 0, NULL);
	WaitForSingleObject(done, LONG_TIME);
	Sleep(100); /* sooner, it may find the handle closed: another error */
	CloseHandle(port);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	GetExitCodeThread(thread, &code);
	CHECK(code == ERROR_ABANDONED_WAIT_0 || code == ERROR_INVALID_HANDLE);
	CloseHandle(thread);
	CloseHandle(done);
}

int main(void)
{
	test_single_waits();
	test_multiple_waits();
	test_apcs();
	test_events();
	test_mutexes();
	test_semaphores();
	test_timers();
	test_ports();
	return guest_result();
}
