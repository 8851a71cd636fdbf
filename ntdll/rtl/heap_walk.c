/*
 * ntdll/rtl/heap_walk.c - looking at heaps: validation and the walk.
 */
#include "ntdll/rtl/heap_record.h"
#include "pewter/export.h"

/* Whether a busy block's header, neighbours and patterns are in order.  Reads only memory that is the heap's. */
bool WINAPI heap_validate_block(struct heap *heap, void *block)
{
	struct heap_entry *entry = heap_entry_of(block);
	if ((uintptr_t)block % HEAP_UNIT != 0)
		return false;
	struct heap_segment *segment = heap_segment_of(heap, entry);
	if (!segment) {
		for (LIST_ENTRY *link = heap->large.Flink; link != &heap->large; link = link->Flink) {
			struct heap_large *large = CONTAINING_RECORD(link, struct heap_large, link);
			if (!list_sound(link))
				return false;
			if (large + 1 == block)
				return heap_entry_keyed(heap, entry);
		}
		return false;
	}
	if (entry < segment->first || heap_hole_find(heap, (uintptr_t)entry))
		return false;
	if (heap_entry_tag(entry) == heap->front_busy) {
		struct front_sub *sub = front_sub_of(entry);
		return front_sub_has(sub, block) && heap_segment_of(heap, sub->base) == segment && front_sub_owners[entry->sub]->heap == heap &&
		       (entry->front_info & FRONT_UNUSED) <= front_sub_stride(sub);
	}
	if (!heap_entry_sound(heap, entry) || (heap_entry_flags(entry) & (ENTRY_FRONT | ENTRY_LARGE | ENTRY_SENTINEL | ENTRY_INTERNAL)) ||
	    !(heap_entry_flags(entry) & ENTRY_BUSY) || (entry->user & ENTRY_CACHED))
		return false;
	struct heap_entry *next = heap_entry_next(entry);
	if (heap_segment_of(heap, next) != segment || !heap_entry_sound(heap, next) || (heap_entry_flags(next) & ENTRY_PREV_FREE))
		return false;
	if ((heap_entry_flags(entry) & ENTRY_TAIL) && heap_debug_tail_damage(entry, heap_block_size(heap, entry)))
		return false;
	return true;
}

static bool WINAPI validate_segment(struct heap *heap, struct heap_segment *segment)
{
	struct heap_entry *entry = segment->first;
	struct heap_entry *end = (struct heap_entry *)((char *)segment + segment->committed - HEAP_SENTINEL_SIZE);
	bool before_free = false;
	while (entry < end) {
		struct front_sub *sub;
		if (!heap_entry_sound(heap, entry) || entry->units < HEAP_MINIMUM_UNITS || heap_entry_next(entry) > end)
			return false;
		if (((entry->flags & ENTRY_PREV_FREE) != 0) != before_free)
			return false;
		before_free = !(entry->flags & ENTRY_BUSY);
		if (before_free) {
			if (heap_entry_next(entry)->lent != entry->units)
				return false;
			if ((heap->debug & HEAP_FREE_CHECKING_ENABLED) && heap_debug_free_damage(heap, entry))
				return false;
		} else if (entry->user & ENTRY_CACHED) {
			if ((heap->debug & HEAP_FREE_CHECKING_ENABLED) && heap_debug_free_damage(heap, entry))
				return false;
		} else if ((entry->flags & ENTRY_TAIL) && heap_debug_tail_damage(entry, heap_block_size(heap, entry)))
			return false;
		else if ((entry->flags & ENTRY_INTERNAL) && (sub = front_sub_at(heap_entry_data(entry)))) {
			char *slot = sub->base + FRONT_SUB_DATA;
			for (uint32_t i = 0; i < sub->carved; i++, slot += front_sub_stride(sub)) {
				uint32_t tag = heap_entry_of(slot)->tag;
				if ((tag != heap->front_busy && tag != heap->front_free) || front_sub_of(heap_entry_of(slot)) != sub)
					return false;
			}
		}
		entry = heap_entry_next(entry);
	}
	return entry == end && heap_entry_sound(heap, end) && (end->flags & ENTRY_SENTINEL) &&
	       ((struct heap_sentinel *)end)->segment == segment && ((end->flags & ENTRY_PREV_FREE) != 0) == before_free;
}

