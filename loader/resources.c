/*
 * loader/resources.c - walking resource directories (Microsoft, "PE Format", The .rsrc Section).
 */
#include "loader/pe.h"

#include <string.h>

static bool read_at(const struct pe_view *view, const struct pe_directory *root, uint64_t offset, void *to, uint32_t size)
{
	/* The directory's size is often too small in real files: the image bounds it. */
	uint64_t rva = root->rva + offset;

	return rva <= view->size && pe_read(view, (uint32_t)rva, to, size);
}

static char16_t upper(char16_t c)
{
	return c >= u'a' && c <= u'z' ? (char16_t)(c - 32) : c;
}

bool pe_resource_string(const struct pe_view *view, const struct pe_directory *root, uint32_t offset, char16_t *to,
			size_t capacity, size_t *length)
{
	uint16_t count;

	if (!read_at(view, root, offset, &count, sizeof(count)) || count > capacity)
		return false;
	*length = count;
	return read_at(view, root, (uint64_t)offset + 2, to, count * 2u);
}

NTSTATUS pe_resource_entry(const struct pe_view *view, const struct pe_directory *root, uint32_t offset, unsigned index,
			   struct pe_resource_entry *entry)
{
	IMAGE_RESOURCE_DIRECTORY header;
	IMAGE_RESOURCE_DIRECTORY_ENTRY raw;

	if (!read_at(view, root, offset, &header, sizeof(header)))
		return STATUS_INVALID_IMAGE_FORMAT;
	if (index >= (unsigned)header.NumberOfNamedEntries + header.NumberOfIdEntries)
		return STATUS_NO_MORE_ENTRIES;
	if (!read_at(view, root, offset + sizeof(header) + (uint64_t)index * sizeof(raw), &raw, sizeof(raw)))
		return STATUS_INVALID_IMAGE_FORMAT;
	entry->named = raw.Name >> 31;
	entry->id = raw.Name & 0x7FFFFFFF;
	entry->is_directory = raw.OffsetToData >> 31;
	entry->offset = raw.OffsetToData & 0x7FFFFFFF;
	return STATUS_SUCCESS;
}

/* Orders a wanted name against an entry of the same kind: as resource compilers sort, by upper-case characters. */
static bool compare(const struct pe_view *view, const struct pe_directory *root, const struct pe_resource_name *name,
		    const struct pe_resource_entry *entry, int *order)
{
	char16_t piece[64];
	uint16_t count;
	size_t done = 0;

	if (!name->text) {
		*order = name->id < entry->id ? -1 : name->id > entry->id;
		return true;
	}
	if (!read_at(view, root, entry->id, &count, sizeof(count)))
		return false;
	for (*order = 0; *order == 0 && done < name->length && done < count;) {
		size_t now = count - done < ARRAY_SIZE(piece) ? count - done : ARRAY_SIZE(piece);

		if (!read_at(view, root, (uint64_t)entry->id + 2 + done * 2, piece, (uint32_t)now * 2))
			return false;
		for (size_t i = 0; *order == 0 && i < now && done + i < name->length; i++)
			*order = (int)upper(name->text[done + i]) - (int)upper(piece[i]);
		done += now;
	}
	if (*order == 0)
		*order = name->length < count ? -1 : name->length > count;
	return true;
}

NTSTATUS pe_resource_find(const struct pe_view *view, const struct pe_directory *root, uint32_t offset,
			  const struct pe_resource_name *name, uint32_t *found, bool *is_directory)
{
	IMAGE_RESOURCE_DIRECTORY header;
	unsigned low, high;

	if (!read_at(view, root, offset, &header, sizeof(header)))
		return STATUS_INVALID_IMAGE_FORMAT;
	low = name->text ? 0 : header.NumberOfNamedEntries;
	high = name->text ? header.NumberOfNamedEntries
			  : (unsigned)header.NumberOfNamedEntries + header.NumberOfIdEntries;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		struct pe_resource_entry entry;
		NTSTATUS status = pe_resource_entry(view, root, offset, middle, &entry);
		int order;

		if (!NT_SUCCESS(status))
			return status;
		if (!compare(view, root, name, &entry, &order))
			return STATUS_INVALID_IMAGE_FORMAT;
		if (order == 0) {
			*found = entry.offset;
			*is_directory = entry.is_directory;
			return STATUS_SUCCESS;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return STATUS_NOT_FOUND;
}
