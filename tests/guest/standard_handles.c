/*
 * Children and their standard handles: one that closes its output, of which the reader at the other end learns while the
 * child still runs; one that crashes, of whose errors the reader gets what the child itself wrote.
 */
#include "guest.h"

static int child(void)
{
	char byte;
	DWORD done;

	if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "out", 3, &done, NULL))
		return 2;
	CloseHandle(GetStdHandle(STD_OUTPUT_HANDLE));
	/* until the parent lets go of the other end */
	ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &done, NULL);
	return 7;
}

/* With another handle for the errors, or the same for both. */
static void check(BOOL one_pipe)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	STARTUPINFOW startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
	HANDLE in_read, in_write, out_read, out_write;
	PROCESS_INFORMATION process;
	WCHAR program[MAX_PATH], command[] = L"x child";
	char text[16];
	DWORD done, code, available = 0;

	GetModuleFileNameW(NULL, program, MAX_PATH);
	CHECK(CreatePipe(&in_read, &in_write, &inherit, 0));
	CHECK(CreatePipe(&out_read, &out_write, &inherit, 0));
	SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
	SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
	startup.hStdInput = in_read;
	startup.hStdOutput = out_write;
	startup.hStdError = one_pipe ? out_write : GetStdHandle(STD_ERROR_HANDLE);
	CHECK(CreateProcessW(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
	CloseHandle(in_read);
	CloseHandle(out_write);
	CHECK(ReadFile(out_read, text, sizeof(text), &done, NULL) && done == 3 && !memcmp(text, "out", 3));
	CHECK_FAILS(ReadFile(out_read, text, sizeof(text), &done, NULL), ERROR_BROKEN_PIPE);
	CHECK(!PeekNamedPipe(out_read, NULL, 0, NULL, &available, NULL));
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 0), WAIT_TIMEOUT);
	CloseHandle(in_write);
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code) && code == 7);
	CloseHandle(process.hThread);
	CloseHandle(process.hProcess);
	CloseHandle(out_read);
}

static int crash(void)
{
	DWORD done;

	SetErrorMode(SEM_NOGPFAULTERRORBOX);
	WriteFile(GetStdHandle(STD_ERROR_HANDLE), "err", 3, &done, NULL);
	return *(volatile int *)16;
}

/* Directly, or below a child that gives on its standard handles. */
static void check_crash(BOOL indirect)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
	char program[MAX_PATH], command[MAX_PATH + 20], text[16];
	PROCESS_INFORMATION process;
	HANDLE end, given;
	DWORD done, code;

	GetModuleFileNameA(NULL, program, MAX_PATH);
	CHECK(CreatePipe(&end, &given, &inherit, 0));
	SetHandleInformation(end, HANDLE_FLAG_INHERIT, 0);
	startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	startup.hStdOutput = startup.hStdError = given;
	snprintf(command, sizeof(command), "x %s", indirect ? "between" : "crash");
	CHECK(CreateProcessA(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
	CloseHandle(given);
	CHECK(ReadFile(end, text, sizeof(text), &done, NULL) && done == 3 && !memcmp(text, "err", 3));
	CHECK_FAILS(ReadFile(end, text, sizeof(text), &done, NULL), ERROR_BROKEN_PIPE);
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CHECK_EQUAL(code, STATUS_ACCESS_VIOLATION);
	CloseHandle(process.hThread);
	CloseHandle(process.hProcess);
	CloseHandle(end);
}

static int between(void)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	char program[MAX_PATH], command[] = "x crash";
	PROCESS_INFORMATION process;
	DWORD code = 0;

	GetModuleFileNameA(NULL, program, MAX_PATH);
	if (!CreateProcessA(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
		return 1;
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	return (int)code;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "crash"))
		return crash();
	if (argc > 1 && !strcmp(argv[1], "between"))
		return between();
	if (argc > 1)
		return child();
	check_crash(FALSE);
	check_crash(TRUE);
	check(FALSE);
	check(TRUE);
	return guest_result();
}
