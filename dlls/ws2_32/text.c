/*
 * dlls/ws2_32/text.c - addresses as text, and back.
 */
#include "dlls/ws2_32/names.h"
#include "ntdll/rtl/addresses.h"

#include <stdio.h>

/* Four decimal numbers, nothing behind them; `bytes` are written even so. */
bool ws_parse_v4(const char *text, BYTE *bytes)
{
	const char *end;

	return NT_SUCCESS(RtlIpv4StringToAddressA(text, TRUE, &end, bytes)) && !*end;
}

/* No scope; `bytes` may be written in part where it is none. */
bool ws_parse_v6(const char *text, BYTE *bytes)
{
	const char *end;

	return NT_SUCCESS(RtlIpv6StringToAddressA(text, &end, bytes)) && !*end;
}

void ws_print_address(INT family, const BYTE *bytes, char *text)
{
	if (family == AF_INET)
		rtl_print_ipv4(bytes, text);
	else
		rtl_print_ipv6(bytes, text);
}

void ws_print_socket_address(const struct host_address *address, char *text)
{
	bool six = address->family == HOST_FAMILY_INET6;
	USHORT port = __builtin_bswap16(address->port);

	if (six && port)
		*text++ = '[';
	ws_print_address(six ? AF_INET6 : AF_INET, address->bytes, text);
	text += strlen(text);
	if (six && address->scope)
		text += sprintf(text, "%%%u", address->scope);
	if (port)
		sprintf(text, six ? "]:%u" : ":%u", port);
}

/* One to four parts, decimal, octal or hexadecimal, and white space before anything else: INADDR_NONE for other text.  A
 * single blank is an address of no parts. */
EXPORT_AS(ws2_32, "inet_addr", ULONG, ws_inet_addr, (const char *text))
{
	const char *end;
	BYTE bytes[4];
	ULONG address;

	if (!text) {
		set_last_error(WSAEFAULT);
		return ~0u;
	}
	if (!strcmp(text, " "))
		return 0;
	if (!NT_SUCCESS(RtlIpv4StringToAddressA(text, FALSE, &end, bytes)) || (*end && !strchr(" \t\n\v\f\r", *end)))
		return ~0u;
	memcpy(&address, bytes, sizeof(address));
	return address;
}

/* In a buffer of the thread's. */
EXPORT_AS(ws2_32, "inet_ntoa", char *, ws_inet_ntoa, (ULONG address))
{
	static __thread char text[16];

	rtl_print_ipv4((const BYTE *)&address, text);
	return text;
}

/* The address may be written where something that is none follows it. */
EXPORT_AS(ws2_32, "inet_pton", INT, ws_inet_pton, (INT family, const char *text, void *address))
{
	if (family != AF_INET && family != AF_INET6) {
		set_last_error(WSAEAFNOSUPPORT);
		return -1;
	}
	if (!text || !address) {
		set_last_error(WSAEFAULT);
		return -1;
	}
	return family == AF_INET ? ws_parse_v4(text, address) : ws_parse_v6(text, address);
}

