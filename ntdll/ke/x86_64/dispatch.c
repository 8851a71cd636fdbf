/*
 * ntdll/ke/x86_64/dispatch.c - from a fault to the handlers: hardware faults, dispatching, the way on.
 *
 * A fault of guest code arrives in a signal handler on the alternate stack.  It puts a CONTEXT and an EXCEPTION_RECORD on
 * the guest's stack, as NT's kernel does, and lets the thread go on at KiUserExceptionDispatcher.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/ps.h"
#include "pewter/export.h"

#include <string.h>

/* What NT puts below the faulting stack pointer; nt facts, execution 23. */
#define FRAME_EXTENDED 0x4D0
#define FRAME_RECORD 0x4F0
#define FRAME_MACHINE 0x590
#define FRAME_SIZE 0x5C0

void KiUserExceptionDispatcher(void);
LONG(NTAPI *ke_unhandled_filter)(EXCEPTION_POINTERS *pointers);
/* Where the exports stand in the builtin ntdll's image, which a program may have patched; else the code itself. */
static uint64_t dispatcher_entry;

/* A small decoder: the prefixes are skipped, the opcode's first bytes judged. */
static NTSTATUS general_protection_status(uint64_t rip, EXCEPTION_RECORD *record)
{
	uint8_t code[16] = {0};
	unsigned i = 0;

	for (unsigned have = sizeof(code); have && host_copy_from_guest(code, (const void *)(uintptr_t)rip, have); have--)
		;
	while (i < 12 && (code[i] == 0x66 || code[i] == 0x67 || code[i] == 0xF2 || code[i] == 0xF3 || code[i] == 0x2E ||
			  code[i] == 0x36 || code[i] == 0x3E || code[i] == 0x26 || code[i] == 0x64 || code[i] == 0x65 ||
			  (code[i] & 0xF0) == 0x40))
		i++;
	record->NumberParameters = 0;
	switch (code[i]) {
	case 0x6C: /* ins, outs */
	case 0x6D:
	case 0x6E:
	case 0x6F:
	case 0xE4: /* in, out */
	case 0xE5:
	case 0xE6:
	case 0xE7:
	case 0xEC:
	case 0xED:
	case 0xEE:
	case 0xEF:
	case 0xF4: /* hlt */
	case 0xFA: /* cli, sti */
	case 0xFB:
		return STATUS_PRIVILEGED_INSTRUCTION;
	case 0xCD:
		if (code[i + 1] == 0x2C)
			return STATUS_ASSERTION_FAILURE;
		if (code[i + 1] == 0x2D)
			return STATUS_BREAKPOINT;
		if (code[i + 1] == 0x29)
			return STATUS_STACK_BUFFER_OVERRUN;
		break;
	case 0x0F:
		/* mov to and from cr and dr, wrmsr, rdmsr, lgdt's group, clts, invd, wbinvd */
		if ((code[i + 1] >= 0x20 && code[i + 1] <= 0x23) || code[i + 1] == 0x30 || code[i + 1] == 0x32 ||
		    code[i + 1] == 0x06 || code[i + 1] == 0x08 || code[i + 1] == 0x09 || code[i + 1] == 0x00 ||
		    code[i + 1] == 0x01)
			return STATUS_PRIVILEGED_INSTRUCTION;
		break;
	default:
		break;
	}
	record->NumberParameters = 2;
	record->ExceptionInformation[0] = 0;
	record->ExceptionInformation[1] = ~(ULONG_PTR)0;
	return STATUS_ACCESS_VIOLATION;
}

