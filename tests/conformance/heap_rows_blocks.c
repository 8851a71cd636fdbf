/*
 * heap_rows_blocks - blocks: rows 20 to 35 of the heap facts, and 73 to 75.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

NTSYSAPI BOOLEAN NTAPI RtlGetUserInfoHeap(HANDLE, ULONG, void *, void **, ULONG *);
NTSYSAPI BOOLEAN NTAPI RtlSetUserValueHeap(HANDLE, ULONG, void *, void *);
NTSYSAPI BOOLEAN NTAPI RtlSetUserFlagsHeap(HANDLE, ULONG, void *, ULONG, ULONG);

/* Sizes that gcc must not think about. */
static volatile SIZE_T huge = ~(SIZE_T)0;

static SIZE_T stride(HANDLE heap, DWORD flags, SIZE_T size)
{
	char *a = HeapAlloc(heap, flags, size), *b = HeapAlloc(heap, flags, size), *c = HeapAlloc(heap, flags, size);
	SIZE_T x = (SIZE_T)llabs(b - a), y = (SIZE_T)llabs(c - b);
	CHECK(a && b && c && !(((ULONG_PTR)a | (ULONG_PTR)b | (ULONG_PTR)c) & 15));
	HeapFree(heap, 0, c);
	HeapFree(heap, 0, b);
	HeapFree(heap, 0, a);
	return x < y ? x : y;
}

static int all_zero(const char *p, SIZE_T size)
{
	while (size)
		if (p[--size])
			return 0;
	return 1;
}

