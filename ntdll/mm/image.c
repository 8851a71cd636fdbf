/*
 * ntdll/mm/image.c - views of images.
 *
 * The loader decides where (mm_reserve_image), lays the image out for that place in a file, and has it mapped
 * (mm_map_image).  AllocationProtect is EXECUTE_WRITECOPY for all of it (nt facts row 76).
 */
#include "ntdll/mm/section.h"

MM_SHARED static bool place_image(uintptr_t preferred, size_t size, bool relocatable, uintptr_t *start)
{
	*start = preferred;
	if (preferred && !(preferred % MM_GRANULARITY) && preferred >= MM_LOWEST_USER_ADDRESS &&
	    preferred <= mm_space.highest && size <= mm_space.highest - preferred &&
	    mm_vad_range_free(preferred, preferred + size))
		return true;
	return relocatable &&
	       mm_vad_find_gap(size, MM_LOWEST_USER_ADDRESS, mm_space.highest, MM_GRANULARITY, true, start);
}

NTSTATUS mm_reserve_image(uintptr_t preferred, size_t size, bool relocatable, uintptr_t *base)
{
	NTSTATUS status = STATUS_SUCCESS;
	uintptr_t start;

	size = mm_page_up(size);
	mm_lock_exclusive();
	if (!mm_slab_reserve(MM_CHANGE_NODES, 3)) {
		status = STATUS_NO_MEMORY;
	} else if (!place_image(preferred, size, relocatable, &start)) {
		status = relocatable ? STATUS_NO_MEMORY : STATUS_CONFLICTING_ADDRESSES;
	} else {
		struct mm_vad *vad = mm_vad_insert(start, start + size, MM_VAD_IMAGE, PAGE_EXECUTE_WRITECOPY);
		vad->flags |= MM_VAD_RESERVING;
		*base = start;
		if (start != preferred)
			status = STATUS_IMAGE_NOT_AT_BASE;
	}
	mm_unlock_exclusive();
	return status;
}

NTSTATUS mm_reserve_image_view(uintptr_t *base, size_t size, uintptr_t preferred, bool movable, uintptr_t zero_bits,
			       const struct mm_limits *limits)
{
	uintptr_t wanted = *base ? *base : preferred, start = wanted, lowest, highest;
	NTSTATUS status;

	if (*base > mm_space.highest || (*base && *base < MM_LOWEST_USER_ADDRESS))
		return STATUS_INVALID_PARAMETER_3;
	status = mm_bound_view(zero_bits, *base, limits, &lowest, &highest);
	if (!NT_SUCCESS(status))
		return status;
	if (*base % MM_GRANULARITY)
		return STATUS_MAPPED_ALIGNMENT;
	size = mm_page_up(size);
	mm_lock_exclusive();
	if (!mm_slab_reserve(MM_CHANGE_NODES, 3)) {
		status = STATUS_NO_MEMORY;
	} else if (wanted % MM_GRANULARITY || wanted < MM_LOWEST_USER_ADDRESS || wanted > highest || size > highest - wanted ||
		   (limits && limits->lowest && wanted < limits->lowest) || !mm_vad_range_free(wanted, wanted + size)) {
		/* The caller's own place, or an image that can only be at its base (nt facts, execution 170). */
		if (*base || !movable)
			status = STATUS_CONFLICTING_ADDRESSES;
		else if (!mm_vad_find_gap(size, limits && limits->lowest ? lowest : MM_LOWEST_USER_ADDRESS, highest,
					  MM_GRANULARITY, true, &start))
			status = STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status)) {
		mm_vad_insert(start, start + size, MM_VAD_IMAGE, PAGE_EXECUTE_WRITECOPY)->flags |= MM_VAD_RESERVING;
		*base = start;
		if (start != preferred)
			status = STATUS_IMAGE_NOT_AT_BASE;
	}
	mm_unlock_exclusive();
	return status;
}

static ULONG without_execution(ULONG protect)
{
	switch (protect & 0xFF) {
	case PAGE_EXECUTE:
	case PAGE_EXECUTE_READ:
		return PAGE_READONLY;
	case PAGE_EXECUTE_READWRITE:
		return PAGE_READWRITE;
	case PAGE_EXECUTE_WRITECOPY:
		return PAGE_WRITECOPY;
	default:
		return protect;
	}
}

/* The part of a run that the view shows, its rva counted from the view's start; false: nothing. */
static bool clip_run(const struct mm_vad *vad, const struct mm_image *image, struct mm_image_run *run)
{
	uint64_t first = run->rva, end = first + mm_page_up(run->size), last = image->offset + (vad->end - vad->start);

	if (first < image->offset)
		first = image->offset;
	if (end > last && image->section)
		end = last;
	if (first >= end)
		return false;
	run->rva = (ULONG)(first - image->offset);
	run->size = (ULONG)(end - first);
	if (image->no_execute)
		run->protect = without_execution(run->protect);
	return true;
}

