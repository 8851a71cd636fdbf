/*
 * dlls/crt/time.c - the clock, calendar time, asctime and ctime.
 */
#include "dlls/crt/time.h"
#include "dlls/crt/winapi.h"
#include "host/time.h"
#include "ntdll/rtl/crt.h"
#include <stdio.h>

/* The last local time that Microsoft's functions take: 3001-01-01 07:59:59 UTC, in the UCRT 18 days later. */
static inline time64_t time64_max(void)
{
	return crt_is_ucrt() ? 32536799999ll : 32535244799ll;
}
#define TIME32_MAX 0x7FFFFFFFll
/* gmtime takes more, so that local times work in every zone. */
#define TIME_MIN_LOCAL (-43200)
static inline time64_t utc_max(void)
{
	return time64_max() + (crt_is_ucrt() ? 14 : 13) * 3600;
}

static uint64_t clock_start;

__attribute__((constructor)) static void remember_start(void)
{
	clock_start = host_monotonic_ns();
}

int64_t crt_days_from_civil(int64_t year, UINT month, UINT day)
{
	/* Years that start in March make the leap day the last one. */
	int64_t era, of_era, y = month <= 2 ? year - 1 : year;

	era = (y >= 0 ? y : y - 399) / 400;
	of_era = y - era * 400;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1 - 719468;
}

void crt_break_down(time64_t time, struct crt_tm *tm)
{
	int64_t days = time / SECONDS_PER_DAY, seconds = time % SECONDS_PER_DAY, era, day_of_era, year_of_era, day, month;

	if (seconds < 0) {
		seconds += SECONDS_PER_DAY;
		days--;
	}
	tm->tm_hour = (INT)(seconds / 3600);
	tm->tm_min = (INT)(seconds / 60 % 60);
	tm->tm_sec = (INT)(seconds % 60);
	tm->tm_wday = (INT)(((days + 4) % 7 + 7) % 7);
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day + 2) / 153;
	tm->tm_mday = (INT)(day - (153 * month + 2) / 5 + 1);
	tm->tm_mon = (INT)(month < 10 ? month + 2 : month - 10);
	tm->tm_year = (INT)(year_of_era + era * 400 + (tm->tm_mon <= 1) - 1900);
	tm->tm_yday = (INT)(days - 719468 - crt_days_from_civil(tm->tm_year + 1900, 1, 1));
	tm->tm_isdst = 0;
}

CRT(time64_t, _time64, (time64_t * to))
{
	time64_t now = (time64_t)(host_realtime_ns() / 1000000000u);

	if (to != NULL)
		*to = now;
	return now;
}
CRT_ALIAS_MSVCRT("time", crt__time64);

CRT(time32_t, _time32, (time32_t * to))
{
	time64_t now = crt__time64(NULL);
	time32_t result = now <= TIME32_MAX ? (time32_t)now : -1;

	if (to != NULL)
		*to = result;
	return result;
}

/* Wall time since the program began, in milliseconds: Microsoft's clock() does not count processor time. */
CRT(LONG, clock, (void))
{
	uint64_t elapsed = (host_monotonic_ns() - clock_start) / 1000000u;

	return elapsed > 0x7FFFFFFF ? -1 : (LONG)elapsed;
}

static void invalidate(struct crt_tm *tm)
{
	rtl_memset(tm, 0xFF, sizeof(*tm));
}

static errno_t to_utc(struct crt_tm *tm, const time64_t *time, time64_t limit)
{
	CRT_VALIDATE_E(tm != NULL, EINVAL);
	invalidate(tm);
	CRT_VALIDATE_E(time != NULL, EINVAL);
	if (*time < TIME_MIN_LOCAL || *time > limit) {
		crt_self.error = CRT_EINVAL;
		if (*time < TIME_MIN_LOCAL)
			crt_invalid_parameter();
		return CRT_EINVAL;
	}
	crt_break_down(*time, tm);
	return 0;
}

