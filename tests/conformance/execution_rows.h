/*
 * execution_rows.h - what the conformance programs of the execution facts share: machine code that is run from memory,
 * and the exceptions that it raises.
 */
#ifndef PEWTER_TESTS_EXECUTION_ROWS_H
#define PEWTER_TESTS_EXECUTION_ROWS_H

#include "../guest/guest.h"

#define CODE_ACCESS_VIOLATION 0xC0000005u
#define CODE_IN_PAGE_ERROR 0xC0000006u
#define CODE_PRIVILEGED 0xC0000096u
#define CODE_ILLEGAL 0xC000001Du
#define CODE_BREAKPOINT 0x80000003u
#define CODE_SINGLE_STEP 0x80000004u
#define CODE_MISALIGNMENT 0x80000002u
#define CODE_ASSERTION 0xC0000420u
#define CODE_FAST_FAIL 0xC0000409u

#define MAXIMUM_SEEN 16
static struct {
	EXCEPTION_RECORD record;
	CONTEXT context;
} seen[MAXIMUM_SEEN];
static unsigned seen_count;

/* What the vectored handler does with an exception of run_code: 0 leaves the code; else it is asked. */
static LONG (*on_seen)(EXCEPTION_POINTERS *pointers);

static char *code_page;   /* read, write, execute */
ULONG_PTR code_saved_rsp; /* of the frame to go back to */

/* Calls code(a, b) with every nonvolatile register saved; what the code leaves in rax, or -1 when it was left. */
ULONG_PTR call_code(void *code, ULONG_PTR a, ULONG_PTR b);
extern char call_code_recover[];
__asm__(".text\n.globl call_code\n.def call_code; .scl 2; .type 32; .endef\n.seh_proc call_code\ncall_code:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	pushq %rbp\n	.seh_pushreg %rbp\n	pushq %rsi\n	"
	".seh_pushreg %rsi\n"
	"	pushq %rdi\n	.seh_pushreg %rdi\n	pushq %r12\n	.seh_pushreg %r12\n	pushq %r13\n	"
	".seh_pushreg %r13\n"
	"	pushq %r14\n	.seh_pushreg %r14\n	pushq %r15\n	.seh_pushreg %r15\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	movq %rsp, code_saved_rsp(%rip)\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n	movq %r8, %rdx\n	call *%rax\n	jmp 1f\n"
	".globl call_code_recover\ncall_code_recover:\n	movq $-1, %rax\n"
	"1:	addq $40, %rsp\n	popq %r15\n	popq %r14\n	popq %r13\n	popq %r12\n	popq "
	"%rdi\n	popq %rsi\n"
	"	popq %rbp\n	popq %rbx\n	ret\n	.seh_endproc\n");

static LONG CALLBACK see(EXCEPTION_POINTERS *pointers)
{
	if (seen_count < MAXIMUM_SEEN) {
		seen[seen_count].record = *pointers->ExceptionRecord;
		seen[seen_count].context = *pointers->ContextRecord;
	}
	seen_count++;
	if (on_seen)
		return on_seen(pointers);
	pointers->ContextRecord->Rip = (ULONG_PTR)call_code_recover;
	pointers->ContextRecord->Rsp = code_saved_rsp;
	pointers->ContextRecord->EFlags &= ~0x40500u;
	return EXCEPTION_CONTINUE_EXECUTION;
}

/* Runs machine code; `seen` holds its exceptions. */
static inline ULONG_PTR run_code(const void *code, SIZE_T size, ULONG_PTR a, ULONG_PTR b)
{
	if (!code_page) {
		code_page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
		AddVectoredExceptionHandler(1, see);
	}
	memset(code_page, 0xC3, 256);
	memcpy(code_page, code, size);
	seen_count = 0;
	return call_code(code_page, a, b);
}
#define RUN(a, b, ...)                                                                                                 \
	run_code((const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__}), a, b)

/* The first exception of the last run was this one, at this offset in the code. */
#define CHECK_SEEN(code, parameters, offset)                                                                           \
	do {                                                                                                           \
		CHECK_EQUAL(seen_count, 1);                                                                            \
		CHECK_EQUAL(seen[0].record.ExceptionCode, code);                                                       \
		CHECK_EQUAL(seen[0].record.NumberParameters, parameters);                                              \
		CHECK_EQUAL((ULONG_PTR)seen[0].record.ExceptionAddress, (ULONG_PTR)code_page + (offset));              \
		CHECK_EQUAL(seen[0].context.Rip, (ULONG_PTR)code_page + (offset));                                     \
	} while (0)
#define CHECK_PARAMETERS(first, second)                                                                                \
	do {                                                                                                           \
		CHECK_EQUAL(seen[0].record.ExceptionInformation[0], first);                                            \
		CHECK_EQUAL(seen[0].record.ExceptionInformation[1], second);                                           \
	} while (0)

#endif
