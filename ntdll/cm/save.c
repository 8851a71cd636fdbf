/*
 * ntdll/cm/save.c - keys written to hive files and read back: NtSaveKey, NtRestoreKey, NtLoadKey, NtUnloadKey.
 *
 * A loaded hive is copied into the registry, where the value of its name in the key hivelist says which file it is of; it goes back
 * there when it is unloaded, if it has changed.  No privilege is asked for: the registry is the user's own, and the files are opened as
 * any are.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/cm/key.h"
#include "ntdll/cm/regf.h"
#include "ntdll/io/io.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define REG_STANDARD_FORMAT 1u
#define REG_LATEST_FORMAT 2u
#define REG_NO_COMPRESSION 4u

#define REG_WHOLE_HIVE_VOLATILE 1u
#define REG_REFRESH_HIVE 2u
#define REG_FORCE_RESTORE 8u

#define LARGEST_FILE (1u << 30)
#define PART (16u << 20)

/* A function of the hive's, on the host stack: it goes as deep as the keys do. */
struct deep {
	struct cm_node *node;
	const struct cm_node *from;
	void *bytes;
	size_t size;
	unsigned minor;
	NTSTATUS status;
	bool yes, force;
};

/* --- files --- */

static NTSTATUS write_file(HANDLE file, char *bytes, size_t size)
{
	LARGE_INTEGER offset = {.QuadPart = 0};
	NTSTATUS status = STATUS_SUCCESS;

	while (size && NT_SUCCESS(status)) {
		IO_STATUS_BLOCK iosb = {0};

		status = NtWriteFile(file, NULL, NULL, NULL, &iosb, bytes, (ULONG)(size < PART ? size : PART), &offset, NULL);
		if (NT_SUCCESS(status) && !iosb.Information)
			status = STATUS_DISK_FULL;
		offset.QuadPart += (LONGLONG)iosb.Information;
		bytes += iosb.Information;
		size -= iosb.Information;
	}
	return status;
}

static NTSTATUS read_file(HANDLE file, void **result, size_t *size)
{
	LARGE_INTEGER offset = {.QuadPart = 0};
	size_t capacity = 0;
	char *bytes = NULL, *grown;
	NTSTATUS status;

	*size = 0;
	do {
		IO_STATUS_BLOCK iosb = {0};

		if (*size == capacity) {
			capacity = capacity ? capacity * 2 : 1u << 16;
			grown = capacity <= LARGEST_FILE ? realloc(bytes, capacity) : NULL;
			if (!grown) {
				free(bytes);
				return STATUS_INSUFFICIENT_RESOURCES;
			}
			bytes = grown;
		}
		status = NtReadFile(file, NULL, NULL, NULL, &iosb, bytes + *size,
				    (ULONG)(capacity - *size < PART ? capacity - *size : PART), &offset, NULL);
		if (NT_SUCCESS(status) && !iosb.Information)
			break;
		*size += iosb.Information;
		offset.QuadPart += (LONGLONG)iosb.Information;
	} while (NT_SUCCESS(status));
	if (!NT_SUCCESS(status) && status != STATUS_END_OF_FILE) {
		free(bytes);
		return status;
	}
	*result = bytes;
	return STATUS_SUCCESS;
}

static void *read_there(void *argument)
{
	struct deep *deep = argument;

	deep->status = regf_read(deep->bytes, deep->size, deep->node);
	return NULL;
}

static void *discard_there(void *root)
{
	regf_discard(root);
	return NULL;
}

/* The keys of a file, in a tree of their own; discard_there in any case. */
static NTSTATUS read_hive(HANDLE file, struct cm_node *root)
{
	struct deep deep = {.node = root};
	NTSTATUS status = read_file(file, &deep.bytes, &deep.size);

	if (!NT_SUCCESS(status))
		return status;
	host_stack_call(read_there, &deep);
	free(deep.bytes);
	return deep.status;
}

static void *write_there(void *argument)
{
	struct deep *deep = argument;

	deep->bytes = regf_write(deep->node, deep->minor, &deep->size);
	return NULL;
}

