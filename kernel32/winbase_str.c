/*
 * kernel32/winbase_str.c - the lstr functions and MulDiv.
 *
 * The lstr functions survive bad pointers: NULL is an empty string to lstrlen, and copying from or to it gives NULL with
 * ERROR_INVALID_PARAMETER (MSDN).
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

EXPORT(kernel32, int, lstrlenA, (LPCSTR string))
{
	return string ? (int)strlen(string) : 0;
}
EXPORT_ALIAS(kernel32, "lstrlen", lstrlenA);

EXPORT(kernel32, int, lstrlenW, (LPCWSTR string))
{
	return string ? (int)rtl_wcslen(string) : 0;
}

static void *bad_pointer(void)
{
	set_last_error(ERROR_INVALID_PARAMETER);
	return NULL;
}

EXPORT(kernel32, LPSTR, lstrcpyA, (LPSTR to, LPCSTR from))
{
	if (!to || !from)
		return bad_pointer();
	return memmove(to, from, strlen(from) + 1);
}
EXPORT_ALIAS(kernel32, "lstrcpy", lstrcpyA);

EXPORT(kernel32, LPWSTR, lstrcpyW, (LPWSTR to, LPCWSTR from))
{
	if (!to || !from)
		return bad_pointer();
	return memmove(to, from, (rtl_wcslen(from) + 1) * sizeof(WCHAR));
}

EXPORT(kernel32, LPSTR, lstrcpynA, (LPSTR to, LPCSTR from, int capacity))
{
	size_t length;
	if (!to || !from)
		return bad_pointer();
	if (capacity <= 0)
		return to;
	length = strnlen(from, (size_t)capacity - 1);
	memmove(to, from, length);
	to[length] = 0;
	return to;
}
EXPORT_ALIAS(kernel32, "lstrcpyn", lstrcpynA);

EXPORT(kernel32, LPWSTR, lstrcpynW, (LPWSTR to, LPCWSTR from, int capacity))
{
	size_t length = 0;
	if (!to || !from)
		return bad_pointer();
	if (capacity <= 0)
		return to;
	while (length < (size_t)capacity - 1 && from[length])
		length++;
	memmove(to, from, length * sizeof(WCHAR));
	to[length] = 0;
	return to;
}

EXPORT(kernel32, LPSTR, lstrcatA, (LPSTR to, LPCSTR from))
{
	if (!to || !from)
		return bad_pointer();
	memmove(to + strlen(to), from, strlen(from) + 1);
	return to;
}
EXPORT_ALIAS(kernel32, "lstrcat", lstrcatA);

EXPORT(kernel32, LPWSTR, lstrcatW, (LPWSTR to, LPCWSTR from))
{
	if (!to || !from)
		return bad_pointer();
	memmove(to + rtl_wcslen(to), from, (rtl_wcslen(from) + 1) * sizeof(WCHAR));
	return to;
}

static int compare(LPCWSTR a, LPCWSTR b, DWORD flags)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return nls_compare(a, rtl_wcslen(a), b, rtl_wcslen(b), flags);
}

EXPORT(kernel32, int, lstrcmpW, (LPCWSTR a, LPCWSTR b))
{
	return compare(a, b, 0);
}

EXPORT(kernel32, int, lstrcmpiW, (LPCWSTR a, LPCWSTR b))
{
	return compare(a, b, NORM_IGNORECASE);
}

static char16_t *widen(LPCSTR string)
{
	size_t length = strlen(string) + 1;
	char16_t *wide = malloc(length * sizeof(*wide));
	if (wide)
		nls_to_utf16(NLS_ACP, 0, wide, length, string, length);
	return wide;
}

static int compare_ansi(LPCSTR a, LPCSTR b, DWORD flags)
{
	char16_t *x, *y;
	int result;

	if (!a || !b)
		return (a != NULL) - (b != NULL);
	x = widen(a);
	y = widen(b);
	result = x && y ? compare(x, y, flags) : strcmp(a, b);
	free(x);
	free(y);
	return result;
}

EXPORT(kernel32, int, lstrcmpA, (LPCSTR a, LPCSTR b))
{
	return compare_ansi(a, b, 0);
}
EXPORT_ALIAS(kernel32, "lstrcmp", lstrcmpA);

EXPORT(kernel32, int, lstrcmpiA, (LPCSTR a, LPCSTR b))
{
	return compare_ansi(a, b, NORM_IGNORECASE);
}
EXPORT_ALIAS(kernel32, "lstrcmpi", lstrcmpiA);

/* Rounded to the nearest, halves away from zero; -1 for a zero divisor or an overflow. */
EXPORT(kernel32, int, MulDiv, (int number, int numerator, int denominator))
{
	LONGLONG product = (LONGLONG)number * numerator, half, result;

	if (!denominator)
		return -1;
	half = denominator < 0 ? -(LONGLONG)denominator / 2 : denominator / 2;
	result = (product + (product < 0 ? -half : half)) / denominator;
	return result > INT32_MAX || result < INT32_MIN ? -1 : (int)result;
}