/* #DE is one trap; the divisor says whether it was a division by zero or an overflow. */
static NTSTATUS divide_status(const CONTEXT *context)
{
	uint8_t code[16] = {0};
	unsigned i = 0, rex = 0, modrm, size, rm;
	bool operand16 = false;
	uint64_t value = 0, address;

	for (unsigned have = sizeof(code);
	     have && host_copy_from_guest(code, (const void *)(uintptr_t)context->Rip, have); have--)
		;
	for (; i < 10; i++) {
		if (code[i] == 0x66)
			operand16 = true;
		else if (code[i] != 0x67 && code[i] != 0xF2 && code[i] != 0xF3 && code[i] != 0x2E && code[i] != 0x36 &&
			 code[i] != 0x3E && code[i] != 0x26 && code[i] != 0x64 && code[i] != 0x65)
			break;
	}
	if ((code[i] & 0xF0) == 0x40)
		rex = code[i++];
	if (code[i] != 0xF6 && code[i] != 0xF7)
		return STATUS_INTEGER_DIVIDE_BY_ZERO;
	size = code[i] == 0xF6 ? 1 : rex & 8 ? 8 : operand16 ? 2 : 4;
	modrm = code[++i];
	rm = (modrm & 7) | (rex & 1) << 3;
	if (modrm >> 6 == 3) {
		if (size == 1 && !rex && rm >= 4)
			value = (&context->Rax)[rm - 4] >> 8;
		else
			value = (&context->Rax)[rm];
	} else {
		unsigned mod = modrm >> 6;

		i++;
		address = 0;
		if ((modrm & 7) == 4) {
			unsigned sib = code[i++];
			unsigned index = (sib >> 3 & 7) | (rex & 2) << 2, base = (sib & 7) | (rex & 1) << 3;

			if (index != 4)
				address = (&context->Rax)[index] << (sib >> 6);
			if ((sib & 7) == 5 && mod == 0) {
				int32_t displacement;

				memcpy(&displacement, code + i, 4);
				address += (uint64_t)(int64_t)displacement;
			} else {
				address += (&context->Rax)[base];
			}
		} else if ((modrm & 7) == 5 && mod == 0) {
			int32_t displacement;

			memcpy(&displacement, code + i, 4);
			address = context->Rip + i + 4 + (uint64_t)(int64_t)displacement;
		} else {
			address = (&context->Rax)[rm];
		}
		if (mod == 1) {
			address += (uint64_t)(int64_t)(int8_t)code[i];
		} else if (mod == 2) {
			int32_t displacement;

			memcpy(&displacement, code + i, 4);
			address += (uint64_t)(int64_t)displacement;
		}
		if (host_copy_from_guest(&value, (const void *)(uintptr_t)address, size))
			return STATUS_INTEGER_DIVIDE_BY_ZERO;
	}
	if (size < 8)
		value &= (1ull << size * 8) - 1;
	return value ? STATUS_INTEGER_OVERFLOW : STATUS_INTEGER_DIVIDE_BY_ZERO;
}

static NTSTATUS float_status(const CONTEXT *context, EXCEPTION_RECORD *record)
{
	uint8_t code[4] = {0};
	unsigned flags, masks;
	bool x87;

	host_copy_from_guest(code, (const void *)(uintptr_t)context->Rip, sizeof(code));
	x87 = (code[0] >= 0xD8 && code[0] <= 0xDF) || code[0] == 0x9B;
	record->NumberParameters = x87 ? 1 : 2;
	record->ExceptionInformation[0] = 0;
	record->ExceptionInformation[1] = context->MxCsr;
	flags = x87 ? context->FltSave.StatusWord : context->MxCsr;
	masks = x87 ? context->FltSave.ControlWord : context->MxCsr >> 7;
	flags &= ~masks;
	if (x87 && flags & 1 && context->FltSave.StatusWord & 0x40)
		return STATUS_FLOAT_STACK_CHECK;
	if (flags & 1)
		return STATUS_FLOAT_INVALID_OPERATION;
	if (flags & 4)
		return STATUS_FLOAT_DIVIDE_BY_ZERO;
	if (flags & 2)
		return STATUS_FLOAT_DENORMAL_OPERAND;
	if (flags & 8)
		return STATUS_FLOAT_OVERFLOW;
	if (flags & 16)
		return STATUS_FLOAT_UNDERFLOW;
	return STATUS_FLOAT_INEXACT_RESULT;
}

