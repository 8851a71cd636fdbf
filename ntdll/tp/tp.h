/*
 * ntdll/tp/tp.h - the thread pool, as programs and kernel32 see it.  Read ntdll/tp/README.md for the design.
 *
 * Objects are opaque to programs.  A pointer that is none, or one that was released, raises STATUS_INVALID_PARAMETER.
 */
#ifndef PEWTER_NTDLL_TP_TP_H
#define PEWTER_NTDLL_TP_TP_H

#include "nt/io.h"
#include "nt/ntdef.h"
#include "nt/ntstatus.h"

struct _RTL_CRITICAL_SECTION;

typedef struct tp_instance TP_CALLBACK_INSTANCE;
typedef struct tp_pool TP_POOL;
typedef struct tp_group TP_CLEANUP_GROUP;
typedef struct tp_object TP_WORK, TP_TIMER, TP_WAIT, TP_IO;

typedef void(NTAPI *PTP_SIMPLE_CALLBACK)(TP_CALLBACK_INSTANCE *instance, PVOID context);

typedef struct _TP_POOL_STACK_INFORMATION {
	SIZE_T StackReserve;
	SIZE_T StackCommit;
} TP_POOL_STACK_INFORMATION;

#define TP_PRIORITY_HIGH 0
#define TP_PRIORITY_NORMAL 1
#define TP_PRIORITY_LOW 2
#define TP_PRIORITIES 3
#define TP_ENVIRON_LONG_FUNCTION 1u
#define TP_ENVIRON_PERSISTENT 2u

typedef struct _TP_CALLBACK_ENVIRON {
	ULONG Version; /* 1, or 3 with the last two fields */
	TP_POOL *Pool;
	TP_CLEANUP_GROUP *CleanupGroup;
	PVOID CleanupGroupCancelCallback; /* (object's context, group's) */
	PVOID RaceDll;
	PVOID ActivationContext;
	PVOID FinalizationCallback; /* PTP_SIMPLE_CALLBACK */
	ULONG Flags;		    /* TP_ENVIRON_* */
	LONG CallbackPriority;
	ULONG Size;
} TP_CALLBACK_ENVIRON;

NTSTATUS NTAPI TpAllocPool(TP_POOL **pool, PVOID reserved);
void NTAPI TpReleasePool(TP_POOL *pool);
void NTAPI TpSetPoolMaxThreads(TP_POOL *pool, ULONG maximum);
NTSTATUS NTAPI TpSetPoolMinThreads(TP_POOL *pool, ULONG minimum);
NTSTATUS NTAPI TpSetPoolStackInformation(TP_POOL *pool, const TP_POOL_STACK_INFORMATION *information);
NTSTATUS NTAPI TpQueryPoolStackInformation(TP_POOL *pool, TP_POOL_STACK_INFORMATION *information);

NTSTATUS NTAPI TpAllocCleanupGroup(TP_CLEANUP_GROUP **group);
NTSTATUS NTAPI TpSimpleTryPost(PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ);
NTSTATUS NTAPI TpAllocWork(TP_WORK **work, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ);
NTSTATUS NTAPI TpAllocTimer(TP_TIMER **timer, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ);
NTSTATUS NTAPI TpAllocWait(TP_WAIT **wait, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ);
NTSTATUS NTAPI TpAllocIoCompletion(TP_IO **io, HANDLE file, PVOID callback, PVOID context,
				   const TP_CALLBACK_ENVIRON *environ);
/* The same for a callback of CreateThreadpoolIo: (instance, context, overlapped, Win32 error, bytes, io). */
NTSTATUS tp_alloc_win32_io(TP_IO **io, HANDLE file, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ);
NTSTATUS NTAPI TpCallbackMayRunLong(TP_CALLBACK_INSTANCE *instance);

/* WT_* of winnt.h */
#define TP_EXECUTE_IN_IO_THREAD 0x00000001u
#define TP_EXECUTE_IN_WAIT_THREAD 0x00000004u
#define TP_EXECUTE_ONLY_ONCE 0x00000008u
#define TP_EXECUTE_LONG_FUNCTION 0x00000010u
#define TP_EXECUTE_IN_TIMER_THREAD 0x00000020u
#define TP_EXECUTE_IN_PERSISTENT_THREAD 0x00000080u

NTSTATUS NTAPI RtlQueueWorkItem(PVOID function, PVOID context, ULONG flags);
NTSTATUS NTAPI RtlRegisterWait(HANDLE *wait, HANDLE object, PVOID callback, PVOID context, ULONG milliseconds, ULONG flags);
NTSTATUS NTAPI RtlDeregisterWait(HANDLE wait);
NTSTATUS NTAPI RtlDeregisterWaitEx(HANDLE wait, HANDLE event);
NTSTATUS NTAPI RtlCreateTimerQueue(HANDLE *queue);
NTSTATUS NTAPI RtlDeleteTimerQueue(HANDLE queue);
NTSTATUS NTAPI RtlDeleteTimerQueueEx(HANDLE queue, HANDLE event);
NTSTATUS NTAPI RtlCreateTimer(HANDLE queue, HANDLE *timer, PVOID callback, PVOID context, DWORD due, DWORD period,
			      ULONG flags);
NTSTATUS NTAPI RtlUpdateTimer(HANDLE queue, HANDLE timer, DWORD due, DWORD period);
NTSTATUS NTAPI RtlDeleteTimer(HANDLE queue, HANDLE timer, HANDLE event);
NTSTATUS NTAPI RtlSetIoCompletionCallback(HANDLE file, PVOID callback, ULONG flags);
/* The same for BindIoCompletionCallback: the callback gets a Win32 error. */
NTSTATUS tp_bind_win32_io(HANDLE file, PVOID callback);

#endif
