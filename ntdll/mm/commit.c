/*
 * ntdll/mm/commit.c - giving memory to pages of private allocations, and taking it back.
 *
 * Rows are those of the NT memory facts that the conformance tests are named after.
 */
#include "ntdll/mm/mm_internal.h"

/* Whether pages of this VAD that are reserved have nothing of the host's. */
static bool reserved_is_empty(const struct mm_vad *vad)
{
	return vad->kind == MM_VAD_PRIVATE && !(vad->flags & ~(MM_VAD_STACK | MM_VAD_PLACEHOLDER | MM_VAD_REPLACED));
}

/* The end of the empty pages from `from` on, if it is below `limit`; else `limit`. */
MM_SHARED static uintptr_t empty_above(uintptr_t from, uintptr_t limit)
{
	while (from < limit) {
		const struct mm_vad *vad = mm_vad_at_or_above(from);

		if (!vad || vad->start >= limit)
			return limit;
		if (vad->start <= from) {
			struct mm_run run = mm_run_at(vad, from);

			if (run.state || !reserved_is_empty(vad))
				return from;
			from = run.end;
		} else {
			from = vad->start;
		}
	}
	return limit;
}

/* The start of the empty pages that end at `to`, if it is above `limit`; else `limit`. */
MM_SHARED static uintptr_t empty_below(uintptr_t to, uintptr_t limit)
{
	while (to > limit) {
		struct mm_cursor at = mm_tree_find(&mm_space.vads, to - 1);
		const struct mm_vad *vad = mm_vad_of(at);

		if (vad->end >= to) {
			struct mm_run run = mm_run_at(vad, to - 1);

			if (run.state || !reserved_is_empty(vad))
				return to;
			to = run.start;
		} else {
			to = vad->end;
		}
	}
	return limit;
}

/* The empty pages around [start, end), which lies in the reserved run of a VAD. */
MM_SHARED
static struct host_range room_around(const struct mm_vad *vad, const struct mm_run *run, uintptr_t start, uintptr_t end)
{
	struct host_range room = {run->start, run->end};

	if (host_vm_crowded()) {
		room.start = empty_below(start, start & ~(HOST_CROWDED_ROOM - 1));
		room.end = empty_above(end, (end + HOST_CROWDED_ROOM - 1) & ~(HOST_CROWDED_ROOM - 1));
	} else if (run->end == vad->end && vad->end % MM_GRANULARITY) {
		/* Nobody can have the rest of the unit, but a part of an allocation that was cut. */
		room.end = empty_above(vad->end, mm_unit_up(vad->end));
	}
	return room;
}

int mm_host_commit(const struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect)
{
	struct mm_run run = mm_run_at(vad, start);
	unsigned prot = mm_host_prot(protect);
	struct host_range room;
	bool crowded;
	int error;

	if (vad->flags & MM_VAD_WATCHED)
		return mm_watch_commit(vad, start, end, prot);
	if (run.state || run.end < end || !reserved_is_empty(vad))
		return host_vm_commit(start, end - start, prot, NULL);
	do {
		crowded = host_vm_crowded();
		room = room_around(vad, &run, start, end);
		error = host_vm_commit(start, end - start, prot, &room);
	} while (error && !crowded && host_vm_crowded());
	return error;
}

void mm_host_restore(const struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	struct mm_run run;

	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run)) {
		if (run.state & MM_STATE_COMMIT)
			mm_host_apply(vad, run.start, run.end, run.state);
		else
			host_vm_protect(run.start, run.end - run.start, HOST_PROT_NONE);
	}
}

NTSTATUS mm_commit_range(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect)
{
	struct mm_run run = mm_run_at(vad, start);
	size_t pages = 0;
	uint32_t state;
	int error;

	/* Like PAGE_NOCACHE of the first page, so of all (row 19). */
	state = mm_state_committed(protect | (run.state & PAGE_NOCACHE));
	if (run.end < end)
		pages = (end - start) / MM_PAGE_SIZE - mm_run_committed(vad, start, end);
	else if (!(run.state & MM_STATE_COMMIT))
		pages = (end - start) / MM_PAGE_SIZE;
	else if (run.state == state)
		return STATUS_SUCCESS;
	if (!mm_charge(pages))
		return STATUS_COMMITMENT_LIMIT;
	if (vad->flags & MM_VAD_WATCHED)
		mm_watch_latch(vad, start, end);
	error = mm_host_commit(vad, start, end, state & MM_STATE_PROTECT);
	if (error) {
		mm_host_restore(vad, start, end);
		mm_uncharge(pages);
		return mm_status_from_host(error);
	}
	vad->committed += pages;
	mm_run_set(vad, start, end, state);
	return STATUS_SUCCESS;
}

