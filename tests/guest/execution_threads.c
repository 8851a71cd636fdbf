/* Threads, waits, APCs, TLS and FLS; rows of the execution facts. */
#include "guest.h"

static DWORD WINAPI returns(LPVOID argument)
{
	return (DWORD)(ULONG_PTR)argument;
}

static HANDLE start_event, done_event;
static volatile LONG counter;

static DWORD WINAPI set_on_start(LPVOID argument)
{
	WaitForSingleObject(start_event, INFINITE);
	InterlockedIncrement(&counter);
	SetEvent(done_event);
	return 1;
}

static void threads(void)
{
	DWORD id, code;
	HANDLE thread;

	ROW(69, "execution");
	SetLastError(1234);
	thread = CreateThread(NULL, 0, returns, (LPVOID)77, 0, NULL);
	CHECK(thread != NULL);
	CHECK_EQUAL(GetLastError(), 1234);
	CHECK_EQUAL(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 77);
	ROW(70, "execution");
	CHECK_EQUAL(SuspendThread(thread), (DWORD)-1);
	CloseHandle(thread);

	thread = CreateThread(NULL, 0, returns, (LPVOID)5, CREATE_SUSPENDED, &id);
	CHECK_EQUAL(GetThreadId(thread), id);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, STILL_ACTIVE);
	CHECK_EQUAL(WaitForSingleObject(thread, 20), WAIT_TIMEOUT);
	CHECK_EQUAL(SuspendThread(thread), 1);
	CHECK_EQUAL(ResumeThread(thread), 2);
	ROW(67, "execution");
	{
		CONTEXT context;

		memset(&context, 0, sizeof(context));
		context.ContextFlags = CONTEXT_FULL;
		CHECK(GetThreadContext(thread, &context));
		CHECK_EQUAL(context.Rcx, (ULONG_PTR)returns);
		CHECK_EQUAL(context.Rdx, 5);
		CHECK_EQUAL(context.R12, 0);
		context.Rdx = 9;
		CHECK(SetThreadContext(thread, &context));
	}
	CHECK_EQUAL(ResumeThread(thread), 1);
	CHECK_EQUAL(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 9);
	CHECK_EQUAL(ResumeThread(thread), 0);
	CloseHandle(thread);

	ROW(71, "execution");
	thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
	CHECK(TerminateThread(thread, 31));
	CHECK_EQUAL(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 31);
	CloseHandle(thread);

	ROW(72, "execution");
	CHECK(SetThreadPriority(GetCurrentThread(), 2));
	CHECK_EQUAL(GetThreadPriority(GetCurrentThread()), 2);
	CHECK_FAILS(SetThreadPriority(GetCurrentThread(), 3), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(GetThreadPriority(GetCurrentThread()), 2);
	CHECK(SetThreadPriority(GetCurrentThread(), 0));

	ROW(74, "execution");
	{
		ULONG size = 200;

		CHECK(SetThreadStackGuarantee(&size));
		CHECK_EQUAL(size, 0);
		size = 10000;
		CHECK(SetThreadStackGuarantee(&size));
		CHECK_EQUAL(size, 8192);
		size = 0;
		CHECK(SetThreadStackGuarantee(&size));
		CHECK_EQUAL(size, 12288);
	}
}

static volatile LONG spinning, stop_spinning;
static volatile LONG64 spins;

static DWORD WINAPI spin(LPVOID argument)
{
	InterlockedExchange(&spinning, 1);
	while (!stop_spinning)
		spins++;
	return 3;
}

static DWORD WINAPI spin_politely(LPVOID argument)
{
	volatile LONG64 *turns = argument;

	while (!stop_spinning) {
		++*turns;
		SwitchToThread();
	}
	return 4;
}

