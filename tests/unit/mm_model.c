/*
 * mm_model.c - the model of mm_model.h: its pages, what is seen of them, and the run.
 */
#include "mm_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t model_random(struct model *model)
{
	model->random ^= model->random << 13;
	model->random ^= model->random >> 7;
	model->random ^= model->random << 17;
	return (uint32_t)(model->random >> 16);
}

uint32_t model_below(struct model *model, uint32_t bound)
{
	return model_random(model) % bound;
}

bool model_one_in(struct model *model, uint32_t n)
{
	return model_random(model) % n == 0;
}

uint32_t model_random_protect(struct model *model)
{
	static const uint32_t usual[] = {PAGE_NOACCESS,	PAGE_READONLY, PAGE_READWRITE, PAGE_READWRITE, PAGE_EXECUTE, PAGE_EXECUTE_READ,
					 PAGE_EXECUTE_READWRITE, PAGE_READWRITE | PAGE_GUARD, PAGE_READONLY | PAGE_GUARD};
	static const uint32_t rare[] = {0,
					PAGE_READONLY | PAGE_EXECUTE,
					PAGE_WRITECOPY,
					PAGE_EXECUTE_WRITECOPY,
					PAGE_NOACCESS | PAGE_GUARD,
					PAGE_READWRITE | 0x800,
					PAGE_GUARD};

	if (model_one_in(model, 32))
		return rare[model_below(model, sizeof(rare) / sizeof(rare[0]))];
	return usual[model_below(model, sizeof(usual) / sizeof(usual[0]))];
}

uint32_t model_random_page(struct model *model)
{
	uint32_t page = model_below(model, MODEL_PAGES);

	if (model_one_in(model, 3))
		return page;
	/* To the next page that belongs to something, and often to its start. */
	for (uint32_t tries = 0; tries < 64 && !model->pages[page].allocation; tries++)
		page = (page + 1) % MODEL_PAGES;
	return model_one_in(model, 2) ? model_start_of(model, page) : page;
}

uintptr_t model_address(const struct model *model, uint32_t page)
{
	return model->base + (uintptr_t)page * MODEL_PAGE;
}

void model_describe(struct model *model, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(model->what, sizeof(model->what), format, arguments);
	va_end(arguments);
}

void model_fail(struct model *model, const char *format, ...)
{
	va_list arguments;

	printf("memory model: seed %llu, operation %llu: %s: ", (unsigned long long)model->seed,
	       (unsigned long long)model->operation, model->what);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	abort();
}

void model_expect(struct model *model, const char *what, uint64_t got, uint64_t want)
{
	if (got != want)
		model_fail(model, "%s is 0x%llx, not 0x%llx", what, (unsigned long long)got, (unsigned long long)want);
	if (!strcmp(what, "status"))
		model->status = want;
}

bool model_all_free(const struct model *model, uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i < end; i++)
		if (model->pages[i].allocation)
			return false;
	return true;
}

uint32_t model_start_of(const struct model *model, uint32_t page)
{
	uint32_t allocation = model->pages[page].allocation;

	while (allocation && page > 0 && model->pages[page - 1].allocation == allocation)
		page--;
	return page;
}

uint32_t model_end_of(const struct model *model, uint32_t page)
{
	uint32_t allocation = model->pages[page].allocation;

	while (page < MODEL_PAGES && model->pages[page].allocation == allocation)
		page++;
	return page;
}

bool model_valid_protect(uint32_t protect)
{
	uint32_t base = protect & 0xFF, modifiers = protect & ~0xFFu;

	return base && !(base & (base - 1)) && !(modifiers & ~(uint32_t)PAGE_GUARD) && !(modifiers && base == PAGE_NOACCESS);
}

bool model_can_read(uint32_t protect)
{
	return protect && !(protect & (PAGE_NOACCESS | PAGE_GUARD));
}

bool model_is_copy(uint32_t protect)
{
	return protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY);
}

bool model_can_write(uint32_t protect)
{
	return !(protect & PAGE_GUARD) && (model_is_copy(protect) || protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE));
}

uint32_t model_shown(const struct model *model, const struct model_page *page)
{
	if (page->kind == MODEL_MAPPED && !model->sections[page->section].store->committed[page->section_page])
		return 0;
	if (!page->copied || !model_is_copy(page->protect))
		return page->protect;
	if (page->protect & PAGE_WRITECOPY)
		return (page->protect & ~(uint32_t)PAGE_WRITECOPY) | PAGE_READWRITE;
	return (page->protect & ~(uint32_t)PAGE_EXECUTE_WRITECOPY) | PAGE_EXECUTE_READWRITE;
}

