/*
 * tests/guest/crt_strings.c - narrow, wide and multibyte strings of msvcrt.dll: what is left in buffers that were too
 * small, halves of characters, and the tables of the double-byte code pages.
 */
#include "guest.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <mbctype.h>
#include <mbstring.h>
#include <wchar.h>

#define BYTES(text) ((const unsigned char *)(text))
#define CHECK_BYTES(got, want) CHECK(memcmp(got, want, sizeof(want) - 1) == 0)

/* Parameters that are not valid are told to nobody, so that the functions return. */
static int invalid_parameters;

static void on_invalid_parameter(const wchar_t *expression, const wchar_t *function, const wchar_t *file, unsigned line,
				 uintptr_t reserved)
{
	invalid_parameters++;
}

/* Not what the compiler knows, and not what the import library has of its own. */
static void *function(const char *name)
{
	return (void *)GetProcAddress(GetModuleHandleA("msvcrt.dll"), name);
}

static void secure_copies(void)
{
	int (*compare)(const char *, const char *, size_t) = function("strncmp");
	char text[16];
	wchar_t wide[8];

	memset(text, 'X', sizeof(text));
	CHECK_EQUAL(strcpy_s(text, 8, "a long string"), ERANGE);
	CHECK_BYTES(text, "\0 long sX");
	memset(text, 'X', sizeof(text));
	strcpy(text, "one");
	CHECK_EQUAL(strcat_s(text, 6, "two"), ERANGE);
	CHECK_BYTES(text, "\0netwoX");
	/* A copy onto its own end goes on as long as there is room. */
	strcpy(text, "1");
	CHECK_EQUAL(strncpy_s(text + 1, 4, text, _TRUNCATE), STRUNCATE);
	CHECK_BYTES(text, "1111\0");
	memcpy(text, "bbbb", 4);
	CHECK_EQUAL(_strnset_s(text, 4, 'c', 2), EINVAL);
	CHECK_BYTES(text, "\0cb");
	wcscpy(wide, L"text");
	CHECK_EQUAL(_wcsnset_s(wide, 2, 'a', 3), EINVAL);
	CHECK(wide[0] == 0 && wide[1] == 'e');
	wide[0] = 'x';
	CHECK_EQUAL(_wcsupr_s(wide, 0), EINVAL);
	CHECK(wide[0] == 0);
	/* A string that has nothing to change may be read-only. */
	CHECK(strcmp(_strupr((char *)"ALREADY 1"), "ALREADY 1") == 0);
	CHECK_EQUAL(compare("ab\xb0", "ab\xa0", 3), 1);
	CHECK_EQUAL(compare("", "abc", 3), -1);
}

static void single_bytes(void)
{
	int (*lower)(int) = function("tolower");
	char text[8];

	/* "C" counts without a look, converts Latin-1, and takes the low byte of an int. */
	CHECK_EQUAL(wcstombs(NULL, L"\xfffd", 0), 1);
	CHECK_EQUAL(btowc(0x1e0), 0xe0);
	CHECK(setlocale(LC_ALL, ".1252") != NULL);
	CHECK_EQUAL(wcstombs(NULL, L"\xfffd", 0), (size_t)-1);
	CHECK_EQUAL(lower((signed char)0xD0), 0xF0);
	/* The best fit of a letter that the code page lacks. */
	CHECK_EQUAL(wctomb(text, 0x100), 1);
	CHECK_EQUAL(text[0], 'A');
	setlocale(LC_ALL, "C");
}

/* Runs of equal classes in _mbctype, whose first entry is that of EOF. */
static void check_table(int code_page, const unsigned char (*run)[2])
{
	const unsigned char *table = function("_mbctype");
	int i = 0, k;

	CHECK_EQUAL(_setmbcp(code_page), 0);
	for (; (*run)[1] != 0; run++)
		for (k = 0; k < (*run)[1]; k++, i++)
			CHECK_EQUAL(table[i], (*run)[0]);
	CHECK_EQUAL(i, 257);
}

static void tables(void)
{
	static const unsigned char japanese[][2] = {{0, 65},  {8, 1},    {0x18, 26}, {8, 6}, {0x28, 26}, {8, 4}, {0, 1}, {8, 1},
						    {12, 31}, {8, 1},    {10, 5},    {9, 58}, {12, 29},  {0, 3}, {0, 0}},
				   chinese[][2] = {{0, 65}, {8, 1}, {0x18, 26}, {8, 6}, {0x28, 26}, {8, 6}, {12, 126}, {0, 1}, {0, 0}},
				   korean[][2] = {{0, 66}, {0x18, 26}, {8, 6}, {0x28, 26}, {8, 6}, {12, 126}, {0, 1}, {0, 0}},
				   big5[][2] = {{0, 65}, {8, 1}, {0x18, 26}, {8, 6}, {0x28, 26}, {8, 4}, {0, 2}, {4, 32}, {12, 94}, {0, 1}, {0, 0}};

	check_table(932, japanese);
	check_table(936, chinese);
	check_table(949, korean);
	check_table(950, big5);
	CHECK_EQUAL(_setmbcp(1361), 0);
	CHECK(_ismbblead(0x81) && !_ismbblead(0xD7) && _ismbblead(0xD8) && !_ismbblead(0xDF) && _ismbblead(0xF9));
	CHECK(_ismbclegal(0x8131) && !_ismbclegal(0xDF31) && !_ismbclegal(0x817F));
	_setmbcp(932);
	CHECK_EQUAL(_mbctombb(0x8396), 0xB9);
	CHECK_EQUAL(_mbctombb(0x834B), 0xB6);
}

