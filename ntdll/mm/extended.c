/*
 * ntdll/mm/extended.c - extended parameters: MEM_EXTENDED_PARAMETER, and NtAllocateVirtualMemoryEx which takes them.
 *
 * Sources: MSDN MEM_EXTENDED_PARAMETER, MEM_ADDRESS_REQUIREMENTS, VirtualAlloc2; nt facts rows 28 and 29.
 */
#include "ntdll/mm/extended.h"
#include "host/fault.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/remote.h"
#include "ntdll/se/se.h"
#include "pewter/export.h"

/* The one node that the system tells of (GetNumaHighestNodeNumber), and "no preference". */
#define HIGHEST_NODE 0u
#define NO_PREFERRED_NODE 0xFFFFFFFFu

/* Pseudo handles of memory partitions: the process' own, the system's, and that of the allocation that is committed
 * in; here all three are the same memory. */
#define LOWEST_PSEUDO_PARTITION ((HANDLE)(LONG_PTR)-3)
#define MEMORY_PARTITION_MODIFY_ACCESS 0x2u

#define NONPAGED_ATTRIBUTES                                                                                             \
	((uint64_t)(MEM_EXTENDED_PARAMETER_NONPAGED | MEM_EXTENDED_PARAMETER_NONPAGED_LARGE | MEM_EXTENDED_PARAMETER_NONPAGED_HUGE))

/* Nobody can make one of these, so that a handle of the caller's is never one. */
static const struct ob_type partition_type = {.name = u"Partition"};
static const struct ob_type physical_memory_type = {.name = u"PhysicalMemory"};

static NTSTATUS check_object(HANDLE handle, const struct ob_type *type, ACCESS_MASK access)
{
	void *object;
	NTSTATUS status = ob_reference_by_handle(handle, type, access, &object);

	if (NT_SUCCESS(status))
		ob_dereference(object);
	return status;
}

static NTSTATUS capture_requirements(const void *pointer, struct mm_limits *limits)
{
	MEM_ADDRESS_REQUIREMENTS wanted;
	uintptr_t lowest, highest;

	if (host_copy_from_guest(&wanted, pointer, sizeof(wanted)))
		return STATUS_ACCESS_VIOLATION;
	lowest = (uintptr_t)wanted.LowestStartingAddress;
	highest = (uintptr_t)wanted.HighestEndingAddress;
	if (lowest % MM_GRANULARITY || lowest > mm_highest_address())
		return STATUS_INVALID_PARAMETER;
	if (highest && ((highest + 1) % MM_PAGE_SIZE || highest > mm_highest_address() || lowest > highest))
		return STATUS_INVALID_PARAMETER;
	if (wanted.Alignment && (wanted.Alignment < MM_GRANULARITY || wanted.Alignment & (wanted.Alignment - 1)))
		return STATUS_INVALID_PARAMETER;
	*limits = (struct mm_limits){lowest, highest, wanted.Alignment};
	return STATUS_SUCCESS;
}

