/*
 * dlls/ws2_32/extension.c - mswsock's functions: AcceptEx, ConnectEx and the rest.
 *
 * Programs find them by SIO_GET_EXTENSION_FUNCTION_POINTER, or in mswsock.dll and wsock32.dll.
 */
#include "dlls/ws2_32/ws2_32.h"

DEFINE_DLL(mswsock, .name = "mswsock.dll");

#define TF_DISCONNECT 1u
#define TF_REUSE_SOCKET 2u

EXPORT(mswsock, BOOL, AcceptEx,
       (SOCKET listener, SOCKET socket, PVOID buffer, DWORD data_size, DWORD local_size, DWORD remote_size, DWORD *done,
	OVERLAPPED *overlapped))
{
	struct io_file *file = ws_socket_file(listener);
	struct io_socket_accept accept = {.buffer = buffer, .data_size = data_size, .local_size = local_size,
					  .remote_size = remote_size};
	struct io_socket_notice notice;
	ULONG count = 0;
	NTSTATUS status;

	if (!file)
		return FALSE;
	accept.socket = ws_socket_file(socket);
	if (!accept.socket || !overlapped || (!buffer && (data_size || local_size || remote_size)) ||
	    (remote_size && remote_size < 16 + 16)) {
		if (accept.socket) {
			ws_fail(overlapped && buffer ? WSAEFAULT : WSA_INVALID_PARAMETER);
			ob_dereference(accept.socket);
		}
		ob_dereference(file);
		return FALSE;
	}
	notice = ws_notice(overlapped, NULL);
	status = io_socket_accept_into(file, &accept, &notice, &count);
	if (done && status != STATUS_PENDING)
		*done = count;
	return ws_result(status) == 0;
}

/* The addresses lie behind the data, each behind its size. */
EXPORT(mswsock, void, GetAcceptExSockaddrs,
       (PVOID buffer, DWORD data_size, DWORD local_size, DWORD remote_size, void **local, INT *local_length, void **remote,
	INT *remote_length))
{
	char *at = (char *)buffer + data_size;

	memcpy(local_length, at, sizeof(INT));
	*local = at + sizeof(INT);
	at += local_size;
	memcpy(remote_length, at, sizeof(INT));
	*remote = at + sizeof(INT);
}

EXPORT_AS(mswsock, "ConnectEx", BOOL, ws_connectex,
	  (SOCKET socket, const void *name, INT size, PVOID buffer, DWORD buffer_size, DWORD *done, OVERLAPPED *overlapped))
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_notice notice;
	struct host_address address;
	ULONG count = 0;
	NTSTATUS status;
	DWORD error;

	if (!file)
		return FALSE;
	error = overlapped ? ws_take_address(file, name, size, &address) : WSA_INVALID_PARAMETER;
	if (error) {
		ob_dereference(file);
		ws_fail(error);
		return FALSE;
	}
	notice = ws_notice(overlapped, NULL);
	status = io_socket_connect_and_send(file, &address, buffer, buffer ? buffer_size : 0, &notice, &count);
	if (done && status != STATUS_PENDING)
		*done = count;
	return ws_result(status) == 0;
}

EXPORT_AS(mswsock, "DisconnectEx", BOOL, ws_disconnectex,
	  (SOCKET socket, OVERLAPPED *overlapped, DWORD flags, DWORD reserved))
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_notice notice;

	if (!file)
		return FALSE;
	if (reserved || flags & ~TF_REUSE_SOCKET) {
		ob_dereference(file);
		ws_fail(WSAEINVAL);
		return FALSE;
	}
	notice = ws_notice(overlapped, NULL);
	return ws_result(io_socket_disconnect(file, flags & TF_REUSE_SOCKET, &notice)) == 0;
}

static BOOL transmit(SOCKET socket, const struct io_socket_packet *packets, ULONG count, DWORD flags, OVERLAPPED *overlapped)
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_notice notice = ws_notice(overlapped, NULL);
	ULONG done;

	if (!file)
		return FALSE;
	return ws_result(io_socket_transmit(file, packets, count, flags & (TF_DISCONNECT | TF_REUSE_SOCKET), &notice, &done)) == 0;
}

struct transmit_buffers {
	PVOID head;
	DWORD head_size;
	PVOID tail;
	DWORD tail_size;
};

EXPORT(mswsock, BOOL, TransmitFile,
       (SOCKET socket, HANDLE source, DWORD size, DWORD per_send, OVERLAPPED *overlapped, struct transmit_buffers *buffers,
	DWORD flags))
{
	struct io_socket_packet packets[3];
	ULONG count = 0;

	memset(packets, 0, sizeof(packets));
	if (buffers && buffers->head_size) {
		packets[count].flags = 1;
		packets[count].size = buffers->head_size;
		packets[count++].memory = buffers->head;
	}
	if (source) {
		packets[count].flags = 2;
		packets[count].size = size;
		packets[count].file = source;
		packets[count++].offset =
			overlapped ? (LONGLONG)((ULONGLONG)overlapped->OffsetHigh << 32 | overlapped->Offset) : -1;
	}
	if (buffers && buffers->tail_size) {
		packets[count].flags = 1;
		packets[count].size = buffers->tail_size;
		packets[count++].memory = buffers->tail;
	}
	return transmit(socket, packets, count, flags, overlapped);
}

EXPORT_AS(mswsock, "TransmitPackets", BOOL, ws_transmitpackets,
	  (SOCKET socket, struct io_socket_packet *packets, DWORD count, DWORD send_size, OVERLAPPED *overlapped, DWORD flags))
{
	return transmit(socket, packets, count, flags, overlapped);
}

static const struct {
	GUID id;
	PVOID function;
} extensions[] = {
	{{0xb5367df1, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}, AcceptEx},
	{{0xb5367df2, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}, GetAcceptExSockaddrs},
	{{0xb5367df0, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}, TransmitFile},
	{{0x25a207b9, 0xddf3, 0x4660, {0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e}}, ws_connectex},
	{{0x7fda2e11, 0x8630, 0x436f, {0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57}}, ws_disconnectex},
	{{0xd9689da0, 0x1f90, 0x11d3, {0x99, 0x71, 0x00, 0xc0, 0x4f, 0x68, 0xc8, 0x76}}, ws_transmitpackets},
	{{0xf689d7c8, 0x6f1f, 0x436b, {0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22}}, ws_recvmsg},
	{{0xa441e712, 0x754f, 0x43ca, {0x84, 0xa7, 0x0d, 0xee, 0x44, 0xcf, 0x60, 0x6d}}, WSASendMsg},
	{{0x18c76f85, 0xdc66, 0x4964, {0x97, 0x2e, 0x23, 0xc2, 0x72, 0x38, 0x31, 0x2b}}, WSAPoll},
};

PVOID ws_extension(const GUID *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (!memcmp(&extensions[i].id, id, sizeof(*id)))
			return extensions[i].function;
	return NULL;
}
