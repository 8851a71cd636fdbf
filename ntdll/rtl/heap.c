/*
 * ntdll/rtl/heap.c - the heap's entry points: what a call means, and who does it.
 *
 * The two fast paths come first.  RtlAllocateHeap pops a slot of the calling thread's front, RtlFreeHeap pushes it
 * back: about twenty instructions each, no lock, no atomic operation, no call.  Everything else is out of line.
 */
#include "host/host.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap_record.h"
#include "ntdll/rtl/rtl.h"
#include "nt/winerror.h"
#include "pewter/export.h"

/* Flags of a call that the fast path may ignore: serialising, exceptions on failure, zeroing (done), in place, tags. */
#define FAST_FLAGS (HEAP_NO_SERIALIZE | HEAP_GROWABLE | HEAP_GENERATE_EXCEPTIONS | HEAP_ZERO_MEMORY | 0x0FFF0010u)
/* A block this long that has to move in order to grow gets an allocation of its own. */
#define GROWING_SIZE 0x20000u
#define FAST_MAXIMUM (FRONT_EXACT_UNITS * HEAP_UNIT - 8)

static void *WINAPI allocate_slow(struct heap *heap, ULONG flags, SIZE_T size);
static ULONG WINAPI free_slow(struct heap *heap, ULONG flags, void *block);
static ULONG WINAPI free_careful(struct heap *heap, ULONG flags, void *block);

/* Zeroes `size` bytes rounded up to 8, as NT does (Wine's test_heap_tail_zeroing on Windows); 8-aligned. */
static inline void zero_small(void *block, SIZE_T size)
{
	uint64_t *word = block;
	for (SIZE_T i = 0; i < (size + 7) / 8; i++) {
		word[i] = 0;
		__asm__ volatile("" : : : "memory"); /* not memset: see heap_internal.h */
	}
}

/* A busy slot is free. */
static inline ULONG front_free(struct heap *heap, struct heap_entry *entry)
{
	size_t index = entry->sub;
	struct heap_front *front = front_sub_owners[index];
	if (unlikely(front != heap_fronts[heap->segment.slot]))
		return front_free_remote(front, heap_entry_data(entry));
	struct front_sub *sub = &front_subs[index];
	__asm__("" : "+r"(sub)); /* one register keeps it: to find it again costs more */
	front_sub_push(sub, heap_entry_data(entry));
	return likely(--sub->events != 0) ? TRUE : front_free_slow(sub);
}

/* A slot of the calling thread's front; NULL: the slow path must find out what is wrong, or who helps. */
static inline void *front_take(struct heap *heap, SIZE_T size)
{
	struct front_sub *sub = heap_fronts[heap->segment.slot]->current[(size + 23) / HEAP_UNIT];
	void *block = sub->free;
	struct heap_entry *entry = heap_entry_of(block);
	/* If no slot is free this is the base: what stands before it is no slot's header. */
	if (unlikely(heap_entry_tag(entry) != heap->front_free))
		return NULL;
	front_sub_pop(sub, entry);
	entry->word = sub->busy - ((uint64_t)size << 48);
	return block;
}

/* Calls with flags. */
static NOINLINE void *WINAPI allocate_flags(struct heap *heap, ULONG flags, SIZE_T size)
{
	void *block;
	if (unlikely(size > FAST_MAXIMUM || (flags & ~FAST_FLAGS)) || unlikely(!(block = front_take(heap, size))))
		return allocate_slow(heap, flags, size);
	if (flags & HEAP_ZERO_MEMORY)
		zero_small(block, size);
	return block;
}

EXPORT(ntdll, PVOID, RtlAllocateHeap, (PVOID handle, ULONG flags, SIZE_T size))
{
	if (flags)
		return allocate_flags(handle, flags, size);
	void *block;
	if (unlikely(size > FAST_MAXIMUM) || unlikely(!(block = front_take(handle, size))))
		return allocate_slow(handle, 0, size);
	return block;
}

/* NT's declaration says LOGICAL: the whole register, so that HeapFree can be the same function. */
EXPORT(ntdll, ULONG, RtlFreeHeap, (PVOID handle, ULONG flags, PVOID block))
{
	struct heap *heap = handle;
	/* NULL, or everything. */
	if (unlikely((uintptr_t)block <= heap_careful))
		return free_careful(heap, flags, block);
	struct heap_entry *entry = heap_entry_of(block);
	if (likely(heap_entry_tag(entry) == heap->front_busy))
		return front_free(heap, entry);
	return free_slow(heap, flags, block);
}

