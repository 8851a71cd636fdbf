/* The thread pool: simple callbacks, work, cleanup groups, what callbacks ask for; rows 131 and 132 of the execution facts. */
#include "execution_threads.h"

static NTSTATUS(NTAPI *simple_try_post)(PTP_SIMPLE_CALLBACK, PVOID, PTP_CALLBACK_ENVIRON);
static HANDLE gate, arrived, left;
static volatile LONG calls;

static void CALLBACK count_simple(PTP_CALLBACK_INSTANCE instance, void *context)
{
	InterlockedIncrement(&calls);
	if (context)
		ReleaseSemaphore(context, 1, NULL);
}

static void CALLBACK count_work(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WORK work)
{
	InterlockedIncrement(&calls);
}

static void CALLBACK blocked_simple(PTP_CALLBACK_INSTANCE instance, void *context)
{
	ReleaseSemaphore(arrived, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(gate, LONG_ENOUGH), WAIT_OBJECT_0);
	ReleaseSemaphore(left, 1, NULL);
}

static void environment(TP_CALLBACK_ENVIRON *env, PTP_POOL pool)
{
	InitializeThreadpoolEnvironment(env);
	SetThreadpoolCallbackPool(env, pool);
}

static void posts(void)
{
	TP_CALLBACK_ENVIRON env;
	HANDLE done = CreateSemaphoreA(NULL, 0, 1000, NULL);
	PTP_WORK work;

	ROW(131, "execution");
	CHECK_EQUAL(simple_try_post(count_simple, done, NULL), 0);
	CHECK_EQUAL(WaitForSingleObject(done, LONG_ENOUGH), WAIT_OBJECT_0);
	memset(&env, 0, sizeof(env));
	env.Version = 1;
	CHECK_EQUAL(simple_try_post(count_simple, done, &env), 0);
	CHECK_EQUAL(WaitForSingleObject(done, LONG_ENOUGH), WAIT_OBJECT_0);
	env.Version = 9999;
	CHECK_EQUAL((DWORD)simple_try_post(count_simple, done, &env), 0xC000000D);
	env.Version = 3;
	env.Size = sizeof(env);
	env.CallbackPriority = TP_CALLBACK_PRIORITY_INVALID;
	CHECK_EQUAL((DWORD)simple_try_post(count_simple, done, &env), 0xC000000D);
	env.CallbackPriority = TP_CALLBACK_PRIORITY_HIGH;
	CHECK(TrySubmitThreadpoolCallback(count_simple, done, &env));
	CHECK_EQUAL(WaitForSingleObject(done, LONG_ENOUGH), WAIT_OBJECT_0);

	calls = 0;
	work = CreateThreadpoolWork(count_work, NULL, NULL);
	CHECK(work != NULL);
	for (int i = 0; i < 5; i++)
		SubmitThreadpoolWork(work);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	CHECK_EQUAL(calls, 5);
	for (int i = 0; i < 20000; i++)
		SubmitThreadpoolWork(work);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	CHECK_EQUAL(calls, 20005);
	CloseThreadpoolWork(work);
	CloseHandle(done);
}

static void CALLBACK slow_work(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WORK work)
{
	InterlockedIncrement(&calls);
	ReleaseSemaphore(arrived, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(gate, LONG_ENOUGH), WAIT_OBJECT_0);
}

/* Callbacks that have not begun are dropped; the one in progress is waited for. */
static void cancel(void)
{
	PTP_POOL pool = CreateThreadpool(NULL);
	TP_CALLBACK_ENVIRON env;
	PTP_WORK work, second;

	SetThreadpoolThreadMaximum(pool, 1);
	environment(&env, pool);
	work = CreateThreadpoolWork(slow_work, NULL, &env);
	calls = 0;
	for (int i = 0; i < 10; i++)
		SubmitThreadpoolWork(work);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	ReleaseSemaphore(gate, 1, NULL);
	/* The callback in progress has the gate; another may have begun already, which will need it as well. */
	second = CreateThreadpoolWork(count_work, NULL, &env);
	ReleaseSemaphore(gate, 100, NULL);
	WaitForThreadpoolWorkCallbacks(work, TRUE);
	CHECK(calls >= 1 && calls <= 10);
	while (WaitForSingleObject(gate, 0) == WAIT_OBJECT_0)
		;
	while (WaitForSingleObject(arrived, 0) == WAIT_OBJECT_0)
		;

	/* One thread: nothing of the second can begin before it is cancelled. */
	SubmitThreadpoolWork(work);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	calls = 0;
	for (int i = 0; i < 10; i++)
		SubmitThreadpoolWork(second);
	WaitForThreadpoolWorkCallbacks(second, TRUE);
	CHECK_EQUAL(calls, 0);
	ReleaseSemaphore(gate, 1, NULL);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	CloseThreadpoolWork(second);
	CloseThreadpoolWork(work);
	CloseThreadpool(pool);
}

