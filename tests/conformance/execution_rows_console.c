/*
 * execution_rows_console.c - rows 178 and 180 of the execution facts, as far as they hold with and without a terminal: the
 * console's file names, and what is left when a process gives its console up.
 */
#include "../guest/guest.h"

static BOOL WINAPI handler(DWORD event)
{
	return event == CTRL_C_EVENT;
}

static void names(void)
{
	static const char *const names[] = {"CONOUT$", "conout$", "\\\\.\\CONOUT$", "CONIN$", "conin$", "\\\\.\\CONIN$"};
	DWORD mode;
	HANDLE file;

	ROW(178, "execution");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (DWORD disposition = CREATE_NEW; disposition <= OPEN_ALWAYS; disposition++) {
			file = CreateFileA(names[i], GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, disposition,
					   0, NULL);
			if (file == INVALID_HANDLE_VALUE) {
				CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE); /* there is no console */
				continue;
			}
			CHECK(GetConsoleMode(file, &mode));
			CHECK_EQUAL(GetFileType(file), FILE_TYPE_CHAR);
			CHECK(CloseHandle(file));
		}
		SetLastError(0xDEADBEEF);
		CHECK(CreateFileA(names[i], GENERIC_READ, 0, NULL, 0, 0, NULL) == INVALID_HANDLE_VALUE);
		CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
		CHECK(CreateFileA(names[i], GENERIC_WRITE, 0, NULL, TRUNCATE_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE);
	}
	/* CON is one or the other. */
	CHECK(CreateFileA("CON", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE);
	CHECK(GetLastError() == ERROR_FILE_NOT_FOUND || GetLastError() == ERROR_INVALID_PARAMETER);
}

static void given_up(void)
{
	HANDLE input = GetStdHandle(STD_INPUT_HANDLE), output = GetStdHandle(STD_OUTPUT_HANDLE);

	ROW(180, "execution");
	CHECK(SetConsoleCtrlHandler(handler, TRUE));
	CHECK(SetConsoleCtrlHandler(handler, FALSE));
	CHECK_FAILS(SetConsoleCtrlHandler(handler, FALSE), ERROR_INVALID_PARAMETER);
	CHECK(SetConsoleCtrlHandler(handler, TRUE));
	if (!FreeConsole())
		return; /* there is none to give up */
	CHECK_FAILS(GetConsoleCP(), ERROR_INVALID_HANDLE);
	CHECK_FAILS(GetConsoleOutputCP(), ERROR_INVALID_HANDLE);
	CHECK(GetStdHandle(STD_INPUT_HANDLE) == input && GetStdHandle(STD_OUTPUT_HANDLE) == output);
	CHECK_FAILS(SetConsoleCtrlHandler(handler, FALSE), ERROR_INVALID_PARAMETER);
	CHECK(SetConsoleCtrlHandler(handler, TRUE));
	CHECK(SetConsoleCtrlHandler(handler, FALSE));
}

int main(void)
{
	names();
	given_up();
	return guest_result();
}
