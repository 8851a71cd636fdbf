/*
 * ntdll/cm/notify.c - NtNotifyChangeKey.
 *
 * The first call on a handle says what is watched; what happens between two calls is told by the second at once (WDK,
 * ZwNotifyChangeKey).  Changes of other processes come when this one looks: a thread waits for the store's word to change.
 */
#include "ntdll/cm/notify.h"
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/cm/key.h"
#include "ntdll/io/io.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/ps.h"
#include "pewter/export.h"

#include <stdlib.h>

#define ALL_FILTERS (CM_NOTIFY_NAME | CM_NOTIFY_ATTRIBUTES | CM_NOTIFY_LAST_SET | CM_NOTIFY_SECURITY)
#define EVENT_MODIFY_STATE 0x0002u

/* One call that waits. */
struct cm_waiter {
	struct cm_waiter *next;
	void *event;  /* referenced, or NULL */
	void *thread; /* referenced; who gets the APC, or NULL */
	void *apc;
	uint64_t apc_context;
	IO_STATUS_BLOCK *iosb;
	NTSTATUS status;
	bool synchronous; /* the caller waits itself, for `done` */
	struct ke_dispatcher done;
	uint32_t users; /* the caller that waits, and who ends the wait; who goes last frees */
};

/* A handle's interest in a key. */
struct cm_watch {
	struct cm_watch *next; /* of the key */
	struct cm_node *node;  /* NULL: it is gone */
	unsigned filter;
	bool subtree, missed;
	struct cm_waiter *waiters;
};

/* Ended, and to be told when the lock is released. */
static struct cm_waiter *ended;

static void end_waiters(struct cm_watch *watch, NTSTATUS status)
{
	struct cm_waiter **last = &watch->waiters;

	for (; *last; last = &(*last)->next)
		(*last)->status = status;
	*last = ended;
	ended = watch->waiters;
	watch->waiters = NULL;
}

void cm_notify(struct cm_node *node, unsigned what)
{
	for (struct cm_node *at = node; at; at = at->parent)
		for (struct cm_watch *watch = at->watches; watch; watch = watch->next) {
			if (!(watch->filter & what) || (at != node && !watch->subtree))
				continue;
			watch->missed = !watch->waiters;
			end_waiters(watch, STATUS_NOTIFY_ENUM_DIR);
		}
}

void cm_notify_removal(struct cm_node *node)
{
	for (size_t i = 0; i < node->child_count; i++)
		cm_notify_removal(node->children[i]);
	while (node->watches) {
		struct cm_watch *watch = node->watches;

		node->watches = watch->next;
		watch->node = NULL;
		end_waiters(watch, STATUS_NOTIFY_CLEANUP);
	}
	if (node->parent)
		cm_notify(node->parent, CM_NOTIFY_NAME);
}

struct cm_waiter *cm_notify_take(void)
{
	struct cm_waiter *list = ended;

	ended = NULL;
	return list;
}

static void free_waiter(struct cm_waiter *waiter)
{
	if (__atomic_sub_fetch(&waiter->users, 1, __ATOMIC_ACQ_REL))
		return;
	if (waiter->event)
		ob_dereference(waiter->event);
	if (waiter->thread)
		ob_dereference(waiter->thread);
	free(waiter);
}

void cm_notify_deliver(struct cm_waiter *list)
{
	while (list) {
		struct cm_waiter *waiter = list;
		IO_STATUS_BLOCK block = {.Status = waiter->status};

		list = waiter->next;
		if (waiter->synchronous) {
			ke_set(&waiter->done);
			free_waiter(waiter);
			continue;
		}
		host_copy_to_guest(waiter->iosb, &block, sizeof(block));
		if (waiter->event)
			ke_set(ke_object_dispatcher(waiter->event));
		if (waiter->thread)
			ke_queue_apc(waiter->thread, waiter->apc, waiter->apc_context, (uint64_t)(uintptr_t)waiter->iosb, 0);
		free_waiter(waiter);
	}
}

void cm_end_watch(struct cm_key *key)
{
	struct cm_watch *watch;
	struct cm_waiter *list;

	cm_lock_quietly();
	watch = key->watch;
	key->watch = NULL;
	if (watch) {
		struct cm_watch **at = watch->node ? &watch->node->watches : NULL;

		while (at && *at != watch)
			at = &(*at)->next;
		if (at)
			*at = watch->next;
		end_waiters(watch, STATUS_NOTIFY_CLEANUP);
		free(watch);
	}
	list = cm_notify_take();
	cm_unlock_quietly();
	cm_notify_deliver(list);
}

