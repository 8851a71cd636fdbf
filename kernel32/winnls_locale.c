/*
 * kernel32/winnls_locale.c - which locales there are, their numbers and names; the defaults.
 *
 * The user's and the system's locale are en-US, whatever the host speaks: a program's output then does not depend on
 * where it runs.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/ke/ke.h"
#include "ntdll/rtl/nls.h"

#include <string.h>

#include "kernel32/locale_data.h"

#define LOCALE_NAME_MAX_LENGTH 85
#define LOCALE_ALLOW_NEUTRAL_NAMES 0x08000000u
#define LANG_EN_US 0x0409u

static const struct nls_locale locales[] = {
	{0x007F, "", "Invariant Language", "Invariant Country", "IVL", "ivl", "IVC", 1252, 437, &invariant_formats},
	{0x0409, "en-US", "English", "United States", "ENU", "eng", "USA", 1252, 437, &us_formats},
	{0x0809, "en-GB", "English", "United Kingdom", "ENG", "eng", "GBR", 1252, 850, &gb_formats},
	{0x0C09, "en-AU", "English", "Australia", "ENA", "eng", "AUS", 1252, 850, &au_formats},
	{0x1009, "en-CA", "English", "Canada", "ENC", "eng", "CAN", 1252, 850, &ca_formats},
	{0x0401, "ar-SA", "Arabic", "Saudi Arabia", "ARA", "ara", "SAU", 1256, 720, NULL},
	{0x0402, "bg-BG", "Bulgarian", "Bulgaria", "BGR", "bul", "BGR", 1251, 866, NULL},
	{0x0403, "ca-ES", "Catalan", "Spain", "CAT", "cat", "ESP", 1252, 850, NULL},
	{0x0404, "zh-TW", "Chinese", "Taiwan", "CHT", "zho", "TWN", 950, 950, NULL},
	{0x0405, "cs-CZ", "Czech", "Czechia", "CSY", "ces", "CZE", 1250, 852, NULL},
	{0x0406, "da-DK", "Danish", "Denmark", "DAN", "dan", "DNK", 1252, 850, NULL},
	{0x0407, "de-DE", "German", "Germany", "DEU", "deu", "DEU", 1252, 850, NULL},
	{0x0807, "de-CH", "German", "Switzerland", "DES", "deu", "CHE", 1252, 850, NULL},
	{0x0C07, "de-AT", "German", "Austria", "DEA", "deu", "AUT", 1252, 850, NULL},
	{0x0408, "el-GR", "Greek", "Greece", "ELL", "ell", "GRC", 1253, 737, NULL},
	{0x0C0A, "es-ES", "Spanish", "Spain", "ESN", "spa", "ESP", 1252, 850, NULL},
	{0x080A, "es-MX", "Spanish", "Mexico", "ESM", "spa", "MEX", 1252, 850, NULL},
	{0x0425, "et-EE", "Estonian", "Estonia", "ETI", "est", "EST", 1257, 775, NULL},
	{0x040B, "fi-FI", "Finnish", "Finland", "FIN", "fin", "FIN", 1252, 850, NULL},
	{0x040C, "fr-FR", "French", "France", "FRA", "fra", "FRA", 1252, 850, NULL},
	{0x0C0C, "fr-CA", "French", "Canada", "FRC", "fra", "CAN", 1252, 850, NULL},
	{0x100C, "fr-CH", "French", "Switzerland", "FRS", "fra", "CHE", 1252, 850, NULL},
	{0x040D, "he-IL", "Hebrew", "Israel", "HEB", "heb", "ISR", 1255, 862, NULL},
	{0x041A, "hr-HR", "Croatian", "Croatia", "HRV", "hrv", "HRV", 1250, 852, NULL},
	{0x040E, "hu-HU", "Hungarian", "Hungary", "HUN", "hun", "HUN", 1250, 852, NULL},
	{0x040F, "is-IS", "Icelandic", "Iceland", "ISL", "isl", "ISL", 1252, 850, NULL},
	{0x0410, "it-IT", "Italian", "Italy", "ITA", "ita", "ITA", 1252, 850, NULL},
	{0x0411, "ja-JP", "Japanese", "Japan", "JPN", "jpn", "JPN", 932, 932, NULL},
	{0x0412, "ko-KR", "Korean", "Korea", "KOR", "kor", "KOR", 949, 949, NULL},
	{0x0427, "lt-LT", "Lithuanian", "Lithuania", "LTH", "lit", "LTU", 1257, 775, NULL},
	{0x0426, "lv-LV", "Latvian", "Latvia", "LVI", "lav", "LVA", 1257, 775, NULL},
	{0x0413, "nl-NL", "Dutch", "Netherlands", "NLD", "nld", "NLD", 1252, 850, NULL},
	{0x0813, "nl-BE", "Dutch", "Belgium", "NLB", "nld", "BEL", 1252, 850, NULL},
	{0x0414, "nb-NO", "Norwegian Bokm\xC3\xA5l", "Norway", "NOR", "nob", "NOR", 1252, 850, NULL},
	{0x0415, "pl-PL", "Polish", "Poland", "PLK", "pol", "POL", 1250, 852, NULL},
	{0x0416, "pt-BR", "Portuguese", "Brazil", "PTB", "por", "BRA", 1252, 850, NULL},
	{0x0816, "pt-PT", "Portuguese", "Portugal", "PTG", "por", "PRT", 1252, 850, NULL},
	{0x0418, "ro-RO", "Romanian", "Romania", "ROM", "ron", "ROU", 1250, 852, NULL},
	{0x0419, "ru-RU", "Russian", "Russia", "RUS", "rus", "RUS", 1251, 866, NULL},
	{0x041B, "sk-SK", "Slovak", "Slovakia", "SKY", "slk", "SVK", 1250, 852, NULL},
	{0x0424, "sl-SI", "Slovenian", "Slovenia", "SLV", "slv", "SVN", 1250, 852, NULL},
	{0x041D, "sv-SE", "Swedish", "Sweden", "SVE", "swe", "SWE", 1252, 850, NULL},
	{0x041E, "th-TH", "Thai", "Thailand", "THA", "tha", "THA", 874, 874, NULL},
	{0x041F, "tr-TR", "Turkish", "Turkey", "TRK", "tur", "TUR", 1254, 857, NULL},
	{0x0422, "uk-UA", "Ukrainian", "Ukraine", "UKR", "ukr", "UKR", 1251, 866, NULL},
	{0x042A, "vi-VN", "Vietnamese", "Vietnam", "VIT", "vie", "VNM", 1258, 1258, NULL},
	{0x0804, "zh-CN", "Chinese (Simplified)", "China", "CHS", "zho", "CHN", 936, 936, NULL},
	{0x0C04, "zh-HK", "Chinese (Traditional)", "Hong Kong SAR", "ZHH", "zho", "HKG", 950, 950, NULL},
};

const struct nls_locale *nls_locale_by_id(LCID lcid)
{
	/* The sort id in bits 16..19 is no other locale here. */
	lcid &= 0xFFFF;
	switch (lcid) {
	case LOCALE_NEUTRAL:
	case LOCALE_USER_DEFAULT:
	case LOCALE_SYSTEM_DEFAULT:
	case LOCALE_CUSTOM_DEFAULT:
	case LOCALE_CUSTOM_UNSPECIFIED:
		lcid = LOCALE_EN_US;
	}
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		if (locales[i].lcid == lcid)
			return &locales[i];
	}
	/* A language alone: its first locale. */
	for (size_t i = 0; lcid < 0x400 && i < ARRAY_SIZE(locales); i++) {
		if ((locales[i].lcid & 0x3FF) == lcid)
			return &locales[i];
	}
	return NULL;
}

