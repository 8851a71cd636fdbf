/*
 * ntdll/mm/stack.c - stacks: how they are made, how they grow, how they end.
 *
 * A stack is private memory, reserved at the bottom, then MM_STACK_GUARD_PAGES guard pages, then committed pages up to
 *the base:
 *
 *	DeallocationStack                    StackLimit              StackBase
 *	| reserved ...            | guard x3 | committed             |
 *
 * The current stack is what the TEB says, whoever made it.  Touching a guard page of it moves StackLimit down to that
 *page and the guard below it; setting a guard page within it moves StackLimit up (nt facts, memory 49 to 54).  The
 *growing half runs in signal handlers, as fault.c does.
 */
#include "ntdll/mm/mm_internal.h"

#include "ntdll/ps/thread.h"

/* x64 Windows 10 keeps three guard pages below the limit (nt facts row 56). */
#define MM_STACK_GUARD_PAGES 3u
/* Pages that stay for the handler of a stack overflow. */
#define MM_STACK_OVERFLOW_PAGES 3u

#define HOST_STACK_STEP (4u * MM_PAGE_SIZE)

bool mm_current_stack(struct mm_stack_bounds *stack)
{
	const TEB *teb = ps_self ? ps_self->teb : NULL;

	if (!teb)
		return false;
	stack->bottom = (uintptr_t)teb->DeallocationStack;
	stack->limit = (uintptr_t)teb->NtTib.StackLimit;
	stack->base = (uintptr_t)teb->NtTib.StackBase;
	stack->guarantee = teb->GuaranteedStackBytes;
	return stack->bottom != 0;
}

bool mm_stack_contains(const struct mm_vad *vad, const struct mm_stack_bounds *stack, uintptr_t page)
{
	return page >= stack->bottom && page < stack->base && vad->start <= stack->bottom && stack->base <= vad->end &&
	       vad->kind == MM_VAD_PRIVATE;
}

/* Makes [start, end) of a stack read-write memory, whatever it was. */
MM_EXCLUSIVE static bool commit(struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	size_t pages = (end - start) / MM_PAGE_SIZE - mm_run_committed(vad, start, end);

	if (start >= end)
		return true;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 1) || !mm_charge(pages))
		return false;
	if (mm_host_commit(vad, start, end, PAGE_READWRITE)) {
		mm_uncharge(pages);
		return false;
	}
	vad->committed += pages;
	mm_run_set(vad, start, end, mm_state_committed(PAGE_READWRITE));
	return true;
}

/* Makes [start, end) of a stack guard pages.  They have no access, so what was reserved needs nothing from the host
 * yet. */
MM_EXCLUSIVE static bool guard(struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	size_t pages = (end - start) / MM_PAGE_SIZE - mm_run_committed(vad, start, end);
	struct mm_run run;

	if (!mm_slab_reserve(MM_CHANGE_NODES, 1) || !mm_charge(pages))
		return false;
	if (vad->flags & MM_VAD_WATCHED)
		mm_host_commit(vad, start, end, PAGE_READWRITE | PAGE_GUARD);
	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run))
		if (run.state & MM_STATE_COMMIT && !(run.state & PAGE_GUARD))
			host_vm_protect(run.start, run.end - run.start, HOST_PROT_NONE);
	vad->committed += pages;
	mm_run_set(vad, start, end, mm_state_committed(PAGE_READWRITE | PAGE_GUARD));
	return true;
}

/* Whether a limit of `to` leaves no room for the guard and for what was guaranteed to a handler. */
static bool at_end(uintptr_t to, const struct mm_stack_bounds *stack)
{
	return to < stack->bottom + MM_PAGE_SIZE + MM_STACK_GUARD_PAGES * MM_PAGE_SIZE + mm_page_up(stack->guarantee);
}

/*
 * Moves the limit of a stack from `old_limit` down to the page `to`, with the guard below it.  *limit receives the new
 * StackLimit.  false: the reserve is used up (the pages above the last one, which is never committed, are usable then),
 * or there is no memory.
 */
MM_EXCLUSIVE
static bool grow(struct mm_vad *vad, uintptr_t to, uintptr_t old_limit, const struct mm_stack_bounds *stack,
		 uintptr_t *limit)
{
	uintptr_t lowest = stack->bottom + MM_PAGE_SIZE;

	if (at_end(to, stack)) {
		/* The last pages: no guard any more, what is left is for the handler of the overflow. */
		commit(vad, lowest, old_limit);
		*limit = lowest;
		return false;
	}
	*limit = to;
	return commit(vad, to, old_limit) && guard(vad, to - MM_STACK_GUARD_PAGES * MM_PAGE_SIZE, to);
}

