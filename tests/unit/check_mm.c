/*
 * check_mm - the memory manager's rules without a guest.  check_mm_model.c has the random sequences.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/vm.h"
#include "ntdll/mm/mm.h"
#include "ntdll/mm/mm_internal.h"

static void setup(void)
{
	ck_assert_int_eq(mm_initialize(), STATUS_SUCCESS);
}

static NTSTATUS allocate(uintptr_t *base, size_t *size, ULONG type, ULONG protect)
{
	return mm_allocate(base, size, type, protect, 0, NULL);
}

static MEMORY_BASIC_INFORMATION query(uintptr_t address)
{
	MEMORY_BASIC_INFORMATION info;

	ck_assert_int_eq(mm_query(address, &info), STATUS_SUCCESS);
	return info;
}

static void release(uintptr_t base)
{
	size_t size = 0;

	ck_assert_int_eq(mm_free(&base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

/* nt facts row 4 */
START_TEST(reserve_rounds)
{
	static const struct {
		uintptr_t base;
		size_t size, want;
	} rows[] = {
		{0x50001010, 0x7000, 0x9000},  {0x50008000, 1, 0x9000},	       {0x50000010, 0x1000, 0x2000},
		{0x5000FFFF, 0x3000, 0x13000}, {0x50001010, 0xC000, 0xE000},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		uintptr_t base = rows[i].base;
		size_t size = rows[i].size;

		ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
		ck_assert_uint_eq(base, 0x50000000);
		ck_assert_uint_eq(size, rows[i].want);
		ck_assert_uint_eq(query(base).State, MEM_RESERVE);
		ck_assert_uint_eq(query(base).Protect, 0);
		release(base);
		ck_assert_uint_eq(query(base).State, MEM_FREE);
	}
}
END_TEST

START_TEST(commit_and_protect_split)
{
	uintptr_t base = 0, at;
	size_t size = 0x10000;
	ULONG old;

	ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), STATUS_SUCCESS);
	memset((void *)base, 0x5A, size);
	at = base + 0x3000, size = 0x1000;
	ck_assert_int_eq(mm_protect(&at, &size, PAGE_READONLY, &old), STATUS_SUCCESS);
	ck_assert_uint_eq(old, PAGE_READWRITE);
	ck_assert_uint_eq(query(base).RegionSize, 0x3000);
	ck_assert_uint_eq(query(base + 0x3000).RegionSize, 0x1000);
	ck_assert_uint_eq(query(base + 0x3000).Protect, PAGE_READONLY);
	ck_assert_uint_eq(query(base + 0x4000).RegionSize, 0xC000);
	ck_assert_int_eq(*(char *)(base + 0x3000), 0x5A);
	at = base + 0x2000, size = 0x3000;
	ck_assert_int_eq(mm_free(&at, &size, MEM_DECOMMIT), STATUS_SUCCESS);
	ck_assert_uint_eq(query(base + 0x2000).State, MEM_RESERVE);
	ck_assert_uint_eq(query(base + 0x2000).RegionSize, 0x3000);
	at = base + 0x2000, size = 0x3000;
	ck_assert_int_eq(allocate(&at, &size, MEM_COMMIT, PAGE_READWRITE), STATUS_SUCCESS);
	ck_assert_int_eq(*(char *)(base + 0x3000), 0);
	ck_assert_uint_eq(query(base).RegionSize, 0x10000);
	release(base);
}
END_TEST

