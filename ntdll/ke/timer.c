/*
 * ntdll/ke/timer.c - the timer thread, and waitable timers on it.
 *
 * Armed entries lie in a binary heap under one lock; a host thread, started when the first is armed, sleeps until the
 * earliest is due and calls it with no lock held.
 */
#include "host/fault.h"
#include "host/time.h"
#include "ntdll/ke/shared.h"
#include "pewter/export.h"

#include <stdlib.h>

static struct host_lock heap_lock;
static struct ke_timer_entry **heap; /* heap[0] is the earliest */
static uint32_t heap_count, heap_capacity;
static uint32_t heap_changes; /* futex of the timer thread */
static bool thread_started;

static void place(struct ke_timer_entry *entry, uint32_t at)
{
	heap[at] = entry;
	entry->position = at + 1;
}

static void sift_up(struct ke_timer_entry *entry, uint32_t at)
{
	while (at && heap[(at - 1) / 2]->due > entry->due) {
		place(heap[(at - 1) / 2], at);
		at = (at - 1) / 2;
	}
	place(entry, at);
}

static void sift_down(struct ke_timer_entry *entry, uint32_t at)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= heap_count)
			break;
		if (child + 1 < heap_count && heap[child + 1]->due < heap[child]->due)
			child++;
		if (heap[child]->due >= entry->due)
			break;
		place(heap[child], at);
		at = child;
	}
	place(entry, at);
}

static void remove_entry(struct ke_timer_entry *entry)
{
	uint32_t at = entry->position - 1;
	struct ke_timer_entry *last = heap[--heap_count];

	entry->position = 0;
	if (last == entry)
		return;
	if (at && heap[(at - 1) / 2]->due > last->due)
		sift_up(last, at);
	else
		sift_down(last, at);
}

static void timer_thread(void *argument)
{
	host_thread_set_name("timers");
	host_lock_acquire(&heap_lock);
	for (;;) {
		uint64_t now = host_monotonic_ns();

		if (heap_count && heap[0]->due <= now) {
			struct ke_timer_entry *entry = heap[0];

			remove_entry(entry);
			host_lock_release(&heap_lock);
			entry->fn(entry);
		} else {
			uint64_t deadline = heap_count ? heap[0]->due : UINT64_MAX;
			uint32_t seen = heap_changes;

			host_lock_release(&heap_lock);
			host_futex_wait(&heap_changes, seen, deadline);
		}
		host_lock_acquire(&heap_lock);
	}
}

NTSTATUS ke_timer_arm(struct ke_timer_entry *entry, uint64_t due)
{
	NTSTATUS status = STATUS_SUCCESS;
	bool wake = false;

	host_lock_acquire(&heap_lock);
	if (entry->position)
		remove_entry(entry);
	if (heap_count == heap_capacity) {
		uint32_t capacity = heap_capacity ? heap_capacity * 2 : 64;
		struct ke_timer_entry **grown = realloc(heap, capacity * sizeof(*heap));

		if (!grown) {
			status = STATUS_NO_MEMORY;
			goto unlock;
		}
		heap = grown;
		heap_capacity = capacity;
	}
	if (!thread_started) {
		if (host_thread_create(timer_thread, NULL) < 0) {
			status = STATUS_NO_MEMORY;
			goto unlock;
		}
		thread_started = true;
	}
	entry->due = due;
	sift_up(entry, heap_count++);
	wake = heap[0] == entry;
	if (wake)
		heap_changes++;
unlock:
	host_lock_release(&heap_lock);
	if (wake)
		host_futex_wake(&heap_changes, 1);
	return status;
}

bool ke_timer_cancel(struct ke_timer_entry *entry)
{
	bool armed;

	host_lock_acquire(&heap_lock);
	armed = entry->position != 0;
	if (armed)
		remove_entry(entry);
	host_lock_release(&heap_lock);
	return armed;
}

/*
 * Waitable timers.  Every arming holds a reference on the timer, given back by the run or by the cancellation.
 */
#define TIMER_QUERY_STATE 1u
#define TIMER_MODIFY_STATE 2u