MM_EXCLUSIVE static NTSTATUS map_run(struct mm_vad *vad, const struct mm_image *image, const struct mm_image_run *run)
{
	uintptr_t start = vad->start + run->rva;
	size_t size = mm_page_up(run->size);
	unsigned prot = mm_host_prot(run->protect);
	/* The writable sections that all views have in common (IMAGE_SCN_MEM_SHARED; nt facts, execution 174). */
	bool shared = (image->section || image->shares) && run->protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE);
	size_t charged;
	int error;

	if (!size || !run->protect)
		return STATUS_SUCCESS;
	if (start + size > vad->end)
		return STATUS_INVALID_VIEW_SIZE;
	if (!mm_view_charge(vad, start, start + size, mm_state_committed(run->protect), &charged))
		return STATUS_COMMITMENT_LIMIT;
	if (image->fd >= 0)
		error = host_vm_map(start, size, prot, shared, shared && image->shares ? image->shared_fd : image->fd,
				    image->offset + run->rva);
	else
		error = host_vm_commit(start, size, prot, NULL);
	if (!error && image->fd < 0)
		host_vm_populate(start, size); /* all of it is about to be written */
	if (error) {
		mm_view_uncharge(vad, start, start + size, mm_state_committed(run->protect), charged);
		return mm_status_from_host(error);
	}
	mm_run_set(vad, start, start + size, mm_state_committed(run->protect));
	return STATUS_SUCCESS;
}

/* A bit for every file that was ever mapped as an image, by its inode: most questions about others end here. */
static uint64_t image_files;

bool mm_file_is_image(uint64_t device, uint64_t inode)
{
	struct mm_cursor at;
	bool found = false;

	if (!(__atomic_load_n(&image_files, __ATOMIC_RELAXED) >> inode % 64 & 1))
		return false;
	mm_lock_shared();
	for (at = mm_tree_first(&mm_space.vads); at.leaf && !found; at = mm_cursor_next(at)) {
		const struct mm_vad *vad = mm_vad_of(at);

		found = vad->kind == MM_VAD_IMAGE && vad->view && vad->view->inode == inode && vad->view->device == device;
	}
	mm_unlock_shared();
	return found;
}

NTSTATUS mm_map_image(uintptr_t base, const struct mm_image *image)
{
	NTSTATUS status = STATUS_INVALID_PARAMETER;
	struct mm_vad *vad;

	mm_lock_exclusive();
	vad = mm_vad_find(base);
	if (!vad || vad->start != base || !(vad->flags & MM_VAD_RESERVING))
		goto out;
	vad->view = mm_record_alloc();
	*vad->view = (struct mm_view){
		.whole = image->whole ? image->whole : image->size,
		.section = image->section,
		.offset = image->offset,
		.owner = image->owner,
		.device = image->device,
		.inode = image->inode,
		.copy = true,
		.anonymous = image->fd < 0,
	};
	status = STATUS_SUCCESS;
	for (size_t i = 0; i < image->run_count && NT_SUCCESS(status); i++) {
		struct mm_image_run run = image->runs[i];

		if (clip_run(vad, image, &run))
			status = mm_slab_reserve(MM_CHANGE_NODES, 1) ? map_run(vad, image, &run) : STATUS_NO_MEMORY;
	}
	if (image->section)
		mm_section_reference(image->section);
	if (NT_SUCCESS(status)) {
		vad->flags &= (uint8_t)~MM_VAD_RESERVING;
		if (image->inode)
			__atomic_fetch_or(&image_files, 1ull << image->inode % 64, __ATOMIC_RELAXED);
	}
out:
	mm_unlock_exclusive();
	return status;
}

/* Which file an address shows; a status of NtAreMappedFilesTheSame for what is no view of one. */
MM_SHARED static NTSTATUS identify(uintptr_t address, struct mm_vad **vad, uint64_t *device, uint64_t *inode)
{
	*vad = mm_vad_find(address);
	if (!*vad || (*vad)->kind == MM_VAD_FOREIGN)
		return STATUS_INVALID_ADDRESS;
	if ((*vad)->kind == MM_VAD_PRIVATE || !(*vad)->view)
		return STATUS_CONFLICTING_ADDRESSES;
	*device = (*vad)->view->device;
	*inode = (*vad)->view->inode;
	if ((*vad)->kind == MM_VAD_MAPPED)
		return mm_section_file((*vad)->view->section, device, inode) ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
	return STATUS_SUCCESS;
}

/* Only an image can be the same as something else, and the image comes first (nt facts row 93). */
NTSTATUS mm_same_file(uintptr_t image, uintptr_t file)
{
	uint64_t device[2], inode[2];
	struct mm_vad *vad[2];
	NTSTATUS status;

	mm_lock_shared();
	status = identify(image, &vad[0], &device[0], &inode[0]);
	if (NT_SUCCESS(status))
		status = identify(file, &vad[1], &device[1], &inode[1]);
	if (NT_SUCCESS(status) && vad[0] != vad[1] &&
	    (vad[0]->kind != MM_VAD_IMAGE || !inode[0] || inode[0] != inode[1] || device[0] != device[1]))
		status = STATUS_NOT_SAME_DEVICE;
	mm_unlock_shared();
	return status;
}

void mm_cancel_image(uintptr_t base)
{
	mm_unmap_view(base);
}
