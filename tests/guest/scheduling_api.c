/*
 * What programs say about how threads and processes are to be treated, and what they learn of it: information classes, CPU
 * sets, cycles, groups, pending I/O.
 */
#include "guest.h"

typedef LONG(NTAPI *query_function)(HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned);
typedef LONG(NTAPI *set_function)(HANDLE handle, ULONG class, PVOID buffer, ULONG size);
static query_function query_thread, query_process;
static set_function set_thread, set_process;

struct power {
	ULONG version, control, state;
};

#define FUNCTION(name) name = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), #name + 1)
static BOOL(WINAPI *pSetThreadInformation)(HANDLE, int, LPVOID, DWORD);
static BOOL(WINAPI *pGetThreadInformation)(HANDLE, int, LPVOID, DWORD);
static BOOL(WINAPI *pSetProcessInformation)(HANDLE, int, LPVOID, DWORD);
static BOOL(WINAPI *pGetProcessInformation)(HANDLE, int, LPVOID, DWORD);
static BOOL(WINAPI *pGetSystemCpuSetInformation)(PVOID, ULONG, PULONG, HANDLE, ULONG);
static BOOL(WINAPI *pSetThreadSelectedCpuSets)(HANDLE, const ULONG *, ULONG);
static BOOL(WINAPI *pGetThreadSelectedCpuSets)(HANDLE, PULONG, ULONG, PULONG);
static BOOL(WINAPI *pSetProcessDefaultCpuSets)(HANDLE, const ULONG *, ULONG);
static BOOL(WINAPI *pGetProcessDefaultCpuSets)(HANDLE, PULONG, ULONG, PULONG);

