/*
 * kernel32/handleapi.c - handles of any kind.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ob/ob.h"

/* The constants of GetStdHandle, 32 bits of them, stand for the real handles: closing one clears the parameter too. */
EXPORT(kernel32, BOOL, CloseHandle, (HANDLE handle))
{
	RTL_USER_PROCESS_PARAMETERS *parameters;
	HANDLE *standard = NULL;

	if (__builtin_expect((LONG)(uintptr_t)handle < 0, 0)) {
		parameters = NtCurrentPeb()->ProcessParameters;
		switch ((DWORD)(uintptr_t)handle) {
		case (DWORD)-10:
			standard = &parameters->StandardInput;
			break;
		case (DWORD)-11:
			standard = &parameters->StandardOutput;
			break;
		case (DWORD)-12:
			standard = &parameters->StandardError;
			break;
		}
		if (standard) {
			handle = *standard;
			*standard = NULL;
		}
	}
	return win32_result(NtClose(handle));
}

EXPORT(kernel32, BOOL, DuplicateHandle,
       (HANDLE source_process, HANDLE source, HANDLE target_process, LPHANDLE target, DWORD access, BOOL inherit,
	DWORD options))
{
	return win32_result(NtDuplicateObject(source_process, source, target_process, target, access,
					      inherit ? OBJ_INHERIT : 0, options));
}

EXPORT(kernel32, BOOL, GetHandleInformation, (HANDLE handle, LPDWORD flags))
{
	ACCESS_MASK access;
	ULONG value;

	if (!win32_result(ob_query_handle(handle, &access, &value)))
		return FALSE;
	if (flags)
		*flags = value;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetHandleInformation, (HANDLE handle, DWORD mask, DWORD flags))
{
	if (mask & ~(DWORD)(HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return win32_result(ob_set_handle_flags(handle, mask, flags));
}

EXPORT(kernel32, BOOL, CompareObjectHandles, (HANDLE first, HANDLE second))
{
	return NtCompareObjects(first, second) == STATUS_SUCCESS;
}
