/*
 * path_text.c - the PathCch functions: roots, extensions, backslashes, canonical forms, combining.
 */
#include "guest.h"
#include <pathcch.h>

#define SHORT_BUFFER ((HRESULT)0x8007007A)
#define LONG_NAME ((HRESULT)0x800700CE)
#define VOLUME L"\\\\?\\Volume{01234567-89ab-cdef-0123-456789ABCDEF}"

static void same(int line, const WCHAR *got, const WCHAR *want)
{
	guest_checks++;
	if (wcscmp(got, want)) {
		guest_failures++;
		printf("%s:%d: %ls, not %ls\n", __FILE__, line, got, want);
	}
}
#define SAME(got, want) same(__LINE__, got, want)

static void roots(void)
{
	static const struct {
		const WCHAR *path;
		int root; /* -1: none */
		BOOL is_root;
		const WCHAR *stripped, *folder; /* NULL: unchanged */
	} rows[] = {
		{L"C:\\", 3, TRUE, NULL, NULL},
		{L"C:", 2, FALSE, NULL, NULL},
		{L"C:x", 2, FALSE, L"C:", L"C:"},
		{L"C:\\one", 3, FALSE, L"C:\\", L"C:\\"},
		{L"C:\\one\\", 3, FALSE, L"C:\\", L"C:\\one"},
		{L"C:\\one\\two", 3, FALSE, L"C:\\", L"C:\\one"},
		{L"\\", 1, TRUE, NULL, NULL},
		{L"\\one", 1, FALSE, L"\\", L"\\"},
		{L"\\\\server", 8, TRUE, NULL, NULL},
		{L"\\\\server\\", 9, FALSE, L"\\\\server", L"\\\\server"},
		{L"\\\\server\\share", 14, TRUE, NULL, NULL},
		{L"\\\\server\\share\\", 15, FALSE, L"\\\\server\\share", L"\\\\server\\share"},
		{L"\\\\server\\share\\one", 15, FALSE, L"\\\\server\\share", L"\\\\server\\share"},
		{L"\\\\?\\C:\\one", 7, FALSE, L"\\\\?\\C:\\", L"\\\\?\\C:\\"},
		{L"\\\\?\\UNC\\a\\b\\c", 12, FALSE, L"\\\\?\\UNC\\a\\b", L"\\\\?\\UNC\\a\\b"},
		{VOLUME L"\\", 49, TRUE, NULL, NULL},
		{VOLUME L"\\one", 49, FALSE, VOLUME L"\\", VOLUME L"\\"},
		{L"one", -1, FALSE, NULL, L""},
		{L"one\\two", -1, FALSE, NULL, L"one"},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		const WCHAR *path = rows[i].path, *end = NULL;
		WCHAR buffer[MAX_PATH];

		snprintf(guest_row, sizeof(guest_row), " (%ls)", path);
		CHECK_EQUAL((DWORD)PathCchSkipRoot(path, &end), rows[i].root < 0 ? (DWORD)E_INVALIDARG : S_OK);
		if (rows[i].root >= 0)
			CHECK_EQUAL(end - path, rows[i].root);
		CHECK_EQUAL(PathCchIsRoot(path), rows[i].is_root);
		wcscpy(buffer, path);
		CHECK_EQUAL((DWORD)PathCchStripToRoot(buffer, MAX_PATH),
			    rows[i].root < 0 ? (DWORD)E_INVALIDARG : rows[i].stripped ? S_OK : S_FALSE);
		if (rows[i].root >= 0)
			SAME(buffer, rows[i].stripped ? rows[i].stripped : path);
		wcscpy(buffer, path);
		CHECK_EQUAL((DWORD)PathCchRemoveFileSpec(buffer, MAX_PATH), rows[i].folder ? S_OK : S_FALSE);
		SAME(buffer, rows[i].folder ? rows[i].folder : path);
	}
	guest_row[0] = 0;
	CHECK(!PathCchIsRoot(NULL) && !PathCchIsRoot(L""));
	CHECK_EQUAL((DWORD)PathCchSkipRoot(L"C:\\", NULL), (DWORD)E_INVALIDARG);
}

