/*
 * kernel32/winbase_str.c - the lstr functions and MulDiv.
 *
 * The lstr functions survive bad pointers: NULL is an empty string to lstrlen, and copying from or to it gives NULL with
 * ERROR_INVALID_PARAMETER (MSDN).
 */
#include "kernel32/kernel32.h"
#include "host/fault.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

/* The units of a string, at most `limit`, or -1 when it leads into memory that cannot be read: kernel32 itself catches such faults
 * (nt facts, execution 80).  Reads a page's part at a time. */
static ptrdiff_t guarded_length_up_to(const void *string, size_t unit, size_t limit)
{
	const char *at = string;

	for (;;) {
		char part[256];
		size_t size = sizeof(part) - ((uintptr_t)at & (sizeof(part) - 1));

		if (size < unit)
			size = unit;
		if (host_copy_from_guest(part, at, size))
			return -1;
		for (size_t i = 0; i + unit <= size; i += unit) {
			size_t count = (size_t)(at + i - (const char *)string) / unit;

			if (count == limit || (!part[i] && (unit == 1 || !part[i + 1])))
				return (ptrdiff_t)count;
		}
		at += size - size % unit;
	}
}

static ptrdiff_t guarded_length(const void *string, size_t unit)
{
	return guarded_length_up_to(string, unit, SIZE_MAX);
}

EXPORT(kernel32, int, lstrlenA, (LPCSTR string))
{
	ptrdiff_t length = string ? guarded_length(string, 1) : 0;

	return length < 0 ? 0 : (int)length;
}
EXPORT_ALIAS(kernel32, "lstrlen", lstrlenA);

EXPORT(kernel32, int, lstrlenW, (LPCWSTR string))
{
	ptrdiff_t length = string ? guarded_length(string, sizeof(WCHAR)) : 0;

	return length < 0 ? 0 : (int)length;
}

static void *bad_pointer(void)
{
	set_last_error(ERROR_INVALID_PARAMETER);
	return NULL;
}

/* Behind the first `skip` units of `to`; the strings may overlap. */
static void *guarded_copy(void *to, size_t skip, const void *from, size_t unit)
{
	ptrdiff_t length = from ? guarded_length(from, unit) : -1;
	char *end = (char *)to + skip * unit;

	if (!to || length < 0 || host_probe_guest(end, ((size_t)length + 1) * unit, true) < 0)
		return bad_pointer();
	memmove(end, from, ((size_t)length + 1) * unit);
	return to;
}

EXPORT(kernel32, LPSTR, lstrcpyA, (LPSTR to, LPCSTR from))
{
	return guarded_copy(to, 0, from, 1);
}
EXPORT_ALIAS(kernel32, "lstrcpy", lstrcpyA);

EXPORT(kernel32, LPWSTR, lstrcpyW, (LPWSTR to, LPCWSTR from))
{
	return guarded_copy(to, 0, from, sizeof(WCHAR));
}

/* Of the string what fits, with its end. */
static void *guarded_copy_part(void *to, const void *from, int capacity, size_t unit)
{
	ptrdiff_t length;

	if (!to || !from)
		return bad_pointer();
	if (capacity <= 0)
		return to;
	length = capacity > 1 ? guarded_length_up_to(from, unit, (size_t)capacity - 1) : 0;
	if (length < 0 || host_probe_guest(to, ((size_t)length + 1) * unit, true) < 0)
		return bad_pointer();
	memmove(to, from, (size_t)length * unit);
	memset((char *)to + (size_t)length * unit, 0, unit);
	return to;
}

EXPORT(kernel32, LPSTR, lstrcpynA, (LPSTR to, LPCSTR from, int capacity))
{
	return guarded_copy_part(to, from, capacity, 1);
}
EXPORT_ALIAS(kernel32, "lstrcpyn", lstrcpynA);

EXPORT(kernel32, LPWSTR, lstrcpynW, (LPWSTR to, LPCWSTR from, int capacity))
{
	return guarded_copy_part(to, from, capacity, sizeof(WCHAR));
}

EXPORT(kernel32, LPSTR, lstrcatA, (LPSTR to, LPCSTR from))
{
	ptrdiff_t length = to ? guarded_length(to, 1) : -1;

	return length < 0 ? bad_pointer() : guarded_copy(to, (size_t)length, from, 1);
}
EXPORT_ALIAS(kernel32, "lstrcat", lstrcatA);

EXPORT(kernel32, LPWSTR, lstrcatW, (LPWSTR to, LPCWSTR from))
{
	ptrdiff_t length = to ? guarded_length(to, sizeof(WCHAR)) : -1;

	return length < 0 ? bad_pointer() : guarded_copy(to, (size_t)length, from, sizeof(WCHAR));
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
