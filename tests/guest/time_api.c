/* time_api - FILETIME, SYSTEMTIME, zones, clocks, versions. */
#include "guest.h"

static void zones_and_cycles(void)
{
	DYNAMIC_TIME_ZONE_INFORMATION dynamic;
	TIME_ZONE_INFORMATION zone;
	SYSTEM_INFO system;
	ULONG64 cycles[256];
	ULONGLONG time;
	ULONG size = 0;

	CHECK(GetDynamicTimeZoneInformation(&dynamic) != TIME_ZONE_ID_INVALID);
	CHECK(GetTimeZoneInformationForYear(2020, &dynamic, &zone) && zone.Bias == dynamic.Bias);
	memset(&dynamic, 0x11, sizeof(dynamic));
	lstrcpyW(dynamic.TimeZoneKeyName, L"Tokyo Standard Time");
	CHECK(GetTimeZoneInformationForYear(2020, &dynamic, &zone));
	CHECK(zone.Bias == -540 && !zone.DaylightDate.wMonth);
	lstrcpyW(dynamic.TimeZoneKeyName, L"Tokyo Daylight Time");
	CHECK_FAILS(GetTimeZoneInformationForYear(2020, &dynamic, &zone), ERROR_FILE_NOT_FOUND);

	/* Without a buffer only an empty one is told what it should be. */
	GetSystemInfo(&system);
	CHECK(QueryIdleProcessorCycleTime(&size, NULL));
	CHECK_EQUAL(size, system.dwNumberOfProcessors * 8);
	size = 4;
	CHECK(QueryIdleProcessorCycleTime(&size, NULL));
	CHECK_EQUAL(size, 4);
	size = sizeof(cycles);
	CHECK(QueryIdleProcessorCycleTime(&size, cycles));
	CHECK_EQUAL(size, system.dwNumberOfProcessors * 8);
	CHECK_FAILS(QueryUnbiasedInterruptTime(NULL), ERROR_INVALID_PARAMETER);
	CHECK(QueryUnbiasedInterruptTime(&time));
}

/* The first condition that is not equality holds for all lesser numbers; a number of no condition is never met. */
static void version_conditions(void)
{
	enum { MAJOR = VER_MAJORVERSION, MINOR = VER_MINORVERSION, BUILD = VER_BUILDNUMBER, PACK = VER_SERVICEPACKMAJOR,
	       PACK_MINOR = VER_SERVICEPACKMINOR };
	static const struct {
		DWORD types, raised; /* what is asked to be one more than it is */
		BOOL met;
		struct {
			DWORD type;
			BYTE condition;
		} conditions[3];
	} rows[] = {
		{MAJOR | MINOR, MINOR, TRUE, {{MAJOR, VER_EQUAL}, {MINOR, VER_LESS}}},
		{MAJOR | MINOR, MINOR, FALSE, {{MAJOR, VER_GREATER_EQUAL}, {MINOR, VER_LESS}}},
		{MAJOR | MINOR, 0, TRUE, {{MAJOR, VER_GREATER_EQUAL}, {MINOR, VER_LESS}}},
		{MAJOR | MINOR | PACK | PACK_MINOR, 0, TRUE, {{MAJOR, VER_LESS_EQUAL}}},
		{MAJOR | PACK, PACK, TRUE, {{MAJOR, VER_LESS_EQUAL}, {PACK, VER_GREATER}}},
		{MAJOR | MINOR | PACK, PACK, FALSE, {{MAJOR, VER_EQUAL}, {PACK, VER_LESS}}},
		{MAJOR | MINOR | PACK, PACK, TRUE, {{MAJOR, VER_EQUAL}, {MINOR, VER_EQUAL}, {PACK, VER_LESS}}},
		{MAJOR | MINOR, MINOR, FALSE, {{MAJOR, VER_OR}, {MINOR, VER_LESS}}},
		{MINOR | PACK | PACK_MINOR, PACK, TRUE, {{MINOR, VER_LESS}}},
		{MINOR | PACK | PACK_MINOR, PACK, FALSE, {{MINOR, VER_EQUAL}}},
		{MAJOR | BUILD, 0, FALSE, {{MAJOR, VER_GREATER_EQUAL}}},
	};

	for (int i = 0; i < (int)(sizeof(rows) / sizeof(*rows)); i++) {
		OSVERSIONINFOEXA wanted = {.dwOSVersionInfoSize = sizeof(wanted)};
		ULONGLONG conditions = 0;

		CHECK(GetVersionExA((OSVERSIONINFOA *)&wanted));
		wanted.dwMinorVersion += rows[i].raised == MINOR;
		wanted.wServicePackMajor += rows[i].raised == PACK;
		for (int j = 0; j < 3 && rows[i].conditions[j].type; j++)
			conditions = VerSetConditionMask(conditions, rows[i].conditions[j].type, rows[i].conditions[j].condition);
		sprintf(guest_row, " (version row %d)", i);
		SetLastError(77);
		CHECK_EQUAL(VerifyVersionInfoA(&wanted, rows[i].types, conditions), rows[i].met);
		CHECK_EQUAL(GetLastError(), rows[i].met ? 77 : ERROR_OLD_WIN_VERSION);
	}
	*guest_row = 0;
	SetLastError(77);
	CHECK(!GetProductInfo(6, 1, 0, 0, NULL));
	CHECK_EQUAL(GetLastError(), 77);
}

