/*
 * dlls/dbghelp/symbols.c - names of addresses and addresses of names: exports; lines and inline frames, of which there
 * are none.
 */
#include "dlls/dbghelp/dbghelp.h"
#include "kernel32/api.h"
#include "ntdll/rtl/crt.h"

#include <stdlib.h>
#include <string.h>

#define SYMFLAG_EXPORT 0x00000200u
#define TAG_PUBLIC_SYMBOL 10 /* SymTagPublicSymbol */

/* The export directory when it and its tables lie inside the image. */
static const IMAGE_EXPORT_DIRECTORY *directory(const struct sym_module *module, ULONG *start, ULONG *end)
{
	const IMAGE_NT_HEADERS64 *headers = ImageNtHeader((PVOID)(uintptr_t)module->base);
	const IMAGE_EXPORT_DIRECTORY *exports;
	const IMAGE_DATA_DIRECTORY *entry;

	if (!headers || headers->FileHeader.Machine != MACHINE_AMD64 || !headers->OptionalHeader.NumberOfRvaAndSizes)
		return NULL;
	entry = &headers->OptionalHeader.DataDirectory[0];
	if (entry->Size < sizeof(*exports) || entry->VirtualAddress >= module->size ||
	    entry->Size > module->size - entry->VirtualAddress)
		return NULL;
	exports = (const void *)(module->base + entry->VirtualAddress);
	if ((uint64_t)exports->AddressOfNames + 4ull * exports->NumberOfNames > module->size ||
	    (uint64_t)exports->AddressOfNameOrdinals + 2ull * exports->NumberOfNames > module->size ||
	    (uint64_t)exports->AddressOfFunctions + 4ull * exports->NumberOfFunctions > module->size)
		return NULL;
	*start = entry->VirtualAddress;
	*end = entry->VirtualAddress + entry->Size;
	return exports;
}

/* The name and RVA of the i-th name; false for forwarders and what is damaged. */
static bool export_at(const struct sym_module *module, const IMAGE_EXPORT_DIRECTORY *exports, ULONG start, ULONG end,
		      DWORD i, ULONG *rva, const char **name)
{
	const DWORD *names = (const void *)(module->base + exports->AddressOfNames);
	const WORD *ordinals = (const void *)(module->base + exports->AddressOfNameOrdinals);
	const DWORD *functions = (const void *)(module->base + exports->AddressOfFunctions);

	if (ordinals[i] >= exports->NumberOfFunctions || names[i] >= module->size)
		return false;
	*rva = functions[ordinals[i]];
	*name = (const char *)module->base + names[i];
	return *rva && *rva < module->size && (*rva < start || *rva >= end) &&
	       memchr(*name, 0, module->size - names[i]) != NULL;
}

/* The last export at or below the address; false: none. */
static bool sym_nearest_export(const struct sym_module *module, DWORD64 address, struct sym_export *found)
{
	ULONG start, end, rva, best = 0, wanted = (ULONG)(address - (uintptr_t)module->base);
	const IMAGE_EXPORT_DIRECTORY *exports = directory(module, &start, &end);
	const char *name;

	for (DWORD i = 0; exports && i < exports->NumberOfNames; i++) {
		if (!export_at(module, exports, start, end, i, &rva, &name) || rva > wanted || rva <= best)
			continue;
		best = rva;
		*found = (struct sym_export){name, (uintptr_t)module->base + rva};
	}
	return best;
}

static bool sym_named_export(const struct sym_module *module, const char *name, struct sym_export *found)
{
	ULONG start, end, rva;
	const IMAGE_EXPORT_DIRECTORY *exports = directory(module, &start, &end);
	const char *candidate;

	for (DWORD i = 0; exports && i < exports->NumberOfNames; i++) {
		if (export_at(module, exports, start, end, i, &rva, &candidate) && strcmp(candidate, name) == 0) {
			*found = (struct sym_export){candidate, (uintptr_t)module->base + rva};
			return true;
		}
	}
	return false;
}

size_t sym_count_exports(const struct sym_module *module)
{
	ULONG start, end;
	const IMAGE_EXPORT_DIRECTORY *exports = directory(module, &start, &end);

	return exports ? exports->NumberOfNames : 0;
}

