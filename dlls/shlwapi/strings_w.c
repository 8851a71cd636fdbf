/*
 * dlls/shlwapi/strings_w.c - strings in UTF-16, those functions that exist for them only, and sizes as text.
 */
#include "dlls/shlwapi/strings.h"
#include <stdio.h>
#include <stdlib.h>

/* Three digits, the rest cut off; from a thousand on in the next unit. */
void shl_print_size(LONGLONG size, char *text)
{
	static const char *const units[] = {"KB", "MB", "GB", "TB", "PB", "EB"};
	unsigned unit = 0, shift = 10;
	ULONGLONG whole, hundredths;

	if (size < 1024) {
		snprintf(text, SIZE_TEXT, "%lld bytes", (long long)size);
		return;
	}
	while ((ULONGLONG)size >> shift >= 1000) {
		unit++;
		shift += 10;
	}
	whole = (ULONGLONG)size >> shift;
	/* Ten bits of the part are more than enough for two digits, and no product is too large. */
	hundredths = (((ULONGLONG)size >> (shift - 10)) & 1023) * 100 / 1024;
	if (whole >= 100)
		snprintf(text, SIZE_TEXT, "%llu %s", (unsigned long long)whole, units[unit]);
	else if (whole >= 10)
		snprintf(text, SIZE_TEXT, "%llu.%llu %s", (unsigned long long)whole, (unsigned long long)hundredths / 10, units[unit]);
	else
		snprintf(text, SIZE_TEXT, "%llu.%02llu %s", (unsigned long long)whole, (unsigned long long)hundredths, units[unit]);
}

/* Groups of three digits. */
void shl_print_kilobytes(LONGLONG size, char *text)
{
	ULONGLONG kilobytes = size > 0 ? ((ULONGLONG)size + 1023) / 1024 : 0;
	char digits[24];
	size_t count = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)kilobytes);

	for (size_t i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			*text++ = ',';
		*text++ = digits[i];
	}
	strcpy(text, " KB");
}

#define CHAR_T WCHAR
#define NAME(base) base##W
#define FOLD(c) rtl_upcase(c)
#define LENGTH(s) rtl_wcslen(s)
#define COMPARE CompareStringW
#include "dlls/shlwapi/strings_template.h"

EXPORT_ALIAS(shlwapi, "IntlStrEqWorkerW", StrIsIntlEqualW);

EXPORT(shlwapi, LPWSTR, StrFormatByteSizeW, (LONGLONG size, LPWSTR to, UINT room))
{
	char text[SIZE_TEXT];

	shl_print_size(size, text);
	return shl_give_textW(text, to, room);
}

EXPORT(shlwapi, INT, StrCmpW, (LPCWSTR a, LPCWSTR b))
{
	return StrCmpNW(a, b, -1);
}

EXPORT(shlwapi, INT, StrCmpIW, (LPCWSTR a, LPCWSTR b))
{
	return StrCmpNIW(a, b, -1);
}

static bool is_digit(WCHAR c)
{
	return c >= '0' && c <= '9';
}

/* Two numbers without a limit to their length; behind them. */
static INT compare_numbers(LPCWSTR *a, LPCWSTR *b)
{
	LPCWSTR x, y;
	INT order = 0;

	while (**a == '0')
		++*a;
	while (**b == '0')
		++*b;
	for (x = *a, y = *b; is_digit(*x) && is_digit(*y); x++, y++)
		if (!order)
			order = *x - *y;
	if (is_digit(*x) || is_digit(*y))
		order = is_digit(*x) ? 1 : -1;
	*a = x;
	*b = y;
	return order;
}

/* Digits are numbers, which come before all else; case does not count. */
EXPORT(shlwapi, INT, StrCmpLogicalW, (LPCWSTR a, LPCWSTR b))
{
	if (!a || !b)
		return 0;
	while (*a && *b) {
		INT order;

		if (is_digit(*a) && is_digit(*b)) {
			order = compare_numbers(&a, &b);
		} else if (is_digit(*a) || is_digit(*b)) {
			return is_digit(*a) ? -1 : 1;
		} else {
			order = CompareStringW(LOCALE_USER_DEFAULT, NORM_IGNORECASE, a++, 1, b++, 1) - CSTR_EQUAL;
		}
		if (order)
			return order > 0 ? 1 : -1;
	}
	return (*a != 0) - (*b != 0);
}

