/*
 * dlls/advapi32/registry_hives.c - keys in files of their own: RegSaveKey, RegRestoreKey, RegLoadKey, RegUnLoadKey.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/cm/cm.h"
#include "ntdll/io/io.h"
#include "ntdll/rtl/rtl.h"

#include <stdlib.h>
#include <string.h>

#define REG_STANDARD_FORMAT 1u

BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR dos, UNICODE_STRING *nt, PWSTR *file_part, PVOID relative);
void NTAPI RtlFreeUnicodeString(UNICODE_STRING *string);
BOOL WINAPI DeleteFileW(LPCWSTR name);

/* A file of a hive by its Win32 name. */
static LONG open_file(LPCWSTR name, bool create, HANDLE *file)
{
	UNICODE_STRING path;
	OBJECT_ATTRIBUTES attributes = {sizeof(attributes), NULL, &path, OBJ_CASE_INSENSITIVE, NULL, NULL};
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;

	if (!RtlDosPathNameToNtPathName_U(name, &path, NULL, NULL))
		return ERROR_PATH_NOT_FOUND;
	status = NtCreateFile(file, SYNCHRONIZE | (create ? FILE_GENERIC_WRITE : FILE_GENERIC_READ), &attributes, &iosb, NULL,
			      FILE_ATTRIBUTE_NORMAL, create ? 0 : FILE_SHARE_READ, create ? FILE_CREATE : FILE_OPEN,
			      FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
	RtlFreeUnicodeString(&path);
	/* Who saves over a file is told so in the words of files (MSDN RegSaveKey). */
	return status == STATUS_OBJECT_NAME_COLLISION ? (LONG)ERROR_ALREADY_EXISTS : advapi_error(status);
}

EXPORT(advapi32, LONG, RegSaveKeyExW, (HKEY key, LPCWSTR name, SECURITY_ATTRIBUTES *security, DWORD format))
{
	HANDLE handle, file;
	bool own;
	LONG error;

	if (!name || !*name)
		return ERROR_INVALID_PARAMETER;
	error = advapi_enter(key, KEY_READ, &handle, &own);
	if (error)
		return error;
	error = open_file(name, true, &file);
	if (!error) {
		error = advapi_error(NtSaveKeyEx(handle, file, format));
		NtClose(file);
		if (error)
			DeleteFileW(name);
	}
	advapi_leave(handle, own);
	return error;
}

EXPORT(advapi32, LONG, RegSaveKeyW, (HKEY key, LPCWSTR name, SECURITY_ATTRIBUTES *security))
{
	return RegSaveKeyExW(key, name, security, REG_STANDARD_FORMAT);
}

EXPORT(advapi32, LONG, RegSaveKeyExA, (HKEY key, LPCSTR name, SECURITY_ATTRIBUTES *security, DWORD format))
{
	LPWSTR wide;
	LONG error = advapi_widen(name, &wide) ? RegSaveKeyExW(key, wide, security, format) : (LONG)ERROR_OUTOFMEMORY;

	free(wide);
	return error;
}

EXPORT(advapi32, LONG, RegSaveKeyA, (HKEY key, LPCSTR name, SECURITY_ATTRIBUTES *security))
{
	return RegSaveKeyExA(key, name, security, REG_STANDARD_FORMAT);
}

EXPORT(advapi32, LONG, RegRestoreKeyW, (HKEY key, LPCWSTR name, DWORD flags))
{
	HANDLE handle, file;
	bool own;
	LONG error;

	if (!name || !*name)
		return ERROR_INVALID_PARAMETER;
	error = advapi_enter(key, KEY_READ, &handle, &own);
	if (error)
		return error;
	error = open_file(name, false, &file);
	if (!error) {
		error = advapi_error(NtRestoreKey(handle, file, flags));
		NtClose(file);
	}
	advapi_leave(handle, own);
	return error;
}

EXPORT(advapi32, LONG, RegRestoreKeyA, (HKEY key, LPCSTR name, DWORD flags))
{
	LPWSTR wide;
	LONG error = advapi_widen(name, &wide) ? RegRestoreKeyW(key, wide, flags) : (LONG)ERROR_OUTOFMEMORY;

	free(wide);
	return error;
}

/* Below HKEY_LOCAL_MACHINE or HKEY_USERS. */
static LONG enter_mount(HKEY key, LPCWSTR sub_key, UNICODE_STRING *name, OBJECT_ATTRIBUTES *attributes, bool *own)
{
	LONG error;

	if (!sub_key || !*sub_key)
		return ERROR_INVALID_PARAMETER;
	error = advapi_enter(key, KEY_READ, &attributes->RootDirectory, own);
	if (error)
		return error;
	advapi_string(name, sub_key, rtl_wcslen(sub_key));
	attributes->Length = sizeof(*attributes);
	attributes->ObjectName = name;
	attributes->Attributes = OBJ_CASE_INSENSITIVE;
	return ERROR_SUCCESS;
}

EXPORT(advapi32, LONG, RegLoadKeyW, (HKEY key, LPCWSTR sub_key, LPCWSTR file))
{
	UNICODE_STRING name, path;
	OBJECT_ATTRIBUTES target = {0}, source = {sizeof(source), NULL, &path, OBJ_CASE_INSENSITIVE, NULL, NULL};
	bool own;
	LONG error;

	if (!file || !*file)
		return ERROR_INVALID_PARAMETER;
	error = enter_mount(key, sub_key, &name, &target, &own);
	if (error)
		return error;
	if (RtlDosPathNameToNtPathName_U(file, &path, NULL, NULL)) {
		error = advapi_error(NtLoadKey(&target, &source));
		RtlFreeUnicodeString(&path);
	} else {
		error = ERROR_PATH_NOT_FOUND;
	}
	advapi_leave(target.RootDirectory, own);
	return error;
}

EXPORT(advapi32, LONG, RegLoadKeyA, (HKEY key, LPCSTR sub_key, LPCSTR file))
{
	LPWSTR wide, wide_file = NULL;
	LONG error = ERROR_OUTOFMEMORY;

	if (advapi_widen(sub_key, &wide) && advapi_widen(file, &wide_file))
		error = RegLoadKeyW(key, wide, wide_file);
	free(wide);
	free(wide_file);
	return error;
}

EXPORT(advapi32, LONG, RegUnLoadKeyW, (HKEY key, LPCWSTR sub_key))
{
	UNICODE_STRING name;
	OBJECT_ATTRIBUTES target = {0};
	bool own;
	LONG error = enter_mount(key, sub_key, &name, &target, &own);

	if (error)
		return error;
	error = advapi_error(NtUnloadKey(&target));
	advapi_leave(target.RootDirectory, own);
	return error;
}

EXPORT(advapi32, LONG, RegUnLoadKeyA, (HKEY key, LPCSTR sub_key))
{
	LPWSTR wide;
	LONG error = advapi_widen(sub_key, &wide) ? RegUnLoadKeyW(key, wide) : (LONG)ERROR_OUTOFMEMORY;

	free(wide);
	return error;
}
