/*
 * ntdll/ps/thread.c - the life of a thread: start, end, and the end of the process.
 *
 * A guest thread is a host thread that runs on an NT stack.  Its host stack holds the frame of host_guest_stack_call, to
 * which the thread returns when it ends.
 *
 * Lock order: the threads lock, then a thread's suspend lock.  Neither is held while guest code runs.
 */
#include "ntdll/ps/thread.h"
#include "host/time.h"
#include "host/vm.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/job.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/scheduling.h"
#include "ntdll/ps/suspend.h"
#include "ntdll/rtl/actctx.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/time.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

static struct host_lock threads_lock;
static struct ps_thread *threads; /* the oldest first */
static struct ps_thread *threads_last;
static unsigned thread_count;
static SIZE_T default_reserve = 1u << 20, default_commit = 4096;
/* The thread that ends the process; others may not go on. */
static struct ps_thread *ending_thread;
__thread bool ps_thread_stays __attribute__((tls_model("initial-exec")));

void ps_set_stack_sizes(SIZE_T reserve, SIZE_T commit)
{
	default_reserve = reserve;
	default_commit = commit;
}

void ps_round_stack_sizes(SIZE_T *reserve, SIZE_T *commit)
{
	if (!*commit)
		*commit = default_commit;
	if (!*reserve)
		*reserve = default_reserve;
	if (*reserve < *commit)
		*reserve = (*commit + 0xFFFFF) & ~(SIZE_T)0xFFFFF; /* MSDN: rounded up to the next MiB */
}

static struct ps_thread *create_object(void)
{
	struct ps_thread *thread = ob_create(&ps_thread_type, sizeof(*thread));

	if (!thread)
		return NULL;
	ke_dispatcher_initialize(&thread->ended, KE_NOTIFICATION, 0);
	thread->waiter.state = KE_ENDED(STATUS_WAIT_0);
	thread->exit_code = STILL_ACTIVE;
	thread->affinity = ps_process_affinity();
	thread->create_time = (uint64_t)rtl_system_time();
	return thread;
}

static void insert(struct ps_thread *thread)
{
	host_lock_acquire(&threads_lock);
	/* Too late for the freeze: it stops before it has begun. */
	if (__builtin_expect(ending_thread && ending_thread != thread, 0))
		__atomic_fetch_or(&thread->pending, PS_PENDING_FREEZE, __ATOMIC_SEQ_CST);
	if (__builtin_expect(ps_threads_held, 0))
		__atomic_fetch_or(&thread->pending, PS_PENDING_HOLD, __ATOMIC_SEQ_CST);
	thread->previous = threads_last;
	if (threads_last)
		threads_last->next = thread;
	else
		threads = thread;
	threads_last = thread;
	thread_count++;
	host_lock_release(&threads_lock);
}

/* Returns how many threads are left. */
static unsigned remove_thread(struct ps_thread *thread)
{
	unsigned left;

	host_lock_acquire(&threads_lock);
	if (thread->previous)
		thread->previous->next = thread->next;
	else
		threads = thread->next;
	if (thread->next)
		thread->next->previous = thread->previous;
	else
		threads_last = thread->previous;
	left = --thread_count;
	host_lock_release(&threads_lock);
	return left;
}

unsigned ps_thread_count(void)
{
	return __atomic_load_n(&thread_count, __ATOMIC_RELAXED);
}

void ps_for_each_thread(void (*fn)(struct ps_thread *thread, void *context), void *context)
{
	host_lock_acquire(&threads_lock);
	for (struct ps_thread *thread = threads; thread; thread = thread->next)
		fn(thread, context);
	host_lock_release(&threads_lock);
}

static void give_identity(struct ps_thread *thread, unsigned tid)
{
	thread->tid = tid;
	ps_give_id(thread);
	if (!ps_own_process.pid) {
		ps_own_process.pid = host_process_id();
		ps_own_process.id = (HANDLE)(uintptr_t)(ps_own_process.pid * 4ull);
	}
	if (thread->teb) {
		thread->teb->ClientId.UniqueProcess = ps_own_process.id;
		thread->teb->ClientId.UniqueThread = thread->id;
		thread->teb->RealClientId = thread->teb->ClientId;
	}
}

NTSTATUS ps_adopt_first_thread(TEB *teb, const struct mm_stack *stack)
{
	struct ps_thread *thread = create_object();

	if (!thread)
		return STATUS_NO_MEMORY;
	thread->first = true;
	thread->teb = teb;
	thread->stack = *stack;
	ps_own_process.create_time = thread->create_time;
	give_identity(thread, host_thread_id());
	ps_self = thread;
	thread->place = PS_RUNNING;
	insert(thread);
	host_set_gs(teb);
	host_trap_system_calls();
	ps_suspend_initialize();
	ps_service_initialize();
	return STATUS_SUCCESS;
}

