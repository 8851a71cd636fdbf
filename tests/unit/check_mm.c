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

/* Decommits three written pages in the middle of an allocation, twice: the second time they have a mapping of their own. */
static uintptr_t parked_pages(uintptr_t base)
{
	uintptr_t middle = base + 0x4000, at;
	size_t size;

	for (unsigned i = 0; i < 2; i++) {
		at = middle, size = 0x3000;
		ck_assert_int_eq(allocate(&at, &size, MEM_COMMIT, PAGE_READWRITE), STATUS_SUCCESS);
		for (size_t byte = 0; byte < size; byte++)
			ck_assert_int_eq(((char *)middle)[byte], 0);
		memset((void *)middle, 0x5A, size);
		ck_assert(mm_park(middle, size));
		ck_assert_uint_eq(query(middle).State, MEM_RESERVE);
		ck_assert_int_eq(mm_fault(middle, 1, false), MM_FAULT_VIOLATION);
	}
	return middle;
}

static void check_zero_from(uintptr_t at, size_t size, ULONG protect)
{
	uintptr_t base = at;

	ck_assert_int_eq(allocate(&base, &size, MEM_COMMIT, protect), STATUS_SUCCESS);
	for (size_t byte = 0; byte < size; byte++)
		ck_assert_int_eq(((char *)base)[byte], 0);
}

/* Whatever comes to parked pages next finds them as empty as any. */
START_TEST(parked_pages_are_empty)
{
	static const struct {
		intptr_t from;
		size_t size;
		ULONG protect;
	} commits[] = {
		{0, 0x3000, PAGE_READWRITE}, {0, 0x3000, PAGE_READONLY},	{0x1000, 0x1000, PAGE_READWRITE},
		{0, 0x1000, PAGE_READWRITE}, {-0x1000, 0x5000, PAGE_READWRITE}, {0x2000, 0x4000, PAGE_EXECUTE_READWRITE},
	};
	struct mm_statistics before, after;

	mm_get_statistics(&before);
	for (unsigned i = 0; i < ARRAY_SIZE(commits); i++) {
		uintptr_t base = 0, middle;
		size_t size = 0x10000;

		ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
		middle = parked_pages(base);
		check_zero_from(middle + (uintptr_t)commits[i].from, commits[i].size, commits[i].protect);
		check_zero_from(middle, 0x3000, PAGE_READWRITE);
		release(base);
	}
	for (unsigned i = 0; i < 3; i++) {
		/* The allocation goes, and another one comes, or a view, or one of the first of the parked pages only. */
		uintptr_t base = 0, other = 0;
		size_t size = 0x10000;
		uint64_t offset = 0;
		struct mm_section *section;

		ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
		parked_pages(base);
		release(base);
		other = base, size = 0x10000;
		if (i == 0) {
			ck_assert_int_eq(allocate(&other, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
			check_zero_from(base, 0x10000, PAGE_READWRITE);
			release(base);
			continue;
		}
		size = i == 1 ? 0x10000 : 0x5000;
		ck_assert_int_eq(mm_section_create_pagefile(size, PAGE_READWRITE, SEC_COMMIT, &section), STATUS_SUCCESS);
		ck_assert_int_eq(mm_map_view(section, &other, 0, 0, &offset, &size, 0, PAGE_READWRITE, NULL), STATUS_SUCCESS);
		ck_assert_int_eq(*(char *)(base + 0x4000), 0);
		memset((void *)base, 0x5A, size);
		ck_assert_int_eq(mm_unmap_view(base), STATUS_SUCCESS);
		mm_section_dereference(section);
		size = 0x10000;
		ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
		check_zero_from(base, 0x10000, PAGE_READWRITE);
		release(base);
	}
	mm_get_statistics(&after);
	ck_assert_uint_eq(after.commit_charge, before.commit_charge);
}
END_TEST

/* More ranges than are kept in mind, ones that are too large, and others that cannot be parked. */
START_TEST(parking_has_bounds)
{
	static const size_t count = 100;
	uintptr_t base = 0, at;
	size_t size = count * 0x10000;
	ULONG old;

	ck_assert_int_eq(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
	for (unsigned round = 0; round < 3; round++)
		for (size_t i = 0; i < count; i++) {
			size_t bytes = i % 10 ? 0x3000 : 0x10000;

			check_zero_from(base + i * 0x10000, bytes, PAGE_READWRITE);
			memset((void *)(base + i * 0x10000), 0x5A, bytes);
			ck_assert(mm_park(base + i * 0x10000, bytes));
		}
	check_zero_from(base, count * 0x10000, PAGE_READWRITE);
	at = base + 0x1000, size = 0x1000;
	ck_assert_int_eq(mm_protect(&at, &size, PAGE_READONLY, &old), STATUS_SUCCESS);
	ck_assert(!mm_park(base, 0x3000));
	ck_assert_uint_eq(query(base).State, MEM_COMMIT);
	ck_assert_int_eq(mm_free(&at, &size, MEM_DECOMMIT), STATUS_SUCCESS);
	ck_assert(!mm_park(base, 0x3000));
	release(base);
	ck_assert(!mm_park(base, 0x3000));
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
	tcase_add_test(rules, parked_pages_are_empty);
	tcase_add_test(rules, parking_has_bounds);
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
