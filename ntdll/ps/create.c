/*
 * ntdll/ps/create.c - child processes: making, watching and ending them.
 *
 * Each living child has a watcher, a host thread that waits for its end and then signals the objects.  What can be inherited
 * is files and what ob/shared.h shares; handles of other objects are missing in the child.
 */
#include "ntdll/ps/create.h"
#include "host/file.h"
#include "host/image_file.h"
#include "host/spawn.h"
#include "host/vm.h"
#include "ntdll/ldr.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/handover.h"
#include "ntdll/ps/remote.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct collected {
	struct io_inherited *list;
	struct ob_object **objects; /* of each; compared only */
	uint32_t count, capacity;
	const struct ps_process_creation *creation;
	struct ps_job_start jobs;
	struct ps_debug_link debug;
	struct ps_text token; /* its record; none: as every process' is */
	NTSTATUS status;
};

static bool reserve(struct collected *collected)
{
	uint32_t capacity = collected->capacity ? collected->capacity * 2 : 16;
	void *list, *objects;

	if (collected->count < collected->capacity)
		return true;
	list = realloc(collected->list, capacity * sizeof(*collected->list));
	if (list)
		collected->list = list;
	objects = realloc(collected->objects, capacity * sizeof(*collected->objects));
	if (objects)
		collected->objects = objects;
	if (!list || !objects) {
		collected->status = STATUS_NO_MEMORY;
		return false;
	}
	collected->capacity = capacity;
	return true;
}

/* Adds a handle of the child for an object of ours; the entry, or NULL for what cannot be passed. */
static struct io_inherited *add(struct collected *collected, HANDLE value, struct ob_object *object, ACCESS_MASK access,
				ULONG attributes)
{
	struct io_inherited *entry;

	if (!reserve(collected))
		return NULL;
	entry = &collected->list[collected->count];
	memset(entry, 0, sizeof(*entry));
	entry->object = collected->count;
	for (uint32_t i = 0; i < collected->count; i++) {
		if (collected->objects[i] == object) {
			*entry = collected->list[i];
			break;
		}
	}
	if (entry->object == collected->count && !NT_SUCCESS(io_describe(object, entry)))
		return NULL;
	entry->handle = (uintptr_t)value;
	entry->handle_access = access;
	entry->handle_attributes = attributes;
	collected->objects[collected->count++] = object;
	return entry;
}

static bool is_listed(const struct ps_process_creation *creation, HANDLE handle)
{
	if (!creation->handle_list)
		return true;
	for (size_t i = 0; i < creation->handle_count; i++)
		if (((uintptr_t)creation->handle_list[i] & ~(uintptr_t)3) == (uintptr_t)handle)
			return true;
	return false;
}

static bool collect_one(HANDLE handle, struct ob_object *object, ACCESS_MASK access, ULONG flags, void *context)
{
	struct collected *collected = context;

	if (flags & HANDLE_FLAG_INHERIT && is_listed(collected->creation, handle))
		add(collected, handle, object, access,
		    OBJ_INHERIT | (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE ? OB_PROTECT_CLOSE : 0));
	return NT_SUCCESS(collected->status);
}

static struct io_inherited *find_collected(struct collected *collected, HANDLE handle)
{
	for (uint32_t i = 0; i < collected->count; i++)
		if (collected->list[i].handle == ((uintptr_t)handle & ~(uintptr_t)3))
			return &collected->list[i];
	return NULL;
}

/* A value for a handle that the child gets though it is not inheritable: one that no inherited handle has. */
static HANDLE free_value(struct collected *collected)
{
	uintptr_t value = 4;

	while (find_collected(collected, (HANDLE)value))
		value += 4;
	return (HANDLE)value;
}

