/*
 * ntdll/ke/critical_section.c - RTL_CRITICAL_SECTION, with Windows' words.
 *
 * The lock itself is ours and stands in LockSemaphore, where NT keeps what waiters sleep on.  The lower half is 1 while
 * the section is held, and freed by release.h's rules.  In the upper half bit 0 says that a waiter has been woken and not
 * come yet, the bits above count the waiters that sleep.  A waiter counts itself in and sleeps; who leaves takes one
 * waiter off, sets the bit and wakes it; the woken one clears the bit when it gets the lock, or when it counts itself in
 * anew.
 *
 * LockCount says the same as on Windows: bit 0 set = free, bit 1 set = no waiter has been woken, the bits above are the
 * complement of the number of waiters.  So -1 is free, -2 held, -6 held with one waiter (MSDN, "Displaying a Critical
 * Section").
 */
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/release.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

BOOLEAN NTAPI RtlDllShutdownInProgress(void);

#define CS_WAKING 1u
#define CS_WAITER 2u
#define CS_FORCE_DEBUG_INFO 0x10000000u
#define CS_ALL_FLAGS 0x1F000000u

/* What a debugger looks at, of sections that ask for it; winnt.h.  Sections without a list of their own point to
 * themselves. */
typedef struct _RTL_CRITICAL_SECTION_DEBUG {
	USHORT Type;
	USHORT CreatorBackTraceIndex;
	RTL_CRITICAL_SECTION *CriticalSection;
	LIST_ENTRY ProcessLocksList;
	ULONG EntryCount;
	ULONG ContentionCount;
	ULONG Flags;
	USHORT CreatorBackTraceIndexHigh;
	USHORT SpareUSHORT;
} RTL_CRITICAL_SECTION_DEBUG;

EXPORT(ntdll, NTSTATUS, RtlInitializeCriticalSectionEx, (RTL_CRITICAL_SECTION * section, ULONG spin, ULONG flags))
{
	if (flags & ~CS_ALL_FLAGS || spin & 0xFF000000u)
		return flags & ~CS_ALL_FLAGS ? STATUS_INVALID_PARAMETER_3 : STATUS_INVALID_PARAMETER_2;
	section->DebugInfo = (PVOID)(intptr_t)-1;
	if (flags & CS_FORCE_DEBUG_INFO) {
		RTL_CRITICAL_SECTION_DEBUG *debug = RtlAllocateHeap(ps_peb->ProcessHeap, 8, sizeof(*debug));

		if (!debug)
			return STATUS_NO_MEMORY;
		debug->CriticalSection = section;
		debug->ProcessLocksList.Flink = debug->ProcessLocksList.Blink = &debug->ProcessLocksList;
		section->DebugInfo = debug;
	}
	section->LockCount = -1;
	section->RecursionCount = 0;
	section->OwningThread = NULL;
	section->LockSemaphore = NULL;
	/* Spinning is for several processors only. */
	section->SpinCount = host_cpu_count() > 1 ? spin & 0xFFFFFF : 0;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlInitializeCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	return RtlInitializeCriticalSectionEx(section, 0, 0);
}

EXPORT(ntdll, NTSTATUS, RtlInitializeCriticalSectionAndSpinCount, (RTL_CRITICAL_SECTION * section, ULONG spin))
{
	return RtlInitializeCriticalSectionEx(section, spin & 0xFFFFFF, 0);
}

EXPORT(ntdll, NTSTATUS, RtlDeleteCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	RTL_CRITICAL_SECTION_DEBUG *debug = section->DebugInfo;

	if (debug && debug != (PVOID)(intptr_t)-1 && debug->CriticalSection == section)
		RtlFreeHeap(ps_peb->ProcessHeap, 0, debug);
	section->DebugInfo = NULL;
	section->LockCount = -1;
	section->RecursionCount = 0;
	section->OwningThread = NULL;
	section->LockSemaphore = NULL;
	section->SpinCount = 0;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, ULONG, RtlSetCriticalSectionSpinCount, (RTL_CRITICAL_SECTION * section, ULONG spin))
{
	ULONG old = (ULONG)section->SpinCount;

	section->SpinCount = host_cpu_count() > 1 ? spin & 0xFFFFFF : 0;
	return old;
}

