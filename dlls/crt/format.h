/*
 * dlls/crt/format.h - the engine of every printf.
 *
 * One engine formats for both runtimes, for bytes and for UTF-16; what differs is in the options.  Output goes to a sink:
 * a window of memory with a function for when it is full.
 */
#ifndef PEWTER_DLLS_CRT_FORMAT_H
#define PEWTER_DLLS_CRT_FORMAT_H

#include "dlls/crt/crt.h"

/* The option bits of ucrt's __stdio_common_* functions (corecrt_stdio_config.h). */
#define PRINTF_LEGACY_NULL_TERMINATION 0x01u
#define PRINTF_STANDARD_SNPRINTF 0x02u
#define PRINTF_LEGACY_WIDE_SPECIFIERS 0x04u
#define PRINTF_LEGACY_MSVCRT 0x08u
#define PRINTF_THREE_DIGIT_EXPONENTS 0x10u
#define PRINTF_STANDARD_ROUNDING 0x20u
/* Ours: */
#define PRINTF_MSVCRT 0x10000u     /* msvcrt.dll's rules: 17 digits, 1.#INF, unknown types printed */
#define PRINTF_POSITIONAL 0x40000u /* the _p functions */
#define PRINTF_SECURE 0x80000u     /* the _s functions: invalid formats are invalid parameters */

/* What msvcrt's plain functions pass. */
#define PRINTF_MSVCRT_DEFAULT (PRINTF_MSVCRT | PRINTF_LEGACY_WIDE_SPECIFIERS | PRINTF_THREE_DIGIT_EXPONENTS)

/* Where formatted units (bytes or UTF-16) go.  `drain` empties the window or, for a buffer of fixed size, drops what
 * comes: it must leave room for at least one unit.  Returns false on an error, which ends formatting with -1. */
struct format_sink {
	bool (*drain)(struct format_sink *sink);
	void *start, *cursor, *end; /* the window */
	void *context;
	int64_t total; /* units written so far, those dropped included */
	bool failed;
};

/* Both return the number of units, or -1 (a sink failed, or an invalid parameter whose handler returned). */
int format_narrow(struct format_sink *sink, const char *format, unsigned options, const struct crt_locale *locale,
		  ms_va_list arguments);
int format_wide(struct format_sink *sink, const WCHAR *format, unsigned options, const struct crt_locale *locale,
		ms_va_list arguments);

/* Formats into memory, as many units as fit; no terminator is written.  `capacity` in units.  Returns what the whole
 * text needs, or -1; *written receives what was stored. */
int format_memory_narrow(char *buffer, size_t capacity, const char *format, unsigned options,
			 const struct crt_locale *locale, ms_va_list arguments, size_t *written);
int format_memory_wide(WCHAR *buffer, size_t capacity, const WCHAR *format, unsigned options,
		       const struct crt_locale *locale, ms_va_list arguments, size_t *written);

/* _set_printf_count_output: is %n allowed?  It is an invalid parameter else, in both runtimes. */
extern bool format_count_output;

/* msvcrt's setting of exponent digits (_set_output_format): true for two. */
extern bool format_two_digit_exponents;

#endif
