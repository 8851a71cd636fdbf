/*
 * heap_rows_memory - how much memory there is: rows 106 to 109 of the heap facts.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

typedef LONG NTSTATUS;

NTSYSAPI NTSTATUS NTAPI NtQuerySystemInformation(ULONG, PVOID, ULONG, PULONG);

/* What is looked at of NT's structures. */
struct basic {
	ULONG reserved, resolution, page_size, physical_pages, lowest_page, highest_page, granularity;
	ULONG_PTR lowest_address, highest_address, affinity;
	CHAR processors;
};

struct performance {
	LONGLONG times[4];
	ULONG operations[3];
	ULONG available, committed, limit, peak;
	ULONG rest[71];
};

/* Others on the machine are at work: within 256 pages, in one of many tries. */
static int near_pages(ULONGLONG bytes, ULONGLONG pages)
{
	ULONGLONG have = bytes / 4096;
	return have > pages ? have - pages <= 256 : pages - have <= 256;
}

int main(void)
{
	MEMORYSTATUSEX status = {0};
	MEMORYSTATUS old;
	struct basic basic;
	struct performance performance;
	ULONGLONG installed;
	int agree = 0;

	HEAP_ROW(106);
	CHECK_FAILS(GlobalMemoryStatusEx(&status), ERROR_INVALID_PARAMETER);
	memset(&old, 0, sizeof(old));
	SetLastError(0xDEADBEEF);
	GlobalMemoryStatus(&old);
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	CHECK(old.dwTotalPhys != 0);

	HEAP_ROW(107);
	CHECK_EQUAL(NtQuerySystemInformation(0, &basic, sizeof(basic), NULL), 0);
	status.dwLength = sizeof(status);
	for (int i = 0; i < 1000 && agree != 7; i++) {
		agree = 0;
		CHECK_EQUAL(NtQuerySystemInformation(2, &performance, sizeof(performance), NULL), 0);
		CHECK(GlobalMemoryStatusEx(&status));
		if (near_pages(status.ullAvailPhys, performance.available))
			agree |= 1;
		if (near_pages(status.ullTotalPageFile, performance.limit))
			agree |= 2;
		if (near_pages(status.ullAvailPageFile, performance.limit - performance.committed))
			agree |= 4;
	}
	CHECK_EQUAL(agree, 7);
	CHECK_EQUAL(status.ullTotalPhys, (ULONGLONG)basic.physical_pages * basic.page_size);
	CHECK_EQUAL(status.ullTotalVirtual, basic.highest_address - basic.lowest_address + 1);
	CHECK(status.ullAvailVirtual < status.ullTotalVirtual);
	CHECK_EQUAL(status.ullAvailExtendedVirtual, 0);
	CHECK_EQUAL(status.dwMemoryLoad, (status.ullTotalPhys - status.ullAvailPhys) / (status.ullTotalPhys / 100));

	HEAP_ROW(108);
	agree = 0;
	for (int i = 0; i < 1000 && !agree; i++) {
		GlobalMemoryStatusEx(&status);
		GlobalMemoryStatus(&old);
		agree = near_pages(status.ullAvailPhys, old.dwAvailPhys / 4096) &&
		       near_pages(status.ullAvailPageFile, old.dwAvailPageFile / 4096);
	}
	CHECK(agree);
	CHECK_EQUAL(old.dwTotalPhys, status.ullTotalPhys);
	CHECK_EQUAL(old.dwTotalVirtual, status.ullTotalVirtual);
	CHECK_EQUAL(old.dwLength, sizeof(old));

	HEAP_ROW(109);
	CHECK_FAILS(GetPhysicallyInstalledSystemMemory(NULL), ERROR_INVALID_PARAMETER);
	CHECK(GetPhysicallyInstalledSystemMemory(&installed));
	CHECK(installed >= status.ullTotalPhys / 1024);
	return guest_result();
}
