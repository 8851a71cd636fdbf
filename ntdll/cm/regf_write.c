/*
 * ntdll/cm/regf_write.c - a hive file of a key.
 */
#include "ntdll/cm/regf.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"

#include <stdlib.h>
#include <string.h>

/* Entries of a list of subkeys; more of them lie in several. */
#define LIST_ENTRIES 500u

struct writer {
	uint8_t *cells;
	size_t size, capacity; /* size: where the last bin ends */
	size_t bin, free;      /* the last bin, and where it is not used yet */
	bool failed;
	bool pieces, hashes; /* of versions behind 1.3 */
	uint32_t security;
};

static void put_at(struct writer *writer, size_t offset, const void *from, size_t size)
{
	if (!writer->failed && size)
		memcpy(writer->cells + offset, from, size);
}

static void put_word(struct writer *writer, size_t offset, uint32_t word)
{
	put_at(writer, offset, &word, sizeof(word));
}

/* The rest of the last bin is one cell that is not in use. */
static void end_bin(struct writer *writer)
{
	if (writer->free < writer->size)
		put_word(writer, writer->free, (uint32_t)(writer->size - writer->free));
}

static void add_bin(struct writer *writer, size_t least)
{
	size_t size = (least + sizeof(struct regf_bin) + REGF_BLOCK - 1) & ~(size_t)(REGF_BLOCK - 1);
	struct regf_bin head = {.signature = "hbin", .offset = (uint32_t)writer->size, .size = (uint32_t)size};

	if (writer->size)
		end_bin(writer);
	if (writer->size + size > writer->capacity) {
		size_t capacity = (writer->size + size) * 2;
		uint8_t *cells = capacity < INT32_MAX ? realloc(writer->cells, capacity) : NULL;

		if (!cells) {
			writer->failed = true;
			return;
		}
		writer->cells = cells;
		writer->capacity = capacity;
	}
	memset(writer->cells + writer->size, 0, size);
	if (!writer->size)
		head.time = (uint64_t)rtl_system_time();
	put_at(writer, writer->size, &head, sizeof(head));
	writer->bin = writer->size;
	writer->free = writer->size + sizeof(head);
	writer->size += size;
}

/* A cell in use; what it begins at is what others call it. */
static uint32_t add_cell(struct writer *writer, size_t content)
{
	size_t size = (content + 4 + 7) & ~(size_t)7, at;

	if (!writer->failed && writer->size - writer->free < size)
		add_bin(writer, size);
	if (writer->failed)
		return REGF_NONE;
	at = writer->free;
	put_word(writer, at, (uint32_t)-(int32_t)size);
	writer->free += size;
	return (uint32_t)at;
}

static uint32_t add_cell_of(struct writer *writer, const void *content, size_t size)
{
	uint32_t at = add_cell(writer, size);

	put_at(writer, at + 4, content, size);
	return at;
}

static bool is_narrow(const char16_t *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (name[i] > 0xFF)
			return false;
	return true;
}

static void put_name(struct writer *writer, size_t offset, const char16_t *name, size_t length, bool narrow)
{
	if (!narrow)
		put_at(writer, offset, name, length * sizeof(*name));
	for (size_t i = 0; narrow && i < length; i++) {
		uint8_t byte = (uint8_t)name[i];

		put_at(writer, offset + i, &byte, 1);
	}
}

/* Local System, administrators and whoever is logged on may do everything: keys have no descriptors of their own. */
static uint32_t add_security(struct writer *writer)
{
	static const uint8_t descriptor[] = {
		1, 0, 0x04, 0x80, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0,
		1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
		1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
		2, 0, 72, 0, 3, 0, 0, 0,
		0, 2, 20, 0, 0x3F, 0, 0x0F, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
		0, 2, 24, 0, 0x3F, 0, 0x0F, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
		0, 2, 20, 0, 0x3F, 0, 0x0F, 0, 1, 1, 0, 0, 0, 0, 0, 5, 11, 0, 0, 0,
	};
	struct regf_security head = {.signature = {'s', 'k'}, .size = sizeof(descriptor)};
	uint32_t at = add_cell(writer, sizeof(head) + sizeof(descriptor));

	head.next = head.previous = at;
	put_at(writer, at + 4, &head, sizeof(head));
	put_at(writer, at + 4 + sizeof(head), descriptor, sizeof(descriptor));
	return at;
}

