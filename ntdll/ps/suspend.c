/*
 * ntdll/ps/suspend.c - stopping, ending and reading threads from outside.
 *
 * A thread is stopped only where it holds no lock of ours: in guest code, at the border, or blocked in a wait.  The stopper
 * sets a bit in `pending` and sends a signal.  In guest code the handler parks the thread on the spot; in host code it
 * returns, and the thread looks at `pending` when it leaves a blocking call.  As host code may also return to the guest
 * without one, the stopper repeats the signal for a while, and after that a timer does, until the thread has stopped.
 */
#include "ntdll/ps/suspend.h"
#include "host/fault.h"
#include "host/time.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/x86_64/xstate.h"
#include "pewter/export.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define STOP_PATIENCE_NS 20000000ull
/* For a look at registers it is worth waiting until the thread had a processor: with hundreds of busy threads that takes. */
#define LOOK_PATIENCE_NS 30000000000ull
/* It may change its mind between two looks so many times. */
#define LOOK_ATTEMPTS 50
#define NUDGE_INTERVAL_NS 5000000ull

static bool stopped(struct ps_thread *thread)
{
	uint32_t where = __atomic_load_n(&thread->place, __ATOMIC_SEQ_CST);

	return where == PS_PARKED || where == PS_BLOCKED || where == PS_STARTING || where == PS_ENDED;
}

/* Wakes the thread from whatever it sleeps on, so that it looks at `pending`. */
static void nudge(struct ps_thread *thread)
{
	/* What it reads or writes will not be wanted: without this it would go on with it. */
	if (__atomic_load_n(&thread->pending, __ATOMIC_SEQ_CST) & PS_PENDING_TERMINATE)
		__atomic_store_n(&thread->io_cancelled, (uint32_t)STATUS_CANCELLED, __ATOMIC_RELEASE);
	host_futex_wake(&thread->pending, INT_MAX);
	host_futex_wake(&thread->waiter.state, 1);
	host_futex_wake(&thread->park, 1);
	host_thread_signal(thread->tid);
}

static void nudge_all(struct ke_timer_entry *entry);
static struct ke_timer_entry nudger = {.fn = nudge_all};

static void nudge_stubborn(struct ps_thread *thread, void *context)
{
	uint32_t pending = __atomic_load_n(&thread->pending, __ATOMIC_SEQ_CST);

	if (!pending || thread->exiting)
		return;
	if (!(pending & ~PS_PENDING_SPECIAL)) {
		/* Only guest code is interrupted; who sleeps looks at `pending` afterwards. */
		if (__atomic_load_n(&thread->place, __ATOMIC_SEQ_CST) == PS_RUNNING) {
			host_thread_signal(thread->tid);
			*(bool *)context = true;
		}
	} else if (pending & PS_PENDING_TERMINATE || !stopped(thread)) {
		nudge(thread);
		*(bool *)context = true;
	}
}

static void nudge_all(struct ke_timer_entry *entry)
{
	bool again = false;

	ps_for_each_thread(nudge_stubborn, &again);
	if (again)
		ke_timer_arm(entry, host_monotonic_ns() + NUDGE_INTERVAL_NS);
}

/*
 * Waits until the thread has stopped; the timer goes on where patience ends.  false: it has not, or somebody let it go on.
 * Meanwhile the caller counts as being at the border: two threads may look at each other.
 */
static bool wait_until_stopped(struct ps_thread *thread, uint64_t patience)
{
	uint64_t start, pause = 20000;
	bool done;

	if (stopped(thread))
		return true;
	start = host_monotonic_ns();
	ke_enter_blocking();
	for (;;) {
		uint32_t where = __atomic_load_n(&thread->place, __ATOMIC_SEQ_CST);
		uint64_t now;

		done = stopped(thread);
		if (done || !(__atomic_load_n(&thread->pending, __ATOMIC_SEQ_CST) & PS_PENDING_STOP))
			break;
		now = host_monotonic_ns();
		if (now - start > patience) {
			ke_timer_arm(&nudger, now + NUDGE_INTERVAL_NS);
			break;
		}
		host_thread_signal(thread->tid);
		host_futex_wait(&thread->place, where, now + pause);
		if (pause < 1000000)
			pause *= 2;
	}
	ke_leave_blocking();
	return done;
}

