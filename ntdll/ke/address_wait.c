/*
 * ntdll/ke/address_wait.c - WaitOnAddress, one-time initialization, alerts by thread id, keyed events.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "pewter/export.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

struct address_waiter {
	const void *address;
	const void *compare;
	SIZE_T size;
};

/* Both pointers are the guest's; a bad one faults as on Windows, but not under the bucket's lock: they were read before. */
static bool unchanged(const void *context)
{
	const struct address_waiter *waiter = context;

	return memcmp(waiter->address, waiter->compare, waiter->size) == 0;
}

EXPORT(ntdll, NTSTATUS, RtlWaitOnAddress,
       (const void *address, const void *compare, SIZE_T size, const LARGE_INTEGER *timeout))
{
	struct address_waiter waiter = {address, compare, size};
	NTSTATUS status;

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return STATUS_INVALID_PARAMETER;
	if (!unchanged(&waiter))
		return STATUS_SUCCESS;
	status = ke_park(address, unchanged, &waiter, ke_deadline(timeout));
	return status == STATUS_RETRY ? STATUS_SUCCESS : status;
}

EXPORT(ntdll, void, RtlWakeAddressSingle, (const void *address))
{
	ke_unpark(address, false, NULL, NULL);
}

EXPORT(ntdll, void, RtlWakeAddressAll, (const void *address))
{
	ke_unpark(address, true, NULL, NULL);
}

/* The same without a barrier before the look at who waits; ours is needed by its own bookkeeping. */
EXPORT_ALIAS(ntdll, "RtlWakeAddressSingleNoFence", RtlWakeAddressSingle);
EXPORT_ALIAS(ntdll, "RtlWakeAddressAllNoFence", RtlWakeAddressAll);

/*
 * One-time initialization.  The word: 0 new; 1 somebody initializes; 3 several may try (asynchronous); context | 2 done.
 */
#define ONCE_CHECK_ONLY 1u
#define ONCE_ASYNC 2u
#define ONCE_FAILED 4u
#define ONCE_PENDING 1ull
#define ONCE_ASYNC_PENDING 3ull
#define ONCE_DONE 2ull
#define ONCE_MASK 3ull

EXPORT(ntdll, void, RtlRunOnceInitialize, (RTL_RUN_ONCE * once))
{
	once->Ptr = NULL;
}

static bool still_pending(const void *context)
{
	return (__atomic_load_n((const uint64_t *)context, __ATOMIC_ACQUIRE) & ONCE_MASK) == ONCE_PENDING;
}

