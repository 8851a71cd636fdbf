/*
 * kernel32/memoryapi_mapping.c - memoryapi.h: file mappings and their views.
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

/* An app may not map executable memory: MSDN MapViewOfFileFromApp, DesiredAccess. */
EXPORT(kernel32, PVOID, MapViewOfFileFromApp, (HANDLE mapping, ULONG access, ULONG64 offset, SIZE_T size))
{
	if (access & FILE_MAP_EXECUTE) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return MapViewOfFile(mapping, access, (DWORD)(offset >> 32), (DWORD)offset, size);
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
