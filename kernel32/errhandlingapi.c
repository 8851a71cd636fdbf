/*
 * kernel32/errhandlingapi.c - last errors, error modes, the top-level filter, strings for debuggers, fatal ends.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ke/ke.h"
#include "host/host.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/thread.h"

#include <string.h>

#define SEM_FAILCRITICALERRORS 0x0001u
#define SEM_NOGPFAULTERRORBOX 0x0002u
#define SEM_NOALIGNMENTFAULTEXCEPT 0x0004u
#define SEM_NOOPENFILEERRORBOX 0x8000u

EXPORT(kernel32, DWORD, GetLastError, (void))
{
	return get_last_error();
}

EXPORT(kernel32, void, SetLastError, (DWORD error))
{
	set_last_error(error);
}

EXPORT_ALIAS(kernel32, "RestoreLastError", SetLastError);

/* One filter for the process. */
static LPTOP_LEVEL_EXCEPTION_FILTER top_level_filter;

EXPORT(kernel32, LPTOP_LEVEL_EXCEPTION_FILTER, SetUnhandledExceptionFilter, (LPTOP_LEVEL_EXCEPTION_FILTER filter))
{
	return __atomic_exchange_n(&top_level_filter, filter, __ATOMIC_ACQ_REL);
}

/* For ntdll: 0 = nobody took it, which means the crash report. */
static LONG NTAPI call_filter(EXCEPTION_POINTERS *pointers)
{
	LPTOP_LEVEL_EXCEPTION_FILTER filter = __atomic_load_n(&top_level_filter, __ATOMIC_ACQUIRE);

	return filter ? (LONG)ke_call_guest((void *)filter, (uint64_t)(uintptr_t)pointers, 0, 0, 0) :
			EXCEPTION_CONTINUE_SEARCH;
}

__attribute__((constructor)) static void register_filter(void)
{
	ke_unhandled_filter = call_filter;
}

/* As programs call it themselves, from their own __except: the program's filter, and if that does not decide, the end
 * as by default: an error box or none, then the process goes. */
EXPORT(kernel32, LONG, UnhandledExceptionFilter, (PEXCEPTION_POINTERS pointers))
{
	LONG answer;

	/* With a debugger the search goes on to the second chance, of which that is told. */
	if (ps_debugged)
		return EXCEPTION_CONTINUE_SEARCH;
	answer = call_filter(pointers);
	return answer ? answer : EXCEPTION_EXECUTE_HANDLER;
}

EXPORT(kernel32, UINT, GetErrorMode, (void))
{
	return ps_own_process.error_mode;
}

/* An alignment flag once set stays (MSDN). */
EXPORT(kernel32, UINT, SetErrorMode, (UINT mode))
{
	UINT old = ps_own_process.error_mode;

	ps_own_process.error_mode = (mode & (SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOALIGNMENTFAULTEXCEPT |
					     SEM_NOOPENFILEERRORBOX)) |
				    (old & SEM_NOALIGNMENTFAULTEXCEPT);
	return old;
}

/* The Rtl value in the TEB is shifted by 4: 10, 20, and 40 for 8000. */
static DWORD mode_from_teb(ULONG value)
{
	return (value & 0x10 ? SEM_FAILCRITICALERRORS : 0) | (value & 0x20 ? SEM_NOGPFAULTERRORBOX : 0) |
	       (value & 0x40 ? SEM_NOOPENFILEERRORBOX : 0);
}

EXPORT(kernel32, DWORD, GetThreadErrorMode, (void))
{
	return mode_from_teb(NtCurrentTeb()->HardErrorMode);
}

EXPORT(kernel32, BOOL, SetThreadErrorMode, (DWORD mode, LPDWORD old))
{
	ULONG *value = &NtCurrentTeb()->HardErrorMode;

	if (mode & ~(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (old)
		*old = mode_from_teb(*value);
	*value = (mode & SEM_FAILCRITICALERRORS ? 0x10 : 0) | (mode & SEM_NOGPFAULTERRORBOX ? 0x20 : 0) |
		 (mode & SEM_NOOPENFILEERRORBOX ? 0x40 : 0);
	return TRUE;
}

EXPORT(kernel32, void, OutputDebugStringA, (LPCSTR string))
{
	ULONG_PTR arguments[2];

	if (!string)
		string = "";
	arguments[0] = strlen(string) + 1;
	arguments[1] = (ULONG_PTR)string;
	RaiseException((DWORD)DBG_PRINTEXCEPTION_C, 0, 2, arguments);
}

/* Fatal application exit: the message that would stand in a box, then the end.  FatalExit without a debugger too. */
EXPORT(kernel32, void, FatalExit, (int code))
{
	ps_exit_process((DWORD)code);
}

EXPORT(kernel32, void, FatalAppExitA, (UINT action, LPCSTR message))
{
	host_message("%s\n", message ? message : "");
	ps_exit_process(0);
}

EXPORT(kernel32, void, FatalAppExitW, (UINT action, LPCWSTR message))
{
	char text[512];
	size_t length = message ? rtl_utf16_to_utf8(text, sizeof(text) - 1, message, rtl_wcslen(message)) : 0;

	text[length < sizeof(text) ? length : sizeof(text) - 1] = 0;
	host_message("%s\n", text);
	ps_exit_process(0);
}

/* No handler sees it.  A record of the caller's own keeps its code. */
EXPORT(kernel32, void, RaiseFailFastException, (PEXCEPTION_RECORD given, PCONTEXT given_context, DWORD flags))
{
	EXCEPTION_RECORD record = {.ExceptionCode = (DWORD)STATUS_FAIL_FAST_EXCEPTION,
				   .ExceptionFlags = EXCEPTION_NONCONTINUABLE};
	CONTEXT context;

	if (given)
		record = *given;
	if (given_context)
		context = *given_context;
	else
		RtlCaptureContext(&context);
	if (!given || flags & 1) /* FAIL_FAST_GENERATE_EXCEPTION_ADDRESS */
		record.ExceptionAddress = __builtin_return_address(0);
	ke_crash(&record, &context);
}

EXPORT(kernel32, void, OutputDebugStringW, (LPCWSTR string))
{
	ULONG_PTR arguments[4];
	size_t length, needed;
	char *ansi;

	if (!string)
		string = u"";
	length = rtl_wcslen(string);
	needed = rtl_utf16_to_utf8(NULL, 0, string, length);
	ansi = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, needed + 1);
	if (!ansi)
		return;
	rtl_utf16_to_utf8(ansi, needed, string, length);
	ansi[needed] = 0;
	arguments[0] = length + 1;
	arguments[1] = (ULONG_PTR)string;
	arguments[2] = needed + 1;
	arguments[3] = (ULONG_PTR)ansi;
	/* Who wants the narrow form only lets the wide one pass. */
	ps_self->debug_string_passed = false;
	RaiseException((DWORD)DBG_PRINTEXCEPTION_WIDE_C, 0, 4, arguments);
	if (ps_self->debug_string_passed)
		OutputDebugStringA(ansi);
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, ansi);
}
