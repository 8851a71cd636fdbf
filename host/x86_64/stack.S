/*
 * host/x86_64/stack.S - changing stacks.  Contracts in host/thread.h.
 */
	.text

/* void *host_switch_stack(void *(*fn)(void *), void *argument, uintptr_t top) */
	.globl	host_switch_stack
	.hidden	host_switch_stack
	.type	host_switch_stack, @function
host_switch_stack:
	.cfi_startproc
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	mov	%rdx, %rsp
	and	$-16, %rsp
	mov	%rdi, %rax
	mov	%rsi, %rdi
	call	*%rax
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	host_switch_stack, .-host_switch_stack

/*
 * uint64_t host_guest_stack_call(void *stack_top, fn, void *argument)
 *
 * The System V callee-saved registers and the floating-point control words wait on the host stack; host_stack_frame
 * points at them, with the previous value of itself on top.
 */
	.globl	host_guest_stack_call
	.hidden	host_guest_stack_call
	.type	host_guest_stack_call, @function
host_guest_stack_call:
	.cfi_startproc
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	mov	host_stack_frame@gottpoff(%rip), %rax
	push	%fs:(%rax)
	mov	%rsp, %fs:(%rax)
	mov	%rdi, %rsp
	and	$-16, %rsp
	sub	$32, %rsp
	mov	%rdx, %rcx
	call	*%rsi
.Lreturn:
	mov	host_stack_frame@gottpoff(%rip), %rcx
	mov	%fs:(%rcx), %rsp
	pop	%fs:(%rcx)
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	cld
	ret
	.cfi_endproc
	.size	host_guest_stack_call, .-host_guest_stack_call

/* void host_guest_stack_return(uint64_t value) */
	.globl	host_guest_stack_return
	.hidden	host_guest_stack_return
	.type	host_guest_stack_return, @function
host_guest_stack_return:
	.cfi_startproc
	mov	%rdi, %rax
	fninit
	jmp	.Lreturn
	.cfi_endproc
	.size	host_guest_stack_return, .-host_guest_stack_return

	.section .note.GNU-stack,"",@progbits
