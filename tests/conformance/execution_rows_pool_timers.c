/* The thread pool's timers, waits and I/O, timer queues, registered waits; rows 115, 130 and 132 to 134 of the execution facts. */
#include "execution_threads.h"

static HANDLE arrived, gate;
static volatile LONG calls, timeouts;

static LARGE_INTEGER in_ms(int milliseconds)
{
	LARGE_INTEGER time = {.QuadPart = milliseconds * -10000ll};

	return time;
}

static LARGE_INTEGER system_time(int milliseconds)
{
	LARGE_INTEGER time;

	GetSystemTimeAsFileTime((FILETIME *)&time);
	time.QuadPart += milliseconds * 10000ll;
	return time;
}

static void CALLBACK timer_callback(PTP_CALLBACK_INSTANCE instance, void *context, PTP_TIMER timer)
{
	InterlockedIncrement(&calls);
	ReleaseSemaphore(arrived, 1, NULL);
}

static void set_timer(PTP_TIMER timer, LARGE_INTEGER due, DWORD period)
{
	SetThreadpoolTimer(timer, (FILETIME *)&due, period, 0);
}

static void timers(void)
{
	PTP_TIMER timer = CreateThreadpoolTimer(timer_callback, NULL, NULL);
	LARGE_INTEGER due;
	DWORD start;

	ROW(132, "execution");
	CHECK(timer != NULL);
	CHECK(!IsThreadpoolTimerSet(timer));
	start = GetTickCount();
	set_timer(timer, in_ms(100), 0);
	CHECK(IsThreadpoolTimerSet(timer));
	WaitForThreadpoolTimerCallbacks(timer, FALSE); /* none yet */
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(GetTickCount() - start >= 80);
	CHECK(IsThreadpoolTimerSet(timer));

	start = GetTickCount();
	set_timer(timer, system_time(100), 0);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(GetTickCount() - start >= 80);

	due.QuadPart = 0;
	set_timer(timer, due, 0);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(IsThreadpoolTimerSet(timer));
	SetThreadpoolTimer(timer, NULL, 0, 0);
	CHECK(!IsThreadpoolTimerSet(timer));
	WaitForThreadpoolTimerCallbacks(timer, TRUE);

	start = GetTickCount();
	set_timer(timer, in_ms(50), 50);
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(GetTickCount() - start >= 130);
	SetThreadpoolTimer(timer, NULL, 0, 0);
	WaitForThreadpoolTimerCallbacks(timer, TRUE);
	while (WaitForSingleObject(arrived, 0) == WAIT_OBJECT_0)
		;

	/* Replaced before it expired: the first due time is cancelled. */
	set_timer(timer, in_ms(100000), 0);
	due = in_ms(200000);
	CHECK(SetThreadpoolTimerEx(timer, (FILETIME *)&due, 0, 0));
	CHECK(SetThreadpoolTimerEx(timer, NULL, 0, 0));
	CHECK(!SetThreadpoolTimerEx(timer, NULL, 0, 0));
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CloseThreadpoolTimer(timer);
}

