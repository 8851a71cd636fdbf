/*
 * ntdll/mm/runs.c - the state of a VAD's pages, as runs.
 *
 * With no tree, the whole VAD is one run of vad->state.  With a tree, each entry's key is the address of a run's first
 * page and its value the run's state; a run reaches to the next entry or the end of the VAD.  The first entry's key is
 * vad->start.  When a change leaves one run the tree goes away again.
 */
#include "ntdll/mm/mm_internal.h"

static uintptr_t run_end(const struct mm_vad *vad, struct mm_cursor at)
{
	struct mm_cursor next = mm_cursor_next(at);

	return next.leaf ? (uintptr_t)mm_cursor_key(next) : vad->end;
}

struct mm_run mm_run_at(const struct mm_vad *vad, uintptr_t address)
{
	struct mm_cursor at;

	if (!vad->runs.root)
		return (struct mm_run){vad->start, vad->end, vad->state};
	at = mm_tree_find(&vad->runs, address);
	return (struct mm_run){(uintptr_t)mm_cursor_key(at), run_end(vad, at), (uint32_t)mm_cursor_value(at)};
}

/* Makes `address` the start of a run. */
static void split_at(struct mm_vad *vad, uintptr_t address)
{
	struct mm_cursor at = mm_tree_find(&vad->runs, address);

	if ((uintptr_t)mm_cursor_key(at) != address)
		mm_tree_insert(&vad->runs, address, mm_cursor_value(at), 0);
}

/* Removes the run starting at `address` if it continues the one below it. */
static void merge_at(struct mm_vad *vad, uintptr_t address)
{
	struct mm_cursor at, below;

	if (address <= vad->start || address >= vad->end)
		return;
	at = mm_tree_find(&vad->runs, address);
	below = mm_cursor_prev(at);
	if ((uintptr_t)mm_cursor_key(at) == address && below.leaf && mm_cursor_value(below) == mm_cursor_value(at))
		mm_tree_remove(&vad->runs, address);
}

static void collapse(struct mm_vad *vad)
{
	struct mm_node *root = vad->runs.root;

	if (!root->height && root->count == 1) {
		vad->state = (uint32_t)root->value[0];
		mm_tree_clear(&vad->runs);
	}
}

void mm_run_set(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state)
{
	struct mm_cursor at;

	assert(start >= vad->start && end <= vad->end && start < end);
	if (!vad->runs.root) {
		if (vad->state == state)
			return;
		if (start == vad->start && end == vad->end) {
			vad->state = state;
			return;
		}
		mm_tree_insert(&vad->runs, vad->start, vad->state, 0);
	}
	if (end < vad->end)
		split_at(vad, end);
	split_at(vad, start);
	for (;;) {
		at = mm_cursor_next(mm_tree_find(&vad->runs, start));
		if (!at.leaf || (uintptr_t)mm_cursor_key(at) >= end)
			break;
		mm_tree_remove(&vad->runs, mm_cursor_key(at));
	}
	at = mm_tree_find(&vad->runs, start);
	at.leaf->value[at.index] = state;
	merge_at(vad, end);
	merge_at(vad, start);
	collapse(vad);
}

void mm_run_first(const struct mm_vad *vad, uintptr_t start, uintptr_t end, struct mm_run *run)
{
	*run = mm_run_at(vad, start);
	run->start = start;
	if (run->end > end)
		run->end = end;
}

void mm_run_next(const struct mm_vad *vad, uintptr_t end, struct mm_run *run)
{
	uintptr_t next = run->end;

	if (next < end)
		mm_run_first(vad, next, end, run);
	else
		run->start = next;
}

size_t mm_run_committed(const struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	struct mm_run run;
	size_t pages = 0;

	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run))
		if (run.state & MM_STATE_COMMIT)
			pages += (run.end - run.start) / MM_PAGE_SIZE;
	return pages;
}

/* Moves the runs from `at` up to `upper`, which takes over [at, upper->end). */
void mm_runs_split(struct mm_vad *vad, struct mm_vad *upper, uintptr_t at)
{
	struct mm_cursor from;

	upper->state = vad->state;
	if (!vad->runs.root)
		return;
	split_at(vad, at);
	for (;;) {
		from = mm_tree_find(&vad->runs, UINT64_MAX);
		if ((uintptr_t)mm_cursor_key(from) < at)
			break;
		mm_tree_insert(&upper->runs, mm_cursor_key(from), mm_cursor_value(from), 0);
		mm_tree_remove(&vad->runs, mm_cursor_key(from));
	}
	collapse(vad);
	collapse(upper);
}

void mm_runs_drop(struct mm_vad *vad)
{
	mm_tree_clear(&vad->runs);
}
