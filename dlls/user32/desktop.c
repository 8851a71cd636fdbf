/*
 * dlls/user32/desktop.c - what shows or moves something on a desktop, which is not there: cursors, icons, the clipboard,
 * monitors, painting.  Each fails as MSDN says of it, or finds nothing.  As in a Windows session without a display there is one
 * monitor of 1024 by 768, WinDisc, on which nothing is seen.
 */
#include "dlls/user32/user32.h"
#include "kernel32/kernel32.h"
#include "ntdll/ke/ke.h"

#include <string.h>

#define MONITOR ((HANDLE)(uintptr_t)0x10001)

#define FAILS(type, name, params, error)                                                                               \
	EXPORT(user32, type, name, params)                                                                             \
	{                                                                                                              \
		set_last_error(error);                                                                                 \
		return (type)0;                                                                                        \
	}
/* Nothing is found; the last error stays. */
#define NOTHING(type, name, params)                                                                                    \
	EXPORT(user32, type, name, params)                                                                             \
	{                                                                                                              \
		return (type)0;                                                                                        \
	}

/* --- the cursor and the caret: MSDN GetCursorPos, "the input desktop must be the current desktop" --- */

FAILS(BOOL, GetCursorPos, (PVOID point), ERROR_ACCESS_DENIED)
FAILS(BOOL, SetCursorPos, (int x, int y), ERROR_ACCESS_DENIED)
FAILS(BOOL, GetCursorInfo, (PVOID info), ERROR_ACCESS_DENIED)
FAILS(BOOL, ClipCursor, (const void *rectangle), ERROR_ACCESS_DENIED)
FAILS(BOOL, GetCaretPos, (PVOID point), ERROR_ACCESS_DENIED)
NOTHING(HANDLE, SetCursor, (HANDLE cursor))

/* --- icons and cursors: there are none, so whatever is given as one is not valid --- */

FAILS(HANDLE, LoadCursorA, (HINSTANCE instance, LPCSTR name), ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION)
FAILS(HANDLE, LoadCursorW, (HINSTANCE instance, LPCWSTR name), ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION)
FAILS(HANDLE, LoadIconA, (HINSTANCE instance, LPCSTR name), ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION)
FAILS(HANDLE, LoadIconW, (HINSTANCE instance, LPCWSTR name), ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION)
FAILS(HANDLE, CreateIconFromResource, (PVOID bits, DWORD size, BOOL icon, DWORD version),
      ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION)
FAILS(HANDLE, CreateIconIndirect, (PVOID info), ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION)
FAILS(HANDLE, CopyIcon, (HANDLE icon), ERROR_INVALID_CURSOR_HANDLE)
FAILS(BOOL, DestroyCursor, (HANDLE cursor), ERROR_INVALID_CURSOR_HANDLE)
FAILS(BOOL, DestroyIcon, (HANDLE icon), ERROR_INVALID_CURSOR_HANDLE)
FAILS(BOOL, GetIconInfo, (HANDLE icon, PVOID info), ERROR_INVALID_CURSOR_HANDLE)
FAILS(BOOL, DrawIcon, (HANDLE context, int x, int y, HANDLE icon), ERROR_INVALID_ICON_HANDLE)

/* --- the clipboard; the rest of it is in session.c --- */

/* 0: no access to the clipboard of the window station */
NOTHING(DWORD, GetClipboardSequenceNumber, (void))
NOTHING(HWND, GetClipboardViewer, (void))

/* --- painting: no device context can be had --- */

NOTHING(HANDLE, GetDC, (HWND window))
NOTHING(HANDLE, GetWindowDC, (HWND window))
NOTHING(int, ReleaseDC, (HWND window, HANDLE context))
NOTHING(int, DrawTextA, (HANDLE context, LPCSTR text, int count, PVOID rectangle, UINT format))
NOTHING(int, DrawTextW, (HANDLE context, LPCWSTR text, int count, PVOID rectangle, UINT format))
NOTHING(int, FrameRect, (HANDLE context, const void *rectangle, HANDLE brush))
NOTHING(int, FillRect, (HANDLE context, const void *rectangle, HANDLE brush))

/* --- dialogs, raw input --- */

EXPORT(user32, INT_PTR, DialogBoxIndirectParamW, (HINSTANCE instance, const void *template, HWND owner, PVOID procedure, LPARAM parameter))
{
	set_last_error(ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION);
	return -1;
}
EXPORT_ALIAS(user32, "DialogBoxIndirectParamA", DialogBoxIndirectParamW);
EXPORT_ALIAS(user32, "DialogBoxParamA", DialogBoxIndirectParamW);
EXPORT_ALIAS(user32, "DialogBoxParamW", DialogBoxIndirectParamW);

FAILS(BOOL, EndDialog, (HWND dialog, INT_PTR result), ERROR_INVALID_WINDOW_HANDLE)
FAILS(BOOL, RegisterRawInputDevices, (const void *devices, UINT count, UINT size), ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION)

