/*
 * ntdll/rtl/heap_create.c - heaps come and go: creation, destruction, the process heap, the list of heaps.
 */
#include "host/host.h"
#include "ntdll/ke/ke.h"
#include "ntdll/rtl/heap_record.h"
#include "pewter/export.h"

static PEB *heap_peb;
/* Protects the PEB's list of heaps. */
static struct host_lock list_lock;
/* PEB.ProcessHeaps until there are more: on Windows, too, an array in ntdll's data. */
#define FIRST_HEAPS 16

static NOINLINE void WINAPI random_bytes(void *buffer, size_t size)
{
	host_random(buffer, size);
}

static inline SIZE_T round_to(SIZE_T size, SIZE_T unit)
{
	return (size + unit - 1) & ~(unit - 1);
}

NTSTATUS WINAPI heap_commit(struct heap *heap, void *base, void *address, SIZE_T size)
{
	if (unlikely(heap->commit_routine != NULL)) {
		PVOID from = address;
		return heap->commit_routine(base, &from, &size);
	}
	uintptr_t from = (uintptr_t)address;
	return mm_allocate(&from, &size, MEM_COMMIT, heap->protect, 0, NULL);
}

/* Row 64. */
static ULONG WINAPI flags_from_global(ULONG global)
{
	ULONG flags = 0;
	if (global & FLG_HEAP_ENABLE_TAIL_CHECK)
		flags |= HEAP_TAIL_CHECKING_ENABLED;
	if (global & FLG_HEAP_ENABLE_FREE_CHECK)
		flags |= HEAP_FREE_CHECKING_ENABLED;
	if (global & FLG_HEAP_VALIDATE_PARAMETERS)
		flags |= HEAP_VALIDATE_PARAMETERS_ENABLED | HEAP_TAIL_CHECKING_ENABLED | HEAP_FREE_CHECKING_ENABLED;
	if (global & FLG_HEAP_VALIDATE_ALL)
		flags |= HEAP_VALIDATE_ALL_ENABLED | HEAP_TAIL_CHECKING_ENABLED | HEAP_FREE_CHECKING_ENABLED;
	if (global & FLG_HEAP_DISABLE_COALESCING)
		flags |= HEAP_DISABLE_COALESCE_ON_FREE;
	if (global & FLG_HEAP_PAGE_ALLOCS)
		flags |= HEAP_PAGE_ALLOCS;
	return flags;
}

static void WINAPI list_append(struct heap *heap)
{
	if (!heap_peb)
		return;
	lock_take(&list_lock);
	if (heap_peb->NumberOfHeaps == heap_peb->MaximumNumberOfHeaps) {
		ULONG larger = heap_peb->MaximumNumberOfHeaps * 2;
		PVOID *list = RtlAllocateHeap(heap_peb->ProcessHeap, 0, larger * sizeof(PVOID));
		if (list) {
			PVOID *old = heap_peb->ProcessHeaps;
			heap_copy(list, old, heap_peb->NumberOfHeaps * sizeof(PVOID));
			heap_peb->ProcessHeaps = list;
			bool allocated = heap_peb->MaximumNumberOfHeaps > FIRST_HEAPS;
			heap_peb->MaximumNumberOfHeaps = larger;
			if (allocated)
				RtlFreeHeap(heap_peb->ProcessHeap, 0, old);
		}
	}
	if (heap_peb->NumberOfHeaps < heap_peb->MaximumNumberOfHeaps) {
		heap_peb->ProcessHeaps[heap_peb->NumberOfHeaps++] = heap;
		heap->index = heap_peb->NumberOfHeaps;
	}
	lock_drop(&list_lock);
}

static void WINAPI list_take(struct heap *heap)
{
	if (!heap_peb)
		return;
	lock_take(&list_lock);
	PVOID *list = heap_peb->ProcessHeaps;
	ULONG count = heap_peb->NumberOfHeaps, i = 0;
	while (i < count && list[i] != heap)
		i++;
	if (i < count) {
		/* The rest keeps its order (row 11). */
		for (; i + 1 < count; i++) {
			list[i] = list[i + 1];
			((struct heap *)list[i])->index = i + 1;
		}
		list[count - 1] = NULL;
		heap_peb->NumberOfHeaps = count - 1;
	}
	lock_drop(&list_lock);
}

