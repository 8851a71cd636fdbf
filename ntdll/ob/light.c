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

static void wait_for_thread(struct ps_thread *thread, void *context)
{
	uint32_t seen = __atomic_load_n(&thread->light, __ATOMIC_ACQUIRE);

	if (thread == ps_self || !(seen & 1))
		return;
	while (__atomic_load_n(&thread->light, __ATOMIC_ACQUIRE) == seen)
		host_thread_yield();
}

void ob_light_collect(void)
{
	struct unused *list;

	if (__atomic_load_n(&unused_count, __ATOMIC_RELAXED) < MUCH)
		return;
	__atomic_store_n(&unused_count, 0, __ATOMIC_RELAXED);
	list = __atomic_exchange_n(&unused_objects, NULL, __ATOMIC_ACQUIRE);
	host_barrier_everywhere();
	ps_for_each_thread(wait_for_thread, NULL);
	while (list) {
		struct unused *next = list->next;

		free((struct ob_object *)(list + 1) - 1);
		list = next;
	}
}
