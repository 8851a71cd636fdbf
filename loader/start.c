/*
 * loader/start.c - makes the process and enters the program.
 *
 * First on the host stack: the program's image, the address space, the PEB and the first TEB, builtin ntdll and kernel32,
 * everything the program imports.  Then on the guest's stack: TLS callbacks and DllMains, the entry point.
 */
#include "loader/start.h"
#include "loader/builtin_program.h"
#include "loader/exit_codes.h"
#include "loader/modules.h"
#include "host/fault.h"
#include "host/image_file.h"
#include "host/thread.h"
#include "nt/winerror.h"
#include "ntdll/io/console_control.h"
#include "ntdll/io/io.h"
#include "ntdll/ke/ke.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/rtl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int loader_exit_code;

static const char *exit_code_file;
static bool is_child; /* of another pewter, which gives the standard handles */

static void finish(DWORD code)
{
	io_finish();
	ps_handover_exit(code);
	if (exit_code_file) {
		char text[16];
		int length = snprintf(text, sizeof(text), "%u\n", code);

		if (host_write_file(exit_code_file, text, (size_t)length) < 0)
			host_message("pewter: cannot write %s\n", exit_code_file);
	}
	host_exit(loader_exit_code ? loader_exit_code : (int)(code & 0xFF));
}

static void __attribute__((noreturn)) fail(enum loader_exit code, NTSTATUS status, const char *what, const char *why)
{
	host_message("pewter: %s: %s\n", what, why);
	loader_exit_code = code;
	finish((DWORD)status);
	host_exit(code);
}

/* Why an image could not be mapped, and the code for it. */
static void __attribute__((noreturn)) fail_image(NTSTATUS status, const char *path, const struct image *image)
{
	char text[256];

	switch (image->result) {
	case PE_NOT_PE:
		fail(LOADER_EXIT_NOT_PE, status, path, "not a Windows program (no PE file)");
	case PE_DOS_PROGRAM:
		fail(LOADER_EXIT_NOT_PE, status, path, "not a Windows program (a DOS or 16-bit one)");
	case PE_32BIT:
		fail(LOADER_EXIT_MACHINE, status, path, "a 32-bit Windows program; this pewter runs 64-bit ones");
	case PE_WRONG_MACHINE:
		fail(LOADER_EXIT_MACHINE, status, path, "a Windows program for another kind of processor");
	default:
		if (status == STATUS_NO_MEMORY)
			fail(LOADER_EXIT_HOST, status, path, "not enough memory to load it");
		snprintf(text, sizeof(text), "a damaged Windows program: %s",
			 image->reason ? image->reason : "its headers are damaged");
		fail(LOADER_EXIT_FORMAT, status, path, text);
	}
}

static void __attribute__((noreturn)) fail_start(NTSTATUS status)
{
	char text[640];

	if (status == STATUS_DLL_NOT_FOUND || status == STATUS_ENTRYPOINT_NOT_FOUND || status == STATUS_ORDINAL_NOT_FOUND)
		snprintf(text, sizeof(text), "needs %s, which was not found", module_failure);
	else if (status == STATUS_DLL_INIT_FAILED)
		snprintf(text, sizeof(text), "%s refused to start", module_failure);
	else
		snprintf(text, sizeof(text), "%s (status %08X)", module_failure[0] ? module_failure : "cannot start",
			 (unsigned)status);
	fail(status == STATUS_NO_MEMORY ? LOADER_EXIT_HOST : LOADER_EXIT_FORMAT, status, loader_program_name, text);
}

static NTSTATUS load_first(const char *name)
{
	struct load_request request = {.name = name, .starting = true};
	struct module *module;

	return module_map(&request, &module);
}

/* Maps and binds everything; no guest code runs.  On the host stack. */
static NTSTATUS load_all(void)
{
	struct load_request request = {.starting = true};
	NTSTATUS status;

	status = load_first("ntdll.dll");
	if (NT_SUCCESS(status)) {
		ke_find_entries((HMODULE)modules->next->image.base, modules->next->builtin);
		status = load_first("kernel32.dll");
	}
	if (NT_SUCCESS(status)) {
		ke_find_raise_exception((HMODULE)modules->next->next->image.base);
		status = module_bind(modules_program, &request);
	}
	if (NT_SUCCESS(status))
		status = tls_thread_allocate(NtCurrentTeb());
	return status;
}