uint8_t model_contents(const struct model *model, const struct model_page *page)
{
	if (page->kind == MODEL_MAPPED && !page->copied)
		return model->sections[page->section].store->contents[page->section_page];
	return page->contents;
}

void model_clear(struct model_page *page)
{
	*page = (struct model_page){0};
}

static void check_region(struct model *model, uint32_t first)
{
	const struct model_page *page = &model->pages[first];
	static const uint32_t types[] = {0, MEM_PRIVATE, MEM_PRIVATE, MEM_MAPPED};
	uint32_t shown = model_shown(model, page), end = first + 1;
	MEMORY_BASIC_INFORMATION info;

	while (end < MODEL_PAGES && model->pages[end].allocation == page->allocation &&
	       model_shown(model, &model->pages[end]) == shown)
		end++;
	memset(&info, 0xCC, sizeof(info));
	model_expect(model, "status", model->backend->query(model_address(model, first) + model_below(model, MODEL_PAGE), &info),
		     STATUS_SUCCESS);
	model_expect(model, "BaseAddress", (uintptr_t)info.BaseAddress, model_address(model, first));
	model_expect(model, "State", info.State, !page->allocation ? MEM_FREE : shown ? MEM_COMMIT : MEM_RESERVE);
	model_expect(model, "Protect", info.Protect, page->allocation ? shown : PAGE_NOACCESS);
	model_expect(model, "Type", info.Type, types[page->kind]);
	/* What follows behind the last page is not the model's, and may be free, too. */
	if (page->allocation || end < MODEL_PAGES)
		model_expect(model, "RegionSize", info.RegionSize, (uint64_t)(end - first) * MODEL_PAGE);
	model_expect(model, "AllocationBase", (uintptr_t)info.AllocationBase,
		     page->allocation ? model_address(model, model_start_of(model, first)) : 0);
	model_expect(model, "AllocationProtect", info.AllocationProtect, page->allocation_protect);
}

static void op_query(struct model *model)
{
	uint32_t page = model_random_page(model);

	model_describe(model, "query of page %u", page);
	check_region(model, page);
}

/* What touching a page does; clears its guard. */
static uint32_t touch_status(struct model *model, struct model_page *page, bool write)
{
	uint32_t shown = model_shown(model, page);

	if (shown & PAGE_GUARD) {
		page->protect &= ~(uint32_t)PAGE_GUARD;
		return (uint32_t)STATUS_GUARD_PAGE_VIOLATION;
	}
	if (write ? model_can_write(shown) : model_can_read(shown))
		return STATUS_SUCCESS;
	return (uint32_t)STATUS_ACCESS_VIOLATION;
}

static void read_page(struct model *model, uint32_t first)
{
	struct model_page *page = &model->pages[first];
	uint32_t want = touch_status(model, page, false);
	uint8_t byte = 0xEE;

	model_expect(model, "read status", model->backend->read(model_address(model, first) + 8, &byte), want);
	if (want == STATUS_SUCCESS && !(page->forgets && byte == 0))
		model_expect(model, "contents", byte, model_contents(model, page));
}

static void write_page(struct model *model, uint32_t first)
{
	struct model_page *page = &model->pages[first];
	uint32_t want = touch_status(model, page, true);
	uint8_t byte = (uint8_t)model_random(model);

	model_expect(model, "write status", model->backend->write(model_address(model, first) + 8, byte), want);
	if (want != STATUS_SUCCESS)
		return;
	page->forgets = false;
	page->live = page->watched;
	if (page->kind == MODEL_MAPPED && model_is_copy(page->protect))
		page->copied = true;
	if (page->kind == MODEL_MAPPED && !page->copied)
		model->sections[page->section].store->contents[page->section_page] = byte;
	else
		page->contents = byte;
}

static void op_touch(struct model *model)
{
	uint32_t page = model_random_page(model);
	bool write = model_one_in(model, 2);

	model_describe(model, "%s of page %u", write ? "write" : "read", page);
	if (write)
		write_page(model, page);
	else
		read_page(model, page);
}

