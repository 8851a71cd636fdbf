/*
 * Rows 89-92 of the NT memory facts: classes of NtQueryVirtualMemory, and what ReadProcessMemory and WriteProcessMemory
 * accept.  Beyond the rows: working sets and memory counters as MSDN and published tests (Wine's psapi) tell.
 */
#include "memory_rows.h"
#include <psapi.h>

#define PAGE 0x1000u

NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE, const void *, int, PVOID, SIZE_T, PSIZE_T);
NTSTATUS NTAPI NtReadVirtualMemory(HANDLE, const void *, PVOID, SIZE_T, PSIZE_T);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE, PVOID, const void *, SIZE_T, PSIZE_T);

#define NT_INFO_LENGTH_MISMATCH 0xC0000004u
#define NT_INVALID_ADDRESS 0xC0000141u
#define NT_PARTIAL_COPY 0x8000000Du

struct region_information {
	void *base;
	ULONG protect, flags;
	SIZE_T size, commit;
	ULONG_PTR partition, node;
};

struct image_information {
	void *base;
	SIZE_T size;
	ULONG flags;
};

static DWORD query_class(const void *address, int class, void *buffer, SIZE_T size, SIZE_T *used)
{
	return (DWORD)NtQueryVirtualMemory(GetCurrentProcess(), address, class, buffer, size, used);
}

