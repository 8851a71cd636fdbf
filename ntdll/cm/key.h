/*
 * ntdll/cm/key.h - key objects: what handles of keys lead to; inside the room.
 */
#ifndef PEWTER_NTDLL_CM_KEY_H
#define PEWTER_NTDLL_CM_KEY_H

#include "ntdll/cm/store.h"

#define CM_LONGEST_NAME 255 /* units of a key's name */
#define CM_LONGEST_VALUE_NAME 16383
#define CM_LINK_VALUE u"SymbolicLinkValue" /* where a link leads to */

struct cm_watch;

struct cm_key {
	struct ob_object object;
	struct cm_node *node;
	struct cm_watch *watch; /* notify.c's; NULL: nobody has asked through this handle yet */
};


NTSTATUS cm_reference_key(HANDLE handle, ACCESS_MASK access, struct cm_key **key);
/* References the key and takes the lock by `enter` (cm_lock...).  STATUS_KEY_DELETED, among others: nothing is held. */
NTSTATUS cm_enter_key(HANDLE handle, ACCESS_MASK access, NTSTATUS (*enter)(void), struct cm_key **key);
/* Undoes it; `status`, or what cm_unlock says if that is worse. */
NTSTATUS cm_leave_key(struct cm_key *key, NTSTATUS status);
/* A name of the guest's, copied to ours, not terminated; no name is an empty one.  To be freed.  STATUS_INVALID_PARAMETER: it has
 * more than `longest` units. */
NTSTATUS cm_capture_name(const UNICODE_STRING *guest, size_t longest, char16_t **name, size_t *length);
/* The handle is closed, or the key goes with it: what waits for a change of it ends. */
void cm_end_watch(struct cm_key *key);
/* A hive's root: a key below Machine or User, or one of these. */
bool cm_is_hive_root(const struct cm_node *node);

#endif
