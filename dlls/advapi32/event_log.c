/*
 * dlls/advapi32/event_log.c - the event log: its service does not run.
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/se/se.h"

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

/* The event log service does not run. */
EXPORT(advapi32, HANDLE, RegisterEventSourceW, (LPCWSTR server, LPCWSTR source))
{
	set_last_error(RPC_S_SERVER_UNAVAILABLE);
	return NULL;
}

EXPORT(advapi32, HANDLE, RegisterEventSourceA, (LPCSTR server, LPCSTR source))
{
	set_last_error(RPC_S_SERVER_UNAVAILABLE);
	return NULL;
}

EXPORT(advapi32, BOOL, DeregisterEventSource, (HANDLE log))
{
	return fail(ERROR_INVALID_HANDLE);
}

EXPORT(advapi32, BOOL, ReportEventW,
       (HANDLE log, WORD type, WORD category, DWORD id, SID *user, WORD strings, DWORD size, LPCWSTR *text, PVOID data))
{
	return fail(ERROR_INVALID_HANDLE);
}

EXPORT(advapi32, BOOL, ReportEventA,
       (HANDLE log, WORD type, WORD category, DWORD id, SID *user, WORD strings, DWORD size, LPCSTR *text, PVOID data))
{
	return fail(ERROR_INVALID_HANDLE);
}
