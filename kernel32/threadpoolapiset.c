/*
 * kernel32/threadpoolapiset.c - the thread pool of Windows Vista: most of it is ntdll's under other names.
 */
#include "kernel32/kernel32.h"
#include "ntdll/tp/tp.h"

EXPORT_FORWARD(kernel32, "CancelThreadpoolIo", "NTDLL.TpCancelAsyncIoOperation");
EXPORT_FORWARD(kernel32, "CloseThreadpool", "NTDLL.TpReleasePool");
EXPORT_FORWARD(kernel32, "CloseThreadpoolCleanupGroup", "NTDLL.TpReleaseCleanupGroup");
EXPORT_FORWARD(kernel32, "CloseThreadpoolCleanupGroupMembers", "NTDLL.TpReleaseCleanupGroupMembers");
EXPORT_FORWARD(kernel32, "CloseThreadpoolIo", "NTDLL.TpReleaseIoCompletion");
EXPORT_FORWARD(kernel32, "CloseThreadpoolTimer", "NTDLL.TpReleaseTimer");
EXPORT_FORWARD(kernel32, "CloseThreadpoolWait", "NTDLL.TpReleaseWait");
EXPORT_FORWARD(kernel32, "CloseThreadpoolWork", "NTDLL.TpReleaseWork");
EXPORT_FORWARD(kernel32, "DisassociateCurrentThreadFromCallback", "NTDLL.TpDisassociateCallback");
EXPORT_FORWARD(kernel32, "FreeLibraryWhenCallbackReturns", "NTDLL.TpCallbackUnloadDllOnCompletion");
EXPORT_FORWARD(kernel32, "IsThreadpoolTimerSet", "NTDLL.TpIsTimerSet");
EXPORT_FORWARD(kernel32, "LeaveCriticalSectionWhenCallbackReturns", "NTDLL.TpCallbackLeaveCriticalSectionOnCompletion");
EXPORT_FORWARD(kernel32, "ReleaseMutexWhenCallbackReturns", "NTDLL.TpCallbackReleaseMutexOnCompletion");
EXPORT_FORWARD(kernel32, "ReleaseSemaphoreWhenCallbackReturns", "NTDLL.TpCallbackReleaseSemaphoreOnCompletion");
EXPORT_FORWARD(kernel32, "SetEventWhenCallbackReturns", "NTDLL.TpCallbackSetEventOnCompletion");
EXPORT_FORWARD(kernel32, "SetThreadpoolThreadMaximum", "NTDLL.TpSetPoolMaxThreads");
EXPORT_FORWARD(kernel32, "SetThreadpoolTimer", "NTDLL.TpSetTimer");
EXPORT_FORWARD(kernel32, "SetThreadpoolTimerEx", "NTDLL.TpSetTimerEx");
EXPORT_FORWARD(kernel32, "SetThreadpoolWait", "NTDLL.TpSetWait");
EXPORT_FORWARD(kernel32, "SetThreadpoolWaitEx", "NTDLL.TpSetWaitEx");
EXPORT_FORWARD(kernel32, "StartThreadpoolIo", "NTDLL.TpStartAsyncIoOperation");
EXPORT_FORWARD(kernel32, "SubmitThreadpoolWork", "NTDLL.TpPostWork");
EXPORT_FORWARD(kernel32, "WaitForThreadpoolIoCallbacks", "NTDLL.TpWaitForIoCompletion");
EXPORT_FORWARD(kernel32, "WaitForThreadpoolTimerCallbacks", "NTDLL.TpWaitForTimer");
EXPORT_FORWARD(kernel32, "WaitForThreadpoolWaitCallbacks", "NTDLL.TpWaitForWait");
EXPORT_FORWARD(kernel32, "WaitForThreadpoolWorkCallbacks", "NTDLL.TpWaitForWork");

EXPORT(kernel32, TP_POOL *, CreateThreadpool, (PVOID reserved))
{
	TP_POOL *pool;

	return win32_result(TpAllocPool(&pool, reserved)) ? pool : NULL;
}

EXPORT(kernel32, BOOL, SetThreadpoolThreadMinimum, (TP_POOL *pool, DWORD minimum))
{
	return win32_result(TpSetPoolMinThreads(pool, minimum));
}

EXPORT(kernel32, BOOL, SetThreadpoolStackInformation, (TP_POOL *pool, const TP_POOL_STACK_INFORMATION *information))
{
	return win32_result(TpSetPoolStackInformation(pool, information));
}

EXPORT(kernel32, BOOL, QueryThreadpoolStackInformation, (TP_POOL *pool, TP_POOL_STACK_INFORMATION *information))
{
	return win32_result(TpQueryPoolStackInformation(pool, information));
}

EXPORT(kernel32, TP_CLEANUP_GROUP *, CreateThreadpoolCleanupGroup, (void))
{
	TP_CLEANUP_GROUP *group;

	return win32_result(TpAllocCleanupGroup(&group)) ? group : NULL;
}

EXPORT(kernel32, BOOL, TrySubmitThreadpoolCallback, (PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	return win32_result(TpSimpleTryPost(callback, context, environ));
}

EXPORT(kernel32, TP_WORK *, CreateThreadpoolWork, (PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	TP_WORK *work;

	return win32_result(TpAllocWork(&work, callback, context, environ)) ? work : NULL;
}

EXPORT(kernel32, TP_TIMER *, CreateThreadpoolTimer, (PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	TP_TIMER *timer;

	return win32_result(TpAllocTimer(&timer, callback, context, environ)) ? timer : NULL;
}

EXPORT(kernel32, TP_WAIT *, CreateThreadpoolWait, (PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	TP_WAIT *wait;

	return win32_result(TpAllocWait(&wait, callback, context, environ)) ? wait : NULL;
}

EXPORT(kernel32, TP_IO *, CreateThreadpoolIo,
       (HANDLE file, PVOID callback, PVOID context, const TP_CALLBACK_ENVIRON *environ))
{
	TP_IO *io;

	return win32_result(tp_alloc_win32_io(&io, file, callback, context, environ)) ? io : NULL;
}

EXPORT(kernel32, BOOL, CallbackMayRunLong, (TP_CALLBACK_INSTANCE *instance))
{
	return win32_result(TpCallbackMayRunLong(instance));
}
