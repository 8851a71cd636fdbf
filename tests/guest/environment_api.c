/*
 * environment_api.c - variables, current directory, full and searched paths, standard handles, consoles that are none.
 */
#include "guest.h"

static void variables(void)
{
	WCHAR text[64];
	char ansi[64];
	WCHAR *block;
	int found = 0;

	CHECK(SetEnvironmentVariableW(L"Pew_Test", L"value"));
	CHECK_EQUAL(GetEnvironmentVariableW(L"PEW_TEST", text, 64), 5);
	CHECK(!lstrcmpW(text, L"value"));
	CHECK_EQUAL(GetEnvironmentVariableW(L"pew_test", text, 5), 6);
	CHECK_EQUAL(GetEnvironmentVariableA("pew_test", ansi, 64), 5);
	CHECK_EQUAL(GetEnvironmentVariableA("pew_test", NULL, 0), 6);
	CHECK(SetEnvironmentVariableW(L"PEW_TEST", L""));
	CHECK_EQUAL(GetEnvironmentVariableW(L"PEW_TEST", text, 64), 0);
	CHECK(GetLastError() != ERROR_ENVVAR_NOT_FOUND);
	CHECK(SetEnvironmentVariableA("PEW_TEST", "two"));
	block = GetEnvironmentStringsW();
	for (WCHAR *at = block; *at; at += lstrlenW(at) + 1)
		if (!lstrcmpiW(at, L"pew_test=two"))
			found++;
	CHECK_EQUAL(found, 1);
	CHECK(FreeEnvironmentStringsW(block));
	CHECK_EQUAL(ExpandEnvironmentStringsW(L"a%PEW_TEST%b%none%", text, 64), 12);
	CHECK(!lstrcmpW(text, L"atwob%none%"));
	CHECK_EQUAL(ExpandEnvironmentStringsA(NULL, ansi, sizeof(ansi)), 1);
	CHECK(SetEnvironmentVariableW(L"PEW_TEST", NULL));
	CHECK(SetEnvironmentVariableW(L"PEW_TEST", NULL));
	CHECK_FAILS(GetEnvironmentVariableW(L"PEW_TEST", text, 64), ERROR_ENVVAR_NOT_FOUND);
	CHECK(SetEnvironmentVariableW(L"PEW_TEST", NULL));
	CHECK_FAILS(SetEnvironmentVariableW(L"a=b", L"c"), ERROR_INVALID_PARAMETER);
}

