/*
 * host/time.h - clocks.
 */
#ifndef PEWTER_HOST_TIME_H
#define PEWTER_HOST_TIME_H

#include "host/host.h"

/* Nanoseconds of CLOCK_MONOTONIC; through the vDSO. */
uint64_t host_monotonic_ns(void);
/* Nanoseconds since boot, sleep included (CLOCK_BOOTTIME). */
uint64_t host_boottime_ns(void);
/* Nanoseconds since 1970-01-01 UTC. */
uint64_t host_realtime_ns(void);
void host_sleep_until(uint64_t monotonic_ns);

/* Local time: seconds east of UTC at this moment, whether daylight saving is on, and the zone's short name. */
int host_utc_offset(int64_t unix_seconds, bool *daylight, char name[16]);

/* The zone's name in the time zone database ("Europe/Berlin"), from TZ or /etc/localtime; 0 or -errno. */
int host_zone_name(char *name, size_t size);

/* The rules a zone of the database has nowadays, in POSIX' form ("CET-1CEST,M3.5.0,M10.5.0/3"); 0 or -errno. */
int host_zone_rules(const char *name, char *rules, size_t size);

#endif
