/*
 * ntdll/mm/space.c - the address space: its start, its lock, its limits and its commit charge.
 */
#include "ntdll/mm/mm_internal.h"
#include "ntdll/ps/thread.h"

#include "host/thread.h"

#include <errno.h>

struct mm_space mm_space;
struct mm_lock mm_address_space;

/* Where Linux keeps its own things (the program, its heap, libraries, stacks) lies above this. */
#define ARENA_END ((uintptr_t)0x500000000000ull)

NTSTATUS mm_status_of_error(int error)
{
	switch (-error) {
	case ENOMEM:
	case EAGAIN:
		return STATUS_NO_MEMORY;
	case EACCES:
	case EPERM:
		return STATUS_ACCESS_DENIED;
	case EMFILE:
	case ENFILE:
		return STATUS_INSUFFICIENT_RESOURCES;
	case ENOSPC:
		return STATUS_DISK_FULL;
	case EBADF:
		return STATUS_INVALID_HANDLE;
	case EOVERFLOW:
	case EFBIG:
		return STATUS_SECTION_TOO_BIG;
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/*
 * A reader-writer lock in one word: the number of readers, and two bits.  A waiting writer keeps new readers out.
 */
#define LOCK_WRITER 0x80000000u
#define LOCK_WAITING 0x40000000u
static uint32_t space_lock;

/* Host code may run on a guest stack that is only committed so far.  What runs under the lock needs less than this. */
#define STACK_NEEDED (12u << 10)

static inline void touch_stack(void)
{
	char *here = __builtin_frame_address(0);
	const TEB *teb = ps_self ? ps_self->teb : NULL;
	char *lowest = NULL;

	/* After an overflow there is no more than the pages kept for its handler; the last one is never given. */
	if (teb && here > (char *)teb->DeallocationStack && here < (char *)teb->NtTib.StackBase)
		lowest = (char *)teb->DeallocationStack + MM_PAGE_SIZE;
	for (unsigned depth = MM_PAGE_SIZE; depth <= STACK_NEEDED && here - depth >= lowest; depth += MM_PAGE_SIZE)
		(void)*(volatile char *)(here - depth);
}

static void wait_for_lock(uint32_t seen)
{
	if (!(seen & LOCK_WAITING) &&
	    !__atomic_compare_exchange_n(&space_lock, &seen, seen | LOCK_WAITING, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	host_futex_wait(&space_lock, seen | LOCK_WAITING, UINT64_MAX);
}

MM_UNCHECKED void mm_lock_shared(void)
{
	touch_stack();
	for (unsigned spins = 0;; spins++) {
		uint32_t seen = __atomic_load_n(&space_lock, __ATOMIC_RELAXED);

		if (!(seen & (LOCK_WRITER | LOCK_WAITING))) {
			if (__atomic_compare_exchange_n(&space_lock, &seen, seen + 1, 1, __ATOMIC_ACQUIRE,
							__ATOMIC_RELAXED))
				return;
		} else if (spins < 100) {
			__builtin_ia32_pause();
		} else {
			wait_for_lock(seen);
		}
	}
}

MM_UNCHECKED void mm_lock_exclusive(void)
{
	touch_stack();
	for (unsigned spins = 0;; spins++) {
		uint32_t seen = __atomic_load_n(&space_lock, __ATOMIC_RELAXED);

		if (!(seen & ~LOCK_WAITING)) {
			/* Keeping the waiting bit is right: others may still sleep. */
			if (__atomic_compare_exchange_n(&space_lock, &seen, seen | LOCK_WRITER, 1, __ATOMIC_ACQUIRE,
							__ATOMIC_RELAXED))
				return;
		} else if (spins < 100) {
			__builtin_ia32_pause();
		} else {
			wait_for_lock(seen);
		}
	}
}

MM_UNCHECKED void mm_unlock_shared(void)
{
	uint32_t left = __atomic_sub_fetch(&space_lock, 1, __ATOMIC_RELEASE);

	if (left == LOCK_WAITING && __atomic_compare_exchange_n(&space_lock, &left, 0, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		host_futex_wake(&space_lock, INT32_MAX);
}

MM_UNCHECKED void mm_unlock_exclusive(void)
{
	if (__atomic_exchange_n(&space_lock, 0, __ATOMIC_RELEASE) & LOCK_WAITING)
		host_futex_wake(&space_lock, INT32_MAX);
}

void (*mm_commit_refused)(void);
static bool (*commit_change)(int64_t pages, bool forced);

bool mm_charge(size_t pages)
{
	if (pages > mm_space.commit_limit - mm_space.commit_charge) {
		if (mm_commit_refused)
			mm_commit_refused();
		return false;
	}
	if (commit_change && !commit_change((int64_t)pages, false))
		return false;
	mm_space.commit_charge += pages;
	if (mm_space.commit_charge > mm_space.commit_peak)
		mm_space.commit_peak = mm_space.commit_charge;
	return true;
}

void mm_uncharge(size_t pages)
{
	assert(pages <= mm_space.commit_charge);
	mm_space.commit_charge -= pages;
	if (commit_change)
		commit_change(-(int64_t)pages, true);
}

void mm_recharge(size_t pages)
{
	mm_space.commit_charge += pages;
	if (commit_change)
		commit_change((int64_t)pages, true);
}

void mm_count_commitments(bool (*change)(int64_t pages, bool forced), void (*begin)(uint64_t pages))
{
	mm_lock_exclusive();
	begin(mm_space.commit_charge);
	commit_change = change;
	mm_unlock_exclusive();
}

/* What is not arena is occupied by VADs that nobody can touch: the first of them starts at 0, so that every search finds
 * something below it. */
MM_EXCLUSIVE static NTSTATUS insert_foreign(const struct host_range *ranges, int count)
{
	uintptr_t at = 0;

	for (int i = 0; i <= count; i++) {
		uintptr_t next = i < count ? ranges[i].start : MM_HIGHEST_USER_ADDRESS + 1;

		if (!mm_slab_reserve(MM_CHANGE_NODES, 2))
			return STATUS_NO_MEMORY;
		if (next > at)
			mm_vad_insert(at, next, MM_VAD_FOREIGN, PAGE_NOACCESS);
		if (i < count)
			at = ranges[i].end;
	}
	mm_space.vad_count = 0;
	mm_space.reserved = mm_space.peak_reserved = 0;
	return STATUS_SUCCESS;
}

NTSTATUS mm_initialize(void)
{
	static const struct host_range shared_data = {MM_KUSER_SHARED_DATA, MM_KUSER_SHARED_DATA + MM_GRANULARITY};
	struct host_range ranges[HOST_ARENA_MAX_RANGES];
	uint64_t ram, swap, free_ram;
	NTSTATUS status;
	int count;

	count = host_arena_create(MM_LOWEST_USER_ADDRESS, ARENA_END, &shared_data, ranges);
	if (count <= 0)
		return STATUS_NO_MEMORY;
	host_memory_totals(&ram, &swap, &free_ram);
	mm_space.bottom = MM_LOWEST_USER_ADDRESS;
	mm_space.highest = MM_HIGHEST_USER_ADDRESS;
	mm_lock_exclusive();
	mm_space.commit_limit = (ram + swap) / MM_PAGE_SIZE;
	status = insert_foreign(ranges, count);
	mm_unlock_exclusive();
	return status;
}

void mm_set_limits(uintptr_t bottom, uintptr_t highest)
{
	mm_lock_exclusive();
	mm_space.bottom = bottom < MM_LOWEST_USER_ADDRESS ? MM_LOWEST_USER_ADDRESS : bottom;
	mm_space.highest = highest > MM_HIGHEST_USER_ADDRESS ? MM_HIGHEST_USER_ADDRESS : highest;
	mm_unlock_exclusive();
}

uintptr_t mm_lowest_address(void)
{
	return MM_LOWEST_USER_ADDRESS;
}

uintptr_t mm_highest_address(void)
{
	return mm_space.highest;
}

static uint64_t chosen_commit_limit;

uint64_t mm_chosen_commit_limit(void)
{
	return chosen_commit_limit;
}

void mm_set_commit_limit(uint64_t bytes)
{
	uint64_t ram, swap, free_ram;

	mm_lock_exclusive();
	chosen_commit_limit = bytes;
	if (!bytes) {
		host_memory_totals(&ram, &swap, &free_ram);
		bytes = ram + swap;
	}
	mm_space.commit_limit = bytes / MM_PAGE_SIZE;
	if (mm_space.commit_limit < mm_space.commit_charge)
		mm_space.commit_limit = mm_space.commit_charge;
	mm_unlock_exclusive();
}

void mm_get_statistics(struct mm_statistics *statistics)
{
	mm_lock_shared();
	*statistics = (struct mm_statistics){
		.commit_charge = mm_space.commit_charge * MM_PAGE_SIZE,
		.commit_limit = mm_space.commit_limit * MM_PAGE_SIZE,
		.peak_commit = mm_space.commit_peak * MM_PAGE_SIZE,
		.vad_count = mm_space.vad_count,
		.reserved = mm_space.reserved,
		.peak_reserved = mm_space.peak_reserved,
		.own_bytes = mm_slab_bytes(),
	};
	mm_unlock_shared();
}
