/* Threads: rows 67 to 80 of the execution facts, and 108. */
#include "execution_threads.h"
#include <winternl.h>

static DWORD WINAPI returns(LPVOID argument)
{
	return (DWORD)(ULONG_PTR)argument;
}

static DWORD ended(HANDLE thread)
{
	DWORD code = 0xDEAD;

	CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CloseHandle(thread);
	return code;
}

/* What the first instruction of a thread finds. */
struct entry {
	ULONG_PTR rcx, rsp, return_address, rbx, rbp, rsi, rdi, r12, r15;
	DWORD mxcsr;
	WORD control;
};
struct entry entry;
void entry_point(void);
__asm__(".text\n.globl entry_point\nentry_point:\n"
	"	leaq entry(%rip), %rax\n	movq %rcx, (%rax)\n	movq %rsp, 8(%rax)\n	movq (%rsp), %rdx\n	movq %rdx, 16(%rax)\n"
	"	movq %rbx, 24(%rax)\n	movq %rbp, 32(%rax)\n	movq %rsi, 40(%rax)\n	movq %rdi, 48(%rax)\n"
	"	movq %r12, 56(%rax)\n	movq %r15, 64(%rax)\n	stmxcsr 72(%rax)\n	fnstcw 76(%rax)\n"
	"	movq %rax, 8(%rsp)\n	movq %rax, 32(%rsp)\n	movl $44, %eax\n	ret\n");

static void contexts(void)
{
	CONTEXT context;
	HANDLE thread;
	DWORD id;

	ROW(67, "execution");
	thread = CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)(void *)entry_point, (LPVOID)0x123456789, CREATE_SUSPENDED, &id);
	memset(&context, 0xCC, sizeof(context));
	context.ContextFlags = CONTEXT_FULL;
	CHECK(GetThreadContext(thread, &context));
	CHECK_EQUAL(context.Rip, (ULONG_PTR)ntdll_function("RtlUserThreadStart"));
	CHECK_EQUAL(context.Rcx, (ULONG_PTR)entry_point);
	CHECK_EQUAL(context.Rdx, 0x123456789);
	CHECK_EQUAL(context.Rax | context.Rbx | context.Rbp | context.Rsi | context.Rdi, 0);
	CHECK_EQUAL(context.R8 | context.R9 | context.R10 | context.R11 | context.R12 | context.R13 | context.R14 | context.R15, 0);
	CHECK_EQUAL(context.EFlags, 0x200);
	CHECK_EQUAL(context.MxCsr, 0x1F80);
	CHECK_EQUAL(context.FltSave.ControlWord, 0x27F);
	CHECK_EQUAL(ResumeThread(thread), 1);
	CHECK_EQUAL(ended(thread), 44);
	CHECK_EQUAL(entry.rcx, 0x123456789);
	CHECK_EQUAL(entry.rsp & 15, 8);
	CHECK(entry.return_address != 0);
	CHECK_EQUAL(entry.mxcsr, 0x1F80);
	CHECK_EQUAL(entry.control, 0x27F);

	ROW(69, "execution");
	SetLastError(4321);
	thread = CreateThread(NULL, 0, returns, (LPVOID)7, CREATE_SUSPENDED, NULL);
	CHECK_EQUAL(GetLastError(), 4321);
	CHECK(GetExitCodeThread(thread, &id));
	CHECK_EQUAL(id, STILL_ACTIVE);
	ResumeThread(thread);
	CHECK_EQUAL(ended(thread), 7);
}

static volatile LONG go_on;

static DWORD WINAPI spins(LPVOID argument)
{
	InterlockedIncrement(&go_on);
	while (go_on < 100)
		YieldProcessor();
	return 1;
}

