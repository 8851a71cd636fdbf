/*
 * setlocale beyond English: names in Windows' and the modern form, and what lconv, strftime, characters and collation
 * are in those locales.  ucrt_locales.c compiles this for the Universal C Runtime.
 */
#include "guest.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <mbctype.h>
#include <mbstring.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#ifdef _UCRT
#define IS_UCRT 1
#else
#define IS_UCRT 0
#endif

char *_Getdays(void);

static const char *set(int category, const char *name)
{
	const char *result = setlocale(category, name);

	return result != NULL ? result : "(none)";
}
#define CHECK_SET(name, expected) CHECK(!strcmp(set(LC_ALL, name), expected))

static void names(void)
{
	/* Languages as Windows spells them, their abbreviations, and the strings that the C runtime adds. */
	CHECK_SET("German", "German_Germany.1252");
	CHECK_SET("deu", "German_Germany.1252");
	CHECK_SET("swiss", "German_Switzerland.1252");
	CHECK_SET("german-austrian", "German_Austria.1252");
	CHECK_SET("French_Canada", "French_Canada.1252");
	CHECK_SET("frc", "French_Canada.1252");
	CHECK_SET("eng", "English_United Kingdom.1252");
	CHECK_SET("uk", "English_United Kingdom.1252");
	CHECK_SET("english_britain", "English_United Kingdom.1252");
	CHECK_SET("usa", "English_United States.1252");
	CHECK_SET("australian", "English_Australia.1252");
	CHECK_SET("English_Ireland", "English_Ireland.1252");
	CHECK_SET("belgian", "Dutch_Belgium.1252");
	CHECK_SET("Polish", "Polish_Poland.1250");
	CHECK_SET("Greek", "Greek_Greece.1253");
	CHECK_SET("rus", "Russian_Russia.1251");
	CHECK_SET("jpn", "Japanese_Japan.932");
	CHECK_SET("korean", "Korean_Korea.949");
	CHECK_SET("chs", "Chinese (Simplified)_China.936");
	CHECK_SET("Chinese_China.936", "Chinese (Simplified)_China.936");
	CHECK_SET("chinese-traditional", "Chinese (Traditional)_Taiwan.950");
	CHECK_SET("portuguese", "Portuguese_Brazil.1252");
	CHECK_SET("ptg", "Portuguese_Portugal.1252");
	CHECK_SET("spanish", "Spanish_Spain.1252");
	CHECK_SET("esm", "Spanish_Mexico.1252");
	CHECK_SET("nor", "Norwegian Bokm\xE5l_Norway.1252");
	CHECK_SET("norwegian-nynorsk", "Norwegian-Nynorsk_Norway.1252");
	/* Code pages. */
	CHECK_SET("German_Germany.OCP", "German_Germany.850");
	CHECK_SET("Polish.ACP", "Polish_Poland.1250");
	CHECK_SET("Polish_Poland.1252", "Polish_Poland.1252");
	CHECK_SET("Polish_Poland.99999", "(none)");
	CHECK_SET("German_Atlantis", "(none)");
	CHECK_SET("Klingon", "(none)");
	/* Names in the modern form are the Universal C Runtime's, as is UTF-8. */
	CHECK_SET("de-DE", IS_UCRT ? "de-DE" : "(none)");
	CHECK_SET("fr-FR.UTF-8", IS_UCRT ? "fr-FR.UTF-8" : "(none)");
	CHECK_SET("ja-JP", IS_UCRT ? "ja-JP" : "(none)");
	CHECK_SET("xx-YY", "(none)");
	CHECK_SET(".UTF8", IS_UCRT ? "English_United States.utf8" : "(none)");
	/* Each category has its own. */
	CHECK_SET("C", "C");
	CHECK(!strcmp(set(LC_NUMERIC, "Polish"), "Polish_Poland.1250"));
	CHECK(!strcmp(set(LC_MONETARY, "Greek"), "Greek_Greece.1253"));
	CHECK_SET(NULL, "LC_COLLATE=C;LC_CTYPE=C;LC_MONETARY=Greek_Greece.1253;LC_NUMERIC=Polish_Poland.1250;LC_TIME=C");
	CHECK_SET("LC_COLLATE=C;LC_CTYPE=C;LC_MONETARY=German_Germany.1252;LC_NUMERIC=C;LC_TIME=C",
		  "LC_COLLATE=C;LC_CTYPE=C;LC_MONETARY=German_Germany.1252;LC_NUMERIC=C;LC_TIME=C");
	CHECK(_wsetlocale(LC_ALL, L"Norwegian Bokm\xE5l") != NULL);
	CHECK(!wcscmp(_wsetlocale(LC_ALL, NULL), L"Norwegian Bokm\xE5l_Norway.1252"));
	CHECK_SET("C", "C");
}

static void conventions(void)
{
	struct lconv *l;
	char text[32];

	CHECK(setlocale(LC_ALL, "German_Germany.1252") != NULL);
	l = localeconv();
	CHECK(!strcmp(l->decimal_point, ",") && !strcmp(l->thousands_sep, ".") && !strcmp(l->grouping, "\3"));
	CHECK(!strcmp(l->int_curr_symbol, "EUR") && !strcmp(l->currency_symbol, "\x80"));
	CHECK(!strcmp(l->mon_decimal_point, ",") && !strcmp(l->mon_thousands_sep, ".") && !strcmp(l->negative_sign, "-"));
	CHECK(l->frac_digits == 2 && l->p_cs_precedes == 0 && l->p_sep_by_space == 1 && l->n_cs_precedes == 0);
	CHECK_EQUAL(sprintf(text, "%.2f", 1.5), 4);
	CHECK(!strcmp(text, "1,50"));
	CHECK(strtod("2,25x", NULL) == 2.25);
	CHECK(setlocale(LC_ALL, "Japanese_Japan.932") != NULL);
	CHECK(localeconv()->frac_digits == 0 && localeconv()->p_cs_precedes == 1);
	CHECK(!strcmp(localeconv()->int_curr_symbol, "JPY"));
	CHECK(setlocale(LC_ALL, "C") != NULL);
	CHECK(!strcmp(localeconv()->decimal_point, "."));
	CHECK_EQUAL(localeconv()->frac_digits, 127);
}

