/*
 * ntdll/rtl/nls.c - code page tables, and conversions by them.
 */
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/nls_utf.h"
#include "host/iconv.h"
#include "host/thread.h"
#include "ntdll/rtl/rtl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntdll/rtl/nls_tables.h"

#define NONE 0xFFFFu
#define LEAD 0xFFFEu

static struct nls_table builtin_tables[] = {
	{.codepage = 1252, .max_size = 1, .unicode_default = u'?', .default_char = '?', .single = table_1252},
	{.codepage = 437, .max_size = 1, .unicode_default = u'?', .default_char = '?', .single = table_437},
};

/* The code pages that Windows 10 installs and that the C library knows by another name than "CP" and the number. */
static const struct charset {
	unsigned codepage;
	unsigned size;
	const char *name;
} charsets[] = {
	{37, 1, "IBM037"},	 {500, 1, "IBM500"},	   {737, 1, "CP737"},	     {775, 1, "CP775"},
	{850, 1, "CP850"},	 {852, 1, "CP852"},	   {855, 1, "CP855"},	     {857, 1, "CP857"},
	{858, 1, "CP858"},	 {860, 1, "CP860"},	   {861, 1, "CP861"},	     {862, 1, "CP862"},
	{863, 1, "CP863"},	 {864, 1, "CP864"},	   {865, 1, "CP865"},	     {866, 1, "CP866"},
	{869, 1, "CP869"},	 {870, 1, "IBM870"},	   {874, 1, "CP874"},	     {875, 1, "CP875"},
	{932, 2, "CP932"},	 {936, 2, "CP936"},	   {949, 2, "CP949"},	     {950, 2, "CP950"},
	{1026, 1, "CP1026"},	 {1047, 1, "IBM1047"},	   {1140, 1, "CP1140"},	     {1141, 1, "CP1141"},
	{1142, 1, "CP1142"},	 {1143, 1, "CP1143"},	   {1144, 1, "CP1144"},	     {1145, 1, "CP1145"},
	{1146, 1, "CP1146"},	 {1147, 1, "CP1147"},	   {1148, 1, "CP1148"},	     {1149, 1, "CP1149"},
	{1250, 1, "CP1250"},	 {1251, 1, "CP1251"},	   {1253, 1, "CP1253"},	     {1254, 1, "CP1254"},
	{1255, 1, "CP1255"},	 {1256, 1, "CP1256"},	   {1257, 1, "CP1257"},	     {1258, 1, "CP1258"},
	{1361, 2, "JOHAB"},	 {10000, 1, "MACINTOSH"},  {10007, 1, "MAC-CYRILLIC"}, {20273, 1, "IBM273"},
	{20277, 1, "IBM277"},	 {20278, 1, "IBM278"},	   {20280, 1, "IBM280"},     {20284, 1, "IBM284"},
	{20285, 1, "IBM285"},	 {20290, 1, "IBM290"},	   {20297, 1, "IBM297"},     {20420, 1, "IBM420"},
	{20423, 1, "IBM423"},	 {20424, 1, "IBM424"},	   {20866, 1, "KOI8-R"},     {20871, 1, "IBM871"},
	{20880, 1, "IBM880"},	 {20905, 1, "IBM905"},	   {20924, 1, "IBM1047"},    {20936, 2, "EUC-CN"},
	{21866, 1, "KOI8-U"},	 {28591, 1, "ISO-8859-1"}, {28592, 1, "ISO-8859-2"}, {28593, 1, "ISO-8859-3"},
	{28594, 1, "ISO-8859-4"}, {28595, 1, "ISO-8859-5"}, {28596, 1, "ISO-8859-6"}, {28597, 1, "ISO-8859-7"},
	{28598, 1, "ISO-8859-8"}, {28599, 1, "ISO-8859-9"}, {28603, 1, "ISO-8859-13"}, {28605, 1, "ISO-8859-15"},
	{38598, 1, "ISO-8859-8"}, {51949, 2, "EUC-KR"},
};

