/*
 * ntdll/io/wait_packet.c - wait completion packets: a signalled object posts a packet to a completion port.
 *
 * The object is watched (ke/watch.c), and the packet is part of the wait completion packet's own object, so posting it
 * cannot fail.  It is used for one signal at a time: armed, then queued, then free again when somebody has removed it from
 * the port.  An armed or queued one has a reference of its own.
 */
#include "ntdll/io/private.h"
#include "ntdll/ke/private.h"

#include <stdlib.h>

#define WAIT_COMPLETION_PACKET_MODIFY 0x0001u

struct wait_packet {
	struct ob_object object;
	struct host_lock lock; /* of arming and cancelling */
	bool busy;	       /* armed, queued, or just being removed */
	struct ke_watch watch;
	struct io_packet packet;
	void *port;		  /* referenced */
	struct ob_object *target; /* referenced while watched, and until the packet is removed */
	struct ke_timer_entry announce;
};

/* The packet has been removed from the port. */
static void taken(struct io_packet *packet)
{
	struct wait_packet *wait = CONTAINING_RECORD(packet, struct wait_packet, packet);
	struct ob_object *target;

	host_lock_acquire(&wait->lock);
	target = wait->target;
	wait->target = NULL;
	wait->watch.block.object = NULL;
	wait->busy = false;
	host_lock_release(&wait->lock);
	ob_dereference(target);
	ob_dereference(wait);
}

static void announce(struct ke_timer_entry *entry)
{
	struct wait_packet *wait = CONTAINING_RECORD(entry, struct wait_packet, announce);

	io_port_announce(wait->port, true);
	ob_dereference(wait);
}

/* The target's lock is held: the port's semaphore can only be tried. */
static void signalled(struct ke_watch *watch)
{
	struct wait_packet *wait = CONTAINING_RECORD(watch, struct wait_packet, watch);

	ob_reference(wait);
	io_port_append(wait->port, &wait->packet);
	if (io_port_announce(wait->port, false))
		ob_dereference(wait);
	else
		ke_timer_arm(&wait->announce, 0);
}

/* STATUS_PENDING: queued, and to stay so; STATUS_CANCELLED: neither armed nor queued. */
static NTSTATUS cancel(struct wait_packet *wait, bool remove)
{
	NTSTATUS status = STATUS_CANCELLED;

	host_lock_acquire(&wait->lock);
	if (wait->busy && ke_watch_disarm(&wait->watch)) {
		status = STATUS_SUCCESS;
	} else if (wait->busy && io_port_holds(wait->port, &wait->packet)) {
		status = STATUS_PENDING;
		if (remove)
			status = io_port_withdraw(wait->port, &wait->packet) ? STATUS_SUCCESS : STATUS_CANCELLED;
	}
	host_lock_release(&wait->lock);
	if (status == STATUS_SUCCESS)
		taken(&wait->packet);
	return status;
}

static void close_packet(struct ob_object *object)
{
	cancel((struct wait_packet *)object, true);
}

static void destroy_packet(struct ob_object *object)
{
	struct wait_packet *wait = (struct wait_packet *)object;

	if (wait->port)
		ob_dereference(wait->port);
}

static const struct ob_type wait_packet_type = {
	.name = u"WaitCompletionPacket",
	.read = 0x00020000u,
	.write = 0x00020001u,
	.execute = 0x00020000u,
	.all = 0x000F0001u,
	.close = close_packet,
	.destroy = destroy_packet,
};

EXPORT(ntdll, NTSTATUS, NtCreateWaitCompletionPacket,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	struct wait_packet *wait;
	HANDLE value;
	NTSTATUS status;

	if (host_probe_guest(handle, sizeof(*handle), true) < 0)
		return STATUS_ACCESS_VIOLATION;
	wait = ob_create(&wait_packet_type, sizeof(*wait));
	if (!wait)
		return STATUS_NO_MEMORY;
	wait->watch.fn = signalled;
	wait->packet.taken = taken;
	wait->announce.fn = announce;
	status = ob_insert(wait, attributes, ob_map_access(&wait_packet_type, access), &value);
	if (NT_SUCCESS(status))
		host_copy_to_guest(handle, &value, sizeof(value));
	return status;
}
EXPORT_ALIAS(ntdll, "ZwCreateWaitCompletionPacket", NtCreateWaitCompletionPacket);

