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
		return (struct mm_run){vad->start, vad->end, vad->state, {NULL, 0}};
	at = mm_tree_find(&vad->runs, address);
	return (struct mm_run){(uintptr_t)mm_cursor_key(at), run_end(vad, at), (uint32_t)mm_cursor_value(at), at};
}

/* Makes `address` the start of a run. */
static void split_at(struct mm_vad *vad, uintptr_t address)
{
	struct mm_cursor at = mm_tree_find(&vad->runs, address);

	if ((uintptr_t)mm_cursor_key(at) != address)
		mm_tree_insert(&vad->runs, address, mm_cursor_value(at), 0, 0);
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
		mm_tree_remove(&vad->runs, address, 0);
}

static void collapse(struct mm_vad *vad)
{
	struct mm_node *root = vad->runs.root;

	if (!root->height && root->count == 1) {
		vad->state = (uint32_t)root->value[0];
		mm_tree_clear(&vad->runs);
	}
}

/*
 * mm_run_set where one leaf of the tree holds all that is concerned, which is nearly always: the entries of the runs that
 * [start, end) touches are replaced by at most three, fewer where the new run continues a neighbour.
 */
static bool set_in_leaf(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state)
{
	struct mm_cursor at = mm_tree_find(&vad->runs, start);
	unsigned first = at.index, last = first, count = at.leaf->count, put = 0;
	uint64_t keys[3], values[3];
	uintptr_t first_start = (uintptr_t)mm_cursor_key(at), last_end;
	uint32_t first_state = (uint32_t)mm_cursor_value(at), last_state;

	while (last + 1 < count && at.leaf->key[last + 1] < end)
		last++;
	last_state = (uint32_t)at.leaf->value[last];
	last_end = run_end(vad, (struct mm_cursor){at.leaf, last});
	/* More runs, or the neighbour that the new one may continue, in the next leaf or in the one before. */
	if (last_end < end || (last_end == end && last + 1 == count && end < vad->end) ||
	    (first_start == start && first == 0 && start > vad->start))
		return false;
	if (first_start < start) {
		keys[put] = first_start;
		values[put++] = first_state;
	}
	if (first_start < start ? first_state != state : first == 0 || (uint32_t)at.leaf->value[first - 1] != state) {
		keys[put] = start;
		values[put++] = state;
	}
	if (end < last_end && last_state != state) {
		keys[put] = end;
		values[put++] = last_state;
	} else if (end == last_end && last + 1 < count && (uint32_t)at.leaf->value[last + 1] == state) {
		last++;
	}
	return mm_tree_replace(&vad->runs, at, last + 1 - first, put, keys, values);
}

void mm_run_set(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state)
{
	struct mm_cursor at;

	assert(start >= vad->start && end <= vad->end && start < end);
	if (!vad->runs.root) {
		if (vad->state == state)
			return;
		mm_vad_untell(vad);
		if (start == vad->start && end == vad->end) {
			vad->state = state;
			return;
		}
		mm_tree_insert(&vad->runs, vad->start, vad->state, 0, 0);
	} else if (start == vad->start && end == vad->end) {
		mm_tree_clear(&vad->runs);
		vad->state = state;
		return;
	}
	if (set_in_leaf(vad, start, end, state)) {
		collapse(vad);
		return;
	}
	if (end < vad->end)
		split_at(vad, end);
	split_at(vad, start);
	for (;;) {
		at = mm_cursor_next(mm_tree_find(&vad->runs, start));
		if (!at.leaf || (uintptr_t)mm_cursor_key(at) >= end)
			break;
		mm_tree_remove(&vad->runs, mm_cursor_key(at), 0);
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

	run->start = next;
	if (next >= end)
		return;
	run->at = mm_cursor_next(run->at);
	run->state = (uint32_t)mm_cursor_value(run->at);
	run->end = run_end(vad, run->at);
	if (run->end > end)
		run->end = end;
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
		mm_tree_insert(&upper->runs, mm_cursor_key(from), mm_cursor_value(from), 0, 0);
		mm_tree_remove(&vad->runs, mm_cursor_key(from), 0);
	}
	collapse(vad);
	collapse(upper);
}

void mm_runs_drop(struct mm_vad *vad)
{
	mm_tree_clear(&vad->runs);
}
