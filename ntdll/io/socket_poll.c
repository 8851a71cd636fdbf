/*
 * ntdll/io/socket_poll.c - waiting for what happens at sockets: select, IOCTL_AFD_POLL, WSAEventSelect.
 *
 * A poll has an entry at each of its sockets.  What has happened is asked of Linux when it begins and again whenever the
 * engine hears of one of the sockets; who finds that something has takes the poll out of all lists and ends it.  One lock
 * guards all polls and selected events.
 */
#include "ntdll/io/socket_private.h"

#include <stdlib.h>
#include <string.h>

struct io_poll_entry {
	struct io_poll_entry *next, **link; /* of the socket's; link NULL: in no list */
	struct io_poll *poll;
	struct io_file *file; /* referenced */
	HANDLE handle;
	ULONG wanted, happened;
};

struct io_poll {
	struct io_poll *next, **link; /* of all with requests */
	struct io_request request;
	void *issuer;
	bool has_request, over, exclusive;
	uint32_t references; /* the list's, the timer's */
	struct ke_timer_entry timer;
	struct ke_dispatcher done; /* without a request */
	PVOID output;
	ULONG output_length;
	ULONG count;
	struct io_poll_entry entries[];
};

struct afd_handle {
	HANDLE handle;
	ULONG events;
	NTSTATUS status;
};
struct afd_poll {
	LARGE_INTEGER timeout;
	ULONG count;
	ULONG exclusive;
	struct afd_handle handles[];
};
#define AFD_HEADER 16u

static struct host_lock poll_lock;
static struct io_poll *first_poll;

ULONG io_socket_happened(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	ULONG events = 0;
	unsigned ready;

	io_socket_refresh(file);
	if (socket->closed)
		return AFD_POLL_LOCAL_CLOSE;
	if (socket->connecting)
		return 0;
	if (socket->connect_failed)
		return AFD_POLL_CONNECT_FAIL;
	ready = host_socket_ready(file->fd);
	if (socket->listening)
		return ready & HOST_READY_READ ? AFD_POLL_ACCEPT : 0;
	if (ready & HOST_READY_URGENT)
		events |= AFD_POLL_RECEIVE_EXPEDITED;
	if (socket->type != WS_SOCK_STREAM) {
		if (ready & (HOST_READY_READ | HOST_READY_ERROR))
			events |= AFD_POLL_RECEIVE;
		return events | (ready & HOST_READY_WRITE ? AFD_POLL_SEND : 0);
	}
	if (!socket->connected)
		return 0;
	if (ready & HOST_READY_ERROR || socket->dead)
		return events | AFD_POLL_ABORT | AFD_POLL_SEND;
	if (ready & HOST_READY_WRITE)
		events |= AFD_POLL_SEND | AFD_POLL_CONNECT;
	if (ready & HOST_READY_END || (ready & HOST_READY_HANGUP && socket->family == WS_AF_UNIX)) {
		size_t bytes = 0;

		events |= AFD_POLL_DISCONNECT;
		if (host_bytes_available(file->fd, &bytes) == 0 && bytes)
			events |= AFD_POLL_RECEIVE;
	} else if (ready & HOST_READY_READ) {
		events |= AFD_POLL_RECEIVE;
	}
	return events;
}

static void release(struct io_poll *poll)
{
	if (__atomic_sub_fetch(&poll->references, 1, __ATOMIC_ACQ_REL))
		return;
	for (ULONG i = 0; i < poll->count; i++)
		if (poll->entries[i].file)
			ob_dereference(poll->entries[i].file);
	free(poll);
}

/* With the lock: it is over, and nobody else finds it. */
static void take_out(struct io_poll *poll)
{
	poll->over = true;
	for (ULONG i = 0; i < poll->count; i++) {
		struct io_poll_entry *entry = &poll->entries[i];

		if (!entry->link)
			continue;
		*entry->link = entry->next;
		if (entry->next)
			entry->next->link = entry->link;
		entry->link = NULL;
	}
	if (poll->link) {
		*poll->link = poll->next;
		if (poll->next)
			poll->next->link = poll->link;
		poll->link = NULL;
	}
}

