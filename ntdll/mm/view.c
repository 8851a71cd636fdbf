/*
 * ntdll/mm/view.c - pages of mapped views: what they may be protected as, committing them, copy on write page by page.
 *
 * In a view that was mapped for copying all pages are private mappings.  In any other view a page becomes one when it is
 * protected as WRITECOPY (MM_STATE_COPY), and goes back to the shared mapping when it is protected otherwise before it was
 * written; a page that was written stays private (nt facts row 70).
 */
#include "ntdll/mm/section.h"

#define COPY_PROTECTIONS (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)
#define WRITE_PROTECTIONS (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)

/* What a protection lets one do.  COPY is what EXECUTE_WRITECOPY has beyond READONLY; WRITECOPY has nothing (nt facts
 * row 71: it can be had wherever READONLY can). */
#define RIGHT_READ 1u
#define RIGHT_WRITE 2u
#define RIGHT_EXECUTE 4u
#define RIGHT_COPY 8u

static unsigned rights_of(ULONG protect)
{
	switch (protect & 0xFF) {
	case PAGE_READONLY:
	case PAGE_WRITECOPY:
		return RIGHT_READ;
	case PAGE_READWRITE:
		return RIGHT_READ | RIGHT_WRITE;
	case PAGE_EXECUTE:
	case PAGE_EXECUTE_READ:
		return RIGHT_READ | RIGHT_EXECUTE;
	case PAGE_EXECUTE_READWRITE:
		return RIGHT_READ | RIGHT_WRITE | RIGHT_COPY | RIGHT_EXECUTE;
	case PAGE_EXECUTE_WRITECOPY:
		return RIGHT_READ | RIGHT_COPY | RIGHT_EXECUTE;
	default:
		return 0;
	}
}

/* Wine's kernel32/virtual test_mapping, which passes on Windows: no more than the view was mapped with, and than the
 * section was made with. */
static bool compatible(ULONG section, ULONG view, ULONG wanted)
{
	unsigned want = rights_of(wanted), have = rights_of(view);

	if (want == have)
		return true;
	return have && !(want & ~have) && !(want & ~rights_of(section));
}

static bool is_private_page(const struct mm_vad *vad, const struct mm_run *run)
{
	return vad->view->copy || run->state & MM_STATE_COPY;
}

/* Whether every page of [start, end) has been copied by a write. */
MM_SHARED static bool all_written(const struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	struct mm_run run;

	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run)) {
		bool written;

		if (!is_private_page(vad, &run) ||
		    host_vm_private_run(run.start, (run.end - run.start) / MM_PAGE_SIZE, &written) * MM_PAGE_SIZE <
			    run.end - run.start ||
		    !written)
			return false;
	}
	return true;
}

bool mm_view_allows(const struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG wanted)
{
	const struct mm_section *section = vad->view->section;

	if (compatible(section->protect, vad->protect, wanted))
		return true;
	/* What was copied is the process' own: it may be written where it might have been copied (nt facts row 70). */
	if (wanted & WRITE_PROTECTIONS &&
	    compatible(section->protect, vad->protect, wanted & PAGE_READWRITE ? PAGE_WRITECOPY : PAGE_EXECUTE_WRITECOPY))
		return all_written(vad, start, end);
	return false;
}

static int map_pages(const struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect, bool shared)
{
	return host_vm_map(start, end - start, mm_host_prot(protect), shared, vad->view->section->fd,
			   vad->view->offset + (start - vad->start));
}

/* One run of pages that are mapped alike.  Its beginning up to *done was changed. */
MM_EXCLUSIVE
static NTSTATUS apply_run(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t old, ULONG protect, uintptr_t *done)
{
	bool want_copy = protect & COPY_PROTECTIONS;
	uint32_t state = mm_state_committed(protect);
	size_t pages = (end - start) / MM_PAGE_SIZE;
	int error;

	*done = end;
	if (vad->view->copy) {
		/* READWRITE is what a page shows once it was written: until then asking for it means WRITECOPY. */
		error = host_vm_protect(start, end - start, mm_host_prot(protect));
	} else if (want_copy) {
		state |= MM_STATE_COPY;
		if (old & MM_STATE_COPY) {
			error = host_vm_protect(start, end - start, mm_host_prot(protect));
		} else {
			/* A write may give each of them a copy of its own. */
			if (!mm_charge(pages))
				return STATUS_COMMITMENT_LIMIT;
			error = map_pages(vad, start, end, protect, false);
			if (error)
				mm_uncharge(pages);
			else
				vad->committed += pages;
		}
	} else if (old & MM_STATE_COPY) {
		bool written;

		pages = host_vm_private_run(start, pages, &written);
		*done = start + pages * MM_PAGE_SIZE;
		if (written) {
			state |= MM_STATE_COPY;
			error = host_vm_protect(start, *done - start, mm_host_prot(protect));
		} else {
			error = map_pages(vad, start, *done, protect, true);
			if (!error) {
				mm_uncharge(pages);
				vad->committed -= pages;
			}
		}
	} else {
		error = host_vm_protect(start, end - start, mm_host_prot(protect));
	}
	if (!error)
		mm_run_set(vad, start, *done, state);
	return mm_status_from_host(error);
}

/* Whether a change of protection is no more than that: no page begins or ends to be one that is copied. */
MM_SHARED static bool stays_mapped(const struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect)
{
	uint32_t copied = protect & COPY_PROTECTIONS ? MM_STATE_COPY : 0;
	struct mm_run run;

	if (vad->view->copy)
		return true;
	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run))
		if ((run.state & MM_STATE_COPY) != copied)
			return false;
	return true;
}

