/*
 * ntdll/io/socket_engine.c - requests at sockets that take their turn, and the thread that hears of readiness.
 *
 * A socket has a queue of requests for each direction.  Who adds the first attempts it at once; what would wait stays, and
 * the engine, one thread made when something first waits, attempts it again when Linux says that the socket has changed.
 * Linux tells each change once (edge-triggered), so a change that meets a queue being run is noted in `again`.
 *
 * The engine knows sockets by slots with a generation, since a socket may go while its events are on their way.
 */
#include "ntdll/io/socket_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	struct io_file *file; /* not referenced; NULL: free */
	uint32_t generation;
	uint32_t next_free;
};

static struct host_lock slots_lock;
static struct slot *slots;
static uint32_t slot_count, free_slot = UINT32_MAX;
static int ready_set = -1;
/* The socket that the engine is at, and who waits for it to leave. */
static struct io_file *served;
static uint32_t served_changes, settlers;

static void complete(struct io_socket_op *op, NTSTATUS status)
{
	io_request_complete(&op->request, status, op->done);
	if (op->release)
		op->release(op);
	free(op);
}

/* Attempts what waits in a queue, in its order, until something would wait again.  The file is referenced. */
static void run_queue(struct io_file *file, enum io_socket_direction direction)
{
	struct io_socket *socket = file->socket;
	struct io_socket_queue *queue = &socket->queues[direction];
	bool last;

	host_lock_acquire(&socket->lock);
	queue->again = true;
	if (queue->busy) {
		host_lock_release(&socket->lock);
		return;
	}
	queue->busy = true;
	while (queue->first && queue->again) {
		struct io_socket_op *op = queue->first;
		NTSTATUS status;

		queue->again = false;
		queue->current = op;
		host_lock_release(&socket->lock);
		status = op->attempt(file, op);
		host_lock_acquire(&socket->lock);
		queue->current = NULL;
		if (status == STATUS_PENDING && op->cancelled)
			status = STATUS_CANCELLED;
		if (status == STATUS_PENDING)
			continue;
		queue->first = op->next;
		if (!queue->first)
			queue->last = &queue->first;
		queue->again = true;
		/* Who hears of the last one's end finds the queue free. */
		last = !queue->first;
		if (last)
			queue->busy = false;
		host_lock_release(&socket->lock);
		if (status != IO_SOCKET_MOVED)
			complete(op, status);
		if (last)
			return;
		host_lock_acquire(&socket->lock);
	}
	queue->busy = false;
	host_lock_release(&socket->lock);
}

static void engine(void *argument)
{
	struct host_ready ready[64];

	host_thread_set_name("pewter-net");
	for (;;) {
		int count = host_ready_wait(ready_set, ready, ARRAY_SIZE(ready));

		for (int i = 0; i < count; i++) {
			uint32_t index = (uint32_t)ready[i].key, what = ready[i].ready;
			struct io_file *file = NULL;

			if (ready[i].key & IO_OFFER_KEY) {
				io_offer_ready(index);
				continue;
			}
			host_lock_acquire(&slots_lock);
			if (slots[index].generation == ready[i].key >> 32 && slots[index].file &&
			    ob_reference_living(slots[index].file))
				file = slots[index].file;
			__atomic_store_n(&served, file, __ATOMIC_SEQ_CST);
			host_lock_release(&slots_lock);
			if (!file)
				continue;
			if (what & ~(uint32_t)HOST_READY_WRITE)
				run_queue(file, IO_SOCKET_READ);
			if (what & (HOST_READY_WRITE | HOST_READY_ERROR | HOST_READY_HANGUP))
				run_queue(file, IO_SOCKET_WRITE);
			io_socket_poll_event(file);
			ob_dereference(file);
			__atomic_store_n(&served, NULL, __ATOMIC_SEQ_CST);
			if (__atomic_load_n(&settlers, __ATOMIC_SEQ_CST)) {
				__atomic_add_fetch(&served_changes, 1, __ATOMIC_SEQ_CST);
				host_futex_wake(&served_changes, INT32_MAX);
			}
		}
	}
}

