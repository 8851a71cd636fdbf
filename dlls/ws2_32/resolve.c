/*
 * dlls/ws2_32/resolve.c - getaddrinfo, getnameinfo and their kin.
 *
 * Numbers, no name at all and "localhost" are answered here, anything else by Linux' resolver.  A resolver that reaches no
 * server finds no host, as on Windows.
 */
#include "dlls/ws2_32/ws2_32.h"
#include "dlls/ws2_32/names.h"
#include "ntdll/ke/ke.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define AI_PASSIVE 0x1
#define AI_CANONNAME 0x2
#define AI_NUMERICHOST 0x4
#define AI_NUMERICSERV 0x8
#define AI_ALL 0x100
#define AI_V4MAPPED 0x800
#define AI_FQDN 0x20000
#define NI_NOFQDN 1
#define NI_NUMERICHOST 2
#define NI_NAMEREQD 4
#define NI_NUMERICSERV 8
#define NI_DGRAM 16

/* ADDRINFOA and ADDRINFOW */
struct address_info {
	INT flags, family, type, protocol;
	SIZE_T address_size;
	void *name; /* char or WCHAR, by the function that made the list */
	void *address;
	struct address_info *next;
};

/* ADDRINFOEXW */
struct address_info_ex {
	INT flags, family, type, protocol;
	SIZE_T address_size;
	void *name;
	void *address;
	void *blob;
	SIZE_T blob_size;
	GUID *provider;
	struct address_info_ex *next;
};

bool ws_same_text(const char *a, const char *b)
{
	for (; *a; a++, b++)
		if (*a != *b && !((*a | 32) == (*b | 32) && (*a | 32) >= 'a' && (*a | 32) <= 'z'))
			return false;
	return !*b;
}

DWORD ws_resolver_error(int error)
{
	switch (error) {
	case -ENOMEM:
		return WSA_NOT_ENOUGH_MEMORY;
	case -ENODATA:
		return WSANO_DATA;
	case -EIO:
		return WSANO_RECOVERY;
	default:
		return WSAHOST_NOT_FOUND;
	}
}

bool ws_is_localhost(const char *name)
{
	size_t length = strlen(name);

	return ws_same_text(name, "localhost") || (length > 10 && ws_same_text(name + length - 10, ".localhost"));
}

