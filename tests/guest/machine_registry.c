/*
 * What the registry says of the machine: time zones, processors, the user's folders, names.
 */
#include "guest.h"

#define ZONES L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Time Zones"

struct zone { /* REG_TZI_FORMAT */
	LONG bias, standard_bias, daylight_bias;
	SYSTEMTIME standard, daylight;
};

static LONG text_of(HKEY root, const WCHAR *key, const WCHAR *name, WCHAR text[300])
{
	DWORD size = 300 * sizeof(WCHAR);

	*text = 0;
	return RegGetValueW(root, key, name, RRF_RT_REG_SZ, NULL, text, &size);
}

static BOOL zone_of(const WCHAR *name, struct zone *zone)
{
	WCHAR key[300];
	DWORD size = sizeof(*zone);

	wsprintfW(key, ZONES L"\\%s", name);
	return !RegGetValueW(HKEY_LOCAL_MACHINE, key, L"TZI", RRF_RT_REG_BINARY, NULL, zone, &size) && size == 44;
}

static void check_zones(void)
{
	WCHAR text[300], name[300], key[400];
	DWORD count = 0, keys, length = 300, longest;
	struct zone zone;
	HKEY zones;

	CHECK(zone_of(L"Eastern Standard Time", &zone));
	CHECK_EQUAL(zone.bias, 300);
	CHECK_EQUAL(zone.standard_bias, 0);
	CHECK_EQUAL((DWORD)zone.daylight_bias, (DWORD)-60);
	CHECK_EQUAL(zone.daylight.wMonth, 3);
	CHECK_EQUAL(zone.daylight.wDay, 2);
	CHECK_EQUAL(zone.daylight.wDayOfWeek, 0);
	CHECK_EQUAL(zone.daylight.wHour, 2);
	CHECK_EQUAL(zone.standard.wMonth, 11);
	CHECK_EQUAL(zone.standard.wDay, 1);
	CHECK_EQUAL(zone.standard.wHour, 2);
	CHECK(zone_of(L"W. Europe Standard Time", &zone));
	CHECK_EQUAL((DWORD)zone.bias, (DWORD)-60);
	CHECK_EQUAL(zone.daylight.wMonth, 3);
	CHECK_EQUAL(zone.daylight.wDay, 5);
	CHECK_EQUAL(zone.daylight.wHour, 2);
	CHECK_EQUAL(zone.standard.wMonth, 10);
	CHECK_EQUAL(zone.standard.wHour, 3);
	CHECK(zone_of(L"AUS Eastern Standard Time", &zone));
	CHECK_EQUAL((DWORD)zone.bias, (DWORD)-600);
	CHECK_EQUAL(zone.daylight.wMonth, 10);
	CHECK_EQUAL(zone.standard.wMonth, 4);
	CHECK(zone_of(L"India Standard Time", &zone));
	CHECK_EQUAL((DWORD)zone.bias, (DWORD)-330);
	CHECK_EQUAL(zone.daylight.wMonth, 0);
	CHECK(zone_of(L"UTC", &zone) && !zone.bias && !zone.standard.wMonth);
	CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, ZONES L"\\Tokyo Standard Time", L"Std", text), 0);
	CHECK(!wcscmp(text, L"Tokyo Standard Time"));
	CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, ZONES L"\\Tokyo Standard Time", L"Dlt", text), 0);
	CHECK(!wcscmp(text, L"Tokyo Daylight Time"));
	CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, ZONES L"\\Tokyo Standard Time", L"Display", text), 0);
	CHECK(!wcsncmp(text, L"(UTC+09:00) ", 12) && wcsstr(text, L"Tokyo"));

	/* each is complete */
	CHECK_EQUAL(RegOpenKeyExW(HKEY_LOCAL_MACHINE, ZONES, 0, KEY_READ, &zones), 0);
	CHECK_EQUAL(RegQueryInfoKeyW(zones, NULL, NULL, NULL, &keys, &longest, NULL, NULL, NULL, NULL, NULL, NULL), 0);
	while (!RegEnumKeyExW(zones, count, name, &length, NULL, NULL, NULL, NULL)) {
		CHECK(length <= longest);
		wsprintfW(key, ZONES L"\\%s", name);
		CHECK(zone_of(name, &zone));
		CHECK(!text_of(HKEY_LOCAL_MACHINE, key, L"Display", text) && !wcsncmp(text, L"(UTC", 4));
		CHECK_EQUAL(zone.standard.wMonth != 0, zone.daylight.wMonth != 0);
		count++;
		length = 300;
	}
	CHECK(count > 60);
	CHECK_EQUAL(count, keys);
	RegCloseKey(zones);
}

