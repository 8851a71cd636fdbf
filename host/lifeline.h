/*
 * host/lifeline.h - a line that some processes hold and others hang on: it is cut when the last who holds it has let go or is dead.
 *
 * It is a pipe that nothing is written to.  Who holds has a writing end, who hangs a reading one; the kernel knows who lives.
 * Functions return 0, a descriptor, or -errno.
 */
#ifndef PEWTER_HOST_LIFELINE_H
#define PEWTER_HOST_LIFELINE_H

#include "host/host.h"

/* A new line, held by the descriptor. */
int host_lifeline_create(void);
/* One more end to hang on, made from any end of this process'; for a process to be given. */
int host_lifeline_hang(int fd);
/* From now on this process is poked (host/channel.h) when the line is cut.  `fd` hangs, and is this process' alone. */
int host_lifeline_watch(int fd);
/* Whether it is cut.  Async-signal-safe. */
bool host_lifeline_is_cut(int fd);
/* Calls the hook, in a signal handler, when the process has spent this much user time from now on; 0: never.  0 or -errno. */
int host_limit_user_time(uint64_t ns, void (*hook)(void));
/* Ends this process at once.  Async-signal-safe. */
void host_die(void) __attribute__((noreturn));

#endif
