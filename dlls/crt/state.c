/*
 * dlls/crt/state.c - the runtime's variables, per-thread data and locks.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "host/thread.h"
#include <stdlib.h>

struct crt_variables *crt_variables_of[CRT_FLAVOUR_COUNT];
struct crt_variables *crt_variables;
__thread struct crt_thread crt_self;

static struct {
	struct host_lock lock;
	UINT count;
	struct crt_thread *owner;
} locks[CRT_LOCKS];

void crt_lock(INT number)
{
	if ((UINT)number >= CRT_LOCKS)
		return;
	if (__atomic_load_n(&locks[number].owner, __ATOMIC_RELAXED) != &crt_self) {
		host_lock_acquire(&locks[number].lock);
		__atomic_store_n(&locks[number].owner, &crt_self, __ATOMIC_RELAXED);
	}
	locks[number].count++;
}

void crt_unlock(INT number)
{
	if ((UINT)number >= CRT_LOCKS || locks[number].owner != &crt_self || --locks[number].count != 0)
		return;
	__atomic_store_n(&locks[number].owner, NULL, __ATOMIC_RELAXED);
	host_lock_release(&locks[number].lock);
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
