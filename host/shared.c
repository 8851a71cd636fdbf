/*
 * host/shared.c - records shared by processes: files, mappings, and byte locks of open file descriptions.
 *
 * The bytes that are locked lie far behind the contents:
 *
 *	LOCKS + n              holder n lives
 *	LOCKS + KEYS + n       holder n keeps the key
 *
 *	LOCKS + KEYS + n       for n beyond the holders: the key is on its way to a child
 *
 * A lock belongs to the open file description.  A child gets one that keeps the key, if there is one, and opens the file
 * anew through it: so the name is there when it looks, whatever its parent has done since.
 */
#include "host/shared.h"
#include "host/file.h"
#include "host/thread.h"
#include "host/vm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCKS ((off_t)1 << 40)
#define KEYS 65536
#define LOCK_NAME ".lock"

static struct host_lock directory_lock; /* between our threads: the kernel's lock is the process' */
static int directory = -1, lock_file = -1;
static bool swept;

/* Opens a directory of the user's own, making it if need be: nobody else may have written to it. */
static int open_private_directory(const char *path)
{
	struct stat stat;
	int fd;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &stat) < 0 || stat.st_uid != geteuid() || stat.st_mode & 077) {
		close(fd);
		return -EACCES;
	}
	return fd;
}

static int open_directory(void)
{
	static const char *const fallbacks[] = {"/dev/shm", "/tmp"};
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[1024];
	int fd = -ENOENT;

	if (runtime && runtime[0] == '/' && (size_t)snprintf(path, sizeof(path), "%s/pewter", runtime) < sizeof(path))
		fd = open_private_directory(path);
	for (size_t i = 0; fd < 0 && i < sizeof(fallbacks) / sizeof(*fallbacks); i++) {
		snprintf(path, sizeof(path), "%s/pewter-%u", fallbacks[i], (unsigned)geteuid());
		fd = open_private_directory(path);
	}
	return fd;
}

static int set_lock(int fd, int command, short type, off_t start, off_t length)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
	int result;

	do {
		result = fcntl(fd, command, &lock);
	} while (result < 0 && errno == EINTR);
	return result < 0 ? -errno : 0;
}

/* Whether another description has a lock in the range. */
static bool is_locked(int fd, off_t start, off_t length)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};

	/* What cannot be asked is taken to be in use. */
	return fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}

int host_shared_enter(void)
{
	int result = 0;

	host_lock_acquire(&directory_lock);
	if (directory < 0)
		directory = open_directory();
	if (directory >= 0 && lock_file < 0) {
		lock_file = openat(directory, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (lock_file < 0)
			result = -errno;
	}
	if (directory < 0)
		result = directory;
	if (!result)
		result = set_lock(lock_file, F_OFD_SETLKW, F_WRLCK, 0, 1);
	if (result)
		host_lock_release(&directory_lock);
	return result;
}

void host_shared_leave(void)
{
	set_lock(lock_file, F_OFD_SETLK, F_UNLCK, 0, 1);
	host_lock_release(&directory_lock);
}

/* The file of the lock, which stays, has room for it. */
void *host_shared_page(size_t size)
{
	struct stat stat;
	void *page = MAP_FAILED;

	if (host_shared_enter() < 0)
		return NULL;
	if (fstat(lock_file, &stat) == 0 && (stat.st_size >= (off_t)size || ftruncate(lock_file, (off_t)size) == 0))
		page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, lock_file, 0);
	host_shared_leave();
	return page == MAP_FAILED ? NULL : page;
}

/* Takes a free number; -EMFILE. */
static int become_holder(int fd, unsigned *holder)
{
	for (unsigned i = 0; i < HOST_SHARED_HOLDERS; i++) {
		int result = set_lock(fd, F_OFD_SETLK, F_WRLCK, LOCKS + i, 1);

		if (result == 0) {
			*holder = i;
			return 0;
		}
		if (result != -EAGAIN && result != -EACCES)
			return result;
	}
	return -EMFILE;
}

/* Opens the file behind a descriptor once more. */
static int reopen(int fd)
{
	char path[32];
	int own;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, O_RDWR | O_CLOEXEC);
	return own < 0 ? -errno : own;
}

/* Maps the file through a description of its own: a mapping outlives its process for as long as anybody looks at that
 * process' memory, and locks would with it. */
static void *map(int fd, size_t size, int *error)
{
	int copy = reopen(fd);
	void *memory;

	if (copy < 0) {
		*error = copy;
		return MAP_FAILED;
	}
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, copy, 0);
	*error = -errno;
	close(copy);
	return memory;
}

/* Makes a holder's record of an open file of its own; closes it on failure. */
static int attach(int fd, size_t size, const char *key, struct host_shared **result)
{
	struct host_shared *shared = calloc(1, sizeof(*shared));
	int error = -ENOMEM;

	if (!shared)
		goto failed;
	shared->fd = fd;
	shared->size = size;
	if (key) {
		shared->key = strdup(key);
		if (!shared->key)
			goto failed;
	}
	error = become_holder(fd, &shared->holder);
	if (!error && key)
		error = set_lock(fd, F_OFD_SETLK, F_WRLCK, LOCKS + KEYS + shared->holder, 1);
	if (error)
		goto failed;
	shared->memory = map(fd, size, &error);
	if (shared->memory == MAP_FAILED)
		goto failed;
	*result = shared;
	return 0;
failed:
	if (shared)
		free(shared->key);
	free(shared);
	close(fd);
	return error;
}

