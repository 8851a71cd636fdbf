/*
 * ntdll/io/share_locks.c - whether another process may have locked a range of a file.
 *
 * Linux knows the locks, but to ask it before every transfer would cost more than small transfers do.  So who locks a range counts it
 * in a page that the user's processes share, by a hash of the file; only where there are more than this process' own locks is Linux
 * asked.  The counts are hints: what a killed process leaves there makes transfers of some files slower, nothing else.
 */
#include "host/shared.h"
#include "ntdll/io/private.h"

#define COUNTS 1024u

static uint32_t own[COUNTS];	/* this process' locks; under the lock of share.c */
static uint32_t nobody[COUNTS]; /* where there is no page to be had */
static uint32_t *counts;

static unsigned place_of(const struct io_node *node)
{
	return (unsigned)((node->inode * 0x9E3779B97F4A7C15u ^ node->device) >> 40) % COUNTS;
}

void io_lock_counts_find(struct io_node *node)
{
	unsigned place = place_of(node);

	if (!counts)
		counts = host_shared_page(sizeof(own));
	if (!counts)
		counts = nobody;
	node->locks_of_all = &counts[place];
	node->locks_of_own = &own[place];
}

void io_lock_counts_change(const struct io_node *node, int change)
{
	*node->locks_of_own += (uint32_t)change;
	__atomic_fetch_add(node->locks_of_all, (uint32_t)change, __ATOMIC_SEQ_CST);
}
