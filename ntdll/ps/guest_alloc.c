/*
 * ntdll/ps/guest_alloc.c - small blocks of guest memory.
 *
 * A bump allocator over private reservations of 1 MiB, with free lists by size.  It serves what NT keeps on ntdll's own
 * heaps: few blocks, seldom freed.  Large ones are allocations of their own.
 */
#include "ntdll/ps/ps.h"
#include "host/thread.h"

#include <string.h>

#define CHUNK_SIZE (1u << 20)
#define COMMIT_STEP 0x4000u
#define UNIT 32u
#define LARGEST 4096u

struct free_block {
	struct free_block *next;
};

static struct host_lock lock;
static uintptr_t next, committed, end;
static struct free_block *free_lists[LARGEST / UNIT + 1];

static void *bump(size_t size)
{
	uintptr_t block;

	if (next + size > end) {
		uintptr_t base = 0;
		size_t reserve = CHUNK_SIZE;

		if (!NT_SUCCESS(mm_allocate(&base, &reserve, MEM_RESERVE, PAGE_READWRITE, 0, NULL)))
			return NULL;
		next = committed = base;
		end = base + CHUNK_SIZE;
	}
	if (next + size > committed) {
		uintptr_t base = committed;
		size_t commit = COMMIT_STEP;

		if (!NT_SUCCESS(mm_allocate(&base, &commit, MEM_COMMIT, PAGE_READWRITE, 0, NULL)))
			return NULL;
		committed += COMMIT_STEP;
	}
	block = next;
	next += size;
	return (void *)block;
}

void *ps_guest_alloc(size_t size)
{
	size_t rounded = (size + UNIT - 1) & ~(size_t)(UNIT - 1);
	struct free_block *block;

	if (rounded > LARGEST) {
		uintptr_t base = 0;

		if (!NT_SUCCESS(mm_allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0, NULL)))
			return NULL;
		return (void *)base;
	}
	if (!rounded)
		rounded = UNIT;
	host_lock_acquire(&lock);
	block = free_lists[rounded / UNIT];
	if (block)
		free_lists[rounded / UNIT] = block->next;
	else
		block = bump(rounded);
	host_lock_release(&lock);
	if (block)
		memset(block, 0, rounded);
	return block;
}

void ps_guest_free(void *block, size_t size)
{
	size_t rounded = (size + UNIT - 1) & ~(size_t)(UNIT - 1);
	struct free_block *entry = block;

	if (!block)
		return;
	if (rounded > LARGEST) {
		uintptr_t base = (uintptr_t)block;
		size_t whole = 0;

		mm_free(&base, &whole, MEM_RELEASE);
		return;
	}
	if (!rounded)
		rounded = UNIT;
	host_lock_acquire(&lock);
	entry->next = free_lists[rounded / UNIT];
	free_lists[rounded / UNIT] = entry;
	host_lock_release(&lock);
}
