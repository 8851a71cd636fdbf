/*
 * kernel32/memoryapi.c - memoryapi.h: virtual memory and file mappings.
 */
#include "kernel32/kernel32.h"
#include "kernel32/names.h"
#include "ntdll/mm/mm.h"
#include "ntdll/nt.h"
#include "ntdll/ps/thread.h"

static HANDLE current_process(void)
{
	return NtCurrentProcess();
}

EXPORT(kernel32, LPVOID, VirtualAllocEx, (HANDLE process, LPVOID address, SIZE_T size, DWORD type, DWORD protect))
{
	PVOID base = address;

	/* An address in the first 64 KiB would be rounded to none at all. */
	if (address && (ULONG_PTR)address < MM_LOWEST_USER_ADDRESS) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (!win32_result(NtAllocateVirtualMemory(process, &base, 0, &size, type, protect)))
		return NULL;
	return base;
}

EXPORT(kernel32, LPVOID, VirtualAlloc, (LPVOID address, SIZE_T size, DWORD type, DWORD protect))
{
	return VirtualAllocEx(current_process(), address, size, type, protect);
}

EXPORT(kernel32, LPVOID, VirtualAllocExNuma,
       (HANDLE process, LPVOID address, SIZE_T size, DWORD type, DWORD protect, DWORD preferred_node))
{
	/* The preferred node is a preference. */
	return VirtualAllocEx(process, address, size, type, protect);
}

