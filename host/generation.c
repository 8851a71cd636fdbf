/*
 * host/generation.c - see generation.h.  Byte 0 of the file is locked by who is there, byte 1 by who writes; the number lies
 * behind them.
 */
#include "host/generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORD_OFFSET 8

static int set_lock(int fd, int command, short type, off_t start)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = 1};
	int result;

	do {
		result = fcntl(fd, command, &lock);
	} while (result < 0 && errno == EINTR);
	return result < 0 ? -errno : 0;
}

/* The directories that lead to a file. */
static void make_directories(const char *path)
{
	char *copy = strdup(path);

	for (char *at = copy ? strchr(copy + 1, '/') : NULL; at; at = strchr(at + 1, '/')) {
		*at = 0;
		mkdir(copy, 0700);
		*at = '/';
	}
	free(copy);
}

int host_generation_open(const char *path, struct host_generation *generation, bool *alone)
{
	/* The mapping has a description of its own, as it may outlive the process, and locks would with it. */
	int fd, copy, result = -EIO;
	void *memory;

	generation->word = NULL;
	make_directories(path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	copy = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (copy >= 0 && (lseek(copy, 0, SEEK_END) >= (off_t)HOST_PAGE_SIZE || ftruncate(copy, HOST_PAGE_SIZE) == 0)) {
		memory = mmap(NULL, HOST_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, copy, 0);
		result = memory == MAP_FAILED ? -errno : 0;
		if (!result)
			generation->word = (uint32_t *)((char *)memory + WORD_OFFSET);
	}
	if (copy >= 0)
		close(copy);
	if (!result) {
		*alone = set_lock(fd, F_OFD_SETLK, F_WRLCK, 0) == 0;
		result = *alone ? 0 : set_lock(fd, F_OFD_SETLKW, F_RDLCK, 0);
	}
	generation->fd = fd;
	if (result && generation->word)
		host_generation_close(generation);
	else if (result)
		close(fd);
	return result;
}

void host_generation_close(struct host_generation *generation)
{
	munmap((char *)generation->word - WORD_OFFSET, HOST_PAGE_SIZE);
	close(generation->fd);
}

void host_generation_enter(struct host_generation *generation)
{
	set_lock(generation->fd, F_OFD_SETLK, F_RDLCK, 0);
}

int host_generation_lock(struct host_generation *generation)
{
	return set_lock(generation->fd, F_OFD_SETLKW, F_WRLCK, 1);
}

void host_generation_unlock(struct host_generation *generation)
{
	set_lock(generation->fd, F_OFD_SETLK, F_UNLCK, 1);
}
