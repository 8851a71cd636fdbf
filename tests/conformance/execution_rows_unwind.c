/*
 * Rows 55-62 of the execution facts: what RtlUnwindEx, longjmp and the language handlers do.
 */
#include "../guest/guest.h"

#include <setjmp.h>
#include <stddef.h>

/* framed(fn, argument): fn(argument) in a frame whose language handler is on_frame. */
typedef EXCEPTION_DISPOSITION(NTAPI *frame_handler)(EXCEPTION_RECORD *, PVOID, CONTEXT *, DISPATCHER_CONTEXT *);
ULONG_PTR framed(void (*fn)(ULONG_PTR), ULONG_PTR argument);
EXCEPTION_DISPOSITION NTAPI handler_of_framed(EXCEPTION_RECORD *, PVOID, CONTEXT *, DISPATCHER_CONTEXT *);
/* catching(fn, argument): the same, and what RtlUnwindEx gives it in rax when it goes to catching_target. */
ULONG_PTR catching(void (*fn)(ULONG_PTR), ULONG_PTR argument);
extern char catching_target[], framed_call_return[];
__asm__(".text\n"
	".globl framed\n.def framed; .scl 2; .type 32; .endef\n.seh_proc framed\nframed:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	subq $32, %rsp\n	.seh_stackalloc 32\n	"
	".seh_endprologue\n"
	"	.seh_handler handler_of_framed, @except, @unwind\n	.seh_handlerdata\n	.long "
	"0x12345678\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n	movl $0x77, %ebx\n	call *%rax\n"
	".globl framed_call_return\nframed_call_return:\n	nop\n	xorl %eax, %eax\n"
	"	addq $32, %rsp\n	popq %rbx\n	ret\n.seh_endproc\n"
	".globl catching\n.def catching; .scl 2; .type 32; .endef\n.seh_proc catching\ncatching:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	subq $32, %rsp\n	.seh_stackalloc 32\n	"
	".seh_endprologue\n"
	"	.seh_handler handler_of_framed, @except, @unwind\n	.seh_handlerdata\n	.long "
	"0x87654321\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n	movl $0x99, %ebx\n	call *%rax\n	nop\n	xorl "
	"%eax, %eax\n"
	"	jmp 1f\n.globl catching_target\ncatching_target:\n	cmpl $0x99, %ebx\n	je 1f\n	movl $-2, "
	"%eax\n"
	"1:	addq $32, %rsp\n	popq %rbx\n	ret\n.seh_endproc\n");

static frame_handler on_frame;
EXCEPTION_DISPOSITION NTAPI handler_of_framed(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					      DISPATCHER_CONTEXT *dispatcher)
{
	return on_frame ? on_frame(record, establisher, context, dispatcher) : ExceptionContinueSearch;
}

#define CATCHING_DATA 0x87654321u
static DWORD frame_data(const DISPATCHER_CONTEXT *dispatcher)
{
	DWORD data;

	memcpy(&data, dispatcher->HandlerData, 4);
	return data;
}

static DWORD flags_seen[8], datas_seen[8];
static unsigned seen;
static void note(const EXCEPTION_RECORD *record, const DISPATCHER_CONTEXT *dispatcher)
{
	if (seen < 8) {
		flags_seen[seen] = record->ExceptionFlags & ~0x80u;
		datas_seen[seen] = frame_data(dispatcher);
	}
	seen++;
}

static void raise(ULONG_PTR code)
{
	RaiseException((DWORD)code, 0, 0, NULL);
}

static void framed_raise(ULONG_PTR code)
{
	framed(raise, code);
}

