/*
 * ntdll/io/console_control.c - Ctrl-C and its kin: handlers run on a new thread of the guest's, last added first; if none
 * takes the event the process ends with STATUS_CONTROL_C_EXIT (MSDN SetConsoleCtrlHandler, HandlerRoutine).
 *
 *	SIGINT	CTRL_C_EVENT		SIGQUIT	CTRL_BREAK_EVENT	SIGHUP, SIGTERM	CTRL_CLOSE_EVENT
 *
 * After a close event the process ends whatever the handlers say, as on Windows.
 */
#include "ntdll/io/console_control.h"
#include "host/spawn.h"
#include "ntdll/io/private.h"
#include "ntdll/ps/ps.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/thread.h"

#include <stdlib.h>
#include <string.h>

static struct host_lock handlers_lock;
static void **handlers;
static unsigned handler_count, handler_capacity;
static bool signals_taken;

#define CONSOLE_IGNORE_CTRL_C 1u /* RTL_USER_PROCESS_PARAMETERS.ConsoleFlags bit 0 */

static DWORD WINAPI run_handlers(void *argument)
{
	DWORD event = (DWORD)(uintptr_t)argument;
	unsigned count;

	if ((event == CTRL_C_EVENT && ps_debug_control((DWORD)DBG_CONTROL_C)) ||
	    (event == CTRL_BREAK_EVENT && ps_debug_control((DWORD)DBG_CONTROL_BREAK)))
		return 0;
	host_lock_acquire(&handlers_lock);
	count = handler_count;
	host_lock_release(&handlers_lock);
	while (count > 0) {
		void *handler = NULL;

		/* handlers may be removed by handlers */
		host_lock_acquire(&handlers_lock);
		if (--count < handler_count)
			handler = handlers[count];
		host_lock_release(&handlers_lock);
		if (handler && (BOOL)ke_call_guest(handler, event, 0, 0, 0)) {
			if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT)
				return 0;
			break;
		}
	}
	ps_exit_process((DWORD)STATUS_CONTROL_C_EXIT);
}

NTSTATUS io_console_control_event(DWORD event)
{
	struct ps_thread *thread;
	NTSTATUS status;

	if (event == CTRL_C_EVENT && ps_peb->ProcessParameters->ConsoleFlags & CONSOLE_IGNORE_CTRL_C)
		return STATUS_SUCCESS;
	status = ps_create_thread((void *)run_handlers, (void *)(uintptr_t)event, 0, 0, 0, &thread);
	if (NT_SUCCESS(status))
		ob_dereference(thread);
	return status;
}

NTSTATUS io_console_break(HANDLE id, bool send)
{
	struct ps_process *process;
	NTSTATUS status = ps_open_foreign(id, &process);

	if (!NT_SUCCESS(status))
		return status == STATUS_INVALID_CID ? STATUS_INVALID_PARAMETER : status;
	if (send && (!process->child || host_child_interrupt(process->child) < 0))
		status = STATUS_INVALID_PARAMETER;
	ob_dereference(process);
	return status;
}

/* On a thread of the host's. */
static void on_signal(enum host_interrupt which)
{
	DWORD event = which == HOST_INTERRUPT_INT    ? CTRL_C_EVENT
		      : which == HOST_INTERRUPT_QUIT ? CTRL_BREAK_EVENT
						     : CTRL_CLOSE_EVENT;

	if (!NT_SUCCESS(io_console_control_event(event)))
		ps_terminate_process((DWORD)STATUS_CONTROL_C_EXIT);
}

void io_console_take_signals(void)
{
	if (!__atomic_exchange_n(&signals_taken, true, __ATOMIC_ACQ_REL))
		host_interrupt_install(on_signal);
}

void io_console_control_reset(void)
{
	host_lock_acquire(&handlers_lock);
	handler_count = 0;
	host_lock_release(&handlers_lock);
}

NTSTATUS io_console_control_handler(void *handler, bool add)
{
	NTSTATUS status = STATUS_SUCCESS;

	if (!handler) {
		ULONG *flags = &ps_peb->ProcessParameters->ConsoleFlags;

		if (add)
			__atomic_fetch_or(flags, CONSOLE_IGNORE_CTRL_C, __ATOMIC_RELAXED);
		else
			__atomic_fetch_and(flags, ~CONSOLE_IGNORE_CTRL_C, __ATOMIC_RELAXED);
		io_console_take_signals();
		return STATUS_SUCCESS;
	}
	host_lock_acquire(&handlers_lock);
	if (add) {
		if (handler_count == handler_capacity) {
			unsigned capacity = handler_capacity ? handler_capacity * 2 : 8;
			void **more = realloc(handlers, capacity * sizeof(*more));

			if (more) {
				handlers = more;
				handler_capacity = capacity;
			}
		}
		if (handler_count < handler_capacity)
			handlers[handler_count++] = handler;
		else
			status = STATUS_NO_MEMORY;
	} else {
		unsigned at = handler_count;

		while (at > 0 && handlers[at - 1] != handler)
			at--;
		if (at) {
			memmove(&handlers[at - 1], &handlers[at], (handler_count - at) * sizeof(*handlers));
			handler_count--;
		} else {
			status = STATUS_INVALID_PARAMETER;
		}
	}
	host_lock_release(&handlers_lock);
	if (NT_SUCCESS(status))
		io_console_take_signals();
	return status;
}
