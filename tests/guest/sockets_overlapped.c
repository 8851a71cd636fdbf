/*
 * tests/guest/sockets_overlapped.c - overlapped sockets: events, completion routines and ports, mswsock's functions, polling
 * \Device\Afd as event loops do.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <winternl.h>
#include "guest.h"
#include <stdint.h>

static LPFN_ACCEPTEX accept_ex;
static LPFN_CONNECTEX connect_ex;
static LPFN_DISCONNECTEX disconnect_ex;
static LPFN_GETACCEPTEXSOCKADDRS accept_addresses;
static LPFN_TRANSMITFILE transmit_file;
static LPFN_WSARECVMSG receive_message;
static LPFN_WSASENDMSG send_message;

static void *extension(SOCKET s, GUID id)
{
	void *function = NULL;
	DWORD done;

	CHECK_EQUAL(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &function, sizeof(function), &done, NULL, NULL), 0);
	CHECK(function != NULL);
	return function;
}

static struct sockaddr_in loopback(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET};

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return name;
}

static SOCKET make(int type)
{
	return WSASocketW(AF_INET, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
}

static SOCKET listener_at(struct sockaddr_in *name)
{
	SOCKET s = make(SOCK_STREAM);
	int size = sizeof(*name);

	*name = loopback();
	CHECK_EQUAL(bind(s, (struct sockaddr *)name, size), 0);
	CHECK_EQUAL(getsockname(s, (struct sockaddr *)name, &size), 0);
	CHECK_EQUAL(listen(s, SOMAXCONN), 0);
	return s;
}

static void pair_of(SOCKET ends[2])
{
	struct sockaddr_in name;
	SOCKET listener = listener_at(&name);

	ends[0] = make(SOCK_STREAM);
	CHECK_EQUAL(connect(ends[0], (struct sockaddr *)&name, sizeof(name)), 0);
	ends[1] = accept(listener, NULL, NULL);
	closesocket(listener);
}

#define PENDS(call)                                                                                                    \
	do {                                                                                                           \
		WSASetLastError(0);                                                                                    \
		CHECK_EQUAL((int)(call), SOCKET_ERROR);                                                                \
		CHECK_EQUAL(WSAGetLastError(), WSA_IO_PENDING);                                                        \
	} while (0)

static void events(void)
{
	SOCKET ends[2];
	WSAOVERLAPPED overlapped = {0}, second = {0};
	char buffer[8] = "", other[8] = "";
	WSABUF part = {4, buffer}, part2 = {4, other};
	DWORD done = 99, flags = 0;

	pair_of(ends);
	overlapped.hEvent = WSACreateEvent();
	second.hEvent = WSACreateEvent();
	PENDS(WSARecv(ends[0], &part, 1, NULL, &flags, &overlapped, NULL));
	PENDS(WSARecv(ends[0], &part2, 1, NULL, &flags, &second, NULL));
	CHECK(!WSAGetOverlappedResult(ends[0], &overlapped, &done, FALSE, &flags));
	CHECK_EQUAL(WSAGetLastError(), WSA_IO_INCOMPLETE);
	/* In their order. */
	CHECK_EQUAL(send(ends[1], "abcdef", 6, 0), 6);
	CHECK(WSAGetOverlappedResult(ends[0], &overlapped, &done, TRUE, &flags));
	CHECK_EQUAL(done, 4);
	CHECK(!memcmp(buffer, "abcd", 4));
	CHECK(WSAGetOverlappedResult(ends[0], &second, &done, TRUE, &flags));
	CHECK_EQUAL(done, 2);
	CHECK(!memcmp(other, "ef", 2));
	CHECK_EQUAL(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
	/* What can end at once ends at once, and the event says so too. */
	flags = 0;
	CHECK_EQUAL(send(ends[1], "gh", 2, 0), 2);
	CHECK_EQUAL(recv(ends[0], other, 1, MSG_PEEK), 1);
	CHECK_EQUAL(WSARecv(ends[0], &part, 1, &done, &flags, &overlapped, NULL), 0);
	CHECK_EQUAL(done, 2);
	CHECK_EQUAL(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
	/* Taken back. */
	PENDS(WSARecv(ends[0], &part, 1, NULL, &flags, &overlapped, NULL));
	CHECK(CancelIoEx((HANDLE)ends[0], &overlapped));
	CHECK(!WSAGetOverlappedResult(ends[0], &overlapped, &done, TRUE, &flags));
	CHECK_EQUAL(WSAGetLastError(), WSA_OPERATION_ABORTED);
	CHECK(!CancelIoEx((HANDLE)ends[0], &overlapped));
	CHECK_EQUAL(GetLastError(), ERROR_NOT_FOUND);
	/* Of a socket that is closed. */
	flags = 0;
	PENDS(WSARecv(ends[0], &part, 1, NULL, &flags, &overlapped, NULL));
	closesocket(ends[0]);
	CHECK_EQUAL(WaitForSingleObject(overlapped.hEvent, 30000), WAIT_OBJECT_0);
	CHECK_EQUAL((DWORD)overlapped.Internal, 0xC0000120);
	closesocket(ends[1]);
	WSACloseEvent(overlapped.hEvent);
	WSACloseEvent(second.hEvent);
}

static int routine_calls;
static DWORD routine_error, routine_done;
static void CALLBACK routine(DWORD error, DWORD done, LPWSAOVERLAPPED overlapped, DWORD flags)
{
	routine_calls++;
	routine_error = error;
	routine_done = done;
}

static void routines(void)
{
	SOCKET ends[2];
	WSAOVERLAPPED overlapped = {0};
	char buffer[8];
	WSABUF part = {sizeof(buffer), buffer};
	DWORD flags = 0;

	pair_of(ends);
	PENDS(WSARecv(ends[0], &part, 1, NULL, &flags, &overlapped, routine));
	CHECK_EQUAL(send(ends[1], "abc", 3, 0), 3);
	CHECK_EQUAL(SleepEx(30000, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(routine_calls, 1);
	CHECK_EQUAL(routine_error, 0);
	CHECK_EQUAL(routine_done, 3);
	/* Also where it ends at once. */
	part.len = 2;
	CHECK_EQUAL(WSASend(ends[0], &part, 1, NULL, 0, &overlapped, routine), 0);
	CHECK_EQUAL(routine_calls, 1);
	CHECK_EQUAL(SleepEx(30000, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(routine_calls, 2);
	CHECK_EQUAL(routine_done, 2);
	closesocket(ends[0]);
	closesocket(ends[1]);
}

static void ports(void)
{
	SOCKET ends[2];
	WSAOVERLAPPED overlapped = {0}, *which;
	HANDLE port;
	char buffer[8];
	WSABUF part = {sizeof(buffer), buffer};
	DWORD flags = 0, done;
	ULONG_PTR key;
	struct linger hard = {1, 0};

	pair_of(ends);
	port = CreateIoCompletionPort((HANDLE)ends[0], NULL, 77, 0);
	CHECK(port != NULL);
	PENDS(WSARecv(ends[0], &part, 1, NULL, &flags, &overlapped, NULL));
	CHECK(!GetQueuedCompletionStatus(port, &done, &key, &which, 0));
	CHECK_EQUAL(send(ends[1], "abc", 3, 0), 3);
	CHECK(GetQueuedCompletionStatus(port, &done, &key, &which, 30000));
	CHECK_EQUAL(done, 3);
	CHECK_EQUAL(key, 77);
	CHECK(which == &overlapped);
	/* At once: told of as well, until one says that it need not be. */
	CHECK_EQUAL(WSASend(ends[0], &part, 1, &done, 0, &overlapped, NULL), 0);
	CHECK(GetQueuedCompletionStatus(port, &done, &key, &which, 0));
	CHECK_EQUAL(done, 8);
	CHECK(SetFileCompletionNotificationModes((HANDLE)ends[0], FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE));
	CHECK_EQUAL(WSASend(ends[0], &part, 1, &done, 0, &overlapped, NULL), 0);
	CHECK(!GetQueuedCompletionStatus(port, &done, &key, &which, 0));
	CHECK_EQUAL(GetLastError(), WAIT_TIMEOUT);
	/* Nothing is read by a request without room; it waits for something to read. */
	part.len = 0;
	flags = 0;
	PENDS(WSARecv(ends[0], &part, 1, NULL, &flags, &overlapped, NULL));
	CHECK_EQUAL(send(ends[1], "xy", 2, 0), 2);
	CHECK(GetQueuedCompletionStatus(port, &done, &key, &which, 30000));
	CHECK_EQUAL(done, 0);
	CHECK_EQUAL(recv(ends[0], buffer, 8, 0), 2);
	/* The end of the connection, and a bad one. */
	part.len = sizeof(buffer);
	PENDS(WSARecv(ends[0], &part, 1, NULL, &flags, &overlapped, NULL));
	CHECK_EQUAL(setsockopt(ends[1], SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof(hard)), 0);
	closesocket(ends[1]);
	CHECK(!GetQueuedCompletionStatus(port, &done, &key, &which, 30000));
	CHECK(which == &overlapped);
	CHECK_EQUAL(GetLastError(), ERROR_NETNAME_DELETED);
	CHECK(!WSAGetOverlappedResult(ends[0], &overlapped, &done, FALSE, &flags));
	CHECK_EQUAL(WSAGetLastError(), WSAECONNRESET);
	closesocket(ends[0]);
	CloseHandle(port);
}

static void extensions(void)
{
	struct sockaddr_in name, any = {.sin_family = AF_INET}, *local, *remote, own;
	SOCKET listener = listener_at(&name), server = make(SOCK_STREAM), client = make(SOCK_STREAM);
	WSAOVERLAPPED accepting = {0}, connecting = {0};
	char buffer[16 + 2 * (sizeof(struct sockaddr_in) + 16)], small[16];
	DWORD done = 0, flags;
	int local_size, remote_size, size = sizeof(own), seconds, length = sizeof(seconds);
	HANDLE file;
	char path[MAX_PATH], data[3000], got[4000];
	TRANSMIT_FILE_BUFFERS around = {"<head>", 6, "<tail>", 6};
	DWORD total = 0;

	accept_ex = extension(listener, (GUID)WSAID_ACCEPTEX);
	connect_ex = extension(listener, (GUID)WSAID_CONNECTEX);
	disconnect_ex = extension(listener, (GUID)WSAID_DISCONNECTEX);
	accept_addresses = extension(listener, (GUID)WSAID_GETACCEPTEXSOCKADDRS);
	transmit_file = extension(listener, (GUID)WSAID_TRANSMITFILE);
	receive_message = extension(listener, (GUID)WSAID_WSARECVMSG);
	send_message = extension(listener, (GUID)WSAID_WSASENDMSG);
	accepting.hEvent = WSACreateEvent();
	connecting.hEvent = WSACreateEvent();
	/* It wants the first data as well. */
	CHECK(!accept_ex(listener, server, buffer, 16, sizeof(name) + 16, sizeof(name) + 16, &done, &accepting));
	CHECK_EQUAL(WSAGetLastError(), ERROR_IO_PENDING);
	CHECK(!connect_ex(client, (struct sockaddr *)&name, sizeof(name), "hello", 5, &done, &connecting));
	CHECK_EQUAL(WSAGetLastError(), WSAEINVAL); /* not bound */
	CHECK_EQUAL(bind(client, (struct sockaddr *)&any, sizeof(any)), 0);
	if (!connect_ex(client, (struct sockaddr *)&name, sizeof(name), "hello", 5, &done, &connecting))
		CHECK_EQUAL(WSAGetLastError(), ERROR_IO_PENDING);
	CHECK(WSAGetOverlappedResult(client, &connecting, &done, TRUE, &flags));
	CHECK_EQUAL(done, 5);
	CHECK_EQUAL(setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), 0);
	CHECK(WSAGetOverlappedResult(listener, &accepting, &done, TRUE, &flags));
	CHECK_EQUAL(done, 5);
	CHECK(!memcmp(buffer, "hello", 5));
	accept_addresses(buffer, 16, sizeof(name) + 16, sizeof(name) + 16, (struct sockaddr **)&local, &local_size,
			 (struct sockaddr **)&remote, &remote_size);
	CHECK_EQUAL(local_size, sizeof(name));
	CHECK_EQUAL(local->sin_port, name.sin_port);
	CHECK_EQUAL(getsockname(client, (struct sockaddr *)&own, &size), 0);
	CHECK_EQUAL(remote->sin_port, own.sin_port);
	CHECK_EQUAL(setsockopt(server, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof(listener)), 0);
	CHECK_EQUAL(getpeername(server, (struct sockaddr *)&name, &size), 0);
	CHECK_EQUAL(name.sin_port, own.sin_port);
	CHECK_EQUAL(getsockopt(server, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length), 0);
	CHECK(seconds >= 0);
	/* A file between a head and a tail. */
	GetTempPathA(sizeof(path), path);
	snprintf(path + strlen(path), 64, "pewter%lu.transmit", GetCurrentProcessId());
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	memset(data, 'd', sizeof(data));
	CHECK(WriteFile(file, data, sizeof(data), &done, NULL));
	memset(&connecting, 0, offsetof(WSAOVERLAPPED, hEvent));
	connecting.Offset = 1000;
	if (!transmit_file(client, file, 0, 0, &connecting, &around, 0))
		CHECK_EQUAL(WSAGetLastError(), ERROR_IO_PENDING);
	CHECK(WSAGetOverlappedResult(client, &connecting, &done, TRUE, &flags));
	CHECK_EQUAL(done, 6 + 2000 + 6);
	while (total < 2012) {
		int part = recv(server, got + total, (int)(sizeof(got) - total), 0);

		CHECK(part > 0);
		if (part <= 0)
			break;
		total += (DWORD)part;
	}
	CHECK(!memcmp(got, "<head>d", 7) && !memcmp(got + 2006, "<tail>", 6));
	CloseHandle(file);
	/* The socket can be used for another connection. */
	CHECK(disconnect_ex(client, NULL, TF_REUSE_SOCKET, 0));
	CHECK_EQUAL(recv(server, small, sizeof(small), 0), 0);
	closesocket(server);
	size = sizeof(name);
	CHECK_EQUAL(getsockname(listener, (struct sockaddr *)&name, &size), 0);
	if (bind(client, (struct sockaddr *)&any, sizeof(any)))
		CHECK_EQUAL(WSAGetLastError(), WSAEINVAL); /* it may be bound still */
	if (!connect_ex(client, (struct sockaddr *)&name, sizeof(name), NULL, 0, &done, &connecting))
		CHECK_EQUAL(WSAGetLastError(), ERROR_IO_PENDING);
	CHECK(WSAGetOverlappedResult(client, &connecting, &done, TRUE, &flags));
	server = accept(listener, NULL, NULL);
	CHECK(server != INVALID_SOCKET);
	closesocket(server);
	closesocket(client);
	/* To where nobody listens; and an accept that is given up. */
	server = make(SOCK_STREAM);
	CHECK(!accept_ex(listener, server, buffer, 0, sizeof(name) + 16, sizeof(name) + 16, &done, &accepting));
	CHECK_EQUAL(WSAGetLastError(), ERROR_IO_PENDING);
	closesocket(listener);
	CHECK_EQUAL(WaitForSingleObject(accepting.hEvent, 30000), WAIT_OBJECT_0);
	CHECK_EQUAL((DWORD)accepting.Internal, 0xC0000120);
	closesocket(server);
	client = make(SOCK_STREAM);
	CHECK_EQUAL(bind(client, (struct sockaddr *)&any, sizeof(any)), 0);
	if (connect_ex(client, (struct sockaddr *)&name, sizeof(name), NULL, 0, &done, &connecting) ||
	    WSAGetLastError() == ERROR_IO_PENDING)
		CHECK(!WSAGetOverlappedResult(client, &connecting, &done, TRUE, &flags));
	CHECK_EQUAL(WSAGetLastError(), WSAECONNREFUSED);
	closesocket(client);
	WSACloseEvent(accepting.hEvent);
	WSACloseEvent(connecting.hEvent);
}

static void messages(void)
{
	struct sockaddr_in name = loopback(), from;
	SOCKET one = make(SOCK_DGRAM), two = make(SOCK_DGRAM);
	int size = sizeof(name), on = 1;
	char buffer[16], control[128];
	WSABUF part = {sizeof(buffer), buffer};
	WSAMSG message = {(struct sockaddr *)&from, sizeof(from), &part, 1, {sizeof(control), control}, 0};
	DWORD done;
	WSACMSGHDR *header = (WSACMSGHDR *)control;

	CHECK_EQUAL(bind(one, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(getsockname(one, (struct sockaddr *)&name, &size), 0);
	CHECK_EQUAL(setsockopt(one, IPPROTO_IP, IP_PKTINFO, (char *)&on, sizeof(on)), 0);
	CHECK_EQUAL(sendto(two, "hello", 5, 0, (struct sockaddr *)&name, sizeof(name)), 5);
	CHECK_EQUAL(receive_message(one, &message, &done, NULL, NULL), 0);
	CHECK_EQUAL(done, 5);
	CHECK_EQUAL(message.namelen, sizeof(from));
	CHECK_EQUAL(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	CHECK(message.Control.len >= sizeof(*header) + sizeof(IN_PKTINFO));
	CHECK_EQUAL(header->cmsg_type, IP_PKTINFO);
	CHECK_EQUAL(((IN_PKTINFO *)(header + 1))->ipi_addr.s_addr, htonl(INADDR_LOOPBACK));
	/* And back. */
	part.len = 2;
	message.Control.len = 0;
	CHECK_EQUAL(send_message(one, &message, 0, &done, NULL, NULL), 0);
	CHECK_EQUAL(done, 2);
	CHECK_EQUAL(recv(two, buffer, sizeof(buffer), 0), 2);
	closesocket(one);
	closesocket(two);
}

/* What mio, libuv and others do: one handle on \Device\Afd, a completion port, a poll for each socket. */
typedef struct {
	HANDLE Handle;
	ULONG Events;
	NTSTATUS Status;
} afd_handle;
typedef struct {
	LARGE_INTEGER Timeout;
	ULONG NumberOfHandles;
	ULONG Exclusive;
	afd_handle Handles[1];
} afd_poll;
#define IOCTL_POLL 0x00012024
#define POLL_RECEIVE 1
#define POLL_SEND 4
#define POLL_DISCONNECT 8
#define POLL_ABORT 16
#define POLL_CLOSE 32
#define POLL_ACCEPT 128
#define POLL_CONNECT_FAIL 256

static NTSTATUS poll_for(HANDLE afd, SOCKET s, ULONG wanted, afd_poll *poll, IO_STATUS_BLOCK *iosb)
{
	memset(poll, 0, sizeof(*poll));
	poll->Timeout.QuadPart = INT64_MAX;
	poll->NumberOfHandles = 1;
	poll->Handles[0].Handle = (HANDLE)s;
	poll->Handles[0].Events = wanted;
	return NtDeviceIoControlFile(afd, NULL, NULL, iosb, iosb, IOCTL_POLL, poll, sizeof(*poll), poll, sizeof(*poll));
}

static void device(void)
{
	UNICODE_STRING device_name;
	OBJECT_ATTRIBUTES attributes;
	HANDLE afd = NULL, port;
	IO_STATUS_BLOCK iosb, opened;
	NTSTATUS status;
	afd_poll poll;
	SOCKET ends[2], base = 0;
	DWORD done;
	OVERLAPPED_ENTRY entry;
	ULONG count;
	char byte;

	RtlInitUnicodeString(&device_name, L"\\Device\\Afd\\Pewter");
	InitializeObjectAttributes(&attributes, &device_name, 0, NULL, NULL);
	CHECK_EQUAL((DWORD)NtCreateFile(&afd, SYNCHRONIZE, &attributes, &opened, NULL, 0, FILE_SHARE_READ | FILE_SHARE_WRITE,
					FILE_OPEN, 0, NULL, 0), 0);
	port = CreateIoCompletionPort(afd, NULL, 0, 0);
	CHECK(port != NULL);
	CHECK(SetFileCompletionNotificationModes(afd, FILE_SKIP_SET_EVENT_ON_HANDLE));
	pair_of(ends);
	CHECK_EQUAL(WSAIoctl(ends[0], SIO_BASE_HANDLE, NULL, 0, &base, sizeof(base), &done, NULL, NULL), 0);
	CHECK_EQUAL(base, ends[0]);
	/* Ready by now. */
	status = poll_for(afd, ends[0], POLL_SEND | POLL_RECEIVE, &poll, &iosb);
	CHECK(status == 0 || status == 0x103);
	CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &count, 30000, FALSE));
	CHECK(entry.lpOverlapped == (OVERLAPPED *)&iosb);
	CHECK_EQUAL(poll.NumberOfHandles, 1);
	CHECK_EQUAL(poll.Handles[0].Events, POLL_SEND);
	/* Not yet. */
	CHECK_EQUAL((DWORD)poll_for(afd, ends[0], POLL_RECEIVE | POLL_DISCONNECT | POLL_ABORT | POLL_CLOSE, &poll, &iosb), 0x103);
	CHECK(!GetQueuedCompletionStatusEx(port, &entry, 1, &count, 20, FALSE));
	CHECK_EQUAL(send(ends[1], "x", 1, 0), 1);
	CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &count, 30000, FALSE));
	CHECK_EQUAL(poll.Handles[0].Events, POLL_RECEIVE);
	CHECK_EQUAL(recv(ends[0], &byte, 1, 0), 1);
	/* Given up: with the status block as the name of the request. */
	CHECK_EQUAL((DWORD)poll_for(afd, ends[0], POLL_RECEIVE, &poll, &iosb), 0x103);
	CHECK(CancelIoEx(afd, (OVERLAPPED *)&iosb));
	CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &count, 30000, FALSE));
	CHECK_EQUAL((DWORD)iosb.Status, 0xC0000120);
	/* The other side has no more to say. */
	CHECK_EQUAL((DWORD)poll_for(afd, ends[0], POLL_RECEIVE | POLL_DISCONNECT, &poll, &iosb), 0x103);
	CHECK_EQUAL(shutdown(ends[1], SD_SEND), 0);
	CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &count, 30000, FALSE));
	CHECK(poll.Handles[0].Events & POLL_DISCONNECT);
	/* The socket itself goes. */
	CHECK_EQUAL((DWORD)poll_for(afd, ends[0], POLL_ABORT | POLL_CLOSE, &poll, &iosb), 0x103);
	closesocket(ends[0]);
	CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &count, 30000, FALSE));
	CHECK_EQUAL(poll.Handles[0].Events, POLL_CLOSE);
	closesocket(ends[1]);
	/* A poll with an end. */
	{
		struct sockaddr_in name;
		SOCKET listener = listener_at(&name);

		memset(&poll, 0, sizeof(poll));
		poll.Timeout.QuadPart = -200000; /* 20 ms */
		poll.NumberOfHandles = 1;
		poll.Handles[0].Handle = (HANDLE)listener;
		poll.Handles[0].Events = POLL_ACCEPT;
		CHECK_EQUAL((DWORD)NtDeviceIoControlFile(afd, NULL, NULL, &iosb, &iosb, IOCTL_POLL, &poll, sizeof(poll), &poll,
							 sizeof(poll)), 0x103);
		CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &count, 30000, FALSE));
		CHECK_EQUAL((DWORD)iosb.Status, 0x102);
		CHECK_EQUAL(poll.NumberOfHandles, 0);
		closesocket(listener);
	}
	CloseHandle(afd);
	CloseHandle(port);
}

