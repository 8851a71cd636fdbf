/*
 * Large pages and Address Windowing Extensions (MSDN VirtualAlloc, AllocateUserPhysicalPages, MapUserPhysicalPages; the
 * AWE example).  Both want SeLockMemoryPrivilege, which few users of Windows have: without it everything is refused.
 */
#include "memory_rows.h"

#define PAGE 0x1000u

static BOOL enable_privilege(void)
{
	TOKEN_PRIVILEGES privileges = {.PrivilegeCount = 1};
	HANDLE token;
	BOOL held;

	privileges.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
	CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token));
	CHECK(LookupPrivilegeValueA(NULL, "SeLockMemoryPrivilege", &privileges.Privileges[0].Luid));
	CHECK(AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL));
	held = GetLastError() == ERROR_SUCCESS;
	CHECK(held || GetLastError() == ERROR_NOT_ALL_ASSIGNED);
	CloseHandle(token);
	return held;
}

static void without_privilege(void)
{
	ULONG_PTR count = 4, frames[4];
	SIZE_T large = GetLargePageMinimum();

	CHECK_FAILS(AllocateUserPhysicalPages(GetCurrentProcess(), &count, frames), ERROR_PRIVILEGE_NOT_HELD);
	if (!large)
		return;
	CHECK_FAILS(VirtualAlloc(NULL, large, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE),
		    ERROR_PRIVILEGE_NOT_HELD);
	CHECK_FAILS(CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_COMMIT | SEC_LARGE_PAGES, 0, (DWORD)large,
				       NULL), ERROR_PRIVILEGE_NOT_HELD);
}

