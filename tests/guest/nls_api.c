/* nls_api - code pages, character types, comparison, mapping, formats, messages: what MSDN says of them. */
#include "guest.h"
#include <wchar.h>

static void conversions(void)
{
	WCHAR w[64];
	char a[64];
	BOOL used;
	CPINFO info;
	CPINFOEXW info_ex;

	CHECK_EQUAL(MultiByteToWideChar(CP_UTF8, 0, "a\xC3\xA9\xF0\x9F\x98\x80", -1, w, 64), 5);
	CHECK(!wcscmp(w, L"a\x00E9\xD83D\xDE00"));
	CHECK_EQUAL(MultiByteToWideChar(CP_UTF8, 0, "a\xC3\xA9", -1, NULL, 0), 3);
	CHECK_EQUAL(MultiByteToWideChar(CP_UTF8, 0, "\xE2\x82z", 3, w, 64), 2);
	CHECK_EQUAL(w[0], 0xFFFD);
	CHECK_FAILS(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xE2\x82z", 3, w, 64), ERROR_NO_UNICODE_TRANSLATION);
	CHECK_FAILS(MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, "a", 1, w, 64), ERROR_INVALID_FLAGS);
	CHECK_FAILS(MultiByteToWideChar(CP_UTF7, MB_ERR_INVALID_CHARS, "a", 1, w, 64), ERROR_INVALID_FLAGS);
	CHECK_FAILS(MultiByteToWideChar(CP_ACP, 0, "a", 0, w, 64), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(MultiByteToWideChar(CP_ACP, 0, "a", 1, w, -1), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(MultiByteToWideChar(CP_ACP, 0, (char *)w, 1, w, 64), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(MultiByteToWideChar(1200, 0, "a", 1, w, 64), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(MultiByteToWideChar(CP_ACP, 0, "abc", -1, w, 3), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(MultiByteToWideChar(1252, MB_ERR_INVALID_CHARS, "\x80\x81", 2, w, 64), 2);
	CHECK(w[0] == 0x20AC && w[1] == 0x81);
	CHECK_EQUAL(MultiByteToWideChar(932, 0, "\x81\x60\xB1", 3, w, 64), 2);
	CHECK(w[0] == 0xFF5E && w[1] == 0xFF71);
	CHECK_EQUAL(MultiByteToWideChar(437, 0, "\x82\xE1", 2, w, 64), 2);
	CHECK(w[0] == 0xE9 && w[1] == 0xDF);
	CHECK_EQUAL(MultiByteToWideChar(1252, MB_COMPOSITE, "\xE9", 1, w, 64), 2);
	CHECK(w[0] == L'e' && w[1] == 0x301);

	CHECK_EQUAL(WideCharToMultiByte(CP_UTF8, 0, L"\x20AC\xD83D\xDE00", 3, a, 64, NULL, NULL), 7);
	CHECK(!memcmp(a, "\xE2\x82\xAC\xF0\x9F\x98\x80", 7));
	CHECK_EQUAL(WideCharToMultiByte(CP_UTF8, 0, L"\xD800", 1, a, 64, NULL, NULL), 3);
	CHECK(!memcmp(a, "\xEF\xBF\xBD", 3));
	CHECK_FAILS(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, L"\xD800", 1, a, 64, NULL, NULL), ERROR_NO_UNICODE_TRANSLATION);
	CHECK_FAILS(WideCharToMultiByte(CP_UTF8, 0, L"a", 1, a, 64, "?", NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(WideCharToMultiByte(CP_UTF8, 0, L"a", 1, a, 64, NULL, &used), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(WideCharToMultiByte(1252, WC_ERR_INVALID_CHARS, L"a", 1, a, 64, NULL, NULL), ERROR_INVALID_FLAGS);
	CHECK_EQUAL(WideCharToMultiByte(1252, 0, L"\x100\x4E00", 2, a, 64, NULL, &used), 2);
	CHECK(!memcmp(a, "A?", 2) && used);
	CHECK_EQUAL(WideCharToMultiByte(1252, WC_NO_BEST_FIT_CHARS, L"\x100z", 2, a, 64, "*", &used), 2);
	CHECK(!memcmp(a, "*z", 2) && used);
	CHECK_EQUAL(WideCharToMultiByte(1252, 0, L"\xE9", 1, a, 64, NULL, &used), 1);
	CHECK(a[0] == '\xE9' && !used);
	CHECK_EQUAL(WideCharToMultiByte(1252, 0, L"\xD83D\xDE00", 2, a, 64, NULL, NULL), 2);
	CHECK_EQUAL(WideCharToMultiByte(1252, WC_COMPOSITECHECK, L"e\x301", 2, a, 64, NULL, NULL), 1);
	CHECK(a[0] == '\xE9');
	CHECK_FAILS(WideCharToMultiByte(1252, 0, L"abc", -1, a, 3, NULL, NULL), ERROR_INSUFFICIENT_BUFFER);

	CHECK(IsValidCodePage(1252) && IsValidCodePage(65001) && IsValidCodePage(932) && !IsValidCodePage(1200) && !IsValidCodePage(0));
	CHECK(GetCPInfo(932, &info) && info.MaxCharSize == 2 && info.LeadByte[0] == 0x81 && info.LeadByte[1] == 0x9F &&
	      info.LeadByte[2] == 0xE0 && info.LeadByte[3] == 0xFC && !info.LeadByte[4]);
	CHECK(GetCPInfo(CP_UTF8, &info) && info.MaxCharSize == 4);
	CHECK_FAILS(GetCPInfo(1201, &info), ERROR_INVALID_PARAMETER);
	CHECK(GetCPInfoExW(1252, 0, &info_ex) && info_ex.CodePage == 1252 && info_ex.UnicodeDefaultChar == L'?');
	CHECK(IsDBCSLeadByteEx(932, 0x81) && !IsDBCSLeadByteEx(1252, 0x81));
}

static void characters(void)
{
	WORD types[8];
	WCHAR w[64];
	BYTE k1[128], k2[128];

	CHECK(GetStringTypeW(CT_CTYPE1, L"Az5 \t!", 6, types));
	CHECK_EQUAL(types[0] & 0x1FF, C1_UPPER | C1_XDIGIT | C1_ALPHA);
	CHECK_EQUAL(types[1] & 0x1FF, C1_LOWER | C1_ALPHA);
	CHECK_EQUAL(types[2] & 0x1FF, C1_DIGIT | C1_XDIGIT);
	CHECK_EQUAL(types[3] & 0x1FF, C1_SPACE | C1_BLANK);
	CHECK_EQUAL(types[4] & 0x1FF, C1_SPACE | C1_BLANK | C1_CNTRL);
	CHECK_EQUAL(types[5] & 0x1FF, C1_PUNCT);
	CHECK_FAILS(GetStringTypeW(8, L"a", 1, types), ERROR_INVALID_PARAMETER);

	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, 0, L"a", -1, L"B", -1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, 0, L"a", -1, L"A", -1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, NORM_IGNORECASE, L"Stra\xDF" L"e", -1, L"STRASSE", -1) != 0, 1);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, NORM_IGNORECASE, L"abc", -1, L"ABC", -1), CSTR_EQUAL);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, 0, L"\xE9", -1, L"f", -1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, NORM_IGNORENONSPACE, L"\xE9", -1, L"e", -1), CSTR_EQUAL);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, 0, L"co-op", -1, L"coop", -1), CSTR_GREATER_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, 0, L"co-op", -1, L"copa", -1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, 0, L"a1", -1, L"aa", -1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, 0, L"!", -1, L"1", -1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, SORT_DIGITSASNUMBERS, L"a10", -1, L"a9", -1), CSTR_GREATER_THAN);
	CHECK_EQUAL(CompareStringW(LOCALE_USER_DEFAULT, SORT_DIGITSASNUMBERS, L"a\xFF12", -1, L"a\xFF13", -1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringOrdinal(L"a", -1, L"B", -1, FALSE), CSTR_GREATER_THAN);
	CHECK_EQUAL(CompareStringOrdinal(L"a", -1, L"B", -1, TRUE), CSTR_LESS_THAN);
	CHECK_FAILS(CompareStringW(LOCALE_USER_DEFAULT, 0x00800000, L"a", -1, L"a", -1), ERROR_INVALID_FLAGS);

	CHECK_EQUAL(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_UPPERCASE, L"a\xE9\xFF", -1, w, 64), 4);
	CHECK(!wcscmp(w, L"A\xC9\x178"));
	CHECK_EQUAL(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_FULLWIDTH, L"A1", 2, w, 64), 2);
	CHECK(w[0] == 0xFF21 && w[1] == 0xFF11);
	CHECK_EQUAL(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_HALFWIDTH, L"\x30AC", 1, w, 64), 2);
	CHECK(w[0] == 0xFF76 && w[1] == 0xFF9E);
	CHECK_EQUAL(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_KATAKANA, L"\x3042", 1, w, 64), 1);
	CHECK(w[0] == 0x30A2);
	CHECK_FAILS(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_UPPERCASE, L"abc", -1, w, 2), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_HIRAGANA | LCMAP_KATAKANA, L"a", 1, w, 2), ERROR_INVALID_FLAGS);
	CHECK(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_SORTKEY, L"abc", -1, (WCHAR *)k1, sizeof(k1)));
	CHECK(LCMapStringW(LOCALE_USER_DEFAULT, LCMAP_SORTKEY, L"abd", -1, (WCHAR *)k2, sizeof(k2)));
	CHECK(strcmp((char *)k1, (char *)k2) < 0);

	CHECK_EQUAL(lstrcmpiW(L"abc", L"ABC"), 0);
	CHECK(lstrcmpW(L"abc", L"abd") < 0);
	CHECK_EQUAL(lstrlenW(NULL), 0);
	CHECK_EQUAL(MulDiv(7, 3, 2), 11);
	CHECK_EQUAL(MulDiv(1, 1, 0), -1);
}

