/*
 * ntdll/nt.h - prototypes of Nt* and Rtl* functions that rooms above call.  Each room of ntdll has its part.
 */
#ifndef PEWTER_NTDLL_NT_H
#define PEWTER_NTDLL_NT_H

#include "nt/mem.h"
#include "nt/ntdef.h"

/* mm */
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, PVOID *base, ULONG_PTR zero_bits, PSIZE_T size, ULONG type, ULONG protect);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG type);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG protect, PULONG old_protect);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE process, PCVOID address, MEMORY_INFORMATION_CLASS information_class, PVOID buffer,
				    SIZE_T length, PSIZE_T return_length);
NTSTATUS NTAPI NtReadVirtualMemory(HANDLE process, PVOID address, PVOID buffer, SIZE_T size, PSIZE_T done);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE process, PVOID address, PVOID buffer, SIZE_T size, PSIZE_T done);
NTSTATUS NTAPI NtFlushInstructionCache(HANDLE process, PVOID address, SIZE_T size);
NTSTATUS NTAPI NtLockVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG type);
NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG type);
NTSTATUS NTAPI NtSetInformationVirtualMemory(HANDLE process, ULONG class, ULONG_PTR count, const MEMORY_RANGE_ENTRY *entries,
					     PVOID information, ULONG length);
NTSTATUS NTAPI NtAllocateUserPhysicalPages(HANDLE process, ULONG_PTR *count, ULONG_PTR *frame_array);
NTSTATUS NTAPI NtFreeUserPhysicalPages(HANDLE process, ULONG_PTR *count, ULONG_PTR *frame_array);
NTSTATUS NTAPI NtMapUserPhysicalPages(PVOID address, ULONG_PTR count, ULONG_PTR *frame_array);
NTSTATUS NTAPI NtMapUserPhysicalPagesScatter(PVOID *addresses, ULONG_PTR count, ULONG_PTR *frame_array);
NTSTATUS NTAPI NtGetWriteWatch(HANDLE process, ULONG flags, PVOID base, SIZE_T size, PVOID *addresses, ULONG_PTR *count,
			       ULONG *granularity);
NTSTATUS NTAPI NtResetWriteWatch(HANDLE process, PVOID base, SIZE_T size);
NTSTATUS NTAPI NtCreateSection(PHANDLE handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *object_attributes,
			       const LARGE_INTEGER *maximum_size, ULONG protect, ULONG attributes, HANDLE file);
NTSTATUS NTAPI NtCreateSectionEx(PHANDLE handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *object_attributes,
				 const LARGE_INTEGER *maximum_size, ULONG protect, ULONG attributes, HANDLE file,
				 PMEM_EXTENDED_PARAMETER parameters, ULONG count);
NTSTATUS NTAPI NtOpenSection(PHANDLE handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE handle, HANDLE process, PVOID *base, ULONG_PTR zero_bits, SIZE_T commit_size,
				  PLARGE_INTEGER offset, PSIZE_T view_size, SECTION_INHERIT inherit, ULONG allocation_type,
				  ULONG protect);
NTSTATUS NTAPI NtAllocateVirtualMemoryEx(HANDLE process, PVOID *base, PSIZE_T size, ULONG type, ULONG protect,
					 PMEM_EXTENDED_PARAMETER parameters, ULONG count);
NTSTATUS NTAPI NtMapViewOfSectionEx(HANDLE handle, HANDLE process, PVOID *base, PLARGE_INTEGER offset, PSIZE_T view_size,
				    ULONG allocation_type, ULONG protect, PMEM_EXTENDED_PARAMETER parameters, ULONG count);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE process, PVOID base);
NTSTATUS NTAPI NtUnmapViewOfSectionEx(HANDLE process, PVOID base, ULONG flags);
NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, PIO_STATUS_BLOCK iosb);

#endif
