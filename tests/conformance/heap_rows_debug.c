/*
 * heap_rows_debug - heaps under NtGlobalFlag: rows 63, 64, 66 to 72 of the heap facts, and tags.
 *
 * The program writes Image File Execution Options for its own name (on Windows an administrator may) and runs itself
 * once for each value of GlobalFlag; the child gets the value as its argument and looks at its heaps.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")
#define OPTIONS "Software\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\"

NTSYSAPI ULONG NTAPI RtlGetNtGlobalFlags(void);
NTSYSAPI ULONG NTAPI RtlCreateTagHeap(PVOID, ULONG, PWSTR, PWSTR);
NTSYSAPI PWSTR NTAPI RtlQueryTagHeap(PVOID, ULONG, USHORT, BOOLEAN, PVOID);

/* Rows 64, 66, and what of row 64 is no force flag. */
static ULONG expected_flags(ULONG global)
{
	ULONG flags = 0;
	if (global & 0x10)
		flags |= 0x20;
	if (global & 0x20)
		flags |= 0x40;
	if (global & 0x40)
		flags |= 0x40000060;
	if (global & 0x80)
		flags |= 0x20000060;
	if (global & 0x200000)
		flags |= 0x80;
	if (global & 0x02000000)
		flags |= 0x01000000;
	return flags;
}

static ULONG field(HANDLE heap, unsigned offset)
{
	return *(volatile ULONG *)((char *)heap + offset);
}

static void flags_of(HANDLE heap, ULONG global, ULONG plain)
{
	ULONG flags = expected_flags(global);

	HEAP_ROW(64);
	CHECK_EQUAL(field(heap, 0x70), flags | plain | (global & 0x800 ? 0x04000000 : 0));
	if (!(global & 0x02000000))
		CHECK_EQUAL(field(heap, 0x74), (flags & ~0x80u) | (plain & 1));
	else
		CHECK_EQUAL(field(heap, 0x74), flags | plain);
}

static void page_heap(HANDLE heap)
{
	HEAP_ROW(67);
	for (unsigned i = 0; i < 0x78; i++)
		if (i < 0x70)
			CHECK_EQUAL(((unsigned char *)heap)[i], 0xEE);
	char *p = HeapAlloc(heap, HEAP_ZERO_MEMORY, 17);
	CHECK((ULONG_PTR)p % 16 == 0 && p[16] == 0);
	CHECK_EQUAL(HeapSize(heap, 0, p), 17);
	CHECK(HeapValidate(heap, 0, p));
	/* The page behind a block is no memory of anybody's. */
	MEMORY_BASIC_INFORMATION info;
	VirtualQuery((char *)(((ULONG_PTR)p + 4096) & ~(ULONG_PTR)4095), &info, sizeof(info));
	CHECK(info.State != MEM_COMMIT || info.Protect == PAGE_NOACCESS);
	memset(p, 7, 17);
	p = HeapReAlloc(heap, HEAP_ZERO_MEMORY, p, 5000);
	CHECK(p && p[16] == 7 && p[17] == 0 && p[4999] == 0);
	CHECK(HeapFree(heap, 0, p));
	CHECK(!HeapValidate(heap, 0, p));
	CHECK(HeapValidate(heap, 0, NULL));
}

static void tail_checking(HANDLE heap)
{
	HEAP_ROW(68);
	for (SIZE_T size = 0; size < 64; size++) {
		unsigned char *p = HeapAlloc(heap, 0, size);
		for (int i = 0; i < 8; i++)
			CHECK_EQUAL(p[size + i], 0xAB);
		HeapFree(heap, 0, p);
	}
	unsigned char *p = HeapAlloc(heap, HEAP_ZERO_MEMORY, 17);
	CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, p, 14) == p);
	CHECK(p[14] == 0xAB && p[15] == 0xAB && p[16] == 0xAB);
	HEAP_ROW(70);
	p[15] = 0xCC;
	CHECK(!HeapValidate(heap, 0, p));
	CHECK(!HeapValidate(heap, 0, NULL));
	CHECK_EQUAL(HeapSize(heap, 0, p), 14);
	p[15] = 0xAB;
	CHECK(HeapValidate(heap, 0, p));
	CHECK(HeapFree(heap, 0, p));
}

static void free_checking(HANDLE heap)
{
	HEAP_ROW(71);
	unsigned char *p = HeapAlloc(heap, 0, 7);
	CHECK_EQUAL(*(DWORD *)p, 0xBAADF00D);
	CHECK(memcmp(p + 4, "\x0D\xF0\xAD", 3) != 0);
	memset(p, 0xCC, 7);
	p = HeapReAlloc(heap, 0, p, 15);
	CHECK(p[0] == 0xCC && p[6] == 0xCC);
	CHECK_EQUAL(*(DWORD *)(p + 8), 0xBAADF00D);
	CHECK(memcmp(p + 12, "\x0D\xF0\xAD", 3) != 0);
	CHECK(HeapFree(heap, 0, p));
	HEAP_ROW(72);
	p = HeapAlloc(heap, 0, 37);
	memset(p, 0xCC, 37);
	CHECK(HeapFree(heap, 0, p));
	CHECK_EQUAL(*(DWORD *)(p + 16), 0xFEEEFEEE);
	CHECK(HeapValidate(heap, 0, NULL));
	p[16] = 0xCC;
	CHECK(!HeapValidate(heap, 0, NULL));
	p[16] = 0xEE;
	CHECK(HeapValidate(heap, 0, NULL));
}

