/*
 * touch.h - accesses that may fault, and what they raised: AddVectoredExceptionHandler(1, touch_handler) once, then
 * touch(address, write) says the exception's code, 0 = none.
 */
#ifndef PEWTER_TESTS_TOUCH_H
#define PEWTER_TESTS_TOUCH_H

#include "guest.h"

static volatile DWORD touch_code, touch_count;
static volatile ULONG_PTR touch_information[3];
static void *volatile touch_resume;

static LONG CALLBACK touch_handler(EXCEPTION_POINTERS *pointers)
{
	const EXCEPTION_RECORD *record = pointers->ExceptionRecord;

	if (!touch_resume)
		return EXCEPTION_CONTINUE_SEARCH;
	touch_code = record->ExceptionCode;
	touch_count = record->NumberParameters;
	for (DWORD i = 0; i < 3 && i < touch_count; i++)
		touch_information[i] = record->ExceptionInformation[i];
	pointers->ContextRecord->Rip = (ULONG_PTR)touch_resume;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static DWORD __attribute__((noinline)) touch(volatile char *address, BOOL write)
{
	touch_code = touch_count = 0;
	if (write)
		__asm__ volatile("leaq 1f(%%rip), %%rax\n\tmovq %%rax, %0\n\tmovb $1, (%1)\n1:"
				 : "=m"(touch_resume) : "r"(address) : "rax", "memory");
	else
		__asm__ volatile("leaq 1f(%%rip), %%rax\n\tmovq %%rax, %0\n\tmovb (%1), %%al\n1:"
				 : "=m"(touch_resume) : "r"(address) : "rax", "memory");
	touch_resume = NULL;
	return touch_code;
}

#endif
