/*
 * ntdll/ps/job.h - job objects.
 *
 * No process keeps a job: it is a record that its processes and those with handles share (ob/shared.h, host/shared.h).  Each
 * process of the job is a holder of the record, so that the kernel knows who lives; a child is enrolled by its parent before it
 * is there.  Each process with a handle holds a line (host/lifeline.h) on which those of the job hang: when the last handle goes,
 * closed or with a killed process, they are told, and end themselves if the job says so.
 */
#ifndef PEWTER_NTDLL_PS_JOB_H
#define PEWTER_NTDLL_PS_JOB_H

#include "ntdll/ob/shared.h"
#include "ntdll/ps/thread.h"

#define PS_JOBS 8u /* that one process can be in */

#define JOB_OBJECT_ASSIGN_PROCESS 0x01u
#define JOB_OBJECT_SET_ATTRIBUTES 0x02u
#define JOB_OBJECT_QUERY 0x04u
#define JOB_OBJECT_TERMINATE 0x08u

#define JOB_OBJECT_LIMIT_WORKINGSET 0x00000001u
#define JOB_OBJECT_LIMIT_PROCESS_TIME 0x00000002u
#define JOB_OBJECT_LIMIT_JOB_TIME 0x00000004u
#define JOB_OBJECT_LIMIT_ACTIVE_PROCESS 0x00000008u
#define JOB_OBJECT_LIMIT_AFFINITY 0x00000010u
#define JOB_OBJECT_LIMIT_PRIORITY_CLASS 0x00000020u
#define JOB_OBJECT_LIMIT_PROCESS_MEMORY 0x00000100u
#define JOB_OBJECT_LIMIT_JOB_MEMORY 0x00000200u
#define JOB_OBJECT_LIMIT_BREAKAWAY_OK 0x00000800u
#define JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK 0x00001000u
#define JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE 0x00002000u

/* JOBOBJECT_BASIC_LIMIT_INFORMATION and what _EXTENDED_ adds (MSDN). */
typedef struct _JOBOBJECT_EXTENDED_LIMIT_INFORMATION {
	struct {
		LARGE_INTEGER PerProcessUserTimeLimit, PerJobUserTimeLimit;
		DWORD LimitFlags;
		SIZE_T MinimumWorkingSetSize, MaximumWorkingSetSize;
		DWORD ActiveProcessLimit;
		ULONG_PTR Affinity;
		DWORD PriorityClass, SchedulingClass;
	} BasicLimitInformation;
	ULONGLONG IoInfo[6];
	SIZE_T ProcessMemoryLimit, JobMemoryLimit, PeakProcessMemoryUsed, PeakJobMemoryUsed;
} JOBOBJECT_EXTENDED_LIMIT_INFORMATION;

/* Messages to completion ports (winnt.h, JOB_OBJECT_MSG_). */
enum ps_job_message {
	PS_JOB_END_OF_JOB_TIME = 1,
	PS_JOB_END_OF_PROCESS_TIME = 2,
	PS_JOB_ACTIVE_PROCESS_LIMIT = 3,
	PS_JOB_ACTIVE_PROCESS_ZERO = 4,
	PS_JOB_NEW_PROCESS = 6,
	PS_JOB_EXIT_PROCESS = 7,
	PS_JOB_ABNORMAL_EXIT_PROCESS = 8,
	PS_JOB_PROCESS_MEMORY_LIMIT = 9,
	PS_JOB_JOB_MEMORY_LIMIT = 10,
	PS_JOB_TIME_IS_OVER = 15, /* ours: the job is signalled, no port is told */
};

/* The record's area. */
#define PS_JOB_NOTICES 48u
struct ps_job_page {
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
	uint32_t ui_restrictions, end_action;
	uint32_t total, terminated; /* processes ever, and those ended by a limit */
	uint64_t user, kernel;	    /* of those that ended by themselves; 100 ns */
	uint64_t time_end;	    /* what the user time of all may come to */
	uint32_t time_over;	    /* it has: who sees to that sets it */
	uint32_t notices;	    /* a futex: how much was told; the last are in told[] (job_port.c) */
	uint32_t told[PS_JOB_NOTICES];
	/* By holder: the process, and what it holds the record for. */
	uint32_t process[HOST_SHARED_HOLDERS], role[HOST_SHARED_HOLDERS];
	/* job_memory.c, in pages: committed by all, and by each holder */
	uint64_t memory;
	uint32_t charge[HOST_SHARED_HOLDERS];
};
_Static_assert(sizeof(struct ps_job_page) <= OB_SHARED_AREA, "the area of a record");
/* ERROR_NOT_ENOUGH_QUOTA is what a process ends with that comes to a limit: MSDN, JOB_OBJECT_TERMINATE_AT_END_OF_JOB. */
#define PS_JOB_QUOTA_EXIT 1816u
#define PS_ROLE_MEMBER 0x80000000u
#define PS_ROLE_HANDLE 0x40000000u /* below it the descriptor of the line's end */
#define PS_ROLE_BORN 0x20000000u   /* a member that has no number yet; with MEMBER: one that is being told of */

