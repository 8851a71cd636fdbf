/*
 * check_mm_model - the memory manager against the model of mm_model.h: alone, and on several threads.
 *
 * The seed is printed.  PEWTER_TEST_SEED repeats a run, PEWTER_TEST_OPERATIONS lengthens it (`make check-model`).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/fault.h"
#include "host/thread.h"
#include "mm_invariants.h"
#include "mm_model.h"
#include "ntdll/mm/mm.h"
#include "ntdll/mm/mm_internal.h"

#define BASE ((uintptr_t)0x40000000) /* where the sanitizers leave room, too */
#define THREADS_MAX 4u
#define SHARED_BASE (BASE + THREADS_MAX * 2 * MODEL_BYTES)
#define SHARED_PAGES 512u

NTSTATUS WINAPI NtGetWriteWatch(HANDLE, ULONG, PVOID, SIZE_T, PVOID *, ULONG_PTR *, ULONG *);
NTSTATUS WINAPI NtResetWriteWatch(HANDLE, PVOID, SIZE_T);

/* --- the backend: mm itself --- */

static uint32_t allocate(uintptr_t *base, size_t *size, uint32_t type, uint32_t protect, const struct model_window *window)
{
	struct mm_limits limits;

	if (window)
		limits = (struct mm_limits){window->lowest, window->highest, window->alignment};
	return (uint32_t)mm_allocate(base, size, type, protect, 0, window ? &limits : NULL);
}

static uint32_t release(uintptr_t *base, size_t *size, uint32_t type)
{
	uintptr_t start = *base & ~(uintptr_t)(MODEL_PAGE - 1);
	size_t length = ((*base + *size + MODEL_PAGE - 1) & ~(uintptr_t)(MODEL_PAGE - 1)) - start;

	/* Small ranges are parked where they may be, which must look the same. */
	if (type == MEM_DECOMMIT && *size && length <= 8 * MODEL_PAGE && mm_park(start, length)) {
		*base = start;
		*size = length;
		return STATUS_SUCCESS;
	}
	return (uint32_t)mm_free(base, size, type);
}

static uint32_t protect_pages(uintptr_t *base, size_t *size, uint32_t protect, uint32_t *old)
{
	ULONG old_protect = 0;
	NTSTATUS status = mm_protect(base, size, protect, &old_protect);

	*old = old_protect;
	return (uint32_t)status;
}

static uint32_t query(uintptr_t address, MEMORY_BASIC_INFORMATION *info)
{
	return (uint32_t)mm_query(address, info);
}

static uint32_t create_section(void *file, size_t size, uint32_t protect, uint32_t attributes, void **section)
{
	struct mm_section *made = NULL;
	NTSTATUS status;

	if (file)
		status = mm_section_create_file((int)(intptr_t)file, true, size, protect, attributes, &made);
	else
		status = mm_section_create_pagefile(size, protect, attributes, &made);
	*section = made;
	return (uint32_t)status;
}

static void close_section(void *section)
{
	mm_section_dereference(section);
}

static uint32_t map(void *section, uintptr_t *base, uint64_t offset, size_t *size, size_t commit, uint32_t type, uint32_t protect)
{
	return (uint32_t)mm_map_view(section, base, 0, commit, &offset, size, type, protect, NULL);
}

static uint32_t unmap(uintptr_t address, uint32_t flags)
{
	return (uint32_t)(flags & MEM_PRESERVE_PLACEHOLDER ? mm_unmap_view_to_placeholder(address) : mm_unmap_view(address));
}

/* What the last copy that failed ran into. */
static __thread uint32_t touched;

static enum host_fault_answer fault(struct host_fault *fault)
{
	if (!fault->in_copy)
		abort();
	switch (mm_fault(fault->address, fault->access, false)) {
	case MM_FAULT_RESOLVED:
		return HOST_FAULT_CONTINUE;
	case MM_FAULT_GUARD:
		touched = (uint32_t)STATUS_GUARD_PAGE_VIOLATION;
		return HOST_FAULT_FAIL_COPY;
	default:
		touched = (uint32_t)STATUS_ACCESS_VIOLATION;
		return HOST_FAULT_FAIL_COPY;
	}
}

static uint32_t read_byte(uintptr_t address, uint8_t *byte)
{
	touched = STATUS_SUCCESS;
	return host_copy_from_guest(byte, (const void *)address, 1) ? touched : STATUS_SUCCESS;
}

static uint32_t write_byte(uintptr_t address, uint8_t byte)
{
	touched = STATUS_SUCCESS;
	return host_copy_to_guest((void *)address, &byte, 1) ? touched : STATUS_SUCCESS;
}

