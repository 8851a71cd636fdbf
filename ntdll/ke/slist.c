/*
 * ntdll/ke/slist.c - interlocked singly linked lists with the 16-byte header of x64 (winnt.h, SLIST_HEADER).
 *
 * The header: depth in the low 16 bits of the first word, a sequence number in the other 48; the second word holds the first
 * entry's address, whose low 4 bits are 0.  Every change is one 16-byte compare-and-swap, and the sequence number
 * tells a popped and pushed entry from one that stayed.
 */
#include "ntdll/ke/ke.h"
#include "host/fault.h"
#include "pewter/export.h"

struct slist_entry {
	struct slist_entry *next;
};

struct slist_header {
	uint64_t depth_sequence;
	uint64_t first;
} __attribute__((aligned(16)));

static inline bool exchange(struct slist_header *list, struct slist_header *expected, uint64_t depth_sequence, uint64_t first)
{
	bool changed;

	__asm__ volatile("lock cmpxchg16b %1"
			 : "=@ccz"(changed), "+m"(*list), "+a"(expected->depth_sequence), "+d"(expected->first)
			 : "b"(depth_sequence), "c"(first)
			 : "memory");
	return changed;
}

static inline struct slist_header read_header(struct slist_header *list)
{
	struct slist_header copy;

	copy.depth_sequence = __atomic_load_n(&list->depth_sequence, __ATOMIC_ACQUIRE);
	copy.first = __atomic_load_n(&list->first, __ATOMIC_ACQUIRE);
	return copy;
}

#define SEQUENCE_STEP 0x10000ull

EXPORT(ntdll, void, RtlInitializeSListHead, (struct slist_header * list))
{
	list->depth_sequence = 0;
	list->first = 0;
}

EXPORT(ntdll, struct slist_entry *, RtlFirstEntrySList, (struct slist_header * list))
{
	return (struct slist_entry *)(uintptr_t)(__atomic_load_n(&list->first, __ATOMIC_ACQUIRE) & ~15ull);
}

EXPORT(ntdll, USHORT, RtlQueryDepthSList, (struct slist_header * list))
{
	return (USHORT)__atomic_load_n(&list->depth_sequence, __ATOMIC_ACQUIRE);
}

static struct slist_entry *push(struct slist_header *list, struct slist_entry *first, struct slist_entry *last, ULONG count)
{
	struct slist_header old = read_header(list);
	uint64_t next;

	do {
		last->next = (struct slist_entry *)(uintptr_t)(old.first & ~15ull);
		next = ((old.depth_sequence & ~0xFFFFull) + SEQUENCE_STEP) | ((old.depth_sequence + count) & 0xFFFF);
	} while (!exchange(list, &old, next, (uint64_t)(uintptr_t)first));
	return (struct slist_entry *)(uintptr_t)(old.first & ~15ull);
}

EXPORT(ntdll, struct slist_entry *, RtlInterlockedPushEntrySList, (struct slist_header * list, struct slist_entry *entry))
{
	return push(list, entry, entry, 1);
}

EXPORT(ntdll, struct slist_entry *, RtlInterlockedPushListSListEx,
       (struct slist_header * list, struct slist_entry *first, struct slist_entry *last, ULONG count))
{
	return push(list, first, last, count);
}

EXPORT(ntdll, struct slist_entry *, RtlInterlockedPopEntrySList, (struct slist_header * list))
{
	struct slist_header old = read_header(list);
	struct slist_entry *first, *next;

	for (;;) {
		uint64_t changed;

		first = (struct slist_entry *)(uintptr_t)(old.first & ~15ull);
		if (!first)
			return NULL;
		/* Another thread may have popped and freed it: then the read may fault, and the exchange would fail. */
		if (host_copy_from_guest(&next, first, sizeof(next))) {
			struct slist_header now = read_header(list);

			if (now.first == old.first && now.depth_sequence == old.depth_sequence)
				next = first->next; /* its own fault, for all to see */
			old = now;
			continue;
		}
		changed = ((old.depth_sequence & ~0xFFFFull) + SEQUENCE_STEP) | ((old.depth_sequence - 1) & 0xFFFF);
		if (exchange(list, &old, changed, (uint64_t)(uintptr_t)next))
			return first;
	}
}

EXPORT(ntdll, struct slist_entry *, RtlInterlockedFlushSList, (struct slist_header * list))
{
	struct slist_header old = read_header(list);

	do {
		if (!(old.first & ~15ull))
			return NULL;
	} while (!exchange(list, &old, (old.depth_sequence & ~0xFFFFull) + SEQUENCE_STEP, 0));
	return (struct slist_entry *)(uintptr_t)(old.first & ~15ull);
}

EXPORT_FORWARD(kernel32, "InitializeSListHead", "NTDLL.RtlInitializeSListHead");
EXPORT_FORWARD(kernel32, "InterlockedPushEntrySList", "NTDLL.RtlInterlockedPushEntrySList");
EXPORT_FORWARD(kernel32, "InterlockedPushListSList", "NTDLL.RtlInterlockedPushListSListEx");
EXPORT_FORWARD(kernel32, "InterlockedPushListSListEx", "NTDLL.RtlInterlockedPushListSListEx");
EXPORT_FORWARD(kernel32, "InterlockedPopEntrySList", "NTDLL.RtlInterlockedPopEntrySList");
EXPORT_FORWARD(kernel32, "InterlockedFlushSList", "NTDLL.RtlInterlockedFlushSList");
EXPORT_FORWARD(kernel32, "QueryDepthSList", "NTDLL.RtlQueryDepthSList");
