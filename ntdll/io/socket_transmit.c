/*
 * ntdll/io/socket_transmit.c - TransmitFile and TransmitPackets: memory and parts of files, one after the other.
 */
#include "ntdll/io/socket_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 65536u
#define PACKET_MEMORY 1u
#define PACKET_FILE 2u

static void release_transmit(struct io_socket_op *op)
{
	if (op->source)
		ob_dereference(op->source);
	free(op->packets);
	free(op->chunk);
}

/* Sends what `message` has; STATUS_PENDING: some is left. */
static NTSTATUS send_all(struct io_file *file, const struct host_buffer *buffer, size_t *done)
{
	while (*done < buffer->size) {
		struct host_message message = {.buffers = buffer, .count = 1, .skip = *done};
		ssize_t sent = host_socket_send(file->fd, &message);

		if (sent == -EFAULT && host_probe_guest(buffer->base, buffer->size, false) == 0)
			sent = host_socket_send(file->fd, &message);
		if (sent == -EAGAIN)
			return STATUS_PENDING;
		if (sent < 0)
			return io_socket_status(sent);
		*done += (size_t)sent;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS send_memory(struct io_file *file, struct io_socket_op *op, const struct io_socket_packet *packet)
{
	struct host_buffer buffer = {packet->memory, packet->size};
	size_t done = op->packet_done;
	NTSTATUS status = send_all(file, &buffer, &done);

	op->done += done - op->packet_done;
	op->packet_done = done;
	return status;
}

/* A size of 0 is all of the file from there. */
static NTSTATUS send_file(struct io_file *file, struct io_socket_op *op, const struct io_socket_packet *packet)
{
	if (!op->source) {
		NTSTATUS status = ob_reference_by_handle(packet->file, &io_file_type, FILE_READ_DATA, (void **)&op->source);

		if (!NT_SUCCESS(status))
			return status;
		if (op->source->kind != IO_FILE)
			return STATUS_INVALID_PARAMETER;
		if (!op->chunk)
			op->chunk = malloc(CHUNK);
		if (!op->chunk)
			return STATUS_NO_MEMORY;
	}
	for (;;) {
		struct host_buffer buffer = {op->chunk, op->chunk_size};
		size_t done = op->chunk_done;
		NTSTATUS status = send_all(file, &buffer, &done);
		uint64_t left = packet->size ? packet->size - op->packet_done : CHUNK, start;
		ssize_t got;

		op->done += done - op->chunk_done;
		op->chunk_done = done;
		if (status != STATUS_SUCCESS)
			return status;
		start = packet->offset >= 0 ? (uint64_t)packet->offset : op->source->position;
		got = left ? host_pread(op->source->fd, op->chunk, left < CHUNK ? left : CHUNK, start + op->packet_done) : 0;
		if (got < 0)
			return io_status(got);
		if (!got)
			break;
		op->packet_done += (uint64_t)got;
		op->chunk_size = (size_t)got;
		op->chunk_done = 0;
	}
	ob_dereference(op->source);
	op->source = NULL;
	op->chunk_size = op->chunk_done = 0;
	return STATUS_SUCCESS;
}

static NTSTATUS attempt_transmit(struct io_file *file, struct io_socket_op *op)
{
	struct io_socket *socket = file->socket;

	if (!socket->connected)
		return STATUS_INVALID_CONNECTION;
	if (socket->shut & HOST_SHUTDOWN_WRITE)
		return STATUS_PIPE_DISCONNECTED;
	while (op->packet < op->packet_count) {
		const struct io_socket_packet *packet = &op->packets[op->packet];
		NTSTATUS status = packet->flags & PACKET_FILE	  ? send_file(file, op, packet)
				  : packet->flags & PACKET_MEMORY ? send_memory(file, op, packet)
								  : STATUS_INVALID_PARAMETER;

		if (status != STATUS_SUCCESS)
			return status;
		op->packet++;
		op->packet_done = 0;
	}
	if (op->flags & (IO_TRANSMIT_DISCONNECT | IO_TRANSMIT_REUSE))
		return io_socket_end_connection(file, op->flags & IO_TRANSMIT_REUSE);
	return STATUS_SUCCESS;
}

NTSTATUS io_socket_transmit(struct io_file *file, const struct io_socket_packet *packets, ULONG count, ULONG flags,
			    const struct io_socket_notice *notice, ULONG *done)
{
	struct io_socket_op now = {0}, *op = notice->iosb ? calloc(1, sizeof(*op)) : &now;
	struct io_socket_packet *copy = calloc((size_t)count + 1, sizeof(*copy));
	NTSTATUS status = STATUS_SUCCESS;

	if (!op || !copy)
		status = STATUS_NO_MEMORY;
	else if (count && host_copy_from_guest(copy, packets, count * sizeof(*copy)) < 0)
		status = STATUS_ACCESS_VIOLATION;
	if (!NT_SUCCESS(status)) {
		free(copy);
		if (op != &now)
			free(op);
		ob_dereference(file);
		return status;
	}
	op->packets = copy;
	op->packet_count = count;
	op->flags = flags;
	op->attempt = attempt_transmit;
	op->release = release_transmit;
	if (op != &now)
		return io_socket_start(file, op, IO_SOCKET_WRITE, notice, done);
	status = io_socket_run(file, op, HOST_POLL_WRITE, io_socket_deadline(file, IO_SOCKET_SEND_TIMEOUT));
	*done = (ULONG)op->done;
	release_transmit(op);
	ob_dereference(file);
	return status;
}
