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

/* --- what is drawn with contexts and objects, or makes them --- */

#define NO_CONTEXT(type, name, params)                                                                                 \
	EXPORT(gdi32, type, name, params)                                                                              \
	{                                                                                                              \
		set_last_error(ERROR_INVALID_HANDLE);                                                                  \
		return (type)0;                                                                                        \
	}
/* MSDN: NULL when it fails. */
#define NO_OBJECT(name, params)                                                                                        \
	EXPORT(gdi32, HANDLE, name, params)                                                                            \
	{                                                                                                              \
		return NULL;                                                                                           \
	}

NO_CONTEXT(BOOL, BitBlt, (HANDLE to, INT x, INT y, INT width, INT height, HANDLE from, INT from_x, INT from_y, DWORD how))
NO_CONTEXT(BOOL, ExtTextOutW,
	   (HANDLE context, INT x, INT y, UINT options, const void *rect, LPCWSTR text, UINT count, const INT *widths))
NO_CONTEXT(INT, ChoosePixelFormat, (HANDLE context, const void *format))
NO_CONTEXT(INT, DescribePixelFormat, (HANDLE context, INT index, UINT size, PVOID format))
NO_CONTEXT(INT, GetPixelFormat, (HANDLE context))
NO_CONTEXT(BOOL, SetPixelFormat, (HANDLE context, INT index, const void *format))
NO_CONTEXT(BOOL, SwapBuffers, (HANDLE context))
NO_CONTEXT(UINT, GetDIBColorTable, (HANDLE context, UINT first, UINT count, PVOID colors))
NO_CONTEXT(INT, GetDIBits, (HANDLE context, HANDLE bitmap, UINT first, UINT count, PVOID bits, PVOID info, UINT usage))
NO_CONTEXT(BOOL, GetDeviceGammaRamp, (HANDLE context, PVOID ramp))
NO_CONTEXT(BOOL, SetDeviceGammaRamp, (HANDLE context, PVOID ramp))
NO_CONTEXT(BOOL, GetTextExtentPoint32A, (HANDLE context, LPCSTR text, INT count, PVOID size))
NO_CONTEXT(BOOL, GetTextExtentPoint32W, (HANDLE context, LPCWSTR text, INT count, PVOID size))
NO_CONTEXT(BOOL, GetTextMetricsW, (HANDLE context, PVOID metrics))
NO_CONTEXT(BOOL, Rectangle, (HANDLE context, INT left, INT top, INT right, INT bottom))
NO_CONTEXT(INT, SetBkMode, (HANDLE context, INT mode))
NO_CONTEXT(INT, CombineRgn, (HANDLE to, HANDLE a, HANDLE b, INT how)) /* ERROR */

/* CLR_INVALID */
EXPORT(gdi32, DWORD, SetTextColor, (HANDLE context, DWORD color))
{
	set_last_error(ERROR_INVALID_HANDLE);
	return 0xFFFFFFFF;
}

NO_OBJECT(CreateBitmap, (INT width, INT height, UINT planes, UINT bits, const void *data))
NO_OBJECT(CreateCompatibleBitmap, (HANDLE context, INT width, INT height))
NO_OBJECT(CreateDIBSection, (HANDLE context, const void *info, UINT usage, PVOID *bits, HANDLE section, DWORD offset))
NO_OBJECT(CreateFontIndirectW, (const void *font))
NO_OBJECT(CreateFontW, (INT height, INT width, INT escapement, INT orientation, INT weight, DWORD italic, DWORD underline,
			DWORD strike_out, DWORD set, DWORD out, DWORD clip, DWORD quality, DWORD pitch, LPCWSTR face))
NO_OBJECT(CreatePen, (INT style, INT width, DWORD color))
NO_OBJECT(CreateRectRgn, (INT left, INT top, INT right, INT bottom))
NO_OBJECT(CreateSolidBrush, (DWORD color))
NO_OBJECT(GetStockObject, (INT which))
