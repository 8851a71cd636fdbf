/*
 * tests/guest/sockets.c - Winsock's sockets over the loopback: calls that wait, calls that do not, and their errors.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include "guest.h"

static SOCKET listener_at(int family, struct sockaddr_storage *name)
{
	SOCKET s = socket(family, SOCK_STREAM, 0);
	int size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);

	memset(name, 0, sizeof(*name));
	name->ss_family = (short)family;
	if (family == AF_INET)
		((struct sockaddr_in *)name)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)name)->sin6_addr = in6addr_loopback;
	CHECK_EQUAL(bind(s, (struct sockaddr *)name, size), 0);
	CHECK_EQUAL(getsockname(s, (struct sockaddr *)name, &size), 0);
	CHECK_EQUAL(listen(s, SOMAXCONN), 0);
	return s;
}

/* Two connected sockets. */
static void pair_of(SOCKET ends[2])
{
	struct sockaddr_storage name;
	SOCKET listener = listener_at(AF_INET, &name);

	ends[0] = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	CHECK_EQUAL(connect(ends[0], (struct sockaddr *)&name, sizeof(struct sockaddr_in)), 0);
	ends[1] = accept(listener, NULL, NULL);
	CHECK(ends[1] != INVALID_SOCKET);
	closesocket(listener);
}

#define CHECK_WSA(call, error)                                                                                         \
	do {                                                                                                           \
		WSASetLastError(0);                                                                                    \
		CHECK_EQUAL((int)(call), SOCKET_ERROR);                                                                \
		CHECK_EQUAL(WSAGetLastError(), error);                                                                 \
	} while (0)

static void start_up(void)
{
	WSADATA data;
	char byte;

	CHECK_EQUAL(socket(AF_INET, SOCK_STREAM, 0), INVALID_SOCKET);
	CHECK_EQUAL(WSAGetLastError(), WSANOTINITIALISED);
	CHECK_WSA(recv(4, &byte, 1, 0), WSANOTINITIALISED);
	CHECK_WSA(WSACleanup(), WSANOTINITIALISED);
	CHECK_EQUAL(WSAStartup(0, &data), WSAVERNOTSUPPORTED);
	CHECK_EQUAL(WSAStartup(MAKEWORD(1, 1), &data), 0);
	CHECK_EQUAL(data.wVersion, MAKEWORD(1, 1));
	CHECK_EQUAL(data.wHighVersion, MAKEWORD(2, 2));
	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
	CHECK_EQUAL(data.wVersion, MAKEWORD(2, 2));
	CHECK_EQUAL(WSACleanup(), 0);
}

static void making(void)
{
	SOCKET s;
	WSAPROTOCOL_INFOW info;
	DWORD size = 0, flags;
	int length = sizeof(info), value;

	CHECK_EQUAL(socket(0, 0, 0), INVALID_SOCKET);
	CHECK_EQUAL(WSAGetLastError(), WSAEINVAL);
	CHECK_EQUAL(socket(77, SOCK_STREAM, 0), INVALID_SOCKET);
	CHECK_EQUAL(WSAGetLastError(), WSAEAFNOSUPPORT);
	CHECK_EQUAL(socket(AF_INET, 17, 0), INVALID_SOCKET);
	CHECK_EQUAL(WSAGetLastError(), WSAESOCKTNOSUPPORT);
	CHECK_EQUAL(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), INVALID_SOCKET);
	CHECK_EQUAL(WSAGetLastError(), WSAEPROTONOSUPPORT);
	s = socket(AF_INET, 0, IPPROTO_UDP);
	CHECK(s != INVALID_SOCKET);
	length = sizeof(value);
	CHECK_EQUAL(getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&value, &length), 0);
	CHECK_EQUAL(value, SOCK_DGRAM);
	length = sizeof(info);
	CHECK_EQUAL(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length), 0);
	CHECK_EQUAL(info.iProtocol, IPPROTO_UDP);
	CHECK_EQUAL(info.iAddressFamily, AF_INET);
	CHECK_EQUAL(GetFileType((HANDLE)s), FILE_TYPE_PIPE);
	CHECK(GetHandleInformation((HANDLE)s, &flags));
	CHECK_EQUAL(flags & HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
	CHECK(SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, 0));
	CHECK_EQUAL(closesocket(s), 0);
	CHECK_WSA(closesocket(s), WSAENOTSOCK);
	s = WSASocketW(AF_INET6, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
	CHECK(s != INVALID_SOCKET);
	CHECK(GetHandleInformation((HANDLE)s, &flags));
	CHECK_EQUAL(flags & HANDLE_FLAG_INHERIT, 0);
	length = sizeof(value);
	CHECK_EQUAL(getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&value, &length), 0);
	CHECK_EQUAL(value, 1);
	CHECK(CloseHandle((HANDLE)s));
	CHECK_WSA(WSAEnumProtocolsW(NULL, NULL, &size), WSAENOBUFS);
	CHECK(size >= 4 * sizeof(info));
	/* No socket. */
	{
		HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
		char byte;

		CHECK_WSA(recv((SOCKET)event, &byte, 1, 0), WSAENOTSOCK);
		CloseHandle(event);
	}
}