static void memory_parameters(const struct host_fault *fault, EXCEPTION_RECORD *record, NTSTATUS status)
{
	record->NumberParameters = 2;
	record->ExceptionInformation[0] = fault->access;
	record->ExceptionInformation[1] = fault->address;
	if (status == STATUS_IN_PAGE_ERROR) {
		record->NumberParameters = 3;
		record->ExceptionInformation[2] = (ULONG_PTR)(uint32_t)STATUS_END_OF_FILE;
	}
}

/* What NT says of a fault; rows 1 to 18 of the execution facts. */
static NTSTATUS describe(const struct host_fault *fault, enum mm_fault_result memory, CONTEXT *context,
			 EXCEPTION_RECORD *record)
{
	NTSTATUS status;

	switch (fault->kind) {
	case HOST_FAULT_MEMORY:
	case HOST_FAULT_BUS:
		status = memory == MM_FAULT_GUARD ? STATUS_GUARD_PAGE_VIOLATION :
			 memory == MM_FAULT_STACK ? STATUS_STACK_OVERFLOW :
			 memory == MM_FAULT_IN_PAGE ? STATUS_IN_PAGE_ERROR : STATUS_ACCESS_VIOLATION;
		memory_parameters(fault, record, status);
		return status;
	case HOST_FAULT_GENERAL:
		status = general_protection_status(context->Rip, record);
		if (status == STATUS_BREAKPOINT) {
			/* int 2d: rip stands behind it, the exception address one further */
			record->NumberParameters = 1;
			record->ExceptionInformation[0] = context->Rax;
			context->Rip += 2;
			record->ExceptionAddress = (PVOID)(uintptr_t)(context->Rip + 1);
		} else if (status == STATUS_STACK_BUFFER_OVERRUN) {
			record->NumberParameters = 1;
			record->ExceptionInformation[0] = (DWORD)context->Rcx;
			record->ExceptionFlags = EXCEPTION_NONCONTINUABLE;
		}
		return status;
	case HOST_FAULT_DIVIDE:
		return divide_status(context);
	case HOST_FAULT_FLOAT:
		return float_status(context, record);
	case HOST_FAULT_ILLEGAL:
		return STATUS_ILLEGAL_INSTRUCTION;
	case HOST_FAULT_BREAKPOINT:
		/* The trap comes after the instruction; NT reports the address before its last byte. */
		context->Rip -= 1;
		record->ExceptionAddress = (PVOID)(uintptr_t)context->Rip;
		record->NumberParameters = 1;
		record->ExceptionInformation[0] = 0;
		return STATUS_BREAKPOINT;
	case HOST_FAULT_SINGLE_STEP:
		context->EFlags &= ~0x100u;
		return STATUS_SINGLE_STEP;
	case HOST_FAULT_ALIGNMENT:
		return STATUS_DATATYPE_MISALIGNMENT;
	}
	return STATUS_ACCESS_VIOLATION;
}

/* The frame that NT's kernel builds; laid out by the constants above. */
struct user_frame {
	CONTEXT context;
	struct {
		LONG all_offset;
		ULONG all_length;
		LONG legacy_offset;
		ULONG legacy_length;
		LONG xstate_offset;
		ULONG xstate_length;
		uint64_t padding;
	} extended;
	EXCEPTION_RECORD record;
	uint64_t padding;
	uint64_t rip, cs, eflags, rsp, ss;
	uint64_t tail;
};
_Static_assert(offsetof(struct user_frame, extended) == FRAME_EXTENDED, "CONTEXT_EX");
_Static_assert(offsetof(struct user_frame, record) == FRAME_RECORD, "EXCEPTION_RECORD");
_Static_assert(offsetof(struct user_frame, rip) == FRAME_MACHINE, "machine frame");
_Static_assert(sizeof(struct user_frame) == FRAME_SIZE, "frame");

