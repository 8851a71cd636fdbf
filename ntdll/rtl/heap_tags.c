/*
 * ntdll/rtl/heap_tags.c - tags, usage, and memory of the caller's for a heap.
 *
 * Tags name the makers of blocks for tools.  They are kept under FLG_HEAP_ENABLE_TAGGING (NtGlobalFlag 0x800) only, as on
 * Windows; without it RtlCreateTagHeap answers 0 and the tag bits of a call's flags mean nothing.  What a tag has
 * allocated is counted from the records of the blocks when somebody asks.
 */
#include "ntdll/rtl/heap_record.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

typedef struct _RTL_HEAP_TAG_INFO {
	ULONG NumberOfAllocations;
	ULONG NumberOfFrees;
	SIZE_T BytesAllocated;
} RTL_HEAP_TAG_INFO;

#define MOST_TAGS 256u
#define TAG_NAME 24u

struct tag {
	struct heap *heap;
	USHORT index; /* of the heap, from 1 */
	ULONG frees_seen, allocations_seen; /* when they were last set back */
	WCHAR name[TAG_NAME];
};

static struct host_lock tags_lock;
static struct tag tags[MOST_TAGS];
static unsigned tag_count;

static bool tagging(void)
{
	return NtCurrentPeb()->NtGlobalFlag & FLG_HEAP_ENABLE_TAGGING;
}

static struct tag *find_tag(struct heap *heap, USHORT index)
{
	for (unsigned i = 0; i < tag_count; i++)
		if (tags[i].heap == heap && tags[i].index == index)
			return &tags[i];
	return NULL;
}

void heap_tags_forget(struct heap *heap)
{
	lock_take(&tags_lock);
	for (unsigned i = 0; i < tag_count;)
		if (tags[i].heap == heap)
			tags[i] = tags[--tag_count];
		else
			i++;
	lock_drop(&tags_lock);
}

static void set_name(struct tag *tag, const WCHAR *prefix, const WCHAR *name)
{
	size_t before = prefix ? rtl_wcslen(prefix) : 0, length = rtl_wcslen(name);

	if (before >= TAG_NAME)
		before = TAG_NAME - 1;
	if (length > TAG_NAME - 1 - before)
		length = TAG_NAME - 1 - before;
	if (before)
		memcpy(tag->name, prefix, before * sizeof(WCHAR));
	memcpy(tag->name + before, name, length * sizeof(WCHAR));
	tag->name[before + length] = 0;
}

/*
 * `names` are strings one behind the other, ended by an empty one; each becomes a tag.  The first one's number, in the
 * place that it has in a call's flags; 0: tags are not kept, or there are too many.
 */
EXPORT(ntdll, ULONG, RtlCreateTagHeap, (PVOID handle, ULONG flags, PWSTR prefix, PWSTR names))
{
	struct heap *heap = handle;
	USHORT index = 1, first;

	if (!tagging() || !names)
		return 0;
	lock_take(&tags_lock);
	while (find_tag(heap, index))
		index++;
	first = index;
	for (const WCHAR *name = names; *name; name += rtl_wcslen(name) + 1) {
		if (tag_count == MOST_TAGS || index >= HEAP_TAG_MASK) {
			first = 0;
			break;
		}
		struct tag *tag = &tags[tag_count++];
		*tag = (struct tag){.heap = heap, .index = index++};
		set_name(tag, prefix, name);
	}
	lock_drop(&tags_lock);
	return (ULONG)first << HEAP_TAG_SHIFT;
}

struct count {
	USHORT tag;
	ULONG blocks;
	SIZE_T bytes;
};

static bool count_one(const struct heap_record *record, void *context)
{
	struct count *count = context;

	if (record->tag == count->tag) {
		count->blocks++;
		count->bytes += record->size;
	}
	return true;
}

/* The name of a tag (its number as in RtlCreateTagHeap's answer, shifted down) and what was allocated with it; NULL:
 * there is none.  Frees are those of the blocks that are still remembered. */
