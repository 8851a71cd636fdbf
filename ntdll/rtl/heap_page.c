/*
 * ntdll/rtl/heap_page.c - page heap: NtGlobalFlag 0x02000000, pewter --heap-debug=page.
 *
 * Each block has pages of its own and ends, but for what aligning it to 16 leaves, where they end; the page behind is
 * never accessible, and after the block was freed none is.  So a program that reads or writes beyond a block, or in one it
 * has freed, stops at the very instruction.
 *
 *	base                       block        end      base + pages
 *	 +--------------------------+------------+--------+--------------+
 *	 | 0xAB ...                 | data       | 0xD0 . | inaccessible |
 *	 +--------------------------+------------+--------+--------------+
 *
 * What lies before and behind the data in its pages is checked when the block is freed.  The handle is a page that is EE
 * up to +0x78 but for the flags (heap facts, row 67).  There is an ordinary heap beneath it, for blocks beyond
 * PAGE_BLOCKS: Linux has only so many mappings.
 */
#include "ntdll/rtl/heap_record.h"

#define PAGE_BLOCKS 20000u
#define FILL_BEFORE 0xAB
#define FILL_NEW 0xC0 /* NT's page heap fills so, too: MSDN, "GFlags and PageHeap" */
#define FILL_BEHIND 0xD0

static uint32_t live_blocks; /* of all page heaps */

static inline SIZE_T round_to(SIZE_T size, SIZE_T unit)
{
	return (size + unit - 1) & ~(unit - 1);
}

static void fill(char *from, const char *end, uint8_t byte)
{
	__builtin_memset(from, byte, (size_t)(end - from));
}

/* First byte in a range that is not the fill; NULL: all are. */
static const void *other_than(const char *from, const char *end, uint8_t byte)
{
	for (; from < end; from++)
		if ((uint8_t)*from != byte)
			return from;
	return NULL;
}

const void *heap_page_damage(const struct heap_record *record)
{
	if (record->state != HEAP_RECORD_LIVE)
		return NULL;
	const void *damage = other_than(record->block + record->size, record->base + record->pages, FILL_BEHIND);
	return damage ? damage : other_than(record->base, record->block, FILL_BEFORE);
}

struct heap *heap_page_create(ULONG flags, ULONG debug, struct heap *normal)
{
	uintptr_t base = 0;
	SIZE_T size = round_to(sizeof(struct heap), MM_PAGE_SIZE);
	if (!NT_SUCCESS(mm_allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0, NULL)))
		return NULL;
	struct heap *heap = (struct heap *)base;
	/* The blocks of the heap beneath are checked with the handle's key. */
	heap->key = normal->key;
	heap->front_busy = normal->front_busy;
	heap->front_free = normal->front_free;
	heap->signature = HEAP_SIGNATURE;
	heap->debug = debug;
	heap->protect = normal->protect;
	heap->page_heap = true;
	heap->normal = normal;
	list_initialize(&heap->segments);
	list_initialize(&heap->large);
	fill((char *)heap, (char *)&heap->flags, 0xEE);
	heap->flags = flags | debug;
	heap->force_flags = heap->flags & ~(HEAP_SHARED | HEAP_DISABLE_COALESCE_ON_FREE);
	return heap;
}

