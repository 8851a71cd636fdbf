/*
 * loader/crash.c - opens the diagnostics module when a guest has crashed, and tells it what it may know.
 *
 * Without the module (not installed, or its libraries are gone) the report is one line.
 */
#include "diag/diag.h"
#include "host/fault.h"
#include "host/image_file.h"
#include "host/thread.h"
#include "loader/exit_codes.h"
#include "loader/modules.h"
#include "loader/start.h"
#include "ntdll/ke/ke.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool find_module(uintptr_t address, uintptr_t *base, char *name, size_t capacity)
{
	struct module *module = module_by_address((const void *)address);

	if (!module)
		return false;
	*base = (uintptr_t)module->entry->DllBase;
	snprintf(name, capacity, "%s", module->name ? module->name : loader_program_name);
	return true;
}

static bool find_path(uintptr_t address, char *path, size_t capacity)
{
	struct module *module = module_by_address((const void *)address);

	return module && module->path && (size_t)snprintf(path, capacity, "%s", module->path) < capacity;
}

static const struct diag_names names = {find_module, find_path};

static void describe_region(uintptr_t address, char *line, size_t capacity)
{
	static const char *const protections[] = {"no access",	  "read",		"read-write",	 "write-copy",
						  "execute", "execute-read", "execute-read-write", "execute-write-copy"};
	MEMORY_BASIC_INFORMATION info;
	const char *protection = "-", *type;

	if (!NT_SUCCESS(mm_query(address, &info))) {
		snprintf(line, capacity, "%016zx: not a user address", (size_t)address);
		return;
	}
	for (unsigned bit = 0; bit < 8; bit++)
		if (info.Protect >> bit & 1)
			protection = protections[bit];
	if (info.State == MEM_FREE) {
		snprintf(line, capacity, "%016zx: free", (size_t)address);
		return;
	}
	type = info.Type == MEM_IMAGE ? "image" : info.Type == MEM_MAPPED ? "mapped" : "private";
	snprintf(line, capacity, "%016zx: %s, %s%s, %s, in the allocation at %016zx", (size_t)address,
		 info.State == MEM_COMMIT ? "committed" : "reserved", info.State == MEM_COMMIT ? protection : "no memory",
		 info.Protect & PAGE_GUARD ? " (guard)" : "", type, (size_t)info.AllocationBase);
}

static bool read_memory(uintptr_t address, void *buffer, size_t size)
{
	return host_copy_from_guest(buffer, (const void *)address, size) == 0;
}

/* A leaf function has no unwind data: its return address is on top of the stack. */
static bool unwind_guest(CONTEXT *context)
{
	ULONG_PTR base, frame;
	RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(context->Rip, &base, NULL);
	void *data;

	if (!function) {
		if (!read_memory(context->Rsp, &context->Rip, sizeof(context->Rip)))
			return false;
		context->Rsp += sizeof(context->Rip);
		return true;
	}
	RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context->Rip, function, context, &data, &frame, NULL);
	return true;
}

static void write_text(const char *text)
{
	host_message("%s", text);
}

/* Beside the program in a build tree, in ../lib/pewter when installed, or where configure was told to put libraries. */
static void *open_module(void)
{
	static const char *const places[] = {"diag/pewter-diag.so", "../lib/pewter/pewter-diag.so", "pewter-diag.so"};
	char *directory = host_program_directory();
	void *library = NULL;

	for (size_t i = 0; directory && i < ARRAY_SIZE(places) && !library; i++) {
		size_t size = strlen(directory) + strlen(places[i]) + 2;
		char *path = malloc(size);

		if (!path)
			break;
		snprintf(path, size, "%s/%s", directory, places[i]);
		library = host_library_open(path);
		free(path);
	}
	free(directory);
	return library ? library : host_library_open(PEWTER_LIBRARY_DIRECTORY "/pewter-diag.so");
}

struct report {
	diag_crash_report_function function;
	const struct diag_crash *crash;
};

static void *call_report(void *argument)
{
	struct report *report = argument;

	report->function(report->crash);
	return NULL;
}

void crash_name_address(uintptr_t address, char *text, size_t capacity)
{
	static diag_name_address_function function;
	static bool tried;

	if (!tried) {
		void *library = open_module();

		tried = true;
		if (library)
			function = (diag_name_address_function)host_library_symbol(library, "diag_name_address");
	}
	if (function) {
		function(&names, address, text, capacity);
		return;
	}
	char name[200];
	uintptr_t base;
	if (find_module(address, &base, name, sizeof(name)))
		snprintf(text, capacity, "%s+0x%zx", name, (size_t)(address - base));
}

void crash_report(EXCEPTION_RECORD *record, CONTEXT *context)
{
	struct diag_crash crash = {
		.record = record,
		.context = context,
		.program = loader_program_name,
		.thread_id = host_thread_id(),
		.names = names,
		.heap = rtl_heap_describe,
		.region = describe_region,
		.read = read_memory,
		.unwind = unwind_guest,
		.write = write_text,
	};
	void *library;
	struct report report = {.crash = &crash};

	loader_exit_code = LOADER_EXIT_CRASH;
	/* A parent that reads what this program writes is shown what Windows would write: nothing. */
	if (ps_error_is_captured())
		ps_terminate_process(record->ExceptionCode);
	library = open_module();
	if (library)
		report.function = (diag_crash_report_function)host_library_symbol(library, "diag_crash_report");
	if (report.function)
		host_stack_call(call_report, &report);
	else
		host_message("pewter: %s crashed: exception %08x at %#llx\n", loader_program_name, record->ExceptionCode,
			     (unsigned long long)context->Rip);
	ps_terminate_process(record->ExceptionCode);
}
