/*
 * ntdll/ke/x86_64/function_table.c - from a program counter to its RUNTIME_FUNCTION: images, and tables that programs
 * register at run time.
 */
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

typedef PRUNTIME_FUNCTION(NTAPI *get_runtime_function)(DWORD64 pc, PVOID context);

struct dynamic_table {
	struct dynamic_table *next;
	RUNTIME_FUNCTION *table; /* NULL: the callback knows */
	ULONG count, maximum;
	ULONG_PTR base, end; /* what it covers; for tables without stated bounds, their entries' */
	get_runtime_function callback;
	PVOID context;
	ULONG_PTR identifier; /* what the program gives to delete it */
	bool sorted, growable;
};

static struct host_lock tables_lock;
static struct dynamic_table *tables;

/* The table of an image that the loader knows, checked against the image; NULL. */
static RUNTIME_FUNCTION *image_table(ULONG_PTR base, ULONG *count, ULONG *image_size)
{
	void *found;

	if (!ldr_operations.function_table)
		return NULL;
	return (RUNTIME_FUNCTION *)ldr_operations.function_table((void *)base, &found, image_size, count);
}

static RUNTIME_FUNCTION *search_sorted(RUNTIME_FUNCTION *table, ULONG count, ULONG_PTR offset)
{
	ULONG low = 0, high = count;

	while (low < high) {
		ULONG middle = low + (high - low) / 2;

		if (offset < table[middle].BeginAddress)
			high = middle;
		else if (offset >= table[middle].EndAddress)
			low = middle + 1;
		else
			return &table[middle];
	}
	return NULL;
}

static RUNTIME_FUNCTION *search_linear(RUNTIME_FUNCTION *table, ULONG count, ULONG_PTR offset)
{
	for (ULONG i = 0; i < count; i++)
		if (offset >= table[i].BeginAddress && offset < table[i].EndAddress)
			return &table[i];
	return NULL;
}

/* An entry may only point at the one that has the unwind data. */
static RUNTIME_FUNCTION *resolve(ULONG_PTR base, RUNTIME_FUNCTION *entry)
{
	while (entry && entry->UnwindData & 1)
		entry = (RUNTIME_FUNCTION *)(base + (entry->UnwindData & ~1u));
	return entry;
}

static RUNTIME_FUNCTION *lookup_dynamic(ULONG_PTR pc, ULONG_PTR *base)
{
	RUNTIME_FUNCTION *found = NULL;
	get_runtime_function callback = NULL;
	PVOID context = NULL;

	if (!__atomic_load_n(&tables, __ATOMIC_ACQUIRE))
		return NULL;
	host_lock_acquire(&tables_lock);
	for (struct dynamic_table *table = tables; table; table = table->next) {
		if (pc < table->base || (table->end && pc >= table->end))
			continue;
		if (table->callback) {
			callback = table->callback;
			context = table->context;
			*base = table->base;
			break;
		}
		found = table->sorted ? search_sorted(table->table, table->count, pc - table->base)
				      : search_linear(table->table, table->count, pc - table->base);
		if (found) {
			*base = table->base;
			break;
		}
	}
	host_lock_release(&tables_lock);
	if (callback)
		found = (RUNTIME_FUNCTION *)(uintptr_t)ke_call_guest((void *)callback, pc, (uint64_t)(uintptr_t)context,
								     0, 0);
	return found;
}

/*
 * What this thread found last: images, because frames come in runs, and addresses, because the same frames are walked
 * again and again.  It holds as long as no image goes away.
 */
#define RECENT_IMAGES 2u
#define RECENT_ADDRESSES 32u
static __thread struct {
	uint32_t generation;
	unsigned hand;
	struct {
		uintptr_t base, end;
		RUNTIME_FUNCTION *table;
		ULONG count;
	} images[RECENT_IMAGES];
	struct {
		uintptr_t pc, base;
		RUNTIME_FUNCTION *entry;
	} addresses[RECENT_ADDRESSES];
} recent;

static RUNTIME_FUNCTION *lookup_recent(ULONG_PTR pc, ULONG_PTR *base, bool *found)
{
	uint32_t generation = __atomic_load_n(&mm_image_generation, __ATOMIC_ACQUIRE);
	unsigned slot = (unsigned)(pc * 0x9E3779B1u >> 16) % RECENT_ADDRESSES;

	*found = true;
	if (recent.generation != generation) {
		memset(&recent, 0, sizeof(recent));
		recent.generation = generation;
	}
	if (recent.addresses[slot].pc == pc) {
		*base = recent.addresses[slot].base;
		return recent.addresses[slot].entry;
	}
	for (unsigned i = 0; i < RECENT_IMAGES; i++) {
		RUNTIME_FUNCTION *entry;

		if (pc < recent.images[i].base || pc >= recent.images[i].end)
			continue;
		*base = recent.images[i].base;
		entry = resolve(*base, search_sorted(recent.images[i].table, recent.images[i].count, pc - *base));
		recent.addresses[slot].pc = pc;
		recent.addresses[slot].base = *base;
		recent.addresses[slot].entry = entry;
		return entry;
	}
	*found = false;
	return NULL;
}

