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

struct front_sub front_subs[FRONT_SUBS];
struct heap_front *front_sub_owners[FRONT_SUBS] __attribute__((aligned(64)));

/* What stands for a class that has no subsegment: without free slots, the base behind a header that is no slot's. */
static struct heap_entry no_slots[2];
struct front_sub front_empty_sub = {.free = (char *)&no_slots[1], .base = (char *)&no_slots[1]};
struct heap_front front_empty = {.current = {[0 ... FRONT_CLASSES - 1] = &front_empty_sub}};
__thread struct heap_front *heap_fronts[FRONT_SLOTS] = {[0 ... FRONT_SLOTS - 1] = &front_empty};

/* Slots of heap_fronts in use; bit 0 is the heaps' that have none, EE what the handle of a page heap reads as. */
static struct host_lock front_table_lock;
static uint64_t slots_used[FRONT_SLOTS / 64] = {[0] = 1, [0xEE / 64] = 1ull << 0xEE % 64};

/* Pages of ended fronts whose heaps are gone.  They keep the descriptions of subsegments that were theirs. */
static struct heap_front *spare_fronts;
/* Of front_subs: how many are some front's; a front's groups in a list.  The first group is nobody's. */
uint32_t front_subs_used = FRONT_SUBS_AT_ONCE;
static uint16_t next_group[FRONT_SUBS / FRONT_SUBS_AT_ONCE];

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

static inline struct heap_front *sub_owner(const struct front_sub *sub)
{
	return front_sub_owners[front_sub_index(sub)];
}

static inline void sub_spare(struct heap_front *front, struct front_sub *sub)
{
	__atomic_store_n(&sub->base, NULL, __ATOMIC_RELEASE);
	sub->next = front->spare;
	front->spare = front_sub_index(sub);
}

static void WINAPI group_spare(struct heap_front *front, uint32_t group)
{
	for (unsigned i = FRONT_SUBS_AT_ONCE; i-- > 0;)
		sub_spare(front, &front_subs[group * FRONT_SUBS_AT_ONCE + i]);
}

/* Some more descriptions of subsegments for a front; false: there are no more. */
static bool WINAPI subs_add(struct heap_front *front)
{
	lock_take(&front_table_lock);
	uint32_t first = front_subs_used;
	if (first < FRONT_SUBS)
		__atomic_store_n(&front_subs_used, first + FRONT_SUBS_AT_ONCE, __ATOMIC_RELAXED);
	lock_drop(&front_table_lock);
	if (first >= FRONT_SUBS)
		return false;
	uint32_t group = first / FRONT_SUBS_AT_ONCE;
	next_group[group] = (uint16_t)front->groups;
	front->groups = group;
	group_spare(front, group);
	return true;
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
		front->spare = 0;
		for (uint32_t group = front->groups; group; group = next_group[group])
			group_spare(front, group);
		front->next = spare_fronts;
		spare_fronts = front;
	}
	slots_used[heap->segment.slot / 64] &= ~(1ull << (heap->segment.slot % 64));
	lock_drop(&front_table_lock);
}