struct waiter {
	RTL_CRITICAL_SECTION *section;
	bool woken; /* the wake in progress is ours */
};

static inline uint32_t *lock_of(RTL_CRITICAL_SECTION *section)
{
	return (uint32_t *)&section->LockSemaphore;
}

static inline uint32_t *waiters_of(RTL_CRITICAL_SECTION *section)
{
	return lock_of(section) + 1;
}

/* LockCount and RecursionCount, in one store. */
static inline void set_counts(RTL_CRITICAL_SECTION *section, LONG lock_count, LONG recursion)
{
	__atomic_store_n((uint64_t *)(void *)&section->LockCount, (uint64_t)(uint32_t)recursion << 32 | (uint32_t)lock_count,
			 __ATOMIC_RELAXED);
}

/* LockCount as it is while threads wait.  It is for who looks: the lock does without. */
static void WINAPI show_waiters(RTL_CRITICAL_SECTION *section) __attribute__((noinline));
static void WINAPI show_waiters(RTL_CRITICAL_SECTION *section)
{
	uint32_t held = __atomic_load_n(lock_of(section), __ATOMIC_RELAXED);
	uint32_t waiters = __atomic_load_n(waiters_of(section), __ATOMIC_RELAXED);

	__atomic_store_n(&section->LockCount, ~(LONG)(held | waiters << 1), __ATOMIC_RELAXED);
}

/* Counts one more waiter in, if the lock is still held; a wake that was ours has been used up.  Under the bucket's lock. */
static bool count_in(const void *context)
{
	const struct waiter *waiter = context;

	/* Not before it seems needed: every holder reads the note. */
	if (!__atomic_load_n(lock_of(waiter->section), __ATOMIC_RELAXED))
		return false;
	ke_note_asleep(waiter->section);
	if (!__atomic_load_n(lock_of(waiter->section), __ATOMIC_SEQ_CST)) {
		ke_note_awake(ps_self);
		return false;
	}
	__atomic_fetch_add(waiters_of(waiter->section), CS_WAITER - (waiter->woken ? CS_WAKING : 0), __ATOMIC_SEQ_CST);
	show_waiters(waiter->section);
	return true;
}

static inline bool try_take(RTL_CRITICAL_SECTION *section)
{
	bool was_held;

	__asm__ volatile("lock btsl $0, %1" : "=@ccc"(was_held), "+m"(*lock_of(section)) : : "memory");
	return !was_held;
}

/* Microsoft's convention, so that the fast path saves no registers for it. */
static void WINAPI enter_slow(RTL_CRITICAL_SECTION *section, HANDLE self) __attribute__((noinline));
static void WINAPI enter_slow(RTL_CRITICAL_SECTION *section, HANDLE self)
{
	struct waiter waiter = {section, false};

	for (ULONG_PTR spin = section->SpinCount & 0xFFFFFF; spin; spin--) {
		if (!__atomic_load_n(lock_of(section), __ATOMIC_RELAXED) && try_take(section))
			goto taken;
		__builtin_ia32_pause();
	}
	/* At the end of the process who holds it is gone: the process ends here and now (execution facts, row 145). */
	if (RtlDllShutdownInProgress()) {
		if (try_take(section))
			goto taken;
		ps_terminate_process(ps_own_process.exit_code);
	}
	while (__atomic_load_n(lock_of(section), __ATOMIC_RELAXED) || !try_take(section))
		if (ke_park(section, count_in, &waiter, KE_FOREVER) != STATUS_RETRY)
			waiter.woken = true;
	if (waiter.woken)
		__atomic_fetch_sub(waiters_of(section), CS_WAKING, __ATOMIC_SEQ_CST);
taken:
	section->OwningThread = self;
	section->RecursionCount = 1;
	show_waiters(section);
}

/* The lock is the calling thread's, taken on the fast path. */
static inline void taken_at_once(RTL_CRITICAL_SECTION *section, HANDLE self)
{
	section->OwningThread = self;
	set_counts(section, -2, 1);
	if (__builtin_expect(__atomic_load_n(waiters_of(section), __ATOMIC_RELAXED) != 0, 0))
		show_waiters(section);
}

