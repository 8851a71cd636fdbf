/*
 * bench_heap - the NT heap beside mimalloc and glibc's malloc, in one process and one run.
 *
 * Prints, for each work, nanoseconds an operation (best of the rounds; of processor time where there is one thread) and
 * the ratio to the reference of the goal.
 * mimalloc is taken from libmimalloc.so.2 if it is installed.  An argument names the works to run by their beginning.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/mm/mm.h"
#include "ntdll/rtl/heap.h"

static PEB peb;
static _Alignas(4096) unsigned char teb_pages[16][2 * 4096];
static uint32_t teb_count;

static void adopt_teb(void)
{
	TEB *teb = (TEB *)teb_pages[__atomic_fetch_add(&teb_count, 1, __ATOMIC_RELAXED) % 16];
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

/* Each allocator gets its own copy of every work, so that calls go as they would in a program: through a pointer of
 * the right convention. */
enum { NT, NT_PRIVATE, MIMALLOC, GLIBC, ALLOCATORS };
static const char *const names[] = {"nt", "nt private", "mimalloc", "glibc"};

static void *(*volatile mi_allocate)(size_t);
static void (*volatile mi_release)(void *);
static void *(*volatile mi_resize)(void *, size_t);
static void *(*volatile libc_allocate)(size_t) = malloc;
static void (*volatile libc_release)(void *) = free;
static void *(*volatile libc_resize)(void *, size_t) = realloc;
static PVOID(WINAPI *volatile nt_allocate)(PVOID, ULONG, SIZE_T) = RtlAllocateHeap;
static ULONG(WINAPI *volatile nt_release)(PVOID, ULONG, PVOID) = RtlFreeHeap;
static PVOID(WINAPI *volatile nt_resize)(PVOID, ULONG, PVOID, SIZE_T) = RtlReAllocateHeap;
static void *nt_heaps[2];

static inline __attribute__((always_inline)) void *allocate(int which, size_t size)
{
	if (which <= NT_PRIVATE)
		return nt_allocate(nt_heaps[which], 0, size);
	return which == MIMALLOC ? mi_allocate(size) : libc_allocate(size);
}

static inline __attribute__((always_inline)) void release(int which, void *block)
{
	if (which <= NT_PRIVATE)
		nt_release(nt_heaps[which], 0, block);
	else if (which == MIMALLOC)
		mi_release(block);
	else
		libc_release(block);
}

static inline __attribute__((always_inline)) void *resize(int which, void *block, size_t size)
{
	if (which <= NT_PRIVATE)
		return nt_resize(nt_heaps[which], 0, block, size);
	return which == MIMALLOC ? mi_resize(block, size) : libc_resize(block, size);
}

static inline uint32_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 16);
}

/* Works: return the number of operations. */

static inline __attribute__((always_inline)) unsigned long pairs(int which)
{
	for (unsigned long i = 0; i < 2000000; i++) {
		char *block = allocate(which, 64);
		*(volatile char *)block = 1;
		release(which, block);
	}
	return 2000000;
}

static inline __attribute__((always_inline)) unsigned long mix(int which, unsigned live, size_t least, size_t span,
							       unsigned long count)
{
	static __thread char *blocks[4096];
	uint64_t random = 88172645463325252ull;
	for (unsigned long i = 0; i < count; i++) {
		uint32_t r = next_random(&random);
		char **slot = &blocks[r % live];
		if (*slot)
			release(which, *slot);
		size_t size = least + (r >> 12) % span;
		*slot = allocate(which, size);
		(*slot)[0] = 1;
		(*slot)[size - 1] = 1;
	}
	for (unsigned i = 0; i < live; i++)
		if (blocks[i]) {
			release(which, blocks[i]);
			blocks[i] = NULL;
		}
	return count;
}

static inline __attribute__((always_inline)) unsigned long small_mix(int which)
{
	return mix(which, 4096, 16, 501, 2000000);
}

static inline __attribute__((always_inline)) unsigned long medium_mix(int which)
{
	return mix(which, 256, 8192, 57345, 300000);
}

/* Four buffers grow in turn, as those of a program that reads and writes do: none is alone at the end of a heap. */
static inline __attribute__((always_inline)) unsigned long growing(int which)
{
	unsigned long count = 0;
	for (unsigned round = 0; round < 20; round++) {
		char *blocks[4];
		size_t filled = 0;
		for (unsigned i = 0; i < 4; i++)
			blocks[i] = allocate(which, 16);
		for (size_t size = 32; size < 4u << 20; size += size / 8 + 16, count += 4) {
			for (unsigned i = 0; i < 4; i++) {
				blocks[i] = resize(which, blocks[i], size);
				memset(blocks[i] + filled, 1, size - filled);
			}
			filled = size;
		}
		for (unsigned i = 0; i < 4; i++)
			release(which, blocks[i]);
	}
	return count;
}

