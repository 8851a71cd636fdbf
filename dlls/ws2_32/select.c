/*
 * dlls/ws2_32/select.c - select, WSAPoll, network events.
 */
#include "dlls/ws2_32/ws2_32.h"
#include "host/time.h"
#include "ntdll/ke/ke.h"

#include <stdlib.h>

/* An FD_SET: a count and the sockets, as many as the program made room for. */
struct socket_set {
	UINT count;
	SOCKET sockets[];
};

struct time_value {
	LONG seconds, microseconds;
};

#define FOR_READING (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT | AFD_POLL_DISCONNECT | AFD_POLL_ABORT | AFD_POLL_LOCAL_CLOSE)
#define FOR_WRITING (AFD_POLL_SEND | AFD_POLL_CONNECT)
#define FOR_EXCEPTIONS (AFD_POLL_RECEIVE_EXPEDITED | AFD_POLL_CONNECT_FAIL)

/* References the sockets of a set; how many there are then, or WSAENOTSOCK in *error. */
static ULONG add_set(struct io_socket_poll *polls, ULONG count, const struct socket_set *set, ULONG wanted, DWORD *error)
{
	for (UINT i = 0; set && !*error && i < set->count; i++) {
		struct io_file *file;

		if (!NT_SUCCESS(io_socket_by_handle((HANDLE)set->sockets[i], &file))) {
			*error = WSAENOTSOCK;
			break;
		}
		polls[count].file = file;
		polls[count++].wanted = wanted;
	}
	return count;
}

/* Leaves in a set those where something has happened. */
static ULONG keep_ready(const struct io_socket_poll *polls, ULONG at, struct socket_set *set, INT *ready)
{
	UINT kept = 0, count = set ? set->count : 0;

	for (UINT i = 0; i < count; i++, at++)
		if (polls[at].happened)
			set->sockets[kept++] = set->sockets[i];
	if (set)
		set->count = kept;
	*ready += (INT)kept;
	return at;
}

EXPORT_AS(ws2_32, "select", INT, ws_select,
	  (INT ignored, struct socket_set *read, struct socket_set *write, struct socket_set *except,
	   const struct time_value *timeout))
{
	ULONG total = (read ? read->count : 0) + (write ? write->count : 0) + (except ? except->count : 0), count, at;
	struct io_socket_poll few[32] = {0}, *polls = few;
	uint64_t deadline = KE_FOREVER;
	DWORD error = 0;
	INT ready = 0;

	if (!ws_started())
		return ws_fail(WSANOTINITIALISED);
	/* Sets that are all empty, and times below nothing (MSDN, select). */
	if (!total || (timeout && (timeout->seconds < 0 || timeout->microseconds < 0)))
		return ws_fail(WSAEINVAL);
	if (total > ARRAY_SIZE(few)) {
		polls = calloc(total, sizeof(*polls));
		if (!polls)
			return ws_fail(WSAENOBUFS);
	}
	count = add_set(polls, 0, read, FOR_READING, &error);
	count = add_set(polls, count, write, FOR_WRITING, &error);
	count = add_set(polls, count, except, FOR_EXCEPTIONS, &error);
	if (timeout) {
		uint64_t nanoseconds = (uint64_t)timeout->seconds * 1000000000u + (uint64_t)timeout->microseconds * 1000u;

		deadline = nanoseconds ? host_monotonic_ns() + nanoseconds : 0;
	}
	if (!error) {
		ULONG happened;

		error = ws_error(io_socket_poll(polls, count, deadline, &happened));
	}
	for (at = 0; at < count && !error; at++)
		if (polls[at].happened & AFD_POLL_LOCAL_CLOSE)
			error = WSAENOTSOCK;
	if (!error) {
		at = keep_ready(polls, 0, read, &ready);
		at = keep_ready(polls, at, write, &ready);
		keep_ready(polls, at, except, &ready);
	}
	for (at = 0; at < count; at++)
		ob_dereference(polls[at].file);
	if (polls != few)
		free(polls);
	return error ? ws_fail(error) : ready;
}

EXPORT_AS(ws2_32, "__WSAFDIsSet", INT, ws_is_set, (SOCKET socket, const struct socket_set *set))
{
	for (UINT i = 0; i < set->count; i++)
		if (set->sockets[i] == socket)
			return 1;
	return 0;
}

#define POLLERR 0x0001
#define POLLHUP 0x0002
#define POLLNVAL 0x0004
#define POLLWRNORM 0x0010
#define POLLRDNORM 0x0100
#define POLLRDBAND 0x0200
#define POLLPRI 0x0400

struct poll_fd {
	SOCKET socket;
	SHORT events, revents;
};

static SHORT poll_result(ULONG happened, SHORT events)
{
	SHORT result = 0;

	if (happened & (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT))
		result |= POLLRDNORM;
	if (happened & AFD_POLL_RECEIVE_EXPEDITED)
		result |= POLLRDBAND;
	if (happened & AFD_POLL_SEND)
		result |= POLLWRNORM;
	result &= events;
	if (happened & AFD_POLL_DISCONNECT)
		result |= POLLHUP;
	if (happened & AFD_POLL_ABORT)
		result |= POLLHUP | POLLERR;
	/* Since Windows 10 2004 a failed connection is told of (MSDN, WSAPoll). */
	if (happened & AFD_POLL_CONNECT_FAIL)
		result |= (SHORT)(POLLHUP | POLLERR | (events & POLLWRNORM));
	if (happened & AFD_POLL_LOCAL_CLOSE)
		result |= POLLNVAL;
	return result;
}

