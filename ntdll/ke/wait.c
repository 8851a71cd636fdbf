/*
 * ntdll/ke/wait.c - waiting for dispatcher objects.
 *
 * A wait first tries to take an object as it is: one compare-and-swap.  If none can be had, a block on the stack is queued
 * at each object, and the thread sleeps on its waiter's state until a signaller has set it (and has taken the object on its
 * behalf), or the time is over, or an APC came.  Whoever changes the state from KE_WAITING decides how the wait ends.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/shared.h"
#include "ntdll/rtl/time.h"

#include <errno.h>
#include <string.h>

uint64_t ke_deadline(const LARGE_INTEGER *timeout)
{
	uint64_t now, system;

	if (!timeout)
		return KE_FOREVER;
	if (timeout->QuadPart == 0)
		return 0;
	now = host_monotonic_ns();
	if (timeout->QuadPart < 0) {
		uint64_t units = 0 - (uint64_t)timeout->QuadPart;

		return units > (KE_FOREVER - 1 - now) / 100 ? KE_FOREVER : now + units * 100;
	}
	system = (uint64_t)rtl_system_time();
	if ((uint64_t)timeout->QuadPart <= system)
		return 0;
	if ((uint64_t)timeout->QuadPart - system > (KE_FOREVER - 1 - now) / 100)
		return KE_FOREVER;
	return now + ((uint64_t)timeout->QuadPart - system) * 100;
}

uint64_t ke_deadline_ms(DWORD milliseconds)
{
	if (milliseconds == INFINITE)
		return KE_FOREVER;
	return milliseconds ? host_monotonic_ns() + milliseconds * 1000000ull : 0;
}

NTSTATUS ke_capture_timeout(const LARGE_INTEGER *timeout, LARGE_INTEGER *copy, const LARGE_INTEGER **captured)
{
	*captured = NULL;
	if (!timeout)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(copy, timeout, sizeof(*copy)))
		return STATUS_ACCESS_VIOLATION;
	*captured = copy;
	return STATUS_SUCCESS;
}

static inline uint64_t *new_border(struct ps_thread *self)
{
	__atomic_store_n(&self->border_changes, self->border_changes + 1, __ATOMIC_RELEASE);
	return self->border;
}

uint64_t *ke_border(void)
{
	return ps_self ? new_border(ps_self) : NULL;
}

void ke_stay_at_border(void)
{
	if (ps_self->blocking)
		ps_self->blocking(ps_self, true);
	__atomic_store_n(&ps_self->place, PS_BLOCKED, __ATOMIC_SEQ_CST);
}

void ke_leave_blocking(void)
{
	struct ps_thread *self = ps_self;

	if (!self)
		return;
	__atomic_store_n(&self->place, PS_RUNNING, __ATOMIC_SEQ_CST);
	if (self->blocking)
		self->blocking(self, false);
	if (__builtin_expect(__atomic_load_n(&self->pending, __ATOMIC_SEQ_CST), 0))
		ps_check_pending();
}

/* Around a sleep in Linux: the thread counts as blocked, and its registers are those at the border. */
static inline struct ps_thread *begin_block(void)
{
	struct ps_thread *self = ps_self;

	ke_save_border(new_border(self));
	if (__builtin_expect(self->blocking != NULL, 0))
		self->blocking(self, true);
	__atomic_store_n(&self->place, PS_BLOCKED, __ATOMIC_SEQ_CST);
	return self;
}

static inline void end_block(struct ps_thread *self)
{
	__atomic_store_n(&self->place, PS_RUNNING, __ATOMIC_SEQ_CST);
	if (__builtin_expect(self->blocking != NULL, 0))
		self->blocking(self, false);
}

int ke_block(const uint32_t *word, uint32_t expected, uint64_t deadline)
{
	struct ps_thread *self = begin_block();
	int result = host_futex_wait(word, expected, deadline);

	end_block(self);
	return result;
}

