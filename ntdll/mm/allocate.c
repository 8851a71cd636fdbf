/*
 * ntdll/mm/allocate.c - reserve, commit, reset, decommit, release.
 *
 * Rows are those of the NT memory facts that the conformance tests are named after.
 */
#include "host/vm_advice.h"
#include "ntdll/mm/mm_internal.h"
#include "ntdll/se/se.h"

#define ALLOCATE_TYPES                                                                                                  \
	(MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_RESET_UNDO | MEM_TOP_DOWN | MEM_WRITE_WATCH | MEM_PHYSICAL |        \
	 MEM_LARGE_PAGES | MEM_RESERVE_PLACEHOLDER | MEM_REPLACE_PLACEHOLDER)

/* The upper bound that ZeroBits asks for (rows 16-18): 1..20 count the leading zeroes of a 32-bit address; above 31 it
 * is a mask whose leading zeroes count.  STATUS_INVALID_PARAMETER_3 for the rest. */
NTSTATUS mm_zero_bits_limit(uintptr_t zero_bits, uintptr_t *highest)
{
	uintptr_t limit;

	if (!zero_bits)
		return STATUS_SUCCESS;
	if (zero_bits < 32) {
		if (zero_bits > 21)
			return STATUS_INVALID_PARAMETER_3;
		limit = ((uintptr_t)1 << (32 - zero_bits)) - 1;
	} else {
		limit = zero_bits;
		for (unsigned shift = 1; shift < sizeof(limit) * 8; shift *= 2)
			limit |= limit >> shift;
	}
	if (limit < *highest)
		*highest = limit;
	return STATUS_SUCCESS;
}

/* An allocation that was to be watched failed to get memory. */
MM_EXCLUSIVE static void give_up_watch(struct mm_vad *vad)
{
	if (!(vad->flags & MM_VAD_WATCHED))
		return;
	host_vm_unmap(vad->start, vad->end - vad->start);
	mm_watch_detach(vad);
}

/* A private allocation in the place of a placeholder, which it must match exactly (row 23). */
MM_EXCLUSIVE static NTSTATUS replace(uintptr_t start, uintptr_t end, ULONG type, ULONG protect)
{
	struct mm_vad *vad = mm_placeholder_find(start, end);
	NTSTATUS status = STATUS_SUCCESS;

	if (!vad)
		return STATUS_CONFLICTING_ADDRESSES;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 3))
		return STATUS_NO_MEMORY;
	if (type & MEM_WRITE_WATCH)
		status = mm_watch_attach(vad);
	if (type & MEM_COMMIT && NT_SUCCESS(status))
		status = mm_commit_range(vad, start, end, protect);
	if (!NT_SUCCESS(status)) {
		give_up_watch(vad);
		return status;
	}
	mm_vad_untell(vad);
	vad->protect = (uint16_t)protect;
	vad->flags = (uint8_t)((vad->flags & ~MM_VAD_PLACEHOLDER) | MM_VAD_REPLACED);
	return STATUS_SUCCESS;
}

