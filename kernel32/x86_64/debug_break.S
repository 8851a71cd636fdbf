/*
 * kernel32/x86_64/debug_break.S - DebugBreak: the breakpoint lies in the function itself, as on Windows.
 */
	.text
	.globl	DebugBreak
	.hidden	DebugBreak
	.type	DebugBreak, @function
DebugBreak:
	.cfi_startproc
	int3
	ret
	.cfi_endproc
	.size	DebugBreak, .-DebugBreak

	.section .note.GNU-stack,"",@progbits