#define GIVEN_FLAGS                                                                                                         \
	(HEAP_NO_SERIALIZE | HEAP_GROWABLE | HEAP_GENERATE_EXCEPTIONS | HEAP_CLASS_1 | HEAP_CREATE_ENABLE_EXECUTE)

/*
 * `commit` and `reserve` in bytes; growable heaps reserve what is needed beyond `reserve`, fixed ones exactly it.
 * On the caller's memory (`base`) `reserve` is reserved and `commit` committed already.
 */
static struct heap *WINAPI create_plain(ULONG flags, ULONG debug, void *base, SIZE_T reserve, SIZE_T commit,
					PRTL_HEAP_COMMIT_ROUTINE commit_routine)
{
	ULONG protect = flags & HEAP_CREATE_ENABLE_EXECUTE ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
	uintptr_t address = (uintptr_t)base;
	if (!base) {
		SIZE_T bytes = reserve;
		if (!NT_SUCCESS(mm_allocate(&address, &bytes, MEM_RESERVE, protect, 0, NULL)))
			return NULL;
		uintptr_t start = address;
		bytes = commit;
		if (!NT_SUCCESS(mm_allocate(&start, &bytes, MEM_COMMIT, protect, 0, NULL))) {
			SIZE_T all = 0;
			mm_free(&address, &all, MEM_RELEASE);
			return NULL;
		}
	}
	struct heap *heap = (struct heap *)address;
	if (base)
		heap_zero(heap, sizeof(*heap));

	bool growable = flags & HEAP_GROWABLE;
	/* Rows 8, 66: what a caller may ask for, what the system adds, and what of it shows where. */
	ULONG given = flags & GIVEN_FLAGS;
	heap->flags = given | debug;
	heap->force_flags = (given | debug) & ~(HEAP_GROWABLE | HEAP_CLASS_1 | HEAP_SHARED | HEAP_DISABLE_COALESCE_ON_FREE);
	if (heap_peb && (heap_peb->NtGlobalFlag & FLG_HEAP_ENABLE_TAGGING))
		heap->flags |= HEAP_SHARED;
	heap->debug = debug & ~HEAP_DISABLE_COALESCE_ON_FREE;
	heap->signature = HEAP_SIGNATURE;
	heap->protect = protect;
	heap->commit_routine = commit_routine;
	heap->next_segment = HEAP_FIRST_SEGMENT;

	/* Keys: a header written by accident is not taken for a sound one.  No byte of a tag is 0, so that a string that
	 * is one byte too long always shows. */
	uint32_t seed[2];
	random_bytes(seed, sizeof(seed));
	heap->key = (uint8_t)(seed[0] | 1);
	heap->front_busy = ((seed[1] | 0x01010001u) & 0xFFFF00FFu) | (ENTRY_FRONT | ENTRY_BUSY) << 8;
	heap->front_free = ((seed[1] | 0x01010001u) & 0xFFFF00FFu) | ENTRY_FRONT << 8;

	/* Row 49.  A heap without serialisation has a front end, too: it is only not to be seen. */
	heap->front_allowed = growable && heap->debug == 0 && !commit_routine && !base && !heap_recording();
	heap->front_silent = (flags & HEAP_NO_SERIALIZE) != 0;

	list_initialize(&heap->segments);
	list_initialize(&heap->large);
	list_initialize(&heap->holes);
	heap->decommit_block = heap_peb ? heap_peb->HeapDeCommitFreeBlockThreshold : HEAP_DECOMMIT_BLOCK;
	heap->decommit_total = heap_peb ? heap_peb->HeapDeCommitTotalFreeThreshold : HEAP_DECOMMIT_TOTAL;
	heap_segment_initialize(heap, &heap->segment, sizeof(*heap), reserve, commit,
				growable ? reserve - HEAP_GUARD_SIZE > commit ? reserve - HEAP_GUARD_SIZE : commit : reserve);
	heap->segment.foreign = base != NULL;
	front_heap_created(heap);
	return heap;
}

