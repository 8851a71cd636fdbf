/*
 * ntdll/ob/name.c - named objects and the directories they lie in.
 *
 * A name is a full path; a hash table under the names lock finds it.  Directories are objects of this table too, so that
 * a path is good when every component but the last names a directory.  Names vanish with the object's last handle.
 *
 *	\BaseNamedObjects                 what Win32 programs call Global\
 *	\Sessions\1\BaseNamedObjects      what they call Local\, and plain names
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ob/private.h"
#include "ntdll/ob/shared.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 256u

static struct host_lock names_lock;
static struct ob_name *buckets[BUCKETS];
static bool directories_made;

struct directory {
	struct ob_object object;
};

const struct ob_type ob_directory_type = {
	.name = u"Directory",
	.read = 0x20003,
	.write = 0x2000C,
	.execute = 0x20003,
	.all = 0xF000F,
};

static const char16_t *const permanent_directories[] = {
	u"\\",
	u"\\BaseNamedObjects",
	u"\\Sessions",
	u"\\Sessions\\1",
	u"\\Sessions\\1\\BaseNamedObjects",
	u"\\Device",
	u"\\??",
	u"\\GLOBAL??",
	u"\\KnownDlls",
	u"\\KernelObjects",
};

#define GLOBAL_DIRECTORY permanent_directories[1]
#define SESSION_DIRECTORY permanent_directories[4]

int ob_compare_nocase(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length)
{
	if (a_length != b_length)
		return 1;
	for (size_t i = 0; i < a_length; i++)
		if (ob_fold(a[i]) != ob_fold(b[i]))
			return 1;
	return 0;
}

void ob_names_lock(void)
{
	host_lock_acquire(&names_lock);
}

void ob_names_unlock(void)
{
	host_lock_release(&names_lock);
}

/* Of the upper-cased path, so that both kinds of comparison find the same bucket. */
static uint32_t hash_path(const char16_t *path, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ ob_fold(path[i])) * 16777619u;
	return hash;
}

static struct ob_object *ob_name_find(const char16_t *path, size_t length, bool ignore_case)
{
	uint32_t hash = hash_path(path, length);

	for (struct ob_name *name = buckets[hash % BUCKETS]; name; name = name->next) {
		if (name->hash != hash || name->length != length)
			continue;
		if (ignore_case ? ob_compare_nocase(name->path, length, path, length) == 0 :
				  memcmp(name->path, path, length * sizeof(char16_t)) == 0)
			return name->object;
	}
	return NULL;
}

bool ob_name_insert(struct ob_object *object, char16_t *path, size_t length)
{
	struct ob_name *name = malloc(sizeof(*name));

	if (!name)
		return false;
	name->object = object;
	name->path = path;
	name->length = (uint32_t)length;
	name->hash = hash_path(path, length);
	name->next = buckets[name->hash % BUCKETS];
	buckets[name->hash % BUCKETS] = name;
	object->name = name;
	return true;
}

void ob_name_remove(struct ob_object *object)
{
	struct ob_name *name = object->name;
	struct ob_name **link;

	if (!name)
		return;
	for (link = &buckets[name->hash % BUCKETS]; *link; link = &(*link)->next) {
		if (*link == name) {
			*link = name->next;
			break;
		}
	}
	object->name = NULL;
	free(name->path);
	free(name);
}

static char16_t *copy_path(const char16_t *directory, size_t directory_length, const char16_t *name, size_t length)
{
	char16_t *path = malloc((directory_length + 1 + length + 1) * sizeof(char16_t));
	size_t at = directory_length;

	if (!path)
		return NULL;
	if (directory_length)
		memcpy(path, directory, directory_length * sizeof(char16_t));
	if (at && path[at - 1] != u'\\')
		path[at++] = u'\\';
	memcpy(path + at, name, length * sizeof(char16_t));
	path[at + length] = 0;
	return path;
}

/* With the names lock held. */
static void make_directories(void)
{
	if (directories_made)
		return;
	directories_made = true;
	for (size_t i = 0; i < ARRAY_SIZE(permanent_directories); i++) {
		struct ob_object *directory = ob_create(&ob_directory_type, sizeof(struct directory));
		size_t length = ob_length(permanent_directories[i]);
		char16_t *path = copy_path(NULL, 0, permanent_directories[i], length);

		if (!directory || !path || !ob_name_insert(directory, path, length))
			return;
		/* Its creation reference and this handle that nobody has keep it for good. */
		directory->handles = 1;
	}
}

static bool equal(const char16_t *a, size_t length, const char16_t *b, bool ignore_case)
{
	if (ob_length(b) != length)
		return false;
	return ignore_case ? ob_compare_nocase(a, length, b, length) == 0 : memcmp(a, b, length * sizeof(char16_t)) == 0;
}

