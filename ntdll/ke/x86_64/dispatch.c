/*
 * ntdll/ke/x86_64/dispatch.c - from a fault to the handlers: hardware faults, dispatching, the way on.
 *
 * A fault of guest code arrives in a signal handler on the alternate stack.  It puts a CONTEXT and an EXCEPTION_RECORD
 * on the guest's stack, as NT's kernel does, and lets the thread go on at KiUserExceptionDispatcher.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "ntdll/ke/x86_64/xstate.h"
#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/debug.h"
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
/* The frame that NT's kernel builds; laid out by the constants above. */
struct user_frame {
	CONTEXT context;
	CONTEXT_EX extended;
	EXCEPTION_RECORD record;
	uint64_t padding;
	uint64_t rip, cs, eflags, rsp, ss;
	uint64_t tail;
};
_Static_assert(offsetof(struct user_frame, extended) == FRAME_EXTENDED, "CONTEXT_EX");
_Static_assert(offsetof(struct user_frame, record) == FRAME_RECORD, "EXCEPTION_RECORD");
_Static_assert(offsetof(struct user_frame, rip) == FRAME_MACHINE, "machine frame");
_Static_assert(sizeof(struct user_frame) == FRAME_SIZE, "frame");

bool ke_stack_writable(uintptr_t from, size_t size)
{
	const TEB *teb = NtCurrentTeb();

	/* Stacks of the program's own making are what they are; NT's grow for this. */
	if (from < (uintptr_t)teb->NtTib.StackBase && from >= (uintptr_t)teb->DeallocationStack &&
	    from < (uintptr_t)teb->NtTib.StackLimit && !mm_commit_stack_to(from))
		return false;
	for (uintptr_t page = from & ~(uintptr_t)4095; page < from + size; page += 4096) {
		MEMORY_BASIC_INFORMATION info;

		if (mm_query(page, &info) || info.State != MEM_COMMIT ||
		    !(info.Protect &
		      (PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)) ||
		    info.Protect & PAGE_GUARD)
			return false;
	}
	return true;
}

void ke_extend_context(CONTEXT *context, uintptr_t area, const void *image)
{
	CONTEXT_EX *extended = (CONTEXT_EX *)(context + 1);

	memset(extended, 0, sizeof(*extended));
	extended->All.Offset = extended->Legacy.Offset = -(LONG)sizeof(CONTEXT);
	extended->All.Length = sizeof(CONTEXT) + sizeof(*extended);
	extended->Legacy.Length = sizeof(CONTEXT);
	context->ContextFlags &= ~(CONTEXT_XSTATE & ~CONTEXT_AMD64);
	if (!area)
		return;
	context->ContextFlags |= CONTEXT_XSTATE;
	extended->XState.Offset = (LONG)(area - (uintptr_t)extended);
	extended->XState.Length = ke_xstate_area_size(~0ull);
	extended->All.Length = sizeof(CONTEXT) + (ULONG)extended->XState.Offset + extended->XState.Length;
	ke_xstate_store((struct ke_xstate_area *)area, image, ~0ull);
}

bool ke_push_exception(struct host_registers *registers, const CONTEXT *context, const EXCEPTION_RECORD *record)
{
	/* Host code may have data in the 128 bytes below its stack pointer. */
	uintptr_t below = ke_is_guest_address((uintptr_t)context->Rip) ? 0 : 128;
	uintptr_t top = (uintptr_t)context->Rsp - below, area = 0;
	struct user_frame *frame;

	if (registers->extended && ke_xstate_features()) {
		area = (top - ke_xstate_area_size(~0ull)) & ~(uintptr_t)63;
		frame = (struct user_frame *)area - 1;
		/* Where there is no room for all of it the handlers get what there is room for. */
		if (!ke_stack_writable((uintptr_t)frame, top - (uintptr_t)frame))
			area = 0;
	}
	if (!area) {
		frame = (struct user_frame *)((top & ~(uintptr_t)15) - sizeof(*frame));
		if (!ke_stack_writable((uintptr_t)frame, sizeof(*frame)))
			return false;
	}
	frame->context = *context;
	ke_extend_context(&frame->context, area, registers->fpu);
	frame->record = *record;
	frame->rip = context->Rip;
	frame->cs = 0x33;
	frame->eflags = context->EFlags;
	frame->rsp = context->Rsp;
	frame->ss = 0x2B;
	registers->rsp = (uint64_t)(uintptr_t)frame;
	registers->rip = ke_exception_entry ? ke_exception_entry : (uint64_t)(uintptr_t)KiUserExceptionDispatcher;
	/* The handler runs with the direction and trap flags clear. */
	registers->rflags &= ~0x40500ull;
	return true;
}

