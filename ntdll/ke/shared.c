/*
 * ntdll/ke/shared.c - signalling and taking objects that several processes share: see shared.h.
 */
#include "ntdll/ke/shared.h"
#include "host/time.h"

#include <limits.h>

#define SLOT_GRANTED 1ull
#define SLOT_WAITING (1ull << 32)
#define SLOT_EPOCH (1ull << 48)
#define TID_BITS 22 /* Linux has at most 4,194,304 threads */

static inline uint32_t slot_granted(uint64_t slot)
{
	return (uint32_t)slot;
}

static inline uint32_t slot_waiting(uint64_t slot)
{
	return (uint32_t)(slot >> 32) & 0xFFFF;
}

static inline uint64_t load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline bool change(uint64_t *word, uint64_t *expected, uint64_t value)
{
	return __atomic_compare_exchange_n(word, expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* The word with another state and one more change. */
static inline uint64_t with_state(uint64_t word, LONG state)
{
	return ke_state_word(state) | (uint32_t)(word + 1);
}

static inline uint64_t *own_slot(const struct ke_dispatcher *object)
{
	return &ke_page(object)->slots[object->shared->holder];
}

static inline uint32_t own_id(const struct ke_dispatcher *object)
{
	return (object->shared->holder + 1) << TID_BITS | (ps_self->tid & ((1u << TID_BITS) - 1));
}

static void wake_watchers(struct ke_page *page)
{
	if (__atomic_load_n(&page->watching, __ATOMIC_SEQ_CST))
		host_futex_wake_shared((const uint32_t *)&page->word, INT_MAX);
}

/* A mutex whose owner had this slot, and was killed: nobody sees that it is gone once the slot is in use again. */
static void abandon_for_dead(struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint64_t word = load(&page->word);

	while ((word >> 32) >> TID_BITS == object->shared->holder + 1) {
		__atomic_store_n(&page->abandoned, 1, __ATOMIC_RELEASE);
		if (change(&page->word, &word, (uint32_t)(word + 1))) {
			wake_watchers(page);
			return;
		}
	}
}

/* A slot may hold what a dead process had: it begins a new epoch, so that who cleans it up cannot mean us. */
static void take_slot(struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint64_t *slot = own_slot(object);
	uint32_t used = __atomic_load_n(&page->slots_used, __ATOMIC_SEQ_CST);

	__atomic_store_n(slot, (load(slot) & ~(SLOT_EPOCH - 1)) + SLOT_EPOCH, __ATOMIC_SEQ_CST);
	while (used <= object->shared->holder &&
	       !__atomic_compare_exchange_n(&page->slots_used, &used, object->shared->holder + 1, 0, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST))
		;
}

void ke_dispatcher_adopt(struct ke_dispatcher *object, struct host_shared *shared)
{
	object->shared = shared;
	object->kind = (enum ke_kind)ke_page(object)->kind;
	take_slot(object);
	if (object->kind == KE_MUTANT)
		abandon_for_dead(object);
	object->word = KE_SHARED;
}

void ke_share(struct ke_dispatcher *object, struct host_shared *shared)
{
	struct ke_page *page = ob_shared_area(shared);
	LONG state = ke_word_state(ke_lock(object));

	page->kind = object->kind;
	object->shared = shared;
	take_slot(object);
	if (object->kind == KE_MUTANT) {
		struct ke_mutant *mutant = CONTAINING_RECORD(object, struct ke_mutant, dispatcher);
		uint32_t owner = 0;

		if (mutant->owner)
			owner = (shared->holder + 1) << TID_BITS | mutant->owner->tid;
		page->recursion = 1 - state;
		page->abandoned = mutant->abandoned;
		page->word = (uint64_t)owner << 32;
	} else {
		page->word = ke_state_word(state);
	}
	ke_end_waits(object, KE_STATUS_MOVED);
	ke_unlock(object, 0);
}

/* Hands the object to one waiting thread of a living process. */
static bool grant(struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint32_t used;

	if (!__atomic_load_n(&page->waiting, __ATOMIC_SEQ_CST))
		return false;
	used = __atomic_load_n(&page->slots_used, __ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < used && i < HOST_SHARED_HOLDERS; i++) {
		uint64_t slot = load(&page->slots[i]);

		while (slot_waiting(slot)) {
			if (!host_shared_is_held(object->shared, i)) {
				change(&page->slots[i], &slot, (slot & ~(SLOT_EPOCH - 1)) + SLOT_EPOCH);
				slot = load(&page->slots[i]);
				continue;
			}
			if (!change(&page->slots[i], &slot, slot - SLOT_WAITING + SLOT_GRANTED))
				continue;
			host_futex_wake_shared((const uint32_t *)&page->slots[i], INT_MAX);
			if (page->timer) {
				__atomic_fetch_add((uint32_t *)&page->word, 1, __ATOMIC_SEQ_CST);
				wake_watchers(page);
			}
			return true;
		}
	}
	return false;
}

static bool any_waiting(const struct ke_page *page)
{
	uint32_t used = __atomic_load_n(&page->slots_used, __ATOMIC_SEQ_CST);

	if (!__atomic_load_n(&page->waiting, __ATOMIC_SEQ_CST))
		return false;
	for (uint32_t i = 0; i < used && i < HOST_SHARED_HOLDERS; i++)
		if (slot_waiting(load(&page->slots[i])))
			return true;
	return false;
}

/* Hands the object to `count` waiting threads; what is left over goes to the state, which can be `most`: false, and
 * some may have been handed out, when it does not fit. */
static bool put(struct ke_dispatcher *object, LONG count, LONG most)
{
	struct ke_page *page = ke_page(object);

	for (;;) {
		uint64_t word;
		LONG state;

		while (count && grant(object))
			count--;
		if (!count)
			return true;
		word = load(&page->word);
		do {
			state = ke_word_state(word);
			if (count > most - state)
				return false;
		} while (!change(&page->word, &word, with_state(word, state + count)));
		wake_watchers(page);
		/* Who registered since grant() looked, may have looked at the state before it was changed: one back. */
		if (!any_waiting(page))
			return true;
		word = load(&page->word);
		do {
			state = ke_word_state(word);
			if (state <= 0)
				return true;
		} while (!change(&page->word, &word, ke_state_word(state - 1) | (uint32_t)word));
		count = 1;
	}
}

LONG ke_shared_state(const struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint64_t word;

	if (page->timer)
		ke_shared_expire(page, (struct ke_dispatcher *)object);
	word = load(&page->word);
	if (object->kind == KE_MUTANT)
		return word >> 32 ? 1 - __atomic_load_n(&page->recursion, __ATOMIC_RELAXED) : 1;
	return ke_word_state(word);
}

LONG ke_shared_set(struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint64_t word = load(&page->word);
	LONG old = ke_word_state(word);

	if (object->kind != KE_NOTIFICATION) {
		put(object, 1, 1);
		return old;
	}
	__atomic_fetch_add(&page->sets, 1, __ATOMIC_SEQ_CST);
	while (!change(&page->word, &word, with_state(word, 1)))
		;
	wake_watchers(page);
	return ke_word_state(word);
}

LONG ke_shared_reset(struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint64_t word = load(&page->word);

	while (!change(&page->word, &word, (uint32_t)word))
		;
	return ke_word_state(word);
}

LONG ke_shared_pulse(struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint64_t word = load(&page->word);

	if (object->kind == KE_NOTIFICATION)
		__atomic_fetch_add(&page->sets, 1, __ATOMIC_SEQ_CST);
	else
		grant(object);
	while (!change(&page->word, &word, with_state(word, 0)))
		;
	wake_watchers(page);
	return ke_word_state(word);
}

NTSTATUS ke_shared_release(struct ke_dispatcher *object, LONG count, LONG limit, LONG *previous)
{
	LONG state = ke_word_state(load(&ke_page(object)->word));

	if (count > limit - state || !put(object, count, limit))
		return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
	*previous = state;
	return STATUS_SUCCESS;
}

/*
 * Mutexes.
 */
bool ke_shared_owned(const struct ke_dispatcher *object)
{
	return (uint32_t)(load(&ke_page(object)->word) >> 32) == own_id(object);
}

static bool owner_is_gone(const struct ke_dispatcher *object, uint32_t owner)
{
	return !host_shared_is_held(object->shared, (owner >> TID_BITS) - 1);
}

static bool take_mutant(struct ke_dispatcher *object, NTSTATUS *status)
{
	struct ke_page *page = ke_page(object);
	uint64_t word = load(&page->word);
	bool gone = false;

	for (;;) {
		uint32_t owner = (uint32_t)(word >> 32);

		if (owner == own_id(object)) {
			page->recursion++;
			return true;
		}
		gone = owner != 0;
		if (gone && !owner_is_gone(object, owner))
			return false;
		if (change(&page->word, &word, (uint64_t)own_id(object) << 32 | (uint32_t)word))
			break;
	}
	__atomic_store_n(&page->recursion, 1, __ATOMIC_RELAXED);
	if (__atomic_exchange_n(&page->abandoned, 0, __ATOMIC_ACQ_REL) || gone)
		*status += STATUS_ABANDONED_WAIT_0;
	ke_link_mutant(CONTAINING_RECORD(object, struct ke_mutant, dispatcher));
	return true;
}

LONG ke_shared_release_mutant(struct ke_dispatcher *object, bool abandon)
{
	struct ke_page *page = ke_page(object);
	LONG state = 1 - page->recursion;
	uint64_t word;

	if (!abandon && page->recursion > 1) {
		page->recursion--;
		return state;
	}
	if (abandon)
		__atomic_store_n(&page->abandoned, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&page->recursion, 0, __ATOMIC_RELAXED);
	word = load(&page->word);
	while (!change(&page->word, &word, (uint32_t)(word + 1)))
		;
	wake_watchers(page);
	return state;
}

/*
 * Timers.
 */
void ke_shared_expire(struct ke_page *page, struct ke_dispatcher *object)
{
	uint64_t due = load(&page->due);
	uint64_t period, now;

	if (!due)
		return;
	now = host_monotonic_ns();
	if (due > now)
		return;
	period = load(&page->period);
	if (change(&page->due, &due, period ? due + period * ((now - due) / period + 1) : 0))
		ke_shared_set(object);
}

void ke_shared_set_timer(struct ke_dispatcher *object, uint64_t due, uint64_t period)
{
	struct ke_page *page = ke_page(object);

	/* Off first: nobody may take the new time for the old one's. */
	__atomic_store_n(&page->due, 0, __ATOMIC_SEQ_CST);
	if (due) {
		ke_shared_reset(object);
		__atomic_store_n(&page->period, period, __ATOMIC_SEQ_CST);
		__atomic_store_n(&page->last_due, due, __ATOMIC_SEQ_CST);
		__atomic_store_n(&page->due, due, __ATOMIC_SEQ_CST);
	}
	/* Who sleeps till the old time looks again. */
	__atomic_fetch_add((uint32_t *)&page->word, 1, __ATOMIC_SEQ_CST);
	wake_watchers(page);
}

/*
 * Taking.
 */
bool ke_shared_take(struct ke_dispatcher *object, NTSTATUS *status)
{
	struct ke_page *page = ke_page(object);
	uint64_t word;
	LONG state;

	if (object->kind == KE_MUTANT)
		return take_mutant(object, status);
	if (page->timer)
		ke_shared_expire(page, object);
	word = load(&page->word);
	do {
		state = ke_word_state(word);
		if (state <= 0)
			return false;
		if (object->kind == KE_NOTIFICATION || (object->kind == KE_QUEUE && !ps_self->dequeues))
			return true;
	} while (!change(&page->word, &word, ke_state_word(state - 1) | (uint32_t)word));
	return true;
}

bool ke_shared_looks_signalled(struct ke_dispatcher *object)
{
	struct ke_page *page = ke_page(object);
	uint32_t owner;

	if (object->kind != KE_MUTANT)
		return ke_shared_state(object) > 0;
	owner = (uint32_t)(load(&page->word) >> 32);
	return !owner || owner == own_id(object) || owner_is_gone(object, owner);
}

void ke_shared_give_back(struct ke_dispatcher *object, NTSTATUS status)
{
	switch (object->kind) {
	case KE_NOTIFICATION:
		break;
	case KE_QUEUE:
		if (ps_self->dequeues)
			put(object, 1, ke_page(object)->limit);
		break;
	case KE_SYNCHRONIZATION:
		put(object, 1, 1);
		break;
	case KE_SEMAPHORE:
		put(object, 1, ke_page(object)->limit);
		break;
	case KE_MUTANT:
		if (ke_page(object)->recursion == 1)
			ke_unlink_mutant(CONTAINING_RECORD(object, struct ke_mutant, dispatcher));
		ke_shared_release_mutant(object, (status & STATUS_ABANDONED_WAIT_0) != 0);
		break;
	}
}

static bool is_handed_over(const struct ke_dispatcher *object)
{
	return object->kind == KE_SYNCHRONIZATION || object->kind == KE_SEMAPHORE || (object->kind == KE_QUEUE && ps_self->dequeues);
}

void ke_shared_begin(struct ke_dispatcher *object, struct ke_shared_wait *wait, bool consume)
{
	struct ke_page *page = ke_page(object);
	bool handed_over = is_handed_over(object);

	wait->sets = __atomic_load_n(&page->sets, __ATOMIC_SEQ_CST);
	wait->registered = consume && handed_over;
	/* Counted before, and not counted after: a process that is killed leaves the counts too high at worst. */
	if (wait->registered) {
		__atomic_fetch_add(&page->waiting, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(own_slot(object), SLOT_WAITING, __ATOMIC_SEQ_CST);
	}
	wait->watching = !wait->registered || page->timer;
	if (wait->watching)
		__atomic_fetch_add(&page->watching, 1, __ATOMIC_SEQ_CST);
}

static bool claim_granted(struct ke_dispatcher *object, struct ke_shared_wait *wait)
{
	uint64_t *slot = own_slot(object);
	uint64_t value = load(slot);

	if (!wait->registered)
		return false;
	while (slot_granted(value)) {
		if (change(slot, &value, value - SLOT_GRANTED)) {
			wait->registered = false;
			__atomic_fetch_sub(&ke_page(object)->waiting, 1, __ATOMIC_SEQ_CST);
			return true;
		}
	}
	return false;
}

bool ke_shared_claim(struct ke_dispatcher *object, struct ke_shared_wait *wait, NTSTATUS *status)
{
	if (claim_granted(object, wait))
		return true;
	if (object->kind == KE_NOTIFICATION && wait->sets != __atomic_load_n(&ke_page(object)->sets, __ATOMIC_SEQ_CST))
		return true;
	return ke_shared_take(object, status);
}

void ke_shared_end(struct ke_dispatcher *object, struct ke_shared_wait *wait)
{
	struct ke_page *page = ke_page(object);
	uint64_t *slot = own_slot(object);
	uint64_t value = load(slot);

	while (wait->registered) {
		if (!slot_waiting(value)) {
			/* It was meant for us, and comes too late. */
			if (claim_granted(object, wait))
				ke_shared_give_back(object, STATUS_WAIT_0);
			value = load(slot);
		} else if (change(slot, &value, value - SLOT_WAITING)) {
			wait->registered = false;
			__atomic_fetch_sub(&page->waiting, 1, __ATOMIC_SEQ_CST);
		}
	}
	if (wait->watching)
		__atomic_fetch_sub(&page->watching, 1, __ATOMIC_SEQ_CST);
	wait->watching = false;
}

struct host_futex ke_shared_futex(const struct ke_dispatcher *object, const struct ke_shared_wait *wait)
{
	const uint32_t *word = (const uint32_t *)(wait->watching ? &ke_page(object)->word : own_slot(object));

	return (struct host_futex){.word = word, .expected = __atomic_load_n(word, __ATOMIC_SEQ_CST), .shared = true};
}

uint64_t ke_shared_limit(const struct ke_dispatcher *object, uint64_t now)
{
	struct ke_page *page = ke_page(object);
	uint64_t due;

	if (object->kind == KE_MUTANT) {
		uint32_t owner = (uint32_t)(load(&page->word) >> 32);

		return owner && (owner >> TID_BITS) - 1 != object->shared->holder ? now + KE_SHARED_POLL_NS
										  : KE_FOREVER;
	}
	due = page->timer ? load(&page->due) : 0;
	return due ? due : KE_FOREVER;
}