static bool push_frame(struct host_registers *registers, const CONTEXT *context, const EXCEPTION_RECORD *record)
{
	/* Host code may have data in the 128 bytes below its stack pointer. */
	uintptr_t below = ke_is_guest_address((uintptr_t)context->Rip) ? 0 : 128;
	struct user_frame *frame =
		(struct user_frame *)((((uintptr_t)context->Rsp - below) & ~(uintptr_t)15) - sizeof(*frame));
	TEB *teb = NtCurrentTeb();
	uintptr_t top = (uintptr_t)teb->NtTib.StackBase;

	/* Stacks of the program's own making are what they are; NT's grow for this. */
	if ((uintptr_t)frame < top && (uintptr_t)frame >= (uintptr_t)teb->DeallocationStack &&
	    (uintptr_t)frame < (uintptr_t)teb->NtTib.StackLimit && !mm_commit_stack_to((uintptr_t)frame))
		return false;
	for (uintptr_t page = (uintptr_t)frame & ~(uintptr_t)4095; page < (uintptr_t)frame + sizeof(*frame); page += 4096) {
		MEMORY_BASIC_INFORMATION info;

		if (mm_query(page, &info) || info.State != MEM_COMMIT ||
		    !(info.Protect & (PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)) ||
		    info.Protect & PAGE_GUARD)
			return false;
	}
	frame->context = *context;
	memset(&frame->extended, 0, sizeof(frame->extended));
	frame->extended.all_offset = frame->extended.legacy_offset = -FRAME_EXTENDED;
	frame->extended.all_length = sizeof(CONTEXT) + 0x20;
	frame->extended.legacy_length = sizeof(CONTEXT);
	frame->record = *record;
	frame->rip = context->Rip;
	frame->cs = 0x33;
	frame->eflags = context->EFlags;
	frame->rsp = context->Rsp;
	frame->ss = 0x2B;
	registers->rsp = (uint64_t)(uintptr_t)frame;
	registers->rip = dispatcher_entry ? dispatcher_entry : (uint64_t)(uintptr_t)KiUserExceptionDispatcher;
	/* The handler runs with the direction and trap flags clear. */
	registers->rflags &= ~0x40500ull;
	return true;
}

/* A fault on the host's own stack, or before there is a guest, can only be reported. */
static enum host_fault_answer on_fault(struct host_fault *fault)
{
	bool guest = ke_is_guest_address(fault->registers.rip);
	enum mm_fault_result memory = MM_FAULT_VIOLATION;
	EXCEPTION_RECORD record = {0};
	struct ps_thread *self = ps_self;
	CONTEXT context;
	uintptr_t rsp;

	if (fault->kind == HOST_FAULT_MEMORY || fault->kind == HOST_FAULT_BUS) {
		memory = mm_fault(fault->address, fault->access, !guest);
		if (memory == MM_FAULT_RESOLVED)
			return HOST_FAULT_CONTINUE;
		if (fault->kind == HOST_FAULT_BUS)
			memory = MM_FAULT_IN_PAGE;
	}
	if (fault->in_copy)
		return HOST_FAULT_FAIL_COPY;
	ke_context_from_registers(&context, &fault->registers);
	record.ExceptionAddress = (PVOID)(uintptr_t)context.Rip;
	record.ExceptionCode = (DWORD)describe(fault, memory, &context, &record);
	rsp = (uintptr_t)context.Rsp;
	/* int 2d with a service in rax prints or loads symbols for a debugger that is not there. */
	if (fault->kind == HOST_FAULT_GENERAL && record.ExceptionCode == (DWORD)STATUS_BREAKPOINT &&
	    (context.Rax == 1 || (context.Rax >= 3 && context.Rax <= 5))) {
		fault->registers.rip += 3;
		return HOST_FAULT_CONTINUE;
	}
	if (!self || !self->teb || !host_stack_top() || !ke_is_guest_address(rsp) ||
	    record.ExceptionCode == (DWORD)STATUS_STACK_BUFFER_OVERRUN || !push_frame(&fault->registers, &context, &record))
		ke_crash(&record, &context);
	return HOST_FAULT_CONTINUE;
}

