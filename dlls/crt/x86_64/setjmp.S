/*
 * dlls/crt/x86_64/setjmp.S - setjmp and the last step of longjmp.
 *
 * The buffer is _JUMP_BUFFER of <setjmp.h>: Frame 0, Rbx 8, Rsp 16, Rbp 24, Rsi 32, Rdi 40, R12 48, R13 56, R14 64,
 * R15 72, Rip 80, MxCsr 88, FpCsr 92, Xmm6-15 from 96.
 */
	.text

/* crt_setjmp_frame(buffer, frame): _setjmp of msvcrt.dll, _setjmpex. */
	.globl	crt_setjmp_frame
	.hidden	crt_setjmp_frame
	.type	crt_setjmp_frame, @function
crt_setjmp_frame:
	.cfi_startproc
	movq	%rdx, 0(%rcx)
	movq	%rbx, 8(%rcx)
	leaq	8(%rsp), %rax
	movq	%rax, 16(%rcx)
	movq	%rbp, 24(%rcx)
	movq	%rsi, 32(%rcx)
	movq	%rdi, 40(%rcx)
	movq	%r12, 48(%rcx)
	movq	%r13, 56(%rcx)
	movq	%r14, 64(%rcx)
	movq	%r15, 72(%rcx)
	movq	(%rsp), %rax
	movq	%rax, 80(%rcx)
	stmxcsr	88(%rcx)
	fnstcw	92(%rcx)
	movdqu	%xmm6, 96(%rcx)
	movdqu	%xmm7, 112(%rcx)
	movdqu	%xmm8, 128(%rcx)
	movdqu	%xmm9, 144(%rcx)
	movdqu	%xmm10, 160(%rcx)
	movdqu	%xmm11, 176(%rcx)
	movdqu	%xmm12, 192(%rcx)
	movdqu	%xmm13, 208(%rcx)
	movdqu	%xmm14, 224(%rcx)
	movdqu	%xmm15, 240(%rcx)
	xorl	%eax, %eax
	ret
	.cfi_endproc
	.size	crt_setjmp_frame, . - crt_setjmp_frame

/* crt_setjmp_plain(buffer): no frame, so that longjmp restores registers without unwinding. */
	.globl	crt_setjmp_plain
	.hidden	crt_setjmp_plain
	.type	crt_setjmp_plain, @function
crt_setjmp_plain:
	.cfi_startproc
	xorl	%edx, %edx
	jmp	crt_setjmp_frame
	.cfi_endproc
	.size	crt_setjmp_plain, . - crt_setjmp_plain

/* crt_jump(buffer, value): value is not 0. */
	.globl	crt_jump
	.hidden	crt_jump
	.type	crt_jump, @function
crt_jump:
	.cfi_startproc
	movl	%edx, %eax
	movq	8(%rcx), %rbx
	movq	24(%rcx), %rbp
	movq	32(%rcx), %rsi
	movq	40(%rcx), %rdi
	movq	48(%rcx), %r12
	movq	56(%rcx), %r13
	movq	64(%rcx), %r14
	movq	72(%rcx), %r15
	ldmxcsr	88(%rcx)
	fnclex
	fldcw	92(%rcx)
	movdqu	96(%rcx), %xmm6
	movdqu	112(%rcx), %xmm7
	movdqu	128(%rcx), %xmm8
	movdqu	144(%rcx), %xmm9
	movdqu	160(%rcx), %xmm10
	movdqu	176(%rcx), %xmm11
	movdqu	192(%rcx), %xmm12
	movdqu	208(%rcx), %xmm13
	movdqu	224(%rcx), %xmm14
	movdqu	240(%rcx), %xmm15
	movq	80(%rcx), %rdx
	movq	16(%rcx), %rsp
	jmp	*%rdx
	.cfi_endproc
	.size	crt_jump, . - crt_jump

	.section .note.GNU-stack,"",@progbits
