/*
 * execution_frames.h - functions with language handlers, written as assembly directives, and hooks on ntdll's entries.
 */
#ifndef PEWTER_TESTS_EXECUTION_FRAMES_H
#define PEWTER_TESTS_EXECUTION_FRAMES_H

#include "../guest/guest.h"

typedef LONG NTSTATUS;
NTSTATUS NTAPI NtRaiseException(EXCEPTION_RECORD *, CONTEXT *, BOOLEAN);
NTSTATUS NTAPI NtContinue(CONTEXT *, BOOLEAN);
NTSTATUS NTAPI NtQueueApcThread(HANDLE, PVOID, PVOID, PVOID, PVOID);
NTSTATUS NTAPI NtTestAlert(void);

void NTAPI RtlRaiseException(EXCEPTION_RECORD *);

typedef EXCEPTION_DISPOSITION(NTAPI *frame_handler)(EXCEPTION_RECORD *, PVOID, CONTEXT *, DISPATCHER_CONTEXT *);

/*
 * guarded(fn): fn() under a __try whose filter is filter_of_guarded; what the exception's code was, or 0.
 * framed(fn, argument): fn(argument) in a frame whose language handler is on_frame, which may ask at which depth it is
 * by the frame's number: the establisher frame is compared with frames[].
 */
unsigned guarded(void (*fn)(void));
LONG filter_of_guarded(EXCEPTION_POINTERS *pointers, void *frame);
ULONG_PTR framed(void (*fn)(ULONG_PTR), ULONG_PTR argument);
EXCEPTION_DISPOSITION NTAPI handler_of_framed(EXCEPTION_RECORD *, PVOID, CONTEXT *, DISPATCHER_CONTEXT *);
__asm__(".text\n"
	".globl guarded\n.def guarded; .scl 2; .type 32; .endef\n.seh_proc guarded\nguarded:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 1\n	.rva .Lbegin, .Lend, filter_of_guarded, .Ltarget\n	.text\n"
	".Lbegin:\n	call *%rcx\n	nop\n.Lend:\n	xorl %eax, %eax\n"
	".Ltarget:\n	addq $40, %rsp\n	ret\n.seh_endproc\n"
	".globl framed\n.def framed; .scl 2; .type 32; .endef\n.seh_proc framed\nframed:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	subq $32, %rsp\n	.seh_stackalloc 32\n	"
	".seh_endprologue\n"
	"	.seh_handler handler_of_framed, @except, @unwind\n	.seh_handlerdata\n	.long 0\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n	call *%rax\n	nop\n	xorl %eax, %eax\n"
	"	addq $32, %rsp\n	popq %rbx\n	ret\n.seh_endproc\n");

static LONG (*on_filter)(EXCEPTION_POINTERS *);
LONG filter_of_guarded(EXCEPTION_POINTERS *pointers, void *frame)
{
	(void)frame;
	return on_filter ? on_filter(pointers) : EXCEPTION_EXECUTE_HANDLER;
}

static frame_handler on_frame;
EXCEPTION_DISPOSITION NTAPI handler_of_framed(EXCEPTION_RECORD *record, PVOID frame, CONTEXT *context,
					      DISPATCHER_CONTEXT *dispatcher)
{
	return on_frame ? on_frame(record, frame, context, dispatcher) : ExceptionContinueSearch;
}

/* Patching one of ntdll's entries: the next call comes to us, then the entry is as it was and runs. */
static unsigned char saved_code[16];
static unsigned char *patched;
void *hook_original;
ULONG_PTR hook_rbx, hook_rcx, hook_rsp;
static unsigned hook_calls;
static struct {
	CONTEXT context;
	unsigned char extended[0x20];
	EXCEPTION_RECORD record;
	ULONG_PTR machine[5];
} hook_frame;
static BOOL hook_is_apc;

void hook_entry(void);
void hook_seen(void);
__asm__(".text\n.globl hook_entry\nhook_entry:\n"
	"	movq %rbx, hook_rbx(%rip)\n	movq %rcx, hook_rcx(%rip)\n	movq %rsp, hook_rsp(%rip)\n"
	"	movq %rsp, %rbx\n	andq $-16, %rsp\n	subq $32, %rsp\n	call hook_seen\n	movq "
	"%rbx, %rsp\n"
	"	jmp *hook_original(%rip)\n");

static void patch(const char *name)
{
	ULONG_PTR target = (ULONG_PTR)hook_entry;
	DWORD old;

	patched = (unsigned char *)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
	CHECK(patched != NULL);
	hook_original = patched;
	hook_calls = 0;
	hook_is_apc = !strcmp(name, "KiUserApcDispatcher");
	CHECK(VirtualProtect(patched, sizeof(saved_code), PAGE_EXECUTE_READWRITE, &old));
	memcpy(saved_code, patched, sizeof(saved_code));
	/* jmp [rip]; address */
	memcpy(patched, "\xFF\x25\x00\x00\x00\x00", 6);
	memcpy(patched + 6, &target, 8);
	FlushInstructionCache(GetCurrentProcess(), patched, sizeof(saved_code));
}

static void unpatch(void)
{
	DWORD old;

	memcpy(patched, saved_code, sizeof(saved_code));
	FlushInstructionCache(GetCurrentProcess(), patched, sizeof(saved_code));
	VirtualProtect(patched, sizeof(saved_code), PAGE_EXECUTE_READ, &old);
}

void hook_seen(void)
{
	hook_calls++;
	memcpy(&hook_frame.context, (void *)hook_rsp, sizeof(CONTEXT));
	if (!hook_is_apc) {
		memcpy(hook_frame.extended, (char *)hook_rsp + 0x4D0, sizeof(hook_frame.extended));
		memcpy(&hook_frame.record, (char *)hook_rsp + 0x4F0, sizeof(EXCEPTION_RECORD));
		memcpy(hook_frame.machine, (char *)hook_rsp + 0x590, sizeof(hook_frame.machine));
	}
	unpatch();
}

#endif
