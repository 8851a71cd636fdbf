/*
 * dlls/crt/ctype.c - character classes and case.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"

#define WEOF 0xFFFF

/* [-1..255].  Letters carry no 0x100 here, as in Microsoft's table of the "C" locale. */
const USHORT crt_c_ctype[257] = {
	0x000,
	0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x028, 0x028, 0x028, 0x028, 0x028, 0x020, 0x020,
	0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020,
	0x048, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010,
	0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010,
	0x010, 0x081, 0x081, 0x081, 0x081, 0x081, 0x081, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001,
	0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x001, 0x010, 0x010, 0x010, 0x010, 0x010,
	0x010, 0x082, 0x082, 0x082, 0x082, 0x082, 0x082, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002,
	0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x002, 0x010, 0x010, 0x010, 0x010, 0x020,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
	0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000, 0x000,
};

/* What GetStringTypeW(CT_CTYPE1) says of Latin-1. */
static const USHORT wide_ctype[257] = {
	0x000,
	0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x068, 0x028, 0x028, 0x028, 0x028, 0x020, 0x020,
	0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020,
	0x048, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010,
	0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x084, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010,
	0x010, 0x181, 0x181, 0x181, 0x181, 0x181, 0x181, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101,
	0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x010, 0x010, 0x010, 0x010, 0x010,
	0x010, 0x182, 0x182, 0x182, 0x182, 0x182, 0x182, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102,
	0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x010, 0x010, 0x010, 0x010, 0x020,
	0x020, 0x020, 0x020, 0x020, 0x020, 0x028, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020,
	0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020, 0x020,
	0x048, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x010, 0x112, 0x010, 0x010, 0x030, 0x010, 0x010,
	0x010, 0x010, 0x014, 0x014, 0x010, 0x112, 0x010, 0x010, 0x010, 0x014, 0x112, 0x010, 0x010, 0x010, 0x010, 0x010,
	0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101,
	0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x010, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x101, 0x102,
	0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102,
	0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x010, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102, 0x102,
};

USHORT crt_wide_class(WCHAR c)
{
	USHORT class;

	if (c < 256)
		return wide_ctype[c + 1];
	return c != WEOF && GetStringTypeW(1, &c, 1, &class) ? class : 0;
}

WCHAR crt_wide_lower(const struct crt_locale *locale, WCHAR c)
{
	if (c < 128)
		return (UINT)c - 'A' < 26 ? c | 0x20 : c;
	return locale->lcid[CRT_LC_CTYPE] != 0 && c != WEOF ? rtl_downcase(c) : c;
}

WCHAR crt_wide_upper(const struct crt_locale *locale, WCHAR c)
{
	if (c < 128)
		return (UINT)c - 'a' < 26 ? c & ~0x20 : c;
	return locale->lcid[CRT_LC_CTYPE] != 0 && c != WEOF ? rtl_upcase(c) : c;
}

/* Values above 255 are double-byte characters, lead byte first. */
static WCHAR double_byte(const struct crt_locale *locale, INT c)
{
	char bytes[2] = {(char)(c >> 8), (char)c};
	WCHAR wide[2];
	INT units;

	if (c > 0xFFFF || !crt_is_lead(locale, (BYTE)(c >> 8)) ||
	    crt_locale_to_wide(locale, bytes, 2, wide, &units) != 2 || units != 1)
		return 0;
	return wide[0];
}

static inline INT is(INT c, INT mask, crt_locale_t l)
{
	const struct crt_locale *locale = crt_locale(l);
	WCHAR wide;

	if (c >= -1 && c <= 255)
		return locale->pctype[c] & mask;
	wide = c > 255 ? double_byte(locale, c) : 0;
	return wide != 0 ? crt_wide_class(wide) & mask : 0;
}

CRT_L(INT, _isctype, (c, mask, NULL), INT c, INT mask)
{
	return is(c, mask, locale);
}

CRT_L_(INT, isalpha, (c, NULL), INT c)
{
	return is(c, CRT_ALPHA, locale);
}

CRT_L_(INT, isupper, (c, NULL), INT c)
{
	return is(c, CRT_UPPER, locale);
}

CRT_L_(INT, islower, (c, NULL), INT c)
{
	return is(c, CRT_LOWER, locale);
}

CRT_L_(INT, isdigit, (c, NULL), INT c)
{
	return is(c, CRT_DIGIT, locale);
}

