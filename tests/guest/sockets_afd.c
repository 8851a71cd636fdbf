/*
 * tests/guest/sockets_afd.c - receiving by AFD's own controls, as libuv does with datagrams (its winapi.h has the structures).
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <winternl.h>
#include "guest.h"
#include <stdint.h>

#define RECEIVE 0x12017
#define RECEIVE_DATAGRAM 0x1201B
#define OVERLAPPED_CALL 2
#define NORMAL 0x20
#define PEEK 0x80

struct receive_info {
	WSABUF *buffers;
	ULONG count, afd_flags, tdi_flags;
	struct sockaddr *address;
	int *address_size;
};

static SOCKET sender, receiver;
static struct sockaddr_in from, to;
static HANDLE port;

static SOCKET bound_socket(struct sockaddr_in *name)
{
	SOCKET s = WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
	int size = sizeof(*name);

	name->sin_family = AF_INET;
	name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQUAL(bind(s, (struct sockaddr *)name, size), 0);
	CHECK_EQUAL(getsockname(s, (struct sockaddr *)name, &size), 0);
	return s;
}

static NTSTATUS receive(ULONG code, ULONG kind, void *data, ULONG size, struct sockaddr_in *name, int *name_size,
			IO_STATUS_BLOCK *iosb)
{
	WSABUF buffer = {size, data};
	struct receive_info info = {&buffer, 1, OVERLAPPED_CALL, kind, (struct sockaddr *)name, name_size};

	iosb->Status = STATUS_PENDING;
	iosb->Information = 0;
	return NtDeviceIoControlFile((HANDLE)receiver, NULL, NULL, iosb, iosb, code, &info,
				     code == RECEIVE ? 24 : sizeof(info), NULL, 0);
}

static void say(const char *text)
{
	CHECK_EQUAL(sendto(sender, text, (int)strlen(text), 0, (struct sockaddr *)&to, sizeof(to)), (int)strlen(text));
}

static void expect_packet(IO_STATUS_BLOCK *iosb, DWORD information)
{
	OVERLAPPED *overlapped = NULL;
	ULONG_PTR key;
	DWORD done = 77;

	GetQueuedCompletionStatus(port, &done, &key, &overlapped, 10000);
	CHECK(overlapped == (OVERLAPPED *)iosb);
	CHECK_EQUAL(done, information);
}

int main(void)
{
	WSADATA wsa;
	IO_STATUS_BLOCK iosb;
	struct sockaddr_in name = {.sin_family = 0};
	int name_size = sizeof(name);
	char data[16];
	ULONG_PTR key;
	OVERLAPPED *overlapped = NULL;
	DWORD done;

	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &wsa), 0);
	sender = bound_socket(&from);
	receiver = bound_socket(&to);
	port = CreateIoCompletionPort((HANDLE)receiver, NULL, 1, 0);
	CHECK(port != NULL);

	/* Waiting for a datagram without taking it: an empty look ends with "there was more". */
	CHECK_EQUAL(receive(RECEIVE, NORMAL | PEEK, data, 0, NULL, NULL, &iosb), STATUS_PENDING);
	say("first");
	expect_packet(&iosb, 0);
	CHECK_EQUAL(iosb.Status, (NTSTATUS)0x80000005);
	CHECK_EQUAL(receive(RECEIVE_DATAGRAM, NORMAL, data, sizeof(data), &name, &name_size, &iosb), 0);
	CHECK_EQUAL(iosb.Information, 5);
	CHECK(!memcmp(data, "first", 5));
	CHECK_EQUAL(name_size, sizeof(name));
	CHECK_EQUAL(name.sin_port, from.sin_port);
	expect_packet(&iosb, 5);

	CHECK_EQUAL(receive(RECEIVE_DATAGRAM, NORMAL, data, 3, NULL, NULL, &iosb), STATUS_PENDING);
	say("second");
	expect_packet(&iosb, 3);
	CHECK_EQUAL(iosb.Status, (NTSTATUS)0x80000005);
	CHECK(!memcmp(data, "sec", 3));

	/* What ends at once sends no packet, if that is wished. */
	CHECK(SetFileCompletionNotificationModes((HANDLE)receiver, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
	say("third");
	CHECK_EQUAL(receive(RECEIVE, NORMAL, data, sizeof(data), NULL, NULL, &iosb), 0);
	CHECK_EQUAL(iosb.Information, 5);
	CHECK_FAILS(GetQueuedCompletionStatus(port, &done, &key, &overlapped, 0), WAIT_TIMEOUT);

	CHECK_EQUAL(receive(RECEIVE, 0, data, sizeof(data), NULL, NULL, &iosb), (NTSTATUS)0xC000000D);
	CHECK_EQUAL(NtDeviceIoControlFile((HANDLE)receiver, NULL, NULL, NULL, &iosb, RECEIVE, data, 8, NULL, 0),
		    (NTSTATUS)0xC000000D);
	closesocket(sender);
	closesocket(receiver);
	CloseHandle(port);
	CHECK_EQUAL(WSACleanup(), 0);
	return guest_result();
}
