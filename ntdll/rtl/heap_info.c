/*
 * ntdll/rtl/heap_info.c - information about heaps, and the lesser functions of the family.
 */
#include "ntdll/rtl/heap_internal.h"
#include "nt/winerror.h"
#include "pewter/export.h"

enum {
	HEAP_COMPATIBILITY_INFORMATION = 0,
	HEAP_ENABLE_TERMINATION_ON_CORRUPTION = 1,
	HEAP_EXTENDED_INFORMATION = 2,
	HEAP_OPTIMIZE_RESOURCES = 3,
};

typedef struct _HEAP_OPTIMIZE_RESOURCES_INFORMATION {
	DWORD Version;
	DWORD Flags;
} HEAP_OPTIMIZE_RESOURCES_INFORMATION;

/* Rows 44 to 46.  STATUS_BUFFER_TOO_SMALL, STATUS_ACCESS_VIOLATION (no heap), STATUS_INVALID_INFO_CLASS. */
EXPORT(ntdll, NTSTATUS, RtlQueryHeapInformation,
       (PVOID handle, ULONG information_class, PVOID buffer, SIZE_T length, PSIZE_T returned))
{
	struct heap *heap = handle;
	if (information_class != HEAP_COMPATIBILITY_INFORMATION)
		return STATUS_INVALID_INFO_CLASS;
	if (!heap)
		return STATUS_ACCESS_VIOLATION;
	if (returned)
		*returned = sizeof(ULONG);
	if (length < sizeof(ULONG))
		return STATUS_BUFFER_TOO_SMALL;
	*(ULONG *)buffer = heap->compatibility;
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI compact_one(PVOID heap, PVOID parameter)
{
	RtlCompactHeap(heap, 0);
	return STATUS_SUCCESS;
}

/* Rows 45, 48, 50. */
EXPORT(ntdll, NTSTATUS, RtlSetHeapInformation, (PVOID handle, ULONG information_class, PVOID buffer, SIZE_T length))
{
	struct heap *heap = handle;
	switch (information_class) {
	case HEAP_COMPATIBILITY_INFORMATION: {
		if (!heap)
			return STATUS_ACCESS_VIOLATION;
		if (length < sizeof(ULONG))
			return STATUS_BUFFER_TOO_SMALL;
		ULONG wanted = *(ULONG *)buffer;
		if (wanted == heap->compatibility)
			return STATUS_SUCCESS;
		if (wanted != 2)
			return STATUS_UNSUCCESSFUL; /* look-asides are gone, and there is no way back */
		if (heap->flags & HEAP_NO_SERIALIZE)
			return STATUS_INVALID_PARAMETER;
		if (!(heap->flags & HEAP_GROWABLE) || heap->debug)
			return STATUS_UNSUCCESSFUL;
		heap->compatibility = 2;
		return STATUS_SUCCESS;
	}
	case HEAP_ENABLE_TERMINATION_ON_CORRUPTION:
		/* Always on in 64-bit programs. */
		return buffer || length ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
	case HEAP_OPTIMIZE_RESOURCES: {
		const HEAP_OPTIMIZE_RESOURCES_INFORMATION *info = buffer;
		if (length < sizeof(*info))
			return STATUS_BUFFER_TOO_SMALL;
		if (info->Version != 1 || info->Flags != 0)
			return STATUS_INVALID_PARAMETER;
		if (heap)
			RtlCompactHeap(heap, 0);
		else
			RtlEnumProcessHeaps(compact_one, NULL);
		return STATUS_SUCCESS;
	}
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
}

/* Calls the routine with each heap until it fails. */
EXPORT(ntdll, NTSTATUS, RtlEnumProcessHeaps, (PRTL_ENUM_HEAP_ROUTINE routine, PVOID parameter))
{
	NTSTATUS status = STATUS_SUCCESS;
	PVOID process = NtCurrentPeb()->ProcessHeap, few[64], *heaps = few;
	ULONG room = ARRAY_SIZE(few), count;
	/* A copy: the routine may create heaps. */
	while ((count = RtlGetProcessHeaps(room, heaps)) > room) {
		if (heaps != few)
			RtlFreeHeap(process, 0, heaps);
		room = count + 16;
		heaps = RtlAllocateHeap(process, 0, room * sizeof(PVOID));
		if (!heaps)
			return STATUS_NO_MEMORY;
	}
	for (ULONG i = 0; i < count && NT_SUCCESS(status); i++)
		status = routine(heaps[i], parameter);
	if (heaps != few)
		RtlFreeHeap(process, 0, heaps);
	return status;
}

static NTSTATUS NTAPI validate_one(PVOID heap, PVOID parameter)
{
	if (!RtlValidateHeap(heap, 0, NULL))
		*(BOOLEAN *)parameter = FALSE;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, BOOLEAN, RtlValidateProcessHeaps, (void))
{
	BOOLEAN sound = TRUE;
	RtlEnumProcessHeaps(validate_one, &sound);
	return sound;
}

EXPORT(ntdll, ULONG, RtlGetNtGlobalFlags, (void))
{
	return NtCurrentPeb()->NtGlobalFlag;
}

/* Allocates `count` blocks of one size; how many it came to. */
EXPORT(ntdll, ULONG, RtlMultipleAllocateHeap, (PVOID heap, ULONG flags, SIZE_T size, ULONG count, PVOID *blocks))
{
	ULONG done = 0;
	while (done < count && (blocks[done] = RtlAllocateHeap(heap, flags, size)) != NULL)
		done++;
	return done;
}

EXPORT(ntdll, ULONG, RtlMultipleFreeHeap, (PVOID heap, ULONG flags, ULONG count, PVOID *blocks))
{
	ULONG done = 0;
	while (done < count && RtlFreeHeap(heap, flags, blocks[done]))
		done++;
	return done;
}

static void WINAPI protect_committed(uintptr_t base, SIZE_T size, ULONG protect)
{
	uintptr_t end = base + size;
	MEMORY_BASIC_INFORMATION info;
	while (base < end && NT_SUCCESS(mm_query(base, &info))) {
		uintptr_t next = (uintptr_t)info.BaseAddress + info.RegionSize;
		SIZE_T bytes = (next < end ? next : end) - base;
		ULONG old;
		if (info.State == MEM_COMMIT) {
			uintptr_t from = base;
			mm_protect(&from, &bytes, protect, &old);
		}
		base = next;
	}
}

/* Makes the heap's memory readable only, or writable again. */
EXPORT(ntdll, VOID, RtlProtectHeap, (PVOID handle, BOOLEAN read_only))
{
	struct heap *heap = handle;
	if (!heap_is(heap))
		return;
	heap = heap_beneath(heap);
	ULONG protect = heap->protect == PAGE_EXECUTE_READWRITE
				     ? (read_only ? PAGE_EXECUTE_READ : PAGE_EXECUTE_READWRITE)
				     : (read_only ? PAGE_READONLY : PAGE_READWRITE);
	for (LIST_ENTRY *link = heap->segments.Flink; link != &heap->segments; link = link->Flink) {
		struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
		protect_committed((uintptr_t)segment, segment->committed, protect);
	}
	for (LIST_ENTRY *link = heap->large.Flink; link != &heap->large; link = link->Flink) {
		struct heap_large *large = CONTAINING_RECORD(link, struct heap_large, link);
		protect_committed((uintptr_t)large, large->committed, protect);
	}
}

/* Zeroes what is free.  STATUS_INVALID_PARAMETER: no heap. */
EXPORT(ntdll, NTSTATUS, RtlZeroHeap, (PVOID handle, ULONG flags))
{
	struct heap *heap = handle;
	if (!heap_is(heap))
		return STATUS_INVALID_PARAMETER;
	heap = heap_beneath(heap);
	heap_enter(heap, flags);
	if (!(heap->debug & HEAP_FREE_CHECKING_ENABLED))
		for (unsigned bin = 0; bin < HEAP_BINS; bin++)
			for (struct heap_free *block = heap->bins[bin]; block; block = block->next) {
				struct heap_bounds hole = heap_hole_of(&block->entry);
				char *start = (char *)(block + 1), *end = (char *)heap_entry_next(&block->entry);
				if (hole.start != hole.end) {
					start = (char *)block + sizeof(struct heap_hole);
					heap_zero(start, hole.start - (uintptr_t)start);
					start = (char *)hole.end;
				}
				heap_zero(start, (size_t)(end - start));
			}
	heap_unlock(heap);
	return STATUS_SUCCESS;
}
