/*
 * ntdll/ex/sysinfo.c - NtQuerySystemInformation.
 */
#include "host/fault.h"
#include "host/host.h"
#include "host/page_state.h"
#include "host/system.h"
#include "host/thread.h"
#include "host/time.h"
#include "host/vm.h"
#include "nt/peb.h"
#include "ntdll/ex/ex.h"
#include "ntdll/ex/process_list.h"
#include "ntdll/mm/mm.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"
#include "pewter/export.h"

#include <string.h>

struct basic_information {
	ULONG Reserved;
	ULONG TimerResolution;
	ULONG PageSize;
	ULONG NumberOfPhysicalPages;
	ULONG LowestPhysicalPageNumber;
	ULONG HighestPhysicalPageNumber;
	ULONG AllocationGranularity;
	ULONG_PTR MinimumUserModeAddress;
	ULONG_PTR MaximumUserModeAddress;
	ULONG_PTR ActiveProcessorsAffinityMask;
	CHAR NumberOfProcessors;
};

struct processor_information {
	USHORT ProcessorArchitecture, ProcessorLevel, ProcessorRevision, MaximumProcessors;
	ULONG ProcessorFeatureBits;
};

/* The first fields; what follows counts pages read and written by the machine. */
struct performance_information {
	LARGE_INTEGER IdleProcessTime, IoReadTransferCount, IoWriteTransferCount, IoOtherTransferCount;
	ULONG IoReadOperationCount, IoWriteOperationCount, IoOtherOperationCount;
	ULONG AvailablePages, CommittedPages, CommitLimit, PeakCommitment;
	ULONG counts[13];
	ULONG PagedPoolPages, NonPagedPoolPages;
	ULONG more[56];
};
_Static_assert(sizeof(struct performance_information) == 0x158, "SystemPerformanceInformation");

struct time_of_day_information {
	LARGE_INTEGER BootTime, CurrentTime, TimeZoneBias;
	ULONG TimeZoneId, Reserved;
	ULONGLONG BootTimeBias, SleepTimeBias;
};

struct processor_performance {
	LARGE_INTEGER IdleTime, KernelTime, UserTime, DpcTime, InterruptTime;
	ULONG InterruptCount;
};

struct kernel_debugger {
	BOOLEAN Enabled, NotPresent;
};

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

unsigned ex_caches(struct ex_cache *caches, unsigned capacity)
{
	unsigned count = 0, leaf = 4, a, b, c, d;
	char vendor[12];

	if (!__get_cpuid(0, &a, &b, &c, &d))
		return 0;
	memcpy(vendor, &b, 4);
	memcpy(vendor + 4, &d, 4);
	memcpy(vendor + 8, &c, 4);
	if (!memcmp(vendor, "AuthenticAMD", 12) || !memcmp(vendor, "HygonGenuine", 12))
		leaf = 0x8000001D;
	for (unsigned index = 0; count < capacity && index < 16; index++) {
		unsigned type, ways;
		if (!__get_cpuid_count(leaf, index, &a, &b, &c, &d))
			break;
		type = a & 31;
		if (!type)
			break;
		ways = (b >> 22) + 1;
		caches[count].level = (uint8_t)(a >> 5 & 7);
		caches[count].associativity = (uint8_t)(a >> 9 & 1 ? 0xFF : ways);
		caches[count].line_size = (uint16_t)((b & 0xFFF) + 1);
		caches[count].size = ways * ((b >> 12 & 0x3FF) + 1) * ((b & 0xFFF) + 1) * (c + 1);
		caches[count].type = type == 1 ? 2 : type == 2 ? 1 : 0;
		caches[count].sharing = (a >> 14 & 0xFFF) + 1;
		count++;
	}
	return count;
}

void ex_processor(struct ex_processor *processor)
{
	unsigned a = 0, b, c, d, leaf[4];
	char *brand = processor->brand;

	memset(processor, 0, sizeof(*processor));
	if (__get_cpuid(0, &a, &b, &c, &d)) {
		memcpy(processor->vendor, &b, 4);
		memcpy(processor->vendor + 4, &d, 4);
		memcpy(processor->vendor + 8, &c, 4);
	}
	a = 0;
	__get_cpuid(1, &a, &b, &c, &d);
	processor->stepping = a & 15;
	processor->family = a >> 8 & 15;
	processor->model = a >> 4 & 15;
	if (processor->family == 6 || processor->family == 15)
		processor->model |= (a >> 16 & 15) << 4;
	if (processor->family == 15)
		processor->family += a >> 20 & 255;
	for (unsigned i = 0; i < 3 && __get_cpuid(0x80000002 + i, &leaf[0], &leaf[1], &leaf[2], &leaf[3]); i++)
		memcpy(brand + 16 * i, leaf, 16);
}

static void processor_version(struct processor_information *info)
{
	struct ex_processor processor;

	ex_processor(&processor);
	info->ProcessorArchitecture = 9; /* PROCESSOR_ARCHITECTURE_AMD64 */
	info->ProcessorLevel = (USHORT)processor.family;
	info->ProcessorRevision = (USHORT)(processor.model << 8 | processor.stepping);
	info->MaximumProcessors = 64;
}
#endif

