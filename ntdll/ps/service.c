/*
 * ntdll/ps/service.c - being asked: the service thread and what it does for other processes.  See remote.h.
 *
 * It is a host thread: no TEB, not in any list, never stopped with the others.  It must not wait for a thread of the guest longer
 * than that takes to come to the border.
 */
#include "ntdll/ps/service.h"
#include "host/channel.h"
#include "host/file.h"
#include "host/vm.h"
#include "ntdll/ke/ke.h"
#include "ntdll/nt.h"
#include "ntdll/ob/duplicate.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/job.h"
#include "ntdll/ps/suspend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS 60u
/* Of an answer that travels as a file. */
#define LARGE_ANSWER (64u << 20)

static uint32_t started;
void (*ps_poke_hook)(void);

/* What one answers with; the message is the question on the way in. */
struct answer {
	struct ps_message *message;
	size_t size;  /* of the data */
	int fds[2];   /* the question's, until something takes them; then the answer's */
	unsigned fd_count;
	bool fds_given; /* those of the question belong to somebody now */
};

/* The question's own are not wanted. */
static void close_fds(struct answer *answer)
{
	for (unsigned i = 0; i < answer->fd_count && !answer->fds_given; i++)
		host_close(answer->fds[i]);
	answer->fd_count = 0;
}

static void give_fds(struct answer *answer, const int *fds, unsigned count)
{
	close_fds(answer);
	answer->fds_given = true;
	memcpy(answer->fds, fds, count * sizeof(*fds));
	answer->fd_count = count;
}

/*
 * Memory.
 */
static NTSTATUS do_read(struct answer *answer, uint64_t *values)
{
	SIZE_T done = 0;
	size_t size = values[1] < answer->message->room ? values[1] : answer->message->room;

	if (values[2] && host_probe_guest((void *)(uintptr_t)values[0], values[2], false))
		return STATUS_PARTIAL_COPY;
	NtReadVirtualMemory(NtCurrentProcess(), (void *)(uintptr_t)values[0], answer->message->data, size, &done);
	answer->size = values[1] = done;
	return done == size ? STATUS_SUCCESS : STATUS_PARTIAL_COPY;
}

static NTSTATUS do_write(struct answer *answer, uint64_t *values, size_t size)
{
	SIZE_T done = 0;
	NTSTATUS status = NtWriteVirtualMemory(NtCurrentProcess(), (void *)(uintptr_t)values[0], answer->message->data, size, &done);

	values[1] = done;
	return status;
}

static NTSTATUS do_allocate(uint64_t *values)
{
	struct mm_limits limits = {(uintptr_t)values[6], (uintptr_t)values[7], (size_t)values[8]};
	uintptr_t base = (uintptr_t)values[0];
	size_t size = (size_t)values[1];
	NTSTATUS status = mm_allocate(&base, &size, (ULONG)values[2], (ULONG)values[3], (uintptr_t)values[4],
				      values[5] ? &limits : NULL);

	values[0] = base;
	values[1] = size;
	return status;
}

static NTSTATUS do_free(uint64_t *values)
{
	uintptr_t base = (uintptr_t)values[0];
	size_t size = (size_t)values[1];
	NTSTATUS status = mm_free(&base, &size, (ULONG)values[2]);

	values[0] = base;
	values[1] = size;
	return status;
}

static NTSTATUS do_protect(uint64_t *values)
{
	uintptr_t base = (uintptr_t)values[0];
	size_t size = (size_t)values[1];
	ULONG old = 0;
	NTSTATUS status = mm_protect(&base, &size, (ULONG)values[2], &old);

	values[0] = base;
	values[1] = size;
	values[2] = old;
	return status;
}

static NTSTATUS do_map(struct answer *answer, size_t size)
{
	struct ps_call_view *view = (struct ps_call_view *)(void *)answer->message->data;
	struct ob_object *object;
	NTSTATUS status;

	if (size != sizeof(*view) || !io_put_descriptors(&view->section, answer->fds, answer->fd_count))
		return STATUS_INVALID_PARAMETER;
	answer->fds_given = true;
	answer->fd_count = 0;
	status = io_adopt(&view->section, &object);
	if (!NT_SUCCESS(status))
		return status;
	if (object->type != &mm_section_type)
		status = STATUS_OBJECT_TYPE_MISMATCH;
	else
		status = mm_map_section_object((struct section_object *)object, &view->view);
	ob_dereference(object);
	memmove(answer->message->data, &view->view, sizeof(view->view));
	answer->size = sizeof(view->view);
	return status;
}