static void directories(void)
{
	WCHAR old[MAX_PATH], temp[MAX_PATH], now[MAX_PATH], full[MAX_PATH + 16], *part;
	DWORD length = GetCurrentDirectoryW(MAX_PATH, old);

	CHECK(length > 2 && old[1] == L':');
	CHECK_EQUAL(GetCurrentDirectoryW(0, NULL), length + 1);
	CHECK(GetTempPathW(MAX_PATH, temp));
	CHECK(SetCurrentDirectoryW(temp));
	length = GetCurrentDirectoryW(MAX_PATH, now);
	CHECK_EQUAL(length + 1, lstrlenW(temp));
	/* The W form leaves nothing behind the path, nor of a path that does not fit. */
	memset(full, 'x', sizeof(full));
	CHECK_EQUAL(GetTempPathW(MAX_PATH, full), length + 1);
	CHECK(!full[length + 1] && !full[MAX_PATH - 1] && full[MAX_PATH]);
	memset(full, 'x', sizeof(full));
	CHECK_EQUAL(GetTempPathW(2, full), length + 2);
	CHECK(!full[0] && !full[1] && full[2]);
	CHECK(now[length - 1] != L'\\');
	CHECK_EQUAL(GetFullPathNameW(L"x.y", MAX_PATH, full, &part), length + 4);
	CHECK(!lstrcmpW(part, L"x.y"));
	CHECK(!memcmp(full, now, length * 2));
	CHECK_EQUAL(GetFullPathNameW(L"C:\\a\\..\\b\\", MAX_PATH, full, &part), 5);
	CHECK(!lstrcmpW(full, L"C:\\b\\") && !part);
	CHECK_EQUAL(GetFullPathNameW(L"C:\\abc", 3, full, NULL), 7);
	CHECK_FAILS(SetCurrentDirectoryW(L"no such directory"), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(SetCurrentDirectoryW(L"no such\\directory"), ERROR_PATH_NOT_FOUND);
	CHECK(SetCurrentDirectoryW(old));
	GetCurrentDirectoryW(MAX_PATH, now);
	CHECK(!lstrcmpiW(old, now));
	CHECK(SearchPathW(NULL, L"no such file", L".exe", MAX_PATH, full, NULL) == 0);
	CHECK_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(GetDriveTypeW(L"C:\\"), DRIVE_FIXED);
	CHECK_EQUAL(GetDriveTypeW(L"Q:\\"), DRIVE_NO_ROOT_DIR);
	CHECK(GetLogicalDrives() & 4);
}

static void standard_handles(void)
{
	HANDLE old = GetStdHandle(STD_INPUT_HANDLE), event = CreateEventW(NULL, FALSE, FALSE, NULL);

	/* The constants can be closed: in 64 bits, and as the numbers without sign that they are. */
	for (int i = 0; i < 2; i++) {
		CHECK(SetStdHandle(STD_INPUT_HANDLE, i ? CreateEventW(NULL, FALSE, FALSE, NULL) : event));
		CHECK(CloseHandle(i ? (HANDLE)(LONG_PTR)-10 : (HANDLE)(ULONG_PTR)(DWORD)-10));
		CHECK(GetStdHandle(STD_INPUT_HANDLE) == NULL);
	}
	CHECK_FAILS(SetEvent(event), ERROR_INVALID_HANDLE);
	CHECK(SetStdHandle(STD_INPUT_HANDLE, old));

	ROW(179, "execution");
	CHECK(SetStdHandle(STD_INPUT_HANDLE, (HANDLE)(ULONG_PTR)0x1234));
	CHECK(GetStdHandle(STD_INPUT_HANDLE) == (HANDLE)(ULONG_PTR)0x1234);
	CHECK(SetStdHandle(STD_INPUT_HANDLE, old));
	SetLastError(0xDEADBEEF);
	CHECK(GetStdHandle(5) == INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	CHECK_FAILS(SetStdHandle(5, NULL), ERROR_INVALID_HANDLE);
}

static void no_consoles(void)
{
	HANDLE file = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	HANDLE reader, writer;
	CONSOLE_SCREEN_BUFFER_INFO info;
	INPUT_RECORD record;
	DWORD mode, count;
	char byte;

	ROW(177, "execution");
	CHECK(CreatePipe(&reader, &writer, NULL, 0));
	CHECK_FAILS(GetConsoleMode(file, &mode), ERROR_INVALID_HANDLE);
	CHECK_FAILS(GetConsoleMode(reader, &mode), ERROR_INVALID_HANDLE);
	CHECK_FAILS(WriteConsoleW(writer, L"x", 1, &count, NULL), ERROR_INVALID_HANDLE);
	CHECK_FAILS(ReadConsoleW(reader, &byte, 0, &count, NULL), ERROR_INVALID_HANDLE);
	CHECK_FAILS(GetConsoleScreenBufferInfo(file, &info), ERROR_INVALID_HANDLE);
	CHECK_FAILS(PeekConsoleInputW(reader, &record, 1, &count), ERROR_INVALID_HANDLE);
	CHECK_FAILS(SetConsoleTextAttribute(file, 7), ERROR_INVALID_HANDLE);
	CHECK(ReadFile(file, &byte, 1, &count, NULL) && count == 0);
	CHECK(WriteFile(file, "x", 1, &count, NULL) && count == 1);
	ROW(181, "execution");
	CHECK_FAILS(SetConsoleCP(0), ERROR_INVALID_PARAMETER);
	CloseHandle(file);
	CloseHandle(reader);
	CloseHandle(writer);
}

static BOOL WINAPI handler(DWORD event)
{
	return TRUE;
}

static void control_handlers(void)
{
	ROW(182, "execution");
	CHECK(SetConsoleCtrlHandler(handler, TRUE));
	CHECK(SetConsoleCtrlHandler(handler, TRUE));
	CHECK(SetConsoleCtrlHandler(handler, FALSE));
	CHECK(SetConsoleCtrlHandler(handler, FALSE));
	CHECK_FAILS(SetConsoleCtrlHandler(handler, FALSE), ERROR_INVALID_PARAMETER);
}

/* Success leaves no error of before; a block where no memory is has an error, one of other memory has not. */
static void names_and_blocks(void)
{
	char name[MAX_PATH];
	WCHAR wide[MAX_PATH];
	HANDLE heap = GetProcessHeap();
	DWORD length;

	*guest_row = 0;
	SetLastError(1);
	length = GetModuleFileNameA(NULL, name, MAX_PATH);
	CHECK(length && length < MAX_PATH);
	CHECK_EQUAL(GetLastError(), 0);
	SetLastError(1);
	CHECK_EQUAL(GetModuleFileNameW(NULL, wide, MAX_PATH), length);
	CHECK_EQUAL(GetLastError(), 0);
	SetLastError(1);
	CHECK_EQUAL(GetModuleFileNameA(NULL, name, length), length);
	CHECK_EQUAL(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(HeapValidate(heap, 0, (void *)0xDEAD0010), ERROR_NOACCESS);
	SetLastError(1);
	CHECK(!HeapValidate(heap, 0, name));
	CHECK_EQUAL(GetLastError(), 1);
}

int main(void)
{
	names_and_blocks();
	variables();
	directories();
	standard_handles();
	no_consoles();
	control_handlers();
	return guest_result();
}