EXPORT(ws2_32, INT, WSAPoll, (struct poll_fd * fds, ULONG count, INT timeout))
{
	struct io_socket_poll *polls;
	ULONG ready = 0, found = 0;
	DWORD error = 0;
	INT result = 0;
	bool at_once = false;

	if (!ws_started())
		return ws_fail(WSANOTINITIALISED);
	if (!fds)
		return ws_fail(count ? WSAEFAULT : WSAEINVAL);
	if (!count)
		return ws_fail(WSAEINVAL);
	polls = calloc(count, sizeof(*polls));
	if (!polls)
		return ws_fail(WSAENOBUFS);
	for (ULONG i = 0; i < count; i++) {
		SHORT events = fds[i].events;

		fds[i].revents = 0;
		if ((intptr_t)fds[i].socket < 0)
			continue;
		if (events & ~(POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLPRI)) {
			error = WSAEINVAL;
			break;
		}
		if (!NT_SUCCESS(io_socket_by_handle((HANDLE)fds[i].socket, &polls[i].file))) {
			polls[i].file = NULL;
			fds[i].revents = POLLNVAL;
			at_once = true;
			continue;
		}
		found++;
		polls[i].wanted = AFD_POLL_DISCONNECT | AFD_POLL_ABORT | AFD_POLL_CONNECT_FAIL | AFD_POLL_LOCAL_CLOSE |
				  (events & POLLRDNORM ? AFD_POLL_RECEIVE | AFD_POLL_ACCEPT : 0) |
				  (events & (POLLRDBAND | POLLPRI) ? AFD_POLL_RECEIVE_EXPEDITED : 0) |
				  (events & POLLWRNORM ? AFD_POLL_SEND : 0);
	}
	if (!error && !found && !at_once)
		error = WSAENOTSOCK;
	if (!error)
		error = ws_error(io_socket_poll(polls, count,
						at_once	      ? 0
						: timeout < 0 ? KE_FOREVER
						: !timeout    ? 0
							      : ke_deadline_ms((DWORD)timeout),
						&ready));
	for (ULONG i = 0; i < count; i++) {
		if (polls[i].file) {
			fds[i].revents = error ? 0 : poll_result(polls[i].happened, fds[i].events);
			ob_dereference(polls[i].file);
		}
		result += fds[i].revents != 0;
	}
	free(polls);
	return error ? ws_fail(error) : result;
}

/* Winsock's events are those of kernel32: manual reset, not signalled (MSDN, WSACreateEvent). */
EXPORT(ws2_32, HANDLE, WSACreateEvent, (void))
{
	return CreateEventW(NULL, TRUE, FALSE, NULL);
}
EXPORT_FORWARD(ws2_32, "WSACloseEvent", "KERNEL32.CloseHandle");
EXPORT_FORWARD(ws2_32, "WSAResetEvent", "KERNEL32.ResetEvent");
EXPORT_FORWARD(ws2_32, "WSASetEvent", "KERNEL32.SetEvent");
EXPORT_FORWARD(ws2_32, "WSAWaitForMultipleEvents", "KERNEL32.WaitForMultipleObjectsEx");

#define FD_ALL_EVENTS 0x3FF

EXPORT(ws2_32, INT, WSAEventSelect, (SOCKET socket, HANDLE event, LONG events))
{
	struct io_file *file = ws_socket_file(socket);
	NTSTATUS status;

	if (!file)
		return SOCKET_ERROR;
	if (events & ~FD_ALL_EVENTS || (events && !event)) {
		ob_dereference(file);
		return ws_fail(WSAEINVAL);
	}
	status = io_socket_select_events(file, event, (ULONG)events);
	ob_dereference(file);
	return status == STATUS_INVALID_HANDLE || status == STATUS_OBJECT_TYPE_MISMATCH ? ws_fail(WSAEINVAL)
											: ws_result(status);
}

struct network_events {
	LONG events;
	INT errors[IO_SOCKET_EVENTS];
};

EXPORT(ws2_32, INT, WSAEnumNetworkEvents, (SOCKET socket, HANDLE event, struct network_events *result))
{
	struct io_file *file = ws_socket_file(socket);
	NTSTATUS errors[IO_SOCKET_EVENTS], status;
	ULONG events;

	if (!file)
		return SOCKET_ERROR;
	if (!result) {
		ob_dereference(file);
		return ws_fail(WSAEFAULT);
	}
	status = io_socket_network_events(file, event, &events, errors);
	ob_dereference(file);
	if (!NT_SUCCESS(status))
		return ws_fail(WSAEINVAL);
	result->events = (LONG)events;
	for (int i = 0; i < IO_SOCKET_EVENTS; i++)
		result->errors[i] = (INT)ws_error(errors[i]);
	return 0;
}

EXPORT_ORDINAL(ws2_32, ws_select, 18);
EXPORT_ORDINAL(ws2_32, ws_is_set, 151);