static inline HANDLE own_id(void)
{
	HANDLE id;

	__asm__("movq %%gs:%c1, %0" : "=r"(id) : "i"(offsetof(TEB, ClientId.UniqueThread)));
	return id;
}

EXPORT(ntdll, NTSTATUS, RtlEnterCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	HANDLE self = own_id();

	if (__builtin_expect(try_take(section), 1))
		taken_at_once(section, self);
	else if (section->OwningThread == self)
		section->RecursionCount++;
	else
		enter_slow(section, self);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, BOOLEAN, RtlTryEnterCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	HANDLE self = own_id();

	if (try_take(section))
		taken_at_once(section, self);
	else if (section->OwningThread == self)
		section->RecursionCount++;
	else
		return FALSE;
	return TRUE;
}

/* A waiter sleeps: wakes it, unless one has been woken and not come yet. */
static bool count_out(void *context)
{
	RTL_CRITICAL_SECTION *section = context;
	uint32_t waiters = __atomic_load_n(waiters_of(section), __ATOMIC_RELAXED);

	do {
		if (waiters & CS_WAKING)
			return false;
	} while (!__atomic_compare_exchange_n(waiters_of(section), &waiters, waiters - CS_WAITER + CS_WAKING, 1,
					      __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	show_waiters(section);
	return true;
}

/* The lock was free: the section may be gone by now, unless somebody waits for it. */
static void WINAPI leave_slow(RTL_CRITICAL_SECTION *section) __attribute__((noinline));
static void WINAPI leave_slow(RTL_CRITICAL_SECTION *section)
{
	if (ke_release_noted(section))
		ke_unpark_if(section, count_out, section);
}

EXPORT(ntdll, NTSTATUS, RtlLeaveCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	if (__builtin_expect(section->RecursionCount != 1, 0)) {
		section->RecursionCount--;
		return STATUS_SUCCESS;
	}
	section->OwningThread = NULL;
	set_counts(section, -1, 0);
	if (ke_release(lock_of(section), section))
		leave_slow(section);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, ULONG, RtlIsCriticalSectionLocked, (RTL_CRITICAL_SECTION * section))
{
	return section->RecursionCount != 0;
}

EXPORT(ntdll, ULONG, RtlIsCriticalSectionLockedByThread, (RTL_CRITICAL_SECTION * section))
{
	return section->OwningThread == NtCurrentTeb()->ClientId.UniqueThread && section->RecursionCount != 0;
}

/* 0 for who does not own it. */
EXPORT(ntdll, ULONG, RtlGetCriticalSectionRecursionCount, (RTL_CRITICAL_SECTION * section))
{
	return section->OwningThread == NtCurrentTeb()->ClientId.UniqueThread ? (ULONG)section->RecursionCount : 0;
}

EXPORT_FORWARD(kernel32, "EnterCriticalSection", "NTDLL.RtlEnterCriticalSection");
EXPORT_FORWARD(kernel32, "LeaveCriticalSection", "NTDLL.RtlLeaveCriticalSection");
EXPORT_FORWARD(kernel32, "DeleteCriticalSection", "NTDLL.RtlDeleteCriticalSection");
EXPORT_FORWARD(kernel32, "TryEnterCriticalSection", "NTDLL.RtlTryEnterCriticalSection");
EXPORT_FORWARD(kernel32, "SetCriticalSectionSpinCount", "NTDLL.RtlSetCriticalSectionSpinCount");

/* The id of the thread that owns it, 0 = nobody does. */
EXPORT(ntdll, HANDLE, RtlQueryCriticalSectionOwner, (RTL_CRITICAL_SECTION * section))
{
	return __atomic_load_n(&section->OwningThread, __ATOMIC_RELAXED);
}

/*
 * The PEB's lock, which programs take around its lists and the environment.
 */
EXPORT(ntdll, void, RtlAcquirePebLock, (void))
{
	RtlEnterCriticalSection(NtCurrentPeb()->FastPebLock);
}

EXPORT(ntdll, void, RtlReleasePebLock, (void))
{
	RtlLeaveCriticalSection(NtCurrentPeb()->FastPebLock);
}

EXPORT(ntdll, BOOLEAN, RtlTryAcquirePebLock, (void))
{
	return RtlTryEnterCriticalSection(NtCurrentPeb()->FastPebLock);
}