/* In the signal handler, above guest code: stays until resumed. */
static void park_here(struct ps_thread *self, struct host_registers *registers)
{
	CONTEXT context;
	uint32_t pending;

	ke_context_from_registers(&context, registers);
	host_lock_acquire(&self->suspend_lock);
	self->parked_context = &context;
	self->parked_image = registers->extended ? registers->fpu : NULL;
	host_lock_release(&self->suspend_lock);
	__atomic_store_n(&self->place, PS_PARKED, __ATOMIC_SEQ_CST);
	host_futex_wake(&self->place, INT_MAX);
	while ((pending = __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST)) & PS_PENDING_STOP &&
	       !(pending & PS_PENDING_TERMINATE))
		host_futex_wait(&self->pending, pending, UINT64_MAX);
	__atomic_store_n(&self->place, PS_RUNNING, __ATOMIC_SEQ_CST);
	host_lock_acquire(&self->suspend_lock);
	self->parked_context = NULL;
	self->parked_image = NULL;
	if (self->context_set) {
		self->context_set = false;
		ke_context_to_registers(self->context, registers);
	}
	host_lock_release(&self->suspend_lock);
}

static void on_signal(struct host_registers *registers)
{
	struct ps_thread *self = ps_self;

	if (!self || self->exiting || !ke_is_guest_address(registers->rip))
		return;
	if (self->pending & PS_PENDING_STOP)
		park_here(self, registers);
	if (self->pending & PS_PENDING_TERMINATE) {
		/* Ends on its host stack: the guest's may be anything. */
		registers->rip = (uint64_t)(uintptr_t)ps_thread_terminated;
		registers->rsp = (host_stack_top() - 256) / 16 * 16 - 8;
		registers->rflags &= ~0x400ull;
	} else if (self->pending & PS_PENDING_SPECIAL) {
		ke_interrupt_with_apc(registers);
	}
}

void ps_interrupt_thread(struct ps_thread *thread)
{
	if (thread != ps_self && __atomic_load_n(&thread->place, __ATOMIC_SEQ_CST) == PS_RUNNING)
		host_thread_signal(thread->tid);
	/* It may be in host code just now. */
	ke_timer_arm(&nudger, host_monotonic_ns() + NUDGE_INTERVAL_NS / 50);
}

void ps_suspend_initialize(void)
{
	host_thread_signal_install(on_signal);
}

/* With the registers that somebody gave it while it was stopped in host code. */
static void go_on_as_set(struct ps_thread *self)
{
	struct ke_xstate_image *image = NULL;
	CONTEXT copy;

	host_lock_acquire(&self->suspend_lock);
	copy = *self->context;
	self->context_set = false;
	if (self->image_set)
		image = self->image;
	self->image_set = false;
	host_lock_release(&self->suspend_lock);
	if (image)
		ke_xstate_set(image);
	ke_restore_context(&copy);
}

void ps_check_pending(void)
{
	struct ps_thread *self = ps_self;
	uint32_t pending;

	if (self->exiting)
		return;
	while ((pending = __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST)) & ~PS_PENDING_SPECIAL) {
		if (pending & PS_PENDING_TERMINATE)
			ps_thread_terminated();
		/* What an earlier sleep left there is of frames that are gone. */
		ke_save_border(ke_border());
		__atomic_store_n(&self->place, PS_BLOCKED, __ATOMIC_SEQ_CST);
		host_futex_wait(&self->pending, pending, UINT64_MAX);
	}
	__atomic_store_n(&self->place, PS_RUNNING, __ATOMIC_SEQ_CST);
	if (pending)
		ps_interrupt_thread(self);
	if (__builtin_expect(self->context_set, 0))
		go_on_as_set(self);
}

void ps_wait_to_start(void)
{
	struct ps_thread *self = ps_self;
	uint32_t pending;

	while ((pending = __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST)) & ~PS_PENDING_SPECIAL) {
		if (pending & PS_PENDING_TERMINATE)
			ps_thread_terminated();
		host_futex_wait(&self->pending, pending, UINT64_MAX);
	}
}

static void fill_start_context(const struct ps_thread *thread, CONTEXT *context)
{
	memset(context, 0, sizeof(*context));
	context->ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
	context->SegCs = 0x33;
	context->SegDs = context->SegEs = context->SegGs = context->SegSs = 0x2B;
	context->SegFs = 0x53;
	context->EFlags = 0x200;
	context->MxCsr = context->FltSave.MxCsr = 0x1F80;
	context->FltSave.ControlWord = 0x27F;
	context->FltSave.MxCsr_Mask = 0xFFFF;
	context->Rcx = (uint64_t)(uintptr_t)thread->start;
	context->Rdx = (uint64_t)(uintptr_t)thread->argument;
	context->Rsp = thread->stack.base - 0x48;
	context->Rip = ke_thread_start ? ke_thread_start : (uint64_t)(uintptr_t)RtlUserThreadStart;
}

