/*
 * ntdll/ke/watch.c - functions that wait for dispatcher objects, where otherwise threads would.
 *
 * A watch is a wait block without a thread in the object's list.  Whoever signals the object takes it on the watch's
 * behalf, in its turn among the waiting threads, and calls its function.  So one thread, or none, waits for any number of
 * objects at once, and arming, disarming and firing cost the same however many there are.
 *
 * Nobody in another process can do that for us: an object that is shared with others is waited for by a thread, the helper,
 * for as long as the watch is armed.
 */
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/ke/shared.h"

#include <stdlib.h>

#define HELPER_STACK 0x10000u
#define RETRY_NS 100000000ull

/* Belongs to its thread and, until it is disarmed or armed anew, to the watch. */
struct ke_watch_helper {
	struct host_lock lock; /* everything below, and fn while it runs */
	uint32_t references;
	struct ke_watch *watch; /* NULL: fired or disarmed */
	struct ob_object *object; /* referenced */
	struct ke_dispatcher stop;
};

static void release(struct ke_watch_helper *helper)
{
	if (__atomic_sub_fetch(&helper->references, 1, __ATOMIC_ACQ_REL))
		return;
	ob_dereference(helper->object);
	free(helper);
}

/* What was taken and is not wanted any more. */
static void put_back(struct ke_dispatcher *object)
{
	LONG ignored;

	if (object->kind == KE_SYNCHRONIZATION)
		ke_set(object);
	else if (object->kind == KE_SEMAPHORE)
		ke_release_semaphore(object, 1, INT32_MAX, &ignored);
}

static uint64_t WINAPI helper_main(PVOID argument)
{
	struct ke_watch_helper *helper = argument;
	struct ke_dispatcher *objects[2] = {&helper->stop, ke_object_dispatcher(helper->object)};

	if (ke_wait(2, objects, false, false, KE_FOREVER) == STATUS_WAIT_0 + 1) {
		host_lock_acquire(&helper->lock);
		if (helper->watch) {
			struct ke_watch *watch = helper->watch;

			helper->watch = NULL;
			watch->fn(watch);
		} else {
			put_back(objects[1]);
		}
		host_lock_release(&helper->lock);
	}
	release(helper);
	return 0;
}

static NTSTATUS start_helper(struct ke_watch *watch)
{
	struct ke_watch_helper *helper = calloc(1, sizeof(*helper));
	struct ps_thread *thread;
	NTSTATUS status;

	if (!helper)
		return STATUS_NO_MEMORY;
	helper->references = 2;
	helper->watch = watch;
	helper->object = watch->object;
	ob_reference(watch->object);
	ke_dispatcher_initialize(&helper->stop, KE_NOTIFICATION, 0);
	watch->helper = helper;
	status = ps_create_thread((void *)helper_main, helper, PS_SKIP_ATTACH, HELPER_STACK, 0x1000, &thread);
	if (status) {
		watch->helper = NULL;
		ob_dereference(helper->object);
		free(helper);
	} else {
		ob_dereference(thread);
	}
	return status;
}

static bool stop_helper(struct ke_watch *watch)
{
	struct ke_watch_helper *helper = watch->helper;
	bool armed;

	watch->helper = NULL;
	host_lock_acquire(&helper->lock);
	armed = helper->watch != NULL;
	helper->watch = NULL;
	host_lock_release(&helper->lock);
	ke_set(&helper->stop);
	release(helper);
	return armed;
}

/* On the timer thread. */
static void move(struct ke_timer_entry *entry)
{
	struct ke_watch *watch = CONTAINING_RECORD(entry, struct ke_watch, mover);

	if (start_helper(watch))
		ke_timer_arm(entry, host_monotonic_ns() + RETRY_NS);
	else
		__atomic_store_n(&watch->moved, 0, __ATOMIC_RELEASE);
}

void ke_watch_move(struct ke_watch *watch)
{
	watch->mover.fn = move;
	__atomic_store_n(&watch->moved, 1, __ATOMIC_RELEASE);
	ke_timer_arm(&watch->mover, 0);
}

NTSTATUS ke_watch_arm(struct ke_watch *watch, struct ob_object *object)
{
	struct ke_dispatcher *dispatcher = ke_object_dispatcher(object);
	const uint32_t *asleep = NULL;
	LONG state;

	if (watch->helper)
		stop_helper(watch);
	watch->object = object;
	watch->block = (struct ke_wait_block){.object = dispatcher};
	state = ke_word_state(ke_lock(dispatcher));
	if (dispatcher->shared) {
		ke_unlock(dispatcher, state);
		if (ke_wait_one(dispatcher, false, 0) != STATUS_WAIT_0)
			return start_helper(watch);
		watch->fn(watch);
		return STATUS_SUCCESS;
	}
	ke_queue_block(&watch->block);
	if (state > 0)
		state = ke_satisfy_waiters(dispatcher, state, &asleep);
	ke_unlock_and_wake(dispatcher, state, asleep);
	return STATUS_SUCCESS;
}

bool ke_watch_disarm(struct ke_watch *watch)
{
	struct ke_dispatcher *object = watch->block.object;

	if (!object)
		return false;
	if (ke_remove_block(&watch->block))
		return true;
	/* Whoever took it out of the list may still be about it. */
	ke_unlock(object, ke_word_state(ke_lock(object)));
	while (__atomic_load_n(&watch->moved, __ATOMIC_ACQUIRE)) {
		if (ke_timer_cancel(&watch->mover)) {
			watch->moved = 0;
			return true;
		}
		host_thread_yield();
	}
	return watch->helper && stop_helper(watch);
}

bool ke_watch_is_armed(const struct ke_watch *watch)
{
	struct ke_dispatcher *object = watch->block.object;
	bool armed;

	if (!object)
		return false;
	ke_unlock(object, ke_word_state(ke_lock(object)));
	armed = watch->block.queued || __atomic_load_n(&watch->moved, __ATOMIC_ACQUIRE);
	if (!armed && watch->helper) {
		host_lock_acquire(&watch->helper->lock);
		armed = watch->helper->watch != NULL;
		host_lock_release(&watch->helper->lock);
	}
	return armed;
}
