/*
 * dlls/ws2_32/control.c - ioctlsocket and WSAIoctl (MSDN, Winsock IOCTLs).
 */
#include "dlls/ws2_32/ws2_32.h"

#include <stdlib.h>

#define FIONREAD 0x4004667Fu
#define FIONBIO 0x8004667Eu
#define SIOCATMARK 0x40047307u
#define SIO_FLUSH 0x28000004u
#define SIO_GET_BROADCAST_ADDRESS 0x48000005u
#define SIO_GET_EXTENSION_FUNCTION_POINTER 0xC8000006u
#define SIO_MULTIPOINT_LOOPBACK 0x88000009u
#define SIO_MULTICAST_SCOPE 0x8800000Au
#define SIO_ROUTING_INTERFACE_QUERY 0xC8000014u
#define SIO_ADDRESS_LIST_QUERY 0x48000016u
#define SIO_BASE_HANDLE 0x48000022u
#define SIO_BSP_HANDLE 0x4800001Bu
#define SIO_BSP_HANDLE_SELECT 0x4800001Cu
#define SIO_BSP_HANDLE_POLL 0x4800001Du
#define SIO_KEEPALIVE_VALS 0x98000004u
#define SIO_UDP_CONNRESET 0x9800000Cu
#define SIO_UDP_NETRESET 0x9800000Fu
#define SIO_LOOPBACK_FAST_PATH 0x98000010u
#define SIO_GET_INTERFACE_LIST 0x4004747Fu

struct keep_alive {
	ULONG on, time, interval; /* milliseconds */
};

struct address_list {
	INT count;
	struct {
		void *sockaddr;
		INT size;
	} addresses[];
};

/* INTERFACE_INFO: sockaddrs are as large as the largest. */
struct interface_info {
	ULONG flags;
	BYTE address[24], broadcast[24], mask[24];
};

static DWORD keep_alive(struct io_file *file, const struct keep_alive *values)
{
	INT on = values->on != 0, idle = (INT)((values->time + 999) / 1000), interval = (INT)((values->interval + 999) / 1000);

	if (io_socket_option(file, HOST_OPTION_KEEP_ALIVE, &on, true))
		return WSAEINVAL;
	if (!on)
		return 0;
	/* Linux counts in seconds, up to 32767. */
	idle = idle < 1 ? 1 : idle > 32767 ? 32767 : idle;
	interval = interval < 1 ? 1 : interval > 32767 ? 32767 : interval;
	io_socket_option(file, HOST_OPTION_KEEP_IDLE, &idle, true);
	io_socket_option(file, HOST_OPTION_KEEP_INTERVAL, &interval, true);
	return 0;
}

static DWORD address_list(const struct io_socket_info *info, struct address_list *list, DWORD room, DWORD *done)
{
	enum host_family family = info->family == AF_INET6 ? HOST_FAMILY_INET6 : HOST_FAMILY_INET;
	struct host_interface *rows;
	INT total = host_interfaces(&rows), count = 0, wanted = 0;
	DWORD need, each = (DWORD)io_sockaddr_size(info->family);
	bool only_loopback = true;
	char *at;

	for (INT i = 0; i < total; i++)
		if (rows[i].address.family == family && !rows[i].loopback)
			only_loopback = false;
	for (INT i = 0; i < total; i++)
		wanted += rows[i].address.family == family && (!rows[i].loopback || only_loopback);
	need = (DWORD)(sizeof(*list) + (size_t)wanted * (sizeof(list->addresses[0]) + each));
	if (room < need) {
		free(rows);
		*done = need;
		if (room >= sizeof(INT))
			list->count = wanted;
		return WSAEFAULT;
	}
	at = (char *)&list->addresses[wanted];
	for (INT i = 0; i < total && count < wanted; i++) {
		BYTE sockaddr[IO_SOCKADDR_MAXIMUM];

		if (rows[i].address.family != family || (rows[i].loopback && !only_loopback))
			continue;
		list->addresses[count].size = io_address_to_sockaddr(&rows[i].address, info->family, sockaddr);
		memcpy(at, sockaddr, each);
		list->addresses[count++].sockaddr = at;
		at += each;
	}
	list->count = count;
	*done = need;
	free(rows);
	return 0;
}

