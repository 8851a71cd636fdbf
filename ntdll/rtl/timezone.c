/*
 * ntdll/rtl/timezone.c - the host's time zone in NT's form: a bias and two yearly rules.
 */
#include "host/time.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"
#include "pewter/export.h"

#include <string.h>

static void name_zone(RTL_TIME_ZONE_INFORMATION *zone, const char *standard, const char *daylight)
{
	char iana[64], wanted[68];
	const char *key = NULL;

	wanted[0] = ' ';
	wanted[1] = 0;
	if (host_zone_name(iana, sizeof(iana)) == 0) {
		strcat(strcpy(wanted + 1, iana), " ");
		for (size_t i = 0; rtl_zone_names[i].key && !key; i++) {
			if (strstr(rtl_zone_names[i].iana, wanted))
				key = rtl_zone_names[i].key;
		}
	}
	if (!key && !zone->Bias && !zone->StandardStart.Month && (!strcmp(standard, "UTC") || !strcmp(standard, "GMT")))
		key = "UTC";
	rtl_name_zone(zone, key ? key : standard, key ? NULL : daylight);
}

/* The rule "the n-th such weekday of the month, at this wall time" that gives `local` (ticks) in its year. */
static void make_rule(LONGLONG local, TIME_FIELDS *rule)
{
	TIME_FIELDS next;

	rtl_time_to_fields(local, rule);
	rtl_time_to_fields(local + 7 * 1440 * RTL_TICKS_PER_MINUTE, &next);
	rule->Year = 0;
	rule->Day = next.Month != rule->Month ? 5 : (SHORT)((rule->Day - 1) / 7 + 1);
}

void rtl_zone(int year, RTL_TIME_ZONE_INFORMATION *zone)
{
	TIME_FIELDS fields = {.Month = 1, .Day = 1};
	LONGLONG start, end;
	int64_t first, last, when;
	bool daylight, other;
	char name[16], other_name[16];
	int offset, changes = 0;

	memset(zone, 0, sizeof(*zone));
	if (!year) {
		rtl_time_to_fields(rtl_system_time(), &fields);
		year = fields.Year;
		fields = (TIME_FIELDS){.Month = 1, .Day = 1};
	}
	fields.Year = (SHORT)year;
	rtl_time_from_fields(&fields, &start);
	fields.Year = (SHORT)(year + 1);
	rtl_time_from_fields(&fields, &end);
	first = start / RTL_TICKS_PER_SECOND - RTL_SECONDS_1601_1970;
	last = end / RTL_TICKS_PER_SECOND - RTL_SECONDS_1601_1970;

	offset = host_utc_offset(first, &daylight, name);
	zone->Bias = -offset / 60;
	memcpy(other_name, name, sizeof(name));
	for (when = first; when < last;) {
		int64_t next = when + 7 * 86400, low, high;
		char changed_name[16];
		int changed = host_utc_offset(next, &other, changed_name);
		if (changed == offset && other == daylight) {
			when = next;
			continue;
		}
		/* Between `low` (as before) and `high` (changed). */
		low = when;
		high = next;
		while (high - low > 1) {
			int64_t middle = low + (high - low) / 2;
			bool middle_daylight;
			char ignored[16];
			int value = host_utc_offset(middle, &middle_daylight, ignored);
			if (value == offset && middle_daylight == daylight)
				low = middle;
			else
				high = middle;
		}
		if (high >= last)
			break;
		if (other != daylight) {
			LONGLONG local = (high + offset + RTL_SECONDS_1601_1970) * RTL_TICKS_PER_SECOND;
			make_rule(local, other ? &zone->DaylightStart : &zone->StandardStart);
			changes++;
			zone->Bias = -(other ? offset : changed) / 60;
			zone->DaylightBias = (other ? offset - changed : changed - offset) / 60;
			memcpy(other_name, other ? changed_name : name, sizeof(name));
			if (!other)
				memcpy(name, changed_name, sizeof(name));
		} else {
			zone->Bias = -changed / 60;
		}
		offset = changed;
		daylight = other;
		when = high;
	}
	if (changes != 2 || !zone->StandardStart.Month || !zone->DaylightStart.Month) {
		/* No rule that NT could express: standard time all the year. */
		memset(&zone->StandardStart, 0, sizeof(zone->StandardStart));
		memset(&zone->DaylightStart, 0, sizeof(zone->DaylightStart));
		zone->DaylightBias = 0;
	}
	name_zone(zone, name, other_name);
	if (zone->StandardStart.Month == 0)
		zone->DaylightBias = zone->KeyName[0] == u'U' && zone->KeyName[3] == 0 ? 0 : -60;
}

/* When a rule fires in `year`, in local ticks. */
static LONGLONG rule_time(const TIME_FIELDS *rule, int year)
{
	TIME_FIELDS day = *rule;
	LONGLONG time;

	if (rule->Year) {
		rtl_time_from_fields(rule, &time);
		return time;
	}
	day.Year = (SHORT)year;
	day.Day = 1;
	if (!rtl_time_from_fields(&day, &time))
		return 0;
	rtl_time_to_fields(time, &day);
	day.Day = (SHORT)(1 + (rule->Weekday - day.Weekday + 7) % 7);
	for (int week = 1; week < rule->Day; week++) {
		day.Day = (SHORT)(day.Day + 7);
		if (!rtl_time_from_fields(&day, &time)) {
			day.Day = (SHORT)(day.Day - 7);
			break;
		}
	}
	rtl_time_from_fields(&day, &time);
	return time;
}

LONG rtl_zone_bias(const RTL_TIME_ZONE_INFORMATION *zone, LONGLONG time, bool local, bool *daylight)
{
	LONG standard = zone->Bias + zone->StandardBias, summer = zone->Bias + zone->DaylightBias;
	LONGLONG begin, end;
	TIME_FIELDS fields;
	bool is_daylight;

	*daylight = false;
	if (!zone->StandardStart.Month || !zone->DaylightStart.Month)
		return zone->Bias;
	rtl_time_to_fields(local ? time : time - standard * RTL_TICKS_PER_MINUTE, &fields);
	begin = rule_time(&zone->DaylightStart, fields.Year);
	end = rule_time(&zone->StandardStart, fields.Year);
	if (!local) {
		/* The rules are in the wall time that they end. */
		begin += standard * RTL_TICKS_PER_MINUTE;
		end += summer * RTL_TICKS_PER_MINUTE;
	}
	is_daylight = begin < end ? time >= begin && time < end : time >= begin || time < end;
	*daylight = is_daylight;
	return is_daylight ? summer : standard;
}

LONG rtl_current_bias(void)
{
	bool daylight;
	char name[16];
	return -host_utc_offset((int64_t)(host_realtime_ns() / 1000000000u), &daylight, name) / 60;
}

EXPORT(ntdll, NTSTATUS, RtlQueryTimeZoneInformation, (RTL_TIME_ZONE_INFORMATION * zone))
{
	RTL_TIME_ZONE_INFORMATION whole;
	rtl_zone(0, &whole);
	memcpy(zone, &whole, offsetof(RTL_TIME_ZONE_INFORMATION, KeyName));
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlQueryDynamicTimeZoneInformation, (RTL_TIME_ZONE_INFORMATION * zone))
{
	rtl_zone(0, zone);
	return STATUS_SUCCESS;
}
