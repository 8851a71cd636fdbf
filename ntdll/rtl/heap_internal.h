/*
 * ntdll/rtl/heap_internal.h - every structure of the heap, and the checks of its invariants.
 *
 * A block is what a guest gets.  Each has an 8-byte header directly before its data:
 *
 *	 entry (16 bytes)          data                              next entry
 *	+-----------+-----------+---------------------------------+-----------+-----------+
 *	| lent      | header    | requested bytes        | unused | lent      | header    |
 *	+-----------+-----------+---------------------------------+-----------+-----------+
 *	                                                    the data may run into it
 *
 * so a block of s bytes takes max(s,16)+8 bytes, rounded up to 16 (heap facts, row 25).
 *
 * All functions of the heap are ms_abi, down to mm: a call from one convention into the other saves ten registers.
 * Calls out of the house stand in small functions of their own (heap_lock_slow, ...), away from the fast paths.
 */
#ifndef PEWTER_NTDLL_RTL_HEAP_INTERNAL_H
#define PEWTER_NTDLL_RTL_HEAP_INTERNAL_H

#include "host/thread.h"
#include "ntdll/mm/mm.h"
#include "ntdll/rtl/heap.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define NOINLINE __attribute__((noinline))

#define HEAP_UNIT 16u                   /* blocks are so aligned and counted in this */
#define HEAP_MINIMUM_UNITS 2u           /* room for the links of a free block */
#define HEAP_SENTINEL_SIZE 0x40u        /* ends the committed part of a segment (rows 56, 57) */
#define HEAP_GUARD_SIZE 0x1000u         /* the last page of a growable segment is never committed (row 56) */
#define HEAP_LARGE_HEADER 0x40u         /* row 28 */
#define HEAP_LARGE_THRESHOLD 0xFE000u   /* bytes of a block, header included, that still lie in a segment (row 27) */
#define HEAP_INITIAL_COMMIT 0x2000u     /* row 54 */
#define HEAP_FIRST_SEGMENT 0x100000u    /* row 3: each new one is twice as large ... */
#define HEAP_LARGEST_SEGMENT 0xFD0000u  /* ... up to this */
#define HEAP_DECOMMIT_BLOCK 0x1000u     /* row 16 */
#define HEAP_DECOMMIT_TOTAL 0x10000u
#define HEAP_MAXIMUM_REQUEST ((SIZE_T)0x7FFFFFF00000)

/* Of a block in a segment.  What is 0x10 in this byte belongs to the front end (struct heap_entry.tag). */
#define ENTRY_BUSY 0x01u
#define ENTRY_USER 0x02u     /* 16 bytes behind data and tail: user value at +8 (row 73) */
#define ENTRY_HOLE 0x02u     /* of a free block: struct heap_hole */
#define ENTRY_TAIL 0x04u     /* 16 bytes AB behind the data (row 68) */
#define ENTRY_LARGE 0x08u    /* an allocation of its own: struct heap_large before it */
#define ENTRY_FRONT 0x10u    /* a slot of the front end */
#define ENTRY_PREV_FREE 0x20u /* the block before is free; `lent` is its size in units */
#define ENTRY_SENTINEL 0x40u /* end of the committed part: struct heap_sentinel */
#define ENTRY_INTERNAL 0x80u /* ours: a subsegment of the front end */

/* Of struct heap_entry.user. */
#define ENTRY_USER_FLAGS 0x07u  /* HEAP_SETTABLE_USER_FLAGS >> 9 */
#define ENTRY_UNUSED_HIGH 0x78u /* bits 8 to 11 of the unused bytes */
#define ENTRY_CACHED 0x80u      /* freed, and kept by a front for the next request of its size */

struct heap_entry {
	uint64_t lent;
	union {
		struct {
			uint8_t check; /* makes the header's bytes and the heap's key xor to 0 */
			uint8_t flags;
			union {
				struct {
					uint8_t unused; /* bytes of the block that were not asked for, this header included */
					uint8_t user;   /* ENTRY_USER_FLAGS and so on */
				};
				uint16_t unused_user;
			};
			uint32_t units; /* size with this entry; large blocks: unused bytes */
		};
		struct {
			uint32_t tag;        /* the heap's front_busy or front_free */
			uint16_t sub;        /* index of the subsegment in front_subs */
			uint16_t front_info; /* busy: FRONT_UNUSED and so on; free: int16_t, units to the next free slot */
		};
		uint64_t word;
	};
};

