/*
 * ntdll/rtl/time.h - NT's time: 100 ns units since 1601-01-01 UTC; its fields; time zones.
 */
#ifndef PEWTER_NTDLL_RTL_TIME_H
#define PEWTER_NTDLL_RTL_TIME_H

#include "nt/ntdef.h"
#include <stdbool.h>

#define RTL_TICKS_PER_SECOND 10000000ll
#define RTL_TICKS_PER_MINUTE (60 * RTL_TICKS_PER_SECOND)
/* Seconds from 1601 to 1970 and to 1980. */
#define RTL_SECONDS_1601_1970 11644473600ll
#define RTL_SECONDS_1601_1980 11960006400ll
#define RTL_TICKS_1601_1970 (RTL_SECONDS_1601_1970 * RTL_TICKS_PER_SECOND)

typedef struct _TIME_FIELDS {
	SHORT Year, Month, Day, Hour, Minute, Second, Milliseconds, Weekday;
} TIME_FIELDS, *PTIME_FIELDS;

typedef struct _RTL_TIME_ZONE_INFORMATION {
	LONG Bias; /* minutes: UTC = local + Bias */
	WCHAR StandardName[32];
	TIME_FIELDS StandardStart; /* Month 0: no daylight saving; Year 0: Day is the week, 5 the last */
	LONG StandardBias;
	WCHAR DaylightName[32];
	TIME_FIELDS DaylightStart;
	LONG DaylightBias;
	WCHAR KeyName[128];
	BOOLEAN DynamicDaylightTimeDisabled;
} RTL_TIME_ZONE_INFORMATION;

/* The time now, and what clocks on the wall show. */
LONGLONG rtl_system_time(void);
LONGLONG rtl_local_time(void);
/* 10 MHz, monotonic: what QueryPerformanceCounter counts. */
LONGLONG rtl_performance_counter(void);
BOOLEAN NTAPI RtlQueryUnbiasedInterruptTime(PULONGLONG time);
/* Milliseconds since boot. */
ULONGLONG rtl_tick_count(void);

bool rtl_time_from_fields(const TIME_FIELDS *fields, LONGLONG *time);
void rtl_time_to_fields(LONGLONG time, TIME_FIELDS *fields);

/* The zone's rules as they are in `year`; 0 = this year. */
void rtl_zone(int year, RTL_TIME_ZONE_INFORMATION *zone);
/* The bias in minutes that a zone has at a time (UTC, or local when `local`); daylight says which it is. */
LONG rtl_zone_bias(const RTL_TIME_ZONE_INFORMATION *zone, LONGLONG time, bool local, bool *daylight);
/* The host's bias now, in minutes. */
LONG rtl_current_bias(void);

/* Windows' zones: names in the time zone database (the first is typical), each between spaces; the name of Windows' key.
 * Ended by NULL. */
struct rtl_zone_name {
	const char *iana, *key;
};
extern const struct rtl_zone_name rtl_zone_names[];
/* Names from those of the key ("Standard" becomes "Daylight"), or the two given ones. */
void rtl_name_zone(RTL_TIME_ZONE_INFORMATION *zone, const char *key, const char *daylight);
/* The zone at an index of rtl_zone_names, as it is nowadays; false: the host does not know it. */
bool rtl_zone_at(size_t index, RTL_TIME_ZONE_INFORMATION *zone);

void WINAPI RtlTimeToTimeFields(const LARGE_INTEGER *time, PTIME_FIELDS fields);
BOOLEAN WINAPI RtlTimeFieldsToTime(PTIME_FIELDS fields, PLARGE_INTEGER time);

#endif
