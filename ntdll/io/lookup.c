/*
 * ntdll/io/lookup.c - finding names without regard to case.
 *
 * The exact name is always tried first by the callers; this file is for what is not found so.  The names of a directory
 * are kept, hashed in upper case, for the few directories used last.  A kept directory is believed while its
 * modification time stands still and was not so fresh when read that a later change could hide in the same tick of the
 * file system's clock.  What we make, rename and remove ourselves is followed, so that many such changes in one directory
 * read it once; a file that another process makes in just that moment is then found by its exact name only, until the
 * next change.
 */
#include "host/time.h"
#include "ntdll/io/private.h"

#include <stdlib.h>
#include <string.h>

#define CACHED_DIRECTORIES 8
#define MAX_CACHED_NAMES 200000u
#define MAX_WASTED (256u << 10) /* bytes of names that are gone: then the directory is read anew */
/* Longer than one tick of any kernel's file times. */
#define TICK_NS 20000000

struct entry {
	uint32_t hash;
	uint32_t name; /* offset in names, + 1; 0 = empty slot */
};

struct listing {
	uint64_t device, inode;
	int64_t write_time;
	bool settled; /* write_time was old when the directory was read, or the change is ours */
	uint32_t used, capacity;
	struct entry *entries;
	char *names;
	size_t names_length, names_capacity, names_wasted;
	uint64_t last_use;
	char *path; /* as it was last reached */
};

static struct listing listings[CACHED_DIRECTORIES];
static uint64_t uses;
static struct host_lock cache_lock;

static uint32_t hash_name(const char16_t *name, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ rtl_upcase(name[i])) * 16777619u;
	return hash ? hash : 1;
}

static void empty(struct listing *listing)
{
	free(listing->entries);
	free(listing->names);
	free(listing->path);
	memset(listing, 0, sizeof(*listing));
}

void io_forget_names(void)
{
	host_lock_acquire(&cache_lock);
	for (size_t i = 0; i < CACHED_DIRECTORIES; i++)
		empty(&listings[i]);
	host_lock_release(&cache_lock);
}

static void insert_slot(struct listing *listing, uint32_t hash, uint32_t name)
{
	uint32_t slot = hash & (listing->capacity - 1);

	while (listing->entries[slot].name)
		slot = (slot + 1) & (listing->capacity - 1);
	listing->entries[slot].hash = hash;
	listing->entries[slot].name = name;
}

static bool grow(struct listing *listing)
{
	uint32_t old_capacity = listing->capacity;
	struct entry *old = listing->entries;

	listing->capacity = old_capacity ? old_capacity * 2 : 64;
	listing->entries = calloc(listing->capacity, sizeof(struct entry));
	if (!listing->entries) {
		listing->entries = old;
		listing->capacity = old_capacity;
		return false;
	}
	for (uint32_t i = 0; i < old_capacity; i++)
		if (old[i].name)
			insert_slot(listing, old[i].hash, old[i].name);
	free(old);
	return true;
}

static bool add_name(struct listing *listing, const char *name)
{
	char16_t wide[256];
	size_t length = strlen(name), units = io_name_from_host(wide, ARRAY_SIZE(wide), name, length);

	if (units > ARRAY_SIZE(wide))
		return true; /* no NT name can mean it */
	if (listing->used >= MAX_CACHED_NAMES)
		return false;
	if (listing->used * 2 >= listing->capacity && !grow(listing))
		return false;
	if (listing->names_length + length + 1 > listing->names_capacity) {
		size_t capacity = listing->names_capacity ? listing->names_capacity * 2 : 1024;
		char *names = realloc(listing->names, capacity);

		if (!names)
			return false;
		listing->names = names;
		listing->names_capacity = capacity;
	}
	memcpy(listing->names + listing->names_length, name, length + 1);
	insert_slot(listing, hash_name(wide, units), (uint32_t)listing->names_length + 1);
	listing->names_length += length + 1;
	listing->used++;
	return true;
}

static int add_entry(void *context, const char *name, enum host_file_kind kind, uint64_t inode)
{
	struct listing *listing = context;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	return add_name(listing, name) ? 0 : -1;
}

enum found { FOUND, NO_NAME, NO_DIRECTORY };

/* The listing of a directory; NULL: there is none, it cannot be read (*found: NO_NAME), or does not fit (then *too_big). */
static struct listing *listing_of(const char *directory, enum found *found, bool *too_big)
{
	struct host_stat stat;
	struct listing *listing = &listings[0];
	int fd, result;