/* The standard handles' values in the child, and the descriptors behind them (execution facts, rows 140 to 142). */
static void choose_standard(struct collected *collected, uint64_t values[3], int fds[3])
{
	const struct ps_process_creation *creation = collected->creation;
	const RTL_USER_PROCESS_PARAMETERS *parameters = ps_peb->ProcessParameters;
	const HANDLE own[3] = {parameters->StandardInput, parameters->StandardOutput, parameters->StandardError};
	bool hidden = creation->flags & (PS_CREATE_PROCESS_DETACHED | PS_CREATE_PROCESS_NO_WINDOW);

	for (unsigned i = 0; i < 3; i++) {
		bool given = creation->flags & PS_CREATE_PROCESS_STANDARD;
		HANDLE handle = given ? creation->standard[i] : own[i];
		struct io_inherited *entry;
		ACCESS_MASK access;
		ULONG flags;
		void *object;

		values[i] = 0;
		/* Messages of ours may still be wanted where there is a terminal to show them. */
		fds[i] = hidden || i < 2 ? HOST_SPAWN_NOTHING : 2;
		if ((intptr_t)handle <= 0)
			continue;
		if (given) {
			if (!(creation->flags & PS_CREATE_PROCESS_INHERIT))
				continue;
			values[i] = (uintptr_t)handle;
			entry = find_collected(collected, handle);
			if (entry)
				fds[i] = entry->fd;
			continue;
		}
		if (creation->flags & PS_CREATE_PROCESS_DETACHED)
			continue;
		entry = creation->flags & PS_CREATE_PROCESS_INHERIT ? find_collected(collected, handle) : NULL;
		if (!entry && !ob_query_handle(handle, &access, &flags) &&
		    !ob_reference_by_handle(handle, NULL, 0, &object)) {
			entry = add(collected, free_value(collected), object, access,
				    flags & HANDLE_FLAG_INHERIT ? OBJ_INHERIT : 0);
			ob_dereference(object);
		}
		if (entry) {
			values[i] = entry->handle;
			fds[i] = entry->fd;
		}
	}
}

/* A window that nobody sees: what the child writes goes nowhere. */
static void hide_standard(struct collected *collected, uint64_t values[3], int fds[3])
{
	const struct ps_process_creation *creation = collected->creation;

	if (!(creation->flags & PS_CREATE_PROCESS_NO_WINDOW) || creation->flags & PS_CREATE_PROCESS_STANDARD)
		return;
	for (unsigned i = 0; i < 3; i++) {
		struct io_inherited *entry = NULL;

		for (uint32_t j = 0; j < collected->count; j++)
			if (collected->list[j].handle == values[i])
				entry = &collected->list[j];
		/* Only consoles are hidden; files and pipes stay what they are. */
		if (entry && host_is_terminal(entry->fd)) {
			values[i] = 0;
			fds[i] = HOST_SPAWN_NOTHING;
		}
	}
}

static uint32_t place(struct ps_handover *handover, uint32_t at, unsigned which, const struct ps_text *text, bool terminate)
{
	handover->text[which] = (struct ps_handover_text){at, (uint32_t)text->bytes};
	if (text->bytes)
		memcpy((char *)handover + at, text->text, text->bytes);
	/* The memfd is zero behind it. */
	return at + (((uint32_t)text->bytes + (terminate ? 2u : 0u) + 7u) & ~7u);
}

/* What ntdll sets in a process that a debugger starts (heap facts): checks of a block's ends, of freed blocks, of parameters. */
#define PS_DEBUG_HEAP 0x70u

static bool has_variable(const struct ps_text *environment, const char16_t *wanted)
{
	const char16_t *at = environment->text, *end = at + environment->bytes / sizeof(char16_t);
	size_t length = rtl_wcslen(wanted);

	while (at < end && *at) {
		size_t here = rtl_wcslen(at);

		if (!rtl_compare_nocase(at, here, wanted, length))
			return true;
		at += here + 1;
	}
	return false;
}

