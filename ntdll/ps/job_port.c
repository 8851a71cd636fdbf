/*
 * ntdll/ps/job_port.c - what a job's completion port is told: processes that come and go, limits that are met.
 *
 * Whoever has something to tell leaves a notice in the record, a ring without a lock: the place is taken first, and what is written
 * there says which round of the ring it belongs to.  A host thread of the process that has the port waits for notices; one more
 * waits for the end of each process.  They have references to the job and so to its port, until its last handle here and its last
 * process are gone.
 */
#include "host/file.h"
#include "host/spawn.h"
#include "host/time.h"
#include "ntdll/io/private.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/job.h"

#include <limits.h>
#include <stdlib.h>

/* How often the thread looks whether it is still of use. */
#define LOOK_NS 500000000ull

/* A notice: the process' number, the message, the round. */
#define ROUND_BITS 6u
#define MESSAGE_BITS 4u

static uint32_t round_of(uint32_t index)
{
	return (index / PS_JOB_NOTICES + 1) & ((1u << ROUND_BITS) - 1);
}

void ps_job_notice(const struct host_shared *shared, enum ps_job_message message, unsigned pid)
{
	struct ps_job_page *page = ps_job_page(shared);
	uint32_t index = __atomic_fetch_add(&page->notices, 1, __ATOMIC_ACQ_REL);
	uint32_t notice = (pid << MESSAGE_BITS | message) << ROUND_BITS | round_of(index);

	__atomic_store_n(&page->told[index % PS_JOB_NOTICES], notice, __ATOMIC_RELEASE);
	host_futex_wake_shared(&page->notices, INT_MAX);
}

/* One that was announced is written at once, unless who wanted to was killed: 0 then. */
static uint32_t read_notice(const struct ps_job_page *page, uint32_t index)
{
	for (unsigned i = 0; i < 500; i++) {
		uint32_t notice = __atomic_load_n(&page->told[index % PS_JOB_NOTICES], __ATOMIC_ACQUIRE);

		if ((notice & ((1u << ROUND_BITS) - 1)) == round_of(index))
			return notice >> ROUND_BITS;
		host_sleep_until(host_monotonic_ns() + 1000000);
	}
	return 0;
}

struct watched {
	struct ps_job *job;
	unsigned pid;
	struct host_child *child; /* NULL: it had ended */
	struct ps_process *process;
};

/* As NTSTATUS values that an unhandled exception leaves behind: MSDN JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS. */
static bool is_abnormal(DWORD code)
{
	return code >> 30 == 3;
}

/* The number of the message is what GetQueuedCompletionStatus gives as the count of bytes. */
static void tell(struct ps_job *job, unsigned message, unsigned pid)
{
	void *port = __atomic_load_n(&job->port, __ATOMIC_ACQUIRE);

	if (port)
		io_port_post(port, job->port_key, (PVOID)(uintptr_t)(pid * 4ull), STATUS_SUCCESS, message);
}

static void watch(struct ps_job *job, unsigned pid);

static void take_notice(struct ps_job *job, uint32_t notice)
{
	unsigned pid = notice >> MESSAGE_BITS;

	switch (notice & ((1u << MESSAGE_BITS) - 1)) {
	case 0:
		break;
	case PS_JOB_NEW_PROCESS:
		if (__atomic_load_n(&job->port, __ATOMIC_ACQUIRE))
			watch(job, pid);
		break;
	case PS_JOB_TIME_IS_OVER:
		__atomic_store_n(&job->time_is_over, true, __ATOMIC_RELAXED);
		break;
	default:
		tell(job, notice & ((1u << MESSAGE_BITS) - 1), pid);
		break;
	}
}

/* Everything that has been told, in its order. */
static void take_notices(struct ps_job *job)
{
	const struct ps_job_page *page = ps_job_page(job->object.shared);
	uint32_t notices;

	host_lock_acquire(&job->lock);
	notices = __atomic_load_n(&page->notices, __ATOMIC_ACQUIRE);
	if (notices - job->notices_seen > PS_JOB_NOTICES)
		job->notices_seen = notices - PS_JOB_NOTICES;
	while (job->notices_seen != notices)
		take_notice(job, read_notice(page, job->notices_seen++));
	host_lock_release(&job->lock);
}

