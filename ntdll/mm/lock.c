/*
 * ntdll/mm/lock.c - pages locked in memory: NtLockVirtualMemory, NtUnlockVirtualMemory.
 *
 * Linux keeps the pages (mlock); which they are is remembered in one tree of runs for the whole address space, because
 * locks may cross allocations and neither a commit nor a protect call takes them away.  There is no lock count (MSDN
 * VirtualLock).  Decommitting, releasing and unmapping unlock.
 */
#include "host/fault.h"
#include "ntdll/mm/mm_internal.h"
#include "ntdll/nt.h"
#include "ntdll/ps/thread.h"
#include "ntdll/se/se.h"
#include "pewter/export.h"

#define MAP_PROCESS 1u
#define MAP_SYSTEM 2u

/* A process may lock "the number of pages in its minimum working set minus a small overhead" (MSDN VirtualLock). */
#define OVERHEAD_PAGES 8u

/* MM_STATE_COMMIT stands for "locked"; `committed` counts those pages.  Under the address space lock. */
static struct mm_vad locks = {.start = 0, .end = MM_HIGHEST_USER_ADDRESS + 1};

bool mm_is_locked(uintptr_t address)
{
	return mm_run_at(&locks, address).state != 0;
}

MM_SHARED static size_t locked_pages(uintptr_t start, uintptr_t end)
{
	return locks.committed ? mm_run_committed(&locks, start, end) : 0;
}

MM_EXCLUSIVE static void set_locked(uintptr_t start, uintptr_t end, bool locked)
{
	size_t before = locked_pages(start, end);

	locks.committed += (locked ? (end - start) / MM_PAGE_SIZE : 0) - before;
	mm_run_set(&locks, start, end, locked ? MM_STATE_COMMIT : 0);
}

bool mm_unlock_pages(uintptr_t start, uintptr_t end)
{
	if (!locked_pages(start, end))
		return true;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 0))
		return false;
	host_vm_unlock(start, end - start);
	set_locked(start, end, false);
	return true;
}

/* The first page of [start, end) that cannot be locked, and what touching it would raise; `end` if there is none. */
MM_EXCLUSIVE static uintptr_t find_obstacle(uintptr_t start, uintptr_t end, NTSTATUS *status)
{
	while (start < end) {
		struct mm_vad *vad = mm_vad_find(start);
		struct mm_run run;

		*status = STATUS_ACCESS_VIOLATION;
		if (!vad || vad->kind == MM_VAD_FOREIGN)
			return start;
		if (mm_view_is_stale(vad))
			mm_view_refresh(vad);
		run = mm_run_at(vad, start);
		if (!(run.state & MM_STATE_COMMIT))
			return start;
		*status = STATUS_GUARD_PAGE_VIOLATION;
		if (run.state & PAGE_GUARD)
			return start;
		*status = STATUS_ACCESS_VIOLATION;
		if (!mm_host_prot(run.state & MM_STATE_PROTECT))
			return start;
		start = run.end;
	}
	return end;
}

MM_EXCLUSIVE static NTSTATUS lock_range(uintptr_t start, uintptr_t end)
{
	size_t pages = (end - start) / MM_PAGE_SIZE, before = locked_pages(start, end);
	struct mm_working_set limits;
	struct mm_vad *vad;

	mm_working_set_limits(&limits);
	if (locks.committed + pages - before > limits.minimum / MM_PAGE_SIZE - OVERHEAD_PAGES)
		return STATUS_WORKING_SET_QUOTA;
	if (!mm_slab_reserve(MM_CHANGE_NODES, 1))
		return STATUS_NO_MEMORY;
	/* What an ordinary user may lock on Linux (ulimit -l) is a quota as well. */
	if (host_vm_lock(start, end - start))
		return STATUS_WORKING_SET_QUOTA;
	set_locked(start, end, true);
	for (uintptr_t at = start; at < end; at = vad->end) {
		vad = mm_vad_find(at);
		vad->flags |= MM_VAD_LOCKED;
	}
	return before ? STATUS_WAS_LOCKED : STATUS_SUCCESS;
}

