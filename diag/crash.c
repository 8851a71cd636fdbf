/*
 * diag/crash.c - the crash report.
 *
 *	pewter: prog.exe crashed: access violation (C0000005), writing 0000000000000000, in thread 1234
 *	  at    prog.exe+0x14a0 (main+0x20)
 *	  code  mov byte ptr [rax], 0
 *	  rax ...
 *	  00000000: free
 *	  called from prog.exe+0x1500 ...
 */
#include "diag/diag.h"
#include "nt/ntstatus.h"

#include <stdarg.h>
#include <stdio.h>

#define MOST_FRAMES 32

static void print(const struct diag_crash *crash, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(const struct diag_crash *crash, const char *format, ...)
{
	char line[600];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	crash->write(line);
}

static void describe(const struct diag_crash *crash, uintptr_t address, char *text, size_t capacity)
{
	diag_name_address(&crash->names, address, text, capacity);
}

static void print_access(const struct diag_crash *crash)
{
	const EXCEPTION_RECORD *record = crash->record;

	if ((record->ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION ||
	     record->ExceptionCode == (DWORD)STATUS_IN_PAGE_ERROR ||
	     record->ExceptionCode == (DWORD)STATUS_GUARD_PAGE_VIOLATION) &&
	    record->NumberParameters >= 2) {
		ULONG_PTR kind = record->ExceptionInformation[0];
		const char *verb = kind == 0 ? "reading" : kind == 1 ? "writing" : "executing";

		print(crash, ", %s %016zx", verb, (size_t)record->ExceptionInformation[1]);
	} else if (record->NumberParameters) {
		print(crash, ", parameters");
		for (DWORD i = 0; i < record->NumberParameters && i < EXCEPTION_MAXIMUM_PARAMETERS; i++)
			print(crash, " %zx", (size_t)record->ExceptionInformation[i]);
	}
}

static void print_registers(const struct diag_crash *crash)
{
	const CONTEXT *c = crash->context;

	print(crash, "  rax %016llx  rbx %016llx  rcx %016llx  rdx %016llx\n", (unsigned long long)c->Rax,
	      (unsigned long long)c->Rbx, (unsigned long long)c->Rcx, (unsigned long long)c->Rdx);
	print(crash, "  rsi %016llx  rdi %016llx  rbp %016llx  rsp %016llx\n", (unsigned long long)c->Rsi,
	      (unsigned long long)c->Rdi, (unsigned long long)c->Rbp, (unsigned long long)c->Rsp);
	print(crash, "  r8  %016llx  r9  %016llx  r10 %016llx  r11 %016llx\n", (unsigned long long)c->R8,
	      (unsigned long long)c->R9, (unsigned long long)c->R10, (unsigned long long)c->R11);
	print(crash, "  r12 %016llx  r13 %016llx  r14 %016llx  r15 %016llx\n", (unsigned long long)c->R12,
	      (unsigned long long)c->R13, (unsigned long long)c->R14, (unsigned long long)c->R15);
	print(crash, "  rip %016llx  flags %08x\n", (unsigned long long)c->Rip, (unsigned)c->EFlags);
}

/* A call to where no code is has pushed its return address and nothing more. */
static bool undo_wild_call(const struct diag_crash *crash, CONTEXT *context)
{
	uint8_t byte;

	if (crash->read(context->Rip, &byte, 1) || !crash->read(context->Rsp, &context->Rip, sizeof(context->Rip)))
		return false;
	context->Rsp += sizeof(context->Rip);
	return true;
}

/* The callers, as far as either kind of unwind data leads. */
static void print_callers(const struct diag_crash *crash)
{
	CONTEXT context = *crash->context;
	char text[300];

	for (unsigned i = 0; i < MOST_FRAMES; i++) {
		uintptr_t base, before = context.Rsp;
		char name[200];
		bool guest = crash->names.module(context.Rip, &base, name, sizeof(name));

		if (!(guest ? crash->unwind && crash->unwind(&context) : diag_host_unwind(crash, &context)) &&
		    !(i == 0 && undo_wild_call(crash, &context)))
			return;
		if (!context.Rip || context.Rsp <= before)
			return;
		describe(crash, context.Rip, text, sizeof(text));
		print(crash, "  called from %s\n", text);
	}
}

/* The block that was missed, or is not there any more (pewter --heap-debug). */
static void print_heap(const struct diag_crash *crash, uintptr_t address)
{
	static char lines[4096];

	if (crash->heap && crash->heap(address, lines, sizeof(lines)))
		crash->write(lines);
}

void diag_crash_report(const struct diag_crash *crash)
{
	const EXCEPTION_RECORD *record = crash->record;
	const char *name = diag_exception_name(record->ExceptionCode);
	char text[300];

	print(crash, "pewter: %s crashed: %s (%08X)", crash->program, name ? name : "exception", (unsigned)record->ExceptionCode);
	print_access(crash);
	print(crash, ", in thread %u\n", crash->thread_id);
	describe(crash, crash->context->Rip, text, sizeof(text));
	print(crash, "  at    %s\n", text);
	if (diag_instruction(crash, crash->context->Rip, text, sizeof(text)))
		print(crash, "  code  %s\n", text);
	print_registers(crash);
	if (record->ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION && record->NumberParameters >= 2) {
		crash->region(record->ExceptionInformation[1], text, sizeof(text));
		print(crash, "  memory %s\n", text);
		print_heap(crash, record->ExceptionInformation[1]);
	}
	print_callers(crash);
}
