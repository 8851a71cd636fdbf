/*
 * check_heap - the NT heap without a guest: its layout, and random operations against a table of what should be there.
 *
 * The seed is printed.  PEWTER_TEST_SEED repeats a run, PEWTER_TEST_OPERATIONS lengthens it; PEWTER_TEST_LONG makes it
 * ten million operations.  (What guests see of heaps is in tests/conformance/heap_rows_*.c.)
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/fault.h"
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/mm/mm.h"
#include "ntdll/rtl/heap_internal.h"

static PEB peb;
static _Alignas(4096) unsigned char teb_pages[64][2 * 4096];
static uint32_t teb_count;

/* A TEB for the calling thread: the heap keeps the last error there. */
static void adopt_teb(void)
{
	uint32_t index = __atomic_fetch_add(&teb_count, 1, __ATOMIC_RELAXED) % 64;
	TEB *teb = (TEB *)teb_pages[index];
	memset(teb, 0, sizeof(*teb));
	teb->NtTib.Self = &teb->NtTib;
	teb->ProcessEnvironmentBlock = &peb;
	host_set_gs(teb);
}

static enum host_fault_answer on_fault(struct host_fault *fault)
{
	if (fault->kind == HOST_FAULT_MEMORY && mm_fault(fault->address, fault->access, true) == MM_FAULT_RESOLVED)
		return HOST_FAULT_CONTINUE;
	fprintf(stderr, "fault at %#lx\n", (unsigned long)fault->address);
	abort();
}

static void start(void)
{
	static bool done;
	if (done)
		return;
	done = true;
	host_thread_adopt();
	adopt_teb();
	host_fault_install(on_fault);
	ck_assert_int_eq(mm_initialize(), STATUS_SUCCESS);
	ck_assert_int_eq(rtl_heap_initialize(&peb, 0x100000, 0x2000), STATUS_SUCCESS);
}

static unsigned long environment_number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);
	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

static bool sound(void *heap)
{
	return RtlValidateHeap(heap, 0, NULL);
}

/* Heap as HeapCreate makes it. */
static void *growable(ULONG flags)
{
	void *heap = RtlCreateHeap(flags | HEAP_GROWABLE | HEAP_CLASS_1, NULL, 0, 0, NULL, NULL);
	ck_assert_ptr_nonnull(heap);
	return heap;
}

START_TEST(classes)
{
	unsigned class = 0;
	for (unsigned units = 2; units <= FRONT_MAXIMUM_UNITS; units++) {
		unsigned c = front_class(units);
		ck_assert_uint_lt(c, FRONT_CLASSES);
		ck_assert_uint_ge(front_class_units(c), units);
		ck_assert(c == 2 || front_class_units(c - 1) < units);
		ck_assert_uint_ge(c, class);
		class = c;
	}
	ck_assert_uint_eq(class, FRONT_CLASSES - 1);
}
END_TEST

START_TEST(strides) /* row 25 */
{
	static const SIZE_T sizes[] = {0, 1, 7, 8, 15, 16, 17, 24, 25, 40, 41, 100, 1000, 4000, 0x8000, 0x7E800, 0xFD000};
	start();
	void *heap = growable(HEAP_NO_SERIALIZE);
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *a = RtlAllocateHeap(heap, 0, sizes[i]), *b = RtlAllocateHeap(heap, 0, sizes[i]),
		     *c = RtlAllocateHeap(heap, 0, sizes[i]);
		SIZE_T expected = ((sizes[i] < 16 ? 16 : sizes[i]) + 8 + 15) & ~15ull;
		long x = labs(b - a), y = labs(c - b);
		ck_assert_msg((SIZE_T)(x < y ? x : y) == expected, "size %#zx: %#lx %#lx, not %#zx", sizes[i], x, y, expected);
		ck_assert_uint_eq(RtlSizeHeap(heap, 0, a), sizes[i]);
		RtlFreeHeap(heap, 0, c);
		RtlFreeHeap(heap, 0, b);
		RtlFreeHeap(heap, 0, a);
		ck_assert(sound(heap));
	}
	ck_assert_ptr_null(RtlDestroyHeap(heap));
}
END_TEST

