/*
 * ntdll/ke/unwind.h - between the files that walk stacks.
 */
#ifndef PEWTER_NTDLL_KE_UNWIND_H
#define PEWTER_NTDLL_KE_UNWIND_H

#include "host/fault.h"
#include "ntdll/ke/ke.h"
#include "ntdll/mm/mm.h"
#include <string.h>

/* What ke_walk_host came upon. */
enum ke_walk {
	KE_WALK_END,	 /* no caller, or none that can be found */
	KE_WALK_FRAME,	 /* one frame up */
	KE_WALK_CONTEXT, /* a context that was interrupted: at the fault, or the target of a consolidated unwind */
	KE_WALK_HANDLER, /* a language handler's caller, and so at its exception; *dispatcher is what the handler was given */
	KE_WALK_UNWIND_HANDLER, /* the caller of one that unwinds, and so at the call of RtlUnwindEx */
};

/* Copies the first bytes of a context by way of memcpy, which is several times faster than what the compiler makes of an
 * assignment. */
static inline void ke_copy_context(CONTEXT *to, const CONTEXT *from, size_t size)
{
	__asm__("" : "+r"(size));
	memcpy(to, from, size);
}

/* What a step of unwinding may change: integer registers, rip, rsp and the xmm registers lie in front of this. */
#define KE_CHANGING_BYTES (offsetof(CONTEXT, FltSave) + offsetof(XMM_SAVE_AREA32, Reserved4))

/* From a context in host code, one frame up. */
enum ke_walk ke_walk_host(CONTEXT *context, DISPATCHER_CONTEXT **dispatcher);

/* The vectored lists: whether a handler said to continue. */
bool ke_call_vectored(EXCEPTION_POINTERS *pointers, bool continue_list);

EXCEPTION_DISPOSITION WINAPI ke_execute_handler(EXCEPTION_RECORD *record, ULONG_PTR frame, CONTEXT *context,
						DISPATCHER_CONTEXT *dispatcher);
/* `caller` is the context of RtlUnwindEx's caller. */
EXCEPTION_DISPOSITION WINAPI ke_execute_unwind_handler(EXCEPTION_RECORD *record, ULONG_PTR frame, CONTEXT *context,
						       DISPATCHER_CONTEXT *dispatcher, CONTEXT *caller);
void WINAPI ke_consolidate(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));
extern const char ke_frame_dispatcher[], ke_frame_handler[], ke_frame_unwind_handler[], ke_frame_consolidate[],
	ke_frame_apc[];

/* What NT says of a fault: its status; the record's parameters and, where it differs, its address and the context's. */
NTSTATUS ke_describe_fault(const struct host_fault *fault, enum mm_fault_result memory, CONTEXT *context,
			   EXCEPTION_RECORD *record);
/* Puts context and record below the context's stack pointer, as NT's kernel does; `registers` then enter ntdll.  false:
 * there is no room. */
bool ke_push_exception(struct host_registers *registers, const CONTEXT *context, const EXCEPTION_RECORD *record);
/* The address of KiUserExceptionDispatcher in the builtin ntdll's image; 0 before that is loaded. */
extern uint64_t ke_exception_entry;
/* Raises by way of it.  `given`: where the context is a copy of; its extended state is there. */
void ke_enter_exception(const EXCEPTION_RECORD *record, const CONTEXT *context, CONTEXT *given) __attribute__((noreturn));
/* Goes on with a context as handlers left it, debug registers and extended state included. */
void ke_continue(CONTEXT *context) __attribute__((noreturn));
/* The same with a copy of it; what follows a context is behind the original. */
void ke_continue_as(CONTEXT *context, CONTEXT *extended) __attribute__((noreturn));
/* Writes the CONTEXT_EX behind a context; with an area (not 0) for extended state, also that, from an image. */
void ke_extend_context(CONTEXT *context, uintptr_t area, const void *image);

/* apc.c and guest.S */
void KiUserApcDispatcher(void);
void ke_run_apcs(void);
void ke_run_special_apcs(void);
void ke_jump(uint64_t rip, void *rsp) __attribute__((noreturn));
void WINAPI ke_start_apcs(const CONTEXT *context);
void WINAPI ke_start_special_apcs(const CONTEXT *context);
void WINAPI ke_apc_done(CONTEXT *context);

/* Whether [from, from + size) on the current thread's stack can be written, made so if the stack may grow there. */
bool ke_stack_writable(uintptr_t from, size_t size);
void ke_set_services(const struct dll_descriptor *dll);
extern const char ke_system_call_return[];
/* A system call instruction of the guest's.  In the signal handler. */
void ke_system_call(struct host_registers *registers, unsigned number);

/* Called by the assembly entries with their caller's context. */
void WINAPI ke_raise(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));
void WINAPI ke_raise_status(NTSTATUS status, CONTEXT *context) __attribute__((noreturn));
void WINAPI ke_raise_arguments(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments, CONTEXT *context)
	__attribute__((noreturn));
void WINAPI ke_unwind(ULONG_PTR target, ULONG_PTR ip, EXCEPTION_RECORD *record, ULONG_PTR value, CONTEXT *given,
		      CONTEXT *context) __attribute__((noreturn));
/* RtlCaptureContext2: what the target's flags ask for. */
void WINAPI ke_capture(CONTEXT *to, CONTEXT *now);
void WINAPI ke_user_exception(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));

#endif
