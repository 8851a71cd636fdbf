/*
 * dlls/crt/string.c - memory and narrow strings.  What follows the "C" locale and needs no checks is ntdll's code under
 * the runtime's name.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

#define SHARED(name, symbol)                                                                                                \
	EXPORT_ALIAS(msvcrt, name, symbol);                                                                                 \
	EXPORT_ALIAS(ucrtbase, name, symbol)
#define SHARED_VC(name, symbol)                                                                                             \
	SHARED(name, symbol);                                                                                               \
	EXPORT_ALIAS(vcruntime140, name, symbol)

SHARED_VC("memcpy", rtl_memcpy);
SHARED_VC("memmove", rtl_memcpy);
SHARED_VC("memset", rtl_memset);
SHARED_VC("memcmp", rtl_memcmp);
SHARED_VC("memchr", rtl_memchr);
SHARED_VC("strchr", rtl_strchr);
SHARED_VC("strrchr", rtl_strrchr);
SHARED_VC("strstr", rtl_strstr);
SHARED_VC("wcschr", rtl_wcschr);
SHARED_VC("wcsrchr", rtl_wcsrchr);
SHARED_VC("wcsstr", rtl_wcsstr);
SHARED("strlen", rtl_strlen);
SHARED("strcpy", rtl_strcpy);
SHARED("strcat", rtl_strcat);
SHARED("strncpy", rtl_strncpy);
SHARED("strncat", rtl_strncat);
SHARED("strcmp", rtl_strcmp);
EXPORT_ALIAS(ucrtbase, "strncmp", rtl_strncmp);
SHARED("strspn", rtl_strspn);
SHARED("strcspn", rtl_strcspn);
SHARED("strpbrk", rtl_strpbrk);
SHARED("wcslen", rtl_wcs_length);
SHARED("wcscpy", rtl_wcscpy);
SHARED("wcscat", rtl_wcscat);
SHARED("wcsncpy", rtl_wcsncpy);
SHARED("wcsncat", rtl_wcsncat);
SHARED("wcscmp", rtl_wcscmp);
SHARED("wcsncmp", rtl_wcsncmp);
SHARED("wcsspn", rtl_wcsspn);
SHARED("wcscspn", rtl_wcscspn);
SHARED("wcspbrk", rtl_wcspbrk);
SHARED("strnlen", rtl_strnlen);
SHARED("wcsnlen", rtl_wcsnlen);
CRT_ALIAS_UCRT("__strncnt", rtl_strnlen);
CRT_ALIAS_UCRT("__wcsncnt", rtl_wcsnlen);

/* The UCRT returns the difference, msvcrt.dll its sign. */
CRT_MSVCRT(INT, strncmp, (const char *a, const char *b, size_t size))
{
	INT difference = rtl_strncmp(a, b, size);

	return (difference > 0) - (difference < 0);
}

CRT(errno_t, memcpy_s, (void *to, size_t capacity, const void *from, size_t size))
{
	if (size == 0)
		return 0;
	CRT_VALIDATE_E(to != NULL, EINVAL);
	if (from == NULL || capacity < size) {
		/* MSDN: the destination is zeroed. */
		rtl_memset(to, 0, capacity);
		CRT_VALIDATE_E(from != NULL, EINVAL);
		return crt_invalid(CRT_ERANGE);
	}
	rtl_memcpy(to, from, size);
	return 0;
}

CRT(errno_t, memmove_s, (void *to, size_t capacity, const void *from, size_t size))
{
	if (size == 0)
		return 0;
	CRT_VALIDATE_E(to != NULL && from != NULL, EINVAL);
	CRT_VALIDATE_E(capacity >= size, ERANGE);
	rtl_memcpy(to, from, size);
	return 0;
}

CRT(errno_t, wmemcpy_s, (WCHAR * to, size_t capacity, const WCHAR *from, size_t size))
{
	return crt_memcpy_s(to, capacity * sizeof(WCHAR), from, size * sizeof(WCHAR));
}

CRT(errno_t, wmemmove_s, (WCHAR * to, size_t capacity, const WCHAR *from, size_t size))
{
	return crt_memmove_s(to, capacity * sizeof(WCHAR), from, size * sizeof(WCHAR));
}

CRT(void *, _memccpy, (void *destination, const void *source, INT byte, size_t size))
{
	char *to = destination;
	const char *end = rtl_memchr(source, byte, size);

	if (end != NULL)
		size = (size_t)(end - (const char *)source) + 1;
	rtl_memcpy(to, source, size);
	return end != NULL ? to + size : NULL;
}
CRT_ALIAS_UCRT("memccpy", crt__memccpy);