static errno_t to_local(struct crt_tm *tm, const time64_t *time, time64_t limit)
{
	CRT_VALIDATE_E(tm != NULL, EINVAL);
	invalidate(tm);
	CRT_VALIDATE_E(time != NULL, EINVAL);
	if (*time < 0 || *time > limit) {
		crt_self.error = CRT_EINVAL;
		return CRT_EINVAL;
	}
	crt_timezone_initialize();
	crt_break_down(*time - crt_variables->timezone, tm);
	if (crt_is_daylight(tm)) {
		crt_break_down(*time - crt_variables->timezone - crt_variables->dstbias, tm);
		tm->tm_isdst = 1;
	}
	return 0;
}

CRT(errno_t, _gmtime64_s, (struct crt_tm * tm, const time64_t *time))
{
	return to_utc(tm, time, utc_max());
}

CRT(errno_t, _gmtime32_s, (struct crt_tm * tm, const time32_t *time))
{
	time64_t wide = time != NULL ? *time : 0;

	errno_t error = to_utc(tm, time != NULL ? &wide : NULL, TIME32_MAX);

	/* The 32-bit function knows no day before 1970-01-01: its fields are negative. */
	if (error == 0 && wide < 0) {
		crt_break_down(0, tm);
		tm->tm_hour = (INT)(wide / 3600);
		tm->tm_min = (INT)(wide / 60 % 60);
		tm->tm_sec = (INT)(wide % 60);
	}
	return error;
}

CRT(errno_t, _localtime64_s, (struct crt_tm * tm, const time64_t *time))
{
	return to_local(tm, time, time64_max());
}

CRT(errno_t, _localtime32_s, (struct crt_tm * tm, const time32_t *time))
{
	time64_t wide = time != NULL ? *time : 0;

	return to_local(tm, time != NULL ? &wide : NULL, TIME32_MAX);
}

CRT(struct crt_tm *, _gmtime64, (const time64_t *time))
{
	return crt__gmtime64_s(&crt_self.tm, time) == 0 ? &crt_self.tm : NULL;
}
CRT_ALIAS_MSVCRT("gmtime", crt__gmtime64);

CRT(struct crt_tm *, _gmtime32, (const time32_t *time))
{
	return crt__gmtime32_s(&crt_self.tm, time) == 0 ? &crt_self.tm : NULL;
}

CRT(struct crt_tm *, _localtime64, (const time64_t *time))
{
	return crt__localtime64_s(&crt_self.tm, time) == 0 ? &crt_self.tm : NULL;
}
CRT_ALIAS_MSVCRT("localtime", crt__localtime64);

CRT(struct crt_tm *, _localtime32, (const time32_t *time))
{
	return crt__localtime32_s(&crt_self.tm, time) == 0 ? &crt_self.tm : NULL;
}

/* Fields may be out of range; the sum decides.  -1 and EINVAL beyond the limits; *tm is normalised. */
static time64_t from_calendar(struct crt_tm *tm, bool local, time64_t limit)
{
	struct crt_tm result;
	int64_t month, year;
	time64_t time;

	CRT_VALIDATE(tm != NULL, EINVAL, -1);
	month = tm->tm_mon;
	year = (int64_t)tm->tm_year + 1900 + (month >= 0 ? month / 12 : (month - 11) / 12);
	month = (month % 12 + 12) % 12;
	if (year < 1969 || year > 3001)
		goto out_of_range;
	time = (crt_days_from_civil(year, (UINT)month + 1, 1) + tm->tm_mday - 1) * SECONDS_PER_DAY +
	       (int64_t)tm->tm_hour * 3600 + (int64_t)tm->tm_min * 60 + tm->tm_sec;
	if (local) {
		crt_timezone_initialize();
		time += crt_variables->timezone;
		if (time < 0 || time > limit)
			goto out_of_range;
		/* A time that tm_isdst says, or that the zone says, is daylight time. */
		if (to_local(&result, &time, limit) != 0)
			goto out_of_range;
		if (tm->tm_isdst > 0 || (tm->tm_isdst < 0 && result.tm_isdst > 0)) {
			time += crt_variables->dstbias;
			if (to_local(&result, &time, limit) != 0)
				goto out_of_range;
		}
	} else {
		if (time < 0 || time > limit)
			goto out_of_range;
		crt_break_down(time, &result);
	}
	*tm = result;
	return time;
out_of_range:
	crt_self.error = CRT_EINVAL;
	return -1;
}