static void classes(void)
{
	struct power power = {1, 1, 1}, back = {0};
	ULONG number, returned = 0;

	number = 1;
	CHECK(pGetThreadInformation(GetCurrentThread(), 0, &number, sizeof(number)));
	CHECK_EQUAL(number, 5); /* MEMORY_PRIORITY_NORMAL */
	number = 2;
	CHECK(pSetThreadInformation(GetCurrentThread(), 0, &number, sizeof(number)));
	number = 0;
	CHECK(pGetThreadInformation(GetCurrentThread(), 0, &number, sizeof(number)));
	CHECK_EQUAL(number, 2);
	number = 6;
	CHECK_FAILS(pSetThreadInformation(GetCurrentThread(), 0, &number, sizeof(number)), ERROR_INVALID_PARAMETER);
	number = 5;
	CHECK(pSetThreadInformation(GetCurrentThread(), 0, &number, sizeof(number)));
	CHECK(!pSetThreadInformation(GetCurrentThread(), 0, &number, 1));
	CHECK_FAILS(pSetThreadInformation(GetCurrentThread(), 77, &number, sizeof(number)), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(pSetThreadInformation(NULL, 0, &number, sizeof(number)), ERROR_INVALID_HANDLE);
	CHECK(pSetThreadInformation(GetCurrentThread(), 3, &power, sizeof(power)));
	power.version = 2;
	CHECK_FAILS(pSetThreadInformation(GetCurrentThread(), 3, &power, sizeof(power)), ERROR_INVALID_PARAMETER);
	power = (struct power){1, 0, 1};
	CHECK_FAILS(pSetThreadInformation(GetCurrentThread(), 3, &power, sizeof(power)), ERROR_INVALID_PARAMETER);
	power = (struct power){1, 0, 0};
	CHECK(pSetThreadInformation(GetCurrentThread(), 3, &power, sizeof(power)));

	CHECK(pGetProcessInformation(GetCurrentProcess(), 0, &number, sizeof(number)));
	CHECK_EQUAL(number, 5);
	number = 3;
	CHECK(pSetProcessInformation(GetCurrentProcess(), 0, &number, sizeof(number)));
	CHECK(pGetProcessInformation(GetCurrentProcess(), 0, &number, sizeof(number)));
	CHECK_EQUAL(number, 3);
	number = 5;
	CHECK(pSetProcessInformation(GetCurrentProcess(), 0, &number, sizeof(number)));
	power = (struct power){1, 1, 1};
	CHECK(pSetProcessInformation(GetCurrentProcess(), 4, &power, sizeof(power)));
	CHECK(pGetProcessInformation(GetCurrentProcess(), 4, &back, sizeof(back)));
	CHECK_EQUAL(memcmp(&power, &back, sizeof(back)), 0);
	power = (struct power){1, 0, 0};
	CHECK(pSetProcessInformation(GetCurrentProcess(), 4, &power, sizeof(power)));

	/* NT's own classes. */
	CHECK_EQUAL(query_thread(GetCurrentThread(), 22, &number, sizeof(number), &returned), 0); /* I/O priority */
	CHECK_EQUAL(number, 2);
	CHECK_EQUAL(returned, 4);
	number = 1;
	CHECK_EQUAL(set_thread(GetCurrentThread(), 22, &number, sizeof(number)), 0);
	CHECK_EQUAL(query_thread(GetCurrentThread(), 22, &number, sizeof(number), NULL), 0);
	CHECK_EQUAL(number, 1);
	number = 5;
	CHECK_EQUAL((ULONG)set_thread(GetCurrentThread(), 22, &number, sizeof(number)), 0xC000000D);
	CHECK_EQUAL(query_thread(GetCurrentThread(), 25, &number, sizeof(number), NULL), 0); /* base priority */
	CHECK_EQUAL(number, 8);
	CHECK_EQUAL((ULONG)query_process(GetCurrentProcess(), 30, &power, sizeof(HANDLE), NULL), 0xC0000353); /* debug object */
	CHECK_EQUAL((ULONG)query_thread(GetCurrentThread(), 999, &number, 4, NULL), 0xC0000003);
	(void)set_process;
}

static void priorities(void)
{
	ULONG number;

	CHECK(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_ABOVE_NORMAL));
	CHECK_EQUAL(query_thread(GetCurrentThread(), 25, &number, sizeof(number), NULL), 0);
	CHECK_EQUAL(number, 9);
	CHECK(SetPriorityClass(GetCurrentProcess(), BELOW_NORMAL_PRIORITY_CLASS));
	CHECK_EQUAL(query_thread(GetCurrentThread(), 25, &number, sizeof(number), NULL), 0);
	CHECK_EQUAL(number, 7);
	CHECK(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_IDLE));
	CHECK_EQUAL(query_thread(GetCurrentThread(), 25, &number, sizeof(number), NULL), 0);
	CHECK_EQUAL(number, 1);
	CHECK(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL));
	CHECK(SetPriorityClass(GetCurrentProcess(), NORMAL_PRIORITY_CLASS));
}

