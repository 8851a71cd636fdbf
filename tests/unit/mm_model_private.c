/*
 * mm_model_private.c - the model of mm_model.h: private memory and placeholders.
 */
#include "mm_model.h"

/* A range of bytes in the model's area, the pages it is rounded to, and the place that NT is asked about. */
struct range {
	uint32_t first, end; /* pages, rounded out */
	uintptr_t base;
	size_t size;
};

static struct range random_range(struct model *model)
{
	uint32_t first = model_random_page(model), pages = 1 + model_below(model, model_one_in(model, 8) ? 300 : 24);
	struct range range = {first, first + pages, model_address(model, first), (size_t)pages * MODEL_PAGE};

	/* To the end of what starts there, often: whole allocations, and two at a time. */
	if (model_one_in(model, 3) && model->pages[first].allocation) {
		range.end = model_end_of(model, first);
		if (model_one_in(model, 4) && range.end < MODEL_PAGES && model->pages[range.end].allocation)
			range.end = model_end_of(model, range.end);
	}
	if (range.end > MODEL_PAGES)
		range.end = MODEL_PAGES;
	range.size = (size_t)(range.end - first) * MODEL_PAGE;
	/* Bytes that are no page's border mean the whole page. */
	if (model_one_in(model, 4)) {
		uint32_t inside = model_below(model, MODEL_PAGE);

		range.base += inside;
		range.size -= inside;
		range.size -= model_below(model, (uint32_t)(range.size > MODEL_PAGE ? MODEL_PAGE - inside : 1));
		range.end = (uint32_t)((range.base + range.size + MODEL_PAGE - 1 - model->base) / MODEL_PAGE);
	}
	return range;
}

static bool in_one(const struct model *model, const struct range *range)
{
	return model->pages[range->first].allocation && model_end_of(model, range->first) >= range->end;
}

static void make(struct model *model, uint32_t first, uint32_t end, const struct model_page *like)
{
	uint32_t allocation = model->next_allocation++;

	for (uint32_t i = first; i < end; i++) {
		model->pages[i] = *like;
		model->pages[i].allocation = allocation;
	}
}

