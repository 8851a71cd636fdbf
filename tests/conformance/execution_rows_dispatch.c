/*
 * Rows 23-37 of the execution facts: from an exception to the handlers, and on.
 */
#include "execution_frames.h"

static char order[64];
static unsigned order_count;
static void note(char what)
{
	if (order_count < sizeof(order) - 1)
		order[order_count++] = what;
	order[order_count] = 0;
}
#define CHECK_ORDER(want)                                                                                              \
	do {                                                                                                           \
		CHECK(!strcmp(order, want));                                                                           \
		if (strcmp(order, want))                                                                               \
			printf("  order is %s, not %s\n", order, want);                                                \
		order_count = 0;                                                                                       \
		order[0] = 0;                                                                                          \
	} while (0)

static EXCEPTION_RECORD last;
static CONTEXT last_context;
static LONG CALLBACK continue_it(EXCEPTION_POINTERS *pointers)
{
	last = *pointers->ExceptionRecord;
	last_context = *pointers->ContextRecord;
	if (last.ExceptionCode == EXCEPTION_ACCESS_VIOLATION)
		pointers->ContextRecord->Rip += 2;
	return EXCEPTION_CONTINUE_EXECUTION;
}

/* Writes to address 24 with values of its own in every register. */
ULONG_PTR fault_rsp;
void fault_with_registers(void);
__asm__(".text\n.globl fault_with_registers\n.def fault_with_registers; .scl 2; .type 32; .endef\n"
	".seh_proc fault_with_registers\nfault_with_registers:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	pushq %rbp\n	.seh_pushreg %rbp\n	pushq %rsi\n	.seh_pushreg %rsi\n"
	"	pushq %rdi\n	.seh_pushreg %rdi\n	pushq %r12\n	.seh_pushreg %r12\n	pushq %r13\n	.seh_pushreg %r13\n"
	"	pushq %r14\n	.seh_pushreg %r14\n	pushq %r15\n	.seh_pushreg %r15\n"
	"	subq $168, %rsp\n	.seh_stackalloc 168\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movaps %xmm\\n, 16 * (\\n - 6)(%rsp)\n"
	"	.seh_savexmm %xmm\\n, 16 * (\\n - 6)\n	.endr\n	.seh_endprologue\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movl $0x400 + \\n, %eax\n"
	"	movq %rax, %xmm\\n\n	.endr\n"
	"	movq %rsp, fault_rsp(%rip)\n"
	"	movl $0x300, %eax\n	movl $24, %ecx\n	movl $0x302, %edx\n	movl $0x303, %ebx\n	movl $0x305, %ebp\n"
	"	movl $0x306, %esi\n	movl $0x307, %edi\n"
	"	.irp n, 8, 9, 10, 11, 12, 13, 14, 15\n	movl $0x300 + \\n, %r\\n\\()d\n	.endr\n"
	"	movl %eax, (%rcx)\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movaps 16 * (\\n - 6)(%rsp), %xmm\\n\n	.endr\n"
	"	addq $168, %rsp\n	popq %r15\n	popq %r14\n	popq %r13\n	popq %r12\n	popq %rdi\n	popq %rsi\n"
	"	popq %rbp\n	popq %rbx\n	ret\n	.seh_endproc\n");

