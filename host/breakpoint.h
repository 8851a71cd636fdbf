/*
 * host/breakpoint.h - the processor's breakpoints, for one thread each.
 *
 * A hit is HOST_FAULT_HARDWARE_BREAKPOINT on the thread: of an instruction before it runs, of data behind the access.
 * HOST_FEATURE_PERF_SIGTRAP says whether there are any.
 */
#ifndef PEWTER_HOST_BREAKPOINT_H
#define PEWTER_HOST_BREAKPOINT_H

#include "host/host.h"

enum host_breakpoint_kind { HOST_BREAKPOINT_EXECUTE, HOST_BREAKPOINT_WRITE, HOST_BREAKPOINT_ACCESS };

/* Sets breakpoint `index` (0 to 3) of the thread with this Linux id: `length` is 1, 2, 4 or 8 bytes (not for instructions),
 * `address` a multiple of it.  What is returned, not negative, is given to host_breakpoint_clear; or -errno. */
int host_breakpoint_set(unsigned tid, unsigned index, enum host_breakpoint_kind kind, uintptr_t address, unsigned length);
void host_breakpoint_clear(int breakpoint);

/* For host_has. */
bool host_breakpoint_probe(void);

#endif