static void suspension(void)
{
	HANDLE thread, real;
	DWORD code;

	ROW(70, "execution");
	go_on = 0;
	thread = CreateThread(NULL, 0, spins, NULL, CREATE_SUSPENDED, NULL);
	for (DWORD i = 1; i < 127; i++)
		CHECK_EQUAL(SuspendThread(thread), i);
	SetLastError(0);
	CHECK_EQUAL(SuspendThread(thread), (DWORD)-1);
	CHECK_EQUAL(GetLastError(), ERROR_SIGNAL_REFUSED);
	for (DWORD i = 127; i > 0; i--)
		CHECK_EQUAL(ResumeThread(thread), i);
	CHECK_EQUAL(ResumeThread(thread), 0);
	while (!go_on)
		Sleep(1);
	CHECK_EQUAL(SuspendThread(thread), 0);
	CHECK_EQUAL(SuspendThread(thread), 1);
	CHECK_EQUAL(ResumeThread(thread), 2);
	CHECK_EQUAL(ResumeThread(thread), 1);
	go_on = 100;
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
	SetLastError(0);
	CHECK_EQUAL(SuspendThread(thread), (DWORD)-1);
	CHECK(GetLastError() == ERROR_ACCESS_DENIED || GetLastError() == ERROR_NO_MORE_ITEMS);
	CHECK_EQUAL(ResumeThread(thread), 0);
	CloseHandle(thread);

	ROW(71, "execution");
	{
		NTSTATUS(NTAPI * suspend)(HANDLE) = ntdll_function("NtSuspendProcess");
		NTSTATUS(NTAPI * resume)(HANDLE) = ntdll_function("NtResumeProcess");

		CHECK(suspend && resume);
		CHECK_EQUAL(resume(GetCurrentProcess()), 0);
	}
	{
		HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);

		thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
		CHECK(TerminateThread(thread, 0x1234567));
		CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(thread, &code));
		CHECK_EQUAL(code, 0x1234567);
		CloseHandle(thread);
		CloseHandle(mutex);
	}
	CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &real, 0, FALSE,
			      DUPLICATE_SAME_ACCESS));
	CHECK_EQUAL(ResumeThread(real), 0);
	CloseHandle(real);
}

static void priorities(void)
{
	static const int good[] = {-2, -1, 0, 1, 2, THREAD_PRIORITY_TIME_CRITICAL, THREAD_PRIORITY_IDLE};
	HANDLE thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
	BOOL disabled;

	ROW(72, "execution");
	CHECK_EQUAL(GetThreadPriority(thread), 0);
	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(SetThreadPriority(thread, good[i]));
		CHECK_EQUAL(GetThreadPriority(thread), good[i]);
	}
	CHECK_FAILS(SetThreadPriority(thread, 3), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetThreadPriority(thread, -3), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(GetThreadPriority(thread), THREAD_PRIORITY_IDLE);
	CHECK(GetThreadPriorityBoost(thread, &disabled));
	CHECK(!disabled);
	CHECK(SetThreadPriorityBoost(thread, TRUE));
	CHECK(GetThreadPriorityBoost(thread, &disabled));
	CHECK(disabled);
	CHECK(GetThreadPriorityBoost(GetCurrentThread(), &disabled));
	CHECK(!disabled);
	ResumeThread(thread);
	ended(thread);
	/* A new one has none of it. */
	thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
	CHECK_EQUAL(GetThreadPriority(thread), 0);
	ResumeThread(thread);
	ended(thread);
}

static DWORD WINAPI where(LPVOID argument)
{
	return GetCurrentProcessorNumber();
}

