/*
 * kernel32/processtopologyapi.c - processor groups of processes and threads: there is one group, number 0.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ps/thread.h"

EXPORT(kernel32, BOOL, GetThreadGroupAffinity, (HANDLE thread, GROUP_AFFINITY *affinity))
{
	return win32_result(NtQueryInformationThread(thread, ThreadGroupInformation, affinity, sizeof(*affinity), NULL));
}

EXPORT(kernel32, BOOL, SetThreadGroupAffinity, (HANDLE thread, const GROUP_AFFINITY *affinity, GROUP_AFFINITY *previous))
{
	GROUP_AFFINITY old;

	if (!win32_result(NtQueryInformationThread(thread, ThreadGroupInformation, &old, sizeof(old), NULL)) ||
	    !win32_result(NtSetInformationThread(thread, ThreadGroupInformation, (PVOID)affinity, sizeof(*affinity))))
		return FALSE;
	if (previous)
		*previous = old;
	return TRUE;
}

/* *count: room for as many group numbers, and how many there are. */
EXPORT(kernel32, BOOL, GetProcessGroupAffinity, (HANDLE process, PUSHORT count, PUSHORT groups))
{
	KAFFINITY mask;
	USHORT room;

	if (!win32_result(NtQueryInformationProcess(process, ProcessAffinityMask, &mask, sizeof(mask), NULL)))
		return FALSE;
	room = *count;
	*count = 1;
	if (!room) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	groups[0] = 0;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetThreadIdealProcessorEx, (HANDLE thread, PROCESSOR_NUMBER *ideal))
{
	return win32_result(NtQueryInformationThread(thread, ThreadIdealProcessorEx, ideal, sizeof(*ideal), NULL));
}

EXPORT(kernel32, BOOL, SetThreadIdealProcessorEx, (HANDLE thread, PROCESSOR_NUMBER *ideal, PROCESSOR_NUMBER *previous))
{
	PROCESSOR_NUMBER old;

	if (!win32_result(NtQueryInformationThread(thread, ThreadIdealProcessorEx, &old, sizeof(old), NULL)) ||
	    !win32_result(NtSetInformationThread(thread, ThreadIdealProcessorEx, ideal, sizeof(*ideal))))
		return FALSE;
	if (previous)
		*previous = old;
	return TRUE;
}
