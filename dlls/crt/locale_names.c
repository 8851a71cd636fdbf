/*
 * dlls/crt/locale_names.c - names of locales as setlocale takes them: MSDN "Locale Names, Languages, and Country-Region
 * Strings", "Language Strings", "Country-Region Strings".
 */
#include "dlls/crt/locale.h"
#include "dlls/crt/winapi.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/crt.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct alias {
	const char *text, *code;
};

/* To Windows' abbreviation of a language. */
static const struct alias languages[] = {
	{"american", "ENU"}, {"american english", "ENU"}, {"american-english", "ENU"}, {"english-american", "ENU"},
	{"english-us", "ENU"}, {"english-usa", "ENU"}, {"us", "ENU"}, {"usa", "ENU"},
	{"australian", "ENA"}, {"english-aus", "ENA"}, {"belgian", "NLB"}, {"dutch-belgian", "NLB"},
	{"canadian", "ENC"}, {"english-can", "ENC"}, {"chinese", "CHS"}, {"chinese-simplified", "CHS"},
	{"chinese-hongkong", "ZHH"}, {"chinese-singapore", "ZHI"}, {"chinese-traditional", "CHT"},
	{"english-nz", "ENZ"}, {"english-ire", "ENI"}, {"irish-english", "ENI"}, {"english-uk", "ENG"}, {"uk", "ENG"},
	{"english-south africa", "ENS"}, {"french-belgian", "FRB"}, {"french-canadian", "FRC"}, {"french-swiss", "FRS"},
	{"german-austrian", "DEA"}, {"german-swiss", "DES"}, {"swiss", "DES"}, {"italian-swiss", "ITS"},
	{"norwegian", "NOR"}, {"norwegian-bokmal", "NOR"}, {"norwegian-nynorsk", "NON"},
	{"portuguese-brazil", "PTB"}, {"portuguese-brazilian", "PTB"}, {"esp", "ESN"}, {"spanish-modern", "ESN"},
	{"spanish-mexican", "ESM"}, {"spanish-argentina", "ESS"}, {"spanish-colombia", "ESO"}, {"swedish-finland", "SVF"},
};

/* To ISO 3166's three letters of a country. */
static const struct alias countries[] = {
	{"america", "USA"}, {"us", "USA"}, {"united-states", "USA"}, {"britain", "GBR"}, {"england", "GBR"},
	{"great britain", "GBR"}, {"uk", "GBR"}, {"united-kingdom", "GBR"}, {"people's republic of china", "CHN"},
	{"pr china", "CHN"}, {"pr-china", "CHN"}, {"czech", "CZE"}, {"czech republic", "CZE"}, {"holland", "NLD"},
	{"hong kong", "HKG"}, {"hong-kong", "HKG"}, {"new-zealand", "NZL"}, {"nz", "NZL"}, {"slovak", "SVK"},
	{"south korea", "KOR"}, {"south-korea", "KOR"}, {"south-africa", "ZAF"},
};

static const char *find_alias(const struct alias *list, size_t count, const char *text)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (rtl_stricmp(list[i].text, text) == 0)
			return list[i].code;
	return text;
}

/* The English name of a language in code page 1252; nn-NO's is spelled with a hyphen here. */
static void language_name(const struct nls_locale *l, char name[48])
{
	WCHAR wide[48];

	if (strcmp(l->abbreviation, "NON") == 0) {
		strcpy(name, "Norwegian-Nynorsk");
		return;
	}
	MultiByteToWideChar(CP_UTF8, 0, l->language, -1, wide, 48);
	WideCharToMultiByte(1252, 0, wide, -1, name, 48, NULL, NULL);
}

static size_t primary_length(const char *language)
{
	size_t length = 0;

	while ((UINT)((language[length] | 0x20) - 'a') < 26)
		length++;
	return length;
}

/* Whether a locale's language is called so.  `loosely`: "Chinese" is every Chinese, as a country says which. */
static bool speaks(const struct nls_locale *l, const char *language, bool loosely)
{
	char name[48];
	size_t length;

	if (rtl_stricmp(l->abbreviation, language) == 0)
		return true;
	language_name(l, name);
	if (rtl_stricmp(name, language) == 0)
		return true;
	length = primary_length(language);
	return loosely && length > 3 && primary_length(name) == length && rtl_strnicmp(name, language, length) == 0;
}

