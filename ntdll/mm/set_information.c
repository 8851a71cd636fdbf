/*
 * ntdll/mm/set_information.c - NtSetInformationVirtualMemory: prefetching and page priorities; and what
 * OfferVirtualMemory and DiscardVirtualMemory of Win32 want.
 */
#include "host/fault.h"
#include "host/vm_advice.h"
#include "ntdll/mm/mm_internal.h"
#include "ntdll/nt.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

enum { VmPrefetchInformation = 0, VmPagePriorityInformation = 1 };

/* Priorities go from 0 to this, the one of ordinary pages (MSDN MEMORY_PRIORITY_INFORMATION). */
#define MEMORY_PRIORITY_NORMAL 5u

/* Tells the host of every committed page of [start, end) in allocations of the guest. */
static void advise(uintptr_t start, uintptr_t end, void (*tell)(uintptr_t start, size_t size), bool private_only)
{
	mm_lock_shared();
	while (start < end) {
		const struct mm_vad *vad = mm_vad_at_or_above(start);
		uintptr_t stop;
		struct mm_run run;

		if (!vad || vad->start >= end)
			break;
		if (start < vad->start)
			start = vad->start;
		stop = vad->end < end ? vad->end : end;
		if (vad->kind != MM_VAD_FOREIGN && (vad->kind == MM_VAD_PRIVATE || !private_only))
			for (mm_run_first(vad, start, stop, &run); run.start < stop; mm_run_next(vad, stop, &run))
				if (run.state & MM_STATE_COMMIT && mm_host_prot(run.state & MM_STATE_PROTECT))
					tell(run.start, run.end - run.start);
		start = stop;
	}
	mm_unlock_shared();
}

static NTSTATUS capture_entry(const MEMORY_RANGE_ENTRY *entries, ULONG_PTR index, uintptr_t *start, uintptr_t *end)
{
	MEMORY_RANGE_ENTRY entry;

	if (host_copy_from_guest(&entry, entries + index, sizeof(entry)))
		return STATUS_ACCESS_VIOLATION;
	*start = (uintptr_t)entry.VirtualAddress;
	if (!entry.NumberOfBytes || *start > mm_highest_address() ||
	    entry.NumberOfBytes > mm_highest_address() - *start + 1)
		return STATUS_INVALID_PARAMETER_4;
	*end = mm_page_up(*start + entry.NumberOfBytes);
	*start = mm_page_down(*start);
	return STATUS_SUCCESS;
}

/* The order of the checks is what Wine's tests (ntdll/virtual, test_prefetch) saw.  What is not mapped is skipped: both
 * classes are hints. */
EXPORT(ntdll, NTSTATUS, NtSetInformationVirtualMemory,
       (HANDLE process, ULONG class, ULONG_PTR count, const MEMORY_RANGE_ENTRY *entries, PVOID information,
	ULONG length))
{
	ULONG value;
	uintptr_t start, end;
	NTSTATUS status;

	if (class > VmPagePriorityInformation)
		return STATUS_INVALID_PARAMETER_2;
	if (!information)
		return STATUS_INVALID_PARAMETER_5;
	if (length != sizeof(value))
		return STATUS_INVALID_PARAMETER_6;
	if (!count)
		return STATUS_INVALID_PARAMETER_3;
	if (host_copy_from_guest(&value, information, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	/* All are checked before anything is done. */
	for (ULONG_PTR i = 0; i < count; i++) {
		status = capture_entry(entries, i, &start, &end);
		if (!NT_SUCCESS(status))
			return status;
	}
	if (class == VmPrefetchInformation ? value != 0 : value > MEMORY_PRIORITY_NORMAL)
		return STATUS_INVALID_PARAMETER_5;
	status = ps_check_own_process(process, PROCESS_VM_OPERATION);
	for (ULONG_PTR i = 0; i < count && NT_SUCCESS(status); i++) {
		status = capture_entry(entries, i, &start, &end);
		if (!NT_SUCCESS(status))
			break;
		if (class == VmPrefetchInformation)
			advise(start, end, host_vm_prefetch, false);
		else if (value < MEMORY_PRIORITY_NORMAL)
			advise(start, end, host_vm_deactivate, true);
	}
	return status;
}
EXPORT_ALIAS(ntdll, "ZwSetInformationVirtualMemory", NtSetInformationVirtualMemory);

/* Whether [start, end) lies in one private allocation and can be read and written; the lock is held. */
MM_SHARED static struct mm_vad *writable_range(uintptr_t start, uintptr_t end)
{
	struct mm_vad *vad = mm_vad_find(start);
	struct mm_run run;

	if (!vad || vad->kind != MM_VAD_PRIVATE || end > vad->end)
		return NULL;
	for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run))
		if (!(run.state & MM_STATE_COMMIT) || !(mm_host_prot(run.state & MM_STATE_PROTECT) & HOST_PROT_WRITE))
			return NULL;
	return vad;
}

NTSTATUS mm_give_up(uintptr_t start, size_t size, enum mm_give_up how)
{
	NTSTATUS status = STATUS_INVALID_PARAMETER;
	const struct mm_vad *vad;

	if (!size || start % MM_PAGE_SIZE || size % MM_PAGE_SIZE || start > mm_highest_address() ||
	    size > mm_highest_address() - start + 1)
		return status;
	mm_lock_exclusive();
	vad = writable_range(start, start + size);
	if (vad) {
		status = STATUS_SUCCESS;
		/* Locked pages stay what they are, and watched ones keep their marks. */
		if (how == MM_GIVE_UP_OFFER)
			host_vm_deactivate(start, size);
		else if (how == MM_GIVE_UP_DISCARD &&
			 !(vad->flags & (MM_VAD_WATCHED | MM_VAD_LOCKED | MM_VAD_LARGE | MM_VAD_PHYSICAL)))
			status = mm_status_from_host(host_vm_discard(start, size));
	}
	mm_unlock_exclusive();
	return status;
}
