/*
 * kernel32/winnls_info.c - GetLocaleInfo.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel32/locale_formats.h"

/* The word at `index` of those between bars. */
static void word(char *text, size_t size, const char *words, unsigned index)
{
	size_t length;

	for (; index; index--)
		words = strchr(words, '|') + 1;
	length = strcspn(words, "|");
	snprintf(text, size, "%.*s", (int)length, words);
}

static bool invariant_locale(const struct nls_locale *locale)
{
	return locale->lcid == LOCALE_INVARIANT;
}

static void copy(char *text, size_t size, const char *from)
{
	snprintf(text, size, "%s", from);
}

/* The separator of a picture: what stands between its first two fields. */
static void separator(char *text, size_t size, const char *picture)
{
	const char *p = picture;
	char first = *p;
	size_t count = 0;
	while (*p == first)
		p++;
	while (*p && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') && count + 1 < size)
		text[count++] = *p++;
	text[count] = 0;
}

/* "German (Germany)", "Chinese (Simplified, China)", "German" alone. */
static void display_name(char *text, size_t size, const struct nls_locale *locale, const char *language, const char *country)
{
	size_t length = strlen(language);

	if (locale->neutral)
		copy(text, size, language);
	else if (length && language[length - 1] == ')')
		snprintf(text, size, "%.*s, %s)", (int)length - 1, language, country);
	else
		snprintf(text, size, "%s (%s)", language, country);
}

/* What a locale is called and written in; known of every locale. */
static bool identity_value(const struct nls_locale *locale, LCTYPE type, char *text, size_t size)
{
	const char *dash = strchr(locale->name, '-'), *country = strrchr(locale->name, '-');
	bool invariant = !*locale->name;

	switch (type) {
	case 0x01: /* ILANGUAGE */
		snprintf(text, size, "%04X", locale->lcid);
		return true;
	case 0x09: /* IDEFAULTLANGUAGE */
		snprintf(text, size, "%04X", invariant ? 0x409 : nls_specific_locale(locale)->lcid);
		return true;
	case 0x02: /* SLOCALIZEDDISPLAYNAME */
	case 0x72: /* SENGLISHDISPLAYNAME */
		display_name(text, size, locale, locale->language, locale->country);
		return true;
	case 0x03: /* SABBREVLANGNAME */
		copy(text, size, locale->abbreviation);
		return true;
	case 0x6F:   /* SLOCALIZEDLANGUAGENAME */
	case 0x1001: /* SENGLANGUAGE */
		copy(text, size, locale->language);
		return true;
	case 0x06:   /* SLOCALIZEDCOUNTRYNAME */
	case 0x1002: /* SENGCOUNTRY */
		copy(text, size, locale->country);
		return true;
	case 0x07: /* SABBREVCTRYNAME */
	case 0x68: /* SISO3166CTRYNAME2 */
		copy(text, size, locale->iso_country);
		return true;
	case 0x0B: /* IDEFAULTCODEPAGE */
		snprintf(text, size, "%u", locale->oem);
		return true;
	case 0x1004: /* IDEFAULTANSICODEPAGE */
		snprintf(text, size, "%u", locale->ansi);
		return true;
	case 0x1011: /* IDEFAULTMACCODEPAGE */
		copy(text, size, "10000");
		return true;
	case 0x1012: /* IDEFAULTEBCDICCODEPAGE */
		copy(text, size, "037");
		return true;
	case 0x59: /* SISO639LANGNAME */
		if (invariant)
			copy(text, size, "iv");
		else
			snprintf(text, size, "%.*s", dash ? (int)(dash - locale->name) : (int)size, locale->name);
		return true;
	case 0x5A: /* SISO3166CTRYNAME */
		copy(text, size, invariant ? "IV" : strrchr(nls_specific_locale(locale)->name, '-') + 1);
		return true;
	case 0x67: /* SISO639LANGNAME2 */
		copy(text, size, locale->iso_language);
		return true;
	case 0x5C: /* SNAME */
		copy(text, size, locale->name);
		return true;
	case 0x7B: /* SSORTLOCALE */
		copy(text, size, nls_specific_locale(locale)->name);
		return true;
	case 0x6E: /* SCONSOLEFALLBACKNAME: scripts that the console cannot show are English */
		copy(text, size, strchr("\1\15\71\36", locale->lcid & 0x3FF) ? "en-US" : nls_specific_locale(locale)->name);
		return true;
	case 0x6D: /* SPARENT */
		snprintf(text, size, "%.*s", country ? (int)(country - locale->name) : 0, locale->name);
		return true;
	case 0x71: /* INEUTRAL */
		copy(text, size, locale->neutral ? "1" : "0");
		return true;
	case 0x1013: /* SSORTNAME */
		copy(text, size, invariant ? "Invariant" : "Default");
		return true;
	default:
		return false;
	}
}

/* IDATE, ILDATE of a picture: 0 month, day, year; 1 day first; 2 year first.  The name of the day does not count. */
static unsigned date_order(const char *picture)
{
	for (; *picture; picture++) {
		if (*picture == '\'')
			picture = strchr(picture + 1, '\'');
		else if (*picture == 'y')
			return 2;
		else if (*picture == 'M')
			return 0;
		else if (*picture == 'd' && strspn(picture, "d") < 3)
			return 1;
		else if (*picture == 'd')
			picture += strspn(picture, "d") - 1;
	}
	return 0;
}

/* Of LOCALE_INEGCURR's sixteen patterns those with a bit. */
#define NEGATIVE_BITS(bits, pattern) ((bits) >> (pattern) & 1u)

/* INEGSIGNPOSN by INEGCURR: 0 parentheses, 1 the sign before all, 2 after all, 3 before the symbol, 4 after it. */
static unsigned negative_sign_position(unsigned pattern)
{
	static const uint8_t positions[16] = {0, 3, 4, 2, 0, 1, 3, 4, 1, 3, 4, 2, 4, 3, 0, 0};

	return positions[pattern & 15];
}

/* OpenType's tags of languages; where there is none of another spelling it is ISO 639's in capitals. */
static const char *opentype_tag(const struct nls_locale *locale)
{
	static const char tags[][2][5] = {{"ara", "ARA"}, {"cat", "CAT"}, {"deu", "DEU"}, {"ell", "ELL"}, {"eng", "ENG"},
					  {"eus", "EUQ"}, {"fra", "FRA"}, {"gle", "IRI"}, {"heb", "IWR"}, {"isl", "ISL"},
					  {"jpn", "JAN"}, {"kaz", "KAZ"}, {"lav", "LVI"}, {"lit", "LTH"}, {"mkd", "MKD"},
					  {"msa", "MLY"}, {"nno", "NYN"}, {"nob", "NOR"}, {"pol", "PLK"}, {"por", "PTG"},
					  {"ron", "ROM"}, {"slk", "SKY"}, {"spa", "ESP"}, {"sqi", "SQI"}, {"srp", "SRB"},
					  {"swe", "SVE"}, {"tur", "TRK"}, {"zho", "ZHS"}, {"ces", "CSY"}, {"est", "ETI"},
					  {"nld", "NLD"}, {"glg", "GAL"}, {"afr", "AFK"}, {"bel", "BEL"}, {"bul", "BGR"},
					  {"dan", "DAN"}, {"fin", "FIN"}, {"hin", "HIN"}, {"hrv", "HRV"}, {"hun", "HUN"},
					  {"ind", "IND"}, {"ita", "ITA"}, {"kor", "KOR"}, {"rus", "RUS"}, {"slv", "SLV"},
					  {"tha", "THA"}, {"ukr", "UKR"}, {"vie", "VIT"}};

	if (locale->ansi == 950)
		return "ZHT";
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		if (!strcmp(tags[i][0], locale->iso_language))
			return tags[i][1];
	}
	return "dflt";
}