void ke_initialize_exceptions(void)
{
	host_fault_install(on_fault);
}

void ke_crash(EXCEPTION_RECORD *record, CONTEXT *context)
{
	if (ps_hooks.crash)
		ps_hooks.crash(record, context);
	ps_terminate_process(record->ExceptionCode);
}

/*
 * Walking.
 */
enum ke_walk ke_walk_host(CONTEXT *context, DISPATCHER_CONTEXT **dispatcher)
{
	enum ke_walk walk = KE_WALK_FRAME;
	uintptr_t rip = (uintptr_t)context->Rip;
	ULONG flags = context->ContextFlags;

	if (rip == (uintptr_t)ke_frame_dispatcher) {
		*context = *(CONTEXT *)(uintptr_t)(context->Rsp + 32);
		context->ContextFlags = flags;
		return KE_WALK_CONTEXT;
	}
	if (rip == (uintptr_t)ke_frame_consolidate) {
		*context = **(CONTEXT **)(uintptr_t)(context->Rbp - 8);
		context->ContextFlags = flags;
		return KE_WALK_CONTEXT;
	}
	if (rip == (uintptr_t)ke_frame_handler || rip == (uintptr_t)ke_frame_unwind_handler) {
		*dispatcher = *(DISPATCHER_CONTEXT **)(uintptr_t)(context->Rbp - 8);
		walk = rip == (uintptr_t)ke_frame_handler ? KE_WALK_HANDLER : KE_WALK_UNWIND_HANDLER;
	}
	return ke_unwind_host_frame(context, NULL) ? walk : KE_WALK_END;
}

static bool in_stack(ULONG_PTR address)
{
	const TEB *teb = NtCurrentTeb();

	return address >= (ULONG_PTR)teb->NtTib.StackLimit && address < (ULONG_PTR)teb->NtTib.StackBase;
}

static void nested_status(NTSTATUS status, EXCEPTION_RECORD *original) __attribute__((noreturn));
static void nested_status(NTSTATUS status, EXCEPTION_RECORD *original)
{
	EXCEPTION_RECORD record = {.ExceptionCode = (DWORD)status,
				   .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
				   .ExceptionRecord = original};

	RtlRaiseException(&record);
	__builtin_unreachable();
}

/* Searches the frames for a handler.  true: one said to continue.  Handlers that take the exception unwind and do not
 * come back. */
