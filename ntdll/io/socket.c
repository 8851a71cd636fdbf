/*
 * ntdll/io/socket.c - socket objects: making, binding, names, the state of connections, waiting.
 *
 * A thread that has to wait polls, or receives where it may wait as long as it takes.  What Windows knows of a socket and Linux does not
 * (that it has been bound, that a call is wrong in its state) is kept beside the descriptor.
 */
#include "ntdll/io/socket_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* TCP sockets that are bound and do not listen yet: Linux would let several have one port. */
static struct host_lock bound_lock;
static struct io_file *first_bound;

NTSTATUS io_socket_status(long error)
{
	if (error >= 0)
		return STATUS_SUCCESS;
	switch (-error) {
	case EAGAIN:
		return STATUS_DEVICE_NOT_READY;
	case EINPROGRESS:
	case EALREADY:
		return STATUS_PENDING;
	case EDESTADDRREQ:
	case ENOTCONN:
		return STATUS_INVALID_CONNECTION;
	case EPIPE:
		return STATUS_CONNECTION_ABORTED;
	case EMSGSIZE:
		return STATUS_INVALID_BUFFER_SIZE;
	case EADDRINUSE:
		return STATUS_ADDRESS_ALREADY_EXISTS;
	case EPROTONOSUPPORT:
	case EAFNOSUPPORT:
	case ESOCKTNOSUPPORT:
		return STATUS_NOT_SUPPORTED;
	case EPERM:
		return STATUS_ACCESS_DENIED;
	case ENOPROTOOPT:
		return STATUS_NOT_IMPLEMENTED;
	case EHOSTDOWN:
		return STATUS_HOST_UNREACHABLE;
	default:
		return rtl_status_from_errno((int)-error);
	}
}

static enum host_family host_family(INT family)
{
	switch (family) {
	case WS_AF_INET:
		return HOST_FAMILY_INET;
	case WS_AF_INET6:
		return HOST_FAMILY_INET6;
	case WS_AF_UNIX:
		return HOST_FAMILY_LOCAL;
	default:
		return HOST_FAMILY_NONE;
	}
}

struct io_file *io_socket_adopt(int fd, INT family, INT type, INT protocol, bool overlapped)
{
	struct io_file *file = io_new_file(IO_SOCKET, fd, FILE_GENERIC_READ | FILE_GENERIC_WRITE | WRITE_DAC,
					   overlapped ? 0 : FILE_SYNCHRONOUS_IO_NONALERT);
	struct io_socket *socket;

	if (!file)
		return NULL;
	socket = calloc(1, sizeof(*socket));
	if (!socket) {
		ob_dereference(file);
		return NULL;
	}
	socket->family = family;
	socket->type = type;
	socket->protocol = protocol;
	socket->settings[IO_SOCKET_RESET_REPORTS] = 1;
	for (int i = 0; i < 2; i++)
		socket->queues[i].last = &socket->queues[i].first;
	file->socket = socket;
	return file;
}

static int open_descriptor(INT family, INT type, INT protocol)
{
	int fd = host_socket_open(host_family(family), (enum host_socket_type)type,
				  family == WS_AF_UNIX ? 0 : protocol);

	if (fd >= 0 && family == WS_AF_INET6)
		host_socket_set(fd, HOST_OPTION_V6_ONLY, 1);
	return fd;
}

NTSTATUS io_socket_create(INT family, INT type, INT protocol, bool overlapped, bool inherit, HANDLE *handle)
{
	struct io_file *file;
	NTSTATUS status;
	int fd = open_descriptor(family, type, protocol);

	if (fd < 0)
		return io_socket_status(fd);
	file = io_socket_adopt(fd, family, type, protocol, overlapped);
	if (!file)
		return STATUS_NO_MEMORY;
	status = ob_create_handle(file, file->access, inherit ? OBJ_INHERIT : 0, handle);
	ob_dereference(file);
	return status;
}

NTSTATUS io_socket_by_handle(HANDLE handle, struct io_file **file)
{
	NTSTATUS status = ob_reference_by_real_handle(handle, &io_file_type, 0, (void **)file);

	if (NT_SUCCESS(status) && (*file)->kind != IO_SOCKET) {
		ob_dereference(*file);
		status = STATUS_OBJECT_TYPE_MISMATCH;
	}
	return status;
}