CRT_L_(INT, isxdigit, (c, NULL), INT c)
{
	return is(c, CRT_HEX, locale);
}

CRT_L_(INT, isspace, (c, NULL), INT c)
{
	return is(c, CRT_SPACE, locale);
}

CRT_L_(INT, ispunct, (c, NULL), INT c)
{
	return is(c, CRT_PUNCT, locale);
}

CRT_L_(INT, isalnum, (c, NULL), INT c)
{
	return is(c, CRT_ALPHA | CRT_DIGIT, locale);
}

CRT_L_(INT, isprint, (c, NULL), INT c)
{
	return is(c, CRT_BLANK | CRT_PUNCT | CRT_ALPHA | CRT_DIGIT, locale);
}

CRT_L_(INT, isgraph, (c, NULL), INT c)
{
	return is(c, CRT_PUNCT | CRT_ALPHA | CRT_DIGIT, locale);
}

CRT_L_(INT, iscntrl, (c, NULL), INT c)
{
	return is(c, CRT_CONTROL, locale);
}

CRT_UCRT(INT, _isblank_l, (INT c, crt_locale_t locale))
{
	return is(c, CRT_BLANK, locale);
}

/* Only this one takes a tab for a blank. */
CRT_UCRT(INT, isblank, (INT c))
{
	return c == '\t' ? CRT_BLANK : is(c, CRT_BLANK, NULL);
}

CRT_L_(INT, isleadbyte, (c, NULL), INT c)
{
	return crt_locale(locale)->pctype[(BYTE)c] & CRT_LEADBYTE;
}

CRT(INT, __isascii, (INT c))
{
	return (UINT)c < 128;
}
CRT_ALIAS_UCRT("isascii", crt___isascii);

CRT(INT, __toascii, (INT c))
{
	return c & 0x7F;
}

CRT(INT, __iscsymf, (INT c))
{
	return is(c, CRT_ALPHA, NULL) || c == '_';
}

CRT(INT, __iscsym, (INT c))
{
	return is(c, CRT_ALPHA | CRT_DIGIT, NULL) || c == '_';
}

static INT change_case(INT c, crt_locale_t l, bool upper)
{
	const struct crt_locale *locale = crt_locale(l);
	char bytes[5];
	WCHAR wide;

	if ((UINT)c < 256)
		return upper ? locale->upper[c] : locale->lower[c];
	if (c < -1 && locale->code_page != 0) {
		/* A char that was not made unsigned: it is taken for its byte, and complained about. */
		crt_self.error = CRT_EILSEQ;
		return upper ? locale->upper[(BYTE)c] : locale->lower[(BYTE)c];
	}
	if (c < 0 || !locale->dbcs || (wide = double_byte(locale, c)) == 0)
		return c;
	wide = upper ? crt_wide_upper(locale, wide) : crt_wide_lower(locale, wide);
	switch (crt_locale_from_wide(locale, wide, bytes)) {
	case 1:
		return (BYTE)bytes[0];
	case 2:
		return (BYTE)bytes[0] << 8 | (BYTE)bytes[1];
	default:
		return c;
	}
}

CRT(INT, _tolower_l, (INT c, crt_locale_t locale))
{
	return change_case(c, locale, false);
}

CRT(INT, tolower, (INT c))
{
	if ((UINT)c < 128)
		return (UINT)c - 'A' < 26 ? c | 0x20 : c;
	return change_case(c, NULL, false);
}

CRT(INT, _toupper_l, (INT c, crt_locale_t locale))
{
	return change_case(c, locale, true);
}

CRT(INT, toupper, (INT c))
{
	if ((UINT)c < 128)
		return (UINT)c - 'a' < 26 ? c & ~0x20 : c;
	return change_case(c, NULL, true);
}

/* MSDN: the argument must be a letter of the other case. */
CRT(INT, _tolower, (INT c))
{
	return c - 'A' + 'a';
}

CRT(INT, _toupper, (INT c))
{
	return c - 'a' + 'A';
}

/* Wide classes do not depend on the locale. */
CRT_L_(INT, iswalpha, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_ALPHA;
}

CRT_L_(INT, iswupper, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_UPPER;
}

CRT_L_(INT, iswlower, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_LOWER;
}

CRT_L_(INT, iswdigit, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_DIGIT;
}

CRT_L_(INT, iswxdigit, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_HEX;
}

CRT_L_(INT, iswspace, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_SPACE;
}

