/*
 * dlls/advapi32/registry_a.c - the registry functions with names in the ANSI code page.  Names are converted both ways,
 * and so are values of the string types.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/cm/cm.h"
#include <stdlib.h>
#include <string.h>

BOOL advapi_widen(LPCSTR string, LPWSTR *wide)
{
	INT units;

	*wide = NULL;
	if (!string)
		return TRUE;
	units = MultiByteToWideChar(CP_ACP, 0, string, -1, NULL, 0);
	*wide = malloc((size_t)units * sizeof(WCHAR));
	return *wide && MultiByteToWideChar(CP_ACP, 0, string, -1, *wide, units);
}

static bool is_text(DWORD type)
{
	return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

EXPORT(advapi32, LONG, RegOpenKeyExA, (HKEY key, LPCSTR sub_key, DWORD options, DWORD access, HKEY *result))
{
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(sub_key, &wide))
		error = RegOpenKeyExW(key, wide, options, access, result);
	free(wide);
	return error;
}

EXPORT(advapi32, LONG, RegOpenKeyA, (HKEY key, LPCSTR sub_key, HKEY *result))
{
	if (!result)
		return ERROR_INVALID_PARAMETER;
	if (!sub_key || !*sub_key) {
		*result = key;
		return ERROR_SUCCESS;
	}
	return RegOpenKeyExA(key, sub_key, 0, MAXIMUM_ALLOWED, result);
}

EXPORT(advapi32, LONG, RegCreateKeyExA,
       (HKEY key, LPCSTR sub_key, DWORD reserved, LPSTR class, DWORD options, DWORD access,
	SECURITY_ATTRIBUTES *security, HKEY *result, LPDWORD disposition))
{
	LPWSTR wide, wide_class = NULL;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(sub_key, &wide) && advapi_widen(class, &wide_class))
		error = RegCreateKeyExW(key, wide, reserved, wide_class, options, access, security, result, disposition);
	free(wide);
	free(wide_class);
	return error;
}

EXPORT(advapi32, LONG, RegCreateKeyA, (HKEY key, LPCSTR sub_key, HKEY *result))
{
	if (!result)
		return ERROR_INVALID_PARAMETER;
	return RegCreateKeyExA(key, sub_key ? sub_key : "", 0, NULL, 0, MAXIMUM_ALLOWED, NULL, result, NULL);
}

/* A value as bytes of the ANSI code page; the caller frees them. */
static LONG query_value(HKEY key, LPCWSTR name, DWORD *type, BYTE **bytes, DWORD *size)
{
	DWORD length = 0;
	LONG error;

	*bytes = NULL;
	do {
		error = RegQueryValueExW(key, name, NULL, type, NULL, &length);
		if (error)
			return error;
		free(*bytes);
		*bytes = malloc(length + 1);
		if (!*bytes)
			return ERROR_OUTOFMEMORY;
		error = RegQueryValueExW(key, name, NULL, type, *bytes, &length);
	} while (error == ERROR_MORE_DATA);
	if (!error && is_text(*type) && length) {
		INT units = (INT)(length / sizeof(WCHAR));
		INT count = WideCharToMultiByte(CP_ACP, 0, (LPCWSTR)*bytes, units, NULL, 0, NULL, NULL);
		BYTE *narrow = malloc((size_t)count + 1);

		if (!narrow)
			return ERROR_OUTOFMEMORY;
		WideCharToMultiByte(CP_ACP, 0, (LPCWSTR)*bytes, units, (LPSTR)narrow, count, NULL, NULL);
		free(*bytes);
		*bytes = narrow;
		length = (DWORD)count;
	}
	*size = length;
	return error;
}

