/*
 * loader/start.h - from the command line to the first instruction of the program.
 */
#ifndef PEWTER_LOADER_START_H
#define PEWTER_LOADER_START_H

#include "nt/context.h"
#include "nt/ntdef.h"

#include <stdbool.h>
#include <stdint.h>

/* What main.c read from the command line. */
struct options {
	const char *program;        /* as given */
	char **arguments;           /* behind the program, NULL at the end */
	const char *command_line;   /* --cmdline; NULL: made of the arguments */
	const char *exit_code_file; /* NULL: none */
	uint64_t commit_limit;      /* bytes; 0: RAM and swap */
	const char **environment;   /* --env NAME=VALUE */
	unsigned environment_count;
	ULONG global_flags;         /* --heap-debug: of NtGlobalFlag */
};

/* Runs the program; does not return. */
void start_program(const struct options *options) __attribute__((noreturn));

/* crash.c: an exception that nobody handled; does not return. */
void crash_report(EXCEPTION_RECORD *record, CONTEXT *context);

/* crash.c: what an address of the program is called; on the host stack. */
void crash_name_address(uintptr_t address, char *text, size_t capacity);

/* cmdline.c: one string that CommandLineToArgvW and the C runtimes split into these again.  `verbatim`, when not NULL,
 * follows the program's name as it is.  UTF-16, malloc'ed; NULL: no memory. */
char16_t *command_line_make(const char *program, char *const *arguments, const char *verbatim);

/* environment.c: the block of the new process, sorted as Windows sorts it.  `settings` override: "NAME=" removes.
 * malloc'ed; *units counts all terminators. */
char16_t *environment_make(char *const *inherited, const char *const *settings, unsigned setting_count, size_t *units);

/* The host path of the program: as given, with ".exe", as a Windows path, or a bare name out of PATH.  malloc'ed; NULL:
 * not found. */
char *program_find(const char *given);

#endif
