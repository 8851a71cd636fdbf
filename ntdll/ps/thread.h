/*
 * ntdll/ps/thread.h - a thread, as ke/ and ps/ see it.
 *
 * Ids: a process' is four times Linux' pid, a thread's four times its tid with a count above that (ids.c): multiples of 4, as
 * on Windows, and unique in the system.
 */
#ifndef PEWTER_NTDLL_PS_THREAD_H
#define PEWTER_NTDLL_PS_THREAD_H

#include "host/thread.h"
#include "nt/peb.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/ps.h"

/* Linux' numbers are below 2^22.  `count` is not 0. */
#define PS_THREAD_ID(tid, count) ((HANDLE)((uintptr_t)(count) << 24 | (uintptr_t)(tid) * 4))
#define PS_ID_NUMBER(id) ((unsigned)((uintptr_t)(id) & 0xFFFFFF) / 4)
#define PS_IS_THREAD_ID(id) ((uintptr_t)(id) >> 24 != 0)

/* Why a thread must not go on in guest code.  Bits of ps_thread.pending. */
#define PS_PENDING_SUSPEND 1u
#define PS_PENDING_TERMINATE 2u
/* It may go on, but has a special APC to run first.  Set and cleared under the APC lock. */
#define PS_PENDING_SPECIAL 16u

/* Where a thread is; ps_thread.place. */
enum ps_place {
	PS_RUNNING,	/* guest or host code */
	PS_BLOCKED,	/* in a blocking host call at the border: a wait, a read */
	PS_PARKED,	/* suspended, in guest code: `context` holds its registers */
	PS_STARTING,	/* not yet in guest code; `context` is where it will start */
	PS_ENDED,
};

/* A thread's wait; see ke/wait.c. */
struct ke_waiter {
	uint32_t state; /* KE_WAITING, or why it ended; also the futex */
	uint32_t count;
	bool all;
	bool mixed; /* for all, shared objects among them: signallers only poke */
	bool alertable;
	struct ke_wait_block *blocks;
};

struct ke_apc {
	struct ke_apc *next;
	void *function;
	uint64_t a, b, c;
	bool special;	   /* runs as soon as the thread is in guest code */
	bool with_context; /* is told the context that it interrupts */
};

struct ke_mutant;

struct ps_thread {
	struct ob_object object;
	struct ke_dispatcher ended; /* signalled at the end */
	struct ke_waiter waiter;
	uint32_t pending; /* PS_PENDING_* */
	uint32_t place;	  /* enum ps_place; also the futex of a suspended thread */
	uint32_t park;	  /* the futex of park.c */
	const void *asleep_for; /* a lock, while it is parked for it: release.h; under the lock of its bucket */

	struct host_lock apc_lock;
	struct ke_apc *apc_first, *apc_last; /* special ones first */
	bool apc_closed; /* the thread ends: no more APCs */

	uint32_t light; /* odd: looks at an object without a reference; see ob/light.h */

	struct ke_mutant *owned; /* mutexes that it holds; touched by itself only */

	struct host_lock suspend_lock; /* suspend_count, context */
	uint32_t suspend_count;
	uint32_t looks; /* who reads or sets its registers just now */
	bool context_set; /* `context` was set by somebody and is to be loaded */
	CONTEXT *context;	 /* allocated when first set */
	CONTEXT *parked_context; /* while PS_PARKED: in the thread's signal frame */
	void *parked_image;	 /* and its extended state, where there is one */
	struct ke_xstate_image *image; /* goes with `context`; allocated when first set */
	bool image_set;
	uint64_t border[8];	 /* while PS_BLOCKED: rip, rsp, rbx, rbp, r12 to r15 of the host's sleep */
	uint32_t border_changes; /* counts before it is written: who looks knows whether it stayed */

