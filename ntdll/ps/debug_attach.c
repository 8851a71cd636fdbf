/*
 * ntdll/ps/debug_attach.c - debugging a process that runs already, and letting it go.
 *
 * What a debugger would have been told from the beginning it is told now, as NT's kernel does: the process, its threads, its
 * DLLs.  The debuggee stands meanwhile; which DLLs it has is read from its loader's lists.
 */
#include "ntdll/nt.h"
#include "ntdll/ps/debug_object.h"
#include "ntdll/ps/remote.h"
#include "nt/pe.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

/* More than this many DLLs: the lists have been damaged. */
#define MOST_DLLS 10000u
#define LONGEST_NAME 32767u

struct attach {
	struct ps_debug_object *object;
	struct ps_process *process;
	struct ps_debug_thread *threads;
	size_t thread_count;
	char16_t *name; /* LONGEST_NAME units */
	PEB peb;
};

static bool read_there(struct attach *attach, const void *address, void *to, size_t size)
{
	size_t done;

	return NT_SUCCESS(ps_copy_remote(attach->process, (uintptr_t)address, to, size, false, &done));
}

static bool read_name(struct attach *attach, const UNICODE_STRING *from, UNICODE_STRING *name)
{
	*name = (UNICODE_STRING){.Buffer = attach->name, .Length = from->Length & ~1u};
	return name->Length <= LONGEST_NAME * sizeof(char16_t) && read_there(attach, from->Buffer, attach->name, name->Length);
}

static void debug_information(struct attach *attach, const void *base, ULONG *offset, ULONG *size)
{
	IMAGE_DOS_HEADER dos;
	IMAGE_NT_HEADERS64 headers;

	if (read_there(attach, base, &dos, sizeof(dos)) &&
	    read_there(attach, (const char *)base + dos.e_lfanew, &headers, sizeof(headers))) {
		*offset = headers.FileHeader.PointerToSymbolTable;
		*size = headers.FileHeader.NumberOfSymbols;
	}
}

static struct ps_debug_message new_message(struct attach *attach, DBG_STATE state, const struct ps_debug_thread *thread)
{
	struct ps_debug_message message = {.change.NewState = state};

	message.change.AppClientId.UniqueProcess = attach->process->id;
	message.change.AppClientId.UniqueThread = (HANDLE)(uintptr_t)thread->id;
	return message;
}

static NTSTATUS tell_process(struct attach *attach)
{
	struct ps_debug_message message = new_message(attach, DbgCreateProcessStateChange, &attach->threads[0]);
	DBGKM_CREATE_PROCESS *process = &message.change.StateInfo.CreateProcessInfo.NewProcess;
	RTL_USER_PROCESS_PARAMETERS parameters;
	UNICODE_STRING name = {0};

	process->BaseOfImage = attach->peb.ImageBaseAddress;
	process->InitialThread.StartAddress = (PVOID)(uintptr_t)attach->threads[0].start;
	debug_information(attach, process->BaseOfImage, &process->DebugInfoFileOffset, &process->DebugInfoSize);
	if (!read_there(attach, attach->peb.ProcessParameters, &parameters, sizeof(parameters)) ||
	    !read_name(attach, &parameters.ImagePathName, &name))
		name.Length = 0;
	return ps_debug_make_event(attach->object, attach->process, &message, &name);
}

static NTSTATUS tell_threads(struct attach *attach)
{
	NTSTATUS status = STATUS_SUCCESS;

	for (size_t i = 1; i < attach->thread_count && !status; i++) {
		struct ps_debug_message message = new_message(attach, DbgCreateThreadStateChange, &attach->threads[i]);

		message.change.StateInfo.CreateThread.NewThread.StartAddress = (PVOID)(uintptr_t)attach->threads[i].start;
		status = ps_debug_make_event(attach->object, attach->process, &message, NULL);
	}
	return status;
}

