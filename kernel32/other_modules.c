/*
 * kernel32/other_modules.c - reading another process' module list, as PSAPI does: the PEB, the loader's data, entry by entry.
 */
#include "kernel32/other_modules.h"
#include "ntdll/nt.h"
#include "ntdll/ps/remote.h"

#include <stdlib.h>
#include <string.h>

/* A list that changes under us may lead in circles. */
#define MOST 4096u

static NTSTATUS read(HANDLE process, const void *address, void *buffer, SIZE_T size)
{
	return NtReadVirtualMemory(process, (PVOID)(uintptr_t)address, buffer, size, NULL);
}

NTSTATUS other_modules_check(HANDLE process, bool *other)
{
	struct ps_process *found;
	NTSTATUS status = ps_reference_target(process, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, &found);

	*other = found != NULL;
	if (found)
		ob_dereference(found);
	return status;
}

static NTSTATUS copy_name(HANDLE process, UNICODE_STRING *name)
{
	PWSTR copy = malloc(name->Length + sizeof(WCHAR));
	NTSTATUS status = copy ? read(process, name->Buffer, copy, name->Length) : STATUS_NO_MEMORY;

	name->Buffer = copy;
	name->MaximumLength = name->Length;
	return status;
}

static NTSTATUS add(HANDLE process, struct other_modules *modules, const LIST_ENTRY *link)
{
	LDR_DATA_TABLE_ENTRY *grown = realloc(modules->entries, (modules->count + 1) * sizeof(*grown)), *entry;
	NTSTATUS status;

	if (!grown)
		return STATUS_NO_MEMORY;
	modules->entries = grown;
	entry = &grown[modules->count];
	status = read(process, CONTAINING_RECORD(link, LDR_DATA_TABLE_ENTRY, InLoadOrderLinks), entry, sizeof(*entry));
	if (!NT_SUCCESS(status))
		return status;
	modules->count++;
	status = copy_name(process, &entry->FullDllName);
	if (!NT_SUCCESS(status)) {
		entry->BaseDllName.Buffer = NULL;
		return status;
	}
	return copy_name(process, &entry->BaseDllName);
}

NTSTATUS other_modules_read(HANDLE process, struct other_modules *modules)
{
	PROCESS_BASIC_INFORMATION basic;
	PEB_LDR_DATA *data = NULL;
	const LIST_ENTRY *head, *link = NULL;
	NTSTATUS status = NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL);

	*modules = (struct other_modules){0};
	if (NT_SUCCESS(status))
		status = read(process, &basic.PebBaseAddress->Ldr, &data, sizeof(data));
	if (NT_SUCCESS(status) && !data)
		status = STATUS_PARTIAL_COPY;
	head = &data->InLoadOrderModuleList;
	if (NT_SUCCESS(status))
		status = read(process, &head->Flink, &link, sizeof(link));
	while (NT_SUCCESS(status) && link != head && modules->count < MOST) {
		status = add(process, modules, link);
		link = NT_SUCCESS(status) ? modules->entries[modules->count - 1].InLoadOrderLinks.Flink : NULL;
	}
	if (!NT_SUCCESS(status))
		other_modules_free(modules);
	return status;
}

void other_modules_free(struct other_modules *modules)
{
	for (unsigned i = 0; i < modules->count; i++) {
		free(modules->entries[i].FullDllName.Buffer);
		free(modules->entries[i].BaseDllName.Buffer);
	}
	free(modules->entries);
	*modules = (struct other_modules){0};
}