static void large_pages(void)
{
	SIZE_T large = GetLargePageMinimum();
	const DWORD type = MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES;
	char *base;

	if (!large)
		return;
	CHECK(!(large & (large - 1)) && large >= 0x10000);
	CHECK_FAILS(VirtualAlloc(NULL, large, MEM_RESERVE | MEM_LARGE_PAGES, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualAlloc(NULL, large + PAGE, type, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
	base = VirtualAlloc(NULL, 2 * large, type, PAGE_READWRITE);
	if (!base) {
		CHECK_EQUAL(GetLastError(), ERROR_NO_SYSTEM_RESOURCES); /* memory is in pieces */
		return;
	}
	CHECK_EQUAL((ULONG_PTR)base % large, 0);
	CHECK_EQUAL(query(base).State, MEM_COMMIT);
	CHECK_EQUAL(query(base).RegionSize, 2 * large);
	CHECK(!base[0] && !base[2 * large - 1]);
	base[large] = 'l';
	CHECK_EQUAL(base[large], 'l');
	release(base);
	base = VirtualAlloc(base, 2 * large, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	CHECK(base && !base[large]);
	release(base);
}

/* Four frames in an eight-page window: the contents go where the frames go. */
static void windows(void)
{
	ULONG_PTR count = 4, frames[4] = {0}, moved[4], bad = 5;
	char *window = VirtualAlloc(NULL, 8 * PAGE, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
	char *other = VirtualAlloc(NULL, 8 * PAGE, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
	void *pages[4];
	int i;

	CHECK(window && other);
	CHECK_EQUAL(query(window).Type, MEM_PRIVATE);
	CHECK(AllocateUserPhysicalPages(GetCurrentProcess(), &count, frames));
	CHECK_EQUAL(count, 4);
	CHECK(MapUserPhysicalPages(window, 4, frames));
	for (i = 0; i < 4; i++) {
		CHECK_EQUAL(window[i * PAGE], 0);
		memset(window + i * PAGE, 'a' + i, PAGE);
	}
	CHECK(IsBadReadPtr(window + 4 * PAGE, 1));
	/* A frame is in one place only. */
	CHECK(!MapUserPhysicalPages(other, 1, frames));
	CHECK_EQUAL(window[0], 'a');
	/* Nor twice in one call, which changes nothing then. */
	moved[0] = moved[2] = frames[0], moved[1] = frames[1];
	CHECK(!MapUserPhysicalPages(window, 3, moved));
	CHECK(window[0] == 'a' && window[2 * PAGE] == 'c');
	CHECK(MapUserPhysicalPages(window, 4, NULL));
	CHECK(IsBadReadPtr(window, 1));
	/* Turned round, elsewhere. */
	for (i = 0; i < 4; i++)
		moved[i] = frames[3 - i];
	CHECK(MapUserPhysicalPages(other + 2 * PAGE, 4, moved));
	for (i = 0; i < 4; i++)
		CHECK(other[(2 + i) * PAGE] == 'd' - i && other[(3 + i) * PAGE - 1] == 'd' - i);
	CHECK(IsBadReadPtr(other, 1) && IsBadReadPtr(other + 6 * PAGE, 1));
	/* Scattered; what was there before is free again. */
	CHECK(MapUserPhysicalPages(other + 2 * PAGE, 4, NULL));
	for (i = 0; i < 4; i++)
		pages[i] = window + 2 * i * PAGE;
	CHECK(MapUserPhysicalPagesScatter(pages, 4, frames));
	for (i = 0; i < 4; i++)
		CHECK(window[2 * i * PAGE] == 'a' + i && IsBadReadPtr(window + (2 * i + 1) * PAGE, 1));
	CHECK(MapUserPhysicalPagesScatter(pages + 2, 2, NULL));
	CHECK(window[2 * PAGE] == 'b' && IsBadReadPtr(window + 4 * PAGE, 1));
	/* One frame in another's place. */
	CHECK(MapUserPhysicalPages(window, 1, &frames[3]));
	CHECK_EQUAL(window[0], 'd');
	CHECK(MapUserPhysicalPages(other, 1, &frames[0]));
	CHECK_EQUAL(other[0], 'a');
	CHECK(VirtualLock(other, PAGE)); /* they are in memory anyhow */
	/* Not a frame, not a window. */
	CHECK(!MapUserPhysicalPages(other + PAGE, 1, &bad));
	CHECK(!MapUserPhysicalPages(&window, 1, frames));
	/* Windows are neither committed, nor protected, nor decommitted. */
	CHECK(!VirtualAlloc(window + 4 * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE));
	CHECK(!VirtualFree(window, PAGE, MEM_DECOMMIT));
	/* A window that goes leaves the frames; frames that go leave the window. */
	release(window);
	count = 1;
	CHECK(MapUserPhysicalPages(other + PAGE, 1, &frames[1]));
	CHECK_EQUAL(other[PAGE], 'b');
	CHECK(FreeUserPhysicalPages(GetCurrentProcess(), &count, &frames[1]));
	CHECK_EQUAL(count, 1);
	CHECK(IsBadReadPtr(other + PAGE, 1));
	CHECK(!MapUserPhysicalPages(other + PAGE, 1, &frames[1]));
	frames[1] = frames[3];
	count = 3;
	CHECK(FreeUserPhysicalPages(GetCurrentProcess(), &count, frames));
	CHECK_EQUAL(count, 3);
	count = 1;
	CHECK(!FreeUserPhysicalPages(GetCurrentProcess(), &count, frames));
	CHECK_EQUAL(count, 0);
	release(other);
}

static void many_frames(void)
{
	static ULONG_PTR frames[4096];
	ULONG_PTR count = 4096, i;
	char *window = VirtualAlloc(NULL, sizeof(frames) / 8 * PAGE, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);

	CHECK(AllocateUserPhysicalPages(GetCurrentProcess(), &count, frames));
	CHECK(count > 0 && count <= 4096);
	CHECK(MapUserPhysicalPages(window, count, frames));
	for (i = 0; i < count; i++)
		*(ULONG_PTR *)(window + i * PAGE) = i;
	CHECK(MapUserPhysicalPages(window, count, NULL));
	CHECK(MapUserPhysicalPages(window, count, frames));
	for (i = 0; i < count && *(ULONG_PTR *)(window + i * PAGE) == i; i++)
		;
	CHECK_EQUAL(i, count);
	CHECK(FreeUserPhysicalPages(GetCurrentProcess(), &count, frames));
	CHECK(IsBadReadPtr(window, 1));
	release(window);
}

int main(void)
{
	CHECK_FAILS(VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT | MEM_PHYSICAL, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(VirtualAlloc(NULL, PAGE, MEM_PHYSICAL, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
	without_privilege();
	if (enable_privilege()) {
		large_pages();
		windows();
		many_frames();
	}
	return guest_result();
}