CRT_L_(INT, iswpunct, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_PUNCT;
}

CRT_L_(INT, iswalnum, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & (CRT_ALPHA | CRT_DIGIT);
}

/* A tab is blank but not printable. */
CRT_L_(INT, iswprint, (c, NULL), WCHAR c)
{
	(void)locale;
	return c != '\t' ? crt_wide_class(c) & (CRT_BLANK | CRT_PUNCT | CRT_ALPHA | CRT_DIGIT) : 0;
}

CRT_L_(INT, iswgraph, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & (CRT_PUNCT | CRT_ALPHA | CRT_DIGIT);
}

CRT_L_(INT, iswcntrl, (c, NULL), WCHAR c)
{
	(void)locale;
	return crt_wide_class(c) & CRT_CONTROL;
}

/* What is blank for the UCRT, which prints a tab and a no-break space but does not call them so. */
static USHORT ucrt_blank(WCHAR c)
{
	return c == ' ' || c == 0x3000 || c == 0xFEFF ? CRT_BLANK : 0;
}

CRT_UCRT(INT, iswblank, (WCHAR c))
{
	return c == '\t' ? CRT_BLANK : ucrt_blank(c);
}

CRT_UCRT(INT, _iswblank_l, (WCHAR c, crt_locale_t locale))
{
	(void)locale;
	return crt_iswblank(c);
}

CRT(INT, iswascii, (WCHAR c))
{
	return c < 128;
}

CRT_L(INT, _iswcsym, (c, NULL), WCHAR c)
{
	(void)locale;
	return (crt_wide_class(c) & (CRT_ALPHA | CRT_DIGIT)) || c == '_';
}
CRT_ALIAS_UCRT("__iswcsym", crt__iswcsym);

CRT_L(INT, _iswcsymf, (c, NULL), WCHAR c)
{
	(void)locale;
	return (crt_wide_class(c) & CRT_ALPHA) || c == '_';
}
CRT_ALIAS_UCRT("__iswcsymf", crt__iswcsymf);

CRT(INT, iswctype, (WCHAR c, USHORT mask))
{
	return mask == CRT_BLANK && crt_is_ucrt() ? ucrt_blank(c) : crt_wide_class(c) & mask;
}
CRT_ALIAS("is_wctype", crt_iswctype);

CRT(INT, _iswctype_l, (WCHAR c, USHORT mask, crt_locale_t locale))
{
	(void)locale;
	return crt_iswctype(c, mask);
}

CRT_L_(WCHAR, towlower, (c, NULL), WCHAR c)
{
	return crt_wide_lower(crt_locale(locale), c);
}

CRT_L_(WCHAR, towupper, (c, NULL), WCHAR c)
{
	return crt_wide_upper(crt_locale(locale), c);
}

static const struct {
	char name[8];
	USHORT mask;
} classes[] = {
	{"alnum", CRT_ALPHA | CRT_DIGIT},
	{"alpha", CRT_ALPHA},
	{"cntrl", CRT_CONTROL},
	{"digit", CRT_DIGIT},
	{"graph", CRT_PUNCT | CRT_ALPHA | CRT_DIGIT},
	{"lower", CRT_LOWER},
	{"print", CRT_BLANK | CRT_PUNCT | CRT_ALPHA | CRT_DIGIT},
	{"punct", CRT_PUNCT},
	{"blank", CRT_BLANK},
	{"space", CRT_SPACE},
	{"upper", CRT_UPPER},
	{"xdigit", CRT_HEX},
};

CRT_UCRT(USHORT, wctype, (const char *name))
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (__builtin_strcmp(classes[i].name, name) == 0)
			return classes[i].mask;
	return 0;
}
CRT_ALIAS("_wctype", crt_wctype);

CRT_UCRT(USHORT, wctrans, (const char *name))
{
	if (__builtin_strcmp(name, "tolower") == 0)
		return 2;
	return __builtin_strcmp(name, "toupper") == 0 ? 1 : 0;
}

CRT_UCRT(WCHAR, towctrans, (WCHAR c, USHORT which))
{
	return which == 1 ? crt_towupper(c) : crt_towlower(c);
}

CRT(const USHORT *, __pctype_func, (void))
{
	return crt_locale(NULL)->pctype;
}

CRT(const USHORT *, __pwctype_func, (void))
{
	return wide_ctype + 1;
}

const USHORT *crt_wide_table(void)
{
	return wide_ctype + 1;
}
