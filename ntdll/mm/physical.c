/*
 * ntdll/mm/physical.c - Address Windowing Extensions: page frames, and the windows (MEM_PHYSICAL) that they are seen in.
 *
 * The frames of the process are pages of one memfd: frame FIRST_FRAME + n is its page n.  Allocating frames makes Linux
 * set the memory aside (fallocate), freeing gives it back; mapping one is mmap of its page over the window.  A frame is
 * in one place at most (MSDN MapUserPhysicalPages).
 *
 *	frames[n]		0: free; 1: allocated; address | 1: mapped there
 *	view->frames[page]	the frame that the window's page shows; 0: none, and the page is reserved
 *
 * All of it needs SeLockMemoryPrivilege, enabled, as on NT.  Frames count as commit.
 */
#include "host/fault.h"
#include "host/file.h"
#include "ntdll/mm/mm_internal.h"
#include "ntdll/nt.h"
#include "ntdll/ps/thread.h"
#include "ntdll/se/se.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

/* The numbers mean nothing to programs but must not be 0, which takes a mapping away. */
#define FIRST_FRAME 0x100000u
#define ALLOCATED ((uintptr_t)1)
#define ASKED_FOR ((uintptr_t)2) /* while a request is checked */

/* Under the address space lock. */
static uintptr_t *frames;
static size_t frame_capacity, next_frame;
static int frames_fd = -1;

