/*
 * host/database.h - tables in a file that several processes read and write: SQLite, which is opened when first asked for.
 *
 * One connection is used by one thread at a time.  All of it goes deep: call it on the host stack (host_stack_call).
 * Functions return 0 or -errno: -ENOSYS there is no SQLite, -EIO whatever a file system does, -EBUSY, -ENOSPC, -EROFS,
 * -EUCLEAN what is in the file is no database.
 */
#ifndef PEWTER_HOST_DATABASE_H
#define PEWTER_HOST_DATABASE_H

#include "host/host.h"

struct host_database;
struct host_statement;

/* Opens the file for reading and writing; `create`: makes it, for this user only.  Nobody else may make it at the same time. What is
 * written stays if this process is killed; host_database_flush makes it stay if the machine stops. */
int host_database_open(const char *path, bool create, struct host_database **database);
void host_database_close(struct host_database *database);
/* Statements without results, several at once. */
int host_database_run(struct host_database *database, const char *sql);
int host_database_flush(struct host_database *database);
/* The number of the row that was inserted last. */
int64_t host_database_last_row(struct host_database *database);

/* A statement lives as long as its database; its places are numbered from 1. */
int host_database_prepare(struct host_database *database, const char *sql, struct host_statement **statement);
void host_statement_number(struct host_statement *statement, int place, int64_t number);
/* `bytes` must stay until the statement is reset; NULL is SQL's. */
void host_statement_bytes(struct host_statement *statement, int place, const void *bytes, size_t size);
/* 1: there is a row; 0: that was all (the statement is reset then, as it is after an error). */
int host_statement_step(struct host_statement *statement);
/* Steps to the end. */
int host_statement_finish(struct host_statement *statement);
void host_statement_reset(struct host_statement *statement);
/* Of the row, columns from 0.  What bytes points to stays until the next step. */
int64_t host_column_number(struct host_statement *statement, int column);
const void *host_column_bytes(struct host_statement *statement, int column, size_t *size);

#endif