/*
 * An instruction that was reported as misaligned is not reported again when it is run again: it is stepped over without
 * the alignment flag, as NT's kernel would fix it up (execution 13).
 */
#define FLAG_TRAP 0x100u
#define FLAG_ALIGNMENT 0x40000u
static __thread uint64_t misaligned; /* the instruction that was reported; 0 */
static __thread bool stepping_misaligned, stepping_traps;

/* true: there is no more to do. */
static bool fix_alignment(struct host_fault *fault, bool guest)
{
	uint64_t *flags = &fault->registers.rflags;

	if (stepping_misaligned) {
		stepping_misaligned = false;
		*flags |= FLAG_ALIGNMENT;
		if (!stepping_traps)
			*flags &= ~(uint64_t)FLAG_TRAP;
		if (fault->kind == HOST_FAULT_SINGLE_STEP) {
			misaligned = 0;
			return !stepping_traps;
		}
	}
	if (fault->kind != HOST_FAULT_ALIGNMENT)
		return false;
	if (!guest) {
		/* Our own code does not care: the flag is the program's, and gone. */
		*flags &= ~(uint64_t)FLAG_ALIGNMENT;
		return true;
	}
	if (misaligned != fault->registers.rip) {
		misaligned = fault->registers.rip;
		return false;
	}
	stepping_misaligned = true;
	stepping_traps = *flags & FLAG_TRAP;
	*flags = (*flags & ~(uint64_t)FLAG_ALIGNMENT) | FLAG_TRAP;
	return true;
}

