/*
 * host/parked.h - which empty pages of the arena still hold memory for who commits them next.
 *
 * What a thread needs (its environment block, the top of its stack) is given and taken back with every thread, and each time
 * Linux has to find pages, clear them, enter them, and drop them again, which costs more than all else about a thread.  A
 * parked range is empty for the rooms above: no access, reads as zero when committed.  Its pages stay behind a protection,
 * in a mapping of its own, so that giving them again changes no more than that mapping's protection.
 *
 * A range is known here from its first parking on; it is parked, or in use.  Every other call of host/vm.c that changes a page
 * of it makes it unknown (parked_forget).  For host/vm.c only; the caller orders calls.
 */
#ifndef PEWTER_HOST_PARKED_H
#define PEWTER_HOST_PARKED_H

#include "host/vm.h"

/* Larger ranges are not parked: clearing them would cost what they save. */
#define PARKED_LARGEST (32u << 10)

/* Takes access to [start, end), read-write memory, away.  false: no room in the table, or Linux refused; nothing has changed. */
bool parked_set(uintptr_t start, uintptr_t end);

/* Gives [start, end) back, zeroed, as read-write memory, if exactly this range is parked. */
bool parked_take(uintptr_t start, uintptr_t end);

/* Forgets ranges that share a page with [start, end).  `drop`: what was parked there becomes cold; without it the caller has
 * taken care of all their pages, also of those outside, and it is 0.  -errno: Linux refused to drop one; it stays known. */
int parked_forget(uintptr_t start, uintptr_t end, bool drop);

#endif
