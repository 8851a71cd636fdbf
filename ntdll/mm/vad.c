/*
 * ntdll/mm/vad.c - the tree of virtual address descriptors.
 *
 * The gap of an entry is the room behind its VAD in whole 64 KiB units: allocations start on units, so a free page
 * behind a VAD in the same unit is of no use to anybody (NT refuses it too: nt facts row 7).
 */
#include "ntdll/mm/mm_internal.h"

/*
 * The value of an entry is the address of its VAD.  Records lie on 64 bytes and below 2^47, so 22 bits are left, and of a
 * private VAD that is one run, of at most 8,191 pages and with plain protections, they say all that there is: among a
 * million regions a query then waits for memory once less.  The first change takes it back.
 *
 * bit 0 told, 1 committed, 2-4 protection (which of the eight), 48-50 that of the allocation, 51-63 pages
 */
#define TOLD 1u
#define TOLD_COMMITTED 2u
#define TOLD_MOST_PAGES 0x1FFFu

static uint64_t entry_of(const struct mm_vad *vad)
{
	uint64_t entry = (uintptr_t)vad, pages = (vad->end - vad->start) / MM_PAGE_SIZE;
	ULONG protect = vad->state & MM_STATE_COMMIT ? vad->state & MM_STATE_PROTECT : PAGE_NOACCESS;

	if (entry & 63 || entry >> 47 || vad->kind != MM_VAD_PRIVATE || vad->runs.root || vad->view || pages > TOLD_MOST_PAGES ||
	    vad->state & ~(MM_STATE_COMMIT | 0xFFu) || __builtin_popcount(protect) != 1 || vad->protect > 0xFF ||
	    __builtin_popcount(vad->protect) != 1)
		return entry;
	return entry | TOLD | (vad->state & MM_STATE_COMMIT ? TOLD_COMMITTED : 0) | (uint64_t)__builtin_ctz(protect) << 2 |
	       (uint64_t)__builtin_ctz(vad->protect) << 48 | pages << 51;
}

void mm_vad_tell(struct mm_vad *vad)
{
	struct mm_cursor at = mm_tree_find(&mm_space.vads, vad->start);

	at.leaf->value[at.index] = entry_of(vad);
	vad->told = at.leaf->value[at.index] & TOLD;
}

void mm_vad_untell(struct mm_vad *vad)
{
	struct mm_cursor at;

	if (!vad->told)
		return;
	at = mm_tree_find(&mm_space.vads, vad->start);
	at.leaf->value[at.index] = (uintptr_t)vad;
	vad->told = false;
}

bool mm_vad_summary(struct mm_cursor at, uintptr_t address, struct mm_vad_summary *summary)
{
	uint64_t entry = at.leaf ? mm_cursor_value(at) : 0;

	if (!(entry & TOLD))
		return false;
	summary->start = (uintptr_t)mm_cursor_key(at);
	summary->end = summary->start + (uintptr_t)(entry >> 51) * MM_PAGE_SIZE;
	summary->state = entry & TOLD_COMMITTED ? MM_STATE_COMMIT | 1u << (entry >> 2 & 7) : 0;
	summary->protect = 1u << (entry >> 48 & 7);
	return address >= summary->start && address < summary->end;
}

/* Units between the end of a VAD and the next one. */
static uint64_t gap_behind(uintptr_t end, uintptr_t next_start)
{
	uintptr_t from = mm_unit_up(end);

	return next_start > from ? (next_start - from) / MM_GRANULARITY : 0;
}

static uintptr_t start_of(struct mm_cursor at)
{
	return at.leaf ? (uintptr_t)mm_cursor_key(at) : MM_HIGHEST_USER_ADDRESS + 1;
}

struct mm_vad *mm_vad_find(uintptr_t address)
{
	struct mm_cursor at = mm_tree_find(&mm_space.vads, address);
	struct mm_vad *vad;

	if (!at.leaf)
		return NULL;
	vad = mm_vad_of(at);
	return address < vad->end ? vad : NULL;
}

struct mm_vad *mm_vad_at_or_above(uintptr_t address)
{
	struct mm_cursor at = mm_tree_find(&mm_space.vads, address);

	if (!at.leaf)
		at = mm_tree_first(&mm_space.vads);
	while (at.leaf && mm_vad_of(at)->end <= address)
		at = mm_cursor_next(at);
	return at.leaf ? mm_vad_of(at) : NULL;
}

bool mm_vad_range_free(uintptr_t start, uintptr_t end)
{
	struct mm_cursor at = mm_tree_find(&mm_space.vads, end - 1);

	return !at.leaf || mm_unit_up(mm_vad_of(at)->end) <= start;
}

struct gap_request {
	size_t size;
	uintptr_t low, high; /* inclusive */
	size_t alignment;
	uintptr_t found;
};

static bool gap_bounds(struct mm_cursor at, const struct gap_request *request, uintptr_t *first, uintptr_t *end)
{
	/* Whole units only: a VAD that a release or a split left may start within one. */
	*first = mm_unit_up(mm_vad_of(at)->end);
	*end = mm_unit_down(start_of(mm_cursor_next(at)));
	if (*first < request->low)
		*first = request->low;
	if (*end > request->high)
		*end = request->high + 1;
	return *first < *end && *end - *first >= request->size;
}

