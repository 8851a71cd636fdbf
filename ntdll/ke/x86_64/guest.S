/*
 * ntdll/ke/x86_64/guest.S - the frames at the border between host and guest code.
 *
 * The labels ke_frame_* are return addresses that the unwinder knows (unwind_walk.c): what lies above such a frame is
 * not found by its call frame information alone.
 */
#include "ntdll/ke/x86_64/context_asm.h"

	.text

	.macro FUNCTION name
	.globl	\name
	.hidden	\name
	.type	\name, @function
\name:
	.cfi_startproc
	.endm

	.macro END name
	.cfi_endproc
	.size	\name, .-\name
	.endm

	.macro LABEL name
	.globl	\name
	.hidden	\name
\name:
	.endm

/* uint64_t WINAPI ke_call_guest(void *function, uint64_t a, b, c, d) */
	FUNCTION ke_call_guest
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	sub	$32, %rsp
	mov	%rcx, %rax
	mov	%rdx, %rcx
	mov	%r8, %rdx
	mov	%r9, %r8
	mov	0x30(%rbp), %r9
	call	*%rax
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	END ke_call_guest

/* uint64_t WINAPI ke_call_guest_eight(void *function, const uint64_t *arguments) */
	FUNCTION ke_call_guest_eight
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	sub	$64, %rsp
	mov	%rcx, %rax
	mov	%rdx, %r10
	mov	32(%r10), %rcx
	mov	%rcx, 32(%rsp)
	mov	40(%r10), %rcx
	mov	%rcx, 40(%rsp)
	mov	48(%r10), %rcx
	mov	%rcx, 48(%rsp)
	mov	56(%r10), %rcx
	mov	%rcx, 56(%rsp)
	mov	(%r10), %rcx
	mov	8(%r10), %rdx
	mov	16(%r10), %r8
	mov	24(%r10), %r9
	call	*%rax
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	END ke_call_guest_eight

/* void NTAPI RtlCaptureContext(CONTEXT *context) */
	FUNCTION RtlCaptureContext
	SAVE_REGISTERS %rcx
	mov	(%rsp), %rax
	mov	%rax, CONTEXT_RIP(%rcx)
	lea	8(%rsp), %rax
	mov	%rax, CONTEXT_RSP(%rcx)
	mov	CONTEXT_RAX(%rcx), %rax
	ret
	END RtlCaptureContext

/* void NTAPI RtlCaptureContext2(CONTEXT *context): all of them into a context on the stack, from which the wanted ones are
 * taken. */
	FUNCTION RtlCaptureContext2
	lea	-(CONTEXT_SIZE + 0x48)(%rsp), %rsp
	.cfi_adjust_cfa_offset CONTEXT_SIZE + 0x48
	mov	%r11, 0x38(%rsp)
	lea	0x40(%rsp), %r11
	SAVE_REGISTERS %r11
	mov	0x38(%rsp), %rax
	mov	%rax, CONTEXT_R11(%r11)
	mov	(CONTEXT_SIZE + 0x48)(%rsp), %rax
	mov	%rax, CONTEXT_RIP(%r11)
	lea	(CONTEXT_SIZE + 0x50)(%rsp), %rax
	mov	%rax, CONTEXT_RSP(%r11)
	mov	%r11, %rdx
	call	ke_capture
	add	$(CONTEXT_SIZE + 0x48), %rsp
	.cfi_adjust_cfa_offset -(CONTEXT_SIZE + 0x48)
	ret
	END RtlCaptureContext2

/*
 * void WINAPI ke_restore_context(const CONTEXT *context)
 *
 * The frame for iretq is built in the first five home fields of the context itself, which belong to nobody: the stack
 * that is being left may be in use by what is gone to.
 */
	FUNCTION ke_restore_context
	.cfi_undefined %rip
	cld
	mov	CONTEXT_FLAGS(%rcx), %eax
	test	$8, %al
	jz	1f
	fxrstor	CONTEXT_FXSAVE(%rcx)
	ldmxcsr	CONTEXT_MXCSR(%rcx)
