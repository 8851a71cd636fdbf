/*
 * ntdll/io/pipe.c - pipes: reading, writing, looking ahead.
 *
 * Anonymous pipes are Linux's.  What is met behind a standard handle (pipes, sockets, FIFOs) behaves the same.  Reading
 * a pipe whose writers are gone gives STATUS_PIPE_BROKEN, once it is empty; writing without readers STATUS_PIPE_CLOSING.
 */
#include "ntdll/io/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static NTSTATUS pipe_status(ssize_t error, bool write)
{
	switch (-error) {
	case EPIPE:
		return STATUS_PIPE_CLOSING;
	case ECONNRESET:
	case ENOTCONN:
		return write ? STATUS_PIPE_CLOSING : STATUS_PIPE_BROKEN;
	default:
		return io_status(error);
	}
}

static ssize_t pipe_call(struct io_file *file, PVOID buffer, ULONG length, bool write)
{
	ssize_t count = write ? host_write(file->fd, buffer, length) : host_read(file->fd, buffer, length);
	size_t wanted = length, available;

	/* Where write watch works by faults, only what arrives marks its pages. */
	if (count == -EFAULT && !write && !host_bytes_available(file->fd, &available) && available < wanted)
		wanted = available;
	if (count == -EFAULT && host_probe_guest(buffer, wanted, !write) == 0)
		count = write ? host_write(file->fd, buffer, length) : host_read(file->fd, buffer, length);
	return count;
}

/* On the I/O thread, the descriptor being ready. */
static NTSTATUS read_ready(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	ssize_t count = pipe_call(file, buffer, length, false);

	if (count == -EAGAIN)
		return STATUS_PENDING;
	if (count < 0)
		return pipe_status(count, false);
	if (count == 0)
		return STATUS_PIPE_BROKEN;
	*done = (ULONG_PTR)count;
	return STATUS_SUCCESS;
}

static NTSTATUS write_ready(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	while (*done < length) {
		ssize_t count = pipe_call(file, (char *)buffer + *done, length - (ULONG)*done, true);

		if (count == -EAGAIN)
			return STATUS_PENDING;
		if (count < 0)
			return pipe_status(count, true);
		*done += (ULONG_PTR)count;
	}
	return STATUS_SUCCESS;
}

NTSTATUS io_pipe_read(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length)
{
	ssize_t count;

	if (!io_is_synchronous(file)) {
		struct host_poll poll = {file->fd, HOST_POLL_READ, 0};
		ULONG_PTR done = 0;
		NTSTATUS status = STATUS_PENDING;

		if (host_poll(&poll, 1, 0) > 0)
			status = read_ready(file, buffer, length, &done);
		if (status == STATUS_PENDING)
			return io_async_queue(request, false, buffer, length, 0, read_ready);
		return io_request_end(request, status, done);
	}
	if (!length)
		return io_request_end(request, STATUS_SUCCESS, 0);
	ke_enter_blocking();
	count = pipe_call(file, buffer, length, false);
	ke_leave_blocking();
	while (count == -EAGAIN) { /* somebody outside made it non-blocking */
		struct host_poll poll = {file->fd, HOST_POLL_READ, 0};

		ke_enter_blocking();
		host_poll(&poll, 1, -1);
		count = pipe_call(file, buffer, length, false);
		ke_leave_blocking();
	}
	if (count < 0)
		return io_request_end(request, pipe_status(count, false), 0);
	return io_request_end(request, count ? STATUS_SUCCESS : STATUS_PIPE_BROKEN, (ULONG_PTR)count);
}

NTSTATUS io_pipe_write(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length)
{
	ULONG_PTR done = 0;

	if (!io_is_synchronous(file)) {
		NTSTATUS status = write_ready(file, buffer, length, &done);

		if (status == STATUS_PENDING)
			return io_async_queue(request, true, buffer, length, done, write_ready);
		return io_request_end(request, status, done);
	}
	while (done < length) {
		ssize_t count;

		ke_enter_blocking();
		count = pipe_call(file, (char *)buffer + done, length - (ULONG)done, true);
		if (count == -EAGAIN) {
			struct host_poll poll = {file->fd, HOST_POLL_WRITE, 0};

			host_poll(&poll, 1, -1);
		}
		ke_leave_blocking();
		if (count == -EAGAIN)
			continue;
		if (count < 0)
			return io_request_end(request, pipe_status(count, true), done);
		done += (ULONG_PTR)count;
	}
	return io_request_end(request, STATUS_SUCCESS, done);
}

void io_pipe_close(struct io_file *file)
{
	io_async_cancel(file, NULL, NULL);
}

NTSTATUS io_pipe_name(struct io_file *file, struct io_wide *name)
{
	return STATUS_SUCCESS;
}