static void count_security(struct writer *writer, uint32_t references)
{
	put_word(writer, writer->security + 4 + offsetof(struct regf_security, references), references);
}

static uint32_t add_data(struct writer *writer, const uint8_t *data, size_t size)
{
	struct regf_pieces head = {.signature = {'d', 'b'}};
	uint32_t at;

	if (!writer->pieces || size <= REGF_PIECE)
		return add_cell_of(writer, data, size);
	head.count = (uint16_t)((size + REGF_PIECE - 1) / REGF_PIECE);
	/* More than 1 GiB is more than a value can have. */
	head.list = add_cell(writer, head.count * 4u);
	for (unsigned i = 0; i < head.count; i++, data += REGF_PIECE, size -= REGF_PIECE) {
		at = add_cell_of(writer, data, size < REGF_PIECE ? size : REGF_PIECE);
		put_word(writer, head.list + 4 + 4 * i, at);
		if (size <= REGF_PIECE)
			break;
	}
	return add_cell_of(writer, &head, sizeof(head));
}

static uint32_t add_value(struct writer *writer, const struct cm_value *value)
{
	bool narrow = is_narrow(value->name, value->name_length);
	struct regf_value head = {
		.signature = {'v', 'k'},
		.name_size = (uint16_t)(value->name_length * (narrow ? 1 : sizeof(char16_t))),
		.size = value->size,
		.data = REGF_NONE,
		.type = value->type,
		.flags = narrow ? REGF_VALUE_NARROW : 0,
	};
	uint32_t at;

	if (value->size > 4) {
		head.data = add_data(writer, value->data, value->size);
	} else {
		head.size |= REGF_DATA_HERE;
		head.data = 0;
		memcpy(&head.data, value->data, value->size);
	}
	at = add_cell(writer, sizeof(head) + head.name_size);
	put_at(writer, at + 4, &head, sizeof(head));
	put_name(writer, at + 4 + sizeof(head), value->name, value->name_length, narrow);
	return at;
}

static uint32_t hash_of(const struct writer *writer, const struct cm_node *node)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < node->name_length; i++)
		if (writer->hashes)
			hash = hash * 37 + rtl_upcase(node->name[i]);
		else if (i < 4)
			hash |= (node->name[i] < 0x100 ? node->name[i] : 0u) << (8 * i);
	return hash;
}

static uint32_t add_node(struct writer *writer, struct cm_node *node, uint32_t parent, uint32_t *references);

/* A list of `count` subkeys that lie at `offsets`. */
static uint32_t add_list(struct writer *writer, struct cm_node *const *children, const uint32_t *offsets, uint32_t count)
{
	struct regf_list head = {.signature = {'l', writer->hashes ? 'h' : 'f'}, .count = (uint16_t)count};
	uint32_t at = add_cell(writer, sizeof(head) + count * 8u);

	put_at(writer, at + 4, &head, sizeof(head));
	for (uint32_t i = 0; i < count; i++) {
		put_word(writer, at + 4 + sizeof(head) + 8 * i, offsets[i]);
		put_word(writer, at + 4 + sizeof(head) + 8 * i + 4, hash_of(writer, children[i]));
	}
	return at;
}

static uint32_t add_children(struct writer *writer, struct cm_node *node, uint32_t own, uint32_t *count, uint32_t *references)
{
	struct cm_node **children = malloc((node->child_count + 1) * sizeof(*children));
	uint32_t *offsets = malloc((node->child_count + 1) * sizeof(*offsets)), at = REGF_NONE, lists;

	*count = 0;
	if (!children || !offsets)
		writer->failed = true;
	for (size_t i = 0; i < node->child_count && !writer->failed; i++) {
		if (node->children[i]->is_volatile)
			continue;
		children[*count] = node->children[i];
		offsets[(*count)++] = add_node(writer, node->children[i], own, references);
	}
	if (*count && *count <= LIST_ENTRIES) {
		at = add_list(writer, children, offsets, *count);
	} else if (*count) {
		struct regf_list head = {.signature = {'r', 'i'}};

		lists = (*count + LIST_ENTRIES - 1) / LIST_ENTRIES;
		writer->failed |= lists > UINT16_MAX;
		head.count = (uint16_t)lists;
		at = add_cell(writer, sizeof(head) + lists * 4u);
		put_at(writer, at + 4, &head, sizeof(head));
		for (uint32_t i = 0; i < lists && !writer->failed; i++) {
			uint32_t left = *count - i * LIST_ENTRIES;
			uint32_t list = add_list(writer, children + i * LIST_ENTRIES, offsets + i * LIST_ENTRIES,
						 left < LIST_ENTRIES ? left : LIST_ENTRIES);

			put_word(writer, at + 4 + sizeof(head) + 4 * i, list);
		}
	}
	free(children);
	free(offsets);
	return at;
}

