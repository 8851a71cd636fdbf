/*
 * ntdll/io/share_marks.c - sharing modes between processes.
 *
 * Every process that has a file open marks it with what its opens want and what they deny, and looks at the marks of the
 * others.  Marks are kernel locks of one open file description that the node keeps, so they end with their process; what
 * its own process does the node knows better.  Marking comes before looking: of two that open at the same time at least
 * one sees the other.
 *
 * An open that was handed to a child keeps its marks for as long as anybody has it.  Inherited opens and standard handles
 * bear none of their own.  Files that cannot be read cannot be marked.
 */
#include "ntdll/io/private.h"

#include <stdlib.h>

/* In an order that makes neighbours of what goes together. */
#define READS 1u
#define DENIES_WRITING 2u
#define DENIES_DELETION 4u
#define WRITES 8u
#define DELETES 16u
#define DENIES_READING 32u

static uint32_t marks_of(const struct io_node *node)
{
	return (node->readers ? READS : 0) | (node->writers ? WRITES : 0) | (node->deleters ? DELETES : 0) |
	       (node->share_read < node->opens ? DENIES_READING : 0) |
	       (node->share_write < node->opens ? DENIES_WRITING : 0) |
	       (node->share_delete < node->opens ? DENIES_DELETION : 0);
}

/* What nobody else may have marked. */
static uint32_t opposites(uint32_t marks)
{
	return (marks & READS ? DENIES_READING : 0) | (marks & WRITES ? DENIES_WRITING : 0) |
	       (marks & DELETES ? DENIES_DELETION : 0) | (marks & DENIES_READING ? READS : 0) |
	       (marks & DENIES_WRITING ? WRITES : 0) | (marks & DENIES_DELETION ? DELETES : 0);
}

static bool choose_descriptor(struct io_file *file)
{
	struct io_node *node = file->node;
	bool readable = !file->path_only && file->access & (FILE_READ_DATA | FILE_EXECUTE);

	/* what was made anew can be read, whatever was asked for */
	if (!readable && !file->path_only) {
		int how = host_fd_access(file->fd);

		readable = how > 0 && how & HOST_OPEN_READ;
	}
	if (readable) {
		node->marks_fd = file->fd;
		node->marks_file = file;
		node->marks_owned = false;
		return true;
	}
	node->marks_fd = host_open_descriptor_of(host_process_id(), file->fd, HOST_OPEN_READ | HOST_OPEN_NONBLOCK);
	node->marks_file = NULL;
	node->marks_owned = node->marks_fd >= 0;
	return node->marks_owned;
}

static void drop_descriptor(struct io_node *node)
{
	if (node->marks_owned)
		host_close(node->marks_fd);
	node->marks_owned = false;
	node->marks_file = NULL;
	node->marks_fd = -1;
}

NTSTATUS io_marks_enter(struct io_file *file)
{
	struct io_node *node = file->node;
	uint32_t added;

	if (file->kind != IO_FILE || file->host_offset)
		return STATUS_SUCCESS;
	added = marks_of(node) & ~node->marks;
	if (!added)
		return STATUS_SUCCESS;
	if (!node->marks && !choose_descriptor(file))
		return STATUS_SUCCESS;
	for (int tries = 0;; tries++) {
		uint32_t never = 0;

		/* a file system without locks */
		if (host_mark(node->marks_fd, added, true) < 0)
			break;
		if (!host_is_marked(node->marks_fd, opposites(added))) {
			node->marks |= added;
			return STATUS_SUCCESS;
		}
		host_mark(node->marks_fd, added, false);
		if (tries == 1) {
			if (!node->marks)
				drop_descriptor(node);
			return STATUS_SHARING_VIOLATION;
		}
		/* perhaps it was one that fails because of this one */
		host_futex_wait(&never, 0, host_monotonic_ns() + 50000 + (host_thread_id() & 15) * 20000);
	}
	if (!node->marks)
		drop_descriptor(node);
	return STATUS_SUCCESS;
}

void io_marks_leave(struct io_file *file)
{
	struct io_node *node = file->node;
	uint32_t removed = node->marks & ~marks_of(node);

	if (!node->marks)
		return;
	/* marks go with their description, which is closed soon unless somebody has a copy: a section, or a child, which
	 * keeps them */
	if (!node->handed && removed && (node->opens || node->copied))
		host_mark(node->marks_fd, removed, false);
	node->marks &= ~removed;
	if (!node->opens || !node->marks) {
		node->marks = 0;
		node->handed = node->copied = false;
		drop_descriptor(node);
	} else if (node->marks_file == file) {
		/* the description lives on in a descriptor of the node's */
		node->marks_file = NULL;
		node->marks_fd = host_dup(file->fd);
		node->marks_owned = node->marks_fd >= 0;
		if (!node->marks_owned)
			node->marks = 0;
	}
}
