/*
 * ntdll/io/async.c - requests that cannot complete at once.
 *
 * One thread of ours, started on first need, polls the descriptors of all pending requests and does the transfer when
 * one is ready.  A request lives in the list from io_async_queue to its completion; who takes it out of the list (the
 * thread, a cancellation, who brings about what it waits for) completes it.  Requests of one file and kind complete in
 * their order.
 *
 * Locks of ranges have no descriptor: they are tried when a lock of this process goes, and every few milliseconds, as other
 * processes give no sign.  Each waits for itself.
 */
#include "ntdll/io/private.h"
#include "ntdll/ps/thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_INTERVAL_MS 10

struct pending {
	struct pending *next;
	struct io_request request;
	io_ready_routine routine;
	PVOID buffer;
	ULONG length;
	ULONG_PTR done;
	enum io_async_kind kind;
	int fd; /* -1: the file's */
	bool fresh;     /* to be tried once whether the descriptor is ready or not: it may have become so before */
	bool busy;      /* the I/O thread is transferring; it looks at `ended` afterwards */
	bool ended;     /* with this status, unless the transfer ends it */
	NTSTATUS status;
	struct sync_wait *sync; /* a thread that waits for it itself */
	void *issuer;           /* the thread that asked; compared only */
	uint32_t round;         /* of a lock: the last in which it was tried */
};

struct sync_wait {
	uint32_t done; /* futex */
	NTSTATUS status;
	ULONG_PTR information;
};

static struct host_lock list_lock;
static struct pending *first, **last = &first;
static int wake_fd = -1;
static bool running;
static uint32_t locks; /* so many of the requests are for locks */

static void unlink_pending(struct pending *pending)
{
	struct pending **link = &first;

	while (*link != pending)
		link = &(*link)->next;
	*link = pending->next;
	if (last == &pending->next)
		last = link;
	if (pending->kind == IO_ASYNC_LOCK)
		__atomic_fetch_sub(&locks, 1, __ATOMIC_RELAXED);
}

/* Fills polls with what is waited for; under the lock.  A count; without memory 0.  *fresh: some are not to be waited for. */
static size_t gather(struct host_poll **polls, struct pending ***who, size_t *capacity, bool *fresh)
{
	size_t count = 1;

	*fresh = false;

	for (struct pending *p = first; p; p = p->next)
		count++;
	if (count > *capacity) {
		struct host_poll *more = realloc(*polls, count * 2 * sizeof(*more));
		struct pending **names = more ? realloc(*who, count * 2 * sizeof(*names)) : NULL;

		if (more)
			*polls = more;
		if (!names)
			return 0;
		*who = names;
		*capacity = count * 2;
	}
	count = 1;
	for (struct pending *p = first; p; p = p->next) {
		bool earlier = p->kind == IO_ASYNC_LOCK;

		/* the first of a file and direction only */
		for (struct pending *q = first; q != p && !earlier; q = q->next)
			if (q->request.file == p->request.file && q->kind == p->kind)
				earlier = true;
		if (earlier)
			continue;
		(*polls)[count].fd = p->fd >= 0 ? p->fd : p->request.file->fd;
		(*polls)[count].wanted = p->kind == IO_ASYNC_WRITE ? HOST_POLL_WRITE : HOST_POLL_READ;
		*fresh |= p->fresh;
		(*who)[count++] = p;
	}
	return count;
}

/* Out of the list already. */
static void complete(struct pending *p, NTSTATUS status)
{
	struct sync_wait *sync = p->sync;

	if (p->kind == IO_ASYNC_LOCK && !NT_SUCCESS(status))
		free(p->buffer);
	if (sync) {
		sync->status = status;
		sync->information = p->done;
		free(p);
		__atomic_store_n(&sync->done, 1, __ATOMIC_RELEASE);
		host_futex_wake(&sync->done, 1);
		return;
	}
	io_request_complete(&p->request, status, p->done);
	free(p);
}

/* Does the transfer, with `busy` set, and completes what is over. */
static void attempt(struct pending *p)
{
	NTSTATUS status = p->routine(p->request.file, p->buffer, p->length, &p->done);

	host_lock_acquire(&list_lock);
	p->busy = false;
	if (status == STATUS_PENDING && p->ended)
		status = p->status;
	if (status != STATUS_PENDING)
		unlink_pending(p);
	host_lock_release(&list_lock);
	if (status != STATUS_PENDING)
		complete(p, status);
}