NTSTATUS ps_adopt_bare_thread(void)
{
	struct ps_thread *thread = create_object();

	if (!thread)
		return STATUS_NO_MEMORY;
	give_identity(thread, host_thread_id());
	ps_self = thread;
	insert(thread);
	return STATUS_SUCCESS;
}

static void free_guest_parts(struct ps_thread *thread)
{
	uintptr_t base = thread->stack.allocation_base;
	TEB *teb = thread->teb;
	size_t size = 0;

	if (teb) {
		rtl_actctx_leave_all(teb);
		if (teb->TlsExpansionSlots)
			RtlFreeHeap(ps_peb->ProcessHeap, 0, teb->TlsExpansionSlots);
		teb->TlsExpansionSlots = NULL;
		if (ps_hooks.thread_tls_free)
			ps_hooks.thread_tls_free(teb);
		thread->teb = NULL; /* mm looks at it */
		ps_teb_free(teb);
	}
	if (base) {
		mm_park(thread->stack.limit, thread->stack.base - thread->stack.limit);
		mm_free(&base, &size, MEM_RELEASE);
	}
	thread->stack.allocation_base = 0;
}

/* On the guest stack, with the Microsoft convention: everything between the birth of the thread and its routine. */
static uint64_t WINAPI guest_start(void *argument)
{
	struct ps_thread *thread = ps_self;
	uint16_t control = 0x27F;
	uint32_t mxcsr = 0x1F80;

	__asm__ volatile("fldcw %0\n\tldmxcsr %1" : : "m"(control), "m"(mxcsr));
	if (thread->pending)
		ps_wait_to_start();
	ps_gate_wait_loaded();
	if (__builtin_expect(ps_debugged, 0))
		ps_debug_thread_started(thread);
	__atomic_store_n(&thread->place, PS_RUNNING, __ATOMIC_SEQ_CST);
	if (!thread->hidden_start && ps_hooks.thread_attach) {
		thread->attached = true;
		ps_hooks.thread_attach();
	}
	ke_deliver_apcs();
	ps_enter_start_context();
	return 0;
}

/* On the host stack, when nothing of the guest runs here any more. */
static const uint32_t *finish(struct ps_thread *thread)
{
	DWORD code = thread->exit_code;
	const uint32_t *waiter;

	if (thread->teb)
		host_set_gs(NULL);
	ke_drop_breakpoints(thread);
	ps_thread_times(thread, &thread->times[0], &thread->times[1]);
	if (thread->host_times) {
		thread->host_times[0] = thread->times_before[0] + thread->times[0];
		thread->host_times[1] = thread->times_before[1] + thread->times[1];
	}
	free_guest_parts(thread);
	rtl_heap_thread_detach();
	ps_self = NULL;
	thread->exit_time = (uint64_t)rtl_system_time();
	thread->exit_code = code;
	ke_set_quietly(&thread->ended, &waiter);
	ps_announce_end(thread);
	ob_dereference(thread);
	return waiter;
}

static const uint32_t *host_start(void *argument)
{
	struct ps_thread *thread = argument;

	host_set_gs(thread->teb);
	ps_self = thread;
	if (!thread->used_before)
		host_trap_system_calls();
	host_guest_stack_call((void *)thread->stack.base, guest_start, thread);
	return finish(thread);
}

/*
 * Who starts a thread and waits for it at once has nothing to do meanwhile: the two take turns, and are quickest on one
 * processor, where Linux need not wake another one.  After a few such turns the next thread is launched near its creator.
 */
#define AT_ONCE_CYCLES 100000u
#define TURNS 4u

void ps_note_wait(struct ps_thread *self, const struct ke_dispatcher *object)
{
	if (object != self->started)
		return;
	self->started = NULL;
	if (__builtin_ia32_rdtsc() - self->started_at < AT_ONCE_CYCLES)
		self->waited_at_once++;
	else
		self->waited_at_once = 0;
}

static bool takes_turns(void)
{
	struct ps_thread *self = ps_self;

	if (!self)
		return false;
	if (self->started)
		self->waited_at_once = 0;
	return self->waited_at_once >= TURNS;
}

static void note_start(const struct ps_thread *thread)
{
	struct ps_thread *self = ps_self;

	if (!self)
		return;
	self->started = &thread->ended;
	self->started_at = __builtin_ia32_rdtsc();
}

struct host_worker *ps_claim_launch(struct ps_thread *thread)
{
	struct host_worker *worker = thread->worker_thread;

	thread->worker_thread = NULL;
	return worker;
}

