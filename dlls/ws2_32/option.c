/*
 * dlls/ws2_32/option.c - getsockopt and setsockopt (MSDN, Socket Options).
 */
#include "dlls/ws2_32/ws2_32.h"
#include "host/fault.h"

#define SOL_SOCKET 0xFFFF
#define LEVEL_IP 0
#define LEVEL_IPV6 41
#define LEVEL_TCP IPPROTO_TCP
#define LEVEL_UDP IPPROTO_UDP

/* Of SOL_SOCKET. */
#define SO_ACCEPTCONN 0x0002
#define SO_REUSEADDR 0x0004
#define SO_LINGER 0x0080
#define SO_EXCLUSIVEADDRUSE (~SO_REUSEADDR)
#define SO_DONTLINGER (~SO_LINGER)
#define SO_SNDTIMEO 0x1005
#define SO_RCVTIMEO 0x1006
#define SO_ERROR 0x1007
#define SO_TYPE 0x1008
#define SO_GROUP_ID 0x2001
#define SO_GROUP_PRIORITY 0x2002
#define SO_MAX_MSG_SIZE 0x2003
#define SO_PROTOCOL_INFOA 0x2004
#define SO_PROTOCOL_INFOW 0x2005
#define SO_CONDITIONAL_ACCEPT 0x3002
#define SO_RANDOMIZE_PORT 0x3005
#define SO_PORT_SCALABILITY 0x3006
#define SO_REUSE_UNICASTPORT 0x3007
#define SO_UPDATE_ACCEPT_CONTEXT 0x700B
#define SO_CONNECT_TIME 0x700C
#define SO_UPDATE_CONNECT_CONTEXT 0x7010
#define SO_OPENTYPE 0x7008

/* Of IPPROTO_IP and IPPROTO_IPV6 that are no numbers. */
#define IP_MULTICAST_IF 9
#define IP_ADD_MEMBERSHIP 12
#define IP_DROP_MEMBERSHIP 13
#define IP_ADD_SOURCE_MEMBERSHIP 15
#define IP_DROP_SOURCE_MEMBERSHIP 16
#define MCAST_JOIN_GROUP 41
#define MCAST_LEAVE_GROUP 42
#define MCAST_JOIN_SOURCE_GROUP 45
#define MCAST_LEAVE_SOURCE_GROUP 46
#define IPV6_PROTECTION_LEVEL 23

