/*
 * dlls/secur32/secur32.c - the builtin secur32.dll: the user's name in its other forms (sspi.c: security packages).
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include <string.h>

DEFINE_DLL(secur32, .name = "secur32.dll", .aliases = "sspicli.dll\0");

enum { NameDisplay = 3, NameSamCompatible = 2 };

/* DOMAIN\user, or the display name; the other forms belong to a directory that this machine is not in. */
EXPORT(secur32, BOOLEAN, GetUserNameExW, (INT format, LPWSTR name, ULONG *size))
{
	WCHAR found[520];
	DWORD length = 0, part;

	if (!size || (*size && !name)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (format != NameSamCompatible && format != NameDisplay) {
		set_last_error(1332); /* ERROR_NONE_MAPPED */
		return FALSE;
	}
	if (format == NameSamCompatible) {
		length = GetEnvironmentVariableW(u"COMPUTERNAME", found, 256);
		if (!length || length >= 256) {
			memcpy(found, u"PEWTER", sizeof(u"PEWTER"));
			length = 6;
		}
		found[length++] = '\\';
	}
	part = GetEnvironmentVariableW(u"USERNAME", found + length, 256);
	if (!part || part >= 256) {
		memcpy(found + length, u"user", sizeof(u"user"));
		part = 4;
	}
	length += part;
	if (*size <= length) {
		*size = length + 1;
		set_last_error(ERROR_MORE_DATA);
		return FALSE;
	}
	memcpy(name, found, (length + 1) * sizeof(WCHAR));
	*size = length;
	return TRUE;
}
