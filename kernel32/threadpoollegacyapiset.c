/*
 * kernel32/threadpoollegacyapiset.c - the thread pool of Windows 2000: work items, registered waits, timer queues.
 */
#include "kernel32/kernel32.h"
#include "ntdll/tp/tp.h"

/* What is still in progress is a failure here. */
static BOOL ended(NTSTATUS status)
{
	if (status == STATUS_PENDING) {
		set_last_error(ERROR_IO_PENDING);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, QueueUserWorkItem, (PVOID function, PVOID context, ULONG flags))
{
	return win32_result(RtlQueueWorkItem(function, context, flags));
}

EXPORT(kernel32, BOOL, BindIoCompletionCallback, (HANDLE file, PVOID callback, ULONG flags))
{
	if (flags) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return win32_result(tp_bind_win32_io(file, callback));
}

EXPORT(kernel32, BOOL, RegisterWaitForSingleObject,
       (PHANDLE wait, HANDLE object, PVOID callback, PVOID context, ULONG milliseconds, ULONG flags))
{
	return win32_result(RtlRegisterWait(wait, object, callback, context, milliseconds, flags));
}

EXPORT(kernel32, HANDLE, RegisterWaitForSingleObjectEx,
       (HANDLE object, PVOID callback, PVOID context, ULONG milliseconds, ULONG flags))
{
	HANDLE wait;

	return win32_result(RtlRegisterWait(&wait, object, callback, context, milliseconds, flags)) ? wait : NULL;
}

EXPORT(kernel32, BOOL, UnregisterWait, (HANDLE wait))
{
	return ended(RtlDeregisterWait(wait));
}

EXPORT(kernel32, BOOL, UnregisterWaitEx, (HANDLE wait, HANDLE event))
{
	return ended(RtlDeregisterWaitEx(wait, event));
}

EXPORT(kernel32, HANDLE, CreateTimerQueue, (void))
{
	HANDLE queue;

	return win32_result(RtlCreateTimerQueue(&queue)) ? queue : NULL;
}

EXPORT(kernel32, BOOL, CreateTimerQueueTimer,
       (PHANDLE timer, HANDLE queue, PVOID callback, PVOID parameter, DWORD due, DWORD period, ULONG flags))
{
	return win32_result(RtlCreateTimer(queue, timer, callback, parameter, due, period, flags));
}

EXPORT(kernel32, BOOL, ChangeTimerQueueTimer, (HANDLE queue, HANDLE timer, ULONG due, ULONG period))
{
	return win32_result(RtlUpdateTimer(queue, timer, due, period));
}

EXPORT(kernel32, BOOL, DeleteTimerQueueTimer, (HANDLE queue, HANDLE timer, HANDLE event))
{
	return ended(RtlDeleteTimer(queue, timer, event));
}

EXPORT(kernel32, BOOL, DeleteTimerQueueEx, (HANDLE queue, HANDLE event))
{
	return ended(RtlDeleteTimerQueueEx(queue, event));
}

EXPORT(kernel32, BOOL, DeleteTimerQueue, (HANDLE queue))
{
	return ended(RtlDeleteTimerQueue(queue));
}