struct ps_job {
	struct ob_object object;
	struct ke_dispatcher ended; /* set when the job's time is over and its processes were ended for that */
	int line;		    /* the end that this process holds; -1: no handle any more */
	struct host_lock lock;	    /* of who listens, and for what */
	bool listens, time_is_over;
	void *port; /* referenced; NULL: none */
	ULONG_PTR port_key;
	uint32_t notices_seen, watched; /* job_port.c */
};
extern const struct ob_type ps_job_type;

static inline struct ps_job_page *ps_job_page(const struct host_shared *shared)
{
	return ob_shared_area(shared);
}

/* A process' place in a job, on its way there. */
struct ps_enrollment {
	int32_t record, line; /* descriptors */
	uint32_t holder;
};

/* The processes that live, this one too, at most `capacity` of them; their number. */
unsigned ps_job_members(const struct host_shared *shared, uint32_t *pids, unsigned capacity);
/* A place for a process that is about to be (pid 0) or is there.  STATUS_QUOTA_EXCEEDED: the job is full. */
NTSTATUS ps_job_enroll(const struct host_shared *shared, int line, unsigned pid, struct ps_enrollment *enrollment);
/* It is there now, or will not be. */
void ps_job_born(const struct host_shared *shared, const struct ps_enrollment *enrollment, unsigned pid);
void ps_job_drop(const struct ps_enrollment *enrollment);

/* Jobs of a new child: those of this process, as far as they let it stay, and those given.  STATUS_ACCESS_DENIED: it is to break away
 * and may not; STATUS_QUOTA_EXCEEDED. */
struct ps_job_start {
	struct ps_enrollment enrollments[PS_JOBS];
	const struct host_shared *records[PS_JOBS];
	unsigned count;
};
NTSTATUS ps_job_start(struct ps_job_start *start, bool breakaway, struct ob_object *const *given, size_t given_count);
void ps_job_started(struct ps_job_start *start, unsigned pid); /* 0: it was not started */

/* This process takes its place; consumes the descriptors. */
NTSTATUS ps_job_join(const struct ps_enrollment *enrollment);
/* JOBOBJECT_BASIC_LIMIT_INFORMATION or, `extended`, all of it, from the guest (job_limits.c). */
NTSTATUS ps_job_set_limits(struct ps_job *job, const void *buffer, ULONG size, bool extended);
/* Limits of the memory of jobs as a whole (job_memory.c): from now on they are kept; the process ends by itself; what a dead holder
 * has left in the sum is taken out. */
void ps_job_count_memory(void);
void ps_job_end_memory(void);
void ps_job_forget_memory(const struct host_shared *shared, unsigned holder);
/* Limits that changed. */
void ps_job_refresh(void);
/* The process ends by itself. */
void ps_job_leave(void);
/* How many jobs this process is in; whether this one is among them. */
unsigned ps_job_count(void);
bool ps_job_contains_self(const struct host_shared *shared);
/* The record of the innermost; NULL: none. */
const struct host_shared *ps_job_own(void);
/* What limits commitments besides jobs: for children. */
uint64_t ps_job_commit_limit(void);

/* The record of the jobs that this process is in, from 0 to ps_job_count. */
const struct host_shared *ps_job_record(unsigned which);
/* Limits of user time (job_time.c).  The shortest of a process, in 100 ns, 0: none; that of jobs is in their records.  Again when
 * something has changed. */
void ps_job_limit_time(uint64_t process_limit);
/* User time of a job's processes, those that have ended too. */
uint64_t ps_job_user_time(const struct host_shared *shared);

/* Something that ports are to be told of.  Takes no lock: in a signal handler, too (job_port.c). */
void ps_job_notice(const struct host_shared *shared, enum ps_job_message message, unsigned pid);
/* Listens for that from now on.  STATUS_INVALID_PARAMETER: the job has a port; takes over the reference to the port otherwise.  NULL:
 * only for the end of the job's time. */
NTSTATUS ps_job_listen(struct ps_job *job, void *port, ULONG_PTR key);

#endif
