/*
 * ntdll/ps/remote.c - asking other processes: see remote.h.
 *
 * Connections are kept, a few for each process: a call takes one for itself and puts it back, so that a caller may be stopped or
 * ended while it waits, and nobody waits for it.
 */
#include "ntdll/ps/remote.h"
#include "host/channel.h"
#include "host/fault.h"
#include "host/file.h"
#include "ntdll/ps/service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A process that is in its own host code, or has just been started, answers late. */
#define PATIENCE_NS 20000000000ull
/* More than this many times in turn a new connection is not dropped by a process that answers at all. */
#define DROPPED_AGAIN 1000u

static bool lives(void *context)
{
	struct ps_process *other = context;

	return __atomic_load_n(&other->exit_code, __ATOMIC_ACQUIRE) == STILL_ACTIVE;
}

/* A connection of the caller's; `kept`: from an earlier call. */
static int take_connection(struct ps_process *other, bool *kept)
{
	int fd = -1;

	host_lock_acquire(&other->channel_lock);
	if (other->channel_count)
		fd = other->channels[--other->channel_count];
	host_lock_release(&other->channel_lock);
	*kept = fd >= 0;
	return *kept ? fd : host_channel_connect(other->pid, lives, other, PATIENCE_NS);
}

static void keep_connection(struct ps_process *other, int fd)
{
	host_lock_acquire(&other->channel_lock);
	if (other->channel_count < ARRAY_SIZE(other->channels)) {
		other->channels[other->channel_count++] = fd;
		fd = -1;
	}
	host_lock_release(&other->channel_lock);
	if (fd >= 0)
		host_close(fd);
}

static NTSTATUS status_of(int error)
{
	switch (error) {
	case -EPIPE:
	case -ECONNRESET:
	case -ESRCH:
		return STATUS_PROCESS_IS_TERMINATING;
	case -ENOMEM:
		return STATUS_NO_MEMORY;
	case -EMFILE:
	case -ENFILE:
	case -ENOBUFS:
		return STATUS_INSUFFICIENT_RESOURCES;
	default:
		return STATUS_ACCESS_DENIED;
	}
}

/* Sends and receives; *sent: the other side may have done it. */
static int exchange(int fd, struct host_message *message, size_t room, bool *sent)
{
	int error = host_channel_send(fd, message);

	*sent = error == 0;
	message->size = room;
	message->fd_count = 0;
	return error ? error : host_channel_receive(fd, message);
}

static NTSTATUS ask(struct ps_process *other, struct ps_message *packet, struct host_message *message)
{
	bool kept, sent = false;
	unsigned tries = 0;
	int error;

	do {
		struct host_message attempt = *message;
		int fd = take_connection(other, &kept);

		if (fd < 0)
			return status_of(fd);
		attempt.bytes = packet;
		error = exchange(fd, &attempt, sizeof(*packet), &sent);
		if (!error) {
			keep_connection(other, fd);
			*message = attempt;
			return STATUS_SUCCESS;
		}
		host_close(fd);
		/* The other side may have closed what it had not used for long, and a new one too when many ask at once. */
	} while (!sent && (kept || (error == -EPIPE && ++tries < DROPPED_AGAIN)));
	return status_of(error);
}

void ps_close_descriptors(struct ps_call *call)
{
	for (unsigned i = 0; i < call->fd_count; i++)
		host_close(call->fds[i]);
	call->fd_count = 0;
}

static NTSTATUS ask_call(struct ps_process *other, struct ps_call *call, bool standing)
{
	struct ps_message *packet = malloc(sizeof(*packet));
	struct host_message message = {.fd_count = call->fd_count};
	size_t got;
	NTSTATUS status;

	if (!packet)
		return STATUS_NO_MEMORY;
	packet->operation = call->operation;
	packet->status = STATUS_SUCCESS;
	packet->room = (uint32_t)(call->room < PS_CALL_BYTES ? call->room : PS_CALL_BYTES);
	memcpy(packet->values, call->values, sizeof(packet->values));
	message.size = PS_MESSAGE_HEADER + call->size;
	memcpy(message.fds, call->fds, sizeof(message.fds));
	if (call->size && host_copy_from_guest(packet->data, call->data, call->size)) {
		free(packet);
		return STATUS_ACCESS_VIOLATION;
	}
	if (!standing)
		ke_enter_blocking();
	status = lives(other) ? ask(other, packet, &message) : STATUS_PROCESS_IS_TERMINATING;
	if (!standing)
		ke_leave_blocking();
	call->fd_count = 0;
	if (NT_SUCCESS(status)) {
		memcpy(call->fds, message.fds, sizeof(message.fds));
		call->fd_count = message.fd_count;
		if (message.size < PS_MESSAGE_HEADER) {
			ps_close_descriptors(call);
			status = STATUS_ACCESS_DENIED;
		}
	}
	if (NT_SUCCESS(status)) {
		got = message.size - PS_MESSAGE_HEADER;
		memcpy(call->values, packet->values, sizeof(packet->values));
		call->room = got < call->room ? got : call->room;
		if (call->room)
			memcpy(call->answer, packet->data, call->room);
		status = packet->status;
	}
	free(packet);
	return status;
}

