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

/* section_share.c */
struct host_shared;
NTSTATUS mm_section_publish(struct ob_object *object, struct host_shared *shared);
struct ob_object *mm_section_adopt(struct host_shared *shared);
int mm_section_memory(struct ob_object *object);
/* The object goes: nobody finds the memory through this process any more. */
void mm_section_leave(struct section_object *section);

#endif
