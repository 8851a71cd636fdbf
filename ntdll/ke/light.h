/*
 * ntdll/ke/light.h - events, mutexes and semaphores without waiters, signalled and taken without a reference: one
 * locked instruction each (ob/light.h).  What is not so simple is left to the callers' slow ways: false says so, and
 * then nothing was done.
 *
 * Everything here is inlined into exported functions, which must call no System V function on their fast way.
 */
#ifndef PEWTER_NTDLL_KE_LIGHT_H
#define PEWTER_NTDLL_KE_LIGHT_H

#include "ntdll/ke/private.h"
#include "ntdll/ob/light.h"

static inline struct ke_dispatcher *ke_light_dispatcher(struct ob_object *object)
{
	return (struct ke_dispatcher *)(object + 1);
}

/* Stores a state while nobody waits and nobody has the lock. */
static inline bool ke_light_store(struct ke_dispatcher *object, LONG state)
{
	uint64_t word = __atomic_load_n(&object->word, __ATOMIC_RELAXED);

	while (__builtin_expect(!(word & KE_LOW), 1))
		if (__atomic_compare_exchange_n(&object->word, &word, ke_state_word(state), 1, __ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

static inline bool ke_light_change_event(HANDLE handle, LONG state)
{
	struct ps_thread *self = ps_self;
	struct ob_object *object = ob_light_begin(self, handle, 2 /* EVENT_MODIFY_STATE */);
	bool done;

	if (!object)
		return false;
	done = object->type == &ke_event_type && ke_light_store(ke_light_dispatcher(object), state);
	ob_light_end(self);
	return done;
}

/* One more for the semaphore, below its limit, which lies behind the dispatcher. */
static inline bool ke_light_release_semaphore(HANDLE handle)
{
	struct ps_thread *self = ps_self;
	struct ob_object *object = ob_light_begin(self, handle, 2 /* SEMAPHORE_MODIFY_STATE */);
	struct ke_semaphore *semaphore = (struct ke_semaphore *)object;
	bool done = false;

	if (!object)
		return false;
	if (object->type == &ke_semaphore_type) {
		uint64_t word = __atomic_load_n(&semaphore->dispatcher.word, __ATOMIC_RELAXED);

		while (!done && !(word & KE_LOW) && ke_word_state(word) < semaphore->limit)
			done = __atomic_compare_exchange_n(&semaphore->dispatcher.word, &word,
							   ke_state_word(ke_word_state(word) + 1), 1, __ATOMIC_SEQ_CST,
							   __ATOMIC_RELAXED);
	}
	ob_light_end(self);
	return done;
}

/* Puts a mutex that was free into the calling thread's list. */
static inline void ke_light_link(struct ps_thread *self, struct ke_mutant *mutant)
{
	mutant->owner = self;
	mutant->linked = true;
	mutant->previous = NULL;
	mutant->next = self->owned;
	if (self->owned)
		self->owned->previous = mutant;
	self->owned = mutant;
}

static inline bool ke_light_take_mutant(struct ps_thread *self, struct ke_mutant *mutant, NTSTATUS *status)
{
	uint64_t word = __atomic_load_n(&mutant->dispatcher.word, __ATOMIC_RELAXED);
	bool owned = mutant->owner == self;

	if (word & KE_LOW || (!owned && ke_word_state(word) != 1))
		return false;
	/* The list's reference; the object may be dying. */
	if (!owned && !ob_reference_living(mutant))
		return false;
	if (!__atomic_compare_exchange_n(&mutant->dispatcher.word, &word, ke_state_word(ke_word_state(word) - 1), 0,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		if (!owned)
			ob_light_dereference(&mutant->object);
		return false;
	}
	if (!owned)
		ke_light_link(self, mutant);
	if (mutant->abandoned) {
		mutant->abandoned = false;
		*status = STATUS_ABANDONED_WAIT_0;
	}
	return true;
}

/* Takes the object that a handle is for, if it is signalled; *status becomes STATUS_ABANDONED_WAIT_0 for an abandoned
 * mutex. */
static inline bool ke_light_take(HANDLE handle, NTSTATUS *status)
{
	struct ps_thread *self = ps_self;
	struct ob_object *object = ob_light_begin(self, handle, SYNCHRONIZE);
	struct ke_dispatcher *dispatcher;
	bool done = false;
	uint64_t word;

	if (!object)
		return false;
	dispatcher = ke_light_dispatcher(object);
	if (dispatcher->kind == KE_MUTANT) {
		done = ke_light_take_mutant(self, (struct ke_mutant *)object, status);
	} else {
		word = __atomic_load_n(&dispatcher->word, __ATOMIC_ACQUIRE);
		while (!done && ke_word_state(word) > 0 && !(word & KE_LOW)) {
			if (dispatcher->kind == KE_NOTIFICATION || dispatcher->kind == KE_QUEUE)
				done = true;
			else
				done = __atomic_compare_exchange_n(
					&dispatcher->word, &word,
					ke_state_word(dispatcher->kind == KE_SEMAPHORE ? ke_word_state(word) - 1 : 0),
					1, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
		}
	}
	ob_light_end(self);
	return done;
}

static inline void ke_light_unlink(struct ps_thread *self, struct ke_mutant *mutant)
{
	if (mutant->previous)
		mutant->previous->next = mutant->next;
	else
		self->owned = mutant->next;
	if (mutant->next)
		mutant->next->previous = mutant->previous;
	mutant->linked = false;
	mutant->owner = NULL;
}

/* Gives a mutex of the calling thread up, once. */
static inline bool ke_light_release_mutant(HANDLE handle)
{
	struct ps_thread *self = ps_self;
	struct ob_object *object = ob_light_begin(self, handle, 0);
	struct ke_mutant *mutant = (struct ke_mutant *)object;
	bool done = false, last;
	uint64_t word;

	if (!object)
		return false;
	if (object->type == &ke_mutant_type && mutant->owner == self) {
		word = __atomic_load_n(&mutant->dispatcher.word, __ATOMIC_RELAXED);
		if (!(word & KE_LOW)) {
			last = ke_word_state(word) == 0;
			/* It may be another's the moment that it is free. */
			if (last)
				ke_light_unlink(self, mutant);
			done = __atomic_compare_exchange_n(&mutant->dispatcher.word, &word,
							   ke_state_word(ke_word_state(word) + 1), 0, __ATOMIC_RELEASE,
							   __ATOMIC_RELAXED);
			if (last && done)
				ob_light_dereference(object);
			else if (last)
				ke_light_link(self, mutant);
		}
	}
	ob_light_end(self);
	return done;
}

#endif
