/*
 * Rows 76, 77 and 83-88 of the NT memory facts: what a walk over the address space with VirtualQuery shows.
 */
#include "memory_rows.h"

static int written = 1;	 /* .data */
static int untouched[4096] = {1};

static void image_rows(void)
{
	char *base = (char *)GetModuleHandleA(NULL), *at = base;
	MEMORY_BASIC_INFORMATION info;

	ROW(76, "memory");
	CHECK_EQUAL(query(base).Protect, PAGE_READONLY);
	for (info = query(at); info.AllocationBase == base; info = query(at)) {
		CHECK_EQUAL(info.AllocationProtect, PAGE_EXECUTE_WRITECOPY);
		CHECK_EQUAL(info.Type, MEM_IMAGE);
		CHECK_EQUAL(info.State, MEM_COMMIT);
		at += info.RegionSize;
	}
	ROW(77, "memory");
	written++;
	CHECK_EQUAL(query(&written).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(&untouched[2048]).Protect, PAGE_WRITECOPY);
	untouched[2048] = 2;
	CHECK_EQUAL(query(&untouched[2048]).Protect, PAGE_READWRITE);
}

/* Rows 84 and 85: two neighbours of one allocation differ; allocations start on 64 KiB, one page near 7FFE0000 aside. */
static void walk(void)
{
	MEMORY_BASIC_INFORMATION last = {0}, info;
	SYSTEM_INFO system;
	char *at = NULL;
	unsigned regions = 0;

	GetSystemInfo(&system);
	while (VirtualQuery(at, &info, sizeof(info)) == sizeof(info)) {
		CHECK(info.BaseAddress == at);
		CHECK(info.RegionSize && !(info.RegionSize & 0xFFF));
		ROW(84, "memory");
		if (info.State != MEM_FREE && last.AllocationBase == info.AllocationBase)
			CHECK(last.State != info.State || last.Protect != info.Protect || last.Type != info.Type);
		ROW(85, "memory");
		if (info.State != MEM_FREE && info.AllocationBase == info.BaseAddress &&
		    ((ULONG_PTR)info.BaseAddress & ~(ULONG_PTR)0xFFFF) != 0x7FFE0000)
			CHECK_EQUAL((ULONG_PTR)info.BaseAddress & 0xFFFF, 0);
		ROW(83, "memory");
		if (info.State == MEM_FREE) {
			CHECK_EQUAL(info.Protect, PAGE_NOACCESS);
			CHECK_EQUAL(info.Type, 0);
			CHECK(info.AllocationBase == NULL);
		}
		last = info;
		at += info.RegionSize;
		regions++;
	}
	CHECK(regions > 10);
	CHECK(at > (char *)system.lpMaximumApplicationAddress);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
}

int main(void)
{
	volatile DWORD *shared = (volatile DWORD *)(ULONG_PTR)0x7FFE0000;
	MEMORY_BASIC_INFORMATION info;
	char *peb, *teb = (char *)NtCurrentTeb();

	image_rows();
	walk();
	ROW(86, "memory");
	info = query((void *)0x7FFE0000);
	CHECK_EQUAL(info.State, MEM_COMMIT);
	CHECK_EQUAL(info.Protect, PAGE_READONLY);
	CHECK_EQUAL(info.Type, MEM_PRIVATE);
	CHECK_EQUAL(info.RegionSize, 0x1000);
	CHECK(info.AllocationBase == (void *)0x7FFE0000);
	CHECK_EQUAL(shared[0x26C / 4], 10); /* NtMajorVersion */
	ROW(88, "memory");
	peb = *(char **)(teb + 0x60);
	CHECK(query(peb).AllocationBase == query(teb).AllocationBase);
	CHECK_EQUAL(query(peb).Type, MEM_PRIVATE);
	return guest_result();
}
