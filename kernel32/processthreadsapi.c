/*
 * kernel32/processthreadsapi.c - processes and threads.
 */
#include "kernel32/api.h"
#include "kernel32/file.h"
#include "kernel32/kernel32.h"
#include "host/thread.h"
#include "ntdll/ldr.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/actctx.h"

#include <string.h>

#define CREATE_SUSPENDED 0x00000004u
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000u
#define THREAD_ALL_ACCESS 0x1FFFFFu
#define THREAD_PRIORITY_ERROR_RETURN 0x7FFFFFFF

NTSTATUS NTAPI NtCreateThreadEx(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, HANDLE process,
				PVOID start, PVOID argument, ULONG flags, ULONG_PTR zero_bits, SIZE_T commit, SIZE_T reserve,
				PVOID attribute_list);

EXPORT(kernel32, HANDLE, GetCurrentProcess, (void))
{
	return NtCurrentProcess();
}

EXPORT(kernel32, HANDLE, GetCurrentThread, (void))
{
	return NtCurrentThread();
}

EXPORT(kernel32, DWORD, GetCurrentProcessId, (void))
{
	return (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueProcess;
}

EXPORT(kernel32, DWORD, GetCurrentThreadId, (void))
{
	return (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueThread;
}

/* Times are 100 ns units; a start time of 0 = not ended. */
static FILETIME file_time(LARGE_INTEGER time)
{
	return (FILETIME){time.LowPart, (DWORD)time.HighPart};
}

/*
 * Threads.
 */
EXPORT(kernel32, HANDLE, CreateRemoteThreadEx,
       (HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack, PVOID start, LPVOID parameter, DWORD flags,
	PVOID attribute_list, LPDWORD id))
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
	THREAD_BASIC_INFORMATION info;
	HANDLE handle;
	SIZE_T reserve = 0, commit = 0;
	ULONG ignored;
	NTSTATUS status;

	if (flags & ~(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (flags & STACK_SIZE_PARAM_IS_A_RESERVATION)
		reserve = stack;
	else
		commit = stack;
	if (security && security->bInheritHandle)
		attributes.Attributes |= OBJ_INHERIT;
	status = NtCreateThreadEx(&handle, THREAD_ALL_ACCESS, &attributes, process, start, parameter, PS_CREATE_SUSPENDED, 0,
				  commit, reserve, NULL);
	if (status == STATUS_PROCESS_IS_TERMINATING)
		status = STATUS_ACCESS_DENIED;
	if (!win32_result(status))
		return NULL;
	if ((id || rtl_actctx_active()) &&
	    NT_SUCCESS(NtQueryInformationThread(handle, ThreadBasicInformation, &info, sizeof(info), NULL))) {
		if (id)
			*id = (DWORD)(uintptr_t)info.ClientId.UniqueThread;
		/* It begins in its creator's activation context (nt facts, execution 79). */
		if (info.ClientId.UniqueProcess == NtCurrentTeb()->ClientId.UniqueProcess)
			rtl_actctx_inherit(info.TebBaseAddress);
	}
	if (!(flags & CREATE_SUSPENDED))
		NtResumeThread(handle, &ignored);
	return handle;
}

EXPORT(kernel32, HANDLE, CreateThread,
       (LPSECURITY_ATTRIBUTES security, SIZE_T stack, PVOID start, LPVOID parameter, DWORD flags, LPDWORD id))
{
	return CreateRemoteThreadEx(NtCurrentProcess(), security, stack, start, parameter, flags, NULL, id);
}

EXPORT(kernel32, HANDLE, CreateRemoteThread,
       (HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack, PVOID start, LPVOID parameter, DWORD flags, LPDWORD id))
{
	return CreateRemoteThreadEx(process, security, stack, start, parameter, flags, NULL, id);
}

EXPORT(kernel32, void, ExitThread, (DWORD code))
{
	ps_exit_thread(code);
}

EXPORT(kernel32, BOOL, TerminateThread, (HANDLE thread, DWORD code))
{
	if (!thread) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	return win32_result(NtTerminateThread(thread, (NTSTATUS)code));
}

EXPORT(kernel32, DWORD, SuspendThread, (HANDLE thread))
{
	ULONG previous;

	return win32_result(NtSuspendThread(thread, &previous)) ? previous : (DWORD)-1;
}

EXPORT(kernel32, DWORD, ResumeThread, (HANDLE thread))
{
	ULONG previous;

	return win32_result(NtResumeThread(thread, &previous)) ? previous : (DWORD)-1;
}

EXPORT(kernel32, BOOL, GetThreadContext, (HANDLE thread, CONTEXT *context))
{
	return win32_result(NtGetContextThread(thread, context));
}

EXPORT(kernel32, BOOL, SetThreadContext, (HANDLE thread, const CONTEXT *context))
{
	return win32_result(NtSetContextThread(thread, context));
}

static BOOL thread_basic(HANDLE thread, THREAD_BASIC_INFORMATION *info)
{
	return win32_result(ps_query_thread_basic(thread, info));
}

EXPORT(kernel32, BOOL, GetExitCodeThread, (HANDLE thread, LPDWORD code))
{
	THREAD_BASIC_INFORMATION info;

	if (!thread_basic(thread, &info))
		return FALSE;
	*code = (DWORD)info.ExitStatus;
	return TRUE;
}

EXPORT(kernel32, DWORD, GetThreadId, (HANDLE thread))
{
	THREAD_BASIC_INFORMATION info;

	return thread_basic(thread, &info) ? (DWORD)(uintptr_t)info.ClientId.UniqueThread : 0;
}

EXPORT(kernel32, DWORD, GetProcessIdOfThread, (HANDLE thread))
{
	THREAD_BASIC_INFORMATION info;

	return thread_basic(thread, &info) ? (DWORD)(uintptr_t)info.ClientId.UniqueProcess : 0;
}

EXPORT(kernel32, HANDLE, OpenThread, (DWORD access, BOOL inherit, DWORD id))
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .Attributes = inherit ? OBJ_INHERIT : 0};
	CLIENT_ID client = {NULL, (HANDLE)(uintptr_t)id};
	HANDLE handle;
	NTSTATUS status = NtOpenThread(&handle, access, &attributes, &client);

	if (status == STATUS_INVALID_CID)
		status = STATUS_INVALID_PARAMETER;
	return win32_result(status) ? handle : NULL;
}

EXPORT(kernel32, int, GetThreadPriority, (HANDLE thread))
{
	THREAD_BASIC_INFORMATION info;

	if (!thread_basic(thread, &info))
		return THREAD_PRIORITY_ERROR_RETURN;
	/* The extremes saturate. */
	return info.BasePriority == 16 ? 15 : info.BasePriority == -16 ? -15 : info.BasePriority;
}

EXPORT(kernel32, BOOL, SetThreadPriority, (HANDLE thread, int priority))
{
	LONG value = priority;

	/* THREAD_MODE_BACKGROUND_BEGIN and _END: what I/O and memory would be given up for is not Linux' to give. */
	if (priority == 0x10000 || priority == 0x20000) {
		if (thread == NtCurrentThread())
			return TRUE;
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return win32_result(NtSetInformationThread(thread, ThreadBasePriority, &value, sizeof(value)));
}

EXPORT(kernel32, BOOL, GetThreadPriorityBoost, (HANDLE thread, BOOL *disabled))
{
	ULONG value;

	if (!win32_result(NtQueryInformationThread(thread, ThreadPriorityBoost, &value, sizeof(value), NULL)))
		return FALSE;
	*disabled = value != 0;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetThreadPriorityBoost, (HANDLE thread, BOOL disable))
{
	ULONG value = disable != 0;

	return win32_result(NtSetInformationThread(thread, ThreadPriorityBoost, &value, sizeof(value)));
}

/* The old mask, or 0. */
EXPORT(kernel32, DWORD_PTR, SetThreadAffinityMask, (HANDLE thread, DWORD_PTR mask))
{
	THREAD_BASIC_INFORMATION info;
	KAFFINITY wanted = mask, all = 0;

	if (!thread_basic(thread, &info))
		return 0;
	if ((DWORD)mask == UINT32_MAX &&
	    NT_SUCCESS(NtQueryInformationProcess(NtCurrentProcess(), ProcessAffinityMask, &all, sizeof(all), NULL)))
		wanted = all;
	if (!win32_result(NtSetInformationThread(thread, ThreadAffinityMask, &wanted, sizeof(wanted))))
		return 0;
	return info.AffinityMask;
}

/* The old one.  MAXIMUM_PROCESSORS only asks. */
EXPORT(kernel32, DWORD, SetThreadIdealProcessor, (HANDLE thread, DWORD processor))
{
	PROCESSOR_NUMBER old;
	ULONG number = processor;

	if (!win32_result(NtQueryInformationThread(thread, ThreadIdealProcessorEx, &old, sizeof(old), NULL)) ||
	    !win32_result(NtSetInformationThread(thread, ThreadIdealProcessor, &number, sizeof(number))))
		return (DWORD)-1;
	return old.Number;
}

EXPORT(kernel32, BOOL, GetThreadTimes, (HANDLE thread, LPFILETIME creation, LPFILETIME end, LPFILETIME kernel, LPFILETIME user))
{
	KERNEL_USER_TIMES times;

	if (!win32_result(NtQueryInformationThread(thread, ThreadTimes, &times, sizeof(times), NULL)))
		return FALSE;
	*creation = file_time(times.CreateTime);
	*end = file_time(times.ExitTime);
	*kernel = file_time(times.KernelTime);
	*user = file_time(times.UserTime);
	return TRUE;
}

EXPORT(kernel32, BOOL, GetThreadIOPendingFlag, (HANDLE thread, BOOL *pending))
{
	ULONG value;

	if (!win32_result(NtQueryInformationThread(thread, ThreadIsIoPending, &value, sizeof(value), NULL)))
		return FALSE;
	*pending = value != 0;
	return TRUE;
}

EXPORT(kernel32, HRESULT, SetThreadDescription, (HANDLE thread, PCWSTR description))
{
	UNICODE_STRING string = {0};
	size_t length = description ? rtl_wcslen(description) : 0;
	NTSTATUS status;

	if (length > 0x7FFE)
		return (HRESULT)0x80070057;
	string.Length = string.MaximumLength = (USHORT)(length * sizeof(WCHAR));
	string.Buffer = (PWSTR)description;
	status = NtSetInformationThread(thread, ThreadNameInformation, &string, sizeof(string));
	return NT_SUCCESS(status) ? S_OK : (HRESULT)((uint32_t)status | 0x10000000u); /* HRESULT_FROM_NT */
}

/* The string is freed with LocalFree. */
EXPORT(kernel32, HRESULT, GetThreadDescription, (HANDLE thread, PWSTR *description))
{
	UNICODE_STRING *string = NULL;
	ULONG needed = sizeof(*string) + 64;
	NTSTATUS status;
	PVOID heap = NtCurrentPeb()->ProcessHeap;

	*description = NULL;
	do {
		if (string)
			RtlFreeHeap(heap, 0, string);
		string = RtlAllocateHeap(heap, 0, needed + sizeof(WCHAR));
		if (!string)
			return E_OUTOFMEMORY;
		status = NtQueryInformationThread(thread, ThreadNameInformation, string, needed, &needed);
	} while (status == STATUS_BUFFER_TOO_SMALL);
	if (!NT_SUCCESS(status)) {
		RtlFreeHeap(heap, 0, string);
		return (HRESULT)((uint32_t)status | 0x10000000u);
	}
	needed = string->Length;
	memmove(string, string + 1, needed);
	((WCHAR *)string)[needed / sizeof(WCHAR)] = 0;
	*description = (PWSTR)string;
	return S_OK;
}

EXPORT(kernel32, BOOL, SwitchToThread, (void))
{
	return NtYieldExecution() == STATUS_SUCCESS;
}

EXPORT(kernel32, void, GetCurrentThreadStackLimits, (PULONG_PTR low, PULONG_PTR high))
{
	*low = (ULONG_PTR)NtCurrentTeb()->DeallocationStack;
	*high = (ULONG_PTR)NtCurrentTeb()->NtTib.StackBase;
}

/* Rounds up to pages, two at the least; never shrinks.  *size receives the old value. */
EXPORT(kernel32, BOOL, SetThreadStackGuarantee, (PULONG size))
{
	TEB *teb = NtCurrentTeb();
	ULONG wanted = *size, old = teb->GuaranteedStackBytes;
	ULONG rounded = (wanted + 0xFFF) & ~0xFFFu;

	*size = old;
	if (!wanted)
		return TRUE;
	if (rounded < 0x2000)
		rounded = 0x2000;
	if (rounded < wanted || rounded >= (ULONG_PTR)teb->NtTib.StackBase - (ULONG_PTR)teb->DeallocationStack - 0x3000) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (rounded > old)
		teb->GuaranteedStackBytes = rounded;
	return TRUE;
}

EXPORT(kernel32, DWORD, QueueUserAPC, (PVOID function, HANDLE thread, ULONG_PTR data))
{
	return (DWORD)win32_result(NtQueueApcThread(thread, function, (PVOID)data, NULL, NULL));
}

/* `flags`: 1 a special APC, 10000 the function is told the context that it interrupts. */
EXPORT(kernel32, BOOL, QueueUserAPC2, (PVOID function, HANDLE thread, ULONG_PTR data, DWORD flags))
{
	return win32_result(NtQueueApcThreadEx2(thread, NULL, flags, function, (PVOID)data, NULL, NULL));
}

/*
 * Processes.
 */
EXPORT(kernel32, void, ExitProcess, (UINT code))
{
	ps_exit_process(code);
}

EXPORT(kernel32, BOOL, TerminateProcess, (HANDLE process, UINT code))
{
	if (!process) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	return win32_result(NtTerminateProcess(process, (NTSTATUS)code));
}

EXPORT(kernel32, void, FreeLibraryAndExitThread, (HMODULE module, DWORD code))
{
	if (ldr_operations.unload)
		ldr_operations.unload(module);
	ps_exit_thread(code);
}

static BOOL process_basic(HANDLE process, PROCESS_BASIC_INFORMATION *info)
{
	return win32_result(ps_query_basic(process, info));
}

EXPORT(kernel32, BOOL, GetExitCodeProcess, (HANDLE process, LPDWORD code))
{
	PROCESS_BASIC_INFORMATION info;

	if (!process_basic(process, &info))
		return FALSE;
	*code = (DWORD)info.ExitStatus;
	return TRUE;
}

EXPORT(kernel32, DWORD, GetProcessId, (HANDLE process))
{
	PROCESS_BASIC_INFORMATION info;

	return process_basic(process, &info) ? (DWORD)info.UniqueProcessId : 0;
}

EXPORT(kernel32, HANDLE, OpenProcess, (DWORD access, BOOL inherit, DWORD id))
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .Attributes = inherit ? OBJ_INHERIT : 0};
	CLIENT_ID client = {(HANDLE)(uintptr_t)id, NULL};
	HANDLE handle;
	NTSTATUS status = NtOpenProcess(&handle, access, &attributes, &client);

	if (status == STATUS_INVALID_CID)
		status = STATUS_INVALID_PARAMETER;
	return win32_result(status) ? handle : NULL;
}

