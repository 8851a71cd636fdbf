/*
 * ntdll/ps/debug_port.c - being debugged: what happens here is reported, and waits for the debugger's word.  See debug.h.
 *
 * One thread reports at a time: it has its turn, holds the others, and stands at the border with the context that a
 * debugger is to see.  Everything here runs on the host's stack of the thread.
 */
#include "host/fault.h"
#include "host/lifeline.h"
#include "host/time.h"
#include "ntdll/io/console_control.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ldr.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/suspend.h"
#include "nt/pe.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Who waits for its turn looks this often whether it is to end. */
#define TURN_NS 50000000ull

bool ps_debugged;

static struct host_lock port_lock; /* debugger, key, flags, reporter */
static struct ps_process *debugger; /* referenced */
static uint64_t port_key;
static uint32_t port_flags;
static uint32_t turn; /* futex: 1 while somebody reports */
static struct ps_thread *reporter; /* whose event the debugger has; NULL: nobody's */
static bool starting; /* the first thread brings the DLLs: it stands before its start */
static bool start_set; /* and somebody has set the registers that it is to start with: */
static CONTEXT start_context;
static bool process_end_told;

struct report {
	struct ps_debug_message message;
	const UNICODE_STRING *file;
	CONTEXT *context; /* of an exception; comes back as the debugger left it */
	bool ends;	  /* the thread does: nothing else can stop it any more */
	NTSTATUS status;  /* how to go on */
};

static bool must_stop(const struct ps_thread *self, bool ends)
{
	return !ends && __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST) & ~PS_PENDING_SPECIAL;
}

/* Sleeps until whoever stops this thread lets it go on. */
static void wait_stopped(struct ps_thread *self)
{
	uint32_t pending;

	while ((pending = __atomic_load_n(&self->pending, __ATOMIC_SEQ_CST)) & ~PS_PENDING_SPECIAL) {
		if (pending & PS_PENDING_TERMINATE) {
			__atomic_store_n(&self->context_set, false, __ATOMIC_RELEASE);
			ps_thread_terminated();
		}
		host_futex_wait(&self->pending, pending, UINT64_MAX);
	}
}

