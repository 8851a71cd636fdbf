/*
 * loader/init.c - attaching and detaching: DllMain and TLS callbacks, in NT's order (nt facts, execution 80, 84, 144,
 * 156-161).
 */
#include "loader/modules.h"
#include "host/fault.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/ps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CALLBACKS 4096u

bool modules_ending;

static void module_run_tls_callbacks(struct module *module, DWORD reason, void *reserved)
{
	uintptr_t base = (uintptr_t)module->image.base;
	uint64_t callback;

	if (!module->has_tls || !module->tls.callbacks)
		return;
	/* The array is read again for each: a callback may add to it. */
	for (uint32_t i = 0; i < MOST_CALLBACKS; i++) {
		uint64_t rva = module->tls.callbacks + (uint64_t)i * sizeof(callback);

		if (rva + sizeof(callback) > module->image.size ||
		    host_copy_from_guest(&callback, module->image.base + rva, sizeof(callback)) != 0 || !callback)
			break;
		ke_call_guest((void *)(uintptr_t)callback, base, reason, (uintptr_t)reserved, 0);
	}
}

/* TRUE when there is nothing to call. */
static bool call_entry(struct module *module, DWORD reason, void *reserved)
{
	if (module->builtin)
		return !module->builtin->entry ||
		       module->builtin->entry((HMODULE)module->image.base, reason, reserved);
	if (module->is_program || module->inert || !module->image.pe.entry ||
	    !(module->image.pe.characteristics & IMAGE_FILE_DLL))
		return true;
	return (uint32_t)ke_call_guest(module->image.base + module->image.pe.entry, (uintptr_t)module->image.base,
				       reason, (uintptr_t)reserved, 0) != 0;
}

NTSTATUS module_attach(struct module *module, bool starting)
{
	void *reserved = starting ? (void *)1 : NULL;
	NTSTATUS status;

	if (module->state != MODULE_MAPPED)
		return STATUS_SUCCESS;
	module->state = MODULE_INITIALIZING;
	/* What it needs comes first; a module on the way round a circle is left as it is. */
	for (unsigned i = 0; i < module->need_count; i++) {
		status = module_attach(module->needs[i], starting);
		if (!NT_SUCCESS(status)) {
			module->state = MODULE_MAPPED;
			return status;
		}
	}
	module_entered_initialization(module);
	if (!module->is_program)
		ldr_notify(LDR_DLL_NOTIFICATION_REASON_LOADED, module->entry);
	if (module->inert) {
		module->state = MODULE_READY;
		return STATUS_SUCCESS;
	}
	module->attached = true;
	module->entry->Flags |= LDRP_ENTRY_PROCESSED | LDRP_PROCESS_ATTACH_CALLED;
	module_run_tls_callbacks(module, DLL_PROCESS_ATTACH, reserved);
	if (!call_entry(module, DLL_PROCESS_ATTACH, reserved)) {
		snprintf(module_failure, sizeof(module_failure), "%s", module->name);
		call_entry(module, DLL_PROCESS_DETACH, NULL);
		module->attached = false;
		module->state = MODULE_MAPPED;
		return STATUS_DLL_INIT_FAILED;
	}
	module->state = MODULE_READY;
	return STATUS_SUCCESS;
}

static void mark(struct module *module)
{
	if (module->marked)
		return;
	module->marked = true;
	for (unsigned i = 0; i < module->need_count; i++)
		mark(module->needs[i]);
}

/* The unmarked module that was attached last, or one that never was; NULL when all are done. */
static struct module *next_victim(void)
{
	struct module *victim = NULL;

	for (struct module *module = modules; module; module = module->next)
		if (module->state == MODULE_UNLOADING && module->attached &&
		    (!victim || module->init_order > victim->init_order))
			victim = module;
	return victim;
}

