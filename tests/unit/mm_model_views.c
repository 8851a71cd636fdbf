/*
 * mm_model_views.c - the model of mm_model.h: sections and their views.
 */
#include "mm_model.h"

#define WRITABLE (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)

enum { READ = 1, WRITE = 2, EXECUTE = 4, COPY = 8 };

static unsigned rights(uint32_t protect)
{
	switch (protect & 0xFF) {
	case PAGE_READONLY:
	case PAGE_WRITECOPY:
		return READ;
	case PAGE_READWRITE:
		return READ | WRITE;
	case PAGE_EXECUTE:
	case PAGE_EXECUTE_READ:
		return READ | EXECUTE;
	case PAGE_EXECUTE_READWRITE:
		return READ | WRITE | EXECUTE | COPY;
	case PAGE_EXECUTE_WRITECOPY:
		return READ | EXECUTE | COPY;
	default:
		return 0;
	}
}

/* A view of a section: writing takes a section that may be written; copy on write takes one that may be read. */
static bool section_allows(uint32_t have, uint32_t wanted)
{
	return !(rights(wanted) & ~rights(have) & (WRITE | EXECUTE));
}

/* Nothing but what the view was mapped with, or less of what the section has: the tables of row 74. */
static bool compatible(uint32_t section, uint32_t view, uint32_t wanted)
{
	return rights(wanted) == rights(view) ||
	       (rights(view) && !(rights(wanted) & ~rights(view)) && !(rights(wanted) & ~rights(section)));
}

bool model_view_allows(const struct model *model, uint32_t first, uint32_t end, uint32_t wanted)
{
	const struct model_page *page = &model->pages[first];
	uint32_t section = model->sections[page->section].protect, mapped = page->allocation_protect;

	if (compatible(section, mapped, wanted))
		return true;
	/* What was copied is the process' own, and may be written (row 70). */
	if (!(wanted & WRITABLE) ||
	    !compatible(section, mapped, wanted & PAGE_READWRITE ? PAGE_WRITECOPY : PAGE_EXECUTE_WRITECOPY))
		return false;
	for (; first < end; first++)
		if (!model->pages[first].copied)
			return false;
	return true;
}

uint32_t model_stored_protect(const struct model_page *page, uint32_t protect)
{
	if (page->kind != MODEL_MAPPED)
		return protect;
	if (model_is_copy(page->allocation_protect)) {
		if (protect & PAGE_READWRITE)
			return (protect & ~(uint32_t)PAGE_READWRITE) | PAGE_WRITECOPY;
		if (protect & PAGE_EXECUTE_READWRITE)
			return (protect & ~(uint32_t)PAGE_EXECUTE_READWRITE) | PAGE_EXECUTE_WRITECOPY;
	} else if (protect & PAGE_EXECUTE_WRITECOPY && page->allocation_protect & PAGE_EXECUTE_READWRITE) {
		return (protect & ~(uint32_t)PAGE_EXECUTE_WRITECOPY) | PAGE_EXECUTE_READWRITE;
	}
	return protect;
}

uint32_t model_commit_in_view(struct model *model, uint32_t first, uint32_t end, uint32_t protect)
{
	struct model_page *page = &model->pages[first];
	const struct model_section *section = &model->sections[page->section];

	if (section->file >= 0)
		return (uint32_t)STATUS_ALREADY_COMMITTED;
	if (!model_view_allows(model, first, end, protect))
		return (uint32_t)STATUS_SECTION_PROTECTION;
	for (; page < &model->pages[end]; page++) {
		page->protect = model_stored_protect(page, protect);
		section->store->committed[page->section_page] = true;
	}
	return STATUS_SUCCESS;
}

static bool has_views(const struct model *model, uint32_t section)
{
	for (uint32_t i = 0; i < MODEL_PAGES; i++)
		if (model->pages[i].kind == MODEL_MAPPED && model->pages[i].section == section)
			return true;
	return false;
}