/* The full path of a captured name, allocated.  The names lock is held. */
static NTSTATUS resolve(const struct ob_attributes *attributes, char16_t **path_out, size_t *length_out)
{
	bool ignore_case = attributes->flags & OBJ_CASE_INSENSITIVE;
	const char16_t *rest = attributes->name;
	size_t left = attributes->length;
	char16_t *path;
	void *root;
	NTSTATUS status;

	make_directories();
	if (attributes->root) {
		if (left && rest[0] == u'\\')
			return STATUS_OBJECT_PATH_SYNTAX_BAD;
		status = ob_reference_by_handle(attributes->root, &ob_directory_type, 0, &root);
		if (status)
			return status;
		path = copy_path(((struct ob_object *)root)->name->path, ((struct ob_object *)root)->name->length, u"", 0);
		ob_dereference(root);
	} else {
		if (!left || rest[0] != u'\\')
			return STATUS_OBJECT_PATH_SYNTAX_BAD;
		rest++, left--;
		path = copy_path(u"\\", 1, u"", 0);
	}
	while (path) {
		size_t length = ob_length(path);
		size_t component = 0;
		struct ob_object *directory;
		char16_t *next;

		if (length > 1 && path[length - 1] == u'\\')
			path[--length] = 0;
		directory = ob_name_find(path, length, ignore_case);
		if (!directory) {
			free(path);
			return STATUS_OBJECT_PATH_NOT_FOUND;
		}
		if (directory->type != &ob_directory_type) {
			free(path);
			return STATUS_OBJECT_TYPE_MISMATCH;
		}
		while (component < left && rest[component] != u'\\')
			component++;
		if (component == 0 && left) {
			free(path);
			return STATUS_OBJECT_NAME_INVALID;
		}
		if (component < left && (equal(path, length, GLOBAL_DIRECTORY, ignore_case) ||
					 equal(path, length, SESSION_DIRECTORY, ignore_case)) &&
		    (equal(rest, component, u"Global", ignore_case) || equal(rest, component, u"Local", ignore_case))) {
			const char16_t *target = component == 6 ? GLOBAL_DIRECTORY : SESSION_DIRECTORY;

			next = copy_path(target, ob_length(target), u"", 0);
		} else {
			next = copy_path(path, length, rest, component);
		}
		free(path);
		path = next;
		if (component == left)
			break;
		rest += component + 1;
		left -= component + 1;
	}
	if (!path)
		return STATUS_NO_MEMORY;
	*path_out = path;
	*length_out = ob_length(path);
	return STATUS_SUCCESS;
}

/* A handle for an object that has the name already. */
static NTSTATUS open_existing(struct ob_object *existing, const struct ob_type *type, const struct ob_attributes *attributes,
			      ACCESS_MASK access, HANDLE *handle)
{
	ACCESS_MASK granted;
	NTSTATUS status;

	if (existing->type != type)
		return STATUS_OBJECT_TYPE_MISMATCH;
	status = ob_check_access(type, access, &granted);
	return status ? status : ob_create_handle(existing, granted, attributes->flags & OBJ_INHERIT, handle);
}

/* The same for one that another process made; entered. */
static NTSTATUS open_shared(const struct ob_type *type, const struct ob_attributes *attributes, const char16_t *path,
			    size_t length, ACCESS_MASK access, HANDLE *handle)
{
	struct ob_object *object;
	ACCESS_MASK granted;
	NTSTATUS status = ob_shared_find(type, path, length, attributes->flags & OBJ_CASE_INSENSITIVE, access, &granted,
					 &object);

	if (status)
		return status;
	status = ob_create_handle(object, granted, attributes->flags & OBJ_INHERIT, handle);
	if (status) {
		ob_name_remove(object);
		host_shared_drop_key(object->shared);
	}
	ob_dereference(object);
	return status;
}

/* Gives a new object its name and a handle.  The path is consumed. */
static NTSTATUS insert_new(struct ob_object *object, const struct ob_attributes *attributes, char16_t *path, size_t length,
			   ACCESS_MASK access, bool share, HANDLE *handle)
{
	NTSTATUS status = STATUS_SUCCESS;

	if (!ob_name_insert(object, path, length)) {
		free(path);
		return STATUS_NO_MEMORY;
	}
	if (share)
		status = ob_shared_publish(object);
	if (!status)
		status = ob_create_handle(object, ob_map_access(object->type, access), attributes->flags & OBJ_INHERIT,
					  handle);
	if (status) {
		ob_name_remove(object);
		if (object->shared)
			host_shared_drop_key(object->shared);
	}
	return status;
}

