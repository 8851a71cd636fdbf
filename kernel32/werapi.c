/*
 * kernel32/werapi.c - Windows error reporting: a process' flags and the modules that it registers for reports are kept as on a
 * machine where reporting is switched off; nothing reads them, as nothing reports.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/crt.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/ke/ke.h"

#include <stdbool.h>

static DWORD wer_flags;

static HRESULT from_win32(DWORD error)
{
	return (HRESULT)(0x80070000u | error);
}

EXPORT(kernel32, HRESULT, WerSetFlags, (DWORD flags))
{
	wer_flags = flags;
	return S_OK;
}

EXPORT(kernel32, HRESULT, WerGetFlags, (HANDLE process, DWORD *flags))
{
	NTSTATUS status = ps_check_own_process(process, 0);

	if (!NT_SUCCESS(status))
		return from_win32(RtlNtStatusToDosError(status));
	*flags = wer_flags;
	return S_OK;
}

enum { MODULES = 16 }; /* WER_MAX_REGISTERED_RUNTIME_EXCEPTION_MODULES */

static struct {
	WCHAR name[260];
	void *context;
	bool used;
} modules[MODULES];
static RTL_SRWLOCK modules_lock;

/* The place of a module with its context; -1. */
static int find_module(const WCHAR *name, const void *context)
{
	int i;

	for (i = 0; i < MODULES; i++) {
		if (modules[i].used && modules[i].context == context && rtl_wcsicmp(modules[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* The DLL is loaded when a report is made, not now. */
EXPORT(kernel32, HRESULT, WerRegisterRuntimeExceptionModule, (LPCWSTR name, PVOID context))
{
	HRESULT result = from_win32(ERROR_INSUFFICIENT_BUFFER);
	int i;

	if (name == NULL || name[0] == 0 || rtl_wcslen(name) >= 260)
		return from_win32(ERROR_INVALID_PARAMETER);
	RtlAcquireSRWLockExclusive(&modules_lock);
	for (i = 0; i < MODULES; i++) {
		if (modules[i].used)
			continue;
		rtl_memcpy(modules[i].name, name, (rtl_wcslen(name) + 1) * sizeof(*name));
		modules[i].context = context;
		modules[i].used = true;
		result = S_OK;
		break;
	}
	RtlReleaseSRWLockExclusive(&modules_lock);
	return result;
}

EXPORT(kernel32, HRESULT, WerUnregisterRuntimeExceptionModule, (LPCWSTR name, PVOID context))
{
	HRESULT result = from_win32(ERROR_NOT_FOUND);
	int i;

	if (name == NULL)
		return from_win32(ERROR_INVALID_PARAMETER);
	RtlAcquireSRWLockExclusive(&modules_lock);
	i = find_module(name, context);
	if (i >= 0) {
		modules[i].used = false;
		result = S_OK;
	}
	RtlReleaseSRWLockExclusive(&modules_lock);
	return result;
}
