/*
 * host/system.c - facts about the machine.
 */
#include "host/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ssize_t host_read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -errno : read(fd, text, size - 1);

	if (fd >= 0) {
		if (length < 0)
			length = -errno;
		close(fd);
	}
	text[length > 0 ? length : 0] = 0;
	return length;
}

int host_computer_name(char *name, size_t size)
{
	char *dot;
	if (gethostname(name, size) < 0)
		return -errno;
	name[size - 1] = 0;
	dot = strchr(name, '.');
	if (dot && dot != name)
		*dot = 0;
	return 0;
}

int host_system_times(struct host_system_times *times)
{
	unsigned long long user, nice, system, idle, wait = 0, irq = 0, soft = 0;
	char text[512];
	long rate = sysconf(_SC_CLK_TCK);
	ssize_t length = host_read_text("/proc/stat", text, sizeof(text));

	if (length < 0)
		return (int)length;
	if (sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait, &irq, &soft) < 4)
		return -EIO;
	if (rate <= 0)
		rate = 100;
	times->user = (user + nice) * (10000000u / (unsigned long long)rate);
	times->system = (system + irq + soft) * (10000000u / (unsigned long long)rate);
	times->idle = (idle + wait) * (10000000u / (unsigned long long)rate);
	return 0;
}

unsigned host_cpu_mhz(void)
{
	char text[4096];
	const char *line;
	double mhz;

	if (host_read_text("/proc/cpuinfo", text, sizeof(text)) <= 0)
		return 0;
	line = strstr(text, "cpu MHz");
	return line && sscanf(line, "cpu MHz : %lf", &mhz) == 1 && mhz > 0 ? (unsigned)(mhz + 0.5) : 0;
}

int host_idle_times(uint64_t *idle, unsigned capacity)
{
	unsigned long long user, nice, system, none, wait;
	long rate = sysconf(_SC_CLK_TCK);
	FILE *file = fopen("/proc/stat", "re");
	unsigned count = 0, cpu;
	char line[512];

	if (!file)
		return -errno;
	while (count < capacity && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "cpu%u %llu %llu %llu %llu %llu", &cpu, &user, &nice, &system, &none, &wait) != 6)
			continue;
		idle[count++] = (none + wait) * (10000000u / (unsigned long long)(rate > 0 ? rate : 100));
	}
	fclose(file);
	return (int)count;
}

int host_process_io(struct host_process_io *io)
{
	FILE *file = fopen("/proc/self/io", "re");
	unsigned long long value;
	char line[128], name[32];

	if (!file)
		return -errno;
	memset(io, 0, sizeof(*io));
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31[a-z_]: %llu", name, &value) != 2)
			continue;
		if (strcmp(name, "rchar") == 0)
			io->read_bytes = value;
		else if (strcmp(name, "wchar") == 0)
			io->written_bytes = value;
		else if (strcmp(name, "syscr") == 0)
			io->reads = value;
		else if (strcmp(name, "syscw") == 0)
			io->writes = value;
	}
	fclose(file);
	return 0;
}
