/*
 * ntdll/ob/private.h - what the files of this room share.
 */
#ifndef PEWTER_NTDLL_OB_PRIVATE_H
#define PEWTER_NTDLL_OB_PRIVATE_H

#include "ntdll/ob/ob.h"

/* More than a table entry's counter can give out (16 bits). */
#define OB_HANDLE_BIAS 0x20000

struct ob_name {
	struct ob_name *next;
	struct ob_object *object;
	uint32_t hash;
	uint32_t length;
	char16_t *path; /* NUL-terminated, owned */
};

static inline size_t ob_length(const char16_t *string)
{
	size_t length = 0;

	while (string[length])
		length++;
	return length;
}

static inline char16_t ob_fold(char16_t c)
{
	return c >= u'a' && c <= u'z' ? c - 32 : c;
}

/* 0: equal but for the case of letters. */
int ob_compare_nocase(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length);

/* Adds to the count; destroys the object when it comes to 0. */
void ob_adjust_references(struct ob_object *object, int64_t change);

/* Granted rights for opening an existing object.  STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD. */
NTSTATUS ob_check_access(const struct ob_type *type, ACCESS_MASK access, ACCESS_MASK *granted);

#endif
