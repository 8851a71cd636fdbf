/*
 * kernel32/winnls_map.c - CompareString, LCMapString, FoldString, FindNLSString: checks over collate.c and rtl's case.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

#define LCMAP_LOWERCASE 0x00000100u
#define LCMAP_UPPERCASE 0x00000200u
#define LCMAP_TITLECASE 0x00000300u
#define LCMAP_SORTKEY 0x00000400u
#define LCMAP_BYTEREV 0x00000800u
#define LCMAP_HASH 0x00040000u
#define LCMAP_HIRAGANA 0x00100000u
#define LCMAP_KATAKANA 0x00200000u
#define LCMAP_HALFWIDTH 0x00400000u
#define LCMAP_FULLWIDTH 0x00800000u
#define LCMAP_LINGUISTIC_CASING 0x01000000u
#define LCMAP_SIMPLIFIED_CHINESE 0x02000000u
#define LCMAP_TRADITIONAL_CHINESE 0x04000000u
#define LCMAP_SORTHANDLE 0x20000000u

#define MAP_FOLDCZONE 0x10u
#define MAP_PRECOMPOSED 0x20u
#define MAP_COMPOSITE 0x40u
#define MAP_FOLDDIGITS 0x80u
#define MAP_EXPAND_LIGATURES 0x2000u

#define COMPARE_FLAGS                                                                                                       \
	(NORM_IGNORECASE | NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS | SORT_DIGITSASNUMBERS | LINGUISTIC_IGNORECASE |        \
	 LINGUISTIC_IGNOREDIACRITIC | SORT_STRINGSORT | NORM_IGNOREKANATYPE | NORM_IGNOREWIDTH | NORM_LINGUISTIC_CASING)

static int fail(DWORD error)
{
	set_last_error(error);
	return 0;
}

/* Bytes of the A functions are in the locale's own code page, where it has one. */
static UINT ansi_codepage(const struct nls_locale *locale, DWORD flags)
{
	return locale->ansi && !(flags & LOCALE_USE_CP_ACP) ? locale->ansi : NLS_ACP;
}

static char16_t *widen(UINT codepage, const char *bytes, size_t length, size_t *units)
{
	char16_t *wide = malloc((length + 1) * sizeof(*wide));
	if (!wide)
		return NULL;
	*units = nls_to_utf16(codepage, 0, wide, length, bytes, length);
	return wide;
}

/* --- comparison ------------------------------------------------------------------------------------------------- */

static int compare(DWORD flags, LPCWCH a, int a_count, LPCWCH b, int b_count)
{
	if (!a || !b)
		return fail(ERROR_INVALID_PARAMETER);
	if (flags & ~COMPARE_FLAGS)
		return fail(ERROR_INVALID_FLAGS);
	return nls_compare(a, a_count < 0 ? rtl_wcslen(a) : (size_t)a_count, b, b_count < 0 ? rtl_wcslen(b) : (size_t)b_count,
			   flags) +
	       CSTR_EQUAL;
}

EXPORT(kernel32, int, CompareStringW, (LCID locale, DWORD flags, LPCWCH a, int a_count, LPCWCH b, int b_count))
{
	if (!nls_locale_by_id(locale))
		return fail(ERROR_INVALID_PARAMETER);
	return compare(flags & ~LOCALE_USE_CP_ACP, a, a_count, b, b_count);
}

EXPORT(kernel32, int, CompareStringEx,
       (LPCWSTR locale, DWORD flags, LPCWCH a, int a_count, LPCWCH b, int b_count, LPVOID version, LPVOID reserved,
	LPARAM handle))
{
	if (reserved || handle || !nls_locale_by_name(locale))
		return fail(ERROR_INVALID_PARAMETER);
	return compare(flags, a, a_count, b, b_count);
}

EXPORT(kernel32, int, CompareStringA, (LCID locale, DWORD flags, LPCCH a, int a_count, LPCCH b, int b_count))
{
	const struct nls_locale *known = nls_locale_by_id(locale);
	size_t a_units = 0, b_units = 0;
	char16_t *x, *y;
	UINT codepage;
	int result;

	if (!a || !b || !known)
		return fail(ERROR_INVALID_PARAMETER);
	if (flags & SORT_DIGITSASNUMBERS)
		return fail(ERROR_INVALID_FLAGS);
	codepage = ansi_codepage(known, flags);
	x = widen(codepage, a, a_count < 0 ? strlen(a) : (size_t)a_count, &a_units);
	y = widen(codepage, b, b_count < 0 ? strlen(b) : (size_t)b_count, &b_units);
	result = x && y ? compare(flags & ~LOCALE_USE_CP_ACP, x, (int)a_units, y, (int)b_units)
			: fail(ERROR_NOT_ENOUGH_MEMORY);
	free(x);
	free(y);
	return result;
}

