/*
 * ntdll/rtl/time.c - clocks and the calendar.
 */
#include "ntdll/rtl/time.h"
#include "host/fault.h"
#include "host/time.h"
#include "nt/peb.h"
#include "nt/winerror.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#define TICKS_PER_DAY (86400ll * RTL_TICKS_PER_SECOND)

LONGLONG rtl_system_time(void)
{
	return (LONGLONG)(host_realtime_ns() / 100) + RTL_TICKS_1601_1970;
}

LONGLONG rtl_local_time(void)
{
	return rtl_system_time() - rtl_current_bias() * RTL_TICKS_PER_MINUTE;
}

EXPORT(ntdll, BOOLEAN, RtlQueryUnbiasedInterruptTime, (PULONGLONG time))
{
	if (!time) {
		NtCurrentTeb()->LastErrorValue = ERROR_INVALID_PARAMETER;
		return FALSE;
	}
	*time = (ULONGLONG)rtl_performance_counter();
	return TRUE;
}

LONGLONG rtl_performance_counter(void)
{
	return (LONGLONG)(host_monotonic_ns() / 100);
}

ULONGLONG rtl_tick_count(void)
{
	return host_boottime_ns() / 1000000;
}

static bool leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
	static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Days from 1601-01-01 to the first of January. */
static LONGLONG days_before_year(int year)
{
	LONGLONG y = year - 1601;
	return y * 365 + y / 4 - y / 100 + y / 400;
}

bool rtl_time_from_fields(const TIME_FIELDS *fields, LONGLONG *time)
{
	LONGLONG days;

	if (fields->Year < 1601 || fields->Year > 30827 || fields->Month < 1 || fields->Month > 12 || fields->Day < 1 ||
	    fields->Day > month_days(fields->Year, fields->Month) || fields->Hour < 0 || fields->Hour > 23 ||
	    fields->Minute < 0 || fields->Minute > 59 || fields->Second < 0 || fields->Second > 59 ||
	    fields->Milliseconds < 0 || fields->Milliseconds > 999)
		return false;
	days = days_before_year(fields->Year) + fields->Day - 1;
	for (int month = 1; month < fields->Month; month++)
		days += month_days(fields->Year, month);
	*time = (((days * 24 + fields->Hour) * 60 + fields->Minute) * 60 + fields->Second) * RTL_TICKS_PER_SECOND +
		fields->Milliseconds * 10000ll;
	return true;
}

void rtl_time_to_fields(LONGLONG time, TIME_FIELDS *fields)
{
	LONGLONG days = time / TICKS_PER_DAY, rest = time % TICKS_PER_DAY;
	int year, month = 1;

	if (rest < 0) {
		rest += TICKS_PER_DAY;
		days--;
	}
	fields->Milliseconds = (SHORT)(rest / 10000 % 1000);
	fields->Second = (SHORT)(rest / RTL_TICKS_PER_SECOND % 60);
	fields->Minute = (SHORT)(rest / (60 * RTL_TICKS_PER_SECOND) % 60);
	fields->Hour = (SHORT)(rest / (3600 * RTL_TICKS_PER_SECOND));
	/* 1601-01-01 was a Monday. */
	fields->Weekday = (SHORT)((days % 7 + 8) % 7);
	year = 1601 + (int)(days / 366);
	while (days_before_year(year + 1) <= days)
		year++;
	while (days_before_year(year) > days)
		year--;
	days -= days_before_year(year);
	while (days >= month_days(year, month))
		days -= month_days(year, month++);
	fields->Year = (SHORT)year;
	fields->Month = (SHORT)month;
	fields->Day = (SHORT)(days + 1);
}

EXPORT(ntdll, void, RtlTimeToTimeFields, (const LARGE_INTEGER *time, PTIME_FIELDS fields))
{
	rtl_time_to_fields(time->QuadPart, fields);
}

EXPORT(ntdll, BOOLEAN, RtlTimeFieldsToTime, (PTIME_FIELDS fields, PLARGE_INTEGER time))
{
	return rtl_time_from_fields(fields, &time->QuadPart);
}

EXPORT(ntdll, void, RtlSecondsSince1970ToTime, (ULONG seconds, PLARGE_INTEGER time))
{
	time->QuadPart = (RTL_SECONDS_1601_1970 + seconds) * RTL_TICKS_PER_SECOND;
}

