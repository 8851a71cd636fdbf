/*
 * dlls/shlwapi/strings.h - what the two kinds of string functions share.
 */
#ifndef PEWTER_DLLS_SHLWAPI_STRINGS_H
#define PEWTER_DLLS_SHLWAPI_STRINGS_H

#include "dlls/shlwapi/shlwapi.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/rtl.h"
#include <stdbool.h>
#include <string.h>

#define LOCALE_USER_DEFAULT 0x400u
#define NORM_IGNORECASE 1u
#define CSTR_EQUAL 2
#define SIZE_TEXT 48 /* the longest size as text */

INT WINAPI CompareStringW(LCID locale, DWORD flags, LPCWSTR a, INT a_size, LPCWSTR b, INT b_size);
INT WINAPI CompareStringA(LCID locale, DWORD flags, LPCSTR a, INT a_size, LPCSTR b, INT b_size);

void shl_print_size(LONGLONG size, char *text);
void shl_print_kilobytes(LONGLONG size, char *text);

#endif
