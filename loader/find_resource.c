/*
 * loader/find_resource.c - LdrFindResource_U and its kin, over modules and data files.
 */
#include "loader/load.h"
#include "ntdll/ldr.h"
#include "ntdll/rtl/rtl.h"

#include <string.h>

#define LANG_EN_US 0x0409u

struct place {
	struct pe_view view;
	struct pe_directory root;
	bool flat;
};

static NTSTATUS open_resources(HMODULE handle, struct place *place)
{
	struct module *module;
	bool found = false;

	place->flat = false;
	if ((uintptr_t)handle & 3)
		return datafile_resources(handle, &place->view, &place->root, &place->flat)
			       ? STATUS_SUCCESS
			       : STATUS_RESOURCE_DATA_NOT_FOUND;
	modules_lock();
	module = handle ? module_by_base(handle) : modules_program;
	if (module) {
		place->view = module_view(module);
		found = pe_read_directory(&place->view, IMAGE_DIRECTORY_ENTRY_RESOURCE, &place->root);
	}
	modules_unlock();
	return found ? STATUS_SUCCESS : STATUS_RESOURCE_DATA_NOT_FOUND;
}

static struct pe_resource_name name_of(ULONG_PTR part)
{
	struct pe_resource_name name = {0};

	if (part >> 16) {
		name.text = (const char16_t *)part;
		name.length = rtl_wcslen(name.text);
	} else {
		name.id = (uint32_t)part;
	}
	return name;
}

/* The language that comes nearest: the one asked for, its neutral one, neutral; when none was asked for, English and
 * then whatever is first (MSDN, FindResourceEx). */
static NTSTATUS find_language(const struct place *place, uint32_t directory, uint32_t language, uint32_t *found,
			      bool *is_directory)
{
	const uint32_t candidates[] = {language, language & 0x3FF, 0, LANG_EN_US, 0x09};
	unsigned count = language ? 3 : 5;
	struct pe_resource_entry entry;
	NTSTATUS status;

	for (unsigned i = 0; i < count; i++) {
		struct pe_resource_name name = {.id = candidates[i]};

		status = pe_resource_find(&place->view, &place->root, directory, &name, found, is_directory);
		if (status != STATUS_NOT_FOUND)
			return status;
	}
	if (language)
		return STATUS_NOT_FOUND;
	status = pe_resource_entry(&place->view, &place->root, directory, 0, &entry);
	if (!NT_SUCCESS(status))
		return STATUS_NOT_FOUND;
	*found = entry.offset;
	*is_directory = entry.is_directory;
	return STATUS_SUCCESS;
}

/* Goes down `levels` of the path.  *offset: of the directory or data entry there. */
static NTSTATUS walk(const struct place *place, const ULONG_PTR *path, ULONG levels, uint32_t *offset, bool *is_directory)
{
	static const NTSTATUS missing[] = {STATUS_RESOURCE_TYPE_NOT_FOUND, STATUS_RESOURCE_NAME_NOT_FOUND,
					   STATUS_RESOURCE_LANG_NOT_FOUND};

	*offset = 0;
	*is_directory = true;
	if (levels > 3)
		return STATUS_INVALID_PARAMETER;
	for (ULONG level = 0; level < levels; level++) {
		struct pe_resource_name name = name_of(path[level]);
		NTSTATUS status;

		if (!*is_directory)
			return missing[level];
		if (level == 2)
			status = find_language(place, *offset, name.id, offset, is_directory);
		else
			status = pe_resource_find(&place->view, &place->root, *offset, &name, offset, is_directory);
		if (status == STATUS_NOT_FOUND)
			return missing[level];
		if (!NT_SUCCESS(status))
			return status;
	}
	return STATUS_SUCCESS;
}

NTSTATUS resource_find(HMODULE module, const ULONG_PTR *path, ULONG levels, const void **entry)
{
	struct place place;
	bool is_directory;
	uint32_t offset;
	NTSTATUS status = open_resources(module, &place);

	if (NT_SUCCESS(status))
		status = walk(&place, path, levels, &offset, &is_directory);
	if (!NT_SUCCESS(status))
		return status;
	if (is_directory != (levels < 3) ||
	    (uint64_t)place.root.rva + offset + sizeof(IMAGE_RESOURCE_DATA_ENTRY) > place.view.size)
		return STATUS_RESOURCE_DATA_NOT_FOUND;
	*entry = place.view.base + place.root.rva + offset;
	return STATUS_SUCCESS;
}

NTSTATUS resource_access(HMODULE module, const void *data_entry, void **data, ULONG *size)
{
	IMAGE_RESOURCE_DATA_ENTRY entry;
	struct place place;
	uint64_t at;
	uint32_t offset;
	NTSTATUS status = open_resources(module, &place);

	if (!NT_SUCCESS(status))
		return status;
	at = (uintptr_t)data_entry - (uintptr_t)place.view.base;
	if (at > place.view.size || !pe_read(&place.view, (uint32_t)at, &entry, sizeof(entry)))
		return STATUS_RESOURCE_DATA_NOT_FOUND;
	offset = place.flat ? datafile_offset(&place.view, entry.OffsetToData, entry.Size) : entry.OffsetToData;
	if (offset >= place.view.size || (place.flat && !offset))
		return STATUS_RESOURCE_DATA_NOT_FOUND;
	if (data)
		*data = (void *)(uintptr_t)(place.view.base + offset);
	if (size)
		*size = entry.Size;
	return STATUS_SUCCESS;
}

NTSTATUS resource_list(HMODULE module, const ULONG_PTR *path, ULONG levels,
		       bool (*visit)(const struct ldr_resource *resource, void *context), void *context)
{
	struct place place;
	bool is_directory;
	uint32_t directory;
	char16_t name[256];
	NTSTATUS status = open_resources(module, &place);

	if (NT_SUCCESS(status))
		status = walk(&place, path, levels, &directory, &is_directory);
	if (!NT_SUCCESS(status))
		return status;
	if (!is_directory)
		return STATUS_RESOURCE_DATA_NOT_FOUND;
	for (unsigned i = 0;; i++) {
		struct pe_resource_entry entry;
		struct ldr_resource resource = {0};

		status = pe_resource_entry(&place.view, &place.root, directory, i, &entry);
		if (status == STATUS_NO_MORE_ENTRIES)
			return STATUS_SUCCESS;
		if (!NT_SUCCESS(status))
			return status;
		if (entry.named) {
			if (!pe_resource_string(&place.view, &place.root, entry.id, name, ARRAY_SIZE(name),
						&resource.length))
				continue;
			resource.name = name;
		} else {
			resource.id = (USHORT)entry.id;
		}
		if (!visit(&resource, context))
			return STATUS_SUCCESS;
	}
}