static SIZE_T committed_of(void *address, SIZE_T *whole)
{
	MEMORY_BASIC_INFORMATION info, first;
	SIZE_T committed = 0;
	ck_assert_int_eq(mm_query((uintptr_t)address, &first), STATUS_SUCCESS);
	char *p = first.AllocationBase;
	while (mm_query((uintptr_t)p, &info) == STATUS_SUCCESS && info.AllocationBase == first.AllocationBase) {
		if (info.State == MEM_COMMIT)
			committed += info.RegionSize;
		p += info.RegionSize;
	}
	*whole = (SIZE_T)(p - (char *)first.AllocationBase);
	return committed;
}

START_TEST(segments) /* rows 2, 3, 54 */
{
	static const SIZE_T inits[] = {0, 1, 0x1000, 0xe000, 0xe001, 0xffff, 0x10000, 0x30001, 0x80000, 0x150000};
	start();
	for (unsigned k = 0; k < ARRAY_SIZE(inits); k++) {
		void *heap = RtlCreateHeap(HEAP_GROWABLE | HEAP_NO_SERIALIZE | HEAP_CLASS_1, NULL, 0, inits[k], NULL, NULL);
		SIZE_T whole, committed = committed_of(heap, &whole), commit = (inits[k] + 0x1FFF) & ~0x1FFFull;
		ck_assert_uint_eq(whole, (commit + 1 + 0xFFFF) & ~0xFFFFull);
		ck_assert_uint_eq(committed, commit ? commit : 0x2000);
		MEMORY_BASIC_INFORMATION info;
		void *base = heap;
		SIZE_T expected = 0, size = 0, initial = committed;
		for (unsigned i = 0; i < 100; i++) {
			void *p = RtlAllocateHeap(heap, 0, 0x60000);
			ck_assert_ptr_nonnull(p);
			ck_assert_int_eq(mm_query((uintptr_t)p, &info), STATUS_SUCCESS);
			if (info.AllocationBase != base) {
				base = info.AllocationBase;
				size = size == 0 ? 0x100000 : size * 2 > 0xFD0000 ? 0xFD0000 : size * 2;
				expected = 0x1000;
				initial = 0;
			}
			expected += 0x61000;
			committed = committed_of(p, &whole);
			if (size)
				ck_assert_uint_eq(whole, size);
			ck_assert_uint_eq(committed, expected > initial ? expected : initial);
		}
		ck_assert_uint_eq(size, 0xFD0000);
		ck_assert_ptr_null(RtlDestroyHeap(heap));
	}
}
END_TEST

START_TEST(fixed) /* rows 4, 5, 6 */
{
	start();
	for (SIZE_T n = 0x100; n < 0x10000; n += 0x100) {
		SIZE_T whole;
		void *heap = RtlCreateHeap(HEAP_CLASS_1, NULL, n, n, NULL, NULL);
		ck_assert_ptr_nonnull(heap);
		committed_of(heap, &whole);
		ck_assert_uint_eq(whole, (n + 0x1FFF) & ~0x1FFFull);
		ck_assert_ptr_null(RtlDestroyHeap(heap));
	}
	void *heap = RtlCreateHeap(HEAP_CLASS_1, NULL, 0x40000, 0x40000, NULL, NULL);
	void *p = RtlAllocateHeap(heap, 0, 0x3F400);
	ck_assert_ptr_nonnull(p);
	RtlFreeHeap(heap, 0, p);
	ck_assert_ptr_null(RtlAllocateHeap(heap, 0, 0x3FA00));
	/* Many small ones until it is full; then all can be had again. */
	for (unsigned round = 0; round < 2; round++) {
		static void *blocks[0x4000];
		unsigned count = 0;
		while ((blocks[count] = RtlAllocateHeap(heap, 0, 40)))
			count++;
		ck_assert_uint_gt(count, 0x3F000 / 48);
		while (count > 0)
			RtlFreeHeap(heap, 0, blocks[--count]);
		ck_assert(sound(heap));
	}
	RtlDestroyHeap(heap);
	heap = RtlCreateHeap(HEAP_CLASS_1, NULL, 0x200000, 0x200000, NULL, NULL);
	ck_assert_ptr_null(RtlAllocateHeap(heap, 0, 0x100000));
	p = RtlAllocateHeap(heap, 0, 0x40000);
	p = RtlReAllocateHeap(heap, 0, p, 0x80000);
	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_null(RtlReAllocateHeap(heap, 0, p, 0x100000));
	RtlDestroyHeap(heap);
}
END_TEST