/* Brings all of a new allocation into memory in large pages, or takes it back. */
MM_EXCLUSIVE static NTSTATUS make_large(struct mm_vad *vad)
{
	if (host_vm_make_large(vad->start, vad->end - vad->start)) {
		host_vm_unmap(vad->start, vad->end - vad->start);
		mm_uncharge(vad->committed);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	vad->flags |= MM_VAD_LARGE;
	/* A page that cannot be written is one only now: bringing it in was writing it. */
	return mm_status_from_host(mm_host_apply(vad, vad->start, vad->end, mm_run_at(vad, vad->start).state));
}

/* MSDN VirtualAlloc, MEM_LARGE_PAGES: reserved and committed at once, whole large pages, by a caller that may lock
 * memory. */
static NTSTATUS check_large(uintptr_t base, size_t size, ULONG type)
{
	size_t page = host_large_page_size();

	if (!(type & MEM_COMMIT) || type & MEM_WRITE_WATCH)
		return STATUS_INVALID_PARAMETER_5;
	if (!se_privilege_enabled(SE_LOCK_MEMORY_PRIVILEGE))
		return STATUS_PRIVILEGE_NOT_HELD;
	if (!page)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (base % page)
		return STATUS_INVALID_PARAMETER_2;
	return size % page ? STATUS_INVALID_PARAMETER_4 : STATUS_SUCCESS;
}

MM_EXCLUSIVE
static NTSTATUS reserve(uintptr_t *base, size_t *size, ULONG type, ULONG protect, uintptr_t lowest, uintptr_t highest,
			size_t alignment)
{
	uintptr_t start, end;
	struct mm_vad *vad;
	NTSTATUS status = STATUS_SUCCESS;

	if (type & MEM_REPLACE_PLACEHOLDER)
		return replace(*base, *base + *size, type, protect);
	if (!mm_slab_reserve(MM_CHANGE_NODES, 4))
		return STATUS_NO_MEMORY;
	if (*base) {
		/* NT rounds the base down to 64 KiB, the end up to a page: MSDN VirtualAlloc, lpAddress (rows 4, 5). */
		start = mm_unit_down(*base);
		end = mm_page_up(*base + *size);
		if (!mm_vad_range_free(start, end))
			return STATUS_CONFLICTING_ADDRESSES;
	} else {
		size_t rounded = mm_page_up(*size);

		if (rounded < *size || !mm_vad_find_gap(rounded, lowest, highest, alignment, type & MEM_TOP_DOWN, &start))
			return STATUS_NO_MEMORY;
		end = start + rounded;
	}
	vad = mm_vad_insert(start, end, MM_VAD_PRIVATE, protect);
	if (type & MEM_WRITE_WATCH)
		status = mm_watch_attach(vad);
	else if (type & MEM_PHYSICAL)
		status = mm_physical_attach(vad);
	if (type & MEM_COMMIT && NT_SUCCESS(status))
		status = mm_commit_range(vad, start, end, protect);
	if (type & MEM_LARGE_PAGES && NT_SUCCESS(status))
		status = make_large(vad);
	if (!NT_SUCCESS(status)) {
		give_up_watch(vad);
		mm_vad_remove(vad);
		return status;
	}
	if (type & MEM_RESERVE_PLACEHOLDER)
		vad->flags |= MM_VAD_PLACEHOLDER;
	if (type & MEM_COMMIT)
		mm_vad_tell(vad);
	*base = start;
	*size = end - start;
	return STATUS_SUCCESS;
}

/* MEM_COMMIT without MEM_RESERVE. */
MM_EXCLUSIVE static NTSTATUS commit(uintptr_t *base, size_t *size, ULONG protect)
{
	uintptr_t start = mm_page_down(*base), end = mm_page_up(*base + *size);
	struct mm_vad *vad = mm_vad_find(start);
	NTSTATUS status;

	if (!vad || vad->kind == MM_VAD_FOREIGN || end > vad->end || vad->flags & (MM_VAD_PLACEHOLDER | MM_VAD_PHYSICAL))
		return STATUS_CONFLICTING_ADDRESSES; /* rows 9, 23 */
	if (vad->kind == MM_VAD_IMAGE)
		return STATUS_ALREADY_COMMITTED; /* row 81 */
	if (vad->kind == MM_VAD_MAPPED) {
		status = mm_commit_in_view(vad, start, end, protect);
	} else {
		if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
			return STATUS_NO_MEMORY;
		status = mm_commit_range(vad, start, end, protect);
	}
	if (NT_SUCCESS(status)) {
		*base = start;
		*size = end - start;
	}
	return status;
}

/* Makes sure of the contents of a run; it is writable for that time. */
MM_EXCLUSIVE static bool restore(const struct mm_vad *vad, const struct mm_run *run)
{
	bool intact;

	if (host_vm_protect(run->start, run->end - run->start, HOST_PROT_READ | HOST_PROT_WRITE))
		return false;
	intact = host_vm_restore(run->start, run->end - run->start);
	return !mm_host_apply(vad, run->start, run->end, run->state) && intact;
}

/* MEM_RESET (row 14): what the pages hold may be lost; protection and state stay.  MEM_RESET_UNDO: they must not be lost
 * any more; STATUS_UNSUCCESSFUL: some may have been (MSDN VirtualAlloc: "replaced with zeroes"). */
MM_EXCLUSIVE static NTSTATUS reset(uintptr_t *base, size_t *size, bool undo)
{
	/* Only whole pages inside the range lose their contents; the call reports pages rounded out. */
	uintptr_t start = mm_page_down(*base), end = mm_page_up(*base + *size);
	uintptr_t inner_start = mm_page_up(*base), inner_end = mm_page_down(*base + *size);
	struct mm_vad *vad = mm_vad_find(start);
	struct mm_run run;

	if (!vad || vad->kind == MM_VAD_FOREIGN || end > vad->end || vad->flags & MM_VAD_PLACEHOLDER)
		return STATUS_CONFLICTING_ADDRESSES;
	/* A watched page must not lose its mark with its contents, and what is locked keeps them. */
	if (vad->kind != MM_VAD_PRIVATE || vad->flags & (MM_VAD_WATCHED | MM_VAD_PHYSICAL | MM_VAD_LARGE | MM_VAD_LOCKED))
		inner_end = inner_start;
	if (inner_start < inner_end) {
		for (mm_run_first(vad, inner_start, inner_end, &run); run.start < inner_end; mm_run_next(vad, inner_end, &run)) {
			if (!(run.state & MM_STATE_COMMIT))
				continue;
			if (!undo)
				host_vm_reset(run.start, run.end - run.start); /* a hint: failing is no failure */
			else if (!restore(vad, &run))
				return STATUS_UNSUCCESSFUL;
		}
	}
	*base = start;
	*size = end - start;
	return STATUS_SUCCESS;
}

NTSTATUS mm_allocate(uintptr_t *base, size_t *size, ULONG type, ULONG protect, uintptr_t zero_bits,
		     const struct mm_limits *limits)
{
	uintptr_t lowest = mm_space.bottom, highest = mm_space.highest;
	size_t alignment = MM_GRANULARITY;
	bool bounded = zero_bits != 0;
	NTSTATUS status;

	if (type & ~ALLOCATE_TYPES)
		return STATUS_INVALID_PARAMETER_5; /* row 15 */
	if (type & (MEM_RESERVE_PLACEHOLDER | MEM_REPLACE_PLACEHOLDER)) {
		status = mm_check_placeholder_request(*base, *size, type, protect);
		if (!NT_SUCCESS(status))
			return status;
	}
	if (!(type & (MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_RESET_UNDO)))
		return STATUS_INVALID_PARAMETER_5;
	if (type & (MEM_RESET | MEM_RESET_UNDO) && type & (type - 1))
		return STATUS_INVALID_PARAMETER_5;
	if (type & (MEM_WRITE_WATCH | MEM_LARGE_PAGES | MEM_PHYSICAL) && !(type & MEM_RESERVE))
		return STATUS_INVALID_PARAMETER_5;
	/* "With MEM_RESERVE and no other values", and for reading and writing: MSDN VirtualAlloc, MEM_PHYSICAL. */
	if (type & MEM_PHYSICAL && type != (MEM_PHYSICAL | MEM_RESERVE))
		return STATUS_INVALID_PARAMETER_5;
	if (type & MEM_PHYSICAL && protect != PAGE_READWRITE)
		return STATUS_INVALID_PARAMETER_6;
	if (type & MEM_LARGE_PAGES) {
		status = check_large(*base, *size, type);
		if (!NT_SUCCESS(status))
			return status;
		alignment = host_large_page_size();
	}
	protect = mm_without_targets(protect);
	status = mm_check_protect(protect);
	if (!NT_SUCCESS(status))
		return status;
	status = mm_zero_bits_limit(zero_bits, &highest);
	if (!NT_SUCCESS(status))
		return status;
	if (!*size)
		return STATUS_INVALID_PARAMETER_4; /* row 1 */
	if (limits) {
		if (limits->lowest)
			lowest = limits->lowest;
		if (limits->highest && limits->highest < highest)
			highest = limits->highest;
		if (limits->alignment > alignment)
			alignment = limits->alignment;
		bounded = true;
	}
	if (*base) {
		if (mm_unit_down(*base) < MM_LOWEST_USER_ADDRESS || *base > highest)
			return STATUS_INVALID_PARAMETER_2; /* row 8 */
		if (*size > highest - *base + 1)
			return STATUS_INVALID_PARAMETER_4;
	} else if (*size > mm_space.highest) {
		/* Beyond a bound of the caller's it is a matter of room: STATUS_NO_MEMORY (rows 16, 17). */
		return STATUS_INVALID_PARAMETER_4;
	}
	if (bounded && lowest > highest && !(limits && limits->lowest))
		lowest = MM_LOWEST_USER_ADDRESS;
	if (type & MEM_TOP_DOWN && !limits)
		lowest = MM_LOWEST_USER_ADDRESS;

	mm_lock_exclusive();
	if (type & (MEM_RESET | MEM_RESET_UNDO)) {
		status = reset(base, size, type & MEM_RESET_UNDO);
	} else if (type & MEM_RESERVE || !*base) {
		/* Commit implies reserve when there is no base (row 12). */
		if (protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY))
			status = STATUS_INVALID_PAGE_PROTECTION; /* row 13 */
		else
			status = reserve(base, size, type, protect, lowest, highest, alignment);
		if (status == STATUS_NO_MEMORY && !*base && !bounded && lowest > MM_LOWEST_USER_ADDRESS)
			status = reserve(base, size, type, protect, MM_LOWEST_USER_ADDRESS, highest, alignment);
	} else if (protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY) &&
		   (!mm_vad_find(*base) || mm_vad_find(*base)->kind == MM_VAD_PRIVATE)) {
		status = STATUS_INVALID_PAGE_PROTECTION;
	} else {
		status = commit(base, size, protect);
	}
	mm_unlock_exclusive();
	if (protect & PAGE_GUARD && type & MEM_COMMIT && NT_SUCCESS(status))
		mm_stack_guard_set(*base, *base + *size);
	return status;
}

