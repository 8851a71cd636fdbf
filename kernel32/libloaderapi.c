/*
 * kernel32/libloaderapi.c - modules (MSDN, libloaderapi.h).  Resources are in libloaderapi_resource.c.
 */
#include "kernel32/file.h"
#include "kernel32/kernel32.h"
#include "nt/winbase.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ldr.h"

#include <string.h>

#define LOAD_FLAGS 0x1FFBu /* every documented one */

#define GET_MODULE_HANDLE_EX_FLAG_PIN 1u
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 2u
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 4u

static UNICODE_STRING string_of(LPCWSTR text)
{
	size_t length = rtl_wcslen(text);

	if (length > 0x7FFE)
		length = 0x7FFE;
	return (UNICODE_STRING){(USHORT)(length * 2), (USHORT)(length * 2), (PWSTR)text};
}

static bool wcs_has(LPCWSTR text, WCHAR c)
{
	while (*text && *text != c)
		text++;
	return *text == c;
}

EXPORT(kernel32, HMODULE, LoadLibraryExW, (LPCWSTR name, HANDLE file, DWORD flags))
{
	HMODULE module = NULL;
	UNICODE_STRING string;

	if (!name) {
		set_last_error(ERROR_MOD_NOT_FOUND);
		return NULL;
	}
	if (file || flags & ~LOAD_FLAGS) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	string = string_of(name);
	while (string.Length && name[string.Length / 2 - 1] == u' ')
		string.Length -= 2;
	if (!string.Length) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (win32_result(ldr_operations.load(NULL, flags, &string, &module)))
		return module;
	/* What is only looked at is a file that is not there, not a module. */
	if (flags & (LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE | LOAD_LIBRARY_AS_IMAGE_RESOURCE) &&
	    get_last_error() == ERROR_MOD_NOT_FOUND)
		set_last_error(ERROR_FILE_NOT_FOUND);
	return NULL;
}

EXPORT(kernel32, HMODULE, LoadLibraryW, (LPCWSTR name))
{
	return LoadLibraryExW(name, NULL, 0);
}

EXPORT(kernel32, HMODULE, LoadLibraryExA, (LPCSTR name, HANDLE file, DWORD flags))
{
	struct wide_argument argument;
	HMODULE module = NULL;

	wide_argument_set(&argument, name);
	if (!argument.failed)
		module = LoadLibraryExW(argument.text, file, flags);
	wide_argument_free(&argument);
	return module;
}

EXPORT(kernel32, HMODULE, LoadLibraryA, (LPCSTR name))
{
	return LoadLibraryExA(name, NULL, 0);
}

EXPORT(kernel32, BOOL, FreeLibrary, (HMODULE module))
{
	NTSTATUS status = ldr_operations.unload(module);

	if (status == STATUS_DLL_NOT_FOUND) {
		set_last_error(ERROR_MOD_NOT_FOUND);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, DisableThreadLibraryCalls, (HMODULE module))
{
	return win32_result(ldr_operations.disable_thread_calls(module));
}

EXPORT(kernel32, FARPROC, GetProcAddress, (HMODULE module, LPCSTR name))
{
	PVOID address = NULL;
	NTSTATUS status;

	if ((ULONG_PTR)name >> 16)
		status = ldr_operations.procedure(module, name, 0, &address);
	else
		status = ldr_operations.procedure(module, NULL, (ULONG)(ULONG_PTR)name, &address);
	if (NT_SUCCESS(status))
		return (FARPROC)address;
	/* A missing ordinal is a missing procedure here (nt facts, execution 158). */
	set_last_error(status == STATUS_ORDINAL_NOT_FOUND ? ERROR_PROC_NOT_FOUND : RtlNtStatusToDosError(status));
	return NULL;
}

static HMODULE find_module(LPCWSTR name)
{
	HMODULE module = NULL;
	UNICODE_STRING string;

	if (name)
		string = string_of(name);
	return win32_result(ldr_operations.find(name ? &string : NULL, &module)) ? module : NULL;
}

EXPORT(kernel32, HMODULE, GetModuleHandleW, (LPCWSTR name))
{
	return find_module(name);
}

EXPORT(kernel32, HMODULE, GetModuleHandleA, (LPCSTR name))
{
	struct wide_argument argument;
	HMODULE module = NULL;

	wide_argument_set(&argument, name);
	if (!argument.failed)
		module = find_module(argument.text);
	wide_argument_free(&argument);
	return module;
}

/* What both forms share, with the module's name as UTF-16 or its address. */
static BOOL get_module_handle(DWORD flags, LPCWSTR name, HMODULE *module)
{
	LDR_DATA_TABLE_ENTRY *entry;
	HMODULE found = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	ldr_operations.lock();
	if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) {
		status = ldr_operations.find_by_address(name, &entry);
		if (NT_SUCCESS(status))
			found = (HMODULE)entry->DllBase;
	} else {
		UNICODE_STRING string = name ? string_of(name) : (UNICODE_STRING){0};

		status = ldr_operations.find(name ? &string : NULL, &found);
	}
	if (NT_SUCCESS(status) && !(flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT))
		status = ldr_operations.add_reference(flags & GET_MODULE_HANDLE_EX_FLAG_PIN ? LDR_ADDREF_PIN : 0, found);
	ldr_operations.unlock();
	*module = NT_SUCCESS(status) ? found : NULL;
	return win32_result(status);
}

