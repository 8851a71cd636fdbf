/*
 * ntdll/ps/remote.h - what one process does to another: asked of it, and done by it.
 *
 * Every process can be asked by the others of its user (host/channel.h).  What NT's kernel would do to the other
 * process that process does to itself, in its service thread (service.c): so rules, locks and the tree of its memory are
 * its own.  The thread is made when the first question comes, in whatever thread of the guest the poke finds at a place where it
 * holds no lock.
 *
 * A question is an operation, some numbers, bytes, and descriptors; so is the answer.  One message each; what is larger goes
 * in pieces, and a larger answer of a query as a file in memory.
 */
#ifndef PEWTER_NTDLL_PS_REMOTE_H
#define PEWTER_NTDLL_PS_REMOTE_H

#include "ntdll/io/inherit.h"
#include "ntdll/mm/section_object.h"
#include "ntdll/ps/thread.h"

#define PS_CALL_VALUES 12u
#define PS_CALL_BYTES 61440u /* of data, either way */

enum ps_operation {
	/* Memory; addresses and sizes of mm.h's functions in values[0] and [1], which come back as they say. */
	PS_DO_READ = 1, /* [2]: how much must be readable */
	PS_DO_WRITE,	/* [1] comes back as what was written */
	PS_DO_ALLOCATE, /* [2] type, [3] protection, [4] zero bits, [5] whether there are limits: [6] to [8] */
	PS_DO_FREE,
	PS_DO_PROTECT, /* [2] protection, comes back as the old one */
	PS_DO_QUERY,   /* [1] class, [2] length, [3] comes back as where the answer lay there, [4] as the used length; with a
			  * descriptor of the answer [5] is its size */
	PS_DO_MAP,     /* data: struct ps_call_view, which comes back */
	PS_DO_UNMAP,   /* [1]: flags of NtUnmapViewOfSectionEx */
	/* Threads: [0] is the id. */
	PS_DO_CREATE_THREAD, /* [0] start, [1] argument, [2] flags, [3] reserve, [4] commit; then as PS_DO_OPEN_THREAD */
	PS_DO_OPEN_THREAD,   /* gives the record of the event of its end; [0] id, [1] TEB, [2] start, [3] creation time */
	PS_DO_SUSPEND,	     /* [1]: previous count */
	PS_DO_RESUME,
	PS_DO_TERMINATE,   /* [1] code */
	PS_DO_GET_CONTEXT, /* data: CONTEXT, both ways */
	PS_DO_SET_CONTEXT,
	PS_DO_QUEUE_APC,    /* [1] function, [2] to [4] arguments, [5] KE_APC_ flags */
	PS_DO_QUERY_THREAD, /* [1] class, [2] length, [3] and [4] as PS_DO_QUERY */
	PS_DO_SET_THREAD,   /* [1] class; data */
	/* The process. */
	PS_DO_QUERY_PROCESS, /* [0] class, [2] length, [3] and [4] as PS_DO_QUERY */
	PS_DO_SET_PROCESS,   /* [0] class; data */
	PS_DO_SUSPEND_ALL,
	PS_DO_RESUME_ALL,
	PS_DO_CREATE_PROCESS, /* [0] size of the package, which is the descriptor; comes back as the id (create_under.c) */
	/* Handles. */
	PS_DO_GIVE_HANDLE, /* [0] handle, [1] access, [2] attributes, [3] options; gives a struct io_inherited */
	PS_DO_CLOSE_HANDLE,
	PS_DO_TAKE_HANDLE, /* data: struct io_inherited; [0] comes back as the handle */
	PS_DO_GIVE_TOKEN,  /* [0] a thread, or 0 for the process; gives a struct io_inherited */
	PS_DO_SET_TOKEN,   /* [0] a thread; data: struct io_inherited, or nothing */
	PS_DO_JOIN_JOB,	   /* [0] holder; the descriptors of a struct ps_enrollment (job.h) */
	PS_DO_DEBUG_EVENT,   /* these two: debug.h */
	PS_DO_DEBUG_COMMAND,
	PS_DO_REFRESH_JOBS, /* [0] comes back as how many there are */
};

/* A section, and the view of it that is wanted. */
struct ps_call_view {
	struct io_inherited section;
	struct mm_view view;
};

struct ps_call {
	enum ps_operation operation;
	uint64_t values[PS_CALL_VALUES]; /* both ways */
	const void *data;		 /* host memory, or the guest's that was probed */
	size_t size;			 /* PS_CALL_BYTES at most */
	int fds[2];			 /* both ways; those given stay the caller's */
	unsigned fd_count;
	void *answer; /* host memory */
	size_t room;  /* comes back as the answer's size */
};

/* Asks a process; no lock may be held.  What it answered; STATUS_PROCESS_IS_TERMINATING: it ends, or has;
 * STATUS_ACCESS_DENIED: it may not be asked, or does not answer; STATUS_NO_MEMORY. */
NTSTATUS ps_ask(struct ps_process *other, struct ps_call *call);
/* The same for a thread that counts as blocked already, and goes on counting so. */
NTSTATUS ps_ask_standing(struct ps_process *other, struct ps_call *call);

/* Those of the answer. */
void ps_close_descriptors(struct ps_call *call);

/* The process that a handle means: *other is NULL when it is this one, else referenced.  As ps_check_own_process, and
 * STATUS_PROCESS_IS_TERMINATING for one that has ended. */
NTSTATUS ps_reference_target(HANDLE handle, ACCESS_MASK access, struct ps_process **other);
/* The same, and asks when it is another: *done says so. */
NTSTATUS ps_ask_target(HANDLE handle, ACCESS_MASK access, struct ps_call *call, bool *done);

/* Queries whose answers may have pointers into themselves: as NtQueryInformationProcess and its kin, into the guest's
 * buffer.  *used: what came back in values[4]. */
NTSTATUS ps_ask_query(struct ps_process *other, struct ps_call *call, void *buffer, size_t length, bool string, size_t *used);

/* Reads or writes another process' memory; *done is what was copied.  `here` is the guest's.  NtReadVirtualMemory. */
NTSTATUS ps_copy_remote(struct ps_process *other, uintptr_t there, void *here, size_t size, bool write, size_t *done);

/* The first thread has its place: from now on the process can be asked. */
void ps_service_initialize(void);
/* The service thread is wanted at once. */
void ps_service_start(void);
/* What a poke means besides: set by job.c; in a signal handler. */
extern void (*ps_poke_hook)(void);
/* The process ends: questions are refused. */
bool ps_is_ending(void);

/* Threads of other processes (remote_thread.c). */
NTSTATUS ps_create_remote_thread(struct ps_process *other, void *start, void *argument, ULONG flags, SIZE_T reserve, SIZE_T commit,
				 struct ps_thread **thread);
/* A thread of a known process, by NT's id; STATUS_INVALID_CID. */
NTSTATUS ps_open_remote_thread(struct ps_process *other, HANDLE id, struct ps_thread **thread);
/* One question about a thread of another process. */
NTSTATUS ps_ask_thread(struct ps_thread *thread, enum ps_operation operation, struct ps_call *call);
/* The exit code; STILL_ACTIVE. */
DWORD ps_thread_exit_code(struct ps_thread *thread);
/* The other side: the thread's end is announced from now on.  A descriptor of the event's record. */
NTSTATUS ps_announce_thread(struct ps_thread *thread, int *fd);
void ps_announce_end(struct ps_thread *thread);
/* A process has ended: so have its threads. */
void ps_end_remote_threads(struct ps_process *other);
void ps_forget_remote_thread(struct ps_thread *thread);

#endif
