/*
 * ntdll/io/socket_connect.c - connections: accept, AcceptEx, ConnectEx, DisconnectEx.
 */
#include "ntdll/io/socket_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An accepted socket has what its listener had (MSDN, accept: "the same properties"). */
static void inherit_state(struct io_file *from, struct io_file *to)
{
	struct io_socket *listener = from->socket, *socket = to->socket;

	memcpy(socket->settings, listener->settings, sizeof(socket->settings));
	if (listener->local_name)
		socket->local_name = strdup(listener->local_name);
	io_socket_is_connected(to);
}

NTSTATUS io_socket_accept(struct io_file *file, HANDLE *accepted, struct host_address *peer)
{
	struct io_socket *socket = file->socket;
	struct io_file *made;
	NTSTATUS status;
	int fd;

	if (!socket->listening)
		return socket->type == WS_SOCK_STREAM ? STATUS_INVALID_PARAMETER : STATUS_NOT_SUPPORTED;
	while ((fd = host_socket_accept(file->fd, peer)) < 0) {
		if (fd != -EAGAIN && fd != -ECONNABORTED)
			return __atomic_load_n(&socket->closed, __ATOMIC_SEQ_CST) ? STATUS_REQUEST_ABORTED : io_socket_status(fd);
		if (socket->settings[IO_SOCKET_NONBLOCKING]) {
			io_socket_reenable(file, 8);
			return STATUS_DEVICE_NOT_READY;
		}
		status = io_socket_wait(file, HOST_POLL_READ, KE_FOREVER);
		if (!NT_SUCCESS(status))
			return status;
	}
	made = io_socket_adopt(fd, socket->family, socket->type, socket->protocol, !io_is_synchronous(file));
	if (!made)
		return STATUS_NO_MEMORY;
	inherit_state(file, made);
	status = ob_create_handle(made, made->access, OBJ_INHERIT, accepted);
	/* And the events that were selected (MSDN, WSAEventSelect). */
	if (NT_SUCCESS(status) && socket->select_event)
		io_socket_share_events(file, made);
	ob_dereference(made);
	io_socket_reenable(file, 8);
	return status;
}

static void release_accept(struct io_socket_op *op)
{
	ob_dereference(op->accepted);
}

/* The two addresses lie behind the data: their sizes and then they themselves, where GetAcceptExSockaddrs looks. */
static NTSTATUS store_addresses(struct io_socket_op *op)
{
	char *at = (char *)op->accept.buffer + op->accept.data_size;
	const ULONG sizes[2] = {op->accept.local_size, op->accept.remote_size};

	for (int i = 0; i < 2; at += sizes[i++]) {
		struct host_address address = {0};
		BYTE sockaddr[IO_SOCKADDR_MAXIMUM];
		INT size;

		if (sizes[i] < sizeof(size))
			continue;
		host_socket_name(op->accepted->fd, i == 1, &address);
		if (address.family == HOST_FAMILY_LOCAL) {
			const char *name = i ? NULL : op->accepted->socket->local_name;

			memset(address.path, 0, sizeof(address.path));
			if (name)
				memcpy(address.path, name, strnlen(name, sizeof(address.path) - 1));
		}
		size = io_address_to_sockaddr(&address, op->accepted->socket->family, sockaddr);
		if ((ULONG)size + sizeof(size) > sizes[i])
			size = (INT)(sizes[i] - sizeof(size));
		if (host_copy_to_guest(at, &size, sizeof(size)) < 0 ||
		    host_copy_to_guest(at + sizeof(size), sockaddr, (size_t)size) < 0)
			return STATUS_ACCESS_VIOLATION;
	}
	return STATUS_SUCCESS;
}

/* The first data of a connection that AcceptEx has accepted; at the accepted socket. */
static NTSTATUS attempt_first_data(struct io_file *file, struct io_socket_op *op)
{
	struct host_buffer buffer = {op->accept.buffer, op->accept.data_size};
	struct host_message message = {.buffers = &buffer, .count = 1};
	ssize_t got = host_socket_receive(file->fd, &message);

	if (got == -EFAULT && host_probe_guest(buffer.base, buffer.size, true) == 0)
		got = host_socket_receive(file->fd, &message);
	if (got == -EAGAIN)
		return STATUS_PENDING;
	if (got < 0)
		return io_socket_status(got);
	op->done = (ULONG_PTR)got;
	return STATUS_SUCCESS;
}

static NTSTATUS attempt_accept(struct io_file *file, struct io_socket_op *op)
{
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	struct io_file *accepted;
	NTSTATUS status;
	int fd = host_socket_accept(file->fd, NULL);

	if (fd == -EAGAIN || fd == -ECONNABORTED)
		return STATUS_PENDING;
	if (fd < 0)
		return io_socket_status(fd);
	io_socket_renew(op->accepted, fd);
	inherit_state(file, op->accepted);
	status = store_addresses(op);
	if (!NT_SUCCESS(status) || !op->accept.data_size)
		return status;
	op->attempt = attempt_first_data;
	status = attempt_first_data(op->accepted, op);
	if (status != STATUS_PENDING)
		return status;
	block.Status = STATUS_PENDING;
	host_copy_to_guest(op->request.iosb, &block, sizeof(block));
	accepted = op->accepted;
	ob_reference(accepted); /* `op` may go, and its reference with it */
	io_socket_pass_on(accepted, op, IO_SOCKET_READ);
	ob_dereference(accepted);
	return IO_SOCKET_MOVED;
}