int main(void)
{
	HANDLE heap = HeapCreate(0, 0, 0), plain = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);
	char *p, *q, *blocks[128];
	ULONG_PTR bits = 0;

	HEAP_ROW(20);
	static const SIZE_T sizes[] = {0, 1, 17, 0x100000, 3000 * 1024 + 37};
	for (int i = 0; i < 5; i++) {
		p = HeapAlloc(heap, 0, sizes[i]);
		CHECK(p && !((ULONG_PTR)p & 15));
		CHECK_EQUAL(HeapSize(heap, 0, p), sizes[i]);
		CHECK(HeapFree(heap, 0, p));
	}
	for (int i = 0; i < 128; i++)
		bits |= (ULONG_PTR)(blocks[i] = HeapAlloc(heap, 0, 0x40000));
	CHECK_EQUAL(bits & 31, 16);
	for (int i = 0; i < 128; i++)
		HeapFree(heap, 0, blocks[i]);

	HEAP_ROW(21);
	p = HeapAlloc(heap, 0, 0);
	CHECK(p && HeapValidate(heap, 0, p));
	CHECK(!HeapReAlloc(heap, 0, p, huge - 7));
	CHECK(!HeapReAlloc(heap, 0, p, huge));
	CHECK(HeapValidate(heap, 0, p));
	CHECK(HeapFree(heap, 0, p));
	HEAP_ROW(22);
	CHECK_FAILS(HeapAlloc(heap, 0, huge), ERROR_NOT_ENOUGH_MEMORY);

	HEAP_ROW(24);
	for (SIZE_T size = 1; size <= 1 << 20; size = size * 3 + 1) {
		p = HeapAlloc(heap, 0, size);
		memset(p, 0xCC, size);
		HeapFree(heap, 0, p);
		p = HeapAlloc(heap, HEAP_ZERO_MEMORY, size);
		CHECK(all_zero(p, (size + 7) & ~(SIZE_T)7));
		p = HeapReAlloc(heap, HEAP_ZERO_MEMORY, p, size * 2);
		CHECK(all_zero(p, size * 2));
		HeapFree(heap, 0, p);
	}

	HEAP_ROW(25);
	for (SIZE_T size = 0xFD000; size > 0; size >>= 1)
		CHECK_EQUAL(stride(plain, HEAP_ZERO_MEMORY, size), ((size < 16 ? 16 : size) + 8 + 15) & ~(SIZE_T)15);
	HEAP_ROW(26);
	CHECK_EQUAL(stride(plain, 0x60, 0x800), 0x810);
	CHECK_EQUAL(stride(plain, 0x60, 0x7F8), 0x810);
	CHECK_EQUAL(stride(plain, 0x60, 0x8000), 0x8010);

	HEAP_ROW(27);
	MEMORY_BASIC_INFORMATION info;
	p = HeapAlloc(plain, 0, 0xFD000);
	VirtualQuery(p, &info, sizeof(info));
	CHECK((char *)info.AllocationBase + 0x40 != p);
	HeapFree(plain, 0, p);
	HEAP_ROW(28);
	for (SIZE_T size = 0xFF000; size < 0x800000; size <<= 1) {
		p = HeapAlloc(plain, 0, size);
		VirtualQuery(p, &info, sizeof(info));
		CHECK_EQUAL(p - (char *)info.AllocationBase, 0x40);
		CHECK_EQUAL(p[size], 0);
		CHECK(all_zero(p, size));
		HeapFree(plain, 0, p);
	}

	HEAP_ROW(29);
	CHECK(HeapFree(heap, 0, NULL));
	CHECK(HeapFree(NULL, 0, NULL));
	HEAP_ROW(30);
	CHECK_FAILS(HeapReAlloc(heap, 0, NULL, 1), NO_ERROR);
	HEAP_ROW(31);
	p = HeapAlloc(heap, 0, 1);
	q = HeapReAlloc(heap, 0, p, 0);
	CHECK(q == p);
	CHECK_EQUAL(HeapSize(heap, 0, q), 0);
	CHECK(HeapFree(heap, 0, p));

	HEAP_ROW(32);
	p = HeapAlloc(heap, 0, 0xC0000);
	CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 0x60000) == p);
	CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 0x80000) == p);
	HeapFree(heap, 0, p);
	HEAP_ROW(33);
	p = HeapAlloc(heap, 0, 1 << 20);
	CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 0x60000) == p);
	CHECK_FAILS(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 0x80000), ERROR_NOT_ENOUGH_MEMORY);
	CHECK_EQUAL(HeapSize(heap, 0, p), 0x60000);
	HeapFree(heap, 0, p);

	HEAP_ROW(34);
	for (int i = 0; i < 18; i++)
		blocks[i] = HeapAlloc(heap, 0, 200);
	for (int i = 0; i < 18; i++)
		HeapFree(heap, 0, blocks[i]);
	p = HeapAlloc(heap, 0, 200);
	for (SIZE_T size = 0; size <= 202; size += 100) {
		CHECK_FAILS(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, size), ERROR_NOT_ENOUGH_MEMORY);
	}
	CHECK(HeapReAlloc(heap, 0, p, 200) != p);

	HEAP_ROW(35);
	p = HeapAlloc(plain, HEAP_ZERO_MEMORY, 17);
	CHECK(HeapReAlloc(plain, HEAP_REALLOC_IN_PLACE_ONLY, p, 14) == p);
	CHECK(p[14] == 0 && p[15] == 0);
	HeapFree(plain, 0, p);

	HEAP_ROW(73);
	CHECK_EQUAL(stride(plain, 0xD00, 0x1000), 0x1020);
	p = HeapAlloc(plain, 0xD00, 0x1000);
	CHECK(all_zero(p + 0x1000, 16));
	void *value = (void *)1;
	ULONG flags = 0;
	CHECK(RtlGetUserInfoHeap(plain, 0, p, &value, &flags));
	CHECK(value == NULL);
	CHECK_EQUAL(flags, 0xC00);
	CHECK(RtlSetUserValueHeap(plain, 0, p, (void *)0xDEADBEEF));
	CHECK(*(void **)(p + 0x1008) == (void *)0xDEADBEEF);
	*(void **)(p + 0x1008) = (void *)0xDEADBEE0;
	CHECK(RtlGetUserInfoHeap(plain, 0, p, &value, &flags));
	CHECK(value == (void *)0xDEADBEE0);
	HEAP_ROW(74);
	CHECK_FAILS(RtlSetUserFlagsHeap(plain, 0, p, 0, 0x1000), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(RtlSetUserFlagsHeap(plain, 0, p, 0x100, 0), ERROR_INVALID_PARAMETER);
	CHECK(RtlSetUserFlagsHeap(plain, 0, p, 0x400, 0x200));
	CHECK(RtlGetUserInfoHeap(plain, 0, p, &value, &flags));
	CHECK_EQUAL(flags, 0xA00);
	HEAP_ROW(75);
	p = HeapAlloc(plain, 0, 16);
	value = (void *)0xDEADBEEF;
	flags = 7;
	CHECK(RtlGetUserInfoHeap(plain, 0, p, &value, &flags));
	CHECK(value == (void *)0xDEADBEEF);
	CHECK_EQUAL(flags, 0);
	HeapDestroy(heap);
	HeapDestroy(plain);
	return guest_result();
}
