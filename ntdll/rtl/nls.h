/*
 * ntdll/rtl/nls.h - code pages and character data; System V functions, for every room above.
 *
 * Code pages are tables: 1252 and 437 are in our source, every other one is built on first use (about 5 ms for a double
 * byte one, 50 us for a single byte one) and kept.  ASCII never touches a table.  UTF-8 and UTF-7 are code.
 * All functions are thread-safe and allocate nothing but those tables.
 */
#ifndef PEWTER_NTDLL_RTL_NLS_H
#define PEWTER_NTDLL_RTL_NLS_H

#include "nt/ntdef.h"
#include <stdbool.h>

#define NLS_ACP 1252u
#define NLS_OEMCP 437u
#define NLS_SYMBOL 42u
#define NLS_ASCII 20127u
#define NLS_UTF7 65000u
#define NLS_UTF8 65001u

/* A code page of one or two bytes a character. */
struct nls_table {
	unsigned codepage;
	unsigned max_size;          /* bytes of the longest character: 1 or 2 */
	char16_t unicode_default;   /* what an invalid byte becomes */
	char default_char;          /* what an unknown unit becomes: '?' */
	uint8_t lead_ranges[12];    /* as CPINFO.LeadByte */
	const uint16_t *single;     /* 256 units; 0xFFFF: none, 0xFFFE: lead byte */
	const uint16_t *pairs;      /* 65536 units by lead * 256 + trail; NULL */
	uint16_t *from;             /* 65536: bytes (lead * 256 + trail); 0: none.  Built on first use: nls_from() */
};

/* The table of a code page; NULL if it is unknown or not a table (UTF-8, UTF-7).  `codepage` is a number, not CP_ACP. */
const struct nls_table *nls_table(unsigned codepage);

/* CP_ACP 0, CP_OEMCP 1, CP_MACCP 2, CP_THREAD_ACP 3 to a number. */
unsigned nls_real_codepage(unsigned codepage);
bool nls_valid_codepage(unsigned codepage);
/* Bytes of the longest character (UTF-8: 4; UTF-7: 5); 0 = unknown. */
unsigned nls_max_char_size(unsigned codepage);
bool nls_is_lead_byte(unsigned codepage, uint8_t byte);

#define NLS_STRICT 1u      /* anything invalid ends the conversion with NLS_INVALID */
#define NLS_NO_BEST_FIT 2u /* only characters that come back as they are */
#define NLS_GLYPHS 4u      /* MB_USEGLYPHCHARS: control characters are pictures (code page 437) */

#define NLS_INVALID ((size_t)-1)
#define NLS_UNKNOWN ((size_t)-2) /* no such code page */

/* Bytes to UTF-16; what is needed, in units.  Writes whole characters, at most `capacity` units. */
size_t nls_to_utf16(unsigned codepage, unsigned flags, char16_t *to, size_t capacity, const char *from, size_t length);
/* UTF-16 to bytes; what is needed, in bytes.  `default_char` NULL = the code page's; `used_default` may be NULL. */
size_t nls_from_utf16(unsigned codepage, unsigned flags, char *to, size_t capacity, const char16_t *from, size_t length,
		      const char *default_char, bool *used_default);

/* Unicode data (nls_chars.c).  Types as GetStringType's CT_CTYPE1: C1_UPPER 1, LOWER 2, DIGIT 4, SPACE 8, PUNCT 16,
 * CNTRL 32, BLANK 64, XDIGIT 128, ALPHA 256, DEFINED 512. */
uint16_t nls_ctype1(char16_t c);
uint16_t nls_ctype2(char16_t c);
uint16_t nls_ctype3(char16_t c);
/* The canonical decomposition of one unit: false if it has none.  to[1] is 0 for a single. */
bool nls_decompose(char16_t c, char16_t to[2]);
/* The composition of two units; 0 = none. */
char16_t nls_compose(char16_t base, char16_t mark);
/* The whole compatibility decomposition of one unit (NFKD); NULL = none. */
const uint16_t *nls_compatibility(char16_t c, size_t *length);
/* Canonical combining class. */
uint8_t nls_combining_class(uint32_t c);

#endif
