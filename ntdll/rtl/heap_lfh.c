/*
 * ntdll/rtl/heap_lfh.c - the front end: what NT calls the low-fragmentation heap.
 *
 * Every thread has a front for each heap it uses, found without a lock (heap_fronts).  Allocating pops a slot of the
 * class's current subsegment, freeing pushes it back; both stand in heap.c.  This file does the rest: it makes
 * subsegments, finds one with room when the current one is used up, takes in what other threads have freed, and gives
 * empty subsegments back to the segments.
 *
 * Locks: a front's subsegments are its owner's alone, with no lock.  `remote` is a list pushed by compare-and-swap and
 * taken whole by the owner.  Which fronts exist, and whose they are, is under the heap's lock; heap_fronts of other
 * threads are written under front_table_lock only (a heap is destroyed).
 */
#include "host/vm.h"
#include "ntdll/rtl/heap_internal.h"

struct front_sub front_empty_sub = {.free = &front_empty_sub};
struct heap_front front_empty = {.current = {[0 ... FRONT_CLASSES - 1] = &front_empty_sub}};
__thread struct heap_front *heap_fronts[FRONT_SLOTS] = {[0 ... FRONT_SLOTS - 1] = &front_empty};

/* Slots of heap_fronts in use; bit 0 is the heaps' that have none, EE what the handle of a page heap reads as. */
static struct host_lock front_table_lock;
static uint64_t slots_used[FRONT_SLOTS / 64] = {[0] = 1, [0xEE / 64] = 1ull << 0xEE % 64};

/* Pages of ended fronts whose heaps are gone. */
static struct heap_front *spare_fronts;

static NOINLINE void *WINAPI pages_allocate(size_t size)
{
	return host_alloc_pages(size);
}

void WINAPI front_heap_created(struct heap *heap)
{
	heap->segment.slot = 0;
	if (!heap->front_allowed)
		return;
	lock_take(&front_table_lock);
	for (unsigned word = 0; word < FRONT_SLOTS / 64; word++)
		if (~slots_used[word] != 0) {
			unsigned bit = (unsigned)__builtin_ctzll(~slots_used[word]);
			slots_used[word] |= 1ull << bit;
			heap->segment.slot = (uint8_t)(word * 64 + bit);
			break;
		}
	lock_drop(&front_table_lock);
	/* More heaps than slots: the segments alone serve the rest. */
	if (heap->segment.slot == 0)
		heap->front_allowed = false;
}

void WINAPI front_heap_destroyed(struct heap *heap)
{
	if (heap->segment.slot == 0)
		return;
	lock_take(&front_table_lock);
	while (heap->fronts) {
		struct heap_front *front = heap->fronts;
		heap->fronts = front->next;
		if (front->home)
			__atomic_store_n(front->home, &front_empty, __ATOMIC_RELEASE);
		front->heap = NULL;
		front->next = spare_fronts;
		spare_fronts = front;
	}
	slots_used[heap->segment.slot / 64] &= ~(1ull << (heap->segment.slot % 64));
	lock_drop(&front_table_lock);
}

static void WINAPI front_reset(struct heap_front *front, struct heap *heap)
{
	heap_zero(front, sizeof(*front));
	for (unsigned i = 0; i < FRONT_CLASSES; i++)
		front->current[i] = &front_empty_sub;
	front->heap = heap;
}

/* The calling thread's front of this heap, made now; NULL: no memory. */
static NOINLINE struct heap_front *WINAPI front_attach(struct heap *heap)
{
	heap_lock(heap);
	struct heap_front *front = heap->abandoned;
	if (front)
		heap->abandoned = front->next_abandoned;
	heap_unlock(heap);
	lock_take(&front_table_lock);
	if (!front) {
		front = spare_fronts;
		if (front)
			spare_fronts = front->next;
		else
			front = pages_allocate((sizeof(*front) + MM_PAGE_SIZE - 1) & ~(size_t)(MM_PAGE_SIZE - 1));
		if (!front) {
			lock_drop(&front_table_lock);
			return NULL;
		}
		front_reset(front, heap);
		front->next = heap->fronts;
		heap->fronts = front;
	}
	front->home = &heap_fronts[heap->segment.slot];
	heap_fronts[heap->segment.slot] = front;
	lock_drop(&front_table_lock);
	return front;
}

static inline void set_current(struct heap_front *front, unsigned class, struct front_sub *sub)
{
	front->current[class] = sub;
	if (class == HEAP_MINIMUM_UNITS)
		front->current[1] = sub;
}

