/*
 * Rows 22-29 of the NT memory facts: placeholders and extended parameters.
 */
#include "memory_rows.h"

#define NT_NOT_SUPPORTED 0xC00000BBu
#define NT_MAPPED_ALIGNMENT 0xC0000220u
#define NT_NOT_MAPPED_VIEW 0xC0000019u
#define NT_INVALID_PARAMETER_9 0xC00000F7u
#define UNIT 0x10000u

#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_COALESCE_PLACEHOLDERS 0x00000001
#define MEM_PRESERVE_PLACEHOLDER 0x00000002
#define MEM_REPLACE_PLACEHOLDER 0x00004000
#define MEM_RESERVE_PLACEHOLDER 0x00040000
#endif
#ifndef MEM_UNMAP_WITH_TRANSIENT_BOOST
#define MEM_UNMAP_WITH_TRANSIENT_BOOST 0x00000001
#endif
#ifndef NUMA_NO_PREFERRED_NODE
#define NUMA_NO_PREFERRED_NODE ((DWORD)-1)
#endif

/* mingw-w64 has these in libraries of many names; Windows has them in two DLLs. */
static DWORD(NTAPI *pNtAllocateVirtualMemoryEx)(HANDLE, PVOID *, PSIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER *, ULONG);
static DWORD(NTAPI *pNtMapViewOfSectionEx)(HANDLE, HANDLE, PVOID *, PLARGE_INTEGER, PSIZE_T, ULONG, ULONG,
					      MEM_EXTENDED_PARAMETER *, ULONG);
static DWORD(NTAPI *pNtMapViewOfSection)(HANDLE, HANDLE, PVOID *, ULONG_PTR, SIZE_T, PLARGE_INTEGER, PSIZE_T, ULONG, ULONG,
					    ULONG);
static DWORD(NTAPI *pNtUnmapViewOfSectionEx)(HANDLE, PVOID, ULONG);
static DWORD(NTAPI *pNtQueryVirtualMemory)(HANDLE, LPCVOID, ULONG, PVOID, SIZE_T, PSIZE_T);
static PVOID(WINAPI *pVirtualAlloc2)(HANDLE, PVOID, SIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER *, ULONG);
static PVOID(WINAPI *pVirtualAlloc2FromApp)(HANDLE, PVOID, SIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER *, ULONG);
static PVOID(WINAPI *pMapViewOfFile3)(HANDLE, HANDLE, PVOID, ULONG64, SIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER *, ULONG);
static PVOID(WINAPI *pMapViewOfFileNuma2)(HANDLE, HANDLE, ULONG64, PVOID, SIZE_T, ULONG, ULONG, ULONG);
static BOOL(WINAPI *pUnmapViewOfFile2)(HANDLE, PVOID, ULONG);

static BOOL find_functions(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll"), base = GetModuleHandleA("kernelbase.dll");

	if (!base)
		base = LoadLibraryA("kernelbase.dll");
#define FIND(module, name) (p##name = (void *)GetProcAddress(module, #name))
	return FIND(ntdll, NtAllocateVirtualMemoryEx) && FIND(ntdll, NtMapViewOfSectionEx) && FIND(ntdll, NtMapViewOfSection) &&
	       FIND(ntdll, NtUnmapViewOfSectionEx) && FIND(ntdll, NtQueryVirtualMemory) && FIND(base, VirtualAlloc2) && FIND(base, VirtualAlloc2FromApp) &&
	       FIND(base, MapViewOfFile3) && FIND(base, MapViewOfFileNuma2) && FIND(base, UnmapViewOfFile2);
#undef FIND
}

static DWORD allocate(void *address, SIZE_T length, ULONG type, ULONG protect)
{
	return pNtAllocateVirtualMemoryEx(GetCurrentProcess(), &address, &length, type, protect, NULL, 0);
}

static DWORD free_type(void *address, SIZE_T length, ULONG type)
{
	void *base;
	SIZE_T size;

	return nt_free(address, length, type, &base, &size);
}

