/*
 * ntdll/io/port.c - I/O completion ports.
 *
 * A port is a queue of packets and their count, which is taken from like a semaphore; a wait on the port's handle is satisfied
 * while there are packets, and takes nothing (execution facts, row 128).  One that several processes have keeps them where all reach
 * them (port_shared.c).  All threads are runnable at once (NT holds back beyond the port's concurrency), which differs in speed only.
 */
#include "ntdll/io/port.h"
#include "ntdll/ps/thread.h"

#include <stdlib.h>

#define IO_COMPLETION_QUERY_STATE 0x0001u

typedef struct _FILE_IO_COMPLETION_INFORMATION {
	PVOID KeyContext;
	PVOID ApcContext;
	IO_STATUS_BLOCK IoStatusBlock;
} FILE_IO_COMPLETION_INFORMATION;

static struct ke_dispatcher *port_dispatcher(struct ob_object *object)
{
	return &((struct io_port *)object)->available;
}

/* The last handle goes: who waits is told. */
static void port_close(struct ob_object *object)
{
	struct io_port *port = (struct io_port *)object;
	LONG previous;

	if (io_port_is_held_elsewhere(port))
		return;
	host_lock_acquire(&port->lock);
	port->closed = true;
	host_lock_release(&port->lock);
	ke_release_semaphore(&port->available, 0x10000000, INT32_MAX, &previous);
}

/* Takes one of the count, for a packet.  STATUS_TIMEOUT: there is none. */
static NTSTATUS take_unit(struct io_port *port)
{
	struct ps_thread *self = ps_self;
	NTSTATUS status;

	self->dequeues = true;
	status = ke_wait_one(&port->available, false, 0);
	self->dequeues = false;
	return status;
}

/* It was removed from the port. */
static void release(struct io_packet *packet)
{
	if (packet->taken)
		packet->taken(packet);
	else
		free(packet);
}

static void port_destroy(struct ob_object *object)
{
	struct io_port *port = (struct io_port *)object;

	while (port->first) {
		struct io_packet *packet = port->first;

		port->first = packet->next;
		packet->queued = false;
		release(packet);
	}
	if (port->sink)
		port->sink->closed(port->sink_context);
	if (port->ring)
		io_port_ring_leave(port);
}

const struct ob_type io_port_type = {
	.name = u"IoCompletion",
	.read = 0x00020001u,
	.write = 0x00020002u,
	.execute = 0x00120000u,
	.all = IO_COMPLETION_ALL_ACCESS,
	.close = port_close,
	.destroy = port_destroy,
	.dispatcher = port_dispatcher,
	.sharing = &io_port_sharing,
};

struct io_port *io_port_make(void)
{
	struct io_port *port = ob_create(&io_port_type, sizeof(*port));

	if (port) {
		port->last = &port->first;
		ke_dispatcher_initialize(&port->available, KE_QUEUE, 0);
	}
	return port;
}

bool io_port_keep(void *object)
{
	struct io_port *port = object;
	bool kept;

	host_lock_acquire(&port->lock);
	kept = !port->ring;
	port->own = port->own || kept;
	host_lock_release(&port->lock);
	return kept;
}

/* A packet that the processes' ring has taken is freed.  false: the ring is full. */
static bool append(struct io_port *port, struct io_packet *packet)
{
	packet->next = NULL;
	packet->queued = true;
	host_lock_acquire(&port->lock);
	if (!port->ring) {
		*port->last = packet;
		port->last = &packet->next;
		port->depth++;
		packet = NULL;
	}
	host_lock_release(&port->lock);
	if (packet && !io_port_ring_put(port->ring, packet))
		return false;
	free(packet);
	return true;
}

