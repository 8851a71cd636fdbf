/* message_format - FormatMessage: what becomes of texts, their inserts, widths and buffers (MSDN, and published tests). */
#include "guest.h"
#include <stdarg.h>
#include <wchar.h>

#define STRING FORMAT_MESSAGE_FROM_STRING
#define IGNORE FORMAT_MESSAGE_IGNORE_INSERTS
#define NO_WORK_DONE 235

static WCHAR wide[300];
static char narrow[300];

/* The text with its arguments; "?" and the last error if it failed. */
static const WCHAR *filled(const WCHAR *text, ...)
{
	va_list list;
	DWORD length;

	va_start(list, text);
	wcscpy(wide, L"*********");
	length = FormatMessageW(STRING, text, 0, 0, wide, 300, &list);
	va_end(list);
	if (length != wcslen(wide))
		swprintf(wide, 300, L"?%lu", GetLastError());
	return wide;
}

static const WCHAR *filled_from(ULONG_PTR *array, const WCHAR *text)
{
	if (!FormatMessageW(STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, text, 0, 0, wide, 300, (va_list *)array))
		swprintf(wide, 300, L"?%lu", GetLastError());
	return wide;
}

static const char *plain(DWORD flags, const char *text)
{
	DWORD length;

	strcpy(narrow, "*********");
	length = FormatMessageA(STRING | flags, text, 0, 0, narrow, 300, NULL);
	if (length != strlen(narrow))
		sprintf(narrow, "?%lu", GetLastError());
	return narrow;
}

#define WIDE_IS(call, want) CHECK(!wcscmp(call, want))
#define IS(call, want) CHECK(!strcmp(call, want))

/* A star takes the argument of the insert's number; what follows it comes next in the list. */
static void stars(void)
{
	ULONG_PTR array[] = {7, 2, (ULONG_PTR)L"abcd", 5, (ULONG_PTR)L"xy", 9};

	WIDE_IS(filled(L"%1!*s!|", 4, L"ab"), L"  ab|");
	WIDE_IS(filled(L"%1!*.*s!|%3", 5, 2, L"abcd", L"ef"), L"   ab|ef");
	WIDE_IS(filled(L"%1!*.*u!|%1!*.*u!", 6, 2, 1, 3, 8), L"    01|   008");
	WIDE_IS(filled(L"%1!*.*u!|%3!*.*u!", 6, 2, 1, 4, 3, 8), L"    01| 008");
	WIDE_IS(filled_from(array, L"%1!*.*s!|%4!*s!"), L"     ab|   xy");
	WIDE_IS(filled(L"%2 %1", L"b", L"a"), L"a b");
	WIDE_IS(filled(L"%1!S!%2!ws!%3!hs!", "a", L"b", "c"), L"abc");
	WIDE_IS(filled(L"%1", NULL), L"(null)");
}

static void escapes(void)
{
	WIDE_IS(filled(L"a%tb%rc%nd%!%.% %%%0e"), L"a\tb\rc\r\nd!. %");
	IS(plain(IGNORE, "%1 %2!5d! %% %. %! % %t%0z"), "%1 %2!5d! %% %. %! % \t");
	IS(plain(0, "a\rb\nc\r\r\nd"), "a\r\nb\r\nc\r\n\r\nd");
	IS(plain(FORMAT_MESSAGE_MAX_WIDTH_MASK, "a\rb\nc\r\r\nd%ne"), "a b c  d\r\ne");
	/* Of several sources the string comes first. */
	IS(plain(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_FROM_HMODULE, "text"), "text");
}

/* A line that is as long as the width is broken: at its last blank, with all blanks before it, or where it ends. */
static void widths(void)
{
	IS(plain(12, "one two three"), "one two\r\nthree");
	IS(plain(14, "one two three"), "one two three");
	IS(plain(13, "one two three"), "one two\r\nthree");
	IS(plain(5, "abcdefghijkl"), "abcde\r\nfghij\r\nkl");
	IS(plain(5, "abcde"), "abcde\r\n");
	IS(plain(5, "abcde%n"), "abcde\r\n\r\n");
	IS(plain(9, "abc     def"), "abc\r\ndef");
	IS(plain(6, "abc     def"), "abc\r\n  def");
	IS(plain(4, "         "), "\r\n\r\n ");
	IS(plain(6, "   abcdefgh"), "\r\nabcdef\r\ngh");
	IS(plain(8, "ab\ncd\tefg"), "ab\r\ncd\tefg");
	IS(plain(6, "abc%rdef gh"), "abc\rdef\r\ngh");
	IS(plain(IGNORE | 6, "abc %1%2"), "abc\r\n%1%2");
}

