/*
 * kernel32/processthreadsapi_information.c - information about threads and processes by class, CPU sets, cycle times.
 */
#include "kernel32/kernel32.h"
#include "host/host.h"
#include "host/system.h"
#include "host/vm.h"
#include "ntdll/ps/hints.h"
#include "ntdll/ps/scheduling.h"

#include <string.h>

/* THREAD_INFORMATION_CLASS, from 0: NT's class and the structure's size. */
static const struct {
	ULONG class, size;
} thread_classes[] = {
	{ThreadPagePriority, sizeof(ULONG)}, /* ThreadMemoryPriority */
	{0, 0},                              /* ThreadAbsoluteCpuPriority: for drivers */
	{ThreadDynamicCodePolicyInfo, sizeof(ULONG)},
	{ThreadPowerThrottlingState, sizeof(POWER_THROTTLING_STATE)},
};

/* The class; -1 with ERROR_INVALID_PARAMETER or ERROR_BAD_LENGTH. */
static int thread_class(DWORD class, DWORD size)
{
	if (class >= ARRAY_SIZE(thread_classes) || !thread_classes[class].size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return -1;
	}
	if (size != thread_classes[class].size) {
		set_last_error(ERROR_BAD_LENGTH);
		return -1;
	}
	return (int)thread_classes[class].class;
}

EXPORT(kernel32, BOOL, GetThreadInformation, (HANDLE thread, DWORD class, LPVOID information, DWORD size))
{
	int found = thread_class(class, size);

	return found >= 0 && win32_result(NtQueryInformationThread(thread, (ULONG)found, information, size, NULL));
}

EXPORT(kernel32, BOOL, SetThreadInformation, (HANDLE thread, DWORD class, LPVOID information, DWORD size))
{
	int found = thread_class(class, size);

	return found >= 0 && win32_result(NtSetInformationThread(thread, (ULONG)found, information, size));
}

/* PROCESS_INFORMATION_CLASS */
enum {
	ProcessMemoryPriority = 0,
	ProcessAppMemoryInfo = 2,
	ProcessPowerThrottling = 4,
	ProcessProtectionLevelInfo = 7,
	ProcessLeapSecondInfo = 8,
	ProcessMachineTypeInfo = 9,
};

struct app_memory {
	ULONG64 available_commit, private_commit, peak_private_commit, total_commit;
};

struct machine_type {
	USHORT machine, reserved;
	DWORD attributes; /* 1 user mode, 2 kernel mode, 4 32-bit programs on it */
};

static struct {
	ULONG flags, reserved;
} leap_seconds; /* flag 1: the time may have a second 60 */

static BOOL app_memory(HANDLE process, struct app_memory *memory)
{
	VM_COUNTERS_EX2 counters;
	uint64_t ram, swap, free_ram;

	if (!win32_result(NtQueryInformationProcess(process, ProcessVmCounters, &counters, sizeof(counters), NULL)))
		return FALSE;
	host_memory_totals(&ram, &swap, &free_ram);
	memory->available_commit = free_ram + swap;
	memory->private_commit = counters.PagefileUsage;
	memory->peak_private_commit = counters.PeakPagefileUsage;
	memory->total_commit = counters.PagefileUsage + counters.SharedCommitUsage;
	return TRUE;
}

static BOOL of_size(DWORD size, DWORD wanted)
{
	if (size != wanted)
		set_last_error(ERROR_BAD_LENGTH);
	return size == wanted;
}

EXPORT(kernel32, BOOL, GetProcessInformation, (HANDLE process, DWORD class, LPVOID information, DWORD size))
{
	static const struct machine_type machine = {0x8664, 0, 3};
	PROCESS_BASIC_INFORMATION basic;

	switch (class) {
	case ProcessMemoryPriority:
		return of_size(size, sizeof(ULONG)) &&
		       win32_result(NtQueryInformationProcess(process, ProcessPagePriority, information, size, NULL));
	case ProcessPowerThrottling:
		return of_size(size, sizeof(POWER_THROTTLING_STATE)) &&
		       win32_result(NtQueryInformationProcess(process, ProcessPowerThrottlingState, information, size,
							      NULL));
	case ProcessAppMemoryInfo:
		return of_size(size, sizeof(struct app_memory)) && app_memory(process, information);
	case ProcessProtectionLevelInfo:
	case ProcessLeapSecondInfo:
	case ProcessMachineTypeInfo:
		if (!of_size(size, class == ProcessProtectionLevelInfo ? sizeof(DWORD) : 8) ||
		    !win32_result(
			    NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL)))
			return FALSE;
		if (class == ProcessProtectionLevelInfo)
			*(DWORD *)information = 0xFFFFFFFE; /* PROTECTION_LEVEL_NONE */
		else if (class == ProcessLeapSecondInfo)
			memcpy(information, &leap_seconds, sizeof(leap_seconds));
		else
			memcpy(information, &machine, sizeof(machine));
		return TRUE;
	default:
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
}

