/*
 * ntdll/mm/placeholder.c - placeholders: addresses that are kept for allocations and views to come.
 *
 * A placeholder is a private VAD of its own without a committed page.  It is split at any page
 * (MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER), joined with its neighbours (MEM_COALESCE_PLACEHOLDERS), replaced as a whole
 * by an allocation or a view (MEM_REPLACE_PLACEHOLDER), and what replaced it can be given back to one:
 *
 *	| placeholder                     |
 *	| placeholder  |   placeholder    |	split: O(log n), nothing for the host to do
 *	| placeholder  |   view, replaced |	AllocationProtect is the view's
 *	| placeholder  |   placeholder    |	unmapped with MEM_PRESERVE_PLACEHOLDER: the pages are zero next time
 *
 * Sources: MSDN VirtualAlloc2, VirtualFree, MapViewOfFile3, UnmapViewOfFile2; nt facts rows 22-27.
 */
#include "ntdll/mm/mm_internal.h"

#define REPLACE_TYPES (MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER | MEM_TOP_DOWN | MEM_WRITE_WATCH)

NTSTATUS mm_check_placeholder_request(uintptr_t base, size_t size, ULONG type, ULONG protect)
{
	bool valid = type & MEM_RESERVE && size && !(size % MM_PAGE_SIZE); /* row 23: REPLACE alone is no request */

	if (type & MEM_RESERVE_PLACEHOLDER)
		valid = valid && !(type & ~(MEM_RESERVE | MEM_RESERVE_PLACEHOLDER | MEM_TOP_DOWN)) &&
			protect == PAGE_NOACCESS && !(base % MM_GRANULARITY); /* row 22 */
	else
		valid = valid && !(type & ~REPLACE_TYPES) && base && !(base % MM_PAGE_SIZE);
	return valid ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

struct mm_vad *mm_placeholder_find(uintptr_t start, uintptr_t end)
{
	struct mm_vad *vad = mm_vad_find(start);

	return vad && vad->flags & MM_VAD_PLACEHOLDER && vad->start == start && vad->end == end ? vad : NULL;
}

NTSTATUS mm_placeholder_may_preserve(const struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	/* A placeholder can only be split; an allocation must have replaced one (row 25). */
	if (vad->flags & MM_VAD_PLACEHOLDER)
		return start == vad->start && end == vad->end ? STATUS_CONFLICTING_ADDRESSES : STATUS_SUCCESS;
	return vad->flags & MM_VAD_REPLACED ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
}

void mm_placeholder_make(struct mm_vad *vad)
{
	mm_vad_untell(vad);
	mm_uncharge(vad->committed);
	mm_runs_drop(vad);
	if (vad->flags & MM_VAD_WATCHED)
		mm_watch_detach(vad);
	if (vad->view)
		mm_record_free(vad->view);
	vad->view = NULL;
	vad->kind = MM_VAD_PRIVATE;
	vad->state = 0;
	vad->protect = PAGE_NOACCESS;
	vad->flags = MM_VAD_PLACEHOLDER;
	vad->committed = 0;
}

/* Row 26: the range is the exact sum of two or more placeholders, each starting where the last one ended. */
NTSTATUS mm_placeholder_coalesce(uintptr_t start, uintptr_t end)
{
	struct mm_vad *first = mm_vad_find(start), *vad = first;

	if (!first || first->kind == MM_VAD_FOREIGN)
		return STATUS_MEMORY_NOT_ALLOCATED;
	if (first->start != start)
		return STATUS_CONFLICTING_ADDRESSES;
	while (vad && vad->flags & MM_VAD_PLACEHOLDER && vad->end < end)
		vad = mm_vad_find(vad->end);
	if (!vad || vad == first || !(vad->flags & MM_VAD_PLACEHOLDER) || vad->end != end)
		return STATUS_CONFLICTING_ADDRESSES;
	mm_vad_absorb(first, end);
	return STATUS_SUCCESS;
}