static bool accept_low(struct mm_cursor at, void *argument)
{
	struct gap_request *request = argument;
	uintptr_t first, end, start;

	if (mm_vad_of(at)->end > request->high) {
		/* Everything further up is out of bounds as well: stop, with nothing found. */
		return true;
	}
	if (!gap_bounds(at, request, &first, &end))
		return false;
	start = (first + request->alignment - 1) & ~(request->alignment - 1);
	if (start < first || start >= end || end - start < request->size)
		return false;
	request->found = start;
	return true;
}

static bool accept_high(struct mm_cursor at, void *argument)
{
	struct gap_request *request = argument;
	uintptr_t first, end, start;

	if (!gap_bounds(at, request, &first, &end))
		return false;
	start = (end - request->size) & ~(request->alignment - 1);
	if (start < first)
		return false;
	request->found = start;
	return true;
}

bool mm_vad_find_gap(size_t size, uintptr_t low, uintptr_t high, size_t alignment, bool top_down, uintptr_t *start)
{
	struct gap_request request = {.size = size, .low = mm_unit_up(low), .high = high, .alignment = alignment};
	uint64_t need = (size + MM_GRANULARITY - 1) / MM_GRANULARITY;
	struct mm_cursor at;

	if (request.low > high || high - request.low + 1 < size)
		return false;
	if (top_down) {
		mm_tree_search_down(&mm_space.vads, high, need, accept_high, &request);
	} else {
		/* The gap that contains `low` belongs to the VAD below it. */
		at = mm_tree_find(&mm_space.vads, request.low);
		mm_tree_search_up(&mm_space.vads, at.leaf ? mm_cursor_key(at) : 0, need, accept_low, &request);
	}
	*start = request.found;
	return request.found != 0;
}

/* Unlinks a VAD; its room and its gap go to the one below. */
MM_EXCLUSIVE static void unlink_vad(const struct mm_vad *vad)
{
	struct mm_cursor at = mm_tree_find(&mm_space.vads, vad->start);
	struct mm_cursor below = mm_cursor_prev(at);

	mm_tree_remove(&mm_space.vads, vad->start,
		       below.leaf ? gap_behind(mm_vad_of(below)->end, start_of(mm_cursor_next(at))) : 0);
	mm_space.vad_count--;
}

struct mm_vad *mm_vad_insert(uintptr_t start, uintptr_t end, enum mm_vad_kind kind, ULONG protect)
{
	struct mm_vad *vad = mm_record_alloc();
	struct mm_cursor below = mm_tree_find(&mm_space.vads, start);
	struct mm_cursor above = below.leaf ? mm_cursor_next(below) : mm_tree_first(&mm_space.vads);
	uint64_t gap = gap_behind(end, start_of(above));

	vad->start = start;
	vad->end = end;
	vad->kind = (uint8_t)kind;
	vad->protect = (uint16_t)protect;
	uint64_t entry = entry_of(vad);
	vad->told = entry & TOLD;
	mm_tree_insert(&mm_space.vads, start, entry, gap, below.leaf ? gap_behind(mm_vad_of(below)->end, start) : 0);
	mm_space.vad_count++;
	mm_space.reserved += end - start;
	if (mm_space.reserved > mm_space.peak_reserved)
		mm_space.peak_reserved = mm_space.reserved;
	return vad;
}

uint32_t mm_image_generation;

void mm_vad_remove(struct mm_vad *vad)
{
	if (vad->kind == MM_VAD_IMAGE)
		__atomic_add_fetch(&mm_image_generation, 1, __ATOMIC_RELEASE);
	mm_space.reserved -= vad->end - vad->start;
	mm_uncharge(vad->committed); /* copy-on-write pages of a view; private ones were taken back before */
	unlink_vad(vad);
	mm_runs_drop(vad);
	if (vad->flags & MM_VAD_WATCHED)
		mm_watch_detach(vad);
	if (vad->view)
		mm_record_free(vad->view);
	mm_record_free(vad);
}

/* Splits a VAD without a view; returns the upper part, which starts at `at`. */
MM_EXCLUSIVE static struct mm_vad *mm_vad_split(struct mm_vad *vad, uintptr_t at)
{
	struct mm_vad *upper = mm_record_alloc();
	uintptr_t next = start_of(mm_cursor_next(mm_tree_find(&mm_space.vads, vad->start)));

	assert((!vad->view || vad->flags & MM_VAD_WATCHED) && at > vad->start && at < vad->end);
	mm_vad_untell(vad);
	*upper = *vad;
	upper->start = at;
	upper->runs.root = NULL;
	mm_runs_split(vad, upper, at);
	if (upper->flags & MM_VAD_WATCHED)
		mm_watch_share(upper);
	vad->end = at;
	upper->committed = mm_run_committed(upper, at, upper->end);
	vad->committed -= upper->committed;
	mm_tree_insert(&mm_space.vads, at, (uintptr_t)upper, gap_behind(upper->end, next), 0);
	mm_space.vad_count++;
	return upper;
}

struct mm_vad *mm_vad_isolate(struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	if (end < vad->end)
		mm_vad_split(vad, end);
	return start > vad->start ? mm_vad_split(vad, start) : vad;
}

void mm_vad_absorb(struct mm_vad *vad, uintptr_t end)
{
	mm_vad_untell(vad);
	while (vad->end < end) {
		struct mm_vad *above = mm_vad_find(vad->end);

		vad->end = above->end;
		unlink_vad(above);
		mm_record_free(above);
	}
}
