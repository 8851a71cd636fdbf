/*
 * host/page_state.c - pages in memory by /proc/self/pagemap, totals by /proc/PID/status and /proc/meminfo.
 */
#include "host/page_state.h"
#include "host/linux_abi.h"
#include "host/thread.h"
#include "host/vm_private.h"
#include "host/system.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned char state_of(uint64_t entry)
{
	if (!(entry & LINUX_PAGEMAP_PRESENT))
		return entry & LINUX_PAGEMAP_SWAPPED ? HOST_PAGE_KEPT : 0;
	return (unsigned char)(HOST_PAGE_PRESENT | HOST_PAGE_KEPT | (entry & LINUX_PAGEMAP_FILE_OR_SHARED ? HOST_PAGE_SHARED : 0) |
			       (entry & LINUX_PAGEMAP_EXCLUSIVE ? 0 : HOST_PAGE_ELSEWHERE));
}

int host_page_states(uintptr_t start, size_t count, unsigned char *states)
{
	int fd = host_vm_pagemap();
	uint64_t entries[64];

	if (fd < 0)
		return -EACCES;
	for (size_t done = 0; done < count;) {
		size_t want = count - done < 64 ? count - done : 64;
		ssize_t got = pread(fd, entries, want * 8, (off_t)((start / HOST_PAGE_SIZE + done) * 8));

		if (got < 8)
			return got < 0 ? -errno : -EFAULT;
		for (size_t i = 0; i < (size_t)got / 8; i++)
			states[done++] = state_of(entries[i]);
	}
	return 0;
}

uintptr_t host_page_next_present(uintptr_t start, uintptr_t end)
{
	struct linux_page_region region;
	struct linux_pm_scan_arg scan = {
		.size = sizeof(scan),
		.start = start,
		.end = end,
		.vec = (uintptr_t)&region,
		.vec_len = 1,
		.max_pages = 1,
		.category_mask = LINUX_PAGE_IS_PRESENT,
		.return_mask = LINUX_PAGE_IS_PRESENT,
	};
	int found;

	if (!host_has(HOST_FEATURE_PAGEMAP_SCAN) || host_vm_pagemap() < 0)
		return start;
	found = ioctl(host_vm_pagemap(), LINUX_PAGEMAP_SCAN, &scan);
	if (found < 0)
		return start;
	return found ? (uintptr_t)region.start : end;
}

/* The number behind "name:" at the start of a line, in bytes where the line says kB; 0 if there is none. */
static uint64_t field(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
		if (!strncmp(line, name, length) && line[length] == ':')
			return strtoull(line + length + 1, NULL, 10) * 1024;
	return 0;
}

/* Minor and major faults: fields 10 and 12 of /proc/PID/stat, counted behind the name, which may hold anything. */
static uint64_t count_faults(const char *stat)
{
	unsigned long long minor = 0, major = 0;
	const char *at = strrchr(stat, ')');

	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %llu %*u %llu", &minor, &major) != 2)
		return 0;
	return minor + major;
}

struct use_request {
	unsigned pid;
	struct host_memory_use *use;
};

static void *read_use(void *argument)
{
	struct use_request *request = argument;
	struct host_memory_use *use = request->use;
	char path[64], text[3072];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%u/status", request->pid);
	length = host_read_text(path, text, sizeof(text));
	if (length < 0)
		return (void *)length;
	use->resident = field(text, "VmRSS");
	use->peak_resident = field(text, "VmHWM");
	use->private_resident = field(text, "RssAnon");
	use->swapped = field(text, "VmSwap");
	use->virtual_size = field(text, "VmSize");
	use->peak_virtual_size = field(text, "VmPeak");
	use->page_tables = field(text, "VmPTE");
	snprintf(path, sizeof(path), "/proc/%u/stat", request->pid);
	length = host_read_text(path, text, sizeof(text));
	if (length < 0)
		return (void *)length;
	use->faults = count_faults(text);
	return NULL;
}

int host_memory_use(unsigned pid, struct host_memory_use *use)
{
	struct use_request request = {pid ? pid : (unsigned)getpid(), use};

	return (int)(intptr_t)host_stack_call(read_use, &request);
}

static unsigned count_processes(void)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	unsigned count = 0;

	if (!folder)
		return 0;
	while ((entry = readdir(folder)))
		count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	closedir(folder);
	return count;
}

static void *read_report(void *argument)
{
	struct host_memory_report *report = argument;
	char text[3072];
	ssize_t length = host_read_text("/proc/meminfo", text, sizeof(text));

	if (length < 0)
		return (void *)length;
	report->total = field(text, "MemTotal");
	report->available = field(text, "MemAvailable");
	report->cached = field(text, "Cached") + field(text, "Buffers");
	report->kernel_reclaimable = field(text, "SReclaimable");
	report->kernel_fixed = field(text, "SUnreclaim") + field(text, "KernelStack") + field(text, "PageTables");
	report->processes = count_processes();
	length = host_read_text("/proc/loadavg", text, sizeof(text));
	if (length < 0)
		return (void *)length;
	if (sscanf(text, "%*s %*s %*s %*u/%u", &report->threads) != 1)
		report->threads = report->processes;
	return NULL;
}

int host_memory_report(struct host_memory_report *report)
{
	return (int)(intptr_t)host_stack_call(read_report, report);
}