/* With the lock of slots. */
static NTSTATUS start_engine(void)
{
	if (ready_set >= 0)
		return STATUS_SUCCESS;
	ready_set = host_ready_create();
	if (ready_set < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (host_thread_create(engine, NULL) == 0)
		return STATUS_SUCCESS;
	host_close(ready_set);
	ready_set = -1;
	return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS io_socket_register_offer(int fd, uint32_t number)
{
	NTSTATUS status;

	host_lock_acquire(&slots_lock);
	status = start_engine();
	if (NT_SUCCESS(status))
		status = io_socket_status(host_ready_add(ready_set, fd, IO_OFFER_KEY | number));
	host_lock_release(&slots_lock);
	return status;
}

void io_socket_unregister_offer(int fd)
{
	host_ready_remove(ready_set, fd);
}

/* With the lock of slots. */
static NTSTATUS take_slot(struct io_file *file)
{
	uint32_t index;
	NTSTATUS status = start_engine();

	if (!NT_SUCCESS(status))
		return status;
	if (free_slot == UINT32_MAX) {
		uint32_t count = slot_count ? slot_count * 2 : 64;
		struct slot *more = realloc(slots, count * sizeof(*more));

		if (!more)
			return STATUS_NO_MEMORY;
		memset(more + slot_count, 0, (count - slot_count) * sizeof(*more));
		slots = more;
		for (uint32_t i = slot_count; i < count; i++)
			slots[i].next_free = i + 1 < count ? i + 1 : UINT32_MAX;
		free_slot = slot_count;
		slot_count = count;
	}
	index = free_slot;
	free_slot = slots[index].next_free;
	slots[index].file = file;
	file->socket->slot = index;
	return STATUS_SUCCESS;
}

/* With the lock of slots. */
static void drop_slot(struct io_file *file)
{
	uint32_t index = file->socket->slot;

	slots[index].file = NULL;
	slots[index].generation = (slots[index].generation + 1) & 0x7FFFFFFF;
	slots[index].next_free = free_slot;
	free_slot = index;
	__atomic_store_n(&file->socket->is_registered, false, __ATOMIC_RELEASE);
}

/* The engine hears of the socket from now on, which has a slot, or the slot is given back.  With the lock of slots. */
static NTSTATUS hear_of(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	uint64_t key = (uint64_t)slots[socket->slot].generation << 32 | socket->slot;
	int error = host_ready_add(ready_set, file->fd, key);

	if (error < 0) {
		drop_slot(file);
		return io_socket_status(error);
	}
	__atomic_store_n(&socket->is_registered, true, __ATOMIC_RELEASE);
	return STATUS_SUCCESS;
}

NTSTATUS io_socket_register(struct io_file *file)
{
	struct io_socket *socket = file->socket;
	NTSTATUS status = STATUS_SUCCESS;

	if (__atomic_load_n(&socket->is_registered, __ATOMIC_ACQUIRE))
		return STATUS_SUCCESS;
	host_lock_acquire(&slots_lock);
	if (!socket->is_registered) {
		status = take_slot(file);
		if (NT_SUCCESS(status))
			status = hear_of(file);
	}
	host_lock_release(&slots_lock);
	return status;
}

void io_socket_unregister(struct io_file *file)
{
	struct io_socket *socket = file->socket;

	host_lock_acquire(&slots_lock);
	if (socket->is_registered) {
		host_ready_remove(ready_set, file->fd);
		drop_slot(file);
	}
	host_lock_release(&slots_lock);
}

void io_socket_settle(struct io_file *file)
{
	uint64_t deadline = host_monotonic_ns() + 1000000000u; /* at the end of the process the engine may be gone */

	io_socket_unregister(file);
	__atomic_add_fetch(&settlers, 1, __ATOMIC_SEQ_CST);
	for (;;) {
		uint32_t changes = __atomic_load_n(&served_changes, __ATOMIC_SEQ_CST);

		if (__atomic_load_n(&served, __ATOMIC_SEQ_CST) != file ||
		    host_futex_wait(&served_changes, changes, deadline) == -ETIMEDOUT)
			break;
	}
	__atomic_sub_fetch(&settlers, 1, __ATOMIC_SEQ_CST);
}

void io_socket_renew(struct io_file *file, int from)
{
	struct io_socket *socket = file->socket;

	host_lock_acquire(&slots_lock);
	if (socket->is_registered)
		host_ready_remove(ready_set, file->fd);
	host_socket_replace(file->fd, from);
	if (socket->is_registered)
		hear_of(file); /* if not, whoever waits next tries anew and is told */
	host_lock_release(&slots_lock);
}

void io_socket_pass_on(struct io_file *file, struct io_socket_op *op, enum io_socket_direction direction)
{
	struct io_socket_queue *queue = &file->socket->queues[direction];
	NTSTATUS status = io_socket_register(file);
	bool gone;

	host_lock_acquire(&file->socket->lock);
	gone = file->socket->closed || !NT_SUCCESS(status);
	op->next = NULL;
	if (!gone) {
		*queue->last = op;
		queue->last = &op->next;
	}
	host_lock_release(&file->socket->lock);
	if (gone)
		complete(op, STATUS_CANCELLED);
	else
		run_queue(file, direction);
}

/* It would wait: it is put where it belongs, in front if it was the only one when it was attempted. */
static NTSTATUS let_wait(struct io_file *file, struct io_socket_op *op, enum io_socket_direction direction, bool in_front)
{
	struct io_socket *socket = file->socket;
	struct io_socket_queue *queue = &socket->queues[direction];
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	NTSTATUS status = io_socket_register(file);

	block.Status = STATUS_PENDING;
	if (NT_SUCCESS(status))
		host_copy_to_guest(op->request.iosb, &block, sizeof(block));
	host_lock_acquire(&socket->lock);
	if (socket->closed)
		status = STATUS_CANCELLED;
	if (NT_SUCCESS(status) && in_front) {
		op->next = queue->first;
		queue->first = op;
		if (!op->next)
			queue->last = &op->next;
	} else if (NT_SUCCESS(status)) {
		op->next = NULL;
		*queue->last = op;
		queue->last = &op->next;
	}
	if (in_front)
		queue->busy = false;
	host_lock_release(&socket->lock);
	if (!NT_SUCCESS(status)) {
		status = io_request_end(&op->request, status, 0);
		if (op->release)
			op->release(op);
		free(op);
		return status;
	}
	run_queue(file, direction);
	return STATUS_PENDING;
}

NTSTATUS io_socket_start_request(struct io_file *file, struct io_socket_op *op, enum io_socket_direction direction,
				 ULONG *done)
{
	struct io_socket *socket = file->socket;
	struct io_socket_queue *queue = &socket->queues[direction];
	NTSTATUS status = STATUS_PENDING;
	bool alone;

	/* The request's reference on the file may go with the request. */
	ob_reference(file);
	op->issuer = io_current_thread();
	host_lock_acquire(&socket->lock);
	alone = !queue->first && !queue->busy;
	if (alone)
		queue->busy = true;
	host_lock_release(&socket->lock);
	if (alone)
		status = op->attempt(file, op);
	if (status == STATUS_PENDING) {
		status = let_wait(file, op, direction, alone);
		ob_dereference(file);
		return status;
	}
	host_lock_acquire(&socket->lock);
	queue->busy = false;
	alone = !queue->first;
	host_lock_release(&socket->lock);
	if (!alone)
		run_queue(file, direction);
	if (status == IO_SOCKET_MOVED) {
		status = STATUS_PENDING;
	} else {
		if (done)
			*done = (ULONG)op->done;
		status = io_request_end(&op->request, status, op->done);
		if (op->release)
			op->release(op);
		free(op);
	}
	ob_dereference(file);
	return status;
}

NTSTATUS io_socket_start(struct io_file *file, struct io_socket_op *op, enum io_socket_direction direction,
			 const struct io_socket_notice *notice, ULONG *done)
{
	NTSTATUS status = STATUS_ACCESS_VIOLATION;

	if (host_probe_guest(notice->iosb, sizeof(*notice->iosb), true) == 0)
		status = io_request_begin(&op->request, file, notice->event, notice->apc, notice->apc_context, notice->iosb);
	if (!NT_SUCCESS(status)) {
		if (op->release)
			op->release(op);
		free(op);
		ob_dereference(file);
		return status;
	}
	return io_socket_start_request(file, op, direction, done);
}

NTSTATUS io_socket_answer(struct io_file *file, const struct io_socket_notice *notice, ULONG information)
{
	struct io_request request;
	NTSTATUS status = io_request_begin(&request, file, notice->event, notice->apc, notice->apc_context, notice->iosb);

	if (NT_SUCCESS(status))
		return io_request_end(&request, STATUS_SUCCESS, information);
	ob_dereference(file);
	return status;
}

NTSTATUS io_socket_run(struct io_file *file, struct io_socket_op *op, unsigned wanted, uint64_t deadline)
{
	NTSTATUS status = op->attempt(file, op);

	while (status == STATUS_PENDING) {
		status = io_socket_wait(file, wanted, deadline);
		if (NT_SUCCESS(status))
			status = op->attempt(file, op);
	}
	return status;
}

/* Takes what is to be cancelled off a queue onto a list; a count with what is being attempted. */
static unsigned gather_cancelled(struct io_file *file, struct io_socket_queue *queue, const struct io_file *of,
				 IO_STATUS_BLOCK *iosb, void *thread, struct io_socket_op **cancelled)
{
	struct io_socket_op **link = &queue->first;
	unsigned count = 0;

	while (*link) {
		struct io_socket_op *op = *link;

		if ((of && op->request.file != of) || (iosb && op->request.iosb != iosb) || (thread && op->issuer != thread)) {
			link = &op->next;
			continue;
		}
		count++;
		if (op == queue->current) {
			op->cancelled = true;
			queue->again = true;
			link = &op->next;
			continue;
		}
		*link = op->next;
		if (queue->last == &op->next)
			queue->last = link;
		op->next = *cancelled;
		*cancelled = op;
	}
	return count;
}

static unsigned cancel_at(struct io_file *file, const struct io_file *of, IO_STATUS_BLOCK *iosb, void *thread)
{
	struct io_socket_op *cancelled = NULL;
	unsigned count = 0;

	host_lock_acquire(&file->socket->lock);
	for (int i = 0; i < 2; i++)
		count += gather_cancelled(file, &file->socket->queues[i], of, iosb, thread, &cancelled);
	host_lock_release(&file->socket->lock);
	while (cancelled) {
		struct io_socket_op *op = cancelled;

		cancelled = op->next;
		complete(op, STATUS_CANCELLED);
	}
	return count;
}

/* An AcceptEx that waits for data does so at the accepted socket. */
static unsigned cancel_moved(const struct io_file *of, IO_STATUS_BLOCK *iosb, void *thread)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < __atomic_load_n(&slot_count, __ATOMIC_RELAXED); i++) {
		struct io_file *file = NULL;

		host_lock_acquire(&slots_lock);
		if (slots[i].file && slots[i].file != of && ob_reference_living(slots[i].file))
			file = slots[i].file;
		host_lock_release(&slots_lock);
		if (file) {
			count += cancel_at(file, of, iosb, thread);
			ob_dereference(file);
		}
	}
	return count;
}

unsigned io_socket_cancel(struct io_file *file, IO_STATUS_BLOCK *iosb, void *thread)
{
	unsigned count;

	if (file->kind == IO_AFD)
		return io_socket_poll_cancel(file, iosb, thread);
	if (file->kind != IO_SOCKET)
		return 0;
	/* Everything at a socket that is closed, whoever's it is. */
	count = cancel_at(file, file->socket->closed ? NULL : file, iosb, thread);
	count += io_socket_poll_cancel(file, iosb, thread);
	if (file->socket->listening)
		count += cancel_moved(file, iosb, thread);
	return count;
}
