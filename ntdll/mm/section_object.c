/*
 * ntdll/mm/section_object.c - sections as objects: NtCreateSection, NtOpenSection, NtMapViewOfSection and their kin.
 */
#include "host/fault.h"
#include "host/file.h"
#include "host/vm.h"
#include "ntdll/io/io.h"
#include "ntdll/mm/extended.h"
#include "ntdll/mm/section_object.h"
#include "ntdll/ob/shared.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

#include <stdlib.h>

static void section_destroy(struct ob_object *object)
{
	struct section_object *section = (struct section_object *)object;

	mm_section_leave(section);
	if (section->section)
		mm_section_dereference(section->section);
	if (section->image) {
		host_close(section->image->fd);
		free(section->image);
	}
}

static const struct ob_sharing section_sharing = {mm_section_publish, mm_section_adopt, mm_section_memory};

const struct ob_type mm_section_type = {
	.name = u"Section",
	.read = READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ,
	.write = READ_CONTROL | SECTION_MAP_WRITE,
	.execute = READ_CONTROL | SECTION_MAP_EXECUTE,
	.all = SECTION_ALL_ACCESS | SYNCHRONIZE,
	.destroy = section_destroy,
	.sharing = &section_sharing,
};

/* What the file's handle must allow for a section of this protection. */
static ACCESS_MASK file_access(ULONG protect)
{
	ACCESS_MASK access = protect & PAGE_EXECUTE ? 0 : FILE_READ_DATA;

	if (protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))
		access |= FILE_WRITE_DATA;
	if (protect & (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY))
		access |= FILE_EXECUTE; /* nt facts row 72 */
	return access;
}

struct section_object *mm_section_object_create(void)
{
	return ob_create(&mm_section_type, sizeof(struct section_object));
}

NTSTATUS mm_section_object_image(struct section_object *object, int fd, uint64_t size, ULONG protect, ULONG attributes)
{
	NTSTATUS status = ldr_operations.lay_out_image ? ldr_operations.lay_out_image(fd, &object->image) : STATUS_NOT_SUPPORTED;

	if (!NT_SUCCESS(status))
		return status;
	if (size > object->image->size)
		return STATUS_SECTION_TOO_BIG; /* nt facts, execution 173 */
	return mm_section_create_image(fd, size ? size : object->image->size, protect, attributes, &object->section);
}

