/*
 * kernel32/processenv.c - standard handles, the command line, the current directory (processenv.h).
 */
#include "kernel32/file.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

static HANDLE *standard_handle(DWORD which)
{
	RTL_USER_PROCESS_PARAMETERS *parameters = NtCurrentPeb()->ProcessParameters;

	switch (which) {
	case STD_INPUT_HANDLE:
		return &parameters->StandardInput;
	case STD_OUTPUT_HANDLE:
		return &parameters->StandardOutput;
	case STD_ERROR_HANDLE:
		return &parameters->StandardError;
	default:
		set_last_error(ERROR_INVALID_HANDLE);
		return NULL;
	}
}

EXPORT(kernel32, HANDLE, GetStdHandle, (DWORD which))
{
	HANDLE *handle = standard_handle(which);

	return handle ? *handle : INVALID_HANDLE_VALUE;
}

EXPORT(kernel32, BOOL, SetStdHandle, (DWORD which, HANDLE value))
{
	HANDLE *handle = standard_handle(which);

	if (!handle)
		return FALSE;
	*handle = value;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetStdHandleEx, (DWORD which, HANDLE value, PHANDLE previous))
{
	HANDLE *handle = standard_handle(which);

	if (!handle)
		return FALSE;
	if (previous)
		*previous = *handle;
	*handle = value;
	return TRUE;
}

/* As it was when the process started: later changes of the PEB do not show (execution facts, row 137). */
static UNICODE_STRING command_line;

void processenv_start(void)
{
	command_line = NtCurrentPeb()->ProcessParameters->CommandLine;
}

EXPORT(kernel32, LPWSTR, GetCommandLineW, (void))
{
	return command_line.Buffer;
}

EXPORT(kernel32, LPSTR, GetCommandLineA, (void))
{
	static LPSTR line;
	LPSTR made = __atomic_load_n(&line, __ATOMIC_ACQUIRE), expected = NULL;

	if (!made) {
		size_t size = nls_from_utf16(NLS_ACP, 0, NULL, 0, command_line.Buffer, command_line.Length / 2, NULL, NULL);

		made = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, size + 1);
		if (!made)
			return NULL;
		nls_from_utf16(NLS_ACP, 0, made, size, command_line.Buffer, command_line.Length / 2, NULL, NULL);
		made[size] = 0;
		if (!__atomic_compare_exchange_n(&line, &expected, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, made);
			made = expected;
		}
	}
	return made;
}

/* Without the backslash at the end, unless it is a root. */
static void current_directory(struct io_wide *directory)
{
	io_wide_init(directory);
	io_current_directory(directory);
	if (directory->length > 3)
		directory->text[--directory->length] = 0;
}

EXPORT(kernel32, DWORD, GetCurrentDirectoryW, (DWORD size, LPWSTR buffer))
{
	struct io_wide directory;
	DWORD length;

	current_directory(&directory);
	length = (DWORD)directory.length;
	if (buffer && length < size)
		memcpy(buffer, directory.text, (length + 1) * 2);
	else
		length++;
	io_wide_free(&directory);
	return length;
}

EXPORT(kernel32, DWORD, GetCurrentDirectoryA, (DWORD size, LPSTR buffer))
{
	struct io_wide directory;
	DWORD length;

	current_directory(&directory);
	length = ansi_result(buffer, size, directory.text, (DWORD)directory.length);
	io_wide_free(&directory);
	return buffer && length < size ? length : length + 1;
}

EXPORT(kernel32, BOOL, SetCurrentDirectoryW, (LPCWSTR path))
{
	NTSTATUS status;

	if (!path) {
		set_last_error(ERROR_INVALID_NAME);
		return FALSE;
	}
	if (!*path) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return FALSE;
	}
	status = io_set_current_directory(path, rtl_wcslen(path));
	if (status == STATUS_NAME_TOO_LONG) {
		set_last_error(ERROR_FILENAME_EXCED_RANGE);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, SetCurrentDirectoryA, (LPCSTR path))
{
	struct wide_argument wide;
	BOOL result = FALSE;

	wide_argument_set(&wide, path);
	if (!wide.failed)
		result = SetCurrentDirectoryW(wide.text);
	wide_argument_free(&wide);
	return result;
}
