/*
 * Rows 63-66 of the execution facts: registers captured, read and set.
 *
 * With an argument: breakpoints of the processor only, for tests/breakpoints.sh; exit code 3 if none stops anything.
 */
#include "../guest/guest.h"

static volatile LONG running, stop;
static volatile LONG64 counter;

void capture_at(CONTEXT *context, ULONG_PTR *values);
extern char capture_return[];
/* Sets registers, calls RtlCaptureContext through values[0], and puts what the stack pointer and the flags were into values[1]
 * and [2]. */
__asm__(".text\n.globl capture_at\n.def capture_at; .scl 2; .type 32; .endef\n.seh_proc capture_at\ncapture_at:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	pushq %rbp\n	.seh_pushreg %rbp\n	pushq %rsi\n	.seh_pushreg %rsi\n"
	"	pushq %rdi\n	.seh_pushreg %rdi\n	pushq %r12\n	.seh_pushreg %r12\n	pushq %r13\n	.seh_pushreg %r13\n"
	"	pushq %r14\n	.seh_pushreg %r14\n	pushq %r15\n	.seh_pushreg %r15\n"
	"	subq $200, %rsp\n	.seh_stackalloc 200\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movaps %xmm\\n, 32 + 16 * (\\n - 6)(%rsp)\n"
	"	.seh_savexmm %xmm\\n, 32 + 16 * (\\n - 6)\n	.endr\n	.seh_endprologue\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movl $0x4400 + \\n, %eax\n"
	"	movq %rax, %xmm\\n\n	.endr\n"
	"	movq %rsp, 8(%rdx)\n	movq (%rdx), %rax\n	movl $0x1111, %ebx\n	movl $0x7777, %ebp\n"
	"	movl $0x2222, %esi\n	movl $0x8888, %edi\n"
	"	.irp n, 8, 9, 10, 11, 12, 13, 14, 15\n	movl $0x5500 + \\n, %r\\n\\()d\n	.endr\n	fninit\n	fld1\n"
	"	stc\n	pushfq\n	popq 16(%rdx)\n"
	"	call *%rax\n.globl capture_return\ncapture_return:\n	fninit\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movaps 32 + 16 * (\\n - 6)(%rsp), %xmm\\n\n	.endr\n"
	"	addq $200, %rsp\n	popq %r15\n	popq %r14\n	popq %r13\n	popq %r12\n	popq %rdi\n	popq %rsi\n"
	"	popq %rbp\n	popq %rbx\n	ret\n	.seh_endproc\n");

