/*
 * ntdll/ps/memory_counters.c - the memory that a process uses, as NT counts it (VM_COUNTERS), and its quotas.
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

void ps_quota_limits(QUOTA_LIMITS_EX *limits)
{
	struct mm_working_set working_set;
	struct mm_statistics statistics;

	mm_get_working_set(&working_set);
	mm_get_statistics(&statistics);
	*limits = (QUOTA_LIMITS_EX){
		/* Nothing limits pools, time and processors. */
		.PagedPoolLimit = SIZE_MAX,
		.NonPagedPoolLimit = SIZE_MAX,
		.MinimumWorkingSetSize = working_set.minimum,
		.MaximumWorkingSetSize = working_set.maximum,
		.PagefileLimit = statistics.commit_limit,
		.TimeLimit.QuadPart = -1,
		.Flags = working_set.flags,
	};
}

NTSTATUS ps_set_quota_limits(const QUOTA_LIMITS_EX *limits, bool extended)
{
	const ULONG minimum = PS_QUOTA_HARDWS_MIN_ENABLE | PS_QUOTA_HARDWS_MIN_DISABLE;
	const ULONG maximum = PS_QUOTA_HARDWS_MAX_ENABLE | PS_QUOTA_HARDWS_MAX_DISABLE;
	ULONG flags = extended ? limits->Flags : 0;
	struct mm_working_set wanted = {limits->MinimumWorkingSetSize, limits->MaximumWorkingSetSize, 0};

	/* MSDN SetProcessWorkingSetSizeEx: of each pair of flags one at most. */
	if (flags & ~(minimum | maximum) || (flags & minimum) == minimum || (flags & maximum) == maximum)
		return STATUS_INVALID_PARAMETER;
	/* Hard limits are refused as to a caller without SeIncreaseWorkingSetPrivilege. */
	if (flags & (PS_QUOTA_HARDWS_MIN_ENABLE | PS_QUOTA_HARDWS_MAX_ENABLE))
		return STATUS_PRIVILEGE_NOT_HELD;
	if (flags)
		wanted.flags = PS_QUOTA_HARDWS_MIN_DISABLE | PS_QUOTA_HARDWS_MAX_DISABLE;
	return mm_set_working_set(&wanted);
}
