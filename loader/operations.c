/*
 * loader/operations.c - what ntdll's Ldr* functions do.
 */
#include "loader/load.h"
#include "ntdll/ldr.h"

#include <stdlib.h>

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

static NTSTATUS procedure(HMODULE handle, const char *name, ULONG ordinal, PVOID *address)
{
	struct module *module;
	NTSTATUS status = STATUS_DLL_NOT_FOUND;

	modules_lock();
	module = handle ? module_by_base(handle) : modules_program;
	if (module)
		status = module_export(module, name, ordinal, 0, module, false, address);
	modules_unlock();
	return status;
}

static NTSTATUS find_by_address(const void *address, LDR_DATA_TABLE_ENTRY **entry)
{
	struct module *module = module_by_address(address);

	if (!module || !module->entry)
		return STATUS_DLL_NOT_FOUND;
	*entry = module->entry;
	return STATUS_SUCCESS;
}

void operations_install(void)
{
	ldr_operations = (struct ldr_operations){
		.find = find,
		.procedure = procedure,
		.find_by_address = find_by_address,
		.lock = modules_lock,
		.unlock = modules_unlock,
	};
}
