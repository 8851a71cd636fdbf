/*
 * loader/builtin_program.h - builtin programs: cmd.exe and the like, as files of C:\Windows\System32.
 */
#ifndef PEWTER_LOADER_BUILTIN_PROGRAM_H
#define PEWTER_LOADER_BUILTIN_PROGRAM_H

#include <stddef.h>

/* Whether there is a builtin program of this name, which may lack its ".exe" or ".com"; its full name, or NULL. */
const char *builtin_program_find(const char *name);

/* For io_programs: the index-th program's name, NULL behind the last; and its file, malloc'ed (NULL: no memory). */
const char *builtin_program_name(unsigned index);
void *builtin_program_file(unsigned index, size_t *size);

#endif
