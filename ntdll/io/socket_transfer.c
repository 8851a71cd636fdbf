/*
 * ntdll/io/socket_transfer.c - receiving and sending: recv and its kin, WSARecvMsg, ReadFile.
 */
#include "ntdll/io/socket_private.h"
#include "ntdll/mm/mm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_PACKET_INFO 19 /* IP_PKTINFO, IPV6_PKTINFO */
#define TYPE_TTL 21	    /* IP_TTL, IPV6_HOPLIMIT */
#define TYPE_TOS 3	    /* IP_TOS */
#define TYPE_CLASS 39	    /* IPV6_TCLASS */
#define MOST_BUFFERS 1000000u
#define LEVEL_IP 0
#define LEVEL_IPV6 41

/* WSACMSGHDR; parts and their data lie at multiples of 8. */
struct control_header {
	uint64_t size;
	INT level, type;
};
struct packet_info_v4 {
	BYTE address[4];
	ULONG interface;
};
struct packet_info_v6 {
	BYTE address[16];
	ULONG interface;
};

static void release_transfer(struct io_socket_op *op)
{
	if (op->buffers != op->few)
		free(op->buffers);
	free(op->info);
}

/* The kernel could not touch a buffer: what the memory manager resolves on a touch is resolved. */
static bool probe(const struct io_socket_op *op, bool write)
{
	for (ULONG i = 0; i < op->count; i++)
		if (op->buffers[i].size && host_probe_guest(op->buffers[i].base, op->buffers[i].size, write) < 0)
			return false;
	return true;
}

/* Why nothing can be received or sent in the state that the socket is in. */
static NTSTATUS check_state(struct io_file *file, unsigned direction)
{
	struct io_socket *socket = file->socket;

	io_socket_refresh(file);
	if (__atomic_load_n(&socket->closed, __ATOMIC_SEQ_CST))
		return STATUS_REQUEST_ABORTED;
	if (socket->shut & direction)
		return STATUS_PIPE_DISCONNECTED;
	if (socket->type == WS_SOCK_STREAM && !socket->connected)
		return STATUS_INVALID_CONNECTION;
	return STATUS_SUCCESS;
}

/* Whether another process, or another socket here, that has the connection too has shut this side. */
static bool is_shut_elsewhere(struct io_file *file, unsigned direction)
{
	struct io_socket *socket = file->socket;

	if (socket->given_away && !(socket->shut & direction))
		socket->shut |= host_socket_shut(file->fd);
	return socket->shut & direction;
}

/* An error of Linux at a connection, which Windows goes on to tell. */
static NTSTATUS transfer_status(struct io_file *file, ssize_t error)
{
	struct io_socket *socket = file->socket;
	NTSTATUS status = io_socket_status(error);

	if (socket->type == WS_SOCK_STREAM) {
		if (error == -ECONNRESET || error == -ETIMEDOUT || error == -ECONNABORTED || error == -EPIPE)
			socket->dead = socket->dead ? socket->dead : status;
		return status;
	}
	/* A datagram that came back: "the previous send resulted in an ICMP Port Unreachable message" (MSDN, recvfrom). */
	return error == -ECONNREFUSED ? STATUS_PORT_UNREACHABLE : status;
}

static ssize_t put_part(char *to, size_t room, size_t at, INT level, INT type, const void *data, size_t size)
{
	struct control_header header = {sizeof(header) + size, level, type};

	if (at + header.size > room)
		return -1;
	if (host_copy_to_guest(to + at, &header, sizeof(header)) < 0 ||
	    host_copy_to_guest(to + at + sizeof(header), data, size) < 0)
		return -1;
	return (ssize_t)((at + header.size + 7) & ~(size_t)7);
}

