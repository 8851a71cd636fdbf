/*
 * loader/image.h - from a file to an image in the guest's memory.
 */
#ifndef PEWTER_LOADER_IMAGE_H
#define PEWTER_LOADER_IMAGE_H

#include "host/image_file.h"
#include "loader/pe.h"
#include "ntdll/ldr.h"

struct image {
	struct pe_file pe;
	uint8_t *base;
	uint32_t size;
	/* The image as it was laid out, in memory of ours: for reading imports before anything of the guest's can have
	 * changed them.  image_release_layout gives it up. */
	uint8_t *layout;
	uint64_t device, inode;
	uint8_t *headers; /* the file's beginning, from image_probe to image_load; malloc'ed */
	size_t header_count;
	const char *reason; /* of a failure */
	enum pe_result result;
};

/* Reads the headers only, which image_load of the same file and image need not read again then; without it the caller
 * frees image->headers.  STATUS_SUCCESS, or the status of the failure with image->result and ->reason. */
NTSTATUS image_probe(const struct host_image_file *file, struct image *image);

/* Lays the file out, relocates it and maps it; `owner` is what mm_view_owner gives back.  STATUS_NO_MEMORY,
 * STATUS_CONFLICTING_ADDRESSES (base taken and no relocations), STATUS_INVALID_IMAGE_*. */
NTSTATUS image_load(const struct host_image_file *file, struct image *image, void *owner);
void image_release_layout(struct image *image);

/* The parts of image_load, for images that are sections.
 *
 * Reads as much of the file's beginning as the headers need, which `parse` checks; malloc'ed.  NULL: image->result and
 * ->reason tell. */
typedef enum pe_result (*image_parser)(const void *bytes, size_t count, uint64_t file_size, struct pe_file *file,
				       const char **reason);
uint8_t *image_read_headers(const struct host_image_file *file, struct image *image, image_parser parse, size_t *count);
/* Headers and sections to `layout`, pe->size_of_image zeroed bytes: a mapping of `memfd`. */
bool image_fill(const struct host_image_file *file, const struct pe_file *pe, const uint8_t *bytes, size_t count,
		uint8_t *layout, int memfd);
/* The runs of equal protection; how many there are. */
#define IMAGE_MOST_RUNS(pe) (2u * (pe)->section_count + 2u)
size_t image_make_runs(const uint8_t *bytes, const struct pe_file *pe, struct mm_image_run *runs);

/* loader/image_shared.c.  Whether some run is one that the image's processes share. */
bool image_has_shared(const struct mm_image_run *runs, size_t count);
/* A descriptor of the memory of these runs, at their places in the image: `layout`'s, or that of the process that came
 * first.  It is to stay open.  Negative: there is nothing to share it by, and each process has its own. */
int image_shared_memory(const struct host_image_file *file, const struct image *image, int layout);

/* loader/image_section.c: see ldr_operations. */
NTSTATUS image_section_lay_out(int fd, struct ldr_image **layout);
NTSTATUS image_section_move(const struct ldr_image *layout, uintptr_t base, int *fd);

#endif