static BOOL check_handle_ex(DWORD flags, LPCVOID name, HMODULE *module)
{
	if (!module) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (flags & ~7u || (flags & 3u) == 3u || ((flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) && !name)) {
		*module = NULL;
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, GetModuleHandleExW, (DWORD flags, LPCWSTR name, HMODULE *module))
{
	return check_handle_ex(flags, name, module) && get_module_handle(flags, name, module);
}

EXPORT(kernel32, BOOL, GetModuleHandleExA, (DWORD flags, LPCSTR name, HMODULE *module))
{
	struct wide_argument argument;
	BOOL result = FALSE;

	if (!check_handle_ex(flags, name, module))
		return FALSE;
	if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS)
		return get_module_handle(flags, (LPCWSTR)name, module);
	wide_argument_set(&argument, name);
	if (!argument.failed)
		result = get_module_handle(flags, argument.text, module);
	wide_argument_free(&argument);
	return result;
}

EXPORT(kernel32, DWORD, GetModuleFileNameW, (HMODULE module, LPWSTR buffer, DWORD size))
{
	LDR_DATA_TABLE_ENTRY *entry;
	DWORD length = 0;
	NTSTATUS status = ldr_lock_entry(module, &entry);

	if (NT_SUCCESS(status)) {
		length = entry->FullDllName.Length / 2;
		if (length >= size) {
			/* Cut and terminated; the size is returned (Windows Vista and later). */
			if (size) {
				memcpy(buffer, entry->FullDllName.Buffer, (size - 1) * sizeof(WCHAR));
				buffer[size - 1] = 0;
			}
			length = size;
			set_last_error(ERROR_INSUFFICIENT_BUFFER);
		} else {
			memcpy(buffer, entry->FullDllName.Buffer, length * sizeof(WCHAR));
			buffer[length] = 0;
			set_last_error(ERROR_SUCCESS);
		}
	}
	ldr_operations.unlock();
	if (!NT_SUCCESS(status))
		win32_result(status);
	return length;
}

EXPORT(kernel32, DWORD, GetModuleFileNameA, (HMODULE module, LPSTR buffer, DWORD size))
{
	LDR_DATA_TABLE_ENTRY *entry;
	DWORD length = 0;
	NTSTATUS status = ldr_lock_entry(module, &entry);

	if (NT_SUCCESS(status)) {
		length = ansi_result(buffer, size, entry->FullDllName.Buffer, entry->FullDllName.Length / 2);
		if (length >= size) {
			char *whole = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, (SIZE_T)length + 1);

			if (whole && size) {
				ansi_result(whole, length + 1, entry->FullDllName.Buffer,
					    entry->FullDllName.Length / 2);
				memcpy(buffer, whole, size - 1);
				buffer[size - 1] = 0;
			}
			if (whole)
				RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, whole);
			length = size;
			set_last_error(ERROR_INSUFFICIENT_BUFFER);
		} else {
			set_last_error(ERROR_SUCCESS);
		}
	}
	ldr_operations.unlock();
	if (!NT_SUCCESS(status))
		win32_result(status);
	return length;
}