#define FRONT_UNUSED 0x0FFFu
#define FRONT_USER 0x1000u      /* as ENTRY_USER */
#define FRONT_FLAGS_SHIFT 13    /* three bits: HEAP_SETTABLE_USER_FLAGS >> 9 */

struct heap_free {
	struct heap_entry entry;
	struct heap_free *next, *previous; /* previous NULL: first of its list */
};

/* Addresses of decommitted pages; none when both are the same. */
struct heap_bounds {
	uintptr_t start, end;
};

struct heap_hole {
	struct heap_free block;
	LIST_ENTRY link;
	struct heap_bounds bounds;
};

struct heap_sentinel {
	struct heap_entry entry;
	struct heap_segment *segment;
	uint64_t reserved[5];
};

struct heap_large {
	LIST_ENTRY link;
	PVOID user_value;
	SIZE_T spare;
	SIZE_T committed; /* from the base of the allocation */
	SIZE_T reserved;
	struct heap_entry entry;
};

/* At the base of each of a heap's allocations.  Programs read signature, flags and the heap's two flag words. */
struct heap_segment {
	struct heap_entry entry;
	uint32_t signature;     /* 0x10: FFEEFFEE */
	uint32_t segment_flags; /* 0x14 */
	LIST_ENTRY link;        /* 0x18 */
	struct heap *heap;      /* 0x28 */
	SIZE_T reserved;        /* 0x30 */
	SIZE_T committed;       /* 0x38: from the base; the rest is reserved */
	SIZE_T limit;           /* 0x40: what may be committed */
	struct heap_entry *first; /* 0x48 */
	bool foreign;           /* 0x50: memory of the creator, not released by us */
	uint8_t slot;           /* 0x51: of a heap: which of a thread's fronts is its; 0: it has none */
	SIZE_T trimmed;         /* 0x58: what was committed before an end was given back */
	uint64_t spare[2];
};

#define HEAP_SEGMENT_SIGNATURE 0xFFEEFFEEu
#define HEAP_SIGNATURE 0xEEFFEEFFu

/*
 * Free lists: one for each size below 64 units, sixteen for each power of two above, one for all from 1 MiB.
 * Any block of a higher list fits.
 */
#define HEAP_BINS (64 + 10 * 16 + 1)

/* Classes of the front end: strides of 2..64 units one by one, then sixteen for each power of two up to 16 KiB. */
#define FRONT_CLASSES 129
#define FRONT_EXACT_UNITS 64u
#define FRONT_MAXIMUM_UNITS 1024u
#define FRONT_THRESHOLD 18 /* this many blocks of a class from the segments; the last is the front end's first (46, 47) */
#define FRONT_SLOTS 256
/* Blocks above, up to 64 KiB: a front keeps a few freed ones of each of 32 sizes. */
#define CACHE_CLASSES 32
#define CACHE_MAXIMUM_UNITS 4096u
#define CACHE_BLOCKS 8
#define CACHE_BYTES 0x400000u

struct heap {
	struct heap_segment segment; /* 0x00 */
	uint32_t flags;              /* 0x70 */
	uint32_t force_flags;        /* 0x74 */
	uint32_t front_busy;         /* tags of the front end's blocks: one comparison says whose it is and whether busy */
	uint32_t front_free;
	uint8_t key;    /* of the check bytes; not 0 */
	uint8_t compatibility; /* HeapCompatibilityInformation: 0 or 2 */
	bool front_allowed;
	bool front_silent; /* for HEAP_NO_SERIALIZE: faster, with nothing to be seen of it (rows 25, 48) */
	uint32_t signature;
	uint32_t debug; /* the debugging part of flags: 0 for almost everybody */
	uint32_t protect;
	struct host_lock lock;
	/* The lock of guests.  Changed under `lock`. */
	uint32_t guest_word;
	uint32_t guest_waiters;
	uint32_t guest_recursion;
	uintptr_t guest_owner;
	LIST_ENTRY segments;
	LIST_ENTRY large;
	struct heap_front *fronts;    /* every front of this heap */
	struct heap_front *abandoned; /* those whose thread has ended */
	SIZE_T free_bytes;            /* committed and free, in segments */
	LIST_ENTRY holes;
	SIZE_T hole_bytes;            /* of free blocks, not committed */
	SIZE_T decommit_block, decommit_total; /* thresholds: heap_hole.c */
	SIZE_T next_segment;          /* bytes */
	struct heap_segment *empty;   /* was empty when last looked at; stays */
	SIZE_T large_committed, large_reserved;
	PRTL_HEAP_COMMIT_ROUTINE commit_routine;
	bool page_heap;       /* the handle of a page heap: heap_page.c */
	struct heap *normal;  /* of a page heap: the ordinary one beneath */
	ULONG index; /* in PEB.ProcessHeaps */
	uint64_t bin_map[4];
	uint8_t counts[FRONT_CLASSES + CACHE_CLASSES]; /* blocks of each class given from the segments, up to FRONT_THRESHOLD */
	struct heap_free *bins[HEAP_BINS];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct heap_entry) == 16, "heap_entry");