static char *placeholder(SIZE_T size)
{
	void *base = NULL;

	CHECK_EQUAL(pNtAllocateVirtualMemoryEx(GetCurrentProcess(), &base, &size, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS,
					       NULL, 0),
		    NT_SUCCESS_);
	return base;
}

static DWORD split(void *address, SIZE_T size)
{
	return free_type(address, size, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER);
}

static DWORD coalesce(void *address, SIZE_T size)
{
	return free_type(address, size, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS);
}

static DWORD replace(void *address, SIZE_T size, ULONG protect)
{
	return allocate(address, size, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER, protect);
}

static void check_placeholder(char *address, SIZE_T size)
{
	MEMORY_BASIC_INFORMATION info = query(address);

	CHECK(info.AllocationBase == address);
	CHECK_EQUAL(info.RegionSize, size);
	CHECK_EQUAL(info.State, MEM_RESERVE);
	CHECK_EQUAL(info.AllocationProtect, PAGE_NOACCESS);
	CHECK_EQUAL(info.Protect, 0);
	CHECK_EQUAL(info.Type, MEM_PRIVATE);
}

static void row_22_reserving(void)
{
	void *base;
	SIZE_T size;
	char *start;

	ROW(22, "memory");
	CHECK_EQUAL(nt_allocate(NULL, UNIT, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, &base, &size),
		    NT_INVALID_PARAMETER);
	CHECK_EQUAL(allocate(NULL, UNIT, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_READWRITE), NT_INVALID_PARAMETER);
	CHECK_EQUAL(allocate(NULL, UNIT, MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS), NT_INVALID_PARAMETER);
	start = placeholder(UNIT);
	check_placeholder(start, UNIT);
	CHECK_EQUAL(allocate(start, UNIT, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS), NT_CONFLICTING_ADDRESSES);
	release(start);
	CHECK_EQUAL(query(start).State, MEM_FREE);
	start = pVirtualAlloc2(NULL, NULL, UNIT, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, NULL, 0);
	check_placeholder(start, UNIT);
	release(start);
	CHECK_FAILS(pVirtualAlloc2(NULL, NULL, UNIT, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_READWRITE, NULL, 0),
		    ERROR_INVALID_PARAMETER);
}

