/*
 * ntdll/cm/key.c - keys: opened, made, deleted, renamed, flushed.  Status values as the WDK documents them.
 */
#include "ntdll/cm/key.h"
#include "host/fault.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"
#include <stdlib.h>
#include <string.h>

#define ROOT u"\\Registry"
#define ROOT_LENGTH 9
/* Links that one name may lead through. */
#define LONGEST_CHAIN 32

static void key_close(struct ob_object *object)
{
	cm_end_watch((struct cm_key *)object);
}

static void key_destroy(struct ob_object *object)
{
	struct cm_key *key = (struct cm_key *)object;

	if (!key->node)
		return;
	cm_lock_quietly();
	key->node->references--;
	cm_free_if_unused(key->node);
	cm_unlock_quietly();
}

const struct ob_type cm_key_type = {
	.name = u"Key",
	.read = KEY_READ,
	.write = KEY_WRITE,
	.execute = KEY_READ,
	.all = KEY_ALL_ACCESS,
	.close = key_close,
	.destroy = key_destroy,
};

NTSTATUS cm_reference_key(HANDLE handle, ACCESS_MASK access, struct cm_key **key)
{
	return ob_reference_by_handle(handle, &cm_key_type, access, (void **)key);
}

NTSTATUS cm_enter_key(HANDLE handle, ACCESS_MASK access, NTSTATUS (*enter)(void), struct cm_key **key)
{
	NTSTATUS status = cm_reference_key(handle, access, key);

	if (!NT_SUCCESS(status))
		return status;
	status = enter();
	if (NT_SUCCESS(status) && !(*key)->node->deleted)
		return STATUS_SUCCESS;
	if (NT_SUCCESS(status)) {
		cm_unlock();
		status = STATUS_KEY_DELETED;
	}
	ob_dereference(*key);
	return status;
}

NTSTATUS cm_leave_key(struct cm_key *key, NTSTATUS status)
{
	NTSTATUS end = cm_unlock();

	ob_dereference(key);
	return NT_SUCCESS(end) ? status : end;
}

