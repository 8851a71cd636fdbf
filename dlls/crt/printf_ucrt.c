/*
 * dlls/crt/printf_ucrt.c - the UCRT's printf: the functions behind the inline ones of the headers.
 */
#include "dlls/crt/print.h"

CRT(INT, _get_printf_count_output, (void))
{
	return format_count_output;
}

CRT(INT, _set_printf_count_output, (INT value))
{
	return __atomic_exchange_n(&format_count_output, value != 0, __ATOMIC_RELAXED);
}

static unsigned options_of(uint64_t options)
{
	return (unsigned)options & 0x3F;
}

#define STREAM_FUNCTION(name, UNIT, function, extra)                                                                        \
	CRT_UCRT(INT, name,                                                                                                 \
		 (uint64_t options, STREAM *stream, const UNIT *format, crt_locale_t locale, ms_va_list list))              \
	{                                                                                                                   \
		return function(stream, format, options_of(options) | (extra), locale, list);                               \
	}
STREAM_FUNCTION(__stdio_common_vfprintf, char, print_stream, 0)
STREAM_FUNCTION(__stdio_common_vfprintf_s, char, print_stream, PRINTF_SECURE)
STREAM_FUNCTION(__stdio_common_vfprintf_p, char, print_stream, PRINTF_POSITIONAL)
STREAM_FUNCTION(__stdio_common_vfwprintf, WCHAR, print_stream_wide, 0)
STREAM_FUNCTION(__stdio_common_vfwprintf_s, WCHAR, print_stream_wide, PRINTF_SECURE)
STREAM_FUNCTION(__stdio_common_vfwprintf_p, WCHAR, print_stream_wide, PRINTF_POSITIONAL)

static enum print_rule rule_of(uint64_t options)
{
	return options & PRINTF_STANDARD_SNPRINTF	  ? PRINT_STANDARD
	       : options & PRINTF_LEGACY_NULL_TERMINATION ? PRINT_LEGACY
							  : PRINT_TRUNCATE;
}

#define STRING_FUNCTIONS(w, UNIT, suffix)                                                                                   \
	CRT_UCRT(INT, __stdio_common_vs##w##printf,                                                                         \
		 (uint64_t options, UNIT * to, size_t size, const UNIT *format, crt_locale_t locale, ms_va_list list))      \
	{                                                                                                                   \
		return print_string##suffix(rule_of(options), to, size, format, options_of(options), locale, list);         \
	}                                                                                                                   \
	CRT_UCRT(INT, __stdio_common_vs##w##printf_s,                                                                       \
		 (uint64_t options, UNIT * to, size_t size, const UNIT *format, crt_locale_t locale, ms_va_list list))      \
	{                                                                                                                   \
		CRT_VALIDATE(to != NULL && size > 0, EINVAL, -1);                                                           \
		return print_string_s##suffix(to, size, PRINT_NO_LIMIT, format, options_of(options) | PRINTF_SECURE,        \
					      locale, list);                                                                \
	}                                                                                                                   \
	CRT_UCRT(INT, __stdio_common_vsn##w##printf_s,                                                                      \
		 (uint64_t options, UNIT * to, size_t size, size_t limit, const UNIT *format, crt_locale_t locale,          \
		  ms_va_list list))                                                                                         \
	{                                                                                                                   \
		return print_string_s##suffix(to, size, limit, format, options_of(options) | PRINTF_SECURE, locale, list);  \
	}                                                                                                                   \
	CRT_UCRT(INT, __stdio_common_vs##w##printf_p,                                                                       \
		 (uint64_t options, UNIT * to, size_t size, const UNIT *format, crt_locale_t locale, ms_va_list list))      \
	{                                                                                                                   \
		INT result = print_string##suffix(PRINT_TRUNCATE, to, size, format,                                         \
						  options_of(options) | PRINTF_POSITIONAL, locale, list);                   \
		return result < 0 ? -1 : result;                                                                            \
	}
STRING_FUNCTIONS(, char, )
STRING_FUNCTIONS(w, WCHAR, _wide)
