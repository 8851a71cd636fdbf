/*
 * ntdll/ke/event.c - events, mutexes (NT says mutants) and semaphores.
 *
 * Every call captures and stores through probed copies: a bad pointer is STATUS_ACCESS_VIOLATION.  Query classes are those
 * of the public headers (class 0 of each type).
 */
#include "host/fault.h"
#include "ntdll/ke/light.h"
#include "ntdll/ke/shared.h"
#include "pewter/export.h"

#define EVENT_QUERY_STATE 1u
#define MUTANT_QUERY_STATE 1u
#define SEMAPHORE_QUERY_STATE 1u
#define SEMAPHORE_MODIFY_STATE 2u

struct event {
	struct ob_object object;
	struct ke_dispatcher dispatcher;
};

static struct ke_dispatcher *event_dispatcher(struct ob_object *object)
{
	return &((struct event *)object)->dispatcher;
}

static struct ke_dispatcher *mutant_dispatcher(struct ob_object *object)
{
	return &((struct ke_mutant *)object)->dispatcher;
}

static struct ke_dispatcher *semaphore_dispatcher(struct ob_object *object)
{
	return &((struct ke_semaphore *)object)->dispatcher;
}

static NTSTATUS publish(struct ob_object *object, struct host_shared *shared)
{
	ke_share(object->type->dispatcher(object), shared);
	return STATUS_SUCCESS;
}

static struct ob_object *adopt_event(struct host_shared *shared)
{
	struct event *event = ob_create(&ke_event_type, sizeof(*event));

	if (event)
		ke_dispatcher_adopt(&event->dispatcher, shared);
	return &event->object;
}

static struct ob_object *adopt_mutant(struct host_shared *shared)
{
	struct ke_mutant *mutant = ob_create(&ke_mutant_type, sizeof(*mutant));

	if (mutant)
		ke_dispatcher_adopt(&mutant->dispatcher, shared);
	return &mutant->object;
}

static NTSTATUS publish_semaphore(struct ob_object *object, struct host_shared *shared)
{
	struct ke_semaphore *semaphore = (struct ke_semaphore *)object;

	((struct ke_page *)ob_shared_area(shared))->limit = semaphore->limit;
	return publish(object, shared);
}

static struct ob_object *adopt_semaphore(struct host_shared *shared)
{
	struct ke_semaphore *semaphore = ob_create(&ke_semaphore_type, sizeof(*semaphore));

	if (semaphore) {
		ke_dispatcher_adopt(&semaphore->dispatcher, shared);
		semaphore->limit = ke_page(&semaphore->dispatcher)->limit;
	}
	return &semaphore->object;
}

static const struct ob_sharing event_sharing = {.publish = publish, .adopt = adopt_event};
static const struct ob_sharing mutant_sharing = {.publish = publish, .adopt = adopt_mutant};
static const struct ob_sharing semaphore_sharing = {.publish = publish_semaphore, .adopt = adopt_semaphore};

const struct ob_type ke_event_type = {
	.name = u"Event",
	.read = 0x20001,
	.write = 0x20002,
	.execute = 0x120000,
	.all = 0x1F0003,
	.dispatcher = event_dispatcher,
	.light = true,
	.sharing = &event_sharing,
};

const struct ob_type ke_mutant_type = {
	.name = u"Mutant",
	.read = 0x20001,
	.write = 0x20000,
	.execute = 0x120000,
	.all = 0x1F0001,
	.dispatcher = mutant_dispatcher,
	.light = true,
	.sharing = &mutant_sharing,
};

const struct ob_type ke_semaphore_type = {
	.name = u"Semaphore",
	.read = 0x20001,
	.write = 0x20002,
	.execute = 0x120000,
	.all = 0x1F0003,
	.dispatcher = semaphore_dispatcher,
	.light = true,
	.sharing = &semaphore_sharing,
};

