/*
 * dlls/crt/lock.h - the runtime's numbered locks, inline for the hot paths of stdio.
 *
 * Taking a free lock calls nothing: a function with Microsoft's convention that called one of System V's would have to
 * save ten registers first.
 */
#ifndef PEWTER_DLLS_CRT_LOCK_H
#define PEWTER_DLLS_CRT_LOCK_H

#include "dlls/crt/crt.h"
#include "host/thread.h"

struct crt_lock_word {
	struct host_lock lock;
	UINT count;               /* the owner's */
	struct crt_thread *owner; /* NULL: free */
};
extern struct crt_lock_word crt_locks[CRT_LOCKS];

/* The lock is held by another thread; somebody waits for it. */
void CDECL crt_lock_wait(struct crt_lock_word *word);
void CDECL crt_lock_wake(struct crt_lock_word *word);

static inline void crt_lock_word_enter(struct crt_lock_word *word)
{
	if (__atomic_load_n(&word->owner, __ATOMIC_RELAXED) != &crt_self) {
		uint32_t free = 0;
		if (!__atomic_compare_exchange_n(&word->lock.word, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			crt_lock_wait(word);
		__atomic_store_n(&word->owner, &crt_self, __ATOMIC_RELAXED);
	}
	word->count++;
}

static inline void crt_lock_word_leave(struct crt_lock_word *word)
{
	if (word->owner != &crt_self || --word->count != 0)
		return;
	__atomic_store_n(&word->owner, NULL, __ATOMIC_RELAXED);
	if (__atomic_exchange_n(&word->lock.word, 0, __ATOMIC_RELEASE) != 1)
		crt_lock_wake(word);
}

#endif
