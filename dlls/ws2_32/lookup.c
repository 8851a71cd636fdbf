/*
 * dlls/ws2_32/lookup.c - WSALookupService: the name space of DNS; connecting by name; catalogs of name spaces and providers.
 */
#include "dlls/ws2_32/names.h"

#include <stdlib.h>

#define NS_ALL 0
#define NS_DNS 12
#define NS_NLA 15
#define LUP_RETURN_NAME 0x10u
#define LUP_RETURN_TYPE 0x20u
#define LUP_RETURN_ADDR 0x100u
#define LUP_RETURN_BLOB 0x200u
#define MOST_ADDRESSES 16

/* WSAQUERYSETW, and WSAQUERYSETA with other characters. */
struct query_set {
	DWORD size;
	void *instance;
	GUID *class;
	void *version, *comment;
	DWORD name_space;
	GUID *provider;
	void *context;
	DWORD protocol_count;
	void *protocols, *query;
	DWORD address_count;
	void *addresses;
	DWORD output_flags;
	void *blob;
};
_Static_assert(sizeof(struct query_set) == 120, "WSAQUERYSET");

struct socket_address {
	void *sockaddr;
	INT size;
};
/* CSADDR_INFO */
struct address_pair {
	struct socket_address local, remote;
	INT type, protocol;
};

/* What a look-up has found, told by the next call. */
struct lookup {
	ULONG mark;
	bool wide, over;
	DWORD flags;
	GUID class;
	char name[256];
	int count;
	struct host_address addresses[MOST_ADDRESSES];
};
#define MARK 0x5753414Cu

static const GUID host_by_name = {0x0002a803, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}}; /* SVCID_INET_HOSTADDRBYNAME */
static const GUID host_name = {0x0002a800, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};    /* SVCID_HOSTNAME */

static INT begin(const struct query_set *query, bool wide, DWORD flags, HANDLE *result)
{
	struct lookup *lookup;
	char name[256] = "";

	if (!ws_started())
		return ws_fail(WSANOTINITIALISED);
	if (!query || !result)
		return ws_fail(WSAEFAULT);
	if (query->size < sizeof(*query))
		return ws_fail(ERROR_INVALID_PARAMETER);
	if (query->name_space != NS_ALL && query->name_space != NS_DNS && query->name_space != NS_NLA)
		return ws_fail(WSASERVICE_NOT_FOUND);
	if (query->name_space != NS_NLA && !query->class)
		return ws_fail(WSAEINVAL);
	if (query->name_space != NS_NLA && memcmp(query->class, &host_by_name, sizeof(GUID)) &&
	    memcmp(query->class, &host_name, sizeof(GUID)))
		return ws_fail(WSASERVICE_NOT_FOUND);
	if (query->instance && wide && !ws_copy_wide(query->instance, name, sizeof(name)))
		return ws_fail(WSAEINVAL);
	if (query->instance && !wide)
		strncpy(name, query->instance, sizeof(name) - 1);
	lookup = calloc(1, sizeof(*lookup));
	if (!lookup)
		return ws_fail(WSA_NOT_ENOUGH_MEMORY);
	lookup->mark = MARK;
	lookup->wide = wide;
	lookup->flags = flags;
	if (query->name_space == NS_NLA) {
		lookup->over = true; /* no network has a name here */
	} else {
		DWORD size = sizeof(name);

		lookup->class = *query->class;
		if (!name[0] && !GetComputerNameExA(COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME, name, &size))
			name[0] = 0;
		lookup->count = ws_resolve_name(name, HOST_FAMILY_INET, lookup->addresses, MOST_ADDRESSES, lookup->name,
						sizeof(lookup->name));
	}
	if (lookup->count < 0) {
		DWORD error = ws_resolver_error(lookup->count);

		free(lookup);
		return ws_fail(error == WSAHOST_NOT_FOUND ? WSASERVICE_NOT_FOUND : error);
	}
	*result = lookup;
	return 0;
}

