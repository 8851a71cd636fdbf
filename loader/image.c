/*
 * loader/image.c - lays a PE file out in a memfd, relocates it there and maps it.
 *
 * Relocating before mapping keeps the pages of .data untouched: they read as WRITECOPY until the program writes to them,
 * as on Windows 8 and later, where the section itself is relocated (nt facts, memory 77, execution 171).
 */
#include "loader/image.h"
#include "host/file.h"
#include "host/image_cache.h"
#include "host/vm.h"
#include "ntdll/mm/mm.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_READ 32768u /* many a whole program */
#define LARGEST_HEADERS (4u << 20)
#define LARGE_PART (64u << 10) /* of a section: worth a copy by the kernel */

static NTSTATUS image_status(enum pe_result result)
{
	switch (result) {
	case PE_OK:
		return STATUS_SUCCESS;
	case PE_NOT_PE:
		return STATUS_INVALID_IMAGE_NOT_MZ;
	case PE_DOS_PROGRAM:
		return STATUS_INVALID_IMAGE_PROTECT;
	default:
		return STATUS_INVALID_IMAGE_FORMAT;
	}
}

uint8_t *image_read_headers(const struct host_image_file *file, struct image *image, image_parser parse, size_t *count)
{
	size_t size = FIRST_READ;

	for (;;) {
		uint8_t *bytes;

		if (size > file->size)
			size = (size_t)file->size;
		bytes = malloc(size ? size : 1);
		if (!bytes || host_image_read(file, 0, bytes, size) != 0) {
			free(bytes);
			image->result = PE_BAD_FORMAT;
			image->reason = "it cannot be read";
			return NULL;
		}
		image->result = parse(bytes, size, file->size, &image->pe, &image->reason);
		*count = size;
		if (image->result == PE_OK)
			return bytes;
		free(bytes);
		if (image->result != PE_TRUNCATED)
			return NULL;
		if (size >= LARGEST_HEADERS || size >= file->size) {
			image->result = PE_BAD_FORMAT;
			image->reason = "its headers lie too far behind its beginning";
			return NULL;
		}
		size *= 32;
	}
}

NTSTATUS image_probe(const struct host_image_file *file, struct image *image)
{
	image->headers = image_read_headers(file, image, pe_parse, &image->header_count);
	return image_status(image->result);
}

struct source {
	const struct host_image_file *file;
	const uint8_t *bytes; /* its beginning */
	size_t count;
	uint8_t *layout; /* a mapping of all of `memfd` */
	int memfd;
};

static int read_file(void *context, uint64_t offset, void *to, size_t size)
{
	const struct source *source = context;

	if (offset <= source->count && size <= source->count - offset) {
		memcpy(to, source->bytes + offset, size);
		return 0;
	}
	if (size >= LARGE_PART &&
	    host_image_copy(source->file, offset, source->memfd, (uint64_t)((uint8_t *)to - source->layout), size) == 0)
		return 0;
	return host_image_read(source->file, offset, to, size);
}

static void add_run(struct mm_image_run *runs, size_t *count, uint32_t rva, uint32_t size, ULONG protect)
{
	struct mm_image_run *last = *count ? &runs[*count - 1] : NULL;

	if (!size)
		return;
	if (last && last->protect == protect && last->rva + last->size == rva) {
		last->size += size;
		return;
	}
	runs[(*count)++] = (struct mm_image_run){rva, size, protect};
}

size_t image_make_runs(const uint8_t *bytes, const struct pe_file *pe, struct mm_image_run *runs)
{
	uint32_t next;
	size_t count = 0;

	if (pe->flat) {
		add_run(runs, &count, 0, pe->size_of_image, PAGE_EXECUTE_WRITECOPY);
		return count;
	}
	next = (pe->size_of_headers + MM_PAGE_SIZE - 1) & ~(MM_PAGE_SIZE - 1);
	add_run(runs, &count, 0, next, PAGE_READONLY);
	for (unsigned i = 0; i < pe->section_count; i++) {
		struct pe_section section;

		pe_section(bytes, pe, i, &section);
		/* A larger section alignment leaves pages that are reserved only. */
		add_run(runs, &count, next, section.rva - next, 0);
		add_run(runs, &count, section.rva, section.size, pe_section_protection(section.flags));
		next = section.rva + section.size;
	}
	add_run(runs, &count, next, pe->size_of_image - next, 0);
	return count;
}

