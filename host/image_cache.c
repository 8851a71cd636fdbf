/*
 * host/image_cache.c - laid-out images kept on disk.
 */
#include "host/image_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A smaller image is laid out faster than it is looked up. */
#define SMALLEST (128u << 10)
/* A file changed less than this before its layout was made may have changed once more within one tick of its clock. */
#define SETTLED_NS 2000000000u
/* Changes when layouts do. */
#define FORMAT 1

struct name {
	char file[48];	 /* which file: a prefix */
	char entry[112]; /* which state of it */
};

static const char *directory_path(const struct host_image_file *file, size_t size)
{
	const char *path = getenv("PEWTER_IMAGE_CACHE");

	return path && path[0] == '/' && size >= SMALLEST && file->ctime_ns ? path : NULL;
}

static void make_name(const struct host_image_file *file, struct name *name)
{
	snprintf(name->file, sizeof(name->file), "%llx-%llx-", (unsigned long long)file->device,
		 (unsigned long long)file->inode);
	snprintf(name->entry, sizeof(name->entry), "%s%llx-%llx-%llx.%d", name->file, (unsigned long long)file->size,
		 (unsigned long long)file->mtime_ns, (unsigned long long)file->ctime_ns, FORMAT);
}

static bool is_ours(const struct stat *stat)
{
	return stat->st_uid == geteuid() && !(stat->st_mode & 022);
}

int host_image_cache_open(const struct host_image_file *file, size_t size)
{
	const char *path = directory_path(file, size);
	struct name name;
	struct stat stat;
	int directory, fd;

	if (!path)
		return -ENOENT;
	directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	make_name(file, &name);
	fd = openat(directory, name.entry, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	close(directory);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode) || !is_ours(&stat) || stat.st_size != (off_t)size) {
		close(fd);
		return -ENOENT;
	}
	return fd;
}

static bool write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t put = write(fd, data, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		data += put;
		size -= (size_t)put;
	}
	return true;
}

/* Whether the file is still what it was when it was opened, and has been for a while. */
static bool is_settled(const struct host_image_file *file)
{
	struct host_image_file now;
	struct timespec time;
	uint64_t clock;

	if (host_image_from_descriptor(file->fd, &now) < 0 || now.size != file->size || now.mtime_ns != file->mtime_ns ||
	    now.ctime_ns != file->ctime_ns || clock_gettime(CLOCK_REALTIME, &time) < 0)
		return false;
	clock = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
	return clock > file->ctime_ns && clock - file->ctime_ns > SETTLED_NS && clock > file->mtime_ns &&
	       clock - file->mtime_ns > SETTLED_NS;
}

/* Entries of the same file's other states. */
static void remove_older(int directory, const struct name *name)
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!stream) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((entry = readdir(stream)))
		if (strncmp(entry->d_name, name->file, strlen(name->file)) == 0 && strcmp(entry->d_name, name->entry) != 0)
			unlinkat(directory, entry->d_name, 0);
	closedir(stream);
}

void host_image_cache_store(const struct host_image_file *file, const void *layout, size_t size)
{
	const char *path = directory_path(file, size);
	char temporary[160];
	struct name name;
	struct stat stat;
	int directory, fd;

	if (!path || !is_settled(file))
		return;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return;
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return;
	make_name(file, &name);
	/* Of one process: a file of that name is left from one with the same number that was killed. */
	snprintf(temporary, sizeof(temporary), "%s.new%u", name.entry, (unsigned)getpid());
	unlinkat(directory, temporary, 0);
	fd = fstat(directory, &stat) == 0 && is_ours(&stat)
		     ? openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)
		     : -1;
	if (fd >= 0) {
		bool written = write_all(fd, layout, size);

		if (close(fd) == 0 && written && is_settled(file) && renameat(directory, temporary, directory, name.entry) == 0)
			remove_older(directory, &name);
		else
			unlinkat(directory, temporary, 0);
	}
	close(directory);
}