EXPORT_AS(ws2_32, "inet_ntop", const char *, ws_inet_ntop, (INT family, const void *address, char *text, SIZE_T size))
{
	char printed[48];

	if (family != AF_INET && family != AF_INET6) {
		set_last_error(WSAEAFNOSUPPORT);
		return NULL;
	}
	ws_print_address(family, address, printed);
	if (!text || size <= strlen(printed)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return strcpy(text, printed);
}

EXPORT(ws2_32, INT, InetPtonW, (INT family, LPCWSTR text, void *address))
{
	char copy[64];

	if (!text || !address) {
		set_last_error(WSAEFAULT);
		return -1;
	}
	/* Longer than any address: none. */
	return ws_inet_pton(family, ws_copy_wide(text, copy, sizeof(copy)) ? copy : "", address);
}

EXPORT(ws2_32, LPCWSTR, InetNtopW, (INT family, const void *address, LPWSTR text, SIZE_T size))
{
	char copy[48];

	if (!ws_inet_ntop(family, address, copy, sizeof(copy)))
		return NULL;
	if (!text || size <= strlen(copy)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	for (size_t i = 0; i <= strlen(copy); i++)
		text[i] = (BYTE)copy[i];
	return text;
}


EXPORT(ws2_32, INT, WSAAddressToStringA, (const void *name, DWORD size, struct protocol_info *info, char *text, DWORD *length))
{
	struct host_address address;
	char printed[HOST_LOCAL_PATH + 8];
	NTSTATUS status;

	if (!ws_started())
		return ws_fail(WSANOTINITIALISED);
	if (!name || !text || !length)
		return ws_fail(WSAEFAULT);
	status = io_address_from_guest(name, (INT)size, 0, &address);
	if (!NT_SUCCESS(status))
		return ws_fail(status == STATUS_INVALID_PARAMETER_1 ? WSAEINVAL : WSAEFAULT);
	if (address.family == HOST_FAMILY_LOCAL)
		snprintf(printed, sizeof(printed), "%s", address.path);
	else
		ws_print_socket_address(&address, printed);
	if (*length <= strlen(printed)) {
		*length = (DWORD)strlen(printed) + 1;
		return ws_fail(WSAEFAULT);
	}
	strcpy(text, printed);
	*length = (DWORD)strlen(printed) + 1;
	return 0;
}

EXPORT(ws2_32, INT, WSAAddressToStringW,
       (const void *name, DWORD size, struct protocol_info *info, LPWSTR text, DWORD *length))
{
	char copy[HOST_LOCAL_PATH + 8];
	DWORD room = sizeof(copy);

	if (!text || !length)
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	if (WSAAddressToStringA(name, size, info, copy, &room))
		return SOCKET_ERROR;
	if (*length < room) {
		*length = room;
		return ws_fail(WSAEFAULT);
	}
	for (DWORD i = 0; i < room; i++)
		text[i] = (BYTE)copy[i];
	*length = room;
	return 0;
}

/* A number up to the end or `stop`; where it ends, NULL: there is none. */
static const char *take_decimal(const char *text, char stop, ULONG maximum, ULONG *value)
{
	ULONGLONG number = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && number <= maximum; at++)
		number = number * 10 + (unsigned)(*at - '0');
	if (at == text || (*at && *at != stop) || number > maximum)
		return NULL;
	*value = (ULONG)number;
	return at;
}

/* "1.2.3.4:80"; "1.2.3" and the like as well where `strict` is not. */
static bool parse_end_v4(const char *text, bool strict, struct host_address *address)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	char copy[32];
	ULONG value, port = 0;

	if (length >= sizeof(copy) || !length)
		return false;
	memcpy(copy, text, length);
	copy[length] = 0;
	address->family = HOST_FAMILY_INET;
	if (!ws_parse_v4(copy, address->bytes)) {
		value = ws_inet_addr(copy);
		if (strict || (value == ~0u && strcmp(copy, "255.255.255.255") != 0))
			return false;
		memcpy(address->bytes, &value, 4);
	}
	if (colon && !take_decimal(colon + 1, 0, 65535, &port))
		return false;
	address->port = __builtin_bswap16((USHORT)port);
	return true;
}

/* "fe80::1%5", "[::1]:80" */
static bool parse_end_v6(const char *text, struct host_address *address)
{
	bool bracket = *text == '[';
	size_t length = strcspn(text + bracket, "%]");
	char copy[64];
	ULONG number = 0;

	text += bracket;
	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = 0;
	address->family = HOST_FAMILY_INET6;
	if (!ws_parse_v6(copy, address->bytes))
		return false;
	text += length;
	if (*text == '%') {
		text = take_decimal(text + 1, bracket ? ']' : 0, 0xFFFFFFFF, &number);
		if (!text)
			return false;
		address->scope = number;
	}
	if (!bracket)
		return !*text;
	if (*text++ != ']')
		return false;
	if (!*text)
		return true;
	if (*text != ':' || !take_decimal(text + 1, 0, 65535, &number))
		return false;
	address->port = __builtin_bswap16((USHORT)number);
	return true;
}

EXPORT(ws2_32, INT, WSAStringToAddressA, (char *text, INT family, struct protocol_info *info, void *name, INT *size))
{
	struct host_address address = {0};
	DWORD error;

	if (!ws_started())
		return ws_fail(WSANOTINITIALISED);
	if (!text || !name || !size)
		return ws_fail(WSAEFAULT);
	if (family != AF_INET && family != AF_INET6)
		return ws_fail(WSAEINVAL);
	if (!(family == AF_INET ? parse_end_v4(text, false, &address) : parse_end_v6(text, &address)))
		return ws_fail(WSAEINVAL);
	error = ws_give_address(&address, family, name, size);
	if (error)
		*size = io_sockaddr_size(family);
	return error ? ws_fail(error) : 0;
}

EXPORT(ws2_32, INT, WSAStringToAddressW, (LPCWSTR text, INT family, struct protocol_info *info, void *name, INT *size))
{
	char copy[80];

	if (!text)
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	return WSAStringToAddressA(ws_copy_wide(text, copy, sizeof(copy)) ? copy : (char[]){0}, family, info, name, size);
}

EXPORT_ORDINAL(ws2_32, ws_inet_addr, 11);
EXPORT_ORDINAL(ws2_32, ws_inet_ntoa, 12);
