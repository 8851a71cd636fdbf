/*
 * Rows 38 and 39 of the execution facts: going on with a context, and user APCs.
 */
#include "execution_frames.h"

#include <setjmp.h>

/* APCs. */
static unsigned apcs;
static ULONG_PTR apc_arguments[3];
static jmp_buf apc_jump;
static void NTAPI plain_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	apcs++;
	apc_arguments[0] = a;
	apc_arguments[1] = b;
	apc_arguments[2] = c;
}

static void NTAPI raising_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	plain_apc(a, b, c);
	RaiseException(0xE000000C, 0, 0, NULL);
}

static void NTAPI jumping_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	plain_apc(a, b, c);
	longjmp(apc_jump, 5);
}

static void NTAPI requeueing_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	plain_apc(a, b, c);
	if (apcs < 2000)
		NtQueueApcThread(GetCurrentThread(), requeueing_apc, NULL, NULL, NULL);
}

static void queue(PVOID function, ULONG_PTR a)
{
	CHECK_EQUAL(NtQueueApcThread(GetCurrentThread(), function, (PVOID)a, (PVOID)(a + 1), (PVOID)(a + 2)), 0);
}

static void sleep_alertably(void)
{
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
}

/*
 * Fills registers with values of its own, calls NtContinue through rax with (rcx, rdx), and stores what the registers are
 * at the place it continues: continue_target.
 */
static struct {
	ULONG_PTR rax, rbx, rbp, r8, r15, xmm6, xmm1, rflags, rsp;
	DWORD mxcsr;
} arrived __asm__("arrived") __attribute__((used));
ULONG_PTR continue_with(CONTEXT *context, ULONG_PTR alert, void *function);
extern char continue_target[];
__asm__(".text\n.globl continue_with\n.def continue_with; .scl 2; .type 32; .endef\n.seh_proc continue_with\ncontinue_with:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	pushq %rbp\n	.seh_pushreg %rbp\n	pushq %r15\n	.seh_pushreg %r15\n"
	"	subq $48, %rsp\n	.seh_stackalloc 48\n	movaps %xmm6, 32(%rsp)\n	.seh_savexmm %xmm6, 32\n"
	"	.seh_endprologue\n"
	"	movq %rsp, 0x98(%rcx)\n	leaq continue_target(%rip), %rax\n	movq %rax, 0xF8(%rcx)\n	movq %r8, %rax\n"
	"	movl $0xB1, %ebx\n	movl $0xB2, %ebp\n	movl $0xB3, %r8d\n	movl $0xB4, %r15d\n"
	"	movq %rbx, %xmm6\n	movq %rbp, %xmm1\n	call *%rax\n	int3\n"
	".globl continue_target\ncontinue_target:\n"
	"	movq %rax, arrived(%rip)\n	movq %rbx, arrived + 8(%rip)\n	movq %rbp, arrived + 16(%rip)\n"
	"	movq %r8, arrived + 24(%rip)\n	movq %r15, arrived + 32(%rip)\n	movq %xmm6, arrived + 40(%rip)\n"
	"	movq %xmm1, arrived + 48(%rip)\n	pushfq\n	popq arrived + 56(%rip)\n	movq %rsp, arrived + 64(%rip)\n"
	"	stmxcsr arrived + 72(%rip)\n	movl $0x1F80, 32(%rsp)\n	ldmxcsr 32(%rsp)\n	cld\n"
	"	movaps 32(%rsp), %xmm6\n	addq $48, %rsp\n	popq %r15\n	popq %rbp\n	popq %rbx\n	ret\n	.seh_endproc\n");

static CONTEXT seen_by_apc;
static void NTAPI looking_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	plain_apc(a, b, c);
}