static uint32_t get_watch(bool reset, uintptr_t base, size_t size, PVOID *addresses, ULONG_PTR *count)
{
	ULONG granularity;

	return (uint32_t)NtGetWriteWatch(NtCurrentProcess(), reset ? 1 : 0, (PVOID)base, size, addresses, count, &granularity);
}

static uint32_t reset_watch(uintptr_t base, size_t size)
{
	return (uint32_t)NtResetWriteWatch(NtCurrentProcess(), (PVOID)base, size);
}

static const struct model_backend backend = {
	.lowest_fit = true,
	.write_watch = true,
	.allocate = allocate,
	.release = release,
	.protect = protect_pages,
	.query = query,
	.create_section = create_section,
	.close_section = close_section,
	.map = map,
	.unmap = unmap,
	.read = read_byte,
	.write = write_byte,
	.get_watch = get_watch,
	.reset_watch = reset_watch,
};

/* --- the runs --- */

static unsigned long environment_number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

static void make_files(void *files[MODEL_FILES])
{
	for (unsigned i = 0; i < MODEL_FILES; i++) {
		char name[] = "/tmp/pewter-model-XXXXXX";
		int fd = mkstemp(name);

		if (fd < 0 || ftruncate(fd, MODEL_SECTION_PAGES * MODEL_PAGE))
			abort();
		unlink(name);
		files[i] = (void *)(intptr_t)fd;
	}
}

static unsigned long seed, operations;

static void start(const char *what)
{
	seed = environment_number("PEWTER_TEST_SEED", 20261122);
	operations = environment_number("PEWTER_TEST_OPERATIONS", 200000);
	printf("memory model, %s: seed %lu, %lu operations\n", what, seed, operations);
	fflush(stdout);
	ck_assert_int_eq(mm_initialize(), STATUS_SUCCESS);
	host_fault_install(fault);
}

/* Nothing is left, and nothing is charged. */
static void check_empty(void)
{
	struct mm_statistics statistics;

	mm_check_invariants();
	mm_get_statistics(&statistics);
	ck_assert_uint_eq(statistics.commit_charge, 0);
	ck_assert_uint_eq(statistics.vad_count, 0);
	ck_assert_uint_eq(statistics.reserved, 0);
}

static void run_model(struct model *model, unsigned long count)
{
	while (count) {
		unsigned long step = count < 10000 ? count : 10000;

		model_run(model, step);
		mm_check_invariants();
		count -= step;
	}
	model_compare(model);
	model_finish(model);
}

static struct model models[THREADS_MAX];

START_TEST(model_agrees)
{
	void *files[MODEL_FILES];

	start("one thread");
	make_files(files);
	model_start(&models[0], &backend, BASE, files, seed);
	run_model(&models[0], operations);
	check_empty();
}
END_TEST

/* What the threads fight for: memory and two sections, one of which commits for every view. */
static void *shared_sections[2];

static void make_shared_sections(void)
{
	static const uint32_t attributes[] = {SEC_COMMIT, SEC_RESERVE};

	for (unsigned i = 0; i < ARRAY_SIZE(shared_sections); i++)
		ck_assert_uint_eq(create_section(NULL, SHARED_PAGES * MODEL_PAGE, PAGE_READWRITE, attributes[i], &shared_sections[i]),
				  STATUS_SUCCESS);
}

static void fight_for_view(struct model *model, uintptr_t base, size_t size)
{
	static const ULONG protects[] = {PAGE_READWRITE, PAGE_READONLY, PAGE_WRITECOPY};
	bool replace = model_one_in(model, 2);
	uint64_t offset = (uint64_t)model_below(model, SHARED_PAGES) * MODEL_PAGE;

	if (model_one_in(model, 2)) {
		unmap(base, replace ? MEM_PRESERVE_PLACEHOLDER : 0);
		return;
	}
	if (!replace) {
		base = mm_unit_down(base);
		offset = mm_unit_down(offset);
	}
	map(shared_sections[model_below(model, 2)], &base, offset, &size, 0, replace ? MEM_REPLACE_PLACEHOLDER : 0,
	    protects[model_below(model, ARRAY_SIZE(protects))]);
}

static void fight_for_marks(struct model *model, uintptr_t base, size_t size)
{
	PVOID pages[SHARED_PAGES];
	ULONG_PTR count = SHARED_PAGES;

	get_watch(model_one_in(model, 2), base, size, pages, &count);
}

