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
};

/* The process: PEB, process parameters, KUSER_SHARED_DATA, the first thread's TEB and stack.
 * stack sizes in bytes, from the PE header. */
NTSTATUS ps_initialize(const struct ps_process_start *start, size_t stack_reserve, size_t stack_commit);
extern PEB *ps_peb;

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
