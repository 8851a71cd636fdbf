/*
 * heap_rows_create - heaps come and go: rows 1 to 15 of the heap facts, and 65, 66.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

typedef LONG NTSTATUS;

typedef struct {
	ULONG length;
	SIZE_T segment_reserve, segment_commit, decommit_block, decommit_total, maximum_allocation, virtual_threshold;
	SIZE_T initial_commit, initial_reserve;
	NTSTATUS(NTAPI *commit_routine)(PVOID base, PVOID *address, PSIZE_T size);
	SIZE_T reserved[2];
} heap_parameters;

NTSYSAPI PVOID NTAPI RtlCreateHeap(ULONG, PVOID, SIZE_T, SIZE_T, PVOID, heap_parameters *);
NTSYSAPI PVOID NTAPI RtlDestroyHeap(PVOID);

static SIZE_T allocation_of(void *address, SIZE_T *committed)
{
	MEMORY_BASIC_INFORMATION first, info;
	*committed = 0;
	VirtualQuery(address, &first, sizeof(first));
	char *p = first.AllocationBase;
	while (VirtualQuery(p, &info, sizeof(info)) && info.AllocationBase == first.AllocationBase) {
		if (info.State == MEM_COMMIT)
			*committed += info.RegionSize;
		p += info.RegionSize;
	}
	return (SIZE_T)(p - (char *)first.AllocationBase);
}

static void sizes_of_growable(SIZE_T initial)
{
	SIZE_T committed, size, whole, expected, first, commit = (initial + 0x1FFF) & ~(SIZE_T)0x1FFF;
	HANDLE heap = HeapCreate(HEAP_NO_SERIALIZE, initial, 0);
	HEAP_ROW(2);
	CHECK(heap != NULL);
	whole = allocation_of(heap, &committed);
	CHECK_EQUAL(whole, (commit + 0x10000) & ~(SIZE_T)0xFFFF);
	CHECK_EQUAL(committed, commit ? commit : 0x2000);
	first = committed;
	HEAP_ROW(3);
	char *base = (char *)heap;
	size = expected = 0;
	for (int i = 0; i < 100; i++) {
		MEMORY_BASIC_INFORMATION info;
		void *block = HeapAlloc(heap, 0, 0x60000);
		VirtualQuery(block, &info, sizeof(info));
		if (info.AllocationBase != base) {
			base = info.AllocationBase;
			size = size == 0 ? 0x100000 : size * 2 > 0xFD0000 ? 0xFD0000 : size * 2;
			expected = 0x1000;
			first = 0;
		}
		expected += 0x61000;
		whole = allocation_of(block, &committed);
		if (size)
			CHECK_EQUAL(whole, size);
		CHECK_EQUAL(committed, expected > first ? expected : first);
	}
	CHECK_EQUAL(size, 0xFD0000);
	CHECK(HeapDestroy(heap));
}

static int commits;
static void *commit_base;

static NTSTATUS NTAPI commit_routine(PVOID base, PVOID *address, PSIZE_T size)
{
	CHECK(base == commit_base);
	CHECK(*size != 0);
	commits++;
	return VirtualAlloc(*address, *size, MEM_COMMIT, PAGE_READWRITE) ? 0 : (NTSTATUS)0xC0000017;
}

int main(void)
{
	static const SIZE_T initials[] = {0, 1, 0x1000, 0xE000, 0xE001, 0xFFFF, 0x10000, 0x30001, 0x80000, 0x150000};
	MEMORY_BASIC_INFORMATION info;
	HANDLE heap, other, heaps[64];
	SIZE_T committed;

	HEAP_ROW(10);
	DWORD count = GetProcessHeaps(0, NULL);
	CHECK(count <= 6);
	HEAP_ROW(1);
	heap = HeapCreate(0, 0, 0);
	CHECK_EQUAL((ULONG_PTR)heap & 0xFFFF, 0);
	CHECK_EQUAL(VirtualQuery(heap, &info, sizeof(info)), sizeof(info));
	CHECK(info.BaseAddress == heap && info.AllocationBase == heap);
	CHECK_EQUAL(info.State, MEM_COMMIT);
	CHECK_EQUAL(info.Protect, PAGE_READWRITE);
	CHECK_EQUAL(info.AllocationProtect, PAGE_READWRITE);
	CHECK_EQUAL(info.Type, MEM_PRIVATE);
	HEAP_ROW(11);
	other = HeapCreate(0, 0, 0);
	CHECK_EQUAL(GetProcessHeaps(64, heaps), count + 2);
	CHECK(heaps[0] == GetProcessHeap());
	CHECK(heaps[count] == heap && heaps[count + 1] == other);
	HEAP_ROW(10);
	heaps[1] = (HANDLE)1;
	CHECK_EQUAL(GetProcessHeaps(1, heaps), count + 2);
	CHECK(heaps[1] == (HANDLE)1);
	HEAP_ROW(12);
	CHECK(HeapAlloc(other, 0, 100) && HeapAlloc(other, 0, 0x200000));
	CHECK(HeapDestroy(other));
	CHECK(HeapDestroy(heap));
	CHECK_EQUAL(GetProcessHeaps(0, NULL), count);
	VirtualQuery(heap, &info, sizeof(info));
	CHECK_EQUAL(info.State, MEM_FREE);

	for (unsigned i = 0; i < sizeof(initials) / sizeof(initials[0]); i++)
		sizes_of_growable(initials[i]);

	HEAP_ROW(4);
	for (SIZE_T n = 0x100; n < 0x10000; n += 0x100) {
		heap = HeapCreate(0, n, n);
		CHECK(heap != NULL);
		CHECK_EQUAL(allocation_of(heap, &committed), (n + 0x1FFF) & ~(SIZE_T)0x1FFF);
		HeapDestroy(heap);
	}

	HEAP_ROW(5);
	heap = HeapCreate(0, 0x40000, 0x40000);
	void *block = HeapAlloc(heap, 0, 0x3F400);
	CHECK(block != NULL);
	CHECK(HeapFree(heap, 0, block));
	CHECK_FAILS(HeapAlloc(heap, 0, 0x3FA00), ERROR_NOT_ENOUGH_MEMORY);
	HeapDestroy(heap);

	HEAP_ROW(6);
	heap = HeapCreate(0, 0x200000, 0x200000);
	CHECK_FAILS(HeapAlloc(heap, 0, 0x100000), ERROR_NOT_ENOUGH_MEMORY);
	block = HeapAlloc(heap, 0, 0x40000);
	CHECK(block != NULL);
	block = HeapReAlloc(heap, 0, block, 0x80000);
	CHECK(block != NULL);
	CHECK_FAILS(HeapAlloc(heap, 0, 0x100000), ERROR_NOT_ENOUGH_MEMORY);
	HeapDestroy(heap);

	HEAP_ROW(9);
	heap = HeapCreate(HEAP_CREATE_ENABLE_EXECUTE, 0, 0);
	unsigned char *code = HeapAlloc(heap, 0, 16);
	memcpy(code, "\xB8\x2A\x00\x00\x00\xC3", 6); /* mov eax, 42; ret */
	CHECK_EQUAL(((int (*)(void))code)(), 42);
	VirtualQuery(code, &info, sizeof(info));
	CHECK_EQUAL(info.Protect, PAGE_EXECUTE_READWRITE);
	HeapDestroy(heap);

	HEAP_ROW(14);
	heap_parameters parameters = {0};
	heap = RtlCreateHeap(0, NULL, 0, 0, NULL, NULL);
	CHECK(heap != NULL);
	CHECK(!RtlDestroyHeap(heap));
	heap = RtlCreateHeap(0, NULL, 0, 0, NULL, &parameters);
	CHECK(heap != NULL);
	CHECK(!RtlDestroyHeap(heap));
	parameters.length = 1;
	heap = RtlCreateHeap(0, NULL, 0, 0, NULL, &parameters);
	CHECK(heap != NULL);
	CHECK(!RtlDestroyHeap(heap));
	parameters.length = sizeof(parameters);
	parameters.commit_routine = commit_routine;
	CHECK(!RtlCreateHeap(0, NULL, 0, 0, NULL, &parameters));

	HEAP_ROW(15);
	commit_base = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
	VirtualAlloc(commit_base, 0x1000, MEM_COMMIT, PAGE_READWRITE);
	parameters.initial_reserve = 0x10000;
	parameters.initial_commit = 0x1000;
	heap = RtlCreateHeap(0, commit_base, 0, 0, NULL, &parameters);
	CHECK(heap == commit_base);
	if (heap) {
		CHECK(HeapAlloc(heap, 0, 0x4000) != NULL);
		CHECK(commits > 0);
		CHECK(!RtlDestroyHeap(heap));
	}
	CHECK(VirtualFree(commit_base, 0, MEM_RELEASE));

	HEAP_ROW(65);
	heap = HeapCreate(0, 0, 0);
	CHECK_EQUAL(*(UINT *)((char *)heap + 0x10), 0xFFEEFFEE);
	CHECK((*(UINT *)((char *)heap + 0x14) & ~2u) == 0);
	HEAP_ROW(66);
	CHECK_EQUAL(*(UINT *)((char *)heap + 0x70), 0x1002);
	CHECK_EQUAL(*(UINT *)((char *)heap + 0x74), 0);
	HeapDestroy(heap);
	CHECK_EQUAL(*(UINT *)((char *)GetProcessHeap() + 0x70), 2);
	CHECK_EQUAL(*(UINT *)((char *)GetProcessHeap() + 0x74), 0);
	heap = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);
	CHECK_EQUAL(*(UINT *)((char *)heap + 0x70), 0x1003);
	CHECK_EQUAL(*(UINT *)((char *)heap + 0x74), 1);
	HeapDestroy(heap);
	heap = HeapCreate(0, 0x1000, 0x10000);
	CHECK_EQUAL(*(UINT *)((char *)heap + 0x70), 0x1000);
	HeapDestroy(heap);
	HEAP_ROW(8);
	heap = HeapCreate(0x20 | 0x40 | 0x04000000, 0, 0);
	CHECK_EQUAL(*(UINT *)((char *)heap + 0x70), 0x1002);
	HeapDestroy(heap);
	return guest_result();
}
