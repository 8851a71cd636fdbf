/*
 * ntdll/ke/ke.h - waits, dispatcher objects, exception dispatch.  Read ntdll/ke/README.md for the design.
 *
 * Lock order: the locks of dispatcher objects are taken below every other lock of ntdll/ob and ntdll/ps, several of them
 * only in order of address (a wait for all) or by trying; a thread's APC lock is a leaf, and so are the buckets of park.c.
 */
#ifndef PEWTER_NTDLL_KE_KE_H
#define PEWTER_NTDLL_KE_KE_H

#include "nt/context.h"
#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include <stdbool.h>

struct ps_thread;
struct ob_object;
struct host_shared;

/*
 * The instruction with which every stub of an export looks 8 KiB down the stack: test [rsp - 2000h], al, in a form that
 * compilers do not write.  Where the stack ends there, STATUS_STACK_OVERFLOW is raised in the stub, where nothing is held and
 * the caller's frame is whole; any other failure of it means nothing.
 */
#define KE_STACK_PROBE "\x40\x84\x84\x24\x00\xE0\xFF\xFF"
#define KE_STACK_PROBE_SIZE 8u
/* Where in the code of a service, in ntdll's image, a return instruction stands. */
#define KE_SERVICE_RETURN 31u

/* Every call from host code into guest code passes here (thread starts, DllMain, TLS and FLS callbacks, exception
 * handlers, comparison functions, atexit): one frame that the unwinder knows.  Up to four integer arguments. */
