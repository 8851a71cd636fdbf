/*
 * dlls/ws2_32/socket.c - sockets: making, names, connections.
 */
#include "dlls/ws2_32/ws2_32.h"
#include "ntdll/ke/ke.h"

#define WSA_FLAG_OVERLAPPED 0x01u
#define WSA_FLAG_ACCESS_SYSTEM_SECURITY 0x40u
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80u
#define FROM_PROTOCOL_INFO (-1)

struct io_file *ws_socket_file(SOCKET socket)
{
	struct io_file *file;
	NTSTATUS status;

	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return NULL;
	}
	status = io_socket_by_handle((HANDLE)socket, &file);
	if (NT_SUCCESS(status))
		return file;
	set_last_error(WSAENOTSOCK);
	return NULL;
}

DWORD ws_take_address(struct io_file *file, const void *name, INT size, struct host_address *address)
{
	struct io_socket_info info;

	io_socket_query(file, &info);
	return ws_error(io_address_from_guest(name, size, info.family, address));
}

DWORD ws_give_address(const struct host_address *address, INT family, void *name, INT *size)
{
	BYTE sockaddr[IO_SOCKADDR_MAXIMUM];
	INT have = io_address_to_sockaddr(address, family, sockaddr);

	if (!name || !size || *size < have)
		return WSAEFAULT;
	memcpy(name, sockaddr, (size_t)have);
	*size = have;
	return 0;
}

EXPORT(ws2_32, SOCKET, WSASocketW,
       (INT family, INT type, INT protocol, struct protocol_info *info, UINT group, DWORD flags))
{
	struct protocol_info found;
	bool inherit = !(flags & WSA_FLAG_NO_HANDLE_INHERIT), overlapped = flags & WSA_FLAG_OVERLAPPED;
	HANDLE handle;
	NTSTATUS status;

	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return INVALID_SOCKET;
	}
	if (info && info->reserved) {
		/* of WSADuplicateSocket */
		struct io_socket_ticket ticket = {info->chain[6], info->reserved};

		status = io_socket_claim(&ticket, overlapped, inherit, &handle);
		if (NT_SUCCESS(status))
			return (SOCKET)handle;
		set_last_error(ws_error(status));
		return INVALID_SOCKET;
	}
	if (info) {
		family = family == FROM_PROTOCOL_INFO ? info->family : family;
		type = type == FROM_PROTOCOL_INFO ? info->type : type;
		protocol = protocol == FROM_PROTOCOL_INFO ? info->protocol : protocol;
	}
	if (!family && !type && !protocol) {
		set_last_error(WSAEINVAL);
		return INVALID_SOCKET;
	}
	if (!ws_find_protocol(family, type, protocol, &found))
		return INVALID_SOCKET;
	status = io_socket_create(found.family, found.type, found.type == WS_SOCK_RAW ? protocol : found.protocol, overlapped,
				  inherit, &handle);
	if (NT_SUCCESS(status))
		return (SOCKET)handle;
	set_last_error(status == STATUS_NOT_SUPPORTED ? WSAEPROTONOSUPPORT : ws_error(status));
	return INVALID_SOCKET;
}

/* The two kinds of entries differ in their last field only. */
EXPORT(ws2_32, SOCKET, WSASocketA,
       (INT family, INT type, INT protocol, struct protocol_info *info, UINT group, DWORD flags))
{
	return WSASocketW(family, type, protocol, info, group, flags);
}

EXPORT_AS(ws2_32, "socket", SOCKET, ws_socket, (INT family, INT type, INT protocol))
{
	return WSASocketW(family, type, protocol, NULL, 0, WSA_FLAG_OVERLAPPED);
}

EXPORT_AS(ws2_32, "closesocket", INT, ws_closesocket, (SOCKET socket))
{
	struct io_file *file = ws_socket_file(socket);
	NTSTATUS status;

	if (!file)
		return SOCKET_ERROR;
	ob_dereference(file);
	status = ob_close_handle((HANDLE)socket);
	return NT_SUCCESS(status) ? 0 : ws_fail(WSAENOTSOCK);
}

EXPORT_AS(ws2_32, "bind", INT, ws_bind, (SOCKET socket, const void *name, INT size))
{
	struct io_file *file = ws_socket_file(socket);
	struct host_address address;
	struct io_socket_info info;
	NTSTATUS status;
	DWORD error;

	if (!file)
		return SOCKET_ERROR;
	error = ws_take_address(file, name, size, &address);
	if (!error) {
		status = io_socket_bind(file, &address);
		io_socket_query(file, &info);
		/* A path that is there already, or whose directory is not. */
		if (info.family == AF_UNIX && status == STATUS_OBJECT_NAME_COLLISION)
			status = STATUS_ADDRESS_ALREADY_EXISTS;
		if (info.family == AF_UNIX && (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND))
			status = STATUS_INVALID_PARAMETER;
		error = ws_error(status);
	}
	ob_dereference(file);
	return error ? ws_fail(error) : 0;
}

EXPORT_AS(ws2_32, "listen", INT, ws_listen, (SOCKET socket, INT backlog))
{
	struct io_file *file = ws_socket_file(socket);
	INT result;

	if (!file)
		return SOCKET_ERROR;
	result = ws_result(io_socket_listen(file, backlog));
	ob_dereference(file);
	return result;
}

EXPORT_AS(ws2_32, "connect", INT, ws_connect, (SOCKET socket, const void *name, INT size))
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_info info;
	struct host_address address;
	DWORD error = 0;

	if (!file)
		return SOCKET_ERROR;
	io_socket_query(file, &info);
	/* A family of 0 dissolves the connection of a datagram socket (MSDN, connect). */
	if (info.type != WS_SOCK_STREAM && name && size >= 2 && !*(const USHORT *)name)
		memset(&address, 0, sizeof(address));
	else
		error = ws_take_address(file, name, size, &address);
	if (!error)
		error = ws_error(io_socket_connect(file, &address));
	ob_dereference(file);
	return error ? ws_fail(error) : 0;
}

