/*
 * Rows 47 and 95 of the NT memory facts: write watch.  Beyond the rows: what MSDN says of GetWriteWatch and
 * ResetWriteWatch, and what Wine 10.0's kernel32 tests (test_write_watch) saw on Windows 10: a decommitted page is no longer marked,
 * unless a VirtualProtect passed over the mark before.
 */
#include "memory_rows.h"

#define PAGE 0x1000u

static void *pages[2048];
static ULONG_PTR found;

/* The written pages of a range; `found` is their number. */
static void get_marks(DWORD flags, char *base, SIZE_T size, ULONG_PTR most)
{
	DWORD granularity = 0;

	found = most;
	CHECK_EQUAL(GetWriteWatch(flags, base, size, pages, &found, &granularity), 0);
	CHECK_EQUAL(granularity, PAGE);
}

/* Exactly these pages (their numbers, ended by -1) are marked. */
static void check_marks(int line, char *base, SIZE_T size, const int *wanted)
{
	ULONG_PTR count = 0, i;

	get_marks(0, base, size, 64);
	while (wanted[count] >= 0)
		count++;
	if (found != count)
		printf("line %d: %u pages are marked, not %u\n", line, (unsigned)found, (unsigned)count);
	CHECK_EQUAL(found, count);
	for (i = 0; i < found && i < count; i++)
		CHECK(pages[i] == base + (SIZE_T)wanted[i] * PAGE);
}
#define MARKS(...) check_marks(__LINE__, base, size, (const int[]){__VA_ARGS__})
#define NONE -1

static void protect(char *start, SIZE_T size, DWORD to, DWORD from)
{
	DWORD old = 0;

	CHECK(VirtualProtect(start, size, to, &old));
	CHECK_EQUAL(old, from);
}

static void marks_and_resets(void)
{
	const SIZE_T size = 0x10000;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
	MEMORY_BASIC_INFORMATION info = query(base);
	volatile char seen;

	ROW(95, "memory");
	CHECK_EQUAL(info.Type, MEM_PRIVATE);
	CHECK_EQUAL(info.RegionSize, size);
	MARKS(NONE);
	seen = base[3 * PAGE];
	MARKS(NONE); /* reading is not writing */
	base[PAGE + 1] = 0x44;
	MARKS(1, NONE);
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 1);
	CHECK(pages[0] == base + PAGE);
	MARKS(NONE);
	base[3 * PAGE] = seen;
	base[4 * PAGE + 8] = base[2 * PAGE + 3] = 0x11;
	MARKS(2, 3, 4, NONE);
	get_marks(0, base + 3 * PAGE, PAGE + 1, 64); /* rounds out to pages */
	CHECK_EQUAL(found, 2);
	CHECK_EQUAL(ResetWriteWatch(base + 3, 3 * PAGE), 0);
	MARKS(4, NONE);
	*(DWORD *)(base + 2 * PAGE - 2) = 0xDEADBEEF; /* across two pages */
	MARKS(1, 2, 4, NONE);
	/* A list too short holds the first pages, and only those are reset. */
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 1);
	CHECK_EQUAL(found, 1);
	CHECK(pages[0] == base + PAGE);
	MARKS(2, 4, NONE);
	get_marks(0, base, size, 1);
	CHECK_EQUAL(found, 1);
	CHECK(pages[0] == base + 2 * PAGE);
	MARKS(2, 4, NONE);
	protect(base, 3 * PAGE, PAGE_READONLY, PAGE_READWRITE);
	CHECK_EQUAL(query(base).RegionSize, 3 * PAGE);
	MARKS(2, 4, NONE);
	get_marks(WRITE_WATCH_FLAG_RESET, base, 3 * PAGE, 64);
	MARKS(4, NONE);
	protect(base, 3 * PAGE, PAGE_READWRITE, PAGE_READONLY);
	MARKS(4, NONE);
	base[0] = 1;
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 1);
	CHECK(pages[0] == base);
	MARKS(4, NONE);
	base[0x8FFF] = 1;
	MARKS(4, 8, NONE);
	CHECK_EQUAL(query(base).RegionSize, size);
	release(base);
}

