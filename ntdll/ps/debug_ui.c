/*
 * ntdll/ps/debug_ui.c - DbgUi: the debug object of a thread, and state changes as Win32 tells them.
 */
#include "ntdll/ke/ke.h"
#include "ntdll/nt.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/remote.h"
#include "pewter/export.h"

#include <string.h>

static HANDLE *own_object(void)
{
	return (HANDLE *)&NtCurrentTeb()->DbgSsReserved[1];
}

EXPORT(ntdll, HANDLE, DbgUiGetThreadDebugObject, (void))
{
	return *own_object();
}

EXPORT(ntdll, void, DbgUiSetThreadDebugObject, (HANDLE object))
{
	*own_object() = object;
}

EXPORT(ntdll, NTSTATUS, DbgUiConnectToDbg, (void))
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};

	if (*own_object())
		return STATUS_SUCCESS;
	return NtCreateDebugObject(own_object(), DEBUG_ALL_ACCESS, &attributes, DEBUG_KILL_ON_CLOSE);
}

EXPORT(ntdll, NTSTATUS, DbgUiWaitStateChange, (DBGUI_WAIT_STATE_CHANGE * change, const LARGE_INTEGER *timeout))
{
	return NtWaitForDebugEvent(*own_object(), TRUE, timeout, change);
}

EXPORT(ntdll, NTSTATUS, DbgUiContinue, (CLIENT_ID * id, NTSTATUS status))
{
	return NtDebugContinue(*own_object(), id, status);
}

EXPORT(ntdll, NTSTATUS, DbgUiStopDebugging, (HANDLE process))
{
	return NtRemoveProcessDebug(process, *own_object());
}

/* The process makes a thread that comes to a breakpoint; who looks for a debugger there finds what is so. */
EXPORT(ntdll, NTSTATUS, DbgUiIssueRemoteBreakin, (HANDLE process))
{
	struct ps_process *other;
	struct ps_call call = {.operation = PS_DO_DEBUG_COMMAND, .values = {PS_DEBUG_BREAK}};
	NTSTATUS status = ps_reference_target(process, PROCESS_CREATE_THREAD, &other);
	uint64_t values[PS_CALL_VALUES] = {PS_DEBUG_BREAK};
	size_t none;

	if (status)
		return status;
	if (!other)
		return ps_debug_obey(values, NULL, 0, &none);
	status = ps_ask(other, &call);
	ob_dereference(other);
	return status;
}

/* The thread of a break-in. */
EXPORT(ntdll, void, DbgUiRemoteBreakin, (PVOID argument))
{
	if (NtCurrentPeb()->BeingDebugged)
		ke_call_guest(ke_image_break_point, 0, 0, 0, 0);
	ps_exit_thread(STATUS_SUCCESS);
}

EXPORT(ntdll, NTSTATUS, DbgUiDebugActiveProcess, (HANDLE process))
{
	NTSTATUS status = NtDebugActiveProcess(process, *own_object());

	if (!NT_SUCCESS(status))
		return status;
	status = DbgUiIssueRemoteBreakin(process);
	if (!NT_SUCCESS(status))
		DbgUiStopDebugging(process);
	return status;
}

static PVOID teb_of(HANDLE thread)
{
	THREAD_BASIC_INFORMATION basic;

	return thread && NT_SUCCESS(NtQueryInformationThread(thread, ThreadBasicInformation, &basic, sizeof(basic), NULL))
		       ? basic.TebBaseAddress
		       : NULL;
}

/* An exception that means something else: text, of which `wide` says which form is wanted, and errors of system DLLs. */
static void convert_exception(const DBGUI_WAIT_STATE_CHANGE *change, DEBUG_EVENT *event, bool wide)
{
	const EXCEPTION_RECORD *record = &change->StateInfo.Exception.ExceptionRecord;
	const ULONG_PTR *values = record->ExceptionInformation;

	switch ((NTSTATUS)record->ExceptionCode) {
	case DBG_PRINTEXCEPTION_C:
	case DBG_PRINTEXCEPTION_WIDE_C: {
		bool is_wide = record->ExceptionCode == (DWORD)DBG_PRINTEXCEPTION_WIDE_C;

		if (is_wide && !wide)
			values += 2;
		event->dwDebugEventCode = OUTPUT_DEBUG_STRING_EVENT;
		event->u.DebugString.nDebugStringLength = (WORD)values[0];
		event->u.DebugString.lpDebugStringData = (PVOID)values[1];
		event->u.DebugString.fUnicode = is_wide && wide;
		break;
	}
	case DBG_RIPEXCEPTION:
		event->dwDebugEventCode = RIP_EVENT;
		event->u.RipInfo.dwError = (DWORD)values[0];
		event->u.RipInfo.dwType = (DWORD)values[1];
		break;
	default:
		event->dwDebugEventCode = EXCEPTION_DEBUG_EVENT;
		event->u.Exception.ExceptionRecord = *record;
		event->u.Exception.dwFirstChance = change->StateInfo.Exception.FirstChance;
		break;
	}
}

