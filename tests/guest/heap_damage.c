/*
 * heap_damage - does to a heap what its first argument names; run by tests/heap-debug.sh.  "none" does nothing wrong, and
 * "child" starts itself with the second argument.
 */
#include "guest.h"

static volatile char sink;

__attribute__((noinline)) static volatile char *make(SIZE_T size)
{
	volatile char *block = malloc(size);
	return block;
}

__attribute__((noinline)) static void drop(volatile char *block)
{
	free((void *)block);
	sink = 0;
}

static int child(const char *damage)
{
	char path[MAX_PATH], line[MAX_PATH + 32];
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 99;

	GetModuleFileNameA(NULL, path, sizeof(path));
	snprintf(line, sizeof(line), "\"%s\" %s", path, damage);
	BOOL made = CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process);
	CHECK(made);
	if (!made)
		return guest_result();
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	return code == 0xC0000374 ? 55 : (int)code;
}

static void work(void)
{
	static volatile char *blocks[500];
	unsigned random = 1;

	for (int i = 0; i < 30000; i++) {
		random = random * 1103515245 + 12345;
		volatile char **slot = &blocks[random / 65536 % 500];
		SIZE_T size = random / 256 % 3000;
		*slot = random & 0x80000 ? realloc((void *)*slot, size + 1) : (drop(*slot), make(size + 1));
		(*slot)[0] = (*slot)[size] = 1;
	}
}

int main(int argc, char **argv)
{
	const char *damage = argc > 1 ? argv[1] : "none";
	volatile char *p = make(40), *q = make(40);

	if (!strcmp(damage, "child"))
		return child(argv[2]);
	if (!strcmp(damage, "beyond")) {
		p[40] = 'A';
		drop(p);
	} else if (!strcmp(damage, "beyond-unfreed")) {
		q[44] = 'A';
	} else if (!strcmp(damage, "before")) {
		p[-1] = 'A';
		drop(p);
	} else if (!strcmp(damage, "large-beyond")) {
		p = make(3000000);
		p[3000000] = 'A';
		drop(p);
	} else if (!strcmp(damage, "realloc")) {
		p = realloc((void *)p, 200);
		p[200] = 'A';
		p = realloc((void *)p, 300);
	} else if (!strcmp(damage, "late-write")) {
		drop(p);
		p[5] = 'A';
	} else if (!strcmp(damage, "late-read")) {
		drop(p);
		sink = p[5];
	} else if (!strcmp(damage, "read-beyond")) {
		sink = p[60];
	} else if (!strcmp(damage, "twice")) {
		drop(p);
		drop(p);
	} else if (!strcmp(damage, "inside")) {
		drop(p + 16);
	} else if (!strcmp(damage, "stack")) {
		char array[64];
		drop(array + 16);
	} else if (!strcmp(damage, "other")) {
		HeapFree(HeapCreate(0, 0, 0), 0, (void *)p);
	} else if (!strcmp(damage, "none")) {
		work();
	}
	return 0;
}
