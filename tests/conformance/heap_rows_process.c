/*
 * heap_rows_process - the heap and the process: rows 7, 12, 13, 16 to 19, 23 and 52 of the heap facts.
 *
 * Row 19 needs a second process: this program runs itself with "hang".
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

typedef LONG NTSTATUS;

NTSYSAPI PVOID NTAPI RtlDestroyHeap(PVOID);
NTSYSAPI PVOID NTAPI RtlCreateQueryDebugBuffer(ULONG, BOOLEAN);
NTSYSAPI NTSTATUS NTAPI RtlDestroyQueryDebugBuffer(PVOID);
NTSYSAPI NTSTATUS NTAPI RtlQueryProcessDebugInformation(HANDLE, ULONG, PVOID);

#define PDI_HEAPS 0x04
#define PDI_HEAP_BLOCKS 0x10

/* What of NT's structures is looked at here. */
struct heap_entry {
	SIZE_T size;
	USHORT flags, trace;
	union {
		struct {
			SIZE_T settable;
			ULONG tag;
		} block;
		struct {
			SIZE_T committed;
			PVOID first;
		} segment;
	};
};

struct heap_information {
	PVOID base;
	ULONG flags;
	USHORT entry_overhead, trace;
	SIZE_T allocated, committed;
	ULONG tags, entries, pseudo_tags, granularity, reserved[5];
	PVOID tag_list;
	struct heap_entry *entry_list;
};

struct process_heaps {
	ULONG count;
	struct heap_information heaps[1];
};

struct debug_buffer {
	PVOID head[12];
	PVOID modules, traces;
	struct process_heaps *heaps;
	PVOID locks;
};

static char *peb(void)
{
	char *result;
	__asm__ volatile("movq %%gs:0x60, %0" : "=r"(result));
	return result;
}

static SIZE_T whole(void *address, SIZE_T *committed)
{
	MEMORY_BASIC_INFORMATION first, info;
	*committed = 0;
	VirtualQuery(address, &first, sizeof(first));
	char *p = first.AllocationBase;
	while (VirtualQuery(p, &info, sizeof(info)) && info.AllocationBase == first.AllocationBase) {
		if (info.State == MEM_COMMIT) {
			*committed += info.RegionSize;
			CHECK_EQUAL(info.Protect, PAGE_READWRITE);
		}
		CHECK_EQUAL(info.Type, MEM_PRIVATE);
		p += info.RegionSize;
	}
	return (SIZE_T)(p - (char *)first.AllocationBase);
}

static int prints, breaks;

static LONG CALLBACK debugger(EXCEPTION_POINTERS *pointers)
{
	switch (pointers->ExceptionRecord->ExceptionCode) {
	case 0x40010006: /* DBG_PRINTEXCEPTION_C */
		prints++;
		return EXCEPTION_CONTINUE_EXECUTION;
	case EXCEPTION_BREAKPOINT:
		breaks++;
		pointers->ContextRecord->Rip++;
		return EXCEPTION_CONTINUE_EXECUTION;
	}
	return EXCEPTION_CONTINUE_SEARCH;
}

static void no_heap(void)
{
	static __attribute__((aligned(4096))) unsigned char memory[0x2000];

	HEAP_ROW(13);
	*(DWORD *)(memory + 0x70) = *(DWORD *)(memory + 0x74) = 0x40000000;
	void *handler = AddVectoredExceptionHandler(TRUE, debugger);
	peb()[2] = TRUE;
	CHECK(RtlDestroyHeap(memory) == memory);
	peb()[2] = FALSE;
	RemoveVectoredExceptionHandler(handler);
	CHECK(prints > 0);
	CHECK_EQUAL(breaks, 1);
}

static int raised;
static DWORD raised_code;
static HANDLE raising_heap;
static CONTEXT resume;

static LONG CALLBACK no_memory(EXCEPTION_POINTERS *pointers)
{
	raised++;
	raised_code = pointers->ExceptionRecord->ExceptionCode;
	*pointers->ContextRecord = resume;
	return EXCEPTION_CONTINUE_EXECUTION;
}

/* Goes on here a second time when the allocation raises. */
static void raises(DWORD flags)
{
	volatile int round = 0;
	raised = 0;
	void *handler = AddVectoredExceptionHandler(TRUE, no_memory);
	RtlCaptureContext(&resume);
	if (round++ == 0)
		HeapAlloc(raising_heap, flags, (SIZE_T)1 << 46);
	RemoveVectoredExceptionHandler(handler);
	CHECK_EQUAL(raised, 1);
	CHECK_EQUAL(raised_code, 0xC0000017);
}

static DWORD WINAPI locker(void *argument)
{
	HeapLock(GetProcessHeap());
	SetEvent(argument);
	Sleep(INFINITE);
	return 0;
}

/* The child of row 19. */
static void hang(void)
{
	HANDLE locked = CreateEventA(NULL, TRUE, FALSE, NULL);
	CreateThread(NULL, 0, locker, locked, 0, NULL);
	WaitForSingleObject(locked, INFINITE);
	ExitProcess(1);
}

