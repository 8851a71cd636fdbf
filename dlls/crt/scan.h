/*
 * dlls/crt/scan.h - the engine of every scanf.
 */
#ifndef PEWTER_DLLS_CRT_SCAN_H
#define PEWTER_DLLS_CRT_SCAN_H

#include "dlls/crt/crt.h"

/* The option bits of ucrt's __stdio_common_v*scanf functions (corecrt_stdio_config.h), and ours. */
#define SCANF_SECURE 1u /* %c %s %[ are followed by the size of their buffer */
#define SCANF_LEGACY_WIDE_SPECIFIERS 2u
#define SCANF_LEGACY_MSVCRT 4u
#define SCANF_MSVCRT 0x10000u
#define SCANF_MSVCRT_DEFAULT (SCANF_MSVCRT | SCANF_LEGACY_WIDE_SPECIFIERS)

/* Where units (bytes or UTF-16) come from.  `get` returns the next or -1; `unget` gives the last one back. */
struct scan_source {
	int32_t (*get)(struct scan_source *source);
	void (*unget)(struct scan_source *source, int32_t c);
	void *context;
	const void *at, *end; /* of a string */
};

/* The number of fields stored, or -1 (EOF). */
INT scan_narrow(struct scan_source *source, const char *format, unsigned options, const struct crt_locale *locale,
		ms_va_list list);
INT scan_wide(struct scan_source *source, const WCHAR *format, unsigned options, const struct crt_locale *locale,
	      ms_va_list list);

#endif
