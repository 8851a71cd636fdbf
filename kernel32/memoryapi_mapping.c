/*
 * kernel32/memoryapi_mapping.c - memoryapi.h: file mappings and their views.
 */
#include "kernel32/kernel32.h"
#include "kernel32/names.h"
#include "kernel32/numa.h"
#include "ntdll/mm/mm.h"
#include "ntdll/nt.h"
#include "ntdll/ps/thread.h"

#include <stdbool.h>

static HANDLE current_process(void)
{
	return NtCurrentProcess();
}

/* What a mapping is made of; `page` and `attributes` are the two parts of flProtect. */
struct mapping {
	HANDLE file; /* INVALID_HANDLE_VALUE: the page file */
	const SECURITY_ATTRIBUTES *security;
	ACCESS_MASK access; /* 0: what the protection gives */
	ULONG page, attributes;
	uint64_t size; /* 0: the file's */
	MEM_EXTENDED_PARAMETER *parameters;
	ULONG parameter_count;
};

#define ATTRIBUTE_MASK (SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE | SEC_WRITECOMBINE | SEC_LARGE_PAGES)

/* The rights of a new mapping's handle; 0: no protection that a mapping can have. */
static ACCESS_MASK access_of(ULONG page)
{
	const ACCESS_MASK access = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;

	switch (page) {
	case PAGE_READONLY:
	case PAGE_WRITECOPY:
		return access;
	case PAGE_READWRITE:
		return access | SECTION_MAP_WRITE;
	case PAGE_EXECUTE_READ:
	case PAGE_EXECUTE_WRITECOPY:
		return access | SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT;
	case PAGE_EXECUTE_READWRITE:
		return access | SECTION_MAP_WRITE | SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT;
	default:
		return 0;
	}
}

