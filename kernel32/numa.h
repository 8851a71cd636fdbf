/*
 * kernel32/numa.h - there is one node of memory.
 */
#ifndef PEWTER_KERNEL32_NUMA_H
#define PEWTER_KERNEL32_NUMA_H

#include "kernel32/kernel32.h"

#define NUMA_NO_PREFERRED_NODE 0xFFFFFFFFu

/* A preferred node is a preference, but it must exist: ERROR_INVALID_PARAMETER. */
static inline BOOL kernel32_check_node(DWORD node)
{
	if (!node || node == NUMA_NO_PREFERRED_NODE)
		return TRUE;
	set_last_error(ERROR_INVALID_PARAMETER);
	return FALSE;
}

#endif
