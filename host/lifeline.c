/*
 * host/lifeline.c - see lifeline.h: pipes, and the signal that a pipe sends when its other end goes.
 */
#include "host/lifeline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int host_lifeline_create(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	close(ends[0]);
	return ends[1];
}

int host_lifeline_hang(int fd)
{
	char path[32];
	int end;

	/* Opened anew: the signal belongs to the open file. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	end = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return end < 0 ? -errno : end;
}

int host_lifeline_watch(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	/* The poke of host/channel.c. */
	if (fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETSIG, SIGURG) < 0 || fcntl(fd, F_SETFL, flags | O_ASYNC) < 0)
		return -errno;
	return 0;
}

bool host_lifeline_is_cut(int fd)
{
	struct pollfd end = {.fd = fd, .events = POLLIN};

	return poll(&end, 1, 0) > 0 && end.revents & POLLHUP;
}

void host_die(void)
{
	kill(getpid(), SIGKILL);
	_exit(1);
}
