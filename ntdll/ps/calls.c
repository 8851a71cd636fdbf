/*
 * ntdll/ps/calls.c - the Nt calls about threads: create, open, end, stop, registers.
 */
#include "host/fault.h"
#include "host/time.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/suspend.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

static NTSTATUS reference(HANDLE handle, ACCESS_MASK access, struct ps_thread **thread)
{
	return ob_reference_by_handle(handle, &ps_thread_type, access, (void **)thread);
}

static bool store(void *to, const void *from, size_t size)
{
	return host_copy_to_guest(to, from, size) == 0;
}

/* PS_ATTRIBUTE_LIST: its size, then entries of attribute, size, value or pointer, return length. */
struct ps_attribute {
	ULONG_PTR attribute, size, value;
	SIZE_T *returned;
};
#define PS_ATTRIBUTE_CLIENT_ID 0x00010003u
#define PS_ATTRIBUTE_TEB_ADDRESS 0x00010004u

/* THREAD_CREATE_FLAGS_ beyond those of thread.h. */
#define HIDE_FROM_DEBUGGER 0x04u
#define LOADER_WORKER 0x10u
#define SKIP_LOADER_INIT 0x20u
#define BYPASS_PROCESS_FREEZE 0x40u

static NTSTATUS answer_attributes(const void *list, const struct ps_thread *thread)
{
	const struct ps_attribute *entries = (const struct ps_attribute *)((const SIZE_T *)list + 1);
	struct ps_attribute entry;
	SIZE_T size, stored;

	if (!list)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(&size, list, sizeof(size)))
		return STATUS_ACCESS_VIOLATION;
	if (size < sizeof(SIZE_T) || (size - sizeof(SIZE_T)) % sizeof(entry))
		return STATUS_INVALID_PARAMETER;
	for (SIZE_T i = 0; size >= sizeof(SIZE_T) && i < (size - sizeof(SIZE_T)) / sizeof(entry) && i < 32; i++) {
		CLIENT_ID id = {thread->child ? thread->child->id : ps_own_process.id, thread->id};

		if (host_copy_from_guest(&entry, &entries[i], sizeof(entry)))
			return STATUS_ACCESS_VIOLATION;
		stored = 0;
		if (entry.attribute == PS_ATTRIBUTE_CLIENT_ID && entry.size >= sizeof(id)) {
			stored = sizeof(id);
			if (!store((void *)entry.value, &id, sizeof(id)))
				return STATUS_ACCESS_VIOLATION;
		} else if (entry.attribute == PS_ATTRIBUTE_TEB_ADDRESS && entry.size >= sizeof(thread->teb)) {
			stored = sizeof(thread->teb);
			if (!store((void *)entry.value, &thread->teb, sizeof(thread->teb)))
				return STATUS_ACCESS_VIOLATION;
		}
		if (stored && entry.returned && !store(entry.returned, &stored, sizeof(stored)))
			return STATUS_ACCESS_VIOLATION;
	}
	return STATUS_SUCCESS;
}

/* A child's first thread is stopped and started through the handover until it runs; others, and then, are asked for it. */
static NTSTATUS suspend(struct ps_thread *thread, ULONG *previous)
{
	struct ps_call call = {.operation = PS_DO_SUSPEND};
	NTSTATUS status;

	if (ps_gate_adjust(thread, 1, previous, &status))
		return status;
	if (!thread->child)
		return ps_suspend_thread(thread, previous);
	status = ps_ask_thread(thread, PS_DO_SUSPEND, &call);
	*previous = (ULONG)call.values[1];
	return status;
}

static NTSTATUS resume(struct ps_thread *thread, ULONG *previous)
{
	struct ps_call call = {.operation = PS_DO_RESUME};
	NTSTATUS status;

	if (ps_gate_adjust(thread, -1, previous, &status))
		return status;
	if (!thread->child)
		return ps_resume_thread(thread, previous);
	status = ps_ask_thread(thread, PS_DO_RESUME, &call);
	*previous = (ULONG)call.values[1];
	/* One that has ended is not suspended. */
	return status == STATUS_THREAD_IS_TERMINATING || status == STATUS_PROCESS_IS_TERMINATING ? STATUS_SUCCESS : status;
}