/* Closes a section, or makes one. */
void model_op_section(struct model *model)
{
	static const uint32_t protects[] = {PAGE_READWRITE, PAGE_EXECUTE_READWRITE, PAGE_READWRITE, PAGE_READONLY, PAGE_WRITECOPY};
	uint32_t index = model_below(model, MODEL_SECTIONS);
	struct model_section *section = &model->sections[index];
	bool reserve;

	if (section->handle) {
		if (!model_one_in(model, 8))
			return;
		model_describe(model, "close section %u", index);
		model->backend->close_section(section->handle);
		section->handle = NULL;
		return;
	}
	if (has_views(model, index))
		return;
	*section = (struct model_section){.pages = 1 + model_below(model, MODEL_SECTION_PAGES),
					  .protect = protects[model_below(model, sizeof(protects) / sizeof(protects[0]))],
					  .file = (int)model_below(model, MODEL_FILES + 3) - 3};
	if (section->file < 0)
		section->file = -1;
	reserve = section->file < 0 && model_one_in(model, 2);
	section->attributes = reserve ? SEC_RESERVE : SEC_COMMIT;
	section->store = section->file < 0 ? &section->own : &model->file_store[section->file];
	for (uint32_t i = 0; i < MODEL_SECTION_PAGES; i++)
		section->store->committed[i] = !reserve;
	model_describe(model, "create section %u of %u pages, protect %x, attributes %x, file %d", index, section->pages,
		       section->protect, section->attributes, section->file);
	model_expect(model, "status",
		     model->backend->create_section(section->file < 0 ? NULL : model->files[section->file],
						    (size_t)section->pages * MODEL_PAGE, section->protect, section->attributes,
						    &section->handle),
		     STATUS_SUCCESS);
}

struct view {
	uint32_t first, pages;
	uint32_t offset; /* pages */
	uint32_t stray;	 /* bytes that the base is beside a page */
	uint32_t commit; /* pages, of a reserved section */
	uint32_t protect;
	bool replace;
};

