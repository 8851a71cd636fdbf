/*
 * kernel32/memoryapi_hints.c - memoryapi.h: memory that is wanted soon, offered to the system, or given up; large
 * pages.
 */
#include "host/vm_advice.h"
#include "kernel32/kernel32.h"
#include "ntdll/mm/mm.h"
#include "ntdll/nt.h"

EXPORT(kernel32, BOOL, PrefetchVirtualMemory,
       (HANDLE process, ULONG_PTR count, PMEMORY_RANGE_ENTRY ranges, ULONG flags))
{
	/* Flags is reserved and travels as the information (MSDN: "must be zero"). */
	return win32_result(NtSetInformationVirtualMemory(process, 0, count, ranges, &flags, sizeof(flags)));
}

/* MSDN OFFER_PRIORITY: VmOfferPriorityVeryLow to VmOfferPriorityNormal. */
#define OFFER_PRIORITY_LOWEST 1
#define OFFER_PRIORITY_HIGHEST 4

/* These three return the error itself. */
EXPORT(kernel32, DWORD, OfferVirtualMemory, (PVOID address, SIZE_T size, int priority))
{
	if (priority < OFFER_PRIORITY_LOWEST || priority > OFFER_PRIORITY_HIGHEST)
		return ERROR_INVALID_PARAMETER;
	return RtlNtStatusToDosError(mm_give_up((ULONG_PTR)address, size, MM_GIVE_UP_OFFER));
}

/* Offered pages only become the first to be swapped out: they come back intact, never with ERROR_BUSY. */
EXPORT(kernel32, DWORD, ReclaimVirtualMemory, (const void *address, SIZE_T size))
{
	return RtlNtStatusToDosError(mm_give_up((ULONG_PTR)address, size, MM_GIVE_UP_NOTHING));
}

EXPORT(kernel32, DWORD, DiscardVirtualMemory, (PVOID address, SIZE_T size))
{
	return RtlNtStatusToDosError(mm_give_up((ULONG_PTR)address, size, MM_GIVE_UP_DISCARD));
}

/* 0: there are no large pages (MSDN). */
EXPORT(kernel32, SIZE_T, GetLargePageMinimum, (void))
{
	return host_large_page_size();
}
