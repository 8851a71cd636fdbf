/*
 * Rows 68 and 70-74, 93, 97 of the NT memory facts: views of files, and the tables of Wine's test_mapping and
 * test_CreateFileMapping_protection, which pass on Windows; execution row 17; further rows S6 to S9 (README.md).
 */
#include "memory_rows_sections.h"
#include "../guest/touch.h"

static const DWORD protections[] = {PAGE_NOACCESS,     PAGE_READONLY,	       PAGE_READWRITE,	     PAGE_WRITECOPY,
				    PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY};
#define PROTECTIONS (sizeof(protections) / sizeof(*protections))

enum { R = 1, W = 2, X = 4, C = 8 };

static unsigned rights(DWORD protect)
{
	switch (protect) {
	case PAGE_READWRITE:
		return R | W;
	case PAGE_EXECUTE_READ:
		return R | X;
	case PAGE_EXECUTE_READWRITE:
		return R | W | C | X;
	case PAGE_EXECUTE_WRITECOPY:
		return R | C | X;
	case PAGE_READONLY:
	case PAGE_WRITECOPY:
		return R;
	default:
		return 0;
	}
}

static BOOL compatible(DWORD section, DWORD view, DWORD wanted)
{
	unsigned want = rights(wanted), have = rights(view);

	return want == have || (have && !(want & ~have) && !(want & ~rights(section)));
}

/* What MapViewOfFile makes of 32 accesses: bit 3 stands for SECTION_MAP_EXECUTE, bit 4 for FILE_MAP_EXECUTE. */
static DWORD view_protection(DWORD access)
{
	BOOL execute = (access & FILE_MAP_EXECUTE) != 0;

	switch (access & ~FILE_MAP_EXECUTE) {
	case FILE_MAP_COPY:
		return execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
	case 0:
	case 8:
	case 8 | FILE_MAP_COPY:
		return PAGE_NOACCESS;
	}
	if (access & FILE_MAP_WRITE)
		return execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
	return execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
}

static void protect_table(char *view, DWORD section, DWORD view_protect)
{
	DWORD shown = view_protect, old;

	for (unsigned i = 0; i < PROTECTIONS; i++) {
		old = 0xDEADBEEF;
		if (compatible(section, view_protect, protections[i])) {
			CHECK(VirtualProtect(view, 0x1000, protections[i], &old));
			CHECK_EQUAL(old, shown);
			shown = protections[i];
		} else {
			CHECK_FAILS(VirtualProtect(view, 0x1000, protections[i], &old), ERROR_INVALID_PARAMETER);
		}
	}
	ROW(68, "memory");
	for (unsigned i = 0; i < PROTECTIONS; i++)
		CHECK_FAILS(VirtualAlloc(view, 0x1000, MEM_COMMIT, protections[i]), ERROR_ACCESS_DENIED);
}

static void access_table(void)
{
	char path[MAX_PATH];
	HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, NULL, 0x1000), mapping;

	for (unsigned i = 1; i < PROTECTIONS; i++) {
		mapping = CreateFileMappingW(file, NULL, protections[i] | SEC_COMMIT, 0, 0x1000, NULL);
		CHECK(mapping != NULL);
		for (unsigned j = 0; j < 32; j++) {
			DWORD access = (j & 15) | (j & 16 ? FILE_MAP_EXECUTE : 0), protect = view_protection(access);
			MEMORY_BASIC_INFORMATION info;
			char *view;

			ROW(74, "memory");
			SetLastError(0xDEADBEEF);
			view = MapViewOfFile(mapping, access, 0, 0, 0);
			if (access & FILE_MAP_WRITE && !(rights(protections[i]) & W)) {
				CHECK(view == NULL);
				CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
				continue;
			}
			/* MSDN: execute views are for mappings made executable; what Windows says otherwise no suite tells. */
			if (!view && rights(protect) & X && !(rights(protections[i]) & X))
				continue;
			CHECK(view != NULL);
			if (!view)
				continue;
			info = query(view);
			CHECK_EQUAL(info.Protect, protect);
			CHECK_EQUAL(info.AllocationProtect, protect);
			CHECK_EQUAL(info.RegionSize, 0x1000);
			CHECK_EQUAL(info.State, MEM_COMMIT);
			CHECK_EQUAL(info.Type, MEM_MAPPED);
			protect_table(view, protections[i], protect);
			CHECK(UnmapViewOfFile(view));
		}
		CloseHandle(mapping);
	}
	CloseHandle(file);
	DeleteFileA(path);
}

