/*
 * ntdll/ob/light.c - the memory of objects that may be looked at without a reference: see light.h.
 */
#include "ntdll/ob/light.h"
#include "host/thread.h"

#include <stdlib.h>

#define MUCH 256u

struct unused {
	struct unused *next;
};

static struct unused *unused_objects;
static uint32_t unused_count;

void ob_light_free(struct ob_object *object)
{
	/* The header's first word, its type, may still be looked at: the link lies behind the header. */
	struct unused *unused = (struct unused *)(object + 1) - 1;

	unused->next = __atomic_load_n(&unused_objects, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&unused_objects, &unused->next, unused, 1, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
	__atomic_fetch_add(&unused_count, 1, __ATOMIC_RELAXED);
}

/* Waits a little until the thread has left what it is in; *context becomes true when it does not: it was preempted. */
static void wait_for_thread(struct ps_thread *thread, void *context)
{
	uint32_t seen = __atomic_load_n(&thread->light, __ATOMIC_ACQUIRE);

	if (thread == ps_self || !(seen & 1))
		return;
	for (unsigned spin = 0; spin < 1000; spin++) {
		if (__atomic_load_n(&thread->light, __ATOMIC_ACQUIRE) != seen)
			return;
		__builtin_ia32_pause();
	}
	*(bool *)context = true;
}

/* Puts a list back, for the next time. */
static void put_back(struct unused *list, uint32_t count)
{
	struct unused *last = list;

	while (last->next)
		last = last->next;
	last->next = __atomic_load_n(&unused_objects, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&unused_objects, &last->next, list, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
	__atomic_fetch_add(&unused_count, count, __ATOMIC_RELAXED);
}

void ob_light_collect(void)
{
	uint32_t count = __atomic_load_n(&unused_count, __ATOMIC_RELAXED);
	struct unused *list;
	bool busy = false;

	if (count < MUCH)
		return;
	/* Whoever comes at the same time finds an empty list. */
	count = __atomic_exchange_n(&unused_count, 0, __ATOMIC_RELAXED);
	list = __atomic_exchange_n(&unused_objects, NULL, __ATOMIC_ACQUIRE);
	if (!list)
		return;
	host_barrier_everywhere();
	ps_for_each_thread(wait_for_thread, &busy);
	if (busy) {
		put_back(list, count);
		return;
	}
	while (list) {
		struct unused *next = list->next;

		free((struct ob_object *)(list + 1) - 1);
		list = next;
	}
}