static NTSTATUS check_attributes(uint64_t attributes)
{
	uint64_t nonpaged = attributes & NONPAGED_ATTRIBUTES;

	/* EC_CODE is of ARM64; GRAPHICS is of the graphics kernel. */
	if (attributes & ~(NONPAGED_ATTRIBUTES | MEM_EXTENDED_PARAMETER_ZERO_PAGES_OPTIONAL | MEM_EXTENDED_PARAMETER_SOFT_FAULT_PAGES))
		return STATUS_INVALID_PARAMETER;
	if (nonpaged & (nonpaged - 1))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

static NTSTATUS capture_one(const MEM_EXTENDED_PARAMETER *parameter, struct mm_extended *extended)
{
	switch ((MEM_EXTENDED_PARAMETER_TYPE)parameter->Type) {
	case MemExtendedParameterAddressRequirements:
		return capture_requirements(parameter->Pointer, &extended->limits);
	case MemExtendedParameterNumaNode:
		/* A preference, and there is one node. */
		return parameter->ULong64 <= HIGHEST_NODE || parameter->ULong64 == NO_PREFERRED_NODE ? STATUS_SUCCESS
												    : STATUS_INVALID_PARAMETER;
	case MemExtendedParameterPartitionHandle:
		if (parameter->Handle >= LOWEST_PSEUDO_PARTITION)
			return STATUS_SUCCESS;
		return check_object(parameter->Handle, &partition_type, MEMORY_PARTITION_MODIFY_ACCESS);
	case MemExtendedParameterUserPhysicalHandle:
		extended->physical = parameter->Handle;
		return STATUS_SUCCESS;
	case MemExtendedParameterAttributeFlags:
		extended->attributes = parameter->ULong64;
		return check_attributes(extended->attributes);
	case MemExtendedParameterImageMachine:
		extended->machine = parameter->ULong;
		return STATUS_SUCCESS;
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

NTSTATUS mm_extended_capture(const MEM_EXTENDED_PARAMETER *parameters, ULONG count, struct mm_extended *extended)
{
	*extended = (struct mm_extended){0};
	if (count && !parameters)
		return STATUS_INVALID_PARAMETER;
	/* A type may be given once: the loop ends, whatever the count. */
	for (ULONG i = 0; i < count; i++) {
		MEM_EXTENDED_PARAMETER parameter;
		NTSTATUS status;

		if (host_copy_from_guest(&parameter, &parameters[i], sizeof(parameter)))
			return STATUS_ACCESS_VIOLATION;
		if (parameter.Type >= MemExtendedParameterMax || parameter.Reserved ||
		    mm_extended_given(extended, (MEM_EXTENDED_PARAMETER_TYPE)parameter.Type))
			return STATUS_INVALID_PARAMETER;
		status = capture_one(&parameter, extended);
		if (!NT_SUCCESS(status))
			return status;
		extended->given |= 1u << parameter.Type;
	}
	return STATUS_SUCCESS;
}

NTSTATUS mm_extended_limits(const struct mm_extended *extended, uintptr_t base, const struct mm_limits **limits)
{
	const struct mm_limits *given = &extended->limits;

	*limits = given->lowest || given->highest || given->alignment ? given : NULL;
	return base && *limits ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* What only the combination with the other arguments tells. */
static NTSTATUS check_for_allocation(const struct mm_extended *extended, ULONG type)
{
	if (mm_extended_given(extended, MemExtendedParameterImageMachine))
		return STATUS_INVALID_PARAMETER;
	/* Pages of a physical-memory object are for MEM_PHYSICAL reservations (MSDN AllocateUserPhysicalPages2). */
	if (mm_extended_given(extended, MemExtendedParameterUserPhysicalHandle)) {
		if ((type & (MEM_RESERVE | MEM_PHYSICAL)) != (MEM_RESERVE | MEM_PHYSICAL))
			return STATUS_INVALID_PARAMETER;
		return check_object(extended->physical, &physical_memory_type, 0);
	}
	/* MSDN MEM_EXTENDED_PARAMETER: large and huge pages that stay in memory are asked for with MEM_LARGE_PAGES; all
	 * three take SeLockMemoryPrivilege. */
	if (extended->attributes & (MEM_EXTENDED_PARAMETER_NONPAGED_LARGE | MEM_EXTENDED_PARAMETER_NONPAGED_HUGE) &&
	    !(type & MEM_LARGE_PAGES))
		return STATUS_INVALID_PARAMETER;
	if (!(extended->attributes & NONPAGED_ATTRIBUTES))
		return STATUS_SUCCESS;
	if (!se_privilege_enabled(SE_LOCK_MEMORY_PRIVILEGE))
		return STATUS_PRIVILEGE_NOT_HELD;
	/* Large pages are never paged out anyway; of the other two kinds the system has none left. */
	return extended->attributes & MEM_EXTENDED_PARAMETER_NONPAGED_LARGE ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS mm_extended_check_view(const struct mm_extended *extended, bool image, USHORT machine)
{
	/* Views are aligned to 64 KiB and nothing else (nt facts row 29); frames of physical memory are no section's, and
	 * only a section that was made so holds pages that stay in memory. */
	if (extended->limits.alignment || mm_extended_given(extended, MemExtendedParameterUserPhysicalHandle) ||
	    extended->attributes & NONPAGED_ATTRIBUTES)
		return STATUS_INVALID_PARAMETER;
	if (!mm_extended_given(extended, MemExtendedParameterImageMachine))
		return STATUS_SUCCESS;
	if (!image)
		return STATUS_INVALID_PARAMETER;
	/* Wine's test_NtMapViewOfSectionEx: 0 is any machine; an image of another one is not supported. */
	return !extended->machine || extended->machine == machine ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

EXPORT(ntdll, NTSTATUS, NtAllocateVirtualMemoryEx,
       (HANDLE process, PVOID *base, PSIZE_T size, ULONG type, ULONG protect, PMEM_EXTENDED_PARAMETER parameters, ULONG count))
{
	const struct mm_limits *limits = NULL;
	struct mm_extended extended;
	struct ps_process *other = NULL;
	uintptr_t start;
	size_t length;
	NTSTATUS status;

	if (host_copy_from_guest(&start, base, sizeof(start)) || host_copy_from_guest(&length, size, sizeof(length)))
		return STATUS_ACCESS_VIOLATION;
	status = mm_extended_capture(parameters, count, &extended);
	if (NT_SUCCESS(status))
		status = mm_extended_limits(&extended, start, &limits);
	if (NT_SUCCESS(status))
		status = check_for_allocation(&extended, type);
	if (NT_SUCCESS(status))
		status = ps_reference_target(process, PROCESS_VM_OPERATION, &other);
	if (NT_SUCCESS(status))
		status = other ? mm_allocate_remote(other, &start, &length, type, protect, 0, limits)
			       : mm_allocate(&start, &length, type, protect, 0, limits);
	if (other)
		ob_dereference(other);
	if (NT_SUCCESS(status) &&
	    (host_copy_to_guest(base, &start, sizeof(start)) || host_copy_to_guest(size, &length, sizeof(length))))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}
