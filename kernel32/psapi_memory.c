/*
 * kernel32/psapi_memory.c - what processes use of memory, and what is mapped where (MSDN, psapi.h).
 */
#include "host/page_state.h"
#include "kernel32/file.h"
#include "kernel32/kernel32.h"
#include "ntdll/mm/mm.h"
#include "ntdll/nt.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/thread.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The first ten members are PROCESS_MEMORY_COUNTERS; _EX has one more, _EX2 all. */
typedef struct _PROCESS_MEMORY_COUNTERS_EX2 {
	DWORD cb;
	DWORD PageFaultCount;
	SIZE_T PeakWorkingSetSize;
	SIZE_T WorkingSetSize;
	SIZE_T QuotaPeakPagedPoolUsage;
	SIZE_T QuotaPagedPoolUsage;
	SIZE_T QuotaPeakNonPagedPoolUsage;
	SIZE_T QuotaNonPagedPoolUsage;
	SIZE_T PagefileUsage;
	SIZE_T PeakPagefileUsage;
	SIZE_T PrivateUsage;
	SIZE_T PrivateWorkingSetSize;
	ULONG64 SharedCommitUsage;
} PROCESS_MEMORY_COUNTERS_EX2;

EXPORT_AS(kernel32, "K32GetProcessMemoryInfo", BOOL, k32_get_process_memory_info,
	  (HANDLE process, PROCESS_MEMORY_COUNTERS_EX2 *counters, DWORD size))
{
	PROCESS_MEMORY_COUNTERS_EX2 result = {0};
	VM_COUNTERS_EX2 vm;

	if (size < offsetof(PROCESS_MEMORY_COUNTERS_EX2, PrivateUsage)) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	if (!win32_result(NtQueryInformationProcess(process, ProcessVmCounters, &vm, sizeof(vm), NULL)))
		return FALSE;
	if (size < offsetof(PROCESS_MEMORY_COUNTERS_EX2, PrivateWorkingSetSize))
		size = offsetof(PROCESS_MEMORY_COUNTERS_EX2, PrivateUsage);
	else if (size < sizeof(result))
		size = offsetof(PROCESS_MEMORY_COUNTERS_EX2, PrivateWorkingSetSize);
	else
		size = sizeof(result);
	result.cb = size;
	result.PageFaultCount = vm.PageFaultCount;
	result.PeakWorkingSetSize = vm.PeakWorkingSetSize;
	result.WorkingSetSize = vm.WorkingSetSize;
	result.QuotaPeakPagedPoolUsage = vm.QuotaPeakPagedPoolUsage;
	result.QuotaPagedPoolUsage = vm.QuotaPagedPoolUsage;
	result.QuotaPeakNonPagedPoolUsage = vm.QuotaPeakNonPagedPoolUsage;
	result.QuotaNonPagedPoolUsage = vm.QuotaNonPagedPoolUsage;
	result.PagefileUsage = vm.PagefileUsage;
	result.PeakPagefileUsage = vm.PeakPagefileUsage;
	result.PrivateUsage = vm.PrivateUsage;
	result.PrivateWorkingSetSize = vm.PrivateWorkingSetSize;
	result.SharedCommitUsage = vm.SharedCommitUsage;
	memcpy(counters, &result, size);
	return TRUE;
}

typedef struct _PERFORMANCE_INFORMATION {
	DWORD cb;
	SIZE_T CommitTotal;
	SIZE_T CommitLimit;
	SIZE_T CommitPeak;
	SIZE_T PhysicalTotal;
	SIZE_T PhysicalAvailable;
	SIZE_T SystemCache;
	SIZE_T KernelTotal;
	SIZE_T KernelPaged;
	SIZE_T KernelNonpaged;
	SIZE_T PageSize;
	DWORD HandleCount;
	DWORD ProcessCount;
	DWORD ThreadCount;
} PERFORMANCE_INFORMATION;

/* Sizes are in pages.  Commit is what this process has of its limit, as GlobalMemoryStatusEx says; the rest is the
 * machine's, but for the handles: those of other processes are nobody's to count. */
