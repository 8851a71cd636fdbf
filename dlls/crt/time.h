/*
 * dlls/crt/time.h - calendar arithmetic shared by time.c, timezone.c and strftime.c.
 */
#ifndef PEWTER_DLLS_CRT_TIME_H
#define PEWTER_DLLS_CRT_TIME_H

#include "dlls/crt/crt.h"

#define SECONDS_PER_DAY 86400

/* Days from 1970-01-01 of a date of the Gregorian calendar (month 1-12). */
int64_t crt_days_from_civil(int64_t year, UINT month, UINT day);
/* Fills a struct tm (isdst 0) from seconds since 1970. */
void crt_break_down(time64_t time, struct crt_tm *tm);

/* The zone's variables are set, once. */
void crt_timezone_initialize(void);
/* Whether daylight saving is on at a local standard time. */
bool crt_is_daylight(const struct crt_tm *tm);

#endif
