/*
 * ntdll/ob/shared_file.h - a file without a name that the holders of a record have in common.
 *
 * The file is a memfd, or one that was opened by name and may have lost it.  Each holder of the record (host/shared.h)
 * enters through which process and descriptor it can be had; who comes opens it anew through any of those that still live.
 * So nothing lies in a directory but the record, and nothing is left of what was killed.
 *
 * A process' entry may be older than the process that has its holder number now: the file's identity tells.
 */
#ifndef PEWTER_NTDLL_OB_SHARED_FILE_H
#define PEWTER_NTDLL_OB_SHARED_FILE_H

#include "host/shared.h"

/* In the record's memory, zeroed when that is new. */
struct ob_shared_file {
	uint64_t device, inode;
	struct {
		uint32_t process; /* 0: none */
		int32_t fd;
	} holders[HOST_SHARED_HOLDERS];
};

/* Says which file it is, and that this process has it.  The descriptor stays the caller's, and open until the process
 * leaves.  0 or -errno. */
int ob_shared_file_publish(struct ob_shared_file *file, const struct host_shared *shared, int fd);
/* A descriptor of the caller's; -ENOENT: no holder lives that has it. */
int ob_shared_file_open(const struct ob_shared_file *file, const struct host_shared *shared, bool writable);
/* This process has the file, and has it no more. */
void ob_shared_file_enter(struct ob_shared_file *file, const struct host_shared *shared, int fd);
void ob_shared_file_leave(struct ob_shared_file *file, const struct host_shared *shared);

#endif
