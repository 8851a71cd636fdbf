/*
 * ntdll/mm/section_object.h - section objects, for the files of this room that make them.
 */
#ifndef PEWTER_NTDLL_MM_SECTION_OBJECT_H
#define PEWTER_NTDLL_MM_SECTION_OBJECT_H

#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ob/ob.h"

struct section_object {
	struct ob_object header;
	struct mm_section *section;
	struct ldr_image *image; /* SEC_IMAGE: the layout */
};

struct section_object *mm_section_object_create(void);
/* Lays the file out; `fd` stays the caller's. */
NTSTATUS mm_section_object_image(struct section_object *object, int fd, uint64_t size, ULONG protect, ULONG attributes);

/* A view of a section, as it is asked for; base, offset and size receive what it became.  Plain data. */
struct mm_view {
	uint64_t base, offset, size;
	uint64_t zero_bits, commit_size;
	ULONG type, protect;
	bool limited;
	struct mm_limits limits;
};
/* Maps it into this process.  Rights on the section were checked. */
NTSTATUS mm_map_section_object(struct section_object *object, struct mm_view *view);

/* NtUnmapViewOfSectionEx of this process. */
NTSTATUS mm_unmap(uintptr_t base, ULONG flags);

/* section_share.c */
struct host_shared;
NTSTATUS mm_section_publish(struct ob_object *object, struct host_shared *shared);
struct ob_object *mm_section_adopt(struct host_shared *shared);
int mm_section_memory(struct ob_object *object);
/* The object goes: nobody finds the memory through this process any more. */
void mm_section_leave(struct section_object *section);

#endif
