/*
 * heap_corruption - a damaged heap ends the process with C0000374 (64-bit programs: heap facts, row 37).  The program
 * runs itself with a number that says which damage to do.
 */
#include "guest.h"

static void *volatile hidden; /* from the compiler */

/* What is no block at all (row 36): how it ends is not known of every Windows, but not with success. */
static void no_block(HANDLE heap, int which)
{
	static _Alignas(16) char readable[64];

	switch (which) {
	case 0:
		hidden = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
		hidden = (char *)hidden + 0x100;
		HeapFree(heap, 0, hidden);
		break;
	case 1:
		hidden = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
		hidden = (char *)hidden + 0x100;
		HeapReAlloc(heap, 0, hidden, 100);
		break;
	case 2:
		hidden = readable + 16;
		HeapFree(heap, 0, hidden);
		break;
	case 3:
		hidden = readable + 16;
		HeapReAlloc(heap, 0, hidden, 100);
		break;
	}
	ExitProcess(0);
}
#define NO_BLOCK 6

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
	if (argc > 1 && atoi(argv[1]) >= NO_BLOCK)
		no_block(GetProcessHeap(), atoi(argv[1]) - NO_BLOCK);
	if (argc > 1)
		damage(atoi(argv[1]));
	for (int i = 0; i < NO_BLOCK + 4; i++) {
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
		if (i < NO_BLOCK)
			CHECK_EQUAL(code, 0xC0000374);
		else
			CHECK(code == 0xC0000374 || code == 0xC0000005);
	}
	return guest_result();
}
