/*
 * loader/load.h - where DLLs are searched for.
 */
#ifndef PEWTER_LOADER_LOAD_H
#define PEWTER_LOADER_LOAD_H

#include "loader/modules.h"
#include "nt/winbase.h"

#define LOAD_LIBRARY_SEARCH_ANY 0x1F00u

/* search.c */
extern ULONG search_default_flags;  /* SetDefaultDllDirectories; 0: the traditional order */
extern char *search_dll_directory;  /* SetDllDirectory: a host path; NULL: none; it drops the current directory */
char *search_user_directories(const char *name); /* AddDllDirectory's, then SetDllDirectory's */
NTSTATUS search_set_default(ULONG flags);
NTSTATUS search_set_dll_directory(const UNICODE_STRING *path);
NTSTATUS search_add(const UNICODE_STRING *path, PVOID *cookie);
NTSTATUS search_remove(PVOID cookie);

/* load.c: the file that a name would be loaded from; malloc'ed, NULL if there is none. */
char *module_find_file(const struct load_request *request);

/* operations.c */
NTSTATUS operations_add_reference(ULONG flags, HMODULE handle);

/* datafile.c: modules loaded as data (handle + 1: the file as it is; + 2: laid out as an image). */
NTSTATUS datafile_load(ULONG flags, const UNICODE_STRING *name, HMODULE *module);
NTSTATUS datafile_unload(HMODULE module);
/* The image or file behind a tagged handle, and where its resources are.  False if it is none, or has none. */
bool datafile_resources(HMODULE module, struct pe_view *view, struct pe_directory *root, bool *flat);
/* Where the bytes of an RVA lie in a file that is not laid out; 0: nowhere. */
uint32_t datafile_offset(const struct pe_view *view, uint32_t rva, uint32_t size);

/* find_resource.c */
struct ldr_resource;
NTSTATUS resource_find(HMODULE module, const ULONG_PTR *path, ULONG levels, const void **entry);
NTSTATUS resource_access(HMODULE module, const void *data_entry, void **data, ULONG *size);
NTSTATUS resource_list(HMODULE module, const ULONG_PTR *path, ULONG levels,
		       bool (*visit)(const struct ldr_resource *resource, void *context), void *context);

#endif
