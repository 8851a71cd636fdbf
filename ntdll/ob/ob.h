/*
 * ntdll/ob/ob.h - objects, handles, names.
 *
 * Every kernel object starts with struct ob_object and is reference-counted.  Handles are multiples of 4, the lowest
 * free one first; the two low bits of a handle are ignored.  Pseudo handles (-1 process, -2 thread) are resolved here.
 *
 * Lock order: the handle table's lock is a leaf; names have a lock of their own above it.  close and destroy routines
 * run with no lock held.
 */
#ifndef PEWTER_NTDLL_OB_OB_H
#define PEWTER_NTDLL_OB_OB_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include <stdbool.h>

struct ob_object;
struct ke_dispatcher;

struct ob_type {
	const char16_t *name;             /* u"Event" */
	ACCESS_MASK read, write, execute; /* what the generic rights map to */
	ACCESS_MASK all;
	/* Called when the last handle is closed; may be NULL. */
	void (*close)(struct ob_object *object);
	/* Called when the last reference goes; frees what the object owns, not the object itself; may be NULL. */
	void (*destroy)(struct ob_object *object);
	/* What a wait on the object waits for; NULL = cannot be waited for. */
	struct ke_dispatcher *(*dispatcher)(struct ob_object *object);
};

struct ob_object {
	const struct ob_type *type;
	uint32_t references;
	uint32_t handles;
	struct ob_name *name;
};

/* A new object of `size` bytes (zeroed behind the header), with one reference.  NULL: no memory. */
void *ob_create(const struct ob_type *type, size_t size);
void ob_reference(void *object);
void ob_dereference(void *object);

/* Gives the object a handle, and a name if the attributes have one.  Consumes the caller's reference in any case.
 * With OBJ_OPENIF and an existing name: *handle is one for the existing object and STATUS_OBJECT_NAME_EXISTS. */
NTSTATUS ob_insert(void *object, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, HANDLE *handle);

/* A handle for an object by name: NtOpen*. */
NTSTATUS ob_open_by_name(const struct ob_type *type, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
			 HANDLE *handle);

/* A referenced object from a handle; `type` NULL = any.  STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH,
 * STATUS_ACCESS_DENIED when `access` has a right that the handle lacks. */
NTSTATUS ob_reference_by_handle(HANDLE handle, const struct ob_type *type, ACCESS_MASK access, void **object);

/* One more handle for an object already referenced; keeps the caller's reference. */
NTSTATUS ob_create_handle(void *object, ACCESS_MASK access, ULONG attributes, HANDLE *handle);
NTSTATUS ob_close_handle(HANDLE handle);
/* The access granted to a handle, and its HANDLE_FLAG_* bits. */
NTSTATUS ob_query_handle(HANDLE handle, ACCESS_MASK *access, ULONG *flags);
NTSTATUS ob_set_handle_flags(HANDLE handle, ULONG mask, ULONG flags);
ACCESS_MASK ob_map_access(const struct ob_type *type, ACCESS_MASK access);

#endif
