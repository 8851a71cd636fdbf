/*
 * ntdll/rtl/heap_segment.c - the back end: blocks cut out of segments.
 *
 * A segment is one reservation.  Its committed part holds blocks from end to end and closes with a sentinel:
 *
 *	base      first                                        committed          limit    reserved
 *	 | header | block | block | free | block | ... | free | sentinel | uncommitted | guard |
 *
 * Two free blocks never lie side by side.  A free block's size stands at its end too, in the entry behind it.  Free
 * blocks are found through lists by size (struct heap.bins); the smallest list that is sure to fit serves.
 *
 * Everything here runs under the heap's lock.
 */
#include "ntdll/rtl/heap_internal.h"

static inline unsigned bin_of(size_t units)
{
	if (units < 64)
		return (unsigned)units;
	if (units >= 0x10000)
		return HEAP_BINS - 1;
	unsigned bit = 31 - (unsigned)__builtin_clz((unsigned)units);
	return 64 + (bit - 6) * 16 + ((unsigned)(units >> (bit - 4)) & 15);
}

static inline int bin_first_from(const struct heap *heap, unsigned bin)
{
	if (bin >= HEAP_BINS)
		return -1;
	unsigned word = bin / 64;
	uint64_t bits = heap->bin_map[word] & (~0ull << (bin % 64));
	while (bits == 0) {
		if (++word == 4)
			return -1;
		bits = heap->bin_map[word];
	}
	return (int)(word * 64 + (unsigned)__builtin_ctzll(bits));
}

static inline void bin_insert(struct heap *heap, struct heap_entry *entry, size_t units)
{
	struct heap_free *block = (struct heap_free *)entry;
	unsigned bin = bin_of(units);
	struct heap_free *head = heap->bins[bin];
	block->next = head;
	block->previous = NULL;
	if (head)
		head->previous = block;
	heap->bins[bin] = block;
	heap->bin_map[bin / 64] |= 1ull << (bin % 64);
	heap->free_bytes += units * HEAP_UNIT;
}

static void WINAPI bin_remove(struct heap *heap, struct heap_entry *entry)
{
	struct heap_free *block = (struct heap_free *)entry;
	unsigned bin = bin_of(entry->units);
	if (unlikely((block->next && block->next->previous != block) ||
		     (block->previous ? block->previous->next != block : heap->bins[bin] != block)))
		rtl_heap_corrupted(heap, block + 1, "a free block was written to: its links are broken");
	if (block->next)
		block->next->previous = block->previous;
	if (block->previous)
		block->previous->next = block->next;
	else {
		heap->bins[bin] = block->next;
		if (!block->next)
			heap->bin_map[bin / 64] &= ~(1ull << (bin % 64));
	}
	heap->free_bytes -= (SIZE_T)entry->units * HEAP_UNIT;
}

/* Tells the block behind a free one about it. */
static inline void note_free(struct heap_entry *entry, size_t units)
{
	struct heap_entry *next = entry + units;
	next->lent = units;
	__atomic_store_n(&next->flags, (uint8_t)(heap_entry_flags(next) | ENTRY_PREV_FREE), __ATOMIC_RELAXED);
}

static inline void note_busy(struct heap_entry *entry)
{
	struct heap_entry *next = heap_entry_next(entry);
	__atomic_store_n(&next->flags, (uint8_t)(heap_entry_flags(next) & ~ENTRY_PREV_FREE), __ATOMIC_RELAXED);
}

/* Makes `units` from `entry` on a free block.  The block before is not free, the one behind is not. */
static void WINAPI make_free(struct heap *heap, struct heap_entry *entry, size_t units)
{
	heap_entry_write(heap, entry, 0, 0, 0, (uint32_t)units);
	bin_insert(heap, entry, units);
	note_free(entry, units);
	if (unlikely(heap->debug & HEAP_FREE_CHECKING_ENABLED))
		heap_debug_freed(heap, entry);
}

static void WINAPI place_sentinel(struct heap *heap, struct heap_segment *segment)
{
	struct heap_sentinel *sentinel =
		(struct heap_sentinel *)((char *)segment + segment->committed - HEAP_SENTINEL_SIZE);
	sentinel->entry.flags = ENTRY_BUSY | ENTRY_SENTINEL;
	sentinel->entry.unused = 0;
	sentinel->entry.user = 0;
	sentinel->entry.units = HEAP_SENTINEL_SIZE / HEAP_UNIT;
	sentinel->segment = segment;
	heap_entry_seal(heap, &sentinel->entry);
}

