/*
 * ntdll/ke/x86_64/break_point.S - DbgBreakPoint and DebugBreak: the breakpoint lies in the function itself, as on Windows.
 */
	.text
	.globl	ke_break_point
	.hidden	ke_break_point
	.type	ke_break_point, @function
ke_break_point:
	.cfi_startproc
	int3
	ret
	.cfi_endproc
	.size	ke_break_point, .-ke_break_point

	.section .note.GNU-stack,"",@progbits
