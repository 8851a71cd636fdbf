/*
 * host/worker.c - host threads that are used again.
 *
 * To make a thread costs a mapping, a clone and a round trip to learn its id.  A worker that has nothing more to run waits
 * for a while to be taken again; it keeps its stacks and its id.  What ran on it before leaves no trace in the program's
 * thread-local variables: they are set to what a new thread's are.
 */
#include "host/thread.h"
#include "host/time.h"

#include <errno.h>
#include <link.h>
#include <sched.h>
#include <string.h>

#define IDLE_MAXIMUM 16
#define IDLE_NS 2000000000ull

enum worker_state { WORKER_IDLE, WORKER_SLEEPS, WORKER_RUNS };

/* On its thread's stack. */
struct host_worker {
	struct host_worker *below;
	uint32_t state; /* futex */
	unsigned id;
	bool used;
	uint64_t times[2]; /* user and system time that it has spent, when it last ended something; 100 ns */
	int cpu;   /* where it was when it became idle */
	bool pull; /* it is to come to the processor of who runs it */
	const uint32_t *(*start)(void *argument);
	void *argument;
};

static struct host_lock idle_lock;
static struct host_worker *idle; /* who came last first */
static unsigned idle_count;

/* The program's thread-local variables: where they lie from the thread pointer, and what they begin with. */
static struct {
	ptrdiff_t offset;
	const void *image;
	size_t image_size, size;
} locals;

static int find_locals(struct dl_phdr_info *info, size_t size, void *context)
{
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type != PT_TLS)
			continue;
		locals.offset = (char *)info->dlpi_tls_data - (char *)__builtin_thread_pointer();
		locals.image = (const void *)(info->dlpi_addr + header->p_vaddr);
		locals.image_size = header->p_filesz;
		locals.size = header->p_memsz;
	}
	return 1; /* the program comes first, and no other counts */
}

static void reset_locals(void)
{
	char *block = (char *)__builtin_thread_pointer() + locals.offset;
	size_t kept = host_stack_span;

	memcpy(block, locals.image, locals.image_size);
	memset(block + locals.image_size, 0, locals.size - locals.image_size);
	host_stack_span = kept;
}

/* Sleeps until it is run, or until the deadline: -ETIMEDOUT. */
static int sleep_until_run(struct host_worker *worker, uint64_t deadline)
{
	uint32_t state = WORKER_IDLE;
	int error = 0;

	__atomic_compare_exchange_n(&worker->state, &state, WORKER_SLEEPS, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	while (error != -ETIMEDOUT && __atomic_load_n(&worker->state, __ATOMIC_ACQUIRE) != WORKER_RUNS)
		error = host_futex_wait(&worker->state, WORKER_SLEEPS, deadline);
	return error;
}

/* Waits to be taken; false: it was not.  Who waits for what it ran (`waiter`, a futex, or NULL) is woken when the worker can
 * be taken: one who starts and waits, again and again, finds it before it sleeps. */
static bool stay(struct host_worker *worker, const uint32_t *waiter)
{
	uint64_t deadline = host_monotonic_ns() + IDLE_NS;
	struct host_worker **link;
	bool full;

	reset_locals();
	worker->used = true;
	worker->cpu = sched_getcpu();
	__atomic_store_n(&worker->state, WORKER_IDLE, __ATOMIC_RELAXED);
	host_lock_acquire(&idle_lock);
	full = idle_count == IDLE_MAXIMUM;
	if (!full) {
		worker->below = idle;
		idle = worker;
		idle_count++;
	}
	host_lock_release(&idle_lock);
	if (waiter)
		host_futex_wake(waiter, 1);
	if (full)
		return false;
	while (__atomic_load_n(&worker->state, __ATOMIC_ACQUIRE) != WORKER_RUNS) {
		if (sleep_until_run(worker, deadline) != -ETIMEDOUT)
			continue;
		host_lock_acquire(&idle_lock);
		for (link = &idle; *link && *link != worker; link = &(*link)->below)
			;
		if (*link) {
			*link = worker->below;
			idle_count--;
			host_lock_release(&idle_lock);
			return false;
		}
		host_lock_release(&idle_lock);
		deadline = UINT64_MAX; /* taken; what it is to run comes */
	}
	return true;
}

struct birth {
	struct host_worker *worker;
	uint32_t born; /* futex */
};

static void worker_main(void *argument)
{
	struct host_worker worker = {.id = host_thread_id(), .state = WORKER_SLEEPS};
	struct birth *birth = argument;
	const uint32_t *waiter;

	birth->worker = &worker;
	__atomic_store_n(&birth->born, 1, __ATOMIC_RELEASE);
	host_futex_wake(&birth->born, 1);
	sleep_until_run(&worker, UINT64_MAX);
	do
		waiter = worker.start(worker.argument);
	while (stay(&worker, waiter));
}

/* Takes an idle worker out of the list, one of this processor where `near` wants it; NULL: there is none. */
static struct host_worker *take_idle(bool near)
{
	struct host_worker **link, *worker;
	int cpu = near ? sched_getcpu() : -1;

	host_lock_acquire(&idle_lock);
	if (!locals.size)
		dl_iterate_phdr(find_locals, NULL);
	for (link = &idle; near && *link && (*link)->cpu != cpu; link = &(*link)->below)
		;
	if (!*link)
		link = &idle;
	worker = *link;
	if (worker) {
		*link = worker->below;
		idle_count--;
		worker->pull = near && worker->cpu != cpu;
	}
	host_lock_release(&idle_lock);
	return worker;
}

int host_worker_take(struct host_worker **result, bool near)
{
	struct birth birth = {NULL, 0};
	struct host_worker *worker = take_idle(near);
	int error;

	if (!worker) {
		error = host_thread_create(worker_main, &birth);
		if (error)
			return error;
		while (!__atomic_load_n(&birth.born, __ATOMIC_ACQUIRE))
			host_futex_wait(&birth.born, 0, UINT64_MAX);
		worker = birth.worker;
	}
	*result = worker;
	return 0;
}

unsigned host_worker_id(const struct host_worker *worker)
{
	return worker->id;
}

bool host_worker_is_used(const struct host_worker *worker)
{
	return worker->used;
}

uint64_t *host_worker_times(struct host_worker *worker)
{
	return worker->times;
}

/* Wakes a sleeping worker on this processor.  What processors it may run on is afterwards as it was. */
static void wake_here(const uint32_t *state, pid_t id)
{
	cpu_set_t here, allowed;
	bool moved;

	CPU_ZERO(&here);
	CPU_SET((unsigned)sched_getcpu(), &here);
	moved = !sched_getaffinity(id, sizeof(allowed), &allowed) && CPU_COUNT(&allowed) > 1 &&
		!sched_setaffinity(id, sizeof(here), &here);
	host_futex_wake(state, 1);
	if (moved)
		sched_setaffinity(id, sizeof(allowed), &allowed);
}

bool host_worker_run(struct host_worker *worker, const uint32_t *(*start)(void *argument), void *argument)
{
	pid_t id = (pid_t)worker->id;
	bool pull = worker->pull;

	worker->start = start;
	worker->argument = argument;
	/* It may have run and gone by the time of the wake: a futex nobody sleeps on is harmless to wake. */
	if (__atomic_exchange_n(&worker->state, WORKER_RUNS, __ATOMIC_ACQ_REL) != WORKER_SLEEPS)
		return false;
	if (pull)
		wake_here(&worker->state, id);
	else
		host_futex_wake(&worker->state, 1);
	return pull;
}