void io_socket_query(struct io_file *file, struct io_socket_info *info)
{
	struct io_socket *socket = file->socket;

	io_socket_refresh(file);
	info->family = socket->family;
	info->type = socket->type;
	info->protocol = socket->protocol;
	info->overlapped = !io_is_synchronous(file);
	info->bound = socket->bound;
	info->listening = socket->listening;
	info->connected = socket->connected;
	info->nonblocking = socket->settings[IO_SOCKET_NONBLOCKING];
	info->backlog = socket->backlog;
}

bool io_socket_skips_packets(struct io_file *file)
{
	return file->port && file->completion_modes & IO_SKIP_PORT_ON_SUCCESS;
}

static void leave_bound(struct io_file *file)
{
	host_lock_acquire(&bound_lock);
	for (struct io_file **link = &first_bound; *link; link = &(*link)->socket->next_bound)
		if (*link == file) {
			*link = file->socket->next_bound;
			break;
		}
	host_lock_release(&bound_lock);
}

/* The last handle is closed. */
void io_socket_close(struct io_file *file)
{
	struct io_socket *socket = file->socket;

	host_lock_acquire(&socket->lock);
	socket->closed = true;
	host_lock_release(&socket->lock);
	leave_bound(file);
	/* Who waits for it by itself is woken by the end of the connection, on Linux the only way. */
	if (__atomic_load_n(&socket->waiters, __ATOMIC_SEQ_CST) && !socket->given_away)
		host_socket_shutdown(file->fd, HOST_SHUTDOWN_READ | HOST_SHUTDOWN_WRITE);
	io_socket_cancel(file, NULL, NULL);
	io_socket_poll_closed(file);
	io_socket_settle(file);
}

void io_socket_destroy(struct io_file *file)
{
	struct io_socket *socket = file->socket;

	if (!socket)
		return;
	leave_bound(file);
	io_socket_unregister(file);
	if (socket->select_event)
		ob_dereference(socket->select_event);
	free(socket->local_name);
	free(socket->peer_name);
	free(socket);
}

/* The guest's path of a local socket becomes the host's; the guest's own is kept in *name. */
static NTSTATUS local_path(struct host_address *address, char **name)
{
	struct io_narrow path;
	char16_t wide[HOST_LOCAL_PATH];
	size_t units = rtl_utf8_to_utf16(wide, HOST_LOCAL_PATH, address->path, strlen(address->path));
	NTSTATUS status;

	*name = strdup(address->path);
	if (!*name)
		return STATUS_NO_MEMORY;
	if (!address->path[0] || units > HOST_LOCAL_PATH)
		return STATUS_INVALID_PARAMETER;
	io_narrow_init(&path);
	status = io_unix_path_from_dos(wide, units, true, &path);
	if (NT_SUCCESS(status) && path.length >= HOST_LOCAL_PATH)
		status = STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		memcpy(address->path, path.text, path.length + 1);
	io_narrow_free(&path);
	return status;
}

static bool is_any(const struct host_address *address)
{
	static const uint8_t zero[16];

	return !memcmp(address->bytes, zero, 16);
}

/* Whether another socket of ours is bound to it without listening: Linux lets that be when both may reuse. */
static bool is_bound_already(struct io_file *file, const struct host_address *address)
{
	bool found = false;

	host_lock_acquire(&bound_lock);
	for (struct io_file *other = first_bound; other && !found; other = other->socket->next_bound) {
		struct host_address have;

		if (other == file || host_socket_name(other->fd, false, &have) < 0)
			continue;
		found = have.family == address->family && have.port == address->port &&
			(is_any(&have) || is_any(address) || !memcmp(have.bytes, address->bytes, 16)) &&
			!(other->socket->settings[IO_SOCKET_REUSE] && file->socket->settings[IO_SOCKET_REUSE]);
	}
	host_lock_release(&bound_lock);
	return found;
}

