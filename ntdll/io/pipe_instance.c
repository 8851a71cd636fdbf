/*
 * ntdll/io/pipe_instance.c - named pipes: making, opening, connecting, disconnecting; ends that a child inherits.
 *
 * States and what they refuse are those of NT's named pipe file system (MSDN: CreateNamedPipe, ConnectNamedPipe,
 * DisconnectNamedPipe and the errors named there).
 *
 * Lock order: the lock of the table (entered), a pipe's lock.
 */
#include "host/local_socket.h"
#include "ntdll/io/inherit.h"
#include "ntdll/io/npfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a client of another process says first. */
struct hello {
	int32_t instance;
	uint32_t generation;
};

static struct io_pipe *servers; /* the lock of the table */

/* The server's end of an instance of this process that has got a connection.  Entered. */
static void take_connection(struct io_pipe *pipe, int fd, uint32_t generation)
{
	host_lock_acquire(&pipe->lock);
	if (pipe->impatient)
		host_set_nonblocking(fd, true);
	pipe->inside = false;
	pipe->generation = generation;
	pipe->file->fd = fd;
	pipe->state = PIPE_CONNECTED;
	host_lock_release(&pipe->lock);
	io_async_end(pipe->file, 1u << IO_ASYNC_LISTEN, STATUS_SUCCESS);
}

static struct io_pipe *find_server(int32_t instance)
{
	struct io_pipe *pipe = servers;

	while (pipe && pipe->instance != instance)
		pipe = pipe->next;
	return pipe;
}

/* Takes the connections that clients of other processes have made.  They say hello before they let others enter. */
static void take_connections(void)
{
	struct hello hello;
	int fd;

	while ((fd = host_local_accept(pipe_listener())) >= 0) {
		struct io_pipe *pipe = NULL;

		if (host_read_now(fd, &hello, sizeof(hello)) == sizeof(hello))
			pipe = find_server(hello.instance);
		if (pipe && pipe->state == PIPE_LISTENING && pipe_instance_generation(hello.instance) == hello.generation)
			take_connection(pipe, fd, hello.generation);
		else
			host_close(fd);
	}
}

enum pipe_state pipe_state(struct io_file *file)
{
	struct io_pipe *pipe = file->pipe;

	if (!pipe || pipe->instance < 0)
		return PIPE_CONNECTED;
	if (!pipe->server)
		return pipe_instance_was_cut(pipe, false) ? PIPE_DISCONNECTED : PIPE_CONNECTED;
	if (!pipe->owner || __atomic_load_n(&pipe->state, __ATOMIC_ACQUIRE) != PIPE_LISTENING || !pipe_instance_is_claimed(pipe))
		return pipe->state;
	if (NT_SUCCESS(pipe_table_enter())) {
		take_connections();
		/* the client was gone before it could say which */
		if (pipe->state == PIPE_LISTENING && pipe_instance_is_claimed(pipe))
			pipe->state = PIPE_CLOSING;
		pipe_table_leave();
	}
	return pipe->state;
}

NTSTATUS pipe_check(struct io_file *file)
{
	if (!file->pipe)
		return STATUS_SUCCESS;
	switch (pipe_state(file)) {
	case PIPE_DISCONNECTED:
		return STATUS_PIPE_DISCONNECTED;
	case PIPE_LISTENING:
		return STATUS_PIPE_LISTENING;
	default:
		return STATUS_SUCCESS;
	}
}

NTSTATUS pipe_closed_status(struct io_file *file, bool write)
{
	const struct io_pipe *pipe = file->pipe;

	if (pipe && pipe->instance >= 0 &&
	    (pipe->server ? pipe->state == PIPE_DISCONNECTED : pipe_instance_was_cut(pipe, true)))
		return STATUS_PIPE_DISCONNECTED;
	return write ? STATUS_PIPE_CLOSING : STATUS_PIPE_BROKEN;
}