static void copy_rows(void)
{
	char path[MAX_PATH], contents[0x4000], *view, *other;
	HANDLE file, mapping;
	DWORD old, done;

	memset(contents, 'a', sizeof(contents));
	file = new_file(path, GENERIC_READ | GENERIC_WRITE, contents, sizeof(contents));
	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
	other = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	ROW(70, "memory");
	CHECK(view && other);
	CHECK_FAILS(VirtualProtect(view + 0x1000, 0x1000, PAGE_READWRITE, &old), ERROR_INVALID_PARAMETER);
	view[0x1000] = 'b';
	CHECK_EQUAL(query(view + 0x1000).Protect, PAGE_READWRITE);
	CHECK(VirtualProtect(view + 0x1000, 0x1000, PAGE_READONLY, &old));
	CHECK_EQUAL(old, PAGE_READWRITE);
	CHECK(VirtualProtect(view + 0x1000, 0x1000, PAGE_READWRITE, &old));
	CHECK_EQUAL(old, PAGE_READONLY);
	view[0x1001] = 'c';
	CHECK_EQUAL(query(view + 0x1000).Protect, PAGE_READWRITE);
	CHECK_EQUAL(other[0x1000], 'a');
	other[0x2000] = 'd'; /* a page not copied yet shows the file */
	CHECK_EQUAL(view[0x2000], 'd');
	ROW(97, "memory");
	CHECK_EQUAL(query(view).RegionSize, 0x1000);
	CHECK_EQUAL(query(view + 0x1000).RegionSize, 0x1000);
	CHECK_EQUAL(query(view + 0x2000).RegionSize, 0x2000);
	CHECK_EQUAL(query(view + 0x2000).Protect, PAGE_WRITECOPY);
	CHECK(query(view + 0x2000).AllocationBase == view);
	CHECK(UnmapViewOfFile(view));
	ROW(S6, "further memory");
	/* In a view that may be written WRITECOPY makes a page private when it is written, not before. */
	CHECK(VirtualProtect(other, 0x3000, PAGE_WRITECOPY, &old));
	CHECK_EQUAL(old, PAGE_READWRITE);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	view[0] = 'e';
	CHECK_EQUAL(other[0], 'e');
	other[0x1000] = 'f';
	CHECK_EQUAL(view[0x1000], 'a');
	CHECK_EQUAL(query(other).Protect, PAGE_WRITECOPY);
	CHECK_EQUAL(query(other).RegionSize, 0x1000);
	CHECK_EQUAL(query(other + 0x1000).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(other + 0x2000).RegionSize, 0x1000);
	CHECK(VirtualProtect(other, 0x3000, PAGE_READWRITE, &old));
	CHECK_EQUAL(query(other).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(other).RegionSize, 0x4000); /* alike: one region (row 84) */
	other[0x2000] = 'g';
	CHECK_EQUAL(view[0x2000], 'g');
	CHECK_EQUAL(other[0x1000], 'f');
	CHECK_EQUAL(view[0x1000], 'a');
	CHECK(UnmapViewOfFile(view));
	CHECK(UnmapViewOfFile(other));
	CloseHandle(mapping);
	CHECK(SetFilePointer(file, 0x1000, NULL, FILE_BEGIN) == 0x1000);
	CHECK(ReadFile(file, contents, 2, &done, NULL) && done == 2);
	CHECK(contents[0] == 'a' && contents[1] == 'a');
	CloseHandle(file);

	ROW(71, "memory");
	file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	mapping = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	CHECK(view != NULL);
	CHECK(VirtualProtect(view, 0x1000, PAGE_WRITECOPY, &old));
	CHECK_EQUAL(old, PAGE_READONLY);
	CHECK_EQUAL(query(view).Protect, PAGE_WRITECOPY);
	view[1] = 'z';
	CHECK_EQUAL(query(view).Protect, PAGE_READWRITE);
	CHECK_EQUAL(query(view).RegionSize, 0x1000);
	CHECK(VirtualProtect(view, 0x1000, PAGE_READWRITE, &old));
	CHECK_FAILS(VirtualProtect(view, 0x2000, PAGE_READWRITE, &old), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(view[1], 'z');
	CHECK(ReadFile(file, contents, 2, &done, NULL) && done == 2);
	CHECK_EQUAL(contents[1], 'a');
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
	CloseHandle(file);
	DeleteFileA(path);
}

static void execute_rows(void)
{
	char path[MAX_PATH];
	HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE, NULL, 0x1000), mapping;
	DWORD old;
	char *view;

	ROW(72, "memory");
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_EXECUTE_READ, 0, 0, NULL), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_EXECUTE_WRITECOPY, 0, 0, NULL), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_EXECUTE_READWRITE, 0, 0, NULL), ERROR_ACCESS_DENIED);
	CloseHandle(file);
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, 0, NULL, OPEN_EXISTING, 0, NULL);
	mapping = CreateFileMappingA(file, NULL, PAGE_EXECUTE_READWRITE, 0, 0, NULL);
	CHECK(mapping != NULL);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE | FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0);
	CHECK(view != NULL);
	ROW(S7, "further memory");
	CHECK_EQUAL(query(view).Protect, PAGE_EXECUTE_READWRITE);
	CHECK(VirtualProtect(view, 0x1000, PAGE_NOACCESS, &old));
	CHECK(VirtualProtect(view, 0x1000, PAGE_EXECUTE, &old));
	CHECK_EQUAL(query(view).Protect, PAGE_EXECUTE);
	CHECK(VirtualProtect(view, 0x1000, PAGE_EXECUTE_WRITECOPY, &old));
	CHECK_EQUAL(query(view).Protect, PAGE_EXECUTE_READWRITE);
	CHECK(VirtualProtect(view, 0x1000, PAGE_WRITECOPY, &old));
	CHECK_EQUAL(query(view).Protect, PAGE_WRITECOPY);
	view[0] = (char)0xC3;
	CHECK_EQUAL(query(view).Protect, PAGE_READWRITE);
	CHECK(VirtualProtect(view, 0x1000, PAGE_EXECUTE_READ, &old));
	CHECK_EQUAL(old, PAGE_READWRITE);
	((void (*)(void))(void *)view)();
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
	CloseHandle(file);
	/* Row 72's other half: who may only read gets no view to write. */
	file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL), ERROR_ACCESS_DENIED);
	mapping = CreateFileMappingA(file, NULL, PAGE_WRITECOPY, 0, 0, NULL);
	CHECK(mapping != NULL);
	CloseHandle(mapping);
	CloseHandle(file);
	file = CreateFileA(path, 0, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_WRITECOPY, 0, 0, NULL), ERROR_ACCESS_DENIED);
	CloseHandle(file);
	DeleteFileA(path);
}