EXPORT(ntdll, PWSTR, RtlQueryTagHeap, (PVOID handle, ULONG flags, USHORT index, BOOLEAN reset, RTL_HEAP_TAG_INFO *info))
{
	struct heap *heap = handle;
	struct count live = {.tag = index}, freed = {.tag = index};

	if (!tagging())
		return NULL;
	lock_take(&tags_lock);
	struct tag *tag = find_tag(heap, index);
	if (tag && (info || reset)) {
		heap_record_each(heap, HEAP_RECORD_LIVE, count_one, &live);
		heap_record_each(heap, HEAP_RECORD_HELD, count_one, &freed);
		heap_record_each(heap, HEAP_RECORD_GONE, count_one, &freed);
		ULONG allocations = live.blocks + freed.blocks;
		if (info) {
			info->NumberOfAllocations = allocations > tag->allocations_seen ? allocations - tag->allocations_seen : 0;
			info->NumberOfFrees = freed.blocks > tag->frees_seen ? freed.blocks - tag->frees_seen : 0;
			info->BytesAllocated = live.bytes;
		}
		if (reset) {
			tag->allocations_seen = allocations;
			tag->frees_seen = freed.blocks;
		}
	}
	lock_drop(&tags_lock);
	return tag ? tag->name : NULL;
}

typedef struct _RTL_HEAP_USAGE {
	ULONG Length;
	SIZE_T BytesAllocated;
	SIZE_T BytesCommitted;
	SIZE_T BytesReserved;
	SIZE_T BytesReservedMaximum;
	PVOID Entries; /* of HEAP_USAGE_ALLOCATED_BLOCKS, which is not offered */
	PVOID AddedEntries;
	PVOID RemovedEntries;
	ULONG_PTR Reserved[8];
} RTL_HEAP_USAGE;

/* What a heap has.  STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER (no heap, or lists of blocks are wanted). */
EXPORT(ntdll, NTSTATUS, RtlUsageHeap, (PVOID handle, ULONG flags, RTL_HEAP_USAGE *usage))
{
	struct rtl_heap_summary summary;
	NTSTATUS status;

	if (usage->Length != sizeof(*usage))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!heap_is(handle) || flags & ~HEAP_NO_SERIALIZE)
		return STATUS_INVALID_PARAMETER;
	status = rtl_heap_summary(handle, &summary);
	if (!NT_SUCCESS(status))
		return status;
	usage->BytesAllocated = summary.allocated;
	usage->BytesCommitted = summary.committed;
	usage->BytesReserved = usage->BytesReservedMaximum = summary.reserved;
	return STATUS_SUCCESS;
}

/*
 * Gives a heap memory of the caller's, who takes it back after the heap is destroyed: `size` bytes at `base`, committed
 * up to the first page that is not.  STATUS_INVALID_PARAMETER: it is not 64 KiB aligned, or too small, or not reserved.
 */
EXPORT(ntdll, NTSTATUS, RtlExtendHeap, (PVOID handle, ULONG flags, PVOID base, SIZE_T size))
{
	struct heap *heap = handle;
	MEMORY_BASIC_INFORMATION info;
	SIZE_T header = (sizeof(struct heap_segment) + 15) & ~15ull, committed;

	size &= ~(SIZE_T)(MM_PAGE_SIZE - 1);
	if (!heap_is(heap) || (uintptr_t)base % MM_GRANULARITY != 0 || size < MM_PAGE_SIZE)
		return STATUS_INVALID_PARAMETER;
	heap = heap_beneath(heap);
	if (!NT_SUCCESS(mm_query((uintptr_t)base, &info)) || info.State == MEM_FREE)
		return STATUS_INVALID_PARAMETER;
	committed = info.RegionSize < size ? info.RegionSize : size;
	if (info.State == MEM_RESERVE) {
		uintptr_t start = (uintptr_t)base;

		committed = MM_PAGE_SIZE;
		NTSTATUS status = mm_allocate(&start, &committed, MEM_COMMIT, heap->protect, 0, NULL);
		if (!NT_SUCCESS(status))
			return status;
	}
	memset(base, 0, header);
	heap_enter(heap, flags);
	heap_segment_initialize(heap, base, header, size, committed, size);
	((struct heap_segment *)base)->foreign = true;
	heap_unlock(heap);
	return STATUS_SUCCESS;
}