/*
 * Out of the house.
 */

NOINLINE void WINAPI heap_lock_slow(struct host_lock *lock)
{
	host_lock_slow(lock);
}

NOINLINE void WINAPI heap_unlock_slow(struct host_lock *lock)
{
	host_unlock_slow(lock);
}

static NOINLINE void WINAPI guest_wait(struct heap *heap)
{
	host_futex_wait(&heap->guest_word, 1, UINT64_MAX);
}

static NOINLINE void WINAPI guest_wake(struct heap *heap)
{
	host_futex_wake(&heap->guest_word, INT32_MAX);
}

/* No memory: the last error, or the exception that was asked for (MSDN HeapAlloc; rows 22, 23). */
static NOINLINE void *WINAPI allocation_failed(struct heap *heap, ULONG flags)
{
	TEB *teb = NtCurrentTeb();
	if (teb) {
		teb->LastErrorValue = ERROR_NOT_ENOUGH_MEMORY;
		teb->LastStatusValue = STATUS_NO_MEMORY;
	}
	if ((flags | heap->flags) & HEAP_GENERATE_EXCEPTIONS)
		RtlRaiseStatus(STATUS_NO_MEMORY);
	return NULL;
}

NOINLINE void WINAPI heap_set_error(DWORD error, NTSTATUS status)
{
	TEB *teb = NtCurrentTeb();
	if (teb) {
		teb->LastErrorValue = error;
		teb->LastStatusValue = status;
	}
}

/*
 * Locks.  The heap's own lock is held for moments and never while another is waited for.  The lock of guests is a
 * note in the heap that this lock protects.
 */

void WINAPI heap_enter(struct heap *heap, ULONG flags)
{
	for (;;) {
		heap_lock(heap);
		if (likely(heap->guest_owner == 0) || heap->guest_owner == heap_self() ||
		    ((flags | heap->flags) & HEAP_NO_SERIALIZE))
			return;
		heap->guest_waiters++;
		heap_unlock(heap);
		guest_wait(heap);
		heap_lock(heap);
		heap->guest_waiters--;
		heap_unlock(heap);
	}
}

EXPORT(ntdll, BOOLEAN, RtlLockHeap, (PVOID handle))
{
	struct heap *heap = handle;
	/* Such a heap has no lock (row 40). */
	if (heap->flags & HEAP_NO_SERIALIZE)
		return TRUE;
	heap_enter(heap, 0);
	heap->guest_owner = heap_self();
	heap->guest_recursion++;
	__atomic_store_n(&heap->guest_word, 1, __ATOMIC_RELAXED);
	heap_unlock(heap);
	return TRUE;
}

EXPORT(ntdll, BOOLEAN, RtlUnlockHeap, (PVOID handle))
{
	struct heap *heap = handle;
	if (heap->flags & HEAP_NO_SERIALIZE)
		return TRUE;
	heap_lock(heap);
	if (heap->guest_owner != heap_self()) {
		heap_unlock(heap);
		heap_set_error(ERROR_NOT_OWNER, STATUS_RESOURCE_NOT_OWNED);
		return FALSE;
	}
	bool wake = false;
	if (--heap->guest_recursion == 0) {
		heap->guest_owner = 0;
		__atomic_store_n(&heap->guest_word, 0, __ATOMIC_RELEASE);
		wake = heap->guest_waiters != 0;
	}
	heap_unlock(heap);
	if (wake)
		guest_wake(heap);
	return TRUE;
}

/*
 * Sizes.
 */

bool WINAPI heap_has_user_info(const struct heap *heap, ULONG flags)
{
	return (flags & HEAP_SETTABLE_USER_VALUE) != 0;
}

#define VALIDATE_FLAGS (HEAP_VALIDATE_SIZE_CALLS | HEAP_VALIDATE_ALL_ENABLED | HEAP_VALIDATE_PARAMETERS_ENABLED)
#define CHECKING_FLAGS (HEAP_TAIL_CHECKING_ENABLED | HEAP_FREE_CHECKING_ENABLED)

