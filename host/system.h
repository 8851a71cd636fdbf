/*
 * host/system.h - facts about the machine.
 */
#ifndef PEWTER_HOST_SYSTEM_H
#define PEWTER_HOST_SYSTEM_H

#include "host/host.h"
#include <sys/types.h>

/* The beginning of a small file of /proc or /sys, terminated: its length, or -errno and an empty text. */
ssize_t host_read_text(const char *path, char *text, size_t size);

/* The machine's name up to the first dot; 0 or -errno. */
int host_computer_name(char *name, size_t size);

/* What all processors together spent since boot, in 100 ns units. */
struct host_system_times {
	uint64_t idle, system, user;
};
int host_system_times(struct host_system_times *times);
/* What each processor was idle since boot, in 100 ns units; returns how many were stored, or -errno. */
int host_idle_times(uint64_t *idle, unsigned capacity);

/* What this process has read and written by system calls. */
struct host_process_io {
	uint64_t reads, writes, read_bytes, written_bytes;
};
int host_process_io(struct host_process_io *io);

/* The clock rate of the first processor in MHz, from /proc/cpuinfo; 0 where Linux does not tell. */
unsigned host_cpu_mhz(void);

#endif
