/*
 * ntdll/cm/store.h - the registry that all processes of the user share, and its lock; inside the room.  The design: README.md.
 *
 * Who holds the lock sees the tree as it is at this moment for everybody.  Lock order: this one, then that of writers in all
 * processes; below them dispatcher objects only.
 */
#ifndef PEWTER_NTDLL_CM_STORE_H
#define PEWTER_NTDLL_CM_STORE_H

#include "ntdll/cm/node.h"

extern struct cm_node cm_root;

/* Takes the lock.  STATUS_INSUFFICIENT_RESOURCES, STATUS_REGISTRY_IO_FAILED: it is not taken. */
NTSTATUS cm_lock(void);
/* The same for one change, and for writers: no other process changes anything either. */
NTSTATUS cm_lock_for_change(void);
/* The same for any number of them, which become true for others together, at cm_unlock. */
NTSTATUS cm_lock_for_changes(void);
/* STATUS_REGISTRY_IO_FAILED: of several changes, what was done is not kept. */
NTSTATUS cm_unlock(void);
/* Only the lock, for who gives up a node and looks at nothing. */
void cm_lock_quietly(void);
void cm_unlock_quietly(void);

/* A change: in the store, then in the tree, with its time and its notices.  STATUS_INSUFFICIENT_RESOURCES,
 * STATUS_REGISTRY_IO_FAILED: nothing has happened.  What NT asks before it changes something is the caller's to check. */
struct cm_new_key {
	const char16_t *name, *class;
	size_t length, class_length; /* units */
	bool is_volatile, is_link;
};
NTSTATUS cm_store_create(struct cm_node *parent, const struct cm_new_key *key, struct cm_node **child);
NTSTATUS cm_store_set(struct cm_node *node, const char16_t *name, size_t length, ULONG type, const void *data, ULONG size);
NTSTATUS cm_store_remove_value(struct cm_node *node, struct cm_value *value);
/* A key without subkeys. */
NTSTATUS cm_store_remove(struct cm_node *node);
NTSTATUS cm_store_rename(struct cm_node *node, const char16_t *name, size_t length);

/* Makes what has been written stay if the machine stops.  The lock is held. */
NTSTATUS cm_store_flush(void);
/* For who wants to know of other processes' changes: opens or makes the store; its word, which is a shared futex.  NULL: there is
 * none, and other processes change nothing that this one could see.  The lock is held. */
const uint32_t *cm_store_word(void);

#endif
