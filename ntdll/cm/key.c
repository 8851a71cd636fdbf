/*
 * ntdll/cm/key.c - the registry's Nt* calls: arguments captured, status values as the WDK documents them.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/cm/cm.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"
#include <stdlib.h>
#include <string.h>

#define MAX_NAME 255       /* units of a key's name */
#define MAX_VALUE_NAME 16383
#define MAX_DATA 0x10000000u

struct cm_key {
	struct ob_object object;
	struct cm_node *node;
};

static struct host_lock lock;
static struct cm_node root;
static bool loaded;

static void key_destroy(struct ob_object *object)
{
	struct cm_key *key = (struct cm_key *)object;

	if (!key->node)
		return;
	host_lock_acquire(&lock);
	key->node->references--;
	cm_free_if_unused(key->node);
	host_lock_release(&lock);
}

static const struct ob_type key_type = {
	.name = u"Key",
	.read = KEY_READ,
	.write = KEY_WRITE,
	.execute = KEY_READ,
	.all = KEY_ALL_ACCESS,
	.destroy = key_destroy,
};

static bool is_prefix(const char16_t *path, size_t length, const char16_t *prefix, size_t prefix_length)
{
	return length >= prefix_length && !rtl_compare_nocase(path, prefix_length, prefix, prefix_length) &&
	       (length == prefix_length || path[prefix_length] == '\\');
}

/* The next component of a path; false at its end. */
static bool next_component(const char16_t **path, size_t *left, const char16_t **name, size_t *length)
{
	while (*left && **path == '\\') {
		(*path)++;
		(*left)--;
	}
	*name = *path;
	*length = 0;
	while (*left && **path != '\\') {
		(*path)++;
		(*left)--;
		(*length)++;
	}
	return *length != 0;
}

/* Walks from a handle's key or from \Registry to where the name says.  With `create` the last component may be made:
 * those above it must be there.  The node comes back referenced. */
static NTSTATUS walk(const struct ob_attributes *attributes, bool create, ULONG options, ACCESS_MASK *access,
		     struct cm_node **found, bool *created)
{
	struct cm_key *from = NULL;
	struct cm_node *node = &root;
	const char16_t *path = attributes->name ? attributes->name : u"", *name;
	size_t left = attributes->name ? attributes->length : 0, length;
	NTSTATUS status = STATUS_SUCCESS;

	*created = false;
	*found = NULL;
	if (attributes->root) {
		status = ob_reference_by_handle(attributes->root, &key_type, 0, (void **)&from);
		if (!NT_SUCCESS(status))
			return status;
		node = from->node;
		if (left && *path == '\\')
			status = STATUS_OBJECT_PATH_SYNTAX_BAD;
	} else if (!left) {
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	} else if (!is_prefix(path, left, u"\\Registry", 9)) {
		return *path == '\\' ? STATUS_OBJECT_TYPE_MISMATCH : STATUS_OBJECT_PATH_SYNTAX_BAD;
	} else {
		path += 9;
		left -= 9;
	}
	host_lock_acquire(&lock);
	if (!loaded) {
		root.references = 1;
		loaded = cm_load_defaults(&root);
		if (!loaded)
			status = STATUS_INSUFFICIENT_RESOURCES;
	}
	if (NT_SUCCESS(status) && node->deleted)
		status = STATUS_KEY_DELETED;
	while (NT_SUCCESS(status) && next_component(&path, &left, &name, &length)) {
		struct cm_node *child = cm_find_child(node, name, length);

		if (!child) {
			bool last = true;

			for (size_t i = 0; i < left; i++)
				last &= path[i] == '\\';
			if (length > MAX_NAME)
				status = STATUS_INVALID_PARAMETER;
			else if (!create || !last)
				status = STATUS_OBJECT_NAME_NOT_FOUND;
			/* The two roots have no other keys beside Machine and User: that would be a new hive. */
			else if (node == &root)
				status = STATUS_ACCESS_DENIED;
			else if (node->is_volatile && !(options & REG_OPTION_VOLATILE))
				status = STATUS_CHILD_MUST_BE_VOLATILE;
			if (!NT_SUCCESS(status))
				break;
			child = cm_add_child(node, name, length);
			if (!child) {
				status = STATUS_INSUFFICIENT_RESOURCES;
				break;
			}
			child->is_volatile = (options & REG_OPTION_VOLATILE) != 0;
			*created = true;
		}
		node = child;
	}
	if (NT_SUCCESS(status)) {
		node->references++;
		*found = node;
	}
	host_lock_release(&lock);
	if (from)
		ob_dereference(from);
	return status;
}