EXPORT(kernel32, BOOL, GetProcessTimes,
       (HANDLE process, LPFILETIME creation, LPFILETIME end, LPFILETIME kernel, LPFILETIME user))
{
	KERNEL_USER_TIMES times;

	if (!win32_result(NtQueryInformationProcess(process, ProcessTimes, &times, sizeof(times), NULL)))
		return FALSE;
	*creation = file_time(times.CreateTime);
	*end = file_time(times.ExitTime);
	*kernel = file_time(times.KernelTime);
	*user = file_time(times.UserTime);
	return TRUE;
}

EXPORT(kernel32, BOOL, GetProcessHandleCount, (HANDLE process, PDWORD count))
{
	return win32_result(NtQueryInformationProcess(process, ProcessHandleCount, count, sizeof(*count), NULL));
}

EXPORT(kernel32, BOOL, GetProcessAffinityMask, (HANDLE process, PDWORD_PTR mask, PDWORD_PTR system))
{
	DWORD cpus = host_cpu_count();

	if (!win32_result(NtQueryInformationProcess(process, ProcessAffinityMask, mask, sizeof(*mask), NULL)))
		return FALSE;
	*system = *mask | (cpus < 64 ? (1ull << cpus) - 1 : ~(DWORD_PTR)0);
	return TRUE;
}

