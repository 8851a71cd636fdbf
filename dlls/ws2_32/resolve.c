/*
 * dlls/ws2_32/resolve.c - names and addresses: what can be said without a network.
 *
 * Addresses written as numbers, no name at all, and "localhost" are resolved; any other host is not found, as on a machine
 * that reaches no name server.
 */
#include "dlls/ws2_32/ws2_32.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include <stdio.h>
#include <string.h>

#define AI_PASSIVE 1
#define AI_CANONNAME 2
#define AI_NUMERICHOST 4
#define NI_NAMEREQD 4
#define COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME 5

struct addrinfo {
	INT flags, family, type, protocol;
	SIZE_T address_size;
	void *name; /* char or WCHAR, by the function that made the list */
	struct address *address;
	struct addrinfo *next;
};

/* sockaddr_in and sockaddr_in6 */
struct address {
	USHORT family;
	USHORT port;
	union {
		BYTE v4[4];
		struct {
			ULONG flow;
			BYTE v6[16];
			ULONG scope;
		};
	};
};

#define ADDRESS_SIZE_V4 16u
#define ADDRESS_SIZE_V6 28u

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Four decimal numbers, nothing behind them. */
static bool parse_v4(const char *text, BYTE *bytes)
{
	for (int i = 0; i < 4; i++) {
		unsigned value = 0, digits = 0;

		for (; *text >= '0' && *text <= '9' && digits < 3; digits++)
			value = value * 10 + (unsigned)(*text++ - '0');
		if (!digits || value > 255 || *text != (i < 3 ? '.' : 0))
			return false;
		bytes[i] = (BYTE)value;
		text++;
	}
	return true;
}

/* RFC 4291, section 2.2; no scope. */
static bool parse_v6(const char *text, BYTE *bytes)
{
	BYTE part[16] = {0};
	int filled = 0, gap = -1;

	if (text[0] == ':' && text[1] == ':') {
		gap = 0;
		text += 2;
	}
	while (*text) {
		unsigned value = 0;
		int digits = 0;

		if (filled <= 12 && (filled == 12 || gap >= 0) && parse_v4(text, part + filled)) {
			filled += 4;
			break;
		}
		for (; hex_digit(text[digits]) >= 0 && digits < 4; digits++)
			value = value << 4 | (unsigned)hex_digit(text[digits]);
		if (!digits || filled == 16)
			return false;
		part[filled++] = (BYTE)(value >> 8);
		part[filled++] = (BYTE)value;
		text += digits;
		if (!*text)
			break;
		if (*text++ != ':' || !*text)
			return false;
		if (*text == ':') {
			if (gap >= 0)
				return false;
			gap = filled;
			text++;
		}
	}
	if (gap < 0 ? filled != 16 : filled > 14)
		return false;
	memset(bytes, 0, 16);
	if (gap < 0) {
		memcpy(bytes, part, 16);
	} else {
		memcpy(bytes, part, (size_t)gap);
		memcpy(bytes + 16 - (filled - gap), part + gap, (size_t)(filled - gap));
	}
	return true;
}

