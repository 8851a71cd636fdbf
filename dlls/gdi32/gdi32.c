/*
 * dlls/gdi32/gdi32.c - the builtin gdi32.dll of a machine without displays: no device context can be had, so there are no
 * objects either, and whatever is given as one is not valid.
 */
#include "kernel32/kernel32.h"

DEFINE_DLL(gdi32, .name = "gdi32.dll");

/* MSDN: zero for a handle that is not valid.  The last error stays. */
EXPORT(gdi32, BOOL, DeleteObject, (HANDLE object))
{
	return FALSE;
}

EXPORT(gdi32, BOOL, DeleteDC, (HANDLE context))
{
	return FALSE;
}

EXPORT(gdi32, INT, GetObjectA, (HANDLE object, INT size, PVOID buffer))
{
	return 0;
}

EXPORT(gdi32, INT, GetObjectW, (HANDLE object, INT size, PVOID buffer))
{
	return 0;
}

EXPORT(gdi32, DWORD, GetObjectType, (HANDLE object))
{
	set_last_error(ERROR_INVALID_HANDLE);
	return 0;
}

/* MSDN: NULL when it fails, also for a given context that is not one. */
EXPORT(gdi32, HANDLE, CreateCompatibleDC, (HANDLE context))
{
	return NULL;
}

EXPORT(gdi32, HANDLE, CreateDCA, (LPCSTR driver, LPCSTR device, LPCSTR port, const void *mode))
{
	return NULL;
}

EXPORT(gdi32, HANDLE, CreateDCW, (LPCWSTR driver, LPCWSTR device, LPCWSTR port, const void *mode))
{
	return NULL;
}

EXPORT(gdi32, HANDLE, SelectObject, (HANDLE context, HANDLE object))
{
	return NULL;
}

EXPORT(gdi32, INT, GetDeviceCaps, (HANDLE context, INT index))
{
	return 0;
}
