/*
 * ntdll/ke/x86_64/unwind.c - unwinding: RtlUnwindEx and what programs' languages build on it.
 *
 * Source: Microsoft, "x64 exception handling", "RtlUnwindEx"; nt facts, execution 55 to 62.
 */
#include "host/fault.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "ntdll/ke/x86_64/xstate.h"
#include "pewter/export.h"

#include <string.h>

/* The jmp_buf of 64-bit Windows (setjmp.h). */
struct jump_buffer {
	DWORD64 frame, rbx, rsp, rbp, rsi, rdi, r12, r13, r14, r15, rip;
	DWORD mxcsr;
	WORD fpu_control, spare;
	M128A xmm[10]; /* xmm6 to xmm15 */
};

static bool in_stack(ULONG_PTR address)
{
	const TEB *teb = NtCurrentTeb();

	return address >= (ULONG_PTR)teb->NtTib.StackLimit && address < (ULONG_PTR)teb->NtTib.StackBase;
}

static void load_jump_buffer(CONTEXT *context, const struct jump_buffer *buffer)
{
	context->Rbx = buffer->rbx;
	context->Rsp = buffer->rsp;
	context->Rbp = buffer->rbp;
	context->Rsi = buffer->rsi;
	context->Rdi = buffer->rdi;
	context->R12 = buffer->r12;
	context->R13 = buffer->r13;
	context->R14 = buffer->r14;
	context->R15 = buffer->r15;
	context->Rip = buffer->rip;
	context->MxCsr = context->FltSave.MxCsr = buffer->mxcsr;
	context->FltSave.ControlWord = buffer->fpu_control;
	memcpy(&context->FltSave.XmmRegisters[6], buffer->xmm, sizeof(buffer->xmm));
}

EXPORT(ntdll, void, RtlRestoreContext, (CONTEXT * context, EXCEPTION_RECORD *record))
{
	if (record && record->ExceptionCode == (DWORD)STATUS_LONGJUMP && record->NumberParameters >= 1)
		load_jump_buffer(context, (const struct jump_buffer *)record->ExceptionInformation[0]);
	else if (record && record->ExceptionCode == (DWORD)STATUS_UNWIND_CONSOLIDATE && record->NumberParameters >= 1)
		ke_consolidate(record, context);
	/* Last: nothing in between may touch those registers. */
	if (context->ContextFlags & CONTEXT_XSTATE & ~CONTEXT_AMD64)
		ke_xstate_restore(context);
	ke_restore_context(context);
}

static void bad_unwind(NTSTATUS status, EXCEPTION_RECORD *cause) __attribute__((noreturn));
static void bad_unwind(NTSTATUS status, EXCEPTION_RECORD *cause)
{
	EXCEPTION_RECORD record = {
		.ExceptionCode = (DWORD)status, .ExceptionFlags = EXCEPTION_NONCONTINUABLE, .ExceptionRecord = cause};

	RtlRaiseException(&record);
	__builtin_unreachable();
}

/*
 * `context` is that of the caller of RtlUnwindEx.  Frames are left one by one: each one's termination handler is called
 * with the registers of the frame itself; the target's is the last.
 */
