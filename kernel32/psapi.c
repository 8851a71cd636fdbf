/*
 * kernel32/psapi.c - modules of a process (MSDN, psapi.h); the process can be this one.
 */
#include "kernel32/api.h"
#include "kernel32/file.h"
#include "kernel32/kernel32.h"
#include "kernel32/other_modules.h"
#include "ntdll/ldr.h"
#include "ntdll/ps/thread.h"

#include <string.h>

/* The loader's entries of a process: its own under the loader's lock, or copies of another's. */
struct modules {
	bool is_other;
	struct other_modules other;
};

static BOOL open_modules(HANDLE process, struct modules *modules)
{
	NTSTATUS status = other_modules_check(process, &modules->is_other);

	if (NT_SUCCESS(status) && modules->is_other)
		status = other_modules_read(process, &modules->other);
	else if (NT_SUCCESS(status))
		ldr_operations.lock();
	return win32_result(status);
}

static void close_modules(struct modules *modules)
{
	if (modules->is_other)
		other_modules_free(&modules->other);
	else
		ldr_operations.unlock();
}

EXPORT_AS(kernel32, "K32EnumProcessModules", BOOL, k32_enum_process_modules,
	  (HANDLE process, HMODULE *list, DWORD size, LPDWORD needed))
{
	LIST_ENTRY *head = &NtCurrentPeb()->Ldr->InLoadOrderModuleList, *link;
	struct modules modules;
	DWORD count = 0;

	if (!open_modules(process, &modules))
		return FALSE;
	if (modules.is_other) {
		for (; count < modules.other.count; count++)
			if (count < size / sizeof(HMODULE))
				list[count] = (HMODULE)modules.other.entries[count].DllBase;
	} else {
		for (link = head->Flink; link != head; link = link->Flink, count++)
			if (count < size / sizeof(HMODULE))
				list[count] = (HMODULE)CONTAINING_RECORD(link, LDR_DATA_TABLE_ENTRY, InLoadOrderLinks)->DllBase;
	}
	close_modules(&modules);
	*needed = count * (DWORD)sizeof(HMODULE);
	return TRUE;
}

EXPORT_AS(kernel32, "K32EnumProcessModulesEx", BOOL, k32_enum_process_modules_ex,
	  (HANDLE process, HMODULE *modules, DWORD size, LPDWORD needed, DWORD filter))
{
	/* LIST_MODULES_32BIT alone lists none of a 64-bit process. */
	if (filter == 1) {
		bool other;

		*needed = 0;
		return win32_result(other_modules_check(process, &other));
	}
	return k32_enum_process_modules(process, modules, size, needed);
}

typedef struct _MODULEINFO {
	LPVOID lpBaseOfDll;
	DWORD SizeOfImage;
	LPVOID EntryPoint;
} MODULEINFO;

/* The program's if `module` is NULL.  STATUS_INVALID_HANDLE. */
static NTSTATUS entry_of(struct modules *modules, HMODULE module, LDR_DATA_TABLE_ENTRY **entry)
{
	NTSTATUS status;

	if (modules->is_other) {
		for (unsigned i = 0; i < modules->other.count; i++) {
			*entry = &modules->other.entries[i];
			if (!module || (*entry)->DllBase == (PVOID)module)
				return STATUS_SUCCESS;
		}
		return STATUS_INVALID_HANDLE;
	}
	if (!module)
		module = (HMODULE)NtCurrentPeb()->ImageBaseAddress;
	status = ldr_operations.find_by_address(module, entry);
	if (NT_SUCCESS(status) && (*entry)->DllBase != (PVOID)module)
		status = STATUS_INVALID_HANDLE;
	return status == STATUS_DLL_NOT_FOUND ? STATUS_INVALID_HANDLE : status;
}