static void try_locks(void)
{
	static uint32_t round;
	struct pending *p;

	round++;
	do {
		host_lock_acquire(&list_lock);
		for (p = first; p; p = p->next)
			if (p->kind == IO_ASYNC_LOCK && p->round != round)
				break;
		if (p) {
			p->round = round;
			p->busy = true;
		}
		host_lock_release(&list_lock);
		if (p)
			attempt(p);
	} while (p);
}

/* What the thread begins with. */
#define FIRST_CAPACITY 64u
struct io_tables {
	struct host_poll *polls;
	struct pending **who;
};

static void io_thread(void *argument)
{
	struct io_tables *tables = argument;
	struct host_poll *polls = tables->polls;
	struct pending **who = tables->who;
	size_t capacity = FIRST_CAPACITY, count;
	bool fresh;

	free(tables);
	host_thread_set_name("pewter-io");
	for (;;) {
		int timeout = -1;

		host_lock_acquire(&list_lock);
		polls[0].fd = wake_fd;
		polls[0].wanted = HOST_POLL_READ;
		count = gather(&polls, &who, &capacity, &fresh);
		polls[0].fd = wake_fd;
		polls[0].wanted = HOST_POLL_READ;
		host_lock_release(&list_lock);
		if (!count || __atomic_load_n(&locks, __ATOMIC_RELAXED))
			timeout = LOCK_INTERVAL_MS;
		if (host_poll(polls, count ? count : 1, fresh ? 0 : timeout) < 0)
			continue;
		if (polls[0].ready)
			host_wake_clear(wake_fd);
		if (__atomic_load_n(&locks, __ATOMIC_RELAXED))
			try_locks();
		for (size_t i = 1; i < count; i++) {
			struct pending *p = NULL;

			if (!polls[i].ready && !fresh)
				continue;
			host_lock_acquire(&list_lock);
			for (struct pending *q = first; q; q = q->next)
				if (q == who[i] && (polls[i].ready || q->fresh))
					p = q;
			if (p) {
				p->busy = true;
				p->fresh = false;
			}
			host_lock_release(&list_lock);
			if (p) /* else cancelled meanwhile */
				attempt(p);
		}
	}
}

static bool start_io_thread(void)
{
	struct io_tables *tables = calloc(1, sizeof(*tables));

	if (tables) {
		tables->polls = malloc(FIRST_CAPACITY * sizeof(*tables->polls));
		tables->who = malloc(FIRST_CAPACITY * sizeof(*tables->who));
		if (tables->polls && tables->who && host_thread_create(io_thread, tables) == 0)
			return true;
		free(tables->polls);
		free(tables->who);
		free(tables);
	}
	return false;
}

/* Puts it into the list; false (and it is freed): no memory. */
static bool enqueue(struct pending *pending)
{
	bool start = false, queued;

	host_lock_acquire(&list_lock);
	if (!running) {
		if (wake_fd < 0)
			wake_fd = host_wake_create();
		running = start = wake_fd >= 0;
	}
	if (running) {
		*last = pending;
		last = &pending->next;
		if (pending->kind == IO_ASYNC_LOCK)
			__atomic_fetch_add(&locks, 1, __ATOMIC_RELAXED);
	}
	queued = running;
	host_lock_release(&list_lock);
	if (start && !start_io_thread()) {
		host_lock_acquire(&list_lock);
		running = queued = false;
		unlink_pending(pending);
		host_lock_release(&list_lock);
	}
	if (!queued)
		free(pending);
	else
		host_wake(wake_fd);
	return queued;
}

static struct pending *new_pending(const struct io_request *request, enum io_async_kind kind, int fd, PVOID buffer,
				   ULONG length, ULONG_PTR done, io_ready_routine routine)
{
	struct pending *pending = calloc(1, sizeof(*pending));

	if (!pending)
		return NULL;
	pending->request = *request;
	pending->routine = routine;
	pending->buffer = buffer;
	pending->length = length;
	pending->done = done;
	pending->kind = kind;
	pending->fd = fd;
	pending->fresh = kind == IO_ASYNC_LISTEN || kind == IO_ASYNC_WATCH;
	pending->issuer = io_current_thread();
	return pending;
}

