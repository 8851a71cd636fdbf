/*
 * ntdll/io/early.c - what ntdll/ke gives, as long as it is not there: nothing is signalled, nobody can wait.
 * The definitions are weak; those of ntdll/ke take their place.
 */
#include "ntdll/io/private.h"

#define EARLY __attribute__((weak))

EARLY const struct ob_type ke_event_type = {.name = u"Event"};
EARLY void ke_dispatcher_initialize(struct ke_dispatcher *object, enum ke_kind kind, LONG state)
{
	object->kind = kind;
}
EARLY LONG ke_set(struct ke_dispatcher *object)
{
	return 0;
}
EARLY LONG ke_reset(struct ke_dispatcher *object)
{
	return 0;
}
EARLY NTSTATUS ke_release_semaphore(struct ke_dispatcher *object, LONG count, LONG limit, LONG *previous)
{
	return STATUS_NOT_SUPPORTED;
}
EARLY NTSTATUS ke_wait(unsigned count, struct ke_dispatcher *const *objects, bool all, bool alertable, uint64_t deadline)
{
	return STATUS_NOT_SUPPORTED;
}
EARLY uint64_t ke_deadline(const LARGE_INTEGER *timeout)
{
	return 0;
}
EARLY NTSTATUS ke_capture_timeout(const LARGE_INTEGER *timeout, LARGE_INTEGER *copy, const LARGE_INTEGER **captured)
{
	return STATUS_NOT_SUPPORTED;
}
EARLY struct ke_dispatcher *ke_object_dispatcher(struct ob_object *object)
{
	return object->type->dispatcher ? object->type->dispatcher(object) : NULL;
}
EARLY void ke_enter_blocking(void)
{
}
EARLY void ke_leave_blocking(void)
{
}
EARLY NTSTATUS ke_queue_apc(struct ps_thread *thread, void *function, uint64_t a, uint64_t b, uint64_t c)
{
	return STATUS_NOT_SUPPORTED;
}