static void WINAPI front_reset(struct heap_front *front, struct heap *heap)
{
	heap_zero(front, offsetof(struct heap_front, spare));
	front->remote = NULL;
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

static inline struct front_sub *sub_at(uint32_t index)
{
	return index ? &front_subs[index] : NULL;
}

static inline void queue_add(struct heap_front *front, struct front_sub *sub)
{
	uint32_t index = front_sub_index(sub), last = front->queue[sub->class].last;
	sub->next = 0;
	sub->previous = last;
	if (last)
		front_subs[last].next = index;
	else
		front->queue[sub->class].first = index;
	front->queue[sub->class].last = index;
	sub->state = SUB_QUEUED;
}

static inline void queue_remove(struct heap_front *front, struct front_sub *sub)
{
	if (sub->next)
		front_subs[sub->next].previous = sub->previous;
	else
		front->queue[sub->class].last = sub->previous;
	if (sub->previous)
		front_subs[sub->previous].next = sub->next;
	else
		front->queue[sub->class].first = sub->next;
}

static void WINAPI sub_release(struct front_sub *sub)
{
	struct heap_front *front = sub_owner(sub);
	struct heap *heap = front->heap;
	char *base = sub->base;
	sub_spare(front, sub);
	heap_lock(heap);
	((struct front_base *)base)->magic = 0;
	heap_segment_free(heap, heap_entry_of(base));
	heap_unlock(heap);
}

/* `events` came to 0: a full subsegment has room again, or a queued one is empty. */
ULONG WINAPI front_free_slow(struct front_sub *sub)
{
	struct heap_front *front = sub_owner(sub);
	if (sub->state == SUB_FULL) {
		sub->events = sub->capacity - 1;
		queue_add(front, sub);
		return TRUE;
	}
	if (sub->state == SUB_CURRENT) {
		sub->events = EVENTS_CURRENT;
		return TRUE;
	}
	/* One empty subsegment of a class stays for the next rush. */
	struct front_sub *other = sub_at(front->queue[sub->class].last);
	if (other == sub)
		other = sub_at(sub->previous);
	if (other && other->events == 0) {
		queue_remove(front, sub);
		sub_release(sub);
	} else if (sub->next) {
		queue_remove(front, sub);
		queue_add(front, sub);
	}
	return TRUE;
}

ULONG WINAPI front_free_remote(struct heap_front *front, void *block)
{
	/* Free from now on for whoever frees it again, or walks by. */
	__atomic_store_n(&heap_entry_of(block)->tag, front->heap->front_free, __ATOMIC_RELAXED);
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
		if (unlikely(!sub->base || sub_owner(sub) != front))
			rtl_heap_corrupted(front->heap, block, "a freed block was written to: its links are broken");
		front_sub_push(sub, block);
		if (unlikely(--sub->events == 0))
			front_free_slow(sub);
		block = next;
	}
	return true;
}

/* Gives headers to some more slots of a subsegment and makes them its free list, which is empty. */
static void WINAPI carve(struct front_sub *sub)
{
	uint32_t stride = front_sub_stride(sub), count = MM_PAGE_SIZE / stride, left = sub->capacity - sub->carved;
	if (count < 4)
		count = 4;
	if (count > left)
		count = left;
	uint32_t carved = sub->carved + count;
	char *block = sub->base + FRONT_SUB_DATA + (size_t)sub->carved * stride;
	sub->free = block;
	for (; count > 1; count--, block += stride)
		front_header_free(sub, block, block + stride);
	front_header_free(sub, block, sub->base);
	/* One header more, where there is room: the walk comes by what is left of the subsegment, and finds on from it. */
	size_t end = (size_t)heap_entry_of(sub->base)->units * HEAP_UNIT;
	if (FRONT_SUB_DATA + (size_t)carved * stride + HEAP_UNIT <= end)
		front_header_free(sub, block + stride, sub->base);
	__atomic_store_n(&sub->carved, (uint16_t)carved, __ATOMIC_RELEASE);
}

/*
 * Units of the next subsegment of a class.  The first is small: most classes need no more.  The rest have few sizes,
 * so that what one class gives back another can use.
 */
static size_t WINAPI sub_units(struct heap_front *front, unsigned class)
{
	size_t stride = (size_t)front_class_units(class) * HEAP_UNIT;
	size_t bytes = front->made[class] ? 0x8000 : 0x1000;
	/* Longer ones when there are many: with the last of FRONT_SUBS a process has 10 GiB of small blocks. */
	uint32_t used = __atomic_load_n(&front_subs_used, __ATOMIC_RELAXED);
	for (uint32_t many = FRONT_SUBS / 8; many < used && bytes < FRONT_LARGEST_SUB; many *= 2)
		bytes *= 2;
	size_t slots = stride >= 0x1000 ? 4 : stride >= 0x400 ? 8 : 20;
	while (bytes < FRONT_SUB_DATA + slots * stride)
		bytes *= 2;
	front->made[class] = 1;
	return bytes / HEAP_UNIT;
}