static bool is_stale(int fd)
{
	return !is_locked(fd, LOCKS + KEYS, KEYS);
}

int host_shared_list(int (*each)(void *context, const char *key), void *context)
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	int result = 0;

	if (!stream) {
		result = -errno;
		if (copy >= 0)
			close(copy);
		return result;
	}
	while (!result && (entry = readdir(stream))) {
		int fd;

		if (entry->d_name[0] == '.' || strchr(entry->d_name, '.'))
			continue;
		fd = openat(directory, entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0)
			continue;
		if (is_stale(fd))
			unlinkat(directory, entry->d_name, 0);
		else if (each)
			result = each(context, entry->d_name);
		close(fd);
	}
	closedir(stream);
	return result;
}

/* What killed processes left is removed by the next process that makes a record. */
static void sweep(void)
{
	if (swept)
		return;
	swept = true;
	host_shared_list(NULL, NULL);
}

int host_shared_find(const char *key, struct host_shared **shared)
{
	struct stat stat;
	int fd = openat(directory, key, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	if (is_stale(fd) || fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode) || stat.st_size < (off_t)HOST_PAGE_SIZE) {
		close(fd);
		unlinkat(directory, key, 0);
		return -ENOENT;
	}
	return attach(fd, (size_t)stat.st_size, key, shared);
}

int host_shared_create(const char *key, size_t size, struct host_shared **shared)
{
	int fd, result;

	if (!key) {
		fd = host_memfd_create("pewter-shared", size);
		return fd < 0 ? fd : attach(fd, size, NULL, shared);
	}
	sweep();
	fd = openat(directory, key, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	result = ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
	if (result)
		close(fd);
	else
		result = attach(fd, size, key, shared);
	if (result)
		unlinkat(directory, key, 0);
	return result;
}

int host_shared_pass(const struct host_shared *shared)
{
	int fd = reopen(shared->fd), result = -EAGAIN;

	if (fd < 0 || !shared->key)
		return fd;
	for (unsigned i = HOST_SHARED_HOLDERS; i < KEYS && (result == -EAGAIN || result == -EACCES); i++)
		result = set_lock(fd, F_OFD_SETLK, F_WRLCK, LOCKS + KEYS + i, 1);
	if (result) {
		close(fd);
		return result;
	}
	return fd;
}

int host_shared_enroll(const struct host_shared *shared, unsigned *holder)
{
	int fd = reopen(shared->fd), result;

	if (fd < 0)
		return fd;
	result = become_holder(fd, holder);
	if (!result)
		return fd;
	close(fd);
	return result;
}

int host_shared_enrolled(int fd, unsigned holder, struct host_shared **result)
{
	struct host_shared *shared = calloc(1, sizeof(*shared));
	struct stat stat;
	int error = -ENOMEM;

	if (shared && fstat(fd, &stat) == 0 && stat.st_size >= (off_t)HOST_PAGE_SIZE) {
		shared->fd = fd;
		shared->size = (size_t)stat.st_size;
		shared->holder = holder;
		shared->memory = map(fd, shared->size, &error);
		if (shared->memory != MAP_FAILED) {
			*result = shared;
			return 0;
		}
	}
	free(shared);
	close(fd);
	return error;
}

/* The file that a key names now is the one behind the descriptor. */
static bool has_key(int fd, const char *key)
{
	struct stat named, open_file;

	return fstatat(directory, key, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &open_file) == 0 &&
	       named.st_dev == open_file.st_dev && named.st_ino == open_file.st_ino;
}

int host_shared_take(int fd, const char *key, struct host_shared **shared)
{
	struct stat stat;
	int own = reopen(fd), result = own;

	if (own >= 0 && (fstat(own, &stat) < 0 || stat.st_size < (off_t)HOST_PAGE_SIZE)) {
		close(own);
		result = -EINVAL;
	} else if (own >= 0) {
		result = attach(own, (size_t)stat.st_size, key && has_key(own, key) ? key : NULL, shared);
	}
	/* What kept the key till now. */
	close(fd);
	return result;
}

bool host_shared_is_held(const struct host_shared *shared, unsigned holder)
{
	return holder == shared->holder || is_locked(shared->fd, LOCKS + holder, 1);
}

void host_shared_drop_key(struct host_shared *shared)
{
	if (!shared->key)
		return;
	set_lock(shared->fd, F_OFD_SETLK, F_UNLCK, LOCKS + KEYS + shared->holder, 1);
	if (is_stale(shared->fd) && has_key(shared->fd, shared->key))
		unlinkat(directory, shared->key, 0);
	free(shared->key);
	shared->key = NULL;
}

void host_shared_release(struct host_shared *shared)
{
	munmap(shared->memory, shared->size);
	close(shared->fd);
	free(shared->key);
	free(shared);
}

int host_shared_path(const char *name, char *path, size_t size)
{
	int length = snprintf(path, size, "/proc/self/fd/%d/%s", directory, name);

	return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}
