/*
 * dlls/wsock32/wsock32.c - the builtin wsock32.dll: Winsock 1.1's names, which ws2_32 has with the same numbers.
 */
#include "pewter/export.h"

DEFINE_DLL(wsock32, .name = "wsock32.dll");

#define BOTH(name, symbol, number)                                                                                          \
	EXPORT_ALIAS(wsock32, name, symbol);                                                                                \
	EXPORT_ORDINAL(wsock32, symbol, number)

BOTH("accept", ws_accept, 1);
BOTH("bind", ws_bind, 2);
BOTH("closesocket", ws_closesocket, 3);
BOTH("connect", ws_connect, 4);
BOTH("getpeername", ws_getpeername, 5);
BOTH("getsockname", ws_getsockname, 6);
BOTH("getsockopt", ws_getsockopt, 7);
BOTH("htonl", ws_htonl, 8);
BOTH("htons", ws_htons, 9);
BOTH("ioctlsocket", ws_ioctlsocket, 10);
BOTH("inet_addr", ws_inet_addr, 11);
BOTH("inet_ntoa", ws_inet_ntoa, 12);
BOTH("listen", ws_listen, 13);
BOTH("ntohl", ws_htonl, 14);
BOTH("ntohs", ws_htons, 15);
BOTH("recv", ws_recv, 16);
BOTH("recvfrom", ws_recvfrom, 17);
BOTH("select", ws_select, 18);
BOTH("send", ws_send, 19);
BOTH("sendto", ws_sendto, 20);
BOTH("setsockopt", ws_setsockopt, 21);
BOTH("shutdown", ws_shutdown, 22);
BOTH("socket", ws_socket, 23);
BOTH("gethostbyaddr", ws_gethostbyaddr, 51);
BOTH("gethostbyname", ws_gethostbyname, 52);
BOTH("getprotobyname", ws_getprotobyname, 53);
BOTH("getprotobynumber", ws_getprotobynumber, 54);
BOTH("getservbyname", ws_getservbyname, 55);
BOTH("getservbyport", ws_getservbyport, 56);
BOTH("gethostname", ws_gethostname, 57);
BOTH("WSAAsyncSelect", WSAAsyncSelect, 101);
BOTH("WSASetBlockingHook", WSASetBlockingHook, 109);
BOTH("WSAUnhookBlockingHook", WSAUnhookBlockingHook, 110);
BOTH("WSAGetLastError", WSAGetLastError, 111);
BOTH("WSASetLastError", WSASetLastError, 112);
BOTH("WSACancelBlockingCall", WSACancelBlockingCall, 113);
BOTH("WSAIsBlocking", WSAIsBlocking, 114);
BOTH("WSAStartup", WSAStartup, 115);
BOTH("WSACleanup", WSACleanup, 116);
BOTH("__WSAFDIsSet", ws_is_set, 151);
BOTH("WSARecvEx", WSARecvEx, 1107);
BOTH("TransmitFile", TransmitFile, 1140);
BOTH("AcceptEx", AcceptEx, 1141);
BOTH("GetAcceptExSockaddrs", GetAcceptExSockaddrs, 1142);