START_TEST(large) /* rows 27, 28, 33 */
{
	start();
	void *heap = growable(0);
	char *p = RtlAllocateHeap(heap, 0, 0x100000);
	ck_assert_uint_eq((uintptr_t)p & 0xFFFF, 0x40);
	ck_assert_uint_eq((unsigned char)p[0x100000], 0);
	memset(p, 1, 0x100000);
	ck_assert_ptr_eq(RtlReAllocateHeap(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 0x60000), p);
	ck_assert_uint_eq(RtlSizeHeap(heap, 0, p), 0x60000);
	ck_assert_ptr_null(RtlReAllocateHeap(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 0x80000));
	char *q = RtlReAllocateHeap(heap, HEAP_ZERO_MEMORY, p, 0x200000);
	ck_assert_ptr_nonnull(q);
	for (SIZE_T i = 0; i < 0x200000; i++)
		ck_assert_uint_eq((unsigned char)q[i], i < 0x60000);
	for (SIZE_T n = 0x210000; n < 0x2000000; n += 0x123457) {
		q = RtlReAllocateHeap(heap, HEAP_ZERO_MEMORY, q, n);
		ck_assert_ptr_nonnull(q);
		ck_assert_uint_eq(RtlSizeHeap(heap, 0, q), n);
		ck_assert_uint_eq((unsigned char)q[n - 1], 0);
		q[n - 1] = 7;
	}
	q = RtlReAllocateHeap(heap, 0, q, 100);
	ck_assert_uint_eq(RtlSizeHeap(heap, 0, q), 100);
	RtlFreeHeap(heap, 0, q);
	ck_assert(sound(heap));
	ck_assert_ptr_null(RtlAllocateHeap(heap, 0, ~(SIZE_T)0));
	ck_assert_ptr_null(RtlAllocateHeap(heap, 0, ~(SIZE_T)0 - 7));
	ck_assert_ptr_null(RtlDestroyHeap(heap));
}
END_TEST

START_TEST(commit_falls)
{
	struct mm_statistics before, full, after;
	start();
	void *heap = growable(0);
	mm_get_statistics(&before);
	static void *blocks[20000];
	for (unsigned i = 0; i < 20000; i++)
		blocks[i] = RtlAllocateHeap(heap, 0, 100 + i % 3000);
	mm_get_statistics(&full);
	for (unsigned i = 0; i < 20000; i++)
		RtlFreeHeap(heap, 0, blocks[i]);
	RtlCompactHeap(heap, 0);
	mm_get_statistics(&after);
	ck_assert_uint_gt(full.commit_charge - before.commit_charge, 20000000);
	ck_assert_uint_lt(after.commit_charge - before.commit_charge, 1000000);
	ck_assert(sound(heap));
	RtlDestroyHeap(heap);
	mm_get_statistics(&after);
	ck_assert_uint_lt(after.commit_charge, before.commit_charge);
}
END_TEST

static SIZE_T charge(void)
{
	struct mm_statistics statistics;
	mm_get_statistics(&statistics);
	return statistics.commit_charge;
}

