/*
 * ntdll/ke/park.c - threads that wait on an address: the ground of SRW locks, condition variables, critical sections,
 * WaitOnAddress and the rest.
 *
 * Addresses are hashed to buckets; a bucket has a lock and a queue of parked threads, each of which sleeps on a word of its
 * own.  A thread that unparks others does so under the bucket's lock, and a thread that parks looks once more under
 * it whether it should: so no wake is lost.
 */
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/release.h"

#include <errno.h>
#include <limits.h>

#define BUCKETS 256u

struct parked {
	struct parked *next;
	const void *address;
	struct ps_thread *thread;
	uint32_t woken;
};

static struct bucket {
	struct host_lock lock;
	struct parked *first, *last;
} __attribute__((aligned(64))) buckets[BUCKETS];

static struct bucket *bucket_of(const void *address)
{
	uint64_t hash = (uint64_t)(uintptr_t)address * 0x9E3779B97F4A7C15ull;

	return &buckets[hash >> 56];
}

/* Takes the entry out of its bucket; false: somebody did already.  The bucket is locked. */
static bool take_out(struct bucket *bucket, struct parked *entry)
{
	struct parked *previous = NULL;

	for (struct parked *at = bucket->first; at; previous = at, at = at->next) {
		if (at != entry)
			continue;
		if (previous)
			previous->next = at->next;
		else
			bucket->first = at->next;
		if (bucket->last == at)
			bucket->last = previous;
		ke_note_awake(entry->thread);
		return true;
	}
	return false;
}

NTSTATUS ke_park(const void *address, bool (*validate)(const void *context), const void *context, uint64_t deadline)
{
	struct bucket *bucket = bucket_of(address);
	struct ps_thread *self = ps_self;
	struct parked entry = {.address = address, .thread = self};
	NTSTATUS status = STATUS_SUCCESS;

	host_lock_acquire(&bucket->lock);
	if (validate && !validate(context)) {
		host_lock_release(&bucket->lock);
		return STATUS_RETRY;
	}
	if (deadline == 0) {
		host_lock_release(&bucket->lock);
		return STATUS_TIMEOUT;
	}
	if (bucket->last)
		bucket->last->next = &entry;
	else
		bucket->first = &entry;
	bucket->last = &entry;
	__atomic_store_n(&self->park, 0, __ATOMIC_RELAXED);
	host_lock_release(&bucket->lock);

	while (!__atomic_load_n(&entry.woken, __ATOMIC_ACQUIRE)) {
		bool ended = __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST) & PS_PENDING_TERMINATE;
		int result = ended ? 0 : ke_block(&self->park, 0, deadline);

		if (!ended && result != -ETIMEDOUT)
			continue;
		host_lock_acquire(&bucket->lock);
		if (!entry.woken && take_out(bucket, &entry))
			status = STATUS_TIMEOUT;
		host_lock_release(&bucket->lock);
		break;
	}
	if (__builtin_expect(__atomic_load_n(&self->pending, __ATOMIC_SEQ_CST), 0))
		ps_check_pending();
	return status;
}

/* Takes out the first thread that is parked on the address, or all; `more`: others are parked there still.  The bucket is
 * locked. */
static struct parked *take_parked(struct bucket *bucket, const void *address, bool all, unsigned *count, bool *more)
{
	struct parked *previous = NULL, *next, *wake = NULL, **wake_end = &wake;

	*count = 0;
	*more = false;
	for (struct parked *at = bucket->first; at; at = next) {
		next = at->next;
		if (at->address != address) {
			previous = at;
			continue;
		}
		if (*count && !all) {
			*more = true;
			break;
		}
		if (previous)
			previous->next = next;
		else
			bucket->first = next;
		if (bucket->last == at)
			bucket->last = previous;
		at->next = NULL;
		ke_note_awake(at->thread);
		*wake_end = at;
		wake_end = &at->next;
		++*count;
	}
	return wake;
}

/* The bucket is locked. */
static void wake_parked(struct parked *wake)
{
	while (wake) {
		struct ps_thread *thread = wake->thread;
		struct parked *next = wake->next;

		/* The entry goes with its thread's stack as soon as it is seen as woken; the thread stays while this lock is
		 * held by somebody who may still look at it. */
		__atomic_store_n(&thread->park, 1, __ATOMIC_RELEASE);
		__atomic_store_n(&wake->woken, 1, __ATOMIC_RELEASE);
		host_futex_wake(&thread->park, 1);
		wake = next;
	}
}

unsigned ke_unpark(const void *address, bool all, void (*before)(void *context, unsigned woken, bool more), void *context)
{
	struct bucket *bucket = bucket_of(address);
	struct parked *wake;
	unsigned count;
	bool more;

	host_lock_acquire(&bucket->lock);
	wake = take_parked(bucket, address, all, &count, &more);
	if (before)
		before(context, count, more);
	wake_parked(wake);
	host_lock_release(&bucket->lock);
	return count;
}

void ke_unpark_if(const void *address, bool (*decide)(void *context), void *context)
{
	struct bucket *bucket = bucket_of(address);
	struct parked *at;
	unsigned count;
	bool more;

	host_lock_acquire(&bucket->lock);
	for (at = bucket->first; at && at->address != address; at = at->next)
		;
	if (at && decide(context))
		wake_parked(take_parked(bucket, address, false, &count, &more));
	host_lock_release(&bucket->lock);
}
