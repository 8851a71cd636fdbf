/*
 * host/thread.c - threads, futexes and the host stack.
 */
#include "host/thread.h"
#include "host/linux_abi.h"
#include "host/time.h"
#include "host/vm.h"

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The alternate stack lies in the thread's host stack, above everything else: no allocation of its own, and it goes
 * with the thread.  The kernel's frame takes up to 4 KiB with AVX-512. */
#define ALTERNATE_STACK_SIZE (64u << 10)
#define HOST_STACK_SIZE (512u << 10)

/* The innermost host_guest_stack_call of this thread: its stack pointer, below which the host stack is free. */
__thread uintptr_t host_stack_frame __attribute__((tls_model("initial-exec")));
__thread size_t host_stack_span __attribute__((tls_model("initial-exec")));

void *host_switch_stack(void *(*fn)(void *), void *argument, uintptr_t top);

void *host_stack_call(void *(*fn)(void *), void *argument)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t top = host_stack_frame;

	if (!top || top - here < host_stack_span)
		return fn(argument);
	return host_switch_stack(fn, argument, top);
}

uintptr_t host_stack_top(void)
{
	return host_stack_frame;
}

static void use_alternate_stack(void *memory)
{
	stack_t stack = {.ss_sp = memory, .ss_size = ALTERNATE_STACK_SIZE};

	sigaltstack(&stack, NULL);
}

struct thread_start {
	void (*start)(void *);
	void *argument;
};

static void *thread_main(void *argument)
{
	struct thread_start start = *(struct thread_start *)argument;
	char alternate[ALTERNATE_STACK_SIZE] __attribute__((aligned(64)));
	stack_t off = {.ss_flags = SS_DISABLE};

	free(argument);
	host_stack_span = HOST_STACK_SIZE;
	use_alternate_stack(alternate);
	start.start(start.argument);
	sigaltstack(&off, NULL);
	return NULL;
}

int host_thread_create(void (*start)(void *argument), void *argument)
{
	struct thread_start *block = malloc(sizeof(*block));
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	if (!block)
		return -ENOMEM;
	if (!host_has(HOST_FEATURE_MEMBARRIER))
		host_barrier_quick = false;
	*block = (struct thread_start){start, argument};
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, HOST_STACK_SIZE + ALTERNATE_STACK_SIZE);
	error = pthread_create(&thread, &attributes, thread_main, block);
	pthread_attr_destroy(&attributes);
	if (error)
		free(block);
	return -error;
}

int host_thread_adopt(void)
{
	static char alternate[ALTERNATE_STACK_SIZE] __attribute__((aligned(64)));

	host_stack_span = 64u << 20;
	use_alternate_stack(alternate);
	return 0;
}

void host_thread_take_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}

void host_set_gs(void *base)
{
	if (host_has(HOST_FEATURE_FSGSBASE))
		__asm__ volatile("wrgsbase %0" : : "r"(base) : "memory");
	else
		syscall(SYS_arch_prctl, ARCH_SET_GS, base);
}

bool host_trap_system_calls(void)
{
	uintptr_t end = host_arena_end();

	/* One range may call Linux: what lies above the arena, if that is where we, the C library and the kernel's page are. */
	return (uintptr_t)host_trap_system_calls >= end && (uintptr_t)&syscall >= end &&
	       getauxval(AT_SYSINFO_EHDR) >= end && host_has(HOST_FEATURE_SYSCALL_DISPATCH) &&
	       prctl(LINUX_PR_SET_SYSCALL_USER_DISPATCH, 1, end, UINTPTR_MAX - end, NULL) == 0;
}

unsigned host_thread_id(void)
{
	return (unsigned)syscall(SYS_gettid);
}

bool host_barrier_quick = true;

void host_barrier_everywhere(void)
{
	if (!host_has(HOST_FEATURE_MEMBARRIER) || syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) < 0)
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

void host_thread_yield(void)
{
	sched_yield();
}

int host_thread_set_name(const char *name)
{
	char shortened[16] = {0};

	strncpy(shortened, name, sizeof(shortened) - 1);
	return prctl(PR_SET_NAME, shortened) < 0 ? -errno : 0;
}

int host_thread_name(unsigned tid, const char *name)
{
	static char first[16];
	char path[64];
	ssize_t written;
	int fd;

	if (!first[0])
		prctl(PR_GET_NAME, first); /* the first call is for the first thread, or for one that inherited its name */
	snprintf(path, sizeof(path), "/proc/self/task/%u/comm", tid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!name)
		name = first;
	written = write(fd, name, strlen(name));
	close(fd);
	return written < 0 ? -EIO : 0;
}

int host_thread_set_nice(unsigned tid, int nice)
{
	struct rlimit limit;

	if (geteuid() != 0 && (getrlimit(RLIMIT_NICE, &limit) < 0 || limit.rlim_cur < 20))
		return -EPERM;
	return setpriority(PRIO_PROCESS, tid, nice) < 0 ? -errno : 0;
}

int host_thread_set_affinity(unsigned tid, uint64_t mask)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned cpu = 0; cpu < 64; cpu++)
		if (mask >> cpu & 1)
			CPU_SET(cpu, &set);
	return sched_setaffinity((pid_t)tid, sizeof(set), &set) < 0 ? -errno : 0;
}

