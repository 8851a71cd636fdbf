/*
 * host/vm.h - the arena: the guest's address space as Linux sees it.
 *
 * At start host_arena_create reserves the guest's address space with a few PROT_NONE, MAP_NORESERVE mappings; from
 * then on nothing else in the process can land there.  Pages of the arena are in one of three conditions:
 *
 *	empty      no memory, no access: what the arena starts as
 *	private    anonymous memory, given by host_vm_commit, taken by host_vm_decommit
 *	mapped     a file or memfd, given by host_vm_map, taken by host_vm_unmap
 *
 * Addresses and sizes are multiples of HOST_PAGE_SIZE.  No function here takes a lock; callers order their calls.
 */
#ifndef PEWTER_HOST_VM_H
#define PEWTER_HOST_VM_H

#include "host/host.h"

#define HOST_PROT_NONE 0u
#define HOST_PROT_READ 1u
#define HOST_PROT_WRITE 2u
#define HOST_PROT_EXEC 4u

struct host_range {
	uintptr_t start;
	uintptr_t end; /* exclusive */
};

#define HOST_ARENA_MAX_RANGES 8

/* Reserves as much as Linux gives of [low, high), in order of address, and says what it got.  `wanted` is a small range in
 * it that is reserved also when a limit leaves only the lower part.  Returns the number of ranges (0: nothing could be
 * had). */
int host_arena_create(uintptr_t low, uintptr_t high, const struct host_range *wanted,
		      struct host_range ranges[HOST_ARENA_MAX_RANGES]);

/* Before that: how large the arena may become. */
void host_arena_limit(uintptr_t size);

/* Whether an address belongs to the guest.  Async-signal-safe. */
bool host_arena_contains(uintptr_t address);
/* The end of its highest part. */
uintptr_t host_arena_end(void);

/*
 * Gives zeroed memory with this protection to empty pages.  Memory that is private already keeps its contents and
 * changes protection.  `room`, if not NULL, contains the range, and all of it is empty: as much of it as seems
 * good is prepared for later commits, which nobody can notice but by their speed.  -ENOMEM: nothing changed; if the
 * process was not crowded before, the same call with all the room there is may go well.
 */
int host_vm_commit(uintptr_t start, size_t size, unsigned prot, const struct host_range *room);

/* Whether the process has so many mappings that commits should be told of all the room around them. */
bool host_vm_crowded(void);
#define HOST_CROWDED_ROOM ((uintptr_t)2 << 20) /* as much of it as is of use: the aligned piece of this size */

/* Takes private memory back; empty pages may lie between.  The pages are empty then and read as zero when committed
 * again.  `writable`: all of it is read-write memory now, which saves a call.  An error leaves the pages' conditions as they
 * were; contents may be lost. */
int host_vm_decommit(uintptr_t start, size_t size, bool writable);

/* The same for read-write memory of which just these pages will soon be committed again: it may keep their memory and only
 * clear it then, which is quicker for a few pages. */
int host_vm_park(uintptr_t start, size_t size);

int host_vm_protect(uintptr_t start, size_t size, unsigned prot);

/* Maps a file over pages of the arena; `shared` as MAP_SHARED, else MAP_PRIVATE. */
int host_vm_map(uintptr_t start, size_t size, unsigned prot, bool shared, int fd, uint64_t offset);

/* Takes back whatever is mapped there; the pages are empty. */
int host_vm_unmap(uintptr_t start, size_t size);

/* Writable private pages will be written to soon: they get their memory at once instead of fault by fault; a hint. */
void host_vm_populate(uintptr_t start, size_t size);

/* The pages may leave memory now; a hint. */
void host_vm_page_out(uintptr_t start, size_t size);

/* Which pages of a mapping are private to this process: anonymous memory that was touched, or copied from the file by
 * a write.  Looks at up to `count` pages from `start` and returns how many of them from the first share the first
 * one's answer, which it stores; at least 1. */
size_t host_vm_private_run(uintptr_t start, size_t count, bool *is_private);

/* Locking keeps pages in memory from their next touch on; it does not bring them in. */
int host_vm_lock(uintptr_t start, size_t size);
int host_vm_unlock(uintptr_t start, size_t size);
/* Whether this process may lock as much memory as it likes. */
bool host_may_lock_memory(void);
int host_vm_flush(uintptr_t start, size_t size);

/* An unnamed file in memory, close-on-exec; a descriptor or -errno. */
int host_memfd_create(const char *name, uint64_t size);

/* What sections need of files. */
int host_vm_file_resize(int fd, uint64_t size);
/* Part of a memfd: sets memory aside for it, or gives the memory back, so that it reads as zero. */
int host_vm_file_reserve(int fd, uint64_t offset, uint64_t size);
int host_vm_file_discard(int fd, uint64_t offset, uint64_t size);
/* Makes it larger, never smaller; regular files only: -EINVAL. */
int host_vm_file_extend(int fd, uint64_t size);

/* Memory of ours, outside the arena; for allocators that must not call malloc. */
void *host_alloc_pages(size_t size);
void host_free_pages(void *pages, size_t size);

/* Bytes of RAM and swap, for the commit limit. */
void host_memory_totals(uint64_t *ram, uint64_t *swap, uint64_t *free_ram);

#endif
