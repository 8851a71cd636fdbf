/*
 * ntdll/ps/calls.c - the Nt calls about threads: create, open, end, stop, registers, information.
 */
#include "host/fault.h"
#include "host/time.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/scheduling.h"
#include "ntdll/ps/suspend.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define THREAD_TERMINATE 0x0001u
#define THREAD_SUSPEND_RESUME 0x0002u
#define THREAD_GET_CONTEXT 0x0008u
#define THREAD_SET_CONTEXT 0x0010u
#define THREAD_SET_INFORMATION 0x0020u
#define THREAD_QUERY_INFORMATION 0x0040u
#define THREAD_SET_LIMITED_INFORMATION 0x0400u
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800u
#define PROCESS_CREATE_THREAD 0x0002u

static NTSTATUS reference(HANDLE handle, ACCESS_MASK access, struct ps_thread **thread)
{
	return ob_reference_by_handle(handle, &ps_thread_type, access, (void **)thread);
}

/* Only threads of this process can be looked into; a child's is known by what the child says at its end. */
static NTSTATUS reference_own(HANDLE handle, ACCESS_MASK access, struct ps_thread **thread)
{
	NTSTATUS status = reference(handle, access, thread);

	if (!status && (*thread)->child) {
		ob_dereference(*thread);
		status = STATUS_ACCESS_DENIED;
	}
	return status;
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

static NTSTATUS answer_attributes(const void *list, const struct ps_thread *thread)
{
	const struct ps_attribute *entries = (const struct ps_attribute *)((const SIZE_T *)list + 1);
	struct ps_attribute entry;
	SIZE_T size;

	if (!list)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(&size, list, sizeof(size)))
		return STATUS_ACCESS_VIOLATION;
	for (SIZE_T i = 0; size >= sizeof(SIZE_T) && i < (size - sizeof(SIZE_T)) / sizeof(entry) && i < 32; i++) {
		CLIENT_ID id = {ps_own_process.id, thread->id};

		if (host_copy_from_guest(&entry, &entries[i], sizeof(entry)))
			return STATUS_ACCESS_VIOLATION;
		if (entry.attribute == PS_ATTRIBUTE_CLIENT_ID && entry.size >= sizeof(id) &&
		    !store((void *)entry.value, &id, sizeof(id)))
			return STATUS_ACCESS_VIOLATION;
		if (entry.attribute == PS_ATTRIBUTE_TEB_ADDRESS && entry.size >= sizeof(thread->teb) &&
		    !store((void *)entry.value, &thread->teb, sizeof(thread->teb)))
			return STATUS_ACCESS_VIOLATION;
	}
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtCreateThreadEx,
       (HANDLE * handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, HANDLE process, PVOID start, PVOID argument,
	ULONG flags, ULONG_PTR zero_bits, SIZE_T commit, SIZE_T reserve, PVOID attribute_list))
{
	HANDLE value = NULL;
	struct ps_thread *thread;
	struct ob_attributes captured;
	NTSTATUS status;
	ULONG ignored;

	if (!store(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	if (flags & ~0x7Fu)
		return STATUS_INVALID_PARAMETER_7;
	status = ps_check_own_process(process, PROCESS_CREATE_THREAD);
	if (status)
		return status;
	status = ob_capture_attributes(attributes, &captured);
	if (status)
		return status;
	/* Always created stopped: the caller's data about it must be there when it runs. */
	status = ps_create_thread(start, argument, (flags & PS_SKIP_ATTACH) | PS_CREATE_SUSPENDED, reserve, commit, &thread);
	if (status) {
		ob_release_attributes(&captured);
		return status;
	}
	status = ob_create_handle(thread, ob_map_access(&ps_thread_type, access), captured.flags & OBJ_INHERIT, &value);
	ob_release_attributes(&captured);
	if (!status)
		status = answer_attributes(attribute_list, thread);
	if (!status && !store(handle, &value, sizeof(value)))
		status = STATUS_ACCESS_VIOLATION;
	if (status)
		ps_terminate_thread(thread, (DWORD)status);
	else if (!(flags & PS_CREATE_SUSPENDED))
		ps_resume_thread(thread, &ignored);
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
		id->UniqueProcess = ps_own_process.id;
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
	HANDLE value = NULL;
	CLIENT_ID wanted;
	NTSTATUS status;

	if (!store(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	if (!id)
		return STATUS_INVALID_PARAMETER_MIX;
	if (host_copy_from_guest(&wanted, id, sizeof(wanted)))
		return STATUS_ACCESS_VIOLATION;
	status = ob_capture_attributes(attributes, &captured);
	if (status)
		return status;
	thread = ps_find_thread(wanted.UniqueThread);
	if (!thread && ps_open_foreign_thread(wanted.UniqueThread, &thread) == STATUS_SUCCESS &&
	    wanted.UniqueProcess && wanted.UniqueProcess == thread->child->id)
		wanted.UniqueProcess = ps_own_process.id;
	if (!thread || (wanted.UniqueProcess && wanted.UniqueProcess != ps_own_process.id)) {
		status = STATUS_INVALID_CID;
	} else {
		status = ob_create_handle(thread, ob_map_access(&ps_thread_type, access) & ps_thread_type.all,
					  captured.flags & OBJ_INHERIT, &value);
	}
	if (thread)
		ob_dereference(thread);
	ob_release_attributes(&captured);
	if (!status && !store(handle, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	return status;
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
	/* A child's only thread that we know of is its first; a process without threads ends. */
	if (thread->child)
		ps_terminate_child(thread->child, (DWORD)code);
	else
		ps_terminate_thread(thread, (DWORD)code);
	ob_dereference(thread);
	return STATUS_SUCCESS;
}

static NTSTATUS suspend(struct ps_thread *thread, ULONG *previous)
{
	return thread->child ? ps_suspend_child(thread, previous) : ps_suspend_thread(thread, previous);
}

static NTSTATUS resume(struct ps_thread *thread, ULONG *previous)
{
	return thread->child ? ps_resume_child(thread, previous) : ps_resume_thread(thread, previous);
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

EXPORT(ntdll, NTSTATUS, NtAlertResumeThread, (HANDLE handle, ULONG *previous))
{
	return stop_or_go(handle, previous, resume);
}

EXPORT(ntdll, NTSTATUS, NtGetContextThread, (HANDLE handle, CONTEXT *context))
{
	struct ps_thread *thread;
	CONTEXT copy;
	NTSTATUS status;

	if (host_copy_from_guest(&copy, context, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	status = reference_own(handle, THREAD_GET_CONTEXT, &thread);
	if (status)
		return status;
	if (thread == ps_self) {
		ULONG flags = copy.ContextFlags;
		CONTEXT now;

		if (!(flags & CONTEXT_AMD64)) {
			status = STATUS_INVALID_PARAMETER;
		} else {
			RtlCaptureContext(&now);
			/* The caller's view: as it will be when this returns. */
			now.Rip = (DWORD64)(uintptr_t)__builtin_return_address(0);
			now.Rsp = (DWORD64)(uintptr_t)__builtin_frame_address(0) + 16;
			ke_get_debug_registers(thread, &now);
			ps_copy_context(&copy, &now, flags);
		}
	} else {
		status = ps_get_context(thread, &copy);
	}
	ob_dereference(thread);
	if (!status && !store(context, &copy, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSetContextThread, (HANDLE handle, const CONTEXT *context))
{
	struct ps_thread *thread;
	CONTEXT copy;
	NTSTATUS status;

	if (host_copy_from_guest(&copy, context, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	status = reference_own(handle, THREAD_SET_CONTEXT, &thread);
	if (status)
		return status;
	if (thread != ps_self) {
		status = ps_set_context(thread, &copy);
		ob_dereference(thread);
		return status;
	}
	ob_dereference(thread);
	if (!(copy.ContextFlags & CONTEXT_AMD64))
		return STATUS_INVALID_PARAMETER;
	if (copy.ContextFlags & CONTEXT_DEBUG_REGISTERS & ~CONTEXT_AMD64)
		ke_set_debug_registers(ps_self, &copy);
	if ((copy.ContextFlags & CONTEXT_FULL & ~CONTEXT_AMD64) == (CONTEXT_FULL & ~CONTEXT_AMD64))
		ke_restore_context(&copy);
	/* Parts of one's own registers: only those that survive a call can be set without going elsewhere. */
	if (copy.ContextFlags & 1) {
		CONTEXT now;

		RtlCaptureContext(&now);
		ps_copy_context(&now, &copy, copy.ContextFlags);
		now.ContextFlags = CONTEXT_FULL;
		ke_restore_context(&now);
	}
	return STATUS_SUCCESS;
}

/*
 * Information.  Row 76 of the execution facts: some classes are for everybody who may query at all.
 */
static NTSTATUS query_name(struct ps_thread *thread, void *buffer, ULONG size, ULONG *needed)
{
	UNICODE_STRING string = {0};
	NTSTATUS status = STATUS_SUCCESS;

	host_lock_acquire(&thread->suspend_lock);
	*needed = (ULONG)sizeof(string) + thread->description_length;
	if (size < *needed) {
		status = STATUS_BUFFER_TOO_SMALL;
	} else {
		string.Length = string.MaximumLength = (USHORT)thread->description_length;
		string.Buffer = (PWSTR)((char *)buffer + sizeof(string));
		if (!store(buffer, &string, sizeof(string)) ||
		    !store(string.Buffer, thread->description, thread->description_length))
			status = STATUS_ACCESS_VIOLATION;
	}
	host_lock_release(&thread->suspend_lock);
	return status;
}

static void thread_times(struct ps_thread *thread, KERNEL_USER_TIMES *times)
{
	uint64_t user = 0, kernel = 0;

	memset(times, 0, sizeof(*times));
	times->CreateTime.QuadPart = (LONGLONG)thread->create_time;
	times->ExitTime.QuadPart = (LONGLONG)thread->exit_time;
	ps_thread_times(thread, &user, &kernel);
	times->UserTime.QuadPart = (LONGLONG)user;
	times->KernelTime.QuadPart = (LONGLONG)kernel;
}

EXPORT(ntdll, NTSTATUS, NtQueryInformationThread, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	union {
		THREAD_BASIC_INFORMATION basic;
		KERNEL_USER_TIMES times;
		GROUP_AFFINITY group;
		PROCESSOR_NUMBER ideal;
		PVOID address;
		ULONG number;
		BOOLEAN flag;
	} info;
	bool limited = class == ThreadBasicInformation || class == ThreadTimes || class == ThreadAmILastThread ||
		       class == ThreadPriorityBoost || class == ThreadNameInformation || class == ThreadGroupInformation ||
		       class == ThreadIdealProcessorEx;
	struct ps_thread *thread;
	ULONG needed = 0;
	NTSTATUS status;

	status = reference(handle, limited ? THREAD_QUERY_LIMITED_INFORMATION : THREAD_QUERY_INFORMATION, &thread);
	if (status == STATUS_ACCESS_DENIED && limited)
		status = reference(handle, THREAD_QUERY_INFORMATION, &thread);
	if (status)
		return status;
	memset(&info, 0, sizeof(info));
	switch (class) {
	case ThreadBasicInformation:
		info.basic.ExitStatus = (NTSTATUS)thread->exit_code;
		info.basic.TebBaseAddress = thread->teb;
		info.basic.ClientId = (CLIENT_ID){thread->child ? thread->child->id : ps_own_process.id, thread->id};
		info.basic.AffinityMask = thread->affinity;
		info.basic.Priority = 8 + thread->priority;
		info.basic.BasePriority = thread->priority;
		needed = sizeof(info.basic);
		break;
	case ThreadTimes:
		thread_times(thread, &info.times);
		needed = sizeof(info.times);
		break;
	case ThreadQuerySetWin32StartAddress:
		info.address = thread->start;
		needed = sizeof(info.address);
		break;
	case ThreadAmILastThread:
		info.number = ps_thread_count() == 1;
		needed = sizeof(info.number);
		break;
	case ThreadPriorityBoost:
		info.number = thread->boost_disabled;
		needed = sizeof(info.number);
		break;
	case ThreadIsIoPending:
		info.number = 0;
		needed = sizeof(info.number);
		break;
	case ThreadGroupInformation:
		info.group.Mask = thread->affinity;
		needed = sizeof(info.group);
		break;
	case ThreadIdealProcessorEx:
		info.ideal.Number = (UCHAR)thread->ideal_processor;
		needed = sizeof(info.ideal);
		break;
	case ThreadSuspendCount:
		info.number = thread->suspend_count;
		needed = sizeof(info.number);
		break;
	case ThreadHideFromDebugger:
		info.flag = thread->hidden_from_debugger;
		needed = sizeof(info.flag);
		break;
	case ThreadNameInformation:
		status = query_name(thread, buffer, size, &needed);
		goto answered;
	default:
		status = STATUS_INVALID_INFO_CLASS;
		goto answered;
	}
	if (size != needed)
		status = STATUS_INFO_LENGTH_MISMATCH;
	else if (!store(buffer, &info, needed))
		status = STATUS_ACCESS_VIOLATION;
answered:
	ob_dereference(thread);
	if (returned && !store(returned, &needed, sizeof(needed)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

static NTSTATUS set_name(struct ps_thread *thread, const UNICODE_STRING *given)
{
	char16_t *copy, *old;
	UNICODE_STRING string;

	if (host_copy_from_guest(&string, given, sizeof(string)))
		return STATUS_ACCESS_VIOLATION;
	copy = malloc(string.Length + sizeof(char16_t));
	if (!copy)
		return STATUS_NO_MEMORY;
	if (host_copy_from_guest(copy, string.Buffer, string.Length)) {
		free(copy);
		return STATUS_ACCESS_VIOLATION;
	}
	host_lock_acquire(&thread->suspend_lock);
	old = thread->description;
	thread->description = copy;
	thread->description_length = string.Length;
	ps_show_name(thread, copy, string.Length);
	host_lock_release(&thread->suspend_lock);
	free(old);
	return STATUS_SUCCESS;
}

/* A hint that is remembered: Linux has no such thing. */
static NTSTATUS set_ideal(struct ps_thread *thread, ULONG class, const void *buffer, ULONG size)
{
	PROCESSOR_NUMBER ideal = {0};
	ULONG number;

	if (size != (class == ThreadIdealProcessor ? sizeof(number) : sizeof(ideal)))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (host_copy_from_guest(class == ThreadIdealProcessor ? (void *)&number : (void *)&ideal, buffer, size))
		return STATUS_ACCESS_VIOLATION;
	if (class == ThreadIdealProcessorEx)
		number = ideal.Number;
	if (ideal.Group || ideal.Reserved || number > 64)
		return STATUS_INVALID_PARAMETER;
	if (number < 64) /* MAXIMUM_PROCESSORS: none in particular */
		thread->ideal_processor = number;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtSetInformationThread, (HANDLE handle, ULONG class, PVOID buffer, ULONG size))
{
	struct ps_thread *thread;
	GROUP_AFFINITY group;
	KAFFINITY affinity;
	ULONG number = 0;
	NTSTATUS status;

	status = reference_own(handle, class == ThreadNameInformation ? THREAD_SET_LIMITED_INFORMATION : THREAD_SET_INFORMATION,
			   &thread);
	if (status)
		return status;
	switch (class) {
	case ThreadBasePriority:
		if (size != sizeof(number)) {
			status = STATUS_INFO_LENGTH_MISMATCH;
		} else if (host_copy_from_guest(&number, buffer, sizeof(number))) {
			status = STATUS_ACCESS_VIOLATION;
		} else {
			status = ps_set_priority(thread, (LONG)number);
		}
		break;
	case ThreadAffinityMask:
		if (size != sizeof(affinity)) {
			status = STATUS_INFO_LENGTH_MISMATCH;
		} else if (host_copy_from_guest(&affinity, buffer, sizeof(affinity))) {
			status = STATUS_ACCESS_VIOLATION;
		} else {
			status = ps_set_affinity(thread, affinity);
		}
		break;
	case ThreadGroupInformation:
		if (size != sizeof(group))
			status = STATUS_INFO_LENGTH_MISMATCH;
		else if (host_copy_from_guest(&group, buffer, sizeof(group)))
			status = STATUS_ACCESS_VIOLATION;
		else
			status = group.Group ? STATUS_INVALID_PARAMETER : ps_set_affinity(thread, group.Mask);
		break;
	case ThreadIdealProcessor:
	case ThreadIdealProcessorEx:
		status = set_ideal(thread, class, buffer, size);
		break;
	case ThreadPriorityBoost:
		if (size != sizeof(number))
			status = STATUS_INFO_LENGTH_MISMATCH;
		else if (host_copy_from_guest(&number, buffer, sizeof(number)))
			status = STATUS_ACCESS_VIOLATION;
		else
			thread->boost_disabled = number != 0;
		break;
	case ThreadHideFromDebugger:
		if (size)
			status = STATUS_INFO_LENGTH_MISMATCH;
		else
			thread->hidden_from_debugger = true;
		break;
	case ThreadNameInformation:
		status = size == sizeof(UNICODE_STRING) ? set_name(thread, buffer) : STATUS_INFO_LENGTH_MISMATCH;
		break;
	default:
		status = STATUS_INVALID_INFO_CLASS;
		break;
	}
	ob_dereference(thread);
	return status;
}
