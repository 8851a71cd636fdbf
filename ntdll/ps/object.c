/*
 * ntdll/ps/object.c - the object types of processes and threads, and what pseudo handles mean.
 */
#include "ntdll/ps/create.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/thread.h"

#include <stdlib.h>

static struct ke_dispatcher *thread_dispatcher(struct ob_object *object)
{
	struct ps_thread *thread = (struct ps_thread *)object;

	return thread->child && thread->announced ? ke_object_dispatcher(thread->announced) : &thread->ended;
}

static void destroy_thread(struct ob_object *object)
{
	struct ps_thread *thread = (struct ps_thread *)object;

	free(thread->description);
	free(thread->context);
	free(thread->image);
	if (thread->child) {
		ps_forget_first(thread);
		ps_forget_remote_thread(thread);
		ob_dereference(thread->child);
	} else {
		ps_drop_id(thread);
	}
	if (thread->token)
		ob_dereference(thread->token);
	if (thread->announced)
		ob_dereference(thread->announced);
}

static struct ke_dispatcher *process_dispatcher(struct ob_object *object)
{
	return &((struct ps_process *)object)->ended;
}

static void destroy_process(struct ob_object *object)
{
	ps_destroy_child((struct ps_process *)object);
}

const struct ob_type ps_thread_type = {
	.name = u"Thread",
	.read = 0x20048,
	.write = 0x20437,
	.execute = 0x121800,
	.all = 0x1FFFFF,
	.destroy = destroy_thread,
	.dispatcher = thread_dispatcher,
};

const struct ob_type ps_process_type = {
	.name = u"Process",
	.read = 0x20410,
	.write = 0x20BEB,
	.execute = 0x121001,
	.all = 0x1FFFFF,
	.destroy = destroy_process,
	.dispatcher = process_dispatcher,
};

/* The creation reference is never given back. */
struct ps_process ps_own_process = {
	.object = {.type = &ps_process_type, .references = 1},
	.ended = {.kind = KE_NOTIFICATION},
	.own = true,
	.exit_code = STILL_ACTIVE,
	.priority_class = 2, /* PROCESS_PRIORITY_CLASS_NORMAL of NT */
};

__thread struct ps_thread *ps_self __attribute__((tls_model("initial-exec")));

struct ob_object *ps_pseudo_object(HANDLE handle)
{
	switch ((intptr_t)handle) {
	case -1:
		return &ps_own_process.object;
	case -2:
		return ps_self ? &ps_self->object : NULL;
	default:
		return NULL;
	}
}

NTSTATUS ps_check_own_process(HANDLE handle, ACCESS_MASK access)
{
	struct ps_process *process;
	NTSTATUS status;
	void *found;

	if (handle == NtCurrentProcess())
		return STATUS_SUCCESS;
	status = ob_reference_by_handle(handle, &ps_process_type, access, &found);
	if (status)
		return status;
	process = found;
	if (!process->own)
		status = process->exit_code == STILL_ACTIVE ? STATUS_ACCESS_DENIED : STATUS_PROCESS_IS_TERMINATING;
	ob_dereference(process);
	return status;
}
