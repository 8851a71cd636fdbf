/*
 * ntdll/io/pipe.c - pipes as files: requests, controls, information, anonymous pipes.
 *
 * An anonymous pipe is Linux's.  What is met behind a standard handle (pipes, sockets, FIFOs) behaves the same.  Reading
 * a pipe whose writers are gone gives STATUS_PIPE_BROKEN, once it is empty; writing without readers STATUS_PIPE_CLOSING.
 */
#include "host/local_socket.h"
#include "ntdll/io/npfs.h"

#include <stdlib.h>
#include <string.h>

struct io_pipe *pipe_new(struct io_file *file)
{
	struct io_pipe *pipe = calloc(1, sizeof(*pipe));

	if (!pipe)
		return NULL;
	pipe->file = file;
	pipe->instance = -1;
	pipe->state = PIPE_CONNECTED;
	pipe->maximum = 1;
	pipe->in_quota = pipe->out_quota = 4096;
	return pipe;
}

struct io_pipe *pipe_of(struct io_file *file)
{
	struct io_pipe *pipe;

	host_lock_acquire(&file->lock);
	pipe = file->pipe;
	if (!pipe) {
		pipe = pipe_new(file);
		if (pipe)
			pipe->server = !(file->access & FILE_WRITE_DATA);
		file->pipe = pipe;
	}
	host_lock_release(&file->lock);
	return pipe;
}

static NTSTATUS transfer(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length, bool write)
{
	enum io_async_kind kind = write ? IO_ASYNC_WRITE : IO_ASYNC_READ;
	io_ready_routine now = write ? pipe_write_now : pipe_read_now;
	ULONG_PTR done = 0;
	NTSTATUS status = pipe_check(file);

	if (!NT_SUCCESS(status))
		return io_request_end(request, status, 0);
	if (write && !length && !(file->pipe && file->pipe->messages))
		return io_request_end(request, STATUS_SUCCESS, 0);
	if (io_is_synchronous(file)) {
		status = (write ? pipe_write_wait : pipe_read_wait)(file, buffer, length, &done);
		return io_request_end(request, status, done);
	}
	/* behind those that wait already */
	status = io_async_pends(file, kind) ? STATUS_PENDING : now(file, buffer, length, &done);
	if (status == STATUS_PENDING && file->pipe && file->pipe->immediate && !done)
		return io_request_end(request, write ? STATUS_SUCCESS : STATUS_PIPE_EMPTY, 0);
	if (status == STATUS_PENDING)
		return io_async_queue(request, kind, -1, buffer, length, done, now);
	return io_request_end(request, status, done);
}

NTSTATUS io_pipe_read(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length)
{
	return transfer(file, request, buffer, length, false);
}

NTSTATUS io_pipe_write(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length)
{
	return transfer(file, request, buffer, length, true);
}

NTSTATUS io_pipe_name(struct io_file *file, struct io_wide *name)
{
	const struct io_pipe *pipe = file->pipe;

	if (!pipe || !pipe->name)
		return STATUS_SUCCESS;
	return io_wide_put(name, u"\\", 1) && io_wide_put(name, pipe->name, pipe->name_length) ? STATUS_SUCCESS
											       : STATUS_NO_MEMORY;
}

/* Whether something that was written waits to be read; STATUS_PENDING: it does. */
static NTSTATUS look_for_unread(struct io_file *file)
{
	struct host_poll poll = {-1, 0, 0};
	NTSTATUS status = STATUS_PENDING;
	size_t unread = 0;

	if (file->pipe)
		host_lock_acquire(&file->pipe->lock);
	poll.fd = file->fd;
	if (poll.fd < 0)
		status = pipe_closed_status(file, false);
	else if (host_unread_bytes(poll.fd, &unread) < 0 || !unread)
		status = STATUS_SUCCESS;
	else if (host_poll(&poll, 1, 0) > 0 && poll.ready & (HOST_POLL_HANGUP | HOST_POLL_ERROR))
		status = pipe_closed_status(file, false);
	if (file->pipe)
		host_lock_release(&file->pipe->lock);
	return status;
}

/* Waits until everything that was written has been read.  Linux tells nobody of that: looked at again and again, less and
 * less often. */
NTSTATUS io_pipe_flush(struct io_file *file)
{
	NTSTATUS status = pipe_check(file);
	uint64_t pause = 20000;
	uint32_t never = 0;

	if (!NT_SUCCESS(status))
		return status;
	while ((status = look_for_unread(file)) == STATUS_PENDING) {
		ke_enter_blocking();
		host_futex_wait(&never, 0, host_monotonic_ns() + pause);
		ke_leave_blocking();
		if (pause < 5000000)
			pause += pause / 4;
	}
	return status;
}

