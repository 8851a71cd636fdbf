/*
 * host/spawn.c - child processes: posix_spawn, waitid, kill.
 *
 * A child is reaped under its lock, so that a kill never meets another process that got the same number since.
 * Processes that are not children are held by a pidfd.
 */
#include "host/spawn.h"
#include "host/linux_abi.h"
#include "host/process_list.h"
#include "host/thread.h"
#include "host/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct host_child {
	struct host_lock lock;
	pid_t pid;
	bool reaped;
	int pidfd; /* of no child: otherwise 0 */
	uint64_t user, system; /* at its end */
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
	sigaddset(&defaults, SIGQUIT); /* Ctrl-Break cannot be ignored; a shell's background jobs start with it ignored */
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

/* What /proc/PID/stat says at the end of its line: the exit status of a process nobody has waited for yet. */
static bool read_status(pid_t pid, int *status)
{
	char path[32], line[1024], *last;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (host_read_text(path, line, sizeof(line)) <= 0)
		return false;
	last = strrchr(line, ' ');
	*status = last ? atoi(last + 1) : 0;
	return last != NULL;
}

static int end_of_signal(int signal)
{
	switch (signal) {
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
	case SIGABRT:
		return HOST_CHILD_CRASHED;
	case SIGINT:
	case SIGQUIT:
		return HOST_CHILD_INTERRUPTED;
	default:
		return HOST_CHILD_KILLED;
	}
}

/* The exit status of somebody else's child is known while it is a zombie, and to newer kernels later. */
static void wait_for_other(struct host_child *child, int *code, int *signal)
{
	struct pollfd ended = {.fd = child->pidfd, .events = POLLIN};
	struct linux_pidfd_info info = {.mask = LINUX_PIDFD_INFO_EXIT};
	int status = 0;

	while (poll(&ended, 1, -1) < 0 && errno == EINTR)
		;
	host_process_times((unsigned)child->pid, &child->user, &child->system);
	if (!read_status(child->pid, &status) && ioctl(child->pidfd, LINUX_PIDFD_GET_INFO, &info) == 0 &&
	    info.mask & LINUX_PIDFD_INFO_EXIT)
		status = info.exit_code;
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	*signal = WIFSIGNALED(status) ? end_of_signal(WTERMSIG(status)) : 0;
}

void host_child_wait(struct host_child *child, int *code, int *signal)
{
	siginfo_t info = {0};
	int result;

	if (child->pidfd) {
		wait_for_other(child, code, signal);
		return;
	}
	do {
		result = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT);
	} while (result < 0 && errno == EINTR);
	host_process_times((unsigned)child->pid, &child->user, &child->system);
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
		*signal = end_of_signal(info.si_status);
	}
}

void host_child_times(const struct host_child *child, uint64_t *user, uint64_t *system)
{
	*user = child->user;
	*system = child->system;
}

static int send_signal(struct host_child *child, int signal_number)
{
	int result = -ESRCH;

	if (child->pidfd)
		return syscall(SYS_pidfd_send_signal, child->pidfd, signal_number, NULL, 0) < 0 ? -errno : 0;
	host_lock_acquire(&child->lock);
	if (!child->reaped)
		result = kill(child->pid, signal_number) < 0 ? -errno : 0;
	host_lock_release(&child->lock);
	return result;
}

int host_child_kill(struct host_child *child)
{
	return send_signal(child, SIGKILL);
}

int host_child_interrupt(struct host_child *child)
{
	return send_signal(child, SIGQUIT);
}

void host_child_free(struct host_child *child)
{
	if (child->pidfd)
		close(child->pidfd);
	free(child);
}

/* Whether a process is this program: its file is the same. */
static bool runs_this_program(unsigned pid)
{
	struct stat own, other;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	return stat("/proc/self/exe", &own) == 0 && stat(path, &other) == 0 && own.st_dev == other.st_dev &&
	       own.st_ino == other.st_ino;
}

int host_process_open(unsigned pid, struct host_child **result)
{
	struct host_child *child;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return -ESRCH;
	/* The number is that process' as long as the descriptor polls as not ended. */
	if (!runs_this_program(pid) || kill((pid_t)pid, 0) < 0) {
		close(fd);
		return errno == EPERM ? -EPERM : -ESRCH;
	}
	child = calloc(1, sizeof(*child));
	if (!child) {
		close(fd);
		return -ENOMEM;
	}
	child->pid = (pid_t)pid;
	child->pidfd = fd;
	*result = child;
	return 0;
}

int host_process_file(unsigned pid, const char *link, unsigned which)
{
	char path[320], target[256];
	struct dirent *entry;
	DIR *stream;
	int result = -ENOENT;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	stream = opendir(path);
	if (!stream)
		return -errno;
	while (result == -ENOENT && (entry = readdir(stream))) {
		ssize_t length;

		snprintf(path, sizeof(path), "/proc/%u/fd/%s", pid, entry->d_name);
		length = readlink(path, target, sizeof(target) - 1);
		if (length <= 0)
			continue;
		target[length] = 0;
		if (strncmp(target, link, strlen(link)) != 0 || which-- > 0)
			continue;
		result = open(path, O_RDWR | O_CLOEXEC);
		if (result < 0)
			result = -errno;
	}
	closedir(stream);
	return result;
}

int host_take_inherited(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}
