/*
 * ntdll/ps/thread_info.c - NtQueryInformationThread and NtSetInformationThread.
 */
#include "host/fault.h"
#include "ntdll/io/io.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/hints.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/scheduling.h"
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

NTSTATUS ps_query_thread(struct ps_thread *thread, ULONG class, void *buffer, ULONG size, ULONG *returned)
{
	union {
		THREAD_BASIC_INFORMATION basic;
		KERNEL_USER_TIMES times;
		GROUP_AFFINITY group;
		PROCESSOR_NUMBER ideal;
		PVOID address;
		ULONG number;
		BOOLEAN flag;
		char hint[PS_HINT_SIZE];
	} info;
	ULONG needed = 0;
	NTSTATUS status;

	memset(&info, 0, sizeof(info));
	switch (class) {
	case ThreadBasicInformation:
		info.basic.ExitStatus = (NTSTATUS)ps_thread_exit_code(thread);
		info.basic.TebBaseAddress = thread->teb;
		info.basic.ClientId = (CLIENT_ID){thread->child ? thread->child->id : ps_own_process.id, thread->id};
		info.basic.AffinityMask = thread->affinity;
		info.basic.Priority = ps_base_priority(thread);
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
		info.number = io_async_is_pending(thread);
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
		info.number = ps_gate_count(thread, thread->suspend_count);
		needed = sizeof(info.number);
		break;
	case ThreadHideFromDebugger:
		info.flag = thread->hidden_from_debugger;
		needed = sizeof(info.flag);
		break;
	case ThreadNameInformation:
		return query_name(thread, buffer, size, returned);
	default:
		status = ps_query_thread_hint(thread, class, &info, &needed);
		if (status)
			return status;
		break;
	}
	*returned = needed;
	if (size != needed)
		return STATUS_INFO_LENGTH_MISMATCH;
	return store(buffer, &info, needed) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* Of a thread elsewhere.  What does not need its process is known here, and stays known when that has ended. */
static NTSTATUS query_remote(struct ps_thread *thread, ULONG class, void *buffer, ULONG size, ULONG *returned)
{
	struct ps_call call = {.operation = PS_DO_QUERY_THREAD, .values = {(uintptr_t)thread->id, class}};
	size_t used = 0;
	NTSTATUS status;

	if (ps_thread_exit_code(thread) != STILL_ACTIVE || (class == ThreadSuspendCount && ps_at_gate(thread)) ||
	    (class == ThreadBasicInformation && thread->teb))
		return ps_query_thread(thread, class, buffer, size, returned);
	status = ps_ask_query(thread->child, &call, buffer, size, class == ThreadNameInformation, &used);
	*returned = (ULONG)used;
	return status == STATUS_PROCESS_IS_TERMINATING || status == STATUS_THREAD_IS_TERMINATING
		       ? ps_query_thread(thread, class, buffer, size, returned)
		       : status;
}

NTSTATUS ps_query_thread_basic(HANDLE handle, THREAD_BASIC_INFORMATION *basic)
{
	struct ps_thread *thread;
	ULONG needed;
	NTSTATUS status = reference(handle, THREAD_QUERY_LIMITED_INFORMATION, &thread);

	if (status == STATUS_ACCESS_DENIED)
		status = reference(handle, THREAD_QUERY_INFORMATION, &thread);
	if (status)
		return status;
	status = ps_query_thread(thread, ThreadBasicInformation, basic, sizeof(*basic), &needed);
	ob_dereference(thread);
	return status;
}

/* Row 76 of the execution facts: some classes are for everybody who may query at all. */
EXPORT(ntdll, NTSTATUS, NtQueryInformationThread, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	bool limited = class == ThreadBasicInformation || class == ThreadTimes || class == ThreadAmILastThread ||
		       class == ThreadPriorityBoost || class == ThreadNameInformation || class == ThreadGroupInformation ||
		       class == ThreadIdealProcessorEx || ps_thread_hint_is_limited(class);
	struct ps_thread *thread;
	ULONG needed = 0;
	NTSTATUS status;

	status = reference(handle, limited ? THREAD_QUERY_LIMITED_INFORMATION : THREAD_QUERY_INFORMATION, &thread);
	if (status == STATUS_ACCESS_DENIED && limited)
		status = reference(handle, THREAD_QUERY_INFORMATION, &thread);
	if (status)
		return status;
	status = thread->child ? query_remote(thread, class, buffer, size, &needed)
			       : ps_query_thread(thread, class, buffer, size, &needed);
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

NTSTATUS ps_set_thread(struct ps_thread *thread, ULONG class, const void *buffer, ULONG size)
{
	GROUP_AFFINITY group;
	KAFFINITY affinity;
	ULONG number = 0;
	NTSTATUS status = STATUS_SUCCESS;

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
		status = ps_set_thread_hint(thread, class, buffer, size);
		break;
	}
	return status;
}

static NTSTATUS set_remote(struct ps_thread *thread, ULONG class, const void *buffer, ULONG size)
{
	struct ps_call call = {.values = {0, class}, .data = buffer, .size = size};

	/* A name is a pointer to the caller's memory. */
	if (class == ThreadNameInformation)
		return STATUS_ACCESS_DENIED;
	if (size > sizeof(GROUP_AFFINITY))
		return STATUS_INFO_LENGTH_MISMATCH;
	return ps_ask_thread(thread, PS_DO_SET_THREAD, &call);
}

EXPORT(ntdll, NTSTATUS, NtSetInformationThread, (HANDLE handle, ULONG class, PVOID buffer, ULONG size))
{
	struct ps_thread *thread;
	HANDLE token;
	NTSTATUS status;

	if (class == ThreadImpersonationToken) {
		if (size != sizeof(token))
			return STATUS_INFO_LENGTH_MISMATCH;
		if (host_copy_from_guest(&token, buffer, sizeof(token)))
			return STATUS_ACCESS_VIOLATION;
		status = reference(handle, THREAD_SET_THREAD_TOKEN, &thread);
	} else {
		status = reference(handle,
				   class == ThreadNameInformation || class == ThreadSelectedCpuSets ? THREAD_SET_LIMITED_INFORMATION
												     : THREAD_SET_INFORMATION,
				   &thread);
	}
	if (status)
		return status;
	if (class == ThreadImpersonationToken)
		status = se_set_thread_token_handle(thread, token);
	else
		status = thread->child ? set_remote(thread, class, buffer, size) : ps_set_thread(thread, class, buffer, size);
	ob_dereference(thread);
	return status;
}
