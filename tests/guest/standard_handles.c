/*
 * A child that closes its standard output: the reader at the other end learns of it while the child still runs.
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

int main(int argc, char **argv)
{
	if (argc > 1)
		return child();
	check(FALSE);
	check(TRUE);
	return guest_result();
}
