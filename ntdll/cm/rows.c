/*
 * ntdll/cm/rows.c - the registry's changes as rows of a database, and the tree made of them.
 *
 * The store holds what differs from a fresh machine.  A key has a row when it, or something below it, has been changed; one that a
 * fresh machine has is found by the name it has there (`base`).  Rows of deleted keys and values stay until no process is
 * left that has not seen them, those that hide something of a fresh machine for good.  Numbers are never used again, and a
 * parent's is lower than its subkeys', so that rows in the order of their numbers can be made into a tree.
 *
 * Every change has a number, too: who has seen all up to one asks for the rows with a higher one.
 */
#include "ntdll/cm/rows.h"
#include "ntdll/cm/notify.h"
#include "ntdll/rtl/rtl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1
#define LONGEST_NAME 255
#define LONGEST_VALUE_NAME 16383

/* Bits of a row. */
#define ROW_TRANSIENT 1u /* goes with the last process */
#define ROW_DELETED 2u
#define ROW_VOLATILE 4u
#define ROW_LINK 8u

static const char schema[] =
	"CREATE TABLE keys(id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER NOT NULL, name BLOB NOT NULL, base BLOB,"
	" class BLOB, flags INTEGER NOT NULL, written INTEGER NOT NULL, changed INTEGER NOT NULL);"
	"CREATE INDEX keys_changed ON keys(changed);"
	"CREATE INDEX keys_transient ON keys(id) WHERE flags & 1;"
	"CREATE TABLE entries(id INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL, name BLOB NOT NULL,"
	" type INTEGER NOT NULL, data BLOB, flags INTEGER NOT NULL, changed INTEGER NOT NULL);"
	"CREATE INDEX entries_changed ON entries(changed);"
	"CREATE INDEX entries_key ON entries(key);"
	"CREATE INDEX entries_transient ON entries(id) WHERE flags & 1;"
	"PRAGMA user_version=1;";

enum statement {
	BEGIN_READ, BEGIN_WRITE, COMMIT, ROLL_BACK,
	KEYS_SINCE, KEYS_GONE, ENTRIES_SINCE,
	INSERT_KEY, UPDATE_KEY, INSERT_ENTRY, UPDATE_ENTRY,
	STATEMENTS
};

static const char *const statements[STATEMENTS] = {
	[BEGIN_READ] = "BEGIN",
	[BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLL_BACK] = "ROLLBACK",
	[KEYS_SINCE] = "SELECT id, parent, name, base, class, flags, written, changed FROM keys WHERE changed > ?1 ORDER BY id",
	[KEYS_GONE] = "SELECT id FROM keys WHERE changed > ?1 AND flags & 2 ORDER BY id DESC",
	[ENTRIES_SINCE] = "SELECT id, key, name, type, data, flags FROM entries WHERE changed > ?1 ORDER BY id",
	[INSERT_KEY] = "INSERT INTO keys(parent, name, base, class, flags, written, changed) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[UPDATE_KEY] = "UPDATE keys SET name = ?2, flags = ?3, written = ?4, changed = ?5, base = coalesce(base, ?6) WHERE id = ?1",
	[INSERT_ENTRY] = "INSERT INTO entries(key, name, type, data, flags, changed) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	[UPDATE_ENTRY] = "UPDATE entries SET type = ?2, data = ?3, flags = ?4, changed = ?5 WHERE id = ?1",
};

static struct host_database *database;
static struct host_statement *prepared[STATEMENTS];
static int64_t seen; /* the number of the last change that is in the tree */
static struct cm_node *assigned; /* nodes that got their row in the change under way */

/* Nodes by their rows. */
static struct cm_node **nodes;
static size_t node_count, node_room; /* a power of two */

static struct cm_node *node_of(int64_t id)
{
	struct cm_node *node = id == 0 ? &cm_root : node_room ? nodes[(size_t)id & (node_room - 1)] : NULL;

	while (node && node->id != id)
		node = node->next_of_id;
	return node;
}

static void grow_nodes(void)
{
	size_t room = node_room ? node_room * 2 : 64;
	struct cm_node **grown = calloc(room, sizeof(*grown));

	if (!grown)
		return; /* longer chains */
	for (size_t i = 0; i < node_room; i++) {
		struct cm_node *node = nodes[i], *next;

		for (; node; node = next) {
			struct cm_node **chain = &grown[(size_t)node->id & (room - 1)];

			next = node->next_of_id;
			node->next_of_id = *chain;
			*chain = node;
		}
	}
	free(nodes);
	nodes = grown;
	node_room = room;
}

