/*
 * Locales other than English: their names and numbers, what GetLocaleInfo says of them, and dates, times, numbers and
 * money written in them.
 */
#include "guest.h"

#include <string.h>
#include <wchar.h>

static const WCHAR *info(const WCHAR *name, LCTYPE type)
{
	static WCHAR text[8][160];
	static int next;
	WCHAR *to = text[next++ % 8];

	if (!GetLocaleInfoEx(name, type, to, 160))
		wcscpy(to, L"(none)");
	return to;
}
#define CHECK_INFO(name, type, expected) CHECK(!wcscmp(info(name, type), expected))

static DWORD number(const WCHAR *name, LCTYPE type)
{
	DWORD value = 0xDEAD;

	CHECK_EQUAL(GetLocaleInfoEx(name, type | LOCALE_RETURN_NUMBER, (WCHAR *)&value, 2), 2);
	return value;
}

static const struct {
	const WCHAR *name;
	LCID lcid;
	const WCHAR *language, *country, *native, *abbreviation, *iso_country, *short_date, *decimal, *money;
	DWORD ansi;
} facts[] = {
	{L"de-DE", 0x407, L"German", L"Germany", L"Deutsch", L"DEU", L"DE", L"dd.MM.yyyy", L",", L"EUR", 1252},
	{L"fr-FR", 0x40C, L"French", L"France", L"français", L"FRA", L"FR", L"dd/MM/yyyy", L",", L"EUR", 1252},
	{L"it-IT", 0x410, L"Italian", L"Italy", L"italiano", L"ITA", L"IT", L"dd/MM/yyyy", L",", L"EUR", 1252},
	{L"es-ES", 0xC0A, L"Spanish", L"Spain", L"español", L"ESN", L"ES", L"dd/MM/yyyy", L",", L"EUR", 1252},
	{L"ja-JP", 0x411, L"Japanese", L"Japan", L"日本語", L"JPN", L"JP", L"yyyy/MM/dd", L".", L"JPY", 932},
	{L"ko-KR", 0x412, L"Korean", L"Korea", L"한국어", L"KOR", L"KR", L"yyyy-MM-dd", L".", L"KRW", 949},
	{L"pl-PL", 0x415, L"Polish", L"Poland", L"polski", L"PLK", L"PL", L"dd.MM.yyyy", L",", L"PLN", 1250},
	{L"ru-RU", 0x419, L"Russian", L"Russia", L"русский", L"RUS", L"RU", L"dd.MM.yyyy", L",", L"RUB", 1251},
	{L"sv-SE", 0x41D, L"Swedish", L"Sweden", L"svenska", L"SVE", L"SE", L"yyyy-MM-dd", L",", L"SEK", 1252},
	{L"tr-TR", 0x41F, L"Turkish", NULL, L"Türkçe", L"TRK", L"TR", L"d.MM.yyyy", L",", L"TRY", 1254},
	{L"uk-UA", 0x422, L"Ukrainian", L"Ukraine", L"українська", L"UKR", L"UA", L"dd.MM.yyyy", L",", L"UAH", 1251},
	{L"he-IL", 0x40D, L"Hebrew", L"Israel", L"עברית", L"HEB", L"IL", L"dd/MM/yyyy", L".", L"ILS", 1255},
	{L"nb-NO", 0x414, L"Norwegian Bokmål", L"Norway", L"norsk bokmål", L"NOR", L"NO", L"dd.MM.yyyy", L",", L"NOK", 1252},
	{L"zh-CN", 0x804, NULL, L"China", NULL, L"CHS", L"CN", L"yyyy/M/d", L".", L"CNY", 936},
	{L"zh-TW", 0x404, NULL, L"Taiwan", NULL, L"CHT", L"TW", L"yyyy/M/d", L".", L"TWD", 950},
	{L"vi-VN", 0x42A, L"Vietnamese", L"Vietnam", NULL, L"VIT", L"VN", L"dd/MM/yyyy", L",", L"VND", 1258},
};