EXPORT(ntdll, PRUNTIME_FUNCTION, RtlLookupFunctionEntry, (ULONG_PTR pc, ULONG_PTR *base, UNWIND_HISTORY_TABLE *history))
{
	RUNTIME_FUNCTION *table;
	uintptr_t image;
	ULONG count, size;
	bool found;

	table = lookup_recent(pc, base, &found);
	if (found)
		return table;
	*base = 0;
	if (mm_view_owner(pc, &image)) {
		table = image_table(image, &count, &size);
		*base = image;
		if (!table)
			return NULL;
		recent.images[recent.hand].base = image;
		recent.images[recent.hand].end = image + size;
		recent.images[recent.hand].table = table;
		recent.images[recent.hand].count = count;
		recent.hand = (recent.hand + 1) % RECENT_IMAGES;
		return resolve(image, search_sorted(table, count, pc - image));
	}
	return lookup_dynamic(pc, base);
}

EXPORT(ntdll, PRUNTIME_FUNCTION, RtlLookupFunctionTable, (ULONG_PTR pc, ULONG_PTR *base, ULONG *size))
{
	RUNTIME_FUNCTION *table;
	uintptr_t image;
	ULONG count, image_size;

	*base = 0;
	*size = 0;
	if (!mm_view_owner(pc, &image))
		return NULL;
	table = image_table(image, &count, &image_size);
	if (!table)
		return NULL;
	*base = image;
	*size = count * sizeof(RUNTIME_FUNCTION);
	return table;
}

static void add(struct dynamic_table *table)
{
	host_lock_acquire(&tables_lock);
	table->next = tables;
	__atomic_store_n(&tables, table, __ATOMIC_RELEASE);
	host_lock_release(&tables_lock);
}

static bool delete_table(ULONG_PTR identifier, bool growable)
{
	struct dynamic_table **link, *found;

	host_lock_acquire(&tables_lock);
	for (link = &tables; (found = *link); link = &found->next)
		if (found->growable == growable &&
		    (growable ? (ULONG_PTR)found == identifier : found->identifier == identifier))
			break;
	if (found)
		*link = found->next;
	host_lock_release(&tables_lock);
	free(found);
	return found != NULL;
}

static bool is_sorted(const RUNTIME_FUNCTION *table, ULONG count)
{
	for (ULONG i = 1; i < count; i++)
		if (table[i].BeginAddress < table[i - 1].BeginAddress)
			return false;
	return true;
}

EXPORT(ntdll, BOOLEAN, RtlAddFunctionTable, (PRUNTIME_FUNCTION entries, DWORD count, DWORD64 base))
{
	struct dynamic_table *table = calloc(1, sizeof(*table));
	ULONG highest = 0;

	if (!table)
		return FALSE;
	for (ULONG i = 0; i < count; i++)
		if (entries[i].EndAddress > highest)
			highest = entries[i].EndAddress;
	table->table = entries;
	table->count = count;
	table->base = base;
	table->end = base + highest;
	table->sorted = is_sorted(entries, count);
	table->identifier = (ULONG_PTR)entries;
	add(table);
	return TRUE;
}

EXPORT(ntdll, BOOLEAN, RtlDeleteFunctionTable, (PRUNTIME_FUNCTION entries))
{
	return delete_table((ULONG_PTR)entries, false);
}

/* The low two bits of the identifier mark it as no address of a table.  `dll` names a helper for debuggers. */
EXPORT(ntdll, BOOLEAN, RtlInstallFunctionTableCallback,
       (DWORD64 identifier, DWORD64 base, DWORD length, get_runtime_function callback, PVOID context, PCWSTR dll))
{
	struct dynamic_table *table;

	if ((identifier & 3) != 3)
		return FALSE;
	table = calloc(1, sizeof(*table));
	if (!table)
		return FALSE;
	table->base = base;
	table->end = base + length;
	table->callback = callback;
	table->context = context;
	table->identifier = identifier;
	add(table);
	return TRUE;
}

EXPORT(ntdll, DWORD, RtlAddGrowableFunctionTable,
       (PVOID * handle, PRUNTIME_FUNCTION entries, DWORD count, DWORD maximum, ULONG_PTR base, ULONG_PTR end))
{
	struct dynamic_table *table;

	if (count > maximum || base > end)
		return (DWORD)STATUS_INVALID_PARAMETER;
	table = calloc(1, sizeof(*table));
	if (!table)
		return (DWORD)STATUS_NO_MEMORY;
	table->table = entries;
	table->count = count;
	table->maximum = maximum;
	table->base = base;
	table->end = end;
	table->sorted = true;
	table->growable = true;
	*handle = table;
	add(table);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, void, RtlGrowFunctionTable, (PVOID handle, DWORD count))
{
	host_lock_acquire(&tables_lock);
	for (struct dynamic_table *table = tables; table; table = table->next)
		if (table == handle && count > table->count && count <= table->maximum)
			table->count = count;
	host_lock_release(&tables_lock);
}

EXPORT(ntdll, void, RtlDeleteGrowableFunctionTable, (PVOID handle))
{
	delete_table((ULONG_PTR)handle, true);
}