void *heap_page_allocate(struct heap *heap, ULONG flags, SIZE_T size)
{
	if (size > HEAP_MAXIMUM_REQUEST)
		return NULL;
	SIZE_T data = round_to(size ? size : 1, HEAP_UNIT), pages = round_to(data, MM_PAGE_SIZE), all = pages + MM_PAGE_SIZE;
	uintptr_t base = 0;
	if (__atomic_add_fetch(&live_blocks, 1, __ATOMIC_RELAXED) > PAGE_BLOCKS ||
	    !NT_SUCCESS(mm_allocate(&base, &all, MEM_RESERVE, heap->protect, 0, NULL))) {
		__atomic_fetch_sub(&live_blocks, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	SIZE_T bytes = pages;
	uintptr_t start = base;
	struct heap_record *record = NULL;
	char *block = (char *)base + pages - data;
	if (NT_SUCCESS(mm_allocate(&start, &bytes, MEM_COMMIT, heap->protect, 0, NULL))) {
		fill((char *)base, block, FILL_BEFORE);
		if (!(flags & HEAP_ZERO_MEMORY))
			fill(block, block + size, FILL_NEW);
		fill(block + size, (char *)base + pages, FILL_BEHIND);
		record = heap_record_made(heap, block, size, flags);
	}
	if (!record) {
		__atomic_fetch_sub(&live_blocks, 1, __ATOMIC_RELAXED);
		all = 0;
		mm_free(&base, &all, MEM_RELEASE);
		return NULL;
	}
	heap_enter(heap, flags);
	heap_record_set_pages(record, (char *)base, pages);
	heap_unlock(heap);
	return block;
}

void heap_page_free(struct heap *heap, const struct heap_record *record)
{
	uintptr_t base = (uintptr_t)record->base;
	SIZE_T pages = record->pages;
	/* The record first: a second free then finds it, and a fault the block. */
	heap_record_freed(record->block, true);
	__atomic_fetch_sub(&live_blocks, 1, __ATOMIC_RELAXED);
	mm_free(&base, &pages, MEM_DECOMMIT);
	heap_release_held(false);
}

void heap_page_release(const struct heap_record *record)
{
	uintptr_t base = (uintptr_t)record->base;
	SIZE_T all = 0;
	mm_free(&base, &all, MEM_RELEASE);
}

static bool release_one(const struct heap_record *record, void *context)
{
	if (record->base) {
		heap_page_release(record);
		if (record->state == HEAP_RECORD_LIVE)
			__atomic_fetch_sub(&live_blocks, 1, __ATOMIC_RELAXED);
	}
	return true;
}

void heap_page_destroy(struct heap *heap)
{
	uintptr_t base = (uintptr_t)heap;
	SIZE_T all = 0;
	heap_record_each(heap, HEAP_RECORD_LIVE, release_one, NULL);
	heap_record_each(heap, HEAP_RECORD_HELD, release_one, NULL);
	heap_record_forget(heap);
	RtlDestroyHeap(heap->normal);
	heap->signature = 0;
	mm_free(&base, &all, MEM_RELEASE);
}

/* Every byte of a page heap's blocks: the handle, then its blocks in order of allocation, then the heap beneath. */
bool heap_page_walk(struct heap *heap, PRTL_HEAP_WALK_ENTRY entry, NTSTATUS *status)
{
	struct heap_record record;
	LIST_ENTRY *next;
	if (!entry->DataAddress) {
		entry->DataAddress = heap;
		entry->DataSize = round_to(sizeof(*heap), MM_PAGE_SIZE);
		entry->OverheadBytes = 0;
		entry->SegmentIndex = 0;
		entry->Flags = RTL_HEAP_SEGMENT;
		entry->Segment.CommittedSize = entry->Segment.UnCommittedSize = 0;
		entry->Segment.FirstEntry = entry->Segment.LastEntry = NULL;
		return true;
	}
	if (entry->DataAddress == heap)
		next = heap->large.Flink;
	else if (heap_record_find(entry->DataAddress, &record) && record.base && record.heap == heap &&
		 record.state == HEAP_RECORD_LIVE)
		next = record.of_heap.Flink;
	else
		return heap_walk_next(heap->normal, entry, status);
	if (next == &heap->large) {
		entry->DataAddress = NULL;
		return heap_walk_next(heap->normal, entry, status);
	}
	struct heap_record *found = CONTAINING_RECORD(next, struct heap_record, of_heap);
	entry->DataAddress = found->block;
	entry->DataSize = found->size;
	entry->OverheadBytes = 0;
	entry->SegmentIndex = 0;
	entry->Flags = RTL_HEAP_BUSY | RTL_HEAP_SETTABLE_VALUE | RTL_HEAP_COMMITTED;
	return true;
}
