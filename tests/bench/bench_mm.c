/*
 * bench_mm - operations of the memory manager beside the nearest native ones, in the same run.
 *
 * Both are called from native code: the Nt* entry points, border and argument checks included.  Each figure is the best
 * of several rounds; what counts is the ratio.
 */
#include "host/write_watch.h"
#include "ntdll/mm/mm.h"
#include "ntdll/nt.h"
#include "ntdll/ob/ob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SIZE 0x10000u
#define ROUNDS 7

static double now_ns(void)
{
	struct timespec now;

	/* The thread's own time: what other programs do on the same processors does not count. */
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
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
#define VIEW_SIZE 0x100000u
static HANDLE section;
static int memory_file;
static char *nt_holes, *native_holes;
#define WATCHED_PAGES 1000u
static char *nt_watched;
static char *nt_block, *native_block, *nt_terabyte, *first_region;
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
#define COMMIT_PAGES 8192u
static void nt_commit_page(unsigned i) { nt_allocate(nt_block + 0x100000 + (size_t)i * 4096, 4096, MEM_COMMIT); }
static void nt_commit_prepare(void) { nt_free(nt_block + 0x100000, COMMIT_PAGES * 4096, MEM_DECOMMIT); }
static void native_protect_page(unsigned i)
{
	mprotect(native_block + 0x100000 + (size_t)i * 4096, 4096, PROT_READ | PROT_WRITE);
}
static void native_protect_prepare(void) { mprotect(native_block + 0x100000, COMMIT_PAGES * 4096, PROT_NONE); }
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
/* The write, which is a page fault, is part of it. */
static void nt_write_watch(unsigned i)
{
	static PVOID pages[WATCHED_PAGES];
	ULONG_PTR count = WATCHED_PAGES;
	ULONG granularity;

	nt_watched[(size_t)i * 37 % WATCHED_PAGES * 4096] = 1;
	if (!NT_SUCCESS(NtGetWriteWatch(NtCurrentProcess(), WRITE_WATCH_FLAG_RESET, nt_watched, WATCHED_PAGES * 4096, pages, &count,
					&granularity)) ||
	    count != 1)
		fail("NtGetWriteWatch");
}
/* The addresses are computed: a table of them would cost cache misses of its own. */
static void nt_query_million(unsigned i) { nt_query(first_region + (size_t)i * 7919 % REGIONS * SIZE); }
static void nt_one_more(unsigned i) { (void)i; nt_free(nt_allocate(NULL, SIZE, MEM_RESERVE), 0, MEM_RELEASE); }


static void nt_view(unsigned i)
{
	void *base = NULL;
	SIZE_T size = 0;

	(void)i;
	if (!NT_SUCCESS(NtMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, NULL, &size, ViewUnmap, 0, PAGE_READWRITE)))
		fail("NtMapViewOfSection");
	touch(base, VIEW_SIZE);
	if (!NT_SUCCESS(NtUnmapViewOfSection(NtCurrentProcess(), base)))
		fail("NtUnmapViewOfSection");
}
static void native_view(unsigned i)
{
	void *map = mmap(NULL, VIEW_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory_file, 0);

	(void)i;
	if (map == MAP_FAILED)
		fail("mmap");
	touch(map, VIEW_SIZE);
	munmap(map, VIEW_SIZE);
}
static HANDLE nt_create_section(void)
{
	LARGE_INTEGER size = {.QuadPart = VIEW_SIZE};
	HANDLE handle;

	if (!NT_SUCCESS(NtCreateSection(&handle, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, SEC_COMMIT, NULL)))
		fail("NtCreateSection");
	return handle;
}
static void nt_section(unsigned i) { (void)i; NtClose(nt_create_section()); }
static int native_file(void)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, VIEW_SIZE) < 0)
		fail("memfd_create");
	return fd;
}
static void native_section(unsigned i) { (void)i; close(native_file()); }

/* Every second page of 4 GiB: 524,288 holes, where Linux allows 65,530 mappings. */
#define HOLES 524288u
static void nt_holes_prepare(void)
{
	if (nt_holes)
		nt_free(nt_holes, 0, MEM_RELEASE);
	nt_holes = nt_allocate(NULL, HOLES * 8192ull, MEM_RESERVE);
}
static void nt_hole_commit(unsigned i) { nt_allocate(nt_holes + i * 8192ull, 4096, MEM_COMMIT); }
static void nt_block_prepare(void)
{
	nt_holes_prepare();
	nt_allocate(nt_holes, HOLES * 8192ull, MEM_COMMIT);
}
static void nt_hole_decommit(unsigned i) { nt_free(nt_holes + i * 8192ull, 4096, MEM_DECOMMIT); }
/* As many as Linux allows. */
#define NATIVE_HOLES 30000u
static void native_holes_prepare(void)
{
	if (native_holes)
		munmap(native_holes, NATIVE_HOLES * 8192ull);
	native_holes = native_map(NATIVE_HOLES * 8192ull, PROT_NONE);
}
static void native_hole(unsigned i) { mprotect(native_holes + i * 8192ull, 4096, PROT_READ | PROT_WRITE); }

/* What is to be done before each round, outside of the measured time. */
static void (*prepare)(void);

static double measure(void (*operation)(unsigned), unsigned count)
{
	double best = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		double start, time;

		if (prepare)
			prepare();
		start = now_ns();
		for (unsigned i = 0; i < count; i++)
			operation(i);
		time = (now_ns() - start) / count;
		if (!round || time < best)
			best = time;
	}
	return best;
}

static const char *only;

static bool wanted(const char *name)
{
	return !only || strstr(name, only);
}

static const char *verdict(double value, double aim)
{
	return value > aim ? "  OVER" : "";
}

