/*
 * host/system.h - facts about the machine.
 */
#ifndef PEWTER_HOST_SYSTEM_H
#define PEWTER_HOST_SYSTEM_H

#include "host/host.h"

/* The machine's name up to the first dot; 0 or -errno. */
int host_computer_name(char *name, size_t size);

/* What all processors together spent since boot, in 100 ns units. */
struct host_system_times {
	uint64_t idle, system, user;
};
int host_system_times(struct host_system_times *times);

/* The clock rate of the first processor in MHz, from /proc/cpuinfo; 0 where Linux does not tell. */
unsigned host_cpu_mhz(void);

#endif
