/*
 * ntdll/ke/x86_64/context_asm.h - offsets in CONTEXT, and a macro that fills one, for assembly sources.
 */
#define CONTEXT_FLAGS 0x30
#define CONTEXT_MXCSR 0x34
#define CONTEXT_SEGMENTS 0x38
#define CONTEXT_EFLAGS 0x44
#define CONTEXT_RAX 0x78
#define CONTEXT_RCX 0x80
#define CONTEXT_RDX 0x88
#define CONTEXT_RBX 0x90
#define CONTEXT_RSP 0x98
#define CONTEXT_RBP 0xA0
#define CONTEXT_RSI 0xA8
#define CONTEXT_RDI 0xB0
#define CONTEXT_R8 0xB8
#define CONTEXT_R9 0xC0
#define CONTEXT_R10 0xC8
#define CONTEXT_R11 0xD0
#define CONTEXT_R12 0xD8
#define CONTEXT_R13 0xE0
#define CONTEXT_R14 0xE8
#define CONTEXT_R15 0xF0
#define CONTEXT_RIP 0xF8
#define CONTEXT_FXSAVE 0x100
#define CONTEXT_SIZE 0x4D0

/* Fills everything but rsp and rip of the CONTEXT at `at`(base); leaves all registers but rax and the flags.  The flags
 * are those of the caller: pushf needs 8 bytes of stack, so base must not be rsp. */
.macro SAVE_REGISTERS base
	mov	%rax, CONTEXT_RAX(\base)
	mov	%rcx, CONTEXT_RCX(\base)
	mov	%rdx, CONTEXT_RDX(\base)
	mov	%rbx, CONTEXT_RBX(\base)
	mov	%rbp, CONTEXT_RBP(\base)
	mov	%rsi, CONTEXT_RSI(\base)
	mov	%rdi, CONTEXT_RDI(\base)
	mov	%r8, CONTEXT_R8(\base)
	mov	%r9, CONTEXT_R9(\base)
	mov	%r10, CONTEXT_R10(\base)
	mov	%r11, CONTEXT_R11(\base)
	mov	%r12, CONTEXT_R12(\base)
	mov	%r13, CONTEXT_R13(\base)
	mov	%r14, CONTEXT_R14(\base)
	mov	%r15, CONTEXT_R15(\base)
	pushfq
	.cfi_adjust_cfa_offset 8
	pop	%rax
	.cfi_adjust_cfa_offset -8
	mov	%eax, CONTEXT_EFLAGS(\base)
	/* cs ds es fs gs ss, as every context of 64-bit Windows has them */
	movl	$0x002B0033, CONTEXT_SEGMENTS(\base)
	movl	$0x0053002B, CONTEXT_SEGMENTS+4(\base)
	movl	$0x002B002B, CONTEXT_SEGMENTS+8(\base)
	movl	$0x10000F, CONTEXT_FLAGS(\base)
	fxsave	CONTEXT_FXSAVE(\base)
	stmxcsr	CONTEXT_MXCSR(\base)
.endm