EXPORT(ntdll, NTSTATUS, RtlRunOnceBeginInitialize, (RTL_RUN_ONCE * once, ULONG flags, PVOID *context))
{
	uint64_t *word = (uint64_t *)once;
	uint64_t value = __atomic_load_n(word, __ATOMIC_ACQUIRE);

	if (flags & ONCE_CHECK_ONLY) {
		if (flags & ONCE_ASYNC)
			return STATUS_INVALID_PARAMETER;
		if ((value & ONCE_MASK) != ONCE_DONE)
			return STATUS_UNSUCCESSFUL;
		if (context)
			*context = (PVOID)(uintptr_t)(value & ~ONCE_MASK);
		return STATUS_SUCCESS;
	}
	if (flags & ~ONCE_ASYNC)
		return STATUS_INVALID_PARAMETER;
	for (;;) {
		switch (value & ONCE_MASK) {
		case ONCE_DONE:
			if (context)
				*context = (PVOID)(uintptr_t)(value & ~ONCE_MASK);
			return STATUS_SUCCESS;
		case 0:
			if (__atomic_compare_exchange_n(word, &value,
							flags & ONCE_ASYNC ? ONCE_ASYNC_PENDING : ONCE_PENDING, 0,
							__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
				return STATUS_PENDING;
			continue;
		case ONCE_PENDING:
			if (flags & ONCE_ASYNC)
				return STATUS_INVALID_PARAMETER;
			ke_park(once, still_pending, word, KE_FOREVER);
			value = __atomic_load_n(word, __ATOMIC_ACQUIRE);
			continue;
		default:
			return flags & ONCE_ASYNC ? STATUS_PENDING : STATUS_INVALID_PARAMETER;
		}
	}
}

EXPORT(ntdll, NTSTATUS, RtlRunOnceComplete, (RTL_RUN_ONCE * once, ULONG flags, PVOID context))
{
	uint64_t *word = (uint64_t *)once;
	uint64_t value = __atomic_load_n(word, __ATOMIC_ACQUIRE);
	uint64_t done = (uint64_t)(uintptr_t)context;

	if (done & ONCE_MASK)
		return STATUS_INVALID_PARAMETER;
	if (flags & ONCE_FAILED) {
		if (context || flags & ONCE_ASYNC)
			return STATUS_INVALID_PARAMETER;
		done = 0;
	} else {
		done |= ONCE_DONE;
	}
	switch (value & ONCE_MASK) {
	case ONCE_PENDING:
		if (flags & ONCE_ASYNC)
			return STATUS_INVALID_PARAMETER;
		__atomic_store_n(word, done, __ATOMIC_RELEASE);
		ke_unpark(once, true, NULL, NULL);
		return STATUS_SUCCESS;
	case ONCE_ASYNC_PENDING:
		if (!(flags & ONCE_ASYNC))
			return STATUS_INVALID_PARAMETER;
		if (__atomic_compare_exchange_n(word, &value, done, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return STATUS_SUCCESS;
		return STATUS_UNSUCCESSFUL;
	default:
		return STATUS_UNSUCCESSFUL;
	}
}

EXPORT(ntdll, NTSTATUS, RtlRunOnceExecuteOnce,
       (RTL_RUN_ONCE * once, PRTL_RUN_ONCE_INIT_FN fn, PVOID parameter, PVOID *context))
{
	NTSTATUS status = RtlRunOnceBeginInitialize(once, 0, context);
	PVOID result = NULL;

	if (status != STATUS_PENDING)
		return status;
	if (!ke_call_guest((void *)fn, (uint64_t)(uintptr_t)once, (uint64_t)(uintptr_t)parameter,
			   (uint64_t)(uintptr_t)(context ? context : &result), 0)) {
		RtlRunOnceComplete(once, ONCE_FAILED, NULL);
		return STATUS_UNSUCCESSFUL;
	}
	status = RtlRunOnceComplete(once, 0, context ? *context : result);
	/* A context whose low bits are in use: there is no going on (execution 99). */
	if (status)
		RtlRaiseStatus(status);
	return status;
}

/*
 * Alerts by thread id.
 */
EXPORT(ntdll, NTSTATUS, NtWaitForAlertByThreadId, (const void *address, const LARGE_INTEGER *timeout))
{
	struct ps_thread *self = ps_self;
	const LARGE_INTEGER *captured;
	LARGE_INTEGER copy;
	uint64_t deadline;
	NTSTATUS status;

	status = ke_capture_timeout(timeout, &copy, &captured);
	if (status)
		return status;
	deadline = ke_deadline(captured);
	while (!__atomic_exchange_n(&self->alert, 0, __ATOMIC_ACQUIRE)) {
		int result = deadline ? ke_block(&self->alert, 0, deadline) : -ETIMEDOUT;

		if (__atomic_load_n(&self->pending, __ATOMIC_SEQ_CST))
			ps_check_pending();
		if (result == -ETIMEDOUT && !__atomic_load_n(&self->alert, __ATOMIC_ACQUIRE))
			return STATUS_TIMEOUT;
	}
	return STATUS_ALERTED;
}

EXPORT(ntdll, NTSTATUS, NtAlertThreadByThreadId, (HANDLE id))
{
	struct ps_thread *thread = ps_find_thread(id);

	if (!thread)
		return STATUS_INVALID_CID;
	__atomic_store_n(&thread->alert, 1, __ATOMIC_RELEASE);
	host_futex_wake(&thread->alert, 1);
	ob_dereference(thread);
	return STATUS_SUCCESS;
}

/*
 * Keyed events: a wait and a release with the same key meet, whichever comes first.
 */
#define KEYEDEVENT_WAIT 1u
#define KEYEDEVENT_WAKE 2u

struct keyed_party {
	struct keyed_party *next;
	struct ps_thread *thread;
	uintptr_t key;
	bool waits; /* else it releases */
	uint32_t met;
};

struct keyed_event {
	struct ob_object object;
	struct ke_dispatcher dispatcher;
	struct host_lock lock;
	struct keyed_party *first;
};

static struct keyed_event builtin_keyed_event;

static struct ke_dispatcher *keyed_dispatcher(struct ob_object *object)
{
	return &((struct keyed_event *)object)->dispatcher;
}

const struct ob_type ke_keyed_event_type = {
	.name = u"KeyedEvent",
	.read = 0x20001,
	.write = 0x20002,
	.execute = 0x20000,
	.all = 0x1F0003,
	.dispatcher = keyed_dispatcher,
};

EXPORT(ntdll, NTSTATUS, NtCreateKeyedEvent,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG flags))
{
	struct keyed_event *event;
	HANDLE value = NULL;
	NTSTATUS status = ob_clear_handle(handle);

	if (status)
		return status;
	if (flags)
		return STATUS_INVALID_PARAMETER_4;
	event = ob_create(&ke_keyed_event_type, sizeof(*event));
	if (!event)
		return STATUS_NO_MEMORY;
	ke_dispatcher_initialize(&event->dispatcher, KE_NOTIFICATION, 1);
	return ob_store_handle(handle, &value, ob_insert(event, attributes, access, &value));
}

EXPORT(ntdll, NTSTATUS, NtOpenKeyedEvent, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	return ob_open_for_guest(&ke_keyed_event_type, handle, access, attributes);
}

static void remove_party(struct keyed_event *event, struct keyed_party *party)
{
	for (struct keyed_party **link = &event->first; *link; link = &(*link)->next) {
		if (*link == party) {
			*link = party->next;
			return;
		}
	}
}

static NTSTATUS meet(struct keyed_event *event, uintptr_t key, bool waits, bool alertable, uint64_t deadline)
{
	struct ps_thread *self = ps_self;
	struct keyed_party own = {.thread = self, .key = key, .waits = waits};
	struct keyed_party **link, *other;
	NTSTATUS status = STATUS_SUCCESS;

	host_lock_acquire(&event->lock);
	for (link = &event->first; (other = *link); link = &other->next) {
		if (other->key == key && other->waits != waits) {
			*link = other->next;
			__atomic_store_n(&other->thread->park, 1, __ATOMIC_RELEASE);
			const uint32_t *word = &other->thread->park;

			__atomic_store_n(&other->met, 1, __ATOMIC_RELEASE);
			host_futex_wake(word, 1);
			host_lock_release(&event->lock);
			return STATUS_SUCCESS;
		}
	}
	if (deadline == 0) {
		host_lock_release(&event->lock);
		return STATUS_TIMEOUT;
	}
	*link = &own;
	__atomic_store_n(&self->park, 0, __ATOMIC_RELAXED);
	host_lock_release(&event->lock);
	while (!__atomic_load_n(&own.met, __ATOMIC_ACQUIRE)) {
		bool ended = __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST) & PS_PENDING_TERMINATE;
		bool apc = alertable && __atomic_load_n(&self->apc_first, __ATOMIC_SEQ_CST);
		int result = ended || apc ? 0 : ke_block(&self->park, 0, deadline);

		if (!ended && !apc && result != -ETIMEDOUT)
			continue;
		host_lock_acquire(&event->lock);
		if (!own.met) {
			remove_party(event, &own);
			status = apc ? STATUS_USER_APC : STATUS_TIMEOUT;
		}
		host_lock_release(&event->lock);
		break;
	}
	if (__atomic_load_n(&self->pending, __ATOMIC_SEQ_CST))
		ps_check_pending();
	if (status == STATUS_USER_APC)
		ke_deliver_apcs();
	return status;
}

static NTSTATUS keyed_call(HANDLE handle, const void *key, bool waits, BOOLEAN alertable, const LARGE_INTEGER *timeout)
{
	struct keyed_event *event = &builtin_keyed_event;
	const LARGE_INTEGER *captured;
	LARGE_INTEGER copy;
	NTSTATUS status;
	void *object = NULL;

	if ((uintptr_t)key & 1)
		return STATUS_INVALID_PARAMETER_1;
	status = ke_capture_timeout(timeout, &copy, &captured);
	if (status)
		return status;
	if (handle) {
		status = ob_reference_by_handle(handle, &ke_keyed_event_type, waits ? KEYEDEVENT_WAIT : KEYEDEVENT_WAKE,
						&object);
		if (status)
			return status;
		event = object;
	}
	status = meet(event, (uintptr_t)key, waits, alertable, ke_deadline(captured));
	if (object)
		ob_dereference(object);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtWaitForKeyedEvent,
       (HANDLE handle, const void *key, BOOLEAN alertable, const LARGE_INTEGER *timeout))
{
	return keyed_call(handle, key, true, alertable, timeout);
}

EXPORT(ntdll, NTSTATUS, NtReleaseKeyedEvent,
       (HANDLE handle, const void *key, BOOLEAN alertable, const LARGE_INTEGER *timeout))
{
	return keyed_call(handle, key, false, alertable, timeout);
}
