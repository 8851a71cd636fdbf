/*
 * dlls/shell32/execute.c - opening documents and programs through the shell: there are no associations and no desktop,
 * so it fails the way MSDN documents for a file type that nobody handles.
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"

#define SE_ERR_NOASSOC 31

struct shell_execute_info {
	DWORD size;
	ULONG mask;
	HWND window;
	LPCVOID verb, file, parameters, directory;
	INT show;
	HINSTANCE instance;
	/* class, id list, key, hot key, icon and process follow; nothing of them is read or written on failure */
};

EXPORT(shell32, HINSTANCE, ShellExecuteW,
       (HWND window, LPCWSTR verb, LPCWSTR file, LPCWSTR parameters, LPCWSTR directory, INT show))
{
	set_last_error(ERROR_NO_ASSOCIATION);
	return (HINSTANCE)(INT_PTR)SE_ERR_NOASSOC;
}

EXPORT(shell32, HINSTANCE, ShellExecuteA,
       (HWND window, LPCSTR verb, LPCSTR file, LPCSTR parameters, LPCSTR directory, INT show))
{
	set_last_error(ERROR_NO_ASSOCIATION);
	return (HINSTANCE)(INT_PTR)SE_ERR_NOASSOC;
}

EXPORT(shell32, BOOL, ShellExecuteExW, (struct shell_execute_info * info))
{
	info->instance = (HINSTANCE)(INT_PTR)SE_ERR_NOASSOC;
	set_last_error(ERROR_NO_ASSOCIATION);
	return FALSE;
}
EXPORT_ALIAS(shell32, "ShellExecuteExA", ShellExecuteExW);
