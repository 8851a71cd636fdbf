/*
 * programs/robocopy.h - what robocopy is asked to do, and its counts.
 */
#ifndef PEWTER_PROGRAMS_ROBOCOPY_H
#define PEWTER_PROGRAMS_ROBOCOPY_H

#include "programs/output.h"

/* Exit codes: bits. */
enum { ROBOCOPY_COPIED = 1, ROBOCOPY_EXTRA = 2, ROBOCOPY_MISMATCH = 4, ROBOCOPY_FAILED = 8, ROBOCOPY_FATAL = 16 };

struct robocopy_words {
	WCHAR **list;
	size_t count;
};

/* A row of the summary; `skipped` is what is left of the total. */
struct robocopy_counts {
	uint64_t total, copied, mismatched, failed, extra;
};

struct robocopy {
	struct io_wide source, target; /* full paths that end in a backslash */
	struct robocopy_words files, excluded_files, excluded_folders;
	bool tree, empty, purge, move, move_folders, list_only, create, only_archive, reset_archive;
	bool no_older, no_newer, no_changed, no_extra, no_lonely, same_too, no_links, two_seconds;
	bool no_file_list, no_folder_list, no_header, no_summary, no_size, no_class, full_names, verbose;
	uint64_t smallest, largest; /* bytes; largest 0: any */
	unsigned levels;            /* 0: all */
	unsigned retries, wait;     /* seconds */
	DWORD result;
	struct robocopy_counts folders, entries, bytes;
};
extern struct robocopy robocopy;

/* Reads the command line.  False: what is wrong has been said. */
bool robocopy_take_arguments(void);
void robocopy_print_header(void);
void robocopy_print_summary(void);
/* `width` places, filled from the left. */
void robocopy_print_number(uint64_t number, unsigned width);

#endif
