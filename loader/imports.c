/*
 * loader/imports.c - reading import descriptors and their tables.
 */
#include "loader/pe.h"

#include <string.h>

bool pe_import_read(const struct pe_view *view, const struct pe_directory *directory, unsigned index,
		    struct pe_import *import, NTSTATUS *status)
{
	IMAGE_IMPORT_DESCRIPTOR descriptor;
	uint64_t rva = directory->rva + (uint64_t)index * sizeof(descriptor);

	*status = STATUS_SUCCESS;
	/* The directory's size is not looked at: the list ends where a Name or FirstThunk is zero (nt facts, execution
	 * 175). */
	if (!directory->rva)
		return false;
	if (rva > view->size || !pe_read(view, (uint32_t)rva, &descriptor, sizeof(descriptor))) {
		*status = STATUS_INVALID_IMAGE_FORMAT;
		return false;
	}
	if (!descriptor.Name || !descriptor.FirstThunk)
		return false;
	import->names = descriptor.OriginalFirstThunk ? descriptor.OriginalFirstThunk : descriptor.FirstThunk;
	import->table = descriptor.FirstThunk;
	/* A lookup table outside the image: some linkers leave rubbish there, the address table serves. */
	if (import->names >= view->size)
		import->names = descriptor.FirstThunk;
	if (!pe_read_string(view, descriptor.Name, import->dll, sizeof(import->dll)) || !import->dll[0]) {
		*status = STATUS_INVALID_IMAGE_FORMAT;
		return false;
	}
	return true;
}

uint32_t pe_thunk_count(const struct pe_view *view, uint32_t table)
{
	uint32_t count = 0;
	uint64_t value;

	for (;; count++) {
		uint64_t rva = table + (uint64_t)count * sizeof(value);

		if (rva > view->size || !pe_read(view, (uint32_t)rva, &value, sizeof(value)))
			return UINT32_MAX;
		if (!value)
			return count;
	}
}

bool pe_thunk_read(const struct pe_view *view, uint32_t table, uint32_t index, struct pe_thunk *thunk,
		   char buffer[PE_NAME_CAPACITY])
{
	uint64_t value, rva = table + (uint64_t)index * sizeof(value);

	if (rva > view->size || !pe_read(view, (uint32_t)rva, &value, sizeof(value)))
		return false;
	thunk->by_ordinal = value & IMAGE_ORDINAL_FLAG64;
	if (thunk->by_ordinal) {
		thunk->ordinal = (uint16_t)value;
		thunk->name = NULL;
		return true;
	}
	if (value > view->size || !pe_read(view, (uint32_t)value, &thunk->ordinal, sizeof(thunk->ordinal)) ||
	    !pe_read_string(view, (uint32_t)value + 2, buffer, PE_NAME_CAPACITY))
		return false;
	thunk->name = buffer;
	return true;
}
