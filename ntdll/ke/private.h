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
#define KE_SHARED 8ull	  /* the state is in the shared page, for good; the rest of the word says nothing */
#define KE_LOW 0xFFFFFFFFull

/* ke_waiter.state; other values are the wait's NTSTATUS + 1. */
#define KE_WAITING 0u
#define KE_ENDED(status) ((uint32_t)(status) + 1u)
#define KE_POKED 0xFFFFFFFFu /* a wait for all has to look again */
/* Ends a wait inside this room: an object has become a shared one, the wait starts anew.  No status of NT's. */
#define KE_STATUS_MOVED ((NTSTATUS)0x2FFF0001)

struct ke_wait_block {
	struct ke_wait_block *next, *previous;
	struct ke_dispatcher *object;
	struct ps_thread *thread;
	unsigned index;
	bool queued;
};

/* A watch: a function waits for an object, once, where otherwise a thread would.  fn runs on whichever thread signals, with
 * the object's lock held: it takes leaf locks and wakes threads, nothing else.  See watch.c. */
struct ke_watch_helper;
struct ke_watch {
	struct ke_wait_block block;
	void (*fn)(struct ke_watch *watch);
	struct ob_object *object;
	struct ke_watch_helper *helper; /* while the object is shared with other processes */
	struct ke_timer_entry mover;
	uint32_t moved; /* the object has become shared; a helper is on its way */
};
/* The owner keeps watch and object alive until fn has run or ke_watch_disarm has said true.  For objects that can be
 * waited for, but not for mutexes, which threads own.  When the object is signalled already fn runs before this returns.  STATUS_NO_MEMORY: not armed.  Arming and
 * disarming exclude each other: the owner's business. */
NTSTATUS ke_watch_arm(struct ke_watch *watch, struct ob_object *object);
/* true: it was armed and will not run.  false: fn has run, to its end, or it was never armed. */
bool ke_watch_disarm(struct ke_watch *watch);
/* Whether it is armed and fn has not begun; false also means that fn is not running any more. */
bool ke_watch_is_armed(const struct ke_watch *watch);
/* The object, whose lock is held, has become a shared one; the watch is out of its list. */
void ke_watch_move(struct ke_watch *watch);

/* Nobody in the process has taken the exception: the debugger may.  Does not come back. */
void ke_last_chance(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));

struct ke_mutant {
	struct ob_object object;
	struct ke_dispatcher dispatcher;
	struct ps_thread *owner;
	bool abandoned;
	bool linked; /* in the owner's list, which then holds a reference */
	struct ke_mutant *next, *previous;
};

struct ke_semaphore {
	struct ob_object object;
	struct ke_dispatcher dispatcher;
	LONG limit;
};

static inline LONG ke_word_state(uint64_t word)
{
	return (LONG)(word >> 32);
}

static inline uint64_t ke_state_word(LONG state)
{
	return (uint64_t)(uint32_t)state << 32;
}

/* Whether the object's state is shared with other processes. */
static inline bool ke_is_shared(const struct ke_dispatcher *object)
{
	return __atomic_load_n(&object->word, __ATOMIC_ACQUIRE) & KE_SHARED;
}

/* The lock of a dispatcher object.  ke_unlock stores the new state and the waiter bit. */
uint64_t ke_lock(struct ke_dispatcher *object);
bool ke_try_lock(struct ke_dispatcher *object, uint64_t *word);
void ke_unlock(struct ke_dispatcher *object, LONG state);

/* Satisfies waits while the object is signalled.  The object is locked; returns its state afterwards.  *asleep is a thread
 * that is to be woken when the lock is free again, or NULL: a woken thread often comes for the same lock. */
LONG ke_satisfy_waiters(struct ke_dispatcher *object, LONG state, const uint32_t **asleep);
static inline void ke_unlock_and_wake(struct ke_dispatcher *object, LONG state, const uint32_t *asleep)
{
	ke_unlock(object, state);
	if (asleep)
		host_futex_wake(asleep, 1);
}

/* Ends the waits of all who are queued at the locked object. */
void ke_end_waits(struct ke_dispatcher *object, NTSTATUS status);

/* The calling thread takes the locked object of this process, which is signalled for it: the state left. */
LONG ke_consume_own(struct ke_dispatcher *object, LONG state);

/* Out of the calling thread's list; the list's reference goes with it. */
void ke_unlink_mutant(struct ke_mutant *mutant);

/* The mutex was handed to the calling thread, or taken by it: puts it in its list. */
void ke_link_mutant(struct ke_mutant *mutant);

/* Wait blocks: queueing under the object's lock; removing takes it, and says whether the block was queued. */
void ke_queue_block(struct ke_wait_block *block);
bool ke_remove_block(struct ke_wait_block *block);
/* A wait with a shared object among its own; KE_STATUS_MOVED too. */
NTSTATUS ke_wait_shared(unsigned count, struct ke_dispatcher *const *objects, bool all, bool alertable, uint64_t deadline);
/* One look at a wait for all of them. */
bool ke_take_all_shared(unsigned count, struct ke_dispatcher *const *objects, NTSTATUS *status);
bool ke_apcs_pending(struct ps_thread *self);
/* Whether an alertable wait of the thread ends now, and how: STATUS_ALERTED, STATUS_USER_APC, else STATUS_SUCCESS. */
NTSTATUS ke_interruption(struct ps_thread *self);
/* Ends the wait in which the thread is, if it is alertable. */
void ke_interrupt_wait(struct ps_thread *thread, NTSTATUS status);

/* Sleeps on *word while it holds `expected`, as a blocked thread.  Spurious returns.  -ETIMEDOUT as host_futex_wait. */
int ke_block(const uint32_t *word, uint32_t expected, uint64_t deadline);
int ke_block_many(const struct host_futex *futexes, unsigned count, uint64_t deadline);

/* Out of the queue of its object, which is locked. */
static inline void ke_unlink_block(struct ke_wait_block *block)
{
	struct ke_dispatcher *object = block->object;

	if (block->previous)
		block->previous->next = block->next;
	else
		object->first = block->next;
	if (block->next)
		block->next->previous = block->previous;
	else
		object->last = block->previous;
	/* The waiter may go on, and the block with it, once this is seen. */
	__atomic_store_n(&block->queued, false, __ATOMIC_RELEASE);
}

#endif
