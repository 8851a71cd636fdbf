/*
 * Rows 59-69, 75, 94 and 96 of the NT memory facts: sections and their views, as NT's own calls show them; and what
 * ReactOS' NtMapViewOfSection and NtQuerySection tests say besides (further rows S1 to S5 and S15 to S17 in README.md).
 */
#include "memory_rows_sections.h"
#include "../guest/touch.h"

static void placement_rows(void)
{
	char *place = (char *)(((ULONG_PTR)free_range(0x200000) + 0xFFFF) & ~(ULONG_PTR)0xFFFF), *view;
	HANDLE section;
	SIZE_T size;

	CHECK_EQUAL(create_section(&section, 0x20000, PAGE_READWRITE, SEC_COMMIT, NULL), NT_SUCCESS_);
	ROW(59, "memory");
	view = place + 0x1000, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_MAPPED_ALIGNMENT);
	view = NULL, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0x1000, &size, 0, PAGE_READWRITE), NT_MAPPED_ALIGNMENT);
	view = place, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x20000);
	CHECK(view == place);
	/* Alignment comes before conflicts. */
	view = place, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 1, &size, 0, PAGE_READWRITE), NT_MAPPED_ALIGNMENT);
	ROW(60, "memory");
	view = place, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_CONFLICTING_ADDRESSES);
	view = place + 0x10000, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_CONFLICTING_ADDRESSES);
	unmap(place);
	CHECK(VirtualAlloc(place, 0x1000, MEM_RESERVE, PAGE_READWRITE) == place);
	view = place, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_CONFLICTING_ADDRESSES);
	release(place);
	ROW(61, "memory");
	view = place + 0x1000, size = 0;
	CHECK(map_section(section, &view, 0, 0, 0, &size, 0x40000000, PAGE_READWRITE) >= NT_INVALID_PARAMETER);
	view = place + 0x1000, size = 0;
	{
		DWORD status = map_section(section, &view, 0, 0, 0, &size, 0x40000000, PAGE_READWRITE);

		CHECK(status == NT_INVALID_PARAMETER_9 || status == NT_INVALID_PARAMETER);
	}
	ROW(62, "memory");
	view = (char *)0x30000000, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 3, 0, 0, &size, 0, PAGE_READWRITE), NT_INVALID_PARAMETER_4);
	view = (char *)0x30001000, size = 0x1000; /* before alignment */
	CHECK_EQUAL(map_section(section, &view, 12, 0, 1, &size, 0, PAGE_READWRITE), NT_INVALID_PARAMETER_4);
	view = NULL, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 22, 0, 0, &size, 0, PAGE_READWRITE), NT_INVALID_PARAMETER_4);
	view = NULL, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 4, 0, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK((ULONG_PTR)view < 0x10000000);
	unmap(view);
	ROW(63, "memory");
	view = NULL, size = 0x1000;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_EXECUTE_READWRITE), NT_SECTION_PROTECTION);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_EXECUTE_READ), NT_SECTION_PROTECTION);
	ROW(64, "memory");
	view = NULL, size = 0x2000;
	CHECK_EQUAL(map_section(section, &view, 0, 0x1000, 0, &size, MEM_COMMIT, PAGE_READWRITE), NT_INVALID_PARAMETER_9);
	CHECK_EQUAL(map_section(section, &view, 0, 0x1000, 0, &size, MEM_RESERVE, PAGE_READWRITE), NT_INVALID_PARAMETER_9);
	ROW(65, "memory");
	view = NULL, size = 0x20001;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_INVALID_VIEW_SIZE);
	size = 0x11000;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0x10000, &size, 0, PAGE_READWRITE), NT_INVALID_VIEW_SIZE);
	size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0x20000, &size, 0, PAGE_READWRITE), NT_INVALID_VIEW_SIZE);
	size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0x10000, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x10000);
	unmap(view);
	ROW(S1, "further memory");
	view = NULL, size = ~(SIZE_T)0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_INVALID_PARAMETER_3);
	CloseHandle(section);
}