static void dispatcher(void)
{
	PVOID handle = AddVectoredExceptionHandler(1, continue_it);
	EXCEPTION_RECORD record = {.ExceptionCode = 0xE0000100, .NumberParameters = 1, .ExceptionInformation = {7}};
	volatile int rounds = 0;
	LONG offsets[4];
	CONTEXT context;
	ULONG_PTR here;

	ROW(23, "execution");
	patch("KiUserExceptionDispatcher");
	__asm__ volatile(
		"movq $0x1122334455667788, %%rbx\n\tleaq 1f(%%rip), %0\n\tmovl $16, %%ecx\n1:\tmovl %%eax, (%%rcx)"
		: "=a"(here)
		:
		: "rbx", "rcx", "memory");
	CHECK_EQUAL(hook_calls, 1);
	CHECK_EQUAL(hook_rsp % 16, 0);
	CHECK_EQUAL(hook_rbx, 0x1122334455667788);
	CHECK_EQUAL(hook_rcx, 16);
	CHECK_EQUAL(hook_frame.context.Rbx, 0x1122334455667788);
	CHECK_EQUAL(hook_frame.context.Rip, here);
	CHECK(hook_frame.context.ContextFlags == 0x10001F || hook_frame.context.ContextFlags == 0x10005F);
	CHECK_EQUAL(hook_frame.record.ExceptionCode, EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(hook_frame.record.ExceptionInformation[1], 16);
	memcpy(offsets, hook_frame.extended, sizeof(offsets));
	CHECK_EQUAL(offsets[0], -0x4D0);
	CHECK_EQUAL(offsets[2], -0x4D0);
	CHECK_EQUAL(offsets[3], 0x4D0);
	CHECK_EQUAL(hook_frame.machine[0], hook_frame.context.Rip);
	CHECK_EQUAL((WORD)hook_frame.machine[1], 0x33);
	CHECK_EQUAL((DWORD)hook_frame.machine[2], hook_frame.context.EFlags);
	CHECK_EQUAL(hook_frame.machine[3], hook_frame.context.Rsp);
	CHECK_EQUAL((WORD)hook_frame.machine[4], 0x2B);

	CHECK(hook_frame.context.Rcx == 16 && hook_frame.context.Rax == here);
	/* Every register is the context's, also of those that nobody keeps. */
	patch("KiUserExceptionDispatcher");
	fault_with_registers();
	CHECK_EQUAL(hook_calls, 1);
	for (unsigned i = 0; i < 16; i++) {
		if (i != 1 && i != 4) /* rcx is the address, rsp the stack */
			CHECK_EQUAL((&hook_frame.context.Rax)[i], 0x300 + i);
		CHECK_EQUAL((&hook_frame.context.Xmm0)[i].Low, 0x400 + i);
	}
	CHECK_EQUAL(hook_frame.context.Rcx, 24);
	CHECK_EQUAL(hook_frame.context.Rsp, fault_rsp);
	CHECK_EQUAL(hook_frame.machine[3], fault_rsp);
	CHECK_EQUAL(hook_frame.record.ExceptionInformation[1], 24);
	CHECK_EQUAL(hook_frame.record.NumberParameters, 2);
	CHECK_EQUAL((ULONG_PTR)hook_frame.record.ExceptionAddress, hook_frame.context.Rip);

	ROW(24, "execution");
	CHECK_EQUAL(hook_calls, 1);
	patch("KiUserExceptionDispatcher");
	RtlRaiseException(&record);
	CHECK_EQUAL(last.ExceptionCode, 0xE0000100);
	CHECK_EQUAL(hook_calls, 0);
	((unsigned char *)__readgsqword(0x60))[2] = 1; /* PEB.BeingDebugged */
	RtlRaiseException(&record);
	((unsigned char *)__readgsqword(0x60))[2] = 0;
	CHECK_EQUAL(hook_calls, 1);
	CHECK_EQUAL(hook_frame.record.ExceptionCode, 0xE0000100);
	if (!hook_calls)
		unpatch();
	RtlCaptureContext(&context);
	if (!rounds++) {
		patch("KiUserExceptionDispatcher");
		last.ExceptionCode = 0;
		context.R14 = 0x1234567890ABCDEF;
		record.ExceptionCode = 0xE0000101;
		record.ExceptionAddress = (PVOID)0x4321;
		NtRaiseException(&record, &context, TRUE);
		CHECK(0);
	}
	__asm__ volatile("" : : : "r14");
	CHECK_EQUAL(rounds, 2);
	CHECK_EQUAL(hook_calls, 1);
	CHECK_EQUAL(last.ExceptionCode, 0xE0000101);
	CHECK_EQUAL((ULONG_PTR)last.ExceptionAddress, 0x4321);
	CHECK_EQUAL(last.ExceptionInformation[0], 7);
	CHECK_EQUAL(last_context.R14, 0x1234567890ABCDEF);
	RemoveVectoredExceptionHandler(handle);
}

static void raise_1(void)
{
	RaiseException(0xE0000001, 0, 0, NULL);
}

static void raise_1_framed(ULONG_PTR argument)
{
	(void)argument;
	raise_1();
}

static LONG CALLBACK vectored_1(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	note('1');
	return EXCEPTION_CONTINUE_SEARCH;
}

static LONG CALLBACK vectored_2(EXCEPTION_POINTERS *pointers)
{
	pointers->ContextRecord->R15 = 0x5555;
	note('2');
	return EXCEPTION_CONTINUE_SEARCH;
}

static LONG CALLBACK vectored_3(EXCEPTION_POINTERS *pointers)
{
	CHECK_EQUAL(pointers->ContextRecord->R15, 0x5555);
	note('3');
	return EXCEPTION_CONTINUE_SEARCH;
}

static LONG CALLBACK continue_1(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	note('c');
	return EXCEPTION_CONTINUE_SEARCH;
}

static LONG CALLBACK continue_2(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	note('d');
	return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK vectored_continues(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	note('v');
	return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK continue_changes(EXCEPTION_POINTERS *pointers)
{
	pointers->ContextRecord->R14 = 0x6666;
	pointers->ContextRecord->Rip++;
	note('g');
	return EXCEPTION_CONTINUE_SEARCH;
}

static ULONG_PTR raise_and_read_r14(void)
{
	ULONG_PTR result;

	__asm__ volatile("int3\n\tmovq %%r14, %0" : "=a"(result) : : "r14", "memory");
	return result;
}

static LONG filter_takes(EXCEPTION_POINTERS *pointers)
{
	CHECK_EQUAL(pointers->ContextRecord->R15, 0x5555);
	note('f');
	return EXCEPTION_EXECUTE_HANDLER;
}

static LONG filter_continues(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	note('f');
	return EXCEPTION_CONTINUE_EXECUTION;
}

static EXCEPTION_DISPOSITION NTAPI frame_notes(EXCEPTION_RECORD *record, PVOID frame, CONTEXT *context,
					       DISPATCHER_CONTEXT *dispatcher)
{
	(void)frame;
	if (!(record->ExceptionFlags & 0x66)) {
		CHECK_EQUAL(context->R15, 0x5555);
		CHECK(dispatcher->ContextRecord != context);
	}
	note(record->ExceptionFlags & 0x66 ? 'u' : 's');
	return ExceptionContinueSearch;
}

static void framed_raise_1(void)
{
	framed(raise_1_framed, 0);
}

static void registration_handler(void)
{
	note('!');
}

static void searching(void)
{
	PVOID first, second, third, extra[2];
	struct {
		void *next, *handler;
	} registration = {(void *)-1, registration_handler};
	void *old = (void *)__readgsqword(0);

	ROW(25, "execution");
	first = AddVectoredExceptionHandler(1, vectored_2);
	second = AddVectoredExceptionHandler(0, vectored_3);
	third = AddVectoredExceptionHandler(1, vectored_1);
	on_frame = frame_notes;
	on_filter = filter_takes;
	CHECK_EQUAL(guarded(framed_raise_1), 0xE0000001);
	CHECK_ORDER("123sfu");
	ROW(26, "execution");
	__writegsqword(0, (ULONG_PTR)&registration);
	CHECK_EQUAL(guarded(framed_raise_1), 0xE0000001);
	__writegsqword(0, (ULONG_PTR)old);
	CHECK_ORDER("123sfu");
	ROW(27, "execution");
	extra[0] = AddVectoredContinueHandler(0, continue_1);
	extra[1] = AddVectoredContinueHandler(0, continue_2);
	on_filter = filter_continues;
	CHECK_EQUAL(guarded(framed_raise_1), 0);
	CHECK_ORDER("123sfcd");
	RemoveVectoredContinueHandler(extra[1]);
	extra[1] = AddVectoredContinueHandler(1, continue_2);
	CHECK_EQUAL(guarded(framed_raise_1), 0);
	CHECK_ORDER("123sfd");
	/* The same when a vectored handler says so; what a continue handler changes is what it goes on with. */
	{
		PVOID taking = AddVectoredExceptionHandler(1, vectored_continues), changing;

		CHECK_EQUAL(guarded(framed_raise_1), 0);
		CHECK_ORDER("vd");
		CHECK(RemoveVectoredContinueHandler(extra[1]));
		changing = AddVectoredContinueHandler(1, continue_changes);
		CHECK_EQUAL(raise_and_read_r14(), 0x6666);
		CHECK_ORDER("vgc");
		CHECK(RemoveVectoredContinueHandler(changing));
		CHECK(RemoveVectoredExceptionHandler(taking));
	}
	extra[1] = AddVectoredContinueHandler(1, continue_2);
	ROW(28, "execution");
	CHECK(!RemoveVectoredExceptionHandler(extra[0]));
	CHECK(!RemoveVectoredContinueHandler(first));
	CHECK(!RemoveVectoredExceptionHandler((PVOID)0xDEADBEEF));
	CHECK(RemoveVectoredContinueHandler(extra[0]));
	CHECK(!RemoveVectoredContinueHandler(extra[0]));
	CHECK(RemoveVectoredContinueHandler(extra[1]));
	extra[0] = AddVectoredExceptionHandler(1, vectored_1);
	extra[1] = AddVectoredExceptionHandler(0, vectored_1);
	CHECK(extra[0] && extra[1] && extra[0] != extra[1] && extra[0] != third);
	CHECK_EQUAL(guarded(framed_raise_1), 0);
	CHECK_ORDER("11231sf");
	CHECK(RemoveVectoredExceptionHandler(extra[0]));
	CHECK(RemoveVectoredExceptionHandler(extra[1]));
	CHECK(RemoveVectoredExceptionHandler(third));
	CHECK(RemoveVectoredExceptionHandler(second));
	CHECK(RemoveVectoredExceptionHandler(first));
	CHECK(!RemoveVectoredExceptionHandler(first));
	on_filter = NULL;
	on_frame = NULL;
}

static PVOID to_remove[2];
static LONG CALLBACK removing(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	note('r');
	CHECK(RemoveVectoredExceptionHandler(to_remove[0]));
	CHECK(RemoveVectoredExceptionHandler(to_remove[1]));
	AddVectoredExceptionHandler(0, vectored_1);
	return EXCEPTION_CONTINUE_SEARCH;
}

static EXCEPTION_RECORD inner_record, outer_record;
static EXCEPTION_RECORD *raised_record;
static LONG takes_nested(EXCEPTION_POINTERS *pointers)
{
	outer_record = *pointers->ExceptionRecord;
	if (outer_record.ExceptionRecord)
		inner_record = *outer_record.ExceptionRecord;
	return EXCEPTION_EXECUTE_HANDLER;
}

static ULONG_PTR raise_flags;
static EXCEPTION_DISPOSITION answer;
static EXCEPTION_DISPOSITION NTAPI frame_answers(EXCEPTION_RECORD *record, PVOID frame, CONTEXT *context,
						 DISPATCHER_CONTEXT *dispatcher)
{
	(void)frame, (void)context, (void)dispatcher;
	if (record->ExceptionFlags & 0x66 || record->ExceptionCode != 0xE0000002)
		return ExceptionContinueSearch;
	raised_record = record;
	return answer;
}

static void raise_2(ULONG_PTR argument)
{
	(void)argument;
	RaiseException(0xE0000002, (DWORD)raise_flags, 0, NULL);
}

static void framed_raise_2(void)
{
	framed(raise_2, 0);
}

static void answers(void)
{
	ROW(29, "execution");
	to_remove[1] = AddVectoredExceptionHandler(1, removing);
	to_remove[0] = AddVectoredExceptionHandler(0, vectored_3);
	CHECK_EQUAL(guarded(raise_1), 0xE0000001);
	CHECK_ORDER("r1");
	CHECK_EQUAL(guarded(raise_1), 0xE0000001);
	CHECK_ORDER("1");
	on_frame = frame_answers;
	on_filter = takes_nested;
	raise_flags = EXCEPTION_NONCONTINUABLE;
	answer = ExceptionContinueExecution;
	CHECK_EQUAL(guarded(framed_raise_2), 0xC0000025);
	CHECK_EQUAL(outer_record.ExceptionCode, 0xC0000025);
	CHECK_EQUAL(inner_record.ExceptionCode, 0xE0000002);
	CHECK(outer_record.ExceptionRecord == raised_record);
	CHECK(outer_record.ExceptionFlags & EXCEPTION_NONCONTINUABLE);
	/* Of all flags but that one RaiseException makes nothing. */
	ROW(32, "execution");
	raise_flags = 0xFFFFFFFF;
	answer = ExceptionContinueSearch;
	CHECK_EQUAL(guarded(framed_raise_2), 0xE0000002);
	CHECK_EQUAL(outer_record.ExceptionFlags & ~0x80u, EXCEPTION_NONCONTINUABLE);
	ROW(29, "execution");
	raise_flags = 0;
	answer = (EXCEPTION_DISPOSITION)77;
	CHECK_EQUAL(guarded(framed_raise_2), 0xC0000026);
	CHECK_EQUAL(inner_record.ExceptionCode, 0xE0000002);
	CHECK(outer_record.ExceptionFlags & EXCEPTION_NONCONTINUABLE);
	on_frame = NULL;
	on_filter = NULL;
	order_count = 0;
}

/* Row 31: inner frame B in outer frame A; B's handler raises a second exception. */
static DWORD nested_flags[2], nested_count, outer_flags[2], outer_count;
static PVOID outer_frame;
static EXCEPTION_DISPOSITION NTAPI frame_nests(EXCEPTION_RECORD *record, PVOID frame, CONTEXT *context,
					       DISPATCHER_CONTEXT *dispatcher)
{
	BOOL outer = frame > outer_frame;

	(void)context, (void)dispatcher;
	if (record->ExceptionFlags & 0x66)
		return ExceptionContinueSearch;
	if (outer) {
		if (outer_count < 2)
			outer_flags[outer_count++] = record->ExceptionFlags;
		return ExceptionContinueExecution;
	}
	if (nested_count < 2)
		nested_flags[nested_count++] = record->ExceptionFlags;
	if (record->ExceptionCode == 0xE0000001)
		RaiseException(0xE0000003, 0, 0, NULL);
	return ExceptionContinueSearch;
}

static void inner_framed(ULONG_PTR argument)
{
	char here;

	(void)argument;
	outer_frame = &here;
	framed(raise_1_framed, 0);
}

static void nested(void)
{
	ROW(31, "execution");
	on_frame = frame_nests;
	framed(inner_framed, 0);
	on_frame = NULL;
	CHECK_EQUAL(nested_count, 2);
	CHECK_EQUAL(outer_count, 2);
	ROW(30, "execution");
	CHECK_EQUAL(nested_flags[0] & ~0x80, 0);
	CHECK_EQUAL(nested_flags[1] & ~0x80, 0x10);
	CHECK_EQUAL(outer_flags[0] & ~0x80, 0);
	CHECK_EQUAL(outer_flags[1] & ~0x80, 0);
}

static void raising(void)
{
	ULONG_PTR arguments[20] = {1, 2, 3}, before[4], after[4];
	HMODULE module;
	PVOID handle = AddVectoredExceptionHandler(1, continue_it);
	EXCEPTION_RECORD record;
	unsigned i;

	ROW(32, "execution");
	RaiseException(0xF1234567, 0xFFFFFFFF & ~1u, 20, arguments);
	CHECK_EQUAL(last.ExceptionCode, 0xE1234567);
	CHECK_EQUAL(last.NumberParameters, 15);
	CHECK_EQUAL(last.ExceptionInformation[2], 3);
	CHECK_EQUAL(last.ExceptionFlags & ~0x80, 0);
	CHECK(last.ExceptionRecord == NULL);
	RaiseException(1, 0, 5, NULL);
	CHECK_EQUAL(last.NumberParameters, 0);
	for (i = 0; i < 4; i++)
		before[i] = 0x1111111111111111 * (i + 1);
	__asm__ volatile("movq %[b0], %%rbx\n\tmovq %[b1], %%r12\n\tmovq %[b2], %%r13\n\tmovq %[b3], %%rsi\n\tmovl "
			 "$0xE0000005, %%ecx\n\t"
			 "xorl %%edx, %%edx\n\txorl %%r8d, %%r8d\n\txorl %%r9d, %%r9d\n\tsubq $32, %%rsp\n\tcall "
			 "*%[raise]\n\taddq $32, %%rsp\n\t"
			 "movq %%rbx, %[a0]\n\tmovq %%r12, %[a1]\n\tmovq %%r13, %[a2]\n\tmovq %%rsi, %[a3]"
			 : [a0] "=m"(after[0]), [a1] "=m"(after[1]), [a2] "=m"(after[2]), [a3] "=m"(after[3])
			 : [b0] "m"(before[0]), [b1] "m"(before[1]), [b2] "m"(before[2]), [b3] "m"(before[3]),
			   [raise] "r"(RaiseException)
			 : "rbx", "r12", "r13", "rsi", "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
	CHECK(!memcmp(before, after, sizeof(before)));
	CHECK_EQUAL(last_context.Rbx, before[0]);
	CHECK_EQUAL(last_context.R12, before[1]);
	CHECK_EQUAL(last_context.R13, before[2]);
	CHECK_EQUAL(last_context.Rsi, before[3]);

	ROW(33, "execution");
	memset(&record, 0, sizeof(record));
	record.ExceptionCode = 0xE0000006;
	record.ExceptionFlags = 0x40;
	record.NumberParameters = 2;
	record.ExceptionInformation[1] = 9;
	RtlRaiseException(&record);
	CHECK_EQUAL((ULONG_PTR)record.ExceptionAddress, (ULONG_PTR)last.ExceptionAddress);
	CHECK_EQUAL(last_context.Rip, (ULONG_PTR)last.ExceptionAddress);
	CHECK((ULONG_PTR)last.ExceptionAddress > (ULONG_PTR)raising &&
	      (ULONG_PTR)last.ExceptionAddress < (ULONG_PTR)raising + 0x4000);
	CHECK_EQUAL(last.ExceptionFlags & ~0x80, 0x40);
	CHECK_EQUAL(last.ExceptionInformation[1], 9);
	CHECK_EQUAL(last_context.ContextFlags & 0x10000F, 0x10000F);
	/* The instruction pointer of a breakpoint is no other's, unless somebody debugs. */
	record.ExceptionCode = EXCEPTION_BREAKPOINT;
	record.ExceptionFlags = 0;
	record.ExceptionAddress = NULL;
	RtlRaiseException(&record);
	CHECK_EQUAL(last.ExceptionCode, EXCEPTION_BREAKPOINT);
	CHECK(record.ExceptionAddress != NULL && last.ExceptionAddress == record.ExceptionAddress);
	CHECK_EQUAL(last_context.Rip, (ULONG_PTR)last.ExceptionAddress);
	RaiseException(0xE0000007, 0, 0, NULL);
	CHECK(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
				 last.ExceptionAddress, &module));
	CHECK(module == GetModuleHandleA("kernelbase.dll"));
	RemoveVectoredExceptionHandler(handle);
}

static DWORD debug_codes[4];
static ULONG_PTR debug_parameters[4], debug_arguments[4][4];
static char debug_narrow[2][8];
static WCHAR debug_wide[8];
static unsigned debug_count;
static LONG debug_answer;
static LONG CALLBACK debug_strings(EXCEPTION_POINTERS *pointers)
{
	if (debug_count < 4) {
		debug_codes[debug_count] = pointers->ExceptionRecord->ExceptionCode;
		debug_parameters[debug_count] = pointers->ExceptionRecord->NumberParameters;
		CHECK_EQUAL(pointers->ExceptionRecord->ExceptionInformation[0], 5);
		memcpy(debug_arguments[debug_count], pointers->ExceptionRecord->ExceptionInformation, sizeof(debug_arguments[0]));
		if (debug_codes[debug_count] == 0x40010006) {
			memcpy(debug_narrow[0], (char *)debug_arguments[debug_count][1], 5);
		} else {
			memcpy(debug_wide, (WCHAR *)debug_arguments[debug_count][1], 10);
			memcpy(debug_narrow[1], (char *)debug_arguments[debug_count][3], 5);
		}
	}
	debug_count++;
	return debug_answer;
}

static void name_thread(void)
{
	ULONG_PTR information[3] = {0x1000, (ULONG_PTR) "name", (ULONG_PTR)-1};

	RaiseException(0x406D1388, 0, 3, information);
}

static void strings(void)
{
	PVOID handle = AddVectoredExceptionHandler(1, debug_strings);

	ROW(34, "execution");
	debug_answer = EXCEPTION_CONTINUE_SEARCH;
	OutputDebugStringA("abcd");
	CHECK_EQUAL(debug_count, 1);
	CHECK_EQUAL(debug_codes[0], 0x40010006);
	CHECK_EQUAL(debug_parameters[0], 2);
	CHECK(!strcmp(debug_narrow[0], "abcd"));
	debug_narrow[0][0] = 0;
	debug_count = 0;
	OutputDebugStringW(L"abcd");
	CHECK_EQUAL(debug_count, 2);
	CHECK_EQUAL(debug_codes[0], 0x4001000A);
	CHECK_EQUAL(debug_parameters[0], 4);
	CHECK_EQUAL(debug_arguments[0][2], 5);
	CHECK(!wcscmp(debug_wide, L"abcd") && !strcmp(debug_narrow[1], "abcd"));
	CHECK_EQUAL(debug_codes[1], 0x40010006);
	CHECK_EQUAL(debug_parameters[1], 2);
	CHECK(!strcmp(debug_narrow[0], "abcd"));
	debug_answer = EXCEPTION_CONTINUE_EXECUTION;
	debug_count = 0;
	OutputDebugStringW(L"abcd");
	CHECK_EQUAL(debug_count, 1);
	RemoveVectoredExceptionHandler(handle);
	ROW(35, "execution");
	on_filter = NULL;
	CHECK_EQUAL(guarded(name_thread), 0x406D1388);
	{
		HRESULT(WINAPI * get)(HANDLE, PWSTR *) = (void *)GetProcAddress(GetModuleHandleA("kernel32"), "GetThreadDescription");
		PWSTR text;

		CHECK(get && SUCCEEDED(get(GetCurrentThread(), &text)) && !*text);
	}
}

/* Row 31: no frame of a stack that is not the thread's is looked at. */
static char *other_stack;
void run_on(void *stack, void (*fn)(void));
__asm__(".text\n.globl run_on\n.def run_on; .scl 2; .type 32; .endef\n.seh_proc run_on\nrun_on:\n"
	"	pushq %rbp\n	.seh_pushreg %rbp\n	movq %rsp, %rbp\n	.seh_setframe %rbp, 0\n	.seh_endprologue\n"
	"	leaq -32(%rcx), %rsp\n	call *%rdx\n	movq %rbp, %rsp\n	popq %rbp\n	ret\n	.seh_endproc\n");

static void raise_elsewhere(void)
{
	run_on(other_stack + 0x10000, raise_1);
}

/* A frame that is not on a multiple of 8. */
void fault_in_frame(void);
__asm__(".text\n.globl fault_in_frame\n.def fault_in_frame; .scl 2; .type 32; .endef\n.seh_proc fault_in_frame\nfault_in_frame:\n"
	"	subq $8, %rsp\n	.seh_stackalloc 8\n	.seh_endprologue\n	ud2\n	addq $8, %rsp\n	ret\n	.seh_endproc\n");

static void raise_crooked(void)
{
	char here[0x2000];

	run_on((char *)(((ULONG_PTR)here + 0x1FF0) & ~(ULONG_PTR)15) + 4, fault_in_frame);
}

static LONG CALLBACK vectored_flags(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ExceptionRecord->ExceptionCode == 0xE0000001 || pointers->ExceptionRecord->ExceptionCode == 0xC000001D)
		SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, getenv("PEWTER_ROWS_EVENT")));
	return EXCEPTION_CONTINUE_SEARCH;
}

