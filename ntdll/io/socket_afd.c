/*
 * ntdll/io/socket_afd.c - NtDeviceIoControlFile on sockets and \Device\Afd: what libuv and its like ask of AFD directly.
 * The codes and structures are those of libuv's winapi.h.
 */
#include "ntdll/io/socket_private.h"

#include <stdlib.h>

#define IOCTL_AFD_RECEIVE 0x00012017u
#define IOCTL_AFD_RECEIVE_DATAGRAM 0x0001201Bu

#define TDI_RECEIVE_PARTIAL 0x10u
#define TDI_RECEIVE_NORMAL 0x20u
#define TDI_RECEIVE_EXPEDITED 0x40u
#define TDI_RECEIVE_PEEK 0x80u

struct receive_info {
	struct io_wsabuf *buffers;
	ULONG count;
	ULONG afd_flags; /* what it says of overlapped calls, the handle says too */
	ULONG tdi_flags;
	/* of a datagram's only; may be NULL */
	void *address;
	INT *address_size;
};
_Static_assert(sizeof(struct receive_info) == 40, "AFD_RECV_DATAGRAM_INFO");

/* The kind of data is given as one of two bits: neither or both are no kind. */
static NTSTATUS receive(struct io_file *file, struct io_request *request, const void *input, ULONG input_length, bool datagram)
{
	struct receive_info info = {.buffers = NULL};
	struct io_socket_transfer transfer = {.flags = 0};
	ULONG size = datagram ? sizeof(info) : offsetof(struct receive_info, address);

	if (input_length < (datagram ? size : size - 4))
		return io_request_end(request, STATUS_INVALID_PARAMETER, 0);
	if (host_copy_from_guest(&info, input, size < input_length ? size : input_length) < 0)
		return io_request_end(request, STATUS_ACCESS_VIOLATION, 0);
	if (!(info.tdi_flags & TDI_RECEIVE_NORMAL) == !(info.tdi_flags & TDI_RECEIVE_EXPEDITED))
		return io_request_end(request, STATUS_INVALID_PARAMETER, 0);
	transfer.buffers = info.buffers;
	transfer.count = info.count;
	transfer.flags = (info.tdi_flags & TDI_RECEIVE_EXPEDITED ? WS_MSG_OOB : 0) |
			 (info.tdi_flags & TDI_RECEIVE_PEEK ? WS_MSG_PEEK : 0) |
			 (info.tdi_flags & TDI_RECEIVE_PARTIAL ? WS_MSG_PARTIAL : 0);
	transfer.name = info.address;
	transfer.name_size_out = info.address_size;
	return io_socket_receive_request(file, request, &transfer);
}

NTSTATUS io_socket_control(struct io_file *file, struct io_request *request, ULONG code, PVOID input, ULONG input_length,
			   PVOID output, ULONG output_length)
{
	if (code == IOCTL_AFD_POLL)
		return io_afd_poll(file, request, input, input_length, output, output_length);
	if (file->kind == IO_SOCKET && (code == IOCTL_AFD_RECEIVE || code == IOCTL_AFD_RECEIVE_DATAGRAM))
		return receive(file, request, input, input_length, code == IOCTL_AFD_RECEIVE_DATAGRAM);
	return io_request_end(request, STATUS_INVALID_DEVICE_REQUEST, 0);
}
