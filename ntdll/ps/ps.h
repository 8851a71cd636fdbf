/*
 * ntdll/ps/ps.h - the process and its threads: TEB, PEB, parameters.
 */
#ifndef PEWTER_NTDLL_PS_PS_H
#define PEWTER_NTDLL_PS_PS_H

#include "nt/peb.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ob/ob.h"

/* What the loader's main program found out about the program to run; UTF-16 strings, not owned. */
struct ps_process_start {
	const char16_t *image_path;   /* DOS path: Z:\dir\prog.exe */
	const char16_t *command_line; /* verbatim */
	const char16_t *current_directory;
	const char16_t *environment; /* NAME=VALUE\0...\0\0 */
	size_t environment_chars;    /* with both terminators */
	ULONG global_flags;          /* NtGlobalFlag */
};

/* Takes the page at 7FFE0000, before anything else can: it is filled at its first touch. */
NTSTATUS ps_shared_data_initialize(void);

/* The process: PEB, process parameters, the first thread's TEB and stack.
 * stack sizes in bytes, from the PE header. */
NTSTATUS ps_initialize(const struct ps_process_start *start, size_t stack_reserve, size_t stack_commit);
extern PEB *ps_peb;
/* The process heap is there: parameters and environment become blocks of it.  Before anybody keeps a pointer into them. */
NTSTATUS ps_move_parameters(void);

/* Tells the PEB about the program's image; the loader calls it when the image is mapped and before anything of the
 * guest runs. */
struct ps_image_facts {
	void *base;
	USHORT subsystem, subsystem_major, subsystem_minor;
};
void ps_set_image(const struct ps_image_facts *facts);

/*
 * TEBs.  The PEB and the TEBs lie in one 2 MiB private reservation, a page for the PEB and two pages for each TEB (nt
 * facts, memory 88); more threads get more reservations.
 *
 * ps_teb_create gives a TEB with its stack fields, its PEB, its locale and its lists filled in; the identifiers and the
 * TLS array are the caller's business.  NULL: no memory.
 */
TEB *ps_teb_create(const struct mm_stack *stack);
void ps_teb_free(TEB *teb);
/* The TEB and stack that ps_initialize made for the first thread. */
extern TEB *ps_first_teb;

/* Small zeroed blocks of guest memory, aligned to 16 bytes: for what the guest must see and NT keeps on ntdll's private
 * heaps (loader entries, names, static TLS blocks).  NULL: no memory.  The caller remembers the size. */
void *ps_guest_alloc(size_t size);
void ps_guest_free(void *block, size_t size);

/* IsProcessorFeaturePresent without touching the page at 7FFE0000. */
bool ps_processor_feature(ULONG feature);

/* Hooks by which rooms above take part without being called by name. */
struct ps_hooks {
	/* The loader: DLL_THREAD_ATTACH and _DETACH with TLS, process exit. */
	void (*thread_attach)(void);
	void (*thread_detach)(void);
	void (*process_detach)(void);
	/* A static TLS block for a new thread, stored in its TEB; STATUS_NO_MEMORY. */
	NTSTATUS (*thread_tls_allocate)(TEB *teb);
	void (*thread_tls_free)(TEB *teb);
	/* The crash report; never returns into the guest. */
	void (*crash)(EXCEPTION_RECORD *record, CONTEXT *context);
	/* The process ends with this NTSTATUS or exit code; writes --exit-code-file.  Does not return. */
	void (*exit)(DWORD code);
};
extern struct ps_hooks ps_hooks;

/* The calling thread; host TLS. */
struct ps_thread;
extern __thread struct ps_thread *ps_self __attribute__((tls_model("initial-exec")));

/* Ends the process in NT's order: other threads stop, process_detach hook, exit hook. */
void ps_exit_process(DWORD code) __attribute__((noreturn));
/* The same without detaching anything: TerminateProcess, fail fast. */
void ps_terminate_process(DWORD code) __attribute__((noreturn));

#endif