static void halves(void)
{
	const unsigned char *text = BYTES("\xb0\xb1\xb2 \xb3\xb4 \xb5"), *lone = BYTES("\xb0\0\xb1\xb2 \xb3");
	unsigned char copy[16];
	size_t (*restart)(wchar_t *, const char *, size_t, mbstate_t *) = function("mbrtowc");
	mbstate_t state = 0;
	wchar_t wide[8];

	_setmbcp(936);
	CHECK_EQUAL(_ismbstrail(text, text + 8), -1);
	CHECK_EQUAL(_ismbstrail(lone, lone + 1), -1);
	CHECK_EQUAL(_mbsnlen(text, 8), 8);
	CHECK_EQUAL(_mbsnlen(text, 9), 4);
	CHECK_EQUAL(_mbsnlen(lone, 1), 1);
	memset(copy, 0xff, sizeof(copy));
	_mbsncpy(copy, text, 5);
	CHECK_BYTES(copy, "\xb0\xb1\xb2 \xb3\xb4 \0\0\xff");
	CHECK_EQUAL(_mbsupr_s(NULL, 0), 0);
	CHECK(setlocale(LC_ALL, ".936") != NULL);
	CHECK_EQUAL(restart(wide, (const char *)text + 2, 2, NULL), 2);
	CHECK_EQUAL(wide[0], '?');
	CHECK_EQUAL(restart(wide, (const char *)text, 1, &state), (size_t)-2);
	CHECK_EQUAL(state, 0xb0);
	CHECK_EQUAL(restart(wide, (const char *)text + 1, 1, &state), 2);
	CHECK(wide[0] == 0x6c28 && state == 0);
	setlocale(LC_ALL, "C");

	_setmbcp(932);
	/* Half a character fits all of them. */
	CHECK_EQUAL(_mbsspn(BYTES("ab\x93\xfa"), BYTES("\x8e")), 4);
	CHECK_EQUAL(_mbscspn(BYTES("ab\x93\xfa"), BYTES("\x8e")), 0);
	strcpy((char *)copy, "a\x81");
	CHECK_EQUAL(_mbscat_s(copy, sizeof(copy), BYTES("R")), EILSEQ);
	CHECK_BYTES(copy, "aR\0");
	strcpy((char *)copy, "a");
	CHECK_EQUAL(_mbscat_s(copy, sizeof(copy), BYTES("b\x81")), EILSEQ);
	CHECK_BYTES(copy, "ab\0");
	strcpy((char *)copy, "6\x8c");
	_mbsrev(copy);
	CHECK_BYTES(copy, "6\0");
	CHECK(setlocale(LC_ALL, ".932") != NULL);
	errno = 0;
	CHECK_EQUAL(mbstowcs(wide, "\xa0\x82", 8), (size_t)-1);
	CHECK_EQUAL(errno, EILSEQ);
	/* One at a time, a pair that is no character is the code page's default one. */
	CHECK_EQUAL(mbtowc(wide, "\xe0\x7f", 2), 2);
	CHECK_EQUAL(wide[0], 0x30FB);
	setlocale(LC_ALL, "C");
	_setmbcp(_MB_CP_ANSI);
}

/* Whole strings from one form to the other, into buffers of their length, too small ones, and none. */
static void restartable(void)
{
	errno_t (*widen)(size_t *, wchar_t *, size_t, const char **, size_t, mbstate_t *) = function("mbsrtowcs_s");
	errno_t (*narrow)(size_t *, char *, size_t, const wchar_t **, size_t, mbstate_t *) = function("wcsrtombs_s");
	const wchar_t *wide_from;
	const char *from;
	wchar_t wide[8];
	char text[8];
	size_t n;

	from = "abc";
	CHECK_EQUAL(widen(&n, wide, 8, &from, _TRUNCATE, NULL), 0);
	CHECK(n == 4 && wcscmp(wide, L"abc") == 0 && from == NULL);
	from = "abc";
	CHECK_EQUAL(widen(&n, wide, 3, &from, _TRUNCATE, NULL), STRUNCATE);
	CHECK(n == 3 && wcscmp(wide, L"ab") == 0);
	from = "abc";
	CHECK_EQUAL(widen(&n, wide, 3, &from, 3, NULL), ERANGE);
	CHECK(wide[0] == 0);
	from = "abc";
	CHECK_EQUAL(widen(&n, NULL, 0, &from, 0, NULL), 0);
	CHECK_EQUAL(n, 4);
	wide_from = L"abc";
	CHECK_EQUAL(narrow(&n, text, 8, &wide_from, _TRUNCATE, NULL), 0);
	CHECK(n == 4 && strcmp(text, "abc") == 0);
	wide_from = L"abc";
	CHECK_EQUAL(narrow(&n, text, 3, &wide_from, _TRUNCATE, NULL), STRUNCATE);
	CHECK(n == 3 && strcmp(text, "ab") == 0);
	wide_from = L"abc";
	CHECK_EQUAL(narrow(&n, text, 3, &wide_from, 3, NULL), ERANGE);
	CHECK(text[0] == 0);
}

int main(void)
{
	_invalid_parameter_handler (*set)(_invalid_parameter_handler) = function("_set_invalid_parameter_handler");

	if (set != NULL)
		set(on_invalid_parameter);
	secure_copies();
	single_bytes();
	tables();
	halves();
	restartable();
	return guest_result();
}