static bool WINAPI heap_validate_all(struct heap *heap)
{
	for (LIST_ENTRY *link = heap->segments.Flink; link != &heap->segments; link = link->Flink)
		if (!list_sound(link) || !validate_segment(heap, CONTAINING_RECORD(link, struct heap_segment, link)))
			return false;
	for (LIST_ENTRY *link = heap->large.Flink; link != &heap->large; link = link->Flink)
		if (!list_sound(link) ||
		    !heap_entry_keyed(heap, &CONTAINING_RECORD(link, struct heap_large, link)->entry))
			return false;
	SIZE_T free_bytes = 0;
	for (unsigned bin = 0; bin < HEAP_BINS; bin++)
		for (struct heap_free *block = heap->bins[bin], *before = NULL; block; before = block, block = block->next) {
			if (block->previous != before || (block->entry.flags & ENTRY_BUSY) || !heap_entry_sound(heap, &block->entry))
				return false;
			free_bytes += (SIZE_T)block->entry.units * HEAP_UNIT;
		}
	SIZE_T hole_bytes = 0;
	for (LIST_ENTRY *link = heap->holes.Flink; link != &heap->holes; link = link->Flink) {
		struct heap_hole *hole = CONTAINING_RECORD(link, struct heap_hole, link);
		if (!list_sound(link) || !(hole->block.entry.flags & ENTRY_HOLE) || (hole->block.entry.flags & ENTRY_BUSY))
			return false;
		hole_bytes += hole->bounds.end - hole->bounds.start;
	}
	return hole_bytes == heap->hole_bytes && free_bytes - hole_bytes == heap->free_bytes;
}

struct page_check {
	bool damaged;
};

static bool check_page_block(const struct heap_record *record, void *context)
{
	struct page_check *check = context;
	check->damaged = record->base && heap_page_damage(record);
	return !check->damaged;
}

/* Page heap: what lies around the blocks, and the heap beneath. */
static bool heap_validate_page_heap(struct heap *heap, void *block)
{
	struct heap_record record;
	if (block) {
		if (!heap_record_find(block, &record) || record.state != HEAP_RECORD_LIVE || record.heap != heap)
			return false;
		return record.base ? !heap_page_damage(&record) : RtlValidateHeap(heap->normal, 0, block);
	}
	struct page_check check = {false};
	heap_record_each(heap, HEAP_RECORD_LIVE, check_page_block, &check);
	return !check.damaged && RtlValidateHeap(heap->normal, 0, NULL);
}

EXPORT(ntdll, BOOLEAN, RtlValidateHeap, (PVOID handle, ULONG flags, PVOID block))
{
	struct heap *heap = handle;
	if (!heap_is(heap))
		return FALSE;
	if (heap->page_heap)
		return heap_validate_page_heap(heap, block);
	heap_enter(heap, flags);
	bool sound = block ? heap_validate_block(heap, block) : heap_validate_all(heap);
	heap_unlock(heap);
	return sound;
}

EXPORT(ntdll, SIZE_T, RtlCompactHeap, (PVOID handle, ULONG flags))
{
	struct heap *heap = heap_beneath(handle);
	front_compact(heap);
	heap_enter(heap, flags);
	SIZE_T largest = heap_segment_compact(heap);
	heap_unlock(heap);
	return largest;
}

/*
 * The walk (heap facts, section D).  It has no state but the entry last given: where that was says what comes next.
 *
 *	REGION      the segment, and what lies before its first block
 *	blocks      in order of address: busy (data as the guest knows it) and free (data behind the links)
 *	            a free block with a hole: up to the hole, an uncommitted range, what is behind the hole
 *	            a subsegment of the front end: an empty free entry for its head, then every slot
 *	UNCOMMITTED what the segment may still commit
 *	... the next segment ...
 *	large blocks, in order of allocation
 *	REGION      of the front end, if it is in use
 */

#define LARGE_REGION 64 /* row 58 */

static inline struct heap_entry *segment_end(struct heap_segment *segment)
{
	return (struct heap_entry *)((char *)segment + segment->committed - HEAP_SENTINEL_SIZE);
}

