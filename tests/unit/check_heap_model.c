/*
 * check_heap_model - random operations on heaps against a table of what should be there, by one thread and by four.
 *
 * Covers allocation, growth, shrinking, release one by one and in groups, user values and flags, sizes, locks, validation,
 * the walk, compaction, zeroing and summaries, of growable, unserialised, fixed, debugged, recorded and page heaps; every
 * content is checked.  The seed is printed.  PEWTER_TEST_SEED repeats a run, PEWTER_TEST_OPERATIONS lengthens it;
 * PEWTER_TEST_LONG makes it ten million operations (make check-model).
 */
#include "tests/unit/heap_fixture.h"
#include "ntdll/rtl/heap_record.h"

#include <sys/wait.h>
#include <unistd.h>

static unsigned long environment_number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);
	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

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
	bool walk;	 /* a summary and a walk must agree with the table: nobody else uses the heap */
	bool may_fail;	 /* a fixed heap may be full */
	SIZE_T most;	 /* bytes of a block; 0: any */
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
	if (worker->most)
		return (r >> 8) % worker->most;
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

NTSTATUS WINAPI RtlZeroHeap(PVOID heap, ULONG flags);
ULONG WINAPI RtlMultipleAllocateHeap(PVOID heap, ULONG flags, SIZE_T size, ULONG count, PVOID *blocks);
ULONG WINAPI RtlMultipleFreeHeap(PVOID heap, ULONG flags, ULONG count, PVOID *blocks);

/* Blocks by the dozen, and the heap's lock, which one thread may take twice. */
static void operate_on_groups(struct worker *worker)
{
	PVOID blocks[40];
	SIZE_T size = random_size(worker) % 5000;
	bool locked = next_random(worker) % 2;
	if (locked)
		REQUIRE(RtlLockHeap(worker->heap) && RtlLockHeap(worker->heap));
	ULONG count = RtlMultipleAllocateHeap(worker->heap, 0, size, ARRAY_SIZE(blocks), blocks);
	REQUIRE(count == ARRAY_SIZE(blocks) || worker->may_fail);
	for (ULONG i = 0; i < count; i++)
		memset(blocks[i], (int)i, size);
	for (ULONG i = 0; i < count; i++)
		for (SIZE_T k = 0; k < size; k++)
			REQUIRE(((unsigned char *)blocks[i])[k] == i);
	REQUIRE(RtlMultipleFreeHeap(worker->heap, 0, count, blocks) == count);
	if (locked)
		REQUIRE(RtlUnlockHeap(worker->heap) && RtlUnlockHeap(worker->heap));
}

