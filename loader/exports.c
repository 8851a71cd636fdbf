/*
 * loader/exports.c - looking names and ordinals up in export directories (Microsoft, "PE Format", The .edata Section).
 */
#include "loader/pe.h"

#include <stdlib.h>
#include <string.h>

static bool read_directory(const struct pe_view *view, const struct pe_directory *directory,
			   IMAGE_EXPORT_DIRECTORY *exports)
{
	return directory->rva && pe_read(view, directory->rva, exports, sizeof(*exports));
}

static bool read_table32(const struct pe_view *view, uint32_t table, uint32_t index, uint32_t *value)
{
	uint64_t rva = table + (uint64_t)index * sizeof(*value);

	return rva <= view->size && pe_read(view, (uint32_t)rva, value, sizeof(*value));
}

static NTSTATUS by_index(const struct pe_view *view, const struct pe_directory *directory,
			 const IMAGE_EXPORT_DIRECTORY *exports, uint32_t index, NTSTATUS missing,
			 struct pe_export *result)
{
	if (index >= exports->NumberOfFunctions)
		return missing;
	if (!read_table32(view, exports->AddressOfFunctions, index, &result->rva))
		return STATUS_INVALID_IMAGE_FORMAT;
	if (!result->rva)
		return missing;
	result->directory = directory->rva;
	/* An address inside the export directory is that of a forwarder's text. */
	result->forwarder = result->rva - directory->rva < directory->size;
	return STATUS_SUCCESS;
}

/* Compares the name at `rva` with `name` of `length` bytes (without the terminator): as strcmp does. */
static bool compare_name(const struct pe_view *view, uint32_t rva, const char *name, uint32_t length, int *order)
{
	char buffer[512];
	uint32_t size = length + 1;

	if (rva >= view->size)
		return false;
	if (!view->copy) {
		uint32_t room = view->size - rva;

		*order = strncmp(name, (const char *)view->base + rva, room < size ? room : size);
		return true;
	}
	if (size > sizeof(buffer))
		size = sizeof(buffer);
	if (size > view->size - rva)
		size = view->size - rva;
	if (view->copy(buffer, view->base + rva, size) != 0) {
		/* A short name at the end of what is readable. */
		char *whole = malloc(PE_NAME_CAPACITY);
		bool ok = whole && pe_read_string(view, rva, whole, PE_NAME_CAPACITY);

		if (ok)
			*order = strcmp(name, whole);
		free(whole);
		return ok;
	}
	*order = strncmp(name, buffer, size);
	return true;
}

static NTSTATUS by_name_index(const struct pe_view *view, const struct pe_directory *directory,
			      const IMAGE_EXPORT_DIRECTORY *exports, uint32_t index, struct pe_export *result)
{
	uint64_t rva = exports->AddressOfNameOrdinals + (uint64_t)index * sizeof(uint16_t);
	uint16_t ordinal;

	if (rva > view->size || !pe_read(view, (uint32_t)rva, &ordinal, sizeof(ordinal)))
		return STATUS_INVALID_IMAGE_FORMAT;
	return by_index(view, directory, exports, ordinal, STATUS_ENTRYPOINT_NOT_FOUND, result);
}

NTSTATUS pe_export_by_name(const struct pe_view *view, const struct pe_directory *directory, const char *name,
			   unsigned hint, struct pe_export *result)
{
	IMAGE_EXPORT_DIRECTORY exports;
	uint32_t length = (uint32_t)strlen(name), low = 0, high, rva;
	int order;

	if (!read_directory(view, directory, &exports))
		return STATUS_ENTRYPOINT_NOT_FOUND;
	if (exports.NumberOfNames > view->size / sizeof(uint32_t))
		return STATUS_INVALID_IMAGE_FORMAT;
	if (length >= PE_NAME_CAPACITY)
		return STATUS_ENTRYPOINT_NOT_FOUND;
	/* The linker's guess of the index. */
	if (hint && hint < exports.NumberOfNames && read_table32(view, exports.AddressOfNames, hint, &rva) &&
	    compare_name(view, rva, name, length, &order) && order == 0)
		return by_name_index(view, directory, &exports, hint, result);
	high = exports.NumberOfNames;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (!read_table32(view, exports.AddressOfNames, middle, &rva) ||
		    !compare_name(view, rva, name, length, &order))
			return STATUS_INVALID_IMAGE_FORMAT;
		if (order == 0)
			return by_name_index(view, directory, &exports, middle, result);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return STATUS_ENTRYPOINT_NOT_FOUND;
}

NTSTATUS pe_export_by_ordinal(const struct pe_view *view, const struct pe_directory *directory, uint32_t ordinal,
			      struct pe_export *result)
{
	IMAGE_EXPORT_DIRECTORY exports;

	if (!read_directory(view, directory, &exports) || ordinal < exports.Base)
		return STATUS_ORDINAL_NOT_FOUND;
	return by_index(view, directory, &exports, ordinal - exports.Base, STATUS_ORDINAL_NOT_FOUND, result);
}

bool pe_split_forwarder(const char *text, char dll[256], const char **name, uint32_t *ordinal)
{
	const char *dot = strrchr(text, '.');
	size_t length = dot ? (size_t)(dot - text) : 0;
	bool extension;

	/* ".dll" and a NUL must still fit. */
	if (!length || length > 250 || !dot[1])
		return false;
	memcpy(dll, text, length);
	dll[length] = 0;
	extension = strchr(dll, '.') != NULL && strncmp(dll, "api-ms-", 7) != 0 && strncmp(dll, "ext-ms-", 7) != 0;
	if (!extension)
		strcpy(dll + length, ".dll");
	*name = dot + 1;
	*ordinal = 0;
	if (dot[1] == '#') {
		uint32_t value = 0;
		const char *digit = dot + 2;

		if (!*digit)
			return false;
		for (; *digit; digit++) {
			if (*digit < '0' || *digit > '9' || value > 0xFFFF)
				return false;
			value = value * 10 + (uint32_t)(*digit - '0');
		}
		if (value > 0xFFFF)
			return false;
		*name = NULL;
		*ordinal = value;
	}
	return true;
}
