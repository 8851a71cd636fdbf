/*
 * dlls/crt/exit.c - the end of a program: tables of exit functions, exit, abort, assertions.
 *
 * Order of exit(): the functions of atexit and _onexit, last first; at_quick_exit's are not run; streams are flushed
 * and closed; ExitProcess (which detaches the DLLs).  MSDN "exit, _Exit, _exit".
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"
#include <stdio.h>

/* _onexit_table_t: guests allocate it, only the runtime reads it. */
struct onexit_table {
	void **first, **last, **end;
};

static struct onexit_table exit_table, quick_exit_table;
static void *thread_local_callback;
static UINT abort_behavior = 2; /* _CALL_REPORTFAULT */
static INT error_mode;
static bool ended; /* one of the functions here has begun the end of the process */

CRT(INT, _initialize_onexit_table, (struct onexit_table * table))
{
	if (table == NULL)
		return -1;
	/* Calling it again for a table in use changes nothing. */
	if (table->first != table->end)
		return 0;
	table->first = table->last = table->end = NULL;
	return 0;
}

CRT(INT, _register_onexit_function, (struct onexit_table * table, void *function))
{
	size_t count, capacity;
	void **first;
	INT result = -1;

	if (table == NULL)
		return -1;
	crt_lock(CRT_LOCK_EXIT);
	if (table->last == table->end) {
		count = (size_t)(table->last - table->first);
		capacity = count == 0 ? 32 : count * 2;
		first = crt_heap_reallocate(table->first, capacity * sizeof(*first));
		if (first == NULL)
			goto done;
		table->first = first;
		table->last = first + count;
		table->end = first + capacity;
	}
	*table->last++ = function;
	result = 0;
done:
	crt_unlock(CRT_LOCK_EXIT);
	return result;
}

/* Last registered, first run; functions may register others. */
CRT(INT, _execute_onexit_table, (struct onexit_table * table))
{
	void *function;

	if (table == NULL)
		return -1;
	for (;;) {
		crt_lock(CRT_LOCK_EXIT);
		if (table->last == table->first) {
			crt_heap_free(table->first);
			table->first = table->last = table->end = NULL;
			crt_unlock(CRT_LOCK_EXIT);
			return 0;
		}
		function = *--table->last;
		crt_unlock(CRT_LOCK_EXIT);
		if (function != NULL)
			ke_call_guest(function, 0, 0, 0, 0);
	}
}

CRT(void *, _onexit, (void *function))
{
	return crt__register_onexit_function(&exit_table, function) == 0 ? function : NULL;
}

CRT_MSVCRT(INT, atexit, (void *function))
{
	return crt__register_onexit_function(&exit_table, function);
}
CRT_ALIAS_UCRT("_crt_atexit", crt_atexit);

CRT_UCRT(INT, _crt_at_quick_exit, (void *function))
{
	return crt__register_onexit_function(&quick_exit_table, function);
}

/* A DLL's own table: *begin is a malloc block, *end points behind its last entry. */
CRT_MSVCRT(void *, __dllonexit, (void *function, void ***begin, void ***end))
{
	size_t count = (size_t)(*end - *begin);
	void **block;

	crt_lock(CRT_LOCK_EXIT);
	block = crt_heap_reallocate(*begin, (count + 1) * sizeof(*block));
	if (block != NULL) {
		block[count] = function;
		*begin = block;
		*end = block + count + 1;
	}
	crt_unlock(CRT_LOCK_EXIT);
	return block != NULL ? function : NULL;
}

CRT_UCRT(void, _register_thread_local_exe_atexit_callback, (void *callback))
{
	thread_local_callback = callback;
}
CRT_ALIAS_MSVCRT("_register_thread_local_exe_atexit_callback", crt__register_thread_local_exe_atexit_callback);

static void __attribute__((noreturn)) end_process(UINT code)
{
	ended = true;
	ps_exit_process(code);
}

static void run_exit_functions(void)
{
	void *callback = __atomic_exchange_n(&thread_local_callback, NULL, __ATOMIC_RELAXED);

	/* A TLS callback: (module, DLL_PROCESS_DETACH, reserved). */
	if (callback != NULL)
		ke_call_guest(callback, 0, DLL_PROCESS_DETACH, 0, 0);
	crt__execute_onexit_table(&exit_table);
}

