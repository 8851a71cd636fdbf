/*
 * ntdll/ps/scheduling.h - priorities, processors, names and times of threads, as far as Linux gives them; see scheduling.c.
 */
#ifndef PEWTER_NTDLL_PS_SCHEDULING_H
#define PEWTER_NTDLL_PS_SCHEDULING_H

#include "ntdll/ps/thread.h"

/* The processors that the process may use. */
KAFFINITY ps_process_affinity(void);
/* STATUS_INVALID_PARAMETER: none, or one that the process did not start with.  All its threads are moved there. */
NTSTATUS ps_set_process_affinity(KAFFINITY mask);
/* STATUS_INVALID_PARAMETER: none, or one that the process may not use. */
NTSTATUS ps_set_affinity(struct ps_thread *thread, KAFFINITY mask);
/* CPU sets, as masks of processors: a thread's own go before the process'.  Where they leave none of the affinity that counts
 * alone (MSDN, CPU Sets).  STATUS_THREAD_IS_TERMINATING. */
NTSTATUS ps_select_cpu_sets(struct ps_thread *thread, KAFFINITY mask);
void ps_set_default_cpu_sets(KAFFINITY mask);
KAFFINITY ps_default_cpu_sets(void);
KAFFINITY ps_effective_affinity(const struct ps_thread *thread);
/* 1 to 31: of its class and distance. */
LONG ps_base_priority(const struct ps_thread *thread);
/* Cycles of the time stamp counter in a time of 100 ns units. */
uint64_t ps_cycles(uint64_t time);
/* -2 to 2, 15 and 16, -15 and -16; else STATUS_INVALID_PARAMETER. */
NTSTATUS ps_set_priority(struct ps_thread *thread, LONG priority);
/* NT's number of a priority class, 1 to 6. */
void ps_set_priority_class(ULONG class);
/* Shows the thread's description as the name of its host thread. */
void ps_show_name(struct ps_thread *thread, const char16_t *name, ULONG bytes);
/* A new thread has none of what its maker, or who ran on the host thread before it, was given. */
void ps_reset_scheduling(struct ps_thread *thread);
/* Tells Linux again what processors a running thread may use, if anything was ever set. */
void ps_reset_affinity(struct ps_thread *thread);
/* The thread's own user and system time, 100 ns units. */
void ps_thread_times(struct ps_thread *thread, uint64_t *user, uint64_t *kernel);

#endif
