/*
 * ntdll/ke/private.h - what the files of this room share.
 */
#ifndef PEWTER_NTDLL_KE_PRIVATE_H
#define PEWTER_NTDLL_KE_PRIVATE_H

#include "ntdll/ke/ke.h"
#include "ntdll/ps/thread.h"

/* ke_dispatcher.word, low half. */
#define KE_LOCKED 1ull
#define KE_WAITERS 2ull   /* the list is not empty */
#define KE_CONTENDED 4ull /* somebody sleeps for the lock */
#define KE_LOW 0xFFFFFFFFull

/* ke_waiter.state; other values are the wait's NTSTATUS + 1. */
#define KE_WAITING 0u
#define KE_ENDED(status) ((uint32_t)(status) + 1u)
#define KE_POKED 0xFFFFFFFFu /* a wait for all has to look again */

struct ke_wait_block {
	struct ke_wait_block *next, *previous;
	struct ke_dispatcher *object;
	struct ps_thread *thread;
	unsigned index;
	bool queued;
};

struct ke_mutant {
	struct ob_object object;
	struct ke_dispatcher dispatcher;
	struct ps_thread *owner;
	bool abandoned;
	bool linked; /* in the owner's list, which then holds a reference */
	struct ke_mutant *next, *previous;
};

static inline LONG ke_word_state(uint64_t word)
{
	return (LONG)(word >> 32);
}

static inline uint64_t ke_state_word(LONG state)
{
	return (uint64_t)(uint32_t)state << 32;
}

/* The lock of a dispatcher object.  ke_unlock stores the new state and the waiter bit. */
uint64_t ke_lock(struct ke_dispatcher *object);
bool ke_try_lock(struct ke_dispatcher *object, uint64_t *word);
void ke_unlock(struct ke_dispatcher *object, LONG state);

/* Satisfies waits while the object is signalled.  The object is locked; returns its state afterwards. */
LONG ke_satisfy_waiters(struct ke_dispatcher *object, LONG state);

/* The mutex was handed to the calling thread, or taken by it: puts it in its list. */
void ke_link_mutant(struct ke_mutant *mutant);

/* Sleeps on *word while it holds `expected`, as a blocked thread.  Spurious returns.  -ETIMEDOUT as host_futex_wait. */
int ke_block(const uint32_t *word, uint32_t expected, uint64_t deadline);

#endif
