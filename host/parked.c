/*
 * host/parked.c - the table of parked ranges.
 */
#include "host/parked.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define SLOTS 32u

static struct parked_range {
	uintptr_t start, end; /* both 0: a free slot */
	bool parked;
} ranges[SLOTS];

/* All known ranges lie between them; programs that end no thread pay for one comparison. */
static uintptr_t lowest = UINTPTR_MAX, highest;

static struct parked_range *find(uintptr_t start, uintptr_t end)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (ranges[i].start == start && ranges[i].end == end)
			return &ranges[i];
	return NULL;
}

bool parked_set(uintptr_t start, uintptr_t end)
{
	struct parked_range *range = find(start, end);

	if (!range) {
		range = find(0, 0);
		if (!range || parked_forget(start, end, false))
			return false;
		/* A flag that the memory around it has not: Linux would join the mappings, and split them again the next time.
		 * Where there are no huge pages this fails, and that is what happens. */
		madvise((void *)start, end - start, MADV_NOHUGEPAGE);
	}
	if (mprotect((void *)start, end - start, PROT_NONE) < 0)
		return false;
	*range = (struct parked_range){start, end, true};
	if (start < lowest)
		lowest = start;
	if (end > highest)
		highest = end;
	return true;
}

bool parked_take(uintptr_t start, uintptr_t end)
{
	struct parked_range *range;

	if (start < lowest || end > highest)
		return false;
	range = find(start, end);
	if (!range || !range->parked || mprotect((void *)start, end - start, PROT_READ | PROT_WRITE) < 0)
		return false;
	memset((void *)start, 0, end - start);
	range->parked = false;
	return true;
}

int parked_forget(uintptr_t start, uintptr_t end, bool drop)
{
	if (end <= lowest || start >= highest)
		return 0;
	for (unsigned i = 0; i < SLOTS; i++) {
		struct parked_range *range = &ranges[i];

		if (range->start >= end || range->end <= start)
			continue;
		struct parked_range known = *range;
		int error;

		*range = (struct parked_range){0}; /* before host_vm_unmap asks */
		error = drop && known.parked ? host_vm_unmap(known.start, known.end - known.start) : 0;
		if (error) {
			*range = known;
			return error;
		}
	}
	return 0;
}