/* What has happened at the sockets of a poll, of what is wanted; a count of sockets. */
static ULONG look(struct io_poll *poll)
{
	ULONG count = 0;

	for (ULONG i = 0; i < poll->count; i++) {
		struct io_poll_entry *entry = &poll->entries[i];

		if (!entry->file)
			continue;
		entry->happened = io_socket_happened(entry->file) & entry->wanted;
		count += entry->happened != 0;
	}
	return count;
}

/* The answer of IOCTL_AFD_POLL: the handles where something has happened. */
static NTSTATUS store_answer(const struct io_poll *poll, ULONG_PTR *size)
{
	struct afd_poll header = {.count = 0, .exclusive = poll->exclusive};
	struct afd_handle *to = ((struct afd_poll *)poll->output)->handles;

	for (ULONG i = 0; i < poll->count; i++) {
		const struct io_poll_entry *entry = &poll->entries[i];
		struct afd_handle handle = {entry->handle, entry->happened, STATUS_SUCCESS};

		if (!entry->happened)
			continue;
		if (entry->happened & AFD_POLL_CONNECT_FAIL)
			handle.status = entry->file->socket->error;
		if (host_copy_to_guest(to + header.count, &handle, sizeof(handle)) < 0)
			return STATUS_ACCESS_VIOLATION;
		header.count++;
	}
	*size = AFD_HEADER + header.count * sizeof(struct afd_handle);
	return host_copy_to_guest((char *)poll->output + offsetof(struct afd_poll, count), &header.count, sizeof(ULONG)) < 0
		       ? STATUS_ACCESS_VIOLATION
		       : STATUS_SUCCESS;
}

/* Ends a poll that was taken out. */
static void finish(struct io_poll *poll, NTSTATUS status)
{
	ULONG_PTR size = 0;

	if (!poll->has_request) {
		ke_set(&poll->done);
	} else {
		if (NT_SUCCESS(status)) {
			NTSTATUS stored = store_answer(poll, &size);

			status = NT_SUCCESS(stored) ? status : stored;
		}
		io_request_complete(&poll->request, status, size);
	}
	if (poll->timer.fn && ke_timer_cancel(&poll->timer))
		release(poll);
	release(poll);
}

static void time_is_up(struct ke_timer_entry *entry)
{
	struct io_poll *poll = CONTAINING_RECORD(entry, struct io_poll, timer);
	bool mine;

	host_lock_acquire(&poll_lock);
	mine = !poll->over;
	if (mine)
		take_out(poll);
	host_lock_release(&poll_lock);
	poll->timer.fn = NULL;
	if (mine) {
		for (ULONG i = 0; i < poll->count; i++)
			poll->entries[i].happened = 0;
		finish(poll, STATUS_TIMEOUT);
	}
	release(poll);
}

/* Puts the entries into the sockets' lists. */
static NTSTATUS put_in(struct io_poll *poll)
{
	NTSTATUS status = STATUS_SUCCESS;

	for (ULONG i = 0; i < poll->count && NT_SUCCESS(status); i++)
		if (poll->entries[i].file)
			status = io_socket_register(poll->entries[i].file);
	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&poll_lock);
	for (ULONG i = 0; i < poll->count; i++) {
		struct io_poll_entry *entry = &poll->entries[i];

		if (!entry->file)
			continue;
		entry->poll = poll;
		entry->link = &entry->file->socket->polls;
		entry->next = *entry->link;
		if (entry->next)
			entry->next->link = &entry->next;
		*entry->link = entry;
	}
	if (poll->has_request) {
		poll->link = &first_poll;
		poll->next = first_poll;
		if (poll->next)
			poll->next->link = &poll->next;
		first_poll = poll;
	}
	host_lock_release(&poll_lock);
	return STATUS_SUCCESS;
}

/* Looks once more, now that the engine looks as well. */
static bool look_again(struct io_poll *poll)
{
	bool mine;

	host_lock_acquire(&poll_lock);
	mine = !poll->over && look(poll);
	if (mine)
		take_out(poll);
	host_lock_release(&poll_lock);
	return mine;
}

