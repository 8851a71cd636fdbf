/*
 * ntdll/ob/shared.c - objects shared between processes: see shared.h.
 *
 * A record's key is two hashes of its path, 16 hexadecimal digits each: of the upper-cased path, then of the path as it
 * is.  An exact look-up opens one file; one that ignores case goes through the keys with the same beginning.
 */
#include "ntdll/ob/shared.h"
#include "host/file.h"
#include "host/thread.h"
#include "ntdll/io/private.h"
#include "ntdll/ke/ke.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ob/private.h"
#include "ntdll/ps/job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x31534F50u
#define PATH_OFFSET OB_SHARED_SIZE
#define KEY_SIZE 33

/* The place in this table, from 1, is part of the records. */
static const struct ob_type *const shareable[] = {
	&ke_event_type,
	&ke_mutant_type,
	&ke_semaphore_type,
	&ke_timer_type,
	&mm_section_type,
	&ps_job_type,
	&io_port_type,
};

static uint32_t number_of(const struct ob_type *type)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(shareable); i++)
		if (shareable[i] == type)
			return i + 1;
	return 0;
}

static uint64_t hash(const char16_t *path, size_t length, bool fold)
{
	uint64_t value = 14695981039346656037ull;

	for (size_t i = 0; i < length; i++)
		value = (value ^ (fold ? ob_fold(path[i]) : path[i])) * 1099511628211ull;
	return value;
}

static void make_key(char key[KEY_SIZE], const char16_t *path, size_t length)
{
	snprintf(key, KEY_SIZE, "%016llx%016llx", (unsigned long long)hash(path, length, true),
		 (unsigned long long)hash(path, length, false));
}

static const char16_t *path_of(const struct host_shared *shared)
{
	return (const char16_t *)((const char *)shared->memory + PATH_OFFSET);
}

static bool is_valid(const struct host_shared *shared)
{
	const struct ob_shared_header *header = shared->memory;

	return header->magic == MAGIC && __atomic_load_n(&header->ready, __ATOMIC_ACQUIRE) && header->type &&
	       header->type <= ARRAY_SIZE(shareable) &&
	       (!header->length ||
		(shared->size > PATH_OFFSET && header->length < (shared->size - PATH_OFFSET) / sizeof(char16_t)));
}

bool ob_is_shared_path(const struct ob_type *type, const char16_t *path, size_t length)
{
	static const char16_t *const directories[] = {u"\\Sessions\\1\\BaseNamedObjects\\", u"\\BaseNamedObjects\\"};

	if (!type->sharing)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		size_t prefix = ob_length(directories[i]);
		size_t at = prefix;

		/* The path may have been given in another case. */
		if (length <= prefix || ob_compare_nocase(path, prefix, directories[i], prefix))
			continue;
		while (at < length && path[at] != u'\\')
			at++;
		return at == length;
	}
	return false;
}

/* The objects of this process that have records, so that one that comes back from elsewhere is found. */
static struct host_lock records_lock;
static struct host_shared *records;

/* The object has this record now. */
static void enter_record(struct ob_object *object, struct host_shared *shared)
{
	host_lock_acquire(&records_lock);
	object->shared = shared;
	shared->owner = object;
	shared->previous = NULL;
	shared->next = records;
	if (records)
		records->previous = shared;
	records = shared;
	host_lock_release(&records_lock);
}

void ob_shared_release(struct ob_object *object)
{
	struct host_shared *shared = object->shared;

	host_lock_acquire(&records_lock);
	if (shared->previous)
		shared->previous->next = shared->next;
	else
		records = shared->next;
	if (shared->next)
		shared->next->previous = shared->previous;
	host_lock_release(&records_lock);
	host_shared_release(shared);
}

/* What ended with its last handle (a job's line) does not begin again. */
static bool is_in_use(const struct host_shared *shared)
{
	const struct ob_object *object = shared->owner;

	return __atomic_load_n(&object->handles, __ATOMIC_ACQUIRE) > 0;
}

