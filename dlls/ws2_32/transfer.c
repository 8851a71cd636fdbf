/*
 * dlls/ws2_32/transfer.c - sending and receiving, at once and overlapped.
 */
#include "dlls/ws2_32/ws2_32.h"
#include "ntdll/ke/ke.h"

/* The APC of a completion routine: NT's three arguments become its four. */
static void WINAPI completion_apc(PVOID routine, IO_STATUS_BLOCK *iosb, ULONG reserved)
{
	const OVERLAPPED *overlapped = (const OVERLAPPED *)iosb;

	ke_call_guest(routine, ws_error(iosb->Status), iosb->Information, (uint64_t)(uintptr_t)iosb, overlapped->Offset);
}

struct io_socket_notice ws_notice(OVERLAPPED *overlapped, PVOID routine)
{
	struct io_socket_notice notice = {0};

	if (!overlapped)
		return notice;
	overlapped->Internal = (ULONG)STATUS_PENDING;
	notice.iosb = (IO_STATUS_BLOCK *)overlapped;
	if (routine) {
		notice.apc = (PIO_APC_ROUTINE)completion_apc;
		notice.apc_context = routine;
		return notice;
	}
	/* hEvent with its low bit set: no packet to the completion port. */
	notice.event = (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1);
	notice.apc_context = (uintptr_t)overlapped->hEvent & 1 ? NULL : overlapped;
	return notice;
}

INT ws_overlapped_result(struct io_file *file, NTSTATUS status, const OVERLAPPED *overlapped)
{
	/* A datagram that was cut has come all the same, and is told of in the way that was asked for. */
	if (overlapped && status == STATUS_BUFFER_OVERFLOW && !io_socket_skips_packets(file))
		status = STATUS_PENDING;
	return ws_result(status);
}

/* A transfer by a socket's handle; `flags_out` and `done` may be NULL. */
static INT receive(SOCKET socket, struct io_socket_transfer *transfer, ULONG *done, ULONG *flags, OVERLAPPED *overlapped,
		   PVOID routine)
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_notice notice;
	ULONG count = 0, result_flags = 0;
	NTSTATUS status;
	INT result;

	if (!file)
		return SOCKET_ERROR;
	if (transfer->flags & ~(WS_MSG_OOB | WS_MSG_PEEK | WS_MSG_DONTROUTE | WS_MSG_WAITALL | WS_MSG_PUSH_IMMEDIATE |
				WS_MSG_PARTIAL)) {
		ob_dereference(file);
		return ws_fail(WSAEOPNOTSUPP);
	}
	if (overlapped)
		overlapped->Offset = 0;
	notice = ws_notice(overlapped, routine);
	transfer->flags_out = overlapped ? &overlapped->Offset : &result_flags;
	ob_reference(file);
	status = io_socket_receive(file, transfer, &notice, &count);
	if (status != STATUS_PENDING) {
		if (done)
			*done = count;
		if (flags && (ULONG)status >> 30 != 3)
			*flags = overlapped ? 0 : result_flags; /* the OVERLAPPED may be gone by now */
	}
	result = ws_overlapped_result(file, status, overlapped);
	ob_dereference(file);
	return result;
}

static INT transmit(SOCKET socket, const struct io_socket_transfer *transfer, ULONG *done, OVERLAPPED *overlapped,
		    PVOID routine)
{
	struct io_file *file = ws_socket_file(socket);
	struct io_socket_notice notice;
	ULONG count = 0;
	NTSTATUS status;

	if (!file)
		return SOCKET_ERROR;
	if (transfer->flags & ~(WS_MSG_OOB | WS_MSG_DONTROUTE | WS_MSG_PARTIAL)) {
		ob_dereference(file);
		return ws_fail(WSAEOPNOTSUPP);
	}
	if (overlapped)
		overlapped->Offset = 0;
	notice = ws_notice(overlapped, routine);
	status = io_socket_send(file, transfer, &notice, &count);
	if (done && status != STATUS_PENDING)
		*done = count;
	return ws_result(status);
}

