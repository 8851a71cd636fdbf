/*
 * Special user APCs (MSDN, QueueUserAPC2): they need no alertable wait, and reach a thread in the middle of its code.
 */
#include "../guest/guest.h"

#define SPECIAL 1u
#define WITH_CONTEXT 0x10000u

/* APC_CALLBACK_DATA */
struct callback_data {
	ULONG_PTR parameter;
	CONTEXT *context;
	ULONG_PTR reserved[2];
};

static BOOL(WINAPI *queue2)(PAPCFUNC function, HANDLE thread, ULONG_PTR data, DWORD flags);
static LONG(NTAPI *queue_ex)(HANDLE thread, HANDLE reserve, PVOID function, PVOID a, PVOID b, PVOID c);

static volatile LONG running, stop, ran, special_ran, regular_ran;
static volatile ULONG_PTR order[16];
static volatile LONG orders;
static volatile DWORD ran_on;

static void CALLBACK special(ULONG_PTR data)
{
	static const ULONG64 other[4] = {9, 9, 9, 9};

	/* Everything that a call may change, is. */
	__asm__ volatile("movdqu %0, %%xmm0\n\tmovdqu %0, %%xmm5\n\tfninit" : : "m"(other) : "xmm0", "xmm5");
	if (IsProcessorFeaturePresent(39))
		__asm__ volatile("vmovups %0, %%ymm0\n\tvzeroupper" : : "m"(other) : "xmm0");
	ran_on = GetCurrentThreadId();
	order[InterlockedIncrement(&orders) & 15] = data;
	SetLastError(12345);
	InterlockedIncrement(&special_ran);
}

static void CALLBACK regular(ULONG_PTR data)
{
	order[InterlockedIncrement(&orders) & 15] = data;
	InterlockedIncrement(&regular_ran);
}

static void wait_for(volatile LONG *word, LONG value)
{
	while (*word < value)
		Sleep(1);
}

/* Counts in a register until told to stop, with the upper halves of a vector register in use; 0: nothing was lost. */
static DWORD WINAPI spin(LPVOID argument)
{
	static const ULONG64 start[4] = {1, 2, 3, 4};
	ULONG64 end[4] = {0}, count = 0, copies = 0, flags;
	BOOL avx = IsProcessorFeaturePresent(39);

	(void)argument;
	if (avx)
		__asm__ volatile("vmovups %0, %%ymm0" : : "m"(start) : "xmm0");
	running = 1;
	__asm__ volatile("stc\n1:\tleaq 1(%1), %1\n\tleaq 1(%2), %2\n\tmovl %4, %%ecx\n\tjecxz 1b\n\tpushfq\n\tpopq %3"
			 : "+m"(running), "+r"(count), "+r"(copies), "=r"(flags)
			 : "m"(stop)
			 : "rcx", "memory");
	if (avx)
		__asm__ volatile("vmovups %%ymm0, %0\n\tvzeroupper" : "=m"(end) : : "memory");
	else
		memcpy(end, start, sizeof(end));
	return count != copies || !(flags & 1) || memcmp(end, start, sizeof(end));
}

static void interrupts_code(void)
{
	HANDLE thread;
	DWORD code;

	running = stop = 0;
	thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
	wait_for(&running, 1);
	for (LONG i = 1; i <= 50; i++) {
		CHECK(queue2(special, thread, 0, SPECIAL));
		wait_for(&special_ran, i);
		CHECK_EQUAL(ran_on, GetThreadId(thread));
	}
	/* A regular one does not come. */
	CHECK(QueueUserAPC(regular, thread, 0));
	CHECK(queue2(special, thread, 0, SPECIAL));
	wait_for(&special_ran, 51);
	Sleep(20);
	CHECK_EQUAL(regular_ran, 0);
	/* Of a suspended thread when it goes on. */
	SuspendThread(thread);
	CHECK(queue2(special, thread, 0, SPECIAL));
	Sleep(20);
	CHECK_EQUAL(special_ran, 51);
	ResumeThread(thread);
	wait_for(&special_ran, 52);
	stop = 1;
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 0);
	CHECK_EQUAL(queue2(special, thread, 0, SPECIAL), FALSE); /* it has ended */
	CHECK_EQUAL(GetLastError(), ERROR_GEN_FAILURE);
	CHECK_EQUAL(regular_ran, 0);
	CloseHandle(thread);
}