static DWORD WINAPI read_pipe(void *argument)
{
	HANDLE *pipe = argument;
	char *base = pipe[1];
	DWORD count = 0;

	CHECK(ReadFile(pipe[0], base, 0x10000, &count, NULL));
	CHECK_EQUAL(count, 5);
	return 0;
}

static void files(void)
{
	const SIZE_T size = 0x10000;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
	char folder[MAX_PATH], name[MAX_PATH];
	HANDLE file, thread, pipe[3];
	DWORD count = 0;

	ROW(95, "memory");
	GetTempPathA(sizeof(folder), folder);
	GetTempFileNameA(folder, "ww", 0, name);
	file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	SetFilePointer(file, 2 * PAGE + 3, NULL, FILE_BEGIN);
	SetEndOfFile(file);
	SetFilePointer(file, 0, NULL, FILE_BEGIN);
	CHECK(ReadFile(file, base, size, &count, NULL));
	CHECK_EQUAL(count, 2 * PAGE + 3);
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 16);
	CHECK(ReadFile(file, base, size, &count, NULL)); /* the end of the file */
	CHECK_EQUAL(count, 0);
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 16);
	CHECK(ReadFile(file, base + PAGE - 1, 2, &count, NULL));
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 2);
	CHECK(WriteFile(file, base, size, &count, NULL)); /* reads the buffer */
	MARKS(NONE);
	CloseHandle(file);
	CHECK_FAILS(ReadFile((HANDLE)0xDEAC, base, size, &count, NULL), ERROR_INVALID_HANDLE);
	MARKS(NONE);

	/* A read that waits has marked its buffer before anything arrives; what arrives marks again. */
	CHECK(CreatePipe(&pipe[0], &pipe[2], NULL, 0));
	pipe[1] = base;
	thread = CreateThread(NULL, 0, read_pipe, pipe, 0, NULL);
	do {
		Sleep(1);
		get_marks(0, base, size, 64);
	} while (found != 16);
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 16);
	CHECK(WriteFile(pipe[2], "hello", 5, &count, NULL));
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	CHECK(!memcmp(base, "hello", 5));
	MARKS(0, NONE);
	CloseHandle(thread);
	CloseHandle(pipe[0]);
	CloseHandle(pipe[2]);
	release(base);
}

static void commit_and_decommit(void)
{
	const SIZE_T size = 0x10000;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_WRITE_WATCH, PAGE_NOACCESS);

	ROW(95, "memory");
	MARKS(NONE);
	CHECK_EQUAL(ResetWriteWatch(base, size), 0);
	CHECK(VirtualAlloc(base, size, MEM_COMMIT, PAGE_NOACCESS) == base);
	MARKS(NONE);
	protect(base, 6 * PAGE, PAGE_READWRITE, PAGE_NOACCESS);
	base[5 * PAGE + 200] = 3;
	protect(base, 6 * PAGE, PAGE_NOACCESS, PAGE_READWRITE);
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 1);
	CHECK(pages[0] == base + 5 * PAGE);
	MARKS(NONE);
	CHECK(VirtualFree(base + PAGE, PAGE, MEM_DECOMMIT));
	protect(base + 2 * PAGE, PAGE, PAGE_READWRITE, PAGE_NOACCESS);
	pages[0] = NULL;
	MARKS(NONE);
	CHECK(pages[0] == NULL);
	base[2 * PAGE + 200] = 3;
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 1);
	CHECK(VirtualAlloc(base, size, MEM_COMMIT, PAGE_NOACCESS) == base);
	protect(base, 6 * PAGE, PAGE_READWRITE, PAGE_NOACCESS);
	base[3 * PAGE + 200] = base[5 * PAGE + 200] = 3;
	MARKS(3, 5, NONE);
	CHECK(VirtualFree(base, size, MEM_DECOMMIT));
	MARKS(NONE);
	CHECK(VirtualAlloc(base, size, MEM_COMMIT, PAGE_READWRITE) == base);
	MARKS(NONE);
	CHECK_EQUAL(base[3 * PAGE + 200], 0);
	/* A mark that a protect call passed over stays. */
	base[3 * PAGE + 200] = 3;
	protect(base, 6 * PAGE, PAGE_READWRITE, PAGE_READWRITE);
	base[5 * PAGE + 200] = 3;
	MARKS(3, 5, NONE);
	CHECK(VirtualFree(base, size, MEM_DECOMMIT));
	MARKS(3, NONE);
	CHECK(VirtualAlloc(base, size, MEM_COMMIT, PAGE_READWRITE) == base);
	MARKS(3, NONE);
	base[4 * PAGE] = base[2 * PAGE] = base[6 * PAGE] = 4;
	MARKS(2, 3, 4, 6, NONE);
	CHECK_EQUAL(ResetWriteWatch(base, size), 0);
	MARKS(NONE);
	release(base);
	/* The addresses come back without a watch, and a new watch without marks. */
	CHECK(VirtualAlloc(base, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) == base);
	CHECK_EQUAL(ResetWriteWatch(base, size), ~0u);
	base[0] = 1;
	release(base);
	CHECK(VirtualAlloc(base, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE) == base);
	MARKS(NONE);
	CHECK_EQUAL(base[0], 0);
	release(base);
}