static void capturing(void)
{
	CONTEXT context;
	ULONG_PTR values[3] = {(ULONG_PTR)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlCaptureContext"), 0, 0};

	ROW(63, "execution");
	memset(&context, 0xCC, sizeof(context));
	capture_at(&context, values);
	CHECK_EQUAL(context.ContextFlags & 0x10000F, 0x10000F);
	CHECK_EQUAL(context.Rip, (ULONG_PTR)capture_return);
	CHECK_EQUAL(context.Rsp, values[1]);
	CHECK_EQUAL(context.Rcx, (ULONG_PTR)&context);
	CHECK_EQUAL(context.Rdx, (ULONG_PTR)values);
	CHECK_EQUAL(context.Rax, values[0]);
	CHECK_EQUAL(context.Rbx, 0x1111);
	CHECK_EQUAL(context.Rsi, 0x2222);
	CHECK_EQUAL(context.Rbp, 0x7777);
	CHECK_EQUAL(context.Rdi, 0x8888);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQUAL((&context.R8)[i], 0x5508 + i);
	for (unsigned i = 0; i < 16; i++) {
		CHECK_EQUAL(context.FltSave.XmmRegisters[i].Low, 0x4400 + i);
		CHECK_EQUAL(context.FltSave.XmmRegisters[i].High, 0);
	}
	CHECK_EQUAL(context.EFlags & 0x8D5, values[2] & 0x8D5);
	CHECK_EQUAL(context.MxCsr, 0x1F80);
	CHECK_EQUAL(context.FltSave.ControlWord, 0x37F);
	CHECK_EQUAL(context.SegSs, 0x2B);
	CHECK_EQUAL(context.SegEs, 0x2B);
	CHECK_EQUAL(context.SegGs, 0x2B);
	CHECK_EQUAL(context.FltSave.FloatRegisters[0].High & 0xFFFF, 0x3FFF);
	CHECK_EQUAL(context.SegCs, 0x33);
	CHECK_EQUAL(context.SegDs, 0x2B);
	CHECK_EQUAL(context.SegFs, 0x53);
}

typedef PEXCEPTION_ROUTINE(NTAPI *unwind_function)(DWORD, ULONG64, ULONG64, PRUNTIME_FUNCTION, PCONTEXT, PVOID *, PULONG64,
						   PVOID);
typedef LONG(NTAPI *unwind2_function)(DWORD, ULONG64, ULONG64, PRUNTIME_FUNCTION, PCONTEXT, PBOOLEAN, PVOID *, PULONG64, PVOID,
				      PULONG64, PULONG64, PEXCEPTION_ROUTINE *, DWORD);

/* RtlVirtualUnwind2 does what RtlVirtualUnwind does, and keeps to the stack (MSDN). */
static __attribute__((noinline)) void unwinding2(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	unwind_function unwind = (unwind_function)(void *)GetProcAddress(ntdll, "RtlVirtualUnwind");
	unwind2_function unwind2 = (unwind2_function)(void *)GetProcAddress(ntdll, "RtlVirtualUnwind2");
	CONTEXT first, second, start;
	ULONG64 base, frames[2], low, high;
	PEXCEPTION_ROUTINE handler = (PEXCEPTION_ROUTINE)1;
	PRUNTIME_FUNCTION entry;
	PVOID data;
	BOOLEAN machine = 77;

	if (!unwind2)
		return; /* before Windows 11 */
	GetCurrentThreadStackLimits(&low, &high);
	RtlCaptureContext(&start);
	first = second = start;
	entry = RtlLookupFunctionEntry(start.Rip, &base, NULL);
	CHECK(entry != NULL);
	unwind(0, base, start.Rip, entry, &first, &data, &frames[0], NULL);
	CHECK_EQUAL(unwind2(0, base, start.Rip, entry, &second, &machine, &data, &frames[1], NULL, &low, &high, &handler, 0), 0);
	CHECK_EQUAL(memcmp(&first, &second, sizeof(first)), 0);
	CHECK_EQUAL(frames[0], frames[1]);
	CHECK_EQUAL(machine, FALSE);
	CHECK(!handler);
	CHECK_EQUAL(unwind2(0, base, start.Rip, entry, &start, NULL, &data, &frames[1], NULL, NULL, NULL, NULL, 0), 0);
	CHECK_EQUAL(start.Rip, first.Rip);
	/* A stack pointer outside of the limits. */
	start = first;
	high = start.Rsp;
	CHECK((ULONG)unwind2(0, 0, start.Rip, NULL, &start, NULL, &data, &frames[1], NULL, &low, &high, NULL, 0) & 0x80000000u);
	CHECK_EQUAL(start.Rip, first.Rip);
}

/* RtlCaptureContext2 takes the groups that the flags name. */
static void capturing2(void)
{
	void(NTAPI * capture)(CONTEXT *) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlCaptureContext2");
	CONTEXT context;
	ULONG_PTR values[3] = {(ULONG_PTR)capture, 0, 0};

	if (!capture)
		return;
	memset(&context, 0xCC, sizeof(context));
	context.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
	capture_at(&context, values);
	CHECK_EQUAL(context.ContextFlags, CONTEXT_CONTROL | CONTEXT_INTEGER);
	CHECK_EQUAL(context.Rip, (ULONG_PTR)capture_return);
	CHECK_EQUAL(context.Rsp, values[1]);
	CHECK_EQUAL(context.Rcx, (ULONG_PTR)&context);
	CHECK_EQUAL(context.Rax, values[0]);
	CHECK_EQUAL(context.Rbx, 0x1111);
	CHECK_EQUAL(context.R10, 0x550A);
	CHECK_EQUAL(context.R11, 0x550B);
	CHECK_EQUAL(context.FltSave.XmmRegisters[3].Low, 0xCCCCCCCCCCCCCCCCu);
	CHECK_EQUAL(context.SegDs, 0xCCCC);
	context.ContextFlags = CONTEXT_FLOATING_POINT;
	capture_at(&context, values);
	CHECK_EQUAL(context.FltSave.XmmRegisters[15].Low, 0x440F);
}

/* Counts with known registers until r12 is changed from outside. */
ULONG_PTR spin(volatile LONG64 *count);
extern char spin_begin[], spin_end[], spin_other[];
__asm__(".text\n.globl spin\n.def spin; .scl 2; .type 32; .endef\n.seh_proc spin\nspin:\n"
	"	pushq %r12\n	.seh_pushreg %r12\n	.seh_endprologue\n	movl $0x1212, %r12d\n	movl $0x1313, "
	"%r10d\n"
	".globl spin_begin\nspin_begin:\n	incq (%rcx)\n	cmpl $0x1212, %r12d\n	je spin_begin\n"
	".globl spin_end\nspin_end:\n	movq %r12, %rax\n	popq %r12\n	ret\n"
	".globl spin_other\nspin_other:\n	movl $0x7777, %eax\n	popq %r12\n	ret\n	.seh_endproc\n");

static DWORD WINAPI spinning(LPVOID argument)
{
	(void)argument;
	InterlockedExchange(&running, 1);
	return (DWORD)spin(&counter);
}

static void wait_for(volatile LONG *word)
{
	while (!*word)
		Sleep(1);
}

static HANDLE start(LPTHREAD_START_ROUTINE routine, LPVOID argument)
{
	HANDLE thread;

	running = stop = 0;
	thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
	CHECK(thread != NULL);
	wait_for(&running);
	return thread;
}

/* Reads the context of a spinning thread until it stands in its loop. */
static void read_in_loop(HANDLE thread, CONTEXT *context, DWORD flags)
{
	do {
		context->ContextFlags = flags;
		CHECK(GetThreadContext(thread, context));
	} while (flags & 1 && (context->Rip < (ULONG_PTR)spin_begin || context->Rip >= (ULONG_PTR)spin_end));
}

static void end(HANDLE thread, DWORD want)
{
	DWORD code;

	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, want);
}