static void WINAPI walk_region(struct heap_segment *segment, unsigned index, PRTL_HEAP_WALK_ENTRY entry)
{
	entry->DataAddress = segment;
	entry->DataSize = (SIZE_T)((char *)segment->first - (char *)segment);
	entry->OverheadBytes = 0;
	entry->SegmentIndex = (UCHAR)index;
	entry->Flags = RTL_HEAP_SEGMENT;
	SIZE_T holes = 0;
	for (LIST_ENTRY *link = segment->heap->holes.Flink; link != &segment->heap->holes; link = link->Flink) {
		struct heap_hole *hole = CONTAINING_RECORD(link, struct heap_hole, link);
		if (hole->bounds.start - (uintptr_t)segment < segment->reserved)
			holes += hole->bounds.end - hole->bounds.start;
	}
	entry->Segment.CommittedSize = (ULONG)(segment->committed - holes);
	entry->Segment.UnCommittedSize = (ULONG)(segment->reserved - segment->committed + holes);
	entry->Segment.FirstEntry = segment->first + 1;
	entry->Segment.LastEntry = (char *)segment + segment->limit;
}

static bool WINAPI walk_front_region(struct heap *heap, PRTL_HEAP_WALK_ENTRY entry)
{
	if (!heap->fronts || heap->front_silent)
		return false;
	entry->DataAddress = heap->counts;
	entry->DataSize = 0;
	entry->OverheadBytes = 0;
	entry->SegmentIndex = 0;
	entry->Flags = RTL_HEAP_FRONT | RTL_HEAP_SEGMENT;
	entry->Segment.CommittedSize = 0;
	entry->Segment.UnCommittedSize = 0;
	entry->Segment.FirstEntry = NULL;
	entry->Segment.LastEntry = NULL;
	return true;
}

static bool WINAPI walk_large(struct heap *heap, LIST_ENTRY *link, PRTL_HEAP_WALK_ENTRY entry)
{
	if (link == &heap->large)
		return walk_front_region(heap, entry);
	struct heap_large *large = CONTAINING_RECORD(link, struct heap_large, link);
	entry->DataAddress = large + 1;
	entry->DataSize = heap_large_size(&large->entry);
	entry->OverheadBytes = 0;
	entry->SegmentIndex = LARGE_REGION;
	entry->Flags = RTL_HEAP_BUSY | RTL_HEAP_SETTABLE_VALUE | RTL_HEAP_COMMITTED;
	return true;
}

/* What follows the last block of a segment. */
static bool WINAPI walk_after_blocks(struct heap *heap, struct heap_segment *segment, PRTL_HEAP_WALK_ENTRY entry)
{
	if (segment->committed < segment->limit) {
		entry->DataAddress = (char *)segment + segment->committed;
		entry->DataSize = segment->limit - segment->committed;
		entry->OverheadBytes = 0;
		entry->Flags = RTL_HEAP_UNCOMMITTED_RANGE;
		return true;
	}
	if (segment->link.Flink != &heap->segments) {
		walk_region(CONTAINING_RECORD(segment->link.Flink, struct heap_segment, link), entry->SegmentIndex + 1u, entry);
		return true;
	}
	return walk_large(heap, heap->large.Flink, entry);
}

static bool WINAPI walk_block(struct heap *heap, struct heap_segment *segment, struct heap_entry *block,
			      PRTL_HEAP_WALK_ENTRY entry)
{
	if (block >= segment_end(segment))
		return walk_after_blocks(heap, segment, entry);
	SIZE_T bytes = (SIZE_T)block->units * HEAP_UNIT;
	if (!(block->flags & ENTRY_BUSY)) {
		if (block->flags & ENTRY_HOLE)
			bytes = heap_hole_of(block).start - (uintptr_t)block;
		entry->DataAddress = (char *)block + 0x20;
		entry->DataSize = bytes - 0x20;
		entry->OverheadBytes = 0x20;
		entry->Flags = 0;
	} else if (block->flags & ENTRY_INTERNAL) {
		entry->DataAddress = heap_entry_data(block);
		entry->DataSize = 0;
		entry->OverheadBytes = FRONT_SUB_DATA;
		entry->Flags = RTL_HEAP_FRONT;
	} else if (block->user & ENTRY_CACHED) {
		entry->DataAddress = heap_entry_data(block);
		entry->DataSize = bytes - HEAP_UNIT;
		entry->OverheadBytes = HEAP_UNIT;
		entry->Flags = RTL_HEAP_FRONT;
	} else {
		entry->DataAddress = heap_entry_data(block);
		entry->DataSize = heap_block_size(heap, block);
		SIZE_T overhead = bytes - entry->DataSize;
		entry->OverheadBytes = overhead > 0xFF ? 0xFF : (UCHAR)overhead;
		entry->Flags = RTL_HEAP_BUSY | RTL_HEAP_SETTABLE_VALUE | RTL_HEAP_COMMITTED;
	}
	return true;
}

