/*
 * ntdll/rtl/crt_wide.c - UTF-16 string functions, and the small ASCII ones that ntdll.dll exports.  See crt.h.
 */
#include "ntdll/rtl/crt.h"
#include "ntdll/rtl/pieces.h"
#include "pewter/export.h"

#pragma GCC optimize("no-tree-loop-distribute-patterns")

typedef uint16_t piece __attribute__((vector_size(16)));

EXPORT_C(ntdll, "wcslen", size_t, rtl_wcs_length, (const WCHAR *string))
{
	const char *at;
	uint32_t zero;
	unsigned skew;

	if ((uintptr_t)string & 1) {
		size_t n = 0;
		while (string[n] != 0)
			n++;
		return n;
	}
	skew = (uintptr_t)string & 15;
	at = (const char *)string - skew;
	zero = MASK((piece)rtl_aligned_piece(at) == (piece){0}) >> skew;
	if (zero != 0)
		return (size_t)__builtin_ctz(zero) / 2;
	do {
		at += 16;
		zero = MASK((piece)rtl_aligned_piece(at) == (piece){0});
	} while (zero == 0);
	return ((size_t)(at - (const char *)string) + (size_t)__builtin_ctz(zero)) / 2;
}

EXPORT_C(ntdll, "wcsnlen", size_t, rtl_wcsnlen, (const WCHAR *string, size_t size))
{
	size_t n = 0;

	while (n < size && string[n] != 0)
		n++;
	return n;
}

EXPORT_C(ntdll, "wcscpy", WCHAR *, rtl_wcscpy, (WCHAR * to, const WCHAR *from))
{
	rtl_memcpy(to, from, (rtl_wcs_length(from) + 1) * sizeof(WCHAR));
	return to;
}

EXPORT_C(ntdll, "wcscat", WCHAR *, rtl_wcscat, (WCHAR * to, const WCHAR *from))
{
	rtl_wcscpy(to + rtl_wcs_length(to), from);
	return to;
}

EXPORT_C(ntdll, "wcsncpy", WCHAR *, rtl_wcsncpy, (WCHAR * to, const WCHAR *from, size_t size))
{
	size_t length = rtl_wcsnlen(from, size);

	rtl_memcpy(to, from, length * sizeof(WCHAR));
	rtl_memset(to + length, 0, (size - length) * sizeof(WCHAR));
	return to;
}

EXPORT_C(ntdll, "wcsncat", WCHAR *, rtl_wcsncat, (WCHAR * to, const WCHAR *from, size_t size))
{
	WCHAR *end = to + rtl_wcs_length(to);
	size_t length = rtl_wcsnlen(from, size);

	rtl_memcpy(end, from, length * sizeof(WCHAR));
	end[length] = 0;
	return to;
}

EXPORT_C(ntdll, "wcscmp", INT, rtl_wcscmp, (const WCHAR *a, const WCHAR *b))
{
	for (; *a == *b; a++, b++)
		if (*a == 0)
			return 0;
	return *a < *b ? -1 : 1;
}

EXPORT_C(ntdll, "wcsncmp", INT, rtl_wcsncmp, (const WCHAR *a, const WCHAR *b, size_t size))
{
	for (; size != 0; size--, a++, b++) {
		if (*a != *b)
			return *a - *b;
		if (*a == 0)
			break;
	}
	return 0;
}

EXPORT_C(ntdll, "wcschr", WCHAR *, rtl_wcschr, (const WCHAR *string, WCHAR c))
{
	for (;; string++) {
		if (*string == c)
			return (WCHAR *)string;
		if (*string == 0)
			return NULL;
	}
}

EXPORT_C(ntdll, "wcsrchr", WCHAR *, rtl_wcsrchr, (const WCHAR *string, WCHAR c))
{
	const WCHAR *found = NULL;

	for (;; string++) {
		if (*string == c)
			found = string;
		if (*string == 0)
			return (WCHAR *)found;
	}
}

EXPORT_C(ntdll, "wcsstr", WCHAR *, rtl_wcsstr, (const WCHAR *string, const WCHAR *part))
{
	size_t length = rtl_wcs_length(part);

	if (length == 0)
		return (WCHAR *)string;
	for (; (string = rtl_wcschr(string, *part)) != NULL; string++)
		if (rtl_wcsncmp(string, part, length) == 0)
			return (WCHAR *)string;
	return NULL;
}

