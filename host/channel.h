/*
 * host/channel.h - messages between processes of one user: what one asks of another.
 *
 * A process that can be asked has a socket, which it opens when somebody wants it: the asker pokes it, a signal that is
 * ignored by who does not know it, and tries again until it is there or patience ends.  The socket has no place in the
 * file system: nothing is left of a process that was killed.  Both sides see from the kernel who the other is.
 *
 * Functions return 0, a descriptor, or -errno.
 */
#ifndef PEWTER_HOST_CHANNEL_H
#define PEWTER_HOST_CHANNEL_H

#include "host/fault.h"

#define HOST_CHANNEL_FDS 2u

/* One message: never cut, never joined with another. */
struct host_message {
	void *bytes;
	size_t size;
	int fds[HOST_CHANNEL_FDS];
	unsigned fd_count;
};

/* `hook` runs in a signal handler of whatever thread the poke meets, on its alternate stack. */
void host_poke_install(void (*hook)(const struct host_registers *registers));

/* One poke, whether it meets anybody or not.  Async-signal-safe. */
void host_poke(unsigned pid);

/* This process' socket. */
int host_channel_listen(void);
/* -EPERM: it was somebody who may not ask. */
int host_channel_accept(int listener);

/* Connects to a process; between attempts alive(context) is asked.  -ESRCH: it said no; -ETIMEDOUT. */
int host_channel_connect(unsigned pid, bool (*alive)(void *context), void *context, uint64_t patience_ns);

/* The descriptors stay the caller's.  -EPIPE: the other side is gone. */
int host_channel_send(int fd, const struct host_message *message);
/* `size` is the room on the way in.  Descriptors that come are the caller's, close-on-exec. */
int host_channel_receive(int fd, struct host_message *message);

/* Waits until something comes on one of the descriptors (or its other side has gone); its place. */
int host_channel_wait(const int *fds, unsigned count);

/* Nothing more can be sent to this side; what has been can be received. */
void host_channel_refuse(int fd);
bool host_channel_has_message(int fd);

/* Whether two descriptors of this process are one open file; -errno: Linux does not tell. */
int host_same_open_file(int a, int b);

#endif
