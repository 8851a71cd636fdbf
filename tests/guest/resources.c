/*
 * tests/guest/resources.c - resources of a program: found by id, name, type and language, listed, loaded as data; string
 * tables, message tables, version information.
 */
#include "guest.h"
#include "resources.h"
#include "resources_messages.h"

static const void *data(HMODULE module, HRSRC resource, DWORD *size)
{
	HGLOBAL loaded = LoadResource(module, resource);

	*size = SizeofResource(module, resource);
	return loaded ? LockResource(loaded) : NULL;
}

static int is(HMODULE module, HRSRC resource, const char *wanted, DWORD wanted_size)
{
	DWORD size;
	const void *bytes = resource ? data(module, resource, &size) : NULL;

	return bytes && size == wanted_size && memcmp(bytes, wanted, size) == 0;
}

static void test_find(HMODULE module)
{
	static const char raw[] = "\x34\x12\x78\x56text";
	LANGID user = GetUserDefaultUILanguage(), english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
	LANGID german = MAKELANGID(LANG_GERMAN, SUBLANG_GERMAN);

	CHECK(is(module, FindResourceW(module, MAKEINTRESOURCEW(ID_RAW), MAKEINTRESOURCEW(10)), raw, 8));
	CHECK(is(module, FindResourceA(module, MAKEINTRESOURCEA(ID_RAW), MAKEINTRESOURCEA(10)), raw, 8));
	CHECK(is(module, FindResourceW(module, L"#101", L"#10"), raw, 8));
	CHECK(is(module, FindResourceA(module, "#101", "#10"), raw, 8));
	CHECK(is(module, FindResourceW(module, L"NAMED", MAKEINTRESOURCEW(10)), "named", 6));
	CHECK(is(module, FindResourceW(module, L"named", MAKEINTRESOURCEW(10)), "named", 6));
	CHECK(is(module, FindResourceA(module, "Another", MAKEINTRESOURCEA(10)), "another", 8));
	CHECK(is(module, FindResourceA(module, MAKEINTRESOURCEA(7), "custom"), "seven", 5));
	CHECK(is(module, FindResourceA(module, "plume", MAKEINTRESOURCEA(ID_TYPE)), "\1\0\0\0", 4));

	CHECK(is(module, FindResourceExW(module, MAKEINTRESOURCEW(10), MAKEINTRESOURCEW(ID_TWO_LANGUAGES), english),
		 "english", 7));
	CHECK(is(module, FindResourceExA(module, MAKEINTRESOURCEA(10), MAKEINTRESOURCEA(ID_TWO_LANGUAGES), german),
		 "deutscher", 9));
	if (user == english)
		CHECK(is(module, FindResourceW(module, MAKEINTRESOURCEW(ID_TWO_LANGUAGES), MAKEINTRESOURCEW(10)),
			 "english", 7));

	CHECK_FAILS(FindResourceW(module, MAKEINTRESOURCEW(ID_RAW), MAKEINTRESOURCEW(77)), ERROR_RESOURCE_TYPE_NOT_FOUND);
	CHECK_FAILS(FindResourceW(module, MAKEINTRESOURCEW(9999), MAKEINTRESOURCEW(10)), ERROR_RESOURCE_NAME_NOT_FOUND);
	CHECK_FAILS(FindResourceW(module, L"NOWHERE", MAKEINTRESOURCEW(10)), ERROR_RESOURCE_NAME_NOT_FOUND);
	CHECK_FAILS(FindResourceExW(module, MAKEINTRESOURCEW(10), MAKEINTRESOURCEW(ID_RAW),
				    MAKELANGID(LANG_JAPANESE, SUBLANG_JAPANESE_JAPAN)),
		    ERROR_RESOURCE_LANG_NOT_FOUND);
}

struct list {
	char text[400];
	int stop_after, calls;
};

static BOOL add_to(struct list *list, const char *item)
{
	char number[16];

	if ((ULONG_PTR)item < 0x10000) {
		snprintf(number, sizeof(number), "#%u", (unsigned)(ULONG_PTR)item);
		item = number;
	}
	strcat(list->text, item);
	strcat(list->text, " ");
	return ++list->calls != list->stop_after;
}

static BOOL CALLBACK on_name_a(HMODULE module, LPCSTR type, LPSTR name, LONG_PTR list)
{
	return add_to((struct list *)list, name);
}