/* Options that Linux has, and how they are written. */
enum form { FORM_BOOL, FORM_NUMBER };
static const struct simple {
	INT level, name;
	enum host_option option;
	enum form form;
	INT family, type; /* 0: any */
} simple[] = {
	{SOL_SOCKET, 0x0008, HOST_OPTION_KEEP_ALIVE, FORM_BOOL, 0, WS_SOCK_STREAM},
	{SOL_SOCKET, 0x0010, HOST_OPTION_NO_ROUTE, FORM_BOOL, 0, 0},
	{SOL_SOCKET, 0x0020, HOST_OPTION_BROADCAST, FORM_BOOL, 0, WS_SOCK_DGRAM},
	{SOL_SOCKET, 0x0100, HOST_OPTION_URGENT_INLINE, FORM_BOOL, 0, WS_SOCK_STREAM},
	{SOL_SOCKET, 0x1001, HOST_OPTION_SEND_BUFFER, FORM_NUMBER, 0, 0},
	{SOL_SOCKET, 0x1002, HOST_OPTION_RECEIVE_BUFFER, FORM_NUMBER, 0, 0},
	{LEVEL_TCP, 0x0001, HOST_OPTION_NO_DELAY, FORM_BOOL, 0, WS_SOCK_STREAM},
	{LEVEL_TCP, 3, HOST_OPTION_KEEP_IDLE, FORM_NUMBER, 0, WS_SOCK_STREAM},
	{LEVEL_TCP, 4, HOST_OPTION_SEGMENT, FORM_NUMBER, 0, WS_SOCK_STREAM},
	{LEVEL_TCP, 16, HOST_OPTION_KEEP_COUNT, FORM_NUMBER, 0, WS_SOCK_STREAM},
	{LEVEL_TCP, 17, HOST_OPTION_KEEP_INTERVAL, FORM_NUMBER, 0, WS_SOCK_STREAM},
	{LEVEL_IP, 2, HOST_OPTION_HEADER_INCLUDED, FORM_BOOL, AF_INET, WS_SOCK_RAW},
	{LEVEL_IP, 3, HOST_OPTION_TOS, FORM_NUMBER, AF_INET, 0},
	{LEVEL_IP, 4, HOST_OPTION_TTL, FORM_NUMBER, AF_INET, 0},
	{LEVEL_IP, 10, HOST_OPTION_MULTICAST_TTL, FORM_NUMBER, AF_INET, WS_SOCK_DGRAM},
	{LEVEL_IP, 11, HOST_OPTION_MULTICAST_LOOP, FORM_BOOL, AF_INET, WS_SOCK_DGRAM},
	{LEVEL_IP, 14, HOST_OPTION_DONT_FRAGMENT, FORM_BOOL, AF_INET, 0},
	{LEVEL_IP, 19, HOST_OPTION_PACKET_INFO, FORM_BOOL, AF_INET, WS_SOCK_DGRAM},
	{LEVEL_IP, 21, HOST_OPTION_RECEIVE_TTL, FORM_BOOL, AF_INET, WS_SOCK_DGRAM},
	{LEVEL_IP, 40, HOST_OPTION_RECEIVE_TOS, FORM_BOOL, AF_INET, WS_SOCK_DGRAM},
	{LEVEL_IPV6, 4, HOST_OPTION_V6_HOPS, FORM_NUMBER, AF_INET6, 0},
	{LEVEL_IPV6, 9, HOST_OPTION_V6_MULTICAST_INTERFACE, FORM_NUMBER, AF_INET6, WS_SOCK_DGRAM},
	{LEVEL_IPV6, 10, HOST_OPTION_V6_MULTICAST_HOPS, FORM_NUMBER, AF_INET6, WS_SOCK_DGRAM},
	{LEVEL_IPV6, 11, HOST_OPTION_V6_MULTICAST_LOOP, FORM_BOOL, AF_INET6, WS_SOCK_DGRAM},
	{LEVEL_IPV6, 14, HOST_OPTION_V6_DONT_FRAGMENT, FORM_BOOL, AF_INET6, 0},
	{LEVEL_IPV6, 19, HOST_OPTION_V6_PACKET_INFO, FORM_BOOL, AF_INET6, WS_SOCK_DGRAM},
	{LEVEL_IPV6, 21, HOST_OPTION_V6_RECEIVE_HOPS, FORM_BOOL, AF_INET6, WS_SOCK_DGRAM},
	{LEVEL_IPV6, 27, HOST_OPTION_V6_ONLY, FORM_BOOL, AF_INET6, 0},
	{LEVEL_IPV6, 39, HOST_OPTION_V6_CLASS, FORM_NUMBER, AF_INET6, 0},
	{LEVEL_IPV6, 40, HOST_OPTION_V6_RECEIVE_CLASS, FORM_BOOL, AF_INET6, WS_SOCK_DGRAM},
};

static const struct simple *find_simple(INT level, INT name, const struct io_socket_info *info)
{
	for (size_t i = 0; i < ARRAY_SIZE(simple); i++)
		if (simple[i].level == level && simple[i].name == name &&
		    (!simple[i].family || simple[i].family == info->family ||
		     (level == LEVEL_IP && info->family == AF_INET6 && name != 2)) &&
		    (!simple[i].type || simple[i].type == info->type ||
		     (simple[i].type == WS_SOCK_DGRAM && info->type == WS_SOCK_RAW)))
			return &simple[i];
	return NULL;
}

static DWORD host_error(int error)
{
	return error ? (error == -92 /* ENOPROTOOPT */ ? WSAENOPROTOOPT : WSAEINVAL) : 0;
}

/* A number of one to four bytes. */
static bool take_number(const char *value, INT size, INT *number)
{
	if (size < 1)
		return false;
	*number = 0;
	if (size < (INT)sizeof(*number))
		*number = *(const BYTE *)value;
	else
		memcpy(number, value, sizeof(*number));
	return true;
}

/* Gives a number as wide as there is room. */
static DWORD give_number(LONG number, char *value, INT *size)
{
	if (*size < 1)
		return WSAEFAULT;
	if (*size < (INT)sizeof(number)) {
		value[0] = (char)number;
		*size = 1;
		return 0;
	}
	memcpy(value, &number, sizeof(number));
	*size = sizeof(number);
	return 0;
}

struct linger {
	USHORT on, seconds;
};
struct group_v4 {
	BYTE group[4], local[4];
};
struct source_v4 {
	BYTE group[4], source[4], local[4];
};
struct group_v6 {
	BYTE group[16];
	ULONG index;
};