/* The object of this process for the record behind a descriptor, referenced; NULL. */
static struct ob_object *find_by_record(int fd)
{
	struct ob_object *found = NULL;
	struct host_stat wanted, stat;

	host_lock_acquire(&records_lock);
	if (records && host_stat_fd(fd, &wanted) == 0) {
		for (struct host_shared *shared = records; shared && !found; shared = shared->next)
			if (is_in_use(shared) && host_stat_fd(shared->fd, &stat) == 0 && stat.inode == wanted.inode &&
			    stat.device == wanted.device && ob_reference_living(shared->owner))
				found = shared->owner;
	}
	host_lock_release(&records_lock);
	return found;
}

struct search {
	char prefix[17];
	const char16_t *path;
	size_t length;
	struct host_shared *found;
};

static int look(void *context, const char *key)
{
	struct search *search = context;
	struct host_shared *shared;

	if (strncmp(key, search->prefix, 16) != 0 || host_shared_find(key, &shared) < 0)
		return 0;
	if (is_valid(shared) && ob_compare_nocase(path_of(shared), ((struct ob_shared_header *)shared->memory)->length,
						  search->path, search->length) == 0) {
		search->found = shared;
		return 1;
	}
	host_shared_drop_key(shared);
	host_shared_release(shared);
	return 0;
}

