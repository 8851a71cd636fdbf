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
#include "ntdll/ke/context.h"
#include "ntdll/ke/unwind.h"
#include "ntdll/ke/x86_64/xstate.h"
#include "ntdll/ldr.h"
#include "ntdll/ps/suspend.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

EXPORT_ALIAS(ntdll, "KiUserApcDispatcher", KiUserApcDispatcher);

static uint64_t apc_entry;
uint64_t ke_exception_entry, ke_get_context_return, ke_thread_start;

void *ke_image_break_point, *ke_image_remote_break;

void ke_find_entries(HMODULE ntdll, const struct dll_descriptor *dll)
{
	PVOID found;

	if (!ldr_operations.procedure(ntdll, "KiUserExceptionDispatcher", 0, &found))
		ke_exception_entry = (uint64_t)(uintptr_t)found;
	if (!ldr_operations.procedure(ntdll, "KiUserApcDispatcher", 0, &found))
		apc_entry = (uint64_t)(uintptr_t)found;
	if (!ldr_operations.procedure(ntdll, "RtlUserThreadStart", 0, &found))
		ke_thread_start = (uint64_t)(uintptr_t)found;
	if (!ldr_operations.procedure(ntdll, "NtGetContextThread", 0, &found))
		ke_get_context_return = (uint64_t)(uintptr_t)found + KE_SERVICE_RETURN;
	ldr_operations.procedure(ntdll, "DbgBreakPoint", 0, &ke_image_break_point);
	ldr_operations.procedure(ntdll, "DbgUiRemoteBreakin", 0, &ke_image_remote_break);
	ke_set_services(dll);
}

/* What KiUserApcDispatcher finds at its stack pointer (execution facts, row 39). */
struct apc_frame {
	CONTEXT context; /* P1Home to P3Home the arguments, P4Home the function, P5Home an enum apc_next */
	CONTEXT_EX extended;
	uint64_t rip, cs, eflags, rsp, ss;
	struct {
		uint64_t parameter;
		CONTEXT *context;
		uint64_t reserved[2];
	} data; /* APC_CALLBACK_DATA */
	uint64_t padding;
};
_Static_assert(sizeof(struct apc_frame) % 64 == 0, "the frame is aligned, and what lies above it too");

/* Which APCs run when one has ended, before the context is gone on with. */
enum apc_next { APC_NONE, APC_ALL, APC_SPECIAL };

static bool take_apc(struct ps_thread *self, struct ke_apc *apc, enum apc_next which)
{
	struct ke_apc *first;

	if (!self || which == APC_NONE || !__atomic_load_n(&self->apc_first, __ATOMIC_ACQUIRE))
		return false;
	host_lock_acquire(&self->apc_lock);
	first = self->apc_first;
	if (first && which == APC_SPECIAL && !first->special)
		first = NULL;
	if (first) {
		self->apc_first = first->next;
		if (!first->next)
			self->apc_last = NULL;
		if (first->special && (!first->next || !first->next->special))
			__atomic_fetch_and(&self->pending, ~PS_PENDING_SPECIAL, __ATOMIC_SEQ_CST);
	}
	host_lock_release(&self->apc_lock);
	if (!first)
		return false;
	*apc = *first;
	free(first);
	return true;
}

/* `area`: where extended state goes, from `image`; 0 = it does not matter there. */
static void fill(struct apc_frame *frame, const CONTEXT *context, const struct ke_apc *apc, enum apc_next next,
		 uintptr_t area, const void *image)
{
	memset(&frame->extended, 0, sizeof(*frame) - offsetof(struct apc_frame, extended));
	frame->context = *context;
	frame->context.P1Home = apc->a;
	frame->context.P2Home = apc->b;
	frame->context.P3Home = apc->c;
	frame->context.P4Home = (uint64_t)(uintptr_t)apc->function;
	frame->context.P5Home = next;
	ke_extend_context(&frame->context, area, image);
	frame->rip = context->Rip;
	frame->cs = 0x33;
	frame->eflags = context->EFlags;
	frame->rsp = context->Rsp;
	frame->ss = 0x2B;
	if (apc->with_context) {
		frame->data.parameter = apc->a;
		frame->data.context = &frame->context;
		frame->context.P1Home = (uint64_t)(uintptr_t)&frame->data;
	}
}