static DWORD cancel_thread;
static volatile LONG cancelled;

static void CALLBACK on_cancel(void *object, void *context)
{
	cancel_thread = GetCurrentThreadId();
	InterlockedIncrement(&cancelled);
	CHECK_EQUAL((ULONG_PTR)context, 0x77);
}

static void CALLBACK may_run_long_alone(PTP_CALLBACK_INSTANCE instance, void *context)
{
	/* The only thread of its pool: nobody could run what else comes. */
	CHECK(!CallbackMayRunLong(instance));
	blocked_simple(instance, context);
}

static void CALLBACK may_run_long(PTP_CALLBACK_INSTANCE instance, void *context)
{
	CHECK(CallbackMayRunLong(instance));
	ReleaseSemaphore(context, 1, NULL);
}

static void groups(void)
{
	PTP_POOL pool = CreateThreadpool(NULL);
	PTP_CLEANUP_GROUP group = CreateThreadpoolCleanupGroup();
	HANDLE done = CreateSemaphoreA(NULL, 0, 10, NULL);
	TP_CALLBACK_ENVIRON env, plain;
	PTP_WORK work;

	environment(&plain, pool);
	environment(&env, pool);
	SetThreadpoolCallbackCleanupGroup(&env, group, NULL);
	calls = 0;
	for (int i = 0; i < 3; i++)
		CHECK(TrySubmitThreadpoolCallback(count_simple, NULL, &env));
	work = CreateThreadpoolWork(count_work, NULL, &env);
	for (int i = 0; i < 4; i++)
		SubmitThreadpoolWork(work);
	CloseThreadpoolCleanupGroupMembers(group, FALSE, NULL);
	CHECK_EQUAL(calls, 7);

	SetThreadpoolThreadMaximum(pool, 1);
	CHECK(TrySubmitThreadpoolCallback(may_run_long_alone, NULL, &plain));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	SetThreadpoolCallbackCleanupGroup(&env, group, on_cancel);
	calls = cancelled = 0;
	CHECK(TrySubmitThreadpoolCallback(count_simple, NULL, &env));
	work = CreateThreadpoolWork(count_work, NULL, &env);
	for (int i = 0; i < 10; i++)
		SubmitThreadpoolWork(work);
	CloseThreadpoolCleanupGroupMembers(group, TRUE, (void *)0x77);
	CHECK_EQUAL(calls, 0);
	CHECK_EQUAL(cancelled, 2); /* once an object */
	CHECK_EQUAL(cancel_thread, GetCurrentThreadId());
	ReleaseSemaphore(gate, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(left, LONG_ENOUGH), WAIT_OBJECT_0);
	SetThreadpoolThreadMaximum(pool, 10);
	CHECK(TrySubmitThreadpoolCallback(may_run_long, done, &plain));
	CHECK_EQUAL(WaitForSingleObject(done, LONG_ENOUGH), WAIT_OBJECT_0);
	CloseThreadpoolCleanupGroup(group);
	CloseThreadpool(pool);
	CloseHandle(done);
}

static CRITICAL_SECTION section;
static HANDLE mutex, semaphore, event;

static void CALLBACK completes(PTP_CALLBACK_INSTANCE instance, void *context)
{
	EnterCriticalSection(&section);
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_ENOUGH), WAIT_OBJECT_0);
	LeaveCriticalSectionWhenCallbackReturns(instance, &section);
	ReleaseMutexWhenCallbackReturns(instance, mutex);
	ReleaseSemaphoreWhenCallbackReturns(instance, semaphore, 3);
	SetEventWhenCallbackReturns(instance, event);
	FreeLibraryWhenCallbackReturns(instance, context);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
}

static void CALLBACK finalize(PTP_CALLBACK_INSTANCE instance, void *context)
{
	InterlockedIncrement(&calls);
	ReleaseSemaphore(arrived, 1, NULL);
}

static void CALLBACK leaves(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WORK work)
{
	DisassociateCurrentThreadFromCallback(instance);
	CHECK_EQUAL(WaitForSingleObject(gate, LONG_ENOUGH), WAIT_OBJECT_0);
	ReleaseSemaphore(arrived, 1, NULL);
}

