/*
 * ntdll/ps/create_under.c - a child of another process (PROC_THREAD_ATTRIBUTE_PARENT_PROCESS): that process is asked to make it.
 *
 * So handles, jobs and token are inherited from it, as NT has it; what stands in STARTUPINFO are handles of its own.  The creation
 * travels as a file in memory.  The child stands at its gate until the asker has it.
 */
#include "host/file.h"
#include "host/vm.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/job.h"
#include "ntdll/ps/job_calls.h"
#include "ntdll/ps/remote.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS 8u
#define LONGEST (64u << 20)

struct package {
	uint32_t flags, handle_count;
	struct ps_startup startup;
	struct ps_debug_link debug;
	uint64_t standard[3];
	uint64_t sizes[TEXTS]; /* of the texts, which follow; behind them the list of handles */
};

static void texts_of(struct ps_process_creation *creation, struct ps_text *texts[TEXTS])
{
	struct ps_text *all[TEXTS] = {&creation->image,	      &creation->command_line, &creation->directory, &creation->environment,
				      &creation->title,	      &creation->desktop,      &creation->runtime,   &creation->token_record};

	memcpy(texts, all, sizeof(all));
}

static size_t rounded(uint64_t bytes)
{
	return ((size_t)bytes + 7) & ~(size_t)7;
}

/* *fd: the package. */
static NTSTATUS pack(const struct ps_process_creation *given, int *fd, size_t *size)
{
	struct ps_process_creation creation = *given;
	struct ps_text *texts[TEXTS];
	struct package *package;
	NTSTATUS status = STATUS_SUCCESS;
	char *at;

	texts_of(&creation, texts);
	*size = sizeof(*package) + creation.handle_count * sizeof(HANDLE);
	for (unsigned i = 0; i < TEXTS; i++)
		*size += rounded(texts[i]->bytes);
	package = calloc(1, *size);
	if (!package)
		return STATUS_NO_MEMORY;
	package->flags = creation.flags | PS_CREATE_PROCESS_SUSPENDED | (creation.handle_list ? PS_CREATE_PROCESS_LISTED : 0);
	package->handle_count = (uint32_t)creation.handle_count;
	package->startup = creation.startup;
	package->debug = creation.debug;
	for (unsigned i = 0; i < 3; i++)
		package->standard[i] = (uintptr_t)creation.standard[i];
	at = (char *)(package + 1);
	for (unsigned i = 0; i < TEXTS; i++) {
		package->sizes[i] = texts[i]->bytes;
		if (texts[i]->bytes)
			memcpy(at, texts[i]->text, texts[i]->bytes);
		at += rounded(texts[i]->bytes);
	}
	if (creation.handle_count)
		memcpy(at, creation.handle_list, creation.handle_count * sizeof(HANDLE));
	*fd = host_memfd_create("pewter-creation", 0);
	if (*fd < 0) {
		status = STATUS_INSUFFICIENT_RESOURCES;
	} else if (host_pwrite(*fd, package, *size, 0) != (ssize_t)*size) {
		host_close(*fd);
		status = STATUS_INSUFFICIENT_RESOURCES;
	}
	free(package);
	return status;
}

static bool unpack(const struct package *package, size_t size, struct ps_process_creation *creation)
{
	struct ps_text *texts[TEXTS];
	const char *at = (const char *)(package + 1);
	size_t left = size - sizeof(*package);

	*creation = (struct ps_process_creation){.flags = package->flags & ~PS_CREATE_PROCESS_LISTED, .startup = package->startup,
						.debug = package->debug};
	for (unsigned i = 0; i < 3; i++)
		creation->standard[i] = (HANDLE)(uintptr_t)package->standard[i];
	texts_of(creation, texts);
	for (unsigned i = 0; i < TEXTS; i++) {
		if (package->sizes[i] > left || rounded(package->sizes[i]) > left)
			return false;
		*texts[i] = (struct ps_text){at, (size_t)package->sizes[i]};
		at += rounded(package->sizes[i]);
		left -= rounded(package->sizes[i]);
	}
	if (package->handle_count != left / sizeof(HANDLE))
		return false;
	if (package->flags & PS_CREATE_PROCESS_LISTED) {
		creation->handle_list = (const HANDLE *)(const void *)at;
		creation->handle_count = package->handle_count;
	}
	return creation->token_record.bytes == 0 || creation->token_record.bytes == se_token_record_size();
}