static NTSTATUS open_key(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, bool create,
			 ULONG options, ULONG *disposition)
{
	struct ob_attributes captured;
	struct cm_node *node;
	struct cm_key *key;
	HANDLE made = NULL;
	bool created;
	NTSTATUS status;

	if (host_probe_guest(handle, sizeof(*handle), true))
		return STATUS_ACCESS_VIOLATION;
	if (!attributes)
		return STATUS_INVALID_PARAMETER;
	status = ob_capture_attributes(attributes, &captured);
	if (!NT_SUCCESS(status))
		return status;
	/* There is one view of the registry: the views of 32 and 64 bits are the same keys. */
	access = ob_map_access(&key_type, access & ~(KEY_WOW64_64KEY | KEY_WOW64_32KEY));
	status = walk(&captured, create, options, &access, &node, &created);
	if (NT_SUCCESS(status)) {
		key = ob_create(&key_type, sizeof(*key));
		if (!key) {
			host_lock_acquire(&lock);
			node->references--;
			cm_free_if_unused(node);
			host_lock_release(&lock);
			status = STATUS_INSUFFICIENT_RESOURCES;
		} else {
			key->node = node;
			status = ob_create_handle(key, access, captured.flags & OBJ_INHERIT, &made);
			ob_dereference(key);
		}
	}
	ob_release_attributes(&captured);
	if (NT_SUCCESS(status)) {
		ULONG what = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;

		if (host_copy_to_guest(handle, &made, sizeof(made)) ||
		    (disposition && host_copy_to_guest(disposition, &what, sizeof(what)))) {
			ob_close_handle(made);
			status = STATUS_ACCESS_VIOLATION;
		}
	}
	return status;
}

EXPORT(ntdll, NTSTATUS, NtCreateKey,
       (HANDLE * key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG title, UNICODE_STRING *class,
	ULONG options, ULONG *disposition))
{
	return open_key(key, access, attributes, true, options, disposition);
}
EXPORT_ALIAS(ntdll, "ZwCreateKey", NtCreateKey);

EXPORT(ntdll, NTSTATUS, NtOpenKey, (HANDLE * key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes))
{
	return open_key(key, access, attributes, false, 0, NULL);
}
EXPORT_ALIAS(ntdll, "ZwOpenKey", NtOpenKey);

NTSTATUS NTAPI NtOpenKeyEx(HANDLE *key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG options);
EXPORT(ntdll, NTSTATUS, NtOpenKeyEx,
       (HANDLE * key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG options))
{
	return open_key(key, access, attributes, false, 0, NULL);
}
EXPORT_ALIAS(ntdll, "ZwOpenKeyEx", NtOpenKeyEx);

static NTSTATUS reference_key(HANDLE handle, ACCESS_MASK access, struct cm_key **key)
{
	return ob_reference_by_handle(handle, &key_type, access, (void **)key);
}

/* A value's name, copied to ours; NULL or empty is the default value. */
static NTSTATUS capture_name(const UNICODE_STRING *guest, char16_t **name, size_t *length)
{
	UNICODE_STRING string;

	*name = NULL;
	*length = 0;
	if (!guest)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(&string, guest, sizeof(string)))
		return STATUS_ACCESS_VIOLATION;
	if (string.Length / sizeof(char16_t) > MAX_VALUE_NAME)
		return STATUS_INVALID_PARAMETER;
	*name = malloc(string.Length + sizeof(char16_t));
	if (!*name)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (string.Length && host_copy_from_guest(*name, string.Buffer, string.Length)) {
		free(*name);
		*name = NULL;
		return STATUS_ACCESS_VIOLATION;
	}
	*length = string.Length / sizeof(char16_t);
	return STATUS_SUCCESS;
}

