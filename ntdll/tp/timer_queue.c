/*
 * ntdll/tp/timer_queue.c - timer queues: RtlCreateTimerQueue and kin.
 *
 * A queue is only a list; its timers are a pool's.  It goes when it was deleted and its last timer has gone.
 */
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

#include <stdlib.h>

#define QUEUE_MAGIC 0x75657551u
#define TIMER_MAGIC 0x656D6954u

struct timer_queue {
	uint32_t magic;
	uint32_t references; /* the program's, one a timer; atomic */
	struct host_lock lock;
	struct queue_timer *timers; /* those not deleted yet */
	struct ob_object *event;    /* to be set at the end; referenced */
};

struct queue_timer {
	uint32_t magic;
	struct tp_object *object;
	struct timer_queue *queue;
	struct queue_timer *next, **link; /* link NULL: deleted.  The queue's lock. */
	void *callback, *context;
	bool once;
	struct ob_object *event;
};

static struct timer_queue default_queue = {.magic = QUEUE_MAGIC, .references = 1};

static void signal_end(struct ob_object *event)
{
	if (event) {
		ke_set(ke_object_dispatcher(event));
		ob_dereference(event);
	}
}

static void dereference_queue(struct timer_queue *queue)
{
	struct ob_object *event;

	if (__atomic_sub_fetch(&queue->references, 1, __ATOMIC_ACQ_REL))
		return;
	event = queue->event;
	queue->magic = 0;
	free(queue);
	signal_end(event);
}

static void destroy(struct tp_object *object)
{
	struct queue_timer *timer = object->context;

	timer->magic = 0;
	signal_end(timer->event);
	dereference_queue(timer->queue);
	free(timer);
}

/* A timer queue's callback is always told that the time is over. */
static void invoke(struct tp_object *object, struct tp_instance *instance)
{
	struct queue_timer *timer = object->context;

	ke_call_guest(timer->callback, (uint64_t)(uintptr_t)timer->context, TRUE, 0, 0);
}

static NTSTATUS capture_event(HANDLE handle, struct ob_object **event)
{
	void *object = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	if (handle && handle != (HANDLE)-1)
		status = ob_reference_by_handle(handle, &ke_event_type, 2, &object);
	*event = object;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlCreateTimerQueue, (HANDLE *result))
{
	struct timer_queue *queue = calloc(1, sizeof(*queue));

	if (!queue)
		return STATUS_NO_MEMORY;
	queue->magic = QUEUE_MAGIC;
	queue->references = 1;
	*result = queue;
	return STATUS_SUCCESS;
}

/* queue NULL: the default one.  Times in milliseconds. */
EXPORT(ntdll, NTSTATUS, RtlCreateTimer,
       (HANDLE queue_handle, HANDLE *result, PVOID callback, PVOID context, DWORD due, DWORD period, ULONG flags))
{
	struct timer_queue *queue = queue_handle ? queue_handle : &default_queue;
	TP_CALLBACK_ENVIRON environ = {.Version = 1};
	struct queue_timer *timer;
	TP_TIMER *object;
	NTSTATUS status;

	if (queue->magic != QUEUE_MAGIC)
		return STATUS_INVALID_HANDLE;
	if (flags & (TP_EXECUTE_IN_TIMER_THREAD | TP_EXECUTE_IN_WAIT_THREAD))
		environ.Pool = tp_serial_pool();
	if (flags & TP_EXECUTE_LONG_FUNCTION)
		environ.Flags |= TP_ENVIRON_LONG_FUNCTION;
	if (flags & (TP_EXECUTE_IN_PERSISTENT_THREAD | TP_EXECUTE_IN_IO_THREAD))
		environ.Flags |= TP_ENVIRON_PERSISTENT;
	timer = calloc(1, sizeof(*timer));
	status = timer ? TpAllocTimer(&object, callback, timer, &environ) : STATUS_NO_MEMORY;
	if (status) {
		free(timer);
		return status;
	}
	timer->magic = TIMER_MAGIC;
	timer->object = object;
	timer->queue = queue;
	timer->callback = callback;
	timer->context = context;
	timer->once = !period || flags & TP_EXECUTE_ONLY_ONCE;
	object->invoke = invoke;
	object->destroy = destroy;
	__atomic_fetch_add(&queue->references, 1, __ATOMIC_RELAXED);
	host_lock_acquire(&queue->lock);
	timer->next = queue->timers;
	timer->link = &queue->timers;
	if (queue->timers)
		queue->timers->link = &timer->next;
	queue->timers = timer;
	host_lock_release(&queue->lock);
	*result = timer;
	tp_timer_set(object, ke_deadline_ms(due), timer->once ? 0 : (uint64_t)period * 1000000u);
	return STATUS_SUCCESS;
}