static CONTEXT fault_context;
static EXCEPTION_RECORD *unwind_record;
static EXCEPTION_DISPOSITION NTAPI look(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					DISPATCHER_CONTEXT *dispatcher)
{
	CONTEXT scratch;

	note(record, dispatcher);
	CHECK_EQUAL(dispatcher->EstablisherFrame, (ULONG64)establisher);
	CHECK_EQUAL(dispatcher->ImageBase, (ULONG64)GetModuleHandleA(NULL));
	CHECK_EQUAL((ULONG64)dispatcher->LanguageHandler, (ULONG64)handler_of_framed);
	CHECK(dispatcher->ControlPc >= dispatcher->ImageBase + dispatcher->FunctionEntry->BeginAddress);
	CHECK(dispatcher->ControlPc <= dispatcher->ImageBase + dispatcher->FunctionEntry->EndAddress);
	if (!(record->ExceptionFlags & 0x66)) {
		if (frame_data(dispatcher) != CATCHING_DATA) {
			CHECK_EQUAL(dispatcher->ControlPc, (ULONG64)framed_call_return);
			/* The unwinder's copy is one frame up. */
			CHECK_EQUAL(dispatcher->ContextRecord->Rsp, (ULONG64)establisher + 32 + 8 + 8);
			fault_context = *context;
			return ExceptionContinueSearch;
		}
		CHECK_EQUAL(context->Rip, fault_context.Rip);
		CHECK_EQUAL(context->Rsp, fault_context.Rsp);
		RtlUnwindEx(establisher, catching_target, unwind_record, (PVOID)0x4242, &scratch,
			    dispatcher->HistoryTable);
	}
	if (!unwind_record)
		CHECK_EQUAL(record->ExceptionCode, 0xC0000027);
	CHECK_EQUAL(dispatcher->TargetIp, (ULONG64)catching_target);
	return ExceptionContinueSearch;
}

/* Row 57: a frame handler raises while it is unwound; the catch is further out. */
static unsigned collisions;
static DWORD collided_flags[8];
static EXCEPTION_DISPOSITION NTAPI collide(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					   DISPATCHER_CONTEXT *dispatcher)
{
	CONTEXT scratch;

	(void)context;
	if (!(record->ExceptionFlags & 0x66)) {
		if (frame_data(dispatcher) == CATCHING_DATA)
			RtlUnwindEx(establisher, catching_target, record, (PVOID)(ULONG_PTR)record->ExceptionCode,
				    &scratch, NULL);
		return ExceptionContinueSearch;
	}
	if (collisions < 8)
		collided_flags[collisions] = record->ExceptionFlags & 0x66;
	if (collisions++ == 0)
		RaiseException(0xE0000022, 0, 0, NULL);
	return ExceptionContinueSearch;
}

static void two_framed_raise(ULONG_PTR code)
{
	framed(framed_raise, code);
}

static jmp_buf jump;
static EXCEPTION_DISPOSITION NTAPI jump_from(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					     DISPATCHER_CONTEXT *dispatcher)
{
	(void)establisher, (void)context;
	note(record, dispatcher);
	CHECK_EQUAL(record->ExceptionCode, 0x80000026);
	return ExceptionContinueSearch;
}

static void do_longjmp(ULONG_PTR value)
{
	longjmp(jump, (int)value);
}

static unsigned consolidations;
static PVOID CALLBACK consolidate(EXCEPTION_RECORD *record)
{
	consolidations++;
	CHECK_EQUAL(record->ExceptionCode, 0x80000029);
	CHECK_EQUAL(record->ExceptionInformation[2], 0x99);
	return catching_target;
}

static EXCEPTION_DISPOSITION NTAPI consolidating(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
						 DISPATCHER_CONTEXT *dispatcher)
{
	EXCEPTION_RECORD own;
	CONTEXT scratch;

	(void)context;
	if (record->ExceptionFlags & 0x66 || frame_data(dispatcher) != CATCHING_DATA)
		return ExceptionContinueSearch;
	memset(&own, 0, sizeof(own));
	own.ExceptionCode = 0x80000029;
	own.NumberParameters = 15;
	own.ExceptionInformation[0] = (ULONG_PTR)consolidate;
	own.ExceptionInformation[1] = (ULONG_PTR)establisher;
	own.ExceptionInformation[2] = 0x99;
	own.ExceptionInformation[10] = (ULONG_PTR)-1;
	RtlUnwindEx(establisher, (PVOID)0x10, &own, (PVOID)0x1717, &scratch, NULL);
	return ExceptionContinueSearch;
}