bool nls_locale_value(const struct nls_locale *locale, LCTYPE type, char *text, size_t size)
{
	const struct nls_formats *f = locale->formats;
	unsigned number;

	if (identity_value(locale, type, text, size))
		return true;
	if (!f)
		return false;
	if (type >= 0x2A && type <= 0x30) {
		word(text, size, f->names->days, type - 0x2A);
		return true;
	}
	if (type >= 0x31 && type <= 0x37) {
		word(text, size, f->names->short_days, type - 0x31);
		return true;
	}
	if (type >= 0x60 && type <= 0x66) {
		word(text, size, f->names->shortest_days, type - 0x60);
		return true;
	}
	if (type >= 0x38 && type <= 0x43) {
		word(text, size, f->names->months, type - 0x38);
		return true;
	}
	if (type >= 0x44 && type <= 0x4F) {
		word(text, size, f->names->short_months, type - 0x44);
		return true;
	}
	if (type >= NLS_GENITIVE_MONTH && type < NLS_GENITIVE_MONTH + 12) {
		word(text, size, f->names->genitive_months ? f->names->genitive_months : f->names->months,
		     type - NLS_GENITIVE_MONTH);
		return true;
	}
	switch (type) {
	case 0x04: /* SNATIVELANGNAME */
		copy(text, size, f->native_language);
		return true;
	case 0x08: /* SNATIVECTRYNAME */
		copy(text, size, f->native_country);
		return true;
	case 0x73: /* SNATIVEDISPLAYNAME */
		display_name(text, size, locale, f->native_language, f->native_country);
		return true;
	case LOCALE_SLIST:
		copy(text, size, f->list);
		return true;
	case LOCALE_SDECIMAL:
		copy(text, size, f->decimal);
		return true;
	case LOCALE_SMONDECIMALSEP:
		copy(text, size, f->money_decimal ? f->money_decimal : f->decimal);
		return true;
	case LOCALE_STHOUSAND:
		copy(text, size, f->thousand);
		return true;
	case LOCALE_SMONTHOUSANDSEP:
		copy(text, size, f->money_thousand ? f->money_thousand : f->thousand);
		return true;
	case LOCALE_SGROUPING:
	case LOCALE_SMONGROUPING:
		copy(text, size, f->grouping ? f->grouping : "3;0");
		return true;
	case 0x13: /* SNATIVEDIGITS */
		copy(text, size, "0123456789");
		return true;
	case LOCALE_SCURRENCY:
		copy(text, size, f->currency);
		return true;
	case 0x15: /* SINTLSYMBOL */
		copy(text, size, f->intl_currency);
		return true;
	case 0x1007: /* SENGCURRNAME */
		copy(text, size, f->currency_name);
		return true;
	case 0x1008: /* SNATIVECURRNAME */
		copy(text, size, f->native_currency_name);
		return true;
	case LOCALE_SDATE:
		separator(text, size, f->short_date);
		return true;
	case LOCALE_STIME:
		separator(text, size, strpbrk(f->long_time, "hH"));
		return true;
	case LOCALE_SSHORTDATE:
		copy(text, size, f->short_date);
		return true;
	case LOCALE_SLONGDATE:
		copy(text, size, f->long_date);
		return true;
	case LOCALE_SSHORTTIME:
		copy(text, size, f->short_time);
		return true;
	case LOCALE_STIMEFORMAT:
		copy(text, size, f->long_time);
		return true;
	case LOCALE_SYEARMONTH:
		copy(text, size, f->year_month);
		return true;
	case 0x78: /* SMONTHDAY */
		copy(text, size, f->month_day);
		return true;
	case 0x5D: /* SDURATION */
		copy(text, size, f->hours ? "HH:mm:ss" : "h:mm:ss");
		return true;
	case LOCALE_S1159:
		copy(text, size, f->am);
		return true;
	case LOCALE_S2359:
		copy(text, size, f->pm);
		return true;
	case 0x50: /* SPOSITIVESIGN */
		copy(text, size, invariant_locale(locale) ? "+" : "");
		return true;
	case LOCALE_SNEGATIVESIGN:
		copy(text, size, "-");
		return true;
	case 0x100E: /* SMONTHNAME13 */
	case 0x100F: /* SABBREVMONTHNAME13 */
		*text = 0;
		return true;
	case 0x5E: /* SKEYBOARDSTOINSTALL */
		number = locale->lcid == LOCALE_INVARIANT ? LOCALE_EN_US : nls_specific_locale(locale)->lcid;
		snprintf(text, size, "%04x:%08x", number, number);
		return true;
	case 0x69: /* SNAN */
		copy(text, size, "NaN");
		return true;
	case 0x6A: /* SPOSINFINITY */
		copy(text, size, invariant_locale(locale) ? "Infinity" : "\xE2\x88\x9E");
		return true;
	case 0x6B: /* SNEGINFINITY */
		copy(text, size, invariant_locale(locale) ? "-Infinity" : "-\xE2\x88\x9E");
		return true;
	case 0x6C: /* SSCRIPTS */
		copy(text, size, f->scripts);
		return true;
	case 0x76: /* SPERCENT */
		copy(text, size, "%");
		return true;
	case 0x77: /* SPERMILLE */
		copy(text, size, "\xE2\x80\xB0");
		return true;
	case 0x7A: /* SOPENTYPELANGUAGETAG */
		copy(text, size, opentype_tag(locale));
		return true;
	case 0x05: /* ICOUNTRY */
	case 0x0A: /* IDEFAULTCOUNTRY */
		number = f->country_code;
		break;
	case 0x0D: /* IMEASURE */
		number = f->measure;
		break;
	case LOCALE_IDIGITS:
		number = 2;
		break;
	case LOCALE_ICURRDIGITS:
	case 0x1A: /* IINTLCURRDIGITS */
		number = f->currency_digits;
		break;
	case LOCALE_ILZERO:
	case 0x24: /* ICENTURY */
	case 0x1014: /* IDIGITSUBSTITUTION */
		number = 1;
		break;
	case 0x1009: /* ICALENDARTYPE */
		number = f->calendar;
		break;
	case LOCALE_INEGNUMBER:
		number = f->negative_number;
		break;
	case 0x54: /* IPOSSYMPRECEDES */
		number = !(f->positive_currency & 1);
		break;
	case 0x55: /* IPOSSEPBYSPACE */
		number = f->positive_currency >= 2;
		break;
	case 0x56: /* INEGSYMPRECEDES: $ before n in the pattern */
		number = NEGATIVE_BITS(0x5A0F, f->negative_currency);
		break;
	case 0x57: /* INEGSEPBYSPACE */
		number = NEGATIVE_BITS(0xFF00, f->negative_currency);
		break;
	case LOCALE_ICURRENCY:
		number = f->positive_currency;
		break;
	case LOCALE_INEGCURR:
		number = f->negative_currency;
		break;
	case 0x21: /* IDATE: 0 MDY, 1 DMY, 2 YMD */
		number = f->short_order;
		break;
	case 0x22: /* ILDATE */
		number = date_order(f->long_date);
		break;
	case 0x23: /* ITIME */
		number = f->hours;
		break;
	case 0x25: /* ITLZERO */
		number = f->hours;
		break;
	case 0x26: /* IDAYLZERO */
		number = strstr(f->short_date, "dd") != NULL;
		break;
	case 0x27: /* IMONLZERO */
		number = strstr(f->short_date, "MM") != NULL;
		break;
	case 0x52: /* IPOSSIGNPOSN */
		number = 3;
		break;
	case 0x53: /* INEGSIGNPOSN */
		number = negative_sign_position(f->negative_currency);
		break;
	case 0x70: /* IREADINGLAYOUT: 1 from the right, 2 in columns with lines from the right */
		number = (locale->lcid & 0x3FF) == 0x01 || (locale->lcid & 0x3FF) == 0x0D;
		break;
	case 0x74: /* INEGATIVEPERCENT */
		number = f->negative_percent;
		break;
	case 0x75: /* IPOSITIVEPERCENT */
		number = f->positive_percent;
		break;
	case 0x1005: /* ITIMEMARKPOSN */
		number = f->long_time[0] == 't';
		break;
	case 0x100B: /* IOPTIONALCALENDAR */
		number = 0;
		break;
	case 0x5B: /* IGEOID */
		number = f->geo;
		break;
	case 0x100A: /* IPAPERSIZE */
		number = f->paper;
		break;
	case 0x100C: /* IFIRSTDAYOFWEEK */
		number = f->first_day;
		break;
	case 0x100D: /* IFIRSTWEEKOFYEAR */
		number = f->first_week;
		break;
	default:
		return false;
	}
	snprintf(text, size, "%u", number);
	return true;
}

