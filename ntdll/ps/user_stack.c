/*
 * ntdll/ps/user_stack.c - stacks that a program asks ntdll for.
 */
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

typedef struct _INITIAL_TEB {
	PVOID OldStackBase, OldStackLimit, StackBase, StackLimit, StackAllocationBase;
} INITIAL_TEB;

/*
 * Zero sizes mean the image's.  The commitment is rounded up to `commit_align`, the reserve to `reserve_align`; a
 * reserve that is no larger than the commitment becomes whole MiB (nt facts, memory 55).  `zero_bits`: more than 12
 * leave no room for any stack.  STATUS_INVALID_PARAMETER, STATUS_CONFLICTING_ADDRESSES (no room below that),
 * STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT.
 */
EXPORT(ntdll, NTSTATUS, RtlCreateUserStack,
       (SIZE_T commit, SIZE_T reserve, ULONG_PTR zero_bits, SIZE_T commit_align, SIZE_T reserve_align,
	INITIAL_TEB *teb))
{
	INITIAL_TEB result = {0};
	struct mm_stack stack;
	NTSTATUS status;

	if (!commit_align || !reserve_align || (zero_bits > 12 && zero_bits < 32))
		return STATUS_INVALID_PARAMETER;
	ps_round_stack_sizes(&reserve, &commit);
	commit = (commit + commit_align - 1) / commit_align * commit_align;
	reserve = (reserve + reserve_align - 1) / reserve_align * reserve_align;
	status = mm_create_stack(reserve, commit, zero_bits, &stack);
	if (!NT_SUCCESS(status))
		return status == STATUS_NO_MEMORY && zero_bits ? STATUS_CONFLICTING_ADDRESSES : status;
	result.StackBase = (PVOID)stack.base;
	result.StackLimit = (PVOID)stack.limit;
	result.StackAllocationBase = (PVOID)stack.allocation_base;
	*teb = result;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, void, RtlFreeUserStack, (PVOID allocation_base))
{
	uintptr_t base = (uintptr_t)allocation_base;
	size_t size = 0;

	mm_free(&base, &size, MEM_RELEASE);
}