static NTSTATUS terminate(struct ps_thread *thread, DWORD code)
{
	struct ps_call call = {.values = {0, code}};
	NTSTATUS status;

	if (!thread->child) {
		ps_terminate_thread(thread, code);
		return STATUS_SUCCESS;
	}
	if (ps_at_gate(thread)) {
		/* A process whose only thread ends, ends. */
		ps_terminate_child(thread->child, code);
		return STATUS_SUCCESS;
	}
	status = ps_ask_thread(thread, PS_DO_TERMINATE, &call);
	return status == STATUS_THREAD_IS_TERMINATING || status == STATUS_PROCESS_IS_TERMINATING ? STATUS_SUCCESS : status;
}

EXPORT(ntdll, NTSTATUS, NtCreateThreadEx,
       (HANDLE * handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, HANDLE process, PVOID start, PVOID argument,
	ULONG flags, ULONG_PTR zero_bits, SIZE_T commit, SIZE_T reserve, PVOID attribute_list))
{
	HANDLE value;
	struct ps_thread *thread;
	struct ob_attributes captured;
	struct ps_process *other;
	NTSTATUS status = ob_clear_handle(handle);
	ULONG ignored;

	if (status)
		return status;
	if (flags & ~0x7Fu)
		return STATUS_INVALID_PARAMETER_7;
	status = ps_reference_target(process, PROCESS_CREATE_THREAD, &other);
	if (status)
		return status;
	status = ob_capture_attributes(attributes, &captured);
	/* Always created stopped: the caller's data about it must be there when it runs. */
	if (!status) {
		ULONG creation = (flags & (PS_SKIP_ATTACH | SKIP_LOADER_INIT) ? PS_SKIP_ATTACH : 0) | PS_CREATE_SUSPENDED;

		status = other ? ps_create_remote_thread(other, start, argument, creation, reserve, commit, &thread)
			       : ps_create_thread(start, argument, creation, reserve, commit, &thread);
		if (status)
			ob_release_attributes(&captured);
	}
	if (other)
		ob_dereference(other);
	if (status)
		return status;
	status = ob_create_handle(thread, ob_map_access(&ps_thread_type, access), captured.flags & OBJ_INHERIT, &value);
	ob_release_attributes(&captured);
	if (!status)
		status = answer_attributes(attribute_list, thread);
	thread->hidden_from_debugger = flags & HIDE_FROM_DEBUGGER;
	thread->never_frozen = flags & BYPASS_PROCESS_FREEZE;
	/* As programs see it (nt facts, D): SkipThreadAttach, LoaderWorker. */
	if (!thread->child)
		thread->teb->SameTebFlags |= (flags & PS_SKIP_ATTACH ? 0x8 : 0) | (flags & LOADER_WORKER ? 0x2000 : 0);
	status = ob_store_handle(handle, &value, status);
	if (status)
		terminate(thread, (DWORD)status);
	else if (!(flags & PS_CREATE_SUSPENDED))
		resume(thread, &ignored);
	ob_dereference(thread);
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlCreateUserThread,
       (HANDLE process, PVOID security, BOOLEAN suspended, ULONG zero_bits, SIZE_T reserve, SIZE_T commit, PVOID start,
	PVOID argument, HANDLE *handle, CLIENT_ID *id))
{
	struct ps_thread *thread;
	HANDLE value;
	NTSTATUS status;

	status = NtCreateThreadEx(&value, 0x1FFFFF, NULL, process, start, argument, PS_CREATE_SUSPENDED, zero_bits, commit,
				  reserve, NULL);
	if (status)
		return status;
	status = reference(value, 0, &thread);
	if (status)
		return status;
	if (id) {
		id->UniqueProcess = thread->child ? thread->child->id : ps_own_process.id;
		id->UniqueThread = thread->id;
	}
	ob_dereference(thread);
	if (!suspended)
		NtResumeThread(value, NULL);
	if (handle)
		*handle = value;
	else
		NtClose(value);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtOpenThread,
       (HANDLE * handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, CLIENT_ID *id))
{
	struct ob_attributes captured;
	struct ps_thread *thread;
	HANDLE value;
	CLIENT_ID wanted;
	NTSTATUS status = ob_clear_handle(handle);

	if (status)
		return status;
	if (!id)
		return STATUS_INVALID_PARAMETER_MIX;
	if (host_copy_from_guest(&wanted, id, sizeof(wanted)))
		return STATUS_ACCESS_VIOLATION;
	status = ob_capture_attributes(attributes, &captured);
	if (status)
		return status;
	thread = ps_find_thread(wanted.UniqueThread);
	if (!thread)
		ps_open_foreign_thread(wanted.UniqueThread, &thread);
	if (!thread ||
	    (wanted.UniqueProcess && wanted.UniqueProcess != (thread->child ? thread->child->id : ps_own_process.id))) {
		status = STATUS_INVALID_CID;
	} else {
		status = ob_create_handle(thread, ob_map_access(&ps_thread_type, access) & ps_thread_type.all,
					  captured.flags & OBJ_INHERIT, &value);
	}
	if (thread)
		ob_dereference(thread);
	ob_release_attributes(&captured);
	return ob_store_handle(handle, &value, status);
}

