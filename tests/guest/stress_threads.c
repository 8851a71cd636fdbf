/*
 * Threads that raise and take exceptions while others stop them, read their registers and let them go on: nothing may
 * be lost.  Arguments: seconds (0: a tenth), threads.  `make stress` runs it for a minute.
 */
#include "guest.h"

#define MAXIMUM_THREADS 256
#define CONTROLLERS 4

static struct worker {
	HANDLE handle;
	char *low, *high; /* its stack */
	char *page;       /* its guard page */
	volatile LONG64 raised, handled;
	volatile LONG started;
	volatile LONG lost; /* what went wrong */
} workers[MAXIMUM_THREADS];
static unsigned worker_count = 200;
static volatile LONG stop, controllers_stop; /* the workers outlive the controllers */
static volatile LONG64 looks, odd_contexts;
static DWORD slot;

static LONG CALLBACK handler(EXCEPTION_POINTERS *pointers)
{
	struct worker *self = TlsGetValue(slot);
	DWORD code = pointers->ExceptionRecord->ExceptionCode;

	if (!self)
		return EXCEPTION_CONTINUE_SEARCH;
	if (code == EXCEPTION_ACCESS_VIOLATION)
		pointers->ContextRecord->Rip += 2;
	else if (code != STATUS_GUARD_PAGE_VIOLATION && code != 0xE0000001 && code != EXCEPTION_BREAKPOINT)
		return EXCEPTION_CONTINUE_SEARCH;
	if (code == EXCEPTION_BREAKPOINT)
		pointers->ContextRecord->Rip += 1;
	self->handled++;
	return EXCEPTION_CONTINUE_EXECUTION;
}

/* Keeps values in every register that survives a call while it raises; whether they did. */
static int raise_with_registers(ULONG_PTR seed)
{
	ULONG_PTR after[4];

	__asm__ volatile(
		"movq %[seed], %%rbx\n\tleaq 1(%[seed]), %%r12\n\tleaq 2(%[seed]), %%r13\n\tleaq 3(%[seed]), %%rdi\n\t"
		"movl $16, %%ecx\n\tmovl %%eax, (%%rcx)\n\tint3\n\tmovq %%rdi, %%xmm9\n\tmovl %%eax, (%%rcx)\n\t"
		"movq %%rbx, %[a0]\n\tmovq %%r12, %[a1]\n\tmovq %%r13, %[a2]\n\tmovq %%xmm9, %[a3]"
		: [a0] "=m"(after[0]), [a1] "=m"(after[1]), [a2] "=m"(after[2]), [a3] "=m"(after[3])
		: [seed] "r"(seed)
		: "rbx", "rcx", "r12", "r13", "rdi", "xmm9", "memory");
	return after[0] == seed && after[1] == seed + 1 && after[2] == seed + 2 && after[3] == seed + 3;
}

static DWORD WINAPI work(LPVOID argument)
{
	struct worker *self = argument;
	ULONG_PTR round = 0, low, high;
	DWORD old;

	GetCurrentThreadStackLimits(&low, &high);
	self->low = (char *)low;
	self->high = (char *)high;
	TlsSetValue(slot, self);
	InterlockedExchange(&self->started, 1);
	while (!stop || !round) {
		round++;
		if (!raise_with_registers(round * 0x10001))
			self->lost |= 1;
		self->raised += 3;
		RaiseException(0xE0000001, 0, 0, NULL);
		self->raised++;
		if (!VirtualProtect(self->page, 4096, PAGE_READWRITE | PAGE_GUARD, &old))
			self->lost |= 2;
		*(volatile char *)self->page = (char)round;
		self->raised++;
		if (self->raised != self->handled)
			self->lost |= 4;
		if (round % 16 == 0)
			Sleep(round % 32 ? 0 : 1);
	}
	return 77;
}

static DWORD WINAPI control(LPVOID argument)
{
	unsigned state = (unsigned)(ULONG_PTR)argument * 2654435761u + 1;
	CONTEXT context;

	while (!controllers_stop) {
		struct worker *other;
		DWORD previous;

		state = state * 1664525u + 1013904223u;
		other = &workers[(state >> 8) % worker_count];
		if (!other->started)
			continue;
		previous = SuspendThread(other->handle);
		if (previous == (DWORD)-1 || previous >= CONTROLLERS)
			InterlockedIncrement64(&odd_contexts);
		context.ContextFlags = CONTEXT_FULL;
		if (!GetThreadContext(other->handle, &context) || !context.Rip || (char *)context.Rsp < other->low ||
		    (char *)context.Rsp > other->high)
			InterlockedIncrement64(&odd_contexts);
		previous = ResumeThread(other->handle);
		if (previous == 0 || previous == (DWORD)-1 || previous > CONTROLLERS)
			InterlockedIncrement64(&odd_contexts);
		InterlockedIncrement64(&looks);
	}
	return 78;
}

int main(int argc, char **argv)
{
	DWORD milliseconds = argc > 1 ? (DWORD)atoi(argv[1]) * 1000 : 0, code;
	HANDLE controllers[CONTROLLERS];
	LONG64 total = 0;
	unsigned i;

	if (!milliseconds)
		milliseconds = 100;
	if (argc > 2 && atoi(argv[2]) > 0 && atoi(argv[2]) <= MAXIMUM_THREADS)
		worker_count = (unsigned)atoi(argv[2]);
	slot = TlsAlloc();
	AddVectoredExceptionHandler(1, handler);
	for (i = 0; i < worker_count; i++)
		workers[i].page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	for (i = 0; i < worker_count; i++) {
		workers[i].handle =
			CreateThread(NULL, 0x10000, work, &workers[i], STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
		CHECK(workers[i].handle != NULL);
	}
	for (i = 0; i < CONTROLLERS; i++)
		controllers[i] = CreateThread(NULL, 0, control, (LPVOID)(ULONG_PTR)(i + 1), 0, NULL);
	Sleep(milliseconds);
	/* Everybody has had a turn, however slow the machine is. */
	for (i = 0; i < worker_count; i++)
		while (workers[i].handled < 5)
			Sleep(1);
	while (looks < 50)
		Sleep(1);
	InterlockedExchange(&controllers_stop, 1);
	for (i = 0; i < CONTROLLERS; i++) {
		CHECK_EQUAL(WaitForSingleObject(controllers[i], INFINITE), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(controllers[i], &code));
		CHECK_EQUAL(code, 78);
	}
	InterlockedExchange(&stop, 1);
	for (i = 0; i < worker_count; i++) {
		CHECK_EQUAL(WaitForSingleObject(workers[i].handle, INFINITE), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(workers[i].handle, &code));
		CHECK_EQUAL(code, 77);
		CHECK_EQUAL(workers[i].raised, workers[i].handled);
		CHECK_EQUAL(workers[i].lost, 0);
		total += workers[i].handled;
	}
	CHECK_EQUAL(odd_contexts, 0);
	if (argc > 1)
		printf("%u threads: %I64d exceptions, %I64d times stopped\n", worker_count, total, looks);
	return guest_result();
}
