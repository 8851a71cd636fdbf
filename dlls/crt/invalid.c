/*
 * dlls/crt/invalid.c - the invalid parameter handler.
 *
 * MSDN "Parameter validation": the thread's handler, else the process's, else the default.  The UCRT's default fails
 * fast with FAST_FAIL_INVALID_ARG (exit code STATUS_STACK_BUFFER_OVERRUN); msvcrt.dll's returns, so that programs
 * written for it see only errno.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "host/host.h"

static void *process_handler;

void __attribute__((noreturn)) crt_fail_fast(const char *what)
{
	host_message("pewter: %s; the C runtime ends the program (0xC0000409)\n", what);
	ps_terminate_process((DWORD)STATUS_STACK_BUFFER_OVERRUN);
}

static void invalid_parameter(const WCHAR *expression, const WCHAR *function, const WCHAR *file, UINT line)
{
	void *handler = crt_self.invalid_parameter_handler;

	if (handler == NULL)
		handler = __atomic_load_n(&process_handler, __ATOMIC_RELAXED);
	if (handler != NULL) {
		/* The fifth argument is reserved. */
		ke_call_guest(handler, (uintptr_t)expression, (uintptr_t)function, (uintptr_t)file, line);
		return;
	}
	if (crt_is_ucrt())
		crt_fail_fast("invalid parameter passed to a C runtime function");
}

void crt_invalid_parameter(void)
{
	invalid_parameter(NULL, NULL, NULL, 0);
}

errno_t crt_invalid(errno_t error)
{
	crt_self.error = error;
	crt_invalid_parameter();
	return error;
}

CRT(void *, _set_invalid_parameter_handler, (void *handler))
{
	return __atomic_exchange_n(&process_handler, handler, __ATOMIC_RELAXED);
}

CRT(void *, _get_invalid_parameter_handler, (void))
{
	return __atomic_load_n(&process_handler, __ATOMIC_RELAXED);
}

CRT_UCRT(void *, _set_thread_local_invalid_parameter_handler, (void *handler))
{
	void *old = crt_self.invalid_parameter_handler;

	crt_self.invalid_parameter_handler = handler;
	return old;
}

CRT_UCRT(void *, _get_thread_local_invalid_parameter_handler, (void))
{
	return crt_self.invalid_parameter_handler;
}

CRT(void, _invalid_parameter, (const WCHAR *expression, const WCHAR *function, const WCHAR *file, UINT line,
			       ULONG_PTR reserved))
{
	(void)reserved;
	invalid_parameter(expression, function, file, line);
}

CRT_UCRT(void, _invalid_parameter_noinfo, (void))
{
	crt_invalid_parameter();
}

CRT_UCRT(void, _invalid_parameter_noinfo_noreturn, (void))
{
	crt_invalid_parameter();
	crt_fail_fast("invalid parameter passed to a C runtime function");
}

CRT(void, _invoke_watson, (const WCHAR *expression, const WCHAR *function, const WCHAR *file, UINT line,
			   ULONG_PTR reserved))
{
	(void)expression;
	(void)function;
	(void)file;
	(void)line;
	(void)reserved;
	crt_fail_fast("invalid parameter passed to a C runtime function");
}

CRT_UCRT(void, __report_gsfailure, (ULONG_PTR cookie))
{
	(void)cookie;
	crt_fail_fast("stack buffer overrun detected");
}
