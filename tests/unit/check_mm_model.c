/*
 * check_mm_model - random memory operations against the naive thing: an array with one record a page.
 *
 * The seed is printed.  PEWTER_TEST_SEED repeats a run, PEWTER_TEST_OPERATIONS lengthens it.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/fault.h"
#include "ntdll/mm/mm.h"
#include "ntdll/mm/mm_internal.h"

#define BASE ((uintptr_t)0x40000000) /* where AddressSanitizer leaves room, too */
#define PAGES 4096u
#define UNIT (MM_GRANULARITY / MM_PAGE_SIZE)

struct page {
	unsigned allocation;	  /* 0 = free; else a number that all pages of one allocation share */
	ULONG allocation_protect;
	ULONG protect;		  /* 0 = reserved */
	unsigned char contents;	  /* of one byte */
};
static struct page model[PAGES];
static unsigned next_allocation = 1;
static uint64_t random_state;

static uint32_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 16);
}

static uintptr_t address_of(unsigned page)
{
	return BASE + (uintptr_t)page * MM_PAGE_SIZE;
}

static ULONG random_protect(void)
{
	static const ULONG protects[] = {
		PAGE_NOACCESS,	   PAGE_READONLY, PAGE_READWRITE, PAGE_EXECUTE_READ, PAGE_READWRITE | PAGE_GUARD,
		PAGE_EXECUTE_READWRITE};
	return protects[random_number() % ARRAY_SIZE(protects)];
}

/* Whether [first, end) lies in one allocation. */
static bool in_one(unsigned first, unsigned end)
{
	if (end > PAGES)
		return false;
	for (unsigned i = first; i < end; i++)
		if (!model[i].allocation || model[i].allocation != model[first].allocation)
			return false;
	return true;
}

static unsigned start_of(unsigned page)
{
	while (page > 0 && model[page].allocation && model[page - 1].allocation == model[page].allocation)
		page--;
	return page;
}

static void check_reserve(unsigned first, unsigned pages)
{
	unsigned start = first / UNIT * UNIT, end = first + pages;
	uintptr_t base = address_of(first);
	size_t size = (size_t)pages * MM_PAGE_SIZE;
	bool commit = random_number() % 2, free = true;
	ULONG protect = random_protect();
	NTSTATUS status;

	if (end > PAGES)
		return;
	for (unsigned i = start; i < end; i++)
		free = free && !model[i].allocation;
	status = mm_allocate(&base, &size, MEM_RESERVE | (commit ? MEM_COMMIT : 0), protect, 0, NULL);
	ck_assert_int_eq(status, free ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES);
	if (!free)
		return;
	ck_assert_uint_eq(base, address_of(start));
	ck_assert_uint_eq(size, (size_t)(end - start) * MM_PAGE_SIZE);
	for (unsigned i = start; i < end; i++)
		model[i] = (struct page){next_allocation, protect, commit ? protect : 0, 0};
	next_allocation++;
}

static void check_commit(unsigned first, unsigned pages)
{
	uintptr_t base = address_of(first);
	size_t size = (size_t)pages * MM_PAGE_SIZE;
	ULONG protect = random_protect();
	bool inside = in_one(first, first + pages);

	ck_assert_int_eq(mm_allocate(&base, &size, MEM_COMMIT, protect, 0, NULL),
			 inside ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES);
	for (unsigned i = first; inside && i < first + pages; i++) {
		if (!model[i].protect)
			model[i].contents = 0;
		model[i].protect = protect;
	}
}

static void check_protect(unsigned first, unsigned pages)
{
	uintptr_t base = address_of(first);
	size_t size = (size_t)pages * MM_PAGE_SIZE;
	ULONG protect = random_protect(), old = 0;
	NTSTATUS want = in_one(first, first + pages) ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;

	for (unsigned i = first; want == STATUS_SUCCESS && i < first + pages; i++)
		if (!model[i].protect)
			want = STATUS_NOT_COMMITTED;
	ck_assert_int_eq(mm_protect(&base, &size, protect, &old), want);
	if (want != STATUS_SUCCESS)
		return;
	ck_assert_uint_eq(old, model[first].protect);
	for (unsigned i = first; i < first + pages; i++)
		model[i].protect = protect;
}