void nls_locale_string(const struct nls_locale *locale, LCTYPE type, char16_t text[128])
{
	char value[256];
	size_t count = 0;
	if (nls_locale_value(locale, type, value, sizeof(value)))
		count = nls_to_utf16(NLS_UTF8, 0, text, 127, value, strlen(value));
	text[count] = 0;
}

/* The LOCALE_I values: those that LOCALE_RETURN_NUMBER may ask for. */
static bool is_number(LCTYPE type)
{
	static const uint16_t numbers[] = {0x01, 0x05, 0x09, 0x0A, 0x0B, 0x0D, 0x11, 0x12, 0x19, 0x1A, 0x1B, 0x1C, 0x21, 0x22,
					   0x23, 0x24, 0x25, 0x26, 0x27, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x5B, 0x70, 0x71,
					   0x74, 0x75, 0x1004, 0x1005, 0x1009, 0x100A, 0x100B, 0x100C, 0x100D, 0x1010, 0x1011,
					   0x1012, 0x1014};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (numbers[i] == type)
			return true;
	}
	return false;
}

static int fail(DWORD error)
{
	set_last_error(error);
	return 0;
}

int nls_locale_info(const struct nls_locale *locale, LCTYPE type, char16_t *to, int capacity)
{
	LCTYPE plain = type & 0xFFFF;
	char value[256];
	char16_t wide[160];
	size_t needed;

	if (!locale || capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	if (type & LOCALE_RETURN_GENITIVE_NAMES && !(plain >= LOCALE_SMONTHNAME1 && plain <= 0x4F))
		return fail(ERROR_INVALID_FLAGS);
	if (type & LOCALE_RETURN_GENITIVE_NAMES && plain < LOCALE_SABBREVMONTHNAME1)
		plain += NLS_GENITIVE_MONTH - LOCALE_SMONTHNAME1;
	if (!nls_locale_value(locale, plain, value, sizeof(value)))
		return fail(ERROR_INVALID_FLAGS);
	if (type & LOCALE_RETURN_NUMBER) {
		DWORD number;
		if (!is_number(plain))
			return fail(ERROR_INVALID_FLAGS);
		/* Two units of room for a DWORD; languages are written in hexadecimal. */
		if (capacity && capacity < 2)
			return fail(ERROR_INSUFFICIENT_BUFFER);
		number = (DWORD)strtoul(value, NULL, plain == 0x01 || plain == 0x09 ? 16 : 10);
		if (capacity)
			memcpy(to, &number, sizeof(number));
		return 2;
	}
	needed = nls_to_utf16(NLS_UTF8, 0, wide, ARRAY_SIZE(wide), value, strlen(value) + 1);
	if (!capacity)
		return (int)needed;
	if ((size_t)capacity < needed)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	memcpy(to, wide, needed * sizeof(*wide));
	return (int)needed;
}

EXPORT(kernel32, int, GetLocaleInfoW, (LCID lcid, LCTYPE type, LPWSTR to, int capacity))
{
	return nls_locale_info(nls_locale_by_id(lcid), type, to, capacity);
}

EXPORT(kernel32, int, GetLocaleInfoEx, (LPCWSTR name, LCTYPE type, LPWSTR to, int capacity))
{
	return nls_locale_info(nls_locale_by_name(name), type, to, capacity);
}

int nls_give_narrow(const char16_t *wide, int count, LPSTR to, int capacity)
{
	size_t needed = nls_from_utf16(NLS_ACP, 0, to, (size_t)capacity, wide, (size_t)count, NULL, NULL);

	if (capacity && needed > (size_t)capacity)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	return (int)needed;
}

EXPORT(kernel32, int, GetLocaleInfoA, (LCID lcid, LCTYPE type, LPSTR to, int capacity))
{
	const struct nls_locale *locale = nls_locale_by_id(lcid);
	char16_t wide[160];
	int count;

	if (!locale || capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	count = nls_locale_info(locale, type, wide, (int)ARRAY_SIZE(wide));
	if (!count)
		return 0;
	if (type & LOCALE_RETURN_NUMBER) {
		if (capacity && capacity < 4)
			return fail(ERROR_INSUFFICIENT_BUFFER);
		if (capacity)
			memcpy(to, wide, 4);
		return 4;
	}
	return nls_give_narrow(wide, count, to, capacity);
}

/* The user's settings are fixed. */
EXPORT(kernel32, BOOL, SetLocaleInfoW, (LCID lcid, LCTYPE type, LPCWSTR value))
{
	return fail(ERROR_ACCESS_DENIED);
}

EXPORT(kernel32, BOOL, SetLocaleInfoA, (LCID lcid, LCTYPE type, LPCSTR value))
{
	return fail(ERROR_ACCESS_DENIED);
}