static bool search_frames(EXCEPTION_RECORD *record, CONTEXT *context)
{
	CONTEXT walk = *context;
	ULONG flags = record->ExceptionFlags & EXCEPTION_NONCONTINUABLE;
	ULONG_PTR nested_frame = 0, frame, base, pc, previous_rsp;

	for (unsigned depth = 0; depth < 100000; depth++) {
		DISPATCHER_CONTEXT dispatcher, *inner;
		RUNTIME_FUNCTION *entry;
		PEXCEPTION_ROUTINE handler;
		PVOID data = NULL;

		pc = walk.Rip;
		previous_rsp = walk.Rsp;
		if (!ke_is_guest_address(pc)) {
			enum ke_walk step = ke_walk_host(&walk, &inner);

			if (step == KE_WALK_END) {
				/* Nobody's code (a bad address was called): NT takes it for a leaf. */
				if (!in_stack(walk.Rsp) || walk.Rsp & 7)
					break;
				walk.Rip = *(DWORD64 *)(uintptr_t)walk.Rsp;
				walk.Rsp += 8;
			}
			if (step == KE_WALK_HANDLER) {
				/* Raised inside a handler: what that handler's search had passed is nested. */
				flags |= EXCEPTION_NESTED_CALL;
				if (inner->EstablisherFrame > nested_frame)
					nested_frame = inner->EstablisherFrame;
			}
			continue;
		}
		if (!in_stack(walk.Rsp) || walk.Rsp & 7) {
			flags |= EXCEPTION_STACK_INVALID;
			break;
		}
		entry = RtlLookupFunctionEntry(pc, &base, NULL);
		if (!entry) {
			walk.Rip = *(DWORD64 *)(uintptr_t)walk.Rsp;
			walk.Rsp += 8;
			if (!walk.Rip)
				break;
			continue;
		}
		handler = RtlVirtualUnwind(UNW_FLAG_EHANDLER, base, pc, entry, &walk, &data, &frame, NULL);
		if (!in_stack(frame) || frame & 7) {
			flags |= EXCEPTION_STACK_INVALID;
			break;
		}
		if (handler) {
			dispatcher = (DISPATCHER_CONTEXT){
				.ControlPc = pc,
				.ImageBase = base,
				.FunctionEntry = entry,
				.EstablisherFrame = frame,
				.ContextRecord = &walk,
				.LanguageHandler = handler,
				.HandlerData = data,
			};
			record->ExceptionFlags = flags;
			switch (ke_execute_handler(record, frame, context, &dispatcher)) {
			case ExceptionContinueExecution:
				if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
					nested_status(STATUS_NONCONTINUABLE_EXCEPTION, record);
				return true;
			case ExceptionContinueSearch:
				break;
			case ExceptionNestedException:
				flags |= EXCEPTION_NESTED_CALL;
				if (dispatcher.EstablisherFrame > nested_frame)
					nested_frame = dispatcher.EstablisherFrame;
				break;
			default:
				nested_status(STATUS_INVALID_DISPOSITION, record);
			}
			flags |= record->ExceptionFlags & EXCEPTION_NONCONTINUABLE;
		}
		if (frame == nested_frame) {
			flags &= ~EXCEPTION_NESTED_CALL;
			nested_frame = 0;
		}
		if (walk.Rip == pc && walk.Rsp == previous_rsp)
			break;
	}
	record->ExceptionFlags = flags;
	return false;
}

static BOOLEAN dispatch(EXCEPTION_RECORD *record, CONTEXT *context)
{
	EXCEPTION_POINTERS pointers = {record, context};

	if (ke_call_vectored(&pointers, false) || search_frames(record, context)) {
		ke_call_vectored(&pointers, true);
		return TRUE;
	}
	return FALSE;
}

EXPORT(ntdll, BOOLEAN, RtlDispatchException, (EXCEPTION_RECORD * record, CONTEXT *context))
{
	return dispatch(record, context);
}

/* Dispatches, and goes on as the handlers say.  The end of the process when there is none. */
static void dispatch_and_continue(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));
static void dispatch_and_continue(EXCEPTION_RECORD *record, CONTEXT *context)
{
	EXCEPTION_POINTERS pointers = {record, context};
	LONG answer = EXCEPTION_CONTINUE_SEARCH;

	if (dispatch(record, context))
		ke_restore_context(context);
	/* Strings for a debugger are nobody's fault. */
	if (record->ExceptionCode == (DWORD)DBG_PRINTEXCEPTION_C ||
	    record->ExceptionCode == (DWORD)DBG_PRINTEXCEPTION_WIDE_C) {
		ps_self->debug_string_passed = true;
		ke_restore_context(context);
	}
	if (ke_unhandled_filter)
		answer = ke_unhandled_filter(&pointers);
	if (answer == EXCEPTION_CONTINUE_EXECUTION)
		ke_restore_context(context);
	if (answer == EXCEPTION_EXECUTE_HANDLER)
		ps_terminate_process(record->ExceptionCode);
	ke_crash(record, context);
}

void WINAPI ke_user_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
	dispatch_and_continue(record, context);
}

void WINAPI ke_raise(EXCEPTION_RECORD *record, CONTEXT *context)
{
	record->ExceptionAddress = (PVOID)(uintptr_t)context->Rip;
	dispatch_and_continue(record, context);
}