int main(void)
{
	SYSTEMTIME st = {2024, 2, 0, 29, 23, 59, 59, 999}, back, local;
	FILETIME ft, other;
	ULARGE_INTEGER u;
	WORD date, time;
	TIME_ZONE_INFORMATION berlin = {0};
	LARGE_INTEGER f, a, b;
	DWORD ticks;
	OSVERSIONINFOEXW v = {sizeof(v)};
	SYSTEM_INFO info;
	MEMORYSTATUSEX memory = {sizeof(memory)};
	char text[64];
	DWORD size = sizeof(text);

	CHECK(SystemTimeToFileTime(&st, &ft));
	u.LowPart = ft.dwLowDateTime;
	u.HighPart = ft.dwHighDateTime;
	CHECK_EQUAL(u.QuadPart, 133537247999990000ull);
	CHECK(FileTimeToSystemTime(&ft, &back));
	CHECK(back.wYear == 2024 && back.wMonth == 2 && back.wDay == 29 && back.wDayOfWeek == 4 && back.wMilliseconds == 999);
	st.wDay = 30;
	CHECK_FAILS(SystemTimeToFileTime(&st, &ft), ERROR_INVALID_PARAMETER);
	ft.dwHighDateTime = 0x80000000;
	CHECK_FAILS(FileTimeToSystemTime(&ft, &back), ERROR_INVALID_PARAMETER);
	ft.dwLowDateTime = ft.dwHighDateTime = 0;
	CHECK(FileTimeToSystemTime(&ft, &back) && back.wYear == 1601 && back.wDayOfWeek == 1);

	CHECK(DosDateTimeToFileTime(0x5848, 0x7C21, &ft));
	CHECK(FileTimeToSystemTime(&ft, &back) && back.wYear == 2024 && back.wMonth == 2 && back.wDay == 8 && back.wHour == 15 &&
	      back.wMinute == 33 && back.wSecond == 2);
	CHECK(FileTimeToDosDateTime(&ft, &date, &time) && date == 0x5848 && time == 0x7C21);
	CHECK_FAILS(DosDateTimeToFileTime(0, 0, &ft), ERROR_INVALID_PARAMETER);

	/* Central Europe: the last Sundays of March, 02:00, and of October, 03:00. */
	berlin.Bias = -60;
	berlin.DaylightBias = -60;
	berlin.DaylightDate.wMonth = 3;
	berlin.DaylightDate.wDay = 5;
	berlin.DaylightDate.wHour = 2;
	berlin.StandardDate.wMonth = 10;
	berlin.StandardDate.wDay = 5;
	berlin.StandardDate.wHour = 3;
	st = (SYSTEMTIME){2024, 3, 0, 31, 0, 59, 0, 0};
	CHECK(SystemTimeToTzSpecificLocalTime(&berlin, &st, &local) && local.wHour == 1 && local.wMinute == 59);
	st.wHour = 1;
	st.wMinute = 0;
	CHECK(SystemTimeToTzSpecificLocalTime(&berlin, &st, &local) && local.wHour == 3 && local.wMinute == 0);
	st = (SYSTEMTIME){2024, 7, 0, 1, 12, 0, 0, 0};
	CHECK(TzSpecificLocalTimeToSystemTime(&berlin, &st, &local) && local.wHour == 10);
	st.wMonth = 12;
	CHECK(TzSpecificLocalTimeToSystemTime(&berlin, &st, &local) && local.wHour == 11);

	GetSystemTime(&st);
	CHECK(SystemTimeToFileTime(&st, &ft));
	GetSystemTimeAsFileTime(&other);
	CHECK(CompareFileTime(&ft, &other) <= 0);
	CHECK(FileTimeToLocalFileTime(&ft, &other) && LocalFileTimeToFileTime(&other, &other));
	CHECK_EQUAL(CompareFileTime(&ft, &other), 0);
	CHECK(QueryPerformanceFrequency(&f) && f.QuadPart == 10000000);
	CHECK(QueryPerformanceCounter(&a) && QueryPerformanceCounter(&b) && a.QuadPart > 0 && b.QuadPart >= a.QuadPart);
	ticks = GetTickCount();
	CHECK(GetTickCount64() - ticks < 60000 || GetTickCount64() > 0xFFFFFFFF);

	/* Without a manifest the program is told Windows 8. */
	CHECK(GetVersionExW((OSVERSIONINFOW *)&v));
	CHECK((v.dwMajorVersion == 6 && v.dwMinorVersion == 2) || v.dwMajorVersion == 10);
	v.dwOSVersionInfoSize = 5;
	CHECK_FAILS(GetVersionExW((OSVERSIONINFOW *)&v), ERROR_INSUFFICIENT_BUFFER);
	v.dwOSVersionInfoSize = sizeof(v);
	v.dwMajorVersion = 6;
	v.dwMinorVersion = 1;
	CHECK(VerifyVersionInfoW(&v, VER_MAJORVERSION | VER_MINORVERSION,
				 VerSetConditionMask(VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER_EQUAL), VER_MINORVERSION,
						     VER_GREATER_EQUAL)));
	v.dwMajorVersion = 11;
	CHECK_FAILS(VerifyVersionInfoW(&v, VER_MAJORVERSION, VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER_EQUAL)),
		    ERROR_OLD_WIN_VERSION);
	CHECK_FAILS(VerifyVersionInfoW(&v, 0, 0), ERROR_BAD_ARGUMENTS);
	GetSystemInfo(&info);
	CHECK_EQUAL(info.dwPageSize, 4096);
	CHECK_EQUAL(info.dwAllocationGranularity, 65536);
	CHECK_EQUAL(info.wProcessorArchitecture, PROCESSOR_ARCHITECTURE_AMD64);
	CHECK(info.dwNumberOfProcessors > 0);
	CHECK(GlobalMemoryStatusEx(&memory) && memory.ullTotalPhys > memory.ullAvailPhys && memory.dwMemoryLoad <= 100);
	CHECK(IsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
	CHECK(GetComputerNameA(text, &size) && size == strlen(text));
	size = 0;
	CHECK_FAILS(GetComputerNameA(text, &size), ERROR_BUFFER_OVERFLOW);
	CHECK_EQUAL(GetSystemDirectoryA(text, 64), 19);
	CHECK_EQUAL(GetWindowsDirectoryA(text, 3), 11);
	CHECK(DecodePointer(EncodePointer(text)) == text);
	zones_and_cycles();
	version_conditions();
	return guest_result();
}