NTSTATUS io_socket_accept_into(struct io_file *file, const struct io_socket_accept *accept,
			       const struct io_socket_notice *notice, ULONG *done)
{
	struct io_socket_op *op;
	NTSTATUS status = STATUS_SUCCESS;

	if (!file->socket->listening || accept->socket->socket->bound || accept->socket->socket->connected)
		status = STATUS_INVALID_PARAMETER;
	op = NT_SUCCESS(status) ? calloc(1, sizeof(*op)) : NULL;
	if (!op) {
		ob_dereference(accept->socket);
		ob_dereference(file);
		return NT_SUCCESS(status) ? STATUS_NO_MEMORY : status;
	}
	op->accept = *accept;
	op->accepted = accept->socket;
	op->attempt = attempt_accept;
	op->release = release_accept;
	return io_socket_start(file, op, IO_SOCKET_READ, notice, done);
}

/* ConnectEx: when the connection is there, the data goes out. */
static NTSTATUS attempt_connect(struct io_file *file, struct io_socket_op *op)
{
	NTSTATUS status;

	if (!op->started) {
		op->started = true;
		status = io_socket_begin_connect(file, &op->address);
		if (status != STATUS_PENDING && !NT_SUCCESS(status))
			return status;
	}
	status = io_socket_connect_result(file);
	if (status != STATUS_SUCCESS)
		return status;
	while (op->done < op->few[0].size) {
		struct host_message message = {.buffers = op->few, .count = 1, .skip = op->done};
		ssize_t sent = host_socket_send(file->fd, &message);

		if (sent == -EFAULT && host_probe_guest(op->few[0].base, op->few[0].size, false) == 0)
			sent = host_socket_send(file->fd, &message);
		if (sent == -EAGAIN)
			return STATUS_PENDING;
		if (sent < 0)
			return io_socket_status(sent);
		op->done += (ULONG_PTR)sent;
	}
	return STATUS_SUCCESS;
}

NTSTATUS io_socket_connect_and_send(struct io_file *file, const struct host_address *address, void *buffer, ULONG size,
				    const struct io_socket_notice *notice, ULONG *done)
{
	struct io_socket_op *op = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	/* "a ... socket that is bound" (MSDN, ConnectEx) */
	if (!file->socket->bound || file->socket->listening)
		status = STATUS_INVALID_PARAMETER;
	else if (file->socket->connected)
		status = STATUS_CONNECTION_ACTIVE;
	else if (!(op = calloc(1, sizeof(*op))))
		status = STATUS_NO_MEMORY;
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	op->address = *address;
	op->few[0] = (struct host_buffer){buffer, size};
	op->attempt = attempt_connect;
	return io_socket_start(file, op, IO_SOCKET_WRITE, notice, done);
}

/* The connection ends; the socket may become a new one. */
NTSTATUS io_socket_end_connection(struct io_file *file, bool reuse)
{
	struct io_socket *socket = file->socket;
	int fd;

	io_socket_refresh(file);
	if (!socket->connected)
		return STATUS_INVALID_CONNECTION;
	host_socket_shutdown(file->fd, HOST_SHUTDOWN_WRITE | (reuse ? HOST_SHUTDOWN_READ : 0));
	socket->shut |= HOST_SHUTDOWN_WRITE;
	if (!reuse)
		return STATUS_SUCCESS;
	fd = host_socket_open(socket->family == WS_AF_INET6  ? HOST_FAMILY_INET6
			      : socket->family == WS_AF_UNIX ? HOST_FAMILY_LOCAL
							     : HOST_FAMILY_INET,
			      (enum host_socket_type)socket->type, socket->family == WS_AF_UNIX ? 0 : socket->protocol);
	if (fd < 0)
		return io_socket_status(fd);
	io_socket_renew(file, fd);
	socket->connected = socket->bound = false;
	socket->shut = 0;
	socket->dead = socket->error = STATUS_SUCCESS;
	free(socket->local_name);
	free(socket->peer_name);
	socket->local_name = socket->peer_name = NULL;
	return STATUS_SUCCESS;
}

static NTSTATUS attempt_disconnect(struct io_file *file, struct io_socket_op *op)
{
	return io_socket_end_connection(file, op->flags);
}

NTSTATUS io_socket_disconnect(struct io_file *file, bool reuse, const struct io_socket_notice *notice)
{
	struct io_socket_op *op;
	NTSTATUS status;

	if (!notice->iosb) {
		status = io_socket_end_connection(file, reuse);
		ob_dereference(file);
		return status;
	}
	op = calloc(1, sizeof(*op));
	if (!op) {
		ob_dereference(file);
		return STATUS_NO_MEMORY;
	}
	op->flags = reuse;
	op->attempt = attempt_disconnect;
	return io_socket_start(file, op, IO_SOCKET_WRITE, notice, NULL);
}
