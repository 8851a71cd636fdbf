/*
 * dlls/crt/signal.c - signal, raise, and exceptions turned into signals.
 *
 * MSDN "signal": a handler is reset to SIG_DFL before it runs; SIGFPE, SIGILL and SIGSEGV belong to the thread, the
 * others to the process; SIGINT and SIGBREAK come from the console on a thread of their own.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"

enum { SIGINT_ = 2, SIGILL_ = 4, SIGABRT_COMPAT = 6, SIGFPE_ = 8, SIGSEGV_ = 11, SIGTERM_ = 15, SIGBREAK_ = 21,
       SIGABRT_ = 22 };
#define SIG_DEFAULT ((void *)0)
#define SIG_IGNORE ((void *)1)
#define SIG_GET ((void *)2)
#define SIG_SGE ((void *)3)
#define SIG_ACKNOWLEDGE ((void *)4)
#define SIG_ERROR ((void *)-1)

static void *interrupt_handler, *break_handler, *abort_handler, *terminate_handler;
static bool console_handler_installed;

static void **slot(INT number)
{
	switch (number) {
	case SIGINT_:
		return &interrupt_handler;
	case SIGBREAK_:
		return &break_handler;
	case SIGABRT_:
	case SIGABRT_COMPAT:
		return &abort_handler;
	case SIGTERM_:
		return &terminate_handler;
	case SIGFPE_:
		return &crt_self.signal_handlers[0];
	case SIGILL_:
		return &crt_self.signal_handlers[1];
	case SIGSEGV_:
		return &crt_self.signal_handlers[2];
	default:
		return NULL;
	}
}

bool crt_has_abort_handler(void)
{
	return __atomic_load_n(&abort_handler, __ATOMIC_RELAXED) != SIG_DEFAULT;
}

/* CTRL_C_EVENT 0 is SIGINT, every other event SIGBREAK. */
static BOOL WINAPI console_event(DWORD event)
{
	INT number = event == 0 ? SIGINT_ : SIGBREAK_;
	void **place = slot(number), *handler;

	crt_lock(CRT_LOCK_SIGNAL);
	handler = *place;
	if (handler != SIG_DEFAULT && handler != SIG_IGNORE)
		*place = SIG_DEFAULT;
	crt_unlock(CRT_LOCK_SIGNAL);
	if (handler == SIG_DEFAULT)
		return FALSE;
	if (handler != SIG_IGNORE)
		ke_call_guest(handler, (uint64_t)number, 0, 0, 0);
	return TRUE;
}

CRT(void *, signal, (INT number, void *handler))
{
	void **place = slot(number), *old;

	/* Refused quietly: MSDN gives EINVAL and SIG_ERR. */
	if (place == NULL || handler == SIG_SGE || handler == SIG_ACKNOWLEDGE) {
		crt_self.error = CRT_EINVAL;
		return SIG_ERROR;
	}
	crt_lock(CRT_LOCK_SIGNAL);
	if ((number == SIGINT_ || number == SIGBREAK_) && handler != SIG_GET && !console_handler_installed) {
		if (!SetConsoleCtrlHandler(console_event, TRUE)) {
			crt_fail_last_error();
			crt_unlock(CRT_LOCK_SIGNAL);
			return SIG_ERROR;
		}
		console_handler_installed = true;
	}
	old = *place;
	if (handler != SIG_GET)
		*place = handler;
	crt_unlock(CRT_LOCK_SIGNAL);
	return old;
}

CRT(INT, raise, (INT number))
{
	void **place = slot(number), *handler;

	CRT_VALIDATE(place != NULL, EINVAL, -1);
	crt_lock(CRT_LOCK_SIGNAL);
	handler = *place;
	if (handler != SIG_DEFAULT && handler != SIG_IGNORE)
		*place = SIG_DEFAULT;
	crt_unlock(CRT_LOCK_SIGNAL);
	if (handler == SIG_IGNORE)
		return 0;
	if (handler == SIG_DEFAULT)
		crt__exit(3);
	if (number == SIGFPE_) {
		INT old = crt_self.fpe_code;

		crt_self.fpe_code = 0x8C; /* _FPE_EXPLICITGEN */
		ke_call_guest(handler, (uint64_t)number, 0x8C, 0, 0);
		crt_self.fpe_code = old;
	} else {
		ke_call_guest(handler, (uint64_t)number, 0, 0, 0);
	}
	return 0;
}

/* Which signal an exception is, and the code that a SIGFPE handler gets: <float.h>. */
static const struct {
	DWORD exception;
	BYTE number;
	BYTE fpe;
} exceptions[] = {
	{0xC0000005u, SIGSEGV_, 0},    {0xC000001Du, SIGILL_, 0},     {0xC0000096u, SIGILL_, 0},
	{0xC000008Du, SIGFPE_, 0x82},  {0xC000008Eu, SIGFPE_, 0x83},  {0xC000008Fu, SIGFPE_, 0x86},
	{0xC0000090u, SIGFPE_, 0x81},  {0xC0000091u, SIGFPE_, 0x84},  {0xC0000092u, SIGFPE_, 0x8A},
	{0xC0000093u, SIGFPE_, 0x85},  {0xC00002B4u, SIGFPE_, 0x8D},  {0xC00002B5u, SIGFPE_, 0x8E},
};

/* The common part of the filters.  `search`: what to say of an exception that no handler takes. */
static INT filter(DWORD code, EXCEPTION_POINTERS *pointers, bool default_to_top)
{
	void **place, *handler, *old_pointers;
	INT old_fpe;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (exceptions[i].exception == code)
			break;
	place = i < ARRAY_SIZE(exceptions) ? slot(exceptions[i].number) : NULL;
	handler = place != NULL ? *place : SIG_DEFAULT;
	if (handler == SIG_DEFAULT)
		return default_to_top ? UnhandledExceptionFilter(pointers) : EXCEPTION_CONTINUE_SEARCH;
	if (handler == SIG_IGNORE)
		return EXCEPTION_CONTINUE_EXECUTION;
	*place = SIG_DEFAULT;
	old_pointers = crt_self.exception_pointers;
	old_fpe = crt_self.fpe_code;
	crt_self.exception_pointers = pointers;
	crt_self.fpe_code = exceptions[i].fpe;
	ke_call_guest(handler, exceptions[i].number, exceptions[i].fpe, 0, 0);
	crt_self.fpe_code = old_fpe;
	crt_self.exception_pointers = old_pointers;
	return EXCEPTION_CONTINUE_EXECUTION;
}

CRT_MSVCRT(INT, _XcptFilter, (ULONG code, EXCEPTION_POINTERS *pointers))
{
	return filter(code, pointers, true);
}

CRT_MSVCRT(INT, __CppXcptFilter, (ULONG code, EXCEPTION_POINTERS *pointers))
{
	return code == 0xE06D7363u ? filter(code, pointers, true) : EXCEPTION_CONTINUE_SEARCH;
}

CRT_UCRT(INT, _seh_filter_exe, (ULONG code, EXCEPTION_POINTERS *pointers))
{
	return filter(code, pointers, false);
}

CRT_UCRT(INT, _seh_filter_dll, (ULONG code, EXCEPTION_POINTERS *pointers))
{
	return code == 0xE06D7363u ? filter(code, pointers, false) : EXCEPTION_CONTINUE_SEARCH;
}

CRT(void **, __pxcptinfoptrs, (void))
{
	return &crt_self.exception_pointers;
}

CRT(INT *, __fpecode, (void))
{
	return &crt_self.fpe_code;
}
