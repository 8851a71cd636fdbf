/*
 * ntdll/ob/object.c - objects and their reference counts; captured object attributes.
 *
 * references counts 1 for each pointer and OB_HANDLE_BIAS for each handle.  References taken through a handle are
 * counted in the handle's table entry and only moved to the object when the entry's counter is full or the handle goes
 * (see handle.c), so that the common lookup touches one cache line with one atomic operation.  Releases are counted
 * here, so a bias is eaten into; it is large enough for all that the entry's counter may have given out.
 */
#include "host/fault.h"
#include "ntdll/ob/shared.h"
#include "ntdll/ob/light.h"
#include "ntdll/ob/private.h"

#include <stdlib.h>
#include <string.h>

void *ob_create(const struct ob_type *type, size_t size)
{
	struct ob_object *object;

	if (type->light)
		ob_light_collect();
	object = calloc(1, size);

	if (object) {
		object->type = type;
		object->references = 1;
	}
	return object;
}

void ob_reference(void *object)
{
	struct ob_object *header = object;

	__atomic_fetch_add(&header->references, 1, __ATOMIC_RELAXED);
}

/* The last reference went. */
static void destroy(struct ob_object *object)
{
	if (object->type->destroy)
		object->type->destroy(object);
	if (object->shared)
		ob_shared_release(object);
	if (object->type->light)
		ob_light_free(object);
	else
		free(object);
}

void ob_adjust_references(struct ob_object *object, int64_t change)
{
	if (__atomic_add_fetch(&object->references, change, __ATOMIC_ACQ_REL) == 0)
		destroy(object);
}

void WINAPI ob_light_destroy(struct ob_object *object)
{
	destroy(object);
}

void ob_dereference(void *object)
{
	ob_adjust_references(object, -1);
}

/* Generic rights become the type's own; MSDN MapGenericMask.  MAXIMUM_ALLOWED gives everything: nothing is protected. */
ACCESS_MASK ob_map_access(const struct ob_type *type, ACCESS_MASK access)
{
	if (access & GENERIC_READ)
		access |= type->read;
	if (access & GENERIC_WRITE)
		access |= type->write;
	if (access & GENERIC_EXECUTE)
		access |= type->execute;
	if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
		access |= type->all;
	return access & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL | MAXIMUM_ALLOWED);
}

/* What opening an object with this access says: no right at all, or none that the type knows, is refused. */
NTSTATUS ob_check_access(const struct ob_type *type, ACCESS_MASK access, ACCESS_MASK *granted)
{
	ACCESS_MASK mapped = ob_map_access(type, access);

	if (access & ACCESS_SYSTEM_SECURITY)
		return STATUS_PRIVILEGE_NOT_HELD;
	mapped &= type->all | STANDARD_RIGHTS_ALL;
	if (mapped == 0)
		return STATUS_ACCESS_DENIED;
	*granted = mapped;
	return STATUS_SUCCESS;
}

NTSTATUS ob_capture_attributes(const OBJECT_ATTRIBUTES *attributes, struct ob_attributes *captured)
{
	OBJECT_ATTRIBUTES copy;
	UNICODE_STRING name;

	memset(captured, 0, sizeof(*captured));
	if (!attributes)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(&copy, attributes, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	if (copy.Length != sizeof(copy) || (copy.Attributes & ~(ULONG)OBJ_VALID_ATTRIBUTES))
		return STATUS_INVALID_PARAMETER;
	captured->root = copy.RootDirectory;
	captured->flags = copy.Attributes;
	if (!copy.ObjectName)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(&name, copy.ObjectName, sizeof(name)))
		return STATUS_ACCESS_VIOLATION;
	if (name.Length & 1)
		return STATUS_OBJECT_NAME_INVALID;
	if (name.Length == 0 && !name.Buffer)
		return STATUS_SUCCESS;
	captured->name = malloc(name.Length + sizeof(char16_t));
	if (!captured->name)
		return STATUS_NO_MEMORY;
	if (host_copy_from_guest(captured->name, name.Buffer, name.Length)) {
		ob_release_attributes(captured);
		return STATUS_ACCESS_VIOLATION;
	}
	captured->length = name.Length / sizeof(char16_t);
	captured->name[captured->length] = 0;
	return STATUS_SUCCESS;
}

void ob_release_attributes(struct ob_attributes *captured)
{
	free(captured->name);
	captured->name = NULL;
	captured->length = 0;
}
