/*
 * ntdll/mm/slab.h - memory for the memory manager's own structures.
 *
 * Two sizes: tree nodes and small records (VADs, views, sections).  Pages come from host_alloc_pages, never from
 * malloc: a page fault may be resolved while malloc's lock is held below us.  All functions want the address space
 * lock held exclusively.
 */
#ifndef PEWTER_NTDLL_MM_SLAB_H
#define PEWTER_NTDLL_MM_SLAB_H

#include "ntdll/mm/space_lock.h"

#include <stdbool.h>
#include <stddef.h>

#define MM_RECORD_SIZE 64u

/* Makes sure that the next `nodes` node and `records` record allocations succeed. */
MM_EXCLUSIVE bool mm_slab_reserve(unsigned nodes, unsigned records);

struct mm_node;
struct mm_node *mm_node_alloc(void);
void mm_node_free(struct mm_node *node);
/* MM_RECORD_SIZE zeroed bytes. */
MM_EXCLUSIVE void *mm_record_alloc(void);
MM_EXCLUSIVE void mm_record_free(void *record);

/* Bytes taken from the host. */
size_t mm_slab_bytes(void);

#endif
