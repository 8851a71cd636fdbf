/*
 * dlls/crt/scanf.c - the exported scanf functions of both runtimes.
 */
#include "dlls/crt/scan.h"
#include "dlls/crt/stream.h"

#define DEFAULT SCANF_MSVCRT_DEFAULT
#define SECURE (SCANF_MSVCRT_DEFAULT | SCANF_SECURE)

static int32_t get_byte(struct scan_source *source)
{
	return stream_get(source->context);
}

static void unget_byte(struct scan_source *source, int32_t c)
{
	stream_unget(c, source->context);
}

static int32_t get_wide(struct scan_source *source)
{
	USHORT c = stream_get_wide(source->context);
	return c == STREAM_WEOF ? -1 : c;
}

static void unget_wide(struct scan_source *source, int32_t c)
{
	stream_unget_wide((USHORT)c, source->context);
}

static int32_t get_string_byte(struct scan_source *source)
{
	const BYTE *at = source->at;
	if ((const void *)at >= source->end || *at == 0)
		return -1;
	source->at = at + 1;
	return *at;
}

static void unget_string_byte(struct scan_source *source, int32_t c)
{
	source->at = (const BYTE *)source->at - 1;
}

static int32_t get_string_unit(struct scan_source *source)
{
	const WCHAR *at = source->at;
	if ((const void *)at >= source->end || *at == 0)
		return -1;
	source->at = at + 1;
	return *at;
}

static void unget_string_unit(struct scan_source *source, int32_t c)
{
	source->at = (const WCHAR *)source->at - 1;
}

static const void *end_of(const void *string, size_t count, size_t unit)
{
	uintptr_t room = (UINTPTR_MAX - (uintptr_t)string) / unit;

	return (const void *)((uintptr_t)string + (count < room ? count : room) * unit);
}

static INT stream_narrow(STREAM *stream, const char *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	struct scan_source source = {.get = get_byte, .unget = unget_byte, .context = stream};
	stream_lock(stream);
	INT result = scan_narrow(&source, format, options, crt_locale(locale), list);
	stream_unlock(stream);
	return result;
}

static INT string_narrow(const char *string, size_t count, const char *format, unsigned options, crt_locale_t locale,
			 ms_va_list list)
{
	CRT_VALIDATE(string != NULL, EINVAL, -1);
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	struct scan_source source = {.get = get_string_byte, .unget = unget_string_byte, .at = string};
	source.end = end_of(string, count, sizeof(*string));
	return scan_narrow(&source, format, options, crt_locale(locale), list);
}

static INT stream_wide(STREAM *stream, const WCHAR *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	struct scan_source source = {.get = get_wide, .unget = unget_wide, .context = stream};
	stream_lock(stream);
	INT result = scan_wide(&source, format, options, crt_locale(locale), list);
	stream_unlock(stream);
	return result;
}

static INT string_wide(const WCHAR *string, size_t count, const WCHAR *format, unsigned options, crt_locale_t locale,
			 ms_va_list list)
{
	CRT_VALIDATE(string != NULL, EINVAL, -1);
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	struct scan_source source = {.get = get_string_unit, .unget = unget_string_unit, .at = string};
	source.end = end_of(string, count, sizeof(*string));
	return scan_wide(&source, format, options, crt_locale(locale), list);
}

/*
 * The UCRT's.
 */
CRT_UCRT(INT, __stdio_common_vfscanf,
	 (uint64_t options, STREAM *stream, const char *format, crt_locale_t locale, ms_va_list list))
{
	return stream_narrow(stream, format, (unsigned)options & 7, locale, list);
}

CRT_UCRT(INT, __stdio_common_vfwscanf,
	 (uint64_t options, STREAM *stream, const WCHAR *format, crt_locale_t locale, ms_va_list list))
{
	return stream_wide(stream, format, (unsigned)options & 7, locale, list);
}

CRT_UCRT(INT, __stdio_common_vsscanf,
	 (uint64_t options, const char *string, size_t count, const char *format, crt_locale_t locale, ms_va_list list))
{
	return string_narrow(string, count, format, (unsigned)options & 7, locale, list);
}

CRT_UCRT(INT, __stdio_common_vswscanf,
	 (uint64_t options, const WCHAR *string, size_t count, const WCHAR *format, crt_locale_t locale, ms_va_list list))
{
	return string_wide(string, count, format, (unsigned)options & 7, locale, list);
}

/*
 * msvcrt.dll's.
 */
#define SCAN(name, parameters, last, call)                                                                                  \
	CRT_MSVCRT(INT, name, parameters)                                                                                   \
	{                                                                                                                   \
		ms_va_list list;                                                                                            \
		ms_va_start(list, last);                                                                                    \
		INT result = call;                                                                                          \
		ms_va_end(list);                                                                                            \
		return result;                                                                                              \
	}

static inline STREAM *standard_input(void)
{
	return stream_standard(CRT_FLAVOUR_MSVCRT, 0);
}

SCAN(scanf, (const char *format, ...), format,
     stream_narrow(standard_input(), format, DEFAULT, NULL, list))
SCAN(fscanf, (STREAM * stream, const char *format, ...), format,
     stream_narrow(stream, format, DEFAULT, NULL, list))
