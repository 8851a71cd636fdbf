/*
 * ntdll/ps/remote_thread.c - threads of other processes.
 *
 * A first thread is known with its process (foreign.c).  Of others the process that has them announces the end by an event that
 * both share; the exit code goes with it.  Of a process that was killed the event is signalled here.
 */
#include "host/file.h"
#include "ntdll/ke/shared.h"
#include "ntdll/ob/shared.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/remote.h"

static struct host_lock others_lock; /* of the lists of all processes */

static struct ke_page *page_of(struct ob_object *event)
{
	return event->shared ? ob_shared_area(event->shared) : NULL;
}

NTSTATUS ps_announce_thread(struct ps_thread *thread, int *fd)
{
	struct ob_object *made = ke_create_event(false, false), *event;
	int memory;
	NTSTATUS status;

	if (!made)
		return STATUS_NO_MEMORY;
	host_lock_acquire(&thread->suspend_lock);
	if (!thread->announced) {
		thread->announced = made;
		ob_reference(made);
	}
	event = thread->announced;
	ob_reference(event);
	host_lock_release(&thread->suspend_lock);
	ob_dereference(made);
	status = ob_share(event, fd, &memory);
	if (NT_SUCCESS(status) && __atomic_load_n(&thread->end_announced, __ATOMIC_ACQUIRE))
		ps_announce_end(thread);
	ob_dereference(event);
	return status;
}

void ps_announce_end(struct ps_thread *thread)
{
	struct ob_object *event;
	struct ke_page *page;

	host_lock_acquire(&thread->suspend_lock);
	__atomic_store_n(&thread->end_announced, true, __ATOMIC_RELEASE);
	event = thread->announced;
	if (event)
		ob_reference(event);
	host_lock_release(&thread->suspend_lock);
	if (!event)
		return;
	page = page_of(event);
	if (page) {
		__atomic_store_n(&page->note, thread->exit_code, __ATOMIC_RELEASE);
		ke_set(ke_object_dispatcher(event));
	}
	ob_dereference(event);
}

/* The object for what the other process said. */
static NTSTATUS make(struct ps_process *other, struct ps_call *call, struct ps_thread **result)
{
	struct ob_object *event = NULL;
	struct ps_thread *thread;
	NTSTATUS status;

	if (call->fd_count != 1) {
		ps_close_descriptors(call);
		return STATUS_UNSUCCESSFUL;
	}
	status = ob_inherit_shared(call->fds[0], -1, &event);
	if (!NT_SUCCESS(status))
		return status;
	thread = event->type == &ke_event_type ? ob_create(&ps_thread_type, sizeof(*thread)) : NULL;
	if (!thread) {
		ob_dereference(event);
		return STATUS_NO_MEMORY;
	}
	ke_dispatcher_initialize(&thread->ended, KE_NOTIFICATION, 0);
	thread->exit_code = STILL_ACTIVE;
	thread->apc_closed = true;
	thread->affinity = host_process_affinity();
	thread->announced = event;
	thread->id = (HANDLE)(uintptr_t)call->values[0];
	thread->tid = PS_ID_NUMBER(call->values[0]);
	thread->teb = (TEB *)(uintptr_t)call->values[1];
	thread->start = (void *)(uintptr_t)call->values[2];
	thread->create_time = call->values[3];
	ob_reference(other);
	thread->child = other;
	host_lock_acquire(&others_lock);
	thread->next = other->others;
	other->others = thread;
	host_lock_release(&others_lock);
	if (__atomic_load_n(&other->exit_code, __ATOMIC_ACQUIRE) != STILL_ACTIVE)
		ps_end_remote_threads(other);
	*result = thread;
	return STATUS_SUCCESS;
}

NTSTATUS ps_create_remote_thread(struct ps_process *other, void *start, void *argument, ULONG flags, SIZE_T reserve, SIZE_T commit,
				 struct ps_thread **thread)
{
	struct ps_call call = {.operation = PS_DO_CREATE_THREAD,
			       .values = {(uintptr_t)start, (uintptr_t)argument, flags, reserve, commit}};
	NTSTATUS status = ps_ask(other, &call);

	return NT_SUCCESS(status) ? make(other, &call, thread) : status;
}

NTSTATUS ps_open_remote_thread(struct ps_process *other, HANDLE id, struct ps_thread **result)
{
	struct ps_call call = {.operation = PS_DO_OPEN_THREAD, .values = {(uintptr_t)id & ~(uintptr_t)3}};
	struct ps_thread *thread;
	NTSTATUS status;

	host_lock_acquire(&others_lock);
	for (thread = other->others; thread; thread = thread->next)
		if ((uintptr_t)thread->id == ((uintptr_t)id & ~(uintptr_t)3) && ps_thread_exit_code(thread) == STILL_ACTIVE &&
		    ob_reference_living(thread))
			break;
	host_lock_release(&others_lock);
	*result = thread;
	if (thread)
		return STATUS_SUCCESS;
	status = ps_ask(other, &call);
	return NT_SUCCESS(status) ? make(other, &call, result) : STATUS_INVALID_CID;
}

NTSTATUS ps_ask_thread(struct ps_thread *thread, enum ps_operation operation, struct ps_call *call)
{
	call->operation = operation;
	call->values[0] = (uintptr_t)thread->id;
	return ps_ask(thread->child, call);
}

DWORD ps_thread_exit_code(struct ps_thread *thread)
{
	DWORD code = __atomic_load_n(&thread->exit_code, __ATOMIC_ACQUIRE);
	struct ke_page *page;

	if (!thread->child || !thread->announced || code != STILL_ACTIVE)
		return code;
	page = page_of(thread->announced);
	return page && ke_shared_state(ke_object_dispatcher(thread->announced)) ? __atomic_load_n(&page->note, __ATOMIC_ACQUIRE)
										 : STILL_ACTIVE;
}

/* One that does not know it yet; referenced. */
static struct ps_thread *next_to_end(struct ps_process *other)
{
	struct ps_thread *thread;

	host_lock_acquire(&others_lock);
	for (thread = other->others; thread; thread = thread->next)
		if (ps_thread_exit_code(thread) == STILL_ACTIVE && ob_reference_living(thread))
			break;
	host_lock_release(&others_lock);
	return thread;
}

void ps_end_remote_threads(struct ps_process *other)
{
	DWORD code = __atomic_load_n(&other->exit_code, __ATOMIC_ACQUIRE);
	struct ps_thread *thread;

	while (code != STILL_ACTIVE && (thread = next_to_end(other))) {
		__atomic_store_n(&thread->exit_code, code, __ATOMIC_RELEASE);
		ke_set(ke_object_dispatcher(thread->announced));
		ob_dereference(thread);
	}
}

void ps_forget_remote_thread(struct ps_thread *thread)
{
	host_lock_acquire(&others_lock);
	for (struct ps_thread **link = &thread->child->others; *link; link = &(*link)->next) {
		if (*link == thread) {
			*link = thread->next;
			break;
		}
	}
	host_lock_release(&others_lock);
}
