/*
 * dlls/advapi32/registry_trees.c - the registry functions that others are made of: whole trees, values of keys below one,
 * default values.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/cm/cm.h"
#include <stdlib.h>
#include <string.h>

#define LONGEST_KEY 256
#define LONGEST_VALUE 16384

static LONG delete_tree(HKEY key, LPCWSTR sub_key);

static LONG delete_keys_below(HKEY key)
{
	WCHAR name[LONGEST_KEY];
	LONG error = ERROR_SUCCESS;

	while (!error) {
		DWORD length = ARRAY_SIZE(name);

		error = RegEnumKeyExW(key, 0, name, &length, NULL, NULL, NULL, NULL);
		if (!error)
			error = delete_tree(key, name);
	}
	return error == (LONG)ERROR_NO_MORE_ITEMS ? (LONG)ERROR_SUCCESS : error;
}

static LONG delete_values(HKEY key)
{
	WCHAR *name = malloc(LONGEST_VALUE * sizeof(WCHAR));
	LONG error = name ? (LONG)ERROR_SUCCESS : (LONG)ERROR_OUTOFMEMORY;

	while (!error) {
		DWORD length = LONGEST_VALUE;

		error = RegEnumValueW(key, 0, name, &length, NULL, NULL, NULL, NULL);
		if (!error)
			error = RegDeleteValueW(key, name);
	}
	free(name);
	return error == (LONG)ERROR_NO_MORE_ITEMS ? (LONG)ERROR_SUCCESS : error;
}

/* With no name: everything below the key and its values, but not the key. */
static LONG delete_tree(HKEY key, LPCWSTR sub_key)
{
	bool itself = !sub_key || !*sub_key;
	HKEY opened = key;
	LONG error = itself ? (LONG)ERROR_SUCCESS
			    : RegOpenKeyExW(key, sub_key, 0, KEY_READ | KEY_WRITE | DELETE, &opened);

	if (error)
		return error;
	error = delete_keys_below(opened);
	if (itself)
		return error ? error : delete_values(key);
	RegCloseKey(opened);
	return error ? error : RegDeleteKeyW(key, sub_key);
}

EXPORT(advapi32, LONG, RegDeleteTreeW, (HKEY key, LPCWSTR sub_key))
{
	return delete_tree(key, sub_key);
}

EXPORT(advapi32, LONG, RegDeleteTreeA, (HKEY key, LPCSTR sub_key))
{
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(sub_key, &wide))
		error = delete_tree(key, wide);
	free(wide);
	return error;
}

static LONG copy_values(HKEY from, HKEY to)
{
	DWORD longest = 0, type;
	WCHAR *name = malloc(LONGEST_VALUE * sizeof(WCHAR));
	BYTE *data = NULL;
	LONG error = RegQueryInfoKeyW(from, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &longest, NULL, NULL);

	if (!error) {
		data = malloc(longest + 1);
		error = name && data ? (LONG)ERROR_SUCCESS : (LONG)ERROR_OUTOFMEMORY;
	}
	for (DWORD index = 0; !error; index++) {
		DWORD length = LONGEST_VALUE, size = longest;

		error = RegEnumValueW(from, index, name, &length, NULL, &type, data, &size);
		if (!error)
			error = RegSetValueExW(to, name, 0, type, data, size);
	}
	free(name);
	free(data);
	return error == (LONG)ERROR_NO_MORE_ITEMS ? (LONG)ERROR_SUCCESS : error;
}

static LONG copy_tree(HKEY from, HKEY to)
{
	WCHAR name[LONGEST_KEY];
	LONG error = copy_values(from, to);

	for (DWORD index = 0; !error; index++) {
		DWORD length = ARRAY_SIZE(name);
		HKEY source = NULL, target = NULL;

		error = RegEnumKeyExW(from, index, name, &length, NULL, NULL, NULL, NULL);
		if (error)
			break;
		error = RegOpenKeyExW(from, name, 0, KEY_READ, &source);
		if (!error)
			error = RegCreateKeyExW(to, name, 0, NULL, 0, KEY_READ | KEY_WRITE, NULL, &target, NULL);
		if (!error)
			error = copy_tree(source, target);
		if (source)
			RegCloseKey(source);
		if (target)
			RegCloseKey(target);
	}
	return error == (LONG)ERROR_NO_MORE_ITEMS ? (LONG)ERROR_SUCCESS : error;
}

EXPORT(advapi32, LONG, RegCopyTreeW, (HKEY key, LPCWSTR sub_key, HKEY to))
{
	HKEY from = key;
	LONG error = sub_key && *sub_key ? RegOpenKeyExW(key, sub_key, 0, KEY_READ, &from) : (LONG)ERROR_SUCCESS;

	if (error)
		return error;
	error = copy_tree(from, to);
	if (from != key)
		RegCloseKey(from);
	return error;
}

EXPORT(advapi32, LONG, RegCopyTreeA, (HKEY key, LPCSTR sub_key, HKEY to))
{
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(sub_key, &wide))
		error = RegCopyTreeW(key, wide, to);
	free(wide);
	return error;
}