/* Walks a heap: what is committed must be so for the memory manager, and every byte of a segment belongs to an entry. */
static void check_walk(void *heap)
{
	RTL_HEAP_WALK_ENTRY entry = {0};
	MEMORY_BASIC_INFORMATION info;
	SIZE_T bytes = 0, whole = 0, uncommitted = 0, region_uncommitted = 0;
	NTSTATUS status;
	while ((status = RtlWalkHeap(heap, &entry)) == STATUS_SUCCESS) {
		if (entry.Flags == RTL_HEAP_SEGMENT) {
			struct heap_segment *segment = entry.DataAddress;
			whole += segment->limit;
			bytes += entry.DataSize + HEAP_SENTINEL_SIZE;
			region_uncommitted += entry.Segment.UnCommittedSize - (segment->reserved - segment->limit);
			continue;
		}
		if (entry.Flags & RTL_HEAP_SEGMENT || entry.SegmentIndex == 64)
			continue;
		ck_assert_int_eq(mm_query((uintptr_t)entry.DataAddress, &info), STATUS_SUCCESS);
		if (entry.Flags & RTL_HEAP_UNCOMMITTED_RANGE) {
			ck_assert_uint_eq(info.State, MEM_RESERVE);
			ck_assert_uint_ge(info.RegionSize, entry.DataSize);
			uncommitted += entry.DataSize;
			bytes += entry.DataSize;
			continue;
		}
		ck_assert_uint_eq(info.State, MEM_COMMIT);
		ck_assert_uint_ge((char *)info.BaseAddress + info.RegionSize - (char *)entry.DataAddress, entry.DataSize);
		/* One byte holds the overhead; what is more is known from the block. */
		struct heap_entry *block = heap_entry_of(entry.DataAddress);
		SIZE_T overhead = entry.OverheadBytes;
		if (block->tag == ((struct heap *)heap)->front_busy)
			overhead = front_sub_of(block)->stride - entry.DataSize;
		else if (overhead == 0xFF)
			overhead = (SIZE_T)block->units * HEAP_UNIT - entry.DataSize;
		bytes += entry.DataSize + overhead;
	}
	ck_assert_int_eq(status, STATUS_NO_MORE_ENTRIES);
	ck_assert_uint_eq(bytes, whole);
	ck_assert_uint_eq(uncommitted, region_uncommitted);
}

START_TEST(holes) /* rows 16, 17: NT's thresholds, and reserved pages between blocks */
{
	static unsigned char *blocks[600];
	MEMORY_BASIC_INFORMATION info;
	start();
	void *heap = growable(_i ? HEAP_NO_SERIALIZE : 0);
	for (unsigned i = 0; i < 600; i++) {
		blocks[i] = RtlAllocateHeap(heap, 0, 100000 + i * 13);
		memset(blocks[i], (int)i, 100000);
	}
	SIZE_T full = charge(), live = 0;
	for (unsigned i = 0; i < 600; i++)
		if (i % 10) {
			ck_assert(RtlFreeHeap(heap, 0, blocks[i]));
			live++;
		}
	/* Without HeapCompact: all but a little of what was freed is nobody's any more. */
	ck_assert_uint_gt(full - charge(), live * 100000 - 0x100000);
	ck_assert_int_eq(mm_query((uintptr_t)blocks[15], &info), STATUS_SUCCESS);
	ck_assert_uint_eq(info.State, MEM_RESERVE);
	ck_assert(sound(heap));
	check_walk(heap);
	ck_assert(!RtlValidateHeap(heap, 0, blocks[15]));
	/* Holes are filled again, in pieces and as a whole, and blocks grow into them. */
	for (unsigned i = 0; i < 600; i += 10) {
		unsigned char *grown = RtlReAllocateHeap(heap, HEAP_REALLOC_IN_PLACE_ONLY, blocks[i], 150000);
		ck_assert_ptr_eq(grown, blocks[i]);
		memset(grown + 100000, (int)i, 50000);
	}
	ck_assert(sound(heap));
	check_walk(heap);
	for (unsigned i = 0; i < 600; i++)
		if (i % 10) {
			blocks[i] = RtlAllocateHeap(heap, 0, i % 3 ? 70000 : 3000);
			memset(blocks[i], (int)i, 3000);
		}
	ck_assert(sound(heap));
	check_walk(heap);
	for (unsigned i = 0; i < 600; i++) {
		ck_assert_uint_eq(blocks[i][2999], i & 0xFF);
		if (i % 10 == 0)
			ck_assert_uint_eq(blocks[i][149999], i & 0xFF);
		ck_assert(RtlFreeHeap(heap, 0, blocks[i]));
	}
	ck_assert(sound(heap));
	check_walk(heap);
	RtlCompactHeap(heap, 0);
	ck_assert(sound(heap));
	check_walk(heap);
	ck_assert_ptr_null(RtlDestroyHeap(heap));
}
END_TEST

