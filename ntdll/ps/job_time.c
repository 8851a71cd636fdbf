/*
 * ntdll/ps/job_time.c - limits of user time: of a process in a job, and of a job as a whole.
 *
 * Each process has a timer that runs while it computes.  For the whole job it goes off after the process' share of what is left, and
 * after a second at most; whoever finds then that the time is over sees to it.  NT looks at jobs once in a while, too.  Everything
 * here but ps_job_limit_time runs in a signal handler.
 */
#include "host/channel.h"
#include "host/lifeline.h"
#include "host/process_list.h"
#include "ntdll/ps/handover.h"
#include "ntdll/ps/job.h"

#define JOB_OBJECT_POST_AT_END_OF_JOB 1u
#define SECOND UINT64_C(10000000) /* in 100 ns */
#define SHORTEST (SECOND / 1000)

static uint64_t process_limit;

static bool limits_job_time(const struct ps_job_page *page)
{
	return __atomic_load_n(&page->limits.BasicLimitInformation.LimitFlags, __ATOMIC_ACQUIRE) & JOB_OBJECT_LIMIT_JOB_TIME &&
	       !__atomic_load_n(&page->time_over, __ATOMIC_ACQUIRE);
}

/* *members: how many there are. */
static uint64_t user_time(const struct host_shared *shared, uint32_t pids[HOST_SHARED_HOLDERS], unsigned *members)
{
	uint64_t time = __atomic_load_n(&ps_job_page(shared)->user, __ATOMIC_RELAXED);

	*members = ps_job_members(shared, pids, HOST_SHARED_HOLDERS);
	for (unsigned i = 0; i < *members; i++) {
		uint64_t user = 0, kernel = 0;

		if (pids[i])
			host_process_times(pids[i], &user, &kernel);
		time += user;
	}
	return time;
}

uint64_t ps_job_user_time(const struct host_shared *shared)
{
	uint32_t pids[HOST_SHARED_HOLDERS];
	unsigned members;

	return user_time(shared, pids, &members);
}

static void end_process(void)
{
	ps_handover_exit(PS_JOB_QUOTA_EXIT);
	host_die();
}

static void on_process_time(void)
{
	for (unsigned i = 0; i < ps_job_count(); i++) {
		struct ps_job_page *page = ps_job_page(ps_job_record(i));

		if (!(page->limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_PROCESS_TIME))
			continue;
		__atomic_fetch_add(&page->terminated, 1, __ATOMIC_RELAXED);
		ps_job_notice(ps_job_record(i), PS_JOB_END_OF_PROCESS_TIME, ps_own_process.pid);
	}
	end_process();
}

/* Of those who find it out at once one sees to it. */
static void on_job_time(const struct host_shared *shared, const uint32_t *pids, unsigned members)
{
	struct ps_job_page *page = ps_job_page(shared);
	uint32_t none = 0;

	if (page->end_action == JOB_OBJECT_POST_AT_END_OF_JOB) {
		DWORD old = __atomic_fetch_and(&page->limits.BasicLimitInformation.LimitFlags, ~JOB_OBJECT_LIMIT_JOB_TIME,
					       __ATOMIC_ACQ_REL);

		if (old & JOB_OBJECT_LIMIT_JOB_TIME)
			ps_job_notice(shared, PS_JOB_END_OF_JOB_TIME, 0);
		return;
	}
	if (__atomic_compare_exchange_n(&page->time_over, &none, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		__atomic_fetch_add(&page->terminated, members, __ATOMIC_RELAXED);
		ps_job_notice(shared, PS_JOB_TIME_IS_OVER, 0);
	}
	/* They see that it is over, and so does who is born later. */
	for (unsigned i = 0; i < members; i++)
		if (pids[i] && pids[i] != ps_own_process.pid)
			host_poke(pids[i]);
	end_process();
}

static void look(void);

static void arm(uint64_t next)
{
	static bool armed;

	if (next)
		host_limit_user_time((next < SHORTEST ? SHORTEST : next) * 100, look);
	else if (armed)
		host_limit_user_time(0, look);
	armed = next != 0;
}

static void look(void)
{
	uint64_t user = 0, kernel = 0, next = 0;

	if (process_limit) {
		host_cpu_times(0, &user, &kernel);
		if (user >= process_limit)
			on_process_time();
		next = process_limit - user;
	}
	for (unsigned i = 0; i < ps_job_count(); i++) {
		const struct host_shared *shared = ps_job_record(i);
		uint32_t pids[HOST_SHARED_HOLDERS];
		uint64_t time, share;
		unsigned members;

		if (!limits_job_time(ps_job_page(shared)))
			continue;
		time = user_time(shared, pids, &members);
		if (time >= ps_job_page(shared)->time_end) {
			on_job_time(shared, pids, members);
			continue;
		}
		share = (ps_job_page(shared)->time_end - time) / (members ? members : 1);
		share = share < SECOND ? share : SECOND;
		if (!next || share < next)
			next = share ? share : 1;
	}
	arm(next);
}

void ps_job_limit_time(uint64_t limit)
{
	bool wanted = limit != 0;

	__atomic_store_n(&process_limit, limit, __ATOMIC_RELEASE);
	for (unsigned i = 0; i < ps_job_count(); i++)
		wanted = wanted || limits_job_time(ps_job_page(ps_job_record(i)));
	/* The handler looks soon, and says how long it will wait then. */
	arm(wanted ? SHORTEST : 0);
}