static void unwinding(void)
{
	EXCEPTION_RECORD own;
	volatile int value;

	ROW(55, "execution");
	on_frame = look;
	unwind_record = NULL;
	CHECK_EQUAL(catching(framed_raise, 0xE0000020), 0x4242);
	ROW(56, "execution");
	CHECK_EQUAL(seen, 4);
	CHECK_EQUAL(flags_seen[0], 0);
	CHECK_EQUAL(flags_seen[1], 0);
	CHECK_EQUAL(flags_seen[2], 2);
	CHECK_EQUAL(flags_seen[3], 0x22);
	CHECK_EQUAL(datas_seen[2], 0x12345678);
	CHECK_EQUAL(datas_seen[3], CATCHING_DATA);
	memset(&own, 0, sizeof(own));
	own.ExceptionCode = 0xE0000021;
	unwind_record = &own;
	seen = 0;
	CHECK_EQUAL(catching(framed_raise, 0xE0000020), 0x4242);
	CHECK_EQUAL(seen, 4);
	CHECK_EQUAL(own.ExceptionFlags & 0x22, 0x22);

	ROW(57, "execution");
	on_frame = collide;
	CHECK_EQUAL(catching(two_framed_raise, 0xE0000023), 0xE0000022);
	/* The inner frame unwound (and raising), again as a collision, the outer one, the target. */
	CHECK_EQUAL(collisions, 4);
	CHECK_EQUAL(collided_flags[0], 0x02);
	CHECK_EQUAL(collided_flags[1], 0x42);
	CHECK_EQUAL(collided_flags[2], 0x02);
	CHECK_EQUAL(collided_flags[3], 0x22);

	ROW(58, "execution");
	on_frame = jump_from;
	seen = 0;
	value = setjmp(jump);
	if (!value)
		framed(do_longjmp, 9);
	CHECK_EQUAL(value, 9);
	CHECK_EQUAL(seen, 1);
	CHECK_EQUAL(flags_seen[0] & 0x66, 2);

	ROW(59, "execution");
	on_frame = consolidating;
	CHECK_EQUAL(catching(framed_raise, 0xE0000024) & 0xFFFFFFFF, 0x1717);
	CHECK_EQUAL(consolidations, 1);
	on_frame = NULL;

	ROW(60, "execution");
	{
		ULONG64 *words = (ULONG64 *)jump;
		unsigned mxcsr = 0;
		unsigned short control = 0;

		setjmp(jump);
		CHECK(words[0] != 0);
		CHECK(words[2] > words[0] - 0x4000 && words[2] < words[0] + 0x4000);
		CHECK(words[10] > (ULONG64)unwinding && words[10] < (ULONG64)unwinding + 0x2000);
		__asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
		CHECK_EQUAL(*(unsigned *)((char *)jump + 0x58), mxcsr);
		CHECK_EQUAL(*(unsigned short *)((char *)jump + 0x5C), control);
	}
}

/* Row 56: without a target frame every frame is left, and the flags say why. */
static DWORD exit_flags[4], exit_code;
static unsigned exits;
static EXCEPTION_DISPOSITION NTAPI exit_frame(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					      DISPATCHER_CONTEXT *dispatcher)
{
	(void)establisher, (void)context;
	if (exits < 4)
		exit_flags[exits] = record->ExceptionFlags & 0x66;
	exit_code = record->ExceptionCode;
	exits++;
	if (frame_data(dispatcher) == CATCHING_DATA)
		ExitThread(exits);
	return ExceptionContinueSearch;
}

static void unwind_to_nowhere(ULONG_PTR argument)
{
	CONTEXT scratch;

	(void)argument;
	RtlUnwindEx(NULL, NULL, NULL, NULL, &scratch, NULL);
}

static void framed_unwind_to_nowhere(ULONG_PTR argument)
{
	framed(unwind_to_nowhere, argument);
}

static DWORD WINAPI exiting(LPVOID argument)
{
	catching(framed_unwind_to_nowhere, (ULONG_PTR)argument);
	return 99;
}

static void exit_unwind(void)
{
	HANDLE thread;
	DWORD code = 0;

	ROW(56, "execution");
	on_frame = exit_frame;
	thread = CreateThread(NULL, 0, exiting, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 2);
	CHECK_EQUAL(exit_flags[0], 6);
	CHECK_EQUAL(exit_flags[1], 6);
	CHECK_EQUAL(exit_code, 0xC0000027);
	CloseHandle(thread);
	on_frame = NULL;
}

/*
 * Rows 58 and 60.  with_registers(fn, argument) calls fn with a value of its own in every register that a function keeps, and
 * stores in `landed` what they are at with_registers_end, where fn may come without returning.
 */
