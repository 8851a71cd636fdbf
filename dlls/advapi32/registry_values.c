/*
 * dlls/advapi32/registry_values.c - values with a check of their type, of keys below another, and several at once.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/cm/cm.h"
#include <stdlib.h>
#include <string.h>

#define RRF_TYPES 0xFFFFu
#define RRF_DWORD 0x18u /* RRF_RT_DWORD: a REG_BINARY of its size is one, too */
#define RRF_QWORD 0x48u
#define RRF_NOEXPAND 0x10000000u

/* Which RRF_RT_ bit a type is. */
static DWORD type_bit(DWORD type)
{
	switch (type) {
	case REG_NONE:
		return 0x1;
	case REG_SZ:
		return 0x2;
	case REG_EXPAND_SZ:
		return 0x4;
	case REG_BINARY:
		return 0x8;
	case REG_DWORD:
		return 0x10;
	case REG_MULTI_SZ:
		return 0x20;
	case REG_QWORD:
		return 0x40;
	default:
		return 0;
	}
}

/* MSDN RegGetValue: strings come back terminated, expandable ones expanded, the type checked. */
EXPORT(advapi32, LONG, RegGetValueW,
       (HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags, LPDWORD type, void *data, LPDWORD size))
{
	KEY_VALUE_PARTIAL_INFORMATION *info = NULL;
	UNICODE_STRING string;
	DWORD length = 0, room = size ? *size : 0, found;
	BYTE *text = NULL;
	HKEY opened;
	LONG error;

	if ((data && !size) || ((flags & 0x4) && !(flags & RRF_NOEXPAND) && (flags & RRF_TYPES) != RRF_TYPES))
		return ERROR_INVALID_PARAMETER;
	error = advapi_open(key, sub_key, false, NULL, 0, KEY_QUERY_VALUE, &opened, NULL);
	if (error)
		return error;
	advapi_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = advapi_error(advapi_query(advapi_query_partial, opened, &string, (void **)&info));
	NtClose(opened);
	if (error)
		goto out;
	found = info->Type;
	length = info->DataLength;
	text = malloc((size_t)length + 2 * sizeof(WCHAR));
	if (!text) {
		error = ERROR_OUTOFMEMORY;
		goto out;
	}
	memcpy(text, info->Data, length);
	memset(text + length, 0, 2 * sizeof(WCHAR));
	if (found == REG_SZ || found == REG_EXPAND_SZ || found == REG_MULTI_SZ) {
		DWORD ends = found == REG_MULTI_SZ ? 2 : 1, units = length / sizeof(WCHAR), zeros = 0;
		const WCHAR *wide = (const WCHAR *)text;

		while (zeros < ends && zeros < units && !wide[units - 1 - zeros])
			zeros++;
		length = (units + ends - zeros) * (DWORD)sizeof(WCHAR);
	}
	if (found == REG_EXPAND_SZ && !(flags & RRF_NOEXPAND)) {
		DWORD units = ExpandEnvironmentStringsW((LPCWSTR)text, NULL, 0);
		WCHAR *expanded = units ? malloc(units * sizeof(WCHAR)) : NULL;

		if (!expanded) {
			error = ERROR_OUTOFMEMORY;
			goto out;
		}
		length = ExpandEnvironmentStringsW((LPCWSTR)text, expanded, units) * (DWORD)sizeof(WCHAR);
		free(text);
		text = (BYTE *)expanded;
		found = REG_SZ;
	}
	if (type)
		*type = found;
	if (!(type_bit(found) & flags) && (flags & RRF_TYPES) != RRF_TYPES)
		error = 1630; /* ERROR_UNSUPPORTED_TYPE */
	else if (found == REG_BINARY && (((flags & RRF_TYPES) == RRF_DWORD && length != 4) ||
					 ((flags & RRF_TYPES) == RRF_QWORD && length != 8)))
		error = ERROR_INVALID_DATA;
	else
		error = advapi_store(text, length, data, size);
out:
	if (error && (flags & RRF_ZEROONFAILURE) && data)
		memset(data, 0, room);
	free(text);
	free(info);
	return error;
}

EXPORT(advapi32, LONG, RegSetKeyValueW,
       (HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD type, const void *data, DWORD size))
{
	HKEY opened;
	LONG error;

	if (!sub_key || !*sub_key)
		return RegSetValueExW(key, name, 0, type, data, size);
	error = RegCreateKeyExW(key, sub_key, 0, NULL, 0, KEY_SET_VALUE, NULL, &opened, NULL);
	if (error)
		return error;
	error = RegSetValueExW(opened, name, 0, type, data, size);
	NtClose(opened);
	return error;
}

/* The default value of a key, as text; the size is in bytes. */
EXPORT(advapi32, LONG, RegQueryValueW, (HKEY key, LPCWSTR sub_key, LPWSTR data, LONG *size))
{
	HKEY opened;
	LONG error = advapi_open(key, sub_key, false, NULL, 0, KEY_QUERY_VALUE, &opened, NULL);

	if (error)
		return error;
	error = RegQueryValueExW(opened, NULL, NULL, NULL, (LPBYTE)data, (LPDWORD)size);
	NtClose(opened);
	if (error == ERROR_FILE_NOT_FOUND) {
		/* A key without a default value has an empty one. */
		if (data && size && *size >= (LONG)sizeof(WCHAR))
			*data = 0;
		if (size)
			*size = sizeof(WCHAR);
		error = ERROR_SUCCESS;
	}
	return error;
}

