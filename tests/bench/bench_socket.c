/*
 * bench_socket.c - sockets over the loopback, once by Winsock and once by Linux' calls; see bench_wait.h.
 */
#ifdef _WIN32
#define _WIN32_WINNT 0x0A00
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
typedef int SOCKET;
#define closesocket close
#endif

#include "bench_wait.h"

#define TURNS 5000
#define SIZE 64

#ifdef _WIN32
static double now(void)
{
	LARGE_INTEGER count, frequency;

	QueryPerformanceCounter(&count);
	QueryPerformanceFrequency(&frequency);
	return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}
#else
static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}
#endif

static struct sockaddr_in name;
static SOCKET listener;

static void pair_of(SOCKET ends[2])
{
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	connect(ends[0], (struct sockaddr *)&name, sizeof(name));
	ends[1] = accept(listener, NULL, NULL);
}

static void exchange(SOCKET s, char *buffer)
{
	send(s, buffer, SIZE, 0);
	recv(s, buffer, SIZE, MSG_WAITALL);
}

static
#ifdef _WIN32
DWORD WINAPI
#else
void *
#endif
echo(void *argument)
{
	SOCKET s = *(SOCKET *)argument;
	char buffer[SIZE];

	while (recv(s, buffer, SIZE, MSG_WAITALL) == SIZE)
		send(s, buffer, SIZE, 0);
	return 0;
}

/* Waits by a completion port, or by epoll, and reads then. */
#ifdef _WIN32
static HANDLE port;
static void exchange_event(SOCKET s, char *buffer)
{
	WSAOVERLAPPED overlapped = {0}, *which;
	WSABUF part = {SIZE, buffer};
	DWORD done, flags = 0;
	ULONG_PTR key;

	WSARecv(s, &part, 1, NULL, &flags, &overlapped, NULL);
	send(s, buffer, SIZE, 0);
	GetQueuedCompletionStatus(port, &done, &key, &which, INFINITE);
}
#else
static int port;
static void exchange_event(SOCKET s, char *buffer)
{
	struct epoll_event event;

	send(s, buffer, SIZE, 0);
	epoll_wait(port, &event, 1, -1);
	recv(s, buffer, SIZE, 0);
}
#endif

static void select_ready(SOCKET s)
{
	fd_set set;
	struct timeval none = {0, 0};

	FD_ZERO(&set);
	FD_SET(s, &set);
	select((int)s + 1, NULL, &set, NULL, &none);
}

int main(int argc, char **argv)
{
	SOCKET ends[2], others[2];
	char buffer[SIZE] = "";
#ifdef _WIN32
	int size = sizeof(name);
	WSADATA data;

	WSAStartup(MAKEWORD(2, 2), &data);
#else
	socklen_t size = sizeof(name);
	pthread_t thread;
#endif
	wanted = argc > 1 ? argv[1] : NULL;
	name.sin_family = AF_INET;
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	bind(listener, (struct sockaddr *)&name, sizeof(name));
	getsockname(listener, (struct sockaddr *)&name, &size);
	listen(listener, 16);
	pair_of(ends);
	pair_of(others);
#ifdef _WIN32
	CreateThread(NULL, 0, echo, &ends[1], 0, NULL);
	CreateThread(NULL, 0, echo, &others[1], 0, NULL);
	port = CreateIoCompletionPort((HANDLE)others[0], NULL, 0, 0);
#else
	pthread_create(&thread, NULL, echo, &ends[1]);
	pthread_create(&thread, NULL, echo, &others[1]);
	port = epoll_create1(0);
	epoll_ctl(port, EPOLL_CTL_ADD, others[0], &(struct epoll_event){.events = EPOLLIN});
#endif
	WORK("socket-ping-pong", TURNS, exchange(ends[0], buffer));
	WORK("socket-port", TURNS, exchange_event(others[0], buffer));
	WORK("socket-select", TURNS, select_ready(ends[0]));
	WORK("socket-connect", TURNS / 10, {
		SOCKET made[2];

		pair_of(made);
		closesocket(made[0]);
		closesocket(made[1]);
	});
	return 0;
}
