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
#include <string.h>

#define IDLE_MAXIMUM 16
#define IDLE_NS 2000000000ull

enum worker_state { WORKER_IDLE, WORKER_RUNS };

/* On its thread's stack. */
struct host_worker {
	struct host_worker *below;
	uint32_t state; /* futex */
	unsigned id;
	bool used;
	uint64_t times[2]; /* user and system time that it has spent, when it last ended something; 100 ns */
	void (*start)(void *argument);
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

/* Waits to be taken; false: it was not. */
static bool stay(struct host_worker *worker)
{
	uint64_t deadline = host_monotonic_ns() + IDLE_NS;
	struct host_worker **link;

	reset_locals();
	worker->used = true;
	host_lock_acquire(&idle_lock);
	if (idle_count == IDLE_MAXIMUM) {
		host_lock_release(&idle_lock);
		return false;
	}
	__atomic_store_n(&worker->state, WORKER_IDLE, __ATOMIC_RELAXED);
	worker->below = idle;
	idle = worker;
	idle_count++;
	host_lock_release(&idle_lock);
	while (__atomic_load_n(&worker->state, __ATOMIC_ACQUIRE) == WORKER_IDLE) {
		if (host_futex_wait(&worker->state, WORKER_IDLE, deadline) != -ETIMEDOUT)
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
	struct host_worker worker = {.id = host_thread_id()};
	struct birth *birth = argument;

	birth->worker = &worker;
	__atomic_store_n(&birth->born, 1, __ATOMIC_RELEASE);
	host_futex_wake(&birth->born, 1);
	while (__atomic_load_n(&worker.state, __ATOMIC_ACQUIRE) == WORKER_IDLE)
		host_futex_wait(&worker.state, WORKER_IDLE, UINT64_MAX);
	do
		worker.start(worker.argument);
	while (stay(&worker));
}

int host_worker_take(struct host_worker **result)
{
	struct birth birth = {NULL, 0};
	struct host_worker *worker;
	int error;

	host_lock_acquire(&idle_lock);
	if (!locals.size)
		dl_iterate_phdr(find_locals, NULL);
	worker = idle;
	if (worker) {
		idle = worker->below;
		idle_count--;
	}
	host_lock_release(&idle_lock);
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

void host_worker_run(struct host_worker *worker, void (*start)(void *argument), void *argument)
{
	worker->start = start;
	worker->argument = argument;
	__atomic_store_n(&worker->state, WORKER_RUNS, __ATOMIC_RELEASE);
	/* It may have run and gone by now: a futex nobody sleeps on is harmless to wake. */
	host_futex_wake(&worker->state, 1);
}