static DWORD WINAPI echo(void *argument)
{
	SOCKET s = *(SOCKET *)argument;
	char buffer[4096];
	int got;

	while ((got = recv(s, buffer, sizeof(buffer), 0)) > 0)
		for (int sent = 0, n; sent < got; sent += n)
			if ((n = send(s, buffer + sent, got - sent, 0)) <= 0)
				return 1;
	shutdown(s, SD_SEND);
	return (DWORD)got;
}

static void streams(int family)
{
	struct sockaddr_storage name, peer;
	SOCKET listener = listener_at(family, &name), client = socket(family, SOCK_STREAM, IPPROTO_TCP), server;
	int size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6), length = sizeof(peer);
	DWORD thread_result;
	HANDLE thread;
	char buffer[64], *big = calloc(1, 1 << 20);
	u_long available;
	int value;

	length = sizeof(value);
	CHECK_EQUAL(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, (char *)&value, &length), 0);
	CHECK_EQUAL(value, 1);
	length = sizeof(value);
	CHECK_EQUAL(getsockopt(client, SOL_SOCKET, SO_CONNECT_TIME, (char *)&value, &length), 0);
	CHECK_EQUAL(value, -1);
	CHECK_WSA(send(client, "x", 1, 0), WSAENOTCONN);
	CHECK_WSA(recv(client, buffer, 1, 0), WSAENOTCONN);
	length = sizeof(peer);
	CHECK_WSA(getsockname(client, (struct sockaddr *)&peer, &length), WSAEINVAL);
	CHECK_WSA(getpeername(client, (struct sockaddr *)&peer, &length), WSAENOTCONN);
	CHECK_WSA(listen(client, 1), WSAEINVAL);
	CHECK_WSA(shutdown(client, SD_SEND), WSAENOTCONN);
	CHECK_EQUAL(accept(client, NULL, NULL), INVALID_SOCKET);
	CHECK_EQUAL(WSAGetLastError(), WSAEINVAL);
	CHECK_EQUAL(connect(client, (struct sockaddr *)&name, size), 0);
	CHECK_WSA(connect(client, (struct sockaddr *)&name, size), WSAEISCONN);
	CHECK_WSA(bind(client, (struct sockaddr *)&name, size), WSAEINVAL);
	length = sizeof(peer);
	server = accept(listener, (struct sockaddr *)&peer, &length);
	CHECK(server != INVALID_SOCKET);
	CHECK_EQUAL(length, size);
	CHECK_EQUAL(peer.ss_family, family);
	thread = CreateThread(NULL, 0, echo, &server, 0, NULL);
	CHECK_EQUAL(send(client, "hello", 5, 0), 5);
	CHECK_EQUAL(recv(client, buffer, 5, MSG_WAITALL), 5);
	CHECK(!memcmp(buffer, "hello", 5));
	/* More than the buffers hold: what is sent waits for what is received. */
	CHECK_EQUAL(send(client, "abc", 3, 0), 3);
	CHECK_EQUAL(recv(client, buffer, 2, MSG_PEEK), 2);
	CHECK_EQUAL(recv(client, buffer, 3, MSG_WAITALL), 3);
	CHECK_EQUAL(ioctlsocket(client, FIONREAD, &available), 0);
	CHECK_EQUAL(available, 0);
	CHECK_EQUAL(shutdown(client, SD_SEND), 0);
	CHECK_WSA(send(client, "x", 1, 0), WSAESHUTDOWN);
	CHECK_EQUAL(recv(client, buffer, 1, 0), 0);
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), 0);
	CHECK(GetExitCodeThread(thread, &thread_result));
	CHECK_EQUAL(thread_result, 0);
	CloseHandle(thread);
	CHECK_EQUAL(shutdown(client, SD_RECEIVE), 0);
	CHECK_WSA(recv(client, buffer, 1, 0), WSAESHUTDOWN);
	CHECK_WSA(shutdown(client, 3), WSAEINVAL);
	closesocket(server);
	closesocket(client);
	closesocket(listener);
	free(big);
}