static void locales(void)
{
	WCHAR w[64];
	DWORD number;
	SYSTEMTIME t = {2024, 2, 0, 9, 15, 4, 5, 0};

	CHECK_EQUAL(GetLocaleInfoW(0x409, LOCALE_SDECIMAL, w, 64), 2);
	CHECK(!wcscmp(w, L"."));
	CHECK(GetLocaleInfoW(0x409, LOCALE_SSHORTDATE, w, 64) && !wcscmp(w, L"M/d/yyyy"));
	CHECK(GetLocaleInfoW(0x409, LOCALE_SDAYNAME1, w, 64) && !wcscmp(w, L"Monday"));
	CHECK(GetLocaleInfoEx(L"en-US", LOCALE_SENGLANGUAGE, w, 64) && !wcscmp(w, L"English"));
	CHECK_EQUAL(GetLocaleInfoW(0x409, LOCALE_IDEFAULTANSICODEPAGE | LOCALE_RETURN_NUMBER, (WCHAR *)&number, 2), 2);
	CHECK_EQUAL(number, 1252);
	CHECK_FAILS(GetLocaleInfoW(0x409, LOCALE_SDECIMAL, w, 1), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(GetLocaleInfoW(0x409, 0xFFFF, w, 64), ERROR_INVALID_FLAGS);
	CHECK_EQUAL(LocaleNameToLCID(L"de-DE", 0), 0x407);
	CHECK_EQUAL(LocaleNameToLCID(L"de-DE", LOCALE_ALLOW_NEUTRAL_NAMES), 0x407);
	CHECK_EQUAL(LocaleNameToLCID(L"de", 0), 0x407);
	CHECK_EQUAL(LocaleNameToLCID(L"de", LOCALE_ALLOW_NEUTRAL_NAMES), 7);
	CHECK_EQUAL(LocaleNameToLCID(L"EN", LOCALE_ALLOW_NEUTRAL_NAMES), 9);
	CHECK(LCIDToLocaleName(0x411, w, 64, 0) == 6 && !wcscmp(w, L"ja-JP"));
	CHECK(IsValidLocale(0x409, LCID_INSTALLED));
	CHECK(GetDateFormatW(0x409, 0, &t, NULL, w, 64) && !wcscmp(w, L"2/9/2024"));
	CHECK(GetDateFormatW(0x409, DATE_LONGDATE, &t, NULL, w, 64) && !wcscmp(w, L"Friday, February 9, 2024"));
	CHECK(GetDateFormatW(0x409, 0, &t, L"ddd',' dd MMM yy", w, 64) && !wcscmp(w, L"Fri, 09 Feb 24"));
	CHECK(GetTimeFormatW(0x409, 0, &t, NULL, w, 64) && !wcscmp(w, L"3:04:05 PM"));
	CHECK(GetTimeFormatW(0x409, TIME_NOSECONDS, &t, NULL, w, 64) && !wcscmp(w, L"3:04 PM"));
	CHECK(GetTimeFormatW(0x409, TIME_FORCE24HOURFORMAT | TIME_NOTIMEMARKER, &t, NULL, w, 64) && !wcscmp(w, L"15:04:05"));
	CHECK(GetNumberFormatW(0x409, 0, L"-1234567.891", NULL, w, 64) && !wcscmp(w, L"-1,234,567.89"));
	CHECK(GetCurrencyFormatW(0x409, 0, L"1234.5", NULL, w, 64) && !wcscmp(w, L"$1,234.50"));
}

static WCHAR first_text[128];
static char first_bytes[128];
static unsigned texts, first_calendar;
static LPARAM seen_parameter;

static BOOL CALLBACK take_ex(LPWSTR text, LPARAM parameter)
{
	wcscpy(first_text, text);
	seen_parameter = parameter;
	texts++;
	return FALSE;
}

static BOOL CALLBACK take(LPWSTR text)
{
	return take_ex(text, 0);
}

static BOOL CALLBACK take_bytes(LPSTR text)
{
	strcpy(first_bytes, text);
	return FALSE;
}

static BOOL CALLBACK take_calendar_bytes(LPSTR text, CALID calendar)
{
	first_calendar = calendar;
	return take_bytes(text);
}

static BOOL CALLBACK take_calendar(LPWSTR text, CALID calendar)
{
	first_calendar = calendar;
	return take_ex(text, 0);
}

static BOOL CALLBACK take_date(LPWSTR text, CALID calendar, LPARAM parameter)
{
	first_calendar = calendar;
	return take_ex(text, parameter);
}

static BOOL CALLBACK take_info(LPWSTR text, CALID calendar, LPWSTR reserved, LPARAM parameter)
{
	CHECK(!reserved);
	return take_date(text, calendar, parameter);
}

static BOOL CALLBACK take_all(LPWSTR text)
{
	texts++;
	return TRUE;
}

static void enumerations(void)
{
	CHECK(EnumTimeFormatsEx(take_ex, L"en-US", 0, 42) && !wcscmp(first_text, L"h:mm:ss tt") && seen_parameter == 42);
	CHECK_EQUAL(texts, 1);
	CHECK(EnumTimeFormatsEx(take_ex, L"en-GB", TIME_NOSECONDS, 7) && !wcscmp(first_text, L"HH:mm") && seen_parameter == 7);
	CHECK(EnumTimeFormatsW(take, 0x409, 0) && !wcscmp(first_text, L"h:mm:ss tt"));
	CHECK(EnumTimeFormatsA(take_bytes, 0x409, TIME_NOSECONDS) && !strcmp(first_bytes, "h:mm tt"));
	texts = 0;
	CHECK(EnumTimeFormatsW(take_all, LOCALE_USER_DEFAULT, 0) && texts >= 1);
	CHECK_FAILS(EnumTimeFormatsEx(NULL, L"en-US", 0, 0), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(EnumTimeFormatsEx(take_ex, L"no-such-locale", 0, 0), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(EnumTimeFormatsEx(take_ex, L"en-US", TIME_FORCE24HOURFORMAT, 0), ERROR_INVALID_FLAGS);
	CHECK_FAILS(EnumTimeFormatsA(take_bytes, 0x409, TIME_NOTIMEMARKER), ERROR_INVALID_FLAGS);

	CHECK(EnumDateFormatsExEx(take_date, L"en-US", DATE_LONGDATE, 9) && !wcscmp(first_text, L"dddd, MMMM d, yyyy"));
	CHECK(first_calendar == CAL_GREGORIAN && seen_parameter == 9);
	CHECK(EnumDateFormatsExW(take_calendar, 0x409, DATE_YEARMONTH) && !wcscmp(first_text, L"MMMM yyyy"));
	first_calendar = 0;
	CHECK(EnumDateFormatsExA(take_calendar_bytes, 0x409, DATE_SHORTDATE) && !strcmp(first_bytes, "M/d/yyyy"));
	CHECK_EQUAL(first_calendar, CAL_GREGORIAN);
	CHECK(EnumDateFormatsW(take, 0x409, DATE_SHORTDATE) && !wcscmp(first_text, L"M/d/yyyy"));
	first_bytes[0] = 0;
	CHECK(EnumDateFormatsA(take_bytes, 0x409, 0) && !strcmp(first_bytes, "M/d/yyyy"));
	CHECK_FAILS(EnumDateFormatsW(take, 0x409, DATE_SHORTDATE | DATE_LONGDATE), ERROR_INVALID_FLAGS);
	CHECK_FAILS(EnumDateFormatsW(NULL, 0x409, DATE_SHORTDATE), ERROR_INVALID_PARAMETER);

	CHECK(EnumCalendarInfoExEx(take_info, L"en-US", ENUM_ALL_CALENDARS, NULL, CAL_SMONTHNAME1 + 1, 5));
	CHECK(!wcscmp(first_text, L"February") && first_calendar == CAL_GREGORIAN && seen_parameter == 5);
	CHECK(EnumCalendarInfoExW(take_calendar, 0x409, CAL_GREGORIAN, CAL_SDAYNAME1) && !wcscmp(first_text, L"Monday"));
	CHECK(EnumCalendarInfoExA(take_calendar_bytes, 0x409, CAL_GREGORIAN, CAL_SDAYNAME2) && !strcmp(first_bytes, "Tuesday"));
	CHECK(EnumCalendarInfoW(take, 0x409, CAL_GREGORIAN, CAL_ICALINTVALUE) && !wcscmp(first_text, L"1"));
	CHECK(EnumCalendarInfoA(take_bytes, 0x409, ENUM_ALL_CALENDARS, CAL_SABBREVMONTHNAME12) && !strcmp(first_bytes, "Dec"));
	CHECK_FAILS(EnumCalendarInfoW(NULL, 0x409, CAL_GREGORIAN, CAL_SDAYNAME1), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(EnumCalendarInfoExEx(take_info, L"en-US", CAL_GREGORIAN, L"", CAL_SDAYNAME1, 0), ERROR_INVALID_PARAMETER);
}

static void messages(void)
{
	WCHAR w[256], *allocated = NULL;
	char a[256];
	DWORD_PTR list[] = {(DWORD_PTR)"one", 42, 0xAB};
	DWORD_PTR wide_list[] = {(DWORD_PTR)L"one", 42, 5, (DWORD_PTR)L"abcdef"};

	CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_FILE_NOT_FOUND, 0, a, 256, NULL));
	CHECK(!strcmp(a, "The system cannot find the file specified.\r\n"));
	CHECK(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 5, 0,
			     (LPWSTR)&allocated, 0, NULL));
	CHECK(allocated && !wcscmp(allocated, L"Access is denied.\r\n"));
	CHECK(!LocalFree(allocated));
	CHECK_FAILS(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 0x3FFFFFFF, 0, a, 256, NULL), ERROR_MR_MID_NOT_FOUND);
	CHECK_FAILS(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 5, 0, a, 4, NULL), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(FormatMessageA(0, "x", 5, 0, a, 4, NULL), ERROR_INVALID_PARAMETER);
	CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "%1-%2!05d!-%3!X!%%%n%0gone", 0, 0, a, 256, (va_list *)list));
	CHECK(!strcmp(a, "one-00042-AB%\r\n"));
	CHECK(FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, L"[%1!8s!][%1!-8s!][%3!*.*s!]", 0, 0, w, 256,
			     (va_list *)(DWORD_PTR[]){(DWORD_PTR)L"one", 0, 5, 2, (DWORD_PTR)L"abcdef"}));
	CHECK(!wcscmp(w, L"[     one][one     ][   ab]"));
	CHECK(FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_IGNORE_INSERTS, L"%1 %2!d!\n", 0, 0, w, 256, (va_list *)wide_list));
	CHECK(!wcscmp(w, L"%1 %2!d!\r\n"));
}

