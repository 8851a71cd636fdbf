/*
 * programs/cmd/dir.h - what DIR is to show.
 */
#ifndef PEWTER_PROGRAMS_CMD_DIR_H
#define PEWTER_PROGRAMS_CMD_DIR_H

#include "programs/cmd/cmd.h"
#include "programs/cmd/file_switches.h"

struct dir {
	struct attribute_filter filter;
	bool bare, tree, wide, columns, lower, commas, short_names, owner, sorted;
	WCHAR time_field; /* W, C or A */
	WCHAR order[16];
	bool first;   /* folder of this argument */
	WCHAR volume; /* whose header was shown */
	unsigned files, directories;
	uint64_t bytes;
};

/* dir_format.c */
void dir_volume(struct dir *dir, const WCHAR *folder);
/* A folder's heading, entries and sums. */
void dir_show(struct dir *dir, const WCHAR *folder, const WIN32_FIND_DATAW *found, size_t count);
/* The end of an argument. */
void dir_totals(struct dir *dir, const WCHAR *folder);
const FILETIME *dir_time(const struct dir *dir, const WIN32_FIND_DATAW *found);

#endif