static LONG store(const BYTE *bytes, DWORD length, LPBYTE data, LPDWORD size)
{
	DWORD room = size ? *size : 0;

	if (size)
		*size = length;
	if (!data)
		return ERROR_SUCCESS;
	if (room < length)
		return ERROR_MORE_DATA;
	memcpy(data, bytes, length);
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegQueryValueExA,
       (HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size))
{
	DWORD found = REG_NONE, length = 0;
	BYTE *bytes = NULL;
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (reserved || (data && !size))
		return ERROR_INVALID_PARAMETER;
	if (advapi_widen(name, &wide))
		error = query_value(key, wide, &found, &bytes, &length);
	if (!error) {
		if (type)
			*type = found;
		error = store(bytes, length, data, size);
	}
	free(bytes);
	free(wide);
	return error;
}

EXPORT(advapi32, LONG, RegSetValueExA,
       (HKEY key, LPCSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size))
{
	LPWSTR wide, text = NULL;
	LONG error = ERROR_OUTOFMEMORY;

	if (size && !data)
		return ERROR_NOACCESS;
	if (!advapi_widen(name, &wide)) {
		free(wide);
		return error;
	}
	if (is_text(type) && size) {
		INT units;

		/* As the wide call: a terminator that was just not counted. */
		if (type != REG_MULTI_SZ && data[size - 1] && !data[size])
			size++;
		units = MultiByteToWideChar(CP_ACP, 0, (LPCSTR)data, (INT)size, NULL, 0);
		text = malloc(((size_t)units + 1) * sizeof(WCHAR));
		if (text) {
			MultiByteToWideChar(CP_ACP, 0, (LPCSTR)data, (INT)size, text, units);
			/* What lies behind is no terminator: the wide call must not take it for one. */
			text[units] = 1;
			error = RegSetValueExW(key, wide, reserved, type, (BYTE *)text, (DWORD)units * (DWORD)sizeof(WCHAR));
		}
	} else {
		error = RegSetValueExW(key, wide, reserved, type, data, size);
	}
	free(text);
	free(wide);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteKeyA, (HKEY key, LPCSTR sub_key))
{
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(sub_key, &wide))
		error = RegDeleteKeyW(key, wide);
	free(wide);
	return error;
}

EXPORT(advapi32, LONG, RegDeleteValueA, (HKEY key, LPCSTR name))
{
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(name, &wide))
		error = RegDeleteValueW(key, wide);
	free(wide);
	return error;
}

static LONG store_name(LPCWSTR wide, DWORD units, LPSTR name, LPDWORD length)
{
	INT count = units ? WideCharToMultiByte(CP_ACP, 0, wide, (INT)units, NULL, 0, NULL, NULL) : 0;

	if ((DWORD)count >= *length)
		return ERROR_MORE_DATA;
	if (units)
		WideCharToMultiByte(CP_ACP, 0, wide, (INT)units, name, count, NULL, NULL);
	name[count] = 0;
	*length = (DWORD)count;
	return ERROR_SUCCESS;
}

#define LONGEST_CLASS 1024

/* The length of a class comes back even where it was not asked for itself. */
static LONG store_class(const WCHAR *class, DWORD units, LPSTR to, LPDWORD length)
{
	if (to && length)
		return store_name(class, units, to, length);
	if (length)
		*length = units;
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegEnumKeyExA,
       (HKEY key, DWORD index, LPSTR name, LPDWORD length, LPDWORD reserved, LPSTR class, LPDWORD class_length,
	FILETIME *time))
{
	WCHAR wide[256], wide_class[LONGEST_CLASS];
	DWORD units = ARRAY_SIZE(wide), class_units = ARRAY_SIZE(wide_class);
	LONG error;

	if (!name || !length || reserved || (class && !class_length))
		return ERROR_INVALID_PARAMETER;
	error = RegEnumKeyExW(key, index, wide, &units, NULL, wide_class, &class_units, time);
	if (!error)
		error = store_name(wide, units, name, length);
	return error ? error : store_class(wide_class, class_units, class, class_length);
}

EXPORT(advapi32, LONG, RegEnumKeyA, (HKEY key, DWORD index, LPSTR name, DWORD length))
{
	return RegEnumKeyExA(key, index, name, &length, NULL, NULL, NULL, NULL);
}

