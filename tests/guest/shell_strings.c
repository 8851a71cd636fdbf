/*
 * shell_strings.c - strings of shlwapi: places of characters, comparing, joining, sizes as text, one kind as the other.
 */
#include "guest.h"
#include <shlwapi.h>

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void searching(void)
{
	const char *text = "one two ONE two";
	const WCHAR *wide = L"one two ONE tw\u00F6 \u00D6";

	CHECK(StrRChrA(text, NULL, 'o') == text + 14);
	CHECK(StrRChrA(text, text + 14, 'o') == text + 6);
	CHECK(StrRChrA(text, text + 6, 'O') == NULL);
	CHECK(StrRChrIA(text, text + 14, 'o') == text + 8);
	CHECK(StrRChrA(NULL, NULL, 'o') == NULL && StrRChrA("", NULL, 'o') == NULL);
	CHECK(StrRChrW(wide, NULL, L'\u00F6') == wide + 14);
	CHECK(StrRChrIW(wide, NULL, L'\u00F6') == wide + 16);
	CHECK(StrRChrIW(wide, wide + 16, L'\u00D6') == wide + 14);

	CHECK(StrRStrIA(text, NULL, "Two") == text + 12);
	CHECK(StrRStrIA(text, text + 12, "Two") == text + 4);
	CHECK(StrRStrIA(text, text + 13, "Two") == text + 12); /* it begins before the end */
	CHECK(StrRStrIA(text, NULL, "three") == NULL && StrRStrIA(text, NULL, "") == NULL);
	CHECK(StrRStrIW(wide, NULL, L"one") == wide + 8);
	CHECK(StrRStrIW(wide, wide + 8, L"ONE") == wide);

	CHECK_EQUAL(StrSpnA("aabbc", "ab"), 4);
	CHECK_EQUAL(StrSpnA("aabb", "ab"), 4);
	CHECK_EQUAL(StrSpnA("caab", "ab"), 0);
	CHECK_EQUAL(StrCSpnA("xxAxa", "ab"), 4);
	CHECK_EQUAL(StrCSpnIA("xxAxa", "ab"), 2);
	CHECK_EQUAL(StrCSpnA("xyz", "ab"), 3);
	CHECK_EQUAL(StrSpnW(L"\u00F6\u00F6o", L"\u00F6"), 2);
	CHECK_EQUAL(StrCSpnW(L"x\u00D6\u00F6", L"\u00F6"), 2);
	CHECK_EQUAL(StrCSpnIW(L"x\u00D6\u00F6", L"\u00F6"), 1);
	CHECK(StrPBrkA(text, "tw") == text + 4 && StrPBrkA(text, "xyz") == NULL);
	CHECK(StrPBrkW(wide, L"N") == wide + 9 && StrPBrkW(wide, L"") == NULL);

	CHECK(StrChrNW(wide, L't', 4) == NULL && StrChrNW(wide, L't', 5) == wide + 4);
	CHECK(StrChrNIW(wide, L'T', 5) == wide + 4);
	CHECK(StrStrNW(wide, L"two", 6) == NULL && StrStrNW(wide, L"two", 7) == wide + 4);
	CHECK(StrStrNW(wide, L"ONE", 100) == wide + 8);
	CHECK(StrStrNIW(wide, L"ONE", 100) == wide && StrStrNIW(wide, L"TW\u00D6", 100) == wide + 12);
	CHECK(!ChrCmpIA('a', 'A') && ChrCmpIA('a', 'b') && !ChrCmpIW(L'\u00F6', L'\u00D6') && ChrCmpIW(L'a', L'b'));
}

static void comparing(void)
{
	static const struct {
		const WCHAR *a, *b;
		int logical;
	} rows[] = {
		{L"2string", L"3string", -1},
		{L"3string", L"20string", -1},
		{L"20string", L"st2ring", -1},
		{L"st2ring", L"st3ring", -1},
		{L"st3ring", L"st20ring", -1},
		{L"st20ring", L"string2", -1},
		{L"string2", L"string3", -1},
		{L"string3", L"string20", -1},
		{L"file10.txt", L"file9.txt", 1},
		{L"FILE10", L"file10", 0},
		{L"a99999999999999999999998", L"a99999999999999999999999", -1},
		{L"a", L"a1", -1},
		{L"", L"", 0},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		snprintf(guest_row, sizeof(guest_row), " (%ls, %ls)", rows[i].a, rows[i].b);
		CHECK_EQUAL(StrCmpLogicalW(rows[i].a, rows[i].b), rows[i].logical);
		CHECK_EQUAL(StrCmpLogicalW(rows[i].b, rows[i].a), -rows[i].logical);
	}
	*guest_row = 0;
	CHECK(StrCmpW(L"abc", L"abc") == 0 && StrCmpW(L"abc", L"abd") < 0 && StrCmpW(L"b", L"abc") > 0);
	CHECK(StrCmpW(L"a", L"B") < 0 && StrCmpW(L"A", L"b") < 0); /* as a dictionary has it */
	CHECK(StrCmpW(L"abc", L"ABC") != 0 && StrCmpIW(L"abc\u00F6", L"ABC\u00D6") == 0);
	CHECK(StrCmpNW(L"abcd", L"abce", 3) == 0 && StrCmpNW(L"abcd", L"abce", 4) < 0);
	CHECK(StrCmpNIW(L"ABCd", L"abce", 3) == 0 && StrCmpNIA("ABCd", "abce", 3) == 0);
	CHECK(StrCmpNA("abc", "abd", 2) == 0 && StrCmpNA("abc", "abd", 10) < 0 && StrCmpNA("ab", "abc", 10) < 0);
	CHECK(StrCmpCW(L"a", L"B") > 0 && StrCmpCA("a", "B") > 0 && StrCmpCA("a", "a") == 0);
	CHECK(StrCmpICW(L"aX", L"Ax") == 0 && StrCmpICW(L"\u00F6", L"\u00D6") != 0 && StrCmpICA("a", "B") < 0);
	CHECK(StrCmpNCW(L"abX", L"abY", 2) == 0 && StrCmpNCA("abX", "abY", 3) < 0);
	CHECK(StrCmpNICW(L"ABx", L"aby", 2) == 0 && sign(StrCmpNICA("ABx", "abY", 3)) == -1);
	CHECK(StrIsIntlEqualA(TRUE, "abX", "abY", 2) && !StrIsIntlEqualA(TRUE, "ab", "AB", 2));
	CHECK(StrIsIntlEqualW(FALSE, L"abX", L"ABY", 2) && !StrIsIntlEqualW(FALSE, L"abX", L"ABY", 3));
}

