/*
 * host/image_cache.h - laid-out images kept on disk, for programs that are large and started often.
 *
 * The directory is the environment's PEWTER_IMAGE_CACHE; without it nothing here does anything.  An entry is the layout of
 * one state of one file, as it is without being relocated: its name says which file (device, inode) and which state
 * (size, times of the last write and the last change).  Entries are written under no name, or another one, and appear
 * whole; whoever writes one removes those of the file's earlier states.  An entry counts only if it is the user's own, and
 * nobody else can write to it.
 */
#ifndef PEWTER_HOST_IMAGE_CACHE_H
#define PEWTER_HOST_IMAGE_CACHE_H

#include "host/image_file.h"

/* A descriptor, for reading, of the layout of the file; it has `size` bytes.  -ENOENT: there is none. */
int host_image_cache_open(const struct host_image_file *file, size_t size);
/* Keeps a layout that was just made of the file, unless the file may have changed meanwhile.  Failure to is no failure of
 * the caller's. */
void host_image_cache_store(const struct host_image_file *file, const void *layout, size_t size);

#endif
