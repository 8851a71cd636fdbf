/*
 * memory_api - the Win32 face of the memory manager: VirtualAlloc and its family, rows of the NT memory facts.
 */
#include "guest.h"

static MEMORY_BASIC_INFORMATION query(const void *address)
{
	MEMORY_BASIC_INFORMATION info;

	memset(&info, 0xCC, sizeof(info));
	CHECK_EQUAL(VirtualQuery(address, &info, sizeof(info)), sizeof(info));
	return info;
}

static void reserve_rows(void)
{
	char *base;

	ROW(1, "memory");
	CHECK_FAILS(VirtualAlloc(NULL, 0, MEM_RESERVE, PAGE_NOACCESS), ERROR_INVALID_PARAMETER);
	ROW(2, "memory");
	base = VirtualAlloc(NULL, 0xFFFC, MEM_RESERVE, PAGE_NOACCESS);
	CHECK(base != NULL);
	CHECK_EQUAL(query(base).RegionSize, 0x10000);
	CHECK_EQUAL(query(base).State, MEM_RESERVE);
	CHECK_EQUAL(query(base).Protect, 0);
	CHECK_EQUAL(query(base).AllocationProtect, PAGE_NOACCESS);
	CHECK_EQUAL(query(base).Type, MEM_PRIVATE);
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
	ROW(3, "memory");
	base = VirtualAlloc(NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	CHECK_EQUAL((UINT_PTR)base & 0xFFFF, 0);
	CHECK_EQUAL(query(base).RegionSize, 0x2000);
	CHECK_EQUAL(query(base + 0x2000).State, MEM_FREE);
	ROW(7, "memory");
	CHECK_FAILS(VirtualAlloc(base + 0x4000, 0x1000, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
	ROW(9, "memory");
	CHECK_FAILS(VirtualAlloc(base, 0x3000, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
	ROW(10, "memory");
	CHECK(VirtualAlloc(base, 0x1000, MEM_COMMIT, PAGE_READONLY) == base);
	CHECK_EQUAL(query(base).Protect, PAGE_READONLY);
	ROW(39, "memory");
	CHECK_FAILS(VirtualFree(base, 0x1000, MEM_RELEASE), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualFree(base, 0, 0), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualFree(base, 0, MEM_FREE), ERROR_INVALID_PARAMETER);
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
	ROW(36, "memory");
	CHECK_FAILS(VirtualFree(base, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
	ROW(12, "memory");
	base = VirtualAlloc(NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE);
	CHECK(base != NULL);
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
}

static void protect_rows(void)
{
	char *base = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
	DWORD old = 0xDEAD;

	CHECK(VirtualAlloc(base, 0x4000, MEM_COMMIT, PAGE_READWRITE) == base);
	ROW(13, "memory");
	CHECK_FAILS(VirtualProtect(base, 0x1000, 0, &old), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualProtect(base, 0x1000, PAGE_READONLY | PAGE_EXECUTE, &old), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualProtect(base, 0x1000, PAGE_WRITECOPY, &old), ERROR_INVALID_PARAMETER);
	ROW(41, "memory");
	CHECK_FAILS(VirtualProtect(base, 0x5000, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS);
	CHECK_EQUAL(query(base).Protect, PAGE_READWRITE);
	ROW(42, "memory");
	CHECK_FAILS(VirtualProtect(base, 0x1000, PAGE_READONLY, NULL), ERROR_NOACCESS);
	ROW(43, "memory");
	base[0] = 42;
	CHECK(VirtualProtect(base, 0x1000, PAGE_NOACCESS, &old));
	CHECK_EQUAL(old, PAGE_READWRITE);
	CHECK(VirtualProtect(base, 0x1000, PAGE_READWRITE, &old));
	CHECK_EQUAL(old, PAGE_NOACCESS);
	CHECK_EQUAL(base[0], 42);
	ROW(14, "memory");
	CHECK(VirtualAlloc(base, 0x1000, MEM_RESET, PAGE_NOACCESS) == base);
	CHECK_EQUAL(query(base).Protect, PAGE_READWRITE);
	CHECK_FAILS(VirtualAlloc(base, 0x11000, MEM_RESET, PAGE_NOACCESS), ERROR_INVALID_ADDRESS);
	ROW(83, "memory");
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
	CHECK_EQUAL(query(base + 5).State, MEM_FREE);
	CHECK_EQUAL(query(base + 5).Protect, PAGE_NOACCESS);
	CHECK_EQUAL(query(base + 5).Type, 0);
	CHECK(query(base + 5).BaseAddress == base);
	CHECK(query(base + 5).AllocationBase == NULL);
}

static void file_mapping(void)
{
	char path[MAX_PATH], directory[MAX_PATH];
	HANDLE file, mapping;
	char *view, *copy;
	DWORD done;

	GetTempPathA(sizeof(directory), directory);
	CHECK(GetTempFileNameA(directory, "map", 0, path) != 0);
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	ROW(73, "memory");
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL), ERROR_FILE_INVALID);
	CHECK(WriteFile(file, "hello, world", 12, &done, NULL));
	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0x3000, NULL);
	CHECK(mapping != NULL);
	CHECK_EQUAL(GetFileSize(file, NULL), 0x3000);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	CHECK(view && !memcmp(view, "hello, world", 12));
	CHECK_EQUAL(query(view).Type, MEM_MAPPED);
	CHECK_EQUAL(query(view).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(view).RegionSize, 0x3000);
	ROW(68, "memory");
	CHECK_FAILS(VirtualAlloc(view, 0x1000, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
	ROW(70, "memory");
	copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
	CHECK(copy != NULL);
	CHECK_EQUAL(query(copy).Protect, PAGE_WRITECOPY);
	copy[0x1000] = 'x';
	CHECK_EQUAL(query(copy).RegionSize, 0x1000);
	CHECK_EQUAL(query(copy + 0x1000).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(copy + 0x1000).RegionSize, 0x1000);
	CHECK_EQUAL(view[0x1000], 0);
	CHECK(UnmapViewOfFile(copy));
	view[0] = 'J';
	CHECK(FlushViewOfFile(view, 0));
	CHECK(UnmapViewOfFile(view));
	CHECK_FAILS(UnmapViewOfFile(view), ERROR_INVALID_ADDRESS);
	CHECK(CloseHandle(mapping));
	SetFilePointer(file, 0, NULL, FILE_BEGIN);
	CHECK(ReadFile(file, directory, 12, &done, NULL) && done == 12);
	CHECK(!memcmp(directory, "Jello, world", 12));
	CHECK(CloseHandle(file));
	CHECK(DeleteFileA(path));
}

static void pagefile_mapping(void)
{
	HANDLE mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x20000, NULL);
	char *first = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
	char *second = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0x10000, 0x1000);

	CHECK(first && second);
	first[0x10000] = 7;
	CHECK_EQUAL(second[0], 7);
	CHECK_EQUAL(query(second).RegionSize, 0x1000);
	CHECK_EQUAL(query(second).Protect, PAGE_READONLY);
	ROW(59, "memory");
	CHECK_FAILS(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0x1000, 0), ERROR_MAPPED_ALIGNMENT);
	ROW(65, "memory");
	CHECK_FAILS(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0x10000, 0x20000), ERROR_ACCESS_DENIED);
	CHECK(UnmapViewOfFile(first));
	CHECK(UnmapViewOfFile(second));
	CHECK(CloseHandle(mapping));
}

/* MSDN, "Memory Protection Constants": with executable protections only; a query does not show it. */
static void targets_modifier(void)
{
	const DWORD targets = 0x40000000; /* PAGE_TARGETS_INVALID, PAGE_TARGETS_NO_UPDATE */
	char *base = VirtualAlloc(NULL, 0x3000, MEM_RESERVE, PAGE_NOACCESS);
	DWORD old;

	CHECK(VirtualAlloc(base, 0x2000, MEM_COMMIT, PAGE_EXECUTE_READWRITE | targets) == base);
	CHECK_EQUAL(query(base).Protect, PAGE_EXECUTE_READWRITE);
	CHECK(VirtualProtect(base, 0x1000, PAGE_EXECUTE_READ | targets, &old));
	CHECK_EQUAL(old, PAGE_EXECUTE_READWRITE);
	CHECK_EQUAL(query(base).Protect, PAGE_EXECUTE_READ);
	CHECK_FAILS(VirtualAlloc(base, 0x1000, MEM_COMMIT, PAGE_READWRITE | targets), ERROR_INVALID_PARAMETER);
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
}

/* A machine is not short of memory and rich in it at once. */
static void notifications(void)
{
	HANDLE low = CreateMemoryResourceNotification(LowMemoryResourceNotification);
	HANDLE high = CreateMemoryResourceNotification(HighMemoryResourceNotification);
	BOOL is_low = 2, is_high = 2;

	CHECK(low && high);
	CHECK(QueryMemoryResourceNotification(low, &is_low) && QueryMemoryResourceNotification(high, &is_high));
	CHECK((is_low == FALSE || is_low == TRUE) && (is_high == FALSE || is_high == TRUE));
	CHECK(!(is_low && is_high));
	if (is_high) {
		CHECK_EQUAL(WaitForSingleObject(high, 0), WAIT_OBJECT_0);
		CHECK_EQUAL(WaitForSingleObject(low, 0), WAIT_TIMEOUT);
	}
	CHECK_FAILS(SetEvent(low), ERROR_ACCESS_DENIED);
	CHECK(CloseHandle(low) && CloseHandle(high));
	CHECK_FAILS(CreateMemoryResourceNotification(2) != NULL, ERROR_INVALID_PARAMETER);
	CHECK_FAILS(QueryMemoryResourceNotification(NULL, &is_low), ERROR_INVALID_PARAMETER);
}

int main(void)
{
	targets_modifier();
	reserve_rows();
	protect_rows();
	file_mapping();
	pagefile_mapping();
	notifications();
	return guest_result();
}
