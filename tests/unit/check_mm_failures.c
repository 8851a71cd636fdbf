/*
 * check_mm_failures - what the memory manager does when Linux refuses.
 *
 * The linker puts the functions below in front of mmap, mprotect, madvise, memfd_create and ftruncate (tests/local.mk), so
 * that production code knows nothing of this.  A scripted and a random sequence of operations are run again and again, with
 * the first, the second, the third ... call failing, until none is left to fail.  Of an operation that fails:
 *
 *	the status is one of those for want of something
 *	the answers to queries, the commit charge and the number of allocations are what they were
 *	every page can be read if, and only if, its protection says so, and its Linux mapping has this protection
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "host/vm.h"
#include "ntdll/mm/mm.h"
#include "ntdll/mm/mm_internal.h"

/* --- failing calls --- */

enum mode {
	ONE,	 /* one call fails, having done nothing */
	ALL,	 /* that one, and every one after it that could need a mapping */
	HALFWAY, /* one call fails; mprotect has changed a part of the range, as it does at the limit of mappings */
	MODES,
};

static enum mode mode;
static long calls_left = -1; /* until the one that fails; negative: none fails */
static bool has_failed;

static bool fails(bool takes_mapping)
{
	if (has_failed && mode == ALL && calls_left == 0)
		return takes_mapping;
	if (calls_left < 0 || has_failed)
		return false;
	if (calls_left > 0) {
		calls_left--;
		return false;
	}
	has_failed = true;
	return true;
}

void *__real_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (fails(true)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return __real_mmap(at, size, prot, flags, fd, offset);
}

int __real_mprotect(void *at, size_t size, int prot);
int __wrap_mprotect(void *at, size_t size, int prot);
int __wrap_mprotect(void *at, size_t size, int prot)
{
	if (fails(true)) {
		size_t half = size / 2 & ~(size_t)(MM_PAGE_SIZE - 1);

		if (mode == HALFWAY && half)
			__real_mprotect(at, half, prot);
		errno = ENOMEM;
		return -1;
	}
	return __real_mprotect(at, size, prot);
}

#define GUARD_INSTALL 102

int __real_madvise(void *at, size_t size, int advice);
int __wrap_madvise(void *at, size_t size, int advice);
int __wrap_madvise(void *at, size_t size, int advice)
{
	if (fails(advice == GUARD_INSTALL)) {
		errno = ENOMEM;
		return -1;
	}
	return __real_madvise(at, size, advice);
}

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags)
{
	if (fails(true)) {
		errno = EMFILE;
		return -1;
	}
	return __real_memfd_create(name, flags);
}

int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size)
{
	if (fails(true)) {
		errno = ENOSPC;
		return -1;
	}
	return __real_ftruncate(fd, size);
}

/* --- what there is --- */

#define MAX_REGIONS 2048

struct picture {
	unsigned count;
	uint64_t charge, vads, reserved;
	MEMORY_BASIC_INFORMATION region[MAX_REGIONS];
};

static void take(struct picture *picture)
{
	struct mm_statistics statistics;
	uintptr_t at = 0;

	picture->count = 0;
	while (at <= MM_HIGHEST_USER_ADDRESS) {
		ck_assert_uint_lt(picture->count, MAX_REGIONS);
		ck_assert_int_eq(mm_query(at, &picture->region[picture->count]), STATUS_SUCCESS);
		at += picture->region[picture->count++].RegionSize;
	}
	mm_get_statistics(&statistics);
	picture->charge = statistics.commit_charge;
	picture->vads = statistics.vad_count;
	picture->reserved = statistics.reserved;
}

static void same(const struct picture *a, const struct picture *b, const char *operation)
{
	ck_assert_msg(a->count == b->count, "%s: %u regions, not %u", operation, b->count, a->count);
	for (unsigned i = 0; i < a->count; i++)
		ck_assert_msg(!memcmp(&a->region[i], &b->region[i], sizeof(a->region[i])), "%s: another region at %p", operation,
			      a->region[i].BaseAddress);
	ck_assert_msg(a->charge == b->charge, "%s: charge %lu, not %lu", operation, (unsigned long)b->charge,
		      (unsigned long)a->charge);
	ck_assert_uint_eq(a->vads, b->vads);
	ck_assert_uint_eq(a->reserved, b->reserved);
}

static bool readable(uintptr_t page)
{
	char byte;
	struct iovec to = {&byte, 1}, from = {(void *)page, 1};

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1;
}

/* The Linux mapping of an address, from the last mapping that was looked at on. */
struct mapping {
	FILE *maps;
	unsigned long start, end;
	char perms[8];
};