/* Many sockets at one port, several threads that serve them. */
#define CLIENTS 20
#define ROUNDS 50
struct connection {
	WSAOVERLAPPED overlapped;
	SOCKET s;
	int sending;
	char buffer[64];
	DWORD got;
};
static HANDLE serve_port;

static void begin(struct connection *c, int sending, DWORD size)
{
	WSABUF part = {size, c->buffer};
	DWORD flags = 0;
	int result;

	memset(&c->overlapped, 0, sizeof(c->overlapped));
	c->sending = sending;
	result = sending ? WSASend(c->s, &part, 1, NULL, 0, &c->overlapped, NULL)
			 : WSARecv(c->s, &part, 1, NULL, &flags, &c->overlapped, NULL);
	if (result && WSAGetLastError() != WSA_IO_PENDING) {
		CHECK_EQUAL(WSAGetLastError(), 0);
		closesocket(c->s);
	}
}

static DWORD WINAPI serve(void *argument)
{
	DWORD done;
	ULONG_PTR key;
	OVERLAPPED *overlapped;

	while (GetQueuedCompletionStatus(serve_port, &done, &key, &overlapped, INFINITE) || overlapped) {
		struct connection *c = (struct connection *)overlapped;

		if (!c)
			break;
		if (!done) {
			closesocket(c->s);
			c->s = INVALID_SOCKET;
		} else {
			begin(c, !c->sending, c->sending ? sizeof(c->buffer) : done);
		}
	}
	return 0;
}

