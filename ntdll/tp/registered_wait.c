/*
 * ntdll/tp/registered_wait.c - RtlRegisterWait and kin: waits that are armed again after each callback.
 *
 * A wait that is not for once is armed again when its callback has returned, so the callbacks of one wait never overlap,
 * and an object that stays signalled calls without end but not without measure.
 *
 * A mutex has to be owned by the thread that runs the callback: such a wait is one long callback of the pool, which waits
 * and calls until it is stopped.
 */
#include "host/thread.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

#include <stdlib.h>

#define REGISTERED_MAGIC 0x74696157u

struct registered {
	uint32_t magic;
	struct tp_object *object;
	HANDLE handle; /* ours: the program may close its own */
	void *callback, *context;
	ULONG milliseconds, flags;
	struct host_lock lock; /* what follows, and arming */
	bool removed, mutex;
	struct ps_thread *runs;	 /* who is in the callback */
	struct ke_dispatcher stop; /* of a wait for a mutex */
	struct ob_object *event; /* to be set when everything is over; referenced */
};

static void destroy(struct tp_object *object)
{
	struct registered *wait = object->context;
	struct ob_object *event = wait->event;

	wait->magic = 0;
	NtClose(wait->handle);
	free(wait);
	if (event) {
		ke_set(ke_object_dispatcher(event));
		ob_dereference(event);
	}
}

static NTSTATUS arm(struct registered *wait)
{
	struct ob_object *target;
	NTSTATUS status = tp_wait_target(wait->handle, false, &target);

	return status ? status : tp_wait_set(wait->object, target, ke_deadline_ms(wait->milliseconds), NULL);
}

static void invoke(struct tp_object *object, struct tp_instance *instance)
{
	struct registered *wait = object->context;
	bool timed_out = !tp_wait_take_result(object);

	host_lock_acquire(&wait->lock);
	wait->runs = ps_self;
	host_lock_release(&wait->lock);
	ke_call_guest(wait->callback, (uint64_t)(uintptr_t)wait->context, timed_out, 0, 0);
	host_lock_acquire(&wait->lock);
	wait->runs = NULL;
	if (!wait->removed && !(wait->flags & TP_EXECUTE_ONLY_ONCE))
		arm(wait);
	host_lock_release(&wait->lock);
}

/* Calls the callback, unless the wait is over; false: it is now. */
static bool call(struct registered *wait, bool timed_out)
{
	bool go_on;

	host_lock_acquire(&wait->lock);
	go_on = !wait->removed;
	wait->runs = go_on ? ps_self : NULL;
	host_lock_release(&wait->lock);
	if (!go_on)
		return false;
	ke_call_guest(wait->callback, (uint64_t)(uintptr_t)wait->context, timed_out, 0, 0);
	host_lock_acquire(&wait->lock);
	wait->runs = NULL;
	go_on = !wait->removed && !(wait->flags & TP_EXECUTE_ONLY_ONCE);
	host_lock_release(&wait->lock);
	return go_on;
}

static void invoke_mutex(struct tp_object *object, struct tp_instance *instance)
{
	struct registered *wait = object->context;
	struct ke_dispatcher *objects[2] = {&wait->stop};
	struct ob_object *mutex;
	NTSTATUS status;

	if (tp_wait_target(wait->handle, true, &mutex))
		return;
	objects[1] = ke_object_dispatcher(mutex);
	do
		status = ke_wait(2, objects, false, false, ke_deadline_ms(wait->milliseconds));
	while (status != STATUS_WAIT_0 && call(wait, status == STATUS_TIMEOUT));
	ob_dereference(mutex);
}

/* flags WT_*.  The handle is there before a callback can run (nt facts, execution 134). */
EXPORT(ntdll, NTSTATUS, RtlRegisterWait,
       (HANDLE *result, HANDLE handle, PVOID callback, PVOID context, ULONG milliseconds, ULONG flags))
{
	TP_CALLBACK_ENVIRON environ = {.Version = 1};
	struct registered *wait;
	struct ob_object *target;
	TP_WAIT *object;
	NTSTATUS status;
	bool mutex;

	status = tp_wait_target(handle, true, &target);
	if (status)
		return status;
	mutex = ke_object_dispatcher(target)->kind == KE_MUTANT;
	if (flags & TP_EXECUTE_IN_WAIT_THREAD && !mutex)
		environ.Pool = tp_serial_pool();
	if (flags & TP_EXECUTE_LONG_FUNCTION || mutex)
		environ.Flags |= TP_ENVIRON_LONG_FUNCTION;
	if (flags & (TP_EXECUTE_IN_PERSISTENT_THREAD | TP_EXECUTE_IN_IO_THREAD))
		environ.Flags |= TP_ENVIRON_PERSISTENT;
	wait = calloc(1, sizeof(*wait));
	status = wait ? ob_create_handle(target, SYNCHRONIZE, 0, &wait->handle) : STATUS_NO_MEMORY;
	ob_dereference(target);
	if (!status) {
		status = TpAllocWait(&object, callback, wait, &environ);
		if (status)
			NtClose(wait->handle);
	}
	if (status) {
		free(wait);
		return status;
	}
	wait->magic = REGISTERED_MAGIC;
	wait->object = object;
	wait->callback = callback;
	wait->context = context;
	wait->milliseconds = milliseconds;
	wait->flags = flags;
	ke_dispatcher_initialize(&wait->stop, KE_NOTIFICATION, 0);
	wait->mutex = mutex;
	object->invoke = mutex ? invoke_mutex : invoke;
	object->destroy = destroy;
	*result = wait;
	if (mutex) {
		tp_post(object, true, true);
		return STATUS_SUCCESS;
	}
	host_lock_acquire(&wait->lock);
	status = arm(wait);
	host_lock_release(&wait->lock);
	if (status)
		tp_release(object);
	return status;
}

/* event NULL: STATUS_PENDING when a callback is in progress or about to be; INVALID_HANDLE_VALUE: waits for callbacks;
 * otherwise the event is set when they are over. */
EXPORT(ntdll, NTSTATUS, RtlDeregisterWaitEx, (HANDLE handle, HANDLE event))
{
	struct registered *wait = handle;
	struct tp_object *object;
	void *signal = NULL;
	NTSTATUS status = STATUS_SUCCESS;
	bool own, running;

	if (!wait || wait->magic != REGISTERED_MAGIC)
		return STATUS_INVALID_HANDLE;
	if (event && event != (HANDLE)-1) {
		status = ob_reference_by_handle(event, &ke_event_type, 2, &signal);
		if (status)
			return status;
	}
	object = wait->object;
	host_lock_acquire(&wait->lock);
	if (wait->removed) {
		host_lock_release(&wait->lock);
		if (signal)
			ob_dereference(signal);
		return STATUS_INVALID_HANDLE;
	}
	wait->removed = true;
	wait->event = signal;
	own = wait->runs == ps_self;
	running = wait->runs != NULL;
	tp_wait_disarm(object);
	host_lock_release(&wait->lock);
	ke_set(&wait->stop);
	/* In the wait thread nothing else can be in progress (row 134). */
	own = own && wait->flags & TP_EXECUTE_IN_WAIT_THREAD;
	if (event == (HANDLE)-1 && !own)
		tp_wait_for_callbacks(object, false);
	else if ((wait->mutex ? running : tp_callbacks_left(object)) && !own)
		status = STATUS_PENDING;
	tp_release(object);
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlDeregisterWait, (HANDLE handle))
{
	return RtlDeregisterWaitEx(handle, NULL);
}
