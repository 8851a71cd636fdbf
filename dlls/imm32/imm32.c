/*
 * dlls/imm32/imm32.c - the builtin imm32.dll of a session where no input method is installed: no window has an input
 * context, and whatever is given as one is not valid.
 */
#include "kernel32/kernel32.h"

DEFINE_DLL(imm32, .name = "imm32.dll");

#define NONE(type, name, params)                                                                                       \
	EXPORT(imm32, type, name, params)                                                                              \
	{                                                                                                              \
		return (type)0;                                                                                        \
	}
#define NO_CONTEXT(type, name, params)                                                                                 \
	EXPORT(imm32, type, name, params)                                                                              \
	{                                                                                                              \
		set_last_error(ERROR_INVALID_HANDLE);                                                                  \
		return (type)0;                                                                                        \
	}

NONE(HANDLE, ImmGetContext, (HWND window))
NONE(HANDLE, ImmGetDefaultIMEWnd, (HWND window))
NONE(HANDLE, ImmAssociateContext, (HWND window, HANDLE context))
NONE(BOOL, ImmIsIME, (HANDLE layout))
/* The name of the file of an input method: a keyboard layout has none. */
NONE(UINT, ImmGetIMEFileNameA, (HANDLE layout, LPSTR name, UINT capacity))
NONE(UINT, ImmGetIMEFileNameW, (HANDLE layout, LPWSTR name, UINT capacity))
NO_CONTEXT(BOOL, ImmReleaseContext, (HWND window, HANDLE context))
NO_CONTEXT(DWORD, ImmGetCandidateListW, (HANDLE context, DWORD index, PVOID list, DWORD size))
NO_CONTEXT(LONG, ImmGetCompositionStringW, (HANDLE context, DWORD index, PVOID buffer, DWORD size))
NO_CONTEXT(BOOL, ImmSetCompositionStringW,
	   (HANDLE context, DWORD index, PVOID composition, DWORD composition_size, PVOID reading, DWORD reading_size))
NO_CONTEXT(BOOL, ImmSetCompositionWindow, (HANDLE context, PVOID form))
NO_CONTEXT(BOOL, ImmNotifyIME, (HANDLE context, DWORD action, DWORD index, DWORD value))
NO_CONTEXT(BOOL, ImmGetOpenStatus, (HANDLE context))
NO_CONTEXT(BOOL, ImmSetOpenStatus, (HANDLE context, BOOL open))