static BOOL CALLBACK on_name_w(HMODULE module, LPCWSTR type, LPWSTR name, LONG_PTR list)
{
	char text[100];

	if ((ULONG_PTR)name < 0x10000)
		return add_to((struct list *)list, (char *)name);
	WideCharToMultiByte(CP_ACP, 0, name, -1, text, sizeof(text), NULL, NULL);
	return add_to((struct list *)list, text);
}

static BOOL CALLBACK on_type(HMODULE module, LPSTR type, LONG_PTR list)
{
	return add_to((struct list *)list, type);
}

static BOOL CALLBACK on_language(HMODULE module, LPCSTR type, LPCSTR name, WORD language, LONG_PTR list)
{
	return add_to((struct list *)list, (char *)(ULONG_PTR)language);
}

static void test_lists(HMODULE module)
{
	struct list names = {0}, wide_names = {0}, types = {0}, languages = {0}, stopped = {.stop_after = 2}, none = {0};

	CHECK(EnumResourceNamesA(module, MAKEINTRESOURCEA(10), on_name_a, (LONG_PTR)&names));
	CHECK(strcmp(names.text, "ANOTHER NAMED #101 #102 ") == 0);
	CHECK(EnumResourceNamesW(module, MAKEINTRESOURCEW(10), on_name_w, (LONG_PTR)&wide_names));
	CHECK(strcmp(wide_names.text, names.text) == 0);
	CHECK(EnumResourceTypesA(module, on_type, (LONG_PTR)&types));
	/* Strings, raw data, messages, version, 300; mingw-w64 may add a manifest (24). */
	CHECK(strncmp(types.text, "CUSTOM #6 #10 #11 #16 ", 22) == 0);
	CHECK(strstr(types.text, "#300 ") != NULL);
	CHECK(EnumResourceLanguagesA(module, MAKEINTRESOURCEA(10), MAKEINTRESOURCEA(ID_TWO_LANGUAGES), on_language,
				     (LONG_PTR)&languages));
	CHECK(strcmp(languages.text, "#1031 #1033 ") == 0);
	CHECK_FAILS(EnumResourceNamesA(module, MAKEINTRESOURCEA(10), on_name_a, (LONG_PTR)&stopped),
		    ERROR_RESOURCE_ENUM_USER_STOP);
	CHECK_EQUAL(stopped.calls, 2);
	CHECK_FAILS(EnumResourceNamesA(module, MAKEINTRESOURCEA(78), on_name_a, (LONG_PTR)&none),
		    ERROR_RESOURCE_TYPE_NOT_FOUND);
	CHECK_EQUAL(none.calls, 0);
}

static void test_strings(void)
{
	HMODULE module = GetModuleHandleW(NULL);
	char text[100];
	WCHAR wide[100], *inside = NULL;

	CHECK_EQUAL(LoadStringA(module, ID_HELLO, text, sizeof(text)), 16);
	CHECK(strcmp(text, "Hello, resources") == 0);
	CHECK_EQUAL(LoadStringW(module, ID_UNICODE, wide, 100), 4);
	CHECK(lstrcmpW(wide, L"\x6F22\x5B57 \x00FC") == 0);
	CHECK_EQUAL(LoadStringA(module, ID_HELLO, text, 6), 5);
	CHECK(strcmp(text, "Hello") == 0);
	/* Capacity 0: a pointer to the resource itself, which has no terminator. */
	CHECK_EQUAL(LoadStringW(module, ID_HELLO, (WCHAR *)&inside, 0), 16);
	CHECK(inside && memcmp(inside, L"Hello, resources", 32) == 0);
	CHECK_EQUAL(LoadStringW(module, ID_HELLO + 2, wide, 100), 0);
	CHECK_FAILS(LoadStringW(module, ID_EMPTY_BLOCK, wide, 100), ERROR_RESOURCE_NAME_NOT_FOUND);
}

static DWORD format(DWORD flags, DWORD id, DWORD language, char *text, DWORD size, ...)
{
	va_list arguments;
	DWORD length;

	va_start(arguments, size);
	length = FormatMessageA(flags | FORMAT_MESSAGE_FROM_HMODULE, NULL, id, language, text, size, &arguments);
	va_end(arguments);
	return length;
}

