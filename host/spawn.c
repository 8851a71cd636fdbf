/*
 * host/spawn.c - child processes: posix_spawn, waitid, kill.
 *
 * A child is reaped under its lock, so that a kill never meets another process that got the same number since.
 */
#include "host/spawn.h"
#include "host/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct host_child {
	struct host_lock lock;
	pid_t pid;
	bool reaped;
};

static int add_standard(posix_spawn_file_actions_t *actions, const int standard[3])
{
	int error = 0;

	/* None of the three may be overwritten before it was read: sources lie above 2 or are in their place. */
	for (int fd = 0; fd < 3 && !error; fd++) {
		if (standard[fd] == HOST_SPAWN_NOTHING)
			error = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0);
		else if (standard[fd] != fd)
			error = posix_spawn_file_actions_adddup2(actions, standard[fd], fd);
	}
	return error;
}

static int start(const struct host_spawn *spawn, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error) {
		posix_spawn_file_actions_destroy(&actions);
		return error;
	}
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	if (spawn->detach)
		flags |= POSIX_SPAWN_SETSID;
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, flags);
	error = add_standard(&actions, spawn->standard);
	/* Onto itself: takes close-on-exec away, in the child only. */
	for (unsigned i = 0; i < spawn->keep_count && !error; i++)
		error = posix_spawn_file_actions_adddup2(&actions, spawn->keep[i], spawn->keep[i]);
	if (!error)
		error = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, spawn->arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int host_spawn(const struct host_spawn *spawn, struct host_child **result, unsigned *pid)
{
	struct host_child *child = calloc(1, sizeof(*child));
	int error = child ? start(spawn, &child->pid) : ENOMEM;

	if (error) {
		free(child);
		return -error;
	}
	*result = child;
	*pid = (unsigned)child->pid;
	return 0;
}

void host_child_wait(struct host_child *child, int *code, int *signal)
{
	siginfo_t info = {0};
	int result;

	do {
		result = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT);
	} while (result < 0 && errno == EINTR);
	host_lock_acquire(&child->lock);
	child->reaped = true;
	if (result == 0)
		waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG);
	host_lock_release(&child->lock);
	*code = *signal = 0;
	if (result < 0) {
		*signal = HOST_CHILD_KILLED;
	} else if (info.si_code == CLD_EXITED) {
		*code = info.si_status;
	} else {
		switch (info.si_status) {
		case SIGSEGV:
		case SIGBUS:
		case SIGILL:
		case SIGFPE:
		case SIGABRT:
			*signal = HOST_CHILD_CRASHED;
			break;
		case SIGINT:
			*signal = HOST_CHILD_INTERRUPTED;
			break;
		default:
			*signal = HOST_CHILD_KILLED;
		}
	}
}

int host_child_kill(struct host_child *child)
{
	int result = -ESRCH;

	host_lock_acquire(&child->lock);
	if (!child->reaped)
		result = kill(child->pid, SIGKILL) < 0 ? -errno : 0;
	host_lock_release(&child->lock);
	return result;
}

void host_child_free(struct host_child *child)
{
	free(child);
}

int host_take_inherited(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}