_Static_assert(sizeof(struct heap_hole) == 0x40, "heap_hole");
_Static_assert(sizeof(struct heap_sentinel) == HEAP_SENTINEL_SIZE, "heap_sentinel");
_Static_assert(sizeof(struct heap_large) == HEAP_LARGE_HEADER, "heap_large");
_Static_assert(offsetof(struct heap_segment, signature) == 0x10, "row 65");
_Static_assert(offsetof(struct heap, flags) == 0x70 && offsetof(struct heap, force_flags) == 0x74, "row 65");
_Static_assert(sizeof(struct heap) % HEAP_UNIT == 0, "the first block follows the heap");
_Static_assert(sizeof(struct heap) > 0x600 && sizeof(struct heap) + HEAP_SENTINEL_SIZE + 8 <= 0xC00, "row 5");

/*
 * The front end.  A front belongs to one thread and one heap; it hands out slots of subsegments, which are blocks of
 * the segments cut into slots of one class.  Only the owner touches a subsegment; other threads push what they free
 * onto the front's `remote` list.  A front whose thread has ended waits for the next thread that needs one.
 *
 * Subsegments are described apart from them, side by side: their descriptions are touched by every allocation and every
 * free, and would each be in a page of their own, which is more than a processor's table of pages holds.
 *
 * `events` counts down to the next moment at which a free needs more than a push.  Allocations do not count up:
 *	CURRENT	EVENTS_CURRENT, less frees	(never)
 *	QUEUED	slots in use			(empty: may be given back)
 *	FULL	1				(has room again: is queued)
 */
struct front_sub {
	char *free; /* the first free slot; `base`: none.  On through front_info: data is not touched */
	uint32_t events;
	uint16_t carved; /* slots that have a header */
	uint16_t capacity;
	char *base;     /* the block of the segments that is cut into slots; NULL: there is none */
	uint64_t busy;  /* the header of a busy slot of which nothing is used, */
	uint64_t freed; /* and of a free one that is the last: a header is written in one store */
	uint32_t next, previous; /* of a queue, as indices; `next` also of the front's spare ones; 0: none */
	uint16_t class;
	uint8_t state;
} __attribute__((aligned(64)));

/* At the base. */
struct front_base {
	uint32_t magic;
	uint32_t sub;
};
#define EVENTS_CURRENT 0x40000000u
#define FRONT_SUB_MAGIC 0xF0E1D2C3u
#define FRONT_SUB_DATA 0x10u /* from the base to the first slot's data; its header is before it */
#define FRONT_SUBS 0x10000u
#define FRONT_SUBS_AT_ONCE 16u /* a front gets them so; those of two threads do not lie next to each other */
#define FRONT_LARGEST_SUB 0x40000u /* front_info reaches farther */
enum { SUB_CURRENT, SUB_QUEUED, SUB_FULL };

struct heap_front {
	struct front_sub *current[FRONT_CLASSES]; /* never NULL: front_empty_sub */
	struct heap *heap;
	struct heap_front *next; /* of the heap's */
	struct heap_front *next_abandoned;
	struct heap_front **home; /* the owner's variable; NULL: abandoned */
	struct {
		uint32_t first, last; /* 0: none */
	} queue[FRONT_CLASSES];
	struct {
		void *first; /* data of a cached block; linked through the first 8 bytes */
		SIZE_T count;
	} cache[CACHE_CLASSES];
	SIZE_T cached_bytes;
	uint8_t made[FRONT_CLASSES + 7]; /* subsegments made, for the next one's size */
	uint32_t spare;  /* subsegments that are not in use; 0: none */
	uint32_t groups; /* the last one's number; 0: none */
	void *remote __attribute__((aligned(64)));
};