/* Makes the memfd, filled but for standard handles; mapped at *result. */
static NTSTATUS make_handover(const struct collected *collected, struct ps_handover **result, int *fd)
{
	const struct ps_process_creation *creation = collected->creation;
	const struct ps_text *texts[PS_TEXTS] = {&creation->command_line, &creation->directory, &creation->environment,
						 &creation->title, &creation->desktop, &creation->runtime,
						 &collected->token};
	size_t handles = collected->count * sizeof(struct io_inherited), size = sizeof(struct ps_handover) + handles + 16;
	struct ps_handover *handover;
	uint32_t at;

	for (unsigned i = 0; i < PS_TEXTS; i++)
		size += texts[i]->bytes + 16;
	if (size > INT_MAX)
		return STATUS_NO_MEMORY;
	*fd = host_memfd_create(PS_HANDOVER_NAME, size);
	if (*fd < 0)
		return STATUS_NO_MEMORY;
	handover = host_memfd_map(*fd, size, false);
	if (!handover) {
		host_close(*fd);
		return STATUS_NO_MEMORY;
	}
	handover->magic = PS_HANDOVER_MAGIC;
	handover->size = (uint32_t)size;
	handover->suspended = creation->flags & PS_CREATE_PROCESS_SUSPENDED ? 1 : PS_GATE_OPEN;
	handover->parent = (uint32_t)(uintptr_t)ps_own_process.id;
	handover->startup = creation->startup;
	handover->inherited_flags = ps_inherited_flags;
	handover->global_flags = ps_global_flags_of(creation->image.text, creation->image.bytes / sizeof(char16_t));
	handover->debug = collected->debug;
	if (collected->debug.debugger && !handover->global_flags && !has_variable(&creation->environment, u"_NO_DEBUG_HEAP=1"))
		handover->global_flags = PS_DEBUG_HEAP;
	at = (sizeof(*handover) + 7) & ~7u;
	handover->handles = at;
	handover->handle_count = collected->count;
	handover->job_count = handover->in_job = collected->jobs.count;
	memcpy(handover->jobs, collected->jobs.enrollments, sizeof(handover->jobs));
	if (handles)
		memcpy((char *)handover + at, collected->list, handles);
	at += ((uint32_t)handles + 7) & ~7u;
	for (unsigned i = 0; i < PS_TEXTS; i++)
		at = place(handover, at, i, texts[i], true);
	*result = handover;
	return STATUS_SUCCESS;
}

/* What a child that died without a word ended with. */
static DWORD code_of_end(int code, int signal)
{
	switch (signal) {
	case 0:
		return (DWORD)code;
	case HOST_CHILD_CRASHED:
		return (DWORD)STATUS_ACCESS_VIOLATION;
	case HOST_CHILD_INTERRUPTED:
		return 0xC000013A; /* STATUS_CONTROL_C_EXIT */
	default:
		return 1;
	}
}

/* The watcher: owns a reference to the thread, which has one to the process. */
static void watch(void *argument)
{
	struct ps_thread *thread = argument;
	struct ps_process *process = thread->child;
	int code, signal;
	uint64_t ended;

	host_child_wait(process->child, &code, &signal);
	ps_handover_set_code(process->handover, code_of_end(code, signal));
	ended = __atomic_load_n(&process->handover->ended, __ATOMIC_ACQUIRE);
	host_child_times(process->child, &process->times[0], &process->times[1]);
	process->exit_time = thread->exit_time = (uint64_t)rtl_system_time();
	__atomic_store_n(&thread->exit_code, (DWORD)ended, __ATOMIC_RELEASE);
	__atomic_store_n(&process->exit_code, (DWORD)ended, __ATOMIC_RELEASE);
	thread->place = PS_ENDED;
	ps_debug_debuggee_ended(process);
	ps_debug_debugger_ended(process);
	ke_set(&thread->ended);
	ke_set(&process->ended);
	ps_end_remote_threads(process);
	ob_dereference(thread);
}

void ps_destroy_child(struct ps_process *process)
{
	if (process->own)
		return;
	ps_forget(process);
	if (process->handover)
		host_memfd_unmap(process->handover, process->handover->size);
	if (process->child)
		host_child_free(process->child);
	for (unsigned i = 0; i < process->channel_count; i++)
		host_close(process->channels[i]);
	free(process->image_name.Buffer);
}

NTSTATUS ps_terminate_child(struct ps_process *process, DWORD code)
{
	if (__atomic_load_n(&process->exit_code, __ATOMIC_ACQUIRE) != STILL_ACTIVE)
		return STATUS_PROCESS_IS_TERMINATING;
	ps_handover_set_code(process->handover, code);
	return host_child_kill(process->child) < 0 ? STATUS_PROCESS_IS_TERMINATING : STATUS_SUCCESS;
}

NTSTATUS ps_make_foreign(struct ps_process **process, struct ps_thread **thread)
{
	struct ps_process *made = ob_create(&ps_process_type, sizeof(*made));
	struct ps_thread *first = made ? ob_create(&ps_thread_type, sizeof(*first)) : NULL;

	if (!first) {
		if (made)
			ob_dereference(made);
		return STATUS_NO_MEMORY;
	}
	ke_dispatcher_initialize(&made->ended, KE_NOTIFICATION, 0);
	made->exit_code = STILL_ACTIVE;
	made->priority_class = 2;
	ke_dispatcher_initialize(&first->ended, KE_NOTIFICATION, 0);
	first->exit_code = STILL_ACTIVE;
	first->apc_closed = true;
	first->affinity = host_process_affinity();
	ob_reference(made);
	first->child = made;
	*process = made;
	*thread = first;
	return STATUS_SUCCESS;
}

