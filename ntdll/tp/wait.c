/*
 * ntdll/tp/wait.c - wait objects: a callback when an object is signalled, or when that took too long.
 *
 * The target is watched (ke/watch.c) instead of being waited for by a thread: there may be any number of them.  Whoever
 * takes the watch off the target, its signaller, the time-out or a new setting, decides what comes of the arming; the
 * reference that the arming holds on the object goes to the callback or is given back.
 */
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

/* The target was signalled; its lock is held. */
static void target_signalled(struct ke_watch *watch)
{
	struct tp_object *object = CONTAINING_RECORD(watch, struct tp_object, wait.watch);
	struct tp_pool *pool = object->pool;
	struct tp_action action;

	host_lock_acquire(&pool->lock);
	object->wait.signalled++;
	tp_post_locked(object, false);
	action = tp_balance_locked(pool, false);
	host_lock_release(&pool->lock);
	tp_act(pool, action, false);
}

/* On the timer thread, which has the time-out's reference. */
static void timed_out(struct ke_timer_entry *entry)
{
	struct tp_object *object = CONTAINING_RECORD(entry, struct tp_object, wait.timeout);
	bool expired = false;

	host_lock_acquire(&object->wait.lock);
	if (object->wait.timeout_armed && object->wait.due <= host_monotonic_ns()) {
		object->wait.timeout_armed = false;
		expired = ke_watch_disarm(&object->wait.watch);
	}
	host_lock_release(&object->wait.lock);
	if (expired)
		tp_post(object, false, false);
	tp_object_dereference(object);
}

NTSTATUS tp_wait_set(struct tp_object *object, struct ob_object *target, uint64_t due, bool *was_cancelled)
{
	NTSTATUS status = STATUS_SUCCESS;
	struct ob_object *old;
	bool cancelled, timer_cancelled, at_once = false;
	uint32_t give_back;

	host_lock_acquire(&object->wait.lock);
	object->wait.timeout_armed = false;
	timer_cancelled = ke_timer_cancel(&object->wait.timeout);
	cancelled = ke_watch_disarm(&object->wait.watch);
	give_back = (uint32_t)cancelled + (uint32_t)timer_cancelled;
	old = object->wait.target;
	object->wait.target = target;
	object->wait.watch.block.object = NULL;
	if (target) {
		tp_object_reference(object);
		status = ke_watch_arm(&object->wait.watch, target);
		if (status) {
			give_back++;
		} else if (due == 0) {
			/* The target had its chance. */
			at_once = ke_watch_disarm(&object->wait.watch);
		} else if (due != KE_FOREVER) {
			object->wait.due = due;
			object->wait.timeout_armed = true;
			tp_object_reference(object);
			if (ke_timer_arm(&object->wait.timeout, due)) {
				object->wait.timeout_armed = false;
				give_back++;
			}
		}
	}
	host_lock_release(&object->wait.lock);
	if (at_once)
		tp_post(object, true, false);
	if (old)
		ob_dereference(old);
	while (give_back--)
		tp_object_dereference(object);
	if (was_cancelled)
		*was_cancelled = cancelled;
	return status;
}

void tp_wait_disarm(struct tp_object *object)
{
	tp_wait_set(object, NULL, KE_FOREVER, NULL);
}

/* The target is not held longer than it is watched. */
static void let_go(struct tp_object *object)
{
	struct ob_object *target = NULL;

	host_lock_acquire(&object->wait.lock);
	if (object->wait.target && !__atomic_load_n(&object->wait.watch.block.queued, __ATOMIC_ACQUIRE)) {
		/* Armed all the same by way of a helper?  Otherwise whoever took the watch off is done with it now. */
		if (!ke_watch_is_armed(&object->wait.watch)) {
			target = object->wait.target;
			object->wait.target = NULL;
			object->wait.watch.block.object = NULL;
		}
	}
	host_lock_release(&object->wait.lock);
	if (target)
		ob_dereference(target);
}

bool tp_wait_take_result(struct tp_object *object)
{
	bool signalled;

	host_lock_acquire(&object->pool->lock);
	signalled = object->wait.signalled != 0;
	if (signalled)
		object->wait.signalled--;
	host_lock_release(&object->pool->lock);
	let_go(object);
	return signalled;
}

static void invoke_wait(struct tp_object *object, struct tp_instance *instance)
{
	bool signalled = tp_wait_take_result(object);

	ke_call_guest(object->callback, (uint64_t)(uintptr_t)instance, (uint64_t)(uintptr_t)object->context,
		      (uint64_t)(uintptr_t)object, (uint64_t)(signalled ? STATUS_WAIT_0 : STATUS_TIMEOUT));
}

NTSTATUS tp_wait_target(HANDLE handle, bool mutex, struct ob_object **target)
{
	struct ke_dispatcher *dispatcher;
	void *object;
	NTSTATUS status = ob_reference_by_handle(handle, NULL, SYNCHRONIZE, &object);

	if (status)
		return status;
	dispatcher = ke_object_dispatcher(object);
	/* A mutex belongs to a thread; a pool's threads come and go. */
	if (!dispatcher || (dispatcher->kind == KE_MUTANT && !mutex)) {
		ob_dereference(object);
		return STATUS_OBJECT_TYPE_MISMATCH;
	}
	*target = object;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, TpAllocWait, (TP_WAIT **wait, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	struct tp_object *object;
	NTSTATUS status = tp_object_create(TP_WAIT_OBJECT, callback, context, environ, &object);

	if (status)
		return status;
	object->invoke = invoke_wait;
	object->wait.watch.fn = target_signalled;
	object->wait.timeout.fn = timed_out;
	*wait = object;
	return STATUS_SUCCESS;
}

/* handle NULL ceases to wait, whatever the time-out is.  TRUE: an earlier wait was cancelled.  A handle that cannot be
 * waited for is raised as its status. */
EXPORT(ntdll, BOOL, TpSetWaitEx, (TP_WAIT *wait, HANDLE handle, const LARGE_INTEGER *timeout, PVOID reserved))
{
	struct ob_object *target = NULL;
	NTSTATUS status = STATUS_SUCCESS;
	bool cancelled = false;

	tp_check_object(wait, TP_WAIT_OBJECT);
	if (handle)
		status = tp_wait_target(handle, false, &target);
	if (!status)
		status = tp_wait_set(wait, target, handle ? ke_deadline(timeout) : KE_FOREVER, &cancelled);
	if (status)
		RtlRaiseStatus(status);
	return cancelled;
}

EXPORT(ntdll, void, TpSetWait, (TP_WAIT *wait, HANDLE handle, const LARGE_INTEGER *timeout))
{
	TpSetWaitEx(wait, handle, timeout, NULL);
}

EXPORT(ntdll, void, TpWaitForWait, (TP_WAIT *wait, BOOL cancel))
{
	tp_wait_for_callbacks(tp_check_object(wait, TP_WAIT_OBJECT), cancel);
}

EXPORT(ntdll, void, TpReleaseWait, (TP_WAIT *wait))
{
	tp_release(tp_check_object(wait, TP_WAIT_OBJECT));
}
