/*
 * kernel32/memoryapi_physical.c - memoryapi.h: Address Windowing Extensions.
 */
#include "kernel32/kernel32.h"
#include "kernel32/numa.h"
#include "ntdll/nt.h"

EXPORT(kernel32, BOOL, AllocateUserPhysicalPages, (HANDLE process, PULONG_PTR count, PULONG_PTR frames))
{
	return win32_result(NtAllocateUserPhysicalPages(process, count, frames));
}

EXPORT(kernel32, BOOL, AllocateUserPhysicalPagesNuma,
       (HANDLE process, PULONG_PTR count, PULONG_PTR frames, DWORD preferred_node))
{
	return kernel32_check_node(preferred_node) && AllocateUserPhysicalPages(process, count, frames);
}

EXPORT(kernel32, BOOL, FreeUserPhysicalPages, (HANDLE process, PULONG_PTR count, PULONG_PTR frames))
{
	return win32_result(NtFreeUserPhysicalPages(process, count, frames));
}

EXPORT(kernel32, BOOL, MapUserPhysicalPages, (PVOID address, ULONG_PTR count, PULONG_PTR frames))
{
	return win32_result(NtMapUserPhysicalPages(address, count, frames));
}

EXPORT(kernel32, BOOL, MapUserPhysicalPagesScatter, (PVOID * addresses, ULONG_PTR count, PULONG_PTR frames))
{
	return win32_result(NtMapUserPhysicalPagesScatter(addresses, count, frames));
}
