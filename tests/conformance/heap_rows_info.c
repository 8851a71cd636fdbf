/*
 * heap_rows_info - validation, locks, information: rows 39 to 51 of the heap facts.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

static HANDLE ready, go, the_heap;
static DWORD the_flags;
static BOOL with_lock, done;

static DWORD WINAPI worker(void *argument)
{
	SetEvent(ready);
	while (WaitForSingleObject(go, INFINITE) == 0 && !done) {
		if (with_lock)
			CHECK(HeapLock(the_heap));
		void *p = HeapAlloc(the_heap, the_flags, 0);
		CHECK(p && HeapFree(the_heap, the_flags, p));
		if (with_lock)
			CHECK(HeapUnlock(the_heap));
		SetEvent(ready);
	}
	return 0;
}

/* Whether the other thread gets through while this one has the lock. */
static int passes(HANDLE heap, BOOL lock, DWORD flags)
{
	the_heap = heap;
	with_lock = lock;
	the_flags = flags;
	CHECK(HeapLock(heap));
	SetEvent(go);
	DWORD result = WaitForSingleObject(ready, 100);
	CHECK(HeapUnlock(heap));
	if (result)
		CHECK_EQUAL(WaitForSingleObject(ready, 5000), 0);
	return result == 0;
}

static ULONG information(HANDLE heap)
{
	ULONG value = 0xDEADBEEF;
	SIZE_T size;
	CHECK(HeapQueryInformation(heap, HeapCompatibilityInformation, &value, sizeof(value), &size));
	return value;
}

static BOOL set_information(HANDLE heap, ULONG value)
{
	return HeapSetInformation(heap, HeapCompatibilityInformation, &value, sizeof(value));
}

int main(void)
{
	static const char buffer[512];
	void *blocks[18];
	HANDLE heap = HeapCreate(0, 0, 0), plain;
	SIZE_T size = 0;
	ULONG value;

	HEAP_ROW(39);
	void *p = HeapAlloc(heap, 0, 100), *large = HeapAlloc(heap, 0, 0x200000);
	SetLastError(0xDEADBEEF);
	CHECK(HeapValidate(heap, 0, NULL) && HeapValidate(heap, 0, p) && HeapValidate(heap, 0, large));
	CHECK(!HeapValidate(heap, 0, (void *)(((ULONG_PTR)buffer & ~63) + 64)));
	HeapFree(heap, 0, p);
	CHECK(!HeapValidate(heap, 0, p));
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	HeapFree(heap, 0, large);

	HEAP_ROW(43);
	CHECK(HeapCompact(heap, 0) > 0);

	HEAP_ROW(44);
	CHECK_FAILS(HeapQueryInformation(0, HeapCompatibilityInformation, &value, sizeof(value), &size), ERROR_NOACCESS);
	CHECK_EQUAL(size, 0);
	CHECK_FAILS(HeapQueryInformation(heap, HeapCompatibilityInformation, NULL, 0, &size), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(size, 4);
	CHECK_FAILS(HeapQueryInformation(heap, HeapCompatibilityInformation, NULL, 0, NULL), ERROR_INSUFFICIENT_BUFFER);
	CHECK(HeapQueryInformation(heap, HeapCompatibilityInformation, &value, 5, NULL));
	HEAP_ROW(45);
	CHECK_EQUAL(information(heap), 0);
	CHECK(set_information(heap, 2));
	CHECK_EQUAL(information(heap), 2);
	CHECK_FAILS(set_information(heap, 0), ERROR_GEN_FAILURE);
	CHECK_FAILS(set_information(heap, 1), ERROR_GEN_FAILURE);
	CHECK_EQUAL(information(heap), 2);
	HeapDestroy(heap);

	HEAP_ROW(46);
	heap = HeapCreate(0, 0, 0);
	for (int i = 0; i < 18; i++)
		blocks[i] = HeapAlloc(heap, 0, 0);
	for (int i = 0; i < 18; i++)
		HeapFree(heap, 0, blocks[i]);
	CHECK_EQUAL(information(heap), 2);

	HEAP_ROW(48);
	plain = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);
	CHECK_FAILS(set_information(plain, 2), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(information(plain), 0);
	for (int i = 0; i < 18; i++)
		blocks[i] = HeapAlloc(plain, 0, 0);
	for (int i = 0; i < 18; i++)
		HeapFree(plain, 0, blocks[i]);
	HEAP_ROW(49);
	CHECK_EQUAL(information(plain), 0);

	ready = CreateEventW(NULL, FALSE, FALSE, NULL);
	go = CreateEventW(NULL, FALSE, FALSE, NULL);
	HANDLE thread = CreateThread(NULL, 0, worker, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(ready, INFINITE), 0);
	HEAP_ROW(40);
	CHECK(passes(plain, TRUE, 0));
	CHECK(passes(plain, FALSE, 0));
	HEAP_ROW(42);
	CHECK(!passes(heap, TRUE, 0));
	CHECK(passes(heap, FALSE, 0));
	HeapDestroy(heap);
	HEAP_ROW(41);
	heap = HeapCreate(0, 0, 0);
	CHECK(!passes(heap, TRUE, 0));
	CHECK(!passes(heap, FALSE, 0));
	CHECK(passes(heap, FALSE, HEAP_NO_SERIALIZE));
	HeapDestroy(heap);
	HeapDestroy(plain);
	done = TRUE;
	SetEvent(go);
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);

	HEAP_ROW(50);
	CHECK(HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0));
	struct {
		DWORD version, flags;
	} optimize = {1, 0};
	CHECK(HeapSetInformation(NULL, (HEAP_INFORMATION_CLASS)3, &optimize, sizeof(optimize)));
	CHECK(HeapSetInformation(GetProcessHeap(), (HEAP_INFORMATION_CLASS)3, &optimize, sizeof(optimize)));

	HEAP_ROW(51);
	struct {
		DWORD cb;
		SIZE_T allocated, committed, reserved, maximum;
	} summary = {0};
	BOOL(WINAPI * heap_summary)(HANDLE, DWORD, void *) =
		(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "HeapSummary");
	if (heap_summary) {
		heap = HeapCreate(0, 0, 0);
		HeapAlloc(heap, 0, 0x100);
		HeapAlloc(heap, 0, 0x200);
		p = HeapAlloc(heap, 0, 0x300);
		HeapAlloc(heap, 0, 0x60000);
		HeapFree(heap, 0, p);
		CHECK_FAILS(heap_summary(heap, 0, &summary), ERROR_INVALID_PARAMETER);
		summary.cb = sizeof(summary);
		CHECK(heap_summary(heap, 0, &summary));
		CHECK_EQUAL(summary.allocated, 0x100 + 0x200 + 0x60000);
		CHECK(summary.committed >= summary.allocated && summary.reserved >= summary.committed);
		HeapDestroy(heap);
	}
	return guest_result();
}
