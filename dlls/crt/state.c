/*
 * dlls/crt/state.c - the runtime's variables, per-thread data and locks.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/lock.h"
#include "dlls/crt/winapi.h"
#include "host/thread.h"
#include <stdlib.h>

struct crt_variables *crt_variables_of[CRT_FLAVOUR_COUNT];
struct crt_variables *crt_variables;
__thread struct crt_thread crt_self;

struct crt_lock_word crt_locks[CRT_LOCKS];

void CDECL crt_lock_wait(struct crt_lock_word *word)
{
	host_lock_slow(&word->lock);
}

void CDECL crt_lock_wake(struct crt_lock_word *word)
{
	host_unlock_slow(&word->lock);
}

void crt_lock(INT number)
{
	if ((UINT)number < CRT_LOCKS)
		crt_lock_word_enter(&crt_locks[number]);
}

void crt_unlock(INT number)
{
	if ((UINT)number < CRT_LOCKS)
		crt_lock_word_leave(&crt_locks[number]);
}

CRT_MSVCRT(void, _lock, (INT number))
{
	crt_lock(number);
}

CRT_MSVCRT(void, _unlock, (INT number))
{
	crt_unlock(number);
}

CRT_UCRT(void, _lock_locales, (void))
{
	crt_lock(CRT_LOCK_LOCALE);
}

CRT_UCRT(void, _unlock_locales, (void))
{
	crt_unlock(CRT_LOCK_LOCALE);
}

void crt_thread_detach(void)
{
	if (crt_self.fcvt_buffer != NULL)
		crt_heap_free(crt_self.fcvt_buffer);
	if (crt_self.tmpnam_buffer != NULL)
		crt_heap_free(crt_self.tmpnam_buffer);
	crt_self.fcvt_buffer = NULL;
	crt_self.tmpnam_buffer = NULL;
}
