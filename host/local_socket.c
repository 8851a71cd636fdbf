/*
 * host/local_socket.c - streams between processes of one user.
 */
#include "host/local_socket.h"
#include "host/file.h"
#include "host/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int make_address(const char *name, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	return host_shared_path(name, address->sun_path, sizeof(address->sun_path));
}

static bool is_ours(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

/* A socket and the address of `name`; a descriptor or -errno. */
static int make_socket(const char *name, struct sockaddr_un *address)
{
	int fd, result = make_address(name, address);

	if (result < 0)
		return result;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd < 0 ? -errno : fd;
}

int host_local_listen(const char *name)
{
	struct sockaddr_un address;
	int fd = make_socket(name, &address), result;

	if (fd < 0)
		return fd;
	unlink(address.sun_path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, SOMAXCONN) < 0) {
		result = -errno;
		close(fd);
		return result;
	}
	return fd;
}

int host_local_connect(const char *name)
{
	struct sockaddr_un address;
	int fd = make_socket(name, &address), result = 0;

	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		result = -errno;
	else if (!is_ours(fd))
		result = -EACCES;
	else if (fcntl(fd, F_SETFL, 0) < 0)
		result = -errno;
	if (result < 0) {
		close(fd);
		return result;
	}
	return fd;
}

int host_local_accept(int fd)
{
	for (;;) {
		int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (accepted < 0) {
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			return -errno;
		}
		if (is_ours(accepted))
			return accepted;
		close(accepted);
	}
}

static bool is_ready(int fd, short events)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};

	return poll(&poll_fd, 1, 0) > 0;
}

ssize_t host_read_now(int fd, void *buffer, size_t size)
{
	ssize_t got;

	do {
		got = recv(fd, buffer, size, MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got >= 0 || errno != ENOTSOCK)
		return got < 0 ? -errno : got;
	if (!is_ready(fd, POLLIN))
		return -EAGAIN;
	do {
		got = read(fd, buffer, size);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

ssize_t host_write_now(int fd, const void *buffer, size_t size)
{
	ssize_t put;

	do {
		put = send(fd, buffer, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (put < 0 && errno == EINTR);
	if (put >= 0 || errno != ENOTSOCK)
		return put < 0 ? -errno : put;
	/* A pipe that may be written to has room for one atomic write. */
	if (!(fcntl(fd, F_GETFL) & O_NONBLOCK)) {
		if (!is_ready(fd, POLLOUT))
			return -EAGAIN;
		if (size > PIPE_BUF)
			size = PIPE_BUF;
	}
	do {
		put = write(fd, buffer, size);
	} while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : put;
}

ssize_t host_write_two_now(int fd, const void *first, size_t first_size, const void *second, size_t second_size)
{
	struct iovec pieces[2] = {{(void *)(uintptr_t)first, first_size}, {(void *)(uintptr_t)second, second_size}};
	struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
	ssize_t put;

	do {
		put = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : put;
}

static bool is_set(const uint32_t *stop)
{
	return __atomic_load_n(stop, __ATOMIC_ACQUIRE);
}

ssize_t host_read_unless(int fd, void *buffer, size_t size, const uint32_t *stop)
{
	while (!is_set(stop)) {
		ssize_t got = read(fd, buffer, size);

		if (got >= 0 || errno != EINTR)
			return got < 0 ? -errno : got;
	}
	return -ECANCELED;
}

ssize_t host_write_unless(int fd, const void *buffer, size_t size, const uint32_t *stop)
{
	while (!is_set(stop)) {
		ssize_t put = write(fd, buffer, size);

		if (put >= 0 || errno != EINTR)
			return put < 0 ? -errno : put;
	}
	return -ECANCELED;
}

int host_wait_unless(int fd, unsigned what, const uint32_t *stop)
{
	struct pollfd poll_fd = {.fd = fd, .events = (short)(what & HOST_POLL_WRITE ? POLLOUT : POLLIN)};

	while (!is_set(stop)) {
		int ready = poll(&poll_fd, 1, -1);

		if (ready >= 0 || errno != EINTR)
			return ready < 0 ? -errno : 0;
	}
	return -ECANCELED;
}

int host_unread_bytes(int fd, size_t *bytes)
{
	int count = 0;

	if (ioctl(fd, SIOCOUTQ, &count) < 0 && ioctl(fd, FIONREAD, &count) < 0)
		return -errno;
	*bytes = count > 0 ? (size_t)count : 0;
	return 0;
}
