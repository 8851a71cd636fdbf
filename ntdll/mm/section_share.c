/*
 * ntdll/mm/section_share.c - sections that several processes have: by name, or inherited.
 *
 * The memory of a section is a file without a name (the page file's part, a memfd) or the program's own file; a process
 * that has the section has a descriptor for it.  The record of the shared object (ob/shared.h) says what the section is and
 * through which process and descriptor it can be had: each holder enters its own, and who comes opens the file through any
 * of those that still live.  So nothing lies in a directory but the record, and nothing is left of what was killed.
 *
 * A child that inherits a section gets a descriptor for the file with the record: its parent may have closed its own
 * before the child looks.
 *
 * A child that inherits a section gets a descriptor for the file with the record (ob_take_memory): its parent may have
 * closed its own before the child looks.
 *
 * A process' entry may be older than the process that has its holder number now: the file's identity tells.
 */
#include "ntdll/mm/section_object.h"
#include "host/file.h"
#include "ntdll/ob/shared.h"

#include <string.h>

struct holder {
	uint32_t process; /* 0: none */
	int32_t fd;
};

struct section_area {
	uint64_t size;
	uint64_t device, inode; /* of the file behind the descriptors */
	uint32_t protect, attributes;
	struct holder holders[HOST_SHARED_HOLDERS];
};
_Static_assert(sizeof(struct section_area) <= OB_SHARED_AREA, "the area of a record");

static void enter_holder(struct section_area *area, const struct host_shared *shared, int fd)
{
	struct holder *own = &area->holders[shared->holder];

	__atomic_store_n(&own->process, 0, __ATOMIC_RELEASE);
	own->fd = fd;
	__atomic_store_n(&own->process, host_process_id(), __ATOMIC_RELEASE);
}

NTSTATUS mm_section_publish(struct ob_object *object, struct host_shared *shared)
{
	struct section_object *section = (struct section_object *)object;
	struct section_area *area = ob_shared_area(shared);
	struct mm_section_description description;
	struct host_stat stat;

	mm_section_describe(section->section, &description);
	if (host_stat_fd(description.fd, &stat))
		return STATUS_INSUFFICIENT_RESOURCES;
	area->size = description.size;
	area->protect = description.protect;
	area->attributes = description.attributes;
	area->device = stat.device;
	area->inode = stat.inode;
	enter_holder(area, shared, description.fd);
	return STATUS_SUCCESS;
}

/* Opens the section's file through a holder that lives; -1: there is none. */
static int open_memory(const struct section_area *area, const struct host_shared *shared)
{
	bool writable = !(area->attributes & SEC_FILE) || area->protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE);

	for (unsigned i = 0; i < HOST_SHARED_HOLDERS; i++) {
		uint32_t process = __atomic_load_n(&area->holders[i].process, __ATOMIC_ACQUIRE);
		struct host_stat stat;
		int fd;

		if (!process || i == shared->holder || !host_shared_is_held(shared, i))
			continue;
		fd = host_open_descriptor_of(process, area->holders[i].fd, HOST_OPEN_READ | (writable ? HOST_OPEN_WRITE : 0));
		if (fd < 0)
			continue;
		if (host_stat_fd(fd, &stat) == 0 && stat.device == area->device && stat.inode == area->inode)
			return fd;
		host_close(fd);
	}
	return -1;
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
	struct section_object *section;
	NTSTATUS status;

	if (description.fd < 0)
		description.fd = open_memory(area, shared);
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
	enter_holder(area, shared, description.fd);
	return &section->header;
}

void mm_section_leave(struct section_object *section)
{
	const struct host_shared *shared = section->header.shared;

	if (shared)
		__atomic_store_n(&((struct section_area *)ob_shared_area(shared))->holders[shared->holder].process, 0,
				 __ATOMIC_RELEASE);
}
