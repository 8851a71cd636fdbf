/*
 * ntdll/ps/job.c - being in a job: enrolling, joining, limits, the end that comes with the last handle.  See job.h.
 */
#include "ntdll/ps/job.h"
#include "host/file.h"
#include "host/lifeline.h"
#include "host/time.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/handover.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/scheduling.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* Appended to under the lock; read in a signal handler, too. */
static struct host_lock own_lock;
static struct {
	struct host_shared *shared;
	int line;
} own[PS_JOBS];
static unsigned own_count;
static uint64_t commit_limit; /* what was chosen before any job */

unsigned ps_job_members(const struct host_shared *shared, uint32_t *pids, unsigned capacity)
{
	struct ps_job_page *page = ps_job_page(shared);
	unsigned count = 0;

	for (unsigned i = 0; i < HOST_SHARED_HOLDERS; i++) {
		uint32_t role = __atomic_load_n(&page->role[i], __ATOMIC_ACQUIRE);

		if (!(role & (PS_ROLE_MEMBER | PS_ROLE_BORN)) || !host_shared_is_held(shared, i))
			continue;
		if (count < capacity)
			pids[count] = role & PS_ROLE_BORN ? 0 : page->process[i];
		count++;
	}
	return count;
}

/* The number is taken under the lock over all records where there is a limit, so that two do not take the last place. */
NTSTATUS ps_job_enroll(const struct host_shared *shared, int line, unsigned pid, struct ps_enrollment *enrollment)
{
	struct ps_job_page *page = ps_job_page(shared);
	bool limited = page->limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
	unsigned holder;

	enrollment->line = host_lifeline_hang(line);
	if (enrollment->line < 0)
		return status;
	if (limited && host_shared_enter() < 0) {
		host_close(enrollment->line);
		return status;
	}
	if (limited && ps_job_members(shared, NULL, 0) >= page->limits.BasicLimitInformation.ActiveProcessLimit) {
		status = STATUS_QUOTA_EXCEEDED;
		ps_job_notice(shared, PS_JOB_ACTIVE_PROCESS_LIMIT, 0);
	} else {
		enrollment->record = host_shared_enroll(shared, &holder);
		if (enrollment->record >= 0) {
			enrollment->holder = holder;
			ps_job_forget_memory(shared, holder);
			__atomic_store_n(&page->process[holder], pid, __ATOMIC_RELEASE);
			__atomic_store_n(&page->role[holder], PS_ROLE_BORN, __ATOMIC_RELEASE);
			status = STATUS_SUCCESS;
		}
	}
	if (limited)
		host_shared_leave();
	if (status)
		host_close(enrollment->line);
	return status;
}