static void servers(void)
{
	const WCHAR *path = L"\\\\?\\UNC\\server\\share", *server = NULL;
	WCHAR buffer[MAX_PATH];

	CHECK(PathIsUNCEx(path, &server) && server == path + 8);
	path = L"\\\\server";
	CHECK(PathIsUNCEx(path, &server) && server == path + 2);
	CHECK(!PathIsUNCEx(L"\\\\?\\C:\\", &server) && !server);
	CHECK(!PathIsUNCEx(L"C:\\", NULL));
	wcscpy(buffer, L"\\\\?\\UNC\\server\\share");
	CHECK_EQUAL((DWORD)PathCchStripPrefix(buffer, MAX_PATH), S_OK);
	SAME(buffer, L"\\\\server\\share");
	CHECK_EQUAL((DWORD)PathCchStripPrefix(buffer, MAX_PATH), S_FALSE);
	wcscpy(buffer, L"\\\\?\\C:\\one");
	CHECK_EQUAL((DWORD)PathCchStripPrefix(buffer, MAX_PATH), S_OK);
	SAME(buffer, L"C:\\one");
	CHECK_EQUAL((DWORD)PathCchStripPrefix(buffer, 0), (DWORD)E_INVALIDARG);
}

static void extensions(void)
{
	WCHAR buffer[MAX_PATH] = L"C:\\a.b\\one";
	const WCHAR *extension;

	CHECK_EQUAL((DWORD)PathCchFindExtension(buffer, MAX_PATH, &extension), S_OK);
	CHECK(!*extension);
	CHECK_EQUAL((DWORD)PathCchAddExtension(buffer, MAX_PATH, L"txt"), S_OK);
	SAME(buffer, L"C:\\a.b\\one.txt");
	CHECK_EQUAL((DWORD)PathCchAddExtension(buffer, MAX_PATH, L".txt"), S_FALSE);
	CHECK_EQUAL((DWORD)PathCchRenameExtension(buffer, MAX_PATH, L".longer"), S_OK);
	SAME(buffer, L"C:\\a.b\\one.longer");
	CHECK_EQUAL((DWORD)PathCchRemoveExtension(buffer, MAX_PATH), S_OK);
	SAME(buffer, L"C:\\a.b\\one");
	CHECK_EQUAL((DWORD)PathCchRemoveExtension(buffer, MAX_PATH), S_FALSE);
	CHECK_EQUAL((DWORD)PathCchAddExtension(buffer, 11, L".txt"), (DWORD)SHORT_BUFFER);
	CHECK_EQUAL((DWORD)PathCchAddExtension(buffer, MAX_PATH, L".a b"), (DWORD)E_INVALIDARG);
	CHECK_EQUAL((DWORD)PathCchAddExtension(buffer, MAX_PATH, L"a.b"), (DWORD)E_INVALIDARG);
	CHECK_EQUAL((DWORD)PathCchFindExtension(buffer, 3, &extension), (DWORD)E_INVALIDARG);
	CHECK(!extension);
}

static void backslashes(void)
{
	WCHAR buffer[16] = L"C:\\one", *end;
	size_t left;

	CHECK_EQUAL((DWORD)PathCchAddBackslashEx(buffer, 16, &end, &left), S_OK);
	SAME(buffer, L"C:\\one\\");
	CHECK(end == buffer + 7 && left == 9);
	CHECK_EQUAL((DWORD)PathCchAddBackslash(buffer, 16), S_FALSE);
	CHECK_EQUAL((DWORD)PathCchRemoveBackslashEx(buffer, 16, &end, &left), S_OK);
	CHECK(end == buffer + 6 && left == 10);
	CHECK_EQUAL((DWORD)PathCchRemoveBackslash(buffer, 16), S_FALSE);
	CHECK_EQUAL((DWORD)PathCchAddBackslash(buffer, 7), (DWORD)SHORT_BUFFER);
	SAME(buffer, L"C:\\one");
	wcscpy(buffer, L"C:\\");
	CHECK_EQUAL((DWORD)PathCchRemoveBackslashEx(buffer, 16, &end, &left), S_FALSE);
	CHECK(end == buffer + 2 && left == 14);
	SAME(buffer, L"C:\\");
}

