/*
 * heap_snapshot.c - heaps and their blocks as the tool help functions tell them.
 */
#include "guest.h"
#include <tlhelp32.h>

int main(void)
{
	HANDLE heap = HeapCreate(0, 0, 0), snapshot;
	void *block = HeapAlloc(heap, 0, 5000), *other = HeapAlloc(heap, 0, 100);
	DWORD heaps = 0, defaults = 0, found = 0;
	HEAPLIST32 list = {.dwSize = sizeof(list)};
	HEAPENTRY32 entry = {.dwSize = sizeof(entry)};
	SIZE_T size = 0;

	snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPHEAPLIST, 0);
	CHECK(snapshot != INVALID_HANDLE_VALUE);
	for (BOOL more = Heap32ListFirst(snapshot, &list); more; more = Heap32ListNext(snapshot, &list)) {
		heaps++;
		CHECK_EQUAL(list.th32ProcessID, GetCurrentProcessId());
		found += list.th32HeapID == (ULONG_PTR)heap;
		if (list.dwFlags & HF32_DEFAULT) {
			defaults++;
			CHECK_EQUAL(list.th32HeapID, (ULONG_PTR)GetProcessHeap());
		}
	}
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_FILES);
	CHECK_EQUAL(found, 1);
	CHECK_EQUAL(defaults, 1);
	CHECK_EQUAL(heaps, GetProcessHeaps(0, NULL));
	list.dwSize = 4;
	CHECK(!Heap32ListFirst(snapshot, &list));
	CloseHandle(snapshot);

	found = 0;
	for (BOOL more = Heap32First(&entry, GetCurrentProcessId(), (ULONG_PTR)heap); more; more = Heap32Next(&entry)) {
		if (entry.dwAddress == (ULONG_PTR)block) {
			found |= 1;
			size = entry.dwBlockSize;
			CHECK_EQUAL(entry.dwFlags, LF32_FIXED);
		}
		found |= entry.dwAddress == (ULONG_PTR)other ? 2 : 0;
	}
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_FILES);
	CHECK_EQUAL(found, 3);
	CHECK(size >= 5000);
	CHECK(!Heap32First(&entry, GetCurrentProcessId(), (ULONG_PTR)heap + 8));
	HeapDestroy(heap);
	return guest_result();
}
