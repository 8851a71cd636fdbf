/*
 * ntdll/rtl/debug_buffer.c - RtlQueryProcessDebugInformation: a process's heaps in one buffer, for tools.
 *
 * The buffer is a reservation that is committed as it fills, so that looking at heaps takes nothing from them.  Only
 * the calling process can be asked about, and only heaps and their blocks (heap facts, row 52; the structures are those
 * of Windows' public symbols).
 */
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap.h"
#include "pewter/export.h"

#include <string.h>

#define PDI_HEAPS 0x00000004u
#define PDI_HEAP_BLOCKS 0x00000010u

typedef struct _RTL_HEAP_ENTRY {
	SIZE_T Size; /* with what the heap needs of it */
	USHORT Flags;
	USHORT AllocatorBackTraceIndex;
	union {
		struct {
			SIZE_T Settable;
			ULONG Tag;
		} s1;
		struct {
			SIZE_T CommittedSize;
			PVOID FirstBlock;
		} s2;
	} u;
} RTL_HEAP_ENTRY, *PRTL_HEAP_ENTRY;

typedef struct _RTL_HEAP_INFORMATION {
	PVOID BaseAddress;
	ULONG Flags;
	USHORT EntryOverhead;
	USHORT CreatorBackTraceIndex;
	SIZE_T BytesAllocated;
	SIZE_T BytesCommitted;
	ULONG NumberOfTags;
	ULONG NumberOfEntries;
	ULONG NumberOfPseudoTags;
	ULONG PseudoTagGranularity;
	ULONG Reserved[5];
	PVOID Tags;
	PRTL_HEAP_ENTRY Entries;
} RTL_HEAP_INFORMATION;

typedef struct _RTL_PROCESS_HEAPS {
	ULONG NumberOfHeaps;
	RTL_HEAP_INFORMATION Heaps[];
} RTL_PROCESS_HEAPS;

typedef struct _RTL_DEBUG_INFORMATION {
	HANDLE SectionHandleClient;
	PVOID ViewBaseClient;
	PVOID ViewBaseTarget;
	ULONG_PTR ViewBaseDelta;
	HANDLE EventPairClient;
	HANDLE EventPairTarget;
	HANDLE TargetProcessId;
	HANDLE TargetThreadHandle;
	ULONG Flags;
	SIZE_T OffsetFree;
	SIZE_T CommitSize;
	SIZE_T ViewSize;
	PVOID Modules;
	PVOID BackTraces;
	RTL_PROCESS_HEAPS *Heaps;
	PVOID Locks;
	PVOID SpecificHeap;
	HANDLE TargetProcessHandle;
	PVOID VerifierOptions;
	PVOID ProcessHeap;
	HANDLE CriticalSectionHandle;
	HANDLE CriticalSectionOwnerThread;
	PVOID Reserved[4];
} RTL_DEBUG_INFORMATION;

_Static_assert(offsetof(RTL_DEBUG_INFORMATION, Heaps) == 0x70, "RTL_DEBUG_INFORMATION");

/* As large as the information about some 130,000 blocks when the caller does not say. */
#define DEFAULT_SIZE 0x400000u
#define COMMIT_STEP 0x10000u

/* `size` bytes of the buffer's end; NULL: it is full. */
static void *append(RTL_DEBUG_INFORMATION *buffer, SIZE_T size)
{
	SIZE_T offset = buffer->OffsetFree, end = offset + ((size + 15) & ~(SIZE_T)15);

	if (end > buffer->ViewSize)
		return NULL;
	if (end > buffer->CommitSize) {
		uintptr_t base = (uintptr_t)buffer + buffer->CommitSize;
		SIZE_T bytes = (end - buffer->CommitSize + COMMIT_STEP - 1) & ~(SIZE_T)(COMMIT_STEP - 1);

		if (bytes > buffer->ViewSize - buffer->CommitSize)
			bytes = buffer->ViewSize - buffer->CommitSize;
		if (!NT_SUCCESS(mm_allocate(&base, &bytes, MEM_COMMIT, PAGE_READWRITE, 0, NULL)))
			return NULL;
		buffer->CommitSize += bytes;
	}
	buffer->OffsetFree = end;
	return (char *)buffer + offset;
}

