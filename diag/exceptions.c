/*
 * diag/exceptions.c - names of exception codes.
 */
#include "diag/diag.h"
#include "nt/ntstatus.h"

static const struct {
	NTSTATUS code;
	const char *name;
} names[] = {
	{STATUS_ACCESS_VIOLATION, "access violation"},
	{STATUS_IN_PAGE_ERROR, "in-page error"},
	{STATUS_GUARD_PAGE_VIOLATION, "guard page violation"},
	{STATUS_DATATYPE_MISALIGNMENT, "misaligned access"},
	{STATUS_BREAKPOINT, "breakpoint"},
	{STATUS_SINGLE_STEP, "single step"},
	{STATUS_ILLEGAL_INSTRUCTION, "illegal instruction"},
	{STATUS_PRIVILEGED_INSTRUCTION, "privileged instruction"},
	{STATUS_INTEGER_DIVIDE_BY_ZERO, "integer division by zero"},
	{STATUS_INTEGER_OVERFLOW, "integer overflow"},
	{STATUS_ARRAY_BOUNDS_EXCEEDED, "array bounds exceeded"},
	{STATUS_FLOAT_DENORMAL_OPERAND, "floating-point denormal operand"},
	{STATUS_FLOAT_DIVIDE_BY_ZERO, "floating-point division by zero"},
	{STATUS_FLOAT_INEXACT_RESULT, "floating-point inexact result"},
	{STATUS_FLOAT_INVALID_OPERATION, "floating-point invalid operation"},
	{STATUS_FLOAT_OVERFLOW, "floating-point overflow"},
	{STATUS_FLOAT_UNDERFLOW, "floating-point underflow"},
	{STATUS_FLOAT_STACK_CHECK, "floating-point stack check"},
	{STATUS_STACK_OVERFLOW, "stack overflow"},
	{STATUS_STACK_BUFFER_OVERRUN, "fast fail"},
	{STATUS_HEAP_CORRUPTION, "heap corruption"},
	{STATUS_INVALID_HANDLE, "invalid handle"},
	{STATUS_INVALID_DISPOSITION, "invalid disposition"},
	{STATUS_NONCONTINUABLE_EXCEPTION, "noncontinuable exception"},
	{STATUS_ASSERTION_FAILURE, "assertion failure"},
	{STATUS_NO_MEMORY, "out of memory"},
	{STATUS_INVALID_CRUNTIME_PARAMETER, "invalid C runtime parameter"},
	{DBG_CONTROL_C, "Ctrl-C"},
	{(NTSTATUS)0xE06D7363, "C++ exception (Microsoft)"},
	{(NTSTATUS)0x20474343, "C++ exception (GCC)"},
	{(NTSTATUS)0xE0434352, ".NET exception"},
};

const char *diag_exception_name(DWORD code)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == (NTSTATUS)code)
			return names[i].name;
	return NULL;
}