/* Slot `index` of a subsegment; behind the last carved one, what is left of it. */
static bool WINAPI walk_slot(struct heap *heap, struct heap_segment *segment, struct front_sub *sub, uint32_t index,
			     PRTL_HEAP_WALK_ENTRY entry)
{
	struct heap_entry *whole = heap_entry_of(sub->base);
	SIZE_T room = (SIZE_T)whole->units * HEAP_UNIT - FRONT_SUB_DATA - (SIZE_T)index * front_sub_stride(sub);
	uint32_t carved = __atomic_load_n(&sub->carved, __ATOMIC_ACQUIRE);
	if (index > carved || room < HEAP_UNIT)
		return walk_block(heap, segment, heap_entry_next(whole), entry);
	char *data = sub->base + FRONT_SUB_DATA + (SIZE_T)index * front_sub_stride(sub);
	entry->DataAddress = data;
	if (index == carved) {
		entry->DataSize = room - HEAP_UNIT;
		entry->OverheadBytes = HEAP_UNIT;
		entry->Flags = RTL_HEAP_FRONT;
	} else if (heap_entry_of(data)->tag == heap->front_busy) {
		entry->DataSize = heap_block_size(heap, heap_entry_of(data));
		entry->OverheadBytes = (UCHAR)(front_sub_stride(sub) - entry->DataSize > 0xFF ? 0xFF : front_sub_stride(sub) - entry->DataSize);
		entry->Flags = RTL_HEAP_BUSY |
			       (heap->front_silent ? RTL_HEAP_SETTABLE_VALUE | RTL_HEAP_COMMITTED : RTL_HEAP_FRONT);
	} else {
		entry->DataSize = front_sub_stride(sub) - HEAP_UNIT;
		entry->OverheadBytes = HEAP_UNIT;
		entry->Flags = RTL_HEAP_FRONT;
	}
	return true;
}

static bool WINAPI walk_behind_hole(struct heap *heap, struct heap_segment *segment, struct heap_entry *block,
				    PRTL_HEAP_WALK_ENTRY entry)
{
	uintptr_t from = heap_hole_of(block).end, end = (uintptr_t)heap_entry_next(block);
	if (from == end)
		return walk_block(heap, segment, heap_entry_next(block), entry);
	entry->DataAddress = (char *)from + 0x20;
	entry->DataSize = end - from - 0x20;
	entry->OverheadBytes = 0x20;
	entry->Flags = 0;
	return true;
}

