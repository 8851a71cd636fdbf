/*
 * dlls/crt/conio_printf.c - printf to the console.
 */
#include "dlls/crt/conio.h"
#include "dlls/crt/format.h"

struct console_sink {
	struct format_sink sink;
	bool wide;
	union {
		char narrow[512];
		WCHAR wide_units[256];
	} window;
};

static bool drain(struct format_sink *sink)
{
	struct console_sink *to = sink->context;
	size_t size = (size_t)((char *)sink->cursor - (char *)sink->start);
	sink->cursor = sink->start;
	return to->wide ? conio_write_wide(to->window.wide_units, size / sizeof(WCHAR)) : conio_write(to->window.narrow, size);
}

static INT print(const void *format, bool wide, unsigned options, crt_locale_t locale, ms_va_list list)
{
	struct console_sink to;
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	to.wide = wide;
	to.sink = (struct format_sink){.drain = drain, .context = &to, .start = &to.window, .cursor = &to.window};
	to.sink.end = &to.window + 1;
	crt_lock(3);
	INT result = wide ? format_wide(&to.sink, format, options, crt_locale(locale), list)
			  : format_narrow(&to.sink, format, options, crt_locale(locale), list);
	if (to.sink.cursor != to.sink.start && !drain(&to.sink))
		result = -1;
	crt_unlock(3);
	return result;
}

#define UCRT_FUNCTION(name, UNIT, wide, extra)                                                                              \
	CRT_UCRT(INT, name, (uint64_t options, const UNIT *format, crt_locale_t locale, ms_va_list list))                   \
	{                                                                                                                   \
		return print(format, wide, ((unsigned)options & 0x3F) | (extra), locale, list);                             \
	}
UCRT_FUNCTION(__conio_common_vcprintf, char, false, 0)
UCRT_FUNCTION(__conio_common_vcprintf_s, char, false, PRINTF_SECURE)
UCRT_FUNCTION(__conio_common_vcprintf_p, char, false, PRINTF_POSITIONAL)
UCRT_FUNCTION(__conio_common_vcwprintf, WCHAR, true, 0)
UCRT_FUNCTION(__conio_common_vcwprintf_s, WCHAR, true, PRINTF_SECURE)
UCRT_FUNCTION(__conio_common_vcwprintf_p, WCHAR, true, PRINTF_POSITIONAL)

#define EXPAND(...) __VA_ARGS__
#define PAIR(name, vname, parameters, last, wide, options, locale)                                                          \
	CRT_MSVCRT(INT, vname, (EXPAND parameters, ms_va_list list))                                                        \
	{                                                                                                                   \
		return print(format, wide, options, locale, list);                                                          \
	}                                                                                                                   \
	CRT_MSVCRT(INT, name, (EXPAND parameters, ...))                                                                     \
	{                                                                                                                   \
		ms_va_list list;                                                                                            \
		ms_va_start(list, last);                                                                                    \
		INT result = print(format, wide, options, locale, list);                                                    \
		ms_va_end(list);                                                                                            \
		return result;                                                                                              \
	}
#define DEFAULT PRINTF_MSVCRT_DEFAULT
#define SECURE (PRINTF_MSVCRT_DEFAULT | PRINTF_SECURE)
#define POSITIONAL (PRINTF_MSVCRT_DEFAULT | PRINTF_POSITIONAL)
PAIR(_cprintf, _vcprintf, (const char *format), format, false, DEFAULT, NULL)
PAIR(_cprintf_l, _vcprintf_l, (const char *format, crt_locale_t locale), locale, false, DEFAULT, locale)
PAIR(_cprintf_s, _vcprintf_s, (const char *format), format, false, SECURE, NULL)
PAIR(_cprintf_s_l, _vcprintf_s_l, (const char *format, crt_locale_t locale), locale, false, SECURE, locale)
PAIR(_cprintf_p, _vcprintf_p, (const char *format), format, false, POSITIONAL, NULL)
PAIR(_cprintf_p_l, _vcprintf_p_l, (const char *format, crt_locale_t locale), locale, false, POSITIONAL, locale)
PAIR(_cwprintf, _vcwprintf, (const WCHAR *format), format, true, DEFAULT, NULL)
PAIR(_cwprintf_l, _vcwprintf_l, (const WCHAR *format, crt_locale_t locale), locale, true, DEFAULT, locale)
PAIR(_cwprintf_s, _vcwprintf_s, (const WCHAR *format), format, true, SECURE, NULL)
PAIR(_cwprintf_s_l, _vcwprintf_s_l, (const WCHAR *format, crt_locale_t locale), locale, true, SECURE, locale)
PAIR(_cwprintf_p, _vcwprintf_p, (const WCHAR *format), format, true, POSITIONAL, NULL)
PAIR(_cwprintf_p_l, _vcwprintf_p_l, (const WCHAR *format, crt_locale_t locale), locale, true, POSITIONAL, locale)
