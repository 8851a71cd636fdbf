/*
 * host/warm.c - the table of warm pages: bits in leaves of 1 GiB.
 */
#include "host/warm.h"

#define PAGE_SHIFT 12
#define BLOCK_PAGES 512u /* 2 MiB: one summary bit */
#define LEAF_SHIFT 30
#define LEAF_PAGES ((size_t)1 << (LEAF_SHIFT - PAGE_SHIFT))
#define LEAVES (0x500000000000ull >> LEAF_SHIFT) /* as far as an arena may reach */

struct leaf {
	uint64_t any[LEAF_PAGES / BLOCK_PAGES / 64]; /* a block without its bit has no warm page; with it, it may have */
	uint64_t page[LEAF_PAGES / 64];
};

static struct leaf *leaves[LEAVES];

static struct leaf *leaf_of(size_t page)
{
	size_t index = page >> (LEAF_SHIFT - PAGE_SHIFT);

	return index < LEAVES ? leaves[index] : NULL;
}

/* The pages of a range that lie in one word, and their bits. */
static uint64_t word_mask(size_t page, size_t end, size_t *next)
{
	unsigned first = (unsigned)(page % 64);
	size_t count = end - page < 64 - first ? end - page : 64 - first;

	*next = page + count;
	return (count == 64 ? ~0ull : (1ull << count) - 1) << first;
}

static uint64_t *word_of(struct leaf *leaf, size_t page)
{
	return &leaf->page[page % LEAF_PAGES / 64];
}

static bool block_may_have(const struct leaf *leaf, size_t page)
{
	size_t block = page % LEAF_PAGES / BLOCK_PAGES;

	return leaf->any[block / 64] >> (block % 64) & 1;
}

static size_t round_up(size_t page, size_t to)
{
	return (page + to) & ~(to - 1);
}

/* The first page from `page` on whose leaf and block may have warm pages; `end` if there is none. */
static size_t skip_cold(size_t page, size_t end)
{
	while (page < end) {
		const struct leaf *leaf = leaf_of(page);

		if (!leaf)
			page = round_up(page, LEAF_PAGES);
		else if (!block_may_have(leaf, page))
			page = round_up(page, BLOCK_PAGES);
		else
			return page;
	}
	return end;
}

bool warm_set(uintptr_t start, uintptr_t end)
{
	size_t page = start >> PAGE_SHIFT, stop = end >> PAGE_SHIFT, next;

	for (size_t i = page / LEAF_PAGES; i <= (stop - 1) / LEAF_PAGES; i++) {
		if (i >= LEAVES)
			return false;
		if (!leaves[i]) {
			struct leaf *leaf = host_alloc_pages(sizeof(*leaf));

			if (!leaf)
				return false;
			__atomic_store_n(&leaves[i], leaf, __ATOMIC_RELEASE);
		}
	}
	for (; page < stop; page = next) {
		struct leaf *leaf = leaf_of(page);
		size_t block = page % LEAF_PAGES / BLOCK_PAGES;

		*word_of(leaf, page) |= word_mask(page, stop, &next);
		leaf->any[block / 64] |= 1ull << (block % 64);
	}
	return true;
}

void warm_clear(uintptr_t start, uintptr_t end)
{
	size_t page = start >> PAGE_SHIFT, stop = end >> PAGE_SHIFT, next;

	for (page = skip_cold(page, stop); page < stop; page = skip_cold(next, stop)) {
		struct leaf *leaf = leaf_of(page);

		*word_of(leaf, page) &= ~word_mask(page, stop, &next);
		/* A whole block: its summary bit can go. */
		if (next % BLOCK_PAGES == 0 && next - (start >> PAGE_SHIFT) >= BLOCK_PAGES) {
			size_t block = page % LEAF_PAGES / BLOCK_PAGES;
			leaf->any[block / 64] &= ~(1ull << (block % 64));
		}
	}
}

/* The first stretch of warm pages in [start, end), as a range; empty (start == end) if there is none. */
static struct host_range warm_next(uintptr_t start, uintptr_t end)
{
	size_t page = start >> PAGE_SHIFT, stop = end >> PAGE_SHIFT, next;
	struct host_range found = {end, end};

	for (page = skip_cold(page, stop); page < stop; page = skip_cold(next, stop)) {
		uint64_t bits = *word_of(leaf_of(page), page) & word_mask(page, stop, &next);

		if (!bits)
			continue;
		page = page / 64 * 64 + (unsigned)__builtin_ctzll(bits);
		found.start = page << PAGE_SHIFT;
		break;
	}
	if (page >= stop)
		return found;
	while (page < stop) {
		const struct leaf *leaf = leaf_of(page);
		uint64_t mask = word_mask(page, stop, &next);
		uint64_t cold = leaf ? ~leaf->page[page % LEAF_PAGES / 64] & mask : mask;

		if (cold) {
			found.end = (page / 64 * 64 + (unsigned)__builtin_ctzll(cold)) << PAGE_SHIFT;
			return found;
		}
		page = next;
	}
	found.end = end;
	return found;
}

bool warm_any(uintptr_t start, uintptr_t end)
{
	return warm_next(start, end).start < end;
}

bool warm_all(uintptr_t start, uintptr_t end)
{
	struct host_range first;

	/* The common question is about few pages of one word. */
	if (!leaf_of(start >> PAGE_SHIFT))
		return false;
	first = warm_next(start, end);
	return first.start == start && first.end == end;
}
