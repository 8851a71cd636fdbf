/*
 * ntdll/ke/wait_shared.c - waits in which objects shared with other processes take part.
 *
 * Nobody in another process can take an object for us: those are looked at by the waiting thread itself, whenever one
 * of the words that it sleeps on has changed.  Its own process' objects are queued for as always.  Both meet in the
 * waiter's state: to end the wait with a shared object, the thread has to move it away from KE_WAITING like everybody
 * else; if it comes too late what it took is put back.
 *
 * A wait for all takes nothing before it has all: signallers only tell it to look again.  The locks of the process' own
 * objects are taken in order of address; shared ones are taken one after the other, and put back when one is missing.
 */
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/ke/shared.h"

#include <errno.h>

struct mixed_wait {
	unsigned count;
	struct ke_dispatcher *const *objects;
	struct ke_shared_wait shared[KE_MAXIMUM_WAIT_OBJECTS];
	struct ke_wait_block blocks[KE_MAXIMUM_WAIT_OBJECTS];
	bool is_shared[KE_MAXIMUM_WAIT_OBJECTS];
	bool all;
};

static bool end(NTSTATUS status)
{
	uint32_t state = KE_WAITING;

	return __atomic_compare_exchange_n(&ps_self->waiter.state, &state, KE_ENDED(status), 0, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/* Puts blocks into the lists of the process' own objects; false: one of them has become shared. */
static bool queue_own(struct mixed_wait *wait)
{
	for (unsigned i = 0; i < wait->count; i++) {
		struct ke_dispatcher *object = wait->objects[i];
		const uint32_t *asleep;
		LONG state;

		if (wait->is_shared[i])
			continue;
		state = ke_word_state(ke_lock(object));
		if (object->shared) {
			ke_unlock(object, state);
			return false;
		}
		ke_queue_block(&wait->blocks[i]);
		asleep = NULL;
		if (state > 0)
			state = ke_satisfy_waiters(object, state, &asleep);
		ke_unlock_and_wake(object, state, asleep);
	}
	return true;
}

static bool own_is_signalled(const struct ke_dispatcher *object, LONG state)
{
	return state > 0 ||
	       (object->kind == KE_MUTANT && CONTAINING_RECORD(object, struct ke_mutant, dispatcher)->owner == ps_self);
}

/* Locks the process' own objects in order of address; they are the first `own` of `order`. */
static unsigned lock_own(unsigned count, struct ke_dispatcher *const *objects, LONG *states, unsigned char *order)
{
	unsigned own = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned at = own;

		if (ke_is_shared(objects[i]))
			continue;
		while (at > 0 && objects[order[at - 1]] > objects[i]) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = (unsigned char)i;
		own++;
	}
	for (unsigned i = 0; i < own; i++)
		states[order[i]] = ke_word_state(ke_lock(objects[order[i]]));
	return own;
}

/* Takes all or nothing.  `ends` says whether the waiter's state decides. */
static bool take_all(unsigned count, struct ke_dispatcher *const *objects, bool ends, NTSTATUS *status)
{
	unsigned char order[KE_MAXIMUM_WAIT_OBJECTS];
	LONG states[KE_MAXIMUM_WAIT_OBJECTS];
	NTSTATUS each[KE_MAXIMUM_WAIT_OBJECTS];
	unsigned own = lock_own(count, objects, states, order), taken = 0;
	bool satisfied = true, abandoned = false;

	for (unsigned i = 0; i < own; i++)
		satisfied = satisfied && !objects[order[i]]->shared &&
			    own_is_signalled(objects[order[i]], states[order[i]]);
	for (; satisfied && taken < count; taken++) {
		each[taken] = STATUS_WAIT_0;
		if (ke_is_shared(objects[taken]) && !ke_shared_take(objects[taken], &each[taken])) {
			satisfied = false;
			break;
		}
		abandoned |= each[taken] != STATUS_WAIT_0;
	}
	for (unsigned i = 0; satisfied && i < own; i++)
		abandoned |= objects[order[i]]->kind == KE_MUTANT &&
			     CONTAINING_RECORD(objects[order[i]], struct ke_mutant, dispatcher)->abandoned;
	*status = abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0;
	if (satisfied && ends)
		satisfied = end(*status);
	for (unsigned i = 0; i < own; i++) {
		struct ke_dispatcher *object = objects[order[i]];

		if (satisfied)
			states[order[i]] = ke_consume_own(object, states[order[i]]);
		ke_unlock(object, states[order[i]]);
	}
	while (!satisfied && taken-- > 0)
		if (ke_is_shared(objects[taken]))
			ke_shared_give_back(objects[taken], each[taken]);
	return satisfied;
}

bool ke_take_all_shared(unsigned count, struct ke_dispatcher *const *objects, NTSTATUS *status)
{
	return take_all(count, objects, false, status);
}

static bool all_look_signalled(const struct mixed_wait *wait)
{
	for (unsigned i = 0; i < wait->count; i++) {
		struct ke_dispatcher *object = wait->objects[i];

		if (wait->is_shared[i] ? !ke_shared_looks_signalled(object)
				       : !own_is_signalled(object, ke_dispatcher_state(object)))
			return false;
	}
	return true;
}

/* Looks at the shared objects; the wait may end by it. */
static void look(struct mixed_wait *wait)
{
	NTSTATUS status;

	if (wait->all) {
		if (all_look_signalled(wait))
			take_all(wait->count, wait->objects, true, &status);
		return;
	}
	for (unsigned i = 0; i < wait->count; i++) {
		if (!wait->is_shared[i])
			continue;
		status = STATUS_WAIT_0 + (NTSTATUS)i;
		if (!ke_shared_claim(wait->objects[i], &wait->shared[i], &status))
			continue;
		if (!end(status))
			ke_shared_give_back(wait->objects[i], status - (NTSTATUS)i);
		return;
	}
}

/* Sleeps until something may have changed. */
static int sleep_mixed(const struct mixed_wait *wait, const struct host_futex *futexes, unsigned used,
		       uint64_t deadline)
{
	uint64_t limit = deadline, now = 0;
	int result;

	for (unsigned i = 0; i < wait->count; i++) {
		uint64_t until;

		if (!wait->is_shared[i])
			continue;
		if (!now)
			now = host_monotonic_ns();
		until = ke_shared_limit(wait->objects[i], now);
		if (until < limit)
			limit = until;
	}
	result = ke_block_many(futexes, used, limit);
	return limit == deadline ? result : 0;
}

static NTSTATUS wait_until_ended(struct mixed_wait *wait, uint64_t deadline)
{
	struct ps_thread *self = ps_self;
	struct ke_waiter *waiter = &self->waiter;
	struct host_futex futexes[KE_MAXIMUM_WAIT_OBJECTS + 1];
	bool late = false;

	for (;;) {
		uint32_t state = __atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE);
		unsigned used = 1;

		if (state == KE_POKED) {
			__atomic_compare_exchange_n(&waiter->state, &state, KE_WAITING, 0, __ATOMIC_ACQ_REL,
						    __ATOMIC_RELAXED);
			continue;
		}
		if (state != KE_WAITING)
			return (NTSTATUS)(state - 1);
		if (waiter->alertable && ke_interruption(self)) {
			end(ke_interruption(self));
			continue;
		}
		if (__atomic_load_n(&self->pending, __ATOMIC_SEQ_CST) & PS_PENDING_TERMINATE) {
			end(STATUS_ALERTED);
			continue;
		}
		futexes[0] = (struct host_futex){.word = &waiter->state, .expected = KE_WAITING};
		for (unsigned i = 0; i < wait->count; i++)
			if (wait->is_shared[i])
				futexes[used++] = ke_shared_futex(wait->objects[i], &wait->shared[i]);
		look(wait);
		if (__atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE) != KE_WAITING)
			continue;
		if (late)
			end(STATUS_TIMEOUT);
		else
			late = sleep_mixed(wait, futexes, used, deadline) == -ETIMEDOUT;
	}
}