void cm_row_assign(struct cm_node *node, int64_t id)
{
	struct cm_node **chain;

	if (node_count >= node_room)
		grow_nodes();
	node->id = id;
	if (!node_room)
		return;
	chain = &nodes[(size_t)id & (node_room - 1)];
	node->next_of_id = *chain;
	*chain = node;
	node_count++;
}

static void forget_row(struct cm_node *node)
{
	struct cm_node **at = node->id && node_room ? &nodes[(size_t)node->id & (node_room - 1)] : NULL;

	while (at && *at && *at != node)
		at = &(*at)->next_of_id;
	if (at && *at) {
		*at = node->next_of_id;
		node_count--;
	}
	node->id = 0;
}

static struct host_statement *use(enum statement which)
{
	return prepared[which];
}

static int run(enum statement which)
{
	return host_statement_finish(use(which));
}

/* Names and data that are empty are not NULL. */
static void bind_text(struct host_statement *statement, int place, const char16_t *text, size_t length)
{
	host_statement_bytes(statement, place, text ? (const void *)text : "", length * sizeof(*text));
}

int cm_rows_open(const char *path, bool create, bool alone)
{
	struct host_statement *version;
	int result = host_database_open(path, create, &database), number = -1;

	if (result)
		return result;
	result = host_database_run(database, "BEGIN IMMEDIATE");
	if (!result)
		result = host_database_prepare(database, "PRAGMA user_version", &version);
	if (!result && host_statement_step(version) == 1) {
		number = (int)host_column_number(version, 0);
		host_statement_reset(version);
	}
	if (!result && number == 0)
		result = host_database_run(database, schema);
	else if (!result && number != VERSION)
		result = -EUCLEAN;
	if (!result && alone)
		result = host_database_run(database, "DELETE FROM entries WHERE key IN (SELECT id FROM keys WHERE flags & 1);"
						     "DELETE FROM keys WHERE flags & 1;"
						     "DELETE FROM entries WHERE flags & 1;");
	if (!result)
		result = host_database_run(database, "COMMIT");
	for (int i = 0; i < STATEMENTS && !result; i++)
		result = host_database_prepare(database, statements[i], &prepared[i]);
	if (result) {
		cm_rows_close();
		return result;
	}
	cm_forget_node = forget_row;
	return 0;
}

void cm_rows_close(void)
{
	host_database_close(database);
	database = NULL;
}

/* --- reading --- */

static bool good_name(const void *name, size_t bytes)
{
	const char16_t *units = name;

	if (!bytes || bytes % sizeof(*units) || bytes / sizeof(*units) > LONGEST_NAME)
		return false;
	for (size_t i = 0; i < bytes / sizeof(*units); i++)
		if (units[i] == '\\')
			return false;
	return true;
}

/* The keys of a fresh machine that have got rows: found by the names they have there, before anything is renamed. */
static int read_bases(int64_t *newest)
{
	struct host_statement *rows = use(KEYS_SINCE);
	int result;

	host_statement_number(rows, 1, seen);
	while ((result = host_statement_step(rows)) > 0) {
		int64_t id = host_column_number(rows, 0), changed = host_column_number(rows, 7);
		struct cm_node *parent = node_of(host_column_number(rows, 1)), *node;
		size_t size;
		const char16_t *base = host_column_bytes(rows, 3, &size);

		if (changed > *newest)
			*newest = changed;
		if (!base || !good_name(base, size) || id <= 0 || node_of(id) || !parent)
			continue;
		node = cm_find_child(parent, base, size / sizeof(*base));
		if (!node || node->id) {
			/* Another version's fresh machine had it. */
			node = cm_add_child(parent, base, size / sizeof(*base));
			if (!node) {
				host_statement_reset(rows);
				return -ENOMEM;
			}
		}
		cm_row_assign(node, id);
	}
	return result;
}

/* Subkeys go before their parents. */
static int read_gone(void)
{
	struct host_statement *rows = use(KEYS_GONE);
	int result;

	host_statement_number(rows, 1, seen);
	while ((result = host_statement_step(rows)) > 0) {
		int64_t id = host_column_number(rows, 0);
		struct cm_node *node = id > 0 ? node_of(id) : NULL;

		if (!node || node->deleted)
			continue;
		cm_notify_removal(node);
		cm_remove(node);
	}
	return result;
}

