/*
 * ntdll/tp/pool.c - pools and their threads.
 *
 * A pool runs as many callbacks at once as there are processors; callbacks that sleep or are known to run long do not
 * count, so it grows when they do.  Who finds nothing to do sleeps on a stack, the last comer on top: the others get cold
 * and leave after a while.  When nothing was begun for some time although callbacks wait (those that run neither end nor
 * sleep) one more thread is let in.
 *
 * A process whose program has left its threads (the first one called ExitThread) ends when the pool's idle threads have gone.
 * So it does on Windows, where they stay for 30 seconds (BlackBerry's "Windows 10 Parallel Loading Breakdown": programs seem
 * to hang while ntdll's worker threads wait out their idle time); here it is 10.
 *
 * A thread is started by who posts, when that is a thread of the program with no lock held; otherwise (a timer, a signalled
 * object, a callback that goes to sleep) by the timer thread.
 */
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/ps/suspend.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_MAXIMUM 500 /* MSDN, Thread Pools: the default maximum */
#define IDLE_NS 10000000000ull
#define STALL_NS 20000000ull

static struct tp_pool default_pool, serial_pool;
static struct host_lock defaults_lock;

static void start_deferred(struct ke_timer_entry *entry);
static void look_for_stall(struct ke_timer_entry *entry);

static void initialize(struct tp_pool *pool)
{
	pool->references = 1;
	pool->maximum = DEFAULT_MAXIMUM;
	pool->starter.fn = start_deferred;
	pool->stall.fn = look_for_stall;
	ps_round_stack_sizes(&pool->stack.StackReserve, &pool->stack.StackCommit);
	__atomic_store_n(&pool->magic, TP_POOL_MAGIC, __ATOMIC_RELEASE);
}

static struct tp_pool *initialize_once(struct tp_pool *pool, uint32_t maximum)
{
	if (__builtin_expect(__atomic_load_n(&pool->magic, __ATOMIC_ACQUIRE) == 0, 0)) {
		host_lock_acquire(&defaults_lock);
		if (!pool->magic) {
			initialize(pool);
			pool->maximum = maximum;
		}
		host_lock_release(&defaults_lock);
	}
	return pool;
}

struct tp_pool *tp_default_pool(void)
{
	return initialize_once(&default_pool, DEFAULT_MAXIMUM);
}

struct tp_pool *tp_serial_pool(void)
{
	return initialize_once(&serial_pool, 1);
}

struct tp_pool *tp_check_pool(struct tp_pool *pool)
{
	if (!pool || pool->magic != TP_POOL_MAGIC || pool->released)
		RtlRaiseStatus(STATUS_INVALID_PARAMETER);
	return pool;
}

void tp_pool_reference_locked(struct tp_pool *pool)
{
	pool->references++;
}

/* Lets go of the lock; frees the pool when nothing and nobody is left. */
static void unlock_and_collect(struct tp_pool *pool)
{
	bool gone;

	if (!pool->references && !pool->shutdown) {
		pool->shutdown = true;
		for (; pool->idle; pool->idle = pool->idle->below) {
			__atomic_store_n(&pool->idle->woken, 1, __ATOMIC_RELEASE);
			host_futex_wake(&pool->idle->woken, 1);
		}
		pool->starting += pool->idle_count;
		pool->idle_count = 0;
	}
	gone = pool->shutdown && !pool->threads;
	if (gone)
		pool->magic = 0;
	host_lock_release(&pool->lock);
	if (gone)
		free(pool);
}

void tp_pool_dereference(struct tp_pool *pool)
{
	host_lock_acquire(&pool->lock);
	pool->references--;
	unlock_and_collect(pool);
}

static bool anything_queued(const struct tp_pool *pool)
{
	for (unsigned i = 0; i < TP_PRIORITIES; i++)
		if (pool->queues[i].first)
			return true;
	return false;
}

static uint32_t concurrency(void)
{
	return ps_peb ? ps_peb->NumberOfProcessors : 1;
}

struct tp_action tp_balance_locked(struct tp_pool *pool, bool force)
{
	struct tp_action action = {NULL, false};

	if (!anything_queued(pool) || pool->shutdown)
		return action;
	if (!force && pool->active + pool->starting >= concurrency()) {
		if (!pool->stall_armed && !ke_timer_arm(&pool->stall, host_monotonic_ns() + STALL_NS)) {
			pool->stall_armed = true;
			pool->stalled_at = pool->taken;
			pool->references++;
		}
		return action;
	}
	if (pool->idle) {
		__atomic_store_n(&pool->idle->woken, 1, __ATOMIC_RELEASE);
		action.wake = &pool->idle->woken;
		pool->idle = pool->idle->below;
		pool->idle_count--;
		pool->starting++;
	} else if (pool->threads < pool->maximum) {
		action.start = true;
		pool->threads++;
		pool->starting++;
	}
	return action;
}