static void affinities(void)
{
	DWORD_PTR process, all, one, old;
	HANDLE thread;

	ROW(73, "execution");
	CHECK(GetProcessAffinityMask(GetCurrentProcess(), &process, &all));
	CHECK(process && (process & ~all) == 0);
	one = process & (0 - process);
	old = SetThreadAffinityMask(GetCurrentThread(), one);
	CHECK_EQUAL(old, process);
	CHECK_EQUAL(GetCurrentProcessorNumber(), (DWORD)__builtin_ctzll(one));
	if (~all & 0xFFFFFFFF)
		CHECK_FAILS(SetThreadAffinityMask(GetCurrentThread(), ~all & 0x7FFFFFFF), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetThreadAffinityMask(GetCurrentThread(), 0), ERROR_INVALID_PARAMETER);
	if (!(process >> 40 & 1))
		CHECK_EQUAL(SetThreadAffinityMask(GetCurrentThread(), process | (DWORD_PTR)1 << 40), 0);
	CHECK_EQUAL(SetThreadAffinityMask(GetCurrentThread(), ~(DWORD_PTR)0), one);
	CHECK_EQUAL(SetThreadAffinityMask(GetCurrentThread(), process), process);
	/* Of another thread, before it runs; and the next one has it not. */
	for (DWORD_PTR bit = one; bit && bit <= process; bit <<= 1) {
		if (!(process & bit))
			continue;
		thread = CreateThread(NULL, 0, where, NULL, CREATE_SUSPENDED, NULL);
		CHECK_EQUAL(SetThreadAffinityMask(thread, bit), process);
		ResumeThread(thread);
		CHECK_EQUAL(ended(thread), (DWORD)__builtin_ctzll(bit));
	}
	thread = CreateThread(NULL, 0, where, NULL, CREATE_SUSPENDED, NULL);
	CHECK_EQUAL(SetThreadAffinityMask(thread, process), process);
	ResumeThread(thread);
	ended(thread);

	CHECK(SetThreadIdealProcessor(GetCurrentThread(), MAXIMUM_PROCESSORS) != (DWORD)-1);
	CHECK_EQUAL(SetThreadIdealProcessor(GetCurrentThread(), MAXIMUM_PROCESSORS + 1), (DWORD)-1);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	{
		BOOL(WINAPI * get)(HANDLE, GROUP_AFFINITY *) = (void *)GetProcAddress(GetModuleHandleA("kernel32"), "GetThreadGroupAffinity");
		BOOL(WINAPI * set)(HANDLE, const GROUP_AFFINITY *, GROUP_AFFINITY *) =
			(void *)GetProcAddress(GetModuleHandleA("kernel32"), "SetThreadGroupAffinity");
		GROUP_AFFINITY affinity, previous;

		CHECK(get && set);
		if (!get || !set)
			return;
		memset(&affinity, 0xCC, sizeof(affinity));
		CHECK(get(GetCurrentThread(), &affinity));
		CHECK_EQUAL(affinity.Mask, process);
		CHECK_EQUAL(affinity.Group, 0);
		CHECK_FAILS(get(GetCurrentThread(), NULL), ERROR_NOACCESS);
		affinity.Mask = one;
		CHECK(set(GetCurrentThread(), &affinity, &previous));
		CHECK_EQUAL(previous.Mask, process);
		CHECK(set(GetCurrentThread(), &previous, &affinity));
		CHECK_EQUAL(affinity.Mask, one);
		affinity.Group = 1;
		CHECK_FAILS(set(GetCurrentThread(), &affinity, NULL), ERROR_INVALID_PARAMETER);
		affinity.Group = 0;
		affinity.Mask = ~(KAFFINITY)0;
		CHECK_FAILS(set(GetCurrentThread(), &affinity, NULL), ERROR_INVALID_PARAMETER);
		CHECK_FAILS(set(GetCurrentThread(), NULL, NULL), ERROR_NOACCESS);
	}
}

static DWORD WINAPI guarantee(LPVOID argument)
{
	ULONG size = 200;

	ROW(74, "execution");
	CHECK(SetThreadStackGuarantee(&size));
	CHECK_EQUAL(size, 0);
	size = 0;
	CHECK(SetThreadStackGuarantee(&size));
	CHECK_EQUAL(size, 8192);
	size = 10000;
	CHECK(SetThreadStackGuarantee(&size));
	CHECK_EQUAL(size, 8192);
	size = 4096;
	CHECK(SetThreadStackGuarantee(&size));
	CHECK_EQUAL(size, 12288);
	size = 0;
	CHECK(SetThreadStackGuarantee(&size));
	CHECK_EQUAL(size, 12288);
	size = 0x7F000000;
	SetLastError(0);
	CHECK(!SetThreadStackGuarantee(&size));
	CHECK(GetLastError() == ERROR_INVALID_PARAMETER || GetLastError() == ERROR_INVALID_ADDRESS);
	CHECK_EQUAL(size, 12288);
	return 0;
}

