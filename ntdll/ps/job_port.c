/*
 * ntdll/ps/job_port.c - what a job's completion port is told: processes that come and go.
 *
 * A host thread of the process that has the port waits for births in the record; one more waits for the end of each process.
 * They have references to the job and so to its port, until its last handle here and its last process are gone.
 */
#include "host/file.h"
#include "host/spawn.h"
#include "host/time.h"
#include "ntdll/io/private.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/job.h"

#include <stdlib.h>

#define MSG_ACTIVE_PROCESS_ZERO 4u
#define MSG_NEW_PROCESS 6u
#define MSG_EXIT_PROCESS 7u
#define MSG_ABNORMAL_EXIT_PROCESS 8u

/* How often the thread looks whether it is still of use. */
#define LOOK_NS 500000000ull

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
	io_port_post(job->port, job->port_key, (PVOID)(uintptr_t)(pid * 4ull), STATUS_SUCCESS, message);
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
	tell(job, is_abnormal(exit_code) ? MSG_ABNORMAL_EXIT_PROCESS : MSG_EXIT_PROCESS, watched->pid);
	if (__atomic_sub_fetch(&job->watched, 1, __ATOMIC_ACQ_REL) == 0)
		tell(job, MSG_ACTIVE_PROCESS_ZERO, 0);
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
	tell(job, MSG_NEW_PROCESS, pid);
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

static void wait_for_births(void *argument)
{
	struct ps_job *job = argument;
	struct ps_job_page *page = ps_job_page(job->object.shared);
	uint32_t seen = job->births_seen;

	while (job->line >= 0 || ps_job_members(job->object.shared, NULL, 0)) {
		uint32_t births = __atomic_load_n(&page->births, __ATOMIC_ACQUIRE);

		if (births - seen > PS_JOB_BIRTHS)
			seen = births - PS_JOB_BIRTHS;
		for (; seen != births; seen++)
			watch(job, __atomic_load_n(&page->born[seen % PS_JOB_BIRTHS], __ATOMIC_ACQUIRE));
		host_futex_wait_shared(&page->births, births, host_monotonic_ns() + LOOK_NS);
	}
	ob_dereference(job);
}

NTSTATUS ps_job_watch(struct ps_job *job)
{
	uint32_t pids[HOST_SHARED_HOLDERS];
	unsigned count;

	job->births_seen = __atomic_load_n(&ps_job_page(job->object.shared)->births, __ATOMIC_ACQUIRE);
	count = ps_job_members(job->object.shared, pids, HOST_SHARED_HOLDERS);
	for (unsigned i = 0; i < count; i++)
		if (pids[i] && pids[i] != ps_own_process.pid)
			watch(job, pids[i]);
	ob_reference(job);
	if (host_thread_create(wait_for_births, job) == 0)
		return STATUS_SUCCESS;
	ob_dereference(job);
	return STATUS_NO_MEMORY;
}