_Static_assert(sizeof(struct front_sub) == 64, "front_sub");
_Static_assert(sizeof(struct front_base) <= FRONT_SUB_DATA - 8, "front_base");
_Static_assert(sizeof(struct heap_front) <= 4096, "heap_front");

extern struct front_sub front_subs[FRONT_SUBS];
extern uint32_t front_subs_used; /* how many of them belong to fronts */
/* Whose they are: not in the descriptions, where every thread that frees would take from the owner what he writes to. */
extern struct heap_front *front_sub_owners[FRONT_SUBS];
extern struct front_sub front_empty_sub;
extern struct heap_front front_empty;
extern __thread struct heap_front *heap_fronts[FRONT_SLOTS] __attribute__((tls_model("local-exec")));

/* What the calling thread is called in heap->guest_owner. */
static inline uintptr_t heap_self(void)
{
	return (uintptr_t)&heap_fronts[0];
}

static inline bool heap_is(const struct heap *heap)
{
	return heap->signature == HEAP_SIGNATURE && (heap->segment.signature == HEAP_SEGMENT_SIGNATURE || heap->page_heap);
}

/* The heap whose segments a heap's blocks lie in. */
static inline struct heap *heap_beneath(struct heap *heap)
{
	return heap->page_heap ? heap->normal : heap;
}

static inline struct heap_entry *heap_entry_of(void *data)
{
	return (struct heap_entry *)((char *)data - sizeof(struct heap_entry));
}

static inline void *heap_entry_data(struct heap_entry *entry)
{
	return entry + 1;
}

static inline struct heap_entry *heap_entry_next(struct heap_entry *entry)
{
	return entry + entry->units;
}

/*
 * A header belongs to the owner of its block, who reads it without a lock; but ENTRY_PREV_FREE in it changes under the
 * heap's lock, as the block before is freed or taken.  And who holds that lock looks at the headers of neighbours, which
 * their owners may be changing (heap_entry_change).  So these accesses are single and atomic.
 */
static inline uint8_t heap_entry_flags(const struct heap_entry *entry)
{
	return __atomic_load_n(&entry->flags, __ATOMIC_RELAXED);
}

static inline uint32_t heap_entry_tag(const struct heap_entry *entry)
{
	return __atomic_load_n(&entry->tag, __ATOMIC_RELAXED);
}

static inline uint8_t heap_entry_fold(uint64_t word)
{
	word ^= word >> 32;
	word ^= word >> 16;
	word ^= word >> 8;
	return (uint8_t)word;
}

/*
 * The check byte covers what a neighbour relies on, as NT's does: flags and size.  Not ENTRY_PREV_FREE, which says something
 * about the block before, and changes under the heap's lock while the block's owner reads the header without it; and not
 * `unused` and `user`, which the owner changes while neighbours look.
 */
#define ENTRY_CHECKED (~((uint64_t)ENTRY_PREV_FREE << 8 | 0xFFFF0000u))

/* After every change to a header. */
static inline void heap_entry_seal(const struct heap *heap, struct heap_entry *entry)
{
	entry->check = heap_entry_fold(entry->word & ENTRY_CHECKED & ~(uint64_t)0xFF) ^ heap->key;
}

/* The whole header in one store: filling it in by pieces and reading it back for the check would wait for memory. */
static inline void heap_entry_write(const struct heap *heap, struct heap_entry *entry, uint8_t flags, uint8_t unused,
				    uint8_t user, uint32_t units)
{
	uint64_t word = (uint64_t)units << 32 | (uint32_t)user << 24 | (uint32_t)unused << 16 | (uint32_t)flags << 8;
	entry->word = word | (uint8_t)(heap_entry_fold(word & ENTRY_CHECKED) ^ heap->key);
}

static inline bool heap_entry_keyed(const struct heap *heap, const struct heap_entry *entry)
{
	return heap_entry_fold(__atomic_load_n(&entry->word, __ATOMIC_RELAXED) & ENTRY_CHECKED) == heap->key;
}

static inline bool heap_entry_sound(const struct heap *heap, const struct heap_entry *entry)
{
	return heap_entry_keyed(heap, entry) && entry->units >= 1;
}

/* The class of a block of `units`, and the stride of a class in units. */
static inline unsigned front_class(unsigned units)
{
	if (units <= FRONT_EXACT_UNITS)
		return units;
	unsigned bit = 31 - (unsigned)__builtin_clz(units - 1);
	return FRONT_EXACT_UNITS + (bit - 6) * 16 + (((units - 1) >> (bit - 4)) & 15) + 1;
}

