/*
 * ntdll/ke/srw.c - slim reader/writer locks and condition variables.
 *
 * The word of a lock: 0 free, 1 held exclusively, shared holders << 4 | 1.  Bit 1 says that somebody waits to have the lock
 * exclusively: it keeps new shared holders out (nt facts, execution 97).  Parked threads are woken when the lock becomes
 * free, all of them; whether there are any stands in release.h's notes, so that nobody touches a lock he has freed.
 */
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/release.h"
#include "pewter/export.h"

#define SRW_HELD 1ull
#define SRW_EXCLUSIVE_WAITS 2ull
#define SRW_SHARED 16ull

struct srw_waiter {
	uint64_t *word;
	bool exclusive;
};

static inline uint64_t *word_of(RTL_SRWLOCK *lock)
{
	return (uint64_t *)lock;
}

/* Whether one more thread may share a lock whose word this is. */
static inline bool can_share(uint64_t word)
{
	return !(word & SRW_HELD) || (word >= SRW_SHARED && !(word & SRW_EXCLUSIVE_WAITS));
}

/* Marks the word, unless the lock could be had by now.  A mark on a lock that is held exclusively would be lost with the
 * store that frees it, and is not needed: a shared holder is kept out by the holder. */
static bool mark_waiting(const struct srw_waiter *waiter)
{
	uint64_t word = __atomic_load_n(waiter->word, __ATOMIC_SEQ_CST);

	for (;;) {
		if (waiter->exclusive ? !(word & SRW_HELD) : can_share(word))
			return false;
		if (!waiter->exclusive || word < SRW_SHARED || word & SRW_EXCLUSIVE_WAITS)
			return true;
		if (__atomic_compare_exchange_n(waiter->word, &word, word | SRW_EXCLUSIVE_WAITS, 1, __ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED))
			return true;
	}
}

/* Under the bucket's lock. */
static bool may_sleep(const void *context)
{
	const struct srw_waiter *waiter = context;

	/* Not before it seems needed: every holder reads the note. */
	if (!(__atomic_load_n(waiter->word, __ATOMIC_RELAXED) & SRW_HELD))
		return false;
	ke_note_asleep(waiter->word);
	if (mark_waiting(waiter))
		return true;
	ke_note_awake(ps_self);
	return false;
}

static inline bool try_exclusive(uint64_t *lock)
{
	bool was_held;

	__asm__ volatile("lock btsl $0, %1" : "=@ccc"(was_held), "+m"(*(uint32_t *)lock) : : "memory");
	return !was_held;
}