static NTSTATUS answer(const void *data, size_t size, void *buffer, ULONG capacity, ULONG *returned)
{
	ULONG needed = (ULONG)size;
	if (returned && host_copy_to_guest(returned, &needed, sizeof(needed)))
		return STATUS_ACCESS_VIOLATION;
	if (capacity < size)
		return STATUS_INFO_LENGTH_MISMATCH;
	return host_copy_to_guest(buffer, data, size) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static NTSTATUS basic(void *buffer, ULONG capacity, ULONG *returned)
{
	struct basic_information info = {0};
	uint64_t ram, swap, available;

	host_memory_totals(&ram, &swap, &available);
	info.TimerResolution = 156250;
	info.PageSize = MM_PAGE_SIZE;
	info.NumberOfPhysicalPages = (ULONG)(ram / MM_PAGE_SIZE);
	info.LowestPhysicalPageNumber = 1;
	info.HighestPhysicalPageNumber = info.NumberOfPhysicalPages;
	info.AllocationGranularity = MM_GRANULARITY;
	info.MinimumUserModeAddress = MM_LOWEST_USER_ADDRESS;
	info.MaximumUserModeAddress = MM_HIGHEST_USER_ADDRESS;
	info.NumberOfProcessors = (CHAR)host_cpu_count();
	info.ActiveProcessorsAffinityMask =
		info.NumberOfProcessors >= 64 ? ~(ULONG_PTR)0 : ((ULONG_PTR)1 << info.NumberOfProcessors) - 1;
	return answer(&info, sizeof(info), buffer, capacity, returned);
}

static NTSTATUS time_of_day(void *buffer, ULONG capacity, ULONG *returned)
{
	struct time_of_day_information info = {0};
	info.CurrentTime.QuadPart = rtl_system_time();
	info.BootTime.QuadPart = info.CurrentTime.QuadPart - (LONGLONG)(host_boottime_ns() / 100);
	info.TimeZoneBias.QuadPart = rtl_current_bias() * RTL_TICKS_PER_MINUTE;
	/* NT gives as much as the caller has room for. */
	return answer(&info, capacity < sizeof(info) ? capacity : sizeof(info), buffer, capacity, returned);
}

static NTSTATUS processor_times(void *buffer, ULONG capacity, ULONG *returned)
{
	struct host_system_times times;
	unsigned count = host_cpu_count();
	struct processor_performance one = {0};
	ULONG needed = (ULONG)(count * sizeof(one)), written;

	if (host_system_times(&times) < 0)
		return STATUS_NOT_IMPLEMENTED;
	/* The sum of all, in equal parts; NT counts idle time as kernel time too. */
	one.IdleTime.QuadPart = (LONGLONG)(times.idle / count);
	one.UserTime.QuadPart = (LONGLONG)(times.user / count);
	one.KernelTime.QuadPart = (LONGLONG)((times.system + times.idle) / count);
	if (capacity < sizeof(one))
		return STATUS_INFO_LENGTH_MISMATCH;
	for (written = 0; written < needed && capacity - written >= sizeof(one); written += sizeof(one)) {
		if (host_copy_to_guest((char *)buffer + written, &one, sizeof(one)))
			return STATUS_ACCESS_VIOLATION;
	}
	if (returned && host_copy_to_guest(returned, &written, sizeof(written)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

static ULONG pages(uint64_t bytes)
{
	return bytes / MM_PAGE_SIZE < 0xFFFFFFFF ? (ULONG)(bytes / MM_PAGE_SIZE) : 0xFFFFFFFF;
}

/* Memory as GlobalMemoryStatusEx has it (heap facts, row 107): the machine's pages, the commitment of this process.  What
 * Linux does not count as NT does is 0. */
static NTSTATUS performance(PVOID buffer, ULONG capacity, PULONG returned)
{
	struct performance_information info = {0};
	struct host_memory_report report;
	struct host_system_times times;
	struct mm_statistics statistics;
	uint64_t ram, swap, available;

	if (host_memory_report(&report) < 0 || host_system_times(&times) < 0)
		return STATUS_NOT_IMPLEMENTED;
	host_memory_totals(&ram, &swap, &available);
	mm_get_statistics(&statistics);
	info.IdleProcessTime.QuadPart = (LONGLONG)times.idle;
	info.AvailablePages = pages(available);
	info.CommittedPages = pages(statistics.commit_charge);
	info.CommitLimit = pages(statistics.commit_limit);
	info.PeakCommitment = pages(statistics.peak_commit);
	info.PagedPoolPages = pages(report.kernel_reclaimable);
	info.NonPagedPoolPages = pages(report.kernel_fixed);
	return answer(&info, sizeof(info), buffer, capacity, returned);
}

EXPORT(ntdll, NTSTATUS, NtQuerySystemInformation, (ULONG class, PVOID buffer, ULONG capacity, PULONG returned))
{
	switch (class) {
	case 0: /* SystemBasicInformation */
	case 62: /* SystemEmulationBasicInformation */
		return basic(buffer, capacity, returned);
	case 1: { /* SystemProcessorInformation */
		struct processor_information info = {0};
		processor_version(&info);
		return answer(&info, sizeof(info), buffer, capacity, returned);
	}
	case 2: /* SystemPerformanceInformation */
		return performance(buffer, capacity, returned);
	case 3: /* SystemTimeOfDayInformation */
		return time_of_day(buffer, capacity, returned);
	case 5: /* SystemProcessInformation */
		return ex_query_processes(buffer, capacity, returned);
	case 8: /* SystemProcessorPerformanceInformation */
		return processor_times(buffer, capacity, returned);
	case 35: { /* SystemKernelDebuggerInformation */
		struct kernel_debugger info = {FALSE, TRUE};
		return answer(&info, sizeof(info), buffer, capacity, returned);
	}
	case 44: { /* SystemCurrentTimeZoneInformation */
		RTL_TIME_ZONE_INFORMATION zone;
		rtl_zone(0, &zone);
		return answer(&zone, offsetof(RTL_TIME_ZONE_INFORMATION, KeyName), buffer, capacity, returned);
	}
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
}
EXPORT_ALIAS(ntdll, "ZwQuerySystemInformation", NtQuerySystemInformation);
