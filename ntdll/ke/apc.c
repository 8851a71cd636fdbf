/*
 * ntdll/ke/apc.c - user APCs: queueing them.  x86_64/apc.c runs them.
 *
 * A regular one runs when its thread waits alertably.  A special one (MSDN, QueueUserAPC2) needs no wait: guest code is
 * interrupted for it, wherever it is; a call into ntdll, and a wait that is not alertable, ends first.  Special ones
 * lie in front of the regular ones, and PS_PENDING_SPECIAL says that there are some.
 */
#include "ntdll/ke/private.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/suspend.h"
#include "pewter/export.h"

#include <stdlib.h>

#define THREAD_ALERT 0x4u
#define THREAD_SET_CONTEXT 0x10u

static void insert(struct ps_thread *thread, struct ke_apc *apc)
{
	struct ke_apc *before = NULL;

	if (apc->special)
		for (struct ke_apc *at = thread->apc_first; at && at->special; at = at->next)
			before = at;
	else
		before = thread->apc_last;
	apc->next = before ? before->next : thread->apc_first;
	if (before)
		before->next = apc;
	else
		__atomic_store_n(&thread->apc_first, apc, __ATOMIC_SEQ_CST);
	if (!apc->next)
		thread->apc_last = apc;
	if (apc->special)
		__atomic_fetch_or(&thread->pending, PS_PENDING_SPECIAL, __ATOMIC_SEQ_CST);
}

static NTSTATUS queue(struct ps_thread *thread, const struct ke_apc *given)
{
	struct ke_apc *apc;

	if (!given->function)
		return STATUS_SUCCESS;
	apc = malloc(sizeof(*apc));
	if (!apc)
		return STATUS_NO_MEMORY;
	*apc = *given;
	host_lock_acquire(&thread->apc_lock);
	if (thread->apc_closed) {
		host_lock_release(&thread->apc_lock);
		free(apc);
		return STATUS_UNSUCCESSFUL;
	}
	insert(thread, apc);
	host_lock_release(&thread->apc_lock);
	ke_interrupt_wait(thread, STATUS_USER_APC);
	return STATUS_SUCCESS;
}

NTSTATUS ke_queue_apc_as(struct ps_thread *thread, ULONG flags, void *function, uint64_t a, uint64_t b, uint64_t c)
{
	struct ke_apc apc = {
		.function = function,
		.a = a,
		.b = b,
		.c = c,
		.special = flags & KE_APC_SPECIAL,
		.with_context = flags & KE_APC_CONTEXT,
	};
	NTSTATUS status = queue(thread, &apc);

	if (status || !apc.special || !function)
		return status;
	/* The caller's own runs at once: its call is over. */
	if (thread == ps_self)
		ke_deliver_special_apcs();
	else
		ps_interrupt_thread(thread);
	return STATUS_SUCCESS;
}

NTSTATUS ke_queue_apc(struct ps_thread *thread, void *function, uint64_t a, uint64_t b, uint64_t c)
{
	return ke_queue_apc_as(thread, 0, function, a, b, c);
}

static NTSTATUS queue_elsewhere(struct ps_thread *thread, ULONG flags, PVOID function, PVOID a, PVOID b, PVOID c)
{
	struct ps_call call = {.values = {0, (uintptr_t)function, (uintptr_t)a, (uintptr_t)b, (uintptr_t)c, flags}};
	NTSTATUS status = ps_ask_thread(thread, PS_DO_QUEUE_APC, &call);

	return status == STATUS_THREAD_IS_TERMINATING || status == STATUS_PROCESS_IS_TERMINATING ? STATUS_UNSUCCESSFUL
												 : status;
}

/* An alert goes before APCs, which stay where they are then. */
EXPORT(ntdll, NTSTATUS, NtTestAlert, (void))
{
	if (__atomic_exchange_n(&ps_self->alerted, 0, __ATOMIC_ACQ_REL))
		return STATUS_ALERTED;
	ke_deliver_apcs();
	return STATUS_SUCCESS;
}

void ke_alert(struct ps_thread *thread)
{
	__atomic_store_n(&thread->alerted, 1, __ATOMIC_SEQ_CST);
	ke_interrupt_wait(thread, STATUS_ALERTED);
}

/* Ends the thread's alertable wait, or its next one, with STATUS_ALERTED.  A thread of another process cannot be alerted. */
EXPORT(ntdll, NTSTATUS, NtAlertThread, (HANDLE handle))
{
	struct ps_thread *thread;
	NTSTATUS status;
	void *found;

	status = ob_reference_by_handle(handle, &ps_thread_type, THREAD_ALERT, &found);
	if (status)
		return status;
	thread = found;
	if (thread->child)
		status = STATUS_NOT_SUPPORTED;
	else
		ke_alert(thread);
	ob_dereference(thread);
	return status;
}

/* `reserve`: a reserve object, of which there are none. */
EXPORT(ntdll, NTSTATUS, NtQueueApcThreadEx2,
       (HANDLE handle, HANDLE reserve, ULONG flags, PVOID function, PVOID a, PVOID b, PVOID c))
{
	struct ps_thread *thread;
	NTSTATUS status;
	void *found;

	if (flags & ~(KE_APC_SPECIAL | KE_APC_CONTEXT))
		return STATUS_INVALID_PARAMETER;
	if (reserve)
		return STATUS_INVALID_HANDLE;
	status = ob_reference_by_handle(handle, &ps_thread_type, THREAD_SET_CONTEXT, &found);
	if (status)
		return status;
	thread = found;
	if (thread->child)
		status = queue_elsewhere(thread, flags, function, a, b, c);
	else
		status = ke_queue_apc_as(thread, flags, function, (uint64_t)(uintptr_t)a, (uint64_t)(uintptr_t)b,
					 (uint64_t)(uintptr_t)c);
	ob_dereference(thread);
	return status;
}

/* `reserve` 1: a special one. */
EXPORT(ntdll, NTSTATUS, NtQueueApcThreadEx, (HANDLE handle, HANDLE reserve, PVOID function, PVOID a, PVOID b, PVOID c))
{
	bool special = reserve == (HANDLE)1;

	return NtQueueApcThreadEx2(handle, special ? NULL : reserve, special ? KE_APC_SPECIAL : 0, function, a, b, c);
}

EXPORT(ntdll, NTSTATUS, NtQueueApcThread, (HANDLE handle, PVOID function, PVOID a, PVOID b, PVOID c))
{
	return NtQueueApcThreadEx2(handle, NULL, 0, function, a, b, c);
}
