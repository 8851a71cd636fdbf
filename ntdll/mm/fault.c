/*
 * ntdll/mm/fault.c - what a touched address means, and how stacks grow.
 *
 * This runs in signal handlers, also of host code that holds malloc's lock: nothing here may call malloc or touch
 * guest memory under the address space lock (the TEB is read before it is taken).
 *
 * A stack is a private VAD: reserved at the bottom, then MM_STACK_GUARD_PAGES guard pages, then committed pages up to
 * the base:
 *
 *	DeallocationStack                    StackLimit              StackBase
 *	| reserved ...            | guard x3 | committed             |
 *
 * Touching a guard page of the current stack moves StackLimit down to it and the guard below it (nt facts 49-54).
 */
#include "ntdll/mm/mm_internal.h"

#include "nt/peb.h"

/* x64 Windows 10 keeps three guard pages below the limit (nt facts row 56). */
#define MM_STACK_GUARD_PAGES 3u
/* Pages that stay for the handler of a stack overflow. */
#define MM_STACK_OVERFLOW_PAGES 3u

#define HOST_STACK_STEP (4u * MM_PAGE_SIZE)

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
	if (host_vm_commit(MM_KUSER_SHARED_DATA, MM_PAGE_SIZE, HOST_PROT_READ | HOST_PROT_WRITE))
		return false;
	fill((void *)MM_KUSER_SHARED_DATA);
	host_vm_protect(MM_KUSER_SHARED_DATA, MM_PAGE_SIZE, HOST_PROT_READ);
	return true;
}

struct stack_bounds {
	uintptr_t bottom, limit, base;
	size_t guarantee;
};

static bool current_stack(struct stack_bounds *stack)
{
	TEB *teb = NtCurrentTeb();

	if (!teb)
		return false;
	stack->bottom = (uintptr_t)teb->DeallocationStack;
	stack->limit = (uintptr_t)teb->NtTib.StackLimit;
	stack->base = (uintptr_t)teb->NtTib.StackBase;
	stack->guarantee = teb->GuaranteedStackBytes;
	return stack->bottom != 0;
}

/* Commits [start, end) of a stack as read-write memory, but for pages that are committed already. */
static bool stack_commit(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect)
{
	size_t pages = (end - start) / MM_PAGE_SIZE - mm_run_committed(vad, start, end);

	if (start >= end)
		return true;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 1) || !mm_charge(pages))
		return false;
	/* Guard pages have no access, so they need nothing from the host yet. */
	if (!(protect & PAGE_GUARD) && host_vm_commit(start, end - start, mm_host_prot(protect))) {
		mm_uncharge(pages);
		return false;
	}
	vad->committed += pages;
	mm_run_set(vad, start, end, mm_state_committed(protect));
	return true;
}

/*
 * Moves the limit of a stack down to the page `to`, with the guard below it.  *limit receives the new StackLimit.
 * false: the reserve is used up (the pages above the last one, which is never committed, are usable then), or there is
 * no memory.
 */
static bool stack_grow(struct mm_vad *vad, uintptr_t to, uintptr_t old_limit, size_t guarantee, uintptr_t *limit)
{
	uintptr_t lowest = vad->start + MM_PAGE_SIZE;
	size_t room = (MM_STACK_GUARD_PAGES * MM_PAGE_SIZE) + mm_page_up(guarantee);
	ULONG protect = vad->protect;

	if (to < lowest + room) {
		/* The last pages: no guard any more, what is left is for the handler of the overflow. */
		stack_commit(vad, lowest, old_limit, protect);
		*limit = lowest;
		return false;
	}
	*limit = to;
	return stack_commit(vad, to, old_limit, protect) &&
	       stack_commit(vad, to - MM_STACK_GUARD_PAGES * MM_PAGE_SIZE, to, protect | PAGE_GUARD);
}

/* A guard page was touched.  The address space lock is held exclusively; `stack` is NULL if there is no current one. */
static enum mm_fault_result guard_touched(struct mm_vad *vad, uintptr_t page, const struct stack_bounds *stack, uintptr_t *limit)
{
	struct mm_run run = mm_run_at(vad, page);