int ke_block_many(const struct host_futex *futexes, unsigned count, uint64_t deadline)
{
	struct ps_thread *self = begin_block();
	int result = host_futex_wait_many(futexes, count, deadline);

	end_block(self);
	return result;
}

void ke_link_mutant(struct ke_mutant *mutant)
{
	struct ps_thread *self = ps_self;

	if (mutant->linked)
		return;
	mutant->linked = true;
	ob_reference(mutant);
	mutant->previous = NULL;
	mutant->next = self->owned;
	if (self->owned)
		self->owned->previous = mutant;
	self->owned = mutant;
}

/* Takes the object without waiting, if it is signalled. */
static inline bool try_take(struct ke_dispatcher *object, NTSTATUS *status)
{
	uint64_t word = __atomic_load_n(&object->word, __ATOMIC_ACQUIRE);
	struct ke_mutant *mutant;
	LONG state;

	for (;;) {
		bool signalled;

		if (__builtin_expect(word & KE_SHARED, 0))
			return ke_shared_take(object, status);
		state = ke_word_state(word);
		signalled = state > 0;
		if (object->kind == KE_MUTANT && !signalled)
			signalled = CONTAINING_RECORD(object, struct ke_mutant, dispatcher)->owner == ps_self;
		if (signalled && (object->kind == KE_NOTIFICATION || (object->kind == KE_QUEUE && !ps_self->dequeues)))
			return true;
		/* Whoever has the lock may have released others already, who know that it is signalled, and store that last. */
		if (__builtin_expect(word & KE_LOCKED, 0)) {
			ke_unlock(object, ke_word_state(ke_lock(object)));
			word = __atomic_load_n(&object->word, __ATOMIC_ACQUIRE);
			continue;
		}
		if (!signalled)
			return false;
		state = object->kind == KE_SYNCHRONIZATION ? 0 : state - 1;
		if (__atomic_compare_exchange_n(&object->word, &word, (word & KE_LOW) | ke_state_word(state), 1,
						__ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
			break;
	}
	if (object->kind == KE_MUTANT) {
		mutant = CONTAINING_RECORD(object, struct ke_mutant, dispatcher);
		mutant->owner = ps_self;
		if (mutant->abandoned) {
			mutant->abandoned = false;
			*status += STATUS_ABANDONED_WAIT_0;
		}
		ke_link_mutant(mutant);
	}
	return true;
}

static bool dequeues(const struct ke_wait_block *block)
{
	return block->thread && block->thread->dequeues;
}

/* At a completion port: who came last goes first, and who only waits for the handle after all who want a packet (execution
 * facts, row 128).  The block that the new one goes behind; NULL: none. */
static struct ke_wait_block *last_before(const struct ke_dispatcher *object, const struct ke_wait_block *block)
{
	struct ke_wait_block *before = NULL;

	if (!dequeues(block))
		for (struct ke_wait_block *at = object->first; at && dequeues(at); at = at->next)
			before = at;
	return before;
}

void ke_queue_block(struct ke_wait_block *block)
{
	struct ke_dispatcher *object = block->object;

	struct ke_wait_block *before = object->last;

	if (object->kind == KE_QUEUE)
		before = last_before(object, block);
	block->previous = before;
	block->next = before ? before->next : object->first;
	if (block->next)
		block->next->previous = block;
	else
		object->last = block;
	if (before)
		before->next = block;
	else
		object->first = block;
	block->queued = true;
}

bool ke_remove_block(struct ke_wait_block *block)
{
	struct ke_dispatcher *object = block->object;
	bool queued;
	LONG state;

	if (!__atomic_load_n(&block->queued, __ATOMIC_ACQUIRE))
		return false;
	state = ke_word_state(ke_lock(object));
	queued = block->queued;
	if (queued)
		ke_unlink_block(block);
	ke_unlock(object, state);
	return queued;
}

/* Locks all objects in order of address; `order` receives their indexes. */
static void lock_all(unsigned count, struct ke_dispatcher *const *objects, LONG *states, unsigned char *order)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned at = i;

		while (at > 0 && objects[order[at - 1]] > objects[i]) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = (unsigned char)i;
	}
	for (unsigned i = 0; i < count; i++)
		states[order[i]] = ke_word_state(ke_lock(objects[order[i]]));
}

