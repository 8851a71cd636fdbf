/*
 * kernel32/processthreadsapi_policy.c - policies of processes: mitigations, data execution prevention, shutdown; what threads keep
 * a machine awake for.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ps/policy.h"

#include <string.h>

NTSTATUS NTAPI NtQueryInformationProcess(HANDLE process, ULONG class, PVOID buffer, ULONG size, ULONG *returned);
NTSTATUS NTAPI NtSetInformationProcess(HANDLE process, ULONG class, PVOID buffer, ULONG size);

#define ProcessBreakOnTermination 29
#define ProcessDEPPolicy 0
#define ProcessMitigationOptionsMask 5
#define DEP_POLICY_SIZE 8u

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

/* PROCESS_MITIGATION_DEP_POLICY has a BOOLEAN behind the flags, the others are the flags.  The mask of options, which are those
 * for a child (PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY), says that none is taken: 8 or 16 bytes. */
EXPORT(kernel32, BOOL, GetProcessMitigationPolicy, (HANDLE process, ULONG policy, PVOID buffer, SIZE_T size))
{
	struct ps_policy info = {.policy = policy};
	SIZE_T wanted = policy == ProcessDEPPolicy ? DEP_POLICY_SIZE : sizeof(info.flags);

	if (policy == ProcessMitigationOptionsMask) {
		if (size != sizeof(ULONG64) && size != 2 * sizeof(ULONG64))
			return fail(ERROR_INVALID_PARAMETER);
		memset(buffer, 0, size);
		return TRUE;
	}
	if (!buffer || policy >= PS_POLICY_COUNT || size != wanted)
		return fail(ERROR_INVALID_PARAMETER);
	if (!win32_result(NtQueryInformationProcess(process, ProcessMitigationPolicy, &info, sizeof(info), NULL)))
		return FALSE;
	memset(buffer, 0, size);
	memcpy(buffer, &info.flags, sizeof(info.flags));
	if (policy == ProcessDEPPolicy)
		((BYTE *)buffer)[sizeof(info.flags)] = info.permanent;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetProcessMitigationPolicy, (ULONG policy, PVOID buffer, SIZE_T size))
{
	struct ps_policy info = {.policy = policy};

	if (policy >= PS_POLICY_COUNT || policy == ProcessMitigationOptionsMask ||
	    size != (policy == ProcessDEPPolicy ? DEP_POLICY_SIZE : sizeof(info.flags)))
		return fail(ERROR_INVALID_PARAMETER);
	memcpy(&info.flags, buffer, sizeof(info.flags));
	return win32_result(NtSetInformationProcess(NtCurrentProcess(), ProcessMitigationPolicy, &info, sizeof(info)));
}

/* MSDN: for 32-bit processes only. */
EXPORT(kernel32, BOOL, SetProcessDEPPolicy, (DWORD flags))
{
	return fail(ERROR_NOT_SUPPORTED);
}

EXPORT(kernel32, BOOL, GetProcessDEPPolicy, (HANDLE process, LPDWORD flags, BOOL *permanent))
{
	return fail(ERROR_NOT_SUPPORTED);
}

/* OptIn, as on every Windows that is no server; 64-bit processes are opted in. */
EXPORT(kernel32, ULONG, GetSystemDEPPolicy, (void))
{
	return 2;
}

EXPORT(kernel32, BOOL, IsProcessCritical, (HANDLE process, BOOL *critical))
{
	ULONG flag;

	if (!win32_result(NtQueryInformationProcess(process, ProcessBreakOnTermination, &flag, sizeof(flag), NULL)))
		return FALSE;
	*critical = flag != 0;
	return TRUE;
}

/* 0 for what is no state, and the thread's old one else. */
EXPORT(kernel32, ULONG, SetThreadExecutionState, (ULONG state))
{
	ULONG previous;

	return win32_result(NtSetThreadExecutionState(state, &previous)) ? previous : 0;
}

/* When the system ends it asks processes of a higher level first.  No session of ours ends, so the numbers are only kept. */
#define SHUTDOWN_LEVELS 0x4FFu
#define SHUTDOWN_NORETRY 1u
static DWORD shutdown_level = 0x280, shutdown_flags;

EXPORT(kernel32, BOOL, SetProcessShutdownParameters, (DWORD level, DWORD flags))
{
	if (level > SHUTDOWN_LEVELS || flags & ~SHUTDOWN_NORETRY)
		return fail(ERROR_INVALID_PARAMETER);
	shutdown_level = level;
	shutdown_flags = flags;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetProcessShutdownParameters, (LPDWORD level, LPDWORD flags))
{
	*level = shutdown_level;
	*flags = shutdown_flags;
	return TRUE;
}
