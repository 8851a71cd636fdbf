/*
 * memory_rows_sections.h - what the programs of sections F and G of the memory facts share.
 */
#ifndef PEWTER_TESTS_MEMORY_ROWS_SECTIONS_H
#define PEWTER_TESTS_MEMORY_ROWS_SECTIONS_H

#include "memory_rows.h"
#include <winternl.h>

NTSTATUS NTAPI NtCreateSection(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, PLARGE_INTEGER, ULONG, ULONG, HANDLE);
NTSTATUS NTAPI NtOpenSection(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE, HANDLE, PVOID *, ULONG_PTR, SIZE_T, PLARGE_INTEGER, PSIZE_T, ULONG, ULONG, ULONG);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE, PVOID);
NTSTATUS NTAPI NtQuerySection(HANDLE, ULONG, PVOID, SIZE_T, PSIZE_T);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE, PVOID, int, PVOID, SIZE_T, PSIZE_T);
DWORD WINAPI K32GetMappedFileNameA(HANDLE, LPVOID, LPSTR, DWORD);
NTSTATUS NTAPI NtExtendSection(HANDLE, PLARGE_INTEGER);
NTSTATUS NTAPI NtAreMappedFilesTheSame(PVOID, PVOID);

#define NT_OBJECT_NAME_EXISTS 0x40000000u
#define NT_IMAGE_NOT_AT_BASE 0x40000003u
#define NT_IMAGE_MACHINE_TYPE_MISMATCH 0x4000000Eu
#define NT_INFO_LENGTH_MISMATCH 0xC0000004u
#define NT_INVALID_VIEW_SIZE 0xC000001Fu
#define NT_INVALID_FILE_FOR_SECTION 0xC0000020u
#define NT_ACCESS_DENIED 0xC0000022u
#define NT_OBJECT_TYPE_MISMATCH 0xC0000024u
#define NT_SECTION_TOO_BIG 0xC0000040u
#define NT_SECTION_NOT_IMAGE 0xC0000049u
#define NT_SECTION_PROTECTION 0xC000004Eu
#define NT_PRIVILEGE_NOT_HELD 0xC0000061u
#define NT_INVALID_IMAGE_FORMAT 0xC000007Bu
#define NT_SECTION_NOT_EXTENDED 0xC0000087u
#define NT_INSUFFICIENT_RESOURCES 0xC000009Au
#define NT_NOT_SAME_DEVICE 0xC00000D4u
#define NT_INVALID_PARAMETER_6 0xC00000F4u
#define NT_INVALID_PARAMETER_9 0xC00000F7u
#define NT_INVALID_IMAGE_NE_FORMAT 0xC000011Bu
#define NT_MAPPED_FILE_SIZE_ZERO 0xC000011Eu
#define NT_COMMITMENT_LIMIT 0xC000012Du
#define NT_INVALID_IMAGE_NOT_MZ 0xC000012Fu
#define NT_INVALID_IMAGE_PROTECT 0xC0000130u
#define NT_INVALID_IMAGE_WIN_16 0xC0000131u
#define NT_INVALID_ADDRESS 0xC0000141u
#define NT_MAPPED_ALIGNMENT 0xC0000220u

#define ALL_SECTION_ACCESS (STANDARD_RIGHTS_REQUIRED | 0x1F)
#define VIEW_SHARE 1

typedef struct {
	PVOID base;
	ULONG attributes;
	LARGE_INTEGER size;
} section_basic;

typedef struct {
	PVOID entry;
	ULONG zero_bits;
	SIZE_T stack_reserve, stack_commit;
	ULONG subsystem;
	USHORT subsystem_minor, subsystem_major, os_major, os_minor;
	USHORT characteristics, dll_characteristics, machine;
	BOOLEAN contains_code;
	UCHAR flags;
	ULONG loader_flags, file_size, checksum;
} section_image;

static inline DWORD create_section(HANDLE *section, ULONGLONG size, ULONG protect, ULONG attributes, HANDLE file)
{
	LARGE_INTEGER maximum;

	maximum.QuadPart = (LONGLONG)size;
	*section = NULL;
	return (DWORD)NtCreateSection(section, ALL_SECTION_ACCESS, NULL, size ? &maximum : NULL, protect, attributes, file);
}

/* Maps at *base; *size in and out. */
static inline DWORD map_section(HANDLE section, void *base, ULONG_PTR zero_bits, SIZE_T commit, ULONGLONG offset, SIZE_T *size,
				ULONG type, ULONG protect)
{
	LARGE_INTEGER from;

	from.QuadPart = (LONGLONG)offset;
	return (DWORD)NtMapViewOfSection(section, GetCurrentProcess(), (PVOID *)base, zero_bits, commit, &from, size, VIEW_SHARE,
					 type, protect);
}

static inline void unmap(void *view)
{
	CHECK_EQUAL((DWORD)NtUnmapViewOfSection(GetCurrentProcess(), view), NT_SUCCESS_);
}

static char test_directory[MAX_PATH];

/* A new file in the temporary directory. */
static inline HANDLE new_file(char path[MAX_PATH], DWORD access, const void *contents, DWORD size)
{
	HANDLE file;
	DWORD done = 0;

	if (!test_directory[0])
		GetTempPathA(sizeof(test_directory), test_directory);
	CHECK(GetTempFileNameA(test_directory, "sec", 0, path) != 0);
	file = CreateFileA(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, CREATE_ALWAYS, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	if (contents)
		CHECK(WriteFile(file, contents, size, &done, NULL) && done == size);
	else if (size)
		CHECK(SetFilePointer(file, (LONG)size, NULL, FILE_BEGIN) == size && SetEndOfFile(file));
	return file;
}

#endif
