/*
 * ntdll/mm/tree.c - the B+ tree of tree.h.
 *
 * key[i] of an inner node is the smallest key below child[i]; the one at index 0 may be too small after removals,
 * which only matters to searches that miss to the left anyway.
 */
#include "ntdll/mm/tree.h"
#include "ntdll/mm/slab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct path {
	struct mm_node *node[MM_TREE_MAX_HEIGHT];
	unsigned index[MM_TREE_MAX_HEIGHT];
};

#define CACHE_LINE 64

/* All cache lines of the keys are asked for at once: among a million entries a lookup is as long as its cache misses. */
static inline void prefetch_keys(const struct mm_node *node)
{
	for (unsigned line = 0; line < 5; line++)
		__builtin_prefetch((const char *)node + line * CACHE_LINE);
}

static inline void prefetch_values(const struct mm_node *node)
{
	for (unsigned line = 5; line < 10; line++)
		__builtin_prefetch((const char *)node + line * CACHE_LINE);
}

/* Index of the last key <= `key`, or -1.  (A search without branches was tried: it is slower, even where nobody can
 * foresee the answers, because the processor fetches ahead along a branch that it guesses.) */
static inline int last_not_above(const struct mm_node *node, uint64_t key)
{
	unsigned low = 0, high = node->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (node->key[middle] <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return (int)low - 1;
}

static uint64_t largest_gap(const struct mm_node *node)
{
	uint64_t a = 0, b = 0, c = 0; /* three, because the comparisons of one would wait for each other */
	unsigned i = 0;

	for (; i + 3 <= node->count; i += 3) {
		a = node->gap[i] > a ? node->gap[i] : a;
		b = node->gap[i + 1] > b ? node->gap[i + 1] : b;
		c = node->gap[i + 2] > c ? node->gap[i + 2] : c;
	}
	for (; i < node->count; i++)
		a = node->gap[i] > a ? node->gap[i] : a;
	b = c > b ? c : b;
	return a > b ? a : b;
}

struct mm_cursor mm_tree_find(const struct mm_tree *tree, uint64_t key)
{
	struct mm_node *node = tree->root;
	int index;

	if (!node)
		return (struct mm_cursor){NULL, 0};
	while (node->height) {
		bool above_leaves = node->height == 1;

		index = last_not_above(node, key);
		node = node->child[index < 0 ? 0 : index];
		prefetch_keys(node);
		if (above_leaves)
			prefetch_values(node);
	}
	index = last_not_above(node, key);
	return index < 0 ? (struct mm_cursor){NULL, 0} : (struct mm_cursor){node, (unsigned)index};
}

struct mm_cursor mm_tree_first(const struct mm_tree *tree)
{
	struct mm_node *node = tree->root;

	if (!node)
		return (struct mm_cursor){NULL, 0};
	while (node->height)
		node = node->child[0];
	return (struct mm_cursor){node, 0};
}

/* Walks to the leaf for `key`; the leaf's index is that of the last key <= `key`, or -1 as UINT_MAX. */
static void walk(const struct mm_tree *tree, uint64_t key, struct path *path)
{
	struct mm_node *node = tree->root;

	for (;;) {
		int index = last_not_above(node, key);

		path->node[node->height] = node;
		if (!node->height) {
			path->index[0] = (unsigned)index;
			return;
		}
		path->index[node->height] = index < 0 ? 0 : (unsigned)index;
		node = node->child[index < 0 ? 0 : index];
	}
}

/* Brings key and largest gap of a child up to date; false: they were. */
static bool refresh_child(struct mm_node *node, unsigned index)
{
	const struct mm_node *child = node->child[index];
	uint64_t largest = largest_gap(child);

	if (node->key[index] == child->key[0] && node->gap[index] == largest)
		return false;
	node->key[index] = child->key[0];
	node->gap[index] = largest;
	return true;
}

static void refresh(const struct mm_tree *tree, const struct path *path)
{
	for (unsigned level = 1; level <= tree->root->height; level++)
		if (!refresh_child(path->node[level], path->index[level]))
			return;
}

static void open_slot(struct mm_node *node, unsigned index)
{
	size_t tail = (node->count - index) * sizeof(uint64_t);

	memmove(&node->key[index + 1], &node->key[index], tail);
	memmove(&node->value[index + 1], &node->value[index], tail);
	memmove(&node->gap[index + 1], &node->gap[index], tail);
	node->count++;
}

static void close_slot(struct mm_node *node, unsigned index)
{
	size_t tail = (node->count - index - 1) * sizeof(uint64_t);

	memmove(&node->key[index], &node->key[index + 1], tail);
	memmove(&node->value[index], &node->value[index + 1], tail);
	memmove(&node->gap[index], &node->gap[index + 1], tail);
	node->count--;
}

static void move_entries(struct mm_node *to, unsigned at, const struct mm_node *from, unsigned first, unsigned count)
{
	memcpy(&to->key[at], &from->key[first], count * sizeof(uint64_t));
	memcpy(&to->value[at], &from->value[first], count * sizeof(uint64_t));
	memcpy(&to->gap[at], &from->gap[first], count * sizeof(uint64_t));
}

/* Splits a full node that is about to receive an entry at `index`; returns the new right-hand node. */
static struct mm_node *split(struct mm_node *node, unsigned index)
{
	struct mm_node *right = mm_node_alloc();
	/* Ascending insertions fill nodes to the brim: at the very end nothing but the new entry moves. */
	unsigned keep = !node->next && index == node->count && !node->height ? node->count : node->count / 2u;

	right->height = node->height;
	right->count = (uint16_t)(node->count - keep);
	move_entries(right, 0, node, keep, right->count);
	node->count = (uint16_t)keep;
	right->next = right->prev = NULL;
	if (!node->height) {
		right->next = node->next;
		right->prev = node;
		if (node->next)
			node->next->prev = right;
		node->next = right;
	}
	return right;
}

void mm_tree_insert(struct mm_tree *tree, uint64_t key, uint64_t value, uint64_t gap, uint64_t gap_below)
{
	struct path path;
	struct mm_node *added = NULL;
	uint64_t add_key = key, add_value = value, add_gap = gap;

	if (!tree->root) {
		struct mm_node *leaf = mm_node_alloc();
		leaf->count = 0;
		leaf->height = 0;
		leaf->next = leaf->prev = NULL;
		tree->root = leaf;
	}
	walk(tree, key, &path);
	if ((int)path.index[0] >= 0)
		path.node[0]->gap[path.index[0]] = gap_below;
	else if (path.node[0]->count && path.node[0]->prev)
		mm_tree_set_gap(tree, path.node[0]->prev->key[path.node[0]->prev->count - 1], gap_below);
	for (unsigned level = 0;; level++) {
		struct mm_node *node = path.node[level];
		unsigned index = path.index[level] + 1;
		struct mm_node *right = NULL;

		if (level) {
			bool changed = refresh_child(node, index - 1);

			if (!added) {
				if (!changed || node == tree->root)
					return;
				continue;
			}
		}
		if (node->count == MM_TREE_ORDER) {
			right = split(node, index);
			if (index > node->count || (index == node->count && !right->count)) {
				index -= node->count;
				node = right;
			}
		}
		open_slot(node, index);
		node->key[index] = add_key;
		node->value[index] = add_value;
		node->gap[index] = add_gap;
		added = right;
		if (path.node[level] == tree->root) {
			if (right) {
				struct mm_node *root = mm_node_alloc();
				root->height = (uint16_t)(level + 1);
				root->count = 2;
				root->next = root->prev = NULL;
				root->key[0] = path.node[level]->key[0];
				root->child[0] = path.node[level];
				root->gap[0] = largest_gap(path.node[level]);
				root->key[1] = right->key[0];
				root->child[1] = right;
				root->gap[1] = largest_gap(right);
				tree->root = root;
			}
			return;
		}
		if (right) {
			add_key = right->key[0];
			add_value = (uint64_t)(uintptr_t)right;
			add_gap = largest_gap(right);
		}
	}
}

static void unlink_leaf(struct mm_node *node)
{
	if (node->height)
		return;
	if (node->prev)
		node->prev->next = node->next;
	if (node->next)
		node->next->prev = node->prev;
}

/* Joins the child at `index` of `parent` with a neighbour if both fit well into one node. */
static void join_children(struct mm_node *parent, unsigned index)
{
	struct mm_node *left, *right;

	if (parent->count < 2)
		return;
	if (index + 1u == parent->count)
		index--;
	left = parent->child[index];
	right = parent->child[index + 1];
	if (left->count + right->count > MM_TREE_ORDER * 3 / 4)
		return;
	move_entries(left, left->count, right, 0, right->count);
	left->count = (uint16_t)(left->count + right->count);
	unlink_leaf(right);
	mm_node_free(right);
	close_slot(parent, index + 1);
	parent->key[index] = left->key[0];
	parent->gap[index] = largest_gap(left);
}

void mm_tree_remove(struct mm_tree *tree, uint64_t key, uint64_t gap_below)
{
	struct path path;

	walk(tree, key, &path);
	if (path.index[0] > 0)
		path.node[0]->gap[path.index[0] - 1] = gap_below;
	else if (path.node[0]->prev)
		mm_tree_set_gap(tree, path.node[0]->prev->key[path.node[0]->prev->count - 1], gap_below);
	close_slot(path.node[0], path.index[0]);
	for (unsigned level = 1; level <= tree->root->height; level++) {
		struct mm_node *node = path.node[level], *child = path.node[level - 1];
		unsigned index = path.index[level];

		if (!child->count) {
			unlink_leaf(child);
			mm_node_free(child);
			close_slot(node, index);
			continue;
		}
		if (!refresh_child(node, index) && child->count >= MM_TREE_ORDER / 4)
			break;
		if (child->count < MM_TREE_ORDER / 4)
			join_children(node, index);
	}
	while (tree->root->height && tree->root->count == 1) {
		struct mm_node *root = tree->root;
		tree->root = root->child[0];
		mm_node_free(root);
	}
	if (!tree->root->count) {
		mm_node_free(tree->root);
		tree->root = NULL;
	}
}

bool mm_tree_replace(struct mm_tree *tree, struct mm_cursor at, unsigned remove, unsigned insert, const uint64_t *keys,
		     const uint64_t *values)
{
	struct mm_node *leaf = at.leaf;
	unsigned count = leaf->count - remove + insert, tail = leaf->count - at.index - remove;

	/* The first key of a leaf stands in its parents, too; a leaf that empties wants to be joined. */
	if (count > MM_TREE_ORDER || (!at.index && (!insert || keys[0] != leaf->key[0])) ||
	    (insert < remove && leaf != tree->root && count < MM_TREE_ORDER / 4))
		return false;
	if (insert != remove) {
		memmove(&leaf->key[at.index + insert], &leaf->key[at.index + remove], tail * sizeof(uint64_t));
		memmove(&leaf->value[at.index + insert], &leaf->value[at.index + remove], tail * sizeof(uint64_t));
	}
	for (unsigned i = 0; i < insert; i++) {
		leaf->key[at.index + i] = keys[i];
		leaf->value[at.index + i] = values[i];
	}
	for (unsigned i = leaf->count; i < count; i++)
		leaf->gap[i] = 0;
	leaf->count = (uint16_t)count;
	return true;
}

void mm_tree_set_gap(struct mm_tree *tree, uint64_t key, uint64_t gap)
{
	struct path path;

	walk(tree, key, &path);
	path.node[0]->gap[path.index[0]] = gap;
	refresh(tree, &path);
}

static void clear_node(struct mm_node *node)
{
	if (node->height)
		for (unsigned i = 0; i < node->count; i++)
			clear_node(node->child[i]);
	mm_node_free(node);
}

void mm_tree_clear(struct mm_tree *tree)
{
	if (tree->root)
		clear_node(tree->root);
	tree->root = NULL;
}

struct search {
	uint64_t from;
	uint64_t need;
	mm_tree_accept *accept;
	void *argument;
};

static bool search_up(const struct mm_node *node, const struct search *search)
{
	int first = last_not_above(node, search->from);

	if (first < 0)
		first = 0;
	for (unsigned i = (unsigned)first; i < node->count; i++) {
		if (node->gap[i] < search->need)
			continue;
		if (node->height) {
			if (search_up(node->child[i], search))
				return true;
		} else if (node->key[i] >= search->from) {
			if (search->accept((struct mm_cursor){(struct mm_node *)(uintptr_t)node, i}, search->argument))
				return true;
		}
	}
	return false;
}

static bool search_down(const struct mm_node *node, const struct search *search)
{
	for (int i = last_not_above(node, search->from); i >= 0; i--) {
		if (node->gap[i] < search->need)
			continue;
		if (node->height ? search_down(node->child[i], search)
				 : search->accept((struct mm_cursor){(struct mm_node *)(uintptr_t)node, (unsigned)i}, search->argument))
			return true;
	}
	return false;
}

bool mm_tree_search_up(const struct mm_tree *tree, uint64_t from, uint64_t need,
		       mm_tree_accept *accept, void *argument)
{
	struct search search = {from, need, accept, argument};
	return tree->root && search_up(tree->root, &search);
}

bool mm_tree_search_down(const struct mm_tree *tree, uint64_t from, uint64_t need,
			 mm_tree_accept *accept, void *argument)
{
	struct search search = {from, need, accept, argument};
	return tree->root && search_down(tree->root, &search);
}

static void broken(const char *what)
{
	fprintf(stderr, "mm_tree: broken invariant: %s\n", what);
	abort();
}

static size_t check_node(const struct mm_node *node, const struct mm_node **last_leaf)
{
	size_t entries = 0;

	if (!node->count || node->count > MM_TREE_ORDER)
		broken("node count");
	for (unsigned i = 1; i < node->count; i++)
		if (node->key[i - 1] >= node->key[i])
			broken("key order");
	if (!node->height) {
		if (node->prev != *last_leaf || (*last_leaf && (*last_leaf)->next != node))
			broken("leaf links");
		if (*last_leaf && (*last_leaf)->key[(*last_leaf)->count - 1] >= node->key[0])
			broken("leaf order");
		*last_leaf = node;
		return node->count;
	}
	for (unsigned i = 0; i < node->count; i++) {
		if (node->child[i]->height + 1 != node->height)
			broken("height");
		if (node->child[i]->key[0] != node->key[i])
			broken("separator");
		if (largest_gap(node->child[i]) != node->gap[i])
			broken("largest gap");
		entries += check_node(node->child[i], last_leaf);
	}
	return entries;
}

size_t mm_tree_check(const struct mm_tree *tree)
{
	const struct mm_node *last_leaf = NULL;

	return tree->root ? check_node(tree->root, &last_leaf) : 0;
}