EXPORT(kernel32, BOOL, SetProcessAffinityMask, (HANDLE process, DWORD_PTR mask))
{
	return win32_result(NtSetInformationProcess(process, ProcessAffinityMask, &mask, sizeof(mask)));
}

/* The classes of CreateProcess and NT's numbers for them. */
static const struct {
	DWORD win32, nt;
} priority_classes[] = {{0x40, 1}, {0x20, 2}, {0x80, 3}, {0x100, 4}, {0x4000, 5}, {0x8000, 6}};

EXPORT(kernel32, DWORD, GetPriorityClass, (HANDLE process))
{
	struct {
		BOOLEAN foreground;
		UCHAR class;
	} info;

	if (!win32_result(NtQueryInformationProcess(process, ProcessPriorityClass, &info, sizeof(info), NULL)))
		return 0;
	for (unsigned i = 0; i < ARRAY_SIZE(priority_classes); i++)
		if (priority_classes[i].nt == info.class)
			return priority_classes[i].win32;
	return 0x20;
}

EXPORT(kernel32, BOOL, SetPriorityClass, (HANDLE process, DWORD class))
{
	struct {
		BOOLEAN foreground;
		UCHAR class;
	} info = {0};

	/* PROCESS_MODE_BACKGROUND_BEGIN, _END: of oneself only */
	if (class == 0x100000 || class == 0x200000)
		return win32_result(ps_check_own_process(process, 0));
	for (unsigned i = 0; i < ARRAY_SIZE(priority_classes); i++)
		if (priority_classes[i].win32 == class)
			info.class = (UCHAR)priority_classes[i].nt;
	return win32_result(NtSetInformationProcess(process, ProcessPriorityClass, &info, sizeof(info)));
}