EXPORT(advapi32, LONG, RegEnumValueA,
       (HKEY key, DWORD index, LPSTR name, LPDWORD length, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size))
{
	DWORD units = 16384, found = REG_NONE, bytes_length = 0;
	BYTE *bytes = NULL;
	LPWSTR wide;
	LONG error;

	if (!name || !length || reserved || (data && !size))
		return ERROR_INVALID_PARAMETER;
	wide = malloc(units * sizeof(WCHAR));
	if (!wide)
		return ERROR_OUTOFMEMORY;
	error = RegEnumValueW(key, index, wide, &units, NULL, NULL, NULL, NULL);
	if (!error)
		error = query_value(key, wide, &found, &bytes, &bytes_length);
	if (!error)
		error = store_name(wide, units, name, length);
	/* A name that does not fit still comes with the type and the size. */
	if ((!error || error == (LONG)ERROR_MORE_DATA) && type)
		*type = found;
	if (!error)
		error = store(bytes, bytes_length, data, size);
	else if (error == (LONG)ERROR_MORE_DATA && size)
		*size = bytes_length;
	free(bytes);
	free(wide);
	return error;
}

EXPORT(advapi32, LONG, RegQueryInfoKeyA,
       (HKEY key, LPSTR class, LPDWORD class_length, LPDWORD reserved, LPDWORD sub_keys, LPDWORD longest_key,
	LPDWORD longest_class, LPDWORD values, LPDWORD longest_name, LPDWORD longest_value, LPDWORD security,
	FILETIME *time))
{
	WCHAR wide[LONGEST_CLASS];
	DWORD units = ARRAY_SIZE(wide);
	LONG error;

	if (class && !class_length)
		return ERROR_INVALID_PARAMETER;
	error = RegQueryInfoKeyW(key, wide, &units, reserved, sub_keys, longest_key, longest_class, values, longest_name,
				 longest_value, security, time);
	return error ? error : store_class(wide, units, class, class_length);
}

EXPORT(advapi32, LONG, RegGetValueA,
       (HKEY key, LPCSTR sub_key, LPCSTR name, DWORD flags, LPDWORD type, void *data, LPDWORD size))
{
	LPWSTR wide_key = NULL, wide_name = NULL;
	DWORD found = REG_NONE, length = 0, room = size ? *size : 0;
	BYTE *bytes = NULL, *narrow = NULL;
	LONG error = ERROR_OUTOFMEMORY;

	if (data && !size)
		return ERROR_INVALID_PARAMETER;
	if (advapi_widen(sub_key, &wide_key) && advapi_widen(name, &wide_name))
		error = RegGetValueW(key, wide_key, wide_name, flags, &found, NULL, &length);
	if (!error) {
		bytes = malloc(length + sizeof(WCHAR));
		error = bytes ? RegGetValueW(key, wide_key, wide_name, flags, &found, bytes, &length)
			      : (LONG)ERROR_OUTOFMEMORY;
	}
	if (!error && is_text(found) && length) {
		INT units = (INT)(length / sizeof(WCHAR));
		INT count = WideCharToMultiByte(CP_ACP, 0, (LPCWSTR)bytes, units, NULL, 0, NULL, NULL);

		narrow = malloc((size_t)count + 1);
		if (narrow)
			length = (DWORD)WideCharToMultiByte(CP_ACP, 0, (LPCWSTR)bytes, units, (LPSTR)narrow, count, NULL, NULL);
		else
			error = ERROR_OUTOFMEMORY;
	}
	if (!error) {
		if (type)
			*type = found;
		error = store(narrow ? narrow : bytes, length, data, size);
	}
	if (error && (flags & RRF_ZEROONFAILURE) && data)
		memset(data, 0, room);
	free(narrow);
	free(bytes);
	free(wide_key);
	free(wide_name);
	return error;
}

EXPORT(advapi32, LONG, RegConnectRegistryA, (LPCSTR machine, HKEY key, HKEY *result))
{
	LPWSTR wide;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(machine, &wide))
		error = RegConnectRegistryW(wide, key, result);
	free(wide);
	return error;
}
