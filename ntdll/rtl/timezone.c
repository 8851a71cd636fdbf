/*
 * ntdll/rtl/timezone.c - the host's time zone in NT's form: a bias and two yearly rules.
 */
#include "host/time.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"
#include "pewter/export.h"

#include <string.h>

#define TICKS_PER_MINUTE (60 * RTL_TICKS_PER_SECOND)

/* Windows' names of zones (CLDR windowsZones, the commonest): IANA names, then the key name; "Standard" becomes
 * "Daylight" in the summer name. */
static const struct zone_name {
	const char *iana; /* each between spaces */
	const char *key;
} zone_names[] = {
	{" UTC Etc/UTC Etc/UCT UCT Universal Zulu GMT Etc/GMT ", "UTC"},
	{" Europe/London Europe/Lisbon Europe/Dublin GB WET ", "GMT Standard Time"},
	{" Atlantic/Reykjavik Africa/Abidjan Africa/Accra Africa/Dakar ", "Greenwich Standard Time"},
	{" Europe/Berlin Europe/Rome Europe/Vienna Europe/Amsterdam Europe/Zurich Europe/Oslo Europe/Stockholm Europe/Luxembourg ",
	 "W. Europe Standard Time"},
	{" Europe/Paris Europe/Madrid Europe/Brussels Europe/Copenhagen CET MET ", "Romance Standard Time"},
	{" Europe/Budapest Europe/Prague Europe/Bratislava Europe/Belgrade Europe/Ljubljana ", "Central Europe Standard Time"},
	{" Europe/Warsaw Europe/Zagreb Europe/Sarajevo Europe/Skopje ", "Central European Standard Time"},
	{" Europe/Athens Europe/Bucharest ", "GTB Standard Time"},
	{" Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Riga Europe/Sofia Europe/Tallinn Europe/Vilnius EET ",
	 "FLE Standard Time"},
	{" Europe/Chisinau ", "E. Europe Standard Time"},
	{" Europe/Istanbul Turkey ", "Turkey Standard Time"},
	{" Europe/Kaliningrad ", "Kaliningrad Standard Time"},
	{" Europe/Moscow ", "Russian Standard Time"},
	{" Europe/Minsk ", "Belarus Standard Time"},
	{" Asia/Jerusalem Israel ", "Israel Standard Time"},
	{" Africa/Cairo ", "Egypt Standard Time"},
	{" Africa/Johannesburg Africa/Harare ", "South Africa Standard Time"},
	{" Africa/Lagos Africa/Algiers ", "W. Central Africa Standard Time"},
	{" Africa/Nairobi ", "E. Africa Standard Time"},
	{" Africa/Casablanca ", "Morocco Standard Time"},
	{" Asia/Riyadh Asia/Kuwait ", "Arab Standard Time"},
	{" Asia/Baghdad ", "Arabic Standard Time"},
	{" Asia/Tehran Iran ", "Iran Standard Time"},
	{" Asia/Dubai ", "Arabian Standard Time"},
	{" Asia/Baku ", "Azerbaijan Standard Time"},
	{" Asia/Tbilisi ", "Georgian Standard Time"},
	{" Asia/Yerevan ", "Caucasus Standard Time"},
	{" Asia/Kabul ", "Afghanistan Standard Time"},
	{" Asia/Karachi ", "Pakistan Standard Time"},
	{" Asia/Tashkent ", "West Asia Standard Time"},
	{" Asia/Yekaterinburg ", "Ekaterinburg Standard Time"},
	{" Asia/Kolkata Asia/Calcutta ", "India Standard Time"},
	{" Asia/Colombo ", "Sri Lanka Standard Time"},
	{" Asia/Kathmandu Asia/Katmandu ", "Nepal Standard Time"},
	{" Asia/Dhaka ", "Bangladesh Standard Time"},
	{" Asia/Almaty ", "Central Asia Standard Time"},
	{" Asia/Novosibirsk ", "N. Central Asia Standard Time"},
	{" Asia/Yangon Asia/Rangoon ", "Myanmar Standard Time"},
	{" Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh Asia/Saigon ", "SE Asia Standard Time"},
	{" Asia/Krasnoyarsk ", "North Asia Standard Time"},
	{" Asia/Shanghai Asia/Hong_Kong Asia/Macau PRC Hongkong ", "China Standard Time"},
	{" Asia/Singapore Asia/Kuala_Lumpur Asia/Manila Singapore ", "Singapore Standard Time"},
	{" Asia/Taipei ROC ", "Taipei Standard Time"},
	{" Asia/Irkutsk ", "North Asia East Standard Time"},
	{" Australia/Perth ", "W. Australia Standard Time"},
	{" Asia/Tokyo Japan ", "Tokyo Standard Time"},
	{" Asia/Seoul ROK ", "Korea Standard Time"},
	{" Asia/Yakutsk ", "Yakutsk Standard Time"},
	{" Australia/Adelaide ", "Cen. Australia Standard Time"},
	{" Australia/Darwin ", "AUS Central Standard Time"},
	{" Australia/Brisbane ", "E. Australia Standard Time"},
	{" Australia/Sydney Australia/Melbourne Australia/Canberra ", "AUS Eastern Standard Time"},
	{" Australia/Hobart ", "Tasmania Standard Time"},
	{" Asia/Vladivostok ", "Vladivostok Standard Time"},
	{" Pacific/Auckland NZ ", "New Zealand Standard Time"},
	{" Pacific/Fiji ", "Fiji Standard Time"},
	{" Pacific/Tongatapu ", "Tonga Standard Time"},
	{" Pacific/Apia ", "Samoa Standard Time"},
	{" Atlantic/Azores ", "Azores Standard Time"},
	{" Atlantic/Cape_Verde ", "Cape Verde Standard Time"},
	{" America/Sao_Paulo ", "E. South America Standard Time"},
	{" America/Argentina/Buenos_Aires America/Buenos_Aires ", "Argentina Standard Time"},
	{" America/Montevideo ", "Montevideo Standard Time"},
	{" America/St_Johns ", "Newfoundland Standard Time"},
	{" America/Halifax ", "Atlantic Standard Time"},
	{" America/Santiago ", "Pacific SA Standard Time"},
	{" America/Caracas ", "Venezuela Standard Time"},
	{" America/La_Paz America/Manaus ", "SA Western Standard Time"},
	{" America/New_York America/Toronto America/Detroit US/Eastern EST5EDT ", "Eastern Standard Time"},
	{" America/Bogota America/Lima EST ", "SA Pacific Standard Time"},
	{" America/Chicago America/Winnipeg US/Central CST6CDT ", "Central Standard Time"},
	{" America/Mexico_City ", "Central Standard Time (Mexico)"},
	{" America/Regina ", "Canada Central Standard Time"},
	{" America/Guatemala America/Costa_Rica ", "Central America Standard Time"},
	{" America/Denver America/Edmonton US/Mountain MST7MDT ", "Mountain Standard Time"},
	{" America/Phoenix US/Arizona MST ", "US Mountain Standard Time"},
	{" America/Los_Angeles America/Vancouver US/Pacific PST8PDT ", "Pacific Standard Time"},
	{" America/Anchorage US/Alaska ", "Alaskan Standard Time"},
	{" Pacific/Honolulu US/Hawaii HST ", "Hawaiian Standard Time"},
};