static HANDLE create_mapping(const struct mapping *mapping, const UNICODE_STRING *name)
{
	LARGE_INTEGER size = {.QuadPart = (LONGLONG)mapping->size};
	ACCESS_MASK access = access_of(mapping->page);
	ULONG attributes = mapping->attributes;
	HANDLE file = mapping->file, handle = NULL;
	OBJECT_ATTRIBUTES object;
	NTSTATUS status;

	/* MSDN CreateFileMapping: SEC_IMAGE_NO_EXECUTE goes with PAGE_READONLY only. */
	if (!access || (file == INVALID_HANDLE_VALUE && !mapping->size) ||
	    ((attributes & SEC_IMAGE_NO_EXECUTE) == SEC_IMAGE_NO_EXECUTE && mapping->page != PAGE_READONLY)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (!file) {
		set_last_error(ERROR_INVALID_HANDLE);
		return NULL;
	}
	if (file == INVALID_HANDLE_VALUE)
		file = NULL;
	if (!attributes) /* SEC_COMMIT is what is meant when nothing is said; with the others one of the kinds is due */
		attributes = SEC_COMMIT;
	kernel32_object_attributes(&object, name, mapping->security, OBJ_OPENIF);
	status = NtCreateSectionEx(&handle, mapping->access ? mapping->access : access, &object, mapping->size ? &size : NULL,
				   mapping->page, attributes, file, mapping->parameters, mapping->parameter_count);
	if (status == STATUS_OBJECT_NAME_EXISTS)
		set_last_error(ERROR_ALREADY_EXISTS);
	else if (!NT_SUCCESS(status))
		set_last_error(RtlNtStatusToDosError(status));
	else
		set_last_error(ERROR_SUCCESS);
	return NT_SUCCESS(status) ? handle : NULL;
}

static HANDLE create_mapping_wide(const struct mapping *mapping, LPCWSTR name)
{
	struct kernel32_name object_name;
	HANDLE handle = NULL;

	if (kernel32_name_from_wide(&object_name, name))
		handle = create_mapping(mapping, object_name.string);
	kernel32_name_free(&object_name);
	return handle;
}

static HANDLE create_mapping_ansi(const struct mapping *mapping, LPCSTR name)
{
	struct kernel32_name object_name;
	HANDLE handle = NULL;

	if (kernel32_name_from_ansi(&object_name, name))
		handle = create_mapping(mapping, object_name.string);
	kernel32_name_free(&object_name);
	return handle;
}

#define MAPPING(protect)                                                                                                \
	{                                                                                                               \
		.file = file, .security = security, .page = (protect) & ~ATTRIBUTE_MASK,                                \
		.attributes = (protect) & ATTRIBUTE_MASK, .size = (uint64_t)size_high << 32 | size_low                  \
	}

EXPORT(kernel32, HANDLE, CreateFileMappingW,
       (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD size_high, DWORD size_low, LPCWSTR name))
{
	struct mapping mapping = MAPPING(protect);

	return create_mapping_wide(&mapping, name);
}

EXPORT(kernel32, HANDLE, CreateFileMappingA,
       (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD size_high, DWORD size_low, LPCSTR name))
{
	struct mapping mapping = MAPPING(protect);

	return create_mapping_ansi(&mapping, name);
}

/* There is one node, 0. */
static bool node_is_good(DWORD node)
{
	if (node == NUMA_NO_PREFERRED_NODE || node == 0)
		return true;
	set_last_error(ERROR_INVALID_PARAMETER);
	return false;
}

EXPORT(kernel32, HANDLE, CreateFileMappingNumaW,
       (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD size_high, DWORD size_low, LPCWSTR name,
	DWORD preferred_node))
{
	struct mapping mapping = MAPPING(protect);

	return node_is_good(preferred_node) ? create_mapping_wide(&mapping, name) : NULL;
}

EXPORT(kernel32, HANDLE, CreateFileMappingNumaA,
       (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect, DWORD size_high, DWORD size_low, LPCSTR name,
	DWORD preferred_node))
{
	struct mapping mapping = MAPPING(protect);

	return node_is_good(preferred_node) ? create_mapping_ansi(&mapping, name) : NULL;
}

EXPORT(kernel32, HANDLE, CreateFileMapping2,
       (HANDLE file, SECURITY_ATTRIBUTES *security, ULONG access, ULONG page, ULONG attributes, ULONG64 size, PCWSTR name,
	MEM_EXTENDED_PARAMETER *parameters, ULONG count))
{
	struct mapping mapping = {file, security, access, page, attributes, size, parameters, count};

	return create_mapping_wide(&mapping, name);
}

/* An app may not make executable memory: MSDN CreateFileMappingFromApp, PageProtection. */
EXPORT(kernel32, HANDLE, CreateFileMappingFromApp,
       (HANDLE file, PSECURITY_ATTRIBUTES security, ULONG protect, ULONG64 size, PCWSTR name))
{
	struct mapping mapping = {.file = file, .security = security, .page = protect & ~ATTRIBUTE_MASK,
				  .attributes = protect & ATTRIBUTE_MASK, .size = size};

	if (access_of(mapping.page) & SECTION_MAP_EXECUTE) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return create_mapping_wide(&mapping, name);
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

EXPORT(kernel32, HANDLE, OpenFileMappingFromApp, (ULONG access, BOOL inherit, PCWSTR name))
{
	return OpenFileMappingW(access, inherit, name);
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

#define VIEW_OPTIONS (FILE_MAP_RESERVE | FILE_MAP_LARGE_PAGES | FILE_MAP_TARGETS_INVALID)

/* The page protection of a view (nt facts rows 74, 75; the table is Wine's test_mapping).  FILE_MAP_COPY counts when it is
 * all there is besides FILE_MAP_EXECUTE; SECTION_MAP_EXECUTE takes that away from it. */
static ULONG view_protection(DWORD access)
{
	bool execute = access & FILE_MAP_EXECUTE;

	access &= ~(FILE_MAP_EXECUTE | VIEW_OPTIONS);
	if (access == FILE_MAP_COPY)
		return execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
	if (access & FILE_MAP_WRITE)
		return execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
	if (access & FILE_MAP_READ)
		return execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
	return PAGE_NOACCESS;
}

EXPORT(kernel32, LPVOID, MapViewOfFileEx,
       (HANDLE mapping, DWORD access, DWORD offset_high, DWORD offset_low, SIZE_T size, LPVOID address))
{
	LARGE_INTEGER offset = {.LowPart = offset_low, .HighPart = (LONG)offset_high};
	ULONG type = (access & FILE_MAP_RESERVE ? MEM_RESERVE : 0) | (access & FILE_MAP_LARGE_PAGES ? MEM_LARGE_PAGES : 0);
	PVOID base = address;
	NTSTATUS status;

	status = NtMapViewOfSection(mapping, current_process(), &base, 0, 0, &offset, &size, ViewShare, type,
				    view_protection(access));
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
	return node_is_good(preferred_node) ? MapViewOfFileEx(mapping, access, offset_high, offset_low, size, address) : NULL;
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
