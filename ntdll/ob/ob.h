/*
 * ntdll/ob/ob.h - objects, handles, names.  Read ntdll/ob/README.md for the design.
 *
 * Every kernel object starts with struct ob_object and is reference-counted.  Handles are multiples of 4, the lowest
 * free one first; the two low bits of a handle are ignored.  Pseudo handles (-1 process, -2 thread) are resolved here.
 *
 * Lock order: the names lock above the handle table's lock, which is a leaf.  close and destroy routines run with no
 * lock held.
 */
#ifndef PEWTER_NTDLL_OB_OB_H
#define PEWTER_NTDLL_OB_OB_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include <stdbool.h>

struct ob_object;
struct ob_name;
struct ob_sharing;
struct host_shared;
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
	/* Called when any handle is closed, before it goes (a file's locks of this handle...); may be NULL. */
	void (*close_handle)(struct ob_object *object, HANDLE handle);
	/* The NT name of an object that ob does not name itself (files): writes at most `capacity` units, says how many
	 * there are; may be NULL. */
	NTSTATUS (*query_name)(struct ob_object *object, char16_t *buffer, size_t capacity, size_t *length);
	/* The object's dispatcher follows its header, and light.h may be used on it.  destroy must be NULL. */
	bool light;
	/* How several processes share an object: see shared.h; may be NULL. */
	const struct ob_sharing *sharing;
};

struct ob_object {
	const struct ob_type *type;
	int64_t references; /* OB_HANDLE_BIAS for each handle, 1 for each pointer; see README.md */
	uint32_t handles;
	struct ob_name *name;
	struct host_shared *shared; /* what it has in common with objects of other processes; NULL: none */
};

/* A new object of `size` bytes (zeroed behind the header), with one reference.  NULL: no memory. */
void *ob_create(const struct ob_type *type, size_t size);
void ob_reference(void *object);
void ob_dereference(void *object);
/* A reference on an object found in a list of weak pointers, whose destroy takes it out under the list's lock, which is
 * held: false, it is on its way out. */
static inline bool ob_reference_living(void *object)
{
	struct ob_object *header = (struct ob_object *)object;
	int64_t count = __atomic_load_n(&header->references, __ATOMIC_RELAXED);

	while (count != 0)
		if (__atomic_compare_exchange_n(&header->references, &count, count + 1, 1, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

/* Gives the object a handle, and a name if the attributes have one.  Consumes the caller's reference in any case.
 * `attributes` is a guest's pointer and is captured here (STATUS_ACCESS_VIOLATION); NULL = no name, no flags.
 * With OBJ_OPENIF and an existing name: *handle is one for the existing object and STATUS_OBJECT_NAME_EXISTS.
 * STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_TYPE_MISMATCH, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_INVALID.
 * *handle is 0 after a failure. */
NTSTATUS ob_insert(void *object, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, HANDLE *handle);

/* A handle for an object by name: NtOpen*. */
NTSTATUS ob_open_by_name(const struct ob_type *type, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
			 HANDLE *handle);

/* The place of a guest for a handle.  Whether one can be stored there (STATUS_ACCESS_VIOLATION); stores NULL. */
NTSTATUS ob_clear_handle(HANDLE *place);
/* Stores what a call made that ended with `status`, if it succeeded.  `handle` by address: the call that gives the status
 * fills it. */
NTSTATUS ob_store_handle(HANDLE *place, const HANDLE *handle, NTSTATUS status);
/* ob_open_by_name between the two. */
NTSTATUS ob_open_for_guest(const struct ob_type *type, HANDLE *place, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);

/* A referenced object from a handle; `type` NULL = any.  STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH,
 * STATUS_ACCESS_DENIED when `access` has a right that the handle lacks. */
NTSTATUS ob_reference_by_handle(HANDLE handle, const struct ob_type *type, ACCESS_MASK access, void **object);

/* The same for handles of the table only: pseudo handles are STATUS_INVALID_HANDLE (WaitForMultipleObjects). */
NTSTATUS ob_reference_by_real_handle(HANDLE handle, const struct ob_type *type, ACCESS_MASK access, void **object);

/* One more handle for an object already referenced; keeps the caller's reference.  `attributes`: OBJ_INHERIT and
 * OB_PROTECT_CLOSE. */
#define OB_PROTECT_CLOSE 0x00000001u
NTSTATUS ob_create_handle(void *object, ACCESS_MASK access, ULONG attributes, HANDLE *handle);
/* STATUS_INVALID_HANDLE, STATUS_HANDLE_NOT_CLOSABLE. */
NTSTATUS ob_close_handle(HANDLE handle);
/* The access granted to a handle, and its HANDLE_FLAG_* bits. */
NTSTATUS ob_query_handle(HANDLE handle, ACCESS_MASK *access, ULONG *flags);
NTSTATUS ob_set_handle_flags(HANDLE handle, ULONG mask, ULONG flags);
ACCESS_MASK ob_map_access(const struct ob_type *type, ACCESS_MASK access);

/* Makes a handle with a value chosen by another process (inherited ones).  STATUS_CONFLICTING_ADDRESSES: taken. */
NTSTATUS ob_create_handle_at(HANDLE handle, void *object, ACCESS_MASK access, ULONG attributes);
/* Calls fn for every handle, in order of value, with a reference held and no lock; fn returns false to stop. */
void ob_for_each_handle(bool (*fn)(HANDLE handle, struct ob_object *object, ACCESS_MASK access, ULONG flags, void *context),
			void *context);
uint32_t ob_handle_count(void);
/* The end of the process: every handle is closed, protected ones too. */
void ob_close_all_handles(void);

/* Captured OBJECT_ATTRIBUTES, for rooms that parse names themselves (files).  `name` is a copy of ours, NUL-terminated,
 * NULL when there is none; free with ob_release_attributes. */
struct ob_attributes {
	HANDLE root;
	ULONG flags; /* OBJ_* */
	char16_t *name;
	size_t length; /* in units */
};
/* attributes NULL gives an empty one.  STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER, STATUS_OBJECT_NAME_INVALID,
 * STATUS_NO_MEMORY. */
NTSTATUS ob_capture_attributes(const OBJECT_ATTRIBUTES *attributes, struct ob_attributes *captured);
void ob_release_attributes(struct ob_attributes *captured);

/* The handle of a directory of named objects, as kernel32 uses it for its root; never closed. */
#define OB_SESSION_ID 1
HANDLE ob_base_named_objects(void);
/* A new directory object; NtCreateDirectoryObject. */
extern const struct ob_type ob_directory_type;

/* Names of this process' objects: a hash table.  What other processes have named is found by shared.h. */
bool ob_name_insert(struct ob_object *object, char16_t *path, size_t length);
void ob_name_remove(struct ob_object *object);
/* Takes and leaves the names lock, which the three above want held. */
void ob_names_lock(void);
void ob_names_unlock(void);

NTSTATUS NTAPI NtClose(HANDLE handle);
NTSTATUS NTAPI NtDuplicateObject(HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE *target,
				 ACCESS_MASK access, ULONG attributes, ULONG options);
NTSTATUS NTAPI NtQueryObject(HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtSetInformationObject(HANDLE handle, ULONG class, PVOID buffer, ULONG size);
NTSTATUS NTAPI NtCompareObjects(HANDLE first, HANDLE second);

#endif