/* An interface of IPv4 by address, or by index as 0.x.x.x. */
static uint32_t index_of(const BYTE bytes[4])
{
	return bytes[0] ? 0 : (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static DWORD set_group(struct io_file *file, INT level, INT name, const char *value, INT size)
{
	struct host_address group = {0}, source = {0};
	bool join = name == IP_ADD_MEMBERSHIP || name == IP_ADD_SOURCE_MEMBERSHIP || name == MCAST_JOIN_GROUP ||
		    name == MCAST_JOIN_SOURCE_GROUP;
	const BYTE *local = NULL;
	uint32_t index = 0;
	bool has_source = false;

	if (level == LEVEL_IP && (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)) {
		const struct group_v4 *request = (const struct group_v4 *)value;

		if (size < (INT)sizeof(*request))
			return WSAEFAULT;
		group.family = HOST_FAMILY_INET;
		memcpy(group.bytes, request->group, 4);
		local = request->local;
		index = index_of(local);
	} else if (level == LEVEL_IP && (name == IP_ADD_SOURCE_MEMBERSHIP || name == IP_DROP_SOURCE_MEMBERSHIP)) {
		const struct source_v4 *request = (const struct source_v4 *)value;

		if (size < (INT)sizeof(*request))
			return WSAEFAULT;
		group.family = source.family = HOST_FAMILY_INET;
		memcpy(group.bytes, request->group, 4);
		memcpy(source.bytes, request->source, 4);
		local = request->local;
		has_source = true;
	} else if (level == LEVEL_IPV6 && (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)) {
		const struct group_v6 *request = (const struct group_v6 *)value;

		if (size < (INT)sizeof(*request))
			return WSAEFAULT;
		group.family = HOST_FAMILY_INET6;
		memcpy(group.bytes, request->group, 16);
		index = request->index;
	} else {
		/* The sockaddrs lie at multiples of 8. */
		bool with_source = name == MCAST_JOIN_SOURCE_GROUP || name == MCAST_LEAVE_SOURCE_GROUP;

		if (size < (with_source ? 264 : 136))
			return WSAEFAULT;
		memcpy(&index, value, sizeof(index));
		if (io_address_from_guest(value + 8, IO_SOCKADDR_MAXIMUM, 0, &group) ||
		    (with_source && io_address_from_guest(value + 136, IO_SOCKADDR_MAXIMUM, 0, &source)))
			return WSAEINVAL;
		has_source = with_source;
	}
	return ws_error(rtl_status_from_errno(
		-host_socket_group(io_socket_descriptor(file), join, &group, index, local, has_source ? &source : NULL)));
}

static bool is_group(INT level, INT name)
{
	if (name == MCAST_JOIN_GROUP || name == MCAST_LEAVE_GROUP || name == MCAST_JOIN_SOURCE_GROUP ||
	    name == MCAST_LEAVE_SOURCE_GROUP)
		return level == LEVEL_IP || level == LEVEL_IPV6;
	if (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)
		return level == LEVEL_IP || level == LEVEL_IPV6;
	return level == LEVEL_IP && (name == IP_ADD_SOURCE_MEMBERSHIP || name == IP_DROP_SOURCE_MEMBERSHIP);
}

/* Options of SOL_SOCKET that are ours; WSAENOPROTOOPT for others. */
static DWORD set_own(struct io_file *file, const struct io_socket_info *info, INT name, const char *value, INT size)
{
	const struct linger *linger = (const struct linger *)value;
	INT number;

	switch (name) {
	case SO_UPDATE_ACCEPT_CONTEXT: {
		struct io_file *listener;

		if (size < (INT)sizeof(SOCKET))
			return WSAEFAULT;
		listener = ws_socket_file(*(const SOCKET *)value);
		if (!listener)
			return WSAENOTSOCK;
		ob_dereference(listener);
		return info->connected ? 0 : WSAENOTCONN;
	}
	case SO_UPDATE_CONNECT_CONTEXT:
		return info->connected ? 0 : WSAENOTCONN;
	case SO_LINGER:
		if (size < (INT)sizeof(*linger))
			return WSAEFAULT;
		if (info->type != WS_SOCK_STREAM)
			return WSAENOPROTOOPT;
		number = linger->on ? linger->seconds : -1;
		return host_error(io_socket_option(file, HOST_OPTION_LINGER, &number, true));
	default:
		break;
	}
	if (!take_number(value, size, &number))
		return WSAEFAULT;
	switch (name) {
	case SO_REUSEADDR:
		if (number && io_socket_setting(file, IO_SOCKET_EXCLUSIVE))
			return WSAEINVAL;
		io_socket_change_setting(file, IO_SOCKET_REUSE, number != 0);
		return 0;
	case SO_EXCLUSIVEADDRUSE:
		if (info->bound || (number && io_socket_setting(file, IO_SOCKET_REUSE)))
			return WSAEINVAL;
		io_socket_change_setting(file, IO_SOCKET_EXCLUSIVE, number != 0);
		return 0;
	case SO_DONTLINGER:
		if (info->type != WS_SOCK_STREAM)
			return WSAENOPROTOOPT;
		if (!number)
			return 0;
		number = -1;
		return host_error(io_socket_option(file, HOST_OPTION_LINGER, &number, true));
	case SO_RCVTIMEO:
	case SO_SNDTIMEO:
		io_socket_change_setting(file, name == SO_RCVTIMEO ? IO_SOCKET_RECEIVE_TIMEOUT : IO_SOCKET_SEND_TIMEOUT,
					 (ULONG)number);
		return 0;
	case SO_CONDITIONAL_ACCEPT:
		io_socket_change_setting(file, IO_SOCKET_CONDITIONAL, number != 0);
		return 0;
	case SO_RANDOMIZE_PORT: /* hints: Linux' ports are random, and shared among connections */
	case SO_PORT_SCALABILITY:
	case SO_REUSE_UNICASTPORT:
	case SO_GROUP_PRIORITY:
		return 0;
	case SO_OPENTYPE:
		return 0; /* of the thread: sockets are overlapped unless WSASocket says otherwise */
	default:
		return WSAENOPROTOOPT;
	}
}

/* As much as the smallest of options has. */
static bool can_be_read(const char *value, INT size)
{
	return size <= 0 || !host_probe_guest(value, size < 4 ? (size_t)size : 4, false);
}

EXPORT_AS(ws2_32, "setsockopt", INT, ws_setsockopt, (SOCKET socket, INT level, INT name, const char *value, INT size))
{
	struct io_file *file;
	struct io_socket_info info;
	const struct simple *found;
	INT number;
	DWORD error;

	/* SO_OPENTYPE is asked of no socket. */
	if (level == SOL_SOCKET && name == SO_OPENTYPE && socket == INVALID_SOCKET && ws_started())
		return 0;
	file = ws_socket_file(socket);
	if (!file)
		return SOCKET_ERROR;
	io_socket_query(file, &info);
	found = find_simple(level, name, &info);
	if (!(level == SOL_SOCKET && name == SO_UPDATE_CONNECT_CONTEXT) && (!value || !can_be_read(value, size))) {
		error = WSAEFAULT;
	} else if (found) {
		error = take_number(value, size, &number) ? 0 : WSAEFAULT;
		if (!error && found->form == FORM_BOOL)
			number = number != 0;
		if (!error)
			error = host_error(io_socket_option(file, found->option, &number, true));
	} else if (level == SOL_SOCKET) {
		error = set_own(file, &info, name, value, size);
	} else if (is_group(level, name)) {
		error = info.type == WS_SOCK_STREAM ? WSAENOPROTOOPT : set_group(file, level, name, value, size);
	} else if (level == LEVEL_IP && name == IP_MULTICAST_IF && size >= 4) {
		error = host_error(host_socket_set_multicast_interface(io_socket_descriptor(file), index_of((const BYTE *)value),
								       (const BYTE *)value));
	} else if (level == LEVEL_TCP && info.type == WS_SOCK_STREAM && (name == 5 || name == 18) &&
		   take_number(value, size, &number)) {
		/* TCP_MAXRT in seconds, TCP_MAXRTMS */
		number = name == 5 ? number * 1000 : number;
		error = host_error(io_socket_option(file, HOST_OPTION_UNACKNOWLEDGED, &number, true));
	} else if (level == LEVEL_IPV6 && name == IPV6_PROTECTION_LEVEL && info.family == AF_INET6) {
		error = 0; /* who may come through a tunnel: there is none */
	} else {
		error = level == SOL_SOCKET || level == LEVEL_IP || level == LEVEL_IPV6 || level == LEVEL_TCP || level == LEVEL_UDP
				? WSAENOPROTOOPT
				: WSAEINVAL;
	}
	ob_dereference(file);
	return error ? ws_fail(error) : 0;
}

static DWORD get_own(struct io_file *file, const struct io_socket_info *info, INT name, char *value, INT *size)
{
	struct protocol_info protocol;
	INT number = 0;

	switch (name) {
	case SO_ACCEPTCONN:
		return give_number(info->listening, value, size);
	case SO_TYPE:
		return give_number(info->type, value, size);
	case SO_ERROR:
		return give_number((LONG)ws_error(io_socket_take_error(file)), value, size);
	case SO_REUSEADDR:
		return give_number((LONG)io_socket_setting(file, IO_SOCKET_REUSE), value, size);
	case SO_EXCLUSIVEADDRUSE:
		return give_number((LONG)io_socket_setting(file, IO_SOCKET_EXCLUSIVE), value, size);
	case SO_CONDITIONAL_ACCEPT:
		return give_number((LONG)io_socket_setting(file, IO_SOCKET_CONDITIONAL), value, size);
	case SO_RCVTIMEO:
		return give_number((LONG)io_socket_setting(file, IO_SOCKET_RECEIVE_TIMEOUT), value, size);
	case SO_SNDTIMEO:
		return give_number((LONG)io_socket_setting(file, IO_SOCKET_SEND_TIMEOUT), value, size);
	case SO_LINGER:
	case SO_DONTLINGER: {
		struct linger linger;

		if (info->type != WS_SOCK_STREAM)
			return WSAENOPROTOOPT;
		if (io_socket_option(file, HOST_OPTION_LINGER, &number, false))
			return WSAEINVAL;
		if (name == SO_DONTLINGER)
			return give_number(number < 0, value, size);
		linger.on = number >= 0;
		linger.seconds = (USHORT)(number >= 0 ? number : 0);
		if (*size < (INT)sizeof(linger))
			return WSAEFAULT;
		memcpy(value, &linger, sizeof(linger));
		*size = sizeof(linger);
		return 0;
	}
	case SO_MAX_MSG_SIZE:
		return give_number(info->type == WS_SOCK_STREAM ? 0 : 65507, value, size);
	case SO_CONNECT_TIME:
		return give_number(io_socket_connect_time(file), value, size);
	case SO_GROUP_ID:
	case SO_GROUP_PRIORITY:
	case SO_OPENTYPE:
		return give_number(0, value, size);
	case SO_PROTOCOL_INFOA:
	case SO_PROTOCOL_INFOW: {
		INT need = name == SO_PROTOCOL_INFOA ? (INT)PROTOCOL_INFO_A_SIZE : (INT)sizeof(protocol);

		if (*size < need)
			return WSAEFAULT;
		if (!ws_find_protocol(info->family, info->type, info->protocol, &protocol))
			return WSAENOPROTOOPT;
		if (name == SO_PROTOCOL_INFOA)
			ws_protocol_to_a(&protocol, value);
		else
			memcpy(value, &protocol, sizeof(protocol));
		*size = need;
		return 0;
	}
	default:
		return WSAENOPROTOOPT;
	}
}

EXPORT_AS(ws2_32, "getsockopt", INT, ws_getsockopt, (SOCKET socket, INT level, INT name, char *value, INT *size))
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_info info;
	const struct simple *found;
	INT number = 0;
	DWORD error;

	if (!file)
		return SOCKET_ERROR;
	io_socket_query(file, &info);
	found = find_simple(level, name, &info);
	if (!value || !size) {
		error = WSAEFAULT;
	} else if (found) {
		error = host_error(io_socket_option(file, found->option, &number, false));
		if (!error)
			error = give_number(number, value, size);
	} else if (level == SOL_SOCKET) {
		error = get_own(file, &info, name, value, size);
	} else if (level == LEVEL_IP && name == IP_MULTICAST_IF && *size >= 4) {
		error = host_error(host_socket_get_multicast_interface(io_socket_descriptor(file), (uint8_t *)value));
		*size = 4;
	} else if (level == LEVEL_TCP && info.type == WS_SOCK_STREAM && (name == 5 || name == 18)) {
		error = host_error(io_socket_option(file, HOST_OPTION_UNACKNOWLEDGED, &number, false));
		if (!error)
			error = give_number(name == 5 ? number / 1000 : number, value, size);
	} else {
		error = level == SOL_SOCKET || level == LEVEL_IP || level == LEVEL_IPV6 || level == LEVEL_TCP || level == LEVEL_UDP
				? WSAENOPROTOOPT
				: WSAEINVAL;
	}
	ob_dereference(file);
	return error ? ws_fail(error) : 0;
}

EXPORT_ORDINAL(ws2_32, ws_getsockopt, 7);
EXPORT_ORDINAL(ws2_32, ws_setsockopt, 21);