static inline bool try_shared(uint64_t *lock)
{
	uint64_t word = __atomic_load_n(lock, __ATOMIC_RELAXED);

	while (can_share(word))
		if (__atomic_compare_exchange_n(lock, &word, (word | SRW_HELD) + SRW_SHARED, 1, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

/* How often to look before going to sleep: never on one processor.  Asked once: it is a system call. */
static unsigned spins(void)
{
	static unsigned known; /* and one more */

	if (!__atomic_load_n(&known, __ATOMIC_RELAXED))
		__atomic_store_n(&known, host_cpu_count() > 1 ? 201 : 1, __ATOMIC_RELAXED);
	return __atomic_load_n(&known, __ATOMIC_RELAXED) - 1;
}

static void WINAPI acquire_slow(RTL_SRWLOCK *lock, bool exclusive) __attribute__((noinline));
static void WINAPI acquire_slow(RTL_SRWLOCK *lock, bool exclusive)
{
	struct srw_waiter waiter = {word_of(lock), exclusive};

	for (unsigned spin = spins(); spin; spin--) {
		uint64_t word = __atomic_load_n(waiter.word, __ATOMIC_RELAXED);

		if (exclusive ? !(word & SRW_HELD) && try_exclusive(waiter.word) : try_shared(waiter.word))
			return;
		__builtin_ia32_pause();
	}
	while (!(exclusive ? !(__atomic_load_n(waiter.word, __ATOMIC_RELAXED) & SRW_HELD) && try_exclusive(waiter.word)
			   : try_shared(waiter.word)))
		ke_park(lock, may_sleep, &waiter, KE_FOREVER);
}

EXPORT(ntdll, void, RtlAcquireSRWLockExclusive, (RTL_SRWLOCK * lock))
{
	if (__builtin_expect(!try_exclusive(word_of(lock)), 0))
		acquire_slow(lock, true);
}

EXPORT(ntdll, BOOLEAN, RtlTryAcquireSRWLockExclusive, (RTL_SRWLOCK * lock))
{
	return try_exclusive(word_of(lock));
}

EXPORT(ntdll, void, RtlAcquireSRWLockShared, (RTL_SRWLOCK * lock))
{
	uint64_t expected = 0;

	if (__atomic_compare_exchange_n(word_of(lock), &expected, SRW_HELD | SRW_SHARED, 0, __ATOMIC_ACQUIRE,
					__ATOMIC_RELAXED))
		return;
	if (!try_shared(word_of(lock)))
		acquire_slow(lock, false);
}

EXPORT(ntdll, BOOLEAN, RtlTryAcquireSRWLockShared, (RTL_SRWLOCK * lock))
{
	return try_shared(word_of(lock));
}

/* The lock was free.  Who is parked looks again, and whoever still has to wait parks anew. */
static void WINAPI wake_waiting(RTL_SRWLOCK *lock) __attribute__((noinline));
static void WINAPI wake_waiting(RTL_SRWLOCK *lock)
{
	if (ke_release_noted(lock))
		ke_unpark(lock, true, NULL, NULL);
}

EXPORT(ntdll, void, RtlReleaseSRWLockExclusive, (RTL_SRWLOCK * lock))
{
	if (ke_release((uint32_t *)lock, lock))
		wake_waiting(lock);
}

EXPORT(ntdll, void, RtlReleaseSRWLockShared, (RTL_SRWLOCK * lock))
{
	uint64_t word = __atomic_load_n(word_of(lock), __ATOMIC_RELAXED);
	uint64_t left;

	do {
		/* The last shared holder frees the lock, and the mark goes; so does a release of one whose word is 1. */
		left = word >= SRW_SHARED ? word - SRW_SHARED : word;
		if (left < SRW_SHARED)
			left = 0;
	} while (!__atomic_compare_exchange_n(word_of(lock), &word, left, 1, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	if (!left && __builtin_expect(__atomic_load_n(ke_note_of(lock), __ATOMIC_RELAXED) != 0, 0))
		wake_waiting(lock);
}

EXPORT(ntdll, void, RtlInitializeSRWLock, (RTL_SRWLOCK * lock))
{
	lock->Ptr = NULL;
}

/*
 * Condition variables: a counter of wakes keeps a thread from missing one between leaving its lock and parking.
 */
struct condition_waiter {
	const uint64_t *word;
	uint64_t seen;
};

static bool not_woken(const void *context)
{
	const struct condition_waiter *waiter = context;

	return __atomic_load_n(waiter->word, __ATOMIC_ACQUIRE) == waiter->seen;
}

static NTSTATUS sleep_on(RTL_CONDITION_VARIABLE *variable, uint64_t seen, const LARGE_INTEGER *timeout)
{
	struct condition_waiter waiter = {(const uint64_t *)variable, seen};
	uint64_t deadline = ke_deadline(timeout);
	NTSTATUS status = ke_park(variable, not_woken, &waiter, deadline);

	return status == STATUS_RETRY ? STATUS_SUCCESS : status;
}

EXPORT(ntdll, void, RtlInitializeConditionVariable, (RTL_CONDITION_VARIABLE * variable))
{
	variable->Ptr = NULL;
}

EXPORT(ntdll, NTSTATUS, RtlSleepConditionVariableCS,
       (RTL_CONDITION_VARIABLE * variable, RTL_CRITICAL_SECTION *section, const LARGE_INTEGER *timeout))
{
	uint64_t seen = __atomic_load_n((uint64_t *)variable, __ATOMIC_ACQUIRE);
	NTSTATUS status;

	RtlLeaveCriticalSection(section);
	status = sleep_on(variable, seen, timeout);
	RtlEnterCriticalSection(section);
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlSleepConditionVariableSRW,
       (RTL_CONDITION_VARIABLE * variable, RTL_SRWLOCK *lock, const LARGE_INTEGER *timeout, ULONG flags))
{
	uint64_t seen = __atomic_load_n((uint64_t *)variable, __ATOMIC_ACQUIRE);
	NTSTATUS status;

	if (flags & ~1u)
		return STATUS_INVALID_PARAMETER;
	if (flags & 1)
		RtlReleaseSRWLockShared(lock);
	else
		RtlReleaseSRWLockExclusive(lock);
	status = sleep_on(variable, seen, timeout);
	if (flags & 1)
		RtlAcquireSRWLockShared(lock);
	else
		RtlAcquireSRWLockExclusive(lock);
	return status;
}

/* The counter stays 0 while nobody is woken, so that a variable nobody used is 0.  It moves only when a thread is there or
 * may be on its way, which only it can say: always. */
static void count_wake(void *context, unsigned woken, bool more)
{
	__atomic_fetch_add((uint64_t *)context, 1, __ATOMIC_RELEASE);
}

EXPORT(ntdll, void, RtlWakeConditionVariable, (RTL_CONDITION_VARIABLE * variable))
{
	ke_unpark(variable, false, count_wake, variable);
}

EXPORT(ntdll, void, RtlWakeAllConditionVariable, (RTL_CONDITION_VARIABLE * variable))
{
	ke_unpark(variable, true, count_wake, variable);
}

EXPORT_FORWARD(kernel32, "AcquireSRWLockExclusive", "NTDLL.RtlAcquireSRWLockExclusive");
EXPORT_FORWARD(kernel32, "AcquireSRWLockShared", "NTDLL.RtlAcquireSRWLockShared");
EXPORT_FORWARD(kernel32, "ReleaseSRWLockExclusive", "NTDLL.RtlReleaseSRWLockExclusive");
EXPORT_FORWARD(kernel32, "ReleaseSRWLockShared", "NTDLL.RtlReleaseSRWLockShared");
EXPORT_FORWARD(kernel32, "TryAcquireSRWLockExclusive", "NTDLL.RtlTryAcquireSRWLockExclusive");
EXPORT_FORWARD(kernel32, "TryAcquireSRWLockShared", "NTDLL.RtlTryAcquireSRWLockShared");
EXPORT_FORWARD(kernel32, "InitializeSRWLock", "NTDLL.RtlInitializeSRWLock");
EXPORT_FORWARD(kernel32, "InitializeConditionVariable", "NTDLL.RtlInitializeConditionVariable");
EXPORT_FORWARD(kernel32, "WakeConditionVariable", "NTDLL.RtlWakeConditionVariable");
EXPORT_FORWARD(kernel32, "WakeAllConditionVariable", "NTDLL.RtlWakeAllConditionVariable");
