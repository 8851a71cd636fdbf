/*
 * ntdll/io/pipe_transfer.c - reading and writing pipes, by bytes and by messages, and looking ahead.
 *
 * A message travels as a header and its bytes.  Nothing here waits while it holds a lock, but a writer of messages that
 * waits for room keeps other writers out: messages stay whole.
 */
#include "host/local_socket.h"
#include "ntdll/io/npfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static NTSTATUS failed_status(struct io_file *file, ssize_t error, bool write)
{
	switch (-error) {
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
	case EBADF: /* disconnected by another thread */
		return pipe_closed_status(file, write);
	case ECANCELED:
		return io_wait_status();
	default:
		return io_status(error);
	}
}

/* One transfer that does not wait; what the kernel cannot touch and the memory manager can is touched. */
static ssize_t transfer(struct io_file *file, PVOID buffer, size_t length, bool write)
{
	ssize_t count = write ? host_write_now(file->fd, buffer, length) : host_read_now(file->fd, buffer, length);
	size_t wanted = length, available;

	/* Where write watch works by faults, only what arrives marks its pages. */
	if (count == -EFAULT && !write && !host_bytes_available(file->fd, &available) && available < wanted)
		wanted = available;
	if (count == -EFAULT && host_probe_guest(buffer, wanted, !write) == 0)
		count = write ? host_write_now(file->fd, buffer, length) : host_read_now(file->fd, buffer, length);
	return count;
}

static NTSTATUS read_bytes(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	ssize_t count;

	if (!length) {
		/* nothing is taken, but there must be something to take */
		struct host_poll poll = {file->fd, HOST_POLL_READ, 0};
		size_t available = 0;

		if (host_poll(&poll, 1, 0) <= 0)
			return STATUS_PENDING;
		host_bytes_available(file->fd, &available);
		return available || !(poll.ready & (HOST_POLL_HANGUP | HOST_POLL_ERROR)) ? STATUS_SUCCESS
											  : pipe_closed_status(file, false);
	}
	count = transfer(file, buffer, length, false);
	if (count == -EAGAIN)
		return STATUS_PENDING;
	if (count < 0)
		return failed_status(file, count, false);
	if (count == 0)
		return pipe_closed_status(file, false);
	*done = (ULONG_PTR)count;
	return STATUS_SUCCESS;
}

/* Goes on to the next message.  STATUS_PENDING, or what a closed pipe says. */
static NTSTATUS next_message(struct io_file *file, struct io_pipe *pipe)
{
	struct pipe_header header;
	ssize_t count = host_read_now(file->fd, &header, sizeof(header));

	if (count == -EAGAIN)
		return STATUS_PENDING;
	if (count < 0)
		return failed_status(file, count, false);
	if (count != sizeof(header) || header.magic != PIPE_HEADER_MAGIC)
		return count ? STATUS_DATA_ERROR : pipe_closed_status(file, false);
	pipe->inside = true;
	pipe->left = header.length;
	return STATUS_SUCCESS;
}

static NTSTATUS read_messages(struct io_file *file, struct io_pipe *pipe, char *buffer, ULONG length, ULONG_PTR *done)
{
	for (;;) {
		NTSTATUS status = STATUS_SUCCESS;

		if (!pipe->inside) {
			status = next_message(file, pipe);
			if (status != STATUS_SUCCESS)
				return *done ? STATUS_SUCCESS : status;
		}
		while (*done < length && pipe->left) {
			ULONG_PTR room = length - *done;
			ssize_t count = transfer(file, buffer + *done, room < pipe->left ? room : pipe->left, false);

			/* the rest of a message is on its way */
			if (count == -EAGAIN)
				return STATUS_PENDING;
			if (count <= 0)
				return count ? failed_status(file, count, false) : pipe_closed_status(file, false);
			*done += (ULONG_PTR)count;
			pipe->left -= (uint32_t)count;
		}
		if (!pipe->left)
			pipe->inside = false;
		if (pipe->read_messages)
			return pipe->left ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
		if (*done == length || !*done)
			return STATUS_SUCCESS;
	}
}

