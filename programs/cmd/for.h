/*
 * programs/cmd/for.h - a FOR that runs.
 */
#ifndef PEWTER_PROGRAMS_CMD_FOR_H
#define PEWTER_PROGRAMS_CMD_FOR_H

#include "programs/cmd/cmd.h"

struct for_run {
	const struct node *node;
	unsigned first; /* of its variables */
	int result;
};

void for_begin(struct for_run *run, const struct node *node);
void for_end(struct for_run *run);
/* A variable of the next iteration. */
void for_set(WCHAR name, const WCHAR *value);
/* One iteration, whose variables go behind it.  False: the loop is left. */
bool for_body(struct for_run *run);

/* for_file.c */
void for_file(struct for_run *run, const WCHAR *options, const WCHAR *set);

#endif