/* nt facts rows 31, 34, 35, 36 */
START_TEST(free_statuses)
{
	uintptr_t base = 0, at;
	size_t size = 0x30000;

	ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
	at = base + 0x10000, size = 0;
	ck_assert_int_eq(mm_free(&at, &size, MEM_RELEASE), STATUS_FREE_VM_NOT_AT_BASE);
	at = base + 0x10000, size = 0x30000;
	ck_assert_int_eq(mm_free(&at, &size, MEM_RELEASE), STATUS_UNABLE_TO_FREE_VM);
	at = base + 0x10000, size = 0x10000;
	ck_assert_int_eq(mm_free(&at, &size, MEM_RELEASE), STATUS_SUCCESS);
	ck_assert_int_eq(mm_free(&at, &size, MEM_RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
	size = 0x10000;
	ck_assert_int_eq(allocate(&at, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
	ck_assert_uint_eq(at, base + 0x10000);
	release(base);
	release(base + 0x10000);
	release(base + 0x20000);
	at = base, size = 0;
	ck_assert_int_eq(mm_free(&at, &size, MEM_RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
}
END_TEST

START_TEST(top_down_and_zero_bits)
{
	uintptr_t low = 0, high = 0;
	size_t size = 0x10000;

	ck_assert_int_eq(mm_allocate(&low, &size, MEM_RESERVE, PAGE_READWRITE, 4, NULL), STATUS_SUCCESS);
	ck_assert_uint_lt(low, 0x10000000);
	size = 0x10000;
	ck_assert_int_eq(mm_allocate(&high, &size, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE, 4, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(high, 0x0FFF0000);
	release(low);
	release(high);
	high = 0, size = 0x10000;
	ck_assert_int_eq(mm_allocate(&high, &size, MEM_RESERVE, PAGE_READWRITE, 22, NULL), STATUS_INVALID_PARAMETER_3);
}
END_TEST

START_TEST(commit_limit)
{
	struct mm_statistics before, after;
	uintptr_t base = 0;
	size_t size = 0x100000;

	mm_get_statistics(&before);
	mm_set_commit_limit(before.commit_charge + 0x80000);
	ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), STATUS_COMMITMENT_LIMIT);
	mm_get_statistics(&after);
	ck_assert_uint_eq(before.commit_charge, after.commit_charge);
	ck_assert_uint_eq(before.vad_count, after.vad_count);
}
END_TEST

START_TEST(image_pages_turn_from_writecopy_to_readwrite)
{
	static const struct mm_image_run runs[] = {
		{0, 0x1000, PAGE_READONLY}, {0x1000, 0x2000, PAGE_EXECUTE_READ}, {0x3000, 0x4000, PAGE_WRITECOPY}};
	int fd = host_memfd_create("image", 0x7000);
	struct mm_image image = {.fd = fd, .size = 0x7000, .runs = runs, .run_count = 3, .owner = &image};
	uintptr_t base, found;

	ck_assert_int_eq(mm_reserve_image(0x60000000ull, 0x7000, true, &base), STATUS_SUCCESS);
	ck_assert_uint_eq(base, 0x60000000ull);
	ck_assert_int_eq(mm_map_image(base, &image), STATUS_SUCCESS);
	ck_assert_uint_eq(query(base).Type, MEM_IMAGE);
	ck_assert_uint_eq(query(base).AllocationProtect, PAGE_EXECUTE_WRITECOPY);
	ck_assert_uint_eq(query(base + 0x3000).Protect, PAGE_WRITECOPY);
	ck_assert_uint_eq(query(base + 0x3000).RegionSize, 0x4000);
	*(volatile char *)(base + 0x4000) = 1;
	ck_assert_uint_eq(query(base + 0x3000).RegionSize, 0x1000);
	ck_assert_uint_eq(query(base + 0x4000).Protect, PAGE_READWRITE);
	ck_assert_uint_eq(query(base + 0x4000).RegionSize, 0x1000);
	ck_assert_uint_eq(query(base + 0x5000).Protect, PAGE_WRITECOPY);
	ck_assert_uint_eq(query(base + 0x5000).RegionSize, 0x2000);
	ck_assert_ptr_eq(mm_view_owner(base + 0x6FFF, &found), &image);
	ck_assert_uint_eq(found, base);
	ck_assert_int_eq(mm_reserve_image(base, 0x7000, false, &found), STATUS_CONFLICTING_ADDRESSES);
	ck_assert_int_eq(mm_unmap_view(base + 0x5123), STATUS_SUCCESS);
	ck_assert_uint_eq(query(base).State, MEM_FREE);
}
END_TEST

START_TEST(half_a_million_regions)
{
	enum { COUNT = 500000 };
	uintptr_t *bases = malloc(COUNT * sizeof(*bases));
	struct mm_statistics statistics;
	size_t foreign = mm_tree_check(&mm_space.vads); /* what is not arena */

	for (size_t i = 0; i < COUNT; i++) {
		size_t size = 0x1000;
		bases[i] = 0;
		ck_assert_int_eq(allocate(&bases[i], &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
	}
	mm_get_statistics(&statistics);
	printf("500,000 regions take %.1f bytes each\n", (double)statistics.own_bytes / COUNT);
	ck_assert_uint_eq(mm_tree_check(&mm_space.vads), statistics.vad_count + foreign);
	for (size_t i = 0; i < COUNT; i += 977)
		ck_assert_ptr_eq(query(bases[i]).AllocationBase, (void *)bases[i]);
	for (size_t i = 0; i < COUNT; i += 50) {
		size_t size = 0x1000;
		ck_assert_int_eq(allocate(&bases[i], &size, MEM_COMMIT, PAGE_READWRITE), STATUS_SUCCESS);
		*(size_t *)bases[i] = i;
	}
	for (size_t i = 0; i < COUNT; i += 50)
		ck_assert_uint_eq(*(size_t *)bases[i], i);
	for (size_t i = 0; i < COUNT; i++)
		release(bases[i * 7919 % COUNT]);
	mm_tree_check(&mm_space.vads);
	mm_get_statistics(&statistics);
	ck_assert_uint_eq(statistics.vad_count, 0);
	ck_assert_uint_eq(statistics.commit_charge, 0);
	free(bases);
}
END_TEST

/* Splitting and joining are changes of the tree only: a million of them is no more than a moment's work, in whatever order. */
START_TEST(a_million_placeholders)
{
	enum { COUNT = 1u << 20 };
	uintptr_t base = 0, at;
	size_t size = (size_t)COUNT * MM_PAGE_SIZE, page;
	struct mm_statistics before, statistics;

	mm_get_statistics(&before);
	ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS), STATUS_SUCCESS);
	/* 7919 is prime to a power of two: every page comes once.  Some are alone already when it is their turn. */
	for (size_t i = 0; i < COUNT; i++) {
		NTSTATUS status;

		at = base + i * 7919 % COUNT * MM_PAGE_SIZE;
		page = MM_PAGE_SIZE;
		status = mm_free(&at, &page, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER);
		ck_assert(status == STATUS_SUCCESS || status == STATUS_CONFLICTING_ADDRESSES);
	}
	mm_get_statistics(&statistics);
	ck_assert_uint_eq(statistics.vad_count, before.vad_count + COUNT);
	ck_assert_uint_eq(statistics.commit_charge, before.commit_charge);
	printf("%u placeholders take %.1f bytes each\n", COUNT, (double)(statistics.own_bytes - before.own_bytes) / COUNT);
	mm_tree_check(&mm_space.vads);

	/* One that was replaced keeps its neighbours apart. */
	at = base + COUNT / 2 * MM_PAGE_SIZE;
	page = MM_PAGE_SIZE;
	ck_assert_int_eq(allocate(&at, &page, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE), STATUS_SUCCESS);
	ck_assert_int_eq(mm_free(&base, &size, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS), STATUS_CONFLICTING_ADDRESSES);
	ck_assert_int_eq(mm_free(&at, &page, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER), STATUS_SUCCESS);
	ck_assert_int_eq(mm_free(&base, &size, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS), STATUS_SUCCESS);
	mm_tree_check(&mm_space.vads);
	ck_assert_uint_eq(query(base).RegionSize, size);
	release(base);
	mm_get_statistics(&statistics);
	ck_assert_uint_eq(statistics.vad_count, before.vad_count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mm");
	TCase *rules = tcase_create("rules");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(rules, setup, NULL);
	tcase_set_timeout(rules, 120);
	tcase_add_test(rules, reserve_rounds);
	tcase_add_test(rules, commit_and_protect_split);
	tcase_add_test(rules, free_statuses);
	tcase_add_test(rules, top_down_and_zero_bits);
	tcase_add_test(rules, commit_limit);
	tcase_add_test(rules, image_pages_turn_from_writecopy_to_readwrite);
	tcase_add_test(rules, half_a_million_regions);
	tcase_add_test(rules, a_million_placeholders);
	suite_add_tcase(suite, rules);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
