/*
 * host/file.c - opening, reading, writing and the attributes of files.
 */
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define RETRY(expression)                                                                                              \
	__extension__({                                                                                                \
		long retry_result;                                                                                     \
		do                                                                                                     \
			retry_result = (long)(expression);                                                             \
		while (retry_result < 0 && errno == EINTR);                                                            \
		retry_result < 0 ? -(long)errno : retry_result;                                                        \
	})

static int64_t nanoseconds(const struct statx_timestamp *time)
{
	return time->tv_sec * INT64_C(1000000000) + time->tv_nsec;
}

static enum host_file_kind kind_of(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return HOST_FILE_REGULAR;
	case S_IFDIR:
		return HOST_FILE_DIRECTORY;
	case S_IFLNK:
		return HOST_FILE_LINK;
	case S_IFCHR:
		return HOST_FILE_CHARACTER;
	case S_IFBLK:
		return HOST_FILE_BLOCK;
	case S_IFIFO:
		return HOST_FILE_FIFO;
	case S_IFSOCK:
		return HOST_FILE_SOCKET;
	default:
		return HOST_FILE_UNKNOWN;
	}
}

static int stat_common(int fd, const char *path, int flags, struct host_stat *stat)
{
	struct statx x;

	if (RETRY(statx(fd, path, flags, STATX_BASIC_STATS | STATX_BTIME, &x)) < 0)
		return -errno;
	stat->kind = kind_of(x.stx_mode);
	stat->mode = x.stx_mode & 07777;
	stat->owner = x.stx_uid;
	stat->group = x.stx_gid;
	stat->own = x.stx_uid == geteuid();
	stat->links = x.stx_nlink;
	stat->block_size = x.stx_blksize;
	stat->device = makedev(x.stx_dev_major, x.stx_dev_minor);
	stat->inode = x.stx_ino;
	stat->size = x.stx_size;
	stat->allocated = x.stx_blocks * 512;
	stat->access_time = nanoseconds(&x.stx_atime);
	stat->write_time = nanoseconds(&x.stx_mtime);
	stat->change_time = nanoseconds(&x.stx_ctime);
	stat->birth_time = x.stx_mask & STATX_BTIME ? nanoseconds(&x.stx_btime) : 0;
	return 0;
}

int host_stat_fd(int fd, struct host_stat *stat)
{
	return stat_common(fd, "", AT_EMPTY_PATH, stat);
}

int host_stat_path(const char *path, bool follow, struct host_stat *stat)
{
	return stat_common(AT_FDCWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, stat);
}

bool host_path_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int host_open(const char *path, unsigned flags, unsigned mode)
{
	int how = O_CLOEXEC | O_NOCTTY;

	if (flags & HOST_OPEN_PATH)
		how |= O_PATH;
	else if ((flags & (HOST_OPEN_READ | HOST_OPEN_WRITE)) == (HOST_OPEN_READ | HOST_OPEN_WRITE))
		how |= O_RDWR;
	else if (flags & HOST_OPEN_WRITE)
		how |= O_WRONLY;
	else
		how |= O_RDONLY;
	if (flags & HOST_OPEN_CREATE)
		how |= O_CREAT | O_EXCL;
	if (flags & HOST_OPEN_TRUNCATE)
		how |= O_TRUNC;
	if (flags & HOST_OPEN_DIRECTORY)
		how |= O_DIRECTORY;
	if (flags & HOST_OPEN_NOFOLLOW)
		how |= O_NOFOLLOW;
	if (flags & HOST_OPEN_NONBLOCK)
		how |= O_NONBLOCK;
	if (flags & HOST_OPEN_SYNC)
		how |= O_DSYNC;
	return (int)RETRY(open(path, how, mode));
}

void host_close(int fd)
{
	close(fd);
}

int host_open_descriptor_of(unsigned process, int fd, unsigned flags)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%u/fd/%d", process, fd);
	return host_open(path, flags, 0);
}

int host_dup(int fd)
{
	return (int)RETRY(fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

void host_release_standard(int fd)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing >= 0) {
		dup2(nothing, fd);
		close(nothing);
	}
}

int host_fd_access(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return HOST_OPEN_READ;
	case O_WRONLY:
		return HOST_OPEN_WRITE;
	default:
		return HOST_OPEN_READ | HOST_OPEN_WRITE;
	}
}

ssize_t host_fd_path(int fd, char *path, size_t size)
{
	static const char deleted[] = " (deleted)";
	char link[40];
	ssize_t length;
	struct stat by_fd, by_path;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, size);
	if (length < 0)
		return -errno;
	if ((size_t)length >= size)
		return -ENAMETOOLONG;
	path[length] = 0;
	if (path[0] != '/')
		return -ENOENT;
	/* A file may truly be called "x (deleted)". */
	if ((size_t)length > sizeof(deleted) - 1 && strcmp(path + length - (sizeof(deleted) - 1), deleted) == 0 &&
	    (lstat(path, &by_path) < 0 || fstat(fd, &by_fd) < 0 || by_path.st_ino != by_fd.st_ino))
		return -ENOENT;
	return length;
}

ssize_t host_read(int fd, void *buffer, size_t size)
{
	return RETRY(read(fd, buffer, size));
}

ssize_t host_write(int fd, const void *buffer, size_t size)
{
	return RETRY(write(fd, buffer, size));
}

ssize_t host_pread(int fd, void *buffer, size_t size, uint64_t offset)
{
	return RETRY(pread(fd, buffer, size, (off_t)offset));
}

ssize_t host_pwrite(int fd, const void *buffer, size_t size, uint64_t offset)
{
	return RETRY(pwrite(fd, buffer, size, (off_t)offset));
}