static NTSTATUS convert(const DBGUI_WAIT_STATE_CHANGE *change, DEBUG_EVENT *event, bool wide)
{
	const DBGKM_CREATE_PROCESS *process = &change->StateInfo.CreateProcessInfo.NewProcess;

	memset(event, 0, sizeof(*event));
	event->dwProcessId = (DWORD)(uintptr_t)change->AppClientId.UniqueProcess;
	event->dwThreadId = (DWORD)(uintptr_t)change->AppClientId.UniqueThread;
	switch (change->NewState) {
	case DbgCreateThreadStateChange:
		event->dwDebugEventCode = CREATE_THREAD_DEBUG_EVENT;
		event->u.CreateThread.hThread = change->StateInfo.CreateThread.HandleToThread;
		event->u.CreateThread.lpStartAddress = change->StateInfo.CreateThread.NewThread.StartAddress;
		event->u.CreateThread.lpThreadLocalBase = teb_of(event->u.CreateThread.hThread);
		break;
	case DbgCreateProcessStateChange:
		event->dwDebugEventCode = CREATE_PROCESS_DEBUG_EVENT;
		event->u.CreateProcessInfo.hProcess = change->StateInfo.CreateProcessInfo.HandleToProcess;
		event->u.CreateProcessInfo.hThread = change->StateInfo.CreateProcessInfo.HandleToThread;
		event->u.CreateProcessInfo.hFile = process->FileHandle;
		event->u.CreateProcessInfo.lpBaseOfImage = process->BaseOfImage;
		event->u.CreateProcessInfo.dwDebugInfoFileOffset = process->DebugInfoFileOffset;
		event->u.CreateProcessInfo.nDebugInfoSize = process->DebugInfoSize;
		event->u.CreateProcessInfo.lpStartAddress = process->InitialThread.StartAddress;
		event->u.CreateProcessInfo.lpThreadLocalBase = teb_of(event->u.CreateProcessInfo.hThread);
		event->u.CreateProcessInfo.fUnicode = TRUE;
		break;
	case DbgExitThreadStateChange:
		event->dwDebugEventCode = EXIT_THREAD_DEBUG_EVENT;
		event->u.ExitThread.dwExitCode = (DWORD)change->StateInfo.ExitThread.ExitStatus;
		break;
	case DbgExitProcessStateChange:
		event->dwDebugEventCode = EXIT_PROCESS_DEBUG_EVENT;
		event->u.ExitProcess.dwExitCode = (DWORD)change->StateInfo.ExitProcess.ExitStatus;
		break;
	case DbgExceptionStateChange:
	case DbgBreakpointStateChange:
	case DbgSingleStepStateChange:
		convert_exception(change, event, wide);
		break;
	case DbgLoadDllStateChange:
		event->dwDebugEventCode = LOAD_DLL_DEBUG_EVENT;
		event->u.LoadDll.hFile = change->StateInfo.LoadDll.FileHandle;
		event->u.LoadDll.lpBaseOfDll = change->StateInfo.LoadDll.BaseOfDll;
		event->u.LoadDll.dwDebugInfoFileOffset = change->StateInfo.LoadDll.DebugInfoFileOffset;
		event->u.LoadDll.nDebugInfoSize = change->StateInfo.LoadDll.DebugInfoSize;
		event->u.LoadDll.lpImageName = change->StateInfo.LoadDll.NamePointer;
		event->u.LoadDll.fUnicode = TRUE;
		break;
	case DbgUnloadDllStateChange:
		event->dwDebugEventCode = UNLOAD_DLL_DEBUG_EVENT;
		event->u.UnloadDll.lpBaseOfDll = change->StateInfo.UnloadDll.BaseAddress;
		break;
	default:
		return STATUS_UNSUCCESSFUL;
	}
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, DbgUiConvertStateChangeStructure, (const DBGUI_WAIT_STATE_CHANGE *change, DEBUG_EVENT *event))
{
	return convert(change, event, false);
}

/* Text in UTF-16 stays so. */
EXPORT(ntdll, NTSTATUS, DbgUiConvertStateChangeStructureEx, (const DBGUI_WAIT_STATE_CHANGE *change, DEBUG_EVENT *event))
{
	return convert(change, event, true);
}
