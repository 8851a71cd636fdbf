/*
 * host/generation.h - what the users of a file that several processes change know of each other: a number that goes up with every
 * change, the lock of who changes it, and whether anybody else is there.
 *
 * It lies in a file of its own beside the other one; the locks are the kernel's and go with their process.
 */
#ifndef PEWTER_HOST_GENERATION_H
#define PEWTER_HOST_GENERATION_H

#include "host/host.h"

struct host_generation {
	int fd;
	uint32_t *word; /* shared; a futex */
};

/* Opens or makes it, and the directories above it.  *alone: nobody else has it, and nobody gets beyond this call until host_generation_enter.  0 or -errno. */
int host_generation_open(const char *path, struct host_generation *generation, bool *alone);
void host_generation_close(struct host_generation *generation);
/* From now on this process is there. */
void host_generation_enter(struct host_generation *generation);
/* The lock of writers: only between threads that another lock keeps apart. */
int host_generation_lock(struct host_generation *generation);
void host_generation_unlock(struct host_generation *generation);

#endif