static void empty_and_cut_files(void)
{
	char path[MAX_PATH], *view = NULL;
	HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE, NULL, 0), section;
	LARGE_INTEGER size;
	SIZE_T view_size = 0;
	DWORD old;

	ROW(73, "memory");
	CHECK_EQUAL(create_section(&section, 0, PAGE_READONLY, SEC_COMMIT, file), NT_MAPPED_FILE_SIZE_ZERO);
	ROW(S8, "further memory");
	CHECK(SetFilePointer(file, 6, NULL, FILE_BEGIN) == 6 && SetEndOfFile(file));
	CHECK_EQUAL(create_section(&section, 0, PAGE_READONLY, SEC_COMMIT, file), NT_SUCCESS_);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &view_size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK(SetFilePointer(file, 4, NULL, FILE_BEGIN) == 4);
	CHECK_FAILS(SetEndOfFile(file), ERROR_USER_MAPPED_FILE);
	CHECK_EQUAL(GetFileSize(file, NULL), 6);
	CHECK(SetFilePointer(file, 0x2000, NULL, FILE_BEGIN) == 0x2000 && SetEndOfFile(file)); /* longer is allowed */
	CHECK_EQUAL(view[5], 0);
	unmap(view);
	CloseHandle(section);
	CHECK(SetFilePointer(file, 4, NULL, FILE_BEGIN) == 4 && SetEndOfFile(file));
	ROW(S9, "further memory");
	/* NtExtendSection makes section and file larger; never smaller. */
	CHECK_EQUAL(create_section(&section, 0x1800, PAGE_READWRITE, SEC_COMMIT, file), NT_SUCCESS_);
	CHECK_EQUAL(GetFileSize(file, NULL), 0x1800);
	size.QuadPart = 0x3000;
	CHECK_EQUAL((DWORD)NtExtendSection(section, &size), NT_SUCCESS_);
	CHECK_EQUAL(GetFileSize(file, NULL), 0x3000);
	size.QuadPart = 0x1000;
	CHECK_EQUAL((DWORD)NtExtendSection(section, &size), NT_SUCCESS_);
	CHECK_EQUAL(size.QuadPart, 0x3000);
	/* A view that reserves grows with it. */
	view = NULL, view_size = 0x20000;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &view_size, MEM_RESERVE, PAGE_READWRITE), NT_SUCCESS_);
	CHECK_EQUAL(view_size, 0x20000);
	CHECK_EQUAL(query(view).RegionSize, 0x3000);
	CHECK_EQUAL(query(view + 0x3000).State, MEM_RESERVE);
	CHECK_EQUAL(touch(view + 0x3000, TRUE), EXCEPTION_ACCESS_VIOLATION);
	size.QuadPart = 0x8000;
	CHECK_EQUAL((DWORD)NtExtendSection(section, &size), NT_SUCCESS_);
	CHECK_EQUAL(touch(view + 0x7000, TRUE), 0);
	CHECK_EQUAL(query(view).RegionSize, 0x8000);
	CHECK(VirtualProtect(view + 0x7000, 0x1000, PAGE_READONLY, &old));
	unmap(view);
	CloseHandle(section);
	CloseHandle(file);
	CHECK_EQUAL(create_section(&section, 0x1000, PAGE_READWRITE, SEC_COMMIT, NULL), NT_SUCCESS_);
	CHECK_EQUAL((DWORD)NtExtendSection(section, &size), NT_SECTION_NOT_EXTENDED);
	CloseHandle(section);
	DeleteFileA(path);
}

