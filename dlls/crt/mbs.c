/*
 * dlls/crt/mbs.c - multibyte strings: walking, searching, comparing.
 *
 * "nb" functions count bytes, "n" ones characters.  In a single-byte code page all of them are the str functions.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/mbctype.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

#define FAILED_COMPARISON 0x7FFFFFFF /* _NLSCMPERROR */

CRT_L(BYTE *, _mbsinc, (at, NULL), const BYTE *at)
{
	CRT_VALIDATE(at != NULL, EINVAL, NULL);
	if (crt_mb_lead(crt_multibyte(locale), *at) && at[1] != 0)
		at++;
	return (BYTE *)at + 1;
}

/* The character before `at`; NULL at the start.  Lead bytes directly before it pair up from their first one. */
CRT_L(BYTE *, _mbsdec, (start, at, NULL), const BYTE *start, const BYTE *at)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *p;

	CRT_VALIDATE(start != NULL && at != NULL, EINVAL, NULL);
	if (start >= at)
		return NULL;
	at--;
	if (!m->is_dbcs)
		return (BYTE *)at;
	if (crt_mb_lead(m, *at))
		return (BYTE *)(at > start ? at - 1 : at);
	for (p = at; p > start && crt_mb_lead(m, p[-1]); p--)
		;
	return (BYTE *)(at - ((at - p) & 1));
}

CRT_L(UINT, _mbsnextc, (at, NULL), const BYTE *at)
{
	CRT_VALIDATE(at != NULL, EINVAL, 0);
	return crt_mb_next(crt_multibyte(locale), &at);
}

CRT_L(BYTE *, _mbsninc, (at, count, NULL), const BYTE *at, size_t count)
{
	const struct crt_multibyte *m = crt_multibyte(locale);

	if (at == NULL)
		return NULL;
	while (count-- != 0 && crt_mb_next(m, &at) != 0)
		;
	return (BYTE *)at;
}

CRT_L(size_t, _mbslen, (string, NULL), const BYTE *string)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	size_t n = 0;

	if (!m->is_dbcs)
		return rtl_strlen((const char *)string);
	while (crt_mb_next(m, &string) != 0)
		n++;
	return n;
}

CRT_L(size_t, _mbsnlen, (string, size, NULL), const BYTE *string, size_t size)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *end = string + size;
	size_t n = 0;

	if (!m->is_dbcs)
		return rtl_strnlen((const char *)string, size);
	for (; string < end; n++) {
		if (crt_mb_lead(m, *string)) {
			if (string + 1 >= end)
				return size;
			if (string[1] == 0)
				return n;
			string++;
		} else if (*string == 0) {
			return n;
		}
		string++;
	}
	return size;
}

/* Characters in the first `size` bytes, and bytes in the first `count` characters. */
CRT_L(size_t, _mbsnccnt, (string, size, NULL), const BYTE *string, size_t size)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *end = string + size;
	size_t n = 0;

	CRT_VALIDATE(string != NULL || size == 0, EINVAL, 0);
	while (string < end && crt_mb_next(m, &string) != 0)
		n++;
	return n;
}

CRT_L(size_t, _mbsnbcnt, (string, count, NULL), const BYTE *string, size_t count)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *at = string;

	CRT_VALIDATE(string != NULL || count == 0, EINVAL, 0);
	while (count-- != 0 && crt_mb_next(m, &at) != 0)
		;
	return (size_t)(at - string);
}

CRT_L(BYTE *, _mbschr, (string, c, NULL), const BYTE *string, UINT c)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *at;
	UINT found;

	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	do {
		at = string;
		found = crt_mb_next(m, &string);
		if (found == c)
			return (BYTE *)at;
	} while (found != 0);
	return NULL;
}

CRT_L(BYTE *, _mbsrchr, (string, c, NULL), const BYTE *string, UINT c)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *at, *last = NULL;
	UINT found;

	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	do {
		at = string;
		found = crt_mb_next(m, &string);
		if (found == c)
			last = at;
	} while (found != 0);
	return (BYTE *)last;
}

