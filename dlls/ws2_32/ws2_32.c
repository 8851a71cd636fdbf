/*
 * dlls/ws2_32/ws2_32.c - the builtin ws2_32.dll: start-up, errors, byte order.
 *
 * Nothing is made before WSAStartup, and no thread before something waits.
 */
#include "dlls/ws2_32/ws2_32.h"
#include <string.h>

DEFINE_DLL(ws2_32, .name = "ws2_32.dll");

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
	return 0; /* sockets that are left open go with the process, or when they are closed */
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

EXPORT_ORDINAL(ws2_32, ws_htonl, 8);
EXPORT_ORDINAL(ws2_32, ws_htons, 9);
EXPORT_ORDINAL(ws2_32, ws_htonl, 14);
EXPORT_ORDINAL(ws2_32, ws_htons, 15);
EXPORT_ORDINAL(ws2_32, WSAGetLastError, 111);
EXPORT_ORDINAL(ws2_32, WSASetLastError, 112);
EXPORT_ORDINAL(ws2_32, WSAStartup, 115);
EXPORT_ORDINAL(ws2_32, WSACleanup, 116);

/* The same with a socket and a place for the result. */
EXPORT(ws2_32, INT, WSAHtons, (SOCKET socket, USHORT value, USHORT *result))
{
	struct io_file *file = ws_socket_file(socket);

	if (!file)
		return SOCKET_ERROR;
	ob_dereference(file);
	if (!result)
		return ws_fail(WSAEFAULT);
	*result = __builtin_bswap16(value);
	return 0;
}
EXPORT_ALIAS(ws2_32, "WSANtohs", WSAHtons);

EXPORT(ws2_32, INT, WSAHtonl, (SOCKET socket, ULONG value, ULONG *result))
{
	struct io_file *file = ws_socket_file(socket);

	if (!file)
		return SOCKET_ERROR;
	ob_dereference(file);
	if (!result)
		return ws_fail(WSAEFAULT);
	*result = __builtin_bswap32(value);
	return 0;
}
EXPORT_ALIAS(ws2_32, "WSANtohl", WSAHtonl);

/* Blocking hooks are Winsock 1.1's, for 16-bit programs. */
EXPORT(ws2_32, BOOL, WSAIsBlocking, (void))
{
	return FALSE;
}
EXPORT_ORDINAL(ws2_32, WSAIsBlocking, 114);

EXPORT(ws2_32, INT, WSACancelBlockingCall, (void))
{
	return ws_fail(ws_started() ? WSAEOPNOTSUPP : WSANOTINITIALISED);
}
EXPORT_ORDINAL(ws2_32, WSACancelBlockingCall, 113);

EXPORT(ws2_32, PVOID, WSASetBlockingHook, (PVOID hook))
{
	ws_fail(ws_started() ? WSAEOPNOTSUPP : WSANOTINITIALISED);
	return NULL;
}
EXPORT_ORDINAL(ws2_32, WSASetBlockingHook, 109);

EXPORT(ws2_32, INT, WSAUnhookBlockingHook, (void))
{
	return ws_fail(ws_started() ? WSAEOPNOTSUPP : WSANOTINITIALISED);
}
EXPORT_ORDINAL(ws2_32, WSAUnhookBlockingHook, 110);

/* There are no windows to send messages to. */
EXPORT(ws2_32, INT, WSAAsyncSelect, (SOCKET socket, HANDLE window, UINT message, LONG events))
{
	struct io_file *file = ws_socket_file(socket);

	if (!file)
		return SOCKET_ERROR;
	ob_dereference(file);
	return ws_fail(WSAEINVAL);
}
EXPORT_ORDINAL(ws2_32, WSAAsyncSelect, 101);
