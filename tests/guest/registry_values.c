/*
 * The registry functions with bytes for names: what a handle may do, paths, default values, trees.
 */
#include "guest.h"
#include <shlwapi.h>

#define HOME "Software\\registry_values"

static HKEY home;

static void check_rights(void)
{
	HKEY key;

	/* Whoever says nothing of rights has them all. */
	CHECK_EQUAL(RegCreateKeyA(HKEY_CURRENT_USER, HOME, &home), 0);
	CHECK_EQUAL(RegSetValueExA(home, "text", 0, REG_SZ, (const BYTE *)"abc", 4), 0);
	CHECK_EQUAL(RegOpenKeyA(HKEY_CURRENT_USER, HOME, &key), 0);
	CHECK_EQUAL(RegSetValueExA(key, "text", 0, REG_SZ, (const BYTE *)"abcd", 5), 0);
	RegCloseKey(key);
	CHECK_EQUAL(RegOpenKeyExA(HKEY_CURRENT_USER, HOME, 0, GENERIC_READ, &key), 0);
	CHECK_EQUAL(RegQueryValueExA(key, "text", NULL, NULL, NULL, NULL), 0);
	CHECK_EQUAL(RegSetValueExA(key, "text", 0, REG_SZ, (const BYTE *)"abc", 4), ERROR_ACCESS_DENIED);
	RegCloseKey(key);
}

/* What fails before it has begun leaves no handle of a predefined key behind. */
static void check_failures(void)
{
	DWORD before, after;

	CHECK_EQUAL(RegSetValueExW(HKEY_CURRENT_USER, L"x", 0, REG_SZ, NULL, 4), ERROR_NOACCESS);
	CHECK(GetProcessHandleCount(GetCurrentProcess(), &before));
	for (int i = 0; i < 100; i++)
		CHECK_EQUAL(RegSetValueExW(HKEY_CURRENT_USER, L"x", 0, REG_SZ, NULL, 4), ERROR_NOACCESS);
	CHECK(GetProcessHandleCount(GetCurrentProcess(), &after));
	CHECK(after < before + 50);
}