/* What Microsoft's tables have and the C library's have not: unassigned bytes are private use characters or the C1
 * control of the same value (unicode.org, VENDORS/MICSFT/WindowsBestFit). */
static const struct patch {
	unsigned codepage;
	uint8_t byte;
	char16_t unit;
} patches[] = {
	{932, 0x80, 0x0080}, {932, 0xA0, 0x00A0}, {932, 0xFD, 0xF8F1}, {932, 0xFE, 0xF8F2}, {932, 0xFF, 0xF8F3},
	{936, 0x80, 0x20AC}, {936, 0xFF, 0xF8F5}, {949, 0x80, 0x0080}, {949, 0xFF, 0xF8F7}, {950, 0x80, 0x0080},
	{950, 0xFF, 0xF8F8}, {874, 0xDB, 0xF8C1}, {874, 0xDC, 0xF8C2}, {874, 0xDD, 0xF8C3}, {874, 0xDE, 0xF8C4},
	{874, 0xFC, 0xF8C5}, {874, 0xFD, 0xF8C6}, {874, 0xFE, 0xF8C7}, {874, 0xFF, 0xF8C8}, {1253, 0xAA, 0xF8F9},
	{1253, 0xD2, 0xF8FA}, {1253, 0xFF, 0xF8FB}, {1255, 0xD9, 0xF88D}, {1255, 0xDA, 0xF88E}, {1255, 0xDB, 0xF88F},
	{1255, 0xDC, 0xF890}, {1255, 0xDD, 0xF891}, {1255, 0xDE, 0xF892}, {1255, 0xDF, 0xF893}, {1255, 0xFB, 0xF894},
	{1255, 0xFC, 0xF895}, {1255, 0xFF, 0xF896}, {1257, 0xA1, 0xF8FC}, {1257, 0xA5, 0xF8FD},
	/* glibc has these combining marks of the Vietnamese page held back; alone they are themselves. */
	{1258, 0xCC, 0x0300}, {1258, 0xD2, 0x0309}, {1258, 0xDE, 0x0303}, {1258, 0xEC, 0x0301}, {1258, 0xF2, 0x0323},
};

/* User-defined characters of the double byte pages (MSDN "End-user-defined characters"): rows of trail bytes. */
static const struct user_rows {
	unsigned codepage;
	uint8_t lead_first, lead_last, trail_first, trail_last;
	char16_t first;
} user_rows[] = {
	{932, 0xF0, 0xF9, 0x40, 0xFC, 0xE000}, {936, 0xAA, 0xAF, 0xA1, 0xFE, 0xE000}, {936, 0xF8, 0xFE, 0xA1, 0xFE, 0xE234},
	{936, 0xA2, 0xA7, 0x40, 0xA0, 0xE4C6}, {949, 0xC9, 0xC9, 0xA1, 0xFE, 0xE000}, {949, 0xFE, 0xFE, 0xA1, 0xFE, 0xE05E},
	{950, 0xFA, 0xFE, 0x40, 0xFE, 0xE000}, {950, 0x8E, 0xA0, 0x40, 0xFE, 0xE311}, {950, 0x81, 0x8D, 0x40, 0xFE, 0xEEB8},
};

static struct host_lock tables_lock;
static struct nls_table *tables[ARRAY_SIZE(charsets) + 1]; /* filled from the front, never emptied */

static void add_user_rows(unsigned codepage, uint16_t *single, uint16_t *pairs)
{
	for (size_t i = 0; i < ARRAY_SIZE(user_rows); i++) {
		const struct user_rows *rows = &user_rows[i];
		char16_t unit = rows->first;
		if (rows->codepage != codepage)
			continue;
		for (unsigned lead = rows->lead_first; lead <= rows->lead_last; lead++) {
			if (single[lead] != LEAD) {
				memset(&pairs[lead * 256], 0xFF, 512);
				single[lead] = LEAD;
			}
			for (unsigned trail = rows->trail_first; trail <= rows->trail_last; trail++) {
				/* 7F is no trail byte; Big5 has a gap up to A0. */
				if (trail == 0x7F || (codepage == 950 && trail > 0x7E && trail < 0xA1))
					continue;
				pairs[lead * 256 + trail] = unit++;
			}
		}
	}
}

