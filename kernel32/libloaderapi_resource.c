/*
 * kernel32/libloaderapi_resource.c - resources of modules (MSDN, libloaderapi.h).
 *
 * An HRSRC is the address of the resource's data entry, an HGLOBAL that LoadResource gives the address of the data.
 */
#include "kernel32/file.h"
#include "kernel32/kernel32.h"
#include "nt/pe.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ldr.h"

#include <stdlib.h>
#include <string.h>

EXPORT(kernel32, HRSRC, FindResourceExW, (HMODULE module, LPCWSTR type, LPCWSTR name, WORD language))
{
	ULONG_PTR path[3] = {ldr_resource_id(type), ldr_resource_id(name), language};
	const void *entry = NULL;

	return win32_result(ldr_operations.find_resource(module, path, 3, &entry)) ? (HRSRC)(ULONG_PTR)entry : NULL;
}

EXPORT(kernel32, HRSRC, FindResourceW, (HMODULE module, LPCWSTR name, LPCWSTR type))
{
	return FindResourceExW(module, type, name, 0);
}

/* A name that may be an id. */
static LPCWSTR resource_argument(struct wide_argument *argument, LPCSTR text)
{
	if ((ULONG_PTR)text >> 16)
		return wide_argument_set(argument, text);
	wide_argument_set(argument, NULL);
	return (LPCWSTR)text;
}

EXPORT(kernel32, HRSRC, FindResourceExA, (HMODULE module, LPCSTR type, LPCSTR name, WORD language))
{
	struct wide_argument wide_type, wide_name;
	LPCWSTR type_text = resource_argument(&wide_type, type), name_text = resource_argument(&wide_name, name);
	HRSRC result = NULL;

	if (!wide_type.failed && !wide_name.failed)
		result = FindResourceExW(module, type_text, name_text, language);
	wide_argument_free(&wide_type);
	wide_argument_free(&wide_name);
	return result;
}

EXPORT(kernel32, HRSRC, FindResourceA, (HMODULE module, LPCSTR name, LPCSTR type))
{
	return FindResourceExA(module, type, name, 0);
}

EXPORT(kernel32, HGLOBAL, LoadResource, (HMODULE module, HRSRC resource))
{
	void *data = NULL;

	if (!resource) {
		set_last_error(ERROR_RESOURCE_NAME_NOT_FOUND);
		return NULL;
	}
	return win32_result(ldr_operations.access_resource(module, resource, &data, NULL)) ? data : NULL;
}

EXPORT(kernel32, LPVOID, LockResource, (HGLOBAL data))
{
	return data;
}

EXPORT(kernel32, BOOL, FreeResource, (HGLOBAL data))
{
	return FALSE; /* nothing to free: MSDN */
}

EXPORT(kernel32, DWORD, SizeofResource, (HMODULE module, HRSRC resource))
{
	ULONG size = 0;

	if (!resource) {
		set_last_error(ERROR_RESOURCE_NAME_NOT_FOUND);
		return 0;
	}
	return win32_result(ldr_operations.access_resource(module, resource, NULL, &size)) ? size : 0;
}

/* Enumerations collect first and call the program then, so that it may do what it likes meanwhile. */
struct item {
	LPWSTR name; /* malloc'ed; NULL: `id` */
	USHORT id;
};

struct collection {
	struct item *items;
	unsigned count, capacity;
	bool failed;
};

static bool collect(const struct ldr_resource *resource, void *context)
{
	struct collection *collection = context;
	struct item item = {.id = resource->id};

	if (resource->name) {
		item.name = malloc((resource->length + 1) * sizeof(WCHAR));
		if (item.name) {
			memcpy(item.name, resource->name, resource->length * sizeof(WCHAR));
			item.name[resource->length] = 0;
		}
	}
	if (collection->count == collection->capacity) {
		unsigned capacity = collection->capacity ? collection->capacity * 2 : 16;
		struct item *grown = realloc(collection->items, capacity * sizeof(*grown));

		if (grown) {
			collection->items = grown;
			collection->capacity = capacity;
		}
	}
	if ((resource->name && !item.name) || collection->count == collection->capacity) {
		free(item.name);
		collection->failed = true;
		return false;
	}
	collection->items[collection->count++] = item;
	return true;
}

/* The program's callback sees ids as small numbers, names as strings. */
static uint64_t item_text(const struct item *item, bool ansi, char *buffer, DWORD capacity)
{
	if (!item->name)
		return item->id;
	if (!ansi)
		return (uintptr_t)item->name;
	ansi_result(buffer, capacity, item->name, (DWORD)rtl_wcslen(item->name));
	return (uintptr_t)buffer;
}