/* --- trees --- */

/* Everything below `from`, and its values, into `node`. */
static NTSTATUS copy_tree(struct cm_node *node, const struct cm_node *from)
{
	NTSTATUS status = STATUS_SUCCESS;

	for (const struct cm_value *value = from->values; value && NT_SUCCESS(status); value = value->next)
		status = cm_store_set(node, value->name, value->name_length, value->type, value->data, value->size);
	for (size_t i = 0; i < from->child_count && NT_SUCCESS(status); i++) {
		const struct cm_node *child = from->children[i];
		struct cm_new_key key = {.name = child->name, .length = child->name_length, .class = child->class,
					 .class_length = child->class_length, .is_volatile = node->is_volatile,
					 .is_link = child->is_link};
		struct cm_node *made;

		status = cm_store_create(node, &key, &made);
		if (NT_SUCCESS(status))
			status = copy_tree(made, child);
	}
	return status;
}

static NTSTATUS clear_tree(struct cm_node *node)
{
	NTSTATUS status = STATUS_SUCCESS;

	while (cm_children(node) && NT_SUCCESS(status)) {
		struct cm_node *child = node->children[node->child_count - 1];

		status = clear_tree(child);
		if (NT_SUCCESS(status))
			status = cm_store_remove(child);
	}
	while (node->values && NT_SUCCESS(status))
		status = cm_store_remove_value(node, node->values);
	return status;
}

static bool is_open_below(struct cm_node *node)
{
	for (size_t i = 0; i < node->child_count; i++)
		if (node->children[i]->references || is_open_below(node->children[i]))
			return true;
	return false;
}

static bool trees_are_same(const struct cm_node *a, const struct cm_node *b)
{
	const struct cm_value *value, *other;
	size_t values = 0;

	if (a->child_count != b->child_count)
		return false;
	for (value = a->values; value; value = value->next, values++) {
		other = cm_find_value(b, value->name, value->name_length);
		if (!other || other->type != value->type || other->size != value->size ||
		    memcmp(other->data, value->data, value->size))
			return false;
	}
	for (other = b->values; other; other = other->next)
		values--;
	for (size_t i = 0; i < a->child_count && !values; i++) {
		const struct cm_node *one = a->children[i], *two = b->children[i];

		if (one->name_length != two->name_length || memcmp(one->name, two->name, one->name_length * sizeof(*one->name)) ||
		    one->class_length != two->class_length || !trees_are_same(one, two))
			return false;
	}
	return !values;
}

static void *copy_there(void *argument)
{
	struct deep *deep = argument;

	deep->status = copy_tree(deep->node, deep->from);
	return NULL;
}

static void *clear_there(void *argument)
{
	struct deep *deep = argument;

	deep->yes = is_open_below(deep->node);
	deep->status = deep->yes && !deep->force ? STATUS_ACCESS_DENIED : clear_tree(deep->node);
	return NULL;
}

static void *compare_there(void *argument)
{
	struct deep *deep = argument;

	deep->yes = trees_are_same(deep->node, deep->from);
	return NULL;
}

/* Without what is below it, and without values.  `force`: handles of what is below lose their key. */
static NTSTATUS clear(struct cm_node *node, bool force)
{
	struct deep deep = {.node = node, .force = force};

	host_stack_call(clear_there, &deep);
	return deep.status;
}

static NTSTATUS fill(struct cm_node *node, const struct cm_node *from)
{
	struct deep deep = {.node = node, .from = from};

	host_stack_call(copy_there, &deep);
	return deep.status;
}

/* --- saving and restoring --- */

