/*
 * kernel32/utilapiset.c - Beep; EncodePointer and DecodePointer are ntdll/rtl/pointer.c.
 */
#include "kernel32/kernel32.h"
#include "host/host.h"

/* The terminal's bell; frequencies Windows refuses are refused. */
EXPORT(kernel32, BOOL, Beep, (DWORD frequency, DWORD milliseconds))
{
	if (frequency < 37 || frequency > 32767) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	host_message("\a");
	return TRUE;
}
