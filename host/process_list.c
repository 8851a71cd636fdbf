/*
 * host/process_list.c - processes by /proc/PID/stat, exe and cmdline.
 */
#include "host/process_list.h"
#include "host/thread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static ssize_t read_file(unsigned pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, text, size - 1);
	if (length < 0)
		length = -errno;
	close(fd);
	text[length > 0 ? length : 0] = 0;
	return length;
}

static ssize_t program_of(const char *pid, char *path, size_t size)
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%s/exe", pid);
	length = readlink(link, path, size - 1);
	path[length > 0 ? length : 0] = 0;
	return length;
}

static const char *last_part(const char *path)
{
	const char *at = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			at = path + 1;
	return at;
}

/* The first argument that names a Windows program. */
static const char *windows_program(const char *arguments, ssize_t length)
{
	const char *at = arguments;

	for (; at < arguments + length; at += strlen(at) + 1) {
		size_t size = strlen(at);
		if (at != arguments && size > 4 && strcasecmp(at + size - 4, ".exe") == 0)
			return last_part(at);
	}
	return NULL;
}

static void find_name(struct host_process *p, const char *own_program, const char *short_name)
{
	char number[16], path[1024], arguments[2048];
	const char *name = NULL;
	ssize_t length;

	snprintf(number, sizeof(number), "%u", p->pid);
	if (program_of(number, path, sizeof(path)) > 0) {
		name = last_part(path);
		if (strcmp(path, own_program) == 0) {
			length = read_file(p->pid, "cmdline", arguments, sizeof(arguments));
			name = windows_program(arguments, length);
		}
	}
	if (!name)
		name = short_name;
	memcpy(p->name, name, strnlen(name, sizeof(p->name) - 1));
}

/* Fields 4, 14, 15, 20, 22, 23, 24 of stat (proc(5)), behind the name in parentheses, which may hold anything. */
static int read_process(struct host_process *p, const char *own_program)
{
	char text[1024], *end, *start;
	unsigned long long user, system, started, size;
	long threads, resident, hertz = sysconf(_SC_CLK_TCK);

	if (read_file(p->pid, "stat", text, sizeof(text)) <= 0)
		return -ESRCH;
	start = strchr(text, '(');
	end = strrchr(text, ')');
	if (!start || !end || sscanf(end + 1, " %*c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %ld %*d %llu %llu %ld",
				     &p->parent, &user, &system, &threads, &started, &size, &resident) != 7)
		return -ESRCH;
	*end = 0;
	p->threads = (unsigned)threads;
	p->user_ns = user * (1000000000ull / (unsigned long)hertz);
	p->system_ns = system * (1000000000ull / (unsigned long)hertz);
	p->started_ns = started * (1000000000ull / (unsigned long)hertz);
	p->virtual_size = size;
	p->resident = (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
	find_name(p, own_program, start + 1);
	return 0;
}

static int by_age(const void *a, const void *b)
{
	const struct host_process *p = a, *q = b;

	if (p->started_ns != q->started_ns)
		return p->started_ns < q->started_ns ? -1 : 1;
	return p->pid < q->pid ? -1 : p->pid > q->pid;
}

static void *list_processes(void *argument)
{
	struct host_process **list = argument, *grown, *all = NULL;
	char own_program[1024];
	size_t count = 0, room = 0;
	struct dirent *entry;
	DIR *folder;

	*list = NULL;
	program_of("self", own_program, sizeof(own_program));
	folder = opendir("/proc");
	if (!folder)
		return (void *)(intptr_t)-errno;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (count == room) {
			room = room ? room * 2 : 64;
			grown = realloc(all, room * sizeof(*all));
			if (!grown) {
				free(all);
				closedir(folder);
				return (void *)(intptr_t)-ENOMEM;
			}
			all = grown;
		}
		memset(&all[count], 0, sizeof(all[count]));
		all[count].pid = (unsigned)atoi(entry->d_name);
		if (read_process(&all[count], own_program) == 0) /* it may be gone by now */
			count++;
	}
	closedir(folder);
	if (count)
		qsort(all, count, sizeof(*all), by_age);
	*list = all;
	return (void *)(intptr_t)count;
}

int host_process_list(struct host_process **list)
{
	return (int)(intptr_t)host_stack_call(list_processes, list);
}

struct threads_request {
	unsigned pid, *ids, capacity;
};

static int by_number(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? -1 : x > y;
}

static void *list_threads(void *argument)
{
	struct threads_request *request = argument;
	struct dirent *entry;
	unsigned count = 0;
	char path[32];
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%u/task", request->pid);
	folder = opendir(path);
	if (!folder)
		return (void *)(intptr_t)-errno;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (count < request->capacity)
			request->ids[count] = (unsigned)atoi(entry->d_name);
		count++;
	}
	closedir(folder);
	qsort(request->ids, count < request->capacity ? count : request->capacity, sizeof(*request->ids), by_number);
	return (void *)(intptr_t)count;
}

int host_process_threads(unsigned pid, unsigned *ids, unsigned capacity)
{
	struct threads_request request = {pid, ids, capacity};

	return (int)(intptr_t)host_stack_call(list_threads, &request);
}

unsigned host_thread_process(unsigned tid)
{
	char path[48], line[256];
	unsigned pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/status", tid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (!pid && fgets(line, sizeof(line), file))
		if (sscanf(line, "Tgid: %u", &pid) != 1)
			pid = 0;
	fclose(file);
	return pid;
}

int host_process_times(unsigned pid, uint64_t *user, uint64_t *system)
{
	char path[32], line[1024], *end;
	unsigned long times[2] = {0, 0}, hertz = (unsigned long)sysconf(_SC_CLK_TCK);
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (got <= 0)
		return -ESRCH;
	line[got] = 0;
	/* The name may have anything in it but ends at the last bracket. */
	end = strrchr(line, ')');
	/* the twelfth and thirteenth word behind it */
	for (unsigned word = 0; end && word < 12; word++)
		end = strchr(end + 1, ' ');
	if (!end)
		return -ESRCH;
	for (unsigned i = 0; i < 2; i++)
		times[i] = strtoul(end, &end, 10);
	*user = times[0] * (10000000ull / hertz);
	*system = times[1] * (10000000ull / hertz);
	return 0;
}