EXPORT_AS(kernel32, "K32GetPerformanceInfo", BOOL, k32_get_performance_info,
	  (PERFORMANCE_INFORMATION * info, DWORD size))
{
	struct host_memory_report report;
	struct mm_statistics statistics;

	if (size < sizeof(*info)) {
		set_last_error(ERROR_BAD_LENGTH);
		return FALSE;
	}
	if (host_memory_report(&report)) {
		set_last_error(ERROR_GEN_FAILURE);
		return FALSE;
	}
	mm_get_statistics(&statistics);
	*info = (PERFORMANCE_INFORMATION){
		.cb = sizeof(*info),
		.CommitTotal = statistics.commit_charge / MM_PAGE_SIZE,
		.CommitLimit = statistics.commit_limit / MM_PAGE_SIZE,
		.CommitPeak = statistics.peak_commit / MM_PAGE_SIZE,
		.PhysicalTotal = report.total / MM_PAGE_SIZE,
		.PhysicalAvailable = report.available / MM_PAGE_SIZE,
		.SystemCache = report.cached / MM_PAGE_SIZE,
		.KernelTotal = (report.kernel_reclaimable + report.kernel_fixed) / MM_PAGE_SIZE,
		.KernelPaged = report.kernel_reclaimable / MM_PAGE_SIZE,
		.KernelNonpaged = report.kernel_fixed / MM_PAGE_SIZE,
		.PageSize = MM_PAGE_SIZE,
		.HandleCount = ob_handle_count(),
		.ProcessCount = report.processes,
		.ThreadCount = report.threads,
	};
	return TRUE;
}

EXPORT_AS(kernel32, "K32EmptyWorkingSet", BOOL, k32_empty_working_set, (HANDLE process))
{
	const struct mm_working_set all = {.minimum = SIZE_MAX, .maximum = SIZE_MAX};

	return win32_result(ps_check_own_process(process, PROCESS_SET_QUOTA)) && win32_result(mm_set_working_set(&all));
}

EXPORT_AS(kernel32, "K32QueryWorkingSet", BOOL, k32_query_working_set, (HANDLE process, PVOID buffer, DWORD size))
{
	return win32_result(NtQueryVirtualMemory(process, NULL, MemoryWorkingSetInformation, buffer, size, NULL));
}

EXPORT_AS(kernel32, "K32QueryWorkingSetEx", BOOL, k32_query_working_set_ex, (HANDLE process, PVOID buffer, DWORD size))
{
	return win32_result(NtQueryVirtualMemory(process, NULL, MemoryWorkingSetExInformation, buffer, size, NULL));
}

/* Names are cut to the buffer, with ERROR_INSUFFICIENT_BUFFER beside the length that was copied. */
#define NAME_BYTES 0x1000u

EXPORT_AS(kernel32, "K32GetMappedFileNameW", DWORD, k32_get_mapped_file_name_w,
	  (HANDLE process, LPVOID address, LPWSTR name, DWORD size))
{
	UNICODE_STRING *string;
	DWORD length = 0;

	if (!size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	string = malloc(NAME_BYTES);
	if (!string) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return 0;
	}
	if (win32_result(NtQueryVirtualMemory(process, address, MemoryMappedFilenameInformation, string, NAME_BYTES,
					      NULL))) {
		length = string->Length / sizeof(WCHAR);
		if (length >= size) {
			set_last_error(ERROR_INSUFFICIENT_BUFFER);
			length = size;
		}
		memcpy(name, string->Buffer, length * sizeof(WCHAR));
		name[length < size ? length : size - 1] = 0;
	}
	free(string);
	return length;
}

EXPORT_AS(kernel32, "K32GetMappedFileNameA", DWORD, k32_get_mapped_file_name_a,
	  (HANDLE process, LPVOID address, LPSTR name, DWORD size))
{
	WCHAR wide[1024];
	DWORD length, needed;

	if (!size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	length = k32_get_mapped_file_name_w(process, address, wide, ARRAY_SIZE(wide));
	if (!length)
		return 0;
	needed = ansi_result(name, size, wide, length);
	if (needed < size)
		return needed;
	while (length && ansi_result(name, size, wide, length) >= size)
		length--;
	ansi_result(name, size, wide, length);
	set_last_error(ERROR_INSUFFICIENT_BUFFER);
	return size;
}
