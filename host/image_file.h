/*
 * host/image_file.h - files as the image loader needs them: opened, identified, read in pieces.
 *
 * Nothing here maps the file itself: a file that is cut short while it is mapped would make reads of it fault.
 */
#ifndef PEWTER_HOST_IMAGE_FILE_H
#define PEWTER_HOST_IMAGE_FILE_H

#include "host/host.h"

struct host_image_file {
	int fd;
	uint64_t size;
	uint64_t device, inode; /* one file, whatever its names */
	uint64_t mtime_ns, ctime_ns;
};

/* Opens a regular file for reading; 0 or -errno (-EISDIR for a directory, -EACCES...). */
int host_image_open(const char *path, struct host_image_file *file);
/* The same of a descriptor, which stays the caller's. */
int host_image_from_descriptor(int fd, struct host_image_file *file);
void host_image_close(struct host_image_file *file);
/* Reads exactly `size` bytes; -EIO when the file has fewer. */
int host_image_read(const struct host_image_file *file, uint64_t offset, void *to, size_t size);
/* Copies exactly `size` bytes into a memfd, whose pages are made without being touched; much of a large file goes twice as
 * fast as through a mapping.  An error: some may have been copied. */
int host_image_copy(const struct host_image_file *file, uint64_t offset, int memfd, uint64_t at, size_t size);

/* Maps a memfd for the host: shared and writable, its pages made present when `populate`.  NULL: no memory. */
void *host_memfd_map(int fd, size_t size, bool populate);
/* A file for the host alone: what it writes stays in its own copy. */
void *host_private_map(int fd, size_t size);
/* A part of it, from a page boundary on. */
void *host_memfd_map_at(int fd, uint64_t offset, size_t size);
void host_memfd_unmap(void *map, size_t size);

/* Calls visit for every name in a directory until it answers false; 0 or -errno. */
int host_directory_visit(const char *path, bool (*visit)(const char *name, void *argument), void *argument);
bool host_path_is_directory(const char *path);
bool host_path_is_file(const char *path);

/* The absolute path of a file without symbolic links in its directory part resolved: the working directory is put
 * before a relative path.  malloc'ed; NULL: no memory. */
char *host_absolute_path(const char *path);
int host_change_directory(const char *path);

/* The environment block of the process: "NAME=VALUE" strings, NULL at the end. */
char **host_environment(void);

/* Replaces the file's contents; 0 or -errno. */
int host_write_file(const char *path, const void *data, size_t size);

#endif