NTSTATUS ps_create_for_another(int fd, uint64_t size, HANDLE *id)
{
	struct package *package = size >= sizeof(*package) && size <= LONGEST ? malloc((size_t)size) : NULL;
	struct ps_process_creation creation;
	HANDLE process, thread;
	CLIENT_ID client;
	NTSTATUS status = STATUS_INVALID_PARAMETER;

	if (package && host_pread(fd, package, (size_t)size, 0) == (ssize_t)size && unpack(package, (size_t)size, &creation))
		status = ps_create_process(&creation, &process, &thread, &client);
	free(package);
	if (!NT_SUCCESS(status))
		return status;
	*id = client.UniqueProcess;
	ob_close_handle(thread);
	ob_close_handle(process);
	return status;
}

/* Into the caller's jobs, and off. */
static NTSTATUS finish(const struct ps_process_creation *creation, HANDLE process, HANDLE thread)
{
	NTSTATUS status = STATUS_SUCCESS;
	ULONG count;

	for (size_t i = 0; i < creation->job_count && NT_SUCCESS(status); i++)
		status = NtAssignProcessToJobObject(creation->job_list[i], process);
	if (NT_SUCCESS(status) && !(creation->flags & PS_CREATE_PROCESS_SUSPENDED))
		status = NtResumeThread(thread, &count);
	return status;
}

NTSTATUS ps_create_under(struct ps_process *parent, const struct ps_process_creation *creation, HANDLE *process_handle,
			 HANDLE *thread_handle, CLIENT_ID *id)
{
	struct ps_call call = {.operation = PS_DO_CREATE_PROCESS, .fd_count = 1};
	struct ps_process_creation sent = *creation;
	struct se_token_record *record = NULL;
	struct ps_process *process = NULL;
	struct ps_thread *thread = NULL;
	NTSTATUS status = STATUS_SUCCESS;
	size_t size;

	*process_handle = *thread_handle = NULL;
	if (creation->token)
		status = se_token_for_child(creation->token, &record);
	if (record)
		sent.token_record = (struct ps_text){record, se_token_record_size()};
	if (NT_SUCCESS(status))
		status = pack(&sent, &call.fds[0], &size);
	free(record);
	if (!NT_SUCCESS(status))
		return status;
	call.values[0] = size;
	{
		int package = call.fds[0];

		status = ps_ask(parent, &call);
		host_close(package);
	}
	if (!NT_SUCCESS(status))
		return status;
	id->UniqueProcess = (HANDLE)(uintptr_t)call.values[0];
	id->UniqueThread = PS_THREAD_ID((uintptr_t)call.values[0] / 4, 1);
	status = ps_open_foreign(id->UniqueProcess, &process);
	if (NT_SUCCESS(status) && creation->debug.debugger)
		status = ps_debug_add(creation->debug.key, process);
	if (NT_SUCCESS(status))
		status = ps_open_foreign_thread(id->UniqueThread, &thread);
	if (NT_SUCCESS(status))
		status = ob_create_handle(process, ps_process_type.all, creation->process_attributes, process_handle);
	if (NT_SUCCESS(status))
		status = ob_create_handle(thread, ps_thread_type.all, creation->thread_attributes, thread_handle);
	if (NT_SUCCESS(status))
		status = finish(creation, *process_handle, *thread_handle);
	if (!NT_SUCCESS(status)) {
		if (process)
			ps_terminate_child(process, (DWORD)status);
		if (*thread_handle)
			ob_close_handle(*thread_handle);
		if (*process_handle)
			ob_close_handle(*process_handle);
		*process_handle = *thread_handle = NULL;
	}
	if (thread)
		ob_dereference(thread);
	if (process)
		ob_dereference(process);
	return status;
}