/* Rows 64, 66: what NtGlobalFlag makes of a heap's flags. */
START_TEST(global_flags)
{
	static const struct {
		ULONG global, flags;
	} rows[] = {{0, 0},		     {0x10, 0x20},	 {0x20, 0x40},		     {0x40, 0x40000060},
		    {0x80, 0x20000060},	     {0x200000, 0x80},	 {0x02000000, 0x01000000},   {0x800, 0x04000000},
		    {0x400, 0},		     {0x8000, 0},	 {0x70, 0x40000060}};
	start();
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		peb.NtGlobalFlag = rows[i].global;
		struct heap *heap = growable(0);
		peb.NtGlobalFlag = 0;
		ck_assert_uint_eq(heap->flags, rows[i].flags | 0x1002);
		uint32_t force = rows[i].flags & ~(HEAP_SHARED | HEAP_DISABLE_COALESCE_ON_FREE);
		if (rows[i].global & FLG_HEAP_PAGE_ALLOCS)
			force |= 0x1002;
		ck_assert_uint_eq(heap->force_flags, force);
		RtlDestroyHeap(heap);
	}
}
END_TEST

START_TEST(debug_layout) /* row 69 */
{
	static const struct {
		ULONG global;
		SIZE_T extra;
	} rows[] = {{0x10, 32}, {0x20, 16}, {0x40, 48}, {0x80, 48}, {0x70, 48}};
	static const SIZE_T sizes[] = {0, 1, 15, 16, 17, 100, 1000, 0x8000, 0xFD000};
	start();
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		peb.NtGlobalFlag = rows[i].global;
		struct heap *heap = growable(HEAP_NO_SERIALIZE);
		peb.NtGlobalFlag = 0;
		for (unsigned k = 0; k < ARRAY_SIZE(sizes); k++) {
			char *a = RtlAllocateHeap(heap, HEAP_ZERO_MEMORY, sizes[k]), *b = RtlAllocateHeap(heap, 0, sizes[k]),
			     *c = RtlAllocateHeap(heap, 0, sizes[k]);
			SIZE_T expected = ((sizes[k] < 16 ? 16 : sizes[k]) + rows[i].extra + 15) & ~15ull;
			long x = labs(b - a), y = labs(c - b);
			ck_assert_uint_eq((SIZE_T)(x < y ? x : y), expected);
			if (heap->flags & HEAP_TAIL_CHECKING_ENABLED) /* row 68 */
				for (unsigned t = 0; t < 16; t++)
					ck_assert_uint_eq((unsigned char)a[sizes[k] + t], 0xAB);
			RtlFreeHeap(heap, 0, c);
			RtlFreeHeap(heap, 0, b);
			RtlFreeHeap(heap, 0, a);
			ck_assert(sound(heap));
		}
		RtlDestroyHeap(heap);
	}
}
END_TEST