static void destroy(struct module *module)
{
	if (!module->is_program)
		ldr_notify(LDR_DLL_NOTIFICATION_REASON_UNLOADED, module->entry);
	tls_remove_module(module);
	module_unregister(module);
	image_release_layout(&module->image);
	mm_unmap_view((uintptr_t)module->image.base);
	if (__builtin_expect(ps_debugged, 0))
		ps_debug_dll_unloaded(module->image.base);
	if (module->stubs) {
		uintptr_t base = module->stubs;
		size_t size = 0;

		mm_free(&base, &size, MEM_RELEASE);
	}
	free(module);
}

void modules_collect(void)
{
	static unsigned nesting;
	struct module *module, *next;

	for (module = modules; module; module = module->next)
		module->marked = false;
	for (module = modules; module; module = module->next)
		if (module->pinned || module->references || module->is_program || module->state == MODULE_INITIALIZING)
			mark(module);
	for (module = modules; module; module = module->next)
		if (!module->marked && module->state != MODULE_UNLOADING)
			module->state = MODULE_UNLOADING;
	/* A DllMain may free more: the calls come here again, and the outermost one takes the memory away. */
	nesting++;
	while ((module = next_victim()) != NULL) {
		module->attached = false;
		module_run_tls_callbacks(module, DLL_PROCESS_DETACH, NULL);
		call_entry(module, DLL_PROCESS_DETACH, NULL);
	}
	if (--nesting)
		return;
	for (module = modules; module; module = next) {
		next = module->next;
		if (module->state == MODULE_UNLOADING)
			destroy(module);
	}
}

/* The attached module whose turn it is behind `order`, upwards or downwards. */
static struct module *next_in_order(uint64_t order, bool upwards)
{
	struct module *found = NULL;

	for (struct module *module = modules; module; module = module->next) {
		if (!module->attached || module->is_program || !module->init_order)
			continue;
		if (upwards ? module->init_order <= order : module->init_order >= order)
			continue;
		if (!found || (upwards ? module->init_order < found->init_order : module->init_order > found->init_order))
			found = module;
	}
	return found;
}

void modules_thread_attach(void)
{
	struct module *module;
	uint64_t order = 0;

	modules_lock();
	while ((module = next_in_order(order, true)) != NULL) {
		order = module->init_order;
		if (module->no_thread_calls || module->state != MODULE_READY)
			continue;
		module_run_tls_callbacks(module, DLL_THREAD_ATTACH, NULL);
		call_entry(module, DLL_THREAD_ATTACH, NULL);
	}
	if (modules_program)
		module_run_tls_callbacks(modules_program, DLL_THREAD_ATTACH, NULL);
	modules_unlock();
}

void modules_thread_detach(void)
{
	struct module *module;
	uint64_t order = UINT64_MAX;

	modules_lock();
	while ((module = next_in_order(order, false)) != NULL) {
		order = module->init_order;
		if (module->no_thread_calls || module->state != MODULE_READY)
			continue;
		module_run_tls_callbacks(module, DLL_THREAD_DETACH, NULL);
		call_entry(module, DLL_THREAD_DETACH, NULL);
	}
	if (modules_program)
		module_run_tls_callbacks(modules_program, DLL_THREAD_DETACH, NULL);
	modules_unlock();
}

void modules_process_detach(void)
{
	struct module *module;
	uint64_t order = UINT64_MAX;

	modules_seize();
	modules_ending = true;
	if (ps_peb->Ldr) {
		ps_peb->Ldr->ShutdownInProgress = 1;
		ps_peb->Ldr->ShutdownThreadId = NtCurrentTeb()->ClientId.UniqueThread;
	}
	while ((module = next_in_order(order, false)) != NULL) {
		order = module->init_order;
		/* Non-NULL: the process ends (MSDN, DllMain, lpvReserved). */
		module_run_tls_callbacks(module, DLL_PROCESS_DETACH, (void *)1);
		call_entry(module, DLL_PROCESS_DETACH, (void *)1);
	}
	if (modules_program && modules_program->attached)
		module_run_tls_callbacks(modules_program, DLL_PROCESS_DETACH, (void *)1);
	/* The lock is not given back: no other thread will need it. */
}