EXPORT(kernel32, BOOL, GetProcessPriorityBoost, (HANDLE process, BOOL *disabled))
{
	ULONG value;

	if (!win32_result(NtQueryInformationProcess(process, ProcessPriorityBoost, &value, sizeof(value), NULL)))
		return FALSE;
	*disabled = value != 0;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetProcessPriorityBoost, (HANDLE process, BOOL disable))
{
	ULONG value = disable != 0;

	return win32_result(NtSetInformationProcess(process, ProcessPriorityBoost, &value, sizeof(value)));
}

/* Whether there is a process of this number (0: this one); else with a last error. */
static bool process_exists(DWORD id)
{
	HANDLE process;

	if (!id || (id & ~3u) == GetCurrentProcessId())
		return true;
	process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id);
	if (process)
		NtClose(process);
	return process;
}

/* 10.0, as the PEB says of this process. */
EXPORT(kernel32, DWORD, GetProcessVersion, (DWORD id))
{
	PEB *peb = NtCurrentPeb();

	if (!process_exists(id))
		return 0;
	return peb->ImageSubsystemMajorVersion << 16 | peb->ImageSubsystemMinorVersion;
}

EXPORT(kernel32, BOOL, ProcessIdToSessionId, (DWORD id, PDWORD session))
{
	if (!process_exists(id))
		return FALSE;
	*session = NtCurrentPeb()->SessionId;
	return TRUE;
}

