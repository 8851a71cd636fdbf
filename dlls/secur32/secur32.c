/*
 * dlls/secur32/secur32.c - the builtin secur32.dll: the user's name in its other forms (sspi.c: security packages).
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/se/account.h"
#include <string.h>

DEFINE_DLL(secur32, .name = "secur32.dll", .aliases = "sspicli.dll\0");

enum { NameDisplay = 3, NameSamCompatible = 2 };

/* DOMAIN\user, or the display name; the other forms belong to a directory that this machine is not in. */
EXPORT(secur32, BOOLEAN, GetUserNameExW, (INT format, LPWSTR name, ULONG *size))
{
	WCHAR found[520];
	DWORD length = 0;

	if (!size || (*size && !name)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (format != NameSamCompatible && format != NameDisplay) {
		set_last_error(1332); /* ERROR_NONE_MAPPED */
		return FALSE;
	}
	if (format == NameSamCompatible) {
		length = (DWORD)rtl_wcslen(se_computer_name());
		memcpy(found, se_computer_name(), length * sizeof(WCHAR));
		found[length++] = '\\';
	}
	memcpy(found + length, se_user_name(), (rtl_wcslen(se_user_name()) + 1) * sizeof(WCHAR));
	length += (DWORD)rtl_wcslen(se_user_name());
	if (*size <= length) {
		*size = length + 1;
		set_last_error(ERROR_MORE_DATA);
		return FALSE;
	}
	memcpy(name, found, (length + 1) * sizeof(WCHAR));
	*size = length;
	return TRUE;
}
