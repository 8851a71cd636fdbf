/*
 * Rows 45 and 46 of the NT memory facts, and what MSDN says of VirtualLock and VirtualUnlock.
 */
#include "memory_rows.h"

#define PAGE 0x1000u

NTSTATUS NTAPI NtLockVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG);
NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG);

#define NT_WAS_LOCKED 0x40000019u
#define NT_NOT_LOCKED 0xC000002Au
#define NT_GUARD_PAGE 0x80000001u

static ULONG_PTR marks(char *base, SIZE_T size)
{
	void *pages[16];
	ULONG_PTR count = 16;
	DWORD granularity;

	CHECK_EQUAL(GetWriteWatch(0, base, size, pages, &count, &granularity), 0);
	return count;
}

static DWORD nt_lock(void *address, SIZE_T length, PVOID *base, SIZE_T *size)
{
	*base = address, *size = length;
	return (DWORD)NtLockVirtualMemory(GetCurrentProcess(), base, size, 1);
}

static DWORD nt_unlock(void *address, SIZE_T length, PVOID *base, SIZE_T *size)
{
	*base = address, *size = length;
	return (DWORD)NtUnlockVirtualMemory(GetCurrentProcess(), base, size, 1);
}

static void guard_rows(void)
{
	char *base = VirtualAlloc(NULL, 4 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	DWORD old;

	ROW(45, "memory");
	CHECK(VirtualProtect(base + PAGE, PAGE, PAGE_READWRITE | PAGE_GUARD, &old));
	CHECK_FAILS(VirtualLock(base + PAGE, PAGE), NT_GUARD_PAGE);
	CHECK_EQUAL(query(base + PAGE).Protect, PAGE_READWRITE);
	CHECK(VirtualLock(base + PAGE, PAGE));
	CHECK(VirtualUnlock(base + PAGE, PAGE));
	release(base);

	ROW(46, "memory");
	base = VirtualAlloc(NULL, 4 * PAGE, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
	CHECK(VirtualProtect(base, PAGE, PAGE_READWRITE | PAGE_GUARD, &old));
	CHECK_EQUAL(marks(base, 4 * PAGE), 0);
	CHECK_FAILS(VirtualLock(base, PAGE), NT_GUARD_PAGE);
	CHECK_EQUAL(marks(base, 4 * PAGE), 0);
	CHECK(VirtualLock(base, PAGE));
	CHECK_EQUAL(marks(base, 4 * PAGE), 1);
	CHECK(VirtualUnlock(base, PAGE));
	release(base);
}

static void locks(void)
{
	char *base = VirtualAlloc(NULL, 16 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	SIZE_T size;
	PVOID start;
	DWORD old;

	snprintf(guest_row, sizeof(guest_row), " (MSDN VirtualLock)");
	/* Two bytes across a page boundary are two pages. */
	CHECK_EQUAL(nt_lock(base + PAGE - 1, 2, &start, &size), NT_SUCCESS_);
	CHECK(start == base);
	CHECK_EQUAL(size, 2 * PAGE);
	CHECK_EQUAL(nt_lock(base + PAGE, 2 * PAGE, &start, &size), NT_WAS_LOCKED);
	CHECK_EQUAL(nt_unlock(base, 4 * PAGE, &start, &size), NT_NOT_LOCKED);
	CHECK_EQUAL(nt_unlock(base, 3 * PAGE, &start, &size), NT_SUCCESS_);
	CHECK_EQUAL(nt_unlock(base, PAGE, &start, &size), NT_NOT_LOCKED);
	CHECK_FAILS(VirtualUnlock(base, PAGE), ERROR_NOT_LOCKED);
	/* No count: one unlock ends any number of locks. */
	CHECK(VirtualLock(base, PAGE) && VirtualLock(base, PAGE));
	CHECK(VirtualUnlock(base, PAGE));
	CHECK_FAILS(VirtualUnlock(base, PAGE), ERROR_NOT_LOCKED);
	/* Pages must be committed and accessible. */
	CHECK(VirtualProtect(base + PAGE, PAGE, PAGE_NOACCESS, &old));
	CHECK_FAILS(VirtualLock(base, 2 * PAGE), ERROR_NOACCESS);
	CHECK_FAILS(VirtualUnlock(base, PAGE), ERROR_NOT_LOCKED);
	CHECK(VirtualFree(base + 2 * PAGE, PAGE, MEM_DECOMMIT));
	CHECK_FAILS(VirtualLock(base + 2 * PAGE, PAGE), ERROR_NOACCESS);
	CHECK_FAILS(VirtualLock(NULL, PAGE), ERROR_NOACCESS);
	CHECK_FAILS(VirtualLock(base, 0), ERROR_INVALID_PARAMETER);
	/* Decommitting and releasing unlock. */
	CHECK(VirtualLock(base + 4 * PAGE, 2 * PAGE));
	base[4 * PAGE] = 'x';
	CHECK(VirtualFree(base + 4 * PAGE, PAGE, MEM_DECOMMIT));
	CHECK(VirtualAlloc(base + 4 * PAGE, PAGE, MEM_COMMIT, PAGE_READONLY) != NULL);
	CHECK_EQUAL(base[4 * PAGE], 0);
	CHECK_FAILS(VirtualUnlock(base + 4 * PAGE, PAGE), ERROR_NOT_LOCKED);
	CHECK(VirtualLock(base + 4 * PAGE, PAGE)); /* read-only pages may be locked */
	release(base);
	CHECK(VirtualAlloc(base, 16 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) == base);
	CHECK_FAILS(VirtualUnlock(base + 5 * PAGE, PAGE), ERROR_NOT_LOCKED);
	release(base);
}

/* "Minimum working set minus a small overhead"; more after SetProcessWorkingSetSize. */
static void quota(void)
{
	SIZE_T minimum, maximum, size = 0x100000;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	HANDLE process = GetCurrentProcess();

	CHECK(GetProcessWorkingSetSize(process, &minimum, &maximum));
	CHECK(minimum < size);
	CHECK_FAILS(VirtualLock(base, size), ERROR_WORKING_SET_QUOTA);
	CHECK_FAILS(VirtualUnlock(base, PAGE), ERROR_NOT_LOCKED);
	CHECK(VirtualLock(base, minimum / 2));
	CHECK_FAILS(VirtualLock(base + minimum / 2, minimum / 2), ERROR_WORKING_SET_QUOTA);
	CHECK(SetProcessWorkingSetSize(process, 2 * size, 4 * size));
	CHECK(VirtualLock(base, size));
	CHECK(VirtualUnlock(base, size));
	release(base);
}

static void views(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4 * PAGE, NULL);
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0), *copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);

	CHECK(VirtualLock(view, 4 * PAGE));
	view[0] = 'v';
	CHECK(UnmapViewOfFile(view)); /* unlocks */
	CHECK(VirtualLock(copy, 2 * PAGE));
	CHECK_EQUAL(query(copy).Protect, PAGE_WRITECOPY); /* locking does not write */
	CHECK_EQUAL(copy[0], 'v');
	CHECK(VirtualUnlock(copy, 2 * PAGE));
	UnmapViewOfFile(copy);
	CloseHandle(mapping);
	/* What one view commits, another can lock. */
	mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0, 4 * PAGE, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0), copy = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	CHECK_FAILS(VirtualLock(copy, PAGE), ERROR_NOACCESS);
	CHECK(VirtualAlloc(view, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE) == view);
	CHECK(VirtualLock(copy, 2 * PAGE));
	CHECK_FAILS(VirtualLock(copy, 3 * PAGE), ERROR_NOACCESS);
	CHECK(VirtualUnlock(copy, 2 * PAGE));
	UnmapViewOfFile(view);
	UnmapViewOfFile(copy);
	CloseHandle(mapping);
}

int main(void)
{
	guard_rows();
	locks();
	views();
	quota();
	return guest_result();
}
