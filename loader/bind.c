/*
 * loader/bind.c - import address tables.
 *
 * Imports are read from the layout, which the program cannot have touched; the tables are written through the mapping,
 * with the protection lifted for that time where it must be, as NT's loader does.  Bound imports (addresses that the
 * linker put there) are bound anew; delay-load imports are the program's own business.
 */
#include "loader/load.h"
#include "host/fault.h"
#include "ntdll/mm/mm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SPANS 16
#define MOST_IMPORTS 65536u

/* A stretch of an image that was made writable. */
struct span {
	uint32_t start, end; /* RVAs */
	ULONG old;
};

struct binder {
	struct module *module;
	const struct load_request *request;
	struct pe_view layout;
	struct missing_set *missing;
	struct span spans[MAX_SPANS];
	unsigned span_count;
	char name[PE_NAME_CAPACITY];
};

/* Makes [start, end) writable, once. */
static NTSTATUS open_span(struct binder *binder, uint32_t start, uint32_t end)
{
	uintptr_t address = (uintptr_t)binder->module->image.base + (start & ~(MM_PAGE_SIZE - 1));
	size_t size = ((end + MM_PAGE_SIZE - 1) & ~(MM_PAGE_SIZE - 1)) - (start & ~(MM_PAGE_SIZE - 1));
	struct span *span;
	ULONG given, writable;
	uintptr_t given_end;
	NTSTATUS status;

	for (unsigned i = 0; i < binder->span_count; i++)
		if (start >= binder->spans[i].start && end <= binder->spans[i].end)
			return STATUS_SUCCESS;
	given = mm_given_protection(address, &given_end);
	switch (given) {
	case 0:
		return STATUS_INVALID_IMAGE_FORMAT;
	case PAGE_READWRITE:
	case PAGE_WRITECOPY:
	case PAGE_EXECUTE_READWRITE:
	case PAGE_EXECUTE_WRITECOPY:
		if (given_end >= address + size)
			return STATUS_SUCCESS;
		writable = given;
		break;
	case PAGE_EXECUTE:
	case PAGE_EXECUTE_READ:
		writable = PAGE_EXECUTE_WRITECOPY;
		break;
	default:
		writable = PAGE_WRITECOPY;
		break;
	}
	if (binder->span_count == MAX_SPANS)
		return STATUS_INVALID_IMAGE_FORMAT;
	/* All the import tables of a section lie together as a rule: the directory says where. */
	status = mm_protect(&address, &size, writable, NULL);
	if (!NT_SUCCESS(status))
		return STATUS_INVALID_IMAGE_FORMAT;
	span = &binder->spans[binder->span_count++];
	span->start = (uint32_t)(address - (uintptr_t)binder->module->image.base);
	span->end = span->start + (uint32_t)size;
	span->old = given;
	return STATUS_SUCCESS;
}

static void close_spans(struct binder *binder)
{
	while (binder->span_count) {
		struct span *span = &binder->spans[--binder->span_count];
		uintptr_t address = (uintptr_t)binder->module->image.base + span->start;
		size_t size = span->end - span->start;

		mm_protect(&address, &size, span->old, NULL);
	}
}