const struct nls_locale *nls_locale_by_name(const char16_t *name)
{
	char narrow[LOCALE_NAME_MAX_LENGTH];
	size_t length = 0;

	if (!name)
		return nls_locale_by_id(LOCALE_EN_US);
	for (; name[length]; length++) {
		if (length + 1 >= sizeof(narrow) || name[length] > 0x7F)
			return NULL;
		/* Sort variants (de-DE_phoneb) are the locale itself here. */
		if (name[length] == u'_')
			break;
		narrow[length] = (char)name[length];
	}
	narrow[length] = 0;
	if (nls_same_ascii(narrow, "!x-sys-default-locale", sizeof(narrow)))
		return nls_locale_by_id(LOCALE_EN_US);
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		if (nls_same_ascii(locales[i].name, narrow, sizeof(narrow)))
			return &locales[i];
	}
	for (size_t i = 0; length && i < ARRAY_SIZE(locales); i++) {
		if (nls_same_ascii(locales[i].name, narrow, length) && locales[i].name[length] == '-')
			return &locales[i];
	}
	return NULL;
}

static int give(const char *text, LPWSTR to, int capacity)
{
	size_t length = strlen(text) + 1;

	if (capacity < 0 || (capacity && !to)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (!capacity)
		return (int)length;
	if ((size_t)capacity < length) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	for (size_t i = 0; i < length; i++)
		to[i] = (uint8_t)text[i];
	return (int)length;
}

EXPORT(kernel32, LCID, GetUserDefaultLCID, (void))
{
	return LOCALE_EN_US;
}
EXPORT_ALIAS(kernel32, "GetSystemDefaultLCID", GetUserDefaultLCID);

EXPORT(kernel32, LANGID, GetUserDefaultLangID, (void))
{
	return LANG_EN_US;
}
EXPORT_ALIAS(kernel32, "GetSystemDefaultLangID", GetUserDefaultLangID);
EXPORT_ALIAS(kernel32, "GetUserDefaultUILanguage", GetUserDefaultLangID);
EXPORT_ALIAS(kernel32, "GetSystemDefaultUILanguage", GetUserDefaultLangID);
EXPORT_ALIAS(kernel32, "GetThreadUILanguage", GetUserDefaultLangID);

EXPORT(kernel32, LANGID, SetThreadUILanguage, (LANGID language))
{
	/* There is one language; 0 asks to reset to it. */
	return language && language != LANG_EN_US ? 0 : LANG_EN_US;
}

EXPORT(kernel32, int, GetUserDefaultLocaleName, (LPWSTR name, int capacity))
{
	return give("en-US", name, capacity);
}
EXPORT_ALIAS(kernel32, "GetSystemDefaultLocaleName", GetUserDefaultLocaleName);

EXPORT(kernel32, LCID, GetThreadLocale, (void))
{
	PTEB teb = NtCurrentTeb();
	if (!teb->CurrentLocale)
		teb->CurrentLocale = LOCALE_EN_US;
	return teb->CurrentLocale;
}

UINT nls_thread_codepage(UINT codepage)
{
	const struct nls_locale *locale = codepage == 3 ? nls_locale_by_id(NtCurrentTeb()->CurrentLocale) : NULL;
	return locale && locale->ansi ? locale->ansi : nls_real_codepage(codepage);
}

EXPORT(kernel32, BOOL, SetThreadLocale, (LCID lcid))
{
	const struct nls_locale *locale = nls_locale_by_id(lcid);
	if (!locale) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	NtCurrentTeb()->CurrentLocale = locale->lcid;
	return TRUE;
}

EXPORT(kernel32, BOOL, IsValidLocale, (LCID lcid, DWORD flags))
{
	const struct nls_locale *locale = nls_locale_by_id(lcid);
	/* The defaults and the neutral locale are no locales by themselves. */
	if (flags & ~3u || !locale || lcid == LOCALE_NEUTRAL || lcid == LOCALE_USER_DEFAULT || lcid == LOCALE_SYSTEM_DEFAULT)
		return FALSE;
	return TRUE;
}

EXPORT(kernel32, BOOL, IsValidLocaleName, (LPCWSTR name))
{
	return name && nls_locale_by_name(name) != NULL;
}

EXPORT(kernel32, LCID, ConvertDefaultLocale, (LCID lcid))
{
	const struct nls_locale *locale = nls_locale_by_id(lcid);
	return locale ? locale->lcid : lcid;
}

EXPORT(kernel32, int, LCIDToLocaleName, (LCID lcid, LPWSTR name, int capacity, DWORD flags))
{
	const struct nls_locale *locale = nls_locale_by_id(lcid);
	if (!locale || flags & ~0x08000000u) {
		set_last_error(locale ? ERROR_INVALID_FLAGS : ERROR_INVALID_PARAMETER);
		return 0;
	}
	return give(locale->name, name, capacity);
}

/* A language's name stands for its first country, unless neutral names are allowed. */
EXPORT(kernel32, LCID, LocaleNameToLCID, (LPCWSTR name, DWORD flags))
{
	const struct nls_locale *locale = nls_locale_by_name(name);
	if (!locale || flags & ~LOCALE_ALLOW_NEUTRAL_NAMES) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	return flags && name && rtl_wcslen(name) == 2 ? locale->lcid & 0x3FF : locale->lcid;
}

EXPORT(kernel32, int, ResolveLocaleName, (LPCWSTR name, LPWSTR to, int capacity))
{
	const struct nls_locale *locale = nls_locale_by_name(name);
	char16_t shorter[LOCALE_NAME_MAX_LENGTH];
	size_t length = name ? rtl_wcslen(name) : 0;

	/* A name that is none is cut at its hyphens from behind until it is one. */
	while (!locale && length) {
		length--;
		if (name[length] != u'-' || length >= ARRAY_SIZE(shorter))
			continue;
		memcpy(shorter, name, length * sizeof(*shorter));
		shorter[length] = 0;
		locale = nls_locale_by_name(shorter);
	}
	return give(locale ? locale->name : "", to, capacity);
}

/* Languages of the user, of the system and of this thread: a list of one. */
static BOOL languages(DWORD flags, PULONG count, LPWSTR buffer, PULONG size)
{
	static const char16_t by_name[] = u"en-US\0", by_id[] = u"0409\0";
	const char16_t *list = flags & 4 ? by_id : by_name; /* MUI_LANGUAGE_ID, MUI_LANGUAGE_NAME 8 */
	ULONG needed = flags & 4 ? ARRAY_SIZE(by_id) : ARRAY_SIZE(by_name);

	if (!count || !size || (flags & 12) == 12) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	*count = 1;
	if (!buffer || *size < needed) {
		bool asked = !buffer && !*size;
		*size = needed;
		if (asked)
			return TRUE;
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	memcpy(buffer, list, needed * sizeof(*list));
	*size = needed;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetUserPreferredUILanguages, (DWORD flags, PULONG count, LPWSTR buffer, PULONG size))
{
	return languages(flags, count, buffer, size);
}
EXPORT_ALIAS(kernel32, "GetSystemPreferredUILanguages", GetUserPreferredUILanguages);
EXPORT_ALIAS(kernel32, "GetThreadPreferredUILanguages", GetUserPreferredUILanguages);

EXPORT(kernel32, BOOL, EnumSystemLocalesW, (BOOL(CALLBACK *callback)(LPWSTR), DWORD flags))
{
	char16_t text[9];

	if (!callback) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	for (size_t i = 1; i < ARRAY_SIZE(locales); i++) {
		for (int k = 0; k < 8; k++)
			text[k] = (char16_t)"0123456789ABCDEF"[locales[i].lcid >> (28 - 4 * k) & 15];
		text[8] = 0;
		if (!(BOOL)ke_call_guest(callback, (uintptr_t)text, 0, 0, 0))
			break;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, EnumSystemLocalesA, (BOOL(CALLBACK *callback)(LPSTR), DWORD flags))
{
	char text[9];

	if (!callback) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	for (size_t i = 1; i < ARRAY_SIZE(locales); i++) {
		for (int k = 0; k < 8; k++)
			text[k] = "0123456789ABCDEF"[locales[i].lcid >> (28 - 4 * k) & 15];
		text[8] = 0;
		if (!(BOOL)ke_call_guest(callback, (uintptr_t)text, 0, 0, 0))
			break;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, EnumSystemLocalesEx, (BOOL(CALLBACK *callback)(LPWSTR, DWORD, LPARAM), DWORD flags, LPARAM parameter, LPVOID reserved))
{
	char16_t text[LOCALE_NAME_MAX_LENGTH];

	if (!callback || reserved) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		give(locales[i].name, text, (int)ARRAY_SIZE(text));
		/* LOCALE_WINDOWS | LOCALE_SPECIFICDATA */
		if (!(BOOL)ke_call_guest(callback, (uintptr_t)text, 0x21, (uint64_t)parameter, 0))
			break;
	}
	return TRUE;
}

typedef struct _NLSVERSIONINFOEX {
	DWORD dwNLSVersionInfoSize, dwNLSVersion, dwDefinedVersion, dwEffectiveId;
	GUID guidCustomVersion;
} NLSVERSIONINFOEX;

static BOOL nls_version(ULONG function, NLSVERSIONINFOEX *info)
{
	if (function != 1 || !info || (info->dwNLSVersionInfoSize != 12 && info->dwNLSVersionInfoSize != sizeof(*info))) {
		set_last_error(function != 1 ? ERROR_INVALID_FLAGS : ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	info->dwNLSVersion = info->dwDefinedVersion = 0x00060305;
	if (info->dwNLSVersionInfoSize == sizeof(*info)) {
		info->dwEffectiveId = LOCALE_EN_US;
		memset(&info->guidCustomVersion, 0, sizeof(GUID));
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNLSVersion, (ULONG function, LCID locale, NLSVERSIONINFOEX *info))
{
	return nls_version(function, info);
}

EXPORT(kernel32, BOOL, GetNLSVersionEx, (ULONG function, LPCWSTR locale, NLSVERSIONINFOEX *info))
{
	return nls_version(function, info);
}

EXPORT(kernel32, BOOL, IsNLSDefinedString, (ULONG function, DWORD flags, NLSVERSIONINFOEX *info, LPCWSTR string, INT count))
{
	size_t length = count < 0 ? rtl_wcslen(string) : (size_t)count;
	for (size_t i = 0; i < length; i++) {
		char16_t c = string[i];
		if (c >= 0xD800 && c <= 0xDBFF && i + 1 < length && string[i + 1] >= 0xDC00 && string[i + 1] <= 0xDFFF)
			i++;
		else if ((c >= 0xD800 && c <= 0xDFFF) || !nls_ctype1(c) || (c >= 0xE000 && c <= 0xF8FF))
			return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, LONG, GetUserGeoID, (DWORD class))
{
	return class == 16 ? 244 : -1; /* GEOCLASS_NATION: United States */
}

EXPORT(kernel32, int, GetUserDefaultGeoName, (LPWSTR name, int capacity))
{
	return give("US", name, capacity);
}

EXPORT(kernel32, DWORD, VerLanguageNameW, (DWORD language, LPWSTR buffer, DWORD size))
{
	const struct nls_locale *locale = nls_locale_by_id(language);
	char text[100];
	size_t length;

	if (!locale || !language)
		strcpy(text, language ? "Unknown" : "Language Neutral");
	else
		strcat(strcat(strcat(strcpy(text, locale->language), " ("), locale->country), ")");
	length = strlen(text);
	if (!size)
		return (DWORD)length;
	if (length >= size)
		length = size - 1;
	length = nls_to_utf16(NLS_UTF8, 0, buffer, length, text, length);
	buffer[length] = 0;
	return (DWORD)length;
}

EXPORT(kernel32, DWORD, VerLanguageNameA, (DWORD language, LPSTR buffer, DWORD size))
{
	char16_t wide[100];
	DWORD count = VerLanguageNameW(language, wide, ARRAY_SIZE(wide));
	if (!size)
		return count;
	if (count >= size)
		count = size - 1;
	nls_from_utf16(NLS_ACP, 0, buffer, count, wide, count, NULL, NULL);
	buffer[count] = 0;
	return count;
}

/* GEOTYPEs of the United States, the user's nation. */
static const char *geo_text(LONG location, DWORD type)
{
	if (location != 244)
		return NULL;
	switch (type) {
	case 1: /* GEO_NATION, GEO_ID */
	case 15:
		return "244";
	case 2:
		return "39.450";
	case 3:
		return "-98.908";
	case 4:
		return "US";
	case 5:
		return "USA";
	case 8:
		return "United States";
	case 9:
		return "United States of America";
	case 12: /* GEO_ISO_UN_NUMBER */
		return "840";
	default:
		return NULL;
	}
}

EXPORT(kernel32, int, GetGeoInfoW, (LONG location, DWORD type, LPWSTR to, int capacity, LANGID language))
{
	const char *text = geo_text(location, type);
	if (!text) {
		set_last_error(location == 244 ? ERROR_INVALID_FLAGS : ERROR_INVALID_PARAMETER);
		return 0;
	}
	return give(text, to, capacity);
}

EXPORT(kernel32, int, GetGeoInfoA, (LONG location, DWORD type, LPSTR to, int capacity, LANGID language))
{
	const char *text = geo_text(location, type);
	size_t length = text ? strlen(text) + 1 : 0;

	if (!text || capacity < 0 || (capacity && !to)) {
		set_last_error(location == 244 && !text ? ERROR_INVALID_FLAGS : ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (capacity && (size_t)capacity < length) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	if (capacity)
		memcpy(to, text, length);
	return (int)length;
}
