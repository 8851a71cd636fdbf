/*
 * kernel32/tlhelp32_heap.c - the blocks of a heap, one after the other (MSDN Heap32First, Heap32Next).
 *
 * No snapshot is involved: every call walks the heap as it is, to the block that is next.  Only this process' heaps are walked.
 */
#include "kernel32/kernel32.h"
#include "kernel32/tlhelp32.h"
#include "ntdll/nt.h"
#include "ntdll/rtl/heap.h"

#define LF32_FIXED 1u
#define LF32_FREE 2u

typedef struct tagHEAPENTRY32 {
	SIZE_T dwSize;
	HANDLE hHandle;
	ULONG_PTR dwAddress;
	SIZE_T dwBlockSize;
	DWORD dwFlags;
	DWORD dwLockCount;
	DWORD dwResvd; /* ours: how many blocks have been told */
	DWORD th32ProcessID;
	ULONG_PTR th32HeapID;
} HEAPENTRY32;

static bool is_heap(PVOID heap)
{
	PVOID heaps[256];
	ULONG count = RtlGetProcessHeaps(ARRAY_SIZE(heaps), heaps);

	for (ULONG i = 0; i < count && i < ARRAY_SIZE(heaps); i++)
		if (heaps[i] == heap)
			return true;
	return false;
}

/* The block with that number; segments and memory that is not committed are no blocks. */
static NTSTATUS find_block(PVOID heap, DWORD number, RTL_HEAP_WALK_ENTRY *walk)
{
	NTSTATUS status;
	DWORD seen = 0;

	RtlLockHeap(heap);
	do
		status = RtlWalkHeap(heap, walk);
	while (NT_SUCCESS(status) && (walk->Flags & (RTL_HEAP_SEGMENT | RTL_HEAP_UNCOMMITTED_RANGE) || seen++ != number));
	RtlUnlockHeap(heap);
	return status;
}

static BOOL read_block(HEAPENTRY32 *entry, DWORD number)
{
	RTL_HEAP_WALK_ENTRY walk = {0};
	NTSTATUS status;

	if (entry->dwSize != sizeof(*entry)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (entry->th32ProcessID != (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueProcess) {
		set_last_error(ERROR_NOT_SUPPORTED);
		return FALSE;
	}
	status = is_heap((PVOID)entry->th32HeapID) ? find_block((PVOID)entry->th32HeapID, number, &walk) : STATUS_INVALID_PARAMETER;
	if (!NT_SUCCESS(status)) {
		set_last_error(status == STATUS_NO_MORE_ENTRIES ? ERROR_NO_MORE_FILES : RtlNtStatusToDosError(status));
		return FALSE;
	}
	entry->hHandle = NULL;
	entry->dwAddress = (ULONG_PTR)walk.DataAddress;
	entry->dwBlockSize = walk.DataSize;
	entry->dwFlags = walk.Flags & RTL_HEAP_BUSY ? LF32_FIXED : LF32_FREE;
	entry->dwLockCount = 0;
	entry->dwResvd = number + 1;
	return TRUE;
}

EXPORT(kernel32, BOOL, Heap32First, (HEAPENTRY32 * entry, DWORD process, ULONG_PTR heap))
{
	entry->th32ProcessID = process;
	entry->th32HeapID = heap;
	return read_block(entry, 0);
}

EXPORT(kernel32, BOOL, Heap32Next, (HEAPENTRY32 * entry))
{
	return read_block(entry, entry->dwResvd);
}
