/*
 * kernel32/fibers.c - fibers (winbase.h).
 *
 * A fiber is a stack, what of the TEB belongs to it, and the stack pointer where it was left (x86_64/fiber.S).  Its first
 * word is the parameter, which GetFiberData reads through gs:[20].
 */
#include "kernel32/kernel32.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/actctx.h"

#define FIBER_FLAG_FLOAT_SWITCH 1u
#define TEB_HAS_FIBER_DATA 4u

struct fiber {
	PVOID parameter;
	PVOID exception_list;
	PVOID stack_base, stack_limit, deallocation;
	ULONG guaranteed_bytes;
	PVOID fls;
	PVOID activation_stack;
	void *rsp;   /* where it was left */
	PVOID start; /* NULL: a thread that became a fiber, on the thread's stack */
};

void WINAPI fiber_switch(void **save, void *load);
void fiber_entry(void);
void WINAPI fiber_start(void);

/* On the new fiber's stack.  A function that returns ends the thread. */
void WINAPI fiber_start(void)
{
	struct fiber *self = NtCurrentTeb()->NtTib.FiberData;

	ke_call_guest(self->start, (uint64_t)(uintptr_t)self->parameter, 0, 0, 0);
	ps_exit_thread(1);
}

EXPORT(kernel32, BOOL, IsThreadAFiber, (void))
{
	return !!(NtCurrentTeb()->SameTebFlags & TEB_HAS_FIBER_DATA);
}

EXPORT(kernel32, LPVOID, ConvertThreadToFiberEx, (LPVOID parameter, DWORD flags))
{
	TEB *teb = NtCurrentTeb();
	struct fiber *fiber;

	if (flags & ~FIBER_FLAG_FLOAT_SWITCH) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (teb->SameTebFlags & TEB_HAS_FIBER_DATA) {
		set_last_error(ERROR_ALREADY_FIBER);
		return NULL;
	}
	fiber = RtlAllocateHeap(teb->ProcessEnvironmentBlock->ProcessHeap, 8, sizeof(*fiber));
	if (!fiber) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	fiber->parameter = parameter;
	teb->NtTib.FiberData = fiber;
	teb->SameTebFlags |= TEB_HAS_FIBER_DATA;
	return fiber;
}

EXPORT(kernel32, LPVOID, ConvertThreadToFiber, (LPVOID parameter))
{
	return ConvertThreadToFiberEx(parameter, 0);
}

EXPORT(kernel32, BOOL, ConvertFiberToThread, (void))
{
	TEB *teb = NtCurrentTeb();
	PVOID fiber = teb->NtTib.FiberData;

	if (!(teb->SameTebFlags & TEB_HAS_FIBER_DATA)) {
		set_last_error(ERROR_ALREADY_THREAD);
		return FALSE;
	}
	teb->SameTebFlags &= (USHORT)~TEB_HAS_FIBER_DATA;
	teb->NtTib.FiberData = (PVOID)(uintptr_t)0x1E00;
	RtlFreeHeap(teb->ProcessEnvironmentBlock->ProcessHeap, 0, fiber);
	return TRUE;
}

EXPORT(kernel32, LPVOID, CreateFiberEx, (SIZE_T commit, SIZE_T reserve, DWORD flags, PVOID start, LPVOID parameter))
{
	PVOID heap = NtCurrentPeb()->ProcessHeap;
	struct mm_stack stack;
	struct fiber *fiber;
	uint64_t *top;
	NTSTATUS status;

	if (flags & ~FIBER_FLAG_FLOAT_SWITCH) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	fiber = RtlAllocateHeap(heap, 8, sizeof(*fiber));
	if (!fiber) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	ps_round_stack_sizes(&reserve, &commit);
	status = RtlAllocateActivationContextStack(&fiber->activation_stack);
	if (NT_SUCCESS(status))
		status = mm_create_stack(reserve, commit, 0, &stack);
	if (!win32_result(status)) {
		RtlFreeActivationContextStack(fiber->activation_stack);
		RtlFreeHeap(heap, 0, fiber);
		return NULL;
	}
	fiber->parameter = parameter;
	fiber->stack_base = (PVOID)stack.base;
	fiber->stack_limit = (PVOID)stack.limit;
	fiber->deallocation = (PVOID)stack.allocation_base;
	fiber->start = start;
	/* As fiber_switch leaves a stack: 168 bytes of floating point, eight registers, the return address. */
	top = (uint64_t *)stack.base - 4;
	*--top = 0;
	*--top = (uint64_t)(uintptr_t)fiber_entry;
	top -= 8 + 168 / 8;
	((uint32_t *)top)[160 / 4] = 0x1F80;
	((uint32_t *)top)[164 / 4] = 0x27F;
	fiber->rsp = top;
	return fiber;
}

EXPORT(kernel32, LPVOID, CreateFiber, (SIZE_T stack, PVOID start, LPVOID parameter))
{
	return CreateFiberEx(stack, 0, 0, start, parameter);
}

/* What is left may be taken up by another thread: nothing of this thread is used behind the switch. */
EXPORT(kernel32, void, SwitchToFiber, (LPVOID target))
{
	TEB *teb = NtCurrentTeb();
	struct fiber *from = teb->NtTib.FiberData, *to = target;

	from->exception_list = teb->NtTib.ExceptionList;
	from->stack_base = teb->NtTib.StackBase;
	from->stack_limit = teb->NtTib.StackLimit;
	from->deallocation = teb->DeallocationStack;
	from->guaranteed_bytes = teb->GuaranteedStackBytes;
	from->fls = teb->FlsData;
	from->activation_stack = teb->ActivationContextStackPointer;
	teb->NtTib.ExceptionList = to->exception_list;
	teb->NtTib.StackBase = to->stack_base;
	teb->NtTib.StackLimit = to->stack_limit;
	teb->DeallocationStack = to->deallocation;
	teb->GuaranteedStackBytes = to->guaranteed_bytes;
	teb->FlsData = to->fls;
	teb->ActivationContextStackPointer = to->activation_stack;
	teb->NtTib.FiberData = to;
	fiber_switch(&from->rsp, to->rsp);
}

/* The running fiber: the thread ends.  Another one: its FLS callbacks run, its stack goes. */
EXPORT(kernel32, void, DeleteFiber, (LPVOID target))
{
	struct fiber *fiber = target;
	uintptr_t base;
	size_t size = 0;

	if (!fiber)
		return;
	if (fiber == NtCurrentTeb()->NtTib.FiberData)
		ps_exit_thread(1);
	RtlProcessFlsData(fiber->fls, 1);
	RtlProcessFlsData(fiber->fls, 2);
	base = (uintptr_t)fiber->deallocation;
	if (fiber->start) {
		RtlFreeActivationContextStack(fiber->activation_stack);
		if (base)
			mm_free(&base, &size, MEM_RELEASE);
	}
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, fiber);
}