EXPORT_AS(ws2_32, "recv", INT, ws_recv, (SOCKET socket, char *data, INT size, INT flags))
{
	struct io_wsabuf buffer = {(ULONG)size, data};
	struct io_socket_transfer transfer = {.buffers = &buffer, .count = 1, .flags = (ULONG)flags};
	ULONG done;

	if (size < 0)
		return ws_fail(WSAEFAULT);
	return receive(socket, &transfer, &done, NULL, NULL, NULL) ? SOCKET_ERROR : (INT)done;
}

EXPORT_AS(ws2_32, "recvfrom", INT, ws_recvfrom,
	  (SOCKET socket, char *data, INT size, INT flags, void *from, INT *from_size))
{
	struct io_wsabuf buffer = {(ULONG)size, data};
	struct io_socket_transfer transfer = {.buffers = &buffer,
					      .count = 1,
					      .flags = (ULONG)flags,
					      .name = from,
					      .name_size_out = from_size};
	ULONG done;

	if (size < 0 || (from && (!from_size || *from_size < 16)))
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	return receive(socket, &transfer, &done, NULL, NULL, NULL) ? SOCKET_ERROR : (INT)done;
}

EXPORT_AS(ws2_32, "send", INT, ws_send, (SOCKET socket, const char *data, INT size, INT flags))
{
	struct io_wsabuf buffer = {(ULONG)size, (char *)(uintptr_t)data};
	struct io_socket_transfer transfer = {.buffers = &buffer, .count = 1, .flags = (ULONG)flags};
	ULONG done;

	if (size < 0)
		return ws_fail(WSAEFAULT);
	return transmit(socket, &transfer, &done, NULL, NULL) ? SOCKET_ERROR : (INT)done;
}

EXPORT_AS(ws2_32, "sendto", INT, ws_sendto,
	  (SOCKET socket, const char *data, INT size, INT flags, const void *to, INT to_size))
{
	struct io_wsabuf buffer = {(ULONG)size, (char *)(uintptr_t)data};
	struct io_socket_transfer transfer = {.buffers = &buffer,
					      .count = 1,
					      .flags = (ULONG)flags,
					      .name = (void *)(uintptr_t)to,
					      .name_size = to_size};
	ULONG done;

	if (size < 0)
		return ws_fail(WSAEFAULT);
	return transmit(socket, &transfer, &done, NULL, NULL) ? SOCKET_ERROR : (INT)done;
}

EXPORT(ws2_32, INT, WSARecv,
       (SOCKET socket, struct io_wsabuf *buffers, DWORD count, DWORD *done, DWORD *flags, OVERLAPPED *overlapped, PVOID routine))
{
	struct io_socket_transfer transfer = {.buffers = buffers, .count = count};

	if (!flags || !buffers || (!done && !overlapped))
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	transfer.flags = *flags;
	return receive(socket, &transfer, done, flags, overlapped, routine);
}

EXPORT(ws2_32, INT, WSARecvFrom,
       (SOCKET socket, struct io_wsabuf *buffers, DWORD count, DWORD *done, DWORD *flags, void *from, INT *from_size,
	OVERLAPPED *overlapped, PVOID routine))
{
	struct io_socket_transfer transfer = {.buffers = buffers, .count = count, .name = from, .name_size_out = from_size};

	if (!flags || !buffers || (!done && !overlapped) || (from && (!from_size || *from_size < 16)))
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	transfer.flags = *flags;
	return receive(socket, &transfer, done, flags, overlapped, routine);
}

EXPORT(ws2_32, INT, WSASend,
       (SOCKET socket, struct io_wsabuf *buffers, DWORD count, DWORD *done, DWORD flags, OVERLAPPED *overlapped, PVOID routine))
{
	struct io_socket_transfer transfer = {.buffers = buffers, .count = count, .flags = flags};

	if ((!buffers && count) || (!done && !overlapped))
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	return transmit(socket, &transfer, done, overlapped, routine);
}

EXPORT(ws2_32, INT, WSASendTo,
       (SOCKET socket, struct io_wsabuf *buffers, DWORD count, DWORD *done, DWORD flags, const void *to, INT to_size,
	OVERLAPPED *overlapped, PVOID routine))
{
	struct io_socket_transfer transfer = {
		.buffers = buffers, .count = count, .flags = flags, .name = (void *)(uintptr_t)to, .name_size = to_size};

	if ((!buffers && count) || (!done && !overlapped))
		return ws_fail(ws_started() ? WSAEFAULT : WSANOTINITIALISED);
	return transmit(socket, &transfer, done, overlapped, routine);
}