static void wait_for_end(void *argument)
{
	struct watched *watched = argument;
	struct ps_job *job = watched->job;
	DWORD exit_code = 0;
	int code, signal;

	if (watched->child) {
		host_child_wait(watched->child, &code, &signal);
		host_child_free(watched->child);
	}
	if (watched->process) {
		/* Its own watcher is about to write it down. */
		for (unsigned i = 0; i < 1000 && (exit_code = __atomic_load_n(&watched->process->exit_code, __ATOMIC_ACQUIRE)) ==
							 STILL_ACTIVE; i++)
			host_sleep_until(host_monotonic_ns() + 1000000);
		ob_dereference(watched->process);
	}
	take_notices(job); /* what it told before it ended */
	tell(job, is_abnormal(exit_code) ? PS_JOB_ABNORMAL_EXIT_PROCESS : PS_JOB_EXIT_PROCESS, watched->pid);
	if (__atomic_sub_fetch(&job->watched, 1, __ATOMIC_ACQ_REL) == 0)
		tell(job, PS_JOB_ACTIVE_PROCESS_ZERO, 0);
	free(watched);
	ob_dereference(job);
}

static void watch(struct ps_job *job, unsigned pid)
{
	struct watched *watched = calloc(1, sizeof(*watched));

	if (!watched)
		return;
	watched->job = job;
	watched->pid = pid;
	if (host_process_open(pid, &watched->child) < 0)
		watched->child = NULL;
	if (ps_open_foreign((HANDLE)(uintptr_t)(pid * 4ull), &watched->process) != STATUS_SUCCESS)
		watched->process = NULL;
	__atomic_fetch_add(&job->watched, 1, __ATOMIC_ACQ_REL);
	tell(job, PS_JOB_NEW_PROCESS, pid);
	ob_reference(job);
	if (host_thread_create(wait_for_end, watched) == 0)
		return;
	__atomic_fetch_sub(&job->watched, 1, __ATOMIC_ACQ_REL);
	ob_dereference(job);
	if (watched->child)
		host_child_free(watched->child);
	if (watched->process)
		ob_dereference(watched->process);
	free(watched);
}

static void listen(void *argument)
{
	struct ps_job *job = argument;
	const struct ps_job_page *page = ps_job_page(job->object.shared);

	for (;;) {
		uint32_t notices = __atomic_load_n(&page->notices, __ATOMIC_ACQUIRE);
		uint64_t pause = LOOK_NS;
		unsigned members;

		take_notices(job);
		members = ps_job_members(job->object.shared, NULL, 0);
		if (__atomic_load_n(&job->time_is_over, __ATOMIC_RELAXED) && members) {
			pause = 1000000; /* they are about to end */
		} else if (__atomic_exchange_n(&job->time_is_over, false, __ATOMIC_RELAXED)) {
			ke_set(&job->ended);
		}
		if (__atomic_load_n(&job->line, __ATOMIC_ACQUIRE) < 0 && !members)
			break;
		host_futex_wait_shared(&page->notices, notices, host_monotonic_ns() + pause);
	}
	ob_dereference(job);
}

/* Those that are there already.  A birth that was told of before is in the list, so the notices up to now are seen; one that is told
 * of later is not there, or has no number yet. */
static void watch_members(struct ps_job *job)
{
	const struct ps_job_page *page = ps_job_page(job->object.shared);
	uint32_t pids[HOST_SHARED_HOLDERS], before = __atomic_load_n(&page->notices, __ATOMIC_ACQUIRE), after;
	unsigned count = ps_job_members(job->object.shared, pids, HOST_SHARED_HOLDERS);

	after = __atomic_load_n(&page->notices, __ATOMIC_ACQUIRE);
	for (unsigned i = 0; i < count; i++)
		if (pids[i] && pids[i] != ps_own_process.pid)
			watch(job, pids[i]);
	/* what was told while we looked: only of those that were not found */
	for (; before != after; before++) {
		uint32_t notice = read_notice(page, before);
		bool found = (notice & ((1u << MESSAGE_BITS) - 1)) != PS_JOB_NEW_PROCESS;

		for (unsigned i = 0; i < count && !found; i++)
			found = pids[i] == notice >> MESSAGE_BITS;
		if (!found)
			watch(job, notice >> MESSAGE_BITS);
	}
	job->notices_seen = after;
}

NTSTATUS ps_job_listen(struct ps_job *job, void *port, ULONG_PTR key)
{
	NTSTATUS status = STATUS_SUCCESS;

	host_lock_acquire(&job->lock);
	if (port && job->port) {
		status = STATUS_INVALID_PARAMETER;
	} else if (!job->listens) {
		job->notices_seen = __atomic_load_n(&ps_job_page(job->object.shared)->notices, __ATOMIC_ACQUIRE);
		ob_reference(job);
		if (host_thread_create(listen, job) == 0) {
			job->listens = true;
		} else {
			ob_dereference(job);
			status = STATUS_NO_MEMORY;
		}
	}
	if (NT_SUCCESS(status) && port) {
		job->port_key = key;
		__atomic_store_n(&job->port, port, __ATOMIC_RELEASE);
		watch_members(job);
	}
	host_lock_release(&job->lock);
	return status;
}
