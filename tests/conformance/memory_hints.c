/*
 * What MSDN and published tests (Wine's ntdll/virtual and kernel32/virtual) say of prefetching, offering, discarding and
 * resetting memory, and of IsBadReadPtr and its kin.  No row of the NT memory facts.
 */
#include "memory_rows.h"

#define PAGE 0x1000u

struct range {
	void *address;
	SIZE_T size;
};
NTSTATUS NTAPI NtSetInformationVirtualMemory(HANDLE, int, ULONG_PTR, struct range *, PVOID, ULONG);
/* Not in every import library. */
static BOOL(WINAPI *prefetch)(HANDLE, ULONG_PTR, struct range *, ULONG);
static DWORD(WINAPI *offer)(PVOID, SIZE_T, int);
static DWORD(WINAPI *reclaim)(PVOID, SIZE_T);
static DWORD(WINAPI *discard)(PVOID, SIZE_T);

#define NT_INVALID_PARAMETER_6 0xC00000F4u

static DWORD set(int class, ULONG_PTR count, struct range *ranges, void *information, ULONG length)
{
	return (DWORD)NtSetInformationVirtualMemory(GetCurrentProcess(), class, count, ranges, information, length);
}

static void prefetching(void)
{
	static char memory[] = "some data";
	struct range ranges[2] = {{0}};
	ULONG zero = 0, priority = 1;

	CHECK_EQUAL(set(-1, 1, ranges, NULL, 32), NT_INVALID_PARAMETER_2);
	CHECK_EQUAL(set(-1, 0, NULL, NULL, 0), NT_INVALID_PARAMETER_2);
	CHECK_EQUAL(set(0, 1, ranges, NULL, 0), NT_INVALID_PARAMETER_5);
	CHECK_EQUAL(set(0, 0, NULL, NULL, 0), NT_INVALID_PARAMETER_5);
	CHECK_EQUAL(set(0, 1, ranges, &zero, 8), NT_INVALID_PARAMETER_6);
	CHECK_EQUAL(set(0, 0, NULL, &zero, 2), NT_INVALID_PARAMETER_6);
	CHECK_EQUAL(set(0, 0, NULL, &zero, sizeof(zero)), NT_INVALID_PARAMETER_3);
	CHECK_EQUAL(set(0, 1, NULL, &zero, sizeof(zero)), NT_ACCESS_VIOLATION);
	CHECK_EQUAL(set(0, 1, ranges, &zero, sizeof(zero)), NT_INVALID_PARAMETER_4);
	ranges[0] = (struct range){NULL, PAGE}; /* nothing is there */
	CHECK_EQUAL(set(0, 1, ranges, &zero, sizeof(zero)), NT_SUCCESS_);
	ranges[1] = (struct range){memory, sizeof(memory)};
	CHECK_EQUAL(set(0, 2, ranges, &zero, sizeof(zero)), NT_SUCCESS_);
	CHECK_EQUAL(set(1, 2, ranges, &priority, sizeof(priority)), NT_SUCCESS_);
	CHECK(prefetch(GetCurrentProcess(), 2, ranges, 0));
	CHECK_FAILS(prefetch(GetCurrentProcess(), 2, ranges, 1), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(prefetch(GetCurrentProcess(), 0, ranges, 0), ERROR_INVALID_PARAMETER);
	CHECK(!strcmp(memory, "some data"));
}

static void giving_up(void)
{
	char *base = VirtualAlloc(NULL, 8 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	DWORD old, answer;

	memset(base, 'x', 8 * PAGE);
	CHECK_EQUAL(offer(base, 4 * PAGE, 1), ERROR_SUCCESS);
	answer = reclaim(base, 4 * PAGE);
	CHECK(answer == ERROR_SUCCESS || answer == ERROR_BUSY);
	if (answer == ERROR_SUCCESS)
		CHECK(base[0] == 'x' && base[4 * PAGE - 1] == 'x');
	CHECK_EQUAL(discard(base, 4 * PAGE), ERROR_SUCCESS);
	CHECK(base[4 * PAGE] == 'x' && base[8 * PAGE - 1] == 'x');
	CHECK_EQUAL(query(base).State, MEM_COMMIT);
	CHECK_EQUAL(query(base).RegionSize, 8 * PAGE);
	base[0] = 'y'; /* still memory */
	CHECK_EQUAL(base[0], 'y');
	CHECK_EQUAL(offer(base + 1, PAGE, 1), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(offer(base, PAGE + 1, 1), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(offer(base, PAGE, 0), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(offer(base, PAGE, 5), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(discard(base + 1, PAGE), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(discard(base, 0), ERROR_INVALID_PARAMETER);

	/* Reset, and back before it was lost. */
	memset(base, 'x', 8 * PAGE);
	CHECK(VirtualProtect(base + PAGE, PAGE, PAGE_READONLY, &old));
	CHECK(VirtualAlloc(base, 4 * PAGE, MEM_RESET, PAGE_NOACCESS) == base);
	CHECK_EQUAL(query(base).RegionSize, PAGE);
	if (VirtualAlloc(base, 4 * PAGE, MEM_RESET_UNDO, PAGE_NOACCESS))
		CHECK(base[0] == 'x' && base[PAGE] == 'x' && base[4 * PAGE - 1] == 'x');
	CHECK_EQUAL(query(base + PAGE).Protect, PAGE_READONLY);
	CHECK(base[4 * PAGE] == 'x');
	CHECK_FAILS(VirtualAlloc(base, 4 * PAGE, MEM_RESET | MEM_RESET_UNDO, PAGE_NOACCESS), ERROR_INVALID_PARAMETER);
	release(base);
}

static void bad_pointers(void)
{
	char *base = VirtualAlloc(NULL, 4 * PAGE, MEM_RESERVE, PAGE_READWRITE), local;
	char *stack = *(char **)((char *)NtCurrentTeb() + 0x1478); /* DeallocationStack */
	void *nowhere = (void *)(ULONG_PTR)0xDEADBEEF;

	CHECK(VirtualAlloc(base, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE) == base);
	CHECK(!IsBadReadPtr(NULL, 0) && IsBadReadPtr(NULL, 1));
	CHECK(!IsBadReadPtr(nowhere, 0) && IsBadReadPtr(nowhere, 1));
	CHECK(!IsBadReadPtr(&local, 0) && !IsBadReadPtr(&local, 1));
	CHECK(IsBadReadPtr(stack + PAGE, 4) && IsBadReadPtr(stack + PAGE, 4));
	CHECK(!IsBadReadPtr(base, 2 * PAGE) && IsBadReadPtr(base, 2 * PAGE + 1));
	CHECK(IsBadReadPtr(base, (UINT_PTR)-1));
	CHECK(!IsBadWritePtr(NULL, 0) && IsBadWritePtr(NULL, 1));
	CHECK(!IsBadWritePtr(&local, 1) && IsBadWritePtr(nowhere, 1));
	CHECK(IsBadWritePtr((LPVOID)GetModuleHandleA(NULL), 1));
	base[5] = 'k';
	CHECK(!IsBadWritePtr(base, 2 * PAGE));
	CHECK_EQUAL(base[5], 'k');
	CHECK(!IsBadCodePtr((FARPROC)bad_pointers) && IsBadCodePtr(NULL) && IsBadCodePtr((FARPROC)nowhere));
	memset(base, 'a', 2 * PAGE);
	CHECK(IsBadStringPtrA(base, 2 * PAGE + 1) && !IsBadStringPtrA(base, 2 * PAGE));
	CHECK(IsBadStringPtrW((LPCWSTR)base, PAGE + 1) && !IsBadStringPtrW((LPCWSTR)base, PAGE));
	base[2 * PAGE - 1] = 0;
	CHECK(!IsBadStringPtrA(base, (UINT_PTR)-1));
	CHECK(!IsBadStringPtrA(NULL, 0) && IsBadStringPtrA(NULL, 1) && IsBadStringPtrW(NULL, 1));
	release(base);
}

int main(void)
{
	HMODULE kernel32 = GetModuleHandleA("kernel32.dll");

	prefetch = (void *)GetProcAddress(kernel32, "PrefetchVirtualMemory");
	offer = (void *)GetProcAddress(kernel32, "OfferVirtualMemory");
	reclaim = (void *)GetProcAddress(kernel32, "ReclaimVirtualMemory");
	discard = (void *)GetProcAddress(kernel32, "DiscardVirtualMemory");
	CHECK(prefetch && offer && reclaim && discard);
	prefetching();
	giving_up();
	bad_pointers();
	return guest_result();
}
