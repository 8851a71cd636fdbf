/*
 * kernel32/kernel32.h - what the files of the Win32 face share.
 *
 * The room promises Win32's checks, conversions and last errors, and no semantics of its own: those are ntdll's.
 * One file per SDK header: who knows where MSDN puts a function knows where it is here.
 */
#ifndef PEWTER_KERNEL32_KERNEL32_H
#define PEWTER_KERNEL32_KERNEL32_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "nt/peb.h"
#include "nt/winerror.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

/* Keeps what of the PEB is fixed at the start. */
void processenv_start(void);

static inline void set_last_error(DWORD error)
{
	NtCurrentTeb()->LastErrorValue = error;
}

static inline DWORD get_last_error(void)
{
	return NtCurrentTeb()->LastErrorValue;
}

/* Sets the last error of a failed status; says whether it was a success. */
static inline BOOL win32_result(NTSTATUS status)
{
	if (NT_SUCCESS(status))
		return TRUE;
	set_last_error(RtlNtStatusToDosError(status));
	return FALSE;
}

#endif