struct timer {
	struct ob_object object;
	struct ke_dispatcher dispatcher;
	struct host_lock lock; /* everything below */
	struct ke_timer_entry entry;
	bool armed;
	uint64_t due;	 /* host_monotonic_ns */
	uint64_t period; /* ns; 0 = once */
	void *routine;	 /* APC */
	uint64_t context;
	struct ps_thread *thread; /* who gets the APC; referenced */
};

static struct ke_dispatcher *timer_dispatcher(struct ob_object *object)
{
	return &((struct timer *)object)->dispatcher;
}

static void cancel(struct timer *timer)
{
	bool cancelled = ke_timer_cancel(&timer->entry);
	struct ps_thread *thread = timer->thread;

	timer->armed = false;
	timer->routine = NULL;
	timer->thread = NULL;
	if (thread)
		ob_dereference(thread);
	if (cancelled)
		ob_dereference(timer);
}

/* The last handle: an armed timer would keep itself alive. */
static void close_timer(struct ob_object *object)
{
	struct timer *timer = (struct timer *)object;

	host_lock_acquire(&timer->lock);
	cancel(timer);
	host_lock_release(&timer->lock);
}

/* Whoever looks at a shared timer signals it; what is armed here goes on for the APC alone. */
static NTSTATUS publish_timer(struct ob_object *object, struct host_shared *shared)
{
	struct timer *timer = (struct timer *)object;
	struct ke_page *page = ob_shared_area(shared);

	host_lock_acquire(&timer->lock);
	page->timer = 1;
	ke_share(&timer->dispatcher, shared);
	if (timer->armed) {
		page->period = timer->period;
		page->last_due = timer->due;
		page->due = timer->due;
	}
	host_lock_release(&timer->lock);
	return STATUS_SUCCESS;
}

static void timer_due(struct ke_timer_entry *entry);

static struct ob_object *adopt_timer(struct host_shared *shared)
{
	struct timer *timer = ob_create(&ke_timer_type, sizeof(*timer));

	if (timer) {
		timer->entry.fn = timer_due;
		ke_dispatcher_adopt(&timer->dispatcher, shared);
	}
	return &timer->object;
}

static const struct ob_sharing timer_sharing = {.publish = publish_timer, .adopt = adopt_timer};

const struct ob_type ke_timer_type = {
	.name = u"Timer",
	.read = 0x20001,
	.write = 0x20002,
	.execute = 0x120000,
	.all = 0x1F0003,
	.close = close_timer,
	.dispatcher = timer_dispatcher,
	.sharing = &timer_sharing,
};

static void timer_due(struct ke_timer_entry *entry)
{
	struct timer *timer = CONTAINING_RECORD(entry, struct timer, entry);
	struct ps_thread *thread = NULL;
	uint64_t context = 0;
	void *routine = NULL;

	host_lock_acquire(&timer->lock);
	/* Cancelled, or set again, since the timer thread took it off the heap? */
	if (timer->armed && timer->due <= host_monotonic_ns()) {
		routine = timer->routine;
		context = timer->context;
		thread = timer->thread;
		if (timer->period) {
			timer->due += timer->period;
			if (thread)
				ob_reference(thread);
			ob_reference(timer);
			if (ke_timer_arm(&timer->entry, timer->due))
				ob_dereference(timer);
		} else {
			timer->armed = false;
			timer->thread = NULL;
		}
		if (ke_is_shared(&timer->dispatcher))
			ke_shared_expire(ke_page(&timer->dispatcher), &timer->dispatcher);
		else
			ke_set(&timer->dispatcher);
	}
	host_lock_release(&timer->lock);
	if (thread) {
		uint64_t now = host_realtime_ns() / 100 + 116444736000000000ull;

		ke_queue_apc(thread, routine, context, (uint32_t)now, now >> 32);
		ob_dereference(thread);
	}
	ob_dereference(timer);
}

