/*
 * heap_threads - heaps under threads: blocks wander from one to the other, threads come and go, a heap is destroyed
 * while threads that used it live on.
 */
#include "guest.h"

#define SLOTS 512
#define THREADS 4

static HANDLE heap;
static void *volatile shared[SLOTS];
static volatile LONG failures;

struct block {
	SIZE_T size;
	unsigned char seed;
	unsigned char data[];
};

static void check(struct block *block)
{
	SIZE_T size = HeapSize(heap, 0, block);
	if (size != block->size)
		InterlockedIncrement(&failures);
	for (SIZE_T i = sizeof(*block); i < size; i += 7)
		if (((unsigned char *)block)[i] != (unsigned char)(block->seed + i))
			InterlockedIncrement(&failures);
}

static DWORD WINAPI worker(void *argument)
{
	unsigned long long random = (ULONG_PTR)argument * 0x9E3779B97F4A7C15ull + 1;
	for (int i = 0; i < 20000; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		struct block *block = NULL;
		if (random & 1) {
			SIZE_T size = sizeof(*block) + (random >> 20) % ((random >> 8) % 64 ? 700 : 70000);
			block = HeapAlloc(heap, random & 2 ? HEAP_ZERO_MEMORY : 0, size);
			if (!block) {
				InterlockedIncrement(&failures);
				continue;
			}
			block->size = size;
			block->seed = (unsigned char)random;
			for (SIZE_T k = sizeof(*block); k < size; k += 7)
				((unsigned char *)block)[k] = (unsigned char)(block->seed + k);
		}
		block = InterlockedExchangePointer(&shared[(random >> 40) % SLOTS], block);
		if (block) {
			check(block);
			if (!HeapFree(heap, 0, block))
				InterlockedIncrement(&failures);
		}
	}
	return 0;
}

static void round_of_threads(void)
{
	HANDLE threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		threads[i] = CreateThread(NULL, 0, worker, (void *)(ULONG_PTR)(i + 1 + GetTickCount()), 0, NULL);
	for (int i = 0; i < THREADS; i++) {
		CHECK_EQUAL(WaitForSingleObject(threads[i], 60000), 0);
		CloseHandle(threads[i]);
	}
	CHECK_EQUAL(failures, 0);
	CHECK(HeapValidate(heap, 0, NULL));
}

static void empty(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (shared[i]) {
			check(shared[i]);
			CHECK(HeapFree(heap, 0, shared[i]));
			shared[i] = NULL;
		}
}

int main(void)
{
	heap = GetProcessHeap();
	for (int i = 0; i < 3; i++)
		round_of_threads();
	empty();
	CHECK(HeapValidate(heap, 0, NULL));
	for (int i = 0; i < 3; i++) {
		heap = HeapCreate(0, 0, 0);
		round_of_threads();
		if (i < 2)
			empty();
		HeapCompact(heap, 0);
		CHECK(HeapValidate(heap, 0, NULL));
		CHECK(HeapDestroy(heap));
		memset((void *)shared, 0, sizeof(shared));
	}
	return guest_result();
}
