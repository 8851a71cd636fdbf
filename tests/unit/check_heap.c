/*
 * check_heap - the NT heap without a guest: its layout.  (What guests see of heaps is in tests/conformance/heap_rows_*.c.)
 */
#include "tests/unit/heap_fixture.h"

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
/* Subsegments get longer as their descriptions are used up, and when none is left the segments serve. */
START_TEST(many_subsegments) /* _i: how many are in use before */
{
	static const uint32_t used[] = {0, FRONT_SUBS / 4, FRONT_SUBS - 2 * FRONT_SUBS_AT_ONCE, FRONT_SUBS};
	enum { COUNT = 30000 };
	static unsigned char *blocks[COUNT];
	unsigned in_slots = 0;
	SIZE_T longest = 0;

	start();
	struct heap *heap = growable(0);
	if (used[_i])
		front_subs_used = used[_i];
	for (unsigned i = 0; i < COUNT; i++) {
		SIZE_T size = 40 + i % 7 * 100;
		blocks[i] = RtlAllocateHeap(heap, 0, size);
		ck_assert_ptr_nonnull(blocks[i]);
		memset(blocks[i], (int)i, size);
		struct heap_entry *entry = heap_entry_of(blocks[i]);
		if (entry->tag != heap->front_busy)
			continue;
		in_slots++;
		SIZE_T length = (SIZE_T)heap_entry_of(front_sub_of(entry)->base)->units * HEAP_UNIT;
		if (length > longest)
			longest = length;
	}
	/* Each thread has a group more than it needs at most; with none it has no slots at all. */
	ck_assert_uint_eq(in_slots > 0, used[_i] < FRONT_SUBS);
	ck_assert_uint_eq(in_slots > COUNT * 9 / 10, _i < 2);
	ck_assert_uint_eq(longest > 0x8010, used[_i] > FRONT_SUBS / 8 && used[_i] < FRONT_SUBS);
	ck_assert(sound(heap));
	check_walk(heap);
	for (unsigned i = 0; i < COUNT; i++) {
		SIZE_T size = 40 + i % 7 * 100;
		ck_assert_uint_eq(RtlSizeHeap(heap, 0, blocks[i]), size);
		ck_assert(blocks[i][0] == (unsigned char)i && blocks[i][size - 1] == (unsigned char)i);
		ck_assert(RtlFreeHeap(heap, 0, blocks[i]));
	}
	ck_assert(sound(heap));
	ck_assert_ptr_null(RtlDestroyHeap(heap));
	/* A heap that comes later has what that one had. */
	uint32_t before = front_subs_used;
	heap = growable(0);
	for (unsigned i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(RtlAllocateHeap(heap, 0, 40));
	ck_assert_uint_eq(front_subs_used, before);
	ck_assert_ptr_null(RtlDestroyHeap(heap));
}
END_TEST

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
	tcase_add_loop_test(layout, many_subsegments, 0, 4);
	suite_add_tcase(suite, layout);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
