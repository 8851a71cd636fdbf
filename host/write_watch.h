/*
 * host/write_watch.h - which pages of the arena were written, as the kernel remembers it.
 *
 * With userfaultfd's asynchronous write protection and PAGEMAP_SCAN (both Linux 6.7) the kernel keeps a mark for each
 * page of a watched range: a write sets it, and costs no signal.  Writes of system calls into the range count as well.
 * Without them (host_watch_supported says so) callers protect pages and take faults; then only host_watch_drop may be
 * used.
 *
 * Addresses and sizes are multiples of HOST_PAGE_SIZE.  No function here takes a lock; callers order their calls.
 */
#ifndef PEWTER_HOST_WRITE_WATCH_H
#define PEWTER_HOST_WRITE_WATCH_H

#include "host/vm.h"

/* Asked once; constant then. */
bool host_watch_supported(void);

/* Begins to watch empty pages of the arena; host_vm_unmap ends it.  -errno. */
int host_watch_start(uintptr_t start, size_t size);

/* From now on the pages count as not written.  Wanted once for pages that get memory, before they do. */
int host_watch_clear(uintptr_t start, size_t size);

/* Takes the memory of private pages back, watched or not, and keeps the watch itself. */
int host_watch_drop(uintptr_t start, size_t size);

/* Written pages of [start, end), all of which have memory, ascending: at most `capacity` ranges with at most
 * `max_pages` pages.  `clear` makes those pages, and no others, count as not written, in one step.  *next receives the
 * address up to which the pages were looked at.  The number of ranges or -errno. */
int host_watch_scan(uintptr_t start, uintptr_t end, bool clear, size_t max_pages, struct host_range *found,
		    unsigned capacity, uintptr_t *next);

#endif
