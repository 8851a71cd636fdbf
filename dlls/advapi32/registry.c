/*
 * dlls/advapi32/registry.c - the registry functions with wide names, over NT's.  They return Win32 errors.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/cm/cm.h"
#include <stdlib.h>
#include <string.h>

#define RRF_TYPES 0xFFFFu
#define RRF_NOEXPAND 0x10000000u

static const char16_t *const predefined[] = {
	u"\\Registry\\Machine\\Software\\Classes", u"\\Registry\\User\\" CM_USER_SID,	u"\\Registry\\Machine",
	u"\\Registry\\User",			   NULL /* performance data */,
	u"\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\Current",
};

static LONG error_of(NTSTATUS status)
{
	if (NT_SUCCESS(status))
		return ERROR_SUCCESS;
	if (status == STATUS_CANNOT_DELETE)
		return ERROR_ACCESS_DENIED;
	return (LONG)RtlNtStatusToDosError(status);
}

/* A handle of the object table, or the path that a predefined one stands for. */
static LONG resolve(HKEY key, HANDLE *handle, const char16_t **path)
{
	uintptr_t value = (uintptr_t)key & 0xFFFFFFFFu;

	*handle = NULL;
	*path = NULL;
	if (!key)
		return ERROR_INVALID_HANDLE;
	if (value < 0x80000000u) {
		*handle = key;
		return ERROR_SUCCESS;
	}
	if (value - 0x80000000u >= ARRAY_SIZE(predefined) || !predefined[value - 0x80000000u])
		return ERROR_INVALID_HANDLE;
	*path = predefined[value - 0x80000000u];
	return ERROR_SUCCESS;
}

static bool is_classes_root(HKEY key)
{
	return ((uintptr_t)key & 0xFFFFFFFFu) == ((uintptr_t)HKEY_CLASSES_ROOT & 0xFFFFFFFFu);
}

static void set_string(UNICODE_STRING *string, const char16_t *text, size_t length)
{
	string->Buffer = (PWSTR)(uintptr_t)text;
	string->Length = (USHORT)(length * sizeof(char16_t));
	string->MaximumLength = string->Length;
}

/* Opens or makes one step below a handle (or, with no handle, an absolute path). */
static NTSTATUS step(HANDLE parent, const char16_t *name, size_t length, bool create, DWORD options, DWORD access,
		     HANDLE *result, DWORD *disposition)
{
	OBJECT_ATTRIBUTES attributes = {sizeof(attributes), parent, NULL, OBJ_CASE_INSENSITIVE, NULL, NULL};
	UNICODE_STRING string;

	if (length > 0x7FFF)
		return STATUS_OBJECT_NAME_INVALID;
	set_string(&string, name, length);
	attributes.ObjectName = &string;
	return create ? NtCreateKey(result, access, &attributes, 0, NULL, options, disposition)
		      : NtOpenKey(result, access, &attributes);
}

static LONG open_path(HKEY key, LPCWSTR sub_key, bool create, DWORD options, DWORD access, HKEY *result,
		      DWORD *disposition)
{
	const char16_t *path;
	size_t length = sub_key ? rtl_wcslen(sub_key) : 0;
	HANDLE base, at;
	LONG error = resolve(key, &base, &path);
	NTSTATUS status = STATUS_SUCCESS;
	bool own = false;
	DWORD what = REG_OPENED_EXISTING_KEY;

	if (error)
		return error;
	if (path) {
		/* A predefined key is opened by its path; what lies below it follows step by step. */
		status = step(NULL, path, rtl_wcslen(path), false, 0, length ? MAXIMUM_ALLOWED : access, &base, NULL);
		if (!NT_SUCCESS(status))
			return error_of(status);
		own = true;
		if (!length) {
			*result = base;
			if (disposition)
				*disposition = what;
			return ERROR_SUCCESS;
		}
	}
	/* Only below HKEY_CLASSES_ROOT may a path begin with a backslash. */
	while (length && sub_key[0] == '\\' && is_classes_root(key)) {
		sub_key++;
		length--;
	}
	if (length && sub_key[0] == '\\') {
		if (own)
			NtClose(base);
		return ERROR_BAD_PATHNAME;
	}
	while (length && sub_key[length - 1] == '\\')
		length--;
	if (!create || !length) {
		status = step(base, sub_key, length, false, 0, access, &at, NULL);
	} else {
		for (;;) {
			size_t part = 0;

			while (part < length && sub_key[part] != '\\')
				part++;
			status = step(base, sub_key, part, true, options, part < length ? KEY_ALL_ACCESS : access, &at, &what);
			if (own)
				NtClose(base);
			own = true;
			base = at;
			if (!NT_SUCCESS(status) || part == length) {
				own = false;
				break;
			}
			while (part < length && sub_key[part] == '\\')
				part++;
			sub_key += part;
			length -= part;
		}
	}
	if (own)
		NtClose(base);
	if (!NT_SUCCESS(status))
		return error_of(status);
	*result = at;
	if (disposition)
		*disposition = what;
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegOpenKeyExW, (HKEY key, LPCWSTR sub_key, DWORD options, DWORD access, HKEY *result))
{
	if (!result)
		return ERROR_INVALID_PARAMETER;
	*result = NULL;
	if (is_classes_root(key) && (!sub_key || !*sub_key)) {
		*result = key;
		return ERROR_SUCCESS;
	}
	return open_path(key, sub_key, false, 0, access, result, NULL);
}

