/*
 * ntdll/tp/object.c - what work, timers, waits and I/O objects of a pool have in common.
 *
 * An object is counted by the program that made it, its group, each pending or running callback, each arming and each
 * thread that waits for its callbacks; so a release never waits and never pulls anything away from a callback.
 */
#include "host/thread.h"
#include "ntdll/ldr.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

#include <limits.h>
#include <stdlib.h>

static const TP_CALLBACK_ENVIRON no_environ = {.Version = 1};

NTSTATUS tp_object_create(enum tp_kind kind, void *callback, void *context, const TP_CALLBACK_ENVIRON *environ,
			  struct tp_object **result)
{
	LONG priority = TP_PRIORITY_NORMAL;
	struct tp_object *object;
	NTSTATUS status;

	if (!environ)
		environ = &no_environ;
	if (environ->Version == 3)
		priority = environ->CallbackPriority;
	else if (environ->Version != 1)
		return STATUS_INVALID_PARAMETER;
	if (!callback || priority < 0 || priority >= TP_PRIORITIES)
		return STATUS_INVALID_PARAMETER;
	if (environ->Pool)
		tp_check_pool(environ->Pool);
	if (environ->CleanupGroup && environ->CleanupGroup->magic != TP_GROUP_MAGIC)
		return STATUS_INVALID_PARAMETER;
	object = calloc(1, sizeof(*object));
	if (!object)
		return STATUS_NO_MEMORY;
	/* The DLL stays while there are callbacks: MSDN SetThreadpoolCallbackLibrary. */
	if (environ->RaceDll) {
		status = ldr_operations.add_reference(0, environ->RaceDll);
		if (!NT_SUCCESS(status)) {
			free(object);
			return status;
		}
	}
	object->kind = kind;
	object->references = 1;
	object->pool = environ->Pool ? environ->Pool : tp_default_pool();
	object->callback = callback;
	object->context = context;
	object->finalization = environ->FinalizationCallback;
	object->cancelled = environ->CleanupGroupCancelCallback;
	object->race_dll = environ->RaceDll;
	object->priority = priority;
	object->is_long = environ->Flags & TP_ENVIRON_LONG_FUNCTION;
	object->is_persistent = environ->Flags & TP_ENVIRON_PERSISTENT;
	object->magic = TP_OBJECT_MAGIC;
	host_lock_acquire(&object->pool->lock);
	tp_pool_reference_locked(object->pool);
	host_lock_release(&object->pool->lock);
	if (environ->CleanupGroup)
		tp_group_join(environ->CleanupGroup, object);
	*result = object;
	return STATUS_SUCCESS;
}

struct tp_object *tp_check_object(struct tp_object *object, enum tp_kind kind)
{
	if (!object || object->magic != TP_OBJECT_MAGIC || object->kind != kind || object->released)
		RtlRaiseStatus(STATUS_INVALID_PARAMETER);
	return object;
}

void tp_object_reference(struct tp_object *object)
{
	host_lock_acquire(&object->pool->lock);
	object->references++;
	host_lock_release(&object->pool->lock);
}

static void dereference(struct tp_object *object, uint32_t count)
{
	struct tp_pool *pool = object->pool;
	struct tp_group *group = object->group;
	void *dll = object->race_dll;
	bool last;

	host_lock_acquire(&pool->lock);
	object->references -= count;
	last = object->references == 0;
	host_lock_release(&pool->lock);
	if (!last)
		return;
	if (object->destroy)
		object->destroy(object);
	object->magic = 0;
	free(object);
	if (group)
		tp_group_dereference(group);
	tp_pool_dereference(pool);
	if (dll)
		ldr_operations.unload(dll);
}

void tp_object_dereference(struct tp_object *object)
{
	dereference(object, 1);
}

