/*
 * ntdll/rtl/heap_large.c - blocks above the threshold: each an allocation of the memory manager.
 *
 * The data lies 0x40 bytes behind the base (heap facts, row 28), pages are committed exactly as far as needed.  A
 * block that had to move in order to grow reserves as much again, so that growing it on does not copy each time.
 */
#include "host/vm.h"
#include "ntdll/rtl/heap_internal.h"

/* Of a block that grows, its caller fills what is new: up to this many bytes get their pages in one call. */
#define POPULATE_MOST 0x400000u
#define POPULATE_LEAST (4 * MM_PAGE_SIZE)

static NOINLINE void WINAPI populate(uintptr_t start, SIZE_T size)
{
	host_vm_populate(start, size);
}

void WINAPI heap_large_expect_writes(void *block, SIZE_T from, SIZE_T to)
{
	uintptr_t start = ((uintptr_t)block + from + MM_PAGE_SIZE - 1) & ~(uintptr_t)(MM_PAGE_SIZE - 1);
	uintptr_t end = ((uintptr_t)block + to) & ~(uintptr_t)(MM_PAGE_SIZE - 1);
	if (end > start && end - start >= POPULATE_LEAST && end - start <= POPULATE_MOST)
		populate(start, end - start);
}

NOINLINE SIZE_T WINAPI heap_large_growing_reserve(SIZE_T size)
{
	if (mm_highest_address() < (uintptr_t)1 << 32)
		return size * 2;
	if (size < (SIZE_T)1 << 20)
		return size * 64;
	return size < (SIZE_T)1 << 30 ? size * 16 : size + size / 2;
}

static inline SIZE_T page_round(SIZE_T size)
{
	return (size + MM_PAGE_SIZE - 1) & ~(SIZE_T)(MM_PAGE_SIZE - 1);
}

void *WINAPI heap_large_allocate(struct heap *heap, ULONG flags, SIZE_T size, SIZE_T reserve)
{
	SIZE_T committed = page_round(size + HEAP_LARGE_HEADER + 1);
	SIZE_T reserved = page_round(reserve + HEAP_LARGE_HEADER + 1);
	uintptr_t base = 0;
	NTSTATUS status;
	if (reserved > committed) {
		status = mm_allocate(&base, &reserved, MEM_RESERVE, heap->protect, 0, NULL);
		if (NT_SUCCESS(status)) {
			uintptr_t start = base;
			SIZE_T bytes = committed;
			status = mm_allocate(&start, &bytes, MEM_COMMIT, heap->protect, 0, NULL);
			if (!NT_SUCCESS(status)) {
				SIZE_T all = 0;
				mm_free(&base, &all, MEM_RELEASE);
				return NULL;
			}
		}
	} else {
		reserved = committed;
		status = mm_allocate(&base, &reserved, MEM_RESERVE | MEM_COMMIT, heap->protect, 0, NULL);
	}
	if (!NT_SUCCESS(status))
		return NULL;
	struct heap_large *large = (struct heap_large *)base;
	large->committed = committed;
	large->reserved = reserved;
	large->entry.flags = ENTRY_BUSY | ENTRY_LARGE | (heap_has_user_info(heap, flags) ? ENTRY_USER : 0);
	large->entry.user = (uint8_t)((flags & HEAP_SETTABLE_USER_FLAGS) >> 9);
	large->entry.units = (uint32_t)(committed - size);
	heap_entry_seal(heap, &large->entry);
	heap_enter(heap, flags);
	list_add_tail(&heap->large, &large->link);
	heap->large_committed += committed;
	heap->large_reserved += reserved;
	heap_unlock(heap);
	return large + 1;
}

static bool WINAPI heap_large_is(struct heap *heap, struct heap_entry *entry)
{
	struct heap_large *large = heap_large_of(entry);
	return ((uintptr_t)large & (MM_GRANULARITY - 1)) == 0 && heap_entry_sound(heap, entry) && list_sound(&large->link);
}

void WINAPI heap_large_free(struct heap *heap, ULONG flags, struct heap_entry *entry)
{
	struct heap_large *large = heap_large_of(entry);
	heap_enter(heap, flags);
	if (unlikely(!heap_large_is(heap, entry)))
		rtl_heap_corrupted(heap, entry + 1, "the header of a large block was overwritten");
	list_remove(&large->link);
	heap->large_committed -= large->committed;
	heap->large_reserved -= large->reserved;
	heap_unlock(heap);
	uintptr_t base = (uintptr_t)large;
	SIZE_T size = 0;
	mm_free(&base, &size, MEM_RELEASE);
}

bool WINAPI heap_large_resize(struct heap *heap, struct heap_entry *entry, ULONG flags, SIZE_T size)
{
	struct heap_large *large = heap_large_of(entry);
	heap_enter(heap, flags);
	if (unlikely(!heap_large_is(heap, entry)))
		rtl_heap_corrupted(heap, entry + 1, "the header of a large block was overwritten");
	SIZE_T committed = page_round(size + HEAP_LARGE_HEADER + 1), old = large->committed;
	bool done = false;
	if (committed <= old) {
		if (committed < old) {
			uintptr_t base = (uintptr_t)large + committed;
			SIZE_T bytes = old - committed;
			done = NT_SUCCESS(mm_free(&base, &bytes, MEM_DECOMMIT));
		} else
			done = true;
		/* A block that was made smaller does not grow in place again (row 33). */
		if (done && heap_large_size(entry) > size && committed < old) {
			heap->large_reserved -= large->reserved - committed;
			large->reserved = committed;
		}
	} else if (committed <= large->reserved) {
		/* It grows on: an eighth more now saves the next calls. */
		SIZE_T ahead = committed + page_round(committed / 8);
		committed = ahead < large->reserved ? ahead : large->reserved;
		uintptr_t base = (uintptr_t)large + old;
		SIZE_T bytes = committed - old;
		done = NT_SUCCESS(mm_allocate(&base, &bytes, MEM_COMMIT, heap->protect, 0, NULL));
	}
	if (done) {
		large->committed = committed;
		heap->large_committed += committed - old;
		entry->units = (uint32_t)(committed - size);
		heap_entry_seal(heap, entry);
	}
	heap_unlock(heap);
	return done;
}

void WINAPI heap_large_destroy_all(struct heap *heap)
{
	LIST_ENTRY *link = heap->large.Flink;
	while (link != &heap->large) {
		struct heap_large *large = CONTAINING_RECORD(link, struct heap_large, link);
		link = link->Flink;
		uintptr_t base = (uintptr_t)large;
		SIZE_T size = 0;
		mm_free(&base, &size, MEM_RELEASE);
	}
}