/*
 * Workers.
 */
static struct tp_object *take_locked(struct tp_pool *pool)
{
	for (unsigned i = 0; i < TP_PRIORITIES; i++) {
		struct tp_queue *queue = &pool->queues[i];
		struct tp_object *object = queue->first;

		if (!object)
			continue;
		queue->first = object->next;
		if (object->next)
			object->next->previous = NULL;
		else
			queue->last = NULL;
		object->queued = false;
		/* Others get their turn before its next one. */
		if (--object->pending)
			tp_append(queue, object);
		object->running++;
		object->ran = true;
		pool->taken++;
		return object;
	}
	return NULL;
}

/* Sleeps until woken; false: nobody wanted it for long, and it may go.  The lock is held before and after. */
static bool idle_locked(struct tp_worker *worker)
{
	struct tp_pool *pool = worker->pool;
	bool stays = worker->persistent || pool->threads <= pool->minimum;
	uint64_t deadline = stays ? KE_FOREVER : host_monotonic_ns() + IDLE_NS;
	struct tp_worker **link;
	int result = 0;

	worker->woken = 0;
	worker->below = pool->idle;
	pool->idle = worker;
	pool->idle_count++;
	host_lock_release(&pool->lock);
	while (!__atomic_load_n(&worker->woken, __ATOMIC_ACQUIRE) && result != -ETIMEDOUT) {
		result = ke_block(&worker->woken, 0, deadline);
		ps_check_pending();
	}
	host_lock_acquire(&pool->lock);
	for (link = &pool->idle; *link && *link != worker; link = &(*link)->below)
		;
	if (!*link) {
		pool->starting--; /* taken off by who woke it, or is about to */
		return true;
	}
	*link = worker->below;
	pool->idle_count--;
	return pool->threads <= pool->minimum;
}

/* A callback goes to sleep, or goes on: another may run meanwhile. */
static void on_blocking(struct ps_thread *thread, bool blocks)
{
	struct tp_worker *worker = thread->worker;
	struct tp_pool *pool = worker->pool;
	struct tp_action action = {NULL, false};

	if (!worker->counted)
		return;
	host_lock_acquire(&pool->lock);
	if (blocks) {
		pool->active--;
		action = tp_balance_locked(pool, false);
	} else {
		pool->active++;
	}
	host_lock_release(&pool->lock);
	tp_act(pool, action, false);
}

static uint64_t WINAPI worker_main(PVOID argument)
{
	struct tp_worker *worker = argument;
	struct tp_pool *pool = worker->pool;

	ps_self->worker = worker;
	ps_self->blocking = on_blocking;
	host_lock_acquire(&pool->lock);
	pool->starting--;
	while (!pool->shutdown && (pool->threads <= pool->maximum || worker->persistent)) {
		struct tp_object *object = take_locked(pool);
		struct tp_action action;

		if (!object) {
			if (!idle_locked(worker))
				break;
			continue;
		}
		worker->counted = !object->is_long;
		if (worker->counted)
			pool->active++;
		else
			pool->long_running++;
		if (object->is_persistent)
			worker->persistent = true;
		action = tp_balance_locked(pool, false);
		host_lock_release(&pool->lock);
		tp_act(pool, action, true);
		tp_run(worker, object);
		host_lock_acquire(&pool->lock);
		if (worker->counted)
			pool->active--;
		else
			pool->long_running--;
		worker->counted = false;
	}
	pool->threads--;
	ps_self->blocking = NULL;
	unlock_and_collect(pool);
	free(worker);
	return 0;
}

static void thread_failed(struct tp_pool *pool)
{
	host_lock_acquire(&pool->lock);
	pool->threads--;
	pool->starting--;
	unlock_and_collect(pool);
}

/* A thread, which is counted already. */
static NTSTATUS start_thread(struct tp_pool *pool)
{
	struct tp_worker *worker = calloc(1, sizeof(*worker));
	struct ps_thread *thread;
	NTSTATUS status = STATUS_NO_MEMORY;

	if (worker) {
		worker->pool = pool;
		status = ps_create_thread((void *)worker_main, worker, 0, pool->stack.StackReserve, pool->stack.StackCommit,
					  &thread);
		if (!status)
			ob_dereference(thread);
		else
			free(worker);
	}
	if (status)
		thread_failed(pool);
	return status;
}

void tp_act(struct tp_pool *pool, struct tp_action action, bool here)
{
	if (action.wake)
		host_futex_wake(action.wake, 1);
	if (!action.start)
		return;
	if (here) {
		start_thread(pool);
		return;
	}
	host_lock_acquire(&pool->lock);
	pool->to_start++;
	if (!pool->starter_armed) {
		pool->starter_armed = true;
		pool->references++;
		if (ke_timer_arm(&pool->starter, 0)) {
			pool->starter_armed = false;
			pool->references--;
			pool->threads -= pool->to_start;
			pool->starting -= pool->to_start;
			pool->to_start = 0;
		}
	}
	host_lock_release(&pool->lock);
}

