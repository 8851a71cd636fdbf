/*
 * kernel32/consoleapi_control.c - control handlers (consoleapi.h, wincon.h).
 */
#include "kernel32/kernel32.h"
#include "ntdll/io/console_control.h"

EXPORT(kernel32, BOOL, SetConsoleCtrlHandler, (LPVOID handler, BOOL add))
{
	return win32_result(io_console_control_handler(handler, add));
}

/* A group is told of by the process that is its first: it alone hears of the event.  Ctrl-C cannot be sent to a group (MSDN:
 * no process of it receives that, and the call succeeds). */
EXPORT(kernel32, BOOL, GenerateConsoleCtrlEvent, (DWORD event, DWORD group))
{
	if (event > CTRL_BREAK_EVENT) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!group || group == (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueProcess)
		return win32_result(io_console_control_event(event));
	return win32_result(io_console_break((HANDLE)(uintptr_t)group, event == CTRL_BREAK_EVENT));
}
