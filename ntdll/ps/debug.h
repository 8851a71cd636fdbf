/*
 * ntdll/ps/debug.h - one process debugs another; see README-debug.md.
 *
 * The debuggee (debug_port.c) reports what happens to it: the thread to which it happens stops the others, asks the
 * debugger's process to queue the event, and stands until that says how to go on.  The debugger has debug objects
 * (debug_object.c), each with the processes it debugs and a queue of their events.
 */
#ifndef PEWTER_NTDLL_PS_DEBUG_H
#define PEWTER_NTDLL_PS_DEBUG_H

#include "nt/debug.h"
#include "nt/peb.h"
#include "ntdll/ps/thread.h"

/* Which debug object debugs a process; `debugger` 0: none does. */
struct ps_debug_link {
	uint64_t debugger; /* NT's id of the process that has the object */
	uint64_t key;	   /* of the object there */
	uint32_t flags;	   /* PS_DEBUG_ */
};
#define PS_DEBUG_KILL 1u    /* ends with its debugger */
#define PS_DEBUG_INHERIT 2u /* its children are debugged, too */

/*
 * The debuggee.
 */
extern bool ps_debugged;
/* What the process parameters of a new process say (handover.h); before its first event.  The process ends if its debugger
 * is gone. */
void ps_debug_start(const struct ps_debug_link *link);
/* The first thread is about to bring the DLLs: the first event.  `entry` is the program's. */
void ps_debug_process_started(void *entry);
/* The DLLs are there, nothing of them has run: the first breakpoint. */
void ps_debug_initial_break(void);
/* A process that this one knows has ended: it may have been the debugger. */
void ps_debug_debugger_ended(const struct ps_process *process);
/* The program is about to be entered: as the debugger has set the first thread's registers while it brought the DLLs. */
void ps_debug_before_entry(void);
/* For a child without a debugger of its own. */
struct ps_debug_link ps_debug_for_child(void);
ULONG ps_debug_flags(void); /* PS_DEBUG_ */
void ps_debug_set_inherit(bool inherit);

/* Events of the calling thread; no lock but the loader's is held.  All return when the debugger said so. */
void ps_debug_thread_started(struct ps_thread *thread);
void ps_debug_thread_ended(HANDLE id, DWORD code);
void ps_debug_process_ended(DWORD code);
void ps_debug_dll_loaded(const LDR_DATA_TABLE_ENTRY *entry);
void ps_debug_dll_unloaded(void *base);
/* Ctrl-C and Ctrl-Break, as exceptions of which the debugger alone is told (MSDN "CTRL+C and CTRL+BREAK Signals"): true, it
 * keeps it for itself. */
bool ps_debug_control(DWORD code);
/* true: go on with the context, which may have been changed; false: it is as it was. */
bool ps_debug_exception(const EXCEPTION_RECORD *record, CONTEXT *context, bool first_chance);

/*
 * The debugger.
 */
struct ps_debug_object;
extern const struct ob_type ps_debug_object_type;
/* As the calling thread's debug object (DbgUiConnectToDbg) has it, for a process to be made; STATUS_INVALID_HANDLE. */
NTSTATUS ps_debug_link_to(HANDLE object, bool only_this, struct ps_debug_link *link);
/* The process was made with that link. */
NTSTATUS ps_debug_add(uint64_t key, struct ps_process *process);
/* A process that this one knows has ended: it may have been debugged. */
void ps_debug_debuggee_ended(struct ps_process *process);
/* A referenced debug object; STATUS_PORT_NOT_SET, STATUS_ACCESS_DENIED: it is not of this process. */
NTSTATUS ps_debug_object_of(struct ps_process *process, struct ob_object **object);

/*
 * Between the two (remote.h).
 */
/* PS_DO_DEBUG_EVENT, of the debugger: [0] is the object's key; the data is this, with a file's DOS path behind it. */
struct ps_debug_message {
	DBGUI_WAIT_STATE_CHANGE change; /* with the debuggee's addresses and without handles */
	PVOID teb;
};
/* PS_DO_DEBUG_COMMAND, of the debuggee: [0] is one of these, [1] the object's key. */
enum ps_debug_command {
	PS_DEBUG_CONTINUE = 1, /* [3] status */
	PS_DEBUG_ATTACH,       /* [2] debugger, [3] PS_DEBUG_ flags; the answer is the threads, which stand */
	PS_DEBUG_GO,	       /* they go on */
	PS_DEBUG_DETACH,
	PS_DEBUG_SET_FLAGS, /* [3] PS_DEBUG_KILL or 0 */
	PS_DEBUG_BREAK,	    /* a new thread comes to a breakpoint; for all who may ask */
};
struct ps_debug_thread {
	uint64_t id, teb, start;
};
/* The service thread's part (service.c). */
NTSTATUS ps_debug_take_event(uint64_t key, const struct ps_debug_message *message, size_t size);
NTSTATUS ps_debug_obey(const uint64_t *values, void *answer, size_t room, size_t *size);

/* Exports of ntdll that others call. */
NTSTATUS NTAPI NtDebugActiveProcess(HANDLE process, HANDLE object);
NTSTATUS NTAPI NtRemoveProcessDebug(HANDLE process, HANDLE object);
NTSTATUS NTAPI NtWaitForDebugEvent(HANDLE object, BOOLEAN alertable, const LARGE_INTEGER *timeout, DBGUI_WAIT_STATE_CHANGE *change);
NTSTATUS NTAPI NtDebugContinue(HANDLE object, CLIENT_ID *id, NTSTATUS status);
NTSTATUS NTAPI NtCreateDebugObject(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG flags);
NTSTATUS NTAPI NtSetInformationDebugObject(HANDLE object, ULONG class, PVOID buffer, ULONG size, ULONG *returned);
HANDLE NTAPI DbgUiGetThreadDebugObject(void);
NTSTATUS NTAPI DbgUiConnectToDbg(void);
NTSTATUS NTAPI DbgUiWaitStateChange(DBGUI_WAIT_STATE_CHANGE *change, const LARGE_INTEGER *timeout);
NTSTATUS NTAPI DbgUiContinue(CLIENT_ID *id, NTSTATUS status);
NTSTATUS NTAPI DbgUiDebugActiveProcess(HANDLE process);
NTSTATUS NTAPI DbgUiStopDebugging(HANDLE process);
NTSTATUS NTAPI DbgUiIssueRemoteBreakin(HANDLE process);
NTSTATUS NTAPI DbgUiConvertStateChangeStructure(const DBGUI_WAIT_STATE_CHANGE *change, DEBUG_EVENT *event);
NTSTATUS NTAPI DbgUiConvertStateChangeStructureEx(const DBGUI_WAIT_STATE_CHANGE *change, DEBUG_EVENT *event);

#endif