static const char *perms_at(struct mapping *at, uintptr_t address)
{
	char line[512];

	while (at->end <= address && fgets(line, sizeof(line), at->maps))
		ck_assert_int_eq(sscanf(line, "%lx-%lx %7s", &at->start, &at->end, at->perms), 3);
	return at->start <= address && address < at->end ? at->perms : "";
}

static void check_pages(const MEMORY_BASIC_INFORMATION *region, struct mapping *mapping, const char *operation)
{
	uintptr_t start = (uintptr_t)region->BaseAddress, end = start + region->RegionSize;
	unsigned prot = region->State == MEM_COMMIT ? mm_host_prot(region->Protect) : 0;
	/* Without the kernel's help a watched page that was not written may not be written. */
	size_t compared = mm_watches(start) ? 1 : 3;
	const char want[] = {prot & HOST_PROT_READ ? 'r' : '-', prot & HOST_PROT_WRITE ? 'w' : '-',
			     prot & HOST_PROT_EXEC ? 'x' : '-', 0};

	for (uintptr_t page = start; page < end; page += MM_PAGE_SIZE) {
		ck_assert_msg(readable(page) == (prot != 0), "%s: %#lx can%s be read", operation, (unsigned long)page,
			      prot ? "not" : "");
		if (prot)
			ck_assert_msg(!strncmp(perms_at(mapping, page), want, compared), "%s: %#lx is %s, not %s", operation,
				      (unsigned long)page, perms_at(mapping, page), want);
	}
}

/* Beyond what the tests use, the address space is free and need not be looked at page by page. */
#define LOOK_BEHIND (64u << 10)

static void check_host(const char *operation)
{
	static struct picture now;
	struct mapping mapping = {.maps = fopen("/proc/self/maps", "re")};

	ck_assert_ptr_nonnull(mapping.maps);
	take(&now);
	for (unsigned i = 0; i < now.count; i++) {
		MEMORY_BASIC_INFORMATION region = now.region[i];

		if ((uintptr_t)region.BaseAddress < MM_LOWEST_USER_ADDRESS ||
		    !host_arena_contains((uintptr_t)region.BaseAddress))
			continue;
		if (region.State == MEM_FREE && region.RegionSize > LOOK_BEHIND)
			region.RegionSize = LOOK_BEHIND;
		check_pages(&region, &mapping, operation);
	}
	fclose(mapping.maps);
	mm_tree_check(&mm_space.vads);
}