static inline unsigned front_class_units(unsigned class)
{
	if (class <= FRONT_EXACT_UNITS)
		return class;
	unsigned power = (class - FRONT_EXACT_UNITS - 1) / 16, step = (class - FRONT_EXACT_UNITS - 1) % 16 + 1;
	return (64u << power) + (step << (power + 2));
}

/* The same for cached blocks; `units` above FRONT_MAXIMUM_UNITS. */
static inline unsigned cache_class(unsigned units)
{
	unsigned bit = 31 - (unsigned)__builtin_clz(units - 1);
	return (bit - 10) * 16 + (((units - 1) >> (bit - 4)) & 15);
}

static inline unsigned cache_class_units(unsigned class)
{
	return (1024u << (class / 16)) + ((class % 16 + 1) << (class / 16 + 6));
}

static inline uint32_t heap_entry_unused(const struct heap_entry *entry)
{
	return entry->unused | (uint32_t)(entry->user & ENTRY_UNUSED_HIGH) << 5;
}

/* Changes these two bytes of a header whose flags another thread may be changing, and which another may be looking at. */
static inline void heap_entry_change(struct heap_entry *entry, uint8_t unused, uint8_t user)
{
	__atomic_store_n(&entry->unused_user, (uint16_t)(unused | user << 8), __ATOMIC_RELAXED);
}

static inline struct front_sub *front_sub_of(struct heap_entry *entry)
{
	return &front_subs[entry->sub];
}

/* The subsegment whose base this is; NULL: it is none's, or not yet. */
static inline struct front_sub *front_sub_at(void *base)
{
	const struct front_base *head = base;
	if (head->magic != FRONT_SUB_MAGIC || head->sub >= FRONT_SUBS)
		return NULL;
	struct front_sub *sub = &front_subs[head->sub];
	return __atomic_load_n(&sub->base, __ATOMIC_ACQUIRE) == base ? sub : NULL;
}

static inline uint32_t front_sub_index(const struct front_sub *sub)
{
	return (uint32_t)(sub - front_subs);
}

/* The length of a slot, in bytes. */
static inline uint32_t front_sub_stride(const struct front_sub *sub)
{
	return (uint32_t)(sub->busy >> 48);
}

/* Whether one of its slots with a header begins here, or what is left behind them, which has one as well. */
static inline bool front_sub_has(const struct front_sub *sub, const void *block)
{
	const char *base = __atomic_load_n(&sub->base, __ATOMIC_ACQUIRE);
	size_t offset = (size_t)((const char *)block - base) - FRONT_SUB_DATA, stride = front_sub_stride(sub);
	return base && offset % stride == 0 && offset / stride <= __atomic_load_n(&sub->carved, __ATOMIC_ACQUIRE);
}

/* The header of a free slot, whose list goes on at `next`: the distance, a multiple of 16, ends up in front_info. */
static inline void front_header_free(const struct front_sub *sub, char *block, const char *next)
{
	heap_entry_of(block)->word = sub->freed + ((uint64_t)(next - block) << 44);
}

/* Puts a slot back into its subsegment's list. */
static inline void front_sub_push(struct front_sub *sub, char *block)
{
	front_header_free(sub, block, sub->free);
	sub->free = block;
}

/* Takes a slot out of its subsegment's list, of which it is the first. */
static inline void front_sub_pop(struct front_sub *sub, struct heap_entry *entry)
{
	sub->free = (char *)heap_entry_data(entry) + (ptrdiff_t)(int16_t)entry->front_info * (int)HEAP_UNIT;
}

static inline bool front_sub_used_up(const struct front_sub *sub)
{
	return sub->free == sub->base;
}

/* Leaf functions that keep to ms_abi, where a call to memcpy would not. */
static inline void heap_zero(void *to, size_t size)
{
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(0) : "memory");
}

static inline void heap_copy(void *to, const void *from, size_t size)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static inline void list_initialize(LIST_ENTRY *list)
{
	list->Flink = list->Blink = list;
}

static inline void list_add_tail(LIST_ENTRY *list, LIST_ENTRY *entry)
{
	entry->Flink = list;
	entry->Blink = list->Blink;
	list->Blink->Flink = entry;
	list->Blink = entry;
}