START_TEST(debug_patterns) /* rows 68, 70, 71, 72 */
{
	start();
	peb.NtGlobalFlag = 0x70;
	struct heap *heap = growable(0);
	peb.NtGlobalFlag = 0;
	unsigned char *p = RtlAllocateHeap(heap, HEAP_ZERO_MEMORY, 17);
	ck_assert_ptr_eq(RtlReAllocateHeap(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 14), p);
	ck_assert(p[14] == 0xAB && p[15] == 0xAB && p[16] == 0xAB);
	p[15] = 0xCC;
	ck_assert(!RtlValidateHeap(heap, 0, p));
	ck_assert(!sound(heap));
	ck_assert_uint_eq(RtlSizeHeap(heap, 0, p), 14);
	heap->debug |= HEAP_VALIDATE_SIZE_CALLS;
	ck_assert_uint_eq(RtlSizeHeap(heap, 0, p), ~(SIZE_T)0);
	ck_assert_ptr_null(RtlReAllocateHeap(heap, 0, p, 14));
	ck_assert(!RtlFreeHeap(heap, 0, p));
	p[15] = 0xAB;
	ck_assert_uint_eq(RtlSizeHeap(heap, 0, p), 14);
	ck_assert(RtlFreeHeap(heap, 0, p));

	p = RtlAllocateHeap(heap, 0, 7);
	ck_assert_uint_eq(*(uint32_t *)p, 0xBAADF00D);
	ck_assert(memcmp(p + 4, "\x0D\xF0\xAD", 3) != 0);
	memset(p, 0xCC, 7);
	p = RtlReAllocateHeap(heap, 0, p, 15);
	ck_assert_uint_eq(*(uint32_t *)p, 0xCCCCCCCC);
	ck_assert_uint_eq(*(uint32_t *)(p + 4) << 8, 0xCCCCCC00);
	ck_assert_uint_eq(*(uint32_t *)(p + 8), 0xBAADF00D);
	ck_assert(memcmp(p + 12, "\x0D\xF0\xAD", 3) != 0);
	ck_assert(RtlFreeHeap(heap, 0, p));

	p = RtlAllocateHeap(heap, 0, 37);
	memset(p, 0xCC, 37);
	ck_assert(RtlFreeHeap(heap, 0, p));
	ck_assert_uint_eq(*(uint32_t *)(p + 16), 0xFEEEFEEE);
	ck_assert(sound(heap));
	p[16] = 0xCC;
	ck_assert(!sound(heap));
	p[16] = 0xEE;
	ck_assert(sound(heap));
	RtlDestroyHeap(heap);
}
END_TEST

/* A walk accounts for every byte of the committed part of a segment, also with the front end in use. */
START_TEST(walk_is_complete)
{
	start();
	struct heap *heap = growable(0);
	static void *blocks[3000];
	for (unsigned i = 0; i < 3000; i++)
		blocks[i] = RtlAllocateHeap(heap, 0, i * 37 % 30000);
	for (unsigned i = 0; i < 3000; i += 2)
		RtlFreeHeap(heap, 0, blocks[i]);
	check_walk(heap);
	RTL_HEAP_WALK_ENTRY entry = {0};
	unsigned busy = 0, regions = 0;
	while (RtlWalkHeap(heap, &entry) == STATUS_SUCCESS) {
		regions += entry.Flags == RTL_HEAP_SEGMENT;
		busy += entry.Flags & RTL_HEAP_BUSY;
	}
	ck_assert_uint_gt(regions, 3);
	ck_assert_uint_eq(busy, 1500);
	RtlDestroyHeap(heap);
}
END_TEST

/*
 * The model.
 */

#define LIVE 2000

struct record {
	unsigned char *block;
	SIZE_T size;
	unsigned char fill;
	ULONG user; /* settable flags; 0x100: has a value */
	void *value;
};

struct worker {
	void *heap;
	uint64_t random;
	unsigned long operations;
	struct record *records;
	struct worker *other; /* takes blocks that this one frees, and the other way round */
	struct record *exchange;
	uint32_t done;
	bool validate;
};

static uint32_t next_random(struct worker *worker)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 7;
	worker->random ^= worker->random << 17;
	return (uint32_t)(worker->random >> 16);
}

static SIZE_T random_size(struct worker *worker)
{
	uint32_t r = next_random(worker);
	switch (r % 16) {
	case 0:
		return (r >> 8) % 0x4800;
	case 1:
		return (r >> 8) % 64 == 0 ? (r >> 14) % 0x180000 : (r >> 8) % 0x12000;
	default:
		return (r >> 8) % 600;
	}
}

static void fill(struct record *record, SIZE_T from)
{
	for (SIZE_T i = from; i < record->size; i++)
		record->block[i] = (unsigned char)(record->fill + i);
}

static void check_contents(struct record *record, SIZE_T size)
{
	for (SIZE_T i = 0; i < size; i++)
		if (record->block[i] != (unsigned char)(record->fill + i)) {
			fprintf(stderr, "block %p of %#zx: byte %#zx changed\n", (void *)record->block, record->size, i);
			abort();
		}
}