EXPORT(kernel32, int, CompareStringOrdinal, (LPCWCH a, int a_count, LPCWCH b, int b_count, BOOL ignore_case))
{
	size_t a_length, b_length, length;

	if (!a || !b || a_count < -1 || b_count < -1)
		return fail(ERROR_INVALID_PARAMETER);
	a_length = a_count < 0 ? rtl_wcslen(a) : (size_t)a_count;
	b_length = b_count < 0 ? rtl_wcslen(b) : (size_t)b_count;
	length = a_length < b_length ? a_length : b_length;
	for (size_t i = 0; i < length; i++) {
		char16_t x = ignore_case ? rtl_upcase(a[i]) : a[i], y = ignore_case ? rtl_upcase(b[i]) : b[i];
		if (x != y)
			return x < y ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
	}
	return a_length == b_length ? CSTR_EQUAL : a_length < b_length ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
}

/* --- mapping ---------------------------------------------------------------------------------------------------- */

struct output {
	char16_t *to;
	size_t capacity, count;
};

static void put(struct output *out, char16_t unit)
{
	if (out->count < out->capacity)
		out->to[out->count] = unit;
	out->count++;
}

static char16_t half_width(char16_t c, char16_t *mark)
{
	char16_t parts[2];

	*mark = 0;
	if (c >= 0xFF01 && c <= 0xFF5E)
		return (char16_t)(c - 0xFEE0);
	if (c == 0x3000)
		return u' ';
	if (c < 0x3000 || c > 0x30FF)
		return c;
	if (c >= 0x30A1 && nls_decompose(c, parts) && (parts[1] == 0x3099 || parts[1] == 0x309A)) {
		*mark = parts[1] == 0x3099 ? 0xFF9E : 0xFF9F;
		c = parts[0];
	}
	for (char16_t half = 0xFF61; half <= 0xFF9F; half++) {
		if (nls_fullwidth_kana(half) == c)
			return half;
	}
	return c;
}

/* The letter that marks were put on. */
static char16_t without_marks(char16_t c)
{
	char16_t parts[2];
	while (nls_decompose(c, parts))
		c = parts[0];
	return c;
}

static void map_string(struct output *out, DWORD flags, const char16_t *from, size_t length)
{
	bool word_start = true;

	for (size_t i = 0; i < length; i++) {
		char16_t c = from[i], mark = 0;
		uint16_t type = nls_ctype1(c);

		if ((flags & NORM_IGNORENONSPACE) && nls_combining_class(c))
			continue;
		if ((flags & NORM_IGNORESYMBOLS) && (type & (C1_PUNCT | C1_SPACE)))
			continue;
		if (flags & NORM_IGNORENONSPACE)
			c = without_marks(c);
		if ((flags & LCMAP_TITLECASE) == LCMAP_TITLECASE) {
			/* Words are runs of letters. */
			c = word_start ? rtl_upcase(c) : rtl_downcase(c);
			word_start = !(type & (C1_ALPHA | C1_DIGIT)) && from[i] != u'\'';
		} else if (flags & LCMAP_UPPERCASE) {
			c = rtl_upcase(c);
		} else if (flags & LCMAP_LOWERCASE) {
			c = rtl_downcase(c);
		}
		if (flags & LCMAP_FULLWIDTH) {
			if (c >= 0x21 && c <= 0x7E)
				c = (char16_t)(c + 0xFEE0);
			else if (c == u' ')
				c = 0x3000;
			else if (c >= 0xFF61 && c <= 0xFF9F) {
				char16_t composed = 0;
				c = nls_fullwidth_kana(c);
				if (i + 1 < length && (from[i + 1] == 0xFF9E || from[i + 1] == 0xFF9F))
					composed = nls_compose(c, from[i + 1] == 0xFF9E ? 0x3099 : 0x309A);
				if (composed) {
					c = composed;
					i++;
				}
			}
		}
		if ((flags & LCMAP_KATAKANA) && c >= 0x3041 && c <= 0x3096)
			c = (char16_t)(c + 0x60);
		else if ((flags & LCMAP_HIRAGANA) && c >= 0x30A1 && c <= 0x30F6)
			c = (char16_t)(c - 0x60);
		if (flags & LCMAP_HALFWIDTH)
			c = half_width(c, &mark);
		if (flags & LCMAP_BYTEREV) {
			c = __builtin_bswap16(c);
			mark = mark ? __builtin_bswap16(mark) : 0;
		}
		put(out, c);
		if (mark)
			put(out, mark);
	}
}