static struct heap *WINAPI create(ULONG flags, void *base, SIZE_T reserve, SIZE_T commit,
				  PRTL_HEAP_COMMIT_ROUTINE commit_routine)
{
	ULONG debug = flags & (HEAP_TAIL_CHECKING_ENABLED | HEAP_FREE_CHECKING_ENABLED | HEAP_DISABLE_COALESCE_ON_FREE |
			       HEAP_VALIDATE_PARAMETERS_ENABLED | HEAP_VALIDATE_ALL_ENABLED);
	if (heap_peb) {
		debug |= flags_from_global(heap_peb->NtGlobalFlag);
		/* These need to know of every block. */
		if (heap_peb->NtGlobalFlag & (FLG_USER_STACK_TRACE_DB | FLG_HEAP_ENABLE_TAGGING | FLG_HEAP_PAGE_ALLOCS))
			rtl_heap_debug_enable();
	}
	/* Memory of the caller's cannot be made inaccessible block by block. */
	if (!(debug & HEAP_PAGE_ALLOCS) || base)
		return create_plain(flags, debug & ~HEAP_PAGE_ALLOCS, base, reserve, commit, commit_routine);
	struct heap *normal = create_plain(flags, (debug & ~HEAP_PAGE_ALLOCS) | HEAP_TAIL_CHECKING_ENABLED |
							   HEAP_FREE_CHECKING_ENABLED,
					   NULL, reserve, commit, NULL);
	if (!normal)
		return NULL;
	struct heap *heap = heap_page_create(flags & GIVEN_FLAGS, debug, normal);
	if (!heap)
		RtlDestroyHeap(normal);
	return heap;
}

void rtl_heap_debug_enable(void)
{
	heap_careful = UINTPTR_MAX;
}

EXPORT(ntdll, PVOID, RtlCreateHeap,
       (ULONG flags, PVOID base, SIZE_T reserve, SIZE_T commit, PVOID lock, PRTL_HEAP_PARAMETERS parameters))
{
	PRTL_HEAP_COMMIT_ROUTINE commit_routine = NULL;
	/* Row 14: the length of the parameters is not looked at; a commit routine needs memory of the caller's. */
	if (parameters && parameters->CommitRoutine) {
		if (!base)
			return NULL;
		commit_routine = (PRTL_HEAP_COMMIT_ROUTINE)parameters->CommitRoutine;
	}
	if (base) {
		if (commit_routine) {
			commit = parameters->InitialCommit;
			reserve = parameters->InitialReserve;
		} else {
			MEMORY_BASIC_INFORMATION info;
			if (!NT_SUCCESS(mm_query((uintptr_t)base, &info)) || info.State == MEM_FREE)
				return NULL;
			if (info.State == MEM_RESERVE) {
				uintptr_t start = (uintptr_t)base;
				SIZE_T bytes = commit ? round_to(commit, MM_PAGE_SIZE) : HEAP_INITIAL_COMMIT;
				if (!NT_SUCCESS(mm_allocate(&start, &bytes, MEM_COMMIT, PAGE_READWRITE, 0, NULL)))
					return NULL;
				commit = bytes;
			} else
				commit = info.RegionSize;
			if (reserve < commit)
				reserve = commit;
		}
		commit = commit & ~(SIZE_T)(MM_PAGE_SIZE - 1);
		reserve = reserve & ~(SIZE_T)(MM_PAGE_SIZE - 1);
		if (((uintptr_t)base & (HEAP_UNIT - 1)) != 0 || reserve < commit ||
		    commit < round_to(sizeof(struct heap) + HEAP_SENTINEL_SIZE + 0x20, MM_PAGE_SIZE))
			return NULL;
	} else {
		if (commit > HEAP_MAXIMUM_REQUEST || reserve > HEAP_MAXIMUM_REQUEST)
			return NULL;
		commit = round_to(commit, HEAP_INITIAL_COMMIT);
		if ((flags & HEAP_GROWABLE) || reserve == 0) {
			if (reserve <= commit)
				reserve = commit + 1; /* room to grow into: rows 2, 54 */
			reserve = round_to(reserve, MM_GRANULARITY);
		} else {
			reserve = round_to(reserve, HEAP_INITIAL_COMMIT);
			if (reserve < commit)
				reserve = commit;
		}
		if (commit == 0)
			commit = HEAP_INITIAL_COMMIT;
	}
	struct heap *heap = create(flags, base, reserve, commit, commit_routine);
	if (heap && parameters) {
		if (parameters->DeCommitFreeBlockThreshold)
			heap_beneath(heap)->decommit_block = round_to(parameters->DeCommitFreeBlockThreshold, MM_PAGE_SIZE);
		if (parameters->DeCommitTotalFreeThreshold)
			heap_beneath(heap)->decommit_total = parameters->DeCommitTotalFreeThreshold;
	}
	if (heap)
		list_append(heap);
	return heap;
}

