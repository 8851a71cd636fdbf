/*
 * ntdll/cm/store.c - the registry's lock, the file behind it, and how changes get there and from there.
 */
#include "ntdll/cm/store.h"
#include "host/file.h"
#include "host/generation.h"
#include "host/thread.h"
#include "ntdll/cm/notify.h"
#include "ntdll/cm/rows.h"
#include "ntdll/io/io.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cm_node cm_root;

static struct host_lock lock;
static bool loaded;

static enum {
	STORE_UNKNOWN,
	STORE_MISSING, /* the file is not there yet: it is made by the first change of any process */
	STORE_OPEN,
	STORE_NONE,    /* wanted so, or it cannot be had: this process has a registry of its own */
} state;
static bool asked_for; /* by the environment */
static char *path;
static struct host_generation generation;
/* What *generation.word was when the tree was up to date; odd: it never was.  The word is odd while a change becomes true. */
static uint32_t current = 1;

static enum { CHANGE_NONE, CHANGE_ONE, CHANGE_MANY } change; /* for writers: what has begun */
static bool broken; /* the tree has what could not be kept */

static NTSTATUS status_of(int error)
{
	return !error ? STATUS_SUCCESS : error == -ENOMEM ? STATUS_INSUFFICIENT_RESOURCES : STATUS_REGISTRY_IO_FAILED;
}

/* A function that goes deep, and its arguments. */
struct deep_call {
	int (*function)(void *argument);
	void *argument;
	int result;
};

static void *call_there(void *argument)
{
	struct deep_call *call = argument;

	call->result = call->function(call->argument);
	return NULL;
}

static int on_host_stack(int (*function)(void *argument), void *argument)
{
	struct deep_call call = {function, argument, 0};

	host_stack_call(call_there, &call);
	return call.result;
}

/* --- the file --- */

static void find_path(void)
{
	const char *given = host_environment_value("PEWTER_REGISTRY"), *data = host_environment_value("XDG_DATA_HOME");
	const char *home = host_home_directory(), *directory = home, *below = "/.local/share/pewter/registry.db";
	size_t size;

	state = STORE_NONE;
	asked_for = given && *given;
	if (asked_for && *given != '/') {
		if (strcmp(given, "none"))
			host_message("pewter: the registry is not kept: PEWTER_REGISTRY is neither an absolute path nor \"none\"\n");
		return;
	}
	if (asked_for) {
		directory = given;
		below = "";
	} else if (data && *data == '/') {
		directory = data;
		below = "/pewter/registry.db";
	}
	size = strlen(directory) + strlen(below) + 1;
	path = malloc(size);
	if (!path)
		return;
	snprintf(path, size, "%s%s", directory, below);
	state = STORE_MISSING;
}

static const char *reason(int error)
{
	return error == -ENOSYS ? "libsqlite3.so.0 is not installed" : error == -EUCLEAN ? "not a registry of this version" : strerror(-error);
}

static int open_there(void *create)
{
	size_t size = strlen(path) + sizeof("-users");
	char *beside = malloc(size);
	bool alone;
	int result;

	if (!beside)
		return -ENOMEM;
	snprintf(beside, size, "%s-users", path);
	result = host_generation_open(beside, &generation, &alone);
	free(beside);
	if (result)
		return result;
	result = cm_rows_open(path, create != NULL, alone);
	if (result)
		host_generation_close(&generation);
	else
		host_generation_enter(&generation);
	return result;
}

/* What was asked for and cannot be had is told once; else the process does without. */
static void open_store(bool create)
{
	bool there = host_path_exists(path);
	int result = on_host_stack(open_there, create ? path : NULL);

	state = result ? STORE_NONE : STORE_OPEN;
	if (result && (asked_for || there))
		host_message("pewter: the registry is not kept: %s: %s\n", path, reason(result));
}

/* --- the lock --- */

static int read_within(void *within)
{
	return cm_rows_read(within != NULL);
}

/* Writers change the word to odd before a change becomes true, and to even behind it. */
static uint32_t word(void)
{
	return __atomic_load_n(generation.word, __ATOMIC_ACQUIRE);
}

static void set_word(uint32_t value)
{
	__atomic_store_n(generation.word, value, __ATOMIC_RELEASE);
}