/* The walk gives every block of the table and no other. */
static void check_summary(struct worker *worker)
{
	struct rtl_heap_summary summary;
	RTL_HEAP_WALK_ENTRY entry = {0};
	SIZE_T bytes = 0;
	unsigned live = 0, busy = 0;
	for (unsigned i = 0; i < LIVE; i++)
		if (worker->records[i].block) {
			live++;
			bytes += worker->records[i].size;
		}
	REQUIRE(rtl_heap_summary(worker->heap, &summary) == STATUS_SUCCESS);
	REQUIRE(summary.allocated == bytes);
	REQUIRE(summary.committed <= summary.reserved);
	while (RtlWalkHeap(worker->heap, &entry) == STATUS_SUCCESS)
		busy += entry.Flags & RTL_HEAP_BUSY;
	REQUIRE(busy == live);
	if (!((struct heap *)worker->heap)->page_heap)
		check_walk(worker->heap);
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
		if (!record->block && worker->may_fail)
			return;
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
			REQUIRE((flags & HEAP_REALLOC_IN_PLACE_ONLY) || worker->may_fail);
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
	if (next_random(worker) % 1024 == 0)
		operate_on_groups(worker);
	if (worker->validate && next_random(worker) % 4096 == 0) {
		REQUIRE(sound(heap));
		if (worker->walk)
			check_summary(worker);
		switch (next_random(worker) % 4) {
		case 0:
			RtlCompactHeap(heap, 0);
			break;
		case 1:
			REQUIRE(RtlZeroHeap(heap, 0) == STATUS_SUCCESS);
			break;
		}
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

/* Kinds of heaps: those that live with one thread. */
static const struct {
	ULONG flags, global;
	SIZE_T maximum;
	unsigned part; /* of the operations: slow ones have fewer */
	SIZE_T most;
} kinds[] = {
	{.flags = HEAP_GROWABLE, .part = 1},
	{.flags = HEAP_GROWABLE | HEAP_NO_SERIALIZE, .part = 1},
	{.maximum = 0x400000, .part = 2, .most = 0x8000},
	{.flags = HEAP_GROWABLE, .global = 0x70, .part = 10},
	{.flags = HEAP_GROWABLE, .global = 0x1070, .part = 20},
	{.flags = HEAP_GROWABLE, .global = 0x02000000, .part = 40},
};

START_TEST(model_one)
{
	start();
	peb.NtGlobalFlag = kinds[_i].global;
	struct worker worker = {.random = seed(), .operations = operations() / kinds[_i].part, .validate = true, .walk = true,
				.may_fail = kinds[_i].maximum != 0, .most = kinds[_i].most};
	worker.heap = RtlCreateHeap(kinds[_i].flags | HEAP_CLASS_1, NULL, kinds[_i].maximum, 0, NULL, NULL);
	ck_assert_ptr_nonnull(worker.heap);
	peb.NtGlobalFlag = 0;
	run(&worker);
	ck_assert(sound(worker.heap));
	rtl_heap_check_all();
	ck_assert_ptr_null(RtlDestroyHeap(worker.heap));
}
END_TEST

/*
 * Damages: a child process does one of them at a random place, and must end with STATUS_HEAP_CORRUPTION.
 */

static void damage_one(struct worker *worker, unsigned kind)
{
	struct record *record;
	do
		record = &worker->records[next_random(worker) % LIVE];
	while (!record->block || (kind == 2 && record->size == 0));
	uint32_t offset = next_random(worker) % 16;
	unsigned char *block = record->block;
	bool large = heap_entry_of(block)->flags & ENTRY_LARGE;
	switch (kind) {
	case 0: /* beyond, found when it is freed */
		block[record->size + (large ? 0 : offset)] ^= 0x55;
		RtlFreeHeap(worker->heap, 0, block);
		break;
	case 1: /* beyond, found at the end */
		block[record->size + (large ? 0 : offset)] ^= 0x55;
		break;
	case 2: /* after it was freed */
		if (large)
			return damage_one(worker, kind);
		RtlFreeHeap(worker->heap, 0, block);
		block[next_random(worker) % record->size] ^= 0x55;
		break;
	case 3: /* before */
		block[-1 - (int)(offset % 8)] ^= 0x55;
		RtlFreeHeap(worker->heap, 0, block);
		break;
	case 4:
		RtlFreeHeap(worker->heap, 0, block);
		RtlFreeHeap(worker->heap, 0, block);
		break;
	case 5: /* resized */
		block[record->size + (large ? 0 : offset)] ^= 0x55;
		RtlReAllocateHeap(worker->heap, 0, block, record->size + 1000);
		break;
	}
}

START_TEST(damages)
{
	uint64_t random = seed();
	unsigned count = getenv("PEWTER_TEST_LONG") ? 3000 : 60;
	start();
	for (unsigned i = 0; i < count; i++) {
		fflush(NULL);
		pid_t child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0) {
			if (!freopen("/dev/null", "w", stderr))
				_exit(99);
			peb.NtGlobalFlag = 0x1070;
			struct worker worker = {.random = random + i * 7919, .operations = 3000};
			worker.heap = growable(0);
			worker.records = calloc(LIVE, sizeof(*worker.records));
			for (unsigned long k = 0; k < worker.operations; k++)
				operate(&worker);
			damage_one(&worker, i % 6);
			rtl_heap_check_all();
			_exit(0);
		}
		int status = 0;
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == (STATUS_HEAP_CORRUPTION & 0xFF),
			      "damage %u, kind %u: not found, the process ended with %#x", i, i % 6, status);
	}
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
	Suite *suite = suite_create("heap model");
	TCase *model = tcase_create("model");
	tcase_set_timeout(model, 3600);
	tcase_add_loop_test(model, model_one, 0, ARRAY_SIZE(kinds));
	tcase_add_test(model, damages);
	tcase_add_loop_test(model, model_threads, 0, 2);
	suite_add_tcase(suite, model);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