NTSTATUS mm_view_apply(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect)
{
	if (stays_mapped(vad, start, end, protect)) {
		uint32_t copied = !vad->view->copy && protect & COPY_PROTECTIONS ? MM_STATE_COPY : 0;
		int error;

		if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
			return STATUS_NO_MEMORY;
		error = host_vm_protect(start, end - start, mm_host_prot(protect));
		if (error)
			mm_host_restore(vad, start, end);
		else
			mm_run_set(vad, start, end, mm_state_committed(protect) | copied);
		return mm_status_from_host(error);
	}
	while (start < end) {
		struct mm_run run = mm_run_at(vad, start);
		NTSTATUS status;
		uintptr_t done;

		if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
			return STATUS_NO_MEMORY;
		status = apply_run(vad, start, run.end < end ? run.end : end, run.state, protect, &done);
		if (!NT_SUCCESS(status))
			return status;
		start = done;
	}
	return STATUS_SUCCESS;
}

ULONG mm_view_protection(const struct mm_vad *vad, ULONG protect)
{
	if (vad->view && vad->view->copy) {
		if (protect & PAGE_READWRITE)
			return (protect & ~PAGE_READWRITE) | PAGE_WRITECOPY;
		if (protect & PAGE_EXECUTE_READWRITE)
			return (protect & ~PAGE_EXECUTE_READWRITE) | PAGE_EXECUTE_WRITECOPY;
	} else if (vad->kind == MM_VAD_MAPPED && protect & PAGE_EXECUTE_WRITECOPY) {
		/* A view that is not for copying and may be written keeps that with EXECUTE_WRITECOPY, unlike with
		 * WRITECOPY: Wine's test_CreateFileMapping_protection. */
		if (vad->protect & PAGE_EXECUTE_READWRITE)
			return (protect & ~PAGE_EXECUTE_WRITECOPY) | PAGE_EXECUTE_READWRITE;
	}
	return protect;
}

/* Gives the pages that the section has and the view has not their place in the view.  false: no memory. */
MM_EXCLUSIVE static bool take_up(struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	while (start < end) {
		struct mm_run run = mm_run_at(vad, start);
		uintptr_t stop = run.end < end ? run.end : end;

		if (!(run.state & MM_STATE_COMMIT)) {
			uint32_t state = mm_state_committed(vad->protect);
			size_t charged;

			if (!mm_slab_reserve(MM_CHANGE_NODES, 1) || !mm_view_charge(vad, start, stop, state, &charged))
				return false;
			if (host_vm_protect(start, stop - start, mm_host_prot(vad->protect))) {
				mm_view_uncharge(vad, start, stop, state, charged);
				return false;
			}
			mm_run_set(vad, start, stop, state);
		}
		start = stop;
	}
	return true;
}

static uint64_t first_page(const struct mm_vad *vad)
{
	return vad->view->offset / MM_PAGE_SIZE;
}

static uint64_t last_page(const struct mm_vad *vad)
{
	return first_page(vad) + (vad->end - vad->start) / MM_PAGE_SIZE;
}

/* The generation that a view's runs would be up to date with: of a reserved section, or the size of a growing file. */
static uint64_t generation_of(const struct mm_vad *vad)
{
	const struct mm_section *section = vad->view->section;

	if (section->reserve)
		return mm_reserve_generation(section);
	return __atomic_load_n(&section->size, __ATOMIC_ACQUIRE);
}

bool mm_view_is_stale(const struct mm_vad *vad)
{
	return vad->kind == MM_VAD_MAPPED && vad->view && vad->view->partial && vad->view->generation != generation_of(vad);
}

void mm_view_refresh(struct mm_vad *vad)
{
	uint64_t generation = generation_of(vad);
	const struct mm_section *section = vad->view->section;
	uint64_t at = first_page(vad), end = last_page(vad), first, last;
	bool done = true;

	if (section->reserve) {
		while (at < end && mm_reserve_next(section, at, end, &first, &last)) {
			done &= take_up(vad, vad->start + (first - first_page(vad)) * MM_PAGE_SIZE,
					vad->start + (last - first_page(vad)) * MM_PAGE_SIZE);
			at = last;
		}
	} else if (generation > vad->view->offset) {
		uintptr_t stop = vad->start + mm_page_up(generation - vad->view->offset);

		done = take_up(vad, vad->start, stop < vad->end ? stop : vad->end);
	}
	/* Without memory the pages stay as they are, and the next look at them tries again. */
	if (done)
		vad->view->generation = generation;
}

NTSTATUS mm_commit_in_view(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect)
{
	struct mm_section *section = vad->view->section;
	size_t charged;
	NTSTATUS status;

	if (section->attributes & SEC_FILE)
		return STATUS_ALREADY_COMMITTED; /* nt facts row 68 */
	if (mm_view_is_stale(vad))
		mm_view_refresh(vad);
	if (!mm_view_allows(vad, start, end, protect))
		return STATUS_SECTION_PROTECTION;
	if (section->reserve) {
		uint64_t before = mm_reserve_generation(section);

		status = mm_reserve_commit(section, first_page(vad) + (start - vad->start) / MM_PAGE_SIZE,
					   (end - start) / MM_PAGE_SIZE);
		if (!NT_SUCCESS(status))
			return status;
		/* What was committed just now needs no second look, unless others committed as well. */
		if (vad->view->generation == before && mm_reserve_generation(section) == before + 1)
			vad->view->generation = before + 1;
	}
	protect = mm_view_protection(vad, protect);
	if (!mm_view_charge(vad, start, end, mm_state_committed(protect), &charged))
		return STATUS_COMMITMENT_LIMIT;
	status = mm_view_apply(vad, start, end, protect);
	if (!NT_SUCCESS(status))
		mm_view_uncharge(vad, start, end, mm_state_committed(protect), charged);
	return status;
}