/* Rows 36 and 37 need processes of their own. */
static DWORD run_self(const char *mode)
{
	char path[MAX_PATH], command[MAX_PATH + 32];
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 0;

	GetModuleFileNameA(NULL, path, sizeof(path));
	snprintf(command, sizeof(command), "\"%s\" %s", path, mode);
	CHECK(CreateProcessA(path, command, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL, &startup, &process));
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, INFINITE), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	return code;
}

static DWORD WINAPI faulting_thread(LPVOID argument)
{
	*(volatile int *)argument = 1;
	return 0;
}

static LONG WINAPI top_filter(EXCEPTION_POINTERS *pointers)
{
	char here;

	/* On the stack of the thread that raised. */
	if (&here < (char *)__readgsqword(0x10) || &here >= (char *)__readgsqword(8))
		TerminateProcess(GetCurrentProcess(), 90);
	if (pointers->ExceptionRecord->ExceptionCode == 0xE0000009)
		return EXCEPTION_CONTINUE_EXECUTION;
	return pointers->ExceptionRecord->ExceptionCode == 0xE000000A ? EXCEPTION_EXECUTE_HANDLER
								      : EXCEPTION_CONTINUE_SEARCH;
}

static LONG WINAPI other_filter(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	return EXCEPTION_CONTINUE_SEARCH;
}

