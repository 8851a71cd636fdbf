/*
 * Internationalized names of domains: IdnToAscii, IdnToUnicode, IdnToNameprepUnicode.  Names are those of RFC 3492 and of
 * Unicode's examples.
 */
#include "guest.h"

#include <wchar.h>

typedef int WINAPI converter(DWORD flags, LPCWSTR from, int count, LPWSTR to, int capacity);
static converter *to_ascii, *to_unicode, *prepare;

static const WCHAR *convert(converter *function, DWORD flags, const WCHAR *from)
{
	static WCHAR text[4][300];
	static int next;
	WCHAR *to = text[next++ % 4];
	int count;

	SetLastError(0xDEADBEEF);
	count = function(flags, from, -1, to, 300);
	if (count == 0)
		return GetLastError() == ERROR_INVALID_NAME ? L"(no name)" : L"(failed)";
	CHECK_EQUAL(count, wcslen(to) + 1);
	CHECK_EQUAL(function(flags, from, -1, NULL, 0), count);
	return to;
}
#define CHECK_IDN(function, flags, from, expected) CHECK(!wcscmp(convert(function, flags, from), expected))

static void both_ways(void)
{
	static const struct {
		const WCHAR *name, *ascii;
	} names[] = {
		{L"b\xFC" L"cher.de", L"xn--bcher-kva.de"},
		{L"m\xFCnchen.example", L"xn--mnchen-3ya.example"},
		{L"\x4F8B\x3048.\x30C6\x30B9\x30C8", L"xn--r8jz45g.xn--zckzah"},
		{L"\x043F\x0440\x0438\x043C\x0435\x0440", L"xn--e1afmkfd"},
		{L"\x03C0\x03B1\x03C1\x03AC\x03B4\x03B5\x03B9\x03B3\x03BC\x03B1", L"xn--hxajbheg2az3al"},
		{L"\x05D0\x05D1\x05D2", L"xn--4dbcd"},
		{L"\xE5\xE4\xF6", L"xn--4cab6c"},
		{L"www.example.com", L"www.example.com"},
		{L"www.example.com.", L"www.example.com."},
		{L"a-b", L"a-b"},
	};

	for (size_t i = 0; i < ARRAYSIZE(names); i++) {
		CHECK_IDN(to_ascii, 0, names[i].name, names[i].ascii);
		CHECK_IDN(to_unicode, 0, names[i].ascii, names[i].name);
		CHECK_IDN(prepare, 0, names[i].name, names[i].name);
	}
}

static void preparation(void)
{
	CHECK_IDN(to_ascii, 0, L"B\xDC" L"CHER", L"xn--bcher-kva");
	CHECK_IDN(to_ascii, 0, L"stra\xDF" L"e.de", L"strasse.de");
	CHECK_IDN(prepare, 0, L"Stra\xDF" L"e", L"strasse");
	CHECK_IDN(to_ascii, 0, L"bu\x308" L"cher", L"xn--bcher-kva"); /* composed */
	CHECK_IDN(to_ascii, 0, L"\xFF41\xFF42\x3002\xFF43", L"ab.c");	/* wide letters and an ideographic full stop */
	CHECK_IDN(to_ascii, 0, L"b\xFC\xAD" L"cher", L"xn--bcher-kva"); /* a soft hyphen is nothing */
	CHECK_IDN(to_unicode, 0, L"XN--bcher-KVA", L"b\xFC" L"cher");
}

static void refusals(void)
{
	WCHAR text[100], longest[70];

	CHECK_IDN(to_ascii, 0, L"", L"(no name)");
	CHECK_IDN(to_ascii, 0, L"a..b", L"(no name)");
	CHECK_IDN(to_ascii, 0, L".", L"(no name)");
	CHECK_IDN(to_ascii, 0, L"\xE000", L"(no name)");
	CHECK_IDN(to_ascii, 0, L"\x05D0" L"a\xE4", L"(no name)"); /* two directions */
	CHECK_IDN(to_ascii, IDN_USE_STD3_ASCII_RULES, L"a_b", L"(no name)");
	CHECK_IDN(to_ascii, IDN_USE_STD3_ASCII_RULES, L"-a", L"(no name)");
	CHECK_IDN(to_ascii, 0, L"a_b", L"a_b");
	wmemset(longest, L'a', 64);
	longest[63] = 0;
	CHECK_IDN(to_ascii, 0, longest, longest);
	longest[63] = L'a';
	longest[64] = 0;
	CHECK_IDN(to_ascii, 0, longest, L"(no name)");
	CHECK_FAILS(to_ascii(16, L"a", -1, text, 100), ERROR_INVALID_FLAGS);
	CHECK_FAILS(to_ascii(0, NULL, -1, text, 100), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(to_ascii(0, L"a", -1, NULL, 100), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(to_ascii(0, L"abc", -1, text, 3), ERROR_INSUFFICIENT_BUFFER);
	/* A count leaves the terminator out. */
	CHECK_EQUAL(to_ascii(0, L"b\xFC" L"cher.de", 6, text, 100), 13);
	CHECK(!wcsncmp(text, L"xn--bcher-kva", 13));
}

int main(void)
{
	static const char *const dlls[] = {"kernel32.dll", "normaliz.dll"};

	for (int i = 0; i < 2; i++) {
		HMODULE module = LoadLibraryA(dlls[i]);

		to_ascii = (converter *)(void *)GetProcAddress(module, "IdnToAscii");
		to_unicode = (converter *)(void *)GetProcAddress(module, "IdnToUnicode");
		prepare = (converter *)(void *)GetProcAddress(module, "IdnToNameprepUnicode");
		CHECK(to_ascii && to_unicode && prepare && GetProcAddress(module, "NormalizeString"));
		both_ways();
		preparation();
		refusals();
	}
	return guest_result();
}