/* Larson: threads replace random blocks of arrays that they hand on to threads started after them. */
#define LARSON_BLOCKS 5000
struct larson {
	int which;
	char *blocks[LARSON_BLOCKS];
};

static inline __attribute__((always_inline)) void larson_rounds(int which, struct larson *larson, uint64_t random)
{
	for (unsigned i = 0; i < 100000; i++) {
		uint32_t r = next_random(&random);
		char **slot = &larson->blocks[r % LARSON_BLOCKS];
		if (*slot)
			release(which, *slot);
		size_t size = 16 + (r >> 12) % 500;
		*slot = allocate(which, size);
		(*slot)[0] = 1;
	}
}

static void *larson_thread(void *argument)
{
	struct larson *larson = argument;
	adopt_teb();
	switch (larson->which) {
	case NT:
		larson_rounds(NT, larson, (uintptr_t)larson);
		break;
	case NT_PRIVATE:
		larson_rounds(NT_PRIVATE, larson, (uintptr_t)larson);
		break;
	case MIMALLOC:
		larson_rounds(MIMALLOC, larson, (uintptr_t)larson);
		break;
	default:
		larson_rounds(GLIBC, larson, (uintptr_t)larson);
	}
	if (larson->which <= NT_PRIVATE)
		rtl_heap_thread_detach();
	return NULL;
}

static unsigned long larson_work(int which)
{
	static struct larson larsons[2];
	for (unsigned round = 0; round < 10; round++) {
		pthread_t threads[2];
		for (unsigned i = 0; i < 2; i++) {
			larsons[i].which = which;
			pthread_create(&threads[i], NULL, larson_thread, &larsons[i]);
		}
		for (unsigned i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
	}
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < LARSON_BLOCKS; k++)
			if (larsons[i].blocks[k]) {
				release(which, larsons[i].blocks[k]);
				larsons[i].blocks[k] = NULL;
			}
	return 2000000;
}

/* One thread allocates, the other frees. */
#define RING 1024
static struct {
	_Alignas(64) uint32_t head;
	_Alignas(64) uint32_t tail;
	_Alignas(64) char *blocks[RING];
	int which;
} ring;
#define PASSED 1000000

static void *consumer_thread(void *argument)
{
	adopt_teb();
	int which = ring.which;
	for (uint32_t tail = 0; tail < PASSED; tail++) {
		while (__atomic_load_n(&ring.head, __ATOMIC_ACQUIRE) == tail)
			sched_yield();
		char *block = ring.blocks[tail % RING];
		__atomic_store_n(&ring.tail, tail + 1, __ATOMIC_RELEASE);
		if (which <= NT_PRIVATE)
			nt_release(nt_heaps[which], 0, block);
		else if (which == MIMALLOC)
			mi_release(block);
		else
			libc_release(block);
	}
	if (which <= NT_PRIVATE)
		rtl_heap_thread_detach();
	return NULL;
}

static inline __attribute__((always_inline)) unsigned long handed_over(int which)
{
	pthread_t thread;
	uint64_t random = 88172645463325252ull;
	ring.head = ring.tail = 0;
	ring.which = which;
	pthread_create(&thread, NULL, consumer_thread, NULL);
	for (uint32_t head = 0; head < PASSED; head++) {
		while (head - __atomic_load_n(&ring.tail, __ATOMIC_ACQUIRE) == RING)
			sched_yield();
		char *block = allocate(which, 16 + next_random(&random) % 240);
		block[0] = 1;
		ring.blocks[head % RING] = block;
		__atomic_store_n(&ring.head, head + 1, __ATOMIC_RELEASE);
	}
	pthread_join(thread, NULL);
	return PASSED;
}

#define FOUR(name)                                                                                                          \
	static unsigned long name##_0(void) { return name(NT); }                                                            \
	static unsigned long name##_1(void) { return name(NT_PRIVATE); }                                                    \
	static unsigned long name##_2(void) { return name(MIMALLOC); }                                                      \
	static unsigned long name##_3(void) { return name(GLIBC); }
FOUR(pairs)
FOUR(small_mix)
FOUR(medium_mix)
FOUR(growing)
FOUR(larson_work)
FOUR(handed_over)