SCAN(sscanf, (const char *string, const char *format, ...), format,
     string_narrow(string, SIZE_MAX, format, DEFAULT, NULL, list))
SCAN(_snscanf, (const char *string, size_t count, const char *format, ...), format,
     string_narrow(string, count, format, DEFAULT, NULL, list))
SCAN(_scanf_l, (const char *format, crt_locale_t locale, ...), locale,
     stream_narrow(standard_input(), format, DEFAULT, locale, list))
SCAN(_fscanf_l, (STREAM * stream, const char *format, crt_locale_t locale, ...), locale,
     stream_narrow(stream, format, DEFAULT, locale, list))
SCAN(_sscanf_l, (const char *string, const char *format, crt_locale_t locale, ...), locale,
     string_narrow(string, SIZE_MAX, format, DEFAULT, locale, list))
SCAN(_snscanf_l, (const char *string, size_t count, const char *format, crt_locale_t locale, ...), locale,
     string_narrow(string, count, format, DEFAULT, locale, list))
SCAN(scanf_s, (const char *format, ...), format,
     stream_narrow(standard_input(), format, SECURE, NULL, list))
SCAN(fscanf_s, (STREAM * stream, const char *format, ...), format,
     stream_narrow(stream, format, SECURE, NULL, list))
SCAN(sscanf_s, (const char *string, const char *format, ...), format,
     string_narrow(string, SIZE_MAX, format, SECURE, NULL, list))
SCAN(_snscanf_s, (const char *string, size_t count, const char *format, ...), format,
     string_narrow(string, count, format, SECURE, NULL, list))
SCAN(_scanf_s_l, (const char *format, crt_locale_t locale, ...), locale,
     stream_narrow(standard_input(), format, SECURE, locale, list))
SCAN(_fscanf_s_l, (STREAM * stream, const char *format, crt_locale_t locale, ...), locale,
     stream_narrow(stream, format, SECURE, locale, list))
SCAN(_sscanf_s_l, (const char *string, const char *format, crt_locale_t locale, ...), locale,
     string_narrow(string, SIZE_MAX, format, SECURE, locale, list))
SCAN(_snscanf_s_l, (const char *string, size_t count, const char *format, crt_locale_t locale, ...), locale,
     string_narrow(string, count, format, SECURE, locale, list))
SCAN(wscanf, (const WCHAR *format, ...), format,
     stream_wide(standard_input(), format, DEFAULT, NULL, list))
SCAN(fwscanf, (STREAM * stream, const WCHAR *format, ...), format,
     stream_wide(stream, format, DEFAULT, NULL, list))
SCAN(swscanf, (const WCHAR *string, const WCHAR *format, ...), format,
     string_wide(string, SIZE_MAX, format, DEFAULT, NULL, list))
SCAN(_snwscanf, (const WCHAR *string, size_t count, const WCHAR *format, ...), format,
     string_wide(string, count, format, DEFAULT, NULL, list))
SCAN(_wscanf_l, (const WCHAR *format, crt_locale_t locale, ...), locale,
     stream_wide(standard_input(), format, DEFAULT, locale, list))
SCAN(_fwscanf_l, (STREAM * stream, const WCHAR *format, crt_locale_t locale, ...), locale,
     stream_wide(stream, format, DEFAULT, locale, list))
SCAN(_swscanf_l, (const WCHAR *string, const WCHAR *format, crt_locale_t locale, ...), locale,
     string_wide(string, SIZE_MAX, format, DEFAULT, locale, list))
SCAN(_snwscanf_l, (const WCHAR *string, size_t count, const WCHAR *format, crt_locale_t locale, ...), locale,
     string_wide(string, count, format, DEFAULT, locale, list))
SCAN(wscanf_s, (const WCHAR *format, ...), format,
     stream_wide(standard_input(), format, SECURE, NULL, list))
SCAN(fwscanf_s, (STREAM * stream, const WCHAR *format, ...), format,
     stream_wide(stream, format, SECURE, NULL, list))
SCAN(swscanf_s, (const WCHAR *string, const WCHAR *format, ...), format,
     string_wide(string, SIZE_MAX, format, SECURE, NULL, list))
SCAN(_snwscanf_s, (const WCHAR *string, size_t count, const WCHAR *format, ...), format,
     string_wide(string, count, format, SECURE, NULL, list))
SCAN(_wscanf_s_l, (const WCHAR *format, crt_locale_t locale, ...), locale,
     stream_wide(standard_input(), format, SECURE, locale, list))
SCAN(_fwscanf_s_l, (STREAM * stream, const WCHAR *format, crt_locale_t locale, ...), locale,
     stream_wide(stream, format, SECURE, locale, list))
SCAN(_swscanf_s_l, (const WCHAR *string, const WCHAR *format, crt_locale_t locale, ...), locale,
     string_wide(string, SIZE_MAX, format, SECURE, locale, list))
SCAN(_snwscanf_s_l, (const WCHAR *string, size_t count, const WCHAR *format, crt_locale_t locale, ...), locale,
     string_wide(string, count, format, SECURE, locale, list))