/* Ten thousand timers at once: each fires once. */
static void many_timers(void)
{
	static PTP_TIMER many[10000];

	calls = 0;
	for (int i = 0; i < 10000; i++) {
		many[i] = CreateThreadpoolTimer(timer_callback, NULL, NULL);
		CHECK(many[i] != NULL);
		set_timer(many[i], in_ms(1 + i * 7919 % 100), 0);
	}
	for (int i = 0; i < 10000; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	for (int i = 0; i < 10000; i++) {
		WaitForThreadpoolTimerCallbacks(many[i], FALSE);
		CloseThreadpoolTimer(many[i]);
	}
	CHECK_EQUAL(calls, 10000);
}

static void CALLBACK wait_callback(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WAIT wait, TP_WAIT_RESULT result)
{
	CHECK(result == WAIT_OBJECT_0 || result == WAIT_TIMEOUT);
	InterlockedIncrement(result == WAIT_OBJECT_0 ? &calls : &timeouts);
	ReleaseSemaphore(arrived, 1, NULL);
}

static void waits(void)
{
	HANDLE semaphore = CreateSemaphoreA(NULL, 0, 2, NULL);
	PTP_WAIT wait = CreateThreadpoolWait(wait_callback, NULL, NULL);
	PTP_WAIT second = CreateThreadpoolWait(wait_callback, NULL, NULL);
	LARGE_INTEGER due;
	char name[64];

	ROW(133, "execution");
	calls = timeouts = 0;
	SetThreadpoolWait(wait, semaphore, NULL);
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(calls, 1);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
	/* One call per arming. */
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);

	due = in_ms(50);
	SetThreadpoolWait(wait, semaphore, (FILETIME *)&due);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(timeouts, 1);
	due = system_time(50);
	SetThreadpoolWait(wait, semaphore, (FILETIME *)&due);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(timeouts, 2);
	due.QuadPart = 0;
	SetThreadpoolWait(wait, semaphore, (FILETIME *)&due);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(timeouts, 3);
	SetThreadpoolWait(wait, INVALID_HANDLE_VALUE, (FILETIME *)&due);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(timeouts, 4);

	due = in_ms(100000);
	SetThreadpoolWait(wait, semaphore, (FILETIME *)&due);
	CHECK(SetThreadpoolWaitEx(wait, NULL, (void *)0xdeadbeef, NULL));
	CHECK(!SetThreadpoolWaitEx(wait, NULL, NULL, NULL));
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);

	/* Two waits for one semaphore: each signal is for one. */
	calls = timeouts = 0;
	SetThreadpoolWait(wait, semaphore, NULL);
	SetThreadpoolWait(second, semaphore, NULL);
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(calls, 2);
	CloseHandle(semaphore);

	/* A named one, which other processes may signal too. */
	snprintf(name, sizeof(name), "execution_rows_pool_%lu", GetCurrentProcessId());
	semaphore = CreateSemaphoreA(NULL, 0, 2, name);
	calls = timeouts = 0;
	for (int i = 1; i < 5; i++) {
		SetThreadpoolWait(wait, semaphore, NULL);
		ReleaseSemaphore(semaphore, 1, NULL);
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
		CHECK_EQUAL(calls, i);
		CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
	}
	due = in_ms(20);
	SetThreadpoolWait(wait, semaphore, (FILETIME *)&due);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(timeouts, 1);
	SetThreadpoolWait(wait, semaphore, NULL);
	CHECK(SetThreadpoolWaitEx(wait, NULL, NULL, NULL));
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(semaphore, LONG_ENOUGH), WAIT_OBJECT_0);
	CloseThreadpoolWait(wait);
	CloseThreadpoolWait(second);
	CloseHandle(semaphore);
}

static volatile LONG which;

static void CALLBACK numbered(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WAIT wait, TP_WAIT_RESULT result)
{
	InterlockedExchange(&which, (LONG)(LONG_PTR)context | (LONG)result << 16);
	ReleaseSemaphore(arrived, 1, NULL);
}

