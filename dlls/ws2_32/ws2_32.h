/*
 * dlls/ws2_32/ws2_32.h - what the files of ws2_32 share.  The sockets themselves are ntdll's (ntdll/io/socket.h).
 */
#ifndef PEWTER_DLLS_WS2_32_WS2_32_H
#define PEWTER_DLLS_WS2_32_WS2_32_H

#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "nt/ntdef.h"
#include "nt/winfile.h"
#include "ntdll/io/socket.h"
#include <stdbool.h>
#include <string.h>

#define WSA_INVALID_HANDLE 6u
#define WSA_NOT_ENOUGH_MEMORY 8u
#define WSA_INVALID_PARAMETER 87u
#define WSA_OPERATION_ABORTED 995u
#define WSA_IO_INCOMPLETE 996u
#define WSA_IO_PENDING 997u
#define WSAEINTR 10004u
#define WSAEBADF 10009u
#define WSAEACCES 10013u
#define WSAEFAULT 10014u
#define WSAEINVAL 10022u
#define WSAEMFILE 10024u
#define WSAEWOULDBLOCK 10035u
#define WSAEINPROGRESS 10036u
#define WSAEALREADY 10037u
#define WSAENOTSOCK 10038u
#define WSAEDESTADDRREQ 10039u
#define WSAEMSGSIZE 10040u
#define WSAEPROTOTYPE 10041u
#define WSAENOPROTOOPT 10042u
#define WSAEPROTONOSUPPORT 10043u
#define WSAESOCKTNOSUPPORT 10044u
#define WSAEOPNOTSUPP 10045u
#define WSAEAFNOSUPPORT 10047u
#define WSAEADDRINUSE 10048u
#define WSAEADDRNOTAVAIL 10049u
#define WSAENETDOWN 10050u
#define WSAENETUNREACH 10051u
#define WSAENETRESET 10052u
#define WSAECONNABORTED 10053u
#define WSAECONNRESET 10054u
#define WSAENOBUFS 10055u
#define WSAEISCONN 10056u
#define WSAENOTCONN 10057u
#define WSAESHUTDOWN 10058u
#define WSAETIMEDOUT 10060u
#define WSAECONNREFUSED 10061u
#define WSAEHOSTUNREACH 10065u
#define WSAVERNOTSUPPORTED 10092u
#define WSANOTINITIALISED 10093u
#define WSAEDISCON 10101u
#define WSA_E_NO_MORE 10110u
#define WSATYPE_NOT_FOUND 10109u
#define WSASERVICE_NOT_FOUND 10108u
#define WSAHOST_NOT_FOUND 11001u
#define WSATRY_AGAIN 11002u
#define WSANO_RECOVERY 11003u
#define WSANO_DATA 11004u
#define SOCKET_ERROR (-1)
#define INVALID_SOCKET ((SOCKET)~0ull)

#define AF_UNIX WS_AF_UNIX
#define AF_INET WS_AF_INET
#define AF_INET6 WS_AF_INET6
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17

typedef UINT_PTR SOCKET;

struct protocol_info {
	DWORD service_flags[4];
	DWORD provider_flags;
	GUID provider;
	DWORD catalog_entry;
	INT chain_length;
	DWORD chain[7];
	INT version, family, maximum_address, minimum_address, type, protocol, protocol_maximum_offset, byte_order, security;
	DWORD message_size;
	DWORD reserved;
	WCHAR name[256];
};
#define PROTOCOL_INFO_A_SIZE 372u


bool ws_started(void);
/* SOCKET_ERROR and the last error. */
INT ws_fail(DWORD error);
/* A referenced socket; NULL with WSANOTINITIALISED or WSAENOTSOCK. */
struct io_file *ws_socket_file(SOCKET socket);
DWORD ws_error(NTSTATUS status);
/* 0, or SOCKET_ERROR with the status' error. */
INT ws_result(NTSTATUS status);
/* The same for a call with `overlapped`, whose end may be told later. */
INT ws_overlapped_result(struct io_file *file, NTSTATUS status, const OVERLAPPED *overlapped);
/* How an overlapped call hears of its end; without one it waits. */
struct io_socket_notice ws_notice(OVERLAPPED *overlapped, PVOID routine);
/* An address parameter of a socket: WSAEFAULT, WSAEAFNOSUPPORT in `fault`. */
DWORD ws_take_address(struct io_file *file, const void *name, INT size, struct host_address *address);
/* Gives an address in *size bytes; WSAEFAULT when there are too few. */
DWORD ws_give_address(const struct host_address *address, INT family, void *name, INT *size);
/* The entry of the catalog for a socket; false: there is none.  Wildcards are 0. */
bool ws_find_protocol(INT family, INT type, INT protocol, struct protocol_info *info);
void ws_protocol_to_a(const struct protocol_info *from, void *to);
/* The functions of SIO_GET_EXTENSION_FUNCTION_POINTER; NULL: no such. */
PVOID ws_extension(const GUID *id);

/* Text of addresses. */
bool ws_parse_v4(const char *text, BYTE *bytes);
bool ws_parse_v6(const char *text, BYTE *bytes);
void ws_print_address(INT family, const BYTE *bytes, char *text); /* at least 46 bytes */
/* With scope and port, where they are not 0: at most 72 bytes. */
void ws_print_socket_address(const struct host_address *address, char *text);

ULONG WINAPI ws_inet_addr(const char *text);
SOCKET WINAPI WSASocketW(INT family, INT type, INT protocol, struct protocol_info *info, UINT group, DWORD flags);
struct poll_fd;
INT WINAPI WSASendMsg(SOCKET socket, struct io_wsamsg *message, DWORD flags, DWORD *done, OVERLAPPED *overlapped, PVOID routine);
INT WINAPI ws_recvmsg(SOCKET socket, struct io_wsamsg *message, DWORD *done, OVERLAPPED *overlapped, PVOID routine);
INT WINAPI WSAPoll(struct poll_fd *fds, ULONG count, INT timeout);
INT WINAPI ws_getsockopt(SOCKET socket, INT level, INT option, char *value, INT *size);

#endif
