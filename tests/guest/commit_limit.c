/*
 * commit_limit - the commit charge: what counts, what is refused at the limit, and that a refusal leaves nothing behind.
 *
 * With an argument, the limit in bytes that the system is known to have.  Then no more is committed than that, and the
 * charge is this program's own.
 */
#include "guest.h"

#include <stdint.h>

#define MIB ((SIZE_T)1 << 20)

static BOOL limited;

static MEMORYSTATUSEX memory_status(void)
{
	MEMORYSTATUSEX status = {.dwLength = sizeof(status)};

	CHECK(GlobalMemoryStatusEx(&status));
	CHECK(status.ullAvailPageFile <= status.ullTotalPageFile);
	return status;
}

/* What could still be committed; of a whole system it changes at any time. */
static uint64_t available(void)
{
	return memory_status().ullAvailPageFile;
}

#define CHECK_CHARGED(before, bytes) CHECK(!limited || (before) - available() == (bytes))

static void private_memory(void)
{
	uint64_t before = available();
	DWORD old;
	char *base;

	/* More than there is, by itself and beside what is charged. */
	CHECK_FAILS(VirtualAlloc(NULL, memory_status().ullTotalPageFile + MIB, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
		    ERROR_COMMITMENT_LIMIT);
	CHECK_CHARGED(before, 0);
	/* Reserving is not limited. */
	base = VirtualAlloc(NULL, (SIZE_T)1 << 40, MEM_RESERVE, PAGE_READWRITE);
	CHECK(base != NULL);
	CHECK_CHARGED(before, 0);
	CHECK(VirtualAlloc(base, 8 * MIB, MEM_COMMIT, PAGE_READWRITE) == base);
	CHECK_CHARGED(before, 8 * MIB);
	CHECK_FAILS(VirtualAlloc(base, (SIZE_T)1 << 40, MEM_COMMIT, PAGE_READWRITE), ERROR_COMMITMENT_LIMIT);
	CHECK_CHARGED(before, 8 * MIB);
	/* Whatever the protection; a second time costs nothing. */
	CHECK(VirtualAlloc(base + 8 * MIB, MIB, MEM_COMMIT, PAGE_NOACCESS) != NULL);
	CHECK(VirtualAlloc(base + 9 * MIB, MIB, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD) != NULL);
	CHECK(VirtualAlloc(base, 10 * MIB, MEM_COMMIT, PAGE_READONLY) != NULL);
	CHECK_CHARGED(before, 10 * MIB);
	CHECK(VirtualProtect(base, 10 * MIB, PAGE_EXECUTE_READWRITE, &old));
	CHECK_CHARGED(before, 10 * MIB);
	CHECK(VirtualFree(base + MIB, 2 * MIB, MEM_DECOMMIT));
	CHECK_CHARGED(before, 8 * MIB);
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
	CHECK_CHARGED(before, 0);
}

static void sections(void)
{
	uint64_t before = available();
	HANDLE mapping;
	char *shared, *copy;
	uint64_t size = memory_status().ullTotalPageFile + MIB;
	DWORD old;

	CHECK_FAILS(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, (DWORD)(size >> 32), (DWORD)size, NULL),
		    ERROR_COMMITMENT_LIMIT);
	/* A section of the page file is charged when it is made, its shared views are not. */
	mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_EXECUTE_READWRITE, 0, 4 * MIB, NULL);
	CHECK(mapping != NULL);
	CHECK_CHARGED(before, 4 * MIB);
	shared = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	CHECK(shared != NULL);
	CHECK_CHARGED(before, 4 * MIB);
	/* Each page of a copy-on-write view may get a copy. */
	copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 2 * MIB);
	CHECK(copy != NULL);
	CHECK_CHARGED(before, 6 * MIB);
	CHECK(VirtualProtect(copy, MIB, PAGE_READONLY, &old));
	CHECK(VirtualProtect(copy, MIB, PAGE_WRITECOPY, &old));
	CHECK_CHARGED(before, 6 * MIB);
	CHECK(UnmapViewOfFile(copy));
	CHECK_CHARGED(before, 4 * MIB);
	CHECK(CloseHandle(mapping));
	CHECK_CHARGED(before, 4 * MIB);
	CHECK(UnmapViewOfFile(shared));
	CHECK_CHARGED(before, 0);
}

/* All there is, in pieces, and back. */
static void all_of_it(void)
{
	enum { COUNT = 1024 };
	static char *blocks[COUNT];
	uint64_t before = available();
	unsigned count = 0;
	HANDLE mapping;

	while (count < COUNT && (blocks[count] = VirtualAlloc(NULL, MIB, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)))
		count++;
	CHECK(count < COUNT);
	CHECK_EQUAL(GetLastError(), ERROR_COMMITMENT_LIMIT);
	CHECK(available() < MIB);
	CHECK_FAILS(mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, MIB, NULL),
		    ERROR_COMMITMENT_LIMIT);
	CHECK(HeapAlloc(GetProcessHeap(), 0, 16 * MIB) == NULL);
	CHECK(malloc(16 * MIB) == NULL);
	while (count)
		CHECK(VirtualFree(blocks[--count], 0, MEM_RELEASE));
	CHECK(available() + MIB > before);
	free(malloc(16 * MIB));
	CHECK(available() + 2 * MIB > before);
}

int main(int argc, char **argv)
{
	limited = argc > 1;
	if (limited)
		CHECK_EQUAL(memory_status().ullTotalPageFile, strtoull(argv[1], NULL, 10));
	private_memory();
	sections();
	if (limited)
		all_of_it();
	return guest_result();
}