/* Who gives up the processor again and again is stopped there as well as elsewhere. */
static void suspension_of_polite_threads(void)
{
	static volatile LONG64 turns[3];
	HANDLE threads[3];
	CONTEXT context;
	LONG64 before;

	ROW(64, "execution");
	stop_spinning = 0;
	for (int i = 0; i < 3; i++)
		threads[i] = CreateThread(NULL, 0, spin_politely, (LPVOID)&turns[i], 0, NULL);
	while (!turns[0] || !turns[1] || !turns[2])
		Sleep(1);
	for (int round = 0; round < 200; round++) {
		CHECK_EQUAL(SuspendThread(threads[0]), 0);
		before = turns[0];
		for (int i = 0; i < 20; i++)
			SwitchToThread();
		CHECK_EQUAL(turns[0], before);
		context.ContextFlags = CONTEXT_CONTROL;
		CHECK(GetThreadContext(threads[0], &context));
		CHECK_EQUAL(ResumeThread(threads[0]), 1);
	}
	stop_spinning = 1;
	CHECK_EQUAL(WaitForMultipleObjects(3, threads, TRUE, 20000), WAIT_OBJECT_0);
	for (int i = 0; i < 3; i++)
		CloseHandle(threads[i]);
}

static void suspension(void)
{
	HANDLE thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
	CONTEXT context;
	LONG64 before;

	ROW(64, "execution");
	while (!spinning)
		Sleep(1);
	CHECK_EQUAL(SuspendThread(thread), 0);
	before = spins;
	Sleep(20);
	CHECK_EQUAL(spins, before);
	memset(&context, 0, sizeof(context));
	context.ContextFlags = CONTEXT_FULL;
	CHECK(GetThreadContext(thread, &context));
	CHECK(context.Rip >= (ULONG_PTR)spin && context.Rip < (ULONG_PTR)spin + 256);
	CHECK_EQUAL(ResumeThread(thread), 1);
	Sleep(20);
	CHECK(spins != before);
	context.ContextFlags = CONTEXT_CONTROL;
	CHECK(GetThreadContext(thread, &context));
	CHECK(context.Rip >= (ULONG_PTR)spin && context.Rip < (ULONG_PTR)spin + 256);
	stop_spinning = 1;
	CHECK_EQUAL(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
	CloseHandle(thread);

	/* One that waits: its context leads into the code that called the wait, or below it; it stays when signalled. */
	ResetEvent(start_event);
	thread = CreateThread(NULL, 0, set_on_start, NULL, 0, NULL);
	Sleep(20);
	CHECK_EQUAL(SuspendThread(thread), 0);
	context.ContextFlags = CONTEXT_FULL;
	CHECK(GetThreadContext(thread, &context));
	CHECK(context.Rip != 0 && context.Rsp != 0);
	SetEvent(start_event);
	CHECK_EQUAL(WaitForSingleObject(thread, 30), WAIT_TIMEOUT);
	CHECK_EQUAL(ResumeThread(thread), 1);
	CHECK_EQUAL(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
	CloseHandle(thread);

	stop_spinning = 0;
	thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
	Sleep(10);
	CHECK(TerminateThread(thread, 99));
	CHECK_EQUAL(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
	CloseHandle(thread);
}

static HANDLE mutex;

static DWORD WINAPI abandon(LPVOID argument)
{
	WaitForSingleObject(mutex, INFINITE);
	return 0;
}

static void objects(void)
{
	HANDLE event, other, handles[3], thread;
	LONG previous;

	ROW(106, "execution");
	event = CreateEventA(NULL, FALSE, TRUE, NULL);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	other = CreateEventA(NULL, TRUE, TRUE, NULL);
	handles[0] = event;
	handles[1] = other;
	CHECK_EQUAL(WaitForMultipleObjects(2, handles, FALSE, 0), WAIT_OBJECT_0 + 1);
	CHECK_EQUAL(WaitForMultipleObjects(2, handles, TRUE, 10), WAIT_TIMEOUT);
	SetEvent(event);
	CHECK_EQUAL(WaitForMultipleObjects(2, handles, TRUE, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	handles[1] = event;
	SetLastError(0);
	CHECK_EQUAL(WaitForMultipleObjects(2, handles, TRUE, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	handles[1] = GetCurrentProcess();
	CHECK_EQUAL(WaitForMultipleObjects(2, handles, FALSE, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);

	ROW(110, "execution");
	mutex = CreateMutexA(NULL, TRUE, NULL);
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	CHECK(ReleaseMutex(mutex));
	CHECK(ReleaseMutex(mutex));
	CHECK_FAILS(ReleaseMutex(mutex), ERROR_NOT_OWNER);
	ROW(111, "execution");
	thread = CreateThread(NULL, 0, abandon, NULL, 0, NULL);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_ABANDONED);
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	CloseHandle(mutex);

	ROW(113, "execution");
	other = CreateSemaphoreA(NULL, 1, 2, NULL);
	previous = 7;
	CHECK_FAILS(ReleaseSemaphore(other, 2, &previous), ERROR_TOO_MANY_POSTS);
	CHECK_EQUAL(previous, 7);
	CHECK(ReleaseSemaphore(other, 1, &previous));
	CHECK_EQUAL(previous, 1);
	CHECK_FAILS(CreateSemaphoreA(NULL, 2, 1, NULL), ERROR_INVALID_PARAMETER);

	ROW(116, "execution");
	event = CreateEventA(NULL, TRUE, FALSE, "pewter test");
	CHECK_EQUAL(GetLastError(), 0);
	other = CreateEventA(NULL, TRUE, FALSE, "pewter test");
	CHECK_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
	CHECK(CloseHandle(event));
	event = OpenEventA(EVENT_MODIFY_STATE, FALSE, "Local\\pewter test");
	CHECK(event != NULL);
	CHECK(SetEvent(event));
	CHECK_EQUAL(WaitForSingleObject(other, 0), WAIT_OBJECT_0);
	CHECK_FAILS(OpenEventA(EVENT_ALL_ACCESS, FALSE, "Pewter Test"), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(OpenEventA(EVENT_ALL_ACCESS, FALSE, NULL), ERROR_INVALID_PARAMETER);
	ROW(117, "execution");
	CHECK_FAILS(CreateMutexA(NULL, FALSE, "pewter test"), ERROR_INVALID_HANDLE);
	ROW(119, "execution");
	CHECK_FAILS(CreateMutexA(NULL, FALSE, "pewter\\test"), ERROR_PATH_NOT_FOUND);
	CloseHandle(event);
	CloseHandle(other);
	CHECK_FAILS(OpenEventA(EVENT_ALL_ACCESS, FALSE, "pewter test"), ERROR_FILE_NOT_FOUND);

	ROW(122, "execution");
	event = CreateEventA(NULL, FALSE, FALSE, NULL);
	CHECK_EQUAL((ULONG_PTR)event & 3, 0);
	CloseHandle(event);
	other = CreateEventA(NULL, FALSE, FALSE, NULL);
	CHECK(event == other);
	ROW(105, "execution");
	CHECK_EQUAL(WaitForSingleObject((HANDLE)((ULONG_PTR)other | 3), 0), WAIT_TIMEOUT);
	ROW(123, "execution");
	CHECK(CloseHandle(GetCurrentProcess()));
	CHECK_FAILS(CloseHandle(NULL), ERROR_INVALID_HANDLE);
	ROW(124, "execution");
	CHECK(SetHandleInformation(other, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));
	CHECK_FAILS(CloseHandle(other), ERROR_INVALID_HANDLE);
	CHECK(DuplicateHandle(GetCurrentProcess(), other, GetCurrentProcess(), &event, 0, FALSE,
			      DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
	CHECK(event != other);
	CHECK(SetHandleInformation(other, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
	CHECK(CloseHandle(other));
	CHECK(CloseHandle(event));
	ROW(125, "execution");
	CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE,
			      DUPLICATE_SAME_ACCESS));
	CHECK_EQUAL(GetThreadId(thread), GetCurrentThreadId());
	CloseHandle(thread);

	ROW(114, "execution");
	event = CreateWaitableTimerA(NULL, FALSE, NULL);
	{
		LARGE_INTEGER due;

		due.QuadPart = -100000; /* 10 ms */
		CHECK(SetWaitableTimer(event, &due, 0, NULL, NULL, FALSE));
		CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
		CHECK_EQUAL(WaitForSingleObject(event, 2000), WAIT_OBJECT_0);
		CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	}
	CloseHandle(event);
}

static volatile LONG apcs;

static void CALLBACK apc(ULONG_PTR data)
{
	apcs += (LONG)data;
}

static DWORD WINAPI alertable(LPVOID argument)
{
	return SleepEx(5000, TRUE);
}

static void calls(void)
{
	HANDLE thread;
	DWORD code;

	ROW(107, "execution");
	CHECK(QueueUserAPC(apc, GetCurrentThread(), 1));
	CHECK(QueueUserAPC(apc, GetCurrentThread(), 10));
	CHECK_EQUAL(SleepEx(0, FALSE), 0);
	CHECK_EQUAL(apcs, 0);
	CHECK_EQUAL(SleepEx(1000, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(apcs, 11);
	CHECK_EQUAL(SleepEx(1, TRUE), 0);
	thread = CreateThread(NULL, 0, alertable, NULL, 0, NULL);
	Sleep(20);
	CHECK(QueueUserAPC(apc, thread, 100));
	CHECK_EQUAL(WaitForSingleObject(thread, 2000), WAIT_OBJECT_0);
	GetExitCodeThread(thread, &code);
	CHECK_EQUAL(code, WAIT_IO_COMPLETION);
	CHECK_EQUAL(apcs, 111);
	ROW(108, "execution");
	CHECK_FAILS(QueueUserAPC(apc, thread, 1), ERROR_GEN_FAILURE);
	CloseHandle(thread);
	thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
	CHECK(QueueUserAPC(apc, thread, 1000));
	ResumeThread(thread);
	WaitForSingleObject(thread, INFINITE);
	CHECK_EQUAL(apcs, 1111);
	CloseHandle(thread);
}

static volatile LONG fls_calls;
static void WINAPI fls_callback(PVOID value)
{
	InterlockedAdd(&fls_calls, (LONG)(LONG_PTR)value);
}
static DWORD fls_index;
static DWORD WINAPI use_fls(LPVOID argument)
{
	SetLastError(5);
	CHECK(FlsGetValue(fls_index) == NULL);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	CHECK(FlsSetValue(fls_index, (PVOID)7));
	CHECK(FlsGetValue(fls_index) == (PVOID)7);
	CHECK_EQUAL(GetLastError(), 0);
	return 0;
}

static void storage(void)
{
	DWORD indexes[1088], count = 0, index;
	HANDLE thread;

	ROW(81, "execution");
	while (count < 1088 && (indexes[count] = TlsAlloc()) != TLS_OUT_OF_INDEXES) {
		CHECK(indexes[count] > 0 && indexes[count] < 1088);
		count++;
	}
	CHECK(count > 1000);
	CHECK(TlsSetValue(1087, (PVOID)5));
	ROW(82, "execution");
	SetLastError(9);
	CHECK(TlsGetValue(1087) == (PVOID)5);
	CHECK_EQUAL(GetLastError(), 0);
	while (count)
		CHECK(TlsFree(indexes[--count]));
	CHECK_FAILS(TlsFree(indexes[0]), ERROR_INVALID_PARAMETER);
	index = TlsAlloc();
	CHECK(TlsSetValue(index, (PVOID)8));
	CHECK(TlsFree(index));
	CHECK_EQUAL(TlsAlloc(), index);
	CHECK(TlsGetValue(index) == NULL);

	ROW(87, "execution");
	fls_index = FlsAlloc(fls_callback);
	CHECK(fls_index != FLS_OUT_OF_INDEXES && fls_index != 0);
	thread = CreateThread(NULL, 0, use_fls, NULL, 0, NULL);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	CHECK_EQUAL(fls_calls, 7);
	CHECK(FlsSetValue(fls_index, (PVOID)30));
	CHECK(FlsFree(fls_index));
	CHECK_EQUAL(fls_calls, 37);
	CHECK_FAILS(FlsFree(fls_index), ERROR_INVALID_PARAMETER);
}

static CRITICAL_SECTION section;
static SRWLOCK srw;
static CONDITION_VARIABLE condition;
static LONG protected_count, srw_count;

static DWORD WINAPI contend(LPVOID argument)
{
	for (int i = 0; i < 20000; i++) {
		EnterCriticalSection(&section);
		protected_count++;
		LeaveCriticalSection(&section);
		AcquireSRWLockExclusive(&srw);
		srw_count++;
		ReleaseSRWLockExclusive(&srw);
		if (i % 16 == 0) {
			AcquireSRWLockShared(&srw);
			ReleaseSRWLockShared(&srw);
		}
	}
	return 0;
}

static volatile int produced;
static DWORD WINAPI produce(LPVOID argument)
{
	Sleep(10);
	EnterCriticalSection(&section);
	produced = 1;
	LeaveCriticalSection(&section);
	WakeConditionVariable(&condition);
	return 0;
}

static BOOL CALLBACK once_callback(PINIT_ONCE once, PVOID parameter, PVOID *context)
{
	*(int *)parameter += 1;
	*context = (PVOID)0x40;
	return TRUE;
}

static void locks(void)
{
	HANDLE threads[4];
	INIT_ONCE once = INIT_ONCE_STATIC_INIT;
	PVOID context;
	int runs = 0;
	LONG word = 0, compare = 0;

	ROW(94, "execution");
	InitializeCriticalSection(&section);
	CHECK(section.DebugInfo == (PVOID)-1);
	ROW(93, "execution");
	CHECK_EQUAL(section.LockCount, -1);
	EnterCriticalSection(&section);
	CHECK_EQUAL(section.LockCount, -2);
	EnterCriticalSection(&section);
	CHECK_EQUAL(section.RecursionCount, 2);
	LeaveCriticalSection(&section);
	LeaveCriticalSection(&section);
	CHECK_EQUAL(section.LockCount, -1);
	for (int i = 0; i < 4; i++)
		threads[i] = CreateThread(NULL, 0, contend, NULL, 0, NULL);
	CHECK_EQUAL(WaitForMultipleObjects(4, threads, TRUE, 20000), WAIT_OBJECT_0);
	for (int i = 0; i < 4; i++)
		CloseHandle(threads[i]);
	CHECK_EQUAL(protected_count, 80000);
	CHECK_EQUAL(srw_count, 80000);
	CHECK_EQUAL(section.LockCount, -1);
	ROW(96, "execution");
	CHECK(srw.Ptr == NULL);
	AcquireSRWLockExclusive(&srw);
	CHECK(srw.Ptr == (PVOID)1);
	CHECK(!TryAcquireSRWLockShared(&srw));
	ReleaseSRWLockExclusive(&srw);
	ROW(98, "execution");
	EnterCriticalSection(&section);
	CHECK_FAILS(SleepConditionVariableCS(&condition, &section, 10), ERROR_TIMEOUT);
	threads[0] = CreateThread(NULL, 0, produce, NULL, 0, NULL);
	while (!produced)
		CHECK(SleepConditionVariableCS(&condition, &section, 5000));
	LeaveCriticalSection(&section);
	WaitForSingleObject(threads[0], INFINITE);
	CloseHandle(threads[0]);
	DeleteCriticalSection(&section);
	ROW(99, "execution");
	CHECK(InitOnceExecuteOnce(&once, once_callback, &runs, &context));
	CHECK(InitOnceExecuteOnce(&once, once_callback, &runs, &context));
	CHECK_EQUAL(runs, 1);
	CHECK(context == (PVOID)0x40);
	CHECK(once.Ptr == (PVOID)0x42);
	ROW(101, "execution");
	CHECK_FAILS(WaitOnAddress(&word, &compare, 4, 10), ERROR_TIMEOUT);
	word = 1;
	CHECK(WaitOnAddress(&word, &compare, 4, 10));
}

int main(void)
{
	start_event = CreateEventA(NULL, TRUE, FALSE, NULL);
	done_event = CreateEventA(NULL, FALSE, FALSE, NULL);
	for (int i = 0; i < 3; i++)
		CloseHandle(CreateThread(NULL, 0, set_on_start, NULL, 0, NULL));
	SetEvent(start_event);
	for (int i = 0; i < 3; i++)
		while (counter <= i)
			CHECK_EQUAL(WaitForSingleObject(done_event, 5000), WAIT_OBJECT_0);
	threads();
	suspension();
	suspension_of_polite_threads();
	objects();
	calls();
	storage();
	locks();
	return guest_result();
}