static void refused(void)
{
	struct sockaddr_storage name;
	SOCKET listener = listener_at(AF_INET, &name), client = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in *to = (struct sockaddr_in *)&name;
	fd_set write, except;
	struct timeval limit = {30, 0};
	u_long one = 1;
	int value, length = sizeof(value);

	closesocket(listener);
	CHECK_WSA(connect(client, (struct sockaddr *)&name, sizeof(*to)), WSAECONNREFUSED);
	closesocket(client);
	client = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQUAL(ioctlsocket(client, FIONBIO, &one), 0);
	CHECK_WSA(connect(client, (struct sockaddr *)&name, sizeof(*to)), WSAEWOULDBLOCK);
	FD_ZERO(&write);
	FD_ZERO(&except);
	FD_SET(client, &write);
	FD_SET(client, &except);
	CHECK_EQUAL(select(0, NULL, &write, &except, &limit), 1);
	CHECK(FD_ISSET(client, &except) && !FD_ISSET(client, &write));
	CHECK_EQUAL(getsockopt(client, SOL_SOCKET, SO_ERROR, (char *)&value, &length), 0);
	CHECK_EQUAL(value, WSAECONNREFUSED);
	closesocket(client);
	client = socket(AF_INET, SOCK_STREAM, 0);
	to->sin_addr.s_addr = 0;
	CHECK_WSA(connect(client, (struct sockaddr *)&name, sizeof(*to)), WSAEADDRNOTAVAIL);
	to->sin_family = AF_INET6;
	CHECK_EQUAL(connect(client, (struct sockaddr *)&name, sizeof(*to)), SOCKET_ERROR);
	CHECK(WSAGetLastError() == WSAEAFNOSUPPORT || WSAGetLastError() == WSAEFAULT);
	CHECK_WSA(connect(client, NULL, 0), WSAEFAULT);
	closesocket(client);
}

