/*
 * ntdll/cm/notify.h - who wants to know when a key changes; inside the room.
 */
#ifndef PEWTER_NTDLL_CM_NOTIFY_H
#define PEWTER_NTDLL_CM_NOTIFY_H

#include "ntdll/cm/node.h"

/* What has happened: REG_NOTIFY_CHANGE_*. */
#define CM_NOTIFY_NAME 0x1u	  /* a subkey was added or deleted */
#define CM_NOTIFY_ATTRIBUTES 0x2u
#define CM_NOTIFY_LAST_SET 0x4u /* a value was added, changed or deleted */
#define CM_NOTIFY_SECURITY 0x8u
#define CM_NOTIFY_AGNOSTIC 0x10000000u /* the wait does not end with its thread */

/* Tells those who watch the key, or one above it with its subkeys.  The registry's lock is held. */
void cm_notify(struct cm_node *node, unsigned what);
/* The key is about to go. */
void cm_notify_removal(struct cm_node *node);

/* Calls that have ended are told so without the lock: taken while it is held, delivered afterwards. */
struct cm_waiter;
struct cm_waiter *cm_notify_take(void);
void cm_notify_deliver(struct cm_waiter *list);

#endif
