/*
 * ntdll/ps/job_memory.c - the memory of a job as a whole: what all its processes have committed.
 *
 * The record has the sum, which each process changes as it commits and gives back, and what each process has in it.  So the sum is
 * kept without a lock; what a killed process has left in it is taken out when the limit is met, and when somebody gets its number.
 * A process that was never in a job with such a limit counts nothing.
 */
#include "ntdll/mm/mm.h"
#include "ntdll/ps/job.h"

#define PAGE 4096u

static uint32_t counted; /* bits: the jobs, of this process' own, that count its memory */
static bool ended;

static bool limits_memory(const struct ps_job_page *page)
{
	return __atomic_load_n(&page->limits.BasicLimitInformation.LimitFlags, __ATOMIC_ACQUIRE) & JOB_OBJECT_LIMIT_JOB_MEMORY;
}

static bool is_over(const struct ps_job_page *page)
{
	return limits_memory(page) && __atomic_load_n(&page->memory, __ATOMIC_ACQUIRE) > page->limits.JobMemoryLimit / PAGE;
}

void ps_job_forget_memory(const struct host_shared *shared, unsigned holder)
{
	struct ps_job_page *page = ps_job_page(shared);
	uint32_t left = __atomic_exchange_n(&page->charge[holder], 0, __ATOMIC_ACQ_REL);

	__atomic_fetch_sub(&page->memory, left, __ATOMIC_ACQ_REL);
}

/* Without those that were killed. */
static void settle(const struct host_shared *shared)
{
	const struct ps_job_page *page = ps_job_page(shared);

	for (unsigned i = 0; i < HOST_SHARED_HOLDERS; i++)
		if (__atomic_load_n(&page->charge[i], __ATOMIC_ACQUIRE) && i != shared->holder && !host_shared_is_held(shared, i))
			ps_job_forget_memory(shared, i);
}

static void add(const struct host_shared *shared, int64_t pages)
{
	struct ps_job_page *page = ps_job_page(shared);
	uint64_t sum = __atomic_add_fetch(&page->memory, (uint64_t)pages, __ATOMIC_ACQ_REL);
	SIZE_T peak = __atomic_load_n(&page->limits.PeakJobMemoryUsed, __ATOMIC_RELAXED);

	__atomic_fetch_add(&page->charge[shared->holder], (uint32_t)pages, __ATOMIC_ACQ_REL);
	while (pages > 0 && !is_over(page) && sum * PAGE > peak &&
	       !__atomic_compare_exchange_n(&page->limits.PeakJobMemoryUsed, &peak, sum * PAGE, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

/* With the memory manager's lock. */
static bool charge(int64_t pages, bool forced)
{
	for (unsigned i = 0; i < ps_job_count() && !ended; i++) {
		const struct host_shared *shared = ps_job_record(i);

		if (!(counted & 1u << i))
			continue;
		add(shared, pages);
		if (forced || !is_over(ps_job_page(shared)))
			continue;
		settle(shared);
		if (!is_over(ps_job_page(shared)))
			continue;
		ps_job_notice(shared, PS_JOB_JOB_MEMORY_LIMIT, ps_own_process.pid);
		for (unsigned j = 0; j <= i; j++)
			if (counted & 1u << j)
				add(ps_job_record(j), -pages);
		return false;
	}
	return true;
}

/* The lock is held: nothing is committed meanwhile. */
static void begin(uint64_t pages)
{
	for (unsigned i = 0; i < ps_job_count(); i++) {
		if (counted & 1u << i || !limits_memory(ps_job_page(ps_job_record(i))))
			continue;
		add(ps_job_record(i), (int64_t)pages);
		counted |= 1u << i;
	}
}

void ps_job_count_memory(void)
{
	for (unsigned i = 0; i < ps_job_count(); i++) {
		if (limits_memory(ps_job_page(ps_job_record(i)))) {
			mm_count_commitments(charge, begin);
			return;
		}
	}
}

void ps_job_end_memory(void)
{
	struct mm_statistics statistics;

	mm_get_statistics(&statistics);
	for (unsigned i = 0; i < ps_job_count(); i++) {
		struct ps_job_page *page = ps_job_page(ps_job_record(i));
		SIZE_T peak = __atomic_load_n(&page->limits.PeakProcessMemoryUsed, __ATOMIC_RELAXED);

		while (statistics.peak_commit > peak &&
		       !__atomic_compare_exchange_n(&page->limits.PeakProcessMemoryUsed, &peak, statistics.peak_commit, 0,
						    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			;
		if (counted & 1u << i) {
			ended = true;
			ps_job_forget_memory(ps_job_record(i), ps_job_record(i)->holder);
		}
	}
}