/* Which connection it is that a transfer begins on: what comes after a disconnection is another's. */
static uint32_t connection_of(const struct io_pipe *pipe)
{
	return pipe ? __atomic_load_n(&pipe->connection, __ATOMIC_ACQUIRE) : 0;
}

static NTSTATUS read_now(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done, const uint32_t *connection)
{
	struct io_pipe *pipe = file->pipe;
	NTSTATUS status;

	if (!pipe)
		return read_bytes(file, buffer, length, done);
	host_lock_acquire(&pipe->lock);
	if (connection && *connection != pipe->connection)
		status = STATUS_PIPE_DISCONNECTED;
	else if (file->fd < 0)
		status = pipe_closed_status(file, false);
	else
		status = pipe->messages ? read_messages(file, pipe, buffer, length, done) : read_bytes(file, buffer, length, done);
	host_lock_release(&pipe->lock);
	return status;
}

NTSTATUS pipe_read_now(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	return read_now(file, buffer, length, done, NULL);
}

static NTSTATUS write_bytes(struct io_file *file, const char *buffer, ULONG length, ULONG_PTR *done)
{
	while (*done < length) {
		ssize_t count = transfer(file, (char *)(uintptr_t)buffer + *done, length - *done, true);

		if (count == -EAGAIN)
			return STATUS_PENDING;
		if (count < 0)
			return failed_status(file, count, true);
		*done += (ULONG_PTR)count;
	}
	return STATUS_SUCCESS;
}

/* *done counts the header too, till the end. */
static NTSTATUS write_message(struct io_file *file, const char *buffer, ULONG length, ULONG_PTR *done)
{
	const struct pipe_header header = {length, PIPE_HEADER_MAGIC};
	NTSTATUS status;
	ULONG_PTR body;

	if (!*done) {
		ssize_t count = host_write_two_now(file->fd, &header, sizeof(header), buffer, length);

		if (count == -EFAULT && host_probe_guest((void *)(uintptr_t)buffer, length, false) == 0)
			count = host_write_two_now(file->fd, &header, sizeof(header), buffer, length);
		if (count == -EAGAIN)
			return STATUS_PENDING;
		if (count < 0)
			return failed_status(file, count, true);
		*done = (ULONG_PTR)count;
	}
	body = *done - sizeof(header);
	status = write_bytes(file, buffer, length, &body);
	*done = NT_SUCCESS(status) && status != STATUS_PENDING ? length : body + sizeof(header);
	return status;
}

static NTSTATUS write_now(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done, const uint32_t *connection)
{
	struct io_pipe *pipe = file->pipe;
	NTSTATUS status;

	if (!pipe)
		return write_bytes(file, buffer, length, done);
	host_lock_acquire(&pipe->lock);
	if (connection && *connection != pipe->connection)
		status = STATUS_PIPE_DISCONNECTED;
	else if (file->fd < 0)
		status = pipe_closed_status(file, true);
	else
		status = pipe->messages ? write_message(file, buffer, length, done) : write_bytes(file, buffer, length, done);
	host_lock_release(&pipe->lock);
	return status;
}

NTSTATUS pipe_write_now(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	return write_now(file, buffer, length, done, NULL);
}

/* Begins a wait on this connection; the descriptor stays until it has ended.  NULL: another thread has cut it off. */
static const uint32_t *begin_wait(struct io_file *file, uint32_t connection)
{
	const uint32_t *stop = io_wait_begin(file);

	if (connection_of(file->pipe) == connection)
		return stop;
	io_wait_end();
	return NULL;
}

/* STATUS_SUCCESS: ready, perhaps. */
static NTSTATUS wait_until(struct io_file *file, unsigned what, uint32_t connection)
{
	const uint32_t *stop = begin_wait(file, connection);

	if (!stop)
		return STATUS_PIPE_DISCONNECTED;
	ke_enter_blocking();
	host_wait_unless(file->fd, what, stop);
	io_wait_end(); /* before the thread may be kept, suspended */
	ke_leave_blocking();
	return io_wait_status();
}

