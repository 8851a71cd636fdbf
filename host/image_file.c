/*
 * host/image_file.c - files as the image loader needs them.
 */
#include "host/image_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

int host_image_from_descriptor(int fd, struct host_image_file *file)
{
	struct stat status = {0};

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return S_ISDIR(status.st_mode) ? -EISDIR : -EACCES;
	*file = (struct host_image_file){
		.fd = fd,
		.size = (uint64_t)status.st_size,
		.device = status.st_dev,
		.inode = status.st_ino,
		.mtime_ns = (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec,
		.ctime_ns = (uint64_t)status.st_ctim.tv_sec * 1000000000u + (uint64_t)status.st_ctim.tv_nsec,
	};
	return 0;
}

int host_image_open(const char *path, struct host_image_file *file)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), error;

	if (fd < 0)
		return -errno;
	error = host_image_from_descriptor(fd, file);
	if (error)
		close(fd);
	return error;
}

void host_image_close(struct host_image_file *file)
{
	close(file->fd);
	file->fd = -1;
}

int host_image_read(const struct host_image_file *file, uint64_t offset, void *to, size_t size)
{
	char *next = to;

	while (size) {
		ssize_t got = pread(file->fd, next, size, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EIO;
		next += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return 0;
}

int host_image_copy(const struct host_image_file *file, uint64_t offset, int memfd, uint64_t at, size_t size)
{
	off_t from = (off_t)offset;

	if (lseek(memfd, (off_t)at, SEEK_SET) < 0)
		return -errno;
	while (size) {
		ssize_t got = sendfile(memfd, file->fd, &from, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EIO;
		size -= (size_t)got;
	}
	return 0;
}

void *host_memfd_map(int fd, size_t size, bool populate)
{
	int flags = MAP_SHARED | (populate ? MAP_POPULATE : 0);
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

void *host_private_map(int fd, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

void *host_memfd_map_at(int fd, uint64_t offset, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, (off_t)offset);

	return map == MAP_FAILED ? NULL : map;
}

void host_memfd_unmap(void *map, size_t size)
{
	munmap(map, size);
}

int host_directory_visit(const char *path, bool (*visit)(const char *name, void *argument), void *argument)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory)) && visit(entry->d_name, argument))
		;
	closedir(directory);
	return 0;
}

bool host_path_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool host_path_is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

char *host_absolute_path(const char *path)
{
	char *directory, *absolute;
	size_t length;

	if (path[0] == '/')
		return strdup(path);
	directory = getcwd(NULL, 0);
	if (!directory)
		return NULL;
	length = strlen(directory);
	absolute = malloc(length + strlen(path) + 2);
	if (absolute) {
		memcpy(absolute, directory, length);
		if (length && absolute[length - 1] != '/')
			absolute[length++] = '/';
		strcpy(absolute + length, path);
	}
	free(directory);
	return absolute;
}

int host_change_directory(const char *path)
{
	return chdir(path) < 0 ? -errno : 0;
}

char **host_environment(void)
{
	return environ;
}

int host_write_file(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int error = 0;

	if (fd < 0)
		return -errno;
	while (size) {
		ssize_t put = write(fd, data, size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			error = -errno;
			break;
		}
		data = (const char *)data + put;
		size -= (size_t)put;
	}
	if (close(fd) < 0 && !error)
		error = -errno;
	return error;
}
