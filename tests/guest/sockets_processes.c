/*
 * tests/guest/sockets_processes.c - sockets of several processes: inherited ones, WSADuplicateSocket, standard handles.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "guest.h"

static struct sockaddr_in name = {.sin_family = AF_INET};

static SOCKET listener_here(void)
{
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
	int size = sizeof(name);

	name.sin_port = 0;
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQUAL(bind(s, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(getsockname(s, (struct sockaddr *)&name, &size), 0);
	CHECK_EQUAL(listen(s, 4), 0);
	return s;
}

static void start(const char *what, unsigned long long value, HANDLE output, PROCESS_INFORMATION *process)
{
	char path[MAX_PATH], line[MAX_PATH + 64];
	STARTUPINFOA info = {.cb = sizeof(info)};

	GetModuleFileNameA(NULL, path, sizeof(path));
	snprintf(line, sizeof(line), "\"%s\" %s %llu", path, what, value);
	if (output) {
		info.dwFlags = STARTF_USESTDHANDLES;
		info.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
		info.hStdOutput = output;
		info.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	}
	CHECK(CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &info, process));
}

static void finish(PROCESS_INFORMATION *process)
{
	DWORD code = 99;

	CHECK_EQUAL(WaitForSingleObject(process->hProcess, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process->hProcess, &code));
	CHECK_EQUAL(code, 0);
	CloseHandle(process->hProcess);
	CloseHandle(process->hThread);
}

/* The child answers one visitor at the listener that it has inherited. */
static int child_listener(SOCKET listener)
{
	SOCKET s;
	char byte;
	int value = 0, size = sizeof(value);

	CHECK_EQUAL(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, (char *)&value, &size), 0);
	CHECK_EQUAL(value, 1);
	s = accept(listener, NULL, NULL);
	CHECK(s != INVALID_SOCKET);
	CHECK_EQUAL(recv(s, &byte, 1, 0), 1);
	CHECK_EQUAL(byte, 'q');
	CHECK_EQUAL(send(s, "a", 1, 0), 1);
	closesocket(s);
	return guest_result();
}

/* The description of a socket comes through a pipe that is inherited. */
static int child_duplicate(HANDLE pipe)
{
	WSAPROTOCOL_INFOW info;
	DWORD done;
	SOCKET s;
	char byte;
	WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
	WSABUF part = {1, &byte};
	DWORD flags = 0;

	CHECK(ReadFile(pipe, &info, sizeof(info), &done, NULL));
	CHECK_EQUAL(done, sizeof(info));
	s = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
	CHECK(s != INVALID_SOCKET);
	if (WSARecv(s, &part, 1, NULL, &flags, &overlapped, NULL))
		CHECK_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
	CHECK(WSAGetOverlappedResult(s, &overlapped, &done, TRUE, &flags));
	CHECK_EQUAL(byte, 'q');
	CHECK_EQUAL(send(s, "a", 1, 0), 1);
	closesocket(s);
	return guest_result();
}

/* The standard output is a socket. */
static int child_output(void)
{
	DWORD done;

	CHECK_EQUAL(GetFileType(GetStdHandle(STD_OUTPUT_HANDLE)), FILE_TYPE_PIPE);
	CHECK(WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "out", 3, &done, NULL));
	CHECK_EQUAL(done, 3);
	return guest_failures;
}

static void pair_of(SOCKET ends[2])
{
	SOCKET listener = listener_here();

	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQUAL(connect(ends[0], (struct sockaddr *)&name, sizeof(name)), 0);
	ends[1] = accept(listener, NULL, NULL);
	closesocket(listener);
}

/* What is shut through one of two sockets is shut for the other, be it here or in another process. */
static void check_shut(SOCKET s, int how)
{
	char byte;

	if (how != SD_SEND) {
		CHECK_EQUAL(recv(s, &byte, 1, 0), SOCKET_ERROR);
		CHECK_EQUAL(WSAGetLastError(), WSAESHUTDOWN);
	}
	if (how != SD_RECEIVE) {
		CHECK_EQUAL(send(s, "x", 1, 0), SOCKET_ERROR);
		CHECK_EQUAL(WSAGetLastError(), WSAESHUTDOWN);
	}
}

