/*
 * ntdll/ps/create.h - child processes, and being one.
 *
 * A child is this program once more.  What Windows' kernel would write into the new process travels in a memfd (the
 * handover) that both map while the child lives: strings, start-up values and inherited handles on the way down, the exit
 * code's 32 bits on the way up.
 */
#ifndef PEWTER_NTDLL_PS_CREATE_H
#define PEWTER_NTDLL_PS_CREATE_H

#include "ntdll/io/inherit.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/thread.h"

/* STARTUPINFO's plain fields, in the order of RTL_USER_PROCESS_PARAMETERS. */
struct ps_startup {
	uint32_t x, y, width, height, columns, rows, fill, flags, show;
};

/* A counted string of UTF-16 or bytes. */
struct ps_text {
	const void *text;
	size_t bytes;
};

#define PS_CREATE_PROCESS_SUSPENDED 1u
#define PS_CREATE_PROCESS_DETACHED 2u  /* no console: standard handles are 0 */
#define PS_CREATE_PROCESS_NO_WINDOW 4u /* a console that nobody sees */
#define PS_CREATE_PROCESS_INHERIT 8u
#define PS_CREATE_PROCESS_STANDARD 16u /* `standard` was given */
#define PS_CREATE_PROCESS_BREAKAWAY 32u /* in none of its parent's jobs */
#define PS_CREATE_PROCESS_LISTED 64u	/* create_under.c's own */
struct ps_process_creation {
	ULONG flags;
	struct ps_text image;	    /* full DOS path */
	struct ps_text command_line, directory;
	struct ps_text environment; /* with its terminators */
	struct ps_text title, desktop, runtime;
	struct ps_startup startup;
	HANDLE standard[3];
	const HANDLE *handle_list; /* only these are inherited; NULL: all inheritable ones */
	size_t handle_count;
	const HANDLE *job_list; /* in which it is from the beginning, besides those that it inherits */
	size_t job_count;
	struct ps_debug_link debug; /* none: its parent's, if that has one for its children */
	HANDLE token; /* the child's; NULL: one like the process' own */
	struct ps_text token_record; /* or what another process has made of it */
	ULONG process_attributes, thread_attributes; /* OBJ_INHERIT */
};
/* STATUS_OBJECT_NAME_NOT_FOUND and so on for the image, STATUS_INVALID_IMAGE_*, STATUS_NO_MEMORY;
 * STATUS_ACCESS_DENIED, STATUS_QUOTA_EXCEEDED: the jobs do not let it; STATUS_BAD_TOKEN_TYPE. */
NTSTATUS ps_create_process(const struct ps_process_creation *creation, HANDLE *process, HANDLE *thread, CLIENT_ID *id);

/* The same under another process, which is asked for it: handles, jobs and token are inherited from that one, and the lists of handles
 * are of its handles; job_list is of ours. */
NTSTATUS ps_create_under(struct ps_process *parent, const struct ps_process_creation *creation, HANDLE *process, HANDLE *thread,
			 CLIENT_ID *id);
/* There: from the package that came; suspended. */
NTSTATUS ps_create_for_another(int package, uint64_t size, HANDLE *id);

/* Ends a child; STATUS_PROCESS_IS_TERMINATING. */
NTSTATUS ps_terminate_child(struct ps_process *process, DWORD code);
void ps_destroy_child(struct ps_process *process);
/* Processes that are known by id, with their first threads; see foreign.c.  Destroying takes them out. */
void ps_know(struct ps_process *process, struct ps_thread *first);
void ps_forget(struct ps_process *process);
void ps_forget_first(struct ps_thread *thread);
/* Any process of this program and user but this one, by its id; referenced: STATUS_INVALID_CID, STATUS_ACCESS_DENIED. */
NTSTATUS ps_open_foreign(HANDLE id, struct ps_process **process);
/* The same for their threads. */
NTSTATUS ps_open_foreign_thread(HANDLE id, struct ps_thread **thread);
/* New objects for a process of which nothing is known yet, and its first thread; one reference each. */
NTSTATUS ps_make_foreign(struct ps_process **process, struct ps_thread **thread);
/* Starts the watcher; STATUS_NO_MEMORY. */
NTSTATUS ps_watch_foreign(struct ps_thread *thread);

/* Whether a program of Windows above us gave this process its standard error, so that nothing of ours belongs there. */
bool ps_error_is_captured(void);
/* In the child: maps the handover; false: there is none behind this descriptor. */
bool ps_handover_open(int fd);
/* What the parent gave instead of what the loader finds out; false: this is no child of ours. */
bool ps_handover_start(struct ps_process_start *start);
/* Fills the process parameters' start-up values and makes the inherited handles: instead of io_initialize. */
NTSTATUS ps_handover_finish(void);
/* Has the debugger that the parent named, if it did. */
void ps_handover_debug(void);
/* NtGlobalFlag of Image File Execution Options for an image; 0: there are none.  `length` in units. */
ULONG ps_global_flags_of(const char16_t *image, size_t length);
/* What the user asked for on the command line (--heap-debug), of this process or one above it: children have it, too. */
extern ULONG ps_inherited_flags;
/* Tells the parent the exit code. */
void ps_handover_exit(DWORD code);

#endif