void ps_enter_start_context(void)
{
	struct ps_thread *self = ps_self;

	if (self->context_set) {
		uint64_t rip = self->context->Rip;

		if ((rip != ke_thread_start && rip != (uint64_t)(uintptr_t)RtlUserThreadStart) || self->image_set)
			go_on_as_set(self);
		self->context_set = false;
		self->start = (void *)(uintptr_t)self->context->Rcx;
		self->argument = (void *)(uintptr_t)self->context->Rdx;
	}
	RtlUserThreadStart(self->start, self->argument);
}

NTSTATUS ps_suspend_thread(struct ps_thread *thread, ULONG *previous)
{
	NTSTATUS status = STATUS_SUCCESS;

	host_lock_acquire(&thread->suspend_lock);
	*previous = thread->suspend_count;
	if (thread->place == PS_ENDED || thread->exiting)
		status = STATUS_THREAD_IS_TERMINATING;
	else if (thread->suspend_count == MAXIMUM_SUSPEND_COUNT)
		status = STATUS_SUSPEND_COUNT_EXCEEDED;
	else if (thread->suspend_count++ == 0)
		__atomic_fetch_or(&thread->pending, PS_PENDING_SUSPEND, __ATOMIC_SEQ_CST);
	host_lock_release(&thread->suspend_lock);
	if (status)
		return status;
	if (thread == ps_self)
		ps_check_pending();
	else
		wait_until_stopped(thread, STOP_PATIENCE_NS);
	return STATUS_SUCCESS;
}

NTSTATUS ps_resume_thread(struct ps_thread *thread, ULONG *previous)
{
	struct host_worker *worker = NULL;
	bool wake = false;

	host_lock_acquire(&thread->suspend_lock);
	*previous = thread->suspend_count;
	if (thread->suspend_count && --thread->suspend_count == 0) {
		__atomic_fetch_and(&thread->pending, ~PS_PENDING_SUSPEND, __ATOMIC_SEQ_CST);
		worker = ps_claim_launch(thread);
		wake = !worker;
	}
	host_lock_release(&thread->suspend_lock);
	ps_launch_thread(thread, worker);
	if (wake)
		host_futex_wake(&thread->pending, INT_MAX);
	return STATUS_SUCCESS;
}

void ps_terminate_thread(struct ps_thread *thread, DWORD code)
{
	struct host_worker *worker;

	host_lock_acquire(&thread->suspend_lock);
	if (thread->place == PS_ENDED || thread->exiting) {
		host_lock_release(&thread->suspend_lock);
		return;
	}
	thread->exit_code = code;
	__atomic_fetch_or(&thread->pending, PS_PENDING_TERMINATE, __ATOMIC_SEQ_CST);
	worker = ps_claim_launch(thread);
	host_lock_release(&thread->suspend_lock);
	ps_launch_thread(thread, worker);
	nudge(thread);
	/* It may have been on its way into a sleep: the timer looks again. */
	ke_timer_arm(&nudger, host_monotonic_ns() + NUDGE_INTERVAL_NS / 10);
}

/* The bit of `pending` in *context. */
static void stop(struct ps_thread *thread, void *context)
{
	if (thread != ps_self && !(thread->never_frozen && *(uint32_t *)context == PS_PENDING_HOLD)) {
		__atomic_fetch_or(&thread->pending, *(uint32_t *)context, __ATOMIC_SEQ_CST);
		if (!stopped(thread))
			host_thread_signal(thread->tid);
	}
}

static void count_running(struct ps_thread *thread, void *context)
{
	if (thread != ps_self && thread->pending & PS_PENDING_STOP && !stopped(thread)) {
		host_thread_signal(thread->tid);
		++*(unsigned *)context;
	}
}

static void stop_others(uint32_t bit)
{
	uint64_t start = host_monotonic_ns(), pause = 20000;

	ps_for_each_thread(stop, &bit);
	for (;;) {
		unsigned running = 0;

		ps_for_each_thread(count_running, &running);
		if (!running || host_monotonic_ns() - start > STOP_PATIENCE_NS)
			return;
		host_sleep_until(host_monotonic_ns() + pause);
		if (pause < 1000000)
			pause *= 2;
	}
}

void ps_freeze_other_threads(void)
{
	if (ps_thread_count() > 1)
		stop_others(PS_PENDING_FREEZE);
}

bool ps_threads_held;

void ps_hold_other_threads(void)
{
	__atomic_store_n(&ps_threads_held, true, __ATOMIC_SEQ_CST);
	stop_others(PS_PENDING_HOLD);
	ke_timer_arm(&nudger, host_monotonic_ns() + NUDGE_INTERVAL_NS);
}

