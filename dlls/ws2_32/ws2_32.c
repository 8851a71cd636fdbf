/*
 * dlls/ws2_32/ws2_32.c - the builtin ws2_32.dll: start-up, errors, byte order, addresses as text.
 *
 * The network is down, as Winsock says it when there is none: no socket can be made (WSAENETDOWN), and so nothing that a
 * program holds is one (WSAENOTSOCK).
 */
#include "dlls/ws2_32/ws2_32.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include <stdio.h>
#include <string.h>

DEFINE_DLL(ws2_32, .name = "ws2_32.dll", .aliases = "wsock32.dll\0");

struct wsa_data {
	WORD version, high_version;
	USHORT max_sockets, max_datagram;
	char *vendor;
	char description[257];
	char status[129];
};

static LONG started;

bool ws_started(void)
{
	return __atomic_load_n(&started, __ATOMIC_RELAXED) != 0;
}

INT no_socket(void)
{
	set_last_error(ws_started() ? WSAENOTSOCK : WSANOTINITIALISED);
	return SOCKET_ERROR;
}

static SOCKET no_network(void)
{
	set_last_error(ws_started() ? WSAENETDOWN : WSANOTINITIALISED);
	return (SOCKET)-1;
}

/* Versions 1.0 to 2.2; a higher one is answered with 2.2. */
EXPORT(ws2_32, INT, WSAStartup, (WORD version, struct wsa_data *data))
{
	WORD major = version & 0xFF;

	if (!major)
		return (INT)WSAVERNOTSUPPORTED;
	if (!data)
		return (INT)WSAEFAULT;
	memset(data, 0, sizeof(*data));
	data->version = major > 2 || (major == 2 && version >> 8 > 2) ? 0x0202 : version;
	data->high_version = 0x0202;
	memcpy(data->description, "WinSock 2.0", sizeof("WinSock 2.0"));
	memcpy(data->status, "Running", sizeof("Running"));
	__atomic_add_fetch(&started, 1, __ATOMIC_RELAXED);
	return 0;
}