EXPORT(ws2_32, INT, WSASendMsg,
       (SOCKET socket, struct io_wsamsg *message, DWORD flags, DWORD *done, OVERLAPPED *overlapped, PVOID routine))
{
	struct io_socket_transfer transfer;
	struct io_socket_info info;
	struct io_file *file = ws_socket_file(socket);

	if (!file)
		return SOCKET_ERROR;
	io_socket_query(file, &info);
	ob_dereference(file);
	if (!message || (!done && !overlapped))
		return ws_fail(WSAEFAULT);
	if (info.type == WS_SOCK_STREAM)
		return ws_fail(WSAEINVAL); /* "for use with ... SOCK_DGRAM and SOCK_RAW" (MSDN) */
	transfer = (struct io_socket_transfer){.buffers = message->buffers,
					       .count = message->buffer_count,
					       .flags = flags,
					       .name = message->name,
					       .name_size = message->name_size,
					       .message = message};
	return transmit(socket, &transfer, done, overlapped, routine);
}

/* By SIO_GET_EXTENSION_FUNCTION_POINTER only. */
INT WINAPI ws_recvmsg(SOCKET socket, struct io_wsamsg *message, DWORD *done, OVERLAPPED *overlapped, PVOID routine)
{
	struct io_socket_transfer transfer;
	struct io_socket_info info;
	struct io_file *file = ws_socket_file(socket);

	if (!file)
		return SOCKET_ERROR;
	io_socket_query(file, &info);
	ob_dereference(file);
	if (!message)
		return ws_fail(WSAEFAULT);
	if (info.type == WS_SOCK_STREAM)
		return ws_fail(WSAEINVAL);
	transfer = (struct io_socket_transfer){.buffers = message->buffers,
					       .count = message->buffer_count,
					       .flags = message->flags,
					       .name = message->name,
					       .message = message};
	return receive(socket, &transfer, done, NULL, overlapped, routine);
}

/* recv that says MSG_PARTIAL of a datagram that was cut, as a success (MSDN). */
EXPORT(mswsock, INT, WSARecvEx, (SOCKET socket, char *data, INT size, INT *flags))
{
	struct io_wsabuf buffer = {(ULONG)size, data};
	struct io_socket_transfer transfer = {.buffers = &buffer, .count = 1};
	ULONG done = 0;

	if (!flags || size < 0)
		return ws_fail(WSAEFAULT);
	transfer.flags = (ULONG)*flags;
	if (receive(socket, &transfer, &done, (ULONG *)flags, NULL, NULL) && get_last_error() != WSAEMSGSIZE)
		return SOCKET_ERROR;
	return (INT)done;
}

EXPORT(ws2_32, BOOL, WSAGetOverlappedResult,
       (SOCKET socket, OVERLAPPED *overlapped, DWORD *done, BOOL wait, DWORD *flags))
{
	struct io_file *file = ws_socket_file(socket);
	NTSTATUS status;
	HANDLE event;
	DWORD error;

	if (!file)
		return FALSE;
	ob_dereference(file);
	if (!overlapped || !done || !flags) {
		ws_fail(WSAEFAULT);
		return FALSE;
	}
	event = (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1);
	while ((status = (NTSTATUS)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE)) == STATUS_PENDING) {
		if (!wait) {
			ws_fail(WSA_IO_INCOMPLETE);
			return FALSE;
		}
		NtWaitForSingleObject(event ? event : (HANDLE)socket, FALSE, NULL);
	}
	*done = (DWORD)overlapped->InternalHigh;
	*flags = overlapped->Offset;
	error = ws_error(status);
	set_last_error(error);
	return !error;
}

EXPORT_ORDINAL(ws2_32, ws_recv, 16);
EXPORT_ORDINAL(ws2_32, ws_recvfrom, 17);
EXPORT_ORDINAL(ws2_32, ws_send, 19);
EXPORT_ORDINAL(ws2_32, ws_sendto, 20);