static bool is_stack_probe(const struct host_fault *fault)
{
	uint8_t code[KE_STACK_PROBE_SIZE];

	return fault->access == 0 && fault->address == fault->registers.rsp - 0x2000 &&
	       !host_copy_from_guest(code, (const void *)(uintptr_t)fault->registers.rip, sizeof(code)) &&
	       memcmp(code, KE_STACK_PROBE, sizeof(code)) == 0;
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

	if (__builtin_expect(stepping_misaligned || fault->kind == HOST_FAULT_ALIGNMENT, 0) &&
	    fix_alignment(fault, guest))
		return HOST_FAULT_CONTINUE;
	if (guest && (fault->kind == HOST_FAULT_MEMORY || fault->kind == HOST_FAULT_BUS) && is_stack_probe(fault)) {
		memory = mm_probe_stack(fault->address);
		if (memory != MM_FAULT_STACK) {
			fault->registers.rip += KE_STACK_PROBE_SIZE;
			return HOST_FAULT_CONTINUE;
		}
		fault->kind = HOST_FAULT_MEMORY;
		fault->access = 1; /* what a function's frame would have done there */
	} else if (fault->kind == HOST_FAULT_MEMORY || fault->kind == HOST_FAULT_BUS) {
		/* A probed copy touches the guest's memory for the guest.  What lies below its own stack pointer is
		 * none of the host's frames. */
		memory = mm_fault(fault->address, fault->access,
				  !guest && !(fault->in_copy && fault->address < fault->registers.rsp));
		if (memory == MM_FAULT_RESOLVED)
			return HOST_FAULT_CONTINUE;
		if (fault->kind == HOST_FAULT_BUS)
			memory = MM_FAULT_IN_PAGE;
	}
	if (fault->in_copy)
		return HOST_FAULT_FAIL_COPY;
	/* What our own code does is no business of a program's breakpoints, as the kernel's is not. */
	if (fault->kind == HOST_FAULT_HARDWARE_BREAKPOINT && !guest)
		return HOST_FAULT_CONTINUE;
	if (fault->kind == HOST_FAULT_SYSTEM_CALL) {
		ke_system_call(&fault->registers, (unsigned)fault->code);
		return HOST_FAULT_CONTINUE;
	}
	ke_context_from_registers(&context, &fault->registers);
	if (self)
		ke_get_debug_registers(self, &context);
	record.ExceptionAddress = (PVOID)(uintptr_t)context.Rip;
	record.ExceptionCode = (DWORD)ke_describe_fault(fault, memory, &context, &record);
	rsp = (uintptr_t)context.Rsp;
	/* int 2d with a service in rax prints or loads symbols for a debugger that is not there. */
	if (fault->kind == HOST_FAULT_GENERAL && record.ExceptionCode == (DWORD)STATUS_BREAKPOINT &&
	    (context.Rax == 1 || (context.Rax >= 3 && context.Rax <= 5))) {
		fault->registers.rip += 3;
		return HOST_FAULT_CONTINUE;
	}
	if (!self || !self->teb || !host_stack_top() || !ke_is_guest_address(rsp) ||
	    record.ExceptionCode == (DWORD)STATUS_STACK_BUFFER_OVERRUN ||
	    !ke_push_exception(&fault->registers, &context, &record)) {
		if (ps_debugged)
			ps_debug_exception(&record, &context, false);
		ke_crash(&record, &context);
	}
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
	uintptr_t rip = (uintptr_t)context->Rip;
	ULONG flags = context->ContextFlags;

	if (rip == (uintptr_t)ke_frame_dispatcher) {
		*context = *(CONTEXT *)(uintptr_t)(context->Rsp + 32);
		context->ContextFlags = flags;
		return KE_WALK_CONTEXT;
	}
	if (rip == (uintptr_t)ke_frame_apc) {
		*context = *(CONTEXT *)(uintptr_t)context->Rsp;
		context->ContextFlags = flags;
		return KE_WALK_CONTEXT;
	}
	if (rip == (uintptr_t)ke_frame_consolidate) {
		*context = **(CONTEXT **)(uintptr_t)(context->Rbp - 8);
		context->ContextFlags = flags;
		return KE_WALK_CONTEXT;
	}
	if (rip == (uintptr_t)ke_frame_handler) {
		/* Above it there is nothing but dispatching, up to the exception. */
		*dispatcher = *(DISPATCHER_CONTEXT **)(uintptr_t)(context->Rbp - 8);
		ke_copy_context(context, *(CONTEXT **)(uintptr_t)(context->Rbp - 16), KE_CHANGING_BYTES);
		context->ContextFlags = flags;
		return KE_WALK_HANDLER;
	}
	if (rip == (uintptr_t)ke_frame_unwind_handler) {
		*dispatcher = *(DISPATCHER_CONTEXT **)(uintptr_t)(context->Rbp - 8);
		ke_copy_context(context, *(CONTEXT **)(uintptr_t)(context->Rbp + 0x30), KE_CHANGING_BYTES);
		context->ContextFlags = flags;
		return KE_WALK_UNWIND_HANDLER;
	}
	return ke_unwind_host_frame(context, NULL) ? KE_WALK_FRAME : KE_WALK_END;
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

/*
 * Searches the frames for a handler.  true: one said to continue.  Handlers that take the exception unwind and do not come
 * back.  `*bottom`: the search came to the thread's first frame, where NT has the filter of unhandled exceptions, and did
 * not lose its way before.
 */
static bool search_frames(EXCEPTION_RECORD *record, CONTEXT *context, bool *bottom)
{
	/* The step before: what was interrupted may be nobody's code, what a guest's function returns to may not. */
	enum ke_walk last = KE_WALK_CONTEXT;
	bool lost = false;
	CONTEXT walk;
	ULONG flags = record->ExceptionFlags & EXCEPTION_NONCONTINUABLE;
	ULONG_PTR nested_frame = 0, frame, base, pc, previous_rsp;

	*bottom = false;
	ke_copy_context(&walk, context, sizeof(walk));
	/* What follows the context does not go with its copy. */
	walk.ContextFlags &= ~(CONTEXT_XSTATE & ~CONTEXT_AMD64);
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
				if (last == KE_WALK_FRAME)
					*bottom = !lost;
				else if (last == KE_WALK_END)
					lost = true;
				if (!in_stack(walk.Rsp) || walk.Rsp & 7) {
					if (!*bottom)
						flags |= EXCEPTION_STACK_INVALID;
					break;
				}
				walk.Rip = *(DWORD64 *)(uintptr_t)walk.Rsp;
				walk.Rsp += 8;
			}
			last = step;
			if (step == KE_WALK_HANDLER) {
				/* Raised inside a handler: what that handler's search had passed is nested. */
				flags |= EXCEPTION_NESTED_CALL;
				if (inner->EstablisherFrame > nested_frame)
					nested_frame = inner->EstablisherFrame;
			}
			continue;
		}
		last = KE_WALK_END;
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

