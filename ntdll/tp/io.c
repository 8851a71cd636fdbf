/*
 * ntdll/tp/io.c - I/O objects: a callback for each operation on a file that completes.
 *
 * A file's packets come to a sink (io_bind_sink) instead of a port, on the thread that completes the operation, and are
 * posted from there.  The sink lives as long as the file, and the object with it.  What a completion needs is allocated
 * when the operation is announced, so that none can be lost.
 */
#include "host/thread.h"
#include "ntdll/io/io.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/tp/private.h"
#include "pewter/export.h"

#include <stdlib.h>

static struct tp_completion *pop(struct tp_completion **list)
{
	struct tp_completion *first = *list;

	if (first)
		*list = first->next;
	return first;
}

static void post_completion(struct tp_object *object, struct tp_completion *completion)
{
	completion->next = NULL;
	*object->io.last = completion;
	object->io.last = &completion->next;
	tp_post_locked(object, false);
}

/* For an object whose operations are announced by TpStartAsyncIoOperation: each has a reference and memory. */
static void announced_packet(void *context, void *apc_context, NTSTATUS status, ULONG_PTR information)
{
	struct tp_object *object = context;
	struct tp_pool *pool = object->pool;
	struct tp_action action = {NULL, false};
	const uint32_t *settled = NULL;
	struct tp_completion *completion;
	bool dropped = false;

	host_lock_acquire(&pool->lock);
	completion = object->expected ? pop(&object->io.spare) : NULL;
	if (completion) {
		object->expected--;
		if (object->io.unwanted) {
			object->io.unwanted--;
			dropped = true;
			settled = tp_settle_locked(object);
		} else {
			completion->context = apc_context;
			completion->status = status;
			completion->information = information;
			post_completion(object, completion);
			action = tp_balance_locked(pool, false);
		}
	}
	host_lock_release(&pool->lock);
	tp_act(pool, action, false);
	tp_wake_waiters(settled);
	if (dropped) {
		free(completion);
		tp_object_dereference(object);
	}
}

static void any_packet(void *context, void *apc_context, NTSTATUS status, ULONG_PTR information)
{
	struct tp_completion *completion = malloc(sizeof(*completion));
	struct tp_object *object = context;
	struct tp_pool *pool = object->pool;
	struct tp_action action;

	if (!completion)
		return;
	completion->context = apc_context;
	completion->status = status;
	completion->information = information;
	host_lock_acquire(&pool->lock);
	object->references++;
	post_completion(object, completion);
	action = tp_balance_locked(pool, false);
	host_lock_release(&pool->lock);
	tp_act(pool, action, false);
}

static void file_closed(void *context)
{
	tp_object_dereference(context);
}

static const struct io_sink announced = {announced_packet, file_closed};
static const struct io_sink unannounced = {any_packet, file_closed};

static void destroy(struct tp_object *object)
{
	struct tp_completion *completion;

	while ((completion = pop(&object->io.spare)))
		free(completion);
	while ((completion = pop(&object->io.first)))
		free(completion);
}

static struct tp_completion take(struct tp_object *object)
{
	struct tp_completion taken = {0}, *completion;

	host_lock_acquire(&object->pool->lock);
	completion = pop(&object->io.first);
	if (!object->io.first)
		object->io.last = &object->io.first;
	host_lock_release(&object->pool->lock);
	if (completion)
		taken = *completion;
	free(completion);
	return taken;
}

static void invoke_io(struct tp_object *object, struct tp_instance *instance)
{
	struct tp_completion completion = take(object);
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = completion.information};
	uint64_t arguments[8] = {(uint64_t)(uintptr_t)instance, (uint64_t)(uintptr_t)object->context,
				 (uint64_t)(uintptr_t)completion.context, (uint64_t)(uintptr_t)&block,
				 (uint64_t)(uintptr_t)object};

	block.Status = completion.status;
	ke_call_guest_eight(object->callback, arguments);
}

static void invoke_win32_io(struct tp_object *object, struct tp_instance *instance)
{
	struct tp_completion completion = take(object);
	uint64_t arguments[8] = {(uint64_t)(uintptr_t)instance, (uint64_t)(uintptr_t)object->context,
				 (uint64_t)(uintptr_t)completion.context, RtlNtStatusToDosError(completion.status),
				 completion.information, (uint64_t)(uintptr_t)object};

	ke_call_guest_eight(object->callback, arguments);
}