static INT give(struct lookup *lookup, DWORD flags, DWORD *size, struct query_set *result)
{
	DWORD each = (DWORD)(sizeof(struct address_pair) + 32), need, characters;
	struct address_pair *pairs;
	char *at;

	if (!lookup || lookup->mark != MARK)
		return ws_fail(WSA_INVALID_HANDLE);
	if (!size || !result)
		return ws_fail(WSAEFAULT);
	if (lookup->over)
		return ws_fail(WSA_E_NO_MORE);
	flags |= lookup->flags;
	characters = lookup->wide ? 2 : 1;
	need = (DWORD)(sizeof(*result) + sizeof(GUID)) + ((DWORD)strlen(lookup->name) + 8) * characters +
	       (flags & LUP_RETURN_ADDR ? (DWORD)lookup->count * each : 0);
	if (*size < need) {
		*size = need;
		return ws_fail(WSAEFAULT);
	}
	memset(result, 0, need);
	result->size = sizeof(*result);
	result->name_space = NS_DNS;
	at = (char *)(result + 1);
	if (flags & LUP_RETURN_TYPE) {
		result->class = (GUID *)at;
		*result->class = lookup->class;
		at += sizeof(GUID);
	}
	if (flags & LUP_RETURN_ADDR) {
		pairs = (struct address_pair *)at;
		at += (size_t)lookup->count * sizeof(*pairs);
		result->address_count = (DWORD)lookup->count;
		result->addresses = pairs;
		for (int i = 0; i < lookup->count; i++, at += 32) {
			BYTE sockaddr[IO_SOCKADDR_MAXIMUM];

			pairs[i].remote.size = io_address_to_sockaddr(&lookup->addresses[i], AF_INET, sockaddr);
			pairs[i].remote.sockaddr = at;
			memcpy(at, sockaddr, (size_t)pairs[i].remote.size);
			pairs[i].type = WS_SOCK_STREAM;
			pairs[i].protocol = IPPROTO_TCP;
		}
	}
	if (flags & LUP_RETURN_NAME) {
		result->instance = at;
		if (lookup->wide)
			MultiByteToWideChar(CP_UTF8, 0, lookup->name, -1, (WCHAR *)at, (INT)strlen(lookup->name) + 1);
		else
			strcpy(at, lookup->name);
	}
	lookup->over = true;
	return 0;
}

EXPORT(ws2_32, INT, WSALookupServiceBeginW, (const struct query_set *query, DWORD flags, HANDLE *lookup))
{
	return begin(query, true, flags, lookup);
}

EXPORT(ws2_32, INT, WSALookupServiceBeginA, (const struct query_set *query, DWORD flags, HANDLE *lookup))
{
	return begin(query, false, flags, lookup);
}

EXPORT(ws2_32, INT, WSALookupServiceNextW, (HANDLE lookup, DWORD flags, DWORD *size, struct query_set *result))
{
	return give(lookup, flags & ~LUP_RETURN_BLOB, size, result);
}
EXPORT_ALIAS(ws2_32, "WSALookupServiceNextA", WSALookupServiceNextW); /* as it was begun */

EXPORT(ws2_32, INT, WSALookupServiceEnd, (HANDLE handle))
{
	struct lookup *lookup = handle;

	if (!lookup || lookup->mark != MARK)
		return ws_fail(WSA_INVALID_HANDLE);
	lookup->mark = 0;
	free(lookup);
	return 0;
}

INT WINAPI ws_connect(SOCKET socket, const void *name, INT size);
INT WINAPI ws_getsockname(SOCKET socket, void *name, INT *size);
INT WINAPI ws_getpeername(SOCKET socket, void *name, INT *size);

struct time_value;

/* Tries one address after the other. */
static BOOL connect_to(SOCKET socket, const struct host_address *addresses, int count, DWORD *local_size, void *local,
		       DWORD *remote_size, void *remote)
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_info info;

	if (!file)
		return FALSE;
	io_socket_query(file, &info);
	ob_dereference(file);
	set_last_error(WSAEHOSTUNREACH);
	for (int i = 0; i < count; i++) {
		struct host_address address = addresses[i];
		BYTE sockaddr[IO_SOCKADDR_MAXIMUM];
		INT size;

		/* An IPv4 address by a socket of both families. */
		if (info.family == AF_INET6 && address.family == HOST_FAMILY_INET) {
			memcpy(address.bytes + 12, addresses[i].bytes, 4);
			memset(address.bytes, 0, 10);
			memset(address.bytes + 10, 0xFF, 2);
			address.family = HOST_FAMILY_INET6;
		}
		size = io_address_to_sockaddr(&address, info.family, sockaddr);
		if (ws_connect(socket, sockaddr, size))
			continue;
		if (local && local_size)
			ws_getsockname(socket, local, (INT *)local_size);
		if (remote && remote_size)
			ws_getpeername(socket, remote, (INT *)remote_size);
		return TRUE;
	}
	return FALSE;
}

EXPORT(ws2_32, BOOL, WSAConnectByNameA,
       (SOCKET socket, const char *node, const char *service, DWORD *local_size, void *local, DWORD *remote_size, void *remote,
	const struct time_value *timeout, OVERLAPPED *reserved))
{
	struct host_address *addresses;
	char protocol[16], official[64];
	char *end;
	uint16_t port = 0;
	int count = 1;
	BOOL result;

	if (!ws_started()) {
		ws_fail(WSANOTINITIALISED);
		return FALSE;
	}
	if (!node || !service || reserved) {
		ws_fail(reserved ? WSAEINVAL : WSAEFAULT);
		return FALSE;
	}
	port = (uint16_t)strtoul(service, &end, 10);
	if (*end && !ws_find_service(service, "tcp", &port, protocol, official)) {
		ws_fail(WSATYPE_NOT_FOUND);
		return FALSE;
	}
	addresses = calloc(MOST_ADDRESSES, sizeof(*addresses));
	if (!addresses) {
		ws_fail(WSAENOBUFS);
		return FALSE;
	}
	if (ws_parse_v4(node, addresses[0].bytes))
		addresses[0].family = HOST_FAMILY_INET;
	else if (ws_parse_v6(node, addresses[0].bytes))
		addresses[0].family = HOST_FAMILY_INET6;
	else
		count = ws_resolve_name(node, HOST_FAMILY_NONE, addresses, MOST_ADDRESSES, NULL, 0);
	for (int i = 0; i < count; i++)
		addresses[i].port = __builtin_bswap16(port);
	if (count < 0) {
		ws_fail(ws_resolver_error(count));
		result = FALSE;
	} else {
		result = connect_to(socket, addresses, count, local_size, local, remote_size, remote);
	}
	free(addresses);
	return result;
}