/* What came beside the datagram; the size, or -1: there is no room. */
static ssize_t store_control(const struct io_socket_op *op, INT family, const struct io_wsabuf *control)
{
	const struct host_packet_info *info = op->info;
	bool six = family == WS_AF_INET6;
	ssize_t at = 0;

	if (info->has_destination && six) {
		struct packet_info_v6 packet = {.interface = info->interface};

		memcpy(packet.address, info->destination.bytes, 16);
		at = put_part(control->base, control->size, (size_t)at, LEVEL_IPV6, TYPE_PACKET_INFO, &packet, sizeof(packet));
	} else if (info->has_destination) {
		struct packet_info_v4 packet = {.interface = info->interface};

		memcpy(packet.address, info->destination.bytes, 4);
		at = put_part(control->base, control->size, (size_t)at, LEVEL_IP, TYPE_PACKET_INFO, &packet, sizeof(packet));
	}
	if (at >= 0 && info->has_hops)
		at = put_part(control->base, control->size, (size_t)at, six ? LEVEL_IPV6 : LEVEL_IP, TYPE_TTL, &info->hops,
			      sizeof(INT));
	if (at >= 0 && info->has_class)
		at = put_part(control->base, control->size, (size_t)at, six ? LEVEL_IPV6 : LEVEL_IP, six ? TYPE_CLASS : TYPE_TOS,
			      &info->traffic_class, sizeof(INT));
	return at;
}