/* Rows 25, 26, 69, 73. */
size_t WINAPI heap_request_units(const struct heap *heap, ULONG flags, SIZE_T size)
{
	if (size > HEAP_MAXIMUM_REQUEST)
		return 0;
	SIZE_T extra = 8;
	if (unlikely(heap->debug | (flags & CHECKING_FLAGS))) {
		extra = 16;
		if (heap->debug & HEAP_TAIL_CHECKING_ENABLED)
			extra += 16;
		if (heap->debug & VALIDATE_FLAGS)
			extra += 16;
	}
	/* The validating flags bring the room for the user's value with them. */
	if ((flags & HEAP_SETTABLE_USER_VALUE) && !(heap->debug & VALIDATE_FLAGS))
		extra += 16;
	return ((size < 16 ? 16 : size) + extra + HEAP_UNIT - 1) / HEAP_UNIT;
}

/* Writes the header of a block of the segments, and what debugging wants behind the data. */
static void WINAPI finish(struct heap *heap, struct heap_entry *entry, ULONG flags, SIZE_T size)
{
	uint8_t state = ENTRY_BUSY;
	uint32_t units = entry->units;
	if (flags & HEAP_SETTABLE_USER_VALUE) {
		state |= ENTRY_USER;
		SIZE_T tail = heap->debug & HEAP_TAIL_CHECKING_ENABLED ? 16 : 0;
		heap_zero((char *)heap_entry_data(entry) + size + tail, 16);
	}
	if (heap->debug & HEAP_TAIL_CHECKING_ENABLED)
		state |= ENTRY_TAIL;
	heap_entry_write(heap, entry, state, (uint8_t)((SIZE_T)units * HEAP_UNIT - size),
			 (uint8_t)((flags & HEAP_SETTABLE_USER_FLAGS) >> 9 |
				   (((SIZE_T)units * HEAP_UNIT - size) >> 8) << 3),
			 units);
}

/*
 * Allocating.
 */

/* The same as the fast path, for classes above it; NULL: not this way. */
static inline void *front_pop(struct heap *heap, ULONG flags, SIZE_T size, unsigned units)
{
	struct heap_front *front = heap_fronts[heap->segment.slot];
	if (front->current[front_class(units)] == &front_empty_sub)
		return NULL;
	void *block = front_allocate(heap, flags, size, units);
	return block;
}

static void *WINAPI allocate_any(struct heap *heap, ULONG flags, SIZE_T size)
{
	size_t units = heap_request_units(heap, flags, size);
	void *block;
	if (unlikely(units == 0))
		return allocation_failed(heap, flags);
	if (unlikely(units * HEAP_UNIT > HEAP_LARGE_THRESHOLD)) {
		/* A fixed heap has no such blocks, though it may have the room (row 6). */
		if (!(heap->flags & HEAP_GROWABLE))
			return allocation_failed(heap, flags);
		block = heap_large_allocate(heap, flags, size, size);
		return block ? block : allocation_failed(heap, flags);
	}
	/* Calls with checking flags of their own have odd sizes: the segments' business. */
	bool front_fits = heap->front_allowed && units <= FRONT_MAXIMUM_UNITS && !(flags & CHECKING_FLAGS);
	if (front_fits && (block = front_pop(heap, flags, size, (unsigned)units))) {
		if (flags & HEAP_ZERO_MEMORY)
			heap_zero(block, (size + 7) & ~(SIZE_T)7);
		return block;
	}
	/* The front end does not wait for the lock of guests (row 42): asked before heap_enter.  Counts only grow. */
	unsigned class = front_fits ? front_class((unsigned)units) : 0;
	bool by_front = front_fits && heap_class_popular(heap, class);
	bool cached = false;
	struct heap_entry *entry = NULL;
	if (heap->front_allowed && units > FRONT_MAXIMUM_UNITS && units <= CACHE_MAXIMUM_UNITS && !heap->front_silent &&
	    !(flags & (CHECKING_FLAGS | HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAGS))) {
		cached = true;
		class = FRONT_CLASSES + cache_class((unsigned)units);
		if (heap_class_popular(heap, class)) {
			units = cache_class_units(class - FRONT_CLASSES);
			block = front_cache_take(heap, size, class - FRONT_CLASSES);
			if (block) {
				if (flags & HEAP_ZERO_MEMORY)
					heap_zero(block, (size + 7) & ~(SIZE_T)7);
				return block;
			}
		}
	}
	if (!by_front) {
		heap_enter(heap, flags);
		if (cached)
			front_count(heap, class);
		by_front = front_fits && front_count(heap, class);
		if (!by_front) {
			entry = heap_segment_allocate(heap, units);
			if (entry)
				finish(heap, entry, flags, size);
		}
		heap_unlock(heap);
	}
	if (by_front) {
		block = front_allocate(heap, flags, size, (unsigned)units);
		if (block) {
			if (flags & HEAP_ZERO_MEMORY)
				heap_zero(block, (size + 7) & ~(SIZE_T)7);
			return block;
		}
		/* No room for another subsegment: perhaps for the block itself. */
		heap_enter(heap, flags);
		entry = heap_segment_allocate(heap, units);
		if (entry)
			finish(heap, entry, flags, size);
		heap_unlock(heap);
	}
	if (!entry)
		return allocation_failed(heap, flags);
	block = heap_entry_data(entry);
	if (flags & HEAP_ZERO_MEMORY)
		heap_zero(block, (size + 7) & ~(SIZE_T)7);
	if (unlikely(heap->debug))
		heap_debug_allocated(heap, entry, flags, 0, size);
	return block;
}