static bool is_debug_string(const EXCEPTION_RECORD *record)
{
	return record->ExceptionCode == (DWORD)DBG_PRINTEXCEPTION_C ||
	       record->ExceptionCode == (DWORD)DBG_PRINTEXCEPTION_WIDE_C;
}

/*
 * Continue handlers are called when the search is over, however it ended: for an exception that nobody took too, where a
 * handler's answer only ends the list.  Go's runtime reports crashes from there.  On NT the filter of unhandled
 * exceptions is asked by the thread's first frame, so within the search, and ends the process or continues it:
 * `*unfiltered` says that the search came there, and the continue handlers are called if the filter continues.
 * Strings for a debugger that nobody wanted are taken by a frame of OutputDebugString on NT: nobody continues.
 */
static BOOLEAN dispatch(EXCEPTION_RECORD *record, CONTEXT *context, bool *unfiltered)
{
	EXCEPTION_POINTERS pointers = {record, context};
	BOOLEAN handled;

	*unfiltered = false;
	handled = ke_call_vectored(&pointers, false) || search_frames(record, context, unfiltered);
	if (handled || !(*unfiltered || is_debug_string(record)))
		ke_call_vectored(&pointers, true);
	return handled;
}

EXPORT(ntdll, BOOLEAN, RtlDispatchException, (EXCEPTION_RECORD * record, CONTEXT *context))
{
	bool unfiltered;

	return dispatch(record, context, &unfiltered);
}

void ke_continue_as(CONTEXT *context, CONTEXT *extended)
{
	if (context->ContextFlags & CONTEXT_DEBUG_REGISTERS & ~CONTEXT_AMD64)
		ke_set_debug_registers(ps_self, context);
	/* Last: nothing in between may touch those registers. */
	if (context->ContextFlags & CONTEXT_XSTATE & ~CONTEXT_AMD64)
		ke_xstate_restore(extended);
	ke_restore_context(context);
}

void ke_continue(CONTEXT *context)
{
	ke_continue_as(context, context);
}

/* What programs put in the place of kernel32's UnhandledExceptionFilter; NULL: that. */
static void *top_filter;

EXPORT(ntdll, void, RtlSetUnhandledExceptionFilter, (PVOID filter))
{
	__atomic_store_n(&top_filter, filter, __ATOMIC_RELEASE);
}

void ke_last_chance(EXCEPTION_RECORD *record, CONTEXT *context)
{
	if (ps_debugged && ps_debug_exception(record, context, false))
		ke_continue(context);
	ke_crash(record, context);
}