/* No devices. */
EXPORT(user32, UINT, GetRawInputDeviceList, (PVOID list, PUINT count, UINT size))
{
	if (!count || size != 16) {
		set_last_error(count ? ERROR_INVALID_PARAMETER : ERROR_NOACCESS);
		return (UINT)-1;
	}
	*count = 0;
	return 0;
}

EXPORT(user32, UINT, GetRawInputDeviceInfoA, (HANDLE device, UINT command, PVOID data, PUINT size))
{
	set_last_error(ERROR_INVALID_HANDLE);
	return (UINT)-1;
}
EXPORT_ALIAS(user32, "GetRawInputDeviceInfoW", GetRawInputDeviceInfoA);

EXPORT(user32, UINT, GetRawInputData, (HANDLE input, UINT command, PVOID data, PUINT size, UINT header_size))
{
	set_last_error(ERROR_INVALID_HANDLE);
	return (UINT)-1;
}

/* --- monitors --- */

struct monitor_info {
	DWORD size;
	RECT whole, work;
	DWORD flags;
	WCHAR device[32]; /* MONITORINFOEX */
};
static const RECT screen = {0, 0, 1024, 768};

EXPORT(user32, BOOL, EnumDisplayMonitors, (HANDLE context, const RECT *clip, PVOID callback, LPARAM data))
{
	RECT part = screen;

	if (context || !callback) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (clip && (clip->left >= screen.right || clip->top >= screen.bottom || clip->right <= 0 || clip->bottom <= 0))
		return TRUE;
	return (BOOL)ke_call_guest(callback, (uintptr_t)MONITOR, 0, (uintptr_t)&part, (uint64_t)data) != FALSE;
}

EXPORT(user32, BOOL, GetMonitorInfoW, (HANDLE monitor, struct monitor_info *info))
{
	if (monitor != MONITOR) {
		set_last_error(ERROR_INVALID_MONITOR_HANDLE);
		return FALSE;
	}
	if (info->size != sizeof(*info) && info->size != offsetof(struct monitor_info, device)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	info->whole = info->work = screen;
	info->flags = 1; /* MONITORINFOF_PRIMARY */
	if (info->size == sizeof(*info))
		memcpy(info->device, u"WinDisc", sizeof(u"WinDisc"));
	return TRUE;
}

/* No window is on it: MONITOR_DEFAULTTONULL or the one there is. */
EXPORT(user32, HANDLE, MonitorFromWindow, (HWND window, DWORD otherwise))
{
	return otherwise ? MONITOR : NULL;
}

FAILS(BOOL, EnumDisplayDevicesW, (LPCWSTR name, DWORD number, PVOID device, DWORD flags), ERROR_SUCCESS)
FAILS(BOOL, EnumDisplaySettingsW, (LPCWSTR name, DWORD mode, PVOID settings), ERROR_SUCCESS)

EXPORT(user32, LONG, ChangeDisplaySettingsExW, (LPCWSTR name, PVOID settings, HWND window, DWORD flags, LPVOID parameter))
{
	return -1; /* DISP_CHANGE_FAILED */
}

/* --- settings of the user's --- */

/* Those that programs without windows ask for, as a fresh user has them. */
static BOOL parameter(UINT action, UINT value, void *result)
{
	LONG number;

	switch (action) {
	case 0x30: /* SPI_GETWORKAREA */
		memcpy(result, &screen, sizeof(screen));
		return TRUE;
	case 0x01: /* SPI_GETBEEP */
	case 0x16: /* SPI_GETKEYBOARDDELAY */
	case 0x38: /* SPI_GETDRAGFULLWINDOWS */
	case 0x4A: /* SPI_GETFONTSMOOTHING */
		number = 1;
		break;
	case 0x0A: /* SPI_GETKEYBOARDSPEED */
		number = 31;
		break;
	case 0x68: /* SPI_GETWHEELSCROLLLINES */
	case 0x6C: /* SPI_GETWHEELSCROLLCHARS */
		number = 3;
		break;
	case 0x0E: /* SPI_GETSCREENSAVETIMEOUT */
		number = 900;
		break;
	case 0x10: /* SPI_GETSCREENSAVEACTIVE */
	case 0x46: /* SPI_GETSCREENREADER */
	case 0x72: /* SPI_GETSCREENSAVERRUNNING */
		number = 0;
		break;
	default:
		set_last_error(ERROR_INVALID_SPI_VALUE);
		return FALSE;
	}
	memcpy(result, &number, sizeof(number));
	return TRUE;
}

EXPORT(user32, BOOL, SystemParametersInfoW, (UINT action, UINT value, PVOID result, UINT flags))
{
	return parameter(action, value, result);
}
EXPORT_ALIAS(user32, "SystemParametersInfoA", SystemParametersInfoW);
