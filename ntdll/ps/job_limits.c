/*
 * ntdll/ps/job_limits.c - setting a job's limits: what is valid, and telling the processes.
 */
#include "host/fault.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/job.h"
#include "ntdll/ps/remote.h"

#include <string.h>

#define BASIC_LIMIT_FLAGS 0xFFu
#define EXTENDED_LIMIT_FLAGS 0x7FFFu
#define JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME 0x00000040u

static NTSTATUS check_limits(const JOBOBJECT_EXTENDED_LIMIT_INFORMATION *limits, DWORD valid)
{
	DWORD flags = limits->BasicLimitInformation.LimitFlags;

	if (flags & ~valid)
		return STATUS_INVALID_PARAMETER;
	if (flags & JOB_OBJECT_LIMIT_ACTIVE_PROCESS && !limits->BasicLimitInformation.ActiveProcessLimit)
		return STATUS_INVALID_PARAMETER;
	if (flags & JOB_OBJECT_LIMIT_PROCESS_TIME && limits->BasicLimitInformation.PerProcessUserTimeLimit.QuadPart <= 0)
		return STATUS_INVALID_PARAMETER;
	if (flags & JOB_OBJECT_LIMIT_JOB_TIME && limits->BasicLimitInformation.PerJobUserTimeLimit.QuadPart <= 0)
		return STATUS_INVALID_PARAMETER;
	/* MSDN: the two exclude each other */
	if (flags & JOB_OBJECT_LIMIT_JOB_TIME && flags & JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME)
		return STATUS_INVALID_PARAMETER;
	if ((flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY && !limits->ProcessMemoryLimit) ||
	    (flags & JOB_OBJECT_LIMIT_JOB_MEMORY && !limits->JobMemoryLimit))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

/* The processes apply what has changed. */
static void refresh_members(const struct host_shared *shared)
{
	uint32_t pids[HOST_SHARED_HOLDERS];
	unsigned count = ps_job_members(shared, pids, HOST_SHARED_HOLDERS);

	for (unsigned i = 0; i < count; i++) {
		struct ps_call call = {.operation = PS_DO_REFRESH_JOBS};
		struct ps_process *process;

		if (pids[i] == ps_own_process.pid) {
			ps_job_refresh();
		} else if (pids[i] && ps_open_foreign((HANDLE)(uintptr_t)(pids[i] * 4ull), &process) == STATUS_SUCCESS) {
			ps_ask(process, &call);
			ob_dereference(process);
		}
	}
}

/* What the time of the job may come to: what it is now and the limit (MSDN JOBOBJECT_BASIC_LIMIT_INFORMATION), or what was set
 * before. */
static void set_job_time(const struct host_shared *shared, JOBOBJECT_EXTENDED_LIMIT_INFORMATION *limits, DWORD old)
{
	struct ps_job_page *page = ps_job_page(shared);
	DWORD flags = limits->BasicLimitInformation.LimitFlags;

	if (flags & JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME) {
		limits->BasicLimitInformation.LimitFlags = (flags & ~JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME) |
							   (old & JOB_OBJECT_LIMIT_JOB_TIME);
		limits->BasicLimitInformation.PerJobUserTimeLimit = page->limits.BasicLimitInformation.PerJobUserTimeLimit;
	} else if (flags & JOB_OBJECT_LIMIT_JOB_TIME) {
		page->time_end = ps_job_user_time(shared) +
				 (uint64_t)limits->BasicLimitInformation.PerJobUserTimeLimit.QuadPart;
		__atomic_store_n(&page->time_over, 0, __ATOMIC_RELEASE);
	}
}

NTSTATUS ps_job_set_limits(struct ps_job *job, const void *buffer, ULONG size, bool extended)
{
	const DWORD applied = JOB_OBJECT_LIMIT_PROCESS_MEMORY | JOB_OBJECT_LIMIT_JOB_MEMORY | JOB_OBJECT_LIMIT_AFFINITY | JOB_OBJECT_LIMIT_PRIORITY_CLASS |
			      JOB_OBJECT_LIMIT_WORKINGSET | JOB_OBJECT_LIMIT_PROCESS_TIME | JOB_OBJECT_LIMIT_JOB_TIME;
	const struct host_shared *shared = job->object.shared;
	struct ps_job_page *page = ps_job_page(shared);
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
	DWORD old;
	NTSTATUS status;

	if (size != (extended ? sizeof(limits) : sizeof(limits.BasicLimitInformation)))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (host_copy_from_guest(&limits, buffer, size))
		return STATUS_ACCESS_VIOLATION;
	status = check_limits(&limits, extended ? EXTENDED_LIMIT_FLAGS : BASIC_LIMIT_FLAGS);
	if (status)
		return status;
	/* One at a time, of all processes: what is not told stays as it is. */
	if (host_shared_enter() < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	old = page->limits.BasicLimitInformation.LimitFlags;
	if (!extended) {
		limits.BasicLimitInformation.LimitFlags |= old & ~BASIC_LIMIT_FLAGS;
		limits.ProcessMemoryLimit = page->limits.ProcessMemoryLimit;
		limits.JobMemoryLimit = page->limits.JobMemoryLimit;
	}
	memcpy(limits.IoInfo, page->limits.IoInfo, sizeof(limits.IoInfo));
	limits.PeakProcessMemoryUsed = page->limits.PeakProcessMemoryUsed;
	limits.PeakJobMemoryUsed = page->limits.PeakJobMemoryUsed;
	set_job_time(shared, &limits, old);
	page->limits = limits;
	host_shared_leave();
	if (limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_JOB_TIME)
		ke_reset(&job->ended);
	if ((old | limits.BasicLimitInformation.LimitFlags) & applied)
		refresh_members(shared);
	return STATUS_SUCCESS;
}