/* Hands out a structure of `total` bytes whose first `fixed` are the least that makes sense. */
static NTSTATUS give(const void *answer, ULONG fixed, ULONG total, void *buffer, ULONG size, ULONG *needed)
{
	NTSTATUS status = size < fixed ? STATUS_BUFFER_TOO_SMALL : size < total ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;

	if (needed && host_copy_to_guest(needed, &total, sizeof(total)))
		return STATUS_ACCESS_VIOLATION;
	if (size >= fixed && host_copy_to_guest(buffer, answer, size < total ? size : total))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

/* The end of a question under the lock: the answer, if there is one, is given and freed. */
static NTSTATUS finish_query(struct cm_key *key, NTSTATUS status, void *answer, ULONG fixed, ULONG total, PVOID buffer,
			     ULONG size, ULONG *needed)
{
	host_lock_release(&lock);
	ob_dereference(key);
	if (answer)
		status = give(answer, fixed, total, buffer, size, needed);
	free(answer);
	return status;
}

static size_t path_length(const struct cm_node *node)
{
	return node->parent ? path_length(node->parent) + 1 + node->name_length : 9;
}

static char16_t *put_path(const struct cm_node *node, char16_t *to)
{
	if (!node->parent) {
		memcpy(to, u"\\REGISTRY", 9 * sizeof(*to));
		return to + 9;
	}
	to = put_path(node->parent, to);
	*to++ = '\\';
	memcpy(to, node->name, node->name_length * sizeof(*to));
	return to + node->name_length;
}

/* The answer about a key in memory of malloc; NULL: no memory.  The lock is held. */
static void *describe_key(struct cm_node *node, ULONG class, ULONG *fixed, ULONG *total)
{
	ULONG name = (ULONG)(node->name_length * sizeof(char16_t));
	LARGE_INTEGER time = {.QuadPart = (LONGLONG)node->last_write};

	if (class == KeyBasicInformation) {
		KEY_BASIC_INFORMATION *info;

		*fixed = offsetof(KEY_BASIC_INFORMATION, Name);
		*total = *fixed + name;
		info = calloc(1, *total);
		if (info) {
			info->LastWriteTime = time;
			info->NameLength = name;
			memcpy(info->Name, node->name ? node->name : u"", name);
		}
		return info;
	}
	if (class == KeyNodeInformation) {
		KEY_NODE_INFORMATION *info;

		*fixed = offsetof(KEY_NODE_INFORMATION, Name);
		*total = *fixed + name;
		info = calloc(1, *total);
		if (info) {
			info->LastWriteTime = time;
			info->ClassOffset = ~0u;
			info->NameLength = name;
			memcpy(info->Name, node->name ? node->name : u"", name);
		}
		return info;
	}
	if (class == KeyNameInformation) {
		KEY_NAME_INFORMATION *info;

		name = (ULONG)(path_length(node) * sizeof(char16_t));
		*fixed = offsetof(KEY_NAME_INFORMATION, Name);
		*total = *fixed + name;
		info = calloc(1, *total);
		if (info) {
			info->NameLength = name;
			put_path(node, info->Name);
		}
		return info;
	} else {
		KEY_FULL_INFORMATION *info;

		*fixed = *total = offsetof(KEY_FULL_INFORMATION, Class);
		info = calloc(1, sizeof(*info));
		if (!info)
			return NULL;
		info->LastWriteTime = time;
		info->ClassOffset = ~0u;
		for (const struct cm_node *child = cm_children(node); child; child = child->next) {
			info->SubKeys++;
			if (child->name_length * sizeof(char16_t) > info->MaxNameLen)
				info->MaxNameLen = (ULONG)(child->name_length * sizeof(char16_t));
		}
		for (const struct cm_value *value = node->values; value; value = value->next) {
			info->Values++;
			if (value->name_length * sizeof(char16_t) > info->MaxValueNameLen)
				info->MaxValueNameLen = (ULONG)(value->name_length * sizeof(char16_t));
			if (value->size > info->MaxValueDataLen)
				info->MaxValueDataLen = value->size;
		}
		return info;
	}
}

static NTSTATUS query_key(HANDLE handle, bool child, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed)
{
	struct cm_key *key;
	struct cm_node *node;
	void *answer = NULL;
	ULONG fixed = 0, total = 0;
	NTSTATUS status = reference_key(handle, child ? KEY_ENUMERATE_SUB_KEYS : class == KeyNameInformation ? 0 : KEY_QUERY_VALUE,
					&key);

	if (!NT_SUCCESS(status))
		return status;
	if (class > KeyNameInformation || (child && class == KeyNameInformation)) {
		ob_dereference(key);
		return STATUS_INVALID_PARAMETER;
	}
	host_lock_acquire(&lock);
	node = key->node;
	if (node->deleted) {
		status = STATUS_KEY_DELETED;
	} else if (child) {
		node = cm_children(key->node);
		while (node && index--)
			node = node->next;
		if (!node)
			status = STATUS_NO_MORE_ENTRIES;
	}
	if (NT_SUCCESS(status)) {
		answer = describe_key(node, class, &fixed, &total);
		if (!answer)
			status = STATUS_INSUFFICIENT_RESOURCES;
	}
	return finish_query(key, status, answer, fixed, total, buffer, size, needed);
}

EXPORT(ntdll, NTSTATUS, NtQueryKey, (HANDLE key, ULONG class, PVOID buffer, ULONG size, ULONG *needed))
{
	return query_key(key, false, 0, class, buffer, size, needed);
}
EXPORT_ALIAS(ntdll, "ZwQueryKey", NtQueryKey);

EXPORT(ntdll, NTSTATUS, NtEnumerateKey,
       (HANDLE key, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed))
{
	return query_key(key, true, index, class, buffer, size, needed);
}
EXPORT_ALIAS(ntdll, "ZwEnumerateKey", NtEnumerateKey);

static void *describe_value(const struct cm_value *value, ULONG class, ULONG *fixed, ULONG *total)
{
	ULONG name = (ULONG)(value->name_length * sizeof(char16_t));

	if (class == KeyValueBasicInformation) {
		KEY_VALUE_BASIC_INFORMATION *info;

		*fixed = offsetof(KEY_VALUE_BASIC_INFORMATION, Name);
		*total = *fixed + name;
		info = calloc(1, *total);
		if (info) {
			info->Type = value->type;
			info->NameLength = name;
			memcpy(info->Name, value->name, name);
		}
		return info;
	}
	if (class == KeyValueFullInformation) {
		KEY_VALUE_FULL_INFORMATION *info;
		ULONG offset = (ULONG)(offsetof(KEY_VALUE_FULL_INFORMATION, Name) + name + 3) & ~3u;

		*fixed = offsetof(KEY_VALUE_FULL_INFORMATION, Name);
		*total = value->size ? offset + value->size : *fixed + name;
		info = calloc(1, *total);
		if (info) {
			info->Type = value->type;
			info->DataOffset = value->size ? offset : ~0u;
			info->DataLength = value->size;
			info->NameLength = name;
			memcpy(info->Name, value->name, name);
			if (value->size)
				memcpy((BYTE *)info + offset, value->data, value->size);
		}
		return info;
	} else {
		KEY_VALUE_PARTIAL_INFORMATION *info;

		*fixed = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
		*total = *fixed + value->size;
		info = calloc(1, *total);
		if (info) {
			info->Type = value->type;
			info->DataLength = value->size;
			memcpy(info->Data, value->data, value->size);
		}
		return info;
	}
}

static NTSTATUS query_value(HANDLE handle, const char16_t *name, size_t length, bool by_name, ULONG index, ULONG class,
			    PVOID buffer, ULONG size, ULONG *needed)
{
	const struct cm_value *value;
	struct cm_key *key;
	void *answer = NULL;
	ULONG fixed = 0, total = 0;
	NTSTATUS status;

	if (class > KeyValuePartialInformation)
		return STATUS_INVALID_PARAMETER;
	status = reference_key(handle, KEY_QUERY_VALUE, &key);
	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&lock);
	if (key->node->deleted) {
		status = STATUS_KEY_DELETED;
	} else {
		if (by_name) {
			value = cm_find_value(key->node, name ? name : u"", length);
		} else {
			value = key->node->values;
			while (value && index--)
				value = value->next;
		}
		if (!value) {
			status = by_name ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_NO_MORE_ENTRIES;
		} else {
			answer = describe_value(value, class, &fixed, &total);
			if (!answer)
				status = STATUS_INSUFFICIENT_RESOURCES;
		}
	}
	return finish_query(key, status, answer, fixed, total, buffer, size, needed);
}

