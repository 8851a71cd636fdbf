/*
 * kernel32/updateresource_tree.c - resource directories of a file, read and made (Microsoft, "PE Format", The .rsrc
 * Section).
 *
 * The order in the section: directories, data entries, strings, data; each piece of data begins at a multiple of eight.
 */
#include "kernel32/updateresource.h"

#include <stdlib.h>
#include <string.h>

#define SUBDIRECTORY 0x80000000u

struct reader {
	const struct pe_file *file;
	struct resource_list *list;
	struct resource_key keys[3];
	DWORD root;
	unsigned left; /* entries that may still come: a damaged tree ends */
	DWORD error;
};

static bool read_key(struct reader *reader, DWORD name, struct resource_key *key)
{
	const BYTE *text;
	USHORT length;

	*key = (struct resource_key){.id = (USHORT)name};
	if (!(name & SUBDIRECTORY))
		return true;
	name = reader->root + (name & ~SUBDIRECTORY);
	text = pe_file_at(reader->file, name, 2);
	if (text)
		memcpy(&length, text, 2);
	if (!text || !(text = pe_file_at(reader->file, name + 2, length * 2u))) {
		reader->error = ERROR_BAD_EXE_FORMAT;
		return false;
	}
	key->length = length;
	key->text = malloc((length + 1u) * sizeof(WCHAR));
	if (!key->text) {
		reader->error = ERROR_NOT_ENOUGH_MEMORY;
		return false;
	}
	memcpy(key->text, text, length * sizeof(WCHAR));
	for (unsigned i = 0; i < length; i++)
		key->text[i] = rtl_upcase(key->text[i]);
	return true;
}

static bool read_data(struct reader *reader, DWORD offset)
{
	struct resource_item item = {.keys[2].id = reader->keys[2].id};
	IMAGE_RESOURCE_DATA_ENTRY entry;
	const BYTE *data = pe_file_at(reader->file, reader->root + offset, sizeof(entry));

	reader->error = ERROR_BAD_EXE_FORMAT;
	if (!data)
		return false;
	memcpy(&entry, data, sizeof(entry));
	data = pe_file_at(reader->file, entry.OffsetToData, entry.Size);
	if (!data)
		return false;
	reader->error = ERROR_NOT_ENOUGH_MEMORY;
	item.size = entry.Size;
	item.code_page = entry.CodePage;
	item.data = malloc(entry.Size ? entry.Size : 1);
	for (unsigned i = 0; i < 2 && item.data; i++) {
		item.keys[i] = reader->keys[i];
		if (!item.keys[i].text)
			continue;
		item.keys[i].text = malloc((item.keys[i].length + 1u) * sizeof(WCHAR));
		if (!item.keys[i].text) {
			free(item.data);
			item.data = NULL;
			break;
		}
		memcpy(item.keys[i].text, reader->keys[i].text, item.keys[i].length * sizeof(WCHAR));
	}
	if (!item.data) {
		resource_item_free(&item);
		return false;
	}
	memcpy(item.data, data, entry.Size);
	if (!resource_list_put(reader->list, &item))
		return false;
	reader->error = 0;
	return true;
}

static bool read_level(struct reader *reader, DWORD offset, unsigned level)
{
	IMAGE_RESOURCE_DIRECTORY header;
	const BYTE *at = pe_file_at(reader->file, reader->root + offset, sizeof(header));
	unsigned count = 0;

	if (at) {
		memcpy(&header, at, sizeof(header));
		count = (unsigned)header.NumberOfNamedEntries + header.NumberOfIdEntries;
		at = pe_file_at(reader->file, reader->root + offset + (DWORD)sizeof(header), count * 8);
	}
	if (!at || count > reader->left) {
		reader->error = ERROR_BAD_EXE_FORMAT;
		return false;
	}
	reader->left -= count;
	for (unsigned i = 0; i < count; i++) {
		DWORD entry[2];
		bool good;

		memcpy(entry, at + i * 8, 8);
		/* Three levels: directories above, data at the third. */
		if (!(entry[1] & SUBDIRECTORY) != (level == 2)) {
			reader->error = ERROR_BAD_EXE_FORMAT;
			return false;
		}
		good = read_key(reader, entry[0], &reader->keys[level]);
		if (good)
			good = level == 2 ? read_data(reader, entry[1])
					  : read_level(reader, entry[1] & ~SUBDIRECTORY, level + 1);
		free(reader->keys[level].text);
		reader->keys[level].text = NULL;
		if (!good)
			return false;
	}
	return true;
}

