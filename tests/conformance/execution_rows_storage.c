/* TEB and PEB, storage of threads and fibers: section D and rows 81 to 92 of the execution facts. */
#include "execution_threads.h"
#include <winternl.h>

#define AT(base, offset, type) (*(type volatile *)((char *)(base) + (offset)))

static void *process_block(void)
{
	return AT(NtCurrentTeb(), 0x60, void *);
}

static void teb(void)
{
	char *teb = (char *)NtCurrentTeb();
	char here;

	ROW(D, "execution");
	CHECK_EQUAL(AT(teb, 0, ULONG_PTR), 0);
	CHECK(AT(teb, 8, char *) > &here && AT(teb, 0x10, char *) < &here);
	CHECK_EQUAL(AT(teb, 8, ULONG_PTR) & 0xFFF, 0);
	CHECK(AT(teb, 0x30, char *) == teb);
	CHECK_EQUAL(AT(teb, 0x40, ULONG_PTR), GetCurrentProcessId());
	CHECK_EQUAL(AT(teb, 0x48, ULONG_PTR), GetCurrentThreadId());
	SetLastError(0x13579);
	CHECK_EQUAL(AT(teb, 0x68, DWORD), 0x13579);
	CHECK_EQUAL(AT(teb, 0x7D8, ULONG_PTR), GetCurrentProcessId());
	CHECK_EQUAL(AT(teb, 0x7E0, ULONG_PTR), GetCurrentThreadId());
	CHECK(AT(teb, 0x2C8, void *) != NULL);
	CHECK_EQUAL(AT(teb, 0x125A, WORD), 261 * 2);
	CHECK(AT(teb, 0x1260, char *) == teb + 0x1268);
	CHECK(AT(teb, 0x1478, char *) <= AT(teb, 0x10, char *));
	CHECK_EQUAL(AT(teb, 0x16B0, DWORD), GetThreadErrorMode() << 4);
}

static void peb(void)
{
	char *peb = process_block();
	SYSTEM_INFO info;
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	const IMAGE_NT_HEADERS *headers;
	LIST_ENTRY *first;
	const char *loader, *parameters, *entry;
	DWORD_PTR process, all;

	ROW(D, "execution");
	GetSystemInfo(&info);
	headers = (const void *)((char *)GetModuleHandleA(NULL) + ((IMAGE_DOS_HEADER *)GetModuleHandleA(NULL))->e_lfanew);
	CHECK_EQUAL(AT(peb, 0, BYTE), 0);
	CHECK_EQUAL(AT(peb, 2, BYTE), IsDebuggerPresent());
	CHECK_EQUAL(AT(peb, 8, LONG_PTR), -1);
	CHECK(AT(peb, 0x10, HMODULE) == GetModuleHandleA(NULL));
	CHECK(AT(peb, 0x30, HANDLE) == GetProcessHeap());
	CHECK(AT(peb, 0x38, void *) != NULL);
	CHECK_EQUAL(AT(peb, 0xB8, DWORD), info.dwNumberOfProcessors);
	CHECK_EQUAL(AT(peb, 0xBC, DWORD), 0);
	CHECK(AT(peb, 0xE8, DWORD) >= 1 && AT(peb, 0xE8, DWORD) <= AT(peb, 0xEC, DWORD));
	CHECK(AT(AT(peb, 0xF0, void *), 0, HANDLE) == GetProcessHeap());
	CHECK(AT(peb, 0x110, void *) != NULL);
	CHECK_EQUAL(AT(peb, 0x118, DWORD), 10);
	CHECK_EQUAL(AT(peb, 0x11C, DWORD), 0);
	CHECK(AT(peb, 0x120, WORD) >= 10240);
	CHECK_EQUAL(AT(peb, 0x124, DWORD), 2);
	CHECK_EQUAL(AT(peb, 0x128, DWORD), headers->OptionalHeader.Subsystem);
	CHECK_EQUAL(AT(peb, 0x12C, DWORD), headers->OptionalHeader.MajorSubsystemVersion);
	CHECK(GetProcessAffinityMask(GetCurrentProcess(), &process, &all));
	CHECK_EQUAL(AT(peb, 0x138, ULONG_PTR), process);

	loader = AT(peb, 0x18, char *);
	CHECK(AT(loader, 0, DWORD) >= 0x58);
	CHECK_EQUAL(AT(loader, 4, BYTE), 1);
	CHECK_EQUAL(AT(loader, 0x48, BYTE), 0);
	first = AT(loader, 0x10, LIST_ENTRY *);
	entry = (const char *)first;
	CHECK(AT(entry, 0x30, HMODULE) == GetModuleHandleA(NULL));
	CHECK_EQUAL(AT(entry, 0x40, DWORD), headers->OptionalHeader.SizeOfImage);
	CHECK(AT(entry, 0x38, char *) == (char *)GetModuleHandleA(NULL) + headers->OptionalHeader.AddressOfEntryPoint);
	CHECK_EQUAL(AT(entry, 0x80, DWORD), headers->FileHeader.TimeDateStamp);
	entry = AT(entry, 0, const char *);
	CHECK(AT(entry, 0x30, HMODULE) == ntdll);
	entry = AT(entry, 0, const char *);
	CHECK(AT(entry, 0x30, HMODULE) == GetModuleHandleA("kernel32.dll"));
	CHECK(AT(AT(loader, 0x20, char *), -0x10 + 0x30, HMODULE) == GetModuleHandleA(NULL));

	parameters = AT(peb, 0x20, char *);
	CHECK_EQUAL(AT(parameters, 8, DWORD) & 1, 1);
	CHECK(AT(parameters, 0x20, HANDLE) == GetStdHandle(STD_INPUT_HANDLE));
	CHECK(AT(parameters, 0x28, HANDLE) == GetStdHandle(STD_OUTPUT_HANDLE));
	CHECK(AT(parameters, 0x30, HANDLE) == GetStdHandle(STD_ERROR_HANDLE));
	CHECK(!wcsncmp(AT(parameters, 0x78, WCHAR *), GetCommandLineW(), AT(parameters, 0x70, WORD) / 2));
	CHECK(AT(parameters, 0x80, void *) != NULL);
	CHECK(AT(parameters, 0x3F0, SIZE_T) > 0);
}

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

static volatile LONG freed, freed_sum;
static volatile BOOL reads_null;
static DWORD index, second;

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
	}
}

static PVOID back, fiber;
static volatile LONG steps;
static double floating;

static void CALLBACK steps_fiber(PVOID parameter)
{
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
	for (;;) {
		register double kept = ++steps;

		floating = kept / 2;
		SwitchToFiber(back);
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

static void fibers(void)
{
	HANDLE thread;

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
	ROW(91, "execution");
	CHECK(ConvertFiberToThread());
	CHECK(!IsThreadAFiber());
	CHECK(ConvertThreadToFiber(NULL) != NULL);
	CHECK(ConvertFiberToThread());
	ROW(92, "execution");
	thread = CreateThread(NULL, 0, ends_by_fiber, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_ENOUGH), WAIT_OBJECT_0);
	CloseHandle(thread);
}

int main(void)
{
	teb();
	peb();
	tls();
	ROW(83, "execution");
	run(static_tls, NULL);
	run(static_tls, NULL);
	CHECK_EQUAL(of_thread, 12345);
	fls();
	fibers();
	return guest_result();
}