void ps_launch_thread(struct ps_thread *thread, struct host_worker *worker)
{
	if (!worker)
		return;
	note_start(thread);
	if (host_worker_run(worker, host_start, thread))
		ps_reset_affinity(thread);
}

NTSTATUS ps_create_thread(void *start, void *argument, ULONG creation, SIZE_T reserve, SIZE_T commit,
			  struct ps_thread **result)
{
	struct host_worker *worker;
	struct ps_thread *thread;
	NTSTATUS status;

	if (__atomic_load_n(&ending_thread, __ATOMIC_RELAXED))
		return STATUS_PROCESS_IS_TERMINATING;
	thread = create_object();
	if (!thread)
		return STATUS_NO_MEMORY;
	ps_round_stack_sizes(&reserve, &commit);
	status = mm_create_stack(reserve, commit < PS_FIRST_COMMIT ? PS_FIRST_COMMIT : commit, 0, &thread->stack);
	if (NT_SUCCESS(status)) {
		thread->teb = ps_teb_create(&thread->stack);
		status = thread->teb ? STATUS_SUCCESS : STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status) && ps_hooks.thread_tls_allocate)
		status = ps_hooks.thread_tls_allocate(thread->teb);
	if (!NT_SUCCESS(status))
		goto failed;
	thread->start = start;
	thread->argument = argument;
	thread->place = PS_STARTING;
	thread->hidden_start = creation & PS_SKIP_ATTACH;
	if (creation & PS_CREATE_SUSPENDED) {
		thread->suspend_count = 1;
		thread->pending = PS_PENDING_SUSPEND;
	}
	if (ps_self && ps_self->teb)
		thread->teb->NtTib.ArbitraryUserPointer = NULL;
	if (host_worker_take(&thread->worker_thread, takes_turns()) < 0) {
		status = STATUS_NO_MEMORY;
		goto failed;
	}
	give_identity(thread, host_worker_id(thread->worker_thread));
	thread->used_before = host_worker_is_used(thread->worker_thread);
	thread->host_times = host_worker_times(thread->worker_thread);
	memcpy(thread->times_before, thread->host_times, sizeof(thread->times_before));
	ps_reset_scheduling(thread);
	ob_reference(thread); /* the running thread's own */
	insert(thread);
	if (!(creation & PS_CREATE_SUSPENDED)) {
		host_lock_acquire(&thread->suspend_lock);
		worker = ps_claim_launch(thread);
		host_lock_release(&thread->suspend_lock);
		ps_launch_thread(thread, worker);
	}
	*result = thread;
	return STATUS_SUCCESS;
failed:
	free_guest_parts(thread);
	ob_dereference(thread);
	return status;
}

static void *stay_for_ever(void *argument)
{
	const uint32_t *waiter = finish(argument);
	uint32_t never = 0;

	if (waiter)
		host_futex_wake(waiter, 1);
	ps_thread_stays = true;
	for (;;)
		host_futex_wait(&never, 0, UINT64_MAX);
	return NULL;
}

static void drop_apcs(struct ps_thread *thread)
{
	struct ke_apc *apc, *next;

	host_lock_acquire(&thread->apc_lock);
	thread->apc_closed = true;
	apc = thread->apc_first;
	thread->apc_first = thread->apc_last = NULL;
	host_lock_release(&thread->apc_lock);
	for (; apc; apc = next) {
		next = apc->next;
		free(apc);
	}
}

/* A debugger's thread: what it debugs ends with it, unless it said otherwise (MSDN DebugSetProcessKillOnExit). */
static void close_debug_object(struct ps_thread *thread)
{
	HANDLE object = thread->teb ? (HANDLE)thread->teb->DbgSsReserved[1] : NULL;

	if (__builtin_expect(object != NULL, 0)) {
		thread->teb->DbgSsReserved[1] = NULL;
		ob_close_handle(object);
	}
}

/* The part of a thread's end that needs no guest code.  Does not return. */
static void leave(struct ps_thread *thread)
{
	close_debug_object(thread);
	/* The last one's end is the process'. */
	if (__builtin_expect(ps_debugged, 0) && ps_thread_count() > 1)
		ps_debug_thread_ended(thread->id, thread->exit_code);
	__atomic_store_n(&thread->place, PS_ENDED, __ATOMIC_SEQ_CST);
	drop_apcs(thread);
	ke_abandon_mutants(thread);
	if (remove_thread(thread) == 0 && thread->teb) {
		/* The last one takes the process with it; the list was empty for a moment only. */
		DWORD code = thread->exit_code;

		insert(thread);
		__atomic_store_n(&thread->place, PS_RUNNING, __ATOMIC_SEQ_CST);
		ps_exit_process(code);
	}
	if (thread->first)
		host_stack_call(stay_for_ever, thread);
	host_guest_stack_return(0);
}

