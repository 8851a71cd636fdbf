/*
 * ntdll/ps/memory_counters.c - the memory that a process uses, as NT counts it (VM_COUNTERS).
 *
 * Of this process the memory manager knows what is reserved and committed; what is in memory is Linux's answer, for a
 * child all of it is.
 */
#include "host/page_state.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/thread.h"

static void count_own(VM_COUNTERS_EX2 *counters)
{
	/* Linux' own peak is a little behind: never less than what was told before. */
	static SIZE_T peak;
	struct mm_statistics statistics;
	SIZE_T seen = __atomic_load_n(&peak, __ATOMIC_RELAXED);

	while (seen < counters->PeakWorkingSetSize &&
	       !__atomic_compare_exchange_n(&peak, &seen, counters->PeakWorkingSetSize, 1, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
	if (counters->PeakWorkingSetSize < seen)
		counters->PeakWorkingSetSize = seen;
	mm_get_statistics(&statistics);
	counters->VirtualSize = statistics.reserved;
	counters->PeakVirtualSize = statistics.peak_reserved;
	counters->PagefileUsage = statistics.commit_charge;
	counters->PeakPagefileUsage = statistics.peak_commit;
	/* NT keeps descriptors of allocations in non-paged pool. */
	counters->QuotaNonPagedPoolUsage = statistics.own_bytes;
	counters->QuotaPeakNonPagedPoolUsage = statistics.own_bytes;
}

NTSTATUS ps_vm_counters(const struct ps_process *process, VM_COUNTERS_EX2 *counters)
{
	struct host_memory_use use = {0};

	*counters = (VM_COUNTERS_EX2){0};
	if (host_memory_use(process->own ? 0 : process->pid, &use))
		return process->own ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS; /* a process that ended uses nothing */
	counters->VirtualSize = use.virtual_size;
	counters->PeakVirtualSize = use.peak_virtual_size;
	counters->PageFaultCount = (ULONG)use.faults;
	counters->WorkingSetSize = use.resident;
	counters->PeakWorkingSetSize = use.peak_resident < use.resident ? use.resident : use.peak_resident;
	counters->QuotaPagedPoolUsage = counters->QuotaPeakPagedPoolUsage = use.page_tables;
	counters->PagefileUsage = counters->PeakPagefileUsage = use.private_resident + use.swapped;
	counters->PrivateWorkingSetSize = use.private_resident;
	if (process->own)
		count_own(counters);
	counters->PrivateUsage = counters->PagefileUsage;
	return STATUS_SUCCESS;
}
