/*
 * heap_rows_walk - HeapWalk and RtlWalkHeap: rows 47 and 53 to 61 of the heap facts.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

typedef struct {
	PVOID lpData;
	SIZE_T cbData;
	BYTE cbOverhead;
	BYTE iRegionIndex;
	WORD wFlags;
	struct {
		DWORD committed, uncommitted;
		PVOID first, last;
	} region;
} rtl_entry;
NTSYSAPI LONG NTAPI RtlWalkHeap(HANDLE, rtl_entry *);

static PROCESS_HEAP_ENTRY entries[512], before[512];
static rtl_entry rtl_entries[512];
static unsigned count;

static unsigned walk(HANDLE heap)
{
	PROCESS_HEAP_ENTRY entry;
	rtl_entry other;
	unsigned rtl_count = 0;
	memcpy(before, entries, sizeof(before));
	memset(&entry, 0xCD, sizeof(entry));
	memset(&other, 0xCD, sizeof(other));
	entry.lpData = other.lpData = NULL;
	count = 0;
	SetLastError(0xDEADBEEF);
	while (HeapWalk(heap, &entry) && count < 512)
		entries[count++] = entry;
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_ITEMS);
	while (!RtlWalkHeap(heap, &other) && rtl_count < 512)
		rtl_entries[rtl_count++] = other;
	CHECK_EQUAL(rtl_count, count);
	for (unsigned i = 0; i < count; i++) {
		CHECK(rtl_entries[i].lpData == entries[i].lpData);
		CHECK_EQUAL(rtl_entries[i].cbData, entries[i].cbData);
		CHECK_EQUAL(rtl_entries[i].cbOverhead, entries[i].cbOverhead);
		CHECK_EQUAL(rtl_entries[i].iRegionIndex, entries[i].iRegionIndex);
	}
	return count;
}

/* The equations of the region's entry, and of the free block and the uncommitted range at the end of it. */
static void check_ends(HANDLE heap, unsigned last)
{
	PROCESS_HEAP_ENTRY *region = &entries[0], *rest = &entries[last - 1], *range = &entries[last];
	HEAP_ROW(54);
	CHECK_EQUAL(region->wFlags, PROCESS_HEAP_REGION);
	CHECK(region->lpData == heap);
	CHECK(region->cbData <= 0x1000);
	CHECK_EQUAL(region->cbOverhead, 0);
	CHECK_EQUAL(region->iRegionIndex, 0);
	CHECK_EQUAL(region->Region.dwCommittedSize, 0x2000);
	CHECK_EQUAL(region->Region.dwUnCommittedSize, 0x10000 - 0x2000);
	SIZE_T first = (char *)region->Region.lpFirstBlock - (char *)heap - region->cbData;
	CHECK(first == 0x10 || first == 0x20);
	CHECK(region->Region.lpLastBlock == (char *)range->lpData + range->cbData);
	HEAP_ROW(55);
	CHECK_EQUAL(rest->wFlags, 0);
	CHECK(rest->cbData != 0);
	CHECK_EQUAL(rest->cbOverhead, 0x20);
	CHECK_EQUAL(rest->iRegionIndex, 0);
	HEAP_ROW(56);
	CHECK_EQUAL(range->wFlags, PROCESS_HEAP_UNCOMMITTED_RANGE);
	CHECK(range->lpData == (char *)heap + region->Region.dwCommittedSize);
	CHECK(range->lpData == (char *)rest->lpData + rest->cbData + 0x40);
	CHECK_EQUAL(range->cbData, region->Region.dwUnCommittedSize - 0x1000);
	CHECK_EQUAL(range->cbOverhead, 0);
}