EXPORT(kernel32, BOOL, SetProcessInformation, (HANDLE process, DWORD class, LPVOID information, DWORD size))
{
	switch (class) {
	case ProcessMemoryPriority:
		return of_size(size, sizeof(ULONG)) &&
		       win32_result(NtSetInformationProcess(process, ProcessPagePriority, information, size));
	case ProcessPowerThrottling:
		return of_size(size, sizeof(POWER_THROTTLING_STATE)) &&
		       win32_result(NtSetInformationProcess(process, ProcessPowerThrottlingState, information, size));
	case ProcessLeapSecondInfo:
		if (!of_size(size, sizeof(leap_seconds)) || !win32_result(ps_check_own_process(process, 0x200)))
			return FALSE;
		if (*(ULONG *)information & ~1u) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return FALSE;
		}
		leap_seconds.flags = *(ULONG *)information;
		return TRUE;
	default:
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
}

/* MACHINE_ATTRIBUTES of programs that run here; of others none. */
EXPORT(kernel32, HRESULT, GetMachineTypeAttributes, (USHORT machine, DWORD *attributes))
{
	*attributes = machine == 0x8664 ? 3 : 0;
	return S_OK;
}

EXPORT(kernel32, BOOL, QueryProcessAffinityUpdateMode, (HANDLE process, PDWORD mode))
{
	DWORD value;

	if (!win32_result(NtQueryInformationProcess(process, ProcessAffinityUpdateMode, &value, sizeof(value), NULL)))
		return FALSE;
	if (mode)
		*mode = value;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetProcessAffinityUpdateMode, (HANDLE process, DWORD mode))
{
	return win32_result(NtSetInformationProcess(process, ProcessAffinityUpdateMode, &mode, sizeof(mode)));
}

EXPORT(kernel32, BOOL, GetProcessIoCounters, (HANDLE process, IO_COUNTERS *counters))
{
	return win32_result(NtQueryInformationProcess(process, ProcessIoCounters, counters, sizeof(*counters), NULL));
}

/*
 * Cycles.
 */
EXPORT(kernel32, BOOL, QueryThreadCycleTime, (HANDLE thread, PULONG64 cycles))
{
	CYCLE_TIME_INFORMATION info;

	if (!win32_result(NtQueryInformationThread(thread, ThreadCycleTime, &info, sizeof(info), NULL)))
		return FALSE;
	*cycles = info.AccumulatedCycles;
	return TRUE;
}

EXPORT(kernel32, BOOL, QueryProcessCycleTime, (HANDLE process, PULONG64 cycles))
{
	CYCLE_TIME_INFORMATION info;

	if (!win32_result(NtQueryInformationProcess(process, ProcessCycleTime, &info, sizeof(info), NULL)))
		return FALSE;
	*cycles = info.AccumulatedCycles;
	return TRUE;
}

/* One number a processor.  *length: room for as many bytes, and how many they are; without a buffer a room that is none is
 * answered, any other one left as it is. */
EXPORT(kernel32, BOOL, QueryIdleProcessorCycleTime, (PULONG length, PULONG64 cycles))
{
	uint64_t idle[64];
	unsigned processors = host_cpu_count() < 64 ? host_cpu_count() : 64;
	ULONG room = *length;
	int count;

	if (!cycles && room)
		return TRUE;
	*length = processors * (ULONG)sizeof(*cycles);
	if (!cycles)
		return TRUE;
	if (room < *length) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	count = host_idle_times(idle, processors);
	if (count < 0) {
		set_last_error(ERROR_GEN_FAILURE);
		return FALSE;
	}
	for (int i = 0; i < (int)processors; i++)
		cycles[i] = i < count ? ps_cycles(idle[i]) : 0;
	return TRUE;
}

EXPORT(kernel32, BOOL, QueryIdleProcessorCycleTimeEx, (USHORT group, PULONG length, PULONG64 cycles))
{
	if (group) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return QueryIdleProcessorCycleTime(length, cycles);
}

/*
 * CPU sets: one a processor, with an id from 100 hex.
 */
#define FIRST_CPU_SET 0x100u

struct cpu_set {
	DWORD size, type;
	DWORD id;
	WORD group;
	BYTE processor, core, last_level_cache, numa_node, efficiency_class, flags;
	DWORD scheduling_class;
	ULONG64 tag;
};
_Static_assert(sizeof(struct cpu_set) == 32, "SYSTEM_CPU_SET_INFORMATION");

EXPORT(kernel32, BOOL, GetSystemCpuSetInformation,
       (struct cpu_set * information, ULONG length, PULONG returned, HANDLE process, ULONG flags))
{
	unsigned processors = host_cpu_count() < 64 ? host_cpu_count() : 64;

	if (flags) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	*returned = processors * (ULONG)sizeof(*information);
	if (length < *returned || !information) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	for (unsigned i = 0; i < processors; i++)
		information[i] = (struct cpu_set){
			.size = sizeof(*information),
			.id = FIRST_CPU_SET + i,
			.processor = (BYTE)i,
			.core = (BYTE)i,
		};
	return TRUE;
}