static NTSTATUS create_timer(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, enum ke_kind kind)
{
	HANDLE value = NULL;
	struct timer *timer;
	NTSTATUS status;

	timer = ob_create(&ke_timer_type, sizeof(*timer));
	if (!timer)
		return STATUS_NO_MEMORY;
	ke_dispatcher_initialize(&timer->dispatcher, kind, 0);
	timer->entry.fn = timer_due;
	status = ob_insert(timer, attributes, access, &value);
	if (NT_SUCCESS(status) && host_copy_to_guest(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtCreateTimer, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG type))
{
	HANDLE value = NULL;

	if (host_copy_to_guest(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	if (type > 1)
		return STATUS_INVALID_PARAMETER_4;
	return create_timer(handle, access, attributes, type ? KE_SYNCHRONIZATION : KE_NOTIFICATION);
}

/* CREATE_WAITABLE_TIMER_ flags under their names of NT; every timer of ours has a high resolution and never wakes a machine. */
#define TIMER2_HIGH_RESOLUTION 0x4u
#define TIMER2_NO_WAKE 0x8u
#define TIMER2_NOTIFICATION 0x80000000u

/* A timer without a name, whose period counts in 100 ns: what is under CreateWaitableTimerEx with a high resolution. */
EXPORT(ntdll, NTSTATUS, NtCreateTimer2, (HANDLE * handle, PVOID id, OBJECT_ATTRIBUTES *attributes, ULONG flags, ACCESS_MASK access))
{
	HANDLE value = NULL;

	if (host_copy_to_guest(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	if (id)
		return STATUS_INVALID_PARAMETER_2;
	if (flags & ~(TIMER2_HIGH_RESOLUTION | TIMER2_NO_WAKE | TIMER2_NOTIFICATION))
		return STATUS_INVALID_PARAMETER_4;
	return create_timer(handle, access, attributes, flags & TIMER2_NOTIFICATION ? KE_NOTIFICATION : KE_SYNCHRONIZATION);
}

EXPORT(ntdll, NTSTATUS, NtOpenTimer, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	HANDLE value = NULL;
	NTSTATUS status;

	if (host_copy_to_guest(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	status = ob_open_by_name(&ke_timer_type, attributes, access, &value);
	if (NT_SUCCESS(status) && host_copy_to_guest(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

/* due: as a timeout; period: nanoseconds, 0 = once. */
static NTSTATUS set_timer(HANDLE handle, const LARGE_INTEGER *due, uint64_t period, PVOID routine, PVOID context,
			  BOOLEAN *previous)
{
	struct timer *timer;
	BOOLEAN state;
	uint64_t deadline;
	NTSTATUS status;
	void *found;

	status = ob_reference_by_handle(handle, &ke_timer_type, TIMER_MODIFY_STATE, &found);
	if (status)
		return status;
	timer = found;
	deadline = ke_deadline(due);
	if (!deadline)
		deadline = host_monotonic_ns();
	host_lock_acquire(&timer->lock);
	cancel(timer);
	if (ke_is_shared(&timer->dispatcher)) {
		state = ke_shared_state(&timer->dispatcher) > 0;
		ke_shared_set_timer(&timer->dispatcher, deadline, period);
	} else {
		state = ke_reset(&timer->dispatcher) > 0;
	}
	timer->armed = true;
	timer->due = deadline;
	timer->period = period;
	timer->routine = routine;
	timer->context = (uint64_t)(uintptr_t)context;
	if (routine) {
		timer->thread = ps_self;
		ob_reference(ps_self);
	}
	if (routine || !ke_is_shared(&timer->dispatcher)) {
		ob_reference(timer);
		status = ke_timer_arm(&timer->entry, deadline);
		if (status) {
			ob_dereference(timer);
			cancel(timer);
		}
	}
	host_lock_release(&timer->lock);
	ob_dereference(timer);
	if (!status && previous && host_copy_to_guest(previous, &state, sizeof(state)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

/* period in milliseconds; `resume` asks to wake a sleeping machine, which no timer of ours can: the answer says so. */
EXPORT(ntdll, NTSTATUS, NtSetTimer,
       (HANDLE handle, const LARGE_INTEGER *due, PVOID routine, PVOID context, BOOLEAN resume, LONG period,
	BOOLEAN *previous))
{
	LARGE_INTEGER when;
	NTSTATUS status;

	if (host_copy_from_guest(&when, due, sizeof(when)))
		return STATUS_ACCESS_VIOLATION;
	if (period < 0)
		return STATUS_INVALID_PARAMETER_6;
	status = set_timer(handle, &when, (uint64_t)period * 1000000u, routine, context, previous);
	if (!status && resume)
		return (NTSTATUS)0x40000025; /* STATUS_TIMER_RESUME_IGNORED */
	return status;
}

/* TIMER_SET_COALESCABLE_TIMER_INFO, what SetWaitableTimerEx gives; the tolerable delay is not used. */
struct coalescable_timer {
	LARGE_INTEGER due;
	PVOID routine, context, wake_context;
	ULONG period, tolerable_delay; /* milliseconds */
	BOOLEAN *previous;
};

EXPORT(ntdll, NTSTATUS, NtSetTimerEx, (HANDLE handle, ULONG class, PVOID buffer, ULONG size))
{
	struct coalescable_timer info;

	if (class != 0)
		return STATUS_INVALID_INFO_CLASS;
	if (size != sizeof(info))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (host_copy_from_guest(&info, buffer, sizeof(info)))
		return STATUS_ACCESS_VIOLATION;
	if ((LONG)info.period < 0)
		return STATUS_INVALID_PARAMETER;
	return set_timer(handle, &info.due, info.period * 1000000ull, info.routine, info.context, info.previous);
}

/* due and period in 100 ns; `parameters` ask how late it may be, which it never is. */
EXPORT(ntdll, NTSTATUS, NtSetTimer2,
       (HANDLE handle, const LARGE_INTEGER *due, const LARGE_INTEGER *period, const void *parameters))
{
	LARGE_INTEGER when, every = {.QuadPart = 0};
	ULONG version;

	if (host_copy_from_guest(&when, due, sizeof(when)) || (period && host_copy_from_guest(&every, period, sizeof(every))) ||
	    host_copy_from_guest(&version, parameters, sizeof(version)))
		return STATUS_ACCESS_VIOLATION;
	if (every.QuadPart < 0 || (uint64_t)every.QuadPart > UINT64_MAX / 100 || version)
		return STATUS_INVALID_PARAMETER;
	return set_timer(handle, &when, (uint64_t)every.QuadPart * 100, NULL, NULL, NULL);
}

EXPORT(ntdll, NTSTATUS, NtCancelTimer, (HANDLE handle, BOOLEAN *state))
{
	struct timer *timer;
	BOOLEAN signalled;
	NTSTATUS status;
	void *found;

	status = ob_reference_by_handle(handle, &ke_timer_type, TIMER_MODIFY_STATE, &found);
	if (status)
		return status;
	timer = found;
	host_lock_acquire(&timer->lock);
	cancel(timer);
	if (ke_is_shared(&timer->dispatcher)) {
		ke_shared_state(&timer->dispatcher);
		ke_shared_set_timer(&timer->dispatcher, 0, 0);
	}
	host_lock_release(&timer->lock);
	signalled = ke_dispatcher_state(&timer->dispatcher) > 0;
	ob_dereference(timer);
	if (state && host_copy_to_guest(state, &signalled, sizeof(signalled)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtCancelTimer2, (HANDLE handle, const void *parameters))
{
	return NtCancelTimer(handle, NULL);
}

EXPORT(ntdll, NTSTATUS, NtQueryTimer, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	struct {
		LARGE_INTEGER remaining; /* 100 ns; negative once it is past */
		BOOLEAN signalled;
	} info = {0};
	struct timer *timer;
	ULONG needed = sizeof(info);
	NTSTATUS status;
	void *found;

	if (class != 0)
		return STATUS_INVALID_INFO_CLASS;
	if (size != sizeof(info))
		return STATUS_INFO_LENGTH_MISMATCH;
	status = ob_reference_by_handle(handle, &ke_timer_type, TIMER_QUERY_STATE, &found);
	if (status)
		return status;
	timer = found;
	host_lock_acquire(&timer->lock);
	if (ke_is_shared(&timer->dispatcher)) {
		const struct ke_page *page = ke_page(&timer->dispatcher);

		timer->due = page->due ? page->due : page->last_due;
	}
	info.remaining.QuadPart = ((int64_t)timer->due - (int64_t)host_monotonic_ns()) / 100;
	host_lock_release(&timer->lock);
	info.signalled = ke_dispatcher_state(&timer->dispatcher) > 0;
	ob_dereference(timer);
	if (host_copy_to_guest(buffer, &info, sizeof(info)) ||
	    (returned && host_copy_to_guest(returned, &needed, sizeof(needed))))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}