NTSTATUS io_port_post(void *object, ULONG_PTR key, PVOID context, NTSTATUS status, ULONG_PTR information)
{
	struct io_port *port = object;
	struct io_packet *packet;
	LONG previous;

	if (port->sink) {
		port->sink->packet(port->sink_context, context, status, information);
		return STATUS_SUCCESS;
	}
	packet = malloc(sizeof(*packet));
	if (!packet)
		return STATUS_NO_MEMORY;
	packet->taken = NULL;
	packet->key = key;
	packet->context = context;
	packet->status = status;
	packet->information = information;
	if (!append(port, packet)) {
		free(packet);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	ke_release_semaphore(&port->available, 1, INT32_MAX, &previous);
	return STATUS_SUCCESS;
}

void io_port_append(void *object, struct io_packet *packet)
{
	append(object, packet);
}

bool io_port_announce(void *object, bool wait)
{
	struct io_port *port = object;
	LONG previous;

	if (!wait)
		return ke_try_release_semaphore(&port->available);
	ke_release_semaphore(&port->available, 1, INT32_MAX, &previous);
	return true;
}

bool io_port_holds(void *object, const struct io_packet *packet)
{
	struct io_port *port = object;
	bool queued;

	host_lock_acquire(&port->lock);
	queued = packet->queued;
	host_lock_release(&port->lock);
	return queued;
}

bool io_port_withdraw(void *object, struct io_packet *packet)
{
	struct io_port *port = object;
	struct io_packet **link;
	bool queued;

	host_lock_acquire(&port->lock);
	queued = packet->queued;
	if (queued) {
		for (link = &port->first; *link != packet; link = &(*link)->next)
			;
		*link = packet->next;
		if (port->last == &packet->next)
			port->last = link;
		packet->queued = false;
		port->depth--;
	}
	host_lock_release(&port->lock);
	/* Its unit of the count, if nobody has that yet; who has it finds no packet and waits on. */
	if (queued)
		take_unit(port);
	return queued;
}

/* After a unit of the count was taken. */
static struct io_packet *take(struct io_port *port)
{
	struct io_packet *packet;

	host_lock_acquire(&port->lock);
	packet = port->first;
	if (packet) {
		port->first = packet->next;
		if (!port->first)
			port->last = &port->first;
		packet->queued = false;
		port->depth--;
	}
	host_lock_release(&port->lock);
	if (!packet && port->ring) {
		struct io_packet taken, *copy = malloc(sizeof(*copy));

		if (copy && io_port_ring_take(port->ring, &taken)) {
			*copy = taken;
			return copy;
		}
		free(copy);
	}
	return packet;
}

NTSTATUS io_bind_sink(HANDLE file, const struct io_sink *sink, void *context)
{
	FILE_COMPLETION_INFORMATION binding = {.Key = NULL};
	struct io_port *port = io_port_make();
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;

	if (!port)
		return STATUS_NO_MEMORY;
	status = ob_create_handle(port, IO_COMPLETION_ALL_ACCESS, 0, &binding.Port);
	if (NT_SUCCESS(status)) {
		status = NtSetInformationFile(file, &iosb, &binding, sizeof(binding), FileCompletionInformation);
		if (NT_SUCCESS(status)) {
			port->sink_context = context;
			__atomic_store_n(&port->sink, sink, __ATOMIC_RELEASE);
		}
		ob_close_handle(binding.Port);
	}
	ob_dereference(port);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtCreateIoCompletion,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG concurrency))
{
	struct io_port *port;
	HANDLE value;
	NTSTATUS status;

	if (host_probe_guest(handle, sizeof(*handle), true) < 0)
		return STATUS_ACCESS_VIOLATION;
	port = io_port_make();
	if (!port)
		return STATUS_NO_MEMORY;
	status = ob_insert(port, attributes, ob_map_access(&io_port_type, access), &value);
	if (NT_SUCCESS(status))
		host_copy_to_guest(handle, &value, sizeof(value));
	return status;
}
EXPORT_ALIAS(ntdll, "ZwCreateIoCompletion", NtCreateIoCompletion);

EXPORT(ntdll, NTSTATUS, NtOpenIoCompletion, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	return ob_open_for_guest(&io_port_type, handle, access, attributes);
}

