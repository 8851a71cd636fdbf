/*
 * kernel32/wow64apiset.c - what programs ask about 32-bit programs on 64-bit Windows: here there are none.
 */
#include "kernel32/kernel32.h"
#include "nt/pe.h"
#include "ntdll/ps/thread.h"

#define IMAGE_FILE_MACHINE_UNKNOWN 0

EXPORT(kernel32, BOOL, IsWow64Process, (HANDLE process, PBOOL wow64))
{
	ULONG_PTR peb32;

	if (!win32_result(NtQueryInformationProcess(process, ProcessWow64Information, &peb32, sizeof(peb32), NULL)))
		return FALSE;
	*wow64 = peb32 != 0;
	return TRUE;
}

/* The process' machine is that of a 32-bit program, UNKNOWN for one of the system's own kind; `native` may be NULL. */
EXPORT(kernel32, BOOL, IsWow64Process2, (HANDLE process, PUSHORT machine, PUSHORT native))
{
	BOOL wow64;

	if (!IsWow64Process(process, &wow64))
		return FALSE;
	*machine = IMAGE_FILE_MACHINE_UNKNOWN;
	if (native)
		*native = IMAGE_FILE_MACHINE_AMD64;
	return TRUE;
}

/* S_OK: it was found out that none is supported. */
EXPORT(kernel32, HRESULT, IsWow64GuestMachineSupported, (USHORT machine, PBOOL supported))
{
	*supported = FALSE;
	return 0;
}

/* System32 is what it is called in a 64-bit process: these have nothing to switch. */
static BOOL no_redirection(void)
{
	set_last_error(ERROR_INVALID_FUNCTION);
	return FALSE;
}

EXPORT(kernel32, BOOL, Wow64DisableWow64FsRedirection, (PVOID * old))
{
	return no_redirection();
}

EXPORT(kernel32, BOOL, Wow64RevertWow64FsRedirection, (PVOID old))
{
	return no_redirection();
}

EXPORT(kernel32, BOOLEAN, Wow64EnableWow64FsRedirection, (BOOLEAN enable))
{
	return (BOOLEAN)no_redirection();
}