/* Writes a message and reads one (MSDN TransactNamedPipe): the pipe must be read by messages, and nothing may wait in it. */
static NTSTATUS transceive(struct io_file *file, struct io_request *request, PVOID input, ULONG input_length, PVOID output,
			   ULONG output_length, ULONG_PTR *information)
{
	struct io_pipe *pipe = file->pipe;
	struct host_poll poll = {-1, HOST_POLL_READ, 0};
	ULONG_PTR done = 0;
	NTSTATUS status;
	bool busy;

	if (!pipe || !pipe->messages || !pipe->read_messages)
		return STATUS_INVALID_READ_MODE;
	host_lock_acquire(&pipe->lock);
	poll.fd = file->fd;
	busy = pipe->inside || (host_poll(&poll, 1, 0) > 0 && !(poll.ready & HOST_POLL_HANGUP));
	host_lock_release(&pipe->lock);
	if (busy)
		return STATUS_PIPE_BUSY;
	status = pipe_write_wait(file, input, input_length, &done);
	if (!NT_SUCCESS(status))
		return status;
	if (io_is_synchronous(file))
		return pipe_read_wait(file, output, output_length, information);
	status = pipe_read_now(file, output, output_length, information);
	if (status == STATUS_PENDING) {
		status = io_async_queue(request, IO_ASYNC_READ, -1, output, output_length, *information, pipe_read_now);
		/* either way the request is no longer the caller's */
		return status == STATUS_PENDING ? status : STATUS_PENDING;
	}
	return status;
}