	/* Told before the thread sleeps at the border and when it goes on; for threads of pools.  May take leaf locks. */
	void (*blocking)(struct ps_thread *thread, bool blocks);
	struct tp_worker *worker; /* what it is to its pool */
	const void *port; /* the completion port that it last took a packet from; compared only */
	bool dequeues;	  /* it waits at a port to take a packet, not for its handle */
	uint64_t debug[6];   /* Dr0 to Dr3, Dr6, Dr7 as set; under the suspend lock */
	int breakpoints[4]; /* the host's, plus one */
	uint32_t debug_state;  /* futex: 1 when a debugger has answered what this thread reported */
	NTSTATUS debug_status; /* how */

	TEB *teb;
	struct mm_stack stack;
	unsigned tid; /* Linux' */
	HANDLE id;
	struct ps_thread *next_id; /* in the table of ids.c */
	void *start, *argument;
	struct host_worker *worker_thread; /* what it runs on; NULL: launched, or one that is not ours to launch */
	/* The thread that it started last (its `ended`; compared only), the time stamp counter then, and how many of its latest
	 * ones it waited for at once: ps_note_wait. */
	const struct ke_dispatcher *started;
	uint64_t started_at;
	unsigned waited_at_once;
	uint64_t times_before[2];	   /* user and system time that its host thread had spent before; 100 ns */
	uint64_t times[2];		   /* at its end, its own */
	uint64_t *host_times;		   /* where the next thread on that host thread finds what was spent */
	DWORD exit_code;
	bool first;	    /* the process' first thread */
	bool attached;	    /* DLL_THREAD_ATTACH was called */
	bool hidden_start;  /* no DLL_THREAD_ATTACH (flag 2 of NtCreateThreadEx) */
	bool exiting;
	bool used_before; /* its host thread has run others */
	bool debug_string_passed; /* a string for a debugger was swallowed */
	LONG priority;
	bool boost_disabled;
	bool hidden_from_debugger;
	bool never_frozen;	   /* NtSuspendProcess passes over it */
	KAFFINITY affinity;
	KAFFINITY cpu_sets; /* that it selected; 0 = none */
	/* hints.c; 0 where nothing was set */
	uint8_t page_priority, io_priority, dynamic_code, power_control, power_state;
	bool io_priority_set;
	ULONG ideal_processor;
	uint64_t create_time, exit_time; /* FILETIMEs */
	struct ps_process *child; /* a thread of another process: referenced; NULL for ours */
	/* The event of the end, between processes (remote.h): of another process' thread, what its handles wait for; NULL for a first
	 * thread, which is taken to end with its process.  Of ours, when somebody elsewhere has a handle; under the suspend lock. */
	struct ob_object *announced;
	bool end_announced;
	struct ob_object *token; /* for impersonation; referenced; under the suspend lock */
	char16_t *description;
	uint32_t description_length; /* in bytes */
	uint32_t alert;		     /* NtAlertThreadByThreadId: one is remembered; also a futex */
	ULONG execution_state;	     /* ES_ flags: what the machine is to stay awake for */
	uint32_t alerted;	     /* NtAlertThread: one is remembered, for the next alertable wait */
	/* The file that it waits for in a synchronous call that can be cancelled (io/async.c), and the status that this has been
	 * asked for with. */
	const void *io_waits;
	uint32_t io_cancelled;
	struct ps_thread *next, *previous; /* list of living threads, under the threads lock */
};

/* A process: this one, a child, or one that was opened. */
struct ps_process {
	struct ob_object object;
	struct ke_dispatcher ended;
	HANDLE id, parent; /* parent NULL: no process of ours */
	unsigned pid;	   /* Linux' */
	bool own;
	DWORD exit_code; /* STILL_ACTIVE while it runs */
	ULONG priority_class;
	ULONG error_mode;
	bool boost_disabled;
	uint64_t create_time, exit_time; /* FILETIMEs */
	uint64_t times[2];		 /* at its end: user and system time, 100 ns */
	struct host_child *child;	 /* what host/ knows of a child */
	struct ps_handover *handover;	 /* what it shares with us; mapped */
	UNICODE_STRING image_name;
	struct ps_thread *first;  /* of another process; not referenced, under the lock of foreign.c */
	struct ps_thread *others; /* its other threads that are known, in the same way, by `next` */
	struct host_lock channel_lock;
	int channels[4]; /* connections that nobody uses just now: remote.c */
	unsigned channel_count;
	struct ps_process *next;  /* list of known processes, under the same */
};