CRT(void, _cexit, (void))
{
	ended = true;
	run_exit_functions();
	crt_stdio_exit();
}

/* What it did on MS-DOS has no counterpart. */
CRT(void, _c_exit, (void))
{
}

CRT(void, exit, (INT code))
{
	crt__cexit();
	end_process((UINT)code);
}

CRT(void, _exit, (INT code))
{
	end_process((UINT)code);
}
CRT_ALIAS_UCRT("_Exit", crt__exit);

CRT_UCRT(void, quick_exit, (INT code))
{
	crt__execute_onexit_table(&quick_exit_table);
	end_process((UINT)code);
}

void crt_process_detach(enum crt_flavour flavour)
{
	if (ended)
		return;
	ended = true;
	if (flavour == CRT_FLAVOUR_MSVCRT)
		run_exit_functions();
	crt_stdio_exit();
}

static void write_error(const char *text, size_t size)
{
	DWORD written;

	WriteFile(GetStdHandle((DWORD)-12), text, (DWORD)size, &written, NULL);
}

CRT(void, _amsg_exit, (INT number))
{
	char text[64];
	int size = snprintf(text, sizeof(text), "\nruntime error R60%02d\n", number);

	write_error(text, (size_t)size);
	end_process(255);
}

CRT(UINT, _set_abort_behavior, (UINT flags, UINT mask))
{
	UINT old = abort_behavior;

	abort_behavior = (old & ~mask) | (flags & mask);
	return old;
}

/* _OUT_TO_DEFAULT 0, _OUT_TO_STDERR 1, _OUT_TO_MSGBOX 2, _REPORT_ERRMODE 3. */
CRT(INT, _set_error_mode, (INT mode))
{
	INT old = error_mode;

	CRT_VALIDATE(mode >= 0 && mode <= 3, EINVAL, -1);
	if (mode != 3)
		error_mode = mode;
	return old;
}

CRT_MSVCRT_AS("abort", void, crt_abort_msvcrt, (void))
{
	static const char text[] =
		"\r\nThis application has requested the Runtime to terminate it in an unusual way.\r\n"
		"Please contact the application's support team for more information.\r\n";

	write_error(text, sizeof(text) - 1);
	crt_raise(22);
	end_process(3);
}

CRT_UCRT_AS("abort", void, crt_abort_ucrt, (void))
{
	if (crt_has_abort_handler())
		crt_raise(22);
	if (abort_behavior & 2)
		crt_fail_fast("abort() was called");
	end_process(3);
}

void __attribute__((noreturn)) crt_abort(void)
{
	if (crt_is_ucrt())
		crt_abort_ucrt();
	else
		crt_abort_msvcrt();
	ps_terminate_process(3);
}

static void report_assertion(const char *message, const char *file, UINT line)
{
	char *text = crt_heap_allocate(1024);
	int size;

	if (text == NULL)
		return;
	size = snprintf(text, 1024, "Assertion failed: %s, file %s, line %u\r\n", message, file, line);
	write_error(text, size < 1024 ? (size_t)size : 1023);
	crt_heap_free(text);
}

CRT(void, _assert, (const char *message, const char *file, UINT line))
{
	report_assertion(message, file, line);
	crt_abort();
}

CRT(void, _wassert, (const WCHAR *message, const WCHAR *file, UINT line))
{
	char *narrow_message = crt_narrow(message), *narrow_file = crt_narrow(file);

	report_assertion(narrow_message != NULL ? narrow_message : "", narrow_file != NULL ? narrow_file : "", line);
	crt_abort();
}

CRT_VC(void, _purecall, (void))
{
	void *handler = crt_purecall_handler;

	if (handler != NULL)
		ke_call_guest(handler, 0, 0, 0, 0);
	crt_abort();
}

void *crt_purecall_handler;

CRT(void *, _set_purecall_handler, (void *handler))
{
	return __atomic_exchange_n(&crt_purecall_handler, handler, __ATOMIC_RELAXED);
}

CRT_UCRT(void *, _get_purecall_handler, (void))
{
	return crt_purecall_handler;
}
