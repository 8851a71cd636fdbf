/*
 * ntdll/cm/query.c - what NT says of keys and values.
 */
#include "host/fault.h"
#include "ntdll/cm/key.h"
#include "pewter/export.h"
#include <stdlib.h>
#include <string.h>

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

/* The end of a question: the answer, if there is one, is given and freed. */
static NTSTATUS finish_query(struct cm_key *key, NTSTATUS status, void *answer, ULONG fixed, ULONG total, PVOID buffer,
			     ULONG size, ULONG *needed)
{
	cm_leave_key(key, status);
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

static ULONG name_bytes(const struct cm_node *node)
{
	return (ULONG)(node->name_length * sizeof(char16_t));
}

static ULONG class_bytes(const struct cm_node *node)
{
	return (ULONG)(node->class_length * sizeof(char16_t));
}

static void put(void *to, const void *from, size_t size)
{
	if (size)
		memcpy(to, from, size);
}

static void *describe_basic(const struct cm_node *node, ULONG *fixed, ULONG *total)
{
	KEY_BASIC_INFORMATION *info;

	*fixed = offsetof(KEY_BASIC_INFORMATION, Name);
	*total = *fixed + name_bytes(node);
	info = calloc(1, sizeof(*info) + *total);
	if (info) {
		info->LastWriteTime.QuadPart = (LONGLONG)node->last_write;
		info->NameLength = name_bytes(node);
		put(info->Name, node->name, name_bytes(node));
	}
	return info;
}

static void *describe_node(const struct cm_node *node, ULONG *fixed, ULONG *total)
{
	ULONG class_at = (ULONG)(offsetof(KEY_NODE_INFORMATION, Name) + name_bytes(node) + 3) & ~3u;
	KEY_NODE_INFORMATION *info;

	*fixed = offsetof(KEY_NODE_INFORMATION, Name);
	*total = node->class_length ? class_at + class_bytes(node) : *fixed + name_bytes(node);
	info = calloc(1, sizeof(*info) + *total);
	if (info) {
		info->LastWriteTime.QuadPart = (LONGLONG)node->last_write;
		info->ClassOffset = node->class_length ? class_at : ~0u;
		info->ClassLength = class_bytes(node);
		info->NameLength = name_bytes(node);
		put(info->Name, node->name, name_bytes(node));
		put((char *)info + class_at, node->class, class_bytes(node));
	}
	return info;
}

static void *describe_name(const struct cm_node *node, ULONG *fixed, ULONG *total)
{
	ULONG bytes = (ULONG)(path_length(node) * sizeof(char16_t));
	KEY_NAME_INFORMATION *info;

	*fixed = offsetof(KEY_NAME_INFORMATION, Name);
	*total = *fixed + bytes;
	info = calloc(1, *total);
	if (info) {
		info->NameLength = bytes;
		put_path(node, info->Name);
	}
	return info;
}

static void raise_to(ULONG *most, size_t value)
{
	if (value > *most)
		*most = (ULONG)value;
}

static void *describe_full(struct cm_node *node, ULONG *fixed, ULONG *total)
{
	KEY_FULL_INFORMATION *info;

	*fixed = offsetof(KEY_FULL_INFORMATION, Class);
	*total = *fixed + class_bytes(node);
	info = calloc(1, sizeof(*info) + *total);
	if (!info)
		return NULL;
	info->LastWriteTime.QuadPart = (LONGLONG)node->last_write;
	info->ClassOffset = node->class_length ? *fixed : ~0u;
	info->ClassLength = class_bytes(node);
	put(info->Class, node->class, class_bytes(node));
	info->SubKeys = (ULONG)cm_children(node);
	for (size_t i = 0; i < node->child_count; i++) {
		raise_to(&info->MaxNameLen, name_bytes(node->children[i]));
		raise_to(&info->MaxClassLen, class_bytes(node->children[i]));
	}
	for (const struct cm_value *value = node->values; value; value = value->next) {
		info->Values++;
		raise_to(&info->MaxValueNameLen, value->name_length * sizeof(char16_t));
		raise_to(&info->MaxValueDataLen, value->size);
	}
	return info;
}

static void *describe_cached(struct cm_node *node, ULONG *fixed, ULONG *total)
{
	KEY_CACHED_INFORMATION *info = calloc(1, sizeof(*info));
	KEY_FULL_INFORMATION *full = describe_full(node, fixed, total);

	*fixed = *total = sizeof(*info);
	if (info && full) {
		info->LastWriteTime = full->LastWriteTime;
		info->SubKeys = full->SubKeys;
		info->MaxNameLen = full->MaxNameLen;
		info->Values = full->Values;
		info->MaxValueNameLen = full->MaxValueNameLen;
		info->MaxValueDataLen = full->MaxValueDataLen;
		info->NameLength = name_bytes(node);
	} else {
		free(info);
		info = NULL;
	}
	free(full);
	return info;
}

/* The answer about a key in memory of malloc; NULL: no memory.  The lock is held. */
static void *describe_key(struct cm_node *node, ULONG class, ULONG *fixed, ULONG *total)
{
	switch (class) {
	case KeyBasicInformation:
		return describe_basic(node, fixed, total);
	case KeyNodeInformation:
		return describe_node(node, fixed, total);
	case KeyNameInformation:
		return describe_name(node, fixed, total);
	case KeyCachedInformation:
		return describe_cached(node, fixed, total);
	default:
		return describe_full(node, fixed, total);
	}
}

static NTSTATUS query_key(HANDLE handle, bool child, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed)
{
	struct cm_key *key;
	struct cm_node *node;
	void *answer = NULL;
	ULONG fixed = 0, total = 0;
	NTSTATUS status;

	if (class > KeyCachedInformation || (child && class >= KeyNameInformation))
		return STATUS_INVALID_PARAMETER;
	status = cm_enter_key(handle, child ? KEY_ENUMERATE_SUB_KEYS : class == KeyNameInformation ? 0 : KEY_QUERY_VALUE, cm_lock,
			      &key);
	if (!NT_SUCCESS(status))
		return status;
	node = key->node;
	if (child && index >= cm_children(node))
		status = STATUS_NO_MORE_ENTRIES;
	else if (child)
		node = node->children[index];
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
	status = cm_enter_key(handle, KEY_QUERY_VALUE, cm_lock, &key);
	if (!NT_SUCCESS(status))
		return status;
	if (by_name) {
		value = cm_find_value(key->node, name, length);
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
	return finish_query(key, status, answer, fixed, total, buffer, size, needed);
}

EXPORT(ntdll, NTSTATUS, NtQueryValueKey,
       (HANDLE key, UNICODE_STRING *value, ULONG class, PVOID buffer, ULONG size, ULONG *needed))
{
	char16_t *name;
	size_t length;
	NTSTATUS status = cm_capture_name(value, CM_LONGEST_VALUE_NAME, &name, &length);

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
