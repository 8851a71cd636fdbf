/*
 * programs/lines.h - the lines of files and pipes, and the words of a command line, for filters.
 */
#ifndef PEWTER_PROGRAMS_LINES_H
#define PEWTER_PROGRAMS_LINES_H

#include "programs/output.h"

struct line_reader {
	HANDLE file;
	char bytes[16384];
	DWORD count, at;
	bool ended, wide; /* wide: the file began with a byte order mark */
	bool started;
};

void line_reader_begin(struct line_reader *reader, HANDLE file);
/* The next line without its end; false: there are no more. */
bool line_reader_next(struct line_reader *reader, struct io_wide *line);
/* A file to read; INVALID_HANDLE with the last error. */
HANDLE lines_open(const WCHAR *path);

/* What follows the program's name on the command line. */
const WCHAR *arguments_begin(void);
/* The next word without its quotes ("" within them is one); false: there are no more. */
bool arguments_next(const WCHAR **at, struct io_wide *word, bool *quoted);

/* Calls `visit` with the path of each file that a name with wildcards means; whether there was one. */
bool files_visit(const WCHAR *pattern, void (*visit)(const WCHAR *path, void *context), void *context);

#endif
