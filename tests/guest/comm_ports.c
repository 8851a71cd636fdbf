/* comm_ports.c - the functions of serial ports on handles that are none: how programs find out what they have. */
#include "guest.h"

static void none(HANDLE handle, DWORD error)
{
	DCB state = {.DCBlength = sizeof(state)};
	COMMTIMEOUTS timeouts = {0};
	COMSTAT status;
	DWORD errors = 0, mask = 0, modem = 0;

	CHECK_FAILS(GetCommState(handle, &state), error);
	CHECK_FAILS(SetCommState(handle, &state), error);
	CHECK_FAILS(GetCommTimeouts(handle, &timeouts), error);
	CHECK_FAILS(SetCommTimeouts(handle, &timeouts), error);
	CHECK_FAILS(SetupComm(handle, 4096, 4096), error);
	CHECK_FAILS(PurgeComm(handle, PURGE_RXCLEAR | PURGE_TXCLEAR), error);
	CHECK_FAILS(ClearCommError(handle, &errors, &status), error);
	CHECK_FAILS(EscapeCommFunction(handle, SETDTR), error);
	CHECK_FAILS(GetCommModemStatus(handle, &modem), error);
	CHECK_FAILS(GetCommMask(handle, &mask), error);
	CHECK_FAILS(SetCommMask(handle, EV_RXCHAR), error);
	CHECK_FAILS(SetCommBreak(handle), error);
	CHECK_FAILS(ClearCommBreak(handle), error);
	CHECK_FAILS(TransmitCommChar(handle, 'x'), error);
}

int main(void)
{
	HANDLE file = CreateFileA("comm_ports.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
				  FILE_ATTRIBUTE_NORMAL | FILE_FLAG_DELETE_ON_CLOSE, NULL);
	HANDLE nul = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL), in, out;
	DCB state = {.DCBlength = sizeof(state)};

	CHECK(file != INVALID_HANDLE_VALUE && nul != INVALID_HANDLE_VALUE);
	none(file, ERROR_INVALID_FUNCTION);
	none(INVALID_HANDLE_VALUE, ERROR_INVALID_HANDLE);
	CHECK(!GetCommState(nul, &state));
	CHECK(CreatePipe(&in, &out, NULL, 0));
	CHECK(!GetCommState(in, &state) && !GetCommState(out, &state));
	CHECK(!GetCommState(GetStdHandle(STD_INPUT_HANDLE), &state) || GetFileType(GetStdHandle(STD_INPUT_HANDLE)) == FILE_TYPE_CHAR);
	CloseHandle(in);
	CloseHandle(out);
	CloseHandle(nul);
	CloseHandle(file);
	return guest_result();
}