static NOINLINE void *WINAPI allocate_slow(struct heap *heap, ULONG flags, SIZE_T size)
{
	if (likely(!heap_recording()))
		return allocate_any(heap, flags, size);
	void *block;
	if (heap->page_heap && (block = heap_page_allocate(heap, flags, size)))
		return block;
	block = allocate_any(heap_beneath(heap), flags, size);
	if (block)
		heap_record_made(heap, block, size, flags);
	return block;
}

/*
 * Freeing.
 */

struct heap_entry *WINAPI heap_check_block(struct heap *heap, void *block, const char *freed)
{
	struct heap_entry *entry = heap_entry_of(block);
	if (unlikely((uintptr_t)block % HEAP_UNIT != 0))
		rtl_heap_corrupted(heap, block, "the pointer is no block: it is not aligned");
	if (heap_entry_tag(entry) == heap->front_busy)
		return entry;
	if (unlikely(heap_entry_tag(entry) == heap->front_free))
		rtl_heap_corrupted(heap, block, freed);
	if (heap_entry_flags(entry) & ENTRY_LARGE) {
		if (unlikely(!heap_entry_keyed(heap, entry)))
			rtl_heap_corrupted(heap, block, "the header of a block was overwritten, or the pointer is no block");
		return entry;
	}
	if (unlikely(!heap_entry_sound(heap, entry) || (heap_entry_flags(entry) & (ENTRY_FRONT | ENTRY_SENTINEL | ENTRY_INTERNAL))))
		rtl_heap_corrupted(heap, block, "the header of a block was overwritten, or the pointer is no block");
	if (unlikely(!(heap_entry_flags(entry) & ENTRY_BUSY) || (entry->user & ENTRY_CACHED)))
		rtl_heap_corrupted(heap, block, freed);
	return entry;
}

/* Frees what has been held back long enough, having looked for writes of those who did not know. */
void heap_release_held(bool all)
{
	struct heap_record record;
	while (heap_record_release(&record, all)) {
		if (record.base) {
			heap_page_release(&record);
			continue;
		}
		heap_record_check(&record);
		struct heap *heap = heap_beneath(record.heap);
		heap_enter(heap, HEAP_NO_SERIALIZE);
		heap_segment_free(heap, heap_entry_of(record.block));
		heap_unlock(heap);
	}
}

/* NULL is freed without a word.  In heaps that are debugged a block is looked at, and held back. */
static NOINLINE ULONG WINAPI free_careful(struct heap *heap, ULONG flags, void *block)
{
	if (!block)
		return TRUE;
	struct heap_record record;
	heap_report_if_damaged(heap, block, "freed a second time");
	if (heap_record_find(block, &record) && record.base) {
		heap_page_free(heap, &record);
		return TRUE;
	}
	heap = heap_beneath(heap);
	struct heap_entry *entry = heap_entry_of(block);
	if (heap_entry_tag(entry) == heap->front_busy) {
		heap_record_freed(block, false);
		return front_free(heap, entry);
	}
	bool hold = (heap->debug & HEAP_FREE_CHECKING_ENABLED) && !(heap_entry_flags(entry) & ENTRY_LARGE);
	heap_enter(heap, flags);
	if (hold) {
		heap_entry_change(entry, 0, ENTRY_CACHED);
		heap_debug_freed(heap, entry);
	}
	heap_unlock(heap);
	heap_record_freed(block, hold);
	if (!hold)
		return free_slow(heap, flags, block);
	heap_release_held(false);
	return TRUE;
}