struct kept {
	ULONG64 integer[8]; /* rbx rbp rsi rdi r12 r13 r14 r15 */
	ULONG64 rsp, rax;
	ULONG64 vector[10][2];
	DWORD mxcsr, control;
} landed;
ULONG_PTR with_registers(void *fn, void *argument);
extern char with_registers_end[];
__asm__(".text\n.globl with_registers\n.def with_registers; .scl 2; .type 32; .endef\n.seh_proc with_registers\nwith_registers:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	pushq %rbp\n	.seh_pushreg %rbp\n	pushq %rsi\n	.seh_pushreg %rsi\n"
	"	pushq %rdi\n	.seh_pushreg %rdi\n	pushq %r12\n	.seh_pushreg %r12\n	pushq %r13\n	.seh_pushreg %r13\n"
	"	pushq %r14\n	.seh_pushreg %r14\n	pushq %r15\n	.seh_pushreg %r15\n"
	"	subq $200, %rsp\n	.seh_stackalloc 200\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movaps %xmm\\n, 32 + 16 * (\\n - 6)(%rsp)\n"
	"	.seh_savexmm %xmm\\n, 32 + 16 * (\\n - 6)\n	.endr\n	.seh_endprologue\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n	xorl %edx, %edx\n"
	"	movl $0x101, %ebx\n	movl $0x102, %ebp\n	movl $0x103, %esi\n	movl $0x104, %edi\n"
	"	movl $0x105, %r12d\n	movl $0x106, %r13d\n	movl $0x107, %r14d\n	movl $0x108, %r15d\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movl $0x200 + \\n, %r10d\n	movq %r10, %xmm\\n\n"
	"	punpcklqdq %xmm\\n, %xmm\\n\n	.endr\n"
	"	call *%rax\n.globl with_registers_end\nwith_registers_end:\n"
	"	movq %rbx, landed(%rip)\n	movq %rbp, landed + 8(%rip)\n	movq %rsi, landed + 16(%rip)\n"
	"	movq %rdi, landed + 24(%rip)\n	movq %r12, landed + 32(%rip)\n	movq %r13, landed + 40(%rip)\n"
	"	movq %r14, landed + 48(%rip)\n	movq %r15, landed + 56(%rip)\n	movq %rsp, landed + 64(%rip)\n"
	"	movq %rax, landed + 72(%rip)\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movups %xmm\\n, landed + 80 + 16 * (\\n - 6)(%rip)\n"
	"	movaps 32 + 16 * (\\n - 6)(%rsp), %xmm\\n\n	.endr\n"
	"	stmxcsr landed + 240(%rip)\n	fnstcw landed + 244(%rip)\n	movl $0x1F80, 32(%rsp)\n	ldmxcsr 32(%rsp)\n"
	"	fninit\n	addq $200, %rsp\n	popq %r15\n	popq %r14\n	popq %r13\n	popq %r12\n	popq %rdi\n"
	"	popq %rsi\n	popq %rbp\n	popq %rbx\n	ret\n	.seh_endproc\n");

/* The layout of row 60. */
struct buffer {
	ULONG64 frame, rbx, rsp, rbp, rsi, rdi, r12, r13, r14, r15, rip;
	DWORD mxcsr;
	WORD control, spare;
	ULONG64 xmm[10][2];
} __attribute__((aligned(16)));
_Static_assert(sizeof(struct buffer) == sizeof(jmp_buf) && offsetof(struct buffer, xmm) == 0x60, "row 60");

static struct buffer made;
static CONTEXT jump_context;

/* Fills a buffer that leads to with_registers_end with values that no register has. */
static void fill_buffer(const struct kept *at)
{
	ULONG64 *words = &made.rbx;

	memset(&made, 0, sizeof(made));
	for (unsigned i = 0; i < 9; i++)
		words[i] = 0x700 + i;
	made.rsp = at->rsp;
	made.rip = (ULONG64)with_registers_end;
	made.mxcsr = 0x1F00;
	made.control = 0x37F;
	for (unsigned i = 0; i < 10; i++)
		made.xmm[i][0] = 0x800 + i, made.xmm[i][1] = 0x900 + i;
}

static void check_landed(void)
{
	CHECK(landed.integer[0] == 0x700 && landed.integer[1] == 0x702 && landed.integer[2] == 0x703);
	CHECK_EQUAL(landed.integer[3], 0x704);
	for (unsigned i = 4; i < 8; i++)
		CHECK_EQUAL(landed.integer[i], 0x701 + i);
	CHECK_EQUAL(landed.rsp, made.rsp);
	for (unsigned i = 0; i < 10; i++)
		CHECK(landed.vector[i][0] == 0x800 + i && landed.vector[i][1] == 0x900 + i);
	CHECK_EQUAL(landed.mxcsr, 0x1F00);
	CHECK_EQUAL(landed.control & 0xFFFF, 0x37F);
}