NTSTATUS pipe_read_wait(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	struct io_pipe *pipe = file->pipe;
	uint32_t connection = connection_of(pipe);
	NTSTATUS status;
	ssize_t count;

	/* Bytes come with the one call that waits for them. */
	if (length && !(pipe && (pipe->messages || pipe->impatient || pipe->immediate))) {
		const uint32_t *stop = begin_wait(file, connection);

		if (!stop)
			return STATUS_PIPE_DISCONNECTED;
		ke_enter_blocking();
		count = host_read_unless(file->fd, buffer, length, stop);
		io_wait_end();
		ke_leave_blocking();
		if (count > 0) {
			*done = (ULONG_PTR)count;
			return STATUS_SUCCESS;
		}
		if (count == 0)
			return connection_of(pipe) == connection ? pipe_closed_status(file, false) : STATUS_PIPE_DISCONNECTED;
		if (count != -EAGAIN && count != -EFAULT)
			return failed_status(file, count, false);
	}
	while ((status = read_now(file, buffer, length, done, &connection)) == STATUS_PENDING) {
		if (pipe && pipe->immediate && !*done)
			return STATUS_PIPE_EMPTY;
		status = wait_until(file, HOST_POLL_READ, connection);
		if (!NT_SUCCESS(status))
			return status;
	}
	return status;
}

/* Bytes, with calls that wait. */
static NTSTATUS write_bytes_wait(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	uint32_t connection = connection_of(file->pipe);
	ssize_t count = 0;

	while (*done < length && count >= 0) {
		const uint32_t *stop = begin_wait(file, connection);

		if (!stop)
			return STATUS_PIPE_DISCONNECTED;
		ke_enter_blocking();
		count = host_write_unless(file->fd, (char *)buffer + *done, length - *done, stop);
		if (count > 0)
			*done += (ULONG_PTR)count;
		else if (count == -EAGAIN)
			count = host_wait_unless(file->fd, HOST_POLL_WRITE, stop);
		io_wait_end();
		ke_leave_blocking();
		if (count == -EFAULT && host_probe_guest((char *)buffer + *done, length - *done, false) == 0)
			count = 0;
		/* ended while a part of it was under way */
		if (*done < length && !NT_SUCCESS(io_wait_status()))
			count = -ECANCELED;
	}
	if (count < 0 && connection_of(file->pipe) != connection)
		return STATUS_PIPE_DISCONNECTED;
	return count < 0 ? failed_status(file, count, true) : STATUS_SUCCESS;
}

NTSTATUS pipe_write_wait(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	struct io_pipe *pipe = file->pipe;
	uint32_t connection = connection_of(pipe);
	NTSTATUS status;

	if (!(pipe && (pipe->messages || pipe->impatient || pipe->immediate)))
		return write_bytes_wait(file, buffer, length, done);
	for (;;) {
		/* only who is in the middle of a message waits with the lock: another's may not come between */
		bool keeps = pipe->messages && *done;

		if (pipe->messages && !keeps)
			host_lock_acquire(&pipe->write_lock);
		status = write_now(file, buffer, length, done, &connection);
		keeps = pipe->messages && *done && status == STATUS_PENDING;
		if (pipe->messages && !keeps)
			host_lock_release(&pipe->write_lock);
		if (status != STATUS_PENDING)
			return status;
		/* what does not fit is not written, and that is no error (MSDN WriteFile); a message is not cut */
		if (pipe->immediate && !keeps)
			return STATUS_SUCCESS;
		/* a message that has begun is sent whole */
		status = wait_until(file, HOST_POLL_WRITE, connection);
		if (!NT_SUCCESS(status) && !keeps)
			return status;
	}
}

