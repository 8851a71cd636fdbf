/*
 * ntdll/io/lookup.c - finding names without regard to case.
 *
 * The exact name is always tried first by the callers; this file is for what is not found so.  The names of a directory
 * are kept, hashed in upper case, for the few directories used last.  A kept directory is believed while its
 * modification time stands still and was not so fresh when read that a later change could hide in the same tick of the
 * file system's clock.  Files that we make ourselves are added, so that making many in one directory reads it once; a
 * file that another process makes in just that moment is then found by its exact name only, until the next change.
 */
#include "host/time.h"
#include "ntdll/io/private.h"

#include <stdlib.h>
#include <string.h>

#define CACHED_DIRECTORIES 8
#define MAX_CACHED_NAMES 200000u
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
	size_t names_length, names_capacity;
	uint64_t last_use;
	bool failed;
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

/* The listing of a directory; NULL: cannot be read, or does not fit (then *too_big). */
static struct listing *listing_of(const char *directory, bool *too_big)
{
	struct host_stat stat;
	struct listing *listing = &listings[0];
	int fd, result;

	*too_big = false;
	if (host_stat_path(directory, true, &stat) < 0 || stat.kind != HOST_FILE_DIRECTORY)
		return NULL;
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

/* The host name of the entry called `name` but for case; malloced; NULL: none. */
static char *find_in(const char *directory, const char16_t *name, size_t length)
{
	struct listing *listing;
	char *found = NULL;
	bool too_big;

	host_lock_acquire(&cache_lock);
	listing = listing_of(directory, &too_big);
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
	return found;
}

static const char *last_slash(const char *path)
{
	return strrchr(path, '/');
}

void io_name_created(const char *path)
{
	const char *slash = last_slash(path);
	struct io_narrow directory;
	struct host_stat stat;

	if (!slash)
		return;
	io_narrow_init(&directory);
	io_narrow_put(&directory, path, slash == path ? 1 : (size_t)(slash - path));
	host_lock_acquire(&cache_lock);
	if (!directory.failed && host_stat_path(directory.text, true, &stat) == 0)
		for (size_t i = 0; i < CACHED_DIRECTORIES; i++) {
			struct listing *listing = &listings[i];

			if (!listing->entries || listing->device != stat.device || listing->inode != stat.inode)
				continue;
			if (add_name(listing, slash + 1)) {
				listing->write_time = stat.write_time;
				listing->settled = true;
			} else {
				empty(listing);
			}
			break;
		}
	host_lock_release(&cache_lock);
	io_narrow_free(&directory);
}

/* Corrects the component [start, end) of the path, whose directory is exact.  False: no such name. */
static bool correct_component(struct io_narrow *path, size_t start, size_t *end)
{
	char16_t wide[256];
	size_t units = io_name_from_host(wide, ARRAY_SIZE(wide), path->text + start, *end - start);
	char saved = path->text[start - 1], *found, *rest;
	size_t found_length, rest_length = path->length - *end;

	if (units > ARRAY_SIZE(wide))
		return false;
	if (start == 1) {
		found = find_in("/", wide, units);
	} else {
		path->text[start - 1] = 0;
		found = find_in(path->text, wide, units);
		path->text[start - 1] = saved;
	}
	if (!found)
		return false;
	found_length = strlen(found);
	if (found_length == *end - start) {
		memcpy(path->text + start, found, found_length);
	} else {
		rest = strdup(path->text + *end);
		if (!rest) {
			free(found);
			return false;
		}
		path->length = start;
		io_narrow_put(path, found, found_length);
		io_narrow_put(path, rest, rest_length);
		free(rest);
		*end = start + found_length;
	}
	free(found);
	return !path->failed;
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
	size_t last, good;
	bool last_exists = false;

	if (path->length <= 1 || path->length <= root)
		return host_path_exists(path->text) ? STATUS_SUCCESS : STATUS_OBJECT_PATH_NOT_FOUND;
	last = (size_t)(last_slash(path->text) - path->text);
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
		if (exists_up_to(path, end)) {
			last_exists = true;
		} else if (!correct_component(path, start, &end)) {
			struct host_stat parent;
			bool directory;
			char saved = path->text[good ? good : 1];

			if (!is_last)
				return STATUS_OBJECT_PATH_NOT_FOUND;
			path->text[good ? good : 1] = 0;
			directory = host_stat_path(path->text, true, &parent) == 0 && parent.kind == HOST_FILE_DIRECTORY;
			path->text[good ? good : 1] = saved;
			return directory ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_OBJECT_PATH_NOT_FOUND;
		} else {
			last_exists = true;
		}
		if (is_last)
			return last_exists ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
		good = end;
	}
}