NTSTATUS io_open_pipe(struct io_name *name, struct io_open_request *request, struct io_file **file)
{
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS peek(struct io_file *file, PVOID output, ULONG output_length, ULONG_PTR *information)
{
	const ULONG header = offsetof(FILE_PIPE_PEEK_BUFFER, Data);
	FILE_PIPE_PEEK_BUFFER peeked = {0};
	struct host_poll poll = {file->fd, HOST_POLL_READ, 0};
	size_t available = 0;
	ssize_t got = 0;

	if (output_length < header)
		return STATUS_INVALID_PARAMETER;
	host_bytes_available(file->fd, &available);
	if (!available && host_poll(&poll, 1, 0) > 0 && poll.ready & HOST_POLL_HANGUP)
		return STATUS_PIPE_BROKEN;
	peeked.NamedPipeState = 3; /* connected */
	peeked.ReadDataAvailable = (ULONG)available;
	if (output_length > header && available) {
		ULONG room = output_length - header;
		char *copy;

		if (room > available)
			room = (ULONG)available;
		copy = malloc(room);
		if (!copy)
			return STATUS_NO_MEMORY;
		got = host_peek(file->fd, copy, room);
		if (got == -ENOTSOCK)
			got = host_peek_pipe(file->fd, copy, room);
		if (got > 0 && host_copy_to_guest((char *)output + header, copy, (size_t)got) < 0)
			got = -EFAULT;
		free(copy);
		if (got < 0)
			return pipe_status(got, false);
	}
	*information = header + (ULONG_PTR)got;
	if (host_copy_to_guest(output, &peeked, header) < 0)
		return STATUS_ACCESS_VIOLATION;
	return (size_t)got < available ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS io_pipe_control(struct io_file *file, struct io_request *request, ULONG code, PVOID input, ULONG input_length,
			 PVOID output, ULONG output_length, ULONG_PTR *information)
{
	switch (code) {
	case FSCTL_PIPE_PEEK:
		return peek(file, output, output_length, information);
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

NTSTATUS io_pipe_query(struct io_file *file, PVOID buffer, ULONG length, FILE_INFORMATION_CLASS info_class, ULONG_PTR *size)
{
	if (info_class == FilePipeInformation) {
		FILE_PIPE_INFORMATION info = {0, 0};

		*size = sizeof(info);
		return host_copy_to_guest(buffer, &info, sizeof(info)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
	} else {
		FILE_PIPE_LOCAL_INFORMATION info = {0};
		size_t available = 0;

		host_bytes_available(file->fd, &available);
		info.NamedPipeConfiguration = 0;
		info.MaximumInstances = info.CurrentInstances = 1;
		info.InboundQuota = info.OutboundQuota = info.WriteQuotaAvailable = 65536;
		info.ReadDataAvailable = (ULONG)available;
		info.NamedPipeState = 3;
		info.NamedPipeEnd = file->access & FILE_WRITE_DATA ? 0 : 1;
		*size = sizeof(info);
		return host_copy_to_guest(buffer, &info, sizeof(info)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
	}
}

NTSTATUS io_pipe_set(struct io_file *file, const void *buffer, ULONG length, FILE_INFORMATION_CLASS info_class)
{
	FILE_PIPE_INFORMATION info;

	if (host_copy_from_guest(&info, buffer, sizeof(info)) < 0)
		return STATUS_ACCESS_VIOLATION;
	/* a byte pipe can neither be read by message nor, here, be made non-blocking for both of its users */
	if (info.ReadMode > 1 || info.CompletionMode > 1 || info.ReadMode == 1)
		return STATUS_INVALID_PARAMETER;
	return info.CompletionMode ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
}

/* Makes an anonymous pipe: two synchronous handles.  `size` is a hint. */
NTSTATUS io_create_pipe(HANDLE *read_handle, HANDLE *write_handle, ULONG attributes, ULONG size)
{
	struct io_file *reader, *writer;
	int fds[2];
	NTSTATUS status = io_status(host_pipe(fds, size, false));

	if (!NT_SUCCESS(status))
		return status;
	reader = io_new_file(IO_PIPE, fds[0], FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES, FILE_SYNCHRONOUS_IO_NONALERT);
	writer = io_new_file(IO_PIPE, fds[1], FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES, FILE_SYNCHRONOUS_IO_NONALERT);
	if (!reader || !writer) {
		status = STATUS_NO_MEMORY;
	} else {
		status = ob_create_handle(reader, reader->access, attributes, read_handle);
		if (NT_SUCCESS(status)) {
			status = ob_create_handle(writer, writer->access, attributes, write_handle);
			if (!NT_SUCCESS(status))
				ob_close_handle(*read_handle);
		}
	}
	if (reader)
		ob_dereference(reader);
	if (writer)
		ob_dereference(writer);
	return status;
}
