/*
 * host/warm.h - which empty pages of the arena are "warm".
 *
 * An empty page has no memory and no access.  A cold one lies in a PROT_NONE mapping; a warm one lies in a readable and
 * writable mapping and carries a guard marker (Linux 6.13), so that giving it memory takes no change of mappings, and a
 * region full of holes is one mapping.  One bit a page says which, in leaves of 1 GiB that are made when needed, with a
 * summary bit for every 2 MiB: asking about a terabyte looks at a thousand pointers.
 *
 * For host/vm.c only.  The caller orders calls; warm_any may run beside others that touch other pages.
 */
#ifndef PEWTER_HOST_WARM_H
#define PEWTER_HOST_WARM_H

#include "host/vm.h"

/* Marks [start, end).  false: no memory for the table, nothing is marked. */
bool warm_set(uintptr_t start, uintptr_t end);
void warm_clear(uintptr_t start, uintptr_t end);

/* Whether any page of [start, end) is warm, and whether all are. */
bool warm_any(uintptr_t start, uintptr_t end);
bool warm_all(uintptr_t start, uintptr_t end);

#endif
