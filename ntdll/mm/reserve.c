/*
 * ntdll/mm/reserve.c - which pages of a SEC_RESERVE section are committed.
 *
 * A bit a page, and a summary of a bit for each 32,768 pages (a page of bits), so that a section of terabytes in which
 * little is committed is walked quickly.  The map is shared between processes: bits are only ever set, with atomic
 * operations, before the generation is raised.
 */
#include "ntdll/mm/section.h"
#include "host/image_file.h"

#include <string.h>

#define WORD_PAGES 64u
#define GROUP_WORDS 512u /* a page of bits */
#define GROUP_PAGES (GROUP_WORDS * WORD_PAGES)

struct commit_map {
	uint64_t generation;
	uint64_t reserved[7];
	uint64_t summary[];
};

struct mm_reserve {
	struct commit_map *map;
	uint64_t *bits;
	size_t bytes;
	uint64_t pages;	  /* of the section */
	uint64_t charged; /* that this process committed */
};
_Static_assert(sizeof(struct mm_reserve) <= MM_RECORD_SIZE, "a reserve is one record");

static uint64_t groups_of(uint64_t pages)
{
	return (pages + GROUP_PAGES - 1) / GROUP_PAGES;
}

static size_t head_bytes(uint64_t pages)
{
	return mm_page_up(sizeof(struct commit_map) + (groups_of(pages) + 63) / 64 * sizeof(uint64_t));
}

size_t mm_reserve_bytes(uint64_t size)
{
	uint64_t pages = size / MM_PAGE_SIZE;

	return head_bytes(pages) + groups_of(pages) * MM_PAGE_SIZE;
}

NTSTATUS mm_reserve_open(struct mm_section *section)
{
	struct mm_reserve reserve = {.bytes = mm_reserve_bytes(section->size), .pages = section->size / MM_PAGE_SIZE};

	if (!mm_slab_reserve(0, 1))
		return STATUS_NO_MEMORY;
	reserve.map = host_memfd_map_at(section->fd, section->size, reserve.bytes);
	if (!reserve.map)
		return STATUS_NO_MEMORY;
	reserve.bits = (uint64_t *)((char *)reserve.map + head_bytes(reserve.pages));
	section->reserve = mm_record_alloc();
	*section->reserve = reserve;
	return STATUS_SUCCESS;
}

void mm_reserve_close(struct mm_section *section)
{
	struct mm_reserve *reserve = section->reserve;

	host_memfd_unmap(reserve->map, reserve->bytes);
	mm_uncharge(reserve->charged);
	mm_record_free(reserve);
	section->reserve = NULL;
}

/* The bits of [page, end) that lie in the word of `page`. */
static uint64_t word_mask(uint64_t page, uint64_t end)
{
	uint64_t from = page % WORD_PAGES, count = end - page;

	if (count > WORD_PAGES - from)
		count = WORD_PAGES - from;
	return (count == WORD_PAGES ? ~(uint64_t)0 : ((uint64_t)1 << count) - 1) << from;
}

static bool group_is_used(const struct mm_reserve *reserve, uint64_t group)
{
	return __atomic_load_n(&reserve->map->summary[group / 64], __ATOMIC_ACQUIRE) >> (group % 64) & 1;
}

NTSTATUS mm_reserve_commit(struct mm_section *section, uint64_t page, uint64_t count)
{
	struct mm_reserve *reserve = section->reserve;
	uint64_t end = page + count, missing = count, set = 0;

	for (uint64_t at = page; at < end; at = (at / WORD_PAGES + 1) * WORD_PAGES)
		if (group_is_used(reserve, at / GROUP_PAGES))
			missing -= (uint64_t)__builtin_popcountll(
				__atomic_load_n(&reserve->bits[at / WORD_PAGES], __ATOMIC_RELAXED) & word_mask(at, end));
	if (!missing)
		return STATUS_SUCCESS;
	if (!mm_charge(missing))
		return STATUS_COMMITMENT_LIMIT;
	for (uint64_t at = page; at < end; at = (at / WORD_PAGES + 1) * WORD_PAGES) {
		uint64_t mask = word_mask(at, end), group = at / GROUP_PAGES;

		set += (uint64_t)__builtin_popcountll(
			mask & ~__atomic_fetch_or(&reserve->bits[at / WORD_PAGES], mask, __ATOMIC_RELEASE));
		if (!group_is_used(reserve, group))
			__atomic_fetch_or(&reserve->map->summary[group / 64], (uint64_t)1 << (group % 64), __ATOMIC_RELEASE);
	}
	/* Another process may have committed some of them meanwhile, on its own account. */
	mm_uncharge(missing - set);
	reserve->charged += set;
	__atomic_fetch_add(&reserve->map->generation, 1, __ATOMIC_RELEASE);
	return STATUS_SUCCESS;
}

/* The first page at or after `page` whose bit is `wanted`; `end` if there is none. */
static uint64_t find_bit(const struct mm_reserve *reserve, uint64_t page, uint64_t end, bool wanted)
{
	while (page < end) {
		uint64_t group = page / GROUP_PAGES, word;

		if (!group_is_used(reserve, group)) {
			if (!wanted)
				return page;
			page = (group + 1) * GROUP_PAGES;
			continue;
		}
		word = __atomic_load_n(&reserve->bits[page / WORD_PAGES], __ATOMIC_ACQUIRE);
		word = (wanted ? word : ~word) & word_mask(page, end);
		if (word)
			return page / WORD_PAGES * WORD_PAGES + (uint64_t)__builtin_ctzll(word);
		page = (page / WORD_PAGES + 1) * WORD_PAGES;
	}
	return end;
}

bool mm_reserve_next(const struct mm_section *section, uint64_t page, uint64_t end, uint64_t *first, uint64_t *last)
{
	*first = find_bit(section->reserve, page, end, true);
	if (*first >= end)
		return false;
	*last = find_bit(section->reserve, *first, end, false);
	return true;
}

uint64_t mm_reserve_generation(const struct mm_section *section)
{
	return __atomic_load_n(&section->reserve->map->generation, __ATOMIC_ACQUIRE);
}
