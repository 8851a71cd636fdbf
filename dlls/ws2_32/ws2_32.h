/*
 * dlls/ws2_32/ws2_32.h - what the files of ws2_32 share.
 */
#ifndef PEWTER_DLLS_WS2_32_WS2_32_H
#define PEWTER_DLLS_WS2_32_WS2_32_H

#include "nt/ntdef.h"
#include <stdbool.h>

#define WSAEFAULT 10014u
#define WSAEINVAL 10022u
#define WSAENOTSOCK 10038u
#define WSAESOCKTNOSUPPORT 10044u
#define WSAEAFNOSUPPORT 10047u
#define WSAENETDOWN 10050u
#define WSAVERNOTSUPPORTED 10092u
#define WSANOTINITIALISED 10093u
#define WSATYPE_NOT_FOUND 10109u
#define WSAHOST_NOT_FOUND 11001u
#define SOCKET_ERROR (-1)

#define AF_INET 2
#define AF_INET6 23

typedef UINT_PTR SOCKET;

bool ws_started(void);
/* What a call with a socket answers: SOCKET_ERROR and WSAENOTSOCK, or WSANOTINITIALISED before WSAStartup. */
INT no_socket(void);

ULONG WINAPI ws_inet_addr(const char *text);

#endif