static struct kept here;
static BOOL by_unwinding;
static void jump_by_record(void *argument)
{
	EXCEPTION_RECORD record;

	(void)argument;
	memset(&record, 0, sizeof(record));
	record.ExceptionCode = 0x80000026;
	record.NumberParameters = 1;
	record.ExceptionInformation[0] = (ULONG_PTR)&made;
	here.rsp = (ULONG64)__builtin_frame_address(0) + 16;
	fill_buffer(&here);
	RtlCaptureContext(&jump_context);
	if (by_unwinding)
		RtlUnwindEx((PVOID)made.rsp, (PVOID)0x10, &record, (PVOID)0x55, &jump_context, NULL);
	else
		RtlRestoreContext(&jump_context, &record);
}

static void jumping(void)
{
	ROW(58, "execution");
	for (unsigned i = 0; i < 2; i++) {
		by_unwinding = i;
		memset(&landed, 0, sizeof(landed));
		with_registers(jump_by_record, NULL);
		check_landed();
		/* The caller's context has them too. */
		CHECK(jump_context.Rbx == 0x700 && jump_context.Rbp == 0x702 && jump_context.R12 == 0x705 && jump_context.R15 == 0x708);
		CHECK(jump_context.Rsp == made.rsp && jump_context.Rip == (ULONG64)with_registers_end);
		CHECK_EQUAL(jump_context.Xmm6.Low, 0x800);
		CHECK_EQUAL(jump_context.Xmm15.High, 0x909);
		CHECK_EQUAL(jump_context.MxCsr, 0x1F00);
		CHECK_EQUAL(jump_context.FltSave.ControlWord, 0x37F);
	}
}

static void jump_plainly(ULONG_PTR value)
{
	longjmp(jump, (int)value);
}

static void buffers(void)
{
	struct buffer *buffer = (struct buffer *)jump;
	volatile int value;

	ROW(60, "execution");
	memset(jump, 0xCC, sizeof(jump));
	with_registers((void *)GetProcAddress(GetModuleHandleA("msvcrt.dll"), "_setjmp"), jump);
	CHECK_EQUAL(buffer->frame, 0); /* the second argument */
	CHECK(buffer->rbx == 0x101 && buffer->rbp == 0x102 && buffer->rsi == 0x103 && buffer->rdi == 0x104);
	CHECK(buffer->r12 == 0x105 && buffer->r13 == 0x106 && buffer->r14 == 0x107 && buffer->r15 == 0x108);
	CHECK_EQUAL(buffer->rip, (ULONG64)with_registers_end);
	CHECK_EQUAL(buffer->rsp, landed.rsp);
	CHECK_EQUAL(buffer->mxcsr, 0x1F80);
	CHECK_EQUAL(landed.rax, 0);
	for (unsigned i = 0; i < 10; i++)
		CHECK(buffer->xmm[i][0] == 0x206 + i && buffer->xmm[i][1] == 0x206 + i);
	/* Frame 0: a jump, and no frame is asked on the way. */
	on_frame = jump_from;
	seen = 0;
	value = setjmp(jump);
	if (!value) {
		buffer->frame = 0;
		framed(jump_plainly, 11);
	}
	CHECK_EQUAL(value, 11);
	CHECK_EQUAL(seen, 0);
	on_frame = NULL;
}

/* guarded: a __try whose filter is told what to answer, around a __try with a __finally. */
unsigned guarded(void (*fn)(ULONG_PTR), ULONG_PTR argument);
LONG filter_of_guarded(EXCEPTION_POINTERS *pointers_, void *frame_);
void finally_of_guarded(int abnormal, void *frame_);
__asm__(".text\n"
	".globl guarded\n.def guarded; .scl 2; .type 32; .endef\n.seh_proc guarded\nguarded:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 3\n	.rva .Lbegin, .Lend, finally_of_guarded\n	.long 0\n"
	"	.rva .Lbegin, .Lend, filter_of_guarded, .Ltarget\n	.rva .Lbegin, .Lend\n	.long 1\n	.rva "
	".Ltarget2\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n"
	".Lbegin:\n	call *%rax\n	nop\n.Lend:\n	xorl %eax, %eax\n	jmp 1f\n"
	".Ltarget2:\n	movl $0x1234, %eax\n"
	".Ltarget:\n1:	addq $40, %rsp\n	ret\n.seh_endproc\n");