struct side {
	void (*operation)(unsigned);
	void (*prepare)(void);
	unsigned count;
};

/* The rounds of the two sides alternate in time, but for what other programs do meanwhile. */
static void compare(const char *name, struct side ours, struct side native, double aim)
{
	double our_time = 0, native_time = 0;

	if (!wanted(name))
		return;
	for (unsigned turn = 0; turn < 3; turn++) {
		double time;

		prepare = ours.prepare;
		time = measure(ours.operation, ours.count);
		our_time = turn && our_time < time ? our_time : time;
		prepare = native.prepare;
		time = measure(native.operation, native.count);
		native_time = turn && native_time < time ? native_time : time;
	}
	prepare = NULL;
	printf("%-46s %8.0f ns  native %8.0f ns  ratio %5.2f (aim %.2f)%s\n", name, our_time, native_time,
	       our_time / native_time, aim, verdict(our_time / native_time, aim));
}

static void absolute(const char *name, void (*operation)(unsigned), unsigned count, double aim)
{
	double time;

	if (!wanted(name))
		return;
	time = measure(operation, count);
	printf("%-46s %8.0f ns  (aim %.0f ns)%s\n", name, time, aim, verdict(time, aim));
}

static void add_region(unsigned i)
{
	if (nt_allocate(NULL, 4096, MEM_RESERVE) != first_region + (size_t)i * SIZE)
		fail("first fit");
}

static void many_regions(void)
{
	double native = measure(native_map_unmap, 20000), few, many, bytes;
	struct mm_statistics before, after;

	mm_get_statistics(&before);
	first_region = nt_allocate(NULL, 4096, MEM_RESERVE);
	for (unsigned i = 1; i < 20000; i++)
		add_region(i);
	few = measure(nt_one_more, 20000);
	for (unsigned i = 20000; i < REGIONS; i++)
		add_region(i);
	many = measure(nt_one_more, 20000);
	mm_get_statistics(&after);
	bytes = (double)(after.own_bytes - before.own_bytes) / REGIONS;
	absolute("query among 1,000,000 regions", nt_query_million, 200000, 300);
	printf("%-46s %8.0f ns  native %8.0f ns  ratio %5.2f (aim 0.40)%s\n", "one more region among 20,000", few, native,
	       few / native, verdict(few / native, 0.4));
	printf("%-46s %8.0f ns, %.2f times as long (aim 2.00)%s\n", "  among 1,000,000", many, many / few,
	       verdict(many / few, 2));
	printf("%-46s %8.1f bytes (aim 128)%s\n", "  memory of ours for each", bytes, verdict(bytes, 128));
}

int main(int argc, char **argv)
{
	only = argc > 1 ? argv[1] : NULL;
	if (!NT_SUCCESS(mm_initialize()))
		fail("mm_initialize");
	nt_block = nt_allocate(NULL, 64u << 20, MEM_RESERVE);
	native_block = native_map(64u << 20, PROT_NONE);
	nt_terabyte = nt_allocate(NULL, (size_t)1 << 40, MEM_RESERVE);
	nt_allocate(nt_block + 0x3000000, SIZE, MEM_COMMIT);
	mprotect(native_block + 0x3000000, SIZE, PROT_READ | PROT_WRITE);
	section = nt_create_section();
	memory_file = native_file();

	compare("reserve, release 64 KiB", (struct side){nt_reserve_release, NULL, 20000},
		(struct side){native_map_unmap, NULL, 20000}, 0.3);
	compare("reserve+commit, touch, release 64 KiB", (struct side){nt_commit_touch_release, NULL, 2000},
		(struct side){native_map_touch_unmap, NULL, 2000}, 1.1);
	compare("commit, touch, decommit 64 KiB", (struct side){nt_commit_touch_decommit, NULL, 2000},
		(struct side){native_protect_touch_drop, NULL, 2000}, 1.1);
	compare("commit page after page", (struct side){nt_commit_page, nt_commit_prepare, COMMIT_PAGES},
		(struct side){native_protect_page, native_protect_prepare, COMMIT_PAGES}, 1.2);
	compare("protect one page to and fro", (struct side){nt_protect_to_and_fro, NULL, 5000},
		(struct side){native_protect_to_and_fro, NULL, 5000}, 1.2);
	compare("map, touch, unmap a view of 1 MiB", (struct side){nt_view, NULL, 200}, (struct side){native_view, NULL, 200}, 1.3);
	compare("create, close a section", (struct side){nt_section, NULL, 5000}, (struct side){native_section, NULL, 5000}, 1.3);
	absolute("query, small region", nt_query_small, 100000, 100);
	absolute("query in 1 TiB", nt_query_terabyte, 50000, 100);
	if (host_watch_supported()) {
		nt_watched = nt_allocate(NULL, WATCHED_PAGES * 4096, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH);
		touch(nt_watched, WATCHED_PAGES * 4096);
		NtResetWriteWatch(NtCurrentProcess(), nt_watched, WATCHED_PAGES * 4096);
		absolute("write watch: 1 of 1,000 pages, found, reset", nt_write_watch, 5000, 3000);
	}
	if (wanted("regions"))
		many_regions();
	/* Last, because their nodes would serve the regions. */
	compare("commit every second page of 4 GiB", (struct side){nt_hole_commit, nt_holes_prepare, HOLES},
		(struct side){native_hole, native_holes_prepare, NATIVE_HOLES}, 1.0);
	compare("decommit every second page of 4 GiB", (struct side){nt_hole_decommit, nt_block_prepare, HOLES},
		(struct side){native_hole, native_holes_prepare, NATIVE_HOLES}, 1.0);
	return 0;
}