NTSTATUS cm_capture_name(const UNICODE_STRING *guest, size_t longest, char16_t **name, size_t *length)
{
	UNICODE_STRING string = {0};

	*name = NULL;
	*length = 0;
	if (guest && host_copy_from_guest(&string, guest, sizeof(string)))
		return STATUS_ACCESS_VIOLATION;
	if (string.Length / sizeof(char16_t) > longest)
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

static bool is_below_root(const char16_t *path, size_t length)
{
	return length >= ROOT_LENGTH && !rtl_compare_nocase(path, ROOT_LENGTH, ROOT, ROOT_LENGTH) &&
	       (length == ROOT_LENGTH || path[ROOT_LENGTH] == '\\');
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

static bool is_end(const char16_t *path, size_t left)
{
	while (left && path[left - 1] == '\\')
		left--;
	return left == 0;
}

/* What is to be opened or made. */
struct request {
	struct ob_attributes attributes;
	bool create, created;
	ULONG options;
	char16_t *class;
	size_t class_length;
};

/* A walk under way.  The rest of the path is the caller's text, or `owned` behind a link. */
struct walk {
	struct cm_node *node;
	const char16_t *path;
	size_t left;
	char16_t *owned;
	unsigned links;
};

/* The path goes on where the link points to. */
static NTSTATUS follow(struct walk *walk, const struct cm_node *link)
{
	const struct cm_value *value = cm_find_value(link, CM_LINK_VALUE, ARRAY_SIZE(CM_LINK_VALUE) - 1);
	const char16_t *target = value ? (const char16_t *)value->data : NULL;
	size_t length = value ? value->size / sizeof(*target) : 0;
	char16_t *joined;

	while (length && !target[length - 1])
		length--;
	if (!value || value->type != REG_LINK || !is_below_root(target, length) || ++walk->links > LONGEST_CHAIN)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	length -= ROOT_LENGTH;
	joined = malloc((length + 1 + walk->left) * sizeof(*joined));
	if (!joined)
		return STATUS_INSUFFICIENT_RESOURCES;
	memcpy(joined, target + ROOT_LENGTH, length * sizeof(*joined));
	joined[length++] = '\\';
	memcpy(joined + length, walk->path, walk->left * sizeof(*joined));
	free(walk->owned);
	walk->path = walk->owned = joined;
	walk->left += length;
	walk->node = &cm_root;
	return STATUS_SUCCESS;
}

/* Makes the last component.  STATUS_RETRY: the lock is not for changes. */
static NTSTATUS make(struct request *request, struct walk *walk, const char16_t *name, size_t length, bool for_change,
		     struct cm_node **child)
{
	struct cm_new_key key = {
		.name = name,
		.length = length,
		.class = request->class,
		.class_length = request->class_length,
		.is_volatile = request->options & REG_OPTION_VOLATILE,
		.is_link = request->options & REG_OPTION_CREATE_LINK,
	};
	NTSTATUS status;

	if (length > CM_LONGEST_NAME)
		return STATUS_INVALID_PARAMETER;
	if (!request->create || !is_end(walk->path, walk->left))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	/* The two roots have no other keys beside Machine and User: that would be a new hive. */
	if (walk->node == &cm_root)
		return STATUS_ACCESS_DENIED;
	if (walk->node->is_volatile && !key.is_volatile)
		return STATUS_CHILD_MUST_BE_VOLATILE;
	if (!for_change)
		return STATUS_RETRY;
	status = cm_store_create(walk->node, &key, child);
	request->created = NT_SUCCESS(status);
	return status;
}

/* Walks from a key or from \Registry to where the name says.  With `create` the last component may be made: those above it
 * must be there.  The lock is held. */
static NTSTATUS go(struct request *request, struct walk *walk, bool for_change)
{
	const char16_t *name;
	size_t length;
	NTSTATUS status = walk->node->deleted ? STATUS_KEY_DELETED : STATUS_SUCCESS;

	while (NT_SUCCESS(status) && next_component(&walk->path, &walk->left, &name, &length)) {
		struct cm_node *child = cm_find_child(walk->node, name, length);

		if (!child)
			status = make(request, walk, name, length, for_change, &child);
		else if (request->options & REG_OPTION_CREATE_LINK && is_end(walk->path, walk->left))
			status = STATUS_OBJECT_NAME_COLLISION;
		else if (child->is_link && !(request->attributes.flags & OBJ_OPENLINK && is_end(walk->path, walk->left))) {
			status = follow(walk, child);
			continue;
		}
		if (NT_SUCCESS(status))
			walk->node = child;
	}
	return status;
}

/* The node comes back referenced. */
static NTSTATUS find(struct request *request, struct cm_node **found)
{
	struct cm_key *from = NULL;
	struct walk start = {.node = &cm_root}, walk;
	NTSTATUS status = STATUS_SUCCESS;

	start.path = request->attributes.name ? request->attributes.name : u"";
	start.left = request->attributes.name ? request->attributes.length : 0;
	if (request->attributes.root) {
		status = cm_reference_key(request->attributes.root, 0, &from);
		if (!NT_SUCCESS(status))
			return status;
		start.node = from->node;
		if (start.left && *start.path == '\\')
			status = STATUS_OBJECT_PATH_SYNTAX_BAD;
	} else if (!start.left) {
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	} else if (!is_below_root(start.path, start.left)) {
		return *start.path == '\\' ? STATUS_OBJECT_TYPE_MISMATCH : STATUS_OBJECT_PATH_SYNTAX_BAD;
	} else {
		start.path += ROOT_LENGTH;
		start.left -= ROOT_LENGTH;
	}
	/* Most keys that are to be made are there: only if not, writers of other processes are kept away. */
	for (int attempt = 0; attempt < 2 && (NT_SUCCESS(status) || status == STATUS_RETRY); attempt++) {
		status = attempt ? cm_lock_for_change() : cm_lock();
		if (!NT_SUCCESS(status))
			break;
		walk = start;
		status = go(request, &walk, attempt);
		if (NT_SUCCESS(status)) {
			walk.node->references++;
			*found = walk.node;
		}
		cm_unlock();
		free(walk.owned);
		if (status != STATUS_RETRY)
			break;
	}
	if (from)
		ob_dereference(from);
	return status;
}

static NTSTATUS give_handle(HANDLE *handle, struct cm_node *node, ACCESS_MASK access, const struct request *request,
			    ULONG *disposition)
{
	ULONG what = request->created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
	struct cm_key *key = ob_create(&cm_key_type, sizeof(*key));
	HANDLE made = NULL;
	NTSTATUS status;

	if (!key) {
		cm_lock_quietly();
		node->references--;
		cm_free_if_unused(node);
		cm_unlock_quietly();
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	key->node = node;
	status = ob_create_handle(key, access, request->attributes.flags & OBJ_INHERIT, &made);
	ob_dereference(key);
	if (NT_SUCCESS(status) && (host_copy_to_guest(handle, &made, sizeof(made)) ||
				   (disposition && host_copy_to_guest(disposition, &what, sizeof(what))))) {
		ob_close_handle(made);
		status = STATUS_ACCESS_VIOLATION;
	}
	return status;
}

static NTSTATUS open_key(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, bool create,
			 const UNICODE_STRING *class, ULONG options, ULONG *disposition)
{
	struct request request = {.create = create, .options = options};
	struct cm_node *node;
	NTSTATUS status;

	if (host_probe_guest(handle, sizeof(*handle), true))
		return STATUS_ACCESS_VIOLATION;
	if (!attributes)
		return STATUS_INVALID_PARAMETER;
	status = ob_capture_attributes(attributes, &request.attributes);
	if (!NT_SUCCESS(status))
		return status;
	if (options & REG_OPTION_OPEN_LINK)
		request.attributes.flags |= OBJ_OPENLINK;
	/* There is one view of the registry: the views of 32 and 64 bits are the same keys. */
	access = ob_map_access(&cm_key_type, access & ~(KEY_WOW64_64KEY | KEY_WOW64_32KEY));
	status = cm_capture_name(class, 0x7FFF, &request.class, &request.class_length);
	if (NT_SUCCESS(status))
		status = find(&request, &node);
	if (NT_SUCCESS(status))
		status = give_handle(handle, node, access, &request, disposition);
	free(request.class);
	ob_release_attributes(&request.attributes);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtCreateKey,
       (HANDLE * key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG title, UNICODE_STRING *class,
	ULONG options, ULONG *disposition))
{
	return open_key(key, access, attributes, true, class, options, disposition);
}
EXPORT_ALIAS(ntdll, "ZwCreateKey", NtCreateKey);

EXPORT(ntdll, NTSTATUS, NtOpenKey, (HANDLE * key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes))
{
	return open_key(key, access, attributes, false, NULL, 0, NULL);
}
EXPORT_ALIAS(ntdll, "ZwOpenKey", NtOpenKey);

EXPORT(ntdll, NTSTATUS, NtOpenKeyEx,
       (HANDLE * key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG options))
{
	return open_key(key, access, attributes, false, NULL, options & REG_OPTION_OPEN_LINK, NULL);
}
EXPORT_ALIAS(ntdll, "ZwOpenKeyEx", NtOpenKeyEx);

bool cm_is_hive_root(const struct cm_node *node)
{
	for (int depth = 0; depth < 3; depth++, node = node->parent)
		if (!node->parent)
			return true;
	return false;
}

/* A key with subkeys, and the roots of the hives, can't be deleted: STATUS_CANNOT_DELETE. */
EXPORT(ntdll, NTSTATUS, NtDeleteKey, (HANDLE handle))
{
	struct cm_key *key;
	NTSTATUS status = cm_enter_key(handle, DELETE, cm_lock_for_change, &key);

	if (!NT_SUCCESS(status))
		return status;
	if (cm_children(key->node) || !key->node->parent || key->node->parent == &cm_root)
		status = STATUS_CANNOT_DELETE;
	else
		status = cm_store_remove(key->node);
	return cm_leave_key(key, status);
}
EXPORT_ALIAS(ntdll, "ZwDeleteKey", NtDeleteKey);

static NTSTATUS rename_key(struct cm_key *key, const char16_t *name, size_t length)
{
	struct cm_node *other;

	if (cm_is_hive_root(key->node))
		return STATUS_ACCESS_DENIED;
	other = cm_find_child(key->node->parent, name, length);
	return other && other != key->node ? STATUS_OBJECT_NAME_COLLISION : cm_store_rename(key->node, name, length);
}

/* The key and what is below it get a new path.  A name that is none is STATUS_INVALID_PARAMETER, another key's
 * STATUS_OBJECT_NAME_COLLISION; the case of a key's own may be changed. */
EXPORT(ntdll, NTSTATUS, NtRenameKey, (HANDLE handle, UNICODE_STRING *new_name))
{
	struct cm_key *key;
	char16_t *name;
	size_t length;
	NTSTATUS status = cm_capture_name(new_name, CM_LONGEST_NAME, &name, &length);

	if (!NT_SUCCESS(status))
		return status;
	if (!length)
		status = STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < length; i++)
		if (name[i] == '\\')
			status = STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		status = cm_enter_key(handle, KEY_WRITE, cm_lock_for_change, &key);
	if (NT_SUCCESS(status))
		status = cm_leave_key(key, rename_key(key, name, length));
	free(name);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwRenameKey", NtRenameKey);

/* Back when all changes so far outlast a stop of the machine. */
EXPORT(ntdll, NTSTATUS, NtFlushKey, (HANDLE handle))
{
	struct cm_key *key;
	NTSTATUS status = cm_enter_key(handle, 0, cm_lock, &key);

	if (NT_SUCCESS(status))
		status = cm_leave_key(key, cm_store_flush());
	return status;
}
EXPORT_ALIAS(ntdll, "ZwFlushKey", NtFlushKey);
