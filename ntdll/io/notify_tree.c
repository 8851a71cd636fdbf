/*
 * ntdll/io/notify_tree.c - from Linux' events to NT's records.
 */
#include "ntdll/io/notify_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAXIMUM_RECORDS 65536u
#define MAXIMUM_SEEN 4096u

struct notify_directory {
	struct notify_directory *next;
	int id;
	char path[]; /* from the root, with a slash at the end; "" = the root */
};

/* Told from a look into a new directory: the event that may follow says nothing new. */
struct notify_seen {
	struct notify_seen *next;
	int id;
	char name[];
};

static void add_record(struct notify_tree *tree, ULONG action, const char *directory, const char *name)
{
	size_t first = strlen(directory), second = strlen(name);
	struct notify_record *record;

	if (tree->overflow)
		return;
	/* the same change twice in a row is told once */
	if (action == FILE_ACTION_MODIFIED && tree->count) {
		record = (struct notify_record *)((char *)tree->last - offsetof(struct notify_record, next));
		if (record->action == action && strncmp(record->name, directory, first) == 0 &&
		    strcmp(record->name + first, name) == 0)
			return;
	}
	record = tree->count < MAXIMUM_RECORDS ? malloc(sizeof(*record) + first + second + 1) : NULL;
	if (!record) {
		tree->overflow = true;
		return;
	}
	record->next = NULL;
	record->action = action;
	memcpy(record->name, directory, first);
	memcpy(record->name + first, name, second + 1);
	*tree->last = record;
	tree->last = &record->next;
	tree->count++;
}

void notify_tree_clear(struct notify_tree *tree)
{
	while (tree->first) {
		struct notify_record *record = tree->first;

		tree->first = record->next;
		free(record);
	}
	tree->last = &tree->first;
	tree->count = 0;
	tree->overflow = false;
}

static struct notify_directory *find_directory(struct notify_tree *tree, int id)
{
	struct notify_directory *directory = tree->directories;

	while (directory && directory->id != id)
		directory = directory->next;
	return directory;
}

static unsigned wanted(const struct notify_tree *tree)
{
	unsigned what = HOST_WATCH_NAMES;

	if (tree->filter & (FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE))
		what |= HOST_WATCH_CONTENT;
	if (tree->filter & ~(ULONG)(FILE_NOTIFY_CHANGE_NAME | FILE_NOTIFY_CHANGE_SIZE))
		what |= HOST_WATCH_ATTRIBUTES;
	return what;
}

static bool tells_names(const struct notify_tree *tree, bool directory)
{
	return tree->filter & (directory ? FILE_NOTIFY_CHANGE_DIR_NAME : FILE_NOTIFY_CHANGE_FILE_NAME);
}

static long add_directory(struct notify_tree *tree, const char *path, bool tell);

struct listing {
	struct notify_tree *tree;
	const struct notify_directory *directory;
	bool tell;
	char **deeper; /* names of directories */
	size_t count, capacity;
};

static int see_entry(void *context, const char *name, enum host_file_kind kind, uint64_t inode)
{
	struct listing *listing = context;
	struct notify_tree *tree = listing->tree;
	size_t length = strlen(listing->directory->path), size = strlen(name) + 1;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (kind == HOST_FILE_UNKNOWN) {
		struct io_narrow path;
		struct host_stat stat;

		io_narrow_init(&path);
		io_narrow_put(&path, tree->root, strlen(tree->root));
		io_narrow_put(&path, "/", 1);
		io_narrow_put(&path, listing->directory->path, length);
		io_narrow_put(&path, name, size - 1);
		if (!path.failed && host_stat_path(path.text, false, &stat) == 0)
			kind = stat.kind;
		io_narrow_free(&path);
	}
	if (listing->tell && tells_names(tree, kind == HOST_FILE_DIRECTORY)) {
		struct notify_seen *seen = tree->seen_count < MAXIMUM_SEEN ? malloc(sizeof(*seen) + size) : NULL;

		add_record(tree, FILE_ACTION_ADDED, listing->directory->path, name);
		if (seen) {
			seen->id = listing->directory->id;
			memcpy(seen->name, name, size);
			seen->next = tree->seen;
			tree->seen = seen;
			tree->seen_count++;
		}
	}
	if (kind != HOST_FILE_DIRECTORY)
		return 0;
	if (listing->count == listing->capacity) {
		size_t more = listing->capacity ? listing->capacity * 2 : 16;
		char **grown = realloc(listing->deeper, more * sizeof(*grown));

		if (!grown) {
			tree->overflow = true;
			return 1;
		}
		listing->deeper = grown;
		listing->capacity = more;
	}
	listing->deeper[listing->count] = malloc(length + size);
	if (!listing->deeper[listing->count]) {
		tree->overflow = true;
		return 1;
	}
	memcpy(listing->deeper[listing->count], listing->directory->path, length);
	memcpy(listing->deeper[listing->count] + length, name, size);
	listing->count++;
	return 0;
}