/* What these answer depends on the other threads, so nobody looks. */
static void fight(struct model *model, unsigned long count)
{
	static const ULONG types[] = {MEM_COMMIT,
				      MEM_RESERVE,
				      MEM_RESERVE | MEM_COMMIT,
				      MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH,
				      MEM_RESERVE | MEM_RESERVE_PLACEHOLDER,
				      MEM_RESERVE | MEM_REPLACE_PLACEHOLDER};
	static const ULONG frees[] = {MEM_RELEASE, MEM_DECOMMIT, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER,
				      MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS};

	for (unsigned long i = 0; i < count; i++) {
		uintptr_t base = SHARED_BASE + (uintptr_t)model_below(model, SHARED_PAGES) * MODEL_PAGE;
		size_t size = (size_t)(1 + model_below(model, 32)) * MODEL_PAGE;
		MEMORY_BASIC_INFORMATION info;
		ULONG type, old;
		uint8_t byte;

		if (base + size > SHARED_BASE + SHARED_PAGES * MODEL_PAGE)
			size = MODEL_PAGE;
		switch (model_below(model, 8)) {
		case 0:
		case 1:
			type = types[model_below(model, ARRAY_SIZE(types))];
			mm_allocate(&base, &size, type, type & MEM_RESERVE_PLACEHOLDER ? PAGE_NOACCESS : PAGE_READWRITE, 0, NULL);
			break;
		case 2:
			mm_free(&base, &size, frees[model_below(model, ARRAY_SIZE(frees))]);
			break;
		case 3:
			mm_protect(&base, &size, model_random_protect(model), &old);
			break;
		case 4:
			mm_query(base, &info);
			break;
		case 5:
			fight_for_view(model, base, size);
			break;
		case 6:
			fight_for_marks(model, base, size);
			break;
		default:
			if (model_one_in(model, 2))
				read_byte(base, &byte);
			else
				write_byte(base, 1);
		}
	}
}

static void free_shared(void)
{
	for (uintptr_t at = SHARED_BASE; at < SHARED_BASE + SHARED_PAGES * MODEL_PAGE;) {
		MEMORY_BASIC_INFORMATION info;
		size_t size = 0;

		ck_assert_int_eq(mm_query(at, &info), STATUS_SUCCESS);
		at += info.RegionSize;
		if (info.State != MEM_FREE) {
			uintptr_t base = (uintptr_t)info.AllocationBase;

			if (info.Type == MEM_MAPPED)
				ck_assert_uint_eq(unmap(base, 0), STATUS_SUCCESS);
			else
				ck_assert_int_eq(mm_free(&base, &size, MEM_RELEASE), STATUS_SUCCESS);
		}
	}
	for (unsigned i = 0; i < ARRAY_SIZE(shared_sections); i++)
		close_section(shared_sections[i]);
}

static uint32_t running;

static void thread(void *argument)
{
	struct model *model = argument;
	unsigned long left = operations;

	while (left) {
		unsigned long step = left < 1000 ? left : 1000;

		model_run(model, step);
		fight(model, step);
		left -= step;
		if (model_one_in(model, 10))
			mm_check_invariants();
	}
	model_compare(model);
	model_finish(model);
	if (!__atomic_sub_fetch(&running, 1, __ATOMIC_ACQ_REL))
		host_futex_wake(&running, 1);
	for (;;)
		pause();
}

static void run_threads(unsigned count)
{
	char what[32];

	snprintf(what, sizeof(what), "%u threads", count);
	start(what);
	make_shared_sections();
	running = count;
	operations /= count;
	for (unsigned i = 0; i < count; i++) {
		void *files[MODEL_FILES];

		make_files(files);
		model_start(&models[i], &backend, BASE + 2 * i * MODEL_BYTES, files, seed + i);
		ck_assert_int_eq(host_thread_create(thread, &models[i]), 0);
	}
	for (uint32_t left; (left = __atomic_load_n(&running, __ATOMIC_ACQUIRE));)
		host_futex_wait(&running, left, UINT64_MAX);
	free_shared();
	check_empty();
}

START_TEST(two_threads_agree)
{
	run_threads(2);
}
END_TEST

START_TEST(four_threads_agree)
{
	run_threads(4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mm model");
	TCase *random = tcase_create("random");
	SRunner *runner;
	int failed;

	tcase_set_timeout(random, 0);
	tcase_add_test(random, model_agrees);
	tcase_add_test(random, two_threads_agree);
	tcase_add_test(random, four_threads_agree);
	suite_add_tcase(suite, random);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