int main(void)
{
	char *blocks[18], *p, *q;
	HANDLE heap = HeapCreate(0, 0, 0);

	HEAP_ROW(53);
	CHECK_EQUAL(walk(heap), 3);
	check_ends(heap, 2);
	CHECK_EQUAL(rtl_entries[0].wFlags, 2);
	CHECK_EQUAL(rtl_entries[1].wFlags, 0);
	CHECK_EQUAL(rtl_entries[2].wFlags, 0x1000);

	HEAP_ROW(58);
	p = HeapAlloc(heap, HEAP_ZERO_MEMORY, 0x140000);
	CHECK_EQUAL(walk(heap), 4);
	CHECK(!memcmp(before, entries, 3 * sizeof(*entries)));
	q = HeapAlloc(heap, HEAP_ZERO_MEMORY, 0x140000);
	CHECK_EQUAL(walk(heap), 5);
	CHECK(!memcmp(before, entries, 4 * sizeof(*entries)));
	for (unsigned i = 3; i < 5; i++) {
		CHECK_EQUAL(entries[i].wFlags, PROCESS_HEAP_ENTRY_BUSY);
		CHECK(entries[i].lpData == (i == 3 ? p : q));
		CHECK_EQUAL(entries[i].cbData, 0x140000);
		CHECK_EQUAL(entries[i].cbOverhead, 0);
		CHECK_EQUAL(entries[i].iRegionIndex, 64);
		CHECK_EQUAL(rtl_entries[i].wFlags, 0x4011);
	}
	HeapFree(heap, 0, q);
	HeapFree(heap, 0, p);
	CHECK_EQUAL(walk(heap), 3);
	CHECK(!memcmp(before, entries, 3 * sizeof(*entries)));

	HEAP_ROW(57);
	p = HeapAlloc(heap, HEAP_ZERO_MEMORY, 123);
	CHECK_EQUAL(walk(heap), 4);
	check_ends(heap, 3);
	HEAP_ROW(57);
	CHECK(!memcmp(before, entries, sizeof(*entries)));
	CHECK_EQUAL(entries[1].wFlags, PROCESS_HEAP_ENTRY_BUSY);
	CHECK(entries[1].lpData == p && entries[1].cbData == 123 && entries[1].cbOverhead != 0);
	CHECK(entries[2].lpData == (char *)p + 123 + entries[1].cbOverhead + 0x10);
	q = HeapAlloc(heap, HEAP_ZERO_MEMORY, 456);
	CHECK_EQUAL(walk(heap), 5);
	check_ends(heap, 4);
	HEAP_ROW(57);
	CHECK(!memcmp(before, entries, 2 * sizeof(*entries)));
	CHECK_EQUAL(entries[2].wFlags, PROCESS_HEAP_ENTRY_BUSY);
	CHECK(entries[2].lpData == q && entries[2].cbData == 456 && entries[2].cbOverhead != 0);
	CHECK(entries[3].lpData == (char *)q + 456 + entries[2].cbOverhead + 0x10);
	CHECK_EQUAL(rtl_entries[1].wFlags, 0x4011);
	HeapFree(heap, 0, q);
	HeapFree(heap, 0, p);
	CHECK_EQUAL(walk(heap), 3);
	HeapDestroy(heap);

	HEAP_ROW(47);
	ULONG two = 2;
	heap = HeapCreate(0, 0, 0);
	CHECK(HeapSetInformation(heap, HeapCompatibilityInformation, &two, sizeof(two)));
	for (int i = 0; i < 17; i++)
		blocks[i] = HeapAlloc(heap, 0, 0x28);
	for (int i = 0; i < 17; i++)
		HeapFree(heap, 0, blocks[i]);
	CHECK_EQUAL(walk(heap), 3);
	CHECK(entries[0].wFlags == PROCESS_HEAP_REGION && entries[1].wFlags == 0 &&
	      entries[2].wFlags == PROCESS_HEAP_UNCOMMITTED_RANGE);

	HEAP_ROW(59);
	for (int i = 0; i < 18; i++)
		blocks[i] = HeapAlloc(heap, 0, 0x28);
	for (int i = 0; i < 18; i++)
		HeapFree(heap, 0, blocks[i]);
	CHECK(walk(heap) > 24);
	CHECK_EQUAL(entries[0].wFlags, PROCESS_HEAP_REGION);
	CHECK_EQUAL(entries[1].wFlags, 0);
	for (int i = 4; i < 22; i++) {
		CHECK_EQUAL(entries[i].wFlags, 0);
		CHECK_EQUAL(entries[i].cbData, 0x20);
		CHECK_EQUAL(entries[i].cbOverhead, 0x10);
	}
	HEAP_ROW(61);
	CHECK_EQUAL(entries[count - 1].wFlags, PROCESS_HEAP_REGION);
	CHECK_EQUAL(entries[count - 2].wFlags, PROCESS_HEAP_UNCOMMITTED_RANGE);
	CHECK_EQUAL(rtl_entries[count - 1].wFlags, 0x8002);
	for (unsigned i = 3; i < count - 1; i++)
		if (!entries[i].wFlags)
			CHECK((rtl_entries[i].wFlags & ~0x8000) == 0);

	HEAP_ROW(60);
	for (int i = 0; i < 18; i++)
		blocks[i] = HeapAlloc(heap, 0, 0x28);
	CHECK(walk(heap) > 24);
	int busy = 0;
	for (unsigned i = 1; i < count - 2; i++) {
		if (entries[i].wFlags != PROCESS_HEAP_ENTRY_BUSY)
			continue;
		busy++;
		CHECK_EQUAL(entries[i].cbData, 0x28);
		CHECK_EQUAL(entries[i].cbOverhead, 8);
		CHECK_EQUAL(rtl_entries[i].wFlags, 0x8001);
	}
	CHECK_EQUAL(busy, 18);
	HeapDestroy(heap);
	return guest_result();
}
