/*
 * ntdll/cm/node.h - the tree of keys and values in memory; inside the room.
 *
 * Names compare without regard to case; subkeys are in the order of their upper-cased names, as NT enumerates them, values in
 * that of creation.  All functions want the registry's lock held (store.h), and leave times and notices to the caller.
 */
#ifndef PEWTER_NTDLL_CM_NODE_H
#define PEWTER_NTDLL_CM_NODE_H

#include "ntdll/cm/cm.h"

struct cm_watch;

struct cm_value {
	struct cm_value *next;
	char16_t *name;
	size_t name_length; /* units */
	ULONG type;
	ULONG size;
	BYTE *data;
	int64_t id;    /* its row in the store; 0: none */
	bool is_fresh; /* a fresh machine has a value of this name here */
};

struct cm_node {
	struct cm_node *parent, **children;
	size_t child_count, child_room;
	struct cm_value *values;
	char16_t *name, *class;
	size_t name_length, class_length;
	uint64_t last_write; /* 100 ns since 1601 */
	uint32_t references; /* handles; a deleted node lives as long as it has some */
	bool is_volatile, is_link, deleted;
	bool is_fresh;	   /* a fresh machine has it */
	bool is_transient; /* what is stored below it goes with the last process, although it is not volatile */
	/* Makes the subkeys, once, when something first asks for them; NULL: they are there. */
	void (*fill)(struct cm_node *node);
	struct cm_watch *watches;
	/* The store's. */
	int64_t id; /* its row; 0: none */
	struct cm_node *next_of_id, *next_assigned;
};

/* The number of subkeys; fills. */
size_t cm_children(struct cm_node *node);
struct cm_node *cm_find_child(struct cm_node *node, const char16_t *name, size_t length);
/* NULL: no memory. */
struct cm_node *cm_add_child(struct cm_node *node, const char16_t *name, size_t length);
bool cm_set_class(struct cm_node *node, const char16_t *class, size_t length);
struct cm_value *cm_find_value(const struct cm_node *node, const char16_t *name, size_t length);
/* NULL: no memory. */
struct cm_value *cm_set_value(struct cm_node *node, const char16_t *name, size_t length, ULONG type, const void *data,
			      ULONG size);
void cm_remove_value(struct cm_node *node, struct cm_value *value);
/* Takes a key with all that is below it out of the tree; what has no handle is freed. */
void cm_remove(struct cm_node *node);
/* Among the subkeys of its parent.  False: no memory. */
bool cm_rename(struct cm_node *node, const char16_t *name, size_t length);
void cm_free_if_unused(struct cm_node *node);
/* Called before a node is freed. */
extern void (*cm_forget_node)(struct cm_node *node);

/* Fills an empty root with what a fresh machine has; called once. */
bool cm_load_defaults(struct cm_node *root);
/* What depends on the machine, its user and the host; part of cm_load_defaults(). */
bool cm_load_machine(struct cm_node *root);
/* For the two: the node at a path from `node`, made where it is missing; NULL: no memory. */
struct cm_node *cm_make_path(struct cm_node *node, const char16_t *path);
bool cm_set_text(struct cm_node *node, const char16_t *name, ULONG type, const char16_t *text);
bool cm_set_number(struct cm_node *node, const char16_t *name, DWORD number);
bool cm_set_fresh(struct cm_node *node, const char16_t *name, ULONG type, const void *data, ULONG size);

#endif
