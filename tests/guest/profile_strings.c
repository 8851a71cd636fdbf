/*
 * profile_strings.c - initialization files: what is found in them, what is cut, what writing leaves of a file.
 */
#include "guest.h"

#define FILE_NAME ".\\profile_strings.ini"

static void put(const void *content, size_t size)
{
	HANDLE file = CreateFileA(FILE_NAME, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	DWORD done;

	CHECK(WriteFile(file, content, (DWORD)size, &done, NULL));
	CloseHandle(file);
}

/* The file's whole text. */
static void is(int line, const char *wanted)
{
	HANDLE file = CreateFileA(FILE_NAME, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	char text[1000] = "";
	DWORD size = 0;

	ReadFile(file, text, sizeof(text) - 1, &size, NULL);
	CloseHandle(file);
	guest_checks++;
	if (size != strlen(wanted) || memcmp(text, wanted, size)) {
		guest_failures++;
		printf("%s:%d: <%s>, not <%s>\n", __FILE__, line, text, wanted);
	}
}
#define FILE_IS(wanted) is(__LINE__, wanted)

/* A value, or a list with commas for its NULs, and the count that was returned. */
static void value(int line, const char *section, const char *key, const char *fallback, DWORD size, DWORD count,
		  const char *wanted)
{
	char text[200];
	WCHAR wide[200], wide_section[50], wide_key[50], wide_fallback[50];
	DWORD got, got_wide;

	memset(text, 'x', sizeof(text));
	got = GetPrivateProfileStringA(section, key, fallback, text, size, FILE_NAME);
	if (!section || !key)
		for (DWORD i = 0; i < got; i++)
			text[i] = text[i] ? text[i] : ',';
	if (section)
		MultiByteToWideChar(CP_ACP, 0, section, -1, wide_section, 50);
	if (key)
		MultiByteToWideChar(CP_ACP, 0, key, -1, wide_key, 50);
	if (fallback)
		MultiByteToWideChar(CP_ACP, 0, fallback, -1, wide_fallback, 50);
	got_wide = GetPrivateProfileStringW(section ? wide_section : NULL, key ? wide_key : NULL,
					    fallback ? wide_fallback : NULL, wide, size, L"" FILE_NAME);
	guest_checks++;
	if (got != count || got_wide != count || strcmp(text, wanted)) {
		guest_failures++;
		printf("%s:%d: %lu, %lu <%s>, not %lu <%s>\n", __FILE__, line, got, got_wide, text, count, wanted);
	}
}
#define VALUE(...) value(__LINE__, __VA_ARGS__)

static void reading(void)
{
	static const char content[] = "; a comment\r\nloose=1\r\n[First]\r\nname=value\r\n  spaced  =  some text  \r\n"
				      "quoted=\"  in quotes  \"\r\nsingle='x'\r\nhalf=\"y\r\nempty=\r\nalone\r\n;name2=no\r\n"
				      "same=1\r\nsame=2\r\n\r\n[ second ]\nname=two\n[first]\r\nlate=3\r\n[open\r\nx=1\r\n";
	char text[100];

	put(content, sizeof(content) - 1);
	VALUE("First", "name", "none", 100, 5, "value");
	VALUE("FIRST", "NAME", "none", 100, 5, "value");
	VALUE("First", "spaced", "none", 100, 9, "some text");
	VALUE("First", "quoted", "none", 100, 13, "  in quotes  ");
	VALUE("First", "single", "none", 100, 1, "x");
	VALUE("First", "half", "none", 100, 2, "\"y");
	VALUE("First", "empty", "none", 100, 0, "");
	VALUE("First", "same", "none", 100, 1, "1");
	VALUE("second", "name", "none", 100, 3, "two");
	VALUE("First", "name2", "none", 100, 4, "none");
	VALUE("First", "alone", "none  ", 100, 4, "none");
	VALUE("First", "late", "none", 100, 4, "none");
	VALUE("third", "name", "none", 100, 4, "none");
	VALUE("third", "name", NULL, 100, 0, "");
	/* Cut. */
	VALUE("First", "name", "none", 6, 5, "value");
	VALUE("First", "name", "none", 5, 4, "valu");
	VALUE("First", "name", "none", 1, 0, "");
	/* Keys: lines that have an equals sign. */
	VALUE("second", NULL, "none", 100, 5, "name,");
	VALUE("First", NULL, "none", 100, 47, "name,spaced,quoted,single,half,empty,same,same,");

	CHECK_EQUAL(GetPrivateProfileSectionA("second", text, 100, FILE_NAME), 9);
	CHECK_EQUAL(GetLastError(), ERROR_SUCCESS);
	CHECK(!memcmp(text, "name=two\0", 10));
	CHECK_FAILS(GetPrivateProfileSectionA("nowhere", text, 100, FILE_NAME), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(GetPrivateProfileSectionA(NULL, text, 100, FILE_NAME), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetPrivateProfileSectionA("second", NULL, 0, FILE_NAME), ERROR_INVALID_PARAMETER);

	put("[one]\r\n[two]\r\n[three]\r\n", 23);
	CHECK_EQUAL(GetPrivateProfileSectionNamesA(text, 100, FILE_NAME), 14);
	CHECK(!memcmp(text, "one\0two\0three\0", 15));
	CHECK_EQUAL(GetPrivateProfileSectionNamesA(text, 16, FILE_NAME), 14);
	CHECK_EQUAL(GetPrivateProfileSectionNamesA(text, 15, FILE_NAME), 13);
	CHECK(!text[13] && !text[14]);
	CHECK_EQUAL(GetPrivateProfileSectionNamesA(text, 12, FILE_NAME), 10);
	CHECK(!memcmp(text, "one\0two\0th\0", 12));
	memset(text, 'x', sizeof(text));
	CHECK_EQUAL(GetPrivateProfileSectionNamesA(text, 100, ".\\no such file.ini"), 0);
	CHECK(!text[0] && text[1] == 'x');
}

static void numbers(void)
{
	static const struct {
		const char *text;
		UINT number;
	} rows[] = {
		{"1", 1},	       {"-1", (UINT)-1},      {"+7", 7},  {"4294967297", 1},
		{"42A1", 42},	       {"B42", 0},	      {"0x1F", 31}, {"-4294967297", (UINT)-1},
	};

	DeleteFileA(FILE_NAME);
	CHECK_EQUAL(GetPrivateProfileIntA("s", "k", -5, FILE_NAME), (UINT)-5);
	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		CHECK(WritePrivateProfileStringA("s", "k", rows[i].text, FILE_NAME));
		CHECK_EQUAL(GetPrivateProfileIntA("s", "k", 99, FILE_NAME), rows[i].number);
		CHECK_EQUAL(GetPrivateProfileIntW(L"s", L"k", 99, L"" FILE_NAME), rows[i].number);
	}
	CHECK_EQUAL(GetPrivateProfileIntA("s", "other", 99, FILE_NAME), 99);
	CHECK_EQUAL(GetPrivateProfileIntA(NULL, "k", 99, FILE_NAME), 99);
}

static void writing(void)
{
	BYTE bytes[3] = {0x12, 0xAB, 0xFF}, again[3];

	DeleteFileA(FILE_NAME);
	CHECK(WritePrivateProfileStringA("a", "k", "1", FILE_NAME));
	FILE_IS("[a]\r\nk=1\r\n");
	CHECK(WritePrivateProfileStringA("a", "l", "two words", FILE_NAME));
	CHECK(WritePrivateProfileStringA("b", "m", "3", FILE_NAME));
	CHECK(WritePrivateProfileStringW(L"A", L"K", L"one", L"" FILE_NAME));
	CHECK(WritePrivateProfileStringA("a", "n", "", FILE_NAME));
	VALUE("a", "k", "", 100, 3, "one");
	VALUE("a", "n", "none", 100, 0, "");
	VALUE("b", "m", "", 100, 1, "3");
	VALUE(NULL, NULL, "", 100, 4, "a,b,");
	CHECK(WritePrivateProfileStringA("a", "l", NULL, FILE_NAME));
	VALUE("a", "l", "gone", 100, 4, "gone");
	CHECK(WritePrivateProfileStringA("b", NULL, NULL, FILE_NAME));
	VALUE(NULL, NULL, "", 100, 2, "a,");
	/* A new key stands behind the last line of its section; comments and other sections stay. */
	put("; top\r\n[a]\r\nk=1\r\n; in\r\n\r\n[b]\r\nz=1", 33);
	CHECK(WritePrivateProfileStringA("a", "new", "x", FILE_NAME));
	FILE_IS("; top\r\n[a]\r\nk=1\r\n; in\r\nnew=x\r\n\r\n[b]\r\nz=1");
	CHECK(WritePrivateProfileStringA("c", "d", "e", FILE_NAME));
	FILE_IS("; top\r\n[a]\r\nk=1\r\n; in\r\nnew=x\r\n\r\n[b]\r\nz=1\r\n[c]\r\nd=e\r\n");

	CHECK(WritePrivateProfileSectionA("c", "one=1\0two=2\0", FILE_NAME));
	VALUE("c", NULL, "", 100, 8, "one,two,");
	CHECK(WritePrivateProfileSectionA("c", NULL, FILE_NAME));
	VALUE(NULL, NULL, "", 100, 4, "a,b,");

	CHECK(WritePrivateProfileStructA("s", "k", bytes, 3, FILE_NAME));
	VALUE("s", "k", "", 100, 8, "12ABFFBC");
	CHECK(GetPrivateProfileStructA("s", "k", again, 3, FILE_NAME));
	CHECK(!memcmp(bytes, again, 3));
	CHECK(!GetPrivateProfileStructA("s", "k", again, 2, FILE_NAME));
	CHECK(WritePrivateProfileStringA("s", "k", "12ABFFBD", FILE_NAME));
	CHECK(!GetPrivateProfileStructA("s", "k", again, 3, FILE_NAME));
}

static void unicode(void)
{
	static const WCHAR content[] = L"\xFEFF[s]\r\nk=\x6F22\x5B57\r\n";
	WCHAR text[20];

	put(content, sizeof(content) - sizeof(WCHAR));
	CHECK_EQUAL(GetPrivateProfileStringW(L"s", L"k", L"", text, 20, L"" FILE_NAME), 2);
	CHECK(!wcscmp(text, L"\x6F22\x5B57"));
	CHECK(WritePrivateProfileStringW(L"s", L"l", L"\x4E00", L"" FILE_NAME));
	CHECK_EQUAL(GetPrivateProfileStringW(L"s", L"l", L"", text, 20, L"" FILE_NAME), 1);
	CHECK(!wcscmp(text, L"\x4E00"));
}

int main(void)
{
	reading();
	numbers();
	writing();
	unicode();
	DeleteFileA(FILE_NAME);
	return guest_result();
}
