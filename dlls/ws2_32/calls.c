/*
 * dlls/ws2_32/calls.c - calls with sockets, which nothing is (see ws2_32.c), and events.
 */
#include "dlls/ws2_32/ws2_32.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"

#define REFUSED(exported, symbol, params)                                                                                   \
	EXPORT_AS(ws2_32, exported, INT, symbol, params)                                                                    \
	{                                                                                                                   \
		return no_socket();                                                                                         \
	}

REFUSED("bind", ws_bind, (SOCKET socket, const void *name, INT size))
REFUSED("connect", ws_connect, (SOCKET socket, const void *name, INT size))
REFUSED("getpeername", ws_getpeername, (SOCKET socket, void *name, INT *size))
REFUSED("getsockname", ws_getsockname, (SOCKET socket, void *name, INT *size))
REFUSED("ioctlsocket", ws_ioctlsocket, (SOCKET socket, LONG command, ULONG *argument))
REFUSED("listen", ws_listen, (SOCKET socket, INT backlog))
REFUSED("recvfrom", ws_recvfrom, (SOCKET socket, char *data, INT size, INT flags, void *from, INT *from_size))
REFUSED("sendto", ws_sendto, (SOCKET socket, const char *data, INT size, INT flags, const void *to, INT to_size))
REFUSED("setsockopt", ws_setsockopt, (SOCKET socket, INT level, INT option, const char *value, INT size))
REFUSED("shutdown", ws_shutdown, (SOCKET socket, INT how))
REFUSED("WSADuplicateSocketA", WSADuplicateSocketA, (SOCKET socket, DWORD process, PVOID info))
REFUSED("WSADuplicateSocketW", WSADuplicateSocketW, (SOCKET socket, DWORD process, PVOID info))
REFUSED("WSAEnumNetworkEvents", WSAEnumNetworkEvents, (SOCKET socket, HANDLE event, PVOID events))
REFUSED("WSAEventSelect", WSAEventSelect, (SOCKET socket, HANDLE event, LONG events))
REFUSED("WSAIoctl", WSAIoctl,
	(SOCKET socket, DWORD code, PVOID in, DWORD in_size, PVOID out, DWORD out_size, DWORD *done, PVOID overlapped,
	 PVOID completion))
REFUSED("WSARecv", WSARecv,
	(SOCKET socket, PVOID buffers, DWORD count, DWORD *done, DWORD *flags, PVOID overlapped, PVOID completion))
REFUSED("WSARecvFrom", WSARecvFrom,
	(SOCKET socket, PVOID buffers, DWORD count, DWORD *done, DWORD *flags, PVOID from, INT *from_size, PVOID overlapped,
	 PVOID completion))
REFUSED("WSASend", WSASend,
	(SOCKET socket, PVOID buffers, DWORD count, DWORD *done, DWORD flags, PVOID overlapped, PVOID completion))
REFUSED("WSASendTo", WSASendTo,
	(SOCKET socket, PVOID buffers, DWORD count, DWORD *done, DWORD flags, const void *to, INT to_size, PVOID overlapped,
	 PVOID completion))

EXPORT_AS(ws2_32, "accept", SOCKET, ws_accept, (SOCKET socket, void *name, INT *size))
{
	return (SOCKET)no_socket();
}

/* An FD_SET: a count and the sockets. */
struct socket_set {
	UINT count;
	SOCKET sockets[64];
};

EXPORT_AS(ws2_32, "select", INT, ws_select,
	  (INT count, struct socket_set *read, struct socket_set *write, struct socket_set *except, const void *timeout))
{
	/* Sets that are all empty are an error of their own (MSDN, select). */
	if (ws_started() && !(read && read->count) && !(write && write->count) && !(except && except->count)) {
		set_last_error(WSAEINVAL);
		return SOCKET_ERROR;
	}
	return no_socket();
}

EXPORT_AS(ws2_32, "__WSAFDIsSet", INT, ws_is_set, (SOCKET socket, const struct socket_set *set))
{
	for (UINT i = 0; i < set->count; i++)
		if (set->sockets[i] == socket)
			return 1;
	return 0;
}

EXPORT_ORDINAL(ws2_32, ws_accept, 1);
EXPORT_ORDINAL(ws2_32, ws_bind, 2);
EXPORT_ORDINAL(ws2_32, ws_connect, 4);
EXPORT_ORDINAL(ws2_32, ws_getpeername, 5);
EXPORT_ORDINAL(ws2_32, ws_getsockname, 6);
EXPORT_ORDINAL(ws2_32, ws_ioctlsocket, 10);
EXPORT_ORDINAL(ws2_32, ws_listen, 13);
EXPORT_ORDINAL(ws2_32, ws_recvfrom, 17);
EXPORT_ORDINAL(ws2_32, ws_select, 18);
EXPORT_ORDINAL(ws2_32, ws_sendto, 20);
EXPORT_ORDINAL(ws2_32, ws_setsockopt, 21);
EXPORT_ORDINAL(ws2_32, ws_shutdown, 22);
EXPORT_ORDINAL(ws2_32, ws_is_set, 151);

/* Winsock's events are those of kernel32: manual reset, not signalled (MSDN, WSACreateEvent). */
EXPORT(ws2_32, HANDLE, WSACreateEvent, (void))
{
	return CreateEventW(NULL, TRUE, FALSE, NULL);
}
EXPORT_FORWARD(ws2_32, "WSACloseEvent", "KERNEL32.CloseHandle");
EXPORT_FORWARD(ws2_32, "WSAResetEvent", "KERNEL32.ResetEvent");
EXPORT_FORWARD(ws2_32, "WSASetEvent", "KERNEL32.SetEvent");
EXPORT_FORWARD(ws2_32, "WSAWaitForMultipleEvents", "KERNEL32.WaitForMultipleObjectsEx");
