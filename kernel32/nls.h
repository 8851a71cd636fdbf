/*
 * kernel32/nls.h - constants of stringapiset.h and winnls.h, and what the NLS files of this room share.
 */
#ifndef PEWTER_KERNEL32_NLS_H
#define PEWTER_KERNEL32_NLS_H

#include "nt/ntdef.h"
#include <stdbool.h>

#define CP_ACP 0u
#define CP_OEMCP 1u
#define CP_MACCP 2u
#define CP_THREAD_ACP 3u

#define MB_PRECOMPOSED 0x1u
#define MB_COMPOSITE 0x2u
#define MB_USEGLYPHCHARS 0x4u
#define MB_ERR_INVALID_CHARS 0x8u
#define WC_DISCARDNS 0x10u
#define WC_SEPCHARS 0x20u
#define WC_DEFAULTCHAR 0x40u
#define WC_ERR_INVALID_CHARS 0x80u
#define WC_COMPOSITECHECK 0x200u
#define WC_NO_BEST_FIT_CHARS 0x400u

#define CT_CTYPE1 1u
#define CT_CTYPE2 2u
#define CT_CTYPE3 4u
#define C1_UPPER 0x001u
#define C1_LOWER 0x002u
#define C1_DIGIT 0x004u
#define C1_SPACE 0x008u
#define C1_PUNCT 0x010u
#define C1_CNTRL 0x020u
#define C1_BLANK 0x040u
#define C1_XDIGIT 0x080u
#define C1_ALPHA 0x100u
#define C1_DEFINED 0x200u

#define LOCALE_NEUTRAL 0x0000u
#define LOCALE_INVARIANT 0x007Fu
#define LOCALE_USER_DEFAULT 0x0400u
#define LOCALE_SYSTEM_DEFAULT 0x0800u
#define LOCALE_CUSTOM_DEFAULT 0x0C00u
#define LOCALE_CUSTOM_UNSPECIFIED 0x1000u
#define LOCALE_EN_US 0x0409u

#define CSTR_LESS_THAN 1
#define CSTR_EQUAL 2
#define CSTR_GREATER_THAN 3

#define NORM_IGNORECASE 0x00000001u
#define NORM_IGNORENONSPACE 0x00000002u
#define NORM_IGNORESYMBOLS 0x00000004u
#define SORT_DIGITSASNUMBERS 0x00000008u
#define LINGUISTIC_IGNORECASE 0x00000010u
#define LINGUISTIC_IGNOREDIACRITIC 0x00000020u
#define SORT_STRINGSORT 0x00001000u
#define NORM_IGNOREKANATYPE 0x00010000u
#define NORM_IGNOREWIDTH 0x00020000u
#define NORM_LINGUISTIC_CASING 0x08000000u
#define LOCALE_USE_CP_ACP 0x40000000u
#define LOCALE_NOUSEROVERRIDE 0x80000000u

/* One locale we know.  Texts of LCTYPEs: winnls_info.c. */
struct nls_locale {
	LCID lcid;
	const char16_t *name;
};
/* The locale of an LCID or a name (NULL = user default, empty = invariant); NULL if there is no such locale. */
const struct nls_locale *nls_locale_by_id(LCID lcid);
const struct nls_locale *nls_locale_by_name(const char16_t *name);

/* The text of an LCTYPE; NULL if the value is no text or unknown. */
const char16_t *nls_locale_text(const struct nls_locale *locale, LCTYPE type);

/* The wide form of a halfwidth katakana letter, U+FF61..FF9F. */
char16_t nls_fullwidth_kana(char16_t c);

/* Collation (collate.c): -1, 0, 1.  Flags are CompareString's. */
int nls_compare(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length, DWORD flags);
/* The sort key of a string; bytes needed, with the terminating zero. */
size_t nls_sort_key(unsigned char *to, size_t capacity, const char16_t *string, size_t length, DWORD flags);

#endif