static unsigned open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned count = 0;

	ck_assert_ptr_nonnull(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* --- operations --- */

static bool is_refusal(NTSTATUS status)
{
	return status == STATUS_NO_MEMORY || status == STATUS_COMMITMENT_LIMIT || status == STATUS_INSUFFICIENT_RESOURCES ||
	       status == STATUS_DISK_FULL;
}

static struct picture before, after;

/* Looks at what an operation did.  `expected`: what it answers when nothing fails. */
static void judge(NTSTATUS status, NTSTATUS expected, bool had_failed, const char *operation)
{
	if (status == expected) {
		if (has_failed && !had_failed)
			check_host(operation);
		return;
	}
	ck_assert_msg(has_failed, "%s: %08x without a failure", operation, (unsigned)status);
	/* An operation that builds on one that failed has other reasons to fail. */
	ck_assert_msg(is_refusal(status) || had_failed, "%s: %08x", operation, (unsigned)status);
	take(&after);
	same(&before, &after, operation);
	check_host(operation);
}

#define TRY(expected, call)                                                                                             \
	do {                                                                                                            \
		bool had_failed = has_failed;                                                                           \
		take(&before);                                                                                          \
		status = call;                                                                                          \
		judge(status, expected, had_failed, #call);                                                             \
	} while (0)

static NTSTATUS allocate(uintptr_t base, size_t size, ULONG type, ULONG protect)
{
	return mm_allocate(&base, &size, type, protect, 0, NULL);
}

static NTSTATUS release(uintptr_t base, size_t size, ULONG type)
{
	return mm_free(&base, &size, type);
}

static NTSTATUS protect(uintptr_t base, size_t size, ULONG protection)
{
	ULONG old;

	return mm_protect(&base, &size, protection, &old);
}

static NTSTATUS map(struct mm_section *section, uintptr_t base, size_t size, ULONG protection)
{
	uint64_t offset = 0;

	return mm_map_view(section, &base, 0, 0, &offset, &size, 0, protection, NULL);
}

/* Everything that is left, without failures. */
static void release_all(void)
{
	static struct picture left;

	calls_left = -1;
	has_failed = false;
	take(&left);
	for (unsigned i = 0; i < left.count; i++) {
		uintptr_t base = (uintptr_t)left.region[i].BaseAddress;

		if (left.region[i].State == MEM_FREE || left.region[i].AllocationBase != (void *)base ||
		    !host_arena_contains(base))
			continue;
		if (left.region[i].Type == MEM_PRIVATE)
			ck_assert_int_eq(release(base, 0, MEM_RELEASE), STATUS_SUCCESS);
		else
			ck_assert_int_eq(mm_unmap_view(base), STATUS_SUCCESS);
	}
	check_host("release_all");
}

#define A ((uintptr_t)0x10000000)
#define B ((uintptr_t)0x20000000)
#define C ((uintptr_t)0x30000000)
#define D ((uintptr_t)0x50000000)
#define P MM_PAGE_SIZE

static void private_script(void)
{
	NTSTATUS status;

	TRY(STATUS_SUCCESS, allocate(A, 64 * P, MEM_RESERVE, PAGE_READWRITE));
	if (NT_SUCCESS(status)) {
		TRY(STATUS_SUCCESS, allocate(A + 4 * P, 8 * P, MEM_COMMIT, PAGE_READWRITE));
		TRY(STATUS_SUCCESS, allocate(A + 16 * P, 8 * P, MEM_COMMIT, PAGE_READONLY));
		TRY(STATUS_SUCCESS, allocate(A + 20 * P, 16 * P, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD));
		/* Reserved pages and some of every kind of protection in one range. */
		TRY(STATUS_SUCCESS, allocate(A, 40 * P, MEM_COMMIT, PAGE_EXECUTE_READ));
		for (unsigned i = 0; i < 8; i++)
			TRY(STATUS_SUCCESS, allocate(A + (40 + 2 * i) * P, P, MEM_COMMIT, PAGE_READWRITE));
		TRY(STATUS_SUCCESS, allocate(A, 64 * P, MEM_COMMIT, PAGE_READWRITE));
		TRY(STATUS_SUCCESS, protect(A + 8 * P, P, PAGE_NOACCESS));
		TRY(STATUS_SUCCESS, protect(A + 2 * P, 12 * P, PAGE_READONLY));
		TRY(STATUS_SUCCESS, release(A + P, P, MEM_DECOMMIT));
		TRY(STATUS_SUCCESS, release(A + 6 * P, 8 * P, MEM_DECOMMIT));
		TRY(STATUS_SUCCESS, allocate(A + 8 * P, P, MEM_COMMIT, PAGE_READWRITE));
		TRY(STATUS_SUCCESS, allocate(A + 7 * P, 3 * P, MEM_COMMIT, PAGE_EXECUTE_READWRITE));
		TRY(STATUS_SUCCESS, release(A + 16 * P, 16 * P, MEM_RELEASE));
		TRY(STATUS_SUCCESS, release(A, 0, MEM_RELEASE));
	}
	/* Too large for markers. */
	TRY(STATUS_SUCCESS, allocate(B, 1024 * P, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
	if (NT_SUCCESS(status)) {
		TRY(STATUS_SUCCESS, release(B + 100 * P, 500 * P, MEM_DECOMMIT));
		TRY(STATUS_SUCCESS, release(B, 0, MEM_RELEASE));
	}
}

static void view_script(void)
{
	struct mm_section *section = NULL;
	struct mm_stack stack;
	NTSTATUS status;

	TRY(STATUS_SUCCESS, mm_section_create_pagefile(16 * P, PAGE_EXECUTE_READWRITE, SEC_COMMIT, &section));
	if (NT_SUCCESS(status)) {
		TRY(STATUS_SUCCESS, map(section, A, 0, PAGE_READWRITE));
		if (NT_SUCCESS(status)) {
			TRY(STATUS_SUCCESS, protect(A + 2 * P, 4 * P, PAGE_READONLY));
			TRY(STATUS_SUCCESS, protect(A, 16 * P, PAGE_NOACCESS));
		}
		TRY(STATUS_SUCCESS, map(section, B, 8 * P, PAGE_WRITECOPY));
		if (NT_SUCCESS(status)) {
			TRY(STATUS_SUCCESS, protect(B, 4 * P, PAGE_READONLY));
			TRY(STATUS_SUCCESS, protect(B, 8 * P, PAGE_WRITECOPY));
			TRY(STATUS_SUCCESS, mm_unmap_view(B));
		}
		mm_section_dereference(section);
	}
	TRY(STATUS_SUCCESS, mm_create_stack(64 * P, 4 * P, 0, &stack));
	TRY(STATUS_SUCCESS, allocate(C, 32 * P, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE));
	if (NT_SUCCESS(status)) {
		TRY(STATUS_SUCCESS, protect(C, 4 * P, PAGE_READONLY));
		TRY(STATUS_SUCCESS, release(C + 8 * P, 4 * P, MEM_DECOMMIT));
		TRY(STATUS_SUCCESS, release(C, 0, MEM_RELEASE));
	}
}

static void image_script(void)
{
	static const struct mm_image_run runs[] = {
		{0, P, PAGE_READONLY}, {P, 2 * P, PAGE_EXECUTE_READ}, {3 * P, 4 * P, PAGE_WRITECOPY}};
	struct mm_image image = {.fd = host_memfd_create("image", 7 * P), .size = 7 * P, .runs = runs, .run_count = 3};
	uintptr_t base = 0;
	NTSTATUS status;

	if (image.fd < 0)
		return;
	TRY(STATUS_SUCCESS, mm_reserve_image(D, 7 * P, true, &base));
	if (NT_SUCCESS(status)) {
		/* The loader gives the place up when mapping fails: what is mapped by then is its own business. */
		if (NT_SUCCESS(mm_map_image(base, &image)))
			TRY(STATUS_SUCCESS, protect(base, 7 * P, PAGE_EXECUTE_READWRITE));
		TRY(STATUS_SUCCESS, mm_unmap_view(base));
	}
	close(image.fd);
}

static uint64_t random_state;

static uint32_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 16);
}

#define RANDOM_OPERATIONS 120u

/* Operations of any outcome: what is not a refusal is compared by check_mm_model. */
static void random_script(void)
{
	static const ULONG protects[] = {PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE, PAGE_READWRITE, PAGE_EXECUTE_READ,
					 PAGE_READWRITE | PAGE_GUARD};

	random_state = 20261122;
	for (unsigned i = 0; i < RANDOM_OPERATIONS; i++) {
		uintptr_t base = A + random_number() % 128 * P;
		size_t size = (1 + random_number() % (random_number() % 4 ? 8 : 64)) * P;
		ULONG protection = protects[random_number() % ARRAY_SIZE(protects)];
		unsigned choice = random_number() % 8;
		bool had_failed = has_failed;
		const char *what = "random";
		NTSTATUS status;

		take(&before);
		switch (choice) {
		case 0:
			what = "random reserve";
			status = allocate(base, size * 4, MEM_RESERVE, protection);
			break;
		case 1:
			what = "random reserve and commit";
			status = allocate(base, size, MEM_RESERVE | MEM_COMMIT, protection);
			break;
		case 2:
		case 3:
		case 4:
			what = "random commit";
			status = allocate(base, size, MEM_COMMIT, protection);
			break;
		case 5:
			what = "random protect";
			status = protect(base, size, protection);
			break;
		case 6:
			what = "random decommit";
			status = release(base, size, MEM_DECOMMIT);
			break;
		default:
			what = "random release";
			status = release(base, size, MEM_RELEASE);
		}
		judge(status, is_refusal(status) ? STATUS_SUCCESS : status, had_failed, what);
	}
}

static void (*const scripts[])(void) = {private_script, view_script, image_script, random_script};

/* Check runs this for each script in each mode, in a process of its own. */
START_TEST(every_failure_leaves_everything_consistent)
{
	void (*script)(void) = scripts[_i / MODES];
	struct picture *start = calloc(1, sizeof(*start));
	unsigned files;

	mode = (enum mode)(_i % MODES);
	ck_assert_int_eq(mm_initialize(), STATUS_SUCCESS);
	take(start);
	files = open_files();
	for (long call = 0;; call++) {
		bool reached;

		calls_left = call;
		has_failed = false;
		script();
		reached = has_failed;
		release_all();
		take(&after);
		same(start, &after, "the end");
		if (!reached) {
			ck_assert_int_gt(call, 5);
			break;
		}
	}
	/* /proc/self/pagemap and userfaultfd are kept. */
	ck_assert_uint_le(open_files(), files + 2);
	free(start);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mm failures");
	TCase *failures = tcase_create("failures");
	SRunner *runner;
	int failed;

	tcase_set_timeout(failures, 300);
	tcase_add_loop_test(failures, every_failure_leaves_everything_consistent, 0, (int)ARRAY_SIZE(scripts) * MODES);
	suite_add_tcase(suite, failures);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
