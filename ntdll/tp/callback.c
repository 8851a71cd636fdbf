/*
 * ntdll/tp/callback.c - running a callback, and what it may ask for: things to be done when it has returned, more threads,
 * not to be waited for.
 */
#include "host/thread.h"
#include "ntdll/ldr.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

/* The object's callbacks are done as far as this one is concerned. */
static void dissociate(struct tp_instance *instance)
{
	struct tp_object *object = instance->object;
	const uint32_t *settled;

	if (!instance->associated)
		return;
	instance->associated = false;
	host_lock_acquire(&object->pool->lock);
	object->running--;
	settled = tp_settle_locked(object);
	host_lock_release(&object->pool->lock);
	tp_wake_waiters(settled);
}

static void must(NTSTATUS status, NTSTATUS raised)
{
	if (!NT_SUCCESS(status))
		RtlRaiseStatus(raised);
}

static void complete(struct tp_instance *instance)
{
	if (instance->section)
		RtlLeaveCriticalSection(instance->section);
	if (instance->mutex)
		must(NtReleaseMutant(instance->mutex, NULL), STATUS_THREADPOOL_RELEASE_MUTEX_ON_COMPLETION_FAILED);
	if (instance->semaphore)
		must(NtReleaseSemaphore(instance->semaphore, instance->semaphore_count, NULL),
		     STATUS_THREADPOOL_RELEASE_SEMAPHORE_ON_COMPLETION_FAILED);
	if (instance->event)
		must(NtSetEvent(instance->event, NULL), STATUS_THREADPOOL_SET_EVENT_ON_COMPLETION_FAILED);
	if (instance->module)
		must(ldr_operations.unload(instance->module), STATUS_THREADPOOL_FREE_LIBRARY_ON_COMPLETION_FAILED);
}

void tp_run(struct tp_worker *worker, struct tp_object *object)
{
	struct tp_instance instance = {.object = object, .worker = worker, .thread = ps_self, .associated = true,
				       .is_long = !worker->counted};

	object->invoke(object, &instance);
	if (object->finalization)
		ke_call_guest(object->finalization, (uint64_t)(uintptr_t)&instance,
			      (uint64_t)(uintptr_t)object->context, 0, 0);
	complete(&instance);
	dissociate(&instance);
	if (object->kind == TP_SIMPLE && tp_group_leave(object))
		tp_object_dereference(object);
	tp_object_dereference(object);
}

/* Only for the thread that runs the callback. */
static struct tp_instance *check(struct tp_instance *instance)
{
	if (!instance || instance->thread != ps_self)
		RtlRaiseStatus(STATUS_INVALID_PARAMETER);
	return instance;
}

/* STATUS_TOO_MANY_THREADS: no other thread is or can be there to run what else comes; the callback is as it was. */
EXPORT(ntdll, NTSTATUS, TpCallbackMayRunLong, (TP_CALLBACK_INSTANCE *instance))
{
	struct tp_pool *pool = check(instance)->object->pool;
	struct tp_worker *worker = instance->worker;
	struct tp_action action = {NULL, false};
	NTSTATUS status = STATUS_SUCCESS;

	if (instance->is_long)
		return STATUS_SUCCESS;
	host_lock_acquire(&pool->lock);
	if (pool->long_running + 1 >= pool->maximum) {
		status = STATUS_TOO_MANY_THREADS;
	} else {
		pool->active--;
		pool->long_running++;
		worker->counted = false;
		instance->is_long = true;
		action = tp_balance_locked(pool, false);
	}
	host_lock_release(&pool->lock);
	tp_act(pool, action, true);
	return status;
}

EXPORT(ntdll, void, TpDisassociateCallback, (TP_CALLBACK_INSTANCE *instance))
{
	dissociate(check(instance));
}

EXPORT(ntdll, void, TpCallbackLeaveCriticalSectionOnCompletion,
       (TP_CALLBACK_INSTANCE *instance, struct _RTL_CRITICAL_SECTION *section))
{
	check(instance)->section = section;
}

EXPORT(ntdll, void, TpCallbackReleaseMutexOnCompletion, (TP_CALLBACK_INSTANCE *instance, HANDLE mutex))
{
	check(instance)->mutex = mutex;
}

EXPORT(ntdll, void, TpCallbackReleaseSemaphoreOnCompletion,
       (TP_CALLBACK_INSTANCE *instance, HANDLE semaphore, DWORD count))
{
	check(instance)->semaphore = semaphore;
	instance->semaphore_count = (LONG)count;
}

EXPORT(ntdll, void, TpCallbackSetEventOnCompletion, (TP_CALLBACK_INSTANCE *instance, HANDLE event))
{
	check(instance)->event = event;
}

EXPORT(ntdll, void, TpCallbackUnloadDllOnCompletion, (TP_CALLBACK_INSTANCE *instance, HMODULE module))
{
	check(instance)->module = module;
}
