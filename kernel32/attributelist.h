/*
 * kernel32/attributelist.h - PROC_THREAD_ATTRIBUTE_LIST, opaque to programs but for its size: 24 bytes and 24 more for each
 * attribute.
 */
#ifndef PEWTER_KERNEL32_ATTRIBUTELIST_H
#define PEWTER_KERNEL32_ATTRIBUTELIST_H

#include "nt/ntdef.h"

#define PROC_THREAD_ATTRIBUTE_PARENT_PROCESS 0x00020000u
#define PROC_THREAD_ATTRIBUTE_HANDLE_LIST 0x00020002u
#define PROC_THREAD_ATTRIBUTE_JOB_LIST 0x0002000Du

struct attribute_entry {
	ULONG_PTR attribute;
	SIZE_T size;
	PVOID value; /* the caller's memory, read by CreateProcess */
};

struct attribute_list {
	DWORD present, reserved, capacity, count;
	PVOID unused;
	struct attribute_entry entries[];
};

/* NULL: not in the list (which may be NULL). */
static inline const struct attribute_entry *attribute_find(const struct attribute_list *list, ULONG_PTR attribute)
{
	for (DWORD i = 0; list && i < list->count; i++)
		if (list->entries[i].attribute == attribute)
			return &list->entries[i];
	return NULL;
}

#endif