static inline struct heap_sentinel *sentinel_of(struct heap_segment *segment)
{
	return (struct heap_sentinel *)((char *)segment + segment->committed - HEAP_SENTINEL_SIZE);
}

void WINAPI heap_segment_initialize(struct heap *heap, struct heap_segment *segment, SIZE_T header, SIZE_T reserved,
				    SIZE_T committed, SIZE_T limit)
{
	segment->signature = HEAP_SEGMENT_SIGNATURE;
	segment->segment_flags = 0;
	segment->heap = heap;
	segment->reserved = reserved;
	segment->committed = committed;
	segment->limit = limit;
	segment->first = (struct heap_entry *)((char *)segment + header);
	segment->entry.flags = ENTRY_BUSY | ENTRY_INTERNAL;
	segment->entry.units = (uint32_t)(header / HEAP_UNIT);
	heap_entry_seal(heap, &segment->entry);
	place_sentinel(heap, segment);
	make_free(heap, segment->first, (committed - header - HEAP_SENTINEL_SIZE) / HEAP_UNIT);
	list_add_tail(&heap->segments, &segment->link);
}

/* Commits `bytes` (whole pages) more; what is then free at the end, or NULL. */
static struct heap_entry *WINAPI extend(struct heap *heap, struct heap_segment *segment, SIZE_T bytes)
{
	if (bytes > segment->limit - segment->committed)
		return NULL;
	struct heap_sentinel *old = sentinel_of(segment);
	if (!NT_SUCCESS(heap_commit(heap, segment, (char *)segment + segment->committed, bytes)))
		return NULL;
	if (segment->committed < segment->trimmed)
		heap_hole_wanted_again(heap);
	struct heap_entry *start = &old->entry;
	size_t units = bytes / HEAP_UNIT;
	struct heap_bounds hole = {0};
	if (old->entry.flags & ENTRY_PREV_FREE) {
		struct heap_entry *before = start - start->lent;
		hole = heap_hole_detach(heap, before);
		bin_remove(heap, before);
		units += before->units;
		start = before;
	}
	segment->committed += bytes;
	place_sentinel(heap, segment);
	make_free(heap, start, units);
	heap_hole_attach(heap, start, hole);
	return start;
}

/* NT commits for a block what the block needs, whatever is free at the end already (heap facts, rows 2 and 3 and the
 * numbers that Wine's test_heap_size saw on Windows 10); small blocks: a few pages at once. */
static inline SIZE_T commit_step(size_t units)
{
	SIZE_T bytes = ((SIZE_T)units * HEAP_UNIT + MM_PAGE_SIZE - 1) & ~(SIZE_T)(MM_PAGE_SIZE - 1);
	return bytes;
}

static struct heap_entry *WINAPI extend_some(struct heap *heap, size_t units)
{
	SIZE_T bytes = commit_step(units);
	for (LIST_ENTRY *link = heap->segments.Blink; link != &heap->segments; link = link->Blink) {
		struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
		SIZE_T room = segment->limit - segment->committed;
		if (bytes > room)
			continue;
		SIZE_T step = bytes;
		if (step < 0x4000)
			step = room < 0x4000 ? room : 0x4000;
		struct heap_entry *entry = extend(heap, segment, step);
		if (entry)
			return entry;
	}
	return NULL;
}

/* Another segment, with room for `units`.  Row 3: 1, 2, 4, 8 MiB, then 0xFD0000; smaller ones when address space is
 * short. */