NTSTATUS io_socket_poll(struct io_socket_poll *polls, ULONG count, uint64_t deadline, ULONG *ready)
{
	struct io_poll *poll;
	NTSTATUS status = STATUS_SUCCESS;

	*ready = 0;
	for (ULONG i = 0; i < count; i++) {
		polls[i].happened = polls[i].file ? io_socket_happened(polls[i].file) & polls[i].wanted : 0;
		*ready += polls[i].happened != 0;
	}
	if (*ready || !deadline)
		return STATUS_SUCCESS;
	poll = calloc(1, sizeof(*poll) + count * sizeof(*poll->entries));
	if (!poll)
		return STATUS_NO_MEMORY;
	poll->references = 2; /* the list's, and this thread's */
	poll->count = count;
	ke_dispatcher_initialize(&poll->done, KE_NOTIFICATION, 0);
	for (ULONG i = 0; i < count; i++) {
		if (!polls[i].file)
			continue;
		ob_reference(polls[i].file);
		poll->entries[i].file = polls[i].file;
		poll->entries[i].wanted = polls[i].wanted;
	}
	status = put_in(poll);
	if (!NT_SUCCESS(status)) {
		release(poll);
		release(poll);
		return status;
	}
	if (!look_again(poll)) {
		/* A call that blocks runs the thread's APCs as it waits. */
		do
			status = ke_wait_one(&poll->done, true, deadline);
		while (status == STATUS_USER_APC);
		host_lock_acquire(&poll_lock);
		if (!poll->over) {
			take_out(poll);
			poll->references--;
			for (ULONG i = 0; i < count; i++)
				poll->entries[i].happened = 0;
		}
		host_lock_release(&poll_lock);
	} else {
		release(poll);
	}
	for (ULONG i = 0; i < count; i++) {
		polls[i].happened = poll->entries[i].happened;
		*ready += polls[i].happened != 0;
	}
	release(poll);
	return STATUS_SUCCESS;
}

static NTSTATUS capture_poll(struct io_poll **result, PVOID input, ULONG input_length, ULONG output_length,
			     LARGE_INTEGER *timeout)
{
	struct afd_poll header;
	struct io_poll *poll;
	NTSTATUS status = STATUS_SUCCESS;

	if (input_length < AFD_HEADER)
		return STATUS_INVALID_PARAMETER;
	if (host_copy_from_guest(&header, input, AFD_HEADER) < 0)
		return STATUS_ACCESS_VIOLATION;
	if ((input_length - AFD_HEADER) / sizeof(struct afd_handle) < header.count ||
	    (output_length < AFD_HEADER || (output_length - AFD_HEADER) / sizeof(struct afd_handle) < header.count))
		return STATUS_INVALID_PARAMETER;
	poll = calloc(1, sizeof(*poll) + header.count * sizeof(*poll->entries));
	if (!poll)
		return STATUS_NO_MEMORY;
	poll->references = 1;
	poll->count = header.count;
	poll->exclusive = header.exclusive;
	poll->has_request = true;
	for (ULONG i = 0; i < header.count && NT_SUCCESS(status); i++) {
		struct afd_handle handle;
		struct io_poll_entry *entry = &poll->entries[i];

		if (host_copy_from_guest(&handle, ((struct afd_poll *)input)->handles + i, sizeof(handle)) < 0) {
			status = STATUS_ACCESS_VIOLATION;
			break;
		}
		status = io_socket_by_handle(handle.handle, &entry->file);
		if (status == STATUS_OBJECT_TYPE_MISMATCH)
			status = STATUS_INVALID_HANDLE;
		if (!NT_SUCCESS(status))
			entry->file = NULL;
		entry->handle = handle.handle;
		entry->wanted = handle.events;
	}
	if (!NT_SUCCESS(status)) {
		release(poll);
		return status;
	}
	*timeout = header.timeout;
	*result = poll;
	return STATUS_SUCCESS;
}