static BOOL mask_of(const ULONG *ids, ULONG count, ULONG64 *mask)
{
	*mask = 0;
	for (ULONG i = 0; i < count; i++) {
		if (ids[i] < FIRST_CPU_SET || ids[i] >= FIRST_CPU_SET + 64) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return FALSE;
		}
		*mask |= 1ull << (ids[i] - FIRST_CPU_SET);
	}
	return TRUE;
}

static BOOL ids_of(ULONG64 mask, PULONG ids, ULONG count, PULONG required)
{
	ULONG found = 0;

	for (unsigned i = 0; i < 64; i++) {
		if (!(mask >> i & 1))
			continue;
		if (ids && found < count)
			ids[found] = FIRST_CPU_SET + i;
		found++;
	}
	*required = found;
	if (found > count) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, SetThreadSelectedCpuSets, (HANDLE thread, const ULONG *ids, ULONG count))
{
	ULONG64 mask;

	return mask_of(ids, count, &mask) &&
	       win32_result(NtSetInformationThread(thread, ThreadSelectedCpuSets, &mask, sizeof(mask)));
}

EXPORT(kernel32, BOOL, GetThreadSelectedCpuSets, (HANDLE thread, PULONG ids, ULONG count, PULONG required))
{
	ULONG64 mask;

	return win32_result(NtQueryInformationThread(thread, ThreadSelectedCpuSets, &mask, sizeof(mask), NULL)) &&
	       ids_of(mask, ids, count, required);
}

EXPORT(kernel32, BOOL, SetProcessDefaultCpuSets, (HANDLE process, const ULONG *ids, ULONG count))
{
	ULONG64 mask;

	return mask_of(ids, count, &mask) &&
	       win32_result(NtSetInformationProcess(process, ProcessDefaultCpuSetsInformation, &mask, sizeof(mask)));
}

EXPORT(kernel32, BOOL, GetProcessDefaultCpuSets, (HANDLE process, PULONG ids, ULONG count, PULONG required))
{
	ULONG64 mask;

	return win32_result(NtQueryInformationProcess(process, ProcessDefaultCpuSetsInformation, &mask, sizeof(mask),
						      NULL)) &&
	       ids_of(mask, ids, count, required);
}

/* The same as masks of groups, of which there is one. */
static BOOL mask_of_groups(const GROUP_AFFINITY *groups, USHORT count, ULONG64 *mask)
{
	*mask = 0;
	for (USHORT i = 0; i < count; i++) {
		if (groups[i].Group || groups[i].Reserved[0] || groups[i].Reserved[1] || groups[i].Reserved[2]) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return FALSE;
		}
		*mask |= groups[i].Mask;
	}
	return TRUE;
}

static BOOL groups_of(ULONG64 mask, GROUP_AFFINITY *groups, USHORT count, PUSHORT required)
{
	*required = mask != 0;
	if (*required > count) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	if (mask)
		groups[0] = (GROUP_AFFINITY){.Mask = mask};
	return TRUE;
}

EXPORT(kernel32, BOOL, SetThreadSelectedCpuSetMasks, (HANDLE thread, GROUP_AFFINITY *groups, USHORT count))
{
	ULONG64 mask;

	return mask_of_groups(groups, count, &mask) &&
	       win32_result(NtSetInformationThread(thread, ThreadSelectedCpuSets, &mask, sizeof(mask)));
}

EXPORT(kernel32, BOOL, GetThreadSelectedCpuSetMasks,
       (HANDLE thread, GROUP_AFFINITY *groups, USHORT count, PUSHORT required))
{
	ULONG64 mask;

	return win32_result(NtQueryInformationThread(thread, ThreadSelectedCpuSets, &mask, sizeof(mask), NULL)) &&
	       groups_of(mask, groups, count, required);
}

EXPORT(kernel32, BOOL, SetProcessDefaultCpuSetMasks, (HANDLE process, GROUP_AFFINITY *groups, USHORT count))
{
	ULONG64 mask;

	return mask_of_groups(groups, count, &mask) &&
	       win32_result(NtSetInformationProcess(process, ProcessDefaultCpuSetsInformation, &mask, sizeof(mask)));
}

EXPORT(kernel32, BOOL, GetProcessDefaultCpuSetMasks,
       (HANDLE process, GROUP_AFFINITY *groups, USHORT count, PUSHORT required))
{
	ULONG64 mask;

	return win32_result(NtQueryInformationProcess(process, ProcessDefaultCpuSetsInformation, &mask, sizeof(mask),
						      NULL)) &&
	       groups_of(mask, groups, count, required);
}
