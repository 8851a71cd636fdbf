/*
 * dlls/crt/argv.h - splitting a command line.
 */
#ifndef PEWTER_DLLS_CRT_ARGV_H
#define PEWTER_DLLS_CRT_ARGV_H

#include "dlls/crt/crt.h"

/* Splits by Microsoft's rules (MSDN "Parsing C command-line arguments").  Stores `count` pointers, a NULL and the
 * characters where they are not NULL; says how many of each there are (pointers with the NULL, characters with all
 * terminators).  `quoted`, if not NULL, receives for each argument whether it began with a quote.  `flavour` decides
 * about two quotes in a quoted part: one of them stands for itself; msvcrt.dll then ends the quoted part, the UCRT
 * (since 2008) does not. */
void crt_split_command_line(const WCHAR *line, enum crt_flavour flavour, WCHAR **pointers, WCHAR *characters,
			    bool *quoted, size_t *pointer_count, size_t *character_count);

/* __argc, __argv and __wargv of a runtime from the command line; wildcards are expanded on request.  False: memory. */
bool crt_set_narrow_arguments(struct crt_variables *variables, enum crt_flavour flavour, bool expand);
bool crt_set_wide_arguments(struct crt_variables *variables, enum crt_flavour flavour, bool expand);

#endif