static void cpu_sets(void)
{
	char information[64 * 32];
	ULONG returned = 0, ids[64], back[64], count, required, stride;
	DWORD_PTR process, system;

	CHECK_FAILS(pGetSystemCpuSetInformation(NULL, 0, &returned, GetCurrentProcess(), 0), ERROR_INSUFFICIENT_BUFFER);
	CHECK(returned >= 32 && returned <= sizeof(information));
	CHECK(pGetSystemCpuSetInformation(information, sizeof(information), &returned, GetCurrentProcess(), 0));
	stride = *(ULONG *)information;
	CHECK(stride >= 32);
	count = 0;
	for (ULONG at = 0; at + stride <= returned; at += stride) {
		CHECK_EQUAL(*(ULONG *)(information + at), stride);
		CHECK_EQUAL(*(ULONG *)(information + at + 4), 0);
		ids[count++] = *(ULONG *)(information + at + 8);
	}
	CHECK(GetProcessAffinityMask(GetCurrentProcess(), &process, &system));
	required = 77;
	CHECK(pGetThreadSelectedCpuSets(GetCurrentThread(), NULL, 0, &required));
	CHECK_EQUAL(required, 0);
	CHECK(pSetThreadSelectedCpuSets(GetCurrentThread(), ids, 1));
	CHECK_FAILS(pGetThreadSelectedCpuSets(GetCurrentThread(), NULL, 0, &required), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(required, 1);
	CHECK(pGetThreadSelectedCpuSets(GetCurrentThread(), back, 64, &required));
	CHECK_EQUAL(required, 1);
	CHECK_EQUAL(back[0], ids[0]);
	/* The thread moves there, and its affinity is what it was. */
	Sleep(1);
	CHECK_EQUAL(GetCurrentProcessorNumber(), *(unsigned char *)(information + 14));
	CHECK_EQUAL(SetThreadAffinityMask(GetCurrentThread(), process), process);
	CHECK(pSetThreadSelectedCpuSets(GetCurrentThread(), NULL, 0));
	CHECK(pGetThreadSelectedCpuSets(GetCurrentThread(), NULL, 0, &required));
	back[0] = 1;
	CHECK_FAILS(pSetThreadSelectedCpuSets(GetCurrentThread(), back, 1), ERROR_INVALID_PARAMETER);
	CHECK(pSetProcessDefaultCpuSets(GetCurrentProcess(), ids + count - 1, 1));
	CHECK(pGetProcessDefaultCpuSets(GetCurrentProcess(), back, 64, &required));
	CHECK_EQUAL(required, 1);
	CHECK_EQUAL(back[0], ids[count - 1]);
	CHECK(pSetProcessDefaultCpuSets(GetCurrentProcess(), NULL, 0));
}

static void processors(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	ULONG(NTAPI *number)(void) = (void *)GetProcAddress(ntdll, "RtlGetCurrentProcessorNumber");
	ULONG(NTAPI *service)(PROCESSOR_NUMBER *) = (void *)GetProcAddress(ntdll, "NtGetCurrentProcessorNumberEx");
	BOOLEAN(NTAPI *has)(ULONG) = (void *)GetProcAddress(ntdll, "RtlIsProcessorFeaturePresent");
	ULONG(NTAPI *recursion)(CRITICAL_SECTION *) = (void *)GetProcAddress(ntdll, "RtlGetCriticalSectionRecursionCount");
	PROCESSOR_NUMBER where = {.Group = 7, .Reserved = 7};
	CRITICAL_SECTION section;
	ULONGLONG bytes = 0;
	SYSTEM_INFO info;
	ULONG cpu;

	GetSystemInfo(&info);
	CHECK(number() < info.dwNumberOfProcessors && GetCurrentProcessorNumber() < info.dwNumberOfProcessors);
	cpu = service(&where);
	CHECK(cpu < info.dwNumberOfProcessors);
	CHECK_EQUAL(where.Number, cpu);
	CHECK_EQUAL(where.Group | where.Reserved, 0);
	GetCurrentProcessorNumberEx(&where);
	CHECK(where.Number < info.dwNumberOfProcessors);
	for (ULONG i = 0; i < 64; i++)
		CHECK_EQUAL(!!has(i), !!IsProcessorFeaturePresent(i));
	CHECK(GetNumaAvailableMemoryNodeEx(0, &bytes) && bytes > 0);
	CHECK_FAILS(GetNumaAvailableMemoryNodeEx(4000, &bytes), ERROR_INVALID_PARAMETER);
	InitializeCriticalSection(&section);
	CHECK_EQUAL(recursion(&section), 0);
	EnterCriticalSection(&section);
	EnterCriticalSection(&section);
	CHECK_EQUAL(recursion(&section), 2);
	LeaveCriticalSection(&section);
	LeaveCriticalSection(&section);
	DeleteCriticalSection(&section);
}

static void cycles(void)
{
	ULONG64 before, after, process, idle[64];
	IO_COUNTERS counters;
	ULONG length = 0;
	volatile unsigned work = 0;

	CHECK(QueryThreadCycleTime(GetCurrentThread(), &before));
	for (unsigned i = 0; i < 3000000; i++)
		work += i;
	CHECK(QueryThreadCycleTime(GetCurrentThread(), &after));
	CHECK(after > before);
	CHECK(QueryProcessCycleTime(GetCurrentProcess(), &process));
	CHECK(process > 0);
	CHECK_FAILS(QueryThreadCycleTime(NULL, &before), ERROR_INVALID_HANDLE);
	CHECK(QueryIdleProcessorCycleTime(&length, NULL));
	CHECK(length >= 8 && length % 8 == 0);
	CHECK(QueryIdleProcessorCycleTime(&length, idle));
	CHECK(GetProcessIoCounters(GetCurrentProcess(), &counters));
	CHECK(counters.ReadOperationCount > 0 && counters.ReadTransferCount > 0);
}

static void pending_io(void)
{
	HANDLE pipe[2];
	char name[64], text[4];
	OVERLAPPED overlapped = {0};
	BOOL pending = TRUE;
	DWORD done;

	CHECK(GetThreadIOPendingFlag(GetCurrentThread(), &pending));
	CHECK_EQUAL(pending, FALSE);
	snprintf(name, sizeof(name), "\\\\.\\pipe\\pewter-scheduling-%lu", GetCurrentProcessId());
	pipe[0] = CreateNamedPipeA(name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED, 0, 1, 512, 512, 0, NULL);
	CHECK(pipe[0] != INVALID_HANDLE_VALUE);
	pipe[1] = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(pipe[1] != INVALID_HANDLE_VALUE);
	CHECK_FAILS(ReadFile(pipe[0], text, sizeof(text), NULL, &overlapped), ERROR_IO_PENDING);
	CHECK(GetThreadIOPendingFlag(GetCurrentThread(), &pending));
	CHECK_EQUAL(pending, TRUE);
	CHECK(WriteFile(pipe[1], "abc", 3, &done, NULL));
	CHECK(GetOverlappedResult(pipe[0], &overlapped, &done, TRUE));
	CHECK_EQUAL(done, 3);
	CHECK(GetThreadIOPendingFlag(GetCurrentThread(), &pending));
	CHECK_EQUAL(pending, FALSE);
	CloseHandle(pipe[0]);
	CloseHandle(pipe[1]);
}

/* Programs that show how busy the machine is ask for the clock rate of each processor. */
static void clock_rates(void)
{
	struct {
		ULONG number, maximum, current, limit, deepest, idle;
	} rows[256];
	LONG(WINAPI *ask)(INT, PVOID, ULONG, PVOID, ULONG) =
		(void *)GetProcAddress(LoadLibraryA("powrprof.dll"), "CallNtPowerInformation");
	SYSTEM_INFO info;

	GetSystemInfo(&info);
	CHECK(ask != NULL);
	if (!ask || info.dwNumberOfProcessors > 256)
		return;
	memset(rows, 0xAA, sizeof(rows));
	CHECK_EQUAL(ask(11, NULL, 0, rows, info.dwNumberOfProcessors * 24), 0);
	for (DWORD i = 0; i < info.dwNumberOfProcessors; i++)
		CHECK(rows[i].number == i && rows[i].current <= rows[i].maximum && rows[i].maximum < 100000);
	CHECK_EQUAL((ULONG)ask(11, NULL, 0, rows, 8), 0xC0000023);
}

int main(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");

	query_thread = (query_function)(void *)GetProcAddress(ntdll, "NtQueryInformationThread");
	query_process = (query_function)(void *)GetProcAddress(ntdll, "NtQueryInformationProcess");
	set_thread = (set_function)(void *)GetProcAddress(ntdll, "NtSetInformationThread");
	set_process = (set_function)(void *)GetProcAddress(ntdll, "NtSetInformationProcess");
	FUNCTION(pSetThreadInformation);
	FUNCTION(pGetThreadInformation);
	FUNCTION(pSetProcessInformation);
	FUNCTION(pGetProcessInformation);
	FUNCTION(pGetSystemCpuSetInformation);
	FUNCTION(pSetThreadSelectedCpuSets);
	FUNCTION(pGetThreadSelectedCpuSets);
	FUNCTION(pSetProcessDefaultCpuSets);
	FUNCTION(pGetProcessDefaultCpuSets);
	CHECK(pSetThreadInformation && pGetThreadInformation && pSetProcessInformation && pGetProcessInformation);
	CHECK(pGetSystemCpuSetInformation && pSetThreadSelectedCpuSets && pGetThreadSelectedCpuSets);
	CHECK(pSetProcessDefaultCpuSets && pGetProcessDefaultCpuSets);
	if (guest_failures)
		return guest_result();
	classes();
	priorities();
	cpu_sets();
	processors();
	cycles();
	pending_io();
	clock_rates();
	return guest_result();
}
