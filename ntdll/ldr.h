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
#include "ntdll/mm/mm.h"
#include <stdbool.h>

/* An entry of a resource directory. */
struct ldr_resource {
	const char16_t *name; /* counted, `length` units; NULL: `id` */
	size_t length;
	USHORT id;
};

/* A file laid out as an image, for a section of it; one malloc'ed block. */
struct ldr_image {
	int fd;		/* memfd: the image as it is at `base` */
	uint32_t size;	/* whole pages */
	uintptr_t base; /* that the headers name */
	bool movable;	/* views may be elsewhere: relocations were not stripped */
	bool dynamic;	/* ... and are relocated there */
	bool foreign;	/* of another machine */
	uint32_t base_offset, base_size; /* of ImageBase in the headers; size 0: it cannot be changed */
	uint32_t relocation_rva, relocation_size;
	SECTION_IMAGE_INFORMATION information;
	size_t run_count;
	struct mm_image_run runs[];
};

struct ldr_operations {
	/* LdrLoadDll: `search_path` (host directories, ':'-separated) NULL = the standard order; flags are LoadLibraryEx's. */
	NTSTATUS (*load)(const char *search_path, ULONG flags, const UNICODE_STRING *name, HMODULE *module);
	NTSTATUS (*unload)(HMODULE module);
	NTSTATUS (*add_reference)(ULONG flags, HMODULE module); /* flags 1: pin */
	/* By base name or full path, case-insensitive; name NULL = the program.  No reference is taken. */
	NTSTATUS (*find)(const UNICODE_STRING *name, HMODULE *module);
	/* `name` NULL: by ordinal. */
	NTSTATUS (*procedure)(HMODULE module, const char *name, ULONG ordinal, PVOID *address);
	/* The entry of the module that contains the address; STATUS_DLL_NOT_FOUND. */
	NTSTATUS (*find_by_address)(const void *address, LDR_DATA_TABLE_ENTRY **entry);
	/* LdrFindResource_U: path of up to three (type, name, language; ids or UTF-16 strings), LdrAccessResource.  Modules
	 * loaded as data files (tagged handles) are taken too. */
	NTSTATUS (*find_resource)(HMODULE module, const ULONG_PTR *path, ULONG levels, const void **entry);
	NTSTATUS (*access_resource)(HMODULE module, const void *data_entry, void **data, ULONG *size);
	/* Calls visit for every entry of the directory at `path` (levels 0: types, 1: names, 2: languages) until it answers
	 * false. */
	NTSTATUS (*list_resources)(HMODULE module, const ULONG_PTR *path, ULONG levels,
				   bool (*visit)(const struct ldr_resource *resource, void *context), void *context);
	NTSTATUS (*disable_thread_calls)(HMODULE module);
	/* The image's .pdata around an address: checked against the image.  NULL: no image there, or it has none.  Takes no
	 * lock of the loader: async-signal-safe. */
	const RUNTIME_FUNCTION *(*function_table)(const void *address, void **base, ULONG *image_size, ULONG *count);
	/* SetDefaultDllDirectories, SetDllDirectory (NULL: the standard order again; "" drops the current directory),
	 * AddDllDirectory, RemoveDllDirectory. */
	NTSTATUS (*set_default_directories)(ULONG flags);
	NTSTATUS (*set_dll_directory)(const UNICODE_STRING *path);
	NTSTATUS (*add_directory)(const UNICODE_STRING *path, PVOID *cookie);
	NTSTATUS (*remove_directory)(PVOID cookie);
	/* Whether a host file is a program that can be started: STATUS_OBJECT_NAME_NOT_FOUND, STATUS_ACCESS_DENIED,
	 * STATUS_INVALID_IMAGE_*. */
	NTSTATUS (*probe_program)(const char *path);
	/* Lays the file behind a descriptor out; the caller frees it.  STATUS_INVALID_IMAGE_*. */
	NTSTATUS (*lay_out_image)(int fd, struct ldr_image **layout);
	/* The same image as it is at another base, in a memfd of its own. */
	NTSTATUS (*move_image)(const struct ldr_image *layout, uintptr_t base, int *fd);
	/* The loader lock. */
	void (*lock)(void);
	void (*unlock)(void);
};
/* Filled by loader/ at start. */
extern struct ldr_operations ldr_operations;

/* Takes the loader lock, which the caller gives back in any case, and finds a module's entry; NULL is the program.
 * STATUS_DLL_NOT_FOUND: no module begins there. */
NTSTATUS ldr_lock_entry(HMODULE module, LDR_DATA_TABLE_ENTRY **entry);

#define LDR_ADDREF_PIN 1u

/* Tells who registered for it that a DLL has come, before its entry is called, or goes, after that.  Under the loader lock. */
#define LDR_DLL_NOTIFICATION_REASON_LOADED 1u
#define LDR_DLL_NOTIFICATION_REASON_UNLOADED 2u
void ldr_notify(ULONG reason, const LDR_DATA_TABLE_ENTRY *entry);

/* A directory of an image in memory, or of a file as it is (`image` false). */
PVOID NTAPI RtlImageDirectoryEntryToData(PVOID base, BOOLEAN image, USHORT index, PULONG size);

/* LdrFindResource's path of a Win32 name: "#123" is the id 123, other strings stay pointers. */
ULONG_PTR ldr_resource_id(const char16_t *name);

#endif
