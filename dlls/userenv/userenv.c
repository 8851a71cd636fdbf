/*
 * dlls/userenv/userenv.c - the builtin userenv.dll: the user's profile folder.
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include <string.h>

DEFINE_DLL(userenv, .name = "userenv.dll", .aliases = "profapi.dll\0api-ms-win-core-profile-userenv-*\0");

static BOOL give(LPCWSTR variable, LPCWSTR otherwise, LPWSTR path, DWORD *size)
{
	WCHAR found[MAX_PATH];
	DWORD length = GetEnvironmentVariableW(variable, found, MAX_PATH);

	if (!size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!length || length >= MAX_PATH) {
		length = (DWORD)rtl_wcslen(otherwise);
		memcpy(found, otherwise, (length + 1) * sizeof(WCHAR));
	}
	if (!path || *size <= length) {
		*size = length + 1;
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	memcpy(path, found, (length + 1) * sizeof(WCHAR));
	*size = length + 1;
	return TRUE;
}

EXPORT(userenv, BOOL, GetUserProfileDirectoryW, (HANDLE token, LPWSTR path, DWORD *size))
{
	if (!token) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	return give(u"USERPROFILE", u"C:\\Users\\Default", path, size);
}

EXPORT(userenv, BOOL, GetProfilesDirectoryW, (LPWSTR path, DWORD *size))
{
	return give(u"", u"C:\\Users", path, size);
}

EXPORT(userenv, BOOL, GetAllUsersProfileDirectoryW, (LPWSTR path, DWORD *size))
{
	return give(u"ALLUSERSPROFILE", u"C:\\ProgramData", path, size);
}

/* There is one user, whose environment is the process's. */
EXPORT(userenv, BOOL, ExpandEnvironmentStringsForUserW, (HANDLE token, LPCWSTR from, LPWSTR to, DWORD size))
{
	DWORD needed = ExpandEnvironmentStringsW(from, to, size);

	if (!needed)
		return FALSE;
	if (needed > size) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	return TRUE;
}
