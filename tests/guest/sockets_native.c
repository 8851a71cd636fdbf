/*
 * tests/guest/sockets_native.c - the Windows side of tests/sockets_peer.c, a program of Linux:
 *
 *	sockets_native PORT	TCP and UDP at 127.0.0.1:PORT are the peer's, which sends back what it gets
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "guest.h"

int main(int argc, char **argv)
{
	struct sockaddr_in name = {.sin_family = AF_INET};
	SOCKET stream, datagrams;
	char *out = malloc(1 << 20), *in = malloc(1 << 20), byte;
	WSADATA data;
	int got;

	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
	stream = socket(AF_INET, SOCK_STREAM, 0);
	datagrams = socket(AF_INET, SOCK_DGRAM, 0);
	name.sin_port = htons((u_short)atoi(argc > 1 ? argv[1] : "0"));
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < 1 << 20; i++)
		out[i] = (char)(i * 7 + (i >> 9));
	CHECK_EQUAL(connect(stream, (struct sockaddr *)&name, sizeof(name)), 0);
	/* A piece at a time, so that neither side's buffers fill. */
	for (int at = 0; at < 1 << 20; at += 1 << 14) {
		CHECK_EQUAL(send(stream, out + at, 1 << 14, 0), 1 << 14);
		CHECK_EQUAL(recv(stream, in + at, 1 << 14, MSG_WAITALL), 1 << 14);
	}
	CHECK(!memcmp(in, out, 1 << 20));
	CHECK_EQUAL(shutdown(stream, SD_SEND), 0);
	/* It says good-bye, and ends. */
	CHECK_EQUAL(recv(stream, in, 3, MSG_WAITALL), 3);
	CHECK(!memcmp(in, "bye", 3));
	CHECK_EQUAL(recv(stream, &byte, 1, 0), 0);
	closesocket(stream);
	/* The second connection is torn down. */
	stream = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQUAL(connect(stream, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(recv(stream, &byte, 1, 0), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSAECONNRESET);
	closesocket(stream);
	CHECK_EQUAL(sendto(datagrams, out, 1000, 0, (struct sockaddr *)&name, sizeof(name)), 1000);
	got = recv(datagrams, in, 1 << 20, 0);
	CHECK_EQUAL(got, 1000);
	CHECK(!memcmp(in, out, 1000));
	closesocket(datagrams);
	return guest_result();
}