static void nothing(void)
{
	WCHAR *block = (WCHAR *)1;
	char *narrow_block = (char *)1;

	wcscpy(wide, L"abcdef");
	CHECK_FAILS(FormatMessageW(STRING, L"", 0, 0, wide, 300, NULL), NO_WORK_DONE);
	CHECK(!wide[0] && wide[1] == L'b');
	strcpy(narrow, "abcdef");
	CHECK_FAILS(FormatMessageA(STRING, "%0abc", 0, 0, narrow, 300, NULL), NO_WORK_DONE);
	IS(narrow, "abcdef");
	CHECK_FAILS(FormatMessageW(STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, L"", 0, 0, (WCHAR *)&block, 0, NULL), NO_WORK_DONE);
	CHECK(!block);
	CHECK_FAILS(FormatMessageA(STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, "", 0, 0, (char *)&narrow_block, 0, NULL), NO_WORK_DONE);
	CHECK(!narrow_block);
}

static DWORD into(WCHAR *buffer, DWORD size, const WCHAR **next, const WCHAR *text, ...)
{
	va_list list;
	DWORD length;

	va_start(list, text);
	SetLastError(0);
	length = FormatMessageW(STRING, text, 0, 0, buffer, size, &list);
	*next = va_arg(list, const WCHAR *);
	va_end(list);
	return length;
}

static void failures(void)
{
	const WCHAR *next;

	/* What there is before a mistake stays, without an end; the ANSI form leaves the buffer alone. */
	wcscpy(wide, L"********");
	CHECK_FAILS(FormatMessageW(STRING, L"abc%", 0, 0, wide, 300, NULL), ERROR_INVALID_PARAMETER);
	WIDE_IS(wide, L"abc*****");
	wcscpy(wide, L"********");
	CHECK_FAILS(FormatMessageW(STRING, L"ab%1", 0, 0, wide, 300, NULL), ERROR_INVALID_PARAMETER);
	WIDE_IS(wide, L"ab******");
	strcpy(narrow, "********");
	CHECK_FAILS(FormatMessageA(STRING, "abc%", 0, 0, narrow, 300, NULL), ERROR_INVALID_PARAMETER);
	IS(narrow, "********");

	wcscpy(wide, L"********");
	CHECK_FAILS(FormatMessageW(STRING, L"abcd", 0, 0, wide, 3, NULL), ERROR_INSUFFICIENT_BUFFER);
	CHECK(!wcscmp(wide, L"ab") && wide[3] == L'*');
	CHECK_FAILS(FormatMessageW(STRING, L"abcd", 0, 0, wide, 0, NULL), ERROR_INSUFFICIENT_BUFFER);
	strcpy(narrow, "********");
	CHECK_FAILS(FormatMessageA(STRING, "abcd", 0, 0, narrow, 4, NULL), ERROR_INSUFFICIENT_BUFFER);
	IS(narrow, "********");

	/* Arguments are taken as far as the text goes, and no further than the buffer. */
	CHECK_EQUAL(into(wide, 300, &next, L"%1 %2", L"a", L"b", L"c"), 3);
	WIDE_IS(next, L"c");
	CHECK_EQUAL(into(wide, 2, &next, L"%1 %2", L"aa", L"b", L"c"), 0);
	CHECK_EQUAL(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	WIDE_IS(next, L"b");

	CHECK_FAILS(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 2, 0, NULL, 300, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 2, 0, NULL, 1, NULL), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, 2, 0, NULL, 0, NULL),
		    ERROR_NOT_ENOUGH_MEMORY);
	CHECK_FAILS(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, 2, 0, NULL, 0, NULL),
		    ERROR_INVALID_PARAMETER);
	CHECK_FAILS(FormatMessageA(IGNORE, "text", 0, 0, narrow, 300, NULL), ERROR_INVALID_PARAMETER);
	/* Bad executables have an insert. */
	CHECK(!FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, ERROR_BAD_EXE_FORMAT, 0, narrow, 300, NULL));
}

/* Only the ANSI form has a limit. */
static void long_texts(void)
{
	for (DWORD length = 32765; length <= 40000; length = length < 32768 ? length + 1 : length + 7232) {
		char *text = malloc(length + 1), *to = malloc(length + 1), *block = NULL;
		WCHAR *wide_text = malloc((length + 1) * 2), *wide_to = malloc((length + 1) * 2);

		memset(text, 'x', length);
		text[length] = 0;
		for (DWORD i = 0; i <= length; i++)
			wide_text[i] = (WCHAR)text[i];
		if (length < 32767) {
			CHECK_EQUAL(FormatMessageA(STRING, text, 0, 0, to, length + 1, NULL), length);
			CHECK_EQUAL(FormatMessageA(STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, text, 0, 0, (char *)&block, 0, NULL), length);
			LocalFree(block);
		} else {
			CHECK_FAILS(FormatMessageA(STRING, text, 0, 0, to, length + 1, NULL), ERROR_INVALID_PARAMETER);
			CHECK_FAILS(FormatMessageA(STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, text, 0, 0, (char *)&block, 0, NULL),
				    ERROR_INVALID_PARAMETER);
		}
		CHECK_EQUAL(FormatMessageW(STRING, wide_text, 0, 0, wide_to, length + 1, NULL), length);
		free(text);
		free(to);
		free(wide_text);
		free(wide_to);
	}
}

int main(void)
{
	stars();
	escapes();
	widths();
	nothing();
	failures();
	long_texts();
	return guest_result();
}