/* On the I/O thread, when somebody has connected to this process. */
static NTSTATUS listen_ready(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	enum pipe_state state = pipe_state(file);

	if (state == PIPE_LISTENING && NT_SUCCESS(pipe_table_enter())) {
		take_connections(); /* another instance's, which nobody waits for */
		pipe_table_leave();
		state = file->pipe->state;
	}
	return state == PIPE_LISTENING ? STATUS_PENDING : state == PIPE_DISCONNECTED ? STATUS_PIPE_DISCONNECTED : STATUS_SUCCESS;
}

NTSTATUS pipe_connect(struct io_file *file, struct io_request *request)
{
	struct io_pipe *pipe = file->pipe;
	struct host_poll poll = {-1, HOST_POLL_READ, 0};
	ULONG_PTR done = 0;
	bool was_cut = false;
	NTSTATUS status;

	if (!pipe || !pipe->server)
		return STATUS_ILLEGAL_FUNCTION;
	if (!pipe->owner)
		return STATUS_PIPE_CONNECTED;
	switch (pipe_state(file)) {
	case PIPE_CLOSING:
		return STATUS_PIPE_CLOSING;
	case PIPE_CONNECTED:
		host_lock_acquire(&pipe->lock);
		poll.fd = file->fd;
		host_poll(&poll, 1, 0);
		host_lock_release(&pipe->lock);
		return poll.ready & (HOST_POLL_HANGUP | HOST_POLL_ERROR) ? STATUS_PIPE_CLOSING : STATUS_PIPE_CONNECTED;
	case PIPE_DISCONNECTED:
		status = pipe_table_enter();
		if (!NT_SUCCESS(status))
			return status;
		pipe_instance_listen(pipe);
		pipe->state = PIPE_LISTENING;
		pipe_table_leave();
		was_cut = true;
		break;
	case PIPE_LISTENING:
		break;
	}
	/* the first call after a disconnection only makes the instance available (MSDN ConnectNamedPipe) */
	if (pipe->immediate)
		return was_cut ? STATUS_SUCCESS : STATUS_PIPE_LISTENING;
	if (io_is_synchronous(file))
		return io_async_wait(request, IO_ASYNC_LISTEN, pipe_listener(), NULL, 0, &done, listen_ready);
	io_async_queue(request, IO_ASYNC_LISTEN, pipe_listener(), NULL, 0, 0, listen_ready);
	return STATUS_PENDING; /* either way the request is no longer the caller's */
}

/* Threads that wait for the descriptor let go of it before it is closed: its number may be another file's at once. */
static void drop_connection(struct io_pipe *pipe)
{
	struct io_file *file = pipe->file;
	int fd;

	host_lock_acquire(&pipe->lock);
	pipe->state = PIPE_DISCONNECTED;
	pipe->inside = false;
	fd = file->fd;
	file->fd = -1;
	__atomic_fetch_add(&pipe->connection, 1, __ATOMIC_SEQ_CST);
	host_lock_release(&pipe->lock);
	io_wait_end_all(file, STATUS_PIPE_DISCONNECTED);
	if (fd >= 0) {
		host_shutdown(fd);
		host_close(fd);
	}
}

NTSTATUS pipe_disconnect(struct io_file *file)
{
	const unsigned kinds = 1u << IO_ASYNC_READ | 1u << IO_ASYNC_WRITE | 1u << IO_ASYNC_LISTEN;
	struct io_pipe *pipe = file->pipe;
	NTSTATUS status;

	if (!pipe || !pipe->server)
		return STATUS_ILLEGAL_FUNCTION;
	if (pipe_state(file) == PIPE_DISCONNECTED)
		return STATUS_PIPE_DISCONNECTED;
	status = pipe_table_enter();
	if (!NT_SUCCESS(status))
		return status;
	pipe_instance_disconnect(pipe);
	drop_connection(pipe);
	/* before the next client can come, whose data the requests must not take */
	io_async_end(file, kinds, STATUS_PIPE_DISCONNECTED);
	pipe_table_leave();
	return STATUS_SUCCESS;
}

/* The last handle is gone. */
void io_pipe_close(struct io_file *file)
{
	struct io_pipe *pipe = file->pipe, **link = &servers;

	io_async_cancel(file, NULL, NULL);
	if (!pipe || !pipe->owner || !NT_SUCCESS(pipe_table_enter()))
		return;
	while (*link && *link != pipe)
		link = &(*link)->next;
	if (*link)
		*link = pipe->next;
	pipe_instance_free(pipe);
	pipe->owner = false;
	pipe->state = PIPE_DISCONNECTED;
	pipe_table_leave();
}

