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
#define LANG_EN_US 0x0409u
#define LOCALE_ALLOW_NEUTRAL_NAMES 0x08000000u
#define LOCALE_WINDOWS 0x01u
#define LOCALE_NEUTRALDATA 0x10u
#define LOCALE_SPECIFICDATA 0x20u

const struct nls_locale *nls_specific_locale(const struct nls_locale *locale)
{
	if (!locale || !locale->neutral)
		return locale;
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		if (!locales[i].neutral && !strcmp(locales[i].abbreviation, locale->abbreviation))
			return &locales[i];
	}
	return NULL;
}

/* The language of a locale alone; the locale itself if that is not known. */
static const struct nls_locale *neutral_locale(const struct nls_locale *locale)
{
	size_t length = (size_t)(strrchr(locale->name, '-') - locale->name);

	for (size_t i = 0; *locale->name && i < ARRAY_SIZE(locales); i++) {
		if (locales[i].neutral && strlen(locales[i].name) == length && !memcmp(locales[i].name, locale->name, length))
			return &locales[i];
	}
	return locale;
}

const struct nls_locale *nls_locale_at(size_t index)
{
	return index < ARRAY_SIZE(locales) ? &locales[index] : NULL;
}

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
			return nls_specific_locale(&locales[i]);
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

/* A language alone is the locale that stands for it, unless the flag says that it may be itself. */
EXPORT(kernel32, int, LCIDToLocaleName, (LCID lcid, LPWSTR name, int capacity, DWORD flags))
{
	const struct nls_locale *locale = nls_locale_by_id(lcid);
	if (!locale || flags & ~LOCALE_ALLOW_NEUTRAL_NAMES) {
		set_last_error(locale ? ERROR_INVALID_FLAGS : ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (flags && locale->lcid != lcid && lcid && (lcid < LOCALE_USER_DEFAULT || lcid >= 0x7000))
		locale = neutral_locale(locale);
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
	return flags ? locale->lcid : nls_specific_locale(locale)->lcid;
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
	return give(locale ? nls_specific_locale(locale)->name : "", to, capacity);
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
	for (size_t i = 1; i < ARRAY_SIZE(locales) && !locales[i].neutral; i++) {
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
	for (size_t i = 1; i < ARRAY_SIZE(locales) && !locales[i].neutral; i++) {
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
		DWORD kind = LOCALE_WINDOWS | (locales[i].neutral ? LOCALE_NEUTRALDATA : LOCALE_SPECIFICDATA);
		/* None is supplemental, replacing or of another sort order. */
		if (flags & ~LOCALE_WINDOWS && !(flags & kind & ~LOCALE_WINDOWS))
			continue;
		give(locales[i].name, text, (int)ARRAY_SIZE(text));
		if (!(BOOL)ke_call_guest(callback, (uintptr_t)text, kind, (uint64_t)parameter, 0))
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