static void start_deferred(struct ke_timer_entry *entry)
{
	struct tp_pool *pool = CONTAINING_RECORD(entry, struct tp_pool, starter);
	uint32_t count;

	host_lock_acquire(&pool->lock);
	pool->starter_armed = false;
	count = pool->to_start;
	pool->to_start = 0;
	host_lock_release(&pool->lock);
	while (count--)
		start_thread(pool);
	tp_pool_dereference(pool);
}

static void look_for_stall(struct ke_timer_entry *entry)
{
	struct tp_pool *pool = CONTAINING_RECORD(entry, struct tp_pool, stall);
	struct tp_action action;

	host_lock_acquire(&pool->lock);
	pool->stall_armed = false;
	action = tp_balance_locked(pool, pool->taken == pool->stalled_at);
	/* As long as something waits somebody looks. */
	if (!pool->stall_armed && anything_queued(pool) && !ke_timer_arm(&pool->stall, host_monotonic_ns() + STALL_NS)) {
		pool->stall_armed = true;
		pool->stalled_at = pool->taken;
		pool->references++;
	}
	host_lock_release(&pool->lock);
	if (action.wake)
		host_futex_wake(action.wake, 1);
	if (action.start)
		start_thread(pool);
	tp_pool_dereference(pool);
}

/*
 * The program's calls.
 */
EXPORT(ntdll, NTSTATUS, TpAllocPool, (TP_POOL **result, PVOID reserved))
{
	struct tp_pool *pool;

	if (reserved)
		return STATUS_INVALID_PARAMETER;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return STATUS_NO_MEMORY;
	initialize(pool);
	*result = pool;
	return STATUS_SUCCESS;
}

/* Its threads go when its last object has gone. */
EXPORT(ntdll, void, TpReleasePool, (TP_POOL *pool))
{
	tp_check_pool(pool)->released = true;
	tp_pool_dereference(pool);
}

static void set_maximum(struct tp_pool *pool, ULONG maximum)
{
	struct tp_action action;

	host_lock_acquire(&pool->lock);
	pool->maximum = maximum ? maximum : 1;
	if (pool->minimum > pool->maximum)
		pool->minimum = pool->maximum;
	action = tp_balance_locked(pool, false);
	host_lock_release(&pool->lock);
	tp_act(pool, action, true);
}

EXPORT(ntdll, void, TpSetPoolMaxThreads, (TP_POOL *pool, ULONG maximum))
{
	set_maximum(tp_check_pool(pool), maximum);
}

EXPORT(ntdll, NTSTATUS, TpSetDefaultPoolMaxThreads, (ULONG maximum))
{
	set_maximum(tp_default_pool(), maximum);
	return STATUS_SUCCESS;
}

/* The threads are made at once: a caller wants to know that they can be. */
EXPORT(ntdll, NTSTATUS, TpSetPoolMinThreads, (TP_POOL *pool, ULONG minimum))
{
	NTSTATUS status = STATUS_SUCCESS;
	bool start = true;

	tp_check_pool(pool);
	host_lock_acquire(&pool->lock);
	pool->minimum = minimum;
	if (pool->maximum < minimum)
		pool->maximum = minimum;
	host_lock_release(&pool->lock);
	while (start && !status) {
		host_lock_acquire(&pool->lock);
		start = pool->threads < pool->minimum;
		if (start) {
			pool->threads++;
			pool->starting++;
		}
		host_lock_release(&pool->lock);
		if (start)
			status = start_thread(pool);
	}
	return status;
}

/* Any value is accepted (nt facts, execution 132). */
static NTSTATUS set_stack(struct tp_pool *pool, const TP_POOL_STACK_INFORMATION *information)
{
	host_lock_acquire(&pool->lock);
	pool->stack = *information;
	host_lock_release(&pool->lock);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, TpSetPoolStackInformation, (TP_POOL *pool, const TP_POOL_STACK_INFORMATION *information))
{
	return set_stack(tp_check_pool(pool), information);
}

EXPORT(ntdll, NTSTATUS, TpSetDefaultPoolStackInformation, (const TP_POOL_STACK_INFORMATION *information))
{
	return set_stack(tp_default_pool(), information);
}

EXPORT(ntdll, NTSTATUS, TpQueryPoolStackInformation, (TP_POOL *pool, TP_POOL_STACK_INFORMATION *information))
{
	tp_check_pool(pool);
	host_lock_acquire(&pool->lock);
	*information = pool->stack;
	host_lock_release(&pool->lock);
	return STATUS_SUCCESS;
}
