/*
 * host/host.c - features of the running kernel, messages, exit, libraries.
 */
#include "host/host.h"
#include "host/file.h"
#include "host/thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/breakpoint.h"
#include "host/linux_abi.h"

static const char *const feature_names[HOST_FEATURE_COUNT] = {
	[HOST_FEATURE_GUARD] = "guard",
	[HOST_FEATURE_PAGEMAP_SCAN] = "pagemap_scan",
	[HOST_FEATURE_WP_ASYNC] = "wp_async",
	[HOST_FEATURE_FUTEX_WAITV] = "futex_waitv",
	[HOST_FEATURE_FSGSBASE] = "fsgsbase",
	[HOST_FEATURE_PERF_SIGTRAP] = "perf_sigtrap",
	[HOST_FEATURE_SYSCALL_DISPATCH] = "syscall_dispatch",
	[HOST_FEATURE_POPULATE] = "populate",
	[HOST_FEATURE_MEMBARRIER] = "membarrier",
};

static bool feature_disabled(const char *name)
{
	const char *list = getenv("PEWTER_DISABLE");
	size_t length = strlen(name);

	while (list && *list) {
		const char *end = strchrnul(list, ',');
		if ((size_t)(end - list) == length && !memcmp(list, name, length))
			return true;
		list = *end ? end + 1 : end;
	}
	return false;
}

static bool probe_guard(void)
{
	void *page = mmap(NULL, HOST_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool works;

	if (page == MAP_FAILED)
		return false;
	works = madvise(page, HOST_PAGE_SIZE, LINUX_MADV_GUARD_INSTALL) == 0;
	munmap(page, HOST_PAGE_SIZE);
	return works;
}

static bool probe_pagemap_scan(void)
{
	struct linux_pm_scan_arg argument = {.size = sizeof(argument)};
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool works;

	if (fd < 0)
		return false;
	/* An empty range is valid where the call exists. */
	works = ioctl(fd, LINUX_PAGEMAP_SCAN, &argument) >= 0;
	close(fd);
	return works;
}

static bool probe_wp_async(void)
{
	struct uffdio_api api = {.api = UFFD_API, .features = LINUX_UFFD_FEATURE_WP_ASYNC};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | LINUX_UFFD_USER_MODE_ONLY);
	bool works;

	if (fd < 0)
		return false;
	works = ioctl(fd, UFFDIO_API, &api) == 0;
	close(fd);
	return works;
}

bool host_has(enum host_feature feature)
{
	/* 0 = not asked yet, 1 = no, 2 = yes.  Two threads that ask first find the same answer. */
	static unsigned char known[HOST_FEATURE_COUNT];
	bool yes = false;

	if (__atomic_load_n(&known[feature], __ATOMIC_RELAXED))
		return known[feature] == 2;
	if (!feature_disabled(feature_names[feature])) {
		switch (feature) {
		case HOST_FEATURE_GUARD:
			yes = probe_guard();
			break;
		case HOST_FEATURE_PAGEMAP_SCAN:
			yes = probe_pagemap_scan();
			break;
		case HOST_FEATURE_WP_ASYNC:
			yes = probe_wp_async();
			break;
		case HOST_FEATURE_FUTEX_WAITV:
			yes = syscall(LINUX_SYS_futex_waitv, NULL, 0, 0, NULL, 0) < 0 && errno == EINVAL;
			break;
		case HOST_FEATURE_FSGSBASE:
			yes = (getauxval(AT_HWCAP2) & 2) != 0;
			break;
		case HOST_FEATURE_PERF_SIGTRAP:
			yes = host_breakpoint_probe();
			break;
		case HOST_FEATURE_SYSCALL_DISPATCH:
			yes = prctl(LINUX_PR_SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0) == 0;
			break;
		case HOST_FEATURE_POPULATE:
			/* Nothing is asked for: valid where the advice is known. */
			yes = madvise((void *)(uintptr_t)HOST_PAGE_SIZE, 0, LINUX_MADV_POPULATE_WRITE) == 0;
			break;
		case HOST_FEATURE_MEMBARRIER:
			/* Cheap as long as there is one thread, and takes milliseconds later. */
			yes = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
			break;
		case HOST_FEATURE_COUNT:
			break;
		}
	}
	__atomic_store_n(&known[feature], yes ? 2 : 1, __ATOMIC_RELAXED);
	return yes;
}

void host_message(const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length > (int)sizeof(line) - 1)
		length = (int)sizeof(line) - 1;
	if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0)
		return;
}

void host_exit(int code)
{
	host_terminal_restore();
	_exit(code);
}


static void *library_open(void *argument)
{
	return dlopen(argument, RTLD_NOW | RTLD_LOCAL);
}

void *host_library_open(const char *name)
{
	return host_stack_call(library_open, (void *)(uintptr_t)name);
}

struct symbol_request {
	void *library;
	const char *name;
};

static void *library_symbol(void *argument)
{
	struct symbol_request *request = argument;
	return dlsym(request->library, request->name);
}

void *host_library_symbol(void *library, const char *name)
{
	struct symbol_request request = {library, name};
	return host_stack_call(library_symbol, &request);
}

char *host_program_directory(void)
{
	char path[1024];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (length <= 0)
		return NULL;
	path[length] = 0;
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	*slash = 0;
	return strdup(path);
}

void host_random(void *buffer, size_t size)
{
	unsigned char *at = buffer;

	while (size) {
		ssize_t got = getrandom(at, size, 0);
		if (got <= 0) {
			if (errno == EINTR)
				continue;
			host_message("pewter: the kernel gives no random bytes\n");
			host_exit(126);
		}
		at += got;
		size -= (size_t)got;
	}
}

unsigned host_cpu_count(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	return 1;
}

unsigned host_process_id(void)
{
	static unsigned known;
	unsigned id = __atomic_load_n(&known, __ATOMIC_RELAXED);

	/* The process is never forked: children are new programs. */
	if (!id) {
		id = (unsigned)getpid();
		__atomic_store_n(&known, id, __ATOMIC_RELAXED);
	}
	return id;
}
