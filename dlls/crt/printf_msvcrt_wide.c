/*
 * dlls/crt/printf_msvcrt_wide.c - msvcrt.dll's printf functions for wide characters.
 *
 * Each comes as a variadic function and as one over a list, with and without a locale, and in three kinds: plain, secure
 * (_s: the format is validated) and positional (_p).
 */
#include "dlls/crt/print.h"

#define DEFAULT PRINTF_MSVCRT_DEFAULT
#define SECURE (PRINTF_MSVCRT_DEFAULT | PRINTF_SECURE)
#define POSITIONAL (PRINTF_MSVCRT_DEFAULT | PRINTF_POSITIONAL)

/* One function and its list form, whose parameters end with the format (and locale). */
#define PAIR(name, vname, parameters, last, call)                                                                           \
	CRT_MSVCRT(INT, vname, (EXPAND parameters, ms_va_list list))                                                        \
	{                                                                                                                   \
		return call;                                                                                                \
	}                                                                                                                   \
	CRT_MSVCRT(INT, name, (EXPAND parameters, ...))                                                                     \
	{                                                                                                                   \
		ms_va_list list;                                                                                            \
		ms_va_start(list, last);                                                                                    \
		INT result = call;                                                                                          \
		ms_va_end(list);                                                                                            \
		return result;                                                                                              \
	}
#define EXPAND(...) __VA_ARGS__

static inline STREAM *standard_output(void)
{
	return stream_standard(CRT_FLAVOUR_MSVCRT, 1);
}

static INT unbounded(WCHAR *to, const WCHAR *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	CRT_VALIDATE(to != NULL, EINVAL, -1);
	return print_string_wide(PRINT_LEGACY, to, SIZE_MAX, format, options, locale, list);
}

static INT truncated(WCHAR *to, size_t size, const WCHAR *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	CRT_VALIDATE(to != NULL && size > 0, EINVAL, -1);
	INT result = print_string_wide(PRINT_TRUNCATE, to, size, format, options, locale, list);
	return result < 0 ? -1 : result;
}

/* Streams. */
PAIR(wprintf, vwprintf, (const WCHAR *format), format,
     print_stream_wide(standard_output(), format, DEFAULT, NULL, list))
PAIR(fwprintf, vfwprintf, (STREAM * stream, const WCHAR *format), format,
     print_stream_wide(stream, format, DEFAULT, NULL, list))
PAIR(_wprintf_l, _vwprintf_l, (const WCHAR *format, crt_locale_t locale), locale,
     print_stream_wide(standard_output(), format, DEFAULT, locale, list))
PAIR(_fwprintf_l, _vfwprintf_l, (STREAM * stream, const WCHAR *format, crt_locale_t locale), locale,
     print_stream_wide(stream, format, DEFAULT, locale, list))
PAIR(wprintf_s, vwprintf_s, (const WCHAR *format), format,
     print_stream_wide(standard_output(), format, SECURE, NULL, list))
PAIR(fwprintf_s, vfwprintf_s, (STREAM * stream, const WCHAR *format), format,
     print_stream_wide(stream, format, SECURE, NULL, list))
PAIR(_wprintf_s_l, _vwprintf_s_l, (const WCHAR *format, crt_locale_t locale), locale,
     print_stream_wide(standard_output(), format, SECURE, locale, list))
PAIR(_fwprintf_s_l, _vfwprintf_s_l, (STREAM * stream, const WCHAR *format, crt_locale_t locale), locale,
     print_stream_wide(stream, format, SECURE, locale, list))
PAIR(_wprintf_p, _vwprintf_p, (const WCHAR *format), format,
     print_stream_wide(standard_output(), format, POSITIONAL, NULL, list))
PAIR(_fwprintf_p, _vfwprintf_p, (STREAM * stream, const WCHAR *format), format,
     print_stream_wide(stream, format, POSITIONAL, NULL, list))
PAIR(_wprintf_p_l, _vwprintf_p_l, (const WCHAR *format, crt_locale_t locale), locale,
     print_stream_wide(standard_output(), format, POSITIONAL, locale, list))
