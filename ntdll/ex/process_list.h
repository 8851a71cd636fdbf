/*
 * ntdll/ex/process_list.h - SystemProcessInformation: every process, each followed by its threads.
 */
#ifndef PEWTER_NTDLL_EX_PROCESS_LIST_H
#define PEWTER_NTDLL_EX_PROCESS_LIST_H

#include "nt/ntdef.h"
#include "nt/peb.h"

typedef struct _SYSTEM_THREAD_INFORMATION {
	LARGE_INTEGER KernelTime, UserTime, CreateTime;
	ULONG WaitTime;
	PVOID StartAddress;
	CLIENT_ID ClientId;
	LONG Priority, BasePriority;
	ULONG ContextSwitches, ThreadState, WaitReason;
} SYSTEM_THREAD_INFORMATION;

typedef struct _SYSTEM_PROCESS_INFORMATION {
	ULONG NextEntryOffset; /* 0: the last */
	ULONG NumberOfThreads;
	LARGE_INTEGER WorkingSetPrivateSize;
	ULONG HardFaultCount, NumberOfThreadsHighWatermark;
	ULONGLONG CycleTime;
	LARGE_INTEGER CreateTime, UserTime, KernelTime;
	UNICODE_STRING ImageName;
	LONG BasePriority;
	HANDLE UniqueProcessId, InheritedFromUniqueProcessId;
	ULONG HandleCount, SessionId;
	ULONG_PTR UniqueProcessKey;
	SIZE_T PeakVirtualSize, VirtualSize;
	ULONG PageFaultCount;
	SIZE_T PeakWorkingSetSize, WorkingSetSize;
	SIZE_T QuotaPeakPagedPoolUsage, QuotaPagedPoolUsage, QuotaPeakNonPagedPoolUsage, QuotaNonPagedPoolUsage;
	SIZE_T PagefileUsage, PeakPagefileUsage, PrivatePageCount;
	LARGE_INTEGER ReadOperationCount, WriteOperationCount, OtherOperationCount;
	LARGE_INTEGER ReadTransferCount, WriteTransferCount, OtherTransferCount;
	SYSTEM_THREAD_INFORMATION Threads[];
} SYSTEM_PROCESS_INFORMATION;
_Static_assert(sizeof(void *) != 8 || sizeof(SYSTEM_PROCESS_INFORMATION) == 0x100, "SYSTEM_PROCESS_INFORMATION");

/* Class 5 of NtQuerySystemInformation.  STATUS_INFO_LENGTH_MISMATCH with the size that is needed now. */
NTSTATUS ex_query_processes(void *buffer, ULONG capacity, ULONG *returned);

#endif
