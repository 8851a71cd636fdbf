/*
 * ntdll/ps/hints.h - what programs say about how threads and the process should be treated; see hints.c.
 */
#ifndef PEWTER_NTDLL_PS_HINTS_H
#define PEWTER_NTDLL_PS_HINTS_H

#include "ntdll/ps/thread.h"

/* Information classes of threads and processes that the big tables in calls.c and process_calls.c leave to this file.
 */
enum {
	ThreadBreakOnTermination = 18,
	ThreadIsTerminated = 20,
	ThreadIoPriority = 22,
	ThreadCycleTime = 23,
	ThreadPagePriority = 24,
	ThreadActualBasePriority = 25,
	ThreadSelectedCpuSets = 39,
	ThreadActualGroupAffinity = 41,
	ThreadDynamicCodePolicyInfo = 42,
	ThreadPowerThrottlingState = 49,
};
enum {
	ProcessIoCounters = 2,
	ProcessBreakOnTermination = 29,
	ProcessDebugObjectHandle = 30,
	ProcessIoPriority = 33,
	ProcessCookie = 36,
	ProcessCycleTime = 38,
	ProcessPagePriority = 39,
	ProcessAffinityUpdateMode = 45,
	ProcessGroupInformation = 47,
	ProcessProtectionInformation = 61,
	ProcessDefaultCpuSetsInformation = 66,
	ProcessSubsystemInformation = 75,
	ProcessPowerThrottlingState = 77,
};

typedef struct _CYCLE_TIME_INFORMATION {
	ULONGLONG AccumulatedCycles, CurrentCycleCount;
} CYCLE_TIME_INFORMATION;

typedef struct _IO_COUNTERS {
	ULONGLONG ReadOperationCount, WriteOperationCount, OtherOperationCount;
	ULONGLONG ReadTransferCount, WriteTransferCount, OtherTransferCount;
} IO_COUNTERS;

/* THREAD_ and PROCESS_POWER_THROTTLING_STATE. */
typedef struct _POWER_THROTTLING_STATE {
	ULONG Version, ControlMask, StateMask;
} POWER_THROTTLING_STATE;

/* Answers a class into `info` (of at least PS_HINT_SIZE bytes), *needed bytes; STATUS_INVALID_INFO_CLASS: not one of
 * these. */
#define PS_HINT_SIZE 48u
NTSTATUS ps_query_thread_hint(struct ps_thread *thread, ULONG class, void *info, ULONG *needed);
NTSTATUS ps_query_process_hint(struct ps_process *process, ULONG class, void *info, ULONG *needed);
/* Sets one from the guest's buffer.  Of this process only. */
NTSTATUS ps_set_thread_hint(struct ps_thread *thread, ULONG class, const void *buffer, ULONG size);
NTSTATUS ps_set_process_hint(ULONG class, const void *buffer, ULONG size);
/* The classes that take no more than the limited rights. */
bool ps_thread_hint_is_limited(ULONG class);

#endif