/* Watches a directory and, in a tree, those below it.  `tell`: what is in them is new. */
static long add_directory(struct notify_tree *tree, const char *path, bool tell)
{
	struct notify_directory *directory = malloc(sizeof(*directory) + strlen(path) + 2);
	struct listing listing = {.tree = tree, .directory = directory, .tell = tell};
	struct io_narrow full;
	long id = -ENOMEM;

	if (!directory)
		return id;
	strcpy(directory->path, path);
	io_narrow_init(&full);
	io_narrow_put(&full, tree->root, strlen(tree->root));
	if (*path) {
		strcat(directory->path, "/");
		io_narrow_put(&full, "/", 1);
		io_narrow_put(&full, path, strlen(path));
	}
	if (!full.length)
		io_narrow_put(&full, "/", 1);
	if (!full.failed)
		id = host_watch_add(tree->fd, full.text, wanted(tree));
	/* one that was watched already has got a new name */
	if (id >= 0 && find_directory(tree, (int)id))
		id = -EEXIST;
	if (id >= 0) {
		directory->id = (int)id;
		directory->next = tree->directories;
		tree->directories = directory;
		if (tree->deep) {
			int fd = host_open(full.text, HOST_OPEN_READ | HOST_OPEN_DIRECTORY | HOST_OPEN_NOFOLLOW, 0);

			if (fd >= 0) {
				host_read_directory(fd, see_entry, &listing);
				host_close(fd);
			}
		}
	} else {
		free(directory);
	}
	io_narrow_free(&full);
	for (size_t i = 0; i < listing.count; i++) {
		long result = add_directory(tree, listing.deeper[i], tell);

		/* no more watches to be had: changes will be missed, which is what an overflow says */
		if (result == -ENOSPC || result == -ENOMEM)
			tree->overflow = true;
		free(listing.deeper[i]);
	}
	free(listing.deeper);
	return id;
}

/* A directory and those below it are no longer in the tree. */
static void drop_directories(struct notify_tree *tree, const char *path)
{
	size_t length = strlen(path);

	for (struct notify_directory **link = &tree->directories; *link;) {
		struct notify_directory *directory = *link;

		if (strncmp(directory->path, path, length) == 0 && directory->path[length] == '/') {
			*link = directory->next;
			host_watch_remove(tree->fd, directory->id);
			free(directory);
		} else {
			link = &directory->next;
		}
	}
}

static void joined(struct io_narrow *path, const char *directory, const char *name)
{
	io_narrow_init(path);
	io_narrow_put(path, directory, strlen(directory));
	io_narrow_put(path, name, strlen(name));
}

static void enter(struct notify_tree *tree, const char *directory, const char *name, bool tell)
{
	struct io_narrow path;
	long result;

	joined(&path, directory, name);
	result = path.failed ? -ENOMEM : add_directory(tree, path.text, tell);
	if (result == -ENOSPC || result == -ENOMEM)
		tree->overflow = true;
	io_narrow_free(&path);
}

static void leave(struct notify_tree *tree, const char *directory, const char *name)
{
	struct io_narrow path;

	joined(&path, directory, name);
	if (!path.failed)
		drop_directories(tree, path.text);
	io_narrow_free(&path);
}

/* The other half of a move does not come: it went elsewhere. */
static void settle_move(struct notify_tree *tree)
{
	const struct notify_directory *from;

	if (!tree->moved)
		return;
	from = find_directory(tree, tree->moved_in);
	if (from) {
		if (tells_names(tree, tree->move_directory))
			add_record(tree, FILE_ACTION_REMOVED, from->path, tree->moved);
		if (tree->move_directory)
			leave(tree, from->path, tree->moved);
	}
	free(tree->moved);
	tree->moved = NULL;
}

static void finish_move(struct notify_tree *tree, const struct notify_directory *to, const struct host_watch_event *event)
{
	const struct notify_directory *from = tree->moved && tree->move == event->move ? find_directory(tree, tree->moved_in) : NULL;
	bool tells = tells_names(tree, event->directory);

	if (from && from == to) {
		if (tells) {
			add_record(tree, FILE_ACTION_RENAMED_OLD_NAME, from->path, tree->moved);
			add_record(tree, FILE_ACTION_RENAMED_NEW_NAME, to->path, event->name);
		}
		if (event->directory)
			leave(tree, from->path, tree->moved);
		free(tree->moved);
		tree->moved = NULL;
	} else {
		/* to another directory: NT tells that it went and that it came */
		settle_move(tree);
		if (tells)
			add_record(tree, FILE_ACTION_ADDED, to->path, event->name);
	}
	if (event->directory && tree->deep)
		enter(tree, to->path, event->name, false);
}