/* A window of physical memory has nothing that could be decommitted, and goes as a whole. */
MM_EXCLUSIVE static NTSTATUS free_window(struct mm_vad *vad, uintptr_t *base, size_t *size, ULONG type)
{
	uintptr_t start = vad->start, length = vad->end - vad->start;
	NTSTATUS status;

	if (type != MEM_RELEASE)
		return STATUS_MEMORY_NOT_ALLOCATED;
	if (mm_page_down(*base) != start || (*size && mm_page_up(*base + *size) != vad->end))
		return STATUS_FREE_VM_NOT_AT_BASE;
	if (!mm_unlock_pages(start, vad->end) || !mm_slab_reserve(MM_CHANGE_NODES, 1))
		return STATUS_NO_MEMORY;
	status = mm_physical_detach(vad);
	if (!NT_SUCCESS(status))
		return status;
	mm_vad_remove(vad);
	*base = start;
	*size = length;
	return STATUS_SUCCESS;
}

MM_EXCLUSIVE static NTSTATUS free_range(uintptr_t *base, size_t *size, ULONG type)
{
	uintptr_t start = mm_page_down(*base), end = mm_page_up(*base + *size);
	struct mm_vad *vad = mm_vad_find(start);
	bool whole = !*size;
	NTSTATUS status;

	if (!vad || vad->kind == MM_VAD_FOREIGN)
		return STATUS_MEMORY_NOT_ALLOCATED; /* row 36 */
	if (vad->kind != MM_VAD_PRIVATE)
		return STATUS_UNABLE_TO_DELETE_SECTION; /* row 38 */
	if (vad->flags & MM_VAD_PHYSICAL)
		return free_window(vad, base, size, type);
	if (whole) {
		if (start != vad->start)
			return STATUS_FREE_VM_NOT_AT_BASE; /* row 31 */
		end = vad->end;
	}
	if (end > vad->end)
		return STATUS_UNABLE_TO_FREE_VM; /* row 35 */
	if (type & MEM_PRESERVE_PLACEHOLDER) {
		status = mm_placeholder_may_preserve(vad, start, end);
		if (!NT_SUCCESS(status))
			return status;
	}
	if (vad->flags & MM_VAD_LOCKED && !mm_unlock_pages(start, end))
		return STATUS_NO_MEMORY;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 4))
		return STATUS_NO_MEMORY;
	if (vad->flags & MM_VAD_LARGE)
		host_vm_unlock(start, end - start);
	status = mm_decommit_range(vad, start, end, type & MEM_RELEASE);
	if (!NT_SUCCESS(status))
		return status;
	if (vad->flags & MM_VAD_LARGE && type & MEM_RELEASE)
		host_vm_unmap(start, end - start); /* what comes here next wants no large pages */
	*base = start;
	*size = end - start; /* rows 33, 34 */
	if (type == MEM_DECOMMIT) {
		if (whole)
			*size = 0; /* row 32 */
	} else {
		vad = mm_vad_isolate(vad, start, end);
		if (type & MEM_PRESERVE_PLACEHOLDER)
			mm_placeholder_make(vad);
		else
			mm_vad_remove(vad);
	}
	return STATUS_SUCCESS;
}