static void canonical(void)
{
	static const struct {
		const WCHAR *in, *out;
	} rows[] = {
		{L"", L"\\"}, {L".", L"\\"}, {L"..", L"\\"}, {L"...", L"\\"}, {L"*..", L"*."}, {L"one.", L"one"},
		{L"one.\\", L"one.\\"}, {L"one\\.", L"one"}, {L"one\\.\\two", L"one\\two"}, {L"one\\..", L"\\"},
		{L"one\\..\\two", L"\\two"}, {L"C:", L"C:"}, {L"C:.", L"C:\\"}, {L"C:\\.", L"C:\\"}, {L"C:\\..", L"C:\\"},
		{L"C:\\..\\", L"C:\\"}, {L"C:\\one\\..", L"C:\\"}, {L"C:\\one\\..\\two", L"C:\\two"},
		{L"C:\\one\\\\..", L"C:\\one"}, {L"C:\\one\\.\\two\\..\\", L"C:\\one\\"}, {L"C:\\one ", L"C:\\one "},
		{L"\\..", L"\\"}, {L"\\one\\..\\two", L"\\two"}, {L"\\one\\two\\..", L"\\one"}, {L"\\\\.", L"\\\\"},
		{L"\\\\one\\..", L"\\"}, {L"\\\\one\\two\\..", L"\\\\one"}, {L"\\\\?\\C:", L"C:\\"},
		{L"\\\\?\\C:\\one\\..", L"C:\\"}, {L"\\\\?\\UNC\\one\\two\\..", L"\\\\one"}, {L"\\\\?\\UNC\\..", L"\\\\"},
		{L"C:\\one\\..\\\\two", L"C:\\\\two"}, {L"\\\\.\\\\", L"\\\\\\"}, {L"\\\\\\..", L"\\"},
		{VOLUME L"\\one\\..", VOLUME L"\\"}, {VOLUME L"\\..", VOLUME L"\\"},
	};
	WCHAR buffer[MAX_PATH], name[400], *path = NULL;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		snprintf(guest_row, sizeof(guest_row), " (%ls)", rows[i].in);
		CHECK_EQUAL((DWORD)PathCchCanonicalize(buffer, MAX_PATH, rows[i].in), S_OK);
		SAME(buffer, rows[i].out);
	}
	guest_row[0] = 0;
	/* Long results. */
	wcscpy(name, L"C:\\");
	for (int i = 3; i < 300; i++)
		name[i] = 'a';
	name[300] = 0;
	CHECK_EQUAL((DWORD)PathAllocCanonicalize(name, 0, &path), (DWORD)LONG_NAME);
	CHECK(!path);
	CHECK_EQUAL((DWORD)PathAllocCanonicalize(name, PATHCCH_ALLOW_LONG_PATHS, &path), S_OK);
	CHECK(path && !wcsncmp(path, L"\\\\?\\C:\\aaa", 10) && wcslen(path) == 304);
	LocalFree(path);
	CHECK_EQUAL((DWORD)PathCchCanonicalize(NULL, MAX_PATH, L"a"), (DWORD)E_INVALIDARG);
	CHECK_EQUAL((DWORD)PathCchCanonicalize(buffer, 3, L"C:\\one"), (DWORD)SHORT_BUFFER);
}

static void combining(void)
{
	static const struct {
		const WCHAR *first, *second, *combined;
	} rows[] = {
		{L"C:\\", L"one", L"C:\\one"}, {L"C:\\one", L"..\\two", L"C:\\two"}, {L"C:", L"one", L"C:\\one"},
		{L"C:\\one", L"", L"C:\\one"}, {L"C:\\one", L"\\two", L"C:\\two"}, {L"C:\\one", L"D:\\two", L"D:\\two"},
		{L"\\\\a\\b", L"one", L"\\\\a\\b\\one"}, {L"\\\\a\\b", L"..", L"\\\\a"}, {L"\\\\?\\C:\\", L"one", L"C:\\one"},
		{L"\\\\?\\UNC\\a\\b", L"one", L"\\\\a\\b\\one"}, {NULL, L"one", L"one"}, {L"one", NULL, L"one"},
	};
	WCHAR buffer[MAX_PATH], *path = NULL;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		CHECK_EQUAL((DWORD)PathCchCombine(buffer, MAX_PATH, rows[i].first, rows[i].second), S_OK);
		SAME(buffer, rows[i].combined);
	}
	/* The result may go where a part came from. */
	wcscpy(buffer, L"C:\\one");
	CHECK_EQUAL((DWORD)PathCchCombineEx(buffer, MAX_PATH, buffer, L"two", 0), S_OK);
	SAME(buffer, L"C:\\one\\two");
	CHECK_EQUAL((DWORD)PathCchAppend(buffer, MAX_PATH, L"\\three"), S_OK);
	SAME(buffer, L"C:\\one\\two\\three");
	CHECK_EQUAL((DWORD)PathCchCombine(buffer, 4, L"C:\\", L"a"), (DWORD)SHORT_BUFFER);
	CHECK(!buffer[0]);
	CHECK_EQUAL((DWORD)PathCchCombine(buffer, 0, L"C:\\", L"a"), (DWORD)E_INVALIDARG);
	CHECK_EQUAL((DWORD)PathAllocCombine(L"C:\\one", L"two", 0, &path), S_OK);
	SAME(path, L"C:\\one\\two");
	LocalFree(path);
	CHECK_EQUAL((DWORD)PathAllocCombine(NULL, NULL, 0, &path), (DWORD)E_INVALIDARG);
}

int main(void)
{
	roots();
	servers();
	extensions();
	backslashes();
	canonical();
	combining();
	return guest_result();
}
