/*
 * ntdll/rtl/heap_report.c - a heap is damaged: what is said about it, and the end of the process.
 *
 * Without records that is one line.  With them (pewter --heap-debug):
 *
 *	pewter: heap 0000000000520000 is corrupted at block 0000000000524a40: data was written beyond the end of a block
 *	  damaged   0000000000524a68: 0 bytes behind its end, where 41 is now
 *	  block     0000000000524a40, 40 bytes, allocated by thread 4711
 *	            prog.exe+0x1450 (fill+0x20)
 *	            prog.exe+0x1502 (main+0x82)
 *	  noticed   by thread 4711
 *	            prog.exe+0x150c (main+0x8c)
 */
#include "host/host.h"
#include "host/thread.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/ps.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/heap_record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void (*rtl_heap_name_hook)(uintptr_t address, char *text, size_t capacity);

/* The report is put together first, so that nothing comes between its lines. */
struct text {
	char bytes[8192];
	size_t length;
};

static void __attribute__((format(printf, 2, 3))) say(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(text->bytes + text->length, sizeof(text->bytes) - text->length, format, arguments);
	va_end(arguments);
	text->length += (size_t)length;
	if (text->length >= sizeof(text->bytes))
		text->length = sizeof(text->bytes) - 1;
}

static void say_callers(struct text *text, const PVOID *callers)
{
	char name[400];

	for (unsigned i = 0; i < HEAP_TRACE_DEPTH && callers[i]; i++) {
		name[0] = 0;
		if (rtl_heap_name_hook)
			rtl_heap_name_hook((uintptr_t)callers[i], name, sizeof(name));
		if (name[0])
			say(text, "            %s\n", name);
		else
			say(text, "            %016zx\n", (size_t)(uintptr_t)callers[i]);
	}
}

static void say_block(struct text *text, const char *label, const struct heap_record *record)
{
	say(text, "  %-9s %016zx, %zu bytes, allocated by thread %u\n", label, (size_t)(uintptr_t)record->block, record->size,
	    record->allocator);
	say_callers(text, record->allocated);
	if (record->state != HEAP_RECORD_LIVE) {
		say(text, "  freed     by thread %u\n", record->liberator);
		say_callers(text, record->freed);
	}
}

static void say_place(struct text *text, const struct heap_record *record, uintptr_t address)
{
	uintptr_t start = (uintptr_t)record->block, end = start + record->size;

	if (address < start)
		say(text, "%zu bytes before the block", (size_t)(start - address));
	else if (address < end)
		say(text, "byte %zu of the block", (size_t)(address - start));
	else
		say(text, "%zu bytes behind its end", (size_t)(address - end));
}

struct report {
	struct heap *heap;
	void *block;
	const char *what;
	const unsigned char *address;
	PVOID callers[HEAP_TRACE_DEPTH];
};

static void *print_report(void *argument)
{
	const struct report *report = argument;
	struct heap_record record;
	struct text *text = calloc(1, sizeof(*text));

	if (!text || !heap_recording()) {
		host_message("pewter: heap %p is corrupted at block %p: %s\n", (void *)report->heap, report->block, report->what);
		free(text);
		return NULL;
	}
	say(text, "pewter: heap %016zx is corrupted at block %016zx: %s\n", (size_t)(uintptr_t)report->heap,
	    (size_t)(uintptr_t)report->block, report->what);
	uintptr_t at = report->address ? (uintptr_t)report->address : (uintptr_t)report->block;
	bool found = heap_record_find(report->block, &record) ||
		     heap_record_around(at, true, &record);
	if (report->address) {
		say(text, "  damaged   %016zx", (size_t)at);
		if (found) {
			say(text, ": ");
			say_place(text, &record, at);
			say(text, ", where %02x is now", *report->address);
		}
		say(text, "\n");
	}
	if (found)
		say_block(text, "block", &record);
	else
		say(text, "  block     none that any heap has given out\n");
	/* Headers are overwritten from the block before, as a rule. */
	if (found && report->address && report->address < (unsigned char *)record.block &&
	    heap_record_before((uintptr_t)record.block, &record))
		say_block(text, "before", &record);
	if (report->callers[0]) {
		say(text, "  noticed   by thread %u\n", host_thread_id());
		say_callers(text, report->callers);
	}
	host_message("%s", text->bytes);
	free(text);
	return NULL;
}

void heap_report(struct heap *heap, void *block, const char *what, const void *address)
{
	static uint32_t reporting;
	struct report report = {.heap = heap, .block = block, .what = what, .address = address};

	/* Two threads may find the same damage. */
	if (__atomic_exchange_n(&reporting, 1, __ATOMIC_RELAXED) == 0) {
		if (heap_recording() && ps_self)
			RtlCaptureStackBackTrace(0, HEAP_TRACE_DEPTH, report.callers, NULL);
		if (ps_self)
			host_stack_call(print_report, &report);
		else
			print_report(&report);
	}
	ps_terminate_process((DWORD)STATUS_HEAP_CORRUPTION);
}

