/* Locks of the run-time library: rows 93 to 101 and 104 of the execution facts. */
#include "execution_threads.h"
#include "execution_frames.h"

#include <stddef.h>

static HANDLE ready, done;

static void start(LPTHREAD_START_ROUTINE routine, LPVOID argument)
{
	CloseHandle(CreateThread(NULL, 0, routine, argument, 0, NULL));
}

static void wait_for(HANDLE object)
{
	CHECK_EQUAL(WaitForSingleObject(object, LONG_ENOUGH), WAIT_OBJECT_0);
}

static CRITICAL_SECTION section;

static DWORD WINAPI enters(LPVOID argument)
{
	CHECK(!TryEnterCriticalSection(&section));
	ReleaseSemaphore(ready, 1, NULL);
	EnterCriticalSection(&section);
	CHECK_EQUAL((ULONG_PTR)section.OwningThread, GetCurrentThreadId());
	LeaveCriticalSection(&section);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static void critical_sections(void)
{
	CRITICAL_SECTION debugged;

	ROW(94, "execution");
	memset(&section, 0xCC, sizeof(section));
	InitializeCriticalSection(&section);
	CHECK_EQUAL((LONG_PTR)section.DebugInfo, -1);
	CHECK(InitializeCriticalSectionEx(&debugged, 0, 0x10000000));
	CHECK((LONG_PTR)debugged.DebugInfo != -1 && debugged.DebugInfo != NULL);
	DeleteCriticalSection(&debugged);
	CHECK(debugged.DebugInfo == NULL);
	ROW(93, "execution");
	CHECK_EQUAL(sizeof(section), 0x28);
	CHECK(offsetof(CRITICAL_SECTION, LockCount) == 8 && offsetof(CRITICAL_SECTION, RecursionCount) == 0xC &&
	      offsetof(CRITICAL_SECTION, OwningThread) == 0x10 && offsetof(CRITICAL_SECTION, LockSemaphore) == 0x18 &&
	      offsetof(CRITICAL_SECTION, SpinCount) == 0x20);
	CHECK_EQUAL(section.LockCount, -1);
	CHECK_EQUAL(section.RecursionCount, 0);
	CHECK(section.OwningThread == NULL);
	EnterCriticalSection(&section);
	CHECK_EQUAL(section.LockCount, -2);
	CHECK_EQUAL(section.RecursionCount, 1);
	CHECK_EQUAL((ULONG_PTR)section.OwningThread, GetCurrentThreadId());
	CHECK(TryEnterCriticalSection(&section));
	CHECK_EQUAL(section.LockCount, -2);
	CHECK_EQUAL(section.RecursionCount, 2);
	ROW(95, "execution");
	LeaveCriticalSection(&section);
	start(enters, NULL);
	wait_for(ready);
	while (section.LockCount == -2)
		Sleep(1);
	CHECK_EQUAL(section.LockCount & 1, 0); /* held */
	CHECK_EQUAL(section.LockCount, -6); /* one waits, and nobody is being woken */
	LeaveCriticalSection(&section);
	wait_for(done);
	CHECK_EQUAL(section.LockCount, -1);
	section.DebugInfo = NULL;
	EnterCriticalSection(&section);
	LeaveCriticalSection(&section);
	DeleteCriticalSection(&section);
	CHECK(section.DebugInfo == NULL);
}

static SRWLOCK srw;

static DWORD WINAPI takes_exclusive(LPVOID argument)
{
	ReleaseSemaphore(ready, 1, NULL);
	AcquireSRWLockExclusive(&srw);
	ReleaseSRWLockExclusive(&srw);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static DWORD WINAPI takes_shared(LPVOID argument)
{
	ReleaseSemaphore(ready, 1, NULL);
	AcquireSRWLockShared(&srw);
	ReleaseSRWLockShared(&srw);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static void srw_locks(void)
{
	char storage[sizeof(SRWLOCK) + 8];
	SRWLOCK *unaligned = (SRWLOCK *)(storage + 3);

	ROW(96, "execution");
	InitializeSRWLock(&srw);
	CHECK(srw.Ptr == NULL);
	AcquireSRWLockExclusive(&srw);
	CHECK_EQUAL((ULONG_PTR)srw.Ptr, 1);
	ReleaseSRWLockExclusive(&srw);
	CHECK(srw.Ptr == NULL);
	srw.Ptr = (PVOID)1;
	ReleaseSRWLockExclusive(&srw);
	CHECK(srw.Ptr == NULL);
	InitializeSRWLock(unaligned);
	AcquireSRWLockExclusive(unaligned);
	CHECK(!TryAcquireSRWLockShared(unaligned));
	ReleaseSRWLockExclusive(unaligned);
	ROW(97, "execution");
	AcquireSRWLockExclusive(&srw);
	CHECK(!TryAcquireSRWLockExclusive(&srw));
	CHECK(!TryAcquireSRWLockShared(&srw));
	start(takes_shared, NULL);
	wait_for(ready);
	CHECK_EQUAL(WaitForSingleObject(done, NOT_YET), WAIT_TIMEOUT);
	ReleaseSRWLockExclusive(&srw);
	wait_for(done);
	AcquireSRWLockShared(&srw);
	AcquireSRWLockShared(&srw);
	CHECK(!TryAcquireSRWLockExclusive(&srw));
	ReleaseSRWLockShared(&srw);
	start(takes_exclusive, NULL);
	wait_for(ready);
	CHECK_EQUAL(WaitForSingleObject(done, NOT_YET), WAIT_TIMEOUT);
	/* One that waits to have it alone keeps new sharers out. */
	while (TryAcquireSRWLockShared(&srw)) {
		ReleaseSRWLockShared(&srw);
		Sleep(1);
	}
	CHECK(!TryAcquireSRWLockExclusive(&srw));
	ReleaseSRWLockShared(&srw);
	wait_for(done);
	CHECK(srw.Ptr == NULL);
}

static CONDITION_VARIABLE condition;
static volatile LONG turn;

static DWORD WINAPI waits_for_turn(LPVOID argument)
{
	AcquireSRWLockExclusive(&srw);
	ReleaseSemaphore(ready, 1, NULL);
	while (!turn)
		CHECK(SleepConditionVariableSRW(&condition, &srw, LONG_ENOUGH, 0));
	ReleaseSRWLockExclusive(&srw);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

/* Woken in time, with the lock given up only when the time is over.  FALSE: the machine was too slow to tell. */
static volatile LONG late_result;
static ULONGLONG late_start;

static DWORD WINAPI waits_late(LPVOID argument)
{
	AcquireSRWLockExclusive(&srw);
	late_start = GetTickCount64();
	ReleaseSemaphore(ready, 1, NULL);
	late_result = SleepConditionVariableSRW(&condition, &srw, 1500, 0);
	CHECK(!TryAcquireSRWLockExclusive(&srw));
	ReleaseSRWLockExclusive(&srw);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static BOOL late_lock(void)
{
	BOOL in_time;

	start(waits_late, NULL);
	wait_for(ready);
	AcquireSRWLockExclusive(&srw);
	WakeConditionVariable(&condition);
	in_time = GetTickCount64() < late_start + 1400;
	while (GetTickCount64() < late_start + 1700)
		Sleep(50);
	ReleaseSRWLockExclusive(&srw);
	wait_for(done);
	if (in_time)
		CHECK(late_result);
	return in_time;
}

static void *crooked; /* a condition variable on an odd address */

static DWORD WINAPI waits_for_crooked(LPVOID argument)
{
	AcquireSRWLockExclusive(&srw);
	ReleaseSemaphore(ready, 1, NULL);
	CHECK(SleepConditionVariableSRW(crooked, &srw, LONG_ENOUGH, 0));
	ReleaseSRWLockExclusive(&srw);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static void unaligned_condition(void)
{
	static char storage[24];

	crooked = storage + 5;
	InitializeConditionVariable(crooked);
	start(waits_for_crooked, NULL);
	wait_for(ready);
	AcquireSRWLockExclusive(&srw);
	ReleaseSRWLockExclusive(&srw);
	WakeConditionVariable(crooked);
	wait_for(done);
}

static void conditions(void)
{
	ROW(98, "execution");
	InitializeConditionVariable(&condition);
	WakeAllConditionVariable(&condition); /* is not stored */
	InitializeCriticalSection(&section);
	EnterCriticalSection(&section);
	CHECK_FAILS(SleepConditionVariableCS(&condition, &section, 10), ERROR_TIMEOUT);
	CHECK_EQUAL((ULONG_PTR)section.OwningThread, GetCurrentThreadId());
	LeaveCriticalSection(&section);
	DeleteCriticalSection(&section);
	AcquireSRWLockShared(&srw);
	CHECK_FAILS(SleepConditionVariableSRW(&condition, &srw, 10, CONDITION_VARIABLE_LOCKMODE_SHARED), ERROR_TIMEOUT);
	ReleaseSRWLockShared(&srw);
	unaligned_condition();
	while (!late_lock())
		;
	for (int i = 0; i < 3; i++)
		start(waits_for_turn, NULL);
	for (int i = 0; i < 3; i++)
		wait_for(ready);
	AcquireSRWLockExclusive(&srw);
	turn = 1;
	WakeAllConditionVariable(&condition);
	ReleaseSRWLockExclusive(&srw);
	for (int i = 0; i < 3; i++)
		wait_for(done);
}

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static BOOL succeed;
static volatile LONG runs;
static PVOID failing_context = (PVOID)0x100;

static BOOL CALLBACK initialize(PINIT_ONCE at, PVOID parameter, PVOID *context)
{
	runs++;
	CHECK_EQUAL((ULONG_PTR)at->Ptr & 3, 1);
	*context = failing_context;
	SetLastError(0xABC);
	return succeed;
}

static void run_bad_once(void)
{
	PVOID context;

	InitOnceExecuteOnce(&once, initialize, NULL, &context);
}

static void run_once(void)
{
	PVOID context = NULL;
	BOOL pending;

	ROW(99, "execution");
	succeed = FALSE;
	CHECK(!InitOnceExecuteOnce(&once, initialize, NULL, &context));
	CHECK_EQUAL(GetLastError(), 0xABC);
	CHECK(once.Ptr == NULL);
	succeed = TRUE;
	CHECK(InitOnceExecuteOnce(&once, initialize, NULL, &context));
	CHECK(context == (PVOID)0x100);
	CHECK_EQUAL((ULONG_PTR)once.Ptr, 0x102);
	CHECK(InitOnceExecuteOnce(&once, initialize, NULL, &context));
	CHECK_EQUAL(runs, 2);

	/* A context whose low bits are not free ends in an exception. */
	InitOnceInitialize(&once);
	failing_context = (PVOID)0x101;
	CHECK(guarded(run_bad_once) != 0);

	ROW(100, "execution");
	InitOnceInitialize(&once);
	CHECK_FAILS(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, &context), ERROR_GEN_FAILURE);
	CHECK_FAILS(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY | INIT_ONCE_ASYNC, &pending, &context), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(InitOnceComplete(&once, 0, NULL), ERROR_GEN_FAILURE);
	CHECK(InitOnceBeginInitialize(&once, 0, &pending, &context));
	CHECK(pending);
	CHECK_EQUAL((ULONG_PTR)once.Ptr, 1);
	CHECK_FAILS(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(InitOnceComplete(&once, INIT_ONCE_INIT_FAILED, (PVOID)0x10), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(InitOnceComplete(&once, INIT_ONCE_ASYNC, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(InitOnceComplete(&once, INIT_ONCE_INIT_FAILED | INIT_ONCE_ASYNC, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(InitOnceComplete(&once, 0, (PVOID)3), ERROR_INVALID_PARAMETER);
	CHECK(InitOnceComplete(&once, INIT_ONCE_INIT_FAILED, NULL));
	CHECK(once.Ptr == NULL);
	CHECK(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context));
	CHECK(pending);
	CHECK(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context));
	CHECK(pending);
	CHECK_EQUAL((ULONG_PTR)once.Ptr, 3);
	CHECK_FAILS(InitOnceBeginInitialize(&once, 0, &pending, &context), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(InitOnceComplete(&once, 0, (PVOID)0x200), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(InitOnceComplete(&once, INIT_ONCE_INIT_FAILED, NULL), ERROR_INVALID_PARAMETER);
	CHECK(InitOnceComplete(&once, INIT_ONCE_ASYNC, (PVOID)0x200));
	CHECK_FAILS(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY | INIT_ONCE_ASYNC, &pending, &context),
		    ERROR_INVALID_PARAMETER);
	CHECK(InitOnceBeginInitialize(&once, 0, &pending, &context) && !pending && context == (PVOID)0x200);
	CHECK(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, &context));
	CHECK(!pending);
	CHECK(context == (PVOID)0x200);
}

static volatile LONG64 value;

static DWORD WINAPI waits_on_address(LPVOID argument)
{
	NTSTATUS(NTAPI * wait)(const void *, const void *, SIZE_T, const LARGE_INTEGER *) = argument;
	LONG64 compare = 0;

	ReleaseSemaphore(ready, 1, NULL);
	while (value == 0)
		CHECK_EQUAL(wait((const void *)&value, &compare, 8, NULL), 0);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static NTSTATUS(NTAPI *wait_nt)(const void *, const void *, SIZE_T, const LARGE_INTEGER *);

static void wait_for_null(void)
{
	wait_nt(NULL, &(LONG64){0}, 8, &(LARGE_INTEGER){.QuadPart = 0});
}

static void wait_against_null(void)
{
	wait_nt((const void *)&value, NULL, 8, &(LARGE_INTEGER){.QuadPart = 0});
}

static void addresses(void)
{
	BOOL(WINAPI * wait_win32)(volatile void *, void *, SIZE_T, DWORD) =
		(void *)GetProcAddress(GetModuleHandleA("kernelbase.dll"), "WaitOnAddress");
	NTSTATUS(NTAPI * wait)(const void *, const void *, SIZE_T, const LARGE_INTEGER *) = ntdll_function("RtlWaitOnAddress");
	void(NTAPI * wake)(const void *) = ntdll_function("RtlWakeAddressAll");
	LARGE_INTEGER timeout = {.QuadPart = -100000};
	LONG64 compare = 0;

	ROW(101, "execution");
	CHECK_EQUAL((DWORD)wait((const void *)&value, &compare, 5, &timeout), 0xC000000D);
	for (SIZE_T size = 1; size <= 8; size *= 2)
		CHECK_EQUAL((DWORD)wait((const void *)&value, &compare, size, &timeout), 0x102);
	compare = 1;
	CHECK_EQUAL((DWORD)wait((const void *)&value, &compare, 8, NULL), 0);
	GetSystemTimeAsFileTime((FILETIME *)&timeout);
	timeout.QuadPart += 100000;
	compare = 0;
	CHECK_EQUAL((DWORD)wait((const void *)&value, &compare, 8, &timeout), 0x102);
	wake(NULL);
	CHECK_FAILS(wait_win32((volatile void *)&value, &compare, 8, 5), ERROR_TIMEOUT);
	CHECK_FAILS(wait_win32((volatile void *)&value, &compare, 3, 5), ERROR_INVALID_PARAMETER);
	CHECK(wait_win32((volatile void *)&value, &(LONG64){4}, 8, INFINITE));
	/* NULL is an address that cannot be read. */
	wait_nt = wait;
	CHECK_EQUAL(guarded(wait_for_null), EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(guarded(wait_against_null), EXCEPTION_ACCESS_VIOLATION);
	start(waits_on_address, (LPVOID)(void *)wait);
	wait_for(ready);
	InterlockedExchange64(&value, 1);
	wake((const void *)&value);
	wait_for(done);
}

/* Lists whose depth is what was said of them. */
static void lists(void)
{
	static SLIST_HEADER list __attribute__((aligned(16)));
	static SLIST_ENTRY entries[6] __attribute__((aligned(16)));
	PSLIST_ENTRY(NTAPI * push)(PSLIST_HEADER, PSLIST_ENTRY, PSLIST_ENTRY, ULONG) =
		(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "InterlockedPushListSListEx");

	ROW(104, "execution");
	InitializeSListHead(&list);
	CHECK_EQUAL(QueryDepthSList(&list), 0);
	CHECK(InterlockedPopEntrySList(&list) == NULL && InterlockedFlushSList(&list) == NULL);
	CHECK(InterlockedPushEntrySList(&list, &entries[0]) == NULL);
	CHECK(InterlockedPushEntrySList(&list, &entries[1]) == &entries[0]);
	CHECK_EQUAL(QueryDepthSList(&list), 2);
	CHECK(InterlockedPopEntrySList(&list) == &entries[1]);
	CHECK(InterlockedFlushSList(&list) == &entries[0]);
	CHECK_EQUAL(QueryDepthSList(&list), 0);
	CHECK(push != NULL);
	if (!push)
		return;
	/* Two entries that are said to be five. */
	entries[2].Next = &entries[3];
	CHECK(push(&list, &entries[2], &entries[3], 5) == NULL);
	CHECK_EQUAL(QueryDepthSList(&list), 5);
	CHECK(InterlockedPopEntrySList(&list) == &entries[2] && InterlockedPopEntrySList(&list) == &entries[3]);
	CHECK_EQUAL(QueryDepthSList(&list), 3);
	CHECK(InterlockedPopEntrySList(&list) == NULL);
	CHECK_EQUAL(QueryDepthSList(&list), 3);
	CHECK(InterlockedFlushSList(&list) == NULL);
	InitializeSListHead(&list);
	/* 16 bits. */
	entries[4].Next = NULL;
	CHECK(push(&list, &entries[4], &entries[4], 0x1FFFE) == NULL);
	CHECK_EQUAL(QueryDepthSList(&list), 0xFFFE);
	CHECK(InterlockedPushEntrySList(&list, &entries[5]) == &entries[4]);
	CHECK_EQUAL(QueryDepthSList(&list), 0xFFFF);
	CHECK(InterlockedPushEntrySList(&list, &entries[0]) == &entries[5]);
	CHECK_EQUAL(QueryDepthSList(&list), 0);
	CHECK(InterlockedFlushSList(&list) == &entries[0]);
}

/* RTL_RESOURCE; its layout is only its size here. */
static ULONG_PTR resource[32];
static BOOLEAN(NTAPI *acquire_exclusive)(void *, BOOLEAN), (NTAPI *acquire_shared)(void *, BOOLEAN);
static void(NTAPI *release_resource)(void *);

static DWORD WINAPI wants_exclusive(LPVOID argument)
{
	CHECK(!acquire_exclusive(resource, FALSE));
	ReleaseSemaphore(ready, 1, NULL);
	CHECK(acquire_exclusive(resource, TRUE));
	CHECK(acquire_exclusive(resource, TRUE));
	CHECK(acquire_shared(resource, TRUE));
	release_resource(resource);
	release_resource(resource);
	release_resource(resource);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static DWORD WINAPI wants_shared(LPVOID argument)
{
	CHECK(!acquire_shared(resource, FALSE));
	ReleaseSemaphore(ready, 1, NULL);
	CHECK(acquire_shared(resource, TRUE));
	release_resource(resource);
	ReleaseSemaphore(done, 1, NULL);
	return 0;
}

static void resources(void)
{
	void(NTAPI * initialize_resource)(void *) = ntdll_function("RtlInitializeResource");
	void(NTAPI * delete_resource)(void *) = ntdll_function("RtlDeleteResource");

	ROW(104, "execution");
	acquire_exclusive = ntdll_function("RtlAcquireResourceExclusive");
	acquire_shared = ntdll_function("RtlAcquireResourceShared");
	release_resource = ntdll_function("RtlReleaseResource");
	if (!initialize_resource || !acquire_exclusive || !acquire_shared || !release_resource || !delete_resource)
		return;
	initialize_resource(resource);
	CHECK(acquire_shared(resource, FALSE));
	start(wants_exclusive, NULL);
	wait_for(ready);
	CHECK_EQUAL(WaitForSingleObject(done, NOT_YET), WAIT_TIMEOUT);
	CHECK(acquire_shared(resource, TRUE)); /* no preference */
	release_resource(resource);
	release_resource(resource);
	wait_for(done);
	CHECK(acquire_exclusive(resource, TRUE));
	start(wants_shared, NULL);
	start(wants_shared, NULL);
	wait_for(ready);
	wait_for(ready);
	CHECK_EQUAL(WaitForSingleObject(done, NOT_YET), WAIT_TIMEOUT);
	release_resource(resource);
	wait_for(done);
	wait_for(done);
	delete_resource(resource);
}

int main(void)
{
	ready = CreateSemaphoreA(NULL, 0, 100, NULL);
	done = CreateSemaphoreA(NULL, 0, 100, NULL);
	critical_sections();
	srw_locks();
	conditions();
	run_once();
	addresses();
	lists();
	resources();
	return guest_result();
}
