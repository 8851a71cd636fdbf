/*
 * dlls/ws2_32/protocol.c - the catalog of protocols, and sockets for other processes.
 */
#include "dlls/ws2_32/ws2_32.h"

/* Windows' own entries (netsh winsock show catalog), without those of virtual machines. */
#define TCP_FLAGS 0x20066u /* guaranteed delivery and order, graceful close, expedited data, IFS handles */
#define UDP_FLAGS 0x20609u /* connectionless, message-oriented, broadcast, multipoint, IFS handles */
#define PFL_MATCHES_PROTOCOL_ZERO 8u
#define PROVIDER_V4                                                                                                         \
	{                                                                                                                   \
		0xe70f1aa0, 0xab8b, 0x11cf, {0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}                                \
	}
#define PROVIDER_V6                                                                                                         \
	{                                                                                                                   \
		0xf9eab0c0, 0x26d4, 0x11d0, {0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4}                                \
	}
#define PROVIDER_UNIX                                                                                                       \
	{                                                                                                                   \
		0xa00943d9, 0x9c2e, 0x4633, {0x9b, 0x59, 0x00, 0x57, 0xa3, 0x16, 0x09, 0x94}                                \
	}

static const struct {
	INT family, type, protocol;
	DWORD flags, message_size;
	GUID provider;
	const char16_t *name;
} catalog[] = {
	{AF_INET, WS_SOCK_STREAM, IPPROTO_TCP, TCP_FLAGS, 0, PROVIDER_V4, u"MSAFD Tcpip [TCP/IP]"},
	{AF_INET, WS_SOCK_DGRAM, IPPROTO_UDP, UDP_FLAGS, 65507, PROVIDER_V4, u"MSAFD Tcpip [UDP/IP]"},
	{AF_INET, WS_SOCK_RAW, 0, UDP_FLAGS, 32767, PROVIDER_V4, u"MSAFD Tcpip [RAW/IP]"},
	{AF_INET6, WS_SOCK_STREAM, IPPROTO_TCP, TCP_FLAGS, 0, PROVIDER_V6, u"MSAFD Tcpip [TCP/IPv6]"},
	{AF_INET6, WS_SOCK_DGRAM, IPPROTO_UDP, UDP_FLAGS, 65507, PROVIDER_V6, u"MSAFD Tcpip [UDP/IPv6]"},
	{AF_INET6, WS_SOCK_RAW, 0, UDP_FLAGS, 32767, PROVIDER_V6, u"MSAFD Tcpip [RAW/IPv6]"},
	{AF_UNIX, WS_SOCK_STREAM, 0, 0x20026u, 0, PROVIDER_UNIX, u"AF_UNIX"},
};

static void fill(size_t i, struct protocol_info *info)
{
	memset(info, 0, sizeof(*info));
	info->service_flags[0] = catalog[i].flags;
	info->provider_flags = catalog[i].type == WS_SOCK_RAW ? 12 : PFL_MATCHES_PROTOCOL_ZERO; /* hidden no, matches */
	info->provider = catalog[i].provider;
	info->catalog_entry = 1001 + (DWORD)i;
	info->chain_length = 1;
	info->version = 2;
	info->family = catalog[i].family;
	info->maximum_address = io_sockaddr_size(catalog[i].family);
	info->minimum_address = catalog[i].family == AF_UNIX ? 2 : info->maximum_address;
	info->type = catalog[i].type;
	info->protocol = catalog[i].protocol;
	info->protocol_maximum_offset = catalog[i].type == WS_SOCK_RAW ? 255 : 0;
	info->message_size = catalog[i].message_size;
	memcpy(info->name, catalog[i].name, (rtl_wcslen(catalog[i].name) + 1) * sizeof(char16_t));
}

void ws_protocol_to_a(const struct protocol_info *from, void *to)
{
	char *name = (char *)to + offsetof(struct protocol_info, name);

	memcpy(to, from, offsetof(struct protocol_info, name));
	for (size_t i = 0; i < ARRAY_SIZE(from->name); i++)
		name[i] = (char)from->name[i];
}

bool ws_find_protocol(INT family, INT type, INT protocol, struct protocol_info *info)
{
	DWORD error = WSAEAFNOSUPPORT;

	if (type < 0 || type > 5) {
		set_last_error(WSAESOCKTNOSUPPORT);
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(catalog); i++) {
		if (family && catalog[i].family != family)
			continue;
		if (error == WSAEAFNOSUPPORT)
			error = type ? WSAESOCKTNOSUPPORT : WSAEPROTONOSUPPORT;
		if (type && catalog[i].type != type)
			continue;
		error = WSAEPROTONOSUPPORT;
		if (protocol && catalog[i].protocol != protocol && (catalog[i].type != WS_SOCK_RAW || type != WS_SOCK_RAW))
			continue;
		fill(i, info);
		return true;
	}
	set_last_error(error);
	return false;
}

/* `each` bytes an entry. */
static INT enumerate(const INT *protocols, char *buffer, DWORD *size, DWORD each)
{
	DWORD room, count = 0;

	if (!ws_started())
		return ws_fail(WSANOTINITIALISED);
	if (!size)
		return ws_fail(WSAEFAULT);
	room = buffer ? *size / each : 0;
	for (size_t i = 0; i < ARRAY_SIZE(catalog); i++) {
		bool wanted = !protocols;
		struct protocol_info info;

		for (const INT *p = protocols; p && *p; p++)
			wanted = wanted || *p == catalog[i].protocol;
		if (!wanted)
			continue;
		if (count < room) {
			fill(i, &info);
			if (each == sizeof(info))
				memcpy(buffer + (size_t)count * each, &info, sizeof(info));
			else
				ws_protocol_to_a(&info, buffer + (size_t)count * each);
		}
		count++;
	}
	*size = count * each;
	return count > room ? ws_fail(WSAENOBUFS) : (INT)count;
}

EXPORT(ws2_32, INT, WSAEnumProtocolsW, (INT * protocols, PVOID buffer, DWORD *size))
{
	return enumerate(protocols, buffer, size, sizeof(struct protocol_info));
}

EXPORT(ws2_32, INT, WSAEnumProtocolsA, (INT * protocols, PVOID buffer, DWORD *size))
{
	return enumerate(protocols, buffer, size, PROTOCOL_INFO_A_SIZE);
}

static INT duplicate(SOCKET socket, DWORD process, struct protocol_info *info)
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_ticket ticket;
	struct io_socket_info known;
	NTSTATUS status;

	if (!file)
		return SOCKET_ERROR;
	io_socket_query(file, &known);
	if (!ws_find_protocol(known.family, known.type, known.protocol, info)) {
		ob_dereference(file);
		return SOCKET_ERROR;
	}
	status = io_socket_offer(file, process, &ticket);
	ob_dereference(file);
	info->chain[6] = ticket.process;
	info->reserved = ticket.number;
	return status == STATUS_INVALID_CID ? ws_fail(WSAEINVAL) : ws_result(status);
}

EXPORT(ws2_32, INT, WSADuplicateSocketW, (SOCKET socket, DWORD process, struct protocol_info *info))
{
	if (!info)
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	return duplicate(socket, process, info);
}

EXPORT(ws2_32, INT, WSADuplicateSocketA, (SOCKET socket, DWORD process, void *info))
{
	struct protocol_info wide;

	if (!info)
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	if (duplicate(socket, process, &wide))
		return SOCKET_ERROR;
	ws_protocol_to_a(&wide, info);
	return 0;
}
