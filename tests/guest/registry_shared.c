/*
 * One registry for all processes: what one writes the others see at once, and who begins later too.
 *
 * Without arguments it asserts for itself, with copies of itself as the others.  With a verb it does one thing; tests/registry.sh
 * calls it so.
 */
#include "guest.h"

#define HOME "Software\\Pewter registry_shared"

/* Runs this program with a verb and its arguments; its exit code. */
static DWORD run(const char *arguments, PROCESS_INFORMATION *left_running)
{
	char program[MAX_PATH], line[1024];
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 999;

	GetModuleFileNameA(NULL, program, sizeof(program));
	snprintf(line, sizeof(line), "\"%s\" %s", program, arguments);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
	if (left_running) {
		*left_running = process;
		return 0;
	}
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	return code;
}

static DWORD wait_for(PROCESS_INFORMATION *process)
{
	DWORD code = 999;

	WaitForSingleObject(process->hProcess, INFINITE);
	GetExitCodeProcess(process->hProcess, &code);
	CloseHandle(process->hProcess);
	CloseHandle(process->hThread);
	return code;
}

static DWORD number_of(HKEY key, const char *name)
{
	DWORD number = 0xFFFFFFFF, size = sizeof(number);

	return RegQueryValueExA(key, name, NULL, NULL, (BYTE *)&number, &size) ? 0xFFFFFFFF : number;
}

