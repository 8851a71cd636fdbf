/*
 * ntdll/rtl/heap_hole.c - pages of free blocks that are given back.
 *
 * A free block may have one hole: whole pages in its middle that are decommitted.  Header, links and the hole's bounds
 * stand before it, the rest of the block behind it:
 *
 *	entry                     start                 end          next entry
 *	 | header, links, bounds  |  (not committed)    |  ...       |
 *
 * When: NT's thresholds (PEB.HeapDeCommitFreeBlockThreshold, ...TotalFreeThreshold, or those of RtlCreateHeap) say how
 * long a run of pages must be and how much committed memory may lie free.  A program that fills and empties its heap in
 * turns would pay for that each time: so the second one doubles, up to DECOMMIT_TOTAL_MOST, whenever pages that were given
 * back are wanted again.
 *
 * All under the heap's lock.  Heaps with debugging patterns, with a commit routine, or with memory of the caller's keep
 * their pages.
 */
#include "ntdll/rtl/heap_internal.h"

static inline uintptr_t page_up(uintptr_t address)
{
	return (address + MM_PAGE_SIZE - 1) & ~(uintptr_t)(MM_PAGE_SIZE - 1);
}

bool WINAPI heap_hole_allowed(const struct heap *heap)
{
	return !heap->commit_routine && !heap->debug && !heap->segment.foreign;
}

struct heap_bounds WINAPI heap_hole_of(struct heap_entry *entry)
{
	struct heap_hole *hole = (struct heap_hole *)entry;
	return entry->flags & ENTRY_HOLE ? hole->bounds : (struct heap_bounds){0};
}

void WINAPI heap_hole_attach(struct heap *heap, struct heap_entry *entry, struct heap_bounds bounds)
{
	struct heap_hole *hole = (struct heap_hole *)entry;
	if (bounds.start == bounds.end)
		return;
	hole->bounds = bounds;
	list_add_tail(&heap->holes, &hole->link);
	entry->flags |= ENTRY_HOLE;
	heap_entry_seal(heap, entry);
	heap->hole_bytes += bounds.end - bounds.start;
	heap->free_bytes -= bounds.end - bounds.start;
}

struct heap_bounds WINAPI heap_hole_detach(struct heap *heap, struct heap_entry *entry)
{
	struct heap_hole *hole = (struct heap_hole *)entry;
	struct heap_bounds bounds = heap_hole_of(entry);
	if (bounds.start == bounds.end)
		return bounds;
	if (unlikely(!list_sound(&hole->link) || bounds.start < (uintptr_t)entry || bounds.end < bounds.start ||
		     bounds.end > (uintptr_t)heap_entry_next(entry)))
		rtl_heap_corrupted(heap, entry + 1, "a free block was written to: its links are broken");
	list_remove(&hole->link);
	entry->flags &= (uint8_t)~ENTRY_HOLE;
	heap_entry_seal(heap, entry);
	heap->hole_bytes -= bounds.end - bounds.start;
	heap->free_bytes += bounds.end - bounds.start;
	return bounds;
}

void WINAPI heap_hole_wanted_again(struct heap *heap)
{
	if (heap->decommit_total < DECOMMIT_TOTAL_MOST)
		heap->decommit_total = heap->decommit_total * 2 < DECOMMIT_TOTAL_MOST ? heap->decommit_total * 2
										      : DECOMMIT_TOTAL_MOST;
}

bool WINAPI heap_hole_fill(struct heap *heap, struct heap_bounds *bounds, uintptr_t end)
{
	if (bounds->start == bounds->end || end <= bounds->start)
		return true;
	end = page_up(end) < bounds->end ? page_up(end) : bounds->end;
	uintptr_t from = bounds->start;
	SIZE_T size = end - from;
	if (!NT_SUCCESS(mm_allocate(&from, &size, MEM_COMMIT, heap->protect, 0, NULL)))
		return false;
	heap_hole_wanted_again(heap);
	bounds->start = end;
	if (bounds->start == bounds->end)
		bounds->start = bounds->end = 0;
	return true;
}

static bool WINAPI decommit(uintptr_t start, uintptr_t end)
{
	SIZE_T size = end - start;
	return start == end || NT_SUCCESS(mm_free(&start, &size, MEM_DECOMMIT));
}

struct heap_bounds WINAPI heap_hole_join(struct heap_bounds a, struct heap_bounds b)
{
	if (a.start == a.end)
		return b;
	if (b.start == b.end)
		return a;
	/* One hole of two: what was between goes, too. */
	decommit(a.end, b.start);
	return (struct heap_bounds){a.start, b.end};
}

void WINAPI heap_hole_widen(struct heap *heap, struct heap_entry *entry, SIZE_T least)
{
	uintptr_t start = page_up((uintptr_t)entry + sizeof(struct heap_hole));
	uintptr_t end = (uintptr_t)heap_entry_next(entry) & ~(uintptr_t)(MM_PAGE_SIZE - 1);
	struct heap_bounds old = heap_hole_of(entry), new;
	/* The walk tells of what is behind a hole as of a free block: that needs room for a header's worth. */
	if ((uintptr_t)heap_entry_next(entry) - end < sizeof(struct heap_hole) && end != (uintptr_t)heap_entry_next(entry) &&
	    end != old.end)
		end -= MM_PAGE_SIZE;
	new = (struct heap_bounds){start, end};
	if (end <= start || end < old.end || end - start < old.end - old.start + least)
		return;
	if (old.start == old.end)
		old.start = old.end = end;
	heap_hole_detach(heap, entry);
	if (old.start > start && !decommit(start, old.start))
		new.start = old.start;
	if (old.end < end && !decommit(old.end, end))
		new.end = old.end;
	heap_hole_attach(heap, entry, new);
}

struct heap_entry *WINAPI heap_hole_find(struct heap *heap, uintptr_t address)
{
	for (LIST_ENTRY *link = heap->holes.Flink; link != &heap->holes; link = link->Flink) {
		struct heap_hole *hole = CONTAINING_RECORD(link, struct heap_hole, link);
		if (address >= hole->bounds.start && address < (uintptr_t)heap_entry_next(&hole->block.entry))
			return &hole->block.entry;
	}
	return NULL;
}
