/*
 * ntdll/tp/work.c - work objects, and callbacks without an object.
 */
#include "host/thread.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

static void invoke_simple(struct tp_object *object, struct tp_instance *instance)
{
	ke_call_guest(object->callback, (uint64_t)(uintptr_t)instance, (uint64_t)(uintptr_t)object->context, 0, 0);
}

static void invoke_work(struct tp_object *object, struct tp_instance *instance)
{
	ke_call_guest(object->callback, (uint64_t)(uintptr_t)instance, (uint64_t)(uintptr_t)object->context,
		      (uint64_t)(uintptr_t)object, 0);
}

/* A LPTHREAD_START_ROUTINE of the older interface. */
static void invoke_routine(struct tp_object *object, struct tp_instance *instance)
{
	ke_call_guest(object->callback, (uint64_t)(uintptr_t)object->context, 0, 0, 0);
}

/* The creation reference becomes the callback's. */
static NTSTATUS post_simple(void *callback, void *context, const TP_CALLBACK_ENVIRON *environ,
			    void (*invoke)(struct tp_object *object, struct tp_instance *instance))
{
	struct tp_object *object;
	NTSTATUS status = tp_object_create(TP_SIMPLE, callback, context, environ, &object);

	if (status)
		return status;
	object->invoke = invoke;
	tp_post(object, true, false);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, TpSimpleTryPost, (PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	return post_simple(callback, context, environ, invoke_simple);
}

/* The upper half of the flags may give the default pool another maximum: WT_SET_MAX_THREADPOOL_THREADS. */
EXPORT(ntdll, NTSTATUS, RtlQueueWorkItem, (PVOID function, PVOID context, ULONG flags))
{
	TP_CALLBACK_ENVIRON environ = {.Version = 1};

	if (flags & TP_EXECUTE_LONG_FUNCTION)
		environ.Flags |= TP_ENVIRON_LONG_FUNCTION;
	if (flags & (TP_EXECUTE_IN_PERSISTENT_THREAD | TP_EXECUTE_IN_IO_THREAD))
		environ.Flags |= TP_ENVIRON_PERSISTENT;
	if (flags >> 16)
		TpSetPoolMaxThreads(tp_default_pool(), flags >> 16);
	return post_simple(function, context, &environ, invoke_routine);
}

EXPORT(ntdll, NTSTATUS, TpAllocWork, (TP_WORK **work, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	struct tp_object *object;
	NTSTATUS status = tp_object_create(TP_WORK_ITEM, callback, context, environ, &object);

	if (status)
		return status;
	object->invoke = invoke_work;
	*work = object;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, void, TpPostWork, (TP_WORK *work))
{
	tp_post(tp_check_object(work, TP_WORK_ITEM), true, true);
}

EXPORT(ntdll, void, TpWaitForWork, (TP_WORK *work, BOOL cancel))
{
	tp_wait_for_callbacks(tp_check_object(work, TP_WORK_ITEM), cancel);
}

EXPORT(ntdll, void, TpReleaseWork, (TP_WORK *work))
{
	tp_release(tp_check_object(work, TP_WORK_ITEM));
}