NOINLINE void WINAPI rtl_heap_corrupted(PVOID heap, PVOID block, const char *what)
{
	heap_report(heap, block, what, NULL);
}

bool rtl_heap_describe(uintptr_t address, char *buffer, size_t capacity)
{
	struct heap_record record;
	struct text *text;

	if (!heap_recording() || !heap_record_around(address, true, &record))
		return false;
	text = calloc(1, sizeof(*text));
	if (!text)
		return false;
	say(text, "  heap      ");
	say_place(text, &record, address);
	say(text, "\n");
	say_block(text, "block", &record);
	snprintf(buffer, capacity, "%s", text->bytes);
	free(text);
	return true;
}

/*
 * Looking for damage.  Each gives the first damaged byte, or NULL.
 */

static const char beyond[] = "data was written beyond the end of a block";
static const char before[] = "data was written before the beginning of a block";
static const char header[] = "the header of a block was overwritten";
static const char late[] = "a block was written to after it was freed";

static const void *large_damage(struct heap_entry *entry, const char *end)
{
	const char *limit = (char *)heap_large_of(entry) + heap_large_of(entry)->committed;

	/* What the last page has beyond the data was never given to anybody. */
	for (; end < limit; end++)
		if (*end)
			return end;
	return NULL;
}

/* Damage of a living or held block: sets what was found. */
static const void *find_damage(const struct heap_record *record, const char **what)
{
	struct heap_entry *entry = heap_entry_of(record->block);

	*what = beyond;
	if (record->base) {
		const void *damage = heap_page_damage(record);
		if (damage && (const char *)damage < record->block)
			*what = before;
		return damage;
	}
	if (entry->tag == record->heap->front_busy)
		return NULL;
	*what = header;
	if (!heap_entry_keyed(record->heap, entry))
		return &entry->word;
	/* The rest of the header is known from the record. */
	if (record->state == HEAP_RECORD_LIVE
		    ? heap_block_size(record->heap, entry) != record->size || (entry->user & ENTRY_CACHED) ||
			      heap_user_flags(entry) != (record->user & HEAP_SETTABLE_USER_FLAGS)
		    : entry->unused != 0 || entry->user != ENTRY_CACHED)
		return &entry->unused;
	if (record->state == HEAP_RECORD_HELD) {
		*what = late;
		return heap_debug_free_damage(record->heap, entry);
	}
	*what = beyond;
	if (entry->flags & ENTRY_LARGE)
		return large_damage(entry, record->block + record->size);
	return entry->flags & ENTRY_TAIL ? heap_debug_tail_damage(entry, record->size) : NULL;
}

void heap_record_check(const struct heap_record *record)
{
	const char *what;
	const void *damage = find_damage(record, &what);

	if (damage)
		heap_report(record->heap, record->block, what, damage);
}

void heap_report_if_damaged(struct heap *heap, void *block, const char *freed)
{
	struct heap_record record;

	if (!heap_record_find(block, &record)) {
		if (heap_record_around((uintptr_t)block, false, &record))
			heap_report(heap, block, "the pointer leads into a block, not to its beginning", NULL);
		heap_report(heap, block, "the pointer is no block", NULL);
	}
	if (record.state != HEAP_RECORD_LIVE)
		heap_report(heap, block, freed, NULL);
	if (record.heap != heap)
		heap_report(heap, block, "the block is another heap's", NULL);
	heap_record_check(&record);
}

/*
 * The end of the process: what nobody has noticed yet.
 */

struct search {
	struct heap_record damaged;
	bool found;
};

static bool look_at(const struct heap_record *record, void *context)
{
	struct search *search = context;
	const char *what;

	if (!find_damage(record, &what))
		return true;
	search->damaged = *record;
	search->found = true;
	return false;
}

void rtl_heap_check_all(void)
{
	static struct search search;

	if (!heap_recording())
		return;
	heap_record_each(NULL, HEAP_RECORD_LIVE, look_at, &search);
	if (!search.found)
		heap_record_each(NULL, HEAP_RECORD_HELD, look_at, &search);
	if (search.found)
		heap_record_check(&search.damaged);
	/* What only the structure of the heaps shows. */
	PVOID heaps[64];
	ULONG count = RtlGetProcessHeaps(64, heaps);
	for (ULONG i = 0; i < count && i < 64; i++)
		if (!RtlValidateHeap(heaps[i], 0, NULL))
			heap_report(heaps[i], NULL, "a free block, or the heap's own memory, was written to", NULL);
}