PAIR(_fwprintf_p_l, _vfwprintf_p_l, (STREAM * stream, const WCHAR *format, crt_locale_t locale), locale,
     print_stream_wide(stream, format, POSITIONAL, locale, list))
/* Strings without a size: as long as the text is. */
PAIR(swprintf, vswprintf, (WCHAR * to, const WCHAR *format), format,
     unbounded(to, format, DEFAULT, NULL, list))
PAIR(_swprintf, _vswprintf, (WCHAR * to, const WCHAR *format), format,
     unbounded(to, format, DEFAULT, NULL, list))
PAIR(__swprintf_l, __vswprintf_l, (WCHAR * to, const WCHAR *format, crt_locale_t locale), locale,
     unbounded(to, format, DEFAULT, locale, list))
/* Strings with a size. */
PAIR(_snwprintf, _vsnwprintf, (WCHAR * to, size_t size, const WCHAR *format), format,
     print_string_wide(PRINT_LEGACY, to, size, format, DEFAULT, NULL, list))
PAIR(_snwprintf_s, _vsnwprintf_s, (WCHAR * to, size_t size, size_t limit, const WCHAR *format), format,
     print_string_s_wide(to, size, limit, format, SECURE, NULL, list))
PAIR(_swprintf_c, _vswprintf_c, (WCHAR * to, size_t size, const WCHAR *format), format,
     truncated(to, size, format, DEFAULT, NULL, list))
PAIR(swprintf_s, vswprintf_s, (WCHAR * to, size_t size, const WCHAR *format), format,
     print_string_s_wide(to, size, PRINT_NO_LIMIT, format, SECURE, NULL, list))
PAIR(_swprintf_p, _vswprintf_p, (WCHAR * to, size_t size, const WCHAR *format), format,
     truncated(to, size, format, POSITIONAL, NULL, list))
PAIR(_snwprintf_l, _vsnwprintf_l, (WCHAR * to, size_t size, const WCHAR *format, crt_locale_t locale), locale,
     print_string_wide(PRINT_LEGACY, to, size, format, DEFAULT, locale, list))
PAIR(_snwprintf_s_l, _vsnwprintf_s_l, (WCHAR * to, size_t size, size_t limit, const WCHAR *format, crt_locale_t locale), locale,
     print_string_s_wide(to, size, limit, format, SECURE, locale, list))
PAIR(_swprintf_c_l, _vswprintf_c_l, (WCHAR * to, size_t size, const WCHAR *format, crt_locale_t locale), locale,
     truncated(to, size, format, DEFAULT, locale, list))
PAIR(_swprintf_s_l, _vswprintf_s_l, (WCHAR * to, size_t size, const WCHAR *format, crt_locale_t locale), locale,
     print_string_s_wide(to, size, PRINT_NO_LIMIT, format, SECURE, locale, list))
PAIR(_swprintf_p_l, _vswprintf_p_l, (WCHAR * to, size_t size, const WCHAR *format, crt_locale_t locale), locale,
     truncated(to, size, format, POSITIONAL, locale, list))
PAIR(_swprintf_l, _vswprintf_l, (WCHAR * to, size_t size, const WCHAR *format, crt_locale_t locale), locale,
     truncated(to, size, format, DEFAULT, locale, list))
/* Counting only. */
PAIR(_scwprintf, _vscwprintf, (const WCHAR *format), format,
     print_string_wide(PRINT_STANDARD, NULL, 0, format, DEFAULT, NULL, list))
PAIR(_scwprintf_l, _vscwprintf_l, (const WCHAR *format, crt_locale_t locale), locale,
     print_string_wide(PRINT_STANDARD, NULL, 0, format, DEFAULT, locale, list))
PAIR(_scwprintf_p, _vscwprintf_p, (const WCHAR *format), format,
     print_string_wide(PRINT_STANDARD, NULL, 0, format, POSITIONAL, NULL, list))
PAIR(_scwprintf_p_l, _vscwprintf_p_l, (const WCHAR *format, crt_locale_t locale), locale,
     print_string_wide(PRINT_STANDARD, NULL, 0, format, POSITIONAL, locale, list))