static inline void queue_add(struct heap_front *front, struct front_sub *sub)
{
	struct front_sub *last = front->queue[sub->class].last;
	sub->next = NULL;
	sub->previous = last;
	if (last)
		last->next = sub;
	else
		front->queue[sub->class].first = sub;
	front->queue[sub->class].last = sub;
	sub->state = SUB_QUEUED;
}

static inline void queue_remove(struct heap_front *front, struct front_sub *sub)
{
	if (sub->next)
		sub->next->previous = sub->previous;
	else
		front->queue[sub->class].last = sub->previous;
	if (sub->previous)
		sub->previous->next = sub->next;
	else
		front->queue[sub->class].first = sub->next;
}

static void WINAPI sub_release(struct front_sub *sub)
{
	struct heap *heap = sub->front->heap;
	sub->magic = 0;
	heap_lock(heap);
	heap_segment_free(heap, heap_entry_of(sub));
	heap_unlock(heap);
}

/* `events` came to 0: a full subsegment has room again, or a queued one is empty. */
ULONG WINAPI front_free_slow(struct front_sub *sub)
{
	struct heap_front *front = sub->front;
	if (sub->state == SUB_FULL) {
		sub->events = sub->capacity - 1;
		queue_add(front, sub);
		return TRUE;
	}
	/* One empty subsegment of a class stays for the next rush. */
	struct front_sub *other = front->queue[sub->class].last;
	if (other == sub)
		other = sub->previous;
	if (other && other->events == 0) {
		queue_remove(front, sub);
		sub_release(sub);
	} else if (front->queue[sub->class].last != sub) {
		queue_remove(front, sub);
		queue_add(front, sub);
	}
	return TRUE;
}

