/*
 * ntdll/tp/group.c - cleanup groups: many objects released at once.
 */
#include "host/thread.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

#include <stdlib.h>

static struct tp_group *check(struct tp_group *group)
{
	if (!group || group->magic != TP_GROUP_MAGIC)
		RtlRaiseStatus(STATUS_INVALID_PARAMETER);
	return group;
}

EXPORT(ntdll, NTSTATUS, TpAllocCleanupGroup, (TP_CLEANUP_GROUP **result))
{
	struct tp_group *group = calloc(1, sizeof(*group));

	if (!group)
		return STATUS_NO_MEMORY;
	group->magic = TP_GROUP_MAGIC;
	group->references = 1;
	*result = group;
	return STATUS_SUCCESS;
}

void tp_group_dereference(struct tp_group *group)
{
	if (__atomic_sub_fetch(&group->references, 1, __ATOMIC_ACQ_REL) == 0) {
		group->magic = 0;
		free(group);
	}
}

/* The caller's is the only pointer to the object yet. */
void tp_group_join(struct tp_group *group, struct tp_object *object)
{
	__atomic_fetch_add(&group->references, 1, __ATOMIC_RELAXED);
	object->group = group;
	object->references++;
	host_lock_acquire(&group->lock);
	object->group_next = group->members;
	object->group_link = &group->members;
	if (group->members)
		group->members->group_link = &object->group_next;
	group->members = object;
	host_lock_release(&group->lock);
}

bool tp_group_leave(struct tp_object *object)
{
	struct tp_group *group = object->group;
	bool member;

	if (!group)
		return false;
	host_lock_acquire(&group->lock);
	member = object->group_link != NULL;
	if (member) {
		*object->group_link = object->group_next;
		if (object->group_next)
			object->group_next->group_link = object->group_link;
		object->group_link = NULL;
	}
	host_lock_release(&group->lock);
	return member;
}

EXPORT(ntdll, void, TpReleaseCleanupGroup, (TP_CLEANUP_GROUP *group))
{
	tp_group_dereference(check(group));
}

/*
 * Releases the members and waits for their callbacks.  With `cancel` callbacks that have not begun are dropped, and the
 * cancel callbacks called, on this thread: once an object, for a simple callback only if it was dropped (Wine's tests,
 * ntdll/threadpool).
 */
EXPORT(ntdll, void, TpReleaseCleanupGroupMembers, (TP_CLEANUP_GROUP *group, BOOL cancel, PVOID parameter))
{
	struct tp_object *members, *next;

	check(group);
	host_lock_acquire(&group->lock);
	members = group->members;
	group->members = NULL;
	for (struct tp_object *object = members; object; object = object->group_next)
		object->group_link = NULL;
	host_lock_release(&group->lock);
	for (struct tp_object *object = members; object; object = object->group_next) {
		bool dropped;

		object->released = true;
		tp_disarm(object);
		if (!cancel)
			continue;
		dropped = tp_cancel_pending(object);
		if (object->cancelled && (dropped || object->kind != TP_SIMPLE))
			ke_call_guest(object->cancelled, (uint64_t)(uintptr_t)object->context,
				      (uint64_t)(uintptr_t)parameter, 0, 0);
	}
	for (struct tp_object *object = members; object; object = next) {
		bool owned = object->kind != TP_SIMPLE;

		next = object->group_next;
		tp_wait_for_callbacks(object, false);
		if (owned)
			tp_object_dereference(object);
		tp_object_dereference(object);
	}
}
