/*
 * ntdll/rtl/heap_record.c - records of blocks, for heaps that are debugged.
 *
 * A hash table by address.  A block that is freed keeps its record: first while its memory is held back, so that nobody
 * else gets it and late writes show; then for a while longer, so that a wild write into what lies there now, or a second
 * free, can still be told whose block it was.
 */
#include "ntdll/rtl/heap_record.h"
#include "host/thread.h"
#include "host/vm.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/thread.h"

#include <string.h>

#define HELD_BLOCKS 8192u
#define HELD_BYTES 0x1000000u
#define GONE_BLOCKS 32768u
#define SLAB 0x40000u

uintptr_t heap_careful;

static struct host_lock records_lock;
static struct heap_record **buckets;
static size_t bucket_count, record_count;
static struct heap_record *unused;
static LIST_ENTRY held = {&held, &held}, gone = {&gone, &gone};
static size_t held_count, held_bytes, gone_count;

static inline size_t bucket_of(const void *block, size_t count)
{
	return (size_t)(((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15ull >> 32) & (count - 1);
}

static bool grow(void)
{
	size_t count = bucket_count ? bucket_count * 4 : 4096;
	struct heap_record **larger = host_alloc_pages(count * sizeof(*larger));

	if (!larger)
		return bucket_count != 0;
	for (size_t i = 0; i < bucket_count; i++)
		while (buckets[i]) {
			struct heap_record *record = buckets[i], **place = &larger[bucket_of(record->block, count)];

			buckets[i] = record->next_in_bucket;
			record->next_in_bucket = *place;
			*place = record;
		}
	if (buckets)
		host_free_pages(buckets, bucket_count * sizeof(*buckets));
	buckets = larger;
	bucket_count = count;
	return true;
}

static struct heap_record *find(const void *block)
{
	struct heap_record *record = bucket_count ? buckets[bucket_of(block, bucket_count)] : NULL;

	while (record && record->block != block)
		record = record->next_in_bucket;
	return record;
}

static struct heap_record *take_unused(void)
{
	struct heap_record *record = unused;

	if (!record) {
		record = host_alloc_pages(SLAB);
		if (!record)
			return NULL;
		for (size_t i = 0; i < SLAB / sizeof(*record); i++) {
			record[i].next_in_bucket = unused;
			unused = &record[i];
		}
		record = unused;
	}
	unused = record->next_in_bucket;
	return record;
}

static void unlink_state(struct heap_record *record)
{
	if (record->state == HEAP_RECORD_LIVE)
		return;
	list_remove(&record->link);
	if (record->state == HEAP_RECORD_HELD) {
		held_count--;
		held_bytes -= record->size;
	} else {
		gone_count--;
	}
}

static void drop(struct heap_record *record)
{
	struct heap_record **place = &buckets[bucket_of(record->block, bucket_count)];

	unlink_state(record);
	if (record->base && record->state == HEAP_RECORD_LIVE)
		list_remove(&record->of_heap);
	while (*place != record)
		place = &(*place)->next_in_bucket;
	*place = record->next_in_bucket;
	record->next_in_bucket = unused;
	unused = record;
	record_count--;
}

static void set_gone(struct heap_record *record)
{
	record->state = HEAP_RECORD_GONE;
	list_add_tail(&gone, &record->link);
	if (++gone_count > GONE_BLOCKS)
		drop(CONTAINING_RECORD(gone.Flink, struct heap_record, link));
}

/* The callers in the guest; before it runs, and in tests without one, there are none. */
static void trace(PVOID *addresses)
{
	memset(addresses, 0, HEAP_TRACE_DEPTH * sizeof(*addresses));
	if (ps_self && NtCurrentTeb())
		RtlCaptureStackBackTrace(0, HEAP_TRACE_DEPTH, addresses, NULL);
}

struct heap_record *heap_record_made(struct heap *heap, void *block, SIZE_T size, ULONG flags)
{
	PVOID callers[HEAP_TRACE_DEPTH];
	struct heap_record *record;

	trace(callers);
	host_lock_acquire(&records_lock);
	record = find(block);
	if (record) {
		unlink_state(record);
	} else {
		if (record_count >= bucket_count && !grow()) {
			host_lock_release(&records_lock);
			return NULL;
		}
		record = take_unused();
		if (!record) {
			host_lock_release(&records_lock);
			return NULL;
		}
		record->block = block;
		record->next_in_bucket = buckets[bucket_of(block, bucket_count)];
		buckets[bucket_of(block, bucket_count)] = record;
		record_count++;
	}
	record->state = HEAP_RECORD_LIVE;
	record->size = size;
	record->heap = heap;
	record->base = NULL;
	record->user = flags & (HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAGS);
	record->value = NULL;
	record->tag = (uint16_t)(flags >> HEAP_TAG_SHIFT & HEAP_TAG_MASK);
	record->allocator = host_thread_id();
	memcpy(record->allocated, callers, sizeof(callers));
	memset(record->freed, 0, sizeof(record->freed));
	host_lock_release(&records_lock);
	return record;
}

void heap_record_resized(void *block, SIZE_T size)
{
	PVOID callers[HEAP_TRACE_DEPTH];
	struct heap_record *record;

	trace(callers);
	host_lock_acquire(&records_lock);
	record = find(block);
	if (record) {
		record->size = size;
		memcpy(record->allocated, callers, sizeof(callers));
	}
	host_lock_release(&records_lock);
}

bool heap_record_find(const void *block, struct heap_record *copy)
{
	host_lock_acquire(&records_lock);
	struct heap_record *record = find(block);
	if (record)
		*copy = *record;
	host_lock_release(&records_lock);
	return record != NULL;
}

/* Bytes from an address to a block: 0 inside. */
static uintptr_t distance(const struct heap_record *record, uintptr_t address)
{
	uintptr_t start = (uintptr_t)record->block, end = start + record->size;

	return address < start ? start - address : address < end ? 0 : address - end + 1;
}

bool heap_record_around(uintptr_t address, bool near, struct heap_record *copy)
{
	struct heap_record *best = NULL;
	uintptr_t best_distance = near ? 0x2000 : 1;

	host_lock_acquire(&records_lock);
	for (size_t i = 0; i < bucket_count; i++)
		for (struct heap_record *record = buckets[i]; record; record = record->next_in_bucket) {
			uintptr_t far = distance(record, address);

			if (far < best_distance || (best && far == best_distance && record->state < best->state)) {
				best = record;
				best_distance = far;
			}
		}
	/* Of several that were freed there, the one freed last. */
	if (best && best->state == HEAP_RECORD_GONE)
		for (LIST_ENTRY *link = gone.Blink; link != &gone; link = link->Blink) {
			struct heap_record *record = CONTAINING_RECORD(link, struct heap_record, link);

			if (distance(record, address) == best_distance) {
				best = record;
				break;
			}
		}
	if (best)
		*copy = *best;
	host_lock_release(&records_lock);
	return best != NULL;
}

bool heap_record_before(uintptr_t address, struct heap_record *copy)
{
	struct heap_record *best = NULL;

	host_lock_acquire(&records_lock);
	for (size_t i = 0; i < bucket_count; i++)
		for (struct heap_record *record = buckets[i]; record; record = record->next_in_bucket)
			if ((uintptr_t)record->block < address && record->state != HEAP_RECORD_GONE &&
			    address - (uintptr_t)record->block - record->size < 0x100 && (!best || best->block < record->block))
				best = record;
	if (best)
		*copy = *best;
	host_lock_release(&records_lock);
	return best != NULL;
}

void heap_record_freed(const void *block, bool hold)
{
	PVOID callers[HEAP_TRACE_DEPTH];
	struct heap_record *record;

	trace(callers);
	host_lock_acquire(&records_lock);
	record = find(block);
	if (record && record->state == HEAP_RECORD_LIVE) {
		if (record->base)
			list_remove(&record->of_heap);
		record->liberator = host_thread_id();
		memcpy(record->freed, callers, sizeof(callers));
		if (hold) {
			record->state = HEAP_RECORD_HELD;
			list_add_tail(&held, &record->link);
			held_count++;
			held_bytes += record->size;
		} else {
			set_gone(record);
		}
	}
	host_lock_release(&records_lock);
}

bool heap_record_release(struct heap_record *copy, bool all)
{
	bool found = false;

	host_lock_acquire(&records_lock);
	if (held_count && (all || held_count > HELD_BLOCKS || held_bytes > HELD_BYTES)) {
		struct heap_record *record = CONTAINING_RECORD(held.Flink, struct heap_record, link);

		*copy = *record;
		unlink_state(record);
		set_gone(record);
		found = true;
	}
	host_lock_release(&records_lock);
	return found;
}

void heap_record_forget(struct heap *heap)
{
	host_lock_acquire(&records_lock);
	for (size_t i = 0; i < bucket_count; i++)
		for (struct heap_record *record = buckets[i], *next; record; record = next) {
			next = record->next_in_bucket;
			if (record->heap == heap)
				drop(record);
		}
	host_lock_release(&records_lock);
}

void heap_record_each(struct heap *heap, enum heap_record_state state, bool (*call)(const struct heap_record *, void *),
		      void *context)
{
	bool more = true;

	host_lock_acquire(&records_lock);
	for (size_t i = 0; i < bucket_count && more; i++)
		for (struct heap_record *record = buckets[i]; record && more; record = record->next_in_bucket)
			if ((!heap || record->heap == heap) && record->state == state)
				more = call(record, context);
	host_lock_release(&records_lock);
}

void heap_record_set_pages(struct heap_record *record, char *base, SIZE_T pages)
{
	host_lock_acquire(&records_lock);
	record->base = base;
	record->pages = pages;
	list_add_tail(&record->heap->large, &record->of_heap);
	host_lock_release(&records_lock);
}

void heap_record_set_user(const void *block, ULONG user, PVOID value)
{
	host_lock_acquire(&records_lock);
	struct heap_record *record = find(block);
	if (record) {
		record->user = user;
		record->value = value;
	}
	host_lock_release(&records_lock);
}