NTSTATUS io_afd_poll(struct io_file *file, struct io_request *request, PVOID input, ULONG input_length, PVOID output,
		     ULONG output_length)
{
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	struct io_poll *poll = NULL;
	LARGE_INTEGER timeout;
	ULONG_PTR size = 0;
	NTSTATUS status = capture_poll(&poll, input, input_length, output_length, &timeout);

	if (!NT_SUCCESS(status))
		return io_request_end(request, status, 0);
	poll->output = output;
	poll->output_length = output_length;
	poll->issuer = io_current_thread();
	if (look(poll) || !timeout.QuadPart) {
		NTSTATUS stored = store_answer(poll, &size);

		status = NT_SUCCESS(stored) ? (size > AFD_HEADER ? STATUS_SUCCESS : STATUS_TIMEOUT) : stored;
		release(poll);
		return io_request_end(request, status, size);
	}
	block.Status = STATUS_PENDING;
	host_copy_to_guest(request->iosb, &block, sizeof(block));
	poll->request = *request;
	__atomic_add_fetch(&poll->references, 1, __ATOMIC_RELAXED); /* ours, until the end of this */
	if (timeout.QuadPart != INT64_MAX) {
		poll->timer.fn = time_is_up;
		__atomic_add_fetch(&poll->references, 1, __ATOMIC_RELAXED);
	}
	status = put_in(poll);
	if (!NT_SUCCESS(status)) {
		poll->references = 1;
		release(poll);
		return io_request_end(request, status, 0);
	}
	if (poll->timer.fn && !NT_SUCCESS(ke_timer_arm(&poll->timer, ke_deadline(&timeout)))) {
		poll->timer.fn = NULL;
		release(poll);
	}
	if (look_again(poll))
		finish(poll, STATUS_SUCCESS);
	release(poll);
	return STATUS_PENDING;
}

/* FD_* of what has happened. */
static ULONG network_events(struct io_file *file, ULONG happened)
{
	ULONG events = (happened & AFD_POLL_RECEIVE ? 1u : 0) | (happened & AFD_POLL_RECEIVE_EXPEDITED ? 4u : 0) |
		       (happened & AFD_POLL_ACCEPT ? 8u : 0) | (happened & (AFD_POLL_DISCONNECT | AFD_POLL_ABORT) ? 32u : 0);

	if (happened & AFD_POLL_SEND && !(happened & AFD_POLL_ABORT))
		events |= 2;
	if (happened & AFD_POLL_CONNECT_FAIL || (happened & AFD_POLL_CONNECT && file->socket->connected))
		events |= 16;
	return events;
}

/* With the lock of polls: tells of what has happened newly. */
static void tell(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	ULONG happened, events;

	if (!socket->select_event)
		return;
	happened = io_socket_happened(file);
	events = network_events(file, happened) & socket->select_mask & ~socket->blocked;
	if (!events)
		return;
	if (events & 16)
		socket->event_errors[4] = happened & AFD_POLL_CONNECT_FAIL ? socket->error : STATUS_SUCCESS;
	if (events & 32)
		socket->event_errors[5] = happened & AFD_POLL_ABORT
						  ? (socket->dead ? socket->dead : STATUS_CONNECTION_RESET)
						  : STATUS_SUCCESS;
	socket->recorded |= events;
	socket->blocked |= events;
	ke_set(ke_object_dispatcher(socket->select_event));
}

void io_socket_poll_event(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	struct io_poll *over = NULL;
	struct io_poll_entry *entry;
	ULONG happened;

	if (!__atomic_load_n(&socket->polls, __ATOMIC_ACQUIRE) && !__atomic_load_n(&socket->select_event, __ATOMIC_ACQUIRE)) {
		io_socket_refresh(file);
		return;
	}
	host_lock_acquire(&poll_lock);
	happened = io_socket_happened(file);
	for (entry = socket->polls; entry;) {
		struct io_poll *poll = entry->poll;

		entry = entry->next;
		while (entry && entry->poll == poll)
			entry = entry->next;
		for (ULONG i = 0; i < poll->count; i++)
			if (poll->entries[i].file == file && poll->entries[i].wanted & happened) {
				look(poll);
				take_out(poll);
				poll->next = over;
				over = poll;
				break;
			}
	}
	tell(file);
	host_lock_release(&poll_lock);
	while (over) {
		struct io_poll *poll = over;

		over = poll->next;
		finish(poll, STATUS_SUCCESS);
	}
}