static void refusals(void)
{
	const SIZE_T size = 0x10000;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
	char *plain = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	DWORD granularity;

#define REFUSED(call, error)                                                                                           \
	do {                                                                                                           \
		found = 64;                                                                                            \
		SetLastError(0xDEADBEEF);                                                                              \
		CHECK_EQUAL(call, ~0u);                                                                                \
		CHECK_EQUAL(GetLastError(), error);                                                                    \
	} while (0)
	ROW(95, "memory");
	REFUSED(GetWriteWatch(0, NULL, size, pages, &found, &granularity), ERROR_INVALID_PARAMETER);
	REFUSED(GetWriteWatch(0, GetModuleHandleA(NULL), size, pages, &found, &granularity), ERROR_INVALID_PARAMETER);
	REFUSED(GetWriteWatch(0, plain, size, pages, &found, &granularity), ERROR_INVALID_PARAMETER);
	REFUSED(GetWriteWatch(2, base, size, pages, &found, &granularity), ERROR_INVALID_PARAMETER);
	REFUSED(GetWriteWatch(0, base, 0, pages, &found, &granularity), ERROR_INVALID_PARAMETER);
	REFUSED(GetWriteWatch(0, base, size * 2, pages, &found, &granularity), ERROR_INVALID_PARAMETER);
	REFUSED(GetWriteWatch(0, base + size - PAGE, PAGE + 1, pages, &found, &granularity), ERROR_INVALID_PARAMETER);
	REFUSED(GetWriteWatch(0, base, size, pages, NULL, &granularity), ERROR_NOACCESS);
	REFUSED(GetWriteWatch(0, base, size, pages, &found, NULL), ERROR_NOACCESS);
	REFUSED(GetWriteWatch(0, base, size, NULL, &found, &granularity), ERROR_NOACCESS);
	REFUSED((found = 0, GetWriteWatch(0, base, size, pages, &found, &granularity)), ERROR_INVALID_PARAMETER);
	REFUSED(ResetWriteWatch(base, 0), ERROR_INVALID_PARAMETER);
	REFUSED(ResetWriteWatch(plain, size), ERROR_INVALID_PARAMETER);
	REFUSED(ResetWriteWatch(GetModuleHandleA(NULL), size), ERROR_INVALID_PARAMETER);
	release(plain);
	release(base);
	CHECK_FAILS(VirtualAlloc(NULL, size, MEM_WRITE_WATCH, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
}

static char *guarded;
static int guard_hits;

static LONG CALLBACK write_from_handler(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ExceptionRecord->ExceptionCode != EXCEPTION_GUARD_PAGE)
		return EXCEPTION_CONTINUE_SEARCH;
	guard_hits++;
	if (guarded)
		guarded[4] = 'h';
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void row_47_guard_pages(void)
{
	const SIZE_T size = 0x4000;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE | PAGE_GUARD);
	void *handler = AddVectoredExceptionHandler(1, write_from_handler);
	volatile char seen;

	ROW(47, "memory");
	MARKS(NONE);
	seen = base[0]; /* a read, and a handler that does nothing */
	CHECK_EQUAL(guard_hits, 1);
	MARKS(NONE);
	guarded = base + PAGE;
	seen = base[PAGE]; /* a read, and a handler that writes to the page */
	CHECK_EQUAL(guard_hits, 2);
	MARKS(1, NONE);
	guarded = NULL;
	base[2 * PAGE] = seen; /* a write that faults and is made again */
	CHECK_EQUAL(guard_hits, 3);
	MARKS(1, 2, NONE);
	CHECK_EQUAL(query(base).RegionSize, 3 * PAGE);
	RemoveVectoredExceptionHandler(handler);
	release(base);
}

static void long_ranges_and_pieces(void)
{
	SIZE_T size = 2048 * PAGE, i;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
	DWORD old;

	ROW(95, "memory");
	for (i = 0; i < 2048; i += 2)
		base[i * PAGE]++;
	CHECK(VirtualProtect(base, size / 2, PAGE_READONLY, &old));
	get_marks(0, base, size, 2048);
	CHECK_EQUAL(found, 1024);
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 2048);
	CHECK_EQUAL(found, 1024);
	for (i = 0; i < found; i++)
		if (pages[i] != base + i * 2 * PAGE)
			break;
	CHECK_EQUAL(i, found);
	get_marks(0, base, size, 2048);
	CHECK_EQUAL(found, 0);
	CHECK(VirtualProtect(base, size / 2, PAGE_READWRITE, &old));
	/* Only some pages of it have memory. */
	CHECK(VirtualFree(base + 0x10 * PAGE, 0x10 * PAGE, MEM_DECOMMIT));
	CHECK(VirtualFree(base + 0x30 * PAGE, PAGE, MEM_DECOMMIT));
	base[0xF * PAGE] = base[0x20 * PAGE] = base[0x2F * PAGE] = base[0x31 * PAGE] = 1;
	get_marks(0, base, size, 2048);
	CHECK_EQUAL(found, 4);
	release(base);

	/* Reserving costs nothing, however much it is. */
	size = (SIZE_T)64 << 30;
	base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_WRITE_WATCH, PAGE_READWRITE);
	CHECK(base != NULL);
	CHECK(VirtualAlloc(base + size / 2, 0x10000, MEM_COMMIT, PAGE_READWRITE) != NULL);
	base[size / 2 + 3 * PAGE] = 1;
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	CHECK_EQUAL(found, 1);
	CHECK(pages[0] == base + size / 2 + 3 * PAGE);
	release(base);
}