static int read_keys(void)
{
	struct host_statement *rows = use(KEYS_SINCE);
	int result;

	host_statement_number(rows, 1, seen);
	while ((result = host_statement_step(rows)) > 0) {
		int64_t id = host_column_number(rows, 0);
		struct cm_node *parent = node_of(host_column_number(rows, 1)), *node = node_of(id);
		unsigned flags = (unsigned)host_column_number(rows, 5);
		size_t size, class_size, length;
		const char16_t *name = host_column_bytes(rows, 2, &size), *class = host_column_bytes(rows, 4, &class_size);
		bool ok = true;

		if (id <= 0 || flags & ROW_DELETED || !good_name(name, size) || !parent || parent->deleted)
			continue;
		length = size / sizeof(*name);
		if (node && node->deleted)
			continue;
		if (!node) {
			node = cm_find_child(parent, name, length);
			if (!node || node->id)
				node = cm_add_child(parent, name, length);
			ok = node && cm_set_class(node, class, class_size / sizeof(*class));
			if (ok) {
				cm_row_assign(node, id);
				node->is_volatile = flags & ROW_VOLATILE;
				node->is_link = flags & ROW_LINK;
				cm_notify(parent, CM_NOTIFY_NAME);
			}
		} else if (node->name_length != length || memcmp(node->name, name, size)) {
			ok = cm_rename(node, name, length);
			cm_notify(parent, CM_NOTIFY_NAME);
		}
		if (!ok) {
			host_statement_reset(rows);
			return -ENOMEM;
		}
		node->last_write = (uint64_t)host_column_number(rows, 6);
	}
	return result;
}

static int read_entries(void)
{
	struct host_statement *rows = use(ENTRIES_SINCE);
	int result;

	host_statement_number(rows, 1, seen);
	while ((result = host_statement_step(rows)) > 0) {
		int64_t id = host_column_number(rows, 0);
		struct cm_node *node = node_of(host_column_number(rows, 1));
		size_t size, data_size, length;
		const char16_t *name = host_column_bytes(rows, 2, &size);
		const void *data = host_column_bytes(rows, 4, &data_size);
		struct cm_value *value;

		length = size / sizeof(*name);
		if (!node || node == &cm_root || node->deleted || length > LONGEST_VALUE_NAME)
			continue;
		if (!name)
			name = u"";
		if (host_column_number(rows, 5) & ROW_DELETED) {
			value = cm_find_value(node, name, length);
			/* A younger row may have made one of this name since. */
			if (!value || (value->id && value->id != id))
				continue;
			cm_remove_value(node, value);
		} else {
			value = cm_set_value(node, name, length, (ULONG)host_column_number(rows, 3), data, (ULONG)data_size);
			if (!value) {
				host_statement_reset(rows);
				return -ENOMEM;
			}
			value->id = id;
		}
		cm_notify(node, CM_NOTIFY_LAST_SET);
	}
	return result;
}

int cm_rows_read(bool within)
{
	int64_t newest = seen;
	int result = within ? 0 : run(BEGIN_READ);

	if (result)
		return result;
	result = read_bases(&newest);
	if (!result && newest > seen) {
		result = read_gone();
		if (!result)
			result = read_keys();
		if (!result)
			result = read_entries();
	}
	if (!within)
		run(COMMIT);
	if (!result)
		seen = newest;
	return result;
}

/* --- writing --- */

int cm_rows_begin(void)
{
	return run(BEGIN_WRITE);
}

int cm_rows_commit(void)
{
	int result = run(COMMIT);

	if (result)
		return result;
	assigned = NULL;
	seen++;
	return 0;
}

void cm_rows_roll_back(void)
{
	run(ROLL_BACK);
	for (; assigned; assigned = assigned->next_assigned)
		forget_row(assigned);
}

int cm_rows_flush(void)
{
	return host_database_flush(database);
}

static unsigned flags_of(const struct cm_node *node)
{
	unsigned flags = (node->is_volatile ? ROW_VOLATILE | ROW_TRANSIENT : 0) | (node->is_link ? ROW_LINK : 0);

	for (; node; node = node->parent)
		if (node->is_transient)
			flags |= ROW_TRANSIENT;
	return flags;
}

/* A row for a key of a fresh machine, which others have without. */
static int need_row(struct cm_node *node)
{
	struct host_statement *row = use(INSERT_KEY);
	int result;

	if (node->id || node == &cm_root)
		return 0;
	result = need_row(node->parent);
	if (result)
		return result;
	host_statement_number(row, 1, node->parent->id);
	bind_text(row, 2, node->name, node->name_length);
	bind_text(row, 3, node->name, node->name_length);
	host_statement_bytes(row, 4, NULL, 0);
	host_statement_number(row, 5, flags_of(node));
	host_statement_number(row, 6, (int64_t)node->last_write);
	host_statement_number(row, 7, seen + 1);
	result = host_statement_finish(row);
	if (result)
		return result;
	cm_row_assign(node, host_database_last_row(database));
	node->next_assigned = assigned;
	assigned = node;
	return 0;
}

