/*
 * dlls/crt/stack.c - after a stack overflow.
 */
#include "dlls/crt/crt.h"
#include "ntdll/mm/mm.h"

/* Puts the guard of the caller's stack back; 0: the stack is still used too deeply (MSDN). */
CRT(INT, _resetstkoflw, (void))
{
	return mm_reset_stack_guard((uintptr_t)__builtin_frame_address(0));
}
