/*
 * ntdll/mm/section.c - sections backed by the page file (a memfd) or by a file, and their views.
 */
#include "ntdll/mm/section.h"
#include "host/file.h"
#include "ntdll/se/se.h"

/* The sections of files, under the address space lock: for MmCanFileBeTruncated's rule. */
static struct mm_section *file_sections;

/* SEC_FILE is answered, never asked for. */
#define KNOWN_ATTRIBUTES (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE | SEC_WRITECOMBINE | SEC_LARGE_PAGES)

#define CACHE_ATTRIBUTES (SEC_NOCACHE | SEC_WRITECOMBINE)

/* NT facts row 69. */
NTSTATUS mm_check_section(ULONG protect, ULONG attributes)
{
	ULONG kind = attributes & (SEC_COMMIT | SEC_RESERVE | SEC_IMAGE);
	NTSTATUS status = mm_check_protect(protect);

	if (!NT_SUCCESS(status))
		return status;
	if (protect & (PAGE_NOACCESS | PAGE_GUARD))
		return STATUS_INVALID_PAGE_PROTECTION;
	/* MSDN CreateFileMapping, flProtect: exactly one kind; of the others SEC_NOCACHE goes with an image
	 * (SEC_IMAGE_NO_EXECUTE), and the two that speak of caches exclude each other. */
	if (attributes & ~KNOWN_ATTRIBUTES || !kind || kind & (kind - 1))
		return STATUS_INVALID_PARAMETER_6;
	if ((attributes & CACHE_ATTRIBUTES) == CACHE_ATTRIBUTES ||
	    (kind == SEC_IMAGE && attributes & (SEC_WRITECOMBINE | SEC_LARGE_PAGES)) ||
	    (attributes & SEC_LARGE_PAGES && kind != SEC_COMMIT))
		return STATUS_INVALID_PARAMETER_6;
	return STATUS_SUCCESS;
}

static NTSTATUS new_section(const struct mm_section *contents, struct mm_section **section)
{
	NTSTATUS status = STATUS_NO_MEMORY;

	mm_lock_exclusive();
	if (mm_slab_reserve(0, 2)) {
		*section = mm_record_alloc();
		**section = *contents;
		status = contents->attributes & SEC_RESERVE ? mm_reserve_open(*section) : STATUS_SUCCESS;
		if (!NT_SUCCESS(status)) {
			mm_record_free(*section);
		} else if (contents->attributes & SEC_FILE) {
			(*section)->next = file_sections;
			file_sections = *section;
		}
	}
	mm_unlock_exclusive();
	return status;
}

/* The same with a duplicate of the descriptor. */
static NTSTATUS new_file_section(struct mm_section *contents, int fd, struct mm_section **section)
{
	NTSTATUS status;

	contents->fd = host_dup(fd);
	if (contents->fd < 0)
		return mm_status_from_host(contents->fd);
	status = new_section(contents, section);
	if (!NT_SUCCESS(status))
		host_close(contents->fd);
	return status;
}

/* Larger reserved sections than this are beyond what NT keeps tables for: ReactOS' NtMapViewOfSection test. */
#define LARGEST_RESERVED_SECTION ((uint64_t)8 << 40)

