/*
 * ntdll/ps/debug_object.h - debug objects, for the files that make them work: debug_object.c, debug_attach.c.
 */
#ifndef PEWTER_NTDLL_PS_DEBUG_OBJECT_H
#define PEWTER_NTDLL_PS_DEBUG_OBJECT_H

#include "ntdll/ps/debug.h"

struct ps_debug_event {
	struct ps_debug_event *next;
	struct ps_process *process; /* referenced */
	struct ps_debug_message message;
	char16_t *file; /* its DOS path; NULL: none */
	size_t file_length;
	bool read; /* the debugger has it and has not answered */
	bool made; /* here: nobody waits for the answer */
};

struct ps_debuggee {
	struct ps_debuggee *next;
	struct ps_process *process; /* referenced */
	bool end_told;
};

struct ps_debug_object {
	struct ob_object object;
	struct ke_dispatcher ready; /* signalled while there is an event to be read */
	uint64_t key;
	bool kill;		       /* debuggees end with it */
	struct ps_debug_event *events; /* the oldest first */
	struct ps_debuggee *debuggees;
	struct ps_debug_object *next; /* of all in this process */
};

/* A command of debug.h to a debuggee. */
NTSTATUS ps_debug_command(struct ps_process *process, enum ps_debug_command command, uint64_t key, uint64_t value, void *answer,
			  size_t *room);
/* Appends an event that was made here; takes over nothing.  STATUS_NO_MEMORY. */
NTSTATUS ps_debug_make_event(struct ps_debug_object *object, struct ps_process *process, const struct ps_debug_message *message,
			     const UNICODE_STRING *file);
/* The handles that come with an event, as far as they can be had; `file` is the DOS path of its file. */
void ps_debug_open_handles(DBGUI_WAIT_STATE_CHANGE *change, const char16_t *file, size_t length);
NTSTATUS ps_debug_add_to(struct ps_debug_object *object, struct ps_process *process);
/* Takes the process out, with its events; false: it was not there. */
bool ps_debug_remove_from(struct ps_debug_object *object, struct ps_process *process);

#endif
