/*
 * loader/operations.c - what ntdll's Ldr* functions do.
 */
#include "loader/load.h"
#include "host/thread.h"
#include "nt/winerror.h"
#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "ntdll/rtl/rtl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static NTSTATUS find(const UNICODE_STRING *name, HMODULE *result)
{
	struct module *module;

	modules_lock();
	if (!name) {
		module = modules_program;
	} else {
		char *narrow = utf8_from_wide(name->Buffer, name->Length / 2);

		module = narrow ? module_find_loaded(narrow) : NULL;
		free(narrow);
	}
	*result = module ? (HMODULE)module->image.base : NULL;
	modules_unlock();
	return module ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}

struct export_call {
	struct module *module;
	const char *name;
	ULONG ordinal;
	PVOID *address;
	NTSTATUS status;
};

static void *export_call(void *argument)
{
	struct export_call *call = argument;

	call->status = module_export(call->module, call->name, call->ordinal, 0, call->module, false, call->address);
	return NULL;
}

static NTSTATUS procedure(HMODULE handle, const char *name, ULONG ordinal, PVOID *address)
{
	struct export_call call = {.name = name, .ordinal = ordinal, .address = address};
	unsigned needs;

	modules_lock();
	call.module = handle ? module_by_base(handle) : modules_program;
	call.status = STATUS_DLL_NOT_FOUND;
	if (call.module) {
		needs = call.module->need_count;
		host_stack_call(export_call, &call);
		/* A forwarder's target that came with this call. */
		for (unsigned i = needs; NT_SUCCESS(call.status) && i < call.module->need_count; i++)
			call.status = module_attach(call.module->needs[i], false);
	}
	modules_unlock();
	return call.status;
}

static NTSTATUS find_by_address(const void *address, LDR_DATA_TABLE_ENTRY **entry)
{
	struct module *module = module_by_address(address);

	if (!module || !module->entry)
		return STATUS_DLL_NOT_FOUND;
	*entry = module->entry;
	return STATUS_SUCCESS;
}

struct map_call {
	struct load_request request;
	struct module *module;
	NTSTATUS status;
};

/* Reading files and directories may go deep: on the host stack. */
static void *map_call(void *argument)
{
	struct map_call *call = argument;

	call->status = module_map(&call->request, &call->module);
	return NULL;
}

static NTSTATUS load(const char *search_path, ULONG flags, const UNICODE_STRING *name, HMODULE *result)
{
	struct map_call call = {.request = {.flags = flags, .search_path = search_path}};
	char *narrow;
	NTSTATUS status;

	if (flags & (LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE | LOAD_LIBRARY_AS_IMAGE_RESOURCE)) {
		status = find(name, result);
		if (!NT_SUCCESS(status))
			return datafile_load(flags, name, result);
		return operations_add_reference(0, *result);
	}
	if ((flags & LOAD_LIBRARY_SEARCH_ANY) && (flags & LOAD_WITH_ALTERED_SEARCH_PATH))
		return STATUS_INVALID_PARAMETER;
	narrow = utf8_from_wide(name->Buffer, name->Length / 2);
	if (!narrow)
		return STATUS_NO_MEMORY;
	if (!*narrow || ((flags & LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR) && !strpbrk(narrow, "\\/"))) {
		free(narrow);
		return STATUS_INVALID_PARAMETER;
	}
	call.request.name = narrow;
	modules_lock();
	host_stack_call(map_call, &call);
	status = call.status;
	if (NT_SUCCESS(status)) {
		call.module->references++;
		module_show_count(call.module);
		if (!call.module->inert || call.module->state == MODULE_MAPPED)
			status = module_attach(call.module, false);
		if (NT_SUCCESS(status))
			*result = (HMODULE)call.module->image.base;
		else
			call.module->references--;
		module_show_count(call.module);
	}
	/* What was mapped for a load that failed goes again. */
	if (!NT_SUCCESS(status))
		modules_collect();
	modules_unlock();
	free(narrow);
	return status;
}

static NTSTATUS unload(HMODULE handle)
{
	struct module *module;
	NTSTATUS status = STATUS_SUCCESS;

	if ((uintptr_t)handle & 3)
		return datafile_unload(handle);
	modules_lock();
	module = module_by_base(handle);
	if (!module || module->state == MODULE_UNLOADING) {
		status = STATUS_DLL_NOT_FOUND;
	} else if (!module->pinned) {
		if (module->references)
			module->references--;
		module_show_count(module);
		/* In the process' end nothing is unloaded any more (nt facts, execution 145). */
		if (!module->references && !modules_ending)
			modules_collect();
	}
	modules_unlock();
	return status;
}