void tp_post_locked(struct tp_object *object, bool add)
{
	struct tp_queue *queue = &object->pool->queues[object->priority];

	object->pending++;
	if (add)
		object->references++;
	if (!object->queued)
		tp_append(queue, object);
}

void tp_post(struct tp_object *object, bool here, bool add)
{
	struct tp_pool *pool = object->pool;
	struct tp_action action;

	host_lock_acquire(&pool->lock);
	tp_post_locked(object, add);
	action = tp_balance_locked(pool, false);
	host_lock_release(&pool->lock);
	tp_act(pool, action, here);
}

static bool busy(const struct tp_object *object)
{
	return object->pending || object->running || (object->expected && object->expected != object->io.unwanted);
}

const uint32_t *tp_settle_locked(struct tp_object *object)
{
	if (busy(object))
		return NULL;
	object->changes++;
	return object->waiters ? &object->changes : NULL;
}

void tp_wake_waiters(const uint32_t *settled)
{
	if (settled)
		host_futex_wake(settled, INT_MAX);
}

bool tp_callbacks_left(struct tp_object *object)
{
	bool left;

	host_lock_acquire(&object->pool->lock);
	left = object->pending || object->running;
	host_lock_release(&object->pool->lock);
	return left;
}

bool tp_has_run(struct tp_object *object)
{
	bool ran;

	host_lock_acquire(&object->pool->lock);
	ran = object->ran;
	host_lock_release(&object->pool->lock);
	return ran;
}

bool tp_has_fired(struct tp_object *object)
{
	return tp_callbacks_left(object) || tp_has_run(object);
}

static uint32_t cancel_locked(struct tp_object *object)
{
	struct tp_queue *queue = &object->pool->queues[object->priority];
	uint32_t dropped = object->pending;

	if (object->queued) {
		if (object->previous)
			object->previous->next = object->next;
		else
			queue->first = object->next;
		if (object->next)
			object->next->previous = object->previous;
		else
			queue->last = object->previous;
		object->queued = false;
	}
	object->pending = 0;
	if (object->kind == TP_WAIT_OBJECT)
		object->wait.signalled = 0;
	if (object->kind == TP_IO_OBJECT) {
		while (object->io.first) {
			struct tp_completion *completion = object->io.first;

			object->io.first = completion->next;
			free(completion);
		}
		object->io.last = &object->io.first;
		/* What comes for those that are under way goes nowhere. */
		object->io.unwanted = object->expected;
	}
	return dropped;
}

bool tp_cancel_pending(struct tp_object *object)
{
	const uint32_t *settled;
	uint32_t dropped;

	host_lock_acquire(&object->pool->lock);
	dropped = cancel_locked(object);
	settled = tp_settle_locked(object);
	host_lock_release(&object->pool->lock);
	tp_wake_waiters(settled);
	if (dropped)
		dereference(object, dropped);
	return dropped != 0;
}

/* The caller's reference keeps the object. */
void tp_wait_for_callbacks(struct tp_object *object, bool cancel)
{
	struct tp_pool *pool = object->pool;

	tp_object_reference(object);
	if (cancel)
		tp_cancel_pending(object);
	host_lock_acquire(&pool->lock);
	object->waiters++;
	while (busy(object)) {
		uint32_t seen = object->changes;

		host_lock_release(&pool->lock);
		ke_block(&object->changes, seen, KE_FOREVER);
		ps_check_pending();
		host_lock_acquire(&pool->lock);
	}
	object->waiters--;
	host_lock_release(&pool->lock);
	tp_object_dereference(object);
}

void tp_disarm(struct tp_object *object)
{
	if (object->kind == TP_TIMER_OBJECT)
		tp_timer_disarm(object);
	else if (object->kind == TP_WAIT_OBJECT)
		tp_wait_disarm(object);
}

void tp_release(struct tp_object *object)
{
	object->released = true;
	tp_disarm(object);
	if (tp_group_leave(object))
		dereference(object, 2);
	else
		dereference(object, 1);
}
