/*
 * ntdll/mm/section.c - sections backed by the page file (a memfd) or by a file, and their views.
 */
#include "ntdll/mm/mm_internal.h"
#include "host/file.h"

struct mm_section {
	uint64_t size; /* bytes; a page multiple for page-file sections */
	uint32_t references;
	int fd;
	ULONG protect;
	ULONG attributes;
	bool page_file;
};
_Static_assert(sizeof(struct mm_section) <= MM_RECORD_SIZE, "a section is one record");

#define KNOWN_ATTRIBUTES                                                                                               \
	(SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE | SEC_WRITECOMBINE | SEC_LARGE_PAGES)

NTSTATUS mm_check_section(ULONG protect, ULONG attributes)
{
	NTSTATUS status = mm_check_protect(protect);

	if (!NT_SUCCESS(status))
		return status;
	/* nt facts row 69 */
	if (protect & (PAGE_NOACCESS | PAGE_EXECUTE | PAGE_GUARD))
		return STATUS_INVALID_PAGE_PROTECTION;
	if (attributes & ~KNOWN_ATTRIBUTES || !(attributes & (SEC_COMMIT | SEC_RESERVE | SEC_IMAGE)))
		return STATUS_INVALID_PARAMETER_6;
	if (attributes & SEC_COMMIT && attributes & SEC_RESERVE)
		return STATUS_INVALID_PARAMETER_6;
	if (attributes & (SEC_IMAGE | SEC_LARGE_PAGES))
		return STATUS_NOT_SUPPORTED;
	return STATUS_SUCCESS;
}

static NTSTATUS new_section(const struct mm_section *contents, struct mm_section **section)
{
	NTSTATUS status = STATUS_NO_MEMORY;

	mm_lock_exclusive();
	if (mm_slab_reserve(0, 1)) {
		*section = mm_record_alloc();
		**section = *contents;
		status = STATUS_SUCCESS;
	}
	mm_unlock_exclusive();
	return status;
}

NTSTATUS mm_section_create_pagefile(uint64_t size, ULONG protect, ULONG attributes, struct mm_section **section)
{
	struct mm_section contents = {.references = 1, .protect = protect, .attributes = attributes, .page_file = true};
	NTSTATUS status = mm_check_section(protect, attributes);
	bool charged = true;

	if (!NT_SUCCESS(status))
		return status;
	if (!size)
		return STATUS_INVALID_PARAMETER_4;
	if (size > MM_HIGHEST_USER_ADDRESS)
		return STATUS_SECTION_TOO_BIG;
	contents.size = mm_page_up(size);
	/* Committed page-file memory is charged when the section is made, not when it is viewed. */
	if (attributes & SEC_COMMIT) {
		mm_lock_exclusive();
		charged = mm_charge(contents.size / MM_PAGE_SIZE);
		mm_unlock_exclusive();
	}
	if (!charged)
		return STATUS_COMMITMENT_LIMIT;
	contents.fd = host_memfd_create("section", contents.size);
	status = contents.fd < 0 ? mm_status_from_host(contents.fd) : new_section(&contents, section);
	if (!NT_SUCCESS(status)) {
		if (contents.fd >= 0)
			host_close(contents.fd);
		if (attributes & SEC_COMMIT) {
			mm_lock_exclusive();
			mm_uncharge(contents.size / MM_PAGE_SIZE);
			mm_unlock_exclusive();
		}
	}
	return status;
}

NTSTATUS mm_section_create_file(int fd, bool writable, uint64_t size, ULONG protect, ULONG attributes,
				struct mm_section **section)
{
	struct mm_section contents = {.references = 1, .protect = protect, .attributes = attributes | SEC_FILE};
	NTSTATUS status = mm_check_section(protect, attributes);
	uint64_t file_size;
	int error;

	if (!NT_SUCCESS(status))
		return status;
	if (protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE) && !writable)
		return STATUS_ACCESS_DENIED;
	error = host_vm_file_size(fd, &file_size);
	if (error)
		return STATUS_INVALID_FILE_FOR_SECTION;
	if (!size)
		size = file_size;
	if (!size)
		return STATUS_MAPPED_FILE_SIZE_ZERO; /* nt facts row 73 */
	if (size > file_size) {
		/* A section larger than its file extends the file, which takes the right to write it. */
		if (!(protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)))
			return STATUS_SECTION_TOO_BIG;
		error = host_vm_file_resize(fd, size);
		if (error)
			return mm_status_from_host(error);
	}
	contents.size = size;
	contents.fd = host_dup(fd);
	if (contents.fd < 0)
		return mm_status_from_host(contents.fd);
	status = new_section(&contents, section);
	if (!NT_SUCCESS(status))
		host_close(contents.fd);
	return status;
}

