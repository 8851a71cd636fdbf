/*
 * ntdll/ke/shared.h - the state of dispatcher objects that several processes share.
 *
 * It is one page of a record (ob/shared.h), changed with atomic operations only: there is no lock that a killed process
 * could keep.  All shared objects have the word
 *
 *	63                                  32 31        0
 *	| signal state, or a mutex' owner     | changes   |    the low half is a futex
 *
 * Each holder of the record (a process, see host/shared.h) has a slot:
 *
 *	63      48 47        32 31        0
 *	| epoch   | waiting    | granted   |                  the low half is a futex
 *
 * Auto-reset events, semaphores and the packets of completion ports are handed over: who signals looks for a slot whose process lives and has somebody
 * waiting, and moves one from waiting to granted; only when there is none does the state say signalled.  A killed
 *process takes with it what it had been granted, as it does on Windows, and nothing else.
 *
 * Manual-reset events count how often they were set: a waiter compares with what it saw when it began, so that it is
 * released even if the event is reset before it runs.  A mutex' owner is its slot and thread; when the slot's process
 *is gone the mutex is abandoned.  Nobody is woken for that: who waits for a mutex of another process looks 20 times a
 *second. A timer is due when somebody looks at it after its time: waits end by then.
 */
#ifndef PEWTER_NTDLL_KE_SHARED_H
#define PEWTER_NTDLL_KE_SHARED_H

#include "ntdll/ke/private.h"
#include "ntdll/ob/shared.h"

#define KE_SHARED_POLL_NS 50000000u

struct ke_page {
	uint64_t word;
	uint32_t kind;     /* enum ke_kind */
	uint32_t timer;    /* it is a waitable timer */
	uint32_t sets;     /* of a notification object; wraps */
	uint32_t waiting;  /* at least as many as the slots count together */
	uint32_t watching; /* at least as many as may sleep on the word */
	uint32_t slots_used;
	LONG limit;         /* semaphore */
	LONG recursion;     /* mutex: how often it is held; the owner's */
	uint32_t abandoned; /* mutex: the next owner is told */
	uint32_t note; /* of whoever made it, for the others: a thread's exit code */
	uint64_t due, period, last_due; /* timer: host_monotonic_ns; due 0 = not set */
	uint64_t slots[HOST_SHARED_HOLDERS];
};
_Static_assert(sizeof(struct ke_page) <= OB_SHARED_AREA, "the page's room in a record");

static inline struct ke_page *ke_page(const struct ke_dispatcher *object)
{
	return ob_shared_area(object->shared);
}

/* Moves the state of an object into a new record; waits that go on start anew. */
void ke_share(struct ke_dispatcher *object, struct host_shared *shared);
/* A dispatcher of this process for a record of another's. */
void ke_dispatcher_adopt(struct ke_dispatcher *object, struct host_shared *shared);

/* As the functions without `shared` in their names. */
LONG ke_shared_state(const struct ke_dispatcher *object);
bool ke_shared_take(struct ke_dispatcher *object, NTSTATUS *status);
LONG ke_shared_set(struct ke_dispatcher *object);
LONG ke_shared_reset(struct ke_dispatcher *object);
LONG ke_shared_pulse(struct ke_dispatcher *object);
NTSTATUS ke_shared_release(struct ke_dispatcher *object, LONG count, LONG limit, LONG *previous);

/* Mutexes: whether the calling thread owns it; gives it up once.  The state before. */
bool ke_shared_owned(const struct ke_dispatcher *object);
LONG ke_shared_release_mutant(struct ke_dispatcher *object, bool abandon);

/* Timers: sets (due 0: cancels), and signals it if its time has come. */
void ke_shared_set_timer(struct ke_dispatcher *object, uint64_t due, uint64_t period);
void ke_shared_expire(struct ke_page *page, struct ke_dispatcher *object);

/* One wait's part in one shared object. */
struct ke_shared_wait {
	bool registered; /* in the slot: what is granted to it is for us */
	bool watching;
	uint32_t sets;
};
/* Before the first look at the object; `consume` false: only to be told of changes. */
void ke_shared_begin(struct ke_dispatcher *object, struct ke_shared_wait *wait, bool consume);
/* Takes what was granted, or what there is.  The registration may be used up by it. */
bool ke_shared_claim(struct ke_dispatcher *object, struct ke_shared_wait *wait, NTSTATUS *status);
/* Puts back what a claim or a take took. */
void ke_shared_give_back(struct ke_dispatcher *object, NTSTATUS status);
void ke_shared_end(struct ke_dispatcher *object, struct ke_shared_wait *wait);
/* What to sleep on until something changes, read before the look that finds nothing; and until when at most. */
struct host_futex ke_shared_futex(const struct ke_dispatcher *object, const struct ke_shared_wait *wait);
uint64_t ke_shared_limit(const struct ke_dispatcher *object, uint64_t now);
/* Whether the calling thread could take it now. */
bool ke_shared_looks_signalled(struct ke_dispatcher *object);

#endif