/* Into at least 46 bytes; RFC 5952: the longest run of zeros, at least two, is left out. */
static void print_address(INT family, const BYTE *bytes, char *text)
{
	int best = -1, best_length = 1;

	if (family == AF_INET) {
		sprintf(text, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
		return;
	}
	for (int i = 0; i < 8; i++) {
		int length = 0;

		while (i + length < 8 && !bytes[2 * (i + length)] && !bytes[2 * (i + length) + 1])
			length++;
		if (length > best_length) {
			best = i;
			best_length = length;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			text += sprintf(text, "::");
			i += best_length - 1;
			continue;
		}
		text += sprintf(text, i && i != best + best_length ? ":%x" : "%x", bytes[2 * i] << 8 | bytes[2 * i + 1]);
	}
}

EXPORT_AS(ws2_32, "inet_pton", INT, ws_inet_pton, (INT family, const char *text, void *address))
{
	BYTE bytes[16];

	if (family != AF_INET && family != AF_INET6) {
		set_last_error(WSAEAFNOSUPPORT);
		return -1;
	}
	if (!text || !address) {
		set_last_error(WSAEFAULT);
		return -1;
	}
	if (!(family == AF_INET ? parse_v4(text, bytes) : parse_v6(text, bytes)))
		return 0;
	memcpy(address, bytes, family == AF_INET ? 4 : 16);
	return 1;
}

EXPORT_AS(ws2_32, "inet_ntop", const char *, ws_inet_ntop, (INT family, const void *address, char *text, SIZE_T size))
{
	char printed[48];

	if (family != AF_INET && family != AF_INET6) {
		set_last_error(WSAEAFNOSUPPORT);
		return NULL;
	}
	print_address(family, address, printed);
	if (!text || size <= strlen(printed)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return strcpy(text, printed);
}

static bool copy_wide(LPCWSTR text, char *copy, int size)
{
	return WideCharToMultiByte(CP_UTF8, 0, text, -1, copy, size, NULL, NULL) != 0;
}

EXPORT(ws2_32, INT, InetPtonW, (INT family, LPCWSTR text, void *address))
{
	char copy[64];

	if (!text || !address) {
		set_last_error(WSAEFAULT);
		return -1;
	}
	/* Longer than any address: none. */
	return ws_inet_pton(family, copy_wide(text, copy, sizeof(copy)) ? copy : "", address);
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

EXPORT_AS(ws2_32, "gethostname", INT, ws_gethostname, (char *name, INT size))
{
	DWORD length = (DWORD)size;

	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return SOCKET_ERROR;
	}
	if (!name || size <= 0 || !GetComputerNameExA(COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME, name, &length)) {
		set_last_error(WSAEFAULT);
		return SOCKET_ERROR;
	}
	return 0;
}

EXPORT(ws2_32, INT, GetHostNameW, (LPWSTR name, INT size))
{
	DWORD length = (DWORD)size;

	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return SOCKET_ERROR;
	}
	if (!name || size <= 0 || !GetComputerNameExW(COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME, name, &length)) {
		set_last_error(WSAEFAULT);
		return SOCKET_ERROR;
	}
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	for (; *a && (*a | 32) == (*b | 32); a++, b++)
		;
	return *a == *b;
}

/* The port in network order; IANA's names that programs ask for. */
static bool find_service(const char *service, USHORT *port)
{
	static const struct {
		const char *name;
		USHORT port;
	} services[] = {{"domain", 53}, {"ftp", 21}, {"http", 80}, {"https", 443}, {"imap", 143},
			{"ntp", 123}, {"pop3", 110}, {"smtp", 25}, {"ssh", 22}, {"telnet", 23}};
	const char *at = service;
	unsigned value = 0;

	if (!service || !*service) {
		*port = 0;
		return true;
	}
	while (*at >= '0' && *at <= '9' && value <= 0xFFFF)
		value = value * 10 + (unsigned)(*at++ - '0');
	for (size_t i = 0; *at && i < ARRAY_SIZE(services); i++)
		if (same_text(services[i].name, service)) {
			value = services[i].port;
			at = "";
		}
	*port = __builtin_bswap16((USHORT)value);
	return !*at && value <= 0xFFFF;
}

static void free_list(struct addrinfo *list)
{
	while (list) {
		struct addrinfo *next = list->next;

		LocalFree(list->name);
		LocalFree(list->address);
		LocalFree(list);
		list = next;
	}
}

static struct addrinfo *new_entry(const struct addrinfo *hints, INT family, USHORT port, const BYTE *bytes)
{
	struct addrinfo *entry = LocalAlloc(LMEM_ZEROINIT, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->address = LocalAlloc(LMEM_ZEROINIT, sizeof(*entry->address));
	if (!entry->address) {
		LocalFree(entry);
		return NULL;
	}
	entry->flags = hints->flags;
	entry->family = family;
	entry->type = hints->type;
	entry->protocol = hints->protocol;
	entry->address_size = family == AF_INET ? ADDRESS_SIZE_V4 : ADDRESS_SIZE_V6;
	entry->address->family = (USHORT)family;
	entry->address->port = port;
	if (family == AF_INET)
		memcpy(entry->address->v4, bytes, 4);
	else
		memcpy(entry->address->v6, bytes, 16);
	return entry;
}

/* getaddrinfo without the canonical name, which has a character type. */
static INT resolve(const char *node, const char *service, const struct addrinfo *given, struct addrinfo **result)
{
	static const struct addrinfo none;
	const struct addrinfo *hints = given ? given : &none;
	BYTE v4[4] = {127, 0, 0, 1}, v6[16] = {[15] = 1};
	bool has_v4 = true, has_v6 = true;
	struct addrinfo *list = NULL;
	USHORT port;

	if (!ws_started())
		return (INT)WSANOTINITIALISED;
	if (!node && !service)
		return (INT)WSAHOST_NOT_FOUND;
	if (hints->family && hints->family != AF_INET && hints->family != AF_INET6)
		return (INT)WSAEAFNOSUPPORT;
	if (hints->type < 0 || hints->type > 5)
		return (INT)WSAESOCKTNOSUPPORT;
	if (!find_service(service, &port))
		return (INT)WSATYPE_NOT_FOUND;
	if (!node) {
		if (hints->flags & AI_PASSIVE) {
			memset(v4, 0, sizeof(v4));
			memset(v6, 0, sizeof(v6));
		}
	} else if (parse_v4(node, v4)) {
		has_v6 = false;
	} else if (parse_v6(node, v6)) {
		has_v4 = false;
	} else if (hints->flags & AI_NUMERICHOST || !same_text(node, "localhost")) {
		return (INT)WSAHOST_NOT_FOUND;
	}
	has_v4 = has_v4 && hints->family != AF_INET6;
	has_v6 = has_v6 && hints->family != AF_INET;
	if (!has_v4 && !has_v6)
		return (INT)WSAHOST_NOT_FOUND;
	if (has_v4) {
		list = new_entry(hints, AF_INET, port, v4);
		if (!list)
			return ERROR_NOT_ENOUGH_MEMORY;
	}
	if (has_v6) {
		struct addrinfo *first = new_entry(hints, AF_INET6, port, v6);

		if (!first) {
			free_list(list);
			return ERROR_NOT_ENOUGH_MEMORY;
		}
		first->next = list;
		list = first;
	}
	*result = list;
	return 0;
}

static INT give_result(INT error, struct addrinfo *list, const void *name, size_t size, struct addrinfo **result)
{
	if (!error && list->flags & AI_CANONNAME && name) {
		list->name = LocalAlloc(LMEM_FIXED, size);
		if (list->name) {
			memcpy(list->name, name, size);
		} else {
			free_list(list);
			error = ERROR_NOT_ENOUGH_MEMORY;
		}
	}
	/* Errors are returned and are the last error as well (MSDN). */
	set_last_error((DWORD)error);
	*result = error ? NULL : list;
	return error;
}

EXPORT_AS(ws2_32, "getaddrinfo", INT, ws_getaddrinfo,
	  (const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result))
{
	struct addrinfo *list = NULL;
	INT error = resolve(node, service, hints, &list);

	return give_result(error, list, node, node ? strlen(node) + 1 : 0, result);
}

EXPORT(ws2_32, INT, GetAddrInfoW,
       (LPCWSTR node, LPCWSTR service, const struct addrinfo *hints, struct addrinfo **result))
{
	char node_copy[1025], service_copy[64];
	struct addrinfo *list = NULL;
	INT error;

	if (node && !copy_wide(node, node_copy, sizeof(node_copy)))
		error = (INT)WSAHOST_NOT_FOUND;
	else if (service && !copy_wide(service, service_copy, sizeof(service_copy)))
		error = (INT)WSATYPE_NOT_FOUND;
	else
		error = resolve(node ? node_copy : NULL, service ? service_copy : NULL, hints, &list);
	return give_result(error, list, node, node ? (rtl_wcslen(node) + 1) * sizeof(WCHAR) : 0, result);
}

EXPORT_AS(ws2_32, "freeaddrinfo", void, ws_freeaddrinfo, (struct addrinfo * list))
{
	free_list(list);
}
EXPORT_ALIAS(ws2_32, "FreeAddrInfoW", ws_freeaddrinfo);

/* No name is known for an address, so its numbers are given, as MSDN says for hosts without one. */
static INT name_of(const struct address *address, INT size, INT flags, char *host, char *service)
{
	if (!ws_started())
		return (INT)WSANOTINITIALISED;
	if (!address || size < (INT)sizeof(address->family))
		return (INT)WSAEFAULT;
	if (address->family != AF_INET && address->family != AF_INET6)
		return (INT)WSAEAFNOSUPPORT;
	if (size < (INT)(address->family == AF_INET ? ADDRESS_SIZE_V4 : ADDRESS_SIZE_V6))
		return (INT)WSAEFAULT;
	if (flags & NI_NAMEREQD)
		return (INT)WSAHOST_NOT_FOUND;
	print_address(address->family, address->family == AF_INET ? address->v4 : address->v6, host);
	sprintf(service, "%u", __builtin_bswap16(address->port));
	return 0;
}

EXPORT_AS(ws2_32, "getnameinfo", INT, ws_getnameinfo,
	  (const struct address *address, INT size, char *host, DWORD host_size, char *service, DWORD service_size, INT flags))
{
	char host_text[48], service_text[8];
	INT error = name_of(address, size, flags, host_text, service_text);

	if (!error && ((host && host_size <= strlen(host_text)) || (service && service_size <= strlen(service_text))))
		error = ERROR_INSUFFICIENT_BUFFER;
	if (!error && host)
		strcpy(host, host_text);
	if (!error && service)
		strcpy(service, service_text);
	set_last_error((DWORD)error);
	return error;
}

EXPORT(ws2_32, INT, GetNameInfoW,
       (const struct address *address, INT size, LPWSTR host, DWORD host_size, LPWSTR service, DWORD service_size, INT flags))
{
	char host_text[48], service_text[8];
	INT error = name_of(address, size, flags, host_text, service_text);

	if (!error && ((host && host_size <= strlen(host_text)) || (service && service_size <= strlen(service_text))))
		error = ERROR_INSUFFICIENT_BUFFER;
	for (size_t i = 0; !error && host && i <= strlen(host_text); i++)
		host[i] = (BYTE)host_text[i];
	for (size_t i = 0; !error && service && i <= strlen(service_text); i++)
		service[i] = (BYTE)service_text[i];
	set_last_error((DWORD)error);
	return error;
}

struct hostent {
	char *name;
	char **aliases;
	SHORT family, size;
	char **addresses;
};

/* In memory of the thread's. */
EXPORT_AS(ws2_32, "gethostbyname", struct hostent *, ws_gethostbyname, (const char *name))
{
	static __thread struct {
		struct hostent entry;
		char name[16];
		BYTE address[4];
		char *addresses[2], *aliases[1];
	} known;

	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return NULL;
	}
	if (name && same_text(name, "localhost")) {
		memcpy(known.address, (const BYTE[]){127, 0, 0, 1}, 4);
	} else if (!name || !parse_v4(name, known.address)) {
		set_last_error(WSAHOST_NOT_FOUND);
		return NULL;
	}
	snprintf(known.name, sizeof(known.name), "%s", name);
	known.addresses[0] = (char *)known.address;
	known.entry = (struct hostent){known.name, known.aliases, AF_INET, 4, known.addresses};
	return &known.entry;
}

EXPORT_ORDINAL(ws2_32, ws_gethostbyname, 52);
EXPORT_ORDINAL(ws2_32, ws_gethostname, 57);