/* `fixed` is the type and name that the callback gets in front of each item; `language`: items are LANGIDs. */
static BOOL enumerate(HMODULE module, const ULONG_PTR *path, ULONG levels, const uint64_t *fixed, void *callback,
		      LONG_PTR parameter, bool ansi)
{
	struct collection collection = {0};
	char text[1024];
	BOOL result = TRUE;
	NTSTATUS status = ldr_operations.list_resources(module, path, levels, collect, &collection);

	if (NT_SUCCESS(status) && collection.failed)
		status = STATUS_NO_MEMORY;
	for (unsigned i = 0; NT_SUCCESS(status) && result && i < collection.count; i++) {
		uint64_t item = item_text(&collection.items[i], ansi, text, sizeof(text));

		if (levels == 0)
			result = (BOOL)ke_call_guest(callback, (uintptr_t)module, item, (uint64_t)parameter, 0);
		else if (levels == 1)
			result = (BOOL)ke_call_guest(callback, (uintptr_t)module, fixed[0], item, (uint64_t)parameter);
		else
			/* Five arguments: the last one goes over the stack, which the plain call does. */
			result = ((BOOL(WINAPI *)(HMODULE, uint64_t, uint64_t, WORD, LONG_PTR))callback)(
				module, fixed[0], fixed[1], (WORD)item, parameter);
	}
	for (unsigned i = 0; i < collection.count; i++)
		free(collection.items[i].name);
	free(collection.items);
	if (!result)
		set_last_error(ERROR_RESOURCE_ENUM_USER_STOP);
	return win32_result(status) && result;
}

EXPORT(kernel32, BOOL, EnumResourceTypesW, (HMODULE module, PVOID callback, LONG_PTR parameter))
{
	return enumerate(module, NULL, 0, NULL, callback, parameter, false);
}

EXPORT(kernel32, BOOL, EnumResourceTypesA, (HMODULE module, PVOID callback, LONG_PTR parameter))
{
	return enumerate(module, NULL, 0, NULL, callback, parameter, true);
}

EXPORT(kernel32, BOOL, EnumResourceNamesW, (HMODULE module, LPCWSTR type, PVOID callback, LONG_PTR parameter))
{
	ULONG_PTR path[1] = {ldr_resource_id(type)};
	uint64_t fixed[1] = {(uintptr_t)type};

	return enumerate(module, path, 1, fixed, callback, parameter, false);
}

EXPORT(kernel32, BOOL, EnumResourceNamesA, (HMODULE module, LPCSTR type, PVOID callback, LONG_PTR parameter))
{
	struct wide_argument wide_type;
	ULONG_PTR path[1] = {ldr_resource_id(resource_argument(&wide_type, type))};
	uint64_t fixed[1] = {(uintptr_t)type};
	BOOL result = !wide_type.failed && enumerate(module, path, 1, fixed, callback, parameter, true);

	wide_argument_free(&wide_type);
	return result;
}

/* RESOURCE_ENUM_LN (1) is what a module without language files has; other flags find nothing more. */
EXPORT(kernel32, BOOL, EnumResourceNamesExW,
       (HMODULE module, LPCWSTR type, PVOID callback, LONG_PTR parameter, DWORD flags, LANGID language))
{
	return EnumResourceNamesW(module, type, callback, parameter);
}

EXPORT(kernel32, BOOL, EnumResourceLanguagesW,
       (HMODULE module, LPCWSTR type, LPCWSTR name, PVOID callback, LONG_PTR parameter))
{
	ULONG_PTR path[2] = {ldr_resource_id(type), ldr_resource_id(name)};
	uint64_t fixed[2] = {(uintptr_t)type, (uintptr_t)name};

	return enumerate(module, path, 2, fixed, callback, parameter, false);
}

EXPORT(kernel32, BOOL, EnumResourceLanguagesA,
       (HMODULE module, LPCSTR type, LPCSTR name, PVOID callback, LONG_PTR parameter))
{
	struct wide_argument wide_type, wide_name;
	ULONG_PTR path[2] = {ldr_resource_id(resource_argument(&wide_type, type)),
			     ldr_resource_id(resource_argument(&wide_name, name))};
	uint64_t fixed[2] = {(uintptr_t)type, (uintptr_t)name};
	BOOL result = !wide_type.failed && !wide_name.failed &&
		      enumerate(module, path, 2, fixed, callback, parameter, true);

	wide_argument_free(&wide_type);
	wide_argument_free(&wide_name);
	return result;
}