NTSTATUS io_async_queue(struct io_request *request, enum io_async_kind kind, int fd, PVOID buffer, ULONG length,
			ULONG_PTR done, io_ready_routine routine)
{
	struct pending *pending = new_pending(request, kind, fd, buffer, length, done, routine);
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};

	/* Information is the caller's until there is an end. */
	if (!pending) {
		if (kind == IO_ASYNC_LOCK)
			free(buffer);
		return io_request_end(request, STATUS_NO_MEMORY, 0);
	}
	block.Status = STATUS_PENDING;
	host_copy_to_guest(request->iosb, &block, offsetof(IO_STATUS_BLOCK, Information));
	if (!enqueue(pending)) {
		if (kind == IO_ASYNC_LOCK)
			free(buffer);
		return io_request_end(request, STATUS_NO_MEMORY, 0);
	}
	return STATUS_PENDING;
}

void io_async_lock_gone(void)
{
	if (__atomic_load_n(&locks, __ATOMIC_RELAXED))
		host_wake(wake_fd);
}

NTSTATUS io_async_wait(const struct io_request *request, enum io_async_kind kind, int fd, PVOID buffer, ULONG length,
		       ULONG_PTR *done, io_ready_routine routine)
{
	struct pending *pending = new_pending(request, kind, fd, buffer, length, *done, routine);
	struct sync_wait *wait = calloc(1, sizeof(*wait));
	NTSTATUS status;

	if (!pending || !wait) {
		free(pending);
		free(wait);
		return STATUS_NO_MEMORY;
	}
	pending->sync = wait;
	if (!enqueue(pending)) {
		free(wait);
		return STATUS_NO_MEMORY;
	}
	/* a thread that is terminated meanwhile leaves the small block behind, for who completes the request */
	ke_enter_blocking();
	while (!__atomic_load_n(&wait->done, __ATOMIC_ACQUIRE))
		host_futex_wait(&wait->done, 0, UINT64_MAX);
	ke_leave_blocking();
	*done = wait->information;
	status = wait->status;
	free(wait);
	return status;
}

bool io_async_is_pending(const void *thread)
{
	bool found = false;

	if (__atomic_load_n(&((const struct ps_thread *)thread)->io_waits, __ATOMIC_ACQUIRE))
		return true;
	host_lock_acquire(&list_lock);
	for (const struct pending *p = first; p; p = p->next)
		found = found || p->issuer == thread;
	host_lock_release(&list_lock);
	return found;
}

bool io_async_pends(struct io_file *file, enum io_async_kind kind)
{
	bool found = false;

	if (!__atomic_load_n(&first, __ATOMIC_ACQUIRE))
		return false;
	host_lock_acquire(&list_lock);
	for (struct pending *p = first; p && !found; p = p->next)
		found = p->request.file == file && p->kind == kind;
	host_lock_release(&list_lock);
	return found;
}

/* `file` NULL: the synchronous ones of any. */
static unsigned end_requests(struct io_file *file, unsigned kinds, IO_STATUS_BLOCK *iosb, void *thread, NTSTATUS status)
{
	struct pending *ended = NULL, **link, **ended_last = &ended;
	unsigned count = 0;

	if (!__atomic_load_n(&first, __ATOMIC_ACQUIRE))
		return 0;
	host_lock_acquire(&list_lock);
	for (link = &first; *link;) {
		struct pending *p = *link;

		if ((file ? p->request.file != file : !p->sync) || !(kinds >> p->kind & 1) || (iosb && p->request.iosb != iosb) ||
		    (thread && p->issuer != thread)) {
			link = &p->next;
			continue;
		}
		count++;
		if (p->busy) {
			p->ended = true;
			p->status = status;
			link = &p->next;
			continue;
		}
		unlink_pending(p);
		p->next = NULL;
		*ended_last = p;
		ended_last = &p->next;
	}
	host_lock_release(&list_lock);
	while (ended) {
		struct pending *p = ended;

		ended = p->next;
		complete(p, status);
	}
	if (count)
		host_wake(wake_fd);
	return count;
}

