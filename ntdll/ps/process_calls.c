/*
 * ntdll/ps/process_calls.c - the Nt calls about processes: open, end, information.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "host/process_list.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/handover.h"
#include "ntdll/ps/hints.h"
#include "ntdll/ps/policy.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/suspend.h"
#include "ntdll/ps/scheduling.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

static bool store(void *to, const void *from, size_t size)
{
	return host_copy_to_guest(to, from, size) == 0;
}

EXPORT(ntdll, NTSTATUS, NtOpenProcess,
       (HANDLE * handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, CLIENT_ID *id))
{
	struct ps_process *process = &ps_own_process;
	struct ob_attributes captured;
	HANDLE value;
	CLIENT_ID wanted;
	NTSTATUS status = ob_clear_handle(handle);

	if (status)
		return status;
	if (!attributes)
		return STATUS_ACCESS_VIOLATION;
	if (!id)
		return STATUS_INVALID_PARAMETER_MIX;
	if (host_copy_from_guest(&wanted, id, sizeof(wanted)))
		return STATUS_ACCESS_VIOLATION;
	status = ob_capture_attributes(attributes, &captured);
	if (status)
		return status;
	if (((uintptr_t)wanted.UniqueProcess & ~(uintptr_t)3) == (uintptr_t)ps_own_process.id)
		ob_reference(process);
	else
		status = ps_open_foreign(wanted.UniqueProcess, &process);
	if (!status) {
		status = ob_create_handle(process, ob_map_access(&ps_process_type, access) & ps_process_type.all,
					  captured.flags & OBJ_INHERIT, &value);
		ob_dereference(process);
	}
	ob_release_attributes(&captured);
	return ob_store_handle(handle, &value, status);
}

/* Handle 0: every other thread goes, this one and the process stay. */
EXPORT(ntdll, NTSTATUS, NtTerminateProcess, (HANDLE handle, NTSTATUS code))
{
	struct ps_process *process;
	NTSTATUS status;
	void *found;

	if (!handle) {
		ps_stop_other_threads((DWORD)code);
		return STATUS_SUCCESS;
	}
	status = ob_reference_by_handle(handle, &ps_process_type, PROCESS_TERMINATE, &found);
	if (status)
		return status;
	process = found;
	if (process->own)
		ps_terminate_process((DWORD)code);
	status = ps_terminate_child(process, (DWORD)code);
	ob_dereference(process);
	return status;
}

static void suspend_one(struct ps_thread *thread, void *context)
{
	ULONG count;

	if (thread != ps_self && !thread->never_frozen)
		ps_suspend_thread(thread, &count);
}

static void resume_one(struct ps_thread *thread, void *context)
{
	ULONG count;

	if (thread != ps_self && !thread->never_frozen)
		ps_resume_thread(thread, &count);
}

/* Of another process; one that stands at its gate has one thread. */
static NTSTATUS ask_all(struct ps_process *other, int change, enum ps_operation operation)
{
	struct ps_call call = {.operation = operation};
	struct ps_thread *thread;
	ULONG previous;
	NTSTATUS status = STATUS_SUCCESS;

	if (ps_open_foreign_thread(other->id, &thread) != STATUS_SUCCESS) {
		status = ps_ask(other, &call);
	} else {
		if (!ps_gate_adjust(thread, change, &previous, &status))
			status = ps_ask(other, &call);
		ob_dereference(thread);
	}
	ob_dereference(other);
	return status;
}

/* All threads; the calling one last, when the others stand. */
EXPORT(ntdll, NTSTATUS, NtSuspendProcess, (HANDLE handle))
{
	struct ps_process *other;
	ULONG count;
	NTSTATUS status = ps_reference_target(handle, PROCESS_SUSPEND_RESUME, &other);

	if (status)
		return status;
	if (other)
		return ask_all(other, 1, PS_DO_SUSPEND_ALL);
	ps_for_each_thread(suspend_one, NULL);
	return ps_suspend_thread(ps_self, &count);
}

EXPORT(ntdll, NTSTATUS, NtResumeProcess, (HANDLE handle))
{
	struct ps_process *other;
	NTSTATUS status = ps_reference_target(handle, PROCESS_SUSPEND_RESUME, &other);

	if (status)
		return status;
	if (other)
		return ask_all(other, -1, PS_DO_RESUME_ALL);
	ps_for_each_thread(resume_one, NULL);
	return STATUS_SUCCESS;
}