static NTSTATUS check_timer(HANDLE handle, struct queue_timer **timer)
{
	*timer = handle;
	return *timer && (*timer)->magic == TIMER_MAGIC ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* A timer for once that has fired stays as it is (nt facts, execution 115).  Which queue is named does not matter. */
EXPORT(ntdll, NTSTATUS, RtlUpdateTimer, (HANDLE queue, HANDLE handle, DWORD due, DWORD period))
{
	struct queue_timer *timer;
	NTSTATUS status = check_timer(handle, &timer);

	if (status)
		return status;
	if (timer->once && tp_has_fired(timer->object))
		return STATUS_SUCCESS;
	timer->once = !period;
	tp_timer_set(timer->object, ke_deadline_ms(due), (uint64_t)period * 1000000u);
	return STATUS_SUCCESS;
}

static bool unlink_timer(struct queue_timer *timer)
{
	struct timer_queue *queue = timer->queue;
	bool linked;

	host_lock_acquire(&queue->lock);
	linked = timer->link != NULL;
	if (linked) {
		*timer->link = timer->next;
		if (timer->next)
			timer->next->link = timer->link;
		timer->link = NULL;
	}
	host_lock_release(&queue->lock);
	return linked;
}

/* Nothing new comes.  A callback that is due runs all the same, but not one of a period after others have run. */
static void stop(struct queue_timer *timer)
{
	tp_timer_disarm(timer->object);
	if (!timer->once && tp_has_run(timer->object))
		tp_cancel_pending(timer->object);
}

EXPORT(ntdll, NTSTATUS, RtlDeleteTimer, (HANDLE queue, HANDLE handle, HANDLE event_handle))
{
	struct queue_timer *timer;
	struct tp_object *object;
	struct ob_object *event;
	NTSTATUS status = handle ? check_timer(handle, &timer) : STATUS_INVALID_PARAMETER_1;

	if (!status)
		status = capture_event(event_handle, &event);
	if (status)
		return status;
	if (!unlink_timer(timer)) {
		if (event)
			ob_dereference(event);
		return STATUS_INVALID_HANDLE;
	}
	object = timer->object;
	timer->event = event;
	stop(timer);
	if (event_handle == (HANDLE)-1)
		tp_wait_for_callbacks(object, false);
	else if (tp_callbacks_left(object))
		status = STATUS_PENDING;
	tp_release(object);
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlDeleteTimerQueueEx, (HANDLE handle, HANDLE event_handle))
{
	struct timer_queue *queue = handle;
	struct ob_object *event;
	NTSTATUS status;

	if (!queue || queue->magic != QUEUE_MAGIC || queue == &default_queue)
		return STATUS_INVALID_HANDLE;
	status = capture_event(event_handle, &event);
	if (status)
		return status;
	queue->event = event;
	for (;;) {
		struct queue_timer *timer;
		struct tp_object *object;

		host_lock_acquire(&queue->lock);
		timer = queue->timers;
		host_lock_release(&queue->lock);
		if (!timer)
			break;
		if (!unlink_timer(timer))
			continue;
		object = timer->object;
		stop(timer);
		if (event_handle == (HANDLE)-1)
			tp_wait_for_callbacks(object, false);
		tp_release(object);
	}
	/* Deleted timers whose callbacks still run count too. */
	if (event_handle != (HANDLE)-1 && __atomic_load_n(&queue->references, __ATOMIC_ACQUIRE) > 1)
		status = STATUS_PENDING;
	dereference_queue(queue);
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlDeleteTimerQueue, (HANDLE handle))
{
	return RtlDeleteTimerQueueEx(handle, NULL);
}
