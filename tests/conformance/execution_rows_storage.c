/* Storage of threads and fibers: rows 81 to 92 of the execution facts. */
#include "execution_threads.h"
#include <winternl.h>

#define AT(base, offset, type) (*(type volatile *)((char *)(base) + (offset)))

static DWORD WINAPI high_slot(LPVOID argument)
{
	CHECK(TlsGetValue(1000) == NULL);
	CHECK(AT(NtCurrentTeb(), 0x1780, void *) == NULL);
	CHECK(TlsSetValue(1000, argument));
	CHECK(AT(NtCurrentTeb(), 0x1780, void *) != NULL);
	CHECK(TlsGetValue(1000) == argument);
	/* A slot that is freed and given out again is 0 in every thread. */
	TlsFree(1000);
	CHECK(TlsGetValue(1000) == NULL);
	return 0;
}

static void run(LPTHREAD_START_ROUTINE routine, LPVOID argument)
{
	HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);

	CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
	CloseHandle(thread);
}

static void tls(void)
{
	static DWORD taken[1200];
	unsigned count = 0;
	DWORD highest = 0;

	ROW(81, "execution");
	CHECK_EQUAL((ULONG_PTR)TlsGetValue(0), 0);
	while (count < 1200 && (taken[count] = TlsAlloc()) != TLS_OUT_OF_INDEXES) {
		CHECK(taken[count] != 0);
		if (taken[count] > highest)
			highest = taken[count];
		count++;
	}
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_ITEMS);
	CHECK_EQUAL(highest, 1087);
	CHECK(count > 1060 && count < 1088);
	ROW(82, "execution");
	run(high_slot, &count);
	SetLastError(77);
	CHECK(TlsGetValue(1087) == NULL);
	CHECK_EQUAL(GetLastError(), 0);
	SetLastError(77);
	CHECK(TlsSetValue(1087, &count));
	CHECK_EQUAL(GetLastError(), 77);
	CHECK(TlsGetValue(1087) == &count);
	CHECK_FAILS(TlsGetValue(1088), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(TlsSetValue(1088, NULL), ERROR_INVALID_PARAMETER);
	for (unsigned i = 0; i < count; i++)
		if (taken[i] != 1000)
			CHECK(TlsFree(taken[i]));
	SetLastError(77);
	CHECK_FAILS(TlsFree(taken[0]), ERROR_INVALID_PARAMETER);
	CHECK(TlsSetValue(500, &count)); /* allocated or not */
	CHECK(TlsGetValue(500) == &count);
}

static __thread int of_thread = 12345;
static __thread char zero_fill[100];

static DWORD WINAPI static_tls(LPVOID argument)
{
	CHECK_EQUAL(of_thread, 12345);
	CHECK_EQUAL(zero_fill[99], 0);
	of_thread = 1;
	zero_fill[99] = 1;
	return 0;
}

static volatile LONG freed, freed_sum, freed_at_detach;
static volatile DWORD at_detach;
static volatile BOOL set_at_detach;
static DWORD index;

/* mingw-w64 puts the callbacks between .CRT$XLA and .CRT$XLZ. */
static void NTAPI on_detach(void *base, DWORD reason, void *reserved)
{
	(void)base, (void)reserved;
	if (reason != DLL_THREAD_DETACH || !at_detach)
		return;
	at_detach = 0;
	freed_at_detach = freed;
	set_at_detach = !FlsGetValue(index) && FlsSetValue(index, (PVOID)0x1000);
}
__attribute__((section(".CRT$XLC"), used)) static void(NTAPI *const detach_entry)(void *, DWORD, void *) = on_detach;

static volatile BOOL reads_null;
static DWORD second;

static void WINAPI on_free(PVOID value)
{
	InterlockedIncrement(&freed);
	InterlockedAdd(&freed_sum, (LONG)(LONG_PTR)value);
	if (FlsGetValue(index))
		reads_null = FALSE;
}

static DWORD WINAPI uses_fls(LPVOID argument)
{
	ROW(86, "execution");
	CHECK_FAILS(FlsGetValue(index), ERROR_INVALID_PARAMETER);
	CHECK(FlsSetValue(index, argument));
	at_detach = index;
	SetLastError(9);
	CHECK(FlsGetValue(second) == NULL);
	CHECK_EQUAL(GetLastError(), 0);
	SetLastError(9);
	CHECK(FlsGetValue(0xFEF) == NULL);
	CHECK_EQUAL(GetLastError(), 0);
	ROW(87, "execution");
	CHECK(FlsSetValue(0xFEE, argument));
	CHECK(FlsGetValue(0xFEE) == argument);
	FlsSetValue(0xFEE, NULL);
	return 0;
}

static HANDLE holds, go;

