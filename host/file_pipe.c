/*
 * host/file_pipe.c - pipes, socket pairs, polling, watches.
 */
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int host_pipe(int fds[2], size_t capacity, bool nonblocking)
{
	if (pipe2(fds, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)) < 0)
		return -errno;
	if (capacity > 65536)
		fcntl(fds[1], F_SETPIPE_SZ, (int)(capacity > 1048576 ? 1048576 : capacity));
	return 0;
}

int host_socket_pair(int fds[2], bool messages, size_t capacity)
{
	if (socketpair(AF_UNIX, (messages ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	if (capacity) {
		int size = capacity > 1048576 ? 1048576 : (int)capacity;

		setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	}
	return 0;
}

int host_set_nonblocking(int fd, bool nonblocking)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	flags = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

int host_bytes_available(int fd, size_t *bytes)
{
	int count = 0;

	if (ioctl(fd, FIONREAD, &count) < 0)
		return -errno;
	*bytes = count > 0 ? (size_t)count : 0;
	return 0;
}

ssize_t host_peek(int fd, void *buffer, size_t size)
{
	ssize_t got = recv(fd, buffer, size, MSG_PEEK | MSG_DONTWAIT);

	return got < 0 ? -errno : got;
}

ssize_t host_peek_pipe(int fd, void *buffer, size_t size)
{
	int copy[2];
	ssize_t got;

	if (pipe2(copy, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	/* A pipe holds its data in pages; a short capacity would cut the copy at the number of pages. */
	fcntl(copy[1], F_SETPIPE_SZ, 1048576);
	got = tee(fd, copy[1], size, SPLICE_F_NONBLOCK);
	got = got < 0 ? (errno == EAGAIN ? 0 : -errno) : got;
	if (got > 0) {
		got = read(copy[0], buffer, (size_t)got);
		if (got < 0)
			got = -errno;
	}
	close(copy[0]);
	close(copy[1]);
	return got;
}

void host_ignore_broken_pipes(void)
{
	signal(SIGPIPE, SIG_IGN);
}

int host_shutdown(int fd)
{
	return shutdown(fd, SHUT_RDWR) < 0 ? -errno : 0;
}

int host_wake_create(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

void host_wake(int fd)
{
	uint64_t one = 1;
	ssize_t ignored = write(fd, &one, sizeof(one));

	(void)ignored;
}

void host_wake_clear(int fd)
{
	uint64_t count;
	ssize_t ignored = read(fd, &count, sizeof(count));

	(void)ignored;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int host_poll(struct host_poll *polls, size_t count, int milliseconds)
{
	struct pollfd few[64], *fds = few;
	int64_t deadline = milliseconds > 0 ? now_ms() + milliseconds : 0;
	int ready;

	if (count > 64) {
		fds = calloc(count, sizeof(*fds));
		if (!fds)
			return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		fds[i].fd = polls[i].fd;
		fds[i].revents = 0;
		fds[i].events = (short)((polls[i].wanted & HOST_POLL_READ ? POLLIN : 0) |
					(polls[i].wanted & HOST_POLL_WRITE ? POLLOUT : 0));
	}
	while ((ready = poll(fds, count, milliseconds)) < 0 && errno == EINTR) {
		if (milliseconds > 0) {
			int64_t left = deadline - now_ms();

			milliseconds = left > 0 ? (int)left : 0;
		}
	}
	if (ready < 0)
		ready = -errno;
	for (size_t i = 0; i < count; i++) {
		short events = ready > 0 ? fds[i].revents : 0;

		polls[i].ready = (events & POLLIN ? HOST_POLL_READ : 0) | (events & POLLOUT ? HOST_POLL_WRITE : 0) |
				 (events & POLLHUP ? HOST_POLL_HANGUP : 0) |
				 (events & (POLLERR | POLLNVAL) ? HOST_POLL_ERROR : 0);
	}
	if (fds != few)
		free(fds);
	return ready;
}

int host_watch_create(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int host_watch_add(int watch, const char *path, unsigned what)
{
	uint32_t mask = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
	int id;

	if (what & HOST_WATCH_NAMES)
		mask |= IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
	if (what & HOST_WATCH_CONTENT)
		mask |= IN_MODIFY;
	if (what & HOST_WATCH_ATTRIBUTES)
		mask |= IN_ATTRIB;
	id = inotify_add_watch(watch, path, mask);
	return id < 0 ? -errno : id;
}

int host_watch_remove(int watch, int id)
{
	return inotify_rm_watch(watch, id) < 0 ? -errno : 0;
}

static bool translate(const struct inotify_event *from, struct host_watch_event *to)
{
	if (from->mask & IN_Q_OVERFLOW)
		to->action = HOST_WATCH_OVERFLOW;
	else if (from->mask & IN_CREATE)
		to->action = HOST_WATCH_CREATED;
	else if (from->mask & IN_DELETE)
		to->action = HOST_WATCH_DELETED;
	else if (from->mask & IN_MOVED_FROM)
		to->action = HOST_WATCH_MOVED_FROM;
	else if (from->mask & IN_MOVED_TO)
		to->action = HOST_WATCH_MOVED_TO;
	else if (from->mask & (IN_MODIFY | IN_ATTRIB))
		to->action = HOST_WATCH_MODIFIED;
	else if (from->mask & (IN_DELETE_SELF | IN_IGNORED))
		to->action = HOST_WATCH_GONE;
	else
		return false;
	to->id = from->wd;
	to->directory = from->mask & IN_ISDIR;
	to->move = from->cookie;
	to->name = from->len ? from->name : "";
	return true;
}

int host_watch_read(int watch, void (*each)(void *context, const struct host_watch_event *event), void *context)
{
	const size_t size = 16384;
	char *buffer = malloc(size);
	ssize_t got;
	int count = 0;

	if (!buffer)
		return -ENOMEM;
	while ((got = read(watch, buffer, size)) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
			struct host_watch_event translated;

			at += (ssize_t)sizeof(*event) + event->len;
			if (translate(event, &translated)) {
				each(context, &translated);
				count++;
			}
		}
	}
	got = got < 0 && errno != EAGAIN && errno != EINTR ? -errno : 0;
	free(buffer);
	return got < 0 ? (int)got : count;
}