/* MSDN SYMBOL_INFO and SYMBOL_INFOW: the same but for the name. */
struct symbol {
	ULONG size, type;
	ULONG64 reserved[2];
	ULONG index, length;
	ULONG64 module;
	ULONG flags;
	ULONG64 value, address;
	ULONG reg, scope, tag, name_length, name_capacity;
	union {
		CHAR narrow[1];
		WCHAR wide[1];
	} name;
};
_Static_assert(sizeof(struct symbol) == 88, "SYMBOL_INFO");

/* The name is cut to MaxNameLen with its terminator; NameLen is its whole length. */
static void fill(struct symbol *symbol, const struct sym_module *module, const struct sym_export *from, bool wide)
{
	size_t length = strlen(from->name), copied = length;

	symbol->type = symbol->index = symbol->length = symbol->reg = symbol->scope = 0;
	symbol->module = (uintptr_t)module->base;
	symbol->flags = SYMFLAG_EXPORT;
	symbol->value = 0;
	symbol->address = from->address;
	symbol->tag = TAG_PUBLIC_SYMBOL;
	symbol->name_length = (ULONG)length;
	if (!symbol->name_capacity)
		return;
	if (copied >= symbol->name_capacity)
		copied = symbol->name_capacity - 1;
	for (size_t i = 0; wide && i < copied; i++)
		symbol->name.wide[i] = (BYTE)from->name[i];
	if (wide) {
		symbol->name.wide[copied] = 0;
	} else {
		memcpy(symbol->name.narrow, from->name, copied);
		symbol->name.narrow[copied] = 0;
	}
}

