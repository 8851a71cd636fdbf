/*
 * ntdll/mm/extended.h - the extended parameters of the Ex calls, captured and checked.
 */
#ifndef PEWTER_NTDLL_MM_EXTENDED_H
#define PEWTER_NTDLL_MM_EXTENDED_H

#include "ntdll/mm/mm.h"

struct mm_extended {
	ULONG given; /* a bit for each MEM_EXTENDED_PARAMETER_TYPE */
	struct mm_limits limits;
	uint64_t attributes; /* MEM_EXTENDED_PARAMETER_* */
	HANDLE physical;
	ULONG machine; /* IMAGE_FILE_MACHINE_*; 0 = any */
};

static inline bool mm_extended_given(const struct mm_extended *extended, MEM_EXTENDED_PARAMETER_TYPE type)
{
	return extended->given >> type & 1;
}

/* What is wrong with a single parameter, whatever the call; `parameters` is the guest's array.  STATUS_INVALID_PARAMETER,
 * STATUS_ACCESS_VIOLATION, STATUS_INVALID_HANDLE and STATUS_OBJECT_TYPE_MISMATCH (a partition). */
NTSTATUS mm_extended_capture(const MEM_EXTENDED_PARAMETER *parameters, ULONG count, struct mm_extended *extended);

/* The window that the call is bounded by; NULL: none.  With an address of the caller's there must be none, which is
 * STATUS_INVALID_PARAMETER (nt facts row 29). */
NTSTATUS mm_extended_limits(const struct mm_extended *extended, uintptr_t base, const struct mm_limits **limits);

/* What only the section tells of parameters for a view of it; `machine` is an image's.  STATUS_INVALID_PARAMETER,
 * STATUS_NOT_SUPPORTED. */
NTSTATUS mm_extended_check_view(const struct mm_extended *extended, bool image, USHORT machine);

#endif