static void instances(void)
{
	TP_CALLBACK_ENVIRON env;
	LONG previous;
	PTP_WORK work;

	InitializeCriticalSection(&section);
	mutex = CreateMutexA(NULL, FALSE, NULL);
	semaphore = CreateSemaphoreA(NULL, 0, 3, NULL);
	event = CreateEventA(NULL, TRUE, FALSE, NULL);
	CHECK(TrySubmitThreadpoolCallback(completes, LoadLibraryA("kernel32.dll"), NULL));
	CHECK_EQUAL(WaitForSingleObject(event, LONG_ENOUGH), WAIT_OBJECT_0);
	/* The event comes last but for the library. */
	CHECK_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	CHECK(TryEnterCriticalSection(&section));
	LeaveCriticalSection(&section);
	ReleaseMutex(mutex);
	CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
	CHECK(ReleaseSemaphore(semaphore, 1, &previous));
	CHECK_EQUAL(previous, 2);

	InitializeThreadpoolEnvironment(&env);
	env.FinalizationCallback = finalize;
	calls = 0;
	CHECK(TrySubmitThreadpoolCallback(count_simple, NULL, &env));
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(calls, 2);

	/* Nobody waits for a callback that has left its object. */
	work = CreateThreadpoolWork(leaves, NULL, NULL);
	SubmitThreadpoolWork(work);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	CloseThreadpoolWork(work);
	ReleaseSemaphore(gate, 1, NULL);
	CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CloseHandle(mutex);
	CloseHandle(semaphore);
	CloseHandle(event);
}

/* Callbacks that sleep do not keep others from running, up to the maximum. */
static void growth(void)
{
	PTP_POOL pool = CreateThreadpool(NULL);
	TP_CALLBACK_ENVIRON env;
	PTP_WORK work;

	environment(&env, pool);
	SetThreadpoolThreadMaximum(pool, 40);
	work = CreateThreadpoolWork(slow_work, NULL, &env);
	for (int i = 0; i < 60; i++)
		SubmitThreadpoolWork(work);
	for (int i = 0; i < 40; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(arrived, NOT_YET), WAIT_TIMEOUT);
	ReleaseSemaphore(gate, 60, NULL);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	for (int i = 0; i < 20; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	CloseThreadpoolWork(work);
	CloseThreadpool(pool);

	pool = CreateThreadpool(NULL);
	CHECK(SetThreadpoolThreadMinimum(pool, 3));
	CloseThreadpool(pool);
}

static volatile LONG spinning;

static void CALLBACK spins(PTP_CALLBACK_INSTANCE instance, void *context)
{
	InterlockedIncrement(&spinning);
	while (spinning < 1000)
		YieldProcessor();
	ReleaseSemaphore(arrived, 1, NULL);
}

static void CALLBACK ends_spinning(PTP_CALLBACK_INSTANCE instance, void *context)
{
	InterlockedExchange(&spinning, 1000);
}

/* Nor do callbacks that neither sleep nor end. */
static void stall(void)
{
	SYSTEM_INFO info;

	GetSystemInfo(&info);
	for (DWORD i = 0; i < info.dwNumberOfProcessors; i++)
		CHECK(TrySubmitThreadpoolCallback(spins, NULL, NULL));
	CHECK(TrySubmitThreadpoolCallback(ends_spinning, NULL, NULL));
	for (DWORD i = 0; i < info.dwNumberOfProcessors; i++)
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
}

static void stacks(void)
{
	const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)GetModuleHandleA(NULL);
	const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)((const char *)dos + dos->e_lfanew);
	TP_POOL_STACK_INFORMATION information = {1, 2};
	PTP_POOL pool = CreateThreadpool(NULL);

	ROW(132, "execution");
	CHECK(QueryThreadpoolStackInformation(pool, &information));
	CHECK_EQUAL(information.StackReserve, headers->OptionalHeader.SizeOfStackReserve);
	CHECK_EQUAL(information.StackCommit, headers->OptionalHeader.SizeOfStackCommit);
	information.StackReserve = 0x123456789;
	information.StackCommit = 1;
	CHECK(SetThreadpoolStackInformation(pool, &information));
	information.StackReserve = information.StackCommit = 0;
	CHECK(QueryThreadpoolStackInformation(pool, &information));
	CHECK_EQUAL(information.StackReserve, 0x123456789);
	CHECK_EQUAL(information.StackCommit, 1);
	CloseThreadpool(pool);
}

static DWORD WINAPI work_item(LPVOID context)
{
	ReleaseSemaphore(context, 1, NULL);
	return 0;
}

static void items(void)
{
	static const ULONG flags[] = {WT_EXECUTEDEFAULT, WT_EXECUTEINIOTHREAD, WT_EXECUTEINPERSISTENTTHREAD,
				      WT_EXECUTELONGFUNCTION, WT_TRANSFER_IMPERSONATION};

	ROW(131, "execution");
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		CHECK(QueueUserWorkItem(work_item, arrived, flags[i]));
		CHECK_EQUAL(WaitForSingleObject(arrived, LONG_ENOUGH), WAIT_OBJECT_0);
	}
}

int main(void)
{
	simple_try_post = ntdll_function("TpSimpleTryPost");
	gate = CreateSemaphoreA(NULL, 0, 1000, NULL);
	arrived = CreateSemaphoreA(NULL, 0, 1000, NULL);
	left = CreateSemaphoreA(NULL, 0, 1000, NULL);
	posts();
	cancel();
	groups();
	instances();
	growth();
	stall();
	stacks();
	items();
	return guest_result();
}
