/*
 * ntdll/mm/working_set.c - the limits of the working set, and trimming it.
 *
 * Linux decides what stays in memory; the limits are remembered and given back, as NT's are unless they are hard ones.
 */
#include "ntdll/mm/mm_internal.h"

/* What a 64-bit process has at start: 50 and 345 pages (MSDN SetProcessWorkingSetSize). */
static struct mm_working_set limits = {.minimum = 50 * MM_PAGE_SIZE, .maximum = 345 * MM_PAGE_SIZE};

#define LEAST_MINIMUM (20u * MM_PAGE_SIZE)
#define LEAST_MAXIMUM (13u * MM_PAGE_SIZE)

void mm_working_set_limits(struct mm_working_set *result)
{
	*result = limits;
}

void mm_get_working_set(struct mm_working_set *result)
{
	mm_lock_shared();
	*result = limits;
	mm_unlock_shared();
}

/* Every committed page of private memory may go to swap; the contents stay. */
static void trim(void)
{
	struct mm_cursor at;
	struct mm_run run;

	mm_lock_shared();
	for (at = mm_tree_first(&mm_space.vads); at.leaf; at = mm_cursor_next(at)) {
		const struct mm_vad *vad = (const struct mm_vad *)(uintptr_t)mm_cursor_value(at);

		if (vad->kind != MM_VAD_PRIVATE || !vad->committed)
			continue;
		for (mm_run_first(vad, vad->start, vad->end, &run); run.start < vad->end; mm_run_next(vad, vad->end, &run))
			if (run.state & MM_STATE_COMMIT)
				host_vm_page_out(run.start, run.end - run.start);
	}
	mm_unlock_shared();
}

NTSTATUS mm_set_working_set(const struct mm_working_set *wanted)
{
	/* -1 for both means: trim now, and leave the limits as they are. */
	if (wanted->minimum == SIZE_MAX && wanted->maximum == SIZE_MAX) {
		trim();
		return STATUS_SUCCESS;
	}
	if (wanted->minimum > wanted->maximum || wanted->maximum < LEAST_MAXIMUM || !wanted->minimum)
		return STATUS_BAD_WORKING_SET_LIMIT;
	mm_lock_exclusive();
	limits.minimum = wanted->minimum < LEAST_MINIMUM ? LEAST_MINIMUM : mm_page_up(wanted->minimum);
	limits.maximum = mm_page_up(wanted->maximum);
	limits.flags = wanted->flags;
	mm_unlock_exclusive();
	return STATUS_SUCCESS;
}