static void binding(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET}, other;
	SOCKET first = socket(AF_INET, SOCK_STREAM, 0), second = socket(AF_INET, SOCK_STREAM, 0);
	int size = sizeof(name), one = 1, value, length;

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_WSA(bind(first, (struct sockaddr *)&name, 4), WSAEFAULT);
	CHECK_EQUAL(bind(first, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(getsockname(first, (struct sockaddr *)&other, &size), 0);
	CHECK(other.sin_port);
	CHECK_WSA(bind(first, (struct sockaddr *)&name, sizeof(name)), WSAEINVAL);
	/* Whether or not the first listens. */
	CHECK_WSA(bind(second, (struct sockaddr *)&other, sizeof(other)), WSAEADDRINUSE);
	CHECK_EQUAL(listen(first, 1), 0);
	CHECK_WSA(bind(second, (struct sockaddr *)&other, sizeof(other)), WSAEADDRINUSE);
	CHECK_EQUAL(setsockopt(second, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&one, sizeof(one)), 0);
	CHECK_WSA(setsockopt(second, SOL_SOCKET, SO_REUSEADDR, (char *)&one, sizeof(one)), WSAEINVAL);
	length = sizeof(value);
	CHECK_EQUAL(getsockopt(second, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&value, &length), 0);
	CHECK_EQUAL(value != 0, 1);
	closesocket(second);
	closesocket(first);
	/* An address that is not the machine's. */
	second = socket(AF_INET, SOCK_STREAM, 0);
	name.sin_addr.s_addr = htonl(0xC0000201); /* 192.0.2.1, for documentation */
	CHECK_WSA(bind(second, (struct sockaddr *)&name, sizeof(name)), WSAEADDRNOTAVAIL);
	closesocket(second);
}

/* A port is free again at once, though its last connection lingers in the system. */
static void port_again(void)
{
	struct sockaddr_storage name;
	SOCKET listener = listener_at(AF_INET, &name), client = socket(AF_INET, SOCK_STREAM, 0), server;
	char byte;

	CHECK_EQUAL(connect(client, (struct sockaddr *)&name, sizeof(struct sockaddr_in)), 0);
	server = accept(listener, NULL, NULL);
	/* The server closes first: its side waits. */
	closesocket(server);
	CHECK_EQUAL(recv(client, &byte, 1, 0), 0);
	closesocket(client);
	closesocket(listener);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQUAL(bind(listener, (struct sockaddr *)&name, sizeof(struct sockaddr_in)), 0);
	CHECK_EQUAL(listen(listener, 1), 0);
	closesocket(listener);
}

static void datagrams(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET}, from;
	SOCKET one = socket(AF_INET, SOCK_DGRAM, 0), two = socket(AF_INET, SOCK_DGRAM, 0);
	int size = sizeof(name), timeout = 50, value, length = sizeof(value);
	char buffer[64];
	WSABUF parts[2];
	DWORD done, flags = 0;

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_WSA(recvfrom(two, buffer, sizeof(buffer), 0, NULL, NULL), WSAEINVAL);
	CHECK_EQUAL(bind(one, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(getsockname(one, (struct sockaddr *)&name, &size), 0);
	CHECK_WSA(send(two, "x", 1, 0), WSAENOTCONN);
	CHECK_EQUAL(sendto(two, "hello", 5, 0, (struct sockaddr *)&name, sizeof(name)), 5);
	size = sizeof(from);
	CHECK_EQUAL(recvfrom(one, buffer, sizeof(buffer), 0, (struct sockaddr *)&from, &size), 5);
	CHECK_EQUAL(size, sizeof(from));
	CHECK_EQUAL(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	/* Cut: the rest is lost. */
	CHECK_EQUAL(sendto(two, "0123456789", 10, 0, (struct sockaddr *)&name, sizeof(name)), 10);
	CHECK_WSA(recv(one, buffer, 4, 0), WSAEMSGSIZE);
	CHECK(!memcmp(buffer, "0123", 4));
	CHECK_EQUAL(sendto(two, "", 0, 0, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(recv(one, buffer, 4, 0), 0);
	CHECK_EQUAL(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof(timeout)), 0);
	CHECK_EQUAL(getsockopt(one, SOL_SOCKET, SO_RCVTIMEO, (char *)&value, &length), 0);
	CHECK_EQUAL(value, 50);
	CHECK_WSA(recv(one, buffer, 4, 0), WSAETIMEDOUT);
	/* Connected: only from there. */
	CHECK_EQUAL(connect(two, (struct sockaddr *)&name, sizeof(name)), 0);
	parts[0].buf = "ab";
	parts[0].len = 2;
	parts[1].buf = "cde";
	parts[1].len = 3;
	CHECK_EQUAL(WSASend(two, parts, 2, &done, 0, NULL, NULL), 0);
	CHECK_EQUAL(done, 5);
	parts[0].buf = buffer;
	parts[0].len = 1;
	parts[1].buf = buffer + 32;
	parts[1].len = 32;
	CHECK_EQUAL(WSARecv(one, parts, 2, &done, &flags, NULL, NULL), 0);
	CHECK_EQUAL(done, 5);
	CHECK(buffer[0] == 'a' && !memcmp(buffer + 32, "bcde", 4));
	CHECK_WSA(listen(one, 1), WSAEOPNOTSUPP);
	CHECK_WSA(sendto(two, buffer, 60000 + 10000, 0, (struct sockaddr *)&name, sizeof(name)), WSAEMSGSIZE);
	closesocket(one);
	closesocket(two);
}

static void not_blocking(void)
{
	SOCKET ends[2], listener;
	struct sockaddr_storage name;
	u_long one = 1;
	char *big = calloc(1, 1 << 20), byte;
	int sent;
	size_t total = 0, got = 0;
	fd_set read, write;
	struct timeval none = {0, 0}, limit = {30, 0};
	WSAPOLLFD polls[2];

	pair_of(ends);
	CHECK_EQUAL(ioctlsocket(ends[0], FIONBIO, &one), 0);
	CHECK_WSA(recv(ends[0], &byte, 1, 0), WSAEWOULDBLOCK);
	while ((sent = send(ends[0], big, 1 << 20, 0)) > 0)
		total += (size_t)sent;
	CHECK_EQUAL(WSAGetLastError(), WSAEWOULDBLOCK);
	FD_ZERO(&read);
	FD_ZERO(&write);
	FD_SET(ends[1], &read);
	FD_SET(ends[0], &read);
	FD_SET(ends[0], &write);
	CHECK_EQUAL(select(0, &read, &write, NULL, &none), 1);
	CHECK(FD_ISSET(ends[1], &read) && !FD_ISSET(ends[0], &read) && !FD_ISSET(ends[0], &write));
	while (got < total) {
		sent = recv(ends[1], big, 1 << 20, 0);
		CHECK(sent > 0);
		if (sent <= 0)
			break;
		got += (size_t)sent;
	}
	CHECK_EQUAL(got, total);
	FD_ZERO(&write);
	FD_SET(ends[0], &write);
	CHECK_EQUAL(select(0, NULL, &write, NULL, &limit), 1);
	polls[0].fd = ends[0];
	polls[0].events = POLLRDNORM | POLLWRNORM;
	polls[1].fd = ends[1];
	polls[1].events = POLLRDNORM;
	CHECK_EQUAL(WSAPoll(polls, 2, 0), 1);
	CHECK_EQUAL(polls[0].revents, POLLWRNORM);
	CHECK_EQUAL(polls[1].revents, 0);
	CHECK_EQUAL(WSAPoll(polls + 1, 1, 20), 0);
	closesocket(ends[0]);
	CHECK_EQUAL(WSAPoll(polls + 1, 1, 30000), 1);
	CHECK(polls[1].revents & POLLHUP);
	CHECK_EQUAL(recv(ends[1], &byte, 1, 0), 0);
	closesocket(ends[1]);
	listener = listener_at(AF_INET, &name);
	CHECK_EQUAL(ioctlsocket(listener, FIONBIO, &one), 0);
	CHECK_EQUAL(accept(listener, NULL, NULL), INVALID_SOCKET);
	CHECK_EQUAL(WSAGetLastError(), WSAEWOULDBLOCK);
	closesocket(listener);
	free(big);
}

static DWORD WINAPI send_later(void *argument)
{
	Sleep(50);
	return (DWORD)send(*(SOCKET *)argument, "x", 1, 0);
}

static void selecting(void)
{
	SOCKET ends[2];
	fd_set read;
	struct timeval limit = {30, 0}, brief = {0, 20000}, wrong = {-1, 0};
	HANDLE thread;
	char byte;

	pair_of(ends);
	FD_ZERO(&read);
	FD_SET(ends[0], &read);
	CHECK_WSA(select(0, &read, NULL, NULL, &wrong), WSAEINVAL);
	CHECK_EQUAL(select(0, &read, NULL, NULL, &brief), 0);
	CHECK_EQUAL(read.fd_count, 0);
	FD_SET(ends[0], &read);
	thread = CreateThread(NULL, 0, send_later, &ends[1], 0, NULL);
	CHECK_EQUAL(select(0, &read, NULL, NULL, &limit), 1);
	CHECK_EQUAL(recv(ends[0], &byte, 1, 0), 1);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	closesocket(ends[1]);
	FD_SET(ends[0], &read);
	CHECK_EQUAL(select(0, &read, NULL, NULL, &limit), 1);
	closesocket(ends[0]);
	CHECK_WSA(select(0, &read, NULL, NULL, &limit), WSAENOTSOCK);
}

static DWORD WINAPI close_later(void *argument)
{
	Sleep(50);
	return (DWORD)closesocket(*(SOCKET *)argument);
}

/* Who waits at a socket that is closed is told. */
static void closed_while_waiting(void)
{
	struct sockaddr_storage name;
	SOCKET ends[2], s = listener_at(AF_INET, &name);
	HANDLE thread = CreateThread(NULL, 0, close_later, &s, 0, NULL);
	char byte;

	CHECK_EQUAL(accept(s, NULL, NULL), INVALID_SOCKET);
	CHECK(WSAGetLastError() == WSAEINTR || WSAGetLastError() == WSAENOTSOCK);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	pair_of(ends);
	thread = CreateThread(NULL, 0, close_later, &ends[0], 0, NULL);
	CHECK_EQUAL(recv(ends[0], &byte, 1, 0), SOCKET_ERROR);
	CHECK(WSAGetLastError() == WSAEINTR || WSAGetLastError() == WSAECONNABORTED || WSAGetLastError() == WSAENOTSOCK);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	closesocket(ends[1]);
}

static void reset(void)
{
	SOCKET ends[2];
	struct linger hard = {1, 0};
	char byte;

	pair_of(ends);
	CHECK_EQUAL(setsockopt(ends[1], SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof(hard)), 0);
	closesocket(ends[1]);
	CHECK_WSA(recv(ends[0], &byte, 1, 0), WSAECONNRESET);
	/* It stays so. */
	CHECK_EQUAL(recv(ends[0], &byte, 1, 0), SOCKET_ERROR);
	CHECK_EQUAL(send(ends[0], "x", 1, 0), SOCKET_ERROR);
	closesocket(ends[0]);
}

static void options(void)
{
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
	struct linger linger = {1, 7}, got;
	int value = 1, size = sizeof(got);
	char byte = 1;

	CHECK_EQUAL(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof(linger)), 0);
	CHECK_EQUAL(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&got, &size), 0);
	CHECK(got.l_onoff && got.l_linger == 7 && size == sizeof(got));
	CHECK_EQUAL(setsockopt(s, SOL_SOCKET, SO_DONTLINGER, (char *)&value, sizeof(value)), 0);
	CHECK_EQUAL(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&got, &size), 0);
	CHECK(!got.l_onoff);
	CHECK_EQUAL(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &byte, 1), 0);
	size = sizeof(value);
	value = 0;
	CHECK_EQUAL(getsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&value, &size), 0);
	CHECK_EQUAL(value, 1);
	value = 16384;
	CHECK_EQUAL(setsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, sizeof(value)), 0);
	value = 0;
	CHECK_EQUAL(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, &size), 0);
	CHECK_EQUAL(value, 16384);
	CHECK_WSA(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, NULL, 4), WSAEFAULT);
	CHECK_WSA(setsockopt(s, SOL_SOCKET, SO_DONTROUTE, (char *)1, 1), WSAEFAULT);
	CHECK_WSA(setsockopt(s, SOL_SOCKET, 0x7777, (char *)&value, sizeof(value)), WSAENOPROTOOPT);
	CHECK_WSA(setsockopt(s, 12345, 1, (char *)&value, sizeof(value)), WSAEINVAL);
	CHECK_WSA(getsockopt(s, SOL_SOCKET, SO_BROADCAST, (char *)&value, &size), WSAENOPROTOOPT);
	closesocket(s);
}

