/*
 * diag/diag.h - crash reports.
 *
 * The room is a module of its own, pewter-diag.so, opened when a guest has crashed and never before: capstone, libelf
 * and libdw cost a normal start nothing.  It gets all it may know in one structure and calls nothing of the program
 * but the functions in it.
 */
#ifndef PEWTER_DIAG_DIAG_H
#define PEWTER_DIAG_DIAG_H

#include "nt/context.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the modules of the guest are found. */
struct diag_names {
	/* The module that contains an address: its base and its name in UTF-8; false if there is none. */
	bool (*module)(uintptr_t address, uintptr_t *base, char *name, size_t capacity);
	/* The module's file; false: it has none.  May be NULL. */
	bool (*path)(uintptr_t address, char *path, size_t capacity);
};

struct diag_crash {
	const EXCEPTION_RECORD *record;
	const CONTEXT *context;
	const char *program; /* what was run, for the first line */
	unsigned thread_id;

	struct diag_names names;
	/* What the heaps know about an address, in lines; false: nothing.  May be NULL. */
	bool (*heap)(uintptr_t address, char *lines, size_t capacity);
	/* One line that VirtualQuery would give of an address. */
	void (*region)(uintptr_t address, char *line, size_t capacity);
	/* Reads memory that may be anything; false: it cannot be read. */
	bool (*read)(uintptr_t address, void *buffer, size_t size);
	/* Undoes one guest frame by its unwind data; false: there is none.  May be NULL. */
	bool (*unwind)(CONTEXT *context);
	void (*write)(const char *text);
};

/* Prints the report.  Runs on the thread's host stack. */
typedef void (*diag_crash_report_function)(const struct diag_crash *crash);
void diag_crash_report(const struct diag_crash *crash);

/* What an address is called: "prog.exe+0x14a0 (main+0x20)", a host function, or the bare address.  The other entry; on the
 * host stack, too. */
typedef void (*diag_name_address_function)(const struct diag_names *names, uintptr_t address, char *text, size_t capacity);
void diag_name_address(const struct diag_names *names, uintptr_t address, char *text, size_t capacity);

/* coff.c: the function that contains an offset from a PE file's base, and how far in it; false: the file does not say. */
bool diag_pe_symbol(const char *path, uintptr_t offset, char *name, size_t capacity, size_t *distance);

/* exceptions.c: "access violation" for C0000005; NULL if the code has no name. */
const char *diag_exception_name(DWORD code);

/* disassemble.c: the instruction at an address as text; false if it cannot be read or decoded. */
bool diag_instruction(const struct diag_crash *crash, uintptr_t address, char *text, size_t capacity);

/* symbols.c: the function of the program (pewter itself or a library of Linux) that contains an address, as
 * "function+0x12 (file)"; false if it is in no such file. */
bool diag_host_symbol(uintptr_t address, char *text, size_t capacity);

/* unwind.c: undoes one host frame by the DWARF call frame information of its file. */
bool diag_host_unwind(const struct diag_crash *crash, CONTEXT *context);

#endif