CRT(void, _swab, (char *from, char *to, INT size))
{
	CRT_VALIDATE(from != NULL && to != NULL && size >= 0, EINVAL, );
	for (; size > 1; size -= 2, from += 2, to += 2) {
		char a = from[0], b = from[1];
		to[0] = b;
		to[1] = a;
	}
}

/* Narrow characters are folded by the locale's tables; "C" folds ASCII only. */
static inline INT lower(const struct crt_locale *locale, BYTE c)
{
	return locale->lower[c];
}

CRT(INT, _stricmp_l, (const char *a, const char *b, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);
	INT x, y;

	CRT_VALIDATE(a != NULL && b != NULL, EINVAL, 0x7FFFFFFF);
	do {
		x = lower(l, (BYTE)*a++);
		y = lower(l, (BYTE)*b++);
	} while (x == y && x != 0);
	return x - y;
}

CRT(INT, _stricmp, (const char *a, const char *b))
{
	return crt__stricmp_l(a, b, NULL);
}
CRT_ALIAS("_strcmpi", crt__stricmp);

CRT(INT, _strnicmp_l, (const char *a, const char *b, size_t size, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);
	INT x = 0, y = 0;

	CRT_VALIDATE((a != NULL && b != NULL) || size == 0, EINVAL, 0x7FFFFFFF);
	CRT_VALIDATE(size <= 0x7FFFFFFF, EINVAL, 0x7FFFFFFF);
	while (size-- != 0) {
		x = lower(l, (BYTE)*a++);
		y = lower(l, (BYTE)*b++);
		if (x != y || x == 0)
			break;
	}
	return x - y;
}

CRT(INT, _strnicmp, (const char *a, const char *b, size_t size))
{
	return crt__strnicmp_l(a, b, size, NULL);
}

CRT(INT, _memicmp_l, (const void *first, const void *second, size_t size, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);
	const BYTE *a = first, *b = second;
	INT x = 0, y = 0;

	CRT_VALIDATE((a != NULL && b != NULL) || size == 0, EINVAL, 0x7FFFFFFF);
	while (size-- != 0) {
		x = lower(l, *a++);
		y = lower(l, *b++);
		if (x != y)
			break;
	}
	return x - y;
}

CRT(INT, _memicmp, (const void *a, const void *b, size_t size))
{
	return crt__memicmp_l(a, b, size, NULL);
}

/* Only letters that change are written: the string may lie in memory that can't be. */
static errno_t fold(char *string, const BYTE *table)
{
	for (; *string != 0; string++)
		if ((char)table[(BYTE)*string] != *string)
			*string = (char)table[(BYTE)*string];
	return 0;
}

CRT(errno_t, _strlwr_s_l, (char *string, size_t size, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);

	CRT_VALIDATE_E(string != NULL, EINVAL);
	if (rtl_strnlen(string, size) == size) {
		string[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	return fold(string, l->lower);
}

CRT(errno_t, _strlwr_s, (char *string, size_t size))
{
	return crt__strlwr_s_l(string, size, NULL);
}

CRT(char *, _strlwr_l, (char *string, crt_locale_t locale))
{
	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	crt__strlwr_s_l(string, (size_t)-1, locale);
	return string;
}

CRT(char *, _strlwr, (char *string))
{
	return crt__strlwr_l(string, NULL);
}

CRT(errno_t, _strupr_s_l, (char *string, size_t size, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);

	CRT_VALIDATE_E(string != NULL, EINVAL);
	if (rtl_strnlen(string, size) == size) {
		string[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	return fold(string, l->upper);
}

CRT(errno_t, _strupr_s, (char *string, size_t size))
{
	return crt__strupr_s_l(string, size, NULL);
}

CRT(char *, _strupr_l, (char *string, crt_locale_t locale))
{
	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	crt__strupr_s_l(string, (size_t)-1, locale);
	return string;
}

CRT(char *, _strupr, (char *string))
{
	return crt__strupr_l(string, NULL);
}

#define CHARACTER char
#define STR(name) str##name
#define STR_(name) _str##name
#define LENGTH rtl_strlen
#define LENGTH_N rtl_strnlen
#define TOKEN_STATE crt_self.strtok_next
#define FIND rtl_strchr
#include "dlls/crt/string_template.h"

CRT(char *, strtok, (char *string, const char *delimiters))
{
	return crt_token(string, delimiters, &crt_self.strtok_next);
}
