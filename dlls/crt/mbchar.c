/*
 * dlls/crt/mbchar.c - single multibyte characters: classes, case, the Japanese conversions.
 *
 * A character is a byte, or lead << 8 | trail.  Code page 932 has rules of its own (MSDN "_ismbc routines").
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/mbctype.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

/* The character in UTF-16; 0 if there is none. */
static WCHAR to_wide(const struct crt_multibyte *m, UINT c)
{
	char bytes[2] = {(char)(c >> 8), (char)c};
	WCHAR wide;

	if (c > 0xFFFF || !crt_mb_lead(m, (BYTE)(c >> 8)) ||
	    MultiByteToWideChar((UINT)m->code_page, MB_ERR_INVALID_CHARS, bytes, 2, &wide, 1) != 1)
		return 0;
	return wide;
}

static UINT swap_case(const struct crt_multibyte *m, UINT c, bool upper)
{
	WCHAR wide, other;
	char bytes[2];

	if (c < 256)
		return m->ctype[c + 1] & (upper ? CRT_SBLOW : CRT_SBUP) ? m->casemap[c] : c;
	wide = to_wide(m, c);
	if (wide == 0)
		return c;
	other = upper ? rtl_upcase(wide) : rtl_downcase(wide);
	if (other == wide ||
	    WideCharToMultiByte((UINT)m->code_page, WC_NO_BEST_FIT_CHARS, &other, 1, bytes, 2, NULL, NULL) != 2)
		return c;
	return (UINT)(BYTE)bytes[0] << 8 | (BYTE)bytes[1];
}

UINT crt_mb_lower(const struct crt_multibyte *m, UINT c)
{
	return swap_case(m, c, false);
}

UINT crt_mb_upper(const struct crt_multibyte *m, UINT c)
{
	return swap_case(m, c, true);
}

CRT_L(UINT, _mbctolower, (c, NULL), UINT c)
{
	return crt_mb_lower(crt_multibyte(locale), c);
}

CRT_L(UINT, _mbctoupper, (c, NULL), UINT c)
{
	return crt_mb_upper(crt_multibyte(locale), c);
}

/* A double-byte character has the classes of its UTF-16 form, a single byte those of the tables. */
static INT has_class(UINT c, INT mask, BYTE mb_mask, crt_locale_t locale)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	WCHAR wide;

	if (c > 255) {
		wide = to_wide(m, c);
		return wide != 0 && (crt_wide_class(wide) & mask) != 0;
	}
	return (crt_locale(locale)->pctype[c] & mask) != 0 || (m->ctype[c + 1] & mb_mask) != 0;
}

CRT_L(INT, _ismbcalnum, (c, NULL), UINT c)
{
	return has_class(c, CRT_ALPHA | CRT_DIGIT, CRT_MS, locale);
}

CRT_L(INT, _ismbcalpha, (c, NULL), UINT c)
{
	return has_class(c, CRT_ALPHA, CRT_MS, locale);
}

CRT_L(INT, _ismbcdigit, (c, NULL), UINT c)
{
	return has_class(c, CRT_DIGIT, 0, locale);
}

CRT_L(INT, _ismbcgraph, (c, NULL), UINT c)
{
	return has_class(c, CRT_PUNCT | CRT_ALPHA | CRT_DIGIT, CRT_MS | CRT_MP, locale);
}

CRT_L(INT, _ismbcprint, (c, NULL), UINT c)
{
	return has_class(c, CRT_BLANK | CRT_PUNCT | CRT_ALPHA | CRT_DIGIT, CRT_MS | CRT_MP, locale);
}

CRT_L(INT, _ismbcpunct, (c, NULL), UINT c)
{
	return has_class(c, CRT_PUNCT, CRT_MP, locale);
}

CRT_L(INT, _ismbcspace, (c, NULL), UINT c)
{
	return has_class(c, CRT_SPACE, 0, locale);
}

CRT_L(INT, _ismbcupper, (c, NULL), UINT c)
{
	return c > 255 ? has_class(c, CRT_UPPER, 0, locale) : (crt_multibyte(locale)->ctype[c + 1] & CRT_SBUP) != 0;
}

CRT_L(INT, _ismbclower, (c, NULL), UINT c)
{
	return c > 255 ? has_class(c, CRT_LOWER, 0, locale) : (crt_multibyte(locale)->ctype[c + 1] & CRT_SBLOW) != 0;
}

CRT_UCRT(INT, _ismbcblank_l, (UINT c, crt_locale_t locale))
{
	return c == '\t' || has_class(c, CRT_BLANK, 0, locale);
}

CRT_UCRT(INT, _ismbcblank, (UINT c))
{
	return crt__ismbcblank_l(c, NULL);
}

/* Both bytes are in the ranges of lead and trail bytes. */
CRT_L(INT, _ismbclegal, (c, NULL), UINT c)
{
	const struct crt_multibyte *m = crt_multibyte(locale);

	return c <= 0xFFFF && crt_mb_lead(m, (BYTE)(c >> 8)) && (m->ctype[(BYTE)c + 1] & CRT_M2) != 0;
}

