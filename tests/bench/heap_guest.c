/*
 * heap_guest - what a Windows program pays for its heap calls: nanoseconds an operation, best of the rounds.
 *
 *	./pewter tests/bench/heap_guest.exe; wine tests/bench/heap_guest.exe
 *
 * An argument names the works to run by their beginning.
 */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIVE 4096

static HANDLE heap;
static unsigned long long state;

static unsigned next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 16);
}

static int heap_pairs(void)
{
	for (int i = 0; i < 1000000; i++) {
		volatile char *p = HeapAlloc(heap, 0, 64);
		*p = 1;
		HeapFree(heap, 0, (void *)p);
	}
	return 1000000;
}

static int malloc_pairs(void)
{
	for (int i = 0; i < 1000000; i++) {
		volatile char *p = malloc(64);
		*p = 1;
		free((void *)p);
	}
	return 1000000;
}

static int malloc_mix(void)
{
	static char *blocks[LIVE];

	state = 88172645463325252ull;
	for (int i = 0; i < 1000000; i++) {
		unsigned r = next_random();
		char **slot = &blocks[r % LIVE];

		free(*slot);
		*slot = malloc(16 + (r >> 12) % 501);
		**slot = 1;
	}
	for (int i = 0; i < LIVE; i++) {
		free(blocks[i]);
		blocks[i] = NULL;
	}
	return 1000000;
}

static int growing(void)
{
	int count = 0;

	for (int round = 0; round < 10; round++) {
		char *p = malloc(16);

		for (size_t size = 32, filled = 16; size < 4u << 20; filled = size, size += size / 8 + 16, count++) {
			p = realloc(p, size);
			memset(p + filled, 1, size - filled);
		}
		free(p);
	}
	return count;
}

static int global_moveable(void)
{
	for (int i = 0; i < 500000; i++) {
		HGLOBAL handle = GlobalAlloc(GMEM_MOVEABLE, 64);
		volatile char *p = GlobalLock(handle);

		*p = 1;
		GlobalUnlock(handle);
		GlobalFree(handle);
	}
	return 500000;
}

static int local_fixed(void)
{
	for (int i = 0; i < 500000; i++)
		LocalFree(LocalAlloc(LPTR, 64));
	return 500000;
}

static int large(void)
{
	for (int i = 0; i < 2000; i++) {
		char *p = HeapAlloc(heap, 0, 2 << 20);

		p[0] = p[1 << 20] = 1;
		HeapFree(heap, 0, p);
	}
	return 2000;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*work)(void);
	} works[] = {{"HeapAlloc+HeapFree 64", heap_pairs}, {"malloc+free 64", malloc_pairs}, {"malloc mix 16-516", malloc_mix},
		     {"realloc growing", growing}, {"GlobalAlloc moveable", global_moveable}, {"LocalAlloc fixed", local_fixed},
		     {"HeapAlloc 2 MiB", large}};
	LARGE_INTEGER frequency, start, end;

	QueryPerformanceFrequency(&frequency);
	heap = HeapCreate(0, 0, 0);
	for (unsigned i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		double best = 0;

		if (argc > 1 && strncmp(works[i].name, argv[1], strlen(argv[1])) != 0)
			continue;
		for (int round = 0; round < 7; round++) {
			QueryPerformanceCounter(&start);
			int count = works[i].work();
			QueryPerformanceCounter(&end);
			double ns = (double)(end.QuadPart - start.QuadPart) * 1e9 / (double)frequency.QuadPart / count;
			if (round == 0 || ns < best)
				best = ns;
		}
		printf("%-22s %10.1f ns\n", works[i].name, best);
	}
	return 0;
}