/* A port that connections of the past still have may be bound on Windows; on Linux only where both sockets say so. */
static int bind_stream(struct io_file *file, const struct host_address *address)
{
	struct io_socket *socket = file->socket;
	int error;

	if (socket->settings[IO_SOCKET_REUSE])
		host_socket_set(file->fd, HOST_OPTION_REUSE_PORT, 1);
	error = host_socket_bind(file->fd, address);
	if (error == -EADDRINUSE && !is_bound_already(file, address)) {
		host_socket_set(file->fd, HOST_OPTION_REUSE_ADDRESS, 1);
		error = host_socket_bind(file->fd, address);
	}
	if (!error)
		host_socket_set(file->fd, HOST_OPTION_REUSE_ADDRESS, 1);
	return error;
}

NTSTATUS io_socket_bind(struct io_file *file, const struct host_address *given)
{
	struct io_socket *socket = file->socket;
	struct host_address address = *given;
	NTSTATUS status = STATUS_SUCCESS;
	char *name = NULL;
	int error;

	if (socket->bound)
		return STATUS_INVALID_PARAMETER;
	if (address.family == HOST_FAMILY_LOCAL)
		status = local_path(&address, &name);
	if (NT_SUCCESS(status)) {
		if (socket->type == WS_SOCK_STREAM && address.family != HOST_FAMILY_LOCAL) {
			error = bind_stream(file, &address);
		} else {
			if (socket->settings[IO_SOCKET_REUSE])
				host_socket_set(file->fd, HOST_OPTION_REUSE_ADDRESS, 1);
			error = host_socket_bind(file->fd, &address);
		}
		/* Linux' -EACCES of a low port and of an exclusive one are Windows' too. */
		status = error == -EINVAL ? STATUS_INVALID_PARAMETER : io_socket_status(error);
	}
	if (!NT_SUCCESS(status)) {
		free(name);
		return status;
	}
	socket->local_name = name;
	socket->bound = true;
	if (socket->type == WS_SOCK_STREAM && address.family != HOST_FAMILY_LOCAL) {
		host_lock_acquire(&bound_lock);
		socket->next_bound = first_bound;
		first_bound = file;
		host_lock_release(&bound_lock);
	}
	return STATUS_SUCCESS;
}

NTSTATUS io_socket_listen(struct io_file *file, INT backlog)
{
	struct io_socket *socket = file->socket;
	int error;

	if (socket->type != WS_SOCK_STREAM)
		return STATUS_NOT_SUPPORTED;
	if (socket->connected)
		return STATUS_CONNECTION_ACTIVE;
	if (!socket->bound)
		return STATUS_INVALID_PARAMETER;
	/* SOMAXCONN, and SOMAXCONN_HINT(n), which is -n */
	if (backlog == 0x7FFFFFFF)
		backlog = 4096;
	else if (backlog < 0)
		backlog = backlog < -65535 ? 65535 : -backlog;
	error = host_socket_listen(file->fd, backlog ? backlog : 1);
	if (error)
		return io_socket_status(error);
	socket->backlog = (ULONG)backlog;
	socket->listening = true;
	leave_bound(file);
	io_socket_reenable(file, 0);
	return STATUS_SUCCESS;
}

void io_socket_is_connected(struct io_file *file)
{
	struct io_socket *socket = file->socket;

	socket->connecting = false;
	socket->connect_failed = false;
	socket->dead = STATUS_SUCCESS;
	socket->bound = true;
	socket->connect_time = host_monotonic_ns();
	__atomic_store_n(&socket->connected, true, __ATOMIC_RELEASE);
	leave_bound(file);
}

void io_socket_refresh(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	int error;

	if (!__atomic_load_n(&socket->connecting, __ATOMIC_ACQUIRE))
		return;
	host_lock_acquire(&socket->lock);
	if (socket->connecting &&
	    host_socket_ready(file->fd) & (HOST_READY_WRITE | HOST_READY_ERROR | HOST_READY_HANGUP)) {
		error = host_socket_take_error(file->fd);
		host_set_nonblocking(file->fd, false);
		if (error == -ECONNRESET) {
			/* Who refuses says so otherwise: it was there, and the other side has ended it already. */
			io_socket_is_connected(file);
			socket->dead = STATUS_CONNECTION_RESET;
		} else if (error) {
			socket->error = io_socket_status(error);
			socket->connect_failed = true;
			__atomic_store_n(&socket->connecting, false, __ATOMIC_RELEASE);
		} else {
			io_socket_is_connected(file);
		}
	}
	host_lock_release(&socket->lock);
}