static DWORD WINAPI visit(void *argument)
{
	struct sockaddr_in *name = argument;
	SOCKET s = make(SOCK_STREAM);
	char out[64], in[64];
	DWORD bad = connect(s, (struct sockaddr *)name, sizeof(*name)) != 0;

	for (int i = 0; i < ROUNDS && !bad; i++) {
		memset(out, 'a' + i % 26, sizeof(out));
		bad = send(s, out, sizeof(out), 0) != sizeof(out) || recv(s, in, sizeof(in), MSG_WAITALL) != sizeof(in) ||
		      memcmp(in, out, sizeof(in));
	}
	shutdown(s, SD_SEND);
	if (!bad)
		bad = recv(s, in, 1, 0) != 0;
	closesocket(s);
	return bad;
}

static void many(void)
{
	struct sockaddr_in name;
	SOCKET listener = listener_at(&name);
	struct connection *connections = calloc(CLIENTS, sizeof(*connections));
	HANDLE clients[CLIENTS], servers[3];
	DWORD code;

	serve_port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	for (int i = 0; i < 3; i++)
		servers[i] = CreateThread(NULL, 0, serve, NULL, 0, NULL);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = CreateThread(NULL, 0, visit, &name, 0, NULL);
	for (int i = 0; i < CLIENTS; i++) {
		connections[i].s = accept(listener, NULL, NULL);
		CHECK(connections[i].s != INVALID_SOCKET);
		CreateIoCompletionPort((HANDLE)connections[i].s, serve_port, 0, 0);
		begin(&connections[i], 0, sizeof(connections[i].buffer));
	}
	for (int i = 0; i < CLIENTS; i++) {
		CHECK_EQUAL(WaitForSingleObject(clients[i], 60000), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(clients[i], &code));
		CHECK_EQUAL(code, 0);
		CloseHandle(clients[i]);
	}
	for (int i = 0; i < 3; i++)
		PostQueuedCompletionStatus(serve_port, 0, 0, NULL);
	for (int i = 0; i < 3; i++) {
		CHECK_EQUAL(WaitForSingleObject(servers[i], 30000), WAIT_OBJECT_0);
		CloseHandle(servers[i]);
	}
	closesocket(listener);
	CloseHandle(serve_port);
	free(connections);
}

