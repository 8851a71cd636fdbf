/*
 * dlls/crt/printf_msvcrt.c - msvcrt.dll's printf functions.
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

static INT unbounded(char *to, const char *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	CRT_VALIDATE(to != NULL, EINVAL, -1);
	return print_string(PRINT_LEGACY, to, SIZE_MAX, format, options, locale, list);
}

static INT truncated(char *to, size_t size, const char *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	CRT_VALIDATE(to != NULL && size > 0, EINVAL, -1);
	INT result = print_string(PRINT_TRUNCATE, to, size, format, options, locale, list);
	return result < 0 ? -1 : result;
}

/* Streams. */
PAIR(printf, vprintf, (const char *format), format,
     print_stream(standard_output(), format, DEFAULT, NULL, list))
PAIR(fprintf, vfprintf, (STREAM * stream, const char *format), format,
     print_stream(stream, format, DEFAULT, NULL, list))
PAIR(_printf_l, _vprintf_l, (const char *format, crt_locale_t locale), locale,
     print_stream(standard_output(), format, DEFAULT, locale, list))
PAIR(_fprintf_l, _vfprintf_l, (STREAM * stream, const char *format, crt_locale_t locale), locale,
     print_stream(stream, format, DEFAULT, locale, list))
PAIR(printf_s, vprintf_s, (const char *format), format,
     print_stream(standard_output(), format, SECURE, NULL, list))
PAIR(fprintf_s, vfprintf_s, (STREAM * stream, const char *format), format,
     print_stream(stream, format, SECURE, NULL, list))
PAIR(_printf_s_l, _vprintf_s_l, (const char *format, crt_locale_t locale), locale,
     print_stream(standard_output(), format, SECURE, locale, list))
PAIR(_fprintf_s_l, _vfprintf_s_l, (STREAM * stream, const char *format, crt_locale_t locale), locale,
     print_stream(stream, format, SECURE, locale, list))
PAIR(_printf_p, _vprintf_p, (const char *format), format,
     print_stream(standard_output(), format, POSITIONAL, NULL, list))
PAIR(_fprintf_p, _vfprintf_p, (STREAM * stream, const char *format), format,
     print_stream(stream, format, POSITIONAL, NULL, list))
PAIR(_printf_p_l, _vprintf_p_l, (const char *format, crt_locale_t locale), locale,
     print_stream(standard_output(), format, POSITIONAL, locale, list))
PAIR(_fprintf_p_l, _vfprintf_p_l, (STREAM * stream, const char *format, crt_locale_t locale), locale,
     print_stream(stream, format, POSITIONAL, locale, list))
/* Strings without a size: as long as the text is. */
PAIR(sprintf, vsprintf, (char * to, const char *format), format,
     unbounded(to, format, DEFAULT, NULL, list))
PAIR(_sprintf_l, _vsprintf_l, (char * to, const char *format, crt_locale_t locale), locale,
     unbounded(to, format, DEFAULT, locale, list))
/* Strings with a size. */
PAIR(_snprintf, _vsnprintf, (char * to, size_t size, const char *format), format,
     print_string(PRINT_LEGACY, to, size, format, DEFAULT, NULL, list))
PAIR(_snprintf_s, _vsnprintf_s, (char * to, size_t size, size_t limit, const char *format), format,
     print_string_s(to, size, limit, format, SECURE, NULL, list))
PAIR(_snprintf_c, _vsnprintf_c, (char * to, size_t size, const char *format), format,
     truncated(to, size, format, DEFAULT, NULL, list))
PAIR(sprintf_s, vsprintf_s, (char * to, size_t size, const char *format), format,
     print_string_s(to, size, PRINT_NO_LIMIT, format, SECURE, NULL, list))
PAIR(_sprintf_p, _vsprintf_p, (char * to, size_t size, const char *format), format,
     truncated(to, size, format, POSITIONAL, NULL, list))
PAIR(_snprintf_l, _vsnprintf_l, (char * to, size_t size, const char *format, crt_locale_t locale), locale,
     print_string(PRINT_LEGACY, to, size, format, DEFAULT, locale, list))
PAIR(_snprintf_s_l, _vsnprintf_s_l, (char * to, size_t size, size_t limit, const char *format, crt_locale_t locale), locale,
     print_string_s(to, size, limit, format, SECURE, locale, list))
PAIR(_snprintf_c_l, _vsnprintf_c_l, (char * to, size_t size, const char *format, crt_locale_t locale), locale,
     truncated(to, size, format, DEFAULT, locale, list))
PAIR(_sprintf_s_l, _vsprintf_s_l, (char * to, size_t size, const char *format, crt_locale_t locale), locale,
     print_string_s(to, size, PRINT_NO_LIMIT, format, SECURE, locale, list))
PAIR(_sprintf_p_l, _vsprintf_p_l, (char * to, size_t size, const char *format, crt_locale_t locale), locale,
     truncated(to, size, format, POSITIONAL, locale, list))
/* Counting only. */
PAIR(_scprintf, _vscprintf, (const char *format), format,
     print_string(PRINT_STANDARD, NULL, 0, format, DEFAULT, NULL, list))
PAIR(_scprintf_l, _vscprintf_l, (const char *format, crt_locale_t locale), locale,
     print_string(PRINT_STANDARD, NULL, 0, format, DEFAULT, locale, list))
PAIR(_scprintf_p, _vscprintf_p, (const char *format), format,
     print_string(PRINT_STANDARD, NULL, 0, format, POSITIONAL, NULL, list))
PAIR(_scprintf_p_l, _vscprintf_p_l, (const char *format, crt_locale_t locale), locale,
     print_string(PRINT_STANDARD, NULL, 0, format, POSITIONAL, locale, list))

/* 0 or _TWO_DIGIT_EXPONENT (1). */
CRT_MSVCRT(UINT, _get_output_format, (void))
{
	return format_two_digit_exponents;
}

CRT_MSVCRT(UINT, _set_output_format, (UINT format))
{
	UINT old = format_two_digit_exponents;
	CRT_VALIDATE((format & ~1u) == 0, EINVAL, old);
	format_two_digit_exponents = format;
	return old;
}
