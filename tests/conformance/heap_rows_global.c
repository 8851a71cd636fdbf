/*
 * heap_rows_global - GlobalAlloc, LocalAlloc and their handles: rows 76 to 93 of the heap facts.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

NTSYSAPI BOOLEAN NTAPI RtlGetUserInfoHeap(HANDLE, ULONG, void *, void **, ULONG *);
NTSYSAPI BOOLEAN NTAPI RtlSetUserValueHeap(HANDLE, ULONG, void *, void *);

struct entry {
	ULONG_PTR flags;
	void *pointer;
};

static struct entry *entry_of(HANDLE handle)
{
	return (struct entry *)((char *)handle - 8);
}

/* gcc must not see what is freed twice or made up. */
static HGLOBAL(WINAPI *volatile global_free)(HGLOBAL) = GlobalFree;
static HLOCAL(WINAPI *volatile local_free)(HLOCAL) = LocalFree;
static HANDLE handles[65536];

/* Rows 87 to 93: a bad moveable handle. */
static void bad_moveable(HANDLE h)
{
	SetLastError(0xDEADBEEF);
	HEAP_ROW(87);
	CHECK(global_free(h) == h);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	SetLastError(0xDEADBEEF);
	CHECK(local_free(h) == h);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	HEAP_ROW(88);
	SetLastError(0xDEADBEEF);
	CHECK_EQUAL(GlobalFlags(h), GMEM_INVALID_HANDLE);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	SetLastError(0xDEADBEEF);
	CHECK_EQUAL(LocalFlags(h), LMEM_INVALID_HANDLE);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	HEAP_ROW(89);
	CHECK_FAILS(GlobalSize(h), ERROR_INVALID_HANDLE);
	CHECK_FAILS(LocalSize(h), ERROR_INVALID_HANDLE);
	HEAP_ROW(90);
	CHECK_FAILS(GlobalLock(h), ERROR_INVALID_HANDLE);
	CHECK_FAILS(LocalLock(h), ERROR_INVALID_HANDLE);
	HEAP_ROW(91);
	SetLastError(0xDEADBEEF);
	CHECK(GlobalUnlock(h));
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	CHECK_FAILS(LocalUnlock(h), ERROR_INVALID_HANDLE);
	HEAP_ROW(92);
	CHECK_FAILS(GlobalReAlloc(h, 0, GMEM_MOVEABLE), ERROR_INVALID_HANDLE);
	CHECK_FAILS(LocalReAlloc(h, 0, LMEM_MOVEABLE), ERROR_INVALID_HANDLE);
}

static void bad_pointer(HANDLE h)
{
	HEAP_ROW(87);
	SetLastError(0xDEADBEEF);
	CHECK(global_free(h) == h);
	CHECK_EQUAL(GetLastError(), ERROR_NOACCESS);
	SetLastError(0xDEADBEEF);
	CHECK(local_free(h) == h);
	CHECK_EQUAL(GetLastError(), ERROR_NOACCESS);
	HEAP_ROW(88);
	SetLastError(0xDEADBEEF);
	CHECK_EQUAL(GlobalFlags(h), GMEM_INVALID_HANDLE);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	SetLastError(0xDEADBEEF);
	CHECK_EQUAL(LocalFlags(h), LMEM_INVALID_HANDLE);
	CHECK_EQUAL(GetLastError(), ERROR_NOACCESS);
	HEAP_ROW(89);
	CHECK_FAILS(GlobalSize(h), ERROR_INVALID_HANDLE);
	CHECK_FAILS(LocalSize(h), ERROR_INVALID_HANDLE);
	HEAP_ROW(90);
	CHECK_FAILS(GlobalLock(h), ERROR_INVALID_HANDLE);
	CHECK_FAILS(LocalLock(h), 0xDEADBEEF);
	HEAP_ROW(91);
	SetLastError(0xDEADBEEF);
	CHECK(GlobalUnlock(h));
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	CHECK_FAILS(LocalUnlock(h), ERROR_NOT_LOCKED);
	HEAP_ROW(92);
	CHECK_FAILS(GlobalReAlloc(h, 0, GMEM_MOVEABLE), ERROR_NOACCESS);
	CHECK_FAILS(LocalReAlloc(h, 0, LMEM_MOVEABLE), ERROR_NOACCESS);
	HEAP_ROW(93);
	CHECK_FAILS(GlobalHandle(h), ERROR_INVALID_HANDLE);
	CHECK_FAILS(LocalHandle(h), ERROR_NOACCESS);
}