void WINAPI ke_raise_status(NTSTATUS status, CONTEXT *context)
{
	EXCEPTION_RECORD record = {.ExceptionCode = (DWORD)status, .ExceptionFlags = EXCEPTION_NONCONTINUABLE};

	ke_raise(&record, context);
}

void WINAPI ke_raise_arguments(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments, CONTEXT *context)
{
	EXCEPTION_RECORD record = {.ExceptionCode = code & ~0x10000000u,
				   .ExceptionFlags = flags & EXCEPTION_NONCONTINUABLE};

	if (arguments) {
		record.NumberParameters = count > EXCEPTION_MAXIMUM_PARAMETERS ? EXCEPTION_MAXIMUM_PARAMETERS : count;
		memcpy(record.ExceptionInformation, arguments, record.NumberParameters * sizeof(ULONG_PTR));
	}
	ke_raise(&record, context);
}

EXPORT_ALIAS(ntdll, "DbgBreakPoint", ke_break_point);

void WINAPI ke_debug_print_and_break(const char *text)
{
	EXCEPTION_RECORD record = {
		.ExceptionCode = (DWORD)DBG_PRINTEXCEPTION_C,
		.NumberParameters = 2,
		.ExceptionInformation = {strlen(text) + 1, (ULONG_PTR)text},
	};

	RtlRaiseException(&record);
	ke_break_point();
}

EXPORT_ALIAS(ntdll, "RtlRaiseException", RtlRaiseException);
EXPORT_ALIAS(ntdll, "RtlRaiseStatus", RtlRaiseStatus);
EXPORT_ALIAS(kernel32, "RaiseException", RaiseException);
EXPORT_FORWARD(kernel32, "RtlRaiseException", "NTDLL.RtlRaiseException");
EXPORT_FORWARD(kernel32, "RtlCaptureContext", "NTDLL.RtlCaptureContext");
EXPORT_FORWARD(kernel32, "RtlLookupFunctionEntry", "NTDLL.RtlLookupFunctionEntry");
EXPORT_FORWARD(kernel32, "RtlVirtualUnwind", "NTDLL.RtlVirtualUnwind");
EXPORT_FORWARD(kernel32, "RtlUnwindEx", "NTDLL.RtlUnwindEx");
EXPORT_FORWARD(kernel32, "RtlUnwind", "NTDLL.RtlUnwind");
EXPORT_FORWARD(kernel32, "RtlRestoreContext", "NTDLL.RtlRestoreContext");
EXPORT_FORWARD(kernel32, "RtlAddFunctionTable", "NTDLL.RtlAddFunctionTable");
EXPORT_FORWARD(kernel32, "RtlDeleteFunctionTable", "NTDLL.RtlDeleteFunctionTable");
EXPORT_FORWARD(kernel32, "RtlInstallFunctionTableCallback", "NTDLL.RtlInstallFunctionTableCallback");
EXPORT_FORWARD(kernel32, "RtlCaptureStackBackTrace", "NTDLL.RtlCaptureStackBackTrace");

EXPORT(ntdll, NTSTATUS, NtContinue, (CONTEXT * context, BOOLEAN test_alert))
{
	CONTEXT copy;

	if (host_copy_from_guest(&copy, context, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	if (!(copy.ContextFlags & CONTEXT_AMD64))
		return STATUS_INVALID_PARAMETER;
	if (test_alert)
		ke_deliver_apcs();
	if (__atomic_load_n(&ps_self->pending, __ATOMIC_SEQ_CST))
		ps_check_pending();
	ke_restore_context(&copy);
}

EXPORT(ntdll, NTSTATUS, NtRaiseException, (EXCEPTION_RECORD * record, CONTEXT *context, BOOLEAN first_chance))
{
	if (!first_chance) {
		/* The second chance: no debugger, so it is the end. */
		ke_crash(record, context);
	}
	dispatch_and_continue(record, context);
}
