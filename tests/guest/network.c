/*
 * tests/guest/network.c - Winsock where it needs no network: addresses, names that are numbers, errors.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include "guest.h"
#include <stdlib.h>
#include <string.h>

static void addresses(void)
{
	static const struct {
		const char *text, *printed;
	} rows[] = {{"::", "::"},		    {"::1", "::1"},
		    {"1::", "1::"},		    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}, {"FE80:0::ABCD", "fe80::abcd"}};
	static const char *const wrong[] = {"", ":", ":::", "1:", "1::2::3", "1:2:3:4:5:6:7", "12345::", "g::"};
	unsigned char bytes[16];
	char text[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_EQUAL(inet_pton(AF_INET6, rows[i].text, bytes), 1);
		CHECK(inet_ntop(AF_INET6, bytes, text, sizeof(text)) == text);
		CHECK(!strcmp(text, rows[i].printed));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK_EQUAL(inet_pton(AF_INET6, wrong[i], bytes), 0);
	CHECK_EQUAL(inet_pton(AF_INET6, "::1.2.3.4", bytes), 1);
	CHECK_EQUAL(bytes[12] << 24 | bytes[13] << 16 | bytes[14] << 8 | bytes[15], 0x01020304);
	CHECK_EQUAL(inet_pton(AF_INET, "1.2.3.4", bytes), 1);
	CHECK_EQUAL(inet_pton(AF_INET, "1.2.3", bytes), 0);
	CHECK_EQUAL(inet_pton(AF_INET, "1.2.3.256", bytes), 0);
	CHECK_EQUAL(inet_pton(77, "1.2.3.4", bytes), -1);
	CHECK_EQUAL(WSAGetLastError(), WSAEAFNOSUPPORT);
}

static void names(void)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *list = NULL;
	struct sockaddr_in *address;
	char host[64], service[16];

	CHECK_EQUAL(getaddrinfo("127.0.0.1", "80", &hints, &list), 0);
	CHECK(list && !list->ai_next);
	address = (struct sockaddr_in *)list->ai_addr;
	CHECK_EQUAL(list->ai_addrlen, sizeof(*address));
	CHECK_EQUAL(list->ai_socktype, SOCK_STREAM);
	CHECK_EQUAL(address->sin_port, htons(80));
	CHECK_EQUAL(address->sin_addr.s_addr, htonl(0x7F000001));
	CHECK_EQUAL(getnameinfo(list->ai_addr, (int)list->ai_addrlen, host, sizeof(host), service, sizeof(service),
				NI_NUMERICHOST | NI_NUMERICSERV), 0);
	CHECK(!strcmp(host, "127.0.0.1") && !strcmp(service, "80"));
	freeaddrinfo(list);
	hints.ai_flags = AI_PASSIVE;
	CHECK_EQUAL(getaddrinfo(NULL, "0", &hints, &list), 0);
	CHECK_EQUAL(((struct sockaddr_in *)list->ai_addr)->sin_addr.s_addr, 0);
	freeaddrinfo(list);
	hints.ai_flags = AI_NUMERICHOST;
	CHECK_EQUAL(getaddrinfo("no.number", NULL, &hints, &list), WSAHOST_NOT_FOUND);
	CHECK_EQUAL(getaddrinfo(NULL, NULL, NULL, &list), WSAHOST_NOT_FOUND);
	CHECK_EQUAL(gethostname(host, sizeof(host)), 0);
	CHECK(host[0]);
}

static void sockets(void)
{
	fd_set empty = {0};
	char byte;

	CHECK_EQUAL(recv((SOCKET)12345678, &byte, 1, 0), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSAENOTSOCK);
	CHECK_EQUAL(select(0, &empty, NULL, NULL, NULL), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSAEINVAL);
	FD_SET((SOCKET)8, &empty);
	CHECK(FD_ISSET((SOCKET)8, &empty));
	CHECK(!FD_ISSET((SOCKET)12, &empty));
}

static void adapters(void)
{
	ULONG size = 0;
	FIXED_INFO *info;

	CHECK_EQUAL(GetNetworkParams(NULL, &size), ERROR_BUFFER_OVERFLOW);
	CHECK(size >= sizeof(*info));
	info = calloc(1, size);
	CHECK_EQUAL(GetNetworkParams(info, &size), ERROR_SUCCESS);
	CHECK(info->HostName[0]);
	free(info);
}

int main(void)
{
	struct addrinfo *list;
	WSADATA data;

	CHECK_EQUAL(getaddrinfo("127.0.0.1", NULL, NULL, &list), WSANOTINITIALISED);
	CHECK_EQUAL(WSAStartup(0x0202, &data), 0);
	addresses();
	names();
	sockets();
	adapters();
	return guest_result();
}
