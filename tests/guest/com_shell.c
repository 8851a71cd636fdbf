/* com_shell.c - command lines, BSTRs, variants, streams, GUIDs. */
#define COBJMACROS
#include "guest.h"
#include <objbase.h>
#include <oleauto.h>
#include <shellapi.h>
#include <shlwapi.h>

static void check_command_lines(void)
{
	static const struct {
		const wchar_t *line;
		int count;
		const wchar_t *arguments[4];
	} table[] = {
		{L"prog a b", 3, {L"prog", L"a", L"b"}},
		{L"\"C:\\a b\\p.exe\" x", 2, {L"C:\\a b\\p.exe", L"x"}},
		{L"\"ab\"cd ef", 3, {L"ab", L"cd", L"ef"}},
		{L"p \"a b\" c", 3, {L"p", L"a b", L"c"}},
		{L"p a\\\\b d\"e f\"g h", 4, {L"p", L"a\\\\b", L"de fg", L"h"}},
		{L"p a\\\\\\\"b c d", 4, {L"p", L"a\\\"b", L"c", L"d"}},
		{L"p a\\\\\\\\\"b c\" d e", 4, {L"p", L"a\\\\b c", L"d", L"e"}},
		{L"p \"\" x", 3, {L"p", L"", L"x"}},
		{L"p \"a\"\"b\"", 2, {L"p", L"a\"b"}},
		{L" p", 2, {L"", L"p"}},
		{L"p\t\ta ", 2, {L"p", L"a"}},
		{L"a\\b\\ \\c\\", 2, {L"a\\b\\", L"\\c\\"}},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		int count = 0;
		LPWSTR *list = CommandLineToArgvW(table[i].line, &count);

		CHECK(list != NULL);
		CHECK_EQUAL(count, table[i].count);
		for (int j = 0; j < count && j < table[i].count; j++) {
			if (wcscmp(list[j], table[i].arguments[j]))
				printf("case %u, argument %d is <%ls>\n", (unsigned)i, j, list[j]);
			CHECK(!wcscmp(list[j], table[i].arguments[j]));
		}
		LocalFree(list);
	}
	CHECK(CommandLineToArgvW(L"x", NULL) == NULL);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void check_strings(void)
{
	BSTR string = SysAllocString(L"h\x00e4llo"), other;
	VARIANT a, b;
	SAFEARRAY *array;
	LONG index = 3, value = 42, got = 0;

	CHECK_EQUAL(SysStringLen(string), 5);
	CHECK_EQUAL(SysStringByteLen(string), 10);
	CHECK_EQUAL(((UINT *)string)[-1], 10);
	CHECK(SysReAllocStringLen(&string, L"abcdef", 3));
	CHECK(!wcscmp(string, L"abc"));
	other = SysAllocStringLen(NULL, 4);
	CHECK_EQUAL(SysStringLen(other), 4);
	SysFreeString(other);
	other = SysAllocStringByteLen("xyz", 3);
	CHECK_EQUAL(SysStringByteLen(other), 3);
	CHECK_EQUAL(SysStringLen(other), 1);
	SysFreeString(other);
	SysFreeString(NULL);
	CHECK_EQUAL(SysStringLen(NULL), 0);
	CHECK(SysAllocString(NULL) == NULL);

	VariantInit(&a);
	VariantInit(&b);
	a.vt = VT_BSTR;
	a.bstrVal = string;
	CHECK_EQUAL(VariantCopy(&b, &a), S_OK);
	CHECK(b.bstrVal != a.bstrVal && !wcscmp(b.bstrVal, L"abc"));
	CHECK_EQUAL(VariantChangeType(&b, &b, 0, VT_I4), DISP_E_TYPEMISMATCH);
	CHECK_EQUAL(VariantClear(&b), S_OK);
	CHECK_EQUAL(VariantClear(&a), S_OK);
	CHECK_EQUAL(a.vt, VT_EMPTY);
	a.vt = VT_I4;
	a.lVal = 70000;
	CHECK_EQUAL(VariantChangeType(&b, &a, 0, VT_I2), DISP_E_OVERFLOW);
	CHECK_EQUAL(VariantChangeType(&b, &a, 0, VT_BSTR), S_OK);
	CHECK(!wcscmp(b.bstrVal, L"70000"));
	CHECK_EQUAL(VariantChangeType(&b, &b, 0, VT_R8), S_OK);
	CHECK(b.dblVal == 70000.0);
	a.vt = VT_R8;
	a.dblVal = 2.5;
	CHECK_EQUAL(VariantChangeType(&b, &a, 0, VT_I4), S_OK);
	CHECK_EQUAL(b.lVal, 2);
	a.vt = 77;
	CHECK_EQUAL(VariantClear(&a), DISP_E_BADVARTYPE);

	array = SafeArrayCreateVector(VT_I4, 2, 5);
	CHECK(array != NULL);
	CHECK_EQUAL(SafeArrayPutElement(array, &index, &value), S_OK);
	CHECK_EQUAL(SafeArrayGetElement(array, &index, &got), S_OK);
	CHECK_EQUAL(got, 42);
	index = 7;
	CHECK_EQUAL(SafeArrayGetElement(array, &index, &got), DISP_E_BADINDEX);
	CHECK_EQUAL(SafeArrayGetUBound(array, 1, &got), S_OK);
	CHECK_EQUAL(got, 6);
	CHECK_EQUAL(SafeArrayLock(array), S_OK);
	CHECK_EQUAL(SafeArrayDestroy(array), DISP_E_ARRAYISLOCKED);
	CHECK_EQUAL(SafeArrayUnlock(array), S_OK);
	CHECK_EQUAL(SafeArrayDestroy(array), S_OK);
}

static void check_stream(IStream *stream)
{
	LARGE_INTEGER move = {.QuadPart = 0};
	ULARGE_INTEGER position, size = {.QuadPart = 3};
	char buffer[16] = "";
	ULONG done = 99;
	STATSTG stat;

	CHECK_EQUAL(IStream_Write(stream, "hello world", 11, &done), S_OK);
	CHECK_EQUAL(done, 11);
	move.QuadPart = -5;
	CHECK_EQUAL(IStream_Seek(stream, move, STREAM_SEEK_END, &position), S_OK);
	CHECK_EQUAL(position.QuadPart, 6);
	CHECK(SUCCEEDED(IStream_Read(stream, buffer, sizeof(buffer), &done)));
	CHECK_EQUAL(done, 5);
	CHECK(!memcmp(buffer, "world", 5));
	move.QuadPart = -100;
	CHECK(FAILED(IStream_Seek(stream, move, STREAM_SEEK_CUR, NULL)));
	CHECK_EQUAL(IStream_SetSize(stream, size), S_OK);
	CHECK_EQUAL(IStream_Stat(stream, &stat, STATFLAG_NONAME), S_OK);
	CHECK_EQUAL(stat.cbSize.QuadPart, 3);
	CHECK_EQUAL(stat.type, STGTY_STREAM);
}

static void check_streams(void)
{
	IStream *stream, *clone;
	HGLOBAL memory;
	wchar_t path[MAX_PATH], folder[MAX_PATH];

	CHECK_EQUAL(CreateStreamOnHGlobal(NULL, TRUE, &stream), S_OK);
	check_stream(stream);
	CHECK_EQUAL(GetHGlobalFromStream(stream, &memory), S_OK);
	CHECK(!memcmp(GlobalLock(memory), "hel", 3));
	GlobalUnlock(memory);
	CHECK_EQUAL(IStream_Clone(stream, &clone), S_OK);
	CHECK_EQUAL(IStream_Release(clone), 0);
	CHECK_EQUAL(IStream_Release(stream), 0);

	GetTempPathW(MAX_PATH, folder);
	GetTempFileNameW(folder, L"com", 0, path);
	CHECK_EQUAL(SHCreateStreamOnFileW(path, STGM_CREATE | STGM_READWRITE, &stream), S_OK);
	check_stream(stream);
	CHECK_EQUAL(IStream_Release(stream), 0);
	CHECK_EQUAL(SHCreateStreamOnFileW(path, STGM_READ, &stream), S_OK);
	CHECK_EQUAL(IStream_Write(stream, "x", 1, NULL), STG_E_ACCESSDENIED);
	IStream_Release(stream);
	DeleteFileW(path);
	CHECK_EQUAL(SHCreateStreamOnFileW(path, STGM_READ, &stream), HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
}

static void check_com(void)
{
	GUID guid, parsed;
	wchar_t text[64];
	void *object = (void *)1;
	char *block;

	CHECK_EQUAL(CoCreateInstance(&IID_IUnknown, NULL, CLSCTX_INPROC_SERVER, &IID_IUnknown, &object), CO_E_NOTINITIALIZED);
	CHECK(object == NULL);
	CHECK_EQUAL(CoInitialize(NULL), S_OK);
	CHECK_EQUAL(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED), S_FALSE);
	CHECK_EQUAL(CoInitializeEx(NULL, COINIT_MULTITHREADED), RPC_E_CHANGED_MODE);
	CoUninitialize();
	CHECK_EQUAL(CoCreateInstance(&IID_IUnknown, NULL, CLSCTX_INPROC_SERVER, &IID_IUnknown, &object), REGDB_E_CLASSNOTREG);
	CHECK_EQUAL(CoCreateGuid(&guid), S_OK);
	CHECK_EQUAL(StringFromGUID2(&guid, text, 64), 39);
	CHECK_EQUAL(StringFromGUID2(&guid, text, 38), 0);
	CHECK_EQUAL(CLSIDFromString(text, &parsed), S_OK);
	CHECK(!memcmp(&guid, &parsed, sizeof(guid)));
	CHECK_EQUAL(CLSIDFromString(L"{00000000-0000-0000-C000-00000000004}", &parsed), CO_E_CLASSSTRING);
	block = CoTaskMemAlloc(10);
	block = CoTaskMemRealloc(block, 1000);
	CHECK(HeapValidate(GetProcessHeap(), 0, block));
	CHECK(HeapSize(GetProcessHeap(), 0, block) >= 1000);
	CoTaskMemFree(block);
	CoUninitialize();
}

static void check_paths(void)
{
	wchar_t path[MAX_PATH];
	char narrow[MAX_PATH] = "C:\\dir\\file.txt";
	int number = 0;

	CHECK(!wcscmp(PathFindFileNameW(L"C:\\a\\b.txt"), L"b.txt"));
	CHECK(!wcscmp(PathFindExtensionW(L"C:\\a.b\\c.tar.gz"), L".gz"));
	CHECK(!wcscmp(PathFindExtensionW(L"C:\\a.b\\c"), L""));
	CHECK(PathCombineW(path, L"C:\\a", L"..\\b\\.\\c") && !wcscmp(path, L"C:\\b\\c"));
	CHECK(PathCombineW(path, L"C:\\a", L"\\x") && !wcscmp(path, L"C:\\x"));
	CHECK(PathCombineW(path, L"C:\\a", L"D:\\y") && !wcscmp(path, L"D:\\y"));
	CHECK(PathCanonicalizeW(path, L"C:\\a\\..\\..\\b") && !wcscmp(path, L"C:\\b"));
	CHECK(PathAppendW(path, L"\\z") && !wcscmp(path, L"C:\\b\\z"));
	CHECK(PathRemoveFileSpecW(path) && !wcscmp(path, L"C:\\b"));
	CHECK(PathRemoveFileSpecW(path) && !wcscmp(path, L"C:\\"));
	CHECK(!PathRemoveFileSpecW(path));
	CHECK(PathIsRootW(L"C:\\") && !PathIsRootW(L"C:") && PathIsRootW(L"\\\\server\\share"));
	CHECK(PathIsRelativeW(L"a\\b") && !PathIsRelativeW(L"C:\\a") && !PathIsRelativeW(L"\\a"));
	CHECK(PathMatchSpecW(L"Hello.TXT", L"*.c;h?llo.*") && !PathMatchSpecW(L"a.txt", L"*.c"));
	PathStripPathA(narrow);
	CHECK(!strcmp(narrow, "file.txt"));
	CHECK(PathRenameExtensionA(narrow, ".c") && !strcmp(narrow, "file.c"));
	CHECK(PathFileExistsW(L".") && PathIsDirectoryW(L"."));
	CHECK(!wcscmp(StrStrIW(L"Hello World", L"WORLD"), L"World"));
	CHECK(StrToIntExA("0x1F", STIF_SUPPORT_HEX, &number) && number == 31);
	CHECK_EQUAL(StrToIntW(L"-12x"), -12);
}

int main(void)
{
	check_paths();
	check_command_lines();
	check_strings();
	check_com();
	check_streams();
	return guest_result();
}
