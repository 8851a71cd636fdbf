/*
 * ntdll/io/console_control.h - Ctrl-C and its kin.
 */
#ifndef PEWTER_NTDLL_IO_CONSOLE_CONTROL_H
#define PEWTER_NTDLL_IO_CONSOLE_CONTROL_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include <stdbool.h>

#define CTRL_C_EVENT 0u
#define CTRL_BREAK_EVENT 1u
#define CTRL_CLOSE_EVENT 2u
#define CTRL_SHUTDOWN_EVENT 6u

/* Signals become events from now on (until then Linux's default ends the process). */
void io_console_take_signals(void);
/* Adds or removes a handler; the last added is called first.  NULL: ignore Ctrl-C, or no more.
 * STATUS_INVALID_PARAMETER: no such handler. */
NTSTATUS io_console_control_handler(void *handler, bool add);
/* Forgets all handlers, as when the process gives its console up. */
void io_console_control_reset(void);
/* Runs the handlers on a new thread, as for a signal. */
NTSTATUS io_console_control_event(DWORD event);
/* CTRL_BREAK_EVENT for another process, by its id; nothing is sent unless `send`.  STATUS_INVALID_PARAMETER: no such. */
NTSTATUS io_console_break(HANDLE id, bool send);

#endif
