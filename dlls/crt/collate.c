/*
 * dlls/crt/collate.c - comparing and transforming by the locale: strcoll, strxfrm and their kin.
 *
 * In "C" they are strcmp and strcpy; otherwise CompareStringW and LCMapStringW of the locale decide.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

#define IGNORE_CASE 1u /* NORM_IGNORECASE */
#define SORT_KEY 0x400u
#define COMPARE_FAILED 0x7FFFFFFF /* _NLSCMPERROR */

/* `size`: at most so many units of each string; -1 = all. */
static INT compare_wide(const struct crt_locale *locale, const WCHAR *a, const WCHAR *b, size_t size, DWORD flags)
{
	INT result = CompareStringW(locale->lcid[CRT_LC_COLLATE], flags | 0x1000u, a, (INT)rtl_wcsnlen(a, size), b,
				    (INT)rtl_wcsnlen(b, size));

	if (result == 0) {
		crt_self.error = CRT_EINVAL;
		return COMPARE_FAILED;
	}
	return result - 2;
}

static WCHAR *widen(const struct crt_locale *locale, const char *string, size_t size)
{
	size_t length = rtl_strnlen(string, size), n = 0;
	WCHAR *wide = crt_heap_allocate((length + 1) * sizeof(WCHAR));
	INT units, taken;

	if (wide == NULL)
		return NULL;
	while (length != 0) {
		taken = crt_locale_to_wide(locale, string, length, wide + n, &units);
		if (taken <= 0) {
			wide[n] = (BYTE)*string;
			units = taken = 1;
		}
		n += (size_t)units;
		string += taken;
		length -= (size_t)taken;
	}
	wide[n] = 0;
	return wide;
}

static INT compare_narrow(const struct crt_locale *locale, const char *a, const char *b, size_t size, DWORD flags)
{
	WCHAR *x = widen(locale, a, size), *y = widen(locale, b, size);
	INT result = COMPARE_FAILED;

	if (x != NULL && y != NULL)
		result = compare_wide(locale, x, y, (size_t)-1, flags);
	crt_heap_free(x);
	crt_heap_free(y);
	return result;
}

#define COLLATE(in_c, otherwise)                                                                                            \
	{                                                                                                                   \
		const struct crt_locale *l = crt_locale(locale);                                                            \
		CRT_VALIDATE(a != NULL && b != NULL, EINVAL, COMPARE_FAILED);                                                       \
		if (l->lcid[CRT_LC_COLLATE] == 0)                                                                            \
			return in_c;                                                                                        \
		return otherwise;                                                                                           \
	}

CRT_L_(INT, strcoll, (a, b, NULL), const char *a, const char *b)
COLLATE(rtl_strcmp(a, b), compare_narrow(l, a, b, (size_t)-1, 0))

CRT_L_(INT, wcscoll, (a, b, NULL), const WCHAR *a, const WCHAR *b)
COLLATE(rtl_wcscmp(a, b), compare_wide(l, a, b, (size_t)-1, 0))

CRT_L(INT, _stricoll, (a, b, NULL), const char *a, const char *b)
COLLATE(rtl_stricmp(a, b), compare_narrow(l, a, b, (size_t)-1, IGNORE_CASE))

CRT_L(INT, _wcsicoll, (a, b, NULL), const WCHAR *a, const WCHAR *b)
COLLATE(rtl_wcsicmp(a, b), compare_wide(l, a, b, (size_t)-1, IGNORE_CASE))

CRT_L(INT, _strncoll, (a, b, size, NULL), const char *a, const char *b, size_t size)
COLLATE(rtl_strncmp(a, b, size), compare_narrow(l, a, b, size, 0))

CRT_L(INT, _wcsncoll, (a, b, size, NULL), const WCHAR *a, const WCHAR *b, size_t size)
COLLATE(rtl_wcsncmp(a, b, size), compare_wide(l, a, b, size, 0))

CRT_L(INT, _strnicoll, (a, b, size, NULL), const char *a, const char *b, size_t size)
COLLATE(rtl_strnicmp(a, b, size), compare_narrow(l, a, b, size, IGNORE_CASE))

CRT_L(INT, _wcsnicoll, (a, b, size, NULL), const WCHAR *a, const WCHAR *b, size_t size)
COLLATE(rtl_wcsnicmp(a, b, size), compare_wide(l, a, b, size, IGNORE_CASE))

/* The length needed without a terminator; INT_MAX on failure.  Too small a buffer: ERANGE, and the buffer is empty. */
CRT_L_(size_t, strxfrm, (to, from, size, NULL), char *to, const char *from, size_t size)
{
	const struct crt_locale *l = crt_locale(locale);
	size_t length;
	WCHAR *wide;

	CRT_VALIDATE(size <= 0x7FFFFFFF && (to != NULL || size == 0) && from != NULL, EINVAL, 0x7FFFFFFF);
	if (l->lcid[CRT_LC_COLLATE] == 0) {
		length = rtl_strlen(from);
		rtl_strncpy(to, from, size);
		return length;
	}
	wide = widen(l, from, (size_t)-1);
	if (wide == NULL)
		return 0x7FFFFFFF;
	length = (size_t)LCMapStringW(l->lcid[CRT_LC_COLLATE], SORT_KEY, wide, -1, NULL, 0);
	if (length == 0)
		length = 0x7FFFFFFF;
	else if (length <= size)
		LCMapStringW(l->lcid[CRT_LC_COLLATE], SORT_KEY, wide, -1, (WCHAR *)to, (INT)size);
	else if (size > 0)
		to[0] = 0;
	if (length > size && size > 0)
		crt_self.error = CRT_ERANGE;
	crt_heap_free(wide);
	return length == 0x7FFFFFFF ? length : length - 1;
}

/* Each byte of the sort key becomes a character. */
CRT_L_(size_t, wcsxfrm, (to, from, size, NULL), WCHAR *to, const WCHAR *from, size_t size)
{
	const struct crt_locale *l = crt_locale(locale);
	size_t length, i;
	BYTE *key;

	CRT_VALIDATE(size <= 0x7FFFFFFF && (to != NULL || size == 0) && from != NULL, EINVAL, 0x7FFFFFFF);
	if (l->lcid[CRT_LC_COLLATE] == 0) {
		length = rtl_wcs_length(from);
		rtl_wcsncpy(to, from, size);
		return length;
	}
	length = (size_t)LCMapStringW(l->lcid[CRT_LC_COLLATE], SORT_KEY, from, -1, NULL, 0);
	if (length == 0)
		return 0x7FFFFFFF;
	if (length > size) {
		if (size > 0) {
			to[0] = 0;
			crt_self.error = CRT_ERANGE;
		}
		return length - 1;
	}
	key = crt_heap_allocate(length);
	if (key == NULL)
		return 0x7FFFFFFF;
	LCMapStringW(l->lcid[CRT_LC_COLLATE], SORT_KEY, from, -1, (WCHAR *)key, (INT)length);
	for (i = 0; i < length; i++)
		to[i] = key[i];
	crt_heap_free(key);
	return length - 1;
}