LONG ke_consume_own(struct ke_dispatcher *object, LONG state)
{
	struct ke_mutant *mutant;

	switch (object->kind) {
	case KE_NOTIFICATION:
		return state;
	case KE_SYNCHRONIZATION:
		return 0;
	case KE_MUTANT:
		mutant = CONTAINING_RECORD(object, struct ke_mutant, dispatcher);
		mutant->owner = ps_self;
		mutant->abandoned = false;
		ke_link_mutant(mutant);
		break;
	case KE_SEMAPHORE:
		break;
	case KE_QUEUE:
		return state - ps_self->dequeues;
	}
	return state - 1;
}

/* Takes all objects, which are locked, if all are signalled. */
static bool take_all_locked(unsigned count, struct ke_dispatcher *const *objects, LONG *states, NTSTATUS *status)
{
	for (unsigned i = 0; i < count; i++)
		if (objects[i]->shared) {
			*status = KE_STATUS_MOVED;
			return true;
		}
	for (unsigned i = 0; i < count; i++) {
		if (states[i] > 0)
			continue;
		if (objects[i]->kind != KE_MUTANT ||
		    CONTAINING_RECORD(objects[i], struct ke_mutant, dispatcher)->owner != ps_self)
			return false;
	}
	*status = STATUS_WAIT_0;
	for (unsigned i = 0; i < count; i++) {
		if (objects[i]->kind == KE_MUTANT &&
		    CONTAINING_RECORD(objects[i], struct ke_mutant, dispatcher)->abandoned)
			*status = STATUS_ABANDONED_WAIT_0;
		states[i] = ke_consume_own(objects[i], states[i]);
	}
	return true;
}

static void unlock_all(unsigned count, struct ke_dispatcher *const *objects, const LONG *states)
{
	for (unsigned i = 0; i < count; i++)
		ke_unlock(objects[i], states[i]);
}

/* One look at a wait for all; with `blocks` they are queued when it cannot be satisfied. */
static bool look_at_all(unsigned count, struct ke_dispatcher *const *objects, struct ke_wait_block *blocks,
			NTSTATUS *status)
{
	unsigned char order[KE_MAXIMUM_WAIT_OBJECTS];
	LONG states[KE_MAXIMUM_WAIT_OBJECTS];
	bool taken;

	lock_all(count, objects, states, order);
	taken = take_all_locked(count, objects, states, status);
	if (!taken && blocks)
		for (unsigned i = 0; i < count; i++)
			ke_queue_block(&blocks[i]);
	unlock_all(count, objects, states);
	return taken;
}

/* A poked wait for all looks again.  It may be satisfied by a signaller at the same time, but only one of the two can
 * change the state. */
static bool look_again(struct ke_waiter *waiter, unsigned count, struct ke_dispatcher *const *objects)
{
	unsigned char order[KE_MAXIMUM_WAIT_OBJECTS];
	LONG states[KE_MAXIMUM_WAIT_OBJECTS];
	uint32_t expected = KE_POKED;
	NTSTATUS status = STATUS_WAIT_0;
	bool ended = false;

	lock_all(count, objects, states, order);
	if (__atomic_compare_exchange_n(&waiter->state, &expected, KE_WAITING, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) &&
	    take_all_locked(count, objects, states, &status)) {
		__atomic_store_n(&waiter->state, KE_ENDED(status), __ATOMIC_RELEASE);
		ended = true;
	}
	unlock_all(count, objects, states);
	return ended;
}

bool ke_apcs_pending(struct ps_thread *self)
{
	return __atomic_load_n(&self->apc_first, __ATOMIC_SEQ_CST) != NULL;
}

