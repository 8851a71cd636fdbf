/*
 * url_text.c - URLs of shlwapi: what they are, paths to and from them, escapes.
 */
#include "guest.h"
#include <shlwapi.h>

static void same(int line, const char *got, const char *want)
{
	guest_checks++;
	if (strcmp(got, want)) {
		guest_failures++;
		printf("%s:%d: %s, not %s%s\n", __FILE__, line, got, want, guest_row);
	}
}
#define SAME(got, want) same(__LINE__, got, want)

static void kinds(void)
{
	static const struct {
		const char *url;
		BOOL is_url, opaque, file, query;
		DWORD scheme;
		const char *suffix;
	} rows[] = {
		{"http://host/a?b", TRUE, FALSE, FALSE, TRUE, URL_SCHEME_HTTP, "//host/a?b"},
		{"HTTPS:", TRUE, FALSE, FALSE, FALSE, URL_SCHEME_HTTPS, ""},
		{"mailto:me@host", TRUE, TRUE, FALSE, FALSE, URL_SCHEME_MAILTO, "me@host"},
		{"about:blank", TRUE, TRUE, FALSE, FALSE, URL_SCHEME_ABOUT, "blank"},
		{"javascript:x", TRUE, TRUE, FALSE, FALSE, URL_SCHEME_JAVASCRIPT, "x"},
		{"File:part", TRUE, FALSE, TRUE, FALSE, URL_SCHEME_FILE, "part"},
		{"file:///c:/a", TRUE, FALSE, TRUE, FALSE, URL_SCHEME_FILE, "c:/a"},
		{"file:\\\\e:\\b", TRUE, FALSE, TRUE, FALSE, URL_SCHEME_FILE, "e:\\b"},
		{"never-heard+of.it:x", TRUE, FALSE, FALSE, FALSE, URL_SCHEME_UNKNOWN, "x"},
		{"res://x", TRUE, FALSE, FALSE, FALSE, URL_SCHEME_RES, "//x"},
		{"c:\\folder", FALSE, FALSE, FALSE, FALSE, 0, NULL},
		{"folder\\file", FALSE, FALSE, FALSE, FALSE, 0, NULL},
		{"name.txt", FALSE, FALSE, FALSE, FALSE, 0, NULL},
		{"", FALSE, FALSE, FALSE, FALSE, 0, NULL},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		PARSEDURLA parsed = {.cbSize = sizeof(parsed)};
		WCHAR wide[100];

		snprintf(guest_row, sizeof(guest_row), " (%s)", rows[i].url);
		MultiByteToWideChar(CP_ACP, 0, rows[i].url, -1, wide, 100);
		CHECK_EQUAL(PathIsURLA(rows[i].url), rows[i].is_url);
		CHECK_EQUAL(PathIsURLW(wide), rows[i].is_url);
		CHECK_EQUAL(UrlIsA(rows[i].url, URLIS_URL), rows[i].is_url);
		CHECK_EQUAL(UrlIsW(wide, URLIS_URL), rows[i].is_url);
		CHECK_EQUAL(UrlIsOpaqueA(rows[i].url), rows[i].opaque);
		CHECK_EQUAL(UrlIsW(wide, URLIS_OPAQUE), rows[i].opaque);
		CHECK_EQUAL(UrlIsA(rows[i].url, URLIS_FILEURL), rows[i].file);
		CHECK_EQUAL(UrlIsW(wide, URLIS_FILEURL), rows[i].file);
		CHECK_EQUAL(UrlIsA(rows[i].url, URLIS_HASQUERY), rows[i].query);
		if (!rows[i].suffix) {
			CHECK_EQUAL((DWORD)ParseURLA(rows[i].url, &parsed), 0x80041001);
			continue;
		}
		CHECK_EQUAL((DWORD)ParseURLA(rows[i].url, &parsed), S_OK);
		CHECK_EQUAL(parsed.nScheme, rows[i].scheme);
		CHECK(parsed.pszProtocol == rows[i].url);
		CHECK_EQUAL(parsed.cchProtocol, strchr(rows[i].url, ':') - rows[i].url);
		SAME(parsed.pszSuffix, rows[i].suffix);
		CHECK_EQUAL(parsed.cchSuffix, strlen(rows[i].suffix));
	}
	guest_row[0] = 0;
	CHECK(!PathIsURLW(NULL) && !UrlIsW(NULL, URLIS_URL));
	CHECK(UrlIsA("http://host/folder/", URLIS_DIRECTORY) && !UrlIsA("http://host/file", URLIS_DIRECTORY));
	SAME(UrlGetLocationA("http://host/a#there"), "#there");
	CHECK(UrlGetLocationA("http://host/a") == NULL);
}

