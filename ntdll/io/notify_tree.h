/*
 * ntdll/io/notify_tree.h - what changes in a directory or a tree of directories, as NT tells it.
 *
 * Linux tells changes of single directories.  A tree is all of them, watched one by one; directories that appear are added
 * and what is in them by then is told too.  No locks: the caller's.
 */
#ifndef PEWTER_NTDLL_IO_NOTIFY_TREE_H
#define PEWTER_NTDLL_IO_NOTIFY_TREE_H

#include "ntdll/io/private.h"

struct notify_record {
	struct notify_record *next;
	ULONG action; /* FILE_ACTION_ */
	char name[];  /* from the watched directory, with slashes */
};

struct notify_tree {
	int fd; /* readable when there are changes */
	ULONG filter;
	bool deep;
	bool overflow; /* changes were lost */
	bool gone;     /* the directory itself */
	char *root;
	struct notify_directory *directories;
	struct notify_record *first, **last;
	size_t count;
	/* half a move, till the next event */
	unsigned move;
	bool move_directory;
	char *moved;
	int moved_in;
	struct notify_seen *seen;
	size_t seen_count;
};

/* `filter`: FILE_NOTIFY_CHANGE_. */
NTSTATUS notify_tree_open(const char *root, ULONG filter, bool deep, struct notify_tree *tree);
void notify_tree_close(struct notify_tree *tree);
/* Turns what Linux has told since into records. */
void notify_tree_read(struct notify_tree *tree);
/* Forgets the records. */
void notify_tree_clear(struct notify_tree *tree);

#endif
