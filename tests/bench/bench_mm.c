/*
 * bench_mm - operations of the memory manager beside the nearest native ones, in the same run.
 *
 * Both are called from native code: the Nt* entry points, border and argument checks included.  Each figure is the best
 * of several rounds; what counts is the ratio.
 */
#include "ntdll/mm/mm.h"
#include "ntdll/nt.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SIZE 0x10000u
#define ROUNDS 7

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "bench_mm: %s failed\n", what);
	exit(1);
}

static void touch(void *memory, size_t size)
{
	for (size_t i = 0; i < size; i += 4096)
		((volatile char *)memory)[i] = 1;
}

static void *nt_allocate(void *base, size_t size, ULONG type)
{
	if (!NT_SUCCESS(NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &size, type, PAGE_READWRITE)))
		fail("NtAllocateVirtualMemory");
	return base;
}

static void nt_free(void *base, size_t size, ULONG type)
{
	if (!NT_SUCCESS(NtFreeVirtualMemory(NtCurrentProcess(), &base, &size, type)))
		fail("NtFreeVirtualMemory");
}

static void nt_protect(void *base, size_t size, ULONG protect)
{
	ULONG old;

	if (!NT_SUCCESS(NtProtectVirtualMemory(NtCurrentProcess(), &base, &size, protect, &old)))
		fail("NtProtectVirtualMemory");
}

static void nt_query(const void *address)
{
	MEMORY_BASIC_INFORMATION info;

	if (!NT_SUCCESS(NtQueryVirtualMemory(NtCurrentProcess(), address, MemoryBasicInformation, &info, sizeof(info), NULL)))
		fail("NtQueryVirtualMemory");
}

static void *native_map(size_t size, int prot)
{
	void *map = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED)
		fail("mmap");
	return map;
}

/* What the operations below work on. */
static char *nt_block, *native_block, *nt_terabyte;
static void **regions;
#define REGIONS 1000000u

static void nt_reserve_release(unsigned i) { (void)i; nt_free(nt_allocate(NULL, SIZE, MEM_RESERVE), 0, MEM_RELEASE); }
static void native_map_unmap(unsigned i) { (void)i; munmap(native_map(SIZE, PROT_NONE), SIZE); }
static void nt_commit_touch_release(unsigned i)
{
	void *base = nt_allocate(NULL, SIZE, MEM_RESERVE | MEM_COMMIT);

	(void)i;
	touch(base, SIZE);
	nt_free(base, 0, MEM_RELEASE);
}
static void native_map_touch_unmap(unsigned i)
{
	void *base = native_map(SIZE, PROT_READ | PROT_WRITE);

	(void)i;
	touch(base, SIZE);
	munmap(base, SIZE);
}
static void nt_commit_touch_decommit(unsigned i)
{
	(void)i;
	nt_allocate(nt_block, SIZE, MEM_COMMIT);
	touch(nt_block, SIZE);
	nt_free(nt_block, SIZE, MEM_DECOMMIT);
}
static void native_protect_touch_drop(unsigned i)
{
	(void)i;
	mprotect(native_block, SIZE, PROT_READ | PROT_WRITE);
	touch(native_block, SIZE);
	madvise(native_block, SIZE, MADV_DONTNEED);
	mprotect(native_block, SIZE, PROT_NONE);
}
static void nt_commit_page(unsigned i) { nt_allocate(nt_block + 0x100000 + (size_t)i % 8192 * 4096, 4096, MEM_COMMIT); }
static void native_protect_page(unsigned i)
{
	mprotect(native_block + 0x100000 + (size_t)i % 8192 * 4096, 4096, PROT_READ | PROT_WRITE);
}
static void nt_protect_to_and_fro(unsigned i)
{
	(void)i;
	nt_protect(nt_block + 0x3000000, 4096, PAGE_READONLY);
	nt_protect(nt_block + 0x3000000, 4096, PAGE_READWRITE);
}
static void native_protect_to_and_fro(unsigned i)
{
	(void)i;
	mprotect(native_block + 0x3000000, 4096, PROT_READ);
	mprotect(native_block + 0x3000000, 4096, PROT_READ | PROT_WRITE);
}
static void nt_query_small(unsigned i) { (void)i; nt_query(nt_block + 0x3000000); }
static void nt_query_terabyte(unsigned i) { nt_query(nt_terabyte + (size_t)i * 0x1000000); }
static void nt_query_million(unsigned i) { nt_query(regions[(size_t)i * 7919 % REGIONS]); }
static void nt_one_more(unsigned i) { (void)i; nt_free(nt_allocate(NULL, SIZE, MEM_RESERVE), 0, MEM_RELEASE); }

static double measure(void (*operation)(unsigned), unsigned count)
{
	double best = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		double start = now_ns(), time;

		for (unsigned i = 0; i < count; i++)
			operation(i);
		time = (now_ns() - start) / count;
		if (!round || time < best)
			best = time;
	}
	return best;
}

static void compare(const char *name, void (*ours)(unsigned), void (*native)(unsigned), unsigned count, double limit)
{
	double our_time = measure(ours, count);

	if (native) {
		double native_time = measure(native, count);
		printf("%-46s %8.0f ns  native %8.0f ns  ratio %5.2f (aim %.2f)\n", name, our_time, native_time,
		       our_time / native_time, limit);
	} else {
		printf("%-46s %8.0f ns  (aim %.0f ns)\n", name, our_time, limit);
	}
}

int main(void)
{
	double empty, full;

	if (!NT_SUCCESS(mm_initialize()))
		fail("mm_initialize");
	nt_block = nt_allocate(NULL, 64u << 20, MEM_RESERVE);
	native_block = native_map(64u << 20, PROT_NONE);
	nt_terabyte = nt_allocate(NULL, (size_t)1 << 40, MEM_RESERVE);
	nt_allocate(nt_block + 0x3000000, SIZE, MEM_COMMIT);
	mprotect(native_block + 0x3000000, SIZE, PROT_READ | PROT_WRITE);

	compare("reserve, release 64 KiB", nt_reserve_release, native_map_unmap, 20000, 0.3);
	compare("reserve+commit, touch, release 64 KiB", nt_commit_touch_release, native_map_touch_unmap, 5000, 1.1);
	compare("commit, touch, decommit 64 KiB", nt_commit_touch_decommit, native_protect_touch_drop, 5000, 1.1);
	compare("commit page after page", nt_commit_page, native_protect_page, 8192, 1.2);
	compare("protect one page to and fro", nt_protect_to_and_fro, native_protect_to_and_fro, 10000, 1.2);
	compare("query, small region", nt_query_small, NULL, 100000, 100);
	compare("query in 1 TiB", nt_query_terabyte, NULL, 50000, 100);
	regions = malloc(REGIONS * sizeof(*regions));
	for (unsigned i = 0; i < 20000; i++)
		regions[i] = nt_allocate(NULL, 4096, MEM_RESERVE);
	empty = measure(nt_one_more, 20000);
	for (unsigned i = 20000; i < REGIONS; i++)
		regions[i] = nt_allocate(NULL, 4096, MEM_RESERVE);
	full = measure(nt_one_more, 20000);
	compare("query among 1,000,000 regions", nt_query_million, NULL, 200000, 300);
	printf("%-46s %8.0f ns, %.0f ns, %.2f times (aim 2)\n", "one more among 20,000; among 1,000,000", empty, full, full / empty);
	return 0;
}