LONG WINAPI RegOpenKeyW(HKEY key, LPCWSTR sub_key, HKEY *result);
EXPORT(advapi32, LONG, RegOpenKeyW, (HKEY key, LPCWSTR sub_key, HKEY *result))
{
	if (!result)
		return ERROR_INVALID_PARAMETER;
	/* No name: the key itself, without a new handle. */
	if (!sub_key || !*sub_key) {
		*result = key;
		return ERROR_SUCCESS;
	}
	return RegOpenKeyExW(key, sub_key, 0, MAXIMUM_ALLOWED, result);
}

EXPORT(advapi32, LONG, RegCreateKeyExW,
       (HKEY key, LPCWSTR sub_key, DWORD reserved, LPWSTR class, DWORD options, DWORD access,
	SECURITY_ATTRIBUTES *security, HKEY *result, LPDWORD disposition))
{
	if (reserved)
		return ERROR_INVALID_PARAMETER;
	if (!result)
		return ERROR_BADKEY;
	*result = NULL;
	if (!sub_key)
		return ERROR_BADKEY;
	return open_path(key, sub_key, true, options & REG_OPTION_VOLATILE, access, result, disposition);
}

EXPORT(advapi32, LONG, RegCreateKeyW, (HKEY key, LPCWSTR sub_key, HKEY *result))
{
	if (!result)
		return ERROR_INVALID_PARAMETER;
	if (!sub_key)
		return RegOpenKeyW(key, NULL, result);
	return RegCreateKeyExW(key, sub_key, 0, NULL, 0, MAXIMUM_ALLOWED, NULL, result, NULL);
}

/* A predefined key has no handle to close. */
EXPORT(advapi32, LONG, RegCloseKey, (HKEY key))
{
	const char16_t *path;
	HANDLE handle;
	LONG error = resolve(key, &handle, &path);

	if (error)
		return error;
	return path ? (LONG)ERROR_SUCCESS : error_of(NtClose(handle));
}

/* A handle for a call on the key itself: a predefined one is opened for it. */
static LONG enter(HKEY key, DWORD access, HANDLE *handle, bool *own)
{
	const char16_t *path;
	LONG error = resolve(key, handle, &path);

	*own = !error && path;
	if (!error && path)
		error = error_of(step(NULL, path, rtl_wcslen(path), false, 0, access, handle, NULL));
	if (error)
		*own = false;
	return error;
}

static void leave(HANDLE handle, bool own)
{
	if (own)
		NtClose(handle);
}

/* Runs a query with a buffer that is large enough; the caller frees it. */
static NTSTATUS query_grown(NTSTATUS (*query)(HANDLE, void *, void *, ULONG, ULONG *), HANDLE handle, void *argument,
			    void **answer)
{
	ULONG size = 512, needed = 0;

	for (;;) {
		NTSTATUS status;

		*answer = malloc(size);
		if (!*answer)
			return STATUS_NO_MEMORY;
		status = query(handle, argument, *answer, size, &needed);
		if (status != STATUS_BUFFER_OVERFLOW && status != STATUS_BUFFER_TOO_SMALL) {
			if (!NT_SUCCESS(status)) {
				free(*answer);
				*answer = NULL;
			}
			return status;
		}
		free(*answer);
		size = needed > size ? needed : size * 2;
	}
}

static NTSTATUS query_partial(HANDLE handle, void *argument, void *buffer, ULONG size, ULONG *needed)
{
	return NtQueryValueKey(handle, argument, KeyValuePartialInformation, buffer, size, needed);
}

static NTSTATUS query_full_at(HANDLE handle, void *argument, void *buffer, ULONG size, ULONG *needed)
{
	return NtEnumerateValueKey(handle, *(DWORD *)argument, KeyValueFullInformation, buffer, size, needed);
}