static void let_go(struct ps_thread *thread, void *context)
{
	if (__atomic_fetch_and(&thread->pending, ~PS_PENDING_HOLD, __ATOMIC_SEQ_CST) & PS_PENDING_HOLD)
		host_futex_wake(&thread->pending, INT_MAX);
}

void ps_let_other_threads_go(void)
{
	__atomic_store_n(&ps_threads_held, false, __ATOMIC_SEQ_CST);
	ps_for_each_thread(let_go, NULL);
}

/*
 * Contexts.
 */
static NTSTATUS check_flags(ULONG flags)
{
	return flags & CONTEXT_AMD64 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

void ps_copy_context(CONTEXT *to, const CONTEXT *from, ULONG flags)
{
	flags &= ~CONTEXT_AMD64;
	if (flags & 1) {
		to->Rip = from->Rip;
		to->Rsp = from->Rsp;
		to->EFlags = from->EFlags;
		to->SegCs = 0x33;
		to->SegSs = 0x2B;
	}
	if (flags & 2) {
		memcpy(&to->Rax, &from->Rax, 4 * sizeof(to->Rax)); /* rax, rcx, rdx, rbx */
		to->Rbp = from->Rbp;
		to->Rsi = from->Rsi;
		to->Rdi = from->Rdi;
		memcpy(&to->R8, &from->R8, 8 * sizeof(to->R8));
	}
	if (flags & 4) {
		to->SegDs = to->SegEs = to->SegGs = 0x2B;
		to->SegFs = 0x53;
	}
	if (flags & 8) {
		to->MxCsr = from->MxCsr;
		to->FltSave = from->FltSave;
		to->FltSave.MxCsr = from->MxCsr;
	}
	if (flags & 0x10)
		memcpy(&to->Dr0, &from->Dr0, 6 * sizeof(to->Dr0));
}

/* What can be told of a thread that is stopped.  The suspend lock is held. */
static NTSTATUS stopped_context(struct ps_thread *thread, CONTEXT *context)
{
	uint32_t changes;

	if (thread->context_set) {
		*context = *thread->context;
		return STATUS_SUCCESS;
	}
	switch (thread->place) {
	case PS_PARKED:
		if (!thread->parked_context)
			return STATUS_UNSUCCESSFUL;
		*context = *thread->parked_context;
		return STATUS_SUCCESS;
	case PS_STARTING:
		fill_start_context(thread, context);
		return STATUS_SUCCESS;
	case PS_BLOCKED:
		/* In host code: its registers at the border are those that the guest's caller sees again. */
		changes = __atomic_load_n(&thread->border_changes, __ATOMIC_ACQUIRE);
		fill_start_context(thread, context);
		memset(&context->Rax, 0, 16 * sizeof(context->Rax));
		ke_border_context(thread, context);
		/* It may have come out of that sleep meanwhile, on its way to the next one, where it stops.  Adding nothing keeps the
		 * reads above before this one, as a fence would, which ThreadSanitizer does not follow. */
		if (__atomic_fetch_add(&thread->border_changes, 0, __ATOMIC_ACQ_REL) != changes ||
		    __atomic_load_n(&thread->place, __ATOMIC_SEQ_CST) != PS_BLOCKED)
			return STATUS_UNSUCCESSFUL;
		return STATUS_SUCCESS;
	default:
		return STATUS_UNSUCCESSFUL;
	}
}

static void begin_look(struct ps_thread *thread)
{
	host_lock_acquire(&thread->suspend_lock);
	if (thread->looks++ == 0)
		__atomic_fetch_or(&thread->pending, PS_PENDING_LOOK, __ATOMIC_SEQ_CST);
	host_lock_release(&thread->suspend_lock);
	wait_until_stopped(thread, LOOK_PATIENCE_NS);
}

static void end_look(struct ps_thread *thread)
{
	bool wake = false;

	host_lock_acquire(&thread->suspend_lock);
	if (--thread->looks == 0) {
		__atomic_fetch_and(&thread->pending, ~PS_PENDING_LOOK, __ATOMIC_SEQ_CST);
		wake = true;
	}
	host_lock_release(&thread->suspend_lock);
	if (wake)
		host_futex_wake(&thread->pending, INT_MAX);
}

struct look {
	CONTEXT *context;
	struct ke_xstate_image *image;	   /* NULL: not asked for */
	const struct ke_xstate_area *area; /* to be set; NULL: not */
	ULONG area_length;
};

/* Stops another thread for a look at its registers. */
static NTSTATUS with_stopped(struct ps_thread *thread, NTSTATUS (*fn)(struct ps_thread *, struct look *), struct look *look)
{
	NTSTATUS status;

	for (unsigned attempt = 0;; attempt++) {
		if (thread->place == PS_ENDED || thread->exiting)
			return STATUS_UNSUCCESSFUL;
		begin_look(thread);
		host_lock_acquire(&thread->suspend_lock);
		status = fn(thread, look);
		host_lock_release(&thread->suspend_lock);
		end_look(thread);
		if (status != STATUS_UNSUCCESSFUL || attempt == LOOK_ATTEMPTS || thread->place == PS_ENDED)
			return status;
	}
}

/* The extended state of a stopped thread.  In a system call it is as the processor starts with, which a call may make of
 * it.  The suspend lock is held. */
static void stopped_image(struct ps_thread *thread, struct ke_xstate_image *image)
{
	if (thread->parked_image)
		memcpy(image->bytes, thread->parked_image, ke_xstate_image_size());
	else if (thread->context_set && thread->image_set)
		memcpy(image->bytes, thread->image->bytes, sizeof(image->bytes));
	else
		memset(image->bytes, 0, sizeof(image->bytes));
}

static NTSTATUS read_context(struct ps_thread *thread, struct look *look)
{
	NTSTATUS status = stopped_context(thread, look->context);

	if (!status && look->image)
		stopped_image(thread, look->image);
	return status;
}

NTSTATUS ps_get_context(struct ps_thread *thread, CONTEXT *context, struct ke_xstate_image *image)
{
	ULONG flags = context->ContextFlags;
	CONTEXT full;
	struct look look = {.context = &full, .image = image};
	NTSTATUS status = check_flags(flags);

	if (status)
		return status;
	status = with_stopped(thread, read_context, &look);
	if (status)
		return status;
	ke_get_debug_registers(thread, &full);
	ps_copy_context(context, &full, flags);
	flags &= ~(CONTEXT_EXCEPTION_ACTIVE | CONTEXT_SERVICE_ACTIVE | CONTEXT_EXCEPTION_REPORTING);
	if (flags & CONTEXT_EXCEPTION_REQUEST) {
		flags |= CONTEXT_EXCEPTION_REPORTING;
		if (thread->place == PS_BLOCKED)
			flags |= CONTEXT_SERVICE_ACTIVE;
		else if (thread->place == PS_STARTING)
			flags |= CONTEXT_EXCEPTION_ACTIVE;
	}
	context->ContextFlags = flags;
	return STATUS_SUCCESS;
}

/* Its extended state: in the signal frame where it stands, or with the context that it is to go on with. */
static NTSTATUS store_area(struct ps_thread *thread, const struct ke_xstate_area *area, ULONG length)
{
	if (thread->parked_image) {
		ke_xstate_load(thread->parked_image, area, length);
		return STATUS_SUCCESS;
	}
	if (!thread->image)
		thread->image = aligned_alloc(_Alignof(struct ke_xstate_image), sizeof(*thread->image));
	if (!thread->image)
		return STATUS_NO_MEMORY;
	if (!thread->image_set)
		memset(thread->image, 0, sizeof(*thread->image));
	thread->image_set = true;
	ke_xstate_load(thread->image->bytes, area, length);
	return STATUS_SUCCESS;
}

static NTSTATUS store_context(struct ps_thread *thread, struct look *look)
{
	const CONTEXT *changed = look->context;
	CONTEXT full;
	NTSTATUS status = stopped_context(thread, &full);

	if (status)
		return status;
	ps_copy_context(&full, changed, changed->ContextFlags);
	full.ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
	if (changed->ContextFlags & CONTEXT_DEBUG_REGISTERS & ~CONTEXT_AMD64)
		ke_set_debug_registers(thread, changed);
	/* Those are all: where it goes on and with what is the thread's own business, as a call's result. */
	if (!(changed->ContextFlags & (CONTEXT_FULL | CONTEXT_SEGMENTS) & ~CONTEXT_AMD64) && !look->area)
		return STATUS_SUCCESS;
	if (!thread->context)
		thread->context = malloc(sizeof(CONTEXT));
	if (!thread->context)
		return STATUS_NO_MEMORY;
	if (look->area)
		status = store_area(thread, look->area, look->area_length);
	if (status)
		return status;
	*thread->context = full;
	thread->context_set = true;
	return STATUS_SUCCESS;
}

NTSTATUS ps_set_context(struct ps_thread *thread, const CONTEXT *context, const struct ke_xstate_area *area, ULONG length)
{
	CONTEXT copy = *context;
	struct look look = {.context = &copy, .area = area, .area_length = length};
	NTSTATUS status = check_flags(copy.ContextFlags);

	return status ? status : with_stopped(thread, store_context, &look);
}
