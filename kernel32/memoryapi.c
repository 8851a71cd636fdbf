/*
 * kernel32/memoryapi.c - memoryapi.h: virtual memory.
 */
#include "kernel32/kernel32.h"
#include "kernel32/numa.h"
#include "ntdll/mm/mm.h"
#include "ntdll/nt.h"
#include "ntdll/ps/thread.h"

#include <stddef.h>

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
	return kernel32_check_node(preferred_node) ? VirtualAllocEx(process, address, size, type, protect) : NULL;
}

EXPORT(kernel32, BOOL, VirtualFreeEx, (HANDLE process, LPVOID address, SIZE_T size, DWORD type))
{
	PVOID base = address;

	/* Releasing a part is Nt's alone (nt facts row 39), but for placeholders. */
	if (type & MEM_RELEASE && size && !(type & (MEM_PRESERVE_PLACEHOLDER | MEM_COALESCE_PLACEHOLDERS))) {
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

/* MSDN QueryVirtualMemoryInformation: MemoryRegionInfo is the one class there is. */
EXPORT(kernel32, BOOL, QueryVirtualMemoryInformation,
       (HANDLE process, const VOID *address, int class, PVOID buffer, SIZE_T size, PSIZE_T returned))
{
	if (class) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	/* Callers know the structure without its last two members. */
	if (size > offsetof(MEMORY_REGION_INFORMATION, PartitionId))
		size = offsetof(MEMORY_REGION_INFORMATION, PartitionId);
	return win32_result(NtQueryVirtualMemory(process, address, MemoryRegionInformationEx, buffer, size, returned));
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

/* Code may be written that is not writable: the protection is lifted where the address is in executable pages, and put
 * back (nt facts row 91).  Other pages that cannot be written are refused. */
EXPORT(kernel32, BOOL, WriteProcessMemory,
       (HANDLE process, LPVOID address, LPCVOID buffer, SIZE_T size, SIZE_T *number_written))
{
	const ULONG writable = PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
	MEMORY_BASIC_INFORMATION info;
	PVOID base = address;
	SIZE_T length = size;
	ULONG old;
	NTSTATUS status;

	if (!win32_result(NtQueryVirtualMemory(process, address, MemoryBasicInformation, &info, sizeof(info), NULL)))
		return FALSE;
	if (info.State != MEM_COMMIT) {
		set_last_error(ERROR_INVALID_ADDRESS);
		return FALSE;
	}
	if (!size || info.Protect & writable)
		return win32_result(NtWriteVirtualMemory(process, address, (PVOID)(ULONG_PTR)buffer, size, number_written));
	if (!(info.Protect & (PAGE_EXECUTE | PAGE_EXECUTE_READ))) {
		set_last_error(ERROR_NOACCESS);
		return FALSE;
	}
	if (length > info.RegionSize - (SIZE_T)((char *)address - (char *)info.BaseAddress))
		length = info.RegionSize - (SIZE_T)((char *)address - (char *)info.BaseAddress);
	if (!win32_result(NtProtectVirtualMemory(process, &base, &length, PAGE_EXECUTE_READWRITE, &old)))
		return FALSE;
	status = NtWriteVirtualMemory(process, address, (PVOID)(ULONG_PTR)buffer, size, number_written);
	NtProtectVirtualMemory(process, &base, &length, old, &old);
	NtFlushInstructionCache(process, address, size);
	return win32_result(status);
}

/* Failing is ~0, the error in the thread's last one: MSDN says "nonzero". */
EXPORT(kernel32, UINT, GetWriteWatch,
       (DWORD flags, PVOID base, SIZE_T size, PVOID *addresses, ULONG_PTR *count, LPDWORD granularity))
{
	return win32_result(NtGetWriteWatch(current_process(), flags, base, size, addresses, count, granularity)) ? 0 : ~0u;
}

EXPORT(kernel32, UINT, ResetWriteWatch, (LPVOID base, SIZE_T size))
{
	return win32_result(NtResetWriteWatch(current_process(), base, size)) ? 0 : ~0u;
}

#define MAP_PROCESS 1

EXPORT(kernel32, BOOL, VirtualLock, (LPVOID address, SIZE_T size))
{
	return win32_result(NtLockVirtualMemory(current_process(), &address, &size, MAP_PROCESS));
}

EXPORT(kernel32, BOOL, VirtualUnlock, (LPVOID address, SIZE_T size))
{
	return win32_result(NtUnlockVirtualMemory(current_process(), &address, &size, MAP_PROCESS));
}

/* --- the working set --- */

EXPORT(kernel32, BOOL, GetProcessWorkingSetSizeEx, (HANDLE process, PSIZE_T minimum, PSIZE_T maximum, PDWORD flags))
{
	QUOTA_LIMITS_EX limits;

	if (!win32_result(NtQueryInformationProcess(process, ProcessQuotaLimits, &limits, sizeof(limits), NULL)))
		return FALSE;
	*minimum = limits.MinimumWorkingSetSize;
	*maximum = limits.MaximumWorkingSetSize;
	*flags = limits.Flags;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetProcessWorkingSetSize, (HANDLE process, PSIZE_T minimum, PSIZE_T maximum))
{
	DWORD flags;

	return GetProcessWorkingSetSizeEx(process, minimum, maximum, &flags);
}

EXPORT(kernel32, BOOL, SetProcessWorkingSetSizeEx, (HANDLE process, SIZE_T minimum, SIZE_T maximum, DWORD flags))
{
	QUOTA_LIMITS_EX limits = {.MinimumWorkingSetSize = minimum, .MaximumWorkingSetSize = maximum, .Flags = flags};

	return win32_result(NtSetInformationProcess(process, ProcessQuotaLimits, &limits, sizeof(limits)));
}

EXPORT(kernel32, BOOL, SetProcessWorkingSetSize, (HANDLE process, SIZE_T minimum, SIZE_T maximum))
{
	return SetProcessWorkingSetSizeEx(process, minimum, maximum, 0);
}