static NTSTATUS query_child(HANDLE handle, void *argument, void *buffer, ULONG size, ULONG *needed)
{
	return NtEnumerateKey(handle, *(DWORD *)argument, KeyBasicInformation, buffer, size, needed);
}

/* Stores data as RegQueryValueEx does: the size always, the data if there is room, ERROR_MORE_DATA if not. */
static LONG store(const void *data, DWORD length, LPBYTE to, LPDWORD size)
{
	DWORD room;

	if (!size)
		return to ? ERROR_INVALID_PARAMETER : ERROR_SUCCESS;
	room = *size;
	*size = length;
	if (!to)
		return ERROR_SUCCESS;
	if (room < length)
		return ERROR_MORE_DATA;
	memcpy(to, data, length);
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegQueryValueExW,
       (HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size))
{
	KEY_VALUE_PARTIAL_INFORMATION *info;
	UNICODE_STRING string;
	HANDLE handle;
	bool own;
	LONG error;

	if (reserved || (data && !size))
		return ERROR_INVALID_PARAMETER;
	error = enter(key, KEY_QUERY_VALUE, &handle, &own);
	if (error)
		return error;
	set_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = error_of(query_grown(query_partial, handle, &string, (void **)&info));
	leave(handle, own);
	if (error)
		return error;
	if (type)
		*type = info->Type;
	error = store(info->Data, info->DataLength, data, size);
	free(info);
	return error;
}

EXPORT(advapi32, LONG, RegSetValueExW,
       (HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size))
{
	UNICODE_STRING string;
	HANDLE handle;
	bool own;
	LONG error = enter(key, KEY_SET_VALUE, &handle, &own);

	if (error)
		return error;
	if (size && !data) {
		leave(handle, own);
		return ERROR_NOACCESS;
	}
	/* A string whose terminator was just not counted gets it: MSDN says to count it, and NT forgives. */
	if ((type == REG_SZ || type == REG_EXPAND_SZ) && size >= sizeof(WCHAR) && size % sizeof(WCHAR) == 0) {
		const WCHAR *text = (const WCHAR *)data;

		if (text[size / sizeof(WCHAR) - 1] && !text[size / sizeof(WCHAR)])
			size += sizeof(WCHAR);
	}
	set_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = error_of(NtSetValueKey(handle, &string, 0, type, (PVOID)(uintptr_t)data, size));
	leave(handle, own);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteValueW, (HKEY key, LPCWSTR name))
{
	UNICODE_STRING string;
	HANDLE handle;
	bool own;
	LONG error = enter(key, KEY_SET_VALUE, &handle, &own);

	if (error)
		return error;
	set_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = error_of(NtDeleteValueKey(handle, &string));
	leave(handle, own);
	return error;
}

/* The length that is given counts the terminator, the one that comes back does not. */
static LONG store_name(const WCHAR *name, ULONG bytes, LPWSTR to, LPDWORD length)
{
	DWORD units = bytes / sizeof(WCHAR);

	if (!to || !length)
		return ERROR_INVALID_PARAMETER;
	if (*length <= units)
		return ERROR_MORE_DATA;
	memcpy(to, name, bytes);
	to[units] = 0;
	*length = units;
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegEnumKeyExW,
       (HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPWSTR class, LPDWORD class_length,
	FILETIME *time))
{
	KEY_BASIC_INFORMATION *info;
	HANDLE handle;
	bool own;
	LONG error;

	if (!name || !length || reserved)
		return ERROR_INVALID_PARAMETER;
	error = enter(key, KEY_ENUMERATE_SUB_KEYS, &handle, &own);
	if (error)
		return error;
	error = error_of(query_grown(query_child, handle, &index, (void **)&info));
	leave(handle, own);
	if (error)
		return error;
	error = store_name(info->Name, info->NameLength, name, length);
	if (class && class_length && *class_length)
		*class = 0;
	if (class_length)
		*class_length = 0;
	if (time) {
		time->dwLowDateTime = info->LastWriteTime.LowPart;
		time->dwHighDateTime = (DWORD)info->LastWriteTime.HighPart;
	}
	free(info);
	return error;
}

EXPORT(advapi32, LONG, RegEnumKeyW, (HKEY key, DWORD index, LPWSTR name, DWORD length))
{
	return RegEnumKeyExW(key, index, name, &length, NULL, NULL, NULL, NULL);
}