static bool in_set(const struct crt_multibyte *m, UINT c, const BYTE *set)
{
	UINT member;

	while ((member = crt_mb_next(m, &set)) != 0)
		if (member == c)
			return true;
	/* Half a character at the end of the set fits every one. */
	return crt_mb_lead(m, *set);
}

/* The first character that is (`wanted`) or is not in the set; the end of the string if there is none. */
static const BYTE *scan(const BYTE *string, const BYTE *set, bool wanted, crt_locale_t locale)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *at;
	UINT c;

	for (;;) {
		at = string;
		c = crt_mb_next(m, &string);
		if (c == 0 || in_set(m, c, set) == wanted)
			return at;
	}
}

CRT_L(size_t, _mbscspn, (string, set, NULL), const BYTE *string, const BYTE *set)
{
	CRT_VALIDATE(string != NULL && set != NULL, EINVAL, 0);
	return (size_t)(scan(string, set, true, locale) - string);
}

CRT_L(size_t, _mbsspn, (string, set, NULL), const BYTE *string, const BYTE *set)
{
	CRT_VALIDATE(string != NULL && set != NULL, EINVAL, 0);
	return (size_t)(scan(string, set, false, locale) - string);
}

CRT_L(BYTE *, _mbspbrk, (string, set, NULL), const BYTE *string, const BYTE *set)
{
	CRT_VALIDATE(string != NULL && set != NULL, EINVAL, NULL);
	string = scan(string, set, true, locale);
	return *string != 0 ? (BYTE *)string : NULL;
}

CRT_L(BYTE *, _mbsspnp, (string, set, NULL), const BYTE *string, const BYTE *set)
{
	CRT_VALIDATE(string != NULL && set != NULL, EINVAL, NULL);
	string = scan(string, set, false, locale);
	return *string != 0 ? (BYTE *)string : NULL;
}

CRT_L(BYTE *, _mbsstr, (string, part, NULL), const BYTE *string, const BYTE *part)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	size_t length;
	const BYTE *at;

	CRT_VALIDATE(string != NULL && part != NULL, EINVAL, NULL);
	length = rtl_strlen((const char *)part);
	if (length == 0)
		return (BYTE *)string;
	do {
		at = string;
		if (rtl_strncmp((const char *)at, (const char *)part, length) == 0)
			return (BYTE *)at;
	} while (crt_mb_next(m, &string) != 0);
	return NULL;
}

static BYTE *token(BYTE *string, const BYTE *delimiters, BYTE **next, crt_locale_t locale)
{
	BYTE *start;

	if (string == NULL)
		string = *next;
	if (string == NULL)
		return NULL;
	start = (BYTE *)scan(string, delimiters, false, locale);
	if (*start == 0) {
		*next = start;
		return NULL;
	}
	string = (BYTE *)scan(start, delimiters, true, locale);
	if (*string != 0) {
		if (crt_mb_lead(crt_multibyte(locale), *string))
			*string++ = 0;
		*string++ = 0;
	}
	*next = string;
	return start;
}

CRT_L(BYTE *, _mbstok, (string, delimiters, NULL), BYTE *string, const BYTE *delimiters)
{
	CRT_VALIDATE(delimiters != NULL, EINVAL, NULL);
	return token(string, delimiters, &crt_self.mbstok_next, locale);
}

CRT_L(BYTE *, _mbstok_s, (string, delimiters, context, NULL), BYTE *string, const BYTE *delimiters, BYTE **context)
{
	CRT_VALIDATE(delimiters != NULL && context != NULL && (string != NULL || *context != NULL), EINVAL, NULL);
	return token(string, delimiters, context, locale);
}

/* Compares at most `count` characters and `size` bytes; double-byte characters are greater than single ones. */
static INT compare(const BYTE *a, const BYTE *b, size_t count, size_t size, bool fold, crt_locale_t locale)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	const BYTE *start = a;
	UINT x, y;

	while (count-- != 0 && (size_t)(a - start) < size) {
		if ((size_t)(a - start) + 1 == size) {
			/* One byte is left: a lead byte counts by itself. */
			x = *a++;
			y = *b++;
		} else {
			x = crt_mb_next(m, &a);
			y = crt_mb_next(m, &b);
		}
		if (fold) {
			x = crt_mb_lower(m, x);
			y = crt_mb_lower(m, y);
		}
		if (x != y)
			return x < y ? -1 : 1;
		if (x == 0)
			break;
	}
	return 0;
}