static bool in_932(UINT c, UINT low, UINT high, crt_locale_t locale)
{
	return crt_multibyte(locale)->code_page == 932 && c >= low && c <= high && (BYTE)c != 0x7F;
}

CRT_L(INT, _ismbchira, (c, NULL), UINT c)
{
	return in_932(c, 0x829F, 0x82F1, locale);
}

CRT_L(INT, _ismbckata, (c, NULL), UINT c)
{
	return in_932(c, 0x8340, 0x8396, locale);
}

CRT_L(INT, _ismbcsymbol, (c, NULL), UINT c)
{
	return in_932(c, 0x8141, 0x81AC, locale);
}

/* JIS characters of no level, of level 1, of level 2. */
CRT_L(INT, _ismbcl0, (c, NULL), UINT c)
{
	return crt__ismbclegal_l(c, locale) && in_932(c, 0x8140, 0x889E, locale);
}

CRT_L(INT, _ismbcl1, (c, NULL), UINT c)
{
	return crt__ismbclegal_l(c, locale) && in_932(c, 0x889F, 0x9872, locale);
}

CRT_L(INT, _ismbcl2, (c, NULL), UINT c)
{
	return crt__ismbclegal_l(c, locale) && in_932(c, 0x989F, 0xEAA4, locale);
}

/* Katakana and hiragana lie in the same order; the katakana skip 0x837F. */
CRT_L(UINT, _mbctohira, (c, NULL), UINT c)
{
	if (!crt__ismbckata_l(c, locale) || c > 0x8393)
		return c;
	return c < 0x837F ? c - 0x8340 + 0x829F : c - 0x8341 + 0x829F;
}

CRT_L(UINT, _mbctokata, (c, NULL), UINT c)
{
	if (!crt__ismbchira_l(c, locale))
		return c;
	c = c - 0x829F + 0x8340;
	return c >= 0x837F ? c + 1 : c;
}

/* Between Shift JIS and JIS X 0208. */
CRT_L(UINT, _mbcjmstojis, (c, NULL), UINT c)
{
	UINT high = c >> 8 & 0xFF, low = c & 0xFF;

	if (crt_multibyte(locale)->code_page != 932)
		return c;
	if (!crt__ismbclegal_l(c, locale)) {
		crt_self.error = CRT_EILSEQ;
		return 0;
	}
	high -= high >= 0xA0 ? 0xC1 : 0x81;
	if (low >= 0x9F) {
		c = (high * 2 + 0x22) << 8 | (low - 0x7E);
	} else {
		low -= low > 0x7E ? 1 : 0;
		c = (high * 2 + 0x21) << 8 | (low - 0x1F);
	}
	if ((c >> 8) >= 0x21 && (c >> 8) <= 0x7E && (c & 0xFF) >= 0x21 && (c & 0xFF) <= 0x7E)
		return c;
	crt_self.error = CRT_EILSEQ;
	return 0;
}

CRT_L(UINT, _mbcjistojms, (c, NULL), UINT c)
{
	UINT high = c >> 8 & 0xFF, low = c & 0xFF;

	if (crt_multibyte(locale)->code_page != 932)
		return c;
	if (c > 0xFFFF || high < 0x21 || high > 0x7E || low < 0x21 || low > 0x7E) {
		crt_self.error = CRT_EILSEQ;
		return 0;
	}
	if (high & 1) {
		low += 0x1F;
		if (low >= 0x7F)
			low++;
	} else {
		low += 0x7E;
	}
	high = ((high - 0x21) >> 1) + 0x81;
	if (high > 0x9F)
		high += 0x40;
	return high << 8 | low;
}

