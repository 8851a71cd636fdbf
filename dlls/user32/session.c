/*
 * dlls/user32/session.c - the desktop that is not there.
 *
 * The session says that it is interactive (the C runtimes ask before they show a message box), and has no windows: what
 * would create one fails with ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION, what looks for one finds none (message
 * queues of threads: messages.c; windows that only get messages: windows.c).  MessageBox writes one block to standard
 * error and answers with the button that ends the matter: OK, Yes, Abort or Cancel.
 */
#include "dlls/user32/user32.h"
#include "kernel32/kernel32.h"
#include "host/host.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_STATION ((HANDLE)(uintptr_t)0x5C)
#define DESKTOP ((HANDLE)(uintptr_t)0x60)

/* --- message boxes ---------------------------------------------------------------------------------------------- */

static int default_button(UINT type)
{
	switch (type & 0xF) {
	case 2:           /* MB_ABORTRETRYIGNORE */
		return 3; /* IDABORT */
	case 3:           /* MB_YESNOCANCEL */
	case 4:           /* MB_YESNO */
		return 6; /* IDYES */
	case 5:           /* MB_RETRYCANCEL: trying again would never end */
	case 6:           /* MB_CANCELTRYCONTINUE */
		return 2; /* IDCANCEL */
	default:
		return 1; /* IDOK */
	}
}

static int show(const char16_t *text, const char16_t *caption, UINT type)
{
	static const char *const icons[] = {"", "error: ", "question: ", "warning: ", "note: "};
	const char *icon = (type >> 4 & 0xF) < ARRAY_SIZE(icons) ? icons[type >> 4 & 0xF] : "";
	size_t text_size, caption_size;
	char *utf8;

	if (!caption)
		caption = u"Error";
	if (!text)
		text = u"";
	caption_size = nls_from_utf16(NLS_UTF8, 0, NULL, 0, caption, rtl_wcslen(caption), NULL, NULL);
	text_size = nls_from_utf16(NLS_UTF8, 0, NULL, 0, text, rtl_wcslen(text), NULL, NULL);
	utf8 = malloc(caption_size + text_size + 2);
	if (!utf8) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return 0;
	}
	nls_from_utf16(NLS_UTF8, 0, utf8, caption_size, caption, rtl_wcslen(caption), NULL, NULL);
	utf8[caption_size] = 0;
	nls_from_utf16(NLS_UTF8, 0, utf8 + caption_size + 1, text_size, text, rtl_wcslen(text), NULL, NULL);
	utf8[caption_size + 1 + text_size] = 0;
	host_message("[%s%s]\n%s\n", icon, utf8, utf8 + caption_size + 1);
	free(utf8);
	return default_button(type);
}

EXPORT(user32, int, MessageBoxExW, (HWND owner, LPCWSTR text, LPCWSTR caption, UINT type, WORD language))
{
	return show(text, caption, type);
}

EXPORT(user32, int, MessageBoxW, (HWND owner, LPCWSTR text, LPCWSTR caption, UINT type))
{
	return show(text, caption, type);
}

static char16_t *widen(LPCSTR text)
{
	size_t length = text ? strlen(text) + 1 : 0;
	char16_t *wide = text ? malloc(length * sizeof(*wide)) : NULL;
	if (wide)
		nls_to_utf16(NLS_ACP, 0, wide, length, text, length);
	return wide;
}

EXPORT(user32, int, MessageBoxExA, (HWND owner, LPCSTR text, LPCSTR caption, UINT type, WORD language))
{
	char16_t *wide_text = widen(text), *wide_caption = widen(caption);
	int result = show(wide_text, wide_caption, type);
	free(wide_text);
	free(wide_caption);
	return result;
}

EXPORT(user32, int, MessageBoxA, (HWND owner, LPCSTR text, LPCSTR caption, UINT type))
{
	return MessageBoxExA(owner, text, caption, type, 0);
}

EXPORT(user32, BOOL, MessageBeep, (UINT type))
{
	host_message("\a");
	return TRUE;
}

/* --- the session ------------------------------------------------------------------------------------------------ */

EXPORT(user32, HANDLE, GetProcessWindowStation, (void))
{
	return WINDOW_STATION;
}

EXPORT(user32, HANDLE, GetThreadDesktop, (DWORD thread))
{
	return DESKTOP;
}

struct object_flags {
	BOOL fInherit, fReserved;
	DWORD dwFlags;
};