void ps_exit_thread(DWORD code)
{
	struct ps_thread *thread = ps_self;

	thread->exit_code = code;
	if (thread_count == 1)
		ps_exit_process(code);
	if (!thread->exiting) {
		ps_fls_thread_end();
		if (ps_hooks.thread_detach && !thread->hidden_start)
			ps_hooks.thread_detach();
		ps_fls_thread_drop();
	}
	thread->exiting = true;
	leave(thread);
	__builtin_unreachable();
}

void ps_thread_terminated(void)
{
	ps_self->exiting = true;
	leave(ps_self);
	__builtin_unreachable();
}

/*
 * The end of the process.
 */
static void signal_end(struct ps_thread *thread, void *context)
{
	if (thread == ps_self)
		return;
	thread->exit_code = *(DWORD *)context;
	/* Its mutexes are free for who is still here: nobody but this thread. */
	ke_abandon_mutants(thread);
	ke_set(&thread->ended);
	ps_announce_end(thread);
}

static void claim_process_end(void)
{
	struct ps_thread *expected = NULL;

	if (__atomic_compare_exchange_n(&ending_thread, &expected, ps_self, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) ||
	    expected == ps_self)
		return;
	/* Somebody else is at it; this thread is one of those that stop. */
	for (;;) {
		ke_enter_blocking();
		host_sleep_until(host_monotonic_ns() + 1000000000ull);
	}
}

bool ps_is_ending(void)
{
	return __atomic_load_n(&ending_thread, __ATOMIC_RELAXED) != NULL;
}

struct others {
	HANDLE ids[64];
	unsigned count;
};

static void note_other(struct ps_thread *thread, void *context)
{
	struct others *others = context;

	if (thread != ps_self && !thread->hidden_from_debugger && others->count < ARRAY_SIZE(others->ids))
		others->ids[others->count++] = thread->id;
}

/* Threads that are stopped for good cannot tell of their end themselves. */
static __attribute__((noinline)) void tell_debugger(DWORD code)
{
	static bool told;
	struct others others = {.count = 0};

	if (told)
		return;
	told = true;
	ps_for_each_thread(note_other, &others);
	for (unsigned i = 0; i < others.count; i++)
		ps_debug_thread_ended(others.ids[i], code);
}

void ps_stop_other_threads(DWORD code)
{
	claim_process_end();
	ps_freeze_other_threads();
	ps_for_each_thread(signal_end, &code);
	if (__builtin_expect(ps_debugged, 0))
		tell_debugger(code);
}

void ps_exit_process(DWORD code)
{
	static bool detaching;
	bool first = !__atomic_load_n(&detaching, __ATOMIC_RELAXED);

	/* NT holds the PEB's lock while it stops the others: who was killed with it hangs the end (execution facts, row 146). */
	if (first)
		RtlEnterCriticalSection(ps_peb->FastPebLock);
	claim_process_end();
	if (first)
		RtlLeaveCriticalSection(ps_peb->FastPebLock);
	if (!detaching) {
		__atomic_store_n(&detaching, true, __ATOMIC_RELAXED);
		/* NT stops the others only when nobody has the process heap locked, and waits for that as long as it takes
		 * (heap facts, row 19). */
		RtlLockHeap(ps_peb->ProcessHeap);
		ps_stop_other_threads(code);
		RtlUnlockHeap(ps_peb->ProcessHeap);
		ps_own_process.exit_code = code;
		ps_fls_thread_end();
		if (ps_hooks.process_detach)
			ps_hooks.process_detach();
		rtl_heap_check_all();
	}
	ps_terminate_process(code);
}

void ps_terminate_process(DWORD code)
{
	static bool closing;

	claim_process_end();
	if (!closing) {
		closing = true;
		ps_job_leave();
		ps_freeze_other_threads();
		if (__builtin_expect(ps_debugged, 0)) {
			tell_debugger(code);
			ps_debug_process_ended(code);
		}
		ob_close_all_handles();
	}
	if (ps_hooks.exit)
		ps_hooks.exit(code);
	host_exit((int)(code & 0xFF));
}

/* The bottom of every guest thread: calls its routine, and what that returns is the thread's exit code.  The context of a
 * thread that was created suspended stands here. */
EXPORT(ntdll, void, RtlUserThreadStart, (PVOID routine, PVOID argument))
{
	ps_exit_thread((DWORD)ke_call_guest(routine, (uint64_t)(uintptr_t)argument, 0, 0, 0));
}

EXPORT(ntdll, void, RtlExitUserThread, (NTSTATUS code))
{
	ps_exit_thread((DWORD)code);
}

EXPORT(ntdll, void, RtlExitUserProcess, (NTSTATUS code))
{
	ps_exit_process((DWORD)code);
}