static NOINLINE ULONG WINAPI free_slow(struct heap *heap, ULONG flags, void *block)
{
	struct heap_entry *entry = heap_check_block(heap, block, "freed a second time");
	if (unlikely(heap->debug & HEAP_VALIDATE_SIZE_CALLS) && !heap_validate_block(heap, block))
		return FALSE;
	if (heap_entry_flags(entry) & ENTRY_LARGE) {
		heap_large_free(heap, flags, entry);
		return TRUE;
	}
	if (front_cache_keep(heap, entry))
		return TRUE;
	heap_enter(heap, flags);
	heap_segment_free(heap, entry);
	heap_unlock(heap);
	return TRUE;
}

/*
 * Sizes and reallocation.
 */

EXPORT(ntdll, SIZE_T, RtlSizeHeap, (PVOID handle, ULONG flags, PVOID block))
{
	struct heap *heap = handle;
	struct heap_entry *entry = heap_entry_of(block);
	if (unlikely((uintptr_t)block <= heap_careful)) {
		struct heap_record record;
		heap_report_if_damaged(heap, block, "its size was asked for after it was freed");
		if (heap_record_find(block, &record))
			return record.size;
	}
	if (likely(heap_entry_tag(entry) == heap->front_busy))
		return front_sub_stride(front_sub_of(entry)) - (entry->front_info & FRONT_UNUSED);
	entry = heap_check_block(heap, block, "its size was asked for after it was freed");
	if (unlikely(heap->debug & HEAP_VALIDATE_SIZE_CALLS) && !heap_validate_block(heap, block))
		return ~(SIZE_T)0;
	return heap_block_size(heap, entry);
}

/* Tries to make the block `size` bytes long where it is. */
static bool WINAPI resize_in_place(struct heap *heap, ULONG flags, struct heap_entry *entry, SIZE_T old_size, SIZE_T size)
{
	PVOID *value = heap_user_value(heap, entry), saved = NULL;
	if (value)
		__builtin_memcpy(&saved, value, sizeof(saved));
	ULONG kept = heap_user_flags(entry) | (value ? HEAP_SETTABLE_USER_VALUE : 0);

	if (heap_entry_flags(entry) & ENTRY_LARGE)
		return size + HEAP_LARGE_HEADER > size && size <= HEAP_MAXIMUM_REQUEST &&
		       heap_large_resize(heap, entry, flags, size);

	size_t units = heap_request_units(heap, flags | kept, size);
	if (units == 0 || units * HEAP_UNIT > HEAP_LARGE_THRESHOLD)
		return false;

	if (heap_entry_flags(entry) & ENTRY_FRONT) {
		/* NT's front end never resizes a plain block (row 34); one with a value shrinks in its slot (row 101), and
		 * where the front end is not to be seen, all do. */
		uint32_t stride = front_sub_stride(front_sub_of(entry));
		if (!(heap->front_silent || (value && size <= old_size)) || units * HEAP_UNIT > stride ||
		    stride - size > FRONT_UNUSED)
			return false;
		entry->front_info = (uint16_t)((entry->front_info & ~FRONT_UNUSED) | (stride - size));
		if (value) {
			heap_zero((char *)(entry + 1) + size, 16);
			__builtin_memcpy((char *)(entry + 1) + size + 8, &saved, sizeof(saved));
		}
		return true;
	}

	heap_enter(heap, flags);
	uint8_t state = heap_entry_flags(entry);
	bool done = heap_segment_resize(heap, entry, units);
	if (done) {
		SIZE_T unused = (SIZE_T)entry->units * HEAP_UNIT - size;
		entry->unused = (uint8_t)unused;
		entry->user = (uint8_t)((entry->user & ENTRY_USER_FLAGS) | (unused >> 8) << 3);
		entry->flags = (uint8_t)((heap_entry_flags(entry) & ENTRY_PREV_FREE) | (state & ~ENTRY_PREV_FREE));
		heap_entry_seal(heap, entry);
	}
	heap_unlock(heap);
	if (!done)
		return false;
	if (value) {
		char *at = (char *)(entry + 1) + size + (heap_entry_flags(entry) & ENTRY_TAIL ? 16 : 0);
		heap_zero(at, 16);
		__builtin_memcpy(at + 8, &saved, sizeof(saved));
	}
	return true;
}

