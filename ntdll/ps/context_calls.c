/*
 * ntdll/ps/context_calls.c - the Nt calls that read and set threads' registers.
 */
#include "host/fault.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/x86_64/xstate.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/suspend.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

#define FLAG_EXTENDED (CONTEXT_XSTATE & ~CONTEXT_AMD64)

static NTSTATUS get_other(struct ps_thread *thread, CONTEXT *copy, CONTEXT *given)
{
	struct ke_xstate_image image;
	NTSTATUS status;

	if (!(copy->ContextFlags & FLAG_EXTENDED))
		return ps_get_context(thread, copy, NULL);
	status = ps_get_context(thread, copy, &image);
	return status ? status : ke_xstate_answer(given, image.bytes);
}

/* Of the caller itself: `now` is its view, at the end of the service. */
static NTSTATUS get_own(CONTEXT *copy, CONTEXT *now, CONTEXT *given)
{
	struct ke_xstate_image image;

	ke_get_debug_registers(ps_self, now);
	ps_copy_context(copy, now, copy->ContextFlags);
	copy->ContextFlags &= ~(CONTEXT_EXCEPTION_ACTIVE | CONTEXT_SERVICE_ACTIVE | CONTEXT_EXCEPTION_REPORTING);
	if (copy->ContextFlags & CONTEXT_EXCEPTION_REQUEST)
		copy->ContextFlags |= CONTEXT_EXCEPTION_REPORTING | CONTEXT_SERVICE_ACTIVE;
	if (!(copy->ContextFlags & FLAG_EXTENDED))
		return STATUS_SUCCESS;
	ke_xstate_save(&image);
	return ke_xstate_answer(given, image.bytes);
}

/* The caller's context, which must be one of this processor's, and the thread, referenced on success. */
static NTSTATUS begin(HANDLE handle, ACCESS_MASK right, const CONTEXT *context, CONTEXT *copy, struct ps_thread **thread)
{
	NTSTATUS status;
	void *found;

	if (host_copy_from_guest(copy, context, sizeof(*copy)))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &ps_thread_type, right, &found);
	if (status)
		return status;
	*thread = found;
	if (copy->ContextFlags & CONTEXT_AMD64)
		return STATUS_SUCCESS;
	ob_dereference(found);
	return STATUS_INVALID_PARAMETER;
}

EXPORT(ntdll, NTSTATUS, NtGetContextThread, (HANDLE handle, CONTEXT *context))
{
	struct ps_thread *thread;
	CONTEXT copy;
	NTSTATUS status;

	status = begin(handle, THREAD_GET_CONTEXT, context, &copy, &thread);
	if (status)
		return status;
	if (thread->child) {
		struct ps_call call = {.data = &copy, .size = sizeof(copy), .answer = &copy, .room = sizeof(copy)};

		/* Extended state stays in its process. */
		copy.ContextFlags &= ~FLAG_EXTENDED;
		status = ps_ask_thread(thread, PS_DO_GET_CONTEXT, &call);
	} else if (thread == ps_self) {
		CONTEXT now;

		ke_capture_caller(&now);
		if (ke_get_context_return) {
			now.Rip = ke_get_context_return;
			now.Rsp -= 8;
		}
		status = get_own(&copy, &now, context);
	} else {
		status = get_other(thread, &copy, context);
	}
	ob_dereference(thread);
	if (!status && host_copy_to_guest(context, &copy, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

static NTSTATUS set_own(CONTEXT *copy, const struct ke_xstate_area *area, ULONG length)
{
	struct ke_xstate_image image;
	ULONG flags = copy->ContextFlags & ~CONTEXT_AMD64;
	CONTEXT now;

	if (flags & CONTEXT_DEBUG_REGISTERS)
		ke_set_debug_registers(ps_self, copy);
	if (area) {
		ke_xstate_save(&image);
		ke_xstate_load(image.bytes, area, length);
		ke_xstate_set(&image);
	}
	if ((flags & CONTEXT_FULL & ~CONTEXT_AMD64) == (CONTEXT_FULL & ~CONTEXT_AMD64))
		ke_restore_context(copy);
	/* Parts of one's own registers: only those that survive a call can be set without going elsewhere. */
	if (flags & 1) {
		ke_capture_caller(&now);
		ps_copy_context(&now, copy, copy->ContextFlags);
		now.ContextFlags = CONTEXT_FULL;
		ke_restore_context(&now);
	}
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtSetContextThread, (HANDLE handle, const CONTEXT *context))
{
	_Alignas(64) uint8_t buffer[XSTATE_AREA_SIZE];
	struct ke_xstate_area *area = NULL;
	struct ps_thread *thread;
	CONTEXT copy;
	NTSTATUS status;
	ULONG length = 0;

	status = begin(handle, THREAD_SET_CONTEXT, context, &copy, &thread);
	if (status)
		return status;
	if (thread->child) {
		struct ps_call call = {.data = &copy, .size = sizeof(copy)};

		copy.ContextFlags &= ~FLAG_EXTENDED;
		status = ps_ask_thread(thread, PS_DO_SET_CONTEXT, &call);
		ob_dereference(thread);
		return status;
	} else if (copy.ContextFlags & FLAG_EXTENDED) {
		area = (struct ke_xstate_area *)(void *)buffer;
		status = ke_xstate_capture((CONTEXT *)context, area, &length);
	}
	if (!status && thread != ps_self)
		status = ps_set_context(thread, &copy, area, length);
	if (status || thread != ps_self) {
		ob_dereference(thread);
		return status;
	}
	ob_dereference(thread);
	return set_own(&copy, area, length);
}
