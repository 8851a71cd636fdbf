/*
 * kernel32/nls.h - constants of stringapiset.h and winnls.h, and what the NLS files of this room share.
 */
#ifndef PEWTER_KERNEL32_NLS_H
#define PEWTER_KERNEL32_NLS_H

#include "nt/ntdef.h"
#include "nt/winnls.h"
#include <stdbool.h>

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

#define DATE_SHORTDATE 0x01u
#define DATE_LONGDATE 0x02u
#define DATE_USE_ALT_CALENDAR 0x04u
#define DATE_YEARMONTH 0x08u
#define DATE_LTRREADING 0x10u
#define DATE_RTLREADING 0x20u
#define DATE_AUTOLAYOUT 0x40u
#define DATE_MONTHDAY 0x80u
#define TIME_NOMINUTESORSECONDS 0x1u
#define TIME_NOSECONDS 0x2u
#define TIME_NOTIMEMARKER 0x4u
#define TIME_FORCE24HOURFORMAT 0x8u

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

/* Compares at most `size` bytes without regard to ASCII case. */
static inline bool nls_same_ascii(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char x = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] + 32) : a[i];
		char y = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] + 32) : b[i];
		if (x != y)
			return false;
		if (!x)
			break;
	}
	return true;
}

/* A locale.  Every one compares and maps strings; formats and names of days are known where `formats` is set. */
struct nls_locale {
	LCID lcid;
	const char *name;     /* "en-US"; "" = invariant */
	const char *language; /* English names */
	const char *country;
	const char *abbreviation; /* three letters of Windows: ENU */
	const char *iso_language; /* ISO 639-2 */
	const char *iso_country;  /* ISO 3166, three letters */
	UINT ansi, oem;
	const struct nls_formats *formats;
	bool neutral; /* a language alone */
};
/* The locale of an LCID or a name (NULL = user default, empty = invariant); NULL if there is no such locale.  By its
 * number a language alone is the locale that stands for it, by its name it is itself. */
const struct nls_locale *nls_locale_by_id(LCID lcid);
const struct nls_locale *nls_locale_by_name(const char16_t *name);
/* CP_ACP and its kin to a number, as nls_real_codepage; CP_THREAD_ACP is that of the thread's locale. */
UINT nls_thread_codepage(UINT codepage);
/* All of them, from 0; NULL behind the last. */
const struct nls_locale *nls_locale_at(size_t index);
/* The locale that stands for a language alone; any other is itself.  NULL: NULL. */
const struct nls_locale *nls_specific_locale(const struct nls_locale *locale);

/* Twelve of our own after LCTYPEs: LOCALE_SMONTHNAME1 with LOCALE_RETURN_GENITIVE_NAMES. */
#define NLS_GENITIVE_MONTH 0x10000u
/* The value of an LCTYPE as UTF-8 text, numbers in decimal or as LOCALE_I... say; false if it is none.  `size` is at
 * least 128. */
bool nls_locale_value(const struct nls_locale *locale, LCTYPE type, char *text, size_t size);
/* The same in UTF-16; empty if there is none. */
void nls_locale_string(const struct nls_locale *locale, LCTYPE type, char16_t text[128]);

/* GetLocaleInfoEx, of a locale that may be NULL: units with the zero; 0 with a last error. */
int nls_locale_info(const struct nls_locale *locale, LCTYPE type, char16_t *to, int capacity);
/* `count` units, the zero among them, in the ANSI code page: as a function that returns text in a buffer. */
int nls_give_narrow(const char16_t *wide, int count, LPSTR to, int capacity);
/* GetCalendarInfoEx, of a locale that may be NULL: units with the zero; 0 with a last error. */
int nls_calendar_info(const struct nls_locale *locale, DWORD calendar, DWORD type, LPWSTR to, int capacity, LPDWORD value);

typedef struct _numberfmtW {
	UINT NumDigits, LeadingZero, Grouping;
	LPCWSTR lpDecimalSep, lpThousandSep;
	UINT NegativeOrder;
} NUMBERFMTW;

typedef struct _currencyfmtW {
	UINT NumDigits, LeadingZero, Grouping;
	LPCWSTR lpDecimalSep, lpThousandSep;
	UINT NegativeOrder, PositiveOrder;
	LPCWSTR lpCurrencySymbol;
} CURRENCYFMTW;

int WINAPI GetNumberFormatW(LCID lcid, DWORD flags, LPCWSTR value, const NUMBERFMTW *format, LPWSTR to, int capacity);
int WINAPI GetCurrencyFormatW(LCID lcid, DWORD flags, LPCWSTR value, const CURRENCYFMTW *format, LPWSTR to, int capacity);

#define LOCALE_SLIST 0x0Cu
#define LOCALE_SDECIMAL 0x0Eu
#define LOCALE_STHOUSAND 0x0Fu
#define LOCALE_SGROUPING 0x10u
#define LOCALE_IDIGITS 0x11u
#define LOCALE_ILZERO 0x12u
#define LOCALE_SCURRENCY 0x14u
#define LOCALE_SMONDECIMALSEP 0x16u
#define LOCALE_SMONTHOUSANDSEP 0x17u
#define LOCALE_SMONGROUPING 0x18u
#define LOCALE_ICURRDIGITS 0x19u
#define LOCALE_ICURRENCY 0x1Bu
#define LOCALE_INEGCURR 0x1Cu
#define LOCALE_SDATE 0x1Du
#define LOCALE_STIME 0x1Eu
#define LOCALE_SSHORTDATE 0x1Fu
#define LOCALE_SLONGDATE 0x20u
#define LOCALE_S1159 0x28u
#define LOCALE_S2359 0x29u
#define LOCALE_SDAYNAME1 0x2Au
#define LOCALE_SABBREVDAYNAME1 0x31u
#define LOCALE_SMONTHNAME1 0x38u
#define LOCALE_SABBREVMONTHNAME1 0x44u
#define LOCALE_SNEGATIVESIGN 0x51u
#define LOCALE_SSHORTTIME 0x79u
#define LOCALE_STIMEFORMAT 0x1003u
#define LOCALE_ICALENDARTYPE 0x1009u
#define CAL_THAI 7u
#define LOCALE_SYEARMONTH 0x1006u
#define LOCALE_INEGNUMBER 0x1010u
#define LOCALE_RETURN_GENITIVE_NAMES 0x10000000u
#define LOCALE_RETURN_NUMBER 0x20000000u

/* The wide form of a halfwidth katakana letter, U+FF61..FF9F. */
char16_t nls_fullwidth_kana(char16_t c);

/* Collation (collate.c): -1, 0, 1.  Flags are CompareString's. */
int nls_compare(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length, DWORD flags);
/* The sort key of a string; bytes needed, with the terminating zero. */
size_t nls_sort_key(unsigned char *to, size_t capacity, const char16_t *string, size_t length, DWORD flags);

#endif