/* With no name: the key itself. */
EXPORT(advapi32, LONG, RegRenameKey, (HKEY key, LPCWSTR sub_key, LPCWSTR new_name))
{
	UNICODE_STRING name;
	HKEY opened = key;
	NTSTATUS status;
	LONG error;

	if (!new_name || rtl_wcslen(new_name) > 255)
		return ERROR_INVALID_PARAMETER;
	if ((sub_key && *sub_key) || (INT)(uintptr_t)key < 0) {
		error = RegOpenKeyExW(key, sub_key, 0, KEY_WRITE, &opened);
		if (error)
			return error;
	}
	name.Buffer = (PWSTR)(uintptr_t)new_name;
	name.Length = name.MaximumLength = (USHORT)(rtl_wcslen(new_name) * sizeof(WCHAR));
	status = NtRenameKey(opened, &name);
	if (opened != key)
		RegCloseKey(opened);
	return NT_SUCCESS(status) ? (LONG)ERROR_SUCCESS : (LONG)RtlNtStatusToDosError(status);
}

EXPORT(advapi32, LONG, RegDeleteKeyExA, (HKEY key, LPCSTR sub_key, DWORD access, DWORD reserved))
{
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (reserved)
		return ERROR_INVALID_PARAMETER;
	if (advapi_widen(sub_key, &wide))
		error = RegDeleteKeyW(key, wide);
	free(wide);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteKeyValueW, (HKEY key, LPCWSTR sub_key, LPCWSTR name))
{
	HKEY opened = key;
	LONG error = sub_key && *sub_key ? RegOpenKeyExW(key, sub_key, 0, KEY_SET_VALUE, &opened) : (LONG)ERROR_SUCCESS;

	if (error)
		return error;
	error = RegDeleteValueW(opened, name);
	if (opened != key)
		RegCloseKey(opened);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteKeyValueA, (HKEY key, LPCSTR sub_key, LPCSTR name))
{
	LPWSTR wide, value = NULL;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(sub_key, &wide) && advapi_widen(name, &value))
		error = RegDeleteKeyValueW(key, wide, value);
	free(wide);
	free(value);
	return error;
}

EXPORT(advapi32, LONG, RegSetKeyValueA,
       (HKEY key, LPCSTR sub_key, LPCSTR name, DWORD type, const void *data, DWORD size))
{
	LPWSTR wide;
	HKEY opened = key;
	LONG error = ERROR_OUTOFMEMORY;

	if (!sub_key || !*sub_key)
		return RegSetValueExA(key, name, 0, type, data, size);
	if (advapi_widen(sub_key, &wide))
		error = RegCreateKeyExW(key, wide, 0, NULL, 0, KEY_SET_VALUE, NULL, &opened, NULL);
	free(wide);
	if (error)
		return error;
	error = RegSetValueExA(opened, name, 0, type, data, size);
	RegCloseKey(opened);
	return error;
}

/* The default value of a key, which is made if need be; its length is measured, whatever the caller says. */
EXPORT(advapi32, LONG, RegSetValueA, (HKEY key, LPCSTR sub_key, DWORD type, LPCSTR data, DWORD size))
{
	if (type != REG_SZ || !data)
		return ERROR_INVALID_PARAMETER;
	return RegSetKeyValueA(key, sub_key, NULL, REG_SZ, data, (DWORD)strlen(data) + 1);
}

EXPORT(advapi32, LONG, RegSetValueW, (HKEY key, LPCWSTR sub_key, DWORD type, LPCWSTR data, DWORD size))
{
	if (type != REG_SZ || !data)
		return ERROR_INVALID_PARAMETER;
	return RegSetKeyValueW(key, sub_key, NULL, REG_SZ, data, (DWORD)(rtl_wcslen(data) + 1) * (DWORD)sizeof(WCHAR));
}

EXPORT(advapi32, LONG, RegQueryValueA, (HKEY key, LPCSTR sub_key, LPSTR data, LONG *size))
{
	HKEY opened = key;
	LONG error = sub_key && *sub_key ? RegOpenKeyExA(key, sub_key, 0, KEY_QUERY_VALUE, &opened) : (LONG)ERROR_SUCCESS;

	if (error)
		return error;
	error = RegQueryValueExA(opened, NULL, NULL, NULL, (LPBYTE)data, (LPDWORD)size);
	if (opened != key)
		RegCloseKey(opened);
	if (error == (LONG)ERROR_FILE_NOT_FOUND) {
		/* A key without a default value has an empty one. */
		if (data && size && *size >= 1)
			*data = 0;
		if (size)
			*size = 1;
		error = ERROR_SUCCESS;
	}
	return error;
}

/* No handle is kept for a predefined key. */
EXPORT(advapi32, LONG, RegDisablePredefinedCache, (void))
{
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegDisablePredefinedCacheEx, (void))
{
	return ERROR_SUCCESS;
}