enum mm_fault_result mm_stack_guard_touched(struct mm_vad *vad, uintptr_t page, const struct mm_stack_bounds *stack,
					    uintptr_t *limit)
{
	/* The limit may have been written by hand, over the guard pages (row 52). */
	uintptr_t old_limit = stack->limit > page && stack->limit <= stack->base ? stack->limit : page + MM_PAGE_SIZE;

	return grow(vad, page, old_limit, stack, limit) ? MM_FAULT_RESOLVED : MM_FAULT_STACK;
}

bool mm_stack_host_touched(struct mm_vad *vad, uintptr_t page, const struct mm_stack_bounds *stack, uintptr_t *limit)
{
	/* A little more at a time than guest code would get, because each step costs a signal. */
	uintptr_t to = page - stack->bottom > HOST_STACK_STEP + MM_GRANULARITY ? page - HOST_STACK_STEP : page;

	if (at_end(to, stack))
		to = page;
	if (!at_end(to, stack))
		return grow(vad, to, stack->limit, stack, limit);
	/* The guard stays below, as far as there is a below: the overflow is for guest code to have. */
	*limit = page;
	return commit(vad, page, stack->limit) && (page == stack->bottom + MM_PAGE_SIZE ||
						   guard(vad, stack->bottom + MM_PAGE_SIZE, page));
}

enum mm_fault_result mm_stack_probed(struct mm_vad *vad, uintptr_t page, const struct mm_stack_bounds *stack,
				     uintptr_t *limit)
{
	if (!at_end(page, stack))
		return mm_stack_host_touched(vad, page, stack, limit) ? MM_FAULT_RESOLVED : MM_FAULT_STACK;
	grow(vad, page, stack->limit, stack, limit);
	return MM_FAULT_STACK;
}

void mm_stack_guard_set(uintptr_t start, uintptr_t end)
{
	struct mm_stack_bounds stack;

	if (mm_current_stack(&stack) && start < stack.base && end > stack.limit && start >= stack.bottom)
		NtCurrentTeb()->NtTib.StackLimit = (void *)(end < stack.base ? end : stack.base);
}

bool mm_commit_stack_to(uintptr_t address)
{
	return mm_fault(address, 1, true) == MM_FAULT_RESOLVED;
}

NTSTATUS mm_create_stack(size_t reserve, size_t committed, uintptr_t zero_bits, struct mm_stack *stack)
{
	size_t below = MM_STACK_GUARD_PAGES * MM_PAGE_SIZE;
	uintptr_t base = 0;
	struct mm_vad *vad;
	NTSTATUS status;

	committed = committed ? mm_page_up(committed) : MM_PAGE_SIZE;
	reserve = mm_unit_up(reserve);
	if (committed >= reserve)
		reserve = (committed + (1u << 20) - 1) & ~(size_t)((1u << 20) - 1);
	if (committed + below + MM_STACK_OVERFLOW_PAGES * MM_PAGE_SIZE > reserve)
		reserve += MM_GRANULARITY;
	status = mm_allocate(&base, &reserve, MEM_RESERVE, PAGE_READWRITE, zero_bits, NULL);
	if (!NT_SUCCESS(status))
		return status;
	stack->allocation_base = base;
	stack->base = base + reserve;
	stack->limit = stack->base - committed;
	mm_lock_exclusive();
	vad = mm_vad_find(base);
	vad->flags |= MM_VAD_STACK;
	if (!commit(vad, stack->limit, stack->base) || !guard(vad, stack->limit - below, stack->limit))
		status = STATUS_COMMITMENT_LIMIT;
	mm_unlock_exclusive();
	if (!NT_SUCCESS(status)) {
		size_t all = 0;
		mm_free(&base, &all, MEM_RELEASE);
	}
	return status;
}

bool mm_reset_stack_guard(uintptr_t sp)
{
	struct mm_stack_bounds stack;
	uintptr_t lowest, end, limit = 0;
	struct mm_vad *vad;
	bool done = false;

	if (!mm_current_stack(&stack))
		return false;
	lowest = stack.bottom + MM_PAGE_SIZE;
	end = lowest + mm_page_up(stack.guarantee) + MM_STACK_GUARD_PAGES * MM_PAGE_SIZE;
	mm_lock_exclusive();
	vad = mm_vad_find(stack.bottom);
	if (vad && mm_stack_contains(vad, &stack, stack.bottom)) {
		struct mm_run run = mm_run_at(vad, stack.bottom);

		while (!(run.state & MM_STATE_COMMIT) && run.end < stack.base)
			run = mm_run_at(vad, run.end);
		if (run.state & PAGE_GUARD) {
			done = true; /* It is there. */
		} else if (run.start < end && end <= mm_page_down(sp) && guard(vad, lowest, end)) {
			limit = end;
			done = true;
		}
	}
	mm_unlock_exclusive();
	if (limit)
		NtCurrentTeb()->NtTib.StackLimit = (void *)limit;
	return done;
}