static void copy_ascii(char16_t *to, size_t capacity, const char *from)
{
	size_t i = 0;
	for (; i + 1 < capacity && from[i]; i++)
		to[i] = (uint8_t)from[i];
	for (; i < capacity; i++)
		to[i] = 0;
}

static void name_zone(RTL_TIME_ZONE_INFORMATION *zone, const char *standard, const char *daylight)
{
	char iana[64], wanted[68], summer[64];
	const char *key = NULL, *mark;

	wanted[0] = ' ';
	wanted[1] = 0;
	if (host_zone_name(iana, sizeof(iana)) == 0) {
		strcat(strcpy(wanted + 1, iana), " ");
		for (size_t i = 0; i < ARRAY_SIZE(zone_names) && !key; i++) {
			if (strstr(zone_names[i].iana, wanted))
				key = zone_names[i].key;
		}
	}
	if (!key && !zone->Bias && !zone->StandardStart.Month && (!strcmp(standard, "UTC") || !strcmp(standard, "GMT")))
		key = "UTC";
	if (!key) {
		copy_ascii(zone->StandardName, 32, standard);
		copy_ascii(zone->DaylightName, 32, daylight);
		copy_ascii(zone->KeyName, 128, standard);
		return;
	}
	copy_ascii(zone->KeyName, 128, key);
	if (!strcmp(key, "UTC"))
		key = "Coordinated Universal Time";
	copy_ascii(zone->StandardName, 32, key);
	strcpy(summer, key);
	mark = strstr(key, "Standard");
	if (mark)
		memcpy(summer + (mark - key), "Daylight", 8);
	copy_ascii(zone->DaylightName, 32, summer);
}

/* The rule "the n-th such weekday of the month, at this wall time" that gives `local` (ticks) in its year. */
static void make_rule(LONGLONG local, TIME_FIELDS *rule)
{
	TIME_FIELDS next;

	rtl_time_to_fields(local, rule);
	rtl_time_to_fields(local + 7 * 1440 * TICKS_PER_MINUTE, &next);
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
	rtl_time_to_fields(local ? time : time - standard * TICKS_PER_MINUTE, &fields);
	begin = rule_time(&zone->DaylightStart, fields.Year);
	end = rule_time(&zone->StandardStart, fields.Year);
	if (!local) {
		/* The rules are in the wall time that they end. */
		begin += standard * TICKS_PER_MINUTE;
		end += summer * TICKS_PER_MINUTE;
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
