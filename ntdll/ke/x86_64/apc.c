/*
 * ntdll/ke/x86_64/apc.c - frames that the thread goes to next: user APCs, exceptions that a program raises by hand.
 *
 * NT's kernel puts such a frame below the stack pointer of a context and lets the thread go on at one of ntdll's
 * entries, which a program may have patched.  So do we: the frame may lie where our own frames are, so it is made from
 * the host's stack where the context is not our caller's own.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "ntdll/ldr.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

EXPORT_ALIAS(ntdll, "KiUserApcDispatcher", KiUserApcDispatcher);

static uint64_t apc_entry;
uint64_t ke_exception_entry;

void ke_find_entries(HMODULE ntdll, const struct dll_descriptor *dll)
{
	PVOID found;

	if (!ldr_operations.procedure(ntdll, "KiUserExceptionDispatcher", 0, &found))
		ke_exception_entry = (uint64_t)(uintptr_t)found;
	if (!ldr_operations.procedure(ntdll, "KiUserApcDispatcher", 0, &found))
		apc_entry = (uint64_t)(uintptr_t)found;
	ke_set_services(dll);
}

/* What KiUserApcDispatcher finds at its stack pointer (execution facts, row 39). */
struct apc_frame {
	CONTEXT context; /* P1Home to P3Home the arguments, P4Home the function */
	uint64_t extended[4];
	uint64_t rip, cs, eflags, rsp, ss;
	uint64_t padding;
};
_Static_assert(sizeof(struct apc_frame) % 16 == 0, "the frame is aligned");

static bool take_apc(struct ps_thread *self, struct ke_apc *apc)
{
	struct ke_apc *first;

	if (!self || !__atomic_load_n(&self->apc_first, __ATOMIC_ACQUIRE))
		return false;
	host_lock_acquire(&self->apc_lock);
	first = self->apc_first;
	if (first) {
		self->apc_first = first->next;
		if (!first->next)
			self->apc_last = NULL;
	}
	host_lock_release(&self->apc_lock);
	if (!first)
		return false;
	*apc = *first;
	free(first);
	return true;
}

static void fill(struct apc_frame *frame, const CONTEXT *context, const struct ke_apc *apc)
{
	memset(frame, 0, sizeof(*frame));
	frame->context = *context;
	frame->context.P1Home = apc->a;
	frame->context.P2Home = apc->b;
	frame->context.P3Home = apc->c;
	frame->context.P4Home = (uint64_t)(uintptr_t)apc->function;
	frame->rip = context->Rip;
	frame->cs = 0x33;
	frame->eflags = context->EFlags;
	frame->rsp = context->Rsp;
	frame->ss = 0x2B;
}

static uint64_t entry_of_apcs(void)
{
	return apc_entry ? apc_entry : (uint64_t)(uintptr_t)KiUserApcDispatcher;
}

/* From ke_run_apcs: `context` is that of host code that waits for its APCs, on the same stack, and stays where it is.
 */
void WINAPI ke_start_apcs(const CONTEXT *context)
{
	struct apc_frame frame __attribute__((aligned(16)));
	struct ke_apc apc;

	if (!take_apc(ps_self, &apc))
		return;
	fill(&frame, context, &apc);
	ke_jump(entry_of_apcs(), &frame);
}

bool ke_deliver_apcs(void)
{
	struct ps_thread *self = ps_self;

	if (!self || !__atomic_load_n(&self->apc_first, __ATOMIC_ACQUIRE))
		return false;
	ke_run_apcs();
	return true;
}

struct departure {
	CONTEXT context;
	EXCEPTION_RECORD record;
	struct ke_apc apc;
};

static void *start_apc(void *argument)
{
	struct departure departure = *(struct departure *)argument;
	uintptr_t at = ((uintptr_t)departure.context.Rsp & ~(uintptr_t)15) - sizeof(struct apc_frame);

	fill((struct apc_frame *)at, &departure.context, &departure.apc);
	ke_jump(entry_of_apcs(), (void *)at);
}

static void *start_exception(void *argument)
{
	struct departure departure = *(struct departure *)argument;
	struct host_registers registers = {.rsp = departure.context.Rsp};

	if (!ke_push_exception(&registers, &departure.context, &departure.record))
		ke_crash(&departure.record, &departure.context);
	departure.context.Rsp = registers.rsp;
	departure.context.Rip = registers.rip;
	departure.context.EFlags &= ~0x40500u;
	ke_restore_context(&departure.context);
}

void ke_enter_exception(const EXCEPTION_RECORD *record, const CONTEXT *context)
{
	struct departure departure = {.context = *context, .record = *record};

	host_stack_call(start_exception, &departure);
	__builtin_unreachable();
}

static NTSTATUS go_on(CONTEXT *context, bool test_alert)
{
	struct departure departure;

	if (host_copy_from_guest(&departure.context, context, sizeof(*context)))
		return STATUS_ACCESS_VIOLATION;
	if (!(departure.context.ContextFlags & CONTEXT_AMD64))
		return STATUS_INVALID_PARAMETER;
	if (__atomic_load_n(&ps_self->pending, __ATOMIC_SEQ_CST))
		ps_check_pending();
	if (test_alert && take_apc(ps_self, &departure.apc))
		host_stack_call(start_apc, &departure);
	ke_continue(&departure.context);
}

EXPORT(ntdll, NTSTATUS, NtContinue, (CONTEXT * context, BOOLEAN test_alert))
{
	return go_on(context, test_alert);
}

/* KCONTINUE_ARGUMENT; a value up to 255 in its place is NtContinue's test_alert. */
struct continue_argument {
	ULONG type; /* 0 unwind, 1 resume, 2 longjump, 3 set */
	ULONG flags;
	ULONGLONG reserved[2];
};
#define KCONTINUE_FLAG_TEST_ALERT 1u
#define KCONTINUE_FLAG_DELIVER_APC 2u

EXPORT(ntdll, NTSTATUS, NtContinueEx, (CONTEXT * context, PVOID given))
{
	struct continue_argument argument;

	if ((ULONG_PTR)given <= 0xFF)
		return go_on(context, given != NULL);
	if (host_copy_from_guest(&argument, given, sizeof(argument)))
		return STATUS_ACCESS_VIOLATION;
	if (argument.type > 3 || argument.flags & ~(KCONTINUE_FLAG_TEST_ALERT | KCONTINUE_FLAG_DELIVER_APC))
		return STATUS_INVALID_PARAMETER;
	return go_on(context, argument.flags & KCONTINUE_FLAG_TEST_ALERT);
}

EXPORT(ntdll, NTSTATUS, NtRaiseException, (EXCEPTION_RECORD * record, CONTEXT *context, BOOLEAN first_chance))
{
	EXCEPTION_RECORD own;
	CONTEXT copy;

	if (host_copy_from_guest(&own, record, sizeof(own)) || host_copy_from_guest(&copy, context, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	if (!(copy.ContextFlags & CONTEXT_AMD64))
		return STATUS_INVALID_PARAMETER;
	/* The second chance: no debugger, so it is the end. */
	if (!first_chance)
		ke_crash(&own, &copy);
	ke_enter_exception(&own, &copy);
}
