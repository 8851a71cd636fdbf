/*
 * ntdll/cm/node.c - the tree of keys and values in memory.
 */
#include "ntdll/cm/node.h"
#include "ntdll/rtl/rtl.h"
#include <stdlib.h>
#include <string.h>

void (*cm_forget_node)(struct cm_node *node);

static char16_t *copy_name(const char16_t *name, size_t length)
{
	char16_t *copy = malloc((length + 1) * sizeof(*copy));

	if (copy) {
		if (length)
			memcpy(copy, name, length * sizeof(*copy));
		copy[length] = 0;
	}
	return copy;
}

size_t cm_children(struct cm_node *node)
{
	void (*fill)(struct cm_node *) = node->fill;

	node->fill = NULL;
	if (fill)
		fill(node);
	return node->child_count;
}

/* The first place whose name is not before this one. */
static size_t place_of(const struct cm_node *node, const char16_t *name, size_t length, bool *same)
{
	size_t low = 0, high = node->child_count;

	*same = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct cm_node *child = node->children[middle];
		int order = rtl_compare_nocase(child->name, child->name_length, name, length);

		*same |= order == 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct cm_node *cm_find_child(struct cm_node *node, const char16_t *name, size_t length)
{
	bool same;
	size_t place;

	cm_children(node);
	place = place_of(node, name, length, &same);
	return same ? node->children[place] : NULL;
}

static bool make_room(struct cm_node *node)
{
	size_t room = node->child_room ? node->child_room * 2 : 4;
	struct cm_node **children;

	if (node->child_count < node->child_room)
		return true;
	children = realloc(node->children, room * sizeof(*children));
	if (!children)
		return false;
	node->children = children;
	node->child_room = room;
	return true;
}

static void insert_child(struct cm_node *node, struct cm_node *child)
{
	bool same;
	size_t place = place_of(node, child->name, child->name_length, &same);

	memmove(node->children + place + 1, node->children + place, (node->child_count - place) * sizeof(*node->children));
	node->children[place] = child;
	node->child_count++;
}

static void take_out(struct cm_node *node)
{
	struct cm_node *parent = node->parent;
	bool same;
	size_t place = place_of(parent, node->name, node->name_length, &same);

	while (parent->children[place] != node)
		place++;
	parent->child_count--;
	memmove(parent->children + place, parent->children + place + 1,
		(parent->child_count - place) * sizeof(*parent->children));
}

struct cm_node *cm_add_child(struct cm_node *node, const char16_t *name, size_t length)
{
	struct cm_node *child = calloc(1, sizeof(*child));

	cm_children(node);
	if (child)
		child->name = copy_name(name, length);
	if (!child || !child->name || !make_room(node)) {
		if (child)
			free(child->name);
		free(child);
		return NULL;
	}
	child->name_length = length;
	child->parent = node;
	insert_child(node, child);
	return child;
}

bool cm_set_class(struct cm_node *node, const char16_t *class, size_t length)
{
	char16_t *copy = length ? copy_name(class, length) : NULL;

	if (length && !copy)
		return false;
	free(node->class);
	node->class = copy;
	node->class_length = length;
	return true;
}

bool cm_rename(struct cm_node *node, const char16_t *name, size_t length)
{
	char16_t *copy = copy_name(name, length);

	if (!copy)
		return false;
	take_out(node);
	free(node->name);
	node->name = copy;
	node->name_length = length;
	insert_child(node->parent, node);
	return true;
}

struct cm_value *cm_find_value(const struct cm_node *node, const char16_t *name, size_t length)
{
	struct cm_value *value = node->values;

	while (value && (value->name_length != length || rtl_compare_nocase(value->name, length, name, length)))
		value = value->next;
	return value;
}

struct cm_value *cm_set_value(struct cm_node *node, const char16_t *name, size_t length, ULONG type, const void *data,
			      ULONG size)
{
	struct cm_value *value = cm_find_value(node, name, length);
	BYTE *copy = malloc(size ? size : 1);

	if (!copy)
		return NULL;
	if (size)
		memcpy(copy, data, size);
	if (!value) {
		struct cm_value **at = &node->values;

		value = calloc(1, sizeof(*value));
		if (value)
			value->name = copy_name(name, length);
		if (!value || !value->name) {
			free(value);
			free(copy);
			return NULL;
		}
		value->name_length = length;
		while (*at)
			at = &(*at)->next;
		*at = value;
	}
	free(value->data);
	value->data = copy;
	value->size = size;
	value->type = type;
	return value;
}

void cm_remove_value(struct cm_node *node, struct cm_value *value)
{
	struct cm_value **at = &node->values;

	while (*at != value)
		at = &(*at)->next;
	*at = value->next;
	free(value->name);
	free(value->data);
	free(value);
}

static void delete_tree(struct cm_node *node)
{
	node->fill = NULL;
	for (size_t i = 0; i < node->child_count; i++)
		delete_tree(node->children[i]);
	free(node->children);
	node->children = NULL;
	node->child_count = node->child_room = 0;
	node->deleted = true;
	node->parent = NULL;
	cm_free_if_unused(node);
}

void cm_remove(struct cm_node *node)
{
	take_out(node);
	delete_tree(node);
}

void cm_free_if_unused(struct cm_node *node)
{
	if (node->references || !node->deleted)
		return;
	if (cm_forget_node)
		cm_forget_node(node);
	while (node->values)
		cm_remove_value(node, node->values);
	free(node->name);
	free(node->class);
	free(node);
}
