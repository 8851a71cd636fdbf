/*
 * host/host.h - the room that talks to Linux.  Nothing else does.
 *
 * The room promises small, orthogonal services and has no word of NT in it: the arena (address space), page
 * protection, faults, threads, futexes, clocks, files.  Functions return 0 (or a count) on success and a negative errno
 * on failure, unless they say otherwise.  This header holds what everybody needs; the rest has headers of its own:
 *
 *	host/vm.h      the arena, protection, page scanning       host/file.h   files, directories, pipes, terminals
 *	host/fault.h   signals, probed copies                     host/iconv.h  character sets
 *	host/thread.h  threads, futexes, host stacks              host/time.h   clocks
 */
#ifndef PEWTER_HOST_HOST_H
#define PEWTER_HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_PAGE_SIZE 4096u

/* Linux features above the kernel floor (5.10), or that may be missing for other reasons; probed on first use.  PEWTER_DISABLE=name,name switches them off. */
enum host_feature {
	HOST_FEATURE_GUARD,        /* "guard": MADV_GUARD_INSTALL (6.13) */
	HOST_FEATURE_PAGEMAP_SCAN, /* "pagemap_scan": PAGEMAP_SCAN (6.7) */
	HOST_FEATURE_WP_ASYNC,     /* "wp_async": UFFD_FEATURE_WP_ASYNC (6.7) */
	HOST_FEATURE_FUTEX_WAITV,  /* "futex_waitv": futex_waitv (5.16) */
	HOST_FEATURE_FSGSBASE,     /* "fsgsbase": wrgsbase in user mode (5.9) */
	HOST_FEATURE_PERF_SIGTRAP, /* "perf_sigtrap": breakpoints that signal the thread (5.13, kernel.perf_event_paranoid <= 2) */
	HOST_FEATURE_SYSCALL_DISPATCH, /* "syscall_dispatch": PR_SET_SYSCALL_USER_DISPATCH (5.11) */
	HOST_FEATURE_POPULATE,     /* "populate": MADV_POPULATE_WRITE (5.14) */
	HOST_FEATURE_MEMBARRIER,   /* "membarrier": MEMBARRIER_CMD_PRIVATE_EXPEDITED (4.14, but a sandbox may forbid it) */
	HOST_FEATURE_COUNT
};
bool host_has(enum host_feature feature);

/* Writes to standard error with one write call; for messages that must come out whatever happens. */
void host_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the process at once, running nothing. */
void host_exit(int code) __attribute__((noreturn));

/* dlopen/dlsym on the thread's host stack.  `name` is a soname or a path. */
void *host_library_open(const char *name);
void *host_library_symbol(void *library, const char *name);

/* The directory of the running program's file; malloc'ed, NULL: unknown. */
char *host_program_directory(void);

/* Fills with random bytes from the kernel. */
void host_random(void *buffer, size_t size);

unsigned host_cpu_count(void);
unsigned host_process_id(void);

#endif