#define STILL_ACTIVE 259u

extern const struct ob_type ps_thread_type, ps_process_type;
extern struct ps_process ps_own_process;

/* The object of a pseudo handle (-1 process, -2 thread); NULL. */
struct ob_object *ps_pseudo_object(HANDLE handle);
/* Whether a handle is this process, with these rights: STATUS_SUCCESS, STATUS_INVALID_HANDLE,
 * STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED, STATUS_PROCESS_IS_TERMINATING (another, ended one). */
NTSTATUS ps_check_own_process(HANDLE handle, ACCESS_MASK access);

/* Makes the calling host thread a thread of the process: the first one, on its way to the guest.  Sets ps_self. */
NTSTATUS ps_adopt_first_thread(TEB *teb, const struct mm_stack *stack);
/* The same without a TEB, for tests of ke/ and ob/ without a guest. */
NTSTATUS ps_adopt_bare_thread(void);

/* Starts a thread.  `creation` has flags of NtCreateThreadEx: 1 suspended, 2 no attach, 4 hidden.  Zero sizes mean the
 * image's.  On success *thread has a reference for the caller. */
#define PS_CREATE_SUSPENDED 1u
#define PS_SKIP_ATTACH 2u
NTSTATUS ps_create_thread(void *start, void *argument, ULONG creation, SIZE_T reserve, SIZE_T commit,
			  struct ps_thread **thread);
/* Called by the thread that runs the guest's routine: see thread.c. */
void NTAPI RtlUserThreadStart(PVOID routine, PVOID argument);
/* The sizes of stacks of threads that name none; from the program's header. */
void ps_set_stack_sizes(SIZE_T reserve, SIZE_T commit);
/* Replaces zeros by those, and makes the reserve large enough. */
void ps_round_stack_sizes(SIZE_T *reserve, SIZE_T *commit);
/* A thread's stack has this much from the start: what the first call of an export looks for (KE_STACK_PROBE).  NT's threads
 * too have used some by the time that a program sees them (nt facts, memory 49). */
#define PS_FIRST_COMMIT 0x3000u

/* Ends the calling thread: detach, FLS, mutexes; the process too when it is the last. */
void ps_exit_thread(DWORD code) __attribute__((noreturn));
/* The same without calling any guest code: TerminateThread. */
void ps_thread_terminated(void) __attribute__((noreturn));
/* Called on every way out of a blocking call and at a thread's start: parks while suspended, ends when terminated. */
void ps_check_pending(void);

/* NtQueryInformationThread and NtSetInformationThread, of a thread of this process; rights were checked. */
NTSTATUS ps_query_thread(struct ps_thread *thread, ULONG class, void *buffer, ULONG size, ULONG *returned);
NTSTATUS ps_set_thread(struct ps_thread *thread, ULONG class, const void *buffer, ULONG size);

/* The thread with this NT id, referenced; NULL.  It may have ended. */
struct ps_thread *ps_find_thread(HANDLE id);
/* From its tid.  A thread has it until it is destroyed. */
void ps_give_id(struct ps_thread *thread);
void ps_drop_id(struct ps_thread *thread);
/* Whoever is to launch a new thread, if that is the caller: what it runs on, or NULL.  Its suspend lock is held. */
/* The thread begins to sleep until `object` is signalled. */
void ps_note_wait(struct ps_thread *self, const struct ke_dispatcher *object);
struct host_worker *ps_claim_launch(struct ps_thread *thread);
/* Lets it go as far as its first look at `pending`; nothing for NULL.  Without the lock: the thread runs at once, and may want
 * it. */