static void values(void)
{
	for (size_t i = 0; i < ARRAYSIZE(facts); i++) {
		const WCHAR *name = facts[i].name;

		CHECK_EQUAL(LocaleNameToLCID(name, 0), facts[i].lcid);
		CHECK_EQUAL(number(name, LOCALE_ILANGUAGE), facts[i].lcid);
		CHECK_INFO(name, LOCALE_SNAME, name);
		CHECK(!facts[i].language || !wcscmp(info(name, LOCALE_SENGLANGUAGE), facts[i].language));
		CHECK(!facts[i].country || !wcscmp(info(name, LOCALE_SENGCOUNTRY), facts[i].country));
		CHECK(!facts[i].native || !wcscmp(info(name, LOCALE_SNATIVELANGNAME), facts[i].native));
		CHECK_INFO(name, LOCALE_SABBREVLANGNAME, facts[i].abbreviation);
		CHECK_INFO(name, LOCALE_SISO3166CTRYNAME, facts[i].iso_country);
		CHECK_INFO(name, LOCALE_SSHORTDATE, facts[i].short_date);
		CHECK_INFO(name, LOCALE_SDECIMAL, facts[i].decimal);
		CHECK_INFO(name, LOCALE_SINTLSYMBOL, facts[i].money);
		CHECK_EQUAL(number(name, LOCALE_IDEFAULTANSICODEPAGE), facts[i].ansi);
		CHECK_EQUAL(number(name, LOCALE_INEUTRAL), 0);
	}
	CHECK_INFO(L"de-DE", LOCALE_SDAYNAME1, L"Montag");
	CHECK_INFO(L"de-DE", LOCALE_SDAYNAME7, L"Sonntag");
	CHECK_INFO(L"de-DE", LOCALE_SABBREVDAYNAME3, L"Mi");
	CHECK_INFO(L"de-DE", LOCALE_SMONTHNAME3, L"März");
	CHECK_INFO(L"de-DE", LOCALE_STHOUSAND, L".");
	CHECK_INFO(L"de-DE", LOCALE_SLIST, L";");
	CHECK_INFO(L"de-DE", LOCALE_SCURRENCY, L"€");
	CHECK_INFO(L"de-DE", LOCALE_SLONGDATE, L"dddd, d. MMMM yyyy");
	CHECK_INFO(L"de-DE", LOCALE_STIMEFORMAT, L"HH:mm:ss");
	CHECK_INFO(L"de-DE", LOCALE_SDATE, L".");
	CHECK_INFO(L"de-DE", LOCALE_S1159, L"");
	CHECK_INFO(L"de-DE", LOCALE_SISO639LANGNAME, L"de");
	CHECK_INFO(L"de-DE", LOCALE_SISO639LANGNAME2, L"deu");
	CHECK_INFO(L"de-DE", LOCALE_SPARENT, L"de");
	CHECK_INFO(L"de-DE", LOCALE_SENGLISHDISPLAYNAME, L"German (Germany)");
	CHECK_INFO(L"de-DE", LOCALE_SNATIVEDISPLAYNAME, L"Deutsch (Deutschland)");
	CHECK_EQUAL(number(L"de-DE", LOCALE_IDATE), 1);
	CHECK_EQUAL(number(L"de-DE", LOCALE_ITIME), 1);
	CHECK_EQUAL(number(L"de-DE", LOCALE_ICURRENCY), 3);
	CHECK_EQUAL(number(L"de-DE", LOCALE_INEGCURR), 8);
	CHECK_EQUAL(number(L"de-DE", LOCALE_IPOSSYMPRECEDES), 0);
	CHECK_EQUAL(number(L"de-DE", LOCALE_IPOSSEPBYSPACE), 1);
	CHECK_EQUAL(number(L"de-DE", LOCALE_IFIRSTDAYOFWEEK), 0);
	CHECK_EQUAL(number(L"de-DE", LOCALE_IFIRSTWEEKOFYEAR), 2);
	CHECK_EQUAL(number(L"de-DE", LOCALE_ICOUNTRY), 49);
	CHECK_EQUAL(number(L"de-DE", LOCALE_IMEASURE), 0);
	CHECK_EQUAL(number(L"ja-JP", LOCALE_IFIRSTDAYOFWEEK), 6);
	CHECK_EQUAL(number(L"ja-JP", LOCALE_ICURRDIGITS), 0);
	CHECK_EQUAL(number(L"ja-JP", LOCALE_IDATE), 2);
	CHECK_INFO(L"ja-JP", LOCALE_S2359, L"午後");
	CHECK_INFO(L"ja-JP", LOCALE_SLONGDATE, L"yyyy'年'M'月'd'日'");
	CHECK_INFO(L"sv-SE", LOCALE_STHOUSAND, L"\xA0");
	CHECK_INFO(L"hi-IN", LOCALE_SGROUPING, L"3;2;0");
	CHECK_EQUAL(number(L"hi-IN", LOCALE_IDEFAULTANSICODEPAGE), 0);
	CHECK_EQUAL(number(L"th-TH", LOCALE_ICALENDARTYPE), CAL_THAI);
	CHECK_EQUAL(number(L"he-IL", LOCALE_IREADINGLAYOUT), 1);
	/* The genitive has a form of its own, of the full names alone. */
	CHECK_INFO(L"pl-PL", LOCALE_SMONTHNAME1, L"styczeń");
	CHECK_INFO(L"pl-PL", LOCALE_SMONTHNAME1 | LOCALE_RETURN_GENITIVE_NAMES, L"stycznia");
	CHECK_INFO(L"de-DE", LOCALE_SMONTHNAME1 | LOCALE_RETURN_GENITIVE_NAMES, L"Januar");
	CHECK_FAILS(GetLocaleInfoEx(L"pl-PL", LOCALE_SDAYNAME1 | LOCALE_RETURN_GENITIVE_NAMES, NULL, 0), ERROR_INVALID_FLAGS);
}