	if (stack && vad->start == stack->bottom && page >= stack->bottom && page < stack->base) {
		uintptr_t old_limit = stack->limit > page && stack->limit <= stack->base ? stack->limit : page + MM_PAGE_SIZE;

		if (stack_grow(vad, page, old_limit, stack->guarantee, limit))
			return MM_FAULT_RESOLVED;
		return MM_FAULT_STACK;
	}
	if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
		return MM_FAULT_VIOLATION;
	if (vad->kind == MM_VAD_PRIVATE)
		host_vm_commit(page, MM_PAGE_SIZE, mm_host_prot(run.state & MM_STATE_PROTECT & ~PAGE_GUARD));
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
	struct stack_bounds bounds, *stack = &bounds;
	struct mm_vad *vad;
	struct mm_run run;

	if (page == MM_KUSER_SHARED_DATA && access != 1 && map_kuser())
		return MM_FAULT_RESOLVED;
	if (!current_stack(stack))
		stack = NULL;

	mm_lock_exclusive();
	vad = mm_vad_find(page);
	if (!vad || vad->kind == MM_VAD_FOREIGN)
		goto out;
	run = mm_run_at(vad, page);
	if (host && stack && vad->start == stack->bottom && page < stack->limit && page >= stack->bottom + MM_PAGE_SIZE) {
		/* Host code uses the guest's stack: it gets what it needs, silently, and a little more at a time than
		 * guest code would, because each step costs a signal. */
		uintptr_t to = page - stack->bottom > HOST_STACK_STEP + MM_GRANULARITY ? page - HOST_STACK_STEP : page;

		if (stack_grow(vad, to, stack->limit, stack->guarantee, &new_limit) || new_limit <= page)
			result = MM_FAULT_RESOLVED;
	} else if (run.state & MM_STATE_COMMIT && run.state & PAGE_GUARD) {
		result = guard_touched(vad, page, stack, &new_limit);
	} else if (allows(run.state, access)) {
		/* Another thread was faster, or this is a loop of ours. */
		repeats = address == last_address ? repeats + 1 : 0;
		last_address = address;
		if (repeats < 64)
			result = MM_FAULT_RESOLVED;
	}
out:
	mm_unlock_exclusive();
	if (new_limit)
		NtCurrentTeb()->NtTib.StackLimit = (void *)new_limit;
	return result;
}

bool mm_commit_stack_to(uintptr_t address)
{
	return mm_fault(address, 1, true) == MM_FAULT_RESOLVED;
}

NTSTATUS mm_create_stack(size_t reserve, size_t commit, struct mm_stack *stack)
{
	size_t guard = MM_STACK_GUARD_PAGES * MM_PAGE_SIZE;
	uintptr_t base = 0;
	struct mm_vad *vad;
	NTSTATUS status;

	commit = commit ? mm_page_up(commit) : MM_PAGE_SIZE;
	reserve = mm_unit_up(reserve);
	if (commit >= reserve)
		reserve = (commit + (1u << 20) - 1) & ~(size_t)((1u << 20) - 1);
	if (commit + guard + MM_STACK_OVERFLOW_PAGES * MM_PAGE_SIZE > reserve)
		reserve += MM_GRANULARITY;
	status = mm_allocate(&base, &reserve, MEM_RESERVE, PAGE_READWRITE, 0, NULL);
	if (!NT_SUCCESS(status))
		return status;
	stack->allocation_base = base;
	stack->base = base + reserve;
	stack->limit = stack->base - commit;
	mm_lock_exclusive();
	vad = mm_vad_find(base);
	vad->flags |= MM_VAD_STACK;
	if (!stack_commit(vad, stack->limit, stack->base, PAGE_READWRITE) ||
	    !stack_commit(vad, stack->limit - guard, stack->limit, PAGE_READWRITE | PAGE_GUARD))
		status = STATUS_COMMITMENT_LIMIT;
	mm_unlock_exclusive();
	if (!NT_SUCCESS(status)) {
		size_t all = 0;
		mm_free(&base, &all, MEM_RELEASE);
	}
	return status;
}