/* An answer that is too large for a message; its size is in values[5]. */
static NTSTATUS give_large(struct answer *answer, uint64_t *values, const char *bytes, size_t size)
{
	int fd = host_memfd_create("pewter-answer", 0);
	ssize_t put = fd < 0 ? fd : host_pwrite(fd, bytes, size, 0);

	if (put != (ssize_t)size) {
		if (fd >= 0)
			host_close(fd);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	values[5] = size;
	give_fds(answer, &fd, 1);
	return STATUS_SUCCESS;
}

/*
 * Queries: into a buffer of ours, whose address goes back with it.
 */
static NTSTATUS do_query(struct answer *answer, uint64_t *values, size_t size, enum ps_operation operation)
{
	size_t length = values[2] < LARGE_ANSWER ? (size_t)values[2] : LARGE_ANSWER;
	char *buffer = calloc(1, length + 1);
	struct ps_thread *thread;
	SIZE_T used = 0;
	ULONG needed = 0;
	NTSTATUS status;

	if (!buffer)
		return STATUS_NO_MEMORY;
	memcpy(buffer, answer->message->data, size < length ? size : length);
	switch (operation) {
	case PS_DO_QUERY:
		status = NtQueryVirtualMemory(NtCurrentProcess(), (void *)(uintptr_t)values[0],
					      (MEMORY_INFORMATION_CLASS)values[1], buffer, length, &used);
		break;
	case PS_DO_QUERY_THREAD:
		thread = ps_find_thread((HANDLE)(uintptr_t)values[0]);
		status = thread ? ps_query_thread(thread, (ULONG)values[1], buffer, (ULONG)length, &needed)
				: STATUS_THREAD_IS_TERMINATING;
		used = needed;
		if (thread)
			ob_dereference(thread);
		break;
	default:
		status = NtQueryInformationProcess(NtCurrentProcess(), (ULONG)values[0], buffer, (ULONG)length, &needed);
		used = needed;
		break;
	}
	values[3] = (uintptr_t)buffer;
	values[4] = used;
	answer->size = used && used < length ? used : length;
	if (!NT_SUCCESS(status) && used > length)
		answer->size = length < sizeof(ULONG_PTR) ? length : sizeof(ULONG_PTR);
	/* What fails leaves the asker's buffer alone, but for lists of memory, which tell a count all the same. */
	if ((ULONG)status >> 30 == 3 && !(operation == PS_DO_QUERY && used > length))
		answer->size = 0;
	values[5] = 0;
	if (answer->size <= PS_CALL_BYTES) {
		memcpy(answer->message->data, buffer, answer->size);
	} else {
		NTSTATUS error = give_large(answer, values, buffer, answer->size);

		answer->size = 0;
		if (error)
			status = error;
	}
	free(buffer);
	return status;
}

/*
 * Threads.
 */
static NTSTATUS describe_thread(struct answer *answer, uint64_t *values, struct ps_thread *thread)
{
	int fd;
	NTSTATUS status = ps_announce_thread(thread, &fd);

	if (!NT_SUCCESS(status))
		return status;
	values[0] = (uintptr_t)thread->id;
	values[1] = (uintptr_t)thread->teb;
	values[2] = (uintptr_t)thread->start;
	values[3] = thread->create_time;
	give_fds(answer, &fd, 1);
	return STATUS_SUCCESS;
}

static NTSTATUS do_create_thread(struct answer *answer, uint64_t *values)
{
	struct ps_thread *thread;
	ULONG count;
	NTSTATUS status = ps_create_thread((void *)(uintptr_t)values[0], (void *)(uintptr_t)values[1],
					   ((ULONG)values[2] & PS_SKIP_ATTACH) | PS_CREATE_SUSPENDED, values[3], values[4], &thread);
	bool run = !(values[2] & PS_CREATE_SUSPENDED);

	if (!NT_SUCCESS(status))
		return status;
	ps_gate_initialize();
	status = describe_thread(answer, values, thread);
	if (!NT_SUCCESS(status))
		ps_terminate_thread(thread, (DWORD)status);
	else if (run)
		ps_resume_thread(thread, &count);
	ob_dereference(thread);
	return status;
}

static NTSTATUS do_thread(struct answer *answer, uint64_t *values, size_t size, enum ps_operation operation)
{
	struct ps_thread *thread = ps_find_thread((HANDLE)(uintptr_t)values[0]);
	CONTEXT context;
	ULONG count = 0;
	NTSTATUS status;

	if (!thread)
		return operation == PS_DO_OPEN_THREAD ? STATUS_INVALID_CID : STATUS_THREAD_IS_TERMINATING;
	switch (operation) {
	case PS_DO_OPEN_THREAD:
		status = describe_thread(answer, values, thread);
		break;
	case PS_DO_SUSPEND:
		status = ps_suspend_thread(thread, &count);
		values[1] = count;
		break;
	case PS_DO_RESUME:
		status = ps_resume_thread(thread, &count);
		values[1] = count;
		break;
	case PS_DO_TERMINATE:
		ps_terminate_thread(thread, (DWORD)values[1]);
		status = STATUS_SUCCESS;
		break;
	case PS_DO_GET_CONTEXT:
	case PS_DO_SET_CONTEXT:
		if (size != sizeof(context)) {
			status = STATUS_INVALID_PARAMETER;
			break;
		}
		memcpy(&context, answer->message->data, sizeof(context));
		status = operation == PS_DO_GET_CONTEXT ? ps_get_context(thread, &context, NULL)
							 : ps_set_context(thread, &context, NULL, 0);
		memcpy(answer->message->data, &context, sizeof(context));
		answer->size = sizeof(context);
		break;
	case PS_DO_QUEUE_APC:
		status = ke_queue_apc_as(thread, (ULONG)values[5], (void *)(uintptr_t)values[1], values[2], values[3], values[4]);
		break;
	default:
		status = ps_set_thread(thread, (ULONG)values[1], answer->message->data, (ULONG)size);
		break;
	}
	ob_dereference(thread);
	return status;
}

static void suspend_one(struct ps_thread *thread, void *context)
{
	ULONG count;

	if (!thread->never_frozen)
		ps_suspend_thread(thread, &count);
}

static void resume_one(struct ps_thread *thread, void *context)
{
	ULONG count;

	if (!thread->never_frozen)
		ps_resume_thread(thread, &count);
}

/*
 * Handles.
 */
static NTSTATUS do_give_handle(struct answer *answer, uint64_t *values)
{
	struct io_inherited *description = (struct io_inherited *)(void *)answer->message->data;
	NTSTATUS status = ob_give_handle((HANDLE)(uintptr_t)values[0], (ACCESS_MASK)values[1], (ULONG)values[2],
					 (ULONG)values[3], description);
	int fds[2];

	if (!NT_SUCCESS(status))
		return status;
	answer->size = sizeof(*description);
	give_fds(answer, fds, io_descriptors(description, fds));
	return STATUS_SUCCESS;
}

static NTSTATUS do_take_handle(struct answer *answer, uint64_t *values, size_t size)
{
	struct io_inherited description;
	HANDLE handle = NULL;
	NTSTATUS status;

	memcpy(&description, answer->message->data, sizeof(description));
	if (size != sizeof(description) || !io_put_descriptors(&description, answer->fds, answer->fd_count))
		return STATUS_INVALID_PARAMETER;
	answer->fds_given = true;
	answer->fd_count = 0;
	status = ob_take_handle(&description, &handle);
	values[0] = (uintptr_t)handle;
	return status;
}

static NTSTATUS do_create_process(const struct answer *answer, uint64_t *values)
{
	HANDLE id = NULL;
	NTSTATUS status = answer->fd_count == 1 ? ps_create_for_another(answer->fds[0], values[0], &id) : STATUS_INVALID_PARAMETER;

	values[0] = (uintptr_t)id;
	return status;
}

static NTSTATUS do_give_token(struct answer *answer, const uint64_t *values)
{
	struct io_inherited *description = (struct io_inherited *)(void *)answer->message->data;
	struct ps_thread *thread = values[0] ? ps_find_thread((HANDLE)(uintptr_t)values[0]) : NULL;
	struct ob_object *token = values[0] && !thread ? NULL : se_reference_token_of(thread);
	NTSTATUS status = STATUS_NO_TOKEN;
	int fds[2];

	if (thread)
		ob_dereference(thread);
	if (token) {
		memset(description, 0, sizeof(*description));
		status = io_describe(token, description);
		ob_dereference(token);
	}
	if (NT_SUCCESS(status)) {
		answer->size = sizeof(*description);
		give_fds(answer, fds, io_descriptors(description, fds));
	}
	return status;
}

static NTSTATUS do_set_token(struct answer *answer, const uint64_t *values, size_t size)
{
	struct ps_thread *thread = ps_find_thread((HANDLE)(uintptr_t)values[0]);
	struct io_inherited description;
	struct ob_object *token = NULL;
	NTSTATUS status = thread ? STATUS_SUCCESS : STATUS_THREAD_IS_TERMINATING;

	if (!status && size) {
		memcpy(&description, answer->message->data, sizeof(description));
		if (size != sizeof(description) || !io_put_descriptors(&description, answer->fds, answer->fd_count)) {
			status = STATUS_INVALID_PARAMETER;
		} else {
			answer->fds_given = true;
			answer->fd_count = 0;
			status = io_adopt(&description, &token);
		}
	}
	if (!status && token && token->type != &se_token_type)
		status = STATUS_OBJECT_TYPE_MISMATCH;
	if (!status)
		status = se_set_thread_token(thread, token);
	if (token)
		ob_dereference(token);
	if (thread)
		ob_dereference(thread);
	return status;
}

static NTSTATUS do_join_job(struct answer *answer, const uint64_t *values)
{
	struct ps_enrollment enrollment = {answer->fds[0], answer->fds[1], (uint32_t)values[0]};

	if (answer->fd_count != 2 || values[0] >= HOST_SHARED_HOLDERS)
		return STATUS_INVALID_PARAMETER;
	answer->fds_given = true;
	answer->fd_count = 0;
	return ps_job_join(&enrollment);
}

static NTSTATUS perform(struct answer *answer, size_t size)
{
	enum ps_operation operation = answer->message->operation;
	uint64_t *values = answer->message->values;

	/* A debugger is told of the end, and looks at what is left. */
	if (ps_is_ending() && !ps_debugged)
		return STATUS_PROCESS_IS_TERMINATING;
	switch (operation) {
	case PS_DO_READ:
		return do_read(answer, values);
	case PS_DO_WRITE:
		return do_write(answer, values, size);
	case PS_DO_ALLOCATE:
		return do_allocate(values);
	case PS_DO_FREE:
		return do_free(values);
	case PS_DO_PROTECT:
		return do_protect(values);
	case PS_DO_MAP:
		return do_map(answer, size);
	case PS_DO_UNMAP:
		return mm_unmap((uintptr_t)values[0], (ULONG)values[1]);
	case PS_DO_QUERY:
	case PS_DO_QUERY_THREAD:
	case PS_DO_QUERY_PROCESS:
		return do_query(answer, values, size, operation);
	case PS_DO_CREATE_THREAD:
		return do_create_thread(answer, values);
	case PS_DO_OPEN_THREAD:
	case PS_DO_SUSPEND:
	case PS_DO_RESUME:
	case PS_DO_TERMINATE:
	case PS_DO_GET_CONTEXT:
	case PS_DO_SET_CONTEXT:
	case PS_DO_QUEUE_APC:
	case PS_DO_SET_THREAD:
		return do_thread(answer, values, size, operation);
	case PS_DO_SET_PROCESS:
		return NtSetInformationProcess(NtCurrentProcess(), (ULONG)values[0], answer->message->data, (ULONG)size);
	case PS_DO_SUSPEND_ALL:
		ps_for_each_thread(suspend_one, NULL);
		return STATUS_SUCCESS;
	case PS_DO_RESUME_ALL:
		ps_for_each_thread(resume_one, NULL);
		return STATUS_SUCCESS;
	case PS_DO_CREATE_PROCESS:
		return do_create_process(answer, values);
	case PS_DO_GIVE_HANDLE:
		return do_give_handle(answer, values);
	case PS_DO_CLOSE_HANDLE:
		return ob_close_handle((HANDLE)(uintptr_t)values[0]);
	case PS_DO_TAKE_HANDLE:
		return do_take_handle(answer, values, size);
	case PS_DO_GIVE_TOKEN:
		return do_give_token(answer, values);
	case PS_DO_SET_TOKEN:
		return do_set_token(answer, values, size);
	case PS_DO_JOIN_JOB:
		return do_join_job(answer, values);
	case PS_DO_DEBUG_EVENT:
		return ps_debug_take_event(values[0], (const void *)answer->message->data, size);
	case PS_DO_DEBUG_COMMAND:
		return ps_debug_obey(values, answer->message->data, answer->message->room, &answer->size);
	case PS_DO_REFRESH_JOBS:
		ps_job_refresh();
		values[0] = ps_job_count();
		return STATUS_SUCCESS;
	default:
		return STATUS_NOT_IMPLEMENTED;
	}
}

/* One question; false: nobody is there any more. */
static bool serve_one(int fd, struct ps_message *message)
{
	struct host_message got = {.bytes = message, .size = sizeof(*message)};
	struct answer answer = {.message = message};
	int error = host_channel_receive(fd, &got);

	if (error)
		return false;
	memcpy(answer.fds, got.fds, sizeof(answer.fds));
	answer.fd_count = got.fd_count;
	if (got.size < PS_MESSAGE_HEADER || message->room > PS_CALL_BYTES)
		message->status = STATUS_INVALID_PARAMETER;
	else
		message->status = perform(&answer, got.size - PS_MESSAGE_HEADER);
	if (!answer.fds_given)
		close_fds(&answer);
	got.size = PS_MESSAGE_HEADER + answer.size;
	got.fd_count = answer.fd_count;
	memcpy(got.fds, answer.fds, sizeof(got.fds));
	error = host_channel_send(fd, &got);
	for (unsigned i = 0; i < answer.fd_count; i++)
		host_close(answer.fds[i]);
	return error == 0;
}

static void forget(int *fds, unsigned *count, unsigned which)
{
	memmove(&fds[which], &fds[which + 1], (--*count - which) * sizeof(*fds));
}

/* Closes the connection that was used least lately.  Its owner can ask nothing more, and comes again; what it had asked before
 * is answered. */
static void drop_oldest(int *fds, unsigned *count, struct ps_message *message)
{
	int fd = fds[1];

	forget(fds, count, 1);
	host_channel_refuse(fd);
	while (host_channel_has_message(fd) && serve_one(fd, message))
		;
	host_close(fd);
}

static void serve(void *argument)
{
	static struct ps_message message;
	int fds[CONNECTIONS + 1];
	unsigned count = 1;

	host_thread_take_signals();
	host_set_gs(NULL);
	fds[0] = host_channel_listen();
	if (fds[0] < 0) {
		/* Whoever wants it pokes again. */
		__atomic_store_n(&started, 0, __ATOMIC_SEQ_CST);
		return;
	}
	for (;;) {
		int which = host_channel_wait(fds, count);

		if (which == 0) {
			int fd = host_channel_accept(fds[0]);

			/* The oldest may have been forgotten by its owner; if not, it comes again.  It goes too when there is no
			 * descriptor for another one: who is not taken would keep the others from being heard. */
			if (fd >= 0 ? count > CONNECTIONS : (fd == -EMFILE || fd == -ENFILE) && count > 1)
				drop_oldest(fds, &count, &message);
			if (fd >= 0)
				fds[count++] = fd;
		} else if (which > 0) {
			int fd = fds[which];

			/* to the end of the line */
			forget(fds, &count, (unsigned)which);
			if (serve_one(fd, &message))
				fds[count++] = fd;
			else
				host_close(fd);
		}
	}
}

/* Whether the thread that was poked holds no lock, ours or the C library's: a thread can be made there. */
static bool may_start(const struct host_registers *registers)
{
	const struct ps_thread *self = ps_self;

	if (!self)
		return ps_thread_stays;
	switch (__atomic_load_n(&self->place, __ATOMIC_SEQ_CST)) {
	case PS_BLOCKED:
	case PS_PARKED:
	case PS_STARTING:
		return true;
	case PS_RUNNING:
		return ke_is_guest_address(registers->rip);
	default:
		return false;
	}
}

void ps_service_start(void)
{
	uint32_t none = 0;

	if (__atomic_compare_exchange_n(&started, &none, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED) &&
	    host_thread_create(serve, NULL) < 0)
		__atomic_store_n(&started, 0, __ATOMIC_SEQ_CST);
}

static void on_poke(const struct host_registers *registers)
{
	if (ps_poke_hook)
		ps_poke_hook();
	if (!__atomic_load_n(&started, __ATOMIC_SEQ_CST) && may_start(registers))
		ps_service_start();
}

void ps_service_initialize(void)
{
	host_poke_install(on_poke);
}
