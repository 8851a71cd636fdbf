/*
 * ntdll/io/completion.c - how requests end: status block, event, APC, packet.
 *
 * NT's order: the status block is stored, then the event (or the file object itself) is signalled, then the APC is queued
 * or the packet posted.  A request that fails at once with an error only returns it: no event, no APC, no packet.
 */
#include "ntdll/io/private.h"
#include "ntdll/ps/ps.h"

#include <stdlib.h>

struct ke_dispatcher *io_file_dispatcher(struct ob_object *object)
{
	struct io_file *file = (struct io_file *)object;

	if (file->kind == IO_CONSOLE_INPUT)
		io_console_watch(file);
	return &file->signal;
}

NTSTATUS io_request_begin(struct io_request *request, struct io_file *file, HANDLE event, PIO_APC_ROUTINE apc,
			  PVOID apc_context, IO_STATUS_BLOCK *iosb)
{
	request->file = file;
	request->event = NULL;
	request->thread = NULL;
	request->apc = apc;
	request->apc_context = apc_context;
	request->iosb = iosb;
	if (event) {
		void *object;
		NTSTATUS status = ob_reference_by_handle(event, &ke_event_type, EVENT_MODIFY_STATE, &object);

		if (!NT_SUCCESS(status))
			return status;
		ke_reset(ke_object_dispatcher(object));
		request->event = object;
	}
	if (apc && file->port) {
		if (request->event)
			ob_dereference(request->event);
		return STATUS_INVALID_PARAMETER;
	}
	if (apc) {
		request->thread = ps_self;
		ob_reference(request->thread);
	}
	if (!io_is_synchronous(file) && file->kind != IO_CONSOLE_INPUT)
		ke_reset(&file->signal);
	return STATUS_SUCCESS;
}

static void release(struct io_request *request)
{
	if (request->event)
		ob_dereference(request->event);
	if (request->thread)
		ob_dereference(request->thread);
	ob_dereference(request->file);
}

/* `at_once`: the caller learns the status from the call itself. */
static NTSTATUS finish(struct io_request *request, NTSTATUS status, ULONG_PTR information, bool at_once)
{
	struct io_file *file = request->file;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = information};

	if (at_once && (ULONG)status >> 30 == 3) {
		if (!io_is_synchronous(file) && file->kind != IO_CONSOLE_INPUT)
			ke_set(&file->signal);
		release(request);
		return status;
	}
	block.Status = status;
	if (host_copy_to_guest(request->iosb, &block, sizeof(block)) < 0)
		status = at_once ? STATUS_ACCESS_VIOLATION : status;
	if (request->event) {
		ke_set(ke_object_dispatcher(request->event));
	} else if (!io_is_synchronous(file) && file->kind != IO_CONSOLE_INPUT &&
		   !(at_once && file->completion_modes & IO_SKIP_SET_EVENT)) {
		ke_set(&file->signal);
	}
	if (request->apc)
		ke_queue_apc(request->thread, (void *)request->apc, (uint64_t)(uintptr_t)request->apc_context,
			     (uint64_t)(uintptr_t)request->iosb, 0);
	else if (file->port && request->apc_context &&
		 !(at_once && file->completion_modes & IO_SKIP_PORT_ON_SUCCESS))
		io_port_post(file->port, file->port_key, request->apc_context, status, information);
	release(request);
	return status;
}

NTSTATUS io_request_end(struct io_request *request, NTSTATUS status, ULONG_PTR information)
{
	return finish(request, status, information, true);
}

void io_request_complete(struct io_request *request, NTSTATUS status, ULONG_PTR information)
{
	finish(request, status, information, false);
}