#define ALL ((size_t)-1)

CRT_L(INT, _mbscmp, (a, b, NULL), const BYTE *a, const BYTE *b)
{
	CRT_VALIDATE(a != NULL && b != NULL, EINVAL, FAILED_COMPARISON);
	return compare(a, b, ALL, ALL, false, locale);
}

CRT_L(INT, _mbsicmp, (a, b, NULL), const BYTE *a, const BYTE *b)
{
	CRT_VALIDATE(a != NULL && b != NULL, EINVAL, FAILED_COMPARISON);
	return compare(a, b, ALL, ALL, true, locale);
}

#define COMPARE_N(name, count_, size_, fold)                                                                                \
	CRT_L(INT, name, (a, b, n, NULL), const BYTE *a, const BYTE *b, size_t n)                                           \
	{                                                                                                                   \
		if (n == 0)                                                                                                 \
			return 0;                                                                                           \
		CRT_VALIDATE(a != NULL && b != NULL, EINVAL, FAILED_COMPARISON);                                            \
		return compare(a, b, count_, size_, fold, locale);                                                          \
	}
COMPARE_N(_mbsncmp, n, ALL, false)
COMPARE_N(_mbsnicmp, n, ALL, true)
COMPARE_N(_mbsnbcmp, ALL, n, false)
COMPARE_N(_mbsnbicmp, ALL, n, true)

/* By the locale's order, in the multibyte code page. */
static INT collate(const BYTE *a, size_t a_size, const BYTE *b, size_t b_size, DWORD flags, crt_locale_t locale)
{
	UINT code_page = (UINT)crt_multibyte(locale)->code_page;
	INT x, y, result = FAILED_COMPARISON;
	WCHAR *wide;

	x = a_size == 0 ? 0 : MultiByteToWideChar(code_page, 0, (const char *)a, (INT)a_size, NULL, 0);
	y = b_size == 0 ? 0 : MultiByteToWideChar(code_page, 0, (const char *)b, (INT)b_size, NULL, 0);
	wide = crt_heap_allocate(((size_t)x + (size_t)y + 1) * sizeof(WCHAR));
	if (wide == NULL)
		return result;
	if (x != 0)
		MultiByteToWideChar(code_page, 0, (const char *)a, (INT)a_size, wide, x);
	if (y != 0)
		MultiByteToWideChar(code_page, 0, (const char *)b, (INT)b_size, wide + x, y);
	result = CompareStringW(0x409, flags | 0x1000u, wide, x, wide + x, y);
	crt_heap_free(wide);
	return result == 0 ? FAILED_COMPARISON : result - 2;
}

#define COLLATE(name, flags)                                                                                                \
	CRT_L(INT, name, (a, b, NULL), const BYTE *a, const BYTE *b)                                                        \
	{                                                                                                                   \
		CRT_VALIDATE(a != NULL && b != NULL, EINVAL, FAILED_COMPARISON);                                            \
		return collate(a, rtl_strlen((const char *)a), b, rtl_strlen((const char *)b), flags, locale);              \
	}
#define COLLATE_N(name, length, flags)                                                                                      \
	CRT_L(INT, name, (a, b, n, NULL), const BYTE *a, const BYTE *b, size_t n)                                           \
	{                                                                                                                   \
		if (n == 0)                                                                                                 \
			return 0;                                                                                           \
		CRT_VALIDATE(a != NULL && b != NULL, EINVAL, FAILED_COMPARISON);                                            \
		return collate(a, length(a), b, length(b), flags, locale);                                                  \
	}
#define BYTES(s) rtl_strnlen((const char *)(s), n)
#define CHARACTERS(s) crt__mbsnbcnt_l(s, n, locale)
COLLATE(_mbscoll, 0)
COLLATE(_mbsicoll, 1)
COLLATE_N(_mbsncoll, CHARACTERS, 0)
COLLATE_N(_mbsnicoll, CHARACTERS, 1)
COLLATE_N(_mbsnbcoll, BYTES, 0)
COLLATE_N(_mbsnbicoll, BYTES, 1)
