/*
 * ntdll/ps/gate.h - where a process that was created suspended stands until it is resumed.
 *
 * Its image, PEB, TEB and stack are there, its DLLs are not: the first thread that runs brings them, even if it is one that
 * another process made while the first thread still stands (execution facts, row 68).  Here the first thread does that for it,
 * and goes back to the gate.
 *
 * How often it is suspended is counted in the handover, for everybody who knows the process: no question is asked to start it.
 */
#ifndef PEWTER_NTDLL_PS_GATE_H
#define PEWTER_NTDLL_PS_GATE_H

#include "ntdll/ps/thread.h"

/* ps_handover.suspended: a count, and these. */
#define PS_GATE_COUNT 0xFFu
#define PS_GATE_INITIALIZE 0x40000000u /* DLLs are wanted though the thread is suspended */
#define PS_GATE_OPEN 0x80000000u       /* it runs: nothing here has a meaning any more */

/* The first thread, before it brings the DLLs, and before it enters the program. */
void ps_gate_before_loading(void *entry);
void ps_gate_before_entry(void);
/* Another thread of this process, before it runs anything: waits for the DLLs. */
void ps_gate_wait_loaded(void);
/* Has the first thread bring the DLLs if it stands at the gate. */
void ps_gate_initialize(void);

/* Suspends or resumes (1, -1) a thread, ours or another process', that stands there: *status is what comes of it.  false: it
 * does not. */
bool ps_gate_adjust(struct ps_thread *thread, int change, ULONG *previous, NTSTATUS *status);
bool ps_at_gate(const struct ps_thread *thread);
/* Its suspend count if it stands there, else `count`. */
ULONG ps_gate_count(const struct ps_thread *thread, ULONG count);

#endif
