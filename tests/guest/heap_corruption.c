/*
 * heap_corruption - a damaged heap ends the process with C0000374 (64-bit programs: heap facts, row 37).  The program
 * runs itself with a number that says which damage to do.
 */
#include "guest.h"

static void *volatile hidden; /* from the compiler */

static void damage(int which)
{
	HANDLE heap = which & 1 ? GetProcessHeap() : HeapCreate(0, 0, 0);
	char *a = HeapAlloc(heap, 0, 40), *b = HeapAlloc(heap, 0, 40);
	switch (which / 2) {
	case 0: /* freed twice */
		HeapFree(heap, 0, a);
		hidden = a;
		HeapFree(heap, 0, hidden);
		break;
	case 1: /* written beyond its end; the next is freed */
		hidden = a < b ? a : b;
		memset(hidden, 0x41, 64);
		HeapFree(heap, 0, a);
		HeapFree(heap, 0, b);
		break;
	case 2: /* no block */
		memset(a, 0, 40);
		hidden = a + 16;
		HeapFree(heap, 0, hidden);
		break;
	}
	ExitProcess(0);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		damage(atoi(argv[1]));
	for (int i = 0; i < 6; i++) {
		char line[MAX_PATH + 16];
		STARTUPINFOA startup = {sizeof(startup)};
		PROCESS_INFORMATION process;
		DWORD code = 0;
		char path[MAX_PATH];
		GetModuleFileNameA(NULL, path, sizeof(path));
		snprintf(line, sizeof(line), "\"%s\" %d", path, i);
		if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
			CHECK(!"CreateProcess");
			break;
		}
		WaitForSingleObject(process.hProcess, INFINITE);
		GetExitCodeProcess(process.hProcess, &code);
		CHECK_EQUAL(code, 0xC0000374);
	}
	return guest_result();
}