static void check_zone_now(void)
{
	DYNAMIC_TIME_ZONE_INFORMATION now;
	WCHAR text[300];
	DWORD bias, size = sizeof(bias);
	DWORD kind = GetDynamicTimeZoneInformation(&now);
	const WCHAR *key = L"SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation";

	CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, key, L"TimeZoneKeyName", text), 0);
	CHECK(!wcscmp(text, now.TimeZoneKeyName));
	CHECK_EQUAL(RegGetValueW(HKEY_LOCAL_MACHINE, key, L"ActiveTimeBias", RRF_RT_REG_DWORD, NULL, &bias, &size), 0);
	CHECK_EQUAL(bias, (DWORD)(now.Bias + (kind == TIME_ZONE_ID_DAYLIGHT ? now.DaylightBias : now.StandardBias)));
}

static void check_processors(void)
{
	WCHAR text[300], key[100];
	SYSTEM_INFO info;
	DWORD type, mhz, size;
	HKEY none;

	GetSystemInfo(&info);
	for (DWORD i = 0; i < info.dwNumberOfProcessors; i++) {
		wsprintfW(key, L"HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\%lu", i);
		CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, key, L"ProcessorNameString", text), 0);
		CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, key, L"VendorIdentifier", text), 0);
		CHECK_EQUAL(wcslen(text), 12);
		CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, key, L"Identifier", text), 0);
		CHECK(wcsstr(text, L" Family "));
		size = sizeof(mhz);
		CHECK_EQUAL(RegGetValueW(HKEY_LOCAL_MACHINE, key, L"~MHz", RRF_RT_REG_DWORD, &type, &mhz, &size), 0);
	}
	wsprintfW(key, L"HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\%lu", info.dwNumberOfProcessors);
	CHECK_EQUAL(RegOpenKeyExW(HKEY_LOCAL_MACHINE, key, 0, KEY_READ, &none), ERROR_FILE_NOT_FOUND);
}

static void check_folders(void)
{
	static const struct {
		const WCHAR *value, *variable;
	} folders[] = {{L"AppData", L"APPDATA"}, {L"Local AppData", L"LOCALAPPDATA"}};
	const WCHAR *shell = L"Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Shell Folders";
	const WCHAR *user_shell = L"Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders";
	WCHAR text[300], variable[300];

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		CHECK(GetEnvironmentVariableW(folders[i].variable, variable, 300));
		CHECK_EQUAL(text_of(HKEY_CURRENT_USER, shell, folders[i].value, text), 0);
		CHECK(!_wcsicmp(text, variable));
		CHECK_EQUAL(text_of(HKEY_CURRENT_USER, user_shell, folders[i].value, text), 0);
		CHECK(!_wcsicmp(text, variable));
	}
	CHECK_EQUAL(text_of(HKEY_CURRENT_USER, shell, L"Personal", text), 0);
	CHECK(GetEnvironmentVariableW(L"ProgramData", variable, 300));
	CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Shell Folders",
			    L"Common AppData", text), 0);
	CHECK(!_wcsicmp(text, variable));
}

static void check_names(void)
{
	WCHAR text[300], computer[300];
	DWORD size = 300;

	CHECK(GetComputerNameW(computer, &size));
	CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ActiveComputerName",
			    L"ComputerName", text), 0);
	CHECK(!wcscmp(text, computer));
	size = 300;
	CHECK(GetComputerNameExW(ComputerNameDnsHostname, computer, &size));
	CHECK_EQUAL(text_of(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters", L"Hostname", text), 0);
	CHECK(!_wcsicmp(text, computer));
}

int main(void)
{
	check_zones();
	check_zone_now();
	check_processors();
	check_folders();
	check_names();
	return guest_result();
}