static void op_watch(struct model *model)
{
	uint32_t first = model_random_page(model), end = first + 1 + model_below(model, 128), told = 0;
	bool reset = model_one_in(model, 2), only_reset = model_one_in(model, 4);
	ULONG_PTR capacity = 1 + model_below(model, 64), count = capacity;
	PVOID addresses[64];
	uint32_t status;

	if (!model->backend->write_watch)
		return;
	if (end > MODEL_PAGES)
		end = MODEL_PAGES;
	if (model->pages[first].watched && end > model_end_of(model, first) && !model_one_in(model, 8))
		end = model_end_of(model, first);
	model_describe(model, "write watch of pages %u-%u%s%s", first, end, reset ? ", reset" : "", only_reset ? ", no list" : "");
	if (only_reset)
		status = model->backend->reset_watch(model_address(model, first), (size_t)(end - first) * MODEL_PAGE);
	else
		status = model->backend->get_watch(reset, model_address(model, first), (size_t)(end - first) * MODEL_PAGE, addresses,
						   &count);
	if (!model->pages[first].watched || end > model_end_of(model, first)) {
		if (status < 0x80000000u)
			model_fail(model, "succeeded where there is no write watch");
		return;
	}
	model_expect(model, "status", status, STATUS_SUCCESS);
	for (uint32_t i = first; i < end; i++) {
		struct model_page *page = &model->pages[i];

		/* Pages for which there is no room are not reset. */
		if (!only_reset && (page->live || page->latched) && told < capacity) {
			if (told < count)
				model_expect(model, "written page", (uintptr_t)addresses[told], model_address(model, i));
			told++;
			page->live = page->live && !reset;
			page->latched = page->latched && !reset;
		} else if (only_reset) {
			page->live = page->latched = false;
		}
	}
	if (!only_reset)
		model_expect(model, "written pages", count, told);
}

void model_start(struct model *model, const struct model_backend *backend, uintptr_t base, void *const files[MODEL_FILES],
		 uint64_t seed)
{
	memset(model, 0, sizeof(*model));
	model->backend = backend;
	model->base = base;
	model->seed = seed;
	model->trace = getenv("PEWTER_TEST_TRACE") != NULL;
	model->random = seed * 0x9E3779B97F4A7C15ull + 1;
	model->next_allocation = 1;
	for (uint32_t i = 0; i < MODEL_FILES; i++) {
		model->files[i] = files[i];
		memset(model->file_store[i].committed, true, sizeof(model->file_store[i].committed));
	}
	for (uint32_t i = 0; i < MODEL_SECTIONS; i++)
		model->sections[i].store = &model->sections[i].own;
}

void model_run(struct model *model, uint64_t operations)
{
	static void (*const choices[])(struct model *) = {
		model_op_reserve, model_op_reserve, model_op_place,	model_op_commit,   model_op_commit,   model_op_commit,
		model_op_protect, model_op_protect, model_op_free,	model_op_free,	   model_op_free,     op_touch,
		op_touch,	  op_touch,	    op_touch,		op_query,	   op_query,	      model_op_placeholder,
		model_op_replace, model_op_replace, model_op_preserve,	model_op_preserve, model_op_coalesce, model_op_section,
		model_op_map,	  model_op_map,	    model_op_unmap,	model_op_reset,	   op_watch,
	};

	for (uint64_t i = 0; i < operations; i++) {
		model->operation++;
		model->what[0] = 0;
		model->status = 0;
		choices[model_below(model, sizeof(choices) / sizeof(choices[0]))](model);
		if (model->trace && model->what[0])
			printf("%llu.%llu: %s: %x\n", (unsigned long long)model->seed, (unsigned long long)model->operation,
			       model->what, (unsigned)model->status);
	}
}

void model_compare(struct model *model)
{
	for (uint32_t i = 0; i < MODEL_PAGES; i++) {
		model_describe(model, "comparison of page %u", i);
		check_region(model, i);
		read_page(model, i);
	}
}

void model_finish(struct model *model)
{
	for (uint32_t i = 0; i < MODEL_PAGES;) {
		struct model_page *page = &model->pages[i];
		uintptr_t base = model_address(model, i);
		uint32_t end = model_end_of(model, i);
		size_t size = 0;

		model_describe(model, "removal of page %u", i);
		if (page->kind == MODEL_MAPPED)
			model_expect(model, "status", model->backend->unmap(base, 0), STATUS_SUCCESS);
		else if (page->allocation)
			model_expect(model, "status", model->backend->release(&base, &size, MEM_RELEASE), STATUS_SUCCESS);
		for (; i < end; i++)
			model_clear(&model->pages[i]);
	}
	for (uint32_t i = 0; i < MODEL_SECTIONS; i++) {
		if (model->sections[i].handle)
			model->backend->close_section(model->sections[i].handle);
		model->sections[i].handle = NULL;
	}
}

size_t model_committed(const struct model *model)
{
	size_t pages = 0;

	for (uint32_t i = 0; i < MODEL_PAGES; i++)
		pages += model->pages[i].kind == MODEL_PRIVATE && model->pages[i].protect;
	return pages;
}