void WINAPI ke_unwind(ULONG_PTR target, ULONG_PTR ip, EXCEPTION_RECORD *record, ULONG_PTR value, CONTEXT *given,
		      CONTEXT *context)
{
	EXCEPTION_RECORD own = {.ExceptionCode = (DWORD)STATUS_UNWIND};
	/* The frame that is looked at and its caller, by turns.  Both are whole; a step changes their beginnings. */
	CONTEXT contexts[2], *walk = &contexts[0], *caller = &contexts[1], *next;
	ULONG flags = EXCEPTION_UNWINDING;
	ULONG_PTR frame = 0;

	ke_copy_context(walk, context, sizeof(*context));
	memcpy((char *)caller + KE_CHANGING_BYTES, (const char *)context + KE_CHANGING_BYTES,
	       sizeof(*context) - KE_CHANGING_BYTES);
	if (!record) {
		own.ExceptionAddress = (PVOID)(uintptr_t)context->Rip;
		record = &own;
	}
	if (!target)
		flags |= EXCEPTION_EXIT_UNWIND;
	for (;;) {
		DISPATCHER_CONTEXT dispatcher, *inner = NULL;
		RUNTIME_FUNCTION *entry;
		PEXCEPTION_ROUTINE handler = NULL;
		ULONG_PTR base, pc = walk->Rip;
		PVOID data = NULL;
		ULONG scope = 0;

		ke_copy_context(caller, walk, KE_CHANGING_BYTES);
		if (!ke_is_guest_address(pc)) {
			enum ke_walk step = ke_walk_host(caller, &inner);

			if (step == KE_WALK_END) {
				/* Nobody's code (a bad address was called): NT takes it for a leaf. */
				if (!in_stack(walk->Rsp) || walk->Rsp & 7)
					break;
				walk->Rip = *(DWORD64 *)(uintptr_t)walk->Rsp;
				walk->Rsp += 8;
				continue;
			}
			if (step != KE_WALK_UNWIND_HANDLER) {
				next = walk;
				walk = caller;
				caller = next;
				continue;
			}
			/* This unwind has come upon an earlier one that never finished: it goes on at that one's frame.
			 */
			flags |= EXCEPTION_COLLIDED_UNWIND;
			ke_copy_context(walk, inner->ContextRecord, KE_CHANGING_BYTES);
			pc = inner->ControlPc;
			base = inner->ImageBase;
			entry = inner->FunctionEntry;
			frame = inner->EstablisherFrame;
			handler = inner->LanguageHandler;
			data = inner->HandlerData;
			scope = inner->ScopeIndex;
			ke_copy_context(caller, walk, KE_CHANGING_BYTES);
			if (entry) {
				ULONG_PTR ignored;
				PVOID no_data;

				RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, pc, entry, caller, &no_data, &ignored, NULL);
			}
		} else {
			if (!in_stack(walk->Rsp) || walk->Rsp & 7)
				break;
			entry = RtlLookupFunctionEntry(pc, &base, NULL);
			if (!entry) {
				walk->Rip = *(DWORD64 *)(uintptr_t)walk->Rsp;
				walk->Rsp += 8;
				if (!walk->Rip)
					break;
				continue;
			}
			handler = RtlVirtualUnwind(UNW_FLAG_UHANDLER, base, pc, entry, caller, &data, &frame, NULL);
		}
		if (!in_stack(frame) || frame & 7)
			bad_unwind(STATUS_BAD_STACK, record);
		if (target && target < frame) {
			/* The frame that was asked for is none of those on this stack. */
			bad_unwind(STATUS_INVALID_UNWIND_TARGET, record);
		}
		if (handler) {
			if (frame == target)
				flags |= EXCEPTION_TARGET_UNWIND;
			record->ExceptionFlags = flags;
			walk->Rax = value;
			dispatcher = (DISPATCHER_CONTEXT){
				.ControlPc = pc,
				.ImageBase = base,
				.FunctionEntry = entry,
				.EstablisherFrame = frame,
				.TargetIp = ip,
				.ContextRecord = walk,
				.LanguageHandler = handler,
				.HandlerData = data,
				.ScopeIndex = scope,
			};
			if (ke_execute_unwind_handler(record, frame, walk, &dispatcher, context) !=
			    ExceptionContinueSearch)
				bad_unwind(STATUS_INVALID_DISPOSITION, record);
			flags &= ~(EXCEPTION_COLLIDED_UNWIND | EXCEPTION_TARGET_UNWIND);
		}
		if (target && frame == target) {
			walk->Rax = value;
			if (record->ExceptionCode != (DWORD)STATUS_UNWIND_CONSOLIDATE)
				walk->Rip = ip;
			if (record->ExceptionCode == (DWORD)STATUS_LONGJUMP && record->NumberParameters >= 1)
				load_jump_buffer(walk, (const struct jump_buffer *)record->ExceptionInformation[0]);
			if (given)
				ke_copy_context(given, walk, sizeof(*walk));
			RtlRestoreContext(walk, record);
			__builtin_unreachable();
		}
		if (caller->Rip == walk->Rip && caller->Rsp == walk->Rsp)
			break;
		next = walk;
		walk = caller;
		caller = next;
	}
	/* The stack has ended.  A jump whose frames cannot be followed is still a jump. */
	if (record->ExceptionCode == (DWORD)STATUS_LONGJUMP && record->NumberParameters >= 1) {
		load_jump_buffer(walk, (const struct jump_buffer *)record->ExceptionInformation[0]);
		walk->ContextFlags = context->ContextFlags;
		walk->Rax = value;
		ke_restore_context(walk);
	}
	if (!target) {
		/* An exit unwind has done its work. */
		*walk = *context;
		walk->Rax = value;
		if (ip)
			walk->Rip = ip;
		ke_restore_context(walk);
	}
	bad_unwind(STATUS_INVALID_UNWIND_TARGET, record);
}

EXPORT_ALIAS(ntdll, "RtlUnwindEx", RtlUnwindEx);
EXPORT_ALIAS(ntdll, "RtlUnwind", RtlUnwind);