static const char *written(const char *format)
{
	static char text[4][100];
	static int next;
	const struct tm tm = {.tm_year = 124, .tm_mon = 2, .tm_mday = 9, .tm_wday = 6, .tm_yday = 68, .tm_hour = 15, .tm_min = 4};
	char *to = text[next++ % 4];

	if (strftime(to, sizeof(text[0]), format, &tm) == 0)
		strcpy(to, "(none)");
	return to;
}

static void times(void)
{
	const struct tm tm = {.tm_year = 124, .tm_mon = 2, .tm_mday = 9, .tm_wday = 6, .tm_yday = 68, .tm_hour = 15, .tm_min = 4};
	wchar_t wide[64];
	char *kept;

	CHECK(setlocale(LC_ALL, "German_Germany.1252") != NULL);
	CHECK(!strcmp(written("%A %a %B"), "Samstag Sa M\xE4rz"));
	CHECK(!strcmp(written("%x %X"), "09.03.2024 15:04:00"));
	CHECK(!strcmp(written("%c"), "09.03.2024 15:04:00"));
	CHECK(!strcmp(written("%#x"), "Samstag, 9. M\xE4rz 2024"));
	CHECK(!strcmp(written("[%p]"), "[]"));
	CHECK(wcsftime(wide, 64, L"%A, %d. %B", &tm) && !wcscmp(wide, L"Samstag, 09. M\xE4rz"));
	kept = _Getdays();
	CHECK(kept && !strncmp(kept, ":So:Sonntag:Mo:Montag:", 22));
	free(kept);
	/* Literal text of a picture stands in quotes. */
	CHECK(setlocale(LC_ALL, "Swedish_Sweden.1252") != NULL);
	CHECK(!strcmp(written("%#x"), "den 9 mars 2024"));
	CHECK(setlocale(LC_ALL, "Japanese_Japan.932") != NULL);
	CHECK(!strcmp(written("%#x"), "2024\x94\x4E" "3\x8C\x8E" "9\x93\xFA"));
	CHECK(setlocale(LC_ALL, "English_United States.1252") != NULL);
	CHECK(!strcmp(written("%x %X"), "3/9/2024 3:04:00 PM"));
	CHECK(setlocale(LC_ALL, "C") != NULL);
	CHECK(!strcmp(written("%x %X %p"), "03/09/24 15:04:00 PM"));
}

static void characters(void)
{
	volatile int a = 0xE0, capital_a = 0xC0, capital_ya = 0xDF; /* a compiler may believe in the "C" locale */
	wchar_t wide[4];
	char text[8];

	CHECK(setlocale(LC_ALL, "Russian_Russia.1251") != NULL);
	CHECK(isalpha(a) && islower(a) && isupper(capital_a));
	CHECK(toupper(a) == 0xC0 && tolower(capital_ya) == 0xFF);
	CHECK(mbtowc(wide, "\xE0", 1) == 1 && wide[0] == 0x430);
	CHECK_EQUAL(wctomb(text, 0x42F), 1);
	CHECK_EQUAL((unsigned char)text[0], 0xDF);
	CHECK(setlocale(LC_ALL, "Polish_Poland.1250") != NULL);
	CHECK(isalpha(0xB9) && toupper(0xB9) == 0xA5);
	CHECK(setlocale(LC_ALL, "Greek_Greece.1253") != NULL);
	CHECK(toupper(0xE1) == 0xC1);
	CHECK(setlocale(LC_ALL, "chinese") != NULL);
	CHECK_EQUAL(MB_CUR_MAX, 2);
	CHECK(mbtowc(wide, "\xD6\xD0", 2) == 2 && wide[0] == 0x4E2D);
	CHECK(setlocale(LC_ALL, "German") != NULL);
	CHECK(strcoll("\xE4", "z") < 0 && strcoll("a", "B") < 0);
	CHECK(setlocale(LC_ALL, "C") != NULL);
	CHECK(!isalpha(0xE0));
	CHECK_EQUAL(_setmbcp(949), 0);
	CHECK(_ismbblead(0xB0) && _mbslen((const unsigned char *)"\xB0\xA1" "a") == 2);
	CHECK_EQUAL(_setmbcp(0 /* single bytes */), 0);
}

/* In the "C" locale and in another: two kinds of _locale_t. */
static void objects(void)
{
	_locale_t german = _create_locale(LC_ALL, "German"), c = _create_locale(LC_ALL, "C");
	char text[32];

	CHECK(german && c && !_create_locale(LC_ALL, "Klingon"));
	CHECK(_toupper_l(0xE4, german) == 0xC4 && _toupper_l(0xE4, c) == 0xE4);
	CHECK(_sprintf_l(text, "%.1f", german, 0.5) == 3 && !strcmp(text, "0,5"));
	CHECK(_strtod_l("0,5", NULL, german) == 0.5 && _strtod_l("0,5", NULL, c) == 0);
	_free_locale(german);
	_free_locale(c);
}

int main(void)
{
	names();
	conventions();
	times();
	characters();
	objects();
	return guest_result();
}