static LONG filter_answer;
static unsigned filters, finallies;
LONG filter_of_guarded(EXCEPTION_POINTERS *pointers_, void *frame_)
{
	(void)pointers_, (void)frame_;
	filters++;
	CHECK_EQUAL(finallies, 0);
	return filter_answer;
}

void finally_of_guarded(int abnormal, void *frame_)
{
	(void)frame_;
	finallies++;
	CHECK(abnormal);
}

static void scopes(void)
{
	ROW(61, "execution");
	filter_answer = 1;
	CHECK_EQUAL(guarded(raise, 0xE0000030), 0xE0000030);
	CHECK_EQUAL(filters, 1);
	ROW(62, "execution");
	CHECK_EQUAL(finallies, 1);
	ROW(61, "execution");
	finallies = 0;
	filter_answer = 0;
	CHECK_EQUAL(guarded(raise, 0xE0000031), 0x1234);
	CHECK_EQUAL(filters, 2);
	CHECK_EQUAL(finallies, 1);
	finallies = 0;
	filter_answer = -1;
	CHECK_EQUAL(guarded(raise, 0xE0000032), 0);
	CHECK_EQUAL(finallies, 0);
}

/*
 * Row 62: __try { __try { fn(argument) } __except (filter) { .Linner } } __finally, all in one function: the target of the
 * unwind lies inside the outer __try, whose __finally is not to run for it.  And a __finally that raises is not run again.
 */
ULONG_PTR finally_outside(void (*fn)(ULONG_PTR), ULONG_PTR argument);
LONG filter_inside(EXCEPTION_POINTERS *pointers_, void *frame_);
void finally_raising(int abnormal, void *frame_);
ULONG_PTR two_finallies(void (*fn)(ULONG_PTR), ULONG_PTR argument);
__asm__(".text\n"
	".globl finally_outside\n.def finally_outside; .scl 2; .type 32; .endef\n.seh_proc finally_outside\nfinally_outside:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 2\n	.rva .Lo_begin, .Lo_end, filter_inside, .Lo_target\n"
	"	.rva .Lo_begin, .Lo_after, finally_of_guarded\n	.long 0\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n"
	".Lo_begin:\n	call *%rax\n	nop\n.Lo_end:\n	xorl %eax, %eax\n"
	".Lo_target:\n	nop\n.Lo_after:\n	addq $40, %rsp\n	ret\n.seh_endproc\n"
	".globl two_finallies\n.def two_finallies; .scl 2; .type 32; .endef\n.seh_proc two_finallies\ntwo_finallies:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 2\n	.rva .Lt_begin, .Lt_end, finally_raising\n	.long 0\n"
	"	.rva .Lt_begin, .Lt_end, finally_of_guarded\n	.long 0\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n"
	".Lt_begin:\n	call *%rax\n	nop\n.Lt_end:\n	addq $40, %rsp\n	ret\n.seh_endproc\n");

LONG filter_inside(EXCEPTION_POINTERS *pointers_, void *frame_)
{
	(void)pointers_, (void)frame_;
	return EXCEPTION_EXECUTE_HANDLER;
}

static unsigned raisings;
void finally_raising(int abnormal, void *frame_)
{
	(void)abnormal, (void)frame_;
	if (raisings++ == 0)
		RaiseException(0xE0000041, 0, 0, NULL);
}

static void raise_in_two(ULONG_PTR code)
{
	two_finallies(raise, code);
}

static void nested_scopes(void)
{
	ROW(62, "execution");
	finallies = 0;
	CHECK_EQUAL(finally_outside(raise, 0xE0000040) & 0xFFFFFFFF, 0xE0000040);
	CHECK_EQUAL(finallies, 0);
	/* The one further out takes the second exception; the first __finally ran once, and the second one after it. */
	CHECK_EQUAL(finally_outside(raise_in_two, 0xE0000042) & 0xFFFFFFFF, 0xE0000041);
	CHECK_EQUAL(raisings, 1);
	CHECK_EQUAL(finallies, 1);
}

int main(void)
{
	unwinding();
	exit_unwind();
	jumping();
	buffers();
	scopes();
	nested_scopes();
	return guest_result();
}
