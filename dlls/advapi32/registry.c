/*
 * dlls/advapi32/registry.c - the registry functions with wide names, over NT's: keys, and their values one by one.  They
 * return Win32 errors.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/cm/cm.h"
#include <stdlib.h>
#include <string.h>

static const char16_t *const predefined[] = {
	u"\\Registry\\Machine\\Software\\Classes", u"\\Registry\\User\\" CM_USER_SID,	u"\\Registry\\Machine",
	u"\\Registry\\User",			   NULL /* performance data */,
	u"\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\Current",
};

LONG advapi_error(NTSTATUS status)
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

void advapi_string(UNICODE_STRING *string, const char16_t *text, size_t length)
{
	string->Buffer = (PWSTR)(uintptr_t)text;
	string->Length = (USHORT)(length * sizeof(char16_t));
	string->MaximumLength = string->Length;
}

/* Opens or makes one step below a handle (or, with no handle, an absolute path). */
static NTSTATUS step(HANDLE parent, const char16_t *name, size_t length, bool create, LPCWSTR class, DWORD options,
		     DWORD access, HANDLE *result, DWORD *disposition)
{
	OBJECT_ATTRIBUTES attributes = {sizeof(attributes), parent, NULL, OBJ_CASE_INSENSITIVE, NULL, NULL};
	UNICODE_STRING string, class_string;

	if (length > 0x7FFF)
		return STATUS_OBJECT_NAME_INVALID;
	advapi_string(&string, name, length);
	attributes.ObjectName = &string;
	if (!create)
		return NtOpenKeyEx(result, access, &attributes, options & REG_OPTION_OPEN_LINK);
	if (class)
		advapi_string(&class_string, class, rtl_wcslen(class));
	return NtCreateKey(result, access, &attributes, 0, class ? &class_string : NULL, options, disposition);
}