/* `maximum` bytes, 0: enough for most; `event_pair` has no meaning without a second process.  NULL: no memory. */
EXPORT(ntdll, RTL_DEBUG_INFORMATION *, RtlCreateQueryDebugBuffer, (ULONG maximum, BOOLEAN event_pair))
{
	SIZE_T size = maximum ? (maximum + COMMIT_STEP - 1) & ~(SIZE_T)(COMMIT_STEP - 1) : DEFAULT_SIZE, first = COMMIT_STEP;
	uintptr_t base = 0;
	RTL_DEBUG_INFORMATION *buffer;

	if (!NT_SUCCESS(mm_allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE, 0, NULL)))
		return NULL;
	if (!NT_SUCCESS(mm_allocate(&base, &first, MEM_COMMIT, PAGE_READWRITE, 0, NULL))) {
		size = 0;
		mm_free(&base, &size, MEM_RELEASE);
		return NULL;
	}
	buffer = (RTL_DEBUG_INFORMATION *)base;
	buffer->ViewBaseClient = buffer->ViewBaseTarget = buffer;
	buffer->ViewSize = size;
	buffer->CommitSize = first;
	buffer->OffsetFree = sizeof(*buffer);
	return buffer;
}

EXPORT(ntdll, NTSTATUS, RtlDestroyQueryDebugBuffer, (RTL_DEBUG_INFORMATION * buffer))
{
	uintptr_t base = (uintptr_t)buffer;
	SIZE_T size = 0;

	return mm_free(&base, &size, MEM_RELEASE);
}

static NTSTATUS add_blocks(RTL_DEBUG_INFORMATION *buffer, RTL_HEAP_INFORMATION *info)
{
	RTL_HEAP_WALK_ENTRY walk = {0};
	NTSTATUS status;

	while ((status = RtlWalkHeap(info->BaseAddress, &walk)) == STATUS_SUCCESS) {
		RTL_HEAP_ENTRY *entry = append(buffer, sizeof(*entry));

		if (!entry)
			return STATUS_NO_MEMORY;
		memset(entry, 0, sizeof(*entry));
		if (!info->Entries)
			info->Entries = entry;
		info->NumberOfEntries++;
		entry->Size = walk.DataSize + walk.OverheadBytes;
		entry->Flags = walk.Flags;
		if (walk.Flags & RTL_HEAP_SEGMENT) {
			entry->u.s2.CommittedSize = walk.Segment.CommittedSize;
			entry->u.s2.FirstBlock = walk.Segment.FirstEntry;
		} else if (walk.Flags & RTL_HEAP_BUSY) {
			entry->u.s1.Tag = walk.Block.TagIndex;
		}
	}
	return status == STATUS_NO_MORE_ENTRIES ? STATUS_SUCCESS : status;
}

static NTSTATUS add_heap(RTL_DEBUG_INFORMATION *buffer, RTL_HEAP_INFORMATION *info, PVOID heap, ULONG what)
{
	struct rtl_heap_summary summary;
	NTSTATUS status = rtl_heap_summary(heap, &summary);

	if (!NT_SUCCESS(status))
		return status;
	info->BaseAddress = heap;
	info->Flags = *(ULONG *)((char *)heap + 0x70);
	info->EntryOverhead = 16;
	info->BytesAllocated = summary.allocated;
	info->BytesCommitted = summary.committed;
	if (!(what & PDI_HEAP_BLOCKS))
		return STATUS_SUCCESS;
	RtlLockHeap(heap);
	status = add_blocks(buffer, info);
	RtlUnlockHeap(heap);
	return status;
}

/*
 * STATUS_INVALID_CID: no process has this id, or it is another one's; STATUS_NOT_SUPPORTED: other things than heaps are
 * asked for; STATUS_NO_MEMORY: the buffer is full.
 */
EXPORT(ntdll, NTSTATUS, RtlQueryProcessDebugInformation, (HANDLE process, ULONG what, RTL_DEBUG_INFORMATION *buffer))
{
	NTSTATUS status = STATUS_SUCCESS;
	RTL_PROCESS_HEAPS *all;
	ULONG count, stored;
	PVOID *heaps;

	if (process != NtCurrentTeb()->ClientId.UniqueProcess)
		return STATUS_INVALID_CID;
	if (what & ~(PDI_HEAPS | PDI_HEAP_BLOCKS))
		return STATUS_NOT_SUPPORTED;
	buffer->OffsetFree = sizeof(*buffer);
	buffer->TargetProcessId = process;
	buffer->Flags = what;
	buffer->Heaps = NULL;
	if (!(what & PDI_HEAPS))
		return STATUS_SUCCESS;
	count = RtlGetProcessHeaps(0, NULL);
	heaps = append(buffer, count * sizeof(PVOID));
	all = append(buffer, sizeof(*all) + count * sizeof(all->Heaps[0]));
	if (!heaps || !all)
		return STATUS_NO_MEMORY;
	memset(all, 0, sizeof(*all) + count * sizeof(all->Heaps[0]));
	stored = RtlGetProcessHeaps(count, heaps);
	all->NumberOfHeaps = stored < count ? stored : count;
	for (ULONG i = 0; i < all->NumberOfHeaps && NT_SUCCESS(status); i++)
		status = add_heap(buffer, &all->Heaps[i], heaps[i], what);
	if (NT_SUCCESS(status))
		buffer->Heaps = all;
	return status;
}