static LONG turns;

static DWORD WINAPI write_pages(void *argument)
{
	char *base = argument;
	LONG turn;

	while ((turn = InterlockedIncrement(&turns)) <= 20000)
		*(volatile LONG *)(base + (SIZE_T)(turn % 16) * PAGE) = turn;
	return 0;
}

/* Every write is seen by the call that resets its mark, or by a later one. */
static void threads(void)
{
	const SIZE_T size = 0x10000;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
	LONG last[16] = {0};
	HANDLE thread[2];
	int i, rounds = 0;

	for (i = 0; i < 2; i++)
		thread[i] = CreateThread(NULL, 0, write_pages, base, 0, NULL);
	do {
		ULONG_PTR k;

		get_marks(WRITE_WATCH_FLAG_RESET, base, size, 5 + rounds++ % 20);
		for (k = 0; k < found; k++)
			last[((char *)pages[k] - base) / PAGE] = *(volatile LONG *)pages[k];
	} while (WaitForMultipleObjects(2, thread, TRUE, 0) == WAIT_TIMEOUT);
	get_marks(WRITE_WATCH_FLAG_RESET, base, size, 64);
	while (found--)
		last[((char *)pages[found] - base) / PAGE] = *(LONG *)pages[found];
	for (i = 0; i < 16; i++)
		CHECK_EQUAL(last[i], *(LONG *)(base + (SIZE_T)i * PAGE));
	CloseHandle(thread[0]);
	CloseHandle(thread[1]);
	release(base);
}

int main(void)
{
	marks_and_resets();
	files();
	commit_and_decommit();
	refusals();
	row_47_guard_pages();
	long_ranges_and_pieces();
	threads();
	return guest_result();
}