static NTSTATUS store_previous(LONG *previous, LONG value)
{
	if (previous && host_copy_to_guest(previous, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

/* Looks the handle up for a query of class 0 whose structure has `size` bytes. */
static NTSTATUS begin_query(HANDLE handle, const struct ob_type *type, ULONG class, ULONG given, ULONG size, void **object)
{
	if (class != 0)
		return STATUS_INVALID_INFO_CLASS;
	if (given != size)
		return STATUS_INFO_LENGTH_MISMATCH;
	return ob_reference_by_handle(handle, type, 1, object);
}

static NTSTATUS end_query(void *object, void *buffer, const void *info, ULONG size, ULONG *returned)
{
	ob_dereference(object);
	if (host_copy_to_guest(buffer, info, size) || (returned && host_copy_to_guest(returned, &size, sizeof(size))))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

struct ob_object *ke_create_event(bool synchronization, bool signalled)
{
	struct event *event = ob_create(&ke_event_type, sizeof(*event));

	if (!event)
		return NULL;
	ke_dispatcher_initialize(&event->dispatcher, synchronization ? KE_SYNCHRONIZATION : KE_NOTIFICATION, signalled);
	return &event->object;
}

EXPORT(ntdll, NTSTATUS, NtCreateEvent,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG type, BOOLEAN state))
{
	NTSTATUS status = ob_clear_handle(handle);
	struct event *event;
	HANDLE value;

	if (status)
		return status;
	if (type > 1)
		return STATUS_INVALID_PARAMETER;
	event = ob_create(&ke_event_type, sizeof(*event));
	if (!event)
		return STATUS_NO_MEMORY;
	ke_dispatcher_initialize(&event->dispatcher, type ? KE_SYNCHRONIZATION : KE_NOTIFICATION, !!state);
	return ob_store_handle(handle, &value, ob_insert(event, attributes, access, &value));
}

EXPORT(ntdll, NTSTATUS, NtOpenEvent, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	return ob_open_for_guest(&ke_event_type, handle, access, attributes);
}

/* Microsoft's convention, like the other slow ways here: the exported functions save no registers for it. */
static NTSTATUS NTAPI change_event(HANDLE handle, LONG *previous, LONG (*change)(struct ke_dispatcher *))
	__attribute__((noinline));
static NTSTATUS NTAPI change_event(HANDLE handle, LONG *previous, LONG (*change)(struct ke_dispatcher *))
{
	struct event *event;
	NTSTATUS status;
	void *found;
	LONG old;

	status = ob_reference_by_handle(handle, &ke_event_type, EVENT_MODIFY_STATE, &found);
	if (status)
		return status;
	event = found;
	old = change(&event->dispatcher);
	ob_dereference(event);
	return previous ? store_previous(previous, old) : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtSetEvent, (HANDLE handle, LONG *previous))
{
	if (!previous && ke_light_change_event(handle, 1))
		return STATUS_SUCCESS;
	return change_event(handle, previous, ke_set);
}

EXPORT(ntdll, NTSTATUS, NtResetEvent, (HANDLE handle, LONG *previous))
{
	if (!previous && ke_light_change_event(handle, 0))
		return STATUS_SUCCESS;
	return change_event(handle, previous, ke_reset);
}

EXPORT(ntdll, NTSTATUS, NtClearEvent, (HANDLE handle))
{
	return change_event(handle, NULL, ke_reset);
}

EXPORT(ntdll, NTSTATUS, NtPulseEvent, (HANDLE handle, LONG *previous))
{
	return change_event(handle, previous, ke_pulse);
}

EXPORT(ntdll, NTSTATUS, NtQueryEvent, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	struct event *event;
	LONG info[2];
	void *found;
	NTSTATUS status = begin_query(handle, &ke_event_type, class, size, sizeof(info), &found);

	if (status)
		return status;
	event = found;
	info[0] = event->dispatcher.kind == KE_SYNCHRONIZATION;
	info[1] = ke_dispatcher_state(&event->dispatcher);
	return end_query(event, buffer, info, sizeof(info), returned);
}

EXPORT(ntdll, NTSTATUS, NtCreateMutant,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, BOOLEAN owned))
{
	NTSTATUS status = ob_clear_handle(handle);
	struct ke_mutant *mutant;
	HANDLE value;

	if (status)
		return status;
	mutant = ob_create(&ke_mutant_type, sizeof(*mutant));
	if (!mutant)
		return STATUS_NO_MEMORY;
	ke_dispatcher_initialize(&mutant->dispatcher, KE_MUTANT, 1);
	/* Kept until it is clear that this is the object which got the handle, not one of that name which was there. */
	ob_reference(mutant);
	if (owned)
		ke_wait_one(&mutant->dispatcher, false, 0);
	status = ob_insert(mutant, attributes, access, &value);
	if (owned && status) {
		struct ke_mutant *first = ps_self->owned;

		/* Nobody else knows it: it goes as it came. */
		if (first == mutant) {
			ps_self->owned = mutant->next;
			if (mutant->next)
				mutant->next->previous = NULL;
			mutant->linked = false;
			ob_dereference(mutant);
		}
	}
	ob_dereference(mutant);
	return ob_store_handle(handle, &value, status);
}

EXPORT(ntdll, NTSTATUS, NtOpenMutant, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	return ob_open_for_guest(&ke_mutant_type, handle, access, attributes);
}

/* Out of the owner's list; the list's reference passes to the caller. */
static void take_out_mutant(struct ke_mutant *mutant)
{
	if (mutant->previous)
		mutant->previous->next = mutant->next;
	else
		ps_self->owned = mutant->next;
	if (mutant->next)
		mutant->next->previous = mutant->previous;
	mutant->linked = false;
}

void ke_unlink_mutant(struct ke_mutant *mutant)
{
	take_out_mutant(mutant);
	ob_dereference(mutant);
}

static bool is_owned(const struct ke_mutant *mutant)
{
	return ke_is_shared(&mutant->dispatcher) ? ke_shared_owned(&mutant->dispatcher) : mutant->owner == ps_self;
}

static NTSTATUS release_mutant(struct ke_mutant *mutant, LONG *previous)
{
	struct ke_dispatcher *dispatcher = &mutant->dispatcher;
	LONG state;

	if (ke_is_shared(dispatcher)) {
		if (!ke_shared_owned(dispatcher))
			return STATUS_MUTANT_NOT_OWNED;
		*previous = ke_shared_release_mutant(dispatcher, false);
		if (*previous == 0)
			ke_unlink_mutant(mutant);
		return STATUS_SUCCESS;
	}
	if (mutant->owner != ps_self)
		return STATUS_MUTANT_NOT_OWNED;
	state = ke_dispatcher_state(dispatcher);
	*previous = state;
	if (state < 0) {
		/* Held more than once: only we change the state. */
		ke_lock(dispatcher);
		ke_unlock(dispatcher, state + 1);
		return STATUS_SUCCESS;
	}
	take_out_mutant(mutant);
	mutant->owner = NULL;
	ke_set(dispatcher);
	ob_dereference(mutant);
	return STATUS_SUCCESS;
}

void ke_abandon_mutants(struct ps_thread *thread)
{
	struct ke_mutant *mutant;

	while ((mutant = thread->owned)) {
		thread->owned = mutant->next;
		if (mutant->next)
			mutant->next->previous = NULL;
		mutant->linked = false;
		if (ke_is_shared(&mutant->dispatcher)) {
			ke_shared_release_mutant(&mutant->dispatcher, true);
		} else {
			mutant->abandoned = true;
			mutant->owner = NULL;
			ke_set(&mutant->dispatcher);
		}
		ob_dereference(mutant);
	}
}

static NTSTATUS NTAPI release_by_handle(HANDLE handle, LONG *previous) __attribute__((noinline));
static NTSTATUS NTAPI release_by_handle(HANDLE handle, LONG *previous)
{
	NTSTATUS status;
	void *found;
	LONG old;

	/* No right is needed: ReleaseMutex works on a handle that was opened for anything. */
	status = ob_reference_by_handle(handle, &ke_mutant_type, 0, &found);
	if (status)
		return status;
	status = release_mutant(found, &old);
	ob_dereference(found);
	return status || !previous ? status : store_previous(previous, old);
}

EXPORT(ntdll, NTSTATUS, NtReleaseMutant, (HANDLE handle, LONG *previous))
{
	if (!previous && ke_light_release_mutant(handle))
		return STATUS_SUCCESS;
	return release_by_handle(handle, previous);
}

EXPORT(ntdll, NTSTATUS, NtQueryMutant, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	struct {
		LONG count;
		BOOLEAN owned_by_caller, abandoned;
	} info = {0};
	struct ke_mutant *mutant;
	void *found;
	NTSTATUS status = begin_query(handle, &ke_mutant_type, class, size, sizeof(info), &found);

	if (status)
		return status;
	mutant = found;
	info.count = ke_dispatcher_state(&mutant->dispatcher);
	info.owned_by_caller = is_owned(mutant);
	info.abandoned = ke_is_shared(&mutant->dispatcher) ? !!ke_page(&mutant->dispatcher)->abandoned : mutant->abandoned;
	return end_query(mutant, buffer, &info, sizeof(info), returned);
}

EXPORT(ntdll, NTSTATUS, NtCreateSemaphore,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, LONG initial, LONG maximum))
{
	NTSTATUS status = ob_clear_handle(handle);
	struct ke_semaphore *semaphore;
	HANDLE value;

	if (status)
		return status;
	if (maximum <= 0 || initial < 0 || initial > maximum)
		return STATUS_INVALID_PARAMETER;
	semaphore = ob_create(&ke_semaphore_type, sizeof(*semaphore));
	if (!semaphore)
		return STATUS_NO_MEMORY;
	ke_dispatcher_initialize(&semaphore->dispatcher, KE_SEMAPHORE, initial);
	semaphore->limit = maximum;
	return ob_store_handle(handle, &value, ob_insert(semaphore, attributes, access, &value));
}

EXPORT(ntdll, NTSTATUS, NtOpenSemaphore, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	return ob_open_for_guest(&ke_semaphore_type, handle, access, attributes);
}

static NTSTATUS NTAPI add_by_handle(HANDLE handle, LONG count, LONG *previous) __attribute__((noinline));
static NTSTATUS NTAPI add_by_handle(HANDLE handle, LONG count, LONG *previous)
{
	struct ke_semaphore *semaphore;
	NTSTATUS status;
	void *found;
	LONG old;

	if (count <= 0)
		return STATUS_INVALID_PARAMETER;
	status = ob_reference_by_handle(handle, &ke_semaphore_type, SEMAPHORE_MODIFY_STATE, &found);
	if (status)
		return status;
	semaphore = found;
	status = ke_release_semaphore(&semaphore->dispatcher, count, semaphore->limit, &old);
	ob_dereference(semaphore);
	return status || !previous ? status : store_previous(previous, old);
}

EXPORT(ntdll, NTSTATUS, NtReleaseSemaphore, (HANDLE handle, LONG count, LONG *previous))
{
	if (count == 1 && !previous && ke_light_release_semaphore(handle))
		return STATUS_SUCCESS;
	return add_by_handle(handle, count, previous);
}

EXPORT(ntdll, NTSTATUS, NtQuerySemaphore, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	struct ke_semaphore *semaphore;
	LONG info[2];
	void *found;
	NTSTATUS status = begin_query(handle, &ke_semaphore_type, class, size, sizeof(info), &found);

	if (status)
		return status;
	semaphore = found;
	info[0] = ke_dispatcher_state(&semaphore->dispatcher);
	info[1] = semaphore->limit;
	return end_query(semaphore, buffer, info, sizeof(info), returned);
}