void ps_launch_thread(struct ps_thread *thread, struct host_worker *worker);
/* The process' first thread, whose host thread stays for ever, has ended; the calling one is it. */
extern __thread bool ps_thread_stays __attribute__((tls_model("initial-exec")));
/* Calls fn for each living thread under the threads lock. */
void ps_for_each_thread(void (*fn)(struct ps_thread *thread, void *context), void *context);
unsigned ps_thread_count(void);

/* FLS: at the end of a thread or fiber; see ps/fls.c. */
void ps_fls_thread_end(void);
/* Frees what was set since, without a callback (nt facts, execution 88). */
void ps_fls_thread_drop(void);
NTSTATUS NTAPI RtlFlsAlloc(PVOID callback, ULONG *index);
NTSTATUS NTAPI RtlFlsFree(ULONG index);
NTSTATUS NTAPI RtlFlsGetValue(ULONG index, PVOID *value);
NTSTATUS NTAPI RtlFlsSetValue(ULONG index, PVOID value);
void NTAPI RtlProcessFlsData(PVOID data, ULONG flags);

NTSTATUS NTAPI NtOpenThread(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, CLIENT_ID *id);
NTSTATUS NTAPI NtOpenProcess(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, CLIENT_ID *id);
NTSTATUS NTAPI NtTerminateThread(HANDLE handle, NTSTATUS code);
NTSTATUS NTAPI NtTerminateProcess(HANDLE handle, NTSTATUS code);
NTSTATUS NTAPI NtSuspendThread(HANDLE handle, ULONG *previous);
NTSTATUS NTAPI NtResumeThread(HANDLE handle, ULONG *previous);
NTSTATUS NTAPI NtGetContextThread(HANDLE handle, CONTEXT *context);
NTSTATUS NTAPI NtSetContextThread(HANDLE handle, const CONTEXT *context);
NTSTATUS NTAPI NtQueryInformationThread(HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned);
NTSTATUS NTAPI NtSetInformationThread(HANDLE handle, ULONG class, PVOID buffer, ULONG size);
NTSTATUS NTAPI NtQueryInformationProcess(HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned);
NTSTATUS NTAPI NtSetInformationProcess(HANDLE handle, ULONG class, PVOID buffer, ULONG size);
NTSTATUS NTAPI NtQueueApcThread(HANDLE handle, PVOID function, PVOID a, PVOID b, PVOID c);

/* THREADINFOCLASS and PROCESSINFOCLASS (winternl.h, ntddk.h), those that we answer. */
enum {
	ThreadBasicInformation = 0,
	ThreadTimes = 1,
	ThreadPriority = 2,
	ThreadBasePriority = 3,
	ThreadAffinityMask = 4,
	ThreadImpersonationToken = 5,
	ThreadQuerySetWin32StartAddress = 9,
	ThreadAmILastThread = 12,
	ThreadIdealProcessor = 13,
	ThreadPriorityBoost = 14,
	ThreadIsIoPending = 16,
	ThreadHideFromDebugger = 17,
	ThreadGroupInformation = 30,
	ThreadIdealProcessorEx = 33,
	ThreadSuspendCount = 35,
	ThreadNameInformation = 38,
};
enum {
	ProcessBasicInformation = 0,
	ProcessQuotaLimits = 1,
	ProcessVmCounters = 3,
	ProcessTimes = 4,
	ProcessDebugPort = 7,
	ProcessDefaultHardErrorMode = 12,
	ProcessPriorityClass = 18,
	ProcessHandleCount = 20,
	ProcessAffinityMask = 21,
	ProcessPriorityBoost = 22,
	ProcessSessionInformation = 24,
	ProcessWow64Information = 26,
	ProcessImageFileName = 27,
	ProcessDebugFlags = 31,
	ProcessExecuteFlags = 34,
	ProcessImageFileNameWin32 = 43,
	ProcessCommandLineInformation = 60,
};

typedef struct _THREAD_BASIC_INFORMATION {
	NTSTATUS ExitStatus;
	PVOID TebBaseAddress;
	CLIENT_ID ClientId;
	KAFFINITY AffinityMask;
	KPRIORITY Priority;
	LONG BasePriority;
} THREAD_BASIC_INFORMATION;