static struct front_sub *WINAPI sub_create(struct heap_front *front, unsigned class)
{
	if (!front->spare && !subs_add(front))
		return NULL;
	struct heap *heap = front->heap;
	struct front_sub *sub = &front_subs[front->spare];
	size_t units = sub_units(front, class);
	heap_lock(heap);
	struct heap_entry *entry = heap_segment_allocate(heap, units);
	if (entry) {
		entry->flags |= ENTRY_INTERNAL;
		heap_entry_seal(heap, entry);
		*(struct front_base *)heap_entry_data(entry) = (struct front_base){FRONT_SUB_MAGIC, front_sub_index(sub)};
	}
	heap_unlock(heap);
	if (!entry)
		return NULL;
	front->spare = sub->next;
	char *base = heap_entry_data(entry);
	size_t bytes = (size_t)entry->units * HEAP_UNIT - 8;
	uint64_t stride = front_class_units(class) * HEAP_UNIT, index = front_sub_index(sub);
	sub->free = base;
	sub->events = 0;
	front_sub_owners[index] = front;
	sub->busy = stride << 48 | index << 32 | heap->front_busy;
	sub->freed = index << 32 | heap->front_free;
	sub->class = (uint16_t)class;
	sub->carved = 0;
	sub->capacity = (uint16_t)((bytes - FRONT_SUB_DATA + 8) / stride);
	/* The walk's, before there is a slot. */
	front_header_free(sub, base + FRONT_SUB_DATA, base);
	__atomic_store_n(&sub->base, base, __ATOMIC_RELEASE);
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
			carve(sub);
			return sub;
		}
		sub->state = SUB_FULL;
		sub->events = 1;
		set_current(front, class, &front_empty_sub);
	} else
		drain(front);
	sub = sub_at(front->queue[class].first);
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
		carve(sub);
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
	if (unlikely(heap_entry_tag(entry) != heap->front_free))
		rtl_heap_corrupted(heap, block, "the header of a free block was overwritten");
	front_sub_pop(sub, entry);
	uint16_t info = (uint16_t)(front_sub_stride(sub) - size);
	if (flags & (HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAGS)) {
		info |= (uint16_t)(((flags & HEAP_SETTABLE_USER_FLAGS) >> 9) << FRONT_FLAGS_SHIFT);
		if (flags & HEAP_SETTABLE_USER_VALUE) {
			info |= FRONT_USER;
			__builtin_memset((char *)block + size, 0, 16);
		}
	}
	entry->word = (uint64_t)info << 48 | (uint64_t)entry->sub << 32 | heap->front_busy;
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

/* Slots in the list of a subsegment. */
static uint32_t WINAPI slots_free(struct front_sub *sub)
{
	uint32_t count = 0;
	for (char *block = sub->free; block != sub->base;
	     block += (ptrdiff_t)(int16_t)heap_entry_of(block)->front_info * (int)HEAP_UNIT)
		count++;
	return count;
}

/* Gives back what a front has no use for; the front is the caller's. */
static void WINAPI front_trim(struct heap_front *front)
{
	drain(front);
	cache_flush(front);
	for (unsigned class = HEAP_MINIMUM_UNITS; class < FRONT_CLASSES; class++) {
		struct front_sub *sub = front->current[class];
		if (sub != &front_empty_sub) {
			sub->events = sub->carved - slots_free(sub);
			if (front_sub_used_up(sub) && sub->carved == sub->capacity) {
				sub->state = SUB_FULL;
				sub->events = 1;
			} else
				queue_add(front, sub);
			set_current(front, class, &front_empty_sub);
		}
		struct front_sub *next;
		for (sub = sub_at(front->queue[class].first); sub; sub = next) {
			next = sub_at(sub->next);
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
