/*
 * kernel32/names.h - names of kernel objects as Win32 functions take them.
 */
#ifndef PEWTER_KERNEL32_NAMES_H
#define PEWTER_KERNEL32_NAMES_H

#include "nt/ntdef.h"
#include <stdbool.h>

/* A captured name; kernel32_name_free it in any case. */
struct kernel32_name {
	const UNICODE_STRING *string; /* NULL: no name was given */
	UNICODE_STRING value;
	bool owned; /* value.Buffer is to be freed */
	WCHAR fixed[MAX_PATH];
};

/* false: the last error is set. */
bool kernel32_name_from_wide(struct kernel32_name *name, LPCWSTR text);
bool kernel32_name_from_ansi(struct kernel32_name *name, LPCSTR text);
void kernel32_name_free(struct kernel32_name *name);

/* Attributes for a name in the session's directory of named objects; both may be NULL. */
void kernel32_object_attributes(OBJECT_ATTRIBUTES *attributes, const UNICODE_STRING *name,
				const SECURITY_ATTRIBUTES *security, ULONG flags);

#endif