typedef struct _PROCESS_BASIC_INFORMATION {
	NTSTATUS ExitStatus;
	PPEB PebBaseAddress;
	KAFFINITY AffinityMask;
	KPRIORITY BasePriority;
	ULONG_PTR UniqueProcessId;
	ULONG_PTR InheritedFromUniqueProcessId;
} PROCESS_BASIC_INFORMATION;

typedef struct _GROUP_AFFINITY {
	KAFFINITY Mask;
	USHORT Group;
	USHORT Reserved[3];
} GROUP_AFFINITY;

typedef struct _PROCESSOR_NUMBER {
	USHORT Group;
	UCHAR Number;
	UCHAR Reserved;
} PROCESSOR_NUMBER;

typedef struct _KERNEL_USER_TIMES {
	LARGE_INTEGER CreateTime, ExitTime, KernelTime, UserTime;
} KERNEL_USER_TIMES;

/* VM_COUNTERS, and what _EX and _EX2 add to it. */
typedef struct _VM_COUNTERS_EX2 {
	SIZE_T PeakVirtualSize, VirtualSize;
	ULONG PageFaultCount;
	SIZE_T PeakWorkingSetSize, WorkingSetSize;
	SIZE_T QuotaPeakPagedPoolUsage, QuotaPagedPoolUsage;
	SIZE_T QuotaPeakNonPagedPoolUsage, QuotaNonPagedPoolUsage;
	SIZE_T PagefileUsage, PeakPagefileUsage;
	SIZE_T PrivateUsage;
	SIZE_T PrivateWorkingSetSize;
	SIZE_T SharedCommitUsage;
} VM_COUNTERS_EX2;
/* QUOTA_LIMITS, and what _EX adds to it (MSDN QUOTA_LIMITS). */
typedef struct _QUOTA_LIMITS_EX {
	SIZE_T PagedPoolLimit, NonPagedPoolLimit;
	SIZE_T MinimumWorkingSetSize, MaximumWorkingSetSize;
	SIZE_T PagefileLimit;
	LARGE_INTEGER TimeLimit;
	SIZE_T WorkingSetLimit;
	SIZE_T Reserved2, Reserved3, Reserved4;
	ULONG Flags; /* PS_QUOTA_HARDWS_* */
	ULONG CpuRateLimit;
} QUOTA_LIMITS_EX;
#define PS_QUOTA_HARDWS_MIN_ENABLE 0x1u
#define PS_QUOTA_HARDWS_MIN_DISABLE 0x2u
#define PS_QUOTA_HARDWS_MAX_ENABLE 0x4u
#define PS_QUOTA_HARDWS_MAX_DISABLE 0x8u
/* ProcessBasicInformation and ThreadBasicInformation with what is known without asking another process: addresses of PEB and
 * TEB may be missing. */
NTSTATUS ps_query_basic(HANDLE process, PROCESS_BASIC_INFORMATION *basic);
NTSTATUS ps_query_thread_basic(HANDLE thread, THREAD_BASIC_INFORMATION *basic);
void ps_quota_limits(QUOTA_LIMITS_EX *limits);
/* Only the limits of the working set can be set.  `extended`: with flags.  STATUS_INVALID_PARAMETER,
 * STATUS_BAD_WORKING_SET_LIMIT, STATUS_PRIVILEGE_NOT_HELD (hard limits, which cannot be kept). */
NTSTATUS ps_set_quota_limits(const QUOTA_LIMITS_EX *limits, bool extended);

/* STATUS_UNSUCCESSFUL: Linux does not tell (the process has ended and is forgotten). */
NTSTATUS ps_vm_counters(const struct ps_process *process, VM_COUNTERS_EX2 *counters);

/* Every other thread stops for good; handles are signalled, mutexes abandoned.  The way to the process' end. */
void ps_stop_other_threads(DWORD code);

#endif