static void stacks(void)
{
	ULONG_PTR low = 0, high = 0;
	NT_TIB *tib = (NT_TIB *)NtCurrentTeb();

	ended(CreateThread(NULL, 0, guarantee, NULL, 0, NULL));
	ROW(75, "execution");
	GetCurrentThreadStackLimits(&low, &high);
	CHECK_EQUAL(high, (ULONG_PTR)tib->StackBase);
	CHECK_EQUAL(low, *(ULONG_PTR *)((char *)tib + 0x1478));
	CHECK(low < (ULONG_PTR)&low && (ULONG_PTR)&low < high);
}

static void rights(void)
{
	NTSTATUS(NTAPI * query)(HANDLE, ULONG, PVOID, ULONG, ULONG *) = ntdll_function("NtQueryInformationThread");
	HANDLE limited;
	FILETIME times[4];
	BOOL flag;
	DWORD code;
	ULONG number;
	PVOID address;

	ROW(76, "execution");
	CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &limited,
			      THREAD_QUERY_LIMITED_INFORMATION, FALSE, 0));
	CHECK(GetExitCodeThread(limited, &code));
	CHECK(GetThreadTimes(limited, &times[0], &times[1], &times[2], &times[3]));
	CHECK(GetThreadPriorityBoost(limited, &flag));
	CHECK_EQUAL(query(limited, 12 /* AmILastThread */, &number, sizeof(number), NULL), 0);
	CHECK_EQUAL(number, 1);
	CHECK_EQUAL((DWORD)query(limited, 9 /* Win32StartAddress */, &address, sizeof(address), NULL), 0xC0000022);
	CHECK_FAILS(GetThreadIOPendingFlag(limited, &flag), ERROR_ACCESS_DENIED);
	CHECK_FAILS(SetThreadPriority(limited, 0), ERROR_ACCESS_DENIED);
	CloseHandle(limited);
}

static void descriptions(void)
{
	NTSTATUS(NTAPI * query)(HANDLE, ULONG, PVOID, ULONG, ULONG *) = ntdll_function("NtQueryInformationThread");
	HRESULT(WINAPI * get)(HANDLE, PWSTR *) = (void *)GetProcAddress(GetModuleHandleA("kernel32"), "GetThreadDescription");
	HRESULT(WINAPI * set)(HANDLE, PCWSTR) = (void *)GetProcAddress(GetModuleHandleA("kernel32"), "SetThreadDescription");
	HANDLE thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL), limited;
	char buffer[256];
	UNICODE_STRING *string = (UNICODE_STRING *)buffer;
	ULONG needed = 0;
	PWSTR text;

	ROW(77, "execution");
	CHECK(SUCCEEDED(get(thread, &text)));
	CHECK_EQUAL(text[0], 0);
	LocalFree(text);
	CHECK(SUCCEEDED(set(thread, L"a thread with a long name")));
	CHECK(SUCCEEDED(get(thread, &text)));
	CHECK(!wcscmp(text, L"a thread with a long name"));
	LocalFree(text);
	CHECK(DuplicateHandle(GetCurrentProcess(), thread, GetCurrentProcess(), &limited, THREAD_QUERY_LIMITED_INFORMATION, FALSE, 0));
	CHECK_EQUAL((DWORD)query(limited, 38, buffer, 8, &needed), 0xC0000023);
	CHECK_EQUAL(needed, sizeof(*string) + 50);
	CHECK_EQUAL(query(limited, 38, buffer, sizeof(buffer), &needed), 0);
	CHECK_EQUAL(string->Length, 50);
	CHECK(string->Buffer == (PWSTR)(string + 1));
	CHECK(SUCCEEDED(set(thread, NULL)));
	CHECK(SUCCEEDED(get(thread, &text)));
	CHECK_EQUAL(text[0], 0);
	LocalFree(text);
	CloseHandle(limited);
	ResumeThread(thread);
	ended(thread);
}

