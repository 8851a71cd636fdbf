/*
 * ntdll/io/attributes.c - statuses of host errors, and file attributes.
 *
 *	READONLY	no write permission bit is set (files; directories have it only as an extra attribute)
 *	DIRECTORY	directories, and symbolic links to directories
 *	REPARSE_POINT	symbolic links
 *	ARCHIVE		every file, unless an extra attribute takes it away
 *	HIDDEN, SYSTEM, NOT_CONTENT_INDEXED, TEMPORARY...	the extended attribute user.DOSATTRIB, in the text form
 *			that Samba made known ("0x22")
 */
#include "ntdll/io/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XATTR_NAME "user.DOSATTRIB"
/* What is kept in the extended attribute. */
#define EXTRA_ATTRIBUTES                                                                                               \
	(FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_TEMPORARY |           \
	 FILE_ATTRIBUTE_NOT_CONTENT_INDEXED | FILE_ATTRIBUTE_OFFLINE)

NTSTATUS io_status(long error)
{
	switch (-error) {
	case 0:
		return STATUS_SUCCESS;
	case ENOENT:
		return STATUS_OBJECT_NAME_NOT_FOUND;
	case ENOTDIR:
		return STATUS_OBJECT_PATH_NOT_FOUND;
	case EEXIST:
		return STATUS_OBJECT_NAME_COLLISION;
	case EACCES:
	case EPERM:
		return STATUS_ACCESS_DENIED;
	case EISDIR:
		return STATUS_FILE_IS_A_DIRECTORY;
	case ENOTEMPTY:
		return STATUS_DIRECTORY_NOT_EMPTY;
	case EXDEV:
		return STATUS_NOT_SAME_DEVICE;
	case EROFS:
		return STATUS_MEDIA_WRITE_PROTECTED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return STATUS_DISK_FULL;
	case EMFILE:
	case ENFILE:
		return STATUS_TOO_MANY_OPENED_FILES;
	case ETXTBSY:
	case EBUSY:
		return STATUS_SHARING_VIOLATION;
	case ENAMETOOLONG:
		return STATUS_OBJECT_NAME_INVALID;
	case ELOOP:
		return STATUS_REPARSE_POINT_NOT_RESOLVED;
	case EFAULT:
		return STATUS_ACCESS_VIOLATION;
	case ENOMEM:
		return STATUS_NO_MEMORY;
	case EPIPE:
		return STATUS_PIPE_CLOSING;
	case EIO:
		return STATUS_IO_DEVICE_ERROR;
	case ENXIO:
	case ENODEV:
		return STATUS_NO_SUCH_DEVICE;
	case EMLINK:
		return STATUS_TOO_MANY_LINKS;
	case EBADF:
		return STATUS_ACCESS_DENIED;
	case ESPIPE:
	case EINVAL:
		return STATUS_INVALID_PARAMETER;
	case EOPNOTSUPP:
	case ENOSYS:
		return STATUS_NOT_SUPPORTED;
	default:
		return STATUS_UNSUCCESSFUL;
	}
}

/* A device that said it has no extended attributes is not asked again. */
static uint64_t without_xattr;

static bool read_extra(const struct host_stat *stat, int fd, const char *path, ULONG *extra)
{
	char text[16];
	ssize_t length;

	if (stat->device + 1 == __atomic_load_n(&without_xattr, __ATOMIC_RELAXED))
		return false;
	length = host_xattr_get(fd, path, XATTR_NAME, text, sizeof(text) - 1);
	if (length <= 2) {
		if (length == -EOPNOTSUPP && stat->kind != HOST_FILE_LINK)
			__atomic_store_n(&without_xattr, stat->device + 1, __ATOMIC_RELAXED);
		return false;
	}
	text[length] = 0;
	if (text[0] != '0' || text[1] != 'x')
		return false;
	*extra = (ULONG)strtoul(text + 2, NULL, 16) & EXTRA_ATTRIBUTES;
	return true;
}

ULONG io_attributes(const struct host_stat *stat, int fd, const char *path)
{
	ULONG attributes = 0, extra;

	switch (stat->kind) {
	case HOST_FILE_DIRECTORY:
		attributes = FILE_ATTRIBUTE_DIRECTORY;
		break;
	case HOST_FILE_LINK: {
		struct host_stat target;

		attributes = FILE_ATTRIBUTE_REPARSE_POINT;
		/* A symbolic link of Windows knows whether it is one to a directory; Linux's has to be followed. */
		if (path ? host_stat_path(path, true, &target) == 0 && target.kind == HOST_FILE_DIRECTORY : false)
			attributes |= FILE_ATTRIBUTE_DIRECTORY;
		else
			attributes |= FILE_ATTRIBUTE_ARCHIVE;
		return attributes;
	}
	case HOST_FILE_REGULAR:
		attributes = FILE_ATTRIBUTE_ARCHIVE;
		if (!(stat->mode & 0222))
			attributes |= FILE_ATTRIBUTE_READONLY;
		break;
	default:
		return FILE_ATTRIBUTE_NORMAL;
	}
	if (read_extra(stat, fd, path, &extra))
		attributes = (attributes & ~FILE_ATTRIBUTE_ARCHIVE) | extra;
	return attributes ? attributes : FILE_ATTRIBUTE_NORMAL;
}

NTSTATUS io_set_attributes(int fd, const char *path, const struct host_stat *stat, ULONG attributes)
{
	ULONG usual = stat->kind == HOST_FILE_DIRECTORY ? 0 : FILE_ATTRIBUTE_ARCHIVE, wanted, now;
	long error = 0;

	if (stat->kind == HOST_FILE_LINK)
		return STATUS_SUCCESS; /* a link has no permissions and no user attributes of its own */
	if (stat->kind != HOST_FILE_DIRECTORY) {
		unsigned mode = stat->mode;

		if (attributes & FILE_ATTRIBUTE_READONLY)
			mode &= ~0222u;
		else if (!(mode & 0222))
			mode |= 0200 | ((mode & 0444) >> 1 & 0020); /* who may read in the group may write again */
		if (mode != stat->mode)
			error = path ? host_chmod_path(path, mode) : host_chmod_fd(fd, mode);
		if (error < 0)
			return io_status(error);
	}
	wanted = attributes & EXTRA_ATTRIBUTES;
	if (!read_extra(stat, fd, path, &now))
		now = usual;
	if (wanted == now)
		return STATUS_SUCCESS;
	if (wanted == usual) {
		host_xattr_remove(fd, path, XATTR_NAME);
	} else {
		char text[16];

		snprintf(text, sizeof(text), "0x%x", wanted);
		host_xattr_set(fd, path, XATTR_NAME, text, strlen(text));
	}
	/* A file system without such attributes (or a read-only file of ours, whose attributes cannot be written any more)
	 * keeps what it can; NT's FAT does the same with what it has no room for. */
	return STATUS_SUCCESS;
}