/* LPOVERLAPPED_COMPLETION_ROUTINE; with an NTSTATUS or a Win32 error. */
static void invoke_status(struct tp_object *object, struct tp_instance *instance)
{
	struct tp_completion completion = take(object);

	ke_call_guest(object->callback, (uint32_t)completion.status, (uint32_t)completion.information,
		      (uint64_t)(uintptr_t)completion.context, 0);
}

static void invoke_error(struct tp_object *object, struct tp_instance *instance)
{
	struct tp_completion completion = take(object);

	ke_call_guest(object->callback, RtlNtStatusToDosError(completion.status), (uint32_t)completion.information,
		      (uint64_t)(uintptr_t)completion.context, 0);
}

static NTSTATUS create(struct tp_object **result, HANDLE file, void *callback, void *context,
		       const TP_CALLBACK_ENVIRON *environ, const struct io_sink *sink,
		       void (*invoke)(struct tp_object *object, struct tp_instance *instance))
{
	struct tp_object *object;
	NTSTATUS status = tp_object_create(TP_IO_OBJECT, callback, context, environ, &object);

	if (status)
		return status;
	object->invoke = invoke;
	object->destroy = destroy;
	object->io.last = &object->io.first;
	tp_object_reference(object); /* the sink's */
	status = io_bind_sink(file, sink, object);
	if (!NT_SUCCESS(status)) {
		tp_object_dereference(object);
		tp_release(object);
		return status;
	}
	*result = object;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, TpAllocIoCompletion,
       (TP_IO **io, HANDLE file, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	return create(io, file, callback, context, environ, &announced, invoke_io);
}

NTSTATUS tp_alloc_win32_io(TP_IO **io, HANDLE file, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ)
{
	return create(io, file, callback, context, environ, &announced, invoke_win32_io);
}

static NTSTATUS bind(HANDLE file, void *callback, void (*invoke)(struct tp_object *object, struct tp_instance *instance))
{
	struct tp_object *object;
	NTSTATUS status = create(&object, file, callback, NULL, NULL, &unannounced, invoke);

	if (!status)
		tp_object_dereference(object); /* the file has it */
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlSetIoCompletionCallback, (HANDLE file, PVOID callback, ULONG flags))
{
	return flags ? STATUS_INVALID_PARAMETER : bind(file, callback, invoke_status);
}

NTSTATUS tp_bind_win32_io(HANDLE file, PVOID callback)
{
	return bind(file, callback, invoke_error);
}

/* Before each operation. */
EXPORT(ntdll, void, TpStartAsyncIoOperation, (TP_IO *io))
{
	struct tp_completion *completion = malloc(sizeof(*completion));

	tp_check_object(io, TP_IO_OBJECT);
	if (!completion)
		RtlRaiseStatus(STATUS_NO_MEMORY);
	host_lock_acquire(&io->pool->lock);
	completion->next = io->io.spare;
	io->io.spare = completion;
	io->expected++;
	io->references++;
	host_lock_release(&io->pool->lock);
}

/* The operation failed at once, or ended without a packet. */
EXPORT(ntdll, void, TpCancelAsyncIoOperation, (TP_IO *io))
{
	struct tp_completion *completion = NULL;
	const uint32_t *settled = NULL;

	tp_check_object(io, TP_IO_OBJECT);
	host_lock_acquire(&io->pool->lock);
	if (io->expected) {
		io->expected--;
		if (io->io.unwanted > io->expected)
			io->io.unwanted = io->expected;
		completion = pop(&io->io.spare);
		settled = tp_settle_locked(io);
	}
	host_lock_release(&io->pool->lock);
	tp_wake_waiters(settled);
	if (completion) {
		free(completion);
		tp_object_dereference(io);
	}
}

EXPORT(ntdll, void, TpWaitForIoCompletion, (TP_IO *io, BOOL cancel))
{
	tp_wait_for_callbacks(tp_check_object(io, TP_IO_OBJECT), cancel);
}

EXPORT(ntdll, void, TpReleaseIoCompletion, (TP_IO *io))
{
	tp_release(tp_check_object(io, TP_IO_OBJECT));
}