/* The thread after this one, in the order of creation; NULL: the first. */
struct next {
	struct ps_thread *after, *found;
	bool passed;
};

static void look_for_next(struct ps_thread *thread, void *context)
{
	struct next *next = context;

	if (next->passed && !next->found && ob_reference_living(thread))
		next->found = thread;
	if (thread == next->after)
		next->passed = true;
}

EXPORT(ntdll, NTSTATUS, NtGetNextThread,
       (HANDLE process, HANDLE after, ACCESS_MASK access, ULONG attributes, ULONG flags, HANDLE *handle))
{
	struct next next = {.passed = after == NULL};
	NTSTATUS status = ps_check_own_process(process, PROCESS_QUERY_INFORMATION);
	HANDLE value;

	if (status)
		return status;
	if (flags || attributes & ~(ULONG)OBJ_INHERIT)
		return STATUS_INVALID_PARAMETER;
	status = ob_clear_handle(handle);
	if (status)
		return status;
	if (after) {
		status = reference(after, 0, &next.after);
		if (status)
			return status;
	}
	ps_for_each_thread(look_for_next, &next);
	if (next.after)
		ob_dereference(next.after);
	if (!next.found)
		return STATUS_NO_MORE_ENTRIES;
	status = ob_create_handle(next.found, ob_map_access(&ps_thread_type, access) & ps_thread_type.all, attributes, &value);
	ob_dereference(next.found);
	return ob_store_handle(handle, &value, status);
}

EXPORT(ntdll, NTSTATUS, NtTerminateThread, (HANDLE handle, NTSTATUS code))
{
	struct ps_thread *thread;
	NTSTATUS status;

	if (!handle)
		handle = NtCurrentThread();
	status = reference(handle, THREAD_TERMINATE, &thread);
	if (status)
		return status;
	if (thread == ps_self) {
		thread->exit_code = (DWORD)code;
		ob_dereference(thread);
		ps_thread_terminated();
	}
	status = terminate(thread, (DWORD)code);
	ob_dereference(thread);
	return status;
}

static NTSTATUS stop_or_go(HANDLE handle, ULONG *previous, NTSTATUS (*fn)(struct ps_thread *, ULONG *))
{
	struct ps_thread *thread;
	ULONG count = 0;
	NTSTATUS status;

	status = reference(handle, THREAD_SUSPEND_RESUME, &thread);
	if (status)
		return status;
	status = fn(thread, &count);
	ob_dereference(thread);
	if (!status && previous && !store(previous, &count, sizeof(count)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSuspendThread, (HANDLE handle, ULONG *previous))
{
	return stop_or_go(handle, previous, suspend);
}

EXPORT(ntdll, NTSTATUS, NtResumeThread, (HANDLE handle, ULONG *previous))
{
	return stop_or_go(handle, previous, resume);
}

static NTSTATUS alert_and_resume(struct ps_thread *thread, ULONG *previous)
{
	if (thread->child)
		return STATUS_NOT_SUPPORTED;
	ke_alert(thread);
	return resume(thread, previous);
}

EXPORT(ntdll, NTSTATUS, NtAlertResumeThread, (HANDLE handle, ULONG *previous))
{
	return stop_or_go(handle, previous, alert_and_resume);
}
