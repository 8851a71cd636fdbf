/*
 * ntdll/ke/wait_calls.c - the Nt calls that wait, and user APCs.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/ke/light.h"
#include "pewter/export.h"

#include <stdlib.h>

/* Microsoft's convention, so that the fast way saves no registers for it. */
static NTSTATUS NTAPI wait_for_one(HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout) __attribute__((noinline));
static NTSTATUS NTAPI wait_for_one(HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout)
{
	struct ke_dispatcher *dispatcher;
	const LARGE_INTEGER *captured;
	LARGE_INTEGER copy;
	NTSTATUS status;
	void *object;

	status = ke_capture_timeout(timeout, &copy, &captured);
	if (status)
		return status;
	status = ob_reference_by_handle(handle, NULL, SYNCHRONIZE, &object);
	if (status)
		return status;
	dispatcher = ke_object_dispatcher(object);
	if (dispatcher)
		status = ke_wait_one(dispatcher, alertable, ke_deadline(captured));
	else
		status = STATUS_OBJECT_TYPE_MISMATCH;
	ob_dereference(object);
	return status;
}

/* Whether a timeout is there, or can be read without asking: it lies on the stack above us, as kernel32's do. */
static inline bool is_readable(const LARGE_INTEGER *timeout)
{
	const struct ps_thread *self = ps_self;

	return !timeout || ((uintptr_t)timeout > (uintptr_t)__builtin_frame_address(0) && self && self->teb &&
			    (uintptr_t)timeout < (uintptr_t)self->teb->NtTib.StackBase);
}

EXPORT(ntdll, NTSTATUS, NtWaitForSingleObject, (HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout))
{
	NTSTATUS status = STATUS_SUCCESS;

	if (!alertable && is_readable(timeout) && ke_light_take(handle, &status))
		return status;
	return wait_for_one(handle, alertable, timeout);
}

EXPORT(ntdll, NTSTATUS, NtWaitForMultipleObjects,
       (ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable, const LARGE_INTEGER *timeout))
{
	struct ke_dispatcher *dispatchers[KE_MAXIMUM_WAIT_OBJECTS];
	HANDLE captured_handles[KE_MAXIMUM_WAIT_OBJECTS];
	void *objects[KE_MAXIMUM_WAIT_OBJECTS];
	const LARGE_INTEGER *captured;
	LARGE_INTEGER copy;
	NTSTATUS status;
	ULONG got = 0;

	if (count == 0 || count > KE_MAXIMUM_WAIT_OBJECTS)
		return STATUS_INVALID_PARAMETER_1;
	if (any > 1)
		return STATUS_INVALID_PARAMETER_3;
	status = ke_capture_timeout(timeout, &copy, &captured);
	if (status)
		return status;
	if (host_copy_from_guest(captured_handles, handles, count * sizeof(*handles)))
		return STATUS_ACCESS_VIOLATION;
	for (; got < count && !status; got++) {
		status = ob_reference_by_real_handle(captured_handles[got], NULL, SYNCHRONIZE, &objects[got]);
		if (status)
			break;
		dispatchers[got] = ke_object_dispatcher(objects[got]);
		if (!dispatchers[got])
			status = STATUS_OBJECT_TYPE_MISMATCH;
		for (ULONG i = 0; !any && i < got; i++)
			if (dispatchers[i] == dispatchers[got])
				status = STATUS_INVALID_PARAMETER_MIX;
	}
	if (!status)
		status = ke_wait(count, dispatchers, !any, alertable, ke_deadline(captured));
	for (ULONG i = 0; i < got; i++)
		ob_dereference(objects[i]);
	return status;
}

/* Handles of 32 bits each, sign-extended. */
EXPORT(ntdll, NTSTATUS, NtWaitForMultipleObjects32,
       (ULONG count, const LONG *handles, ULONG any, BOOLEAN alertable, const LARGE_INTEGER *timeout))
{
	LONG captured[KE_MAXIMUM_WAIT_OBJECTS];
	HANDLE wide[KE_MAXIMUM_WAIT_OBJECTS];

	if (count == 0 || count > KE_MAXIMUM_WAIT_OBJECTS)
		return STATUS_INVALID_PARAMETER_1;
	if (host_copy_from_guest(captured, handles, count * sizeof(*handles)))
		return STATUS_ACCESS_VIOLATION;
	for (ULONG i = 0; i < count; i++)
		wide[i] = (HANDLE)(LONG_PTR)captured[i];
	return NtWaitForMultipleObjects(count, wide, any, alertable, timeout);
}

/* Signals one object and waits for another.  Not one step, as MSDN warns, but nothing can come between for the same
 * thread.  Objects that can be signalled: events, semaphores, mutexes. */
EXPORT(ntdll, NTSTATUS, NtSignalAndWaitForSingleObject,
       (HANDLE signal, HANDLE wait, BOOLEAN alertable, const LARGE_INTEGER *timeout))
{
	struct ke_dispatcher *dispatcher;
	const LARGE_INTEGER *captured;
	LARGE_INTEGER copy;
	void *object, *signalled;
	NTSTATUS status;

	status = ke_capture_timeout(timeout, &copy, &captured);
	if (status)
		return status;
	status = ob_reference_by_handle(signal, NULL, 0, &signalled);
	if (status)
		return status;
	status = ob_reference_by_handle(wait, NULL, SYNCHRONIZE, &object);
	if (!status) {
		const struct ob_type *type = ((struct ob_object *)signalled)->type;

		dispatcher = ke_object_dispatcher(object);
		if (!dispatcher)
			status = STATUS_OBJECT_TYPE_MISMATCH;
		else if (type == &ke_event_type)
			status = NtSetEvent(signal, NULL);
		else if (type == &ke_semaphore_type)
			status = NtReleaseSemaphore(signal, 1, NULL);
		else if (type == &ke_mutant_type)
			status = NtReleaseMutant(signal, NULL);
		else
			status = STATUS_OBJECT_TYPE_MISMATCH;
		if (!status)
			status = ke_wait_one(dispatcher, alertable, ke_deadline(captured));
		ob_dereference(object);
	}
	ob_dereference(signalled);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtDelayExecution, (BOOLEAN alertable, const LARGE_INTEGER *interval))
{
	const LARGE_INTEGER *captured;
	LARGE_INTEGER copy;
	uint64_t deadline;
	NTSTATUS status;

	status = ke_capture_timeout(interval, &copy, &captured);
	if (status)
		return status;
	deadline = ke_deadline(captured);
	if (deadline == 0) {
		if (alertable && (status = ke_take_interruption()) != STATUS_SUCCESS)
			return status;
		host_thread_yield();
		return STATUS_SUCCESS;
	}
	status = ke_wait(0, NULL, false, alertable, deadline);
	return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

/* Who spins with this is at the border meanwhile: a suspender need not wait for a moment between two calls. */
EXPORT(ntdll, NTSTATUS, NtYieldExecution, (void))
{
	ke_enter_blocking();
	host_thread_yield();
	ke_leave_blocking();
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlDelayExecution, (BOOLEAN alertable, const LARGE_INTEGER *interval))
{
	return NtDelayExecution(alertable, interval);
}