static void network_events(void)
{
	struct sockaddr_storage name;
	SOCKET listener = listener_at(AF_INET, &name), client = socket(AF_INET, SOCK_STREAM, 0), server;
	WSAEVENT at_listener = WSACreateEvent(), at_client = WSACreateEvent();
	WSANETWORKEVENTS events;
	u_long zero = 0;
	char byte;

	CHECK_EQUAL(WSAEventSelect(listener, at_listener, FD_ACCEPT | FD_CLOSE), 0);
	CHECK_WSA(ioctlsocket(listener, FIONBIO, &zero), WSAEINVAL);
	CHECK_EQUAL(WSAEventSelect(client, at_client, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE), 0);
	CHECK_WSA(connect(client, (struct sockaddr *)&name, sizeof(struct sockaddr_in)), WSAEWOULDBLOCK);
	CHECK_EQUAL(WSAWaitForMultipleEvents(1, &at_client, FALSE, 30000, FALSE), WSA_WAIT_EVENT_0);
	CHECK_EQUAL(WSAEnumNetworkEvents(client, at_client, &events), 0);
	CHECK(events.lNetworkEvents & FD_CONNECT);
	CHECK_EQUAL(events.iErrorCode[FD_CONNECT_BIT], 0);
	CHECK_EQUAL(WSAWaitForMultipleEvents(1, &at_listener, FALSE, 30000, FALSE), WSA_WAIT_EVENT_0);
	CHECK_EQUAL(WSAEnumNetworkEvents(listener, at_listener, &events), 0);
	CHECK_EQUAL(events.lNetworkEvents, FD_ACCEPT);
	server = accept(listener, NULL, NULL);
	CHECK(server != INVALID_SOCKET);
	CHECK_EQUAL(WSAEventSelect(server, NULL, 0), 0);
	CHECK_EQUAL(ioctlsocket(server, FIONBIO, &zero), 0);
	CHECK_EQUAL(send(server, "ab", 2, 0), 2);
	do {
		CHECK_EQUAL(WSAWaitForMultipleEvents(1, &at_client, FALSE, 30000, FALSE), WSA_WAIT_EVENT_0);
		CHECK_EQUAL(WSAEnumNetworkEvents(client, at_client, &events), 0);
	} while (events.lNetworkEvents == FD_WRITE);
	CHECK(events.lNetworkEvents & FD_READ);
	/* Told once, and again when something has been read and more is there. */
	CHECK_EQUAL(WSAWaitForMultipleEvents(1, &at_client, FALSE, 0, FALSE), WSA_WAIT_TIMEOUT);
	CHECK_EQUAL(recv(client, &byte, 1, 0), 1);
	CHECK_EQUAL(WSAWaitForMultipleEvents(1, &at_client, FALSE, 30000, FALSE), WSA_WAIT_EVENT_0);
	CHECK_EQUAL(recv(client, &byte, 1, 0), 1);
	CHECK_EQUAL(WSAEnumNetworkEvents(client, at_client, &events), 0);
	closesocket(server);
	CHECK_EQUAL(WSAWaitForMultipleEvents(1, &at_client, FALSE, 30000, FALSE), WSA_WAIT_EVENT_0);
	CHECK_EQUAL(WSAEnumNetworkEvents(client, at_client, &events), 0);
	CHECK(events.lNetworkEvents & FD_CLOSE);
	CHECK_EQUAL(events.iErrorCode[FD_CLOSE_BIT], 0);
	closesocket(client);
	closesocket(listener);
	WSACloseEvent(at_listener);
	WSACloseEvent(at_client);
}