NTSTATUS mm_free(uintptr_t *base, size_t *size, ULONG type)
{
	ULONG placeholder = type & (MEM_PRESERVE_PLACEHOLDER | MEM_COALESCE_PLACEHOLDERS);
	NTSTATUS status;

	if (type - placeholder != MEM_RELEASE && type != MEM_DECOMMIT)
		return STATUS_INVALID_PARAMETER_4; /* rows 26, 39 */
	if (placeholder & (placeholder - 1))
		return STATUS_INVALID_PARAMETER_4;
	if (placeholder && !*size)
		return STATUS_INVALID_PARAMETER_3; /* rows 25, 26 */
	if (*base > mm_space.highest)
		return STATUS_INVALID_PARAMETER_2;
	if (*size > mm_space.highest - *base + 1)
		return STATUS_INVALID_PARAMETER_3;
	mm_lock_exclusive();
	if (placeholder & MEM_COALESCE_PLACEHOLDERS) {
		uintptr_t start = mm_page_down(*base), end = mm_page_up(*base + *size);

		status = mm_placeholder_coalesce(start, end);
		if (NT_SUCCESS(status)) {
			*base = start;
			*size = end - start;
		}
	} else {
		status = free_range(base, size, type);
	}
	mm_unlock_exclusive();
	return status;
}
