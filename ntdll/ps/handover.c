/*
 * ntdll/ps/handover.c - being a child: what the parent gave is taken over.
 */
#include "ntdll/ps/handover.h"
#include "host/file.h"
#include "host/image_file.h"
#include "host/spawn.h"

#include <string.h>

static struct ps_handover *handover;

static bool text_fits(const struct ps_handover *from, const struct ps_handover_text *text)
{
	return text->offset <= from->size && text->bytes <= from->size - text->offset;
}

static bool is_valid(const struct ps_handover *from, uint64_t size)
{
	if (from->magic != PS_HANDOVER_MAGIC || from->size > size)
		return false;
	for (unsigned i = 0; i < PS_TEXTS; i++)
		if (!text_fits(from, &from->text[i]))
			return false;
	return from->handles <= from->size &&
	       from->handle_count <= (from->size - from->handles) / sizeof(struct io_inherited);
}

bool ps_handover_open(int fd)
{
	struct host_stat stat;

	if (host_take_inherited(fd) < 0 || host_stat_fd(fd, &stat) < 0 || stat.size < sizeof(*handover))
		return false;
	/* The descriptor stays open: others find it there (foreign.c). */
	handover = host_memfd_map(fd, stat.size, false);
	if (!handover)
		return false;
	if (!is_valid(handover, stat.size)) {
		handover = NULL;
		return false;
	}
	__atomic_store_n(&handover->pid, host_process_id(), __ATOMIC_RELEASE);
	return true;
}

struct ps_handover *ps_own_handover(void)
{
	return handover;
}

bool ps_error_is_captured(void)
{
	return handover && handover->error_captured;
}

static const void *text_of(unsigned which)
{
	return (const char *)handover + handover->text[which].offset;
}

bool ps_handover_start(struct ps_process_start *start)
{
	if (!handover)
		return false;
	ps_inherited_flags = handover->inherited_flags;
	start->global_flags = handover->global_flags;
	start->command_line = text_of(PS_TEXT_COMMAND_LINE);
	start->current_directory = text_of(PS_TEXT_DIRECTORY);
	start->environment = text_of(PS_TEXT_ENVIRONMENT);
	start->environment_chars = handover->text[PS_TEXT_ENVIRONMENT].bytes / sizeof(char16_t);
	return true;
}

/* A copy in guest memory, which lives as long as the process. */
static bool set_string(UNICODE_STRING *to, unsigned which, bool keep_default)
{
	uint32_t bytes = handover->text[which].bytes;

	if (!bytes && keep_default)
		return true;
	to->Length = to->MaximumLength = 0;
	to->Buffer = NULL;
	if (!bytes)
		return true;
	to->Buffer = ps_guest_alloc(bytes + sizeof(WCHAR));
	if (!to->Buffer)
		return false;
	memcpy(to->Buffer, text_of(which), bytes);
	to->Length = to->MaximumLength = (USHORT)bytes;
	if (which != PS_TEXT_RUNTIME)
		to->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
	return true;
}

NTSTATUS ps_handover_finish(void)
{
	RTL_USER_PROCESS_PARAMETERS *parameters = ps_peb->ProcessParameters;
	const struct ps_startup *startup = &handover->startup;
	NTSTATUS status;

	parameters->StartingX = startup->x;
	parameters->StartingY = startup->y;
	parameters->CountX = startup->width;
	parameters->CountY = startup->height;
	parameters->CountCharsX = startup->columns;
	parameters->CountCharsY = startup->rows;
	parameters->FillAttribute = startup->fill;
	parameters->WindowFlags = startup->flags;
	parameters->ShowWindowFlags = startup->show;
	if (!set_string(&parameters->WindowTitle, PS_TEXT_TITLE, true) ||
	    !set_string(&parameters->DesktopInfo, PS_TEXT_DESKTOP, true) ||
	    !set_string(&parameters->RuntimeData, PS_TEXT_RUNTIME, false))
		return STATUS_NO_MEMORY;
	if (handover->text[PS_TEXT_TOKEN].bytes) {
		status = handover->text[PS_TEXT_TOKEN].bytes == se_token_record_size() ? se_start_with_token(text_of(PS_TEXT_TOKEN))
											: STATUS_INVALID_PARAMETER;
		if (!NT_SUCCESS(status))
			return status;
	}
	parameters->StandardInput = (HANDLE)(uintptr_t)handover->standard[0];
	parameters->StandardOutput = (HANDLE)(uintptr_t)handover->standard[1];
	parameters->StandardError = (HANDLE)(uintptr_t)handover->standard[2];
	ps_own_process.parent = (HANDLE)(uintptr_t)handover->parent;
	__atomic_store_n(&handover->peb, (uint64_t)(uintptr_t)ps_peb, __ATOMIC_RELEASE);
	for (uint32_t i = 0; i < handover->job_count && i < PS_JOBS; i++) {
		host_take_inherited(handover->jobs[i].record);
		host_take_inherited(handover->jobs[i].line);
		status = ps_job_join(&handover->jobs[i]);
		if (!NT_SUCCESS(status))
			return status;
	}
	status = io_inherit((const struct io_inherited *)((const char *)handover + handover->handles), handover->handle_count);
	if (NT_SUCCESS(status))
		io_mark_standard((const HANDLE[]){parameters->StandardInput, parameters->StandardOutput, parameters->StandardError});
	return status;
}

void ps_handover_debug(void)
{
	if (handover)
		ps_debug_start(&handover->debug);
}

void ps_handover_exit(DWORD code)
{
	if (handover)
		ps_handover_set_code(handover, code);
}
