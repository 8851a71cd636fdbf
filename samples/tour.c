/*
 * tour - a walk through the memory of a Windows process.
 *
 * Takes memory in every way that Win32 has, says what it got, and shows what VirtualQuery tells of it.  It checks itself
 * and runs on Windows unchanged; the exit code is 0 if all was as it should be.
 */
#include <windows.h>

#include <stdio.h>
#include <string.h>

static int wrong;

static void check(int condition, const char *what)
{
	if (condition)
		return;
	printf("  WRONG: %s (last error %lu)\n", what, GetLastError());
	wrong++;
}

static const char *state_name(DWORD state)
{
	return state == MEM_COMMIT ? "commit" : state == MEM_RESERVE ? "reserve" : "free";
}

static const char *type_name(DWORD type)
{
	return type == MEM_PRIVATE ? "private" : type == MEM_MAPPED ? "mapped" : type == MEM_IMAGE ? "image" : "-";
}

static const char *protect_name(DWORD protect)
{
	static const struct {
		DWORD value;
		const char *name;
	} names[] = {
		{0, "-"}, {PAGE_NOACCESS, "no access"}, {PAGE_READONLY, "read"}, {PAGE_READWRITE, "read-write"},
		{PAGE_WRITECOPY, "write-copy"}, {PAGE_EXECUTE, "execute"}, {PAGE_EXECUTE_READ, "execute-read"},
		{PAGE_EXECUTE_READWRITE, "execute-read-write"}, {PAGE_EXECUTE_WRITECOPY, "execute-write-copy"},
		{PAGE_READWRITE | PAGE_GUARD, "guard"},
	};
	unsigned i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].value == protect)
			return names[i].name;
	return "?";
}

/* One line of VirtualQuery. */
static MEMORY_BASIC_INFORMATION show(const void *address)
{
	MEMORY_BASIC_INFORMATION info;

	memset(&info, 0, sizeof(info));
	check(VirtualQuery(address, &info, sizeof(info)) == sizeof(info), "VirtualQuery");
	printf("  %p: base %p, allocation %p, %#Ix bytes, %s, %s, %s\n", address, info.BaseAddress, info.AllocationBase,
	       info.RegionSize, state_name(info.State), protect_name(info.Protect), type_name(info.Type));
	return info;
}

static int all_bytes_are(const char *block, char byte, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (block[i] != byte)
			return 0;
	return 1;
}

static void heap(HANDLE handle, const char *name)
{
	char *small, *large;

	printf("HeapAlloc on %s %p\n", name, handle);
	small = HeapAlloc(handle, HEAP_ZERO_MEMORY, 100);
	check(small != NULL && all_bytes_are(small, 0, 100), "100 zeroed bytes");
	check(HeapSize(handle, 0, small) == 100, "HeapSize is exact");
	check(show(small).State == MEM_COMMIT, "a heap block lies in committed memory");
	memset(small, 'p', 100);
	small = HeapReAlloc(handle, 0, small, 5000);
	check(small != NULL && all_bytes_are(small, 'p', 100), "HeapReAlloc keeps the contents");
	large = HeapAlloc(handle, 0, 4 << 20);
	check(large != NULL, "4 MiB");
	check(show(large).AllocationBase != show(small).AllocationBase, "a large block has an allocation of its own");
	check(HeapValidate(handle, 0, NULL), "the heap is valid");
	check(HeapFree(handle, 0, large), "HeapFree");
	check(HeapFree(handle, 0, small), "HeapFree");
}

