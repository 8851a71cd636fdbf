/*
 * kernel32/timezoneapi.c - FILETIME, SYSTEMTIME and time zones.
 */
#include "kernel32/kernel32.h"
#include "nt/winbase.h"
#include "ntdll/rtl/time.h"

#include <string.h>

typedef struct _DYNAMIC_TIME_ZONE_INFORMATION {
	TIME_ZONE_INFORMATION Zone;
	WCHAR TimeZoneKeyName[128];
	BOOLEAN DynamicDaylightTimeDisabled;
} DYNAMIC_TIME_ZONE_INFORMATION;

#define TIME_ZONE_ID_UNKNOWN 0u
#define TIME_ZONE_ID_STANDARD 1u
#define TIME_ZONE_ID_DAYLIGHT 2u
#define TIME_ZONE_ID_INVALID 0xFFFFFFFFu

static LONGLONG ticks(const FILETIME *time)
{
	return (LONGLONG)((ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

static void set_ticks(FILETIME *time, LONGLONG value)
{
	time->dwLowDateTime = (DWORD)value;
	time->dwHighDateTime = (DWORD)((ULONGLONG)value >> 32);
}

static TIME_FIELDS to_fields(const SYSTEMTIME *time)
{
	return (TIME_FIELDS){(SHORT)time->wYear,   (SHORT)time->wMonth,	 (SHORT)time->wDay,	      (SHORT)time->wHour,
			     (SHORT)time->wMinute, (SHORT)time->wSecond, (SHORT)time->wMilliseconds, (SHORT)time->wDayOfWeek};
}

static SYSTEMTIME from_fields(const TIME_FIELDS *fields)
{
	return (SYSTEMTIME){(WORD)fields->Year, (WORD)fields->Month,  (WORD)fields->Weekday, (WORD)fields->Day,
			    (WORD)fields->Hour, (WORD)fields->Minute, (WORD)fields->Second,  (WORD)fields->Milliseconds};
}

EXPORT(kernel32, BOOL, FileTimeToSystemTime, (const FILETIME *file, LPSYSTEMTIME system))
{
	TIME_FIELDS fields;
	LONGLONG time = ticks(file);

	if (time < 0) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	rtl_time_to_fields(time, &fields);
	*system = from_fields(&fields);
	return TRUE;
}

EXPORT(kernel32, BOOL, SystemTimeToFileTime, (const SYSTEMTIME *system, LPFILETIME file))
{
	TIME_FIELDS fields = to_fields(system);
	LONGLONG time;

	if (!rtl_time_from_fields(&fields, &time)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	set_ticks(file, time);
	return TRUE;
}

/* Both use the bias of today, whatever the date: MSDN FileTimeToLocalFileTime. */
EXPORT(kernel32, BOOL, FileTimeToLocalFileTime, (const FILETIME *file, LPFILETIME local))
{
	LONGLONG time = ticks(file) - rtl_current_bias() * RTL_TICKS_PER_MINUTE;
	if (ticks(file) < 0) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	set_ticks(local, time);
	return TRUE;
}

EXPORT(kernel32, BOOL, LocalFileTimeToFileTime, (const FILETIME *local, LPFILETIME file))
{
	LONGLONG time = ticks(local) + rtl_current_bias() * RTL_TICKS_PER_MINUTE;
	if (ticks(local) < 0) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	set_ticks(file, time);
	return TRUE;
}

EXPORT(kernel32, LONG, CompareFileTime, (const FILETIME *a, const FILETIME *b))
{
	ULONGLONG x = (ULONGLONG)ticks(a), y = (ULONGLONG)ticks(b);
	return x < y ? -1 : x > y;
}

/* DOS dates count from 1980 in two-second steps. */
EXPORT(kernel32, BOOL, DosDateTimeToFileTime, (WORD date, WORD time, LPFILETIME file))
{
	TIME_FIELDS fields = {.Year = (SHORT)(1980 + (date >> 9)),
			      .Month = date >> 5 & 15,
			      .Day = date & 31,
			      .Hour = (SHORT)(time >> 11),
			      .Minute = time >> 5 & 63,
			      .Second = (SHORT)((time & 31) * 2)};
	LONGLONG value;

	if (!rtl_time_from_fields(&fields, &value)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	set_ticks(file, value);
	return TRUE;
}

EXPORT(kernel32, BOOL, FileTimeToDosDateTime, (const FILETIME *file, LPWORD date, LPWORD time))
{
	TIME_FIELDS fields;
	LONGLONG value = ticks(file);

	if (value >= 0) {
		/* Rounded up to the next even second. */
		value = (value + 2 * RTL_TICKS_PER_SECOND - 1) / (2 * RTL_TICKS_PER_SECOND) * (2 * RTL_TICKS_PER_SECOND);
		rtl_time_to_fields(value, &fields);
		if (fields.Year >= 1980 && fields.Year <= 2107) {
			*date = (WORD)((fields.Year - 1980) << 9 | fields.Month << 5 | fields.Day);
			*time = (WORD)(fields.Hour << 11 | fields.Minute << 5 | fields.Second / 2);
			return TRUE;
		}
	}
	set_last_error(ERROR_INVALID_PARAMETER);
	return FALSE;
}

static void export_zone(const RTL_TIME_ZONE_INFORMATION *zone, TIME_ZONE_INFORMATION *info)
{
	info->Bias = zone->Bias;
	memcpy(info->StandardName, zone->StandardName, sizeof(info->StandardName));
	info->StandardDate = from_fields(&zone->StandardStart);
	info->StandardBias = zone->StandardBias;
	memcpy(info->DaylightName, zone->DaylightName, sizeof(info->DaylightName));
	info->DaylightDate = from_fields(&zone->DaylightStart);
	info->DaylightBias = zone->DaylightBias;
}

static void import_zone(const TIME_ZONE_INFORMATION *info, RTL_TIME_ZONE_INFORMATION *zone)
{
	memset(zone, 0, sizeof(*zone));
	zone->Bias = info->Bias;
	zone->StandardStart = to_fields(&info->StandardDate);
	zone->StandardBias = info->StandardBias;
	zone->DaylightStart = to_fields(&info->DaylightDate);
	zone->DaylightBias = info->DaylightBias;
}

static DWORD zone_state(const RTL_TIME_ZONE_INFORMATION *zone)
{
	bool daylight;
	if (!zone->StandardStart.Month)
		return TIME_ZONE_ID_UNKNOWN;
	rtl_zone_bias(zone, rtl_system_time(), false, &daylight);
	return daylight ? TIME_ZONE_ID_DAYLIGHT : TIME_ZONE_ID_STANDARD;
}

EXPORT(kernel32, DWORD, GetTimeZoneInformation, (TIME_ZONE_INFORMATION * info))
{
	RTL_TIME_ZONE_INFORMATION zone;
	rtl_zone(0, &zone);
	export_zone(&zone, info);
	return zone_state(&zone);
}

EXPORT(kernel32, DWORD, GetDynamicTimeZoneInformation, (DYNAMIC_TIME_ZONE_INFORMATION * info))
{
	RTL_TIME_ZONE_INFORMATION zone;
	rtl_zone(0, &zone);
	export_zone(&zone, &info->Zone);
	memcpy(info->TimeZoneKeyName, zone.KeyName, sizeof(info->TimeZoneKeyName));
	info->DynamicDaylightTimeDisabled = FALSE;
	return zone_state(&zone);
}

/* Whether a key of the registry is called that. */
static bool is_key(const WCHAR *key, const char *name)
{
	size_t i = 0;

	while (name[i] && key[i] == (uint8_t)name[i])
		i++;
	return !name[i] && !key[i];
}

EXPORT(kernel32, BOOL, GetTimeZoneInformationForYear,
       (USHORT year, const DYNAMIC_TIME_ZONE_INFORMATION *dynamic, TIME_ZONE_INFORMATION *info))
{
	RTL_TIME_ZONE_INFORMATION zone, current;
	size_t index = 0;

	if (!info || !year || year > 30827 || year < 1601) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	rtl_zone(year, &zone);
	if (dynamic) {
		/* Only the host's own zone is known by rule; another one is as it is nowadays. */
		rtl_zone(0, &current);
		if (memcmp(dynamic->TimeZoneKeyName, current.KeyName,
			   (rtl_wcslen(current.KeyName) + 1) * sizeof(WCHAR))) {
			for (; rtl_zone_names[index].key; index++)
				if (is_key(dynamic->TimeZoneKeyName, rtl_zone_names[index].key))
					break;
			if (!rtl_zone_names[index].key || !rtl_zone_at(index, &zone)) {
				set_last_error(ERROR_FILE_NOT_FOUND);
				return FALSE;
			}
		}
	}
	export_zone(&zone, info);
	return TRUE;
}

static BOOL convert(const TIME_ZONE_INFORMATION *info, const SYSTEMTIME *from, LPSYSTEMTIME to, bool to_local)
{
	RTL_TIME_ZONE_INFORMATION zone;
	TIME_FIELDS fields = to_fields(from);
	LONGLONG time;
	LONG bias;
	bool daylight;

	if (!rtl_time_from_fields(&fields, &time)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (info)
		import_zone(info, &zone);
	else
		rtl_zone(fields.Year, &zone);
	bias = rtl_zone_bias(&zone, time, !to_local, &daylight);
	time += (to_local ? -bias : bias) * RTL_TICKS_PER_MINUTE;
	if (time < 0) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	rtl_time_to_fields(time, &fields);
	*to = from_fields(&fields);
	return TRUE;
}

EXPORT(kernel32, BOOL, SystemTimeToTzSpecificLocalTime,
       (const TIME_ZONE_INFORMATION *info, const SYSTEMTIME *universal, LPSYSTEMTIME local))
{
	return convert(info, universal, local, true);
}

EXPORT(kernel32, BOOL, TzSpecificLocalTimeToSystemTime,
       (const TIME_ZONE_INFORMATION *info, const SYSTEMTIME *local, LPSYSTEMTIME universal))
{
	return convert(info, local, universal, false);
}

/* The zone's rules of the year of the date, if it is the host's zone. */
static BOOL convert_dynamic(const DYNAMIC_TIME_ZONE_INFORMATION *info, const SYSTEMTIME *from, LPSYSTEMTIME to, bool to_local)
{
	TIME_ZONE_INFORMATION zone;
	if (!info || info->DynamicDaylightTimeDisabled)
		return convert(info ? &info->Zone : NULL, from, to, to_local);
	if (!GetTimeZoneInformationForYear(from->wYear, info, &zone))
		return FALSE;
	return convert(&zone, from, to, to_local);
}

EXPORT(kernel32, BOOL, SystemTimeToTzSpecificLocalTimeEx,
       (const DYNAMIC_TIME_ZONE_INFORMATION *info, const SYSTEMTIME *universal, LPSYSTEMTIME local))
{
	return convert_dynamic(info, universal, local, true);
}

EXPORT(kernel32, BOOL, TzSpecificLocalTimeToSystemTimeEx,
       (const DYNAMIC_TIME_ZONE_INFORMATION *info, const SYSTEMTIME *local, LPSYSTEMTIME universal))
{
	return convert_dynamic(info, local, universal, false);
}

static BOOL no_privilege(void)
{
	set_last_error(ERROR_PRIVILEGE_NOT_HELD);
	return FALSE;
}

EXPORT(kernel32, BOOL, SetTimeZoneInformation, (const TIME_ZONE_INFORMATION *info))
{
	return no_privilege();
}

EXPORT(kernel32, BOOL, SetDynamicTimeZoneInformation, (const DYNAMIC_TIME_ZONE_INFORMATION *info))
{
	return no_privilege();
}

/* --- clocks of sysinfoapi.h and profileapi.h ------------------------------------------------------------------ */

EXPORT(kernel32, void, GetSystemTimeAsFileTime, (LPFILETIME time))
{
	set_ticks(time, rtl_system_time());
}

EXPORT(kernel32, void, GetSystemTimePreciseAsFileTime, (LPFILETIME time))
{
	set_ticks(time, rtl_system_time());
}

EXPORT(kernel32, void, GetSystemTime, (LPSYSTEMTIME time))
{
	TIME_FIELDS fields;
	rtl_time_to_fields(rtl_system_time(), &fields);
	*time = from_fields(&fields);
}

EXPORT(kernel32, void, GetLocalTime, (LPSYSTEMTIME time))
{
	TIME_FIELDS fields;
	rtl_time_to_fields(rtl_local_time(), &fields);
	*time = from_fields(&fields);
}

/* A program has no privilege to set the clock, as an ordinary user on Windows. */
EXPORT(kernel32, BOOL, SetSystemTime, (const SYSTEMTIME *time))
{
	return no_privilege();
}

EXPORT(kernel32, BOOL, SetLocalTime, (const SYSTEMTIME *time))
{
	return no_privilege();
}

EXPORT(kernel32, BOOL, GetSystemTimeAdjustment, (PDWORD adjustment, PDWORD increment, PBOOL disabled))
{
	*adjustment = *increment = 156250;
	*disabled = TRUE;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetSystemTimeAdjustment, (DWORD adjustment, BOOL disabled))
{
	return no_privilege();
}

EXPORT(kernel32, BOOL, QueryPerformanceCounter, (LARGE_INTEGER * counter))
{
	counter->QuadPart = rtl_performance_counter();
	return TRUE;
}

EXPORT(kernel32, BOOL, QueryPerformanceFrequency, (LARGE_INTEGER * frequency))
{
	frequency->QuadPart = RTL_TICKS_PER_SECOND;
	return TRUE;
}

EXPORT(kernel32, ULONGLONG, GetTickCount64, (void))
{
	return rtl_tick_count();
}

EXPORT(kernel32, DWORD, GetTickCount, (void))
{
	return (DWORD)rtl_tick_count();
}

EXPORT(kernel32, BOOL, QueryUnbiasedInterruptTime, (PULONGLONG time))
{
	return RtlQueryUnbiasedInterruptTime(time);
}

EXPORT(kernel32, void, QueryUnbiasedInterruptTimePrecise, (PULONGLONG time))
{
	*time = (ULONGLONG)rtl_performance_counter();
}

EXPORT(kernel32, void, QueryInterruptTime, (PULONGLONG time))
{
	*time = rtl_tick_count() * 10000;
}

EXPORT(kernel32, void, QueryInterruptTimePrecise, (PULONGLONG time))
{
	*time = rtl_tick_count() * 10000;
}