static bool map_flags_ok(DWORD flags)
{
	DWORD transforms = LCMAP_TITLECASE | LCMAP_BYTEREV | LCMAP_HIRAGANA | LCMAP_KATAKANA | LCMAP_HALFWIDTH |
			   LCMAP_FULLWIDTH | LCMAP_LINGUISTIC_CASING;

	if (flags & LCMAP_SORTKEY)
		return !(flags & ~(LCMAP_SORTKEY | LCMAP_BYTEREV | COMPARE_FLAGS));
	if (flags & ~(transforms | NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS))
		return false;
	if ((flags & LCMAP_HIRAGANA && flags & LCMAP_KATAKANA) || (flags & LCMAP_HALFWIDTH && flags & LCMAP_FULLWIDTH))
		return false;
	/* What leaves something out maps nothing else. */
	if (flags & (NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS))
		return !(flags & (transforms & ~LCMAP_BYTEREV));
	/* Linguistic casing says how, not what. */
	return flags & (transforms & ~LCMAP_LINGUISTIC_CASING);
}

static int map(DWORD flags, LPCWCH from, int from_count, LPWSTR to, int to_count)
{
	size_t length, needed;

	if (!from || !from_count || to_count < 0 || (to_count && !to))
		return fail(ERROR_INVALID_PARAMETER);
	if (!map_flags_ok(flags))
		return fail(ERROR_INVALID_FLAGS);
	/* In place only upper and lower case, which keep the length. */
	if (to_count && (const void *)from == to && flags & ~LCMAP_TITLECASE & ~LCMAP_LINGUISTIC_CASING)
		return fail(ERROR_INVALID_FLAGS);
	length = from_count < 0 ? rtl_wcslen(from) + 1 : (size_t)from_count;
	if (flags & LCMAP_SORTKEY) {
		/* A sort key is bytes, and its count is bytes; the terminator of the string is not part of it. */
		if (from_count < 0)
			length--;
		needed = nls_sort_key((unsigned char *)to, (size_t)to_count, from, length, flags & COMPARE_FLAGS);
	} else {
		struct output out = {to, (size_t)to_count, 0};
		map_string(&out, flags, from, length);
		needed = out.count;
	}
	if (to_count && needed > (size_t)to_count)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	return (int)needed;
}

EXPORT(kernel32, int, LCMapStringW, (LCID locale, DWORD flags, LPCWSTR from, int from_count, LPWSTR to, int to_count))
{
	if (!nls_locale_by_id(locale))
		return fail(ERROR_INVALID_PARAMETER);
	return map(flags & ~LOCALE_USE_CP_ACP, from, from_count, to, to_count);
}

EXPORT(kernel32, int, LCMapStringEx,
       (LPCWSTR locale, DWORD flags, LPCWSTR from, int from_count, LPWSTR to, int to_count, LPVOID version, LPVOID reserved,
	LPARAM handle))
{
	if (reserved || !nls_locale_by_name(locale))
		return fail(ERROR_INVALID_PARAMETER);
	return map(flags, from, from_count, to, to_count);
}

EXPORT(kernel32, int, LCMapStringA, (LCID locale, DWORD flags, LPCSTR from, int from_count, LPSTR to, int to_count))
{
	const struct nls_locale *known = nls_locale_by_id(locale);
	size_t length, units, needed;
	char16_t *wide, *mapped;
	UINT codepage;
	int count;

	if (!from || !from_count || to_count < 0 || (to_count && !to) || !known)
		return fail(ERROR_INVALID_PARAMETER);
	/* There are no titles in ANSI. */
	if ((flags & LCMAP_TITLECASE) == LCMAP_TITLECASE)
		return fail(ERROR_INVALID_FLAGS);
	codepage = ansi_codepage(known, flags);
	length = from_count < 0 ? strlen(from) + 1 : (size_t)from_count;
	wide = widen(codepage, from, length, &units);
	if (!wide)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	flags &= ~LOCALE_USE_CP_ACP;
	if (flags & LCMAP_SORTKEY) {
		count = map(flags, wide, from_count < 0 ? -1 : (int)units, (LPWSTR)to, to_count);
		free(wide);
		return count;
	}
	mapped = malloc(units * 2 * sizeof(*mapped) + 2);
	count = mapped ? map(flags, wide, (int)units, mapped, (int)units * 2) : fail(ERROR_NOT_ENOUGH_MEMORY);
	needed = count ? nls_from_utf16(codepage, 0, to, (size_t)to_count, mapped, (size_t)count, NULL, NULL) : 0;
	free(wide);
	free(mapped);
	if (to_count && needed > (size_t)to_count)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	return (int)needed;
}

