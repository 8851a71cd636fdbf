/*
 * ntdll/mm/watch_calls.c - NtGetWriteWatch and NtResetWriteWatch: capture, check, and handing the pages out.
 */
#include "host/fault.h"
#include "ntdll/mm/mm_internal.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

/* The address list is written in pieces, because no guest memory is touched under the lock. */
#define RANGES 32
#define ADDRESSES 64

static NTSTATUS check_range(const void *base, size_t size, uintptr_t *start, uintptr_t *end)
{
	uintptr_t address = (uintptr_t)base;

	if (address > mm_space.highest)
		return STATUS_INVALID_PARAMETER_2;
	if (!size || size > mm_space.highest - address + 1)
		return STATUS_INVALID_PARAMETER_3;
	*start = mm_page_down(address);
	*end = mm_page_up(address + size);
	return STATUS_SUCCESS;
}

/* Stores the pages of the ranges from index *done on. */
static NTSTATUS store_pages(PVOID *addresses, size_t *done, const struct host_range *ranges, unsigned count)
{
	PVOID pages[ADDRESSES];
	unsigned filled = 0;

	for (unsigned i = 0; i < count; i++) {
		for (uintptr_t page = ranges[i].start; page < ranges[i].end; page += MM_PAGE_SIZE) {
			pages[filled++] = (void *)page;
			if (filled < ADDRESSES && (i + 1 < count || page + MM_PAGE_SIZE < ranges[i].end))
				continue;
			if (host_copy_to_guest(addresses + *done, pages, filled * sizeof(pages[0])))
				return STATUS_ACCESS_VIOLATION;
			*done += filled;
			filled = 0;
		}
	}
	return STATUS_SUCCESS;
}

/* MSDN GetWriteWatch: the pages ascend; with the flag those that are told are reset, and no others. */
EXPORT(ntdll, NTSTATUS, NtGetWriteWatch,
       (HANDLE process, ULONG flags, PVOID base, SIZE_T size, PVOID *addresses, ULONG_PTR *count, ULONG *granularity))
{
	const ULONG page_size = MM_PAGE_SIZE;
	struct host_range ranges[RANGES];
	ULONG_PTR capacity;
	uintptr_t at, end;
	size_t done = 0;
	NTSTATUS status;

	if (flags & ~WRITE_WATCH_FLAG_RESET)
		return STATUS_INVALID_PARAMETER_2;
	status = check_range(base, size, &at, &end);
	if (!NT_SUCCESS(status))
		return status;
	if (host_copy_from_guest(&capacity, count, sizeof(capacity)) || host_probe_guest(count, sizeof(*count), true) ||
	    host_probe_guest(granularity, sizeof(*granularity), true))
		return STATUS_ACCESS_VIOLATION;
	if (!capacity || capacity > SIZE_MAX / sizeof(*addresses))
		return STATUS_INVALID_PARAMETER_5;
	if (host_probe_guest(addresses, capacity * sizeof(*addresses), true))
		return STATUS_ACCESS_VIOLATION;
	status = ps_check_own_process(process, PROCESS_VM_OPERATION);
	if (!NT_SUCCESS(status))
		return status;
	do {
		unsigned found = RANGES;

		status = mm_watch_read(&at, end, flags & WRITE_WATCH_FLAG_RESET, capacity - done, ranges, &found);
		if (NT_SUCCESS(status))
			status = store_pages(addresses, &done, ranges, found);
	} while (NT_SUCCESS(status) && at < end && done < capacity);
	if (NT_SUCCESS(status) && (host_copy_to_guest(count, &done, sizeof(done)) ||
				   host_copy_to_guest(granularity, &page_size, sizeof(page_size))))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtResetWriteWatch, (HANDLE process, PVOID base, SIZE_T size))
{
	struct host_range ranges[RANGES];
	uintptr_t at, end;
	NTSTATUS status = check_range(base, size, &at, &end);

	if (NT_SUCCESS(status))
		status = ps_check_own_process(process, PROCESS_VM_OPERATION);
	while (NT_SUCCESS(status) && at < end) {
		unsigned found = RANGES;

		status = mm_watch_read(&at, end, true, SIZE_MAX, ranges, &found);
	}
	return status;
}
