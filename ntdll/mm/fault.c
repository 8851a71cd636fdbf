/*
 * ntdll/mm/fault.c - what a touched address means.
 *
 * This runs in signal handlers, also of host code that holds malloc's lock: nothing here may call malloc or touch
 * guest memory under the address space lock (the TEB is read before it is taken).
 */
#include "ntdll/mm/mm_internal.h"

#include "nt/peb.h"

static void (*kuser_fill)(void *page);

void mm_set_kuser_fill(void (*fill)(void *page))
{
	kuser_fill = fill;
}

/* The first touch of KUSER_SHARED_DATA: the page is committed by whoever comes first. */
static bool map_kuser(void)
{
	void (*fill)(void *page) = __atomic_exchange_n(&kuser_fill, NULL, __ATOMIC_ACQ_REL);

	if (!fill)
		return false;
	if (host_vm_commit(MM_KUSER_SHARED_DATA, MM_PAGE_SIZE, HOST_PROT_READ | HOST_PROT_WRITE, NULL))
		return false;
	fill((void *)MM_KUSER_SHARED_DATA);
	host_vm_protect(MM_KUSER_SHARED_DATA, MM_PAGE_SIZE, HOST_PROT_READ);
	return true;
}

/* A guard page was touched.  The address space lock is held exclusively; `stack` is NULL if there is no current one. */
MM_EXCLUSIVE
static enum mm_fault_result guard_touched(struct mm_vad *vad, uintptr_t page, const struct mm_stack_bounds *stack,
					  uintptr_t *limit)
{
	struct mm_run run = mm_run_at(vad, page);

	if (stack && mm_stack_contains(vad, stack, page))
		return mm_stack_guard_touched(vad, page, stack, limit);
	if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
		return MM_FAULT_VIOLATION;
	if (vad->kind == MM_VAD_PRIVATE && !(vad->flags & MM_VAD_WATCHED))
		host_vm_commit(page, MM_PAGE_SIZE, mm_host_prot(run.state & MM_STATE_PROTECT & ~PAGE_GUARD), NULL);
	else
		mm_host_apply(vad, page, page + MM_PAGE_SIZE, run.state & ~PAGE_GUARD);
	mm_run_set(vad, page, page + MM_PAGE_SIZE, run.state & ~PAGE_GUARD);
	return MM_FAULT_GUARD;
}

static bool allows(uint32_t state, ULONG access)
{
	unsigned prot = mm_host_prot(state & MM_STATE_PROTECT);

	if (!(state & MM_STATE_COMMIT))
		return false;
	switch (access) {
	case 0:
		return prot & HOST_PROT_READ;
	case 1:
		return prot & HOST_PROT_WRITE;
	default:
		return prot & HOST_PROT_EXEC;
	}
}

enum mm_fault_result mm_fault(uintptr_t address, ULONG access, bool host)
{
	/* A thread that faults again and again where the tables allow the access must not hang. */
	static __thread uintptr_t last_address;
	static __thread unsigned repeats;
	uintptr_t page = mm_page_down(address), new_limit = 0;
	enum mm_fault_result result = MM_FAULT_VIOLATION;
	struct mm_stack_bounds bounds, *stack = &bounds;
	struct mm_vad *vad;
	struct mm_run run;

	if (page == MM_KUSER_SHARED_DATA && access != 1 && map_kuser())
		return MM_FAULT_RESOLVED;
	if (!mm_current_stack(stack))
		stack = NULL;

	mm_lock_exclusive();
	vad = mm_vad_find(page);
	if (!vad || vad->kind == MM_VAD_FOREIGN)
		goto out;
	if (mm_view_is_stale(vad))
		mm_view_refresh(vad);
	run = mm_run_at(vad, page);
	if (host && stack && page < stack->limit && mm_stack_contains(vad, stack, page) &&
	    page >= stack->bottom + MM_PAGE_SIZE) {
		if (mm_stack_host_touched(vad, page, stack, &new_limit))
			result = MM_FAULT_RESOLVED;
	} else if (run.state & MM_STATE_COMMIT && run.state & PAGE_GUARD) {
		result = guard_touched(vad, page, stack, &new_limit);
		/* To host code the end of a stack's guard is no news: what is left is usable. */
		if (host && result == MM_FAULT_STACK)
			result = MM_FAULT_RESOLVED;
	} else if (vad->flags & MM_VAD_WATCHED && access == 1 && allows(run.state, access) &&
		   mm_watch_fault(vad, &run, page)) {
		result = MM_FAULT_RESOLVED;
	} else if (allows(run.state, access)) {
		/* Another thread was faster, or this is a loop of ours. */
		repeats = address == last_address ? repeats + 1 : 0;
		last_address = address;
		if (repeats < 64)
			result = MM_FAULT_RESOLVED;
		/* The host was short of something when it was to give the access. */
		if (repeats == 8)
			mm_host_apply(vad, page, page + MM_PAGE_SIZE, run.state);
	}
out:
	mm_unlock_exclusive();
	if (new_limit)
		NtCurrentTeb()->NtTib.StackLimit = (void *)new_limit;
	return result;
}

enum mm_fault_result mm_probe_stack(uintptr_t address)
{
	uintptr_t page = mm_page_down(address), new_limit = 0;
	enum mm_fault_result result = MM_FAULT_RESOLVED;
	struct mm_stack_bounds stack;
	struct mm_vad *vad;

	if (!mm_current_stack(&stack) || page >= stack.limit || page < stack.bottom + MM_PAGE_SIZE)
		return MM_FAULT_RESOLVED;
	mm_lock_exclusive();
	vad = mm_vad_find(page);
	if (vad && mm_stack_contains(vad, &stack, page))
		result = mm_stack_probed(vad, page, &stack, &new_limit);
	mm_unlock_exclusive();
	if (new_limit)
		NtCurrentTeb()->NtTib.StackLimit = (void *)new_limit;
	return result;
}