static DWORD interface_list(struct interface_info *list, DWORD room, DWORD *done)
{
	struct host_interface *rows;
	INT total = host_interfaces(&rows);
	DWORD count = 0, error = 0;

	for (INT i = 0; i < total && !error; i++) {
		struct host_address mask = {.family = HOST_FAMILY_INET}, broadcast = mask;
		BYTE sockaddr[IO_SOCKADDR_MAXIMUM];

		if (rows[i].address.family != HOST_FAMILY_INET)
			continue;
		if ((count + 1) * sizeof(*list) > room) {
			error = WSAEFAULT;
			break;
		}
		for (unsigned bit = 0; bit < rows[i].prefix && bit < 32; bit++)
			mask.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		memset(broadcast.bytes, 0xFF, 4);
		memset(&list[count], 0, sizeof(*list));
		list[count].flags = (rows[i].up ? 1u : 0) | (rows[i].loopback ? 4u : 2u) | (rows[i].point_to_point ? 8u : 0) |
				    (rows[i].multicast ? 16u : 0);
		io_address_to_sockaddr(&rows[i].address, AF_INET, sockaddr);
		memcpy(list[count].address, sockaddr, 16);
		io_address_to_sockaddr(&broadcast, AF_INET, sockaddr);
		memcpy(list[count].broadcast, sockaddr, 16);
		io_address_to_sockaddr(&mask, AF_INET, sockaddr);
		memcpy(list[count].mask, sockaddr, 16);
		count++;
	}
	free(rows);
	*done = count * (DWORD)sizeof(*list);
	return error;
}

static DWORD route(const struct io_socket_info *info, const void *in, DWORD in_size, void *out, DWORD out_size, DWORD *done)
{
	struct host_address to, from = {0};
	NTSTATUS status = io_address_from_guest(in, (INT)in_size, info->family, &to);
	INT size = (INT)out_size;
	uint32_t index;
	int error;
	DWORD result;

	if (!NT_SUCCESS(status))
		return ws_error(status);
	error = host_route_to(&to, &from, &index);
	if (error)
		return ws_error(rtl_status_from_errno(-error));
	result = ws_give_address(&from, info->family, out, &size);
	*done = result ? (DWORD)io_sockaddr_size(info->family) : (DWORD)size;
	return result;
}