bool image_fill(const struct host_image_file *file, const struct pe_file *pe, const uint8_t *bytes, size_t count,
		uint8_t *layout, int memfd)
{
	struct source source = {file, bytes, count, layout, memfd};

	return pe_lay_out(bytes, count, file->size, pe, read_file, &source, layout);
}

/* The laid-out image in `fd` and image->layout, relocated to image->base. */
static NTSTATUS lay_out(const struct host_image_file *file, struct image *image, const uint8_t *bytes, size_t count,
			int fd)
{
	struct pe_file *pe = &image->pe;
	NTSTATUS status = STATUS_SUCCESS;

	image->layout = host_memfd_map(fd, image->size, false);
	if (!image->layout)
		return STATUS_NO_MEMORY;
	if (!image_fill(file, pe, bytes, count, image->layout, fd))
		return STATUS_INVALID_IMAGE_FORMAT;
	if ((uint64_t)(uintptr_t)image->base == pe->image_base) {
		host_image_cache_store(file, image->layout, image->size);
	} else {
		uint64_t base = (uintptr_t)image->base;

		status = pe_relocate(image->layout, image->size, &pe->directory[IMAGE_DIRECTORY_ENTRY_BASERELOC],
				     base - pe->image_base);
		if (NT_SUCCESS(status) && pe->nt_offset + sizeof(IMAGE_NT_HEADERS64) <= pe->size_of_headers)
			memcpy(image->layout + pe->nt_offset + offsetof(IMAGE_NT_HEADERS64, OptionalHeader.ImageBase),
			       &base, sizeof(base));
	}
	return status;
}

/* The layout out of the cache, which has none that is relocated; a descriptor, negative if there is none. */
static int take_from_cache(const struct host_image_file *file, struct image *image)
{
	int fd = -1;

	if ((uint64_t)(uintptr_t)image->base == image->pe.image_base)
		fd = host_image_cache_open(file, image->size);
	if (fd >= 0)
		image->layout = host_private_map(fd, image->size);
	if (fd >= 0 && !image->layout) {
		host_close(fd);
		fd = -1;
	}
	return fd;
}

NTSTATUS image_load(const struct host_image_file *file, struct image *image, void *owner)
{
	struct mm_image_run *runs = NULL;
	uintptr_t base = 0;
	size_t count, run_count;
	bool share;
	uint8_t *bytes;
	NTSTATUS status;
	int fd = -1;

	bytes = image->headers;
	count = image->header_count;
	if (!bytes) {
		memset(image, 0, sizeof(*image));
		bytes = image_read_headers(file, image, pe_parse, &count);
	}
	if (!bytes)
		return image_status(image->result);
	image->headers = NULL;
	image->size = image->pe.size_of_image;
	image->device = file->device;
	image->inode = file->inode;
	status = mm_reserve_image(image->pe.image_base, image->size, image->pe.relocatable, &base);
	if (!NT_SUCCESS(status)) {
		image->reason = "there is no room for it at its base address, and it cannot be moved";
		free(bytes);
		return status;
	}
	image->base = (uint8_t *)base;
	runs = malloc(IMAGE_MOST_RUNS(&image->pe) * sizeof(*runs));
	run_count = runs ? image_make_runs(bytes, &image->pe, runs) : 0;
	/* What processes share cannot be a file that they only read. */
	share = run_count && (uint64_t)base == image->pe.image_base && image_has_shared(runs, run_count);
	fd = share ? -1 : take_from_cache(file, image);
	if (fd < 0) {
		fd = host_memfd_create("image", image->size);
		status = runs && fd >= 0 ? lay_out(file, image, bytes, count, fd) : STATUS_NO_MEMORY;
	} else {
		status = runs ? STATUS_SUCCESS : STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status)) {
		struct mm_image view = {.fd = fd, .size = image->size, .runs = runs, .run_count = run_count, .owner = owner,
					.device = file->device, .inode = file->inode};

		view.shared_fd = share ? image_shared_memory(file, image, fd) : -1;
		view.shares = view.shared_fd >= 0;
		status = mm_map_image(base, &view);
	}
	if (!NT_SUCCESS(status)) {
		image->reason = status == STATUS_NO_MEMORY ? "memory ran out" : "its relocations are damaged";
		image_release_layout(image);
		mm_cancel_image(base);
	}
	if (fd >= 0)
		host_close(fd);
	free(runs);
	free(bytes);
	return status;
}

void image_release_layout(struct image *image)
{
	if (image->layout)
		host_memfd_unmap(image->layout, image->size);
	image->layout = NULL;
}