#define REQUIRE(condition)                                                                                                  \
	do {                                                                                                                \
		if (!(condition)) {                                                                                         \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                     \
			abort();                                                                                            \
		}                                                                                                           \
	} while (0)

static void check_record(struct worker *worker, struct record *record)
{
	REQUIRE(RtlSizeHeap(worker->heap, 0, record->block) == record->size);
	check_contents(record, record->size);
	if (record->user) {
		void *value = NULL;
		ULONG flags = 0;
		REQUIRE(RtlGetUserInfoHeap(worker->heap, 0, record->block, &value, &flags));
		REQUIRE(flags == (record->user & HEAP_SETTABLE_USER_FLAGS));
		if (record->user & HEAP_SETTABLE_USER_VALUE)
			REQUIRE(value == record->value);
	}
}

static void operate(struct worker *worker)
{
	struct record *record = &worker->records[next_random(worker) % LIVE];
	uint32_t what = next_random(worker) % 100;
	void *heap = worker->heap;
	if (!record->block) {
		ULONG flags = what < 20 ? HEAP_ZERO_MEMORY : 0;
		if (what % 8 == 7)
			flags |= HEAP_SETTABLE_USER_VALUE | (next_random(worker) & HEAP_SETTABLE_USER_FLAGS);
		record->size = random_size(worker);
		record->block = RtlAllocateHeap(heap, flags, record->size);
		REQUIRE(record->block && (uintptr_t)record->block % 16 == 0);
		if (flags & HEAP_ZERO_MEMORY)
			for (SIZE_T i = 0; i < record->size; i++)
				REQUIRE(record->block[i] == 0);
		record->user = flags & (HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAGS);
		record->value = NULL;
		record->fill = (unsigned char)next_random(worker);
		fill(record, 0);
		return;
	}
	if (what < 60) {
		check_record(worker, record);
		REQUIRE(RtlFreeHeap(heap, 0, record->block));
		record->block = NULL;
	} else if (what < 85) {
		ULONG flags = (what & 1 ? HEAP_ZERO_MEMORY : 0) | (what % 4 == 2 ? HEAP_REALLOC_IN_PLACE_ONLY : 0);
		SIZE_T size = random_size(worker), old = record->size, kept = size < old ? size : old;
		check_record(worker, record);
		unsigned char *block = RtlReAllocateHeap(heap, flags, record->block, size);
		if (!block) {
			REQUIRE(flags & HEAP_REALLOC_IN_PLACE_ONLY);
			check_record(worker, record);
			return;
		}
		REQUIRE(!(flags & HEAP_REALLOC_IN_PLACE_ONLY) || block == record->block);
		record->block = block;
		record->size = size;
		check_contents(record, kept);
		if (flags & HEAP_ZERO_MEMORY)
			for (SIZE_T i = kept; i < size; i++)
				REQUIRE(block[i] == 0);
		fill(record, kept);
		check_record(worker, record);
	} else if (what < 88 && record->user & HEAP_SETTABLE_USER_VALUE) {
		record->value = (void *)(uintptr_t)next_random(worker);
		REQUIRE(RtlSetUserValueHeap(heap, 0, record->block, record->value));
		REQUIRE(RtlSetUserFlagsHeap(heap, 0, record->block, HEAP_SETTABLE_USER_FLAGS, HEAP_SETTABLE_USER_FLAG2));
		record->user = HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAG2;
	} else if (what < 90)
		REQUIRE(RtlValidateHeap(heap, 0, record->block));
	else if (worker->exchange) {
		/* Blocks wander from thread to thread. */
		struct record *slot = &worker->exchange[next_random(worker) % 64];
		static struct host_lock lock;
		host_lock_acquire(&lock);
		struct record swapped = *slot;
		*slot = *record;
		*record = swapped;
		host_lock_release(&lock);
		if (record->block)
			check_record(worker, record);
	}
	if (worker->validate && next_random(worker) % 4096 == 0) {
		REQUIRE(sound(heap));
		if (next_random(worker) % 8 == 0)
			check_walk(heap);
		if (next_random(worker) % 4 == 0)
			RtlCompactHeap(heap, 0);
	}
}