EXPORT(ntdll, NTSTATUS, NtSaveKeyEx, (HANDLE handle, HANDLE file, ULONG format))
{
	struct deep deep = {.minor = format == REG_LATEST_FORMAT ? 5 : 3};
	struct cm_key *key;
	NTSTATUS status;

	if (format != REG_STANDARD_FORMAT && format != REG_LATEST_FORMAT && format != REG_NO_COMPRESSION)
		return STATUS_INVALID_PARAMETER;
	status = cm_enter_key(handle, 0, cm_lock, &key);
	if (!NT_SUCCESS(status))
		return status;
	/* The two roots and what is above are no hives. */
	if (!key->node->parent || key->node->parent == &cm_root) {
		status = STATUS_ACCESS_DENIED;
	} else {
		deep.node = key->node;
		host_stack_call(write_there, &deep);
		if (!deep.bytes)
			status = STATUS_INSUFFICIENT_RESOURCES;
	}
	status = cm_leave_key(key, status);
	if (NT_SUCCESS(status))
		status = write_file(file, deep.bytes, deep.size);
	free(deep.bytes);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwSaveKeyEx", NtSaveKeyEx);

EXPORT(ntdll, NTSTATUS, NtSaveKey, (HANDLE handle, HANDLE file))
{
	return NtSaveKeyEx(handle, file, REG_STANDARD_FORMAT);
}
EXPORT_ALIAS(ntdll, "ZwSaveKey", NtSaveKey);

/* The key gets the content of the file instead of its own. */
EXPORT(ntdll, NTSTATUS, NtRestoreKey, (HANDLE handle, HANDLE file, ULONG flags))
{
	struct cm_node root = {0};
	struct cm_key *key;
	NTSTATUS status;

	/* A hive of its own that goes with the machine, and one as it was before: there are none. */
	if (flags & (REG_WHOLE_HIVE_VOLATILE | REG_REFRESH_HIVE))
		return STATUS_NOT_SUPPORTED;
	status = read_hive(file, &root);
	if (NT_SUCCESS(status)) {
		status = cm_enter_key(handle, 0, cm_lock_for_changes, &key);
		if (NT_SUCCESS(status)) {
			if (!key->node->parent || key->node->parent == &cm_root)
				status = STATUS_ACCESS_DENIED;
			else
				status = clear(key->node, flags & REG_FORCE_RESTORE);
			if (NT_SUCCESS(status))
				status = fill(key->node, &root);
			status = cm_leave_key(key, status);
		}
	}
	host_stack_call(discard_there, &root);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwRestoreKey", NtRestoreKey);

/* --- loading --- */

static struct cm_node *hive_list(void)
{
	static const char16_t *const path[] = {u"Machine", u"SYSTEM", u"CurrentControlSet", u"Control", u"hivelist"};
	struct cm_node *node = &cm_root;

	for (size_t i = 0; i < ARRAY_SIZE(path) && node; i++)
		node = cm_find_child(node, path[i], rtl_wcslen(path[i]));
	return node;
}

/* Where a hive is to be: a name below Machine or User.  The lock is held. */
struct mount {
	struct cm_node *parent;
	const char16_t *name;
	size_t length;
	char16_t path[2 * CM_LONGEST_NAME + 16];
	size_t path_length;
};

/* `root_key`: the key that the name is below, referenced before the lock was taken, or NULL. */
static NTSTATUS find_mount(const struct ob_attributes *target, const struct cm_key *root_key, struct mount *mount)
{
	static const char16_t root[] = u"\\REGISTRY\\";
	const char16_t *text = target->name ? target->name : u"", *slash;
	size_t length = target->name ? target->length : 0, prefix = ARRAY_SIZE(root) - 1, part = 0;

	if (root_key) {
		mount->parent = root_key->node;
	} else {
		if (length < prefix || rtl_compare_nocase(text, prefix, root, prefix))
			return STATUS_OBJECT_PATH_SYNTAX_BAD;
		text += prefix;
		length -= prefix;
		while (part < length && text[part] != '\\')
			part++;
		mount->parent = cm_find_child(&cm_root, text, part);
		if (!mount->parent || part == length)
			return STATUS_OBJECT_PATH_SYNTAX_BAD;
		text += part + 1;
		length -= part + 1;
	}
	slash = length && text[length - 1] == '\\' ? text + --length : NULL;
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\\')
			slash = text + i;
	if (!length || length > CM_LONGEST_NAME || (slash && slash < text + length) || mount->parent->deleted ||
	    mount->parent->parent != &cm_root)
		return STATUS_INVALID_PARAMETER;
	mount->name = text;
	mount->length = length;
	memcpy(mount->path, root, prefix * sizeof(*root));
	memcpy(mount->path + prefix, mount->parent->name, mount->parent->name_length * sizeof(*root));
	mount->path_length = prefix + mount->parent->name_length;
	mount->path[mount->path_length++] = '\\';
	memcpy(mount->path + mount->path_length, text, length * sizeof(*text));
	mount->path_length += length;
	return STATUS_SUCCESS;
}

static NTSTATUS open_file(const char16_t *name, size_t length, HANDLE root, bool write, HANDLE *file)
{
	UNICODE_STRING string = {.Buffer = (PWSTR)(uintptr_t)name, .Length = (USHORT)(length * sizeof(*name)),
				 .MaximumLength = (USHORT)(length * sizeof(*name))};
	OBJECT_ATTRIBUTES attributes = {sizeof(attributes), root, &string, OBJ_CASE_INSENSITIVE, NULL, NULL};
	IO_STATUS_BLOCK iosb;

	return NtCreateFile(file, SYNCHRONIZE | (write ? FILE_GENERIC_WRITE : FILE_GENERIC_READ), &attributes, &iosb, NULL, 0,
			    write ? 0 : FILE_SHARE_READ, write ? FILE_OVERWRITE_IF : FILE_OPEN,
			    FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
}

/* Takes the lock, and a reference on the key that the target is below, if it is.  end_mount undoes both. */
static NTSTATUS begin_mount(const struct ob_attributes *target, struct cm_key **root_key)
{
	NTSTATUS status = STATUS_SUCCESS;

	*root_key = NULL;
	if (target->root)
		status = cm_reference_key(target->root, 0, root_key);
	if (!NT_SUCCESS(status))
		return status;
	status = cm_lock_for_changes();
	if (!NT_SUCCESS(status) && *root_key)
		ob_dereference(*root_key);
	return status;
}

static NTSTATUS end_mount(struct cm_key *root_key, NTSTATUS status)
{
	NTSTATUS end = cm_unlock();

	if (root_key)
		ob_dereference(root_key);
	return NT_SUCCESS(end) ? status : end;
}

static NTSTATUS mount_hive(const struct ob_attributes *target, const struct cm_node *hive, const struct ob_attributes *source)
{
	struct cm_new_key key = {0};
	struct cm_node *node = NULL, *list;
	struct cm_key *root_key;
	struct mount mount;
	NTSTATUS status = begin_mount(target, &root_key);

	if (!NT_SUCCESS(status))
		return status;
	status = find_mount(target, root_key, &mount);
	list = hive_list();
	if (NT_SUCCESS(status) && !list)
		status = STATUS_INSUFFICIENT_RESOURCES;
	if (NT_SUCCESS(status) && cm_find_child(mount.parent, mount.name, mount.length))
		status = STATUS_OBJECT_NAME_COLLISION;
	if (NT_SUCCESS(status)) {
		key.name = mount.name;
		key.length = mount.length;
		status = cm_store_create(mount.parent, &key, &node);
	}
	if (NT_SUCCESS(status))
		status = fill(node, hive);
	if (NT_SUCCESS(status))
		status = cm_store_set(list, mount.path, mount.path_length, REG_SZ, source->name,
				      (ULONG)((source->length + 1) * sizeof(*source->name)));
	return end_mount(root_key, status);
}

/* STATUS_OBJECT_NAME_COLLISION: there is a key of this name; STATUS_INVALID_PARAMETER: it would not lie where hives may. */
EXPORT(ntdll, NTSTATUS, NtLoadKey, (const OBJECT_ATTRIBUTES *target, const OBJECT_ATTRIBUTES *source))
{
	struct ob_attributes to, from;
	struct cm_node root = {0};
	HANDLE file;
	NTSTATUS status;

	status = ob_capture_attributes(target, &to);
	if (!NT_SUCCESS(status))
		return status;
	status = ob_capture_attributes(source, &from);
	if (NT_SUCCESS(status)) {
		/* The file is found again by its name, so that has to be whole. */
		status = from.root || !from.name || !from.length ? STATUS_OBJECT_PATH_SYNTAX_BAD
								 : open_file(from.name, from.length, NULL, false, &file);
		if (NT_SUCCESS(status)) {
			status = read_hive(file, &root);
			ob_close_handle(file);
			if (NT_SUCCESS(status))
				status = mount_hive(&to, &root, &from);
			host_stack_call(discard_there, &root);
		}
		ob_release_attributes(&from);
	}
	ob_release_attributes(&to);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwLoadKey", NtLoadKey);

EXPORT(ntdll, NTSTATUS, NtLoadKey2, (const OBJECT_ATTRIBUTES *target, const OBJECT_ATTRIBUTES *source, ULONG flags))
{
	return flags ? STATUS_NOT_SUPPORTED : NtLoadKey(target, source);
}
EXPORT_ALIAS(ntdll, "ZwLoadKey2", NtLoadKey2);

/* Whether the file has what the key has. */
static bool is_unchanged(const struct cm_value *place, struct cm_node *node)
{
	struct cm_node root = {0};
	struct deep deep = {.node = node, .from = &root};
	HANDLE file;

	if (!NT_SUCCESS(open_file((const char16_t *)place->data, place->size / sizeof(char16_t) - 1, NULL, false, &file)))
		return false;
	if (NT_SUCCESS(read_hive(file, &root)))
		host_stack_call(compare_there, &deep);
	ob_close_handle(file);
	host_stack_call(discard_there, &root);
	return deep.yes;
}

static NTSTATUS write_back(const struct cm_value *place, struct cm_node *node)
{
	struct deep deep = {.node = node, .minor = 5};
	HANDLE file;
	NTSTATUS status;

	if (place->type != REG_SZ || place->size < 2 * sizeof(char16_t))
		return STATUS_REGISTRY_CORRUPT;
	if (is_unchanged(place, node))
		return STATUS_SUCCESS;
	host_stack_call(write_there, &deep);
	status = deep.bytes ? open_file((const char16_t *)place->data, place->size / sizeof(char16_t) - 1, NULL, true, &file)
			    : STATUS_INSUFFICIENT_RESOURCES;
	if (NT_SUCCESS(status)) {
		status = write_file(file, deep.bytes, deep.size);
		ob_close_handle(file);
	}
	free(deep.bytes);
	return status;
}

/* STATUS_INVALID_PARAMETER: nothing is loaded there; STATUS_ACCESS_DENIED: somebody has a key of it open. */
EXPORT(ntdll, NTSTATUS, NtUnloadKey, (const OBJECT_ATTRIBUTES *target))
{
	struct ob_attributes to;
	struct mount mount;
	struct cm_node *node = NULL, *list;
	struct cm_value *place = NULL;
	struct cm_key *root_key;
	NTSTATUS status;

	status = ob_capture_attributes(target, &to);
	if (!NT_SUCCESS(status))
		return status;
	status = begin_mount(&to, &root_key);
	if (NT_SUCCESS(status)) {
		status = find_mount(&to, root_key, &mount);
		list = hive_list();
		if (NT_SUCCESS(status)) {
			node = cm_find_child(mount.parent, mount.name, mount.length);
			place = list ? cm_find_value(list, mount.path, mount.path_length) : NULL;
			status = !node || !place ? STATUS_INVALID_PARAMETER : node->references ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
		}
		if (NT_SUCCESS(status))
			status = write_back(place, node);
		if (NT_SUCCESS(status))
			status = clear(node, false);
		if (NT_SUCCESS(status))
			status = cm_store_remove(node);
		if (NT_SUCCESS(status))
			status = cm_store_remove_value(list, place);
		status = end_mount(root_key, status);
	}
	ob_release_attributes(&to);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwUnloadKey", NtUnloadKey);
