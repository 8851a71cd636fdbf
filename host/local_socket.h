/*
 * host/local_socket.h - streams between processes of one user: sockets in the runtime directory of host/shared.h.
 *
 * Names are short and plain ("pipe-7.socket").  A name belongs to whoever listened on it last; the directory is the user's
 * own, and both ends are checked to be.  Descriptors are close-on-exec.  Functions return 0, a descriptor or a count, or
 * -errno.
 */
#ifndef PEWTER_HOST_LOCAL_SOCKET_H
#define PEWTER_HOST_LOCAL_SOCKET_H

#include "host/host.h"
#include <sys/types.h>

/* A descriptor that becomes readable when somebody connects.  Takes the name from whoever had it.  Entered (shared.h). */
int host_local_listen(const char *name);
/* Connects without waiting for the other side.  Entered. */
int host_local_connect(const char *name);
/* The next connection: -EAGAIN when there is none. */
int host_local_accept(int fd);

/* Transfers what is possible at once, from or to a pipe or a socket: -EAGAIN.  Of a write to a pipe that blocks, as much
 * as is certain to fit. */
ssize_t host_read_now(int fd, void *buffer, size_t size);
ssize_t host_write_now(int fd, const void *buffer, size_t size);
/* The same of two pieces in one transfer; sockets only. */
ssize_t host_write_two_now(int fd, const void *first, size_t first_size, const void *second, size_t second_size);
/* Transfers that wait, and a wait for HOST_POLL_READ or HOST_POLL_WRITE (0), until *stop is set and the thread gets a signal:
 * -ECANCELED.  A signal that comes just before the wait is lost: it has to be sent again. */
ssize_t host_read_unless(int fd, void *buffer, size_t size, const uint32_t *stop);
ssize_t host_write_unless(int fd, const void *buffer, size_t size, const uint32_t *stop);
int host_wait_unless(int fd, unsigned what, const uint32_t *stop);
/* How much of what was written has not been read; sockets and pipes.  For sockets 0 is exact and else it is a hint. */
int host_unread_bytes(int fd, size_t *bytes);

#endif
