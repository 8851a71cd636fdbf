/*
 * host/x86_64/copy.S - copies that survive a fault on the guest's side.  Contracts in host/fault.h.
 *
 * Everything between host_copy_begin and host_copy_end is a leaf that leaves the stack alone, so that a fault anywhere
 * in it can continue at host_copy_fault.
 */
	.text
	.globl	host_copy_begin, host_copy_end, host_copy_fault
	.hidden	host_copy_begin, host_copy_end, host_copy_fault
host_copy_begin:

/* int host_copy_from_guest(void *to, const void *guest, size_t size); int host_copy_to_guest(void *guest, const void *from, size_t size) */
	.globl	host_copy_from_guest, host_copy_to_guest
	.hidden	host_copy_from_guest, host_copy_to_guest
	.type	host_copy_from_guest, @function
	.type	host_copy_to_guest, @function
host_copy_from_guest:
host_copy_to_guest:
	.cfi_startproc
	mov	%rdx, %rcx
	cmp	$512, %rdx
	jae	3f
	jmp	2f
1:	movups	(%rsi), %xmm0
	movups	%xmm0, (%rdi)
	add	$16, %rsi
	add	$16, %rdi
	sub	$16, %rcx
2:	cmp	$16, %rcx
	jae	1b
	cmp	$8, %rcx
	jb	5f
	/* The first and the last eight bytes, which may overlap. */
	mov	(%rsi), %rax
	mov	-8(%rsi,%rcx), %rdx
	mov	%rax, (%rdi)
	mov	%rdx, -8(%rdi,%rcx)
	jmp	4f
5:	cmp	$4, %rcx
	jb	3f
	mov	(%rsi), %eax
	mov	-4(%rsi,%rcx), %edx
	mov	%eax, (%rdi)
	mov	%edx, -4(%rdi,%rcx)
	jmp	4f
3:	rep movsb
4:	xor	%eax, %eax
	ret
	.cfi_endproc
	.size	host_copy_to_guest, .-host_copy_to_guest

/* int host_fill_guest(void *guest, int byte, size_t size) */
	.globl	host_fill_guest
	.hidden	host_fill_guest
	.type	host_fill_guest, @function
host_fill_guest:
	.cfi_startproc
	mov	%esi, %eax
	mov	%rdx, %rcx
	rep stosb
	xor	%eax, %eax
	ret
	.cfi_endproc
	.size	host_fill_guest, .-host_fill_guest

/* int host_probe_guest(const void *guest, size_t size, bool write) */
	.globl	host_probe_guest
	.hidden	host_probe_guest
	.type	host_probe_guest, @function
host_probe_guest:
	.cfi_startproc
	test	%rsi, %rsi
	jz	9f
	lea	-1(%rdi,%rsi), %rcx	/* last byte */
	test	%edx, %edx
	jnz	6f
5:	movzbl	(%rdi), %eax
	and	$-4096, %rdi
	add	$4096, %rdi
	cmp	%rcx, %rdi
	jbe	5b
	jmp	9f
6:	lock orb $0, (%rdi)
	and	$-4096, %rdi
	add	$4096, %rdi
	cmp	%rcx, %rdi
	jbe	6b
9:	xor	%eax, %eax
	ret
	.cfi_endproc
	.size	host_probe_guest, .-host_probe_guest

host_copy_end:

	.type	host_copy_fault, @function
host_copy_fault:
	.cfi_startproc
	mov	$-1, %eax
	ret
	.cfi_endproc
	.size	host_copy_fault, .-host_copy_fault

	.section .note.GNU-stack,"",@progbits
