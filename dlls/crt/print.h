/*
 * dlls/crt/print.h - formatted output to streams and strings, below the exported functions.
 */
#ifndef PEWTER_DLLS_CRT_PRINT_H
#define PEWTER_DLLS_CRT_PRINT_H

#include "dlls/crt/format.h"
#include "dlls/crt/stream.h"

/* To a stream, under its lock. */
INT print_stream(STREAM *stream, const char *format, unsigned options, crt_locale_t locale, ms_va_list list);
INT print_stream_wide(STREAM *stream, const WCHAR *format, unsigned options, crt_locale_t locale, ms_va_list list);

/* What a string function does when the text does not fit. */
enum print_rule {
	PRINT_LEGACY,    /* _snprintf: no terminator when it exactly fills the buffer; -1 when longer */
	PRINT_STANDARD,  /* C99 snprintf: terminated, returns the whole length */
	PRINT_TRUNCATE,  /* terminated; -2 when longer */
};
INT print_string(enum print_rule rule, char *to, size_t size, const char *format, unsigned options, crt_locale_t locale,
		 ms_va_list list);
INT print_string_wide(enum print_rule rule, WCHAR *to, size_t size, const WCHAR *format, unsigned options,
		      crt_locale_t locale, ms_va_list list);
/* sprintf_s (limit = PRINT_NO_LIMIT) and _snprintf_s. */
#define PRINT_NO_LIMIT ((size_t)-2)
INT print_string_s(char *to, size_t size, size_t limit, const char *format, unsigned options, crt_locale_t locale,
		   ms_va_list list);
INT print_string_s_wide(WCHAR *to, size_t size, size_t limit, const WCHAR *format, unsigned options,
			crt_locale_t locale, ms_va_list list);

#endif