NTSTATUS ps_watch_foreign(struct ps_thread *thread)
{
	ob_reference(thread);
	if (host_thread_create(watch, thread) == 0)
		return STATUS_SUCCESS;
	ob_dereference(thread);
	return STATUS_NO_MEMORY;
}

static NTSTATUS make_objects(const struct ps_process_creation *creation, struct ps_process **process,
			     struct ps_thread **thread)
{
	NTSTATUS status = ps_make_foreign(process, thread);
	struct ps_process *made = *process;

	if (status)
		return status;
	made->parent = ps_own_process.id;
	made->create_time = (*thread)->create_time = (uint64_t)rtl_system_time();
	made->image_name.Buffer = malloc(creation->image.bytes + 2);
	if (!made->image_name.Buffer)
		return STATUS_NO_MEMORY;
	memcpy(made->image_name.Buffer, creation->image.text, creation->image.bytes);
	made->image_name.Length = made->image_name.MaximumLength = (USHORT)creation->image.bytes;
	return STATUS_SUCCESS;
}

struct start {
	const struct collected *collected;
	const char *path;
	int fd, standard[3];
	struct ps_process *process;
	NTSTATUS status;
};

static void *start_child(void *argument)
{
	struct start *start = argument;
	const struct collected *collected = start->collected;
	struct host_spawn spawn = {
		.standard = {start->standard[0], start->standard[1], start->standard[2]},
		.detach = collected->creation->flags & PS_CREATE_PROCESS_DETACHED,
	};
	int *keep = malloc((2 * (size_t)collected->count + 2 * PS_JOBS + 1) * sizeof(*keep));
	char option[32], limit[48];
	char *arguments[] = {(char *)"pewter", option, limit, (char *)"--", (char *)start->path, NULL};
	int result;

	snprintf(option, sizeof(option), "--handover=%d", start->fd);
	snprintf(limit, sizeof(limit), "--commit-limit=%" PRIu64, ps_job_commit_limit());
	if (!ps_job_commit_limit())
		memmove(&arguments[2], &arguments[3], 3 * sizeof(*arguments));
	if (!keep) {
		start->status = STATUS_NO_MEMORY;
		return NULL;
	}
	for (uint32_t i = 0; i < collected->count; i++) {
		if (collected->list[i].object != i)
			continue;
		if (collected->list[i].fd >= 0)
			keep[spawn.keep_count++] = collected->list[i].fd;
		if (collected->list[i].memory >= 0)
			keep[spawn.keep_count++] = collected->list[i].memory;
	}
	for (unsigned i = 0; i < collected->jobs.count; i++) {
		keep[spawn.keep_count++] = collected->jobs.enrollments[i].record;
		keep[spawn.keep_count++] = collected->jobs.enrollments[i].line;
	}
	keep[spawn.keep_count++] = start->fd;
	spawn.keep = keep;
	spawn.arguments = arguments;
	result = host_spawn(&spawn, &start->process->child, &start->process->pid);
	free(keep);
	start->status = result < 0 ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
	return NULL;
}

/* Whether what the child writes to its standard error comes to another program of Windows, or to a file of one's. */
static bool captures_error(int fd)
{
	struct host_stat own, given;

	return ps_error_is_captured() || fd < 0 || host_stat_fd(2, &own) < 0 || host_stat_fd(fd, &given) < 0 ||
	       own.device != given.device || own.inode != given.inode;
}

static NTSTATUS start_collected(struct collected *collected, const char *path, struct ps_process *process)
{
	struct start start = {.collected = collected, .path = path, .process = process, .fd = -1};
	uint64_t values[3];
	NTSTATUS status;

	choose_standard(collected, values, start.standard);
	hide_standard(collected, values, start.standard);
	status = collected->status;
	if (NT_SUCCESS(status))
		status = make_handover(collected, &process->handover, &start.fd);
	if (!NT_SUCCESS(status))
		return status;
	for (unsigned i = 0; i < 3; i++)
		process->handover->standard[i] = values[i];
	process->handover->error_captured = captures_error(start.standard[2]);
	host_stack_call(start_child, &start);
	if (NT_SUCCESS(start.status))
		__atomic_store_n(&process->handover->pid, process->pid, __ATOMIC_RELEASE);
	host_close(start.fd);
	return start.status;
}

