/*
 * ntdll/ps/ids.c - the ids of this process' threads.
 *
 * On NT a thread keeps its id until the last handle to it is closed, and no process has the same.  Linux knows neither
 * rule: the first thread's number is the process', and a number is free again when its thread has ended (a host thread
 * that is used again even keeps it).  So a thread's id is four times Linux' number, and a count above that which makes
 * it different from those that still exist.  Process ids have the count 0, threads' begin with 1: what another process
 * shows as well, as far as it can know.
 */
#include "ntdll/ps/thread.h"

#define BUCKETS 64u
#define MAXIMUM_COUNT 127u

static struct host_lock lock;
static struct ps_thread *buckets[BUCKETS]; /* threads that run, and those that have ended and are still referenced */

static struct ps_thread **bucket_of(HANDLE id)
{
	return &buckets[(uintptr_t)id / 4 % BUCKETS];
}

static struct ps_thread *find(HANDLE id)
{
	struct ps_thread *thread = *bucket_of(id);

	while (thread && thread->id != id)
		thread = thread->next_id;
	return thread;
}

void ps_give_id(struct ps_thread *thread)
{
	struct ps_thread **bucket;
	unsigned count = 1;

	host_lock_acquire(&lock);
	/* If so many threads with handles ran on one host thread, two share an id. */
	while (count < MAXIMUM_COUNT && find(PS_THREAD_ID(thread->tid, count)))
		count++;
	thread->id = PS_THREAD_ID(thread->tid, count);
	bucket = bucket_of(thread->id);
	thread->next_id = *bucket;
	*bucket = thread;
	host_lock_release(&lock);
}

void ps_drop_id(struct ps_thread *thread)
{
	host_lock_acquire(&lock);
	for (struct ps_thread **link = bucket_of(thread->id); *link; link = &(*link)->next_id) {
		if (*link == thread) {
			*link = thread->next_id;
			break;
		}
	}
	host_lock_release(&lock);
}

struct ps_thread *ps_find_thread(HANDLE id)
{
	struct ps_thread *thread;

	host_lock_acquire(&lock);
	thread = find((HANDLE)((uintptr_t)id & ~(uintptr_t)3));
	if (thread && !ob_reference_living(thread))
		thread = NULL;
	host_lock_release(&lock);
	return thread;
}