static void exit_hangs(void)
{
	char path[MAX_PATH], line[MAX_PATH + 16];
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code;

	HEAP_ROW(19);
	GetModuleFileNameA(NULL, path, sizeof(path));
	snprintf(line, sizeof(line), "\"%s\" hang", path);
	BOOL made = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process);
	CHECK(made);
	if (!made)
		return;
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 2000), WAIT_TIMEOUT);
	CHECK(TerminateProcess(process.hProcess, 0x1234));
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, INFINITE), 0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CHECK_EQUAL(code, 0x1234);
}

static void debug_information(void)
{
	HEAP_ROW(52);
	struct debug_buffer *buffer = RtlCreateQueryDebugBuffer(0, FALSE);
	CHECK(buffer != NULL);
	if (!buffer)
		return;
	DWORD id;
	HANDLE thread = CreateThread(NULL, 0, locker, NULL, CREATE_SUSPENDED, &id);
	CHECK_EQUAL(RtlQueryProcessDebugInformation(ULongToHandle(id), PDI_HEAPS | PDI_HEAP_BLOCKS, buffer),
		    (NTSTATUS)0xC000000B);
	TerminateThread(thread, 0);
	CHECK_EQUAL(RtlQueryProcessDebugInformation(ULongToHandle(GetCurrentProcessId()), PDI_HEAPS | PDI_HEAP_BLOCKS, buffer),
		    0);
	CHECK(buffer->heaps != NULL);
	if (buffer->heaps) {
		struct heap_information *first = &buffer->heaps->heaps[0];
		CHECK_EQUAL(buffer->heaps->count, GetProcessHeaps(0, NULL));
		CHECK(first->base == GetProcessHeap());
		CHECK(first->allocated > 0 && first->allocated <= first->committed);
		CHECK(first->entries > 1 && first->entry_list != NULL);
	}
	CHECK_EQUAL(RtlDestroyQueryDebugBuffer(buffer), 0);
}

int main(int argc, char **argv)
{
	SIZE_T committed, size;

	if (argc > 1)
		hang();

	HEAP_ROW(7);
	HANDLE heap = HeapCreate(0, 0x20000, 0x10000);
	if (heap) {
		size = whole(heap, &committed);
		CHECK(size >= 0x20000 && committed >= 0x20000);
		CHECK(!HeapAlloc(heap, 0, 0x20000));
		CHECK(HeapDestroy(heap));
	}
	HEAP_ROW(12);
	CHECK(!HeapDestroy(GetProcessHeap()));
	CHECK(HeapValidate(GetProcessHeap(), 0, NULL));
	no_heap();

	HEAP_ROW(16);
	CHECK_EQUAL(*(ULONGLONG *)(peb() + 0xC8), 0x100000);
	CHECK_EQUAL(*(ULONGLONG *)(peb() + 0xD0), 0x2000);
	CHECK_EQUAL(*(ULONGLONG *)(peb() + 0xD8), 0x10000);
	CHECK_EQUAL(*(ULONGLONG *)(peb() + 0xE0), 0x1000);
	HEAP_ROW(10);
	CHECK_EQUAL(*(DWORD *)(peb() + 0xE8), GetProcessHeaps(0, NULL));
	CHECK_EQUAL(*(DWORD *)(peb() + 0xEC), 16);
	CHECK(**(HANDLE **)(peb() + 0xF0) == GetProcessHeap());
	CHECK(*(HANDLE *)(peb() + 0x30) == GetProcessHeap());

	HEAP_ROW(17);
	CHECK_EQUAL(whole(GetProcessHeap(), &committed), 0x100000);
	CHECK(committed < 0x100000);
	heap = HeapCreate(0, 0, 0);
	CHECK_EQUAL(whole(heap, &committed), 0x10000);
	CHECK(HeapDestroy(heap));

	HEAP_ROW(18);
	char *parameters = *(char **)(peb() + 0x20), *environment = *(char **)(parameters + 0x80);
	CHECK(HeapValidate(GetProcessHeap(), 0, parameters));
	CHECK_EQUAL(HeapSize(GetProcessHeap(), 0, parameters), *(DWORD *)(parameters + 4));
	CHECK(HeapValidate(GetProcessHeap(), 0, environment));
	size = *(SIZE_T *)(parameters + 0x3F0);
	CHECK_EQUAL(HeapSize(GetProcessHeap(), 0, environment), size);
	WCHAR before = *(WCHAR *)environment;
	environment = HeapReAlloc(GetProcessHeap(), 0, environment, size + 0x100);
	CHECK(environment != NULL && *(WCHAR *)environment == before);
	*(char **)(parameters + 0x80) = environment;
	*(SIZE_T *)(parameters + 0x3F0) = size + 0x100;
	CHECK(SetEnvironmentVariableA("HEAP_ROW", "18"));
	CHECK(getenv("PATH") == NULL || GetEnvironmentVariableA("PATH", NULL, 0) != 0);

	HEAP_ROW(23);
	raising_heap = GetProcessHeap();
	raises(HEAP_GENERATE_EXCEPTIONS);
	raising_heap = HeapCreate(HEAP_GENERATE_EXCEPTIONS, 0, 0);
	raises(0);
	CHECK(HeapDestroy(raising_heap));

	debug_information();
	exit_hangs();
	return guest_result();
}