static struct nls_table *build(unsigned codepage, unsigned size, const char *name)
{
	struct nls_table *table = calloc(1, sizeof(*table));
	uint16_t *single = malloc(256 * sizeof(*single));
	uint16_t *pairs = size == 2 ? calloc(65536, sizeof(*pairs)) : NULL;
	unsigned count = 0;

	if (!table || !single || (size == 2 && !pairs) || (name && host_charset_table(name, single, pairs) < 0)) {
		free(table);
		free(single);
		free(pairs);
		return NULL;
	}
	if (!name) {
		/* US-ASCII ignores the high bit. */
		for (unsigned i = 0; i < 256; i++)
			single[i] = (uint16_t)(i & 0x7F);
	}
	for (size_t i = 0; i < ARRAY_SIZE(patches); i++) {
		if (patches[i].codepage == codepage)
			single[patches[i].byte] = patches[i].unit;
	}
	if (pairs)
		add_user_rows(codepage, single, pairs);
	for (unsigned i = 0; i < 256; i++) {
		if (size == 1 && single[i] >= LEAD)
			single[i] = (uint16_t)(i >= 0x80 && i < 0xA0 ? i : NONE);
		if (single[i] != LEAD)
			continue;
		/* Runs of lead bytes, as CPINFO has them: at most five and an end. */
		if (i && single[i - 1] == LEAD && count)
			table->lead_ranges[count * 2 - 1] = (uint8_t)i;
		else if (count < 5)
			table->lead_ranges[count * 2] = table->lead_ranges[count * 2 + 1] = (uint8_t)i, count++;
	}
	table->codepage = codepage;
	table->max_size = size;
	table->unicode_default = codepage == 932 ? 0x30FB : u'?';
	table->default_char = codepage == 37 || codepage == 500 || codepage == 1026 || codepage == 1047 ||
					  (codepage >= 1140 && codepage <= 1149) || (codepage >= 20273 && codepage < 20500)
				      ? 0x6F
				      : '?';
	table->single = single;
	table->pairs = pairs;
	return table;
}

const struct nls_table *nls_table(unsigned codepage)
{
	struct nls_table *table;
	size_t i;
	const char *name = NULL;
	unsigned size = 1;

	for (i = 0; i < ARRAY_SIZE(builtin_tables); i++) {
		if (builtin_tables[i].codepage == codepage)
			return &builtin_tables[i];
	}
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		table = __atomic_load_n(&tables[i], __ATOMIC_ACQUIRE);
		if (!table)
			break;
		if (table->codepage == codepage)
			return table;
	}
	for (i = 0; i < ARRAY_SIZE(charsets); i++) {
		if (charsets[i].codepage == codepage) {
			name = charsets[i].name;
			size = charsets[i].size;
		}
	}
	if (!name && codepage != NLS_ASCII)
		return NULL;

	host_lock_acquire(&tables_lock);
	for (i = 0; (table = tables[i]) != NULL; i++) {
		if (table->codepage == codepage)
			break;
	}
	if (!table) {
		table = build(codepage, size, name);
		__atomic_store_n(&tables[i], table, __ATOMIC_RELEASE);
	}
	host_lock_release(&tables_lock);
	return table;
}

static void add_best_fits(uint16_t *from, const struct best_fit *fits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; fits[i].units[k]; k++) {
			if (!from[fits[i].units[k]])
				from[fits[i].units[k]] = (uint8_t)fits[i].bytes[k];
		}
	}
}