static void raise_to(uint32_t *most, size_t value)
{
	if (value > *most)
		*most = (uint32_t)value;
}

static uint32_t add_node(struct writer *writer, struct cm_node *node, uint32_t parent, uint32_t *references)
{
	const char16_t *name = node->name ? node->name : u"";
	bool narrow = is_narrow(name, node->name_length);
	struct regf_node head = {
		.signature = {'n', 'k'},
		.flags = (uint16_t)((narrow ? REGF_NODE_NARROW : 0) | (node->is_link ? REGF_NODE_LINK : 0) |
				    (parent == REGF_NONE ? REGF_NODE_ROOT | REGF_NODE_NO_DELETE : 0)),
		.time = node->last_write,
		.parent = parent == REGF_NONE ? 0 : parent,
		.child_list = REGF_NONE,
		.volatile_child_list = REGF_NONE,
		.value_list = REGF_NONE,
		.security = writer->security,
		.class = REGF_NONE,
		.name_size = (uint16_t)(node->name_length * (narrow ? 1 : sizeof(char16_t))),
		.class_size = (uint16_t)(node->class_length * sizeof(char16_t)),
	};
	uint32_t at = add_cell(writer, sizeof(head) + head.name_size), i = 0;

	++*references;
	cm_children(node);
	if (node->class_length)
		head.class = add_cell_of(writer, node->class, head.class_size);
	for (const struct cm_value *value = node->values; value; value = value->next) {
		head.values++;
		raise_to(&head.longest_value, value->name_length * sizeof(char16_t));
		raise_to(&head.largest_data, value->size);
	}
	if (head.values)
		head.value_list = add_cell(writer, head.values * 4u);
	for (const struct cm_value *value = node->values; value && !writer->failed; value = value->next, i++)
		put_word(writer, head.value_list + 4 + 4 * i, add_value(writer, value));
	for (size_t child = 0; child < node->child_count; child++) {
		raise_to(&head.longest_child, node->children[child]->name_length * sizeof(char16_t));
		raise_to(&head.longest_child_class, node->children[child]->class_length * sizeof(char16_t));
	}
	head.child_list = add_children(writer, node, at, &head.children, references);
	put_at(writer, at + 4, &head, sizeof(head));
	put_name(writer, at + 4 + sizeof(head), name, node->name_length, narrow);
	return at;
}

void *regf_write(struct cm_node *root, unsigned minor, size_t *size)
{
	struct writer writer = {.pieces = minor >= 4, .hashes = minor >= 5};
	struct regf_head head = {.signature = "regf", .sequence = 1, .sequence_again = 1, .major = 1, .minor = minor, .format = 1,
				 .clustering = 1};
	uint32_t references = 0;
	uint8_t *file = NULL;

	head.time = (uint64_t)rtl_system_time();
	writer.security = add_security(&writer);
	head.root = add_node(&writer, root, REGF_NONE, &references);
	count_security(&writer, references);
	if (!writer.failed) {
		end_bin(&writer);
		file = calloc(1, REGF_BLOCK + writer.size);
	}
	if (file) {
		head.size = (uint32_t)writer.size;
		head.checksum = regf_checksum(&head);
		memcpy(file, &head, sizeof(head));
		memcpy(file + REGF_BLOCK, writer.cells, writer.size);
		*size = REGF_BLOCK + writer.size;
	}
	free(writer.cells);
	return file;
}
