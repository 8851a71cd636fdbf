/*
 * kernel32/debugapi.c - debugging other processes.
 *
 * The handles that come with an event are the debugger's to use and this file's to close (MSDN "CREATE_PROCESS_DEBUG_INFO"):
 * a list in the thread's TEB keeps them until the end of what they mean has been continued from.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/debug.h"

#include <string.h>

struct kept {
	struct kept *next;
	DWORD process, thread; /* ids; thread 0: the process' own handle */
	HANDLE handle;
	bool ended;
};

static struct kept **kept_list(void)
{
	return (struct kept **)&NtCurrentTeb()->DbgSsReserved[0];
}

static void keep(DWORD process, DWORD thread, HANDLE handle)
{
	struct kept *kept = handle ? RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, sizeof(*kept)) : NULL;

	if (!kept)
		return;
	*kept = (struct kept){*kept_list(), process, thread, handle, false};
	*kept_list() = kept;
}

/* What the end of a thread, or (thread 0) of a whole process, leaves. */
static void mark_ended(DWORD process, DWORD thread)
{
	for (struct kept *kept = *kept_list(); kept; kept = kept->next)
		if (kept->process == process && (!thread || kept->thread == thread))
			kept->ended = true;
}

static void close_ended(DWORD process)
{
	for (struct kept **link = kept_list(); *link;) {
		struct kept *kept = *link;

		if (kept->process != process || !kept->ended) {
			link = &kept->next;
			continue;
		}
		*link = kept->next;
		NtClose(kept->handle);
		RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, kept);
	}
}

static void note(const DEBUG_EVENT *event)
{
	switch (event->dwDebugEventCode) {
	case CREATE_PROCESS_DEBUG_EVENT:
		keep(event->dwProcessId, 0, event->u.CreateProcessInfo.hProcess);
		keep(event->dwProcessId, event->dwThreadId, event->u.CreateProcessInfo.hThread);
		break;
	case CREATE_THREAD_DEBUG_EVENT:
		keep(event->dwProcessId, event->dwThreadId, event->u.CreateThread.hThread);
		break;
	case EXIT_THREAD_DEBUG_EVENT:
		mark_ended(event->dwProcessId, event->dwThreadId);
		break;
	case EXIT_PROCESS_DEBUG_EVENT:
		mark_ended(event->dwProcessId, 0);
		break;
	default:
		break;
	}
}

static BOOL wait_for_event(DEBUG_EVENT *event, DWORD milliseconds,
			   NTSTATUS NTAPI (*convert)(const DBGUI_WAIT_STATE_CHANGE *change, DEBUG_EVENT *event))
{
	DBGUI_WAIT_STATE_CHANGE change;
	LARGE_INTEGER timeout = {.QuadPart = -(LONGLONG)milliseconds * 10000};
	NTSTATUS status;

	do {
		status = DbgUiWaitStateChange(&change, milliseconds == INFINITE ? NULL : &timeout);
	} while (status == STATUS_ALERTED || status == STATUS_USER_APC);
	if (status == STATUS_TIMEOUT) {
		set_last_error(ERROR_SEM_TIMEOUT);
		return FALSE;
	}
	if (NT_SUCCESS(status))
		status = convert(&change, event);
	if (!win32_result(status))
		return FALSE;
	note(event);
	return TRUE;
}

EXPORT(kernel32, BOOL, WaitForDebugEvent, (DEBUG_EVENT * event, DWORD milliseconds))
{
	return wait_for_event(event, milliseconds, DbgUiConvertStateChangeStructure);
}

EXPORT(kernel32, BOOL, WaitForDebugEventEx, (DEBUG_EVENT * event, DWORD milliseconds))
{
	return wait_for_event(event, milliseconds, DbgUiConvertStateChangeStructureEx);
}

EXPORT(kernel32, BOOL, ContinueDebugEvent, (DWORD process, DWORD thread, DWORD status))
{
	CLIENT_ID id = {(HANDLE)(uintptr_t)process, (HANDLE)(uintptr_t)thread};

	if (!win32_result(DbgUiContinue(&id, (NTSTATUS)status)))
		return FALSE;
	close_ended(process);
	return TRUE;
}

static HANDLE open_process(DWORD id)
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
	CLIENT_ID wanted = {(HANDLE)(uintptr_t)id, NULL};
	HANDLE handle;
	NTSTATUS status = NtOpenProcess(&handle,
					PROCESS_CREATE_THREAD | PROCESS_VM_OPERATION | PROCESS_VM_READ | PROCESS_VM_WRITE |
						PROCESS_SUSPEND_RESUME | PROCESS_QUERY_INFORMATION,
					&attributes, &wanted);

	/* No such process: as OpenProcess has it. */
	if (status == STATUS_INVALID_CID) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return win32_result(status) ? handle : NULL;
}

EXPORT(kernel32, BOOL, DebugActiveProcess, (DWORD id))
{
	HANDLE process;
	NTSTATUS status;

	if (!win32_result(DbgUiConnectToDbg()))
		return FALSE;
	process = open_process(id);
	if (!process)
		return FALSE;
	status = DbgUiDebugActiveProcess(process);
	NtClose(process);
	return win32_result(status);
}

EXPORT(kernel32, BOOL, DebugActiveProcessStop, (DWORD id))
{
	HANDLE process = open_process(id);
	NTSTATUS status;

	if (!process)
		return FALSE;
	status = DbgUiStopDebugging(process);
	NtClose(process);
	if (NT_SUCCESS(status)) {
		mark_ended(id, 0);
		close_ended(id);
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, DebugBreakProcess, (HANDLE process))
{
	return win32_result(DbgUiIssueRemoteBreakin(process));
}

EXPORT(kernel32, BOOL, DebugSetProcessKillOnExit, (BOOL kill))
{
	HANDLE object = DbgUiGetThreadDebugObject();
	ULONG flags = kill ? DEBUG_KILL_ON_CLOSE : 0;

	if (!object) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	return win32_result(NtSetInformationDebugObject(object, DebugObjectKillProcessOnExitInformation, &flags, sizeof(flags), NULL));
}

EXPORT(kernel32, BOOL, IsDebuggerPresent, (void))
{
	return NtCurrentPeb()->BeingDebugged;
}

EXPORT_ALIAS(kernel32, "DebugBreak", ke_break_point);

EXPORT(kernel32, BOOL, CheckRemoteDebuggerPresent, (HANDLE process, BOOL *present))
{
	ULONG_PTR port = 0;

	if (!process || !present) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!win32_result(NtQueryInformationProcess(process, ProcessDebugPort, &port, sizeof(port), NULL)))
		return FALSE;
	*present = port != 0;
	return TRUE;
}