static void paths(void)
{
	static const struct {
		const char *url, *path;
	} rows[] = {
		{"file:///c:/a/b%5Cc", "c:\\a\\b\\c"},
		{"file:///C:/with%20space/%25x", "C:\\with space\\%x"},
		{"file:///c:/a/../b", "c:\\a\\..\\b"},
		{"file:///host/c:/a", "\\host\\c:\\a"},
		{"file://host/c:/a", "\\\\hostc:\\a"},
		{"file://host/share/a", "\\\\host\\share\\a"},
		{"file:\\\\host\\share\\a", "\\\\host\\share\\a"},
		{"file:\\%5Chost\\c:\\a", "\\\\host\\c:\\a"},
		{"file://c:/a", "c:\\a"},
		{"file://c|/d|/a", "c:\\d|\\a"},
		{"file:/a/b/", "\\a\\b\\"},
		{"file:a/b", "a\\b"},
		{"file:c|/a", "c:\\a"},
		{"file:cx|/a", "cx|\\a"},
		{"file:////c:/a", "c:\\a"},
		{"file://localhost/c:/a", "c:\\a"},
	};
	static const char *const refused[] = {"c:\\a", "a/b", "http://host/a"};
	static const struct {
		const char *path, *url;
		HRESULT result;
	} back[] = {
		{"a", "file:a", S_OK},
		{"a\\b", "file:a/b", S_OK},
		{"\\a\\b", "file:///a/b", S_OK},
		{"c:\\a\\b", "file:///c:/a/b", S_OK},
		{"c:a", "file:///c:a", S_OK},
		{"c:\\a b\\c%d#e", "file:///c:/a%20b/c%25d%23e", S_OK},
		{"\\\\host\\share\\a", "file://host/share/a", S_OK},
		{"file:///c:/a", "file:///c:/a", S_FALSE},
	};
	WCHAR wide[200], result[200], *allocated;
	char narrow[200];
	DWORD size;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		snprintf(guest_row, sizeof(guest_row), " (%s)", rows[i].url);
		size = sizeof(narrow);
		CHECK_EQUAL((DWORD)PathCreateFromUrlA(rows[i].url, narrow, &size, 0), S_OK);
		SAME(narrow, rows[i].path);
		CHECK_EQUAL(size, strlen(rows[i].path));
		MultiByteToWideChar(CP_ACP, 0, rows[i].url, -1, wide, 200);
		size = 200;
		CHECK_EQUAL((DWORD)PathCreateFromUrlW(wide, result, &size, 0), S_OK);
		WideCharToMultiByte(CP_ACP, 0, result, -1, narrow, 200, NULL, NULL);
		SAME(narrow, rows[i].path);
		size = 2;
		result[0] = 'x';
		CHECK_EQUAL((DWORD)PathCreateFromUrlW(wide, result, &size, 0), (DWORD)E_POINTER);
		CHECK_EQUAL(size, strlen(rows[i].path) + 1);
		CHECK_EQUAL(result[0], 'x');
	}
	for (size_t i = 0; i < ARRAYSIZE(refused); i++) {
		size = sizeof(narrow);
		CHECK_EQUAL((DWORD)PathCreateFromUrlA(refused[i], narrow, &size, 0), (DWORD)E_INVALIDARG);
	}
	guest_row[0] = 0;
	CHECK_EQUAL((DWORD)PathCreateFromUrlW(L"file:a", NULL, &size, 0), (DWORD)E_INVALIDARG);
	CHECK_EQUAL((DWORD)PathCreateFromUrlW(L"file:a", wide, NULL, 0), (DWORD)E_INVALIDARG);
	allocated = NULL;
	CHECK_EQUAL((DWORD)PathCreateFromUrlAlloc(L"file:///c:/x", &allocated, 0), S_OK);
	CHECK(allocated && !wcscmp(allocated, L"c:\\x"));
	LocalFree(allocated);

	for (size_t i = 0; i < ARRAYSIZE(back); i++) {
		snprintf(guest_row, sizeof(guest_row), " (%s)", back[i].path);
		size = sizeof(narrow);
		CHECK_EQUAL((DWORD)UrlCreateFromPathA(back[i].path, narrow, &size, 0), (DWORD)back[i].result);
		SAME(narrow, back[i].url);
		CHECK_EQUAL(size, strlen(back[i].url));
	}
	guest_row[0] = 0;
}