EXPORT_AS(kernel32, "K32GetModuleInformation", BOOL, k32_get_module_information,
	  (HANDLE process, HMODULE module, MODULEINFO *info, DWORD size))
{
	LDR_DATA_TABLE_ENTRY *entry;
	struct modules modules;
	NTSTATUS status;

	if (size < sizeof(*info)) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	if (!open_modules(process, &modules))
		return FALSE;
	status = entry_of(&modules, module, &entry);
	if (NT_SUCCESS(status))
		*info = (MODULEINFO){entry->DllBase, entry->SizeOfImage, entry->EntryPoint};
	close_modules(&modules);
	return win32_result(status);
}

/* Names are cut to the buffer and terminated; the length is that of what was copied. */
static DWORD copy_name(HANDLE process, HMODULE module, LPWSTR buffer, DWORD size, bool full)
{
	LDR_DATA_TABLE_ENTRY *entry;
	struct modules modules;
	DWORD length = 0;
	NTSTATUS status;

	if (!open_modules(process, &modules))
		return 0;
	status = entry_of(&modules, module, &entry);
	if (NT_SUCCESS(status) && size) {
		const UNICODE_STRING *name = full ? &entry->FullDllName : &entry->BaseDllName;

		length = name->Length / 2 < size ? name->Length / 2 : size;
		memcpy(buffer, name->Buffer, length * sizeof(WCHAR));
		if (length < size)
			buffer[length] = 0;
		else
			buffer[size - 1] = 0;
	}
	close_modules(&modules);
	return win32_result(status) ? length : 0;
}

EXPORT_AS(kernel32, "K32GetModuleBaseNameW", DWORD, k32_get_module_base_name_w,
	  (HANDLE process, HMODULE module, LPWSTR buffer, DWORD size))
{
	return copy_name(process, module, buffer, size, false);
}

EXPORT_AS(kernel32, "K32GetModuleFileNameExW", DWORD, k32_get_module_file_name_ex_w,
	  (HANDLE process, HMODULE module, LPWSTR buffer, DWORD size))
{
	return copy_name(process, module, buffer, size, true);
}

static DWORD copy_name_ansi(HANDLE process, HMODULE module, LPSTR buffer, DWORD size, bool full)
{
	WCHAR wide[1024];
	DWORD length = copy_name(process, module, wide, ARRAY_SIZE(wide), full), needed;

	if (!length || !size)
		return 0;
	needed = ansi_result(buffer, size, wide, length);
	if (needed < size)
		return needed;
	while (length && ansi_result(buffer, size, wide, length) >= size)
		length--;
	return ansi_result(buffer, size, wide, length);
}

EXPORT_AS(kernel32, "K32GetModuleBaseNameA", DWORD, k32_get_module_base_name_a,
	  (HANDLE process, HMODULE module, LPSTR buffer, DWORD size))
{
	return copy_name_ansi(process, module, buffer, size, false);
}

EXPORT_AS(kernel32, "K32GetModuleFileNameExA", DWORD, k32_get_module_file_name_ex_a,
	  (HANDLE process, HMODULE module, LPSTR buffer, DWORD size))
{
	return copy_name_ansi(process, module, buffer, size, true);
}

/* The name on its device, whole or not at all. */
EXPORT_AS(kernel32, "K32GetProcessImageFileNameW", DWORD, k32_get_process_image_file_name_w,
	  (HANDLE process, LPWSTR buffer, DWORD size))
{
	return QueryFullProcessImageNameW(process, PROCESS_NAME_NATIVE, buffer, &size) ? size : 0;
}

EXPORT_AS(kernel32, "K32GetProcessImageFileNameA", DWORD, k32_get_process_image_file_name_a,
	  (HANDLE process, LPSTR buffer, DWORD size))
{
	WCHAR wide[1024];
	DWORD length = k32_get_process_image_file_name_w(process, wide, ARRAY_SIZE(wide));

	if (!length)
		return 0;
	length = ansi_result(buffer, size, wide, length);
	if (length < size)
		return length;
	set_last_error(ERROR_INSUFFICIENT_BUFFER);
	return 0;
}
