/*
 * memory_rows.h - what the conformance programs of the memory facts share.
 */
#ifndef PEWTER_TESTS_MEMORY_ROWS_H
#define PEWTER_TESTS_MEMORY_ROWS_H

#include "../guest/guest.h"

typedef LONG NTSTATUS;
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE, PVOID *, ULONG_PTR, PSIZE_T, ULONG, ULONG);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG, PULONG);

#define NT_SUCCESS_ 0x00000000u
#define NT_INVALID_HANDLE 0xC0000008u
#define NT_INVALID_PARAMETER 0xC000000Du
#define NT_NO_MEMORY 0xC0000017u
#define NT_CONFLICTING_ADDRESSES 0xC0000018u
#define NT_UNABLE_TO_FREE_VM 0xC000001Au
#define NT_UNABLE_TO_DELETE_SECTION 0xC000001Bu
#define NT_NOT_COMMITTED 0xC000002Du
#define NT_INVALID_PAGE_PROTECTION 0xC0000045u
#define NT_FREE_VM_NOT_AT_BASE 0xC000009Fu
#define NT_MEMORY_NOT_ALLOCATED 0xC00000A0u
#define NT_PROCESS_IS_TERMINATING 0xC000010Au
#define NT_INVALID_PARAMETER_2 0xC00000F0u
#define NT_INVALID_PARAMETER_3 0xC00000F1u
#define NT_INVALID_PARAMETER_4 0xC00000F2u
#define NT_INVALID_PARAMETER_5 0xC00000F3u
#define NT_ACCESS_VIOLATION 0xC0000005u

static inline DWORD nt_allocate(void *address, SIZE_T length, ULONG type, ULONG protect, void **base, SIZE_T *size)
{
	*base = address;
	*size = length;
	return (DWORD)NtAllocateVirtualMemory(GetCurrentProcess(), base, 0, size, type, protect);
}

static inline DWORD nt_free(void *address, SIZE_T length, ULONG type, void **base, SIZE_T *size)
{
	*base = address;
	*size = length;
	return (DWORD)NtFreeVirtualMemory(GetCurrentProcess(), base, size, type);
}

static inline void release(void *address)
{
	CHECK(VirtualFree(address, 0, MEM_RELEASE));
}

static inline MEMORY_BASIC_INFORMATION query(const void *address)
{
	MEMORY_BASIC_INFORMATION info;

	memset(&info, 0xCC, sizeof(info));
	CHECK_EQUAL(VirtualQuery(address, &info, sizeof(info)), sizeof(info));
	return info;
}

/* A free range of the size, on 64 KiB, whose neighbourhood is free as well. */
static inline char *free_range(SIZE_T size)
{
	char *base = VirtualAlloc(NULL, size + 0x40000, MEM_RESERVE, PAGE_NOACCESS);

	CHECK(base != NULL);
	release(base);
	return base + 0x20000;
}

#endif