static void escapes(void)
{
	static const struct {
		const char *url;
		DWORD flags;
		const char *escaped;
	} rows[] = {
		{"http://host/a\n", 0, "http://host/a%0A"},
		{"a b\r", URL_ESCAPE_SPACES_ONLY, "a%20b\r"},
		{"file:////a\\b", 0, "file://a/b"},
		{"file:///a/b", 0, "file:///a/b"},
		{"file://LocalHost/a", 0, "file:///a"},
		{"file:/a", 0, "file:///a"},
		{"file:a\\b", 0, "file:a/b"},
		{"file:///a b?c d\\e", 0, "file:///a%20b?c d\\e"},
		{"file:///a#b c", 0, "file:///a%23b%20c"},
		{"file:///^&`{}|][\"<>%o", 0, "file:///%5E%26%60%7B%7D%7C%5D%5B%22%3C%3E%o"},
		{"a%o", URL_ESCAPE_PERCENT, "a%25o"},
		{"a/b\\c?d", URL_ESCAPE_SEGMENT_ONLY, "a%2Fb%5Cc%3Fd"},
		{"a/b\\c?d\\", 0, "a/b%5Cc?d\\"},
		{"http:a/b\\c", 0, "http:a%2Fb%2Fc"},
		{"http:\\\\a\\b", 0, "http://a/b"},
		{"foo:a/b\\c", 0, "foo:a%2Fb%5Cc"},
		{"foo:/a\\b", 0, "foo:/a%5Cb"},
		{"mailto:/a\\b?c#d", 0, "mailto:%2Fa%5Cb%3Fc%23d"},
		{"ftp://a/b?c\\d", 0, "ftp://a/b?c\\d"},
	};
	static const struct {
		const char *url;
		DWORD flags;
		const char *plain;
	} back[] = {
		{"file://fo%20o%5Ca/b", 0, "file://fo o\\a/b"},
		{"%24%25x%2", 0, "$%x%2"},
		{"a%20b?c%20d", URL_DONT_UNESCAPE_EXTRA_INFO, "a b?c%20d"},
		{"%zz", 0, "%zz"},
	};
	WCHAR result[100], units[] = L"a b";
	char narrow[200], place[] = "a%20b";
	DWORD size;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		snprintf(guest_row, sizeof(guest_row), " (%s)", rows[i].url);
		size = sizeof(narrow);
		CHECK_EQUAL((DWORD)UrlEscapeA(rows[i].url, narrow, &size, rows[i].flags), S_OK);
		SAME(narrow, rows[i].escaped);
	}
	for (size_t i = 0; i < ARRAYSIZE(back); i++) {
		char url[100];

		snprintf(guest_row, sizeof(guest_row), " (%s)", back[i].url);
		strcpy(url, back[i].url);
		size = sizeof(narrow);
		CHECK_EQUAL((DWORD)UrlUnescapeA(url, narrow, &size, back[i].flags), S_OK);
		SAME(narrow, back[i].plain);
		SAME(url, back[i].url);
	}
	guest_row[0] = 0;
	CHECK_EQUAL((DWORD)UrlUnescapeA(place, NULL, NULL, URL_UNESCAPE_INPLACE), S_OK);
	SAME(place, "a b");
	size = 100;
	CHECK_EQUAL((DWORD)UrlEscapeW(L"x\x1f\xff\x2122/", result, &size, 0), S_OK);
	CHECK(!wcscmp(result, L"x%1F%FF\x2122/"));
	size = 100;
	CHECK_EQUAL((DWORD)UrlEscapeW(L"\xdf\xd841\xdf0e\xdc00", result, &size, 0x40000 /* URL_ESCAPE_AS_UTF8 */), S_OK);
	CHECK(!wcscmp(result, L"%C3%9F%F0%A0%9C%8E%EF%BF%BD"));
	size = 1;
	CHECK_EQUAL((DWORD)UrlEscapeW(units, result, &size, 0), (DWORD)E_POINTER);
	CHECK_EQUAL(size, 6);
	size = 0;
	CHECK_EQUAL((DWORD)UrlEscapeW(units, result, &size, 0), (DWORD)E_INVALIDARG);
}

static void applied(void)
{
	static const struct {
		const char *url;
		DWORD flags;
		const char *result; /* NULL: S_FALSE */
	} rows[] = {
		{"www.host.org", URL_APPLY_GUESSSCHEME, "http://www.host.org"},
		{"ftp.host.org", URL_APPLY_GUESSSCHEME | URL_APPLY_DEFAULT, "ftp://ftp.host.org"},
		{"ftp.host.org", URL_APPLY_DEFAULT, "http://ftp.host.org"},
		{"host.org", URL_APPLY_GUESSSCHEME, NULL},
		{"http://host", URL_APPLY_GUESSSCHEME | URL_APPLY_FORCEAPPLY, NULL},
		{"http://host", URL_APPLY_FORCEAPPLY | URL_APPLY_DEFAULT, "http://http://host"},
		{"", URL_APPLY_DEFAULT, "http://"},
		{"u:\\a", URL_APPLY_GUESSFILE | URL_APPLY_DEFAULT, "file:///u:/a"},
		{"u:\\a", URL_APPLY_DEFAULT, "http://u:\\a"},
		{"\\\\host\\a", URL_APPLY_GUESSFILE, "file://host/a"},
	};
	char result[100];
	DWORD size;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		snprintf(guest_row, sizeof(guest_row), " (%s)", rows[i].url);
		strcpy(result, "untouched");
		size = sizeof(result);
		CHECK_EQUAL((DWORD)UrlApplySchemeA(rows[i].url, result, &size, rows[i].flags),
			    rows[i].result ? S_OK : S_FALSE);
		SAME(result, rows[i].result ? rows[i].result : "untouched");
	}
	guest_row[0] = 0;
	size = 19;
	CHECK_EQUAL((DWORD)UrlApplySchemeA("www.host.org", result, &size, URL_APPLY_DEFAULT), (DWORD)E_POINTER);
	CHECK_EQUAL(size, 20);
}

int main(void)
{
	kinds();
	paths();
	escapes();
	applied();
	return guest_result();
}
