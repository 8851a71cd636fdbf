/*
 * ntdll/ex/process_list.c - SystemProcessInformation, made from the host's processes.  This process' threads are those
 * that programs know of, in the order of their creation; other processes' are all that they have.
 */
#include "ntdll/ex/process_list.h"
#include "host/fault.h"
#include "host/process_list.h"
#include "host/time.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"

#include <stdlib.h>
#include <string.h>

enum { MAXIMUM_THREADS = 4096, NORMAL_PRIORITY = 8 };

/* A buffer that may be too small: what does not fit is counted only. */
struct output {
	char *data;
	size_t size, capacity;
};

static void *take(struct output *out, size_t size)
{
	void *place = out->size + size <= out->capacity ? out->data + out->size : NULL;

	out->size += size;
	return place;
}

/* A thread's entry, in both forms of the list. */
static void put_thread(struct output *out, HANDLE process, HANDLE id, void *start, LONG priority)
{
	SYSTEM_THREAD_INFORMATION *t = take(out, sizeof(*t));

	if (!t)
		return;
	memset(t, 0, sizeof(*t));
	t->StartAddress = start;
	t->ClientId = (CLIENT_ID){process, id};
	t->Priority = t->BasePriority = NORMAL_PRIORITY + priority;
	t->ThreadState = 5; /* waiting */
}

struct own_threads {
	struct output *out;
	ULONG count;
};

static void put_own_thread(struct ps_thread *thread, void *context)
{
	struct own_threads *own = context;

	put_thread(own->out, ps_own_process.id, thread->id, thread->start, thread->priority);
	own->count++;
}

static ULONG put_threads(struct output *out, const struct host_process *p, HANDLE id)
{
	struct own_threads own = {out, 0};
	unsigned *ids;
	int count;

	if (id == ps_own_process.id) {
		ps_for_each_thread(put_own_thread, &own);
		return own.count;
	}
	ids = malloc(MAXIMUM_THREADS * sizeof(*ids));
	count = ids ? host_process_threads(p->pid, ids, MAXIMUM_THREADS) : 0;
	for (int i = 0; i < count && i < MAXIMUM_THREADS; i++)
		put_thread(out, id, PS_THREAD_ID(ids[i], 1), NULL, 0);
	free(ids);
	return count < 0 ? 0 : (ULONG)(count < MAXIMUM_THREADS ? count : MAXIMUM_THREADS);
}

/* `base` is where the buffer will be for the caller: the name's address counts from there. */
static void put_process(struct output *out, const struct host_process *p, char *base, LONGLONG boot_time, bool last)
{
	HANDLE id = (HANDLE)(uintptr_t)(p->pid * 4ull);
	size_t start = out->size, length, at;
	SYSTEM_PROCESS_INFORMATION *info = take(out, sizeof(*info));
	ULONG threads = put_threads(out, p, id);
	WCHAR name[sizeof(p->name)], *place;

	length = rtl_utf8_to_utf16(name, sizeof(name) / sizeof(name[0]), p->name, strlen(p->name)) * sizeof(WCHAR);
	at = out->size;
	place = take(out, (length + sizeof(WCHAR) + 7) & ~(size_t)7);
	if (!place)
		return;
	memset(place, 0, (length + sizeof(WCHAR) + 7) & ~(size_t)7);
	memcpy(place, name, length);
	memset(info, 0, sizeof(*info));
	info->NextEntryOffset = last ? 0 : (ULONG)(out->size - start);
	info->NumberOfThreads = info->NumberOfThreadsHighWatermark = threads;
	info->CreateTime.QuadPart = boot_time + (LONGLONG)(p->started_ns / 100);
	info->UserTime.QuadPart = (LONGLONG)(p->user_ns / 100);
	info->KernelTime.QuadPart = (LONGLONG)(p->system_ns / 100);
	info->ImageName = (UNICODE_STRING){(USHORT)length, (USHORT)(length + sizeof(WCHAR)), (WCHAR *)(base + at)};
	info->BasePriority = NORMAL_PRIORITY;
	info->UniqueProcessId = id;
	info->InheritedFromUniqueProcessId = (HANDLE)(uintptr_t)(p->parent * 4ull);
	info->VirtualSize = info->PeakVirtualSize = p->virtual_size;
	info->WorkingSetSize = info->PeakWorkingSetSize = p->resident;
}

NTSTATUS ex_query_processes(void *buffer, ULONG capacity, ULONG *returned)
{
	struct output out = {.data = malloc(capacity ? capacity : 1), .capacity = capacity};
	LONGLONG boot_time = rtl_system_time() - (LONGLONG)(host_boottime_ns() / 100);
	NTSTATUS status = STATUS_SUCCESS;
	struct host_process *list = NULL;
	int count = host_process_list(&list);
	ULONG needed;

	if (!out.data || count < 0) {
		free(out.data);
		free(list);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	for (int i = 0; i < count; i++)
		put_process(&out, &list[i], buffer, boot_time, i == count - 1);
	free(list);
	needed = (ULONG)out.size;
	if (out.size > out.capacity)
		status = STATUS_INFO_LENGTH_MISMATCH;
	else if (host_copy_to_guest(buffer, out.data, out.size))
		status = STATUS_ACCESS_VIOLATION;
	if (returned && host_copy_to_guest(returned, &needed, sizeof(needed)))
		status = STATUS_ACCESS_VIOLATION;
	free(out.data);
	return status;
}