EXPORT_C(ntdll, "wcsspn", size_t, rtl_wcsspn, (const WCHAR *string, const WCHAR *set))
{
	size_t n = 0;

	while (string[n] != 0 && rtl_wcschr(set, string[n]) != NULL)
		n++;
	return n;
}

EXPORT_C(ntdll, "wcscspn", size_t, rtl_wcscspn, (const WCHAR *string, const WCHAR *set))
{
	size_t n = 0;

	while (string[n] != 0 && rtl_wcschr(set, string[n]) == NULL)
		n++;
	return n;
}

EXPORT_C(ntdll, "wcspbrk", WCHAR *, rtl_wcspbrk, (const WCHAR *string, const WCHAR *set))
{
	string += rtl_wcscspn(string, set);
	return *string != 0 ? (WCHAR *)string : NULL;
}

static inline unsigned lower(unsigned c)
{
	return c - 'A' < 26 ? c | 0x20 : c;
}

EXPORT_C(ntdll, "_stricmp", INT, rtl_stricmp, (const char *a, const char *b))
{
	unsigned x, y;

	do {
		x = lower((uint8_t)*a++);
		y = lower((uint8_t)*b++);
	} while (x == y && x != 0);
	return (INT)x - (INT)y;
}
EXPORT_ALIAS(ntdll, "_strcmpi", rtl_stricmp);

EXPORT_C(ntdll, "_strnicmp", INT, rtl_strnicmp, (const char *a, const char *b, size_t size))
{
	unsigned x = 0, y = 0;

	while (size-- != 0) {
		x = lower((uint8_t)*a++);
		y = lower((uint8_t)*b++);
		if (x != y || x == 0)
			break;
	}
	return (INT)x - (INT)y;
}

EXPORT_C(ntdll, "_memicmp", INT, rtl_memicmp, (const void *first, const void *second, size_t size))
{
	const uint8_t *a = first, *b = second;
	unsigned x = 0, y = 0;

	while (size-- != 0) {
		x = lower(*a++);
		y = lower(*b++);
		if (x != y)
			break;
	}
	return (INT)x - (INT)y;
}

EXPORT_C(ntdll, "_wcsicmp", INT, rtl_wcsicmp, (const WCHAR *a, const WCHAR *b))
{
	unsigned x, y;

	do {
		x = lower(*a++);
		y = lower(*b++);
	} while (x == y && x != 0);
	return (INT)x - (INT)y;
}

EXPORT_C(ntdll, "_wcsnicmp", INT, rtl_wcsnicmp, (const WCHAR *a, const WCHAR *b, size_t size))
{
	unsigned x = 0, y = 0;

	while (size-- != 0) {
		x = lower(*a++);
		y = lower(*b++);
		if (x != y || x == 0)
			break;
	}
	return (INT)x - (INT)y;
}

EXPORT_C(ntdll, "tolower", INT, rtl_tolower, (INT c))
{
	return (INT)lower((unsigned)c);
}

EXPORT_C(ntdll, "toupper", INT, rtl_toupper, (INT c))
{
	return (unsigned)c - 'a' < 26 ? c & ~0x20 : c;
}

EXPORT_C(ntdll, "towlower", WCHAR, rtl_towlower, (WCHAR c))
{
	return (WCHAR)lower(c);
}

EXPORT_C(ntdll, "towupper", WCHAR, rtl_towupper, (WCHAR c))
{
	return (WCHAR)rtl_toupper(c);
}

/* atoi and atol; overflow wraps. */
EXPORT_C(ntdll, "atoi", INT, rtl_atoi, (const char *string))
{
	uint32_t value = 0;
	BOOLEAN minus;

	while (*string == ' ' || (*string >= '\t' && *string <= '\r'))
		string++;
	minus = *string == '-';
	if (*string == '-' || *string == '+')
		string++;
	while ((unsigned)*string - '0' < 10)
		value = value * 10 + (uint32_t)(*string++ - '0');
	return (INT)(minus ? 0 - value : value);
}
EXPORT_ALIAS(ntdll, "atol", rtl_atoi);