static void as_handles(void)
{
	SOCKET ends[2];
	HANDLE copy;
	DWORD done;
	char buffer[8];
	WSAPROTOCOL_INFOW info;
	SOCKET other;
	OVERLAPPED overlapped = {0};

	pair_of(ends);
	overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
	CHECK(WriteFile((HANDLE)ends[0], "abc", 3, &done, &overlapped) || GetLastError() == ERROR_IO_PENDING);
	CHECK(GetOverlappedResult((HANDLE)ends[0], &overlapped, &done, TRUE));
	CHECK_EQUAL(done, 3);
	CHECK(ReadFile((HANDLE)ends[1], buffer, 8, &done, &overlapped) || GetLastError() == ERROR_IO_PENDING);
	CHECK(GetOverlappedResult((HANDLE)ends[1], &overlapped, &done, TRUE));
	CHECK_EQUAL(done, 3);
	CHECK(DuplicateHandle(GetCurrentProcess(), (HANDLE)ends[0], GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	closesocket(ends[0]);
	CHECK_EQUAL(send((SOCKET)copy, "d", 1, 0), 1);
	CHECK_EQUAL(recv(ends[1], buffer, 8, 0), 1);
	/* For a process that is this one. */
	CHECK_EQUAL(WSADuplicateSocketW((SOCKET)copy, GetCurrentProcessId(), &info), 0);
	other = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
	CHECK(other != INVALID_SOCKET);
	closesocket((SOCKET)copy);
	CHECK_EQUAL(send(other, "e", 1, 0), 1);
	CHECK_EQUAL(recv(ends[1], buffer, 8, 0), 1);
	closesocket(other);
	CHECK_EQUAL(recv(ends[1], buffer, 8, 0), 0);
	closesocket(ends[1]);
	CloseHandle(overlapped.hEvent);
}

static void local_sockets(void)
{
	struct {
		unsigned short family;
		char path[108];
	} name = {AF_UNIX, ""}, got;
	SOCKET listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0), server;
	char directory[MAX_PATH], byte;
	int size = sizeof(got);

	CHECK(listener != INVALID_SOCKET);
	GetTempPathA(sizeof(directory), directory);
	snprintf(name.path, sizeof(name.path), "%spewter%lu.sock", directory, GetCurrentProcessId());
	CHECK_EQUAL(connect(client, (struct sockaddr *)&name, sizeof(name)), SOCKET_ERROR);
	CHECK_EQUAL(bind(listener, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(getsockname(listener, (struct sockaddr *)&got, &size), 0);
	CHECK(!strcmp(got.path, name.path));
	CHECK_EQUAL(listen(listener, 1), 0);
	closesocket(client);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK_EQUAL(connect(client, (struct sockaddr *)&name, sizeof(name)), 0);
	server = accept(listener, NULL, NULL);
	CHECK(server != INVALID_SOCKET);
	CHECK_EQUAL(send(client, "x", 1, 0), 1);
	CHECK_EQUAL(recv(server, &byte, 1, 0), 1);
	closesocket(client);
	CHECK_EQUAL(recv(server, &byte, 1, 0), 0);
	closesocket(server);
	closesocket(listener);
	CHECK(DeleteFileA(name.path));
}

static void urgent(void)
{
	SOCKET ends[2];
	fd_set except;
	struct timeval limit = {30, 0};
	u_long mark = 7;
	char byte = 0;

	pair_of(ends);
	CHECK_EQUAL(send(ends[0], "!", 1, MSG_OOB), 1);
	FD_ZERO(&except);
	FD_SET(ends[1], &except);
	CHECK_EQUAL(select(0, NULL, NULL, &except, &limit), 1);
	CHECK_EQUAL(recv(ends[1], &byte, 1, MSG_OOB), 1);
	CHECK_EQUAL(byte, '!');
	CHECK_EQUAL(ioctlsocket(ends[1], SIOCATMARK, &mark), 0);
	CHECK_EQUAL(mark, 1);
	closesocket(ends[0]);
	closesocket(ends[1]);
}

int main(void)
{
	WSADATA data;

	start_up();
	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
	making();
	streams(AF_INET);
	{
		SOCKET six = socket(AF_INET6, SOCK_STREAM, 0);
		struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

		/* A machine may be without. */
		if (six != INVALID_SOCKET && bind(six, (struct sockaddr *)&name, sizeof(name)) == 0)
			streams(AF_INET6);
		closesocket(six);
	}
	refused();
	binding();
	port_again();
	datagrams();
	not_blocking();
	selecting();
	closed_while_waiting();
	reset();
	options();
	network_events();
	as_handles();
	urgent();
	local_sockets();
	CHECK_EQUAL(WSACleanup(), 0);
	return guest_result();
}
