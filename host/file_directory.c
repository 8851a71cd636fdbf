/*
 * host/file_directory.c - names: directories, links, volumes, the current directory, the user.
 */
#include "host/file.h"
#include "host/thread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static int result_of(int value)
{
	return value < 0 ? -errno : value;
}

int host_make_directory(const char *path, unsigned mode)
{
	return result_of(mkdir(path, mode));
}

int host_remove_directory(const char *path)
{
	return result_of(rmdir(path));
}

int host_unlink(const char *path)
{
	return result_of(unlink(path));
}

int host_rename(const char *from, const char *to, bool replace)
{
	struct stat existing;

	if (replace)
		return result_of(rename(from, to));
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* The filesystem knows no RENAME_NOREPLACE: look first. */
	if (lstat(to, &existing) == 0)
		return -EEXIST;
	return result_of(rename(from, to));
}

int host_link(const char *from, const char *to)
{
	return result_of(link(from, to));
}

int host_link_fd(int fd, const char *to)
{
	char link_name[40];

	snprintf(link_name, sizeof(link_name), "/proc/self/fd/%d", fd);
	return result_of(linkat(AT_FDCWD, link_name, AT_FDCWD, to, AT_SYMLINK_FOLLOW));
}

int host_symlink(const char *target, const char *path)
{
	return result_of(symlink(target, path));
}

static ssize_t terminated(ssize_t length, char *target, size_t size)
{
	if (length < 0)
		return -errno;
	if ((size_t)length >= size)
		return -ENAMETOOLONG;
	target[length] = 0;
	return length;
}

ssize_t host_read_link(const char *path, char *target, size_t size)
{
	return terminated(readlink(path, target, size), target, size);
}

ssize_t host_read_link_fd(int fd, char *target, size_t size)
{
	return terminated(readlinkat(fd, "", target, size), target, size);
}

struct real_path_call {
	const char *path;
	char *real;
};

static void *real_path(void *argument)
{
	struct real_path_call *call = argument;

	call->real = realpath(call->path, NULL);
	return call->real ? NULL : (void *)(intptr_t)errno;
}

ssize_t host_real_path(const char *path, char *real, size_t size)
{
	struct real_path_call call = {.path = path};
	intptr_t error = (intptr_t)host_stack_call(real_path, &call); /* realpath wants several pages of stack */
	size_t length;

	if (!call.real)
		return -error;
	length = strlen(call.real);
	if (length < size)
		memcpy(real, call.real, length + 1);
	free(call.real);
	return length < size ? (ssize_t)length : -ENAMETOOLONG;
}

struct linux_dirent64 {
	uint64_t d_ino;
	int64_t d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

static enum host_file_kind kind_of_entry(unsigned char type)
{
	switch (type) {
	case DT_REG:
		return HOST_FILE_REGULAR;
	case DT_DIR:
		return HOST_FILE_DIRECTORY;
	case DT_LNK:
		return HOST_FILE_LINK;
	case DT_CHR:
		return HOST_FILE_CHARACTER;
	case DT_BLK:
		return HOST_FILE_BLOCK;
	case DT_FIFO:
		return HOST_FILE_FIFO;
	case DT_SOCK:
		return HOST_FILE_SOCKET;
	default:
		return HOST_FILE_UNKNOWN;
	}
}

int host_read_directory(int fd, int (*each)(void *context, const char *name, enum host_file_kind kind, uint64_t inode),
			void *context)
{
	const size_t size = 32768;
	char *buffer;
	long got;
	int result = 0;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	buffer = malloc(size);
	if (!buffer)
		return -ENOMEM;
	while ((got = syscall(SYS_getdents64, fd, buffer, size)) > 0 && result == 0) {
		for (long at = 0; at < got && result == 0;) {
			struct linux_dirent64 *entry = (struct linux_dirent64 *)(buffer + at);

			result = each(context, entry->d_name, kind_of_entry(entry->d_type), entry->d_ino);
			at += entry->d_reclen;
		}
	}
	if (got < 0)
		result = -errno;
	free(buffer);
	return result;
}

static int volume_of(int result, const struct statfs *fs, struct host_volume *volume)
{
	if (result < 0)
		return -errno;
	volume->block_size = fs->f_frsize ? (uint64_t)fs->f_frsize : (uint64_t)fs->f_bsize;
	volume->blocks = fs->f_blocks;
	volume->free_blocks = fs->f_bfree;
	volume->available_blocks = fs->f_bavail;
	volume->name_max = (unsigned)fs->f_namelen;
	volume->read_only = fs->f_flags & ST_RDONLY;
	return 0;
}

int host_volume_fd(int fd, struct host_volume *volume)
{
	struct statfs fs;

	return volume_of(fstatfs(fd, &fs), &fs, volume);
}

const char *host_environment_value(const char *name)
{
	return getenv(name);
}

struct user {
	char name[64];
	char home[256];
};
static struct user user;
static struct host_lock user_lock;

/* The user's line of /etc/passwd: cheaper than getpwuid, which asks name service modules and daemons first. */
static bool find_in_passwd(char *line, size_t size, const char **name, const char **home)
{
	FILE *passwd = fopen("/etc/passwd", "re");
	char *fields[6];
	bool found = false;

	while (passwd && !found && fgets(line, (int)size, passwd)) {
		char *rest = line;

		for (unsigned i = 0; i < 6; i++)
			fields[i] = rest ? strsep(&rest, ":") : NULL;
		found = fields[5] && strtoul(fields[2], NULL, 10) == getuid();
	}
	if (passwd)
		fclose(passwd);
	if (found) {
		*name = fields[0];
		*home = fields[5];
	}
	return found;
}

static void *find_user(void *unused)
{
	const char *name = getenv("USER"), *home = getenv("HOME"), *own_name = "user", *own_home = "/";
	char line[512];

	if (!name || !*name)
		name = getenv("LOGNAME");
	if (!name || !*name || !home || !*home) {
		if (!find_in_passwd(line, sizeof(line), &own_name, &own_home)) {
			struct passwd *entry = getpwuid(getuid());

			own_name = entry ? entry->pw_name : own_name;
			own_home = entry ? entry->pw_dir : own_home;
		}
		name = name && *name ? name : own_name;
		home = home && *home ? home : own_home;
	}
	snprintf(user.home, sizeof(user.home), "%s", home);
	snprintf(user.name, sizeof(user.name), "%s", name);
	return unused;
}

static void need_user(void)
{
	host_lock_acquire(&user_lock);
	if (!user.name[0])
		host_stack_call(find_user, NULL);
	host_lock_release(&user_lock);
}

const char *host_user_name(void)
{
	need_user();
	return user.name;
}

const char *host_home_directory(void)
{
	need_user();
	return user.home;
}