/* The committed part of a range: from its first committed page to its last.  `writable`: all of it is read-write
 * memory. */
struct hull {
	uintptr_t start, end;
	size_t pages;
	bool writable;
};

MM_SHARED static struct hull committed_hull(const struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	struct hull hull = {.start = end, .end = end, .writable = reserved_is_empty(vad)};
	struct mm_run run;

	if (!vad->committed)
		return hull;
	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run)) {
		if (run.state & MM_STATE_COMMIT) {
			if (!hull.pages)
				hull.start = run.start;
			hull.end = run.end;
			hull.pages += (run.end - run.start) / MM_PAGE_SIZE;
		}
		if (hull.pages)
			hull.writable = hull.writable && (run.state & MM_STATE_PROTECT) == PAGE_READWRITE;
	}
	return hull;
}

NTSTATUS mm_decommit_range(struct mm_vad *vad, uintptr_t start, uintptr_t end, bool release)
{
	struct hull hull = committed_hull(vad, start, end);
	int error;

	if (release && vad->flags & MM_VAD_WATCHED) {
		/* Its mapping has a mark of its own, wherever there are pages. */
		hull.start = start;
		hull.end = end;
	} else if (!hull.pages) {
		return STATUS_SUCCESS; /* row 37 */
	}
	/* The reserved pages in between are empty anyway: one call for all. */
	if (vad->flags & MM_VAD_WATCHED)
		error = release ? host_vm_unmap(start, end - start) : mm_watch_decommit(vad, hull.start, hull.end);
	else
		error = host_vm_decommit(hull.start, hull.end - hull.start, hull.writable);
	if (error) {
		mm_host_restore(vad, hull.start, hull.end);
		return mm_status_from_host(error);
	}
	mm_uncharge(hull.pages);
	vad->committed -= hull.pages;
	mm_run_set(vad, start, end, 0);
	return STATUS_SUCCESS;
}

bool mm_park(uintptr_t start, size_t size)
{
	uintptr_t end = start + size;
	bool parked = false;
	struct mm_vad *vad;
	struct mm_run run;

	mm_lock_exclusive();
	vad = mm_vad_find(start);
	if (vad && reserved_is_empty(vad) && mm_slab_reserve(MM_CHANGE_NODES, 1)) {
		run = mm_run_at(vad, start);
		if (run.state == mm_state_committed(PAGE_READWRITE) && run.end >= end && !host_vm_park(start, size)) {
			mm_uncharge(size / MM_PAGE_SIZE);
			vad->committed -= size / MM_PAGE_SIZE;
			mm_run_set(vad, start, end, 0);
			parked = true;
		}
	}
	mm_unlock_exclusive();
	return parked;
}

/* Whether a page of the view in this state is charged: it may get a copy of its own. */
static bool may_be_copied(const struct mm_vad *vad, uint32_t state)
{
	return vad->view && vad->view->copy && state & MM_STATE_COMMIT && state & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY);
}

bool mm_view_charge(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state, size_t *before)
{
	size_t after = may_be_copied(vad, state) ? (end - start) / MM_PAGE_SIZE : 0;
	struct mm_run run;

	*before = 0;
	if (!vad->view || !vad->view->copy)
		return true;
	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run))
		if (may_be_copied(vad, run.state))
			*before += (run.end - run.start) / MM_PAGE_SIZE;
	if (after > *before && !mm_charge(after - *before))
		return false;
	if (after < *before)
		mm_uncharge(*before - after);
	vad->committed += after - *before;
	return true;
}

void mm_view_uncharge(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state, size_t before)
{
	size_t after = may_be_copied(vad, state) ? (end - start) / MM_PAGE_SIZE : 0;

	if (!vad->view || !vad->view->copy)
		return;
	mm_uncharge(after);
	mm_recharge(before);
	vad->committed += before - after;
}