NTSTATUS ke_interruption(struct ps_thread *self)
{
	if (__atomic_load_n(&self->alerted, __ATOMIC_SEQ_CST))
		return STATUS_ALERTED;
	return ke_apcs_pending(self) ? STATUS_USER_APC : STATUS_SUCCESS;
}

void ke_interrupt_wait(struct ps_thread *thread, NTSTATUS status)
{
	uint32_t expected = KE_WAITING;

	if (__atomic_load_n(&thread->waiter.alertable, __ATOMIC_SEQ_CST) &&
	    __atomic_compare_exchange_n(&thread->waiter.state, &expected, KE_ENDED(status), 0, __ATOMIC_SEQ_CST,
					__ATOMIC_RELAXED))
		host_futex_wake(&thread->waiter.state, 1);
}

/* Sleeps until the state says how the wait ended. */
static NTSTATUS sleep_until_ended(struct ps_thread *self, unsigned count, struct ke_dispatcher *const *objects,
				  uint64_t deadline)
{
	struct ke_waiter *waiter = &self->waiter;
	uint32_t state;

	for (;;) {
		NTSTATUS status;
		int result = 0;

		state = __atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE);
		if (state == KE_POKED) {
			look_again(waiter, count, objects);
			continue;
		}
		if (state != KE_WAITING)
			return (NTSTATUS)(state - 1);
		status = waiter->alertable ? ke_interruption(self) : STATUS_SUCCESS;
		if (!status && __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST) & PS_PENDING_TERMINATE)
			status = STATUS_ALERTED;
		if (status) {
			__atomic_compare_exchange_n(&waiter->state, &state, KE_ENDED(status), 0, __ATOMIC_ACQ_REL,
						    __ATOMIC_RELAXED);
			continue;
		}
		result = ke_block(&waiter->state, KE_WAITING, deadline);
		if (result == -ETIMEDOUT)
			__atomic_compare_exchange_n(&waiter->state, &state, KE_ENDED(STATUS_TIMEOUT), 0, __ATOMIC_ACQ_REL,
						    __ATOMIC_RELAXED);
	}
}

static NTSTATUS wait_slow(unsigned count, struct ke_dispatcher *const *objects, bool all, bool alertable,
			  uint64_t deadline) __attribute__((noinline));

static NTSTATUS wait_slow(unsigned count, struct ke_dispatcher *const *objects, bool all, bool alertable,
			  uint64_t deadline)
{
	struct ps_thread *self = ps_self;
	struct ke_wait_block blocks[count ? count : 1];
	struct ke_waiter *waiter = &self->waiter;
	NTSTATUS status = STATUS_WAIT_0;
	unsigned queued = 0;

	waiter->count = count;
	waiter->all = all;
	waiter->blocks = blocks;
	__atomic_store_n(&waiter->alertable, alertable, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < count; i++)
		blocks[i] = (struct ke_wait_block){.object = objects[i], .thread = self, .index = i};
	__atomic_store_n(&waiter->state, KE_WAITING, __ATOMIC_SEQ_CST);
	if (all && count > 1) {
		if (look_at_all(count, objects, blocks, &status))
			goto ended;
		queued = count;
	} else {
		waiter->all = false;
		for (; queued < count; queued++) {
			struct ke_dispatcher *object = objects[queued];
			LONG state = ke_word_state(ke_lock(object));
			const uint32_t *asleep;

			if (object->shared) {
				ke_unlock(object, state);
				__atomic_compare_exchange_n(&waiter->state, &(uint32_t){KE_WAITING}, KE_ENDED(KE_STATUS_MOVED), 0,
							    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
				break;
			}
			ke_queue_block(&blocks[queued]);
			/* Signalled in the meantime: whoever is first in the list gets it, most likely we. */
			asleep = NULL;
			if (state > 0)
				state = ke_satisfy_waiters(object, state, &asleep);
			ke_unlock_and_wake(object, state, asleep);
			if (__atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE) != KE_WAITING) {
				queued++;
				break;
			}
		}
	}
	if (self->started && count == 1)
		ps_note_wait(self, objects[0]);
	status = sleep_until_ended(self, count, objects, deadline);
	for (unsigned i = 0; i < queued; i++)
		ke_remove_block(&blocks[i]);
	/* A mutex that was handed to us is put in our list by ourselves. */
	if (status != STATUS_TIMEOUT && status != STATUS_USER_APC && status != STATUS_ALERTED && status != KE_STATUS_MOVED) {
		unsigned first = waiter->all ? 0 : (unsigned)status & 63u;
		unsigned last = waiter->all ? count - 1 : first;

		for (unsigned i = first; i <= last && i < count; i++)
			if (objects[i]->kind == KE_MUTANT)
				ke_link_mutant(CONTAINING_RECORD(objects[i], struct ke_mutant, dispatcher));
	}
ended:
	__atomic_store_n(&waiter->alertable, false, __ATOMIC_RELAXED);
	__atomic_store_n(&waiter->state, KE_ENDED(STATUS_WAIT_0), __ATOMIC_RELEASE);
	if (__builtin_expect(__atomic_load_n(&self->pending, __ATOMIC_SEQ_CST), 0))
		ps_check_pending();
	return status;
}