static BOOL object_information(HANDLE object, int index, PVOID buffer, DWORD capacity, LPDWORD needed, bool wide)
{
	static const char16_t *const names[2] = {u"WinSta0", u"Default"}, *const types[2] = {u"WindowStation",
											     u"Desktop"};
	struct object_flags flags = {FALSE, FALSE, object == WINDOW_STATION ? 1u : 0u}; /* WSF_VISIBLE */
	char narrow[16];
	const void *data = &flags;
	size_t size = sizeof(flags), which = object == DESKTOP;

	if (object != WINDOW_STATION && object != DESKTOP) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	if (index == 2 || index == 3) { /* UOI_NAME, UOI_TYPE */
		const char16_t *text = index == 2 ? names[which] : types[which];
		size_t length = rtl_wcslen(text) + 1;
		data = text;
		size = length * sizeof(WCHAR);
		if (!wide) {
			nls_from_utf16(NLS_ACP, 0, narrow, sizeof(narrow), text, length, NULL, NULL);
			data = narrow;
			size = length;
		}
	} else if (index != 1) { /* UOI_FLAGS */
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (needed)
		*needed = (DWORD)size;
	if (capacity < size) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	memcpy(buffer, data, size);
	return TRUE;
}

EXPORT(user32, BOOL, GetUserObjectInformationW,
       (HANDLE object, int index, PVOID buffer, DWORD capacity, LPDWORD needed))
{
	return object_information(object, index, buffer, capacity, needed, true);
}

EXPORT(user32, BOOL, GetUserObjectInformationA,
       (HANDLE object, int index, PVOID buffer, DWORD capacity, LPDWORD needed))
{
	return object_information(object, index, buffer, capacity, needed, false);
}

EXPORT(user32, HWND, GetDesktopWindow, (void))
{
	return DESKTOP_WINDOW;
}

/* Nobody has the focus, the foreground or a menu. */
EXPORT(user32, HWND, GetForegroundWindow, (void))
{
	return NULL;
}
EXPORT_ALIAS(user32, "GetActiveWindow", GetForegroundWindow);
EXPORT_ALIAS(user32, "GetFocus", GetForegroundWindow);
EXPORT_ALIAS(user32, "GetCapture", GetForegroundWindow);
EXPORT_ALIAS(user32, "GetShellWindow", GetForegroundWindow);
EXPORT_ALIAS(user32, "GetClipboardOwner", GetForegroundWindow);
EXPORT_ALIAS(user32, "GetOpenClipboardWindow", GetForegroundWindow);

EXPORT(user32, HWND, FindWindowA, (LPCSTR class, LPCSTR title))
{
	set_last_error(ERROR_SUCCESS);
	return NULL;
}

EXPORT(user32, HWND, FindWindowW, (LPCWSTR class, LPCWSTR title))
{
	set_last_error(ERROR_SUCCESS);
	return NULL;
}

static uint64_t needs_desktop(void)
{
	set_last_error(ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION);
	return 0;
}

EXPORT(user32, BOOL, OpenClipboard, (HWND owner))
{
	return (BOOL)needs_desktop();
}

/* Nothing is on it, and it is never open. */
EXPORT(user32, BOOL, IsClipboardFormatAvailable, (UINT format))
{
	return (BOOL)needs_desktop();
}

EXPORT(user32, INT, CountClipboardFormats, (void))
{
	return (INT)needs_desktop();
}

static uint64_t clipboard_not_open(void)
{
	set_last_error(ERROR_CLIPBOARD_NOT_OPEN);
	return 0;
}

EXPORT(user32, BOOL, CloseClipboard, (void))
{
	return (BOOL)clipboard_not_open();
}
EXPORT_ALIAS(user32, "EmptyClipboard", CloseClipboard);

EXPORT(user32, HANDLE, GetClipboardData, (UINT format))
{
	return (HANDLE)clipboard_not_open();
}

EXPORT(user32, HANDLE, SetClipboardData, (UINT format, HANDLE memory))
{
	return (HANDLE)clipboard_not_open();
}

EXPORT(user32, UINT, EnumClipboardFormats, (UINT format))
{
	return (UINT)clipboard_not_open();
}

EXPORT(user32, BOOL, AllowSetForegroundWindow, (DWORD process))
{
	return (BOOL)needs_desktop();
}

/* Console programs have no queue to wait for. */
BOOL WINAPI GetExitCodeProcess(HANDLE process, DWORD *code);
EXPORT(user32, DWORD, WaitForInputIdle, (HANDLE process, DWORD milliseconds))
{
	DWORD code;

	if (GetExitCodeProcess(process, &code))
		set_last_error(ERROR_NOT_GUI_PROCESS);
	return (DWORD)-1; /* WAIT_FAILED */
}

static BOOL bad_window(void)
{
	set_last_error(ERROR_INVALID_WINDOW_HANDLE);
	return FALSE;
}

EXPORT(user32, BOOL, ShowWindow, (HWND window, int how))
{
	return bad_window();
}

EXPORT(user32, BOOL, SetForegroundWindow, (HWND window))
{
	return bad_window();
}

EXPORT(user32, int, GetSystemMetrics, (int index))
{
	switch (index) {
	case 0:  /* SM_CXSCREEN */
	case 78: /* SM_CXVIRTUALSCREEN */
		return 1024;
	case 1:  /* SM_CYSCREEN */
	case 79: /* SM_CYVIRTUALSCREEN */
		return 768;
	case 11: /* SM_CXICON */
	case 12: /* SM_CYICON */
	case 13: /* SM_CXCURSOR */
	case 14: /* SM_CYCURSOR */
		return 32;
	case 49: /* SM_CXSMICON */
	case 50: /* SM_CYSMICON */
		return 16;
	case 63: /* SM_NETWORK */
		return 3;
	case 80: /* SM_CMONITORS */
	case 81: /* SM_SAMEDISPLAYFORMAT */
		return 1;
	default:
		return 0;
	}
}

EXPORT(user32, UINT, GetDoubleClickTime, (void))
{
	return 500;
}

/* The keyboard layout of the user's locale; no key is down. */
EXPORT(user32, HANDLE, GetKeyboardLayout, (DWORD thread))
{
	return (HANDLE)(uintptr_t)0x04090409;
}

EXPORT(user32, SHORT, GetKeyState, (int key))
{
	return 0;
}
EXPORT_ALIAS(user32, "GetAsyncKeyState", GetKeyState);
