/*
 * ntdll/ke/critical_section.c - RTL_CRITICAL_SECTION, with Windows' words.
 *
 * LockCount: bit 0 set = free, bit 1 set = no waiter has been woken, the bits above are the complement of the number of
 * waiters.  So -1 is free, -2 held, -6 held with one waiter (MSDN, "Displaying a Critical Section").  A waiter counts itself
 * in and sleeps; who leaves takes one waiter off, clears bit 1 and wakes it; the woken one sets bit 1 again when it gets the
 * lock, or when it counts itself in anew.
 */
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

BOOLEAN NTAPI RtlDllShutdownInProgress(void);

#define CS_FREE 1
#define CS_NO_WAKE 2
#define CS_WAITER 4
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
	HANDLE semaphore = section->LockSemaphore;
	RTL_CRITICAL_SECTION_DEBUG *debug = section->DebugInfo;

	if (debug && debug != (PVOID)(intptr_t)-1 && debug->CriticalSection == section)
		RtlFreeHeap(ps_peb->ProcessHeap, 0, debug);
	section->DebugInfo = NULL;
	section->LockCount = -1;
	section->RecursionCount = 0;
	section->OwningThread = NULL;
	section->LockSemaphore = NULL;
	section->SpinCount = 0;
	if (semaphore && semaphore != INVALID_HANDLE_VALUE)
		ob_close_handle(semaphore);
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

/* Counts one more waiter in, if the lock is still held; a wake that was ours has been used up. */
static bool count_in(const void *context)
{
	const struct waiter *waiter = context;
	LONG count = __atomic_load_n(&waiter->section->LockCount, __ATOMIC_RELAXED);

	do {
		if (count & CS_FREE)
			return false;
	} while (!__atomic_compare_exchange_n(&waiter->section->LockCount, &count,
					      (waiter->woken ? count | CS_NO_WAKE : count) - CS_WAITER, 1, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return true;
}

/* Takes the free lock; `woken`: the wake in progress was ours. */
static bool try_take(RTL_CRITICAL_SECTION *section, bool woken)
{
	LONG count = __atomic_load_n(&section->LockCount, __ATOMIC_RELAXED);

	while (count & CS_FREE) {
		LONG taken = (count & ~CS_FREE) | (woken ? CS_NO_WAKE : 0);

		if (__atomic_compare_exchange_n(&section->LockCount, &count, taken, 1, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

/* Microsoft's convention, so that the fast path saves no registers for it. */
static void WINAPI enter_slow(RTL_CRITICAL_SECTION *section, HANDLE self) __attribute__((noinline));
static void WINAPI enter_slow(RTL_CRITICAL_SECTION *section, HANDLE self)
{
	struct waiter waiter = {section, false};

	for (ULONG_PTR spin = section->SpinCount & 0xFFFFFF; spin; spin--) {
		if (__atomic_load_n(&section->LockCount, __ATOMIC_RELAXED) & CS_FREE && try_take(section, false))
			goto taken;
		__builtin_ia32_pause();
	}
	/* At the end of the process who holds it is gone: the process ends here and now (execution facts, row 145). */
	if (RtlDllShutdownInProgress()) {
		if (try_take(section, false))
			goto taken;
		ps_terminate_process(ps_own_process.exit_code);
	}
	while (!try_take(section, waiter.woken)) {
		HANDLE semaphore = section->LockSemaphore;

		if (semaphore && semaphore != INVALID_HANDLE_VALUE) {
			NTSTATUS status;

			if (!count_in(&waiter))
				continue;
			status = NtWaitForSingleObject(semaphore, FALSE, NULL);
			if (!NT_SUCCESS(status))
				RtlRaiseStatus(status);
		} else if (ke_park(&section->LockCount, count_in, &waiter, KE_FOREVER) == STATUS_RETRY) {
			continue;
		}
		waiter.woken = true;
	}
taken:
	section->OwningThread = self;
	section->RecursionCount = 1;
}

EXPORT(ntdll, NTSTATUS, RtlEnterCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	HANDLE self = NtCurrentTeb()->ClientId.UniqueThread;
	bool was_free;

	__asm__ volatile("lock btrl $0, %1" : "=@ccc"(was_free), "+m"(section->LockCount) : : "memory");
	if (__builtin_expect(was_free, 1)) {
		section->OwningThread = self;
		section->RecursionCount = 1;
		return STATUS_SUCCESS;
	}
	if (section->OwningThread == self) {
		section->RecursionCount++;
		return STATUS_SUCCESS;
	}
	enter_slow(section, self);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, BOOLEAN, RtlTryEnterCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	HANDLE self = NtCurrentTeb()->ClientId.UniqueThread;
	bool was_free;

	__asm__ volatile("lock btrl $0, %1" : "=@ccc"(was_free), "+m"(section->LockCount) : : "memory");
	if (was_free) {
		section->OwningThread = self;
		section->RecursionCount = 1;
		return TRUE;
	}
	if (section->OwningThread == self) {
		section->RecursionCount++;
		return TRUE;
	}
	return FALSE;
}

static void WINAPI leave_slow(RTL_CRITICAL_SECTION *section) __attribute__((noinline));
/* Takes one waiter off the count and notes that a wake is in progress, if there is one and nobody else did. */
static bool count_out(RTL_CRITICAL_SECTION *section)
{
	LONG count = __atomic_load_n(&section->LockCount, __ATOMIC_RELAXED);

	do {
		if (!(count & CS_FREE) || !(count & CS_NO_WAKE) || count == -1)
			return false;
	} while (!__atomic_compare_exchange_n(&section->LockCount, &count, (count & ~CS_NO_WAKE) + CS_WAITER, 1,
					      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return true;
}

static void WINAPI leave_slow(RTL_CRITICAL_SECTION *section)
{
	HANDLE semaphore;

	if (!count_out(section))
		return;
	semaphore = section->LockSemaphore;
	if (semaphore && semaphore != INVALID_HANDLE_VALUE)
		NtSetEvent(semaphore, NULL);
	else
		ke_unpark(&section->LockCount, false, NULL, NULL);
}

EXPORT(ntdll, NTSTATUS, RtlLeaveCriticalSection, (RTL_CRITICAL_SECTION * section))
{
	LONG count;

	if (__builtin_expect(--section->RecursionCount, 0))
		return STATUS_SUCCESS;
	section->OwningThread = NULL;
	count = __atomic_add_fetch(&section->LockCount, CS_FREE, __ATOMIC_RELEASE);
	if (__builtin_expect(count != -1, 0))
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

EXPORT_FORWARD(kernel32, "EnterCriticalSection", "NTDLL.RtlEnterCriticalSection");
EXPORT_FORWARD(kernel32, "LeaveCriticalSection", "NTDLL.RtlLeaveCriticalSection");
EXPORT_FORWARD(kernel32, "DeleteCriticalSection", "NTDLL.RtlDeleteCriticalSection");
EXPORT_FORWARD(kernel32, "TryEnterCriticalSection", "NTDLL.RtlTryEnterCriticalSection");
EXPORT_FORWARD(kernel32, "SetCriticalSectionSpinCount", "NTDLL.RtlSetCriticalSectionSpinCount");
