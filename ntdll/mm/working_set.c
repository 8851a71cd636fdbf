/*
 * ntdll/mm/working_set.c - the working set: its limits, trimming it, and which pages are in it.
 *
 * Linux decides what stays in memory; the limits are remembered and given back, as NT's are unless they are hard ones.
 */
#include "ntdll/mm/mm_internal.h"
#include "host/page_state.h"

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
		const struct mm_vad *vad = mm_vad_of(at);

		if (vad->kind != MM_VAD_PRIVATE || !vad->committed || vad->flags & MM_VAD_LARGE)
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

/* The five bits of PSAPI_WORKING_SET_BLOCK's Protection. */
static ULONG_PTR short_protection(ULONG protect)
{
	static const struct {
		ULONG protect, value;
	} values[] = {
		{PAGE_READONLY, 1},  {PAGE_EXECUTE, 2},		  {PAGE_EXECUTE_READ, 3},
		{PAGE_READWRITE, 4}, {PAGE_WRITECOPY, 5},	  {PAGE_EXECUTE_READWRITE, 6},
		{PAGE_EXECUTE_WRITECOPY, 7},
	};
	ULONG value = 0;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (protect & values[i].protect)
			value = values[i].value;
	return value | (protect & PAGE_NOCACHE ? 8 : 0) | (protect & PAGE_GUARD ? 16 : 0);
}

/* How many processes have a shareable page: Linux tells one from many. */
static ULONG_PTR share_count(unsigned char state)
{
	if (!(state & HOST_PAGE_SHARED))
		return 0;
	return state & HOST_PAGE_ELSEWHERE ? 2 : 1;
}

#define CHUNK 128u

size_t mm_working_set_pages(uintptr_t *at, ULONG_PTR *blocks, size_t capacity)
{
	unsigned char states[CHUNK];
	size_t count = 0;
	uintptr_t page = *at;

	mm_lock_shared();
	while (count < capacity) {
		const struct mm_vad *vad = mm_vad_at_or_above(page);
		struct mm_run run;
		size_t pages;

		while (vad && vad->kind == MM_VAD_FOREIGN)
			vad = mm_vad_at_or_above(vad->end);
		if (!vad) {
			page = 0;
			break;
		}
		if (page < vad->start)
			page = vad->start;
		run = mm_run_at(vad, page);
		if (run.state & MM_STATE_COMMIT)
			page = host_page_next_present(page, run.end);
		if (!(run.state & MM_STATE_COMMIT) || page >= run.end) {
			page = run.end;
			continue;
		}
		pages = (run.end - page) / MM_PAGE_SIZE;
		if (pages > CHUNK)
			pages = CHUNK;
		if (pages > capacity - count)
			pages = capacity - count;
		if (host_page_states(page, pages, states)) {
			page = 0;
			break;
		}
		for (size_t i = 0; i < pages; i++, page += MM_PAGE_SIZE)
			if (states[i] & HOST_PAGE_PRESENT)
				blocks[count++] = short_protection(mm_shown_protect(vad, page)) |
						  share_count(states[i]) << 5 |
						  (states[i] & HOST_PAGE_SHARED ? (ULONG_PTR)1 << 8 : 0) | page;
	}
	mm_unlock_shared();
	*at = page;
	return count;
}

/* Bits of PSAPI_WORKING_SET_EX_BLOCK. */
#define EX_VALID ((ULONG_PTR)1)
#define EX_SHARE_COUNT_SHIFT 1
#define EX_PROTECTION_SHIFT 4
#define EX_SHARED ((ULONG_PTR)1 << 15)
#define EX_LOCKED ((ULONG_PTR)1 << 22)
#define EX_LARGE_PAGE ((ULONG_PTR)1 << 23)

ULONG_PTR mm_working_set_page(uintptr_t address)
{
	uintptr_t page = mm_page_down(address);
	const struct mm_vad *vad;
	unsigned char state = 0;
	ULONG_PTR block = 0;

	mm_lock_shared();
	vad = mm_vad_find(page);
	if (vad && vad->kind != MM_VAD_FOREIGN && mm_run_at(vad, page).state & MM_STATE_COMMIT) {
		/* A page that is not in memory says only whether it is one that may be shared. */
		if (vad->kind != MM_VAD_PRIVATE)
			block = EX_SHARED;
		if (!host_page_states(page, 1, &state) && state & HOST_PAGE_PRESENT) {
			block = EX_VALID | share_count(state) << EX_SHARE_COUNT_SHIFT |
				(ULONG_PTR)mm_shown_protect(vad, page) << EX_PROTECTION_SHIFT;
			if (state & HOST_PAGE_SHARED)
				block |= EX_SHARED;
			if (mm_is_locked(page))
				block |= EX_LOCKED;
			if (vad->flags & MM_VAD_LARGE)
				block |= EX_LARGE_PAGE;
		}
	}
	mm_unlock_shared();
	return block;
}
