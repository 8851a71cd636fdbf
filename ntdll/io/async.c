/*
 * ntdll/io/async.c - requests that cannot complete at once.
 *
 * One thread of ours, started on first need, polls the descriptors of all pending requests and does the transfer when
 * one is ready.  A request lives in the list from io_async_queue to its completion; who takes it out of the list (the
 * thread or a cancellation) completes it.  Requests of one file and direction complete in their order.
 */
#include "ntdll/io/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct pending {
	struct pending *next;
	struct io_request request;
	io_ready_routine routine;
	PVOID buffer;
	ULONG length;
	ULONG_PTR done;
	bool write;
	bool busy; /* the I/O thread is transferring; it looks at `cancelled` afterwards */
	bool cancelled;
	void *issuer; /* the thread that asked; compared only */
};

static struct host_lock list_lock;
static struct pending *first, **last = &first;
static int wake_fd = -1;
static bool running;

static void unlink_pending(struct pending *pending)
{
	struct pending **link = &first;

	while (*link != pending)
		link = &(*link)->next;
	*link = pending->next;
	if (last == &pending->next)
		last = link;
}

/* Fills polls with what is waited for; under the lock.  A count; -1: no memory. */
static size_t gather(struct host_poll **polls, struct pending ***who, size_t *capacity)
{
	size_t count = 1;

	for (struct pending *p = first; p; p = p->next)
		count++;
	if (count > *capacity) {
		struct host_poll *more = realloc(*polls, count * 2 * sizeof(*more));
		struct pending **names = more ? realloc(*who, count * 2 * sizeof(*names)) : NULL;

		if (more)
			*polls = more;
		if (!names)
			return 1;
		*who = names;
		*capacity = count * 2;
	}
	count = 1;
	for (struct pending *p = first; p; p = p->next) {
		bool earlier = false;

		/* the first of a file and direction only */
		for (struct pending *q = first; q != p; q = q->next)
			if (q->request.file == p->request.file && q->write == p->write)
				earlier = true;
		if (earlier)
			continue;
		(*polls)[count].fd = p->request.file->fd;
		(*polls)[count].wanted = p->write ? HOST_POLL_WRITE : HOST_POLL_READ;
		(*who)[count++] = p;
	}
	return count;
}

static void io_thread(void *argument)
{
	size_t capacity = 64, count;
	struct host_poll *polls = malloc(capacity * sizeof(*polls));
	struct pending **who = malloc(capacity * sizeof(*who));

	host_thread_set_name("pewter-io");
	for (; polls && who;) {
		host_lock_acquire(&list_lock);
		polls[0].fd = wake_fd;
		polls[0].wanted = HOST_POLL_READ;
		count = gather(&polls, &who, &capacity);
		polls[0].fd = wake_fd;
		polls[0].wanted = HOST_POLL_READ;
		host_lock_release(&list_lock);
		if (host_poll(polls, count, -1) < 0)
			continue;
		if (polls[0].ready)
			host_wake_clear(wake_fd);
		for (size_t i = 1; i < count; i++) {
			struct pending *p = NULL;
			NTSTATUS status;

			if (!polls[i].ready)
				continue;
			host_lock_acquire(&list_lock);
			for (struct pending *q = first; q; q = q->next)
				if (q == who[i])
					p = q;
			if (p)
				p->busy = true;
			host_lock_release(&list_lock);
			if (!p)
				continue; /* cancelled meanwhile */
			status = p->routine(p->request.file, p->buffer, p->length, &p->done);
			host_lock_acquire(&list_lock);
			p->busy = false;
			if (status == STATUS_PENDING && p->cancelled)
				status = STATUS_CANCELLED;
			if (status != STATUS_PENDING)
				unlink_pending(p);
			host_lock_release(&list_lock);
			if (status != STATUS_PENDING) {
				io_request_complete(&p->request, status, p->done);
				free(p);
			}
		}
	}
}

NTSTATUS io_async_queue(struct io_request *request, bool write, PVOID buffer, ULONG length, ULONG_PTR done,
			io_ready_routine routine)
{
	struct pending *pending = calloc(1, sizeof(*pending));
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	bool start = false;

	if (!pending)
		return io_request_end(request, STATUS_NO_MEMORY, 0);
	block.Status = STATUS_PENDING;
	host_copy_to_guest(request->iosb, &block, sizeof(block));
	pending->request = *request;
	pending->routine = routine;
	pending->buffer = buffer;
	pending->length = length;
	pending->done = done;
	pending->write = write;
	pending->issuer = io_current_thread();
	host_lock_acquire(&list_lock);
	if (!running) {
		if (wake_fd < 0)
			wake_fd = host_wake_create();
		running = start = wake_fd >= 0;
	}
	if (running) {
		*last = pending;
		last = &pending->next;
	}
	host_lock_release(&list_lock);
	if (start && host_thread_create(io_thread, NULL) < 0) {
		host_lock_acquire(&list_lock);
		running = false;
		unlink_pending(pending);
		host_lock_release(&list_lock);
		start = false;
	}
	if (!running) {
		free(pending);
		return io_request_end(request, STATUS_NO_MEMORY, 0);
	}
	host_wake(wake_fd);
	return STATUS_PENDING;
}

unsigned io_async_cancel(struct io_file *file, IO_STATUS_BLOCK *iosb, void *thread)
{
	struct pending *cancelled = NULL, **link;
	unsigned count = 0;

	host_lock_acquire(&list_lock);
	for (link = &first; *link;) {
		struct pending *p = *link;

		if (p->request.file != file || (iosb && p->request.iosb != iosb) || (thread && p->issuer != thread)) {
			link = &p->next;
			continue;
		}
		count++;
		if (p->busy) {
			p->cancelled = true;
			link = &p->next;
			continue;
		}
		*link = p->next;
		if (last == &p->next)
			last = link;
		p->next = cancelled;
		cancelled = p;
	}
	host_lock_release(&list_lock);
	while (cancelled) {
		struct pending *p = cancelled;

		cancelled = p->next;
		io_request_complete(&p->request, STATUS_CANCELLED, p->done);
		free(p);
	}
	if (count)
		host_wake(wake_fd);
	return count;
}

static NTSTATUS cancel(HANDLE handle, IO_STATUS_BLOCK *target, void *thread, IO_STATUS_BLOCK *iosb, bool must_find)
{
	struct io_file *file;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	if (!io_async_cancel(file, target, thread) && must_find)
		status = STATUS_NOT_FOUND;
	ob_dereference(file);
	block.Status = status;
	return host_copy_to_guest(iosb, &block, sizeof(block)) < 0 ? STATUS_ACCESS_VIOLATION : status;
}

/* The calling thread's requests. */
EXPORT(ntdll, NTSTATUS, NtCancelIoFile, (HANDLE handle, IO_STATUS_BLOCK *iosb))
{
	return cancel(handle, NULL, io_current_thread(), iosb, false);
}

/* Every thread's, or the one with this status block. */
EXPORT(ntdll, NTSTATUS, NtCancelIoFileEx, (HANDLE handle, IO_STATUS_BLOCK *target, IO_STATUS_BLOCK *iosb))
{
	return cancel(handle, target, NULL, iosb, true);
}