EXPORT(kernel32, BOOL, VirtualFreeEx, (HANDLE process, LPVOID address, SIZE_T size, DWORD type))
{
	PVOID base = address;

	/* Releasing a part is Nt's alone (nt facts row 39). */
	if (type & MEM_RELEASE && size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return win32_result(NtFreeVirtualMemory(process, &base, &size, type));
}

EXPORT(kernel32, BOOL, VirtualFree, (LPVOID address, SIZE_T size, DWORD type))
{
	return VirtualFreeEx(current_process(), address, size, type);
}

EXPORT(kernel32, BOOL, VirtualProtectEx, (HANDLE process, LPVOID address, SIZE_T size, DWORD protect, PDWORD old_protect))
{
	PVOID base = address;

	return win32_result(NtProtectVirtualMemory(process, &base, &size, protect, old_protect));
}

EXPORT(kernel32, BOOL, VirtualProtect, (LPVOID address, SIZE_T size, DWORD protect, PDWORD old_protect))
{
	return VirtualProtectEx(current_process(), address, size, protect, old_protect);
}

EXPORT(kernel32, SIZE_T, VirtualQueryEx, (HANDLE process, LPCVOID address, PMEMORY_BASIC_INFORMATION buffer, SIZE_T length))
{
	SIZE_T used = 0;

	if (!win32_result(NtQueryVirtualMemory(process, address, MemoryBasicInformation, buffer, length, &used)))
		return 0;
	return used;
}

EXPORT(kernel32, SIZE_T, VirtualQuery, (LPCVOID address, PMEMORY_BASIC_INFORMATION buffer, SIZE_T length))
{
	return VirtualQueryEx(current_process(), address, buffer, length);
}

EXPORT(kernel32, BOOL, FlushInstructionCache, (HANDLE process, LPCVOID address, SIZE_T size))
{
	/* x86 keeps instruction caches coherent; what is left is the check of the handle. */
	return win32_result(NtFlushInstructionCache(process, (PVOID)(ULONG_PTR)address, size));
}

EXPORT(kernel32, BOOL, ReadProcessMemory,
       (HANDLE process, LPCVOID address, LPVOID buffer, SIZE_T size, SIZE_T *number_read))
{
	return win32_result(NtReadVirtualMemory(process, (PVOID)(ULONG_PTR)address, buffer, size, number_read));
}

EXPORT(kernel32, BOOL, WriteProcessMemory,
       (HANDLE process, LPVOID address, LPCVOID buffer, SIZE_T size, SIZE_T *number_written))
{
	return win32_result(NtWriteVirtualMemory(process, address, (PVOID)(ULONG_PTR)buffer, size, number_written));
}

/* --- the working set --- */

#define QUOTA_LIMITS_HARDWS_MIN_ENABLE 0x1u
#define QUOTA_LIMITS_HARDWS_MIN_DISABLE 0x2u
#define QUOTA_LIMITS_HARDWS_MAX_ENABLE 0x4u
#define QUOTA_LIMITS_HARDWS_MAX_DISABLE 0x8u
#define QUOTA_LIMITS_ALL 0xFu

EXPORT(kernel32, BOOL, GetProcessWorkingSetSizeEx, (HANDLE process, PSIZE_T minimum, PSIZE_T maximum, PDWORD flags))
{
	struct mm_working_set limits;

	if (!win32_result(ps_check_own_process(process, PROCESS_QUERY_INFORMATION)))
		return FALSE;
	mm_get_working_set(&limits);
	*minimum = limits.minimum;
	*maximum = limits.maximum;
	*flags = limits.flags;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetProcessWorkingSetSize, (HANDLE process, PSIZE_T minimum, PSIZE_T maximum))
{
	DWORD flags;

	return GetProcessWorkingSetSizeEx(process, minimum, maximum, &flags);
}

/* MSDN SetProcessWorkingSetSizeEx: of each pair of flags one at most.  Hard limits cannot be kept: they are refused as to
 * a caller without SeIncreaseWorkingSetPrivilege. */
EXPORT(kernel32, BOOL, SetProcessWorkingSetSizeEx, (HANDLE process, SIZE_T minimum, SIZE_T maximum, DWORD flags))
{
	struct mm_working_set limits = {minimum, maximum, QUOTA_LIMITS_HARDWS_MIN_DISABLE | QUOTA_LIMITS_HARDWS_MAX_DISABLE};

	if (flags & ~QUOTA_LIMITS_ALL || (flags & 3) == 3 || (flags & 12) == 12) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (flags & (QUOTA_LIMITS_HARDWS_MIN_ENABLE | QUOTA_LIMITS_HARDWS_MAX_ENABLE)) {
		set_last_error(ERROR_PRIVILEGE_NOT_HELD);
		return FALSE;
	}
	if (!flags)
		limits.flags = 0;
	return win32_result(ps_check_own_process(process, PROCESS_SET_QUOTA)) && win32_result(mm_set_working_set(&limits));
}

EXPORT(kernel32, BOOL, SetProcessWorkingSetSize, (HANDLE process, SIZE_T minimum, SIZE_T maximum))
{
	return SetProcessWorkingSetSizeEx(process, minimum, maximum, 0);
}

/* --- file mappings --- */

static HANDLE create_mapping(HANDLE file, const SECURITY_ATTRIBUTES *security, DWORD protect, DWORD size_high,
			     DWORD size_low, const UNICODE_STRING *name)
{
	static const DWORD attribute_mask = SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE |
					    SEC_WRITECOMBINE | SEC_LARGE_PAGES;
	ACCESS_MASK access = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;
	ULONG attributes = protect & attribute_mask, page = protect & ~attribute_mask;
	LARGE_INTEGER size = {.LowPart = size_low, .HighPart = (LONG)size_high};
	OBJECT_ATTRIBUTES object;
	HANDLE handle = NULL;
	NTSTATUS status;

	if (!(attributes & (SEC_COMMIT | SEC_RESERVE | SEC_IMAGE)))
		attributes |= SEC_COMMIT;
	switch (page) {
	case PAGE_READONLY:
	case PAGE_WRITECOPY:
		break;
	case PAGE_READWRITE:
		access |= SECTION_MAP_WRITE;
		break;
	case PAGE_EXECUTE_READ:
	case PAGE_EXECUTE_WRITECOPY:
		access |= SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT;
		break;
	case PAGE_EXECUTE_READWRITE:
		access |= SECTION_MAP_WRITE | SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT;
		break;
	default:
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (file == INVALID_HANDLE_VALUE) {
		file = NULL;
		if (!size.QuadPart) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return NULL;
		}
	} else if (!file) {
		set_last_error(ERROR_INVALID_HANDLE);
		return NULL;
	}
	kernel32_object_attributes(&object, name, security, OBJ_OPENIF);
	status = NtCreateSection(&handle, access, &object, size.QuadPart ? &size : NULL, page, attributes, file);
	if (status == STATUS_OBJECT_NAME_EXISTS)
		set_last_error(ERROR_ALREADY_EXISTS);
	else if (!NT_SUCCESS(status))
		set_last_error(RtlNtStatusToDosError(status));
	else
		set_last_error(ERROR_SUCCESS);
	return NT_SUCCESS(status) ? handle : NULL;
}

EXPORT(kernel32, HANDLE, CreateFileMappingW,
       (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD size_high, DWORD size_low, LPCWSTR name))
{
	struct kernel32_name object_name;
	HANDLE handle = NULL;

	if (kernel32_name_from_wide(&object_name, name))
		handle = create_mapping(file, security, protect, size_high, size_low, object_name.string);
	kernel32_name_free(&object_name);
	return handle;
}

EXPORT(kernel32, HANDLE, CreateFileMappingA,
       (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD size_high, DWORD size_low, LPCSTR name))
{
	struct kernel32_name object_name;
	HANDLE handle = NULL;

	if (kernel32_name_from_ansi(&object_name, name))
		handle = create_mapping(file, security, protect, size_high, size_low, object_name.string);
	kernel32_name_free(&object_name);
	return handle;
}

EXPORT(kernel32, HANDLE, CreateFileMappingNumaW,
       (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD size_high, DWORD size_low, LPCWSTR name,
	DWORD preferred_node))
{
	return CreateFileMappingW(file, security, protect, size_high, size_low, name);
}

static HANDLE open_mapping(DWORD access, BOOL inherit, const UNICODE_STRING *name)
{
	OBJECT_ATTRIBUTES object;
	HANDLE handle = NULL;

	if (!name) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	/* FILE_MAP_COPY is asked of a section as the right to read it. */
	if (access == FILE_MAP_COPY)
		access = SECTION_MAP_READ;
	else
		access = (access & ~FILE_MAP_EXECUTE) | (access & FILE_MAP_EXECUTE ? SECTION_MAP_EXECUTE : 0);
	kernel32_object_attributes(&object, name, NULL, inherit ? OBJ_INHERIT : 0);
	return win32_result(NtOpenSection(&handle, access, &object)) ? handle : NULL;
}

EXPORT(kernel32, HANDLE, OpenFileMappingW, (DWORD access, BOOL inherit, LPCWSTR name))
{
	struct kernel32_name object_name;
	HANDLE handle = NULL;

	if (kernel32_name_from_wide(&object_name, name))
		handle = open_mapping(access, inherit, object_name.string);
	kernel32_name_free(&object_name);
	return handle;
}

EXPORT(kernel32, HANDLE, OpenFileMappingA, (DWORD access, BOOL inherit, LPCSTR name))
{
	struct kernel32_name object_name;
	HANDLE handle = NULL;

	if (kernel32_name_from_ansi(&object_name, name))
		handle = open_mapping(access, inherit, object_name.string);
	kernel32_name_free(&object_name);
	return handle;
}

/* The page protection of a view (MSDN MapViewOfFile, dwDesiredAccess; nt facts rows 74, 75). */
static ULONG view_protection(DWORD access)
{
	bool execute = access & FILE_MAP_EXECUTE;

	if (access & FILE_MAP_WRITE)
		return execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
	if (access & FILE_MAP_COPY)
		return execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
	if (access & FILE_MAP_READ)
		return execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
	return PAGE_NOACCESS;
}

EXPORT(kernel32, LPVOID, MapViewOfFileEx,
       (HANDLE mapping, DWORD access, DWORD offset_high, DWORD offset_low, SIZE_T size, LPVOID address))
{
	LARGE_INTEGER offset = {.LowPart = offset_low, .HighPart = (LONG)offset_high};
	PVOID base = address;
	NTSTATUS status;

	status = NtMapViewOfSection(mapping, current_process(), &base, 0, 0, &offset, &size, ViewShare, 0, view_protection(access));
	if (NT_SUCCESS(status))
		return base;
	/* Win32 calls a view beyond the section a matter of access (nt facts row 65). */
	set_last_error(status == STATUS_INVALID_VIEW_SIZE ? ERROR_ACCESS_DENIED : RtlNtStatusToDosError(status));
	return NULL;
}

EXPORT(kernel32, LPVOID, MapViewOfFile, (HANDLE mapping, DWORD access, DWORD offset_high, DWORD offset_low, SIZE_T size))
{
	return MapViewOfFileEx(mapping, access, offset_high, offset_low, size, NULL);
}

EXPORT(kernel32, LPVOID, MapViewOfFileExNuma,
       (HANDLE mapping, DWORD access, DWORD offset_high, DWORD offset_low, SIZE_T size, LPVOID address, DWORD preferred_node))
{
	return MapViewOfFileEx(mapping, access, offset_high, offset_low, size, address);
}

EXPORT(kernel32, BOOL, UnmapViewOfFile, (LPCVOID address))
{
	return win32_result(NtUnmapViewOfSection(current_process(), (PVOID)(ULONG_PTR)address));
}

EXPORT(kernel32, BOOL, UnmapViewOfFileEx, (PVOID address, ULONG flags))
{
	return win32_result(NtUnmapViewOfSectionEx(current_process(), address, flags));
}

EXPORT(kernel32, BOOL, FlushViewOfFile, (LPCVOID address, SIZE_T size))
{
	PVOID base = (PVOID)(ULONG_PTR)address;
	IO_STATUS_BLOCK iosb;

	return win32_result(NtFlushVirtualMemory(current_process(), &base, &size, &iosb));
}