static void rows_23_and_27_replacing(void)
{
	char *start = placeholder(UNIT);
	MEMORY_BASIC_INFORMATION info;

	ROW(23, "memory");
	CHECK_EQUAL(allocate(start, UNIT, MEM_RESERVE, PAGE_NOACCESS), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(allocate(start, UNIT, MEM_COMMIT, PAGE_READWRITE), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(allocate(start, 0x1000, MEM_RESERVE | MEM_REPLACE_PLACEHOLDER, PAGE_NOACCESS), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(allocate(start + 0x1000, 0xF000, MEM_RESERVE | MEM_REPLACE_PLACEHOLDER, PAGE_NOACCESS), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(allocate(start, 2 * UNIT, MEM_RESERVE | MEM_REPLACE_PLACEHOLDER, PAGE_NOACCESS), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(allocate(start, UNIT, MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE), NT_INVALID_PARAMETER);
	CHECK_EQUAL(allocate(start, UNIT, MEM_COMMIT | MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE), NT_INVALID_PARAMETER);
	check_placeholder(start, UNIT);
	CHECK_EQUAL(replace(start, UNIT, PAGE_READWRITE), NT_SUCCESS_);
	info = query(start);
	CHECK_EQUAL(info.AllocationProtect, PAGE_READWRITE);
	CHECK_EQUAL(info.State, MEM_COMMIT);
	CHECK_EQUAL(info.Type, MEM_PRIVATE);
	CHECK_EQUAL(info.RegionSize, UNIT);
	memset(start, 0xCC, UNIT);
	/* There is no placeholder any more. */
	CHECK_EQUAL(replace(start, UNIT, PAGE_READWRITE), NT_CONFLICTING_ADDRESSES);

	ROW(27, "memory");
	CHECK_EQUAL(split(start, UNIT), NT_SUCCESS_);
	check_placeholder(start, UNIT);
	CHECK_EQUAL(replace(start, UNIT, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(*(volatile unsigned *)start, 0);
	CHECK_EQUAL(*(volatile unsigned *)(start + 0xF000), 0);
	CHECK_EQUAL(query(start).AllocationProtect, PAGE_READONLY);

	/* Reserved only, and committed later as any other allocation. */
	CHECK_EQUAL(split(start, UNIT), NT_SUCCESS_);
	CHECK_EQUAL(allocate(start, UNIT, MEM_RESERVE | MEM_REPLACE_PLACEHOLDER, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(query(start).State, MEM_RESERVE);
	CHECK_EQUAL(allocate(start + 0x4000, 0x1000, MEM_COMMIT, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(query(start + 0x4000).RegionSize, 0x1000);
	start[0x4000] = 1;
	release(start);
	CHECK_EQUAL(query(start).State, MEM_FREE);
}

static void rows_24_and_25_splitting(void)
{
	char *start = placeholder(UNIT), *other;
	SIZE_T size;
	void *base;

	ROW(24, "memory");
	CHECK_EQUAL(nt_free(start + 0x8000, 0x4000, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER, &base, &size), NT_SUCCESS_);
	CHECK(base == start + 0x8000);
	CHECK_EQUAL(size, 0x4000);
	check_placeholder(start, 0x8000);
	check_placeholder(start + 0x8000, 0x4000);
	check_placeholder(start + 0xC000, 0x4000);
	CHECK_EQUAL(nt_free(start, 0x8000, MEM_RELEASE, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x8000);
	CHECK_EQUAL(query(start).State, MEM_FREE);
	check_placeholder(start + 0x8000, 0x4000);
	CHECK_EQUAL(nt_free(start + 0x8000, 0x4000, MEM_RELEASE, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(nt_free(start + 0xC000, 0, MEM_RELEASE, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x4000);
	/* Lower half, upper half; VirtualFree takes a size here. */
	start = placeholder(UNIT);
	CHECK(VirtualFree(start, 0x4000, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
	check_placeholder(start, 0x4000);
	check_placeholder(start + 0x4000, 0xC000);
	CHECK_EQUAL(split(start + 0xC000, 0x4000), NT_SUCCESS_);
	check_placeholder(start + 0x4000, 0x8000);
	check_placeholder(start + 0xC000, 0x4000);

	ROW(25, "memory");
	CHECK_EQUAL(split(start, 0x4000), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(split(start, 0), NT_INVALID_PARAMETER_3);
	CHECK_EQUAL(free_type(start, 0x1000, MEM_PRESERVE_PLACEHOLDER), NT_INVALID_PARAMETER_4);
	other = VirtualAlloc(NULL, UNIT, MEM_RESERVE, PAGE_NOACCESS);
	CHECK_EQUAL(nt_free(other, UNIT, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER, &base, &size), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(size, UNIT);
	release(other);

	ROW(26, "memory");
	CHECK_EQUAL(coalesce(start, 0x4000), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(coalesce(start, UNIT - 0x1000), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(coalesce(start, UNIT + 0x1000), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(coalesce(start + 0x1000, UNIT - 0x1000), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(coalesce(start, 0), NT_INVALID_PARAMETER_3);
	CHECK_EQUAL(free_type(start, UNIT, MEM_COALESCE_PLACEHOLDERS), NT_INVALID_PARAMETER_4);
	CHECK_EQUAL(nt_free(start, UNIT, MEM_RELEASE, &base, &size), NT_UNABLE_TO_FREE_VM);
	CHECK_EQUAL(nt_free(start, UNIT, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS, &base, &size), NT_SUCCESS_);
	CHECK(base == start);
	CHECK_EQUAL(size, UNIT);
	check_placeholder(start, UNIT);
	/* An allocation among them, and a hole. */
	CHECK_EQUAL(split(start, 0x4000), NT_SUCCESS_);
	CHECK_EQUAL(allocate(start + 0x4000, 0xC000, MEM_RESERVE | MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(coalesce(start, UNIT), NT_CONFLICTING_ADDRESSES);
	release(start + 0x4000);
	CHECK_EQUAL(coalesce(start, UNIT), NT_CONFLICTING_ADDRESSES);
	release(start);
	CHECK_FAILS(VirtualFree(start, UNIT, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS), ERROR_INVALID_ADDRESS);
}

/* Views take a placeholder's place on any page: MSDN MapViewOfFile3, MEM_REPLACE_PLACEHOLDER. */
static void rows_23_and_27_views(void)
{
	HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 2 * UNIT, NULL);
	char *start = placeholder(2 * UNIT), *view;
	LARGE_INTEGER offset = {0};
	MEMORY_BASIC_INFORMATION info;
	SIZE_T size = UNIT;
	void *base = start;

	ROW(23, "memory");
	CHECK_EQUAL(pNtMapViewOfSection(section, GetCurrentProcess(), &base, 0, 0, &offset, &size, 1, MEM_REPLACE_PLACEHOLDER,
					PAGE_READWRITE),
		    NT_INVALID_PARAMETER_9);
	CHECK_FAILS(pMapViewOfFile3(section, NULL, start, 0, UNIT, 0, PAGE_READWRITE, NULL, 0), ERROR_INVALID_ADDRESS);
	CHECK_FAILS(pMapViewOfFile3(section, NULL, start, 0, UNIT, MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0),
		    ERROR_INVALID_ADDRESS);
	CHECK_EQUAL(split(start, 0x3000), NT_SUCCESS_);
	CHECK(pMapViewOfFile3(section, NULL, start, 0x5000, 0x3000, MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0) == start);
	view = start + 0x3000;
	CHECK_EQUAL(split(view, 0x1000), NT_SUCCESS_);
	CHECK(pMapViewOfFile3(section, GetCurrentProcess(), view, 0x6000, 0x1000, MEM_REPLACE_PLACEHOLDER, PAGE_READONLY, NULL, 0) ==
	      view);
	start[0x1000] = 'v';
	CHECK_EQUAL(view[0], 'v');
	info = query(view);
	CHECK(info.AllocationBase == view);
	CHECK_EQUAL(info.Type, MEM_MAPPED);
	CHECK_EQUAL(info.RegionSize, 0x1000);
	CHECK_EQUAL(info.AllocationProtect, PAGE_READONLY);
	CHECK_EQUAL(pNtMapViewOfSectionEx(section, GetCurrentProcess(), (base = view + 0x123, &base), &offset, (size = 0x1000, &size),
					  MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0),
		    NT_MAPPED_ALIGNMENT);
	/* What is mapped is no placeholder. */
	CHECK_EQUAL(coalesce(start, 0x4000), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(split(view, 0x1000), NT_UNABLE_TO_DELETE_SECTION);

	ROW(27, "memory");
	CHECK_EQUAL(pNtUnmapViewOfSectionEx(GetCurrentProcess(), view, MEM_PRESERVE_PLACEHOLDER), NT_SUCCESS_);
	check_placeholder(view, 0x1000);
	CHECK_EQUAL(pNtUnmapViewOfSectionEx(GetCurrentProcess(), view, MEM_PRESERVE_PLACEHOLDER), NT_NOT_MAPPED_VIEW);
	CHECK_EQUAL(replace(view, 0x1000, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(view[0], 0);
	CHECK_EQUAL(split(view, 0x1000), NT_SUCCESS_);
	CHECK(pUnmapViewOfFile2(GetCurrentProcess(), start, MEM_PRESERVE_PLACEHOLDER | MEM_UNMAP_WITH_TRANSIENT_BOOST));
	CHECK_EQUAL(coalesce(start, 2 * UNIT), NT_SUCCESS_);
	check_placeholder(start, 2 * UNIT);
	/* Unmapped without the flag, the addresses are free; a view that replaced nothing leaves no placeholder. */
	CHECK(pMapViewOfFile3(section, NULL, start, 0, 2 * UNIT, MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0) == start);
	CHECK_EQUAL(start[0x6000], 'v');
	CHECK(UnmapViewOfFile(start));
	CHECK_EQUAL(query(start).State, MEM_FREE);
	view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
	CHECK_EQUAL(pNtUnmapViewOfSectionEx(GetCurrentProcess(), view, MEM_PRESERVE_PLACEHOLDER), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(view[0x6000], 'v');
	CHECK(UnmapViewOfFileEx(view, MEM_UNMAP_WITH_TRANSIENT_BOOST));
	view = pMapViewOfFileNuma2(section, GetCurrentProcess(), UNIT, NULL, 0, 0, PAGE_READONLY, NUMA_NO_PREFERRED_NODE);
	CHECK_EQUAL(query(view).RegionSize, UNIT);
	CHECK(pUnmapViewOfFile2(GetCurrentProcess(), view, 0));
	CloseHandle(section);
}

static DWORD allocate_with(void *address, SIZE_T length, ULONG type, MEM_EXTENDED_PARAMETER *parameters, ULONG count, void **base)
{
	*base = address;
	return pNtAllocateVirtualMemoryEx(GetCurrentProcess(), base, &length, type, PAGE_READWRITE, parameters, count);
}

static void row_28_parameters(void)
{
	MEM_ADDRESS_REQUIREMENTS none = {0};
	MEM_EXTENDED_PARAMETER parameter[2];
	DWORD status;
	void *base;

	ROW(28, "memory");
	memset(parameter, 0, sizeof(parameter));
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 1, &base), NT_INVALID_PARAMETER);
	parameter[0].Type = 7; /* MemExtendedParameterMax of Windows 11; 6 before */
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 1, &base), NT_INVALID_PARAMETER);
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, NULL, 1, &base), NT_INVALID_PARAMETER);
	parameter[0].Type = MemExtendedParameterAddressRequirements;
	parameter[0].Pointer = &none;
	parameter[1] = parameter[0];
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 2, &base), NT_INVALID_PARAMETER);
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 1, &base), NT_SUCCESS_);
	/* All zeroes go with an address of the caller's. */
	CHECK_EQUAL(allocate_with(base, 0x1000, MEM_COMMIT, parameter, 1, &base), NT_SUCCESS_);
	release(base);
	/* Flags; a node that there is, one that there can't be. */
	parameter[0].Type = MemExtendedParameterAttributeFlags;
	parameter[0].ULong64 = 0;
	parameter[1] = parameter[0];
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 2, &base), NT_INVALID_PARAMETER);
	parameter[1].Type = MemExtendedParameterNumaNode;
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 2, &base), NT_SUCCESS_);
	release(base);
	parameter[1].ULong64 = 0x10000;
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 2, &base), NT_INVALID_PARAMETER);
	parameter[0].ULong64 = 0x40; /* MEM_EXTENDED_PARAMETER_EC_CODE is for ARM64 */
	status = allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 1, &base);
	CHECK(status == NT_INVALID_PARAMETER || status == NT_NOT_SUPPORTED);
	/* Pages that stay in memory take a privilege; large ones are asked for as such. */
	parameter[0].ULong64 = 0x02; /* MEM_EXTENDED_PARAMETER_NONPAGED */
	CHECK(allocate_with(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, parameter, 1, &base) != NT_SUCCESS_);
	parameter[0].ULong64 = 0x10; /* MEM_EXTENDED_PARAMETER_NONPAGED_HUGE */
	CHECK_EQUAL(allocate_with(NULL, 0x40000000, MEM_RESERVE | MEM_COMMIT, parameter, 1, &base), NT_INVALID_PARAMETER);
	/* A handle of something else is no partition. */
	parameter[0].Type = MemExtendedParameterPartitionHandle;
	parameter[0].ULong64 = 0;
	parameter[0].Handle = CreateEventA(NULL, FALSE, FALSE, NULL);
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 1, &base), 0xC0000024u);
	CloseHandle(parameter[0].Handle);
	/* The frames of an object are for MEM_PHYSICAL. */
	parameter[0].Type = MemExtendedParameterUserPhysicalHandle;
	CHECK_EQUAL(allocate_with(NULL, 0x1000, MEM_RESERVE, parameter, 1, &base), NT_INVALID_PARAMETER);
	CHECK_EQUAL(pNtAllocateVirtualMemoryEx(NULL, (base = NULL, &base), &(SIZE_T){0x1000}, MEM_RESERVE, PAGE_READWRITE, NULL, 0),
		    NT_INVALID_HANDLE);
	CHECK_FAILS(pVirtualAlloc2(NULL, NULL, 0x1000, MEM_RESERVE, PAGE_READWRITE, NULL, 1), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(pVirtualAlloc2FromApp(NULL, NULL, 0x1000, MEM_COMMIT, PAGE_EXECUTE_READ, NULL, 0), ERROR_INVALID_PARAMETER);
	base = pVirtualAlloc2FromApp(NULL, NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE, NULL, 0);
	CHECK(base != NULL);
	release(base);
}

static DWORD allocate_in(ULONG_PTR low, ULONG_PTR high, SIZE_T alignment, SIZE_T size, void **base)
{
	MEM_ADDRESS_REQUIREMENTS window = {(void *)low, (void *)high, alignment};
	MEM_EXTENDED_PARAMETER parameter = {0};

	parameter.Type = MemExtendedParameterAddressRequirements;
	parameter.Pointer = &window;
	return allocate_with(*base, size, MEM_RESERVE, &parameter, 1, base);
}

static void row_29_requirements(void)
{
	static const struct {
		ULONG_PTR low, high;
		SIZE_T alignment;
	} bad[] = {{0, 0x20001001, 0},		{0, 0x20000FFE, 0},	    {0, 0x200007FF, 0}, {0x20001000, 0, 0}, {0x20000FFF, 0, 0},
		   {0x30000000, 0x20000000, 0}, {0x30000000, 0x2FFFFFFF, 0}, {0, 0, 0x8000},	{0, 0, 0x30000}};
	HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, UNIT, NULL);
	MEM_ADDRESS_REQUIREMENTS window = {0};
	MEM_EXTENDED_PARAMETER parameter = {0};
	LARGE_INTEGER offset = {0};
	SYSTEM_INFO system;
	ULONG_PTR highest;
	void *base = NULL;
	SIZE_T size;
	unsigned i;

	ROW(29, "memory");
	GetSystemInfo(&system);
	highest = (ULONG_PTR)system.lpMaximumApplicationAddress;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		base = NULL;
		CHECK_EQUAL(allocate_in(bad[i].low, bad[i].high, bad[i].alignment, 0x1000, &base), NT_INVALID_PARAMETER);
	}
	base = NULL;
	CHECK_EQUAL(allocate_in(0, highest + 0x1000, 0, UNIT, &base), NT_INVALID_PARAMETER);
	base = NULL;
	CHECK_EQUAL(allocate_in(highest + 1, 0, 0, UNIT, &base), NT_INVALID_PARAMETER);
	base = NULL;
	CHECK_EQUAL(allocate_in(0, highest, 0, UNIT, &base), NT_SUCCESS_);
	release(base);
	/* With an address of the caller's. */
	base = free_range(UNIT);
	CHECK_EQUAL(allocate_in(0, 0x20000FFF, 0, UNIT, &base), NT_INVALID_PARAMETER);
	base = free_range(UNIT);
	CHECK_EQUAL(allocate_in(0, 0, UNIT, UNIT, &base), NT_INVALID_PARAMETER);
	/* The window holds. */
	base = NULL;
	CHECK_EQUAL(allocate_in(0, 0x20000FFF, 0x20000000, 0x2000, &base), NT_NO_MEMORY);
	base = NULL;
	CHECK_EQUAL(allocate_in(0, 0x20000FFF, 0, 0x40000, &base), NT_SUCCESS_);
	CHECK((ULONG_PTR)base + 0x40000 <= 0x20001000 && !((ULONG_PTR)base & 0xFFFF));
	release(base);
	base = NULL;
	CHECK_EQUAL(allocate_in(0x20000000, 0x2FFFFFFF, 0, 0x1000, &base), NT_SUCCESS_);
	CHECK((ULONG_PTR)base >= 0x20000000 && (ULONG_PTR)base < 0x30000000);
	release(base);
	base = NULL;
	CHECK_EQUAL(allocate_in(0x20000000, 0, 0x40000, 0x1000, &base), NT_SUCCESS_);
	CHECK((ULONG_PTR)base >= 0x20000000 && !((ULONG_PTR)base & 0x3FFFF));
	release(base);
	/* Views: the window holds, and no alignment is taken. */
	parameter.Type = MemExtendedParameterAddressRequirements;
	parameter.Pointer = &window;
	window.LowestStartingAddress = (void *)0x20000000;
	window.HighestEndingAddress = (void *)0x2FFFFFFF;
	base = NULL, size = 0;
	CHECK_EQUAL(pNtMapViewOfSectionEx(section, GetCurrentProcess(), &base, &offset, &size, 0, PAGE_READWRITE, &parameter, 1),
		    NT_SUCCESS_);
	CHECK((ULONG_PTR)base >= 0x20000000 && (ULONG_PTR)base < 0x30000000);
	CHECK(UnmapViewOfFile(base));
	CHECK_EQUAL(pNtMapViewOfSectionEx(section, GetCurrentProcess(), &base, &offset, &size, 0, PAGE_READWRITE, &parameter, 1),
		    NT_INVALID_PARAMETER);
	window.HighestEndingAddress = window.LowestStartingAddress = NULL;
	for (window.Alignment = 1; window.Alignment; window.Alignment *= 2) {
		base = NULL, size = 0;
		CHECK_EQUAL(pNtMapViewOfSectionEx(section, GetCurrentProcess(), &base, &offset, &size, 0, PAGE_READWRITE, &parameter, 1),
			    NT_INVALID_PARAMETER);
	}
	CloseHandle(section);
}

/* Which machine an image may be of: MemExtendedParameterImageMachine of Windows 11 (refused as unknown before). */
static void row_28_image_machine(void)
{
	MEM_EXTENDED_PARAMETER parameter[2];
	LARGE_INTEGER offset = {0};
	HANDLE file, section;
	char name[MAX_PATH];
	SIZE_T size = 0;
	DWORD status;
	void *base = NULL;

	ROW(28, "memory");
	GetModuleFileNameA(NULL, name, sizeof(name));
	file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
	CHECK(section != NULL);
	memset(parameter, 0, sizeof(parameter));
	parameter[0].Type = 6;
	status = pNtMapViewOfSectionEx(section, GetCurrentProcess(), &base, &offset, &size, 0, PAGE_READONLY, parameter, 1);
	if (status != NT_INVALID_PARAMETER) {
		CHECK(status == NT_SUCCESS_ || status == 0x40000003u); /* STATUS_IMAGE_NOT_AT_BASE */
		CHECK_EQUAL(query(base).Type, MEM_IMAGE);
		CHECK_EQUAL(pNtUnmapViewOfSectionEx(GetCurrentProcess(), base, 0), NT_SUCCESS_);
		parameter[0].ULong64 = IMAGE_FILE_MACHINE_R4000;
		base = NULL, size = 0;
		CHECK_EQUAL(pNtMapViewOfSectionEx(section, GetCurrentProcess(), &base, &offset, &size, 0, PAGE_READONLY, parameter, 1),
			    NT_NOT_SUPPORTED);
		parameter[1] = parameter[0];
		CHECK_EQUAL(pNtMapViewOfSectionEx(section, GetCurrentProcess(), &base, &offset, &size, 0, PAGE_READONLY, parameter, 2),
			    NT_INVALID_PARAMETER);
	}
	CloseHandle(section);
	CloseHandle(file);
}

/* What replaces a placeholder may be watched (Windows 10 1903 on). */
static void row_23_write_watch(void)
{
	char *start = placeholder(UNIT);
	DWORD status = allocate(start, UNIT, MEM_RESERVE | MEM_REPLACE_PLACEHOLDER | MEM_WRITE_WATCH, PAGE_READONLY), granularity;
	PVOID addresses[16];
	ULONG_PTR count = 16;

	ROW(23, "memory");
	CHECK(status == NT_SUCCESS_ || status == NT_INVALID_PARAMETER);
	if (status == NT_SUCCESS_) {
		CHECK_EQUAL(allocate(start, UNIT, MEM_COMMIT, PAGE_READWRITE), NT_SUCCESS_);
		CHECK_EQUAL(query(start).AllocationProtect, PAGE_READONLY);
		CHECK_EQUAL(GetWriteWatch(WRITE_WATCH_FLAG_RESET, start, UNIT, addresses, &count, &granularity), 0);
		CHECK_EQUAL(count, 0);
		start[0x1000] = 1;
		count = 16;
		CHECK_EQUAL(GetWriteWatch(WRITE_WATCH_FLAG_RESET, start, UNIT, addresses, &count, &granularity), 0);
		CHECK_EQUAL(count, 1);
		CHECK(addresses[0] == start + 0x1000);
		/* A placeholder again, it is watched no more. */
		CHECK_EQUAL(split(start, UNIT), NT_SUCCESS_);
		CHECK_EQUAL(replace(start, UNIT, PAGE_READWRITE), NT_SUCCESS_);
		CHECK(GetWriteWatch(0, start, UNIT, addresses, &count, &granularity) != 0);
	}
	release(start);
}

/* MSDN WIN32_MEMORY_REGION_INFORMATION: PlaceholderReservation is the ninth flag. */
static void row_24_region_information(void)
{
	struct {
		PVOID base;
		ULONG protect, flags;
		SIZE_T size, commit;
		ULONG_PTR partition, node;
	} region;
	char *start = placeholder(UNIT);
	SIZE_T used; /* class 7: MemoryRegionInformationEx */

	ROW(24, "memory");
	memset(&region, 0xCC, sizeof(region));
	CHECK_EQUAL(pNtQueryVirtualMemory(GetCurrentProcess(), start, 7, &region, sizeof(region), &used), NT_SUCCESS_);
	CHECK(region.base == start);
	CHECK_EQUAL(region.protect, PAGE_NOACCESS);
	CHECK_EQUAL(region.flags & 0x100, 0x100);
	CHECK_EQUAL(region.size, UNIT);
	CHECK_EQUAL(replace(start, UNIT, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(pNtQueryVirtualMemory(GetCurrentProcess(), start, 7, &region, sizeof(region), &used), NT_SUCCESS_);
	CHECK_EQUAL(region.flags & 0x100, 0);
	release(start);
}

int main(void)
{
	if (!find_functions()) {
		printf("the functions of Windows 10 1803 are missing\n");
		return 1;
	}
	row_22_reserving();
	rows_23_and_27_replacing();
	rows_24_and_25_splitting();
	rows_23_and_27_views();
	row_28_parameters();
	row_28_image_machine();
	row_29_requirements();
	row_23_write_watch();
	row_24_region_information();
	return guest_result();
}