int main(void)
{
	HANDLE h, heap = GetProcessHeap();
	unsigned count;
	ULONG flags;
	void *p, *value;

	HEAP_ROW(80);
	for (count = 0; count < 65536; count++)
		if (!(handles[count] = count & 1 ? LocalAlloc(LMEM_MOVEABLE | LMEM_DISCARDABLE, 0)
						 : GlobalAlloc(GMEM_MOVEABLE | GMEM_DISCARDABLE, 0)))
			break;
	CHECK(count > 65000); /* the C runtime may have some */
	if (count == 65536) {
		CHECK_FAILS(GlobalAlloc(GMEM_MOVEABLE, 0), ERROR_NOT_ENOUGH_MEMORY);
		CHECK_FAILS(LocalAlloc(LMEM_MOVEABLE, 0), ERROR_NOT_ENOUGH_MEMORY);
	}
	h = GlobalAlloc(GMEM_DISCARDABLE, 0);
	CHECK(h && !GlobalFree(h));
	HEAP_ROW(62);
	PROCESS_HEAP_ENTRY walk = {0};
	CHECK(HeapLock(heap));
	SetLastError(0xDEADBEEF);
	while (HeapWalk(heap, &walk))
		CHECK(!(walk.wFlags & (PROCESS_HEAP_ENTRY_MOVEABLE | PROCESS_HEAP_ENTRY_DDESHARE)));
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_ITEMS);
	CHECK(HeapUnlock(heap));
	while (count > 0)
		CHECK(!GlobalFree(handles[--count]));

	HEAP_ROW(77);
	h = GlobalAlloc(GMEM_FIXED, 100);
	CHECK(h && !((ULONG_PTR)h & 15) && HeapValidate(heap, 0, h));
	CHECK_EQUAL(HeapSize(heap, 0, h), 100);
	CHECK(GlobalHandle(h) == h && GlobalLock(h) == h);
	CHECK(!GlobalFree(h));
	p = HeapAlloc(heap, 0, 16);
	CHECK(GlobalHandle(p) == p && LocalHandle(p) == p);
	HeapFree(heap, 0, p);

	HEAP_ROW(78);
	for (SIZE_T size = 1; size < 0x1000000; size <<= 5) {
		h = GlobalAlloc(GMEM_MOVEABLE, size);
		CHECK(h && ((ULONG_PTR)h & 15) == 8);
		struct entry *entry = entry_of(h);
		HEAP_ROW(78);
		CHECK(!HeapValidate(heap, 0, entry) && HeapValidate(heap, 0, entry->pointer));
		CHECK_EQUAL(HeapSize(heap, 0, entry->pointer), size);
		HEAP_ROW(76);
		CHECK(RtlGetUserInfoHeap(heap, 0, entry->pointer, &value, &flags));
		CHECK(value == h);
		CHECK_EQUAL(flags, 0x200);
		CHECK(RtlSetUserValueHeap(heap, 0, entry->pointer, (void *)0x1238));
		CHECK(GlobalHandle(entry->pointer) == (void *)0x1238);
		CHECK(RtlSetUserValueHeap(heap, 0, entry->pointer, h));
		HEAP_ROW(81);
		p = GlobalLock(h);
		CHECK(p == entry->pointer && GlobalHandle(p) == h);
		for (unsigned i = 1; i < 255; i++) {
			CHECK_EQUAL(entry->flags, (i << 16) | 3);
			CHECK(GlobalLock(h) == p);
		}
		CHECK(GlobalLock(h) == p);
		CHECK_EQUAL(entry->flags, 0xFF0003);
		CHECK_EQUAL(GlobalFlags(h), 255);
		HEAP_ROW(82);
		for (unsigned i = 1; i < 255; i++)
			CHECK(GlobalUnlock(h));
		CHECK_FAILS(GlobalUnlock(h), NO_ERROR);
		CHECK_FAILS(GlobalUnlock(h), ERROR_NOT_LOCKED);
		HEAP_ROW(79);
		CHECK_EQUAL(entry->flags, 3);
		CHECK(!global_free(h));
		CHECK(entry->flags && !(entry->flags & 15) && !entry->pointer);
	}
	h = GlobalAlloc(GMEM_MOVEABLE, 0);
	CHECK_EQUAL(entry_of(h)->flags, 0xB);
	CHECK(!entry_of(h)->pointer);
	HEAP_ROW(81);
	CHECK_FAILS(GlobalLock(h), ERROR_DISCARDED);
	CHECK_FAILS(LocalLock(h), ERROR_DISCARDED);
	HEAP_ROW(85);
	CHECK_EQUAL(GlobalSize(h), 0);
	CHECK_EQUAL(LocalSize(h), 0);
	CHECK(!GlobalFree(h));
	HEAP_ROW(79);
	h = GlobalAlloc(GMEM_MOVEABLE | GMEM_DISCARDABLE, 0);
	CHECK_EQUAL(entry_of(h)->flags, 0xF);
	HEAP_ROW(84);
	CHECK_EQUAL(GlobalFlags(h), GMEM_DISCARDED | GMEM_DISCARDABLE);
	CHECK(!GlobalFree(h));
	h = GlobalAlloc(GMEM_MOVEABLE | GMEM_DISCARDABLE | GMEM_DDESHARE, 1);
	CHECK_EQUAL(entry_of(h)->flags, 0x8007);
	CHECK_EQUAL(GlobalFlags(h), GMEM_DISCARDABLE | GMEM_DDESHARE);
	CHECK(!GlobalFree(h));
	h = GlobalAlloc(GMEM_MOVEABLE | GMEM_NOTIFY | GMEM_NODISCARD | GMEM_NOT_BANKED | GMEM_NOCOMPACT, 1);
	CHECK(h != NULL);
	CHECK_EQUAL(GlobalFlags(h), 0);
	CHECK(!GlobalFree(h));

	HEAP_ROW(83);
	h = GlobalAlloc(GMEM_FIXED, 100);
	CHECK(GlobalUnlock(h));
	CHECK_FAILS(LocalUnlock(h), ERROR_NOT_LOCKED);
	CHECK(!GlobalFree(h));
	HEAP_ROW(85);
	h = GlobalAlloc(GMEM_FIXED, 0);
	CHECK_EQUAL(GlobalSize(h), 1);
	CHECK(!GlobalFree(h));
	h = LocalAlloc(LMEM_FIXED, 0);
	CHECK_EQUAL(LocalSize(h), 0);
	CHECK(!LocalFree(h));
	h = GlobalAlloc(GMEM_FIXED, 17);
	CHECK_EQUAL(GlobalSize(h), 17);
	CHECK(!GlobalFree(h));
	h = LocalAlloc(LMEM_MOVEABLE, 23);
	CHECK_EQUAL(LocalSize(h), 23);
	CHECK(!LocalFree(h));
	HEAP_ROW(86);
	CHECK(!GlobalFree(NULL) && !LocalFree(NULL));
	CHECK(!GlobalReAlloc(NULL, 10, GMEM_MOVEABLE) && !LocalReAlloc(NULL, 10, LMEM_MOVEABLE));

	h = GlobalAlloc(GMEM_MOVEABLE, 256);
	CHECK(!global_free(h));
	bad_moveable(h);
	bad_moveable((HANDLE)(LONG_PTR)(LONG)0xDEADBEE8);
	bad_pointer((HANDLE)(LONG_PTR)(LONG)0xDEADBEE0);
	return guest_result();
}