EXPORT(ntdll, NTSTATUS, NtQueryValueKey,
       (HANDLE key, UNICODE_STRING *value, ULONG class, PVOID buffer, ULONG size, ULONG *needed))
{
	char16_t *name;
	size_t length;
	NTSTATUS status = capture_name(value, &name, &length);

	if (NT_SUCCESS(status))
		status = query_value(key, name, length, true, 0, class, buffer, size, needed);
	free(name);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwQueryValueKey", NtQueryValueKey);

EXPORT(ntdll, NTSTATUS, NtEnumerateValueKey,
       (HANDLE key, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed))
{
	return query_value(key, NULL, 0, false, index, class, buffer, size, needed);
}
EXPORT_ALIAS(ntdll, "ZwEnumerateValueKey", NtEnumerateValueKey);

EXPORT(ntdll, NTSTATUS, NtSetValueKey,
       (HANDLE handle, UNICODE_STRING *value, ULONG title, ULONG type, PVOID data, ULONG size))
{
	struct cm_key *key = NULL;
	char16_t *name = NULL;
	BYTE *copy = NULL;
	size_t length;
	NTSTATUS status;

	if (size > MAX_DATA)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = capture_name(value, &name, &length);
	if (NT_SUCCESS(status)) {
		copy = malloc(size ? size : 1);
		if (!copy)
			status = STATUS_INSUFFICIENT_RESOURCES;
		else if (size && host_copy_from_guest(copy, data, size))
			status = STATUS_ACCESS_VIOLATION;
	}
	if (NT_SUCCESS(status))
		status = reference_key(handle, KEY_SET_VALUE, &key);
	if (NT_SUCCESS(status)) {
		host_lock_acquire(&lock);
		if (key->node->deleted)
			status = STATUS_KEY_DELETED;
		else if (!cm_set_value(key->node, name ? name : u"", length, type, copy, size))
			status = STATUS_INSUFFICIENT_RESOURCES;
		host_lock_release(&lock);
		ob_dereference(key);
	}
	free(copy);
	free(name);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwSetValueKey", NtSetValueKey);

EXPORT(ntdll, NTSTATUS, NtDeleteValueKey, (HANDLE handle, UNICODE_STRING *value))
{
	struct cm_key *key;
	char16_t *name;
	size_t length;
	NTSTATUS status = capture_name(value, &name, &length);

	if (NT_SUCCESS(status))
		status = reference_key(handle, KEY_SET_VALUE, &key);
	if (NT_SUCCESS(status)) {
		struct cm_value *found;

		host_lock_acquire(&lock);
		found = key->node->deleted ? NULL : cm_find_value(key->node, name ? name : u"", length);
		if (key->node->deleted)
			status = STATUS_KEY_DELETED;
		else if (!found)
			status = STATUS_OBJECT_NAME_NOT_FOUND;
		else
			cm_remove_value(key->node, found);
		host_lock_release(&lock);
		ob_dereference(key);
	}
	free(name);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwDeleteValueKey", NtDeleteValueKey);

/* A key with subkeys, and the roots of the hives, can't be deleted: STATUS_CANNOT_DELETE. */
EXPORT(ntdll, NTSTATUS, NtDeleteKey, (HANDLE handle))
{
	struct cm_key *key;
	NTSTATUS status = reference_key(handle, DELETE, &key);

	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&lock);
	if (key->node->deleted)
		status = STATUS_KEY_DELETED;
	else if (cm_children(key->node) || !key->node->parent || key->node->parent == &root)
		status = STATUS_CANNOT_DELETE;
	else
		cm_remove(key->node);
	host_lock_release(&lock);
	ob_dereference(key);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwDeleteKey", NtDeleteKey);

/* A hive's root: a key below Machine or User, or one of these. */
static bool is_hive_root(const struct cm_node *node)
{
	for (int depth = 0; depth < 3; depth++, node = node->parent)
		if (!node->parent)
			return true;
	return false;
}

/* The key and what is below it get a new path.  A name that is none is STATUS_INVALID_PARAMETER, another key's
 * STATUS_OBJECT_NAME_COLLISION; the case of a key's own may be changed. */
EXPORT(ntdll, NTSTATUS, NtRenameKey, (HANDLE handle, UNICODE_STRING *new_name))
{
	struct cm_node *other;
	struct cm_key *key;
	char16_t *name;
	size_t length;
	NTSTATUS status = capture_name(new_name, &name, &length);

	if (!NT_SUCCESS(status))
		return status;
	if (!length || length > MAX_NAME)
		status = STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < length; i++)
		if (name[i] == '\\')
			status = STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		status = reference_key(handle, KEY_WRITE, &key);
	if (NT_SUCCESS(status)) {
		host_lock_acquire(&lock);
		if (key->node->deleted) {
			status = STATUS_KEY_DELETED;
		} else if (is_hive_root(key->node)) {
			status = STATUS_ACCESS_DENIED;
		} else {
			other = cm_find_child(key->node->parent, name, length);
			if (other && other != key->node)
				status = STATUS_OBJECT_NAME_COLLISION;
			else if (!cm_rename(key->node, name, length))
				status = STATUS_INSUFFICIENT_RESOURCES;
		}
		host_lock_release(&lock);
		ob_dereference(key);
	}
	free(name);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwRenameKey", NtRenameKey);

/* Nothing is kept behind the memory, so everything is always flushed. */
EXPORT(ntdll, NTSTATUS, NtFlushKey, (HANDLE handle))
{
	struct cm_key *key;
	NTSTATUS status = reference_key(handle, 0, &key);

	if (NT_SUCCESS(status))
		ob_dereference(key);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwFlushKey", NtFlushKey);