void io_socket_poll_closed(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	void *event;

	io_socket_poll_event(file);
	host_lock_acquire(&poll_lock);
	event = socket->select_event;
	socket->select_event = NULL;
	host_lock_release(&poll_lock);
	if (event)
		ob_dereference(event);
}

unsigned io_socket_poll_cancel(struct io_file *file, IO_STATUS_BLOCK *iosb, void *thread)
{
	struct io_poll *over = NULL, *next;
	unsigned count = 0;

	host_lock_acquire(&poll_lock);
	for (struct io_poll *poll = first_poll; poll; poll = next) {
		next = poll->next;
		if (poll->request.file != file || (iosb && poll->request.iosb != iosb) || (thread && poll->issuer != thread))
			continue;
		take_out(poll);
		poll->next = over;
		over = poll;
		count++;
	}
	host_lock_release(&poll_lock);
	while (over) {
		struct io_poll *poll = over;

		over = poll->next;
		finish(poll, STATUS_CANCELLED);
	}
	return count;
}

void io_socket_reenable(struct io_file *file, ULONG events)
{
	if (!__atomic_load_n(&file->socket->select_event, __ATOMIC_ACQUIRE))
		return;
	host_lock_acquire(&poll_lock);
	file->socket->blocked &= ~events;
	tell(file);
	host_lock_release(&poll_lock);
}

void io_socket_share_events(struct io_file *from, struct io_file *to)
{
	host_lock_acquire(&poll_lock);
	if (from->socket->select_event) {
		ob_reference(from->socket->select_event);
		to->socket->select_mask = from->socket->select_mask;
		__atomic_store_n(&to->socket->select_event, from->socket->select_event, __ATOMIC_RELEASE);
	}
	host_lock_release(&poll_lock);
	if (NT_SUCCESS(io_socket_register(to)))
		io_socket_poll_event(to);
}

NTSTATUS io_socket_select_events(struct io_file *file, HANDLE event, ULONG mask)
{
	struct io_socket *socket = file->socket;
	void *object = NULL, *old;
	NTSTATUS status = STATUS_SUCCESS;

	if (event && mask) {
		status = ob_reference_by_handle(event, &ke_event_type, 2, &object);
		if (NT_SUCCESS(status))
			status = io_socket_register(file);
		if (!NT_SUCCESS(status)) {
			if (object)
				ob_dereference(object);
			return status;
		}
		socket->settings[IO_SOCKET_NONBLOCKING] = 1;
	}
	host_lock_acquire(&poll_lock);
	old = socket->select_event;
	__atomic_store_n(&socket->select_event, object, __ATOMIC_RELEASE);
	socket->select_mask = object ? mask : 0;
	socket->recorded = 0;
	/* What has been told of a connection is not told again. */
	socket->blocked = socket->connected ? 16 : 0;
	tell(file);
	host_lock_release(&poll_lock);
	if (old)
		ob_dereference(old);
	return STATUS_SUCCESS;
}

bool io_socket_has_selected(struct io_file *file)
{
	return __atomic_load_n(&file->socket->select_event, __ATOMIC_ACQUIRE);
}

NTSTATUS io_socket_network_events(struct io_file *file, HANDLE event, ULONG *events, NTSTATUS errors[IO_SOCKET_EVENTS])
{
	struct io_socket *socket = file->socket;
	void *object = NULL;

	if (event) {
		NTSTATUS status = ob_reference_by_handle(event, &ke_event_type, 2, &object);

		if (!NT_SUCCESS(status))
			return status;
	}
	host_lock_acquire(&poll_lock);
	*events = socket->recorded;
	for (int i = 0; i < IO_SOCKET_EVENTS; i++) {
		errors[i] = socket->recorded >> i & 1 ? socket->event_errors[i] : STATUS_SUCCESS;
		socket->event_errors[i] = STATUS_SUCCESS;
	}
	socket->recorded = 0;
	if (object)
		ke_reset(ke_object_dispatcher(object));
	host_lock_release(&poll_lock);
	if (object)
		ob_dereference(object);
	return STATUS_SUCCESS;
}
