/*
 * ntdll/cm/regf_read.c - keys and values out of a hive file.
 *
 * Cells may be anywhere and say anything: each is looked at within the bytes that there are, and how much may be made of all of them is
 * limited by what a file of this size can hold.
 */
#include "ntdll/cm/key.h"
#include "ntdll/cm/regf.h"

#include <stdlib.h>
#include <string.h>

#define DEEPEST 512

struct reader {
	const uint8_t *cells; /* behind the head */
	size_t size;
	size_t keys_left, values_left, data_left, lists_left;
	unsigned minor;
};

static uint32_t word_at(const uint8_t *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

uint32_t regf_checksum(const struct regf_head *head)
{
	const uint8_t *bytes = (const uint8_t *)head;
	uint32_t sum = 0;

	for (size_t i = 0; i < offsetof(struct regf_head, checksum); i += 4)
		sum ^= word_at(bytes + i);
	return sum == 0 ? 1 : sum == UINT32_MAX ? UINT32_MAX - 1 : sum;
}

/* The content of a cell that is in use and has at least this many bytes; NULL. */
static const uint8_t *cell(const struct reader *reader, uint32_t offset, size_t least, size_t *size)
{
	int64_t length;

	if (offset % 8 || offset >= reader->size || reader->size - offset < 4)
		return NULL;
	length = -(int64_t)(int32_t)word_at(reader->cells + offset);
	if (length < 8 || (uint64_t)length > reader->size - offset || (size_t)length - 4 < least)
		return NULL;
	*size = (size_t)length - 4;
	return reader->cells + offset + 4;
}

/* A name in malloc's memory; NULL: no memory. */
static char16_t *name_of(const uint8_t *bytes, size_t size, bool narrow, size_t *length)
{
	char16_t *name = malloc((size + 1) * sizeof(*name));

	*length = narrow ? size : size / sizeof(*name);
	for (size_t i = 0; name && i < *length; i++)
		name[i] = narrow ? bytes[i] : (char16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	return name;
}

/* Data in pieces. */
static NTSTATUS gather(const struct reader *reader, uint32_t offset, uint8_t *to, size_t size)
{
	struct regf_pieces pieces;
	size_t length, list_length;
	const uint8_t *at = cell(reader, offset, sizeof(pieces), &length), *list;

	if (!at)
		return STATUS_REGISTRY_CORRUPT;
	memcpy(&pieces, at, sizeof(pieces));
	list = cell(reader, pieces.list, pieces.count * 4u, &list_length);
	if (memcmp(pieces.signature, "db", 2) || !list)
		return STATUS_REGISTRY_CORRUPT;
	for (unsigned i = 0; size; i++) {
		size_t part = size < REGF_PIECE ? size : REGF_PIECE;

		at = i < pieces.count ? cell(reader, word_at(list + 4 * i), part, &length) : NULL;
		if (!at)
			return STATUS_REGISTRY_CORRUPT;
		memcpy(to, at, part);
		to += part;
		size -= part;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS read_data(struct reader *reader, const struct regf_value *head, uint8_t **data, size_t *size)
{
	const uint8_t *at;
	size_t length;

	*size = head->size & ~REGF_DATA_HERE;
	if (head->size & REGF_DATA_HERE ? *size > 4 : *size > reader->data_left)
		return STATUS_REGISTRY_CORRUPT;
	*data = calloc(1, *size + 1);
	if (!*data)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (head->size & REGF_DATA_HERE) {
		memcpy(*data, &head->data, *size);
		return STATUS_SUCCESS;
	}
	reader->data_left -= *size;
	if (!*size)
		return STATUS_SUCCESS;
	if (reader->minor >= 4 && *size > REGF_PIECE)
		return gather(reader, head->data, *data, *size);
	at = cell(reader, head->data, *size, &length);
	if (at)
		memcpy(*data, at, *size);
	return at ? STATUS_SUCCESS : STATUS_REGISTRY_CORRUPT;
}

static NTSTATUS read_value(struct reader *reader, uint32_t offset, struct cm_node *node)
{
	struct regf_value head;
	size_t length, units, size = 0;
	const uint8_t *at = cell(reader, offset, sizeof(head), &length);
	uint8_t *data = NULL;
	char16_t *name;
	NTSTATUS status;

	if (!at || !reader->values_left--)
		return STATUS_REGISTRY_CORRUPT;
	memcpy(&head, at, sizeof(head));
	if (memcmp(head.signature, "vk", 2) || head.name_size > length - sizeof(head))
		return STATUS_REGISTRY_CORRUPT;
	name = name_of(at + sizeof(head), head.name_size, head.flags & REGF_VALUE_NARROW, &units);
	if (!name)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = units > CM_LONGEST_VALUE_NAME ? STATUS_REGISTRY_CORRUPT : read_data(reader, &head, &data, &size);
	if (NT_SUCCESS(status) && cm_find_value(node, name, units))
		status = STATUS_REGISTRY_CORRUPT;
	if (NT_SUCCESS(status) && !cm_set_value(node, name, units, head.type, data, (ULONG)size))
		status = STATUS_INSUFFICIENT_RESOURCES;
	free(data);
	free(name);
	return status;
}

static NTSTATUS read_values(struct reader *reader, const struct regf_node *head, struct cm_node *node)
{
	size_t length;
	const uint8_t *list;
	NTSTATUS status = STATUS_SUCCESS;

	if (!head->values)
		return STATUS_SUCCESS;
	if (head->values > reader->values_left)
		return STATUS_REGISTRY_CORRUPT;
	list = cell(reader, head->value_list, head->values * 4u, &length);
	if (!list)
		return STATUS_REGISTRY_CORRUPT;
	for (uint32_t i = 0; i < head->values && NT_SUCCESS(status); i++)
		status = read_value(reader, word_at(list + 4 * i), node);
	return status;
}

static NTSTATUS read_node(struct reader *reader, uint32_t offset, struct cm_node *parent, struct cm_node *root, unsigned depth);

/* A list of subkeys, or of such lists. */
static NTSTATUS read_list(struct reader *reader, uint32_t offset, struct cm_node *node, bool inner, unsigned depth)
{
	struct regf_list head;
	size_t length, step;
	const uint8_t *at = cell(reader, offset, sizeof(head), &length);
	bool lists;
	NTSTATUS status = STATUS_SUCCESS;

	if (!at || !reader->lists_left--)
		return STATUS_REGISTRY_CORRUPT;
	memcpy(&head, at, sizeof(head));
	lists = !memcmp(head.signature, "ri", 2);
	step = !memcmp(head.signature, "lf", 2) || !memcmp(head.signature, "lh", 2) ? 8
	       : lists || !memcmp(head.signature, "li", 2)			      ? 4
										      : 0;
	if (!step || (lists && inner) || head.count * step > length - sizeof(head))
		return STATUS_REGISTRY_CORRUPT;
	for (unsigned i = 0; i < head.count && NT_SUCCESS(status); i++) {
		uint32_t next = word_at(at + sizeof(head) + i * step);

		status = lists ? read_list(reader, next, node, true, depth) : read_node(reader, next, node, NULL, depth);
	}
	return status;
}

static bool is_name(const char16_t *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (name[i] == '\\')
			return false;
	return length && length <= CM_LONGEST_NAME;
}

/* A key below `parent`, or the root, whose name does not matter. */
static NTSTATUS read_node(struct reader *reader, uint32_t offset, struct cm_node *parent, struct cm_node *root, unsigned depth)
{
	struct regf_node head;
	size_t length, units, class_length;
	const uint8_t *at = cell(reader, offset, sizeof(head), &length), *class;
	struct cm_node *node = root;
	char16_t *name;
	NTSTATUS status = STATUS_SUCCESS;

	if (!at || depth > DEEPEST || !reader->keys_left--)
		return STATUS_REGISTRY_CORRUPT;
	memcpy(&head, at, sizeof(head));
	if (memcmp(head.signature, "nk", 2) || head.name_size > length - sizeof(head))
		return STATUS_REGISTRY_CORRUPT;
	if (!root) {
		name = name_of(at + sizeof(head), head.name_size, head.flags & REGF_NODE_NARROW, &units);
		if (!name)
			return STATUS_INSUFFICIENT_RESOURCES;
		if (!is_name(name, units) || cm_find_child(parent, name, units))
			status = STATUS_REGISTRY_CORRUPT;
		else
			node = cm_add_child(parent, name, units);
		free(name);
	}
	if (!NT_SUCCESS(status) || !node)
		return NT_SUCCESS(status) ? STATUS_INSUFFICIENT_RESOURCES : status;
	node->last_write = head.time;
	node->is_link = !root && head.flags & REGF_NODE_LINK;
	if (head.class_size && head.class != REGF_NONE) {
		class = cell(reader, head.class, head.class_size, &class_length);
		if (!class)
			return STATUS_REGISTRY_CORRUPT;
		name = name_of(class, head.class_size, false, &units);
		if (!name || !cm_set_class(node, name, units))
			status = STATUS_INSUFFICIENT_RESOURCES;
		free(name);
	}
	if (NT_SUCCESS(status))
		status = read_values(reader, &head, node);
	if (NT_SUCCESS(status) && head.children)
		status = read_list(reader, head.child_list, node, false, depth + 1);
	return status;
}

NTSTATUS regf_read(const void *bytes, size_t size, struct cm_node *root)
{
	struct regf_head head;
	struct reader reader = {.cells = (const uint8_t *)bytes + REGF_BLOCK};

	if (size < REGF_BLOCK)
		return STATUS_NOT_REGISTRY_FILE;
	memcpy(&head, bytes, sizeof(head));
	if (memcmp(head.signature, "regf", 4) || head.major != 1 || head.minor < 2 || head.minor > 6 || head.type)
		return STATUS_NOT_REGISTRY_FILE;
	/* Two numbers that differ: it was being written, and what is missing is in a log beside it. */
	if (head.checksum != regf_checksum(&head) || head.sequence != head.sequence_again)
		return STATUS_REGISTRY_CORRUPT;
	reader.size = size - REGF_BLOCK;
	if (head.size < reader.size)
		reader.size = head.size;
	reader.minor = head.minor;
	reader.keys_left = reader.size / sizeof(struct regf_node);
	reader.values_left = reader.size / sizeof(struct regf_value);
	reader.lists_left = reader.size / 8;
	reader.data_left = reader.size;
	return read_node(&reader, head.root, NULL, root, 0);
}

void regf_discard(struct cm_node *root)
{
	while (root->child_count)
		cm_remove(root->children[root->child_count - 1]);
	while (root->values)
		cm_remove_value(root, root->values);
	free(root->children);
	free(root->name);
	free(root->class);
	memset(root, 0, sizeof(*root));
}