NTSTATUS io_socket_wait(struct io_file *file, unsigned wanted, uint64_t deadline)
{
	struct io_socket *socket = file->socket;
	struct host_poll poll = {file->fd, wanted, 0};
	int ready = 0;

	__atomic_add_fetch(&socket->waiters, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&socket->closed, __ATOMIC_SEQ_CST)) {
		int milliseconds = -1;

		if (deadline != KE_FOREVER) {
			uint64_t now = host_monotonic_ns();
			uint64_t left = deadline > now ? (deadline - now + 999999) / 1000000 : 0;

			milliseconds = left > 0x7FFFFFFF ? 0x7FFFFFFF : (int)left;
		}
		ke_enter_blocking();
		ready = host_poll(&poll, 1, milliseconds);
		ke_leave_blocking();
		if (ready || deadline != KE_FOREVER)
			break;
	}
	__atomic_sub_fetch(&socket->waiters, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&socket->closed, __ATOMIC_SEQ_CST))
		return STATUS_REQUEST_ABORTED;
	return ready ? STATUS_SUCCESS : STATUS_IO_TIMEOUT;
}

uint64_t io_socket_deadline(struct io_file *file, enum io_socket_setting setting)
{
	ULONG milliseconds = file->socket->settings[setting];

	return milliseconds && milliseconds != 0xFFFFFFFF ? host_monotonic_ns() + milliseconds * 1000000ull : KE_FOREVER;
}

/* Nothing listens at the address of everything. */
static bool goes_nowhere(struct io_file *file, const struct host_address *address)
{
	if (address->family == HOST_FAMILY_LOCAL)
		return false;
	return is_any(address) || (!address->port && file->socket->type == WS_SOCK_STREAM);
}

NTSTATUS io_socket_begin_connect(struct io_file *file, const struct host_address *given)
{
	struct io_socket *socket = file->socket;
	struct host_address address = *given;
	NTSTATUS status = STATUS_SUCCESS;
	char *name = NULL;
	int error;

	io_socket_refresh(file);
	if (socket->listening)
		return STATUS_INVALID_PARAMETER;
	if (socket->connecting)
		return STATUS_ADDRESS_ALREADY_ASSOCIATED; /* WSAEALREADY */
	if (socket->connected && socket->type == WS_SOCK_STREAM)
		return STATUS_CONNECTION_ACTIVE;
	if (socket->type != WS_SOCK_STREAM && (address.family == HOST_FAMILY_NONE || is_any(&address))) {
		host_socket_connect(file->fd, NULL);
		socket->connected = false;
		return STATUS_SUCCESS;
	}
	if (goes_nowhere(file, &address))
		return STATUS_INVALID_ADDRESS_COMPONENT;
	if (address.family == HOST_FAMILY_LOCAL)
		status = local_path(&address, &name);
	if (!NT_SUCCESS(status)) {
		free(name);
		return status;
	}
	host_lock_acquire(&socket->lock);
	socket->error = STATUS_SUCCESS;
	socket->connect_failed = false;
	socket->dead = STATUS_SUCCESS;
	if (socket->type == WS_SOCK_STREAM)
		host_set_nonblocking(file->fd, true);
	error = host_socket_connect(file->fd, &address);
	if (error != -EINPROGRESS && socket->type == WS_SOCK_STREAM)
		host_set_nonblocking(file->fd, false);
	if (error == -EINPROGRESS) {
		__atomic_store_n(&socket->connecting, true, __ATOMIC_RELEASE);
		status = STATUS_PENDING;
	} else if (error) {
		status = error == -ENOENT || error == -EAGAIN ? STATUS_CONNECTION_REFUSED : io_socket_status(error);
	} else {
		io_socket_is_connected(file);
	}
	if (NT_SUCCESS(status)) {
		socket->bound = true;
		free(socket->peer_name);
		socket->peer_name = name;
		name = NULL;
	}
	host_lock_release(&socket->lock);
	free(name);
	return status;
}