int64_t host_seek(int fd, int64_t offset, int whence)
{
	static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE};

	return RETRY(lseek(fd, offset, whences[whence]));
}

int host_truncate(int fd, uint64_t size)
{
	return (int)RETRY(ftruncate(fd, (off_t)size));
}

int host_preallocate(int fd, uint64_t size)
{
	return size ? (int)RETRY(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size)) : 0;
}

int host_punch(int fd, uint64_t offset, uint64_t size)
{
	return (int)RETRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size));
}

int host_sync(int fd)
{
	return (int)RETRY(fsync(fd));
}

static struct timespec timespec_of(int64_t time)
{
	struct timespec spec = {0, UTIME_OMIT};

	if (time != HOST_TIME_OMIT) {
		spec.tv_sec = time / 1000000000;
		spec.tv_nsec = time % 1000000000;
		if (spec.tv_nsec < 0) {
			spec.tv_nsec += 1000000000;
			spec.tv_sec--;
		}
	}
	return spec;
}

int host_set_times(int fd, const char *path, bool follow, int64_t access_time, int64_t write_time)
{
	struct timespec times[2] = {timespec_of(access_time), timespec_of(write_time)};
	char link[40];

	if (path)
		return (int)RETRY(utimensat(AT_FDCWD, path, times, follow ? 0 : AT_SYMLINK_NOFOLLOW));
	if (futimens(fd, times) == 0)
		return 0;
	if (errno != EBADF)
		return -errno;
	/* A descriptor opened with O_PATH. */
	if (utimensat(fd, "", times, AT_EMPTY_PATH) == 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return (int)RETRY(utimensat(AT_FDCWD, link, times, 0));
}

int host_chmod_fd(int fd, unsigned mode)
{
	char link[40];

	if (fchmod(fd, mode) == 0)
		return 0;
	if (errno != EBADF)
		return -errno;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return (int)RETRY(chmod(link, mode));
}

int host_chmod_path(const char *path, unsigned mode)
{
	return (int)RETRY(chmod(path, mode));
}

ssize_t host_xattr_get(int fd, const char *path, const char *name, void *value, size_t size)
{
	char link[40];
	ssize_t length;

	if (path)
		return RETRY(lgetxattr(path, name, value, size));
	length = RETRY(fgetxattr(fd, name, value, size));
	if (length != -EBADF)
		return length;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return RETRY(getxattr(link, name, value, size));
}

int host_xattr_set(int fd, const char *path, const char *name, const void *value, size_t size)
{
	char link[40];
	int result;

	if (path)
		return (int)RETRY(lsetxattr(path, name, value, size, 0));
	result = (int)RETRY(fsetxattr(fd, name, value, size, 0));
	if (result != -EBADF)
		return result;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return (int)RETRY(setxattr(link, name, value, size, 0));
}

int host_xattr_remove(int fd, const char *path, const char *name)
{
	char link[40];
	int result;

	if (path)
		return (int)RETRY(lremovexattr(path, name));
	result = (int)RETRY(fremovexattr(fd, name));
	if (result != -EBADF)
		return result;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return (int)RETRY(removexattr(link, name));
}

/* Where marks lie: locks of ranges end below. */
#define MARKS_OFFSET (INT64_MAX - (int64_t)HOST_MARKS)

static int set_lock(int fd, short type, int64_t offset, int64_t size)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = offset, .l_len = size};

	return (int)RETRY(fcntl(fd, F_OFD_SETLK, &lock));
}

int host_lock_range(int fd, enum host_lock_kind kind, uint64_t offset, uint64_t size)
{
	const short type = kind == HOST_LOCK_NONE ? F_UNLCK : kind == HOST_LOCK_SHARED ? F_RDLCK : F_WRLCK;

	if (size == 0 || offset >= (uint64_t)MARKS_OFFSET)
		return 0; /* nothing that Linux could express */
	if (size > (uint64_t)MARKS_OFFSET - offset)
		size = (uint64_t)MARKS_OFFSET - offset;
	return set_lock(fd, type, (int64_t)offset, (int64_t)size);
}

bool host_range_is_locked(int fd, uint64_t offset, uint64_t size, bool write)
{
	struct flock lock = {.l_type = write ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = (off_t)offset};

	if (size == 0 || offset >= (uint64_t)MARKS_OFFSET)
		return false;
	lock.l_len = (off_t)(size < (uint64_t)MARKS_OFFSET - offset ? size : (uint64_t)MARKS_OFFSET - offset);
	return RETRY(fcntl(fd, F_OFD_GETLK, &lock)) == 0 && lock.l_type != F_UNLCK;
}

/* The next run of neighbours in `marks`; false: there is none. */
static bool next_run(uint32_t *marks, unsigned *first, unsigned *count)
{
	if (!*marks)
		return false;
	*first = (unsigned)__builtin_ctz(*marks);
	*count = (unsigned)__builtin_ctzll(~((uint64_t)*marks >> *first));
	*marks &= ~(uint32_t)(((UINT64_C(1) << *count) - 1) << *first);
	return true;
}

int host_mark(int fd, uint32_t marks, bool set)
{
	unsigned first, count;
	int result = 0;

	while (result == 0 && next_run(&marks, &first, &count))
		result = set_lock(fd, set ? F_RDLCK : F_UNLCK, MARKS_OFFSET + first, count);
	return result;
}

bool host_is_marked(int fd, uint32_t marks)
{
	unsigned first, count;

	while (next_run(&marks, &first, &count)) {
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = MARKS_OFFSET + first, .l_len = count};

		if (RETRY(fcntl(fd, F_OFD_GETLK, &lock)) == 0 && lock.l_type != F_UNLCK)
			return true;
	}
	return false;
}