static void joining(void)
{
	WCHAR wide[12] = L"";
	char text[8] = "abc";
	LPWSTR copy;

	CHECK(StrCpyW(wide, L"abc") == wide && !wcscmp(wide, L"abc"));
	CHECK(StrCatW(wide, L"def") == wide && !wcscmp(wide, L"abcdef"));
	CHECK(StrCpyNW(wide, L"123456", 4) == wide && !wcscmp(wide, L"123"));
	CHECK(StrCatBuffW(wide, L"456789", 7) == wide && !wcscmp(wide, L"123456"));
	CHECK(StrCatBuffA(text, "defghij", 8) == text && !strcmp(text, "abcdefg"));
	CHECK_EQUAL(StrCatChainW(wide, 12, 0, L"one"), 3);
	CHECK_EQUAL(StrCatChainW(wide, 12, 3, L"two"), 6);
	CHECK_EQUAL(StrCatChainW(wide, 12, (DWORD)-1, L"three more"), 11);
	CHECK(!wcscmp(wide, L"onetwothree"));
	CHECK_EQUAL((DWORD)SHStrDupA("copied", &copy), S_OK);
	CHECK(!wcscmp(copy, L"copied"));
}

static void sizes(void)
{
	static const struct {
		LONGLONG size;
		const char *text, *kilobytes;
	} rows[] = {
		{0, "0 bytes", "0 KB"},
		{532, "532 bytes", "1 KB"},
		{1023, "1023 bytes", "1 KB"},
		{1024, "1.00 KB", "1 KB"},
		{1340, "1.30 KB", "2 KB"},
		{23506, "22.9 KB", "23 KB"},
		{1022286, "998 KB", "999 KB"},
		{1046862, "0.99 MB", "1,023 KB"},
		{2400016, "2.28 MB", "2,344 KB"},
		{2400000000, "2.23 GB", "2,343,750 KB"},
		{1LL << 40, "1.00 TB", "1,073,741,824 KB"},
		{1LL << 60, "1.00 EB", "1,125,899,906,842,624 KB"},
		{-24, "-24 bytes", "0 KB"},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		char text[64];
		WCHAR wide[64], want[64];

		snprintf(guest_row, sizeof(guest_row), " (%s)", rows[i].text);
		CHECK(StrFormatByteSize64A(rows[i].size, text, 64) == text);
		CHECK(!strcmp(text, rows[i].text));
		MultiByteToWideChar(CP_ACP, 0, rows[i].text, -1, want, 64);
		CHECK(StrFormatByteSizeW(rows[i].size, wide, 64) == wide);
		CHECK(!wcscmp(wide, want));
		CHECK(StrFormatKBSizeA(rows[i].size, text, 64) == text);
		CHECK(!strcmp(text, rows[i].kilobytes));
		MultiByteToWideChar(CP_ACP, 0, rows[i].kilobytes, -1, want, 64);
		CHECK(StrFormatKBSizeW(rows[i].size, wide, 64) == wide);
		CHECK(!wcscmp(wide, want));
	}
	*guest_row = 0;
}

static void converting(void)
{
	WCHAR wide[8];
	char text[8];

	CHECK_EQUAL(SHAnsiToUnicode("abc\xE4", wide, 8), 5);
	CHECK(!wcscmp(wide, L"abc\u00E4"));
	CHECK_EQUAL(SHAnsiToUnicode("abcdef", wide, 4), 4);
	CHECK(!wcscmp(wide, L"abc"));
	CHECK_EQUAL(SHUnicodeToAnsi(L"abc\u00E4", text, 8), 5);
	CHECK(!strcmp(text, "abc\xE4"));
	CHECK_EQUAL(SHUnicodeToAnsi(L"abcdef", text, 4), 4);
	CHECK(!strcmp(text, "abc"));
	CHECK_EQUAL(SHAnsiToAnsi("abcdef", text, 8), 7);
	CHECK_EQUAL(SHAnsiToAnsi("abcdef", text, 3), 3);
	CHECK(!strcmp(text, "ab"));
	CHECK_EQUAL(SHUnicodeToUnicode(L"abcdef", wide, 3), 3);
	CHECK(!wcscmp(wide, L"ab"));
}

int main(void)
{
	searching();
	comparing();
	joining();
	sizes();
	converting();
	return guest_result();
}