/* What the A forms give is what the W forms do; groups are what the digits of Grouping say. */
static void ansi_formats(void)
{
	NUMBERFMTA format = {0, 1, 3, ".", ",", 1};
	CURRENCYFMTA money = {2, 1, 3, ".", ",", 0, 0, "$"};
	WCHAR w[16];
	DWORD number;
	char a[64];

	CHECK(GetNumberFormatA(0x409, 0, "-2353.119", NULL, a, 64) == 10 && !strcmp(a, "-2,353.12"));
	CHECK(GetNumberFormatA(0x409, 0, "2353", &format, a, 64) == 6 && !strcmp(a, "2,353"));
	CHECK_EQUAL(GetNumberFormatA(0x409, 0, "2353", &format, NULL, 0), 6);
	CHECK_FAILS(GetNumberFormatA(0x409, 0, "2353", &format, a, 5), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(GetNumberFormatA(0x409, 0, "2353", &format, a, -1), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetNumberFormatA(0x409, 0, "23,53", &format, a, 64), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetNumberFormatA(0x409, LOCALE_NOUSEROVERRIDE, "1", &format, a, 64), ERROR_INVALID_FLAGS);
	format.Grouping = 32;
	CHECK(GetNumberFormatA(0x409, 0, "1234567890", &format, a, 64) && !strcmp(a, "1,23,45,67,890"));
	format.Grouping = 30;
	CHECK(GetNumberFormatA(0x409, 0, "1234567890", &format, a, 64) && !strcmp(a, "1234567,890"));
	format.Grouping = 0;
	CHECK(GetNumberFormatA(0x409, 0, "1234567890", &format, a, 64) && !strcmp(a, "1234567890"));
	CHECK(GetCurrencyFormatA(0x409, 0, "-2353", NULL, a, 64) && !strcmp(a, "($2,353.00)"));
	CHECK(GetCurrencyFormatA(0x409, 0, "2353.5", &money, a, 64) == 10 && !strcmp(a, "$2,353.50"));
	CHECK(GetCalendarInfoA(0x409, CAL_GREGORIAN, CAL_SDAYNAME1, a, 64, NULL) == 7 && !strcmp(a, "Monday"));
	CHECK_FAILS(GetCalendarInfoA(0x409, CAL_GREGORIAN, CAL_SDAYNAME1, a, 6, NULL), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(GetCalendarInfoA(0x409, CAL_GREGORIAN, CAL_SDAYNAME1, a, 64, &number), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetCalendarInfoA(0x409, CAL_GREGORIAN, CAL_ICALINTVALUE | CAL_RETURN_NUMBER, a, 64, &number), ERROR_INVALID_PARAMETER);
	CHECK(GetCalendarInfoA(0x409, CAL_GREGORIAN, CAL_ICALINTVALUE | CAL_RETURN_NUMBER, NULL, 0, &number) && number == 1);
	CHECK(ResolveLocaleName(L"en-XX", w, 16) == 6 && !wcscmp(w, L"en-US"));
	CHECK(ResolveLocaleName(L"de-DE", w, 16) == 6 && !wcscmp(w, L"de-DE"));
	CHECK(ResolveLocaleName(L"zz-XX", w, 16) == 1 && !*w);
	CHECK(GetNumberFormatA(0x409, 0, "-0.00", &format, a, 64) && !strcmp(a, "0"));
}

/* All of these are spaces, few of them are blank, and one blank is no space. */
static void blanks(void)
{
	WORD types[5];

	CHECK(GetStringTypeW(CT_CTYPE1, L"\x2003\x3000\x00A0\x1680\xFEFF", 5, types));
	CHECK_EQUAL(types[0], C1_DEFINED | C1_SPACE);
	CHECK_EQUAL(types[1], C1_DEFINED | C1_SPACE | C1_BLANK);
	CHECK_EQUAL(types[2], C1_DEFINED | C1_SPACE | C1_BLANK);
	CHECK_EQUAL(types[3], C1_DEFINED | C1_SPACE);
	CHECK_EQUAL(types[4], C1_DEFINED | C1_CNTRL | C1_BLANK);
}

static void atoms(void)
{
	WCHAR w[64];
	ATOM atom = AddAtomW(L"Pewter test");

	CHECK(atom >= 0xC000 && AddAtomA("PEWTER TEST") == atom && FindAtomW(L"pewter test") == atom);
	CHECK(GetAtomNameW(atom, w, 64) == 11 && !wcscmp(w, L"Pewter test"));
	CHECK(!DeleteAtom(atom) && FindAtomW(L"Pewter test") == atom && !DeleteAtom(atom));
	CHECK_FAILS(FindAtomW(L"Pewter test"), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(GetAtomNameW(0, w, 64), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GlobalGetAtomNameW(0, w, 64), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GlobalGetAtomNameA(0, (char *)w, 64), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetAtomNameW(0xFFFF, w, 64), ERROR_INVALID_HANDLE);
	CHECK_EQUAL(AddAtomW(L"#123"), 123);
	CHECK_EQUAL(AddAtomW((WCHAR *)123), 123);
	CHECK(GetAtomNameW(123, w, 64) == 4 && !wcscmp(w, L"#123"));
	atom = GlobalAddAtomW(L"Pewter global");
	CHECK(atom >= 0xC000 && GlobalFindAtomA("pewter GLOBAL") == atom && !GlobalDeleteAtom(atom));
	SetLastError(77);
	CHECK(!AddAtomA(NULL) && !AddAtomW(NULL) && !GlobalAddAtomA(NULL) && !GlobalAddAtomW(NULL));
	CHECK_EQUAL(GetLastError(), 77);
}

/* Names that are longer than there is room. */
static void cut_atoms(void)
{
	ATOM local = AddAtomA("metal"), global = GlobalAddAtomA("metal");
	WCHAR wide[8] = L"-------";
	char text[8] = "-------";

	SetLastError(77);
	CHECK_EQUAL(GetAtomNameA(local, text, 4), 3);
	CHECK(!memcmp(text, "met\0---", 8));
	CHECK_EQUAL(GetAtomNameW(local, wide, 5), 4);
	CHECK(!memcmp(wide, L"meta\0--", 16));
	CHECK_EQUAL(GetLastError(), 77);
	CHECK(!GetAtomNameA(local, text, 1) && !GetAtomNameW(local, wide, 1) && !GetAtomNameA(local, text, 0));
	CHECK(*text == 'm' && *wide == 'm');

	memset(text, '-', 7);
	lstrcpyW(wide, L"-------");
	CHECK_FAILS(GlobalGetAtomNameA(global, text, 4), ERROR_MORE_DATA);
	CHECK(!memcmp(text, "met\0---", 8));
	SetLastError(77);
	CHECK_EQUAL(GlobalGetAtomNameW(global, wide, 4), 4);
	CHECK(!memcmp(wide, L"meta---", 16));
	CHECK_EQUAL(GlobalGetAtomNameW(global, wide, 6), 5);
	CHECK(!memcmp(wide, L"metal\0-", 16));
	CHECK_EQUAL(GlobalGetAtomNameW(5, wide, 1), 1);
	CHECK_EQUAL(GetLastError(), 77);
	CHECK_FAILS(GlobalGetAtomNameA(5, text, 2), ERROR_MORE_DATA);
	DeleteAtom(local);
	GlobalDeleteAtom(global);
}

/* Edges of conversions, as published tests have them. */
static void conversion_edges(void)
{
	static const struct {
		UINT codepage;
		const char *byte;
	} meaningless[] = {{874, "\xFC"}, {932, "\xFD"}, {936, "\xFF"}, {949, "\xFF"}, {950, "\xFF"}, {1253, "\xD2"}, {1255, "\xD9"}, {1257, "\xA1"}};
	LCID locale = GetThreadLocale();
	WCHAR w[32];
	char a[32];
	BOOL used;
	CPINFOEXW info;

	for (int i = 0; i < 8; i++) {
		CHECK_FAILS(MultiByteToWideChar(meaningless[i].codepage, MB_ERR_INVALID_CHARS, meaningless[i].byte, 1, w, 32),
			    ERROR_NO_UNICODE_TRANSLATION);
		CHECK_EQUAL(MultiByteToWideChar(meaningless[i].codepage, 0, meaningless[i].byte, 1, w, 32), 1);
	}
	CHECK_EQUAL(MultiByteToWideChar(932, MB_ERR_INVALID_CHARS, "\x80", 1, w, 32), 1);
	CHECK_FAILS(WideCharToMultiByte(CP_SYMBOL, 0, L"a", 1, a, 32, "x", NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(WideCharToMultiByte(CP_SYMBOL, 0, L"a", 1, a, 32, NULL, &used), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(WideCharToMultiByte(CP_SYMBOL, 1, L"a", 1, a, 32, NULL, &used), ERROR_INVALID_FLAGS);
	/* What does not fit any more used no default character. */
	CHECK_FAILS(WideCharToMultiByte(1252, 0, L"ab\x4E00", 3, a, 1, NULL, &used), ERROR_INSUFFICIENT_BUFFER);
	CHECK(!used);
	CHECK_EQUAL(WideCharToMultiByte(1252, 0, L"ab\x4E00", 3, NULL, 0, NULL, &used), 3);
	CHECK(used);
	/* UTF-7: the last bits and the end of a run go together; a byte that is none of its own does not lose bits. */
	memset(a, '#', 32);
	CHECK_FAILS(WideCharToMultiByte(CP_UTF7, 0, L"\x4F60", 1, a, 4, NULL, NULL), ERROR_INSUFFICIENT_BUFFER);
	CHECK(!memcmp(a, "+T2#", 4));
	CHECK_EQUAL(MultiByteToWideChar(CP_UTF7, 0, "+B\x90+AAA-", 8, w, 32), 2);
	CHECK(w[0] == 0x90 && w[1] == 0x400);

	CHECK(SetThreadLocale(0x419));
	CHECK(GetCPInfoExW(CP_THREAD_ACP, 0, &info) && info.CodePage == 1251);
	CHECK(GetCPInfoExW(CP_ACP, 0, &info) && info.CodePage == GetACP());
	CHECK(MultiByteToWideChar(CP_THREAD_ACP, 0, "\xC6", 1, w, 32) == 1 && w[0] == 0x416);
	CHECK(SetThreadLocale(0x411));
	CHECK(IsDBCSLeadByteEx(CP_THREAD_ACP, 0x81) && !IsDBCSLeadByteEx(CP_THREAD_ACP, 0xA0));
	CHECK(SetThreadLocale(locale));
}

static void orders(void)
{
	CHECK_FAILS(CompareStringA(0x409, SORT_DIGITSASNUMBERS, "a", 1, "a", 1), ERROR_INVALID_FLAGS);
	CHECK_EQUAL(CompareStringW(0x409, SORT_DIGITSASNUMBERS, L"a2", 2, L"a10", 3), CSTR_LESS_THAN);
	/* Control characters count when nothing else differs. */
	CHECK_EQUAL(CompareStringW(0x409, 0, L"a\1z", 3, L"a\2z", 3), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(0x409, 0, L"a\2b", 3, L"a\1c", 3), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringW(0x409, 0, L"a\0b", 3, L"ab", 2), CSTR_EQUAL);
	CHECK_EQUAL(CompareStringW(0x409, NORM_IGNORESYMBOLS, L"a\1z", 3, L"a\2z", 3), CSTR_EQUAL);
	/* The A form reads its locale's code page: \xB9 is a letter after a in Polish. */
	CHECK_EQUAL(CompareStringA(0x415, 0, "a", 1, "\xB9", 1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringA(0x415, 0, "\xB9", 1, "b", 1), CSTR_LESS_THAN);
	CHECK_EQUAL(CompareStringA(0x415, LOCALE_USE_CP_ACP, "\xB9", 1, "2", 1), CSTR_LESS_THAN);
}

static void mappings(void)
{
	static const DWORD maps[] = {LCMAP_UPPERCASE, LCMAP_LOWERCASE, LCMAP_HIRAGANA, LCMAP_KATAKANA, LCMAP_FULLWIDTH, LCMAP_HALFWIDTH};
	WCHAR w[32];
	char a[32];

	for (int i = 0; i < 6; i++) {
		CHECK_FAILS(LCMapStringW(0x409, maps[i] | NORM_IGNORENONSPACE, L"a", 1, w, 32), ERROR_INVALID_FLAGS);
		CHECK_FAILS(LCMapStringA(0x409, maps[i] | NORM_IGNORESYMBOLS, "a", 1, a, 32), ERROR_INVALID_FLAGS);
	}
	CHECK_FAILS(LCMapStringA(0x409, LCMAP_UPPERCASE | LCMAP_LOWERCASE, "ab", 2, a, 32), ERROR_INVALID_FLAGS);
	CHECK(LCMapStringW(0x409, NORM_IGNORENONSPACE, L"\xE9t\xE9, \xE0!", -1, w, 32) == 8 && !wcscmp(w, L"ete, a!"));
	CHECK(LCMapStringW(0x409, NORM_IGNORESYMBOLS, L"\t1 + x;\r\n", -1, w, 32) == 3 && !wcscmp(w, L"1x"));
	CHECK(LCMapStringA(0x409, NORM_IGNORESYMBOLS | NORM_IGNORENONSPACE, "a-\xE9 b", -1, a, 32) == 4 && !strcmp(a, "aeb"));
}

/* Whose format it is cannot be asked of a picture; what stands around seconds that are left out goes, but for a blank. */
static void pictures(void)
{
	SYSTEMTIME t = {2024, 2, 0, 9, 15, 4, 5, 0};
	DWORD number;
	WCHAR w[64];

	CHECK_FAILS(GetTimeFormatW(0x409, LOCALE_NOUSEROVERRIDE, &t, L"h", w, 64), ERROR_INVALID_FLAGS);
	CHECK_FAILS(GetDateFormatW(0x409, LOCALE_NOUSEROVERRIDE, &t, L"d", w, 64), ERROR_INVALID_FLAGS);
	CHECK(GetTimeFormatW(0x409, TIME_NOSECONDS, &t, L"h-m/s/tt", w, 64) && !wcscmp(w, L"3-4PM"));
	CHECK(GetTimeFormatW(0x409, TIME_NOSECONDS, &t, L"h-m/s tt", w, 64) && !wcscmp(w, L"3-4 PM"));
	CHECK_EQUAL(GetCalendarInfoA(0x409, CAL_GREGORIAN, CAL_ITWODIGITYEARMAX | CAL_RETURN_NUMBER, NULL, 0, &number), 4);
	CHECK_EQUAL(GetCalendarInfoW(0x409, CAL_GREGORIAN, CAL_ITWODIGITYEARMAX | CAL_RETURN_NUMBER, NULL, 0, &number), 2);
	CHECK_EQUAL(GetCalendarInfoW(0x409, CAL_GREGORIAN, CAL_SMONTHNAME13, w, 64, NULL), 1);
	CHECK(GetCalendarInfoW(0x409, CAL_GREGORIAN, 0x39, w, 64, NULL) == 3 && !wcscmp(w, L"AD"));
}

int main(void)
{
	conversions();
	conversion_edges();
	orders();
	mappings();
	pictures();
	characters();
	locales();
	enumerations();
	messages();
	ansi_formats();
	blanks();
	atoms();
	cut_atoms();
	return guest_result();
}