static void test_shutdown(int how, BOOL before)
{
	SOCKET ends[2], other;
	WSAPROTOCOL_INFOW info;

	pair_of(ends);
	if (before)
		CHECK_EQUAL(shutdown(ends[1], how), 0);
	CHECK_EQUAL(WSADuplicateSocketW(ends[1], GetCurrentProcessId(), &info), 0);
	other = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
	CHECK(other != INVALID_SOCKET);
	if (!before)
		CHECK_EQUAL(shutdown(ends[1], how), 0);
	check_shut(other, how);
	check_shut(ends[1], how);
	closesocket(other);
	closesocket(ends[0]);
	closesocket(ends[1]);
}

static void ask(SOCKET s)
{
	char byte = 0;

	CHECK_EQUAL(send(s, "q", 1, 0), 1);
	CHECK_EQUAL(recv(s, &byte, 1, 0), 1);
	CHECK_EQUAL(byte, 'a');
}

int main(int argc, char **argv)
{
	WSADATA data;
	PROCESS_INFORMATION process;
	SOCKET ends[2], listener, visitor;
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	HANDLE pipe[2];
	WSAPROTOCOL_INFOW info;
	DWORD done;
	char buffer[4];

	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
	if (argc == 3) {
		unsigned long long value = strtoull(argv[2], NULL, 10);

		return argv[1][0] == 'l'   ? child_listener((SOCKET)value)
		       : argv[1][0] == 'd' ? child_duplicate((HANDLE)(ULONG_PTR)value)
					   : child_output();
	}
	listener = listener_here();
	start("listener", listener, NULL, &process);
	visitor = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQUAL(connect(visitor, (struct sockaddr *)&name, sizeof(name)), 0);
	ask(visitor);
	finish(&process);
	/* It listens still, for us. */
	closesocket(visitor);
	visitor = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQUAL(connect(visitor, (struct sockaddr *)&name, sizeof(name)), 0);
	closesocket(visitor);
	visitor = accept(listener, NULL, NULL);
	CHECK(visitor != INVALID_SOCKET);
	closesocket(visitor);
	closesocket(listener);

	pair_of(ends);
	CHECK(SetHandleInformation((HANDLE)ends[0], HANDLE_FLAG_INHERIT, 0));
	CHECK(SetHandleInformation((HANDLE)ends[1], HANDLE_FLAG_INHERIT, 0));
	CHECK(CreatePipe(&pipe[0], &pipe[1], &inherit, 0));
	CHECK(SetHandleInformation(pipe[1], HANDLE_FLAG_INHERIT, 0));
	start("duplicate", (ULONG_PTR)pipe[0], NULL, &process);
	CHECK_EQUAL(WSADuplicateSocketW(ends[1], process.dwProcessId, &info), 0);
	CHECK(WriteFile(pipe[1], &info, sizeof(info), &done, NULL));
	ask(ends[0]);
	finish(&process);
	/* The connection ends when both have closed it. */
	closesocket(ends[1]);
	CHECK_EQUAL(recv(ends[0], buffer, 1, 0), 0);
	closesocket(ends[0]);
	CloseHandle(pipe[0]);
	CloseHandle(pipe[1]);

	for (int how = SD_RECEIVE; how <= SD_BOTH; how++) {
		test_shutdown(how, FALSE);
		test_shutdown(how, TRUE);
	}

	pair_of(ends);
	CHECK(SetHandleInformation((HANDLE)ends[0], HANDLE_FLAG_INHERIT, 0));
	start("output", 0, (HANDLE)ends[1], &process);
	closesocket(ends[1]);
	finish(&process);
	CHECK_EQUAL(recv(ends[0], buffer, 3, MSG_WAITALL), 3);
	CHECK(!memcmp(buffer, "out", 3));
	CHECK_EQUAL(recv(ends[0], buffer, 1, 0), 0);
	closesocket(ends[0]);
	return guest_result();
}