static NTSTATUS query_process(struct io_file *file, bool server, PVOID output, ULONG output_length, ULONG_PTR *information)
{
	ULONG process;

	if (!file->pipe || file->pipe->instance < 0)
		return STATUS_NOT_FOUND;
	if (output_length < sizeof(process))
		return STATUS_BUFFER_TOO_SMALL;
	process = pipe_instance_process(file->pipe, server);
	if (!process)
		return STATUS_NOT_FOUND;
	*information = sizeof(process);
	return host_copy_to_guest(output, &process, sizeof(process)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* FSCTL_PIPE_GET_PIPE_ATTRIBUTE and FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE: values by their names. */
static NTSTATUS query_attribute(struct io_file *file, const void *input, ULONG input_length, PVOID output, ULONG output_length,
				ULONG_PTR *information)
{
	static const struct {
		const char *name;
		bool server, session;
	} attributes[] = {
		{"ServerProcessId", true, false},
		{"ServerSessionId", true, true},
		{"ClientProcessId", false, false},
		{"ClientSessionId", false, true},
	};
	char name[32] = "";
	ULONG session = 1;

	if (host_copy_from_guest(name, input, input_length < sizeof(name) - 1 ? input_length : sizeof(name) - 1) < 0)
		return STATUS_ACCESS_VIOLATION;
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (strcmp(name, attributes[i].name) != 0)
			continue;
		if (!attributes[i].session)
			return query_process(file, attributes[i].server, output, output_length, information);
		if (output_length < sizeof(session))
			return STATUS_BUFFER_TOO_SMALL;
		*information = sizeof(session);
		return host_copy_to_guest(output, &session, sizeof(session)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
	}
	return STATUS_NOT_FOUND;
}

/* FILE_PIPE_WAIT_FOR_BUFFER; on the directory of the pipes. */
static NTSTATUS wait_for_pipe(const void *input, ULONG input_length)
{
	struct {
		LARGE_INTEGER timeout;
		ULONG name_length;
		BOOLEAN timeout_specified;
	} wait;
	const ULONG header = 14;
	char16_t name[PIPE_NAME_MAXIMUM];

	if (input_length < header)
		return STATUS_INVALID_PARAMETER;
	memset(&wait, 0, sizeof(wait));
	if (host_copy_from_guest(&wait, input, 13) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (wait.name_length > input_length - header)
		return STATUS_INVALID_PARAMETER;
	if (wait.name_length / 2 > ARRAY_SIZE(name))
		return STATUS_OBJECT_NAME_INVALID;
	if (host_copy_from_guest(name, (const char *)input + header, wait.name_length) < 0)
		return STATUS_ACCESS_VIOLATION;
	return pipe_wait_name(name, wait.name_length / 2, wait.timeout_specified ? &wait.timeout : NULL);
}

NTSTATUS io_pipe_control(struct io_file *file, struct io_request *request, ULONG code, PVOID input, ULONG input_length,
			 PVOID output, ULONG output_length, ULONG_PTR *information)
{
	NTSTATUS status;

	if (file->kind == IO_PIPE_ROOT)
		return code == FSCTL_PIPE_WAIT ? wait_for_pipe(input, input_length) : STATUS_INVALID_DEVICE_REQUEST;
	switch (code) {
	case FSCTL_PIPE_PEEK:
		status = pipe_check(file);
		if (status == STATUS_PIPE_LISTENING || (status == STATUS_PIPE_DISCONNECTED && file->pipe->server))
			status = STATUS_INVALID_PIPE_STATE;
		return NT_SUCCESS(status) ? pipe_peek(file, output, output_length, information) : status;
	case FSCTL_PIPE_TRANSCEIVE:
		status = pipe_check(file);
		if (!NT_SUCCESS(status))
			return status == STATUS_PIPE_DISCONNECTED ? status : STATUS_INVALID_PIPE_STATE;
		return transceive(file, request, input, input_length, output, output_length, information);
	case FSCTL_PIPE_LISTEN:
		return pipe_connect(file, request);
	case FSCTL_PIPE_DISCONNECT:
		return pipe_disconnect(file);
	case FSCTL_PIPE_QUERY_CLIENT_PROCESS:
		return query_process(file, false, output, output_length, information);
	case FSCTL_PIPE_GET_PIPE_ATTRIBUTE:
	case FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE:
		return query_attribute(file, input, input_length, output, output_length, information);
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

static void fill_local(struct io_file *file, FILE_PIPE_LOCAL_INFORMATION *info)
{
	const struct io_pipe *pipe = file->pipe;
	enum pipe_state state = pipe_state(file);
	FILE_PIPE_PEEK_BUFFER peeked;
	ULONG_PTR size;

	info->NamedPipeState = state;
	info->NamedPipeEnd = file->access & FILE_WRITE_DATA ? 0 : 1;
	info->MaximumInstances = info->CurrentInstances = 1;
	info->InboundQuota = info->OutboundQuota = 65536;
	if (pipe) {
		info->NamedPipeType = pipe->messages;
		info->NamedPipeConfiguration = pipe->direction;
		info->MaximumInstances = pipe->maximum;
		info->CurrentInstances = pipe->instance >= 0 ? pipe_instance_count(pipe) : 1;
		info->InboundQuota = pipe->in_quota;
		info->OutboundQuota = pipe->out_quota;
		info->NamedPipeEnd = pipe->server;
	}
	info->WriteQuotaAvailable = !pipe || pipe->server ? info->OutboundQuota : info->InboundQuota;
	if (state == PIPE_CONNECTED || state == PIPE_CLOSING) {
		NTSTATUS status = pipe_peek(file, &peeked, offsetof(FILE_PIPE_PEEK_BUFFER, Data), &size);

		if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW)
			info->ReadDataAvailable = peeked.ReadDataAvailable;
		if (status == STATUS_PIPE_BROKEN)
			info->NamedPipeState = PIPE_CLOSING;
	}
}

NTSTATUS io_pipe_query(struct io_file *file, PVOID buffer, ULONG length, FILE_INFORMATION_CLASS info_class, ULONG_PTR *size)
{
	if (info_class == FilePipeInformation) {
		FILE_PIPE_INFORMATION info = {0, 0};

		if (file->pipe) {
			info.ReadMode = file->pipe->read_messages;
			info.CompletionMode = file->pipe->immediate;
		}
		*size = sizeof(info);
		return host_copy_to_guest(buffer, &info, sizeof(info)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
	} else {
		FILE_PIPE_LOCAL_INFORMATION info = {0};

		fill_local(file, &info);
		*size = sizeof(info);
		return host_copy_to_guest(buffer, &info, sizeof(info)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
	}
}

NTSTATUS io_pipe_set(struct io_file *file, const void *buffer, ULONG length, FILE_INFORMATION_CLASS info_class)
{
	FILE_PIPE_INFORMATION info;
	struct io_pipe *pipe;

	if (host_copy_from_guest(&info, buffer, sizeof(info)) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (info.ReadMode > 1 || info.CompletionMode > 1)
		return STATUS_INVALID_PARAMETER;
	/* bytes cannot be read by message */
	if (info.ReadMode == 1 && !(file->pipe && file->pipe->messages))
		return STATUS_INVALID_PARAMETER;
	if (!file->pipe && !info.CompletionMode)
		return STATUS_SUCCESS;
	pipe = pipe_of(file);
	if (!pipe)
		return STATUS_NO_MEMORY;
	pipe->read_messages = info.ReadMode;
	pipe->immediate = info.CompletionMode;
	return STATUS_SUCCESS;
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