unsigned io_async_cancel(struct io_file *file, IO_STATUS_BLOCK *iosb, void *thread)
{
	return end_requests(file, UINT32_MAX, iosb, thread, STATUS_CANCELLED);
}

static unsigned cancel_sync_requests(void *thread, IO_STATUS_BLOCK *iosb)
{
	return end_requests(NULL, UINT32_MAX, iosb, thread, STATUS_CANCELLED);
}

unsigned io_async_end(struct io_file *file, unsigned kinds, NTSTATUS status)
{
	return end_requests(file, kinds, NULL, NULL, status);
}

const uint32_t *io_wait_begin(const struct io_file *file)
{
	__atomic_store_n(&ps_self->io_cancelled, 0, __ATOMIC_RELEASE);
	/* before the descriptor is looked at: who takes it away looks here afterwards */
	__atomic_store_n(&ps_self->io_waits, file, __ATOMIC_SEQ_CST);
	return &ps_self->io_cancelled;
}

NTSTATUS io_wait_status(void)
{
	return (NTSTATUS)__atomic_load_n(&ps_self->io_cancelled, __ATOMIC_ACQUIRE);
}

void io_wait_end(void)
{
	__atomic_store_n(&ps_self->io_waits, NULL, __ATOMIC_RELEASE);
}

struct wanted {
	const struct io_file *file; /* NULL: any */
	const struct ps_thread *thread; /* NULL: any */
	NTSTATUS status;
	bool first;
	unsigned count, waiting;
};

static void cancel_wait(struct ps_thread *thread, void *context)
{
	struct wanted *wanted = context;
	const void *file = __atomic_load_n(&thread->io_waits, __ATOMIC_SEQ_CST);

	if (!file || (wanted->file && wanted->file != file) || (wanted->thread && wanted->thread != thread))
		return;
	if (wanted->first) {
		__atomic_store_n(&thread->io_cancelled, (uint32_t)wanted->status, __ATOMIC_RELEASE);
		wanted->count++;
	} else if (!__atomic_load_n(&thread->io_cancelled, __ATOMIC_ACQUIRE)) {
		return; /* another wait */
	}
	wanted->waiting++;
	host_thread_signal(thread->tid);
}

/* Threads that wait in synchronous calls; until they have noticed.  A count. */
static unsigned end_waits(const struct io_file *file, const struct ps_thread *thread, NTSTATUS status)
{
	struct wanted wanted = {.file = file, .thread = thread, .status = status, .first = true};
	uint32_t never = 0;

	do {
		wanted.waiting = 0;
		ps_for_each_thread(cancel_wait, &wanted);
		wanted.first = false;
		if (wanted.waiting)
			host_futex_wait(&never, 0, host_monotonic_ns() + 200000);
	} while (wanted.waiting);
	return wanted.count;
}

void io_wait_end_all(const struct io_file *file, NTSTATUS status)
{
	end_waits(file, NULL, status);
}

static NTSTATUS cancel(HANDLE handle, IO_STATUS_BLOCK *target, void *thread, IO_STATUS_BLOCK *iosb, bool must_find)
{
	struct io_file *file;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	if (!(io_async_cancel(file, target, thread) + io_socket_cancel(file, target, thread) +
	      (thread ? 0 : end_waits(file, NULL, STATUS_CANCELLED))) &&
	    must_find)
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

/* The synchronous call that a thread waits in (MSDN CancelSynchronousIo). */
EXPORT(ntdll, NTSTATUS, NtCancelSynchronousIoFile, (HANDLE handle, IO_STATUS_BLOCK *target, IO_STATUS_BLOCK *iosb))
{
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	void *thread;
	NTSTATUS status = ob_reference_by_handle(handle, &ps_thread_type, THREAD_TERMINATE, &thread);

	if (!NT_SUCCESS(status))
		return status;
	if (!cancel_sync_requests(thread, target) && !end_waits(NULL, thread, STATUS_CANCELLED))
		status = STATUS_NOT_FOUND;
	ob_dereference(thread);
	block.Status = status;
	return host_copy_to_guest(iosb, &block, sizeof(block)) < 0 ? STATUS_ACCESS_VIOLATION : status;
}
