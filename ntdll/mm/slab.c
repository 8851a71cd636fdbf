/*
 * ntdll/mm/slab.c - free lists of the two sizes.
 */
#include "ntdll/mm/slab.h"
#include "host/vm.h"
#include "ntdll/mm/tree.h"

#include <string.h>

/* Large tables come in pieces that can be huge pages: with many regions every lookup would miss the TLB as well. */
#define CHUNK_SIZE (256u << 10)
#define LARGE_CHUNK_SIZE (2u << 20)
#define LARGE_FROM (4u << 20)

struct free_item {
	struct free_item *next;
};

struct pool {
	struct free_item *free;
	size_t available; /* on the free list and in the chunk */
	char *chunk, *chunk_end;
	size_t item_size;
};

static struct pool nodes = {.item_size = sizeof(struct mm_node)};
static struct pool records = {.item_size = MM_RECORD_SIZE};
static size_t total_bytes;

static bool pool_reserve(struct pool *pool, size_t count)
{
	while (pool->available < count) {
		size_t size = total_bytes < LARGE_FROM ? CHUNK_SIZE : LARGE_CHUNK_SIZE;
		char *chunk;

		/* What is left of the old chunk joins the free list. */
		while (pool->chunk + pool->item_size <= pool->chunk_end) {
			struct free_item *item = (struct free_item *)pool->chunk;
			item->next = pool->free;
			pool->free = item;
			pool->chunk += pool->item_size;
		}
		chunk = host_alloc_pages(size);
		if (!chunk)
			return false;
		total_bytes += size;
		pool->chunk = chunk;
		pool->chunk_end = chunk + size;
		pool->available += size / pool->item_size;
	}
	return true;
}

static void *pool_alloc(struct pool *pool)
{
	struct free_item *item;

	/* Callers reserve what a change can need; cutting a VAD of very many runs may need more. */
	if (!pool->available && !pool_reserve(pool, 1)) {
		host_message("pewter: no memory for the memory manager's own tables\n");
		host_exit(126);
	}
	item = pool->free;
	pool->available--;
	if (item) {
		pool->free = item->next;
		return item;
	}
	item = (struct free_item *)pool->chunk;
	pool->chunk += pool->item_size;
	return item;
}

static void pool_free(struct pool *pool, void *memory)
{
	struct free_item *item = memory;

	item->next = pool->free;
	pool->free = item;
	pool->available++;
}

bool mm_slab_reserve(unsigned node_count, unsigned record_count)
{
	return pool_reserve(&nodes, node_count) && pool_reserve(&records, record_count);
}

struct mm_node *mm_node_alloc(void)
{
	return pool_alloc(&nodes);
}

void mm_node_free(struct mm_node *node)
{
	pool_free(&nodes, node);
}

void *mm_record_alloc(void)
{
	return memset(pool_alloc(&records), 0, MM_RECORD_SIZE);
}

void mm_record_free(void *record)
{
	pool_free(&records, record);
}

size_t mm_slab_bytes(void)
{
	return total_bytes;
}