void io_pipe_free(struct io_file *file)
{
	struct io_pipe *pipe = file->pipe;

	if (!pipe)
		return;
	io_pipe_close(file); /* never had a handle */
	free(pipe->name);
	free(pipe);
}

static NTSTATUS keep_name(struct io_pipe *pipe, const struct pipe_settings *settings)
{
	pipe->name = malloc(settings->length * sizeof(char16_t) + 1);
	if (!pipe->name)
		return STATUS_NO_MEMORY;
	memcpy(pipe->name, settings->name, settings->length * sizeof(char16_t));
	pipe->name_length = settings->length;
	pipe->direction = settings->direction;
	pipe->messages = settings->messages;
	pipe->maximum = settings->maximum;
	pipe->in_quota = settings->in_quota;
	pipe->out_quota = settings->out_quota;
	return STATUS_SUCCESS;
}

static NTSTATUS check_name(const struct io_name *name)
{
	if (name->device != IO_DEVICE_PIPE)
		return STATUS_OBJECT_NAME_INVALID;
	return name->rest_length > PIPE_NAME_MAXIMUM ? STATUS_OBJECT_NAME_INVALID : STATUS_SUCCESS;
}

/* What a server and a client of the same process get: a pipe where data goes one way, else sockets. */
static NTSTATUS make_pair(const struct pipe_settings *settings, int *server, int *client)
{
	size_t quota = settings->in_quota > settings->out_quota ? settings->in_quota : settings->out_quota;
	int fds[2], result;

	if (settings->messages || settings->direction == PIPE_DUPLEX) {
		result = host_socket_pair(fds, false, quota > 212992 ? quota : 0);
		*server = fds[0];
		*client = fds[1];
	} else {
		bool inbound = settings->direction == PIPE_INBOUND;

		result = host_pipe(fds, quota, false);
		*server = fds[inbound ? 0 : 1];
		*client = fds[inbound ? 1 : 0];
	}
	return io_status(result);
}

