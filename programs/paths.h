/*
 * programs/paths.h - paths and folders.
 */
#ifndef PEWTER_PROGRAMS_PATHS_H
#define PEWTER_PROGRAMS_PATHS_H

#include "programs/output.h"

bool path_is_folder(const WCHAR *path);
/* Ends in a backslash, a slash or a colon. */
bool path_ends_folder(const struct io_wide *path);
/* Appends the full path of a name. */
void path_put_full(struct io_wide *to, const WCHAR *name);
/* Makes a folder and those that it lies in; whether it is there. */
bool path_make_folders(const WCHAR *path);
/* Calls `visit` with each entry of a folder but the dots, until it says no.  `path` ends in a backslash.  False: the folder cannot be
 * read. */
bool folder_visit(const WCHAR *path, bool (*visit)(const WIN32_FIND_DATAW *found, void *context), void *context);

#endif