1:	mov	CONTEXT_RIP(%rcx), %rdx
	mov	%rdx, (%rcx)
	mov	%cs, %edx
	mov	%rdx, 8(%rcx)
	mov	CONTEXT_EFLAGS(%rcx), %edx
	and	$0x250DD5, %edx
	or	$0x202, %edx
	mov	%rdx, 16(%rcx)
	mov	CONTEXT_RSP(%rcx), %rdx
	mov	%rdx, 24(%rcx)
	mov	%ss, %edx
	mov	%rdx, 32(%rcx)
	mov	%rcx, %rsp
	mov	CONTEXT_RAX(%rsp), %rax
	mov	CONTEXT_RCX(%rsp), %rcx
	mov	CONTEXT_RDX(%rsp), %rdx
	mov	CONTEXT_RBX(%rsp), %rbx
	mov	CONTEXT_RBP(%rsp), %rbp
	mov	CONTEXT_RSI(%rsp), %rsi
	mov	CONTEXT_RDI(%rsp), %rdi
	mov	CONTEXT_R8(%rsp), %r8
	mov	CONTEXT_R9(%rsp), %r9
	mov	CONTEXT_R10(%rsp), %r10
	mov	CONTEXT_R11(%rsp), %r11
	mov	CONTEXT_R12(%rsp), %r12
	mov	CONTEXT_R13(%rsp), %r13
	mov	CONTEXT_R14(%rsp), %r14
	mov	CONTEXT_R15(%rsp), %r15
	iretq
	END ke_restore_context

/*
 * KiUserExceptionDispatcher: entered by jump, the stack pointer at a CONTEXT, the EXCEPTION_RECORD 4F0 above it.  The
 * unwinder goes on with that context at ke_frame_dispatcher.
 */
	FUNCTION KiUserExceptionDispatcher
	.cfi_undefined %rip
	cld
	lea	0x4F0(%rsp), %rcx
	mov	%rsp, %rdx
	sub	$32, %rsp
	call	ke_user_exception
	LABEL ke_frame_dispatcher
	ud2
	END KiUserExceptionDispatcher

/*
 * KiUserApcDispatcher: entered by jump, the stack pointer at a CONTEXT whose first home fields are the arguments and the
 * function.  They are the callee's home space as well.
 */
	FUNCTION KiUserApcDispatcher
	.cfi_undefined %rip
	mov	(%rsp), %rcx
	mov	8(%rsp), %rdx
	mov	16(%rsp), %r8
	mov	%rsp, %r9
	call	*24(%rsp)
	LABEL ke_frame_apc
	mov	%rsp, %rcx
	call	ke_apc_done
	ud2
	END KiUserApcDispatcher

/* void ke_jump(uint64_t rip, void *rsp) */
	FUNCTION ke_jump
	.cfi_undefined %rip
	mov	%rsi, %rsp
	cld
	jmp	*%rdi
	END ke_jump

/*
 * EXCEPTION_DISPOSITION WINAPI ke_execute_handler(record, frame, context, dispatcher)
 * EXCEPTION_DISPOSITION WINAPI ke_execute_unwind_handler(record, frame, context, dispatcher, caller)
 *
 * Call the language handler of a frame while searching, and while unwinding.  The dispatcher context lies at -8(rbp), when
 * searching the exception's context at -16(rbp), when unwinding that of RtlUnwindEx's caller at 30(rbp).
 */
	FUNCTION ke_execute_handler
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	sub	$48, %rsp
	mov	%r8, -16(%rbp)
	mov	%r9, -8(%rbp)
	call	*0x30(%r9)
	LABEL ke_frame_handler
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	END ke_execute_handler

	FUNCTION ke_execute_unwind_handler
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	sub	$48, %rsp
	mov	%r9, -8(%rbp)
	call	*0x30(%r9)
	LABEL ke_frame_unwind_handler
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	END ke_execute_unwind_handler

/*
 * void WINAPI ke_consolidate(EXCEPTION_RECORD *record, CONTEXT *context)
 *
 * Calls the record's callback below the frames that are being dropped; what it returns is where to go on.  At
 * ke_frame_consolidate the unwinder goes on with the context at -8(rbp).
 */
	FUNCTION ke_consolidate
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	sub	$48, %rsp
	mov	%rdx, -8(%rbp)
	call	*0x20(%rcx)
	LABEL ke_frame_consolidate
	mov	-8(%rbp), %rcx
	mov	%rax, CONTEXT_RIP(%rcx)
	call	ke_restore_context
	ud2
	END ke_consolidate