NTSTATUS operations_add_reference(ULONG flags, HMODULE handle)
{
	struct module *module;
	NTSTATUS status = STATUS_DLL_NOT_FOUND;

	modules_lock();
	module = module_by_base(handle);
	if (module) {
		if (flags & LDR_ADDREF_PIN) {
			module->pinned = true;
			module->entry->ObsoleteLoadCount = 0xFFFF;
		} else {
			module->references++;
		}
		module_show_count(module);
		status = STATUS_SUCCESS;
	}
	modules_unlock();
	return status;
}

static NTSTATUS disable_thread_calls(HMODULE handle)
{
	struct module *module;
	NTSTATUS status = STATUS_DLL_NOT_FOUND;

	modules_lock();
	module = module_by_base(handle);
	if (module) {
		/* Static TLS needs the calls (MSDN, DisableThreadLibraryCalls). */
		status = module->has_tls ? STATUS_DLL_NOT_FOUND : STATUS_SUCCESS;
		if (!module->has_tls) {
			module->no_thread_calls = true;
			module->entry->Flags |= LDRP_DONT_CALL_FOR_THREADS;
		}
	}
	modules_unlock();
	return status;
}

static const RUNTIME_FUNCTION *function_table(const void *address, void **base, ULONG *image_size, ULONG *count)
{
	struct module *module = module_by_address(address);
	const struct pe_directory *directory;

	if (!module || !module->entry)
		return NULL;
	*base = module->image.base;
	*image_size = module->image.size;
	directory = &module->image.pe.directory[IMAGE_DIRECTORY_ENTRY_EXCEPTION];
	if (!directory->rva || directory->rva >= module->image.size ||
	    directory->size > module->image.size - directory->rva)
		return NULL;
	*count = directory->size / sizeof(RUNTIME_FUNCTION);
	return *count ? (const RUNTIME_FUNCTION *)(module->image.base + directory->rva) : NULL;
}

struct probe_call {
	const char *path;
	NTSTATUS status;
};

static void *probe_program_call(void *argument)
{
	struct probe_call *call = argument;
	struct host_image_file file;
	struct image image = {0};
	int error = host_image_open(call->path, &file);

	if (error) {
		call->status = error == -EACCES || error == -EISDIR ? STATUS_ACCESS_DENIED
			       : error == -ENOENT		    ? STATUS_OBJECT_NAME_NOT_FOUND
								    : rtl_status_from_errno(-error);
		return NULL;
	}
	call->status = image_probe(&file, &image);
	if (image.result == PE_32BIT || image.result == PE_WRONG_MACHINE)
		call->status = STATUS_INVALID_IMAGE_WIN_32;
	else if (NT_SUCCESS(call->status) && !(image.pe.characteristics & IMAGE_FILE_DLL) &&
		 image.pe.subsystem == IMAGE_SUBSYSTEM_NATIVE)
		call->status = NTSTATUS_FROM_WIN32(ERROR_CHILD_NOT_COMPLETE); /* execution facts, row 175 */
	else if (NT_SUCCESS(call->status) &&
		 (image.pe.characteristics & IMAGE_FILE_DLL || (image.pe.subsystem != IMAGE_SUBSYSTEM_WINDOWS_CUI &&
								image.pe.subsystem != IMAGE_SUBSYSTEM_WINDOWS_GUI)))
		call->status = STATUS_INVALID_IMAGE_FORMAT;
	free(image.headers);
	host_image_close(&file);
	return NULL;
}

static NTSTATUS probe_program(const char *path)
{
	struct probe_call call = {.path = path};

	host_stack_call(probe_program_call, &call);
	return call.status;
}

void operations_install(void)
{
	ldr_operations = (struct ldr_operations){
		.load = load,
		.unload = unload,
		.add_reference = operations_add_reference,
		.find = find,
		.procedure = procedure,
		.find_by_address = find_by_address,
		.find_resource = resource_find,
		.access_resource = resource_access,
		.list_resources = resource_list,
		.disable_thread_calls = disable_thread_calls,
		.function_table = function_table,
		.set_default_directories = search_set_default,
		.set_dll_directory = search_set_dll_directory,
		.add_directory = search_add,
		.remove_directory = search_remove,
		.probe_program = probe_program,
		.lay_out_image = image_section_lay_out,
		.move_image = image_section_move,
		.lock = modules_lock,
		.unlock = modules_unlock,
	};
}
