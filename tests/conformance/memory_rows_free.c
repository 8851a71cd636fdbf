/*
 * Rows 30-40 of the NT memory facts: NtFreeVirtualMemory and VirtualFree.
 */
#include "memory_rows.h"

static void decommit_rows(void)
{
	char *start = VirtualAlloc(NULL, 0x30000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	SIZE_T size;
	void *base;

	ROW(30, "memory");
	CHECK_EQUAL(nt_free(start + 0x1fff, 2, MEM_DECOMMIT, &base, &size), NT_SUCCESS_);
	CHECK(base == start + 0x1000);
	CHECK_EQUAL(size, 0x2000);
	CHECK_EQUAL(query(start + 0x1000).State, MEM_RESERVE);
	CHECK_EQUAL(query(start + 0x1000).RegionSize, 0x2000);
	ROW(31, "memory");
	CHECK_EQUAL(nt_free(start + 0x1000, 0, MEM_DECOMMIT, &base, &size), NT_FREE_VM_NOT_AT_BASE);
	CHECK(base == start + 0x1000);
	CHECK_EQUAL(size, 0);
	CHECK_EQUAL(nt_free(start + 0x10000, 0, MEM_RELEASE, &base, &size), NT_FREE_VM_NOT_AT_BASE);
	ROW(35, "memory");
	CHECK_EQUAL(nt_free(start + 0x20000, 0x20000, MEM_DECOMMIT, &base, &size), NT_UNABLE_TO_FREE_VM);
	CHECK(base == start + 0x20000);
	CHECK_EQUAL(size, 0x20000);
	ROW(32, "memory");
	CHECK_EQUAL(nt_free(start + 0x10, 0, MEM_DECOMMIT, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(size, 0);
	CHECK_EQUAL(query(start).State, MEM_RESERVE);
	CHECK_EQUAL(query(start).RegionSize, 0x30000);
	ROW(37, "memory");
	CHECK_EQUAL(nt_free(start, 0x10000, MEM_DECOMMIT, &base, &size), NT_SUCCESS_);
	ROW(33, "memory");
	CHECK_EQUAL(nt_free(start + 0xfff, 0, MEM_RELEASE, &base, &size), NT_SUCCESS_);
	CHECK(base == start);
	CHECK_EQUAL(size, 0x30000);
	ROW(36, "memory");
	CHECK_EQUAL(nt_free(start, 0, MEM_RELEASE, &base, &size), NT_MEMORY_NOT_ALLOCATED);
	start = VirtualAlloc(NULL, 0x1000, MEM_RESERVE, PAGE_READWRITE);
	CHECK_EQUAL(nt_free(start + 0x8000, 0, MEM_RELEASE, &base, &size), NT_MEMORY_NOT_ALLOCATED);
	release(start);
}

static void partial_releases(void)
{
	char *start = VirtualAlloc(NULL, 0x30000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	SIZE_T size;
	void *base;

	ROW(34, "memory");
	memset(start, 'x', 0x30000);
	CHECK_EQUAL(nt_free(start + 0x10000, 0x10000, MEM_RELEASE, &base, &size), NT_SUCCESS_);
	CHECK(base == start + 0x10000);
	CHECK_EQUAL(size, 0x10000);
	CHECK_EQUAL(query(start).RegionSize, 0x10000);
	CHECK_EQUAL(query(start + 0x10000).State, MEM_FREE);
	CHECK(query(start + 0x20000).AllocationBase == start + 0x20000);
	CHECK(start[0xFFFF] == 'x' && start[0x20000] == 'x');
	CHECK(VirtualAlloc(start + 0x10000, 0x10000, MEM_RESERVE, PAGE_READWRITE) == start + 0x10000);
	release(start + 0x10000);
	CHECK_EQUAL(nt_free(start, 0x4000, MEM_RELEASE, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(query(start).State, MEM_FREE);
	CHECK(query(start + 0x4000).AllocationBase == start + 0x4000);
	CHECK_EQUAL(nt_free(start + 0x2F000, 0x1000, MEM_RELEASE, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(query(start + 0x20000).RegionSize, 0xF000);
	ROW(35, "memory");
	CHECK_EQUAL(nt_free(start + 0x4000, 0x20000, MEM_RELEASE, &base, &size), NT_UNABLE_TO_FREE_VM);
	release(start + 0x4000);
	release(start + 0x20000);
}

static void row_40_zero_again(void)
{
	int round;

	ROW(40, "memory");
	for (round = 0; round < 5000; round++) {
		char *page = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
		DWORD old;

		if (page[0] || page[0xFFF]) {
			CHECK(!"zero");
			break;
		}
		page[0] = page[0xFFF] = (char)0xFF;
		VirtualProtect(page, 0x1000, PAGE_NOACCESS, &old);
		VirtualFree(page, 0, MEM_RELEASE);
	}
}

int main(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x10000, NULL);
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	SIZE_T size;
	void *base;

	decommit_rows();
	partial_releases();
	ROW(38, "memory");
	CHECK_EQUAL(nt_free(view, 0, MEM_DECOMMIT, &base, &size), NT_UNABLE_TO_DELETE_SECTION);
	CHECK_EQUAL(nt_free(view, 0, MEM_RELEASE, &base, &size), NT_UNABLE_TO_DELETE_SECTION);
	UnmapViewOfFile(view);
	CloseHandle(mapping);
	ROW(39, "memory");
	view = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
	CHECK_FAILS(VirtualFree(view, 0x10000, MEM_RELEASE), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualFree(view, 0, 0), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualFree(view, 0, MEM_FREE), ERROR_INVALID_PARAMETER);
	release(view);
	row_40_zero_again();
	return guest_result();
}