DWORD resource_tree_read(const struct pe_file *file, struct resource_list *list)
{
	struct reader reader = {.file = file, .list = list, .left = 1000000};
	IMAGE_DATA_DIRECTORY directory;

	if (file->directory_count <= IMAGE_DIRECTORY_ENTRY_RESOURCE)
		return 0;
	memcpy(&directory, file->data + file->directories + IMAGE_DIRECTORY_ENTRY_RESOURCE * sizeof(directory),
	       sizeof(directory));
	if (!directory.VirtualAddress || !directory.Size)
		return 0;
	reader.root = directory.VirtualAddress;
	read_level(&reader, 0, 0);
	return reader.error;
}

/* Where the next of each kind goes. */
struct maker {
	const struct resource_list *list;
	BYTE *at; /* NULL: only measured */
	DWORD rva, directories, entries, strings, data;
};

static DWORD add_string(struct maker *maker, const struct resource_key *key)
{
	DWORD offset = maker->strings;

	if (maker->at) {
		memcpy(maker->at + offset, &key->length, 2);
		memcpy(maker->at + offset + 2, key->text, key->length * sizeof(WCHAR));
	}
	maker->strings += 2 + key->length * (DWORD)sizeof(WCHAR);
	return offset | SUBDIRECTORY;
}

/* How many items from `start` on share the key of a level. */
static size_t run(const struct resource_list *list, size_t start, size_t end, unsigned level)
{
	size_t next = start + 1;

	while (next < end && !resource_key_order(&list->items[start].keys[level], &list->items[next].keys[level]))
		next++;
	return next - start;
}

static DWORD add_data(struct maker *maker, const struct resource_item *item)
{
	IMAGE_RESOURCE_DATA_ENTRY entry = {
		.OffsetToData = maker->rva + maker->data, .Size = item->size, .CodePage = item->code_page};
	DWORD offset = maker->entries;

	if (maker->at) {
		memcpy(maker->at + offset, &entry, sizeof(entry));
		memcpy(maker->at + maker->data, item->data, item->size);
	}
	maker->entries += sizeof(entry);
	maker->data = (maker->data + item->size + 7) & ~7u;
	return offset;
}

/* The directory for items [start, end), which share their keys above `level`; its offset. */
static DWORD add_level(struct maker *maker, size_t start, size_t end, unsigned level)
{
	IMAGE_RESOURCE_DIRECTORY header = {.MajorVersion = 4};
	DWORD offset = maker->directories, entry[2];
	unsigned index = 0;

	for (size_t i = start; i < end; i += run(maker->list, i, end, level)) {
		if (maker->list->items[i].keys[level].text)
			header.NumberOfNamedEntries++;
		else
			header.NumberOfIdEntries++;
	}
	maker->directories += (DWORD)sizeof(header) + 8u * (header.NumberOfNamedEntries + header.NumberOfIdEntries);
	if (maker->at)
		memcpy(maker->at + offset, &header, sizeof(header));
	for (size_t i = start, count; i < end; i += count) {
		const struct resource_item *item = &maker->list->items[i];

		count = run(maker->list, i, end, level);
		entry[0] = item->keys[level].text ? add_string(maker, &item->keys[level]) : item->keys[level].id;
		entry[1] =
			level == 2 ? add_data(maker, item) : add_level(maker, i, i + count, level + 1) | SUBDIRECTORY;
		if (maker->at)
			memcpy(maker->at + offset + sizeof(header) + 8 * index, entry, 8);
		index++;
	}
	return offset;
}

BYTE *resource_tree_make(const struct resource_list *list, DWORD rva, DWORD *size)
{
	struct maker maker = {.list = list, .rva = rva};
	DWORD entries, strings, data;
	uint64_t total = 0;

	for (size_t i = 0; i < list->count; i++)
		total += 64 + 2ull * list->items[i].keys[0].length + 2ull * list->items[i].keys[1].length + list->items[i].size;
	if (total > 0x7FFFFFFF)
		return NULL; /* no image is as large */
	/* Measured first: each kind begins where the one before it ends. */
	add_level(&maker, 0, list->count, 0);
	entries = (maker.directories + 7) & ~7u;
	strings = entries + maker.entries;
	data = (strings + maker.strings + 7) & ~7u;
	*size = data + maker.data;
	maker = (struct maker){.list = list, .rva = rva, .entries = entries, .strings = strings, .data = data};
	maker.at = calloc(1, *size);
	if (maker.at)
		add_level(&maker, 0, list->count, 0);
	return maker.at;
}
