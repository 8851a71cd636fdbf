/*
 * dlls/dbghelp/dbghelp.h - what the files of dbghelp share: the symbol handler of a process and its modules.
 *
 * The room promises dbghelp as it is on a machine without debug files: symbols are the exports of loaded modules, there
 * are no lines and no inline frames; decorated names are read by dlls/undname.  The process must be this one.  MSDN: the
 * functions of dbghelp are called by one thread at a time; the loader lock keeps ours apart all the same.
 */
#ifndef PEWTER_DLLS_DBGHELP_H
#define PEWTER_DLLS_DBGHELP_H

#include "kernel32/kernel32.h"
#include "nt/pe.h"
#include "ntdll/ldr.h"

#include <stdbool.h>

#define MACHINE_AMD64 0x8664

struct sym_module {
	const BYTE *base;
	ULONG size;
};

/* What SymInitialize makes; `process` is the caller's value, which need not be a handle. */
struct sym_session {
	struct sym_session *next;
	HANDLE process;
	WCHAR *search_path; /* malloc'ed */
	struct sym_module *modules;
	size_t count, capacity;
};

/* All with the loader lock held.  NULL with ERROR_INVALID_HANDLE. */
struct sym_session *sym_session(HANDLE process);
/* The module of the session that is still loaded and holds the address; NULL with ERROR_MOD_NOT_FOUND. */
const struct sym_module *sym_module(struct sym_session *session, DWORD64 address);

/* An export: a NUL-terminated name in the module and its address. */
struct sym_export {
	const char *name;
	DWORD64 address;
};
size_t sym_count_exports(const struct sym_module *module);

IMAGE_NT_HEADERS64 *WINAPI ImageNtHeader(PVOID base);

#endif
