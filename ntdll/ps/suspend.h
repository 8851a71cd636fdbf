/*
 * ntdll/ps/suspend.h - stopping threads; see suspend.c.
 */
#ifndef PEWTER_NTDLL_PS_SUSPEND_H
#define PEWTER_NTDLL_PS_SUSPEND_H

#include "ntdll/ps/thread.h"

/* A thread cannot be suspended more often (STATUS_SUSPEND_COUNT_EXCEEDED). */
#define MAXIMUM_SUSPEND_COUNT 127

/* A bit of ps_thread.pending: the process ends, the thread never goes on. */
#define PS_PENDING_FREEZE 4u
/* Somebody reads or sets its registers; `looks` counts them.  Not a suspension: nobody sees it in the count. */
#define PS_PENDING_LOOK 8u
/* A debugger has been told of something and has not answered yet; not a suspension either. */
#define PS_PENDING_HOLD 32u
#define PS_PENDING_STOP (PS_PENDING_SUSPEND | PS_PENDING_FREEZE | PS_PENDING_LOOK | PS_PENDING_HOLD)

void ps_suspend_initialize(void);
/* A thread that was created suspended waits here, before it has entered the guest. */
void ps_wait_to_start(void);
/* Enters the guest at the thread's start context. */
void ps_enter_start_context(void);
/* All other threads stop at the border; waits for them, but not for ever. */
void ps_freeze_other_threads(void);
/* The same, until they are let go; threads that are made meanwhile do not begin. */
extern bool ps_threads_held;
void ps_hold_other_threads(void);
void ps_let_other_threads_go(void);

/* STATUS_SUSPEND_COUNT_EXCEEDED, STATUS_THREAD_IS_TERMINATING.  A thread in host code goes on to the border. */
NTSTATUS ps_suspend_thread(struct ps_thread *thread, ULONG *previous);
NTSTATUS ps_resume_thread(struct ps_thread *thread, ULONG *previous);
/* Another thread ends without running guest code. */
void ps_terminate_thread(struct ps_thread *thread, DWORD code);
/* Copies the groups of registers that the flags name. */
void ps_copy_context(CONTEXT *to, const CONTEXT *from, ULONG flags);
/* Registers of a thread; another one is stopped for it.  The context's flags are checked here.  Image and area are extended
 * state (ke/x86_64/xstate.h), NULL where it is not asked for. */
struct ke_xstate_image;
struct ke_xstate_area;
NTSTATUS ps_get_context(struct ps_thread *thread, CONTEXT *context, struct ke_xstate_image *image);
NTSTATUS ps_set_context(struct ps_thread *thread, const CONTEXT *context, const struct ke_xstate_area *area, ULONG length);
/* Makes it run its special APCs as soon as it is in guest code. */
void ps_interrupt_thread(struct ps_thread *thread);

#endif