static void check_paths(void)
{
	HKEY key = NULL;

	CHECK_EQUAL(RegOpenKeyExA(home, "\\one", 0, KEY_READ, &key), ERROR_BAD_PATHNAME);
	CHECK_EQUAL(RegOpenKeyA(HKEY_CURRENT_USER, "\\" HOME, &key), ERROR_BAD_PATHNAME);
	CHECK_EQUAL(RegCreateKeyExA(home, "\\one", 0, NULL, 0, KEY_READ, NULL, &key, NULL), ERROR_BAD_PATHNAME);
	CHECK_EQUAL(RegCreateKeyExA(home, "one\\\\", 0, NULL, 0, KEY_READ, NULL, &key, NULL), 0);
	RegCloseKey(key);
	CHECK_EQUAL(RegCreateKeyExA(home, "one", 0, NULL, 0, KEY_READ, NULL, NULL, NULL), ERROR_BADKEY);
	CHECK_EQUAL(RegCreateKeyA(home, "one", NULL), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(RegOpenKeyA(home, NULL, &key), 0);
	CHECK(key == home);
	CHECK_EQUAL(RegOpenKeyExA(home, NULL, 0, KEY_READ, &key), 0);
	CHECK(key != home);
	RegCloseKey(key);
	/* The classes are another matter. */
	CHECK_EQUAL(RegOpenKeyExA(HKEY_CLASSES_ROOT, NULL, 0, KEY_QUERY_VALUE, &key), 0);
	CHECK(key == HKEY_CLASSES_ROOT);
	CHECK_EQUAL(RegOpenKeyExA(HKEY_CLASSES_ROOT, "\\", 0, KEY_QUERY_VALUE, &key), 0);
	CHECK(key != HKEY_CLASSES_ROOT);
	CHECK_EQUAL(RegCloseKey(key), 0);
	CHECK_EQUAL(RegOpenKeyExA(NULL, "", 0, KEY_QUERY_VALUE, &key), ERROR_INVALID_HANDLE);
}

static void check_rename(void)
{
	HKEY old, inner, key;
	char name[20];

	CHECK_EQUAL(RegCreateKeyA(home, "rename\\m\\inner", &inner), 0);
	CHECK_EQUAL(RegCreateKeyA(home, "rename\\n", &key), 0);
	RegCloseKey(key);
	CHECK_EQUAL(RegOpenKeyA(home, "rename\\m", &old), 0);
	CHECK_EQUAL(RegOpenKeyA(home, "rename", &key), 0);

	CHECK_EQUAL(RegRenameKey(key, L"m", L"z"), 0);
	CHECK_EQUAL(RegEnumKeyA(key, 0, name, sizeof(name)), 0);
	CHECK(!strcmp(name, "n"));
	CHECK_EQUAL(RegEnumKeyA(key, 1, name, sizeof(name)), 0); /* in its order */
	CHECK(!strcmp(name, "z"));
	CHECK_EQUAL(RegRenameKey(old, NULL, L"a"), 0); /* the handle has moved with it */
	CHECK_EQUAL(RegEnumKeyA(key, 0, name, sizeof(name)), 0);
	CHECK(!strcmp(name, "a"));
	CHECK_EQUAL(RegSetKeyValueA(key, "a\\inner", "value", REG_SZ, "x", 2), 0);
	CHECK_EQUAL(RegQueryValueExA(inner, "value", NULL, NULL, NULL, NULL), 0);
	CHECK_EQUAL(RegRenameKey(key, L"a", L"A"), 0);
	CHECK_EQUAL(RegEnumKeyA(key, 0, name, sizeof(name)), 0);
	CHECK(!strcmp(name, "A"));

	CHECK(RegRenameKey(key, L"A", L"N") != 0);
	CHECK_EQUAL(RegRenameKey(key, L"A", L"b\\c"), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(RegRenameKey(key, L"A", NULL), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(RegRenameKey(key, L"none", L"b"), ERROR_FILE_NOT_FOUND);
	RegCloseKey(old);
	CHECK_EQUAL(RegOpenKeyExA(key, "A", 0, KEY_READ, &old), 0);
	CHECK_EQUAL(RegRenameKey(old, NULL, L"b"), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(RegRenameKey(HKEY_CURRENT_USER, NULL, L"b"), ERROR_ACCESS_DENIED);
	RegCloseKey(old);
	RegCloseKey(inner);
	RegCloseKey(key);
}

static void check_enumeration(void)
{
	char name[20] = "xxx";
	DWORD length = 2, type = 99, size = 20;
	HKEY key;

	CHECK_EQUAL(RegOpenKeyA(home, "two", &key), 0);
	CHECK_EQUAL(RegSetValueExA(key, NULL, 0, REG_SZ, (const BYTE *)"", 1), 0);
	CHECK_EQUAL(RegDeleteValueA(key, NULL), 0);
	CHECK_EQUAL(RegSetValueExA(key, "Test", 0, REG_SZ, (const BYTE *)"foobar", 7), 0);
	CHECK_EQUAL(RegEnumValueA(key, 0, name, &length, NULL, &type, NULL, &size), ERROR_MORE_DATA);
	CHECK_EQUAL(length, 2);
	CHECK_EQUAL(size, 7);
	CHECK_EQUAL(type, REG_SZ);
	RegCloseKey(key);
}

static void check_machine(void)
{
	char name[40] = "\\\\";
	DWORD length = 38;
	HKEY key;

	CHECK(GetComputerNameA(name + 2, &length));
	CHECK_EQUAL(RegConnectRegistryA(name, HKEY_LOCAL_MACHINE, &key), 0);
	CHECK_EQUAL(RegConnectRegistryA(name + 2, HKEY_LOCAL_MACHINE, &key), 0);
	CHECK_EQUAL(RegConnectRegistryA("\\\\nowhere-at-all", HKEY_LOCAL_MACHINE, &key), ERROR_BAD_NETPATH);
}

static void check_values(void)
{
	char text[20];
	LONG size = 20;
	DWORD length = 20;

	CHECK_EQUAL(RegSetValueA(home, "two", REG_SZ, "data", 2), 0);
	CHECK_EQUAL(RegSetValueA(home, "two", REG_EXPAND_SZ, "data", 5), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(RegQueryValueA(home, "two", text, &size), 0);
	CHECK(!strcmp(text, "data"));
	CHECK_EQUAL(size, 5);
	size = 1;
	CHECK_EQUAL(RegQueryValueA(home, "two", text, &size), ERROR_MORE_DATA);
	CHECK_EQUAL(size, 5);
	CHECK_EQUAL(RegQueryValueA(home, "two", text, NULL), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(RegQueryValueA(NULL, "two", text, &size), ERROR_INVALID_HANDLE);
	size = 20;
	CHECK_EQUAL(RegQueryValueA(home, NULL, text, &size), 0);
	CHECK_EQUAL(size, 1);
	CHECK_EQUAL(RegSetKeyValueA(home, "two", "name", REG_SZ, "here", 5), 0);
	CHECK_EQUAL(RegGetValueA(home, "two", "name", RRF_RT_REG_SZ, NULL, text, &length), 0);
	CHECK_EQUAL(length, 5);
	CHECK_EQUAL(RegDeleteKeyValueA(home, "two", "name"), 0);
	length = 20;
	CHECK_EQUAL(RegGetValueA(home, "two", "name", RRF_RT_ANY | RRF_ZEROONFAILURE, NULL, text, &length),
		    ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(text[0], 0);
	check_enumeration();
	CHECK_EQUAL(RegQueryInfoKeyA(home, text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
		    ERROR_INVALID_PARAMETER);
}

static void check_trees(void)
{
	char text[20];
	LONG size = 20;
	HKEY key, copy;

	CHECK_EQUAL(RegCreateKeyA(home, "one\\deep\\deeper", &key), 0);
	CHECK_EQUAL(RegSetValueExA(key, NULL, 0, REG_SZ, (const BYTE *)"end", 4), 0);
	RegCloseKey(key);
	CHECK_EQUAL(RegCreateKeyA(home, "copy", &copy), 0);
	CHECK_EQUAL(RegCopyTreeA(home, "one", copy), 0);
	CHECK_EQUAL(RegQueryValueA(copy, "deep\\deeper", text, &size), 0);
	CHECK(!strcmp(text, "end"));
	RegCloseKey(copy);
	CHECK_EQUAL(RegDeleteKeyA(home, "one"), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(RegDeleteTreeA(home, "one"), 0);
	CHECK_EQUAL(RegOpenKeyA(home, "one", &key), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(RegDeleteKeyExA(home, "two", KEY_WOW64_64KEY, 0), 0);
	/* Without a name the key itself stays. */
	CHECK_EQUAL(RegDeleteTreeA(home, NULL), 0);
	CHECK_EQUAL(RegQueryValueExA(home, "text", NULL, NULL, NULL, NULL), ERROR_FILE_NOT_FOUND);
	RegCloseKey(home);
	CHECK_EQUAL(RegDeleteTreeA(HKEY_CURRENT_USER, HOME), 0);
}

/* shlwapi's, which open and close the key themselves. */
static void check_shell(void)
{
	WCHAR wide[MAX_PATH], expected[MAX_PATH];
	char text[MAX_PATH];
	DWORD size = sizeof(text), type = 0, number = 7;

	CHECK_EQUAL(SHSetValueA(home, "shell\\deep", "text", REG_SZ, "abc", 3), 0); /* without a terminator */
	CHECK_EQUAL(SHGetValueA(home, "shell\\deep", "text", &type, text, &size), 0);
	CHECK(type == REG_SZ && size == 4 && !strcmp(text, "abc"));
	CHECK_EQUAL(SHSetValueW(home, L"shell", L"path", REG_EXPAND_SZ, L"%SystemRoot%\\x", 30), 0);
	size = sizeof(wide);
	CHECK_EQUAL(SHGetValueW(home, L"shell", L"path", &type, wide, &size), 0);
	ExpandEnvironmentStringsW(L"%SystemRoot%\\x", expected, MAX_PATH);
	CHECK(type == REG_SZ && !wcscmp(wide, expected));
	size = sizeof(number);
	CHECK_EQUAL(SHSetValueW(home, NULL, L"number", REG_DWORD, &number, sizeof(number)), 0);
	number = 0;
	CHECK_EQUAL(SHRegGetValueW(home, NULL, L"number", RRF_RT_REG_DWORD, &type, &number, &size), 0);
	CHECK(type == REG_DWORD && number == 7);
	CHECK_EQUAL(SHRegGetValueA(home, NULL, "number", RRF_RT_REG_SZ, &type, &number, &size), 1630);
	number = 0;
	CHECK_EQUAL(SHQueryValueExA(home, "number", NULL, &type, &number, &size), 0);
	CHECK_EQUAL(number, 7);
	CHECK_EQUAL(SHQueryValueExW(home, L"none", NULL, NULL, NULL, NULL), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(SHDeleteValueW(home, L"shell", L"path"), 0);
	CHECK_EQUAL(SHDeleteValueA(home, "shell", "path"), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(SHDeleteKeyA(home, "shell"), 0);
	CHECK_EQUAL(SHDeleteKeyW(home, L"shell"), ERROR_FILE_NOT_FOUND);
}

int main(void)
{
	RegDeleteTreeA(HKEY_CURRENT_USER, HOME);
	check_rights();
	check_failures();
	check_paths();
	check_rename();
	check_values();
	check_shell();
	check_trees();
	check_machine();
	return guest_result();
}