EXPORT(shlwapi, LPWSTR, StrCpyW, (LPWSTR to, LPCWSTR from))
{
	return to && from ? shl_copyW(to, from, rtl_wcslen(from) + 1) : to;
}

EXPORT(shlwapi, LPWSTR, StrCatW, (LPWSTR to, LPCWSTR from))
{
	if (to)
		StrCpyW(to + rtl_wcslen(to), from);
	return to;
}

EXPORT(shlwapi, LPWSTR, StrCpyNW, (LPWSTR to, LPCWSTR from, INT size))
{
	return shl_copyW(to, from, size > 0 ? (size_t)size : 0);
}

/* Appends at `at`, -1: at the end; where the string ends now. */
EXPORT(shlwapi, DWORD, StrCatChainW, (LPWSTR to, DWORD size, DWORD at, LPCWSTR from))
{
	if (at == ~0u)
		at = (DWORD)rtl_wcslen(to);
	if (at >= size)
		return at;
	shl_copyW(to + at, from, size - at);
	return at + (DWORD)rtl_wcslen(to + at);
}

static LPWSTR find_in(LPCWSTR string, LPCWSTR part, size_t length, UINT maximum, bool (*same)(WCHAR, WCHAR))
{
	size_t size = 0;

	while (string && size < maximum && string[size])
		size++;
	for (; length && size >= length; string++, size--) {
		size_t i = 0;

		while (i < length && same(string[i], part[i]))
			i++;
		if (i == length)
			return (LPWSTR)(uintptr_t)string;
	}
	return NULL;
}

EXPORT(shlwapi, LPWSTR, StrChrNW, (LPCWSTR string, WCHAR c, UINT maximum))
{
	return find_in(string, &c, 1, maximum, shl_sameW);
}

EXPORT(shlwapi, LPWSTR, StrChrNIW, (LPCWSTR string, WCHAR c, UINT maximum))
{
	return find_in(string, &c, 1, maximum, shl_same_letterW);
}

EXPORT(shlwapi, LPWSTR, StrStrNW, (LPCWSTR string, LPCWSTR part, UINT maximum))
{
	return find_in(string, part, part ? rtl_wcslen(part) : 0, maximum, shl_sameW);
}

EXPORT(shlwapi, LPWSTR, StrStrNIW, (LPCWSTR string, LPCWSTR part, UINT maximum))
{
	return find_in(string, part, part ? rtl_wcslen(part) : 0, maximum, shl_same_letterW);
}

/*
 * Text of one kind as the other in a buffer of `size` characters: cut off where it does not fit, terminated always.  The number of
 * characters written, the terminator among them; 0: nothing.
 */
EXPORT(shlwapi, INT, SHUnicodeToUnicode, (LPCWSTR from, LPWSTR to, INT size))
{
	if (!from || !to || size <= 0)
		return 0;
	shl_copyW(to, from, (size_t)size);
	return (INT)rtl_wcslen(to) + 1;
}

EXPORT(shlwapi, DWORD, SHAnsiToUnicodeCP, (UINT code_page, LPCSTR from, LPWSTR to, INT size))
{
	INT units = from ? MultiByteToWideChar(code_page, 0, from, -1, NULL, 0) : 0;
	LPWSTR whole = units ? malloc((size_t)units * sizeof(WCHAR)) : NULL;
	INT written = 0;

	if (whole && MultiByteToWideChar(code_page, 0, from, -1, whole, units))
		written = SHUnicodeToUnicode(whole, to, size);
	free(whole);
	return (DWORD)written;
}

EXPORT(shlwapi, DWORD, SHAnsiToUnicode, (LPCSTR from, LPWSTR to, INT size))
{
	return SHAnsiToUnicodeCP(CP_ACP, from, to, size);
}