static void commit_rows(void)
{
	HANDLE section;
	char *first, *second;
	void *base;
	SIZE_T size;

	ROW(66, "memory");
	CHECK_EQUAL(create_section(&section, 0x20000, PAGE_READWRITE, SEC_RESERVE, NULL), NT_SUCCESS_);
	first = NULL, size = 0x2000;
	CHECK_EQUAL(map_section(section, &first, 0, 0x1000, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x2000);
	CHECK_EQUAL(touch(first, TRUE), 0);
	CHECK_EQUAL(touch(first + 0x1000, TRUE), EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(query(first).State, MEM_COMMIT);
	CHECK_EQUAL(query(first).RegionSize, 0x1000);
	CHECK_EQUAL(query(first + 0x1000).State, MEM_RESERVE);
	CHECK_EQUAL(query(first + 0x1000).Protect, 0);
	CHECK_EQUAL(query(first + 0x1000).Type, MEM_MAPPED);
	second = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &second, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x20000);
	/* What the first view committed is committed in one that is made later ... */
	CHECK_EQUAL(query(second).RegionSize, 0x1000);
	CHECK_EQUAL(second[0], 1);
	/* ... and what the second commits, in the first: with the view's own protection there. */
	CHECK_EQUAL(nt_allocate(second + 0x1000, 0x1000, MEM_COMMIT, PAGE_READONLY, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(nt_allocate(second + 0x1000, 0x1000, MEM_COMMIT, PAGE_READONLY, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(touch(first + 0x1000, TRUE), 0);
	CHECK_EQUAL(second[0x1000], 1);
	CHECK_EQUAL(touch(second + 0x1000, TRUE), EXCEPTION_ACCESS_VIOLATION);
	CHECK_EQUAL(query(second + 0x1000).Protect, PAGE_READONLY);
	CHECK_EQUAL(query(first).RegionSize, 0x2000);
	CHECK_EQUAL(query(first).Protect, PAGE_READWRITE);
	/* A query sees it before a fault does: Wine's test_MapViewOfFile. */
	unmap(first);
	first = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &first, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(query(first).RegionSize, 0x2000);
	CHECK(VirtualAlloc(first + 0x8000, 0x4000, MEM_COMMIT, PAGE_READONLY) == first + 0x8000);
	CHECK_EQUAL(query(second + 0x8000).State, MEM_COMMIT);
	CHECK_EQUAL(query(second + 0x8000).RegionSize, 0x4000);
	CHECK_EQUAL(query(second + 0x8000).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(second + 0x2000).State, MEM_RESERVE);
	CHECK_EQUAL(query(second + 0x2000).RegionSize, 0x6000);
	CHECK(VirtualAlloc(first, 0x20000, MEM_RESET, PAGE_READONLY) == first);
	ROW(67, "memory");
	CHECK_EQUAL(nt_free(first, 0x1000, MEM_DECOMMIT, &base, &size), NT_UNABLE_TO_DELETE_SECTION);
	CHECK_EQUAL(nt_free(first, 0x1000, MEM_RELEASE, &base, &size), NT_UNABLE_TO_DELETE_SECTION);
	unmap(first + 0x3123); /* anywhere in the view */
	unmap(second);
	CloseHandle(section);

	CHECK_EQUAL(create_section(&section, 0x20000, PAGE_READWRITE, SEC_COMMIT, NULL), NT_SUCCESS_);
	first = NULL, size = 0x2000;
	CHECK_EQUAL(map_section(section, &first, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(nt_allocate(first, 0x1000, MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_SUCCESS_);
	CHECK_EQUAL(nt_free(first, 0x1000, MEM_DECOMMIT, &base, &size), NT_UNABLE_TO_DELETE_SECTION);
	CHECK_EQUAL(nt_allocate(first, 0x3000, MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(nt_allocate(first + 0x2000, 0x1000, MEM_COMMIT, PAGE_READWRITE, &base, &size), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(nt_allocate(first + 0x2000, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, &base, &size),
		    NT_CONFLICTING_ADDRESSES);
	ROW(68, "memory");
	/* In a view of the page file it goes within the view's access. */
	CHECK(VirtualAlloc(first, 0x1000, MEM_COMMIT, PAGE_READONLY) == first);
	CHECK_EQUAL(query(first).Protect, PAGE_READONLY);
	CHECK(VirtualAlloc(first, 0x1000, MEM_COMMIT, PAGE_READWRITE) == first);
	unmap(first);
	first = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
	CHECK(VirtualAlloc(first, 0x1000, MEM_COMMIT, PAGE_READONLY) == first);
	CHECK(VirtualAlloc(first, 0x1000, MEM_COMMIT, PAGE_READWRITE) == NULL);
	unmap(first);
	CloseHandle(section);
}

/* A section of 1 TiB in which a little is committed here and there. */
static void sparse_section(void)
{
	HANDLE section;
	char *view = NULL, *other = NULL;
	SIZE_T size = 0;

	ROW(66, "memory");
	CHECK_EQUAL(create_section(&section, 1ull << 40, PAGE_READWRITE, SEC_RESERVE, NULL), NT_SUCCESS_);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(size, 1ull << 40);
	size = 0;
	CHECK_EQUAL(map_section(section, &other, 0, 0, 1ull << 39, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	for (ULONGLONG at = 0x7000; at < 1ull << 40; at += (1ull << 40) / 16)
		CHECK(VirtualAlloc(view + at, 0x3000, MEM_COMMIT, PAGE_READWRITE) == view + at);
	view[(1ull << 39) + 0x8000] = 5;
	CHECK_EQUAL(other[0x8000], 5);
	CHECK_EQUAL(query(other + 0x7000).RegionSize, 0x3000);
	CHECK_EQUAL(query(other).RegionSize, 0x7000);
	CHECK_EQUAL(query(other + 0xA000).RegionSize, (1ull << 40) / 16 - 0x3000);
	unmap(view);
	unmap(other);
	CloseHandle(section);
}

static void creation_rows(void)
{
	const ULONG bad[] = {PAGE_NOACCESS, PAGE_EXECUTE};
	HANDLE section;

	ROW(69, "memory");
	for (unsigned i = 0; i < 2; i++) {
		CHECK_EQUAL(create_section(&section, 0x1000, bad[i], SEC_COMMIT, NULL), NT_INVALID_PAGE_PROTECTION);
		CHECK_FAILS(CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, bad[i], 0, 0x1000, NULL), ERROR_INVALID_PARAMETER);
	}
	ROW(S2, "further memory");
	CHECK_EQUAL(create_section(&section, 1ull << 47, PAGE_READWRITE, SEC_RESERVE, NULL), NT_SECTION_TOO_BIG);
	CHECK_EQUAL(create_section(&section, 1ull << 43, PAGE_READWRITE, SEC_RESERVE, NULL), NT_INSUFFICIENT_RESOURCES);
	CHECK_EQUAL(create_section(&section, 1ull << 42, PAGE_READWRITE, SEC_COMMIT, NULL), NT_COMMITMENT_LIMIT);
	CHECK(create_section(&section, 0, PAGE_READWRITE, SEC_COMMIT, NULL) >= NT_INVALID_PARAMETER);
}

/* What ReactOS' ZwCreateSection and ZwMapViewOfSection tests say that user mode shows as well. */
static void argument_rows(void)
{
	const struct {
		ULONG attributes;
		DWORD status;
	} rows[] = {
		{0, NT_INVALID_PARAMETER_6},
		{SEC_COMMIT | SEC_RESERVE, NT_INVALID_PARAMETER_6},
		{SEC_IMAGE | SEC_COMMIT, NT_INVALID_PARAMETER_6},
		{~0u, NT_INVALID_PARAMETER_6},
		{SEC_LARGE_PAGES, NT_INVALID_PARAMETER_6},
		{SEC_NOCACHE, NT_INVALID_PARAMETER_6},
		{SEC_NOCACHE | SEC_RESERVE | SEC_COMMIT, NT_INVALID_PARAMETER_6},
		{SEC_WRITECOMBINE, NT_INVALID_PARAMETER_6},
		{SEC_FILE, NT_INVALID_PARAMETER_6},
		{SEC_FILE | SEC_RESERVE, NT_INVALID_PARAMETER_6},
		{SEC_FILE | SEC_COMMIT, NT_INVALID_PARAMETER_6},
		{SEC_LARGE_PAGES | SEC_RESERVE, NT_INVALID_PARAMETER_6},
		{SEC_WRITECOMBINE | SEC_COMMIT, NT_SUCCESS_},
		{SEC_NOCACHE | SEC_COMMIT, NT_SUCCESS_},
		{SEC_NOCACHE | SEC_RESERVE, NT_SUCCESS_},
		{SEC_RESERVE, NT_SUCCESS_},
	};
	const ULONG protections[] = {PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY, PAGE_READONLY,
				     PAGE_WRITECOPY};
	const ULONG bad[] = {PAGE_EXECUTE_READ | PAGE_READWRITE, PAGE_READONLY | PAGE_READWRITE, PAGE_WRITECOPY | PAGE_READONLY,
			     0, ~0u};
	char path[MAX_PATH], *view;
	HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, "a hundred bytes of a file", 25), section;
	HANDLE execute = CreateFileA(path, GENERIC_EXECUTE, 7, NULL, OPEN_EXISTING, 0, NULL);
	SIZE_T size;

	ROW(S15, "further memory");
	for (unsigned backing = 0; backing < 2; backing++) {
		HANDLE from = backing ? file : NULL;

		for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			CHECK_EQUAL(create_section(&section, 20, PAGE_READWRITE, rows[i].attributes, from), rows[i].status);
			CloseHandle(section);
		}
		for (unsigned i = 0; i < 5; i++) {
			CHECK_EQUAL(create_section(&section, 20, protections[i], SEC_COMMIT, from), NT_SUCCESS_);
			CloseHandle(section);
			CHECK_EQUAL(create_section(&section, 20, bad[i], SEC_COMMIT, from), NT_INVALID_PAGE_PROTECTION);
		}
		CHECK_EQUAL(create_section(&section, ~0ull, PAGE_READONLY, SEC_COMMIT, from), NT_SECTION_TOO_BIG);
	}
	CHECK_EQUAL(create_section(&section, 20, PAGE_READWRITE, SEC_IMAGE, NULL), NT_INVALID_FILE_FOR_SECTION);
	CHECK_EQUAL(create_section(&section, 0x200000, PAGE_READWRITE, SEC_LARGE_PAGES | SEC_COMMIT, file), NT_INVALID_PARAMETER_6);
	/* Large pages are for who may lock memory, which takes a privilege that is not enabled by itself. */
	CHECK_EQUAL(create_section(&section, 0x200000, PAGE_READWRITE, SEC_LARGE_PAGES | SEC_COMMIT, NULL), NT_PRIVILEGE_NOT_HELD);
	/* A file's section may be PAGE_EXECUTE, for who may only execute the file; it cannot be read. */
	CHECK_EQUAL(create_section(&section, 0, PAGE_EXECUTE, SEC_COMMIT, execute), NT_SUCCESS_);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SECTION_PROTECTION);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_SECTION_PROTECTION);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_EXECUTE), NT_SUCCESS_);
	CHECK_EQUAL(query(view).Protect, PAGE_EXECUTE);
	unmap(view);
	CloseHandle(section);
	CHECK_EQUAL(create_section(&section, 0, PAGE_READONLY, SEC_COMMIT, execute), NT_ACCESS_DENIED);

	ROW(S16, "further memory");
	CHECK_EQUAL(create_section(&section, 0, PAGE_READWRITE, SEC_COMMIT, file), NT_SUCCESS_);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(NULL, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_INVALID_HANDLE);
	CHECK_EQUAL(map_section(GetCurrentProcess(), &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_OBJECT_TYPE_MISMATCH);
	CHECK_EQUAL((DWORD)NtMapViewOfSection(section, NULL, (PVOID *)&view, 0, 0, NULL, &size, 2, 0, PAGE_READWRITE),
		    NT_INVALID_HANDLE);
	/* More to commit than there is to view. */
	CHECK_EQUAL(map_section(section, &view, 0, 500, 0, &size, 0, PAGE_READWRITE), NT_INVALID_PARAMETER_5);
	CHECK_EQUAL(map_section(section, &view, 0, 500, 0, &size, MEM_RESERVE, PAGE_READWRITE), NT_SUCCESS_);
	unmap(view);
	view = NULL, size = 25;
	CHECK_EQUAL(map_section(section, &view, 0, 0, (ULONGLONG)-1, &size, 0, PAGE_READWRITE), NT_MAPPED_ALIGNMENT);
	size = 26;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_INVALID_VIEW_SIZE);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, MEM_RESERVE, PAGE_READWRITE), NT_SUCCESS_);
	unmap(view);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), NT_INVALID_PARAMETER_9);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_EXECUTE_WRITECOPY), NT_SECTION_PROTECTION);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE | PAGE_GUARD), NT_SUCCESS_);
	CHECK_EQUAL(touch(view, FALSE), EXCEPTION_GUARD_PAGE);
	CHECK_EQUAL(touch(view, FALSE), 0);
	unmap(view);
	CloseHandle(section);
	CHECK_EQUAL(create_section(&section, 0, PAGE_READONLY, SEC_COMMIT, file), NT_SUCCESS_);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, MEM_RESERVE, PAGE_READONLY), NT_SECTION_PROTECTION);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE), NT_SECTION_PROTECTION);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READWRITE | PAGE_READONLY), NT_INVALID_PAGE_PROTECTION);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_WRITECOPY), NT_SUCCESS_);
	unmap(view);
	CloseHandle(section);
	CHECK_EQUAL(create_section(&section, 0x50000, PAGE_READWRITE, SEC_COMMIT, NULL), NT_SUCCESS_);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 500, 0, &size, 0, PAGE_READWRITE), NT_SUCCESS_);
	unmap(view);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, ~(SIZE_T)0, 0, &size, 0, PAGE_READWRITE), NT_INVALID_PARAMETER_5);
	CHECK_EQUAL(map_section(section, &view, 0, 0x10000000, 0, &size, 0, PAGE_READWRITE), NT_INVALID_PARAMETER_5);
	CHECK_EQUAL(map_section(section, &view, 20, 0, 0, &size, 0, PAGE_READWRITE), NT_NO_MEMORY);
	CHECK_EQUAL(map_section(section, &view, 21, 0, 0, &size, 0, PAGE_READWRITE), NT_NO_MEMORY);
	CloseHandle(section);
	ROW(S17, "further memory");
	CloseHandle(execute);
	CloseHandle(file);
	file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 2048, NULL), ERROR_NOT_ENOUGH_MEMORY);
	CloseHandle(file);
	file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL), ERROR_ACCESS_DENIED);
	CHECK_FAILS(MapViewOfFile(NULL, FILE_MAP_WRITE, 0, 0, 2048), ERROR_INVALID_HANDLE);
	CHECK_FAILS(MapViewOfFile(INVALID_HANDLE_VALUE, FILE_MAP_WRITE, 0, 0, 2048), ERROR_INVALID_HANDLE);
	CHECK_FAILS(UnmapViewOfFile(NULL), ERROR_INVALID_ADDRESS);
	CloseHandle(file);
	DeleteFileA(path);
}

