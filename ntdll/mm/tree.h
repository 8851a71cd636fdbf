/*
 * ntdll/mm/tree.h - an ordered map from addresses to 64-bit values, as a B+ tree.
 *
 * Both the VADs of the process and the page runs of one VAD are such maps.  Each entry may carry a "gap" (the room
 * behind it, in units of the caller's); inner nodes know the largest gap below each child, so that first-fit searches
 * from either end take O(log n).  Wide nodes keep a lookup among a million entries at four cache-missing steps.
 *
 * Insertions cannot fail once mm_slab_reserve(MM_TREE_INSERT_NODES, ...) succeeded.
 */
#ifndef PEWTER_NTDLL_MM_TREE_H
#define PEWTER_NTDLL_MM_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MM_TREE_ORDER 39u
#define MM_TREE_MAX_HEIGHT 12u
#define MM_TREE_INSERT_NODES (MM_TREE_MAX_HEIGHT + 1u)

/* The keys and what says how many there are take five cache lines, the values five more. */
struct mm_node {
	uint16_t count;
	uint16_t height; /* 0 = leaf */
	uint64_t key[MM_TREE_ORDER];
	struct mm_node *next; /* leaves only */
	union {
		uint64_t value[MM_TREE_ORDER];
		struct mm_node *child[MM_TREE_ORDER];
	};
	struct mm_node *prev;
	uint64_t gap[MM_TREE_ORDER]; /* leaf: the entry's; inner: the largest below the child */
};

struct mm_tree {
	struct mm_node *root;
};

/* A place in the tree; valid until the next change. */
struct mm_cursor {
	struct mm_node *leaf; /* NULL = no entry */
	unsigned index;
};

static inline uint64_t mm_cursor_key(struct mm_cursor at)
{
	return at.leaf->key[at.index];
}
static inline uint64_t mm_cursor_value(struct mm_cursor at)
{
	return at.leaf->value[at.index];
}
static inline struct mm_cursor mm_cursor_next(struct mm_cursor at)
{
	if (at.index + 1u < at.leaf->count)
		return (struct mm_cursor){at.leaf, at.index + 1};
	return (struct mm_cursor){at.leaf->next, 0};
}
static inline struct mm_cursor mm_cursor_prev(struct mm_cursor at)
{
	if (at.index > 0)
		return (struct mm_cursor){at.leaf, at.index - 1};
	at.leaf = at.leaf->prev;
	return (struct mm_cursor){at.leaf, at.leaf ? at.leaf->count - 1u : 0};
}

/* The entry with the greatest key <= `key`. */
struct mm_cursor mm_tree_find(const struct mm_tree *tree, uint64_t key);
struct mm_cursor mm_tree_first(const struct mm_tree *tree);
/* `key` must not be there.  `gap_below` becomes the gap of the entry below it. */
void mm_tree_insert(struct mm_tree *tree, uint64_t key, uint64_t value, uint64_t gap, uint64_t gap_below);
/* `key` must be there.  `gap_below` becomes the gap of the entry below it. */
void mm_tree_remove(struct mm_tree *tree, uint64_t key, uint64_t gap_below);
/* Replaces `remove` entries from `at` on by `insert` (at most 3) that belong between their neighbours, in a tree without
 * gaps, if the leaf alone has to change for that; false: nothing was done. */
bool mm_tree_replace(struct mm_tree *tree, struct mm_cursor at, unsigned remove, unsigned insert, const uint64_t *keys,
		     const uint64_t *values);
void mm_tree_set_gap(struct mm_tree *tree, uint64_t key, uint64_t gap);
void mm_tree_clear(struct mm_tree *tree);

typedef bool mm_tree_accept(struct mm_cursor at, void *argument);
/* Calls `accept` for the entries with gap >= `need`, those with key >= `from` ascending (or key <= `from` descending),
 * until it returns true or there are none left; returns what the last call did. */
bool mm_tree_search_up(const struct mm_tree *tree, uint64_t from, uint64_t need,
		       mm_tree_accept *accept, void *argument);
bool mm_tree_search_down(const struct mm_tree *tree, uint64_t from, uint64_t need,
			 mm_tree_accept *accept, void *argument);

/* Tests: aborts with a message if an invariant is broken; returns the number of entries. */
size_t mm_tree_check(const struct mm_tree *tree);

#endif
