/*
 * mm_model.h - a naive model of NT's memory management: an array with a record a page.
 *
 * The model draws random operations from a seed, predicts what NT answers by walking over its pages, has a backend do the
 * operation, and stops the program at the first difference, naming seed and operation.  It knows nothing of trees, runs or
 * Linux.  The same sequences run in two places: tests/unit/check_mm_model.c calls mm, tests/conformance/memory_model.c is
 * a Windows program that calls ntdll, under pewter or on Windows.
 */
#ifndef PEWTER_TESTS_MM_MODEL_H
#define PEWTER_TESTS_MM_MODEL_H

#ifdef _WIN32
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_COALESCE_PLACEHOLDERS 0x00000001
#define MEM_PRESERVE_PLACEHOLDER 0x00000002
#define MEM_REPLACE_PLACEHOLDER 0x00004000
#define MEM_RESERVE_PLACEHOLDER 0x00040000
#endif
#else
#include "nt/mem.h"
#include "nt/ntstatus.h"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_PAGE 0x1000u
#define MODEL_UNIT_PAGES 16u
#define MODEL_PAGES 4096u
#define MODEL_BYTES ((size_t)MODEL_PAGES * MODEL_PAGE)
#define MODEL_SECTIONS 8u
#define MODEL_SECTION_PAGES 96u
#define MODEL_FILES 2u

struct model_window {
	uintptr_t lowest, highest; /* 0 = none; the highest byte */
	size_t alignment;
};

/* What does the work.  Statuses are NT's, as 32 bits. */
struct model_backend {
	bool lowest_fit; /* takes the lowest (or highest) place that fits; else any that fits will do */
	bool write_watch;
	uint32_t (*allocate)(uintptr_t *base, size_t *size, uint32_t type, uint32_t protect, const struct model_window *window);
	uint32_t (*release)(uintptr_t *base, size_t *size, uint32_t type);
	uint32_t (*protect)(uintptr_t *base, size_t *size, uint32_t protect, uint32_t *old);
	uint32_t (*query)(uintptr_t address, MEMORY_BASIC_INFORMATION *info);
	/* `file`: one of what `files` holds, or NULL for the page file. */
	uint32_t (*create_section)(void *file, size_t size, uint32_t protect, uint32_t attributes, void **section);
	void (*close_section)(void *section);
	uint32_t (*map)(void *section, uintptr_t *base, uint64_t offset, size_t *size, size_t commit, uint32_t type,
			uint32_t protect);
	uint32_t (*unmap)(uintptr_t address, uint32_t flags);
	/* STATUS_SUCCESS, STATUS_GUARD_PAGE_VIOLATION, STATUS_ACCESS_VIOLATION. */
	uint32_t (*read)(uintptr_t address, uint8_t *byte);
	uint32_t (*write)(uintptr_t address, uint8_t byte);
	uint32_t (*get_watch)(bool reset, uintptr_t base, size_t size, PVOID *addresses, ULONG_PTR *count);
	uint32_t (*reset_watch)(uintptr_t base, size_t size);
};

enum model_kind { MODEL_FREE, MODEL_PRIVATE, MODEL_PLACEHOLDER, MODEL_MAPPED };

struct model_page {
	uint32_t allocation; /* a number that all pages of one allocation share; 0 = free */
	uint32_t allocation_protect;
	uint32_t protect; /* 0 = reserved */
	uint8_t kind;
	bool replaced; /* the allocation took the place of a placeholder */
	bool watched;  /* the allocation has write watch */
	bool live;    /* written since it got memory, or since its marks were reset */
	bool latched; /* was live when a protect call (or a commit of committed pages) passed */
	bool copied;  /* of a copy-on-write view: has contents of its own */
	bool forgets; /* MEM_RESET: the contents may be zero as well */
	uint8_t contents; /* of the byte at offset 8; for mapped pages only if copied */
	uint8_t section;
	uint16_t section_page;
};

/* Contents of a section's pages; sections of one file share them. */
struct model_store {
	uint8_t contents[MODEL_SECTION_PAGES];
	bool committed[MODEL_SECTION_PAGES];
};

struct model_section {
	void *handle; /* NULL = closed; views may be left */
	uint32_t pages;
	uint32_t protect;
	uint32_t attributes;
	int file; /* -1 = page file */
	struct model_store own, *store;
};

struct model {
	const struct model_backend *backend;
	uintptr_t base; /* a multiple of 64 KiB; MODEL_BYTES from there are the model's alone */
	void *files[MODEL_FILES];
	struct model_store file_store[MODEL_FILES];
	struct model_page pages[MODEL_PAGES];
	struct model_section sections[MODEL_SECTIONS];
	uint32_t next_allocation;
	uint64_t seed, random, operation;
	bool trace; /* prints every operation, and its status */
	uint64_t status;
	char what[192];
};

/* An empty model; `files` have MODEL_SECTION_PAGES pages of zeroes each. */
void model_start(struct model *model, const struct model_backend *backend, uintptr_t base, void *const files[MODEL_FILES],
		 uint64_t seed);
void model_run(struct model *model, uint64_t operations);
/* Compares every page. */
void model_compare(struct model *model);
/* Frees and unmaps everything that is left, and closes the sections. */
void model_finish(struct model *model);
/* Private pages that are committed. */
size_t model_committed(const struct model *model);

/* --- for the files of the model --- */

uint32_t model_random(struct model *model);
uint32_t model_below(struct model *model, uint32_t bound);
bool model_one_in(struct model *model, uint32_t n);
uint32_t model_random_protect(struct model *model);
/* A page: any, or more often the first one or another of something that is there. */
uint32_t model_random_page(struct model *model);
uintptr_t model_address(const struct model *model, uint32_t page);
void model_describe(struct model *model, const char *format, ...) __attribute__((format(printf, 2, 3)));
void model_expect(struct model *model, const char *what, uint64_t got, uint64_t want);
_Noreturn void model_fail(struct model *model, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* [first, end) of pages. */
bool model_all_free(const struct model *model, uint32_t first, uint32_t end);
uint32_t model_start_of(const struct model *model, uint32_t page);
uint32_t model_end_of(const struct model *model, uint32_t page);
/* NT's rule for protections: one of the eight, and modifiers that go with it. */
bool model_valid_protect(uint32_t protect);
bool model_can_read(uint32_t protect);
bool model_can_write(uint32_t protect);
bool model_is_copy(uint32_t protect);
/* What a query shows; 0 = reserved. */
uint32_t model_shown(const struct model *model, const struct model_page *page);
uint8_t model_contents(const struct model *model, const struct model_page *page);
/* Clears a page that has become free. */
void model_clear(struct model_page *page);

/* mm_model_views.c */
bool model_view_allows(const struct model *model, uint32_t first, uint32_t end, uint32_t wanted);
uint32_t model_stored_protect(const struct model_page *page, uint32_t protect);
uint32_t model_commit_in_view(struct model *model, uint32_t first, uint32_t end, uint32_t protect);
void model_op_section(struct model *model);
void model_op_map(struct model *model);
void model_op_unmap(struct model *model);
/* mm_model_private.c */
void model_op_reserve(struct model *model);
void model_op_place(struct model *model);
void model_op_commit(struct model *model);
void model_op_reset(struct model *model);
void model_op_protect(struct model *model);
void model_op_free(struct model *model);
void model_op_placeholder(struct model *model);
void model_op_replace(struct model *model);
void model_op_preserve(struct model *model);
void model_op_coalesce(struct model *model);

#endif