void model_op_reserve(struct model *model)
{
	struct range range = random_range(model);
	uint32_t start = range.first / MODEL_UNIT_PAGES * MODEL_UNIT_PAGES, protect = model_random_protect(model);
	uint32_t type = MEM_RESERVE | (model_one_in(model, 2) ? MEM_COMMIT : 0), want = STATUS_SUCCESS, got;
	bool watched = model->backend->write_watch && model_one_in(model, 4);
	struct model_page page = {.kind = MODEL_PRIVATE, .allocation_protect = protect, .watched = watched};
	uintptr_t base = range.base;
	size_t size = range.size;

	type |= watched ? MEM_WRITE_WATCH : 0;
	model_describe(model, "reserve pages %u-%u, type %x, protect %x", range.first, range.end, type, protect);
	if (!model_valid_protect(protect) || model_is_copy(protect))
		want = (uint32_t)STATUS_INVALID_PAGE_PROTECTION;
	else if (!model_all_free(model, start, range.end))
		want = (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	got = model->backend->allocate(&base, &size, type, protect, NULL);
	model_expect(model, "status", got, want);
	if (want != STATUS_SUCCESS)
		return;
	model_expect(model, "base", base, model_address(model, start));
	model_expect(model, "size", size, (uint64_t)(range.end - start) * MODEL_PAGE);
	page.protect = type & MEM_COMMIT ? protect : 0;
	make(model, start, range.end, &page);
}

/* Whether `pages` pages fit at `start`: all units that they touch are free, and they end in the window. */
static bool fits(const struct model *model, uint32_t start, uint32_t pages, const struct model_window *window)
{
	uint32_t end = start + pages, units_end = (end + MODEL_UNIT_PAGES - 1) / MODEL_UNIT_PAGES * MODEL_UNIT_PAGES;

	return end <= MODEL_PAGES && model_address(model, start) >= window->lowest && model_address(model, end) - 1 <= window->highest &&
	       !(model_address(model, start) & (window->alignment - 1)) && model_all_free(model, start, units_end);
}

/* No address, but a window: the first place that fits, from below or from above. */
void model_op_place(struct model *model)
{
	uint32_t low = model_below(model, MODEL_PAGES / MODEL_UNIT_PAGES) * MODEL_UNIT_PAGES;
	uint32_t high = low + 1 + model_below(model, MODEL_PAGES - low), pages = 1 + model_below(model, 100), found = MODEL_PAGES;
	struct model_window window = {model_address(model, low), model_address(model, high) - 1, 0x10000u << model_below(model, 5)};
	uint32_t type = MEM_RESERVE | (model_one_in(model, 4) ? MEM_TOP_DOWN : 0) | (model_one_in(model, 4) ? MEM_COMMIT : 0), got;
	struct model_page page = {.kind = MODEL_PRIVATE, .allocation_protect = PAGE_READWRITE};
	size_t size = (size_t)pages * MODEL_PAGE - model_below(model, MODEL_PAGE);
	uintptr_t base = 0;

	model_describe(model, "place %u pages in %u-%u, alignment %zx, type %x", pages, low, high, window.alignment, type);
	for (uint32_t start = low; start < high; start += MODEL_UNIT_PAGES) {
		if (!fits(model, start, pages, &window))
			continue;
		found = start;
		if (!(type & MEM_TOP_DOWN))
			break;
	}
	got = model->backend->allocate(&base, &size, type, PAGE_READWRITE, &window);
	model_expect(model, "status", got, found < MODEL_PAGES ? STATUS_SUCCESS : (uint32_t)STATUS_NO_MEMORY);
	if (got != STATUS_SUCCESS)
		return;
	if (!model->backend->lowest_fit && base >= model->base && base < model->base + MODEL_BYTES &&
	    fits(model, (uint32_t)((base - model->base) / MODEL_PAGE), pages, &window))
		found = (uint32_t)((base - model->base) / MODEL_PAGE);
	model_expect(model, "base", base, model_address(model, found));
	model_expect(model, "size", size, (uint64_t)pages * MODEL_PAGE);
	page.protect = type & MEM_COMMIT ? PAGE_READWRITE : 0;
	make(model, found, found + pages, &page);
}

void model_op_commit(struct model *model)
{
	struct range range = random_range(model);
	const struct model_page *at = &model->pages[range.first];
	uint32_t protect = model_random_protect(model), want = STATUS_SUCCESS;
	uintptr_t base = range.base;
	size_t size = range.size;
	bool changes = false;

	model_describe(model, "commit pages %u-%u, protect %x", range.first, range.end, protect);
	if (!model_valid_protect(protect) || (model_is_copy(protect) && at->kind != MODEL_MAPPED))
		want = (uint32_t)STATUS_INVALID_PAGE_PROTECTION;
	else if (!in_one(model, &range) || at->kind == MODEL_PLACEHOLDER)
		want = (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	else if (at->kind == MODEL_MAPPED)
		want = model_commit_in_view(model, range.first, range.end, protect);
	model_expect(model, "status", model->backend->allocate(&base, &size, MEM_COMMIT, protect, NULL), want);
	if (want != STATUS_SUCCESS)
		return;
	model_expect(model, "base", base, model_address(model, range.first));
	model_expect(model, "size", size, (uint64_t)(range.end - range.first) * MODEL_PAGE);
	/* A commit that changes a protection passes over the pages as a protect call does. */
	for (uint32_t i = range.first; i < range.end; i++)
		changes = changes || model->pages[i].protect != protect;
	for (uint32_t i = range.first; i < range.end && at->kind == MODEL_PRIVATE; i++) {
		struct model_page *page = &model->pages[i];

		if (!page->protect) {
			page->contents = 0;
			page->forgets = false;
		}
		page->latched = page->latched || (changes && page->live);
		page->protect = protect;
	}
}

/* MEM_RESET: the contents may become zero any time until the next write; only whole pages in the range. */
void model_op_reset(struct model *model)
{
	struct range range = random_range(model);
	const struct model_page *at = &model->pages[range.first];
	bool valid = in_one(model, &range) && at->kind != MODEL_PLACEHOLDER;
	uintptr_t base = range.base;
	size_t size = range.size;
	uint32_t got;

	/* Views and write watch: left to the tests of their own. */
	if (at->kind == MODEL_MAPPED || at->watched)
		return;
	model_describe(model, "reset pages %u-%u", range.first, range.end);
	got = model->backend->allocate(&base, &size, MEM_RESET, PAGE_NOACCESS, NULL);
	model_expect(model, "status", got, valid ? STATUS_SUCCESS : (uint32_t)STATUS_CONFLICTING_ADDRESSES);
	for (uint32_t i = range.first; valid && i < range.end; i++)
		model->pages[i].forgets = model->pages[i].protect != 0;
}

void model_op_protect(struct model *model)
{
	struct range range = random_range(model);
	const struct model_page *at = &model->pages[range.first];
	uint32_t protect = model_random_protect(model), old = 0, shown = model_shown(model, at), want = STATUS_SUCCESS;
	uintptr_t base = range.base;
	size_t size = range.size;

	if (at->kind == MODEL_MAPPED && model_one_in(model, 8))
		protect = PAGE_WRITECOPY;
	model_describe(model, "protect pages %u-%u, %x", range.first, range.end, protect);
	if (!model_valid_protect(protect))
		want = (uint32_t)STATUS_INVALID_PAGE_PROTECTION;
	else if (!in_one(model, &range))
		want = (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	for (uint32_t i = range.first; want == STATUS_SUCCESS && i < range.end; i++)
		if (!model_shown(model, &model->pages[i]))
			want = (uint32_t)STATUS_NOT_COMMITTED;
	if (want == STATUS_SUCCESS && at->kind == MODEL_PRIVATE && model_is_copy(protect))
		want = (uint32_t)STATUS_INVALID_PAGE_PROTECTION;
	if (want == STATUS_SUCCESS && at->kind == MODEL_MAPPED && !model_view_allows(model, range.first, range.end, protect))
		want = (uint32_t)STATUS_SECTION_PROTECTION;
	model_expect(model, "status", model->backend->protect(&base, &size, protect, &old), want);
	if (want != STATUS_SUCCESS)
		return;
	model_expect(model, "old protection", old, shown);
	model_expect(model, "base", base, model_address(model, range.first));
	model_expect(model, "size", size, (uint64_t)(range.end - range.first) * MODEL_PAGE);
	for (uint32_t i = range.first; i < range.end; i++) {
		struct model_page *page = &model->pages[i];

		page->latched = page->latched || page->live;
		page->protect = model_stored_protect(page, protect);
	}
}

/* What is left of an allocation above `end` is one of its own from now on. */
static void renumber_above(struct model *model, uint32_t end, uint32_t allocation)
{
	if (end < MODEL_PAGES && model->pages[end].allocation == allocation) {
		for (uint32_t i = end; i < MODEL_PAGES && model->pages[i].allocation == allocation; i++)
			model->pages[i].allocation = model->next_allocation;
		model->next_allocation++;
	}
}

void model_op_free(struct model *model)
{
	struct range range = random_range(model);
	bool whole = model_one_in(model, 3);
	uint32_t type = model_one_in(model, 2) ? MEM_RELEASE : MEM_DECOMMIT, want = STATUS_SUCCESS;
	const struct model_page at = model->pages[range.first];
	uintptr_t base = range.base;
	size_t size = whole ? 0 : range.size;

	model_describe(model, "%s pages %u-%u%s", type == MEM_RELEASE ? "release" : "decommit", range.first, range.end,
		       whole ? ", size 0" : "");
	if (!at.allocation)
		want = (uint32_t)STATUS_MEMORY_NOT_ALLOCATED;
	else if (at.kind == MODEL_MAPPED)
		want = (uint32_t)STATUS_UNABLE_TO_DELETE_SECTION;
	else if (whole && model_start_of(model, range.first) != range.first)
		want = (uint32_t)STATUS_FREE_VM_NOT_AT_BASE;
	else if (!whole && !in_one(model, &range))
		want = (uint32_t)STATUS_UNABLE_TO_FREE_VM;
	model_expect(model, "status", model->backend->release(&base, &size, type), want);
	if (want != STATUS_SUCCESS)
		return;
	if (whole)
		range.end = model_end_of(model, range.first);
	model_expect(model, "base", base, model_address(model, range.first));
	model_expect(model, "size", size, whole && type == MEM_DECOMMIT ? 0 : (uint64_t)(range.end - range.first) * MODEL_PAGE);
	for (uint32_t i = range.first; i < range.end; i++) {
		model->pages[i].protect = 0;
		model->pages[i].live = false;
		if (type == MEM_RELEASE)
			model_clear(&model->pages[i]);
	}
	if (type == MEM_RELEASE)
		renumber_above(model, range.end, at.allocation);
}

void model_op_placeholder(struct model *model)
{
	uint32_t first = model_below(model, MODEL_PAGES / MODEL_UNIT_PAGES) * MODEL_UNIT_PAGES, end, want = STATUS_SUCCESS;
	uint32_t protect = model_one_in(model, 16) ? PAGE_READWRITE : PAGE_NOACCESS;
	struct model_page page = {.kind = MODEL_PLACEHOLDER, .allocation_protect = PAGE_NOACCESS};
	uintptr_t base = model_address(model, first);
	size_t size;

	end = first + 1 + model_below(model, 200);
	if (end > MODEL_PAGES)
		end = MODEL_PAGES;
	size = (size_t)(end - first) * MODEL_PAGE;
	model_describe(model, "placeholder of pages %u-%u, protect %x", first, end, protect);
	if (protect != PAGE_NOACCESS)
		want = (uint32_t)STATUS_INVALID_PARAMETER;
	else if (!model_all_free(model, first, end))
		want = (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	model_expect(model, "status",
		     model->backend->allocate(&base, &size, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, protect, NULL), want);
	if (want == STATUS_SUCCESS)
		make(model, first, end, &page);
}

void model_op_replace(struct model *model)
{
	uint32_t first = model_start_of(model, model_random_page(model)), protect = model_random_protect(model);
	uint32_t end = model_end_of(model, first), want = STATUS_SUCCESS;
	uint32_t type = MEM_RESERVE | MEM_REPLACE_PLACEHOLDER | (model_one_in(model, 2) ? MEM_COMMIT : 0);
	bool watched = model->backend->write_watch && model_one_in(model, 4);
	struct model_page page = {.kind = MODEL_PRIVATE, .allocation_protect = protect, .replaced = true, .watched = watched};
	uintptr_t base = model_address(model, first);
	size_t size;

	if (!model->pages[first].allocation)
		end = first + 1;
	else if (model_one_in(model, 4) && end - first > 1)
		end--;
	size = (size_t)(end - first) * MODEL_PAGE;
	type |= watched ? MEM_WRITE_WATCH : 0;
	model_describe(model, "replace pages %u-%u, type %x, protect %x", first, end, type, protect);
	if (!model_valid_protect(protect) || model_is_copy(protect))
		want = (uint32_t)STATUS_INVALID_PAGE_PROTECTION;
	else if (model->pages[first].kind != MODEL_PLACEHOLDER || model_end_of(model, first) != end)
		want = (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	model_expect(model, "status", model->backend->allocate(&base, &size, type, protect, NULL), want);
	if (want != STATUS_SUCCESS)
		return;
	page.protect = type & MEM_COMMIT ? protect : 0;
	make(model, first, end, &page);
}

/* Splits a placeholder, or makes one of an allocation (or a part of it) that replaced one. */
void model_op_preserve(struct model *model)
{
	struct range range = random_range(model);
	const struct model_page at = model->pages[range.first];
	bool whole = model_start_of(model, range.first) == range.first && model_end_of(model, range.first) == range.end;
	struct model_page page = {.kind = MODEL_PLACEHOLDER, .allocation_protect = PAGE_NOACCESS};
	uint32_t want = STATUS_SUCCESS;
	uintptr_t base = range.base;
	size_t size = model_one_in(model, 32) ? 0 : range.size;

	model_describe(model, "preserve pages %u-%u%s", range.first, range.end, size ? "" : ", size 0");
	if (!size)
		want = (uint32_t)STATUS_INVALID_PARAMETER_3;
	else if (!at.allocation)
		want = (uint32_t)STATUS_MEMORY_NOT_ALLOCATED;
	else if (at.kind == MODEL_MAPPED)
		want = (uint32_t)STATUS_UNABLE_TO_DELETE_SECTION;
	else if (!in_one(model, &range))
		want = (uint32_t)STATUS_UNABLE_TO_FREE_VM;
	else if (at.kind == MODEL_PLACEHOLDER ? whole : !at.replaced)
		want = (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	model_expect(model, "status", model->backend->release(&base, &size, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER), want);
	if (want != STATUS_SUCCESS)
		return;
	model_expect(model, "base", base, model_address(model, range.first));
	model_expect(model, "size", size, (uint64_t)(range.end - range.first) * MODEL_PAGE);
	make(model, range.first, range.end, &page);
	renumber_above(model, range.end, at.allocation);
}

/* Whether [first, end) is the sum of two placeholders or more. */
static bool is_sum(const struct model *model, uint32_t first, uint32_t end)
{
	uint32_t at = first;

	while (at < end && model->pages[at].kind == MODEL_PLACEHOLDER)
		at = model_end_of(model, at);
	return at == end && model_start_of(model, first) == first && model_end_of(model, first) < end;
}

void model_op_coalesce(struct model *model)
{
	uint32_t first = model_random_page(model), end = first, parts = 1 + model_below(model, 4), want;
	struct model_page page = {.kind = MODEL_PLACEHOLDER, .allocation_protect = PAGE_NOACCESS};
	uintptr_t base = model_address(model, first);
	size_t size;

	for (uint32_t i = 0; i < parts && end < MODEL_PAGES && model->pages[end].allocation; i++)
		end = model_end_of(model, end);
	if (end == first)
		end++;
	else if (model_one_in(model, 8) && end - first > 1)
		end--;
	size = (size_t)(end - first) * MODEL_PAGE;
	model_describe(model, "coalesce pages %u-%u", first, end);
	if (!model->pages[first].allocation)
		want = (uint32_t)STATUS_MEMORY_NOT_ALLOCATED;
	else
		want = is_sum(model, first, end) ? STATUS_SUCCESS : (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	model_expect(model, "status", model->backend->release(&base, &size, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS), want);
	if (want == STATUS_SUCCESS)
		make(model, first, end, &page);
}