static uint64_t entry_of_apcs(void)
{
	return apc_entry ? apc_entry : (uint64_t)(uintptr_t)KiUserApcDispatcher;
}

static void start_here(const CONTEXT *context, enum apc_next which)
{
	struct apc_frame frame __attribute__((aligned(64)));
	struct ke_apc apc;

	if (!take_apc(ps_self, &apc, which))
		return;
	/* At a call nobody expects anything in the registers of extended state. */
	fill(&frame, context, &apc, which, 0, NULL);
	ke_jump(entry_of_apcs(), &frame);
}

/* From ke_run_apcs: `context` is that of host code that waits for its APCs, on the same stack, and stays where it is.
 */
void WINAPI ke_start_apcs(const CONTEXT *context)
{
	start_here(context, APC_ALL);
}

void WINAPI ke_start_special_apcs(const CONTEXT *context)
{
	start_here(context, APC_SPECIAL);
}

bool ke_deliver_apcs(void)
{
	struct ps_thread *self = ps_self;

	if (!self || !__atomic_load_n(&self->apc_first, __ATOMIC_ACQUIRE))
		return false;
	ke_run_apcs();
	return true;
}

void ke_deliver_special_apcs(void)
{
	ke_run_special_apcs();
}

/* The places of frame and area below a stack pointer. */
static uintptr_t place_frame(uintptr_t rsp, bool extended, uintptr_t *area)
{
	*area = extended ? (rsp - ke_xstate_area_size(~0ull)) & ~(uintptr_t)63 : 0;
	return (*area ? *area : rsp & ~(uintptr_t)15) - sizeof(struct apc_frame);
}

bool ke_interrupt_with_apc(struct host_registers *registers)
{
	struct ps_thread *self = ps_self;
	uintptr_t frame, area;
	struct ke_apc apc;
	CONTEXT context;

	frame = place_frame(registers->rsp, registers->extended && ke_xstate_features(), &area);
	if (!self->teb || !ke_is_guest_address(registers->rsp) || !ke_stack_writable(frame, registers->rsp - frame) ||
	    !take_apc(self, &apc, APC_SPECIAL))
		return false;
	ke_context_from_registers(&context, registers);
	context.ContextFlags &= ~(CONTEXT_DEBUG_REGISTERS & ~CONTEXT_AMD64);
	fill((struct apc_frame *)frame, &context, &apc, APC_SPECIAL, area, registers->fpu);
	registers->rip = entry_of_apcs();
	registers->rsp = frame;
	registers->rflags &= ~0x40500ull;
	return true;
}

struct departure {
	CONTEXT context;
	CONTEXT *given; /* the guest's own; its extended state is behind it */
	EXCEPTION_RECORD record;
	struct ke_apc apc;
	enum apc_next next;
	bool extended;
};

static void *start_apc(void *argument)
{
	struct departure departure = *(struct departure *)argument;
	struct ke_xstate_image image;
	struct ke_xstate_area *from;
	uintptr_t at, area;
	ULONG length;

	/* What is written may lie where the context is. */
	memset(image.bytes, 0, sizeof(image.bytes));
	from = departure.extended ? ke_xstate_of(departure.given, &length) : NULL;
	if (from)
		ke_xstate_load(image.bytes, from, length);
	at = place_frame((uintptr_t)departure.context.Rsp, from, &area);
	fill((struct apc_frame *)at, &departure.context, &departure.apc, departure.next, area, image.bytes);
	ke_jump(entry_of_apcs(), (void *)at);
}

