/*
 * dlls/crt/timezone.c - the local time zone: TZ as MSDN "_tzset" describes it, else Windows' setting.
 */
#include "dlls/crt/time.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"
#include <stdlib.h>

static bool zone_known;
static bool zone_from_tz; /* the rules of the United States apply: MSDN */
static TIME_ZONE_INFORMATION zone;

static void set_name(struct crt_variables *v, int which, const char *name, size_t length)
{
	if (length > sizeof(v->tzname_buffer[0]) - 1)
		length = sizeof(v->tzname_buffer[0]) - 1;
	rtl_memcpy(v->tzname_buffer[which], name, length);
	v->tzname_buffer[which][length] = 0;
}

/* What the variables say before the first _tzset. */
void crt_time_attach(struct crt_variables *variables)
{
	variables->timezone = 8 * 3600;
	variables->daylight = 1;
	variables->dstbias = -3600;
	set_name(variables, 0, "PST", 3);
	set_name(variables, 1, "PDT", 3);
	variables->tzname[0] = variables->tzname_buffer[0];
	variables->tzname[1] = variables->tzname_buffer[1];
	if (crt_variables != variables && zone_known) {
		variables->timezone = crt_variables->timezone;
		variables->daylight = crt_variables->daylight;
		variables->dstbias = crt_variables->dstbias;
		rtl_memcpy(variables->tzname_buffer, crt_variables->tzname_buffer, sizeof(variables->tzname_buffer));
	}
}

/* tzn[+|-]hh[:mm[:ss]][dzn], names of three letters (more are taken as they come). */
static void parse_tz(struct crt_variables *v, const char *tz)
{
	static const LONG unit[3] = {3600, 60, 1};
	LONG seconds = 0;
	bool minus = false;
	size_t length = 0;
	char *end;
	int i;

	while (length < 3 && tz[length] != 0)
		length++;
	set_name(v, 0, tz, length);
	tz += length;
	if (*tz == '-') {
		minus = true;
		tz++;
	} else if (*tz == '+') {
		tz++;
	}
	for (i = 0; i < 3; i++) {
		seconds += (LONG)strtol(tz, &end, 10) * unit[i];
		tz = end;
		if (*tz != ':')
			break;
		tz++;
	}
	v->timezone = minus ? -seconds : seconds;
	/* The first letter of the name of summer time, if there is one; its bias is not TZ's affair. */
	v->daylight = *tz;
	set_name(v, 1, tz, rtl_strnlen(tz, 3));
}

static void from_windows(struct crt_variables *v)
{
	char *name;

	v->timezone = 0;
	v->daylight = 0;
	v->dstbias = 0;
	set_name(v, 0, "UTC", 3);
	set_name(v, 1, "", 0);
	if (GetTimeZoneInformation(&zone) == (DWORD)-1)
		return;
	v->timezone = zone.Bias * 60;
	if (zone.StandardDate.wMonth != 0)
		v->timezone += zone.StandardBias * 60;
	if (zone.DaylightDate.wMonth != 0 && zone.DaylightBias != 0) {
		v->daylight = 1;
		v->dstbias = (zone.DaylightBias - zone.StandardBias) * 60;
	}
	name = crt_narrow(zone.StandardName);
	if (name != NULL)
		set_name(v, 0, name, rtl_strlen(name));
	crt_heap_free(name);
	name = crt_narrow(zone.DaylightName);
	if (name != NULL)
		set_name(v, 1, name, rtl_strlen(name));
	crt_heap_free(name);
}

CRT(void, _tzset, (void))
{
	struct crt_variables *v = crt_variables, *other;
	const char *tz = crt_getenv("TZ");
	int i;

	crt_lock(CRT_LOCK_TIME);
	zone_from_tz = tz != NULL && *tz != 0;
	if (zone_from_tz)
		parse_tz(v, tz);
	else
		from_windows(v);
	for (i = 0; i < CRT_FLAVOUR_COUNT; i++) {
		other = crt_variables_of[i];
		if (other == NULL || other == v)
			continue;
		other->timezone = v->timezone;
		other->daylight = v->daylight;
		other->dstbias = v->dstbias;
		rtl_memcpy(other->tzname_buffer, v->tzname_buffer, sizeof(v->tzname_buffer));
	}
	__atomic_store_n(&zone_known, true, __ATOMIC_RELEASE);
	crt_unlock(CRT_LOCK_TIME);
}