NTSTATUS ke_wait_shared(unsigned count, struct ke_dispatcher *const *objects, bool all, bool alertable,
			uint64_t deadline)
{
	struct ps_thread *self = ps_self;
	struct ke_waiter *waiter = &self->waiter;
	struct mixed_wait wait = {.count = count, .objects = objects, .all = all && count > 1};
	NTSTATUS status;

	waiter->count = count;
	waiter->all = waiter->mixed = wait.all;
	waiter->blocks = wait.blocks;
	__atomic_store_n(&waiter->alertable, alertable, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < count; i++) {
		wait.is_shared[i] = ke_is_shared(objects[i]);
		wait.blocks[i] = (struct ke_wait_block){.object = objects[i], .thread = self, .index = i};
	}
	__atomic_store_n(&waiter->state, KE_WAITING, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < count; i++)
		if (wait.is_shared[i])
			ke_shared_begin(objects[i], &wait.shared[i], !wait.all);
	if (!queue_own(&wait))
		end(KE_STATUS_MOVED);
	status = wait_until_ended(&wait, deadline);
	for (unsigned i = 0; i < count; i++) {
		if (wait.is_shared[i])
			ke_shared_end(objects[i], &wait.shared[i]);
		else
			ke_remove_block(&wait.blocks[i]);
	}
	/* One of the process' own mutexes was handed to us; a shared one is in our list already. */
	if (!wait.all && (unsigned)status < STATUS_ABANDONED_WAIT_0 + count) {
		unsigned index = (unsigned)status & 63u;

		if (index < count && !wait.is_shared[index] && objects[index]->kind == KE_MUTANT)
			ke_link_mutant(CONTAINING_RECORD(objects[index], struct ke_mutant, dispatcher));
	}
	waiter->mixed = false;
	__atomic_store_n(&waiter->alertable, false, __ATOMIC_RELAXED);
	__atomic_store_n(&waiter->state, KE_ENDED(STATUS_WAIT_0), __ATOMIC_RELEASE);
	if (__builtin_expect(__atomic_load_n(&self->pending, __ATOMIC_SEQ_CST), 0))
		ps_check_pending();
	return status;
}