EXPORT(kernel32, BOOL, SetDefaultDllDirectories, (DWORD flags))
{
	return win32_result(ldr_operations.set_default_directories(flags));
}

EXPORT(kernel32, PVOID, AddDllDirectory, (LPCWSTR directory))
{
	UNICODE_STRING string;
	PVOID cookie = NULL;

	if (!directory) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	string = string_of(directory);
	return win32_result(ldr_operations.add_directory(&string, &cookie)) ? cookie : NULL;
}

EXPORT(kernel32, BOOL, RemoveDllDirectory, (PVOID cookie))
{
	return win32_result(ldr_operations.remove_directory(cookie));
}

/* What SetDllDirectory was given, for GetDllDirectory. */
static WCHAR dll_directory[MAX_PATH];

EXPORT(kernel32, BOOL, SetDllDirectoryW, (LPCWSTR directory))
{
	UNICODE_STRING string = directory ? string_of(directory) : (UNICODE_STRING){0};
	BOOL result;

	if (directory && (string.Length / 2 >= MAX_PATH || wcs_has(directory, u';'))) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ldr_operations.lock();
	result = win32_result(ldr_operations.set_dll_directory(directory ? &string : NULL));
	if (result) {
		if (string.Length)
			memcpy(dll_directory, directory, string.Length);
		dll_directory[string.Length / 2] = 0;
	}
	ldr_operations.unlock();
	return result;
}

EXPORT(kernel32, BOOL, SetDllDirectoryA, (LPCSTR directory))
{
	struct wide_argument argument;
	BOOL result = FALSE;

	wide_argument_set(&argument, directory);
	if (!argument.failed)
		result = SetDllDirectoryW(argument.text);
	wide_argument_free(&argument);
	return result;
}

EXPORT(kernel32, DWORD, GetDllDirectoryW, (DWORD size, LPWSTR buffer))
{
	DWORD length;

	ldr_operations.lock();
	length = (DWORD)rtl_wcslen(dll_directory);
	if (length < size)
		memcpy(buffer, dll_directory, (length + 1) * sizeof(WCHAR));
	else
		length++;
	ldr_operations.unlock();
	return length;
}

EXPORT(kernel32, DWORD, GetDllDirectoryA, (DWORD size, LPSTR buffer))
{
	DWORD length;

	ldr_operations.lock();
	length = ansi_result(buffer, size, dll_directory, (DWORD)rtl_wcslen(dll_directory));
	ldr_operations.unlock();
	return length < size ? length : length + 1;
}

NTSTATUS NTAPI LdrQueryOptionalDelayLoadedAPI(PVOID parent, LPCSTR dll, LPCSTR procedure, ULONG flags);

EXPORT(kernel32, BOOL, QueryOptionalDelayLoadedAPI, (HMODULE parent, LPCSTR dll, LPCSTR procedure, DWORD reserved))
{
	return win32_result(LdrQueryOptionalDelayLoadedAPI(parent, dll, procedure, reserved));
}

/* The system's hook for a delayed import that is missing: the exception of Microsoft's own helper. */
EXPORT(kernel32, PVOID, DelayLoadFailureHook, (LPCSTR dll, LPCSTR procedure))
{
	ULONG_PTR arguments[] = {(ULONG_PTR)dll, (ULONG_PTR)procedure};

	RaiseException(0xC06D0000u | (GetModuleHandleA(dll) ? ERROR_PROC_NOT_FOUND : ERROR_MOD_NOT_FOUND), 0,
		       ARRAY_SIZE(arguments), arguments);
	return NULL;
}