EXPORT(advapi32, LONG, RegEnumValueW,
       (HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size))
{
	KEY_VALUE_FULL_INFORMATION *info;
	HANDLE handle;
	bool own;
	LONG error;

	if (!name || !length || reserved || (data && !size))
		return ERROR_INVALID_PARAMETER;
	error = enter(key, KEY_QUERY_VALUE, &handle, &own);
	if (error)
		return error;
	error = error_of(query_grown(query_full_at, handle, &index, (void **)&info));
	leave(handle, own);
	if (error)
		return error;
	error = store_name(info->Name, info->NameLength, name, length);
	if (type)
		*type = info->Type;
	if (!error)
		error = store((BYTE *)info + (info->DataLength ? info->DataOffset : 0), info->DataLength, data, size);
	else if (size)
		*size = info->DataLength;
	free(info);
	return error;
}

EXPORT(advapi32, LONG, RegQueryInfoKeyW,
       (HKEY key, LPWSTR class, LPDWORD class_length, LPDWORD reserved, LPDWORD sub_keys, LPDWORD longest_key,
	LPDWORD longest_class, LPDWORD values, LPDWORD longest_name, LPDWORD longest_value, LPDWORD security,
	FILETIME *time))
{
	KEY_FULL_INFORMATION info;
	ULONG needed;
	HANDLE handle;
	bool own;
	LONG error;

	if (reserved || (class && !class_length))
		return ERROR_INVALID_PARAMETER;
	error = enter(key, KEY_QUERY_VALUE, &handle, &own);
	if (error)
		return error;
	error = error_of(NtQueryKey(handle, KeyFullInformation, &info, offsetof(KEY_FULL_INFORMATION, Class), &needed));
	leave(handle, own);
	if (error)
		return error;
	if (class && *class_length)
		*class = 0;
	if (class_length)
		*class_length = 0;
	if (sub_keys)
		*sub_keys = info.SubKeys;
	if (longest_key)
		*longest_key = info.MaxNameLen / sizeof(WCHAR);
	if (longest_class)
		*longest_class = 0;
	if (values)
		*values = info.Values;
	if (longest_name)
		*longest_name = info.MaxValueNameLen / sizeof(WCHAR);
	if (longest_value)
		*longest_value = info.MaxValueDataLen;
	if (security)
		*security = 0;
	if (time) {
		time->dwLowDateTime = info.LastWriteTime.LowPart;
		time->dwHighDateTime = (DWORD)info.LastWriteTime.HighPart;
	}
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegDeleteKeyW, (HKEY key, LPCWSTR sub_key))
{
	HKEY opened;
	LONG error;

	if (!sub_key)
		return ERROR_INVALID_PARAMETER;
	error = open_path(key, sub_key, false, 0, DELETE, &opened, NULL);
	if (error)
		return error;
	error = error_of(NtDeleteKey(opened));
	NtClose(opened);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteKeyExW, (HKEY key, LPCWSTR sub_key, DWORD access, DWORD reserved))
{
	return reserved ? (LONG)ERROR_INVALID_PARAMETER : RegDeleteKeyW(key, sub_key);
}

EXPORT(advapi32, LONG, RegFlushKey, (HKEY key))
{
	HANDLE handle;
	bool own;
	LONG error = enter(key, KEY_QUERY_VALUE, &handle, &own);

	if (!error)
		error = error_of(NtFlushKey(handle));
	leave(handle, own);
	return error;
}

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
	error = open_path(key, sub_key, false, 0, KEY_QUERY_VALUE, &opened, NULL);
	if (error)
		return error;
	set_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = error_of(query_grown(query_partial, opened, &string, (void **)&info));
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
	else if ((found == REG_BINARY) && (flags & RRF_TYPES) == 0x18 && length != 4)
		error = ERROR_INVALID_DATA;
	else
		error = store(text, length, data, size);
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
	LONG error = open_path(key, sub_key, false, 0, KEY_QUERY_VALUE, &opened, NULL);

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

EXPORT(advapi32, LONG, RegOpenCurrentUser, (DWORD access, HKEY *result))
{
	return RegOpenKeyExW(HKEY_CURRENT_USER, NULL, 0, access, result);
}

/* This machine only. */
/* With or without the backslashes before it. */
static bool is_this_machine(LPCWSTR machine)
{
	WCHAR name[64];
	DWORD length = ARRAY_SIZE(name);

	if (machine[0] == '\\' && machine[1] == '\\')
		machine += 2;
	return GetComputerNameW(name, &length) && !rtl_compare_nocase(machine, rtl_wcslen(machine), name, length);
}

EXPORT(advapi32, LONG, RegConnectRegistryW, (LPCWSTR machine, HKEY key, HKEY *result))
{
	if (!result)
		return ERROR_INVALID_PARAMETER;
	if (machine && *machine && !is_this_machine(machine))
		return ERROR_BAD_NETPATH;
	*result = key;
	return ERROR_SUCCESS;
}