/* Brings the pages in: by writing where that only marks pages (nt facts row 46), else by reading. */
static void touch(uintptr_t start, uintptr_t end)
{
	while (start < end) {
		uintptr_t stop = end;
		bool write = false;
		struct mm_vad *vad;

		mm_lock_shared();
		vad = mm_vad_find(start);
		if (vad) {
			struct mm_run run = mm_run_at(vad, start);

			stop = run.end < end ? run.end : end;
			write = vad->kind == MM_VAD_PRIVATE &&
				mm_host_prot(run.state & MM_STATE_PROTECT) & HOST_PROT_WRITE;
		}
		mm_unlock_shared();
		/* Another thread may have changed the pages since: then there is nothing to bring in. */
		(void)host_probe_guest((const void *)start, stop - start, write);
		start = stop;
	}
}

static NTSTATUS lock(uintptr_t start, uintptr_t end)
{
	NTSTATUS status = STATUS_SUCCESS;
	uintptr_t obstacle;

	for (;;) {
		mm_lock_exclusive();
		obstacle = find_obstacle(start, end, &status);
		if (obstacle == end)
			status = lock_range(start, end);
		mm_unlock_exclusive();
		if (obstacle == end)
			break;
		/* NT touches the pages: a guard page is used up, and what the touch raised is the status (row 45); a
		 * stack's guard is resolved. */
		if (status != STATUS_GUARD_PAGE_VIOLATION || mm_fault(obstacle, 0, false) != MM_FAULT_RESOLVED)
			return status;
	}
	if (NT_SUCCESS(status))
		touch(start, end);
	return status;
}

/* MSDN VirtualUnlock: pages that were not locked leave the working set. */
static NTSTATUS unlock(uintptr_t start, uintptr_t end)
{
	NTSTATUS status = STATUS_SUCCESS;
	struct mm_vad *vad;

	mm_lock_exclusive();
	if (locked_pages(start, end) < (end - start) / MM_PAGE_SIZE) {
		status = STATUS_NOT_LOCKED;
		vad = mm_vad_find(start);
		if (vad && vad->kind == MM_VAD_PRIVATE && end <= vad->end && !locked_pages(start, end))
			host_vm_page_out(start, end - start);
	} else if (!mm_unlock_pages(start, end)) {
		status = STATUS_NO_MEMORY;
	}
	mm_unlock_exclusive();
	return status;
}

static NTSTATUS lock_or_unlock(HANDLE process, PVOID *base, PSIZE_T size, ULONG type, bool locking)
{
	uintptr_t start, end;
	size_t length;
	NTSTATUS status;

	if (!(type & (MAP_PROCESS | MAP_SYSTEM)) || type & ~(MAP_PROCESS | MAP_SYSTEM))
		return STATUS_INVALID_PARAMETER;
	if (host_copy_from_guest(&start, base, sizeof(start)) || host_copy_from_guest(&length, size, sizeof(length)))
		return STATUS_ACCESS_VIOLATION;
	if (start > mm_highest_address())
		return STATUS_INVALID_PARAMETER_2;
	if (!length || length > mm_highest_address() - start + 1)
		return STATUS_INVALID_PARAMETER_3;
	if (type & MAP_SYSTEM && !se_privilege_enabled(SE_LOCK_MEMORY_PRIVILEGE))
		return STATUS_PRIVILEGE_NOT_HELD;
	status = ps_check_own_process(process, PROCESS_VM_OPERATION);
	if (!NT_SUCCESS(status))
		return status;
	end = mm_page_up(start + length);
	start = mm_page_down(start);
	length = end - start;
	status = locking ? lock(start, end) : unlock(start, end);
	if (NT_SUCCESS(status) &&
	    (host_copy_to_guest(base, &start, sizeof(start)) || host_copy_to_guest(size, &length, sizeof(length))))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtLockVirtualMemory, (HANDLE process, PVOID *base, PSIZE_T size, ULONG type))
{
	return lock_or_unlock(process, base, size, type, true);
}

EXPORT(ntdll, NTSTATUS, NtUnlockVirtualMemory, (HANDLE process, PVOID *base, PSIZE_T size, ULONG type))
{
	return lock_or_unlock(process, base, size, type, false);
}