EXPORT(ntdll, void, RtlSecondsSince1980ToTime, (ULONG seconds, PLARGE_INTEGER time))
{
	time->QuadPart = (RTL_SECONDS_1601_1980 + seconds) * RTL_TICKS_PER_SECOND;
}

static BOOLEAN to_seconds(LONGLONG time, LONGLONG epoch, ULONG *seconds)
{
	LONGLONG value = time / RTL_TICKS_PER_SECOND - epoch;
	if (value < 0 || value > UINT32_MAX)
		return FALSE;
	*seconds = (ULONG)value;
	return TRUE;
}

EXPORT(ntdll, BOOLEAN, RtlTimeToSecondsSince1970, (const LARGE_INTEGER *time, PULONG seconds))
{
	return to_seconds(time->QuadPart, RTL_SECONDS_1601_1970, seconds);
}

EXPORT(ntdll, BOOLEAN, RtlTimeToSecondsSince1980, (const LARGE_INTEGER *time, PULONG seconds))
{
	return to_seconds(time->QuadPart, RTL_SECONDS_1601_1980, seconds);
}

EXPORT(ntdll, NTSTATUS, RtlSystemTimeToLocalTime, (const LARGE_INTEGER *system, PLARGE_INTEGER local))
{
	local->QuadPart = system->QuadPart - rtl_current_bias() * RTL_TICKS_PER_MINUTE;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlLocalTimeToSystemTime, (const LARGE_INTEGER *local, PLARGE_INTEGER system))
{
	system->QuadPart = local->QuadPart + rtl_current_bias() * RTL_TICKS_PER_MINUTE;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, LONGLONG, RtlGetSystemTimePrecise, (void))
{
	return rtl_system_time();
}

EXPORT(ntdll, BOOL, RtlQueryPerformanceCounter, (PLARGE_INTEGER counter))
{
	counter->QuadPart = rtl_performance_counter();
	return TRUE;
}

EXPORT(ntdll, BOOL, RtlQueryPerformanceFrequency, (PLARGE_INTEGER frequency))
{
	frequency->QuadPart = RTL_TICKS_PER_SECOND;
	return TRUE;
}

EXPORT(ntdll, NTSTATUS, NtQuerySystemTime, (PLARGE_INTEGER time))
{
	LONGLONG now = rtl_system_time();
	return host_copy_to_guest(time, &now, sizeof(now)) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwQuerySystemTime", NtQuerySystemTime);

EXPORT(ntdll, NTSTATUS, NtQueryPerformanceCounter, (PLARGE_INTEGER counter, PLARGE_INTEGER frequency))
{
	LONGLONG now = rtl_performance_counter(), rate = RTL_TICKS_PER_SECOND;
	if (host_copy_to_guest(counter, &now, sizeof(now)) ||
	    (frequency && host_copy_to_guest(frequency, &rate, sizeof(rate))))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwQueryPerformanceCounter", NtQueryPerformanceCounter);

EXPORT(ntdll, ULONG, NtGetTickCount, (void))
{
	return (ULONG)rtl_tick_count();
}

/* Timers of the host are exact whatever was asked for: the range is Windows 10's, the current value its best. */
#define RESOLUTION_COARSE 156250u
#define RESOLUTION_FINE 5000u

EXPORT(ntdll, NTSTATUS, NtQueryTimerResolution, (PULONG coarse, PULONG fine, PULONG current))
{
	ULONG values[3] = {RESOLUTION_COARSE, RESOLUTION_FINE, RESOLUTION_FINE};
	if (host_copy_to_guest(coarse, &values[0], 4) || host_copy_to_guest(fine, &values[1], 4) ||
	    host_copy_to_guest(current, &values[2], 4))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtSetTimerResolution, (ULONG desired, BOOLEAN set, PULONG current))
{
	static uint32_t requests;
	ULONG value = RESOLUTION_FINE;

	if (host_copy_to_guest(current, &value, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	if (set) {
		__atomic_store_n(&requests, 1, __ATOMIC_RELAXED);
		return STATUS_SUCCESS;
	}
	return __atomic_exchange_n(&requests, 0, __ATOMIC_RELAXED) ? STATUS_SUCCESS : STATUS_TIMER_RESOLUTION_NOT_SET;
}

EXPORT(ntdll, NTSTATUS, NtSetSystemTime, (PLARGE_INTEGER time, PLARGE_INTEGER previous))
{
	return STATUS_PRIVILEGE_NOT_HELD;
}