void crt_timezone_initialize(void)
{
	if (!__atomic_load_n(&zone_known, __ATOMIC_ACQUIRE))
		crt__tzset();
}

/* Seconds from the start of the year to the n-th weekday (5: the last) of a month, or to an absolute date. */
static int64_t transition(INT year, const SYSTEMTIME *rule)
{
	static const BYTE lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t first = crt_days_from_civil(year, rule->wMonth, 1), day;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	INT length = lengths[rule->wMonth - 1] + (rule->wMonth == 2 && leap);

	if (rule->wYear != 0) {
		day = rule->wDay;
	} else {
		INT weekday = (INT)(((first + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */

		day = 1 + (rule->wDayOfWeek - weekday + 7) % 7 + (rule->wDay - 1) * 7;
		while (day > length)
			day -= 7;
	}
	return (first + day - 1 - crt_days_from_civil(year, 1, 1)) * SECONDS_PER_DAY + rule->wHour * 3600 +
	       rule->wMinute * 60 + rule->wSecond;
}

bool crt_is_daylight(const struct crt_tm *tm)
{
	static const SYSTEMTIME us_start = {0, 3, 0, 2, 2, 0, 0, 0}, us_end = {0, 11, 0, 1, 2, 0, 0, 0};
	static const SYSTEMTIME us_old_start = {0, 4, 0, 1, 2, 0, 0, 0}, us_old_end = {0, 10, 0, 5, 2, 0, 0, 0};
	const SYSTEMTIME *start = &zone.DaylightDate, *end = &zone.StandardDate;
	INT year = tm->tm_year + 1900;
	int64_t now, on, off;

	if (!crt_variables->daylight)
		return false;
	if (zone_from_tz) {
		start = year < 2007 ? &us_old_start : &us_start;
		end = year < 2007 ? &us_old_end : &us_end;
	}
	if (start->wMonth == 0 || end->wMonth == 0)
		return false;
	now = (int64_t)tm->tm_yday * SECONDS_PER_DAY + tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
	on = transition(year, start);
	/* The end is given in daylight time, `now` is standard time. */
	off = transition(year, end) + crt_variables->dstbias;
	return on < off ? now >= on && now < off : now >= on || now < off;
}

CRT_UCRT(LONG *, __timezone, (void))
{
	return &crt_variables_of[CRT_FLAVOUR_UCRT]->timezone;
}

CRT_UCRT(INT *, __daylight, (void))
{
	return &crt_variables_of[CRT_FLAVOUR_UCRT]->daylight;
}

CRT_UCRT(LONG *, __dstbias, (void))
{
	return &crt_variables_of[CRT_FLAVOUR_UCRT]->dstbias;
}

CRT_UCRT(char **, __tzname, (void))
{
	return crt_variables_of[CRT_FLAVOUR_UCRT]->tzname;
}

CRT(errno_t, _get_timezone, (LONG * seconds))
{
	CRT_VALIDATE_E(seconds != NULL, EINVAL);
	*seconds = crt_variables->timezone;
	return 0;
}

/* Hours. */
CRT(errno_t, _get_daylight, (INT * hours))
{
	CRT_VALIDATE_E(hours != NULL, EINVAL);
	*hours = crt_variables->daylight;
	return 0;
}

CRT(errno_t, _get_dstbias, (LONG * seconds))
{
	CRT_VALIDATE_E(seconds != NULL, EINVAL);
	*seconds = crt_variables->dstbias;
	return 0;
}

CRT(errno_t, _get_tzname, (size_t *needed, char *to, size_t size, INT index))
{
	size_t length;

	CRT_VALIDATE_E(needed != NULL && (to != NULL || size == 0), EINVAL);
	if (to != NULL && size > 0)
		to[0] = 0;
	CRT_VALIDATE_E(index == 0 || index == 1, EINVAL);
	length = rtl_strlen(crt_variables->tzname[index]) + 1;
	*needed = length;
	if (to == NULL)
		return 0;
	if (size < length) {
		crt_self.error = CRT_ERANGE;
		return CRT_ERANGE;
	}
	rtl_memcpy(to, crt_variables->tzname[index], length);
	return 0;
}