static void check_child_sees(HKEY home)
{
	HKEY key, class_key;
	char text[40];
	DWORD size;
	FILETIME before, after;

	CHECK_EQUAL(RegSetValueExA(home, "from parent", 0, REG_SZ, (const BYTE *)"one", 4), 0);
	CHECK_EQUAL(run("get \"" HOME "\" \"from parent\" one", NULL), 0);
	CHECK_EQUAL(RegQueryInfoKeyA(home, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &before), 0);
	Sleep(30);
	CHECK_EQUAL(run("set \"" HOME "\" \"from child\" two", NULL), 0);
	size = sizeof(text);
	CHECK_EQUAL(RegQueryValueExA(home, "FROM CHILD", NULL, NULL, (BYTE *)text, &size), 0);
	CHECK(!strcmp(text, "two"));
	CHECK_EQUAL(RegQueryInfoKeyA(home, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &after), 0);
	CHECK(CompareFileTime(&before, &after) < 0);
	/* Changed and deleted there, under a handle that is open here. */
	CHECK_EQUAL(run("set \"" HOME "\" \"from parent\" three", NULL), 0);
	size = sizeof(text);
	CHECK_EQUAL(RegQueryValueExA(home, "from parent", NULL, NULL, (BYTE *)text, &size), 0);
	CHECK(!strcmp(text, "three"));
	CHECK_EQUAL(run("unset \"" HOME "\" \"from parent\"", NULL), 0);
	CHECK_EQUAL(RegQueryValueExA(home, "from parent", NULL, NULL, NULL, NULL), ERROR_FILE_NOT_FOUND);
	/* A value set again comes last. */
	CHECK_EQUAL(RegSetValueExA(home, "from parent", 0, REG_SZ, (const BYTE *)"", 1), 0);
	size = sizeof(text);
	CHECK_EQUAL(RegEnumValueA(home, 1, text, &size, NULL, NULL, NULL, NULL), 0);
	CHECK(!strcmp(text, "from parent"));
	/* A class, which only who makes the key gives. */
	CHECK_EQUAL(RegCreateKeyExA(home, "classy", 0, "of mine", 0, KEY_ALL_ACCESS, NULL, &class_key, NULL), 0);
	CHECK_EQUAL(run("class \"" HOME "\\classy\" \"of mine\"", NULL), 0);
	CHECK_EQUAL(RegCreateKeyExA(home, "classy", 0, "another", 0, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	size = sizeof(text);
	CHECK_EQUAL(RegQueryInfoKeyA(key, text, &size, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), 0);
	CHECK(!strcmp(text, "of mine"));
	CHECK_EQUAL(size, 7);
	RegCloseKey(key);
	RegCloseKey(class_key);
}

static void check_deletion(HKEY home)
{
	HKEY key, again;

	CHECK_EQUAL(RegCreateKeyExA(home, "doomed", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	CHECK_EQUAL(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"old", 4), 0);
	CHECK_EQUAL(run("delete \"" HOME "\\doomed\"", NULL), 0);
	CHECK_EQUAL(RegQueryValueExA(key, "x", NULL, NULL, NULL, NULL), ERROR_KEY_DELETED);
	CHECK_EQUAL(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"old", 4), ERROR_KEY_DELETED);
	CHECK_EQUAL(RegOpenKeyExA(home, "doomed", 0, KEY_READ, &again), ERROR_FILE_NOT_FOUND);
	/* One of the same name is another key. */
	CHECK_EQUAL(run("set \"" HOME "\\doomed\" y new", NULL), 0);
	CHECK_EQUAL(RegQueryValueExA(key, "y", NULL, NULL, NULL, NULL), ERROR_KEY_DELETED);
	CHECK_EQUAL(RegOpenKeyExA(home, "doomed", 0, KEY_READ, &again), 0);
	CHECK_EQUAL(RegQueryValueExA(again, "y", NULL, NULL, NULL, NULL), 0);
	CHECK_EQUAL(RegQueryValueExA(again, "x", NULL, NULL, NULL, NULL), ERROR_FILE_NOT_FOUND);
	RegCloseKey(again);
	RegCloseKey(key);
}

static void check_rename(HKEY home)
{
	HKEY key;
	DWORD one = 1;

	CHECK_EQUAL(RegCreateKeyExA(home, "before\\below", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	CHECK_EQUAL(RegSetValueExA(key, "n", 0, REG_DWORD, (const BYTE *)&one, 4), 0);
	CHECK_EQUAL(run("rename \"" HOME "\" before after", NULL), 0);
	CHECK_EQUAL(number_of(key, "n"), 1);
	RegCloseKey(key);
	CHECK_EQUAL(RegOpenKeyExA(home, "before", 0, KEY_READ, &key), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(RegOpenKeyExA(home, "after\\below", 0, KEY_READ, &key), 0);
	RegCloseKey(key);
}

/* What a fresh machine has can be changed and deleted, too. */
static void check_fresh(void)
{
	static const char zones[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Time Zones";
	HKEY key;

	CHECK_EQUAL(RegOpenKeyExA(HKEY_LOCAL_MACHINE, zones, 0, KEY_READ, &key), 0);
	RegCloseKey(key);
	CHECK_EQUAL(run("set \"Control Panel\\International\" \"registry_shared\" here", NULL), 0);
	CHECK_EQUAL(run("get \"Control Panel\\International\" \"registry_shared\" here", NULL), 0);
	CHECK_EQUAL(run("unset \"Control Panel\\International\" \"registry_shared\"", NULL), 0);
	CHECK_EQUAL(run("get \"Control Panel\\International\" \"registry_shared\" here", NULL), 1);
}

static void check_volatile(HKEY home)
{
	HKEY key, below;

	CHECK_EQUAL(RegCreateKeyExA(home, "fleeting", 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	CHECK_EQUAL(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"seen", 5), 0);
	CHECK_EQUAL(run("get \"" HOME "\\fleeting\" x seen", NULL), 0);
	CHECK_EQUAL(RegCreateKeyExA(key, "solid", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &below, NULL), ERROR_CHILD_MUST_BE_VOLATILE);
	RegCloseKey(key);
}

static void check_links(HKEY home)
{
	static const WCHAR target[] = L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT";
	HKEY link, key;

	CHECK_EQUAL(RegCreateKeyExA(home, "link", 0, NULL, REG_OPTION_CREATE_LINK | REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &link, NULL), 0);
	CHECK_EQUAL(RegOpenKeyExA(home, "link", 0, KEY_READ, &key), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(RegSetValueExW(link, L"SymbolicLinkValue", 0, REG_LINK, (const BYTE *)target, sizeof(target) - 2), 0);
	CHECK_EQUAL(RegOpenKeyExA(home, "link\\CurrentVersion", 0, KEY_READ, &key), 0);
	CHECK_EQUAL(RegQueryValueExA(key, "CurrentBuild", NULL, NULL, NULL, NULL), 0);
	RegCloseKey(key);
	CHECK_EQUAL(run("has \"" HOME "\\link\\CurrentVersion\"", NULL), 0);
	RegCloseKey(link);
	CHECK_EQUAL(RegOpenKeyExA(home, "link", REG_OPTION_OPEN_LINK, KEY_ALL_ACCESS, &link), 0);
	CHECK_EQUAL(RegQueryValueExA(link, "SymbolicLinkValue", NULL, NULL, NULL, NULL), 0);
	CHECK_EQUAL(RegSetValueExA(link, "x", 0, REG_SZ, (const BYTE *)"", 1), ERROR_ACCESS_DENIED);
	{
		NTSTATUS NTAPI NtDeleteKey(HANDLE);
		CHECK_EQUAL(NtDeleteKey(link), 0);
	}
	RegCloseKey(link);
	CHECK_EQUAL(RegOpenKeyExA(home, "link", 0, KEY_READ, &link), ERROR_FILE_NOT_FOUND);
}

static void check_multiple(HKEY home)
{
	char buffer[64];
	VALENTA values[2] = {{.ve_valuename = "m1"}, {.ve_valuename = "m2"}};
	DWORD size = 2;

	CHECK_EQUAL(RegSetValueExA(home, "m1", 0, REG_SZ, (const BYTE *)"abc", 4), 0);
	CHECK_EQUAL(RegSetValueExA(home, "m2", 0, REG_DWORD, (const BYTE *)"1234", 4), 0);
	CHECK_EQUAL(RegQueryMultipleValuesA(home, values, 2, buffer, &size), ERROR_MORE_DATA);
	CHECK(size >= 8);
	size = sizeof(buffer);
	CHECK_EQUAL(RegQueryMultipleValuesA(home, values, 2, buffer, &size), 0);
	CHECK_EQUAL(values[0].ve_type, REG_SZ);
	CHECK_EQUAL(values[0].ve_valuelen, 4);
	CHECK(!strcmp((char *)values[0].ve_valueptr, "abc"));
	CHECK(!memcmp((char *)values[1].ve_valueptr, "1234", 4));
	values[1].ve_valuename = "none";
	CHECK_EQUAL(RegQueryMultipleValuesA(home, values, 2, buffer, &size), ERROR_CANTREAD);
}

static DWORD WINAPI wait_for_change(void *key)
{
	return RegNotifyChangeKeyValue(key, TRUE, REG_NOTIFY_CHANGE_LAST_SET, NULL, FALSE);
}

static void check_notices(HKEY home)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	HKEY key, watched;

	CHECK_EQUAL(RegCreateKeyExA(home, "watched\\below", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	CHECK_EQUAL(RegOpenKeyExA(home, "watched", 0, KEY_ALL_ACCESS, &watched), 0);
	CHECK_EQUAL(RegNotifyChangeKeyValue(watched, TRUE, REG_NOTIFY_CHANGE_LAST_SET, NULL, TRUE), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(RegNotifyChangeKeyValue(watched, TRUE, REG_NOTIFY_CHANGE_LAST_SET, event, TRUE), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	/* A name is not what it asked for. */
	CHECK_EQUAL(run("make \"" HOME "\\watched\\more\"", NULL), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 50), WAIT_TIMEOUT);
	CHECK_EQUAL(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"", 1), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	/* What was missed in between is told at once. */
	CHECK_EQUAL(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"a", 2), 0);
	CHECK_EQUAL(RegNotifyChangeKeyValue(watched, TRUE, REG_NOTIFY_CHANGE_LAST_SET, event, TRUE), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	/* Another process, while this one looks at nothing. */
	CHECK_EQUAL(RegNotifyChangeKeyValue(watched, TRUE, REG_NOTIFY_CHANGE_LAST_SET, event, TRUE), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(run("set \"" HOME "\\watched\\below\" x other", NULL), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 20000), WAIT_OBJECT_0);
	/* A caller that waits itself, on another thread. */
	{
		HANDLE thread = CreateThread(NULL, 0, wait_for_change, watched, 0, NULL);
		DWORD code = 999;

		CHECK_EQUAL(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
		CHECK_EQUAL(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"b", 2), 0);
		CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(thread, &code));
		CHECK_EQUAL(code, 0);
		CloseHandle(thread);
		/* One that is ended while it waits leaves nothing that a change could fall over. */
		thread = CreateThread(NULL, 0, wait_for_change, watched, 0, NULL);
		CHECK_EQUAL(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
		CHECK(TerminateThread(thread, 7));
		CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
		CloseHandle(thread);
		CHECK_EQUAL(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"c", 2), 0);
		RegCloseKey(watched);
		CHECK_EQUAL(RegOpenKeyExA(home, "watched", 0, KEY_ALL_ACCESS, &watched), 0);
	}
	/* A wait ends with its handle. */
	CHECK_EQUAL(RegNotifyChangeKeyValue(watched, TRUE, REG_NOTIFY_CHANGE_LAST_SET, event, TRUE), 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	RegCloseKey(watched);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	RegCloseKey(key);
	CloseHandle(event);
}

/* Several write at once, and nothing is lost. */
#define WRITERS 4
#define WRITES 60

static void check_writers(HKEY home)
{
	PROCESS_INFORMATION processes[WRITERS];
	char line[100], name[40];
	HKEY key, below;

	CHECK_EQUAL(RegCreateKeyExA(home, "crowd", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	for (int i = 0; i < WRITERS; i++) {
		snprintf(line, sizeof(line), "crowd %d", i);
		run(line, &processes[i]);
	}
	for (int i = 0; i < WRITERS; i++)
		CHECK_EQUAL(wait_for(&processes[i]), 0);
	for (int i = 0; i < WRITERS; i++)
		for (int n = 0; n < WRITES; n++) {
			snprintf(name, sizeof(name), "%d.%d", i, n);
			CHECK_EQUAL(number_of(key, name), (DWORD)(i * 1000 + n));
			CHECK_EQUAL(RegOpenKeyExA(key, name, 0, KEY_READ, &below), 0);
			RegCloseKey(below);
		}
	RegCloseKey(key);
}

static int be_one_of_the_crowd(DWORD which)
{
	HKEY key, below;
	char name[40];

	CHECK_EQUAL(RegOpenKeyExA(HKEY_CURRENT_USER, HOME "\\crowd", 0, KEY_ALL_ACCESS, &key), 0);
	for (DWORD n = 0; n < WRITES; n++) {
		DWORD number = which * 1000 + n;

		snprintf(name, sizeof(name), "%lu.%lu", which, n);
		CHECK_EQUAL(RegSetValueExA(key, name, 0, REG_DWORD, (const BYTE *)&number, 4), 0);
		CHECK_EQUAL(RegCreateKeyExA(key, name, 0, NULL, 0, KEY_READ, NULL, &below, NULL), 0);
		RegCloseKey(below);
	}
	return guest_result();
}

static int one_thing(int argc, char **argv)
{
	HKEY key;
	char text[256] = "";
	DWORD size = sizeof(text), disposition;
	LONG error;

	if (!strcmp(argv[1], "crowd"))
		return be_one_of_the_crowd(atoi(argv[2]));
	if (!strcmp(argv[1], "set") || !strcmp(argv[1], "make") || !strcmp(argv[1], "make-volatile") || !strcmp(argv[1], "forever")) {
		error = RegCreateKeyExA(HKEY_CURRENT_USER, argv[2], 0, NULL, argv[1][4] == '-' ? REG_OPTION_VOLATILE : 0, KEY_ALL_ACCESS,
					NULL, &key, &disposition);
		if (!error && argv[1][0] == 's')
			error = RegSetValueExA(key, argv[3], 0, REG_SZ, (const BYTE *)argv[4], strlen(argv[4]) + 1);
		/* Two values that are to be the same, until somebody ends it. */
		for (DWORD n = 0; !error && argv[1][0] == 'f'; n++) {
			char number[20];

			snprintf(number, sizeof(number), "%lu", n);
			error = RegSetValueExA(key, "n", 0, REG_SZ, (const BYTE *)number, strlen(number) + 1);
			if (n == 0)
				puts("going"), fflush(stdout);
		}
		return error != 0;
	}
	if (RegOpenKeyExA(HKEY_CURRENT_USER, argv[2], 0, KEY_ALL_ACCESS, &key))
		return 1;
	if (!strcmp(argv[1], "get")) {
		if (RegQueryValueExA(key, argv[3], NULL, NULL, (BYTE *)text, &size))
			return 1;
		return argc > 4 ? strcmp(text, argv[4]) != 0 : puts(text) < 0;
	}
	if (!strcmp(argv[1], "class"))
		return RegQueryInfoKeyA(key, text, &size, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) || strcmp(text, argv[3]);
	if (!strcmp(argv[1], "unset"))
		return RegDeleteValueA(key, argv[3]) != 0;
	if (!strcmp(argv[1], "flush"))
		return RegFlushKey(key) != 0;
	if (!strcmp(argv[1], "rename")) {
		WCHAR old[64], new[64];

		MultiByteToWideChar(CP_ACP, 0, argv[3], -1, old, 64);
		MultiByteToWideChar(CP_ACP, 0, argv[4], -1, new, 64);
		return RegRenameKey(key, old, new) != 0;
	}
	RegCloseKey(key);
	if (!strcmp(argv[1], "delete"))
		return RegDeleteTreeA(HKEY_CURRENT_USER, argv[2]) != 0;
	return strcmp(argv[1], "has") != 0;
}

int main(int argc, char **argv)
{
	HKEY home;

	if (argc > 1)
		return one_thing(argc, argv);
	RegDeleteTreeA(HKEY_CURRENT_USER, HOME);
	CHECK_EQUAL(RegCreateKeyExA(HKEY_CURRENT_USER, HOME, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &home, NULL), 0);
	check_child_sees(home);
	check_deletion(home);
	check_rename(home);
	check_fresh();
	check_volatile(home);
	check_links(home);
	check_multiple(home);
	check_notices(home);
	check_writers(home);
	RegCloseKey(home);
	CHECK_EQUAL(RegDeleteTreeA(HKEY_CURRENT_USER, HOME), 0);
	CHECK_EQUAL(run("has \"" HOME "\"", NULL), 1);
	return guest_result();
}
