/*
 * ntdll/ps/job_calls.h - the Nt calls about jobs (ntddk.h, jobapi.h by other names).
 */
#ifndef PEWTER_NTDLL_PS_JOB_CALLS_H
#define PEWTER_NTDLL_PS_JOB_CALLS_H

#include "nt/ntdef.h"

NTSTATUS NTAPI NtCreateJobObject(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtOpenJobObject(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtAssignProcessToJobObject(HANDLE job, HANDLE process);
NTSTATUS NTAPI NtTerminateJobObject(HANDLE job, NTSTATUS code);
/* STATUS_PROCESS_IN_JOB, STATUS_PROCESS_NOT_IN_JOB; job 0: any. */
NTSTATUS NTAPI NtIsProcessInJob(HANDLE process, HANDLE job);
NTSTATUS NTAPI NtQueryInformationJobObject(HANDLE job, ULONG class, PVOID buffer, ULONG size, ULONG *returned);
NTSTATUS NTAPI NtSetInformationJobObject(HANDLE job, ULONG class, PVOID buffer, ULONG size);

#endif