/* ERROR_MOD_NOT_FOUND: no module there; ERROR_INVALID_ADDRESS: no export at or below. */
static BOOL from_address(HANDLE process, DWORD64 address, DWORD64 *displacement, struct symbol *symbol, bool wide)
{
	const struct sym_module *module = NULL;
	struct sym_session *session;
	struct sym_export found;
	BOOL result = FALSE;

	if (!symbol || symbol->size != sizeof(*symbol)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ldr_operations.lock();
	session = sym_session(process);
	if (session)
		module = sym_module(session, address);
	if (module) {
		result = sym_nearest_export(module, address, &found);
		if (!result)
			set_last_error(ERROR_INVALID_ADDRESS);
	}
	if (result) {
		fill(symbol, module, &found, wide);
		if (displacement)
			*displacement = address - found.address;
	}
	ldr_operations.unlock();
	return result;
}

EXPORT(dbghelp, BOOL, SymFromAddr, (HANDLE process, DWORD64 address, DWORD64 *displacement, struct symbol *symbol))
{
	return from_address(process, address, displacement, symbol, false);
}

EXPORT(dbghelp, BOOL, SymFromAddrW, (HANDLE process, DWORD64 address, DWORD64 *displacement, struct symbol *symbol))
{
	return from_address(process, address, displacement, symbol, true);
}

EXPORT(dbghelp, BOOL, SymFromInlineContext,
       (HANDLE process, DWORD64 address, ULONG context, DWORD64 *displacement, struct symbol *symbol))
{
	(void)context;
	return from_address(process, address, displacement, symbol, false);
}

EXPORT(dbghelp, BOOL, SymFromInlineContextW,
       (HANDLE process, DWORD64 address, ULONG context, DWORD64 *displacement, struct symbol *symbol))
{
	(void)context;
	return from_address(process, address, displacement, symbol, true);
}

/* "name", or "module!name" with the module's name without its extension.  ERROR_MOD_NOT_FOUND when nothing has it. */
static BOOL from_name(HANDLE process, const char *name, struct symbol *symbol, bool wide)
{
	const char *mark = strchr(name, '!');
	struct sym_session *session;
	struct sym_export found;
	BOOL result = FALSE;

	if (!symbol || symbol->size != sizeof(*symbol)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ldr_operations.lock();
	session = sym_session(process);
	for (size_t i = 0; session && !result && i < session->count; i++) {
		const struct sym_module *module = sym_module(session, (uintptr_t)session->modules[i].base);
		LDR_DATA_TABLE_ENTRY *entry;

		if (!module)
			continue;
		if (mark) {
			size_t length = (size_t)(mark - name), j = 0;

			if (!NT_SUCCESS(ldr_operations.find_by_address(module->base, &entry)) ||
			    entry->BaseDllName.Length / sizeof(WCHAR) < length)
				continue;
			while (j < length && rtl_upcase(entry->BaseDllName.Buffer[j]) == rtl_upcase((BYTE)name[j]))
				j++;
			if (j < length || (entry->BaseDllName.Length / sizeof(WCHAR) > length &&
					   entry->BaseDllName.Buffer[length] != '.'))
				continue;
		}
		result = sym_named_export(module, mark ? mark + 1 : name, &found);
		if (result)
			fill(symbol, module, &found, wide);
	}
	if (session && !result)
		set_last_error(ERROR_MOD_NOT_FOUND);
	ldr_operations.unlock();
	return result;
}

EXPORT(dbghelp, BOOL, SymFromName, (HANDLE process, LPCSTR name, struct symbol *symbol))
{
	if (!name) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return from_name(process, name, symbol, false);
}

EXPORT(dbghelp, BOOL, SymFromNameW, (HANDLE process, LPCWSTR name, struct symbol *symbol))
{
	INT size = name ? WideCharToMultiByte(CP_ACP, 0, name, -1, NULL, 0, NULL, NULL) : 0;
	char *narrow = size ? malloc((size_t)size) : NULL;
	BOOL result = FALSE;

	if (!narrow) {
		set_last_error(name ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	WideCharToMultiByte(CP_ACP, 0, name, -1, narrow, size, NULL, NULL);
	result = from_name(process, narrow, symbol, true);
	free(narrow);
	return result;
}

/* MSDN IMAGEHLP_SYMBOL64, the older form. */
struct symbol64 {
	DWORD size;
	DWORD64 address;
	DWORD length, flags, name_capacity;
	CHAR name[1];
};

EXPORT(dbghelp, BOOL, SymGetSymFromAddr64,
       (HANDLE process, DWORD64 address, DWORD64 *displacement, struct symbol64 *symbol))
{
	struct {
		struct symbol symbol;
		CHAR more[1024];
	} found = {.symbol = {.size = sizeof(struct symbol), .name_capacity = 1024}};
	size_t length;

	if (!symbol || symbol->size < offsetof(struct symbol64, name)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!from_address(process, address, displacement, &found.symbol, false))
		return FALSE;
	symbol->address = found.symbol.address;
	symbol->length = 0;
	symbol->flags = found.symbol.flags;
	length = strlen(found.symbol.name.narrow);
	if (symbol->name_capacity) {
		if (length >= symbol->name_capacity)
			length = symbol->name_capacity - 1;
		memcpy(symbol->name, found.symbol.name.narrow, length);
		symbol->name[length] = 0;
	}
	return TRUE;
}
EXPORT_ALIAS(dbghelp, "SymGetSymFromAddr", SymGetSymFromAddr64);

/* No module has line numbers: ERROR_INVALID_ADDRESS. */
static BOOL no_line(HANDLE process, DWORD64 address)
{
	struct sym_session *session;

	ldr_operations.lock();
	session = sym_session(process);
	if (session && sym_module(session, address))
		set_last_error(ERROR_INVALID_ADDRESS);
	ldr_operations.unlock();
	return FALSE;
}

EXPORT(dbghelp, BOOL, SymGetLineFromAddr64, (HANDLE process, DWORD64 address, DWORD *displacement, PVOID line))
{
	(void)displacement, (void)line;
	return no_line(process, address);
}
EXPORT_ALIAS(dbghelp, "SymGetLineFromAddr", SymGetLineFromAddr64);
EXPORT_ALIAS(dbghelp, "SymGetLineFromAddrW64", SymGetLineFromAddr64);
EXPORT_ALIAS(dbghelp, "SymGetLineFromAddrW", SymGetLineFromAddr64);

EXPORT(dbghelp, BOOL, SymGetLineFromInlineContext,
       (HANDLE process, DWORD64 address, ULONG context, DWORD64 module, DWORD *displacement, PVOID line))
{
	(void)context, (void)module, (void)displacement, (void)line;
	return no_line(process, address);
}
EXPORT_ALIAS(dbghelp, "SymGetLineFromInlineContextW", SymGetLineFromInlineContext);

/* The number of inline frames at an address. */
EXPORT(dbghelp, DWORD, SymAddrIncludeInlineTrace, (HANDLE process, DWORD64 address))
{
	(void)process, (void)address;
	return 0;
}

EXPORT(dbghelp, BOOL, SymQueryInlineTrace,
       (HANDLE process, DWORD64 start, DWORD start_context, DWORD64 start_return, DWORD64 address, DWORD *context,
	DWORD *index))
{
	(void)start, (void)start_context, (void)start_return, (void)context, (void)index;
	return no_line(process, address);
}