static DWORD WINAPI inherits(LPVOID argument)
{
	ROW(79, "execution");
	CHECK_EQUAL(GetThreadErrorMode(), 0);
	CHECK_EQUAL((ULONG_PTR)TlsGetValue((DWORD)(ULONG_PTR)argument), 0);
	return 0;
}

static void error_modes(void)
{
	DWORD old = 0x55, index = TlsAlloc();
	char text[16] = "";
	NTSTATUS(NTAPI * set)(DWORD, DWORD *) = ntdll_function("RtlSetThreadErrorMode");
	DWORD(NTAPI * get)(void) = ntdll_function("RtlGetThreadErrorMode");

	ROW(78, "execution");
	for (unsigned bit = 0; bit < 32; bit++) {
		BOOL good = bit == 0 || bit == 1 || bit == 15;

		SetLastError(0);
		CHECK_EQUAL(SetThreadErrorMode(1u << bit, NULL), good);
		if (!good)
			CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	}
	CHECK(SetThreadErrorMode(SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX, NULL));
	CHECK_EQUAL(GetThreadErrorMode(), SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
	CHECK(SetThreadErrorMode(0, NULL));
	CHECK(SetThreadErrorMode(SEM_FAILCRITICALERRORS, &old));
	CHECK_EQUAL(old, 0);
	CHECK_EQUAL(GetThreadErrorMode(), SEM_FAILCRITICALERRORS);
	CHECK_FAILS(SetThreadErrorMode(4, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetThreadErrorMode(0x10000, NULL), ERROR_INVALID_PARAMETER);
	if (set && get) {
		CHECK_EQUAL(get(), 0x10);
		CHECK_EQUAL(set(0x70, &old), 0);
		CHECK_EQUAL(old, 0x10);
		CHECK_EQUAL(GetThreadErrorMode(), SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
		CHECK_EQUAL((DWORD)set(0x100, NULL), 0xC00000EF);
	}
	TlsSetValue(index, &old);
	ended(CreateThread(NULL, 0, inherits, (LPVOID)(ULONG_PTR)index, 0, NULL));
	CHECK(SetThreadErrorMode(0, NULL));
	TlsFree(index);
	ROW(80, "execution");
	CHECK_EQUAL(lstrlenA((const char *)16), 0);
	CHECK_EQUAL(lstrlenW((const WCHAR *)16), 0);
	CHECK_EQUAL(lstrlenA(NULL), 0);
	CHECK(lstrcpyA(text, (const char *)16) == NULL && lstrcpyA((char *)16, "a") == NULL);
	CHECK(lstrcatA(text, (const char *)16) == NULL && lstrcatA((char *)16, "a") == NULL);
	CHECK(lstrcpynA(text, (const char *)16, 3) == NULL && lstrcpynA((char *)16, "a", 3) == NULL);
	CHECK(lstrcpyW((WCHAR *)text, (const WCHAR *)16) == NULL && lstrcpynW((WCHAR *)text, (const WCHAR *)16, 3) == NULL);
	CHECK(lstrcatW((WCHAR *)16, L"a") == NULL);
}

static volatile LONG order;
static LONG ran_at;

static void CALLBACK apc(ULONG_PTR data)
{
	ran_at = InterlockedIncrement(&order);
}

static DWORD WINAPI after_apc(LPVOID argument)
{
	return (DWORD)InterlockedIncrement(&order);
}

static void apcs(void)
{
	NTSTATUS(NTAPI * queue)(HANDLE, PVOID, PVOID, PVOID, PVOID) = ntdll_function("NtQueueApcThread");
	NTSTATUS(NTAPI * test)(void) = ntdll_function("NtTestAlert");
	HANDLE thread;

	ROW(108, "execution");
	CHECK_EQUAL(queue(GetCurrentThread(), NULL, NULL, NULL, NULL), 0);
	CHECK_EQUAL(SleepEx(0, TRUE), 0);
	thread = CreateThread(NULL, 0, after_apc, NULL, CREATE_SUSPENDED, NULL);
	CHECK(QueueUserAPC(apc, thread, 0));
	ResumeThread(thread);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(ran_at, 1);
	CHECK_FAILS(QueueUserAPC(apc, thread, 0), ERROR_GEN_FAILURE);
	CHECK_EQUAL((DWORD)queue(thread, (PVOID)apc, NULL, NULL, NULL), 0xC0000001);
	CHECK_EQUAL(ended(thread), 2);
	CHECK(QueueUserAPC(apc, GetCurrentThread(), 0));
	CHECK_EQUAL(test(), 0);
	CHECK_EQUAL(ran_at, 3);
	CHECK_EQUAL(SleepEx(0, TRUE), 0);
}

/* A thread's end leaves nothing: neither memory nor handles. */
static SIZE_T regions(void)
{
	MEMORY_BASIC_INFORMATION info;
	SIZE_T count = 0;

	for (char *at = NULL; VirtualQuery(at, &info, sizeof(info)); at = (char *)info.BaseAddress + info.RegionSize)
		count++;
	return count;
}

static void many(void)
{
	DWORD handles, handles_after;
	SIZE_T before = 0;

	ROW(69, "execution");
	for (int i = 0; i < 100000; i++) {
		HANDLE thread = CreateThread(NULL, 0, returns, (LPVOID)3, 0, NULL);

		if (!thread || WaitForSingleObject(thread, LONG_ENOUGH) != WAIT_OBJECT_0) {
			CHECK(!"a thread starts and ends");
			return;
		}
		CloseHandle(thread);
		if (i == 100) {
			before = regions();
			GetProcessHandleCount(GetCurrentProcess(), &handles);
		}
	}
	CHECK(regions() < before + 8);
	GetProcessHandleCount(GetCurrentProcess(), &handles_after);
	CHECK_EQUAL(handles_after, handles);
}

static DWORD WINAPI burn(LPVOID argument)
{
	volatile ULONG64 x = 1;

	for (int i = 0; i < 100000000; i++)
		x = x * 3 + 1;
	return 0;
}

static ULONG64 spent(HANDLE thread)
{
	FILETIME creation, end, kernel, user;

	CHECK(GetThreadTimes(thread, &creation, &end, &kernel, &user));
	return ((ULONG64)kernel.dwHighDateTime << 32 | kernel.dwLowDateTime) + ((ULONG64)user.dwHighDateTime << 32 | user.dwLowDateTime);
}

/* Each thread's times are its own, and stay when it has ended. */
static void times(void)
{
	HANDLE busy = CreateThread(NULL, 0, burn, NULL, 0, NULL), idle;
	ULONG64 first, second;

	CHECK_EQUAL(WaitForSingleObject(busy, LONG_ENOUGH), WAIT_OBJECT_0);
	first = spent(busy);
	CHECK(first > 0);
	idle = CreateThread(NULL, 0, returns, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(idle, LONG_ENOUGH), WAIT_OBJECT_0);
	second = spent(idle);
	CHECK(second < first);
	CHECK_EQUAL(spent(busy), first);
	CloseHandle(busy);
	CloseHandle(idle);
}

int main(void)
{
	contexts();
	suspension();
	priorities();
	affinities();
	stacks();
	rights();
	descriptions();
	error_modes();
	apcs();
	times();
	many();
	return guest_result();
}
