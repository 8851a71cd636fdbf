/*
 * ntdll/mm/protect.c - protections: what is valid, what Linux makes of it, NtProtectVirtualMemory.
 */
#include "ntdll/mm/mm_internal.h"

#define BASE_PROTECTIONS 0xFFu

NTSTATUS mm_check_protect(ULONG protect)
{
	ULONG base = protect & BASE_PROTECTIONS;
	ULONG modifiers = protect & ~BASE_PROTECTIONS;

	if (!base || base & (base - 1))
		return STATUS_INVALID_PAGE_PROTECTION;
	if (modifiers & ~(PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE))
		return STATUS_INVALID_PAGE_PROTECTION;
	/* MSDN "Memory Protection Constants": no modifier goes with NOACCESS, no two of them go together. */
	if (modifiers && base == PAGE_NOACCESS)
		return STATUS_INVALID_PAGE_PROTECTION;
	if (modifiers & (modifiers - 1))
		return STATUS_INVALID_PAGE_PROTECTION;
	return STATUS_SUCCESS;
}

ULONG mm_without_targets(ULONG protect)
{
	const ULONG executable = PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

	return protect & executable ? protect & ~PAGE_TARGETS_INVALID : protect;
}

unsigned mm_host_prot(ULONG protect)
{
	if (protect & PAGE_GUARD)
		return HOST_PROT_NONE;
	switch (protect & BASE_PROTECTIONS) {
	case PAGE_READONLY:
		return HOST_PROT_READ;
	case PAGE_READWRITE:
	case PAGE_WRITECOPY:
		return HOST_PROT_READ | HOST_PROT_WRITE;
	case PAGE_EXECUTE: /* x86 pages that can be executed can be read */
	case PAGE_EXECUTE_READ:
		return HOST_PROT_READ | HOST_PROT_EXEC;
	case PAGE_EXECUTE_READWRITE:
	case PAGE_EXECUTE_WRITECOPY:
		return HOST_PROT_READ | HOST_PROT_WRITE | HOST_PROT_EXEC;
	default:
		return HOST_PROT_NONE;
	}
}

int mm_host_apply(const struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state)
{
	unsigned prot = mm_host_prot(state & MM_STATE_PROTECT);

	if (vad->flags & MM_VAD_WATCHED)
		return mm_watch_apply(vad, start, end, prot);
	return host_vm_protect(start, end - start, prot);
}

NTSTATUS mm_protect(uintptr_t *base, size_t *size, ULONG protect, ULONG *old)
{
	uintptr_t start = mm_page_down(*base), end;
	struct mm_vad *vad;
	struct mm_run first, run;
	NTSTATUS status;
	size_t charged = 0;
	ULONG state;

	protect = mm_without_targets(protect);
	status = mm_check_protect(protect);
	if (!NT_SUCCESS(status))
		return status;
	if (*base > mm_space.highest)
		return STATUS_INVALID_PARAMETER_2;
	if (!*size || *size > mm_space.highest - *base + 1)
		return STATUS_INVALID_PARAMETER_3;
	end = mm_page_up(*base + *size);

	mm_lock_exclusive();
	vad = mm_vad_find(start);
	status = STATUS_CONFLICTING_ADDRESSES;
	if (!vad || vad->kind == MM_VAD_FOREIGN || end > vad->end)
		goto out;
	if (mm_view_is_stale(vad))
		mm_view_refresh(vad);
	mm_run_first(vad, start, end, &first);
	status = STATUS_NOT_COMMITTED;
	for (run = first; run.start < end; mm_run_next(vad, end, &run))
		if (!(run.state & MM_STATE_COMMIT))
			goto out;
	status = STATUS_INVALID_PAGE_PROTECTION;
	if (vad->flags & MM_VAD_PHYSICAL)
		goto out;
	if (vad->kind == MM_VAD_PRIVATE && protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY))
		goto out;
	status = STATUS_SECTION_PROTECTION;
	if (vad->kind == MM_VAD_MAPPED && !mm_view_allows(vad, start, end, protect))
		goto out;
	status = STATUS_NO_MEMORY;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
		goto out;
	if (old)
		*old = vad->kind == MM_VAD_PRIVATE ? first.state & MM_STATE_PROTECT : mm_shown_protect(vad, start);
	/* NOCACHE is the allocation's: a protect call neither gives nor takes it (nt facts row 19). */
	state = mm_state_committed((mm_view_protection(vad, protect) & ~(ULONG)PAGE_NOCACHE) | (first.state & PAGE_NOCACHE));
	if (vad->flags & MM_VAD_WATCHED)
		mm_watch_latch(vad, start, end);
	status = STATUS_COMMITMENT_LIMIT;
	if (vad->view && !mm_view_charge(vad, start, end, state, &charged))
		goto out;
	if (vad->kind == MM_VAD_MAPPED)
		status = mm_view_apply(vad, start, end, state & MM_STATE_PROTECT);
	else
		status = mm_status_from_host(mm_host_apply(vad, start, end, state));
	if (!NT_SUCCESS(status)) {
		mm_host_restore(vad, start, end);
		if (vad->view)
			mm_view_uncharge(vad, start, end, state, charged);
		goto out;
	}
	if (vad->kind != MM_VAD_MAPPED)
		mm_run_set(vad, start, end, state);
	*base = start;
	*size = end - start;
out:
	mm_unlock_exclusive();
	if (protect & PAGE_GUARD && NT_SUCCESS(status))
		mm_stack_guard_set(*base, *base + *size);
	return status;
}