/*
 * Entries that need the registers of their caller: a CONTEXT is filled on the stack as the caller will find it after the
 * call, and passed on.  r10 keeps the caller's stack pointer.
 */
	.macro ENTER_WITH_CONTEXT
	lea	8(%rsp), %r10
	sub	$(CONTEXT_SIZE + 0x48), %rsp
	.cfi_adjust_cfa_offset CONTEXT_SIZE + 0x48
	lea	0x40(%rsp), %r11
	SAVE_REGISTERS %r11
	mov	%r10, CONTEXT_RSP(%r11)
	mov	-8(%r10), %rax
	mov	%rax, CONTEXT_RIP(%r11)
	.endm
	.macro LEAVE_WITH_CONTEXT
	add	$(CONTEXT_SIZE + 0x48), %rsp
	.cfi_adjust_cfa_offset -(CONTEXT_SIZE + 0x48)
	ret
	.endm

/* void ke_run_apcs(void): returns when the thread's user APCs are done. */
	FUNCTION ke_run_apcs
	ENTER_WITH_CONTEXT
	mov	%r11, %rcx
	call	ke_start_apcs
	LEAVE_WITH_CONTEXT
	END ke_run_apcs

/* void ke_run_special_apcs(void) */
	FUNCTION ke_run_special_apcs
	ENTER_WITH_CONTEXT
	mov	%r11, %rcx
	call	ke_start_special_apcs
	LEAVE_WITH_CONTEXT
	END ke_run_special_apcs

/* void NTAPI RtlRaiseException(EXCEPTION_RECORD *record) */
	FUNCTION RtlRaiseException
	ENTER_WITH_CONTEXT
	mov	%r11, %rdx
	call	ke_raise
	LEAVE_WITH_CONTEXT
	END RtlRaiseException

/* void NTAPI RtlRaiseStatus(NTSTATUS status) */
	FUNCTION RtlRaiseStatus
	ENTER_WITH_CONTEXT
	mov	%r11, %rdx
	call	ke_raise_status
	LEAVE_WITH_CONTEXT
	END RtlRaiseStatus

/* void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments) */
	FUNCTION RaiseException
	ENTER_WITH_CONTEXT
	mov	%r11, 0x20(%rsp)
	call	ke_raise_arguments
	LEAVE_WITH_CONTEXT
	END RaiseException

/* void NTAPI RtlUnwindEx(PVOID frame, PVOID ip, EXCEPTION_RECORD *, PVOID value, CONTEXT *, UNWIND_HISTORY_TABLE *) */
	FUNCTION RtlUnwindEx
	ENTER_WITH_CONTEXT
	mov	0x20(%r10), %rax
	mov	%rax, 0x20(%rsp)
	mov	%r11, 0x28(%rsp)
	call	ke_unwind
	ud2
	END RtlUnwindEx

/* void NTAPI RtlUnwind(PVOID frame, PVOID ip, EXCEPTION_RECORD *, PVOID value) */
	FUNCTION RtlUnwind
	ENTER_WITH_CONTEXT
	movq	$0, 0x20(%rsp)
	mov	%r11, 0x28(%rsp)
	call	ke_unwind
	ud2
	END RtlUnwind

/*
 * Where a service returns that a program called by a system call instruction: to behind that, as the processor would.  The
 * frame is struct service_frame of system_call.c, without the return address.
 */
	FUNCTION ke_system_call_return
	.cfi_undefined %rip
	mov	0x90(%rsp), %rcx
	mov	0x98(%rsp), %rsp
	pushfq
	pop	%r11
	jmp	*%rcx
	END ke_system_call_return

/* void ke_save_border(uint64_t registers[8]) */
	FUNCTION ke_save_border
	mov	(%rsp), %rax
	mov	%rax, (%rdi)
	lea	8(%rsp), %rax
	mov	%rax, 8(%rdi)
	mov	%rbx, 16(%rdi)
	mov	%rbp, 24(%rdi)
	mov	%r12, 32(%rdi)
	mov	%r13, 40(%rdi)
	mov	%r14, 48(%rdi)
	mov	%r15, 56(%rdi)
	ret
	END ke_save_border

	.section .note.GNU-stack,"",@progbits