/* One entry: the function's address, or, of a DLL of the system, a stub that tells what is missing. */
static NTSTATUS bind_one(struct binder *binder, const struct pe_import *import, struct module *dll, uint32_t index,
			 void **address)
{
	struct pe_thunk thunk;
	NTSTATUS status = STATUS_ENTRYPOINT_NOT_FOUND;

	if (!pe_thunk_read(&binder->layout, import->names, index, &thunk, binder->name))
		return STATUS_INVALID_IMAGE_FORMAT;
	if (dll)
		status = module_export(dll, thunk.name, thunk.ordinal, thunk.by_ordinal ? 0 : thunk.ordinal,
				       binder->module, binder->request->starting, address);
	if (NT_SUCCESS(status))
		return status;
	/* A DLL that is not ours has what it has (nt facts, execution 160). */
	if (dll && !dll->builtin) {
		if (thunk.by_ordinal)
			snprintf(module_failure, sizeof(module_failure), "%s!#%u", import->dll, thunk.ordinal);
		else
			snprintf(module_failure, sizeof(module_failure), "%s!%s", import->dll, thunk.name);
		return thunk.by_ordinal ? STATUS_ORDINAL_NOT_FOUND : STATUS_ENTRYPOINT_NOT_FOUND;
	}
	*address = missing_stub(binder->module, &binder->missing, import->dll, thunk.name, thunk.ordinal);
	return *address ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS bind_table(struct binder *binder, const struct pe_import *import, struct module *dll)
{
	uint32_t count = pe_thunk_count(&binder->layout, import->names);
	uint64_t end = import->table + ((uint64_t)count + 1) * sizeof(void *);
	NTSTATUS status = STATUS_SUCCESS;
	void **addresses;

	if (count > MOST_IMPORTS || end > binder->layout.size)
		return STATUS_INVALID_IMAGE_FORMAT;
	if (!count)
		return STATUS_SUCCESS;
	addresses = malloc(count * sizeof(*addresses));
	if (!addresses)
		return STATUS_NO_MEMORY;
	for (uint32_t i = 0; i < count && NT_SUCCESS(status); i++)
		status = bind_one(binder, import, dll, i, &addresses[i]);
	if (NT_SUCCESS(status))
		status = open_span(binder, import->table, import->table + count * (uint32_t)sizeof(*addresses));
	if (NT_SUCCESS(status) && host_copy_to_guest(binder->module->image.base + import->table, addresses,
						     count * sizeof(*addresses)) != 0)
		status = STATUS_INVALID_IMAGE_FORMAT;
	free(addresses);
	return status;
}

/* The linker's own note of where the tables lie lets one call open them all. */
static void open_directory(struct binder *binder)
{
	struct pe_directory table = binder->module->image.pe.directory[IMAGE_DIRECTORY_ENTRY_IAT];

	if (table.rva && table.size && table.rva < binder->layout.size && table.size <= binder->layout.size - table.rva)
		open_span(binder, table.rva, table.rva + table.size);
}

static NTSTATUS bind_all(struct binder *binder)
{
	struct module *module = binder->module;
	const struct pe_directory *directory = &module->image.pe.directory[IMAGE_DIRECTORY_ENTRY_IMPORT];
	struct pe_import import;
	NTSTATUS status;

	if (directory->rva)
		open_directory(binder);
	for (unsigned i = 0; pe_import_read(&binder->layout, directory, i, &import, &status); i++) {
		struct load_request request = *binder->request;
		struct module *dll;

		request.name = import.dll;
		request.importer = module;
		request.flags &= ~DONT_RESOLVE_DLL_REFERENCES;
		status = module_map(&request, &dll);
		if (NT_SUCCESS(status) && dll && !module_add_need(module, dll))
			status = STATUS_NO_MEMORY;
		if (NT_SUCCESS(status))
			status = bind_table(binder, &import, dll);
		if (!NT_SUCCESS(status))
			break;
	}
	return status;
}

NTSTATUS module_bind(struct module *module, const struct load_request *request)
{
	struct binder *binder = calloc(1, sizeof(*binder));
	NTSTATUS status;

	if (!binder)
		return STATUS_NO_MEMORY;
	/* Set first: circular imports find the module bound. */
	module->bound = true;
	binder->module = module;
	binder->request = request;
	binder->layout = (struct pe_view){.base = module->image.layout, .size = module->image.size};
	status = bind_all(binder);
	close_spans(binder);
	if (NT_SUCCESS(status))
		status = missing_finish(module, binder->missing);
	if (NT_SUCCESS(status))
		status = tls_add_module(module);
	if (status == STATUS_INVALID_IMAGE_FORMAT && !module_failure[0])
		snprintf(module_failure, sizeof(module_failure), "%s: its imports are damaged", module->name);
	image_release_layout(&module->image);
	free(binder);
	return status;
}
