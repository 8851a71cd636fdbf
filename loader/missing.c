/*
 * loader/missing.c - stubs for imports that nobody provides.
 *
 * A program that imports a function which Pewter has not may never call it, so it starts.  When it does call, its stub
 * says which function that was and ends the program.  The stubs of one module lie in one private allocation:
 *
 *	mov rcx, record; mov r11, missing_called; jmp r11
 */
#include "loader/modules.h"
#include "loader/exit_codes.h"
#include "host/host.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/ps.h"

#include <stdlib.h>
#include <string.h>

#define STUB_SIZE 32u
#define CHUNK 0x10000u

struct missing_record {
	char *dll;
	char *name; /* NULL: by ordinal */
	uint32_t ordinal;
};

struct missing_set {
	uint8_t *stubs;
	uint32_t used; /* bytes */
};

/* What is missing may be a helper that compiled code calls with any stack (__chkstk and the like). */
static void __attribute__((noreturn, force_align_arg_pointer)) WINAPI missing_called(struct missing_record *record)
{
	if (record->name)
		host_message("pewter: %s called %s!%s, which is not implemented\n", loader_program_name, record->dll,
			     record->name);
	else
		host_message("pewter: %s called %s!#%u, which is not implemented\n", loader_program_name, record->dll,
			     record->ordinal);
	loader_exit_code = LOADER_EXIT_MISSING;
	ps_terminate_process((DWORD)STATUS_ENTRYPOINT_NOT_FOUND);
}

/* The allocation grows by chunks of its reservation. */
static bool make_room(struct module *importer, struct missing_set **set)
{
	uintptr_t base = 0;
	size_t size = CHUNK;

	if (!*set)
		*set = calloc(1, sizeof(**set));
	if (!*set)
		return false;
	if ((*set)->stubs && (*set)->used + STUB_SIZE <= CHUNK)
		return true;
	if ((*set)->stubs) {
		/* More than 2,048 missing imports: the full chunk is done, the module forgets it when it goes. */
		uintptr_t full = (uintptr_t)(*set)->stubs;
		ULONG old;

		mm_protect(&full, &size, PAGE_EXECUTE_READ, &old);
	}
	if (!NT_SUCCESS(mm_allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0, NULL)))
		return false;
	(*set)->stubs = (uint8_t *)base;
	(*set)->used = 0;
	importer->stubs = base;
	return true;
}

void *missing_stub(struct module *importer, struct missing_set **set, const char *dll, const char *name, uint32_t ordinal)
{
	struct missing_record *record = calloc(1, sizeof(*record));
	uint64_t target = (uintptr_t)missing_called, argument = (uintptr_t)record;
	uint8_t *stub;

	if (!record || !make_room(importer, set)) {
		free(record);
		return NULL;
	}
	record->dll = strdup(dll);
	record->name = name ? strdup(name) : NULL;
	record->ordinal = ordinal;
	if (!record->dll)
		record->dll = "?";
	stub = (*set)->stubs + (*set)->used;
	(*set)->used += STUB_SIZE;
	memcpy(stub, "\x48\xB9", 2);
	memcpy(stub + 2, &argument, 8);
	memcpy(stub + 10, "\x49\xBB", 2);
	memcpy(stub + 12, &target, 8);
	memcpy(stub + 20, "\x41\xFF\xE3", 3);
	memset(stub + 23, 0xCC, STUB_SIZE - 23);
	return stub;
}

NTSTATUS missing_finish(struct module *importer, struct missing_set *set)
{
	uintptr_t base = importer->stubs;
	size_t size = CHUNK;
	ULONG old;
	NTSTATUS status = STATUS_SUCCESS;

	if (set)
		status = mm_protect(&base, &size, PAGE_EXECUTE_READ, &old);
	free(set);
	return status;
}