static void access_rows(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, NULL), handle;
	const DWORD rights[] = {FILE_MAP_READ, FILE_MAP_WRITE};
	char *view;

	ROW(75, "memory");
	CHECK(DuplicateHandle(GetCurrentProcess(), mapping, GetCurrentProcess(), &handle, 0, FALSE, 0));
	CHECK_FAILS(MapViewOfFile(handle, 0, 0, 0, 0), ERROR_ACCESS_DENIED);
	CloseHandle(handle);
	for (unsigned i = 0; i < 2; i++) {
		CHECK(DuplicateHandle(GetCurrentProcess(), mapping, GetCurrentProcess(), &handle, rights[i], FALSE, 0));
		view = MapViewOfFile(handle, 0, 0, 0, 0);
		CHECK(view != NULL);
		CHECK_EQUAL(query(view).Protect, PAGE_NOACCESS);
		CHECK_EQUAL(query(view).State, MEM_COMMIT);
		CHECK_EQUAL(touch(view, FALSE), EXCEPTION_ACCESS_VIOLATION);
		CHECK(UnmapViewOfFile(view));
		/* Each right is for its kind of view. */
		view = MapViewOfFile(handle, rights[i], 0, 0, 0);
		CHECK(view != NULL);
		CHECK(UnmapViewOfFile(view));
		CHECK_FAILS(MapViewOfFile(handle, rights[1 - i], 0, 0, 0), ERROR_ACCESS_DENIED);
		CloseHandle(handle);
	}
	CloseHandle(mapping);
}

