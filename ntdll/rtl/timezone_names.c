/*
 * ntdll/rtl/timezone_names.c - Windows' time zones by name, and their rules from those of the time zone database.
 */
#include "host/time.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"

#include <string.h>

/* Windows' names of zones (CLDR windowsZones, the commonest): IANA names, then the key name; "Standard" becomes
 * "Daylight" in the summer name. */
const struct rtl_zone_name rtl_zone_names[] = {
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
	{NULL, NULL},
};

static void copy_ascii(char16_t *to, size_t capacity, const char *from)
{
	size_t i = 0;
	for (; i + 1 < capacity && from[i]; i++)
		to[i] = (uint8_t)from[i];
	for (; i < capacity; i++)
		to[i] = 0;
}


void rtl_name_zone(RTL_TIME_ZONE_INFORMATION *zone, const char *key, const char *daylight)
{
	char summer[128];
	const char *mark;

	copy_ascii(zone->KeyName, 128, key);
	if (!daylight) {
		if (!strcmp(key, "UTC"))
			key = "Coordinated Universal Time";
		strcpy(summer, key);
		mark = strstr(key, "Standard");
		if (mark)
			memcpy(summer + (mark - key), "Daylight", 8);
		daylight = summer;
	}
	copy_ascii(zone->StandardName, 32, key);
	copy_ascii(zone->DaylightName, 32, daylight);
}

/* A number of at most three digits; -1: none. */
static int take_digits(const char **at)
{
	int value = -1;

	for (int digits = 0; digits < 3 && **at >= '0' && **at <= '9'; digits++)
		value = (value < 0 ? 0 : value * 10) + (*(*at)++ - '0');
	return value;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(const char **at, int *seconds)
{
	int sign = 1, hours, part;

	if (**at == '+' || **at == '-')
		sign = *(*at)++ == '-' ? -1 : 1;
	hours = take_digits(at);
	if (hours < 0)
		return false;
	*seconds = hours * 3600;
	for (int unit = 60; unit && **at == ':'; unit /= 60) {
		(*at)++;
		part = take_digits(at);
		if (part < 0)
			return false;
		*seconds += part * unit;
	}
	*seconds *= sign;
	return true;
}

/* A name of letters, or of anything between < and >. */
static bool take_zone_name(const char **at)
{
	const char *start = *at;

	if (**at == '<') {
		while (**at && **at != '>')
			(*at)++;
		return *(*at) == '>' && ++*at;
	}
	while ((**at | 32) >= 'a' && (**at | 32) <= 'z')
		(*at)++;
	return *at - start >= 3;
}

/* ",Mm.w.d[/time]": the w-th (5: last) such weekday of the month.  Times outside the day move the weekday, which is as near
 * as NT's rules come.  False: no such rule (days of the year are not NT's). */
static bool take_rule(const char **at, TIME_FIELDS *rule)
{
	int month, week, day, seconds = 7200;

	if (*(*at)++ != ',' || *(*at)++ != 'M')
		return false;
	month = take_digits(at);
	if (*(*at)++ != '.')
		return false;
	week = take_digits(at);
	if (*(*at)++ != '.')
		return false;
	day = take_digits(at);
	if (month < 1 || month > 12 || week < 1 || week > 5 || day < 0 || day > 6)
		return false;
	if (**at == '/') {
		(*at)++;
		if (!take_time(at, &seconds))
			return false;
	}
	memset(rule, 0, sizeof(*rule));
	if (seconds == 86400) {
		seconds--; /* Windows writes midnight at the end of a day so */
		rule->Milliseconds = 999;
	}
	for (; seconds < 0; seconds += 86400)
		day = (day + 6) % 7;
	for (; seconds >= 86400; seconds -= 86400)
		day = (day + 1) % 7;
	rule->Month = (SHORT)month;
	rule->Day = (SHORT)week;
	rule->Weekday = (SHORT)day;
	rule->Hour = (SHORT)(seconds / 3600);
	rule->Minute = (SHORT)(seconds / 60 % 60);
	rule->Second = (SHORT)(seconds % 60);
	return true;
}

/* Bias and rules from POSIX' form ("CET-1CEST,M3.5.0,M10.5.0/3"); false: NT cannot say that. */
static bool rtl_zone_from_posix(const char *text, RTL_TIME_ZONE_INFORMATION *zone)
{
	int standard, summer;

	zone->Bias = 0;
	zone->StandardBias = 0;
	zone->DaylightBias = -60;
	memset(&zone->StandardStart, 0, sizeof(zone->StandardStart));
	memset(&zone->DaylightStart, 0, sizeof(zone->DaylightStart));
	if (!take_zone_name(&text) || !take_time(&text, &standard))
		return false;
	zone->Bias = standard / 60;
	if (!*text)
		return true;
	if (!take_zone_name(&text))
		return false;
	summer = standard - 3600;
	if (*text != ',' && !take_time(&text, &summer))
		return false;
	if (!take_rule(&text, &zone->DaylightStart) || !take_rule(&text, &zone->StandardStart))
		return false;
	zone->DaylightBias = (summer - standard) / 60;
	if (zone->DaylightBias > 0) {
		/* "Daylight saving" in winter, as Ireland's law has it: the other way round. */
		TIME_FIELDS start = zone->StandardStart;

		zone->StandardStart = zone->DaylightStart;
		zone->DaylightStart = start;
		zone->Bias = summer / 60;
		zone->DaylightBias = -zone->DaylightBias;
	}
	return true;
}

bool rtl_zone_at(size_t index, RTL_TIME_ZONE_INFORMATION *zone)
{
	const char *names = rtl_zone_names[index].iana + 1;
	char name[64], rules[96];
	size_t length = strcspn(names, " ");

	if (length >= sizeof(name))
		return false;
	memcpy(name, names, length);
	name[length] = 0;
	memset(zone, 0, sizeof(*zone));
	rtl_name_zone(zone, rtl_zone_names[index].key, NULL);
	if (!strcmp(rtl_zone_names[index].key, "UTC"))
		return true;
	return host_zone_rules(name, rules, sizeof(rules)) == 0 && rtl_zone_from_posix(rules, zone);
}