bool WINAPI heap_walk_next(struct heap *heap, PRTL_HEAP_WALK_ENTRY entry, NTSTATUS *status)
{
	char *data = entry->DataAddress;
	struct heap_entry *hole;
	*status = STATUS_NO_MORE_ENTRIES;
	if (!data) {
		walk_region(&heap->segment, 0, entry);
		return true;
	}
	if (entry->Flags & RTL_HEAP_SEGMENT) {
		for (LIST_ENTRY *link = heap->segments.Flink; link != &heap->segments; link = link->Flink) {
			struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
			if ((char *)segment == data)
				return walk_block(heap, segment, segment->first, entry);
		}
		return false;
	}
	if (entry->Flags & RTL_HEAP_UNCOMMITTED_RANGE) {
		for (LIST_ENTRY *link = heap->segments.Flink; link != &heap->segments; link = link->Flink) {
			struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
			if ((uintptr_t)data - (uintptr_t)segment >= segment->reserved)
				continue;
			if ((hole = heap_hole_find(heap, (uintptr_t)data)))
				return walk_behind_hole(heap, segment, hole, entry);
			if (link->Flink == &heap->segments)
				return walk_large(heap, heap->large.Flink, entry);
			walk_region(CONTAINING_RECORD(link->Flink, struct heap_segment, link), entry->SegmentIndex + 1u, entry);
			return true;
		}
		*status = STATUS_INVALID_PARAMETER;
		return false;
	}
	struct heap_segment *segment = heap_segment_of(heap, data);
	if (!segment) {
		for (LIST_ENTRY *link = heap->large.Flink; link != &heap->large; link = link->Flink)
			if ((char *)(CONTAINING_RECORD(link, struct heap_large, link) + 1) == data)
				return walk_large(heap, link->Flink, entry);
		*status = STATUS_INVALID_PARAMETER;
		return false;
	}
	/* What is behind a hole has no header. */
	if ((hole = heap_hole_find(heap, (uintptr_t)data)))
		return walk_block(heap, segment, heap_entry_next(hole), entry);
	struct heap_entry *block = heap_entry_of(data);
	if ((uintptr_t)data % HEAP_UNIT != 0 || block < segment->first) {
		*status = STATUS_INVALID_PARAMETER;
		return false;
	}
	/* A slot's tag is no sound header and no pointer: its low byte is odd. */
	if (block->tag == heap->front_busy || block->tag == heap->front_free) {
		struct front_sub *sub = front_sub_of(block);
		if (front_sub_has(sub, data) && heap_segment_of(heap, sub->base) == segment)
			return walk_slot(heap, segment, sub,
					 (uint32_t)((size_t)(data - sub->base - FRONT_SUB_DATA) / front_sub_stride(sub)) + 1, entry);
	}
	if (heap_entry_sound(heap, block) && (block->flags & ENTRY_BUSY)) {
		struct front_sub *sub;
		if ((block->flags & ENTRY_INTERNAL) && (sub = front_sub_at(heap_entry_data(block))))
			return walk_slot(heap, segment, sub, 0, entry);
		return walk_block(heap, segment, heap_entry_next(block), entry);
	}
	block = (struct heap_entry *)(data - 0x20);
	if (block < segment->first || !heap_entry_sound(heap, block) || (block->flags & ENTRY_BUSY)) {
		*status = STATUS_INVALID_PARAMETER;
		return false;
	}
	if (block->flags & ENTRY_HOLE) {
		struct heap_bounds bounds = heap_hole_of(block);
		entry->DataAddress = (void *)bounds.start;
		entry->DataSize = bounds.end - bounds.start;
		entry->OverheadBytes = 0;
		entry->Flags = RTL_HEAP_UNCOMMITTED_RANGE;
		return true;
	}
	return walk_block(heap, segment, heap_entry_next(block), entry);
}

/* STATUS_NO_MORE_ENTRIES, STATUS_INVALID_PARAMETER (the heap changed so that the entry is none of it any more). */
EXPORT(ntdll, NTSTATUS, RtlWalkHeap, (PVOID handle, PRTL_HEAP_WALK_ENTRY entry))
{
	struct heap *heap = handle;
	NTSTATUS status;
	if (!heap_is(heap))
		return STATUS_INVALID_PARAMETER;
	heap_enter(heap, 0);
	bool found = heap->page_heap ? heap_page_walk(heap, entry, &status) : heap_walk_next(heap, entry, &status);
	heap_unlock(heap);
	return found ? STATUS_SUCCESS : status;
}

NTSTATUS rtl_heap_summary(PVOID handle, struct rtl_heap_summary *summary)
{
	struct heap *heap = handle;
	RTL_HEAP_WALK_ENTRY entry = {0};
	NTSTATUS status;
	heap_enter(heap, 0);
	summary->allocated = 0;
	while (heap->page_heap ? heap_page_walk(heap, &entry, &status) : heap_walk_next(heap, &entry, &status))
		if (entry.Flags & RTL_HEAP_BUSY)
			summary->allocated += entry.DataSize;
	/* Page heap: the blocks' pages are not counted, only what lies beneath. */
	heap_unlock(heap);
	heap = heap_beneath(heap);
	heap_enter(heap, 0);
	summary->committed = heap->large_committed;
	summary->reserved = heap->large_reserved;
	for (LIST_ENTRY *link = heap->segments.Flink; link != &heap->segments; link = link->Flink) {
		struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
		summary->committed += segment->committed;
		summary->reserved += segment->reserved;
	}
	summary->committed -= heap->hole_bytes;
	summary->maximum_reserve = heap->flags & HEAP_GROWABLE ? summary->reserved : heap->segment.reserved;
	heap_unlock(heap);
	return STATUS_SUCCESS;
}