/* Handles for both, and the watcher.  A child that cannot be watched is ended. */
static NTSTATUS publish(const struct ps_process_creation *creation, struct ps_process *process, struct ps_thread *thread,
			HANDLE *process_handle, HANDLE *thread_handle)
{
	NTSTATUS status = ob_create_handle(process, ps_process_type.all, creation->process_attributes, process_handle);

	if (NT_SUCCESS(status)) {
		status = ob_create_handle(thread, ps_thread_type.all, creation->thread_attributes, thread_handle);
		if (!NT_SUCCESS(status))
			ob_close_handle(*process_handle);
	}
	ob_reference(thread);
	if (NT_SUCCESS(status) && host_thread_create(watch, thread) == 0)
		return STATUS_SUCCESS;
	if (NT_SUCCESS(status)) {
		ob_close_handle(*process_handle);
		ob_close_handle(*thread_handle);
		status = STATUS_NO_MEMORY;
	}
	host_child_kill(process->child);
	watch(thread);
	return status;
}

/* Places in the jobs that the child is to be in. */
static NTSTATUS collect_jobs(struct collected *collected)
{
	const struct ps_process_creation *creation = collected->creation;
	struct ob_object *given[PS_JOBS];
	size_t count = 0;
	NTSTATUS status = creation->job_count > PS_JOBS ? STATUS_QUOTA_EXCEEDED : STATUS_SUCCESS;

	for (; count < creation->job_count && !status; count++) {
		status = ob_reference_by_handle(creation->job_list[count], &ps_job_type, JOB_OBJECT_ASSIGN_PROCESS,
						(void **)&given[count]);
		if (status)
			break;
	}
	if (!status)
		status = ps_job_start(&collected->jobs, creation->flags & PS_CREATE_PROCESS_BREAKAWAY, given, count);
	while (count)
		ob_dereference(given[--count]);
	return status;
}

NTSTATUS ps_create_process(const struct ps_process_creation *creation, HANDLE *process_handle, HANDLE *thread_handle,
			   CLIENT_ID *id)
{
	struct collected collected = {.creation = creation};
	struct ps_process *process = NULL;
	struct ps_thread *thread = NULL;
	struct se_token_record *token = NULL;
	struct io_narrow path;
	NTSTATUS status;

	*process_handle = *thread_handle = NULL;
	io_narrow_init(&path);
	status = io_unix_path_from_dos(creation->image.text, creation->image.bytes / 2, true, &path);
	if (NT_SUCCESS(status))
		status = path.failed ? STATUS_NO_MEMORY : ldr_operations.probe_program(path.text);
	if (NT_SUCCESS(status))
		status = make_objects(creation, &process, &thread);
	if (NT_SUCCESS(status))
		status = creation->token_record.bytes ? STATUS_SUCCESS : se_token_for_child(creation->token, &token);
	collected.token = creation->token_record;
	if (token)
		collected.token = (struct ps_text){token, se_token_record_size()};
	collected.debug = creation->debug.debugger ? creation->debug : ps_debug_for_child();
	if (NT_SUCCESS(status)) {
		if (creation->flags & PS_CREATE_PROCESS_INHERIT)
			ob_for_each_handle(collect_one, &collected);
		status = collect_jobs(&collected);
		if (NT_SUCCESS(status)) {
			status = start_collected(&collected, path.text, process);
			ps_job_started(&collected.jobs, NT_SUCCESS(status) ? process->pid : 0);
		}
	}
	if (NT_SUCCESS(status)) {
		process->id = (HANDLE)(uintptr_t)(process->pid * 4ull);
		thread->tid = process->pid;
		thread->id = PS_THREAD_ID(thread->tid, 1);
		*id = (CLIENT_ID){process->id, thread->id};
		ps_know(process, thread);
		if (collected.debug.debugger == (uintptr_t)ps_own_process.id)
			ps_debug_add(collected.debug.key, process);
		status = publish(creation, process, thread, process_handle, thread_handle);
	}
	for (uint32_t i = 0; i < collected.count; i++) {
		if (collected.list[i].object != i)
			continue;
		if (collected.list[i].fd >= 0)
			host_close(collected.list[i].fd);
		if (collected.list[i].memory >= 0)
			host_close(collected.list[i].memory);
	}
	free(collected.list);
	free(collected.objects);
	free(token);
	if (thread)
		ob_dereference(thread);
	if (process)
		ob_dereference(process);
	io_narrow_free(&path);
	return status;
}