static NTSTATUS bring_up_to_date(void)
{
	uint32_t now = word();
	int error;

	if (now == current)
		return STATUS_SUCCESS;
	if (now & 1) {
		/* A change becomes true at this moment, or its process was killed meanwhile. */
		error = host_generation_lock(&generation);
		if (error)
			return status_of(error);
		now = word();
		if (now & 1)
			set_word(++now);
		host_generation_unlock(&generation);
	}
	error = on_host_stack(read_within, NULL);
	if (!error)
		current = now;
	return status_of(error);
}

static NTSTATUS prepare(void)
{
	if (broken)
		return STATUS_REGISTRY_IO_FAILED;
	if (!loaded) {
		cm_root.references = 1;
		loaded = cm_load_defaults(&cm_root);
		if (!loaded)
			return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (state == STORE_UNKNOWN)
		find_path();
	if (state == STORE_MISSING && host_path_exists(path))
		open_store(false);
	return state == STORE_OPEN ? bring_up_to_date() : STATUS_SUCCESS;
}

NTSTATUS cm_lock(void)
{
	NTSTATUS status;

	host_lock_acquire(&lock);
	status = prepare();
	if (!NT_SUCCESS(status))
		host_lock_release(&lock);
	return status;
}

static int begin_there(void *unused)
{
	int result = cm_rows_begin();

	if (result)
		return result;
	result = cm_rows_read(true);
	if (result)
		cm_rows_roll_back();
	return result;
}

static NTSTATUS begin(void)
{
	int error = host_generation_lock(&generation);

	if (error)
		return status_of(error);
	if (word() & 1)
		set_word(word() + 1);
	error = on_host_stack(begin_there, NULL);
	if (error)
		host_generation_unlock(&generation);
	else
		current = word();
	return status_of(error);
}

static NTSTATUS lock_to_change(bool many)
{
	NTSTATUS status = cm_lock();

	if (!NT_SUCCESS(status))
		return status;
	if (state == STORE_MISSING)
		open_store(true);
	if (state != STORE_OPEN)
		return STATUS_SUCCESS;
	status = begin();
	if (NT_SUCCESS(status))
		change = many ? CHANGE_MANY : CHANGE_ONE;
	else
		host_lock_release(&lock);
	return status;
}

NTSTATUS cm_lock_for_change(void)
{
	return lock_to_change(false);
}

NTSTATUS cm_lock_for_changes(void)
{
	return lock_to_change(true);
}

static int commit_there(void *unused)
{
	return cm_rows_commit();
}

static int roll_back_there(void *unused)
{
	cm_rows_roll_back();
	return 0;
}

static int commit(void)
{
	uint32_t before = word();
	int error;

	set_word(before + 1);
	error = on_host_stack(commit_there, NULL);
	set_word(before + 2);
	if (error) {
		on_host_stack(roll_back_there, NULL);
	} else {
		current = before + 2;
		host_futex_wake_shared(generation.word, INT32_MAX);
	}
	change = CHANGE_NONE;
	host_generation_unlock(&generation);
	return error;
}

NTSTATUS cm_unlock(void)
{
	NTSTATUS status = STATUS_SUCCESS;
	struct cm_waiter *told;

	if (change == CHANGE_MANY && commit()) {
		broken = true;
		status = STATUS_REGISTRY_IO_FAILED;
	} else if (change == CHANGE_ONE) {
		on_host_stack(roll_back_there, NULL);
		change = CHANGE_NONE;
		host_generation_unlock(&generation);
	}
	told = cm_notify_take();
	host_lock_release(&lock);
	cm_notify_deliver(told);
	return status;
}

void cm_lock_quietly(void)
{
	host_lock_acquire(&lock);
}

void cm_unlock_quietly(void)
{
	host_lock_release(&lock);
}

/* --- changes --- */

/* What is written, and what the row is then. */
struct row {
	struct cm_node *node;
	struct cm_value *value;
	const struct cm_new_key *key;
	const char16_t *name;
	size_t length;
	ULONG type, size;
	const void *data;
	uint64_t time;
	int64_t id;
};

static NTSTATUS write_row(int (*function)(void *row), struct row *row)
{
	int error;

	row->time = (uint64_t)rtl_system_time();
	if (change == CHANGE_NONE)
		return STATUS_SUCCESS;
	error = on_host_stack(function, row);
	if (!error && change == CHANGE_ONE)
		error = commit();
	return status_of(error);
}

/* There was no memory for the tree to follow the store. */
static NTSTATUS lag_behind(void)
{
	broken = state == STORE_OPEN;
	return STATUS_INSUFFICIENT_RESOURCES;
}

static int create_row(void *argument)
{
	struct row *row = argument;

	return cm_row_create(row->node, row->key, row->time, &row->id);
}

NTSTATUS cm_store_create(struct cm_node *parent, const struct cm_new_key *key, struct cm_node **child)
{
	struct row row = {.node = parent, .key = key};
	NTSTATUS status = write_row(create_row, &row);
	struct cm_node *node;

	if (!NT_SUCCESS(status))
		return status;
	node = cm_add_child(parent, key->name, key->length);
	if (!node)
		return lag_behind();
	if (!cm_set_class(node, key->class, key->class_length))
		return lag_behind();
	if (row.id)
		cm_row_assign(node, row.id);
	node->is_volatile = key->is_volatile;
	node->is_link = key->is_link;
	node->last_write = parent->last_write = row.time;
	cm_notify(parent, CM_NOTIFY_NAME);
	*child = node;
	return STATUS_SUCCESS;
}

static int set_row(void *argument)
{
	struct row *row = argument;

	return cm_row_set(row->node, row->value, row->name, row->length, row->type, row->data, row->size, row->time, &row->id);
}

NTSTATUS cm_store_set(struct cm_node *node, const char16_t *name, size_t length, ULONG type, const void *data, ULONG size)
{
	struct row row = {.node = node, .value = cm_find_value(node, name, length), .name = name, .length = length, .type = type,
			  .data = data, .size = size};
	NTSTATUS status = write_row(set_row, &row);
	struct cm_value *value;

	if (!NT_SUCCESS(status))
		return status;
	value = cm_set_value(node, name, length, type, data, size);
	if (!value)
		return lag_behind();
	value->id = row.id;
	node->last_write = row.time;
	cm_notify(node, CM_NOTIFY_LAST_SET);
	return STATUS_SUCCESS;
}

static int remove_value_row(void *argument)
{
	struct row *row = argument;

	return cm_row_remove_value(row->node, row->value, row->time);
}

NTSTATUS cm_store_remove_value(struct cm_node *node, struct cm_value *value)
{
	struct row row = {.node = node, .value = value};
	NTSTATUS status = write_row(remove_value_row, &row);

	if (!NT_SUCCESS(status))
		return status;
	cm_remove_value(node, value);
	node->last_write = row.time;
	cm_notify(node, CM_NOTIFY_LAST_SET);
	return STATUS_SUCCESS;
}

static int remove_row(void *argument)
{
	struct row *row = argument;

	return cm_row_remove(row->node, row->time);
}

NTSTATUS cm_store_remove(struct cm_node *node)
{
	struct row row = {.node = node};
	NTSTATUS status = write_row(remove_row, &row);

	if (!NT_SUCCESS(status))
		return status;
	node->parent->last_write = row.time;
	cm_notify_removal(node);
	cm_remove(node);
	return STATUS_SUCCESS;
}

static int rename_row(void *argument)
{
	struct row *row = argument;

	return cm_row_rename(row->node, row->name, row->length, row->time);
}

NTSTATUS cm_store_rename(struct cm_node *node, const char16_t *name, size_t length)
{
	struct row row = {.node = node, .name = name, .length = length};
	NTSTATUS status = write_row(rename_row, &row);

	if (!NT_SUCCESS(status))
		return status;
	if (!cm_rename(node, name, length))
		return lag_behind();
	node->last_write = node->parent->last_write = row.time;
	cm_notify(node->parent, CM_NOTIFY_NAME);
	return STATUS_SUCCESS;
}

static int flush_there(void *unused)
{
	return cm_rows_flush();
}

NTSTATUS cm_store_flush(void)
{
	return state == STORE_OPEN ? status_of(on_host_stack(flush_there, NULL)) : STATUS_SUCCESS;
}

const uint32_t *cm_store_word(void)
{
	if (state == STORE_MISSING)
		open_store(true);
	return state == STORE_OPEN ? generation.word : NULL;
}
