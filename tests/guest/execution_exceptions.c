/* Exceptions: records, vectored handlers, __try frames (written as assembly directives), unwinding; rows of the execution
 * facts. */
#include "guest.h"

#include <setjmp.h>

static EXCEPTION_RECORD last;
static CONTEXT last_context;
static volatile int skip;

static LONG CALLBACK record_and_skip(EXCEPTION_POINTERS *pointers)
{
	last = *pointers->ExceptionRecord;
	last_context = *pointers->ContextRecord;
	if (!skip)
		return EXCEPTION_CONTINUE_SEARCH;
	pointers->ContextRecord->Rip += skip;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void hardware(void)
{
	PVOID handle = AddVectoredExceptionHandler(1, record_and_skip);
	ULONG_PTR here;
	char *page;
	DWORD old;

	ROW(1, "execution");
	skip = 3;
	__asm__ volatile("leaq 1f(%%rip), %0\n1:\tmovq (%1), %%rax" : "=&r"(here) : "r"((ULONG_PTR)0x10) : "rax", "memory");
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(last.NumberParameters, 2);
	CHECK_EQUAL(last.ExceptionInformation[0], 0);
	CHECK_EQUAL(last.ExceptionInformation[1], 0x10);
	CHECK_EQUAL((ULONG_PTR)last.ExceptionAddress, here);
	CHECK_EQUAL(last_context.Rip, here);
	__asm__ volatile("movq %%rax, (%0)" : : "r"((ULONG_PTR)0x20) : "memory");
	CHECK_EQUAL(last.ExceptionInformation[0], 1);
	CHECK_EQUAL(last.ExceptionInformation[1], 0x20);
	ROW(4, "execution");
	__asm__ volatile("movq (%0), %%rax" : : "r"((ULONG_PTR)0x1234567812345678) : "rax", "memory");
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(last.ExceptionInformation[0], 0);
	CHECK_EQUAL(last.ExceptionInformation[1], (ULONG_PTR)-1);
	ROW(6, "execution");
	skip = 1;
	__asm__ volatile("hlt");
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_PRIV_INSTRUCTION);
	CHECK_EQUAL(last.NumberParameters, 0);
	skip = 2;
	__asm__ volatile("ud2");
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_ILLEGAL_INSTRUCTION);
	ROW(8, "execution");
	__asm__ volatile("xorl %%edx, %%edx\n\txorl %%ecx, %%ecx\n\tmovl $1, %%eax\n\tdivl %%ecx" : : : "rax", "rcx", "rdx");
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_INT_DIVIDE_BY_ZERO);
	CHECK_EQUAL(last.NumberParameters, 0);
	__asm__ volatile("movl $0x80000000, %%eax\n\tcltd\n\tmovl $-1, %%ecx\n\tidivl %%ecx" : : : "rax", "rcx", "rdx");
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_INT_OVERFLOW);
	ROW(9, "execution");
	skip = 1;
	__asm__ volatile("leaq 1f(%%rip), %0\n1:\tint3" : "=r"(here));
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_BREAKPOINT);
	CHECK_EQUAL(last.NumberParameters, 1);
	CHECK_EQUAL(last_context.Rip, here);
	CHECK_EQUAL((ULONG_PTR)last.ExceptionAddress, here);
	__asm__ volatile("leaq 1f(%%rip), %0\n1:\t.byte 0xCD, 0x03" : "=r"(here));
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_BREAKPOINT);
	CHECK_EQUAL(last_context.Rip, here + 1);
	ROW(11, "execution");
	skip = 2;
	__asm__ volatile("int $0x2c");
	CHECK_EQUAL(last.ExceptionCode, 0xC0000420);
	ROW(15, "execution");
	page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
	skip = 0;
	{
		PVOID second = AddVectoredExceptionHandler(0, record_and_skip);

		RemoveVectoredExceptionHandler(second);
	}
	skip = 2;
	__asm__ volatile("movb (%0), %%al" : : "r"(page) : "rax", "memory");
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_GUARD_PAGE);
	CHECK_EQUAL(last.ExceptionInformation[1], (ULONG_PTR)page);
	CHECK(VirtualProtect(page, 4096, PAGE_READWRITE, &old));
	CHECK_EQUAL(old, PAGE_READWRITE);
	VirtualFree(page, 0, MEM_RELEASE);
	ROW(14, "execution");
	{
		unsigned mxcsr = 0x1F80 & ~0x200, restored = 0x1F80;
		double one = 1.0, zero = 0.0;

		skip = 4;
		__asm__ volatile("ldmxcsr %2\n\tdivsd %1, %0\n\tldmxcsr %3" : "+x"(one) : "x"(zero), "m"(mxcsr), "m"(restored));
		CHECK_EQUAL(last.ExceptionCode, 0xC000008E);
		CHECK_EQUAL(last.NumberParameters, 2);
	}
	ROW(28, "execution");
	CHECK(RemoveVectoredExceptionHandler(handle));
	CHECK(!RemoveVectoredExceptionHandler(handle));
}