/* More than 64 objects. */
static void many_waits(void)
{
	static HANDLE events[512];
	static PTP_WAIT many[512];
	LARGE_INTEGER due = in_ms(20);

	for (int i = 0; i < 512; i++) {
		events[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
		many[i] = CreateThreadpoolWait(numbered, (void *)(LONG_PTR)i, NULL);
		SetThreadpoolWait(many[i], events[i], NULL);
	}
	for (int i = 511; i >= 0; i--) {
		SetEvent(events[i]);
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
		CHECK_EQUAL(which, i);
		SetThreadpoolWait(many[i], events[i], NULL);
	}
	for (int i = 0; i < 512; i++)
		SetThreadpoolWait(many[i], events[i], (FILETIME *)&due);
	for (int i = 0; i < 512; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(which >> 16, WAIT_TIMEOUT);
	for (int i = 0; i < 512; i++)
		SetThreadpoolWait(many[i], events[i], NULL);
	for (int i = 0; i < 512; i++) {
		CloseThreadpoolWait(many[i]);
		CloseHandle(events[i]);
	}
}

static HANDLE registered;
static volatile LONG unregister_result, unregister_error;

static void CALLBACK registered_callback(void *context, BOOLEAN timed_out)
{
	InterlockedIncrement(timed_out ? &timeouts : &calls);
	ReleaseSemaphore(arrived, 1, NULL);
	if (context) {
		CHECK_EQUAL(WaitForSingleObject(gate, LONG_ENOUGH), WAIT_OBJECT_0);
		ReleaseSemaphore(arrived, 1, NULL);
	}
}

static void CALLBACK unregisters(void *context, BOOLEAN timed_out)
{
	/* It is there although the callback may run before the registration has returned. */
	CHECK(registered != NULL);
	SetLastError(0);
	unregister_result = UnregisterWait(registered);
	unregister_error = (LONG)GetLastError();
	ReleaseSemaphore(arrived, 1, NULL);
}

static void CALLBACK has_mutex(void *context, BOOLEAN timed_out)
{
	if (timed_out) {
		InterlockedIncrement(&timeouts);
		return;
	}
	/* Owned by this thread: it can be released once, and not twice. */
	CHECK(ReleaseMutex(context));
	CHECK(!ReleaseMutex(context));
	ReleaseSemaphore(arrived, 1, NULL);
}

/* The wait thread owns the mutex that it waited for. */
static void registered_mutex(void)
{
	HANDLE mutex = CreateMutexA(NULL, TRUE, NULL), wait;

	CHECK(RegisterWaitForSingleObject(&wait, mutex, has_mutex, mutex, INFINITE, WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE));
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK(ReleaseMutex(mutex));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(RegisterWaitForSingleObject(&wait, mutex, has_mutex, mutex, INFINITE, WT_EXECUTEINWAITTHREAD));
	CHECK(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
	CHECK(ReleaseMutex(mutex));
	CloseHandle(mutex);
}

static volatile LONG inside;

static void CALLBACK serial(void *context, BOOLEAN timed_out)
{
	CHECK_EQUAL(InterlockedIncrement(&inside), 1);
	Sleep(5);
	InterlockedDecrement(&inside);
	ReleaseSemaphore(arrived, 1, NULL);
}

static void registered_waits(void)
{
	HANDLE semaphore = CreateSemaphoreA(NULL, 0, 10, NULL), event = CreateEventA(NULL, FALSE, FALSE, NULL);
	HANDLE set = CreateEventA(NULL, TRUE, TRUE, NULL), wait, four[4];

	ROW(134, "execution");
	calls = timeouts = 0;
	CHECK_FAILS(UnregisterWait(NULL), ERROR_INVALID_HANDLE);
	CHECK_FAILS(UnregisterWaitEx(NULL, NULL), ERROR_INVALID_HANDLE);
	CHECK(RegisterWaitForSingleObject(&wait, semaphore, registered_callback, NULL, INFINITE, 0));
	CHECK(UnregisterWait(wait));

	/* Again and again. */
	CHECK(RegisterWaitForSingleObject(&wait, semaphore, registered_callback, NULL, INFINITE, 0));
	for (int i = 1; i <= 3; i++) {
		ReleaseSemaphore(semaphore, 1, NULL);
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
		CHECK_EQUAL(calls, i);
	}
	CHECK(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
	/* Once. */
	CHECK(RegisterWaitForSingleObject(&wait, semaphore, registered_callback, NULL, INFINITE, WT_EXECUTEONLYONCE));
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
	CHECK(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
	CHECK_EQUAL(timeouts, 0);
	/* Time-outs repeat. */
	CHECK(RegisterWaitForSingleObject(&wait, semaphore, registered_callback, NULL, 20, 0));
	for (int i = 0; i < 2; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
	CHECK(timeouts >= 2);
	while (WaitForSingleObject(arrived, 0) == WAIT_OBJECT_0)
		;

	/* While the callback runs. */
	CHECK(RegisterWaitForSingleObject(&wait, semaphore, registered_callback, (void *)1, INFINITE, WT_EXECUTEONLYONCE));
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_FAILS(UnregisterWait(wait), ERROR_IO_PENDING);
	ReleaseSemaphore(gate, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(RegisterWaitForSingleObject(&wait, semaphore, registered_callback, (void *)1, INFINITE, WT_EXECUTEONLYONCE));
	ReleaseSemaphore(semaphore, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_FAILS(UnregisterWaitEx(wait, event), ERROR_IO_PENDING);
	CHECK_EQUAL(WaitForSingleObject(event, NOT_YET), WAIT_TIMEOUT);
	ReleaseSemaphore(gate, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(event, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(arrived, 0), WAIT_OBJECT_0);
	/* Before it: the event all the same. */
	CHECK(RegisterWaitForSingleObject(&wait, semaphore, registered_callback, NULL, INFINITE, 0));
	CHECK(UnregisterWaitEx(wait, event));
	CHECK_EQUAL(WaitForSingleObject(event, LONG_ENOUGH), WAIT_OBJECT_0);

	/* From within. */
	registered = NULL;
	CHECK(RegisterWaitForSingleObject(&registered, set, unregisters, NULL, INFINITE, WT_EXECUTEONLYONCE));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(!unregister_result);
	CHECK_EQUAL(unregister_error, ERROR_IO_PENDING);
	registered = NULL;
	CHECK(RegisterWaitForSingleObject(&registered, set, unregisters, NULL, INFINITE,
					  WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(unregister_result);

	for (int i = 0; i < 4; i++)
		CHECK(RegisterWaitForSingleObject(&four[i], set, serial, NULL, INFINITE,
						  WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD));
	for (int i = 0; i < 4; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	for (int i = 0; i < 4; i++)
		CHECK(UnregisterWaitEx(four[i], INVALID_HANDLE_VALUE));
	CloseHandle(set);
	CloseHandle(event);
	CloseHandle(semaphore);
}

struct queue_timer {
	HANDLE queue, timer;
	volatile LONG ready, calls, last;
	BOOL result;
	DWORD error;
};

static void CALLBACK count_timer(void *context, BOOLEAN timed_out)
{
	CHECK_EQUAL(timed_out, TRUE);
	InterlockedIncrement(context);
	ReleaseSemaphore(arrived, 1, NULL);
}

static void CALLBACK slow_timer(void *context, BOOLEAN timed_out)
{
	ReleaseSemaphore(arrived, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(gate, LONG_ENOUGH), WAIT_OBJECT_0);
}

/* Deletes itself at the third call: there is no fourth. */
static void CALLBACK deletes_itself(void *context, BOOLEAN timed_out)
{
	struct queue_timer *timer = context;

	if (!timer->ready || InterlockedIncrement(&timer->calls) != 3)
		return;
	SetLastError(0);
	timer->result = DeleteTimerQueueTimer(timer->queue, timer->timer, NULL);
	timer->error = GetLastError();
	ReleaseSemaphore(arrived, 1, NULL);
}

static void CALLBACK changes_itself(void *context, BOOLEAN timed_out)
{
	struct queue_timer *timer = context;

	InterlockedIncrement(&timer->calls);
	timer->result = ChangeTimerQueueTimer(timer->queue, timer->timer, 10, 10);
	ReleaseSemaphore(arrived, 1, NULL);
}

static void timer_queues(void)
{
	HANDLE queue = CreateTimerQueue(), event = CreateEventA(NULL, TRUE, FALSE, NULL), timer, other;
	struct queue_timer self = {.queue = queue}, change = {.queue = queue};
	volatile LONG count = 0;

	ROW(115, "execution");
	CHECK(queue != NULL);
	/* Due at once, deleted at once: it runs, once. */
	CHECK(CreateTimerQueueTimer(&timer, queue, count_timer, (void *)&count, 0, 300000, 0));
	if (!DeleteTimerQueueTimer(queue, timer, NULL))
		CHECK_EQUAL(GetLastError(), ERROR_IO_PENDING);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(count, 1);

	/* For once, and idle when it is deleted. */
	CHECK(CreateTimerQueueTimer(&timer, queue, count_timer, (void *)&count, 0, 0, 0));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
	CHECK_EQUAL(count, 2);

	/* While it runs. */
	CHECK(CreateTimerQueueTimer(&timer, queue, slow_timer, NULL, 0, 0, 0));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_FAILS(DeleteTimerQueueTimer(queue, timer, NULL), ERROR_IO_PENDING);
	CHECK(CreateTimerQueueTimer(&other, queue, slow_timer, NULL, 0, 0, WT_EXECUTELONGFUNCTION));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_FAILS(DeleteTimerQueueTimer(queue, other, event), ERROR_IO_PENDING);
	CHECK_EQUAL(WaitForSingleObject(event, NOT_YET), WAIT_TIMEOUT);
	ReleaseSemaphore(gate, 2, NULL);
	CHECK_EQUAL(WaitForSingleObject(event, LONG_ENOUGH), WAIT_OBJECT_0);

	/* Changed before it fires. */
	count = 0;
	CHECK(CreateTimerQueueTimer(&timer, queue, count_timer, (void *)&count, 1000000, 0, 0));
	CHECK(ChangeTimerQueueTimer(queue, timer, 0, 0));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	/* ... and after, which does nothing. */
	CHECK(ChangeTimerQueueTimer(queue, timer, 0, 0));
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK_EQUAL(count, 1);
	CHECK(CreateTimerQueueTimer(&change.timer, queue, changes_itself, &change, 50, 0, 0));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(change.result);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CHECK_EQUAL(change.calls, 1);

	CHECK(CreateTimerQueueTimer(&self.timer, queue, deletes_itself, &self, 10, 10, WT_EXECUTEINTIMERTHREAD));
	self.ready = 1;
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(!self.result);
	CHECK_EQUAL(self.error, ERROR_IO_PENDING);
	Sleep(NOT_YET);
	CHECK_EQUAL(self.calls, 3);
	CHECK(DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));

	/* The default queue, and queues mixed. */
	queue = CreateTimerQueue();
	CHECK(CreateTimerQueueTimer(&timer, queue, count_timer, (void *)&count, 1000000, 1000000, 0));
	CHECK(CreateTimerQueueTimer(&other, NULL, count_timer, (void *)&count, 1000000, 1000000, 0));
	CHECK(ChangeTimerQueueTimer(NULL, timer, 2000000, 2000000));
	CHECK(ChangeTimerQueueTimer(queue, other, 2000000, 2000000));
	CHECK(DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE));
	CHECK(DeleteTimerQueueTimer(queue, other, INVALID_HANDLE_VALUE));
	CHECK_FAILS(DeleteTimerQueueEx(NULL, NULL), ERROR_INVALID_HANDLE);
	ResetEvent(event);
	DeleteTimerQueueEx(queue, event);
	CHECK_EQUAL(WaitForSingleObject(event, LONG_ENOUGH), WAIT_OBJECT_0);
	CloseHandle(event);
}

static volatile ULONG io_error;
static volatile ULONG_PTR io_bytes;
static void *volatile io_overlapped;

static void CALLBACK io_callback(PTP_CALLBACK_INSTANCE instance, void *context, void *overlapped, ULONG error,
				 ULONG_PTR bytes, PTP_IO io)
{
	CHECK_EQUAL((ULONG_PTR)context, 0x55);
	io_error = error;
	io_bytes = bytes;
	io_overlapped = overlapped;
	ReleaseSemaphore(arrived, 1, NULL);
}

static void CALLBACK io_completion(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	io_error = error;
	io_bytes = bytes;
	io_overlapped = overlapped;
	ReleaseSemaphore(arrived, 1, NULL);
}

static HANDLE open_file(char *path, DWORD flags)
{
	HANDLE file;

	GetTempPathA(MAX_PATH - 40, path);
	snprintf(path + strlen(path), 40, "rows_pool_%lu.tmp", GetCurrentProcessId());
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE | flags, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	return file;
}

/* A packet comes whether or not the operation has ended when the call returns. */
static void under_way(BOOL done)
{
	CHECK(done || GetLastError() == ERROR_IO_PENDING);
}

static void io(void)
{
	char path[MAX_PATH], buffer[16];
	OVERLAPPED overlapped = {0};
	HANDLE file;
	PTP_IO io;

	ROW(130, "execution");
	file = open_file(path, FILE_FLAG_OVERLAPPED);
	io = CreateThreadpoolIo(file, io_callback, (void *)0x55, NULL);
	CHECK(io != NULL);
	CHECK_FAILS(CreateThreadpoolIo(file, io_callback, NULL, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(BindIoCompletionCallback(file, io_completion, 0), ERROR_INVALID_PARAMETER);
	StartThreadpoolIo(io);
	under_way(WriteFile(file, "hello", 5, NULL, &overlapped));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(io_error, 0);
	CHECK_EQUAL(io_bytes, 5);
	CHECK(io_overlapped == &overlapped);
	StartThreadpoolIo(io);
	CancelThreadpoolIo(io);
	for (int i = 0; i < 10; i++) {
		StartThreadpoolIo(io);
		under_way(ReadFile(file, buffer, sizeof(buffer), NULL, &overlapped));
		WaitForThreadpoolIoCallbacks(io, FALSE);
		CHECK_EQUAL(WaitForSingleObject(arrived, 0), WAIT_OBJECT_0);
	}
	CHECK(!memcmp(buffer, "hello", 5));
	CloseThreadpoolIo(io);
	CloseHandle(file);

	file = open_file(path, FILE_FLAG_OVERLAPPED);
	CHECK_FAILS(BindIoCompletionCallback(file, NULL, 0), ERROR_INVALID_PARAMETER);
	CHECK(BindIoCompletionCallback(file, io_completion, 0));
	CHECK_FAILS(BindIoCompletionCallback(file, io_completion, 0), ERROR_INVALID_PARAMETER);
	under_way(WriteFile(file, "hey", 3, NULL, &overlapped));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(io_bytes, 3);
	CHECK(io_overlapped == &overlapped);
	CloseHandle(file);

	file = open_file(path, 0);
	CHECK_FAILS(BindIoCompletionCallback(file, io_completion, 0), ERROR_INVALID_PARAMETER);
	CloseHandle(file);
}

int main(void)
{
	arrived = CreateSemaphoreA(NULL, 0, 100000, NULL);
	gate = CreateSemaphoreA(NULL, 0, 1000, NULL);
	timers();
	many_timers();
	waits();
	many_waits();
	registered_waits();
	registered_mutex();
	timer_queues();
	io();
	/* Ends with timers, waits and idle threads about. */
	{
		PTP_TIMER timer = CreateThreadpoolTimer(timer_callback, NULL, NULL);

		set_timer(timer, in_ms(1), 1);
	}
	return guest_result();
}