/* --- folding ---------------------------------------------------------------------------------------------------- */

static void fold(struct output *out, DWORD flags, const char16_t *from, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char16_t c = from[i], parts[2], composed;

		if (flags & MAP_FOLDDIGITS && c > 0x7F && nls_ctype1(c) & C1_DIGIT) {
			char16_t zero = c;
			while (nls_ctype1((char16_t)(zero - 1)) & C1_DIGIT && c - zero < 9)
				zero--;
			if (c != 0xB2 && c != 0xB3 && c != 0xB9)
				c = (char16_t)(u'0' + (c - zero));
		}
		if (flags & MAP_FOLDCZONE) {
			char16_t mark;
			if (c >= 0xFF01 && c <= 0xFF5E)
				c = (char16_t)(c - 0xFEE0);
			else if (c == 0x3000)
				c = u' ';
			else if (c >= 0xFF61 && c <= 0xFF9F)
				c = nls_fullwidth_kana(c);
			else if (c == 0xA0)
				c = half_width(u' ', &mark);
		}
		if (flags & MAP_EXPAND_LIGATURES) {
			static const struct {
				char16_t ligature;
				const char16_t *text;
			} ligatures[] = {{0xC6, u"AE"},	  {0xDE, u"TH"},   {0xDF, u"ss"},    {0xE6, u"ae"},   {0xFE, u"th"},
					 {0x132, u"IJ"},  {0x133, u"ij"},  {0x152, u"OE"},   {0x153, u"oe"},  {0x1C4, u"DZ"},
					 {0x1C6, u"dz"},  {0x1C7, u"LJ"},  {0x1C9, u"lj"},   {0x1CA, u"NJ"},  {0x1CC, u"nj"},
					 {0xFB00, u"ff"}, {0xFB01, u"fi"}, {0xFB02, u"fl"}, {0xFB03, u"ffi"}, {0xFB04, u"ffl"}};
			size_t k = 0;
			while (k < ARRAY_SIZE(ligatures) && ligatures[k].ligature != c)
				k++;
			if (k < ARRAY_SIZE(ligatures)) {
				for (const char16_t *p = ligatures[k].text; *p; p++)
					put(out, *p);
				continue;
			}
		}
		if (flags & MAP_COMPOSITE && nls_decompose(c, parts)) {
			char16_t rest[4];
			size_t count = 0;
			do {
				c = parts[0];
				if (parts[1] && count < ARRAY_SIZE(rest))
					rest[count++] = parts[1];
			} while (nls_decompose(c, parts));
			put(out, c);
			while (count)
				put(out, rest[--count]);
			continue;
		}
		if (flags & MAP_PRECOMPOSED) {
			while (i + 1 < length && (composed = nls_compose(c, from[i + 1])) != 0) {
				c = composed;
				i++;
			}
		}
		put(out, c);
	}
}

EXPORT(kernel32, int, FoldStringW, (DWORD flags, LPCWCH from, int from_count, LPWSTR to, int to_count))
{
	struct output out;
	size_t length;

	if (!from || !from_count || to_count < 0 || (to_count && !to) || (to_count && (const void *)from == to))
		return fail(ERROR_INVALID_PARAMETER);
	if (!flags || flags & ~(MAP_FOLDCZONE | MAP_PRECOMPOSED | MAP_COMPOSITE | MAP_FOLDDIGITS | MAP_EXPAND_LIGATURES) ||
	    (flags & MAP_PRECOMPOSED && flags & (MAP_COMPOSITE | MAP_EXPAND_LIGATURES)))
		return fail(ERROR_INVALID_FLAGS);
	length = from_count < 0 ? rtl_wcslen(from) + 1 : (size_t)from_count;
	out = (struct output){to, (size_t)to_count, 0};
	fold(&out, flags, from, length);
	if (to_count && out.count > out.capacity)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	return (int)out.count;
}