static void check_free(unsigned first, unsigned pages, ULONG type)
{
	uintptr_t base = address_of(first);
	bool whole = random_number() % 3 == 0;
	size_t size = whole ? 0 : (size_t)pages * MM_PAGE_SIZE;
	unsigned end = first + pages, allocation = model[first].allocation;
	NTSTATUS want = STATUS_SUCCESS;

	if (!allocation)
		want = STATUS_MEMORY_NOT_ALLOCATED;
	else if (whole && start_of(first) != first)
		want = STATUS_FREE_VM_NOT_AT_BASE;
	else if (!whole && !in_one(first, end))
		want = STATUS_UNABLE_TO_FREE_VM;
	ck_assert_int_eq(mm_free(&base, &size, type), want);
	if (want != STATUS_SUCCESS)
		return;
	if (whole)
		for (end = first; end < PAGES && model[end].allocation == allocation;)
			end++;
	ck_assert_uint_eq(size, whole && type == MEM_DECOMMIT ? 0 : (size_t)(end - first) * MM_PAGE_SIZE);
	for (unsigned i = first; i < end; i++) {
		model[i].protect = 0;
		if (type == MEM_RELEASE)
			model[i] = (struct page){0};
	}
	/* What a release leaves above itself is an allocation of its own from now on. */
	if (type == MEM_RELEASE) {
		for (unsigned i = end; i < PAGES && model[i].allocation == allocation; i++)
			model[i].allocation = next_allocation;
		next_allocation++;
	}
}

static void check_query(unsigned page)
{
	const struct page *want = &model[page];
	MEMORY_BASIC_INFORMATION info;
	unsigned end = page + 1;

	ck_assert_int_eq(mm_query(address_of(page) + random_number() % MM_PAGE_SIZE, &info), STATUS_SUCCESS);
	while (end < PAGES && model[end].allocation == want->allocation && model[end].protect == want->protect)
		end++;
	ck_assert_ptr_eq(info.BaseAddress, (void *)address_of(page));
	if (end < PAGES || want->allocation)
		ck_assert_uint_eq(info.RegionSize, (size_t)(end - page) * MM_PAGE_SIZE);
	ck_assert_uint_eq(info.State, !want->allocation ? MEM_FREE : want->protect ? MEM_COMMIT : MEM_RESERVE);
	ck_assert_uint_eq(info.Protect, !want->allocation ? PAGE_NOACCESS : want->protect);
	ck_assert_uint_eq(info.Type, want->allocation ? MEM_PRIVATE : 0);
	ck_assert_uint_eq(info.AllocationProtect, want->allocation_protect);
	ck_assert_ptr_eq(info.AllocationBase, want->allocation ? (void *)address_of(start_of(page)) : NULL);
}

/* Reads and writes through the probed copies, so that a wrong Linux protection shows as well. */
static void check_touch(unsigned page)
{
	unsigned prot = mm_host_prot(model[page].protect);
	unsigned char byte = 0xEE, value = (unsigned char)random_number();
	void *at = (void *)(address_of(page) + 8);

	ck_assert_int_eq(host_copy_from_guest(&byte, at, 1), prot & HOST_PROT_READ ? 0 : -1);
	if (prot & HOST_PROT_READ)
		ck_assert_uint_eq(byte, model[page].contents);
	ck_assert_int_eq(host_copy_to_guest(at, &value, 1), prot & HOST_PROT_WRITE ? 0 : -1);
	if (prot & HOST_PROT_WRITE)
		model[page].contents = value;
}

static enum host_fault_answer fail_copies(struct host_fault *fault)
{
	if (!fault->in_copy)
		abort();
	return HOST_FAULT_FAIL_COPY;
}

static unsigned long environment_number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

START_TEST(model_agrees)
{
	unsigned long seed = environment_number("PEWTER_TEST_SEED", 20261122);
	unsigned long count = environment_number("PEWTER_TEST_OPERATIONS", 200000);
	struct mm_statistics statistics;
	size_t committed = 0;

	printf("memory model: seed %lu, %lu operations\n", seed, count);
	fflush(stdout);
	random_state = seed * 0x9E3779B97F4A7C15ull + 1;
	ck_assert_int_eq(mm_initialize(), STATUS_SUCCESS);
	host_fault_install(fail_copies);
	for (unsigned long i = 0; i < count; i++) {
		unsigned first = random_number() % PAGES;
		unsigned pages = 1 + random_number() % (random_number() % 8 ? 24 : 300);

		switch (random_number() % 10) {
		case 0:
		case 1:
			check_reserve(first, pages);
			break;
		case 2:
		case 3:
			check_commit(first, pages);
			break;
		case 4:
			check_protect(first, pages);
			break;
		case 5:
			check_free(first, pages, MEM_DECOMMIT);
			break;
		case 6:
			check_free(random_number() % 2 ? start_of(first) : first, pages, MEM_RELEASE);
			break;
		case 7:
		case 8:
			check_touch(first);
			break;
		default:
			check_query(first);
		}
		if (i % 10000 == 0)
			mm_tree_check(&mm_space.vads);
	}
	for (unsigned i = 0; i < PAGES; i++) {
		check_query(i);
		check_touch(i);
		committed += model[i].protect != 0;
	}
	mm_get_statistics(&statistics);
	ck_assert_uint_eq(statistics.commit_charge, committed * MM_PAGE_SIZE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mm model");
	TCase *random = tcase_create("random");
	SRunner *runner;
	int failed;

	tcase_set_timeout(random, 900);
	tcase_add_test(random, model_agrees);
	suite_add_tcase(suite, random);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
