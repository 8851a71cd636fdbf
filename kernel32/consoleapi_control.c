/*
 * kernel32/consoleapi_control.c - control handlers (consoleapi.h, wincon.h).
 */
#include "kernel32/kernel32.h"
#include "ntdll/io/console_control.h"

EXPORT(kernel32, BOOL, SetConsoleCtrlHandler, (LPVOID handler, BOOL add))
{
	return win32_result(io_console_control_handler(handler, add));
}

/* Groups other than the process's own (0) would be other processes; there is one process in a console of ours. */
EXPORT(kernel32, BOOL, GenerateConsoleCtrlEvent, (DWORD event, DWORD group))
{
	if (event > CTRL_BREAK_EVENT || (group && group != (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueProcess)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return win32_result(io_console_control_event(event));
}