/* "::1%5", "[::1]": only the first. */
static bool parse_number(const char *text, struct host_address *address)
{
	char copy[64];
	const char *percent = strchr(text, '%');
	size_t length = percent ? (size_t)(percent - text) : strlen(text);
	struct host_interface *rows;
	ULONG value;

	memset(address, 0, sizeof(*address));
	if (!*text || length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = 0;
	if (!percent && (ws_parse_v4(text, address->bytes) ||
			 (strspn(text, "0123456789abcdefABCDEFxX.") == length && (value = ws_inet_addr(text)) != ~0u &&
			  memcpy(address->bytes, &value, 4)))) {
		address->family = HOST_FAMILY_INET;
		return true;
	}
	if (!ws_parse_v6(copy, address->bytes))
		return false;
	address->family = HOST_FAMILY_INET6;
	if (percent) {
		char *end;
		int count;

		address->scope = (uint32_t)strtoul(percent + 1, &end, 10);
		if (*end || end == percent + 1) {
			count = host_interfaces(&rows);
			address->scope = 0;
			for (int i = 0; i < count; i++)
				if (!strcmp(rows[i].name, percent + 1))
					address->scope = rows[i].index;
			free(rows);
		}
	}
	return true;
}

int ws_resolve_name(const char *name, enum host_family family, struct host_address *addresses, unsigned capacity,
		    char *canonical, size_t size)
{
	char own[256] = "";
	DWORD length = sizeof(own);
	int count;

	if (ws_is_localhost(name)) {
		count = 0;
		if (canonical)
			snprintf(canonical, size, "%s", name);
		memset(addresses, 0, 2 * sizeof(*addresses));
		if (family != HOST_FAMILY_INET) {
			addresses[count].family = HOST_FAMILY_INET6;
			addresses[count++].bytes[15] = 1;
		}
		if (family != HOST_FAMILY_INET6) {
			addresses[count].family = HOST_FAMILY_INET;
			memcpy(addresses[count++].bytes, (const BYTE[]){127, 0, 0, 1}, 4);
		}
		return count;
	}
	ke_enter_blocking();
	count = host_resolve(name, family, addresses, capacity, canonical, size);
	ke_leave_blocking();
	/* The machine knows itself. */
	if (count < 0 && GetComputerNameExA(COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME, own, &length) && ws_same_text(name, own)) {
		if (canonical)
			snprintf(canonical, size, "%s", own);
		return ws_resolve_name("localhost", family, addresses, capacity, NULL, 0);
	}
	return count;
}

struct query {
	const char *node, *service;
	INT flags, family, type, protocol;
	struct host_address *addresses;
	unsigned capacity, count;
	char canonical[256];
	INT found_type, found_protocol;
};

/* The port in network order, and what it is for. */
static DWORD find_port(struct query *query, USHORT *port)
{
	const char *at = query->service;
	unsigned value = 0;
	uint16_t found = 0;
	char protocol[16], official[64];

	*port = 0;
	if (!at || !*at)
		return 0;
	while (*at >= '0' && *at <= '9' && value <= 0xFFFF)
		value = value * 10 + (unsigned)(*at++ - '0');
	if (!*at) {
		*port = __builtin_bswap16((USHORT)value);
		return value <= 0xFFFF ? 0 : WSATYPE_NOT_FOUND;
	}
	if (query->flags & AI_NUMERICSERV)
		return WSAHOST_NOT_FOUND;
	if (!ws_find_service(query->service, query->type == WS_SOCK_DGRAM ? "udp" : query->type ? "tcp" : NULL, &found, protocol,
			     official))
		return WSATYPE_NOT_FOUND;
	if (!query->found_type)
		query->found_type = strcmp(protocol, "udp") == 0 ? WS_SOCK_DGRAM : WS_SOCK_STREAM;
	*port = __builtin_bswap16(found);
	return 0;
}

/* Fills in the addresses that a query asks for. */
static DWORD answer(struct query *query)
{
	enum host_family family = query->family == AF_INET    ? HOST_FAMILY_INET
				  : query->family == AF_INET6 ? HOST_FAMILY_INET6
							      : HOST_FAMILY_NONE;
	struct host_address number;
	USHORT port;
	DWORD error;

	if (!ws_started())
		return WSANOTINITIALISED;
	if (!query->node && !query->service)
		return WSAHOST_NOT_FOUND;
	if (query->family && family == HOST_FAMILY_NONE)
		return WSAEAFNOSUPPORT;
	if (query->type < 0 || query->type > 5)
		return WSAESOCKTNOSUPPORT;
	if (query->flags & AI_CANONNAME && !query->node)
		return WSAEINVAL;
	query->found_type = query->type;
	query->found_protocol = query->protocol;
	error = find_port(query, &port);
	if (error)
		return error;
	if (!query->node) {
		query->count = (unsigned)ws_resolve_name("localhost", family, query->addresses, query->capacity, NULL, 0);
		for (unsigned i = 0; query->flags & AI_PASSIVE && i < query->count; i++)
			memset(query->addresses[i].bytes, 0, sizeof(query->addresses[i].bytes));
	} else if (!*query->node) {
		/* The machine itself (MSDN, getaddrinfo). */
		query->count = (unsigned)ws_resolve_name("localhost", family, query->addresses, query->capacity, NULL, 0);
	} else if (parse_number(query->node, &number)) {
		if (family != HOST_FAMILY_NONE && family != number.family)
			return WSAHOST_NOT_FOUND;
		query->addresses[0] = number;
		query->count = 1;
		snprintf(query->canonical, sizeof(query->canonical), "%s", query->node);
	} else if (query->flags & AI_NUMERICHOST) {
		return WSAHOST_NOT_FOUND;
	} else {
		int count = ws_resolve_name(query->node, family, query->addresses, query->capacity,
					    query->flags & (AI_CANONNAME | AI_FQDN) ? query->canonical : NULL,
					    sizeof(query->canonical));

		if (count < 0)
			return ws_resolver_error(count);
		query->count = (unsigned)count;
	}
	for (unsigned i = 0; i < query->count; i++)
		query->addresses[i].port = port;
	return query->count ? 0 : WSAHOST_NOT_FOUND;
}

static void *copy_memory(const void *from, size_t size)
{
	void *to = LocalAlloc(LMEM_FIXED, size);

	if (to)
		memcpy(to, from, size);
	return to;
}

static void *copy_name(const char *name, bool wide)
{
	size_t length = strlen(name) + 1;
	WCHAR *to;

	if (!wide)
		return copy_memory(name, length);
	to = LocalAlloc(LMEM_ZEROINIT, length * sizeof(WCHAR));
	if (to)
		MultiByteToWideChar(CP_UTF8, 0, name, -1, to, (INT)length);
	return to;
}

EXPORT_AS(ws2_32, "freeaddrinfo", void, ws_freeaddrinfo, (struct address_info * list))
{
	while (list) {
		struct address_info *next = list->next;

		LocalFree(list->name);
		LocalFree(list->address);
		LocalFree(list);
		list = next;
	}
}
EXPORT_ALIAS(ws2_32, "FreeAddrInfoW", ws_freeaddrinfo);

static DWORD make_list(const struct query *query, bool wide, struct address_info **list)
{
	struct address_info **link = list;

	*list = NULL;
	for (unsigned i = 0; i < query->count; i++) {
		struct address_info *entry = LocalAlloc(LMEM_ZEROINIT, sizeof(*entry));
		BYTE sockaddr[IO_SOCKADDR_MAXIMUM];

		if (!entry)
			break;
		entry->flags = query->flags;
		entry->family = query->addresses[i].family == HOST_FAMILY_INET ? AF_INET : AF_INET6;
		entry->type = query->found_type;
		entry->protocol = query->found_protocol;
		entry->address_size = (SIZE_T)io_address_to_sockaddr(&query->addresses[i], entry->family, sockaddr);
		entry->address = copy_memory(sockaddr, entry->address_size);
		if (!i && query->flags & (AI_CANONNAME | AI_FQDN) && query->canonical[0])
			entry->name = copy_name(query->canonical, wide);
		*link = entry;
		link = &entry->next;
		if (!entry->address || (!i && query->canonical[0] && query->flags & (AI_CANONNAME | AI_FQDN) && !entry->name)) {
			ws_freeaddrinfo(*list);
			*list = NULL;
			break;
		}
	}
	return *list ? 0 : WSA_NOT_ENOUGH_MEMORY;
}

#define MOST_ADDRESSES 64u

static INT look_up(const char *node, const char *service, const struct address_info *hints, bool wide,
		   struct address_info **result)
{
	struct query query = {.node = node, .service = service, .capacity = MOST_ADDRESSES};
	DWORD error = WSA_NOT_ENOUGH_MEMORY;

	*result = NULL;
	if (hints) {
		query.flags = hints->flags;
		query.family = hints->family;
		query.type = hints->type;
		query.protocol = hints->protocol;
	}
	query.addresses = calloc(MOST_ADDRESSES, sizeof(*query.addresses));
	if (query.addresses)
		error = hints && (hints->address_size || hints->name || hints->address || hints->next) ? WSANO_RECOVERY
												       : answer(&query);
	if (!error)
		error = make_list(&query, wide, result);
	free(query.addresses);
	/* Errors are returned and are the last error as well (MSDN). */
	set_last_error(error);
	return (INT)error;
}

EXPORT_AS(ws2_32, "getaddrinfo", INT, ws_getaddrinfo,
	  (const char *node, const char *service, const struct address_info *hints, struct address_info **result))
{
	return look_up(node, service, hints, false, result);
}

bool ws_copy_wide(LPCWSTR text, char *copy, int size)
{
	return WideCharToMultiByte(CP_UTF8, 0, text, -1, copy, size, NULL, NULL) != 0;
}

EXPORT(ws2_32, INT, GetAddrInfoW,
       (LPCWSTR node, LPCWSTR service, const struct address_info *hints, struct address_info **result))
{
	char node_copy[1025], service_copy[64];

	if (node && !ws_copy_wide(node, node_copy, sizeof(node_copy))) {
		*result = NULL;
		set_last_error(WSAHOST_NOT_FOUND);
		return (INT)WSAHOST_NOT_FOUND;
	}
	if (service && !ws_copy_wide(service, service_copy, sizeof(service_copy))) {
		*result = NULL;
		set_last_error(WSATYPE_NOT_FOUND);
		return (INT)WSATYPE_NOT_FOUND;
	}
	return look_up(node ? node_copy : NULL, service ? service_copy : NULL, hints, true, result);
}

EXPORT(ws2_32, void, FreeAddrInfoExW, (struct address_info_ex * list))
{
	while (list) {
		struct address_info_ex *next = list->next;

		LocalFree(list->name);
		LocalFree(list->address);
		LocalFree(list);
		list = next;
	}
}
EXPORT_ALIAS(ws2_32, "FreeAddrInfoEx", FreeAddrInfoExW);

/* It always completes at once, which a caller with an OVERLAPPED has to expect. */
EXPORT(ws2_32, INT, GetAddrInfoExW,
       (LPCWSTR node, LPCWSTR service, DWORD name_space, GUID *provider, const struct address_info_ex *hints,
	struct address_info_ex **result, const void *timeout, OVERLAPPED *overlapped, PVOID routine, HANDLE *cancel))
{
	struct address_info plain = {0}, *list;
	struct address_info_ex **link = result;
	INT error;

	*result = NULL;
	if (name_space && name_space != 12 /* NS_DNS */) {
		set_last_error(WSASERVICE_NOT_FOUND);
		return (INT)WSASERVICE_NOT_FOUND;
	}
	if (hints) {
		plain.flags = hints->flags;
		plain.family = hints->family;
		plain.type = hints->type;
		plain.protocol = hints->protocol;
	}
	error = GetAddrInfoW(node, service, hints ? &plain : NULL, &list);
	for (struct address_info *at = error ? NULL : list, *next; at; at = next) {
		struct address_info_ex *entry = LocalAlloc(LMEM_ZEROINIT, sizeof(*entry));

		next = at->next;
		if (!entry) {
			ws_freeaddrinfo(at);
			FreeAddrInfoExW(*result);
			*result = NULL;
			set_last_error(WSA_NOT_ENOUGH_MEMORY);
			return (INT)WSA_NOT_ENOUGH_MEMORY;
		}
		memcpy(entry, at, offsetof(struct address_info, next));
		LocalFree(at);
		*link = entry;
		link = &entry->next;
	}
	return error;
}

EXPORT(ws2_32, INT, GetAddrInfoExCancel, (HANDLE * handle))
{
	return (INT)WSA_INVALID_HANDLE; /* nothing is under way */
}

EXPORT(ws2_32, INT, GetAddrInfoExOverlappedResult, (OVERLAPPED * overlapped))
{
	return (INT)WSAEINVAL;
}

/* The two texts of an address; `host` at least 256 bytes, `service` 64. */
static DWORD names_of(const void *name, INT size, INT flags, char *host, char *service)
{
	struct host_address address;
	NTSTATUS status;
	char protocol[16];
	int error;

	if (!ws_started())
		return WSANOTINITIALISED;
	status = io_address_from_guest(name, size, 0, &address);
	if (!NT_SUCCESS(status))
		return status == STATUS_INVALID_PARAMETER_1 ? WSAEAFNOSUPPORT : WSAEFAULT;
	if (address.family == HOST_FAMILY_LOCAL)
		return WSAEAFNOSUPPORT;
	if (host) {
		error = -ENOENT;
		if (!(flags & NI_NUMERICHOST)) {
			ke_enter_blocking();
			error = host_resolve_address(&address, host, 256);
			ke_leave_blocking();
		}
		if (error && flags & NI_NAMEREQD)
			return WSAHOST_NOT_FOUND;
		if (error) {
			USHORT port = address.port;

			address.port = 0;
			ws_print_socket_address(&address, host);
			address.port = port;
		} else if (flags & NI_NOFQDN) {
			host[strcspn(host, ".")] = 0;
		}
	}
	if (service && (flags & NI_NUMERICSERV || !ws_find_port(__builtin_bswap16(address.port), flags & NI_DGRAM ? "udp" : "tcp",
								service, protocol)))
		snprintf(service, 64, "%u", __builtin_bswap16(address.port));
	return 0;
}

EXPORT_AS(ws2_32, "getnameinfo", INT, ws_getnameinfo,
	  (const void *name, INT size, char *host, DWORD host_size, char *service, DWORD service_size, INT flags))
{
	char host_text[256], service_text[64];
	bool give_host = host && host_size, give_service = service && service_size;
	DWORD error;

	if (!give_host && !give_service)
		error = WSAHOST_NOT_FOUND;
	else
		error = names_of(name, size, flags, give_host ? host_text : NULL, give_service ? service_text : NULL);
	if (!error &&
	    ((give_host && host_size <= strlen(host_text)) || (give_service && service_size <= strlen(service_text))))
		error = ERROR_INSUFFICIENT_BUFFER;
	if (!error && give_host)
		strcpy(host, host_text);
	if (!error && give_service)
		strcpy(service, service_text);
	set_last_error(error);
	return (INT)error;
}

EXPORT(ws2_32, INT, GetNameInfoW,
       (const void *name, INT size, LPWSTR host, DWORD host_size, LPWSTR service, DWORD service_size, INT flags))
{
	char host_text[256], service_text[64];
	bool give_host = host && host_size, give_service = service && service_size;
	INT error = ws_getnameinfo(name, size, give_host ? host_text : NULL, sizeof(host_text),
				   give_service ? service_text : NULL, sizeof(service_text), flags);

	if (!error && ((give_host && host_size <= strlen(host_text)) || (give_service && service_size <= strlen(service_text))))
		error = ERROR_INSUFFICIENT_BUFFER;
	if (!error && give_host)
		MultiByteToWideChar(CP_UTF8, 0, host_text, -1, host, (INT)host_size);
	if (!error && give_service)
		MultiByteToWideChar(CP_UTF8, 0, service_text, -1, service, (INT)service_size);
	set_last_error((DWORD)error);
	return error;
}
