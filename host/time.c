/*
 * host/time.c - clocks.
 */
#include "host/time.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t host_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t host_boottime_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

uint64_t host_realtime_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

void host_sleep_until(uint64_t monotonic_ns)
{
	struct timespec until = {(time_t)(monotonic_ns / 1000000000u), (long)(monotonic_ns % 1000000000u)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

int host_utc_offset(int64_t unix_seconds, bool *daylight, char name[16])
{
	time_t when = (time_t)unix_seconds;
	struct tm local;

	tzset();
	if (!localtime_r(&when, &local)) {
		*daylight = false;
		name[0] = 0;
		return 0;
	}
	*daylight = local.tm_isdst > 0;
	strncpy(name, local.tm_zone ? local.tm_zone : "", 15);
	name[15] = 0;
	return (int)local.tm_gmtoff;
}

int host_zone_name(char *name, size_t size)
{
	const char *zone = getenv("TZ"), *found;
	char link[PATH_MAX / 8];

	if (zone && *zone == ':')
		zone++;
	if (!zone) {
		ssize_t length = readlink("/etc/localtime", link, sizeof(link) - 1);
		if (length < 0)
			return -errno;
		link[length] = 0;
		zone = link;
	}
	found = strstr(zone, "zoneinfo/");
	if (found)
		zone = found + 9;
	else if (*zone == '/')
		return -ENOENT;
	if (!*zone)
		zone = "UTC";
	if (strlen(zone) >= size)
		return -ENAMETOOLONG;
	strcpy(name, zone);
	return 0;
}
