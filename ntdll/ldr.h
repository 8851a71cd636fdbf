/*
 * ntdll/ldr.h - NT's loader functions as rooms below loader/ may call them.
 *
 * The loader lives above ntdll; at start it registers its operations here, so that no arrow points up.
 */
#ifndef PEWTER_NTDLL_LDR_H
#define PEWTER_NTDLL_LDR_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "nt/peb.h"

struct ldr_operations {
	/* LdrLoadDll: `search_path` NULL = the standard order; flags are LoadLibraryEx's. */
	NTSTATUS (*load)(const char16_t *search_path, ULONG flags, const UNICODE_STRING *name, HMODULE *module);
	NTSTATUS (*unload)(HMODULE module);
	NTSTATUS (*add_reference)(ULONG flags, HMODULE module); /* flags 1: pin */
	/* By base name or full path, case-insensitive; name NULL = the program.  No reference is taken. */
	NTSTATUS (*find)(const UNICODE_STRING *name, HMODULE *module);
	/* `name` NULL: by ordinal. */
	NTSTATUS (*procedure)(HMODULE module, const char *name, ULONG ordinal, PVOID *address);
	/* The entry of the module that contains the address; STATUS_DLL_NOT_FOUND. */
	NTSTATUS (*find_by_address)(const void *address, LDR_DATA_TABLE_ENTRY **entry);
	/* LdrFindResource_U: path of up to three (type, name, language), LdrAccessResource. */
	NTSTATUS (*find_resource)(HMODULE module, const ULONG_PTR *path, ULONG levels, void **entry);
	NTSTATUS (*access_resource)(HMODULE module, const void *data_entry, void **data, ULONG *size);
	NTSTATUS (*disable_thread_calls)(HMODULE module);
	/* The loader lock. */
	void (*lock)(void);
	void (*unlock)(void);
};
/* Filled by loader/ at start. */
extern struct ldr_operations ldr_operations;

#endif
