/*
 * ntdll/ke/dispatcher.c - dispatcher objects: signalling, and who is released by it.
 *
 * An object's word holds its signal state and, below, a lock bit and whether anybody waits.  While nobody does and the
 * lock is free, every operation is one compare-and-swap.  Otherwise the lock is taken and the list of waiters walked.
 */
#include "host/thread.h"
#include "ntdll/ke/shared.h"

#include <limits.h>

void ke_dispatcher_initialize(struct ke_dispatcher *object, enum ke_kind kind, LONG state)
{
	object->word = ke_state_word(state);
	object->first = object->last = NULL;
	object->kind = kind;
	object->shared = NULL;
}

struct ke_dispatcher *ke_object_dispatcher(struct ob_object *object)
{
	return object->type->dispatcher ? object->type->dispatcher(object) : NULL;
}

static inline const uint32_t *lock_futex(const struct ke_dispatcher *object)
{
	return (const uint32_t *)&object->word;
}

bool ke_try_lock(struct ke_dispatcher *object, uint64_t *word)
{
	*word = __atomic_load_n(&object->word, __ATOMIC_RELAXED);
	return !(*word & KE_LOCKED) && __atomic_compare_exchange_n(&object->word, word, *word | KE_LOCKED, 0,
								   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

uint64_t ke_lock(struct ke_dispatcher *object)
{
	uint64_t contended = 0;
	uint64_t word;

	for (unsigned spin = 0;; spin++) {
		word = __atomic_load_n(&object->word, __ATOMIC_RELAXED);
		if (!(word & KE_LOCKED)) {
			/* Who has slept does not know whether others still do. */
			if (__atomic_compare_exchange_n(&object->word, &word, word | KE_LOCKED | contended, 1,
							__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
				return word;
			continue;
		}
		if (spin < 100) {
			__builtin_ia32_pause();
			continue;
		}
		if (!(word & KE_CONTENDED) &&
		    !__atomic_compare_exchange_n(&object->word, &word, word | KE_CONTENDED, 1, __ATOMIC_RELAXED,
						 __ATOMIC_RELAXED))
			continue;
		contended = KE_CONTENDED;
		host_futex_wait(lock_futex(object), (uint32_t)(word | KE_CONTENDED), UINT64_MAX);
	}
}

void ke_unlock(struct ke_dispatcher *object, LONG state)
{
	uint64_t word = ke_state_word(state) | (object->first ? KE_WAITERS : 0) | (object->shared ? KE_SHARED : 0);

	if (__atomic_exchange_n(&object->word, word, __ATOMIC_RELEASE) & KE_CONTENDED)
		host_futex_wake(lock_futex(object), 1);
}

LONG ke_dispatcher_state(struct ke_dispatcher *object)
{
	uint64_t word = __atomic_load_n(&object->word, __ATOMIC_ACQUIRE);

	/* A lock's holder stores the new state last, when waiters may be gone with it already. */
	if (__builtin_expect(word & KE_LOCKED, 0)) {
		ke_unlock(object, ke_word_state(ke_lock(object)));
		word = __atomic_load_n(&object->word, __ATOMIC_ACQUIRE);
	}
	return word & KE_SHARED ? ke_shared_state(object) : ke_word_state(word);
}

/* Locks an object whose state is this process' own; false: it is shared, and not locked. */
static bool lock_own(struct ke_dispatcher *object, LONG *state)
{
	if (ke_is_shared(object))
		return false;
	*state = ke_word_state(ke_lock(object));
	if (!object->shared)
		return true;
	ke_unlock(object, 0);
	return false;
}

static inline bool signalled_for(const struct ke_dispatcher *object, LONG state, const struct ps_thread *thread)
{
	return state > 0 || (object->kind == KE_MUTANT &&
			     CONTAINING_RECORD(object, struct ke_mutant, dispatcher)->owner == thread);
}

/* The thread's wait takes the locked object.  Returns the state left; sets *abandoned. */
static LONG consume(struct ke_dispatcher *object, LONG state, struct ps_thread *thread, bool *abandoned)
{
	struct ke_mutant *mutant;

	switch (object->kind) {
	case KE_NOTIFICATION:
		return state;
	case KE_SYNCHRONIZATION:
		return 0;
	case KE_SEMAPHORE:
		return state - 1;
	case KE_QUEUE:
		return state - (thread && thread->dequeues);
	case KE_MUTANT:
		mutant = CONTAINING_RECORD(object, struct ke_mutant, dispatcher);
		mutant->owner = thread;
		if (mutant->abandoned) {
			mutant->abandoned = false;
			*abandoned = true;
		}
		return state - 1;
	}
	return state;
}

static bool end_wait(struct ps_thread *thread, NTSTATUS status)
{
	uint32_t expected = KE_WAITING;

	if (__atomic_compare_exchange_n(&thread->waiter.state, &expected, KE_ENDED(status), 0, __ATOMIC_ACQ_REL,
					__ATOMIC_RELAXED))
		return true;
	/* A poked wait for all has not ended either. */
	return expected == KE_POKED &&
	       __atomic_compare_exchange_n(&thread->waiter.state, &expected, KE_ENDED(status), 0, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

static void poke(struct ke_waiter *waiter)
{
	uint32_t expected = KE_WAITING;

	__atomic_compare_exchange_n(&waiter->state, &expected, KE_POKED, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void ke_end_waits(struct ke_dispatcher *object, NTSTATUS status)
{
	for (struct ke_wait_block *block = object->first, *next; block; block = next) {
		struct ps_thread *thread = block->thread;

		next = block->next;
		if (!thread) {
			ke_unlink_block(block);
			ke_watch_move(CONTAINING_RECORD(block, struct ke_watch, block));
		} else if (end_wait(thread, status)) {
			ke_unlink_block(block);
			host_futex_wake(&thread->waiter.state, 1);
		}
	}
}

/*
 * A wait for all has one more of its objects signalled, `held`, whose lock we have.  When all the others' locks can be had
 * and all are signalled, it is satisfied on the spot, so that an event that is reset right afterwards is not missed.
 * When a lock cannot be had the waiter is told to look itself: locks are only waited for in order of address.
 */
static bool satisfy_all(struct ps_thread *thread, struct ke_dispatcher *held, LONG *held_state)
{
	struct ke_waiter *waiter = &thread->waiter;
	LONG states[KE_MAXIMUM_WAIT_OBJECTS];
	bool satisfied = true, abandoned = false, stuck = false;
	unsigned locked = 0;

	if (waiter->mixed) {
		poke(waiter);
		return true;
	}
	for (; locked < waiter->count; locked++) {
		struct ke_dispatcher *object = waiter->blocks[locked].object;
		uint64_t word = 0;

		if (object == held) {
			states[locked] = *held_state;
		} else {
			unsigned spin = 0;

			while (!ke_try_lock(object, &word) && spin++ < 64)
				__builtin_ia32_pause();
			if (spin > 64) {
				stuck = true;
				break;
			}
			states[locked] = ke_word_state(word);
		}
		satisfied = satisfied && signalled_for(object, states[locked], thread);
	}
	satisfied = satisfied && !stuck;
	if (satisfied) {
		/* The result must be known before the waiter may see it. */
		for (unsigned i = 0; i < waiter->count; i++) {
			struct ke_dispatcher *object = waiter->blocks[i].object;

			if (object->kind == KE_MUTANT)
				abandoned |= CONTAINING_RECORD(object, struct ke_mutant, dispatcher)->abandoned;
		}
		satisfied = end_wait(thread, abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0);
	}
	while (locked-- > 0) {
		struct ke_dispatcher *object = waiter->blocks[locked].object;
		bool ignored = false;

		if (satisfied)
			states[locked] = consume(object, states[locked], thread, &ignored);
		if (object == held)
			*held_state = states[locked];
		else
			ke_unlock(object, states[locked]);
	}
	if (stuck)
		poke(waiter);
	return satisfied || stuck;
}

LONG ke_satisfy_waiters(struct ke_dispatcher *object, LONG state, const uint32_t **asleep)
{
	struct ke_wait_block *block = object->first;

	*asleep = NULL;
	while (block && state > 0) {
		struct ke_wait_block *next = block->next;
		struct ps_thread *thread = block->thread;
		bool wake = false, abandoned = false;

		if (!thread) {
			state = consume(object, state, NULL, &abandoned);
			ke_unlink_block(block);
			CONTAINING_RECORD(block, struct ke_watch, block)->fn(CONTAINING_RECORD(block, struct ke_watch, block));
		} else if (thread->waiter.all) {
			wake = satisfy_all(thread, object, &state);
		} else {
			NTSTATUS status = STATUS_WAIT_0 + (NTSTATUS)block->index;
			bool was_abandoned = object->kind == KE_MUTANT &&
					     CONTAINING_RECORD(object, struct ke_mutant, dispatcher)->abandoned;

			if (end_wait(thread, was_abandoned ? status + STATUS_ABANDONED_WAIT_0 : status)) {
				wake = true;
				state = consume(object, state, thread, &abandoned);
				ke_unlink_block(block);
			}
		}
		/* The waiter's memory may be gone by now; a futex nobody sleeps on is harmless to wake. */
		if (wake && *asleep)
			host_futex_wake(*asleep, 1);
		if (wake)
			*asleep = &thread->waiter.state;
		block = next;
	}
	return state;
}

LONG ke_set_quietly(struct ke_dispatcher *object, const uint32_t **asleep)
{
	uint64_t word = __atomic_load_n(&object->word, __ATOMIC_RELAXED);
	LONG old, state;

	*asleep = NULL;
	while (!(word & KE_LOW))
		if (__atomic_compare_exchange_n(&object->word, &word, ke_state_word(1), 1, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return ke_word_state(word);
	if (!lock_own(object, &old))
		return ke_shared_set(object);
	state = ke_satisfy_waiters(object, 1, asleep);
	ke_unlock(object, state);
	return old;
}

LONG ke_set(struct ke_dispatcher *object)
{
	const uint32_t *asleep;
	LONG old = ke_set_quietly(object, &asleep);

	if (asleep)
		host_futex_wake(asleep, 1);
	return old;
}

LONG ke_reset(struct ke_dispatcher *object)
{
	uint64_t word = __atomic_load_n(&object->word, __ATOMIC_RELAXED);
	LONG old;

	while (!(word & KE_LOW))
		if (__atomic_compare_exchange_n(&object->word, &word, 0, 1, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return ke_word_state(word);
	if (!lock_own(object, &old))
		return ke_shared_reset(object);
	ke_unlock(object, 0);
	return old;
}

LONG ke_pulse(struct ke_dispatcher *object)
{
	const uint32_t *asleep;
	LONG old;

	if (!lock_own(object, &old))
		return ke_shared_pulse(object);
	ke_satisfy_waiters(object, 1, &asleep);
	ke_unlock_and_wake(object, 0, asleep);
	return old;
}

NTSTATUS ke_release_semaphore(struct ke_dispatcher *object, LONG count, LONG limit, LONG *previous)
{
	uint64_t word = __atomic_load_n(&object->word, __ATOMIC_RELAXED);
	const uint32_t *asleep;
	LONG state;

	while (!(word & KE_LOW)) {
		state = ke_word_state(word);
		if (count > limit - state)
			return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
		if (__atomic_compare_exchange_n(&object->word, &word, ke_state_word(state + count), 1, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED)) {
			*previous = state;
			return STATUS_SUCCESS;
		}
	}
	if (!lock_own(object, &state))
		return ke_shared_release(object, count, limit, previous);
	if (count > limit - state) {
		ke_unlock(object, state);
		return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
	}
	*previous = state;
	state = ke_satisfy_waiters(object, state + count, &asleep);
	ke_unlock_and_wake(object, state, asleep);
	return STATUS_SUCCESS;
}

bool ke_try_release_semaphore(struct ke_dispatcher *object)
{
	uint64_t word = __atomic_load_n(&object->word, __ATOMIC_RELAXED);
	const uint32_t *asleep;
	LONG state;

	while (!(word & KE_LOW))
		if (__atomic_compare_exchange_n(&object->word, &word, ke_state_word(ke_word_state(word) + 1), 1,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return true;
	if (ke_is_shared(object))
		return false;
	for (unsigned spin = 0; spin < 64; spin++) {
		if (ke_try_lock(object, &word)) {
			state = ke_satisfy_waiters(object, ke_word_state(word) + 1, &asleep);
			ke_unlock_and_wake(object, state, asleep);
			return true;
		}
		__builtin_ia32_pause();
	}
	return false;
}