CRT(time64_t, _mktime64, (struct crt_tm * tm))
{
	return from_calendar(tm, true, time64_max());
}
CRT_ALIAS_MSVCRT("mktime", crt__mktime64);

CRT(time32_t, _mktime32, (struct crt_tm * tm))
{
	return (time32_t)from_calendar(tm, true, TIME32_MAX);
}

CRT(time64_t, _mkgmtime64, (struct crt_tm * tm))
{
	return from_calendar(tm, false, time64_max());
}
CRT_ALIAS_MSVCRT("_mkgmtime", crt__mkgmtime64);

CRT(time32_t, _mkgmtime32, (struct crt_tm * tm))
{
	return (time32_t)from_calendar(tm, false, TIME32_MAX);
}

CRT(double, _difftime64, (time64_t later, time64_t earlier))
{
	CRT_VALIDATE(later >= 0 && earlier >= 0, EINVAL, 0.0);
	return (double)(later - earlier);
}
CRT_ALIAS_MSVCRT("difftime", crt__difftime64);

CRT(double, _difftime32, (time32_t later, time32_t earlier))
{
	CRT_VALIDATE(later >= 0 && earlier >= 0, EINVAL, 0.0);
	return (double)later - (double)earlier;
}

const char crt_day_names[7][12] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
const char crt_month_names[12][12] = {"January", "February", "March", "April", "May", "June", "July",
				      "August", "September", "October", "November", "December"};

