/*
 * kernel32/updateresource.c - BeginUpdateResource, UpdateResource, EndUpdateResource (MSDN, winbase.h), and the list of
 * resources that they change.
 */
#include "kernel32/updateresource.h"
#include "kernel32/api.h"
#include "kernel32/file.h"
#include "ntdll/ldr.h"

#include <stdlib.h>
#include <string.h>

int resource_key_order(const struct resource_key *a, const struct resource_key *b)
{
	size_t shared = a->length < b->length ? a->length : b->length;

	if (!a->text || !b->text) {
		if (a->text || b->text)
			return a->text ? -1 : 1;
		return (int)a->id - (int)b->id;
	}
	for (size_t i = 0; i < shared; i++) {
		if (a->text[i] != b->text[i])
			return (int)a->text[i] - (int)b->text[i];
	}
	return (int)a->length - (int)b->length;
}

static int order(const struct resource_key *a, const struct resource_key *b)
{
	for (unsigned i = 0; i < 3; i++) {
		int result = resource_key_order(&a[i], &b[i]);

		if (result)
			return result;
	}
	return 0;
}

/* The place of an item with these keys, or where it belongs. */
static bool resource_list_find(const struct resource_list *list, const struct resource_key *keys, size_t *place)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int result = order(keys, list->items[middle].keys);

		if (!result) {
			*place = middle;
			return true;
		}
		if (result < 0)
			high = middle;
		else
			low = middle + 1;
	}
	*place = low;
	return false;
}

void resource_item_free(struct resource_item *item)
{
	for (unsigned i = 0; i < 3; i++)
		free(item->keys[i].text);
	free(item->data);
}

bool resource_list_put(struct resource_list *list, struct resource_item *item)
{
	size_t place;

	if (resource_list_find(list, item->keys, &place)) {
		resource_item_free(&list->items[place]);
		list->items[place] = *item;
		return true;
	}
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 32;
		struct resource_item *grown = realloc(list->items, capacity * sizeof(*grown));

		if (!grown) {
			resource_item_free(item);
			return false;
		}
		list->items = grown;
		list->capacity = capacity;
	}
	memmove(list->items + place + 1, list->items + place, (list->count - place) * sizeof(*list->items));
	list->items[place] = *item;
	list->count++;
	return true;
}

static void resource_list_remove(struct resource_list *list, size_t place)
{
	resource_item_free(&list->items[place]);
	list->count--;
	memmove(list->items + place, list->items + place + 1, (list->count - place) * sizeof(*list->items));
}

static void resource_list_free(struct resource_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		resource_item_free(&list->items[i]);
	free(list->items);
}

/* What the handle points to. */
struct update {
	ULONG magic;
	struct pe_file file;
	struct resource_list list;
	WCHAR name[]; /* full */
};
#define UPDATE_MAGIC 0x64707552u

static void free_update(struct update *update)
{
	resource_list_free(&update->list);
	free(update->file.data);
	update->magic = 0;
	free(update);
}

/* Reads a whole file that can be written too.  The last error of what failed; ERROR_FILE_INVALID for an empty one. */
static DWORD read_whole(LPCWSTR name, BYTE **data, size_t *size)
{
	HANDLE handle = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	LARGE_INTEGER length;
	DWORD error = 0;

	*data = NULL;
	if (handle == INVALID_HANDLE_VALUE)
		return get_last_error();
	if (!GetFileSizeEx(handle, &length))
		error = get_last_error();
	else if (!length.QuadPart)
		error = ERROR_FILE_INVALID;
	else if (length.QuadPart > 0x7FFFFFFF)
		error = ERROR_BAD_EXE_FORMAT;
	if (!error) {
		DWORD done;

		*size = (size_t)length.QuadPart;
		*data = malloc(*size);
		if (!*data)
			error = ERROR_NOT_ENOUGH_MEMORY;
		else if (!ReadFile(handle, *data, (DWORD)*size, &done, NULL))
			error = get_last_error();
		else if (done != *size)
			error = ERROR_HANDLE_EOF;
	}
	CloseHandle(handle);
	return error;
}