EXPORT(ws2_32, INT, WSACleanup, (void))
{
	LONG count = __atomic_load_n(&started, __ATOMIC_RELAXED);

	do {
		if (!count) {
			set_last_error(WSANOTINITIALISED);
			return SOCKET_ERROR;
		}
	} while (!__atomic_compare_exchange_n(&started, &count, count - 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return 0;
}

EXPORT(ws2_32, INT, WSAGetLastError, (void))
{
	return (INT)get_last_error();
}

EXPORT(ws2_32, void, WSASetLastError, (INT error))
{
	set_last_error((DWORD)error);
}

EXPORT_AS(ws2_32, "htons", USHORT, ws_htons, (USHORT value))
{
	return __builtin_bswap16(value);
}
EXPORT_ALIAS(ws2_32, "ntohs", ws_htons);

EXPORT_AS(ws2_32, "htonl", ULONG, ws_htonl, (ULONG value))
{
	return __builtin_bswap32(value);
}
EXPORT_ALIAS(ws2_32, "ntohl", ws_htonl);

/* One to four parts, decimal, octal or hexadecimal; INADDR_NONE for anything else. */
EXPORT_AS(ws2_32, "inet_addr", ULONG, ws_inet_addr, (const char *text))
{
	ULONGLONG parts[4];
	ULONG value = 0;
	int count = 0;

	for (;;) {
		unsigned base = 10, digits = 0;
		ULONGLONG number = 0;

		if (count == 4)
			return ~0u;
		if (*text == '0') {
			base = 8;
			text++;
			digits = 1;
			if ((*text | 32) == 'x') {
				base = 16;
				text++;
				digits = 0;
			}
		}
		for (;; text++, digits++) {
			unsigned digit = *text >= '0' && *text <= '9'		       ? (unsigned)(*text - '0')
					 : (*text | 32) >= 'a' && (*text | 32) <= 'f' ? (unsigned)((*text | 32) - 'a' + 10)
										       : 99;

			if (digit >= base)
				break;
			number = number * base + digit;
			if (number >> 32)
				return ~0u;
		}
		if (!digits)
			return ~0u;
		parts[count++] = number;
		if (*text != '.')
			break;
		text++;
	}
	if (*text && *text != ' ')
		return ~0u;
	for (int i = 0; i < count - 1; i++) {
		if (parts[i] > 255)
			return ~0u;
		value |= (ULONG)parts[i] << (24 - 8 * i);
	}
	if (parts[count - 1] > 0xFFFFFFFFu >> 8 * (count - 1))
		return ~0u;
	return __builtin_bswap32(value | (ULONG)parts[count - 1]);
}

/* In a buffer of the thread's. */
EXPORT_AS(ws2_32, "inet_ntoa", char *, ws_inet_ntoa, (ULONG address))
{
	static __thread char text[16];
	const BYTE *bytes = (const BYTE *)&address;

	snprintf(text, sizeof(text), "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
	return text;
}

EXPORT_AS(ws2_32, "socket", SOCKET, ws_socket, (INT family, INT type, INT protocol))
{
	return no_network();
}

EXPORT(ws2_32, SOCKET, WSASocketW, (INT family, INT type, INT protocol, PVOID info, UINT group, DWORD flags))
{
	return no_network();
}

EXPORT(ws2_32, SOCKET, WSASocketA, (INT family, INT type, INT protocol, PVOID info, UINT group, DWORD flags))
{
	return no_network();
}

EXPORT_AS(ws2_32, "closesocket", INT, ws_closesocket, (SOCKET socket))
{
	return no_socket();
}

EXPORT_AS(ws2_32, "recv", INT, ws_recv, (SOCKET socket, char *buffer, INT size, INT flags))
{
	return no_socket();
}

EXPORT_AS(ws2_32, "send", INT, ws_send, (SOCKET socket, const char *buffer, INT size, INT flags))
{
	return no_socket();
}

EXPORT_AS(ws2_32, "getsockopt", INT, ws_getsockopt, (SOCKET socket, INT level, INT option, char *value, INT *size))
{
	return no_socket();
}

EXPORT(ws2_32, BOOL, WSAGetOverlappedResult, (SOCKET socket, PVOID overlapped, DWORD *done, BOOL wait, DWORD *flags))
{
	no_socket();
	return FALSE;
}

EXPORT_ORDINAL(ws2_32, ws_closesocket, 3);
EXPORT_ORDINAL(ws2_32, ws_getsockopt, 7);
EXPORT_ORDINAL(ws2_32, ws_htonl, 8);
EXPORT_ORDINAL(ws2_32, ws_htons, 9);
EXPORT_ORDINAL(ws2_32, ws_inet_addr, 11);
EXPORT_ORDINAL(ws2_32, ws_inet_ntoa, 12);
EXPORT_ORDINAL(ws2_32, ws_htonl, 14);
EXPORT_ORDINAL(ws2_32, ws_htons, 15);
EXPORT_ORDINAL(ws2_32, ws_recv, 16);
EXPORT_ORDINAL(ws2_32, ws_send, 19);
EXPORT_ORDINAL(ws2_32, ws_socket, 23);
EXPORT_ORDINAL(ws2_32, WSAGetLastError, 111);
EXPORT_ORDINAL(ws2_32, WSASetLastError, 112);
EXPORT_ORDINAL(ws2_32, WSAStartup, 115);
EXPORT_ORDINAL(ws2_32, WSACleanup, 116);

/* How many protocols are installed: none, which takes no room. */
EXPORT(ws2_32, INT, WSAEnumProtocolsW, (INT * protocols, PVOID buffer, DWORD *size))
{
	if (!__atomic_load_n(&started, __ATOMIC_RELAXED)) {
		set_last_error(WSANOTINITIALISED);
		return SOCKET_ERROR;
	}
	if (!size) {
		set_last_error(WSAEFAULT);
		return SOCKET_ERROR;
	}
	*size = 0;
	return 0;
}
EXPORT_ALIAS(ws2_32, "WSAEnumProtocolsA", WSAEnumProtocolsW);