static NTSTATUS find_record(const char16_t *path, size_t length, bool ignore_case, struct host_shared **shared)
{
	struct search search = {.path = path, .length = length};
	char key[KEY_SIZE];
	int result;

	make_key(key, path, length);
	result = host_shared_find(key, shared);
	if (result == 0) {
		const struct ob_shared_header *header = (*shared)->memory;

		if (is_valid(*shared) && header->length == length &&
		    memcmp(path_of(*shared), path, length * sizeof(char16_t)) == 0)
			return STATUS_SUCCESS;
		/* Two paths with one key, which no one will live to see; or another build's. */
		host_shared_drop_key(*shared);
		host_shared_release(*shared);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	if (result == -EMFILE)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!ignore_case)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	memcpy(search.prefix, key, 16);
	host_shared_list(look, &search);
	*shared = search.found;
	return search.found ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

static char16_t *copy_of_path(const struct host_shared *shared, size_t *length)
{
	char16_t *path;

	*length = ((const struct ob_shared_header *)shared->memory)->length;
	path = malloc((*length + 1) * sizeof(char16_t));
	if (path) {
		memcpy(path, path_of(shared), *length * sizeof(char16_t));
		path[*length] = 0;
	}
	return path;
}

/* Consumes the record. */
static NTSTATUS adopt(struct host_shared *shared, struct ob_object **object)
{
	const struct ob_shared_header *header = shared->memory;
	const struct ob_type *type = shareable[header->type - 1];
	size_t length = 0;
	char16_t *path = shared->key ? copy_of_path(shared, &length) : NULL;

	*object = shared->key && !path ? NULL : type->sharing->adopt(shared);
	if (*object)
		enter_record(*object, shared);
	if (*object && (!path || ob_name_insert(*object, path, length)))
		return STATUS_SUCCESS;
	free(path);
	host_shared_drop_key(shared);
	if (*object)
		ob_dereference(*object);
	else
		host_shared_release(shared);
	*object = NULL;
	return STATUS_NO_MEMORY;
}

NTSTATUS ob_shared_find(const struct ob_type *type, const char16_t *path, size_t length, bool ignore_case,
			ACCESS_MASK access, ACCESS_MASK *granted, struct ob_object **object)
{
	const struct ob_shared_header *header;
	struct host_shared *shared;
	NTSTATUS status = find_record(path, length, ignore_case, &shared);

	if (status)
		return status;
	header = shared->memory;
	if (shareable[header->type - 1] != type)
		status = STATUS_OBJECT_TYPE_MISMATCH;
	else
		status = object ? ob_check_access(type, access, granted) : STATUS_SUCCESS;
	if (!status && object)
		return adopt(shared, object);
	host_shared_drop_key(shared);
	host_shared_release(shared);
	return status;
}

static NTSTATUS publish(struct ob_object *object, struct host_shared *shared)
{
	struct ob_shared_header *header = shared->memory;
	NTSTATUS status;

	header->magic = MAGIC;
	header->type = number_of(object->type);
	if (shared->key) {
		header->length = object->name->length;
		memcpy((char *)shared->memory + PATH_OFFSET, object->name->path, header->length * sizeof(char16_t));
	}
	status = object->type->sharing->publish(object, shared);
	if (status) {
		host_shared_drop_key(shared);
		host_shared_release(shared);
		return status;
	}
	__atomic_store_n(&header->ready, 1, __ATOMIC_RELEASE);
	enter_record(object, shared);
	return STATUS_SUCCESS;
}

NTSTATUS ob_shared_publish(struct ob_object *object)
{
	size_t size = PATH_OFFSET + (object->name->length + 1) * sizeof(char16_t);
	struct host_shared *shared;
	char key[KEY_SIZE];

	make_key(key, object->name->path, object->name->length);
	size = (size + HOST_PAGE_SIZE - 1) & ~(size_t)(HOST_PAGE_SIZE - 1);
	if (host_shared_create(key, size, &shared) < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	return publish(object, shared);
}

void ob_shared_forget(struct ob_object *object)
{
	if (!object->shared || !object->shared->key || host_shared_enter() < 0)
		return;
	host_shared_drop_key(object->shared);
	host_shared_leave();
}

NTSTATUS ob_share(struct ob_object *object, int *fd, int *memory)
{
	struct host_shared *shared;
	NTSTATUS status = STATUS_SUCCESS;

	if (!object->type->sharing)
		return STATUS_NOT_SUPPORTED;
	ob_names_lock();
	if (!object->shared)
		status = host_shared_create(NULL, OB_SHARED_SIZE, &shared) < 0 ? STATUS_INSUFFICIENT_RESOURCES
									       : publish(object, shared);
	ob_names_unlock();
	if (!status) {
		*fd = host_shared_pass(object->shared);
		if (*fd < 0)
			status = STATUS_INSUFFICIENT_RESOURCES;
	}
	*memory = status || !object->type->sharing->memory ? -1 : object->type->sharing->memory(object);
	return status;
}

/* Under the names lock. */
static int passed_memory = -1;

int ob_take_memory(void)
{
	int memory = passed_memory;

	passed_memory = -1;
	return memory;
}

NTSTATUS ob_inherit_shared(int fd, int memory, struct ob_object **object)
{
	struct host_shared *shared;
	struct ob_shared_header header = {0};
	char key[KEY_SIZE] = "";
	NTSTATUS status = STATUS_INVALID_PARAMETER;
	bool entered = false;

	*object = find_by_record(fd);
	if (*object) {
		host_close(fd);
		if (memory >= 0)
			host_close(memory);
		return STATUS_SUCCESS;
	}
	ob_names_lock();
	passed_memory = memory;
	if (host_pread(fd, &header, sizeof(header), 0) == (ssize_t)sizeof(header) && header.length &&
	    host_shared_enter() == 0) {
		char16_t *path = malloc((header.length + 1) * sizeof(char16_t));
		ssize_t bytes = (ssize_t)(header.length * sizeof(char16_t));

		entered = true;
		if (path && host_pread(fd, path, (size_t)bytes, PATH_OFFSET) == bytes)
			make_key(key, path, header.length);
		free(path);
	}
	if (host_shared_take(fd, key[0] ? key : NULL, &shared) == 0) {
		if (is_valid(shared)) {
			status = adopt(shared, object);
		} else {
			host_shared_drop_key(shared);
			host_shared_release(shared);
		}
	}
	if (entered)
		host_shared_leave();
	memory = ob_take_memory();
	if (memory >= 0)
		host_close(memory);
	ob_names_unlock();
	return status;
}