static struct heap_entry *WINAPI add_segment(struct heap *heap, size_t units)
{
	SIZE_T need = commit_step(units) + MM_PAGE_SIZE + HEAP_GUARD_SIZE;
	SIZE_T size = heap->next_segment;
	uintptr_t base;
	while (size < need)
		size *= 2;
	if (size > HEAP_LARGEST_SEGMENT)
		size = HEAP_LARGEST_SEGMENT;
	for (;; size /= 2) {
		if (size < need)
			return NULL;
		SIZE_T bytes = size;
		base = 0;
		if (NT_SUCCESS(mm_allocate(&base, &bytes, MEM_RESERVE, heap->protect, 0, NULL)))
			break;
	}
	SIZE_T first = MM_PAGE_SIZE;
	uintptr_t address = base;
	if (!NT_SUCCESS(mm_allocate(&address, &first, MEM_COMMIT, heap->protect, 0, NULL))) {
		SIZE_T all = 0;
		mm_free(&base, &all, MEM_RELEASE);
		return NULL;
	}
	if (heap->next_segment < HEAP_LARGEST_SEGMENT)
		heap->next_segment = size * 2 > HEAP_LARGEST_SEGMENT ? HEAP_LARGEST_SEGMENT : size * 2;
	struct heap_segment *segment = (struct heap_segment *)base;
	heap_segment_initialize(heap, segment, (sizeof(struct heap_segment) + 15) & ~15ull, size, MM_PAGE_SIZE,
				size - HEAP_GUARD_SIZE);
	return extend(heap, segment, commit_step(units));
}

static struct heap_free *WINAPI bin_search(struct heap_free *block, size_t units, unsigned steps)
{
	for (; block && steps != 0; block = block->next, steps--)
		if (block->entry.units >= units)
			return block;
	return NULL;
}

/* A free block of at least `units`; still in its list. */
static struct heap_entry *WINAPI find_free(struct heap *heap, size_t units)
{
	unsigned bin = bin_of(units);
	struct heap_free *block;
	/* In the lists up to 63 units every block is as long as the list says; above, look at the last freed first. */
	if (bin >= 64) {
		block = bin_search(heap->bins[bin], units, 1);
		if (block)
			return &block->entry;
		bin++;
	}
	int found = bin_first_from(heap, bin);
	if (found >= 0)
		return &heap->bins[found]->entry;
	if (bin > 64) {
		block = bin_search(heap->bins[bin - 1], units, ~0u);
		if (block)
			return &block->entry;
	}
	struct heap_entry *entry = extend_some(heap, units);
	if (!entry && (heap->flags & HEAP_GROWABLE))
		entry = add_segment(heap, units);
	/* The commit at the end of a segment joined what was free there; that is enough by construction. */
	return entry && entry->units >= units ? entry : NULL;
}

struct heap_entry *WINAPI heap_segment_allocate(struct heap *heap, size_t units)
{
	struct heap_entry *entry = find_free(heap, units);
	if (unlikely(!entry))
		return NULL;
	if (unlikely(!heap_entry_sound(heap, entry) || (entry->flags & ENTRY_BUSY)))
		rtl_heap_corrupted(heap, entry + 1, "the header of a free block was overwritten");
	if (unlikely(heap->debug & HEAP_FREE_CHECKING_ENABLED) && heap_debug_free_damage(heap, entry))
		rtl_heap_corrupted(heap, entry + 1, "a block was written to after it was freed");
	struct heap_bounds hole = {0};
	if (unlikely(entry->flags & ENTRY_HOLE)) {
		hole = heap_hole_detach(heap, entry);
		if (!heap_hole_fill(heap, &hole, (uintptr_t)(entry + units) + sizeof(struct heap_hole))) {
			heap_hole_attach(heap, entry, hole);
			return NULL;
		}
	}
	bin_remove(heap, entry);
	size_t rest = entry->units - units;
	if (rest >= HEAP_MINIMUM_UNITS) {
		/* The block behind knows already that what lies before it is free; only its size is new. */
		struct heap_entry *tail = entry + units;
		heap_entry_write(heap, tail, 0, 0, 0, (uint32_t)rest);
		bin_insert(heap, tail, rest);
		tail[rest].lent = rest;
		heap_hole_attach(heap, tail, hole);
		if (unlikely(heap->debug & HEAP_FREE_CHECKING_ENABLED))
			heap_debug_freed(heap, tail);
	} else {
		note_busy(entry);
		units += rest;
	}
	heap_entry_write(heap, entry, ENTRY_BUSY, 0, 0, (uint32_t)units);
	return entry;
}

