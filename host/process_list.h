/*
 * host/process_list.h - the processes that run on this machine, as far as /proc shows them.
 */
#ifndef PEWTER_HOST_PROCESS_LIST_H
#define PEWTER_HOST_PROCESS_LIST_H

#include <stdint.h>

struct host_process {
	unsigned pid, parent, threads;
	uint64_t started_ns;		/* since boot */
	uint64_t user_ns, system_ns;	/* what it has computed */
	uint64_t virtual_size, resident; /* bytes */
	/* The file name of its program, without folders: of the Windows program, when it runs one as this process does; UTF-8. */
	char name[256];
};

/* All of them, the oldest first.  Returns their number, with *list for the caller to free; or -errno. */
int host_process_list(struct host_process **list);

/* User and system time of a process, 100 ns units; 0 or -errno.  Of one that has ended as long as nobody has waited for it. */
int host_process_times(unsigned pid, uint64_t *user, uint64_t *system);
/* The process that a thread belongs to; 0: there is no such thread. */
unsigned host_thread_process(unsigned tid);
/* The threads of a process, by Linux' ids, the oldest first.  Returns how many there are, of which at most `capacity` are
 * stored; -errno. */
int host_process_threads(unsigned pid, unsigned *ids, unsigned capacity);

#endif