/* What only the process itself knows; the rest is known here, or to Linux, and stays known when it has ended. */
static bool asks(const struct ps_process *process, ULONG class)
{
	if (process->own || __atomic_load_n(&process->exit_code, __ATOMIC_ACQUIRE) != STILL_ACTIVE)
		return false;
	switch (class) {
	case ProcessBasicInformation:
		return !process->handover->peb;
	case ProcessImageFileNameWin32:
		return !process->image_name.Buffer;
	case ProcessQuotaLimits:
	case ProcessDebugPort:
	case ProcessDebugFlags:
	case ProcessHandleCount:
	case ProcessPriorityClass:
	case ProcessPriorityBoost:
	case ProcessDefaultHardErrorMode:
	case ProcessAffinityMask:
	case ProcessImageFileName:
	case ProcessCommandLineInformation:
		return true;
	default:
		return false;
	}
}

static bool answers_string(ULONG class)
{
	return class == ProcessImageFileNameWin32 || class == ProcessImageFileName || class == ProcessCommandLineInformation;
}

/* A UNICODE_STRING with its characters behind it. */
static NTSTATUS store_string(void *buffer, ULONG size, const UNICODE_STRING *from, ULONG *needed)
{
	UNICODE_STRING string = *from;

	*needed = (ULONG)sizeof(string) + string.Length + 2u;
	if (size < *needed)
		return STATUS_INFO_LENGTH_MISMATCH;
	string.MaximumLength = (USHORT)(string.Length + 2);
	string.Buffer = (PWSTR)((char *)buffer + sizeof(string));
	if (!store(buffer, &string, sizeof(string)) || !store(string.Buffer, from->Buffer, string.Length) ||
	    host_fill_guest((char *)string.Buffer + string.Length, 0, 2))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

/* The image as DOS or NT's devices name it, or the command line, of which only the process knows. */
static NTSTATUS query_string(const struct ps_process *process, ULONG class, void *buffer, ULONG size, ULONG *needed)
{
	const UNICODE_STRING *image = process->own ? &ps_peb->ProcessParameters->ImagePathName : &process->image_name;
	WCHAR device[] = u"\\Device\\HarddiskVolume2";
	UNICODE_STRING name;
	NTSTATUS status;

	if (class == ProcessImageFileNameWin32)
		return store_string(buffer, size, image, needed);
	if (class == ProcessCommandLineInformation)
		return process->own ? store_string(buffer, size, &ps_peb->ProcessParameters->CommandLine, needed)
				    : STATUS_PROCESS_IS_TERMINATING;
	if (image->Length < 4 || image->Buffer[1] != u':')
		return store_string(buffer, size, image, needed);
	if (image->Buffer[0] == u'C' || image->Buffer[0] == u'c')
		device[ARRAY_SIZE(device) - 2] = u'1';
	name.Length = (USHORT)(sizeof(device) - 2 + image->Length - 4);
	name.MaximumLength = name.Length;
	name.Buffer = malloc(name.Length);
	if (!name.Buffer)
		return STATUS_NO_MEMORY;
	memcpy(name.Buffer, device, sizeof(device) - 2);
	memcpy((char *)name.Buffer + sizeof(device) - 2, image->Buffer + 2, image->Length - 4);
	status = store_string(buffer, size, &name, needed);
	free(name.Buffer);
	return status;
}

static void process_times(const struct ps_process *process, KERNEL_USER_TIMES *times)
{
	uint64_t user = process->times[0], kernel = process->times[1];

	if (process->own)
		host_cpu_times(0, &user, &kernel);
	else if (__atomic_load_n(&process->exit_code, __ATOMIC_ACQUIRE) == STILL_ACTIVE)
		host_process_times(process->pid, &user, &kernel);
	times->CreateTime.QuadPart = (LONGLONG)process->create_time;
	times->ExitTime.QuadPart = (LONGLONG)process->exit_time;
	times->UserTime.QuadPart = (LONGLONG)user;
	times->KernelTime.QuadPart = (LONGLONG)kernel;
}

static void process_basic(const struct ps_process *process, PROCESS_BASIC_INFORMATION *basic)
{
	*basic = (PROCESS_BASIC_INFORMATION){
		.ExitStatus = (NTSTATUS)__atomic_load_n(&process->exit_code, __ATOMIC_ACQUIRE),
		.PebBaseAddress = process->own ? ps_peb : (PEB *)(uintptr_t)process->handover->peb,
		.AffinityMask = ps_process_affinity(),
		.BasePriority = 8,
		.UniqueProcessId = (ULONG_PTR)process->id,
		.InheritedFromUniqueProcessId = (ULONG_PTR)process->parent,
	};
}

static NTSTATUS reference_limited(HANDLE handle, struct ps_process **process)
{
	void *found = NULL;
	NTSTATUS status = ob_reference_by_handle(handle, &ps_process_type, PROCESS_QUERY_LIMITED_INFORMATION, &found);

	if (status == STATUS_ACCESS_DENIED)
		status = ob_reference_by_handle(handle, &ps_process_type, PROCESS_QUERY_INFORMATION, &found);
	*process = found;
	return status;
}

NTSTATUS ps_query_basic(HANDLE handle, PROCESS_BASIC_INFORMATION *basic)
{
	struct ps_process *process;
	NTSTATUS status = reference_limited(handle, &process);

	if (status)
		return status;
	process_basic(process, basic);
	ob_dereference(process);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtQueryInformationProcess, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	union {
		PROCESS_BASIC_INFORMATION basic;
		KERNEL_USER_TIMES times;
		ULONG_PTR word;
		ULONG number;
		struct {
			BOOLEAN foreground;
			UCHAR class;
		} priority;
		struct ps_policy policy;
		char hint[PS_HINT_SIZE];
	} info;
	struct ps_process *process;
	ULONG needed = 0;
	NTSTATUS status = reference_limited(handle, &process);

	if (status)
		return status;
	if (asks(process, class)) {
		struct ps_call call = {.operation = PS_DO_QUERY_PROCESS, .values = {class}};
		size_t used = 0;

		status = ps_ask_query(process, &call, buffer, size, answers_string(class), &used);
		needed = (ULONG)used;
		if (status != STATUS_PROCESS_IS_TERMINATING)
			goto answered;
		status = STATUS_SUCCESS;
	}
	memset(&info, 0, sizeof(info));
	switch (class) {
	case ProcessBasicInformation:
		process_basic(process, &info.basic);
		needed = sizeof(info.basic);
		break;
	case ProcessQuotaLimits: {
		QUOTA_LIMITS_EX limits;

		ps_quota_limits(&limits);
		needed = size == offsetof(QUOTA_LIMITS_EX, WorkingSetLimit) ? size : (ULONG)sizeof(limits);
		if (!process->own)
			status = STATUS_ACCESS_DENIED;
		else if (size != needed)
			status = STATUS_INFO_LENGTH_MISMATCH;
		else if (!store(buffer, &limits, needed))
			status = STATUS_ACCESS_VIOLATION;
		goto answered;
	}
	case ProcessVmCounters: {
		VM_COUNTERS_EX2 counters;

		/* The structure in one of its three lengths. */
		needed = sizeof(counters);
		if (size == offsetof(VM_COUNTERS_EX2, PrivateUsage) || size == offsetof(VM_COUNTERS_EX2, PrivateWorkingSetSize))
			needed = size;
		if (size != needed)
			status = STATUS_INFO_LENGTH_MISMATCH;
		else
			status = ps_vm_counters(process, &counters);
		if (!status && !store(buffer, &counters, needed))
			status = STATUS_ACCESS_VIOLATION;
		goto answered;
	}
	case ProcessTimes:
		process_times(process, &info.times);
		needed = sizeof(info.times);
		break;
	case ProcessDebugPort:
		info.word = process->own && ps_debugged ? (ULONG_PTR)-1 : 0;
		needed = sizeof(info.word);
		break;
	case ProcessWow64Information:
		needed = sizeof(info.word);
		break;
	case ProcessDebugFlags:
		info.number = !process->own || ps_debug_flags() & PS_DEBUG_INHERIT ? 1 : 0;
		needed = sizeof(info.number);
		break;
	case ProcessDefaultHardErrorMode:
		info.number = process->error_mode;
		needed = sizeof(info.number);
		break;
	case ProcessPriorityClass:
		info.priority.class = (UCHAR)process->priority_class;
		needed = sizeof(info.priority);
		break;
	case ProcessPriorityBoost:
		info.number = process->boost_disabled;
		needed = sizeof(info.number);
		break;
	case ProcessHandleCount:
		info.number = process->own ? ob_handle_count() : 0; /* one that has ended has none */
		needed = sizeof(info.number);
		break;
	case ProcessAffinityMask:
		info.word = ps_process_affinity();
		needed = sizeof(info.word);
		break;
	case ProcessSessionInformation:
		info.number = OB_SESSION_ID;
		needed = sizeof(info.number);
		break;
	case ProcessExecuteFlags:
		info.number = 0xD;
		needed = sizeof(info.number);
		break;
	case ProcessMitigationPolicy:
		needed = sizeof(info.policy);
		if (!process->own)
			status = STATUS_ACCESS_DENIED;
		else if (size != needed)
			status = STATUS_INFO_LENGTH_MISMATCH;
		else if (host_copy_from_guest(&info.policy, buffer, needed))
			status = STATUS_ACCESS_VIOLATION;
		else
			status = ps_query_policy(&info.policy);
		if (status)
			goto answered;
		break;
	case ProcessImageFileNameWin32:
	case ProcessImageFileName:
	case ProcessCommandLineInformation:
		status = query_string(process, class, buffer, size, &needed);
		goto answered;
	default:
		status = ps_query_process_hint(process, class, &info, &needed);
		if (status == STATUS_PORT_NOT_SET && size == needed && !store(buffer, &info, needed))
			status = STATUS_ACCESS_VIOLATION;
		if (status == STATUS_PORT_NOT_SET && size != needed)
			status = STATUS_INFO_LENGTH_MISMATCH;
		if (status)
			goto answered;
		break;
	}
	if (size != needed && !(class == ProcessBasicInformation && size > needed))
		status = STATUS_INFO_LENGTH_MISMATCH;
	else if (!store(buffer, &info, needed))
		status = STATUS_ACCESS_VIOLATION;
answered:
	ob_dereference(process);
	if (returned && !store(returned, &needed, sizeof(needed)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSetInformationProcess, (HANDLE handle, ULONG class, PVOID buffer, ULONG size))
{
	struct {
		BOOLEAN foreground;
		UCHAR class;
	} priority;
	struct ps_policy policy;
	ULONG number;
	KAFFINITY mask;
	QUOTA_LIMITS_EX limits;
	struct ps_call call = {.operation = PS_DO_SET_PROCESS, .values = {class}, .data = buffer, .size = size};
	NTSTATUS status;
	bool done;

	if (size > PS_CALL_BYTES)
		return STATUS_INFO_LENGTH_MISMATCH;
	status = ps_ask_target(handle, class == ProcessQuotaLimits ? PROCESS_SET_QUOTA : PROCESS_SET_INFORMATION, &call, &done);
	if (done)
		return status;
	switch (class) {
	case ProcessQuotaLimits:
		if (size != sizeof(limits) && size != offsetof(QUOTA_LIMITS_EX, WorkingSetLimit))
			return STATUS_INFO_LENGTH_MISMATCH;
		if (host_copy_from_guest(&limits, buffer, size))
			return STATUS_ACCESS_VIOLATION;
		return ps_set_quota_limits(&limits, size == sizeof(limits));
	case ProcessPriorityClass:
		if (size != sizeof(priority))
			return STATUS_INFO_LENGTH_MISMATCH;
		if (host_copy_from_guest(&priority, buffer, sizeof(priority)))
			return STATUS_ACCESS_VIOLATION;
		if (!priority.class || priority.class > 6)
			return STATUS_INVALID_PARAMETER;
		ps_set_priority_class(priority.class);
		return STATUS_SUCCESS;
	case ProcessDebugFlags:
	case ProcessPriorityBoost:
	case ProcessDefaultHardErrorMode:
		if (size != sizeof(number))
			return STATUS_INFO_LENGTH_MISMATCH;
		if (host_copy_from_guest(&number, buffer, sizeof(number)))
			return STATUS_ACCESS_VIOLATION;
		if (class == ProcessPriorityBoost)
			ps_own_process.boost_disabled = number != 0;
		else if (class == ProcessDebugFlags)
			ps_debug_set_inherit(number & 1);
		else
			ps_own_process.error_mode = number;
		return STATUS_SUCCESS;
	case ProcessMitigationPolicy:
		if (size != sizeof(policy))
			return STATUS_INFO_LENGTH_MISMATCH;
		if (host_copy_from_guest(&policy, buffer, sizeof(policy)))
			return STATUS_ACCESS_VIOLATION;
		return ps_set_policy(&policy);
	case ProcessExecuteFlags:
		/* Those of a 64-bit process are permanent (execution facts, row 22). */
		return STATUS_INVALID_PARAMETER;
	case ProcessAffinityMask:
		if (size != sizeof(mask))
			return STATUS_INFO_LENGTH_MISMATCH;
		if (host_copy_from_guest(&mask, buffer, sizeof(mask)))
			return STATUS_ACCESS_VIOLATION;
		return ps_set_process_affinity(mask);
	default:
		return ps_set_process_hint(class, buffer, size);
	}
}