CRT(errno_t, asctime_s, (char *to, size_t size, const struct crt_tm *tm))
{
	static const BYTE lengths[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	UINT year;
	int i;

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	to[0] = 0;
	CRT_VALIDATE_E(size >= 26, EINVAL);
	CRT_VALIDATE_E(tm != NULL && tm->tm_year >= 0, EINVAL);
	CRT_VALIDATE_E(tm->tm_mon >= 0 && tm->tm_mon <= 11 && tm->tm_wday >= 0 && tm->tm_wday <= 6, EINVAL);
	CRT_VALIDATE_E(tm->tm_mday >= 1 && tm->tm_mday <= lengths[tm->tm_mon], EINVAL);
	CRT_VALIDATE_E(tm->tm_hour >= 0 && tm->tm_hour <= 23 && tm->tm_min >= 0 && tm->tm_min <= 59 &&
			       tm->tm_sec >= 0 && tm->tm_sec <= 60,
		       EINVAL);
	snprintf(to, size, crt_is_ucrt() ? "%.3s %.3s %2d %02d:%02d:%02d ####\n" : "%.3s %.3s %02d %02d:%02d:%02d ####\n",
		 crt_day_names[tm->tm_wday], crt_month_names[tm->tm_mon], tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec);
	/* A year has four places, whatever comes into the first. */
	year = (UINT)tm->tm_year + 1900;
	for (i = 23; i > 20; i--, year /= 10)
		to[i] = (char)('0' + year % 10);
	to[20] = (char)('0' + year);
	return 0;
}

CRT(char *, asctime, (const struct crt_tm *tm))
{
	return crt_asctime_s(crt_self.asctime_buffer, sizeof(crt_self.asctime_buffer), tm) == 0 ? crt_self.asctime_buffer
												 : NULL;
}

static void widen(WCHAR *to, const char *from)
{
	do
		*to++ = (BYTE)*from;
	while (*from++ != 0);
}

CRT(errno_t, _wasctime_s, (WCHAR * to, size_t size, const struct crt_tm *tm))
{
	char text[26];
	errno_t error;

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	to[0] = 0;
	CRT_VALIDATE_E(size >= 26, EINVAL);
	error = crt_asctime_s(text, sizeof(text), tm);
	if (error == 0)
		widen(to, text);
	return error;
}

CRT(WCHAR *, _wasctime, (const struct crt_tm *tm))
{
	return crt__wasctime_s(crt_self.wasctime_buffer, 26, tm) == 0 ? crt_self.wasctime_buffer : NULL;
}

#define CTIME(bits)                                                                                                         \
	CRT(errno_t, _ctime##bits##_s, (char *to, size_t size, const time##bits##_t *time))                                 \
	{                                                                                                                   \
		struct crt_tm tm;                                                                                           \
		errno_t error;                                                                                              \
		CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);                                                            \
		to[0] = 0;                                                                                                  \
		CRT_VALIDATE_E(size >= 26 && time != NULL, EINVAL);                                                         \
		error = crt__localtime##bits##_s(&tm, time);                                                                \
		return error != 0 ? error : crt_asctime_s(to, size, &tm);                                                   \
	}                                                                                                                   \
	CRT(errno_t, _wctime##bits##_s, (WCHAR * to, size_t size, const time##bits##_t *time))                              \
	{                                                                                                                   \
		struct crt_tm tm;                                                                                           \
		errno_t error;                                                                                              \
		CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);                                                            \
		to[0] = 0;                                                                                                  \
		CRT_VALIDATE_E(size >= 26 && time != NULL, EINVAL);                                                         \
		error = crt__localtime##bits##_s(&tm, time);                                                                \
		return error != 0 ? error : crt__wasctime_s(to, size, &tm);                                                 \
	}                                                                                                                   \
	CRT(char *, _ctime##bits, (const time##bits##_t *time))                                                             \
	{                                                                                                                   \
		return crt__ctime##bits##_s(crt_self.asctime_buffer, 26, time) == 0 ? crt_self.asctime_buffer : NULL;       \
	}                                                                                                                   \
	CRT(WCHAR *, _wctime##bits, (const time##bits##_t *time))                                                           \
	{                                                                                                                   \
		return crt__wctime##bits##_s(crt_self.wasctime_buffer, 26, time) == 0 ? crt_self.wasctime_buffer : NULL;    \
	}
CTIME(64)
CTIME(32)
CRT_ALIAS_MSVCRT("ctime", crt__ctime64);
CRT_ALIAS_MSVCRT("_wctime", crt__wctime64);

static void local_now(struct crt_tm *tm)
{
	time64_t now = crt__time64(NULL);

	to_local(tm, &now, time64_max());
}

/* mm/dd/yy and hh:mm:ss, nine characters with the terminator. */
CRT(errno_t, _strdate_s, (char *to, size_t size))
{
	struct crt_tm tm;

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	if (size < 9) {
		to[0] = 0;
		return crt_invalid(CRT_ERANGE);
	}
	local_now(&tm);
	snprintf(to, 9, "%02u/%02u/%02u", (tm.tm_mon + 1u) % 100, tm.tm_mday % 100u, tm.tm_year % 100u);
	return 0;
}

CRT(errno_t, _strtime_s, (char *to, size_t size))
{
	struct crt_tm tm;

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	if (size < 9) {
		to[0] = 0;
		return crt_invalid(CRT_ERANGE);
	}
	local_now(&tm);
	snprintf(to, 9, "%02u:%02u:%02u", tm.tm_hour % 100u, tm.tm_min % 100u, tm.tm_sec % 100u);
	return 0;
}

CRT(char *, _strdate, (char *to))
{
	return crt__strdate_s(to, 9) == 0 ? to : NULL;
}

CRT(char *, _strtime, (char *to))
{
	return crt__strtime_s(to, 9) == 0 ? to : NULL;
}

CRT(errno_t, _wstrdate_s, (WCHAR * to, size_t size))
{
	char text[9];

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	if (size < 9) {
		to[0] = 0;
		return crt_invalid(CRT_ERANGE);
	}
	crt__strdate_s(text, 9);
	widen(to, text);
	return 0;
}

CRT(errno_t, _wstrtime_s, (WCHAR * to, size_t size))
{
	char text[9];

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	if (size < 9) {
		to[0] = 0;
		return crt_invalid(CRT_ERANGE);
	}
	crt__strtime_s(text, 9);
	widen(to, text);
	return 0;
}

CRT(WCHAR *, _wstrdate, (WCHAR * to))
{
	return crt__wstrdate_s(to, 9) == 0 ? to : NULL;
}

CRT(WCHAR *, _wstrtime, (WCHAR * to))
{
	return crt__wstrtime_s(to, 9) == 0 ? to : NULL;
}

/* struct _timeb of <sys/timeb.h>; timezone in minutes. */
struct timeb64 {
	time64_t time;
	USHORT millitm;
	SHORT timezone, dstflag;
};

struct timeb32 {
	time32_t time;
	USHORT millitm;
	SHORT timezone, dstflag;
};

CRT(errno_t, _ftime64_s, (struct timeb64 * to))
{
	uint64_t now = host_realtime_ns();
	struct crt_tm tm;
	time64_t seconds = (time64_t)(now / 1000000000u);

	CRT_VALIDATE_E(to != NULL, EINVAL);
	to_local(&tm, &seconds, time64_max());
	to->time = seconds;
	to->millitm = (USHORT)(now / 1000000u % 1000);
	to->timezone = (SHORT)(crt_variables->timezone / 60);
	to->dstflag = tm.tm_isdst > 0;
	return 0;
}

CRT(void, _ftime64, (struct timeb64 * to))
{
	crt__ftime64_s(to);
}
CRT_ALIAS_MSVCRT("_ftime", crt__ftime64);
CRT_ALIAS_MSVCRT("_ftime_s", crt__ftime64_s);

CRT(errno_t, _ftime32_s, (struct timeb32 * to))
{
	struct timeb64 wide;

	CRT_VALIDATE_E(to != NULL, EINVAL);
	crt__ftime64_s(&wide);
	to->time = wide.time <= TIME32_MAX ? (time32_t)wide.time : -1;
	to->millitm = wide.millitm;
	to->timezone = wide.timezone;
	to->dstflag = wide.dstflag;
	return 0;
}

CRT(void, _ftime32, (struct timeb32 * to))
{
	crt__ftime32_s(to);
}

/* Local time in *tm; the milliseconds. */
CRT(UINT, _getsystime, (struct crt_tm * tm))
{
	local_now(tm);
	return (UINT)(host_realtime_ns() / 1000000u % 1000);
}

struct timespec64 {
	time64_t tv_sec;
	LONG tv_nsec;
};

struct timespec32 {
	time32_t tv_sec;
	LONG tv_nsec;
};

/* TIME_UTC is 1; 0 for any other base. */
CRT_UCRT(INT, _timespec64_get, (struct timespec64 * to, INT base))
{
	uint64_t now = host_realtime_ns();

	CRT_VALIDATE(to != NULL, EINVAL, 0);
	if (base != 1)
		return 0;
	to->tv_sec = (time64_t)(now / 1000000000u);
	to->tv_nsec = (LONG)(now % 1000000000u);
	return base;
}

CRT_UCRT(INT, _timespec32_get, (struct timespec32 * to, INT base))
{
	uint64_t now = host_realtime_ns();

	CRT_VALIDATE(to != NULL, EINVAL, 0);
	if (base != 1 || now / 1000000000u > TIME32_MAX)
		return 0;
	to->tv_sec = (time32_t)(now / 1000000000u);
	to->tv_nsec = (LONG)(now % 1000000000u);
	return base;
}