uint64_t WINAPI ke_call_guest(void *function, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
/* The same with eight, as many as the function takes of them. */
uint64_t WINAPI ke_call_guest_eight(void *function, const uint64_t *arguments);

/*
 * Dispatcher objects: what can be waited for.  Embedded in the objects of other rooms.
 */
enum ke_kind {
	KE_NOTIFICATION,    /* manual reset: stays signalled, releases everybody */
	KE_SYNCHRONIZATION, /* auto reset: releases one and is reset */
	KE_SEMAPHORE,       /* releases as many as its count */
	KE_MUTANT,          /* a mutex: 1 free, 0 held, -1 held twice... */
	/* A completion port: as many as its count, but only of those that take packets (ps_thread.dequeues), who came last first;
	 * who waits for the handle takes nothing. */
	KE_QUEUE,
};

struct ke_wait_block;
struct ke_dispatcher {
	uint64_t word; /* high half: the signal state; low half: lock and waiter bits */
	struct ke_wait_block *first, *last;
	enum ke_kind kind;
	struct host_shared *shared; /* its state is there, in common with other processes; see shared.c */
};

void ke_dispatcher_initialize(struct ke_dispatcher *object, enum ke_kind kind, LONG state);
/* The signal state at this moment; more than 0 = signalled. */
LONG ke_dispatcher_state(struct ke_dispatcher *object);
/* These return the state before. */
LONG ke_set(struct ke_dispatcher *object);
/* *asleep: the futex of a thread whose wait this ended and whom the caller is to wake, or NULL. */
LONG ke_set_quietly(struct ke_dispatcher *object, const uint32_t **asleep);
LONG ke_reset(struct ke_dispatcher *object);
/* Releases whoever waits now (one, for auto reset), and leaves it reset. */
LONG ke_pulse(struct ke_dispatcher *object);
/* Adds to a semaphore's count.  STATUS_SEMAPHORE_LIMIT_EXCEEDED: unchanged. */
NTSTATUS ke_release_semaphore(struct ke_dispatcher *object, LONG count, LONG limit, LONG *previous);

/* Adds one, for who holds the lock of another object; false: the lock could not be had by trying. */
bool ke_try_release_semaphore(struct ke_dispatcher *object);

/* Deadlines are nanoseconds of host_monotonic_ns. */
#define KE_FOREVER UINT64_MAX
/* The deadline of an NT timeout (NULL = for ever; negative = relative; positive = absolute; 100 ns units).
 * `timeout` is a captured value.  Zero and past times give 0: do not wait at all. */
uint64_t ke_deadline(const LARGE_INTEGER *timeout);
uint64_t ke_deadline_ms(DWORD milliseconds);
/* Captures a guest's timeout; STATUS_ACCESS_VIOLATION. */
NTSTATUS ke_capture_timeout(const LARGE_INTEGER *timeout, LARGE_INTEGER *copy, const LARGE_INTEGER **captured);

#define KE_MAXIMUM_WAIT_OBJECTS 64
/* Waits for one or all of the objects.  The caller holds references on them.  STATUS_WAIT_0 + index,
 * STATUS_ABANDONED_WAIT_0 + index, STATUS_TIMEOUT, STATUS_USER_APC (after the APCs ran).  Called with no lock held; does
 * not return when the thread is terminated meanwhile.  `objects` may be empty: a sleep. */
NTSTATUS ke_wait(unsigned count, struct ke_dispatcher *const *objects, bool all, bool alertable, uint64_t deadline);
static inline NTSTATUS ke_wait_one(struct ke_dispatcher *object, bool alertable, uint64_t deadline)
{
	return ke_wait(1, &object, false, alertable, deadline);
}

/* What a wait on this object waits for; NULL = it cannot be waited for. */
struct ke_dispatcher *ke_object_dispatcher(struct ob_object *object);

/* Around a host call that may block for long (read from a pipe or the console): the thread counts as being at the
 * border, where it may be suspended or terminated.  No lock may be held.  ke_leave_blocking returns when the thread may
 * go on; it does not return to a terminated thread. */
static inline __attribute__((always_inline)) void ke_enter_blocking(void);
void ke_leave_blocking(void);
/* The calling function's registers, for who looks at the blocked thread: the function must not have returned then. */
void ke_save_border(uint64_t registers[8]);
uint64_t *ke_border(void); /* the thread's place for them, which is written next; NULL: none */
void ke_stay_at_border(void);
static inline void ke_enter_blocking(void)
{
	uint64_t *border = ke_border();

	if (border) {
		ke_save_border(border);
		ke_stay_at_border();
	}
}

/* What keeps a wait that is alertable from beginning, once nothing that it waits for is signalled: an alert (STATUS_ALERTED, used
 * up) or APCs, which run (STATUS_USER_APC).  STATUS_SUCCESS: nothing. */
NTSTATUS ke_take_interruption(void);
/* NtAlertThread, for a thread of this process. */
void ke_alert(struct ps_thread *thread);
/* Runs the thread's pending user APCs; says whether there were any. */
bool ke_deliver_apcs(void);
/* The special ones only. */
void ke_deliver_special_apcs(void);
/* QUEUE_USER_APC_FLAGS. */
#define KE_APC_SPECIAL 0x1u
#define KE_APC_CONTEXT 0x10000u
NTSTATUS NTAPI NtQueueApcThreadEx2(HANDLE handle, HANDLE reserve, ULONG flags, PVOID function, PVOID a, PVOID b, PVOID c);
/* The builtin ntdll is in guest memory: its entries for exceptions and APCs are used from now on, patched or not, and its
 * services are known by number. */
struct dll_descriptor;
extern void *ke_image_break_point, *ke_image_remote_break; /* DbgBreakPoint and DbgUiRemoteBreakin there */
void ke_find_entries(HMODULE ntdll, const struct dll_descriptor *dll);
void ke_find_raise_exception(HMODULE kernel32);
/* The number of one of ntdll's exports as a system service: what its code loads into eax.  0: it is none. */
ULONG ke_service_number(const struct dll_descriptor *dll, const char *name);
/* Queues a user APC for a thread: function(a, b, c) in guest code.  STATUS_NO_MEMORY, STATUS_UNSUCCESSFUL (it ended). */
NTSTATUS ke_queue_apc(struct ps_thread *thread, void *function, uint64_t a, uint64_t b, uint64_t c);
/* The same with KE_APC_ flags. */
NTSTATUS ke_queue_apc_as(struct ps_thread *thread, ULONG flags, void *function, uint64_t a, uint64_t b, uint64_t c);
/* In a signal handler above guest code, which a special APC is to interrupt: the registers become those of its start.
 * false: there is none, or no room on the stack. */
struct host_registers;
bool ke_interrupt_with_apc(struct host_registers *registers);

/*
 * Parking: threads wait on an address, as NT's keyed waits do.  The word need not be aligned.
 */
/* Sleeps until unparked, if validate(context) still says so under the bucket's lock.  STATUS_SUCCESS: unparked;
 * STATUS_TIMEOUT; STATUS_RETRY: validate said no. */
NTSTATUS ke_park(const void *address, bool (*validate)(const void *context), const void *context, uint64_t deadline);
/* Wakes the longest parked thread, or all.  `before` (may be NULL) runs under the bucket's lock once it is known how many
 * threads will be woken and whether others stay. */
unsigned ke_unpark(const void *address, bool all, void (*before)(void *context, unsigned woken, bool more), void *context);
/* Unparks the first thread parked on the address if decide(context) says so, which is asked under the bucket's lock and only
 * when there is one. */
void ke_unpark_if(const void *address, bool (*decide)(void *context), void *context);

/*
 * Objects of ntdll/ke.
 */
/* An event without a name or handles; NULL: no memory. */
struct ob_object *ke_create_event(bool synchronization, bool signalled);
extern const struct ob_type ke_event_type, ke_mutant_type, ke_semaphore_type, ke_timer_type, ke_keyed_event_type;
/* Gives up every mutex that the calling thread owns: its end. */
void ke_abandon_mutants(struct ps_thread *thread);

NTSTATUS NTAPI NtCreateEvent(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG type, BOOLEAN state);
NTSTATUS NTAPI NtOpenEvent(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtSetEvent(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtResetEvent(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtPulseEvent(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtCreateMutant(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, BOOLEAN owned);
NTSTATUS NTAPI NtOpenMutant(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtReleaseMutant(HANDLE handle, LONG *previous);
NTSTATUS NTAPI NtCreateSemaphore(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, LONG initial,
				 LONG maximum);
NTSTATUS NTAPI NtOpenSemaphore(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtReleaseSemaphore(HANDLE handle, LONG count, LONG *previous);
NTSTATUS NTAPI NtCreateTimer(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG type);
NTSTATUS NTAPI NtOpenTimer(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtSetTimer(HANDLE handle, const LARGE_INTEGER *due, PVOID routine, PVOID context, BOOLEAN resume, LONG period,
			  BOOLEAN *previous);
NTSTATUS NTAPI NtCancelTimer(HANDLE handle, BOOLEAN *state);
NTSTATUS NTAPI NtWaitForSingleObject(HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout);
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable,
					const LARGE_INTEGER *timeout);
NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE signal, HANDLE wait, BOOLEAN alertable, const LARGE_INTEGER *timeout);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN alertable, const LARGE_INTEGER *interval);
NTSTATUS NTAPI NtYieldExecution(void);
NTSTATUS NTAPI NtTestAlert(void);

/* Runs fn(context) on the timer thread at a time (host_monotonic_ns); see timer.c.  Zero-initialised; the owner keeps
 * it alive until ke_timer_cancel has returned true or fn has run. */
struct ke_timer_entry {
	uint64_t due;
	uint32_t position; /* in the heap, from 1; 0 = not armed */
	void (*fn)(struct ke_timer_entry *entry);
};
NTSTATUS ke_timer_arm(struct ke_timer_entry *entry, uint64_t due);
/* true: it was armed and will not run. */
bool ke_timer_cancel(struct ke_timer_entry *entry);

/*
 * Locks of the run-time library: critical sections, SRW locks and the rest, as exported.
 */
struct _RTL_CRITICAL_SECTION;
NTSTATUS NTAPI RtlInitializeCriticalSection(struct _RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(struct _RTL_CRITICAL_SECTION *section, ULONG spin);
NTSTATUS NTAPI RtlInitializeCriticalSectionEx(struct _RTL_CRITICAL_SECTION *section, ULONG spin, ULONG flags);
NTSTATUS NTAPI RtlEnterCriticalSection(struct _RTL_CRITICAL_SECTION *section);
BOOLEAN NTAPI RtlTryEnterCriticalSection(struct _RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlLeaveCriticalSection(struct _RTL_CRITICAL_SECTION *section);
NTSTATUS NTAPI RtlDeleteCriticalSection(struct _RTL_CRITICAL_SECTION *section);

typedef struct _RTL_SRWLOCK {
	PVOID Ptr;
} RTL_SRWLOCK, RTL_CONDITION_VARIABLE, RTL_RUN_ONCE;
void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK *lock);
void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK *lock);
void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK *lock);
void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK *lock);
NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE *variable, struct _RTL_CRITICAL_SECTION *section,
					   const LARGE_INTEGER *timeout);
NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE *variable, RTL_SRWLOCK *lock,
					    const LARGE_INTEGER *timeout, ULONG flags);
void NTAPI RtlWakeAddressSingle(const void *address);
void NTAPI RtlWakeAddressAll(const void *address);
NTSTATUS NTAPI RtlWaitOnAddress(const void *address, const void *compare, SIZE_T size, const LARGE_INTEGER *timeout);
struct ke_barrier;
NTSTATUS NTAPI RtlInitBarrier(struct ke_barrier *barrier, LONG total, LONG spin);
BOOLEAN NTAPI RtlBarrier(struct ke_barrier *barrier, ULONG flags);
NTSTATUS NTAPI RtlDeleteBarrier(struct ke_barrier *barrier);
typedef ULONG(NTAPI *PRTL_RUN_ONCE_INIT_FN)(RTL_RUN_ONCE *once, PVOID parameter, PVOID *context);
NTSTATUS NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE *once, ULONG flags, PVOID *context);
NTSTATUS NTAPI RtlRunOnceComplete(RTL_RUN_ONCE *once, ULONG flags, PVOID context);
NTSTATUS NTAPI RtlRunOnceExecuteOnce(RTL_RUN_ONCE *once, PRTL_RUN_ONCE_INIT_FN fn, PVOID parameter, PVOID *context);

