/*
 * kernel32/memoryapi_extended.c - memoryapi.h: the calls that take extended parameters, and placeholders.
 *
 * Windows has these in kernelbase.dll.  A process handle of NULL is the caller's own process.
 */
#include "kernel32/kernel32.h"
#include "ntdll/nt.h"

static HANDLE process_or_own(HANDLE process)
{
	return process ? process : NtCurrentProcess();
}

EXPORT(kernel32, PVOID, VirtualAlloc2,
       (HANDLE process, PVOID address, SIZE_T size, ULONG type, ULONG protect, MEM_EXTENDED_PARAMETER *parameters, ULONG count))
{
	PVOID base = address;

	if (!win32_result(NtAllocateVirtualMemoryEx(process_or_own(process), &base, &size, type, protect, parameters, count)))
		return NULL;
	return base;
}

/* An app may not make executable memory: MSDN VirtualAlloc2FromApp, PageProtection. */
static BOOL for_app(ULONG protect)
{
	if (!(protect & (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)))
		return TRUE;
	set_last_error(ERROR_INVALID_PARAMETER);
	return FALSE;
}

EXPORT(kernel32, PVOID, VirtualAlloc2FromApp,
       (HANDLE process, PVOID address, SIZE_T size, ULONG type, ULONG protect, MEM_EXTENDED_PARAMETER *parameters, ULONG count))
{
	return for_app(protect) ? VirtualAlloc2(process, address, size, type, protect, parameters, count) : NULL;
}

EXPORT(kernel32, PVOID, VirtualAllocFromApp, (PVOID address, SIZE_T size, ULONG type, ULONG protect))
{
	return for_app(protect) ? VirtualAlloc2(NULL, address, size, type, protect, NULL, 0) : NULL;
}

EXPORT(kernel32, BOOL, VirtualProtectFromApp, (PVOID address, SIZE_T size, ULONG protect, PULONG old_protect))
{
	return for_app(protect) && win32_result(NtProtectVirtualMemory(NtCurrentProcess(), &address, &size, protect, old_protect));
}

static PVOID map_view(HANDLE mapping, HANDLE process, PVOID address, ULONG64 from, SIZE_T size, ULONG type, ULONG protect,
		      MEM_EXTENDED_PARAMETER *parameters, ULONG count)
{
	LARGE_INTEGER offset = {.QuadPart = (LONGLONG)from};
	PVOID base = address;

	if (!win32_result(NtMapViewOfSectionEx(mapping, process, &base, &offset, &size, type, protect, parameters, count)))
		return NULL;
	return base;
}

EXPORT(kernel32, PVOID, MapViewOfFile3,
       (HANDLE mapping, HANDLE process, PVOID address, ULONG64 offset, SIZE_T size, ULONG type, ULONG protect,
	MEM_EXTENDED_PARAMETER *parameters, ULONG count))
{
	return map_view(mapping, process_or_own(process), address, offset, size, type, protect, parameters, count);
}

EXPORT(kernel32, PVOID, MapViewOfFile3FromApp,
       (HANDLE mapping, HANDLE process, PVOID address, ULONG64 offset, SIZE_T size, ULONG type, ULONG protect,
	MEM_EXTENDED_PARAMETER *parameters, ULONG count))
{
	return for_app(protect) ? MapViewOfFile3(mapping, process, address, offset, size, type, protect, parameters, count) : NULL;
}

/* MapViewOfFile2 of the header is this with NUMA_NO_PREFERRED_NODE. */
EXPORT(kernel32, PVOID, MapViewOfFileNuma2,
       (HANDLE mapping, HANDLE process, ULONG64 offset, PVOID address, SIZE_T size, ULONG type, ULONG protect, ULONG node))
{
	MEM_EXTENDED_PARAMETER preferred = {.Type = MemExtendedParameterNumaNode, .ULong64 = node};

	return map_view(mapping, process, address, offset, size, type, protect, &preferred, 1);
}

EXPORT(kernel32, BOOL, UnmapViewOfFile2, (HANDLE process, PVOID address, ULONG flags))
{
	return win32_result(NtUnmapViewOfSectionEx(process, address, flags));
}