static void run(struct worker *worker)
{
	worker->records = calloc(LIVE, sizeof(*worker->records));
	for (unsigned long i = 0; i < worker->operations; i++)
		operate(worker);
	for (unsigned i = 0; i < LIVE; i++)
		if (worker->records[i].block) {
			check_record(worker, &worker->records[i]);
			REQUIRE(RtlFreeHeap(worker->heap, 0, worker->records[i].block));
		}
	free(worker->records);
}

static unsigned long operations(void)
{
	return environment_number("PEWTER_TEST_OPERATIONS", getenv("PEWTER_TEST_LONG") ? 10000000 : 300000);
}

static uint64_t seed(void)
{
	unsigned long value = environment_number("PEWTER_TEST_SEED", 20261122);
	printf("PEWTER_TEST_SEED=%lu PEWTER_TEST_OPERATIONS=%lu\n", value, operations());
	fflush(stdout);
	return value * 0x9E3779B97F4A7C15ull + 1;
}

START_TEST(model_one)
{
	static const ULONG flags[] = {0, HEAP_NO_SERIALIZE};
	start();
	peb.NtGlobalFlag = _i == 2 ? 0x70 : 0;
	struct worker worker = {.heap = growable(_i < 2 ? flags[_i] : 0), .random = seed(), .operations = operations(),
				.validate = true};
	peb.NtGlobalFlag = 0;
	if (_i == 2)
		worker.operations /= 10;
	run(&worker);
	ck_assert(sound(worker.heap));
	RtlDestroyHeap(worker.heap);
}
END_TEST

static void worker_thread(void *argument)
{
	struct worker *worker = argument;
	adopt_teb();
	run(worker);
	rtl_heap_thread_detach();
	__atomic_store_n(&worker->done, 1, __ATOMIC_RELEASE);
	host_futex_wake(&worker->done, 1);
}

START_TEST(model_threads)
{
	start();
	static struct record exchange[64];
	void *heap = _i == 0 ? peb.ProcessHeap : growable(0);
	uint64_t base = seed();
	unsigned long count = operations();
	for (unsigned round = 0; round < 3; round++) {
		struct worker workers[4];
		memset(exchange, 0, sizeof(exchange));
		for (unsigned i = 0; i < 4; i++) {
			workers[i] = (struct worker){.heap = heap, .random = base + i * 77 + round * 1000 + 1,
						     .operations = count / 12, .exchange = exchange, .validate = false};
			ck_assert_int_eq(host_thread_create(worker_thread, &workers[i]), 0);
		}
		for (unsigned i = 0; i < 4; i++)
			while (!__atomic_load_n(&workers[i].done, __ATOMIC_ACQUIRE))
				host_futex_wait(&workers[i].done, 0, UINT64_MAX);
		for (unsigned i = 0; i < 64; i++)
			if (exchange[i].block) {
				check_contents(&exchange[i], exchange[i].size);
				REQUIRE(RtlFreeHeap(heap, 0, exchange[i].block));
			}
		ck_assert(sound(heap));
	}
	if (heap != peb.ProcessHeap)
		RtlDestroyHeap(heap);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("heap");
	TCase *layout = tcase_create("layout");
	tcase_set_timeout(layout, 60);
	tcase_add_test(layout, classes);
	tcase_add_test(layout, strides);
	tcase_add_test(layout, segments);
	tcase_add_test(layout, fixed);
	tcase_add_test(layout, large);
	tcase_add_test(layout, commit_falls);
	tcase_add_loop_test(layout, holes, 0, 2);
	tcase_add_test(layout, global_flags);
	tcase_add_test(layout, debug_layout);
	tcase_add_test(layout, debug_patterns);
	tcase_add_test(layout, walk_is_complete);
	suite_add_tcase(suite, layout);
	TCase *model = tcase_create("model");
	tcase_set_timeout(model, 3600);
	tcase_add_loop_test(model, model_one, 0, 3);
	tcase_add_loop_test(model, model_threads, 0, 2);
	suite_add_tcase(suite, model);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
