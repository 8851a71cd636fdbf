/*
 * ntdll/ps/fls.c - fiber-local storage.
 *
 * The data of a thread or fiber is what programs and debuggers expect it to be (nt facts, execution 89): a list entry and
 * eight chunks, chunk k with 16 << k values behind one word.  Index i stands in the chunk of the highest bit of i + 16.
 */
#include "host/thread.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

#define FLS_CHUNKS 8
#define FLS_INDEXES 0xFF0u /* the highest index is 0xFEF; 0 is never given out */

struct fls_data {
	LIST_ENTRY links;
	PVOID *chunks[FLS_CHUNKS];
};

static struct host_lock lock; /* what follows, and the list */
static LIST_ENTRY blocks = {&blocks, &blocks};
static uint64_t allocated[(FLS_INDEXES + 63) / 64] = {1};
static void *callbacks[FLS_INDEXES];

static unsigned chunk_of(ULONG index, ULONG *offset)
{
	unsigned chunk = 27u - (unsigned)__builtin_clz(index + 16);

	*offset = index + 16 - (16u << chunk) + 1;
	return chunk;
}

static PVOID *value_of(struct fls_data *data, ULONG index)
{
	ULONG offset;
	unsigned chunk = chunk_of(index, &offset);
	PVOID *values = data->chunks[chunk];

	return values ? &values[offset] : NULL;
}

EXPORT(ntdll, NTSTATUS, RtlFlsAlloc, (PVOID callback, ULONG *index))
{
	NTSTATUS status = STATUS_NO_MEMORY;

	host_lock_acquire(&lock);
	for (unsigned word = 0; word < ARRAY_SIZE(allocated); word++) {
		unsigned bit;

		if (allocated[word] == UINT64_MAX)
			continue;
		bit = (unsigned)__builtin_ctzll(~allocated[word]);
		if (word * 64 + bit >= FLS_INDEXES)
			break;
		allocated[word] |= 1ull << bit;
		*index = word * 64 + bit;
		callbacks[*index] = callback;
		status = STATUS_SUCCESS;
		break;
	}
	host_lock_release(&lock);
	return status;
}

/* Calls the callback for every thread and fiber that holds a value. */
EXPORT(ntdll, NTSTATUS, RtlFlsFree, (ULONG index))
{
	void *callback;

	host_lock_acquire(&lock);
	if (!index || index >= FLS_INDEXES || !(allocated[index / 64] >> (index % 64) & 1)) {
		host_lock_release(&lock);
		return STATUS_INVALID_PARAMETER;
	}
	callback = callbacks[index];
	for (;;) {
		PVOID value = NULL;

		/* From the start each time: the callback runs without the lock, and the list may change. */
		for (LIST_ENTRY *at = blocks.Flink; at != &blocks && !value; at = at->Flink) {
			PVOID *place = value_of(CONTAINING_RECORD(at, struct fls_data, links), index);

			if (place && *place) {
				value = *place;
				*place = NULL;
			}
		}
		if (!value)
			break;
		if (!callback)
			continue;
		host_lock_release(&lock);
		ke_call_guest(callback, (uint64_t)(uintptr_t)value, 0, 0, 0);
		host_lock_acquire(&lock);
	}
	callbacks[index] = NULL;
	allocated[index / 64] &= ~(1ull << (index % 64));
	host_lock_release(&lock);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlFlsGetValue, (ULONG index, PVOID *value))
{
	struct fls_data *data = NtCurrentTeb()->FlsData;
	PVOID *place;

	if (!index || index >= FLS_INDEXES || !data)
		return STATUS_INVALID_PARAMETER;
	place = value_of(data, index);
	*value = place ? *place : NULL;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlFlsSetValue, (ULONG index, PVOID value))
{
	TEB *teb = NtCurrentTeb();
	struct fls_data *data = teb->FlsData;
	unsigned chunk;
	ULONG offset;

	if (!index || index >= FLS_INDEXES)
		return STATUS_INVALID_PARAMETER;
	if (!data) {
		data = RtlAllocateHeap(ps_peb->ProcessHeap, 8, sizeof(*data));
		if (!data)
			return STATUS_NO_MEMORY;
		host_lock_acquire(&lock);
		data->links.Flink = &blocks;
		data->links.Blink = blocks.Blink;
		blocks.Blink->Flink = &data->links;
		blocks.Blink = &data->links;
		host_lock_release(&lock);
		teb->FlsData = data;
	}
	chunk = chunk_of(index, &offset);
	if (!data->chunks[chunk]) {
		PVOID *values = RtlAllocateHeap(ps_peb->ProcessHeap, 8, ((16u << chunk) + 1) * sizeof(PVOID));

		if (!values)
			return STATUS_NO_MEMORY;
		data->chunks[chunk] = values;
	}
	data->chunks[chunk][offset] = value;
	return STATUS_SUCCESS;
}

/* Flag 1 calls the callbacks, flag 2 frees the data, as kernel32's fibers ask for. */
EXPORT(ntdll, void, RtlProcessFlsData, (PVOID given, ULONG flags))
{
	struct fls_data *data = given;

	if (!data)
		return;
	if (flags & 1) {
		for (ULONG index = 1; index < FLS_INDEXES; index++) {
			ULONG offset;
			unsigned chunk = chunk_of(index, &offset);
			PVOID *values = data->chunks[chunk];
			PVOID value;
			void *callback;

			if (!values) {
				index = (16u << (chunk + 1)) - 16 - 1;
				continue;
			}
			host_lock_acquire(&lock);
			value = values[offset];
			callback = callbacks[index];
			if (value)
				values[offset] = NULL;
			host_lock_release(&lock);
			if (value && callback)
				ke_call_guest(callback, (uint64_t)(uintptr_t)value, 0, 0, 0);
		}
	}
	if (flags & 2) {
		host_lock_acquire(&lock);
		data->links.Blink->Flink = data->links.Flink;
		data->links.Flink->Blink = data->links.Blink;
		host_lock_release(&lock);
		for (unsigned chunk = 0; chunk < FLS_CHUNKS; chunk++)
			if (data->chunks[chunk])
				RtlFreeHeap(ps_peb->ProcessHeap, 0, data->chunks[chunk]);
		RtlFreeHeap(ps_peb->ProcessHeap, 0, data);
	}
}

void ps_fls_thread_drop(void)
{
	TEB *teb = ps_self->teb;

	if (!teb || !teb->FlsData)
		return;
	RtlProcessFlsData(teb->FlsData, 2);
	teb->FlsData = NULL;
}

void ps_fls_thread_end(void)
{
	TEB *teb = ps_self->teb;

	if (!teb || !teb->FlsData)
		return;
	RtlProcessFlsData(teb->FlsData, 1);
	ps_fls_thread_drop();
}
