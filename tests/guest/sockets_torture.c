/*
 * tests/guest/sockets_torture.c - many threads at sockets: requests that are cancelled, sockets that are closed under them,
 * polls and selects meanwhile.  Every request has to end once, and nothing may be left.
 *
 *	sockets_torture [SECONDS]
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "guest.h"

#define WORKERS 6
#define REQUESTS 8

static HANDLE port;
static volatile LONG begun, ended, stop, rounds;
static struct sockaddr_in name = {.sin_family = AF_INET};
static SOCKET listener;

struct request {
	WSAOVERLAPPED overlapped;
	volatile LONG busy;
	char buffer[256];
};

static unsigned next(unsigned *seed)
{
	return *seed = *seed * 1103515245u + 12345u, *seed >> 16;
}

static DWORD WINAPI reaper(void *unused)
{
	for (;;) {
		OVERLAPPED_ENTRY entries[16];
		ULONG count;
		BOOL pending;

		if (!GetQueuedCompletionStatusEx(port, entries, 16, &count, INFINITE, FALSE))
			return 1;
		for (ULONG i = 0; i < count; i++) {
			struct request *request = (struct request *)entries[i].lpOverlapped;

			if (!request)
				return 0;
			/* It must have been under way, and has an end in it; from then on it may be used again. */
			pending = (DWORD)request->overlapped.Internal == 0x103;
			if (!InterlockedExchange(&request->busy, 0) || pending)
				InterlockedIncrement((LONG *)&guest_failures);
			InterlockedIncrement(&ended);
		}
	}
}

static DWORD WINAPI acceptor(void *unused)
{
	for (;;) {
		SOCKET s = accept(listener, NULL, NULL);
		char buffer[512];
		unsigned seed = GetTickCount();
		u_long one = 1;
		fd_set set;
		struct timeval brief = {0, 1000};

		if (s == INVALID_SOCKET)
			return WSAGetLastError();
		ioctlsocket(s, FIONBIO, &one);
		for (int i = 0; i < 20; i++) {
			FD_ZERO(&set);
			FD_SET(s, &set);
			if (select(0, &set, NULL, NULL, &brief) == 1 && recv(s, buffer, sizeof(buffer), 0) <= 0)
				break;
			send(s, buffer, (int)(next(&seed) % sizeof(buffer)), 0);
		}
		if (next(&seed) & 1) {
			struct linger hard = {1, 0};

			setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof(hard));
		}
		closesocket(s);
	}
}

static DWORD WINAPI worker(void *argument)
{
	unsigned seed = (unsigned)(ULONG_PTR)argument;
	struct request *requests = calloc(REQUESTS, sizeof(*requests));

	while (!stop) {
		SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);

		if (s == INVALID_SOCKET || connect(s, (struct sockaddr *)&name, sizeof(name))) {
			closesocket(s);
			continue;
		}
		CreateIoCompletionPort((HANDLE)s, port, 0, 0);
		for (int i = 0; i < 30; i++) {
			struct request *request = &requests[next(&seed) % REQUESTS];
			WSABUF part = {sizeof(request->buffer), request->buffer};
			DWORD flags = 0;
			int result;

			switch (next(&seed) % 4) {
			case 0:
				CancelIoEx((HANDLE)s, next(&seed) & 1 ? &request->overlapped : NULL);
				continue;
			case 1:
				CancelIo((HANDLE)s);
				continue;
			default:
				break;
			}
			if (InterlockedCompareExchange(&request->busy, 1, 0))
				continue;
			memset(&request->overlapped, 0, sizeof(request->overlapped));
			InterlockedIncrement(&begun);
			result = next(&seed) & 1 ? WSARecv(s, &part, 1, NULL, &flags, &request->overlapped, NULL)
						 : WSASend(s, &part, 1, NULL, 0, &request->overlapped, NULL);
			if (result && WSAGetLastError() != WSA_IO_PENDING) {
				InterlockedDecrement(&begun);
				request->busy = 0;
				break;
			}
		}
		closesocket(s);
		InterlockedIncrement(&rounds);
		/* What was under way ends with the socket. */
		for (int i = 0; i < REQUESTS; i++)
			for (int wait = 0; requests[i].busy; wait++) {
				Sleep(wait ? 1 : 0);
				if (wait > 30000) {
					printf("a request never ended: status %lx\n", (DWORD)requests[i].overlapped.Internal);
					InterlockedIncrement((LONG *)&guest_failures);
					return 1;
				}
			}
	}
	free(requests);
	return 0;
}

static DWORD WINAPI blocked(void *argument)
{
	char byte;

	return (DWORD)recv(*(SOCKET *)argument, &byte, 1, 0);
}

/* A thread that waits at a socket can be suspended and ended. */
static void ended_while_waiting(void)
{
	SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in any = {.sin_family = AF_INET};
	HANDLE thread;
	DWORD code;

	any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQUAL(bind(s, (struct sockaddr *)&any, sizeof(any)), 0);
	thread = CreateThread(NULL, 0, blocked, &s, 0, NULL);
	Sleep(20);
	CHECK_EQUAL(SuspendThread(thread), 0);
	CHECK_EQUAL(ResumeThread(thread), 1);
	CHECK(TerminateThread(thread, 17));
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 17);
	CloseHandle(thread);
	closesocket(s);
}

int main(int argc, char **argv)
{
	DWORD milliseconds = argc > 1 ? (DWORD)atoi(argv[1]) * 1000 : 1000;
	HANDLE workers[WORKERS], others[5];
	WSADATA data;
	int size = sizeof(name);

	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
	ended_while_waiting();
	port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQUAL(bind(listener, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(getsockname(listener, (struct sockaddr *)&name, &size), 0);
	CHECK_EQUAL(listen(listener, SOMAXCONN), 0);
	for (int i = 0; i < 2; i++)
		others[i] = CreateThread(NULL, 0, reaper, NULL, 0, NULL);
	for (int i = 2; i < 5; i++)
		others[i] = CreateThread(NULL, 0, acceptor, NULL, 0, NULL);
	for (int i = 0; i < WORKERS; i++)
		workers[i] = CreateThread(NULL, 0, worker, (void *)(ULONG_PTR)(GetTickCount() + (DWORD)i * 7919), 0, NULL);
	Sleep(milliseconds);
	stop = 1;
	CHECK_EQUAL(WaitForMultipleObjects(WORKERS, workers, TRUE, 60000), WAIT_OBJECT_0);
	closesocket(listener);
	CHECK_EQUAL(WaitForMultipleObjects(3, others + 2, TRUE, 60000), WAIT_OBJECT_0);
	for (int i = 0; i < 2; i++)
		PostQueuedCompletionStatus(port, 0, 0, NULL);
	CHECK_EQUAL(WaitForMultipleObjects(2, others, TRUE, 60000), WAIT_OBJECT_0);
	CHECK_EQUAL(begun, ended);
	CHECK(rounds > 0);
	printf("%ld rounds, %ld requests\n", rounds, begun);
	return guest_result();
}