static void strides(HANDLE heap, ULONG global)
{
	static const SIZE_T sizes[] = {16, 17, 100, 1000, 0x8000};
	ULONG flags = expected_flags(global);
	SIZE_T extra = flags & 0x60000060 ? 16 : 8;

	HEAP_ROW(69);
	if (flags & 0x20)
		extra += 16;
	if (flags & 0x60000000)
		extra += 16;
	for (int i = 0; i < 5; i++) {
		char *p[3];
		SIZE_T expected = (sizes[i] + extra + 15) & ~(SIZE_T)15, a, b;
		for (int k = 0; k < 3; k++)
			p[k] = HeapAlloc(heap, 0, sizes[i]);
		a = p[1] > p[0] ? p[1] - p[0] : p[0] - p[1];
		b = p[2] > p[1] ? p[2] - p[1] : p[1] - p[2];
		CHECK_EQUAL(a < b ? a : b, expected);
		for (int k = 0; k < 3; k++)
			HeapFree(heap, 0, p[k]);
	}
}

static void tags(HANDLE heap)
{
	struct {
		ULONG allocations, frees;
		SIZE_T bytes;
	} info;
	static WCHAR names[] = L"first\0second\0";

	snprintf(guest_row, sizeof(guest_row), " (tags)");
	ULONG tag = RtlCreateTagHeap(heap, 0, (PWSTR)L"row!", names);
	CHECK(tag != 0 && (tag & 0x3FFFF) == 0);
	void *p = HeapAlloc(heap, tag, 100), *q = HeapAlloc(heap, tag + (1 << 18), 200), *r = HeapAlloc(heap, tag, 300);
	CHECK(p && q && r && HeapFree(heap, 0, p));
	PWSTR name = RtlQueryTagHeap(heap, 0, (USHORT)(tag >> 18), FALSE, &info);
	CHECK(name && !lstrcmpW(name, L"row!first"));
	CHECK_EQUAL(info.allocations, 2);
	CHECK_EQUAL(info.frees, 1);
	CHECK_EQUAL(info.bytes, 300);
	name = RtlQueryTagHeap(heap, 0, (USHORT)(tag >> 18) + 1, FALSE, &info);
	CHECK(name && !lstrcmpW(name, L"row!second"));
	CHECK_EQUAL(info.allocations, 1);
	CHECK_EQUAL(info.bytes, 200);
}

static int child(ULONG global)
{
	HEAP_ROW(63);
	CHECK_EQUAL(RtlGetNtGlobalFlags(), global);
	flags_of(GetProcessHeap(), global, 2);
	HANDLE heap = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);
	flags_of(heap, global, 0x1003);
	if (global & 0x02000000) {
		page_heap(heap);
		page_heap(GetProcessHeap());
	} else {
		HEAP_ROW(65);
		CHECK_EQUAL(field(heap, 0x10), 0xFFEEFFEE);
		strides(heap, global);
		ULONG flags = expected_flags(global);
		if (flags & 0x20)
			tail_checking(heap);
		if (flags & 0x40)
			free_checking(heap);
	}
	HEAP_ROW(49);
	if (global & 0xF0) {
		HANDLE other = HeapCreate(0, 0, 0);
		ULONG two = 2;
		CHECK(!HeapSetInformation(other, HeapCompatibilityInformation, &two, sizeof(two)));
		CHECK(HeapDestroy(other));
	}
	if (global & 0x800) {
		HANDLE other = HeapCreate(0, 0, 0);
		tags(other);
		CHECK(HeapDestroy(other));
	} else {
		snprintf(guest_row, sizeof(guest_row), " (tags)");
		CHECK_EQUAL(RtlCreateTagHeap(GetProcessHeap(), 0, NULL, (PWSTR)L"none\0"), 0);
	}
	CHECK(HeapDestroy(heap));
	fflush(stdout);
	return guest_result();
}

static void run(const char *path, HKEY key, ULONG global)
{
	char text[16], line[MAX_PATH + 32];
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 99;

	snprintf(text, sizeof(text), "0x%lx", global);
	CHECK_EQUAL(RegSetValueExA(key, "GlobalFlag", 0, REG_SZ, (BYTE *)text, (DWORD)strlen(text) + 1), 0);
	snprintf(line, sizeof(line), "\"%s\" 0x%lx", path, global);
	BOOL made = CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process);
	CHECK(made);
	if (!made)
		return;
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	snprintf(guest_row, sizeof(guest_row), " (GlobalFlag %s)", text);
	CHECK_EQUAL(code, 0);
}

int main(int argc, char **argv)
{
	static const ULONG values[] = {0, 0x10, 0x20, 0x40, 0x80, 0x70, 0x200000, 0x400, 0x800, 0x8000, 0x02000000};
	char path[MAX_PATH], name[MAX_PATH + sizeof(OPTIONS)];
	HKEY key;

	if (argc > 1)
		return child(strtoul(argv[1], NULL, 0));
	GetModuleFileNameA(NULL, path, sizeof(path));
	snprintf(name, sizeof(name), OPTIONS "%s", strrchr(path, '\\') + 1);
	LONG status = RegCreateKeyExA(HKEY_LOCAL_MACHINE, name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL);
	if (status == ERROR_ACCESS_DENIED) {
		printf("Image File Execution Options are an administrator's\n");
		return 77;
	}
	CHECK_EQUAL(status, 0);
	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		run(path, key, values[i]);
	RegCloseKey(key);
	RegDeleteKeyA(HKEY_LOCAL_MACHINE, name);
	return guest_result();
}
