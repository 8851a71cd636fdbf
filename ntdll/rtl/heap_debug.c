/*
 * ntdll/rtl/heap_debug.c - the patterns of a heap under NtGlobalFlag (heap facts, section E).
 *
 *	AB        16 bytes behind the data of a busy block (tail checking)
 *	BAADF00D  whole dwords of new data (free checking)
 *	FEEEFEEE  freed data, from its 17th byte on (free checking)
 */
#include "ntdll/rtl/heap_internal.h"

#define FILL_NEW 0xBAADF00Du
#define FILL_FREE 0xFEEEFEEEu
#define TAIL_BYTES 16u
#define TAIL_BYTE 0xAB

void WINAPI heap_debug_allocated(struct heap *heap, struct heap_entry *entry, ULONG flags, SIZE_T old_size, SIZE_T size)
{
	char *data = heap_entry_data(entry);
	if ((heap->debug & HEAP_FREE_CHECKING_ENABLED) && !(flags & HEAP_ZERO_MEMORY))
		for (SIZE_T i = (old_size + 3) & ~(SIZE_T)3; i + 4 <= size; i += 4)
			*(volatile uint32_t *)(data + i) = FILL_NEW;
	if (entry->flags & ENTRY_TAIL)
		for (unsigned i = 0; i < TAIL_BYTES; i++)
			*(volatile char *)(data + size + i) = (char)TAIL_BYTE;
}

static inline uint32_t *fill_start(struct heap_entry *entry)
{
	/* The first 16 bytes are the free lists', but for a block that is only held back. */
	return (uint32_t *)((char *)heap_entry_data(entry) + (entry->user & ENTRY_CACHED ? 0 : 16));
}

void WINAPI heap_debug_freed(struct heap *heap, struct heap_entry *entry)
{
	for (uint32_t *p = fill_start(entry), *end = (uint32_t *)heap_entry_next(entry); p < end; p++)
		*(volatile uint32_t *)p = FILL_FREE;
}

const void *WINAPI heap_debug_tail_damage(struct heap_entry *entry, SIZE_T size)
{
	const unsigned char *tail = (unsigned char *)heap_entry_data(entry) + size;
	for (unsigned i = 0; i < TAIL_BYTES; i++)
		if (tail[i] != TAIL_BYTE)
			return &tail[i];
	return NULL;
}

const void *WINAPI heap_debug_free_damage(struct heap *heap, struct heap_entry *entry)
{
	const uint32_t *p = fill_start(entry), *end = (uint32_t *)heap_entry_next(entry);
	for (; p < end; p++)
		if (*p != FILL_FREE) {
			const unsigned char *byte = (const unsigned char *)p;
			while (*byte == (unsigned char)(FILL_FREE >> 8 * ((uintptr_t)byte % 4)))
				byte++;
			return byte;
		}
	return NULL;
}