static NTSTATUS create_from_file(HANDLE file, uint64_t size, ULONG protect, ULONG attributes, struct section_object *object)
{
	NTSTATUS status;
	int fd;

	status = mm_check_section(protect, attributes);
	if (!NT_SUCCESS(status))
		return status;
	status = io_file_descriptor(file, file_access(protect), &fd, NULL);
	if (!NT_SUCCESS(status))
		return status;
	if (attributes & SEC_IMAGE)
		status = mm_section_object_image(object, fd, size, protect, attributes);
	else
		status = mm_section_create_file(fd, protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE), size, protect, attributes,
						&object->section);
	host_close(fd);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtCreateSection,
       (PHANDLE handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *object_attributes, const LARGE_INTEGER *maximum_size,
	ULONG protect, ULONG attributes, HANDLE file))
{
	struct section_object *object;
	uint64_t size = 0;
	HANDLE result = NULL;
	NTSTATUS status;

	if (host_probe_guest(handle, sizeof(*handle), true) ||
	    (maximum_size && host_copy_from_guest(&size, maximum_size, sizeof(size))))
		return STATUS_ACCESS_VIOLATION;
	object = mm_section_object_create();
	if (!object)
		return STATUS_NO_MEMORY;
	if (file)
		status = create_from_file(file, size, protect, attributes, object);
	else
		status = mm_section_create_pagefile(size, protect, attributes, &object->section);
	if (!NT_SUCCESS(status)) {
		ob_dereference(object);
		return status;
	}
	status = ob_insert(object, object_attributes, ob_map_access(&mm_section_type, access), &result);
	if (NT_SUCCESS(status) && host_copy_to_guest(handle, &result, sizeof(result)))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

/* Of the extended parameters a node, which is a preference, and the system's partition have a meaning for sections. */
EXPORT(ntdll, NTSTATUS, NtCreateSectionEx,
       (PHANDLE handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *object_attributes, const LARGE_INTEGER *maximum_size,
	ULONG protect, ULONG attributes, HANDLE file, PMEM_EXTENDED_PARAMETER parameters, ULONG count))
{
	struct mm_extended extended;
	NTSTATUS status = mm_extended_capture(parameters, count, &extended);

	if (!NT_SUCCESS(status))
		return status;
	if (extended.given & ~(1u << MemExtendedParameterNumaNode | 1u << MemExtendedParameterPartitionHandle))
		return STATUS_INVALID_PARAMETER;
	return NtCreateSection(handle, access, object_attributes, maximum_size, protect, attributes, file);
}

EXPORT(ntdll, NTSTATUS, NtOpenSection, (PHANDLE handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes))
{
	return ob_open_for_guest(&mm_section_type, handle, access, attributes);
}

#define MAP_RIGHTS (SECTION_MAP_READ | SECTION_MAP_WRITE | SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT)

/* The rights on the section's handle that a view of this protection takes. */
static ACCESS_MASK view_access(ULONG protect)
{
	switch (protect & 0xFF) {
	case PAGE_READWRITE:
		return SECTION_MAP_WRITE;
	case PAGE_EXECUTE:
		return SECTION_MAP_EXECUTE;
	case PAGE_EXECUTE_READ:
	case PAGE_EXECUTE_WRITECOPY:
		return SECTION_MAP_EXECUTE | SECTION_MAP_READ;
	case PAGE_EXECUTE_READWRITE:
		return SECTION_MAP_EXECUTE | SECTION_MAP_WRITE;
	case PAGE_NOACCESS:
		return 0;
	default:
		return SECTION_MAP_READ;
	}
}

static NTSTATUS reference_for_view(HANDLE handle, ULONG protect, struct section_object **object)
{
	NTSTATUS status = ob_reference_by_handle(handle, &mm_section_type, view_access(protect), (void **)object);
	ACCESS_MASK access;
	ULONG flags;

	/* A view without access takes a right to map, no matter which (nt facts row 75). */
	if (NT_SUCCESS(status) && protect & PAGE_NOACCESS &&
	    (!NT_SUCCESS(ob_query_handle(handle, &access, &flags)) || !(access & MAP_RIGHTS))) {
		ob_dereference(*object);
		status = STATUS_ACCESS_DENIED;
	}
	return status;
}

/* What a view is asked for with, besides its section: captured, but for where the answers go. */
struct view_request {
	PVOID *base;
	PLARGE_INTEGER offset; /* may be NULL */
	PSIZE_T size;
	uintptr_t zero_bits;
	size_t commit_size;
	ULONG type, protect;
	const struct mm_extended *extended; /* NULL: NtMapViewOfSection */
};

#define IMAGE_VIEW_TYPES (MEM_TOP_DOWN | MEM_RESERVE | MEM_MAPPED | MEM_DIFFERENT_IMAGE_BASE_OK)

/* A view of an image: its pages are protected as the image says, whatever was asked for. */
static NTSTATUS map_image(struct section_object *object, struct mm_view *wanted)
{
	const struct ldr_image *image = object->image;
	uint64_t whole = mm_section_size(object->section), offset = wanted->offset;
	struct mm_image view = {.fd = image->fd, .runs = image->runs, .run_count = image->run_count,
				.section = object->section, .offset = offset, .whole = image->size,
				.no_execute = mm_section_attributes(object->section) & SEC_NOCACHE};
	uintptr_t base = wanted->base;
	NTSTATUS status, mapped;

	if (wanted->type & ~IMAGE_VIEW_TYPES)
		return STATUS_INVALID_PARAMETER_9;
	if (offset % MM_GRANULARITY)
		return STATUS_MAPPED_ALIGNMENT;
	if (offset >= whole || wanted->size > whole - offset)
		return STATUS_INVALID_VIEW_SIZE;
	view.size = ((wanted->size ? wanted->size : whole - offset) + MM_PAGE_SIZE - 1) & ~(size_t)(MM_PAGE_SIZE - 1);
	mm_section_file(object->section, &view.device, &view.inode);
	status = mm_reserve_image_view(&base, view.size, image->base + offset, image->movable, wanted->zero_bits,
				       wanted->limited ? &wanted->limits : NULL);
	if (!NT_SUCCESS(status))
		return status;
	mapped = STATUS_SUCCESS;
	if (status == STATUS_IMAGE_NOT_AT_BASE && image->dynamic) {
		/* The view itself is relocated (nt facts, execution 171). */
		mapped = ldr_operations.move_image(image, base - offset, &view.fd);
		status = STATUS_SUCCESS;
	}
	if (NT_SUCCESS(mapped))
		mapped = mm_map_image(base, &view);
	if (view.fd >= 0 && view.fd != image->fd)
		host_close(view.fd);
	if (!NT_SUCCESS(mapped)) {
		mm_cancel_image(base);
		return mapped;
	}
	wanted->base = base;
	wanted->size = view.size;
	return image->foreign ? STATUS_IMAGE_MACHINE_TYPE_MISMATCH : status;
}

NTSTATUS mm_map_section_object(struct section_object *object, struct mm_view *view)
{
	uintptr_t base = view->base;
	size_t size = view->size;
	NTSTATUS status;

	if (object->image)
		return map_image(object, view);
	status = mm_map_view(object->section, &base, view->zero_bits, view->commit_size, &view->offset, &size, view->type,
			     view->protect, view->limited ? &view->limits : NULL);
	view->base = base;
	view->size = size;
	return status;
}

/* The other process gets the section and maps it itself. */
static NTSTATUS map_remote(struct ps_process *other, struct section_object *object, struct mm_view *view)
{
	struct ps_call_view question = {.view = *view};
	struct ps_call call = {.operation = PS_DO_MAP, .data = &question, .size = sizeof(question), .answer = view,
			       .room = sizeof(*view)};
	NTSTATUS status = io_describe(&object->header, &question.section);

	if (NT_SUCCESS(status)) {
		call.fd_count = io_descriptors(&question.section, call.fds);
		status = ps_ask(other, &call);
		io_release_description(&question.section);
	}
	return status;
}

static NTSTATUS map_view(HANDLE handle, HANDLE process, const struct view_request *request)
{
	PLARGE_INTEGER offset = request->offset;
	struct mm_view view = {.zero_bits = request->zero_bits, .commit_size = request->commit_size,
			       .type = request->type, .protect = request->protect};
	const struct mm_limits *limits = NULL;
	struct section_object *object;
	struct ps_process *other;
	NTSTATUS status;

	if (host_copy_from_guest(&view.base, request->base, sizeof(view.base)) ||
	    host_copy_from_guest(&view.size, request->size, sizeof(view.size)) ||
	    (offset && host_copy_from_guest(&view.offset, offset, sizeof(view.offset))))
		return STATUS_ACCESS_VIOLATION;
	if (request->extended) {
		status = mm_extended_limits(request->extended, (uintptr_t)view.base, &limits);
		if (!NT_SUCCESS(status))
			return status;
	}
	view.limited = limits != NULL;
	if (limits)
		view.limits = *limits;
	status = ps_reference_target(process, PROCESS_VM_OPERATION, &other);
	if (!NT_SUCCESS(status))
		return status;
	status = reference_for_view(handle, request->protect, &object);
	if (NT_SUCCESS(status)) {
		if (request->extended)
			status = mm_extended_check_view(request->extended, object->image,
							object->image ? object->image->information.Machine : 0);
		if (NT_SUCCESS(status))
			status = other ? map_remote(other, object, &view) : mm_map_section_object(object, &view);
		ob_dereference(object);
	}
	if (other)
		ob_dereference(other);
	if (!NT_SUCCESS(status))
		return status;
	if (host_copy_to_guest(request->base, &view.base, sizeof(view.base)) ||
	    host_copy_to_guest(request->size, &view.size, sizeof(view.size)) ||
	    (offset && host_copy_to_guest(offset, &view.offset, sizeof(view.offset))))
		status = STATUS_ACCESS_VIOLATION;
	return status; /* STATUS_IMAGE_NOT_AT_BASE and its kin are successes */
}

EXPORT(ntdll, NTSTATUS, NtMapViewOfSection,
       (HANDLE handle, HANDLE process, PVOID *base, ULONG_PTR zero_bits, SIZE_T commit_size, PLARGE_INTEGER offset,
	PSIZE_T view_size, SECTION_INHERIT inherit, ULONG allocation_type, ULONG protect))
{
	struct view_request request = {base, offset, view_size, zero_bits, commit_size, allocation_type, protect, NULL};

	if (inherit != ViewShare && inherit != ViewUnmap)
		return STATUS_INVALID_PARAMETER_8;
	/* Placeholders are for NtMapViewOfSectionEx. */
	if (allocation_type & MEM_REPLACE_PLACEHOLDER)
		return STATUS_INVALID_PARAMETER_9;
	return map_view(handle, process, &request);
}

EXPORT(ntdll, NTSTATUS, NtMapViewOfSectionEx,
       (HANDLE handle, HANDLE process, PVOID *base, PLARGE_INTEGER offset, PSIZE_T view_size, ULONG allocation_type, ULONG protect,
	PMEM_EXTENDED_PARAMETER parameters, ULONG count))
{
	struct mm_extended extended;
	struct view_request request = {base, offset, view_size, 0, 0, allocation_type, protect, &extended};
	NTSTATUS status = mm_extended_capture(parameters, count, &extended);

	return NT_SUCCESS(status) ? map_view(handle, process, &request) : status;
}

NTSTATUS mm_unmap(uintptr_t base, ULONG flags)
{
	/* The boost asks for the pages to stay in memory for a while, which Linux' page cache does by itself. */
	return flags & MEM_PRESERVE_PLACEHOLDER ? mm_unmap_view_to_placeholder(base) : mm_unmap_view(base);
}

EXPORT(ntdll, NTSTATUS, NtUnmapViewOfSectionEx, (HANDLE process, PVOID base, ULONG flags))
{
	struct ps_call call = {.operation = PS_DO_UNMAP, .values = {(uintptr_t)base, flags}};
	NTSTATUS status;
	bool done;

	if (flags & ~(MEM_PRESERVE_PLACEHOLDER | MEM_UNMAP_WITH_TRANSIENT_BOOST))
		return STATUS_INVALID_PARAMETER_3;
	status = ps_ask_target(process, PROCESS_VM_OPERATION, &call, &done);
	return done ? status : mm_unmap((uintptr_t)base, flags);
}

EXPORT(ntdll, NTSTATUS, NtUnmapViewOfSection, (HANDLE process, PVOID base))
{
	return NtUnmapViewOfSectionEx(process, base, 0);
}

EXPORT(ntdll, NTSTATUS, NtFlushVirtualMemory, (HANDLE process, PVOID *base, PSIZE_T size, PIO_STATUS_BLOCK iosb))
{
	IO_STATUS_BLOCK result = {0};
	uintptr_t start;
	size_t length;
	NTSTATUS status;

	if (host_copy_from_guest(&start, base, sizeof(start)) || host_copy_from_guest(&length, size, sizeof(length)))
		return STATUS_ACCESS_VIOLATION;
	status = ps_check_own_process(process, PROCESS_VM_OPERATION);
	if (NT_SUCCESS(status))
		status = mm_flush_view(&start, &length);
	if (!NT_SUCCESS(status))
		return status;
	if (host_copy_to_guest(base, &start, sizeof(start)) || host_copy_to_guest(size, &length, sizeof(length)) ||
	    host_copy_to_guest(iosb, &result, sizeof(result)))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtExtendSection, (HANDLE handle, PLARGE_INTEGER new_size))
{
	struct section_object *object;
	uint64_t size;
	NTSTATUS status;

	if (host_copy_from_guest(&size, new_size, sizeof(size)))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &mm_section_type, SECTION_EXTEND_SIZE, (void **)&object);
	if (!NT_SUCCESS(status))
		return status;
	status = mm_section_extend(object->section, &size);
	ob_dereference(object);
	if (NT_SUCCESS(status) && host_copy_to_guest(new_size, &size, sizeof(size)))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtAreMappedFilesTheSame, (PVOID image, PVOID file))
{
	return mm_same_file((uintptr_t)image, (uintptr_t)file);
}