ULONG WINAPI front_free_remote(struct heap_front *front, void *block)
{
	void *head = __atomic_load_n(&front->remote, __ATOMIC_RELAXED);
	do
		*(void **)block = head;
	while (!__atomic_compare_exchange_n(&front->remote, &head, block, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
	return TRUE;
}

/* Takes in what others have freed; true: there was something. */
static bool WINAPI drain(struct heap_front *front)
{
	if (!__atomic_load_n(&front->remote, __ATOMIC_RELAXED))
		return false;
	void *block = __atomic_exchange_n(&front->remote, NULL, __ATOMIC_ACQUIRE);
	while (block) {
		void *next = *(void **)block;
		struct front_sub *sub = front_sub_of(heap_entry_of(block));
		if (unlikely(sub->magic != FRONT_SUB_MAGIC || sub->front != front))
			rtl_heap_corrupted(front->heap, block, "a freed block was written to: its links are broken");
		front_sub_push(sub, heap_entry_of(block));
		if (unlikely(--sub->events == 0))
			front_free_slow(sub);
		block = next;
	}
	return true;
}

static inline void slot_header(struct heap *heap, struct front_sub *sub, char *block, char *next)
{
	struct heap_entry *entry = heap_entry_of(block);
	entry->tag = heap->front_free;
	entry->front_info = (uint16_t)((size_t)(next - (char *)sub) / HEAP_UNIT);
	entry->span = (uint16_t)((size_t)(block - (char *)sub) / HEAP_UNIT);
}

/* Gives headers to some more slots of a subsegment and makes them its free list, which is empty. */
static void WINAPI carve(struct heap *heap, struct front_sub *sub)
{
	uint32_t stride = sub->stride, count = MM_PAGE_SIZE / stride, left = sub->capacity - sub->carved;
	if (count < 4)
		count = 4;
	if (count > left)
		count = left;
	uint32_t carved = sub->carved + count;
	char *block = (char *)sub + FRONT_SUB_DATA + (size_t)sub->carved * stride;
	sub->free = block;
	for (; count > 1; count--, block += stride)
		slot_header(heap, sub, block, block + stride);
	slot_header(heap, sub, block, (char *)sub);
	/* One header more, where there is room: the walk comes by what is left of the subsegment, and finds on from it. */
	size_t end = (size_t)heap_entry_of(sub)->units * HEAP_UNIT;
	if (FRONT_SUB_DATA + (size_t)carved * stride + HEAP_UNIT <= end)
		slot_header(heap, sub, block + stride, (char *)sub);
	__atomic_store_n(&sub->carved, carved, __ATOMIC_RELEASE);
}

/*
 * Units of the next subsegment of a class.  The first is small: most classes need no more.  The rest have few sizes,
 * so that what one class gives back another can use.
 */
static size_t WINAPI sub_units(struct heap_front *front, unsigned class)
{
	size_t stride = (size_t)front_class_units(class) * HEAP_UNIT;
	size_t bytes = front->made[class] ? 0x8000 : 0x1000;
	size_t slots = stride >= 0x1000 ? 4 : stride >= 0x400 ? 8 : 20;
	while (bytes < FRONT_SUB_DATA + slots * stride)
		bytes *= 2;
	front->made[class] = 1;
	return (bytes + 0x40) / HEAP_UNIT;
}

static struct front_sub *WINAPI sub_create(struct heap_front *front, unsigned class)
{
	struct heap *heap = front->heap;
	size_t units = sub_units(front, class);
	heap_lock(heap);
	struct heap_entry *entry = heap_segment_allocate(heap, units);
	if (entry) {
		entry->flags |= ENTRY_INTERNAL;
		heap_entry_seal(heap, entry);
	}
	heap_unlock(heap);
	if (!entry)
		return NULL;
	struct front_sub *sub = heap_entry_data(entry);
	size_t bytes = (size_t)entry->units * HEAP_UNIT - 8;
	sub->free = sub;
	sub->events = 0;
	sub->stride = front_class_units(class) * HEAP_UNIT;
	sub->front = front;
	sub->class = (uint16_t)class;
	sub->carved = 0;
	sub->capacity = (uint32_t)((bytes - FRONT_SUB_DATA + 8) / sub->stride);
	slot_header(heap, sub, (char *)sub + FRONT_SUB_DATA, (char *)sub);
	__atomic_store_n(&sub->magic, FRONT_SUB_MAGIC, __ATOMIC_RELEASE);
	return sub;
}

/* A subsegment of the class with a free slot, now the current one; NULL: no memory. */
static NOINLINE struct front_sub *WINAPI refill(struct heap_front *front, unsigned class)
{
	struct front_sub *sub = front->current[class];
	if (sub != &front_empty_sub) {
		if (!front_sub_used_up(sub))
			return sub;
		if (drain(front) && !front_sub_used_up(sub))
			return sub;
		if (sub->carved < sub->capacity) {
			carve(front->heap, sub);
			return sub;
		}
		sub->state = SUB_FULL;
		sub->events = 1;
		set_current(front, class, &front_empty_sub);
	} else
		drain(front);
	sub = front->queue[class].first;
	if (sub)
		queue_remove(front, sub);
	else {
		sub = sub_create(front, class);
		if (!sub)
			return NULL;
	}
	sub->state = SUB_CURRENT;
	sub->events += EVENTS_CURRENT;
	if (front_sub_used_up(sub))
		carve(front->heap, sub);
	set_current(front, class, sub);
	return sub;
}

void *WINAPI front_allocate(struct heap *heap, ULONG flags, SIZE_T size, unsigned units)
{
	unsigned class = front_class(units);
	struct heap_front *front = heap_fronts[heap->segment.slot];
	if (unlikely(front == &front_empty)) {
		front = front_attach(heap);
		if (!front)
			return NULL;
	}
	struct front_sub *sub = front->current[class];
	if (unlikely(front_sub_used_up(sub))) {
		sub = refill(front, class);
		if (!sub)
			return NULL;
	}
	void *block = sub->free;
	struct heap_entry *entry = heap_entry_of(block);
	if (unlikely(entry->tag != heap->front_free))
		rtl_heap_corrupted(heap, block, "the header of a free block was overwritten");
	front_sub_pop(sub, entry);
	uint16_t info = (uint16_t)(sub->stride - size);
	if (flags & (HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAGS)) {
		info |= (uint16_t)(((flags & HEAP_SETTABLE_USER_FLAGS) >> 9) << FRONT_FLAGS_SHIFT);
		if (flags & HEAP_SETTABLE_USER_VALUE) {
			info |= FRONT_USER;
			__builtin_memset((char *)block + size, 0, 16);
		}
	}
	entry->tag = heap->front_busy;
	entry->front_info = info;
	return block;
}

bool WINAPI front_count(struct heap *heap, unsigned class)
{
	if (!heap->front_allowed || (heap->front_silent && class > FRONT_EXACT_UNITS))
		return false;
	if (heap_class_popular(heap, class))
		return true;
	__atomic_store_n(&heap->counts[class], (uint8_t)(heap->counts[class] + 1), __ATOMIC_RELAXED);
	if (!heap_class_popular(heap, class))
		return false;
	if (!heap->front_silent && class < FRONT_CLASSES)
		heap->compatibility = 2;
	return true;
}

/*
 * The cache.  Its blocks lie in the segments and stay busy there: only their user byte says that they are free.
 */

void *WINAPI front_cache_take(struct heap *heap, SIZE_T size, unsigned class)
{
	struct heap_front *front = heap_fronts[heap->segment.slot];
	void *block = front->cache[class].first;
	if (!block) {
		if (unlikely(front == &front_empty))
			front_attach(heap);
		return NULL;
	}
	struct heap_entry *entry = heap_entry_of(block);
	if (unlikely(!heap_entry_keyed(heap, entry) || !(entry->user & ENTRY_CACHED)))
		rtl_heap_corrupted(heap, block, "a freed block, or the header of one, was written to");
	front->cache[class].first = *(void **)block;
	front->cache[class].count--;
	SIZE_T bytes = (SIZE_T)entry->units * HEAP_UNIT, unused = bytes - size;
	front->cached_bytes -= bytes;
	heap_entry_change(entry, (uint8_t)unused, (uint8_t)((unused >> 8) << 3));
	return block;
}

bool WINAPI front_cache_keep(struct heap *heap, struct heap_entry *entry)
{
	struct heap_front *front = heap_fronts[heap->segment.slot];
	uint32_t units = entry->units;
	if (units <= FRONT_MAXIMUM_UNITS || units > CACHE_MAXIMUM_UNITS || front == &front_empty || (heap_entry_flags(entry) & ENTRY_USER))
		return false;
	unsigned class = cache_class(units);
	SIZE_T bytes = (SIZE_T)units * HEAP_UNIT;
	if (units != cache_class_units(class) || front->cache[class].count >= CACHE_BLOCKS ||
	    front->cached_bytes + bytes > CACHE_BYTES)
		return false;
	heap_entry_change(entry, 0, ENTRY_CACHED);
	void *block = heap_entry_data(entry);
	*(void **)block = front->cache[class].first;
	front->cache[class].first = block;
	front->cache[class].count++;
	front->cached_bytes += bytes;
	return true;
}

static void WINAPI cache_flush(struct heap_front *front)
{
	struct heap *heap = front->heap;
	if (front->cached_bytes == 0)
		return;
	heap_lock(heap);
	for (unsigned class = 0; class < CACHE_CLASSES; class++) {
		void *block = front->cache[class].first;
		while (block) {
			void *next = *(void **)block;
			struct heap_entry *entry = heap_entry_of(block);
			if (unlikely(!heap_entry_keyed(heap, entry) || !(entry->user & ENTRY_CACHED)))
				rtl_heap_corrupted(heap, block, "a freed block, or the header of one, was written to");
			heap_segment_free(heap, entry);
			block = next;
		}
		front->cache[class].first = NULL;
		front->cache[class].count = 0;
	}
	front->cached_bytes = 0;
	heap_unlock(heap);
}

/* Gives back what a front has no use for; the front is the caller's. */
static void WINAPI front_trim(struct heap_front *front)
{
	drain(front);
	cache_flush(front);
	for (unsigned class = HEAP_MINIMUM_UNITS; class < FRONT_CLASSES; class++) {
		struct front_sub *sub = front->current[class];
		if (sub != &front_empty_sub) {
			sub->events -= EVENTS_CURRENT;
			if (front_sub_used_up(sub) && sub->carved == sub->capacity) {
				sub->state = SUB_FULL;
				sub->events = 1;
			} else
				queue_add(front, sub);
			set_current(front, class, &front_empty_sub);
		}
		struct front_sub *next;
		for (sub = front->queue[class].first; sub; sub = next) {
			next = sub->next;
			if (sub->events == 0) {
				queue_remove(front, sub);
				sub_release(sub);
			}
		}
		front->made[class] = 0;
	}
}

void WINAPI front_compact(struct heap *heap)
{
	if (heap->segment.slot == 0)
		return;
	if (heap_fronts[heap->segment.slot] != &front_empty)
		front_trim(heap_fronts[heap->segment.slot]);
	heap_lock(heap);
	struct heap_front *front = heap->abandoned;
	heap->abandoned = NULL;
	heap_unlock(heap);
	while (front) {
		struct heap_front *next = front->next_abandoned;
		front_trim(front);
		heap_lock(heap);
		front->next_abandoned = heap->abandoned;
		heap->abandoned = front;
		heap_unlock(heap);
		front = next;
	}
}

void (*rtl_heap_detach_hook)(void);

void rtl_heap_thread_detach(void)
{
	if (rtl_heap_detach_hook)
		rtl_heap_detach_hook();
	/* A heap may be destroyed at this moment, which takes the fronts of its threads away: so all under the lock. */
	lock_take(&front_table_lock);
	for (unsigned slot = 1; slot < FRONT_SLOTS; slot++) {
		struct heap_front *front = heap_fronts[slot];
		if (front == &front_empty)
			continue;
		struct heap *heap = front->heap;
		heap_fronts[slot] = &front_empty;
		front->home = NULL;
		front_trim(front);
		heap_lock(heap);
		front->next_abandoned = heap->abandoned;
		heap->abandoned = front;
		heap_unlock(heap);
	}
	lock_drop(&front_table_lock);
}