static int update_key(struct cm_node *node, const char16_t *name, size_t length, unsigned more_flags, uint64_t time)
{
	struct host_statement *row = use(UPDATE_KEY);
	int result = need_row(node);

	if (result || node == &cm_root)
		return result;
	host_statement_number(row, 1, node->id);
	bind_text(row, 2, name, length);
	host_statement_number(row, 3, flags_of(node) | more_flags);
	host_statement_number(row, 4, (int64_t)time);
	host_statement_number(row, 5, seen + 1);
	/* A key that was made before a version came whose fresh machine has it. */
	host_statement_bytes(row, 6, node->is_fresh ? node->name : NULL, node->name_length * sizeof(*node->name));
	return host_statement_finish(row);
}

static int touch_key(struct cm_node *node, uint64_t time)
{
	return update_key(node, node->name, node->name_length, 0, time);
}

int cm_row_create(struct cm_node *parent, const struct cm_new_key *key, uint64_t time, int64_t *id)
{
	struct host_statement *row = use(INSERT_KEY);
	int result = touch_key(parent, time);
	unsigned flags = flags_of(parent) & ROW_TRANSIENT;

	if (result)
		return result;
	flags |= (key->is_volatile ? ROW_VOLATILE | ROW_TRANSIENT : 0) | (key->is_link ? ROW_LINK : 0);
	host_statement_number(row, 1, parent->id);
	bind_text(row, 2, key->name, key->length);
	host_statement_bytes(row, 3, NULL, 0);
	host_statement_bytes(row, 4, key->class_length ? key->class : NULL, key->class_length * sizeof(*key->class));
	host_statement_number(row, 5, flags);
	host_statement_number(row, 6, (int64_t)time);
	host_statement_number(row, 7, seen + 1);
	result = host_statement_finish(row);
	*id = host_database_last_row(database);
	return result;
}

static int insert_entry(struct cm_node *node, const char16_t *name, size_t length, ULONG type, const void *data, ULONG size,
			unsigned flags)
{
	struct host_statement *row = use(INSERT_ENTRY);

	host_statement_number(row, 1, node->id);
	bind_text(row, 2, name, length);
	host_statement_number(row, 3, type);
	host_statement_bytes(row, 4, data, size);
	host_statement_number(row, 5, flags);
	host_statement_number(row, 6, seen + 1);
	return host_statement_finish(row);
}

static int update_entry(int64_t id, ULONG type, const void *data, ULONG size, unsigned flags)
{
	struct host_statement *row = use(UPDATE_ENTRY);

	host_statement_number(row, 1, id);
	host_statement_number(row, 2, type);
	host_statement_bytes(row, 3, data, size);
	host_statement_number(row, 4, flags);
	host_statement_number(row, 5, seen + 1);
	return host_statement_finish(row);
}

int cm_row_set(struct cm_node *node, const struct cm_value *old, const char16_t *name, size_t length, ULONG type,
	       const void *data, ULONG size, uint64_t time, int64_t *id)
{
	int result = touch_key(node, time);

	if (result)
		return result;
	if (old && old->id) {
		*id = old->id;
		return update_entry(old->id, type, data, size, 0);
	}
	result = insert_entry(node, name, length, type, data, size, 0);
	*id = host_database_last_row(database);
	return result;
}

int cm_row_remove_value(struct cm_node *node, const struct cm_value *value, uint64_t time)
{
	unsigned flags = ROW_DELETED | (value->is_fresh ? 0 : ROW_TRANSIENT);
	int result = touch_key(node, time);

	if (result)
		return result;
	return value->id ? update_entry(value->id, REG_NONE, NULL, 0, flags)
			 : insert_entry(node, value->name, value->name_length, REG_NONE, NULL, 0, flags);
}

int cm_row_remove(struct cm_node *node, uint64_t time)
{
	int result = touch_key(node->parent, time);

	return result ? result : update_key(node, node->name, node->name_length,
					    ROW_DELETED | (node->is_fresh ? 0 : ROW_TRANSIENT), time);
}

int cm_row_rename(struct cm_node *node, const char16_t *name, size_t length, uint64_t time)
{
	int result = touch_key(node->parent, time);

	return result ? result : update_key(node, name, length, 0, time);
}