/* ntdll and kernel32 first, then what the program needs, then the program. */
static NTSTATUS attach_all(void)
{
	NTSTATUS status = STATUS_SUCCESS;

	for (struct module *module = modules->next; module && NT_SUCCESS(status); module = module->next)
		if (module->builtin)
			status = module_attach(module, true);
	if (NT_SUCCESS(status))
		status = module_attach(modules_program, true);
	return status;
}

/* On the guest's stack. */
static uint64_t WINAPI enter(void *argument)
{
	struct image *image = &modules_program->image;
	uint64_t code;
	NTSTATUS status;

	modules_lock();
	if (ps_debugged)
		ps_debug_initial_break();
	status = attach_all();
	if (!NT_SUCCESS(status))
		fail_start(status);
	modules_unlock();
	if (ps_debugged)
		ps_debug_before_entry();
	ps_gate_before_entry();
	code = ke_call_guest(image->base + image->pe.entry, (uintptr_t)ps_peb, 0, 0, 0);
	ps_exit_thread((DWORD)code);
}

static void check_subsystem(const char *path, const struct pe_file *pe)
{
	if (pe->characteristics & IMAGE_FILE_DLL)
		fail(LOADER_EXIT_FORMAT, STATUS_INVALID_IMAGE_FORMAT, path, "a DLL, not a program");
	if (pe->subsystem == IMAGE_SUBSYSTEM_NATIVE)
		fail(LOADER_EXIT_FORMAT, NTSTATUS_FROM_WIN32(ERROR_CHILD_NOT_COMPLETE), path,
		     "a driver or system process, not a program");
	if (pe->subsystem != IMAGE_SUBSYSTEM_WINDOWS_CUI && pe->subsystem != IMAGE_SUBSYSTEM_WINDOWS_GUI)
		fail(LOADER_EXIT_FORMAT, STATUS_INVALID_IMAGE_FORMAT, path, "a program for another subsystem");
}

/* The process as its parent wants it. */
static bool make_child_process(const struct options *options, const char16_t *image_path, const struct pe_file *pe)
{
	struct ps_process_start start = {.image_path = image_path};
	NTSTATUS status;

	if (!ps_handover_start(&start))
		return false;
	status = ps_initialize(&start, pe->stack_reserve, pe->stack_commit);
	if (!NT_SUCCESS(status))
		fail(LOADER_EXIT_HOST, status, options->program, "not enough memory for a process");
	is_child = true;
	return true;
}

static void make_process(const struct options *options, const char16_t *image_path, const struct pe_file *pe)
{
	struct ps_process_start start = {.image_path = image_path};
	char16_t *directory = path_dos_from_host(".");
	/* A program's name as Linux has it means the same to Windows on drive Z: only. */
	bool elsewhere = directory && directory[0] != u'Z' && (options->program[0] == '/' || image_path[0] != directory[0]);
	char *dos_name = elsewhere ? utf8_from_wide(image_path, rtl_wcslen(image_path)) : NULL;
	char16_t *command_line = command_line_make(dos_name ? dos_name : options->program, options->arguments,
						   options->command_line);
	char16_t *environment = environment_make(host_environment(), options->environment, options->environment_count,
						 &start.environment_chars);
	NTSTATUS status;

	start.command_line = command_line;
	start.current_directory = directory;
	start.environment = environment;
	status = command_line && directory && environment ? ps_initialize(&start, pe->stack_reserve, pe->stack_commit)
							  : STATUS_NO_MEMORY;
	if (status == STATUS_NAME_TOO_LONG)
		fail(LOADER_EXIT_USAGE, status, options->program, "the command line is longer than 32,766 characters");
	if (!NT_SUCCESS(status))
		fail(LOADER_EXIT_HOST, status, options->program, "not enough memory for a process");
	free(command_line);
	free(dos_name);
	free(directory);
	free(environment);
}

