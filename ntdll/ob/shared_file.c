/*
 * ntdll/ob/shared_file.c - a file without a name that the holders of a record have in common.
 */
#include "ntdll/ob/shared_file.h"
#include "host/file.h"

#include <errno.h>

void ob_shared_file_leave(struct ob_shared_file *file, const struct host_shared *shared)
{
	__atomic_store_n(&file->holders[shared->holder].process, 0, __ATOMIC_RELEASE);
}

void ob_shared_file_enter(struct ob_shared_file *file, const struct host_shared *shared, int fd)
{
	ob_shared_file_leave(file, shared);
	file->holders[shared->holder].fd = fd;
	__atomic_store_n(&file->holders[shared->holder].process, host_process_id(), __ATOMIC_RELEASE);
}

int ob_shared_file_publish(struct ob_shared_file *file, const struct host_shared *shared, int fd)
{
	struct host_stat stat;
	int error = host_stat_fd(fd, &stat);

	if (error)
		return error;
	file->device = stat.device;
	file->inode = stat.inode;
	ob_shared_file_enter(file, shared, fd);
	return 0;
}

int ob_shared_file_open(const struct ob_shared_file *file, const struct host_shared *shared, bool writable)
{
	for (unsigned i = 0; i < HOST_SHARED_HOLDERS; i++) {
		uint32_t process = __atomic_load_n(&file->holders[i].process, __ATOMIC_ACQUIRE);
		struct host_stat stat;
		int fd;

		if (!process || i == shared->holder || !host_shared_is_held(shared, i))
			continue;
		fd = host_open_descriptor_of(process, file->holders[i].fd, HOST_OPEN_READ | (writable ? HOST_OPEN_WRITE : 0));
		if (fd < 0)
			continue;
		if (host_stat_fd(fd, &stat) == 0 && stat.device == file->device && stat.inode == file->inode)
			return fd;
		host_close(fd);
	}
	return -ENOENT;
}
