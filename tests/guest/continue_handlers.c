/* continue_handlers - when vectored continue handlers are called for exceptions that no frame takes. */
#include "guest.h"

static char order[8];
static unsigned steps;

static void note(char step)
{
	if (steps < sizeof(order) - 1)
		order[steps++] = step;
}

static LONG WINAPI vectored(EXCEPTION_POINTERS *pointers)
{
	note('v');
	return EXCEPTION_CONTINUE_SEARCH;
}

static LONG WINAPI filter(EXCEPTION_POINTERS *pointers)
{
	note('f');
	return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG WINAPI continued(EXCEPTION_POINTERS *pointers)
{
	note('c');
	return EXCEPTION_CONTINUE_SEARCH;
}

/* On a stack that is not the thread's no frame is asked: not the filter of the thread's first frame either. */
static LONG WINAPI nobody(EXCEPTION_POINTERS *pointers)
{
	CHECK(!strcmp(order, "vc"));
	CHECK_EQUAL(pointers->ExceptionRecord->ExceptionCode, EXCEPTION_ILLEGAL_INSTRUCTION);
	CHECK(pointers->ExceptionRecord->ExceptionFlags & 8); /* EXCEPTION_STACK_INVALID */
	ExitProcess(guest_result());
}

int main(void)
{
	char *stack = VirtualAlloc(NULL, 1 << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

	CHECK(stack != NULL);
	AddVectoredExceptionHandler(1, vectored);
	AddVectoredContinueHandler(0, continued);
	SetUnhandledExceptionFilter(filter);
	RaiseException(0xE0000001, 0, 0, NULL);
	CHECK(!strcmp(order, "vfc"));

	memset(order, 0, sizeof(order));
	steps = 0;
	OutputDebugStringA("nobody listens");
	CHECK(!strchr(order, 'c') && !strchr(order, 'f'));

	memset(order, 0, sizeof(order));
	steps = 0;
	AddVectoredContinueHandler(0, nobody);
	__asm__ volatile("mov %0, %%rsp\n\tud2" : : "r"(stack + (1 << 20) - 256) : "memory");
	return 1;
}