/* The free block `entry` ends the committed part of a segment: decommit, or release the segment. */
static void WINAPI trim(struct heap *heap, struct heap_entry *entry, struct heap_segment *segment, bool all)
{
	if (heap->commit_routine || segment->foreign)
		return;
	SIZE_T bytes = (SIZE_T)entry->units * HEAP_UNIT;
	if (entry == segment->first && segment != &heap->segment && !segment->foreign) {
		/* One empty segment stays, against a program that fills and empties its heap in turns. */
		struct heap_segment *kept = heap->empty;
		bool have_other = kept && kept != segment && !(kept->first->flags & ENTRY_BUSY) &&
				  heap_entry_next(kept->first) == &sentinel_of(kept)->entry;
		if (have_other || all) {
			uintptr_t base = (uintptr_t)segment;
			SIZE_T size = 0;
			if (kept == segment)
				heap->empty = NULL;
			heap_hole_detach(heap, entry);
			bin_remove(heap, entry);
			list_remove(&segment->link);
			mm_free(&base, &size, MEM_RELEASE);
			return;
		}
		heap->empty = segment;
	}
	/* What remains holds a smallest block, the sentinel, and what was committed when the segment was made. */
	uintptr_t keep = (uintptr_t)entry + HEAP_MINIMUM_UNITS * HEAP_UNIT + HEAP_SENTINEL_SIZE;
	keep = (keep + MM_PAGE_SIZE - 1) & ~(uintptr_t)(MM_PAGE_SIZE - 1);
	if (keep < (uintptr_t)segment + HEAP_INITIAL_COMMIT)
		keep = (uintptr_t)segment + HEAP_INITIAL_COMMIT;
	uintptr_t end = (uintptr_t)segment + segment->committed;
	if (keep >= end)
		return;
	/* The page of the new sentinel may be in a hole. */
	struct heap_bounds hole = heap_hole_detach(heap, entry);
	if (!heap_hole_fill(heap, &hole, keep)) {
		heap_hole_attach(heap, entry, hole);
		return;
	}
	bin_remove(heap, entry);
	uintptr_t base = keep;
	SIZE_T size = end - keep;
	if (segment->trimmed < segment->committed)
		segment->trimmed = segment->committed;
	/* The new sentinel first: its page stays. */
	segment->committed -= size;
	place_sentinel(heap, segment);
	make_free(heap, entry, (bytes - size) / HEAP_UNIT);
	mm_free(&base, &size, MEM_DECOMMIT);
}

/* Joins `units` at `entry` with free neighbours; the block is not in a list and its header need not be in order. */
static void WINAPI release(struct heap *heap, struct heap_entry *entry, size_t units, bool before_free)
{
	struct heap_entry *next = entry + units;
	if (unlikely(!heap_entry_sound(heap, next)))
		rtl_heap_corrupted(heap, entry + 1, "data was written beyond the end of a block");
	struct heap_bounds hole = {0};
	if (!(heap_entry_flags(next) & ENTRY_BUSY)) {
		hole = heap_hole_detach(heap, next);
		bin_remove(heap, next);
		units += next->units;
	}
	if (before_free) {
		struct heap_entry *before = entry - entry->lent;
		if (unlikely(!heap_entry_sound(heap, before) || before->units != entry->lent ||
			     (before->flags & ENTRY_BUSY)))
			rtl_heap_corrupted(heap, entry + 1, "the free block before a block was overwritten");
		hole = heap_hole_join(heap_hole_detach(heap, before), hole);
		bin_remove(heap, before);
		units += before->units;
		entry = before;
	}
	make_free(heap, entry, units);
	heap_hole_attach(heap, entry, hole);
	if (units * HEAP_UNIT >= heap->decommit_block && heap->free_bytes > heap->decommit_total) {
		struct heap_entry *end = entry + units;
		if (heap_entry_flags(end) & ENTRY_SENTINEL)
			trim(heap, entry, ((struct heap_sentinel *)end)->segment, false);
		else if (heap_hole_allowed(heap))
			heap_hole_widen(heap, entry, heap->decommit_block);
	}
}

void WINAPI heap_segment_free(struct heap *heap, struct heap_entry *entry)
{
	bool before_free = entry->flags & ENTRY_PREV_FREE;
	size_t units = entry->units;
	/* A second free finds this header, even when the block has been joined to the one before. */
	heap_entry_write(heap, entry, 0, 0, 0, (uint32_t)units);
	release(heap, entry, units, before_free);
}

