/*
 * ntdll/ob/shared.h - objects shared between processes: by name, or inherited.
 *
 * A shared object is an object of each process that uses it; what they have in common lies in a record of
 *host/shared.h:
 *
 *	0     struct ob_shared_header
 *	64    the type's area: OB_SHARED_AREA bytes, zeroed when the object is new
 *	8192  the full path, if it has one
 *
 * A type takes part by being in the table of shared.c and having a struct ob_sharing:
 *
 *	publish   moves the state of an object of this process, alone with it till now or not, into a new record's area.
 *	          From then on the area is the truth.  Called with the names lock held; a named one's also entered.
 *	adopt     an object of this process for a record that another process published; the area is valid.  Returns it
 *with one reference; NULL: no memory.
 *
 * The record is the object's (ob_object.shared) from the moment that publish or adopt succeeded, until after its type's
 * destroy; adopt and publish may keep the pointer for that long.  Memory too large for the area is a file
 * whose descriptor is handed on (shared_file.h).
 *
 * Nothing of this runs in a process that names nothing and inherits nothing.
 */
#ifndef PEWTER_NTDLL_OB_SHARED_H
#define PEWTER_NTDLL_OB_SHARED_H

#include "host/shared.h"
#include "ntdll/ob/ob.h"

#define OB_SHARED_SIZE (2u * HOST_PAGE_SIZE) /* of a record without a path */
#define OB_SHARED_AREA (OB_SHARED_SIZE - 64u)

struct ob_sharing {
	NTSTATUS (*publish)(struct ob_object *object, struct host_shared *shared);
	struct ob_object *(*adopt)(struct host_shared *shared);
	/* May be NULL.  A descriptor, the caller's, of memory that is too large for the area: it goes to a child with the
	 * record, whose adopt gets it from ob_take_memory.  -1: none to be had. */
	int (*memory)(struct ob_object *object);
};

struct ob_shared_header {
	uint32_t magic;
	uint32_t type;   /* place in the table of types, from 1 */
	uint32_t length; /* of the path, in units; 0 = none */
	uint32_t ready;  /* the area is valid */
	uint32_t reserved[12];
};

static inline void *ob_shared_area(const struct host_shared *shared)
{
	return (char *)shared->memory + sizeof(struct ob_shared_header);
}

/* Whether objects of the type are found by other processes under this path.  Names lock held. */
bool ob_is_shared_path(const struct ob_type *type, const char16_t *path, size_t length);
/* The object of another process with that path, as one of this process, named, with one reference: STATUS_SUCCESS,
 * STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED and so on for `access`; *granted is
 * what a handle for it gets.  `object` NULL only looks.  Names lock held; entered. */
NTSTATUS ob_shared_find(const struct ob_type *type, const char16_t *path, size_t length, bool ignore_case,
			ACCESS_MASK access, ACCESS_MASK *granted, struct ob_object **object);
/* Publishes a named object.  Names lock held; entered. */
NTSTATUS ob_shared_publish(struct ob_object *object);
/* The object goes: its record goes with it. */
void ob_shared_release(struct ob_object *object);
/* The last handle of this process went, and the name with it.  Names lock held. */
void ob_shared_forget(struct ob_object *object);

/* For a child: a descriptor by which it gets the object, and what to call it: see ob_inherit_shared.
 * STATUS_NOT_SUPPORTED: the type cannot be shared. */
NTSTATUS ob_share(struct ob_object *object, int *fd, int *memory);
/* In the child: the object behind the descriptors, which are consumed, with one reference.  memory -1: none. */
NTSTATUS ob_inherit_shared(int fd, int memory, struct ob_object **object);
/* In adopt: the memory that came with the record; -1: none came.  The caller's then. */
int ob_take_memory(void);

#endif