/* Results that go to the guest beside the data. */
static NTSTATUS store_results(struct io_file *file, struct io_socket_op *op, ULONG flags, const struct host_address *from)
{
	struct io_socket *socket = file->socket;
	struct io_wsamsg *message = op->guest.message, copy;
	NTSTATUS status = STATUS_SUCCESS;

	/* A stream's peer is known: recvfrom leaves the address alone. */
	if (socket->type != WS_SOCK_STREAM && op->guest.name)
		status = io_socket_store_address(from, socket->family, op->guest.name,
						 message ? &message->name_size : op->guest.name_size_out);
	if (message && NT_SUCCESS(status)) {
		ssize_t size;

		if (host_copy_from_guest(&copy, message, sizeof(copy)) < 0)
			return STATUS_ACCESS_VIOLATION;
		size = store_control(op, socket->family, &copy.control);
		if (size < 0) {
			flags |= WS_MSG_CTRUNC;
			status = STATUS_BUFFER_OVERFLOW;
		}
		copy.control.size = size < 0 ? 0 : (ULONG)size;
		if (host_copy_to_guest(&message->control.size, &copy.control.size, sizeof(ULONG)) < 0 ||
		    host_copy_to_guest(&message->flags, &flags, sizeof(flags)) < 0)
			return STATUS_ACCESS_VIOLATION;
	}
	if (op->guest.flags_out && host_copy_to_guest(op->guest.flags_out, &flags, sizeof(flags)) < 0)
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

/* Receives as if on a thread of Linux; -ECANCELED: the socket was closed meanwhile, which ends the connection. */
static ssize_t receive_and_wait(struct io_file *file, struct host_message *message)
{
	struct io_socket *socket = file->socket;
	unsigned flags = message->flags;
	ssize_t got = -EINTR;

	__atomic_add_fetch(&socket->waiters, 1, __ATOMIC_SEQ_CST);
	while (got == -EINTR && !__atomic_load_n(&socket->closed, __ATOMIC_SEQ_CST)) {
		message->flags = flags;
		ke_enter_blocking();
		got = host_socket_receive(file->fd, message);
		ke_leave_blocking();
	}
	__atomic_sub_fetch(&socket->waiters, 1, __ATOMIC_SEQ_CST);
	return got <= 0 && __atomic_load_n(&socket->closed, __ATOMIC_SEQ_CST) ? -ECANCELED : got;
}

static NTSTATUS attempt_receive(struct io_file *file, struct io_socket_op *op)
{
	struct io_socket *socket = file->socket;
	struct host_address from = {0};
	bool stream = socket->type == WS_SOCK_STREAM, probed = false;
	NTSTATUS status = check_state(file, HOST_SHUTDOWN_READ);

	if (NT_SUCCESS(status) && !stream && !socket->bound)
		status = STATUS_INVALID_PARAMETER;
	if (!NT_SUCCESS(status))
		return status == STATUS_INVALID_CONNECTION && socket->connecting ? STATUS_INVALID_CONNECTION : status;
	for (;;) {
		struct host_message message = {
			.buffers = op->buffers,
			.count = op->count,
			.skip = op->done,
			.flags = (op->flags & WS_MSG_PEEK ? HOST_MESSAGE_PEEK : 0) |
				 (op->flags & WS_MSG_OOB ? HOST_MESSAGE_URGENT : 0) | (op->waits ? HOST_MESSAGE_WAIT : 0),
			.address = stream ? NULL : &from,
			.info = op->guest.message ? op->info : NULL,
		};
		ssize_t got;

		/* Without room, a stream is waited for and nothing is taken. */
		if (stream && !op->total) {
			if (!(host_socket_ready(file->fd) & (HOST_READY_READ | HOST_READY_END | HOST_READY_ERROR)))
				return STATUS_PENDING;
			return store_results(file, op, 0, &from);
		}
		got = op->waits ? receive_and_wait(file, &message) : host_socket_receive(file->fd, &message);
		if (got == -ECANCELED)
			return STATUS_REQUEST_ABORTED;
		if (got == -EFAULT && !probed && probe(op, true)) {
			probed = true;
			continue;
		}
		if (got == -EAGAIN || (got == -EINVAL && op->flags & WS_MSG_OOB))
			return STATUS_PENDING;
		if (got == -ECONNREFUSED && !stream && !socket->settings[IO_SOCKET_RESET_REPORTS])
			continue;
		if (got < 0)
			return op->done ? STATUS_SUCCESS : transfer_status(file, got);
		if (got == 0 && stream && !op->done && op->total && is_shut_elsewhere(file, HOST_SHUTDOWN_READ))
			return STATUS_PIPE_DISCONNECTED;
		if (got == 0 && stream && socket->dead && !op->done)
			return socket->dead;
		if (stream && op->flags & WS_MSG_WAITALL && !(op->flags & (WS_MSG_PEEK | WS_MSG_OOB)) && got) {
			op->done += (ULONG_PTR)got;
			if (op->done < op->total)
				continue;
			got = 0;
		}
		op->done += (ULONG_PTR)got;
		status = store_results(file, op, message.flags & HOST_MESSAGE_CUT ? (op->guest.message ? WS_MSG_TRUNC : WS_MSG_PARTIAL) : 0, &from);
		if (NT_SUCCESS(status) && message.flags & HOST_MESSAGE_CUT)
			status = STATUS_BUFFER_OVERFLOW;
		return status;
	}
}

static NTSTATUS attempt_send(struct io_file *file, struct io_socket_op *op)
{
	struct io_socket *socket = file->socket;
	bool stream = socket->type == WS_SOCK_STREAM, probed = false, retried = false;
	NTSTATUS status = check_state(file, HOST_SHUTDOWN_WRITE);

	if (NT_SUCCESS(status) && !stream && !op->addressed && !socket->connected)
		status = STATUS_INVALID_CONNECTION;
	if (NT_SUCCESS(status) && stream && socket->dead)
		status = socket->dead;
	if (!NT_SUCCESS(status))
		return status;
	for (;;) {
		struct host_message message = {
			.buffers = op->buffers,
			.count = op->count,
			.skip = op->done,
			.flags = (op->flags & WS_MSG_OOB ? HOST_MESSAGE_URGENT : 0) |
				 (op->flags & WS_MSG_DONTROUTE ? HOST_MESSAGE_NO_ROUTE : 0),
			.address = op->addressed && !stream ? &op->address : NULL,
			.info = op->info,
		};
		ssize_t sent;

		if (stream && !op->total)
			return STATUS_SUCCESS;
		sent = host_socket_send(file->fd, &message);
		if (sent == -EFAULT && !probed && probe(op, false)) {
			probed = true;
			continue;
		}
		if (sent == -EAGAIN)
			return STATUS_PENDING;
		/* Linux tells a sender of datagrams that came back; Windows only who receives. */
		if (sent == -ECONNREFUSED && !stream && !retried) {
			retried = true;
			continue;
		}
		if (sent == -EPIPE && stream && is_shut_elsewhere(file, HOST_SHUTDOWN_WRITE))
			return STATUS_PIPE_DISCONNECTED;
		if (sent == -EPIPE && stream)
			return transfer_status(file, socket->shut & HOST_SHUTDOWN_WRITE ? -EPIPE : -ECONNABORTED);
		if (sent < 0)
			return transfer_status(file, sent);
		probed = false;
		op->done += (ULONG_PTR)sent;
		socket->bound = true;
		if (!stream || op->done >= op->total)
			return STATUS_SUCCESS;
	}
}

/* Takes the buffers of the guest. */
static NTSTATUS take_buffers(struct io_socket_op *op, const struct io_wsabuf *buffers, ULONG count)
{
	if (count > MOST_BUFFERS)
		return STATUS_INSUFFICIENT_RESOURCES;
	op->buffers = op->few;
	if (count > ARRAY_SIZE(op->few)) {
		op->buffers = malloc(count * sizeof(*op->buffers));
		if (!op->buffers)
			return STATUS_NO_MEMORY;
	}
	for (ULONG i = 0; i < count; i++) {
		struct io_wsabuf one;

		if (host_copy_from_guest(&one, buffers + i, sizeof(one)) < 0)
			return STATUS_ACCESS_VIOLATION;
		op->buffers[i].base = one.base;
		op->buffers[i].size = one.size;
		op->total += one.size;
	}
	op->count = count;
	return STATUS_SUCCESS;
}

/* What is to go beside a datagram. */
static NTSTATUS take_control(struct io_socket_op *op, INT family, const struct io_wsabuf *control)
{
	size_t at = 0;

	while (at + sizeof(struct control_header) <= control->size) {
		struct control_header header;
		union {
			struct packet_info_v4 v4;
			struct packet_info_v6 v6;
			INT number;
		} data = {.v6 = {.interface = 0}};
		size_t size;

		if (host_copy_from_guest(&header, control->base + at, sizeof(header)) < 0)
			return STATUS_ACCESS_VIOLATION;
		if (header.size < sizeof(header) || header.size > control->size - at)
			return STATUS_INVALID_PARAMETER;
		size = header.size - sizeof(header);
		if (host_copy_from_guest(&data, control->base + at + sizeof(header), size < sizeof(data) ? size : sizeof(data)) < 0)
			return STATUS_ACCESS_VIOLATION;
		op->info->destination.family = family == WS_AF_INET6 ? HOST_FAMILY_INET6 : HOST_FAMILY_INET;
		if (header.type == TYPE_PACKET_INFO && header.level == LEVEL_IP && size >= sizeof(data.v4)) {
			op->info->has_destination = true;
			op->info->interface = data.v4.interface;
			memcpy(op->info->destination.bytes, data.v4.address, 4);
		} else if (header.type == TYPE_PACKET_INFO && header.level == LEVEL_IPV6 && size >= sizeof(data.v6)) {
			op->info->has_destination = true;
			op->info->interface = data.v6.interface;
			memcpy(op->info->destination.bytes, data.v6.address, 16);
		} else if (header.type == TYPE_TTL && size >= sizeof(INT)) {
			op->info->has_hops = true;
			op->info->hops = data.number;
		} else if ((header.type == TYPE_TOS || header.type == TYPE_CLASS) && size >= sizeof(INT)) {
			op->info->has_class = true;
			op->info->traffic_class = data.number;
		} else {
			return STATUS_INVALID_PARAMETER;
		}
		at += (header.size + 7) & ~(size_t)7;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS prepare(struct io_file *file, struct io_socket_op *op, const struct io_socket_transfer *transfer, bool send)
{
	NTSTATUS status;

	op->guest = *transfer;
	op->flags = transfer->flags;
	op->release = release_transfer;
	status = take_buffers(op, transfer->buffers, transfer->count);
	if (!NT_SUCCESS(status))
		return status;
	if (transfer->message) {
		struct io_wsamsg message;

		op->info = calloc(1, sizeof(*op->info));
		if (!op->info)
			return STATUS_NO_MEMORY;
		if (host_copy_from_guest(&message, transfer->message, sizeof(message)) < 0)
			return STATUS_ACCESS_VIOLATION;
		if (send && message.control.size) {
			status = take_control(op, file->socket->family, &message.control);
			if (!NT_SUCCESS(status))
				return status;
		}
	}
	if (send && transfer->name && file->socket->type != WS_SOCK_STREAM) {
		status = io_address_from_guest(transfer->name, transfer->name_size, file->socket->family, &op->address);
		if (!NT_SUCCESS(status))
			return status;
		op->addressed = true;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS transfer_now(struct io_file *file, struct io_socket_op *op, bool send, ULONG *done)
{
	bool nonblocking = file->socket->settings[IO_SOCKET_NONBLOCKING];
	unsigned wanted = send ? HOST_POLL_WRITE : HOST_POLL_READ;
	uint64_t deadline = 0;
	NTSTATUS status;

	op->waits = !send && !nonblocking && !file->socket->settings[IO_SOCKET_RECEIVE_TIMEOUT] && !(op->flags & WS_MSG_OOB);
	status = op->attempt(file, op);

	while (status == STATUS_PENDING) {
		if (nonblocking) {
			status = op->done ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
			break;
		}
		if (!deadline)
			deadline = io_socket_deadline(file, send ? IO_SOCKET_SEND_TIMEOUT : IO_SOCKET_RECEIVE_TIMEOUT);
		status = io_socket_wait(file, wanted, deadline);
		if (NT_SUCCESS(status))
			status = op->attempt(file, op);
		else if (op->done && status == STATUS_IO_TIMEOUT)
			status = STATUS_SUCCESS;
	}
	*done = (ULONG)op->done;
	/* What could be told again is told when the call has been made (MSDN, WSAEventSelect). */
	if (!send)
		io_socket_reenable(file, op->flags & WS_MSG_OOB ? 4 : 1);
	else if (status == STATUS_DEVICE_NOT_READY)
		io_socket_reenable(file, 2);
	return status;
}

static NTSTATUS transfer_data(struct io_file *file, const struct io_socket_transfer *transfer,
			      const struct io_socket_notice *notice, ULONG *done, bool send)
{
	struct io_socket_op now = {0}, *op = notice->iosb ? calloc(1, sizeof(*op)) : &now;
	NTSTATUS status = op ? prepare(file, op, transfer, send) : STATUS_NO_MEMORY;

	if (op)
		op->attempt = send ? attempt_send : attempt_receive;
	if (NT_SUCCESS(status) && op != &now) {
		status = io_socket_start(file, op, send ? IO_SOCKET_WRITE : IO_SOCKET_READ, notice, done);
		return status;
	}
	if (NT_SUCCESS(status))
		status = transfer_now(file, op, send, done);
	if (op)
		release_transfer(op);
	if (op != &now)
		free(op);
	ob_dereference(file);
	return status;
}

NTSTATUS io_socket_receive(struct io_file *file, const struct io_socket_transfer *transfer,
			   const struct io_socket_notice *notice, ULONG *done)
{
	return transfer_data(file, transfer, notice, done, false);
}

NTSTATUS io_socket_send(struct io_file *file, const struct io_socket_transfer *transfer,
			const struct io_socket_notice *notice, ULONG *done)
{
	return transfer_data(file, transfer, notice, done, true);
}

/* A request that has begun, and is ended here or later.  `op` is the caller's for a synchronous file, else malloc'ed. */
static NTSTATUS run_request(struct io_file *file, struct io_socket_op *op, bool write)
{
	NTSTATUS status;

	op->attempt = write ? attempt_send : attempt_receive;
	if (!io_is_synchronous(file))
		return io_socket_start_request(file, op, write ? IO_SOCKET_WRITE : IO_SOCKET_READ, NULL);
	status = io_socket_run(file, op, write ? HOST_POLL_WRITE : HOST_POLL_READ,
			       io_socket_deadline(file, write ? IO_SOCKET_SEND_TIMEOUT : IO_SOCKET_RECEIVE_TIMEOUT));
	release_transfer(op);
	return io_request_end(&op->request, status, op->done);
}

NTSTATUS io_socket_receive_request(struct io_file *file, struct io_request *request,
				   const struct io_socket_transfer *transfer)
{
	struct io_socket_op now = {0}, *op = io_is_synchronous(file) ? &now : calloc(1, sizeof(*op));
	NTSTATUS status = op ? prepare(file, op, transfer, false) : STATUS_NO_MEMORY;

	if (NT_SUCCESS(status)) {
		op->request = *request;
		return run_request(file, op, false);
	}
	if (op)
		release_transfer(op);
	if (op != &now)
		free(op);
	return io_request_end(request, status, 0);
}

/* NtReadFile and NtWriteFile; the request has begun and is ended here. */
NTSTATUS io_socket_transfer(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length, bool write)
{
	struct io_socket_op now = {0}, *op = io_is_synchronous(file) ? &now : calloc(1, sizeof(*op));

	if (!op)
		return io_request_end(request, STATUS_NO_MEMORY, 0);
	op->request = *request;
	op->buffers = op->few;
	op->few[0] = (struct host_buffer){buffer, length};
	op->count = 1;
	op->total = length;
	op->release = release_transfer;
	return run_request(file, op, write);
}