void start_program(const struct options *options)
{
	struct module *module = calloc(1, sizeof(*module));
	char *path, *slash;
	struct host_image_file file;
	char16_t *dos_path;
	struct pe_file *pe;
	NTSTATUS status;

	exit_code_file = options->exit_code_file;
	ps_hooks.exit = finish;
	ps_hooks.crash = crash_report;
	io_programs.name = builtin_program_name;
	io_programs.file = builtin_program_file;
	path = program_find(options->program);
	if (!path || host_image_open(path, &file) != 0)
		fail(LOADER_EXIT_NOT_FOUND, STATUS_OBJECT_NAME_NOT_FOUND, options->program, "not found");
	slash = strrchr(path, '/');
	loader_program_name = slash ? slash + 1 : path;
	loader_program_directory = slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	dos_path = path_dos_from_host(path);
	if (!module || !dos_path || !loader_program_directory)
		fail(LOADER_EXIT_HOST, STATUS_NO_MEMORY, path, "out of memory");

	/* Headers are checked before anything is made, so that what is no program costs nothing. */
	status = image_probe(&file, &module->image);
	if (!NT_SUCCESS(status))
		fail_image(status, path, &module->image);
	pe = &module->image.pe;
	check_subsystem(path, pe);
	if (!NT_SUCCESS(mm_initialize()))
		fail(LOADER_EXIT_HOST, STATUS_NO_MEMORY, path, "Linux gives no address space");
	if (options->commit_limit)
		mm_set_commit_limit(options->commit_limit);
	if (!(pe->characteristics & IMAGE_FILE_LARGE_ADDRESS_AWARE))
		mm_set_limits(0, 0x7FFEFFFF);
	host_thread_adopt();
	ke_initialize_exceptions();
	status = ps_shared_data_initialize();
	if (!NT_SUCCESS(status))
		fail(LOADER_EXIT_HOST, status, path, "not enough memory for a process");
	/* The program's image comes first: it may be able to lie at one place only. */
	status = image_load(&file, &module->image, module);
	host_image_close(&file);
	if (!NT_SUCCESS(status))
		fail_image(status, path, &module->image);
	if (!make_child_process(options, dos_path, &module->image.pe))
		make_process(options, dos_path, &module->image.pe);
	host_set_gs(ps_first_teb);
	ps_set_image(&(struct ps_image_facts){
		.base = module->image.base,
		.subsystem = module->image.pe.subsystem,
		.subsystem_major = module->image.pe.subsystem_major,
		.subsystem_minor = module->image.pe.subsystem_minor,
	});
	ps_inherited_flags |= options->global_flags;
	ps_peb->NtGlobalFlag |= ps_inherited_flags;
	rtl_heap_name_hook = crash_name_address;
	if (ps_inherited_flags)
		rtl_heap_debug_enable();
	status = rtl_heap_initialize(ps_peb, module->image.pe.heap_reserve, module->image.pe.heap_commit);
	if (NT_SUCCESS(status))
		status = ps_move_parameters();
	if (NT_SUCCESS(status))
		status = is_child ? ps_handover_finish() : io_initialize();
	if (NT_SUCCESS(status))
		io_hold_current_directory();
	/* Dying of Linux' own signal would leave the file unwritten. */
	if (NT_SUCCESS(status) && exit_code_file)
		io_console_take_signals();
	if (NT_SUCCESS(status))
		status = modules_initialize();
	if (NT_SUCCESS(status))
		status = module_adopt_program(module, dos_path, path);
	if (!NT_SUCCESS(status))
		fail(LOADER_EXIT_HOST, status, path, "not enough memory for a process");
	free(dos_path);
	ps_hooks.thread_attach = modules_thread_attach;
	ps_hooks.thread_detach = modules_thread_detach;
	ps_hooks.process_detach = modules_process_detach;
	ps_hooks.thread_tls_allocate = tls_thread_allocate;
	ps_hooks.thread_tls_free = tls_thread_free;
	operations_install();
	ps_handover_debug();
	ps_gate_before_loading(modules_program->image.base + modules_program->image.pe.entry);
	if (ps_debugged)
		ps_debug_process_started(modules_program->image.base + modules_program->image.pe.entry);
	modules_lock();
	status = load_all();
	if (!NT_SUCCESS(status))
		fail_start(status);
	modules_unlock();
	host_guest_stack_call(ps_first_teb->NtTib.StackBase, enter, NULL);
	ps_exit_process(0);
}
