/*
 * ntdll/io/pipe_names.c - the names of pipes and their instances, in a table that the user's processes share.
 *
 * The table is one record of host/shared.h.  It changes only under the lock of that room (entered); states and
 * generations are also read without it.  An entry belongs to a holder of the record: what a killed process left is found
 * by the kernel's word on its holders, by whoever comes across it.
 */
#include "host/local_socket.h"
#include "host/shared.h"
#include "ntdll/io/npfs.h"
#include "ntdll/ps/thread.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TABLE_MAGIC 0x31455050u
#define NAMES 1024u
#define INSTANCES 8192u

enum { FREE = 0, LISTENING = 1, CLAIMED = 2, IDLE = 3 };

struct name {
	uint32_t used, hash, length, instances;
	uint32_t maximum, direction, messages, in_quota;
	uint32_t out_quota, reserved;
	int64_t timeout;
	char16_t text[PIPE_NAME_MAXIMUM];
};

struct instance {
	uint32_t state, holder, name, generation;
	uint32_t server, client; /* processes */
	uint32_t cut;            /* the last generation that the server disconnected */
	uint32_t reserved;
};

struct table {
	uint32_t magic;
	uint32_t names_top, instances_top; /* nothing is used from there on */
	uint32_t next;                     /* where to look for a free instance: they are used in turn */
	uint32_t changes, waiters;         /* futex: bumped when an instance begins to listen or goes */
	uint32_t reserved[10];
	struct name names[NAMES];
	struct instance instances[INSTANCES];
};

static struct host_shared *record;
static struct table *table;
static int listener = -1;

static void free_instance(struct instance *instance)
{
	struct name *name = &table->names[instance->name];

	__atomic_store_n(&instance->state, FREE, __ATOMIC_RELEASE);
	if (name->used && name->instances && --name->instances == 0)
		name->used = 0;
	while (table->instances_top && table->instances[table->instances_top - 1].state == FREE)
		table->instances_top--;
	while (table->names_top && !table->names[table->names_top - 1].used)
		table->names_top--;
}

static void tell_waiters(void)
{
	__atomic_fetch_add(&table->changes, 1, __ATOMIC_RELEASE);
	if (__atomic_load_n(&table->waiters, __ATOMIC_ACQUIRE))
		host_futex_wake_shared(&table->changes, INT32_MAX);
}

/* Entries of processes that had our number before us, or of all that are gone. */
static void sweep(bool ours)
{
	for (uint32_t i = table->instances_top; i-- > 0;) {
		struct instance *instance = &table->instances[i];

		if (i < table->instances_top && instance->state != FREE &&
		    (instance->holder == record->holder ? ours : !host_shared_is_held(record, instance->holder)))
			free_instance(instance);
	}
}

NTSTATUS pipe_table_enter(void)
{
	int result = host_shared_enter();

	if (result < 0)
		return io_status(result);
	if (table)
		return STATUS_SUCCESS;
	result = host_shared_find("pipes", &record);
	if (result == -ENOENT)
		result = host_shared_create("pipes", (sizeof(struct table) + HOST_PAGE_SIZE - 1) & ~(size_t)(HOST_PAGE_SIZE - 1),
					    &record);
	if (result == 0 && record->size >= sizeof(struct table)) {
		struct table *found = record->memory;

		if (!found->magic)
			found->magic = TABLE_MAGIC;
		if (found->magic == TABLE_MAGIC) {
			__atomic_store_n(&table, found, __ATOMIC_RELEASE);
			sweep(true);
			return STATUS_SUCCESS;
		}
	}
	if (result == 0) {
		host_shared_drop_key(record);
		host_shared_release(record);
		record = NULL;
		result = -EINVAL;
	}
	host_shared_leave();
	return io_status(result);
}

void pipe_table_leave(void)
{
	host_shared_leave();
}

static uint32_t hash_of(const char16_t *text, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ rtl_upcase(text[i])) * 16777619u;
	return hash;
}

static struct name *find_name(const char16_t *text, size_t length)
{
	uint32_t hash = hash_of(text, length);

	for (uint32_t i = 0; i < table->names_top; i++) {
		struct name *name = &table->names[i];

		if (name->used && name->hash == hash && name->length == length &&
		    rtl_compare_nocase(name->text, length, text, length) == 0)
			return name;
	}
	return NULL;
}

/* The instances of a name whose processes are gone go too; false: that was the last. */
static bool reap(struct name *name)
{
	uint32_t number = (uint32_t)(name - table->names);

	for (uint32_t i = table->instances_top; i-- > 0;) {
		struct instance *instance = &table->instances[i];

		if (i < table->instances_top && instance->state != FREE && instance->name == number &&
		    instance->holder != record->holder && !host_shared_is_held(record, instance->holder))
			free_instance(instance);
	}
	return name->used;
}

static void fill_settings(struct pipe_settings *settings, const struct name *name)
{
	settings->direction = name->direction;
	settings->maximum = name->maximum;
	settings->messages = name->messages;
	settings->in_quota = name->in_quota;
	settings->out_quota = name->out_quota;
	settings->timeout = name->timeout;
}