/* What waits in the stream of a pipe of messages: how many bytes they have, how many they are, the length of the first. */
static void count_messages(const struct io_pipe *pipe, const char *stream, size_t size, FILE_PIPE_PEEK_BUFFER *peeked)
{
	size_t at = 0;
	uint32_t left = pipe->left;
	bool inside = pipe->inside;

	while (inside || size - at >= sizeof(struct pipe_header)) {
		size_t here;

		if (!inside) {
			struct pipe_header header;

			memcpy(&header, stream + at, sizeof(header));
			at += sizeof(header);
			left = header.length;
		}
		inside = false;
		if (!peeked->NumberOfMessages++)
			peeked->MessageLength = left;
		here = size - at < left ? size - at : left;
		peeked->ReadDataAvailable += (ULONG)here;
		at += here;
		if (here < left)
			break;
	}
}

/* Everything that waits, copied; *size bytes, the caller's. */
static NTSTATUS copy_stream(struct io_file *file, size_t wanted, char **copy, size_t *size)
{
	ssize_t got;

	*size = 0;
	*copy = malloc(wanted + 1);
	if (!*copy)
		return STATUS_NO_MEMORY;
	got = host_peek(file->fd, *copy, wanted);
	if (got == -ENOTSOCK)
		got = host_peek_pipe(file->fd, *copy, wanted);
	if (got == -EAGAIN)
		got = 0;
	if (got < 0)
		return failed_status(file, got, false);
	*size = (size_t)got;
	return STATUS_SUCCESS;
}

static NTSTATUS peek(struct io_file *file, PVOID output, ULONG output_length, ULONG_PTR *information)
{
	const ULONG header = offsetof(FILE_PIPE_PEEK_BUFFER, Data);
	struct io_pipe *pipe = file->pipe;
	FILE_PIPE_PEEK_BUFFER peeked = {.NamedPipeState = PIPE_CONNECTED};
	struct host_poll poll = {file->fd, HOST_POLL_READ, 0};
	bool messages = pipe && pipe->messages;
	size_t available = 0, size = 0, skip = 0, got = 0;
	NTSTATUS status = STATUS_SUCCESS;
	char *copy = NULL;

	host_bytes_available(file->fd, &available);
	if (host_poll(&poll, 1, 0) > 0 && poll.ready & (HOST_POLL_HANGUP | HOST_POLL_ERROR)) {
		peeked.NamedPipeState = PIPE_CLOSING;
		host_bytes_available(file->fd, &available);
		if (!available && !(pipe && pipe->inside))
			return pipe_closed_status(file, false);
	}
	if (available && (messages || output_length > header))
		status = copy_stream(file, messages || output_length - header > available ? available : output_length - header,
				     &copy, &size);
	if (NT_SUCCESS(status)) {
		if (messages) {
			count_messages(pipe, copy, size, &peeked);
			skip = pipe->inside ? 0 : sizeof(struct pipe_header);
			got = peeked.NumberOfMessages ? peeked.MessageLength : 0;
			if (size < skip)
				skip = got = 0;
			if (got > size - skip)
				got = size - skip;
		} else {
			peeked.ReadDataAvailable = (ULONG)available;
			got = size;
		}
		if (got > output_length - header)
			got = output_length - header;
		if (host_copy_to_guest(output, &peeked, header) < 0 ||
		    host_copy_to_guest((char *)output + header, copy ? copy + skip : NULL, got) < 0)
			status = STATUS_ACCESS_VIOLATION;
		*information = header + got;
	}
	free(copy);
	if (!NT_SUCCESS(status))
		return status;
	return got < (messages ? peeked.MessageLength : peeked.ReadDataAvailable) ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS pipe_peek(struct io_file *file, PVOID output, ULONG output_length, ULONG_PTR *information)
{
	NTSTATUS status;

	if (output_length < offsetof(FILE_PIPE_PEEK_BUFFER, Data))
		return STATUS_INVALID_PARAMETER;
	if (!file->pipe)
		return peek(file, output, output_length, information);
	host_lock_acquire(&file->pipe->lock);
	status = file->fd < 0 ? pipe_closed_status(file, false) : peek(file, output, output_length, information);
	host_lock_release(&file->pipe->lock);
	return status;
}