static bool was_seen(struct notify_tree *tree, int id, const char *name)
{
	for (struct notify_seen **link = &tree->seen; *link; link = &(*link)->next) {
		struct notify_seen *seen = *link;

		if (seen->id == id && strcmp(seen->name, name) == 0) {
			*link = seen->next;
			free(seen);
			tree->seen_count--;
			return true;
		}
	}
	return false;
}

static void handle_event(void *context, const struct host_watch_event *event)
{
	struct notify_tree *tree = context;
	struct notify_directory *directory;

	if (event->action == HOST_WATCH_OVERFLOW) {
		tree->overflow = true;
		return;
	}
	/* First: what has left the tree takes its directories along. */
	if (tree->moved && !(event->action == HOST_WATCH_MOVED_TO && event->move == tree->move))
		settle_move(tree);
	directory = find_directory(tree, event->id);
	if (!directory)
		return;
	if (event->action == HOST_WATCH_GONE) {
		if (!*directory->path)
			tree->gone = true;
		for (struct notify_directory **link = &tree->directories; *link; link = &(*link)->next)
			if (*link == directory && *directory->path) {
				*link = directory->next;
				free(directory);
				break;
			}
		return;
	}
	if (!*event->name)
		return; /* the directory itself: told by its parent */
	switch (event->action) {
	case HOST_WATCH_CREATED:
		if (was_seen(tree, event->id, event->name))
			break;
		if (tells_names(tree, event->directory))
			add_record(tree, FILE_ACTION_ADDED, directory->path, event->name);
		if (event->directory && tree->deep)
			enter(tree, directory->path, event->name, true);
		break;
	case HOST_WATCH_DELETED:
		was_seen(tree, event->id, event->name);
		if (tells_names(tree, event->directory))
			add_record(tree, FILE_ACTION_REMOVED, directory->path, event->name);
		break;
	case HOST_WATCH_MODIFIED:
		add_record(tree, FILE_ACTION_MODIFIED, directory->path, event->name);
		break;
	case HOST_WATCH_MOVED_FROM:
		tree->moved = strdup(event->name);
		tree->moved_in = event->id;
		tree->move = event->move;
		tree->move_directory = event->directory;
		if (!tree->moved)
			tree->overflow = true;
		break;
	case HOST_WATCH_MOVED_TO:
		finish_move(tree, directory, event);
		break;
	default:
		break;
	}
}

void notify_tree_read(struct notify_tree *tree)
{
	host_watch_read(tree->fd, handle_event, tree);
	if (tree->moved) {
		/* Linux tells both halves in one go, though not in one piece */
		struct host_poll poll = {tree->fd, HOST_POLL_READ, 0};

		if (host_poll(&poll, 1, 2) > 0)
			host_watch_read(tree->fd, handle_event, tree);
		settle_move(tree);
	}
}

NTSTATUS notify_tree_open(const char *root, ULONG filter, bool deep, struct notify_tree *tree)
{
	long error;

	memset(tree, 0, sizeof(*tree));
	tree->last = &tree->first;
	tree->filter = filter;
	tree->deep = deep;
	tree->root = strdup(root);
	tree->fd = tree->root ? host_watch_create() : -ENOMEM;
	if (tree->fd < 0) {
		error = tree->fd;
		free(tree->root);
		tree->root = NULL;
		return error == -EMFILE ? STATUS_INSUFFICIENT_RESOURCES : io_status(error);
	}
	error = add_directory(tree, "", false);
	if (error < 0) {
		notify_tree_close(tree);
		return error == -ENOSPC ? STATUS_INSUFFICIENT_RESOURCES : io_status(error);
	}
	return STATUS_SUCCESS;
}

void notify_tree_close(struct notify_tree *tree)
{
	notify_tree_clear(tree);
	while (tree->directories) {
		struct notify_directory *directory = tree->directories;

		tree->directories = directory->next;
		free(directory);
	}
	while (tree->seen) {
		struct notify_seen *seen = tree->seen;

		tree->seen = seen->next;
		free(seen);
	}
	if (tree->fd >= 0)
		host_close(tree->fd);
	free(tree->moved);
	free(tree->root);
}