/* Calls NtGetContextThread for the thread itself; `*rsp` is the stack pointer before the call. */
void own_context(CONTEXT *context, void *function, ULONG_PTR *rsp);
__asm__(".text\n.globl own_context\n.def own_context; .scl 2; .type 32; .endef\n.seh_proc own_context\nown_context:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n	movq %rdx, %rax\n	movq %rcx, %rdx\n"
	"	movq %rsp, (%r8)\n	movq $-2, %rcx\n	call *%rax\n	addq $40, %rsp\n	ret\n	.seh_endproc\n");

static void threads(void)
{
	ULONG_PTR own_rsp;
	HMODULE module;
	HANDLE thread = start(spinning, NULL);
	CONTEXT context, before;
	LONG64 seen;
	DWORD error;
	unsigned i;

	ROW(64, "execution");
	memset(&context, 0, sizeof(context));
	context.ContextFlags = 1; /* no AMD64 bit */
	CHECK_FAILS(GetThreadContext(thread, &context), ERROR_INVALID_PARAMETER);
	context.ContextFlags = 0;
	CHECK_FAILS(SetThreadContext(thread, &context), ERROR_INVALID_PARAMETER);
	memset(&context, 0xCC, sizeof(context));
	read_in_loop(thread, &context, CONTEXT_CONTROL);
	CHECK_EQUAL(context.Rax, 0xCCCCCCCCCCCCCCCC); /* not asked for */
	CHECK_EQUAL(context.SegDs, 0xCCCC);
	CHECK_EQUAL(context.SegCs, 0x33);
	CHECK_EQUAL(context.ContextFlags, CONTEXT_CONTROL);
	read_in_loop(thread, &context, CONTEXT_FULL | CONTEXT_SEGMENTS);
	CHECK_EQUAL(context.R12, 0x1212);
	CHECK_EQUAL(context.R10, 0x1313);
	CHECK_EQUAL(context.SegDs, 0x2B);
	CHECK_EQUAL(context.SegFs, 0x53);
	/* Set while it runs, over and over; it goes on running. */
	for (i = 0; i < 200; i++) {
		context.ContextFlags = CONTEXT_INTEGER;
		CHECK(GetThreadContext(thread, &context));
		if (i)
			CHECK_EQUAL(context.R15, 0xF000 + i - 1);
		context.R15 = 0xF000 + i;
		CHECK(SetThreadContext(thread, &context));
	}
	seen = counter;
	while (counter == seen)
		Sleep(1);
	/* Segments are taken and ignored. */
	read_in_loop(thread, &context, CONTEXT_SEGMENTS);
	before = context;
	context.SegDs = context.SegEs = context.SegFs = context.SegGs = 0x33;
	CHECK(SetThreadContext(thread, &context));
	memset(&context.SegCs, 0xCC, 12);
	read_in_loop(thread, &context, CONTEXT_SEGMENTS);
	CHECK(context.SegDs == before.SegDs && context.SegEs == before.SegEs);
	CHECK(context.SegFs == before.SegFs && context.SegGs == before.SegGs);
	/* Suspended: what was set is what is read, before it runs again. */
	CHECK_EQUAL(SuspendThread(thread), 0);
	read_in_loop(thread, &context, CONTEXT_FULL);
	context.R12 = 0x12345;
	CHECK(SetThreadContext(thread, &context));
	context.R12 = 0;
	context.ContextFlags = CONTEXT_FULL;
	CHECK(GetThreadContext(thread, &context));
	CHECK_EQUAL(context.R12, 0x12345);
	context.Rip = (ULONG_PTR)spin_other;
	context.ContextFlags = CONTEXT_CONTROL;
	CHECK(SetThreadContext(thread, &context));
	CHECK_EQUAL(ResumeThread(thread), 1);
	end(thread, 0x7777);
	context.ContextFlags = CONTEXT_CONTROL;
	CHECK(!GetThreadContext(thread, &context));
	error = GetLastError();
	CHECK(error == ERROR_GEN_FAILURE || error == ERROR_ACCESS_DENIED);
	CloseHandle(thread);
	context.ContextFlags = CONTEXT_FULL;
	CHECK(GetThreadContext(GetCurrentThread(), &context));
	CHECK(context.Rsp < (ULONG_PTR)&context + sizeof(context) + 0x400 &&
	      context.Rsp > (ULONG_PTR)&context - 0x2000);
	/* Of the thread itself: in the service, with the stack as it was entered. */
	own_context(&context, (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtGetContextThread"), &own_rsp);
	CHECK(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
				 (LPCSTR)context.Rip, &module));
	CHECK(module == GetModuleHandleA("ntdll.dll"));
	CHECK(context.Rip >= (ULONG_PTR)GetProcAddress(module, "NtGetContextThread") &&
	      context.Rip < (ULONG_PTR)GetProcAddress(module, "NtGetContextThread") + 32);
	CHECK_EQUAL(context.Rsp, own_rsp - 8);
}

static DWORD WINAPI returns(LPVOID argument)
{
	(void)argument;
	return 8;
}

static DWORD WINAPI sleeping(LPVOID argument)
{
	InterlockedExchange(&running, 1);
	WaitForSingleObject(argument, INFINITE);
	return 9;
}

static DWORD request(HANDLE thread)
{
	CONTEXT context;

	context.ContextFlags = CONTEXT_CONTROL | 0x40000000;
	CHECK(GetThreadContext(thread, &context));
	return context.ContextFlags;
}

static void reporting(void)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), thread;
	CONTEXT context;
	DWORD flags;

	ROW(65, "execution");
	thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
	CHECK_EQUAL(request(thread) & 0x98000000, 0x88000000);
	context.ContextFlags = CONTEXT_CONTROL | 0x98000000;
	CHECK(GetThreadContext(thread, &context));
	CHECK_EQUAL(context.ContextFlags, CONTEXT_CONTROL);
	ResumeThread(thread);
	end(thread, 8);
	CloseHandle(thread);
	thread = start(sleeping, event);
	do {
		Sleep(1);
		flags = request(thread);
	} while (!(flags & 0x10000000));
	CHECK_EQUAL(flags & 0x98000000, 0x90000000);
	SetEvent(event);
	end(thread, 9);
	CloseHandle(thread);
	thread = start(spinning, NULL);
	do
		flags = request(thread);
	while (flags & 0x10000000);
	CHECK_EQUAL(flags & 0x98000000, 0x80000000);
	TerminateThread(thread, 4);
	end(thread, 4);
	CloseHandle(thread);
	CloseHandle(event);
}