static void groups(void)
{
	CONTEXT context;

	ROW(38, "execution");
	memset(&context, 0, sizeof(context));
	context.ContextFlags = CONTEXT_FULL;
	context.EFlags = 0x602; /* with the direction flag */
	context.SegCs = 0x33;
	context.SegSs = 0x2B;
	context.Rax = 0xC0;
	context.Rbx = 0xC1;
	context.Rbp = 0xC2;
	context.R8 = 0xC3;
	context.R15 = 0xC4;
	context.MxCsr = context.FltSave.MxCsr = 0x1F00;
	context.FltSave.ControlWord = 0x27F;
	context.Xmm6.Low = 0xC5;
	context.Xmm1.Low = 0xC6;
	continue_with(&context, FALSE, NtContinue);
	CHECK(arrived.rax == 0xC0 && arrived.rbx == 0xC1 && arrived.rbp == 0xC2 && arrived.r8 == 0xC3 && arrived.r15 == 0xC4);
	CHECK(arrived.xmm6 == 0xC5 && arrived.xmm1 == 0xC6);
	CHECK_EQUAL(arrived.mxcsr, 0x1F00);
	CHECK_EQUAL(arrived.rflags & 0x400, 0x400);
	CHECK_EQUAL(arrived.rsp, context.Rsp);
	context.EFlags = 0x202;
	/* No vector registers. */
	context.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
	continue_with(&context, FALSE, NtContinue);
	CHECK(arrived.rbx == 0xC1 && arrived.r15 == 0xC4);
	CHECK_EQUAL(arrived.xmm6, 0xB1);
	CHECK_EQUAL(arrived.rflags & 0x400, 0);
	/* No integers. */
	context.ContextFlags = CONTEXT_CONTROL | CONTEXT_FLOATING_POINT;
	continue_with(&context, FALSE, NtContinue);
	CHECK(arrived.rbx == 0xB1 && arrived.rbp == 0xB2 && arrived.r15 == 0xB4);
	CHECK(arrived.xmm6 == 0xC5 && arrived.xmm1 == 0xC6);
	/* An APC on the way sees the context, rax too, and goes on with it. */
	context.ContextFlags = CONTEXT_FULL;
	patch("KiUserApcDispatcher");
	queue(looking_apc, 80);
	queue(plain_apc, 90);
	continue_with(&context, TRUE, NtContinue);
	seen_by_apc = hook_frame.context;
	CHECK_EQUAL(hook_calls, 1);
	CHECK_EQUAL(apcs, 2);
	CHECK_EQUAL(apc_arguments[0], 90);
	CHECK_EQUAL(seen_by_apc.P1Home, 80);
	CHECK_EQUAL(seen_by_apc.P4Home, (ULONG_PTR)looking_apc);
	CHECK_EQUAL(seen_by_apc.Rip, (ULONG_PTR)continue_target);
	CHECK_EQUAL(seen_by_apc.Rsp, context.Rsp);
	CHECK(seen_by_apc.Rax == 0xC0 && seen_by_apc.Rbx == 0xC1 && seen_by_apc.R15 == 0xC4 && seen_by_apc.Xmm6.Low == 0xC5);
	CHECK(arrived.rax == 0xC0 && arrived.rbx == 0xC1 && arrived.r8 == 0xC3 && arrived.xmm6 == 0xC5 && arrived.xmm1 == 0xC6);
	apcs = 0;
}

static void continuing(void)
{
	NTSTATUS(NTAPI * continue_ex)(CONTEXT *, PVOID);
	struct {
		ULONG type, flags;
		ULONGLONG reserved[2];
	} argument = {0, 1, {0, 0}};
	volatile int round = 0;
	CONTEXT context;

	ROW(38, "execution");
	queue(plain_apc, 10);
	queue(plain_apc, 20);
	RtlCaptureContext(&context);
	if (round == 0) {
		round++;
		NtContinue(&context, FALSE);
	}
	if (round == 1) {
		round++;
		CHECK_EQUAL(apcs, 0);
		NtContinue(&context, TRUE);
	}
	CHECK_EQUAL(round, 2);
	CHECK_EQUAL(apcs, 2);
	CHECK_EQUAL(apc_arguments[0], 20);
	CHECK_EQUAL(apc_arguments[1], 21);
	CHECK_EQUAL(apc_arguments[2], 22);
	apcs = 0;
	*(FARPROC *)&continue_ex = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtContinueEx");
	if (continue_ex) {
		round = 0;
		queue(plain_apc, 30);
		RtlCaptureContext(&context);
		if (round == 0) {
			round++;
			argument.flags = 0;
			continue_ex(&context, &argument);
		}
		if (round == 1) {
			round++;
			CHECK_EQUAL(apcs, 0);
			argument.flags = 1;
			continue_ex(&context, &argument);
		}
		CHECK_EQUAL(round, 2);
		CHECK_EQUAL(apcs, 1);
		apcs = 0;
	}

	/* What the flags name is loaded, and nothing else. */
	groups();

	ROW(39, "execution");
	patch("KiUserApcDispatcher");
	queue(plain_apc, 40);
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(hook_calls, 1);
	CHECK_EQUAL(apcs, 1);
	CHECK_EQUAL(hook_frame.context.P1Home, 40);
	CHECK_EQUAL(hook_frame.context.P2Home, 41);
	CHECK_EQUAL(hook_frame.context.P3Home, 42);
	CHECK_EQUAL(hook_frame.context.P4Home, (ULONG_PTR)plain_apc);
	CHECK_EQUAL(hook_rsp % 16, 0);
	apcs = 0;
	/* Out of an APC: by an exception, by longjmp, and through NtContinue. */
	queue(raising_apc, 50);
	CHECK_EQUAL(guarded(sleep_alertably), 0xE000000C);
	CHECK_EQUAL(apcs, 1);
	queue(jumping_apc, 60);
	if (!setjmp(apc_jump))
		SleepEx(0, TRUE);
	CHECK_EQUAL(apcs, 2);
	queue(jumping_apc, 70);
	if (!setjmp(apc_jump)) {
		RtlCaptureContext(&context);
		NtContinue(&context, TRUE);
	}
	CHECK_EQUAL(apcs, 3);
	apcs = 0;
	/* One after the other needs no more stack than one. */
	queue(requeueing_apc, 0);
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
	while (SleepEx(0, TRUE) == WAIT_IO_COMPLETION)
		;
	CHECK_EQUAL(apcs, 2000);
	apcs = 0;
	queue(plain_apc, 1);
	CHECK_EQUAL(NtTestAlert(), 0);
	CHECK_EQUAL(apcs, 1);
}

int main(void)
{
	continuing();
	return guest_result();
}