void mm_section_reference(struct mm_section *section)
{
	__atomic_add_fetch(&section->references, 1, __ATOMIC_RELAXED);
}

void mm_section_dereference(struct mm_section *section)
{
	if (__atomic_sub_fetch(&section->references, 1, __ATOMIC_ACQ_REL))
		return;
	host_close(section->fd);
	mm_lock_exclusive();
	if (section->page_file && section->attributes & SEC_COMMIT)
		mm_uncharge(section->size / MM_PAGE_SIZE);
	mm_record_free(section);
	mm_unlock_exclusive();
}

uint64_t mm_section_size(const struct mm_section *section)
{
	return section->size;
}

ULONG mm_section_attributes(const struct mm_section *section)
{
	return section->attributes;
}

/* Whether a view with `wanted` may be made of a section with `have` (MSDN MapViewOfFile, nt facts row 63). */
static bool protection_fits(ULONG have, ULONG wanted)
{
	unsigned host_have = mm_host_prot(have), host_want = mm_host_prot(wanted & ~PAGE_GUARD);

	if (wanted & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY) || have & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) {
		if (have & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY) && wanted & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))
			return false;
		host_want &= ~HOST_PROT_WRITE;
	}
	return !(host_want & ~host_have);
}

static NTSTATUS place_view(uintptr_t *base, size_t size, uintptr_t zero_bits, ULONG type, const struct mm_limits *limits,
			   uintptr_t *start)
{
	uintptr_t lowest = mm_space.bottom, highest = mm_space.highest;

	if (zero_bits && zero_bits < 32)
		highest = ((uintptr_t)1 << (32 - zero_bits)) - 1;
	else if (zero_bits)
		highest = zero_bits;
	if (*base) {
		if (*base < MM_LOWEST_USER_ADDRESS || *base > mm_space.highest || size > mm_space.highest - *base)
			return STATUS_INVALID_PARAMETER_3;
		if (*base > highest)
			return STATUS_INVALID_PARAMETER_4; /* nt facts row 62 */
		*start = *base;
		return mm_vad_range_free(*base, *base + size) ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
	}
	if (limits && limits->highest && limits->highest < highest)
		highest = limits->highest;
	if (lowest > highest)
		lowest = MM_LOWEST_USER_ADDRESS;
	if (limits && limits->lowest)
		lowest = limits->lowest;
	if (mm_vad_find_gap(size, lowest, highest, MM_GRANULARITY, type & MEM_TOP_DOWN, start))
		return STATUS_SUCCESS;
	return STATUS_NO_MEMORY;
}