/* Looks at the registry whenever another process has changed it. */
static void follow_others(void *argument)
{
	const uint32_t *word = argument;
	uint32_t last;

	host_thread_set_name("registry");
	for (;;) {
		last = __atomic_load_n(word, __ATOMIC_ACQUIRE);
		/* Odd: the change is about to be true, and told then. */
		if (!(last & 1) && NT_SUCCESS(cm_lock()))
			cm_unlock();
		host_futex_wait_shared(word, last, UINT64_MAX);
	}
}

static void start_following(void)
{
	static bool started;
	const uint32_t *word = started ? NULL : cm_store_word();

	if (word)
		started = host_thread_create(follow_others, (void *)(uintptr_t)word) == 0;
}

static NTSTATUS watch_key(struct cm_key *key, unsigned filter, bool subtree)
{
	struct cm_watch *watch;

	if (key->watch)
		return STATUS_SUCCESS;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return STATUS_INSUFFICIENT_RESOURCES;
	watch->filter = filter;
	watch->subtree = subtree;
	watch->node = key->node;
	watch->next = key->node->watches;
	key->node->watches = watch;
	key->watch = watch;
	start_following();
	return STATUS_SUCCESS;
}

static NTSTATUS begin_waiter(struct cm_waiter **result, HANDLE event, PVOID apc, PVOID apc_context, IO_STATUS_BLOCK *iosb)
{
	struct cm_waiter *waiter = calloc(1, sizeof(*waiter));
	NTSTATUS status = STATUS_SUCCESS;

	if (!waiter)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (event)
		status = ob_reference_by_handle(event, &ke_event_type, EVENT_MODIFY_STATE, &waiter->event);
	if (!NT_SUCCESS(status)) {
		free(waiter);
		return status;
	}
	if (waiter->event)
		ke_reset(ke_object_dispatcher(waiter->event));
	waiter->users = 1;
	waiter->iosb = iosb;
	waiter->apc = apc;
	waiter->apc_context = (uint64_t)(uintptr_t)apc_context;
	if (apc) {
		waiter->thread = ps_self;
		ob_reference(waiter->thread);
	}
	*result = waiter;
	return STATUS_SUCCESS;
}

/* STATUS_PENDING: the waiter is the list's. */
static NTSTATUS queue(HANDLE handle, struct cm_waiter *waiter, unsigned filter, bool subtree)
{
	struct cm_key *key;
	NTSTATUS status = cm_enter_key(handle, KEY_NOTIFY, cm_lock, &key);

	if (!NT_SUCCESS(status))
		return status;
	status = watch_key(key, filter, subtree);
	if (NT_SUCCESS(status) && key->watch->missed) {
		key->watch->missed = false;
		status = STATUS_NOTIFY_ENUM_DIR;
	} else if (NT_SUCCESS(status)) {
		waiter->next = key->watch->waiters;
		key->watch->waiters = waiter;
		waiter->users += waiter->synchronous;
		status = STATUS_PENDING;
	}
	return cm_leave_key(key, status);
}

/* STATUS_NOTIFY_ENUM_DIR: something has changed; STATUS_NOTIFY_CLEANUP: the key is gone or the handle closed. */
EXPORT(ntdll, NTSTATUS, NtNotifyChangeKey,
       (HANDLE handle, HANDLE event, PVOID apc, PVOID apc_context, PVOID guest_iosb, ULONG filter, BOOLEAN subtree, PVOID buffer,
	ULONG size, BOOLEAN asynchronous))
{
	struct cm_waiter *waiter;
	IO_STATUS_BLOCK *iosb = guest_iosb, block = {0};
	NTSTATUS status;

	filter &= ~CM_NOTIFY_AGNOSTIC;
	if (!filter || filter & ~ALL_FILTERS || (!asynchronous && apc))
		return STATUS_INVALID_PARAMETER;
	if (host_probe_guest(iosb, sizeof(*iosb), true))
		return STATUS_ACCESS_VIOLATION;
	status = begin_waiter(&waiter, event, apc, apc_context, iosb);
	if (!NT_SUCCESS(status))
		return status;
	if (!asynchronous) {
		ke_dispatcher_initialize(&waiter->done, KE_NOTIFICATION, 0);
		waiter->synchronous = true;
	}
	status = queue(handle, waiter, filter, subtree);
	if (status == STATUS_PENDING && asynchronous)
		return status;
	if (status == STATUS_PENDING) {
		ke_wait_one(&waiter->done, false, KE_FOREVER);
		status = waiter->status;
	}
	if (!NT_SUCCESS(status)) {
		free_waiter(waiter);
		return status;
	}
	waiter->status = block.Status = status;
	if (asynchronous) {
		waiter->next = NULL;
		cm_notify_deliver(waiter);
	} else {
		host_copy_to_guest(iosb, &block, sizeof(block));
		if (waiter->event)
			ke_set(ke_object_dispatcher(waiter->event));
		free_waiter(waiter);
	}
	return status;
}
EXPORT_ALIAS(ntdll, "ZwNotifyChangeKey", NtNotifyChangeKey);
