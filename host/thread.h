/*
 * host/thread.h - threads, futexes and the host stack.
 */
#ifndef PEWTER_HOST_THREAD_H
#define PEWTER_HOST_THREAD_H

#include "host/host.h"

/* Starts a detached thread on a host stack of its own (with its alternate signal stack); 0 or -errno. */
int host_thread_create(void (*start)(void *argument), void *argument);

/* Workers: such threads, used again, and with an id that is known before they run anything (worker.c).  One that was taken
 * is run, once; when `start` returns it may be taken by somebody else, and then the futex that it returned (or NULL), on which
 * somebody waits for what it ran, is woken. */
struct host_worker;
/* With `near` the worker is to run on the processor of who runs it.  0 or -errno. */
int host_worker_take(struct host_worker **worker, bool near);
/* True: the worker was moved to this processor.  What processors it may run on was narrowed for the moment of its wake; what
 * somebody else set meanwhile is to be set again. */
bool host_worker_run(struct host_worker *worker, const uint32_t *(*start)(void *argument), void *argument);
unsigned host_worker_id(const struct host_worker *worker);
/* Whether something has run on it before. */
bool host_worker_is_used(const struct host_worker *worker);
/* The user and system time that it had spent when that ended: kept here by who runs things on it. */
uint64_t *host_worker_times(struct host_worker *worker);

/* Gives the calling thread what a thread of host_thread_create has; for the first thread. */
int host_thread_adopt(void);

/* A thread that was made in a signal handler takes signals again. */
void host_thread_take_signals(void);

/* The base of GS: the guest's thread block. */
void host_set_gs(void *base);

/* Runs fn(argument) on the calling thread's host stack: for whatever may go deep (dlopen, iconv, resolver) on a guest
 * stack of unknown size.  On the host stack already it is a plain call.  fn must not call guest code. */
void *host_stack_call(void *(*fn)(void *), void *argument);

/* Leaves the host stack for `stack_top` and calls fn(argument) there with the Microsoft convention; returns what it
 * returns.  host_stack_return leaves the innermost such call from anywhere below it. */
#define HOST_GUEST_ABI __attribute__((ms_abi))
uint64_t host_guest_stack_call(void *stack_top, HOST_GUEST_ABI uint64_t (*fn)(void *), void *argument);
void host_guest_stack_return(uint64_t value) __attribute__((noreturn));

/* How much of the calling thread's host stack there is; for host/ only. */
extern __thread size_t host_stack_span __attribute__((tls_model("initial-exec")));

/* Where the calling thread's host stack is free: below the innermost host_guest_stack_call; 0 = it is on it. */
uintptr_t host_stack_top(void);

/* From now on the calling thread's system calls from the arena are HOST_FAULT_SYSTEM_CALL.  false: not to be had. */
bool host_trap_system_calls(void);

unsigned host_thread_id(void);
void host_thread_yield(void);
/* A full memory barrier on every thread of the process (membarrier). */
void host_barrier_everywhere(void);
/* Whether that takes microseconds.  True as well while there is one thread only, when nobody needs it. */
extern bool host_barrier_quick;
/* The calling thread's, cut to 15 bytes. */
int host_thread_set_name(const char *name);
/* Of any thread of the process; NULL: the name that the process' first thread had. */
int host_thread_name(unsigned tid, const char *name);
/* tid 0: the calling thread. */
int host_thread_set_affinity(unsigned tid, uint64_t mask);
/* The processors that the process was given when it started. */
uint64_t host_process_affinity(void);
/* Linux' nice value.  Only where it could be set back: a plain user may lower a thread's priority, never raise it again. */
int host_thread_set_nice(unsigned tid, int nice);
/* User and system time of the calling thread's process or of a thread, in 100 ns units; tid 0 = whole process. */
int host_cpu_times(unsigned tid, uint64_t *user, uint64_t *system);
void host_own_cpu_times(uint64_t *user, uint64_t *system); /* the calling thread's */

/* Waits while *word == expected.  deadline: CLOCK_MONOTONIC nanoseconds, UINT64_MAX = for ever.
 * 0 woken or changed (spurious returns happen), -ETIMEDOUT. */
int host_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadline);
void host_futex_wake(const uint32_t *word, int count);
/* The same between processes (words in shared mappings). */
int host_futex_wait_shared(const uint32_t *word, uint32_t expected, uint64_t deadline);
void host_futex_wake_shared(const uint32_t *word, int count);

/* Waits until one of several words has changed: as host_futex_wait, and returns at once when one has.  Without
 * futex_waitv (Linux before 5.16) more than one word is looked at every millisecond. */
#define HOST_FUTEX_MAXIMUM 128u
struct host_futex {
	const uint32_t *word;
	uint32_t expected;
	bool shared; /* between processes */
};
int host_futex_wait_many(const struct host_futex *futexes, unsigned count, uint64_t deadline);

/* A small lock: 0 free, 1 held, 2 held with waiters.  Zero-initialised; not recursive. */
struct host_lock {
	uint32_t word;
};
void host_lock_slow(struct host_lock *lock);
void host_unlock_slow(struct host_lock *lock);
static inline void host_lock_acquire(struct host_lock *lock)
{
	uint32_t expected = 0;
	if (!__atomic_compare_exchange_n(&lock->word, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		host_lock_slow(lock);
}
static inline void host_lock_release(struct host_lock *lock)
{
	if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) != 1)
		host_unlock_slow(lock);
}

#endif
