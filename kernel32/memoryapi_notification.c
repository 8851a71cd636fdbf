/*
 * kernel32/memoryapi_notification.c - memoryapi.h: being told when memory is short or plenty.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ex/ex.h"

/* MEMORY_RESOURCE_NOTIFICATION_TYPE: 0 low, 1 high. */
EXPORT(kernel32, HANDLE, CreateMemoryResourceNotification, (INT type))
{
	HANDLE handle;

	if (type < 0 || type > 1) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return win32_result(ex_open_memory_condition(type ? EX_MEMORY_IS_HIGH : EX_MEMORY_IS_LOW, &handle)) ? handle : NULL;
}

EXPORT(kernel32, BOOL, QueryMemoryResourceNotification, (HANDLE notification, PBOOL state))
{
	bool holds;

	if (!notification || notification == INVALID_HANDLE_VALUE || !state) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!win32_result(ex_query_memory_condition(notification, &holds)))
		return FALSE;
	*state = holds;
	return TRUE;
}
