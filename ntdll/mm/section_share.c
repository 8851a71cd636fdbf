/*
 * ntdll/mm/section_share.c - sections that several processes have: by name, or inherited.
 *
 * The memory of a section is a file without a name (the page file's part, a memfd) or the program's own file.  The record of
 * the shared object (ob/shared.h) says what the section is, and how the file can be had: shared_file.h.  A child that
 * inherits a section gets a descriptor for the file with the record (ob_take_memory), as its parent may have closed its own
 * before the child looks.
 */
#include "ntdll/mm/section_object.h"
#include "host/file.h"
#include "ntdll/ob/shared.h"
#include "ntdll/ob/shared_file.h"

#include <string.h>

struct section_area {
	uint64_t size;
	uint32_t protect, attributes;
	struct ob_shared_file file;
};
_Static_assert(sizeof(struct section_area) <= OB_SHARED_AREA, "the area of a record");

NTSTATUS mm_section_publish(struct ob_object *object, struct host_shared *shared)
{
	struct section_object *section = (struct section_object *)object;
	struct section_area *area = ob_shared_area(shared);
	struct mm_section_description description;

	mm_section_describe(section->section, &description);
	area->size = description.size;
	area->protect = description.protect;
	area->attributes = description.attributes;
	return ob_shared_file_publish(&area->file, shared, description.fd) ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

int mm_section_memory(struct ob_object *object)
{
	struct section_object *section = (struct section_object *)object;
	struct mm_section_description description;

	mm_section_describe(section->section, &description);
	return host_dup(description.fd);
}

struct ob_object *mm_section_adopt(struct host_shared *shared)
{
	struct section_area *area = ob_shared_area(shared);
	struct mm_section_description description = {.fd = ob_take_memory(), .size = area->size, .protect = area->protect,
						     .attributes = area->attributes};
	bool writable = !(area->attributes & SEC_FILE) || area->protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE);
	struct section_object *section;
	NTSTATUS status;

	if (description.fd < 0)
		description.fd = ob_shared_file_open(&area->file, shared, writable);
	if (description.fd < 0)
		return NULL;
	section = mm_section_object_create();
	if (!section) {
		host_close(description.fd);
		return NULL;
	}
	if (description.attributes & SEC_IMAGE) {
		status = mm_section_object_image(section, description.fd, description.size, description.protect,
						 description.attributes);
		host_close(description.fd);
		if (NT_SUCCESS(status))
			mm_section_describe(section->section, &description);
	} else {
		status = mm_section_from_description(&description, &section->section);
		if (!NT_SUCCESS(status))
			host_close(description.fd);
	}
	if (!NT_SUCCESS(status)) {
		ob_dereference(section);
		return NULL;
	}
	ob_shared_file_enter(&area->file, shared, description.fd);
	return &section->header;
}

void mm_section_leave(struct section_object *section)
{
	const struct host_shared *shared = section->header.shared;

	if (shared)
		ob_shared_file_leave(&((struct section_area *)ob_shared_area(shared))->file, shared);
}