EXPORT(kernel32, BOOL, QueryFullProcessImageNameW, (HANDLE process, DWORD flags, LPWSTR name, PDWORD size))
{
	struct {
		UNICODE_STRING string;
		WCHAR text[MAX_PATH + 8];
	} small, *info = &small;
	PVOID heap = NtCurrentPeb()->ProcessHeap;
	ULONG needed = sizeof(small);
	/* PROCESS_NAME_NATIVE asks for the device's name. */
	ULONG class = flags & PROCESS_NAME_NATIVE ? ProcessImageFileName : ProcessImageFileNameWin32;
	BOOL result = FALSE;
	NTSTATUS status;

	if (flags > 1) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	status = NtQueryInformationProcess(process, class, info, needed, &needed);
	if (status == STATUS_INFO_LENGTH_MISMATCH) {
		info = RtlAllocateHeap(heap, 0, needed);
		status = info ? NtQueryInformationProcess(process, class, info, needed, &needed)
			      : STATUS_NO_MEMORY;
	}
	if (win32_result(status)) {
		DWORD length = info->string.Length / sizeof(WCHAR);

		if (length >= *size) {
			set_last_error(ERROR_INSUFFICIENT_BUFFER);
		} else {
			memcpy(name, info->string.Buffer, length * sizeof(WCHAR));
			name[length] = 0;
			*size = length;
			result = TRUE;
		}
	}
	if (info != &small && info)
		RtlFreeHeap(heap, 0, info);
	return result;
}

EXPORT(kernel32, BOOL, QueryFullProcessImageNameA, (HANDLE process, DWORD flags, LPSTR name, PDWORD size))
{
	WCHAR wide[4 * MAX_PATH];
	DWORD length = ARRAY_SIZE(wide);

	if (!name) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!QueryFullProcessImageNameW(process, flags, wide, &length))
		return FALSE;
	length = ansi_result(name, *size, wide, length);
	if (length >= *size) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	*size = length;
	return TRUE;
}

EXPORT_FORWARD(kernel32, "FlushProcessWriteBuffers", "NTDLL.NtFlushProcessWriteBuffers");