static void debug_registers(void)
{
	HANDLE threads_[2];
	CONTEXT context, other;
	unsigned i;

	ROW(66, "execution");
	for (i = 0; i < 2; i++)
		threads_[i] = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
	memset(&context, 0xCC, sizeof(context));
	context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
	CHECK(GetThreadContext(threads_[0], &context));
	CHECK(!context.Dr0 && !context.Dr1 && !context.Dr2 && !context.Dr3 && !context.Dr6 && !context.Dr7);
	context.Dr0 = 0x42424240;
	context.Dr1 = 0x11117777;
	context.Dr2 = 0x126bb070;
	context.Dr3 = 0x0badbad0;
	context.Dr6 = 0xF000000F;
	context.Dr7 = 0xDC00;
	CHECK(SetThreadContext(threads_[0], &context));
	other.ContextFlags = CONTEXT_DEBUG_REGISTERS;
	CHECK(GetThreadContext(threads_[0], &other));
	CHECK_EQUAL(other.Dr0, 0x42424240);
	CHECK_EQUAL(other.Dr1, 0x11117777);
	CHECK_EQUAL(other.Dr2, 0x126bb070);
	CHECK_EQUAL(other.Dr3, 0x0badbad0);
	CHECK_EQUAL(other.Dr6, 0xF);
	CHECK_EQUAL(other.Dr7, 0);
	CHECK(GetThreadContext(threads_[1], &other));
	CHECK(!other.Dr0 && !other.Dr1 && !other.Dr2 && !other.Dr3 && !other.Dr6 && !other.Dr7);
	for (i = 0; i < 2; i++) {
		ResumeThread(threads_[i]);
		end(threads_[i], 8);
		CloseHandle(threads_[i]);
	}
	context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
	context.Dr7 = 0;
	CHECK(SetThreadContext(GetCurrentThread(), &context));
	CHECK(GetThreadContext(GetCurrentThread(), &other));
	CHECK_EQUAL(other.Dr0, 0x42424240);
	context.Dr0 = 0;
	CHECK(SetThreadContext(GetCurrentThread(), &context));
}