/* Leaves __try blocks of a function by a jump to `target` in the same function: their __finally blocks run first. */
void WINAPI RtlUnwind(PVOID frame, PVOID target, EXCEPTION_RECORD *record, PVOID value); /* guest.S */
EXPORT_C(ntdll, "_local_unwind", void, ke_local_unwind, (PVOID frame, PVOID target))
{
	RtlUnwind(frame, target, NULL, NULL);
}

struct scope_table {
	DWORD count;
	struct {
		DWORD begin, end, handler, target;
	} scopes[];
};

/* The language handler of __try in C. */
EXPORT_C(ntdll, "__C_specific_handler", EXCEPTION_DISPOSITION, ke_c_specific_handler,
	 (EXCEPTION_RECORD * record, PVOID frame, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
	const struct scope_table *table = dispatcher->HandlerData;
	ULONG_PTR base = dispatcher->ImageBase;
	DWORD pc = (DWORD)(dispatcher->ControlPc - base);
	DWORD target = (DWORD)(dispatcher->TargetIp - base);

	if (!(record->ExceptionFlags & EXCEPTION_UNWIND)) {
		EXCEPTION_POINTERS pointers = {record, context};

		for (DWORD i = dispatcher->ScopeIndex; i < table->count; i++) {
			DWORD handler = table->scopes[i].handler;
			LONG answer;

			if (pc < table->scopes[i].begin || pc >= table->scopes[i].end || !table->scopes[i].target)
				continue;
			if (handler == 1)
				answer = EXCEPTION_EXECUTE_HANDLER;
			else
				answer = (LONG)ke_call_guest((void *)(base + handler), (uint64_t)(uintptr_t)&pointers,
							     (uint64_t)(uintptr_t)frame, 0, 0);
			if (answer < 0)
				return ExceptionContinueExecution;
			if (answer > 0) {
				RtlUnwindEx(frame, (PVOID)(base + table->scopes[i].target), record,
					    (PVOID)(uintptr_t)record->ExceptionCode, dispatcher->ContextRecord,
					    dispatcher->HistoryTable);
			}
		}
		return ExceptionContinueSearch;
	}
	for (DWORD i = dispatcher->ScopeIndex; i < table->count; i++) {
		if (pc < table->scopes[i].begin || pc >= table->scopes[i].end)
			continue;
		if (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) {
			/* The scope that is gone to ends it: its own __finally, or one around it, does not run. */
			if (target >= table->scopes[i].begin && target < table->scopes[i].end &&
			    !table->scopes[i].target)
				break;
			if (table->scopes[i].target && table->scopes[i].target == target)
				break;
		}
		if (!table->scopes[i].target) {
			dispatcher->ScopeIndex = i + 1;
			ke_call_guest((void *)(base + table->scopes[i].handler), 1, (uint64_t)(uintptr_t)frame, 0, 0);
		}
	}
	return ExceptionContinueSearch;
}
EXPORT_ALIAS(kernel32, "__C_specific_handler", ke_c_specific_handler);

/* Return addresses of the guest's frames, the innermost first, without the `skip` first ones. */
EXPORT(ntdll, USHORT, RtlCaptureStackBackTrace, (ULONG skip, ULONG count, PVOID *trace, ULONG *hash))
{
	CONTEXT walk;
	ULONG found = 0, sum = 0;

	RtlCaptureContext(&walk);
	for (unsigned depth = 0; depth < 1024 && found < count; depth++) {
		DISPATCHER_CONTEXT *ignored;
		RUNTIME_FUNCTION *entry;
		ULONG_PTR base, frame;
		PVOID data;

		if (!ke_is_guest_address(walk.Rip)) {
			if (ke_walk_host(&walk, &ignored) == KE_WALK_END)
				break;
			continue;
		}
		if (skip) {
			skip--;
		} else {
			trace[found++] = (PVOID)(uintptr_t)walk.Rip;
			sum += (ULONG)walk.Rip;
		}
		if (!in_stack(walk.Rsp) || walk.Rsp & 7)
			break;
		entry = RtlLookupFunctionEntry(walk.Rip, &base, NULL);
		if (entry) {
			RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, walk.Rip, entry, &walk, &data, &frame, NULL);
		} else {
			walk.Rip = *(DWORD64 *)(uintptr_t)walk.Rsp;
			walk.Rsp += 8;
		}
	}
	if (hash)
		*hash = sum;
	return (USHORT)found;
}

EXPORT(ntdll, ULONG, RtlWalkFrameChain, (PVOID * trace, ULONG count, ULONG flags))
{
	return flags ? 0 : RtlCaptureStackBackTrace(1, count, trace, NULL);
}
