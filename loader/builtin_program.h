/*
 * loader/builtin_program.h - builtin programs: cmd.exe and the like, as files of C:\Windows\System32.
 */
#ifndef PEWTER_LOADER_BUILTIN_PROGRAM_H
#define PEWTER_LOADER_BUILTIN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* Whether there is a builtin program of this name, which may lack its ".exe" or ".com"; its full name, or NULL. */
const char *builtin_program_find(const char *name);

/* io_program_file: the index-th program's name and its file, malloc'ed; false: there are no more, or no memory. */
bool builtin_program_file(unsigned index, const char **name, void **bytes, size_t *size);

#endif
