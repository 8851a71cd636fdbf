/*
 * ntdll/ex/memory_conditions.c - the events that say whether memory of the machine is short or plenty.
 *
 * Linux does not tell a process that asks for no rights; so it is looked at once a second while somebody has a handle.
 */
#include "ntdll/ex/ex.h"
#include "host/thread.h"
#include "host/time.h"
#include "host/vm.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ob/ob.h"

#define INTERVAL_NS 1000000000ull
#define EVENT_QUERY_STATE 1u
#define MEGABYTE (1024ull * 1024)

static struct host_lock conditions_lock;
static struct ob_object *conditions[2];
static bool watched;

static void change(struct ob_object *condition, bool holds)
{
	if (holds)
		ke_set(ke_object_dispatcher(condition));
	else
		ke_reset(ke_object_dispatcher(condition));
}

/* MSDN CreateMemoryResourceNotification: short is what is below 32 MB for each 4 GB, 64 MB at most; plenty is three times that. */
static void look(void)
{
	uint64_t ram, swap, available, low;

	host_memory_totals(&ram, &swap, &available);
	low = ram / 128 < 64 * MEGABYTE ? ram / 128 : 64 * MEGABYTE;
	change(conditions[EX_MEMORY_IS_LOW], available < low);
	change(conditions[EX_MEMORY_IS_HIGH], available > 3 * low);
}

static void look_again(struct ke_timer_entry *entry)
{
	bool wanted = false;

	host_lock_acquire(&conditions_lock);
	for (int i = 0; i < 2; i++) /* one reference is ours */
		wanted |= __atomic_load_n(&conditions[i]->references, __ATOMIC_ACQUIRE) != 1;
	if (wanted)
		look();
	watched = wanted;
	host_lock_release(&conditions_lock);
	if (wanted)
		ke_timer_arm(entry, host_monotonic_ns() + INTERVAL_NS);
}

static struct ke_timer_entry watcher = {.fn = look_again};

NTSTATUS ex_open_memory_condition(enum ex_memory_condition condition, HANDLE *handle)
{
	NTSTATUS status = STATUS_NO_MEMORY;

	host_lock_acquire(&conditions_lock);
	for (int i = 0; i < 2; i++)
		if (!conditions[i])
			conditions[i] = ke_create_event(false, false);
	if (conditions[0] && conditions[1])
		status = ob_create_handle(conditions[condition], SYNCHRONIZE | EVENT_QUERY_STATE, 0, handle);
	if (NT_SUCCESS(status)) {
		look();
		if (!watched)
			watched = NT_SUCCESS(ke_timer_arm(&watcher, host_monotonic_ns() + INTERVAL_NS));
	}
	host_lock_release(&conditions_lock);
	return status;
}

NTSTATUS ex_query_memory_condition(HANDLE handle, bool *holds)
{
	void *object;
	NTSTATUS status = ob_reference_by_handle(handle, &ke_event_type, EVENT_QUERY_STATE, &object);

	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&conditions_lock);
	if (object == conditions[EX_MEMORY_IS_LOW] || object == conditions[EX_MEMORY_IS_HIGH])
		look();
	host_lock_release(&conditions_lock);
	*holds = ke_dispatcher_state(ke_object_dispatcher(object)) > 0;
	ob_dereference(object);
	return STATUS_SUCCESS;
}