EXPORT(ws2_32, BOOL, WSAConnectByNameW,
       (SOCKET socket, LPCWSTR node, LPCWSTR service, DWORD *local_size, void *local, DWORD *remote_size, void *remote,
	const struct time_value *timeout, OVERLAPPED *reserved))
{
	char node_copy[256], service_copy[64];

	if ((node && !ws_copy_wide(node, node_copy, sizeof(node_copy))) ||
	    (service && !ws_copy_wide(service, service_copy, sizeof(service_copy)))) {
		ws_fail(WSAHOST_NOT_FOUND);
		return FALSE;
	}
	return WSAConnectByNameA(socket, node ? node_copy : NULL, service ? service_copy : NULL, local_size, local, remote_size,
				 remote, timeout, reserved);
}

struct address_list {
	INT count;
	struct socket_address addresses[];
};

EXPORT(ws2_32, BOOL, WSAConnectByList,
       (SOCKET socket, const struct address_list *list, DWORD *local_size, void *local, DWORD *remote_size, void *remote,
	const struct time_value *timeout, OVERLAPPED *reserved))
{
	struct host_address *addresses;
	int count = 0;
	BOOL result;

	if (!list || list->count <= 0 || reserved) {
		ws_fail(ws_started() ? WSAEINVAL : WSANOTINITIALISED);
		return FALSE;
	}
	addresses = calloc((size_t)list->count, sizeof(*addresses));
	if (!addresses) {
		ws_fail(WSAENOBUFS);
		return FALSE;
	}
	for (INT i = 0; i < list->count; i++)
		if (NT_SUCCESS(io_address_from_guest(list->addresses[i].sockaddr, list->addresses[i].size, 0, &addresses[count])))
			count++;
	result = connect_to(socket, addresses, count, local_size, local, remote_size, remote);
	free(addresses);
	return result;
}

/* WSANAMESPACE_INFO: one, that of DNS. */
struct name_space_info {
	GUID provider;
	DWORD name_space;
	BOOL active;
	DWORD version;
	void *name;
};

static INT enumerate_name_spaces(DWORD *size, struct name_space_info *info, bool wide)
{
	static const char name[] = "Tcpip";
	DWORD need = (DWORD)(sizeof(*info) + sizeof(name) * (wide ? 2 : 1));

	if (!ws_started())
		return ws_fail(WSANOTINITIALISED);
	if (!size || !info || *size < need) {
		if (size)
			*size = need;
		return ws_fail(WSAEFAULT);
	}
	*info = (struct name_space_info){{0x22059d40, 0x7e9e, 0x11cf, {0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b}},
					 NS_DNS, TRUE, 0, info + 1};
	for (size_t i = 0; i < sizeof(name); i++)
		if (wide)
			((WCHAR *)info->name)[i] = (BYTE)name[i];
		else
			((char *)info->name)[i] = name[i];
	return 1;
}

EXPORT(ws2_32, INT, WSAEnumNameSpaceProvidersW, (DWORD * size, struct name_space_info *info))
{
	return enumerate_name_spaces(size, info, true);
}

EXPORT(ws2_32, INT, WSAEnumNameSpaceProvidersA, (DWORD * size, struct name_space_info *info))
{
	return enumerate_name_spaces(size, info, false);
}

INT WINAPI WSAEnumProtocolsW(INT *protocols, PVOID buffer, DWORD *size);

/* For installers: the same catalog, with errors apart. */
EXPORT(ws2_32, INT, WSCEnumProtocols, (INT * protocols, PVOID buffer, DWORD *size, INT *error))
{
	INT count = WSAEnumProtocolsW(protocols, buffer, size);

	if (count == SOCKET_ERROR && error)
		*error = (INT)get_last_error();
	return count;
}

/* Multipoint by leaves is of protocols that are not here. */
EXPORT(ws2_32, SOCKET, WSAJoinLeaf,
       (SOCKET socket, const void *name, INT size, struct io_wsabuf *caller, struct io_wsabuf *callee, PVOID sqos, PVOID gqos,
	DWORD flags))
{
	struct io_file *file = ws_socket_file(socket);

	if (file) {
		ob_dereference(file);
		ws_fail(WSAEOPNOTSUPP);
	}
	return INVALID_SOCKET;
}

EXPORT(ws2_32, BOOL, WSAGetQOSByName, (SOCKET socket, struct io_wsabuf *name, PVOID qos))
{
	struct io_file *file = ws_socket_file(socket);

	if (file) {
		ob_dereference(file);
		ws_fail(WSAEOPNOTSUPP);
	}
	return FALSE;
}