/* Inserts a captured name; consumes the object's reference. */
static NTSTATUS insert_named(struct ob_object *object, const struct ob_attributes *attributes, ACCESS_MASK access,
			     HANDLE *handle)
{
	bool ignore_case = attributes->flags & OBJ_CASE_INSENSITIVE, may_open = attributes->flags & OBJ_OPENIF;
	struct ob_object *existing;
	bool share = false;
	char16_t *path;
	size_t length;
	NTSTATUS status;

	ob_names_lock();
	status = resolve(attributes, &path, &length);
	if (status)
		goto unlock;
	existing = ob_name_find(path, length, ignore_case);
	if (existing) {
		if (existing->type != object->type)
			status = STATUS_OBJECT_TYPE_MISMATCH;
		else if (!may_open)
			status = STATUS_OBJECT_NAME_COLLISION;
		else
			status = open_existing(existing, object->type, attributes, access, handle);
		if (!status)
			status = STATUS_OBJECT_NAME_EXISTS;
		free(path);
		goto unlock;
	}
	/* Without a directory to share in, a name is this process' own. */
	share = ob_is_shared_path(object->type, path, length) && host_shared_enter() == 0;
	status = STATUS_OBJECT_NAME_NOT_FOUND;
	if (share && may_open)
		status = open_shared(object->type, attributes, path, length, access, handle);
	else if (share)
		status = ob_shared_find(object->type, path, length, ignore_case, MAXIMUM_ALLOWED, NULL, NULL);
	if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
		status = insert_new(object, attributes, path, length, access, share, handle);
	} else {
		free(path);
		if (!status)
			status = may_open ? STATUS_OBJECT_NAME_EXISTS : STATUS_OBJECT_NAME_COLLISION;
	}
	if (share)
		host_shared_leave();
unlock:
	ob_names_unlock();
	ob_dereference(object);
	return status;
}

NTSTATUS ob_insert(void *object, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, HANDLE *handle)
{
	struct ob_object *header = object;
	struct ob_attributes captured;
	NTSTATUS status;

	*handle = NULL;
	status = ob_capture_attributes(attributes, &captured);
	if (status) {
		ob_dereference(object);
		return status;
	}
	if (captured.name && captured.length) {
		status = insert_named(header, &captured, access, handle);
	} else {
		status = ob_create_handle(header, ob_map_access(header->type, access), captured.flags & OBJ_INHERIT, handle);
		ob_dereference(header);
	}
	ob_release_attributes(&captured);
	return status;
}

NTSTATUS ob_open_by_name(const struct ob_type *type, const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
			 HANDLE *handle)
{
	struct ob_attributes captured;
	struct ob_object *existing;
	char16_t *path;
	size_t length;
	NTSTATUS status;

	*handle = NULL;
	if (!attributes)
		return STATUS_INVALID_PARAMETER;
	status = ob_capture_attributes(attributes, &captured);
	if (status)
		return status;
	if (!captured.name || !captured.length) {
		ob_release_attributes(&captured);
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	}
	ob_names_lock();
	status = resolve(&captured, &path, &length);
	if (!status) {
		existing = ob_name_find(path, length, captured.flags & OBJ_CASE_INSENSITIVE);
		status = STATUS_OBJECT_NAME_NOT_FOUND;
		if (existing) {
			status = open_existing(existing, type, &captured, access, handle);
		} else if (ob_is_shared_path(type, path, length) && host_shared_enter() == 0) {
			status = open_shared(type, &captured, path, length, access, handle);
			host_shared_leave();
		}
		free(path);
	}
	ob_names_unlock();
	ob_release_attributes(&captured);
	return status;
}

HANDLE ob_base_named_objects(void)
{
	static HANDLE cached;
	struct ob_object *directory;
	HANDLE handle = __atomic_load_n(&cached, __ATOMIC_ACQUIRE);

	if (handle)
		return handle;
	ob_names_lock();
	if (!cached) {
		make_directories();
		directory = ob_name_find(SESSION_DIRECTORY, ob_length(SESSION_DIRECTORY), false);
		if (directory && !ob_create_handle(directory, 0xF, OB_PROTECT_CLOSE, &handle))
			__atomic_store_n(&cached, handle, __ATOMIC_RELEASE);
	}
	handle = cached;
	ob_names_unlock();
	return handle;
}

NTSTATUS ob_clear_handle(HANDLE *place)
{
	HANDLE none = NULL;

	return host_copy_to_guest(place, &none, sizeof(none)) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

NTSTATUS ob_store_handle(HANDLE *place, const HANDLE *handle, NTSTATUS status)
{
	if (NT_SUCCESS(status) && host_copy_to_guest(place, handle, sizeof(*handle)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

NTSTATUS ob_open_for_guest(const struct ob_type *type, HANDLE *place, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes)
{
	HANDLE value;
	NTSTATUS status = ob_clear_handle(place);

	return status ? status : ob_store_handle(place, &value, ob_open_by_name(type, attributes, access, &value));
}
