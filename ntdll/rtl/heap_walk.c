/*
 * ntdll/rtl/heap_walk.c - looking at heaps: validation and the walk.
 */
#include "ntdll/rtl/heap_internal.h"
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
				return heap_entry_fold(entry->word) == heap->key;
		}
		return false;
	}
	if (entry < segment->first)
		return false;
	if (entry->tag == heap->front_busy) {
		struct front_sub *sub = front_sub_of(entry);
		size_t offset = (size_t)((char *)block - (char *)sub) - FRONT_SUB_DATA;
		return heap_segment_of(heap, sub) == segment && sub->magic == FRONT_SUB_MAGIC && sub->front->heap == heap &&
		       offset % sub->stride == 0 && offset / sub->stride < sub->carved &&
		       (entry->front_info & FRONT_UNUSED) <= sub->stride;
	}
	if (!heap_entry_sound(heap, entry) || (entry->flags & (ENTRY_FRONT | ENTRY_LARGE | ENTRY_SENTINEL | ENTRY_INTERNAL)) ||
	    !(entry->flags & ENTRY_BUSY))
		return false;
	struct heap_entry *next = heap_entry_next(entry);
	if (heap_segment_of(heap, next) != segment || !heap_entry_sound(heap, next) || (next->flags & ENTRY_PREV_FREE))
		return false;
	if ((entry->flags & ENTRY_TAIL) && !heap_debug_tail_intact(entry, heap_block_size(heap, entry)))
		return false;
	return true;
}

static bool WINAPI validate_segment(struct heap *heap, struct heap_segment *segment)
{
	struct heap_entry *entry = segment->first;
	struct heap_entry *end = (struct heap_entry *)((char *)segment + segment->committed - HEAP_SENTINEL_SIZE);
	bool before_free = false;
	while (entry < end) {
		if (!heap_entry_sound(heap, entry) || entry->units < HEAP_MINIMUM_UNITS || heap_entry_next(entry) > end)
			return false;
		if (((entry->flags & ENTRY_PREV_FREE) != 0) != before_free)
			return false;
		before_free = !(entry->flags & ENTRY_BUSY);
		if (before_free) {
			if (heap_entry_next(entry)->lent != entry->units)
				return false;
			if ((heap->debug & HEAP_FREE_CHECKING_ENABLED) && !heap_debug_free_intact(heap, entry))
				return false;
		} else if ((entry->flags & ENTRY_TAIL) && !heap_debug_tail_intact(entry, heap_block_size(heap, entry)))
			return false;
		else if ((entry->flags & ENTRY_INTERNAL) &&
			 ((struct front_sub *)heap_entry_data(entry))->magic == FRONT_SUB_MAGIC) {
			struct front_sub *sub = heap_entry_data(entry);
			char *slot = (char *)sub + FRONT_SUB_DATA;
			for (uint32_t i = 0; i < sub->carved; i++, slot += sub->stride) {
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

bool WINAPI heap_validate_all(struct heap *heap)
{
	for (LIST_ENTRY *link = heap->segments.Flink; link != &heap->segments; link = link->Flink)
		if (!list_sound(link) || !validate_segment(heap, CONTAINING_RECORD(link, struct heap_segment, link)))
			return false;
	for (LIST_ENTRY *link = heap->large.Flink; link != &heap->large; link = link->Flink)
		if (!list_sound(link) ||
		    heap_entry_fold(CONTAINING_RECORD(link, struct heap_large, link)->entry.word) != heap->key)
			return false;
	SIZE_T free_bytes = 0;
	for (unsigned bin = 0; bin < HEAP_BINS; bin++)
		for (struct heap_free *block = heap->bins[bin], *before = NULL; block; before = block, block = block->next) {
			if (block->previous != before || (block->entry.flags & ENTRY_BUSY) || !heap_entry_sound(heap, &block->entry))
				return false;
			free_bytes += (SIZE_T)block->entry.units * HEAP_UNIT;
		}
	return free_bytes == heap->free_bytes;
}

EXPORT(ntdll, BOOLEAN, RtlValidateHeap, (PVOID handle, ULONG flags, PVOID block))
{
	struct heap *heap = handle;
	if (heap->segment.signature != HEAP_SEGMENT_SIGNATURE || heap->signature != HEAP_SIGNATURE)
		return FALSE;
	heap_enter(heap, flags);
	bool sound = block ? heap_validate_block(heap, block) : heap_validate_all(heap);
	heap_unlock(heap);
	return sound;
}

EXPORT(ntdll, SIZE_T, RtlCompactHeap, (PVOID handle, ULONG flags))
{
	struct heap *heap = handle;
	front_compact(heap);
	heap_enter(heap, flags);
	SIZE_T largest = heap_segment_compact(heap);
	heap_unlock(heap);
	return largest;
}