static struct name *new_name(const struct pipe_settings *settings)
{
	for (uint32_t i = 0; i < NAMES; i++) {
		struct name *name = &table->names[i];

		if (name->used)
			continue;
		name->hash = hash_of(settings->name, settings->length);
		name->length = (uint32_t)settings->length;
		memcpy(name->text, settings->name, settings->length * sizeof(char16_t));
		name->instances = 0;
		name->maximum = settings->maximum;
		name->direction = settings->direction;
		name->messages = settings->messages;
		name->in_quota = settings->in_quota;
		name->out_quota = settings->out_quota;
		name->timeout = settings->timeout;
		name->used = 1;
		if (table->names_top <= i)
			table->names_top = i + 1;
		return name;
	}
	return NULL;
}

static int32_t new_instance(void)
{
	for (uint32_t tries = 0; tries < INSTANCES; tries++) {
		uint32_t i = table->next++ % INSTANCES;

		if (table->instances[i].state == FREE)
			return (int32_t)i;
	}
	return -1;
}

NTSTATUS pipe_instance_create(struct pipe_settings *settings, struct io_pipe *pipe, bool *existed)
{
	struct name *name = find_name(settings->name, settings->length);
	struct instance *instance;
	NTSTATUS status = pipe_listen_here();
	int32_t number;

	if (!NT_SUCCESS(status))
		return status;
	if (name && !reap(name))
		name = NULL;
	*existed = name;
	if (name) {
		/* all instances are alike (MSDN CreateNamedPipe) */
		if (settings->first || name->direction != settings->direction || name->messages != settings->messages)
			return STATUS_ACCESS_DENIED;
		if (name->instances >= name->maximum)
			return STATUS_INSTANCE_NOT_AVAILABLE;
	} else if (settings->open_only) {
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	number = new_instance();
	if (number < 0) {
		sweep(false);
		number = new_instance();
	}
	if (number >= 0 && !name) {
		name = new_name(settings);
		if (!name) {
			sweep(false);
			name = new_name(settings);
		}
	}
	if (number < 0 || !name)
		return STATUS_INSUFFICIENT_RESOURCES;
	instance = &table->instances[number];
	instance->holder = record->holder;
	instance->name = (uint32_t)(name - table->names);
	instance->server = (uint32_t)(uintptr_t)ps_own_process.id;
	instance->client = 0;
	name->instances++;
	if (table->instances_top <= (uint32_t)number)
		table->instances_top = (uint32_t)number + 1;
	__atomic_store_n(&instance->state, LISTENING, __ATOMIC_RELEASE);
	pipe->instance = number;
	pipe->generation = instance->generation;
	pipe->maximum = name->maximum;
	tell_waiters();
	return STATUS_SUCCESS;
}

/* Whether clients may ask for this. */
static bool allows(const struct name *name, ACCESS_MASK access)
{
	return !(name->direction == PIPE_INBOUND && access & (FILE_READ_DATA | FILE_EXECUTE)) &&
	       !(name->direction == PIPE_OUTBOUND && access & (FILE_WRITE_DATA));
}

NTSTATUS pipe_instance_claim(struct pipe_settings *settings, ACCESS_MASK access, int32_t *result)
{
	struct name *name = find_name(settings->name, settings->length);
	uint32_t number;

	if (!name)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (!allows(name, access))
		return STATUS_ACCESS_DENIED;
	number = (uint32_t)(name - table->names);
	for (uint32_t i = 0; i < table->instances_top; i++) {
		struct instance *instance = &table->instances[i];

		if (instance->state != LISTENING || instance->name != number)
			continue;
		if (instance->holder != record->holder && !host_shared_is_held(record, instance->holder)) {
			free_instance(instance);
			continue;
		}
		fill_settings(settings, name);
		instance->generation++;
		instance->client = (uint32_t)(uintptr_t)ps_own_process.id;
		__atomic_store_n(&instance->state, CLAIMED, __ATOMIC_RELEASE);
		*result = (int32_t)i;
		return STATUS_SUCCESS;
	}
	return name->used && reap(name) ? STATUS_PIPE_NOT_AVAILABLE : STATUS_OBJECT_NAME_NOT_FOUND;
}

void pipe_instance_discard(int32_t instance)
{
	free_instance(&table->instances[instance]);
}

void pipe_instance_free(struct io_pipe *pipe)
{
	free_instance(&table->instances[pipe->instance]);
	tell_waiters();
}

void pipe_instance_listen(struct io_pipe *pipe)
{
	struct instance *instance = &table->instances[pipe->instance];

	instance->client = 0;
	pipe->generation = instance->generation;
	__atomic_store_n(&instance->state, LISTENING, __ATOMIC_RELEASE);
	tell_waiters();
}

void pipe_instance_disconnect(struct io_pipe *pipe)
{
	struct instance *instance = &table->instances[pipe->instance];

	__atomic_store_n(&instance->cut, instance->generation, __ATOMIC_RELEASE);
	__atomic_store_n(&instance->state, IDLE, __ATOMIC_RELEASE);
}

bool pipe_instance_is_local(int32_t instance)
{
	return table->instances[instance].holder == record->holder;
}

uint32_t pipe_instance_generation(int32_t instance)
{
	return table->instances[instance].generation;
}

void pipe_instance_client(int32_t instance, uint32_t process)
{
	table->instances[instance].client = process;
}

void pipe_instance_socket(int32_t instance, char name[32])
{
	snprintf(name, 32, "pipe-%u.socket", (unsigned)table->instances[instance].holder);
}

bool pipe_instance_is_claimed(const struct io_pipe *pipe)
{
	return __atomic_load_n(&table->instances[pipe->instance].state, __ATOMIC_ACQUIRE) == CLAIMED;
}

bool pipe_instance_was_cut(const struct io_pipe *pipe, bool map)
{
	if (!__atomic_load_n(&table, __ATOMIC_ACQUIRE)) {
		if (!map || !NT_SUCCESS(pipe_table_enter()))
			return false;
		pipe_table_leave();
	}
	return pipe->generation && __atomic_load_n(&table->instances[pipe->instance].cut, __ATOMIC_ACQUIRE) == pipe->generation;
}

uint32_t pipe_instance_process(const struct io_pipe *pipe, bool server)
{
	uint32_t process = 0;

	if (!NT_SUCCESS(pipe_table_enter()))
		return 0;
	if (table->instances[pipe->instance].state != FREE)
		process = server ? table->instances[pipe->instance].server : table->instances[pipe->instance].client;
	pipe_table_leave();
	return process;
}

uint32_t pipe_instance_count(const struct io_pipe *pipe)
{
	uint32_t count = 1;

	if (!NT_SUCCESS(pipe_table_enter()))
		return 1;
	if (table->instances[pipe->instance].state != FREE)
		count = table->names[table->instances[pipe->instance].name].instances;
	pipe_table_leave();
	return count;
}

/* STATUS_PENDING: it exists and nobody listens; *changes is what to wait on. */
static NTSTATUS look_for_listener(const char16_t *text, size_t length, uint32_t *changes, int64_t *timeout)
{
	struct name *name;
	NTSTATUS status = pipe_table_enter();

	if (!NT_SUCCESS(status))
		return status;
	name = find_name(text, length);
	if (name && !reap(name))
		name = NULL;
	status = name ? STATUS_PENDING : STATUS_OBJECT_NAME_NOT_FOUND;
	if (name) {
		uint32_t number = (uint32_t)(name - table->names);

		*timeout = name->timeout;
		for (uint32_t i = 0; i < table->instances_top; i++)
			if (table->instances[i].state == LISTENING && table->instances[i].name == number)
				status = STATUS_SUCCESS;
	}
	*changes = table->changes;
	pipe_table_leave();
	return status;
}

NTSTATUS pipe_wait_name(const char16_t *name, size_t length, const LARGE_INTEGER *timeout)
{
	/* A killed process tells nobody. */
	const uint64_t slice = 1000000000;
	uint64_t deadline = 0;
	uint32_t changes = 0;
	int64_t standard;
	NTSTATUS status = look_for_listener(name, length, &changes, &standard);

	if (status == STATUS_PENDING) {
		LARGE_INTEGER own = {.QuadPart = standard};

		if (!timeout)
			timeout = &own;
		deadline = ke_deadline(timeout->QuadPart == INT64_MIN ? NULL : timeout);
	}
	while (status == STATUS_PENDING) {
		uint64_t now = host_monotonic_ns();

		if (now >= deadline)
			return STATUS_IO_TIMEOUT;
		__atomic_fetch_add(&table->waiters, 1, __ATOMIC_ACQ_REL);
		ke_enter_blocking();
		host_futex_wait_shared(&table->changes, changes, deadline - now > slice ? now + slice : deadline);
		ke_leave_blocking();
		__atomic_fetch_sub(&table->waiters, 1, __ATOMIC_ACQ_REL);
		status = look_for_listener(name, length, &changes, &standard);
	}
	return status;
}

int pipe_listener(void)
{
	return listener;
}

NTSTATUS pipe_listen_here(void)
{
	char name[32];

	if (listener >= 0)
		return STATUS_SUCCESS;
	snprintf(name, sizeof(name), "pipe-%u.socket", record->holder);
	listener = host_local_listen(name);
	return io_status(listener < 0 ? listener : 0);
}

NTSTATUS io_pipe_list(bool (*each)(void *context, const struct io_pipe_entry *entry), void *context)
{
	NTSTATUS status = pipe_table_enter();

	if (!NT_SUCCESS(status))
		return status;
	sweep(false);
	for (uint32_t i = 0; i < table->names_top; i++) {
		const struct name *name = &table->names[i];
		struct io_pipe_entry entry = {name->text, name->length, name->instances, name->maximum};

		if (name->used && !each(context, &entry)) {
			status = STATUS_NO_MEMORY;
			break;
		}
	}
	pipe_table_leave();
	return status;
}