static DWORD write_whole(LPCWSTR name, const struct pe_file *file)
{
	HANDLE handle = CreateFileW(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	DWORD done, error = 0;

	if (handle == INVALID_HANDLE_VALUE)
		return get_last_error();
	if (!WriteFile(handle, file->data, (DWORD)file->size, &done, NULL))
		error = get_last_error();
	else if (done != file->size)
		error = ERROR_DISK_FULL;
	else if (!SetEndOfFile(handle))
		error = get_last_error();
	CloseHandle(handle);
	return error;
}

EXPORT(kernel32, HANDLE, BeginUpdateResourceW, (LPCWSTR name, BOOL delete_existing))
{
	struct update *update;
	DWORD length, error;

	length = name ? GetFullPathNameW(name, 0, NULL, NULL) : 0;
	if (!length) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	update = calloc(1, sizeof(*update) + (length + 1) * sizeof(WCHAR));
	if (!update) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	GetFullPathNameW(name, length + 1, update->name, NULL);
	update->magic = UPDATE_MAGIC;
	error = read_whole(update->name, &update->file.data, &update->file.size);
	if (!error)
		error = pe_file_check(&update->file);
	if (!error && !delete_existing)
		error = resource_tree_read(&update->file, &update->list);
	if (error) {
		free_update(update);
		set_last_error(error);
		return NULL;
	}
	return (HANDLE)update;
}

EXPORT(kernel32, HANDLE, BeginUpdateResourceA, (LPCSTR name, BOOL delete_existing))
{
	struct wide_argument wide;
	LPCWSTR text = wide_argument_set(&wide, name);
	HANDLE result = wide.failed ? NULL : BeginUpdateResourceW(text, delete_existing);

	wide_argument_free(&wide);
	return result;
}

static struct update *update_of(HANDLE handle)
{
	struct update *update = (struct update *)handle;

	if (update && update->magic == UPDATE_MAGIC)
		return update;
	set_last_error(ERROR_INVALID_HANDLE);
	return NULL;
}

/* "#12" and small numbers are ids; names are kept in upper case, by which they are sorted and found. */
static bool make_key(struct resource_key *key, LPCWSTR name)
{
	ULONG_PTR id = ldr_resource_id(name);
	size_t length;

	*key = (struct resource_key){.id = (USHORT)id};
	if (!(id >> 16))
		return true;
	length = rtl_wcslen(name);
	if (length > 0xFFFF) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return false;
	}
	key->text = malloc((length + 1) * sizeof(WCHAR));
	if (!key->text) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return false;
	}
	for (size_t i = 0; i < length; i++)
		key->text[i] = rtl_upcase(name[i]);
	key->length = (USHORT)length;
	return true;
}

/* No data and no size: the resource is deleted; ERROR_INVALID_PARAMETER when there is none. */
EXPORT(kernel32, BOOL, UpdateResourceW,
       (HANDLE handle, LPCWSTR type, LPCWSTR name, WORD language, LPVOID data, DWORD size))
{
	struct update *update = update_of(handle);
	struct resource_item item = {.keys[2].id = language, .code_page = 1252, .size = size};
	size_t place;

	if (!update)
		return FALSE;
	if (!make_key(&item.keys[0], type) || !make_key(&item.keys[1], name)) {
		resource_item_free(&item);
		return FALSE;
	}
	if (!data && !size) {
		bool found = resource_list_find(&update->list, item.keys, &place);

		resource_item_free(&item);
		if (!found) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return FALSE;
		}
		resource_list_remove(&update->list, place);
		return TRUE;
	}
	item.data = malloc(size ? size : 1);
	if (!item.data) {
		resource_item_free(&item);
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	memcpy(item.data, data, size);
	if (!resource_list_put(&update->list, &item)) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	return TRUE;
}

/* A name that may be an id. */
static LPCWSTR name_argument(struct wide_argument *argument, LPCSTR text)
{
	LPCWSTR wide = wide_argument_set(argument, (ULONG_PTR)text >> 16 ? text : NULL);

	return (ULONG_PTR)text >> 16 ? wide : (LPCWSTR)text;
}

EXPORT(kernel32, BOOL, UpdateResourceA,
       (HANDLE handle, LPCSTR type, LPCSTR name, WORD language, LPVOID data, DWORD size))
{
	struct wide_argument wide_type, wide_name;
	LPCWSTR type_text = name_argument(&wide_type, type), name_text = name_argument(&wide_name, name);
	BOOL result = !wide_type.failed && !wide_name.failed &&
		      UpdateResourceW(handle, type_text, name_text, language, data, size);

	wide_argument_free(&wide_type);
	wide_argument_free(&wide_name);
	return result;
}

EXPORT(kernel32, BOOL, EndUpdateResourceW, (HANDLE handle, BOOL discard))
{
	struct update *update = update_of(handle);
	DWORD error = 0;

	if (!update)
		return FALSE;
	if (!discard)
		error = pe_file_set_resources(&update->file, &update->list);
	if (!discard && !error)
		error = write_whole(update->name, &update->file);
	free_update(update);
	if (error)
		set_last_error(error);
	return !error;
}
EXPORT_ALIAS(kernel32, "EndUpdateResourceA", EndUpdateResourceW);
