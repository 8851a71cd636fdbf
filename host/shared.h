/*
 * host/shared.h - records: small pieces of memory that processes of one user share, and find by a key.
 *
 * A record is a file in the user's runtime directory ($XDG_RUNTIME_DIR/pewter, else a directory of the user's own in
 * /dev/shm or /tmp), or a memfd when it has no key.  Every process that has one mapped is a holder with a number, its
 * own as long as it lives: a lock of the kernel on one byte of the file.  So a process that is killed holds nothing any
 * more, and others can tell (host_shared_is_held).
 *
 * A second lock of the holder's keeps the key.  The last process to give that up removes the file; a file whose key
 * nobody keeps is stale, which is as if it were not there: whoever looks for it or comes by removes it.
 *
 * Keys are looked up, created and given up under one lock between all processes: host_shared_enter.  It is the kernel's
 * too, and goes with its process.
 *
 * Functions return 0, a descriptor, or -errno.
 */
#ifndef PEWTER_HOST_SHARED_H
#define PEWTER_HOST_SHARED_H

#include "host/host.h"

/* How many processes can hold a record at once; numbers are below. */
#define HOST_SHARED_HOLDERS 448u

struct host_shared {
	void *memory; /* zeroed when created */
	size_t size;
	int fd;
	unsigned holder; /* this process' number */
	char *key;       /* malloc'ed; NULL = none, or given up */
	void *owner;	 /* the caller's, with the list */
	struct host_shared *next, *previous;
};

/* The lock over all keys of the user.  Not recursive; short.  -errno: there is no directory to be had. */
int host_shared_enter(void);
void host_shared_leave(void);

/* Finds a record by its key and becomes a holder of it and of its key: -ENOENT; -EMFILE also when it has too many
 * holders. Entered. */
int host_shared_find(const char *key, struct host_shared **shared);
/* Makes a record: with a key, that nobody has (entered), or without. */
int host_shared_create(const char *key, size_t size, struct host_shared **shared);
/* Calls each(context, key) for every key that somebody keeps, until it returns nonzero, which is returned.  Entered. */
int host_shared_list(int (*each)(void *context, const char *key), void *context);

/* A descriptor by which a child becomes a holder, and which keeps the key until then; the caller closes it after host_spawn. */
int host_shared_pass(const struct host_shared *shared);
/* In the child: becomes a holder through such a descriptor, which it consumes; of the key too if `key` is not NULL and
 * the record still has that key (entered, then). */
int host_shared_take(int fd, const char *key, struct host_shared **shared);

/* For a process that is to be a holder without asking for it, a child or one that is sent the descriptor: takes a number that
 * is held through the descriptor, by whoever has it. */
int host_shared_enroll(const struct host_shared *shared, unsigned *holder);
/* There: becomes that holder; consumes the descriptor. */
int host_shared_enrolled(int fd, unsigned holder, struct host_shared **shared);

/* Whether the process that had this number still holds the record. */
bool host_shared_is_held(const struct host_shared *shared, unsigned holder);

/* Gives the key up: the process has no more use for the name.  Entered. */
void host_shared_drop_key(struct host_shared *shared);
/* No holder any more: unmaps, frees.  The key must have been dropped. */
void host_shared_release(struct host_shared *shared);

/* Memory that all processes of the user share, zero at first and never given back; the same for everybody, so for one use.  NULL:
 * there is none to be had. */
void *host_shared_page(size_t size);

/* A path that leads to `name` in the user's runtime directory, of at most 64 bytes more than the name: 0 or -errno. The
 * path is this process' own, and as long as it lives.  Entered. */
int host_shared_path(const char *name, char *path, size_t size);

#endif