/* How the connection that was begun has ended: STATUS_PENDING, it has not. */
NTSTATUS io_socket_connect_result(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	NTSTATUS status;

	io_socket_refresh(file);
	if (__atomic_load_n(&socket->connecting, __ATOMIC_ACQUIRE))
		return STATUS_PENDING;
	host_lock_acquire(&socket->lock);
	status = socket->connected ? STATUS_SUCCESS : socket->error ? socket->error : STATUS_CONNECTION_REFUSED;
	socket->error = STATUS_SUCCESS;
	host_lock_release(&socket->lock);
	return status;
}

NTSTATUS io_socket_connect(struct io_file *file, const struct host_address *address)
{
	NTSTATUS status = io_socket_begin_connect(file, address);

	if (status == STATUS_SUCCESS)
		io_socket_reenable(file, 0);
	if (status != STATUS_PENDING)
		return status;
	if (file->socket->settings[IO_SOCKET_NONBLOCKING]) {
		io_socket_reenable(file, 0x10); /* FD_CONNECT is told of this one */
		return STATUS_DEVICE_NOT_READY;
	}
	while (status == STATUS_PENDING) {
		status = io_socket_wait(file, HOST_POLL_WRITE, KE_FOREVER);
		if (NT_SUCCESS(status))
			status = io_socket_connect_result(file);
	}
	return status;
}

NTSTATUS io_socket_name(struct io_file *file, bool peer, struct host_address *address)
{
	struct io_socket *socket = file->socket;
	const char *name = peer ? socket->peer_name : socket->local_name;
	int error;

	io_socket_refresh(file);
	if (peer && !socket->connected)
		return STATUS_INVALID_CONNECTION;
	if (!peer && !socket->bound)
		return STATUS_INVALID_PARAMETER;
	error = host_socket_name(file->fd, peer, address);
	if (error == -ENOTCONN && peer) /* it has ended, and Linux has forgotten the name */
		return STATUS_INVALID_CONNECTION;
	if (error)
		return io_socket_status(error);
	if (address->family == HOST_FAMILY_LOCAL) {
		memset(address->path, 0, sizeof(address->path));
		if (name)
			memcpy(address->path, name, strnlen(name, sizeof(address->path) - 1));
	}
	return STATUS_SUCCESS;
}

NTSTATUS io_socket_shutdown(struct io_file *file, unsigned what)
{
	struct io_socket *socket = file->socket;
	int error;

	io_socket_refresh(file);
	if (!socket->connected && socket->type == WS_SOCK_STREAM)
		return STATUS_INVALID_CONNECTION;
	error = host_socket_shutdown(file->fd, what);
	socket->shut |= what;
	/* A connection that the other side has ended is still one; and datagrams need none. */
	return error == -ENOTCONN ? STATUS_SUCCESS : io_socket_status(error);
}

NTSTATUS io_socket_take_error(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	NTSTATUS status;

	io_socket_refresh(file);
	host_lock_acquire(&socket->lock);
	status = socket->error;
	socket->error = STATUS_SUCCESS;
	if (!status && !socket->connecting) {
		status = io_socket_status(host_socket_take_error(file->fd));
		if (status && socket->type == WS_SOCK_STREAM)
			socket->dead = status;
	}
	host_lock_release(&socket->lock);
	return status;
}

LONG io_socket_connect_time(struct io_file *file)
{
	struct io_socket *socket = file->socket;

	io_socket_refresh(file);
	return socket->connected ? (LONG)((host_monotonic_ns() - socket->connect_time) / 1000000000) : -1;
}

NTSTATUS io_socket_available(struct io_file *file, ULONG *bytes)
{
	size_t count = 0;
	int error;

	*bytes = 0;
	if (file->socket->listening)
		return STATUS_INVALID_PARAMETER;
	error = host_bytes_available(file->fd, &count);
	*bytes = count > 0x7FFFFFFF ? 0x7FFFFFFF : (ULONG)count;
	return io_socket_status(error);
}

ULONG io_socket_setting(struct io_file *file, enum io_socket_setting setting)
{
	return file->socket->settings[setting];
}

void io_socket_change_setting(struct io_file *file, enum io_socket_setting setting, ULONG value)
{
	file->socket->settings[setting] = value;
}

int io_socket_option(struct io_file *file, enum host_option option, int *value, bool set)
{
	return set ? host_socket_set(file->fd, option, *value) : host_socket_get(file->fd, option, value);
}

int io_socket_descriptor(struct io_file *file)
{
	return file->fd;
}
