/*
 * kernel32/x86_64/fiber.S - from one fiber's stack to another's.
 */
	.text

/*
 * void WINAPI fiber_switch(void **save, void *load)
 *
 * Keeps what a function of Microsoft's convention must keep on the stack that is left, stores its pointer in *save and
 * takes up the stack `load` was left with.
 */
	.globl	fiber_switch
	.hidden	fiber_switch
	.type	fiber_switch, @function
fiber_switch:
	.cfi_startproc
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	push	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset %rbx, -24
	push	%rsi
	.cfi_def_cfa_offset 32
	.cfi_offset %rsi, -32
	push	%rdi
	.cfi_def_cfa_offset 40
	.cfi_offset %rdi, -40
	push	%r12
	.cfi_def_cfa_offset 48
	.cfi_offset %r12, -48
	push	%r13
	.cfi_def_cfa_offset 56
	.cfi_offset %r13, -56
	push	%r14
	.cfi_def_cfa_offset 64
	.cfi_offset %r14, -64
	push	%r15
	.cfi_def_cfa_offset 72
	.cfi_offset %r15, -72
	sub	$168, %rsp
	.cfi_def_cfa_offset 240
	movups	%xmm6, (%rsp)
	movups	%xmm7, 16(%rsp)
	movups	%xmm8, 32(%rsp)
	movups	%xmm9, 48(%rsp)
	movups	%xmm10, 64(%rsp)
	movups	%xmm11, 80(%rsp)
	movups	%xmm12, 96(%rsp)
	movups	%xmm13, 112(%rsp)
	movups	%xmm14, 128(%rsp)
	movups	%xmm15, 144(%rsp)
	stmxcsr	160(%rsp)
	fnstcw	164(%rsp)
	mov	%rsp, (%rcx)
	mov	%rdx, %rsp
	movups	(%rsp), %xmm6
	movups	16(%rsp), %xmm7
	movups	32(%rsp), %xmm8
	movups	48(%rsp), %xmm9
	movups	64(%rsp), %xmm10
	movups	80(%rsp), %xmm11
	movups	96(%rsp), %xmm12
	movups	112(%rsp), %xmm13
	movups	128(%rsp), %xmm14
	movups	144(%rsp), %xmm15
	ldmxcsr	160(%rsp)
	fldcw	164(%rsp)
	add	$168, %rsp
	.cfi_def_cfa_offset 72
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rdi
	pop	%rsi
	pop	%rbx
	pop	%rbp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
	.size	fiber_switch, .-fiber_switch

/* Where a new fiber's first switch returns to. */
	.globl	fiber_entry
	.hidden	fiber_entry
	.type	fiber_entry, @function
fiber_entry:
	.cfi_startproc
	.cfi_undefined %rip
	sub	$40, %rsp
	call	fiber_start
	ud2
	.cfi_endproc
	.size	fiber_entry, .-fiber_entry

	.section .note.GNU-stack,"",@progbits
