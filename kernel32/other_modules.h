/*
 * kernel32/other_modules.h - the modules of another process, read from its PEB.
 */
#ifndef PEWTER_KERNEL32_OTHER_MODULES_H
#define PEWTER_KERNEL32_OTHER_MODULES_H

#include "kernel32/kernel32.h"

#include <stdbool.h>

/* Copies of the entries in load order, whose names are copies too; what links them is the other process'. */
struct other_modules {
	LDR_DATA_TABLE_ENTRY *entries;
	unsigned count;
};

/* Whether the handle is another process with rights to ask and read: *other; else as NtQueryInformationProcess fails. */
NTSTATUS other_modules_check(HANDLE process, bool *other);
/* STATUS_PARTIAL_COPY: the process has no list yet. */
NTSTATUS other_modules_read(HANDLE process, struct other_modules *modules);
void other_modules_free(struct other_modules *modules);

#endif