static void told_of_the_end(DWORD reason, void *reserved)
{
	(void)reserved;
	if (reason == DLL_PROCESS_DETACH)
		TerminateProcess(GetCurrentProcess(), 91);
}

static DWORD WINAPI sleeps(LPVOID argument)
{
	Sleep(INFINITE);
	return (DWORD)(ULONG_PTR)argument;
}

static LONG WINAPI leave_at_once(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	TerminateProcess(GetCurrentProcess(), 92);
	return 0;
}

static void child(const char *mode)
{
	char path[MAX_PATH];

	GetModuleFileNameA(NULL, path, sizeof(path));
	SetErrorMode(SEM_NOGPFAULTERRORBOX | SEM_FAILCRITICALERRORS);
	if (!strcmp(mode, "thread-fault")) {
		WaitForSingleObject(CreateThread(NULL, 0, faulting_thread, NULL, 0, NULL), INFINITE);
		Sleep(INFINITE);
	}
	if (!strcmp(mode, "raise")) {
		/* A DLL that would change the exit code, were it told of the end. */
		strcpy(strrchr(path, '\\') + 1, "execution_rows_detach.dll");
		*(void (**)(DWORD, void *))(void *)GetProcAddress(LoadLibraryA(path), "detach_function") = told_of_the_end;
		CreateThread(NULL, 0, sleeps, NULL, 0, NULL);
		RaiseException(0xE0000008, 0, 0, NULL);
	}
	if (!strcmp(mode, "elsewhere") || !strcmp(mode, "crooked")) {
		other_stack = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
		AddVectoredExceptionHandler(1, vectored_flags);
		/* Neither the frame further up nor the filter of the process, which the last frame would call, is asked. */
		SetUnhandledExceptionFilter(leave_at_once);
		guarded(mode[0] == 'e' ? raise_elsewhere : raise_crooked);
		ExitProcess(43);
	}
	SetUnhandledExceptionFilter(top_filter);
	RaiseException(0xE0000009, 0, 0, NULL);
	if (!strcmp(mode, "filter-takes"))
		RaiseException(0xE000000A, 0, 0, NULL);
	if (!strcmp(mode, "filter-passes"))
		RaiseException(0xE000000B, 0, 0, NULL);
	ExitProcess(42);
}