NTSTATUS ps_ask(struct ps_process *other, struct ps_call *call)
{
	return ask_call(other, call, false);
}

NTSTATUS ps_ask_standing(struct ps_process *other, struct ps_call *call)
{
	return ask_call(other, call, true);
}

NTSTATUS ps_reference_target(HANDLE handle, ACCESS_MASK access, struct ps_process **other)
{
	NTSTATUS status;
	void *found;

	*other = NULL;
	if (__builtin_expect(handle == NtCurrentProcess(), 1))
		return STATUS_SUCCESS;
	status = ob_reference_by_handle(handle, &ps_process_type, access, &found);
	if (status)
		return status;
	if (((struct ps_process *)found)->own) {
		ob_dereference(found);
	} else if (!lives(found)) {
		ob_dereference(found);
		return STATUS_PROCESS_IS_TERMINATING;
	} else {
		*other = found;
	}
	return STATUS_SUCCESS;
}

NTSTATUS ps_ask_target(HANDLE handle, ACCESS_MASK access, struct ps_call *call, bool *done)
{
	struct ps_process *other;
	NTSTATUS status = ps_reference_target(handle, access, &other);

	*done = status || other;
	if (!other)
		return status;
	status = ps_ask(other, call);
	ob_dereference(other);
	return status;
}

/* An answer that came as a file; STATUS_SUCCESS: it is the call's answer now. */
static NTSTATUS read_large(struct ps_call *call)
{
	size_t size = (size_t)call->values[5];
	char *answer = realloc(call->answer, size + 1);

	if (!answer)
		return STATUS_NO_MEMORY;
	call->answer = answer;
	if (host_pread(call->fds[0], answer, size, 0) != (ssize_t)size)
		return STATUS_INSUFFICIENT_RESOURCES;
	call->room = size;
	return STATUS_SUCCESS;
}

NTSTATUS ps_ask_query(struct ps_process *other, struct ps_call *call, void *buffer, size_t length, bool string, size_t *used)
{
	NTSTATUS status;

	call->values[2] = length;
	call->room = length < PS_CALL_BYTES ? length : PS_CALL_BYTES;
	call->answer = malloc(call->room + 1);
	if (!call->answer)
		return STATUS_NO_MEMORY;
	status = ps_ask(other, call);
	*used = (size_t)call->values[4];
	if (call->fd_count) {
		NTSTATUS error = read_large(call);

		ps_close_descriptors(call);
		if (error) {
			free(call->answer);
			return error;
		}
	}
	if (call->room >= sizeof(UNICODE_STRING) && string && NT_SUCCESS(status)) {
		UNICODE_STRING *text = call->answer;

		/* It lies behind the structure: here as it did there. */
		if (text->Buffer)
			text->Buffer = (PWSTR)((char *)buffer + ((uintptr_t)text->Buffer - (uintptr_t)call->values[3]));
	}
	if (call->room && host_copy_to_guest(buffer, call->answer, call->room))
		status = STATUS_ACCESS_VIOLATION;
	free(call->answer);
	return status;
}

NTSTATUS ps_copy_remote(struct ps_process *other, uintptr_t there, void *here, size_t size, bool write, size_t *done)
{
	NTSTATUS status = STATUS_SUCCESS;
	char *piece = NULL;

	*done = 0;
	if (!write) {
		piece = malloc(size < PS_CALL_BYTES ? size + 1 : PS_CALL_BYTES);
		if (!piece)
			return STATUS_NO_MEMORY;
	}
	while (*done < size && NT_SUCCESS(status)) {
		size_t length = size - *done < PS_CALL_BYTES ? size - *done : PS_CALL_BYTES;
		struct ps_call call = {.operation = write ? PS_DO_WRITE : PS_DO_READ,
				       .values = {there + *done, length, *done ? length : size}};

		if (write) {
			call.data = (char *)here + *done;
			call.size = length;
		} else {
			call.answer = piece;
			call.room = length;
		}
		status = ps_ask(other, &call);
		if (write && status == STATUS_ACCESS_VIOLATION)
			status = STATUS_PARTIAL_COPY; /* of the caller's own memory */
		if (!write && NT_SUCCESS(status) && host_copy_to_guest((char *)here + *done, piece, call.room))
			status = STATUS_PARTIAL_COPY;
		if (NT_SUCCESS(status) || (write && status == STATUS_PARTIAL_COPY))
			*done += write ? (size_t)call.values[1] % (length + 1) : call.room;
		if (NT_SUCCESS(status) && call.values[1] != length)
			status = STATUS_PARTIAL_COPY;
	}
	free(piece);
	return status;
}
