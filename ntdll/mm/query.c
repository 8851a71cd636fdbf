/*
 * ntdll/mm/query.c - what the memory manager tells of an address.
 */
#include "ntdll/mm/mm_internal.h"

/* Whether pages from `start` on were copied by a write; how many of the first ones agree, at most up to `end`. */
static bool written_run(const struct mm_vad *vad, uintptr_t start, uintptr_t end, uintptr_t *run_end)
{
	bool written;
	size_t pages = host_vm_private_run(start, (end - start) / MM_PAGE_SIZE, &written);

	(void)vad;
	*run_end = start + pages * MM_PAGE_SIZE;
	return written;
}

static bool is_copy_on_write(const struct mm_vad *vad, uint32_t state)
{
	return vad->view && (vad->view->copy || state & MM_STATE_COPY) && state & MM_STATE_COMMIT &&
	       state & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY);
}

static ULONG written_protection(ULONG protect)
{
	if (protect & PAGE_WRITECOPY)
		return (protect & ~PAGE_WRITECOPY) | PAGE_READWRITE;
	return (protect & ~PAGE_EXECUTE_WRITECOPY) | PAGE_EXECUTE_READWRITE;
}

ULONG mm_shown_protect(const struct mm_vad *vad, uintptr_t address)
{
	struct mm_run run = mm_run_at(vad, address);
	uintptr_t ignored;

	if (!(run.state & MM_STATE_COMMIT))
		return 0;
	if (is_copy_on_write(vad, run.state) && written_run(vad, address, address + MM_PAGE_SIZE, &ignored))
		return written_protection(run.state & MM_STATE_PROTECT);
	return run.state & MM_STATE_PROTECT;
}

/* The shown state of the page at `start` and where it ends; a WRITECOPY run splits into written and clean parts. */
MM_SHARED static uint32_t shown_run(const struct mm_vad *vad, uintptr_t start, uintptr_t *end)
{
	struct mm_run run = mm_run_at(vad, start);

	*end = run.end;
	if (is_copy_on_write(vad, run.state) && written_run(vad, start, run.end, end))
		return mm_state_committed(written_protection(run.state & MM_STATE_PROTECT));
	return run.state & ~MM_STATE_COPY;
}

MM_SHARED static void query_vad(const struct mm_vad *vad, uintptr_t start, MEMORY_BASIC_INFORMATION *info)
{
	static const DWORD types[] = {
		[MM_VAD_PRIVATE] = MEM_PRIVATE,
		[MM_VAD_MAPPED] = MEM_MAPPED,
		[MM_VAD_IMAGE] = MEM_IMAGE,
		[MM_VAD_FOREIGN] = MEM_PRIVATE,
	};
	uintptr_t end, next;
	uint32_t state = shown_run(vad, start, &end);

	/* Neighbours that show alike are one region (nt facts row 84): a written part may touch a READWRITE run. */
	while (end < vad->end && shown_run(vad, end, &next) == state)
		end = next;
	info->AllocationBase = (void *)vad->start;
	info->AllocationProtect = vad->protect;
	info->RegionSize = end - start;
	info->State = state & MM_STATE_COMMIT ? MEM_COMMIT : MEM_RESERVE;
	info->Protect = state & MM_STATE_COMMIT ? state & MM_STATE_PROTECT : 0;
	info->Type = types[vad->kind];
}

/* Where the tree's entry says it all. */
MM_SHARED static bool query_summary(uintptr_t start, MEMORY_BASIC_INFORMATION *info)
{
	struct mm_vad_summary summary;

	if (!mm_vad_summary(mm_tree_find(&mm_space.vads, start), start, &summary))
		return false;
	info->AllocationBase = (void *)summary.start;
	info->AllocationProtect = summary.protect;
	info->RegionSize = summary.end - start;
	info->State = summary.state ? MEM_COMMIT : MEM_RESERVE;
	info->Protect = summary.state & MM_STATE_PROTECT;
	info->Type = MEM_PRIVATE;
	return true;
}

