/*
 * host/iconv.h - character sets of the C library.
 *
 * Conversions happen by tables that are built once per character set; nothing here is for single strings.
 */
#ifndef PEWTER_HOST_ICONV_H
#define PEWTER_HOST_ICONV_H

#include "host/host.h"

#define HOST_CHARSET_INVALID 0xFFFFu
#define HOST_CHARSET_LEAD 0xFFFEu

/* Fills what each byte means in UTF-16: HOST_CHARSET_LEAD where a second byte must follow, HOST_CHARSET_INVALID where it
 * means nothing (or more than one unit).  `pairs` (65536 entries, index first byte * 256 + second byte) may be NULL for
 * sets of single bytes; only rows of lead bytes are written.  Runs on the host stack.  -ENOENT: no such set. */
int host_charset_table(const char *name, uint16_t single[256], uint16_t *pairs);

#endif
