/*
 * host/spawn.h - child processes: this program started once more.
 */
#ifndef PEWTER_HOST_SPAWN_H
#define PEWTER_HOST_SPAWN_H

#include "host/host.h"

/* A standard descriptor of the child that leads nowhere; otherwise a descriptor of ours. */
#define HOST_SPAWN_NOTHING (-1)

struct host_spawn {
	char *const *arguments; /* NULL at the end */
	const int *keep;	/* descriptors that the child has under the same number; above 2 */
	unsigned keep_count;
	int standard[3]; /* what its descriptors 0, 1 and 2 are */
	bool detach;	 /* from the terminal: a session of its own */
};

struct host_child;

/* 0 or -errno.  The program is the one that runs (/proc/self/exe), the environment Linux' own. */
int host_spawn(const struct host_spawn *spawn, struct host_child **child, unsigned *pid);
/* Waits for the end, once.  *signal is 0, or what ended it; else *code is its exit code's low 8 bits. */
void host_child_wait(struct host_child *child, int *code, int *signal);
/* User and system time that it had spent when it ended; 100 ns units, 0 if Linux did not tell. */
void host_child_times(const struct host_child *child, uint64_t *user, uint64_t *system);
/* Kills it; -ESRCH: it had ended. */
int host_child_kill(struct host_child *child);
/* Sends it the interrupt that a terminal's Ctrl-\ would: HOST_INTERRUPT_QUIT there. */
int host_child_interrupt(struct host_child *child);
void host_child_free(struct host_child *child);

/* Another process that runs this program, a child or not: -ESRCH, or -EPERM when it is not this user's.  The child that
 * host_child_wait, host_child_kill and host_child_free take. */
int host_process_open(unsigned pid, struct host_child **child);
/* Opens the file behind one of that process' descriptors whose link begins so, the first for `which` 0: -ENOENT. */
int host_process_file(unsigned pid, const char *link, unsigned which);

/* Makes a descriptor that was passed to us private again; 0, or -EBADF. */
int host_take_inherited(int fd);

/* The signals that host_child_wait tells of, in this room's own words. */
enum host_child_end { HOST_CHILD_KILLED = 1, HOST_CHILD_CRASHED, HOST_CHILD_INTERRUPTED };

#endif
