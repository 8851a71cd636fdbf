/*
 * Ctrl-Break for a child that is a process group of its own: its handler runs; without one it ends with
 * STATUS_CONTROL_C_EXIT.
 */
#include "guest.h"

static HANDLE seen;

static BOOL WINAPI on_control(DWORD event)
{
	if (event != CTRL_BREAK_EVENT)
		return FALSE;
	SetEvent(seen);
	return TRUE;
}

/* Says "r" when it is ready. */
static int child(BOOL handles)
{
	DWORD done;

	seen = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (handles && !SetConsoleCtrlHandler(on_control, TRUE))
		return 2;
	WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "r", 1, &done, NULL);
	return WaitForSingleObject(seen, 60000) == WAIT_OBJECT_0 ? 7 : 3;
}

static DWORD run(const WCHAR *how, DWORD event)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	STARTUPINFOW startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION process;
	WCHAR program[MAX_PATH], command[64];
	HANDLE read_end, write_end;
	DWORD done, code = 0;
	char byte;

	GetModuleFileNameW(NULL, program, MAX_PATH);
	wsprintfW(command, L"x %s", how);
	CHECK(CreatePipe(&read_end, &write_end, &inherit, 0));
	startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	startup.hStdOutput = write_end;
	startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	CHECK(CreateProcessW(program, command, NULL, NULL, TRUE, CREATE_NEW_PROCESS_GROUP, NULL, NULL, &startup, &process));
	CHECK(ReadFile(read_end, &byte, 1, &done, NULL) && byte == 'r');
	CHECK(GenerateConsoleCtrlEvent(event, process.dwProcessId));
	if (event == CTRL_C_EVENT) {
		CHECK_EQUAL(WaitForSingleObject(process.hProcess, 100), WAIT_TIMEOUT);
		CHECK(TerminateProcess(process.hProcess, 9));
	}
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CloseHandle(process.hThread);
	CloseHandle(process.hProcess);
	CloseHandle(read_end);
	CloseHandle(write_end);
	return code;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return child(!strcmp(argv[1], "handler"));
	CHECK_EQUAL(run(L"handler", CTRL_BREAK_EVENT), 7);
	CHECK_EQUAL(run(L"none", CTRL_BREAK_EVENT), 0xC000013A);
	CHECK_EQUAL(run(L"handler", CTRL_C_EVENT), 9);
	CHECK_FAILS(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT + 1, 0), ERROR_INVALID_PARAMETER);
	return guest_result();
}
