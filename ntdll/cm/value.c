/*
 * ntdll/cm/value.c - values set and deleted, and several asked for at once.
 */
#include "host/fault.h"
#include "ntdll/cm/key.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"
#include <stdlib.h>
#include <string.h>

#define LARGEST_DATA 0x10000000u
/* Entries of NtQueryMultipleValueKey. */
#define MOST_ENTRIES 0x10000u

static bool is_link_value(const char16_t *name, size_t length, ULONG type)
{
	size_t link_length = ARRAY_SIZE(CM_LINK_VALUE) - 1;

	return type == REG_LINK && length == link_length && !rtl_compare_nocase(name, length, CM_LINK_VALUE, link_length);
}

EXPORT(ntdll, NTSTATUS, NtSetValueKey,
       (HANDLE handle, UNICODE_STRING *value, ULONG title, ULONG type, PVOID data, ULONG size))
{
	struct cm_key *key;
	char16_t *name = NULL;
	BYTE *copy = NULL;
	size_t length;
	NTSTATUS status;

	if (size > LARGEST_DATA)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = cm_capture_name(value, CM_LONGEST_VALUE_NAME, &name, &length);
	if (NT_SUCCESS(status)) {
		copy = malloc(size ? size : 1);
		if (!copy)
			status = STATUS_INSUFFICIENT_RESOURCES;
		else if (size && host_copy_from_guest(copy, data, size))
			status = STATUS_ACCESS_VIOLATION;
	}
	if (NT_SUCCESS(status))
		status = cm_enter_key(handle, KEY_SET_VALUE, cm_lock_for_change, &key);
	if (NT_SUCCESS(status)) {
		if (key->node->is_link && !is_link_value(name, length, type))
			status = STATUS_ACCESS_DENIED;
		else
			status = cm_store_set(key->node, name, length, type, copy, size);
		status = cm_leave_key(key, status);
	}
	free(copy);
	free(name);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwSetValueKey", NtSetValueKey);

EXPORT(ntdll, NTSTATUS, NtDeleteValueKey, (HANDLE handle, UNICODE_STRING *value))
{
	struct cm_value *found;
	struct cm_key *key;
	char16_t *name;
	size_t length;
	NTSTATUS status = cm_capture_name(value, CM_LONGEST_VALUE_NAME, &name, &length);

	if (NT_SUCCESS(status))
		status = cm_enter_key(handle, KEY_SET_VALUE, cm_lock_for_change, &key);
	if (NT_SUCCESS(status)) {
		found = cm_find_value(key->node, name, length);
		status = cm_leave_key(key, found ? cm_store_remove_value(key->node, found) : STATUS_OBJECT_NAME_NOT_FOUND);
	}
	free(name);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwDeleteValueKey", NtDeleteValueKey);

/* One value's place in the answer.  The data of each begins at a multiple of 4. */
static NTSTATUS describe_entry(struct cm_node *node, KEY_VALUE_ENTRY *entry, BYTE *answer, ULONG room, size_t *used)
{
	const struct cm_value *value;
	char16_t *name;
	size_t length;
	NTSTATUS status = cm_capture_name(entry->ValueName, CM_LONGEST_VALUE_NAME, &name, &length);

	if (!NT_SUCCESS(status))
		return status;
	value = cm_find_value(node, name, length);
	free(name);
	if (!value)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	*used = (*used + 3) & ~(size_t)3;
	entry->DataOffset = (ULONG)*used;
	entry->DataLength = value->size;
	entry->Type = value->type;
	if (*used + value->size <= room && value->size)
		memcpy(answer + *used, value->data, value->size);
	*used += value->size;
	return STATUS_SUCCESS;
}

/* All of one moment.  STATUS_OBJECT_NAME_NOT_FOUND: one is not there; STATUS_BUFFER_OVERFLOW: *needed (and *size) is what they take. */
EXPORT(ntdll, NTSTATUS, NtQueryMultipleValueKey,
       (HANDLE handle, KEY_VALUE_ENTRY *guest_entries, ULONG count, PVOID buffer, ULONG *size, ULONG *needed))
{
	KEY_VALUE_ENTRY *entries;
	BYTE *answer = NULL;
	struct cm_key *key;
	size_t used = 0;
	ULONG room, total;
	NTSTATUS status = STATUS_SUCCESS;

	if (host_copy_from_guest(&room, size, sizeof(room)))
		return STATUS_ACCESS_VIOLATION;
	if (count > MOST_ENTRIES)
		return STATUS_INSUFFICIENT_RESOURCES;
	entries = malloc((count + 1) * sizeof(*entries));
	if (room <= LARGEST_DATA)
		answer = malloc(room + 1);
	if (!entries || !answer)
		status = STATUS_INSUFFICIENT_RESOURCES;
	else if (host_copy_from_guest(entries, guest_entries, count * sizeof(*entries)))
		status = STATUS_ACCESS_VIOLATION;
	if (NT_SUCCESS(status))
		status = cm_enter_key(handle, KEY_QUERY_VALUE, cm_lock, &key);
	if (NT_SUCCESS(status)) {
		for (ULONG i = 0; i < count && NT_SUCCESS(status); i++)
			status = describe_entry(key->node, &entries[i], answer, room, &used);
		status = cm_leave_key(key, status);
	}
	if (NT_SUCCESS(status)) {
		total = (ULONG)used;
		if (used > room)
			status = STATUS_BUFFER_OVERFLOW;
		if (host_copy_to_guest(size, &total, sizeof(total)) || (needed && host_copy_to_guest(needed, &total, sizeof(total))) ||
		    host_copy_to_guest(guest_entries, entries, count * sizeof(*entries)) ||
		    (NT_SUCCESS(status) && used && host_copy_to_guest(buffer, answer, used)))
			status = STATUS_ACCESS_VIOLATION;
	}
	free(answer);
	free(entries);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwQueryMultipleValueKey", NtQueryMultipleValueKey);
