/*
 * ntdll/tp/timer.c - timers: entries of ke's timer heap that post a callback.
 *
 * A period that ends while the callback for an earlier one has not begun adds none: a pool that is behind does not get
 * further behind.  The window that a program allows for the callback to come late is not made use of.
 */
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

/* On the timer thread, which has the arming's reference. */
static void timer_due(struct ke_timer_entry *entry)
{
	struct tp_object *object = CONTAINING_RECORD(entry, struct tp_object, timer.entry);
	struct tp_pool *pool = object->pool;
	struct tp_action action = {NULL, false};
	uint64_t now = host_monotonic_ns();

	host_lock_acquire(&pool->lock);
	/* Unset, or set again, since it was taken off the heap? */
	if (object->timer.armed && object->timer.due <= now) {
		object->timer.armed = false;
		if (!object->pending) {
			tp_post_locked(object, true);
			action = tp_balance_locked(pool, false);
		}
		if (object->timer.period) {
			object->timer.due += object->timer.period;
			if (object->timer.due < now)
				object->timer.due = now;
			if (ke_timer_cancel(&object->timer.entry))
				object->references--;
			if (!ke_timer_arm(&object->timer.entry, object->timer.due)) {
				object->timer.armed = true;
				object->references++;
			}
		}
	}
	host_lock_release(&pool->lock);
	tp_act(pool, action, false);
	tp_object_dereference(object);
}

bool tp_timer_set(struct tp_object *object, uint64_t due, uint64_t period)
{
	struct tp_pool *pool = object->pool;
	struct tp_action action = {NULL, false};
	bool cancelled, taken_off;

	host_lock_acquire(&pool->lock);
	cancelled = object->timer.armed;
	object->timer.armed = false;
	taken_off = ke_timer_cancel(&object->timer.entry);
	object->timer.set = due != KE_FOREVER;
	object->timer.period = period;
	if (due == 0) {
		tp_post_locked(object, true);
		action = tp_balance_locked(pool, false);
		due = period ? host_monotonic_ns() + period : KE_FOREVER;
	}
	if (due != KE_FOREVER && !ke_timer_arm(&object->timer.entry, due)) {
		object->timer.due = due;
		object->timer.armed = true;
		object->references++;
	}
	host_lock_release(&pool->lock);
	tp_act(pool, action, true);
	if (taken_off)
		tp_object_dereference(object);
	return cancelled;
}

void tp_timer_disarm(struct tp_object *object)
{
	tp_timer_set(object, KE_FOREVER, 0);
}

static void invoke_timer(struct tp_object *object, struct tp_instance *instance)
{
	ke_call_guest(object->callback, (uint64_t)(uintptr_t)instance, (uint64_t)(uintptr_t)object->context,
		      (uint64_t)(uintptr_t)object, 0);
}

EXPORT(ntdll, NTSTATUS, TpAllocTimer, (TP_TIMER **timer, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	struct tp_object *object;
	NTSTATUS status = tp_object_create(TP_TIMER_OBJECT, callback, context, environ, &object);

	if (status)
		return status;
	object->invoke = invoke_timer;
	object->timer.entry.fn = timer_due;
	*timer = object;
	return STATUS_SUCCESS;
}

/* due NULL unsets.  period and window in milliseconds.  TRUE: it was set, and that was cancelled before it expired. */
EXPORT(ntdll, BOOL, TpSetTimerEx, (TP_TIMER *timer, const LARGE_INTEGER *due, LONG period, LONG window))
{
	tp_check_object(timer, TP_TIMER_OBJECT);
	return tp_timer_set(timer, due ? ke_deadline(due) : KE_FOREVER, due ? (uint64_t)(ULONG)period * 1000000u : 0);
}

EXPORT(ntdll, void, TpSetTimer, (TP_TIMER *timer, const LARGE_INTEGER *due, LONG period, LONG window))
{
	TpSetTimerEx(timer, due, period, window);
}

/* Stays TRUE when the timer has expired: nt facts, execution 132. */
EXPORT(ntdll, BOOL, TpIsTimerSet, (TP_TIMER *timer))
{
	return tp_check_object(timer, TP_TIMER_OBJECT)->timer.set;
}

EXPORT(ntdll, void, TpWaitForTimer, (TP_TIMER *timer, BOOL cancel))
{
	tp_wait_for_callbacks(tp_check_object(timer, TP_TIMER_OBJECT), cancel);
}

EXPORT(ntdll, void, TpReleaseTimer, (TP_TIMER *timer))
{
	tp_release(tp_check_object(timer, TP_TIMER_OBJECT));
}