static DWORD WINAPI wait_plainly(LPVOID event)
{
	running = 1;
	CHECK_EQUAL(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
	/* The wait has ended by its object; what was queued comes on the way out. */
	wait_for(&special_ran, 1);
	return 0;
}

static DWORD WINAPI wait_alertably(LPVOID event)
{
	running = 1;
	return WaitForSingleObjectEx(event, INFINITE, TRUE);
}

static void waits(void)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	HANDLE thread;
	DWORD code;

	special_ran = running = 0;
	thread = CreateThread(NULL, 0, wait_plainly, event, 0, NULL);
	wait_for(&running, 1);
	Sleep(20);
	CHECK(queue2(special, thread, 0, SPECIAL));
	CHECK_EQUAL(WaitForSingleObject(thread, 20), WAIT_TIMEOUT);
	SetEvent(event);
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);
	CHECK_EQUAL(special_ran, 1);
	CloseHandle(thread);
	ResetEvent(event);

	running = 0;
	thread = CreateThread(NULL, 0, wait_alertably, event, 0, NULL);
	wait_for(&running, 1);
	CHECK(queue2(special, thread, 0, SPECIAL));
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);
	CHECK_EQUAL(special_ran, 2);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK(code == WAIT_IO_COMPLETION || code == WAIT_OBJECT_0);
	CloseHandle(thread);
	CloseHandle(event);
}

static DWORD WINAPI started(LPVOID argument)
{
	return (DWORD)special_ran - (DWORD)(ULONG_PTR)argument;
}

static void orders_and_self(void)
{
	HANDLE thread = CreateThread(NULL, 0, started, (LPVOID)(ULONG_PTR)0, CREATE_SUSPENDED, NULL);
	DWORD code;

	special_ran = regular_ran = orders = 0;
	CHECK(QueueUserAPC(regular, thread, 1));
	CHECK(queue2(special, thread, 2, SPECIAL));
	CHECK(queue2(regular, thread, 3, 0));
	CHECK(queue2(special, thread, 4, SPECIAL));
	ResumeThread(thread);
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 2); /* before its first instruction */
	CHECK_EQUAL(orders, 4);
	CHECK_EQUAL(order[1], 2);
	CHECK_EQUAL(order[2], 4);
	CHECK_EQUAL(order[3], 1);
	CHECK_EQUAL(order[4], 3);
	CloseHandle(thread);
	/* One's own. */
	CHECK(queue2(special, GetCurrentThread(), 5, SPECIAL));
	wait_for(&special_ran, 3);
	CHECK_EQUAL(ran_on, GetCurrentThreadId());
	CHECK_EQUAL(queue_ex(GetCurrentThread(), (HANDLE)1, (PVOID)special, (PVOID)6, NULL, NULL), 0);
	wait_for(&special_ran, 4);
	CHECK_EQUAL(order[6], 6);
	CHECK_EQUAL(queue_ex(GetCurrentThread(), NULL, (PVOID)regular, (PVOID)7, NULL, NULL), 0);
	CHECK_EQUAL(regular_ran, 2);
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(regular_ran, 3);
	CHECK_FAILS(queue2(special, GetCurrentThread(), 0, 2), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(queue2(special, NULL, 0, SPECIAL), ERROR_INVALID_HANDLE);
}

static struct callback_data told;
static CONTEXT interrupted;

static void CALLBACK with_context(ULONG_PTR data)
{
	struct callback_data *given = (struct callback_data *)data;

	told = *given;
	interrupted = *given->context;
	given->context->Rbx = 0x1234; /* what it goes on with */
	InterlockedIncrement(&special_ran);
}

ULONG_PTR hold(volatile LONG *stop_word, volatile LONG *running_word);
extern char hold_begin[], hold_end[];
__asm__(".text\n.globl hold\n.def hold; .scl 2; .type 32; .endef\n.seh_proc hold\nhold:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	.seh_endprologue\n	movl $0x4321, %ebx\n	movl $1, (%rdx)\n"
	".globl hold_begin\nhold_begin:\n1:	cmpl $0, (%rcx)\n	je 1b\n.globl hold_end\nhold_end:\n"
	"	movq %rbx, %rax\n	popq %rbx\n	ret\n	.seh_endproc\n");

static DWORD WINAPI holding(LPVOID argument)
{
	(void)argument;
	return (DWORD)hold(&stop, &running);
}

static void contexts(void)
{
	HANDLE thread;
	DWORD code;

	running = stop = special_ran = 0;
	thread = CreateThread(NULL, 0, holding, NULL, 0, NULL);
	wait_for(&running, 1);
	CHECK(queue2(with_context, thread, 77, SPECIAL | WITH_CONTEXT));
	wait_for(&special_ran, 1);
	stop = 1;
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 0x1234);
	CHECK_EQUAL(told.parameter, 77);
	CHECK(interrupted.Rip >= (ULONG_PTR)hold_begin && interrupted.Rip < (ULONG_PTR)hold_end);
	CHECK_EQUAL(interrupted.Rbx, 0x4321);
	CloseHandle(thread);
}

int main(void)
{
	queue2 = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "QueueUserAPC2");
	queue_ex = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueueApcThreadEx");
	if (!queue2) {
		printf("Windows 10 has no QueueUserAPC2: nothing to check\n");
		return 0;
	}
	interrupts_code();
	waits();
	orders_and_self();
	contexts();
	return guest_result();
}