static bool any_is_shared(unsigned count, struct ke_dispatcher *const *objects)
{
	for (unsigned i = 0; i < count; i++)
		if (ke_is_shared(objects[i]))
			return true;
	return false;
}

NTSTATUS ke_take_interruption(void)
{
	struct ps_thread *self = ps_self;

	if (__builtin_expect(__atomic_load_n(&self->alerted, __ATOMIC_SEQ_CST), 0) &&
	    __atomic_exchange_n(&self->alerted, 0, __ATOMIC_ACQ_REL))
		return STATUS_ALERTED;
	return ke_apcs_pending(self) && ke_deliver_apcs() ? STATUS_USER_APC : STATUS_SUCCESS;
}

NTSTATUS ke_wait(unsigned count, struct ke_dispatcher *const *objects, bool all, bool alertable, uint64_t deadline)
{
	struct ps_thread *self = ps_self;
	NTSTATUS status;

	if (!all || count == 1) {
		for (unsigned i = 0; i < count; i++) {
			status = STATUS_WAIT_0 + (NTSTATUS)i;
			if (try_take(objects[i], &status))
				return status;
		}
		if (alertable && (status = ke_take_interruption()) != STATUS_SUCCESS)
			return status;
		if (deadline == 0)
			return STATUS_TIMEOUT;
	} else if (alertable && ke_interruption(self)) {
		/* What is signalled already goes before alerts and APCs. */
		status = ke_wait(count, objects, all, false, 0);
		return status == STATUS_TIMEOUT ? ke_take_interruption() : status;
	}
	/* An object may become a shared one in the middle; never the other way round. */
	do {
		if (any_is_shared(count, objects)) {
			if (deadline == 0)
				return ke_take_all_shared(count, objects, &status) ? status : STATUS_TIMEOUT;
			status = ke_wait_shared(count, objects, all, alertable, deadline);
		} else if (deadline == 0) {
			status = look_at_all(count, objects, NULL, &status) ? status : STATUS_TIMEOUT;
		} else {
			status = wait_slow(count, objects, all, alertable, deadline);
		}
	} while (status == KE_STATUS_MOVED);
	if (status == STATUS_USER_APC)
		ke_deliver_apcs();
	else if (status == STATUS_ALERTED)
		__atomic_store_n(&self->alerted, 0, __ATOMIC_RELEASE);
	else if (__builtin_expect(__atomic_load_n(&self->pending, __ATOMIC_RELAXED) & PS_PENDING_SPECIAL, 0))
		ke_deliver_special_apcs(); /* a thread that only sleeps is seldom in guest code */
	return status;
}
