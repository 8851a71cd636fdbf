/*
 * ntdll/ke/context.h - contexts from and to the registers that host/ reports.
 */
#ifndef PEWTER_NTDLL_KE_CONTEXT_H
#define PEWTER_NTDLL_KE_CONTEXT_H

#include "host/fault.h"
#include "nt/context.h"

struct ps_thread;

void ke_context_from_registers(CONTEXT *context, const struct host_registers *registers);
/* Loads what the context's flags name. */
void ke_context_to_registers(const CONTEXT *context, struct host_registers *registers);

/* The registers of a blocked thread as its guest code will see them, as far as its host frames can be unwound. */
void ke_border_context(const struct ps_thread *thread, CONTEXT *context);

/* The registers that the guest's caller of the host code has, as far as calls keep them, as they will be when it returns. */
void ke_capture_caller(CONTEXT *context);
/* Where a thread that looks at its own registers stands: at the return of NtGetContextThread, in ntdll's image; 0 before it is
 * loaded. */
extern uint64_t ke_get_context_return;
/* RtlUserThreadStart there, where threads begin that nobody has run yet; 0 before it is loaded. */
extern uint64_t ke_thread_start;

/* One host frame up, by the call frame information of our own code and libraries: false at its end. */
bool ke_unwind_host_frame(CONTEXT *context, KNONVOLATILE_CONTEXT_POINTERS *pointers);

/* Debug registers: a thread's own, as contexts show them (Dr0 to Dr7).  Setting arms the processor's breakpoints where
 * the host has them. */
void ke_set_debug_registers(struct ps_thread *thread, const CONTEXT *context);
void ke_get_debug_registers(const struct ps_thread *thread, CONTEXT *context);
/* At the thread's end. */
void ke_drop_breakpoints(struct ps_thread *thread);

#endif