static DWORD WINAPI drain(void *argument)
{
	SOCKET s = (SOCKET)argument;
	static char data[65536];
	DWORD total = 0;
	int got;

	while ((got = recv(s, data, sizeof(data), 0)) > 0)
		for (int i = 0; i < got; i++, total++)
			if (data[i] != (char)(total ? total - 1 : 'x'))
				return 0;
	return total;
}

/* A buffer of no size between others that do not go out at once. */
static void empty_buffers(void)
{
	const DWORD size = 8 << 20;
	char first = 'x', *data = malloc(size);
	WSABUF buffers[3] = {{1, &first}, {0, NULL}, {size, data}};
	int room = 16384;
	SOCKET ends[2];
	DWORD done = 0, total = 0;
	HANDLE reader;

	for (DWORD i = 0; i < size; i++)
		data[i] = (char)i;
	pair_of(ends);
	CHECK_EQUAL(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, (char *)&room, sizeof(room)), 0);
	reader = CreateThread(NULL, 0, drain, (void *)ends[1], 0, NULL);
	CHECK_EQUAL(WSASend(ends[0], buffers, 3, &done, 0, NULL, NULL), 0);
	CHECK_EQUAL(done, size + 1);
	CHECK_EQUAL(shutdown(ends[0], SD_SEND), 0);
	CHECK_EQUAL(WaitForSingleObject(reader, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(reader, &total));
	CHECK_EQUAL(total, size + 1);
	CloseHandle(reader);
	closesocket(ends[0]);
	closesocket(ends[1]);
	free(data);
}

int main(void)
{
	WSADATA data;

	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
	events();
	routines();
	ports();
	extensions();
	messages();
	device();
	many();
	empty_buffers();
	CHECK_EQUAL(WSACleanup(), 0);
	return guest_result();
}
