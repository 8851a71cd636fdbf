/*
 * ntdll/cm/node.c - the tree of keys and values.  All functions want the registry's lock held.
 */
#include "ntdll/cm/cm.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"
#include <stdlib.h>
#include <string.h>

static void touch(struct cm_node *node)
{
	node->last_write = (uint64_t)rtl_system_time();
}

static char16_t *copy_name(const char16_t *name, size_t length)
{
	char16_t *copy = malloc((length + 1) * sizeof(*copy));

	if (copy) {
		memcpy(copy, name, length * sizeof(*copy));
		copy[length] = 0;
	}
	return copy;
}

struct cm_node *cm_children(struct cm_node *node)
{
	void (*fill)(struct cm_node *) = node->fill;

	node->fill = NULL;
	if (fill)
		fill(node);
	return node->children;
}

struct cm_node *cm_find_child(struct cm_node *node, const char16_t *name, size_t length)
{
	for (struct cm_node *child = cm_children(node); child; child = child->next) {
		int order = rtl_compare_nocase(child->name, child->name_length, name, length);

		if (order >= 0)
			return order ? NULL : child;
	}
	return NULL;
}

/* Where its name wants it among the subkeys. */
static void insert_child(struct cm_node *node, struct cm_node *child)
{
	struct cm_node **at = &node->children;

	while (*at && rtl_compare_nocase((*at)->name, (*at)->name_length, child->name, child->name_length) < 0)
		at = &(*at)->next;
	child->next = *at;
	*at = child;
	touch(child);
	touch(node);
}

static void take_out(struct cm_node *node)
{
	struct cm_node **at = &node->parent->children;

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->next = NULL;
}

struct cm_node *cm_add_child(struct cm_node *node, const char16_t *name, size_t length)
{
	struct cm_node *child = calloc(1, sizeof(*child));

	cm_children(node);
	if (child)
		child->name = copy_name(name, length);
	if (!child || !child->name) {
		free(child);
		return NULL;
	}
	child->name_length = length;
	child->parent = node;
	insert_child(node, child);
	return child;
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

struct cm_value *cm_find_value(struct cm_node *node, const char16_t *name, size_t length)
{
	struct cm_value *value = node->values;

	while (value && (value->name_length != length || rtl_compare_nocase(value->name, length, name, length)))
		value = value->next;
	return value;
}

bool cm_set_value(struct cm_node *node, const char16_t *name, size_t length, ULONG type, const void *data, ULONG size)
{
	struct cm_value *value = cm_find_value(node, name, length);
	BYTE *copy = malloc(size ? size : 1);

	if (!copy)
		return false;
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
			return false;
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
	touch(node);
	return true;
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
	touch(node);
}

/* Takes a key without subkeys out of the tree. */
void cm_remove(struct cm_node *node)
{
	take_out(node);
	touch(node->parent);
	node->deleted = true;
}

void cm_free_if_unused(struct cm_node *node)
{
	if (node->references || !node->deleted)
		return;
	while (node->values)
		cm_remove_value(node, node->values);
	free(node->name);
	free(node);
}