static void test_messages(void)
{
	LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), german = MAKELANGID(LANG_GERMAN, SUBLANG_GERMAN);
	WCHAR wide[100];
	char text[200];

	CHECK_EQUAL(format(0, MSG_PLAIN, english, text, sizeof(text)), 18);
	CHECK(strcmp(text, "A plain message.\r\n") == 0);
	CHECK_EQUAL(format(0, MSG_PLAIN, german, text, sizeof(text)), 17);
	CHECK(strcmp(text, "Eine Nachricht.\r\n") == 0);
	CHECK(format(0, MSG_INSERTS, english, text, sizeof(text), "a.txt", 42, 0xBEEF));
	CHECK(strcmp(text, "File a.txt has    42 lines% and 0x0000BEEF.") == 0);
	CHECK(format(FORMAT_MESSAGE_IGNORE_INSERTS, MSG_LINES, english, text, sizeof(text)));
	CHECK(strncmp(text, "One\r\nTwo", 8) == 0);
	CHECK(FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE, GetModuleHandleW(NULL), MSG_PLAIN, english, wide, 100, NULL));
	CHECK(lstrcmpW(wide, L"A plain message.\r\n") == 0);
	CHECK_FAILS(format(0, 0x7777, english, text, sizeof(text)), ERROR_MR_MID_NOT_FOUND);
	CHECK_FAILS(format(0, MSG_PLAIN, MAKELANGID(LANG_JAPANESE, 1), text, sizeof(text)), ERROR_RESOURCE_LANG_NOT_FOUND);
	/* Asked for both, the system's messages are the second choice. */
	CHECK(format(FORMAT_MESSAGE_FROM_SYSTEM, ERROR_ACCESS_DENIED, 0, text, sizeof(text)));
	CHECK_FAILS(format(0, MSG_PLAIN, english, text, 5), ERROR_INSUFFICIENT_BUFFER);
}

static void test_version(void)
{
	WCHAR path[MAX_PATH];
	VS_FIXEDFILEINFO *fixed;
	DWORD size, ignored = 1, *translation;
	WCHAR *value;
	char *narrow;
	UINT length;
	void *block;

	GetModuleFileNameW(NULL, path, MAX_PATH);
	size = GetFileVersionInfoSizeW(path, &ignored);
	CHECK(size > sizeof(VS_FIXEDFILEINFO));
	CHECK_EQUAL(ignored, 0);
	block = malloc(size);
	CHECK(GetFileVersionInfoW(path, 0, size, block));
	CHECK(VerQueryValueW(block, L"\\", (void **)&fixed, &length));
	CHECK_EQUAL(length, sizeof(*fixed));
	CHECK_EQUAL(fixed->dwSignature, 0xFEEF04BD);
	CHECK_EQUAL(fixed->dwFileVersionMS, MAKELONG(2, 1));
	CHECK_EQUAL(fixed->dwFileVersionLS, MAKELONG(4, 3));
	CHECK_EQUAL(fixed->dwProductVersionMS, MAKELONG(6, 5));
	CHECK_EQUAL(fixed->dwFileFlags, VS_FF_DEBUG);
	CHECK(VerQueryValueW(block, L"\\VarFileInfo\\Translation", (void **)&translation, &length));
	CHECK_EQUAL(length, 4);
	CHECK_EQUAL(*translation, 0x04B00409);
	CHECK(VerQueryValueW(block, L"\\StringFileInfo\\040904B0\\CompanyName", (void **)&value, &length));
	CHECK_EQUAL(length, 13);
	CHECK(lstrcmpW(value, L"Pewter tests") == 0);
	CHECK(VerQueryValueW(block, L"\\stringfileinfo\\040904b0\\fileversion", (void **)&value, &length));
	CHECK(lstrcmpW(value, L"1.2.3.4") == 0);
	CHECK(VerQueryValueA(block, "\\StringFileInfo\\040904B0\\OriginalFilename", (void **)&narrow, &length) == TRUE);
	CHECK_FAILS(VerQueryValueW(block, L"\\StringFileInfo\\040904B0\\Nothing", (void **)&value, &length),
		    ERROR_RESOURCE_TYPE_NOT_FOUND);
	free(block);
}

int main(void)
{
	WCHAR path[MAX_PATH];
	HMODULE datafile, image;

	test_find(NULL);
	test_find(GetModuleHandleW(NULL));
	test_lists(GetModuleHandleW(NULL));
	test_strings();
	test_messages();
	test_version();

	GetModuleFileNameW(NULL, path, MAX_PATH);
	datafile = LoadLibraryExW(path, NULL, LOAD_LIBRARY_AS_DATAFILE);
	CHECK(datafile != NULL);
	test_find(datafile);
	test_lists(datafile);
	image = LoadLibraryExW(path, NULL, LOAD_LIBRARY_AS_IMAGE_RESOURCE);
	CHECK(image != NULL);
	test_find(image);
	CHECK(FreeLibrary(datafile));
	CHECK(FreeLibrary(image));
	return guest_result();
}
