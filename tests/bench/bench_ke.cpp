/*
 * bench_ke.cpp - exceptions: built twice, as a Windows program and as a Linux one, each printing "name nanoseconds".
 * bench_ke.sh runs both and prints the ratios.
 */
#include <cstdint>
#include <cstdio>
#include <cstring>

#ifdef _WIN32
#include <windows.h>

static double now()
{
	LARGE_INTEGER count, frequency;

	QueryPerformanceCounter(&count);
	QueryPerformanceFrequency(&frequency);
	return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}
#else
#include <csignal>
#include <ctime>
#include <sys/mman.h>

static double now()
{
	timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}
#endif

static volatile int sink;

/* Throws from below `depth` frames, each with something to destroy. */
struct counted {
	counted() { sink = sink + 1; }
	~counted() { sink = sink - 1; }
};

__attribute__((noinline)) static int deep(int depth)
{
	counted here;

	if (!depth)
		throw depth;
	int value = deep(depth - 1);
	sink = value;
	return value + 1;
}

static void throw_over(int depth)
{
	try {
		sink = deep(depth);
	} catch (int value) {
		sink = value;
	}
}

static char *page;

#ifdef _WIN32
static LONG CALLBACK handler(EXCEPTION_POINTERS *pointers)
{
	DWORD code = pointers->ExceptionRecord->ExceptionCode;

	return code == 0xE0000001 || code == STATUS_GUARD_PAGE_VIOLATION ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

static void raise_one()
{
	RaiseException(0xE0000001, 0, 0, NULL);
}

static void fault()
{
	DWORD old;

	VirtualProtect(page, 4096, PAGE_READWRITE | PAGE_GUARD, &old);
	*(volatile char *)page = 1;
}

static void prepare()
{
	page = (char *)VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	AddVectoredExceptionHandler(1, handler);
}
#else
static void handler(int, siginfo_t *info, void *)
{
	if (info->si_signo == SIGSEGV)
		mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void raise_one()
{
	raise(SIGUSR1);
}

static void fault()
{
	mprotect(page, 4096, PROT_NONE);
	*(volatile char *)page = 1;
}

static void prepare()
{
	struct sigaction action = {};

	page = (char *)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	/* A handler's stack of its own, as a runtime has it. */
	static char stack_memory[65536];
	stack_t stack = {};
	stack.ss_sp = stack_memory;
	stack.ss_size = sizeof(stack_memory);
	sigaltstack(&stack, NULL);
}
#endif

static void throw_10()
{
	throw_over(10);
}

static void measure(const char *name, void (*fn)(), int times)
{
	double best = 1e18;

	for (int round = 0; round < 15; round++) {
		double start = now();

		for (int i = 0; i < times; i++)
			fn();
		double each = (now() - start) / times;
		if (each < best)
			best = each;
	}
	std::printf("%s %.1f\n", name, best);
}

int main()
{
	prepare();
	measure("raise", raise_one, 2000);
	measure("fault", fault, 2000);
	measure("throw", throw_10, 500);
	return 0;
}
