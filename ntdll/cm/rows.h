/*
 * ntdll/cm/rows.h - the rows of the store; inside the room.  All of it runs on the host stack, with the registry's lock held, and
 * returns 0 or -errno.
 */
#ifndef PEWTER_NTDLL_CM_ROWS_H
#define PEWTER_NTDLL_CM_ROWS_H

#include "host/database.h"
#include "ntdll/cm/store.h"

/* Opens the file's database; `alone`: nobody else has it, so that what was to go with the last process goes. */
int cm_rows_open(const char *path, bool create, bool alone);
void cm_rows_close(void);
/* Brings the tree up to date.  `within`: a change has begun. */
int cm_rows_read(bool within);

/* A change: begun, made of rows, and committed or not. */
int cm_rows_begin(void);
int cm_rows_commit(void);
void cm_rows_roll_back(void);
int cm_rows_flush(void);

/* The rows of what is to happen to the tree.  `time` is the key's new last write time. */
int cm_row_create(struct cm_node *parent, const struct cm_new_key *key, uint64_t time, int64_t *id);
int cm_row_set(struct cm_node *node, const struct cm_value *old, const char16_t *name, size_t length, ULONG type,
	       const void *data, ULONG size, uint64_t time, int64_t *id);
int cm_row_remove_value(struct cm_node *node, const struct cm_value *value, uint64_t time);
int cm_row_remove(struct cm_node *node, uint64_t time);
int cm_row_rename(struct cm_node *node, const char16_t *name, size_t length, uint64_t time);
/* The node is the one of this row from now on. */
void cm_row_assign(struct cm_node *node, int64_t id);

#endif