static ULONG attributes_of(HANDLE section, ULONGLONG *size)
{
	section_basic basic;
	SIZE_T used = 0;

	memset(&basic, 0xCC, sizeof(basic));
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, &basic, sizeof(basic), &used), NT_SUCCESS_);
	CHECK_EQUAL(used, sizeof(basic));
	CHECK(basic.base == NULL);
	*size = (ULONGLONG)basic.size.QuadPart;
	return basic.attributes;
}

static void query_rows(void)
{
	HANDLE section, file, handle;
	char path[MAX_PATH], buffer[128];
	ULONGLONG size;
	SIZE_T used;

	CHECK_EQUAL(create_section(&section, 0x123, PAGE_EXECUTE_READWRITE, SEC_COMMIT, NULL), NT_SUCCESS_);
	ROW(94, "memory");
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, buffer, 1ull << 36, &used), NT_ACCESS_VIOLATION);
	ROW(S3, "further memory");
	CHECK_EQUAL((DWORD)NtQuerySection(NULL, 0, buffer, sizeof(section_basic), &used), NT_INVALID_HANDLE);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, NULL, sizeof(section_basic), &used), NT_ACCESS_VIOLATION);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, buffer, sizeof(section_basic) - 1, &used), NT_INFO_LENGTH_MISMATCH);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, buffer, 0, NULL), NT_INFO_LENGTH_MISMATCH);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, buffer, sizeof(section_basic) + 1, NULL), NT_SUCCESS_);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 1, buffer, sizeof(section_image) - 1, NULL), NT_INFO_LENGTH_MISMATCH);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 1, buffer, sizeof(section_image), NULL), NT_SECTION_NOT_IMAGE);
	CHECK(DuplicateHandle(GetCurrentProcess(), section, GetCurrentProcess(), &handle, FILE_MAP_READ, FALSE, 0));
	CHECK_EQUAL((DWORD)NtQuerySection(handle, 0, buffer, sizeof(section_basic), &used), NT_ACCESS_DENIED);
	CloseHandle(handle);
	CHECK_EQUAL(attributes_of(section, &size), SEC_COMMIT);
	CHECK_EQUAL(size, 0x1000);
	CloseHandle(section);
	CHECK_EQUAL(create_section(&section, 0x1001, PAGE_EXECUTE_READWRITE, SEC_RESERVE, NULL), NT_SUCCESS_);
	CHECK_EQUAL(attributes_of(section, &size), SEC_RESERVE);
	CHECK_EQUAL(size, 0x2000);
	CloseHandle(section);
	/* A file's section keeps its size to the byte, of what was said only what is of caches, and takes no kind but one. */
	file = new_file(path, GENERIC_READ | GENERIC_WRITE, NULL, 0x3456);
	CHECK_EQUAL(create_section(&section, 1, PAGE_READONLY, SEC_RESERVE, file), NT_SUCCESS_);
	CHECK_EQUAL(attributes_of(section, &size), SEC_FILE);
	CHECK_EQUAL(size, 1);
	CloseHandle(section);
	section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_COMMIT | SEC_NOCACHE, 0, 0, NULL);
	CHECK_EQUAL(attributes_of(section, &size), SEC_FILE | SEC_NOCACHE);
	CHECK_EQUAL(size, 0x3456);
	CloseHandle(section);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_NOCACHE, 0, 0, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_FILE, 0, 0, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READONLY | SEC_LARGE_PAGES, 0, 4096, NULL),
		    ERROR_INVALID_PARAMETER);
	ROW(S4, "further memory");
	CHECK_EQUAL(create_section(&section, 0x3457, PAGE_READONLY, SEC_COMMIT, file), NT_SECTION_TOO_BIG);
	CHECK_EQUAL(create_section(&section, 0x3452, PAGE_READONLY, SEC_COMMIT, file), NT_SUCCESS_);
	{
		char *view = NULL;
		SIZE_T view_size = 0x3453;

		CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &view_size, 0, PAGE_READONLY), NT_INVALID_VIEW_SIZE);
		view_size = 0x3452;
		CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &view_size, 0, PAGE_READONLY), NT_SUCCESS_);
		CHECK_EQUAL(view_size, 0x4000);
		unmap(view);
	}
	CloseHandle(section);
	CloseHandle(file);
	DeleteFileA(path);
}

