/*
 * kernel32/psapi.c - modules of a process (MSDN, psapi.h); the process can be this one.
 */
#include "kernel32/file.h"
#include "kernel32/kernel32.h"
#include "ntdll/ldr.h"
#include "ntdll/ps/thread.h"

#include <string.h>

static BOOL check_process(HANDLE process)
{
	return win32_result(ps_check_own_process(process, 0x0410 /* QUERY_INFORMATION | VM_READ */));
}

EXPORT_AS(kernel32, "K32EnumProcessModules", BOOL, k32_enum_process_modules,
	  (HANDLE process, HMODULE *modules, DWORD size, LPDWORD needed))
{
	LIST_ENTRY *head, *link;
	DWORD count = 0;

	if (!check_process(process))
		return FALSE;
	ldr_operations.lock();
	head = &NtCurrentPeb()->Ldr->InLoadOrderModuleList;
	for (link = head->Flink; link != head; link = link->Flink, count++)
		if (count < size / sizeof(HMODULE))
			modules[count] = (HMODULE)CONTAINING_RECORD(link, LDR_DATA_TABLE_ENTRY, InLoadOrderLinks)->DllBase;
	ldr_operations.unlock();
	*needed = count * (DWORD)sizeof(HMODULE);
	return TRUE;
}

EXPORT_AS(kernel32, "K32EnumProcessModulesEx", BOOL, k32_enum_process_modules_ex,
	  (HANDLE process, HMODULE *modules, DWORD size, LPDWORD needed, DWORD filter))
{
	/* LIST_MODULES_32BIT alone lists none of a 64-bit process. */
	if (filter == 1) {
		if (!check_process(process))
			return FALSE;
		*needed = 0;
		return TRUE;
	}
	return k32_enum_process_modules(process, modules, size, needed);
}

typedef struct _MODULEINFO {
	LPVOID lpBaseOfDll;
	DWORD SizeOfImage;
	LPVOID EntryPoint;
} MODULEINFO;

static NTSTATUS entry_of(HMODULE module, LDR_DATA_TABLE_ENTRY **entry)
{
	NTSTATUS status;

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
	NTSTATUS status;

	if (size < sizeof(*info)) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	if (!check_process(process))
		return FALSE;
	ldr_operations.lock();
	status = entry_of(module, &entry);
	if (NT_SUCCESS(status))
		*info = (MODULEINFO){entry->DllBase, entry->SizeOfImage, entry->EntryPoint};
	ldr_operations.unlock();
	return win32_result(status);
}

/* Names are cut to the buffer and terminated; the length is that of what was copied. */
static DWORD copy_name(HANDLE process, HMODULE module, LPWSTR buffer, DWORD size, bool full)
{
	LDR_DATA_TABLE_ENTRY *entry;
	DWORD length = 0;
	NTSTATUS status;

	if (!check_process(process))
		return 0;
	ldr_operations.lock();
	status = entry_of(module, &entry);
	if (NT_SUCCESS(status) && size) {
		const UNICODE_STRING *name = full ? &entry->FullDllName : &entry->BaseDllName;

		length = name->Length / 2 < size ? name->Length / 2 : size;
		memcpy(buffer, name->Buffer, length * sizeof(WCHAR));
		if (length < size)
			buffer[length] = 0;
		else
			buffer[size - 1] = 0;
	}
	ldr_operations.unlock();
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
