/*
 * loader/image.h - from a file to an image in the guest's memory.
 */
#ifndef PEWTER_LOADER_IMAGE_H
#define PEWTER_LOADER_IMAGE_H

#include "host/image_file.h"
#include "loader/pe.h"

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

NTSTATUS image_status(enum pe_result result);

#endif