uint64_t host_process_affinity(void)
{
	static uint64_t known;
	uint64_t mask = __atomic_load_n(&known, __ATOMIC_RELAXED);
	cpu_set_t set;

	if (mask)
		return mask;
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	for (unsigned cpu = 0; cpu < 64; cpu++)
		if (CPU_ISSET(cpu, &set))
			mask |= 1ull << cpu;
	mask = mask ? mask : 1;
	__atomic_store_n(&known, mask, __ATOMIC_RELAXED);
	return mask;
}

static void usage_times(int who, uint64_t *user, uint64_t *system)
{
	struct rusage usage;

	getrusage(who, &usage);
	*user = (uint64_t)usage.ru_utime.tv_sec * 10000000u + (uint64_t)usage.ru_utime.tv_usec * 10u;
	*system = (uint64_t)usage.ru_stime.tv_sec * 10000000u + (uint64_t)usage.ru_stime.tv_usec * 10u;
}

void host_own_cpu_times(uint64_t *user, uint64_t *system)
{
	usage_times(RUSAGE_THREAD, user, system);
}

int host_cpu_times(unsigned tid, uint64_t *user, uint64_t *system)
{
	struct timespec spent;

	if (!tid) {
		usage_times(RUSAGE_SELF, user, system);
	} else if (tid == host_thread_id()) {
		host_own_cpu_times(user, system);
	} else {
		/* Another thread: the kernel's per-thread CPU clock knows the sum only. */
		clockid_t clock = (clockid_t)((~(clockid_t)tid << 3) | 4 | 2);

		if (clock_gettime(clock, &spent) < 0)
			return -errno;
		*user = (uint64_t)spent.tv_sec * 10000000u + (uint64_t)spent.tv_nsec / 100u;
		*system = 0;
	}
	return 0;
}

static int futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadline, int flags)
{
	struct timespec until, *limit = NULL;

	if (deadline != UINT64_MAX) {
		until.tv_sec = (time_t)(deadline / 1000000000u);
		until.tv_nsec = (long)(deadline % 1000000000u);
		limit = &until;
	}
	/* FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time. */
	if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET | flags, expected, limit, NULL, FUTEX_BITSET_MATCH_ANY) == 0)
		return 0;
	return errno == ETIMEDOUT ? -ETIMEDOUT : 0;
}

int host_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadline)
{
	return futex_wait(word, expected, deadline, FUTEX_PRIVATE_FLAG);
}

void host_futex_wake(const uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count);
}

int host_futex_wait_shared(const uint32_t *word, uint32_t expected, uint64_t deadline)
{
	return futex_wait(word, expected, deadline, 0);
}

void host_futex_wake_shared(const uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE, count);
}

/* Linux' struct futex_waitv. */
struct waited_futex {
	uint64_t value, address;
	uint32_t flags, reserved;
};
#define FUTEX_OF_32_BITS 2u
#define FUTEX_OF_PROCESS 128u
#define POLL_NS 1000000u

static int wait_polling(const struct host_futex *futexes, unsigned count, uint64_t deadline)
{
	uint64_t until = host_monotonic_ns() + POLL_NS;
	int result;

	for (unsigned i = 0; i < count; i++)
		if (__atomic_load_n(futexes[i].word, __ATOMIC_SEQ_CST) != futexes[i].expected)
			return 0;
	if (until > deadline)
		until = deadline;
	result = futex_wait(futexes[0].word, futexes[0].expected, until, futexes[0].shared ? 0 : FUTEX_PRIVATE_FLAG);
	return until == deadline ? result : 0;
}

int host_futex_wait_many(const struct host_futex *futexes, unsigned count, uint64_t deadline)
{
	struct waited_futex waited[HOST_FUTEX_MAXIMUM];
	struct timespec until, *limit = NULL;

	if (count == 1)
		return futex_wait(futexes[0].word, futexes[0].expected, deadline,
				  futexes[0].shared ? 0 : FUTEX_PRIVATE_FLAG);
	if (!host_has(HOST_FEATURE_FUTEX_WAITV))
		return wait_polling(futexes, count, deadline);
	for (unsigned i = 0; i < count; i++)
		waited[i] = (struct waited_futex){
			.value = futexes[i].expected,
			.address = (uint64_t)(uintptr_t)futexes[i].word,
			.flags = FUTEX_OF_32_BITS | (futexes[i].shared ? 0 : FUTEX_OF_PROCESS),
		};
	if (deadline != UINT64_MAX) {
		until.tv_sec = (time_t)(deadline / 1000000000u);
		until.tv_nsec = (long)(deadline % 1000000000u);
		limit = &until;
	}
	if (syscall(LINUX_SYS_futex_waitv, waited, count, 0, limit, CLOCK_MONOTONIC) >= 0)
		return 0;
	return errno == ETIMEDOUT ? -ETIMEDOUT : 0;
}

/* A three-state futex lock (Drepper, "Futexes are tricky", mutex 2), with a short spin before sleeping. */
void host_lock_slow(struct host_lock *lock)
{
	for (int spin = 0; spin < 100; spin++) {
		uint32_t expected = 0;
		if (__atomic_load_n(&lock->word, __ATOMIC_RELAXED) == 0 &&
		    __atomic_compare_exchange_n(&lock->word, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return;
		__builtin_ia32_pause();
	}
	while (__atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE) != 0)
		host_futex_wait(&lock->word, 2, UINT64_MAX);
}

void host_unlock_slow(struct host_lock *lock)
{
	host_futex_wake(&lock->word, 1);
}