static const struct {
	const char *name;
	unsigned long (*run[ALLOCATORS])(void);
	bool threads;
	bool better_of_two; /* the reference is the better one, else mimalloc */
	double goal[2];
} works[] = {
	{"alloc+free 64", {pairs_0, pairs_1, pairs_2, pairs_3}, false, false, {1.3, 1.3}},
	{"mix 16-516", {small_mix_0, small_mix_1, small_mix_2, small_mix_3}, false, false, {1.1, 1.3}},
	{"blocks 8-64 KiB", {medium_mix_0, medium_mix_1, medium_mix_2, medium_mix_3}, false, true, {1.2, 1.2}},
	{"growing realloc", {growing_0, growing_1, growing_2, growing_3}, false, true, {1.0, 1.0}},
	{"larson 2 threads", {larson_work_0, larson_work_1, larson_work_2, larson_work_3}, true, false, {1.2, 1.2}},
	{"handed over", {handed_over_0, handed_over_1, handed_over_2, handed_over_3}, true, false, {1.2, 1.2}},
};

/* Of works of one thread: the processor's time, which others on the machine disturb least. */
static double now(bool threads)
{
	struct timespec time;
	clock_gettime(threads ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static long resident_peak(void)
{
	char line[256];
	long peak = 0;
	FILE *file = fopen("/proc/self/status", "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %ld", &peak) == 1)
			break;
	if (file)
		fclose(file);
	return peak;
}

/* KiB that the work adds to the resident memory of a fresh process. */
static long peak_of(unsigned long (*run)(void))
{
	int ends[2];
	long peak = 0;
	if (pipe(ends))
		return 0;
	pid_t child = fork();
	if (child == 0) {
		int file = open("/proc/self/clear_refs", O_WRONLY);
		if (file >= 0 && write(file, "5", 1) == 1)
			close(file);
		long before = resident_peak();
		run();
		peak = resident_peak() - before;
		_exit(write(ends[1], &peak, sizeof(peak)) != sizeof(peak));
	}
	if (read(ends[0], &peak, sizeof(peak)) != sizeof(peak))
		peak = 0;
	close(ends[0]);
	close(ends[1]);
	waitpid(child, NULL, 0);
	return peak;
}

int main(int argc, char **argv)
{
	void *library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		library = dlopen("libmimalloc.so.2.0", RTLD_NOW | RTLD_LOCAL);
	if (library) {
		mi_allocate = (void *(*)(size_t))dlsym(library, "mi_malloc");
		mi_release = (void (*)(void *))dlsym(library, "mi_free");
		mi_resize = (void *(*)(void *, size_t))dlsym(library, "mi_realloc");
	} else
		printf("libmimalloc.so.2 is not installed: compared with glibc only\n");
	host_thread_adopt();
	adopt_teb();
	host_fault_install(on_fault);
	mm_initialize();
	rtl_heap_initialize(&peb, 0x100000, 0x2000);
	nt_heaps[0] = peb.ProcessHeap;
	nt_heaps[1] = RtlCreateHeap(HEAP_GROWABLE | HEAP_CLASS_1, NULL, 0, 0, NULL, NULL);

	/* Before anything has warmed a heap. */
	if (argc == 1)
		printf("resident peak, KiB (nt: private heap)\n");
	for (unsigned w = 1; w < 3 && argc == 1; w++) {
		long peak[ALLOCATORS] = {0};
		for (int which = 0; which < ALLOCATORS; which++)
			if (which != MIMALLOC || library)
				peak[which] = peak_of(works[w].run[which]);
		printf("%-18s %10ld %10ld %10ld %10ld   %.2f (1.15)\n", works[w].name, peak[0], peak[1], peak[2], peak[3],
		       (double)peak[1] / (double)(library ? peak[2] : peak[3]));
	}
	printf("%-18s %10s %10s %10s %10s   %s\n", "ns/operation", names[0], names[1], names[2], names[3],
	       "ratio nt, private (goal)");
	unsigned rounds = getenv("PEWTER_BENCH_ROUNDS") ? (unsigned)atoi(getenv("PEWTER_BENCH_ROUNDS")) : 5;
	for (unsigned w = 0; w < sizeof(works) / sizeof(works[0]); w++) {
		if (argc > 1 && strncmp(works[w].name, argv[1], strlen(argv[1])) != 0)
			continue;
		double best[ALLOCATORS] = {0};
		for (unsigned round = 0; round < rounds; round++)
			for (int which = 0; which < ALLOCATORS; which++) {
				if (which == MIMALLOC && !library)
					continue;
				double start = now(works[w].threads);
				unsigned long count = works[w].run[which]();
				double time = (now(works[w].threads) - start) / (double)count;
				if (round == 0 || time < best[which])
					best[which] = time;
			}
		double reference = library ? best[MIMALLOC] : best[GLIBC];
		if (works[w].better_of_two && best[GLIBC] < reference)
			reference = best[GLIBC];
		printf("%-18s %10.1f %10.1f %10.1f %10.1f   %.2f, %.2f (%.1f, %.1f)\n", works[w].name, best[0], best[1],
		       best[2], best[3], best[0] / reference, best[1] / reference, works[w].goal[0], works[w].goal[1]);
		fflush(stdout);
	}
	return 0;
}