static void take_turn(struct ps_thread *self, bool ends)
{
	for (;;) {
		uint32_t none = 0;

		if (must_stop(self, ends)) {
			wait_stopped(self);
		} else if (__atomic_compare_exchange_n(&turn, &none, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
			if (!must_stop(self, ends))
				return;
			__atomic_store_n(&turn, 0, __ATOMIC_SEQ_CST);
			host_futex_wake(&turn, INT_MAX);
		} else {
			host_futex_wait(&turn, 1, host_monotonic_ns() + TURN_NS);
		}
	}
}

static void give_turn(void)
{
	ps_let_other_threads_go();
	__atomic_store_n(&turn, 0, __ATOMIC_SEQ_CST);
	host_futex_wake(&turn, INT_MAX);
}

/* Sends it and waits for the answer; the turn is ours.  DBG_EXCEPTION_NOT_HANDLED: there is nobody to answer. */
static NTSTATUS deliver(struct ps_thread *self, struct report *report)
{
	struct ps_call call = {.operation = PS_DO_DEBUG_EVENT};
	size_t name = report->file ? report->file->Length : 0;
	struct ps_process *other = NULL;
	uint32_t state;
	char *data;
	NTSTATUS status;

	if (name > PS_CALL_BYTES - sizeof(report->message))
		name = 0;
	data = malloc(sizeof(report->message) + name);
	host_lock_acquire(&port_lock);
	if (debugger && data) {
		other = debugger;
		ob_reference(other);
		call.values[0] = port_key;
		reporter = self;
		__atomic_store_n(&self->debug_state, 0, __ATOMIC_RELEASE);
	}
	host_lock_release(&port_lock);
	if (!other) {
		free(data);
		return DBG_EXCEPTION_NOT_HANDLED;
	}
	memcpy(data, &report->message, sizeof(report->message));
	if (name)
		memcpy(data + sizeof(report->message), report->file->Buffer, name);
	call.data = data;
	call.size = sizeof(report->message) + name;
	status = ps_ask_standing(other, &call);
	ob_dereference(other);
	free(data);
	/* It may have been killed between its word and the answer to ours. */
	if (NT_SUCCESS(status) || __atomic_load_n(&self->debug_state, __ATOMIC_ACQUIRE)) {
		while (!(state = __atomic_load_n(&self->debug_state, __ATOMIC_ACQUIRE)))
			host_futex_wait(&self->debug_state, state, UINT64_MAX);
		status = self->debug_status;
	} else {
		status = DBG_EXCEPTION_NOT_HANDLED;
	}
	host_lock_acquire(&port_lock);
	if (reporter == self)
		reporter = NULL;
	host_lock_release(&port_lock);
	return status;
}

static void *report_here(void *argument)
{
	struct report *report = argument;
	struct ps_thread *self = ps_self;

	do {
		take_turn(self, report->ends);
		ps_hold_other_threads();
		report->status = deliver(self, report);
		give_turn();
		/* DBG_REPLY_LATER: once more, when the thread may go on again. */
	} while (report->status == DBG_REPLY_LATER);
	return NULL;
}

/* What the debugger sees when it looks at this thread. */
static bool show_context(struct ps_thread *self, const CONTEXT *context)
{
	bool shown = true;

	host_lock_acquire(&self->suspend_lock);
	if (!self->context)
		self->context = malloc(sizeof(CONTEXT));
	shown = self->context != NULL;
	if (shown) {
		*self->context = *context;
		self->context_set = true;
	}
	host_lock_release(&self->suspend_lock);
	return shown;
}

/* Goes on, when nobody stops the thread: until then its context can be looked at and changed. */
static void go_on(struct ps_thread *self, struct report *report, bool shown)
{
	for (;;) {
		if (!report->ends)
			wait_stopped(self);
		host_lock_acquire(&self->suspend_lock);
		if (!must_stop(self, report->ends))
			break;
		host_lock_release(&self->suspend_lock);
	}
	if (starting && self->first) {
		start_set = self->context_set;
		if (start_set)
			start_context = *self->context;
		self->context_set = false;
	} else if (shown) {
		ULONG flags = report->context->ContextFlags;

		*report->context = *self->context;
		report->context->ContextFlags = flags;
		self->context_set = false;
	}
	__atomic_store_n(&self->place, PS_RUNNING, __ATOMIC_SEQ_CST);
	host_lock_release(&self->suspend_lock);
	if ((self->pending || self->context_set) && !report->ends)
		ps_check_pending();
}

static NTSTATUS send_report(struct report *report)
{
	struct ps_thread *self = ps_self;
	bool shown = report->context && show_context(self, report->context);
	bool before_start = __atomic_load_n(&self->place, __ATOMIC_RELAXED) == PS_STARTING;

	bool loading = starting && self->first;

	ke_save_border(ke_border());
	if (loading && start_set)
		show_context(self, &start_context);
	if (!before_start)
		__atomic_store_n(&self->place, loading ? PS_STARTING : PS_BLOCKED, __ATOMIC_SEQ_CST);
	host_stack_call(report_here, report);
	if (!before_start)
		go_on(self, report, shown);
	return report->status;
}

static bool is_hidden(const struct ps_thread *self)
{
	return !self || !self->teb || self->hidden_from_debugger;
}

static struct report new_report(DBG_STATE state)
{
	struct report report = {.message.change.NewState = state};

	report.message.change.AppClientId.UniqueProcess = ps_own_process.id;
	if (ps_self) {
		report.message.change.AppClientId.UniqueThread = ps_self->id;
		report.message.teb = ps_self->teb;
	}
	return report;
}

static void debug_information(const void *base, ULONG *offset, ULONG *size)
{
	IMAGE_DOS_HEADER dos;
	IMAGE_NT_HEADERS64 headers;

	*offset = *size = 0;
	if (!host_copy_from_guest(&dos, base, sizeof(dos)) &&
	    !host_copy_from_guest(&headers, (const char *)base + dos.e_lfanew, sizeof(headers))) {
		*offset = headers.FileHeader.PointerToSymbolTable;
		*size = headers.FileHeader.NumberOfSymbols;
	}
}

void ps_debug_process_started(void *entry)
{
	struct report report = new_report(DbgCreateProcessStateChange);
	DBGKM_CREATE_PROCESS *process = &report.message.change.StateInfo.CreateProcessInfo.NewProcess;

	ps_self->start = entry;
	ps_self->argument = ps_peb;
	starting = true;
	process->BaseOfImage = ps_peb->ImageBaseAddress;
	process->InitialThread.StartAddress = entry;
	debug_information(process->BaseOfImage, &process->DebugInfoFileOffset, &process->DebugInfoSize);
	report.file = &ps_peb->ProcessParameters->ImagePathName;
	send_report(&report);
}

void ps_debug_initial_break(void)
{
	starting = false;
	if (ps_debugged)
		ke_call_guest(ke_image_break_point, 0, 0, 0, 0);
}

void ps_debug_before_entry(void)
{
	if (start_set)
		show_context(ps_self, &start_context);
}

void ps_debug_thread_started(struct ps_thread *thread)
{
	struct report report = new_report(DbgCreateThreadStateChange);

	if (is_hidden(thread))
		return;
	report.message.change.StateInfo.CreateThread.NewThread.StartAddress = thread->start;
	send_report(&report);
}

void ps_debug_thread_ended(HANDLE id, DWORD code)
{
	struct report report = new_report(DbgExitThreadStateChange);

	if (is_hidden(ps_self))
		return;
	report.ends = true;
	report.message.change.AppClientId.UniqueThread = id;
	report.message.change.StateInfo.ExitThread.ExitStatus = (NTSTATUS)code;
	send_report(&report);
}

void ps_debug_process_ended(DWORD code)
{
	struct report report;

	if (process_end_told || !ps_self || !ps_self->teb)
		return;
	process_end_told = true;
	report = new_report(DbgExitProcessStateChange);
	report.ends = true;
	report.message.change.StateInfo.ExitProcess.ExitStatus = (NTSTATUS)code;
	send_report(&report);
}

/* The name is where NT's kernel finds it: behind the TEB's ArbitraryUserPointer. */
void ps_debug_dll_loaded(const LDR_DATA_TABLE_ENTRY *entry)
{
	struct report report = new_report(DbgLoadDllStateChange);
	DBGKM_LOAD_DLL *dll = &report.message.change.StateInfo.LoadDll;
	PVOID *name, before;

	if (is_hidden(ps_self))
		return;
	name = &ps_self->teb->NtTib.ArbitraryUserPointer;
	before = *name;
	*name = entry->FullDllName.Buffer;
	dll->BaseOfDll = entry->DllBase;
	dll->NamePointer = name;
	debug_information(entry->DllBase, &dll->DebugInfoFileOffset, &dll->DebugInfoSize);
	report.file = &entry->FullDllName;
	send_report(&report);
	*name = before;
}

void ps_debug_dll_unloaded(void *base)
{
	struct report report = new_report(DbgUnloadDllStateChange);

	if (is_hidden(ps_self))
		return;
	report.message.change.StateInfo.UnloadDll.BaseAddress = base;
	send_report(&report);
}

/* A debugger finds the instruction pointer behind an int3, and goes on there; handlers find it at the int3. */
static bool stands_at_int3(const EXCEPTION_RECORD *record, const CONTEXT *context)
{
	uint8_t byte;

	return record->ExceptionCode == (DWORD)STATUS_BREAKPOINT && record->NumberParameters &&
	       (uintptr_t)record->ExceptionAddress == context->Rip &&
	       !host_copy_from_guest(&byte, (const void *)(uintptr_t)context->Rip, 1) && byte == 0xCC;
}

bool ps_debug_exception(const EXCEPTION_RECORD *record, CONTEXT *context, bool first_chance)
{
	struct report report;
	CONTEXT shown;

	if (is_hidden(ps_self) || process_end_told)
		return false;
	report = new_report(DbgExceptionStateChange);
	if (record->ExceptionCode == (DWORD)STATUS_BREAKPOINT)
		report.message.change.NewState = DbgBreakpointStateChange;
	else if (record->ExceptionCode == (DWORD)STATUS_SINGLE_STEP)
		report.message.change.NewState = DbgSingleStepStateChange;
	report.message.change.StateInfo.Exception.ExceptionRecord = *record;
	report.message.change.StateInfo.Exception.FirstChance = first_chance;
	shown = *context;
	if (first_chance && stands_at_int3(record, context))
		shown.Rip++;
	if (record->ExceptionCode == (DWORD)STATUS_SINGLE_STEP)
		ps_self->debug[4] = context->Dr6;
	report.context = &shown;
	send_report(&report);
	ke_get_debug_registers(ps_self, context);
	if (report.status == DBG_EXCEPTION_NOT_HANDLED)
		return false;
	memcpy(&shown.Dr0, &context->Dr0, 6 * sizeof(shown.Dr0));
	*context = shown;
	return true;
}

bool ps_debug_control(DWORD code)
{
	EXCEPTION_RECORD record = {.ExceptionCode = code};
	CONTEXT context;

	if (!ps_debugged)
		return false;
	RtlCaptureContext(&context);
	record.ExceptionAddress = (PVOID)(uintptr_t)context.Rip;
	return ps_debug_exception(&record, &context, true);
}

/*
 * The port.
 */
static NTSTATUS set_port(uint64_t debugger_id, uint64_t key, uint32_t flags)
{
	struct ps_process *other;
	NTSTATUS status;

	if (__atomic_load_n(&debugger, __ATOMIC_ACQUIRE))
		return STATUS_PORT_ALREADY_SET;
	status = ps_open_foreign((HANDLE)(uintptr_t)debugger_id, &other);
	if (status)
		return status;
	host_lock_acquire(&port_lock);
	if (debugger) {
		status = STATUS_PORT_ALREADY_SET;
	} else {
		debugger = other;
		port_key = key;
		port_flags = flags;
		__atomic_store_n(&ps_debugged, true, __ATOMIC_SEQ_CST);
		ps_peb->BeingDebugged = 1;
	}
	host_lock_release(&port_lock);
	if (status)
		ob_dereference(other);
	else
		io_console_take_signals();
	return status;
}

/* An event that is being waited for is answered with this. */
static void answer(struct ps_thread *thread, NTSTATUS status)
{
	thread->debug_status = status;
	__atomic_store_n(&thread->debug_state, 1, __ATOMIC_RELEASE);
	host_futex_wake(&thread->debug_state, INT_MAX);
}

/* Nobody debugs this process any more. */
static void drop_port(void)
{
	struct ps_process *other;
	bool reported;

	host_lock_acquire(&port_lock);
	other = debugger;
	debugger = NULL;
	__atomic_store_n(&ps_debugged, false, __ATOMIC_SEQ_CST);
	ps_peb->BeingDebugged = 0;
	reported = reporter != NULL;
	if (reported)
		answer(reporter, DBG_EXCEPTION_NOT_HANDLED);
	reporter = NULL;
	host_lock_release(&port_lock);
	/* The reporter does so; without one they may stand since the debugger came. */
	if (!reported)
		ps_let_other_threads_go();
	if (other)
		ob_dereference(other);
}

static void end_with_debugger(void) __attribute__((noreturn));
static void end_with_debugger(void)
{
	ps_handover_exit((DWORD)STATUS_DEBUGGER_INACTIVE);
	host_die();
}

void ps_debug_start(const struct ps_debug_link *link)
{
	if (!link->debugger)
		return;
	/* Asked it will be, and soon. */
	ps_service_start();
	if (set_port(link->debugger, link->key, link->flags) && link->flags & PS_DEBUG_KILL)
		end_with_debugger();
}

void ps_debug_debugger_ended(const struct ps_process *process)
{
	if (__atomic_load_n(&debugger, __ATOMIC_ACQUIRE) != process)
		return;
	if (port_flags & PS_DEBUG_KILL && !process_end_told)
		end_with_debugger();
	drop_port();
}

struct ps_debug_link ps_debug_for_child(void)
{
	struct ps_debug_link link = {0};

	host_lock_acquire(&port_lock);
	if (debugger && port_flags & PS_DEBUG_INHERIT)
		link = (struct ps_debug_link){(uintptr_t)debugger->id, port_key, port_flags};
	host_lock_release(&port_lock);
	return link;
}

ULONG ps_debug_flags(void)
{
	return __atomic_load_n(&ps_debugged, __ATOMIC_ACQUIRE) ? port_flags : PS_DEBUG_INHERIT;
}

void ps_debug_set_inherit(bool inherit)
{
	host_lock_acquire(&port_lock);
	port_flags = (port_flags & ~PS_DEBUG_INHERIT) | (inherit ? PS_DEBUG_INHERIT : 0);
	host_lock_release(&port_lock);
}

/*
 * What the debugger asks; on the service thread.
 */
struct thread_list {
	struct ps_debug_thread *list;
	size_t count, room;
};

static void list_thread(struct ps_thread *thread, void *context)
{
	struct thread_list *threads = context;

	if (threads->count < threads->room && thread->teb && !thread->hidden_from_debugger)
		threads->list[threads->count++] = (struct ps_debug_thread){
			(uintptr_t)thread->id, (uintptr_t)thread->teb, (uintptr_t)thread->start};
}

static NTSTATUS attach(const uint64_t *values, void *answered, size_t room, size_t *size)
{
	struct thread_list threads = {answered, 0, room / sizeof(struct ps_debug_thread)};
	NTSTATUS status = set_port(values[2], values[1], (uint32_t)values[3] | PS_DEBUG_INHERIT);

	if (status)
		return status;
	ps_hold_other_threads();
	ps_for_each_thread(list_thread, &threads);
	*size = threads.count * sizeof(struct ps_debug_thread);
	return STATUS_SUCCESS;
}

static NTSTATUS continue_reporter(NTSTATUS status)
{
	NTSTATUS result = STATUS_INVALID_CID;

	host_lock_acquire(&port_lock);
	if (reporter) {
		answer(reporter, status);
		reporter = NULL;
		result = STATUS_SUCCESS;
	}
	host_lock_release(&port_lock);
	return result;
}

static NTSTATUS break_in(void)
{
	struct ps_thread *thread;
	NTSTATUS status = ps_create_thread(ke_image_remote_break, NULL, 0, 0, 0, &thread);

	if (NT_SUCCESS(status))
		ob_dereference(thread);
	return status;
}

NTSTATUS ps_debug_obey(const uint64_t *values, void *answered, size_t room, size_t *size)
{
	bool known = __atomic_load_n(&ps_debugged, __ATOMIC_ACQUIRE) && port_key == values[1];

	switch ((enum ps_debug_command)values[0]) {
	case PS_DEBUG_ATTACH:
		return attach(values, answered, room, size);
	case PS_DEBUG_BREAK:
		return break_in();
	case PS_DEBUG_CONTINUE:
		return known ? continue_reporter((NTSTATUS)values[3]) : STATUS_PORT_NOT_SET;
	case PS_DEBUG_GO:
		ps_let_other_threads_go();
		return STATUS_SUCCESS;
	case PS_DEBUG_DETACH:
		if (!known)
			return STATUS_PORT_NOT_SET;
		drop_port();
		return STATUS_SUCCESS;
	case PS_DEBUG_SET_FLAGS:
		if (!known)
			return STATUS_PORT_NOT_SET;
		host_lock_acquire(&port_lock);
		port_flags = (port_flags & ~PS_DEBUG_KILL) | ((uint32_t)values[3] & PS_DEBUG_KILL);
		host_lock_release(&port_lock);
		return STATUS_SUCCESS;
	default:
		return STATUS_INVALID_PARAMETER;
	}
}