static LONG CALLBACK resume(EXCEPTION_POINTERS *pointers)
{
	last = *pointers->ExceptionRecord;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void software(void)
{
	PVOID handle = AddVectoredExceptionHandler(1, resume);
	ULONG_PTR arguments[20] = {1, 2, 3};

	ROW(32, "execution");
	RaiseException(0xF1234567, 0x7E, 20, arguments);
	CHECK_EQUAL(last.ExceptionCode, 0xE1234567);
	CHECK_EQUAL(last.NumberParameters, 15);
	CHECK_EQUAL(last.ExceptionInformation[2], 3);
	CHECK_EQUAL(last.ExceptionFlags & ~0x80, 0);
	RaiseException(1, 0, 5, NULL);
	CHECK_EQUAL(last.NumberParameters, 0);
	ROW(34, "execution");
	OutputDebugStringA("text");
	CHECK_EQUAL(last.ExceptionCode, 0x40010006);
	CHECK_EQUAL(last.ExceptionInformation[0], 5);
	CHECK(RemoveVectoredExceptionHandler(handle));
	OutputDebugStringA("nobody listens");
}

/*
 * A function with a __try: guarded(fn) calls fn; its filter takes the exception and guarded returns its code.  The
 * __finally of finally_frame counts.
 */
LONG filter(EXCEPTION_POINTERS *pointers, void *frame);
void finally(int abnormal, void *frame);
unsigned guarded(void (*fn)(void));
unsigned finally_frame(void (*fn)(void));
__asm__(".text\n"
	".globl guarded\n.def guarded; .scl 2; .type 32; .endef\n.seh_proc guarded\nguarded:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	subq $32, %rsp\n	.seh_stackalloc 32\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 1\n	.rva .Lbegin, .Lend, filter, .Ltarget\n	.text\n"
	"	movl $0x5A5A5A5A, %ebx\n"
	".Lbegin:\n	call *%rcx\n	nop\n.Lend:\n	xorl %eax, %eax\n"
	".Lout:	addq $32, %rsp\n	popq %rbx\n	ret\n"
	".Ltarget:\n	cmpl $0x5A5A5A5A, %ebx\n	je .Lout\n	movl $1, %eax\n	jmp .Lout\n"
	".seh_endproc\n"
	".globl finally_frame\n.def finally_frame; .scl 2; .type 32; .endef\n.seh_proc finally_frame\nfinally_frame:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 1\n	.rva .Lbegin2, .Lend2, finally\n	.long 0\n	.text\n"
	".Lbegin2:\n	call *%rcx\n	nop\n.Lend2:\n"
	"	addq $40, %rsp\n	ret\n.seh_endproc\n");

static int filter_answer, filters, finallies, abnormal_finallies;

LONG filter(EXCEPTION_POINTERS *pointers, void *frame)
{
	filters++;
	last = *pointers->ExceptionRecord;
	if (filter_answer < 0)
		pointers->ContextRecord->Rip += 2;
	return filter_answer;
}

void finally(int abnormal, void *frame)
{
	finallies++;
	abnormal_finallies += abnormal;
}

static void fault(void)
{
	__asm__ volatile("movl (%0), %%eax" : : "r"((ULONG_PTR)8) : "rax", "memory");
}

static void raise_it(void)
{
	RaiseException(0xE0000001, 0, 0, NULL);
}

static void through_finally(void)
{
	finally_frame(raise_it);
}

static void nested(void)
{
	CHECK_EQUAL(guarded(fault), EXCEPTION_ACCESS_VIOLATION);
	raise_it();
}

static int CALLBACK compare_raise(const void *a, const void *b)
{
	RaiseException(0xE0000002, 0, 0, NULL);
	return 0;
}

static void through_host(void)
{
	int numbers[3] = {3, 2, 1};

	qsort(numbers, 3, sizeof(int), (int (*)(const void *, const void *))compare_raise);
}

static void bad_call(void)
{
	void (*volatile nowhere)(void) = (void (*)(void))0x10;

	nowhere();
	CHECK(0);
}

static void overflow(void)
{
	volatile char big[4000];

	big[0] = 1;
	if (big[0])
		overflow();
	big[1] = 2;
}

static DWORD WINAPI overflowing(LPVOID argument)
{
	return guarded(overflow);
}

static jmp_buf jump;
static void jump_out(void)
{
	longjmp(jump, 7);
}
static int CALLBACK compare_jump(const void *a, const void *b)
{
	finally_frame(jump_out);
	return 0;
}

static void frames(void)
{
	HANDLE thread;
	DWORD code;
	int value, numbers[3] = {3, 2, 1};

	ROW(61, "execution");
	filter_answer = 1;
	CHECK_EQUAL(guarded(fault), EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(filters, 1);
	CHECK_EQUAL(guarded(raise_it), 0xE0000001);
	filter_answer = -1;
	CHECK_EQUAL(guarded(fault), 0);
	filter_answer = 1;
	ROW(62, "execution");
	CHECK_EQUAL(guarded(through_finally), 0xE0000001);
	CHECK_EQUAL(finallies, 1);
	CHECK_EQUAL(abnormal_finallies, 1);
	CHECK_EQUAL(guarded(nested), 0xE0000001);
	CHECK_EQUAL(guarded(bad_call), EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(last.ExceptionInformation[0], 8);
	CHECK_EQUAL(last.ExceptionInformation[1], 0x10);
	CHECK_EQUAL(guarded(through_host), 0xE0000002);
	ROW(16, "execution");
	thread = CreateThread(NULL, 0, overflowing, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 10000), WAIT_OBJECT_0);
	GetExitCodeThread(thread, &code);
	CHECK_EQUAL(code, EXCEPTION_STACK_OVERFLOW);
	CloseHandle(thread);
	ROW(58, "execution");
	finallies = 0;
	value = setjmp(jump);
	if (!value)
		finally_frame(jump_out);
	CHECK_EQUAL(value, 7);
	CHECK_EQUAL(finallies, 1);
	value = setjmp(jump);
	if (!value)
		qsort(numbers, 3, sizeof(int), (int (*)(const void *, const void *))compare_jump);
	CHECK_EQUAL(value, 7);
	CHECK_EQUAL(finallies, 2);
}

static LONG WINAPI top_filter(EXCEPTION_POINTERS *pointers)
{
	ExitProcess(guest_result());
}

int main(void)
{
	CONTEXT context;

	ROW(63, "execution");
	memset(&context, 0, sizeof(context));
	RtlCaptureContext(&context);
	CHECK_EQUAL(context.ContextFlags & 0x10000F, 0x10000F);
	CHECK(context.Rip >= (ULONG_PTR)main && context.Rip < (ULONG_PTR)main + 4096);
	CHECK_EQUAL(context.SegCs, 0x33);
	hardware();
	software();
	frames();
	ROW(37, "execution");
	CHECK(SetUnhandledExceptionFilter(top_filter) != top_filter);
	CHECK(SetUnhandledExceptionFilter(top_filter) == top_filter);
	RaiseException(0xE0000003, 0, 0, NULL);
	return 1;
}