static NOINLINE void WINAPI report_no_heap(void *handle)
{
	if (NtCurrentPeb()->BeingDebugged) {
		ke_debug_print_and_break("Invalid heap signature for the heap that is to be destroyed\n"); /* row 13 */
		return;
	}
	host_message("pewter: %p is not a heap\n", handle);
}

EXPORT(ntdll, PVOID, RtlDestroyHeap, (PVOID handle))
{
	struct heap *heap = handle;
	if (!heap)
		return NULL;
	if (heap_peb && heap == heap_peb->ProcessHeap)
		return handle;
	if (!heap_is(heap)) {
		report_no_heap(handle);
		return handle;
	}
	list_take(heap);
	if (unlikely(heap_recording())) {
		heap_tags_forget(heap);
		if (heap->page_heap) {
			heap_page_destroy(heap);
			return NULL;
		}
		heap_record_forget(heap);
	}
	front_heap_destroyed(heap);
	heap_large_destroy_all(heap);
	heap_segment_destroy_all(heap);
	heap->signature = 0;
	heap->segment.signature = 0;
	if (!heap->segment.foreign) {
		uintptr_t base = (uintptr_t)heap;
		SIZE_T size = 0;
		mm_free(&base, &size, MEM_RELEASE);
	}
	return NULL;
}

NTSTATUS rtl_heap_initialize(PEB *peb, SIZE_T reserve, SIZE_T commit)
{
	/* Row 16; in a child these are there before the process heap is. */
	peb->HeapSegmentReserve = HEAP_FIRST_SEGMENT;
	peb->HeapSegmentCommit = HEAP_INITIAL_COMMIT;
	peb->HeapDeCommitTotalFreeThreshold = HEAP_DECOMMIT_TOTAL;
	peb->HeapDeCommitFreeBlockThreshold = HEAP_DECOMMIT_BLOCK;
	peb->NumberOfHeaps = 0;
	peb->MaximumNumberOfHeaps = FIRST_HEAPS;
	heap_peb = peb;
	if (reserve < MM_GRANULARITY)
		reserve = HEAP_FIRST_SEGMENT;
	struct heap *heap = create(HEAP_GROWABLE, NULL, round_to(reserve, MM_GRANULARITY),
				   round_to(commit ? commit : HEAP_INITIAL_COMMIT, HEAP_INITIAL_COMMIT), NULL);
	if (!heap) {
		heap_peb = NULL;
		return STATUS_NO_MEMORY;
	}
	peb->ProcessHeaps = RtlAllocateHeap(heap, HEAP_ZERO_MEMORY, FIRST_HEAPS * sizeof(PVOID));
	peb->ProcessHeap = heap;
	list_append(heap);
	/* When a program starts on Windows, DLLs have long used the process heap: its front end is in use for small
	 * blocks (rows 34, 97, which Wine's tests see with the very first blocks of theirs). */
	if (heap->front_allowed) {
		for (unsigned class = HEAP_MINIMUM_UNITS; class <= 32; class++)
			heap->counts[class] = FRONT_THRESHOLD;
		heap->compatibility = 2;
	}
	return STATUS_SUCCESS;
}

EXPORT(ntdll, ULONG, RtlGetProcessHeaps, (ULONG count, PVOID *heaps))
{
	lock_take(&list_lock);
	ULONG have = heap_peb->NumberOfHeaps;
	for (ULONG i = 0; i < have && i < count; i++)
		heaps[i] = heap_peb->ProcessHeaps[i];
	lock_drop(&list_lock);
	return have;
}