static DWORD WINAPI holds_value(LPVOID argument)
{
	FlsSetValue(index, argument);
	ReleaseSemaphore(holds, 1, NULL);
	WaitForSingleObject(go, LONG_ENOUGH);
	return 0;
}

static void fls(void)
{
	HANDLE threads[3];
	unsigned count = 0;
	static DWORD all[5000];

	ROW(85, "execution");
	CHECK_FAILS(FlsSetValue(0, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(FlsGetValue(0), ERROR_INVALID_PARAMETER);
	while (count < 5000 && (all[count] = FlsAlloc(NULL)) != FLS_OUT_OF_INDEXES) {
		CHECK(all[count] != 0 && all[count] <= 0xFEF);
		count++;
	}
	CHECK(count > 4000);
	while (count)
		CHECK(FlsFree(all[--count]));

	ROW(86, "execution");
	index = FlsAlloc(on_free);
	second = FlsAlloc(NULL);
	reads_null = TRUE;
	run(uses_fls, (LPVOID)50);
	ROW(88, "execution");
	CHECK_EQUAL(freed, 1);
	CHECK_EQUAL(freed_sum, 50);
	CHECK(reads_null);
	CHECK_EQUAL(freed_at_detach, 1); /* before the DLLs and the program's callbacks are told */
	CHECK(set_at_detach); /* and nobody is called for what is set then */

	ROW(87, "execution");
	freed = freed_sum = 0;
	holds = CreateSemaphoreA(NULL, 0, 3, NULL);
	go = CreateEventA(NULL, TRUE, FALSE, NULL);
	for (int i = 0; i < 3; i++)
		threads[i] = CreateThread(NULL, 0, holds_value, (LPVOID)(LONG_PTR)(1 << i), 0, NULL);
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(WaitForSingleObject(holds, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(FlsSetValue(index, (PVOID)8));
	CHECK(FlsFree(index));
	CHECK_EQUAL(freed, 4);
	CHECK_EQUAL(freed_sum, 15);
	CHECK_FAILS(FlsFree(index), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(FlsAlloc(NULL), index);
	SetEvent(go);
	CHECK_EQUAL(WaitForMultipleObjects(3, threads, TRUE, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK_EQUAL(freed, 4);

	ROW(89, "execution");
	{
		char *data = AT(NtCurrentTeb(), 0x17C8, char *);
		PVOID *chunk = AT(data, 0x10, PVOID *);

		FlsSetValue(5, &count);
		CHECK(data != NULL);
		chunk = AT(data, 0x10, PVOID *);
		CHECK(chunk[1 + 5] == &count);
		FlsSetValue(16 + 7, &count);
		chunk = AT(data, 0x18, PVOID *);
		CHECK(chunk[1 + 7] == &count);
		for (unsigned k = 2, first = 48; k < 8; first += 16u << k++) {
			/* The first of the chunk, and the last there is. */
			DWORD last = k == 7 ? 0xFEF : first + (16u << k) - 1;

			CHECK(FlsSetValue(first, &count) && FlsSetValue(last, &first));
			chunk = AT(data, 0x10 + 8 * k, PVOID *);
			CHECK(chunk && chunk[1] == &count && chunk[1 + last - first] == &first);
			FlsSetValue(first, NULL);
			FlsSetValue(last, NULL);
		}
		/* Of the PEB's fields for it nothing is left. */
		for (unsigned offset = 0x320; offset < 0x358; offset += 8)
			CHECK_EQUAL(AT(AT(NtCurrentTeb(), 0x60, char *), offset, ULONG64), 0);
	}
}

static PVOID back, fiber;
static volatile LONG steps;
static double floating;

static void CALLBACK steps_fiber(PVOID parameter)
{
	ULONG guarantee = 10000;
	unsigned short control;

	ROW(92, "execution");
	CHECK_EQUAL((ULONG_PTR)parameter, 0x42);
	CHECK(GetFiberData() == parameter);
	CHECK(GetCurrentFiber() == fiber);
	CHECK(AT(NtCurrentTeb(), 0x17C8, void *) == NULL);
	{
		char here;

		CHECK(AT(NtCurrentTeb(), 8, char *) > &here && AT(NtCurrentTeb(), 0x1478, char *) < &here);
	}
	FlsSetValue(index, (PVOID)100);
	ROW(91, "execution");
	CHECK_EQUAL(AT(NtCurrentTeb(), 0x1748, ULONG), 0);
	CHECK(SetThreadStackGuarantee(&guarantee));
	__builtin_ia32_ldmxcsr(0x1F00);
	__asm__ volatile("fldcw %0" : : "m"((const unsigned short[]){0x33F}[0]));
	for (;;) {
		register double kept = ++steps;

		floating = kept / 2;
		SwitchToFiber(back);
		/* What the fiber had, whichever thread goes on with it. */
		CHECK_EQUAL(__builtin_ia32_stmxcsr() & 0x1F80, 0x1F00);
		__asm__ volatile("fnstcw %0" : "=m"(control));
		CHECK_EQUAL(control & 0xF3F, 0x33F);
		CHECK_EQUAL(AT(NtCurrentTeb(), 0x1748, ULONG), 12288);
		CHECK(FlsGetValue(index) == (PVOID)100);
	}
}

static DWORD WINAPI resumes(LPVOID argument)
{
	PVOID old = back;

	back = ConvertThreadToFiber(NULL);
	SwitchToFiber(fiber);
	back = old;
	ConvertFiberToThread();
	return 0;
}

static void CALLBACK returns_fiber(PVOID parameter)
{
}

static DWORD WINAPI ends_by_fiber(LPVOID argument)
{
	ConvertThreadToFiber(NULL);
	SwitchToFiber(CreateFiber(0, returns_fiber, NULL));
	return 99;
}

static DWORD WINAPI deletes_itself(LPVOID argument)
{
	DeleteFiber(ConvertThreadToFiber(argument));
	return 98;
}

static void CALLBACK holds_fls(PVOID parameter)
{
	FlsSetValue(index, parameter);
	SwitchToFiber(back);
}

static void fibers(void)
{
	unsigned short old_control, control;
	PVOID others[3];
	DWORD code;
	HANDLE thread;

	__asm__ volatile("fnstcw %0" : "=m"(old_control));

	ROW(91, "execution");
	CHECK(!IsThreadAFiber());
	CHECK_FAILS(ConvertFiberToThread(), ERROR_ALREADY_THREAD);
	back = ConvertThreadToFiberEx((PVOID)7, FIBER_FLAG_FLOAT_SWITCH);
	CHECK(back != NULL);
	CHECK(IsThreadAFiber());
	CHECK(GetFiberData() == (PVOID)7);
	CHECK_FAILS(ConvertThreadToFiber(NULL), ERROR_ALREADY_FIBER);
	FlsFree(index);
	index = FlsAlloc(on_free);
	freed = freed_sum = 0;
	fiber = CreateFiberEx(0x4000, 0x20000, FIBER_FLAG_FLOAT_SWITCH, steps_fiber, (PVOID)0x42);
	CHECK(fiber != NULL);
	SwitchToFiber(fiber);
	CHECK_EQUAL(steps, 1);
	CHECK_EQUAL(__builtin_ia32_stmxcsr() & 0x1F80, 0x1F80);
	__asm__ volatile("fnstcw %0" : "=m"(control));
	CHECK_EQUAL(control & 0xF3F, old_control & 0xF3F);
	CHECK_EQUAL(AT(NtCurrentTeb(), 0x1748, ULONG), 0);
	/* Another thread goes on with it. */
	run(resumes, NULL);
	CHECK_EQUAL(steps, 2);
	CHECK(floating == 1.0);
	SwitchToFiber(fiber);
	CHECK_EQUAL(steps, 3);
	ROW(92, "execution");
	CHECK(FlsGetValue(index) == NULL);
	DeleteFiber(fiber);
	CHECK_EQUAL(freed, 1);
	CHECK_EQUAL(freed_sum, 100);
	/* Of those that are left FlsFree calls it. */
	freed = freed_sum = 0;
	for (int i = 0; i < 3; i++) {
		others[i] = CreateFiber(0, holds_fls, (PVOID)(ULONG_PTR)(200 << i));
		SwitchToFiber(others[i]);
	}
	DeleteFiber(others[0]);
	CHECK_EQUAL(freed_sum, 200);
	CHECK(FlsFree(index));
	CHECK_EQUAL(freed, 3);
	CHECK_EQUAL(freed_sum, 1400);
	DeleteFiber(others[1]);
	DeleteFiber(others[2]);
	CHECK_EQUAL(freed, 3);
	ROW(91, "execution");
	CHECK(ConvertFiberToThread());
	CHECK(!IsThreadAFiber());
	CHECK(ConvertThreadToFiber(NULL) != NULL);
	CHECK(ConvertFiberToThread());
	ROW(92, "execution");
	thread = CreateThread(NULL, 0, ends_by_fiber, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code) && code != 99);
	CloseHandle(thread);
	thread = CreateThread(NULL, 0, deletes_itself, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code) && code != 98);
	CloseHandle(thread);
}

int main(void)
{
	tls();
	ROW(83, "execution");
	run(static_tls, NULL);
	run(static_tls, NULL);
	CHECK_EQUAL(of_thread, 12345);
	fls();
	fibers();
	return guest_result();
}