static NTSTATUS prepare(void)
{
	struct mm_statistics statistics;
	size_t capacity;

	if (frames)
		return STATUS_SUCCESS;
	mm_get_statistics(&statistics);
	capacity = statistics.commit_limit / MM_PAGE_SIZE;
	mm_lock_exclusive();
	if (frames_fd < 0)
		frames_fd = host_memfd_create("frames", (uint64_t)capacity * MM_PAGE_SIZE);
	if (frames_fd >= 0 && !frames) {
		frames = host_alloc_pages(mm_page_up(capacity * sizeof(*frames)));
		frame_capacity = frames ? capacity : 0;
	}
	mm_unlock_exclusive();
	return frames ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

MM_EXCLUSIVE static bool is_allocated(uintptr_t frame)
{
	return frame >= FIRST_FRAME && frame - FIRST_FRAME < frame_capacity && frames[frame - FIRST_FRAME];
}

static uint64_t offset_of(uintptr_t frame)
{
	return (uint64_t)(frame - FIRST_FRAME) * MM_PAGE_SIZE;
}

NTSTATUS mm_physical_attach(struct mm_vad *vad)
{
	size_t bytes = mm_page_up((vad->end - vad->start) / MM_PAGE_SIZE * sizeof(uintptr_t));
	uintptr_t *window = host_alloc_pages(bytes);

	if (!window)
		return STATUS_NO_MEMORY;
	mm_vad_untell(vad);
	vad->view = mm_record_alloc();
	vad->view->frames = window;
	vad->flags |= MM_VAD_PHYSICAL;
	return STATUS_SUCCESS;
}

MM_EXCLUSIVE static uintptr_t *window_page(const struct mm_vad *vad, uintptr_t page)
{
	return vad->view->frames + (page - vad->start) / MM_PAGE_SIZE;
}

/* Forgets what the pages show; the caller changes the mapping. */
MM_EXCLUSIVE static void forget(struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	for (uintptr_t page = start; page < end; page += MM_PAGE_SIZE) {
		uintptr_t *frame = window_page(vad, page);

		if (*frame)
			frames[*frame - FIRST_FRAME] = ALLOCATED;
		*frame = 0;
	}
}

NTSTATUS mm_physical_detach(struct mm_vad *vad)
{
	NTSTATUS status = mm_status_from_host(host_vm_unmap(vad->start, vad->end - vad->start));

	if (!NT_SUCCESS(status))
		return status;
	forget(vad, vad->start, vad->end);
	host_free_pages(vad->view->frames, mm_page_up((vad->end - vad->start) / MM_PAGE_SIZE * sizeof(uintptr_t)));
	mm_record_free(vad->view);
	vad->view = NULL;
	vad->flags &= (uint8_t)~MM_VAD_PHYSICAL;
	mm_run_set(vad, vad->start, vad->end, 0);
	return STATUS_SUCCESS;
}

/* The window of a page; NULL. */
MM_EXCLUSIVE static struct mm_vad *find_window(uintptr_t page)
{
	struct mm_vad *vad = mm_vad_find(page);

	return vad && vad->flags & MM_VAD_PHYSICAL ? vad : NULL;
}

MM_EXCLUSIVE static NTSTATUS unmap_pages(struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	NTSTATUS status;

	if (!mm_unlock_pages(start, end) || !mm_slab_reserve(MM_CHANGE_NODES, 1))
		return STATUS_NO_MEMORY;
	status = mm_status_from_host(host_vm_unmap(start, end - start));
	if (NT_SUCCESS(status)) {
		forget(vad, start, end);
		mm_run_set(vad, start, end, 0);
	}
	return status;
}

/* `count` consecutive frames, none of them mapped. */
MM_EXCLUSIVE static NTSTATUS map_pages(struct mm_vad *vad, uintptr_t start, uintptr_t frame, size_t count)
{
	size_t size = count * MM_PAGE_SIZE;
	NTSTATUS status;

	if (!mm_unlock_pages(start, start + size) || !mm_slab_reserve(MM_CHANGE_NODES, 1))
		return STATUS_NO_MEMORY;
	status = mm_status_from_host(
		host_vm_map(start, size, HOST_PROT_READ | HOST_PROT_WRITE, true, frames_fd, offset_of(frame)));
	if (!NT_SUCCESS(status))
		return status;
	forget(vad, start, start + size);
	for (size_t i = 0; i < count; i++) {
		*window_page(vad, start + i * MM_PAGE_SIZE) = frame + i;
		frames[frame + i - FIRST_FRAME] = (start + i * MM_PAGE_SIZE) | ALLOCATED;
	}
	mm_run_set(vad, start, start + size, mm_state_committed(PAGE_READWRITE));
	return STATUS_SUCCESS;
}

/* What a call wants: page i of `pages` (or of the range from `first`) shows frame i; `frames` NULL: none of them any.
 */
struct request {
	uintptr_t first;
	const uintptr_t *pages;
	const uintptr_t *frames;
	size_t count;
};

static uintptr_t page_at(const struct request *request, size_t i)
{
	return request->pages ? mm_page_down(request->pages[i]) : request->first + i * MM_PAGE_SIZE;
}

static uintptr_t frame_at(const struct request *request, size_t i)
{
	return request->frames ? request->frames[i] : 0;
}

/* Pages of windows, and frames of the process that are nowhere else and asked for once. */
MM_EXCLUSIVE static NTSTATUS check_request(const struct request *request)
{
	NTSTATUS status = STATUS_SUCCESS;
	size_t checked;

	for (checked = 0; checked < request->count; checked++) {
		uintptr_t page = page_at(request, checked), frame = frame_at(request, checked), *place;

		status = STATUS_INVALID_PARAMETER_1;
		if (!find_window(page))
			break;
		status = STATUS_INVALID_PARAMETER_3;
		if (frame && !is_allocated(frame))
			break;
		place = frame ? &frames[frame - FIRST_FRAME] : NULL;
		if (place && *place != ALLOCATED && *place != (page | ALLOCATED))
			break;
		if (place)
			*place |= ASKED_FOR;
		status = STATUS_SUCCESS;
	}
	while (checked--)
		if (frame_at(request, checked))
			frames[frame_at(request, checked) - FIRST_FRAME] &= ~ASKED_FOR;
	return status;
}

/* How many pages of a request, from page i on, one mapping can show (or one unmapping take away). */
MM_EXCLUSIVE static size_t run_length(const struct request *request, size_t i)
{
	uintptr_t page = page_at(request, i), frame = frame_at(request, i);
	const struct mm_vad *vad = find_window(page);
	size_t count = 1;

	while (i + count < request->count && page_at(request, i + count) == page + count * MM_PAGE_SIZE &&
	       page + (count + 1) * MM_PAGE_SIZE <= vad->end &&
	       frame_at(request, i + count) == (frame ? frame + count : 0))
		count++;
	return count;
}

/* MSDN: if the call fails nothing is mapped; so all of it is checked first.  What can fail then is Linux alone, whose
 * table of mappings is full. */
MM_EXCLUSIVE static NTSTATUS change_windows(const struct request *request)
{
	NTSTATUS status = check_request(request);
	size_t count;

	for (size_t i = 0; i < request->count && NT_SUCCESS(status); i += count) {
		uintptr_t page = page_at(request, i), frame = frame_at(request, i);
		struct mm_vad *vad = find_window(page);

		count = run_length(request, i);
		status = frame ? map_pages(vad, page, frame, count)
			       : unmap_pages(vad, page, page + count * MM_PAGE_SIZE);
	}
	return status;
}

/* The guest's array, copied; freed by the caller.  NULL with *status. */
static uintptr_t *capture(const ULONG_PTR *array, size_t count, NTSTATUS *status)
{
	uintptr_t *copy;

	*status = STATUS_INSUFFICIENT_RESOURCES;
	if (count > SIZE_MAX / sizeof(*copy))
		return NULL;
	copy = malloc(count * sizeof(*copy));
	if (!copy)
		return NULL;
	*status = STATUS_SUCCESS;
	if (host_copy_from_guest(copy, array, count * sizeof(*copy))) {
		free(copy);
		*status = STATUS_ACCESS_VIOLATION;
		return NULL;
	}
	return copy;
}

static NTSTATUS map_user_pages(struct request *request, const ULONG_PTR *frame_array)
{
	uintptr_t *wanted = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	if (frame_array) {
		wanted = capture(frame_array, request->count, &status);
		if (!wanted)
			return status;
	}
	request->frames = wanted;
	mm_lock_exclusive();
	status = change_windows(request);
	mm_unlock_exclusive();
	free(wanted);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtMapUserPhysicalPages, (PVOID address, ULONG_PTR count, ULONG_PTR *frame_array))
{
	struct request request = {.first = mm_page_down((uintptr_t)address), .count = count};

	if (!count)
		return STATUS_SUCCESS;
	if (request.first > mm_highest_address() || count > (mm_highest_address() - request.first) / MM_PAGE_SIZE + 1)
		return STATUS_INVALID_PARAMETER_2;
	return map_user_pages(&request, frame_array);
}

EXPORT(ntdll, NTSTATUS, NtMapUserPhysicalPagesScatter, (PVOID * addresses, ULONG_PTR count, ULONG_PTR *frame_array))
{
	struct request request = {.count = count};
	uintptr_t *pages;
	NTSTATUS status;

	if (!count)
		return STATUS_SUCCESS;
	pages = capture((const ULONG_PTR *)addresses, count, &status);
	if (!pages)
		return status;
	request.pages = pages;
	status = map_user_pages(&request, frame_array);
	free(pages);
	return status;
}

/* Takes free frames, consecutive ones where there are some, into `taken`; how many it got. */
MM_EXCLUSIVE static size_t take_frames(uintptr_t *taken, size_t wanted)
{
	size_t got = 0;

	for (size_t looked = 0; got < wanted && looked < frame_capacity; looked++) {
		size_t n = next_frame;

		next_frame = n + 1 < frame_capacity ? n + 1 : 0;
		if (!frames[n]) {
			frames[n] = ALLOCATED;
			taken[got++] = FIRST_FRAME + n;
		}
	}
	return got;
}

/* The memory of frames: set aside or given back, consecutive ones at once. */
MM_EXCLUSIVE static int change_memory(const uintptr_t *list, size_t count, bool give)
{
	size_t run;

	for (size_t i = 0; i < count; i += run) {
		int error;

		for (run = 1; i + run < count && list[i + run] == list[i] + run; run++)
			;
		error = give ? host_vm_file_reserve(frames_fd, offset_of(list[i]), run * MM_PAGE_SIZE)
			     : host_vm_file_discard(frames_fd, offset_of(list[i]), run * MM_PAGE_SIZE);
		if (error)
			return error;
	}
	return 0;
}

static NTSTATUS allocate_frames(uintptr_t *taken, size_t *count)
{
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
	size_t got = 0;

	mm_lock_exclusive();
	/* Fewer than asked for is a success (MSDN). */
	if (*count > mm_space.commit_limit - mm_space.commit_charge)
		*count = mm_space.commit_limit - mm_space.commit_charge;
	if (*count && mm_charge(*count)) {
		got = take_frames(taken, *count);
		mm_uncharge(*count - got);
	}
	if (got && !change_memory(taken, got, true)) {
		status = STATUS_SUCCESS;
	} else if (got) {
		change_memory(taken, got, false);
		for (size_t i = 0; i < got; i++)
			frames[taken[i] - FIRST_FRAME] = 0;
		mm_uncharge(got);
	}
	mm_unlock_exclusive();
	*count = got;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtAllocateUserPhysicalPages, (HANDLE process, ULONG_PTR *count, ULONG_PTR *frame_array))
{
	uintptr_t *taken;
	size_t wanted;
	NTSTATUS status;

	if (host_copy_from_guest(&wanted, count, sizeof(wanted)) || host_probe_guest(count, sizeof(*count), true))
		return STATUS_ACCESS_VIOLATION;
	if (!wanted)
		return STATUS_SUCCESS;
	if (wanted > SIZE_MAX / sizeof(*frame_array))
		return STATUS_INVALID_PARAMETER_2;
	status = ps_check_own_process(process, PROCESS_VM_OPERATION);
	if (NT_SUCCESS(status) && !se_privilege_enabled(SE_LOCK_MEMORY_PRIVILEGE))
		status = STATUS_PRIVILEGE_NOT_HELD;
	if (NT_SUCCESS(status))
		status = prepare();
	if (!NT_SUCCESS(status))
		return status;
	if (wanted > frame_capacity)
		wanted = frame_capacity;
	if (host_probe_guest(frame_array, wanted * sizeof(*frame_array), true))
		return STATUS_ACCESS_VIOLATION;
	taken = malloc(wanted * sizeof(*taken));
	if (!taken)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = allocate_frames(taken, &wanted);
	if (NT_SUCCESS(status) && (host_copy_to_guest(frame_array, taken, wanted * sizeof(*taken)) ||
				   host_copy_to_guest(count, &wanted, sizeof(wanted))))
		status = STATUS_ACCESS_VIOLATION;
	free(taken);
	return status;
}

/* Frees frames up to the first that is none of ours; those that are mapped are unmapped. */
static NTSTATUS free_frames(const uintptr_t *list, size_t count, size_t *freed)
{
	NTSTATUS status = STATUS_SUCCESS;

	mm_lock_exclusive();
	for (*freed = 0; *freed < count && NT_SUCCESS(status); ++*freed) {
		uintptr_t frame = list[*freed], page;

		if (!is_allocated(frame)) {
			status = STATUS_CONFLICTING_ADDRESSES;
			break;
		}
		page = frames[frame - FIRST_FRAME] & ~ALLOCATED;
		if (page)
			status = unmap_pages(find_window(page), page, page + MM_PAGE_SIZE);
		if (!NT_SUCCESS(status))
			break;
		frames[frame - FIRST_FRAME] = 0;
		mm_uncharge(1);
	}
	change_memory(list, *freed, false);
	mm_unlock_exclusive();
	return status;
}

EXPORT(ntdll, NTSTATUS, NtFreeUserPhysicalPages, (HANDLE process, ULONG_PTR *count, ULONG_PTR *frame_array))
{
	uintptr_t *list;
	size_t wanted, freed = 0;
	NTSTATUS status;

	if (host_copy_from_guest(&wanted, count, sizeof(wanted)) || host_probe_guest(count, sizeof(*count), true))
		return STATUS_ACCESS_VIOLATION;
	if (!wanted)
		return STATUS_SUCCESS;
	status = ps_check_own_process(process, PROCESS_VM_OPERATION);
	if (!NT_SUCCESS(status))
		return status;
	list = capture(frame_array, wanted, &status);
	if (!list)
		return status;
	status = free_frames(list, wanted, &freed);
	free(list);
	return host_copy_to_guest(count, &freed, sizeof(freed)) ? STATUS_ACCESS_VIOLATION : status;
}
