/*
 * ntdll/rtl/actctx_stack.c - which activation contexts are active in a thread: a stack of frames that hangs on the TEB, of which
 * each fiber has its own.  A frame holds a reference; its cookie is its address.
 */
#include "ntdll/rtl/actctx.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#define FRAME_HEAP_ALLOCATED 8u

struct frame {
	struct frame *previous;
	HANDLE context;
	ULONG flags;
};

struct stack { /* ACTIVATION_CONTEXT_STACK */
	struct frame *active;
	LIST_ENTRY cache;
	ULONG flags, next_cookie, id;
};
_Static_assert(sizeof(struct stack) <= sizeof(((TEB *)NULL)->ActivationStack), "ACTIVATION_CONTEXT_STACK");

static struct stack *stack_of(TEB *teb)
{
	return teb->ActivationContextStackPointer;
}

HANDLE rtl_actctx_active(void)
{
	struct stack *stack = stack_of(NtCurrentTeb());

	return stack && stack->active ? stack->active->context : NULL;
}

static NTSTATUS push(TEB *teb, HANDLE context, struct frame **pushed)
{
	struct frame *frame = RtlAllocateHeap(ps_peb->ProcessHeap, 0, sizeof(*frame));

	if (!frame)
		return STATUS_NO_MEMORY;
	*frame = (struct frame){stack_of(teb)->active, context, FRAME_HEAP_ALLOCATED};
	RtlAddRefActivationContext(context);
	stack_of(teb)->active = frame;
	*pushed = frame;
	return STATUS_SUCCESS;
}

static void pop(TEB *teb)
{
	struct frame *frame = stack_of(teb)->active;

	stack_of(teb)->active = frame->previous;
	RtlReleaseActivationContext(frame->context);
	RtlFreeHeap(ps_peb->ProcessHeap, 0, frame);
}

void rtl_actctx_inherit(TEB *teb)
{
	HANDLE context = rtl_actctx_active();
	struct frame *frame;

	if (context)
		push(teb, context, &frame);
}

void rtl_actctx_leave_all(TEB *teb)
{
	while (stack_of(teb) && stack_of(teb)->active)
		pop(teb);
}

EXPORT(ntdll, NTSTATUS, RtlActivateActivationContextEx, (ULONG flags, TEB *teb, HANDLE context, ULONG_PTR *cookie))
{
	struct frame *frame;
	NTSTATUS status;

	*cookie = 0;
	if (flags & ~1u || (context && !rtl_actctx_of(context)))
		return STATUS_INVALID_PARAMETER;
	status = push(teb, context, &frame);
	if (NT_SUCCESS(status))
		*cookie = (ULONG_PTR)frame;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlActivateActivationContext, (ULONG flags, HANDLE context, ULONG_PTR *cookie))
{
	return RtlActivateActivationContextEx(flags, NtCurrentTeb(), context, cookie);
}

#define FORCE_EARLY_DEACTIVATION 1u

/* What is not the innermost may only be ended with what is inside, if that is said; other cookies are an exception. */
EXPORT(ntdll, NTSTATUS, RtlDeactivateActivationContext, (ULONG flags, ULONG_PTR cookie))
{
	TEB *teb = NtCurrentTeb();
	struct stack *stack = stack_of(teb);
	struct frame *frame = stack->active;

	while (frame && (ULONG_PTR)frame != cookie)
		frame = frame->previous;
	if (!frame)
		RtlRaiseStatus(STATUS_SXS_INVALID_DEACTIVATION);
	if (frame != stack->active && !(flags & FORCE_EARLY_DEACTIVATION))
		RtlRaiseStatus(STATUS_SXS_EARLY_DEACTIVATION);
	while (frame && stack->active != frame)
		pop(teb);
	if (frame)
		pop(teb);
	return STATUS_SUCCESS;
}

/* With a reference of its own. */
EXPORT(ntdll, NTSTATUS, RtlGetActiveActivationContext, (HANDLE * context))
{
	*context = rtl_actctx_active();
	RtlAddRefActivationContext(*context);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, BOOLEAN, RtlIsActivationContextActive, (HANDLE context))
{
	for (struct frame *frame = stack_of(NtCurrentTeb())->active; frame; frame = frame->previous)
		if (frame->context == context)
			return TRUE;
	return FALSE;
}

/* A stack for a fiber. */
EXPORT(ntdll, NTSTATUS, RtlAllocateActivationContextStack, (PVOID * result))
{
	struct stack *stack = RtlAllocateHeap(ps_peb->ProcessHeap, HEAP_ZERO_MEMORY, sizeof(*stack));

	if (!stack)
		return STATUS_NO_MEMORY;
	stack->cache.Flink = stack->cache.Blink = &stack->cache;
	*result = stack;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, void, RtlFreeActivationContextStack, (PVOID stack_memory))
{
	struct stack *stack = stack_memory;
	struct frame *frame;

	if (!stack)
		return;
	while ((frame = stack->active) != NULL) {
		stack->active = frame->previous;
		RtlReleaseActivationContext(frame->context);
		RtlFreeHeap(ps_peb->ProcessHeap, 0, frame);
	}
	RtlFreeHeap(ps_peb->ProcessHeap, 0, stack);
}

EXPORT(ntdll, void, RtlFreeThreadActivationContextStack, (void))
{
	rtl_actctx_leave_all(NtCurrentTeb());
}