static void ends(void)
{
	HANDLE event;
	char name[64];

	ROW(36, "execution");
	CHECK_EQUAL(run_self("thread-fault"), 0xC0000005);
	CHECK_EQUAL(run_self("raise"), 0xE0000008);
	ROW(31, "execution");
	snprintf(name, sizeof(name), "rows.31.%lu", GetCurrentProcessId());
	event = CreateEventA(NULL, FALSE, FALSE, name);
	SetEnvironmentVariableA("PEWTER_ROWS_EVENT", name);
	CHECK_EQUAL(run_self("elsewhere"), 0xE0000001);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(run_self("crooked"), 0xC000001D);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CloseHandle(event);
	ROW(37, "execution");
	CHECK_EQUAL(run_self("filter-continues"), 42);
	CHECK_EQUAL(run_self("filter-takes"), 0xE000000A);
	CHECK_EQUAL(run_self("filter-passes"), 0xE000000B);
	SetUnhandledExceptionFilter(top_filter);
	CHECK(SetUnhandledExceptionFilter(other_filter) == top_filter);
	CHECK(SetUnhandledExceptionFilter(NULL) == other_filter);
	CHECK(!CloseHandle((HANDLE)0x7F0));
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		child(argv[1]);
	dispatcher();
	searching();
	answers();
	nested();
	raising();
	strings();
	ends();
	return guest_result();
}
