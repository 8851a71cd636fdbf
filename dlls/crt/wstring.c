/*
 * dlls/crt/wstring.c - wide strings.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

CRT(INT, _wcsicmp_l, (const WCHAR *a, const WCHAR *b, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);
	WCHAR x, y;

	CRT_VALIDATE(a != NULL && b != NULL, EINVAL, 0x7FFFFFFF);
	do {
		x = crt_wide_lower(l, *a++);
		y = crt_wide_lower(l, *b++);
	} while (x == y && x != 0);
	return x - y;
}

CRT(INT, _wcsicmp, (const WCHAR *a, const WCHAR *b))
{
	return crt__wcsicmp_l(a, b, NULL);
}

CRT(INT, _wcsnicmp_l, (const WCHAR *a, const WCHAR *b, size_t size, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);
	WCHAR x = 0, y = 0;

	CRT_VALIDATE((a != NULL && b != NULL) || size == 0, EINVAL, 0x7FFFFFFF);
	while (size-- != 0) {
		x = crt_wide_lower(l, *a++);
		y = crt_wide_lower(l, *b++);
		if (x != y || x == 0)
			break;
	}
	return x - y;
}

CRT(INT, _wcsnicmp, (const WCHAR *a, const WCHAR *b, size_t size))
{
	return crt__wcsnicmp_l(a, b, size, NULL);
}

CRT(errno_t, _wcslwr_s_l, (WCHAR * string, size_t size, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);

	CRT_VALIDATE_E(string != NULL, EINVAL);
	if (rtl_wcsnlen(string, size) == size) {
		string[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	for (; *string != 0; string++)
		*string = crt_wide_lower(l, *string);
	return 0;
}

CRT(errno_t, _wcslwr_s, (WCHAR * string, size_t size))
{
	return crt__wcslwr_s_l(string, size, NULL);
}

CRT(WCHAR *, _wcslwr_l, (WCHAR * string, crt_locale_t locale))
{
	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	crt__wcslwr_s_l(string, (size_t)-1, locale);
	return string;
}

CRT(WCHAR *, _wcslwr, (WCHAR * string))
{
	return crt__wcslwr_l(string, NULL);
}

CRT(errno_t, _wcsupr_s_l, (WCHAR * string, size_t size, crt_locale_t locale))
{
	const struct crt_locale *l = crt_locale(locale);

	CRT_VALIDATE_E(string != NULL, EINVAL);
	if (rtl_wcsnlen(string, size) == size) {
		string[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	for (; *string != 0; string++)
		*string = crt_wide_upper(l, *string);
	return 0;
}

CRT(errno_t, _wcsupr_s, (WCHAR * string, size_t size))
{
	return crt__wcsupr_s_l(string, size, NULL);
}

CRT(WCHAR *, _wcsupr_l, (WCHAR * string, crt_locale_t locale))
{
	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	crt__wcsupr_s_l(string, (size_t)-1, locale);
	return string;
}

CRT(WCHAR *, _wcsupr, (WCHAR * string))
{
	return crt__wcsupr_l(string, NULL);
}

#define CHARACTER WCHAR
#define STR(name) wcs##name
#define STR_(name) _wcs##name
#define LENGTH rtl_wcs_length
#define LENGTH_N rtl_wcsnlen
#define FIND rtl_wcschr
#include "dlls/crt/string_template.h"

/* msvcrt.dll's wcstok keeps the place itself; the UCRT's has C99's third parameter. */
CRT_MSVCRT_AS("wcstok", WCHAR *, crt_wcstok_msvcrt, (WCHAR * string, const WCHAR *delimiters))
{
	return crt_token(string, delimiters, &crt_self.wcstok_next);
}

CRT_UCRT_AS("wcstok", WCHAR *, crt_wcstok_ucrt, (WCHAR * string, const WCHAR *delimiters, WCHAR **context))
{
	return crt_token(string, delimiters, context != NULL ? context : &crt_self.wcstok_next);
}