static void name_rows(void)
{
	HANDLE first = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, "Local\\pewter rows"), second;
	char *view, *other;

	CHECK(first != NULL);
	CHECK_EQUAL(GetLastError(), ERROR_SUCCESS);
	ROW(96, "memory");
	second = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x8000, "pewter rows");
	CHECK(second != NULL && second != first);
	CHECK_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
	view = MapViewOfFile(first, FILE_MAP_WRITE, 0, 0, 0);
	other = MapViewOfFile(second, FILE_MAP_READ, 0, 0, 0);
	view[7] = 'x';
	CHECK_EQUAL(other[7], 'x');
	CHECK_EQUAL(query(other).RegionSize, 0x1000); /* the old section, whatever size was asked for */
	ROW(S5, "further memory");
	/* The name goes with the last handle, views or not; other letters are another name. */
	CHECK_FAILS(OpenFileMappingA(FILE_MAP_READ, FALSE, "PEWTER ROWS"), ERROR_FILE_NOT_FOUND);
	CloseHandle(first);
	first = OpenFileMappingA(FILE_MAP_READ, FALSE, "pewter rows");
	CHECK(first != NULL);
	CHECK_FAILS(MapViewOfFile(first, FILE_MAP_WRITE, 0, 0, 0), ERROR_ACCESS_DENIED);
	CloseHandle(first);
	CloseHandle(second);
	CHECK_FAILS(OpenFileMappingA(FILE_MAP_READ, FALSE, "pewter rows"), ERROR_FILE_NOT_FOUND);
	view[8] = 'y';
	CHECK_EQUAL(other[8], 'y');
	CHECK(UnmapViewOfFile(view));
	CHECK(UnmapViewOfFile(other));
	CHECK_EQUAL(query(view).State, MEM_FREE);
	CHECK_FAILS(OpenFileMappingA(FILE_MAP_READ, FALSE, NULL), ERROR_INVALID_PARAMETER);
}

int main(void)
{
	AddVectoredExceptionHandler(1, touch_handler);
	placement_rows();
	commit_rows();
	sparse_section();
	creation_rows();
	argument_rows();
	access_rows();
	query_rows();
	name_rows();
	return guest_result();
}
