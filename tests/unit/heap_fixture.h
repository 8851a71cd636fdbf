/*
 * heap_fixture.h - a process and a heap for the unit tests of the heap, without a guest.
 */
#ifndef PEWTER_TESTS_UNIT_HEAP_FIXTURE_H
#define PEWTER_TESTS_UNIT_HEAP_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/fault.h"
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/mm/mm.h"
#include "ntdll/rtl/heap_internal.h"

static PEB peb;
static _Alignas(4096) unsigned char teb_pages[64][2 * 4096];
static uint32_t teb_count;

/* A TEB for the calling thread: the heap keeps the last error there. */
static void adopt_teb(void)
{
	uint32_t index = __atomic_fetch_add(&teb_count, 1, __ATOMIC_RELAXED) % 64;
	TEB *teb = (TEB *)teb_pages[index];
	memset(teb, 0, sizeof(*teb));
	teb->NtTib.Self = &teb->NtTib;
	teb->ProcessEnvironmentBlock = &peb;
	host_set_gs(teb);
}

static enum host_fault_answer on_fault(struct host_fault *fault)
{
	if (fault->kind == HOST_FAULT_MEMORY && mm_fault(fault->address, fault->access, true) == MM_FAULT_RESOLVED)
		return HOST_FAULT_CONTINUE;
	fprintf(stderr, "fault at %#lx\n", (unsigned long)fault->address);
	abort();
}

static void start(void)
{
	static bool done;
	if (done)
		return;
	done = true;
	host_thread_adopt();
	adopt_teb();
	host_fault_install(on_fault);
	ck_assert_int_eq(mm_initialize(), STATUS_SUCCESS);
	ck_assert_int_eq(rtl_heap_initialize(&peb, 0x100000, 0x2000), STATUS_SUCCESS);
}

static bool sound(void *heap)
{
	return RtlValidateHeap(heap, 0, NULL);
}

/* Heap as HeapCreate makes it. */
static void *growable(ULONG flags)
{
	void *heap = RtlCreateHeap(flags | HEAP_GROWABLE | HEAP_CLASS_1, NULL, 0, 0, NULL, NULL);
	ck_assert_ptr_nonnull(heap);
	return heap;
}

/* Walks a heap: what is committed must be so for the memory manager, and every byte of a segment belongs to an entry. */
static void check_walk(void *heap)
{
	RTL_HEAP_WALK_ENTRY entry = {0};
	MEMORY_BASIC_INFORMATION info;
	SIZE_T bytes = 0, whole = 0, uncommitted = 0, region_uncommitted = 0;
	NTSTATUS status;
	while ((status = RtlWalkHeap(heap, &entry)) == STATUS_SUCCESS) {
		if (entry.Flags == RTL_HEAP_SEGMENT) {
			struct heap_segment *segment = entry.DataAddress;
			whole += segment->limit;
			bytes += entry.DataSize + HEAP_SENTINEL_SIZE;
			region_uncommitted += entry.Segment.UnCommittedSize - (segment->reserved - segment->limit);
			continue;
		}
		if (entry.Flags & RTL_HEAP_SEGMENT || entry.SegmentIndex == 64)
			continue;
		ck_assert_int_eq(mm_query((uintptr_t)entry.DataAddress, &info), STATUS_SUCCESS);
		if (entry.Flags & RTL_HEAP_UNCOMMITTED_RANGE) {
			ck_assert_uint_eq(info.State, MEM_RESERVE);
			ck_assert_uint_ge(info.RegionSize, entry.DataSize);
			uncommitted += entry.DataSize;
			bytes += entry.DataSize;
			continue;
		}
		ck_assert_uint_eq(info.State, MEM_COMMIT);
		ck_assert_uint_ge((char *)info.BaseAddress + info.RegionSize - (char *)entry.DataAddress, entry.DataSize);
		/* One byte holds the overhead; what is more is known from the block. */
		struct heap_entry *block = heap_entry_of(entry.DataAddress);
		SIZE_T overhead = entry.OverheadBytes;
		if (block->tag == ((struct heap *)heap)->front_busy)
			overhead = front_sub_stride(front_sub_of(block)) - entry.DataSize;
		else if (overhead == 0xFF)
			overhead = (SIZE_T)block->units * HEAP_UNIT - entry.DataSize;
		bytes += entry.DataSize + overhead;
	}
	ck_assert_int_eq(status, STATUS_NO_MORE_ENTRIES);
	ck_assert_uint_eq(bytes, whole);
	ck_assert_uint_eq(uncommitted, region_uncommitted);
}

#endif