/* Page heap: a block always moves (and its bounds with it). */
static NOINLINE void *WINAPI reallocate_page(struct heap *heap, ULONG flags, void *block, SIZE_T size)
{
	struct heap_record record;
	if (!heap_record_find(block, &record) || (flags & HEAP_REALLOC_IN_PLACE_ONLY) || size > HEAP_MAXIMUM_REQUEST)
		return allocation_failed(heap, flags & HEAP_REALLOC_IN_PLACE_ONLY ? flags & ~HEAP_GENERATE_EXCEPTIONS : flags);
	char *moved = allocate_slow(heap, (flags & ~HEAP_SETTABLE_USER_FLAGS) | record.user, size);
	if (!moved)
		return NULL;
	SIZE_T kept = record.size < size ? record.size : size;
	heap_copy(moved, block, kept);
	if ((flags & HEAP_ZERO_MEMORY) && size > kept)
		heap_zero(moved + kept, size - kept);
	heap_record_set_user(moved, record.user, record.value);
	RtlFreeHeap(heap, flags, block);
	return moved;
}

EXPORT(ntdll, PVOID, RtlReAllocateHeap, (PVOID handle, ULONG flags, PVOID block, SIZE_T size))
{
	struct heap *heap = handle;
	if (unlikely(!block)) {
		heap_set_error(ERROR_SUCCESS, STATUS_SUCCESS); /* row 30 */
		return NULL;
	}
	if (unlikely(heap_recording())) {
		heap_report_if_damaged(heap, block, "reallocated after it was freed");
		if (heap->page_heap)
			return reallocate_page(heap, flags, block, size);
	}
	struct heap_entry *entry = heap_check_block(heap, block, "reallocated after it was freed");
	if (unlikely(heap->debug & HEAP_VALIDATE_SIZE_CALLS) && !heap_validate_block(heap, block))
		return NULL;
	SIZE_T old_size = heap_block_size(heap, entry);
	if (unlikely(size > HEAP_MAXIMUM_REQUEST))
		return allocation_failed(heap, flags);

	if (resize_in_place(heap, flags, entry, old_size, size)) {
		if ((heap_entry_flags(entry) & ENTRY_LARGE) && size > old_size)
			heap_large_expect_writes(block, old_size, size);
		if ((flags & HEAP_ZERO_MEMORY) && size > old_size)
			heap_zero((char *)block + old_size, size - old_size);
		if (unlikely(heap->debug) && !(heap_entry_flags(entry) & ENTRY_LARGE))
			heap_debug_allocated(heap, entry, flags, old_size, size);
		if (unlikely(heap_recording())) {
			/* What is behind the data tells of overruns, and was data. */
			if ((heap_entry_flags(entry) & ENTRY_LARGE) && size < old_size)
				heap_zero((char *)block + size, entry->units - HEAP_LARGE_HEADER);
			heap_record_resized(block, size);
		}
		return block;
	}
	if (flags & HEAP_REALLOC_IN_PLACE_ONLY)
		return allocation_failed(heap, flags & ~HEAP_GENERATE_EXCEPTIONS);

	PVOID *value = heap_user_value(heap, entry);
	ULONG given = (flags & ~(HEAP_ZERO_MEMORY | HEAP_SETTABLE_USER_FLAGS)) | heap_user_flags(entry);
	if (value)
		given |= HEAP_SETTABLE_USER_VALUE;
	void *moved;
	if (size >= GROWING_SIZE && size > old_size && (heap->flags & HEAP_GROWABLE) && !heap->debug) {
		/* A long block that grows is likely to grow again: give it an allocation of its own, with room. */
		moved = heap_large_allocate(heap, given, size, heap_large_growing_reserve(size));
		if (!moved)
			moved = heap_large_allocate(heap, given, size, size);
		if (!moved)
			return allocation_failed(heap, flags);
		heap_large_expect_writes(moved, 0, size);
	} else {
		moved = RtlAllocateHeap(heap, given, size);
		if (!moved)
			return NULL;
	}
	heap_copy(moved, block, old_size < size ? old_size : size);
	if ((flags & HEAP_ZERO_MEMORY) && size > old_size)
		heap_zero((char *)moved + old_size, size - old_size);
	if (value)
		__builtin_memcpy(heap_user_value(heap, heap_entry_of(moved)), value, sizeof(*value));
	if (unlikely(heap->debug) && !(heap_entry_flags(heap_entry_of(moved)) & ENTRY_LARGE))
		heap_debug_allocated(heap, heap_entry_of(moved), flags, old_size, size);
	RtlFreeHeap(heap, flags, block);
	return moved;
}