/* NULL: there is none. */
static const struct nls_locale *find_locale(const char *language, const char *country)
{
	const char *code = find_alias(languages, ARRAY_SIZE(languages), language), *place = NULL;
	const struct nls_locale *l, *known;
	size_t i;

	if (country != NULL)
		place = find_alias(countries, ARRAY_SIZE(countries), country);
	for (i = 0; (l = nls_locale_at(i)) != NULL; i++) {
		if (l->neutral || l->name[0] == 0)
			continue;
		if (place != NULL && rtl_stricmp(l->iso_country, place) != 0 && rtl_stricmp(l->country, place) != 0)
			continue;
		if (language[0] == 0 || speaks(l, code, false) || (place != NULL && speaks(l, language, true)))
			return l;
	}
	/* An abbreviation says a country too; with another one it is its language that counts: "enu_canada". */
	for (i = 0; place != NULL && (known = nls_locale_at(i)) != NULL; i++) {
		if (rtl_stricmp(known->abbreviation, code) == 0 && rtl_stricmp(known->language, language) != 0)
			return find_locale(known->language, country);
	}
	return NULL;
}

/* `text` behind the dot.  `shown`: as it is reported. */
static bool parse_code_page(const char *text, const struct nls_locale *l, UINT *code_page, char *shown, size_t size)
{
	char *end;

	if (rtl_stricmp(text, "ACP") == 0) {
		*code_page = l->ansi;
	} else if (rtl_stricmp(text, "OCP") == 0) {
		*code_page = l->oem;
	} else if (rtl_stricmp(text, "utf8") == 0 || rtl_stricmp(text, "utf-8") == 0) {
		*code_page = CP_UTF8;
	} else {
		*code_page = (UINT)strtoul(text, &end, 10);
		if (end == text || *end != 0)
			return false;
	}
	/* A locale without a code page of its own is in UTF-8. */
	if (*code_page <= CP_OEMCP && l->ansi == 0)
		*code_page = CP_UTF8;
	/* msvcrt.dll has no UTF-8 locale: MSDN says so of every CRT before the UCRT. */
	if (*code_page == 0 || *code_page == 65000 || (*code_page == CP_UTF8 && !crt_is_ucrt()) ||
	    !IsValidCodePage(*code_page))
		return false;
	if (*code_page == CP_UTF8 && text[0] != '6')
		snprintf(shown, size, "utf8");
	else
		snprintf(shown, size, "%u", *code_page);
	return true;
}

/* "de", "de-DE": only the UCRT takes these; a process that has it too shares its locales. */
static const struct nls_locale *find_by_name(const char *text)
{
	WCHAR wide[64];
	size_t i;

	if (crt_variables_of[CRT_FLAVOUR_UCRT] == NULL || text[0] == 0)
		return NULL;
	for (i = 0; text[i] != 0; i++)
		wide[i] = (BYTE)text[i];
	wide[i] = 0;
	return nls_specific_locale(nls_locale_by_name(wide));
}

bool crt_parse_locale_name(const char *text, struct crt_locale_choice *choice)
{
	char base[64], language[48], shown[16], *country;
	const struct nls_locale *l;
	const char *dot;
	bool modern = false;

	*choice = (struct crt_locale_choice){.name = "C"};
	if (strlen(text) >= sizeof(base))
		return false;
	if (strcmp(text, "C") == 0)
		return true;
	dot = strchr(text, '.');
	memcpy(base, text, sizeof(base) < strlen(text) + 1 ? sizeof(base) : strlen(text) + 1);
	base[dot != NULL ? (size_t)(dot - text) : strlen(text)] = 0;
	country = strchr(base, '_');
	if (country != NULL)
		*country++ = 0;
	if (base[0] == 0 && country == NULL)
		l = nls_locale_by_name(NULL);
	else
		l = find_locale(base, country);
	if (l == NULL && country == NULL) {
		l = find_by_name(base);
		modern = l != NULL;
	}
	if (l == NULL || !parse_code_page(dot != NULL ? dot + 1 : "ACP", l, &choice->code_page, shown, sizeof(shown)))
		return false;
	choice->lcid = l->lcid;
	memset(choice->name, 0, sizeof(choice->name));
	language_name(l, language);
	/* A name in the modern form is reported as it was given. */
	if (modern)
		snprintf(choice->name, sizeof(choice->name), "%s", text);
	else
		snprintf(choice->name, sizeof(choice->name), "%.25s_%.25s.%.10s", language, l->country, shown);
	return true;
}