bool WINAPI heap_segment_resize(struct heap *heap, struct heap_entry *entry, size_t units)
{
	if (units > entry->units) {
		struct heap_entry *next = heap_entry_next(entry);
		if (unlikely(!heap_entry_sound(heap, next)))
			rtl_heap_corrupted(heap, entry + 1, "data was written beyond the end of a block");
		size_t have = entry->units;
		struct heap_entry *end = next;
		if (!(heap_entry_flags(next) & ENTRY_BUSY)) {
			have += next->units;
			end = heap_entry_next(next);
		}
		if (have < units) {
			if (!(heap_entry_flags(end) & ENTRY_SENTINEL))
				return false;
			/* A block that grows at the end of its segment usually grows again. */
			struct heap_segment *segment = ((struct heap_sentinel *)end)->segment;
			SIZE_T room = segment->limit - segment->committed, bytes = commit_step(units - have);
			if (bytes > room)
				return false;
			if (bytes < 0x10000)
				bytes = room < 0x10000 ? room : 0x10000;
			next = extend(heap, segment, bytes);
			if (!next)
				return false;
			have = entry->units + next->units;
		}
		struct heap_bounds hole = heap_hole_detach(heap, next);
		if (unlikely(!heap_hole_fill(heap, &hole, (uintptr_t)(entry + units) + sizeof(struct heap_hole)))) {
			heap_hole_attach(heap, next, hole);
			return false;
		}
		bin_remove(heap, next);
		size_t rest = have - units;
		if (rest < HEAP_MINIMUM_UNITS) {
			entry->units = (uint32_t)have;
			note_busy(entry);
			return true;
		}
		/* What is behind it is no free block: nothing to join. */
		entry->units = (uint32_t)units;
		make_free(heap, entry + units, rest);
		heap_hole_attach(heap, entry + units, hole);
		return true;
	}
	size_t rest = entry->units - units;
	if (rest >= HEAP_MINIMUM_UNITS) {
		struct heap_entry *tail = entry + units;
		entry->units = (uint32_t)units;
		tail->flags = 0;
		release(heap, tail, rest, false);
	}
	return true;
}

void WINAPI heap_segment_destroy_all(struct heap *heap)
{
	LIST_ENTRY *link = heap->segments.Flink;
	while (link != &heap->segments) {
		struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
		link = link->Flink;
		if (segment == &heap->segment || segment->foreign)
			continue;
		uintptr_t base = (uintptr_t)segment;
		SIZE_T size = 0;
		mm_free(&base, &size, MEM_RELEASE);
	}
}

struct heap_segment *WINAPI heap_segment_of(struct heap *heap, const void *address)
{
	for (LIST_ENTRY *link = heap->segments.Flink; link != &heap->segments; link = link->Flink) {
		struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
		if ((uintptr_t)address - (uintptr_t)segment < segment->committed)
			return segment;
	}
	return NULL;
}

SIZE_T WINAPI heap_segment_compact(struct heap *heap)
{
	LIST_ENTRY *link = heap->segments.Flink;
	while (link != &heap->segments) {
		struct heap_segment *segment = CONTAINING_RECORD(link, struct heap_segment, link);
		link = link->Flink;
		struct heap_entry *end = &sentinel_of(segment)->entry;
		if (end->flags & ENTRY_PREV_FREE)
			trim(heap, end - end->lent, segment, true);
	}
	size_t largest = 0;
	for (unsigned bin = HEAP_BINS; bin-- > 0;)
		for (struct heap_free *block = heap->bins[bin], *next; block; block = next) {
			next = block->next;
			if (heap_hole_allowed(heap))
				heap_hole_widen(heap, &block->entry, MM_PAGE_SIZE);
			struct heap_bounds hole = heap_hole_of(&block->entry);
			size_t units = block->entry.units - (hole.end - hole.start) / HEAP_UNIT;
			if (units > largest)
				largest = units;
		}
	/* It is as if it had never needed them. */
	heap->decommit_total = HEAP_DECOMMIT_TOTAL;
	return largest == 0 ? 0 : (SIZE_T)largest * HEAP_UNIT - 2 * sizeof(struct heap_entry);
}
