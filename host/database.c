/*
 * host/database.c - SQLite behind database.h.
 *
 * The library is opened on the first use: a program that stores nothing never maps it.  The journal is a write-ahead log, where the
 * file system can have one, so that readers do not wait for writers.
 */
#include "host/database.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_MS 20000

/* What is looked up in it. */
#define FUNCTIONS(F)                                                                                                   \
	F(open_v2) F(close_v2) F(exec) F(prepare_v2) F(bind_int64) F(bind_blob) F(bind_null) F(step) F(reset)          \
	F(column_int64) F(column_blob) F(column_bytes) F(last_insert_rowid) F(busy_timeout)   \
	F(wal_autocheckpoint)

static struct {
#define MEMBER(name) __typeof__(&sqlite3_##name) name;
	FUNCTIONS(MEMBER)
	bool tried, loaded;
} sqlite;

static bool load(void)
{
	void *library;

	if (sqlite.tried)
		return sqlite.loaded;
	sqlite.tried = true;
	library = host_library_open("libsqlite3.so.0");
	if (!library)
		return false;
	sqlite.loaded = true;
#define LOOK_UP(name)                                                                                                  \
	*(void **)&sqlite.name = host_library_symbol(library, "sqlite3_" #name);                                       \
	sqlite.loaded &= sqlite.name != NULL;
	FUNCTIONS(LOOK_UP)
	return sqlite.loaded;
}

struct host_database {
	sqlite3 *handle;
};

static int error_of(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* a table or column that is not there */
		return -EUCLEAN;
	default:
		return -EIO;
	}
}

int host_database_open(const char *path, bool create, struct host_database **result)
{
	struct host_database *database;
	int fd, code;

	if (!load())
		return -ENOSYS;
	/* The file is nobody else's, and its log takes its mode from it. */
	fd = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	database = calloc(1, sizeof(*database));
	if (!database)
		return -ENOMEM;
	code = sqlite.open_v2(path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK) {
		sqlite.busy_timeout(database->handle, PATIENCE_MS);
		code = sqlite.exec(database->handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
	}
	if (code != SQLITE_OK) {
		int error = error_of(code);

		host_database_close(database);
		return error;
	}
	/* The log is read whole by who opens the file next. */
	sqlite.wal_autocheckpoint(database->handle, 250);
	*result = database;
	return 0;
}

void host_database_close(struct host_database *database)
{
	sqlite.close_v2(database->handle);
	free(database);
}

int host_database_run(struct host_database *database, const char *sql)
{
	return error_of(sqlite.exec(database->handle, sql, NULL, NULL, NULL));
}

int host_database_flush(struct host_database *database)
{
	return host_database_run(database, "PRAGMA wal_checkpoint(FULL)");
}

int64_t host_database_last_row(struct host_database *database)
{
	return sqlite.last_insert_rowid(database->handle);
}

int host_database_prepare(struct host_database *database, const char *sql, struct host_statement **statement)
{
	return error_of(sqlite.prepare_v2(database->handle, sql, -1, (sqlite3_stmt **)statement, NULL));
}

#define STATEMENT(statement) ((sqlite3_stmt *)(statement))

void host_statement_number(struct host_statement *statement, int place, int64_t number)
{
	sqlite.bind_int64(STATEMENT(statement), place, number);
}

void host_statement_bytes(struct host_statement *statement, int place, const void *bytes, size_t size)
{
	if (bytes)
		sqlite.bind_blob(STATEMENT(statement), place, bytes, (int)size, SQLITE_STATIC);
	else
		sqlite.bind_null(STATEMENT(statement), place);
}

int host_statement_step(struct host_statement *statement)
{
	int code = sqlite.step(STATEMENT(statement));

	if (code == SQLITE_ROW)
		return 1;
	sqlite.reset(STATEMENT(statement));
	return error_of(code);
}

int host_statement_finish(struct host_statement *statement)
{
	int result;

	do
		result = host_statement_step(statement);
	while (result > 0);
	return result;
}

void host_statement_reset(struct host_statement *statement)
{
	sqlite.reset(STATEMENT(statement));
}

int64_t host_column_number(struct host_statement *statement, int column)
{
	return sqlite.column_int64(STATEMENT(statement), column);
}

const void *host_column_bytes(struct host_statement *statement, int column, size_t *size)
{
	const void *bytes = sqlite.column_blob(STATEMENT(statement), column);

	*size = (size_t)sqlite.column_bytes(STATEMENT(statement), column);
	return bytes;
}