NTSTATUS mm_section_create_pagefile(uint64_t size, ULONG protect, ULONG attributes, struct mm_section **section)
{
	struct mm_section contents = {.references = 1, .protect = protect, .attributes = attributes};
	NTSTATUS status = mm_check_section(protect, attributes);
	uint64_t bytes;
	bool charged = true;

	if (!NT_SUCCESS(status))
		return status;
	if (protect & PAGE_EXECUTE)
		return STATUS_INVALID_PAGE_PROTECTION;
	if (attributes & SEC_IMAGE)
		return STATUS_INVALID_FILE_FOR_SECTION;
	if (!size)
		return STATUS_INVALID_PARAMETER_4;
	/* Linux has no large pages for memory that is shared, unless an administrator sets some aside: as on a system
	 * whose memory is in pieces. */
	if (attributes & SEC_LARGE_PAGES)
		return se_privilege_enabled(SE_LOCK_MEMORY_PRIVILEGE) ? STATUS_INSUFFICIENT_RESOURCES : STATUS_PRIVILEGE_NOT_HELD;
	if (size > MM_HIGHEST_USER_ADDRESS)
		return STATUS_SECTION_TOO_BIG;
	if (attributes & SEC_RESERVE && size >= LARGEST_RESERVED_SECTION)
		return STATUS_INSUFFICIENT_RESOURCES;
	bytes = contents.size = mm_page_up(size);
	/* Committed page-file memory is charged when the section is made, not when it is viewed. */
	if (attributes & SEC_COMMIT) {
		mm_lock_exclusive();
		charged = mm_charge(contents.size / MM_PAGE_SIZE);
		mm_unlock_exclusive();
	} else {
		bytes += mm_reserve_bytes(contents.size);
	}
	if (!charged)
		return STATUS_COMMITMENT_LIMIT;
	contents.charged = attributes & SEC_COMMIT ? contents.size / MM_PAGE_SIZE : 0;
	contents.fd = host_memfd_create("section", bytes);
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
	/* What is said of commitment has no meaning for a file's section and is not kept; what is said of caches is:
	 * Wine's test_CreateFileMapping, of Windows 10. */
	struct mm_section contents = {.references = 1, .protect = protect, .attributes = SEC_FILE | (attributes & CACHE_ATTRIBUTES)};
	NTSTATUS status = mm_check_section(protect, attributes);
	struct host_stat stat;
	int error;

	if (!NT_SUCCESS(status))
		return status;
	if (attributes & SEC_LARGE_PAGES)
		return STATUS_INVALID_PARAMETER_6;
	if (protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE) && !writable)
		return STATUS_ACCESS_DENIED;
	error = host_stat_fd(fd, &stat);
	if (error || stat.kind != HOST_FILE_REGULAR)
		return STATUS_INVALID_FILE_FOR_SECTION;
	if (!size)
		size = stat.size;
	if (!size)
		return STATUS_MAPPED_FILE_SIZE_ZERO; /* nt facts row 73 */
	if (size > stat.size) {
		/* A section larger than its file extends the file, which takes the right to write it. */
		if (!(protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)) || size > INT64_MAX)
			return STATUS_SECTION_TOO_BIG;
		error = host_vm_file_resize(fd, size);
		if (error)
			return mm_status_from_host(error);
		stat.size = size;
	}
	contents.size = size;
	contents.device = stat.device;
	contents.inode = stat.inode;
	contents.file_size = stat.size;
	return new_file_section(&contents, fd, section);
}

void mm_section_describe(const struct mm_section *section, struct mm_section_description *description)
{
	*description = (struct mm_section_description){section->fd, section->size, section->protect, section->attributes};
}

NTSTATUS mm_section_from_description(const struct mm_section_description *description, struct mm_section **section)
{
	struct mm_section contents = {.references = 1, .fd = description->fd, .size = description->size,
				      .protect = description->protect, .attributes = description->attributes};
	uint64_t bytes = contents.size + (contents.attributes & SEC_RESERVE ? mm_reserve_bytes(contents.size) : 0);
	struct host_stat stat;

	if (host_stat_fd(contents.fd, &stat) || stat.size < bytes)
		return STATUS_INVALID_FILE_FOR_SECTION;
	if (contents.attributes & SEC_FILE) {
		contents.device = stat.device;
		contents.inode = stat.inode;
		contents.file_size = stat.size;
	}
	return new_section(&contents, section);
}

NTSTATUS mm_section_create_image(int fd, uint64_t size, ULONG protect, ULONG attributes, struct mm_section **section)
{
	struct mm_section contents = {.references = 1, .protect = protect, .size = size,
				      .attributes = SEC_FILE | (attributes & SEC_IMAGE_NO_EXECUTE)};
	struct host_stat stat;

	if (host_stat_fd(fd, &stat))
		return STATUS_INVALID_FILE_FOR_SECTION;
	contents.device = stat.device;
	contents.inode = stat.inode;
	contents.file_size = stat.size;
	return new_file_section(&contents, fd, section);
}

bool mm_section_file(const struct mm_section *section, uint64_t *device, uint64_t *inode)
{
	*device = section->device;
	*inode = section->inode;
	return section->attributes & SEC_FILE;
}

bool mm_file_is_mapped(uint64_t device, uint64_t inode, uint64_t size)
{
	const struct mm_section *section;

	if (!__atomic_load_n(&file_sections, __ATOMIC_RELAXED))
		return false;
	mm_lock_shared();
	for (section = file_sections; section; section = section->next)
		if (section->inode == inode && section->device == device && size < section->file_size)
			break;
	mm_unlock_shared();
	return section;
}

NTSTATUS mm_section_extend(struct mm_section *section, uint64_t *size)
{
	int error;

	if (!(section->attributes & SEC_FILE) || section->attributes & SEC_IMAGE)
		return STATUS_SECTION_NOT_EXTENDED;
	if (*size > INT64_MAX)
		return STATUS_SECTION_TOO_BIG;
	mm_lock_exclusive();
	if (*size <= section->size) {
		*size = section->size;
		mm_unlock_exclusive();
		return STATUS_SUCCESS;
	}
	mm_unlock_exclusive();
	if (!(section->protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)))
		return STATUS_SECTION_NOT_EXTENDED;
	error = host_vm_file_extend(section->fd, *size);
	if (error)
		return mm_status_from_host(error);
	mm_lock_exclusive();
	if (section->size < *size)
		__atomic_store_n(&section->size, *size, __ATOMIC_RELEASE);
	if (section->file_size < *size)
		section->file_size = *size;
	mm_unlock_exclusive();
	return STATUS_SUCCESS;
}