void ps_job_born(const struct host_shared *shared, const struct ps_enrollment *enrollment, unsigned pid)
{
	struct ps_job_page *page = ps_job_page(shared);
	uint32_t *role = &page->role[enrollment->holder], born = PS_ROLE_BORN;

	__atomic_store_n(&page->process[enrollment->holder], pid, __ATOMIC_RELEASE);
	/* The parent or the child, whoever is first. */
	if (!__atomic_compare_exchange_n(role, &born, PS_ROLE_BORN | PS_ROLE_MEMBER, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return;
	__atomic_fetch_add(&page->total, 1, __ATOMIC_RELAXED);
	/* Told of before it is a member: who begins to listen finds it among the notices or among the members (job_port.c). */
	ps_job_notice(shared, PS_JOB_NEW_PROCESS, pid);
	__atomic_store_n(role, PS_ROLE_MEMBER, __ATOMIC_RELEASE);
}

/* This process is a member, even if its parent was killed before it could say so. */
static void become_member(const struct host_shared *shared, const struct ps_enrollment *enrollment)
{
	uint32_t *role = &ps_job_page(shared)->role[enrollment->holder];

	ps_job_born(shared, enrollment, ps_own_process.pid);
	for (unsigned i = 0; i < 100 && __atomic_load_n(role, __ATOMIC_ACQUIRE) != PS_ROLE_MEMBER; i++)
		host_sleep_until(host_monotonic_ns() + 1000000);
	__atomic_store_n(role, PS_ROLE_MEMBER, __ATOMIC_RELEASE);
}

void ps_job_drop(const struct ps_enrollment *enrollment)
{
	host_close(enrollment->record);
	host_close(enrollment->line);
}

static NTSTATUS add_start(struct ps_job_start *start, const struct host_shared *shared, int line)
{
	NTSTATUS status;

	if (start->count == PS_JOBS)
		return STATUS_QUOTA_EXCEEDED;
	status = ps_job_enroll(shared, line, 0, &start->enrollments[start->count]);
	if (!status)
		start->records[start->count++] = shared;
	return status;
}

NTSTATUS ps_job_start(struct ps_job_start *start, bool breakaway, struct ob_object *const *given, size_t given_count)
{
	NTSTATUS status = STATUS_SUCCESS;

	start->count = 0;
	for (unsigned i = 0; i < __atomic_load_n(&own_count, __ATOMIC_ACQUIRE) && !status; i++) {
		DWORD flags = ps_job_page(own[i].shared)->limits.BasicLimitInformation.LimitFlags;

		if (flags & JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK || (breakaway && flags & JOB_OBJECT_LIMIT_BREAKAWAY_OK))
			continue;
		status = breakaway ? STATUS_ACCESS_DENIED : add_start(start, own[i].shared, own[i].line);
	}
	for (size_t i = 0; i < given_count && !status; i++)
		status = add_start(start, given[i]->shared, ((struct ps_job *)given[i])->line);
	if (status)
		ps_job_started(start, 0);
	return status;
}

void ps_job_started(struct ps_job_start *start, unsigned pid)
{
	for (unsigned i = 0; i < start->count; i++) {
		if (pid)
			ps_job_born(start->records[i], &start->enrollments[i], pid);
		ps_job_drop(&start->enrollments[i]);
	}
	start->count = 0;
}

/* The process ends with a code of its own: closing its handles, maybe the last ones of its job, changes nothing any more. */
static bool leaving;

/* In a signal handler: the last handle of a job may have gone. */
static void on_poke(void)
{
	if (__atomic_load_n(&leaving, __ATOMIC_ACQUIRE))
		return;
	for (unsigned i = 0; i < __atomic_load_n(&own_count, __ATOMIC_ACQUIRE); i++) {
		const struct ps_job_page *page = ps_job_page(own[i].shared);
		DWORD flags = page->limits.BasicLimitInformation.LimitFlags;

		if (flags & JOB_OBJECT_LIMIT_JOB_TIME && __atomic_load_n(&page->time_over, __ATOMIC_ACQUIRE)) {
			ps_handover_exit(PS_JOB_QUOTA_EXIT);
			host_die();
		}
		if (flags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE && host_lifeline_is_cut(own[i].line)) {
			ps_handover_exit(0);
			host_die();
		}
	}
}

/* A commitment was refused; the memory manager's lock is held. */
static void on_memory_limit(void)
{
	uint64_t limit = mm_chosen_commit_limit();

	for (unsigned i = 0; i < __atomic_load_n(&own_count, __ATOMIC_ACQUIRE); i++) {
		const JOBOBJECT_EXTENDED_LIMIT_INFORMATION *limits = &ps_job_page(own[i].shared)->limits;

		if (limits->BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_PROCESS_MEMORY && limits->ProcessMemoryLimit == limit)
			ps_job_notice(own[i].shared, PS_JOB_PROCESS_MEMORY_LIMIT, ps_own_process.pid);
	}
}

void ps_job_refresh(void)
{
	static const unsigned classes[][2] = {{0x40, 1}, {0x20, 2}, {0x80, 3}, {0x100, 4}, {0x4000, 5}, {0x8000, 6}};
	uint64_t limit = commit_limit, time = 0;

	for (unsigned i = 0; i < __atomic_load_n(&own_count, __ATOMIC_ACQUIRE); i++) {
		const JOBOBJECT_EXTENDED_LIMIT_INFORMATION *limits = &ps_job_page(own[i].shared)->limits;
		DWORD flags = limits->BasicLimitInformation.LimitFlags;

		if (flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY && (!limit || limits->ProcessMemoryLimit < limit))
			limit = limits->ProcessMemoryLimit;
		if (flags & JOB_OBJECT_LIMIT_PROCESS_TIME &&
		    (!time || (uint64_t)limits->BasicLimitInformation.PerProcessUserTimeLimit.QuadPart < time))
			time = (uint64_t)limits->BasicLimitInformation.PerProcessUserTimeLimit.QuadPart;
		if (flags & JOB_OBJECT_LIMIT_AFFINITY)
			ps_set_process_affinity(limits->BasicLimitInformation.Affinity);
		for (size_t c = 0; flags & JOB_OBJECT_LIMIT_PRIORITY_CLASS && c < ARRAY_SIZE(classes); c++)
			if (classes[c][0] == limits->BasicLimitInformation.PriorityClass)
				ps_set_priority_class(classes[c][1]);
		if (flags & JOB_OBJECT_LIMIT_WORKINGSET) {
			struct mm_working_set set = {limits->BasicLimitInformation.MinimumWorkingSetSize,
						     limits->BasicLimitInformation.MaximumWorkingSetSize, 0};

			mm_set_working_set(&set);
		}
	}
	ps_job_limit_time(time);
	mm_commit_refused = on_memory_limit;
	ps_job_count_memory();
	if (limit != mm_chosen_commit_limit())
		mm_set_commit_limit(limit);
}

NTSTATUS ps_job_join(const struct ps_enrollment *enrollment)
{
	struct host_shared *shared;
	NTSTATUS status = STATUS_SUCCESS;

	if (host_shared_enrolled(enrollment->record, enrollment->holder, &shared) < 0) {
		host_close(enrollment->line);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	host_lock_acquire(&own_lock);
	if (own_count == PS_JOBS) {
		status = STATUS_QUOTA_EXCEEDED;
	} else {
		if (!own_count)
			commit_limit = mm_chosen_commit_limit();
		own[own_count].shared = shared;
		own[own_count].line = enrollment->line;
		__atomic_store_n(&own_count, own_count + 1, __ATOMIC_RELEASE);
		ps_poke_hook = on_poke;
	}
	host_lock_release(&own_lock);
	if (status) {
		host_shared_release(shared);
		host_close(enrollment->line);
		return status;
	}
	become_member(shared, enrollment);
	if (ps_own_handover())
		ps_own_handover()->in_job = 1;
	host_lifeline_watch(enrollment->line);
	on_poke();
	ps_job_refresh();
	return STATUS_SUCCESS;
}

void ps_job_leave(void)
{
	uint64_t user = 0, kernel = 0;

	__atomic_store_n(&leaving, true, __ATOMIC_RELEASE);
	if (!own_count)
		return;
	ps_job_end_memory();
	host_cpu_times(0, &user, &kernel);
	for (unsigned i = 0; i < own_count; i++) {
		struct ps_job_page *page = ps_job_page(own[i].shared);

		__atomic_fetch_add(&page->user, user, __ATOMIC_RELAXED);
		__atomic_fetch_add(&page->kernel, kernel, __ATOMIC_RELAXED);
	}
}

unsigned ps_job_count(void)
{
	return __atomic_load_n(&own_count, __ATOMIC_ACQUIRE);
}

bool ps_job_contains_self(const struct host_shared *shared)
{
	struct host_stat wanted, stat;

	if (host_stat_fd(shared->fd, &wanted) < 0)
		return false;
	for (unsigned i = 0; i < ps_job_count(); i++)
		if (host_stat_fd(own[i].shared->fd, &stat) == 0 && stat.inode == wanted.inode && stat.device == wanted.device)
			return true;
	return false;
}

const struct host_shared *ps_job_record(unsigned which)
{
	return own[which].shared;
}

const struct host_shared *ps_job_own(void)
{
	unsigned count = ps_job_count();

	return count ? own[count - 1].shared : NULL;
}

uint64_t ps_job_commit_limit(void)
{
	return ps_job_count() ? commit_limit : mm_chosen_commit_limit();
}
