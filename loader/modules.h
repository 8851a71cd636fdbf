/*
 * loader/modules.h - the modules of the process.
 *
 * Lock order: the loader lock (modules_lock, recursive) is the outermost lock of Pewter; guest code (DllMain, TLS
 * callbacks) runs under it, as on Windows.  The TLS lock (tls.c) is taken inside it.  Everything declared here wants the
 * loader lock held unless it says otherwise.
 */
#ifndef PEWTER_LOADER_MODULES_H
#define PEWTER_LOADER_MODULES_H

#include "loader/builtin.h"
#include "loader/image.h"
#include "nt/peb.h"

enum module_state {
	MODULE_MAPPED,       /* imports perhaps bound, not attached */
	MODULE_INITIALIZING, /* its DllMain is running, or those of what it needs */
	MODULE_READY,
	MODULE_UNLOADING
};

struct module {
	struct module *next; /* in load order */
	struct image image;
	LDR_DATA_TABLE_ENTRY *entry; /* guest memory */
	size_t full_name_bytes, base_name_bytes;
	const struct dll_descriptor *builtin;
	char *path; /* host path; NULL for a builtin DLL */
	char *name; /* base name, lower case */
	enum module_state state;
	unsigned references; /* LoadLibrary calls not yet undone */
	bool pinned;         /* start-up modules, GET_MODULE_HANDLE_EX_FLAG_PIN */
	bool is_program;
	bool bound;          /* imports */
	bool inert;          /* DONT_RESOLVE_DLL_REFERENCES, or an exe loaded as a library: no imports, no entry */
	bool attached;       /* DLL_PROCESS_ATTACH was called */
	bool no_thread_calls;
	bool marked;         /* of the collector */
	uint64_t init_order;
	struct module **needs; /* modules that this one keeps loaded */
	unsigned need_count, need_capacity;
	struct pe_directory exports; /* checked against the image */
	bool has_tls;
	struct pe_tls tls;
	uint32_t tls_slot;
	uintptr_t stubs; /* of missing imports: an allocation, or 0 */
};

extern struct module *modules;        /* the list; the program first */
extern struct module *modules_program;
extern bool modules_ending; /* the process ends: nothing is unloaded any more */

void modules_lock(void);
void modules_unlock(void);
/* The calling thread is the last one: whoever held the lock is gone. */
void modules_seize(void);

/* modules.c */
NTSTATUS modules_initialize(void); /* PEB_LDR_DATA */
/* Enters a mapped image into the lists.  `full_name` is UTF-16, a DOS path.  Takes ownership of `path` (malloc'ed). */
NTSTATUS module_register(struct module *module, const char16_t *full_name, char *path);
void module_unregister(struct module *module);
/* Tells programs how often the module is loaded, in its entry. */
void module_show_count(const struct module *module);
void module_entered_initialization(struct module *module);
struct module *module_by_base(const void *base);
/* Any thread, no lock, async-signal-safe. */
struct module *module_by_address(const void *address);
struct module *module_by_name(const char *name);
struct module *module_by_builtin(const struct dll_descriptor *dll);
struct module *module_by_file(uint64_t device, uint64_t inode);
bool module_add_need(struct module *module, struct module *needed);
struct pe_view module_view(const struct module *module);

/* load.c */
struct load_request {
	const char *name;         /* as given, UTF-8; a DOS or host path, or a bare name */
	ULONG flags;              /* LOAD_LIBRARY_* */
	struct module *importer;  /* NULL: LoadLibrary */
	bool starting;            /* the process is being made */
	const char *search_path;  /* host directories, ':'-separated, instead of the standard ones; may be NULL */
	const char *load_directory; /* instead of the program's: the directory of the DLL that was loaded; may be NULL */
};
/* Finds the DLL among the loaded ones or maps it and all it needs, binds them; does not call anything.
 * STATUS_DLL_NOT_FOUND and the image's statuses.  *module is NULL with STATUS_SUCCESS for a system DLL that Pewter does
 * not have, when there is an importer: its functions become stubs that tell so when they are called. */
NTSTATUS module_map(const struct load_request *request, struct module **module);
/* The program itself, whose image is mapped. */
NTSTATUS module_adopt_program(struct module *module, const char16_t *dos_path, const char *path);
/* bind.c: maps what the module imports from and fills its import address tables. */
NTSTATUS module_bind(struct module *module, const struct load_request *request);
/* The address of an export; follows forwarders.  `holder` keeps loaded what they lead to.  `name` NULL: by ordinal. */
NTSTATUS module_export(struct module *module, const char *name, uint32_t ordinal, unsigned hint, struct module *holder,
		       bool starting, void **address);
/* The module that a name means, if it is loaded: base name, full path or api set. */
struct module *module_find_loaded(const char *name);
/* What the last failed load was about, for messages: DLL or DLL!function. */
extern char module_failure[512];

/* init.c */
NTSTATUS module_attach(struct module *module, bool starting);
void modules_collect(void); /* detaches and unmaps what nothing keeps any more */
void modules_thread_attach(void);
void modules_thread_detach(void);
void modules_process_detach(void);

/* missing.c: stubs for imports that nobody provides. */
struct missing_set;
/* Adds a stub to the module's set (made on first use); NULL: no memory. */
void *missing_stub(struct module *importer, struct missing_set **set, const char *dll, const char *name,
		   uint32_t ordinal);
NTSTATUS missing_finish(struct module *importer, struct missing_set *set);

/* tls.c */
NTSTATUS tls_add_module(struct module *module);
void tls_remove_module(struct module *module);
NTSTATUS tls_thread_allocate(TEB *teb);
void tls_thread_free(TEB *teb);

/* apiset.c */
bool apiset_is_name(const char *name);
/* The DLL behind an api set name (lower case, with or without extension); NULL if none. */
const char *apiset_host(const char *name);
/* Names of DLLs that every Windows has, and of those that no file may replace. */
bool dll_is_system(const char *name);
bool dll_is_known(const char *name);

/* paths.c */
char *path_host_from_dos(const char16_t *dos, size_t length);
char *path_host_from_dos8(const char *dos);
char16_t *path_dos_from_host(const char *path);
char *utf8_from_wide(const char16_t *text, size_t length);
char16_t *wide_from_utf8(const char *text);
/* The file `name` in `directory`: exactly, else without regard to case; malloc'ed, NULL if there is none. */
char *path_find_in(const char *directory, const char *name);
/* From now on path_find_in does not find this file; false: no room to remember it.  And finds all again.  Under the
 * loader's lock. */
bool path_pass_over(const char *path);
void path_pass_over_none(void);

/* operations.c */
void operations_install(void);
extern char *loader_program_directory; /* host path */
extern const char *loader_program_name; /* for messages */

#endif
