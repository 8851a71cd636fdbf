/*
 * Keys in hive files: saved, restored, loaded and unloaded.  On Windows for an administrator.
 */
#include "guest.h"

#define HOME L"Software\\Pewter registry_hives"
#define MOUNT L"Pewter registry_hives"

static WCHAR folder[MAX_PATH], first[MAX_PATH], second[MAX_PATH];

static void enable(const char *name)
{
	TOKEN_PRIVILEGES privileges = {1, {{{0, 0}, SE_PRIVILEGE_ENABLED}}};
	HANDLE token;

	CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token));
	CHECK(LookupPrivilegeValueA(NULL, name, &privileges.Privileges[0].Luid));
	CHECK(AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL));
	CloseHandle(token);
}

static BYTE large[70000];

static void make(HKEY home)
{
	WCHAR name[40];
	HKEY key, below;
	DWORD four = 0x01020304;

	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (BYTE)(i * 7 + i / 256);
	CHECK_EQUAL(RegSetValueExW(home, L"", 0, REG_SZ, (const BYTE *)L"default", 16), 0);
	CHECK_EQUAL(RegSetValueExW(home, L"four", 0, REG_DWORD, (const BYTE *)&four, 4), 0);
	CHECK_EQUAL(RegSetValueExW(home, L"five", 0, REG_BINARY, large, 5), 0);
	CHECK_EQUAL(RegSetValueExW(home, L"none", 0, REG_NONE, NULL, 0), 0);
	CHECK_EQUAL(RegSetValueExW(home, L"large", 0, REG_BINARY, large, sizeof(large)), 0);
	CHECK_EQUAL(RegSetValueExW(home, L"piece", 0, REG_BINARY, large, 16345), 0);
	CHECK_EQUAL(RegSetValueExW(home, L"\x0416\x0443\x043A", 0, 0x1234, large, 3), 0);
	CHECK_EQUAL(RegCreateKeyExW(home, L"\x4E00\x4E8C", 0, (WCHAR *)L"a class", 0, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	for (int i = 0; i < 1100; i++) {
		swprintf(name, 40, L"key %d", i);
		CHECK_EQUAL(RegCreateKeyExW(key, name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &below, NULL), 0);
		CHECK_EQUAL(RegSetValueExW(below, L"i", 0, REG_DWORD, (const BYTE *)&i, 4), 0);
		RegCloseKey(below);
	}
	RegCloseKey(key);
	CHECK_EQUAL(RegCreateKeyExW(home, L"fleeting", 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	RegCloseKey(key);
}

static void check(HKEY home)
{
	WCHAR name[40], text[40];
	HKEY key, below;
	DWORD type, size, count;
	static BYTE data[sizeof(large)];

	size = sizeof(text);
	CHECK_EQUAL(RegQueryValueExW(home, NULL, NULL, &type, (BYTE *)text, &size), 0);
	CHECK(!wcscmp(text, L"default"));
	size = sizeof(data);
	CHECK_EQUAL(RegQueryValueExW(home, L"four", NULL, &type, data, &size), 0);
	CHECK(size == 4 && type == REG_DWORD && *(DWORD *)data == 0x01020304);
	size = sizeof(data);
	CHECK_EQUAL(RegQueryValueExW(home, L"five", NULL, &type, data, &size), 0);
	CHECK(size == 5 && !memcmp(data, large, 5));
	size = sizeof(data);
	CHECK_EQUAL(RegQueryValueExW(home, L"none", NULL, &type, data, &size), 0);
	CHECK(size == 0 && type == REG_NONE);
	size = sizeof(data);
	CHECK_EQUAL(RegQueryValueExW(home, L"large", NULL, &type, data, &size), 0);
	CHECK(size == sizeof(large) && !memcmp(data, large, size));
	size = sizeof(data);
	CHECK_EQUAL(RegQueryValueExW(home, L"piece", NULL, &type, data, &size), 0);
	CHECK(size == 16345 && !memcmp(data, large, size));
	size = sizeof(data);
	CHECK_EQUAL(RegQueryValueExW(home, L"\x0416\x0443\x043A", NULL, &type, data, &size), 0);
	CHECK(size == 3 && type == 0x1234);
	CHECK_EQUAL(RegOpenKeyExW(home, L"\x4E00\x4E8C", 0, KEY_READ, &key), 0);
	size = 40;
	CHECK_EQUAL(RegQueryInfoKeyW(key, text, &size, NULL, &count, NULL, NULL, NULL, NULL, NULL, NULL, NULL), 0);
	CHECK(!wcscmp(text, L"a class"));
	CHECK_EQUAL(count, 1100);
	for (int i = 0; i < 1100; i += 97) {
		swprintf(name, 40, L"key %d", i);
		CHECK_EQUAL(RegOpenKeyExW(key, name, 0, KEY_READ, &below), 0);
		size = 4;
		CHECK_EQUAL(RegQueryValueExW(below, L"i", NULL, NULL, (BYTE *)&count, &size), 0);
		CHECK_EQUAL(count, i);
		RegCloseKey(below);
	}
	RegCloseKey(key);
	CHECK_EQUAL(RegOpenKeyExW(home, L"fleeting", 0, KEY_READ, &key), ERROR_FILE_NOT_FOUND);
}

/* The head: its version, the size of what follows, the sum of its words. */
static void check_file(const WCHAR *path, DWORD minor)
{
	HANDLE file = CreateFileW(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
	DWORD head[128], got = 0, sum = 0;

	CHECK(ReadFile(file, head, sizeof(head), &got, NULL) && got == sizeof(head));
	CHECK(!memcmp(head, "regf", 4));
	CHECK_EQUAL(head[1], head[2]);
	CHECK_EQUAL(head[5], 1);
	CHECK_EQUAL(head[6], minor);
	CHECK_EQUAL(GetFileSize(file, NULL), 4096 + head[10]);
	for (int i = 0; i < 127; i++)
		sum ^= head[i];
	CHECK_EQUAL(head[127], sum);
	CloseHandle(file);
}

static void check_saved(HKEY home)
{
	HKEY key;

	CHECK_EQUAL(RegSaveKeyW(home, first, NULL), 0);
	check_file(first, 3);
	CHECK_EQUAL(RegSaveKeyW(home, first, NULL), ERROR_ALREADY_EXISTS);
	CHECK_EQUAL(RegSaveKeyExW(home, second, NULL, REG_LATEST_FORMAT), 0);
	check_file(second, 5);
	CHECK_EQUAL(RegCreateKeyExW(HKEY_CURRENT_USER, HOME L" again", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	CHECK_EQUAL(RegSetValueExW(key, L"before", 0, REG_NONE, NULL, 0), 0);
	CHECK_EQUAL(RegRestoreKeyW(key, first, 0), 0);
	check(key);
	CHECK_EQUAL(RegQueryValueExW(key, L"before", NULL, NULL, NULL, NULL), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(RegRestoreKeyW(key, second, 0), 0);
	check(key);
	RegCloseKey(key);
	CHECK_EQUAL(RegDeleteTreeW(HKEY_CURRENT_USER, HOME L" again"), 0);
}

static void check_loaded(void)
{
	HKEY key;
	LONG error;

	CHECK_EQUAL(RegLoadKeyW(HKEY_LOCAL_MACHINE, MOUNT, second), 0);
	CHECK_EQUAL(RegOpenKeyExW(HKEY_LOCAL_MACHINE, MOUNT, 0, KEY_ALL_ACCESS, &key), 0);
	check(key);
	CHECK(RegUnLoadKeyW(HKEY_LOCAL_MACHINE, MOUNT) == ERROR_ACCESS_DENIED);
	CHECK_EQUAL(RegSetValueExW(key, L"more", 0, REG_SZ, (const BYTE *)L"x", 4), 0);
	RegCloseKey(key);
	CHECK_EQUAL(RegUnLoadKeyW(HKEY_LOCAL_MACHINE, MOUNT), 0);
	CHECK_EQUAL(RegOpenKeyExW(HKEY_LOCAL_MACHINE, MOUNT, 0, KEY_READ, &key), ERROR_FILE_NOT_FOUND);
	CHECK(RegUnLoadKeyW(HKEY_LOCAL_MACHINE, MOUNT) != 0);
	CHECK_EQUAL(RegLoadKeyW(HKEY_USERS, MOUNT, second), 0);
	CHECK_EQUAL(RegOpenKeyExW(HKEY_USERS, MOUNT, 0, KEY_READ, &key), 0);
	check(key);
	CHECK_EQUAL(RegQueryValueExW(key, L"more", NULL, NULL, NULL, NULL), 0);
	RegCloseKey(key);
	CHECK_EQUAL(RegUnLoadKeyW(HKEY_USERS, MOUNT), 0);
	/* What is no hive. */
	GetModuleFileNameW(NULL, second, MAX_PATH);
	error = RegLoadKeyW(HKEY_USERS, MOUNT, second);
	CHECK(error == ERROR_BADDB || error == ERROR_NOT_REGISTRY_FILE || error == ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(RegLoadKeyW(HKEY_USERS, MOUNT, L"C:\\there is no such file"), ERROR_FILE_NOT_FOUND);
	CHECK(RegLoadKeyW(HKEY_CURRENT_USER, MOUNT, first) != 0);
}

int main(void)
{
	HKEY home;

	GetTempPathW(MAX_PATH, folder);
	swprintf(first, MAX_PATH, L"%lspewter hive %lu.1", folder, GetCurrentProcessId());
	swprintf(second, MAX_PATH, L"%lspewter hive %lu.2", folder, GetCurrentProcessId());
	DeleteFileW(first);
	DeleteFileW(second);
	RegDeleteTreeW(HKEY_CURRENT_USER, HOME);
	CHECK_EQUAL(RegCreateKeyExW(HKEY_CURRENT_USER, HOME, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &home, NULL), 0);
	enable("SeBackupPrivilege");
	enable("SeRestorePrivilege");
	make(home);
	check_saved(home);
	check_loaded();
	RegCloseKey(home);
	CHECK_EQUAL(RegDeleteTreeW(HKEY_CURRENT_USER, HOME), 0);
	CHECK(DeleteFileW(first));
	swprintf(second, MAX_PATH, L"%lspewter hive %lu.2", folder, GetCurrentProcessId());
	CHECK(DeleteFileW(second));
	return guest_result();
}