static void *start_exception(void *argument)
{
	struct departure departure = *(struct departure *)argument;
	struct host_registers registers = {.rsp = departure.context.Rsp};
	struct ke_xstate_image image;
	struct ke_xstate_area *from;
	ULONG length;

	from = departure.extended ? ke_xstate_of(departure.given, &length) : NULL;
	if (from) {
		memset(image.bytes, 0, sizeof(image.bytes));
		ke_xstate_load(image.bytes, from, length);
		registers.fpu = image.bytes;
		registers.extended = true;
	}
	if (!ke_push_exception(&registers, &departure.context, &departure.record))
		ke_crash(&departure.record, &departure.context);
	departure.context.Rsp = registers.rsp;
	departure.context.Rip = registers.rip;
	departure.context.EFlags &= ~0x40500u;
	ke_restore_context(&departure.context);
}

static bool is_extended(const CONTEXT *context)
{
	return context->ContextFlags & CONTEXT_XSTATE & ~CONTEXT_AMD64;
}

void ke_enter_exception(const EXCEPTION_RECORD *record, const CONTEXT *context, CONTEXT *given)
{
	struct departure departure = {
		.context = *context, .given = given, .record = *record, .extended = is_extended(context)};

	host_stack_call(start_exception, &departure);
	__builtin_unreachable();
}

/* What the flags do not name stays as the guest's caller has it. */
static void __attribute__((noinline)) complete(CONTEXT *context)
{
	ULONG missing = CONTEXT_FULL & ~CONTEXT_AMD64 & ~context->ContextFlags;
	CONTEXT now;

	ke_capture_caller(&now);
	ps_copy_context(context, &now, CONTEXT_AMD64 | missing);
	context->ContextFlags |= missing;
}

static NTSTATUS go_on(CONTEXT *context, enum apc_next next)
{
	struct departure departure = {.given = context, .next = next};

	if (host_copy_from_guest(&departure.context, context, sizeof(*context)))
		return STATUS_ACCESS_VIOLATION;
	if (!(departure.context.ContextFlags & CONTEXT_AMD64))
		return STATUS_INVALID_PARAMETER;
	departure.extended = is_extended(&departure.context);
	if (CONTEXT_FULL & ~departure.context.ContextFlags)
		complete(&departure.context);
	if (__atomic_load_n(&ps_self->pending, __ATOMIC_SEQ_CST))
		ps_check_pending();
	if (take_apc(ps_self, &departure.apc, next))
		host_stack_call(start_apc, &departure);
	ke_continue_as(&departure.context, context);
}

/* KiUserApcDispatcher, when the function has returned. */
void WINAPI ke_apc_done(CONTEXT *context)
{
	go_on(context, (enum apc_next)context->P5Home);
}

EXPORT(ntdll, NTSTATUS, NtContinue, (CONTEXT * context, BOOLEAN test_alert))
{
	return go_on(context, test_alert ? APC_ALL : APC_NONE);
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
		return go_on(context, given ? APC_ALL : APC_NONE);
	if (host_copy_from_guest(&argument, given, sizeof(argument)))
		return STATUS_ACCESS_VIOLATION;
	if (argument.type > 3 || argument.flags & ~(KCONTINUE_FLAG_TEST_ALERT | KCONTINUE_FLAG_DELIVER_APC))
		return STATUS_INVALID_PARAMETER;
	return go_on(context, argument.flags & KCONTINUE_FLAG_TEST_ALERT ? APC_ALL : APC_NONE);
}

EXPORT(ntdll, NTSTATUS, NtRaiseException, (EXCEPTION_RECORD * record, CONTEXT *context, BOOLEAN first_chance))
{
	EXCEPTION_RECORD own;
	CONTEXT copy;

	if (host_copy_from_guest(&own, record, sizeof(own)) || host_copy_from_guest(&copy, context, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	if (!(copy.ContextFlags & CONTEXT_AMD64))
		return STATUS_INVALID_PARAMETER;
	if (!first_chance)
		ke_last_chance(&own, &copy);
	ke_enter_exception(&own, &copy, context);
}
