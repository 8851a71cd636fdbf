/*
 * ntdll/ke/unwind.h - between the files that walk stacks.
 */
#ifndef PEWTER_NTDLL_KE_UNWIND_H
#define PEWTER_NTDLL_KE_UNWIND_H

#include "ntdll/ke/ke.h"

/* What ke_walk_host came upon. */
enum ke_walk {
	KE_WALK_END,	 /* no caller, or none that can be found */
	KE_WALK_FRAME,	 /* one frame up */
	KE_WALK_CONTEXT, /* a context that was interrupted: at the fault, or the target of a consolidated unwind */
	KE_WALK_HANDLER, /* one frame up from a language handler's caller; *dispatcher is what the handler was given */
	KE_WALK_UNWIND_HANDLER,
};

/* From a context in host code, one frame up. */
enum ke_walk ke_walk_host(CONTEXT *context, DISPATCHER_CONTEXT **dispatcher);

/* The vectored lists: whether a handler said to continue. */
bool ke_call_vectored(EXCEPTION_POINTERS *pointers, bool continue_list);

EXCEPTION_DISPOSITION WINAPI ke_execute_handler(EXCEPTION_RECORD *record, ULONG_PTR frame, CONTEXT *context,
						DISPATCHER_CONTEXT *dispatcher);
EXCEPTION_DISPOSITION WINAPI ke_execute_unwind_handler(EXCEPTION_RECORD *record, ULONG_PTR frame, CONTEXT *context,
						       DISPATCHER_CONTEXT *dispatcher);
void WINAPI ke_consolidate(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));
extern const char ke_frame_dispatcher[], ke_frame_handler[], ke_frame_unwind_handler[], ke_frame_consolidate[];

/* Called by the assembly entries with their caller's context. */
void WINAPI ke_raise(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));
void WINAPI ke_raise_status(NTSTATUS status, CONTEXT *context) __attribute__((noreturn));
void WINAPI ke_raise_arguments(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments, CONTEXT *context)
	__attribute__((noreturn));
void WINAPI ke_unwind(ULONG_PTR target, ULONG_PTR ip, EXCEPTION_RECORD *record, ULONG_PTR value, CONTEXT *given,
		      CONTEXT *context) __attribute__((noreturn));
void WINAPI ke_user_exception(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));

#endif
