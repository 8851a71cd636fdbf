/*
 * host/lifeline.c - see lifeline.h: pipes, and the signal that a pipe sends when its other end goes.
 */
#include "host/lifeline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
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

static void (*time_hook)(void);

static void on_time(int signal_number)
{
	(void)signal_number;
	time_hook();
}

int host_limit_user_time(uint64_t ns, void (*hook)(void))
{
	struct itimerval timer = {.it_value = {(time_t)(ns / 1000000000u), (suseconds_t)(ns % 1000000000u / 1000)}};
	struct sigaction action = {.sa_handler = on_time, .sa_flags = SA_ONSTACK | SA_RESTART};

	time_hook = hook;
	sigfillset(&action.sa_mask);
	if (ns && !timer.it_value.tv_sec && !timer.it_value.tv_usec)
		timer.it_value.tv_usec = 1;
	if (sigaction(SIGVTALRM, &action, NULL) < 0 || setitimer(ITIMER_VIRTUAL, &timer, NULL) < 0)
		return -errno;
	return 0;
}

void host_die(void)
{
	kill(getpid(), SIGKILL);
	_exit(1);
}
