/*
 * host/breakpoint.c - hardware breakpoints by perf events that signal the thread which they count.
 */
#include "host/breakpoint.h"
#include "host/linux_abi.h"

#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian 12's headers know sigtrap and sig_data; older ones would not compile this file. */
static int open_event(unsigned tid, unsigned index, unsigned type, uintptr_t address, unsigned length)
{
	struct perf_event_attr event;

	memset(&event, 0, sizeof(event));
	event.type = PERF_TYPE_BREAKPOINT;
	event.size = sizeof(event);
	event.bp_type = type;
	event.bp_addr = address;
	event.bp_len = length;
	event.sample_period = 1;
	event.exclude_kernel = 1;
	event.exclude_hv = 1;
	event.remove_on_exec = 1; /* what sigtrap asks for */
	event.sigtrap = 1;
	event.sig_data = index;
	return (int)syscall(SYS_perf_event_open, &event, (pid_t)tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int host_breakpoint_set(unsigned tid, unsigned index, enum host_breakpoint_kind kind, uintptr_t address,
			unsigned length)
{
	static const unsigned types[] = {HW_BREAKPOINT_X, HW_BREAKPOINT_W, HW_BREAKPOINT_RW};
	int event;

	if (!host_has(HOST_FEATURE_PERF_SIGTRAP))
		return -ENOSYS;
	event = open_event(tid, index, types[kind], address, kind == HOST_BREAKPOINT_EXECUTE ? sizeof(long) : length);
	return event < 0 ? -errno : event;
}

void host_breakpoint_clear(int breakpoint)
{
	close(breakpoint);
}

bool host_breakpoint_probe(void)
{
	static uint64_t watched __attribute__((aligned(8)));
	int event = open_event(0, 0, HW_BREAKPOINT_W, (uintptr_t)&watched, sizeof(watched));

	if (event < 0)
		return false;
	close(event);
	return true;
}
