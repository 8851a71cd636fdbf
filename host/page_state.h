/*
 * host/page_state.h - which pages are in memory, and what the process as a whole takes.
 */
#ifndef PEWTER_HOST_PAGE_STATE_H
#define PEWTER_HOST_PAGE_STATE_H

#include "host/host.h"

#define HOST_PAGE_PRESENT 0x1u   /* this process can touch it without a page fault */
#define HOST_PAGE_SHARED 0x2u    /* of a file or of shared memory */
#define HOST_PAGE_ELSEWHERE 0x4u /* other processes or addresses have it as well */
#define HOST_PAGE_KEPT 0x8u	/* in memory or swapped out: it has contents of its own */

/* The states of `count` pages from `start` on, one byte each.  -errno. */
int host_page_states(uintptr_t start, size_t count, unsigned char *states);

/* The first address of [start, end) at which a page may be in memory; `end` if none is.  Fast over what was never
 * touched. */
uintptr_t host_page_next_present(uintptr_t start, uintptr_t end);

/* What a process takes, in bytes; `pid` 0 = this one.  -errno. */
struct host_memory_use {
	uint64_t resident, peak_resident;
	uint64_t private_resident; /* the part of `resident` that is nobody else's */
	uint64_t swapped;
	uint64_t virtual_size, peak_virtual_size;
	uint64_t page_tables;
	uint64_t faults; /* minor and major, since it started */
};
int host_memory_use(unsigned pid, struct host_memory_use *use);

/* The machine's memory in bytes, and what runs on it. */
struct host_memory_report {
	uint64_t total, available, cached, kernel_reclaimable, kernel_fixed;
	unsigned processes, threads;
};
int host_memory_report(struct host_memory_report *report);

#endif