NTSTATUS mm_map_view(struct mm_section *section, uintptr_t *base, uintptr_t zero_bits, size_t commit_size,
		     uint64_t *offset, size_t *view_size, ULONG allocation_type, ULONG protect,
		     const struct mm_limits *limits)
{
	bool copy = protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY), replace = allocation_type & MEM_REPLACE_PLACEHOLDER;
	/* A view in the place of a placeholder may start on any page: MSDN MapViewOfFile3, MEM_REPLACE_PLACEHOLDER. */
	uint64_t alignment = replace ? MM_PAGE_SIZE : MM_GRANULARITY;
	NTSTATUS status = mm_check_protect(protect);
	uintptr_t start;
	size_t size;
	struct mm_vad *vad = NULL;
	int error;

	(void)commit_size;
	if (!NT_SUCCESS(status))
		return status;
	if (allocation_type & ~(MEM_TOP_DOWN | MEM_RESERVE | MEM_LARGE_PAGES | MEM_REPLACE_PLACEHOLDER) ||
	    (allocation_type & MEM_RESERVE && section->page_file))
		return STATUS_INVALID_PARAMETER_9; /* nt facts rows 61, 64 */
	if (zero_bits > 21 && zero_bits < 32)
		return STATUS_INVALID_PARAMETER_4;
	if (*base % alignment || *offset % alignment)
		return STATUS_MAPPED_ALIGNMENT; /* nt facts row 59 */
	if (*offset >= section->size)
		return STATUS_INVALID_VIEW_SIZE;
	if (*view_size > section->size - *offset &&
	    *view_size > mm_page_up(section->size - *offset))
		return STATUS_INVALID_VIEW_SIZE; /* nt facts row 65 */
	if (!protection_fits(section->protect, protect))
		return STATUS_SECTION_PROTECTION;
	size = mm_page_up(*view_size ? *view_size : section->size - *offset);

	mm_lock_exclusive();
	status = STATUS_NO_MEMORY;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 3))
		goto out;
	if (replace) {
		start = *base;
		vad = mm_placeholder_find(start, start + size);
		status = vad ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
	} else {
		status = place_view(base, size, zero_bits, allocation_type, limits, &start);
	}
	if (!NT_SUCCESS(status))
		goto out;
	/* A write may give every page of a copy-on-write view a copy of its own. */
	status = STATUS_COMMITMENT_LIMIT;
	if (copy && !mm_charge(size / MM_PAGE_SIZE))
		goto out;
	error = host_vm_map(start, size, mm_host_prot(protect), !copy, section->fd, *offset);
	status = mm_status_from_host(error);
	if (error) {
		if (copy)
			mm_uncharge(size / MM_PAGE_SIZE);
		goto out;
	}
	if (vad) {
		vad->kind = MM_VAD_MAPPED;
		vad->protect = (uint16_t)protect;
		vad->flags = MM_VAD_REPLACED;
	} else {
		vad = mm_vad_insert(start, start + size, MM_VAD_MAPPED, protect);
	}
	vad->state = mm_state_committed(protect);
	vad->committed = copy ? size / MM_PAGE_SIZE : 0;
	vad->view = mm_record_alloc();
	*vad->view = (struct mm_view){.section = section, .offset = *offset, .copy = copy};
	mm_section_reference(section);
	*base = start;
	*view_size = size;
out:
	mm_unlock_exclusive();
	return status;
}

NTSTATUS mm_commit_in_view(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect)
{
	struct mm_section *section = vad->view->section;
	int error;

	if (!section->page_file)
		return STATUS_ALREADY_COMMITTED; /* nt facts row 68 */
	if (!protection_fits(vad->protect, protect))
		return STATUS_SECTION_PROTECTION;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
		return STATUS_NO_MEMORY;
	error = mm_host_apply(vad, start, end, mm_state_committed(protect));
	if (error)
		return mm_status_from_host(error);
	mm_run_set(vad, start, end, mm_state_committed(protect));
	return STATUS_SUCCESS;
}

static NTSTATUS unmap(uintptr_t address, bool to_placeholder)
{
	struct mm_section *section = NULL;
	NTSTATUS status = STATUS_NOT_MAPPED_VIEW;
	struct mm_vad *vad;

	mm_lock_exclusive();
	vad = mm_vad_find(address);
	if (vad && (vad->kind == MM_VAD_MAPPED || vad->kind == MM_VAD_IMAGE)) {
		if (to_placeholder && !(vad->flags & MM_VAD_REPLACED)) {
			status = STATUS_CONFLICTING_ADDRESSES;
			goto out;
		}
		status = mm_status_from_host(host_vm_unmap(vad->start, vad->end - vad->start));
		if (NT_SUCCESS(status)) {
			section = vad->view ? vad->view->section : NULL;
			if (to_placeholder)
				mm_placeholder_make(vad);
			else
				mm_vad_remove(vad);
		}
	}
out:
	mm_unlock_exclusive();
	if (section)
		mm_section_dereference(section);
	return status;
}

NTSTATUS mm_unmap_view(uintptr_t address)
{
	return unmap(address, false);
}

NTSTATUS mm_unmap_view_to_placeholder(uintptr_t address)
{
	return unmap(address, true);
}

NTSTATUS mm_flush_view(uintptr_t *base, size_t *size)
{
	NTSTATUS status = STATUS_NOT_MAPPED_VIEW;
	uintptr_t start = mm_page_down(*base), end;
	struct mm_vad *vad;

	mm_lock_shared();
	vad = mm_vad_find(start);
	if (vad && vad->kind == MM_VAD_MAPPED) {
		end = *size ? mm_page_up(*base + *size) : vad->end;
		status = STATUS_INVALID_VIEW_SIZE;
		if (end <= vad->end) {
			*base = start;
			*size = end - start;
			status = mm_status_from_host(host_vm_flush(start, end - start));
		}
	}
	mm_unlock_shared();
	return status;
}
