/*
 * pipe_disconnect.c - a server cuts its client off while another of its threads reads or writes the same handle: what is
 * under way ends, and no byte of it reaches a file that is opened afterwards.
 */
#include "guest.h"

#define ROUNDS 400

static char name[64], directory[MAX_PATH];
static volatile LONG stop;

static DWORD WINAPI writer(void *server)
{
	static const char text[] = "what belongs into the pipe and nowhere else";
	DWORD count;

	while (!stop)
		if (!WriteFile(server, text, sizeof(text), &count, NULL))
			SwitchToThread();
	return 0;
}

static DWORD WINAPI client(void *argument)
{
	char buffer[4096];
	DWORD count;

	while (!stop) {
		HANDLE end = CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);

		if (end == INVALID_HANDLE_VALUE) {
			SwitchToThread();
			continue;
		}
		while (ReadFile(end, buffer, sizeof(buffer), &count, NULL))
			;
		CloseHandle(end);
	}
	return 0;
}

static void check_file_stays_empty(int round)
{
	char path[MAX_PATH + 32];
	LARGE_INTEGER size = {.QuadPart = -1};
	HANDLE file;

	sprintf(path, "%spipe-disconnect-%lu-%d", directory, GetCurrentProcessId(), round & 7);
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
			   FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	SwitchToThread();
	CHECK(GetFileSizeEx(file, &size));
	CHECK_EQUAL(size.QuadPart, 0);
	CloseHandle(file);
}

static void test_writing(DWORD open_mode, DWORD mode)
{
	HANDLE server = CreateNamedPipeA(name, open_mode, mode, 1, 4096, 4096, 0, NULL), threads[2];

	CHECK(server != INVALID_HANDLE_VALUE);
	stop = 0;
	threads[0] = CreateThread(NULL, 0, client, NULL, 0, NULL);
	threads[1] = CreateThread(NULL, 0, writer, server, 0, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		if (!ConnectNamedPipe(server, NULL))
			CHECK(GetLastError() == ERROR_PIPE_CONNECTED || GetLastError() == ERROR_NO_DATA);
		if (i % 3)
			SwitchToThread();
		CHECK(DisconnectNamedPipe(server));
		check_file_stays_empty(i);
	}
	stop = 1;
	CHECK_EQUAL(WaitForMultipleObjects(2, threads, TRUE, 60000), WAIT_OBJECT_0);
	CloseHandle(threads[0]);
	CloseHandle(threads[1]);
	CloseHandle(server);
}

static DWORD WINAPI read_one(void *server)
{
	char byte = 0;
	DWORD count = 0;

	if (!ReadFile(server, &byte, 1, &count, NULL))
		return GetLastError();
	return count == 1 && byte == 'b' ? 0 : 1;
}

static DWORD WINAPI write_later(void *end)
{
	DWORD count;

	Sleep(300);
	WriteFile(end, "b", 1, &count, NULL);
	return 0;
}

/* A disconnection may wait for the read, which then has its byte, or end it. */
static void test_reading(DWORD open_mode, DWORD mode)
{
	HANDLE server = CreateNamedPipeA(name, open_mode, mode, 1, 4096, 4096, 0, NULL), end, reader, later;
	DWORD access = open_mode == PIPE_ACCESS_INBOUND ? GENERIC_WRITE : GENERIC_READ | GENERIC_WRITE, code;

	for (int i = 0; i < 2; i++) {
		end = CreateFileA(name, access, 0, NULL, OPEN_EXISTING, 0, NULL);
		CHECK(end != INVALID_HANDLE_VALUE);
		CHECK(ConnectNamedPipe(server, NULL) || GetLastError() == ERROR_PIPE_CONNECTED);
		reader = CreateThread(NULL, 0, read_one, server, 0, NULL);
		CHECK_EQUAL(WaitForSingleObject(reader, 20), WAIT_TIMEOUT);
		later = CreateThread(NULL, 0, write_later, end, 0, NULL);
		CHECK(DisconnectNamedPipe(server));
		CHECK_EQUAL(WaitForSingleObject(reader, 30000), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(reader, &code));
		CHECK(code == 0 || code == ERROR_PIPE_NOT_CONNECTED);
		CHECK_EQUAL(WaitForSingleObject(later, 30000), WAIT_OBJECT_0);
		CHECK_FAILS(ReadFile(server, &code, 1, &code, NULL), ERROR_PIPE_NOT_CONNECTED);
		CloseHandle(reader);
		CloseHandle(later);
		CloseHandle(end);
		/* listens again, without waiting for a client */
		CHECK(SetNamedPipeHandleState(server, &(DWORD){PIPE_NOWAIT}, NULL, NULL));
		ConnectNamedPipe(server, NULL);
		CHECK(SetNamedPipeHandleState(server, &(DWORD){PIPE_WAIT}, NULL, NULL));
	}
	CloseHandle(server);
}

int main(void)
{
	sprintf(name, "\\\\.\\pipe\\disconnect-%lu", GetCurrentProcessId());
	GetTempPathA(sizeof(directory), directory);
	test_writing(PIPE_ACCESS_OUTBOUND, PIPE_TYPE_BYTE);
	test_writing(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE);
	test_writing(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE);
	test_reading(PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE);
	test_reading(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE);
	test_reading(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE);
	return guest_result();
}