LONG advapi_open(HKEY key, LPCWSTR sub_key, bool create, LPCWSTR class, DWORD options, DWORD access, HKEY *result,
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
		status = step(NULL, path, rtl_wcslen(path), false, NULL, 0, length ? MAXIMUM_ALLOWED : access, &base, NULL);
		if (!NT_SUCCESS(status))
			return advapi_error(status);
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
		status = step(base, sub_key, length, false, NULL, options, access, &at, NULL);
	} else {
		for (;;) {
			size_t part = 0;

			while (part < length && sub_key[part] != '\\')
				part++;
			/* A class and a link are the last one's. */
			status = part < length ? step(base, sub_key, part, true, NULL, options & REG_OPTION_VOLATILE, KEY_ALL_ACCESS,
						      &at, &what)
					       : step(base, sub_key, part, true, class, options, access, &at, &what);
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
		return advapi_error(status);
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
	return advapi_open(key, sub_key, false, NULL, options, access, result, NULL);
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
	return advapi_open(key, sub_key, true, class,
			   options & (REG_OPTION_VOLATILE | REG_OPTION_CREATE_LINK | REG_OPTION_OPEN_LINK), access, result,
			   disposition);
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
	return path ? (LONG)ERROR_SUCCESS : advapi_error(NtClose(handle));
}

/* A handle for a call on the key itself: a predefined one is opened for it. */
LONG advapi_enter(HKEY key, DWORD access, HANDLE *handle, bool *own)
{
	const char16_t *path;
	LONG error = resolve(key, handle, &path);

	*own = !error && path;
	if (!error && path)
		error = advapi_error(step(NULL, path, rtl_wcslen(path), false, NULL, 0, access, handle, NULL));
	if (error)
		*own = false;
	return error;
}

void advapi_leave(HANDLE handle, bool own)
{
	if (own)
		NtClose(handle);
}

/* Runs a query with a buffer that is large enough; the caller frees it. */
NTSTATUS advapi_query(NTSTATUS (*query)(HANDLE, void *, void *, ULONG, ULONG *), HANDLE handle, void *argument,
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

NTSTATUS advapi_query_partial(HANDLE handle, void *argument, void *buffer, ULONG size, ULONG *needed)
{
	return NtQueryValueKey(handle, argument, KeyValuePartialInformation, buffer, size, needed);
}

static NTSTATUS query_full_at(HANDLE handle, void *argument, void *buffer, ULONG size, ULONG *needed)
{
	return NtEnumerateValueKey(handle, *(DWORD *)argument, KeyValueFullInformation, buffer, size, needed);
}

static NTSTATUS query_child(HANDLE handle, void *argument, void *buffer, ULONG size, ULONG *needed)
{
	return NtEnumerateKey(handle, *(DWORD *)argument, KeyNodeInformation, buffer, size, needed);
}

static NTSTATUS query_full(HANDLE handle, void *argument, void *buffer, ULONG size, ULONG *needed)
{
	return NtQueryKey(handle, KeyFullInformation, buffer, size, needed);
}

/* Stores data as RegQueryValueEx does: the size always, the data if there is room, ERROR_MORE_DATA if not. */
LONG advapi_store(const void *data, DWORD length, LPBYTE to, LPDWORD size)
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
	error = advapi_enter(key, KEY_QUERY_VALUE, &handle, &own);
	if (error)
		return error;
	advapi_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = advapi_error(advapi_query(advapi_query_partial, handle, &string, (void **)&info));
	advapi_leave(handle, own);
	if (error)
		return error;
	if (type)
		*type = info->Type;
	error = advapi_store(info->Data, info->DataLength, data, size);
	free(info);
	return error;
}

EXPORT(advapi32, LONG, RegSetValueExW,
       (HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size))
{
	UNICODE_STRING string;
	HANDLE handle;
	bool own;
	LONG error = advapi_enter(key, KEY_SET_VALUE, &handle, &own);

	if (error)
		return error;
	if (size && !data) {
		advapi_leave(handle, own);
		return ERROR_NOACCESS;
	}
	/* A string whose terminator was just not counted gets it: MSDN says to count it, and NT forgives. */
	if ((type == REG_SZ || type == REG_EXPAND_SZ) && size >= sizeof(WCHAR) && size % sizeof(WCHAR) == 0) {
		const WCHAR *text = (const WCHAR *)data;

		if (text[size / sizeof(WCHAR) - 1] && !text[size / sizeof(WCHAR)])
			size += sizeof(WCHAR);
	}
	advapi_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = advapi_error(NtSetValueKey(handle, &string, 0, type, (PVOID)(uintptr_t)data, size));
	advapi_leave(handle, own);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteValueW, (HKEY key, LPCWSTR name))
{
	UNICODE_STRING string;
	HANDLE handle;
	bool own;
	LONG error = advapi_enter(key, KEY_SET_VALUE, &handle, &own);

	if (error)
		return error;
	advapi_string(&string, name, name ? rtl_wcslen(name) : 0);
	error = advapi_error(NtDeleteValueKey(handle, &string));
	advapi_leave(handle, own);
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

/* The length of a class comes back even where it was not asked for itself. */
static LONG store_class(const BYTE *info, ULONG offset, ULONG bytes, LPWSTR to, LPDWORD length)
{
	if (to && length)
		return store_name((const WCHAR *)(info + (bytes ? offset : 0)), bytes, to, length);
	if (length)
		*length = bytes / sizeof(WCHAR);
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegEnumKeyExW,
       (HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPWSTR class, LPDWORD class_length,
	FILETIME *time))
{
	KEY_NODE_INFORMATION *info;
	HANDLE handle;
	bool own;
	LONG error;

	if (!name || !length || reserved || (class && !class_length))
		return ERROR_INVALID_PARAMETER;
	error = advapi_enter(key, KEY_ENUMERATE_SUB_KEYS, &handle, &own);
	if (error)
		return error;
	error = advapi_error(advapi_query(query_child, handle, &index, (void **)&info));
	advapi_leave(handle, own);
	if (error)
		return error;
	error = store_name(info->Name, info->NameLength, name, length);
	if (!error)
		error = store_class((const BYTE *)info, info->ClassOffset, info->ClassLength, class, class_length);
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
	error = advapi_enter(key, KEY_QUERY_VALUE, &handle, &own);
	if (error)
		return error;
	error = advapi_error(advapi_query(query_full_at, handle, &index, (void **)&info));
	advapi_leave(handle, own);
	if (error)
		return error;
	error = store_name(info->Name, info->NameLength, name, length);
	if (type)
		*type = info->Type;
	if (!error)
		error = advapi_store((BYTE *)info + (info->DataLength ? info->DataOffset : 0), info->DataLength, data, size);
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
	KEY_FULL_INFORMATION *info;
	HANDLE handle;
	bool own;
	LONG error;

	if (reserved || (class && !class_length))
		return ERROR_INVALID_PARAMETER;
	error = advapi_enter(key, KEY_QUERY_VALUE, &handle, &own);
	if (error)
		return error;
	error = advapi_error(advapi_query(query_full, handle, NULL, (void **)&info));
	advapi_leave(handle, own);
	if (error)
		return error;
	error = store_class((const BYTE *)info, info->ClassOffset, info->ClassLength, class, class_length);
	if (sub_keys)
		*sub_keys = info->SubKeys;
	if (longest_key)
		*longest_key = info->MaxNameLen / sizeof(WCHAR);
	if (longest_class)
		*longest_class = info->MaxClassLen / sizeof(WCHAR);
	if (values)
		*values = info->Values;
	if (longest_name)
		*longest_name = info->MaxValueNameLen / sizeof(WCHAR);
	if (longest_value)
		*longest_value = info->MaxValueDataLen;
	if (security)
		*security = 0;
	if (time) {
		time->dwLowDateTime = info->LastWriteTime.LowPart;
		time->dwHighDateTime = (DWORD)info->LastWriteTime.HighPart;
	}
	free(info);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteKeyW, (HKEY key, LPCWSTR sub_key))
{
	HKEY opened;
	LONG error;

	if (!sub_key)
		return ERROR_INVALID_PARAMETER;
	error = advapi_open(key, sub_key, false, NULL, 0, DELETE, &opened, NULL);
	if (error)
		return error;
	error = advapi_error(NtDeleteKey(opened));
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
	LONG error = advapi_enter(key, KEY_QUERY_VALUE, &handle, &own);

	if (!error)
		error = advapi_error(NtFlushKey(handle));
	advapi_leave(handle, own);
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