static inline bool list_sound(const LIST_ENTRY *entry)
{
	return entry->Flink->Blink == entry && entry->Blink->Flink == entry;
}

static inline void list_remove(LIST_ENTRY *entry)
{
	entry->Flink->Blink = entry->Blink;
	entry->Blink->Flink = entry->Flink;
}

/* heap.c */
/* The last error and status of the calling thread. */
void WINAPI heap_set_error(DWORD error, NTSTATUS status);
/* Reads a block's header; ends the process when it is none of this heap's, or free already (`freed` says what was done
 * to it then). */
struct heap_entry *WINAPI heap_check_block(struct heap *heap, void *block, const char *freed);
void WINAPI heap_lock_slow(struct host_lock *lock);
void WINAPI heap_unlock_slow(struct host_lock *lock);
/* Takes the heap's lock; unless the call or the heap is HEAP_NO_SERIALIZE, only when no other thread has the guests'. */
void WINAPI heap_enter(struct heap *heap, ULONG flags);
static inline void lock_take(struct host_lock *lock)
{
	uint32_t expected = 0;
	if (unlikely(!__atomic_compare_exchange_n(&lock->word, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
		heap_lock_slow(lock);
}
static inline void lock_drop(struct host_lock *lock)
{
	if (unlikely(__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) != 1))
		heap_unlock_slow(lock);
}
static inline void heap_lock(struct heap *heap)
{
	lock_take(&heap->lock);
}
static inline void heap_unlock(struct heap *heap)
{
	lock_drop(&heap->lock);
}
/* Units of a block of `size` bytes asked for with these flags; 0: too large for anything. */
size_t WINAPI heap_request_units(const struct heap *heap, ULONG flags, SIZE_T size);
bool WINAPI heap_has_user_info(const struct heap *heap, ULONG flags);
/* Commits and decommits through the heap's commit routine if it has one. */
NTSTATUS WINAPI heap_commit(struct heap *heap, void *base, void *address, SIZE_T size);

/* heap_segment.c; all under the heap's lock. */
void WINAPI heap_segment_initialize(struct heap *heap, struct heap_segment *segment, SIZE_T header, SIZE_T reserved,
				    SIZE_T committed, SIZE_T limit);
/* A block of at least `units`, busy, not sealed; NULL: no memory. */
struct heap_entry *WINAPI heap_segment_allocate(struct heap *heap, size_t units);
void WINAPI heap_segment_free(struct heap *heap, struct heap_entry *entry);
/* Makes a busy block at least `units` long where it lies, or shorter; false: there is no room.  Not sealed. */
bool WINAPI heap_segment_resize(struct heap *heap, struct heap_entry *entry, size_t units);
void WINAPI heap_segment_destroy_all(struct heap *heap);
struct heap_segment *WINAPI heap_segment_of(struct heap *heap, const void *address);
/* Gives back what is free, now; returns bytes of the largest committed free block. */
SIZE_T WINAPI heap_segment_compact(struct heap *heap);

/* heap_hole.c; all under the heap's lock. */
#define DECOMMIT_TOTAL_MOST 0x1000000u
bool WINAPI heap_hole_allowed(const struct heap *heap);
/* The hole of a free block, which is not in order of its own. */
struct heap_bounds WINAPI heap_hole_of(struct heap_entry *entry);
/* Free blocks in their lists get a hole, or are told that theirs is another's business now.  The pages are not touched. */
void WINAPI heap_hole_attach(struct heap *heap, struct heap_entry *entry, struct heap_bounds bounds);
struct heap_bounds WINAPI heap_hole_detach(struct heap *heap, struct heap_entry *entry);
/* Commits a hole up to `end`; the hole becomes what is left.  false: no memory. */
bool WINAPI heap_hole_fill(struct heap *heap, struct heap_bounds *bounds, uintptr_t end);
/* Pages that were given back are needed: give them back later from now on. */
void WINAPI heap_hole_wanted_again(struct heap *heap);
/* One hole of two in blocks that are joined, `a` before `b`. */
struct heap_bounds WINAPI heap_hole_join(struct heap_bounds a, struct heap_bounds b);
/* Gives back the pages of a free block if there are `least` bytes of them or more. */
void WINAPI heap_hole_widen(struct heap *heap, struct heap_entry *entry, SIZE_T least);
/* The free block in whose hole, or behind it, an address lies; NULL. */
struct heap_entry *WINAPI heap_hole_find(struct heap *heap, uintptr_t address);

/* heap_large.c; take the heap's lock themselves. */
void *WINAPI heap_large_allocate(struct heap *heap, ULONG flags, SIZE_T size, SIZE_T reserve);
void WINAPI heap_large_free(struct heap *heap, ULONG flags, struct heap_entry *entry);
/* In place; false: no room. */
bool WINAPI heap_large_resize(struct heap *heap, struct heap_entry *entry, ULONG flags, SIZE_T size);
/* What a growing block reserves, so that it need not be copied again soon.  Address space costs nothing, as long as there
 * is plenty: not in a program that keeps below 2 GiB. */
SIZE_T WINAPI heap_large_growing_reserve(SIZE_T size);
/* The bytes of a block between two offsets were added, and will be written. */
void WINAPI heap_large_expect_writes(void *block, SIZE_T from, SIZE_T to);
void WINAPI heap_large_destroy_all(struct heap *heap);
static inline struct heap_large *heap_large_of(struct heap_entry *entry)
{
	return CONTAINING_RECORD(entry, struct heap_large, entry);
}
static inline SIZE_T heap_large_size(struct heap_entry *entry)
{
	return heap_large_of(entry)->committed - entry->units;
}

/* heap_lfh.c */
/* Whether a class is the front end's; counts only grow, under the heap's lock. */
static inline bool heap_class_popular(const struct heap *heap, unsigned class)
{
	return __atomic_load_n(&heap->counts[class], __ATOMIC_RELAXED) >= FRONT_THRESHOLD;
}
/* A slot for a block of `units` (debugging-free heaps only); NULL: the segments must help. */
void *WINAPI front_allocate(struct heap *heap, ULONG flags, SIZE_T size, unsigned units);
/* A busy slot of another thread, or one whose events ran out.  TRUE: what RtlFreeHeap answers, which ends with these calls
 * and so needs no frame. */
ULONG WINAPI front_free_slow(struct front_sub *sub);
ULONG WINAPI front_free_remote(struct heap_front *front, void *block);
void WINAPI front_heap_created(struct heap *heap);
void WINAPI front_heap_destroyed(struct heap *heap);
/* Counts a block of the segments; true: its class is the front end's from now on. */
bool WINAPI front_count(struct heap *heap, unsigned class);
/* A cached block of at least `size` bytes; `class` is in use.  NULL: none is there. */
void *WINAPI front_cache_take(struct heap *heap, SIZE_T size, unsigned class);
/* Keeps a block that its owner has freed; false: the segments must take it. */
bool WINAPI front_cache_keep(struct heap *heap, struct heap_entry *entry);
/* Gives back empty subsegments of the calling thread and of ended ones.  Not under the heap's lock. */
void WINAPI front_compact(struct heap *heap);

/* heap_debug.c: what a heap with heap->debug != 0, or a call with debugging flags, does to a block. */
void WINAPI heap_debug_allocated(struct heap *heap, struct heap_entry *entry, ULONG flags, SIZE_T old_size, SIZE_T size);
void WINAPI heap_debug_freed(struct heap *heap, struct heap_entry *entry);
/* The first byte that is not as it was filled; NULL: all are. */
const void *WINAPI heap_debug_tail_damage(struct heap_entry *entry, SIZE_T size);
const void *WINAPI heap_debug_free_damage(struct heap *heap, struct heap_entry *entry);

/* heap_walk.c; both under the heap's lock. */
/* The entry after `entry`; false: there is none, or the address is not one that the walk gives. */
bool WINAPI heap_walk_next(struct heap *heap, PRTL_HEAP_WALK_ENTRY entry, NTSTATUS *status);
bool WINAPI heap_validate_block(struct heap *heap, void *block);

/* The bytes the guest asked for. */
static inline SIZE_T heap_block_size(struct heap *heap, struct heap_entry *entry)
{
	uint8_t flags = heap_entry_flags(entry);
	if (flags & ENTRY_FRONT)
		return front_sub_stride(front_sub_of(entry)) - (entry->front_info & FRONT_UNUSED);
	if (flags & ENTRY_LARGE)
		return heap_large_size(entry);
	return (SIZE_T)entry->units * HEAP_UNIT - heap_entry_unused(entry);
}

/* Where user value and flags of a block are; NULL: it has none. */
PVOID *WINAPI heap_user_value(struct heap *heap, struct heap_entry *entry);
ULONG WINAPI heap_user_flags(struct heap_entry *entry);

#endif
