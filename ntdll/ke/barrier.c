/*
 * ntdll/ke/barrier.c - RTL_BARRIER, the SYNCHRONIZATION_BARRIER of Win32: a counter of the phase's arrivals and a phase number to
 * sleep on.  Sleepers are parked at once; the spin count is kept and not used.
 */
#include "ntdll/ke/ke.h"
#include "pewter/export.h"

struct ke_barrier {
	DWORD arrived, total;
	uint64_t phase;
	LONG spin;
	DWORD inside;
};
_Static_assert(sizeof(struct ke_barrier) <= 32, "SYNCHRONIZATION_BARRIER");

EXPORT(ntdll, NTSTATUS, RtlInitBarrier, (struct ke_barrier * barrier, LONG total, LONG spin))
{
	if (total <= 0 || spin < -1)
		return STATUS_INVALID_PARAMETER;
	*barrier = (struct ke_barrier){.total = (DWORD)total, .spin = spin};
	return STATUS_SUCCESS;
}

/* TRUE for the last to arrive. */
EXPORT(ntdll, BOOLEAN, RtlBarrier, (struct ke_barrier * barrier, ULONG flags))
{
	uint64_t phase = __atomic_load_n(&barrier->phase, __ATOMIC_ACQUIRE);

	__atomic_fetch_add(&barrier->inside, 1, __ATOMIC_RELAXED);
	if (__atomic_add_fetch(&barrier->arrived, 1, __ATOMIC_ACQ_REL) == barrier->total) {
		barrier->arrived = 0;
		__atomic_store_n(&barrier->phase, phase + 1, __ATOMIC_RELEASE);
		RtlWakeAddressAll(&barrier->phase);
		__atomic_fetch_sub(&barrier->inside, 1, __ATOMIC_RELEASE);
		return TRUE;
	}
	while (__atomic_load_n(&barrier->phase, __ATOMIC_ACQUIRE) == phase)
		RtlWaitOnAddress(&barrier->phase, &phase, sizeof(phase), NULL);
	__atomic_fetch_sub(&barrier->inside, 1, __ATOMIC_RELEASE);
	return FALSE;
}

/* Waits until nobody is inside any more. */
EXPORT(ntdll, NTSTATUS, RtlDeleteBarrier, (struct ke_barrier * barrier))
{
	while (__atomic_load_n(&barrier->inside, __ATOMIC_ACQUIRE))
		NtYieldExecution();
	return STATUS_SUCCESS;
}

/* As RtlBarrier, for who will delete it once all have passed: every passage of ours looks whether somebody is inside. */
EXPORT(ntdll, BOOLEAN, RtlBarrierForDelete, (struct ke_barrier * barrier, ULONG flags))
{
	return RtlBarrier(barrier, flags);
}