static uint32_t map_status(const struct model *model, const struct model_section *section, const struct view *view)
{
	uint32_t alignment = view->replace ? 1 : MODEL_UNIT_PAGES, end = view->first + view->pages;
	const struct model_page *at = &model->pages[view->first];

	if (!model_valid_protect(view->protect))
		return (uint32_t)STATUS_INVALID_PAGE_PROTECTION;
	if (view->first % alignment || view->offset % alignment || view->stray)
		return (uint32_t)STATUS_MAPPED_ALIGNMENT;
	if (!section_allows(section->protect, view->protect))
		return (uint32_t)STATUS_SECTION_PROTECTION;
	if (view->offset >= section->pages || view->pages > section->pages - view->offset)
		return (uint32_t)STATUS_INVALID_VIEW_SIZE;
	if (view->replace)
		return at->kind == MODEL_PLACEHOLDER && model_start_of(model, view->first) == view->first &&
				       model_end_of(model, view->first) == end
			       ? STATUS_SUCCESS
			       : (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	return model_all_free(model, view->first, end) ? STATUS_SUCCESS : (uint32_t)STATUS_CONFLICTING_ADDRESSES;
}

static struct view random_view(struct model *model, const struct model_section *section)
{
	static const uint32_t protects[] = {PAGE_READWRITE, PAGE_READONLY, PAGE_WRITECOPY, PAGE_NOACCESS, PAGE_EXECUTE_READ,
					    PAGE_EXECUTE_WRITECOPY, PAGE_WRITECOPY, PAGE_EXECUTE_READWRITE};
	struct view view = {.first = model_random_page(model), .replace = model_one_in(model, 2)};

	view.protect = protects[model_below(model, sizeof(protects) / sizeof(protects[0]))];
	view.offset = model_below(model, section->pages + 1);
	if (!view.replace && !model_one_in(model, 16)) {
		view.offset -= view.offset % MODEL_UNIT_PAGES;
		view.first -= view.first % MODEL_UNIT_PAGES;
	}
	if (view.replace && model->pages[view.first].kind == MODEL_PLACEHOLDER) {
		view.first = model_start_of(model, view.first);
		view.pages = model_end_of(model, view.first) - view.first;
		if (view.pages <= section->pages && view.offset > section->pages - view.pages)
			view.offset = section->pages - view.pages;
	} else {
		view.pages = 1 + model_below(model, section->pages);
		if (view.offset < section->pages && view.pages > section->pages - view.offset && !model_one_in(model, 16))
			view.pages = section->pages - view.offset;
	}
	if (view.pages > MODEL_PAGES - view.first)
		view.pages = MODEL_PAGES - view.first;
	view.stray = model_one_in(model, 32) ? 1 + model_below(model, MODEL_PAGE - 1) : 0;
	if (section->attributes & SEC_RESERVE && !view.replace && model_one_in(model, 4))
		view.commit = model_below(model, view.pages + 1);
	return view;
}

void model_op_map(struct model *model)
{
	uint32_t index = model_below(model, MODEL_SECTIONS), want;
	struct model_section *section = &model->sections[index];
	struct model_page page;
	struct view view;
	uintptr_t base;
	size_t size;

	if (!section->handle)
		return;
	view = random_view(model, section);
	base = model_address(model, view.first) + view.stray;
	size = (size_t)view.pages * MODEL_PAGE;
	model_describe(model, "map section %u from page %u at pages %u-%u%s, protect %x, commit %u%s", index, view.offset,
		       view.first, view.first + view.pages, view.stray ? " and some bytes" : "", view.protect, view.commit,
		       view.replace ? ", replacing" : "");
	want = map_status(model, section, &view);
	model_expect(model, "status",
		     model->backend->map(section->handle, &base, (uint64_t)view.offset * MODEL_PAGE, &size,
					 (size_t)view.commit * MODEL_PAGE, view.replace ? MEM_REPLACE_PLACEHOLDER : 0, view.protect),
		     want);
	if (want != STATUS_SUCCESS)
		return;
	model_expect(model, "base", base, model_address(model, view.first));
	model_expect(model, "size", size, (uint64_t)view.pages * MODEL_PAGE);
	page = (struct model_page){.allocation = model->next_allocation++,
				   .allocation_protect = view.protect,
				   .protect = view.protect,
				   .kind = MODEL_MAPPED,
				   .replaced = view.replace,
				   .section = (uint8_t)index};
	for (uint32_t i = 0; i < view.pages; i++) {
		page.section_page = (uint16_t)(view.offset + i);
		model->pages[view.first + i] = page;
		if (i < view.commit)
			section->store->committed[page.section_page] = true;
	}
}

void model_op_unmap(struct model *model)
{
	uint32_t first = model_random_page(model), flags = model_one_in(model, 2) ? MEM_PRESERVE_PLACEHOLDER : 0, want, end;
	const struct model_page at = model->pages[first];
	struct model_page left = {0};

	model_describe(model, "unmap at page %u, flags %x", first, flags);
	want = at.kind != MODEL_MAPPED ? (uint32_t)STATUS_NOT_MAPPED_VIEW : STATUS_SUCCESS;
	if (want == STATUS_SUCCESS && flags && !at.replaced)
		want = (uint32_t)STATUS_CONFLICTING_ADDRESSES;
	model_expect(model, "status", model->backend->unmap(model_address(model, first), flags), want);
	if (want != STATUS_SUCCESS)
		return;
	end = model_end_of(model, first);
	first = model_start_of(model, first);
	if (flags)
		left = (struct model_page){.allocation = model->next_allocation++,
					   .allocation_protect = PAGE_NOACCESS,
					   .kind = MODEL_PLACEHOLDER};
	for (uint32_t i = first; i < end; i++)
		model->pages[i] = left;
}