	*too_big = false;
	*found = NO_DIRECTORY;
	if (host_stat_path(directory, true, &stat) < 0 || stat.kind != HOST_FILE_DIRECTORY)
		return NULL;
	*found = NO_NAME;
	for (size_t i = 0; i < CACHED_DIRECTORIES; i++) {
		if (listings[i].entries && listings[i].device == stat.device && listings[i].inode == stat.inode) {
			listing = &listings[i];
			if (listing->settled && listing->write_time == stat.write_time) {
				listing->last_use = ++uses;
				return listing;
			}
			break;
		}
		if (listings[i].last_use < listing->last_use)
			listing = &listings[i];
	}
	empty(listing);
	fd = host_open(directory, HOST_OPEN_READ | HOST_OPEN_DIRECTORY, 0);
	if (fd < 0)
		return NULL;
	if (!grow(listing)) {
		host_close(fd);
		return NULL;
	}
	result = host_stat_fd(fd, &stat);
	if (result == 0)
		result = host_read_directory(fd, add_entry, listing);
	host_close(fd);
	if (result != 0) {
		*too_big = result == -1;
		empty(listing);
		return NULL;
	}
	listing->path = strdup(directory);
	listing->device = stat.device;
	listing->inode = stat.inode;
	listing->write_time = stat.write_time;
	listing->settled = (int64_t)host_realtime_ns() - stat.write_time > TICK_NS;
	listing->last_use = ++uses;
	return listing;
}

static bool same_name(const char *host, const char16_t *name, size_t length)
{
	char16_t wide[256];
	size_t units = io_name_from_host(wide, ARRAY_SIZE(wide), host, strlen(host));

	return units <= ARRAY_SIZE(wide) && rtl_compare_nocase(wide, units, name, length) == 0;
}

/* Directories too big to keep are read each time. */
struct search {
	const char16_t *name;
	size_t length;
	char *found;
};

static int compare_entry(void *context, const char *name, enum host_file_kind kind, uint64_t inode)
{
	struct search *search = context;

	if (!same_name(name, search->name, search->length))
		return 0;
	search->found = strdup(name);
	return 1;
}

/* The host name of the entry called `name` but for case; malloced. */
static enum found find_in(const char *directory, const char16_t *name, size_t length, char **host_name)
{
	struct listing *listing;
	char *found = NULL;
	enum found result;
	bool too_big;

	host_lock_acquire(&cache_lock);
	listing = listing_of(directory, &result, &too_big);
	if (listing) {
		uint32_t hash = hash_name(name, length), slot = hash & (listing->capacity - 1);

		for (; listing->entries[slot].name; slot = (slot + 1) & (listing->capacity - 1)) {
			const char *candidate = listing->names + listing->entries[slot].name - 1;

			if (listing->entries[slot].hash == hash && same_name(candidate, name, length)) {
				found = strdup(candidate);
				break;
			}
		}
	}
	host_lock_release(&cache_lock);
	if (!listing && too_big) {
		struct search search = {name, length, NULL};
		int fd = host_open(directory, HOST_OPEN_READ | HOST_OPEN_DIRECTORY, 0);

		if (fd >= 0) {
			host_read_directory(fd, compare_entry, &search);
			host_close(fd);
		}
		found = search.found;
	}
	*host_name = found;
	return found ? FOUND : result;
}

static const char *last_slash(const char *path)
{
	return strrchr(path, '/');
}

/* The kept listing of the directory in which a path lies, and how that is now; NULL: none.  Under cache_lock. */
static struct listing *kept_listing(const char *path, struct host_stat *stat)
{
	const char *slash = last_slash(path);
	size_t length = slash == path ? 1 : (size_t)(slash - path);
	struct listing *listing = NULL;
	struct io_narrow directory;

	if (!slash)
		return NULL;
	io_narrow_init(&directory);
	io_narrow_put(&directory, path, length);
	for (size_t i = 0; i < CACHED_DIRECTORIES && !directory.failed; i++)
		if (listings[i].path && strcmp(listings[i].path, directory.text) == 0)
			listing = &listings[i];
	if (listing && (host_stat_path(directory.text, true, stat) < 0 || stat->device != listing->device ||
			stat->inode != listing->inode))
		listing = NULL;
	io_narrow_free(&directory);
	return listing;
}

static bool is_current(const struct listing *listing, const struct host_stat *stat)
{
	return listing->settled && listing->write_time == stat->write_time;
}

bool io_names_known(const char *path)
{
	struct host_stat stat;
	struct listing *listing;
	bool known;

	host_lock_acquire(&cache_lock);
	listing = kept_listing(path, &stat);
	known = listing && is_current(listing, &stat);
	host_lock_release(&cache_lock);
	return known;
}

static void remove_name(struct listing *listing, const char *name)
{
	char16_t wide[256];
	size_t units = io_name_from_host(wide, ARRAY_SIZE(wide), name, strlen(name));
	uint32_t hash, slot, next, mask = listing->capacity - 1;

	if (units > ARRAY_SIZE(wide))
		return;
	hash = hash_name(wide, units);
	for (slot = hash & mask; listing->entries[slot].name; slot = (slot + 1) & mask)
		if (listing->entries[slot].hash == hash && strcmp(listing->names + listing->entries[slot].name - 1, name) == 0)
			break;
	if (!listing->entries[slot].name)
		return;
	/* What follows in the same run moves up, unless it would come before the place of its hash. */
	for (next = (slot + 1) & mask; listing->entries[next].name; next = (next + 1) & mask)
		if (((next - listing->entries[next].hash) & mask) >= ((next - slot) & mask)) {
			listing->entries[slot] = listing->entries[next];
			slot = next;
		}
	listing->entries[slot] = (struct entry){0};
	listing->used--;
	listing->names_wasted += strlen(name) + 1;
}