EXPORT(kernel32, int, FoldStringA, (DWORD flags, LPCSTR from, int from_count, LPSTR to, int to_count))
{
	size_t length, units = 0, needed = 0;
	char16_t *wide, *folded;
	int count;

	if (!from || !from_count || to_count < 0 || (to_count && !to) || (to_count && from == to))
		return fail(ERROR_INVALID_PARAMETER);
	length = from_count < 0 ? strlen(from) + 1 : (size_t)from_count;
	wide = widen(NLS_ACP, from, length, &units);
	folded = malloc((units * 4 + 1) * sizeof(*folded));
	count = wide && folded ? FoldStringW(flags, wide, (int)units, folded, (int)units * 4) : fail(ERROR_NOT_ENOUGH_MEMORY);
	if (count)
		needed = nls_from_utf16(NLS_ACP, 0, to, (size_t)to_count, folded, (size_t)count, NULL, NULL);
	free(wide);
	free(folded);
	if (to_count && needed > (size_t)to_count)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	return (int)needed;
}

/* --- search ----------------------------------------------------------------------------------------------------- */

#define FIND_STARTSWITH 0x00100000u
#define FIND_ENDSWITH 0x00200000u
#define FIND_FROMSTART 0x00400000u
#define FIND_FROMEND 0x00800000u

static bool match_at(DWORD flags, const char16_t *string, size_t length, const char16_t *value, size_t value_length, size_t *found)
{
	/* What matches may be longer or shorter than the value: letters and marks on one side only. */
	for (size_t size = value_length ? 1 : 0; size <= length; size++) {
		if (size < length && nls_combining_class(string[size]))
			continue;
		if (!nls_compare(string, size, value, value_length, flags)) {
			*found = size;
			return true;
		}
		if (size > value_length * 3 + 8)
			break;
	}
	return false;
}

static int find(DWORD flags, const char16_t *string, int count, const char16_t *value, int value_count, LPINT found)
{
	DWORD how = flags & (FIND_STARTSWITH | FIND_ENDSWITH | FIND_FROMSTART | FIND_FROMEND);
	size_t length, value_length, size = 0;

	if (!string || !value || count < -1 || value_count < -1 || !count || !value_count) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return -1;
	}
	flags &= ~how;
	if (flags & ~COMPARE_FLAGS || how & (how - 1)) {
		set_last_error(ERROR_INVALID_FLAGS);
		return -1;
	}
	length = count < 0 ? rtl_wcslen(string) : (size_t)count;
	value_length = value_count < 0 ? rtl_wcslen(value) : (size_t)value_count;
	set_last_error(ERROR_SUCCESS);
	for (size_t i = 0; i <= length; i++) {
		size_t start = how == FIND_FROMEND ? length - i : i;
		if (how == FIND_STARTSWITH && i)
			break;
		if (match_at(flags, string + start, length - start, value, value_length, &size)) {
			if (how == FIND_ENDSWITH && start + size != length)
				continue;
			if (found)
				*found = (INT)size;
			return (int)start;
		}
	}
	return -1;
}

EXPORT(kernel32, int, FindNLSString, (LCID locale, DWORD flags, LPCWSTR string, int count, LPCWSTR value, int value_count, LPINT found))
{
	if (!nls_locale_by_id(locale)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return -1;
	}
	return find(flags, string, count, value, value_count, found);
}

EXPORT(kernel32, int, FindNLSStringEx,
       (LPCWSTR locale, DWORD flags, LPCWSTR string, int count, LPCWSTR value, int value_count, LPINT found, LPVOID version,
	LPVOID reserved, LPARAM handle))
{
	if (reserved || handle || !nls_locale_by_name(locale)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return -1;
	}
	return find(flags, string, count, value, value_count, found);
}

EXPORT(kernel32, int, FindStringOrdinal, (DWORD flags, LPCWSTR string, int count, LPCWSTR value, int value_count, BOOL ignore_case))
{
	size_t length, value_length;

	if (!string || !value || count < -1 || value_count < -1) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return -1;
	}
	if (flags & ~(FIND_STARTSWITH | FIND_ENDSWITH | FIND_FROMSTART | FIND_FROMEND) || flags & (flags - 1)) {
		set_last_error(ERROR_INVALID_FLAGS);
		return -1;
	}
	length = count < 0 ? rtl_wcslen(string) : (size_t)count;
	value_length = value_count < 0 ? rtl_wcslen(value) : (size_t)value_count;
	set_last_error(ERROR_SUCCESS);
	if (value_length > length)
		return -1;
	for (size_t i = 0; i <= length - value_length; i++) {
		size_t start = flags & (FIND_FROMEND | FIND_ENDSWITH) ? length - value_length - i : i;
		if (CompareStringOrdinal(string + start, (int)value_length, value, (int)value_length, ignore_case) == CSTR_EQUAL)
			return (int)start;
		if (flags & (FIND_STARTSWITH | FIND_ENDSWITH))
			break;
	}
	return -1;
}