static void virtual_memory(void)
{
	char *base;
	DWORD old;

	printf("VirtualAlloc: 1 MiB reserved, 64 KiB of it committed\n");
	base = VirtualAlloc(NULL, 1 << 20, MEM_RESERVE, PAGE_READWRITE);
	check(base && !((ULONG_PTR)base & 0xFFFF), "a reservation starts on 64 KiB");
	check(show(base).State == MEM_RESERVE, "reserved");
	check(VirtualAlloc(base + 0x10000, 0x10000, MEM_COMMIT, PAGE_READWRITE) == base + 0x10000, "commit");
	check(show(base + 0x10000).RegionSize == 0x10000, "three regions now");
	memset(base + 0x10000, 'v', 0x10000);
	check(VirtualProtect(base + 0x11000, 0x1000, PAGE_READONLY, &old) && old == PAGE_READWRITE, "protect one page");
	check(show(base + 0x11000).RegionSize == 0x1000, "the protected page is a region of its own");
	check(base[0x11000] == 'v', "its contents are still there");
	check(VirtualFree(base + 0x10000, 0x10000, MEM_DECOMMIT), "decommit");
	check(show(base).RegionSize == 1 << 20, "one region again");
	check(VirtualFree(base, 0, MEM_RELEASE), "release");
	check(show(base).State == MEM_FREE, "free");
}

static void global_and_local(void)
{
	HGLOBAL global;
	HLOCAL local;
	char *text;

	printf("GlobalAlloc: a moveable block\n");
	global = GlobalAlloc(GMEM_MOVEABLE, 200);
	check(global != NULL, "GlobalAlloc");
	text = GlobalLock(global);
	check(text != NULL && (void *)text != (void *)global, "the handle of a moveable block is not its address");
	check((GlobalFlags(global) & GMEM_LOCKCOUNT) == 1, "locked once");
	strcpy(text, "moved, but not lost");
	show(text);
	check(GlobalHandle(text) == global, "GlobalHandle finds the way back");
	check(!GlobalUnlock(global) && GetLastError() == NO_ERROR, "unlocked");
	global = GlobalReAlloc(global, 100000, GMEM_MOVEABLE);
	text = GlobalLock(global);
	check(text && !strcmp(text, "moved, but not lost"), "GlobalReAlloc keeps the contents");
	GlobalUnlock(global);
	check(GlobalFree(global) == NULL, "GlobalFree");

	printf("LocalAlloc: a fixed block\n");
	local = LocalAlloc(LPTR, 64);
	check(local && all_bytes_are(local, 0, 64), "LPTR is zeroed");
	check(LocalSize(local) == 64, "LocalSize");
	show(local);
	check(LocalFree(local) == NULL, "LocalFree");
}

static void mapped_file(void)
{
	char directory[MAX_PATH], path[MAX_PATH], *view, *copy;
	HANDLE file, mapping;
	DWORD written;

	printf("CreateFileMapping: a file of 128 KiB\n");
	GetTempPathA(sizeof(directory), directory);
	check(GetTempFileNameA(directory, "tour", 0, path) != 0, "a temporary file");
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
			   FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
	check(file != INVALID_HANDLE_VALUE, "CreateFile");
	check(WriteFile(file, "from the file", 14, &written, NULL) && written == 14, "WriteFile");
	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0x20000, NULL);
	check(mapping != NULL, "CreateFileMapping");
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	check(view && !strcmp(view, "from the file"), "the view shows the file");
	check(show(view).Type == MEM_MAPPED, "mapped");
	copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0x10000, 0);
	check(copy != NULL, "a copy-on-write view of the second half");
	copy[0x3000] = 'c';
	check(show(copy).Protect == PAGE_WRITECOPY, "untouched pages of it are write-copy");
	check(show(copy + 0x3000).Protect == PAGE_READWRITE, "the written page is read-write");
	check(view[0x13000] == 0, "the file does not change");
	check(UnmapViewOfFile(copy) && UnmapViewOfFile(view), "UnmapViewOfFile");
	CloseHandle(mapping);
	CloseHandle(file);
}

int main(void)
{
	HANDLE private_heap = HeapCreate(0, 0, 0);

	heap(GetProcessHeap(), "the process heap");
	check(private_heap != NULL, "HeapCreate");
	heap(private_heap, "a private heap");
	check(HeapDestroy(private_heap), "HeapDestroy");
	virtual_memory();
	global_and_local();
	mapped_file();
	printf("The program itself: an image\n");
	check(show(GetModuleHandleA(NULL)).Type == MEM_IMAGE, "the program is an image");
	printf(wrong ? "%d things were wrong\n" : "all is as it should be\n", wrong);
	return wrong != 0;
}