static void languages_alone(void)
{
	WCHAR w[86];

	CHECK_EQUAL(LocaleNameToLCID(L"de", 0), 0x407);
	CHECK_EQUAL(LocaleNameToLCID(L"de", LOCALE_ALLOW_NEUTRAL_NAMES), 0x07);
	CHECK_EQUAL(LocaleNameToLCID(L"EN", 0), 0x409);
	CHECK_EQUAL(LocaleNameToLCID(L"zh", 0), 0x804);
	CHECK_EQUAL(LocaleNameToLCID(L"zh-Hans", 0), 0x804);
	CHECK_EQUAL(LocaleNameToLCID(L"pt", 0), 0x416);
	CHECK_EQUAL(LocaleNameToLCID(L"es", 0), 0xC0A);
	CHECK_EQUAL(LocaleNameToLCID(L"nb", 0), 0x414);
	CHECK_EQUAL(LocaleNameToLCID(L"ar", 0), 0x401);
	CHECK_FAILS(LocaleNameToLCID(L"no-such-locale", 0), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(LocaleNameToLCID(L"de", 1), ERROR_INVALID_PARAMETER);
	CHECK(LCIDToLocaleName(0x07, w, 86, 0) == 6 && !wcscmp(w, L"de-DE"));
	CHECK(LCIDToLocaleName(0x07, w, 86, LOCALE_ALLOW_NEUTRAL_NAMES) == 3 && !wcscmp(w, L"de"));
	CHECK(LCIDToLocaleName(0x407, w, 86, LOCALE_ALLOW_NEUTRAL_NAMES) == 6 && !wcscmp(w, L"de-DE"));
	CHECK_INFO(L"de", LOCALE_SNAME, L"de");
	CHECK_INFO(L"de", LOCALE_SENGLISHDISPLAYNAME, L"German");
	CHECK_INFO(L"de", LOCALE_SDECIMAL, L",");
	CHECK_INFO(L"de", LOCALE_SPARENT, L"");
	CHECK_EQUAL(number(L"de", LOCALE_INEUTRAL), 1);
	CHECK(ResolveLocaleName(L"de", w, 86) == 6 && !wcscmp(w, L"de-DE"));
	CHECK(ResolveLocaleName(L"de-XX", w, 86) == 6 && !wcscmp(w, L"de-DE"));
	CHECK(IsValidLocaleName(L"de") && IsValidLocaleName(L"sr-Latn-RS") && !IsValidLocaleName(L"xx-YY"));
}

static int specific, neutral;

static BOOL CALLBACK count(LPWSTR name, DWORD flags, LPARAM parameter)
{
	CHECK(parameter == 17 && IsValidLocaleName(name));
	CHECK(!(flags & LOCALE_NEUTRALDATA) != !(flags & LOCALE_SPECIFICDATA));
	CHECK_EQUAL(number(name, LOCALE_INEUTRAL), (flags & LOCALE_NEUTRALDATA) != 0);
	if (flags & LOCALE_NEUTRALDATA)
		neutral++;
	else
		specific++;
	return TRUE;
}

static void enumeration(void)
{
	CHECK(EnumSystemLocalesEx(count, LOCALE_ALL, 17, NULL));
	CHECK(specific > 40 && neutral > 30);
	specific = neutral = 0;
	CHECK(EnumSystemLocalesEx(count, LOCALE_SPECIFICDATA, 17, NULL));
	CHECK(specific > 40 && neutral == 0);
	specific = 0;
	CHECK(EnumSystemLocalesEx(count, LOCALE_NEUTRALDATA, 17, NULL));
	CHECK(specific == 0 && neutral > 30);
}

static const WCHAR *date(const WCHAR *name, DWORD flags, const WCHAR *picture)
{
	static const SYSTEMTIME t = {2024, 2, 0, 9, 15, 4, 5, 0};
	static WCHAR text[4][160];
	static int next;
	WCHAR *to = text[next++ % 4];

	if (!GetDateFormatEx(name, flags, &t, picture, to, 160, NULL))
		wcscpy(to, L"(none)");
	return to;
}

static void formats(void)
{
	static const SYSTEMTIME t = {2024, 2, 0, 9, 15, 4, 5, 0};
	WCHAR w[100];

	CHECK(!wcscmp(date(L"de-DE", 0, NULL), L"09.02.2024"));
	CHECK(!wcscmp(date(L"de-DE", DATE_LONGDATE, NULL), L"Freitag, 9. Februar 2024"));
	CHECK(!wcscmp(date(L"fr-FR", DATE_LONGDATE, NULL), L"vendredi 9 février 2024"));
	CHECK(!wcscmp(date(L"ja-JP", DATE_LONGDATE, NULL), L"2024年2月9日"));
	CHECK(!wcscmp(date(L"sv-SE", 0, NULL), L"2024-02-09"));
	CHECK(!wcscmp(date(L"de", 0, NULL), L"09.02.2024"));
	/* Beside the number of a day a month is in the genitive; in quotes there is no number. */
	CHECK(!wcscmp(date(L"pl-PL", 0, L"d MMMM"), L"9 lutego"));
	CHECK(!wcscmp(date(L"pl-PL", 0, L"MMMM yyyy"), L"luty 2024"));
	CHECK(!wcscmp(date(L"pl-PL", 0, L"'d' dddd MMMM"), L"d piątek luty"));
	CHECK(!wcscmp(date(L"ru-RU", 0, L"dd MMMM"), L"09 февраля"));
	CHECK(!wcscmp(date(L"th-TH", 0, NULL), L"9/2/2567"));
	CHECK(GetTimeFormatEx(L"de-DE", 0, &t, NULL, w, 100) == 9 && !wcscmp(w, L"15:04:05"));
	CHECK(GetTimeFormatEx(L"ko-KR", 0, &t, NULL, w, 100) && !wcscmp(w, L"오후 3:04:05"));
	CHECK(GetNumberFormatEx(L"de-DE", 0, L"-1234567.891", NULL, w, 100) && !wcscmp(w, L"-1.234.567,89"));
	CHECK(GetNumberFormatEx(L"hi-IN", 0, L"12345678", NULL, w, 100) && !wcscmp(w, L"1,23,45,678.00"));
	CHECK(GetCurrencyFormatEx(L"de-DE", 0, L"-1234.5", NULL, w, 100) && !wcscmp(w, L"-1.234,50 €"));
	CHECK(GetCurrencyFormatEx(L"ja-JP", 0, L"1234.5", NULL, w, 100) && !wcscmp(w, L"¥1,235"));
	CHECK(GetCurrencyFormatEx(L"pl-PL", 0, L"10", NULL, w, 100) && !wcscmp(w, L"10,00 zł"));
}

int main(void)
{
	values();
	languages_alone();
	enumeration();
	formats();
	return guest_result();
}