/*
 * Exceptions.
 */
/* Installs the fault hook of host/; once, before any guest code runs. */
void ke_initialize_exceptions(void);
/* Dispatches an exception raised by software; returns when a handler continued it with the context as it is. */
NTSTATUS NTAPI NtContinue(CONTEXT *context, BOOLEAN test_alert);
NTSTATUS NTAPI NtRaiseException(EXCEPTION_RECORD *record, CONTEXT *context, BOOLEAN first_chance);
void NTAPI RtlRaiseException(EXCEPTION_RECORD *record);
void NTAPI RtlRaiseStatus(NTSTATUS status);
USHORT NTAPI RtlCaptureStackBackTrace(ULONG skip, ULONG count, PVOID *trace, ULONG *hash);
/* A breakpoint in the function itself; a handler goes on behind it. */
void WINAPI ke_break_point(void);
/* A string for a debugger, as the exception that OutputDebugStringA raises, and a breakpoint: what NT does about misuse
 * when PEB.BeingDebugged is set. */
void WINAPI ke_debug_print_and_break(const char *text);
void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments);
void NTAPI RtlCaptureContext(CONTEXT *context);
void NTAPI RtlRestoreContext(CONTEXT *context, EXCEPTION_RECORD *record);
BOOLEAN NTAPI RtlAddFunctionTable(PRUNTIME_FUNCTION entries, DWORD count, DWORD64 base);
BOOLEAN NTAPI RtlDeleteFunctionTable(PRUNTIME_FUNCTION entries);
PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(ULONG_PTR pc, ULONG_PTR *base, UNWIND_HISTORY_TABLE *history);
PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG type, ULONG_PTR base, ULONG_PTR pc, PRUNTIME_FUNCTION entry, CONTEXT *context,
					  PVOID *data, ULONG_PTR *frame, KNONVOLATILE_CONTEXT_POINTERS *pointers);
void NTAPI RtlUnwindEx(PVOID frame, PVOID ip, EXCEPTION_RECORD *record, PVOID value, CONTEXT *context,
		       UNWIND_HISTORY_TABLE *history);
LONG NTAPI RtlUnhandledExceptionFilter(EXCEPTION_POINTERS *pointers);
/* The top-level filter (kernel32's UnhandledExceptionFilter), called for an exception that no frame took. */
extern LONG(NTAPI *ke_unhandled_filter)(EXCEPTION_POINTERS *pointers);
/* Ends the process as a crash: the report, then the exit code. */
void ke_crash(EXCEPTION_RECORD *record, CONTEXT *context) __attribute__((noreturn));

/* Loads every register that the context's flags name, and goes on there. */
void WINAPI ke_restore_context(const CONTEXT *context) __attribute__((noreturn));
/* Whether an address is guest code or data: inside the arena. */
bool ke_is_guest_address(uintptr_t address);

#endif
