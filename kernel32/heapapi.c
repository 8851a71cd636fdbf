/*
 * kernel32/heapapi.c - heapapi.h: heaps.  Their semantics are ntdll/rtl's.
 */
#include "host/fault.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/heap.h"

/* Forwarders on Windows, too. */
EXPORT_FORWARD(kernel32, "HeapAlloc", "NTDLL.RtlAllocateHeap");
EXPORT_FORWARD(kernel32, "HeapReAlloc", "NTDLL.RtlReAllocateHeap");
EXPORT_FORWARD(kernel32, "HeapSize", "NTDLL.RtlSizeHeap");
/* The same code under a second name: RtlFreeHeap answers with a whole register. */
EXPORT_ALIAS(kernel32, "HeapFree", RtlFreeHeap);

/* winnt.h: what HeapWalk fills in. */
typedef struct _PROCESS_HEAP_ENTRY {
	PVOID lpData;
	DWORD cbData;
	BYTE cbOverhead;
	BYTE iRegionIndex;
	WORD wFlags;
	union {
		struct {
			HANDLE hMem;
			DWORD dwReserved[3];
		} Block;
		struct {
			DWORD dwCommittedSize;
			DWORD dwUnCommittedSize;
			LPVOID lpFirstBlock;
			LPVOID lpLastBlock;
		} Region;
	};
} PROCESS_HEAP_ENTRY, *LPPROCESS_HEAP_ENTRY;

#define PROCESS_HEAP_REGION 0x0001
#define PROCESS_HEAP_UNCOMMITTED_RANGE 0x0002
#define PROCESS_HEAP_ENTRY_BUSY 0x0004

typedef struct _HEAP_SUMMARY {
	DWORD cb;
	SIZE_T cbAllocated;
	SIZE_T cbCommitted;
	SIZE_T cbReserved;
	SIZE_T cbMaxReserve;
} HEAP_SUMMARY, *LPHEAP_SUMMARY;

EXPORT(kernel32, HANDLE, GetProcessHeap, (void))
{
	return NtCurrentPeb()->ProcessHeap;
}

EXPORT(kernel32, DWORD, GetProcessHeaps, (DWORD count, PHANDLE heaps))
{
	return RtlGetProcessHeaps(count, heaps);
}

EXPORT(kernel32, HANDLE, HeapCreate, (DWORD options, SIZE_T initial, SIZE_T maximum))
{
	/* Other flags are not passed on (heap facts, row 8). */
	ULONG flags = (options & (HEAP_GENERATE_EXCEPTIONS | HEAP_NO_SERIALIZE | HEAP_CREATE_ENABLE_EXECUTE)) | HEAP_CLASS_1;
	if (maximum == 0)
		flags |= HEAP_GROWABLE;
	else if (initial > maximum)
		maximum = initial;
	HANDLE heap = RtlCreateHeap(flags, NULL, maximum, initial, NULL, NULL);
	if (!heap)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	return heap;
}

EXPORT(kernel32, BOOL, HeapDestroy, (HANDLE heap))
{
	if (!RtlDestroyHeap(heap))
		return TRUE;
	set_last_error(ERROR_INVALID_HANDLE);
	return FALSE;
}

EXPORT(kernel32, BOOL, HeapLock, (HANDLE heap))
{
	return RtlLockHeap(heap);
}

EXPORT(kernel32, BOOL, HeapUnlock, (HANDLE heap))
{
	return RtlUnlockHeap(heap);
}

EXPORT(kernel32, BOOL, HeapValidate, (HANDLE heap, DWORD flags, LPCVOID block))
{
	char header[16];
	BOOL valid = RtlValidateHeap(heap, flags, (PVOID)(uintptr_t)block);

	if (!valid && block && host_copy_from_guest(header, (const char *)block - sizeof(header), sizeof(header)))
		set_last_error(ERROR_NOACCESS);
	return valid;
}

EXPORT(kernel32, SIZE_T, HeapCompact, (HANDLE heap, DWORD flags))
{
	SIZE_T largest = RtlCompactHeap(heap, flags);
	if (largest == 0)
		set_last_error(ERROR_SUCCESS);
	return largest;
}

EXPORT(kernel32, BOOL, HeapQueryInformation,
       (HANDLE heap, DWORD information_class, PVOID buffer, SIZE_T length, PSIZE_T returned))
{
	return win32_result(RtlQueryHeapInformation(heap, information_class, buffer, length, returned));
}

EXPORT(kernel32, BOOL, HeapSetInformation, (HANDLE heap, DWORD information_class, PVOID buffer, SIZE_T length))
{
	return win32_result(RtlSetHeapInformation(heap, information_class, buffer, length));
}

EXPORT(kernel32, BOOL, HeapSummary, (HANDLE heap, DWORD flags, LPHEAP_SUMMARY summary))
{
	struct rtl_heap_summary got;
	if (flags != 0 || summary->cb != sizeof(*summary)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!win32_result(rtl_heap_summary(heap, &got)))
		return FALSE;
	summary->cbAllocated = got.allocated;
	summary->cbCommitted = got.committed;
	summary->cbReserved = got.reserved;
	summary->cbMaxReserve = got.maximum_reserve;
	return TRUE;
}

/* The same walk with Win32's flags and 32-bit sizes. */
EXPORT(kernel32, BOOL, HeapWalk, (HANDLE heap, LPPROCESS_HEAP_ENTRY entry))
{
	RTL_HEAP_WALK_ENTRY walk = {.DataAddress = entry->lpData, .SegmentIndex = entry->iRegionIndex};
	if (entry->wFlags & PROCESS_HEAP_REGION)
		walk.Flags = RTL_HEAP_SEGMENT;
	else if (entry->wFlags & PROCESS_HEAP_UNCOMMITTED_RANGE)
		walk.Flags = RTL_HEAP_UNCOMMITTED_RANGE;
	if (!win32_result(RtlWalkHeap(heap, &walk)))
		return FALSE;
	entry->lpData = walk.DataAddress;
	entry->cbData = (DWORD)walk.DataSize;
	entry->cbOverhead = walk.OverheadBytes;
	entry->iRegionIndex = walk.SegmentIndex;
	if (walk.Flags & RTL_HEAP_SEGMENT) {
		entry->wFlags = PROCESS_HEAP_REGION;
		entry->Region.dwCommittedSize = walk.Segment.CommittedSize;
		entry->Region.dwUnCommittedSize = walk.Segment.UnCommittedSize;
		entry->Region.lpFirstBlock = walk.Segment.FirstEntry;
		entry->Region.lpLastBlock = walk.Segment.LastEntry;
	} else if (walk.Flags & RTL_HEAP_UNCOMMITTED_RANGE)
		entry->wFlags = PROCESS_HEAP_UNCOMMITTED_RANGE;
	else
		entry->wFlags = walk.Flags & RTL_HEAP_BUSY ? PROCESS_HEAP_ENTRY_BUSY : 0;
	return TRUE;
}
