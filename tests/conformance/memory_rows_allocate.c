/*
 * Rows 1-21 of the NT memory facts: NtAllocateVirtualMemory and VirtualAlloc.
 */
#include "memory_rows.h"

static void row_4_reserve_rounds(void)
{
	static const struct {
		SIZE_T offset, size, want;
	} rows[] = {{0x1010, 0x7000, 0x9000}, {0x8000, 1, 0x9000}, {0x10, 0x1000, 0x2000}, {0xFFFF, 0x3000, 0x13000}, {0x1010, 0xC000, 0xE000}};
	char *start = free_range(0x20000);
	void *base;
	SIZE_T size;
	unsigned i;

	ROW(4, "memory");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_EQUAL(nt_allocate(start + rows[i].offset, rows[i].size, MEM_RESERVE, PAGE_READWRITE, &base, &size), NT_SUCCESS_);
		CHECK(base == start);
		CHECK_EQUAL(size, rows[i].want);
		release(start);
	}
	ROW(5, "memory");
	CHECK_EQUAL(nt_allocate(start + 0x4080, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_SUCCESS_);
	CHECK(base == start);
	CHECK_EQUAL(size, 0x6000);
	*start = 1;
	release(start);
}

static void rows_6_to_11(void)
{
	char *start = free_range(0x40000), *next;
	void *base;
	SIZE_T size;
	DWORD old;

	CHECK(VirtualAlloc(start, 0x10000, MEM_RESERVE, PAGE_READWRITE) == start);
	ROW(6, "memory");
	CHECK_EQUAL(nt_allocate(start + 0x3123, 0x10, MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_SUCCESS_);
	CHECK(base == start + 0x3000);
	CHECK_EQUAL(size, 0x1000);
	ROW(7, "memory");
	CHECK_EQUAL(nt_allocate(start + 0x1000, 0x1000, MEM_RESERVE, PAGE_READWRITE, &base, &size), NT_CONFLICTING_ADDRESSES);
	next = VirtualAlloc(start + 0x10000, 0x3000, MEM_RESERVE, PAGE_READWRITE);
	CHECK(next == start + 0x10000);
	CHECK_EQUAL(query(next + 0x8000).State, MEM_FREE);
	CHECK_EQUAL(nt_allocate(next + 0x8000, 0x1000, MEM_RESERVE, PAGE_READWRITE, &base, &size), NT_CONFLICTING_ADDRESSES);
	ROW(8, "memory");
	CHECK_EQUAL(nt_allocate((void *)0xF000, 0x1000, MEM_RESERVE, PAGE_READWRITE, &base, &size), NT_INVALID_PARAMETER_2);
	ROW(9, "memory");
	CHECK_EQUAL(nt_allocate(start + 0xF000, 0x2000, MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(nt_allocate(next, 0x4000, MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_CONFLICTING_ADDRESSES);
	release(next);
	ROW(10, "memory");
	CHECK_EQUAL(nt_allocate(start + 0x3000, 0x1000, MEM_COMMIT, PAGE_READONLY, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(query(start + 0x3000).Protect, PAGE_READONLY);
	ROW(11, "memory");
	CHECK(VirtualAlloc(start, 0x2000, MEM_COMMIT, PAGE_READWRITE) == start);
	CHECK(VirtualProtect(start + 0x1000, 0x1000, PAGE_NOACCESS, &old));
	CHECK_EQUAL(nt_allocate(start, 0x3000, MEM_COMMIT, PAGE_READONLY, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(query(start).Protect, PAGE_READONLY);
	CHECK_EQUAL(query(start).RegionSize, 0x4000);
	release(start);
	ROW(12, "memory");
	CHECK_EQUAL(nt_allocate(NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(query(base).State, MEM_COMMIT);
	release(base);
}

static void row_13_protections(void)
{
	static const DWORD bad[] = {0, PAGE_READONLY | PAGE_EXECUTE, PAGE_WRITECOPY, PAGE_EXECUTE_WRITECOPY};
	void *base;
	SIZE_T size;
	unsigned i;

	ROW(13, "memory");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_FAILS(VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, bad[i]), ERROR_INVALID_PARAMETER);
		CHECK_EQUAL(nt_allocate(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, bad[i], &base, &size), NT_INVALID_PAGE_PROTECTION);
	}
}

static void rows_14_to_20(void)
{
	char *start = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
	SIZE_T size;
	void *base;
	DWORD status, old;
	ULONG_PTR bits;

	CHECK(VirtualAlloc(start, 0x2000, MEM_COMMIT, PAGE_READWRITE) == start);
	ROW(14, "memory");
	CHECK(VirtualAlloc(start, 0x1000, MEM_RESET, PAGE_NOACCESS) == start);
	CHECK_EQUAL(query(start).Protect, PAGE_READWRITE);
	CHECK(VirtualAlloc(start + 0x8000, 0x1000, MEM_RESET, PAGE_NOACCESS) == start + 0x8000);
	CHECK_FAILS(VirtualAlloc(start, 0x11000, MEM_RESET, PAGE_NOACCESS), ERROR_INVALID_ADDRESS);
	release(start);
	ROW(15, "memory");
	status = nt_allocate(NULL, 0x1000, MEM_RESERVE | 0x40000000, PAGE_READWRITE, &base, &size);
	CHECK(status == NT_INVALID_PARAMETER_5 || status == NT_INVALID_PARAMETER);
	ROW(16, "memory");
	for (bits = 1; bits <= 20; bits++) {
		base = NULL;
		size = 0x10000;
		status = (DWORD)NtAllocateVirtualMemory(GetCurrentProcess(), &base, bits, &size, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE);
		CHECK(status == NT_SUCCESS_ || status == NT_NO_MEMORY || (bits == 20 && status == NT_CONFLICTING_ADDRESSES));
		if (status == NT_SUCCESS_) {
			CHECK(((ULONG_PTR)base >> (32 - bits)) == 0);
			release(base);
		}
	}
	ROW(17, "memory");
	base = NULL, size = 0x1000;
	status = (DWORD)NtAllocateVirtualMemory(GetCurrentProcess(), &base, 21, &size, MEM_RESERVE, PAGE_READWRITE);
	CHECK(status == NT_NO_MEMORY || status == NT_INVALID_PARAMETER);
	base = NULL, size = 0x1000;
	status = (DWORD)NtAllocateVirtualMemory(GetCurrentProcess(), &base, 22, &size, MEM_RESERVE, PAGE_READWRITE);
	CHECK(status == NT_INVALID_PARAMETER_3 || status == NT_INVALID_PARAMETER);
	ROW(18, "memory");
	base = NULL, size = 0x1000;
	status = (DWORD)NtAllocateVirtualMemory(GetCurrentProcess(), &base, 0x1aaaaaaa, &size, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE);
	CHECK(status == NT_SUCCESS_ || status == NT_NO_MEMORY);
	if (status == NT_SUCCESS_) {
		CHECK(((ULONG_PTR)base & ~(ULONG_PTR)0x1fffffff) == 0);
		release(base);
	}
	ROW(19, "memory");
	start = VirtualAlloc(NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_NOCACHE);
	CHECK_EQUAL(query(start).Protect, PAGE_READWRITE | PAGE_NOCACHE);
	CHECK(VirtualProtect(start, 0x1000, PAGE_READONLY, &old));
	CHECK_EQUAL(query(start).Protect, PAGE_READONLY | PAGE_NOCACHE);
	release(start);
	start = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	CHECK(VirtualProtect(start, 0x1000, PAGE_READONLY | PAGE_NOCACHE, &old));
	CHECK_EQUAL(query(start).Protect, PAGE_READONLY);
	release(start);
	ROW(20, "memory");
	base = NULL, size = 0x1000;
	CHECK_EQUAL((DWORD)NtAllocateVirtualMemory(NULL, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE), NT_INVALID_HANDLE);
}

/* A process whose address space is gone is seen by whoever holds a handle of it.  The trace that the row comes from shows
 * one process at the end of its life; its own threads are past the last call that they could make. */
static void row_21_exiting_process(void)
{
	PROCESS_INFORMATION child;
	STARTUPINFOA startup = {0};
	char command[MAX_PATH + 16];
	PVOID base = NULL;
	SIZE_T size = 0x1000;

	ROW(21, "memory");
	startup.cb = sizeof(startup);
	command[0] = '"';
	GetModuleFileNameA(NULL, command + 1, MAX_PATH);
	strcat(command, "\" exit");
	CHECK(CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child));
	CHECK_EQUAL(WaitForSingleObject(child.hProcess, INFINITE), WAIT_OBJECT_0);
	CHECK_EQUAL((DWORD)NtAllocateVirtualMemory(child.hProcess, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE),
		    NT_PROCESS_IS_TERMINATING);
	base = (PVOID)0x10000;
	CHECK_EQUAL((DWORD)NtFreeVirtualMemory(child.hProcess, &base, &size, MEM_RELEASE), NT_PROCESS_IS_TERMINATING);
	CHECK_FAILS(VirtualAllocEx(child.hProcess, NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
	CloseHandle(child.hThread);
	CloseHandle(child.hProcess);
}

int main(int count, char **arguments)
{
	char *base;

	if (count > 1 && !strcmp(arguments[1], "exit"))
		return 21;
	ROW(1, "memory");
	CHECK_FAILS(VirtualAlloc(NULL, 0, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
	ROW(2, "memory");
	base = VirtualAlloc(NULL, 0xFFFC, MEM_RESERVE, PAGE_EXECUTE_READWRITE);
	CHECK_EQUAL(query(base).RegionSize, 0x10000);
	CHECK_EQUAL(query(base).Protect, 0);
	CHECK_EQUAL(query(base).AllocationProtect, PAGE_EXECUTE_READWRITE);
	release(base);
	ROW(3, "memory");
	base = VirtualAlloc(NULL, 0x2000, MEM_RESERVE, PAGE_READWRITE);
	CHECK_EQUAL((ULONG_PTR)base & 0xFFFF, 0);
	CHECK_EQUAL(query(base).RegionSize, 0x2000);
	release(base);
	row_4_reserve_rounds();
	rows_6_to_11();
	row_13_protections();
	rows_14_to_20();
	row_21_exiting_process();
	return guest_result();
}