/* Follows a change of ours in one directory: `path` lies there, a name went or came or both. */
static void follow(const char *path, const char *removed, const char *created)
{
	struct host_stat stat;
	struct listing *listing;

	host_lock_acquire(&cache_lock);
	listing = kept_listing(path, &stat);
	if (listing) {
		if (removed)
			remove_name(listing, last_slash(removed) + 1);
		/* which may have replaced another */
		if (created)
			remove_name(listing, last_slash(created) + 1);
		if (listing->names_wasted > MAX_WASTED || (created && !add_name(listing, last_slash(created) + 1))) {
			empty(listing);
		} else {
			listing->write_time = stat.write_time;
			listing->settled = true;
		}
	}
	host_lock_release(&cache_lock);
}

void io_name_created(const char *path)
{
	follow(path, NULL, path);
}

void io_name_removed(const char *path)
{
	follow(path, path, NULL);
}

static bool same_directory(const char *a, const char *b)
{
	size_t length = (size_t)(last_slash(a) - a);

	return length == (size_t)(last_slash(b) - b) && memcmp(a, b, length) == 0;
}

int io_rename(const char *from, const char *to, bool replace)
{
	bool within = same_directory(from, to), from_known = io_names_known(from);
	bool to_known = within ? from_known : io_names_known(to);
	int error = host_rename(from, to, replace);

	if (error)
		return error;
	if (within && from_known)
		follow(to, from, to);
	if (!within && from_known)
		io_name_removed(from);
	if (!within && to_known)
		io_name_created(to);
	return 0;
}

/* Corrects the component [start, end) of the path, whose directory is exact. */
static enum found correct_component(struct io_narrow *path, size_t start, size_t *end)
{
	char16_t wide[256];
	size_t units = io_name_from_host(wide, ARRAY_SIZE(wide), path->text + start, *end - start);
	char saved = path->text[start - 1], *found, *rest;
	size_t found_length, rest_length = path->length - *end;
	enum found result;

	if (units > ARRAY_SIZE(wide))
		return NO_DIRECTORY; /* or it is there: nobody has looked */
	if (start == 1) {
		result = find_in("/", wide, units, &found);
	} else {
		path->text[start - 1] = 0;
		result = find_in(path->text, wide, units, &found);
		path->text[start - 1] = saved;
	}
	if (result != FOUND)
		return result;
	found_length = strlen(found);
	if (found_length == *end - start) {
		memcpy(path->text + start, found, found_length);
	} else {
		rest = strdup(path->text + *end);
		if (!rest) {
			free(found);
			return NO_NAME;
		}
		path->length = start;
		io_narrow_put(path, found, found_length);
		io_narrow_put(path, rest, rest_length);
		free(rest);
		*end = start + found_length;
	}
	free(found);
	return path->failed ? NO_NAME : FOUND;
}

static bool exists_up_to(struct io_narrow *path, size_t end)
{
	char saved = path->text[end];
	bool exists;

	path->text[end] = 0;
	exists = host_path_exists(path->text);
	path->text[end] = saved;
	return exists;
}

NTSTATUS io_find_path(struct io_narrow *path, size_t root)
{
	size_t last, good, all = path->length;

	if (path->length <= 1 || path->length <= root)
		return host_path_exists(path->text) ? STATUS_SUCCESS : STATUS_OBJECT_PATH_NOT_FOUND;
	last = (size_t)(last_slash(path->text) - path->text);
	/* As a rule only the last component is another, and the caller knows that. */
	switch (last >= root || last == 0 ? correct_component(path, last + 1, &all) : NO_DIRECTORY) {
	case FOUND:
		return STATUS_SUCCESS;
	case NO_NAME:
		return STATUS_OBJECT_NAME_NOT_FOUND;
	default:
		break;
	}
	/* the longest part that exists as it is; usually all but the last component */
	good = last;
	while (good > 1 && good > root && !exists_up_to(path, good)) {
		good--;
		while (good > 0 && path->text[good] != '/')
			good--;
	}
	for (;;) {
		size_t start = good + 1, end = start;
		bool is_last;

		while (end < path->length && path->text[end] != '/')
			end++;
		is_last = end == path->length;
		/* one of the inner components may exist exactly below a corrected one */
		if (!exists_up_to(path, end) && correct_component(path, start, &end) != FOUND) {
			struct host_stat parent;
			bool directory;
			char saved = path->text[good ? good : 1];

			if (!is_last)
				return STATUS_OBJECT_PATH_NOT_FOUND;
			path->text[good ? good : 1] = 0;
			directory = host_stat_path(path->text, true, &parent) == 0 && parent.kind == HOST_FILE_DIRECTORY;
			path->text[good ? good : 1] = saved;
			return directory ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_OBJECT_PATH_NOT_FOUND;
		}
		if (is_last)
			return STATUS_SUCCESS;
		good = end;
	}
}
