/*
 * mm_invariants.c - the tree of VADs, their gaps and their runs agree with each other and with the totals.
 */
#include "mm_invariants.h"

#include <stdio.h>
#include <stdlib.h>

#include "ntdll/mm/mm_internal.h"

static void broken(const struct mm_vad *vad, const char *what)
{
	printf("memory manager: %s: VAD %zx-%zx, kind %u, flags %x\n", what, (size_t)vad->start, (size_t)vad->end, vad->kind,
	       vad->flags);
	fflush(stdout);
	abort();
}

/* A tree of runs starts where the VAD does, and no run is like the one before it. */
static void check_runs(const struct mm_vad *vad)
{
	struct mm_cursor at = mm_tree_first(&vad->runs);
	uint64_t last_state = UINT64_MAX;

	if (!vad->runs.root)
		return;
	if (mm_tree_check(&vad->runs) < 2)
		broken(vad, "a tree for one run");
	if ((uintptr_t)mm_cursor_key(at) != vad->start)
		broken(vad, "the first run does not start with the VAD");
	for (; at.leaf; at = mm_cursor_next(at)) {
		if ((uintptr_t)mm_cursor_key(at) >= vad->end || (uintptr_t)mm_cursor_key(at) % MM_PAGE_SIZE)
			broken(vad, "a run outside the VAD");
		if (mm_cursor_value(at) == last_state)
			broken(vad, "two runs alike");
		last_state = mm_cursor_value(at);
	}
}

/* What the tree's entry says by itself is what the VAD says. */
static void check_summary(const struct mm_vad *vad, struct mm_cursor at)
{
	struct mm_vad_summary summary;
	bool told = mm_vad_summary(at, vad->start, &summary);

	if (told != vad->told)
		broken(vad, "an entry tells, or does not, against the VAD");
	if (told && (summary.start != vad->start || summary.end != vad->end || summary.state != vad->state || vad->runs.root ||
		     summary.protect != vad->protect || vad->kind != MM_VAD_PRIVATE || vad->view))
		broken(vad, "an entry tells what is not so");
}

static void check_vad(const struct mm_vad *vad)
{
	if (vad->start >= vad->end || (vad->start | vad->end) % MM_PAGE_SIZE)
		broken(vad, "bounds");
	check_runs(vad);
	if (vad->flags & MM_VAD_PLACEHOLDER &&
	    (vad->kind != MM_VAD_PRIVATE || vad->runs.root || vad->state || vad->view || vad->protect != PAGE_NOACCESS ||
	     vad->flags & MM_VAD_REPLACED))
		broken(vad, "a placeholder with something in it");
	if (vad->kind == MM_VAD_PRIVATE && vad->committed != mm_run_committed(vad, vad->start, vad->end))
		broken(vad, "committed pages");
	if (vad->kind == MM_VAD_MAPPED && !(vad->view && vad->view->section))
		broken(vad, "a view of nothing");
}

void mm_check_invariants(void)
{
	size_t vads = 0, committed = 0, reserved = 0;
	const struct mm_vad *vad = NULL, *below;
	struct mm_cursor at;

	mm_lock_shared();
	mm_tree_check(&mm_space.vads);
	for (at = mm_tree_first(&mm_space.vads); at.leaf; at = mm_cursor_next(at)) {
		struct mm_cursor next = mm_cursor_next(at);
		uintptr_t next_start = next.leaf ? (uintptr_t)mm_cursor_key(next) : MM_HIGHEST_USER_ADDRESS + 1, free_from;

		below = vad;
		vad = mm_vad_of(at);
		if ((uintptr_t)mm_cursor_key(at) != vad->start)
			broken(vad, "key");
		check_summary(vad, at);
		if (below && below->end > vad->start)
			broken(vad, "overlap");
		check_vad(vad);
		free_from = mm_unit_up(vad->end);
		if (at.leaf->gap[at.index] != (next_start > free_from ? (next_start - free_from) / MM_GRANULARITY : 0))
			broken(vad, "gap");
		if (vad->kind != MM_VAD_FOREIGN) {
			vads++;
			reserved += vad->end - vad->start;
		}
		if (vad->kind == MM_VAD_PRIVATE)
			committed += vad->committed;
	}
	if (vads != mm_space.vad_count || reserved != mm_space.reserved)
		broken(vad, "number and size of all VADs");
	if (committed > mm_space.commit_charge)
		broken(vad, "commit charge");
	mm_unlock_shared();
}