/* Breakpoints of the processor: rows 12 and 66. */
static struct {
	DWORD code;
	ULONG_PTR rip, dr6;
} hits[8];
static unsigned hit_count;
static LONG CALLBACK hit(EXCEPTION_POINTERS *pointers)
{
	if (hit_count < 8) {
		hits[hit_count].code = pointers->ExceptionRecord->ExceptionCode;
		hits[hit_count].rip = pointers->ContextRecord->Rip;
		hits[hit_count].dr6 = pointers->ContextRecord->Dr6;
	}
	hit_count++;
	pointers->ContextRecord->Dr6 = 0;
	/* Over a breakpoint on this instruction. */
	pointers->ContextRecord->EFlags |= 0x10000;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK set_in_handler(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ExceptionRecord->ExceptionCode != 0xE0000050)
		return EXCEPTION_CONTINUE_SEARCH;
	pointers->ContextRecord->Dr0 = (ULONG_PTR)&counter;
	pointers->ContextRecord->Dr7 = 0x000D0001; /* 0: 8... write of 4 bytes */
	pointers->ContextRecord->ContextFlags |= CONTEXT_DEBUG_REGISTERS;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static __attribute__((noinline)) int target_function(int value)
{
	__asm__ volatile("");
	return value + 1;
}

static void set_breakpoint(ULONG_PTR address, ULONG_PTR dr7)
{
	CONTEXT context;

	memset(&context, 0, sizeof(context));
	context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
	context.Dr1 = address;
	context.Dr7 = dr7;
	CHECK(SetThreadContext(GetCurrentThread(), &context));
}

static DWORD WINAPI writes(LPVOID argument)
{
	(void)argument;
	counter = 5;
	return 1;
}

static int breakpoints(void)
{
	PVOID handle = AddVectoredExceptionHandler(1, hit), setter;
	volatile int (*call)(int) = (volatile int (*)(int))target_function;
	HANDLE thread;

	ROW(12, "execution");
	set_breakpoint((ULONG_PTR)&counter, 0x00D00004); /* 1: write, 4 bytes */
	counter = 1;
	if (!hit_count)
		return 3;
	CHECK_EQUAL(hit_count, 1);
	CHECK_EQUAL(hits[0].code, EXCEPTION_SINGLE_STEP);
	CHECK_EQUAL(hits[0].dr6 & 0x400F, 2);
	CHECK_EQUAL(counter, 1);
	(void)*(volatile LONG64 *)&counter;
	CHECK_EQUAL(hit_count, 1);
	/* Each thread its own. */
	thread = CreateThread(NULL, 0, writes, NULL, 0, NULL);
	end(thread, 1);
	CHECK_EQUAL(hit_count, 1);
	set_breakpoint((ULONG_PTR)&counter, 0x00F00004); /* read or write */
	(void)*(volatile LONG *)&counter;
	CHECK_EQUAL(hit_count, 2);
	set_breakpoint((ULONG_PTR)target_function, 0x00000004);
	CHECK_EQUAL(call(4), 5);
	CHECK_EQUAL(hit_count, 3);
	CHECK_EQUAL(hits[2].rip, (ULONG_PTR)target_function);
	CHECK_EQUAL(hits[2].dr6 & 0x400F, 2);
	CHECK_EQUAL(call(5), 6);
	CHECK_EQUAL(hit_count, 4);
	set_breakpoint(0, 0);
	CHECK_EQUAL(call(6), 7);
	counter = 2;
	CHECK_EQUAL(hit_count, 4);
	/* By a handler, in the context that it goes on with. */
	setter = AddVectoredExceptionHandler(1, set_in_handler);
	RaiseException(0xE0000050, 0, 0, NULL);
	counter = 3;
	CHECK_EQUAL(hit_count, 5);
	CHECK_EQUAL(hits[4].dr6 & 0x400F, 1);
	RemoveVectoredExceptionHandler(setter);
	set_breakpoint(0, 0);
	RemoveVectoredExceptionHandler(handle);
	return guest_result();
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return breakpoints();
	capturing();
	capturing2();
	unwinding2();
	threads();
	reporting();
	debug_registers();
	return guest_result();
}