/* The name of a DLL is where its entry points to it. */
static NTSTATUS tell_dlls(struct attach *attach)
{
	LDR_DATA_TABLE_ENTRY entry;
	PEB_LDR_DATA lists;
	const LIST_ENTRY *at, *head;
	NTSTATUS status = STATUS_SUCCESS;

	if (!attach->peb.Ldr || !read_there(attach, attach->peb.Ldr, &lists, sizeof(lists)))
		return STATUS_SUCCESS;
	head = &attach->peb.Ldr->InLoadOrderModuleList;
	at = lists.InLoadOrderModuleList.Flink;
	for (unsigned i = 0; at != head && i < MOST_DLLS && !status; i++) {
		struct ps_debug_message message = new_message(attach, DbgLoadDllStateChange, &attach->threads[0]);
		DBGKM_LOAD_DLL *dll = &message.change.StateInfo.LoadDll;
		const char *place = (const char *)at - offsetof(LDR_DATA_TABLE_ENTRY, InLoadOrderLinks);
		UNICODE_STRING name;

		if (!read_there(attach, place, &entry, sizeof(entry)))
			break;
		at = entry.InLoadOrderLinks.Flink;
		if (entry.DllBase == attach->peb.ImageBaseAddress)
			continue;
		if (!read_name(attach, &entry.FullDllName, &name))
			name.Length = 0;
		dll->BaseOfDll = entry.DllBase;
		dll->NamePointer = (PVOID)(place + offsetof(LDR_DATA_TABLE_ENTRY, FullDllName.Buffer));
		debug_information(attach, entry.DllBase, &dll->DebugInfoFileOffset, &dll->DebugInfoSize);
		status = ps_debug_make_event(attach->object, attach->process, &message, &name);
	}
	return status;
}

static NTSTATUS tell_all(struct attach *attach)
{
	PROCESS_BASIC_INFORMATION basic;
	struct ps_call call = {.operation = PS_DO_QUERY_PROCESS, .values = {ProcessBasicInformation}};
	size_t used;
	NTSTATUS status = ps_ask_query(attach->process, &call, &basic, sizeof(basic), false, &used);

	if (NT_SUCCESS(status) && !read_there(attach, basic.PebBaseAddress, &attach->peb, sizeof(attach->peb)))
		status = STATUS_UNSUCCESSFUL;
	if (NT_SUCCESS(status) && !attach->thread_count)
		status = STATUS_PROCESS_IS_TERMINATING;
	if (NT_SUCCESS(status))
		status = tell_process(attach);
	if (NT_SUCCESS(status))
		status = tell_threads(attach);
	if (NT_SUCCESS(status))
		status = tell_dlls(attach);
	return status;
}

static NTSTATUS attach_to(struct ps_debug_object *object, struct ps_process *process)
{
	struct attach *attach = calloc(1, sizeof(*attach));
	size_t room = PS_CALL_BYTES;
	NTSTATUS status = STATUS_NO_MEMORY;

	if (attach) {
		attach->object = object;
		attach->process = process;
		attach->threads = malloc(room);
		attach->name = malloc((LONGEST_NAME + 1) * sizeof(char16_t));
	}
	if (attach && attach->threads && attach->name)
		status = ps_debug_command(process, PS_DEBUG_ATTACH, object->key, object->kill ? PS_DEBUG_KILL : 0, attach->threads,
					  &room);
	if (NT_SUCCESS(status)) {
		attach->thread_count = room / sizeof(*attach->threads);
		status = ps_debug_add_to(object, process);
		if (NT_SUCCESS(status))
			status = tell_all(attach);
		if (NT_SUCCESS(status)) {
			ps_debug_command(process, PS_DEBUG_GO, object->key, 0, NULL, NULL);
		} else {
			ps_debug_remove_from(object, process);
			ps_debug_command(process, PS_DEBUG_DETACH, object->key, 0, NULL, NULL);
		}
	}
	if (attach) {
		free(attach->threads);
		free(attach->name);
	}
	free(attach);
	return status;
}

/* Both, referenced.  No process debugs itself. */
static NTSTATUS reference_both(HANDLE process_handle, HANDLE object_handle, struct ps_process **process,
			       struct ps_debug_object **object)
{
	void *found;
	NTSTATUS status = ps_reference_target(process_handle, PROCESS_SUSPEND_RESUME, process);

	if (status)
		return status;
	if (!*process)
		return STATUS_ACCESS_DENIED;
	status = ob_reference_by_handle(object_handle, &ps_debug_object_type, DEBUG_PROCESS_ASSIGN, &found);
	if (status)
		ob_dereference(*process);
	*object = found;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtDebugActiveProcess, (HANDLE process_handle, HANDLE object_handle))
{
	struct ps_debug_object *object;
	struct ps_process *process;
	NTSTATUS status = reference_both(process_handle, object_handle, &process, &object);

	if (status)
		return status;
	status = attach_to(object, process);
	ob_dereference(object);
	ob_dereference(process);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtRemoveProcessDebug, (HANDLE process_handle, HANDLE object_handle))
{
	struct ps_debug_object *object;
	struct ps_process *process;
	NTSTATUS status = reference_both(process_handle, object_handle, &process, &object);

	if (status)
		return status;
	if (ps_debug_remove_from(object, process))
		status = ps_debug_command(process, PS_DEBUG_DETACH, object->key, 0, NULL, NULL);
	else
		status = STATUS_PORT_NOT_SET;
	ob_dereference(object);
	ob_dereference(process);
	return status;
}