/* A connection with the claimed instance; *fd is the client's end.  STATUS_RETRY: its server is gone. */
static NTSTATUS connect_to(struct pipe_settings *settings, int32_t instance, int *fd)
{
	struct hello hello = {instance, pipe_instance_generation(instance)};
	char socket[32];
	int server;
	NTSTATUS status;

	if (pipe_instance_is_local(instance)) {
		struct io_pipe *pipe = find_server(instance);

		if (!pipe)
			return STATUS_RETRY;
		status = make_pair(settings, &server, fd);
		if (!NT_SUCCESS(status))
			pipe_instance_listen(pipe);
		else
			take_connection(pipe, server, hello.generation);
		return status;
	}
	pipe_instance_socket(instance, socket);
	*fd = host_local_connect(socket);
	if (*fd < 0)
		return *fd == -EMFILE || *fd == -ENFILE || *fd == -ENOMEM ? io_status(*fd) : STATUS_RETRY;
	if (host_write_now(*fd, &hello, sizeof(hello)) != sizeof(hello)) {
		host_close(*fd);
		return STATUS_RETRY;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS open_client(struct io_name *name, struct io_open_request *request, struct io_file **result)
{
	struct pipe_settings settings = {.name = name->rest, .length = name->rest_length};
	ACCESS_MASK access = io_granted(request->access);
	struct io_file *file;
	int32_t instance = -1;
	int fd = -1;
	NTSTATUS status = check_name(name);

	if (!NT_SUCCESS(status))
		return status == STATUS_OBJECT_NAME_INVALID ? STATUS_OBJECT_NAME_NOT_FOUND : status;
	if (request->options & FILE_DIRECTORY_FILE)
		return STATUS_NOT_A_DIRECTORY;
	status = pipe_table_enter();
	if (!NT_SUCCESS(status))
		return status;
	do {
		status = pipe_instance_claim(&settings, access, &instance);
		if (NT_SUCCESS(status)) {
			status = connect_to(&settings, instance, &fd);
			if (!NT_SUCCESS(status) && !pipe_instance_is_local(instance))
				pipe_instance_discard(instance);
		}
	} while (status == STATUS_RETRY);
	if (NT_SUCCESS(status)) {
		file = io_new_file(IO_PIPE, fd, access, request->options);
		if (file)
			file->pipe = pipe_new(file);
		if (!file || !file->pipe || !NT_SUCCESS(keep_name(file->pipe, &settings))) {
			status = STATUS_NO_MEMORY;
			if (file)
				ob_dereference(file);
		} else {
			file->pipe->instance = instance;
			file->pipe->generation = pipe_instance_generation(instance);
			file->pipe->impatient = !io_is_synchronous(file);
			if (file->pipe->impatient)
				host_set_nonblocking(fd, true);
			request->information = FILE_OPENED;
			*result = file;
		}
	}
	pipe_table_leave();
	return status;
}

NTSTATUS io_open_pipe(struct io_name *name, struct io_open_request *request, struct io_file **file)
{
	if (name->device == IO_DEVICE_PIPE)
		return open_client(name, request, file);
	if (request->disposition != FILE_OPEN && request->disposition != FILE_OPEN_IF)
		return STATUS_OBJECT_NAME_COLLISION;
	*file = io_new_file(IO_PIPE_ROOT, -1, io_granted(request->access), request->options);
	request->information = FILE_OPENED;
	return *file ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS create_server(struct io_name *name, struct io_open_request *request, struct pipe_settings *settings,
			      bool read_messages, bool immediate, struct io_file **result)
{
	struct io_file *file = io_new_file(IO_PIPE, -1, io_granted(request->access), request->options);
	struct io_pipe *pipe;
	bool existed = false;
	NTSTATUS status;

	if (!file)
		return STATUS_NO_MEMORY;
	settings->name = name->rest;
	settings->length = name->rest_length;
	pipe = file->pipe = pipe_new(file);
	status = pipe ? keep_name(pipe, settings) : STATUS_NO_MEMORY;
	if (NT_SUCCESS(status))
		status = pipe_table_enter();
	if (NT_SUCCESS(status)) {
		pipe->server = true;
		pipe->read_messages = read_messages;
		pipe->immediate = immediate;
		pipe->impatient = !io_is_synchronous(file);
		pipe->state = PIPE_LISTENING;
		status = pipe_instance_create(settings, pipe, &existed);
		if (NT_SUCCESS(status)) {
			pipe->owner = true;
			pipe->next = servers;
			servers = pipe;
		}
		pipe_table_leave();
	}
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	request->information = existed ? FILE_OPENED : FILE_CREATED;
	*result = file;
	return STATUS_SUCCESS;
}

static NTSTATUS check_settings(const struct io_open_request *request, const struct pipe_settings *settings, ULONG type,
			       ULONG read_mode, ULONG completion_mode)
{
	if (type > 1 || read_mode > 1 || completion_mode > 1 || (read_mode && !type) || !settings->maximum)
		return STATUS_INVALID_PARAMETER;
	if (request->disposition != FILE_CREATE && request->disposition != FILE_OPEN && request->disposition != FILE_OPEN_IF)
		return STATUS_INVALID_PARAMETER;
	if (!request->share || request->share & ~(ULONG)(FILE_SHARE_READ | FILE_SHARE_WRITE))
		return STATUS_INVALID_PARAMETER;
	if (request->options & ~(ULONG)(FILE_WRITE_THROUGH | FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtCreateNamedPipeFile,
       (HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb, ULONG share, ULONG disposition,
	ULONG options, ULONG type, ULONG read_mode, ULONG completion_mode, ULONG maximum, ULONG in_quota, ULONG out_quota,
	LARGE_INTEGER *timeout))
{
	struct io_open_request request = {.share = share, .disposition = disposition, .options = options};
	/* bit 1 of the type keeps clients of other machines out, which there are none of */
	struct pipe_settings settings = {
		.direction = share == FILE_SHARE_WRITE  ? PIPE_INBOUND
			     : share == FILE_SHARE_READ ? PIPE_OUTBOUND
							: PIPE_DUPLEX,
		.maximum = maximum,
		.in_quota = in_quota,
		.out_quota = out_quota,
		.messages = type & 1,
		.first = disposition == FILE_CREATE,
		.open_only = disposition == FILE_OPEN,
	};
	struct io_captured_name captured;
	struct io_file *file;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	LARGE_INTEGER wait;
	HANDLE value = NULL;
	NTSTATUS status;

	if (!attributes || !timeout)
		return STATUS_INVALID_PARAMETER;
	if (host_copy_from_guest(&wait, timeout, sizeof(wait)) < 0 || host_probe_guest(handle, sizeof(*handle), true) < 0 ||
	    host_probe_guest(iosb, sizeof(*iosb), true) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (wait.QuadPart >= 0)
		return STATUS_INVALID_PARAMETER;
	settings.timeout = wait.QuadPart;
	status = check_settings(&request, &settings, type & ~2u, read_mode, completion_mode);
	if (!NT_SUCCESS(status))
		return status;
	request.access = ob_map_access(&io_file_type, access);
	status = io_capture_name(attributes, &captured);
	if (!NT_SUCCESS(status))
		return status;
	status = check_name(&captured.name);
	if (NT_SUCCESS(status))
		status = create_server(&captured.name, &request, &settings, read_mode, completion_mode, &file);
	if (NT_SUCCESS(status)) {
		status = ob_create_handle(file, file->access, captured.attributes.flags & OBJ_INHERIT, &value);
		ob_dereference(file);
	}
	io_release_name(&captured);
	if (!NT_SUCCESS(status))
		return status;
	block.Status = status;
	block.Information = request.information;
	if (host_copy_to_guest(iosb, &block, sizeof(block)) < 0 || host_copy_to_guest(handle, &value, sizeof(value)) < 0) {
		ob_close_handle(value);
		return STATUS_ACCESS_VIOLATION;
	}
	return status;
}
EXPORT_ALIAS(ntdll, "ZwCreateNamedPipeFile", NtCreateNamedPipeFile);

int io_pipe_copy(struct io_file *file)
{
	int copy;

	if (!file->pipe)
		return host_dup(file->fd);
	host_lock_acquire(&file->pipe->lock);
	copy = host_dup(file->fd);
	host_lock_release(&file->pipe->lock);
	return copy;
}

void io_pipe_describe(struct io_file *file, struct io_inherited *inherited)
{
	const struct io_pipe *pipe = file->pipe;

	if (!pipe)
		return;
	inherited->pipe = 1u | (pipe->server ? 2u : 0) | (pipe->messages ? 4u : 0) | (pipe->read_messages ? 8u : 0) |
			  (pipe->immediate ? 16u : 0) | (pipe->inside ? 32u : 0) | pipe->direction << 8;
	inherited->pipe_instance = pipe->instance;
	inherited->pipe_generation = pipe->generation;
	inherited->pipe_left = pipe->left;
	inherited->pipe_maximum = pipe->maximum;
	inherited->pipe_quotas[0] = pipe->in_quota;
	inherited->pipe_quotas[1] = pipe->out_quota;
}

NTSTATUS io_pipe_inherit(struct io_file *file, const struct io_inherited *inherited)
{
	struct io_pipe *pipe;

	if (!inherited->pipe)
		return STATUS_SUCCESS;
	pipe = file->pipe = pipe_new(file);
	if (!pipe)
		return STATUS_NO_MEMORY;
	pipe->server = inherited->pipe & 2;
	pipe->messages = inherited->pipe & 4;
	pipe->read_messages = inherited->pipe & 8;
	pipe->immediate = inherited->pipe & 16;
	pipe->inside = inherited->pipe & 32;
	pipe->direction = inherited->pipe >> 8;
	pipe->impatient = !io_is_synchronous(file);
	pipe->instance = inherited->pipe_instance;
	pipe->generation = inherited->pipe_generation;
	pipe->left = inherited->pipe_left;
	pipe->maximum = inherited->pipe_maximum;
	pipe->in_quota = inherited->pipe_quotas[0];
	pipe->out_quota = inherited->pipe_quotas[1];
	return STATUS_SUCCESS;
}