/* Consumes the references on port and target. */
static NTSTATUS associate(struct wait_packet *wait, void *port, struct ob_object *target, const struct io_packet *packet,
			  BOOLEAN *already)
{
	NTSTATUS status = STATUS_INVALID_PARAMETER_1; /* in use */
	void *old = port;
	bool failed = false;

	host_lock_acquire(&wait->lock);
	if (!wait->busy) {
		old = wait->port;
		wait->port = port;
		wait->target = target;
		ob_reference(target); /* ours, whatever becomes of the packet meanwhile */
		wait->packet.key = packet->key;
		wait->packet.context = packet->context;
		wait->packet.status = packet->status;
		wait->packet.information = packet->information;
		wait->busy = true;
		ob_reference(wait);
		status = ke_watch_arm(&wait->watch, target);
		failed = status != STATUS_SUCCESS;
		*already = !status && !ke_watch_is_armed(&wait->watch);
	}
	host_lock_release(&wait->lock);
	if (failed)
		taken(&wait->packet);
	if (old)
		ob_dereference(old);
	ob_dereference(target);
	return status;
}

/* *already (may be NULL): the target was signalled, and the packet is queued. */
EXPORT(ntdll, NTSTATUS, NtAssociateWaitCompletionPacket,
       (HANDLE handle, HANDLE port_handle, HANDLE target_handle, PVOID key, PVOID context, NTSTATUS io_status_value,
	ULONG_PTR information, BOOLEAN *already_signalled))
{
	struct io_packet packet = {.key = (ULONG_PTR)key, .context = context, .status = io_status_value,
				   .information = information};
	void *wait, *port, *target;
	BOOLEAN already = FALSE;
	NTSTATUS status;

	status = ob_reference_by_handle(handle, &wait_packet_type, WAIT_COMPLETION_PACKET_MODIFY, &wait);
	if (!NT_SUCCESS(status))
		return status;
	status = ob_reference_by_handle(port_handle, &io_port_type, IO_COMPLETION_MODIFY_STATE, &port);
	if (NT_SUCCESS(status)) {
		status = ob_reference_by_handle(target_handle, NULL, SYNCHRONIZE, &target);
		if (!NT_SUCCESS(status)) {
			ob_dereference(port);
		} else if (!ke_object_dispatcher(target) || ke_object_dispatcher(target)->kind == KE_MUTANT) {
			/* A mutex belongs to a thread. */
			ob_dereference(target);
			ob_dereference(port);
			status = STATUS_INVALID_PARAMETER_3;
		} else if (!io_port_keep(port)) {
			/* A packet that is part of an object of ours cannot lie where other processes take it. */
			ob_dereference(target);
			ob_dereference(port);
			status = STATUS_NOT_SUPPORTED;
		} else {
			status = associate(wait, port, target, &packet, &already);
		}
	}
	ob_dereference(wait);
	if (NT_SUCCESS(status) && already_signalled &&
	    host_copy_to_guest(already_signalled, &already, sizeof(already)) < 0)
		return STATUS_ACCESS_VIOLATION;
	return status;
}
EXPORT_ALIAS(ntdll, "ZwAssociateWaitCompletionPacket", NtAssociateWaitCompletionPacket);

EXPORT(ntdll, NTSTATUS, NtCancelWaitCompletionPacket, (HANDLE handle, BOOLEAN remove))
{
	void *wait;
	NTSTATUS status = ob_reference_by_handle(handle, &wait_packet_type, WAIT_COMPLETION_PACKET_MODIFY, &wait);

	if (!NT_SUCCESS(status))
		return status;
	status = cancel(wait, remove);
	ob_dereference(wait);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwCancelWaitCompletionPacket", NtCancelWaitCompletionPacket);