union section_answer {
	SECTION_BASIC_INFORMATION basic;
	SECTION_IMAGE_INFORMATION image;
	ULONG_PTR number;
};

static NTSTATUS answer_query(const struct section_object *object, ULONG information_class, union section_answer *answer)
{
	if (information_class == SectionBasicInformation) {
		/* Of an image's attributes SEC_NOCACHE, which makes it SEC_IMAGE_NO_EXECUTE, is not shown. */
		answer->basic.AllocationAttributes = mm_section_attributes(object->section) & (object->image ? ~SEC_NOCACHE : ~0u);
		answer->basic.MaximumSize.QuadPart = (LONGLONG)mm_section_size(object->section);
		return STATUS_SUCCESS;
	}
	if (!object->image)
		return STATUS_SECTION_NOT_IMAGE;
	if (information_class == SectionImageInformation)
		answer->image = object->image->information;
	else if (information_class == SectionOriginalBaseInformation)
		answer->number = object->image->base;
	/* SectionRelocationInformation: how far the section itself was moved from that base, which is nowhere. */
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtQuerySection,
       (HANDLE handle, ULONG information_class, PVOID buffer, SIZE_T length, PSIZE_T return_length))
{
	static const size_t sizes[] = {sizeof(SECTION_BASIC_INFORMATION), sizeof(SECTION_IMAGE_INFORMATION), sizeof(ULONG_PTR),
				       sizeof(PVOID)};
	union section_answer answer = {0};
	struct section_object *object;
	size_t used;
	NTSTATUS status;

	/* The whole buffer is probed before anything else (nt facts row 94). */
	if (length && host_probe_guest(buffer, length, true))
		return STATUS_ACCESS_VIOLATION;
	if (information_class >= sizeof(sizes) / sizeof(*sizes))
		return STATUS_INVALID_INFO_CLASS;
	if (length < sizes[information_class])
		return STATUS_INFO_LENGTH_MISMATCH;
	status = ob_reference_by_handle(handle, &mm_section_type, SECTION_QUERY, (void **)&object);
	if (!NT_SUCCESS(status))
		return status;
	used = sizes[information_class];
	status = answer_query(object, information_class, &answer);
	ob_dereference(object);
	if (!NT_SUCCESS(status))
		return status;
	if (host_copy_to_guest(buffer, &answer, used) ||
	    (return_length && host_copy_to_guest(return_length, &used, sizeof(used))))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT_ALIAS(ntdll, "ZwAreMappedFilesTheSame", NtAreMappedFilesTheSame);
EXPORT_ALIAS(ntdll, "ZwCreateSection", NtCreateSection);
EXPORT_ALIAS(ntdll, "ZwCreateSectionEx", NtCreateSectionEx);
EXPORT_ALIAS(ntdll, "ZwExtendSection", NtExtendSection);
EXPORT_ALIAS(ntdll, "ZwFlushVirtualMemory", NtFlushVirtualMemory);
EXPORT_ALIAS(ntdll, "ZwMapViewOfSection", NtMapViewOfSection);
EXPORT_ALIAS(ntdll, "ZwOpenSection", NtOpenSection);
EXPORT_ALIAS(ntdll, "ZwQuerySection", NtQuerySection);
EXPORT_ALIAS(ntdll, "ZwUnmapViewOfSection", NtUnmapViewOfSection);
EXPORT_ALIAS(ntdll, "ZwUnmapViewOfSectionEx", NtUnmapViewOfSectionEx);