/* VALENT */
struct value_wide {
	LPWSTR name;
	DWORD length;
	DWORD_PTR place;
	DWORD type;
};

struct value_narrow {
	LPSTR name;
	DWORD length;
	DWORD_PTR place;
	DWORD type;
};

/* All of one moment.  ERROR_CANTREAD: one is not there (MSDN RegQueryMultipleValues). */
static LONG query_multiple(HKEY key, KEY_VALUE_ENTRY *entries, DWORD count, void *buffer, LPDWORD size)
{
	ULONG needed = 0, room = *size;
	HANDLE handle;
	bool own;
	NTSTATUS status;
	LONG error = advapi_enter(key, KEY_QUERY_VALUE, &handle, &own);

	if (error)
		return error;
	status = NtQueryMultipleValueKey(handle, entries, count, buffer, &room, &needed);
	advapi_leave(handle, own);
	if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW)
		*size = needed;
	if (status == STATUS_BUFFER_OVERFLOW)
		return ERROR_MORE_DATA;
	return status == STATUS_OBJECT_NAME_NOT_FOUND ? (LONG)ERROR_CANTREAD : advapi_error(status);
}

EXPORT(advapi32, LONG, RegQueryMultipleValuesW, (HKEY key, struct value_wide *values, DWORD count, LPWSTR buffer, LPDWORD size))
{
	KEY_VALUE_ENTRY *entries = calloc(count + 1, sizeof(*entries));
	UNICODE_STRING *names = calloc(count + 1, sizeof(*names));
	LONG error = ERROR_OUTOFMEMORY;

	if (entries && names) {
		for (DWORD i = 0; i < count; i++) {
			advapi_string(&names[i], values[i].name, values[i].name ? rtl_wcslen(values[i].name) : 0);
			entries[i].ValueName = &names[i];
		}
		error = query_multiple(key, entries, count, buffer, size);
	}
	for (DWORD i = 0; i < count && !error; i++) {
		values[i].length = entries[i].DataLength;
		values[i].type = entries[i].Type;
		values[i].place = (DWORD_PTR)buffer + entries[i].DataOffset;
	}
	free(entries);
	free(names);
	return error;
}

/* Text is no longer there than it was, so each value can be made narrow where it lies. */
static void narrow_in_place(const struct value_wide *from, struct value_narrow *to)
{
	to->length = from->length;
	to->type = from->type;
	to->place = from->place;
	if (from->type == REG_SZ || from->type == REG_EXPAND_SZ || from->type == REG_MULTI_SZ) {
		INT units = (INT)(from->length / sizeof(WCHAR));
		WCHAR *copy = malloc(from->length + 1);

		if (!copy)
			return;
		memcpy(copy, (void *)from->place, from->length);
		to->length = (DWORD)WideCharToMultiByte(CP_ACP, 0, copy, units, (char *)from->place, (INT)from->length, NULL, NULL);
		free(copy);
	}
}

EXPORT(advapi32, LONG, RegQueryMultipleValuesA, (HKEY key, struct value_narrow *values, DWORD count, LPSTR buffer, LPDWORD size))
{
	struct value_wide *wide = calloc(count + 1, sizeof(*wide));
	LONG error = wide ? (LONG)ERROR_SUCCESS : (LONG)ERROR_OUTOFMEMORY;

	for (DWORD i = 0; i < count && !error; i++)
		if (!advapi_widen(values[i].name, &wide[i].name))
			error = ERROR_OUTOFMEMORY;
	if (!error)
		error = RegQueryMultipleValuesW(key, wide, count, (LPWSTR)buffer, size);
	for (DWORD i = 0; wide && i < count; i++) {
		if (!error)
			narrow_in_place(&wide[i], &values[i]);
		free(wide[i].name);
	}
	free(wide);
	return error;
}

/* For predefined keys, whose handle lives on: a wait ends with its handle. */
static HKEY watched[6];

EXPORT(advapi32, LONG, RegNotifyChangeKeyValue, (HKEY key, BOOL subtree, DWORD filter, HANDLE event, BOOL asynchronous))
{
	static IO_STATUS_BLOCK ignored;
	HANDLE handle, other;
	bool own;
	LONG error;
	size_t place = ((uintptr_t)key & 0xFFFFFFFFu) - 0x80000000u;

	if (asynchronous && !event)
		return ERROR_INVALID_PARAMETER;
	error = advapi_enter(key, KEY_NOTIFY, &handle, &own);
	if (error)
		return error;
	if (own && place < ARRAY_SIZE(watched)) {
		other = NULL;
		if (!__atomic_compare_exchange_n(&watched[place], &other, handle, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			NtClose(handle);
			handle = other;
		}
	}
	return advapi_error(NtNotifyChangeKey(handle, asynchronous ? event : NULL, NULL, NULL, &ignored, filter, subtree != 0, NULL, 0,
					      asynchronous != 0));
}