static void refresh(uintptr_t address)
{
	struct mm_vad *vad;

	mm_lock_exclusive();
	vad = mm_vad_find(address);
	if (vad && mm_view_is_stale(vad))
		mm_view_refresh(vad);
	mm_unlock_exclusive();
}

NTSTATUS mm_query(uintptr_t address, MEMORY_BASIC_INFORMATION *info)
{
	uintptr_t start = mm_page_down(address);
	struct mm_vad *vad;

	if (address > MM_HIGHEST_USER_ADDRESS)
		return STATUS_INVALID_PARAMETER;
	*info = (MEMORY_BASIC_INFORMATION){.BaseAddress = (void *)start};
	mm_lock_shared();
	if (query_summary(start, info)) {
		mm_unlock_shared();
		return STATUS_SUCCESS;
	}
	vad = mm_vad_at_or_above(start);
	if (vad && vad->start <= start && mm_view_is_stale(vad)) {
		mm_unlock_shared();
		refresh(start);
		mm_lock_shared();
		vad = mm_vad_at_or_above(start);
	}
	if (vad && vad->start <= start && (vad->kind != MM_VAD_FOREIGN || start >= MM_LOWEST_USER_ADDRESS)) {
		query_vad(vad, start, info);
	} else {
		/* The lowest 64 KiB belong to nobody, and NT shows them as free. */
		if (vad && vad->start <= start)
			vad = mm_vad_at_or_above(vad->end);
		info->RegionSize = (vad ? vad->start : MM_HIGHEST_USER_ADDRESS + 1) - start;
		info->State = MEM_FREE;
		info->Protect = PAGE_NOACCESS;
	}
	mm_unlock_shared();
	return STATUS_SUCCESS;
}

ULONG mm_given_protection(uintptr_t address, uintptr_t *end)
{
	struct mm_vad *vad;
	ULONG protect = 0;

	mm_lock_shared();
	vad = mm_vad_find(address);
	if (vad) {
		struct mm_run run = mm_run_at(vad, mm_page_down(address));

		if (run.state & MM_STATE_COMMIT)
			protect = run.state & MM_STATE_PROTECT;
		*end = run.end;
	}
	mm_unlock_shared();
	return protect;
}

void *mm_view_owner(uintptr_t address, uintptr_t *base)
{
	struct mm_vad *vad;
	void *owner = NULL;

	mm_lock_shared();
	vad = mm_vad_find(address);
	if (vad && vad->kind == MM_VAD_IMAGE && vad->view) {
		owner = vad->view->owner;
		*base = vad->start;
	}
	mm_unlock_shared();
	return owner;
}

static void describe_image(const struct mm_vad *vad, struct mm_region *region)
{
	region->kind = MM_REGION_IMAGE;
	region->image_size = vad->view ? vad->view->whole : region->size;
	region->no_execute = vad->view && vad->view->section &&
			     mm_section_attributes(vad->view->section) & SEC_NOCACHE;
}

NTSTATUS mm_query_region(uintptr_t address, struct mm_region *region)
{
	NTSTATUS status = STATUS_INVALID_ADDRESS;
	const struct mm_vad *vad;

	mm_lock_shared();
	vad = mm_vad_find(address);
	if (vad && vad->kind != MM_VAD_FOREIGN) {
		*region = (struct mm_region){
			.base = vad->start,
			.size = vad->end - vad->start,
			.committed = vad->committed * MM_PAGE_SIZE,
			.protect = vad->protect,
			.kind = MM_REGION_PRIVATE,
			.placeholder = vad->flags & MM_VAD_PLACEHOLDER,
		};
		if (vad->kind == MM_VAD_IMAGE)
			describe_image(vad, region);
		else if (vad->kind == MM_VAD_MAPPED)
			region->kind = mm_section_attributes(vad->view->section) & SEC_FILE ? MM_REGION_DATA_FILE
											    : MM_REGION_PAGE_FILE;
		status = STATUS_SUCCESS;
	}
	mm_unlock_shared();
	return status;
}