void mm_section_reference(struct mm_section *section)
{
	__atomic_add_fetch(&section->references, 1, __ATOMIC_RELAXED);
}

static void forget_file_section(struct mm_section *section)
{
	for (struct mm_section **link = &file_sections; *link; link = &(*link)->next) {
		if (*link == section) {
			*link = section->next;
			break;
		}
	}
}

void mm_section_dereference(struct mm_section *section)
{
	if (__atomic_sub_fetch(&section->references, 1, __ATOMIC_ACQ_REL))
		return;
	mm_lock_exclusive();
	if (section->attributes & SEC_FILE)
		forget_file_section(section);
	else
		mm_uncharge(section->charged);
	if (section->reserve)
		mm_reserve_close(section);
	mm_unlock_exclusive();
	host_close(section->fd);
	mm_lock_exclusive();
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

	/* What may only be executed may not be read, though x86 could not keep one from it. */
	if (have & PAGE_EXECUTE)
		return wanted & (PAGE_EXECUTE | PAGE_NOACCESS);

	if (wanted & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY) || have & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) {
		if (have & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY) && wanted & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))
			return false;
		host_want &= ~HOST_PROT_WRITE;
	}
	return !(host_want & ~host_have);
}

NTSTATUS mm_bound_view(uintptr_t zero_bits, uintptr_t base, const struct mm_limits *limits, uintptr_t *lowest,
		       uintptr_t *highest)
{
	*lowest = mm_space.bottom;
	*highest = mm_space.highest;
	if (!NT_SUCCESS(mm_zero_bits_limit(zero_bits, highest)) || base > *highest)
		return STATUS_INVALID_PARAMETER_4; /* nt facts row 62 */
	if (limits && limits->highest && limits->highest < *highest)
		*highest = limits->highest;
	if (*lowest > *highest)
		*lowest = MM_LOWEST_USER_ADDRESS;
	if (limits && limits->lowest)
		*lowest = limits->lowest;
	return STATUS_SUCCESS;
}

/* How large the view gets; its arguments against the section.  A view of a file that reserves may be larger than the
 * section, which may grow into it (NtExtendSection). */
static NTSTATUS measure_view(const struct mm_section *section, uint64_t offset, size_t wanted, ULONG type, size_t *size)
{
	uint64_t left = section->size - offset;

	if (offset >= section->size)
		return STATUS_INVALID_VIEW_SIZE;
	if (wanted > left && !(type & MEM_RESERVE))
		return STATUS_INVALID_VIEW_SIZE; /* nt facts row 65 */
	*size = mm_page_up(wanted ? wanted : left);
	return *size > mm_space.highest ? STATUS_NO_MEMORY : STATUS_SUCCESS;
}

static ULONG cache_modifier(const struct mm_section *section, ULONG protect)
{
	if (protect & PAGE_NOACCESS)
		return 0;
	return section->attributes & SEC_NOCACHE ? PAGE_NOCACHE : section->attributes & SEC_WRITECOMBINE ? PAGE_WRITECOMBINE : 0;
}

/* Maps [start, start + size), where `placeholder` is or nothing, and describes it.  The lock is held exclusively, nodes
 * and three records are reserved. */
MM_EXCLUSIVE
static NTSTATUS insert_view(struct mm_section *section, struct mm_vad *placeholder, uintptr_t start, size_t size,
			    uint64_t offset, ULONG protect)
{
	bool copy = protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY);
	bool partial = section->reserve || size > mm_page_up(section->size - offset);
	size_t charged = copy && !partial ? size / MM_PAGE_SIZE : 0;
	struct mm_vad *vad = placeholder;
	int error;

	/* A write may give every page of a copy-on-write view a copy of its own. */
	if (charged && !mm_charge(charged))
		return STATUS_COMMITMENT_LIMIT;
	error = host_vm_map(start, size, partial ? HOST_PROT_NONE : mm_host_prot(protect), !copy, section->fd, offset);
	if (error) {
		mm_uncharge(charged);
		return mm_status_from_host(error);
	}
	if (vad) {
		mm_vad_untell(vad);
		vad->kind = MM_VAD_MAPPED;
		vad->protect = (uint16_t)protect;
		vad->flags = MM_VAD_REPLACED;
	} else {
		vad = mm_vad_insert(start, start + size, MM_VAD_MAPPED, protect);
	}
	vad->committed = charged;
	vad->view = mm_record_alloc();
	*vad->view = (struct mm_view){.section = section, .offset = offset, .copy = copy, .partial = partial};
	if (partial) {
		vad->view->generation = UINT64_MAX;
		mm_view_refresh(vad);
	} else {
		vad->state = mm_state_committed(protect);
	}
	mm_section_reference(section);
	return STATUS_SUCCESS;
}

