/*
 * Rows 41-44 and 48 of the NT memory facts: NtProtectVirtualMemory, VirtualProtect and guard pages.
 */
#include "memory_rows.h"

#define NT_SECTION_PROTECTION 0xC000004Eu
#define NT_GUARD_PAGE_VIOLATION 0x80000001u

static void rows_41_to_43(void)
{
	char *start = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
	PVOID base = start;
	SIZE_T size = 0x3000;
	ULONG old = 0;

	CHECK(VirtualAlloc(start, 0x2000, MEM_COMMIT, PAGE_READWRITE) == start);
	ROW(41, "memory");
	CHECK_EQUAL((DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_READONLY, &old), NT_NOT_COMMITTED);
	CHECK_EQUAL(query(start).Protect, PAGE_READWRITE);
	ROW(42, "memory");
	base = start, size = 0x1000;
	CHECK_EQUAL((DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_READONLY, NULL), NT_ACCESS_VIOLATION);
	CHECK_EQUAL(query(start).Protect, PAGE_READWRITE);
	CHECK_FAILS(VirtualProtect(start, 0x1000, PAGE_READONLY, NULL), ERROR_NOACCESS);
	CHECK_FAILS(VirtualProtect(start, 0x3000, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS);
	ROW(43, "memory");
	start[0x1000] = 'k';
	base = start + 0x1800, size = 1;
	CHECK_EQUAL((DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_NOACCESS, &old), NT_SUCCESS_);
	CHECK(base == start + 0x1000);
	CHECK_EQUAL(size, 0x1000);
	CHECK_EQUAL(old, PAGE_READWRITE);
	CHECK_EQUAL((DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_EXECUTE_READ, &old), NT_SUCCESS_);
	CHECK_EQUAL(old, PAGE_NOACCESS);
	CHECK_EQUAL((DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_READWRITE, &old), NT_SUCCESS_);
	CHECK_EQUAL(old, PAGE_EXECUTE_READ);
	CHECK_EQUAL(start[0x1000], 'k');
	release(start);
}

static unsigned guard_faults, other_faults;
static char *guard_address;

static LONG WINAPI count_faults(EXCEPTION_POINTERS *pointers)
{
	const EXCEPTION_RECORD *record = pointers->ExceptionRecord;

	if (record->ExceptionCode == NT_GUARD_PAGE_VIOLATION && record->ExceptionInformation[1] == (ULONG_PTR)guard_address)
		guard_faults++;
	else
		other_faults++;
	return record->ExceptionCode == NT_GUARD_PAGE_VIOLATION ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

static void row_44_guard_pages(void)
{
	char *start = VirtualAlloc(NULL, 0x3000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
	PVOID handler = AddVectoredExceptionHandler(1, count_faults);
	DWORD old;

	ROW(44, "memory");
	CHECK_EQUAL(query(start).Protect, PAGE_READWRITE | PAGE_GUARD);
	CHECK_EQUAL(query(start).AllocationProtect, PAGE_READWRITE | PAGE_GUARD);
	guard_address = start + 0x1008;
	*(volatile char *)guard_address = 1;
	CHECK_EQUAL(guard_faults, 1);
	*(volatile char *)guard_address = 2;
	CHECK_EQUAL(guard_faults, 1);
	CHECK_EQUAL(query(start + 0x1000).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(start + 0x1000).RegionSize, 0x1000);
	CHECK_EQUAL(query(start + 0x1000).AllocationProtect, PAGE_READWRITE | PAGE_GUARD);
	/* The neighbours keep theirs; a read uses a guard up as well, and it can be put on again. */
	CHECK_EQUAL(query(start).Protect, PAGE_READWRITE | PAGE_GUARD);
	guard_address = start + 0x2000;
	CHECK_EQUAL(*(volatile char *)guard_address, 0);
	CHECK_EQUAL(guard_faults, 2);
	CHECK(VirtualProtect(guard_address, 1, PAGE_READONLY | PAGE_GUARD, &old));
	CHECK_EQUAL(old, PAGE_READWRITE);
	CHECK_EQUAL(*(volatile char *)guard_address, 0);
	CHECK_EQUAL(guard_faults, 3);
	CHECK_EQUAL(query(guard_address).Protect, PAGE_READONLY);
	CHECK_EQUAL(other_faults, 0);
	RemoveVectoredExceptionHandler(handler);
	release(start);
}

static void row_48_beyond_the_view(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x10000, NULL);
	char *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	PVOID base = view;
	SIZE_T size = 0x1000;
	ULONG old;

	ROW(48, "memory");
	CHECK_EQUAL((DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_READWRITE, &old), NT_SECTION_PROTECTION);
	CHECK_EQUAL((DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_EXECUTE_READ, &old), NT_SECTION_PROTECTION);
	CHECK_FAILS(VirtualProtect(view, 0x1000, PAGE_READWRITE, &old), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(query(view).Protect, PAGE_READONLY);
	CHECK(VirtualProtect(view, 0x1000, PAGE_NOACCESS, &old));
	CHECK_EQUAL(old, PAGE_READONLY);
	CHECK(UnmapViewOfFile(view));
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	CHECK(VirtualProtect(view, 0x1000, PAGE_READONLY, &old));
	CHECK(VirtualProtect(view, 0x1000, PAGE_READWRITE, &old));
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
}

int main(void)
{
	rows_41_to_43();
	row_44_guard_pages();
	row_48_beyond_the_view();
	return guest_result();
}
