/*
 * ntdll/ke/x86_64/context.c - contexts from and to registers; one host frame up.
 */
#include "ntdll/ke/context.h"
#include "host/thread.h"
#include "host/unwind.h"
#include "host/vm.h"
#include "ntdll/ke/private.h"
#include "pewter/export.h"

#include <string.h>

EXPORT_ALIAS(ntdll, "RtlCaptureContext", RtlCaptureContext);
EXPORT_ALIAS(ntdll, "KiUserExceptionDispatcher", KiUserExceptionDispatcher);

void ke_context_from_registers(CONTEXT *context, const struct host_registers *r)
{
	memset(context, 0, offsetof(CONTEXT, FltSave));
	memset(context->VectorRegister, 0, sizeof(*context) - offsetof(CONTEXT, VectorRegister));
	context->ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS | (CONTEXT_DEBUG_REGISTERS & 0x10);
	context->SegCs = 0x33;
	context->SegDs = context->SegEs = context->SegGs = context->SegSs = 0x2B;
	context->SegFs = 0x53;
	context->EFlags = (DWORD)r->rflags;
	context->Rax = r->rax;
	context->Rcx = r->rcx;
	context->Rdx = r->rdx;
	context->Rbx = r->rbx;
	context->Rsp = r->rsp;
	context->Rbp = r->rbp;
	context->Rsi = r->rsi;
	context->Rdi = r->rdi;
	context->R8 = r->r8;
	context->R9 = r->r9;
	context->R10 = r->r10;
	context->R11 = r->r11;
	context->R12 = r->r12;
	context->R13 = r->r13;
	context->R14 = r->r14;
	context->R15 = r->r15;
	context->Rip = r->rip;
	if (r->fpu)
		memcpy(&context->FltSave, r->fpu, sizeof(context->FltSave));
	/* Linux puts words of its own there. */
	memset(context->FltSave.Reserved4, 0, sizeof(context->FltSave.Reserved4));
	context->MxCsr = context->FltSave.MxCsr;
}

void ke_context_to_registers(const CONTEXT *context, struct host_registers *r)
{
	ULONG flags = context->ContextFlags;

	if (flags & 1) {
		r->rip = context->Rip;
		r->rsp = context->Rsp;
		r->rflags = (context->EFlags & 0x240DD5) | 0x202;
	}
	if (flags & 2) {
		r->rax = context->Rax;
		r->rcx = context->Rcx;
		r->rdx = context->Rdx;
		r->rbx = context->Rbx;
		r->rbp = context->Rbp;
		r->rsi = context->Rsi;
		r->rdi = context->Rdi;
		r->r8 = context->R8;
		r->r9 = context->R9;
		r->r10 = context->R10;
		r->r11 = context->R11;
		r->r12 = context->R12;
		r->r13 = context->R13;
		r->r14 = context->R14;
		r->r15 = context->R15;
	}
	if (flags & 8 && r->fpu) {
		/* All but the last 96 bytes, where Linux says what follows the legacy area. */
		memcpy(r->fpu, &context->FltSave, offsetof(XMM_SAVE_AREA32, Reserved4));
		((XMM_SAVE_AREA32 *)r->fpu)->MxCsr = context->MxCsr & 0xFFFF;
	}
}

bool ke_is_guest_address(uintptr_t address)
{
	return host_arena_contains(address);
}

/* DWARF order of the integer registers. */
static DWORD64 *context_register(CONTEXT *context, unsigned dwarf)
{
	static const uint16_t offsets[16] = {
		offsetof(CONTEXT, Rax), offsetof(CONTEXT, Rdx), offsetof(CONTEXT, Rcx), offsetof(CONTEXT, Rbx),
		offsetof(CONTEXT, Rsi), offsetof(CONTEXT, Rdi), offsetof(CONTEXT, Rbp), offsetof(CONTEXT, Rsp),
		offsetof(CONTEXT, R8),	offsetof(CONTEXT, R9),	offsetof(CONTEXT, R10), offsetof(CONTEXT, R11),
		offsetof(CONTEXT, R12), offsetof(CONTEXT, R13), offsetof(CONTEXT, R14), offsetof(CONTEXT, R15),
	};

	return (DWORD64 *)((char *)context + offsets[dwarf]);
}

static void *step_on_host_stack(void *argument)
{
	CONTEXT *context = argument;
	struct host_frame frame;

	for (unsigned i = 0; i < 16; i++)
		frame.registers[i] = *context_register(context, i);
	frame.registers[HOST_FRAME_PC] = context->Rip;
	memcpy(frame.xmm, context->FltSave.XmmRegisters, sizeof(frame.xmm));
	if (!host_unwind_step(&frame, true))
		return NULL;
	for (unsigned i = 0; i < 16; i++)
		*context_register(context, i) = frame.registers[i];
	context->Rip = frame.registers[HOST_FRAME_PC];
	memcpy(context->FltSave.XmmRegisters, frame.xmm, sizeof(frame.xmm));
	return context;
}

/* On the host's stack: after a stack overflow the guest's has a few pages left. */
static bool step(CONTEXT *context)
{
	return host_stack_call(step_on_host_stack, context) != NULL;
}

bool ke_unwind_host_frame(CONTEXT *context, KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
	(void)pointers;
	return step(context);
}

void ke_capture_caller(CONTEXT *context)
{
	RtlCaptureContext(context);
	for (unsigned depth = 0; depth < 64 && !ke_is_guest_address(context->Rip); depth++)
		if (!step(context))
			break;
}

void ke_border_context(const struct ps_thread *thread, CONTEXT *context)
{
	const uint64_t *border = thread->border;

	context->Rip = border[0];
	context->Rsp = border[1];
	context->Rbx = border[2];
	context->Rbp = border[3];
	context->R12 = border[4];
	context->R13 = border[5];
	context->R14 = border[6];
	context->R15 = border[7];
	if (!context->Rip)
		return;
	for (unsigned depth = 0; depth < 64 && !ke_is_guest_address(context->Rip); depth++)
		if (!step(context))
			break;
}