NTSTATUS mm_map_view(struct mm_section *section, uintptr_t *base, uintptr_t zero_bits, size_t commit_size,
		     uint64_t *offset, size_t *view_size, ULONG allocation_type, ULONG protect,
		     const struct mm_limits *limits)
{
	bool page_file = !(section->attributes & SEC_FILE), replace = allocation_type & MEM_REPLACE_PLACEHOLDER;
	/* A view in the place of a placeholder may start on any page: MSDN MapViewOfFile3, MEM_REPLACE_PLACEHOLDER. */
	uint64_t alignment = replace ? MM_PAGE_SIZE : MM_GRANULARITY;
	NTSTATUS status = mm_check_protect(protect);
	struct mm_vad *placeholder = NULL;
	uintptr_t start, lowest, highest;
	size_t size;

	if (!NT_SUCCESS(status))
		return status;
	if (allocation_type & ~(MEM_TOP_DOWN | MEM_RESERVE | MEM_REPLACE_PLACEHOLDER) ||
	    (allocation_type & MEM_RESERVE && page_file))
		return STATUS_INVALID_PARAMETER_9; /* nt facts rows 61, 64 */
	if (*base > mm_space.highest || (*base && *base < MM_LOWEST_USER_ADDRESS) || *view_size > mm_space.highest - *base)
		return STATUS_INVALID_PARAMETER_3;
	status = mm_bound_view(zero_bits, *base, limits, &lowest, &highest);
	if (!NT_SUCCESS(status))
		return status;
	if (*base % alignment || *offset % alignment)
		return STATUS_MAPPED_ALIGNMENT; /* nt facts row 59 */
	/* Only what may be written can grow into what a view reserves. */
	if (!protection_fits(section->protect, protect) ||
	    (allocation_type & MEM_RESERVE && !(section->protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))))
		return STATUS_SECTION_PROTECTION;
	status = measure_view(section, *offset, *view_size, allocation_type, &size);
	if (!NT_SUCCESS(status))
		return status;
	if (commit_size > (*view_size ? *view_size : section->size - *offset) && !(allocation_type & MEM_RESERVE))
		return STATUS_INVALID_PARAMETER_5;
	if (*base && size > mm_space.highest - *base)
		return STATUS_CONFLICTING_ADDRESSES;
	protect |= cache_modifier(section, protect);

	mm_lock_exclusive();
	if (!mm_slab_reserve(MM_CHANGE_NODES, 3)) {
		status = STATUS_NO_MEMORY;
	} else if (replace) {
		start = *base;
		placeholder = mm_placeholder_find(start, start + size);
		status = placeholder ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
	} else if (*base) {
		start = *base;
		status = mm_vad_range_free(start, start + size) ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
	} else if (!mm_vad_find_gap(size, lowest, highest, MM_GRANULARITY, allocation_type & MEM_TOP_DOWN, &start)) {
		status = STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status) && section->reserve && commit_size)
		status = mm_reserve_commit(section, *offset / MM_PAGE_SIZE, mm_page_up(commit_size) / MM_PAGE_SIZE);
	if (NT_SUCCESS(status))
		status = insert_view(section, placeholder, start, size, *offset, protect);
	if (NT_SUCCESS(status)) {
		*base = start;
		*view_size = size;
	}
	mm_unlock_exclusive();
	return status;
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
		status = STATUS_NO_MEMORY;
		if (vad->flags & MM_VAD_LOCKED && !mm_unlock_pages(vad->start, vad->end))
			goto out;
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

NTSTATUS mm_view_file(uintptr_t address, int *fd)
{
	NTSTATUS status = STATUS_INVALID_ADDRESS;
	const struct mm_vad *vad;

	mm_lock_shared();
	vad = mm_vad_find(address);
	if (vad && vad->view && vad->view->section) {
		status = STATUS_FILE_INVALID;
		if (mm_section_attributes(vad->view->section) & SEC_FILE) {
			*fd = host_dup(vad->view->section->fd);
			status = *fd < 0 ? mm_status_from_host(*fd) : STATUS_SUCCESS;
		}
	}
	mm_unlock_shared();
	return status;
}