/* Dispatches, and goes on as the handlers say.  The end of the process when there is none. */
static void dispatch_and_continue(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));
static void dispatch_and_continue(EXCEPTION_RECORD *record, CONTEXT *context)
{
	EXCEPTION_POINTERS pointers = {record, context};
	LONG answer = EXCEPTION_CONTINUE_SEARCH;
	bool unfiltered;

	if (dispatch(record, context, &unfiltered))
		ke_continue(context);
	/* Strings for a debugger are nobody's fault. */
	if (is_debug_string(record)) {
		ps_self->debug_string_passed = true;
		ke_continue(context);
	}
	/* A debugger is told instead of the filters (MSDN SetUnhandledExceptionFilter). */
	if (__builtin_expect(ps_debugged, 0))
		ke_last_chance(record, context);
	/* The frame that asks the filter lies where the search could not go (execution 31). */
	if (record->ExceptionFlags & EXCEPTION_STACK_INVALID)
		ke_crash(record, context);
	if (top_filter)
		answer = (LONG)ke_call_guest(top_filter, (uint64_t)(uintptr_t)&pointers, 0, 0, 0);
	else if (ke_unhandled_filter)
		answer = ke_unhandled_filter(&pointers);
	if (answer == EXCEPTION_CONTINUE_EXECUTION) {
		if (unfiltered)
			ke_call_vectored(&pointers, true);
		ke_continue(context);
	}
	if (answer == EXCEPTION_EXECUTE_HANDLER)
		ps_terminate_process(record->ExceptionCode);
	ke_crash(record, context);
}

void WINAPI ke_user_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
	if (__builtin_expect(ps_debugged, 0) && ps_debug_exception(record, context, true))
		ke_continue(context);
	dispatch_and_continue(record, context);
}

/* Where kernel32's RaiseException stands in its image: what its exceptions say as their address (execution 33). */
static PVOID raise_exception_address;

void ke_find_raise_exception(HMODULE kernel32)
{
	ldr_operations.procedure(kernel32, "RaiseException", 0, &raise_exception_address);
}

static void raise_at(PVOID address, EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));
static void raise_at(PVOID address, EXCEPTION_RECORD *record, CONTEXT *context)
{
	record->ExceptionAddress = address;
	/* Under a debugger it is the kernel that raises, and so comes by KiUserExceptionDispatcher (execution 24). */
	if (__builtin_expect(ps_peb->BeingDebugged, 0))
		ke_enter_exception(record, context, context);
	dispatch_and_continue(record, context);
}

void WINAPI ke_raise(EXCEPTION_RECORD *record, CONTEXT *context)
{
	raise_at((PVOID)(uintptr_t)context->Rip, record, context);
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
	raise_at(raise_exception_address ? raise_exception_address : (PVOID)(uintptr_t)context->Rip, &record, context);
}

EXPORT_ALIAS(ntdll, "DbgBreakPoint", ke_break_point);
EXPORT_ALIAS(ntdll, "DbgUserBreakPoint", ke_break_point);

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
EXPORT_FORWARD(kernel32, "RtlVirtualUnwind2", "NTDLL.RtlVirtualUnwind2");
EXPORT_FORWARD(kernel32, "RtlCaptureContext2", "NTDLL.RtlCaptureContext2");
EXPORT_FORWARD(kernel32, "RtlUnwindEx", "NTDLL.RtlUnwindEx");
EXPORT_FORWARD(kernel32, "RtlUnwind", "NTDLL.RtlUnwind");
EXPORT_FORWARD(kernel32, "RtlRestoreContext", "NTDLL.RtlRestoreContext");
EXPORT_FORWARD(kernel32, "RtlAddFunctionTable", "NTDLL.RtlAddFunctionTable");
EXPORT_FORWARD(kernel32, "RtlDeleteFunctionTable", "NTDLL.RtlDeleteFunctionTable");
EXPORT_FORWARD(kernel32, "RtlInstallFunctionTableCallback", "NTDLL.RtlInstallFunctionTableCallback");
EXPORT_FORWARD(kernel32, "RtlCaptureStackBackTrace", "NTDLL.RtlCaptureStackBackTrace");