/* 932: single-byte characters and their double-byte forms, as CP 932 orders them: 0x20 to 0x7E, then 0xA1 to 0xDF. */
static const USHORT wide_forms[] = {
	0x8140, 0x8149, 0x8168, 0x8194, 0x8190, 0x8193, 0x8195, 0x8166, 0x8169, 0x816A, 0x8196, 0x817B, 0x8143, 0x817C,
	0x8144, 0x815E, 0x824F, 0x8250, 0x8251, 0x8252, 0x8253, 0x8254, 0x8255, 0x8256, 0x8257, 0x8258, 0x8146, 0x8147,
	0x8183, 0x8181, 0x8184, 0x8148, 0x8197, 0x8260, 0x8261, 0x8262, 0x8263, 0x8264, 0x8265, 0x8266, 0x8267, 0x8268,
	0x8269, 0x826A, 0x826B, 0x826C, 0x826D, 0x826E, 0x826F, 0x8270, 0x8271, 0x8272, 0x8273, 0x8274, 0x8275, 0x8276,
	0x8277, 0x8278, 0x8279, 0x816D, 0x818F, 0x816E, 0x814F, 0x8151, 0x8165, 0x8281, 0x8282, 0x8283, 0x8284, 0x8285,
	0x8286, 0x8287, 0x8288, 0x8289, 0x828A, 0x828B, 0x828C, 0x828D, 0x828E, 0x828F, 0x8290, 0x8291, 0x8292, 0x8293,
	0x8294, 0x8295, 0x8296, 0x8297, 0x8298, 0x8299, 0x829A, 0x816F, 0x8162, 0x8170, 0x8150,
};
static const USHORT kana_forms[] = {
	0x8142, 0x8175, 0x8176, 0x8141, 0x8145, 0x8392, 0x8340, 0x8342, 0x8344, 0x8346, 0x8348, 0x8383, 0x8385,
	0x8387, 0x8362, 0x815B, 0x8341, 0x8343, 0x8345, 0x8347, 0x8349, 0x834A, 0x834C, 0x834E, 0x8350, 0x8352,
	0x8354, 0x8356, 0x8358, 0x835A, 0x835C, 0x835E, 0x8360, 0x8363, 0x8365, 0x8367, 0x8369, 0x836A, 0x836B,
	0x836C, 0x836D, 0x836E, 0x8371, 0x8374, 0x8377, 0x837A, 0x837D, 0x837E, 0x8380, 0x8381, 0x8382, 0x8384,
	0x8386, 0x8388, 0x8389, 0x838A, 0x838B, 0x838C, 0x838D, 0x838F, 0x8393, 0x814A, 0x814B,
};

CRT_L(UINT, _mbbtombc, (c, NULL), UINT c)
{
	if (crt_multibyte(locale)->code_page != 932)
		return c;
	if (c >= 0x20 && c <= 0x7E)
		return wide_forms[c - 0x20];
	return c >= 0xA1 && c <= 0xDF ? kana_forms[c - 0xA1] : c;
}

/* The katakana from 0x8340 on. */
static const BYTE katakana_bytes[86] = {
	0xA7, 0xB1, 0xA8, 0xB2, 0xA9, 0xB3, 0xAA, 0xB4, 0xAB, 0xB5, 0xB6, 0xB6, 0xB7, 0xB7, 0xB8, 0xB8, 0xB9, 0xB9,
	0xBA, 0xBA, 0xBB, 0xBB, 0xBC, 0xBC, 0xBD, 0xBD, 0xBE, 0xBE, 0xBF, 0xBF, 0xC0, 0xC0, 0xC1, 0xC1, 0xAF, 0xC2,
	0xC2, 0xC3, 0xC3, 0xC4, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCA, 0xCA, 0xCB, 0xCB, 0xCB, 0xCC, 0xCC,
	0xCC, 0xCD, 0xCD, 0xCD, 0xCE, 0xCE, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3, 0xAC, 0xD4, 0xAD, 0xD5, 0xAE, 0xD6,
	0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDC, 0xB2, 0xB4, 0xA6, 0xDD, 0xB3, 0xB6, 0xB9,
};

CRT_L(UINT, _mbctombb, (c, NULL), UINT c)
{
	UINT i;

	if (crt_multibyte(locale)->code_page != 932)
		return c;
	if (crt__ismbchira_l(c, locale))
		c = crt__mbctokata_l(c, locale);
	for (i = 0; i < ARRAY_SIZE(wide_forms); i++)
		if (wide_forms[i] == c)
			return i + 0x20;
	/* Small, voiced and old kana that have no form of their own become the nearest that has. */
	if (c >= 0x8340 && c <= 0x8396 && c != 0x837F)
		return katakana_bytes[c - 0x8340 - (c > 0x837F)];
	for (i = 0; i < ARRAY_SIZE(kana_forms); i++)
		if (kana_forms[i] == c)
			return i + 0xA1;
	return c;
}

CRT_L(size_t, _mbclen, (at, NULL), const BYTE *at)
{
	return crt_mb_lead(crt_multibyte(locale), at[0]) && at[1] != 0 ? 2 : 1;
}

CRT_L(errno_t, _mbccpy_s, (to, size, copied, from, NULL), BYTE *to, size_t size, INT *copied, const BYTE *from)
{
	if (copied != NULL)
		*copied = 0;
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	if (from == NULL) {
		*to = 0;
		return crt_invalid(CRT_EINVAL);
	}
	if (crt_mb_lead(crt_multibyte(locale), from[0])) {
		if (from[1] == 0) {
			*to = 0;
			if (copied != NULL)
				*copied = 1;
			crt_self.error = CRT_EILSEQ;
			return CRT_EILSEQ;
		}
		if (size < 2) {
			*to = 0;
			return crt_invalid(CRT_ERANGE);
		}
		to[0] = from[0];
		to[1] = from[1];
		if (copied != NULL)
			*copied = 2;
		return 0;
	}
	*to = *from;
	if (copied != NULL)
		*copied = 1;
	return 0;
}

CRT_L(void, _mbccpy, (to, from, NULL), BYTE *to, const BYTE *from)
{
	crt__mbccpy_s_l(to, 2, NULL, from, locale);
}