static DWORD control(SOCKET socket, struct io_file *file, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size,
		     DWORD *done)
{
	struct io_socket_info info;
	ULONG number;
	DWORD error;

	io_socket_query(file, &info);
	switch (code) {
	case FIONBIO:
		if (!in || in_size < sizeof(ULONG))
			return WSAEFAULT;
		number = *(const ULONG *)in;
		/* Not while its events are selected (MSDN, WSAEventSelect). */
		if (!number && io_socket_has_selected(file))
			return WSAEINVAL;
		io_socket_change_setting(file, IO_SOCKET_NONBLOCKING, number != 0);
		return 0;
	case FIONREAD:
		if (!out || out_size < sizeof(ULONG))
			return WSAEFAULT;
		*done = sizeof(ULONG);
		return ws_error(io_socket_available(file, out));
	case SIOCATMARK:
		if (!out || out_size < sizeof(ULONG))
			return WSAEFAULT;
		if (info.type != WS_SOCK_STREAM)
			return WSAEINVAL;
		*done = sizeof(ULONG);
		/* TRUE: no urgent data waits (MSDN). */
		*(ULONG *)out = !(io_socket_happened(file) & AFD_POLL_RECEIVE_EXPEDITED);
		return 0;
	case SIO_GET_EXTENSION_FUNCTION_POINTER: {
		PVOID function;

		if (!in || in_size < sizeof(GUID) || !out || out_size < sizeof(PVOID))
			return WSAEFAULT;
		function = ws_extension(in);
		if (!function)
			return WSAEINVAL;
		*(PVOID *)out = function;
		*done = sizeof(PVOID);
		return 0;
	}
	case SIO_BASE_HANDLE:
	case SIO_BSP_HANDLE:
	case SIO_BSP_HANDLE_SELECT:
	case SIO_BSP_HANDLE_POLL:
		if (!out || out_size < sizeof(SOCKET))
			return WSAEFAULT;
		*(SOCKET *)out = socket;
		*done = sizeof(SOCKET);
		return 0;
	case SIO_KEEPALIVE_VALS:
		if (!in || in_size < sizeof(struct keep_alive))
			return WSAEFAULT;
		return info.type == WS_SOCK_STREAM ? keep_alive(file, in) : WSAEOPNOTSUPP;
	case SIO_UDP_CONNRESET:
	case SIO_UDP_NETRESET:
		if (!in || in_size < 1)
			return WSAEFAULT;
		if (info.type != WS_SOCK_DGRAM)
			return WSAEOPNOTSUPP;
		if (code == SIO_UDP_CONNRESET)
			io_socket_change_setting(file, IO_SOCKET_RESET_REPORTS, *(const BYTE *)in != 0);
		return 0;
	case SIO_LOOPBACK_FAST_PATH:
		return WSAEOPNOTSUPP; /* as since Windows 10 1903 on many machines; who asks goes on */
	case SIO_ADDRESS_LIST_QUERY:
		if (info.family != AF_INET && info.family != AF_INET6)
			return WSAEOPNOTSUPP;
		return address_list(&info, out, out ? out_size : 0, done);
	case SIO_GET_INTERFACE_LIST:
		if (info.family != AF_INET)
			return WSAEOPNOTSUPP;
		error = interface_list(out, out ? out_size : 0, done);
		return error;
	case SIO_ROUTING_INTERFACE_QUERY:
		if (info.family != AF_INET && info.family != AF_INET6)
			return WSAEOPNOTSUPP;
		return route(&info, in, in_size, out, out_size, done);
	case SIO_MULTIPOINT_LOOPBACK:
	case SIO_MULTICAST_SCOPE: {
		bool six = info.family == AF_INET6;
		INT value;

		if (!in || in_size < sizeof(ULONG))
			return WSAEFAULT;
		memcpy(&value, in, sizeof(value));
		return io_socket_option(file,
					code == SIO_MULTIPOINT_LOOPBACK
						? (six ? HOST_OPTION_V6_MULTICAST_LOOP : HOST_OPTION_MULTICAST_LOOP)
						: (six ? HOST_OPTION_V6_MULTICAST_HOPS : HOST_OPTION_MULTICAST_TTL),
					&value, true)
			       ? WSAEINVAL
			       : 0;
	}
	case SIO_GET_BROADCAST_ADDRESS: {
		struct host_address all = {.family = HOST_FAMILY_INET, .bytes = {255, 255, 255, 255}};
		INT size = (INT)out_size;

		if (info.family != AF_INET)
			return WSAEINVAL;
		error = ws_give_address(&all, AF_INET, out, &size);
		*done = 16;
		return error;
	}
	case SIO_FLUSH:
		return 0; /* nothing is queued that was not sent */
	default:
		return WSAEOPNOTSUPP;
	}
}

EXPORT(ws2_32, INT, WSAIoctl,
       (SOCKET socket, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *done, OVERLAPPED *overlapped,
	PVOID routine))
{
	struct io_file *file = ws_socket_file(socket);
	DWORD count = 0, error;

	if (!file)
		return SOCKET_ERROR;
	error = !done && !overlapped ? WSAEFAULT : control(socket, file, code, in, in_size, out, out_size, &count);
	if (done)
		*done = count;
	if (!error && overlapped) {
		struct io_socket_notice notice = ws_notice(overlapped, routine);

		return ws_result(io_socket_answer(file, &notice, count));
	}
	ob_dereference(file);
	return error ? ws_fail(error) : 0;
}

EXPORT_AS(ws2_32, "ioctlsocket", INT, ws_ioctlsocket, (SOCKET socket, LONG code, ULONG *argument))
{
	struct io_file *file = ws_socket_file(socket);
	DWORD done, error = WSAEINVAL;

	if (!file)
		return SOCKET_ERROR;
	if (!argument)
		error = WSAEFAULT;
	else if ((DWORD)code == FIONBIO || (DWORD)code == FIONREAD || (DWORD)code == SIOCATMARK)
		error = control(socket, file, (DWORD)code, argument, sizeof(*argument), argument, sizeof(*argument), &done);
	ob_dereference(file);
	return error ? ws_fail(error) : 0;
}

EXPORT_ORDINAL(ws2_32, ws_ioctlsocket, 10);
