/*
 * ntdll/io/socket_offer.c - sockets that go to other processes: described, inherited, offered (WSADuplicateSocket).
 */
#include "ntdll/io/inherit.h"
#include "ntdll/io/socket_private.h"
#include "ntdll/ps/ps.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(IO_SOCKET_SETTINGS <= 8, "a record has room for all settings");

enum { STATE_BOUND = 1, STATE_LISTENING = 2, STATE_CONNECTED = 4, STATE_CONNECTING = 8, STATE_OVERLAPPED = 16 };

void io_socket_describe(struct io_file *file, struct io_socket_record *record)
{
	struct io_socket *socket = file->socket;

	io_socket_refresh(file);
	memset(record, 0, sizeof(*record));
	record->family = socket->family;
	record->type = socket->type;
	record->protocol = socket->protocol;
	record->state = (socket->bound ? STATE_BOUND : 0) | (socket->listening ? STATE_LISTENING : 0) |
			(socket->connected ? STATE_CONNECTED : 0) | (socket->connecting ? STATE_CONNECTING : 0) |
			(io_is_synchronous(file) ? 0 : STATE_OVERLAPPED);
	record->shut = socket->shut;
	record->backlog = socket->backlog;
	memcpy(record->settings, socket->settings, sizeof(socket->settings));
	if (socket->local_name)
		strncpy(record->local_name, socket->local_name, sizeof(record->local_name) - 1);
	if (socket->peer_name)
		strncpy(record->peer_name, socket->peer_name, sizeof(record->peer_name) - 1);
	socket->given_away = true;
}

struct io_file *io_socket_from_record(int fd, const struct io_socket_record *record)
{
	struct io_file *file = io_socket_adopt(fd, record->family, record->type, record->protocol,
					       record->state & STATE_OVERLAPPED);
	struct io_socket *socket;

	if (!file)
		return NULL;
	socket = file->socket;
	socket->bound = record->state & STATE_BOUND;
	socket->listening = record->state & STATE_LISTENING;
	socket->connected = record->state & STATE_CONNECTED;
	socket->connecting = record->state & STATE_CONNECTING;
	socket->connect_time = host_monotonic_ns();
	socket->shut = record->shut;
	socket->backlog = record->backlog;
	socket->given_away = true;
	memcpy(socket->settings, record->settings, sizeof(socket->settings));
	if (record->local_name[0])
		socket->local_name = strdup(record->local_name);
	if (record->peer_name[0])
		socket->peer_name = strdup(record->peer_name);
	return file;
}

/* What is offered and not fetched yet. */
struct offer {
	struct offer *next;
	uint32_t number;
	int listener, fd;
	struct io_socket_record record;
};
static struct host_lock offers_lock;
static struct offer *first_offer;
static uint32_t last_number;

static void forget_offer(const struct offer *offer)
{
	struct offer **link = &first_offer;

	host_lock_acquire(&offers_lock);
	while (*link && *link != offer)
		link = &(*link)->next;
	if (*link)
		*link = offer->next;
	host_lock_release(&offers_lock);
}

static void free_offer(struct offer *offer)
{
	if (offer->listener >= 0)
		host_close(offer->listener);
	if (offer->fd >= 0)
		host_close(offer->fd);
	free(offer);
}

void io_offer_ready(uint32_t number)
{
	struct offer *offer, **link;

	host_lock_acquire(&offers_lock);
	for (link = &first_offer; *link && (*link)->number != number; link = &(*link)->next)
		;
	offer = *link;
	if (offer && host_offer_give(offer->listener, offer->fd, &offer->record, sizeof(offer->record)) == 0)
		*link = offer->next;
	else
		offer = NULL;
	host_lock_release(&offers_lock);
	if (!offer)
		return;
	io_socket_unregister_offer(offer->listener);
	free_offer(offer);
}

NTSTATUS io_socket_offer(struct io_file *file, ULONG process, struct io_socket_ticket *ticket)
{
	struct offer *offer = calloc(1, sizeof(*offer));
	NTSTATUS status;

	if (!offer)
		return STATUS_NO_MEMORY;
	io_socket_describe(file, &offer->record);
	offer->fd = host_dup(file->fd);
	host_lock_acquire(&offers_lock);
	offer->number = ++last_number;
	offer->listener = offer->fd < 0 ? -1 : host_offer_open(offer->number);
	if (offer->listener >= 0) {
		offer->next = first_offer;
		first_offer = offer;
	}
	host_lock_release(&offers_lock);
	if (offer->listener < 0) {
		status = io_socket_status(offer->fd < 0 ? offer->fd : offer->listener);
		free_offer(offer);
		return status;
	}
	ticket->process = host_process_id();
	ticket->number = offer->number;
	status = io_socket_register_offer(offer->listener, offer->number);
	if (!NT_SUCCESS(status)) {
		forget_offer(offer);
		io_socket_unregister_offer(offer->listener);
		free_offer(offer);
	}
	return status;
}

NTSTATUS io_socket_claim(const struct io_socket_ticket *ticket, bool overlapped, bool inherit, HANDLE *handle)
{
	struct io_socket_record record;
	struct io_file *file;
	NTSTATUS status;
	int fd = host_offer_take(ticket->process, ticket->number, &record, sizeof(record));

	if (fd < 0)
		return STATUS_INVALID_PARAMETER;
	record.state = (record.state & ~(uint32_t)STATE_OVERLAPPED) | (overlapped ? STATE_OVERLAPPED : 0);
	file = io_socket_from_record(fd, &record);
	if (!file)
		return STATUS_NO_MEMORY;
	status = ob_create_handle(file, file->access, inherit ? OBJ_INHERIT : 0, handle);
	ob_dereference(file);
	return status;
}