/* The way back; best fits included: the unit is exact if the table leads back to it. */
static const uint16_t *nls_from(const struct nls_table *constant)
{
	struct nls_table *table = (struct nls_table *)constant;
	uint16_t *from = __atomic_load_n(&table->from, __ATOMIC_ACQUIRE), *expected = NULL;

	if (from)
		return from;
	from = calloc(65536, sizeof(*from));
	if (!from)
		return NULL;
	for (unsigned i = 1; i < 256; i++) {
		if (table->single[i] < LEAD && !from[table->single[i]])
			from[table->single[i]] = (uint16_t)i;
	}
	/* Code page 932 has characters twice.  The JIS row comes before NEC's row 13, that before IBM's extensions, and those
	 * before NEC's selection of them (KB 170559): the lower code wins, but for the rows ED and EE. */
	for (unsigned pass = 0; table->pairs && pass < 2; pass++) {
		for (unsigned i = 0; i < 65536; i++) {
			bool late = table->codepage == 932 && (i >> 8 == 0xED || i >> 8 == 0xEE);
			if (table->single[i >> 8] != LEAD || late != pass)
				continue;
			if (table->pairs[i] && table->pairs[i] < LEAD && !from[table->pairs[i]])
				from[table->pairs[i]] = (uint16_t)i;
		}
	}
	if (table->codepage == 1252)
		add_best_fits(from, best_fit_1252, ARRAY_SIZE(best_fit_1252));
	if (table->codepage == 437)
		add_best_fits(from, best_fit_437, ARRAY_SIZE(best_fit_437));
	if (table->codepage == 437) {
		for (unsigned i = 1; i < 32; i++) {
			if (!from[glyphs_437[i]])
				from[glyphs_437[i]] = (uint16_t)i;
		}
	}
	if (table->max_size == 1 && table->default_char == '?') {
		add_best_fits(from, best_fit_latin, ARRAY_SIZE(best_fit_latin));
		for (unsigned c = 0xFF01; c <= 0xFF5E; c++) {
			if (!from[c])
				from[c] = (uint16_t)(c - 0xFEE0);
		}
		for (unsigned c = 0xC0; c < 0x100; c++) {
			/* Latin-1 letters lose their marks in pages without them. */
			char16_t parts[2];
			if (!from[c] && nls_decompose((char16_t)c, parts) && parts[0] < 0x80)
				from[c] = parts[0];
		}
	}
	if (!__atomic_compare_exchange_n(&table->from, &expected, from, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		free(from);
		from = expected;
	}
	return from;
}

unsigned nls_real_codepage(unsigned codepage)
{
	switch (codepage) {
	case 0: /* CP_ACP */
	case 3: /* CP_THREAD_ACP */
		return NLS_ACP;
	case 1: /* CP_OEMCP */
		return NLS_OEMCP;
	case 2: /* CP_MACCP */
		return 10000;
	default:
		return codepage;
	}
}

bool nls_valid_codepage(unsigned codepage)
{
	return nls_max_char_size(codepage) != 0;
}

unsigned nls_max_char_size(unsigned codepage)
{
	if (codepage == 1252 || codepage == 437 || codepage == NLS_ASCII)
		return 1;
	if (codepage == NLS_UTF8)
		return 4;
	if (codepage == NLS_UTF7)
		return 5;
	for (size_t i = 0; i < ARRAY_SIZE(charsets); i++) {
		if (charsets[i].codepage == codepage)
			return charsets[i].size;
	}
	return 0;
}

bool nls_is_lead_byte(unsigned codepage, uint8_t byte)
{
	const struct nls_table *table;
	if (byte < 0x80 || nls_max_char_size(codepage) != 2)
		return false;
	table = nls_table(codepage);
	return table && table->single[byte] == LEAD;
}

static size_t from_symbol(char16_t *to, size_t capacity, const uint8_t *p, size_t length)
{
	for (size_t i = 0; i < length && i < capacity; i++)
		to[i] = (char16_t)(p[i] < 0x20 ? p[i] : 0xF000 + p[i]);
	return length;
}

size_t nls_to_utf16(unsigned codepage, unsigned flags, char16_t *to, size_t capacity, const char *from, size_t length)
{
	const uint8_t *p = (const uint8_t *)from, *end = p + length;
	const struct nls_table *table;
	size_t count = 0;

	if (codepage == NLS_UTF8)
		return nls_from_utf8(flags, to, capacity, p, end);
	if (codepage == NLS_UTF7)
		return nls_from_utf7(to, capacity, p, end);
	if (codepage == NLS_SYMBOL)
		return from_symbol(to, capacity, p, length);
	table = nls_table(codepage);
	if (!table)
		return NLS_UNKNOWN;
	while (p < end) {
		uint8_t byte = *p++;
		char16_t unit = table->single[byte];
		if (unit == LEAD) {
			/* A lead byte at the end, or before a zero, is a character by itself. */
			unit = NONE;
			if (p < end && *p) {
				unit = table->pairs[byte * 256 + *p];
				/* An impossible trail byte is swallowed with its lead byte. */
				p++;
				if (!unit)
					unit = NONE;
			} else if (p < end) {
				unit = NONE;
			} else if (!(flags & NLS_STRICT)) {
				unit = table->unicode_default;
			}
		} else if ((flags & NLS_GLYPHS) && byte < 32 && table->codepage == 437) {
			unit = glyphs_437[byte];
		} else if ((flags & NLS_GLYPHS) && byte == 0x7F && table->codepage == 437) {
			unit = 0x2302;
		}
		/* Private use characters that stand for bytes without a meaning (`patches`) are none either. */
		if (unit == NONE || (flags & NLS_STRICT && unit >= 0xF880 && unit <= 0xF8FE)) {
			if (flags & NLS_STRICT)
				return NLS_INVALID;
			unit = table->unicode_default;
		}
		if (count < capacity)
			to[count] = unit;
		count++;
	}
	return count;
}

size_t nls_from_utf16(unsigned codepage, unsigned flags, char *to, size_t capacity, const char16_t *from, size_t length,
		      const char *default_char, bool *used_default)
{
	const char16_t *p = from, *end = from + length;
	const struct nls_table *table;
	const uint16_t *map = NULL;
	size_t count = 0;
	char fallback[2];
	unsigned fallback_size = 1;
	bool full = false;

	if (used_default)
		*used_default = false;
	if (codepage == NLS_UTF8)
		return nls_to_utf8(flags, to, capacity, p, end);
	if (codepage == NLS_UTF7)
		return nls_to_utf7(to, capacity, p, end);
	if (codepage == NLS_SYMBOL) {
		for (size_t i = 0; i < length; i++) {
			if (p[i] >= 0x20 && (p[i] < 0xF020 || p[i] > 0xF0FF))
				return NLS_INVALID;
			if (i < capacity)
				to[i] = (char)p[i];
		}
		return length;
	}
	table = nls_table(codepage);
	if (!table)
		return NLS_UNKNOWN;
	fallback[0] = default_char ? default_char[0] : table->default_char;
	fallback[1] = 0;
	if (default_char && table->max_size == 2 && table->single[(uint8_t)default_char[0]] == LEAD) {
		fallback[1] = default_char[1];
		fallback_size = 2;
	}
	while (p < end) {
		char16_t unit = *p++;
		unsigned code;
		if (unit < 0x80 && table->single[unit] == unit) {
			code = unit;
		} else {
			if (!map) {
				map = nls_from(table);
				if (!map)
					return NLS_UNKNOWN;
			}
			code = map[unit];
			if (code && (flags & NLS_NO_BEST_FIT) &&
			    (code > 0xFF ? table->pairs[code] : table->single[code]) != unit)
				code = 0;
			if (!code && unit) {
				if (used_default && (!capacity || !full))
					*used_default = true;
				if (flags & NLS_STRICT)
					return NLS_INVALID;
				if (count + fallback_size <= capacity && !full)
					memcpy(to + count, fallback, fallback_size);
				else
					full = true;
				count += fallback_size;
				continue;
			}
		}
		if (code > 0xFF) {
			if (count + 2 <= capacity && !full) {
				to[count] = (char)(code >> 8);
				to[count + 1] = (char)code;
			} else {
				full = true;
			}
			count += 2;
		} else {
			if (count < capacity && !full)
				to[count] = (char)code;
			else
				full = true;
			count++;
		}
	}
	return count;
}
