/*
 * ntdll/rtl/heap_record.h - what is known of every block while heaps are debugged: heap_record.c, heap_report.c,
 * heap_page.c.
 *
 * Records stand in memory of the host, where no write of the guest reaches them.  One lock guards them; it is a leaf.
 */
#ifndef PEWTER_NTDLL_RTL_HEAP_RECORD_H
#define PEWTER_NTDLL_RTL_HEAP_RECORD_H

#include "ntdll/rtl/heap_internal.h"

#define HEAP_TRACE_DEPTH 6

enum heap_record_state {
	HEAP_RECORD_LIVE,
	HEAP_RECORD_HELD, /* freed; the memory is not given out again yet */
	HEAP_RECORD_GONE, /* freed; something else may lie there */
};

struct heap_record {
	struct heap_record *next_in_bucket;
	LIST_ENTRY link; /* HELD and GONE: in order of their freeing */
	char *block;
	SIZE_T size;
	struct heap *heap;
	uint8_t state;
	uint16_t tag;
	uint32_t allocator, liberator; /* threads */
	PVOID allocated[HEAP_TRACE_DEPTH], freed[HEAP_TRACE_DEPTH]; /* return addresses of the guest; NULL ends them */
	/* Page heap: the block's own allocation, and what an ordinary block keeps in its header. */
	char *base;
	SIZE_T pages; /* bytes committed from the base */
	LIST_ENTRY of_heap;
	ULONG user; /* HEAP_SETTABLE_USER_VALUE and HEAP_SETTABLE_USER_FLAGS */
	PVOID value;
};

/* Addresses up to this take the careful paths: 0 (NULL only) or all. */
extern uintptr_t heap_careful;

static inline bool heap_recording(void)
{
	return heap_careful != 0;
}

/* A new block, or the old block of this address made longer or shorter (`again`). */
struct heap_record *heap_record_made(struct heap *heap, void *block, SIZE_T size, ULONG flags);
void heap_record_resized(void *block, SIZE_T size);
/* A copy of the record of a block, whatever its state. */
bool heap_record_find(const void *block, struct heap_record *copy);
/* The block that an address lies in or, with `near`, next to: living ones first, then the last freed. */
bool heap_record_around(uintptr_t address, bool near, struct heap_record *copy);
/* The block before an address, the nearest one. */
bool heap_record_before(uintptr_t address, struct heap_record *copy);
/* From LIVE to HELD, or to GONE if nothing holds it. */
void heap_record_freed(const void *block, bool held);
/* What has been held longest, when too much is held (or at all, with `all`); it is GONE now. */
bool heap_record_release(struct heap_record *copy, bool all);
/* Forgets a heap's blocks. */
void heap_record_forget(struct heap *heap);
/* Calls for each record in a state, on a copy, until it answers false.  The call may not change records. */
void heap_record_each(struct heap *heap, enum heap_record_state state, bool (*call)(const struct heap_record *, void *),
		      void *context);
/* A block of page heap: the last of its heap's. */
void heap_record_set_pages(struct heap_record *record, char *base, SIZE_T pages);
/* Changes a living block's user value and flags (page heap). */
void heap_record_set_user(const void *block, ULONG user, PVOID value);

/* heap_report.c: prints a report and ends the process.  `address`: the damaged byte, or NULL. */
void heap_report(struct heap *heap, void *block, const char *what, const void *address) __attribute__((noreturn));
/* Looks at a block before it is freed, resized or asked about; a damaged one is reported. */
void heap_report_if_damaged(struct heap *heap, void *block, const char *freed);
/* The same for a record of a living or held block. */
void heap_record_check(const struct heap_record *record);

/* heap.c: frees what has been held back long enough, or all of it. */
void heap_release_held(bool all);

/* heap_page.c */
/* `flags` and `debug` as they show in the handle; `normal` becomes the new heap's.  NULL: no memory. */
struct heap *heap_page_create(ULONG flags, ULONG debug, struct heap *normal);
void heap_page_destroy(struct heap *heap);
void *heap_page_allocate(struct heap *heap, ULONG flags, SIZE_T size);
void heap_page_free(struct heap *heap, const struct heap_record *record);
bool heap_page_walk(struct heap *heap, PRTL_HEAP_WALK_ENTRY entry, NTSTATUS *status);
/* The first byte of a block's surroundings that is not as it was filled; NULL: none. */
const void *heap_page_damage(const struct heap_record *record);
void heap_page_release(const struct heap_record *record);

/* heap_tags.c */
void heap_tags_forget(struct heap *heap);

#endif