EXPORT(ntdll, NTSTATUS, NtSetIoCompletion,
       (HANDLE handle, PVOID key, PVOID context, NTSTATUS io_status_value, ULONG_PTR information))
{
	struct io_port *port;
	NTSTATUS status = ob_reference_by_handle(handle, &io_port_type, IO_COMPLETION_MODIFY_STATE, (void **)&port);

	if (!NT_SUCCESS(status))
		return status;
	status = io_port_post(port, (ULONG_PTR)key, context, io_status_value, information);
	ob_dereference(port);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwSetIoCompletion", NtSetIoCompletion);

/*
 * Reserves: memory for one packet or APC, set aside so that sending it cannot fail.  Ours fail only where everything does, so
 * the object is all that there is.  (ntddk's NtAllocateReserveObject: type 0 for APCs, 1 for packets.)
 */
struct io_reserve {
	struct ob_object object;
};

const struct ob_type io_reserve_type = {
	.name = u"IoCompletionReserve",
	.read = 0x00020001u,
	.write = 0x00020002u,
	.execute = 0x00020000u,
	.all = 0x000F0003u,
};

EXPORT(ntdll, NTSTATUS, NtAllocateReserveObject, (HANDLE * handle, OBJECT_ATTRIBUTES *attributes, ULONG type))
{
	struct io_reserve *reserve;
	HANDLE value;
	NTSTATUS status;

	if (type != 1)
		return STATUS_INVALID_PARAMETER;
	if (host_probe_guest(handle, sizeof(*handle), true) < 0)
		return STATUS_ACCESS_VIOLATION;
	reserve = ob_create(&io_reserve_type, sizeof(*reserve));
	if (!reserve)
		return STATUS_NO_MEMORY;
	status = ob_insert(reserve, attributes, io_reserve_type.all, &value);
	if (NT_SUCCESS(status))
		host_copy_to_guest(handle, &value, sizeof(value));
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSetIoCompletionEx,
       (HANDLE handle, HANDLE reserve_handle, PVOID key, PVOID context, NTSTATUS io_status_value, ULONG_PTR information))
{
	struct io_port *port;
	void *reserve;
	NTSTATUS status = ob_reference_by_handle(reserve_handle, &io_reserve_type, 2, &reserve);

	if (!NT_SUCCESS(status))
		return status;
	status = ob_reference_by_handle(handle, &io_port_type, IO_COMPLETION_MODIFY_STATE, (void **)&port);
	if (NT_SUCCESS(status)) {
		status = io_port_post(port, (ULONG_PTR)key, context, io_status_value, information);
		ob_dereference(port);
	}
	ob_dereference(reserve);
	return status;
}

/* A thread that has taken a packet here before takes the next one before it runs its APCs; one that has not runs them first
 * (execution facts, row 127). */
static NTSTATUS wait_for_packet(struct io_port *port, bool alertable, uint64_t deadline)
{
	struct ps_thread *self = ps_self;
	NTSTATUS status;

	if (alertable && self->port != port && (status = ke_take_interruption()) != STATUS_SUCCESS)
		return status;
	self->dequeues = true;
	status = ke_wait_one(&port->available, alertable, deadline);
	self->dequeues = false;
	return status;
}

static NTSTATUS remove_packets(HANDLE handle, FILE_IO_COMPLETION_INFORMATION *entries, ULONG count, ULONG *removed,
			       const LARGE_INTEGER *timeout, BOOLEAN alertable)
{
	struct io_port *port;
	LARGE_INTEGER copy;
	const LARGE_INTEGER *captured = NULL;
	uint64_t deadline;
	ULONG got = 0;
	NTSTATUS status;

	if (!count)
		return STATUS_INVALID_PARAMETER;
	status = ke_capture_timeout(timeout, &copy, &captured);
	if (!NT_SUCCESS(status))
		return status;
	status = ob_reference_by_handle(handle, &io_port_type, IO_COMPLETION_MODIFY_STATE, (void **)&port);
	if (!NT_SUCCESS(status))
		return status;
	deadline = ke_deadline(captured);
	status = wait_for_packet(port, alertable, deadline);
	while (status == STATUS_SUCCESS) {
		struct io_packet *packet = take(port);
		FILE_IO_COMPLETION_INFORMATION entry;

		if (!packet && !got && !port->closed) {
			status = wait_for_packet(port, alertable, deadline); /* withdrawn */
			continue;
		}
		if (!packet) {
			if (!got)
				status = STATUS_ABANDONED_WAIT_0;
			break;
		}
		entry.KeyContext = (PVOID)packet->key;
		entry.ApcContext = packet->context;
		entry.IoStatusBlock.Pointer = NULL;
		entry.IoStatusBlock.Status = packet->status;
		entry.IoStatusBlock.Information = packet->information;
		release(packet);
		ps_self->port = port;
		if (host_copy_to_guest(entries + got, &entry, sizeof(entry)) < 0) {
			status = STATUS_ACCESS_VIOLATION;
			break;
		}
		if (++got == count || take_unit(port) != STATUS_SUCCESS)
			break;
	}
	ob_dereference(port);
	if (removed && host_copy_to_guest(removed, &got, sizeof(got)) < 0)
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtRemoveIoCompletion,
       (HANDLE handle, PVOID *key, PVOID *context, IO_STATUS_BLOCK *iosb, LARGE_INTEGER *timeout))
{
	FILE_IO_COMPLETION_INFORMATION entry;
	NTSTATUS status = remove_packets(handle, &entry, 1, NULL, timeout, FALSE);

	if (status != STATUS_SUCCESS)
		return status;
	if (host_copy_to_guest(key, &entry.KeyContext, sizeof(PVOID)) < 0 ||
	    host_copy_to_guest(context, &entry.ApcContext, sizeof(PVOID)) < 0 ||
	    host_copy_to_guest(iosb, &entry.IoStatusBlock, sizeof(*iosb)) < 0)
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwRemoveIoCompletion", NtRemoveIoCompletion);

EXPORT(ntdll, NTSTATUS, NtRemoveIoCompletionEx,
       (HANDLE handle, PVOID entries, ULONG count, ULONG *removed, LARGE_INTEGER *timeout, BOOLEAN alertable))
{
	return remove_packets(handle, entries, count, removed, timeout, alertable);
}
EXPORT_ALIAS(ntdll, "ZwRemoveIoCompletionEx", NtRemoveIoCompletionEx);

EXPORT(ntdll, NTSTATUS, NtQueryIoCompletion,
       (HANDLE handle, ULONG info_class, PVOID buffer, ULONG length, ULONG *returned))
{
	struct io_port *port;
	LONG depth;
	ULONG size = sizeof(depth);
	NTSTATUS status;

	if (info_class != 0)
		return STATUS_INVALID_INFO_CLASS;
	if (length != sizeof(depth))
		return STATUS_INFO_LENGTH_MISMATCH;
	status = ob_reference_by_handle(handle, &io_port_type, IO_COMPLETION_QUERY_STATE, (void **)&port);
	if (!NT_SUCCESS(status))
		return status;
	depth = (LONG)(port->ring ? io_port_ring_depth(port->ring) : __atomic_load_n(&port->depth, __ATOMIC_RELAXED));
	ob_dereference(port);
	if (host_copy_to_guest(buffer, &depth, sizeof(depth)) < 0 ||
	    (returned && host_copy_to_guest(returned, &size, sizeof(size)) < 0))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}