static void row_89_regions(void)
{
	char *base = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, NULL);
	char *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	struct region_information info;
	SIZE_T used = 0;

	ROW(89, "memory");
	memset(&info, 0x11, sizeof(info));
	CHECK_EQUAL(query_class(base + 0x8000, 3, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK(info.base == base);
	CHECK_EQUAL(info.protect, PAGE_READWRITE);
	CHECK_EQUAL(info.flags & 0x3F, 0);
	CHECK_EQUAL(info.size, 0x10000);
	CHECK_EQUAL(query_class(base, 3, &info, 24, &used), NT_SUCCESS_); /* without CommitSize */
	CHECK_EQUAL(query_class(base, 3, &info, 16, &used), NT_INFO_LENGTH_MISMATCH);
	CHECK(VirtualAlloc(base, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE) == base);
	memset(&info, 0x11, sizeof(info));
	CHECK_EQUAL(query_class(base, 3, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK_EQUAL(info.flags & 0x3F, 0);
	CHECK_EQUAL(info.size, 0x10000);
	memset(&info, 0x11, sizeof(info));
	CHECK_EQUAL(query_class(view, 3, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK(info.base == view);
	CHECK_EQUAL(info.protect, PAGE_READONLY);
	CHECK_EQUAL(info.flags & 0x3F, 0);
	CHECK_EQUAL(info.size, PAGE);
	UnmapViewOfFile(view);
	CloseHandle(mapping);
	release(base);
}

static void row_90_images(void)
{
	char *base = VirtualAlloc(NULL, 0x8000, MEM_RESERVE, PAGE_READWRITE), *module = (char *)GetModuleHandleA("ntdll.dll");
	IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(module + ((IMAGE_DOS_HEADER *)module)->e_lfanew);
	struct image_information info;
	SIZE_T used = 0xDEAD;

	ROW(90, "memory");
	memset(&info, 0xCC, sizeof(info));
	CHECK_EQUAL(query_class(base + 0x1234, 6, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK_EQUAL(used, sizeof(info));
	CHECK(!info.base && !info.size && !info.flags);
	used = 0xDEAD;
	CHECK_EQUAL(query_class(base, 6, &info, sizeof(info) - 1, &used), NT_INFO_LENGTH_MISMATCH);
	CHECK_EQUAL(used, 0xDEAD);
	CHECK_EQUAL(query_class(base + 0x8000, 6, &info, sizeof(info), &used), NT_INVALID_ADDRESS);
	CHECK_EQUAL(query_class(module + 0x1234, 6, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK(info.base == module);
	CHECK_EQUAL(info.size, headers->OptionalHeader.SizeOfImage);
	CHECK_EQUAL(info.flags & 3, 0); /* all of it, and executable */
	release(base);
}

static void row_91_writing(void)
{
	const SIZE_T size = 4 * PAGE;
	char *to = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), *from = malloc(size);
	HANDLE process = GetCurrentProcess();
	SIZE_T done;
	DWORD old;

	ROW(91, "memory");
	memset(from, 'w', size);
	CHECK(VirtualProtect(to, size, PAGE_READONLY, &old));
	done = 0xDEAD;
	CHECK_FAILS(WriteProcessMemory(process, to, from, size, &done), ERROR_NOACCESS);
	CHECK_EQUAL(done, 0xDEAD);
	CHECK_EQUAL((DWORD)NtWriteVirtualMemory(process, to, from, size, &done), NT_PARTIAL_COPY);
	CHECK_EQUAL(done, 0);
	CHECK(VirtualProtect(to, size, PAGE_EXECUTE_READ, &old));
	done = 0xDEAD;
	CHECK(WriteProcessMemory(process, to, from, size, &done));
	CHECK_EQUAL(done, size);
	CHECK(!memcmp(to, from, size));
	CHECK_EQUAL(query(to).Protect, PAGE_EXECUTE_READ);
	CHECK_EQUAL((DWORD)NtWriteVirtualMemory(process, to, from, size, &done), NT_PARTIAL_COPY);
	CHECK_EQUAL(done, 0);
	/* Half of it writable: Windows 10 1607 and later stop there. */
	CHECK(VirtualProtect(to, 2 * PAGE, PAGE_EXECUTE_READWRITE, &old));
	CHECK(!WriteProcessMemory(process, to, from, size, &done));
	CHECK_EQUAL((DWORD)NtWriteVirtualMemory(process, to, from, size, &done), NT_PARTIAL_COPY);
	CHECK_EQUAL(done, 2 * PAGE);
	CHECK(VirtualProtect(to + 2 * PAGE, 2 * PAGE, PAGE_READONLY, &old));
	CHECK(!WriteProcessMemory(process, to, from, size, &done));
	CHECK_EQUAL((DWORD)NtWriteVirtualMemory(process, to, from, size, &done), NT_PARTIAL_COPY);
	CHECK_EQUAL(done, 2 * PAGE);
	release(to);
	free(from);
}

static void row_92_reading(void)
{
	const SIZE_T size = 4 * PAGE;
	char *from = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), *to = malloc(size);
	HANDLE process = OpenProcess(PROCESS_VM_READ | PROCESS_QUERY_INFORMATION, FALSE, GetCurrentProcessId());
	SIZE_T done = 0xDEAD;
	DWORD old;

	ROW(92, "memory");
	CHECK(VirtualProtect(from + PAGE, PAGE, PAGE_NOACCESS, &old));
	CHECK_FAILS(ReadProcessMemory(GetCurrentProcess(), from, to, size, &done), ERROR_PARTIAL_COPY);
	CHECK_EQUAL(done, 0);
	CHECK(process != NULL);
	CHECK(!ReadProcessMemory(process, from, to, size, &done));
	CHECK(ReadProcessMemory(process, from + 2 * PAGE, to, 2 * PAGE, &done));
	CHECK_EQUAL(done, 2 * PAGE);
	/* The buffer here may end early. */
	CHECK(VirtualProtect(from + PAGE, PAGE, PAGE_READWRITE, &old));
	CHECK(VirtualProtect(from + 2 * PAGE, 2 * PAGE, PAGE_NOACCESS, &old));
	CHECK_EQUAL((DWORD)NtReadVirtualMemory(process, to, from, size, &done), NT_PARTIAL_COPY);
	CHECK_EQUAL(done, 2 * PAGE);
	CHECK_FAILS(ReadProcessMemory(NULL, from, to, PAGE, &done), ERROR_INVALID_HANDLE);
	CloseHandle(process);
	release(from);
	free(to);
}

/* The bits of PSAPI_WORKING_SET_BLOCK and PSAPI_WORKING_SET_EX_BLOCK. */
static ULONG_PTR attributes(void *address)
{
	PSAPI_WORKING_SET_EX_INFORMATION info = {address, {0}};

	CHECK(QueryWorkingSetEx(GetCurrentProcess(), &info, sizeof(info)));
	return info.VirtualAttributes.Flags;
}

static void working_set(void)
{
	char *base = VirtualAlloc(NULL, 8 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	SIZE_T size = 0x400000, i;
	ULONG_PTR *list = malloc(size), need[2];
	int found = 0;
	DWORD old;

	snprintf(guest_row, sizeof(guest_row), " (MSDN QueryWorkingSet)");
	memset(base, 1, 4 * PAGE);
	CHECK(VirtualProtect(base + PAGE, PAGE, PAGE_READONLY, &old));
	CHECK(VirtualLock(base + 2 * PAGE, PAGE));
	CHECK_EQUAL(attributes(base) & 0x7FFF, 1 | PAGE_READWRITE << 4);
	CHECK_EQUAL(attributes(base + PAGE) & 0x7FFF, 1 | PAGE_READONLY << 4);
	CHECK_EQUAL(attributes(base + 2 * PAGE) >> 22 & 1, 1); /* locked */
	CHECK_EQUAL(attributes(base + 3 * PAGE) >> 22 & 1, 0);
	CHECK_EQUAL(attributes(base + 6 * PAGE) & 1, 0); /* never touched */
	CHECK_EQUAL(attributes(GetModuleHandleA(NULL)) >> 15 & 1, 1); /* shareable */
	CHECK_FAILS(QueryWorkingSetEx(GetCurrentProcess(), need, 8), ERROR_BAD_LENGTH);
	need[0] = 0;
	CHECK_FAILS(QueryWorkingSet(GetCurrentProcess(), need, sizeof(need)), ERROR_BAD_LENGTH);
	CHECK(need[0] > 10);
	CHECK(QueryWorkingSet(GetCurrentProcess(), list, (DWORD)size));
	for (i = 1; i <= list[0]; i++) {
		char *page = (char *)(list[i] & ~(ULONG_PTR)0xFFF);

		if (page < base || page >= base + 8 * PAGE)
			continue;
		found++;
		CHECK_EQUAL(list[i] & 0x1F, page == base + PAGE ? 1 : 4);
		CHECK(page < base + 4 * PAGE);
	}
	CHECK_EQUAL(found, 4);
	CHECK(EmptyWorkingSet(GetCurrentProcess()));
	CHECK_EQUAL(base[3 * PAGE], 1);
	release(base);
	free(list);
}

static void counters(void)
{
	PROCESS_MEMORY_COUNTERS_EX before = {0}, after = {0};
	PERFORMANCE_INFORMATION system = {0};
	SIZE_T size = 16u << 20;
	char *base;

	snprintf(guest_row, sizeof(guest_row), " (MSDN GetProcessMemoryInfo)");
	CHECK_FAILS(GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&before, 71), ERROR_INSUFFICIENT_BUFFER);
	CHECK(GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&before, sizeof(before)));
	CHECK_EQUAL(before.cb, sizeof(before));
	base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	memset(base, 1, size);
	CHECK(GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&after, sizeof(after)));
	CHECK(after.PrivateUsage >= before.PrivateUsage + size);
	CHECK_EQUAL(after.PagefileUsage, after.PrivateUsage);
	CHECK(after.WorkingSetSize > before.WorkingSetSize + size / 2);
	CHECK(after.PageFaultCount > before.PageFaultCount);
	release(base);
	CHECK(GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&before, sizeof(before)));
	CHECK(before.PrivateUsage < after.PrivateUsage);
	CHECK(before.PeakPagefileUsage >= after.PagefileUsage);
	CHECK(before.PeakWorkingSetSize >= after.WorkingSetSize);
	CHECK_FAILS(GetProcessMemoryInfo(NULL, (PROCESS_MEMORY_COUNTERS *)&before, sizeof(before)), ERROR_INVALID_HANDLE);

	CHECK_FAILS(GetPerformanceInfo(&system, sizeof(system) - 1), ERROR_BAD_LENGTH);
	CHECK(GetPerformanceInfo(&system, sizeof(system)));
	CHECK_EQUAL(system.PageSize, PAGE);
	CHECK(system.CommitLimit >= system.CommitTotal && system.CommitPeak >= system.CommitTotal && system.CommitTotal);
	CHECK(system.PhysicalTotal > system.PhysicalAvailable && system.PhysicalAvailable);
	CHECK(system.ProcessCount && system.ThreadCount >= system.ProcessCount && system.HandleCount);
}

static void mapped_names(void)
{
	char folder[MAX_PATH], path[MAX_PATH], name[MAX_PATH], drive[3] = "?:", device[MAX_PATH];
	HANDLE file, mapping;
	char *view;

	snprintf(guest_row, sizeof(guest_row), " (MSDN GetMappedFileName)");
	GetTempPathA(sizeof(folder), folder);
	GetTempFileNameA(folder, "map", 0, path);
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, PAGE, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	CHECK(view != NULL);
	drive[0] = path[0];
	CHECK(QueryDosDeviceA(drive, device, sizeof(device)));
	strcat(device, path + 2);
	CHECK_EQUAL(GetMappedFileNameA(GetCurrentProcess(), view + 5, name, sizeof(name)), strlen(device));
	CHECK(!_stricmp(name, device));
	if (_stricmp(name, device))
		printf("%s, not %s\n", name, device);
	CHECK(!GetMappedFileNameA(GetCurrentProcess(), view, name, 0));
	SetLastError(0xDEADBEEF);
	CHECK(GetMappedFileNameA(GetCurrentProcess(), view, name, 4));
	CHECK_EQUAL(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	CHECK_FAILS(GetMappedFileNameA(NULL, view, name, sizeof(name)), ERROR_INVALID_HANDLE);
	CHECK_FAILS(GetMappedFileNameA(GetCurrentProcess(), view + 0x2000, name, sizeof(name)), ERROR_UNEXP_NET_ERR);
	CHECK_FAILS(GetMappedFileNameA(GetCurrentProcess(), &view, name, sizeof(name)), ERROR_UNEXP_NET_ERR);
	UnmapViewOfFile(view);
	CloseHandle(mapping);
	CloseHandle(file);
	mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	CHECK_FAILS(GetMappedFileNameA(GetCurrentProcess(), view, name, sizeof(name)), ERROR_FILE_INVALID);
	UnmapViewOfFile(view);
	CloseHandle(mapping);
	CHECK(GetMappedFileNameA(GetCurrentProcess(), GetModuleHandleA(NULL), name, sizeof(name)));
	CHECK(!strncmp(name, "\\Device\\", 8) && strstr(name, "memory_rows_info"));
	CHECK(GetMappedFileNameA(GetCurrentProcess(), GetModuleHandleA("kernel32.dll"), name, sizeof(name)));
	CHECK(strlen(name) > 12 && !_stricmp(name + strlen(name) - 12, "kernel32.dll"));
}

int main(void)
{
	row_89_regions();
	row_90_images();
	row_91_writing();
	row_92_reading();
	working_set();
	counters();
	mapped_names();
	return guest_result();
}