EXPORT(ws2_32, INT, WSAConnect,
       (SOCKET socket, const void *name, INT size, struct io_wsabuf *caller, struct io_wsabuf *callee, PVOID sqos, PVOID gqos))
{
	/* No protocol here carries data with its connections. */
	if (callee)
		callee->size = 0;
	return ws_connect(socket, name, size);
}

/* A condition function sees who asks and says yes, no or later. */
#define CF_ACCEPT 0
#define CF_REJECT 1
#define CF_DEFER 2
static bool ask_condition(PVOID condition, DWORD_PTR context, struct io_file *file, HANDLE accepted, INT family,
			  const struct host_address *peer, DWORD *error)
{
	struct io_wsabuf buffers[2];
	BYTE addresses[2][IO_SOCKADDR_MAXIMUM];
	struct host_address own = {0};
	UINT group = 0;
	uint64_t arguments[8] = {0};
	INT answer;

	io_socket_name(file, false, &own);
	buffers[0].size = (ULONG)io_address_to_sockaddr(peer, family, addresses[0]);
	buffers[0].base = (char *)addresses[0];
	buffers[1].size = (ULONG)io_address_to_sockaddr(&own, family, addresses[1]);
	buffers[1].base = (char *)addresses[1];
	arguments[0] = (uint64_t)(uintptr_t)&buffers[0];
	arguments[4] = (uint64_t)(uintptr_t)&buffers[1];
	arguments[6] = (uint64_t)(uintptr_t)&group;
	arguments[7] = context;
	answer = (INT)ke_call_guest_eight(condition, arguments);
	if (answer == CF_ACCEPT)
		return true;
	*error = answer == CF_DEFER ? WSATRY_AGAIN : WSAECONNREFUSED;
	ob_close_handle(accepted);
	return false;
}

EXPORT(ws2_32, SOCKET, WSAAccept, (SOCKET socket, void *name, INT *size, PVOID condition, DWORD_PTR context))
{
	struct io_file *file = ws_socket_file(socket);
	struct host_address peer = {0};
	struct io_socket_info info;
	HANDLE accepted = NULL;
	DWORD error;

	if (!file)
		return INVALID_SOCKET;
	io_socket_query(file, &info);
	error = name && (!size || (info.family != AF_UNIX && *size < io_sockaddr_size(info.family))) ? WSAEFAULT : 0;
	if (!error)
		error = ws_error(io_socket_accept(file, &accepted, &peer));
	if (!error && condition)
		ask_condition(condition, context, file, accepted, info.family, &peer, &error);
	if (!error && name)
		ws_give_address(&peer, info.family, name, size);
	ob_dereference(file);
	if (!error)
		return (SOCKET)accepted;
	set_last_error(error);
	return INVALID_SOCKET;
}

EXPORT_AS(ws2_32, "accept", SOCKET, ws_accept, (SOCKET socket, void *name, INT *size))
{
	return WSAAccept(socket, name, size, NULL, 0);
}

static INT name_of_socket(SOCKET socket, bool peer, void *name, INT *size)
{
	struct io_file *file = ws_socket_file(socket);
	struct host_address address;
	struct io_socket_info info;
	DWORD error;

	if (!file)
		return SOCKET_ERROR;
	io_socket_query(file, &info);
	error = ws_error(io_socket_name(file, peer, &address));
	if (!error)
		error = ws_give_address(&address, info.family, name, size);
	ob_dereference(file);
	return error ? ws_fail(error) : 0;
}

EXPORT_AS(ws2_32, "getsockname", INT, ws_getsockname, (SOCKET socket, void *name, INT *size))
{
	return name_of_socket(socket, false, name, size);
}

EXPORT_AS(ws2_32, "getpeername", INT, ws_getpeername, (SOCKET socket, void *name, INT *size))
{
	return name_of_socket(socket, true, name, size);
}

EXPORT_AS(ws2_32, "shutdown", INT, ws_shutdown, (SOCKET socket, INT how))
{
	struct io_file *file = ws_socket_file(socket);
	INT result;

	if (!file)
		return SOCKET_ERROR;
	if (how < 0 || how > 2)
		result = ws_fail(WSAEINVAL);
	else
		result = ws_result(io_socket_shutdown(file, how == 0   ? HOST_SHUTDOWN_READ
							    : how == 1 ? HOST_SHUTDOWN_WRITE
								       : HOST_SHUTDOWN_READ | HOST_SHUTDOWN_WRITE));
	ob_dereference(file);
	return result;
}

EXPORT(ws2_32, INT, WSASendDisconnect, (SOCKET socket, struct io_wsabuf *data))
{
	return ws_shutdown(socket, 1);
}

EXPORT(ws2_32, INT, WSARecvDisconnect, (SOCKET socket, struct io_wsabuf *data))
{
	return ws_shutdown(socket, 0);
}

EXPORT_ORDINAL(ws2_32, ws_accept, 1);
EXPORT_ORDINAL(ws2_32, ws_bind, 2);
EXPORT_ORDINAL(ws2_32, ws_closesocket, 3);
EXPORT_ORDINAL(ws2_32, ws_connect, 4);
EXPORT_ORDINAL(ws2_32, ws_getpeername, 5);
EXPORT_ORDINAL(ws2_32, ws_getsockname, 6);
EXPORT_ORDINAL(ws2_32, ws_listen, 13);
EXPORT_ORDINAL(ws2_32, ws_shutdown, 22);
EXPORT_ORDINAL(ws2_32, ws_socket, 23);