static void same_file_rows(void)
{
	char path[MAX_PATH], *view, *other, *memory;
	HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE, NULL, 0x1000), mapping;
	char *program = (char *)GetModuleHandleA(NULL);

	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	other = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	memory = VirtualAlloc(NULL, 0x10000, MEM_COMMIT, PAGE_READWRITE);
	ROW(93, "memory");
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, view + 30), NT_SUCCESS_);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, other), NT_NOT_SAME_DEVICE);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, program), NT_NOT_SAME_DEVICE);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, NULL), NT_INVALID_ADDRESS);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(NULL, NULL), NT_INVALID_ADDRESS);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, memory), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(program, program + 0x1000), NT_SUCCESS_);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(program, GetModuleHandleA("ntdll.dll")), NT_NOT_SAME_DEVICE);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(GetModuleHandleA("ntdll.dll"), GetModuleHandleA("kernel32.dll")),
		    NT_NOT_SAME_DEVICE);
	UnmapViewOfFile(other);
	UnmapViewOfFile(view);
	CloseHandle(mapping);
	CloseHandle(file);
	DeleteFileA(path);
	release(memory);

	GetModuleFileNameA(NULL, path, sizeof(path));
	file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	mapping = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	CHECK(view != NULL);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(program, view), NT_SUCCESS_);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, program), NT_NOT_SAME_DEVICE);
	UnmapViewOfFile(view);
	CloseHandle(mapping);
	CloseHandle(file);
}

int main(void)
{
	AddVectoredExceptionHandler(1, touch_handler);
	access_table();
	copy_rows();
	execute_rows();
	empty_and_cut_files();
	same_file_rows();
	return guest_result();
}
