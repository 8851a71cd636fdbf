/*
 * host/arena.c - reserving the guest's address space: one PROT_NONE mapping, or a few where it is not whole.
 */
#include "host/vm.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define ARENA_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static bool reserve_range(uintptr_t low, uintptr_t high)
{
	void *got = mmap((void *)low, high - low, PROT_NONE, ARENA_FLAGS | MAP_FIXED_NOREPLACE, -1, 0);

	if (got == (void *)low)
		return true;
	if (got != MAP_FAILED)
		munmap(got, high - low);
	return false;
}

/* Half of the address space that a limit (ulimit -v) still leaves; the other half is for Linux' own use of it. */
static uintptr_t half_of_limit(void)
{
	struct rlimit limit;
	unsigned long pages = 0;
	FILE *statm;

	if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return 0;
	statm = fopen("/proc/self/statm", "re");
	if (statm) {
		if (fscanf(statm, "%lu", &pages) != 1)
			pages = 0;
		fclose(statm);
	}
	if (limit.rlim_cur <= pages * HOST_PAGE_SIZE)
		return 0;
	return ((limit.rlim_cur - pages * HOST_PAGE_SIZE) / 2) & ~(uintptr_t)0xFFFF;
}

/* What host_arena_limit still leaves. */
static uintptr_t left = UINTPTR_MAX;

void host_arena_limit(uintptr_t size)
{
	left = size & ~(uintptr_t)0xFFFF;
}

/* Reserves a range, or as much of its lower part as limits on address space allow.  Returns its end. */
static uintptr_t reserve_up_to_limit(uintptr_t low, uintptr_t high)
{
	uintptr_t size, allowed;

	if (high - low > left)
		high = low + left;
	size = high - low;
	if (!size)
		return low;
	if (reserve_range(low, high))
		return high;
	if (errno != ENOMEM)
		return low;
	allowed = half_of_limit();
	if (allowed && allowed < size && reserve_range(low, low + allowed))
		return low + allowed;
	while (size > (1u << 20)) {
		size = (size / 2) & ~(uintptr_t)0xFFFF;
		if (reserve_range(low, low + size))
			return low + size;
	}
	return low;
}

/* Something is in the way: take the gaps that /proc/self/maps shows. */
static int reserve_gaps(uintptr_t low, uintptr_t high, struct host_range *ranges)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	uintptr_t at = low;
	char line[512];
	int count = 0;

	if (!maps)
		return 0;
	while (at < high && count < HOST_ARENA_MAX_RANGES) {
		uintptr_t stop = high, next = high;

		while (fgets(line, sizeof(line), maps)) {
			if (sscanf(line, "%lx-%lx", &start, &end) != 2 || end <= at)
				continue;
			stop = start < high ? start & ~(uintptr_t)0xFFFF : high;
			next = (end + 0xFFFF) & ~(uintptr_t)0xFFFF;
			break;
		}
		/* Small gaps are left to Linux, which needs some low ones for itself. */
		if (stop > at && (stop - at >= (16u << 20) || at == low)) {
			uintptr_t got = reserve_up_to_limit(at, stop);
			if (got > at)
				ranges[count++] = (struct host_range){at, got};
			left -= got - at;
		}
		if (next <= at)
			break;
		at = next;
	}
	fclose(maps);
	return count;
}

static struct host_range arena[HOST_ARENA_MAX_RANGES];
static int arena_count;

int host_arena_create(uintptr_t low, uintptr_t high, const struct host_range *wanted,
		      struct host_range ranges[HOST_ARENA_MAX_RANGES])
{
	uintptr_t got = reserve_up_to_limit(low, high);

	if (got > low) {
		arena[arena_count++] = (struct host_range){low, got};
		if (got <= wanted->start && reserve_range(wanted->start, wanted->end))
			arena[arena_count++] = *wanted;
	} else {
		arena_count = reserve_gaps(low, high, arena);
	}
	for (int i = 0; i < arena_count; i++)
		ranges[i] = arena[i];
	return arena_count;
}

uintptr_t host_arena_end(void)
{
	uintptr_t end = 0;

	for (int i = 0; i < arena_count; i++)
		if (arena[i].end > end)
			end = arena[i].end;
	return end;
}

bool host_arena_contains(uintptr_t address)
{
	for (int i = 0; i < arena_count; i++)
		if (address >= arena[i].start && address < arena[i].end)
			return true;
	return false;
}
