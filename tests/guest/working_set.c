/*
 * working_set - GetProcessWorkingSetSize and SetProcessWorkingSetSize.
 */
#include "guest.h"

typedef LONG NTSTATUS;
NTSTATUS NTAPI NtQueryInformationProcess(HANDLE, int, PVOID, ULONG, PULONG);
NTSTATUS NTAPI NtSetInformationProcess(HANDLE, int, PVOID, ULONG);

struct quota_limits {
	SIZE_T paged_pool, nonpaged_pool, minimum, maximum, page_file;
	LARGE_INTEGER time;
};

/* What lies below, by NT's own call (MSDN QUOTA_LIMITS). */
static void quota_limits(void)
{
	struct quota_limits limits;
	HANDLE limited = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, GetCurrentProcessId());
	SIZE_T minimum, maximum;

	CHECK_EQUAL((DWORD)NtQueryInformationProcess(GetCurrentProcess(), 1, &limits, sizeof(limits), NULL), 0);
	CHECK(limits.minimum && limits.minimum <= limits.maximum && limits.page_file);
	limits.minimum = 30 * 4096, limits.maximum = 400 * 4096;
	CHECK_EQUAL((DWORD)NtSetInformationProcess(GetCurrentProcess(), 1, &limits, sizeof(limits)), 0);
	CHECK(GetProcessWorkingSetSize(limited, &minimum, &maximum));
	CHECK_EQUAL(minimum, 30 * 4096);
	CHECK_EQUAL(maximum, 400 * 4096);
	CHECK_FAILS(SetProcessWorkingSetSize(limited, minimum, maximum), ERROR_ACCESS_DENIED);
	CHECK_EQUAL((DWORD)NtQueryInformationProcess(GetCurrentProcess(), 1, &limits, 8, NULL), 0xC0000004);
	CloseHandle(limited);
}

int main(void)
{
	SIZE_T minimum = 0, maximum = 0, least, most;
	DWORD flags = 0xDEAD;
	char *block = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

	CHECK(GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
	CHECK(minimum && maximum > minimum);
	CHECK(!(minimum % 4096) && !(maximum % 4096));
	CHECK(GetProcessWorkingSetSizeEx(GetCurrentProcess(), &least, &most, &flags));
	CHECK_EQUAL(least, minimum);
	CHECK_EQUAL(most, maximum);
	CHECK(SetProcessWorkingSetSize(GetCurrentProcess(), 1 << 20, 4 << 20));
	CHECK(GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
	CHECK_EQUAL(minimum, 1 << 20);
	CHECK_EQUAL(maximum, 4 << 20);
	CHECK_FAILS(SetProcessWorkingSetSize(GetCurrentProcess(), 4 << 20, 1 << 20), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetProcessWorkingSetSizeEx(GetCurrentProcess(), 1 << 20, 4 << 20, 3), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetProcessWorkingSetSize(NULL, &minimum, &maximum), ERROR_INVALID_HANDLE);
	memset(block, 'w', 0x10000);
	CHECK(SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1));
	CHECK_EQUAL(block[0], 'w');
	CHECK_EQUAL(block[0xFFFF], 'w');
	CHECK(GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
	CHECK_EQUAL(minimum, 1 << 20);
	quota_limits();
	return guest_result();
}
