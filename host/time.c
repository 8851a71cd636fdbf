/*
 * host/time.c - clocks.
 */
#include "host/time.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
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

/* RFC 8536: a version 2 file ends with a line feed, the rules, a line feed. */
int host_zone_rules(const char *name, char *rules, size_t size)
{
	const char *directory = getenv("TZDIR");
	char path[PATH_MAX / 4], tail[256];
	ssize_t length;
	off_t end;
	char *line;
	int fd;

	if (!directory || !*directory)
		directory = "/usr/share/zoneinfo";
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", directory, name) >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	end = lseek(fd, 0, SEEK_END);
	length = pread(fd, tail, sizeof(tail) - 1, end > (off_t)sizeof(tail) - 1 ? end - (off_t)sizeof(tail) + 1 : 0);
	close(fd);
	if (length < 2 || tail[length - 1] != '\n')
		return -EINVAL;
	tail[length - 1] = 0;
	line = memrchr(tail, '\n', (size_t)length - 1);
	if (!line || !line[1] || memchr(line + 1, 0, (size_t)(tail + length - 1 - line - 1)))
		return -EINVAL;
	if (strlen(line + 1) >= size)
		return -ENAMETOOLONG;
	strcpy(rules, line + 1);
	return 0;
}
